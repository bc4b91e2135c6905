//! What arrives as a request: the checks of RFC 3261 8.2 and 12.2.2, and whom it is for.

use std::sync::Arc;

use super::{Agent, Running};
use crate::dialog::Order;
use crate::event::{Event, Flow, RequestId, SessionId, SubscriptionId};
use crate::message::{self, ALLOW, Frame, Method, Replaces, Reply, Request, parse};
use crate::sdp;
use crate::session::{MAX_SESSIONS, Session};
use crate::transaction::{Arrival, ServerId};

/// The extensions of `Require` that this agent understands.
const SUPPORTED: [&str; 5] = ["ice", "outbound", "gruu", "timer", "replaces"];

impl Agent {
    pub(super) fn frame(&mut self, flow: Flow, bytes: &[u8]) {
        match parse(bytes) {
            Ok(Frame::Ping) => {
                self.transport.heard(false);
                self.cx.out.send(b"\r\n".to_vec());
            }
            Ok(Frame::Pong) => self.transport.heard(true),
            Ok(Frame::Request(request)) => {
                self.transport.heard(false);
                self.request(flow, *request);
            }
            Ok(Frame::Response(response)) => {
                self.transport.heard(false);
                self.response(*response);
            }
            Err(fault) => {
                self.transport.heard(false);
                if let Some(reply) = fault.reply {
                    self.cx.out.send(reply);
                }
                self.cx.out.event(Event::Dropped { why: fault.why });
            }
        }
    }

    fn request(&mut self, flow: Flow, request: Request) {
        // JsSIP: after stop() nobody answers any more, but for what ends a call.
        if self.running == Running::Stopped {
            return;
        }
        let request = Arc::new(request);
        let to_tag = match request.to_tag() {
            Some(tag) => tag.to_owned(),
            None => self.cx.entropy.tag(),
        };
        match self.cx.transactions.arrival(&request, flow, to_tag, &mut self.cx.out) {
            Arrival::Absorbed => {}
            Arrival::Full => {
                let reply = Reply::new(503).with("Retry-After", "10");
                self.cx.out.send(reply.encode(&request, &self.cx.entropy.tag()));
            }
            Arrival::Ack => self.ack(&request),
            Arrival::Cancel(server, invite) => self.cancel(server, invite, &request),
            Arrival::New(server) => self.new_request(server, &request),
        }
    }

    fn ack(&mut self, ack: &Arc<Request>) {
        if let Some(session) = self.session_of(ack)
            && let Some(session) = self.sessions.get_mut(&session)
        {
            session.receive_ack(ack, &mut self.cx);
        }
    }

    fn cancel(&mut self, server: ServerId, invite: Option<ServerId>, cancel: &Arc<Request>) {
        let Some(invite) = invite else {
            self.cx.reply(server, Reply::new(481));
            return;
        };
        // RFC 3261 9.2: the CANCEL's answer has the To tag of the INVITE's.
        if let Some(tag) = self.cx.transactions.to_tag(invite).map(str::to_owned) {
            self.cx.transactions.set_to_tag(server, &tag);
        }
        let cx = &mut self.cx;
        cx.reply(server, Reply::new(200).stateless());
        if let Some(session) = self.sessions.values_mut().find(|s| s.is_invited_by(invite)) {
            session.canceled(cancel, cx);
            return;
        }
        for session in self.sessions.values_mut() {
            session.cancel_replacement(invite, cx);
            session.cancel_reoffer(invite, cx);
        }
    }

    fn new_request(&mut self, server: ServerId, request: &Arc<Request>) {
        if let Some(reply) = self.objection(server, request) {
            self.cx.reply(server, reply);
            return;
        }
        if request.method == Method::Invite {
            self.cx.reply(server, Reply::new(100));
        }
        match request.to_tag() {
            Some(_) => self.in_dialog(server, request),
            None => self.out_of_dialog(server, request),
        }
    }

