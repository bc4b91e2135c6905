//! Somebody's subscription to a state of ours: RFC 6665 4.2; JsSIP `Notifier`.
//!
//! ```text
//! Offered --start()--> Running --SUBSCRIBE--> Running ...
//!    |                    |--Expires: 0, or expired--> Ending --the listeners have run--> Over
//!    '--reply, 30 s-------'--terminate(), a NOTIFY that failed--------------------------> Over
//! ```
//!
//! The app sends the NOTIFY that follows each SUBSCRIBE (RFC 6665 4.2.1.2), as in JsSIP; only the final one is sent
//! here if the listeners of `subscribe` or `expired` did not send it.

use std::sync::Arc;

use super::{
    ACTIVE, Command, MAX_EXPIRES_S, NotifierOptions, PENDING, TERMINATED, bad_event, event_of, same_event, send, tell,
};
use crate::command::CommandError;
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{Asker, Event, SubscriptionEvent, SubscriptionId, Ticket, share};
use crate::message::{EventHeader, Method, Reply, Request, header_line, is_token, single_line};
use crate::messaging::reply_of;
use crate::time::Instant;
use crate::transaction::{Fate, ServerId};

/// JsSIP's `Notifier.C`.
const RESPONSE_TIMEOUT: u8 = 0;
const TRANSPORT_ERROR: u8 = 1;
const NON_OK_RESPONSE: u8 = 2;
const AUTHENTICATION_FAILED: u8 = 3;
const FINAL_NOTIFY_SENT: u8 = 4;
const UNSUBSCRIBE_RECEIVED: u8 = 5;
const SUBSCRIPTION_EXPIRED: u8 = 6;

/// ms for the app to answer a SUBSCRIBE: its sender gives up after 32 s (RFC 3261 17.1.2.2, timer F).
const ANSWER_WITHIN_MS: u64 = 30_000;

#[derive(Clone, Copy, Debug)]
enum Phase {
    Offered {
        server: ServerId,
        answer_by: Instant,
    },
    Running {
        expires_at: Instant,
    },
    /// Listeners run; then the final NOTIFY leaves, and the subscription ends with this code.
    Ending {
        ticket: Ticket,
        code: u8,
    },
    Over,
}

/// One subscription of somebody else's.
#[derive(Debug)]
pub(super) struct Notifier {
    id: SubscriptionId,
    announced: Ticket,
    /// The first SUBSCRIBE, until the app has taken it.
    subscribe: Option<Arc<Request>>,
    event: EventHeader,
    /// The Event field as the subscriber wrote it.
    event_text: String,
    /// Whether its address was a SIPS one.
    secure: bool,
    options: NotifierOptions,
    state: u8,
    phase: Phase,
    pub(super) dialog: Option<Dialog>,
}

