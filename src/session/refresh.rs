//! What keeps a call alive: a refresh at the times of its `SessionTimer`, by UPDATE or an offer (RFC 4028). A call whose
//! far end has vanished ends, because nobody refreshes it any more.
//!
//! Beyond JsSIP, a refresh that was refused or could not be made is tried again until the interval is over.

use std::sync::Arc;

use super::Session;
use super::timer::{AGAIN_MS, Due, MIN_SESSION_EXPIRES_S, asked};
use crate::cause::Cause;
use crate::command::ReofferOptions;
use crate::context::Cx;
use crate::event::Originator;
use crate::exchange::Owner;
use crate::message::{Headers, Method, MinSe, Request, Response, retry_after};
use crate::transaction::{Fate, ServerId};

impl Session {
    /// Somebody on the way does with no shorter interval.
    pub(crate) fn lengthen_interval(&mut self, least_s: u32) {
        self.timer.lengthen(least_s);
    }

    /// Takes the interval of a request of theirs, and returns what its 2xx says of it (RFC 4028 9).
    pub(super) fn timer_of_request(&mut self, request: &Request, cx: &Cx) -> Vec<(String, String)> {
        if !cx.config.session_timers {
            return Vec::new();
        }
        self.learn_update(&request.headers);
        let starts = self.is_established() || matches!(request.method, Method::Invite);
        self.timer.take_request(request, starts, cx.now)
    }

    /// Takes the interval of a 2xx of theirs.
    pub(super) fn timer_of_response(&mut self, response: &Response, cx: &Cx) {
        if cx.config.session_timers {
            self.learn_update(&response.headers);
            self.timer.take_response(&response.headers, cx.now);
        }
    }

    /// Who says what it allows, and does not name UPDATE, is refreshed by re-INVITE.
    fn learn_update(&mut self, headers: &Headers) {
        if headers.has("Allow") {
            self.takes_update = headers.has_token("Allow", "UPDATE");
        }
    }

    pub(super) fn expire_timer(&mut self, cx: &mut Cx) {
        match self.timer.expire(cx.now) {
            Some(Due::Refresh) => self.refresh(cx),
            Some(Due::Expired) => {
                self.bye_because(408, "Session Timer Expired", cx);
                self.end_silently(Originator::Local, Cause::RequestTimeout, cx);
            }
            None => {}
        }
    }

    fn refresh(&mut self, cx: &mut Cx) {
        if cx.config.refresh_by_update && self.takes_update {
            let mut lines = vec![self.contact_line(cx)];
            lines.extend(self.timer.lines());
            lines.extend(self.listed(true));
            self.send_inside(Owner::Refresh(self.id), Method::Update, &lines, "", cx);
        } else if !self.renegotiate(ReofferOptions::default(), cx).is_ok_and(|started| started) {
            // Another offer is on its way.
            self.timer.refresh_in(1_000, cx.now);
        }
    }

    /// The answer to a refresh without an offer.
    pub(crate) fn refresh_response(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        if self.has_ended() {
            return;
        }
        match response.status {
            200..300 => {
                if let Some(dialog) = &mut self.dialog {
                    dialog.refresh_target(response.contact());
                }
                if response.headers.has("Recv-Info") {
                    self.packages.meet(&response.headers);
                }
                self.learn_identity(&response.headers, "", true, cx);
                self.timer_of_response(response, cx);
            }
            408 if !self.is_recovering() => self.end_because(Cause::RequestTimeout, cx),
            481 => self.end_because(Cause::DialogError, cx),
            405 | 501 => {
                self.takes_update = false;
                self.refresh(cx);
            }
            _ => self.timer.refused(response.headers.first("Retry-After").and_then(retry_after), cx.now),
        }
    }

    /// No answer to one. Without a line it waits for the next, and a call that is brought back is asked later.
    pub(crate) fn refresh_unanswered(&mut self, fate: Fate, cx: &mut Cx) {
        match fate {
            Fate::Timeout if !self.is_recovering() => self.end_because(Cause::RequestTimeout, cx),
            Fate::Timeout | Fate::TransportError => self.timer.refresh_in(AGAIN_MS, cx.now),
        }
    }
}

/// Answers a request of theirs whose interval is too short to keep: 422 (RFC 4028 9), never a longer one. False if it is
/// not.
pub(crate) fn refuse_interval(server: ServerId, request: &Request, cx: &mut Cx) -> bool {
    let refused =
        cx.config.session_timers && asked(&request.headers).is_some_and(|asked| asked.seconds < MIN_SESSION_EXPIRES_S);
    if refused {
        cx.reply_with(server, 422, "Min-SE", &MinSe::LEAST_S.to_string());
    }
    refused
}
