//! How a call stands to its line and to the way of its media, and how it comes back once it has lost either: by an offer
//! that restarts ICE (RFC 8445 2.4) and tells our new address (RFC 3261 12.2.1.1). What the call does
//! for it is in `recover`.
//!
//! ```text
//! Whole --line lost, ICE failed, ICE disconnected for long--> Away --2xx, an offer of theirs--> Agreed
//!   ^                                                          | ^                              | | |
//!   |                                        refused, unanswered |                              | | |
//!   |                                             ever later: '--'                              | | |
//!   |                                                            '----------line lost-----------' | |
//!   |                                                       media is not there: offered again ----' |
//!   '---media is there------------------------------------------------------------------------------'
//! Away, Agreed --media gone for `recovery_timeout`--> the call ends
//! ```
//!
//! Only media that was there once is brought back: a call whose ICE never found a way ends at once, with its diagnosis.
//! While media flows the call is not given up, however long the server is away. Offers are due only while there is a line.
//! Half of the file are its tests, which look at its deadlines: that is why it is long.

use crate::cause::Cause;
use crate::time::{Instant, earlier};

/// ms that ICE may be disconnected on a line that lives: it often finds back by itself (W3C WebRTC 5.6.4). The callee
/// waits longer, so that not both offer at once.
const DISCONNECTED_MS: (u64, u64) = (3_000, 5_000);
/// ms that the callee waits once its line is back: if both have moved, the caller's offer comes meanwhile, or was lost and
/// gives way to the callee's (`give_way`, 500 ms).
const CALLEE_MS: u64 = 700;
/// ms within which such an offer is answered, by the far end's own software. Without an answer it was lost on the way,
/// perhaps by the far end's old line, and is made again.
pub(super) const ANSWER_MS: u64 = 4_000;
/// ms that media has to come in once the first offer is answered, and each further one: a server can lose the first
/// handshake, and somebody waits for the sound; what is slow has its time afterwards.
const MEDIA_MS: (u64, u64) = (3_000, 6_000);
/// ms before the first repetition, twice as long each time, up to the second.
const AGAIN_MS: (u64, u64) = (1_000, 16_000);

/// What ICE says of the way of the media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    /// It has not found one yet.
    Unknown,
    /// It has one.
    Up,
    /// It had one.
    Down { since: Instant },
}

/// How far a call is that comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The far end does not know our address, or our way, yet.
    Away,
    /// Both ends have agreed anew: ICE looks for a way.
    Agreed,
}

/// A call on its way back.
#[derive(Debug)]
struct Course {
    began: Instant,
    cause: Cause,
    stage: Stage,
    /// When our offer is made, or made again. `None` without a line, and while an offer is open.
    offer_at: Option<Instant>,
    /// Offers that came to nothing.
    failures: u32,
}

/// What a call does for it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// ICE was disconnected for as long as that is borne: it is brought back.
    Begin,
    /// An offer of ours is made.
    Offer,
    /// Media was gone for too long: the call ends. `agreed`: the far end has answered, and yet there is no media.
    End { agreed: bool },
}

/// What becomes of a call whose ICE has lost its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Down {
    /// It is brought back from now on.
    Begin,
    /// It is waited for, or on its way back already.
    Wait,
    /// It is not brought back: it ends.
    End,
}

/// Whether a call has its line and its media, and how it comes back.
#[derive(Debug)]
pub(super) struct Recovery {
    /// ms that media may be gone; 0: nothing is brought back.
    timeout_ms: u64,
    patience_ms: u64,
    line_ms: u64,
    path: Path,
    /// `None`: it is whole.
    course: Option<Course>,
    /// Offers that restarted ICE to bring the call back.
    restarts: u32,
}

impl Recovery {
    /// Of a call that may be without media for `timeout_ms`.
    pub(super) fn new(outgoing: bool, timeout_ms: u64) -> Self {
        let (caller_ms, callee_ms) = DISCONNECTED_MS;
        let (patience_ms, line_ms) = if outgoing { (caller_ms, 0) } else { (callee_ms, CALLEE_MS) };
        Self { timeout_ms, patience_ms, line_ms, path: Path::Unknown, course: None, restarts: 0 }
    }

    /// Of a call whose page is another one.
    pub(super) fn resumed(outgoing: bool, timeout_ms: u64, now: Instant) -> Self {
        let course = Course::new(Cause::ConnectionError, now, None);
        let path = Path::Down { since: now };
        Self { path, line_ms: 0, course: Some(course), ..Self::new(outgoing, timeout_ms) }
    }

