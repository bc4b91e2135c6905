//! What a machine of the core may use while it handles one input. The agent owns it; it is passed down and never kept.

mod compose;
mod contact;

pub(crate) use contact::Contact;

use crate::auth::{Attempt, Authenticator, Outgoing};
use crate::bounds::{HEAVY, MAX_HELD, MAX_TRICKLER, MAX_TRICKLERS};
use crate::config::{Config, TrickleIce};
use crate::dialog::Dialog;
use crate::ended::Ended;
use crate::entropy::Entropy;
use crate::event::{Event, SendId, SessionId};
use crate::exchange::{Cancel, Exchanges, Owner};
use crate::message::{Draft, Method, Reply, Response, header_line};
use crate::outbox::Outbox;
use crate::session_ids::SessionIds;
use crate::subscription::turns::Turns;
use crate::time::Instant;
use crate::transaction::{ClientId, ServerId, Transactions};

/// What `Supported` has beside the rest where candidates are taken by INFO (RFC 8840 8).
pub(crate) const TRICKLE_ICE: &str = ",trickle-ice";

/// The environment of every input and command.
#[derive(Debug)]
pub struct Cx {
    /// The moment of the input.
    pub now: Instant,
    /// The agent's settings.
    pub config: Config,
    /// Randomness.
    pub entropy: Entropy,
    /// The transaction table.
    pub transactions: Transactions,
    /// Our requests that wait for their answer.
    pub exchanges: Exchanges,
    /// Answers challenges.
    pub authenticator: Authenticator,
    /// Where everything leaves.
    pub out: Outbox,
    /// About how many bytes the tables hold of what the network said, as of this frame, and never less.
    pub held: usize,
    /// Whether an INVITE may be open whose call is over: a call has ended, or a 1xx came, since that was last looked at.
    pub unwanted: bool,
    /// The server that is (or was last) connected: index into `Config::servers`.
    pub server: usize,
    /// The Contact of dialogs: a GRUU once the registrar gave one.
    pub contact: Contact,
    /// The number of the last REGISTER.
    pub register_cseq: u32,
    /// The proxies that a request outside a dialog passes, as the registrar wants it (RFC 3608).
    pub service_route: Vec<String>,
    /// When the next lasting subscription may be asked for.
    pub turns: Turns,
    /// The UUIDs of calls, where they have some.
    pub session_ids: SessionIds,
    /// The dialogs of calls that were over lately.
    pub ended: Ended,
    /// Addresses whose last answer took candidates by INFO (RFC 8840), the newest at the end.
    tricklers: Vec<String>,
}

/// What the credentials of a request depend on.
pub(crate) fn outgoing<'a>(config: &Config, server: usize, draft: &'a Draft) -> Outgoing<'a> {
    Outgoing {
        method: draft.method.as_str(),
        uri: &draft.uri,
        body: draft.body.as_bytes(),
        inside: draft.inside.as_deref(),
        server,
        secure: config.servers.get(server).is_some_and(|server| server.secure),
    }
}

impl Cx {
    /// The environment of an agent that is not connected yet.
    pub fn new(config: Config, entropy: Entropy) -> Self {
        Self {
            now: Instant::default(),
            config,
            entropy,
            transactions: Transactions::default(),
            exchanges: Exchanges::default(),
            authenticator: Authenticator::new(),
            out: Outbox::default(),
            held: 0,
            unwanted: false,
            server: 0,
            contact: Contact::default(),
            register_cseq: 0,
            service_route: Vec::new(),
            turns: Turns::default(),
            session_ids: SessionIds::default(),
            ended: Ended::default(),
            tricklers: Vec::new(),
        }
    }

    /// Whether something of this weight may be kept, and leaves that many bytes over.
    pub fn has_room(&self, weight: usize, reserved: usize) -> bool {
        self.held + weight + reserved <= if weight > HEAVY { MAX_HELD / 2 } else { MAX_HELD }
    }

