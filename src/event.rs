//! The words between core and shell: inputs, outputs, events, and the tickets that tie an answer to its question. The file
//! is long because it is the whole contract, which is read in one place.

// Each variant has its sentence; its fields have the names of what they carry, which say it already.
#![allow(missing_docs)]

pub(crate) mod ids;
pub(crate) mod ticket;

use std::sync::Arc;

use crate::auth::{Account, Question};
use crate::cause::Cause;
use crate::dialog::DialogId;
use crate::message::{Method, NameAddr, Request, Response};
use crate::registration::grant::Grant;
use crate::sdp::{Candidate, Feature, Finding};

pub use crate::message::Draft;
pub use ids::{Flow, RequestId, SendId, SessionId, SubscriptionId};
pub use ticket::{Asker, Ticket};

/// Shares a message: one more `Arc` of it. Never inlined, because each place would have its own check of the count.
#[inline(never)]
pub fn share<T>(message: &Arc<T>) -> Arc<T> {
    Arc::clone(message)
}

/// What the shell tells the core.
#[derive(Debug)]
pub enum Input<'a> {
    /// The connection is open.
    Opened(Flow),
    /// One WebSocket message (RFC 7118 5: one frame, one SIP message).
    Frame(Flow, &'a [u8]),
    /// The same where it is text, as nearly all are.
    Text(Flow, &'a Arc<str>),
    /// The connection is gone, with the WebSocket close code and reason; `error` unless it closed cleanly.
    Closed { flow: Flow, error: bool, code: Option<u16>, reason: String },
    /// The shell could not hand this frame to the socket.
    NotSent(SendId),
    /// Nothing but time has passed.
    Alarm,
    /// The answer to a `Output::Media`.
    Media(Ticket, Result<MediaAnswer, MediaFault>),
    /// ICE of this call has failed for good.
    IceFailed(SessionId),
    /// ICE of this call has found a way for the media, for the first time or again, and DTLS has keys for it.
    IceConnected(SessionId),
    /// ICE of this call has lost its way, and may find back (W3C WebRTC 5.6.4).
    IceDisconnected(SessionId),
    /// ICE of this call has found a way, but the DTLS handshake on it has failed for good.
    DtlsFailed(SessionId),
    /// A STUN or TURN server gave this call no candidate: its URL, and the STUN error code (RFC 8489 14.8), or 701 if
    /// it could not be reached (W3C WebRTC 4.8.1.3).
    CandidateError { session: SessionId, code: u16, url: String },
    /// The host's network went, came or is another one, or the page was asleep: the line may be dead.
    Network,
    /// A candidate of ours was gathered, or all were.
    Candidate(SessionId, Candidate),
}

/// What the core wants done.
#[derive(Debug)]
pub enum Output {
    /// Open a connection to server `server` (an index into `Config::servers`) and call it `flow`.
    Connect { flow: Flow, server: usize },
    /// Close that connection; nothing that it says later matters.
    Close(Flow),
    /// Hand these bytes to the socket.
    Send(SendId, Flow, Vec<u8>),
    /// Do this with the call's RTCPeerConnection, and answer with the ticket in a later turn.
    Media(SessionId, MediaRequest, Ticket),
    /// Tell the app.
    Event(Event),
}

/// What a call asks of its RTCPeerConnection. One serial queue for each call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaRequest {
    /// Get the app's stream or capture one, and add its tracks. `offered` is audio and video: what the far end offers
    /// both ways, for an answer whose constraints the app left open. `None`: nothing is offered, for we offer
    /// ourselves, in an INVITE or in the 200 to one without a description. Then the app's constraints stand alone; in
    /// an answer audio is captured unless they refuse it, and video only if they ask for it. Answer: `Ready`.
    Acquire { offered: Option<(bool, bool)> },
    /// createOffer, setLocalDescription, gather. With `trickle` only the first of them is waited for, and
    /// not long. Answer: `Description`.
    Offer { ice_restart: bool, trickle: bool },
    /// createAnswer, setLocalDescription, gather. With `trickle` only the first of them is waited for, and
    /// not long. Answer: `Description`.
    Answer { trickle: bool },
    /// setRemoteDescription of an offer. Answer: `Ready`.
    RemoteOffer(String),
    /// setRemoteDescription of an answer; with `fresh`, after a new local offer that is not sent (the final answer
    /// that follows an early one). Answer: `Ready`.
    RemoteAnswer { sdp: String, fresh: bool },
    /// setRemoteDescription of an offer, createAnswer and setLocalDescription, of which the far end hears nothing: it is
    /// what it knows of the call already. Answer: `Ready`.
    Prime(String),
    /// setLocalDescription or setRemoteDescription of type `rollback`. Answer: `Ready`.
    Rollback,
    /// addIceCandidate for each. Answer: `Ready`.
    AddCandidates(Vec<Candidate>),
    /// Whether anything may be sent at all: false while held by either side. Answer: `Ready`.
    Enable(bool),
    /// Close the connection and stop each track that the shell opened. Nothing is answered.
    Close,
}

