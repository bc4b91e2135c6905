//! Offers of the far end inside a call: re-INVITE and UPDATE, answered or refused (RFC 3261 14.2, RFC 3311 5.2).

use std::sync::Arc;

use super::offers::Theirs;
use super::refresh::refuse_interval;
use super::step::Step;
use super::{Phase, Session, Wait, keep};
use crate::context::Cx;
use crate::event::{AppReply, Asker, MediaRequest, Originator, SessionEvent, Ticket, share};
use crate::message::{Method, Request};
use crate::messaging::reply_of;
use crate::sdp::{self, Finding};
use crate::transaction::ServerId;

impl Session {
    /// A re-INVITE or UPDATE of the far end in order.
    pub(crate) fn receive_reoffer(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        // A PRACK may carry one too.
        let update = !matches!(request.method, Method::Invite);
        if !update {
            self.trickle.invited(request, cx);
        }
        let has_offer = request.sdp().is_some();
        let agreed = self.agreed_early() == Some(request.from_tag()) && update;
        let early = (!self.is_established() && !agreed) || self.is_being_primed();
        if early && (has_offer || !update) {
            if self.outgoing {
                // RFC 3261 14.2, RFC 3311 5.2: ours is open.
                cx.reply_status(server, 491);
            } else {
                later(server, cx);
            }
            return;
        }
        let unread = !has_offer || !request.is_understood();
        if unread && !request.body.is_empty() && !request.has_optional_body() {
            return cx.reply_with(server, 415, "Accept", crate::message::ACCEPT);
        }
        if refuse_interval(server, request, cx) {
            return;
        }
        if has_offer || !update {
            if (self.offers.is_ours() && !self.give_way(cx)) || self.late_offer_open() {
                self.offers.cross();
                return cx.reply_status(server, 491);
            }
            // RFC 3261 14.2: one INVITE of theirs at a time, and one offer. An UPDATE need not wait for the ACK.
            if !self.offers.is_free() || (self.unacked.is_some() && !update) {
                return later(server, cx);
            }
        }
        let ticket = cx.out.ticket(Asker::Call(self.id));
        let step = if update && !has_offer {
            Step::UpdateShown(server, ticket, share(request))
        } else {
            let agreed = self.agreed(self.remote_hold);
            self.offers.receive(Theirs { server, request: share(request), announced: ticket, agreed });
            Step::Announced
        };
        self.waits.push((ticket, Wait::Reoffer(step)));
        let request = share(request);
        let event =
            if update { SessionEvent::Update { ticket, request } } else { SessionEvent::Reinvite { ticket, request } };
        self.tell(event, cx);
    }

    pub(super) fn update_shown(
        &mut self,
        server: ServerId,
        ticket: Ticket,
        request: &Request,
        refused: Option<&AppReply>,
        cx: &mut Cx,
    ) {
        if let Some(refused) = refused {
            cx.reply(server, reply_of(refused));
            return;
        }
        self.accept(server, request, &[], None, cx);
        self.tell(SessionEvent::Answered { ticket }, cx);
    }

    /// Their offer comes to nothing, and everything is as it was before.
    pub(super) fn refuse_remote(&mut self, status: u16, cx: &mut Cx) {
        if let Some(Theirs { server, request, agreed, .. }) = self.offers.take_theirs() {
            if status == 488 {
                not_acceptable(server, &sdp::diagnose(request.sdp().as_deref(), None), cx);
            } else {
                cx.reply_status(server, status);
            }
            let was_held = self.fall_back(agreed);
            self.hold_by_remote(was_held, cx);
            self.ask(MediaRequest::Rollback, Wait::Reoffer(Step::Ignored), cx);
        }
    }

    /// Their re-INVITE was cancelled (RFC 3261 9.2). Once its answer is being made the 200 is as good as sent.
    pub(crate) fn cancel_reoffer(&mut self, invite: ServerId, cx: &mut Cx) {
        if self.offers.theirs().is_none_or(|theirs| theirs.server != invite) {
            return;
        }
        let before = |(_, w): &(Ticket, Wait)| {
            matches!(w, Wait::Reoffer(Step::Announced | Step::RemoteShown | Step::RemoteApplied))
        };
        if let Some(at) = self.waits.iter().position(before) {
            self.waits.swap_remove(at);
            self.refuse_remote(487, cx);
        }
    }

    pub(super) fn remote_request(&self) -> Option<&Arc<Request>> {
        self.offers.theirs().map(|theirs| &theirs.request)
    }

    pub(super) fn remote_announced(&mut self, refused: Option<&AppReply>, cx: &mut Cx) {
        if let Some(refused) = refused {
            if let Some(Theirs { server, .. }) = self.offers.take_theirs() {
                cx.reply(server, reply_of(refused));
            }
            return;
        }
        let Some(request) = self.remote_request().map(share) else {
            return;
        };
        match request.sdp() {
            Some(sdp) => {
                let sdp = sdp::with_names(&sdp, self.remote_sdp.as_deref());
                self.show_sdp(Originator::Remote, true, sdp, Wait::Reoffer(Step::RemoteShown), cx);
            }
            None => {
                let offer = MediaRequest::Offer { ice_restart: false, trickle: self.trickles() };
                self.ask(offer, Wait::Reoffer(Step::Described), cx);
            }
        }
    }

    pub(super) fn answer_remote(&mut self, text: String, cx: &mut Cx) {
        let Some(Theirs { server, request, announced, agreed }) = self.offers.theirs() else {
            return;
        };
        if agreed.is_restarted_by(self.remote_sdp.as_deref()) {
            self.recovery.path_made_anew(cx.now);
        }
        let (server, announced, request) = (*server, *announced, share(request));
        let late = request.sdp().is_none();
        let invite = matches!(request.method, Method::Invite);
        let body = self.directed(text);
        keep(&mut self.local_sdp, &body);
        self.trickle.left(Some(&body));
        self.we_offer = late;
        self.accept(server, &request, &[], Some(body), cx);
        if invite {
            self.await_ack(server, request.cseq, late, cx.now);
        }
        if !late {
            self.offers.take_theirs();
            self.agreed_meanwhile();
        }
        if let Some(far_ends) = self.far_ends() {
            far_ends.agreed_anew(request.from_tag());
        }
        self.tell(SessionEvent::Answered { ticket: announced }, cx);
        if !late {
            self.recovery_answered(cx);
        }
        self.send_candidates(cx);
    }

    /// The answer that the ACK of a late offer brought is applied.
    pub(super) fn remote_reoffer_done(&mut self, cx: &mut Cx) {
        if matches!(self.phase, Phase::Confirmed) {
            self.offers.take_theirs();
            self.agreed_meanwhile();
            self.follow_answer(cx);
            self.tell(SessionEvent::State, cx);
            self.send_candidates(cx);
        }
    }
}

/// 488, with what is missing where the description shows it (RFC 3261 21.4.26).
pub(super) fn not_acceptable(server: ServerId, findings: &[Finding], cx: &mut Cx) {
    let warning = sdp::warning_header(findings, &cx.config.via_host);
    if warning.is_empty() {
        cx.reply_status(server, 488);
    } else {
        cx.reply_with(server, 488, "Warning", &warning);
    }
}

/// RFC 3261 14.2: 500, to be tried again in a few seconds.
fn later(server: ServerId, cx: &mut Cx) {
    let seconds = u32::try_from(cx.entropy.below(10)).unwrap_or_default() + 1;
    cx.reply_with(server, 500, "Retry-After", &seconds.to_string());
}
