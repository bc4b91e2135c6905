//! What an app asks of its calls, and of requests outside them. A refused command has changed nothing.

use super::Agent;
use crate::command::{AnswerOptions, CallOptions, CommandError, ReofferOptions, TerminateOptions, check_lines};
use crate::context::Cx;
use crate::event::{Asker, RequestId, SessionId, Ticket};
use crate::message::{Draft, Method, single_line};
use crate::messaging::RequestOptions;
use crate::referral::ReferOptions;
use crate::sdp::{Feature, Finding};
use crate::session::Session;
use crate::time::Instant;

impl Agent {
    /// Calls somebody (JsSIP `ua.call`).
    pub fn call(&mut self, now: Instant, id: SessionId, options: CallOptions) -> Result<(), CommandError> {
        self.catch_up(now);
        check_lines(&options.extra_headers)?;
        check_texts(&[&options.from_user, &options.from_display_name], "fromDisplayName")?;
        let session = Session::call(id, options, &mut self.cx);
        self.sessions.insert(id, session);
        self.settle();
        Ok(())
    }

    /// What a page that comes after this one needs to go on with a call. `None` unless both ends talk.
    pub fn keep(&mut self, now: Instant, id: SessionId) -> Option<Vec<String>> {
        self.session(now, id).ok().and_then(|(session, cx)| session.keep(cx))
    }

    /// Goes on with a call of the page before, of which that was kept.
    pub fn resume_call(&mut self, now: Instant, id: SessionId, kept: &[String]) -> Result<(), CommandError> {
        self.catch_up(now);
        let mut session = Session::resumed(id, kept, &mut self.cx).ok_or(CommandError::Invalid("kept call"))?;
        if self.cx.out.flow().is_some() {
            session.line_back(0, &mut self.cx);
        }
        self.sessions.insert(id, session);
        self.settle();
        Ok(())
    }

