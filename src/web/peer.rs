//! One call's RTCPeerConnection: a serial queue of operations, what it says of its ways, tracks, tones.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

use super::border::Told;
use super::driver::Driver;
use super::fields::Fields;
use super::gathering::{Gathering, Patience, has_ice, is_anew};
use super::js;
use super::listener::{Listening, listener};
use super::media::{self, Wanted};
use crate::event::{Input, MediaAnswer, MediaFault, MediaRequest, SessionId, Ticket};

/// The connection of one call, and what belongs to it.
pub(super) struct Peer {
    session: SessionId,
    connection: RtcPeerConnection,
    wanted: Wanted,
    once: RefCell<JsValue>,
    /// What we captured.
    stream: RefCell<JsValue>,
    queue: RefCell<VecDeque<(MediaRequest, Ticket)>>,
    busy: Cell<bool>,
    closed: Cell<bool>,
    enabled: Cell<bool>,
    muted: Cell<(bool, bool)>,
    gathering: Rc<Gathering>,
    driver: Weak<Driver>,
    listening: Cell<Option<Listening>>,
}

impl Peer {
    pub(super) fn new(
        session: SessionId,
        connection: RtcPeerConnection,
        wanted: Wanted,
        patience: Patience,
        driver: &Weak<Driver>,
    ) -> Rc<Self> {
        let peer = Rc::new(Self {
            session,
            connection,
            wanted,
            once: RefCell::default(),
            stream: RefCell::default(),
            queue: RefCell::default(),
            busy: Cell::new(false),
            closed: Cell::new(false),
            enabled: Cell::new(true),
            muted: Cell::new((false, false)),
            gathering: Gathering::new(patience),
            driver: Weak::clone(driver),
            listening: Cell::default(),
        });
        let weak = Rc::downgrade(&peer);
        let seen = listener(move |event, _, _| {
            if let Some(peer) = weak.upgrade() {
                peer.seen(&event);
            }
        });
        let names = &[
            "icecandidate",
            "icecandidateerror",
            "icegatheringstatechange",
            "iceconnectionstatechange",
            "connectionstatechange",
        ];
        let listening = Listening::new(peer.connection.clone().unchecked_into(), names, seen);
        peer.listening.set(Some(listening));
        peer
    }

    fn seen(&self, event: &JsValue) {
        let session = self.session;
        let input = match js::text(event, "type").as_deref() {
            Some("icecandidate") => {
                let candidate = js::get(event, "candidate");
                if candidate.is_object() {
                    self.candidate(candidate);
                } else {
                    self.gathering.end();
                }
                return;
            }
            Some("icecandidateerror") => {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
                let code = js::get(event, "errorCode").as_f64().unwrap_or_default() as u16;
                Input::CandidateError { session, code, url: js::text(event, "url").unwrap_or_default() }
            }
            Some("icegatheringstatechange") => {
                if self.says_gathered() {
                    self.gathering.end();
                }
                return;
            }
            _ if js::is(&self.connection, "iceConnectionState", "failed") => Input::IceFailed(session),
            // Whatever ICE says: the only other thing that can fail is DTLS.
            _ if js::is(&self.connection, "connectionState", "failed") => Input::DtlsFailed(session),
            _ => return,
        };
        if let Some(driver) = self.driver.upgrade().filter(|_| !self.closed.get()) {
            driver.input(input);
        }
    }

    /// What the next offer is made with.
    pub(super) fn offer_once(&self, constraints: JsValue) {
        self.once.replace(constraints);
    }

    /// Queues an operation; its answer comes in a later turn.
    pub(super) fn ask(self: &Rc<Self>, request: MediaRequest, ticket: Ticket) {
        self.queue.borrow_mut().push_back((request, ticket));
        if self.busy.replace(true) {
            return;
        }
        let peer = Rc::clone(self);
        js::spawn(Box::pin(async move {
            loop {
                let next = peer.queue.borrow_mut().pop_front();
                let Some((request, ticket)) = next.filter(|_| !peer.closed.get()) else {
                    break;
                };
                let result = peer.run(request).await;
                if peer.closed.get() {
                    break;
                }
                if let Some(driver) = peer.driver.upgrade() {
                    let result = result.map_err(|(fault, error)| {
                        driver.remember(peer.session, error);
                        fault
                    });
                    driver.input(Input::Media(ticket, result));
                }
            }
            peer.busy.set(false);
        }));
    }

