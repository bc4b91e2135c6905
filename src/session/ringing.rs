//! What only a call of theirs needs that has no 2xx of ours yet: RFC 3261 13.3.1.
//!
//! ```text
//! INVITE --> unanswered --answer()--> answered, our description is being made --> 200
//!             |-each minute: 180 or 183 again (13.3.1.1)
//!             |-the time of its Expires is over: 487
//!             '-our own patience is over: 408
//! ```

use std::sync::Arc;

use crate::message::Request;
use crate::time::{Instant, earlier};

/// ms between the 180s of a call that rings on.
const RING_MS: u64 = 60_000;

/// A call of theirs that rings, or is being answered.
#[derive(Debug)]
pub(super) struct Ringing {
    pub(super) invite: Arc<Request>,
    /// Whether the app has answered it.
    answered: bool,
    /// The app's lines for what carries our description: the 200, or the 183 before it.
    pub(super) lines: Vec<String>,
    no_answer_at: Instant,
    expires_at: Option<Instant>,
    /// When the caller is told again that it rings. `None` while nobody can be told.
    rings_at: Option<Instant>,
}

/// What has fallen due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The caller waits no longer.
    Expired,
    /// We wait no longer for the app.
    NoAnswer,
    /// The caller is told again that it rings.
    Ring,
}

impl Ringing {
    /// An INVITE is here, and has `patience_ms` to be answered.
    pub(super) fn new(invite: Arc<Request>, patience_ms: u64, now: Instant) -> Self {
        Self {
            answered: false,
            lines: Vec::new(),
            no_answer_at: now.after(patience_ms),
            expires_at: invite.expires().map(|s| now.after(u64::from(s) * 1000)),
            rings_at: None,
            invite,
        }
    }

    /// The app has answered it: whatever else it waits for, it waits for no answer.
    pub(super) fn answer(&mut self, lines: Vec<String>) {
        self.answered = true;
        self.lines = lines;
    }

    /// Whether the app has answered it.
    pub(super) fn is_answered(&self) -> bool {
        self.answered
    }

    /// The caller was told that it rings.
    pub(super) fn rang(&mut self, now: Instant) {
        self.rings_at = Some(now.after(RING_MS));
    }

    /// Nobody can be told.
    pub(super) fn pause(&mut self) {
        self.rings_at = None;
    }

    /// Whether nobody can be told that it rings, and the app has not answered it either.
    pub(super) fn is_paused(&self) -> bool {
        !self.answered && self.rings_at.is_none()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.answered {
            return self.rings_at;
        }
        earlier(self.rings_at, earlier(Some(self.no_answer_at), self.expires_at))
    }

    /// What has fallen due.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Due> {
        if !self.answered && self.expires_at.is_some_and(|at| at <= now) {
            Some(Due::Expired)
        } else if !self.answered && self.no_answer_at <= now {
            Some(Due::NoAnswer)
        } else {
            self.rings_at.take_if(|at| *at <= now).map(|_| Due::Ring)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Frame, parse};

    fn ringing(expires: &str) -> Ringing {
        let text = format!(
            "INVITE sip:me@here SIP/2.0\r\nVia: SIP/2.0/WS a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:me@here>\r\n\
             Call-ID: 1\r\nCSeq: 1 INVITE\r\n{expires}Content-Length: 0\r\n\r\n"
        );
        let Ok(Frame::Request(invite)) = parse(text.as_bytes()) else { panic!("{text}") };
        Ringing::new(Arc::new(*invite), 90_000, at(0))
    }

    fn at(s: u64) -> Instant {
        Instant::from_millis(s * 1000)
    }

    #[test]
    fn it_ends_with_the_patience_of_either_side_and_rings_each_minute() {
        let mut call = ringing("");
        assert_eq!((call.deadline(), call.is_paused()), (Some(at(90)), true));
        call.rang(at(0));
        assert_eq!((call.deadline(), call.expire(at(59))), (Some(at(60)), None));
        assert_eq!((call.expire(at(60)), call.is_paused()), (Some(Due::Ring), true));
        call.rang(at(60));
        assert_eq!((call.deadline(), call.expire(at(120))), (Some(at(90)), Some(Due::NoAnswer)));
        let mut call = ringing("Expires: 30\r\n");
        assert_eq!((call.deadline(), call.expire(at(90))), (Some(at(30)), Some(Due::Expired)));
    }

    #[test]
    fn an_answered_one_only_rings() {
        let mut call = ringing("Expires: 30\r\n");
        call.rang(at(0));
        call.answer(vec!["X: 1".to_owned()]);
        assert_eq!((call.deadline(), call.expire(at(61)), call.is_paused()), (Some(at(60)), Some(Due::Ring), false));
        assert_eq!((call.deadline(), call.expire(at(1_000)), call.lines.len()), (None, None, 1));
        call.rang(at(61));
        call.pause();
        assert_eq!(call.deadline(), None);
    }
}
