//! The transaction layer over a reliable transport: RFC 3261 17 with RFC 6026.
//!
//! It matches messages to transactions, absorbs retransmissions, ACKs non-2xx answers, and knows when to give up.
//! Over WebSocket nothing is retransmitted here (timers A, E and G never run) and D, I, J and K are zero; B, F, H, L
//! and M are 64 × T1. It answers its caller with values and never knows who owns a transaction.

mod client;
mod client_invite;
mod server;
mod server_invite;
mod serving;

use crate::cause::Cause;
use crate::event::{Flow, SendId};
use crate::message::{Draft, Method, Party, Response};
use crate::outbox::Outbox;
use crate::table::Table;
use crate::time::{Instant, earlier};

use client::ClientState;
use client_invite::InviteState;
use serving::Server;

/// RTT estimate of RFC 3261 17.1.1.1, in ms.
pub(crate) const T1_MS: u64 = 500;
/// Longest interval between retransmissions, in ms.
pub(crate) const T2_MS: u64 = 4_000;
/// 64 × T1: timers B, F, H, L and M, in ms.
pub(crate) const GIVE_UP_MS: u64 = 64 * T1_MS;

/// Names a client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(u32);
/// Names a server transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
        let send = if out.send_on(draft.flow, draft.encode()) {
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
        let flow = out.pick(draft.flow);
        let client = Client { branch, draft, send, flow, state };
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
                    out.send_on(client.flow, client.draft.ack(response).encode());
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

    /// Forgets them all: the line is closed for good.
    pub fn clear(&mut self) {
        let next = self.next;
        *self = Self { next, ..Self::default() };
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

    /// Marks the transaction whose request could not be handed to the socket, and names it.
    pub fn not_sent(&mut self, send: SendId) -> Option<ClientId> {
        let (&id, _) = self.clients.iter().find(|(_, client)| client.send == Some(send))?;
        self.lost.push(id);
        Some(id)
    }

    /// The connection is gone: client transactions on it fail, unless an INVITE was already answered.
    pub fn closed(&mut self, flow: Flow) {
        for (&id, client) in self.clients.iter() {
            if client.flow == Some(flow) && !client.is_accepted() {
                self.lost.push(id);
            }
        }
        self.servers.drop_all(&mut |_, server| server.is_lost_with(flow));
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
}

/// Whether Call-ID, CSeq number and From tag are those of the request (RFC 3261 8.2.6.2).
fn copies(draft: &Draft, response: &Response) -> bool {
    let from = draft.header("From").and_then(Party::parse);
    draft.cseq() == response.cseq
        && draft.header("Call-ID") == Some(&response.call_id)
        && from.as_ref().and_then(Party::tag) == response.from.tag()
}