impl Notifier {
    pub(super) fn offered(
        id: SubscriptionId,
        server: ServerId,
        subscribe: Arc<Request>,
        event: EventHeader,
        cx: &mut Cx,
    ) -> Self {
        let ticket = cx.out.ticket(Asker::Notifier(id));
        cx.event(Event::NewSubscribe { id, ticket, request: share(&subscribe) });
        Self {
            id,
            announced: ticket,
            event_text: subscribe.headers.first("Event").unwrap_or_default().to_owned(),
            secure: subscribe.is_secure(),
            subscribe: Some(subscribe),
            event,
            options: NotifierOptions::default(),
            state: ACTIVE,
            phase: Phase::Offered { server, answer_by: cx.now.after(ANSWER_WITHIN_MS) },
            dialog: None,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    pub(super) fn owns(&self, request: &Request) -> bool {
        let same = |d: &Dialog| {
            d.id.call_id == request.call_id
                && Some(d.id.local_tag.as_str()) == request.to_tag()
                && d.id.remote_tag == request.from_tag()
        };
        self.dialog.as_ref().is_some_and(same)
    }

    /// While it is only offered, its transaction holds the request.
    pub(super) fn weight(&self) -> usize {
        let event = self.event_text.len() + self.event.package.len() + self.event.params.weight();
        event + self.dialog.as_ref().map_or(0, Dialog::weight)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Offered { answer_by: at, .. } | Phase::Running { expires_at: at } => Some(at),
            Phase::Ending { .. } | Phase::Over => None,
        }
    }

    pub(super) fn expire(&mut self, cx: &mut Cx) {
        match self.phase {
            Phase::Offered { .. } => self.leave(cx),
            Phase::Running { .. } => {
                let ticket = self.ending(SUBSCRIPTION_EXPIRED, cx);
                self.tell(SubscriptionEvent::Expired { ticket }, cx);
            }
            Phase::Ending { .. } | Phase::Over => {}
        }
    }

    pub(super) fn command(&mut self, command: &mut Command, cx: &mut Cx) -> Result<(), CommandError> {
        if self.has_ended() {
            return Err(CommandError::InvalidState(TERMINATED));
        }
        let early = Err(CommandError::Invalid("state: start() comes first"));
        match command {
            Command::Reply(reply) => self.reply(reply_of(reply), cx),
            Command::Start(options) => {
                if let Phase::Offered { server, .. } = self.phase {
                    return self.start(server, std::mem::take(options), cx);
                }
            }
            Command::Activate => {
                self.state = ACTIVE;
                self.tell(SubscriptionEvent::State, cx);
            }
            Command::Notify(body) => match self.phase {
                Phase::Running { expires_at } => self.notify(body, expires_at, cx),
                // RFC 6665 4.2.2: the last word on an un-SUBSCRIBE.
                Phase::Ending { code, .. } => self.finish(body, "timeout", None, code, cx),
                _ => return early,
            },
            Command::Terminate { body, reason, retry_after } => {
                if let Phase::Offered { .. } = self.phase {
                    return early;
                }
                if !reason.is_empty() && !is_token(reason) {
                    return Err(CommandError::Invalid("reason"));
                }
                let code = if reason == "timeout" { SUBSCRIPTION_EXPIRED } else { FINAL_NOTIFY_SENT };
                self.finish(body, reason, *retry_after, code, cx);
            }
            Command::Subscribe(..) | Command::Watch(_) | Command::Publish(..) | Command::Again { .. } => {}
        }
        Ok(())
    }

    fn reply(&mut self, reply: Reply, cx: &mut Cx) {
        if let Phase::Offered { server, .. } = self.phase {
            if reply.status >= 200 {
                self.phase = Phase::Over;
            }
            cx.reply(server, reply);
        }
    }

    /// Accepts the subscription (RFC 6665 4.2.1.1).
    fn start(&mut self, server: ServerId, options: NotifierOptions, cx: &mut Cx) -> Result<(), CommandError> {
        if !single_line(&options.content_type) || !single_line(&options.allow_events) {
            return Err(CommandError::Invalid("options"));
        }
        self.state = if options.pending { PENDING } else { ACTIVE };
        self.options = options;
        let first_cseq = cx.entropy.cseq();
        let Some(tag) = cx.transactions.to_tag(server).map(str::to_owned) else {
            // The connection that it came by is gone.
            self.over(TRANSPORT_ERROR, cx);
            return Ok(());
        };
        let Some(subscribe) = self.subscribe.take() else {
            return Ok(());
        };
        self.dialog = Dialog::as_callee(&subscribe, &tag, first_cseq);
        if self.dialog.is_some() {
            self.accept(server, &subscribe, cx);
        } else {
            cx.reply_because(server, 400, "Bad Contact");
            self.over(NON_OK_RESPONSE, cx);
        }
        Ok(())
    }

    /// 200 with what is granted, then the app hears of it.
    fn accept(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        // RFC 6665 4.2.1.1: never longer than what was asked.
        let seconds = request.expires().unwrap_or(self.options.default_expires_s).min(MAX_EXPIRES_S);
        let mut contact = cx.contact.text(&cx.config, false, false, self.secure);
        for line in &self.options.extra_headers {
            if let Some((name, value)) = header_line(line)
                && name.eq_ignore_ascii_case("Contact")
            {
                contact = value;
                break;
            }
        }
        let reply = Reply::new(200).with("Expires", seconds.to_string()).with("Contact", contact);
        cx.reply(server, reply);
        let ends = seconds == 0;
        let ticket = if ends {
            // RFC 6665 4.2.1.4 and 4.4.3: an un-SUBSCRIBE, or a first one that only fetches the state.
            self.ending(UNSUBSCRIBE_RECEIVED, cx)
        } else {
            self.phase = Phase::Running { expires_at: cx.now.after(u64::from(seconds) * 1000) };
            cx.out.ticket(Asker::Nobody)
        };
        self.tell(SubscriptionEvent::Subscribe { ticket, ends, request: share(request) }, cx);
    }

    fn ending(&mut self, code: u8, cx: &mut Cx) -> Ticket {
        let ticket = cx.out.ticket(Asker::Notifier(self.id));
        self.phase = Phase::Ending { ticket, code };
        ticket
    }

    /// Sends the state (RFC 6665 4.2.2).
    fn notify(&mut self, body: &str, expires_at: Instant, cx: &mut Cx) {
        let left = u32::try_from(expires_at.since(cx.now).div_ceil(1000)).unwrap_or(u32::MAX);
        if left == 0 {
            return self.finish(body, "timeout", None, SUBSCRIPTION_EXPIRED, cx);
        }
        let word = if self.state == PENDING { "pending" } else { "active" };
        self.send(&[word, ";expires=", &left.to_string()].concat(), body, cx);
    }

    /// Ends the subscription with a final NOTIFY (RFC 6665 4.2.2, 4.1.3 for the reasons).
    fn finish(&mut self, body: &str, reason: &str, retry_after: Option<u32>, code: u8, cx: &mut Cx) {
        let mut state = "terminated".to_owned();
        if !reason.is_empty() {
            state.push_str(";reason=");
            state.push_str(reason);
        }
        if let Some(seconds) = retry_after {
            state.push_str(";retry-after=");
            state.push_str(&seconds.to_string());
        }
        self.send(&state, body, cx);
        self.over(code, cx);
    }

    fn send(&mut self, state: &str, body: &str, cx: &mut Cx) {
        let Some(dialog) = &mut self.dialog else {
            return;
        };
        let via = cx.new_via();
        let draft = dialog.request(Method::Notify, via);
        let options = &self.options;
        let own = [
            // RFC 6665 8.2.1.
            ("Event", self.event_text.as_str()),
            ("Contact", &cx.contact.text(&cx.config, false, false, self.secure)),
            ("Allow-Events", &options.allow_events),
            ("Subscription-State", state),
            ("Content-Type", if body.is_empty() { "" } else { &options.content_type }),
        ];
        send(self.id, draft, &options.extra_headers, &own, body, cx);
    }

    /// The final answer to a NOTIFY (RFC 6665 4.2.2: a failed one ends the subscription).
    pub(super) fn response(&mut self, status: u16, cx: &mut Cx) {
        match status {
            ..300 => {}
            401 | 407 => self.over(AUTHENTICATION_FAILED, cx),
            408 => self.over(RESPONSE_TIMEOUT, cx),
            _ => self.over(NON_OK_RESPONSE, cx),
        }
    }

    pub(super) fn unanswered(&mut self, fate: Fate, cx: &mut Cx) {
        let code = match fate {
            Fate::Timeout => RESPONSE_TIMEOUT,
            Fate::TransportError => TRANSPORT_ERROR,
        };
        self.over(code, cx);
    }

    /// A request inside the dialog: the subscriber refreshes or leaves (RFC 6665 4.2.1.4).
    pub(super) fn receive(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        let event = event_of(request);
        match (&request.method, event) {
            (Method::Subscribe, Some(event)) if same_event(&event, &self.event) => {
                if !matches!(self.phase, Phase::Running { .. }) {
                    return cx.reply_status(server, 481);
                }
                if let Some(dialog) = &mut self.dialog {
                    dialog.refresh_target(request.contact());
                }
                self.accept(server, request, cx);
            }
            (Method::Subscribe, Some(_)) => bad_event(server, &self.event.package, cx),
            (Method::Subscribe, None) => cx.reply_because(server, 400, "Missing or Bad Event"),
            _ => cx.reply_status(server, 405),
        }
    }

    /// The listeners of `newSubscribe`, `subscribe` or `expired` have run.
    pub(super) fn resume(&mut self, ticket: Ticket, listened: bool, cx: &mut Cx) {
        match self.phase {
            Phase::Offered { server, .. } if ticket == self.announced && !listened => {
                self.phase = Phase::Over;
                cx.reply_status(server, 405);
            }
            Phase::Ending { ticket: waits, code } if waits == ticket => self.finish("", "timeout", None, code, cx),
            // The app has accepted it, or sent the final NOTIFY, inside its listener; or it is late.
            Phase::Offered { .. } | Phase::Running { .. } | Phase::Ending { .. } | Phase::Over => {}
        }
    }

    /// The agent stops, or the app never answered: RFC 6665 4.1.3, the subscriber may try again later.
    pub(super) fn leave(&mut self, cx: &mut Cx) {
        match self.phase {
            Phase::Offered { server, .. } => {
                cx.reply_status(server, 480);
                self.over(SUBSCRIPTION_EXPIRED, cx);
            }
            Phase::Over => {}
            _ => self.finish("", "probation", None, FINAL_NOTIFY_SENT, cx),
        }
    }

    pub(super) fn abandon(&mut self, cx: &mut Cx) {
        self.over(TRANSPORT_ERROR, cx);
    }

    fn over(&mut self, code: u8, cx: &mut Cx) {
        if !self.has_ended() {
            self.phase = Phase::Over;
            self.state = TERMINATED;
            self.dialog = None;
            self.tell(SubscriptionEvent::Terminated { code, reason: None, retry_after: None, status: None }, cx);
        }
    }

    fn tell(&self, kind: SubscriptionEvent, cx: &mut Cx) {
        tell(self.id, self.state, self.dialog.as_ref(), kind, cx);
    }
}
