//! One call's RTCPeerConnection: a serial queue of operations, gathering with an end, tracks, tones.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStream, RtcIceConnectionState, RtcIceGatheringState, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcRtpSender, RtcSdpType, RtcSessionDescriptionInit, RtcSignalingState,
};

use super::driver::Driver;
use super::events::Kind;
use super::fields::Fields;
use super::js;
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

type OnCandidate = Closure<dyn Fn(RtcPeerConnectionIceEvent)>;

/// The connection of one call, and what belongs to it.
pub(super) struct Peer {
    session: SessionId,
    connection: RtcPeerConnection,
    wanted: Wanted,
    once: RefCell<JsValue>,
    stream: RefCell<Option<MediaStream>>,
    queue: RefCell<VecDeque<(MediaRequest, Ticket)>>,
    busy: Cell<bool>,
    closed: Cell<bool>,
    enabled: Cell<bool>,
    muted: Cell<(bool, bool)>,
    patience: Patience,
    gathered: RefCell<Option<Function>>,
    timers: RefCell<Vec<Timeout>>,
    saw_candidate: Cell<bool>,
    driver: Weak<Driver>,
    _candidate: RefCell<Option<OnCandidate>>,
    _state: RefCell<Option<Closure<dyn Fn()>>>,
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
            patience,
            gathered: RefCell::default(),
            timers: RefCell::default(),
            saw_candidate: Cell::new(false),
            driver: Weak::clone(driver),
            _candidate: RefCell::default(),
            _state: RefCell::default(),
        });
        peer.listen();
        peer
    }

    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let candidate = Closure::<dyn Fn(RtcPeerConnectionIceEvent)>::new(move |event: RtcPeerConnectionIceEvent| {
            let Some(peer) = weak.upgrade() else { return };
            match event.candidate() {
                Some(candidate) => peer.candidate(&candidate.into()),
                None => peer.ready(),
            }
        });
        let weak = Rc::downgrade(self);
        let state = Closure::<dyn Fn()>::new(move || {
            let Some(peer) = weak.upgrade() else { return };
            if peer.connection.ice_gathering_state() == RtcIceGatheringState::Complete {
                peer.ready();
            }
            let failed = peer.connection.ice_connection_state() == RtcIceConnectionState::Failed;
            if failed
                && !peer.closed.get()
                && let Some(driver) = peer.driver.upgrade()
            {
                driver.input(Input::IceFailed(peer.session));
            }
        });
        self.attach(Some(&candidate), Some(&state));
        self._candidate.replace(Some(candidate));
        self._state.replace(Some(state));
    }

    /// Listens beside the app, whose `on…` properties stay its own.
    fn attach(&self, candidate: Option<&OnCandidate>, state: Option<&Closure<dyn Fn()>>) {
        let listen = |name: &str, function: &Function| {
            let _ = self.connection.add_event_listener_with_callback(name, function);
        };
        if let Some(candidate) = candidate {
            listen("icecandidate", candidate.as_ref().unchecked_ref());
        }
        if let Some(state) = state {
            listen("icegatheringstatechange", state.as_ref().unchecked_ref());
            listen("iceconnectionstatechange", state.as_ref().unchecked_ref());
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
        spawn_local(async move {
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
        });
    }

    async fn run(&self, request: MediaRequest) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        // An answer never enters the core in the turn of its request.
        let _ = JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await;
        match request {
            MediaRequest::Acquire { offered } => self.acquire(offered).await.map_err(|e| (MediaFault::UserMedia, e))?,
            MediaRequest::Offer { ice_restart } => return self.offer(ice_restart).await,
            MediaRequest::Answer => return self.answer().await,
            MediaRequest::RemoteOffer(sdp) => self.remote(RtcSdpType::Offer, &sdp).await?,
            MediaRequest::RemoteAnswer { sdp, fresh } => {
                if fresh {
                    self.local_offer(&JsValue::UNDEFINED).await?;
                }
                self.remote(RtcSdpType::Answer, &sdp).await?;
            }
            MediaRequest::Rollback => self.rollback().await?,
            MediaRequest::Enable(enabled) => {
                self.enabled.set(enabled);
                self.apply_enabled();
            }
            MediaRequest::Close => {}
        }
        Ok(MediaAnswer::Ready)
    }

    async fn acquire(&self, offered: Option<(bool, bool)>) -> Result<(), JsValue> {
        let captured = media::acquire(&self.wanted, offered).await?;
        let Some(stream) = captured.stream else {
            return Ok(());
        };
        if self.closed.get() {
            // Granted after the call had ended: nobody may keep the microphone.
            if captured.ours {
                media::stop(&stream);
            }
            return Ok(());
        }
        for track in stream.get_tracks().iter() {
            self.connection.add_track_0(&track.unchecked_into(), &stream);
        }
        if captured.ours {
            self.stream.replace(Some(stream));
        }
        self.apply_enabled();
        Ok(())
    }

    async fn offer(&self, ice_restart: bool) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        let mut options = self.once.take();
        if !options.is_object() {
            options = self.wanted.offer.clone();
        }
        if ice_restart && !js::flag(&options, "iceRestart") {
            options = js::object([("iceRestart", JsValue::TRUE)]);
        }
        self.local_offer(&options).await?;
        Ok(self.described(ice_restart).await)
    }

    async fn local_offer(&self, options: &JsValue) -> Result<(), (MediaFault, JsValue)> {
        let create = js::get(&self.connection, "createOffer");
        let offer = self.promised(&create, options).await.map_err(|e| (MediaFault::CreateOffer, e))?;
        self.set_local(&offer).await
    }

    async fn answer(&self) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        let create = js::get(&self.connection, "createAnswer");
        let options = self.wanted.answer.clone();
        let answer = self.promised(&create, &options).await.map_err(|e| (MediaFault::CreateAnswer, e))?;
        self.set_local(&answer).await?;
        Ok(self.described(false).await)
    }

    async fn promised(&self, function: &JsValue, argument: &JsValue) -> Result<JsValue, JsValue> {
        let function: &Function = function.dyn_ref().ok_or(JsValue::UNDEFINED)?;
        let result = if argument.is_object() {
            function.call1(&self.connection, argument)?
        } else {
            function.call0(&self.connection)?
        };
        JsFuture::from(Promise::resolve(&result)).await
    }

    async fn set_local(&self, description: &JsValue) -> Result<(), (MediaFault, JsValue)> {
        self.saw_candidate.set(false);
        let set = js::get(&self.connection, "setLocalDescription");
        self.promised(&set, description).await.map(drop).map_err(|e| (MediaFault::SetLocal, e))
    }

    async fn remote(&self, kind: RtcSdpType, sdp: &str) -> Result<(), (MediaFault, JsValue)> {
        let description = RtcSessionDescriptionInit::new(kind);
        description.set_sdp(sdp);
        let set = js::get(&self.connection, "setRemoteDescription");
        self.promised(&set, &description).await.map(drop).map_err(|e| (MediaFault::SetRemote, e))
    }

    async fn rollback(&self) -> Result<(), (MediaFault, JsValue)> {
        let rollback = js::object([("type", JsValue::from_str("rollback")), ("sdp", JsValue::from_str(""))]);
        match self.connection.signaling_state() {
            RtcSignalingState::HaveLocalOffer => self.set_local(&rollback).await,
            RtcSignalingState::HaveRemoteOffer => {
                let set = js::get(&self.connection, "setRemoteDescription");
                self.promised(&set, &rollback).await.map(drop).map_err(|e| (MediaFault::SetRemote, e))
            }
            _ => Ok(()),
        }
    }

    /// Waits for the candidates, but not without end, and reads the description with them. After a restart of ICE the
    /// state still speaks of the old ones.
    async fn described(&self, restarted: bool) -> MediaAnswer {
        let gathered = self.connection.ice_gathering_state() == RtcIceGatheringState::Complete && !restarted;
        if !gathered && !self.closed.get() {
            let promise = Promise::new(&mut |resolve, _| {
                self.gathered.replace(Some(resolve));
            });
            self.later(self.patience.limit_ms);
            if self.saw_candidate.get() {
                self.later(self.patience.after_first_ms);
            }
            let _ = JsFuture::from(promise).await;
            self.timers.borrow_mut().clear();
        }
        let sdp = self.connection.local_description().map(|d| d.sdp()).unwrap_or_default();
        MediaAnswer::Description(sdp)
    }

    fn later(&self, ms: u32) {
        if let Some(resolve) = self.gathered.borrow().clone() {
            let timer = Timeout::new(ms, move || drop(resolve.call0(&JsValue::UNDEFINED)));
            self.timers.borrow_mut().push(timer);
        }
    }

    fn candidate(&self, candidate: &JsValue) {
        if !self.saw_candidate.replace(true) {
            self.later(self.patience.after_first_ms);
        }
        let waits = self.gathered.borrow().is_some();
        if let Some(driver) = self.driver.upgrade().filter(|_| waits && !self.closed.get()) {
            let fields = Fields::new();
            fields.value(candidate.clone());
            driver.tell(self.session.0, Kind::CallIceCandidate, &fields);
        }
    }

    /// Enough candidates (JsSIP `icecandidate.ready()`).
    pub(super) fn ready(&self) {
        let resolve = self.gathered.borrow_mut().take();
        if let Some(resolve) = resolve {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }

    /// Mutes or unmutes.
    pub(super) fn mute(&self, audio: bool, video: bool) {
        self.muted.set((audio, video));
        self.apply_enabled();
    }

    fn senders(&self) -> Vec<RtcRtpSender> {
        if self.closed.get() {
            return Vec::new();
        }
        let list: Array = self.connection.get_senders();
        list.iter().map(JsCast::unchecked_into).collect()
    }

    fn apply_enabled(&self) {
        let (audio, video) = self.muted.get();
        for track in self.senders().iter().filter_map(RtcRtpSender::track) {
            let muted = if track.kind() == "audio" { audio } else { video };
            track.set_enabled(self.enabled.get() && !muted);
        }
    }

    /// Appends tones to the audio sender's (RFC 4733), if there is one.
    pub(super) fn tones(&self, tones: &str, duration_ms: u32, gap_ms: u32) {
        for sender in self.senders() {
            let dtmf = js::get(&sender, "dtmf");
            let audio = sender.track().is_some_and(|t| t.kind() == "audio");
            if audio && dtmf.is_object() {
                let all = js::text(&dtmf, "toneBuffer").unwrap_or_default() + tones;
                if let Ok(insert) = js::get(&dtmf, "insertDTMF").dyn_into::<Function>() {
                    let _ = insert.call3(&dtmf, &all.into(), &duration_ms.into(), &gap_ms.into());
                }
                return;
            }
        }
    }

    /// Ends it: the connection is closed, our tracks are stopped, nothing is waited for any more.
    pub(super) fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        let candidate = self._candidate.borrow().as_ref().map(|c| c.as_ref().clone());
        self.unlisten("icecandidate", candidate);
        let state = self._state.borrow().as_ref().map(|c| c.as_ref().clone());
        self.unlisten("icegatheringstatechange", state.clone());
        self.unlisten("iceconnectionstatechange", state);
        self.queue.borrow_mut().clear();
        self.timers.borrow_mut().clear();
        self.connection.close();
        let stream = self.stream.take();
        if let Some(stream) = stream {
            media::stop(&stream);
        }
        self.ready();
    }

    fn unlisten(&self, name: &str, function: Option<JsValue>) {
        if let Some(function) = function {
            let _ = self.connection.remove_event_listener_with_callback(name, function.unchecked_ref());
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.close();
    }
}
