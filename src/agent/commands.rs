//! What an app asks of its calls, and of requests outside them. A refused command has changed nothing.

use super::{Agent, cx};
use crate::command::{AnswerOptions, CallOptions, CommandError, ReofferOptions, TerminateOptions};
use crate::context::Cx;
use crate::event::{RequestId, SessionId};
use crate::message::{Method, header_line, single_line};
use crate::request::RequestOptions;
use crate::sdp::{Feature, Finding};
use crate::session::Session;
use crate::time::Instant;

impl Agent {
    /// Calls somebody (JsSIP `ua.call`).
    pub fn call(&mut self, now: Instant, id: SessionId, options: CallOptions) -> Result<(), CommandError> {
        self.catch_up(now);
        let texts = options.from_user.iter().chain(&options.from_display_name);
        if options.extra_headers.iter().any(|line| header_line(line).is_none()) {
            return Err(CommandError::Invalid("extraHeaders"));
        }
        if !texts.into_iter().all(|t| single_line(t)) {
            return Err(CommandError::Invalid("fromDisplayName"));
        }
        let session = Session::call(id, options, &mut cx!(self));
        self.sessions.insert(id, session);
        self.settle();
        Ok(())
    }

    /// Takes a call (JsSIP `session.answer`).
    pub fn answer(&mut self, now: Instant, id: SessionId, options: &AnswerOptions) -> Result<(), CommandError> {
        self.with_session(now, id, |session, cx| session.answer(options, cx))
    }

    /// RTCPeerConnection could not be made when the app answered: the caller gets 500.
    pub fn answer_impossible(&mut self, now: Instant, id: SessionId) {
        let _ = self.with_session(now, id, |session, cx| {
            session.answer_impossible(cx);
            Ok(())
        });
    }

    /// Hangs up, rejects or cancels (JsSIP `session.terminate`).
    pub fn terminate(&mut self, now: Instant, id: SessionId, options: &TerminateOptions) -> Result<(), CommandError> {
        self.with_session(now, id, |session, cx| session.terminate(options, cx))
    }

    /// Holds or takes back (JsSIP `session.hold`, `unhold`).
    pub fn hold(
        &mut self,
        now: Instant,
        id: SessionId,
        on: bool,
        options: ReofferOptions,
    ) -> Result<bool, CommandError> {
        self.with_session(now, id, |session, cx| session.hold(on, options, cx))
    }

    /// Makes a new offer (JsSIP `session.renegotiate`).
    pub fn renegotiate(&mut self, now: Instant, id: SessionId, options: ReofferOptions) -> Result<bool, CommandError> {
        self.with_session(now, id, |session, cx| session.renegotiate(options, cx))
    }

    /// Sends tones by INFO; durations in ms.
    pub fn dtmf(
        &mut self,
        now: Instant,
        id: SessionId,
        tones: &str,
        duration_ms: u32,
        gap_ms: u32,
        extra_headers: &[String],
    ) -> Result<(), CommandError> {
        self.with_session(now, id, |session, cx| session.dtmf(tones, duration_ms, gap_ms, extra_headers, cx))
    }

    /// Sends an INFO (JsSIP `session.sendInfo`).
    pub fn info(
        &mut self,
        now: Instant,
        id: SessionId,
        content_type: &str,
        body: &str,
        extra_headers: &[String],
    ) -> Result<u32, CommandError> {
        self.with_session(now, id, |session, cx| session.info(content_type, body, extra_headers, cx))
    }

    /// Sends a MESSAGE or OPTIONS outside a dialog (JsSIP `ua.sendMessage`, `sendOptions`).
    pub fn send_request(
        &mut self,
        now: Instant,
        id: RequestId,
        method: Method,
        options: RequestOptions,
    ) -> Result<(), CommandError> {
        self.catch_up(now);
        let texts = options.from_user.iter().chain(&options.from_display_name).chain([&options.content_type]);
        if !texts.into_iter().all(|t| single_line(t)) {
            return Err(CommandError::Invalid("contentType"));
        }
        if options.extra_headers.iter().any(|line| header_line(line).is_none()) {
            return Err(CommandError::Invalid("extraHeaders"));
        }
        self.requests.send(id, method, options, &mut cx!(self));
        self.settle();
        Ok(())
    }

    /// What both ends of a call need and have.
    pub fn diagnosis(&self, id: SessionId) -> (Vec<Finding>, Vec<Feature>) {
        self.sessions.get(&id).map(Session::diagnosis).unwrap_or_default()
    }

    fn with_session<T>(
        &mut self,
        now: Instant,
        id: SessionId,
        command: impl FnOnce(&mut Session, &mut Cx<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.catch_up(now);
        let session = self.sessions.get_mut(&id).ok_or(CommandError::NoSuchSession)?;
        let result = command(session, &mut cx!(self));
        self.settle();
        result
    }
}
