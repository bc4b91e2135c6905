//! A state of ours that a server keeps and hands on: RFC 3903.
//!
//! ```text
//! Sending --2xx: SIP-ETag--> Published --refresh, update()--> Sending ...
//!    |  412: anew, with the body        '--terminate()--> Removing --any answer, none--> Over
//!    |--no connection, 408, 5xx, none, 2xx for 0 s--> Waiting --later, the next connection--> Sending
//!    '--any other answer--> Over
//! ```
//!
//! One request is on its way at a time, and what the app says meanwhile goes with the next: the last word counts. On a new
//! connection the state is refreshed at once, because a server that was restarted has none of it: it answers 412.

use std::sync::Arc;

use super::refresh::refresh_delay_ms;
use super::{ACTIVE, Ending, MAX_EXPIRES_S, PENDING, TERMINATED, is_passing, send, tell};
use crate::back_off::back_off_ms;
use crate::bounds::MAX_ETAG;
use crate::cause::Cause;
use crate::command::CommandError;
use crate::context::Cx;
use crate::event::{SubscriptionEvent, SubscriptionId, share};
use crate::message::{EventHeader, Method, Response, is_token, retry_after, single_line};
use crate::time::Instant;
use crate::transaction::Fate;
use crate::uri::Uri;

/// What an app publishes.
#[derive(Clone, Debug)]
pub struct PublishOptions {
    /// Whose state.
    pub target: Uri,
    /// The package.
    pub event: String,
    /// The type of the bodies.
    pub content_type: String,
    /// How long, in s.
    pub expires_s: u32,
    /// Lines `Name: value`.
    pub extra_headers: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Sending,
    Published {
        refresh_at: Instant,
    },
    /// Until then, or for a connection and its turn on it.
    Waiting {
        at: Option<Instant>,
        lineless: bool,
    },
    Removing,
    Over,
}

/// There is no connection.
const LINELESS: Phase = Phase::Waiting { at: None, lineless: true };

/// One publication.
#[derive(Debug)]
pub(super) struct Publication {
    id: SubscriptionId,
    options: PublishOptions,
    body: String,
    /// Whether the server has not been told this body.
    changed: bool,
    from: String,
    call_id: String,
    cseq: u32,
    /// What the server calls the state that it keeps.
    etag: Option<String>,
    /// Until when it keeps it.
    expires_at: Instant,
    ends: bool,
    raised: bool,
    /// How often in a row the server could not.
    failures: u32,
    phase: Phase,
}

impl Publication {
    pub(super) fn open(
        id: SubscriptionId,
        options: PublishOptions,
        body: String,
        cx: &mut Cx,
    ) -> Result<Self, CommandError> {
        if EventHeader::parse(&options.event).is_none() || !single_line(&options.event) {
            return Err(CommandError::Invalid("event"));
        }
        if !single_line(&options.content_type) {
            return Err(CommandError::Invalid("contentType"));
        }
        let mut publication = Self {
            id,
            from: [&cx.own_address(), ";tag=", &cx.entropy.tag()].concat(),
            call_id: cx.new_call_id(),
            cseq: cx.entropy.cseq(),
            options: PublishOptions { expires_s: options.expires_s.max(1), ..options },
            body,
            changed: true,
            etag: None,
            expires_at: cx.now,
            ends: false,
            raised: false,
            failures: 0,
            phase: LINELESS,
        };
        publication.submit(cx);
        Ok(publication)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.phase == Phase::Over
    }

