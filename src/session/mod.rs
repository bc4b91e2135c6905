//! A call: RFC 3261 13 to 15, with offer and answer by RFC 3264 and 6337.
//!
//! ```text
//! outgoing: Announced -> Preparing -> Calling --1xx--> Proceeding --2xx--> Accepted --applied--> Confirmed
//! incoming: Announced -> Alerting --answer()--> Answering --200--> WaitingForAck --ACK--> Confirmed
//! any: Ended; Leaving is a callee that hung up before the ACK (RFC 3261 15: BYE waits for it)
//! ```
//!
//! What it asks of WebRTC and of the app's listeners comes back by ticket; `Wait` says how it goes on then. A call
//! that ends drops its tickets, and with them whatever is still on its way.
//!
//! This file is long because it holds what every part of a call shares: its state, its tickets, and its end.

mod incoming;
mod info;
mod inside;
mod outgoing;
mod refer;
mod refresh;
mod remote_offer;
mod reoffer;
mod replaces;

use std::sync::Arc;

use crate::cause::Cause;
use crate::command::{CommandError, TerminateOptions};
use crate::context::Cx;
use crate::dialog::{Dialog, Order};
use crate::event::{
    Event, MediaAnswer, MediaFault, MediaRequest, Message, Originator, SessionEvent, SessionId, SessionState, Ticket,
    Verdict,
};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Reply, Request, Response, header_line, single_line};
use crate::sdp::{Feature, Finding, diagnose, features};
use crate::time::{Instant, earliest};
use crate::transaction::ServerId;

use incoming::Unacked;
use info::Tones;
use outgoing::{Leg, Pending};
use refer::Refers;
use refresh::SessionTimer;
use reoffer::Reoffer;
use replaces::Replacement;

pub use refresh::{MIN_SESSION_EXPIRES_S, SESSION_EXPIRES_S};

/// Calls that may be open at once; an INVITE beyond it is answered 486.
pub const MAX_SESSIONS: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Announced,
    Preparing,
    Calling,
    Proceeding,
    Accepted,
    Alerting { no_answer: Instant, expires: Option<Instant> },
    Answering,
    WaitingForAck,
    Confirmed,
    Leaving,
    Ended,
}

/// How a call goes on when a ticket comes back.
#[derive(Debug)]
enum Wait {
    Announced,
    Acquired,
    OfferMade,
    OfferShown,
    InviteShown(Box<Draft>),
    AnswerShown,
    AnswerApplied,
    InAcquired,
    InOfferShown,
    InOfferApplied,
    InDescribed,
    InDescriptionShown,
    AckShown(Arc<Request>),
    AckApplied(Arc<Request>),
    Reoffer(reoffer::Step),
}

/// One call.
#[derive(Debug)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    outgoing: bool,
    anonymous: bool,
    phase: Phase,
    call_id: String,
    local_tag: String,
    dialog: Option<Dialog>,
    early: Vec<Dialog>,
    waits: Vec<(Ticket, Wait)>,
    leg: Option<Leg>,
    pending: std::collections::VecDeque<Pending>,
    /// Description and To tag.
    applied_answer: Option<(String, String)>,
    server: Option<ServerId>,
    invite: Option<Arc<Request>>,
    answer_headers: Vec<String>,
    unacked: Option<Unacked>,
    /// When the caller is told again that it rings.
    rings_at: Option<Instant>,
    local_sdp: Option<String>,
    remote_sdp: Option<String>,
    local_hold: bool,
    remote_hold: bool,
    reoffer: Option<Reoffer>,
    retry: Option<Reoffer>,
    tones: Tones,
    media_open: bool,
    next_handle: u32,
    interval_s: u32,
    timer: Option<SessionTimer>,
    takes_update: bool,
    refers: Refers,
    replacements: Vec<Replacement>,
    replaces: Option<SessionId>,
    forgotten: bool,
}

