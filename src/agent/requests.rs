//! What arrives as a request: the checks of RFC 3261 8.2 and 12.2.2, and whom it is for.

use std::sync::Arc;

use super::{Agent, Running};
use crate::bounds::{MAX_HELD, MAX_SESSIONS, MOST_PER_BYTE, RESERVED_HELD};
use crate::config::TrickleIce;
use crate::context::Cx;
use crate::dialog::Order;
use crate::event::{Event, Flow, RequestId, SessionId, SubscriptionId, share};
use crate::message::{self, Fault, Frame, Headers, Method, Replaces, Reply, Request, excerpt};
use crate::refer::target_dialog;
use crate::referral::Referrals;
use crate::sdp;
use crate::session::{Session, refuse_interval};
use crate::subscription::Subscriptions;
use crate::table::Table;
use crate::transaction::{Arrival, ServerId};

/// The extensions of `Require` that this agent understands.
const SUPPORTED: [&str; 10] =
    ["ice", "outbound", "gruu", "timer", "replaces", "trickle-ice", "100rel", "norefersub", "tdialog", "from-change"];

/// Extensions that a 420 names at most.
const MAX_UNSUPPORTED: usize = 16;

impl Agent {
    /// Knows how much is held, with what a frame of so many bytes may add. All tables are weighed only when they might
    /// be near a bound: a frame that is weighed with an eighth of it all, and an eighth kept free, passes each.
    pub(super) fn weigh(&mut self, frame: usize) {
        self.cx.held = self.cx.held.saturating_add(frame.saturating_mul(MOST_PER_BYTE));
        if self.cx.held > MAX_HELD / 4 || frame * MOST_PER_BYTE > MAX_HELD / 8 {
            self.cx.held = self.weight();
        }
    }

    pub(super) fn frame(&mut self, flow: Flow, frame: Result<Frame, Fault>) {
        self.keep_alive(Some(flow)).heard(matches!(frame, Ok(Frame::Pong)));
        match frame {
            Ok(Frame::Ping) => {
                self.cx.out.send_on(Some(flow), b"\r\n".to_vec());
            }
            Ok(Frame::Pong) => {}
            Ok(Frame::Request(mut request)) => {
                request.flow = Some(flow);
                self.left_out(&request.headers);
                self.request(flow, *request);
            }
            Ok(Frame::Response(response)) => {
                self.left_out(&response.headers);
                self.response(*response);
            }
            Err(fault) => {
                if let Some(reply) = fault.reply {
                    self.cx.out.send_on(Some(flow), reply);
                }
                self.cx.out.event(Event::Dropped { why: fault.why });
            }
        }
    }

