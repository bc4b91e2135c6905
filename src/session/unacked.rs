//! A 2xx of ours whose ACK has not come yet: RFC 3261 13.3.1.4, for the first INVITE and those inside the call.
//!
//! ```text
//! 2xx --ACK--> over; a BYE that waited for it leaves
//!  |-again after T1, 2 × T1, 4 × T1, ... T2
//!  |-by the next line: again at once, and all times begin anew
//!  '--64 × T1--> over, and the call with it: BYE
//! ```

use crate::message::Draft;
use crate::time::Instant;
use crate::transaction::{GIVE_UP_MS, ServerId, T1_MS, T2_MS};

/// A 2xx that waits for its ACK.
#[derive(Debug)]
pub(super) struct Unacked {
    server: ServerId,
    repeats_at: Instant,
    interval_ms: u64,
    gives_up: Instant,
    /// What leaves as soon as the ACK is here: the app hung up meanwhile (RFC 3261 15).
    bye: Option<Draft>,
    /// The CSeq that the ACK repeats.
    cseq: u32,
    late_offer: bool,
}

/// What has fallen due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The 2xx is repeated.
    Repeat,
    /// Nobody waits for the ACK any more.
    GiveUp,
}

impl Unacked {
    /// That answer to the INVITE with this CSeq leaves now. If it carries our offer, the ACK has to bring the answer.
    pub(super) fn new(server: ServerId, cseq: u32, late_offer: bool, now: Instant) -> Self {
        Self {
            server,
            repeats_at: now.after(T1_MS),
            interval_ms: T1_MS,
            gives_up: now.after(GIVE_UP_MS),
            bye: None,
            cseq,
            late_offer,
        }
    }

    /// The transaction of the INVITE.
    pub(super) fn server(&self) -> ServerId {
        self.server
    }

    /// Whether the ACK has to bring an answer.
    pub(super) fn has_late_offer(&self) -> bool {
        self.late_offer
    }

    /// Whether an ACK with this CSeq is its own.
    pub(super) fn is_acknowledged_by(&self, cseq: u32) -> bool {
        self.cseq == cseq
    }

    /// Keeps the BYE until the ACK is here.
    pub(super) fn keep_bye(&mut self, bye: Draft) {
        self.bye = Some(bye);
    }

    /// Whether a BYE waits.
    pub(super) fn has_bye(&self) -> bool {
        self.bye.is_some()
    }

    /// The ACK is here, or will not come: the BYE leaves.
    pub(super) fn into_bye(self) -> Option<Draft> {
        self.bye
    }

    /// It may not have left at all: by another line the caller has its time from now on.
    pub(super) fn restart(&mut self, now: Instant) {
        (self.repeats_at, self.interval_ms) = (now.after(T1_MS), T1_MS);
        self.gives_up = now.after(GIVE_UP_MS);
    }

    pub(super) fn deadline(&self) -> Instant {
        self.repeats_at.min(self.gives_up)
    }

    /// What has fallen due.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Due> {
        if self.gives_up <= now {
            return Some(Due::GiveUp);
        }
        if self.repeats_at > now {
            return None;
        }
        self.interval_ms = (self.interval_ms * 2).min(T2_MS);
        self.repeats_at = now.after(self.interval_ms);
        Some(Due::Repeat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    /// When it is repeated, in ms, and when it is given up.
    fn times(unacked: &mut Unacked) -> Vec<u64> {
        let mut times = Vec::new();
        loop {
            let now = unacked.deadline();
            times.push(now.millis());
            if unacked.expire(now) == Some(Due::GiveUp) {
                return times;
            }
        }
    }

    #[test]
    fn it_is_repeated_ever_more_slowly_and_given_up_in_the_end() {
        let mut unacked = Unacked::new(ServerId::default(), 1, false, at(0));
        assert_eq!(unacked.expire(at(499)), None);
        assert_eq!(
            times(&mut unacked),
            [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000]
        );
        unacked.restart(at(100_000));
        assert_eq!(times(&mut unacked).get(..3), Some([100_500, 101_500, 103_500].as_slice()));
    }
}
