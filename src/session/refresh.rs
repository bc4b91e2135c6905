//! Session timers (RFC 4028): a call whose far end has vanished ends, because nobody refreshes it any more.
//!
//! As in JsSIP the refresher asks at half the interval, and the other side hangs up at 1.1 times of it, where RFC 4028 10
//! would have it hang up a little before the end. Beyond JsSIP, a refresh that was refused or could not be made is tried
//! again until the interval is over.

use std::sync::Arc;

use super::Session;
use crate::cause::Cause;
use crate::command::ReofferOptions;
use crate::context::Cx;
use crate::event::Originator;
use crate::exchange::Owner;
use crate::message::{Headers, Method, MinSe, Request, Response, SessionExpires, retry_after};
use crate::time::{Instant, earlier};
use crate::transaction::{Fate, ServerId};

/// The interval that is asked for unless the app asks otherwise, in s (JsSIP).
pub const SESSION_EXPIRES_S: u32 = 90;
/// The shortest interval of theirs that is kept, in s (JsSIP); RFC 4028 4 would have 90. A shorter one is 422.
pub const MIN_SESSION_EXPIRES_S: u32 = 60;
/// ms until a refresh is tried again that was refused, or had no line; twice as long after each further refusal.
const AGAIN_MS: u64 = 5_000;

/// The interval of a call, and who refreshes it.
#[derive(Debug)]
pub(super) struct SessionTimer {
    interval_s: u32,
    refresher: bool,
    /// `None` while a refresh is on its way, or if the other side refreshes.
    refresh_at: Option<Instant>,
    expires_at: Instant,
    /// Refusals since the last refresh that was taken.
    refusals: u32,
}

impl SessionTimer {
    fn new(interval_s: u32, refresher: bool, now: Instant) -> Self {
        let ms = u64::from(interval_s) * 1000;
        let patience = if refresher { ms } else { ms / 10 * 11 };
        Self {
            interval_s,
            refresher,
            refresh_at: refresher.then(|| now.after(ms / 2)),
            expires_at: now.after(patience),
            refusals: 0,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        earlier(self.refresh_at, Some(self.expires_at))
    }
}

impl Session {
    /// The interval to ask for, in s; what is too short becomes the usual one (JsSIP).
    pub(super) fn ask_interval(&mut self, seconds: u32) {
        self.interval_s = if seconds < MIN_SESSION_EXPIRES_S { SESSION_EXPIRES_S } else { seconds };
    }

    /// `Session-Expires` and `Min-SE` of our next re-INVITE or UPDATE (RFC 4028 7.4).
    pub(super) fn timer_lines(&self) -> Vec<String> {
        let Some(timer) = &self.timer else { return Vec::new() };
        let by = if timer.refresher { "uac" } else { "uas" };
        let mut lines = vec![format!("Session-Expires: {};refresher={by}", self.usual_interval())];
        if self.least_interval_s > 0 {
            lines.push(format!("Min-SE: {}", self.least_interval_s));
        }
        lines
    }

    /// Somebody on the way does with no shorter interval: a 422 or a request of theirs says so, for the whole call.
    pub fn lengthen_interval(&mut self, least_s: u32) {
        self.least_interval_s = self.least_interval_s.max(least_s);
    }

    /// The interval of this call unless a message says another: the one agreed on, or that we ask for.
    fn usual_interval(&self) -> u32 {
        let agreed = self.timer.as_ref().map_or(self.interval_s, |timer| timer.interval_s);
        agreed.max(self.least_interval_s)
    }

    /// Takes the interval of a request of theirs, and returns what its 2xx says of it (RFC 4028 9).
    pub(super) fn timer_of_request(&mut self, request: &Request, cx: &Cx) -> Vec<(String, String)> {
        if !cx.config.session_timers {
            return Vec::new();
        }
        self.learn_update(&request.headers);
        if let Some(MinSe(least_s)) = request.headers.first("Min-SE").and_then(MinSe::parse) {
            self.lengthen_interval(least_s);
        }
        let asked = asked(&request.headers);
        let refresher = asked.as_ref().and_then(|asked| asked.refresher.as_deref());
        // RFC 4028 9, table 2: who knows nothing of timers is refreshed by us. That to name the refresher is to know is
        // our own reading.
        let knows =
            refresher.is_some() || ["Supported", "Require"].iter().any(|f| request.headers.has_token(f, "timer"));
        let by = if refresher == Some("uac") { "uac" } else { "uas" };
        let interval_s = asked.map_or_else(|| self.usual_interval(), |asked| asked.seconds);
        // An UPDATE while it rings starts none: that is for the 2xx of the INVITE.
        if self.is_established() || matches!(request.method, Method::Invite) {
            self.timer = Some(SessionTimer::new(interval_s, by == "uas", cx.now));
        }
        let mut fields = vec![("Session-Expires".to_owned(), format!("{interval_s};refresher={by}"))];
        if knows {
            fields.push(("Require".to_owned(), "timer".to_owned()));
        }
        fields
    }

