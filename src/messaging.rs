//! MESSAGE (RFC 3428) and OPTIONS (RFC 3261 11) outside a dialog, both ways; JsSIP `Message`, `Options`.

use std::sync::Arc;

use crate::cause::Cause;
use crate::command::{line, names};
use crate::context::Cx;
use crate::event::{AppReply, Asker, Event, Originator, RequestId, SessionId, Ticket};
use crate::exchange::Owner;
use crate::message::{ACCEPT, Draft, Method, Reply, Request, Response, header_line, quoted};
use crate::table::Table;
use crate::transaction::{Fate, ServerId, Transactions};
use crate::uri::{ANONYMOUS, Uri};

/// What goes with a MESSAGE or OPTIONS of ours.
#[derive(Clone, Debug)]
pub struct RequestOptions {
    /// Where it goes.
    pub target: Uri,
    /// The body, empty for none.
    pub body: String,
    /// Its type.
    pub content_type: String,
    /// Lines `Name: value`.
    pub extra_headers: Vec<String>,
    /// Another user in From.
    pub from_user: Option<String>,
    /// Another display name in From.
    pub from_display_name: Option<String>,
}

/// Requests outside a dialog that are not settled yet.
#[derive(Debug, Default)]
pub struct Requests {
    /// Theirs, which the app answers.
    waiting: Table<Ticket, ServerId>,
    /// Ours, which the app sees before they leave.
    outgoing: Table<Ticket, Draft>,
}

impl Requests {
    /// How many wait for their listeners.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.outgoing.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes a request; it leaves when the listeners of `newMessage` or `newOptions` have run.
    pub fn send(&mut self, id: RequestId, method: Method, options: RequestOptions, cx: &mut Cx) {
        let tag = cx.entropy.tag();
        let call_id = cx.new_call_id();
        let mut lines = options.extra_headers;
        let from = Sender { user: options.from_user, name: options.from_display_name, anonymous: false, tag };
        let draft = from.open(method.clone(), &options.target, &call_id, &mut lines, cx);
        lines.push(line("Content-Type", &options.content_type));
        let mut draft = cx.finish(draft, &lines, "outbound");
        draft.body = options.body;
        let ticket = cx.out.ticket(Asker::Sending(id));
        let outgoing = Some(draft.clone());
        self.outgoing.insert(ticket, draft);
        cx.event(Event::NewRequest { id, session: None, ticket, method, incoming: None, outgoing });
    }

    /// A MESSAGE or OPTIONS came, perhaps inside a call: the app decides in its listener.
    pub fn receive(
        &mut self,
        id: RequestId,
        session: Option<SessionId>,
        server: ServerId,
        request: Arc<Request>,
        cx: &mut Cx,
    ) {
        let ticket = self.hold(server, cx);
        let method = request.method.clone();
        cx.event(Event::NewRequest { id, session, ticket, method, incoming: Some(request), outgoing: None });
    }

    /// A request that is answered when its listeners have run.
    pub fn hold(&mut self, server: ServerId, cx: &mut Cx) -> Ticket {
        let ticket = cx.out.ticket(Asker::Reply);
        self.waiting.insert(ticket, server);
        ticket
    }

    /// Forgets those whose sender has given up.
    pub fn drop_given_up(&mut self, transactions: &Transactions) {
        self.waiting.drop_all(&mut |_, &server| !transactions.is_served(server));
    }

    /// The listeners have seen one of ours: it leaves as they left it.
    pub fn resume(&mut self, ticket: Ticket, id: RequestId, headers: Vec<(String, String)>, body: String, cx: &mut Cx) {
        if let Some(mut draft) = self.outgoing.remove(&ticket) {
            draft.change(headers, body);
            cx.send(Owner::Request(id), *draft);
        }
    }

    /// The listeners have seen one of theirs: it is answered.
    pub fn decided(&mut self, ticket: Ticket, listened: bool, reply: Option<AppReply>, cx: &mut Cx) {
        let Some(server) = self.waiting.remove(&ticket) else {
            return;
        };
        let options = cx.transactions.request_of(*server).is_some_and(|r| matches!(r.method, Method::Options));
        let mut reply = reply.unwrap_or_else(|| {
            // JsSIP: a MESSAGE that nobody listens for is 405, an OPTIONS is 200 all the same.
            let status = if listened || options { 200 } else { 405 };
            AppReply { status, reason: None, headers: Vec::new(), body: String::new() }
        });
        if options {
            reply.headers.push(line("Allow", cx.allow()));
            reply.headers.push(line("Accept", ACCEPT));
        }
        cx.reply(*server, reply_of(&reply));
    }

    /// The final answer to one of ours.
    pub fn response(&mut self, id: RequestId, response: Arc<Response>, cx: &mut Cx) {
        let failure = (response.status >= 300).then(|| (Originator::Remote, Cause::of_status(response.status)));
        cx.event(Event::RequestDone { id, response: Some(response), failure });
    }

    /// No answer to one of ours.
    pub fn unanswered(&mut self, id: RequestId, fate: Fate, cx: &mut Cx) {
        cx.event(Event::RequestDone { id, response: None, failure: Some((Originator::System, fate.cause())) });
    }
}

/// Asks the proxies to tell nobody who sends it (RFC 3325 9.3).
pub const PRIVATE: &str = "Privacy: id";

/// Who says that it sends a request outside a dialog.
#[derive(Debug)]
pub struct Sender {
    /// Another user than that of the address of record.
    pub user: Option<String>,
    /// Another display name than the agent's.
    pub name: Option<String>,
    /// Nobody (RFC 3323).
    pub anonymous: bool,
    /// The tag.
    pub tag: String,
}

impl Sender {
    /// The start of such a request, up to CSeq. Who really sends it goes into `lines` (RFC 3325).
    pub fn open(&self, method: Method, target: &Uri, call_id: &str, lines: &mut Vec<String>, cx: &mut Cx) -> Draft {
        let cseq = cx.entropy.cseq();
        let config = &cx.config;
        let usual = self.name.as_deref().or(config.display_name.as_deref());
        let name = match if self.anonymous { Some("Anonymous") } else { usual } {
            Some(name) => [&quoted(name), " "].concat(),
            None => String::new(),
        };
        let mut uri = config.uri.aor();
        if self.anonymous || self.user.is_some() {
            lines.push(line("P-Preferred-Identity", &uri));
        }
        if self.anonymous {
            // An app that asks for more says all of it (RFC 3323 4.2: one field).
            if !lines.iter().any(|line| names(line, "Privacy")) {
                lines.push(PRIVATE.to_owned());
            }
            uri = ANONYMOUS.to_owned();
        } else if let (Some(user), None) = (&self.user, &config.uri.opaque) {
            uri = [&config.uri.scheme, ":", &crate::uri::escape_user(user), "@", &config.uri.host].concat();
        }
        let from = [&name, "<", &uri, ">;tag=", &self.tag].concat();
        let target = target.without_link().to_string();
        let to = ["<", &target, ">"].concat();
        cx.draft(method, &target, &to, &from, call_id, cseq)
    }
}

/// An app's reply with its fields, checked once more.
pub fn reply_of(wanted: &AppReply) -> Reply {
    let mut reply = Reply::new(wanted.status);
    reply.reason = wanted.reason.clone().filter(|r| crate::message::single_line(r));
    reply.headers.extend(wanted.headers.iter().filter_map(|line| header_line(line)));
    let typed = reply.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("Content-Type"));
    if !wanted.body.is_empty() && !typed {
        reply.headers.push(("Content-Type".to_owned(), "application/sdp".to_owned()));
    }
    reply.body = wanted.body.clone();
    reply
}
