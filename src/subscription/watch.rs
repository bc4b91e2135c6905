//! What makes a subscription of ours last: when it is asked for anew after it came to an end (RFC 6665 4.1.3).
//!
//! ```text
//! at once   deactivated, timeout, 481, a refresh that finds nobody any more, a reason that nobody knows; sooner than a minute after the last time: later
//! later     probation, giveup, 408, 480, 486, 5xx, no answer, no NOTIFY: after Retry-After, else 15 s to 30 min
//! never     rejected, noresource, invariant, any other answer
//! ```

use super::{Ending, MAX_EXPIRES_S, is_passing};
use crate::back_off::back_off_ms;
use crate::context::Cx;
use crate::time::Instant;

/// ms after which a subscription counts as one that worked.
const LASTED_MS: u64 = 60_000;

/// What a lasting subscription remembers from one dialog to the next.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Timer N: until when a NOTIFY has to follow our SUBSCRIBE (RFC 6665 4.1.2.4).
    pub(super) notify_by: Option<Instant>,
    /// Until when another fork may tell of itself (RFC 6665 4.1.2.4).
    pub(super) forks_until: Instant,
    /// When the notifier accepted the subscription that is up.
    pub(super) accepted_at: Option<Instant>,
    /// How often in a row it ended before it had worked.
    failures: u32,
}

impl Watch {
    /// ms until the subscription is asked for anew; `None` if the notifier does not want that.
    pub(super) fn again(&mut self, ending: &Ending, cx: &mut Cx) -> Option<u64> {
        if self.accepted_at.take().is_some_and(|at| cx.now.since(at) >= LASTED_MS) {
            self.failures = 0;
        }
        self.notify_by = None;
        if cx.out.flow().is_none() {
            return Some(0);
        }
        let reason = ending.reason.as_deref().map(str::to_ascii_lowercase);
        let at_once = match (ending.status, reason.as_deref()) {
            // What ends a dialog (RFC 5057 5.1) says nothing of another one.
            (Some(404 | 410 | 416 | 482..=485 | 604), _) if ending.refresh => true,
            (Some(481), _) | (None, Some("deactivated" | "timeout")) => true,
            (Some(status), _) if is_passing(status) => false,
            (Some(_), _) | (None, Some("rejected" | "noresource" | "invariant")) => return None,
            (None, Some("probation" | "giveup")) => false,
            (None, _) => ending.told_by_notifier && ending.retry_after.is_none(),
        };
        let failures = self.failures;
        self.failures += 1;
        if at_once && failures == 0 {
            return Some(0);
        }
        let named = ending.retry_after.filter(|_| !at_once);
        Some(back_off_ms(named, MAX_EXPIRES_S, failures, &mut cx.entropy))
    }
}
