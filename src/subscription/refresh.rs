//! When what a server keeps for us is refreshed: a subscription, a publication.

use crate::context::Cx;

/// The shortest wait before a refresh that came to nothing, or was granted too little, is tried again, in ms.
pub(super) const RETRY_MS: u64 = 5_000;

/// ms until the refresh, as in JsSIP: in the second half, 70 s before the end at the latest because a hidden tab's
/// timers may be a minute late; 5 s before the end of a short one, and never at once. Who grants hardly any of the time that
/// was asked for is not asked on and on.
pub(super) fn refresh_delay_ms(expires_s: u32, asked_s: u32, cx: &mut Cx) -> u64 {
    let expires = u64::from(expires_s) * 1000;
    match expires_s {
        140.. => expires / 2 + cx.entropy.below(expires / 2 - 70_000),
        10.. => expires - 5_000,
        _ => (expires / 2).max(RETRY_MS.min(u64::from(asked_s) * 500)).max(1_000),
    }
}
