//! Session timers (RFC 4028): a call whose far end has vanished ends, because nobody refreshes it any more.
//!
//! As in JsSIP the refresher asks at half the interval, and the other side hangs up at 1.1 times of it. Beyond JsSIP,
//! a refresh that was refused or could not be made is tried again until the interval is over.

use std::sync::Arc;

use super::Session;
use crate::cause::Cause;
use crate::command::ReofferOptions;
use crate::context::Cx;
use crate::event::Originator;
use crate::exchange::Owner;
use crate::message::{Headers, Method, Request, Response, SessionExpires};
use crate::time::{Instant, earlier};
use crate::transaction::Fate;

/// The interval that is asked for unless the app asks otherwise, in s (JsSIP).
pub const SESSION_EXPIRES_S: u32 = 90;
/// The shortest interval that is kept, in s (JsSIP); RFC 4028 4 would have 90.
pub const MIN_SESSION_EXPIRES_S: u32 = 60;
/// ms until a refused refresh is tried again.
const AGAIN_MS: u64 = 5_000;

/// The interval of a call, and who refreshes it.
#[derive(Debug)]
pub(super) struct SessionTimer {
    interval_s: u32,
    refresher: bool,
    /// `None` while a refresh is on its way, or if the other side refreshes.
    refresh_at: Option<Instant>,
    expires_at: Instant,
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

    /// `Session-Expires` of our next re-INVITE or UPDATE.
    pub(super) fn timer_line(&self) -> Option<String> {
        let timer = self.timer.as_ref()?;
        let by = if timer.refresher { "uac" } else { "uas" };
        Some(format!("Session-Expires: {};refresher={by}", timer.interval_s))
    }

    /// Takes the interval of a request of theirs, and returns the `Session-Expires` of its 2xx (RFC 4028 9).
    pub(super) fn timer_of_request(&mut self, request: &Request, cx: &Cx) -> Option<String> {
        if !cx.config.session_timers {
            return None;
        }
        self.learn_update(&request.headers);
        let (interval_s, by) = self.agreed_interval(&request.headers, "uas");
        self.timer = Some(SessionTimer::new(interval_s, by == "uas", cx.now));
        Some(format!("{interval_s};refresher={by}"))
    }

    /// Takes the interval of a 2xx of theirs (RFC 4028 7.2); without one we refresh all the same.
    pub(super) fn timer_of_response(&mut self, response: &Response, cx: &Cx) {
        if cx.config.session_timers {
            self.learn_update(&response.headers);
            let (interval_s, by) = self.agreed_interval(&response.headers, "uac");
            self.timer = Some(SessionTimer::new(interval_s, by == "uac", cx.now));
        }
    }

    fn agreed_interval(&self, headers: &Headers, default: &str) -> (u32, String) {
        let asked = headers.first("Session-Expires").and_then(SessionExpires::parse);
        match asked.filter(|a| a.seconds >= MIN_SESSION_EXPIRES_S) {
            Some(asked) => (asked.seconds, asked.refresher.unwrap_or_else(|| default.to_owned())),
            None => (self.interval_s, default.to_owned()),
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
            if let Some(timer) = self.timer_line() {
                lines.push(timer);
            }
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
                self.timer_of_response(response, cx);
            }
            408 => self.lost(Cause::RequestTimeout, cx),
            481 => self.lost(Cause::DialogError, cx),
            405 | 501 => {
                self.takes_update = false;
                self.refresh(cx);
            }
            _ => self.refresh_again(AGAIN_MS, cx),
        }
    }

    /// No answer to one. Without a line it waits for the next.
    pub fn refresh_unanswered(&mut self, fate: Fate, cx: &mut Cx) {
        match fate {
            Fate::Timeout => self.lost(Cause::RequestTimeout, cx),
            Fate::TransportError => self.refresh_again(AGAIN_MS, cx),
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

    /// An offer of ours was refused: if it was to refresh the call too, it is made again.
    pub(super) fn refresh_refused(&mut self, cx: &Cx) {
        self.refresh_again(AGAIN_MS, cx);
    }
}
