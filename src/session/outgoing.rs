//! The caller's side: INVITE, provisional and final answers, CANCEL (RFC 3261 9.1, 13.2).

use std::sync::Arc;

use super::answers::{Answer, Answers};
use super::calling::{Calling, Step};
use super::targets::Targets;
use super::{Phase, Session, Wait, keep, message_of, reason_field};
use crate::bounds::MAX_EARLY;
use crate::cause::Cause;
use crate::command::{CallOptions, CommandError, ReofferOptions, TerminateOptions, line};
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{MediaFault, MediaRequest, Originator, SessionEvent, SessionId, share};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Response};
use crate::messaging::Sender;
use crate::sdp;
use crate::transaction::Fate;

impl Session {
    /// Starts a call (JsSIP `ua.call`). Nothing is sent before the app has seen it.
    pub(crate) fn call(id: SessionId, options: CallOptions, cx: &mut Cx) -> Self {
        let call_id = cx.new_call_id();
        let tag = cx.entropy.tag();
        let mut lines = options.extra_headers;
        let from =
            Sender { user: options.from_user, name: options.from_display_name, anonymous: options.anonymous, tag };
        let draft = from.open(Method::Invite, &options.target, &call_id, &mut lines, cx);
        let limit = options.redirect_limit.unwrap_or(cx.config.redirect_limit);
        let calling = Calling::new(Targets::new(limit, options.target.without_link()));
        let mut session = Self::new(id, true, Phase::Calling(Box::new(calling)), call_id, from.tag, cx);
        session.anonymous = options.anonymous;
        let by_route = draft.header("Route").is_some_and(|route| route.starts_with("<sips:"));
        session.secure = options.target.is_secure() || by_route;
        session.trickle.calls(&options.target.aor(), options.trickle_ice, cx);
        lines.push(session.contact_line(cx));
        lines.push("Content-Type: application/sdp".to_owned());
        session.timer.ask(options.session_expires_s);
        if cx.config.session_timers {
            let by = if cx.config.force_refresher { ";refresher=uac" } else { "" };
            lines.push(format!("Session-Expires: {}{by}", session.timer.asked_s()));
        }
        lines.extend(cx.config.recv_info().map(|packages| line("Recv-Info", &packages)));
        lines.extend(session.trickle.recv_info());
        // RFC 6228 4: who can be told that a phone has left says so in the INVITE.
        let early = if cx.config.reliable_provisional { ",100rel,199" } else { "" };
        let supported = [&cx.supported(&Method::Invite, true), early, session.trickle.supported()].concat();
        let draft = cx.finish(draft, &lines, &supported);
        session.open_session_id(options.session_id.as_deref(), None, cx);
        session.media_open = true;
        if let Some(calling) = session.phase.calling() {
            calling.draft = Some(draft.clone());
        }
        session.announce(None, Some(draft), cx);
        session
    }

    pub(super) fn acquired(&mut self, cx: &mut Cx) {
        let outgoing = self.phase.calling().and_then(|calling| calling.draft.clone());
        self.tell(SessionEvent::Connecting { incoming: None, outgoing }, cx);
        let trickle = self.trickle.is_hasty();
        self.ask(MediaRequest::Offer { ice_restart: false, trickle }, Wait::OfferMade, cx);
    }

    pub(super) fn offer_shown(&mut self, sdp: String, cx: &mut Cx) {
        let Some(calling) = self.phase.calling() else { return };
        let Some(draft) = &mut calling.draft else { return };
        draft.body = sdp;
        let request = draft.clone();
        calling.step = Step::Sent;
        let ticket = self.wait(Wait::InviteShown, cx);
        self.tell(SessionEvent::Sending { ticket, request }, cx);
    }

