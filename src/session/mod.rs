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
use crate::command::{CommandError, TerminateOptions, check_lines, line};
use crate::context::Cx;
use crate::dialog::{Dialog, Order};
use crate::event::{
    Event, MediaAnswer, MediaFault, MediaRequest, Message, Originator, SessionEvent, SessionId, SessionState, Ticket,
    Verdict, share,
};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Request, Response, single_line};
use crate::sdp::{Feature, Finding, diagnose, features};
use crate::table::Table;
use crate::time::{Instant, earlier};
use crate::transaction::ServerId;

use incoming::Unacked;
use info::Tones;
use outgoing::Pending;
use refer::Refers;
use refresh::SessionTimer;
use reoffer::{Reoffer, Step};
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
    Alerting,
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
    InviteShown,
    AnswerShown,
    AnswerApplied,
    InAcquired,
    InOfferShown,
    InOfferApplied,
    InDescribed,
    InDescriptionShown,
    AckShown(Arc<Request>),
    AckApplied(Arc<Request>),
    Reoffer(Step),
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
    /// The INVITE of an outgoing call, before it has a dialog.
    draft: Option<Draft>,
    pending: Vec<Pending>,
    /// Description and To tag.
    applied_answer: Option<(String, String)>,
    server: Option<ServerId>,
    invite: Option<Arc<Request>>,
    answer_headers: Vec<String>,
    unacked: Option<Unacked>,
    /// When an unanswered call ends: by our own patience, and by the caller's Expires.
    no_answer_at: Option<Instant>,
    expires_at: Option<Instant>,
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
    replacements: Table<Ticket, Replacement>,
    replaces: Option<SessionId>,
    forgotten: bool,
}