    /// Takes a call (JsSIP `session.answer`).
    pub fn answer(&mut self, now: Instant, id: SessionId, options: &AnswerOptions) -> Result<(), CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.answer(options, cx);
        self.settle();
        result
    }

    /// Describes our media before the call is answered, in a 183.
    pub fn progress(&mut self, now: Instant, id: SessionId, options: &AnswerOptions) -> Result<(), CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.progress(options, cx);
        self.settle();
        result
    }

    /// RTCPeerConnection could not be made when the app answered: the caller gets 500.
    pub fn answer_impossible(&mut self, now: Instant, id: SessionId) {
        if let Ok((session, cx)) = self.session(now, id) {
            session.answer_impossible(cx);
            self.settle();
        }
    }

    /// Hangs up, rejects or cancels (JsSIP `session.terminate`).
    pub fn terminate(&mut self, now: Instant, id: SessionId, options: &TerminateOptions) -> Result<(), CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.terminate(options, cx);
        self.settle();
        result
    }

    /// Holds or takes back (JsSIP `session.hold`, `unhold`).
    pub fn hold(
        &mut self,
        now: Instant,
        id: SessionId,
        on: bool,
        options: ReofferOptions,
    ) -> Result<bool, CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.hold(on, options, cx);
        self.settle();
        result
    }

    /// Makes a new offer (JsSIP `session.renegotiate`).
    pub fn renegotiate(&mut self, now: Instant, id: SessionId, options: ReofferOptions) -> Result<bool, CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.renegotiate(options, cx);
        self.settle();
        result
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
        let (session, cx) = self.session(now, id)?;
        let result = session.dtmf(tones, duration_ms, gap_ms, extra_headers, cx);
        self.settle();
        result
    }

    /// Sends an INFO (JsSIP `session.sendInfo`), of that package if there is one (RFC 6086).
    pub fn info(
        &mut self,
        now: Instant,
        id: SessionId,
        content_type: &str,
        body: &str,
        package: Option<&str>,
        extra_headers: &[String],
    ) -> Result<u32, CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.info(content_type, body, package, extra_headers, cx);
        self.settle();
        result
    }

    /// Sends a text inside a call. Returns the number that its answer will carry.
    pub fn message(
        &mut self,
        now: Instant,
        id: SessionId,
        content_type: &str,
        body: &str,
        extra_headers: &[String],
    ) -> Result<u32, CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.message(content_type, body, extra_headers, cx);
        self.settle();
        result
    }

    /// Sends a request of the app's inside a call (JsSIP `session.sendRequest`).
    pub fn send_inside(
        &mut self,
        now: Instant,
        id: SessionId,
        method: Method,
        extra_headers: &[String],
        body: &str,
    ) -> Result<Option<(u32, Draft)>, CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.send_request(method, extra_headers, body, cx);
        self.settle();
        result
    }

    /// Transfers a call (JsSIP `session.refer`); `refer_to` is the whole field value.
    pub fn refer(
        &mut self,
        now: Instant,
        id: SessionId,
        refer_to: &str,
        extra_headers: &[String],
        norefersub: bool,
    ) -> Result<Option<(u32, u32)>, CommandError> {
        let (session, cx) = self.session(now, id)?;
        let result = session.refer(refer_to, extra_headers, norefersub, cx);
        self.settle();
        result
    }

    /// Asks somebody outside any call to call somebody else (RFC 3515).
    pub fn refer_outside(&mut self, now: Instant, id: RequestId, options: ReferOptions) -> Result<(), CommandError> {
        self.catch_up(now);
        if !single_line(&options.refer_to) {
            return Err(CommandError::Invalid("refer_to"));
        }
        check_lines(&options.extra_headers)?;
        let result = self.referrals.send(id, options, &mut self.cx);
        self.settle();
        result
    }

    /// Says how it goes what a REFER outside a dialog asked for: the first word answers it too.
    pub fn notify_referral(&mut self, now: Instant, id: RequestId, status: u16, reason: &str) {
        self.catch_up(now);
        self.referrals.tell(id, status, reason, &mut self.cx);
        self.settle();
    }

    /// Tells the far end how the transfer that it asked for goes; `cseq` is its REFER's.
    pub fn notify_refer(&mut self, now: Instant, id: SessionId, cseq: u32, status: u16, reason: &str) {
        if let Ok((session, cx)) = self.session(now, id) {
            session.notify_refer(cseq, status, reason, cx);
            self.settle();
        }
    }

    /// The Replaces value that names a call to its far end.
    pub fn replaces_value(&self, id: SessionId) -> Option<String> {
        self.sessions.get(&id).and_then(Session::replaces_value)
    }

    /// Decides about an INVITE that wants to take a call's place (JsSIP `replaces` event): with `new` it becomes
    /// that call, else it is refused. False if it was cancelled meanwhile.
    pub fn replace(&mut self, now: Instant, ticket: Ticket, new: Option<SessionId>) -> bool {
        self.catch_up(now);
        let Asker::Replaces(id) = ticket.asker() else {
            return false;
        };
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        let done = match new {
            None => {
                session.refuse_replacement(ticket, &mut self.cx);
                true
            }
            Some(new) => match session.take_replacement(ticket) {
                Some(replacement) => {
                    let admitted = self.admit(new, replacement.server, &replacement.request);
                    if let Some(session) = self.sessions.get_mut(&new) {
                        session.replace(id, replacement.early_only);
                    }
                    admitted
                }
                None => false,
            },
        };
        self.settle();
        done
    }

    /// Ends each call whose place another one has just taken, and each that may not take the place any more.
    pub(super) fn end_replaced(&mut self) {
        let (mut replaced, mut late) = (Vec::new(), Vec::new());
        for session in self.sessions.values_mut() {
            replaced.extend(session.take_replaced());
            let early = session.replaces_early_only();
            late.extend(early.map(|early| (session.id, early)));
        }
        for id in replaced {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.end_anyway(&mut self.cx);
            }
        }
        for (id, early) in late {
            let answered = self.sessions.get(&early).is_some_and(Session::is_answered);
            if let Some(session) = self.sessions.get_mut(&id).filter(|_| answered) {
                session.replaces_too_late(&mut self.cx);
            }
        }
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
        if !single_line(&options.content_type) {
            return Err(CommandError::Invalid("contentType"));
        }
        check_texts(&[&options.from_user, &options.from_display_name], "contentType")?;
        check_lines(&options.extra_headers)?;
        self.requests.send(id, method, options, &mut self.cx);
        self.settle();
        Ok(())
    }

    /// What both ends of a call need and have.
    pub fn diagnosis(&self, id: SessionId) -> (Vec<Finding>, Vec<Feature>) {
        match self.sessions.get(&id) {
            Some(session) => session.diagnosis(),
            None => (Vec::new(), Vec::new()),
        }
    }

    /// A call that an app asks something of, and what it may use. `settle` follows.
    fn session(&mut self, now: Instant, id: SessionId) -> Result<(&mut Session, &mut Cx), CommandError> {
        self.catch_up(now);
        let session = self.sessions.get_mut(&id).ok_or(CommandError::NoSuchSession)?;
        Ok((session, &mut self.cx))
    }
}

fn check_texts(texts: &[&Option<String>], name: &'static str) -> Result<(), CommandError> {
    for text in texts {
        if !text.as_deref().is_none_or(single_line) {
            return Err(CommandError::Invalid(name));
        }
    }
    Ok(())
}
