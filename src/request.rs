//! MESSAGE (RFC 3428) and OPTIONS (RFC 3261 11) outside a dialog, both ways; JsSIP `Message`, `Options`.

use std::sync::Arc;

use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{Event, Originator, Refusal, RequestId, Ticket, Verdict};
use crate::exchange::Owner;
use crate::message::{ACCEPT, ALLOW, Method, Reply, Request, Response, header_line, quoted};
use crate::table::Table;
use crate::transaction::{Fate, ServerId};
use crate::uri::Uri;

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
    waiting: Table<Ticket, ServerId>,
    outgoing: Table<RequestId, (Ticket, crate::message::Draft)>,
}

impl Requests {
    /// Makes a request; it leaves when the listeners of `newMessage` or `newOptions` have run.
    pub fn send(&mut self, id: RequestId, method: Method, options: RequestOptions, cx: &mut Cx) {
        let mut from_uri = cx.config.uri.clone();
        let mut lines = options.extra_headers;
        if let Some(user) = &options.from_user {
            from_uri.user = Some(crate::uri::escape_user(user));
            lines.push(format!("P-Preferred-Identity: {}", cx.config.uri.aor()));
        }
        let name = options.from_display_name.as_ref().or(cx.config.display_name.as_ref());
        let name = name.map(|n| format!("{} ", quoted(n))).unwrap_or_default();
        let from = format!("{name}<{}>;tag={}", from_uri.aor(), cx.entropy.tag());
        let call_id = format!("{}{}", cx.config.call_id_prefix, cx.entropy.token(15));
        let cseq = u32::try_from(cx.entropy.below(10_000)).unwrap_or_default();
        let uri = options.target.to_string();
        let mut draft = cx.draft(method.clone(), &uri, &format!("<{uri}>"), &from, &call_id, cseq);
        lines.push(format!("Content-Type: {}", options.content_type));
        draft = cx.finish(draft, &lines, "outbound");
        draft.body = options.body;
        let ticket = cx.out.ticket();
        let outgoing = Some(draft.clone());
        self.outgoing.insert(id, (ticket, draft));
        cx.event(Event::NewRequest { id, ticket, method, incoming: None, outgoing });
    }

    /// A MESSAGE or OPTIONS came: the app decides in its listener.
    pub fn receive(&mut self, id: RequestId, server: ServerId, request: Arc<Request>, cx: &mut Cx) {
        let ticket = self.hold(server, cx);
        let method = request.method.clone();
        cx.event(Event::NewRequest { id, ticket, method, incoming: Some(request), outgoing: None });
    }

    /// A request that is answered when its listeners have run.
    pub fn hold(&mut self, server: ServerId, cx: &mut Cx) -> Ticket {
        let ticket = cx.out.ticket();
        self.waiting.insert(ticket, server);
        ticket
    }

    /// The listeners have run. Gives back a verdict that is for somebody else.
    pub fn resume(&mut self, ticket: Ticket, verdict: Verdict, cx: &mut Cx) -> Option<Verdict> {
        let ours = self.outgoing.iter().find(|(_, (t, _))| *t == ticket).map(|(&id, _)| id);
        if let Some((id, (_, mut draft))) = ours.and_then(|id| Some((id, *self.outgoing.remove(&id)?))) {
            if let Verdict::Sending { headers, body } = verdict {
                draft.change(headers, body);
            }
            cx.send(Owner::Request(id), draft);
            return None;
        }
        let Some(server) = self.waiting.remove(&ticket) else {
            return Some(verdict);
        };
        let (listened, reply) = match verdict {
            Verdict::Reply { listened, reply } => (listened, reply),
            _ => (true, None),
        };
        let options = cx.transactions.request_of(*server).is_some_and(|r| r.method == Method::Options);
        let mut reply = reply.unwrap_or_else(|| {
            // JsSIP: a MESSAGE that nobody listens for is 405, an OPTIONS is 200 all the same.
            let status = if listened || options { 200 } else { 405 };
            Refusal { status, reason: None, headers: Vec::new(), body: String::new() }
        });
        if options || reply.status == 405 {
            reply.headers.push(format!("Allow: {ALLOW}"));
        }
        if options {
            reply.headers.push(format!("Accept: {ACCEPT}"));
        }
        cx.reply(*server, refusal(reply));
        None
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

/// An app's reply with its fields, checked once more.
pub fn refusal(refusal: Refusal) -> Reply {
    let mut reply = Reply::new(refusal.status);
    reply.reason = refusal.reason.filter(|r| crate::message::single_line(r));
    reply.headers = refusal.headers.iter().filter_map(|line| header_line(line)).collect();
    let typed = reply.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("Content-Type"));
    if !refusal.body.is_empty() && !typed {
        reply.headers.push(("Content-Type".to_owned(), "application/sdp".to_owned()));
    }
    reply.body = refusal.body;
    reply
}