    /// Tells once of what a message has that is no header field; the message itself is processed.
    fn left_out(&mut self, headers: &Headers) {
        if !headers.is_complete() {
            self.cx.out.event(Event::Dropped { why: "Line that is no header field" });
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
        let reserved = if request.to_tag().is_none() { RESERVED_HELD } else { 0 };
        let room = self.cx.has_room(request.weight(), reserved);
        self.learn_session_id(&request.call_id, request.from_tag(), &request.headers);
        match self.cx.transactions.arrival(self.cx.now, &request, flow, to_tag, room, &mut self.cx.out) {
            Arrival::Absorbed => {}
            Arrival::Full => {
                let reply = Reply::new(503).with("Retry-After", "10");
                self.cx.out.send_on(Some(flow), reply.encode(&request, &self.cx.entropy.tag()));
            }
            Arrival::Ack => self.ack(&request),
            Arrival::Cancel(server, invite) => self.cancel(server, invite, &request),
            Arrival::New(server) => self.new_request(server, &request),
        }
    }

    /// A message of a call may say by which UUID its sender knows it (RFC 7989).
    pub(super) fn learn_session_id(&mut self, call_id: &str, tag: &str, headers: &Headers) {
        if self.cx.config.session_id
            && let Some(id) = self.cx.session_ids.learn(call_id, tag, headers)
            && let Some(session) = self.sessions.get(&id)
        {
            session.tell_session_id(tag, &mut self.cx);
        }
    }

    fn ack(&mut self, ack: &Arc<Request>) {
        if let Some(session) = owner(&mut self.sessions, ack) {
            session.receive_ack(ack, &mut self.cx);
        }
    }

    fn cancel(&mut self, server: ServerId, invite: Option<ServerId>, cancel: &Arc<Request>) {
        let cx = &mut self.cx;
        let Some(invite) = invite else {
            return cx.reply_status(server, 481);
        };
        // RFC 3261 9.2: the CANCEL's answer has the To tag of the INVITE's.
        if let Some(tag) = cx.transactions.to_tag(invite).map(str::to_owned) {
            cx.transactions.set_to_tag(server, tag);
        }
        cx.reply(server, Reply::new(200).stateless());
        for session in self.sessions.values_mut() {
            if session.is_invited_by(invite) {
                return session.canceled(cancel, cx);
            }
        }
        for session in self.sessions.values_mut() {
            session.cancel_replacement(invite, cx);
            session.cancel_reoffer(invite, cx);
        }
    }

    fn new_request(&mut self, server: ServerId, request: &Arc<Request>) {
        if self.refused(server, request) {
            return;
        }
        if matches!(request.method, Method::Invite) {
            self.cx.reply_status(server, 100);
        }
        match request.to_tag() {
            Some(_) => self.in_dialog(server, request),
            None => self.out_of_dialog(server, request),
        }
    }

    /// Refuses a request that cannot be processed, by RFC 3261 8.2.1 to 8.2.3 in their order.
    fn refused(&mut self, server: ServerId, request: &Arc<Request>) -> bool {
        let initial = request.to_tag().is_none();
        let cx = &mut self.cx;
        if initial && request.method == Method::Invite {
            for session in self.sessions.values_mut() {
                if session.rings_by_other(server, request, cx) {
                    return true;
                }
            }
        }
        let own = |cx: &Cx| request.call_id.starts_with(&cx.config.call_id_prefix);
        let status = if !request.uri.is_sip() {
            416
        } else if initial && (own(cx) || cx.transactions.is_merged(server, request)) {
            482
        } else if !is_for_us(cx, request) && !owned(&mut self.sessions, &self.subscriptions, &self.referrals, request) {
            404
        } else {
            0
        };
        if status > 0 {
            cx.reply(server, Reply::new(status).stateless());
            return true;
        }
        if let Method::Other(_) = request.method {
            let allow = cx.allow();
            cx.reply_with(server, 501, "Allow", allow);
            return true;
        }
        let mut unknown = Vec::new();
        for required in request.headers.values("Require") {
            let off = (cx.config.trickle_ice == TrickleIce::Off && required.eq_ignore_ascii_case("trickle-ice"))
                || (!cx.config.norefersub && required.eq_ignore_ascii_case("norefersub"))
                || (!cx.config.connected_identity && required.eq_ignore_ascii_case("from-change"));
            // RFC 4662 4.5: of who said in SUBSCRIBE that it takes lists.
            let is_list = matches!(request.method, Method::Notify) && required.eq_ignore_ascii_case("eventlist");
            if is_list {
                continue;
            }
            if off || !SUPPORTED.iter().any(|s| required.eq_ignore_ascii_case(s)) {
                unknown.push(excerpt(required));
            }
        }
        if !unknown.is_empty() {
            unknown.truncate(MAX_UNSUPPORTED);
            cx.reply_with(server, 420, "Unsupported", &unknown.join(", "));
            return true;
        }
        for encoding in request.headers.values("Content-Encoding") {
            if !request.body.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
                cx.reply_with(server, 415, "Accept-Encoding", "identity");
                return true;
            }
        }
        false
    }

    fn in_dialog(&mut self, server: ServerId, request: &Arc<Request>) {
        let cx = &mut self.cx;
        let Some(session) = owner(&mut self.sessions, request) else {
            if self.subscriptions.receive(server, request, cx) || self.referrals.receive(server, request, cx) {
                return;
            }
            return match request.method {
                // A UA without dialogs answers an OPTIONS or MESSAGE with any To tag (JsSIP).
                Method::Options | Method::Message => self.out_of_dialog(server, request),
                Method::Notify => cx.reply_because(server, 481, "Subscription does not exist"),
                _ => cx.reply_status(server, 481),
            };
        };
        if session.order(request) == Order::TooOld {
            return cx.reply_because(server, 500, "CSeq out of order");
        }
        match request.method {
            Method::Bye => {
                cx.reply_status(server, 200);
                session.receive_bye(request, cx);
            }
            Method::Notify => session.receive_notify(server, request, cx),
            Method::Subscribe => session.receive_subscribe(server, request, cx),
            _ if session.has_ended() => cx.reply_status(server, 481),
            Method::Invite | Method::Update => session.receive_reoffer(server, request, cx),
            Method::Info => session.receive_info(server, request, cx),
            Method::Prack if session.takes_prack(cx) => session.receive_prack(server, request, cx),
            Method::Options | Method::Message => self.out_of_dialog(server, request),
            Method::Refer => session.receive_refer(server, request, cx),
            _ => cx.reply_status(server, 405),
        }
    }

    fn out_of_dialog(&mut self, server: ServerId, request: &Arc<Request>) {
        match request.method {
            Method::Invite => self.invite(server, request),
            // After stop() nobody listens any more.
            Method::Message | Method::Options | Method::Subscribe if self.running != Running::Started => {
                self.cx.reply_status(server, 480);
            }
            Method::Message | Method::Options => {
                let id = RequestId(self.reserve());
                let session = owner(&mut self.sessions, request).map(|session| session.id);
                self.requests.receive(id, session, server, share(request), &mut self.cx);
            }
            // RFC 3261 15.1.2 and its like: there is no dialog that they could be in.
            Method::Bye | Method::Info | Method::Prack | Method::Update => self.cx.reply_status(server, 481),
            Method::Refer if self.running != Running::Started => self.cx.reply_status(server, 480),
            Method::Refer => {
                let id = RequestId(self.reserve());
                let session = target_dialog(request).and_then(|(call_id, one, other)| {
                    let named = |s: &&Session| s.owns(&call_id, &one, &other) || s.owns(&call_id, &other, &one);
                    self.sessions.values().find(named).map(|session| session.id)
                });
                self.referrals.offered(id, session, server, request, &mut self.cx);
            }
            Method::Subscribe => {
                let id = SubscriptionId(self.reserve());
                self.subscriptions.offered(id, server, request, &mut self.cx);
            }
            Method::Notify => {
                let ticket = self.requests.hold(server, &mut self.cx);
                self.cx.event(Event::UnsolicitedNotify { ticket, request: share(request) });
            }
            _ => self.cx.reply_status(server, 405),
        }
    }

