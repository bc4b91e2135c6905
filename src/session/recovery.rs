//! A call whose line or media was lost is brought back: by the next line, with an offer that restarts ICE
//! (RFC 8445 2.4) and tells our new address (RFC 3261 12.2.1.1).
//!
//! ```text
//! Whole --line lost, ICE failed, ICE disconnected for long--> Waiting --line, REGISTER--> Offered
//!   ^                                                         |  ^  ^--refused, unanswered--|
//!   '---media is there--- Answered <--2xx, an offer of theirs-'--|--------------------------'
//!                            '--media is still not there---------'
//! Waiting, Offered, Answered --media gone for `recovery_timeout`--> the call ends
//! ```
//!
//! Only media that was there once is brought back: a call whose ICE never found a way ends at once, with its diagnosis.
//! While media flows the call is not given up, however long the server is away.

use super::{Phase, Session};
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::SessionEvent;
use crate::sdp::{self, ice_failed};
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Path {
    /// It has not found one yet.
    #[default]
    Unknown,
    /// It has one.
    Up,
    /// It had one.
    Down { since: Instant },
}

/// How a call comes back.
#[derive(Debug)]
struct Course {
    began: Instant,
    cause: Cause,
    /// When our offer is made, or made again. `None` while there is no line.
    offer_at: Option<Instant>,
    /// Offers that came to nothing.
    failures: u32,
    /// Whether both ends have agreed anew, by which the far end knows our address.
    answered: bool,
}

/// Whether the media of a call has its way, and how the call comes back once it has lost that, or its line.
#[derive(Debug)]
pub(super) struct Recovery {
    /// ms that media may be gone; 0: nothing is brought back.
    timeout_ms: u64,
    patience_ms: u64,
    line_ms: u64,
    path: Path,
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
        let course = Course { began: now, cause: Cause::ConnectionError, offer_at: None, failures: 0, answered: false };
        let path = Path::Down { since: now };
        Self { path, line_ms: 0, course: Some(course), ..Self::new(outgoing, timeout_ms) }
    }

    /// Whether the call is on its way back.
    pub(super) fn is_on(&self) -> bool {
        self.course.is_some()
    }

    /// Whether it may still be brought back by another offer.
    pub(super) fn has_time(&self, now: Instant) -> bool {
        self.course.as_ref().is_some_and(|course| now < course.began.after(self.timeout_ms))
    }

    /// When the call ends if no media comes.
    fn ends_at(&self) -> Option<Instant> {
        match (&self.course, self.path) {
            (Some(course), Path::Down { since }) => Some(since.max(course.began).after(self.timeout_ms)),
            _ => None,
        }
    }

    /// The next moment at which something falls due in an established call.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match (&self.course, self.path) {
            (Some(course), _) => earlier(course.offer_at, self.ends_at()),
            (None, Path::Down { since }) if self.timeout_ms > 0 => Some(since.after(self.patience_ms)),
            (None, _) => None,
        }
    }

    /// The media has its way, and the far end knows ours.
    fn is_whole(&self) -> bool {
        let answered = self.course.as_ref().is_some_and(|c| c.answered || c.cause == Cause::RtpTimeout);
        answered && !matches!(self.path, Path::Down { .. })
    }

    /// An offer of ours that brings the call back restarts ICE.
    pub(super) fn restarts(&mut self) {
        self.restarts = self.restarts.saturating_add(1);
    }

    /// Whether there was such an offer.
    pub(super) fn has_restarted(&self) -> bool {
        self.restarts > 0
    }

    /// Whether the next offer of a page that follows another asks for the DTLS handshake in so many words. Should that
    /// come to nothing, the one after it leaves it to the far end, and so on in turn.
    pub(super) fn insists_on_keys(&self) -> bool {
        self.restarts % 2 == 1
    }

    /// The far end has restarted ICE: what is made of that has as much time as a path that was lost just now.
    pub(super) fn path_made_anew(&mut self, now: Instant) {
        if let (Path::Down { since }, None) = (&mut self.path, &self.course) {
            *since = now;
        }
    }

    pub(super) fn offer_in(&mut self, delay_ms: u64, cx: &Cx) {
        if let Some(course) = &mut self.course {
            course.offer_at = cx.out.flow().map(|_| cx.now.after(delay_ms));
        }
    }
}

impl Session {
    /// Whether it is on its way back.
    pub fn is_recovering(&self) -> bool {
        self.recovery.is_on()
    }

    /// What WebRTC gathers for a way that takes the place of another is told so that the far end takes it at once.
    pub(super) fn preferred(&self, text: String) -> String {
        if self.recovery.restarts == 0 { text } else { sdp::preferred(&text, self.recovery.restarts) }
    }