    async fn run(&self, request: MediaRequest) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        // An answer never enters the core in the turn of its request.
        let _ = JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await;
        if self.closed.get() {
            // Nobody is asked for a microphone that no call will have.
            return Ok(MediaAnswer::Ready);
        }
        let before = self.sdp("localDescription");
        let remote = match &request {
            MediaRequest::RemoteOffer(sdp) => description("offer", sdp),
            MediaRequest::RemoteAnswer { sdp, .. } => description("answer", sdp),
            MediaRequest::Rollback => description("rollback", ""),
            _ => JsValue::UNDEFINED,
        };
        let mut local = remote.clone();
        for step in self.steps(&request) {
            let result = match self.start(*step, &request, &local, &remote) {
                Ok(started) => JsFuture::from(Promise::resolve(&started)).await,
                Err(error) => Err(error),
            };
            local = result.map_err(|error| (*step, error))?;
        }
        match request {
            MediaRequest::Acquire { .. } => {
                self.captured(local).map_err(|error| (MediaFault::UserMedia, error))?;
            }
            MediaRequest::Enable(enabled) => {
                self.enabled.set(enabled);
                self.apply_enabled();
            }
            MediaRequest::Offer { .. } | MediaRequest::Answer => return self.described(&before).await,
            _ => {}
        }
        Ok(MediaAnswer::Ready)
    }

    /// What the browser is called for, each step named by how it fails. What the creating ones bring, SetLocal sets.
    fn steps(&self, request: &MediaRequest) -> &'static [MediaFault] {
        match request {
            MediaRequest::Acquire { .. } => &[MediaFault::UserMedia],
            MediaRequest::Offer { .. } => &[MediaFault::CreateOffer, MediaFault::SetLocal],
            MediaRequest::Answer => &[MediaFault::CreateAnswer, MediaFault::SetLocal],
            MediaRequest::RemoteAnswer { fresh: true, .. } => {
                &[MediaFault::CreateOffer, MediaFault::SetLocal, MediaFault::SetRemote]
            }
            MediaRequest::RemoteOffer(_) | MediaRequest::RemoteAnswer { .. } => &[MediaFault::SetRemote],
            MediaRequest::Rollback => match js::text(&self.connection, "signalingState").as_deref() {
                Some("have-local-offer") => &[MediaFault::SetLocal],
                Some("have-remote-offer") => &[MediaFault::SetRemote],
                _ => &[],
            },
            MediaRequest::Enable(_) | MediaRequest::Close => &[],
        }
    }

    /// Begins a step; what it returns may be a promise.
    fn start(
        &self,
        step: MediaFault,
        request: &MediaRequest,
        local: &JsValue,
        remote: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (method, argument) = match step {
            MediaFault::UserMedia => {
                let MediaRequest::Acquire { offered } = request else { return Ok(JsValue::UNDEFINED) };
                return self.wanted.stream(*offered);
            }
            MediaFault::CreateOffer => ("createOffer", self.offer_options(request)),
            MediaFault::CreateAnswer => ("createAnswer", self.wanted.answer.clone()),
            MediaFault::SetLocal => {
                self.gathering.begin();
                ("setLocalDescription", local.clone())
            }
            MediaFault::SetRemote => ("setRemoteDescription", remote.clone()),
            // No step of its own.
            MediaFault::NoRelay => return Ok(JsValue::UNDEFINED),
        };
        let arguments = Fields::new();
        if argument.is_object() {
            arguments.value(argument);
        }
        js::call(&self.connection, method, arguments)
    }

    fn offer_options(&self, request: &MediaRequest) -> JsValue {
        let MediaRequest::Offer { ice_restart } = request else { return JsValue::UNDEFINED };
        let mut options = self.once.take();
        if !options.is_object() {
            options = self.wanted.offer.clone();
        }
        if *ice_restart && !js::get(&options, "iceRestart").is_truthy() {
            options = js::object("iceRestart", &JsValue::TRUE);
        }
        options
    }

    fn captured(&self, stream: JsValue) -> Result<(), JsValue> {
        if !stream.is_object() {
            return Ok(());
        }
        let ours = !self.wanted.stream.is_object();
        if self.closed.get() {
            // Granted after the call had ended: nobody may keep the microphone.
            if ours {
                media::stop(&stream);
            }
            return Ok(());
        }
        if ours {
            self.stream.replace(stream.clone());
        }
        let tracks = media::tracks(&stream)?;
        for at in 0..tracks.length() {
            let arguments = Fields::new();
            arguments.value(tracks.get(at)).value(stream.clone());
            // One that the app has added itself is there, and of a connection that it closed the next step tells.
            if let Err(error) = js::call(&self.connection, "addTrack", arguments)
                && js::is(&error, "name", "TypeError")
            {
                return Err(error);
            }
        }
        self.apply_enabled();
        Ok(())
    }

    /// What the browser says; after setLocalDescription it may still speak of what was gathered before.
    fn says_gathered(&self) -> bool {
        js::is(&self.connection, "iceGatheringState", "complete")
    }

    /// The text of `localDescription` or `remoteDescription`, empty for none.
    fn sdp(&self, which: &str) -> String {
        js::text(&js::get(&self.connection, which), "sdp").unwrap_or_default()
    }

    /// Waits for the candidates, but not without end, and reads the description with them.
    async fn described(&self, before: &str) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        let made = self.sdp("localDescription");
        // Of the first description whatever the connection says is true, also if it was never anything but complete.
        let again = !before.is_empty() && is_anew(before, &made, &self.sdp("remoteDescription"));
        let anew = again && !self.gathering.has_ended();
        // Where no medium has ICE nothing is gathered, and no event would say so.
        if (anew || !self.says_gathered()) && has_ice(&made) && !self.closed.get() {
            self.gathering.enough().await;
        }
        let sdp = self.sdp("localDescription");
        if has_ice(&sdp) && !sdp.contains("a=candidate:") && self.is_relayed() {
            return Err((MediaFault::NoRelay, JsValue::UNDEFINED));
        }
        Ok(MediaAnswer::Description(sdp))
    }

    /// Whether the app allows relayed addresses only.
    fn is_relayed(&self) -> bool {
        let configuration = js::call(&self.connection, "getConfiguration", Fields::new());
        configuration.is_ok_and(|configuration| js::is(&configuration, "iceTransportPolicy", "relay"))
    }

    fn candidate(&self, candidate: JsValue) {
        let waits = self.gathering.candidate();
        if let Some(driver) = self.driver.upgrade().filter(|_| waits && !self.closed.get()) {
            driver.tell(self.session.0, Told::IceCandidate { candidate });
        }
    }

    /// Enough candidates (JsSIP `icecandidate.ready()`).
    pub(super) fn ready(&self) {
        self.gathering.ready();
    }

    /// Mutes or unmutes.
    pub(super) fn mute(&self, audio: bool, video: bool) {
        self.muted.set((audio, video));
        self.apply_enabled();
    }

    /// Calls `run` with each sender, its track, and whether that is audio.
    fn each_track(&self, run: &mut dyn FnMut(&JsValue, &JsValue, bool)) {
        if self.closed.get() {
            return;
        }
        let senders = js::call(&self.connection, "getSenders", Fields::new());
        let senders: Array = senders.and_then(JsCast::dyn_into).unwrap_or_default();
        for at in 0..senders.length() {
            let sender = senders.get(at);
            let track = js::get(&sender, "track");
            if track.is_object() {
                run(&sender, &track, js::is(&track, "kind", "audio"));
            }
        }
    }

    fn apply_enabled(&self) {
        let muted = self.muted.get();
        self.each_track(&mut |_, track, audio| {
            let muted = if audio { muted.0 } else { muted.1 };
            js::set(track, "enabled", &(self.enabled.get() && !muted).into());
        });
    }

    /// Appends tones to the first audio sender's that can send them (RFC 4733).
    pub(super) fn tones(&self, tones: &str, duration_ms: u32, gap_ms: u32) {
        let mut sent = false;
        self.each_track(&mut |sender, _, audio| {
            let dtmf = js::get(sender, "dtmf");
            if audio && !sent && dtmf.is_object() {
                sent = true;
                let arguments = Fields::new();
                arguments.text(&(js::text(&dtmf, "toneBuffer").unwrap_or_default() + tones));
                arguments.number(duration_ms).number(gap_ms);
                let _ = js::call(&dtmf, "insertDTMF", arguments);
            }
        });
    }

    /// Ends it: the connection is closed, our tracks are stopped, nothing is waited for any more.
    pub(super) fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        let listening = self.listening.take();
        drop(listening);
        self.queue.take();
        let _ = js::call(&self.connection, "close", Fields::new());
        let stream = self.stream.take();
        if stream.is_object() {
            media::stop(&stream);
        }
        self.gathering.stop();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.close();
    }
}

fn description(kind: &str, sdp: &str) -> JsValue {
    let description = js::object("type", &kind.into());
    js::set(&description, "sdp", &sdp.into());
    description
}
