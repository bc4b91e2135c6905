//! One call's RTCPeerConnection: a serial queue of operations, what it says of its ways, tracks, tones.

mod packets;
mod steps;
mod tracks;
mod transports;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::capture::{self, Wanted};
use super::gathering::{Enough, Gathering, Patience, generation, has_candidate, has_ice, is_anew};
use super::listener::{Listening, listener};
use super::webrtc::{PeerConnection, Stream, each};
use super::{Host, js};
use crate::bounds::MAX_CANDIDATES;
use crate::event::{Input, MediaAnswer, MediaFault, MediaRequest, SessionId, Ticket};
use crate::sdp::{Candidate, generations, with_candidates};

/// ms in which ICE looks for the best path: that it takes another one then says nothing.
const SETTLES_MS: f64 = 3_000.0;

/// The connection of one call, and what belongs to it.
pub(in crate::web) struct Peer {
    session: SessionId,
    connection: PeerConnection,
    wanted: Wanted,
    once: RefCell<JsValue>,
    /// What we captured.
    stream: RefCell<Option<Stream>>,
    queue: RefCell<VecDeque<(MediaRequest, Ticket)>>,
    busy: Cell<bool>,
    closed: Cell<bool>,
    enabled: Cell<bool>,
    muted: Cell<(bool, bool)>,
    gathering: Rc<Gathering>,
    /// Those that were gathered for the last descriptions.
    candidates: RefCell<Vec<Candidate>>,
    host: Weak<dyn Host>,
    listening: Cell<Option<Listening>>,
    /// Of the ICE transport, once there is one.
    path: Cell<Option<Listening>>,
    /// Whether the packets that come in are counted.
    counts: Cell<bool>,
    next_count: Cell<Option<Timeout>>,
}

