//! INVITE client transaction: RFC 3261 17.1.1, RFC 6026 7.2, over a reliable transport.
//!
//! ```text
//! Calling --1xx--> Proceeding --2xx--> Accepted --M--> over
//!    |                 |----300-699, ACK--> over (D = 0)
//!    B: timeout        given up + 64 × T1: over (RFC 3261 9.1)
//! ```

use super::GIVE_UP_MS;
use crate::time::Instant;

#[derive(Debug)]
pub(super) enum InviteState {
    Calling { gives_up: Instant },
    Proceeding { gives_up: Option<Instant> },
    Accepted { until: Instant },
}

pub(super) struct Step {
    pub(super) pass: bool,
    pub(super) ack: bool,
    pub(super) over: bool,
}

impl InviteState {
    pub(super) fn start(now: Instant) -> Self {
        Self::Calling { gives_up: now.after(GIVE_UP_MS) }
    }

    pub(super) fn response(&mut self, now: Instant, status: u16) -> Step {
        match (&mut *self, status) {
            // 17.1.1.2: a provisional response stops timer B.
            (Self::Calling { .. }, ..200) => {
                *self = Self::Proceeding { gives_up: None };
                Step { pass: true, ack: false, over: false }
            }
            (Self::Proceeding { .. }, ..200) => Step { pass: true, ack: false, over: false },
            // RFC 6026 7.2: stay for timer M, so that 2xx from other forks reach the owner.
            (Self::Calling { .. } | Self::Proceeding { .. }, 200..300) => {
                *self = Self::Accepted { until: now.after(GIVE_UP_MS) };
                Step { pass: true, ack: false, over: false }
            }
            (Self::Calling { .. } | Self::Proceeding { .. }, _) => Step { pass: true, ack: true, over: true },
            (Self::Accepted { .. }, status) => Step { pass: (200..300).contains(&status), ack: false, over: false },
        }
    }

    pub(super) fn give_up(&mut self, now: Instant) {
        if let Self::Proceeding { gives_up } = self {
            gives_up.get_or_insert(now.after(GIVE_UP_MS));
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Calling { gives_up } => Some(*gives_up),
            Self::Proceeding { gives_up } => *gives_up,
            Self::Accepted { until } => Some(*until),
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}
