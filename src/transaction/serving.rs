//! Requests of the far end: which transaction they are part of, and what is replied (RFC 3261 17.2.3, 8.2.2.2).

use std::sync::Arc;

use super::server::ServerState;
use super::server_invite::{AckMeans, ServerInviteState};
use super::{Arrival, ServerId, Transactions};
use crate::bounds::{MAX_TRANSACTIONS, RESERVED_TRANSACTIONS};
use crate::event::{Flow, share};
use crate::message::{Method, Reply, Request};
use crate::outbox::Outbox;
use crate::time::{Instant, earlier};

#[derive(Debug)]
enum ServerKind {
    Invite(ServerInviteState),
    Other(ServerState),
}

#[derive(Debug)]
pub(super) struct Server {
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
    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            ServerKind::Invite(state) => state.deadline(),
            ServerKind::Other(state) => Some(state.deadline()),
        }
    }

    /// Whether it ends with this connection: what is no INVITE could not be answered any more; a ringing INVITE's answer
    /// finds the new connection.
    pub(super) fn is_lost_with(&self, flow: Flow) -> bool {
        self.flow == flow && matches!(self.state, ServerKind::Other(_))
    }

    pub(super) fn weight(&self) -> usize {
        let names = self.branch.len() + self.sent_by.len() + self.call_id.len() + self.from_tag.len();
        let request = self.request.as_ref().map_or(0, |request| request.weight() + request.uri.weight());
        names + self.to_tag.len() + request + self.last.as_ref().map_or(0, Vec::len)
    }
}

impl Transactions {
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
                    AckMeans::Pass => Arrival::Ack,
                    AckMeans::Over => {
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
                out.send_on(Some(server.flow), last);
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

    /// The connection that its request came by.
    pub fn flow_of(&self, id: ServerId) -> Option<Flow> {
        self.servers.get(&id).map(|server| server.flow)
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
        let (bytes, flow) = (reply.encode(&request, &server.to_tag), Some(server.flow));
        if over {
            out.send_on(flow, bytes);
            self.drop_server(id);
        } else {
            out.send_on(flow, bytes.clone());
            server.last = Some(bytes);
            self.due = earlier(self.due, server.deadline());
        }
        true
    }

    /// Repeats the 2xx of an INVITE (RFC 3261 13.3.1.4). False once its transaction is gone.
    pub fn repeat(&mut self, id: ServerId, out: &mut Outbox) -> bool {
        let Some(server) = self.servers.get(&id) else {
            return false;
        };
        if let Some(last) = &server.last {
            out.send_on(Some(server.flow), last.clone());
        }
        true
    }

    /// The ACK of this 2xx is here: it need not be repeated any more.
    pub fn acknowledged(&mut self, id: ServerId) {
        if let Some(server) = self.servers.get_mut(&id) {
            server.last = None;
        }
    }

    /// Forgets a server transaction whose connection is gone and that nobody will answer.
    pub fn abandon(&mut self, id: ServerId) {
        self.drop_server(id);
    }

    fn drop_server(&mut self, id: ServerId) {
        self.servers.remove(&id);
    }
}