impl Session {
    fn new(id: SessionId, outgoing: bool, call_id: String, local_tag: String) -> Self {
        Self {
            id,
            outgoing,
            anonymous: false,
            phase: Phase::Announced,
            call_id,
            local_tag,
            dialog: None,
            early: Vec::new(),
            waits: Vec::new(),
            leg: None,
            pending: std::collections::VecDeque::new(),
            applied_answer: None,
            server: None,
            invite: None,
            answer_headers: Vec::new(),
            unacked: None,
            rings_at: None,
            local_sdp: None,
            remote_sdp: None,
            local_hold: false,
            remote_hold: false,
            reoffer: None,
            retry: None,
            tones: Tones::default(),
            media_open: false,
            next_handle: 0,
            interval_s: SESSION_EXPIRES_S,
            timer: None,
            takes_update: true,
            refers: Refers::default(),
            replacements: Vec::new(),
            replaces: None,
            forgotten: false,
        }
    }

    /// JsSIP's `RTCSession.C.STATUS_*`.
    pub fn status(&self) -> u8 {
        match self.phase {
            Phase::Announced | Phase::Preparing if self.outgoing => 0,
            Phase::Calling => 1,
            Phase::Proceeding => 2,
            Phase::Announced | Phase::Preparing | Phase::Alerting { .. } => 4,
            Phase::Answering => 5,
            Phase::WaitingForAck => 6,
            // JsSIP: established while the answer is still being applied.
            Phase::Accepted | Phase::Confirmed => 9,
            Phase::Leaving | Phase::Ended => 8,
        }
    }

