//! Our subscription to somebody's state: RFC 6665 4.1; JsSIP `Subscriber`.
//!
//! ```text
//! Opening --2xx--> Running --expires soon--> Running ...
//!    |                |--terminate(), Expires: 0 granted--> Leaving --32 s--> Over
//!    '----------------'--NOTIFY terminated, any other answer, none------------> Over
//! ```
//!
//! Its dialog begins with the 2xx or with the first NOTIFY, whichever comes first (RFC 6665 4.4.1). There is one
//! dialog: a NOTIFY of another fork is answered 481, as RFC 6665 5.4.9 has it for a package that allows one
//! subscription, because JsSIP's object stands for one. A lasting one keeps those that there are (`forks`). Timer N
//! (4.1.2.4) runs for a lasting one only: JsSIP's notifiers leave the first NOTIFY to their app, which may take its
//! time.
//!
//! Where JsSIP ends a subscription when a refresh meets a lost connection, this one waits for the next connection
//! for as long as the notifier keeps the subscription, and refreshes then: the answer brings the state that was
//! missed (RFC 6665 4.2.1.2). A notifier that forgot it with the connection says 481, and is subscribed to anew.
//!
//! A lasting one (`watch`) goes on after its end, unless the notifier does not want it:
//!
//! ```text
//! Waiting --its turn, a connection--> Opening ... Running --the same ends, or no NOTIFY (timer N)--> Waiting
//! ```
//!
//! The file is one machine, and its phases are nobody else's: that is why it is long.

mod forks;

use std::sync::Arc;

use super::refresh::{RETRY_MS, refresh_delay_ms};
use super::watch::Watch;
use super::{
    ACTIVE, Ending, MAX_EXPIRES_S, PENDING, SubscribeOptions, TERMINATED, bad_event, event_of, same_event, send, tell,
};
use crate::command::CommandError;
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{Flow, SubscriptionEvent, SubscriptionId, share};
use crate::message::{
    Draft, EventHeader, Method, NameAddr, Request, Response, SubscriptionState, retry_after, single_line,
};
use crate::time::{Instant, earlier};
use crate::transaction::{Fate, GIVE_UP_MS, ServerId};
use crate::uri::Uri;

/// JsSIP's `Subscriber.C`.
const RESPONSE_TIMEOUT: u8 = 0;
const TRANSPORT_ERROR: u8 = 1;
const NON_OK_RESPONSE: u8 = 2;
const WRONG_OK_RESPONSE: u8 = 3;
const AUTHENTICATION_FAILED: u8 = 4;
const UNSUBSCRIBE_TIMEOUT: u8 = 5;
const FINAL_NOTIFY_RECEIVED: u8 = 6;
const WRONG_NOTIFY_RECEIVED: u8 = 7;
const INIT: u8 = 3;
const WAITING_NOTIFY: u8 = 4;

/// Requests that may wait for the first 2xx.
const MAX_QUEUE: usize = 16;
/// A NOTIFY that ends the subscription earlier moves the refresh if the difference is larger (JsSIP), in ms.
const DEVIATION_MS: u64 = 2_000;
#[derive(Debug)]
enum Refresh {
    At(Instant),
    Sent,
    /// There is no connection.
    Waiting,
    /// The first one on a new connection.
    Reconnected,
}

#[derive(Debug)]
enum Phase {
    /// A lasting one: it is asked for then, if it has its turn, or else with the next connection.
    Waiting {
        at: Option<Instant>,
        has_turn: bool,
    },
    /// No 2xx yet: what else the app asks waits for it. True un-subscribes.
    Opening(Vec<(bool, String)>),
    Running {
        expires_at: Instant,
        refresh: Refresh,
    },
    /// The final NOTIFY is due, once a 2xx said so until then.
    Leaving(Option<Instant>),
    Over,
}

/// One subscription of ours.
#[derive(Debug)]
pub(super) struct Subscriber {
    id: SubscriptionId,
    options: SubscribeOptions,
    event: EventHeader,
    local_tag: String,
    call_id: String,
    cseq: u32,
    raised: bool,
    accepted: bool,
    state: u8,
    phase: Phase,
    /// Makes it last.
    watch: Option<Watch>,
    /// Whether this is the dialog of a fork, beside the first of a lasting one.
    is_fork: bool,
    /// Further dialogs of a lasting one.
    forks: Vec<Subscriber>,
    pub(super) dialog: Option<Dialog>,
}

