//! Whether media comes in. Where it falls silent the line may have gone with it: of a host that goes from one network
//! straight to another not each browser tells, and ICE needs five seconds to find that its path is gone.

use crate::time::Instant;

/// ms without a packet that count as silence. Opus that sends nothing while nobody speaks sends a packet each 400 ms
/// all the same; the shell counts each 500 ms.
const SILENT_MS: u64 = 1_000;
/// ms from one silence to the next that is told: a far end may send nothing in its pauses (RFC 3389), and be on hold.
const AGAIN_MS: u64 = 10_000;

/// The packets of a call that have come in.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    packets: u64,
    /// When it was seen last that more had come, until it is told that no more do.
    heard_at: Option<Instant>,
    told_at: Option<Instant>,
}

impl Hearing {
    /// So many have come by now. True if they came and come no more.
    pub(super) fn falls_silent(&mut self, packets: u64, now: Instant) -> bool {
        if self.packets != packets {
            (self.packets, self.heard_at) = (packets, Some(now));
            return false;
        }
        let over = |at: Option<Instant>, ms: u64| at.is_none_or(|at| now.since(at) >= ms);
        let falls_silent = self.heard_at.is_some() && over(self.heard_at, SILENT_MS) && over(self.told_at, AGAIN_MS);
        if falls_silent {
            (self.heard_at, self.told_at) = (None, Some(now));
        }
        falls_silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ms at which silence is told, of counts that are taken each 500 ms.
    fn told(counts: &[u64]) -> Vec<u64> {
        let mut hearing = Hearing::default();
        let at = |index: usize| 500 * index as u64;
        let told = |(index, packets): (usize, &u64)| {
            hearing.falls_silent(*packets, Instant::from_millis(at(index))).then_some(at(index))
        };
        counts.iter().enumerate().filter_map(told).collect()
    }

    #[test]
    fn silence_is_told_once_and_again_when_media_has_come_back() {
        assert_eq!(told(&[0, 25, 50, 50, 50, 50, 50, 50]), [2_000]);
        // One that counts anew has come as well.
        let counts = [[0, 25, 25, 25], [3, 20, 40, 60]].concat();
        let silent = [60; 30];
        assert_eq!(told(&[&counts[..], &silent].concat()), [1_500, 11_500]);
    }

    #[test]
    fn what_never_came_and_what_pauses_for_a_moment_is_no_silence() {
        assert_eq!(told(&[0; 30]), []);
        assert_eq!(told(&[0, 1, 1, 2, 2, 3, 3, 4, 4, 5]), []);
    }
}