    pub(super) fn weight(&self) -> usize {
        self.etag.as_ref().map_or(0, String::len)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Published { refresh_at } => Some(refresh_at),
            Phase::Waiting { at, .. } => at,
            Phase::Sending | Phase::Removing | Phase::Over => None,
        }
    }

    pub(super) fn expire(&mut self, cx: &mut Cx) {
        self.submit(cx);
    }

    /// Publishes this from now on, or with `ends` nothing any more.
    pub(super) fn again(&mut self, ends: bool, body: &str, cx: &mut Cx) {
        if self.ends || self.has_ended() {
            return;
        }
        if ends {
            self.ends = true;
        } else {
            (self.body, self.changed) = (body.to_owned(), true);
        }
        match self.phase {
            Phase::Published { .. } => self.submit(cx),
            Phase::Waiting { .. } if ends => self.submit(cx),
            // It goes with the next attempt, or when this one is answered.
            Phase::Waiting { .. } | Phase::Sending | Phase::Removing => {}
            // Refused above.
            Phase::Over => {}
        }
    }

    pub(super) fn leave(&mut self, cx: &mut Cx) {
        self.again(true, "", cx);
    }

    pub(super) fn abandon(&mut self, cx: &mut Cx) {
        self.over(&Ending::default(), cx);
    }

    /// On a new connection.
    pub(super) fn take_turn(&mut self, cx: &mut Cx) {
        match &mut self.phase {
            Phase::Published { refresh_at } => *refresh_at = cx.turns.next(cx.now, &mut cx.entropy),
            Phase::Waiting { at, lineless: true } => *at = Some(cx.turns.next(cx.now, &mut cx.entropy)),
            // The server has named the time.
            Phase::Waiting { lineless: false, .. } => {}
            // The request on its way has left by this connection already, or fails with its own.
            Phase::Sending | Phase::Removing => {}
            Phase::Over => {}
        }
    }

    pub(super) fn next_cseq(&mut self) -> u32 {
        self.cseq = (self.cseq + 1) & 0x7fff_ffff;
        self.cseq
    }

    /// RFC 3903 4.1: the first has a body and no SIP-If-Match, a refresh no body, a change both, the last neither time
    /// nor body.
    fn submit(&mut self, cx: &mut Cx) {
        if self.expires_at <= cx.now {
            self.etag = None;
        }
        if self.ends && self.etag.is_none() {
            return self.over(&Ending::default(), cx);
        }
        if cx.out.flow().is_none() {
            self.phase = LINELESS;
            return;
        }
        let cseq = self.next_cseq();
        let uri = self.options.target.without_link().to_string();
        let to = ["<", &uri, ">"].concat();
        let draft = cx.draft(Method::Publish, &uri, &to, &self.from, &self.call_id, cseq);
        let options = &self.options;
        let whole = !self.ends && (self.changed || self.etag.is_none());
        let body = if whole { self.body.as_str() } else { "" };
        let typed = if body.is_empty() { "" } else { options.content_type.as_str() };
        let expires = if self.ends { 0 } else { options.expires_s }.to_string();
        let own = [
            ("Event", options.event.as_str()),
            ("Expires", &expires),
            ("SIP-If-Match", self.etag.as_deref().unwrap_or_default()),
            ("Content-Type", typed),
        ];
        self.phase = if self.ends { Phase::Removing } else { Phase::Sending };
        self.changed &= !whole;
        send(self.id, draft, &options.extra_headers, &own, body, cx);
    }

    pub(super) fn response(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let retry_after = response.headers.first("Retry-After").and_then(retry_after);
        match (self.phase, response.status) {
            (Phase::Sending, 200..300) => self.granted(response, cx),
            // RFC 3903 4.3: the server has nothing of that name; what it gets now is new to it.
            (Phase::Sending, 412) if self.etag.is_some() => {
                self.etag = None;
                self.submit(cx);
            }
            (Phase::Sending, 423) if self.lengthen(response) => {
                self.changed = true;
                self.submit(cx);
            }
            (Phase::Sending, status) if is_passing(status) => self.later(Some(response), retry_after, cx),
            (Phase::Sending, status) => {
                let cause = Cause::of_status(status);
                self.tell(
                    SubscriptionEvent::PublishFailed { response: Some(share(response)), cause, retry_in_ms: None },
                    cx,
                );
                self.over(&Ending { status: Some(status), ..Ending::default() }, cx);
            }
            (Phase::Removing, status) => self.over(&Ending { status: Some(status), ..Ending::default() }, cx),
            // Its request failed with the connection, or it was given up: nobody waits for this answer.
            (Phase::Published { .. } | Phase::Waiting { .. } | Phase::Over, _) => {}
        }
    }

    fn granted(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let etag = response.headers.first("SIP-ETag").map(str::trim);
        let etag = etag.filter(|etag| etag.len() <= MAX_ETAG && is_token(etag));
        // Without one it can only be published anew.
        self.etag = etag.map(str::to_owned);
        let asked = self.options.expires_s;
        let seconds = response.expires().map_or(asked, |s| s.min(asked));
        if seconds == 0 {
            // It keeps nothing (RFC 3903 6), whatever the status.
            self.etag = None;
            return self.later(Some(response), None, cx);
        }
        self.expires_at = cx.now.after(u64::from(seconds) * 1000);
        (self.raised, self.failures) = (false, 0);
        let delay = refresh_delay_ms(seconds, asked, cx);
        self.phase = Phase::Published { refresh_at: cx.now.after(delay) };
        self.tell(SubscriptionEvent::Published { response: share(response), expires_s: seconds }, cx);
        if self.changed || self.ends {
            self.submit(cx);
        }
    }

    /// RFC 3903 6, step 4: asks once more, for the least that the server grants.
    fn lengthen(&mut self, response: &Response) -> bool {
        let least = response.headers.first("Min-Expires").and_then(|v| v.trim().parse::<u32>().ok());
        let least = least.filter(|least| *least > self.options.expires_s && *least <= MAX_EXPIRES_S);
        if let (Some(least), false) = (least, self.raised) {
            (self.raised, self.options.expires_s) = (true, least);
            return true;
        }
        false
    }

    pub(super) fn unanswered(&mut self, fate: Fate, cx: &mut Cx) {
        match (self.phase, fate) {
            (Phase::Sending, Fate::Timeout) => self.later(None, None, cx),
            (Phase::Sending, Fate::TransportError) => {
                self.changed = true;
                self.phase = LINELESS;
                if self.ends {
                    self.submit(cx);
                }
            }
            (Phase::Removing, _) => self.over(&Ending::default(), cx),
            // It was given up meanwhile.
            (Phase::Published { .. } | Phase::Waiting { .. } | Phase::Over, _) => {}
        }
    }

    /// It did not get there, and will be tried again.
    fn later(&mut self, response: Option<&Arc<Response>>, retry_after_s: Option<u32>, cx: &mut Cx) {
        let wait = back_off_ms(retry_after_s, MAX_EXPIRES_S, self.failures, &mut cx.entropy);
        self.failures += 1;
        self.changed = true;
        self.phase = Phase::Waiting { at: Some(cx.now.after(wait)), lineless: false };
        let cause = response.map_or(Cause::RequestTimeout, |response| Cause::of_status(response.status));
        let response = response.map(share);
        self.tell(SubscriptionEvent::PublishFailed { response, cause, retry_in_ms: Some(wait) }, cx);
        if self.ends {
            self.submit(cx);
        }
    }

    fn over(&mut self, ending: &Ending, cx: &mut Cx) {
        self.phase = Phase::Over;
        let Ending { code, status, .. } = *ending;
        self.tell(SubscriptionEvent::Terminated { code, reason: None, retry_after: None, status }, cx);
    }

    fn tell(&self, kind: SubscriptionEvent, cx: &mut Cx) {
        let state = match self.phase {
            Phase::Over => TERMINATED,
            Phase::Published { .. } => ACTIVE,
            _ => PENDING,
        };
        tell(self.id, state, None, kind, cx);
    }
}
