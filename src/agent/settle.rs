//! What follows each input and command: what has been given up is answered, what is over is forgotten, and `stop()` ends.

use super::{Agent, Running};
use crate::bounds::MAX_TRANSFERRED;
use crate::event::Event;
use crate::session::Session;
use crate::time::Instant;

impl Agent {
    /// Brings every table in order after an input or command, and ends what stop() began.
    pub(super) fn settle(&mut self) {
        self.settle_tables();
        let stopping = self.running == Running::Stopping;
        let answered = self.cx.transactions.is_empty() && self.cx.exchanges.is_empty();
        let silent = self.sessions.is_empty() && self.subscriptions.is_empty() && answered;
        // Without a line there is nobody to say goodbye to.
        if stopping && (silent || self.transport.flow().is_none()) {
            self.stopped();
        }
        self.tell_flows();
    }

    pub(super) fn settle_tables(&mut self) {
        loop {
            let now = if self.reads_until.is_some() { Instant::default() } else { self.cx.now };
            let fates = self.cx.transactions.expire(now);
            if fates.is_empty() {
                break;
            }
            for (id, fate) in fates {
                if let Some(exchange) = self.cx.exchanges.remove(id) {
                    self.unanswered(&exchange, fate);
                }
            }
        }
        self.cx.exchanges.drop_ended(self.cx.transactions.take_ended());
        self.requests.drop_given_up(&self.cx.transactions);
        self.end_replaced();
        self.give_up_unwanted();
        self.settle_sessions();
        self.subscriptions.drop_ended();
    }

    /// An INVITE whose call is over ends in bounded time, whatever brought that about and whether it was cancelled.
    fn give_up_unwanted(&mut self) {
        if !std::mem::take(&mut self.cx.unwanted) {
            return;
        }
        for (id, session) in self.cx.exchanges.proceeding() {
            if self.sessions.get(&session).is_none_or(Session::has_ended) {
                self.cx.transactions.give_up(self.cx.now, id);
            }
        }
    }

    pub(super) fn stopped(&mut self) {
        self.running = Running::Stopped;
        self.disconnect_now();
        self.subscriptions.abandon(&mut self.cx);
        self.referrals.abandon(&mut self.cx);
        self.cx.out.event(Event::Stopped);
    }

    pub(super) fn settle_sessions(&mut self) {
        for session in self.sessions.values_mut() {
            session.go_on(&mut self.cx);
            if session.is_newly_ended() {
                self.cx.out.event(Event::SessionGone(session.id));
            }
        }
        let mut transferred = 0;
        for session in self.sessions.values() {
            transferred += usize::from(session.is_transferred());
        }
        for session in self.sessions.values_mut() {
            if transferred > MAX_TRANSFERRED && session.is_transferred() {
                session.forget_transfers();
                transferred -= 1;
            }
        }
        self.sessions.drop_all(&mut |_, s| s.is_forgettable());
        let sessions = &self.sessions;
        self.cx.session_ids.retain(|id| sessions.get(&id).is_some());
    }
}