    /// Settles by which connection a request goes, and what its Via says of that.
    pub fn direct(&self, draft: &mut Draft) {
        draft.flow = self.out.pick(draft.flow);
        let other = self.out.server_of(draft.flow).filter(|server| *server != self.server);
        if let Some(server) = other.and_then(|server| self.config.servers.get(server))
            && let Some((_, rest)) = draft.header("Via").and_then(|via| via.split_once(' '))
        {
            let via = ["SIP/2.0/", &server.via_transport, " ", rest].concat();
            draft.set("Via", via);
        }
    }

    /// Sends a request of ours and remembers whose it is.
    pub fn send(&mut self, owner: Owner, mut draft: Draft) -> ClientId {
        self.direct(&mut draft);
        self.identify(&mut draft);
        let attempt = self.authorize(owner, &mut draft);
        let id = self.transactions.request(self.now, draft.clone(), &mut self.out);
        self.exchanges.insert(id, owner, draft, attempt, self.out.flow().is_some());
        id
    }

    /// The socket did not take this frame: a request in it has failed, and the far end knows nothing of it.
    pub fn not_sent(&mut self, send: SendId) {
        if let Some(id) = self.transactions.not_sent(send)
            && let Some(exchange) = self.exchanges.get_mut(id)
        {
            exchange.left = false;
        }
    }

    /// Adds the credentials that nobody has asked for yet. An ACK or CANCEL cannot be challenged, a sign of life is not
    /// worth it, and what an app has put there itself stays.
    fn authorize(&mut self, owner: Owner, draft: &mut Draft) -> Attempt {
        let plain = matches!(draft.method, Method::Ack | Method::Cancel) || owner == Owner::KeepAlive;
        if plain || draft.credentials().next().is_some() {
            return Attempt::default();
        }
        let request = outgoing(&self.config, self.out.server_of(draft.flow).unwrap_or(self.server), draft);
        let (fields, attempt) = self.authenticator.ahead(&self.config.credentials, &request, &mut self.entropy);
        draft.credit(fields);
        draft.token_realms = attempt.token_realms();
        attempt
    }

    /// Gives a request of a call the UUIDs of both ends (RFC 7989).
    pub fn identify(&self, draft: &mut Draft) {
        if self.config.session_id
            && let Some(value) =
                self.session_ids.value(draft.header("Call-ID").unwrap_or_default(), &draft.remote_tag())
        {
            draft.set("Session-ID", value);
        }
    }

    /// Sends the ACK of a 2xx with the credentials of its INVITE, and keeps it for when the 2xx comes again
    /// (RFC 3261 13.2.2.4).
    pub fn acknowledge(&mut self, owner: Owner, dialog: &Dialog, response: &Response) {
        let via = self.new_via();
        let mut draft = dialog.ack(via, response.cseq);
        self.direct(&mut draft);
        if let Some((_, exchange)) = self.exchanges.find(owner, response.cseq) {
            draft.headers.extend(exchange.draft.credentials());
        }
        let flow = draft.flow;
        let mut ack = self.finish(draft, &[], "outbound");
        self.identify(&mut ack);
        let ack = ack.encode();
        self.out.send_on(flow, ack.clone());
        if let Some((id, _)) = self.exchanges.find(owner, response.cseq) {
            self.exchanges.keep_ack(id, response.to.tag().unwrap_or_default(), ack);
        }
    }

    /// Cancels the newest INVITE of that owner, now or with its first 1xx (RFC 3261 9.1), and gives it 64 × T1 to end.
    pub fn cancel(&mut self, owner: Owner, reason: Option<String>) {
        if let Some((id, _)) = self.exchanges.latest(owner) {
            self.cancel_one(id, reason);
        }
    }

    /// Cancels that INVITE.
    pub fn cancel_one(&mut self, id: ClientId, reason: Option<String>) {
        let Some(exchange) = self.exchanges.get_mut(id) else {
            return;
        };
        if exchange.held.is_some() {
            // It was answered, and is not sent again.
            self.exchanges.remove(id);
        } else if exchange.provisional {
            exchange.cancel = Cancel::Sent;
            let cancel = exchange.draft.cancel(reason.as_deref());
            self.transactions.give_up(self.now, id);
            self.send(Owner::Nobody, cancel);
        } else {
            exchange.cancel = Cancel::Wanted(reason);
        }
    }

