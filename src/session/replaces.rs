//! An INVITE that takes the place of a call (RFC 3891): the last step of an attended transfer, where the call is up, or
//! of a pick-up, where it is one of ours that still rings out.

use std::sync::Arc;

use super::replacements::Replacement;
use super::{Phase, Session};
use crate::cause::Cause;
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{Asker, Originator, SessionEvent, SessionId, Ticket, share};
use crate::message::{Replaces, Request};
use crate::transaction::ServerId;

/// The call whose place another one takes as soon as it is confirmed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaced {
    call: SessionId,
    /// Only as long as nobody has answered it.
    early_only: bool,
}

impl Session {
    /// Whether the Replaces field names this call's dialog; its tags are named from our side (RFC 3891 3).
    pub(crate) fn is_replaced_by(&self, replaces: &Replaces) -> bool {
        let mut dialogs = self.dialog.iter().chain(self.phase.early());
        dialogs.any(|Dialog { id, .. }| replaces.names(&id.call_id, &id.local_tag, &id.remote_tag))
    }

    /// The value of the Replaces field that names this call to its far end, for `Refer-To` (RFC 3891 6.1).
    pub(crate) fn replaces_value(&self) -> Option<String> {
        let id = &self.dialog.as_ref().or(self.phase.early().first())?.id;
        let remote_tag = if id.remote_tag.is_empty() { "0" } else { &id.remote_tag };
        Some(format!("{};to-tag={remote_tag};from-tag={}", id.call_id, id.local_tag))
    }

    /// An INVITE that names this call: the app decides.
    pub(crate) fn receive_replaces(
        &mut self,
        server: ServerId,
        request: &Arc<Request>,
        replaces: &Replaces,
        cx: &mut Cx,
    ) {
        let refused = if self.has_ended() {
            603
        } else if !self.outgoing && !self.is_established() {
            // An early dialog that this phone did not begin.
            481
        } else if (replaces.early_only && !self.awaits_answer()) || self.replacements.is_full() {
            486
        } else {
            0
        };
        if refused > 0 {
            return cx.reply_status(server, refused);
        }
        let ticket = cx.out.ticket(Asker::Replaces(self.id));
        let gives_up = cx.now.after(cx.config.no_answer_ms);
        let replacement = Replacement::new(server, share(request), replaces.early_only, gives_up);
        self.replacements.ask(ticket, replacement);
        self.tell(SessionEvent::Replaces { ticket, request: share(request) }, cx);
    }

    /// The listeners of `replaces` have run; without one the INVITE is refused.
    pub(crate) fn replaces_shown(&mut self, ticket: Ticket, listened: bool, cx: &mut Cx) {
        if !listened {
            self.refuse_replacement(ticket, cx);
        }
    }

    /// The app lets the INVITE take this call's place: `None` if it is answered already, because it was cancelled or
    /// this call ended meanwhile.
    pub(crate) fn take_replacement(&mut self, ticket: Ticket) -> Option<Replacement> {
        self.replacements.decide(ticket)
    }

    /// Somebody has answered this call: what was to replace it only before that comes too late.
    pub(super) fn refuse_early_only(&mut self, cx: &mut Cx) {
        refuse_all(&self.replacements.too_late(), 486, cx);
    }

    /// The app refuses: 486.
    pub(crate) fn refuse_replacement(&mut self, ticket: Ticket, cx: &mut Cx) {
        if let Some(replacement) = self.replacements.decide(ticket) {
            cx.reply_status(replacement.server, 486);
        }
    }

    /// The INVITE was cancelled before the app decided.
    pub(crate) fn cancel_replacement(&mut self, server: ServerId, cx: &mut Cx) {
        refuse_all(&self.replacements.cancel(server), 487, cx);
    }

    pub(super) fn expire_replacements(&mut self, cx: &mut Cx) {
        refuse_all(&self.replacements.expire(cx.now), 408, cx);
    }

    /// This call takes the place of that one as soon as it is confirmed.
    pub(crate) fn replace(&mut self, call: SessionId, early_only: bool) {
        self.replaces = Some(Replaced { call, early_only });
    }

    /// The call whose place this one has just taken.
    pub(crate) fn take_replaced(&mut self) -> Option<SessionId> {
        if matches!(self.phase, Phase::Confirmed) { self.replaces.take().map(|replaced| replaced.call) } else { None }
    }

    /// The call that this one may replace only as long as nobody has answered either.
    pub(crate) fn replaces_early_only(&self) -> Option<SessionId> {
        let replaced = self.replaces.filter(|replaced| replaced.early_only)?;
        matches!(self.phase, Phase::Ringing(_)).then_some(replaced.call)
    }

    /// That call was answered first.
    pub(crate) fn replaces_too_late(&mut self, cx: &mut Cx) {
        self.refuse(486, Originator::System, Cause::Busy, cx);
    }
}

/// Answers them.
pub(super) fn refuse_all(replacements: &[ServerId], status: u16, cx: &mut Cx) {
    for server in replacements {
        cx.reply_status(*server, status);
    }
}
