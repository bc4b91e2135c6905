//! The INVITEs that ask to take a call's place, while the app decides: RFC 3891 3.
//!
//! ```text
//! INVITE with Replaces --> Waiting --accept()--> a call of its own, which takes this one's place
//!                            |--reject(), nobody listens--> 486
//!                            |--CANCEL--> 487
//!                            |--somebody answers, and it was to come before that--> 486
//!                            |--`no_answer_timeout`--> 408
//!                            '--the call ends--> 603
//! ```

use std::sync::Arc;

use crate::bounds::MAX_REPLACEMENTS;
use crate::event::Ticket;
use crate::message::Request;
use crate::table::Table;
use crate::time::{Instant, earlier};
use crate::transaction::ServerId;

/// An INVITE that waits for the app to accept or reject it.
#[derive(Debug)]
pub(crate) struct Replacement {
    /// Its transaction.
    pub server: ServerId,
    /// The INVITE itself.
    pub request: Arc<Request>,
    /// Whether it may only replace a call that nobody has answered.
    pub early_only: bool,
    gives_up: Instant,
}

impl Replacement {
    /// One that waits until then.
    pub(super) fn new(server: ServerId, request: Arc<Request>, early_only: bool, gives_up: Instant) -> Self {
        Self { server, request, early_only, gives_up }
    }
}

/// Those that wait, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Replacements(Table<Ticket, Replacement>);

impl Replacements {
    /// Whether another one would be too many.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_REPLACEMENTS
    }

    /// The app is asked about this one.
    pub(super) fn ask(&mut self, ticket: Ticket, replacement: Replacement) {
        self.0.insert(ticket, replacement);
    }

    /// The app has decided about this one: `None` if it waits no longer.
    pub(super) fn decide(&mut self, ticket: Ticket) -> Option<Replacement> {
        self.0.remove(&ticket).map(|replacement| *replacement)
    }

    /// Takes out the one of that transaction.
    pub(super) fn cancel(&mut self, server: ServerId) -> Vec<ServerId> {
        self.take(&|replacement| replacement.server == server)
    }

    /// Takes out those that were to come before anybody answers.
    pub(super) fn too_late(&mut self) -> Vec<ServerId> {
        self.take(&|replacement| replacement.early_only)
    }

    /// Takes all of them out.
    pub(super) fn clear(&mut self) -> Vec<ServerId> {
        self.take(&|_| true)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.values().fold(None, |first, replacement| earlier(first, Some(replacement.gives_up)))
    }

    /// Takes out those that nobody has decided about in time.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<ServerId> {
        self.take(&|replacement| replacement.gives_up <= now)
    }

    fn take(&mut self, fits: &dyn Fn(&Replacement) -> bool) -> Vec<ServerId> {
        let mut taken = Vec::new();
        while let Some(replacement) = self.0.take(&mut |_, replacement| fits(replacement)) {
            taken.push(replacement.server);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Asker, SessionId};
    use crate::message::{Frame, parse};

    fn at(s: u64) -> Instant {
        Instant::from_millis(s * 1_000)
    }

    fn ticket(number: u32) -> Ticket {
        Ticket::new(Asker::Replaces(SessionId(1)), number)
    }

    /// The first for an early dialog alone, and each a second later than the one before.
    fn waiting(count: u32) -> Replacements {
        let text = "INVITE sip:me@here SIP/2.0\r\nVia: SIP/2.0/WS a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
                    To: <sip:me@here>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
        let Ok(Frame::Request(invite)) = parse(text.as_bytes()) else { panic!("{text}") };
        let invite = Arc::new(*invite);
        let mut waiting = Replacements::default();
        for number in 1..=count {
            assert!(!waiting.is_full());
            let replacement =
                Replacement::new(ServerId::default(), Arc::clone(&invite), number == 1, at(59 + u64::from(number)));
            waiting.ask(ticket(number), replacement);
        }
        waiting
    }

    #[test]
    fn the_app_decides_once_about_each_and_in_time() {
        let mut replacements = waiting(3);
        assert!(replacements.decide(ticket(2)).is_some_and(|taken| !taken.early_only));
        assert!(replacements.decide(ticket(2)).is_none());
        assert_eq!((replacements.deadline(), replacements.expire(at(59)).len()), (Some(at(60)), 0));
        assert_eq!((replacements.expire(at(60)).len(), replacements.deadline()), (1, Some(at(62))));
        assert_eq!((replacements.clear().len(), replacements.deadline()), (1, None));
    }

    #[test]
    fn an_answer_takes_out_those_for_an_early_dialog_and_a_cancel_its_own() {
        let mut replacements = waiting(2);
        assert_eq!((replacements.too_late().len(), replacements.deadline()), (1, Some(at(61))));
        assert_eq!((replacements.cancel(ServerId::default()).len(), replacements.deadline()), (1, None));
        assert!(waiting(MAX_REPLACEMENTS as u32).is_full());
    }
}
