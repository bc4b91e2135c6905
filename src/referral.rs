//! REFER outside a dialog (RFC 3515), both ways.
//!
//! ```text
//! ours:   REFER --2xx--> told by NOTIFY --terminated, a final status, 5 min--> over
//!               '--refused, no answer, 2xx with Refer-Sub: false (RFC 4488)---> over
//! theirs: Offered --listeners took it--> 202, NOTIFY 100 --how it goes--> NOTIFY ... --final, 5 min--> over
//!                 '--nobody listens: 403, refused: its status---------------------------------------> over
//! ```
//!
//! Each REFER has a dialog of its own with the one subscription in it: the first NOTIFY of ours names it, or the 2xx.

use std::sync::Arc;

use crate::bounds::MAX_REFERRALS;
use crate::cause::Cause;
use crate::command::{CommandError, line};
use crate::context::Cx;
use crate::dialog::{Dialog, Order};
use crate::event::{Asker, Event, ReferralEvent, RequestId, SessionId, Ticket, share};
use crate::exchange::Owner;
use crate::message::{Method, Reply, Request, Response};
use crate::messaging::Sender;
use crate::refer::{
    EXPIRES_S, Report, granted_s, notify_lines, refer_fault, refer_lines, status_line_of, subscribes, wants_silence,
};
use crate::subscription::event_of;
use crate::table::Table;
use crate::time::{Instant, earlier};
use crate::transaction::{Fate, ServerId};
use crate::uri::Uri;

/// What goes with a REFER of ours outside a dialog.
#[derive(Clone, Debug)]
pub struct ReferOptions {
    /// Who is asked.
    pub target: Uri,
    /// Whom to call: the whole field value.
    pub refer_to: String,
    /// Lines `Name: value`.
    pub extra_headers: Vec<String>,
    /// Whether nobody need tell how it goes (RFC 4488).
    pub norefersub: bool,
}

/// All REFERs outside a dialog that are not over.
#[derive(Debug, Default)]
pub struct Referrals(Table<RequestId, Referral>);

#[derive(Debug)]
struct Referral {
    side: Side,
    expires_at: Instant,
}

#[derive(Debug)]
// The table gives each a place of its own.
#[allow(clippy::large_enum_variant)]
enum Side {
    /// We asked, and are told.
    Ours { call_id: String, local_tag: String, remote_tag: Option<String>, last_cseq: u32 },
    /// They ask; the listeners run.
    Offered { server: ServerId, ticket: Ticket, request: Arc<Request> },
    /// They asked, and we tell.
    Theirs { dialog: Dialog, secure: bool, status: u16 },
}

impl Referral {
    fn is_ours(&self) -> bool {
        matches!(self.side, Side::Ours { .. })
    }

    /// What we told of it last.
    fn told(&self) -> Option<u16> {
        match self.side {
            Side::Theirs { status, .. } => Some(status),
            Side::Ours { .. } | Side::Offered { .. } => None,
        }
    }

    fn owns(&self, request: &Request) -> bool {
        let to_tag = request.to_tag();
        match &self.side {
            Side::Ours { call_id, local_tag, remote_tag, .. } => {
                *call_id == request.call_id
                    && to_tag == Some(local_tag)
                    && remote_tag.as_ref().is_none_or(|tag| tag == request.from_tag())
            }
            Side::Offered { .. } => false,
            Side::Theirs { dialog, .. } => {
                dialog.id.call_id == request.call_id
                    && to_tag == Some(dialog.id.local_tag.as_str())
                    && dialog.id.remote_tag == request.from_tag()
            }
        }
    }

    fn weight(&self) -> usize {
        match &self.side {
            Side::Ours { remote_tag, .. } => remote_tag.as_ref().map_or(0, String::len),
            // Its transaction holds the request.
            Side::Offered { .. } => 0,
            Side::Theirs { dialog, .. } => dialog.weight(),
        }
    }
}

impl Referrals {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// About how many bytes they hold of what the network said.
    pub fn weight(&self) -> usize {
        self.0.values().map(Referral::weight).sum()
    }

    fn is_full(&self, ours: bool) -> bool {
        self.0.values().filter(|referral| referral.is_ours() == ours).count() >= MAX_REFERRALS
    }

    /// The next moment at which something falls due.
    pub fn deadline(&self) -> Option<Instant> {
        let mut first = None;
        for referral in self.0.values() {
            first = earlier(first, Some(referral.expires_at));
        }
        first
    }

    /// Forgets those whose time is over. Who is told by us hears that (RFC 6665 4.2.2).
    pub fn expire(&mut self, cx: &mut Cx) {
        let over = |referral: &Referral| referral.expires_at <= cx.now;
        let told = self.0.iter().filter(|(_, referral)| over(referral)).map(|(&id, referral)| (id, referral.told()));
        for (id, told) in told.collect::<Vec<_>>() {
            match told {
                Some(status) => self.notify(id, status, "", 0, cx),
                None => self.over(id, cx),
            }
        }
    }

