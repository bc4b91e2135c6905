//! Subscriptions to the state of somebody, both ways: RFC 6665. And what we publish of our own: RFC 3903.
//!
//! A subscription has a dialog of its own. What a call's REFER subscribes to lives inside the call (RFC 3515) and is
//! not here.

mod command;
mod notifier;
mod publication;
mod refresh;
mod subscriber;
pub mod turns;
mod watch;

use std::sync::Arc;

use crate::bounds::{MAX_FOREIGN_SUBSCRIPTIONS, MAX_SUBSCRIPTIONS};
use crate::command::CommandError;
use crate::context::Cx;
use crate::dialog::{Dialog, Order};
use crate::event::{Event, Flow, SubscriptionEvent, SubscriptionId, Ticket, share};
use crate::exchange::Owner;
use crate::message::{Draft, EventHeader, Request, Response, header_line};
use crate::table::Table;
use crate::time::{Instant, earlier};
use crate::transaction::{Fate, ServerId};
use crate::uri::Uri;

pub use command::{Command, NotifierOptions, SubscribeOptions};
pub use publication::PublishOptions;

use notifier::Notifier;
use publication::Publication;
use subscriber::Subscriber;

/// Longest subscription that is granted, or asked for because a 423 says so, in s: a day.
pub const MAX_EXPIRES_S: u32 = 86_400;

/// How a subscription of ours came to its end.
#[derive(Debug, Default)]
struct Ending {
    /// JsSIP's `Subscriber.C`.
    code: u8,
    /// Of the answer to our SUBSCRIBE.
    status: Option<u16>,
    /// Whether that SUBSCRIBE was a refresh, within a dialog.
    refresh: bool,
    /// Whether a NOTIFY said so, and what else it said.
    told_by_notifier: bool,
    reason: Option<String>,
    retry_after: Option<u32>,
}

/// JsSIP's `STATE_*` of both classes.
const PENDING: u8 = 0;
const ACTIVE: u8 = 1;
const TERMINATED: u8 = 2;

#[derive(Debug)]
// The table gives each a place of its own.
#[allow(clippy::large_enum_variant)]
enum Usage {
    Subscriber(Subscriber),
    Notifier(Notifier),
    Publication(Publication),
}

impl Usage {
    fn owns(&self, request: &Request) -> bool {
        match self {
            Self::Subscriber(subscriber) => subscriber.owns(request),
            Self::Notifier(notifier) => notifier.owns(request),
            Self::Publication(_) => false,
        }
    }
}

/// Calls the same method of whichever it is.
macro_rules! either {
    ($usage:expr, $side:ident => $call:expr) => {
        match $usage {
            Usage::Subscriber($side) => $call,
            Usage::Notifier($side) => $call,
            Usage::Publication($side) => $call,
        }
    };
}

/// All subscriptions of an agent.
#[derive(Debug, Default)]
pub struct Subscriptions(Table<SubscriptionId, Usage>);

impl Subscriptions {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no place for another one of somebody else's. Some places are kept for ours.
    fn is_full(&self) -> bool {
        let foreign = self.0.values().filter(|usage| matches!(usage, Usage::Notifier(_))).count();
        foreign >= MAX_FOREIGN_SUBSCRIPTIONS || self.0.len() >= MAX_SUBSCRIPTIONS
    }

    /// About how many bytes they hold of what the network said.
    pub fn weight(&self) -> usize {
        self.0.values().map(|usage| either!(usage, s => s.weight())).sum()
    }

    /// Does what an app asks. A refused command has changed nothing.
    pub fn command(&mut self, id: SubscriptionId, command: Command, cx: &mut Cx) -> Result<(), CommandError> {
        let opened = match command {
            Command::Subscribe(options, body) => Usage::Subscriber(self.open(id, *options, Some(&body), cx)?),
            Command::Watch(options) => Usage::Subscriber(self.open(id, *options, None, cx)?),
            Command::Publish(options, body) => {
                self.check_room(id)?;
                Usage::Publication(Publication::open(id, *options, body, cx)?)
            }
            mut command => return self.go_on(id, &mut command, cx),
        };
        self.0.insert(id, opened);
        Ok(())
    }

    /// One of ours; without a body it lasts.
    fn open(
        &mut self,
        id: SubscriptionId,
        options: SubscribeOptions,
        body: Option<&str>,
        cx: &mut Cx,
    ) -> Result<Subscriber, CommandError> {
        self.check_room(id)?;
        Subscriber::open(id, options, body, cx)
    }

