//! When a server that could not is asked again: as late as it says, or twice as late each time, and spread so that the users
//! of a server do not come back all at once (RFC 5626 4.5).

use crate::entropy::Entropy;

/// The shortest and the longest wait, unless the server says another, in s.
const WAIT_S: (u32, u32) = (30, 1800);

/// ms until a server that failed so often in a row is asked again. It may have `named` a wait in s, of which no more than
/// `most_s` is believed; one that goes on naming hardly any is not asked on and on, either.
pub(crate) fn back_off_ms(named: Option<u32>, most_s: u32, failures: u32, entropy: &mut Entropy) -> u64 {
    let (least, most) = WAIT_S;
    match named {
        Some(seconds) => u64::from(seconds.clamp((1 << failures.min(8)).min(least), most_s)) * 1000,
        None => {
            let wait_ms = u64::from((least << failures.min(6)).min(most)) * 500;
            wait_ms + entropy.below(wait_ms)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Counter;

    #[test]
    fn who_names_no_wait_is_asked_less_and_less() {
        let mut entropy = Entropy::new(Counter::new(1));
        for (failures, least_ms) in [(0, 15_000), (1, 30_000), (5, 480_000), (6, 900_000), (40, 900_000)] {
            let wait_ms = back_off_ms(None, 3_600, failures, &mut entropy);
            assert!((least_ms..2 * least_ms).contains(&wait_ms), "{failures}: {wait_ms}");
        }
    }

    #[test]
    fn who_names_one_is_believed_within_bounds() {
        let mut entropy = Entropy::new(Counter::new(1));
        let waits = [(7, 0), (0, 0), (0, 3), (9, 3), (0, 4), (0, 40), (31, 40), (9_999, 40)]
            .map(|(named, failures)| back_off_ms(Some(named), 3_600, failures, &mut entropy));
        assert_eq!(waits, [7_000, 1_000, 8_000, 9_000, 16_000, 30_000, 31_000, 3_600_000]);
    }
}
