//! INVITE server transaction: RFC 3261 17.2.1, RFC 6026 7.1, over a reliable transport.
//!
//! ```text
//! Proceeding --2xx--> Accepted --L--> over        (ACKs pass to the owner, who repeats the 2xx)
//!     |----300-699--> Completed --ACK--> over (I = 0)
//!                         H: no ACK, over
//! ```

use super::GIVE_UP_MS;
use crate::time::Instant;

#[derive(Debug)]
pub(super) enum ServerInviteState {
    Proceeding,
    Accepted { until: Instant },
    Completed { gives_up: Instant },
}

#[derive(Debug)]
pub(super) enum AckMeans {
    Pass,
    Over,
}

impl ServerInviteState {
    pub(super) fn start() -> Self {
        Self::Proceeding
    }

    /// `None`: no reply may be sent any more. Otherwise whether this one ended it.
    pub(super) fn reply(&mut self, now: Instant, status: u16) -> Option<bool> {
        match (&self, status) {
            (Self::Proceeding, ..200) => Some(false),
            (Self::Proceeding, 200..300) => {
                *self = Self::Accepted { until: now.after(GIVE_UP_MS) };
                Some(false)
            }
            (Self::Proceeding, _) => {
                *self = Self::Completed { gives_up: now.after(GIVE_UP_MS) };
                Some(false)
            }
            (Self::Accepted { .. } | Self::Completed { .. }, _) => None,
        }
    }

    pub(super) fn ack(&self) -> AckMeans {
        match self {
            Self::Completed { .. } => AckMeans::Over,
            Self::Proceeding | Self::Accepted { .. } => AckMeans::Pass,
        }
    }

    /// RFC 6026 7.1: a retransmitted INVITE in Accepted is swallowed, the owner repeats its 2xx by its own clock.
    pub(super) fn repeats(&self) -> bool {
        !matches!(self, Self::Accepted { .. })
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Proceeding => None,
            Self::Accepted { until } => Some(*until),
            Self::Completed { gives_up } => Some(*gives_up),
        }
    }
}