impl Subscriber {
    pub(super) fn open(
        id: SubscriptionId,
        mut options: SubscribeOptions,
        body: Option<&str>,
        cx: &mut Cx,
    ) -> Result<Self, CommandError> {
        let o = &options;
        let clean =
            [&o.event, &o.accept, &o.content_type, &o.allow_events, &o.to, &o.from].iter().all(|t| single_line(t))
                && [&o.to, &o.from].iter().all(|a| a.is_empty() || NameAddr::parse(a).is_some());
        let Some(event) = EventHeader::parse(&o.event).filter(|_| clean) else {
            return Err(CommandError::Invalid("options"));
        };
        options.event = event.package.clone();
        if let Some(id) = event.params.value("id") {
            options.event.push_str(";id=");
            options.event.push_str(id);
        }
        if options.from.is_empty() {
            options.from = cx.own_address();
        }
        if options.to.is_empty() {
            options.to = ["<", &options.target.without_link().to_string(), ">"].concat();
        }
        options.expires_s = options.expires_s.max(1);
        let cseq = options.cseq.unwrap_or_else(|| cx.entropy.cseq());
        let mut subscriber = Self {
            id,
            event,
            local_tag: String::new(),
            call_id: String::new(),
            accepted: false,
            cseq: cseq & 0x7fff_ffff,
            raised: false,
            state: WAITING_NOTIFY,
            phase: Phase::Opening(Vec::new()),
            watch: body.is_none().then(Watch::default),
            is_fork: false,
            forks: Vec::new(),
            dialog: None,
            options,
        };
        match body {
            Some(body) => {
                subscriber.name(cx);
                subscriber.submit(false, body, cx);
            }
            None => subscriber.take_turn(cx),
        }
        subscriber.tell(SubscriptionEvent::State, cx);
        Ok(subscriber)
    }

    /// Fresh names for the dialog to come.
    fn name(&mut self, cx: &mut Cx) {
        self.local_tag = cx.entropy.tag();
        self.call_id = cx.entropy.token(20);
    }

    /// Asks for a lasting one as soon as it is its turn.
    fn take_turn(&mut self, cx: &mut Cx) {
        let at = cx.out.flow().is_some().then(|| cx.turns.next(cx.now, &mut cx.entropy));
        if at == Some(cx.now) {
            self.anew(cx);
        } else {
            self.phase = Phase::Waiting { at, has_turn: true };
        }
    }

