//! An INVITE that takes the place of a call that is up (RFC 3891): the last step of an attended transfer.

use std::sync::Arc;

use super::Session;
use crate::context::Cx;
use crate::event::{SessionEvent, SessionId, Ticket, share};
use crate::message::{Replaces, Request};
use crate::time::Instant;
use crate::transaction::ServerId;

/// INVITEs that may wait for an app to decide, in one call.
const MAX_REPLACEMENTS: usize = 4;

/// An INVITE that waits for the app to accept or reject it.
#[derive(Debug)]
pub(super) struct Replacement {
    server: ServerId,
    request: Arc<Request>,
    gives_up: Instant,
}

impl Replacement {
    pub(super) fn deadline(&self) -> Instant {
        self.gives_up
    }
}

impl Session {
    /// Whether the Replaces field names this call's dialog; its tags are named from our side (RFC 3891 3).
    pub fn is_replaced_by(&self, replaces: &Replaces) -> bool {
        self.owns(&replaces.call_id, &replaces.to_tag, &replaces.from_tag)
    }

    /// The value of the Replaces field that names this call to its far end, for `Refer-To` (RFC 3891 6.1).
    pub fn replaces_value(&self) -> Option<String> {
        let id = &self.dialog.as_ref().or(self.early.first())?.id;
        Some(format!("{};to-tag={};from-tag={}", id.call_id, id.remote_tag, id.local_tag))
    }

    /// An INVITE that names this call: the app decides.
    pub fn receive_replaces(&mut self, server: ServerId, request: &Arc<Request>, replaces: &Replaces, cx: &mut Cx) {
        if self.is_over() {
            return cx.reply_status(server, 603);
        }
        if !self.is_established() {
            return cx.reply_because(server, 403, "Wrong Status");
        }
        if replaces.early_only || self.replacements.len() >= MAX_REPLACEMENTS {
            return cx.reply_status(server, 486);
        }
        let ticket = cx.out.ticket();
        let gives_up = cx.now.after(cx.config.no_answer_ms);
        self.replacements.insert(ticket, Replacement { server, request: share(request), gives_up });
        self.tell(SessionEvent::Replaces { ticket, request: share(request) }, cx);
    }

    pub(super) fn waits_for_replaces(&self, ticket: Ticket) -> bool {
        self.replacements.contains_key(&ticket)
    }

    /// The listeners of `replaces` have run; without one the INVITE is refused.
    pub(super) fn replaces_shown(&mut self, ticket: Ticket, listened: bool, cx: &mut Cx) {
        if !listened {
            self.refuse_replacement(ticket, cx);
        }
    }

    /// The app lets the INVITE take this call's place: `None` if it was cancelled meanwhile, or this call is over.
    pub fn take_replacement(&mut self, ticket: Ticket) -> Option<(ServerId, Arc<Request>)> {
        if !self.is_established() {
            return None;
        }
        let replacement = self.replacements.remove(&ticket)?;
        Some((replacement.server, replacement.request))
    }

    /// The app refuses: 486.
    pub fn refuse_replacement(&mut self, ticket: Ticket, cx: &mut Cx) {
        if let Some(replacement) = self.replacements.remove(&ticket) {
            cx.reply_status(replacement.server, 486);
        }
    }

    /// The INVITE was cancelled before the app decided.
    pub fn cancel_replacement(&mut self, server: ServerId, cx: &mut Cx) {
        self.drop_replacements(487, cx, &|r| r.server == server);
    }

    pub(super) fn expire_replacements(&mut self, cx: &mut Cx) {
        let now = cx.now;
        self.drop_replacements(408, cx, &|r| r.gives_up <= now);
    }

    pub(super) fn drop_replacements(&mut self, status: u16, cx: &mut Cx, fits: &dyn Fn(&Replacement) -> bool) {
        while let Some(replacement) = self.replacements.take(&mut |_, replacement| fits(replacement)) {
            cx.reply_status(replacement.server, status);
        }
    }

    /// This call takes the place of that one as soon as it is confirmed.
    pub fn replace(&mut self, replaced: SessionId) {
        self.replaces = Some(replaced);
    }

    /// The call whose place this one has just taken.
    pub fn take_replaced(&mut self) -> Option<SessionId> {
        if self.phase == super::Phase::Confirmed { self.replaces.take() } else { None }
    }
}