/// What the shell answers to a `MediaRequest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaAnswer {
    /// It is done.
    Ready,
    /// The local description, with the candidates gathered.
    Description(String),
}

/// Which WebRTC operation failed; the JavaScript error itself stays with the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaFault {
    /// getUserMedia was refused or found no device.
    UserMedia,
    /// createOffer.
    CreateOffer,
    /// createAnswer.
    CreateAnswer,
    /// setLocalDescription.
    SetLocal,
    /// setRemoteDescription.
    SetRemote,
    /// addIceCandidate, of one candidate at least. No event.
    AddCandidate,
    /// Gathering: the app allows relayed addresses only, and no TURN server gave one. No JavaScript error, no event.
    NoRelay,
}

impl MediaFault {
    /// Those that an event tells of, by number.
    pub const TOLD: [Self; 5] =
        [Self::UserMedia, Self::CreateOffer, Self::CreateAnswer, Self::SetLocal, Self::SetRemote];
}

/// Who caused what an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Originator {
    /// This agent's app.
    Local,
    /// The far end.
    Remote,
    /// Neither: a timer, the network, WebRTC.
    System,
}

impl Originator {
    /// JsSIP's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
            Self::System => "system",
        }
    }
}

/// What the app is told. Each variant carries the state of its moment.
#[derive(Debug)]
pub enum Event {
    /// A connection is being tried, for the `attempts`th time since one was open.
    Connecting { server: usize, attempts: u32 },
    /// The connection is open.
    Connected { server: usize },
    /// The connection is gone; the next attempt is in `retry_in_ms`, if there will be one.
    Disconnected { server: usize, error: bool, code: Option<u16>, reason: String, retry_in_ms: Option<u64> },
    /// `stop()` has done its work: nothing happens any more until the next `start()`.
    Stopped,
    /// The first 2xx to REGISTER.
    Registered { response: Arc<Response>, expires_s: u32 },
    /// A 2xx to a refresh: not an event of JsSIP's, the shell updates what it shows.
    Refreshed { expires_s: u32, refresh_in_ms: u64 },
    /// No longer registered.
    Unregistered { response: Option<Arc<Response>>, cause: Option<Cause>, transport: bool },
    /// REGISTER failed.
    RegistrationFailed { response: Option<Arc<Response>>, cause: Cause },
    /// The registration is about to expire (hook: `Verdict::Listened(true)` leaves the refresh to the app).
    RegistrationExpiring(Ticket),
    /// What the registration grants from now on beside its binding.
    Granted(Grant),
    /// A flow is another one than it was, where there are two (RFC 5626).
    Flow(FlowState),
    /// The GRUUs of the last registration (RFC 5627), kept and used in Contact.
    Gruu { public: Option<String>, temporary: Option<String> },
    /// A call comes (hook: `Verdict::Listened`) or goes.
    NewSession {
        id: SessionId,
        ticket: Ticket,
        originator: Originator,
        incoming: Option<Arc<Request>>,
        outgoing: Option<Draft>,
        call_id: String,
        from_tag: String,
        /// Its UUIDs, ours and the far end's (RFC 7989), if calls have some.
        session_id: Option<Box<(String, String)>>,
    },
    /// Something happened to a call.
    Session { id: SessionId, state: SessionState, kind: SessionEvent },
    /// The call is over and forgotten; the shell lets go of it.
    SessionGone(SessionId),
    /// A MESSAGE or OPTIONS came (hook: `Verdict::Reply`), outside a dialog or inside the call `session`, or goes.
    NewRequest {
        id: RequestId,
        session: Option<SessionId>,
        ticket: Ticket,
        method: Method,
        incoming: Option<Arc<Request>>,
        outgoing: Option<Draft>,
    },
    /// The answer to a MESSAGE or OPTIONS of ours.
    RequestDone { id: RequestId, response: Option<Arc<Response>>, failure: Option<(Originator, Cause)> },
    /// A SUBSCRIBE outside a dialog came (hook: `Verdict::Listened`); the app starts a notifier, or replies.
    NewSubscribe { id: SubscriptionId, ticket: Ticket, request: Arc<Request> },
    /// Something happened to a subscription. `state` is JsSIP's `STATE_*`.
    Subscription { id: SubscriptionId, state: u8, dialog: Option<DialogId>, kind: SubscriptionEvent },
    /// A NOTIFY outside any subscription (hook: `Verdict::Reply`).
    UnsolicitedNotify { ticket: Ticket, request: Arc<Request> },
    /// A request of ours was challenged, and waits for an account: `Verdict::Account` gives it, in any later turn.
    Challenged { ticket: Ticket, question: Box<Question> },
    /// A REFER outside a dialog came (hook: `Verdict::Listened`); `session` is the call that it says it knows (RFC 4538).
    NewRefer { id: RequestId, ticket: Ticket, session: Option<SessionId>, request: Arc<Request> },
    /// Something happened to a REFER of ours outside a dialog.
    Referral { id: RequestId, kind: ReferralEvent },
    /// A frame, a line of one, or an answer of the shell was dropped or refused, and why.
    Dropped { why: &'static str },
}

/// What an app is told of one of two flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowState {
    /// Its reg-id.
    pub id: u8,
    /// The server that it leads to, or led to last.
    pub server: usize,
    pub status: FlowStatus,
    /// Whether requests go by it.
    pub first: bool,
}