    /// Whether it is over for the app; a callee may still wait for an ACK.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Leaving | Phase::Ended)
    }

    /// Whether it can be forgotten: no transfer is told of any more in its dialog.
    pub fn is_gone(&self) -> bool {
        self.phase == Phase::Ended && self.refers.is_empty()
    }

    /// True once, when it is over: the shell may let go of it.
    pub fn is_newly_over(&mut self) -> bool {
        self.is_over() && self.refers.is_empty() && !std::mem::replace(&mut self.forgotten, true)
    }

    /// Whether both ends have agreed to talk.
    fn is_established(&self) -> bool {
        matches!(self.phase, Phase::WaitingForAck | Phase::Confirmed)
    }

    /// What JavaScript reads of it now.
    pub fn state(&self) -> SessionState {
        SessionState {
            status: self.status(),
            local_hold: self.local_hold,
            remote_hold: self.remote_hold,
            ready_to_reoffer: self.is_established()
                && self.reoffer.is_none()
                && self.retry.is_none()
                && self.unacked.is_none(),
        }
    }

    /// Whether an in-dialog request with these names is for this call.
    pub fn owns(&self, call_id: &str, local_tag: &str, remote_tag: &str) -> bool {
        let ours = |d: &Dialog| d.id.remote_tag == remote_tag;
        self.call_id == call_id
            && self.local_tag == local_tag
            && (self.dialog.iter().any(ours) || self.early.iter().any(ours))
    }

    /// Whether this is the server transaction of its INVITE.
    pub fn is_invited_by(&self, server: ServerId) -> bool {
        self.server == Some(server)
    }

    /// The CSeq of the next request in its dialog, for a repetition with credentials.
    pub fn next_cseq(&mut self) -> Option<u32> {
        self.dialog.as_mut().or(self.early.first_mut()).map(Dialog::next_cseq)
    }

    /// What both ends need and have: for the diagnosis.
    pub fn diagnosis(&self) -> (Vec<Finding>, Vec<Feature>) {
        let (offer, answer) = self.offer_and_answer();
        (diagnose(offer, answer), features(self.local_sdp.as_deref(), self.remote_sdp.as_deref()))
    }

    fn offer_and_answer(&self) -> (Option<&str>, Option<&str>) {
        let (local, remote) = (self.local_sdp.as_deref(), self.remote_sdp.as_deref());
        if self.outgoing { (local, remote) } else { (remote, local) }
    }

    /// The next moment at which something falls due.
    pub fn deadline(&self) -> Option<Instant> {
        let (no_answer, expires) = match self.phase {
            Phase::Alerting { no_answer, expires } => (Some(no_answer), expires),
            _ => (None, None),
        };
        let retry = self.retry.as_ref().and_then(Reoffer::retry_at);
        let unacked = self.unacked.as_ref().map(Unacked::deadline);
        let timer = self.timer.as_ref().and_then(SessionTimer::deadline);
        let replacements = earliest(self.replacements.iter().map(|r| Some(r.deadline())));
        earliest([
            no_answer,
            expires,
            unacked,
            self.rings_at,
            self.tones.deadline(),
            retry,
            timer,
            self.refers.deadline(),
            replacements,
        ])
    }

    /// Does what fell due.
    pub fn expire(&mut self, cx: &mut Cx) {
        if let Phase::Alerting { no_answer, expires } = self.phase {
            if expires.is_some_and(|at| at <= cx.now) {
                self.refuse(487, Originator::System, Cause::Expires, cx);
            } else if no_answer <= cx.now {
                self.refuse(408, Originator::Local, Cause::NoAnswer, cx);
            }
        }
        self.expire_ringing(cx);
        self.expire_unacked(cx);
        self.expire_tones(cx);
        self.expire_reoffer(cx);
        self.expire_timer(cx);
        self.expire_refers(cx.now);
        self.expire_replacements(cx);
    }

    /// The answer to a media request. False if this call does not wait for it.
    pub fn media(&mut self, ticket: Ticket, result: &Result<MediaAnswer, MediaFault>, cx: &mut Cx) -> bool {
        let Some(wait) = self.take_wait(ticket) else {
            return false;
        };
        match wait {
            Wait::Acquired => self.acquired(result, cx),
            Wait::OfferMade => self.offer_made(result, cx),
            Wait::AnswerApplied => self.answer_applied(result, cx),
            Wait::InAcquired => self.in_acquired(result, cx),
            Wait::InOfferApplied => self.in_offer_applied(result, cx),
            Wait::InDescribed => self.in_described(result, cx),
            Wait::AckApplied(ack) => self.ack_applied(&ack, result, cx),
            Wait::Reoffer(step) => self.reoffer_media(step, result, cx),
            _ => {}
        }
        true
    }

    /// The verdict of a hook. False if this call does not wait for it.
    pub fn resume(&mut self, ticket: Ticket, verdict: Verdict, cx: &mut Cx) -> bool {
        if let Verdict::Listened(listened) = verdict {
            self.refer_shown(ticket, listened, cx);
            self.replaces_shown(ticket, listened, cx);
        }
        let Some(wait) = self.take_wait(ticket) else {
            return false;
        };
        match (wait, verdict) {
            (Wait::Announced, Verdict::Listened(listened)) => self.announced(listened, cx),
            (Wait::OfferShown, Verdict::Sdp(sdp)) => self.offer_shown(sdp, cx),
            (Wait::InviteShown(draft), Verdict::Sending { headers, body }) => {
                self.invite_shown(*draft, headers, body, cx)
            }
            (Wait::AnswerShown, Verdict::Sdp(sdp)) => self.answer_shown(sdp, cx),
            (Wait::InOfferShown, Verdict::Sdp(sdp)) => self.in_offer_shown(sdp, cx),
            (Wait::InDescriptionShown, Verdict::Sdp(sdp)) => self.in_description_shown(sdp, cx),
            (Wait::AckShown(ack), Verdict::Sdp(sdp)) => self.ack_shown(ack, sdp, cx),
            (Wait::Reoffer(step), verdict) => self.reoffer_verdict(step, verdict, cx),
            _ => {}
        }
        true
    }

    /// Whether this call asked for that ticket.
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.waits.iter().any(|(t, _)| *t == ticket) || self.waits_for_refer(ticket) || self.waits_for_replaces(ticket)
    }

    /// Takes the number of an in-dialog request in (RFC 3261 12.2.2).
    pub fn order(&mut self, request: &Request) -> Order {
        let early = self.early.iter_mut().find(|d| d.id.remote_tag == request.from_tag());
        self.dialog.as_mut().or(early).map_or(Order::InOrder, |d| d.receive(request))
    }

    fn take_wait(&mut self, ticket: Ticket) -> Option<Wait> {
        let at = self.waits.iter().position(|(t, _)| *t == ticket)?;
        Some(self.waits.swap_remove(at).1)
    }

    fn ask(&mut self, request: MediaRequest, wait: Wait, cx: &mut Cx) {
        self.media_open = true;
        let ticket = cx.out.media(self.id, request);
        self.waits.push((ticket, wait));
    }

    /// Our Contact in this call: `;ob` (RFC 5626) where we made the dialog (JsSIP).
    fn contact(&self, cx: &Cx) -> String {
        cx.contact.text(&cx.config, self.anonymous, self.outgoing)
    }

    fn show_sdp(&mut self, originator: Originator, offer: bool, sdp: String, wait: Wait, cx: &mut Cx) {
        let ticket = cx.out.ticket();
        self.waits.push((ticket, wait));
        self.tell(SessionEvent::Sdp { ticket, originator, offer, sdp }, cx);
    }

    fn tell(&self, kind: SessionEvent, cx: &mut Cx) {
        if self.forgotten {
            return;
        }
        cx.event(Event::Session { id: self.id, state: self.state(), kind });
    }

    fn announced(&mut self, listened: bool, cx: &mut Cx) {
        if self.outgoing {
            if self.phase == Phase::Announced {
                self.phase = Phase::Preparing;
                self.ask(MediaRequest::Acquire { offered: None }, Wait::Acquired, cx);
            }
        } else {
            self.alert(listened, cx);
        }
    }

    /// Hangs up, rejects or cancels (JsSIP `terminate`).
    pub fn terminate(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        let clean = options.reason.as_deref().is_none_or(single_line)
            && options.extra_headers.iter().all(|line| header_line(line).is_some());
        if !clean {
            return Err(CommandError::Invalid("extraHeaders"));
        }
        match self.phase {
            Phase::Leaving | Phase::Ended => Err(CommandError::InvalidState(8)),
            Phase::Announced | Phase::Preparing | Phase::Calling | Phase::Proceeding | Phase::Accepted
                if self.outgoing =>
            {
                self.cancel(options, cx)
            }
            Phase::WaitingForAck | Phase::Confirmed => self.hang_up(options, cx),
            _ => self.reject(options, cx),
        }
    }

    fn hang_up(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        let reason = reason_field(options, "; ");
        if options.status.is_some() && reason.is_none() {
            return Err(CommandError::Invalid("status_code"));
        }
        self.bye(reason, &options.extra_headers, &options.body, cx);
        self.over(Originator::Local, Message::None, Cause::Bye, options.cause.clone(), Vec::new(), cx);
        Ok(())
    }

    /// Sends BYE; a callee's has to wait until its 2xx was acknowledged (RFC 3261 15).
    fn bye(&mut self, reason: Option<String>, lines: &[String], body: &str, cx: &mut Cx) {
        let Some(dialog) = &mut self.dialog else {
            return;
        };
        let via = cx.new_via();
        let mut lines = lines.to_vec();
        lines.extend(reason.map(|reason| format!("Reason: {reason}")));
        let mut draft = cx.finish(dialog.request(Method::Bye, via), &lines, "outbound");
        body.clone_into(&mut draft.body);
        match &mut self.unacked {
            Some(unacked) if !self.outgoing && self.phase == Phase::WaitingForAck => unacked.bye = Some(draft),
            _ => {
                cx.send(Owner::Bye(self.id), draft);
            }
        }
    }

    /// A BYE of the far end (RFC 3261 15.1.2); the agent has answered it.
    pub fn receive_bye(&mut self, request: &Arc<Request>, cx: &mut Cx) {
        if self.is_over() {
            // Both hung up before the ACK: ours need not follow.
            self.unacked = None;
            self.phase = Phase::Ended;
            return;
        }
        if !self.outgoing && !self.is_established() {
            // A caller that hangs up an early dialog: the INVITE ends too.
            self.reply_invite(487, Some("BYE Received"), cx);
        } else if self.awaits_answer() {
            // It was sent in an early dialog, against RFC 3261 15: other phones may still ring.
            self.cancel_invite(None, cx);
        }
        self.unacked = None;
        self.over(Originator::Remote, Message::Request(Arc::clone(request)), Cause::Bye, None, Vec::new(), cx);
    }

    /// ICE has failed for good: there is no way for media (JsSIP `RTP Timeout`).
    pub fn ice_failed(&mut self, cx: &mut Cx) {
        if self.is_over() {
            return;
        }
        let (mut findings, _) = self.diagnosis();
        findings.push(crate::sdp::ice_failed());
        let options =
            TerminateOptions { status: Some(408), reason: Some("RTP Timeout".to_owned()), ..Default::default() };
        if self.is_established() {
            self.bye(reason_field(&options, "; "), &[], "", cx);
        } else if self.outgoing {
            self.cancel_invite(reason_field(&options, " ;"), cx);
        } else {
            self.reply_invite(408, Some("RTP Timeout"), cx);
        }
        self.over(Originator::Local, Message::None, Cause::RtpTimeout, None, findings, cx);
    }

    /// Ends the call for the app: media first, then `ended` once established, `failed` before.
    fn over(
        &mut self,
        originator: Originator,
        message: Message,
        cause: Cause,
        cause_text: Option<String>,
        findings: Vec<Finding>,
        cx: &mut Cx,
    ) {
        if self.is_over() {
            return;
        }
        // JsSIP: a BYE ends a call, whatever its state.
        let ended = self.is_established() || (cause == Cause::Bye && originator == Originator::Remote);
        let features = if ended && findings.is_empty() {
            Vec::new()
        } else {
            features(self.local_sdp.as_deref(), self.remote_sdp.as_deref())
        };
        self.unacked = self.unacked.take().filter(|u| u.bye.is_some());
        self.phase = if self.unacked.is_some() { Phase::Leaving } else { Phase::Ended };
        // RFC 3261 15.1.2: what the far end still asks is answered.
        let offered = match self.reoffer.take() {
            Some(Reoffer::Remote { server, .. }) => Some(server),
            _ => None,
        };
        let updates = self.waits.drain(..).filter_map(|(_, wait)| match wait {
            Wait::Reoffer(reoffer::Step::UpdateShown(server, ..)) => Some(server),
            _ => None,
        });
        for server in updates.chain(offered) {
            cx.reply(server, Reply::new(487));
        }
        self.pending.clear();
        self.retry = None;
        self.tones = Tones::default();
        self.timer = None;
        self.rings_at = None;
        self.drop_replacements(486, cx, |_| true);
        if self.media_open {
            self.media_open = false;
            cx.out.media(self.id, MediaRequest::Close);
        }
        let kind = if ended {
            SessionEvent::Ended { originator, message, cause, cause_text, findings, features }
        } else {
            SessionEvent::Failed { originator, message, cause, findings, features }
        };
        self.tell(kind, cx);
    }

    /// The connection is gone, or a request of ours was never answered, in the middle of the call.
    pub fn lost(&mut self, cause: Cause, cx: &mut Cx) {
        if self.is_over() {
            return;
        }
        let status = if cause == Cause::RequestTimeout { 408 } else { 500 };
        let options =
            TerminateOptions { status: Some(status), reason: Some(cause.as_str().to_owned()), ..Default::default() };
        if self.is_established() {
            self.bye(reason_field(&options, "; "), &[], "", cx);
        }
        self.over(Originator::Local, Message::None, cause, None, Vec::new(), cx);
    }
}

/// `Reason: SIP ;cause=480 ;text="…"` (RFC 3326), spaced as JsSIP spaces it in CANCEL and BYE.
fn reason_field(options: &TerminateOptions, separator: &str) -> Option<String> {
    let status = options.status.filter(|s| (200..700).contains(s))?;
    let phrase = options.reason.as_deref().unwrap_or_else(|| crate::message::phrase(status));
    let text = crate::message::quoted(phrase);
    Some(format!("SIP ;cause={status}{separator}text={text}"))
}

fn message_of(response: Option<&Arc<Response>>) -> Message {
    response.map_or(Message::None, |r| Message::Response(Arc::clone(r)))
}
