//! The tones of a call that leave by INFO, one after the other.
//!
//! ```text
//! Idle --sendDTMF--> a tone leaves --its duration and the gap are over--> the next
//!   ^                  |  '-a `,`: nothing leaves for 2 s------------------^
//!   |                  '--refused: those behind it are forgotten
//!   '--the gap behind the last is over--
//! ```

use crate::command::{CommandError, check_lines};
use crate::time::Instant;

/// ms that a `,` among the tones waits.
const PAUSE_MS: u64 = 2_000;
/// Tones that may wait to be sent.
const MAX_TONES: usize = 256;

/// Tones that wait to be sent.
#[derive(Debug, Default)]
pub(super) struct Tones {
    /// All of them ASCII.
    queue: Vec<u8>,
    /// How many of them were sent.
    sent: usize,
    duration_ms: u32,
    gap_ms: u32,
    lines: Vec<String>,
    /// `None` if none was sent, or the gap behind the last is over.
    next_at: Option<Instant>,
    /// The number of the INFO that left last.
    last: Option<u32>,
}

/// A tone that leaves now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tone {
    pub(super) sign: char,
    pub(super) duration_ms: u32,
    /// The app's lines for its INFO.
    pub(super) lines: Vec<String>,
}

impl Tones {
    /// Appends tones. While others are on their way these go as those do: with their times (ms) and lines. True if the
    /// first of them falls due now.
    pub(super) fn append(
        &mut self,
        tones: &str,
        (duration_ms, gap_ms): (u32, u32),
        lines: &[String],
        now: Instant,
    ) -> Result<bool, CommandError> {
        let tones = tones.to_ascii_uppercase();
        let known = tones.bytes().all(|b| b == b',' || is_tone(b));
        let mut queue = self.queue.get(self.sent..).unwrap_or_default().to_vec();
        queue.extend_from_slice(tones.as_bytes());
        if tones.is_empty() || !known || queue.len() > MAX_TONES {
            return Err(CommandError::Invalid("tones"));
        }
        check_lines(lines)?;
        self.queue = queue;
        self.sent = 0;
        let idle = self.next_at.is_none();
        if idle {
            self.duration_ms = duration_ms;
            self.gap_ms = gap_ms;
            self.lines = lines.to_vec();
            self.next_at = Some(now);
        }
        Ok(idle)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// The tone that falls due, if one does.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Tone> {
        self.next_at.filter(|at| *at <= now)?;
        let Some(&tone) = self.queue.get(self.sent) else {
            self.next_at = None;
            self.forget();
            return None;
        };
        self.sent += 1;
        if tone == b',' {
            self.next_at = Some(now.after(PAUSE_MS));
            return None;
        }
        self.next_at = Some(now.after(u64::from(self.duration_ms) + u64::from(self.gap_ms)));
        Some(Tone { sign: char::from(tone), duration_ms: self.duration_ms, lines: self.lines.clone() })
    }

    /// The tone has left in the INFO of that number.
    pub(super) fn left(&mut self, handle: u32) {
        self.last = Some(handle);
    }

    /// That INFO was refused: the tones behind it are not sent.
    pub(super) fn refused(&mut self, handle: u32) {
        if self.last == Some(handle) {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.queue = Vec::new();
        self.sent = 0;
    }
}

/// Whether INFO can carry it.
pub(super) fn is_tone(b: u8) -> bool {
    b.is_ascii_digit() || b"ABCDR#*".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: (u32, u32) = (100, 500);

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn sign(tones: &mut Tones, ms: u64) -> Option<char> {
        tones.expire(at(ms)).map(|tone| tone.sign)
    }

    #[test]
    fn they_leave_one_by_one_with_the_times_and_lines_of_the_first() {
        let mut tones = Tones::default();
        let lines = ["X: 1".to_owned()];
        assert_eq!(tones.append("1,", TIMES, &lines, at(0)), Ok(true));
        assert_eq!(tones.expire(at(0)), Some(Tone { sign: '1', duration_ms: 100, lines: lines.to_vec() }));
        assert_eq!(tones.append("a", (70, 50), &[], at(10)), Ok(false));
        assert_eq!((sign(&mut tones, 599), tones.deadline()), (None, Some(at(600))));
        // The comma.
        assert_eq!((sign(&mut tones, 600), tones.deadline()), (None, Some(at(2_600))));
        assert_eq!(tones.expire(at(2_600)), Some(Tone { sign: 'A', duration_ms: 100, lines: lines.to_vec() }));
        assert_eq!((sign(&mut tones, 3_200), tones.deadline()), (None, None));
        assert_eq!(tones.append("2", (70, 50), &[], at(4_000)), Ok(true));
        assert_eq!(tones.expire(at(4_000)), Some(Tone { sign: '2', duration_ms: 70, lines: Vec::new() }));
    }

    #[test]
    fn behind_a_refused_one_nothing_is_sent() {
        let mut tones = Tones::default();
        assert_eq!(tones.append("123", TIMES, &[], at(0)), Ok(true));
        assert_eq!(sign(&mut tones, 0), Some('1'));
        tones.left(7);
        tones.refused(6);
        assert_eq!(sign(&mut tones, 600), Some('2'));
        tones.left(8);
        tones.refused(8);
        assert_eq!((sign(&mut tones, 1_200), tones.deadline()), (None, None));
    }

    #[test]
    fn what_is_no_tone_or_too_many_changes_nothing() {
        let mut tones = Tones::default();
        let refused = Err(CommandError::Invalid("tones"));
        for wrong in ["", "1x", "1 2", "é", &"1".repeat(257)] {
            assert_eq!(tones.append(wrong, TIMES, &[], at(0)), refused, "{wrong}");
        }
        assert_eq!(tones.deadline(), None);
        assert_eq!(tones.append(&"1".repeat(256), TIMES, &[], at(0)), Ok(true));
        assert_eq!(tones.append("2", TIMES, &[], at(0)), refused);
        assert_eq!(sign(&mut tones, 0), Some('1'));
        assert_eq!(tones.append("2", TIMES, &[], at(0)), Ok(false));
    }
}