/// How far a flow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowStatus {
    /// There is no connection.
    Disconnected,
    /// One is tried.
    Connecting,
    /// One is open, without a registration by it.
    Connected,
    /// The registrar knows us by it.
    Registered,
}

impl FlowStatus {
    /// Its word for the app.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Registered => "registered",
        }
    }
}

/// What JavaScript reads of a call while it handles an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionState {
    /// JsSIP's `RTCSession.C.STATUS_*`.
    pub status: u8,
    /// Held by us.
    pub local_hold: bool,
    /// Held by the far end.
    pub remote_hold: bool,
    /// Whether a new offer could be made now (JsSIP `isReadyToReOffer()`).
    pub ready_to_reoffer: bool,
    /// Whether its line or media was lost and is being brought back.
    pub recovering: bool,
}

/// What happens to a call.
#[derive(Debug)]
pub enum SessionEvent {
    /// Only the state changed.
    State,
    /// Media is ready; the INVITE is about to be made, or the remote offer was applied.
    Connecting { incoming: Option<Arc<Request>>, outgoing: Option<Draft> },
    /// Hook `Verdict::Sending`: the INVITE as it will leave.
    Sending { ticket: Ticket, request: Draft },
    /// It rings, or has early media: a 1xx of theirs, or one of ours.
    Progress {
        originator: Originator,
        response: Option<Arc<Response>>,
        /// Whether it is acknowledged (RFC 3262).
        reliable: bool,
        /// The early dialog that it is of, by the tag of the far end. `None`: it makes none, or is ours.
        dialog: Option<String>,
    },
    /// One of the phones that a call of ours rings has left (RFC 6228), by its tag.
    EarlyDialogEnded { dialog: String, response: Arc<Response> },
    /// Somebody has answered: a 2xx of theirs, or the app.
    Accepted { originator: Originator, response: Option<Arc<Response>> },
    /// The ACK is here, or ours has left.
    Confirmed { originator: Originator, ack: Option<Arc<Request>> },
    /// An established call is over, with what both ends had. `cause_text` is the app's own cause, which JsSIP hands through.
    Ended {
        originator: Originator,
        message: EndedBy,
        cause: Cause,
        cause_text: Option<String>,
        findings: Vec<Finding>,
        features: Vec<Feature>,
    },
    /// A call is over that was never established, with what its two descriptions lacked.
    Failed { originator: Originator, message: EndedBy, cause: Cause, findings: Vec<Finding>, features: Vec<Feature> },
    /// Hook `Verdict::Sdp`: a description about to be applied (remote) or sent (local).
    Sdp { ticket: Ticket, originator: Originator, offer: bool, sdp: String },
    /// The shell emits the matching JsSIP event with the JavaScript error it kept.
    MediaFailed(MediaFault),
    /// This side holds the call now.
    Hold(Originator),
    /// This side has taken it back.
    Unhold(Originator),
    /// Hook `Verdict::Reoffer`.
    Reinvite { ticket: Ticket, request: Arc<Request> },
    /// Hook `Verdict::Reoffer`.
    Update { ticket: Ticket, request: Arc<Request> },
    /// An answered re-INVITE or UPDATE of the far end: the app's `callback` runs.
    Answered { ticket: Ticket },
    /// Our re-INVITE or UPDATE ended, and runs `done`; with a failure it was rolled back, and the call is as before.
    Renegotiated { response: Option<Arc<Response>>, failure: Option<Cause> },
    /// A DTMF INFO that came or goes. `handle` names an outgoing one for its result.
    Dtmf { originator: Originator, tone: char, duration_ms: u32, request: Option<Arc<Request>>, handle: u32 },
    /// An INFO that comes or goes and is no tone. `handle` names an outgoing one for its result.
    Info {
        originator: Originator,
        content_type: String,
        body: String,
        /// The name of its package (RFC 6086).
        package: Option<String>,
        request: Option<Arc<Request>>,
        handle: u32,
    },
    /// The answer to an INFO, REFER or other request of ours inside the call.
    RequestDone { handle: u32, response: Option<Arc<Response>>, failure: Option<Cause> },
    /// Such a request was challenged and left again as this.
    Authenticated { handle: u32, request: Draft },
    /// Hook `Verdict::Listened`: the far end asks for a transfer. 202 and the first NOTIFY have left.
    Refer { ticket: Ticket, request: Arc<Request> },
    /// A NOTIFY about a transfer of ours, with the status line of its body.
    ReferProgress { handle: u32, request: Arc<Request>, status: u16, reason: String },
    /// Hook `Verdict::Listened`: an INVITE wants to take this call's place.
    Replaces { ticket: Ticket, request: Arc<Request> },
    /// Its line or its media was lost, and is being brought back.
    Recovering { cause: Cause },
    /// Both are there again, after so many ms.
    Recovered { cause: Cause, took_ms: u64 },
    /// A MESSAGE of ours has left inside the call.
    Message { request: Draft, handle: u32 },
    /// A 3xx named these, the likeliest first; `followed`: the call goes on to one of them.
    Redirected { contacts: Vec<NameAddr>, followed: bool },
    /// The UUID of the far end is known, or is another one (RFC 7989).
    SessionId { local: String, remote: String },
    /// Who the far end is has changed: as a proxy asserts it, nobody if it does not any more, or as its From says.
    Identity { identities: Vec<NameAddr>, asserted: bool },
}

