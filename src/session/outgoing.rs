//! The caller's side: INVITE, provisional and final answers, CANCEL (RFC 3261 9.1, 13.2).

use std::sync::Arc;

use super::redirect::Redirects;
use super::{Phase, Session, Wait, keep, message_of, reason_field};
use crate::bounds::{MAX_EARLY, MAX_PENDING};
use crate::cause::Cause;
use crate::command::{CallOptions, CommandError, ReofferOptions, TerminateOptions, line};
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{MediaFault, MediaRequest, Originator, SessionEvent, SessionId, share};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Response};
use crate::request::From;
use crate::sdp;
use crate::transaction::Fate;

/// An answer of the far end that waits its turn, so that events keep the order of the wire.
#[derive(Debug)]
pub(super) struct Pending {
    response: Arc<Response>,
    sdp: Option<String>,
    reliable: bool,
    running: bool,
}

impl Pending {
    pub(super) fn weight(&self) -> usize {
        self.response.weight() + self.sdp.as_ref().map_or(0, String::len)
    }
}

impl Session {
    /// Starts a call (JsSIP `ua.call`). Nothing is sent before the app has seen it.
    pub fn call(id: SessionId, options: CallOptions, cx: &mut Cx) -> Self {
        let call_id = cx.new_call_id();
        let tag = cx.entropy.tag();
        let mut lines = options.extra_headers;
        let from = From { user: options.from_user, name: options.from_display_name, anonymous: options.anonymous, tag };
        let draft = from.open(Method::Invite, &options.target, &call_id, &mut lines, cx);
        let mut session = Self::new(id, true, call_id, from.tag, cx);
        session.anonymous = options.anonymous;
        let by_route = draft.header("Route").is_some_and(|route| route.starts_with("<sips:"));
        session.secure = options.target.is_secure() || by_route;
        let limit = options.redirect_limit.unwrap_or(cx.config.redirect_limit);
        session.redirects = Redirects::new(limit, options.target.without_link());
        session.trickle.calls(&options.target.aor(), options.trickle_ice, cx);
        lines.push(session.contact_line(cx));
        lines.push("Content-Type: application/sdp".to_owned());
        session.timer.ask(options.session_expires_s);
        if cx.config.session_timers {
            let by = if cx.config.force_refresher { ";refresher=uac" } else { "" };
            lines.push(format!("Session-Expires: {}{by}", session.timer.asked_s()));
        }
        lines.extend(Self::config_packages(cx).map(|packages| line("Recv-Info", &packages)));
        lines.extend(session.trickle.recv_info());
        // RFC 6228 4: who can be told that a phone has left says so in the INVITE.
        let early = if cx.config.reliable_provisional { ",100rel,199" } else { "" };
        let supported = [&cx.supported(&Method::Invite, true), early, session.trickle.supported()].concat();
        let draft = cx.finish(draft, &lines, &supported);
        session.open_session_id(options.session_id.as_deref(), None, cx);
        session.media_open = true;
        session.draft = Some(draft.clone());
        session.announce(None, Some(draft), cx);
        session
    }

    pub(super) fn acquired(&mut self, cx: &mut Cx) {
        let outgoing = self.draft.clone();
        self.tell(SessionEvent::Connecting { incoming: None, outgoing }, cx);
        let trickle = self.trickle.is_hasty();
        self.ask(MediaRequest::Offer { ice_restart: false, trickle }, Wait::OfferMade, cx);
    }

    pub(super) fn offer_shown(&mut self, sdp: String, cx: &mut Cx) {
        let Some(draft) = &mut self.draft else { return };
        draft.body = sdp;
        let request = draft.clone();
        self.phase = Phase::Calling;
        let ticket = self.wait(Wait::InviteShown, cx);
        self.tell(SessionEvent::Sending { ticket, request }, cx);
    }