impl Peer {
    pub(in crate::web) fn new(
        session: SessionId,
        connection: PeerConnection,
        wanted: Wanted,
        patience: Patience,
        host: &Weak<dyn Host>,
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
            candidates: RefCell::default(),
            host: Weak::clone(host),
            listening: Cell::default(),
            path: Cell::default(),
            counts: Cell::new(false),
            next_count: Cell::default(),
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

    fn seen(self: &Rc<Self>, event: &JsValue) {
        let session = self.session;
        let input = match js::text(event, "type").as_str() {
            "icecandidate" => {
                let candidate = js::get(event, "candidate");
                if !candidate.is_object() {
                    return self.all_gathered();
                }
                let line = js::text(&candidate, "candidate");
                if line.is_empty() {
                    // The end of one generation; of all of them the browser tells by none, or by its state.
                    return;
                }
                let (mid, ufrag) = (js::text(&candidate, "sdpMid"), js::text(&candidate, "usernameFragment"));
                self.candidate(candidate);
                let candidate = Candidate { line, mid, ufrag };
                self.keep(candidate.clone());
                Input::Candidate(session, candidate)
            }
            "icecandidateerror" => {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
                let code = js::get(event, "errorCode").as_f64().unwrap_or_default() as u16;
                Input::CandidateError { session, code, url: js::text(event, "url") }
            }
            "icegatheringstatechange" => {
                if self.says_gathered() {
                    self.all_gathered();
                }
                return;
            }
            name => {
                let [ice, whole] = ["iceConnectionState", "connectionState"].map(|key| js::text(&self.connection, key));
                match (ice.as_str(), whole.as_str()) {
                    ("failed", _) => Input::IceFailed(session),
                    ("connected" | "completed", "failed") => Input::DtlsFailed(session),
                    // Chromium says of ICE that never found a path that it is disconnected.
                    (_, "failed") if self.has_keys_failed() => Input::DtlsFailed(session),
                    (_, "failed") => Input::IceFailed(session),
                    // With DTLS on it, where the browser says that.
                    ("connected" | "completed", "connected" | "") => Input::IceConnected(session),
                    ("disconnected", _) if name == "iceconnectionstatechange" => Input::IceDisconnected(session),
                    _ => return,
                }
            }
        };
        if matches!(input, Input::IceConnected(_)) {
            self.watch_path();
            self.count_packets();
        }
        if let Some(host) = self.host.upgrade().filter(|_| !self.closed.get()) {
            host.input(input);
        }
    }

    /// Whether the DTLS handshake has failed, where the browser says that.
    fn has_keys_failed(&self) -> bool {
        let mut failed = false;
        each(self.connection.senders(), &mut |sender| {
            failed |= js::text(&js::get(&sender, "transport"), "state") == "failed";
        });
        failed
    }

    /// ICE may take another path by itself, where the host has two lines: the one in use has gone, and the socket with it.
    fn watch_path(&self) {
        if let Some(watched) = self.path.take() {
            self.path.set(Some(watched));
            return;
        }
        let sender = self.connection.senders().map(|senders| js::get(&senders, "0")).unwrap_or_default();
        let transport = ["transport", "iceTransport"].iter().fold(sender, |object, key| js::get(&object, key));
        if js::get(&transport, "addEventListener").is_function() {
            let host = Weak::clone(&self.host);
            let settled = js_sys::Date::now() + SETTLES_MS;
            let moved = listener(move |_, _, _| {
                if let Some(host) = host.upgrade().filter(|_| js_sys::Date::now() > settled) {
                    host.input(Input::Network);
                }
            });
            let path = Listening::new(transport.unchecked_into(), &["selectedcandidatepairchange"], moved);
            self.path.set(Some(path));
        }
    }

    /// The browser has all candidates of its description.
    fn all_gathered(&self) {
        let local = self.sdp("localDescription");
        if self.gathering.follows() && !has_candidate(&local) {
            return;
        }
        if self.gathering.end()
            && let Some(host) = self.host.upgrade().filter(|_| !self.closed.get())
        {
            let ufrag = generation(&local).to_owned();
            host.input(Input::Candidate(self.session, Candidate { ufrag, ..Candidate::default() }));
        }
    }

    /// What the next offer is made with.
    pub(in crate::web) fn offer_once(&self, constraints: JsValue) {
        self.once.replace(constraints);
    }

    /// Queues an operation; its answer comes in a later turn.
    pub(in crate::web) fn ask(self: &Rc<Self>, request: MediaRequest, ticket: Ticket) {
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
                if let Some(host) = peer.host.upgrade() {
                    let result = result.map_err(|(fault, error)| {
                        host.remember(peer.session, error);
                        fault
                    });
                    host.input(Input::Media(ticket, result));
                }
            }
            peer.busy.set(false);
        }));
    }

    async fn run(&self, request: MediaRequest) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        // An answer never enters the core in the turn of its request.
        js::next_turn().await;
        if self.closed.get() {
            // Nobody is asked for a microphone that no call will have.
            return Ok(MediaAnswer::Ready);
        }
        if let MediaRequest::RemoteOffer(sdp) = &request {
            self.meet_keys(sdp).await.map_err(|error| (MediaFault::SetRemote, error))?;
        }
        let describes = matches!(request, MediaRequest::Offer { .. } | MediaRequest::Answer { .. });
        let before = if describes { self.sdp("localDescription") } else { String::new() };
        let remote = match &request {
            MediaRequest::RemoteOffer(sdp) | MediaRequest::Prime(sdp) => description("offer", sdp),
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
            MediaRequest::Offer { trickle, .. } | MediaRequest::Answer { trickle } => {
                return self.described(&before, trickle).await;
            }
            _ => {}
        }
        Ok(MediaAnswer::Ready)
    }

    /// What the browser says; after setLocalDescription it may still speak of what was gathered before.
    fn says_gathered(&self) -> bool {
        js::text(&self.connection, "iceGatheringState") == "complete"
    }

    /// The text of `localDescription` or `remoteDescription`, empty for none.
    fn sdp(&self, which: &str) -> String {
        js::long_text(&js::get(&js::get(&self.connection, which), "sdp")).unwrap_or_default()
    }

    /// Waits for the candidates, but not without end, and reads the description with them.
    async fn described(&self, before: &str, trickle: bool) -> Result<MediaAnswer, (MediaFault, JsValue)> {
        let mut sdp = self.sdp("localDescription");
        // Of the first description whatever the connection says is true, also if it was never anything but complete.
        let again = !before.is_empty() && is_anew(before, &sdp, &self.sdp("remoteDescription"));
        if again && !has_candidate(&sdp) {
            self.gathering.follow();
        }
        let anew = again && !self.gathering.has_ended();
        // Where no medium has ICE nothing is gathered, and no event would say so.
        if (anew || !self.says_gathered()) && has_ice(&sdp) && !self.closed.get() {
            let enough = match (trickle, self.is_relayed()) {
                (false, _) => Enough::All,
                (true, true) => Enough::One,
                (true, false) => Enough::Early,
            };
            self.gathering.enough(enough).await;
            sdp = self.sdp("localDescription");
        }
        let sdp = self.complete(&sdp);
        if has_ice(&sdp) && !has_candidate(&sdp) && self.is_relayed() {
            return Err((MediaFault::NoRelay, JsValue::UNDEFINED));
        }
        Ok(MediaAnswer::Description(sdp))
    }

    fn keep(&self, candidate: Candidate) {
        let mut candidates = self.candidates.borrow_mut();
        if candidates.len() < MAX_CANDIDATES {
            candidates.push(candidate);
        }
    }

    /// A description with all candidates that were told of it; those of other ones are forgotten.
    fn complete(&self, sdp: &str) -> String {
        let mut candidates = self.candidates.borrow_mut();
        let generations = generations(sdp);
        candidates.retain(|candidate| generations.contains(&candidate.ufrag));
        with_candidates(sdp, &candidates)
    }

    /// Whether the app allows relayed addresses only.
    fn is_relayed(&self) -> bool {
        let configuration = self.connection.configuration();
        configuration.is_ok_and(|configuration| js::text(&configuration, "iceTransportPolicy") == "relay")
    }

    fn candidate(&self, candidate: JsValue) {
        let waits = self.gathering.candidate();
        if let Some(host) = self.host.upgrade().filter(|_| waits && !self.closed.get()) {
            host.candidate(self.session, candidate);
        }
    }

    /// Enough candidates (JsSIP `icecandidate.ready()`).
    pub(in crate::web) fn ready(&self) {
        self.gathering.ready();
    }

    /// Ends it: the connection is closed, our tracks are stopped, nothing is waited for any more.
    pub(in crate::web) fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        drop((self.listening.take(), self.path.take(), self.next_count.take()));
        self.queue.take();
        let _ = self.connection.close();
        if let Some(stream) = self.stream.take() {
            capture::stop(&stream);
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