    /// Takes the interval of a 2xx of theirs (RFC 4028 7.2); without one that one stays which was agreed on, and we
    /// refresh all the same.
    pub(super) fn timer_of_response(&mut self, response: &Response, cx: &Cx) {
        if cx.config.session_timers {
            self.learn_update(&response.headers);
            let said = asked(&response.headers).filter(|said| said.seconds >= MIN_SESSION_EXPIRES_S);
            let by_far = said.as_ref().and_then(|said| said.refresher.as_deref()) == Some("uas");
            let interval_s = said.map_or_else(|| self.usual_interval(), |said| said.seconds);
            self.timer = Some(SessionTimer::new(interval_s, !by_far, cx.now));
        }
    }

    /// Who says what it allows, and does not name UPDATE, is refreshed by re-INVITE.
    fn learn_update(&mut self, headers: &Headers) {
        if headers.has("Allow") {
            self.takes_update = headers.has_token("Allow", "UPDATE");
        }
    }

    pub(super) fn expire_timer(&mut self, cx: &mut Cx) {
        let Some(timer) = &mut self.timer else { return };
        if timer.expires_at <= cx.now {
            self.bye_because(408, "Session Timer Expired", cx);
            self.over(Originator::Local, Cause::RequestTimeout, cx);
        } else if timer.refresh_at.is_some_and(|at| at <= cx.now) {
            timer.refresh_at = None;
            self.refresh(cx);
        }
    }

    fn refresh(&mut self, cx: &mut Cx) {
        if cx.config.refresh_by_update && self.takes_update {
            let mut lines = vec![self.contact_line(cx)];
            lines.extend(self.timer_lines());
            self.send_inside(Owner::Refresh(self.id), Method::Update, &lines, "", cx);
        } else if !self.renegotiate(ReofferOptions::default(), cx).is_ok_and(|started| started) {
            // Another offer is on its way.
            self.refresh_again(1_000, cx);
        }
    }

    /// The answer to a refresh without an offer.
    pub fn refresh_response(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        if self.is_over() {
            return;
        }
        match response.status {
            200..300 => {
                if let Some(dialog) = &mut self.dialog {
                    dialog.refresh_target(response.contact());
                }
                self.learn_identity(&response.headers, "", true, cx);
                self.timer_of_response(response, cx);
            }
            408 if !self.is_recovering() => self.lost(Cause::RequestTimeout, cx),
            481 => self.lost(Cause::DialogError, cx),
            405 | 501 => {
                self.takes_update = false;
                self.refresh(cx);
            }
            _ => self.refresh_refused(response.headers.first("Retry-After").and_then(retry_after), cx),
        }
    }

    /// No answer to one. Without a line it waits for the next, and a call that is brought back is asked later.
    pub fn refresh_unanswered(&mut self, fate: Fate, cx: &mut Cx) {
        match fate {
            Fate::Timeout if !self.is_recovering() => self.lost(Cause::RequestTimeout, cx),
            Fate::Timeout | Fate::TransportError => self.refresh_again(AGAIN_MS, cx),
        }
    }

    /// A refresh that came to nothing is made again, until the interval is over.
    pub(super) fn refresh_again(&mut self, delay_ms: u64, cx: &Cx) {
        if let Some(timer) = &mut self.timer
            && timer.refresher
            && timer.refresh_at.is_none()
        {
            timer.refresh_at = Some(cx.now.after(delay_ms));
        }
    }

    /// A refresh was refused, or an offer of ours that was to refresh the call too: it is made again when the far end
    /// says, else later each time, because nobody is asked on and on what he refuses (RFC 4028 10).
    pub(super) fn refresh_refused(&mut self, retry_after_s: Option<u32>, cx: &Cx) {
        let Some(timer) = &mut self.timer else { return };
        let usual = AGAIN_MS << timer.refusals.min(8);
        timer.refusals += 1;
        self.refresh_again(retry_after_s.map_or(usual, |seconds| u64::from(seconds) * 1000), cx);
    }
}

fn asked(headers: &Headers) -> Option<SessionExpires> {
    headers.first("Session-Expires").and_then(SessionExpires::parse)
}

/// Answers a request of theirs whose interval is too short to keep: 422 (RFC 4028 9), never a longer one. False if it is
/// not.
pub fn refuse_interval(server: ServerId, request: &Request, cx: &mut Cx) -> bool {
    let refused =
        cx.config.session_timers && asked(&request.headers).is_some_and(|asked| asked.seconds < MIN_SESSION_EXPIRES_S);
    if refused {
        cx.reply_with(server, 422, "Min-SE", &MinSe::LEAST_S.to_string());
    }
    refused
}