impl Session {
    #[inline(never)]
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
            draft: None,
            pending: Vec::new(),
            applied_answer: None,
            server: None,
            invite: None,
            answer_headers: Vec::new(),
            unacked: None,
            no_answer_at: None,
            expires_at: None,
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
            replacements: Table::new(),
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
            Phase::Announced | Phase::Preparing | Phase::Alerting => 4,
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
        self.call_id == call_id
            && self.local_tag == local_tag
            && (self.is_answered_by(remote_tag) || self.has_early(remote_tag))
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
        (self.findings(), features(self.local_sdp.as_deref(), self.remote_sdp.as_deref()))
    }

    fn findings(&self) -> Vec<Finding> {
        let (offer, answer) = self.offer_and_answer();
        diagnose(offer, answer)
    }

    fn offer_and_answer(&self) -> (Option<&str>, Option<&str>) {
        let (local, remote) = (self.local_sdp.as_deref(), self.remote_sdp.as_deref());
        if self.outgoing { (local, remote) } else { (remote, local) }
    }

    /// The next moment at which something falls due.
    pub fn deadline(&self) -> Option<Instant> {
        let mut first = earlier(self.rings_at, self.tones.deadline());
        if self.phase == Phase::Alerting {
            first = earlier(earlier(first, self.no_answer_at), self.expires_at);
        }
        first = earlier(first, self.unacked.as_ref().and_then(Unacked::deadline));
        first = earlier(first, self.retry.as_ref().and_then(Reoffer::retry_at));
        first = earlier(first, self.timer.as_ref().and_then(SessionTimer::deadline));
        for replacement in self.replacements.values() {
            first = earlier(first, Some(replacement.deadline()));
        }
        earlier(first, self.refers.deadline())
    }

    /// Does what fell due.
    pub fn expire(&mut self, cx: &mut Cx) {
        if self.phase == Phase::Alerting {
            if self.expires_at.is_some_and(|at| at <= cx.now) {
                self.refuse(487, Originator::System, Cause::Expires, cx);
            } else if self.no_answer_at.is_some_and(|at| at <= cx.now) {
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

    /// The answer to a media request.
    pub fn media(&mut self, ticket: Ticket, result: Result<MediaAnswer, MediaFault>, cx: &mut Cx) {
        let Some(wait) = self.take_wait(ticket) else {
            return;
        };
        match result {
            Ok(MediaAnswer::Ready) => self.media_done(&wait, cx),
            Ok(MediaAnswer::Description(sdp)) => self.media_described(&wait, sdp, cx),
            Err(fault) => self.media_fault(&wait, fault, cx),
        }
    }

    /// A description of ours is made: the app sees it first.
    fn media_described(&mut self, wait: &Wait, sdp: String, cx: &mut Cx) {
        let (offer, next) = match wait {
            Wait::OfferMade => (true, Wait::OfferShown),
            Wait::InDescribed => (self.remote_sdp.is_none(), Wait::InDescriptionShown),
            Wait::Reoffer(Step::Made) => (true, Wait::Reoffer(Step::Shown)),
            Wait::Reoffer(Step::Described) => {
                let late = self.remote_request().is_some_and(|request| request.sdp().is_none());
                (late, Wait::Reoffer(Step::DescriptionShown))
            }
            _ => return self.media_done(wait, cx),
        };
        self.show_sdp(Originator::Local, offer, sdp, next, cx);
    }

    fn media_done(&mut self, wait: &Wait, cx: &mut Cx) {
        match wait {
            Wait::Acquired => self.acquired(cx),
            Wait::AnswerApplied => self.answer_applied(cx),
            Wait::InAcquired => self.in_acquired(cx),
            Wait::InOfferApplied => self.describe(cx),
            Wait::AckApplied(ack) => self.ack_applied(ack, cx),
            Wait::Reoffer(step) => self.reoffer_done(step, cx),
            _ => {}
        }
    }

    fn media_fault(&mut self, wait: &Wait, fault: MediaFault, cx: &mut Cx) {
        match wait {
            Wait::Acquired => self.media_failed(fault, Cause::UserDeniedMediaAccess, cx),
            Wait::OfferMade => self.media_failed(fault, Cause::WebrtcError, cx),
            Wait::AnswerApplied => self.answer_refused(fault, cx),
            Wait::InAcquired => {
                self.reply_invite(480, None, cx);
                self.media_failed(fault, Cause::UserDeniedMediaAccess, cx);
            }
            Wait::InOfferApplied => self.in_offer_refused(fault, cx),
            Wait::InDescribed => {
                self.reply_invite(500, None, cx);
                self.tell_fault(fault, cx);
                self.over(Originator::System, Cause::InternalError, cx);
            }
            Wait::AckApplied(_) => self.answer_unusable(fault, cx),
            Wait::Reoffer(step) => self.reoffer_fault(step, fault, cx),
            _ => {}
        }
    }

    /// The far end believes in an answer that we cannot use: RFC 6337 leaves only BYE.
    fn answer_unusable(&mut self, fault: MediaFault, cx: &mut Cx) {
        self.end_by_bye(488, "Not Acceptable Here", Cause::BadMediaDescription, cx);
        self.tell_fault(fault, cx);
    }

    /// The verdict of a hook.
    pub fn resume(&mut self, ticket: Ticket, verdict: &mut Verdict, cx: &mut Cx) {
        if let Verdict::Listened(listened) = verdict {
            self.refer_shown(ticket, *listened, cx);
            self.replaces_shown(ticket, *listened, cx);
        }
        let Some(wait) = self.take_wait(ticket) else {
            return;
        };
        match (verdict, &wait) {
            (Verdict::Listened(listened), Wait::Announced) => self.announced(*listened, cx),
            (Verdict::Sdp(sdp), wait) => self.sdp_shown(wait, std::mem::take(sdp), cx),
            (Verdict::Sending { headers, body }, Wait::InviteShown) => {
                self.invite_shown(std::mem::take(headers), std::mem::take(body), cx);
            }
            (Verdict::Reoffer(refused), Wait::Reoffer(step)) => self.reoffer_shown(step, refused.as_ref(), cx),
            _ => {}
        }
    }

    /// The description as the listeners left it.
    fn sdp_shown(&mut self, wait: &Wait, sdp: String, cx: &mut Cx) {
        match wait {
            Wait::OfferShown => self.offer_shown(sdp, cx),
            Wait::AnswerShown => self.answer_shown(sdp, cx),
            Wait::InOfferShown => self.ask(MediaRequest::RemoteOffer(sdp), Wait::InOfferApplied, cx),
            Wait::InDescriptionShown => self.in_description_shown(sdp, cx),
            Wait::AckShown(ack) => {
                self.ask(MediaRequest::RemoteAnswer { sdp, fresh: false }, Wait::AckApplied(share(ack)), cx);
            }
            Wait::Reoffer(step) => self.reoffer_sdp_shown(step, sdp, cx),
            _ => {}
        }
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

    /// Tells of this call for the first time.
    fn announce(&mut self, incoming: Option<Arc<Request>>, outgoing: Option<Draft>, cx: &mut Cx) {
        let ticket = self.wait(Wait::Announced, cx);
        let (originator, from_tag) = match &incoming {
            Some(request) => (Originator::Remote, request.from_tag()),
            None => (Originator::Local, self.local_tag.as_str()),
        };
        cx.event(Event::NewSession {
            id: self.id,
            ticket,
            originator,
            call_id: self.call_id.clone(),
            from_tag: from_tag.to_owned(),
            incoming,
            outgoing,
        });
    }

    fn wait(&mut self, wait: Wait, cx: &mut Cx) -> Ticket {
        let ticket = cx.out.ticket();
        self.waits.push((ticket, wait));
        ticket
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

    fn contact_line(&self, cx: &Cx) -> String {
        line("Contact", &self.contact(cx))
    }

    fn show_sdp(&mut self, originator: Originator, offer: bool, sdp: String, wait: Wait, cx: &mut Cx) {
        let ticket = self.wait(wait, cx);
        self.tell(SessionEvent::Sdp { ticket, originator, offer, sdp }, cx);
    }

    fn tell(&self, kind: SessionEvent, cx: &mut Cx) {
        if self.forgotten {
            return;
        }
        cx.event(Event::Session { id: self.id, state: self.state(), kind });
    }

    fn tell_fault(&self, fault: MediaFault, cx: &mut Cx) {
        self.tell(SessionEvent::MediaFailed(fault), cx);
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
        if !options.reason.as_deref().is_none_or(single_line) {
            return Err(CommandError::Invalid("extraHeaders"));
        }
        check_lines(&options.extra_headers)?;
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

    /// Hangs up, rejects or cancels without more ado. Nothing once it is over.
    pub fn leave(&mut self, cx: &mut Cx) {
        let _ = self.terminate(&TerminateOptions::default(), cx);
    }

    fn hang_up(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        let reason = reason_field(options.status, options.reason.as_deref(), "; ");
        if options.status.is_some() && reason.is_none() {
            return Err(CommandError::Invalid("status_code"));
        }
        self.bye(reason, &options.extra_headers, &options.body, cx);
        self.end(Originator::Local, Message::None, Cause::Bye, options.cause.clone(), Vec::new(), cx);
        Ok(())
    }

    /// Sends BYE; a callee's has to wait until its 2xx was acknowledged (RFC 3261 15).
    fn bye(&mut self, reason: Option<String>, lines: &[String], body: &str, cx: &mut Cx) {
        let Some(dialog) = &mut self.dialog else {
            return;
        };
        let via = cx.new_via();
        let mut lines = lines.to_vec();
        if let Some(reason) = reason {
            lines.push(line("Reason", &reason));
        }
        let mut draft = cx.finish(dialog.request(Method::Bye, via), &lines, "outbound");
        body.clone_into(&mut draft.body);
        match &mut self.unacked {
            Some(unacked) if !self.outgoing && self.phase == Phase::WaitingForAck => unacked.bye = Some(draft),
            _ => {
                cx.send(Owner::Bye(self.id), draft);
            }
        }
    }

    /// Sends BYE with the reason.
    fn bye_because(&mut self, status: u16, phrase: &str, cx: &mut Cx) {
        self.bye(reason_field(Some(status), Some(phrase), "; "), &[], "", cx);
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
        self.end(Originator::Remote, Message::Request(share(request)), Cause::Bye, None, Vec::new(), cx);
    }

    /// ICE has failed for good: there is no way for media (JsSIP `RTP Timeout`).
    pub fn ice_failed(&mut self, cx: &mut Cx) {
        if self.is_over() {
            return;
        }
        let mut findings = self.findings();
        findings.push(crate::sdp::ice_failed());
        let (status, phrase) = (408, "RTP Timeout");
        if self.is_established() {
            self.bye_because(status, phrase, cx);
        } else if self.outgoing {
            self.cancel_invite(reason_field(Some(status), Some(phrase), " ;"), cx);
        } else {
            self.reply_invite(status, Some(phrase), cx);
        }
        self.end(Originator::Local, Message::None, Cause::RtpTimeout, None, findings, cx);
    }

    /// Ends the call without a message and with nothing found.
    fn over(&mut self, originator: Originator, cause: Cause, cx: &mut Cx) {
        self.end(originator, Message::None, cause, None, Vec::new(), cx);
    }

    /// Ends the call for the app: media first, then `ended` once established, `failed` before.
    fn end(
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
        self.phase = if self.unacked.as_ref().is_some_and(|unacked| unacked.bye.is_some()) {
            Phase::Leaving
        } else {
            self.unacked = None;
            Phase::Ended
        };
        // RFC 3261 15.1.2: what the far end still asks is answered.
        for (_, wait) in &self.waits {
            if let Wait::Reoffer(Step::UpdateShown(server, ..)) = wait {
                cx.reply_status(*server, 487);
            }
        }
        self.waits = Vec::new();
        if let Some(Reoffer::Remote { server, .. }) = self.reoffer.take() {
            cx.reply_status(server, 487);
        }
        self.pending = Vec::new();
        self.retry = None;
        self.tones = Tones::default();
        self.timer = None;
        self.rings_at = None;
        self.drop_replacements(486, cx, &|_| true);
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
        if self.is_established() {
            self.bye_because(status, cause.as_str(), cx);
        }
        self.over(Originator::Local, cause, cx);
    }
}

/// `Reason: SIP ;cause=480 ;text="…"` (RFC 3326), spaced as JsSIP spaces it in CANCEL and BYE.
fn reason_field(status: Option<u16>, phrase: Option<&str>, separator: &str) -> Option<String> {
    let status = status.filter(|s| (200..700).contains(s))?;
    let text = crate::message::quoted(phrase.unwrap_or_else(|| crate::message::phrase(status)));
    Some(format!("SIP ;cause={status}{separator}text={text}"))
}

fn message_of(response: &Arc<Response>) -> Message {
    Message::Response(share(response))
}

/// Keeps a description as the one in force.
fn keep(place: &mut Option<String>, sdp: &str) {
    *place = Some(sdp.to_owned());
}