    fn check_room(&self, id: SubscriptionId) -> Result<(), CommandError> {
        if self.0.contains_key(&id) {
            return Err(CommandError::InvalidState(TERMINATED));
        }
        if self.0.len() >= MAX_SUBSCRIPTIONS {
            return Err(CommandError::NotSupported("Too many subscriptions"));
        }
        Ok(())
    }

    fn go_on(&mut self, id: SubscriptionId, command: &mut Command, cx: &mut Cx) -> Result<(), CommandError> {
        match (self.0.get_mut(&id), command) {
            (Some(Usage::Subscriber(subscriber)), Command::Again { ends, body }) => subscriber.again(*ends, body, cx),
            (Some(Usage::Publication(publication)), Command::Again { ends, body }) => {
                publication.again(*ends, body, cx);
                Ok(())
            }
            (Some(Usage::Notifier(notifier)), command) => notifier.command(command, cx),
            _ => Err(CommandError::InvalidState(TERMINATED)),
        }
    }

    /// A SUBSCRIBE outside a dialog: the app makes a notifier of it, or answers it.
    pub fn offered(&mut self, id: SubscriptionId, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        let event = event_of(request);
        let expires = request.headers.has("Expires") && request.expires().is_none();
        if self.is_full() {
            cx.reply_with(server, 503, "Retry-After", "10");
        } else if let (Some(event), Some(_), false) = (event, request.contact(), expires) {
            let notifier = Notifier::offered(id, server, share(request), event, cx);
            self.0.insert(id, Usage::Notifier(notifier));
        } else {
            // JsSIP; RFC 6665 4.2.1 leaves the code open.
            cx.reply_status(server, 405);
        }
    }

    /// The next moment at which something falls due.
    pub fn deadline(&self) -> Option<Instant> {
        let mut first = None;
        for usage in self.0.values() {
            first = earlier(first, either!(usage, s => s.deadline()));
        }
        first
    }

    /// Does what fell due.
    pub fn expire(&mut self, cx: &mut Cx) {
        for usage in self.0.values_mut() {
            either!(usage, s => if s.deadline().is_some_and(|at| at <= cx.now) { s.expire(cx) });
        }
    }

    /// Forgets those that are over.
    pub fn drop_ended(&mut self) {
        self.0.drop_all(&mut |_, usage| either!(usage, s => s.has_ended()));
    }

    /// Whether a request is in the dialog of one of them.
    pub fn owns(&self, request: &Request) -> bool {
        self.0.values().any(|usage| usage.owns(request))
    }

    /// A request inside a dialog. False if it is nobody's here.
    pub fn receive(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) -> bool {
        for usage in self.0.values_mut() {
            if !usage.owns(request) {
                continue;
            }
            let dialog = match usage {
                Usage::Subscriber(subscriber) => subscriber.dialog_of(request),
                Usage::Notifier(notifier) => notifier.dialog.as_mut(),
                Usage::Publication(_) => continue,
            };
            if dialog.is_some_and(|d| d.receive(request) == Order::TooOld) {
                // RFC 3261 12.2.2.
                cx.reply_because(server, 500, "CSeq out of order");
                return true;
            }
            match usage {
                Usage::Subscriber(subscriber) => subscriber.receive(server, request, cx),
                Usage::Notifier(notifier) => notifier.receive(server, request, cx),
                Usage::Publication(_) => {}
            }
            return true;
        }
        false
    }

    /// The final answer to a SUBSCRIBE, NOTIFY or PUBLISH of ours, which is `draft`.
    pub fn response(&mut self, id: SubscriptionId, response: &Arc<Response>, draft: &Draft, cx: &mut Cx) {
        match self.0.get_mut(&id) {
            Some(Usage::Subscriber(subscriber)) => subscriber.response(response, draft, cx),
            Some(Usage::Notifier(notifier)) => notifier.response(response.status, cx),
            Some(Usage::Publication(publication)) => publication.response(response, cx),
            None => {}
        }
    }

    /// No answer to a SUBSCRIBE or NOTIFY of ours, which is `draft`.
    pub fn unanswered(&mut self, id: SubscriptionId, fate: Fate, draft: &Draft, cx: &mut Cx) {
        match self.0.get_mut(&id) {
            Some(Usage::Subscriber(subscriber)) => subscriber.unanswered(fate, draft, cx),
            Some(Usage::Notifier(notifier)) => notifier.unanswered(fate, cx),
            Some(Usage::Publication(publication)) => publication.unanswered(fate, cx),
            None => {}
        }
    }

    /// The CSeq of the next request in its dialog, for a repetition of `draft` with credentials.
    pub fn next_cseq(&mut self, id: SubscriptionId, draft: &Draft) -> Option<u32> {
        match self.0.get_mut(&id)? {
            Usage::Subscriber(subscriber) => subscriber.next_cseq(draft),
            Usage::Notifier(notifier) => notifier.dialog.as_mut().map(Dialog::next_cseq),
            Usage::Publication(publication) => Some(publication.next_cseq()),
        }
    }

