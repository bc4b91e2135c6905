//! One call's RTCPeerConnection: a serial queue of operations, gathering with an end, tracks, tones.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

use super::driver::Driver;
use super::events::Kind;
use super::fields::Fields;
use super::js;
use super::listener::{Listening, listener};
use super::media::{self, Wanted};
use crate::event::{Input, MediaAnswer, MediaFault, MediaRequest, SessionId, Ticket};

/// How long gathering may take, in ms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// After the first candidate.
    pub(super) after_first_ms: u32,
    /// After setLocalDescription.
    pub(super) limit_ms: u32,
}

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
    patience: Patience,
    /// Whether candidates are waited for, and who is woken when there are enough.
    gathering: Cell<bool>,
    waker: Cell<Option<Waker>>,
    timers: RefCell<Vec<Timeout>>,
    saw_candidate: Cell<bool>,
    driver: Weak<Driver>,
    listening: Cell<Option<Listening>>,
    this: Weak<Peer>,
}

impl Peer {
    pub(super) fn new(
        session: SessionId,
        connection: RtcPeerConnection,
        wanted: Wanted,
        patience: Patience,
        driver: &Weak<Driver>,
    ) -> Rc<Self> {
        let peer = Rc::new_cyclic(|this| Self {
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
            patience,
            gathering: Cell::new(false),
            waker: Cell::default(),
            timers: RefCell::default(),
            saw_candidate: Cell::new(false),
            driver: Weak::clone(driver),
            listening: Cell::default(),
            this: Weak::clone(this),
        });
        let weak = Rc::downgrade(&peer);
        let seen = listener(move |event, _, _| {
            if let Some(peer) = weak.upgrade() {
                peer.seen(&event);
            }
        });
        let names = &["icecandidate", "icegatheringstatechange", "iceconnectionstatechange"];
        let listening = Listening::new(peer.connection.clone().unchecked_into(), names, seen);
        peer.listening.set(Some(listening));
        peer
    }

    fn seen(&self, event: &JsValue) {
        if js::is(event, "type", "icecandidate") {
            let candidate = js::get(event, "candidate");
            if candidate.is_object() {
                self.candidate(candidate);
            } else {
                self.ready();
            }
            return;
        }
        if self.gathered() {
            self.ready();
        }
        let failed = js::is(&self.connection, "iceConnectionState", "failed");
        if let Some(driver) = self.driver.upgrade().filter(|_| failed && !self.closed.get()) {
            driver.input(Input::IceFailed(self.session));
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
            MediaRequest::Offer { ice_restart } => return Ok(self.described(ice_restart).await),
            MediaRequest::Answer => return Ok(self.described(false).await),
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
                self.saw_candidate.set(false);
                ("setLocalDescription", local.clone())
            }
            MediaFault::SetRemote => ("setRemoteDescription", remote.clone()),
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

    fn gathered(&self) -> bool {
        js::is(&self.connection, "iceGatheringState", "complete")
    }

    /// Waits for the candidates, but not without end, and reads the description with them. After a restart of ICE the
    /// state still speaks of the old ones.
    async fn described(&self, restarted: bool) -> MediaAnswer {
        if (restarted || !self.gathered()) && !self.closed.get() {
            self.gathering.set(true);
            self.later(self.patience.limit_ms);
            if self.saw_candidate.get() {
                self.later(self.patience.after_first_ms);
            }
            poll_fn(|context| {
                if !self.gathering.get() {
                    return Poll::Ready(());
                }
                self.waker.set(Some(context.waker().clone()));
                Poll::Pending
            })
            .await;
            self.timers.take();
        }
        let description = js::get(&self.connection, "localDescription");
        MediaAnswer::Description(js::text(&description, "sdp").unwrap_or_default())
    }

    /// Enough candidates after that time.
    fn later(&self, ms: u32) {
        if !self.gathering.get() {
            return;
        }
        let this = Weak::clone(&self.this);
        let enough = move || {
            if let Some(peer) = this.upgrade() {
                peer.ready();
            }
        };
        self.timers.borrow_mut().push(js::later(ms, Box::new(enough)));
    }

    fn candidate(&self, candidate: JsValue) {
        if !self.saw_candidate.replace(true) {
            self.later(self.patience.after_first_ms);
        }
        let waits = self.gathering.get();
        if let Some(driver) = self.driver.upgrade().filter(|_| waits && !self.closed.get()) {
            let fields = Fields::new();
            fields.value(candidate);
            driver.tell(self.session.0, Kind::CallIceCandidate, fields);
        }
    }

    /// Enough candidates (JsSIP `icecandidate.ready()`).
    pub(super) fn ready(&self) {
        self.gathering.set(false);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
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
        self.timers.take();
        let _ = js::call(&self.connection, "close", Fields::new());
        media::stop(&self.stream.take());
        self.ready();
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
