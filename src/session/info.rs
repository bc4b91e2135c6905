//! INFO inside a call: DTMF tones one by one, whatever else an app sends, and the packages of RFC 6086.

use std::sync::Arc;

use super::Session;
use super::packages::{is_trickle_ice, package_name};
use super::tones::{Tone, is_tone};
use crate::command::{CommandError, check_lines, line};
use crate::context::Cx;
use crate::event::{Originator, SessionEvent, share};
use crate::exchange::Owner;
use crate::message::{Method, Request, is_token, single_line};
use crate::transaction::ServerId;

/// ms of a tone that names no duration (JsSIP).
const DEFAULT_DURATION_MS: u32 = 100;

impl Session {
    /// Sends tones by INFO, spaced by duration and gap (ms); later calls append (JsSIP `sendDTMF`).
    pub(crate) fn dtmf(
        &mut self,
        tones: &str,
        duration_ms: u32,
        gap_ms: u32,
        lines: &[String],
        cx: &mut Cx,
    ) -> Result<(), CommandError> {
        let rings = self.phase.calling().is_some_and(|calling| calling.rings());
        if !self.is_established() && !rings {
            return Err(CommandError::InvalidState(self.status()));
        }
        if self.tones.append(tones, (duration_ms, gap_ms), lines, cx.now)? {
            self.expire_tones(cx);
        }
        Ok(())
    }

    pub(super) fn expire_tones(&mut self, cx: &mut Cx) {
        let Some(Tone { sign: tone, duration_ms, lines }) = self.tones.expire(cx.now) else {
            return;
        };
        let handle = self.handle();
        self.tones.left(handle);
        self.tell(SessionEvent::Dtmf { originator: Originator::Local, tone, duration_ms, request: None, handle }, cx);
        let body = format!("Signal={tone}\r\nDuration={duration_ms}");
        self.send_info(handle, "application/dtmf-relay", &body, &lines, cx);
    }

    /// Sends an INFO of the app's (JsSIP `sendInfo`). Returns the number that its answer will carry. One of a package
    /// goes only to who says that it receives that (RFC 6086 4.2.1).
    pub(crate) fn info(
        &mut self,
        content_type: &str,
        body: &str,
        package: Option<&str>,
        lines: &[String],
        cx: &mut Cx,
    ) -> Result<u32, CommandError> {
        if !self.is_established() {
            return Err(CommandError::InvalidState(self.status()));
        }
        if !single_line(content_type) || check_lines(lines).is_err() {
            return Err(CommandError::Invalid("contentType"));
        }
        let mut lines = lines.to_vec();
        if let Some(package) = package {
            if !is_token(package_name(package)) || !single_line(package) {
                return Err(CommandError::Invalid("package"));
            }
            if self.packages.is_unwanted(package) {
                return Err(CommandError::NotSupported("The far end does not receive this package of INFO"));
            }
            lines.push(line("Info-Package", package));
            lines.push("Content-Disposition: Info-Package".to_owned());
        }
        let handle = self.handle();
        self.tell(
            SessionEvent::Info {
                originator: Originator::Local,
                content_type: content_type.to_owned(),
                body: body.to_owned(),
                package: package.map(|package| package_name(package).to_owned()),
                request: None,
                handle,
            },
            cx,
        );
        self.send_info(handle, content_type, body, &lines, cx);
        Ok(handle)
    }

    fn send_info(&mut self, handle: u32, content_type: &str, body: &str, lines: &[String], cx: &mut Cx) {
        let mut lines = lines.to_vec();
        lines.push(line("Content-Type", content_type));
        self.send_inside(Owner::Inside(self.id, handle), Method::Info, &lines, body, cx);
    }

    /// The packages that are received in this call.
    pub(super) fn received(&self) -> Option<String> {
        Some(self.packages.ours(false)).filter(|packages| !packages.is_empty())
    }

    /// The lines that say inside a call what INFO is received (RFC 6086 5.2): each message that has them says all of it, or
    /// the rest were withdrawn. UPDATE has them where it is not for candidates alone, which the INVITE has told of.
    pub(super) fn listed(&self, update: bool) -> Vec<String> {
        let listed = self.received().map(|packages| line("Recv-Info", &packages));
        let candidates = self.trickle.recv_info().filter(|_| !update || listed.is_some());
        listed.into_iter().chain(candidates).collect()
    }

    /// An INFO of the far end: answered, then told.
    pub(crate) fn receive_info(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        if let Some(package) = request.headers.first("Info-Package") {
            if self.trickle.is_on() && is_trickle_ice(package) {
                return self.receive_candidates(server, request, cx);
            }
            if !self.packages.receives(package) {
                return cx.reply_with(server, 469, "Recv-Info", &self.packages.ours(self.trickle.is_on()));
            }
        }
        let typed = request.content_type();
        if typed.is_none() && !request.body.is_empty() {
            return cx.reply_with(server, 415, "Accept", crate::message::ACCEPT);
        }
        // Without a body it asks whether the call is alive (RFC 2976 2.2), or says all in its fields.
        let content_type = typed.unwrap_or_default();
        cx.reply_status(server, 200);
        let body = request.body_text().unwrap_or_default();
        let package = request.headers.first("Info-Package").map(|name| package_name(name).to_owned());
        let request = Some(share(request));
        if content_type == "application/dtmf-relay" {
            if let Some((tone, duration_ms)) = tone_of(body) {
                let event =
                    SessionEvent::Dtmf { originator: Originator::Remote, tone, duration_ms, request, handle: 0 };
                self.tell(event, cx);
            }
            return;
        }
        let body = body.to_owned();
        let originator = Originator::Remote;
        self.tell(SessionEvent::Info { originator, content_type, body, package, request, handle: 0 }, cx);
    }
}

/// Reads `Signal=5` and `Duration=160`, in any case and with or without spaces.
fn tone_of(body: &str) -> Option<(char, u32)> {
    let mut tone = None;
    let mut duration = DEFAULT_DURATION_MS;
    for line in body.lines() {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        if key.eq_ignore_ascii_case("signal") {
            tone = signal(value);
        } else if key.eq_ignore_ascii_case("duration") {
            duration = value.parse().unwrap_or(DEFAULT_DURATION_MS);
        }
    }
    tone.map(|tone| (char::from(tone), duration))
}

/// A tone by its sign, or by its number of RFC 4733 3.2: 10 is `*`, 16 the flash hook.
fn signal(value: &str) -> Option<u8> {
    let tone = match (value.len(), value.parse::<usize>()) {
        (2.., Ok(number)) => b"0123456789*#ABCDR".get(number).copied(),
        _ => value.bytes().next().map(|b| b.to_ascii_uppercase()),
    };
    tone.filter(|&b| is_tone(b))
}