    pub(super) fn invite_shown(&mut self, headers: Vec<(String, String)>, body: String, cx: &mut Cx) {
        let Some(calling) = self.phase.calling() else { return };
        let Some(mut draft) = calling.draft.take() else { return };
        draft.change(headers, body);
        calling.targets.left(&draft);
        keep(&mut self.local_sdp, &draft.body);
        self.trickle.left(Some(&draft.body));
        self.packages.learn(draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        cx.send(Owner::Invite(self.id), draft);
    }

    /// An answer to the INVITE that is this call's own: 1xx, the first 2xx, or a refusal.
    pub(crate) fn invite_response(&mut self, response: &Arc<Response>, draft: &Draft, cx: &mut Cx) {
        let Some(calling) = self.phase.calling().filter(|calling| calling.awaits_answer()) else {
            // Another phone has the call, or nobody wants it any more.
            return;
        };
        match response.status {
            ..=100 => {
                calling.step = Step::Rings;
                self.tell(SessionEvent::State, cx);
            }
            101..200 => {
                calling.step = Step::Rings;
                self.provisional(response, draft, cx);
            }
            200..300 => {
                let Some(mut dialog) = Dialog::as_caller(draft, response) else {
                    // Nobody could be asked anything in this call.
                    end_unwanted(Owner::Invite(self.id), draft, response, cx);
                    let message = message_of(response);
                    self.end(Originator::Remote, message, Cause::InternalError, None, Vec::new(), cx);
                    return;
                };
                for early in &calling.early {
                    if early.id == dialog.id {
                        dialog.count_on(early);
                    }
                }
                self.phase = Phase::Accepted(std::mem::take(&mut calling.answers));
                self.dialog = Some(dialog);
                self.withdraw_early_offer(tag_of(response), cx);
                self.meet_callee(response, cx);
                self.refuse_early_only(cx);
                self.enqueue(response, response.sdp(), false, cx);
            }
            status => {
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
                    421 => vec![sdp::required(&response.headers.values("Require"))],
                    _ => Vec::new(),
                };
                let cause = Cause::of_status(status);
                self.end(Originator::Remote, message_of(response), cause, None, findings, cx);
            }
        }
    }

    /// Whether a 2xx with this tag is the one that this call took.
    pub(crate) fn is_answered_by(&self, remote_tag: &str) -> bool {
        self.dialog.as_ref().is_some_and(|d| d.id.remote_tag == remote_tag)
    }

    /// Whether somebody has answered this call, and it is not over.
    pub(crate) fn is_answered(&self) -> bool {
        self.is_established() || matches!(self.phase, Phase::Accepted(_))
    }

    /// Whether a 2xx may still establish this call.
    pub(crate) fn awaits_answer(&self) -> bool {
        matches!(&self.phase, Phase::Calling(calling) if calling.awaits_answer())
    }

    /// No answer to the INVITE that is `draft`. Without a line nobody else is called.
    pub(crate) fn invite_unanswered(&mut self, fate: Fate, draft: &Draft, cx: &mut Cx) {
        if fate == Fate::Timeout && self.next_target(draft, cx) {
            return;
        }
        self.end_silently(Originator::System, fate.cause(), cx);
    }

    pub(super) fn has_early(&self, remote_tag: &str) -> bool {
        self.phase.early().iter().any(|d| d.id.remote_tag == remote_tag)
    }

    pub(super) fn open_early(&mut self, response: &Response, draft: &Draft, cx: &Cx) {
        // A proxy of its own may ring back without a tag: that is heard, and makes no dialog (RFC 3261 12.1).
        let new = response.to.tag().is_some() && !self.has_early(tag_of(response));
        if new
            && let Some(calling) = self.phase.calling()
            && calling.early.len() < MAX_EARLY
            && cx.has_room(response.weight(), 0)
            && let Some(dialog) = Dialog::as_caller(draft, response)
        {
            calling.early.push(dialog);
        }
    }

    pub(super) fn enqueue(&mut self, response: &Arc<Response>, sdp: Option<String>, reliable: bool, cx: &mut Cx) {
        let Some(answers) = self.phase.answers_mut() else { return };
        let room = !answers.is_full() && cx.has_room(response.weight(), 0);
        if room || response.status >= 200 {
            answers.push(Answer { response: share(response), sdp, reliable });
        }
        self.next_answer(cx);
    }