    /// Whether calls are brought back at all.
    pub(super) fn is_wanted(&self) -> bool {
        self.timeout_ms > 0
    }

    /// Whether the call is on its way back.
    pub(super) fn is_on(&self) -> bool {
        self.course.is_some()
    }

    /// Whether it may still be brought back by another offer.
    pub(super) fn has_time(&self, now: Instant) -> bool {
        self.course.as_ref().is_some_and(|course| now < course.began.after(self.timeout_ms))
    }

    /// Offers that restarted ICE to bring the call back.
    pub(super) fn restarts(&self) -> u32 {
        self.restarts
    }

    /// Whether the next offer of a page that follows another asks for the DTLS handshake in so many words. Should that
    /// come to nothing, the one after it leaves it to the far end, and so on in turn.
    pub(super) fn insists_on_keys(&self) -> bool {
        self.restarts % 2 == 1
    }

    /// The next moment at which something falls due in an established call.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match (&self.course, self.path) {
            (Some(course), _) => earlier(course.offer_at, self.ends_at()),
            (None, Path::Down { since }) if self.is_wanted() => Some(since.after(self.patience_ms)),
            (None, Path::Down { .. } | Path::Unknown | Path::Up) => None,
        }
    }

    /// What fell due.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Due> {
        self.deadline().filter(|at| *at <= now)?;
        let ends = self.ends_at().is_some_and(|at| at <= now);
        let Some(course) = &mut self.course else {
            return Some(Due::Begin);
        };
        if ends {
            return Some(Due::End { agreed: course.stage == Stage::Agreed });
        }
        course.offer_at = None;
        Some(Due::Offer)
    }

    /// Its line or its media is lost. `line` is now, if there is a line: the first offer is made at once.
    pub(super) fn begin(&mut self, cause: Cause, now: Instant, line: Option<Instant>) {
        self.course = Some(Course::new(cause, now, line));
    }

    /// The line is lost: what the far end knows of us is no longer true.
    pub(super) fn line_lost(&mut self) {
        if let Some(course) = &mut self.course {
            (course.offer_at, course.stage) = (None, Stage::Away);
        }
    }

    /// There is a line, by which our binding is renewed within `wait_ms`, or will not be.
    pub(super) fn line_back(&mut self, wait_ms: u64, line: Option<Instant>) {
        if self.course.as_ref().is_some_and(|course| course.stage == Stage::Away) {
            self.offer_in(wait_ms.max(self.line_ms), line);
        }
    }

    /// An offer is made in `delay_ms`, if there is a line.
    pub(super) fn offer_in(&mut self, delay_ms: u64, line: Option<Instant>) {
        if let Some(course) = &mut self.course {
            course.offer_at = line.map(|now| now.after(delay_ms));
        }
    }

    /// Another offer is on its way, perhaps one of theirs that brings the call back: ours is looked at again later.
    pub(super) fn put_off(&mut self, line: Option<Instant>) {
        self.offer_in(AGAIN_MS.0, line);
    }

    /// ICE has a way, for the first time or again.
    pub(super) fn path_up(&mut self) {
        self.path = Path::Up;
    }

    /// ICE has lost its way: for now, or for good if it `failed`.
    pub(super) fn path_down(&mut self, failed: bool, established: bool, line: Option<Instant>, now: Instant) -> Down {
        let known = match self.path {
            Path::Unknown => false,
            Path::Up => {
                self.path = Path::Down { since: now };
                true
            }
            Path::Down { .. } => true,
        };
        if !known || !established || !self.is_wanted() {
            return if failed { Down::End } else { Down::Wait };
        }
        match &self.course {
            None if failed => Down::Begin,
            // It often finds back by itself, and has its time for that.
            None => Down::Wait,
            Some(course) => {
                // Where the far end has not agreed yet, the offer that is to come, or is open, looks for another way.
                if failed && course.stage == Stage::Agreed {
                    self.offer_in(0, line);
                }
                Down::Wait
            }
        }
    }

    /// The far end has restarted ICE: what is made of that has as much time as a path that was lost just now.
    pub(super) fn path_made_anew(&mut self, now: Instant) {
        if let (Path::Down { since }, None) = (&mut self.path, &self.course) {
            *since = now;
        }
    }

    /// An offer of ours that brings the call back restarts ICE.
    pub(super) fn restart(&mut self) {
        self.restarts = self.restarts.saturating_add(1);
    }

    /// Our offer came to nothing: it is made again, ever later.
    pub(super) fn failed(&mut self, line: Option<Instant>) {
        if let Some(course) = &mut self.course {
            let delay_ms = (AGAIN_MS.0 << course.failures.min(8)).min(AGAIN_MS.1);
            course.failures += 1;
            self.offer_in(delay_ms, line);
        }
    }

    /// The far end refuses such an offer. If that is its last word and media flows, the call is none the worse.
    pub(super) fn refused(&mut self, status: u16) {
        let fleeting = matches!(status, 404 | 408 | 410 | 430 | 477 | 478 | 480 | 491 | 500..600);
        let flows = !matches!(self.path, Path::Down { .. });
        if !fleeting
            && flows
            && let Some(course) = &mut self.course
        {
            course.stage = Stage::Agreed;
        }
    }

    /// Both ends have agreed anew, by an offer of ours or theirs: what is left is that ICE finds a way.
    pub(super) fn agreed(&mut self, line: Option<Instant>) {
        let Some(course) = &mut self.course else {
            return;
        };
        course.stage = Stage::Agreed;
        course.offer_at = None;
        if matches!(self.path, Path::Down { .. }) {
            self.offer_in(if self.restarts > 1 { MEDIA_MS.1 } else { MEDIA_MS.0 }, line);
        }
    }

    /// Once, when the media has its way and the far end knows ours: why the call was on its way back, and since when.
    pub(super) fn finish(&mut self) -> Option<(Cause, Instant)> {
        // What only the media has lost needs no agreement to be whole again.
        let whole = |course: &Course| course.stage == Stage::Agreed || course.cause == Cause::RtpTimeout;
        if matches!(self.path, Path::Down { .. }) || !self.course.as_ref().is_some_and(whole) {
            return None;
        }
        self.course.take().map(|course| (course.cause, course.began))
    }

    /// When the call ends if no media comes.
    fn ends_at(&self) -> Option<Instant> {
        match (&self.course, self.path) {
            (Some(course), Path::Down { since }) => Some(since.max(course.began).after(self.timeout_ms)),
            (None, _) | (Some(_), Path::Unknown | Path::Up) => None,
        }
    }
}