    /// The agent has stopped: nobody tells, or is told, any more.
    pub fn abandon(&mut self, cx: &mut Cx) {
        for id in self.0.iter().map(|(&id, _)| id).collect::<Vec<_>>() {
            self.over(id, cx);
        }
    }

    fn over(&mut self, id: RequestId, cx: &mut Cx) {
        if self.0.remove(&id).is_some_and(|referral| referral.is_ours()) {
            cx.event(Event::Referral { id, kind: ReferralEvent::Over });
        }
    }

    /// Asks somebody to call somebody else.
    pub fn send(&mut self, id: RequestId, options: ReferOptions, cx: &mut Cx) -> Result<(), CommandError> {
        if self.is_full(true) {
            return Err(CommandError::NotSupported("Too many transfers"));
        }
        let call_id = cx.new_call_id();
        let from = Sender { user: None, name: None, anonymous: false, tag: cx.entropy.tag() };
        let mut lines = Vec::new();
        let draft = from.open(Method::Refer, &options.target, &call_id, &mut lines, cx);
        lines.extend(refer_lines(&options.refer_to, options.extra_headers, false, options.norefersub, cx));
        lines.push(line("Contact", &cx.contact.text(&cx.config, false, true, options.target.is_secure())));
        let draft = cx.finish(draft, &lines, &cx.supported(&Method::Refer, false));
        let side = Side::Ours { call_id, local_tag: from.tag, remote_tag: None, last_cseq: 0 };
        self.0.insert(id, Referral { side, expires_at: cx.now.after(EXPIRES_S * 1000) });
        cx.send(Owner::Referral(id), draft);
        Ok(())
    }

    /// The final answer to a REFER of ours, or to a NOTIFY of a transfer of theirs (RFC 6665 4.2.2).
    pub fn response(&mut self, id: RequestId, response: Arc<Response>, cx: &mut Cx) {
        let status = response.status;
        let mut over = status >= 300;
        if let Some(Referral { side: Side::Ours { remote_tag, .. }, .. }) = self.0.get_mut(&id) {
            *remote_tag = response.to.tag().map(str::to_owned).or(remote_tag.take());
            let failure = over.then(|| Cause::of_status(status));
            over |= !subscribes(&response.headers);
            cx.event(Event::Referral { id, kind: ReferralEvent::Answered { response: Some(response), failure } });
        }
        if over {
            self.over(id, cx);
        }
    }

    /// No answer to one.
    pub fn unanswered(&mut self, id: RequestId, fate: Fate, cx: &mut Cx) {
        if self.0.get(&id).is_some_and(Referral::is_ours) {
            let failure = Some(fate.cause());
            cx.event(Event::Referral { id, kind: ReferralEvent::Answered { response: None, failure } });
        }
        self.over(id, cx);
    }

    /// The CSeq of the next NOTIFY, for a repetition with credentials.
    pub fn next_cseq(&mut self, id: RequestId) -> Option<u32> {
        match &mut self.0.get_mut(&id)?.side {
            Side::Theirs { dialog, .. } => Some(dialog.next_cseq()),
            Side::Ours { .. } | Side::Offered { .. } => None,
        }
    }

    /// A REFER outside a dialog: the app decides, who may know of the call that it names as its own (RFC 4538).
    pub fn offered(
        &mut self,
        id: RequestId,
        session: Option<SessionId>,
        server: ServerId,
        request: &Arc<Request>,
        cx: &mut Cx,
    ) {
        if self.is_full(false) {
            return cx.reply_with(server, 503, "Retry-After", "10");
        }
        if let Some(status) = refer_fault(request) {
            return cx.reply_status(server, status);
        }
        let ticket = cx.out.ticket(Asker::Referral(id));
        let side = Side::Offered { server, ticket, request: share(request) };
        self.0.insert(id, Referral { side, expires_at: cx.now.after(EXPIRES_S * 1000) });
        cx.event(Event::NewRefer { id, ticket, session, request: share(request) });
    }

    /// The listeners of `refer` have run. Who is in no call with us may not make us call: without one 403.
    pub fn resume(&mut self, id: RequestId, ticket: Ticket, listened: bool, cx: &mut Cx) {
        let Some(Referral { side: Side::Offered { ticket: asked, .. }, .. }) = self.0.get(&id) else {
            return;
        };
        if *asked == ticket {
            self.tell(id, if listened { 100 } else { 403 }, "", cx);
        }
    }

