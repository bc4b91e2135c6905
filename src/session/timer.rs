//! The session timer of a call: RFC 4028.
//!
//! ```text
//!          .---2xx to either side's INVITE, re-INVITE, UPDATE---.
//!          v                                                    |
//! Off --2xx--> agreed, we refresh --half of the interval--> a refresh is on its way
//!         |      |      ^----refused, unanswered, no line: later each time--'
//!         |      '--the interval is over--> Expired
//!         '--> agreed, they refresh --1.1 times of it--> Expired
//! ```
//!
//! As in JsSIP the refresher asks at half the interval, and the other side hangs up at 1.1 times of it, where RFC 4028 10
//! would have it hang up a little before the end.

use crate::config::SESSION_EXPIRES_S;
use crate::message::{Headers, MinSe, Request, SessionExpires};
use crate::time::{Instant, earlier};

/// The shortest interval of theirs that is kept, in s (JsSIP); RFC 4028 4 would have 90. A shorter one is 422.
pub(super) const MIN_SESSION_EXPIRES_S: u32 = 60;
/// ms until a refresh is tried again that was refused, or had no line; twice as long after each further refusal.
pub(super) const AGAIN_MS: u64 = 5_000;

/// The interval of a call, and who refreshes it.
#[derive(Debug)]
pub(super) struct SessionTimer {
    /// What we ask for, in s.
    asked_s: u32,
    /// The longest Min-SE of this call, in s; 0 if there was none.
    least_s: u32,
    /// `None` until the call is answered, and where nobody keeps a timer.
    agreed: Option<Agreed>,
}

/// What both ends have agreed on.
#[derive(Debug)]
struct Agreed {
    interval_s: u32,
    we_refresh: bool,
    /// `None` while a refresh is on its way, or if the other side refreshes.
    refresh_at: Option<Instant>,
    expires_at: Instant,
    /// Refusals since the last refresh that was taken.
    refusals: u32,
}

/// What has fallen due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The call is to be refreshed.
    Refresh,
    /// Nobody has refreshed it.
    Expired,
}

impl SessionTimer {
    pub(super) fn new() -> Self {
        Self { asked_s: SESSION_EXPIRES_S, least_s: 0, agreed: None }
    }

    /// Asks for that interval, in s; what is too short becomes the usual one (JsSIP).
    pub(super) fn ask(&mut self, seconds: u32) {
        self.asked_s = if seconds < MIN_SESSION_EXPIRES_S { SESSION_EXPIRES_S } else { seconds };
    }

    /// The interval that is asked for, in s.
    pub(super) fn asked_s(&self) -> u32 {
        self.asked_s
    }

    /// Somebody on the way does with no shorter interval: a 422 or a request of theirs says so, for the whole call.
    pub(super) fn lengthen(&mut self, least_s: u32) {
        self.least_s = self.least_s.max(least_s);
    }

    /// The interval unless a message says another, in s: the one agreed on, or that we ask for.
    fn usual_s(&self) -> u32 {
        self.agreed.as_ref().map_or(self.asked_s, |agreed| agreed.interval_s).max(self.least_s)
    }

    /// `Session-Expires` and `Min-SE` of our next re-INVITE or UPDATE (RFC 4028 7.4).
    pub(super) fn lines(&self) -> Vec<String> {
        let Some(agreed) = &self.agreed else { return Vec::new() };
        let by = if agreed.we_refresh { "uac" } else { "uas" };
        let mut lines = vec![format!("Session-Expires: {};refresher={by}", self.usual_s())];
        if self.least_s > 0 {
            lines.push(format!("Min-SE: {}", self.least_s));
        }
        lines
    }

    /// Takes the interval of a request of theirs, and returns what its 2xx says of it (RFC 4028 9). The timer runs from
    /// now on if it `starts`: an UPDATE while the call rings starts none, that is for the 2xx of the INVITE.
    pub(super) fn take_request(&mut self, request: &Request, starts: bool, now: Instant) -> Vec<(String, String)> {
        if let Some(MinSe(least_s)) = request.headers.first("Min-SE").and_then(MinSe::parse) {
            self.lengthen(least_s);
        }
        let asked = asked(&request.headers);
        let refresher = asked.as_ref().and_then(|asked| asked.refresher.as_deref());
        // RFC 4028 9, table 2: who knows nothing of timers is refreshed by us. That to name the refresher is to know is
        // our own reading.
        let knows =
            refresher.is_some() || ["Supported", "Require"].iter().any(|f| request.headers.has_token(f, "timer"));
        let by = if refresher == Some("uac") { "uac" } else { "uas" };
        let interval_s = asked.map_or_else(|| self.usual_s(), |asked| asked.seconds);
        if starts {
            self.start(interval_s, by == "uas", now);
        }
        let mut fields = vec![("Session-Expires".to_owned(), format!("{interval_s};refresher={by}"))];
        if knows {
            fields.push(("Require".to_owned(), "timer".to_owned()));
        }
        fields
    }

    /// Takes the interval of a 2xx of theirs (RFC 4028 7.2); without one that one stays which was agreed on, and we
    /// refresh all the same.
    pub(super) fn take_response(&mut self, headers: &Headers, now: Instant) {
        let said = asked(headers).filter(|said| said.seconds >= MIN_SESSION_EXPIRES_S);
        let by_far = said.as_ref().and_then(|said| said.refresher.as_deref()) == Some("uas");
        let interval_s = said.map_or_else(|| self.usual_s(), |said| said.seconds);
        self.start(interval_s, !by_far, now);
    }