    pub(super) fn expire_recovery(&mut self, cx: &mut Cx) {
        if !self.is_established() || self.recovery.deadline().is_none_or(|at| at > cx.now) {
            return;
        }
        if self.recovery.ends_at().is_some_and(|at| at <= cx.now) {
            let answered = self.recovery.course.as_ref().is_some_and(|course| course.answered);
            return if matches!(self.phase, Phase::Resuming) && !answered {
                self.lost(Cause::ConnectionError, cx)
            } else {
                self.media_lost(ice_failed(), cx)
            };
        }
        let Some(course) = &mut self.recovery.course else {
            return self.recover(Cause::RtpTimeout, cx);
        };
        course.offer_at = None;
        if cx.out.flow().is_none() || self.hurry_retry(cx) {
            return;
        }
        let free = self.offers.is_free() && self.unacked.is_none();
        let resumes = free && matches!(self.phase, Phase::Resuming) && !self.is_being_primed();
        if resumes || (self.state().ready_to_reoffer && matches!(self.phase, Phase::Confirmed)) {
            self.recover_by_offer(cx);
        } else {
            // Another offer is on its way, perhaps one of theirs that brings it back.
            self.recovery.offer_in(AGAIN_MS.0, cx);
        }
    }

    /// The line is gone: an established call goes on by the next.
    pub fn line_lost(&mut self, cx: &mut Cx) {
        if let Some(course) = &mut self.recovery.course {
            (course.offer_at, course.answered) = (None, false);
        } else if self.is_established() && self.recovery.timeout_ms > 0 {
            self.recover(Cause::ConnectionError, cx);
        }
    }

    /// There is a line again: within `wait_ms` our binding is renewed, or will not be.
    pub fn line_back(&mut self, wait_ms: u64, cx: &mut Cx) {
        let wait_ms = wait_ms.max(self.recovery.line_ms);
        if self.recovery.course.as_ref().is_some_and(|course| !course.answered && !self.offers.is_ours()) {
            self.recovery.offer_in(wait_ms, cx);
        }
    }

    /// ICE has a way for the media, for the first time or again.
    pub fn path_up(&mut self, cx: &mut Cx) {
        self.recovery.path = Path::Up;
        self.settle_recovery(cx);
    }

    /// ICE has lost its way: for now, or for good if it `failed`. False if it will not be brought back.
    pub fn path_down(&mut self, failed: bool, cx: &mut Cx) -> bool {
        let since = match self.recovery.path {
            Path::Unknown => return !failed,
            Path::Up => cx.now,
            Path::Down { since } => since,
        };
        self.recovery.path = Path::Down { since };
        if !self.is_established() || self.recovery.timeout_ms == 0 {
            return !failed;
        }
        match &self.recovery.course {
            Some(course) if failed && course.answered => self.recovery.offer_in(0, cx),
            None if failed => self.recover(Cause::RtpTimeout, cx),
            _ => {}
        }
        true
    }

    fn recover(&mut self, cause: Cause, cx: &mut Cx) {
        self.recovery.course = Some(Course { began: cx.now, cause, offer_at: None, failures: 0, answered: false });
        self.recovery.offer_in(0, cx);
        self.tell(SessionEvent::Recovering { cause }, cx);
    }

    /// The far end has taken an offer that we had given up: it goes by what we do not.
    pub fn taken_too_late(&mut self, cx: &mut Cx) {
        if !matches!(self.phase, Phase::Confirmed) {
            return;
        }
        if self.recovery.is_on() {
            self.recovery.offer_in(0, cx);
        } else {
            // Until they have agreed anew it is not whole, whatever ICE says.
            self.recover(Cause::ConnectionError, cx);
        }
    }

    /// An offer of ours is over.
    pub(super) fn recovery_offered(&mut self, succeeded: bool, cx: &mut Cx) {
        if succeeded {
            return self.recovery_answered(cx);
        }
        if let Some(course) = &mut self.recovery.course {
            let delay_ms = (AGAIN_MS.0 << course.failures.min(8)).min(AGAIN_MS.1);
            course.failures += 1;
            self.recovery.offer_in(delay_ms, cx);
        }
    }

    /// The far end refuses such an offer. If that is its last word and media flows, the call is none the worse, and is
    /// told to be back.
    pub(super) fn recovery_refused(&mut self, status: u16, cx: &mut Cx) {
        let fleeting = matches!(status, 404 | 408 | 410 | 430 | 477 | 478 | 480 | 491 | 500..600);
        let flows = !matches!(self.recovery.path, Path::Down { .. });
        if !fleeting
            && flows
            && let Some(course) = &mut self.recovery.course
        {
            course.answered = true;
            self.settle_recovery(cx);
        }
    }

    /// Both ends have agreed anew, by an offer of ours or theirs: what is left is that ICE finds a way.
    pub(super) fn recovery_answered(&mut self, cx: &mut Cx) {
        if let Some(course) = &mut self.recovery.course {
            course.answered = true;
            course.offer_at = None;
            if matches!(self.recovery.path, Path::Down { .. }) {
                let wait_ms = if self.recovery.restarts > 1 { MEDIA_MS.1 } else { MEDIA_MS.0 };
                self.recovery.offer_in(wait_ms, cx);
            }
        }
        self.settle_recovery(cx);
    }

    fn settle_recovery(&mut self, cx: &mut Cx) {
        if self.recovery.is_whole()
            && let Some(Course { cause, began, .. }) = self.recovery.course.take()
        {
            self.resume_done(cx);
            self.tell(SessionEvent::Recovered { cause, took_ms: cx.now.since(began) }, cx);
        }
    }
}