    /// Another subscription takes the place of the one that has ended.
    fn anew(&mut self, cx: &mut Cx) {
        (self.phase, self.dialog, self.raised) = (Phase::Opening(Vec::new()), None, false);
        self.name(cx);
        self.submit(false, "", cx);
        if let Some(watch) = &mut self.watch {
            watch.forks_until = cx.now.after(GIVE_UP_MS);
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    pub(super) fn owns(&self, request: &Request) -> bool {
        self.call_id == request.call_id
            && request.to_tag() == Some(&self.local_tag)
            && !self.has_ended()
            && (self.is_of_own(request)
                || self.forks.iter().any(|fork| fork.is_of_own(request))
                || self.may_fork(request))
    }

    pub(super) fn weight(&self) -> usize {
        let forks: usize = self.forks.iter().map(Self::weight).sum();
        forks + self.dialog.as_ref().map_or(0, Dialog::weight)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        earlier(self.own_deadline(), self.forks_due())
    }

    fn own_deadline(&self) -> Option<Instant> {
        let due = match &self.phase {
            Phase::Running { refresh: Refresh::At(at), .. } => Some(*at),
            Phase::Running { expires_at, refresh: Refresh::Waiting } => Some(*expires_at),
            Phase::Leaving(until) => *until,
            Phase::Waiting { at, .. } => *at,
            // Answers bring it on: the transaction has the timer.
            Phase::Running { refresh: Refresh::Sent | Refresh::Reconnected, .. } | Phase::Opening(_) | Phase::Over => {
                None
            }
        };
        earlier(due, self.watch.as_ref().and_then(|watch| watch.notify_by))
    }

    pub(super) fn expire(&mut self, cx: &mut Cx) {
        self.expire_forks(cx);
        if self.own_deadline().is_none_or(|at| at > cx.now) {
            return;
        }
        if self.watch.as_mut().is_some_and(|watch| watch.notify_by.take_if(|by| *by <= cx.now).is_some()) {
            // Without a connection none could come; the next one brings a SUBSCRIBE.
            if cx.out.flow().is_some() {
                self.over(RESPONSE_TIMEOUT, cx);
            }
            return;
        }
        match &self.phase {
            Phase::Waiting { has_turn: true, .. } if cx.out.flow().is_some() => self.anew(cx),
            Phase::Waiting { .. } => self.take_turn(cx),
            Phase::Running { refresh: Refresh::At(_), .. } => self.refresh(cx),
            Phase::Leaving(_) => self.over(UNSUBSCRIBE_TIMEOUT, cx),
            _ => self.over(TRANSPORT_ERROR, cx),
        }
    }

    /// Another SUBSCRIBE: a refresh, or with `ends` the last one. It waits for the first 2xx.
    pub(super) fn again(&mut self, ends: bool, body: &str, cx: &mut Cx) -> Result<(), CommandError> {
        if ends {
            self.watch = None;
        }
        for fork in &mut self.forks {
            let _ = fork.again(ends, body, cx);
        }
        match &mut self.phase {
            Phase::Waiting { .. } if ends => self.over(UNSUBSCRIBE_TIMEOUT, cx),
            Phase::Running { refresh, .. } if self.watch.is_some() || (self.is_fork && !ends) => {
                if !matches!(refresh, Refresh::Sent | Refresh::Waiting) {
                    *refresh = Refresh::At(cx.turns.next(cx.now, &mut cx.entropy));
                }
            }
            Phase::Opening(queue) => {
                if queue.len() == MAX_QUEUE {
                    return Err(CommandError::NotSupported("Too many requests waiting"));
                }
                // After an un-SUBSCRIBE there is nothing to refresh.
                if queue.last().is_none_or(|(last, _)| !last) {
                    queue.push((ends, body.to_owned()));
                }
            }
            Phase::Running { .. } => self.submit(ends, body, cx),
            Phase::Waiting { .. } | Phase::Leaving(_) | Phase::Over => {}
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, cx: &mut Cx) {
        if let Phase::Opening(queue) = &mut self.phase {
            queue.clear();
        }
        let _ = self.again(true, "", cx);
    }

    pub(super) fn abandon(&mut self, cx: &mut Cx) {
        self.watch = None;
        self.forks.clear();
        let code = if matches!(self.phase, Phase::Leaving(_)) { UNSUBSCRIBE_TIMEOUT } else { TRANSPORT_ERROR };
        self.over(code, cx);
    }

    /// What a lasting one knows may be wrong from now on.
    pub(super) fn line_lost(&mut self, cx: &mut Cx) {
        if self.watch.is_some() && matches!(self.phase, Phase::Running { .. }) {
            self.state = INIT;
            let code = TRANSPORT_ERROR;
            self.tell(SubscriptionEvent::Waiting { code, reason: None, status: None, retry_in_ms: None }, cx);
        }
    }

    /// RFC 6665 4.1.2.2: the notifier sends the whole state after each refresh.
    pub(super) fn line_open(&mut self, cx: &mut Cx) {
        if matches!(self.phase, Phase::Running { .. }) && self.watch.is_none() && !self.is_fork {
            self.refresh(cx);
            if let Phase::Running { refresh, .. } = &mut self.phase {
                *refresh = Refresh::Reconnected;
            }
        }
    }

    /// A lasting one, on a new connection.
    pub(super) fn take_turn_again(&mut self, cx: &mut Cx) {
        for fork in &mut self.forks {
            fork.take_turn_again(cx);
        }
        match &mut self.phase {
            Phase::Waiting { at: None, .. } | Phase::Waiting { has_turn: true, .. } => self.take_turn(cx),
            Phase::Running { refresh, .. } if self.watch.is_some() || self.is_fork => {
                *refresh = Refresh::At(cx.turns.next(cx.now, &mut cx.entropy));
            }
            // One that does not last is refreshed at once (`line_open`); the others have their time, or are answered.
            Phase::Running { .. } | Phase::Waiting { .. } | Phase::Opening(_) | Phase::Leaving(_) | Phase::Over => {}
        }
    }

    /// That connection is gone: what went by it goes on by another, past the proxy at `edge`.
    pub(super) fn flow_lost(&mut self, flow: Flow, edge: Option<&Uri>, cx: &mut Cx) {
        if self.dialog.as_mut().is_some_and(|dialog| dialog.leave(flow, edge)) {
            self.line_open(cx);
            self.take_turn_again(cx);
        }
        for fork in &mut self.forks {
            fork.flow_lost(flow, edge, cx);
        }
    }

    fn refresh(&mut self, cx: &mut Cx) {
        if cx.out.flow().is_some() {
            self.submit(false, "", cx);
        } else if let Phase::Running { refresh, .. } = &mut self.phase {
            *refresh = Refresh::Waiting;
        }
    }

    fn submit(&mut self, ends: bool, body: &str, cx: &mut Cx) {
        let draft = match &mut self.dialog {
            Some(dialog) => {
                let via = cx.new_via();
                dialog.request(Method::Subscribe, via)
            }
            None => {
                let uri = self.options.target.without_link().to_string();
                let from = [&self.options.from, ";tag=", &self.local_tag].concat();
                cx.draft(Method::Subscribe, &uri, &self.options.to, &from, &self.call_id, self.cseq)
            }
        };
        match &mut self.phase {
            Phase::Running { .. } if ends => self.phase = Phase::Leaving(None),
            Phase::Running { refresh, .. } => *refresh = Refresh::Sent,
            // The first one, or one that asks again for longer: its answer brings the next phase.
            Phase::Opening(_) | Phase::Waiting { .. } | Phase::Leaving(_) | Phase::Over => {}
        }
        if let Some(watch) = &mut self.watch {
            watch.notify_by = Some(cx.now.after(GIVE_UP_MS));
        }
        let options = &self.options;
        let expires = if ends { 0 } else { options.expires_s }.to_string();
        let own = [
            ("Event", options.event.as_str()),
            ("Expires", &expires),
            ("Accept", &options.accept),
            ("Contact", &cx.contact.text(&cx.config, false, false, options.target.is_secure())),
            ("Allow-Events", &options.allow_events),
            ("Content-Type", if body.is_empty() { "" } else { &options.content_type }),
        ];
        send(self.id, draft, &options.extra_headers, &own, body, cx);
    }

    /// Whether this request belongs to the subscription that is up, and not to one before it.
    fn asked(&self, draft: &Draft) -> bool {
        !self.has_ended() && draft.header("Call-ID") == Some(&self.call_id)
    }

    pub(super) fn response(&mut self, response: &Response, draft: &Draft, cx: &mut Cx) {
        if let Some(fork) = self.fork_that_sent(draft) {
            fork.response(response, draft, cx);
            return self.forks.retain(|fork| !fork.has_ended());
        }
        let refresh = self.dialog.is_some();
        let ending = |code| Ending {
            code,
            status: Some(response.status),
            refresh,
            retry_after: response.headers.first("Retry-After").and_then(retry_after),
            ..Ending::default()
        };
        if !self.asked(draft) {
            return;
        }
        match response.status {
            200..300 => self.granted(response, draft, cx),
            423 if !matches!(self.phase, Phase::Leaving(_)) => self.too_brief(response, draft, cx),
            // RFC 6665 4.1.2.2: an unrelated subscription takes its place.
            481 if matches!(self.phase, Phase::Running { refresh: Refresh::Reconnected, .. }) => {
                self.phase = Phase::Opening(Vec::new());
                self.dialog = None;
                self.name(cx);
                self.submit(false, "", cx);
            }
            401 | 407 => self.end(ending(AUTHENTICATION_FAILED), cx),
            408 | 500 | 502..600 if self.outlives(response.headers.first("Retry-After").and_then(retry_after), cx) => {}
            // JsSIP: to a request that is no INVITE a 408 says no more than silence.
            408 => self.end(ending(RESPONSE_TIMEOUT), cx),
            _ => self.end(ending(NON_OK_RESPONSE), cx),
        }
    }

    fn granted(&mut self, response: &Response, draft: &Draft, cx: &mut Cx) {
        if let Some(dialog) = &mut self.dialog {
            dialog.trust_realms_of(draft);
        }
        match &mut self.dialog {
            Some(dialog) if Some(dialog.id.remote_tag.as_str()) == response.to.tag() => {
                dialog.refresh_target(response.contact());
            }
            // A NOTIFY of another fork made the dialog: it stays.
            Some(_) => {}
            None => match Dialog::as_caller(draft, response) {
                Some(dialog) => self.dialog = Some(dialog),
                None => return self.over(WRONG_OK_RESPONSE, cx),
            },
        }
        self.share_trust();
        self.raised = false;
        if let Some(watch) = &mut self.watch {
            watch.accepted_at.get_or_insert(cx.now);
        }
        // RFC 6665 4.1.2.1: never longer than what was asked. Without the field, what was asked.
        let asked = self.options.expires_s;
        let seconds = response.expires().map_or(asked, |s| s.min(asked));
        let until = cx.now.after(GIVE_UP_MS);
        match &mut self.phase {
            Phase::Opening(queue) => {
                let queue = std::mem::take(queue);
                self.arm(seconds, cx);
                if !std::mem::replace(&mut self.accepted, true) {
                    self.tell(SubscriptionEvent::Accepted, cx);
                }
                for (ends, body) in &queue {
                    let _ = self.again(*ends, body, cx);
                }
            }
            Phase::Running { .. } => self.arm(seconds, cx),
            Phase::Leaving(deadline) => *deadline = Some(until),
            Phase::Waiting { .. } | Phase::Over => {}
        }
    }

    /// A refresh came to nothing, but the notifier keeps the subscription until it expires (RFC 6665 4.1.2.2): plans the
    /// next try. False if it would come too late, or there is nothing to keep.
    fn outlives(&mut self, retry_after_s: Option<u32>, cx: &Cx) -> bool {
        let Phase::Running { expires_at, refresh } = &mut self.phase else {
            return false;
        };
        let left = expires_at.since(cx.now);
        let wait = retry_after_s.map_or(left / 2, |seconds| u64::from(seconds) * 1000).max(RETRY_MS);
        if wait >= left {
            return false;
        }
        if let Some(watch) = &mut self.watch {
            watch.notify_by = None;
        }
        *refresh = Refresh::At(cx.now.after(wait));
        true
    }

    /// Plans the refresh. 0 s is the end: only the final NOTIFY is to come (RFC 6665 4.1.2.3 and 4.4.3).
    fn arm(&mut self, seconds: u32, cx: &mut Cx) {
        self.phase = if seconds == 0 {
            Phase::Leaving(Some(cx.now.after(GIVE_UP_MS)))
        } else {
            let delay = refresh_delay_ms(seconds, self.options.expires_s, cx);
            let expires_at = cx.now.after(u64::from(seconds) * 1000);
            Phase::Running { expires_at, refresh: Refresh::At(cx.now.after(delay)) }
        };
    }

    /// RFC 6665 4.2.1.1: asks once more, for the least that the notifier grants.
    fn too_brief(&mut self, response: &Response, draft: &Draft, cx: &mut Cx) {
        let least = response.headers.first("Min-Expires").and_then(|v| v.trim().parse::<u32>().ok());
        match least {
            Some(least) if !self.raised && least > self.options.expires_s && least <= MAX_EXPIRES_S => {
                self.raised = true;
                self.options.expires_s = least;
                self.cseq = (self.cseq + 1) & 0x7fff_ffff;
                self.submit(false, &draft.body, cx);
            }
            _ => self.end(Ending { code: NON_OK_RESPONSE, status: Some(423), ..Ending::default() }, cx),
        }
    }

    pub(super) fn unanswered(&mut self, fate: Fate, draft: &Draft, cx: &mut Cx) {
        if let Some(fork) = self.fork_that_sent(draft) {
            fork.unanswered(fate, draft, cx);
            return self.forks.retain(|fork| !fork.has_ended());
        }
        if !self.asked(draft) {
            return;
        }
        if fate == Fate::Timeout && self.outlives(None, cx) {
            return;
        }
        match (fate, &mut self.phase) {
            (Fate::Timeout, _) => self.over(RESPONSE_TIMEOUT, cx),
            (Fate::TransportError, Phase::Running { expires_at, refresh }) if *expires_at > cx.now => {
                *refresh = Refresh::Waiting;
            }
            (Fate::TransportError, _) => self.over(TRANSPORT_ERROR, cx),
        }
    }

    /// RFC 6665 4.1.3.
    pub(super) fn receive(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        if !self.is_of_own(request) {
            return self.receive_of_fork(server, request, cx);
        }
        if !matches!(request.method, Method::Notify) {
            return cx.reply_status(server, 405);
        }
        let Some(event) = event_of(request) else {
            return self.wrong(server, "Missing or Bad Event", cx);
        };
        if !same_event(&event, &self.event) {
            bad_event(server, &self.event.package, cx);
            return self.over(WRONG_NOTIFY_RECEIVED, cx);
        }
        let told = request.headers.first("Subscription-State").and_then(SubscriptionState::parse);
        let state = match told.as_ref().map_or("", |told| &told.state) {
            "pending" => PENDING,
            "active" => ACTIVE,
            _ => TERMINATED,
        };
        let Some(told) = told.filter(|told| state != TERMINATED || told.state == "terminated") else {
            return self.wrong(server, "Missing or Bad Subscription-State", cx);
        };
        match &mut self.dialog {
            Some(dialog) => dialog.refresh_target(request.contact()),
            None => match Dialog::as_callee(request, &self.local_tag, self.cseq) {
                Some(dialog) => self.dialog = Some(dialog),
                None => {
                    return cx.reply_because(server, 400, "Missing or Bad Contact");
                }
            },
        }
        cx.reply_status(server, 200);
        if let Some(watch) = &mut self.watch {
            watch.notify_by = None;
        }
        let before = self.state;
        if state != TERMINATED {
            self.state = state;
            if let (Some(seconds), Phase::Running { expires_at, .. }) = (told.expires, &self.phase)
                && cx.now.after(u64::from(seconds) * 1000 + DEVIATION_MS) < *expires_at
            {
                self.arm(seconds.max(1), cx);
            }
            if before != state {
                let kind = if state == PENDING { SubscriptionEvent::Pending } else { SubscriptionEvent::Active };
                self.tell(kind, cx);
            }
        }
        let is_final = state == TERMINATED;
        // Of a lasting one an empty state is told, too: somebody of whom there is nothing to say.
        if !request.body.is_empty() || ((self.watch.is_some() || self.is_fork) && state == ACTIVE) {
            self.tell(SubscriptionEvent::Notify { is_final, request: share(request) }, cx);
        }
        if is_final {
            let SubscriptionState { reason, retry_after, .. } = told;
            let code = FINAL_NOTIFY_RECEIVED;
            self.end(Ending { code, told_by_notifier: true, reason, retry_after, ..Ending::default() }, cx);
        }
    }

    /// A NOTIFY that says nothing ends the subscription.
    fn wrong(&mut self, server: ServerId, why: &str, cx: &mut Cx) {
        cx.reply_because(server, 400, why);
        self.over(WRONG_NOTIFY_RECEIVED, cx);
    }

    fn over(&mut self, code: u8, cx: &mut Cx) {
        self.end(Ending { code, ..Ending::default() }, cx);
    }

    fn end(&mut self, ending: Ending, cx: &mut Cx) {
        if self.is_fork {
            self.phase = Phase::Over;
            return self.tell(SubscriptionEvent::ForkEnded, cx);
        }
        if self.is_replaced(cx) {
            return;
        }
        self.dialog = None;
        let again = self.watch.as_mut().map(|watch| watch.again(&ending, cx));
        let Ending { code, status, reason, retry_after, told_by_notifier, .. } = ending;
        let retry_after = retry_after.filter(|_| told_by_notifier);
        match again.flatten() {
            Some(wait) => {
                let retry_in_ms = cx.out.flow().is_some().then_some(wait);
                self.phase = Phase::Waiting { at: retry_in_ms.map(|wait| cx.now.after(wait)), has_turn: false };
                // What still comes of the one that has ended is nobody's.
                self.call_id.clear();
                self.state = INIT;
                self.tell(SubscriptionEvent::Waiting { code, reason, status, retry_in_ms }, cx);
            }
            None => {
                self.phase = Phase::Over;
                self.state = TERMINATED;
                self.tell(SubscriptionEvent::Terminated { code, reason, retry_after, status }, cx);
            }
        }
    }

    /// The CSeq number of a repetition with credentials.
    pub(super) fn next_cseq(&mut self, draft: &Draft) -> Option<u32> {
        if let Some(fork) = self.fork_that_sent(draft) {
            return fork.next_cseq(draft);
        }
        if !self.asked(draft) {
            return None;
        }
        Some(match &mut self.dialog {
            Some(dialog) => dialog.next_cseq(),
            None => {
                self.cseq = (self.cseq + 1) & 0x7fff_ffff;
                self.cseq
            }
        })
    }

    /// Of a fork no more is told than what its notifier says, and that it has ended.
    fn tell(&self, kind: SubscriptionEvent, cx: &mut Cx) {
        if self.is_fork && !matches!(kind, SubscriptionEvent::Notify { .. } | SubscriptionEvent::ForkEnded) {
            return;
        }
        tell(self.id, self.state, self.dialog.as_ref(), kind, cx);
    }
}
