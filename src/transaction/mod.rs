//! The transaction layer over a reliable transport: RFC 3261 17 with RFC 6026.
//!
//! It matches messages to transactions, absorbs retransmissions, ACKs non-2xx answers, and knows when to give up.
//! Over WebSocket nothing is retransmitted here (timers A, E and G never run) and D, I, J and K are zero; B, F, H, L
//! and M are 64 × T1. It answers its caller with values and never knows who owns a transaction.

mod client;
mod client_invite;
mod server;
mod server_invite;

use std::sync::Arc;

use crate::bounds::{MAX_TRANSACTIONS, RESERVED_TRANSACTIONS};
use crate::cause::Cause;
use crate::event::{Flow, SendId, share};
use crate::message::{Draft, Method, NameAddr, Reply, Request, Response};
use crate::outbox::Outbox;
use crate::table::Table;
use crate::time::{Instant, earlier};

use client::ClientState;
use client_invite::InviteState;
use server::ServerState;
use server_invite::ServerInviteState;

/// RTT estimate of RFC 3261 17.1.1.1, in ms.
pub const T1_MS: u64 = 500;
/// Longest interval between retransmissions, in ms.
pub const T2_MS: u64 = 4_000;
/// 64 × T1: timers B, F, H, L and M, in ms.
pub const GIVE_UP_MS: u64 = 64 * T1_MS;

/// Names a client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(u32);
/// Names a server transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerId(u32);

#[derive(Debug)]
enum ClientKind {
    Invite(InviteState),
    Other(ClientState),
}

#[derive(Debug)]
struct Client {
    /// Ours alone: with the method it names the transaction (RFC 3261 17.1.3).
    branch: String,
    draft: Draft,
    send: Option<SendId>,
    flow: Option<Flow>,
    state: ClientKind,
}

impl Client {
    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            ClientKind::Invite(state) => state.deadline(),
            ClientKind::Other(state) => state.deadline(),
        }
    }

    /// Whether it is an INVITE that a 2xx has answered.
    fn is_accepted(&self) -> bool {
        matches!(&self.state, ClientKind::Invite(state) if state.is_accepted())
    }
}

#[derive(Debug)]
enum ServerKind {
    Invite(ServerInviteState),
    Other(ServerState),
}

#[derive(Debug)]
struct Server {
    /// Branch, sent-by and method name the transaction (RFC 3261 17.2.3).
    branch: String,
    sent_by: String,
    method: Method,
    /// Call-ID, From tag and CSeq number tell whether it came twice (RFC 3261 8.2.2.2).
    call_id: String,
    from_tag: String,
    cseq: u32,
    /// The request, until its final answer: after it only what is sent again is kept.
    request: Option<Arc<Request>>,
    to_tag: String,
    flow: Flow,
    last: Option<Vec<u8>>,
    state: ServerKind,
}

impl Server {
    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            ServerKind::Invite(state) => state.deadline(),
            ServerKind::Other(state) => Some(state.deadline()),
        }
    }

    fn weight(&self) -> usize {
        let names = self.branch.len() + self.sent_by.len() + self.call_id.len() + self.from_tag.len();
        let request = self.request.as_ref().map_or(0, |request| request.weight() + request.uri.weight());
        names + self.to_tag.len() + request + self.last.as_ref().map_or(0, Vec::len)
    }
}

/// Why a client transaction ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Timer B or F.
    Timeout,
    /// The connection is gone, or there was none.
    TransportError,
}

impl Fate {
    /// The cause that an app is told.
    pub fn cause(self) -> Cause {
        match self {
            Self::Timeout => Cause::RequestTimeout,
            Self::TransportError => Cause::ConnectionError,
        }
    }
}

/// What the arrival of a request means to the layer above.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A new request in a transaction of its own.
    New(ServerId),
    /// The ACK of a 2xx, or of nothing that is known: the owner of its dialog takes it.
    Ack,
    /// A CANCEL for this INVITE transaction, in a transaction of its own.
    Cancel(ServerId, Option<ServerId>),
    /// A retransmission or the ACK of a non-2xx: dealt with.
    Absorbed,
    /// No place for another one.
    Full,
}