    /// Gives up the offer of this call that is on its way: what comes of it is nobody's any more. Only an INVITE is cancelled
    /// (RFC 3261 9.1).
    pub fn abandon(&mut self, session: SessionId) {
        if let Some((id, exchange)) = self.exchanges.latest(Owner::Reoffer(session)) {
            exchange.owner = Owner::Abandoned(session);
            if exchange.draft.method == Method::Invite {
                self.cancel_one(id, None);
            }
        }
    }

    /// Replies with the usual phrase and nothing more.
    pub fn reply_status(&mut self, id: ServerId, status: u16) {
        self.reply(id, Reply::new(status));
    }

    /// Replies with a phrase of our own.
    pub fn reply_because(&mut self, id: ServerId, status: u16, reason: &str) {
        self.reply(id, Reply::new(status).because(reason));
    }

    /// Replies with one more field.
    pub fn reply_with(&mut self, id: ServerId, status: u16, name: &str, value: &str) {
        self.reply(id, Reply::new(status).with(name, value));
    }

    /// Replies in a server transaction, with the agent's `extra_headers` and what it supports; a stateless one without.
    /// False if the transaction takes no reply any more.
    pub fn reply(&mut self, id: ServerId, mut reply: Reply) -> bool {
        if !reply.stateless {
            let typed = reply.headers.pop_if(|(name, _)| name == "Content-Type");
            let method = self.transactions.request_of(id).map(|request| request.method.clone());
            // RFC 3261 13.3.1.4: the caller learns what it may ask in the call.
            let accepts = (200..300).contains(&reply.status) && method == Some(Method::Invite);
            let silent = !reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Allow"));
            if silent && (accepts || reply.status == 405) {
                let refused = if accepts { None } else { method.as_ref() };
                let allowed =
                    self.allow().split(',').filter(|name| refused.is_none_or(|refused| refused.as_str() != *name));
                reply.headers.push(("Allow".to_owned(), allowed.collect::<Vec<_>>().join(",")));
            }
            reply.headers.extend(self.config.extra_headers.iter().filter_map(|line| header_line(line)));
            if let Some(method) = method {
                // RFC 3261 11.2: an OPTIONS is answered as an INVITE would be.
                if method == Method::Options
                    && let Some(packages) = self.config.recv_info()
                {
                    reply.headers.push(("Recv-Info".to_owned(), packages));
                }
                let trickles = method == Method::Options && self.config.trickle_ice != TrickleIce::Off;
                let method = if method == Method::Options { Method::Invite } else { method };
                let more = if trickles { TRICKLE_ICE } else { reply.supports };
                let reliable = if method == Method::Invite { self.reliable() } else { "" };
                let supported = [&self.supported(&method, !reply.body.is_empty()), reliable, more].concat();
                reply.headers.push(("Supported".to_owned(), supported));
            }
            reply.headers.extend(typed);
        }
        if self.config.session_id
            && let Some(request) = self.transactions.request_of(id)
            && let Some(value) = self.session_ids.value(&request.call_id, request.from_tag())
        {
            reply.headers.insert(0, ("Session-ID".to_owned(), value));
        }
        self.transactions.reply(self.now, id, &reply, &mut self.out)
    }

    /// Whether this address of record is known to take candidates by INFO.
    pub fn is_trickler(&self, address: &str) -> bool {
        self.tricklers.iter().any(|known| known == address)
    }

    /// An address of record has said whether it takes candidates by INFO.
    pub fn note_trickler(&mut self, address: &str, trickles: bool) {
        self.tricklers.retain(|known| known != address);
        if trickles && address.len() <= MAX_TRICKLER {
            self.tricklers.push(address.to_owned());
            let surplus = self.tricklers.len().saturating_sub(MAX_TRICKLERS);
            self.tricklers.drain(..surplus);
        }
    }

    /// An answer of the shell was of another kind than what was asked for, which is a fault of the shell: it changes
    /// nothing, and the app is told.
    pub fn misanswered(&mut self) {
        self.event(Event::Dropped { why: "Answer to another question than was asked" });
    }

    /// Tells the app.
    pub fn event(&mut self, event: Event) {
        self.out.event(event);
    }
}