impl Course {
    fn new(cause: Cause, began: Instant, offer_at: Option<Instant>) -> Self {
        Self { began, cause, stage: Stage::Away, offer_at, failures: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT_MS: u64 = 30_000;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    /// Now, by a line.
    fn line(ms: u64) -> Option<Instant> {
        Some(at(ms))
    }

    /// Of a caller whose media has its way.
    fn whole() -> Recovery {
        let mut recovery = Recovery::new(true, TIMEOUT_MS);
        recovery.path_up();
        recovery
    }

    #[test]
    fn what_was_never_there_is_not_brought_back() {
        for (timeout_ms, known, established) in [(TIMEOUT_MS, false, true), (TIMEOUT_MS, true, false), (0, true, true)]
        {
            let mut recovery = Recovery::new(true, timeout_ms);
            if known {
                recovery.path_up();
            }
            assert_eq!(recovery.path_down(false, established, line(1), at(1)), Down::Wait);
            assert_eq!(recovery.path_down(true, established, line(2), at(2)), Down::End);
            assert!(!recovery.is_on());
        }
    }

    #[test]
    fn ice_has_its_time_to_find_back_and_the_callee_longer() {
        for (outgoing, begins_ms) in [(true, 3_001), (false, 5_001)] {
            let mut recovery = Recovery::new(outgoing, TIMEOUT_MS);
            recovery.path_up();
            assert_eq!(recovery.deadline(), None);
            assert_eq!(recovery.path_down(false, true, line(1), at(1)), Down::Wait);
            // Said again, it is not younger.
            assert_eq!(recovery.path_down(false, true, line(900), at(900)), Down::Wait);
            assert_eq!((recovery.deadline(), recovery.expire(at(begins_ms - 1))), (line(begins_ms), None));
            assert_eq!(recovery.expire(at(begins_ms)), Some(Due::Begin));
            recovery.path_up();
            assert_eq!((recovery.expire(at(begins_ms)), recovery.finish()), (None, None));
        }
    }

    #[test]
    fn ice_that_has_failed_is_restarted_at_once_and_media_makes_it_whole() {
        let mut recovery = whole();
        assert_eq!(recovery.path_down(true, true, line(5), at(5)), Down::Begin);
        recovery.begin(Cause::RtpTimeout, at(5), line(5));
        assert_eq!((recovery.expire(at(5)), recovery.expire(at(6))), (Some(Due::Offer), None));
        assert_eq!(recovery.finish(), None);
        recovery.path_up();
        assert_eq!(recovery.finish(), Some((Cause::RtpTimeout, at(5))), "without an answer, for no line was lost");
        assert!(!recovery.is_on() && recovery.finish().is_none());
    }

    #[test]
    fn a_lost_line_wants_an_answer_by_the_next_one() {
        let mut recovery = whole();
        recovery.begin(Cause::ConnectionError, at(0), None);
        // Media flows: nothing ends it.
        assert_eq!((recovery.deadline(), recovery.finish()), (None, None));
        recovery.line_back(2_000, line(9_000));
        assert_eq!((recovery.expire(at(10_999)), recovery.expire(at(11_000))), (None, Some(Due::Offer)));
        recovery.agreed(line(12_000));
        assert_eq!((recovery.deadline(), recovery.finish()), (None, Some((Cause::ConnectionError, at(0)))));
    }

    #[test]
    fn a_callee_lets_the_caller_offer_first() {
        let mut recovery = Recovery::new(false, TIMEOUT_MS);
        recovery.path_up();
        recovery.begin(Cause::ConnectionError, at(0), None);
        recovery.line_back(0, line(100));
        assert_eq!(recovery.deadline(), line(800));
        // What both have agreed on is not offered again for a line that is renewed; a lost one makes that void.
        recovery.agreed(line(300));
        recovery.line_back(0, line(400));
        assert_eq!(recovery.deadline(), None);
        recovery.line_lost();
        recovery.line_back(0, line(500));
        assert_eq!(recovery.deadline(), line(1_200));
    }

    #[test]
    fn what_comes_to_nothing_is_offered_again_ever_later() {
        let mut recovery = whole();
        recovery.begin(Cause::ConnectionError, at(0), line(0));
        for delay_ms in [1_000, 2_000, 4_000, 8_000, 16_000, 16_000] {
            recovery.failed(line(0));
            assert_eq!(recovery.deadline(), line(delay_ms));
        }
        recovery.failed(None);
        assert_eq!(recovery.deadline(), None, "there is no line");
    }

    #[test]
    fn media_that_does_not_come_is_offered_again_and_then_ends_the_call() {
        let mut recovery = whole();
        recovery.path_down(true, true, line(0), at(0));
        recovery.begin(Cause::RtpTimeout, at(0), line(0));
        for offered_ms in [3_000, 6_000] {
            recovery.restart();
            recovery.agreed(line(0));
            assert_eq!(recovery.deadline(), line(offered_ms));
        }
        // ICE gives that way up as well: at once.
        assert_eq!(recovery.path_down(true, true, line(4_000), at(4_000)), Down::Wait);
        assert_eq!(recovery.expire(at(4_000)), Some(Due::Offer));
        assert!(recovery.has_time(at(29_999)) && !recovery.has_time(at(30_000)));
        assert_eq!(recovery.expire(at(29_999)), None);
        assert_eq!(recovery.expire(at(30_000)), Some(Due::End { agreed: true }));
    }

    #[test]
    fn a_last_word_counts_as_an_answer_where_media_flows() {
        for (status, flows, is_whole) in
            [(403, true, true), (403, false, false), (503, true, false), (491, true, false)]
        {
            let mut recovery = whole();
            if !flows {
                recovery.path_down(false, true, line(0), at(0));
            }
            recovery.begin(Cause::ConnectionError, at(0), line(0));
            recovery.refused(status);
            assert_eq!(recovery.finish().is_some(), is_whole, "{status}");
        }
    }

    #[test]
    fn a_path_that_the_far_end_has_made_anew_has_its_time() {
        let mut recovery = whole();
        recovery.path_down(false, true, line(0), at(0));
        recovery.path_made_anew(at(2_000));
        assert_eq!(recovery.deadline(), line(5_000));
        recovery.begin(Cause::RtpTimeout, at(5_000), line(5_000));
        recovery.path_made_anew(at(6_000));
        recovery.agreed(line(6_000));
        assert_eq!(recovery.ends_at(), line(35_000), "of a call on its way back nothing begins anew");
    }

    #[test]
    fn the_call_of_another_page_is_on_its_way_back() {
        let mut recovery = Recovery::resumed(false, TIMEOUT_MS, at(7));
        assert_eq!((recovery.is_on(), recovery.deadline()), (true, line(30_007)));
        recovery.line_back(0, line(10));
        assert_eq!(recovery.deadline(), line(10), "the far end has not moved");
        assert_eq!(recovery.expire(at(10)), Some(Due::Offer));
        assert!(!recovery.insists_on_keys());
        recovery.restart();
        assert!(recovery.insists_on_keys() && recovery.restarts() == 1);
        assert_eq!(recovery.expire(at(30_007)), Some(Due::End { agreed: false }));
    }
}