/// What happens to a subscription.
#[derive(Debug)]
pub enum SubscriptionEvent {
    /// Only the state changed.
    State,
    /// The first 2xx to our SUBSCRIBE.
    Accepted,
    /// A NOTIFY said so for the first time.
    Pending,
    /// A NOTIFY said so for the first time.
    Active,
    /// A NOTIFY with a body.
    Notify { is_final: bool, request: Arc<Request> },
    /// A SUBSCRIBE was answered 200. Hook `Verdict::Listened` if it `ends` the subscription.
    Subscribe { ticket: Ticket, ends: bool, request: Arc<Request> },
    /// Hook `Verdict::Listened`: the subscriber did not refresh.
    Expired { ticket: Ticket },
    /// It is over and forgotten; `code` is one of JsSIP's `Subscriber.C` or `Notifier.C`, `status` that of the answer
    /// that ended it.
    Terminated { code: u8, reason: Option<String>, retry_after: Option<u32>, status: Option<u16> },
    /// The server keeps what we publish for so many s.
    Published { response: Arc<Response>, expires_s: u32 },
    /// It does not: it is published again after so many ms, or never, and then it is over.
    PublishFailed { response: Option<Arc<Response>>, cause: Cause, retry_in_ms: Option<u64> },
    /// A lasting one ended so, and is asked for anew after so many ms, or with the next connection.
    Waiting { code: u8, reason: Option<String>, status: Option<u16>, retry_in_ms: Option<u64> },
    /// One dialog of a lasting one that was forked has ended; others go on.
    ForkEnded,
}

/// What happens to a REFER of ours outside a dialog.
#[derive(Debug)]
pub enum ReferralEvent {
    /// The answer to it, or none.
    Answered { response: Option<Arc<Response>>, failure: Option<Cause> },
    /// A NOTIFY tells how it goes, with the status line of its body.
    Progress { request: Arc<Request>, status: u16, reason: String },
    /// It is over and forgotten.
    Over,
}

/// The message that ended a call.
#[derive(Clone, Debug)]
pub enum EndedBy {
    /// None: a timer, the app, the network.
    None,
    /// BYE, CANCEL, INVITE.
    Request(Arc<Request>),
    /// A final response.
    Response(Arc<Response>),
}

/// What the listeners of a hook event decided.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Whether anybody listened.
    Listened(bool),
    /// The request as the app left it.
    Sending { headers: Vec<(String, String)>, body: String },
    /// The description as the app left it.
    Sdp(String),
    /// A re-INVITE or UPDATE: accepted, or refused with this.
    Reoffer(Option<AppReply>),
    /// What answers a challenge; `None` gives up.
    Account(Option<Account>),
    /// The reply to a MESSAGE or OPTIONS; `None` is the default reply.
    Reply { listened: bool, reply: Option<AppReply> },
}

/// A reply that an app asked for.
#[derive(Clone, Debug)]
pub struct AppReply {
    /// Status code.
    pub status: u16,
    /// Reason phrase, or the usual one.
    pub reason: Option<String>,
    /// Lines `Name: value`.
    pub headers: Vec<String>,
    /// Body, empty for none.
    pub body: String,
}