/// All transactions of an agent.
#[derive(Debug, Default)]
pub struct Transactions {
    next: u32,
    clients: Table<ClientId, Client>,
    servers: Table<ServerId, Server>,
    lost: Vec<ClientId>,
    /// Client transactions that have ended since the owner of their requests was told.
    ended: Vec<ClientId>,
    /// Nothing falls due before that. The transaction that was to be the first may have ended meanwhile.
    due: Option<Instant>,
}

impl Transactions {
    /// Sends `draft` in a client transaction. With no connection it fails at the next `lost()`.
    pub fn request(&mut self, now: Instant, draft: Draft, out: &mut Outbox) -> ClientId {
        let id = ClientId(self.next_id());
        let send = if out.send(draft.encode()) {
            Some(out.sent())
        } else {
            self.lost.push(id);
            None
        };
        let state = match draft.method {
            Method::Invite => ClientKind::Invite(InviteState::start(now)),
            _ => ClientKind::Other(ClientState::start(now)),
        };
        let branch = draft.branch().to_owned();
        let client = Client { branch, draft, send, flow: out.flow(), state };
        self.due = earlier(self.due, client.deadline());
        self.clients.insert(id, client);
        id
    }

    /// Gives the INVITE transaction `id` 64 × T1 to end now that nobody wants its answer any more (RFC 3261 9.1). A 1xx
    /// has stopped its timer B. Asking again changes nothing.
    pub fn give_up(&mut self, now: Instant, id: ClientId) {
        if let Some(Client { state: ClientKind::Invite(state), .. }) = self.clients.get_mut(&id) {
            state.give_up(now);
            self.due = earlier(self.due, state.deadline());
        }
    }