    /// Why a request cannot be processed, by RFC 3261 8.2.1 to 8.2.3 in their order.
    fn objection(&self, server: ServerId, request: &Arc<Request>) -> Option<Reply> {
        let initial = request.to_tag().is_none();
        if !request.uri.is_sip() {
            return Some(Reply::new(416).stateless());
        }
        if initial && request.call_id.starts_with(&self.cx.config.call_id_prefix) {
            return Some(Reply::new(482).stateless());
        }
        if initial && self.cx.transactions.is_merged(server, request) {
            return Some(Reply::new(482).stateless());
        }
        // A request inside a call is known by its dialog; an address of ours may have changed since.
        if !self.is_for_us(request) && self.session_of(request).is_none() {
            return Some(Reply::new(404).stateless());
        }
        if let Method::Other(_) = request.method {
            return Some(Reply::new(501).with("Allow", ALLOW));
        }
        let required = request.headers.values("Require");
        let unknown: Vec<&str> =
            required.into_iter().filter(|r| !SUPPORTED.iter().any(|s| r.eq_ignore_ascii_case(s))).collect();
        if !unknown.is_empty() {
            return Some(Reply::new(420).with("Unsupported", unknown.join(", ")));
        }
        let encoded = |v: &&str| !v.eq_ignore_ascii_case("identity");
        if !request.body.is_empty() && request.headers.values("Content-Encoding").iter().any(encoded) {
            return Some(Reply::new(415).with("Accept-Encoding", "identity"));
        }
        None
    }

    /// Whether the Request-URI's user is the address of record's, the Contact's or a GRUU's.
    fn is_for_us(&self, request: &Request) -> bool {
        let user = request.uri.user_decoded();
        let gruu = |g: &Option<String>| g.as_deref().and_then(crate::uri::Uri::parse).and_then(|u| u.user_decoded());
        let ours = [
            self.cx.config.uri.user_decoded(),
            gruu(&self.cx.contact.public_gruu),
            gruu(&self.cx.contact.temporary_gruu),
        ];
        // A Contact may have no user.
        user == self.cx.config.contact.user_decoded() || ours.into_iter().flatten().any(|u| Some(u) == user)
    }

    fn session_of(&self, request: &Request) -> Option<SessionId> {
        let local = request.to_tag()?;
        let remote = request.from_tag();
        self.sessions.values().find(|s| s.owns(&request.call_id, local, remote)).map(|s| s.id)
    }

    fn in_dialog(&mut self, server: ServerId, request: &Arc<Request>) {
        let session = self.session_of(request);
        let cx = &mut self.cx;
        let Some(session) = session.and_then(|id| self.sessions.get_mut(&id)) else {
            if self.subscriptions.receive(server, request, cx) {
                return;
            }
            match request.method {
                // A UA without dialogs answers an OPTIONS or MESSAGE with any To tag (JsSIP).
                Method::Options | Method::Message => self.out_of_dialog(server, request),
                Method::Notify => {
                    cx.reply(server, Reply::new(481).because("Subscription does not exist"));
                }
                _ => {
                    cx.reply(server, Reply::new(481));
                }
            }
            return;
        };
        if session.order(request) == Order::TooOld {
            cx.reply(server, Reply::new(500).because("CSeq out of order"));
            return;
        }
        match request.method {
            Method::Bye => {
                cx.reply(server, Reply::new(200));
                session.receive_bye(request, cx);
            }
            Method::Notify => session.receive_notify(server, request, cx),
            _ if session.is_over() => {
                cx.reply(server, Reply::new(481));
            }
            Method::Invite | Method::Update => session.receive_reoffer(server, request, cx),
            Method::Info => session.receive_info(server, request, cx),
            Method::Options | Method::Message => self.out_of_dialog(server, request),
            Method::Refer => session.receive_refer(server, request, cx),
            _ => {
                cx.reply(server, Reply::new(405).with("Allow", ALLOW));
            }
        }
    }