    pub(super) fn next_answer(&mut self, cx: &mut Cx) {
        // An offer in an early dialog comes to its end first.
        while self.offers.is_free()
            && let Some(answers) = self.phase.answers_mut()
            && let Some(answer) = answers.begin()
        {
            if let Some(sdp) = answer.sdp.clone() {
                keep(&mut self.remote_sdp, &sdp);
                self.show_sdp(Originator::Remote, false, sdp, Wait::AnswerShown, cx);
                return;
            }
            let response = share(&answer.response);
            if response.status >= 200 && answers.applied_tag() != Some(tag_of(&response)) {
                // No answer of this phone to our offer, early or final: RFC 3261 13.2.1 demands one.
                self.give_up_accepted(400, "Missing SDP", &response, Cause::BadMediaDescription, cx);
                return;
            }
            if let Some(answer) = answers.take() {
                self.answer_taken(&answer, cx);
            }
        }
    }

    pub(super) fn answer_shown(&mut self, sdp: String, cx: &mut Cx) {
        match self.phase.answers_mut().map(|answers| answers.shown(&sdp)) {
            Some(Some(fresh)) => self.ask(MediaRequest::RemoteAnswer { sdp, fresh }, Wait::AnswerApplied, cx),
            // The final answer repeats the early one: nothing to apply.
            Some(None) => self.answer_applied(cx),
            None => {}
        }
    }

    fn take_answer(&mut self) -> Option<Answer> {
        self.phase.answers_mut().and_then(Answers::take)
    }

    pub(super) fn answer_applied(&mut self, cx: &mut Cx) {
        let Some(answers) = self.phase.answers_mut() else { return };
        if let Some(answer) = answers.take() {
            answers.apply(&answer);
            self.answer_taken(&answer, cx);
            self.remote_applied(cx);
            self.next_answer(cx);
        }
    }

    pub(super) fn answer_refused(&mut self, fault: MediaFault, cx: &mut Cx) {
        let Some(answer) = self.take_answer() else {
            return;
        };
        if answer.is_final() {
            self.give_up_accepted(488, "Not Acceptable Here", &answer.response, Cause::BadMediaDescription, cx);
            self.tell_fault(fault, cx);
            return;
        }
        // Early media that cannot be used: the call goes on without it.
        self.tell_fault(fault, cx);
        self.answer_taken(&answer, cx);
        self.next_answer(cx);
    }

    fn answer_taken(&mut self, answer: &Answer, cx: &mut Cx) {
        let &Answer { ref response, reliable, .. } = answer;
        if self.has_ended() {
            return;
        }
        self.learn_identity(&response.headers, tag_of(response), response.status >= 200, cx);
        let originator = Originator::Remote;
        let told = Some(share(response));
        if response.status < 200 {
            let dialog = response.to.tag().filter(|tag| self.has_early(tag)).map(str::to_owned);
            self.tell(SessionEvent::Progress { originator, response: told, reliable, dialog }, cx);
            return;
        }
        // Who holds may have been agreed on with another phone: this one hears it now.
        let differs = self.phase.answers().is_some_and(|answers| answers.far_ends.differ_from(tag_of(response)));
        self.phase = Phase::Confirmed;
        self.timer_of_response(response, cx);
        self.tell(SessionEvent::Accepted { originator, response: told }, cx);
        self.acknowledge(response, cx);
        self.tell(SessionEvent::Confirmed { originator: Originator::Local, ack: None }, cx);
        if differs {
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
        if let Some(response) = self.phase.answers().and_then(Answers::accepted).map(share) {
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
        self.cancel_invite(reason_field(options.status, options.reason.as_deref(), " ;"), cx);
        self.end_silently(Originator::Local, Cause::Canceled, cx);
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
            self.end_silently(Originator::Local, cause, cx);
        }
        self.tell_fault(fault, cx);
        self.end_silently(Originator::Local, cause, cx);
    }
}

/// A 2xx that nobody wants any more, from another fork, or without an address: ACK and BYE in its own dialog
/// (RFC 3261 13.2.2.4).
pub(crate) fn end_unwanted(owner: Owner, draft: &Draft, response: &Response, cx: &mut Cx) {
    let mut dialog = Dialog::of_unwanted(draft, response);
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

fn tag_of(response: &Response) -> &str {
    response.to.tag().unwrap_or_default()
}
