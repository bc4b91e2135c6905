//! What happens to a call, as its app is told.

use std::sync::Arc;

use super::{MediaFault, Originator, Ticket};
use crate::cause::Cause;
use crate::message::{Draft, NameAddr, Request, Response};
use crate::sdp::{Feature, Finding};

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
    Connecting {
        /// The INVITE that has come, of a call of theirs.
        incoming: Option<Arc<Request>>,
        /// The INVITE that is about to leave, of a call of ours.
        outgoing: Option<Draft>,
    },
    /// Hook `Verdict::Sending`: the INVITE as it will leave.
    Sending {
        /// Of the question how it leaves.
        ticket: Ticket,
        /// The INVITE.
        request: Draft,
    },
    /// It rings, or has early media: a 1xx of theirs, or one of ours.
    Progress {
        /// Whose 1xx it is.
        originator: Originator,
        /// Theirs.
        response: Option<Arc<Response>>,
        /// Whether it is acknowledged (RFC 3262).
        reliable: bool,
        /// The early dialog that it is of, by the tag of the far end. `None`: it makes none, or is ours.
        dialog: Option<String>,
    },
    /// One of the phones that a call of ours rings has left (RFC 6228), by its tag.
    EarlyDialogEnded {
        /// The tag of its far end.
        dialog: String,
        /// Its 199.
        response: Arc<Response>,
    },
    /// Somebody has answered: a 2xx of theirs, or the app.
    Accepted {
        /// Who has answered.
        originator: Originator,
        /// Their 2xx.
        response: Option<Arc<Response>>,
    },
    /// The ACK is here, or ours has left.
    Confirmed {
        /// Whose ACK it is.
        originator: Originator,
        /// Theirs.
        ack: Option<Arc<Request>>,
    },
    /// An established call is over.
    Ended {
        /// Who has ended it.
        originator: Originator,
        /// By which message.
        message: EndedBy,
        /// Why.
        cause: Cause,
        /// The cause that the app gave, which JsSIP hands through.
        cause_text: Option<String>,
        /// Why its media did not come, if that is why it ended.
        findings: Vec<Finding>,
        /// What both ends had, where there are findings.
        features: Vec<Feature>,
    },
    /// A call is over that was never established.
    Failed {
        /// Who has ended it.
        originator: Originator,
        /// By which message.
        message: EndedBy,
        /// Why.
        cause: Cause,
        /// What its two descriptions lacked.
        findings: Vec<Finding>,
        /// What both ends had.
        features: Vec<Feature>,
    },
    /// Hook `Verdict::Sdp`: a description about to be applied (remote) or sent (local).
    Sdp {
        /// Of the question what it is to be.
        ticket: Ticket,
        /// Whose it is.
        originator: Originator,
        /// Whether it is an offer, and no answer.
        offer: bool,
        /// The description.
        sdp: String,
    },
    /// The shell emits the matching JsSIP event with the JavaScript error it kept.
    MediaFailed(MediaFault),
    /// This side holds the call now.
    Hold(Originator),
    /// This side has taken it back.
    Unhold(Originator),
    /// Hook `Verdict::Reoffer`: a re-INVITE of the far end (RFC 3261 14.2).
    Reinvite {
        /// Of the question whether it is accepted.
        ticket: Ticket,
        /// It.
        request: Arc<Request>,
    },
    /// Hook `Verdict::Reoffer`: an UPDATE of the far end (RFC 3311).
    Update {
        /// Of the question whether it is accepted.
        ticket: Ticket,
        /// It.
        request: Arc<Request>,
    },
    /// An answered re-INVITE or UPDATE of the far end: the app's `callback` runs.
    Answered {
        /// That under which the app was told of it.
        ticket: Ticket,
    },
    /// Our re-INVITE or UPDATE ended, and runs `done`; with a failure it was rolled back, and the call is as before.
    Renegotiated {
        /// The answer, if one came.
        response: Option<Arc<Response>>,
        /// Why it came to nothing.
        failure: Option<Cause>,
    },
    /// A DTMF INFO that comes or goes.
    Dtmf {
        /// Whose it is.
        originator: Originator,
        /// `0` to `9`, `A` to `D`, `*`, `#` or `R`.
        tone: char,
        /// How long it sounds, in ms.
        duration_ms: u32,
        /// Theirs.
        request: Option<Arc<Request>>,
        /// The number that the answer to ours carries; 0 for theirs.
        handle: u32,
    },
    /// An INFO that comes or goes and is no tone.
    Info {
        /// Whose it is.
        originator: Originator,
        /// The type of its body, empty without one.
        content_type: String,
        /// Its body.
        body: String,
        /// The name of its package (RFC 6086).
        package: Option<String>,
        /// Theirs.
        request: Option<Arc<Request>>,
        /// The number that the answer to ours carries; 0 for theirs.
        handle: u32,
    },
    /// The answer to an INFO, REFER or other request of ours inside the call.
    RequestDone {
        /// The number of the request.
        handle: u32,
        /// The answer; `None`: nobody answered, or it has not left.
        response: Option<Arc<Response>>,
        /// Why it came to nothing.
        failure: Option<Cause>,
    },
    /// Such a request has left under another CSeq than the app knows.
    Renumbered {
        /// The number of the request.
        handle: u32,
        /// What has left.
        request: Draft,
        /// Whether it has left again, with credentials; else it has left later than it was made.
        challenged: bool,
    },
    /// Hook `Verdict::Listened`: the far end asks for a transfer. 202 and the first NOTIFY have left.
    Refer {
        /// Of the question whether the app does it.
        ticket: Ticket,
        /// Their REFER (RFC 3515).
        request: Arc<Request>,
    },
    /// A NOTIFY about a transfer of ours, with the status line of its body.
    ReferProgress {
        /// The number of our REFER.
        handle: u32,
        /// The NOTIFY.
        request: Arc<Request>,
        /// The status that the transferred call has come to (RFC 3515 2.4.5).
        status: u16,
        /// Its reason phrase.
        reason: String,
    },
    /// Hook `Verdict::Listened`: an INVITE wants to take this call's place.
    Replaces {
        /// Of the question whether it may.
        ticket: Ticket,
        /// The INVITE (RFC 3891).
        request: Arc<Request>,
    },
    /// Its line or its media was lost, and is being brought back.
    Recovering {
        /// `ConnectionError`, or `RtpTimeout`.
        cause: Cause,
    },
    /// Both are there again.
    Recovered {
        /// What was lost.
        cause: Cause,
        /// ms since that was noticed.
        took_ms: u64,
    },
    /// A MESSAGE of ours has left inside the call.
    Message {
        /// It.
        request: Draft,
        /// The number that its answer carries.
        handle: u32,
    },
    /// A 3xx came.
    Redirected {
        /// Whom it names, the likeliest first.
        contacts: Vec<NameAddr>,
        /// Whether the call goes on to one of them.
        followed: bool,
    },
    /// The UUID of the far end is known, or is another one (RFC 7989).
    SessionId {
        /// Ours.
        local: String,
        /// The far end's.
        remote: String,
    },
    /// Who the far end is has changed.
    Identity {
        /// Its addresses; none if no proxy asserts any more who it is.
        identities: Vec<NameAddr>,
        /// Whether a proxy asserts them (RFC 3325), and not the From of the far end (RFC 4916).
        asserted: bool,
    },
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
