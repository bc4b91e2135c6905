//! Whatever the reason, a subscription waits for its turn: 200 of them on a new connection are spread over some seconds,
//! and a server that ends them all at once does not get as many requests in answer.

use crate::entropy::Entropy;
use crate::time::Instant;

/// ms between two turns, on average.
const TURN_MS: u64 = 40;

/// When the next subscription may be asked for.
#[derive(Debug, Default)]
pub struct Turns {
    free_at: Instant,
    /// Until when nobody has a turn.
    held_until: Option<Instant>,
}

impl Turns {
    /// Forgets who waited: there is a new connection, on which all ask from then on.
    pub fn hold(&mut self, until: Instant) {
        (self.free_at, self.held_until) = (until, Some(until));
    }

    /// All may ask now. False if they did already.
    pub fn release(&mut self, now: Instant) -> bool {
        let held = self.held_until.take().is_some_and(|until| until > now);
        if held {
            self.free_at = now;
        }
        held
    }

    /// The next turn: now, if nobody waits.
    pub fn next(&mut self, now: Instant, entropy: &mut Entropy) -> Instant {
        let at = self.free_at.max(now);
        self.free_at = at.after(TURN_MS / 2 + entropy.below(TURN_MS + 1));
        at
    }
}
