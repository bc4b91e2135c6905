//! The words between core and shell: inputs, outputs and events here, with what they carry in `event/`, and the tickets that
//! tie an answer to its question.

mod call;
mod flow;
pub(crate) mod ids;
mod media;
mod subscription;
pub(crate) mod ticket;
mod verdict;

use std::sync::Arc;

use crate::auth::Question;
use crate::cause::Cause;
use crate::dialog::DialogId;
use crate::message::{Method, Request, Response};
use crate::registration::grant::Grant;
use crate::sdp::Candidate;

pub use crate::message::Draft;
pub use call::{EndedBy, SessionEvent, SessionState};
pub use flow::{FlowState, FlowStatus};
pub use ids::{Flow, RequestId, SendId, SessionId, SubscriptionId};
pub use media::{MediaAnswer, MediaFault, MediaRequest};
pub use subscription::{ReferralEvent, SubscriptionEvent};
pub use ticket::{Asker, Ticket};
pub use verdict::{AppReply, Verdict};

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
    /// The connection is gone.
    Closed {
        /// Which one.
        flow: Flow,
        /// Whether it did not close cleanly.
        error: bool,
        /// The WebSocket close code (RFC 6455 7.4).
        code: Option<u16>,
        /// The WebSocket close reason.
        reason: String,
    },
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
    /// So many packets of media have come in by now: told twice a second from when ICE has a way, as far as the shell knows.
    PacketsReceived {
        /// Of which call.
        session: SessionId,
        /// Of all media, since the call began or since some other moment.
        packets: u64,
    },
    /// ICE of this call has found a way, but the DTLS handshake on it has failed for good.
    DtlsFailed(SessionId),
    /// A STUN or TURN server gave a call no candidate.
    CandidateError {
        /// Which call.
        session: SessionId,
        /// The STUN error code (RFC 8489 14.8), or 701 if it could not be reached (W3C WebRTC 4.8.1.3).
        code: u16,
        /// The URL of the server.
        url: String,
    },
    /// The host's network went, came or is another one, or the page was asleep: the line may be dead.
    Network,
    /// A candidate of ours was gathered, or all were.
    Candidate(SessionId, Candidate),
}

