//! Non-INVITE client transaction: RFC 3261 17.1.2 over a reliable transport.
//!
//! ```text
//! Trying --1xx--> Proceeding --200-699--> over (K = 0)
//!    F: timeout       F: timeout
//! ```

use super::GIVE_UP_MS;
use crate::time::Instant;

#[derive(Debug)]
pub(super) struct ClientState {
    gives_up: Instant,
}

impl ClientState {
    pub(super) fn start(now: Instant) -> Self {
        Self { gives_up: now.after(GIVE_UP_MS) }
    }

    /// Whether the owner sees it, and whether that was the end. Timer F goes on in Proceeding (17.1.2.2).
    pub(super) fn response(&mut self, status: u16) -> (bool, bool) {
        (true, status >= 200)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        Some(self.gives_up)
    }
}