    fn start(&mut self, interval_s: u32, we_refresh: bool, now: Instant) {
        let ms = u64::from(interval_s) * 1000;
        let patience_ms = if we_refresh { ms } else { ms / 10 * 11 };
        self.agreed = Some(Agreed {
            interval_s,
            we_refresh,
            refresh_at: we_refresh.then(|| now.after(ms / 2)),
            expires_at: now.after(patience_ms),
            refusals: 0,
        });
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let agreed = self.agreed.as_ref()?;
        earlier(agreed.refresh_at, Some(agreed.expires_at))
    }

    /// What has fallen due. A refresh is on its way then.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Due> {
        let agreed = self.agreed.as_mut()?;
        if agreed.expires_at <= now {
            return Some(Due::Expired);
        }
        agreed.refresh_at.take_if(|at| *at <= now).map(|_| Due::Refresh)
    }

    /// A refresh that came to nothing is made again, until the interval is over.
    pub(super) fn refresh_in(&mut self, delay_ms: u64, now: Instant) {
        if let Some(agreed) = &mut self.agreed
            && agreed.we_refresh
            && agreed.refresh_at.is_none()
        {
            agreed.refresh_at = Some(now.after(delay_ms));
        }
    }

    /// A refresh was refused, or an offer of ours that was to refresh the call too: it is made again when the far end
    /// says, else later each time, because nobody is asked on and on what he refuses (RFC 4028 10).
    pub(super) fn refused(&mut self, retry_after_s: Option<u32>, now: Instant) {
        let Some(agreed) = &mut self.agreed else { return };
        let usual_ms = AGAIN_MS << agreed.refusals.min(8);
        agreed.refusals += 1;
        let delay_ms = retry_after_s.map_or(usual_ms, |seconds| (u64::from(seconds) * 1000).max(AGAIN_MS));
        self.refresh_in(delay_ms, now);
    }

    /// The call is over.
    pub(super) fn stop(&mut self) {
        self.agreed = None;
    }
}

/// The interval that a message names.
pub(super) fn asked(headers: &Headers) -> Option<SessionExpires> {
    headers.first("Session-Expires").and_then(SessionExpires::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_millis(1_000);

    fn said(value: &str) -> Headers {
        Headers::one("Session-Expires", value)
    }

    fn at(s: u64) -> Instant {
        START.after(s * 1000)
    }

    #[test]
    fn who_refreshes_asks_at_half_the_interval_and_the_other_waits_longer() {
        let mut ours = SessionTimer::new();
        assert_eq!((ours.deadline(), ours.expire(at(500))), (None, None));
        ours.take_response(&said("100;refresher=uac"), START);
        assert_eq!((ours.deadline(), ours.expire(at(49))), (Some(at(50)), None));
        assert_eq!((ours.expire(at(50)), ours.deadline()), (Some(Due::Refresh), Some(at(100))));
        assert_eq!((ours.expire(at(50)), ours.expire(at(100))), (None, Some(Due::Expired)));
        let mut theirs = SessionTimer::new();
        theirs.take_response(&said("100;refresher=uas"), START);
        theirs.refresh_in(1, START);
        assert_eq!((theirs.expire(at(109)), theirs.expire(at(110))), (None, Some(Due::Expired)));
        theirs.stop();
        assert_eq!((theirs.deadline(), theirs.expire(at(110))), (None, None));
    }

    #[test]
    fn what_is_refused_is_asked_later_each_time_or_when_the_far_end_says() {
        let mut timer = SessionTimer::new();
        timer.take_response(&said("1000;refresher=uac"), START);
        let mut delays = Vec::new();
        for retry_after_s in [None, None, Some(7), Some(0), None] {
            assert_eq!(timer.expire(at(500)), Some(Due::Refresh));
            timer.refused(retry_after_s, START);
            delays.push(timer.deadline().map(|at| at.since(START)));
        }
        assert_eq!(delays, [Some(5_000), Some(10_000), Some(7_000), Some(5_000), Some(80_000)]);
        // What waits is not put off.
        timer.refresh_in(1, START);
        assert_eq!(timer.deadline(), Some(at(80)));
        timer.take_response(&said("1000;refresher=uac"), at(500));
        assert_eq!(timer.expire(at(1_000)), Some(Due::Refresh));
        timer.refused(None, at(1_000));
        assert_eq!(timer.deadline(), Some(at(1_005)));
    }

    #[test]
    fn the_interval_is_the_agreed_one_and_no_shorter_than_anybody_can_do_with() {
        let mut timer = SessionTimer::new();
        assert_eq!(timer.lines(), [""; 0]);
        timer.ask(59);
        assert_eq!(timer.asked_s(), 90);
        timer.ask(120);
        // Too short to be kept: ours stays.
        timer.take_response(&said("59;refresher=uas"), START);
        assert_eq!(timer.lines(), ["Session-Expires: 120;refresher=uac"]);
        timer.lengthen(300);
        timer.lengthen(200);
        assert_eq!(timer.lines(), ["Session-Expires: 300;refresher=uac", "Min-SE: 300"]);
    }
}
