//! The forks of a lasting subscription: RFC 6665 4.1.4 and 5.4.9.
//!
//! A SUBSCRIBE that a proxy forks installs a subscription at each phone that it reaches, each in a dialog of its own
//! that begins with that phone's NOTIFY. The first is the subscription's own; the others are kept beside it, refreshed
//! and ended with it, and each that ends leaves. When the first ends, another one takes its place; only the end of the
//! last is the end of the subscription.
//!
//! The package says whether there may be several: RFC 4235 3.9 and RFC 3842 3.8 have it so. RFC 3856 6.9 wants one
//! presence agent, but where a proxy forks to phones, each of which speaks for itself, one alone would be half of it.
//! RFC 3680 and RFC 4575 allow one only.

use std::sync::Arc;

use super::{ACTIVE, INIT, Phase, Subscriber};
use crate::bounds::MAX_FORKS;
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::SubscriptionEvent;
use crate::message::{Draft, Method, NameAddr, Request};
use crate::time::Instant;
use crate::transaction::ServerId;

impl Subscriber {
    /// Whether the request is in this dialog, or would begin it.
    pub(super) fn is_of_own(&self, request: &Request) -> bool {
        self.dialog.as_ref().is_none_or(|dialog| dialog.id.remote_tag == request.from_tag())
    }

    /// Whether a request from somebody who is in no dialog of this one may begin another.
    pub(super) fn may_fork(&self, request: &Request) -> bool {
        self.watch.is_some()
            && matches!(request.method, Method::Notify)
            && matches!(self.phase, Phase::Opening(_) | Phase::Running { .. })
            && matches!(self.event.package.as_str(), "dialog" | "message-summary" | "presence")
            && self.forks.len() < MAX_FORKS
    }

    /// The dialog that a request is in.
    pub(in crate::subscription) fn dialog_of(&mut self, request: &Request) -> Option<&mut Dialog> {
        if self.is_of_own(request) {
            return self.dialog.as_mut();
        }
        self.forks.iter_mut().find(|fork| fork.is_of_own(request))?.dialog.as_mut()
    }

    /// A request from another than who made the dialog.
    pub(super) fn receive_of_fork(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        if let Some(fork) = self.forks.iter_mut().find(|fork| fork.is_of_own(request)) {
            fork.receive(server, request, cx);
            let state = fork.state;
            self.heard_of_fork(state, cx);
            return self.forks.retain(|fork| !fork.has_ended());
        }
        // RFC 6665 4.1.2.4: who has said nothing until timer N is no part of it.
        if self.watch.as_ref().is_none_or(|watch| watch.forks_until <= cx.now) {
            return cx.reply_because(server, 481, "Subscription does not exist");
        }
        let mut fork = Self {
            id: self.id,
            options: self.options.clone(),
            event: self.event.clone(),
            local_tag: self.local_tag.clone(),
            call_id: self.call_id.clone(),
            cseq: self.cseq,
            raised: false,
            accepted: true,
            state: INIT,
            phase: Phase::Over,
            watch: None,
            is_fork: true,
            forks: Vec::new(),
            dialog: None,
        };
        fork.arm(self.options.expires_s, cx);
        fork.receive(server, request, cx);
        if !fork.has_ended() && fork.dialog.is_some() {
            let state = fork.state;
            self.forks.push(fork);
            self.share_trust();
            self.heard_of_fork(state, cx);
        }
    }

    /// The phone whose 2xx made the first dialog may be slower to tell than another, or tell nothing.
    fn heard_of_fork(&mut self, state: u8, cx: &mut Cx) {
        if state == ACTIVE && self.state != ACTIVE {
            self.state = ACTIVE;
            self.tell(SubscriptionEvent::Active, cx);
        }
    }

    /// Whoever challenged the SUBSCRIBE that began them all may challenge each.
    pub(super) fn share_trust(&mut self) {
        let Some(own) = &self.dialog else {
            return;
        };
        for dialog in self.forks.iter_mut().filter_map(|fork| fork.dialog.as_mut()) {
            dialog.trust_as(own);
        }
    }

    /// The fork whose request this was.
    pub(super) fn fork_that_sent(&mut self, draft: &Draft) -> Option<&mut Self> {
        let to = draft.header("To").and_then(NameAddr::parse)?;
        let tag = to.tag()?;
        self.forks.iter_mut().find(|fork| fork.dialog.as_ref().is_some_and(|dialog| dialog.id.remote_tag == tag))
    }

    pub(super) fn forks_due(&self) -> Option<Instant> {
        self.forks.iter().filter_map(Self::deadline).min()
    }

    pub(super) fn expire_forks(&mut self, cx: &mut Cx) {
        for fork in &mut self.forks {
            if fork.deadline().is_some_and(|at| at <= cx.now) {
                fork.expire(cx);
            }
        }
        self.forks.retain(|fork| !fork.has_ended());
    }

    /// Another dialog in the place of this one, which has ended. False if there is none.
    pub(super) fn is_replaced(&mut self, cx: &mut Cx) -> bool {
        if self.forks.is_empty() {
            return false;
        }
        self.tell(SubscriptionEvent::ForkEnded, cx);
        let Self { dialog, phase, .. } = self.forks.remove(0);
        (self.dialog, self.phase) = (dialog, phase);
        if let Some(watch) = &mut self.watch {
            watch.notify_by = None;
        }
        true
    }
}