/// What the core wants done.
#[derive(Debug)]
pub enum Output {
    /// Open a connection.
    Connect {
        /// What it is called from now on.
        flow: Flow,
        /// To which server: an index into `Config::servers`.
        server: usize,
    },
    /// Close that connection; nothing that it says later matters.
    Close(Flow),
    /// Hand these bytes to the socket.
    Send(SendId, Flow, Vec<u8>),
    /// Do this with the call's RTCPeerConnection, and answer with the ticket in a later turn.
    Media(SessionId, MediaRequest, Ticket),
    /// Tell the app.
    Event(Event),
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
    /// A connection is being tried.
    Connecting {
        /// To which server: an index into `Config::servers`.
        server: usize,
        /// How many were tried since one was open.
        attempts: u32,
    },
    /// The connection is open.
    Connected {
        /// To which server: an index into `Config::servers`.
        server: usize,
    },
    /// The connection is gone.
    Disconnected {
        /// To which server: an index into `Config::servers`.
        server: usize,
        /// Whether it did not close cleanly.
        error: bool,
        /// The WebSocket close code (RFC 6455 7.4).
        code: Option<u16>,
        /// The WebSocket close reason.
        reason: String,
        /// ms until the next attempt, if there will be one.
        retry_in_ms: Option<u64>,
    },
    /// `stop()` has done its work: nothing happens any more until the next `start()`.
    Stopped,
    /// The first 2xx to REGISTER.
    Registered {
        /// It.
        response: Arc<Response>,
        /// s that the registrar keeps our binding.
        expires_s: u32,
    },
    /// A 2xx to a refresh: not an event of JsSIP's, the shell updates what it shows.
    Refreshed {
        /// s that the registrar keeps our binding.
        expires_s: u32,
        /// ms until the next refresh.
        refresh_in_ms: u64,
    },
    /// No longer registered.
    Unregistered {
        /// The answer of the registrar, if that is why.
        response: Option<Arc<Response>>,
        /// Why, where it was not asked for.
        cause: Option<Cause>,
        /// Whether the connection is gone by which we were registered.
        transport: bool,
    },
    /// REGISTER failed.
    RegistrationFailed {
        /// The answer of the registrar; `None`: it did not answer.
        response: Option<Arc<Response>>,
        /// Why.
        cause: Cause,
    },
    /// The registration is about to expire (hook: `Verdict::Listened(true)` leaves the refresh to the app).
    RegistrationExpiring(Ticket),
    /// What the registration grants from now on beside its binding.
    Granted(Grant),
    /// A flow is another one than it was, where there are two (RFC 5626).
    Flow(FlowState),
    /// The GRUUs of the last registration (RFC 5627), kept and used in Contact.
    Gruu {
        /// `pub-gruu`.
        public: Option<String>,
        /// `temp-gruu`.
        temporary: Option<String>,
    },
    /// A call comes (hook: `Verdict::Listened`) or goes.
    NewSession {
        /// Its name.
        id: SessionId,
        /// Of the question whether anybody listens.
        ticket: Ticket,
        /// Whose call it is.
        originator: Originator,
        /// The INVITE of theirs; `None` too where another page took the call.
        incoming: Option<Arc<Request>>,
        /// The INVITE of ours, before it leaves.
        outgoing: Option<Draft>,
        /// Its Call-ID.
        call_id: String,
        /// The tag in From of its INVITE.
        from_tag: String,
        /// Its UUIDs, ours and the far end's (RFC 7989), if calls have some.
        session_id: Option<Box<(String, String)>>,
    },
    /// Something happened to a call.
    Session {
        /// Which call.
        id: SessionId,
        /// How it stands then.
        state: SessionState,
        /// What happened.
        kind: SessionEvent,
    },
    /// The call is over and forgotten; the shell lets go of it.
    SessionGone(SessionId),
    /// A MESSAGE or OPTIONS came (hook: `Verdict::Reply`), outside a dialog or inside the call `session`, or goes.
    NewRequest {
        /// Its name.
        id: RequestId,
        /// The call inside which it came.
        session: Option<SessionId>,
        /// Of the question what it is answered, or how it leaves.
        ticket: Ticket,
        /// MESSAGE or OPTIONS.
        method: Method,
        /// Theirs.
        incoming: Option<Arc<Request>>,
        /// Ours, before it leaves.
        outgoing: Option<Draft>,
    },
    /// The answer to a MESSAGE or OPTIONS of ours.
    RequestDone {
        /// Its name.
        id: RequestId,
        /// The answer; `None`: nobody answered.
        response: Option<Arc<Response>>,
        /// Who is why it came to nothing, and why.
        failure: Option<(Originator, Cause)>,
    },
    /// A SUBSCRIBE outside a dialog came (hook: `Verdict::Listened`); the app starts a notifier, or replies.
    NewSubscribe {
        /// The name of the subscription that it would make.
        id: SubscriptionId,
        /// Of the question whether anybody listens.
        ticket: Ticket,
        /// It.
        request: Arc<Request>,
    },
    /// Something happened to a subscription or publication.
    Subscription {
        /// Which one.
        id: SubscriptionId,
        /// How it stands then: JsSIP's `STATE_*`.
        state: u8,
        /// Its dialog, once there is one.
        dialog: Option<DialogId>,
        /// What happened.
        kind: SubscriptionEvent,
    },
    /// A NOTIFY outside any subscription (hook: `Verdict::Reply`).
    UnsolicitedNotify {
        /// Of the question what it is answered.
        ticket: Ticket,
        /// It.
        request: Arc<Request>,
    },
    /// A request of ours was challenged, and waits for an account: `Verdict::Account` gives it, in any later turn.
    Challenged {
        /// Of the question.
        ticket: Ticket,
        /// Who asks for which account.
        question: Box<Question>,
    },
    /// A REFER outside a dialog came (hook: `Verdict::Listened`).
    NewRefer {
        /// Its name.
        id: RequestId,
        /// Of the question whether the app does it.
        ticket: Ticket,
        /// The call that it says it knows (Target-Dialog, RFC 4538).
        session: Option<SessionId>,
        /// It.
        request: Arc<Request>,
    },
    /// Something happened to a REFER of ours outside a dialog.
    Referral {
        /// Which one.
        id: RequestId,
        /// What happened.
        kind: ReferralEvent,
    },
    /// A frame, a line of one, or an answer of the shell was dropped or refused, and why.
    Dropped {
        /// Why, in words.
        why: &'static str,
    },
}
