//! Non-INVITE server transaction: RFC 3261 17.2.2 over a reliable transport.
//!
//! ```text
//! Trying --1xx--> Proceeding --200-699--> over (J = 0)
//!    '---------------' 64 × T1: its sender has given up (timer F), an answer would help nobody (RFC 4320 4.2)
//! ```

use super::GIVE_UP_MS;
use crate::time::Instant;

#[derive(Debug)]
pub(super) struct ServerState {
    gives_up: Instant,
}

impl ServerState {
    pub(super) fn start(now: Instant) -> Self {
        Self { gives_up: now.after(GIVE_UP_MS) }
    }

    /// Whether this reply ended it.
    pub(super) fn reply(&mut self, status: u16) -> bool {
        status >= 200
    }

    pub(super) fn deadline(&self) -> Instant {
        self.gives_up
    }
}
