//! Requests of ours inside a call whose answer is the app's business: INFO, MESSAGE, REFER, and what `sendRequest` sends.

use std::sync::Arc;

use super::Session;
use crate::cause::Cause;
use crate::command::{CommandError, check_lines, line, names};
use crate::context::Cx;
use crate::event::{SessionEvent, share};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Response, single_line};
use crate::messaging::PRIVATE;
use crate::transaction::Fate;

impl Session {
    /// Sends a request of the app's in the dialog, confirmed or early (JsSIP `sendRequest`), and returns the number
    /// that its answer will carry. INVITE, ACK and CANCEL are refused: their transactions are the call's own.
    pub(crate) fn send_request(
        &mut self,
        method: Method,
        lines: &[String],
        body: &str,
        cx: &mut Cx,
    ) -> Result<Option<(u32, Draft)>, CommandError> {
        if matches!(method, Method::Invite | Method::Ack | Method::Cancel) {
            return Err(CommandError::Invalid("method"));
        }
        check_lines(lines)?;
        let handle = self.handle();
        let draft = self.send_inside(Owner::Inside(self.id, handle), method, lines, body, cx);
        Ok(draft.map(|draft| (handle, draft)))
    }

    /// Sends a text inside the call (RFC 3428 7). Returns the number that its answer will carry.
    pub(crate) fn message(
        &mut self,
        content_type: &str,
        body: &str,
        lines: &[String],
        cx: &mut Cx,
    ) -> Result<u32, CommandError> {
        if !self.is_established() {
            return Err(CommandError::InvalidState(self.status()));
        }
        if !single_line(content_type) {
            return Err(CommandError::Invalid("contentType"));
        }
        check_lines(lines)?;
        let mut lines = lines.to_vec();
        lines.push(line("Content-Type", content_type));
        let handle = self.handle();
        if let Some(request) = self.send_inside(Owner::Inside(self.id, handle), Method::Message, &lines, body, cx) {
            self.tell(SessionEvent::Message { request, handle }, cx);
        }
        Ok(handle)
    }

    pub(super) fn handle(&mut self) -> u32 {
        self.next_handle += 1;
        self.next_handle
    }

    /// Sends a request in the dialog, or in an early one: that in which both have agreed, or the first. `None` if there is
    /// none yet. One that is held back leaves later.
    pub(super) fn send_inside(
        &mut self,
        owner: Owner,
        method: Method,
        lines: &[String],
        body: &str,
        cx: &mut Cx,
    ) -> Option<Draft> {
        if self.holds_back(owner) {
            return self.hold_back(owner, method, lines, body, cx);
        }
        let draft = self.compose(method, lines, body, cx)?;
        cx.exchanges.count(self.id, draft.cseq());
        cx.send(owner, draft.clone());
        Some(draft)
    }

    /// Makes such a request, which takes the next number of its dialog.
    pub(super) fn compose(&mut self, method: Method, lines: &[String], body: &str, cx: &mut Cx) -> Option<Draft> {
        let agreed = self.agreed_early().and_then(|tag| self.phase.early().iter().position(|d| d.id.remote_tag == tag));
        let dialog = self.dialog.as_mut().or(self.phase.early_mut().get_mut(agreed.unwrap_or_default()))?;
        let supported = match method {
            Method::Update if cx.config.session_timers => "timer,ice,outbound".to_owned(),
            Method::Update => "ice,outbound".to_owned(),
            Method::Invite => [&cx.supported(&method, true), self.trickle.supported()].concat(),
            _ => cx.supported(&method, true),
        };
        let via = cx.new_via();
        let draft = dialog.request(method, via);
        let mut draft = self.finish(draft, lines, &supported, cx);
        body.clone_into(&mut draft.body);
        Some(draft)
    }

    /// Closes a request of ours in the dialog. One of a private call asks for privacy too: the proxies may tell who
    /// sends it in each request, not only in the INVITE (RFC 3325 7).
    pub(super) fn finish(&self, draft: Draft, lines: &[String], supported: &str, cx: &Cx) -> Draft {
        let mut lines = lines.to_vec();
        if self.anonymous && !lines.iter().any(|line| names(line, "Privacy")) {
            lines.push(PRIVATE.to_owned());
        }
        cx.finish(draft, &lines, supported)
    }

    /// It has left under another CSeq than the app knows: again with credentials if it was `challenged`, else later than it
    /// was made.
    pub(crate) fn request_renumbered(&mut self, handle: u32, draft: Draft, challenged: bool, cx: &mut Cx) {
        self.transfers.renumber(handle, draft.cseq());
        if handle != 0 && !self.trickle.sent(handle) {
            self.tell(SessionEvent::Renumbered { handle, request: draft, challenged }, cx);
        }
    }

    /// The answer to one. A 481 says that the far end knows nothing of this call (RFC 5057 5.1), unless it speaks of a
    /// subscription. A 408 does not end the call: that is for the dialog's own requests to say.
    pub(crate) fn request_response(&mut self, handle: u32, response: &Arc<Response>, cx: &mut Cx) {
        if self.trickle.sent(handle) {
            return self.candidates_answered(handle, Some(response.status), cx);
        }
        let failure = (response.status >= 300).then(|| Cause::of_status(response.status));
        if (200..300).contains(&response.status)
            && matches!(response.method, Method::Update)
            && let Some(dialog) = self.dialog_with(response.to.tag().unwrap_or_default())
        {
            dialog.refresh_target(response.contact());
        }
        self.request_done(handle, Some(share(response)), failure, cx);
        let subscribes = matches!(response.method, Method::Subscribe | Method::Notify);
        if response.status == 481 && self.is_established() && !subscribes {
            self.end_because(Cause::DialogError, cx);
        }
    }

    /// No answer to one.
    pub(crate) fn request_unanswered(&mut self, handle: u32, fate: Fate, cx: &mut Cx) {
        if self.trickle.sent(handle) {
            return self.candidates_answered(handle, None, cx);
        }
        self.request_done(handle, None, Some(fate.cause()), cx);
    }

    pub(super) fn request_done(
        &mut self,
        handle: u32,
        response: Option<Arc<Response>>,
        failure: Option<Cause>,
        cx: &mut Cx,
    ) {
        if failure.is_some() {
            self.tones.refused(handle);
            self.transfers.end(handle);
        } else if let Some(response) = &response {
            self.refer_accepted(handle, response);
        }
        if handle != 0 {
            self.tell(SessionEvent::RequestDone { handle, response, failure }, cx);
        }
    }
}