    fn out_of_dialog(&mut self, server: ServerId, request: &Arc<Request>) {
        match request.method {
            Method::Invite => self.invite(server, request),
            // After stop() nobody listens any more.
            Method::Message | Method::Options | Method::Subscribe if self.running != Running::Started => {
                self.cx.reply(server, Reply::new(480));
            }
            Method::Message | Method::Options => {
                let id = RequestId(self.reserve());
                self.requests.receive(id, server, Arc::clone(request), &mut self.cx);
            }
            Method::Bye => {
                self.cx.reply(server, Reply::new(481));
            }
            Method::Subscribe => {
                let id = SubscriptionId(self.reserve());
                self.subscriptions.offered(id, server, request, &mut self.cx);
            }
            Method::Notify => {
                let ticket = self.requests.hold(server, &mut self.cx);
                self.cx.out.event(Event::UnsolicitedNotify { ticket, request: Arc::clone(request) });
            }
            _ => {
                self.cx.reply(server, Reply::new(405).with("Allow", ALLOW));
            }
        }
    }

    fn invite(&mut self, server: ServerId, request: &Arc<Request>) {
        let id = SessionId(self.reserve());
        let busy = self.sessions.len() >= MAX_SESSIONS;
        let cx = &mut self.cx;
        let typed = request.content_type();
        let refusal = if matches!(self.running, Running::Stopping { .. }) {
            Some(Reply::new(480))
        } else if busy {
            Some(Reply::new(486))
        } else if request.contact().is_none() {
            Some(Reply::new(400).because("Missing Contact"))
        } else if !cx.config.webrtc {
            Some(Reply::new(488))
        } else if !request.body.is_empty() && request.sdp().is_none() {
            let why = typed.as_deref().unwrap_or("none");
            let known = why == "application/sdp" || why.starts_with("multipart/");
            Some(Reply::new(if known { 400 } else { 415 }).with("Accept", message::ACCEPT))
        } else if !takes_sdp(request) {
            Some(Reply::new(406))
        } else {
            let findings = request.sdp().and_then(|offer| sdp::refusal(&offer, &cx.config.codecs));
            findings.map(|f| Reply::new(488).with("Warning", sdp::warning_header(&f, &cx.config.via_host)))
        };
        if let Some(reply) = refusal {
            cx.reply(server, reply);
            return;
        }
        if let Some(value) = request.headers.first("Replaces") {
            let replaces = Replaces::parse(value).filter(|_| request.headers.all("Replaces").count() == 1);
            let Some(replaces) = replaces else {
                cx.reply(server, Reply::new(400).because("Bad Replaces"));
                return;
            };
            match self.sessions.values_mut().find(|s| s.is_replaced_by(&replaces)) {
                Some(session) => session.receive_replaces(server, request, &replaces, cx),
                None => {
                    cx.reply(server, Reply::new(481));
                }
            }
            return;
        }
        self.admit(id, server, request);
    }

    /// Makes the call of an INVITE that passed all checks. False if its Contact cannot be used.
    pub(super) fn admit(&mut self, id: SessionId, server: ServerId, request: &Arc<Request>) -> bool {
        let cx = &mut self.cx;
        let session = Session::invited(id, server, Arc::clone(request), cx);
        let admitted = session.is_some();
        match session {
            Some(session) => drop(self.sessions.insert(id, session)),
            None => {
                cx.reply(server, Reply::new(400).because("Bad Contact"));
            }
        }
        admitted
    }
}

/// Whether the caller takes an SDP answer (RFC 3261 20.1: no Accept field means yes).
fn takes_sdp(request: &Request) -> bool {
    let accepted = request.headers.values("Accept");
    let fits = |v: &&str| {
        let kind = v.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(kind.as_str(), "application/sdp" | "application/*" | "*/*")
    };
    accepted.is_empty() || accepted.iter().any(fits)
}
