//! A call whose flow is lost, or taken for lost, and that goes on by the other one (RFC 5626).

use std::sync::Arc;

use super::Session;
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{Flow, share};
use crate::message::Request;
use crate::transaction::ServerId;
use crate::uri::Uri;

impl Session {
    /// That connection is gone, and another one stands: the dialogs that went by it go on by that, past the proxy at
    /// `edge`. A ringing call that came by it is over: its proxy tries the other flow by itself.
    pub(crate) fn flow_lost(&mut self, flow: Flow, edge: Option<&Uri>, cx: &mut Cx) {
        let server = self.server.filter(|server| cx.transactions.flow_of(*server) == Some(flow));
        if server.is_some() && self.unacked.is_some() {
            self.answer_again(cx);
        } else if server.is_some() {
            self.end_ringing(cx);
        }
        let mut left = false;
        for dialog in self.dialog.iter_mut().chain(self.phase.early_mut()) {
            left |= dialog.leave(flow, edge);
        }
        if left {
            self.line_lost(cx);
        }
    }

    /// The INVITE of a call that rings here has come again by the other flow, because the proxies take the first for lost:
    /// it rings by this one, and the first copy is refused as such (RFC 3261 8.2.2.2). False if that is no such copy.
    pub(crate) fn rings_by_other(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) -> bool {
        let (Some(first), Some(ringing), Some(before)) = (self.server, self.phase.ringing(), &self.dialog) else {
            return false;
        };
        let invite = &mut ringing.invite;
        let copied = invite.call_id == request.call_id
            && invite.from_tag() == request.from_tag()
            && invite.cseq == request.cseq
            && cx.transactions.flow_of(first) != cx.transactions.flow_of(server);
        if !copied {
            return false;
        }
        let Some(mut dialog) = Dialog::as_callee(request, &self.local_tag, 0) else { return false };
        dialog.count_on(before);
        cx.transactions.set_to_tag(server, self.local_tag.clone());
        *invite = share(request);
        (self.dialog, self.server) = (Some(dialog), Some(server));
        cx.reply_status(first, 482);
        self.ring(cx);
        true
    }
}