    pub(super) fn invite_shown(&mut self, headers: Vec<(String, String)>, body: String, cx: &mut Cx) {
        let Some(mut draft) = self.draft.take() else { return };
        draft.change(headers, body);
        keep(&mut self.local_sdp, &draft.body);
        self.trickle.left(Some(&draft.body));
        self.redirects.left(&draft);
        self.learn_packages(draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        cx.send(Owner::Invite(self.id), draft);
    }

    /// An answer to the INVITE that is this call's own: 1xx, the first 2xx, or a refusal.
    pub fn invite_response(&mut self, response: &Arc<Response>, draft: &Draft, cx: &mut Cx) {
        match (self.phase, response.status) {
            (Phase::Calling | Phase::Proceeding, 100) => {
                self.phase = Phase::Proceeding;
                self.tell(SessionEvent::State, cx);
            }
            (Phase::Calling | Phase::Proceeding, 101..200) => {
                self.provisional(response, draft, cx);
            }
            (Phase::Calling | Phase::Proceeding, 200..300) => {
                self.phase = Phase::Accepted;
                let Some(mut dialog) = Dialog::as_caller(draft, response) else {
                    // Nobody could be asked anything in this call.
                    decline(Owner::Invite(self.id), draft, response, cx);
                    let message = message_of(response);
                    self.end(Originator::Remote, message, Cause::InternalError, None, Vec::new(), cx);
                    return;
                };
                for early in &self.early {
                    if early.id == dialog.id {
                        dialog.count_on(early);
                    }
                }
                self.early = Vec::new();
                self.dialog = Some(dialog);
                self.withdraw_early_offer(tag_of(response), cx);
                self.meet_callee(response, cx);
                self.refuse_early_only(cx);
                self.enqueue(response, response.sdp(), false, cx);
            }
            (Phase::Calling | Phase::Proceeding, status @ 300..) => {
                if self.redirected(response, draft, cx) {
                    return;
                }
                let findings = match status {
                    488 | 415 | 606 => sdp::refused(
                        status,
                        response.headers.first("Warning"),
                        &response.reason,
                        self.local_sdp.as_deref(),
                    ),
                    _ => Vec::new(),
                };
                let cause = Cause::of_status(status);
                self.end(Originator::Remote, message_of(response), cause, None, findings, cx);
            }
            _ => {}
        }
    }

    /// Whether a 2xx with this tag is the one that this call took.
    pub fn is_answered_by(&self, remote_tag: &str) -> bool {
        self.dialog.as_ref().is_some_and(|d| d.id.remote_tag == remote_tag)
    }

    /// Whether somebody has answered this call, and it is not over.
    pub fn is_answered(&self) -> bool {
        self.is_established() || self.phase == Phase::Accepted
    }

    /// Whether a 2xx may still establish this call.
    pub fn awaits_answer(&self) -> bool {
        matches!(self.phase, Phase::Calling | Phase::Proceeding)
    }

    /// No answer to the INVITE that is `draft`. Without a line nobody else is called.
    pub fn invite_unanswered(&mut self, fate: Fate, draft: &Draft, cx: &mut Cx) {
        if fate == Fate::Timeout && self.next_target(draft, cx) {
            return;
        }
        self.over(Originator::System, fate.cause(), cx);
    }

    pub(super) fn has_early(&self, remote_tag: &str) -> bool {
        self.early.iter().any(|d| d.id.remote_tag == remote_tag)
    }

    pub(super) fn open_early(&mut self, response: &Response, draft: &Draft, cx: &Cx) {
        // A proxy of its own may ring back without a tag: that is heard, and makes no dialog (RFC 3261 12.1).
        if response.to.tag().is_some()
            && !self.has_early(tag_of(response))
            && self.early.len() < MAX_EARLY
            && cx.has_room(response.weight(), 0)
            && let Some(dialog) = Dialog::as_caller(draft, response)
        {
            self.early.push(dialog);
        }
    }

    pub(super) fn enqueue(&mut self, response: &Arc<Response>, sdp: Option<String>, reliable: bool, cx: &mut Cx) {
        let room = self.pending.len() < MAX_PENDING && cx.has_room(response.weight(), 0);
        if room || response.status >= 200 {
            self.pending.push(Pending { response: share(response), sdp, reliable, running: false });
        }
        self.next_answer(cx);
    }

    pub(super) fn next_answer(&mut self, cx: &mut Cx) {
        // An offer in an early dialog comes to its end first.
        while self.reoffer.is_none()
            && let Some(front) = self.pending.first_mut()
        {
            if front.running {
                return;
            }
            front.running = true;
            let response = share(&front.response);
            let last_word = self.far_ends.answer(tag_of(&response)).filter(|_| response.status >= 200);
            if let Some(answer) = last_word {
                // Early media of another phone may have come meanwhile.
                front.sdp = Some(answer.to_owned()).filter(|_| !has_answer(&self.applied_answer, &response));
            }
            match front.sdp.clone() {
                Some(sdp) => {
                    keep(&mut self.remote_sdp, &sdp);
                    self.show_sdp(Originator::Remote, false, sdp, Wait::AnswerShown, cx);
                    return;
                }
                None if response.status >= 200 && !has_answer(&self.applied_answer, &response) => {
                    // No answer of this phone to our offer, early or final: RFC 3261 13.2.1 demands one.
                    self.give_up_accepted(400, "Missing SDP", &response, Cause::BadMediaDescription, cx);
                    return;
                }
                None => {
                    if let Some(job) = self.next_pending() {
                        self.settle_answer(&job, cx);
                    }
                }
            }
        }
    }

    pub(super) fn answer_shown(&mut self, sdp: String, cx: &mut Cx) {
        let fresh = match &self.applied_answer {
            Some((applied, _)) if *applied == sdp => {
                // The final answer repeats the early one: nothing to apply.
                self.answer_applied(cx);
                return;
            }
            applied => applied.is_some(),
        };
        if let Some(front) = self.pending.first_mut() {
            front.sdp = Some(sdp.clone());
        }
        self.ask(MediaRequest::RemoteAnswer { sdp, fresh }, Wait::AnswerApplied, cx);
    }

    fn next_pending(&mut self) -> Option<Pending> {
        if self.pending.is_empty() { None } else { Some(self.pending.remove(0)) }
    }

    pub(super) fn answer_applied(&mut self, cx: &mut Cx) {
        if let Some(job) = self.next_pending() {
            self.applied_answer = job.sdp.clone().map(|sdp| (sdp, tag_of(&job.response).to_owned()));
            self.settle_answer(&job, cx);
            self.remote_applied(cx);
            self.next_answer(cx);
        }
    }

    pub(super) fn answer_refused(&mut self, fault: MediaFault, cx: &mut Cx) {
        let Some(job) = self.next_pending() else {
            return;
        };
        let response = &job.response;
        if response.status >= 200 {
            self.give_up_accepted(488, "Not Acceptable Here", response, Cause::BadMediaDescription, cx);
            self.tell_fault(fault, cx);
            return;
        }
        // Early media that cannot be used: the call goes on without it.
        self.tell_fault(fault, cx);
        self.settle_answer(&job, cx);
        self.next_answer(cx);
    }

    fn settle_answer(&mut self, job: &Pending, cx: &mut Cx) {
        let response = &job.response;
        if self.is_over() {
            return;
        }
        self.learn_identity(&response.headers, tag_of(response), response.status >= 200, cx);
        let (answer, originator) = (Some(share(response)), Originator::Remote);
        if response.status < 200 {
            let dialog = response.to.tag().filter(|tag| self.has_early(tag)).map(str::to_owned);
            let reliable = job.reliable;
            self.tell(SessionEvent::Progress { originator, response: answer, reliable, dialog }, cx);
            return;
        }
        self.phase = Phase::Confirmed;
        self.timer_of_response(response, cx);
        self.tell(SessionEvent::Accepted { originator: Originator::Remote, response: answer }, cx);
        self.acknowledge(response, cx);
        self.tell(SessionEvent::Confirmed { originator: Originator::Local, ack: None }, cx);
        if self.far_ends.differ_from(tag_of(response)) {
            // Who holds was agreed on with another phone: this one hears it now.
            self.hold_by_remote(false, cx);
            self.make_offer(ReofferOptions::default(), false, false, cx);
        }
        self.trickle_on(cx);
    }

    fn acknowledge(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        if let Some(dialog) = &self.dialog {
            cx.acknowledge(Owner::Invite(self.id), dialog, response);
        }
    }

    /// The 2xx is here and its answer not yet applied when the call ends: ACK, then BYE instead of CANCEL.
    pub(super) fn acknowledge_accepted(&mut self, cx: &mut Cx) {
        if let Some(job) = self.pending.iter().find(|p| p.response.status >= 200) {
            let response = share(&job.response);
            self.acknowledge(&response, cx);
        }
    }

    /// A 2xx that cannot be used: ACK, then BYE with the reason.
    fn give_up_accepted(&mut self, status: u16, phrase: &str, response: &Arc<Response>, cause: Cause, cx: &mut Cx) {
        self.acknowledge(response, cx);
        self.bye_because(status, phrase, cx);
        let findings = self.findings();
        self.end(Originator::Remote, message_of(response), cause, None, findings, cx);
    }

    pub(super) fn cancel(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        if options.status.is_some_and(|s| !(200..700).contains(&s)) {
            return Err(CommandError::Invalid("status_code"));
        }
        let (status, phrase) = (options.status, options.reason.as_deref());
        if self.phase == Phase::Accepted {
            self.acknowledge_accepted(cx);
            self.bye(reason_field(status, phrase, "; "), &[], "", cx);
        } else {
            self.cancel_invite(reason_field(status, phrase, " ;"), cx);
        }
        self.over(Originator::Local, Cause::Canceled, cx);
        Ok(())
    }

    /// Cancels the INVITE on the wire, now or with its first 1xx (RFC 3261 9.1).
    pub(super) fn cancel_invite(&mut self, reason: Option<String>, cx: &mut Cx) {
        cx.cancel(Owner::Invite(self.id), reason);
    }

    /// Ends an outgoing or incoming call whose WebRTC operation failed.
    pub(super) fn media_failed(&mut self, fault: MediaFault, cause: Cause, cx: &mut Cx) {
        // JsSIP: `getusermediafailed` follows `failed`, the other events come before it.
        if fault == MediaFault::UserMedia {
            self.over(Originator::Local, cause, cx);
        }
        self.tell_fault(fault, cx);
        self.over(Originator::Local, cause, cx);
    }
}

/// A 2xx that nobody wants any more, from another fork, or without an address: ACK and BYE in its own dialog
/// (RFC 3261 13.2.2.4).
pub fn decline(owner: Owner, draft: &Draft, response: &Response, cx: &mut Cx) {
    let mut dialog = Dialog::as_declined(draft, response);
    cx.acknowledge(owner, &dialog, response);
    let via = cx.new_via();
    if let Some((_, invite)) = cx.exchanges.find(owner, draft.cseq()) {
        dialog.count_from(invite.counted);
    }
    let bye = dialog.request(Method::Bye, via);
    let private = draft.header("Privacy").map(|value| line("Privacy", value));
    let bye = cx.finish(bye, private.as_slice(), "outbound");
    cx.send(Owner::Nobody, bye);
}

/// Whether the answer in force is that of the phone that answers so.
fn has_answer(applied: &Option<(String, String)>, response: &Response) -> bool {
    applied.as_ref().is_some_and(|(_, tag)| tag == tag_of(response))
}

fn tag_of(response: &Response) -> &str {
    response.to.tag().unwrap_or_default()
}
