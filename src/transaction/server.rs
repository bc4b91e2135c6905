//! Non-INVITE server transaction: RFC 3261 17.2.2 over a reliable transport.
//!
//! ```text
//! Trying --1xx--> Proceeding --200-699--> over (J = 0)
//! ```

#[derive(Debug)]
pub(super) struct ServerState;

impl ServerState {
    pub(super) fn start() -> Self {
        Self
    }

    /// Whether this reply ended it.
    pub(super) fn reply(&mut self, status: u16) -> bool {
        status >= 200
    }
}