    /// How many transactions live.
    pub fn len(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// About how many bytes they hold of what the network sent.
    pub fn weight(&self) -> usize {
        self.servers.values().map(Server::weight).sum()
    }

    /// Whether none lives.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The client transaction that a response belongs to, if its owner shall see it (RFC 3261 17.1.3). Branch and
    /// method name it; what else a response copies has to be what was sent, or it answers something else.
    pub fn response(&mut self, now: Instant, response: &Response, out: &mut Outbox) -> Option<ClientId> {
        let branch = response.via.branch()?;
        let mut found = None;
        // The newest first: most answers are for it.
        for (&id, client) in self.clients.iter_mut().rev() {
            if client.branch == branch && client.draft.method == response.method && copies(&client.draft, response) {
                found = Some((id, client));
                break;
            }
        }
        let (id, client) = found?;
        let (pass, over) = match &mut client.state {
            ClientKind::Invite(state) => {
                let step = state.response(now, response.status);
                if step.ack {
                    out.send(client.draft.ack(response).encode());
                }
                (step.pass, step.over)
            }
            ClientKind::Other(state) => state.response(response.status),
        };
        self.due = earlier(self.due, client.deadline());
        if over {
            self.drop_client(id);
        }
        pass.then_some(id)
    }

    /// Takes a request in (RFC 3261 17.2.3). `to_tag` is what our replies will add to To, `room` whether there is any
    /// for one that is new.
    pub fn arrival(
        &mut self,
        now: Instant,
        request: &Arc<Request>,
        flow: Flow,
        to_tag: String,
        room: bool,
        out: &mut Outbox,
    ) -> Arrival {
        let branch = request.via.branch().unwrap_or_default();
        let ack = matches!(request.method, Method::Ack);
        let method = if ack { &Method::Invite } else { &request.method };
        // A branch without the magic cookie says nothing (RFC 2543): Call-ID and CSeq stand in for it.
        let branch = if branch.starts_with("z9hG4bK") {
            branch.to_owned()
        } else {
            [branch, "|", &request.call_id, "|", &request.cseq.to_string(), "|", request.from_tag()].concat()
        };
        if let Some((id, server)) = self.server_of(&branch, request, method) {
            if ack {
                let ServerKind::Invite(state) = &server.state else {
                    return Arrival::Absorbed;
                };
                return match state.ack() {
                    server_invite::AckMeans::Pass => Arrival::Ack,
                    server_invite::AckMeans::Over => {
                        self.drop_server(id);
                        Arrival::Absorbed
                    }
                };
            }
            let repeat = match &server.state {
                ServerKind::Invite(state) => state.repeats(),
                ServerKind::Other(_) => true,
            };
            if let Some(last) = server.last.clone().filter(|_| repeat) {
                out.send_on(server.flow, last);
            }
            return Arrival::Absorbed;
        }
        if ack {
            return Arrival::Ack;
        }
        let reserved = if matches!(request.method, Method::Invite) { RESERVED_TRANSACTIONS } else { 0 };
        if !room || self.len() >= MAX_TRANSACTIONS - reserved {
            return Arrival::Full;
        }
        let state = match request.method {
            Method::Invite => ServerKind::Invite(ServerInviteState::start()),
            _ => ServerKind::Other(ServerState::start(now)),
        };
        let id = ServerId(self.next_id());
        let arrival = if matches!(request.method, Method::Cancel) {
            Arrival::Cancel(id, self.server_of(&branch, request, &Method::Invite).map(|(id, _)| id))
        } else {
            Arrival::New(id)
        };
        let server = Server {
            branch,
            sent_by: request.via.sent_by.clone(),
            method: request.method.clone(),
            call_id: request.call_id.clone(),
            from_tag: request.from_tag().to_owned(),
            cseq: request.cseq,
            request: Some(share(request)),
            to_tag,
            flow,
            last: None,
            state,
        };
        self.due = earlier(self.due, server.deadline());
        self.servers.insert(id, server);
        arrival
    }

    fn server_of(&self, branch: &str, request: &Request, method: &Method) -> Option<(ServerId, &Server)> {
        for (&id, server) in self.servers.iter() {
            if server.branch == branch
                && server.sent_by.eq_ignore_ascii_case(&request.via.sent_by)
                && server.method == *method
            {
                return Some((id, server));
            }
        }
        None
    }

    /// Whether another INVITE of the same caller with the same Call-ID and CSeq is open (RFC 3261 8.2.2.2).
    pub fn is_merged(&self, id: ServerId, request: &Request) -> bool {
        for (&other, server) in self.servers.iter() {
            if other != id
                && server.cseq == request.cseq
                && server.method == request.method
                && server.call_id == request.call_id
                && server.from_tag == request.from_tag()
            {
                return true;
            }
        }
        false
    }

    /// The tag that our replies in this transaction carry.
    pub fn to_tag(&self, id: ServerId) -> Option<&str> {
        self.servers.get(&id).map(|s| s.to_tag.as_str())
    }

    /// Makes the replies in this transaction carry the tag of its dialog.
    pub fn set_to_tag(&mut self, id: ServerId, tag: String) {
        if let Some(server) = self.servers.get_mut(&id) {
            server.to_tag = tag;
        }
    }

    /// The request of this transaction, until its final answer.
    pub fn request_of(&self, id: ServerId) -> Option<&Arc<Request>> {
        self.servers.get(&id)?.request.as_ref()
    }

    /// Whether this server transaction still lives.
    pub fn is_served(&self, id: ServerId) -> bool {
        self.servers.contains_key(&id)
    }

    /// Whether no final reply has been sent yet.
    pub fn is_unanswered(&self, id: ServerId) -> bool {
        self.servers.get(&id).is_some_and(|s| match &s.state {
            ServerKind::Invite(state) => state.is_proceeding(),
            ServerKind::Other(_) => true,
        })
    }

    /// Forgets them all: the line is closed for good.
    pub fn clear(&mut self) {
        let next = self.next;
        *self = Self { next, ..Self::default() };
    }

    /// Sends a reply. One to a transaction that is over, or a second final one, is not sent.
    /// False if it was not.
    pub fn reply(&mut self, now: Instant, id: ServerId, reply: &Reply, out: &mut Outbox) -> bool {
        let Some(server) = self.servers.get_mut(&id) else {
            return false;
        };
        let Some(request) = server.request.as_ref().map(share) else {
            return false;
        };
        let over = match &mut server.state {
            ServerKind::Invite(state) => match state.reply(now, reply.status) {
                Some(over) => over,
                None => return false,
            },
            ServerKind::Other(state) => state.reply(reply.status),
        };
        if reply.status >= 200 {
            server.request = None;
        }
        let bytes = reply.encode(&request, &server.to_tag);
        out.send_on(server.flow, bytes.clone());
        server.last = Some(bytes);
        self.due = earlier(self.due, server.deadline());
        if over {
            self.drop_server(id);
        }
        true
    }

    /// Repeats the 2xx of an INVITE (RFC 3261 13.3.1.4). False once its transaction is gone.
    pub fn repeat(&mut self, id: ServerId, out: &mut Outbox) -> bool {
        let Some(server) = self.servers.get(&id) else {
            return false;
        };
        if let Some(last) = &server.last {
            out.send_on(server.flow, last.clone());
        }
        true
    }

    /// The ACK of this 2xx is here: it need not be repeated any more.
    pub fn acknowledged(&mut self, id: ServerId) {
        if let Some(server) = self.servers.get_mut(&id) {
            server.last = None;
        }
    }

    /// A moment before which nothing falls due.
    pub fn deadline(&self) -> Option<Instant> {
        if !self.lost.is_empty() {
            return Some(Instant::default());
        }
        self.due.filter(|_| !self.is_empty())
    }

    /// Ends what fell due: client transactions with their fate, server INVITEs whose ACK never came, and requests that
    /// were not answered while their sender waited.
    pub fn expire(&mut self, now: Instant) -> Vec<(ClientId, Fate)> {
        let mut fates = Vec::new();
        for id in std::mem::take(&mut self.lost) {
            if self.drop_client(id) {
                fates.push((id, Fate::TransportError));
            }
        }
        if self.due.is_none_or(|at| at > now) {
            return fates;
        }
        let mut first = None;
        let ended = &mut self.ended;
        self.clients.drop_all(&mut |&id, client| {
            let deadline = client.deadline();
            if deadline.is_none_or(|at| at > now) {
                first = earlier(first, deadline);
                return false;
            }
            // After a 2xx the owner is told nothing.
            if !client.is_accepted() {
                fates.push((id, Fate::Timeout));
            }
            ended.push(id);
            true
        });
        self.servers.drop_all(&mut |_, server| {
            let deadline = server.deadline();
            let due = deadline.is_some_and(|at| at <= now);
            first = if due { first } else { earlier(first, deadline) };
            due
        });
        self.due = first;
        fates
    }

    /// The client transactions that have ended since this was asked.
    pub fn take_ended(&mut self) -> Vec<ClientId> {
        std::mem::take(&mut self.ended)
    }

    /// Marks the transaction whose request could not be handed to the socket.
    pub fn not_sent(&mut self, send: SendId) {
        for (&id, client) in self.clients.iter() {
            if client.send == Some(send) {
                self.lost.push(id);
            }
        }
    }

    /// The connection is gone: client transactions on it fail, unless an INVITE was already answered.
    pub fn closed(&mut self, flow: Flow) {
        for (&id, client) in self.clients.iter() {
            if client.flow == Some(flow) && !client.is_accepted() {
                self.lost.push(id);
            }
        }
        // Non-INVITE requests could not be answered any more; a ringing INVITE's answer finds the new connection.
        self.servers.drop_all(&mut |_, s| s.flow == flow && matches!(s.state, ServerKind::Other(_)));
    }

    /// Forgets a server transaction whose connection is gone and that nobody will answer.
    pub fn abandon(&mut self, id: ServerId) {
        self.drop_server(id);
    }

    /// The connection that this transaction's request came by.
    pub fn flow_of(&self, id: ServerId) -> Option<Flow> {
        self.servers.get(&id).map(|s| s.flow)
    }

    fn next_id(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    fn drop_client(&mut self, id: ClientId) -> bool {
        let lived = self.clients.remove(&id).is_some();
        if lived {
            self.ended.push(id);
        }
        lived
    }

    fn drop_server(&mut self, id: ServerId) {
        self.servers.remove(&id);
    }
}

/// Whether Call-ID, CSeq number and From tag are those of the request (RFC 3261 8.2.6.2).
fn copies(draft: &Draft, response: &Response) -> bool {
    let from = draft.header("From").and_then(NameAddr::parse);
    draft.cseq() == response.cseq
        && draft.header("Call-ID") == Some(&response.call_id)
        && from.as_ref().and_then(NameAddr::tag) == response.from.tag()
}