    fn invite(&mut self, server: ServerId, request: &Arc<Request>) {
        let id = SessionId(self.reserve());
        let cx = &mut self.cx;
        let offer = request.sdp();
        if self.running == Running::Stopping {
            return cx.reply_status(server, 480);
        }
        if self.sessions.values().filter(|session| !session.has_ended()).count() >= MAX_SESSIONS {
            return cx.reply_status(server, 486);
        }
        if request.contact().is_none() {
            return cx.reply_because(server, 400, "Missing Contact");
        }
        if !cx.config.webrtc {
            // Refused once it is known whether anybody listens: 405 goes before 488 (JsSIP).
            self.admit(id, server, request);
            return;
        }
        if !request.body.is_empty() && !request.has_optional_body() {
            let typed = request.content_type().unwrap_or_default();
            let known = typed == "application/sdp" || typed.starts_with("multipart/");
            if offer.is_none() || !request.is_understood() {
                let status = if known && offer.is_none() { 400 } else { 415 };
                return cx.reply_with(server, status, "Accept", message::ACCEPT);
            }
        }
        if refuse_interval(server, request, cx) {
            return;
        }
        if !takes_sdp(request) {
            return cx.reply_status(server, 406);
        }
        if let Some(findings) = offer.and_then(|offer| sdp::refusal(&offer, &cx.config.codecs)) {
            let warning = sdp::warning_header(&findings, &cx.config.via_host);
            return cx.reply_with(server, 488, "Warning", &warning);
        }
        let Some(value) = request.headers.first("Replaces") else {
            self.admit(id, server, request);
            return;
        };
        let replaces = Replaces::parse(value).filter(|_| request.headers.all("Replaces").count() == 1);
        let Some(replaces) = replaces else {
            return cx.reply_because(server, 400, "Bad Replaces");
        };
        for session in self.sessions.values_mut() {
            if session.is_replaced_by(&replaces) {
                return session.receive_replaces(server, request, &replaces, cx);
            }
        }
        cx.reply_status(server, if cx.ended.has(&replaces) { 603 } else { 481 });
    }

    /// Makes the call of an INVITE that passed all checks. False if its Contact cannot be used.
    pub(super) fn admit(&mut self, id: SessionId, server: ServerId, request: &Arc<Request>) -> bool {
        let session = Session::invited(id, server, share(request), &mut self.cx);
        let admitted = session.is_some();
        match session {
            Some(session) => drop(self.sessions.insert(id, session)),
            None => self.cx.reply_because(server, 400, "Bad Contact"),
        }
        admitted
    }
}

/// The call that a request inside a dialog is for.
fn owner<'a>(sessions: &'a mut Table<SessionId, Session>, request: &Request) -> Option<&'a mut Session> {
    let local = request.to_tag()?;
    let mut owner = None;
    for session in sessions.values_mut() {
        if session.owns(&request.call_id, local, request.from_tag()) {
            owner = Some(session);
            break;
        }
    }
    owner
}

/// Whether a call, a subscription or a REFER knows the request by its dialog: then it is for us, whatever its Request-URI says
/// (RFC 3261 12.2.2). An address of ours may have changed since, or been the app's own.
fn owned(
    sessions: &mut Table<SessionId, Session>,
    subscriptions: &Subscriptions,
    referrals: &Referrals,
    request: &Request,
) -> bool {
    owner(sessions, request).is_some() || subscriptions.owns(request) || referrals.owns(request)
}

/// Whether the Request-URI's user is the address of record's, the Contact's or a GRUU's.
fn is_for_us(cx: &Cx, request: &Request) -> bool {
    let user = request.uri.user_decoded();
    // A Contact may have no user.
    if user == cx.config.contact.user_decoded() {
        return true;
    }
    user.is_some_and(|user| Some(&user) == cx.config.uri.user_decoded().as_ref() || cx.contact.has_user(&user))
}

/// Whether the caller takes an SDP answer (RFC 3261 20.1: no Accept field means yes).
fn takes_sdp(request: &Request) -> bool {
    let accepted = request.headers.values("Accept");
    for value in &accepted {
        let kind = value.split_once(';').map_or(*value, |(kind, _)| kind).trim();
        if ["application/sdp", "application/*", "*/*"].iter().any(|fits| kind.eq_ignore_ascii_case(fits)) {
            return true;
        }
    }
    accepted.is_empty()
}
