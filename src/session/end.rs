//! The end of a call, whoever brings it about: BYE, CANCEL, a final answer, the line.

use std::sync::Arc;

use super::offers::Offers;
use super::recovery::Recovery;
use super::reliable::Reliable;
use super::replaces::refuse_all;
use super::tickets::Wait;
use super::tones::Tones;
use super::unacked::Unacked;
use super::{Phase, Session};
use crate::cause::Cause;
use crate::command::{CommandError, TerminateOptions, check_lines, line};
use crate::context::Cx;
use crate::event::{EndedBy, MediaRequest, Originator, SessionEvent, share};
use crate::exchange::Owner;
use crate::message::{Method, Request, single_line};
use crate::sdp::{Finding, features};

impl Session {
    /// Hangs up, rejects or cancels (JsSIP `terminate`).
    pub(crate) fn terminate(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        if !options.reason.as_deref().is_none_or(single_line) {
            return Err(CommandError::Invalid("extraHeaders"));
        }
        check_lines(&options.extra_headers)?;
        match &self.phase {
            Phase::Leaving | Phase::Ended => Err(CommandError::InvalidState(8)),
            Phase::Calling(_) => self.cancel(options, cx),
            Phase::Ringing(_) => self.refuse_by_app(options, cx),
            Phase::Accepted(_) | Phase::WaitingForAck | Phase::Resuming | Phase::Confirmed => {
                self.end_by_app(options, cx)
            }
        }
    }

    /// Hangs up, rejects or cancels without more ado. Nothing once it is over.
    pub(crate) fn end_anyway(&mut self, cx: &mut Cx) {
        let _ = self.terminate(&TerminateOptions::default(), cx);
    }

    pub(super) fn end_by_app(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        let reason = reason_field(options.status, options.reason.as_deref(), "; ");
        if options.status.is_some() && reason.is_none() {
            return Err(CommandError::Invalid("status_code"));
        }
        self.acknowledge_accepted(cx);
        self.bye(reason, &options.extra_headers, &options.body, cx);
        self.end(Originator::Local, EndedBy::None, Cause::Bye, options.cause.clone(), Vec::new(), cx);
        Ok(())
    }

    /// Sends BYE; a callee's has to wait until its 2xx was acknowledged (RFC 3261 15).
    pub(super) fn bye(&mut self, reason: Option<String>, lines: &[String], body: &str, cx: &mut Cx) {
        let Some(dialog) = &mut self.dialog else {
            return;
        };
        let via = cx.new_via();
        let mut lines = lines.to_vec();
        if let Some(reason) = reason {
            lines.push(line("Reason", &reason));
        }
        let draft = dialog.request(Method::Bye, via);
        let mut draft = self.finish(draft, &lines, "outbound", cx);
        body.clone_into(&mut draft.body);
        match &mut self.unacked {
            Some(unacked) if matches!(self.phase, Phase::WaitingForAck) => unacked.keep_bye(draft),
            _ => {
                cx.send(Owner::Bye(self.id), draft);
            }
        }
    }

    /// Sends BYE with the reason.
    pub(super) fn bye_because(&mut self, status: u16, phrase: &str, cx: &mut Cx) {
        self.bye(reason_field(Some(status), Some(phrase), "; "), &[], "", cx);
    }

    /// A BYE of the far end (RFC 3261 15.1.2); the agent has answered it.
    pub(crate) fn receive_bye(&mut self, request: &Arc<Request>, cx: &mut Cx) {
        if self.has_ended() {
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
        self.acknowledge_accepted(cx);
        self.unacked = None;
        self.end(Originator::Remote, EndedBy::Request(share(request)), Cause::Bye, None, Vec::new(), cx);
    }

    /// Takes leave of the far end for a reason of ours, in the way that the phase of the call allows.
    pub(super) fn end_there(&mut self, status: u16, phrase: &str, cx: &mut Cx) {
        if self.is_answered() {
            self.acknowledge_accepted(cx);
            self.bye_because(status, phrase, cx);
        } else if self.outgoing {
            self.cancel_invite(reason_field(Some(status), Some(phrase), " ;"), cx);
        } else {
            self.reply_invite(status, Some(phrase), cx);
        }
    }

    /// Ends the call without a message and with nothing found.
    pub(super) fn end_silently(&mut self, originator: Originator, cause: Cause, cx: &mut Cx) {
        self.end(originator, EndedBy::None, cause, None, Vec::new(), cx);
    }

    /// Ends the call for the app: media first, then `ended` once established, `failed` before.
    pub(super) fn end(
        &mut self,
        originator: Originator,
        message: EndedBy,
        cause: Cause,
        cause_text: Option<String>,
        findings: Vec<Finding>,
        cx: &mut Cx,
    ) {
        if self.has_ended() {
            return;
        }
        cx.unwanted = true;
        for dialog in self.dialog.iter().chain(self.phase.early()) {
            cx.ended.note(&dialog.id);
        }
        self.fail_held_back(cx);
        // JsSIP: a BYE ends a call, whatever its state: the far end's an early one, ours one whose answer is not applied yet.
        let bye = cause == Cause::Bye;
        let lasted = self.is_established() && (bye || !matches!(self.phase, Phase::Resuming));
        let ended = lasted || (bye && (originator == Originator::Remote || matches!(self.phase, Phase::Accepted(_))));
        let features = if ended && findings.is_empty() {
            Vec::new()
        } else {
            features(self.local_sdp.as_deref(), self.remote_sdp.as_deref())
        };
        self.phase = if self.unacked.as_ref().is_some_and(Unacked::has_bye) {
            Phase::Leaving
        } else {
            self.unacked = None;
            Phase::Ended
        };
        for (_, wait) in &std::mem::take(&mut self.waits) {
            if let Wait::Reoffer(step) = wait {
                self.leave_step(step, cx);
            }
        }
        // RFC 3261 15.1.2: what the far end still asks is answered.
        if let Some(theirs) = self.offers.take_theirs() {
            cx.reply_status(theirs.server, 487);
        }
        self.offers = Offers::default();
        self.tones = Tones::default();
        self.trickle.forget();
        self.timer.stop();
        self.reliable = Reliable::default();
        self.recovery = Recovery::new(self.outgoing, 0);
        // RFC 3891 3: what they were to replace is over.
        refuse_all(&self.replacements.clear(), 603, cx);
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
    pub(crate) fn end_because(&mut self, cause: Cause, cx: &mut Cx) {
        if self.has_ended() {
            return;
        }
        let status = if cause == Cause::RequestTimeout { 408 } else { 500 };
        self.end_there(status, cause.as_str(), cx);
        self.end_silently(Originator::Local, cause, cx);
    }
}

/// `Reason: SIP ;cause=480 ;text="…"` (RFC 3326), spaced as JsSIP spaces it in CANCEL and BYE.
pub(super) fn reason_field(status: Option<u16>, phrase: Option<&str>, separator: &str) -> Option<String> {
    let status = status.filter(|s| (200..700).contains(s))?;
    let text = crate::message::quoted(phrase.unwrap_or_else(|| crate::message::phrase(status)));
    Some(format!("SIP ;cause={status}{separator}text={text}"))
}