    /// The app says how a transfer of theirs goes: the first word answers the REFER too, a final one ends it. An empty
    /// `reason` is the usual one.
    pub fn tell(&mut self, id: RequestId, status: u16, reason: &str, cx: &mut Cx) {
        let Some(referral) = self.0.get_mut(&id) else {
            return;
        };
        if let Side::Offered { server, request, .. } = &referral.side {
            let (server, request) = (*server, share(request));
            if (300..700).contains(&status) {
                cx.reply_status(server, status);
                return self.over(id, cx);
            }
            let Some(side) = accept(server, &request, cx) else {
                return self.over(id, cx);
            };
            referral.side = side;
            if status > 100 {
                self.notify(id, 100, "", EXPIRES_S, cx);
            }
        }
        self.notify(id, status, reason, EXPIRES_S, cx);
    }

    /// Says how it goes, and that there will be more for another `left` s.
    fn notify(&mut self, id: RequestId, status: u16, reason: &str, left: u64, cx: &mut Cx) {
        let Some(Referral { side: Side::Theirs { dialog, secure, status: told }, expires_at }) = self.0.get_mut(&id)
        else {
            return;
        };
        (*told, *expires_at) = (status, cx.now.after(left * 1000));
        let contact = line("Contact", &cx.contact.text(&cx.config, false, false, *secure));
        let via = cx.new_via();
        let draft = dialog.request(Method::Notify, via);
        let mut draft = cx.finish(draft, &notify_lines("refer", status, left, contact), "outbound");
        draft.body = status_line_of(status, reason);
        cx.send(Owner::Referral(id), draft);
        if status >= 200 || left == 0 {
            self.over(id, cx);
        }
    }

    /// Whether a request is in the dialog of one of them.
    pub fn owns(&self, request: &Request) -> bool {
        self.0.values().any(|referral| referral.owns(request))
    }

    /// A request inside a dialog. False if it is nobody's here.
    pub fn receive(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) -> bool {
        let Some((&id, referral)) = self.0.iter_mut().find(|(_, referral)| referral.owns(request)) else {
            return false;
        };
        let late = match &mut referral.side {
            Side::Ours { last_cseq, .. } => std::mem::replace(last_cseq, request.cseq.max(*last_cseq)) > request.cseq,
            Side::Theirs { dialog, .. } => dialog.receive(request) == Order::TooOld,
            Side::Offered { .. } => false,
        };
        let event = event_of(request);
        match (&request.method, referral.is_ours()) {
            _ if late => cx.reply_because(server, 500, "CSeq out of order"),
            (Method::Notify, true) | (Method::Subscribe, false) if event.is_none() => cx.reply_status(server, 400),
            (Method::Notify, true) | (Method::Subscribe, false)
                if event.as_ref().is_some_and(|e| e.package != "refer") =>
            {
                cx.reply_with(server, 489, "Allow-Events", "refer");
            }
            (Method::Notify, true) => self.told(id, server, request, cx),
            // RFC 3515 2.4.4: whoever asked may have heard enough, or wants to hear for longer.
            (Method::Subscribe, false) => {
                let left = granted_s(request);
                let contact = cx.contact.text(&cx.config, false, false, request.is_secure());
                cx.reply(server, Reply::new(200).with("Expires", left.to_string()).with("Contact", contact));
                if let Side::Theirs { status, .. } = referral.side {
                    self.notify(id, status, "", left, cx);
                }
            }
            _ => cx.reply_status(server, 405),
        }
        true
    }

    /// How a transfer of ours goes.
    fn told(&mut self, id: RequestId, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        let Some(Referral { side: Side::Ours { remote_tag, .. }, expires_at }) = self.0.get_mut(&id) else {
            return;
        };
        *remote_tag = Some(request.from_tag().to_owned());
        let report = Report::read(request);
        if let Some(seconds) = report.expires_s {
            *expires_at = cx.now.after(u64::from(seconds).min(EXPIRES_S) * 1000);
        }
        if let Some((status, reason)) = report.line {
            let kind = ReferralEvent::Progress { request: share(request), status, reason };
            cx.event(Event::Referral { id, kind });
        }
        cx.reply_status(server, 200);
        if report.last {
            self.over(id, cx);
        }
    }
}

/// 202; the dialog in which is told how it goes, unless nobody wants to know.
fn accept(server: ServerId, request: &Arc<Request>, cx: &mut Cx) -> Option<Side> {
    let tag = cx.transactions.to_tag(server)?.to_owned();
    let first_cseq = cx.entropy.cseq();
    let secure = request.is_secure();
    let Some(dialog) = Dialog::as_callee(request, &tag, first_cseq) else {
        cx.reply_because(server, 400, "Bad Contact");
        return None;
    };
    let mut reply = Reply::new(202).with("Contact", cx.contact.text(&cx.config, false, false, secure));
    let silent = wants_silence(request, cx);
    if silent {
        reply = reply.with("Refer-Sub", "false");
    }
    cx.reply(server, reply);
    (!silent).then_some(Side::Theirs { dialog, secure, status: 100 })
}
