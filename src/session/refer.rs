//! Call transfer (RFC 3515): REFER both ways, and the NOTIFY requests that tell how it goes.
//!
//! Which are open, and how long each is told of, is in `Transfers`: until its last NOTIFY, or for five minutes.

use std::sync::Arc;

use super::Session;
use super::transfers::{Told, Transfers};
use crate::command::{CommandError, check_lines};
use crate::context::Cx;
use crate::event::{Asker, SessionEvent, Ticket, share};
use crate::exchange::Owner;
use crate::message::{Method, Reply, Request, Response, single_line};
use crate::refer::{
    EXPIRES_S, Report, granted_s, notify_lines, refer_fault, refer_lines, status_line_of, subscribes, wants_silence,
};
use crate::subscription::{bad_event, event_of};
use crate::transaction::ServerId;

impl Session {
    /// Asks the far end to call somebody else (JsSIP `refer`). `refer_to` is the whole field value. Returns the
    /// number that answer and progress will carry and the CSeq of the REFER, or `None` before the call is up.
    pub(crate) fn refer(
        &mut self,
        refer_to: &str,
        lines: &[String],
        norefersub: bool,
        cx: &mut Cx,
    ) -> Result<Option<(u32, u32)>, CommandError> {
        if !single_line(refer_to) {
            return Err(CommandError::Invalid("extraHeaders"));
        }
        check_lines(lines)?;
        if !self.is_established() || self.transfers.is_full(true) {
            return Ok(None);
        }
        let mut fields = refer_lines(refer_to, lines.to_vec(), self.anonymous, norefersub, cx);
        fields.push(self.contact_line(cx));
        let handle = self.handle();
        let expires_at = cx.now.after(EXPIRES_S * 1000);
        let draft = self.send_inside(Owner::Inside(self.id, handle), Method::Refer, &fields, "", cx);
        Ok(draft.map(|draft| {
            let cseq = draft.cseq();
            self.transfers.begin(handle, cseq, expires_at);
            (handle, cseq)
        }))
    }

    /// A 2xx to a REFER of ours: nobody will tell how it goes, if that was asked for and granted (RFC 4488).
    pub(super) fn refer_accepted(&mut self, handle: u32, response: &Response) {
        if !subscribes(&response.headers) {
            self.transfers.end(handle);
        }
    }

    /// The answer to a NOTIFY of ours: when it failed nobody is told of this transfer any more (RFC 6665 4.2.2). The
    /// others have a subscription each (RFC 3515 2.4.6), and the call goes on.
    pub(crate) fn notify_answered(&mut self, cseq: u32, status: u16) {
        if status >= 300 {
            self.drop_transfer(cseq);
        }
    }

    /// Nobody is told any more of the transfer that this REFER has asked for.
    pub(crate) fn drop_transfer(&mut self, cseq: u32) {
        self.transfers.end_theirs(cseq);
    }

    /// How a transfer of ours goes (RFC 3515 2.4.4).
    pub(crate) fn receive_notify(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        let Some(event) = event_of(request) else {
            return cx.reply_status(server, 400);
        };
        if event.package != "refer" {
            return bad_event(server, "refer", cx);
        }
        let handle = match self.transfers.told(event.params.value("id")) {
            Told::Of(handle) => handle,
            Told::Nothing => return cx.reply_because(server, 481, "Subscription does not exist"),
            Told::Unclear => return cx.reply_because(server, 400, "Missing event id parameter"),
        };
        let Report { line, last, expires_s } = Report::read(request);
        if let Some(seconds) = expires_s {
            self.transfers.extend(handle, cx.now.after(u64::from(seconds).min(EXPIRES_S) * 1000));
        }
        if last {
            self.transfers.end(handle);
        }
        if let Some((status, reason)) = line {
            let request = share(request);
            self.tell(SessionEvent::ReferProgress { handle, request, status, reason }, cx);
        }
        cx.reply_status(server, 200);
    }

    /// The far end asks us to call somebody else: 202, the first NOTIFY, then the app decides.
    pub(crate) fn receive_refer(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        if !self.is_established() {
            return cx.reply_because(server, 403, "Wrong Status");
        }
        if let Some(status) = refer_fault(request).or_else(|| self.transfers.is_full(false).then_some(480)) {
            return cx.reply_status(server, status);
        }
        let silent = wants_silence(request, cx);
        let mut reply = Reply::new(202);
        if silent {
            reply = reply.with("Refer-Sub", "false");
        }
        cx.reply(server, reply);
        let ticket = cx.out.ticket(Asker::Refer(self.id));
        let expires_at = cx.now.after(EXPIRES_S * 1000);
        if !silent {
            self.transfers.asked(ticket, request.cseq, expires_at);
            self.notify_refer(request.cseq, 100, "", cx);
        }
        self.tell(SessionEvent::Refer { ticket, request: share(request) }, cx);
    }

    /// The listeners of `refer` have run. Without one the transfer is declined, and the far end told so.
    pub(crate) fn refer_shown(&mut self, ticket: Ticket, listened: bool, cx: &mut Cx) {
        let Some(cseq) = self.transfers.decided(ticket) else {
            return;
        };
        if !listened {
            self.notify_refer(cseq, 603, "", cx);
        }
    }

    /// Tells the far end how its transfer goes (RFC 3515 2.4.5); a final status closes the subscription. An empty
    /// `reason` is the usual one.
    pub(crate) fn notify_refer(&mut self, cseq: u32, status: u16, reason: &str, cx: &mut Cx) {
        self.notify_for(cseq, status, reason, EXPIRES_S, cx);
    }

    /// The same, and that there will be more for another `left` s.
    fn notify_for(&mut self, cseq: u32, status: u16, reason: &str, left: u64, cx: &mut Cx) {
        if !self.transfers.tell(cseq, status, cx.now.after(left * 1000)) {
            return;
        }
        let lines = notify_lines(&format!("refer;id={cseq}"), status, left, self.contact_line(cx));
        let body = status_line_of(status, reason);
        self.send_inside(Owner::Transfer(self.id, cseq), Method::Notify, &lines, &body, cx);
        if status >= 200 || left == 0 {
            self.drop_transfer(cseq);
        }
    }

    /// Of a transfer whose time is over nothing more is told, and who asked for it hears that (RFC 6665 4.2.2).
    pub(super) fn expire_transfers(&mut self, cx: &mut Cx) {
        while let Some((cseq, status)) = self.transfers.expire(cx.now) {
            self.notify_for(cseq, status, "", 0, cx);
        }
    }

    /// Who asked for a transfer wants to hear for longer, or has heard enough (RFC 3515 2.4.4).
    pub(crate) fn receive_subscribe(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        let Some(event) = event_of(request).filter(|event| event.package == "refer") else {
            return cx.reply_status(server, if self.has_ended() { 481 } else { 405 });
        };
        let Some((cseq, status)) = self.transfers.theirs(event.params.value("id")) else {
            return cx.reply_status(server, 481);
        };
        let left = granted_s(request);
        cx.reply(server, Reply::new(200).with("Expires", left.to_string()).with("Contact", self.contact(cx)));
        self.notify_for(cseq, status, "", left, cx);
    }

    /// The line is closed for good: nothing more can be told.
    pub(crate) fn forget_transfers(&mut self) {
        self.transfers = Transfers::default();
    }
}