    /// The listeners of a hook of this one have run.
    pub fn resume(&mut self, id: SubscriptionId, ticket: Ticket, listened: bool, cx: &mut Cx) {
        if let Some(Usage::Notifier(notifier)) = self.0.get_mut(&id) {
            notifier.resume(ticket, listened, cx);
        }
    }

    /// The connection is gone.
    pub fn line_lost(&mut self, cx: &mut Cx) {
        for usage in self.0.values_mut() {
            if let Usage::Subscriber(subscriber) = usage {
                subscriber.line_lost(cx);
            }
        }
    }

    /// There is a connection again. What lasts takes turns on it after so many ms: a notifier may look for us by our
    /// registration.
    pub fn line_open(&mut self, wait_ms: u64, cx: &mut Cx) {
        cx.turns.hold(cx.now.after(wait_ms));
        for usage in self.0.values_mut() {
            if let Usage::Subscriber(subscriber) = usage {
                subscriber.line_open(cx);
            }
        }
        self.take_turns(cx);
    }

    /// The registration is answered: nobody has to wait for it any more.
    pub fn registered(&mut self, cx: &mut Cx) {
        if cx.turns.release(cx.now) {
            self.take_turns(cx);
        }
    }

    fn take_turns(&mut self, cx: &mut Cx) {
        for usage in self.0.values_mut() {
            match usage {
                Usage::Subscriber(subscriber) => subscriber.take_turn_again(cx),
                Usage::Publication(publication) => publication.take_turn(cx),
                Usage::Notifier(_) => {}
            }
        }
    }

    /// That connection is gone, and another one stands: those that went by it go on by that, past the proxy at `edge`.
    pub fn flow_lost(&mut self, flow: Flow, edge: Option<&Uri>, cx: &mut Cx) {
        cx.turns.hold(cx.now);
        for usage in self.0.values_mut() {
            match usage {
                Usage::Subscriber(subscriber) => subscriber.flow_lost(flow, edge, cx),
                Usage::Notifier(notifier) => {
                    if let Some(dialog) = &mut notifier.dialog {
                        dialog.leave(flow, edge);
                    }
                }
                // Each of its requests goes by the first flow.
                Usage::Publication(_) => {}
            }
        }
    }

    /// The agent stops: ends them all, as far as the far ends answer in time.
    pub fn leave(&mut self, cx: &mut Cx) {
        for usage in self.0.values_mut() {
            either!(usage, s => s.leave(cx));
        }
    }

    /// The agent has stopped: what did not end by itself ends now.
    pub fn abandon(&mut self, cx: &mut Cx) {
        for usage in self.0.values_mut() {
            either!(usage, s => if !s.has_ended() { s.abandon(cx) });
        }
        self.0 = Table::new();
    }
}

/// Whether what was refused so may be granted later.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 480 | 486 | 500 | 502..=504 | 506..=512 | 514..600)
}

/// The Event field of a request.
pub(crate) fn event_of(request: &Request) -> Option<EventHeader> {
    request.headers.first("Event").and_then(EventHeader::parse)
}

/// 489 names the package that would have fitted (RFC 6665 8.3.2).
pub(crate) fn bad_event(server: ServerId, package: &str, cx: &mut Cx) {
    cx.reply_with(server, 489, "Allow-Events", package);
}

/// Whether two Event fields name the same subscription (RFC 6665 8.2.1).
fn same_event(one: &EventHeader, other: &EventHeader) -> bool {
    one.package == other.package && one.params.value("id") == other.params.value("id")
}

fn tell(id: SubscriptionId, state: u8, dialog: Option<&Dialog>, kind: SubscriptionEvent, cx: &mut Cx) {
    cx.event(Event::Subscription { id, state, dialog: dialog.map(|d| d.id.clone()), kind });
}

/// Sends a SUBSCRIBE or NOTIFY: the fields that the app gave, then our own that are not empty. An app's Contact
/// stands for ours.
fn send(id: SubscriptionId, mut draft: Draft, extra: &[String], own: &[(&str, &str)], body: &str, cx: &mut Cx) {
    draft.headers.extend(extra.iter().filter_map(|line| header_line(line)));
    for (name, value) in own {
        if !value.is_empty() && (*name != "Contact" || draft.header(name).is_none()) {
            draft.headers.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    let mut draft = cx.finish(draft, &[], "outbound");
    body.clone_into(&mut draft.body);
    cx.exchanges.count_subscription(id, draft.cseq());
    cx.send(Owner::Subscription(id), draft);
}
