//! What falls due in all that an agent owns, and what happens then.

use super::{Agent, Running};
use crate::event::{Asker, Event, Output};
use crate::reason::{Deadline, Reason};
use crate::time::Instant;
use crate::transport::Due;

/// ms past a deadline after which the page must have stood still: timers of a hidden page come up to 1 s late.
const STOOD_STILL_MS: u64 = 2_000;
/// ms that are left for what waits in the socket then.
const READ_MS: u64 = 300;

impl Agent {
    /// When to call again with `Input::Alarm` if nothing else happens. Asking early does no harm.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadline().map(|due| due.at)
    }

    /// The same, with its reason.
    pub fn deadline(&self) -> Option<Deadline> {
        if let Some(at) = self.reads_until {
            return Some(Deadline { at, reason: Reason::Standstill });
        }
        let mut first = Deadline::earlier(None, self.cx.transactions.deadline(), Reason::Transaction);
        first = Deadline::earlier(first, self.transport.deadline(), Reason::Connection);
        first = Deadline::earlier(first, self.registration.deadline(), Reason::Registration);
        first = Deadline::earlier(first, self.subscriptions.deadline(), Reason::Subscription);
        first = Deadline::earlier(first, self.referrals.deadline(), Reason::Referral);
        first = Deadline::earlier(first, self.cx.authenticator.deadline(), Reason::Account);
        if let Some(spare) = &self.spare {
            first = Deadline::earlier(first, spare.transport.deadline(), Reason::Connection);
            first = Deadline::earlier(first, spare.registration.deadline(), Reason::Registration);
        }
        for session in self.sessions.values() {
            if let Some(Deadline { at, reason }) = session.deadline() {
                first = Deadline::earlier(first, Some(at), reason);
            }
        }
        for farewell in &self.farewells {
            first = Deadline::earlier(first, Some(farewell.until), Reason::Farewell);
        }
        let stops = (self.running == Running::Stopping).then_some(self.close_by);
        Deadline::earlier(first, stops, Reason::Stop)
    }

    /// Runs what fell due up to `now`. If the page stood still meanwhile, what waits in the socket is taken in first: it
    /// may be the very answer whose time is over.
    pub(super) fn catch_up(&mut self, now: Instant) {
        let due = self.poll_timeout();
        self.cx.now = now.max(self.cx.now);
        if self.reads_until.is_none() && due.is_some_and(|at| self.cx.now.since(at) >= STOOD_STILL_MS) {
            self.reads_until = Some(self.cx.now.after(READ_MS));
            self.hint();
        }
        if self.reads_until.is_some_and(|until| until > self.cx.now) {
            return;
        }
        let mut due = if self.reads_until.take().is_some() { self.poll_timeout() } else { due };
        while due.is_some_and(|at| at <= self.cx.now) {
            self.expire();
            self.settle();
            due = self.poll_timeout();
        }
    }

    fn expire(&mut self) {
        if self.running == Running::Stopping && self.close_by <= self.cx.now {
            self.stopped();
        }
        match self.transport.expire(self.cx.now, &self.cx.config) {
            Some(Due::Connect) => self.connect_now(),
            Some(Due::Dead(flow, why)) => {
                self.cx.out.push(Output::Close(flow));
                self.closed(flow, true, None, why.to_owned());
            }
            Some(Due::Ask(method)) => self.ask_line(self.transport.flow(), method),
            Some(Due::Return) => self.return_to_preferred(),
            None => {}
        }
        if self.registration.expire(&mut self.cx) {
            let ticket = self.cx.out.ticket(Asker::Registration);
            self.expiring = Some(ticket);
            self.cx.out.event(Event::RegistrationExpiring(ticket));
        }
        self.expire_spare();
        let now = self.cx.now;
        self.farewells.retain(|farewell| farewell.until > now);
        let cx = &mut self.cx;
        for session in self.sessions.values_mut() {
            if session.deadline().is_some_and(|due| due.at <= cx.now) {
                session.expire(cx);
            }
        }
        self.subscriptions.expire(cx);
        self.referrals.expire(cx);
        self.accounts_overdue();
    }
}
