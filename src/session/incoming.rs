//! The callee's side: ring, answer, reject, CANCEL, and the 2xx that is repeated until its ACK (RFC 3261 13.3).

use std::sync::Arc;

use super::identity::Identity;
use super::reliable::Reliable;
use super::remote_offer::not_acceptable;
use super::ringing::{self, Ringing};
use super::unacked::{Due, Unacked};
use super::{Phase, Session, Wait, keep};
use crate::cause::Cause;
use crate::command::{AnswerOptions, CommandError, TerminateOptions, check_lines};
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{AppReply, EndedBy, MediaFault, MediaRequest, Originator, SessionEvent, SessionId, share};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Reply, Request, header_line};
use crate::messaging::reply_of;
use crate::sdp;
use crate::time::Instant;
use crate::transaction::ServerId;

impl Session {
    /// An INVITE came in a transaction of its own and passed the checks of the agent.
    /// `None` without a Contact to talk back to: the caller gets 400.
    pub(crate) fn invited(id: SessionId, server: ServerId, request: Arc<Request>, cx: &mut Cx) -> Option<Self> {
        let tag = cx.transactions.to_tag(server)?.to_owned();
        let first_cseq = cx.entropy.cseq();
        let dialog = Dialog::as_callee(&request, &tag, first_cseq)?;
        let ringing = Ringing::new(share(&request), cx.config.no_answer_ms, cx.now);
        let phase = Phase::Ringing(Box::new(ringing));
        let mut session = Self::new(id, false, phase, request.call_id.clone(), tag, cx);
        session.remote_sdp = request.sdp();
        session.we_offer = session.remote_sdp.is_none();
        session.secure = request.is_secure();
        session.dialog = Some(dialog);
        session.server = Some(server);
        session.trickle.invited(&request, cx);
        session.packages.meet(&request.headers);
        session.identity = Identity::of_invite(&request);
        session.reliable = Reliable::invited(&request, cx);
        session.open_session_id(None, Some(&request), cx);
        session.announce(Some(request), None, cx);
        Some(session)
    }

    /// The listeners of `newRTCSession` have run. A call that takes the place of another one is known to the app, which has
    /// accepted that.
    pub(super) fn alert(&mut self, listened: bool, cx: &mut Cx) {
        if !listened && self.replaces.is_none() {
            if let Some(server) = self.server {
                cx.reply_status(server, 405);
            }
            self.phase = Phase::Ended;
            return;
        }
        if !cx.config.webrtc {
            return self.refuse(488, Originator::System, Cause::WebrtcError, cx);
        }
        let reliable = self.rings_reliably(&self.ringing(cx));
        self.ring(cx);
        self.tell(SessionEvent::Progress { originator: Originator::Local, response: None, reliable, dialog: None }, cx);
    }

    /// 180, and again each minute, or a proxy takes the call for dead (RFC 3261 13.3.1.1).
    pub(super) fn ring(&mut self, cx: &mut Cx) {
        let mut reply = self.ringing(cx);
        if reply.status == 183
            && !self.rings_reliably(&reply)
            && let Some(sdp) = &self.local_sdp
        {
            reply = reply.with("Content-Type", "application/sdp");
            reply.body.clone_from(sdp);
        }
        let sent = self.send_provisional(reply, cx);
        if let Some(ringing) = self.phase.ringing()
            && sent
        {
            ringing.rang(cx.now);
        }
    }

    /// Says in an answer to an INVITE what INFO is received.
    pub(super) fn mark(&self, reply: &mut Reply, received: Option<String>) {
        reply.headers.extend(received.map(|packages| ("Recv-Info".to_owned(), packages)));
        self.trickle.mark(reply);
    }

    pub(super) fn expire_ringing(&mut self, cx: &mut Cx) {
        match self.phase.ringing().and_then(|ringing| ringing.expire(cx.now)) {
            Some(ringing::Due::Expired) => self.refuse(487, Originator::System, Cause::Expires, cx),
            Some(ringing::Due::NoAnswer) => self.refuse(408, Originator::Local, Cause::NoAnswer, cx),
            Some(ringing::Due::Ring) => self.ring(cx),
            None => {}
        }
    }

    /// Takes the call (JsSIP `answer`).
    pub(crate) fn answer(&mut self, options: &AnswerOptions, cx: &mut Cx) -> Result<(), CommandError> {
        if self.outgoing {
            return Err(CommandError::NotSupported("\"answer\" not supported for outgoing RTCSession"));
        }
        let status = self.status();
        let Some(ringing) = self.phase.ringing().filter(|ringing| !ringing.is_answered()) else {
            return Err(CommandError::InvalidState(status));
        };
        check_lines(&options.extra_headers)?;
        ringing.answer(options.extra_headers.clone());
        self.trickle.choose(options.trickle_ice);
        self.timer.ask(options.session_expires_s);
        self.tell(SessionEvent::State, cx);
        if !self.is_progressing() {
            self.acquire(cx);
        }
        Ok(())
    }

    /// Gets the media that the call is described with.
    pub(super) fn acquire(&mut self, cx: &mut Cx) {
        let offered = self.remote_sdp.as_deref().map(sdp::offered).map(|offered| (offered.audio, offered.video));
        self.ask(MediaRequest::Acquire { offered }, Wait::InAcquired, cx);
    }

    /// RTCPeerConnection could not be made for `answer()`: 500, and the app learns of it.
    pub(crate) fn answer_impossible(&mut self, cx: &mut Cx) {
        self.refuse(500, Originator::Local, Cause::WebrtcError, cx);
    }

    pub(super) fn in_acquired(&mut self, cx: &mut Cx) {
        match self.remote_sdp.clone() {
            Some(sdp) => self.show_sdp(Originator::Remote, true, sdp, Wait::InOfferShown, cx),
            None => self.describe(cx),
        }
    }

    pub(super) fn in_offer_refused(&mut self, fault: MediaFault, cx: &mut Cx) {
        let findings = self.findings();
        if let Some(server) = self.server {
            not_acceptable(server, &findings, cx);
        }
        self.end(Originator::System, EndedBy::None, Cause::WebrtcError, None, findings, cx);
        self.tell_fault(fault, cx);
    }

    /// Makes the answer, or the late offer.
    pub(super) fn describe(&mut self, cx: &mut Cx) {
        let incoming = self.phase.ringing().map(|ringing| share(&ringing.invite));
        self.tell(SessionEvent::Connecting { incoming, outgoing: None }, cx);
        let trickle = self.remote_sdp.is_some() && self.trickles();
        self.trickle.answers(trickle);
        let request = match self.remote_sdp {
            Some(_) => MediaRequest::Answer { trickle },
            None => MediaRequest::Offer { ice_restart: false, trickle: false },
        };
        self.ask(request, Wait::InDescribed, cx);
    }

    pub(super) fn in_description_shown(&mut self, sdp: String, cx: &mut Cx) {
        keep(&mut self.local_sdp, &sdp);
        self.trickle.left(Some(&sdp));
        if self.phase.ringing().is_some_and(|ringing| ringing.is_answered()) {
            self.accept_call(Some(sdp), cx);
        } else {
            self.send_early(sdp, cx);
        }
    }

    /// Sends the 200, with our description unless the caller has it.
    pub(super) fn accept_call(&mut self, sdp: Option<String>, cx: &mut Cx) {
        let (Some(server), Some(ringing)) = (self.server, self.phase.ringing()) else {
            return;
        };
        let (invite, lines) = (share(&ringing.invite), std::mem::take(&mut ringing.lines));
        self.reliable.answered();
        if !self.accept(server, &invite, &lines, sdp, cx) {
            self.end_silently(Originator::System, Cause::ConnectionError, cx);
            return;
        }
        self.phase = Phase::WaitingForAck;
        self.await_ack(server, invite.cseq, self.remote_sdp.is_none(), cx.now);
        self.tell(SessionEvent::Accepted { originator: Originator::Local, response: None }, cx);
        self.send_candidates(cx);
    }

    /// Sends a 200 with an app's lines, the session timer, and a description if there is one. False if it was too late.
    /// Inside a dialog it is what moves the far end's address, and what it receives of INFO: a refused request does not
    /// (RFC 6141 4, RFC 6086 5.2.1).
    pub(super) fn accept(
        &mut self,
        server: ServerId,
        request: &Request,
        lines: &[String],
        sdp: Option<String>,
        cx: &mut Cx,
    ) -> bool {
        let mut reply = Reply::new(200).with("Contact", self.contact(cx));
        self.packages.learn(lines.iter().chain(&cx.config.extra_headers).filter_map(|line| line.split_once(':')));
        reply.headers.extend(lines.iter().filter_map(|line| header_line(line)));
        if !matches!(request.method, Method::Prack) {
            reply.headers.extend(self.timer_of_request(request, cx));
        }
        match request.method {
            Method::Invite if request.to_tag().is_some() => self.mark(&mut reply, self.received()),
            Method::Invite => self.mark(&mut reply, cx.config.recv_info()),
            Method::Update => reply.headers.extend(self.listed(true).iter().filter_map(|line| header_line(line))),
            // The third that is accepted here; the answers to the INVITE tell what INFO is received.
            _ => debug_assert_eq!(request.method, Method::Prack),
        }
        if let Some(sdp) = sdp {
            reply = reply.with("Content-Type", "application/sdp");
            reply.body = sdp;
        }
        let sent = cx.reply(server, reply);
        if !sent || request.to_tag().is_none() {
            return sent;
        }
        if matches!(request.method, Method::Invite) || request.headers.has("Recv-Info") {
            self.packages.meet(&request.headers);
        }
        if !matches!(request.method, Method::Prack)
            && let Some(dialog) = self.dialog_with(request.from_tag())
        {
            dialog.follow(request);
            self.learn_party(request, cx);
        }
        sent
    }

    /// A 2xx of ours has left, and is repeated until its ACK comes.
    pub(super) fn await_ack(&mut self, server: ServerId, cseq: u32, late_offer: bool, now: Instant) {
        self.unacked = Some(Unacked::new(server, cseq, late_offer, now));
    }

    /// The ACK of a 2xx of ours, first or re-INVITE.
    pub(crate) fn receive_ack(&mut self, ack: &Arc<Request>, cx: &mut Cx) {
        let Some(unacked) = self.unacked.take_if(|unacked| unacked.is_acknowledged_by(ack.cseq)) else {
            return;
        };
        cx.transactions.acknowledged(unacked.server());
        let late_offer = unacked.has_late_offer();
        if let Some(bye) = unacked.into_bye() {
            self.send_bye(bye, cx);
            return;
        }
        if late_offer {
            self.late_answer(ack, cx);
        } else if matches!(self.phase, Phase::WaitingForAck) {
            self.confirm(ack, cx);
        } else {
            self.tell(SessionEvent::State, cx);
        }
        self.reached(ack.from_tag(), cx);
    }

    /// Sends the BYE that waited for the ACK, as the newest request of its dialog.
    fn send_bye(&mut self, mut bye: Draft, cx: &mut Cx) {
        if let Some(dialog) = &mut self.dialog {
            dialog.renumber(&mut bye);
        }
        cx.send(Owner::Bye(self.id), bye);
        self.phase = Phase::Ended;
    }

    fn late_answer(&mut self, ack: &Arc<Request>, cx: &mut Cx) {
        match ack.sdp() {
            Some(sdp) => {
                let sdp = sdp::with_names(&sdp, self.remote_sdp.as_deref());
                keep(&mut self.remote_sdp, &sdp);
                self.show_sdp(Originator::Remote, false, sdp, Wait::AckShown(share(ack)), cx);
            }
            None => self.end_by_bye(400, "Missing SDP", Cause::MissingSdp, cx),
        }
    }

    pub(super) fn ack_applied(&mut self, ack: &Arc<Request>, cx: &mut Cx) {
        self.remote_applied(cx);
        if matches!(self.phase, Phase::WaitingForAck) {
            self.confirm(ack, cx);
        } else {
            self.remote_reoffer_done(cx);
        }
    }

    fn confirm(&mut self, ack: &Arc<Request>, cx: &mut Cx) {
        self.phase = Phase::Confirmed;
        self.tell(SessionEvent::Confirmed { originator: Originator::Remote, ack: Some(share(ack)) }, cx);
        self.trickle_on(cx);
    }

    pub(super) fn end_by_bye(&mut self, status: u16, phrase: &str, cause: Cause, cx: &mut Cx) {
        self.bye_because(status, phrase, cx);
        let findings = self.findings();
        self.end(Originator::Local, EndedBy::None, cause, None, findings, cx);
    }

    pub(super) fn expire_unacked(&mut self, cx: &mut Cx) {
        let Some(unacked) = &mut self.unacked else {
            return;
        };
        match unacked.expire(cx.now) {
            Some(Due::Repeat) => {
                cx.transactions.repeat(unacked.server(), &mut cx.out);
            }
            Some(Due::GiveUp) => match self.unacked.take().and_then(Unacked::into_bye) {
                Some(bye) => self.send_bye(bye, cx),
                None => {
                    // The dialog is confirmed all the same, and ended by BYE.
                    self.phase = Phase::Confirmed;
                    self.bye(None, &[], "", cx);
                    self.end_silently(Originator::Remote, Cause::NoAck, cx);
                }
            },
            None => {}
        }
    }

    /// The caller cancelled (RFC 3261 9.2); the CANCEL itself has been answered.
    pub(crate) fn canceled(&mut self, cancel: &Arc<Request>, cx: &mut Cx) {
        if self.has_ended() || self.is_established() {
            return;
        }
        self.reply_invite(487, None, cx);
        self.end(Originator::Remote, EndedBy::Request(share(cancel)), Cause::Canceled, None, Vec::new(), cx);
    }

    pub(super) fn refuse_by_app(&mut self, options: &TerminateOptions, cx: &mut Cx) -> Result<(), CommandError> {
        let status = options.status.unwrap_or(480);
        if !(300..700).contains(&status) {
            return Err(CommandError::Invalid("status_code"));
        }
        if let Some(server) = self.server {
            let refused = AppReply {
                status,
                reason: options.reason.clone(),
                headers: options.extra_headers.clone(),
                body: options.body.clone(),
            };
            cx.reply(server, reply_of(&refused));
        }
        self.end_silently(Originator::Local, Cause::Rejected, cx);
        Ok(())
    }

    pub(super) fn refuse(&mut self, status: u16, originator: Originator, cause: Cause, cx: &mut Cx) {
        self.reply_invite(status, None, cx);
        self.end_silently(originator, cause, cx);
    }

    pub(super) fn reply_invite(&mut self, status: u16, phrase: Option<&str>, cx: &mut Cx) {
        if let Some(server) = self.server {
            match phrase {
                Some(phrase) => cx.reply_because(server, status, phrase),
                None => cx.reply_status(server, status),
            }
        }
    }

    /// The connection by which a ringing call came is gone. What we answer finds its proxy by the next one too, unless
    /// that leads elsewhere.
    pub(crate) fn ringing_line_lost(&mut self, cx: &mut Cx) {
        if cx.config.recovery_timeout_ms == 0 {
            self.end_ringing(cx);
        }
        if let Some(ringing) = self.phase.ringing() {
            ringing.pause();
        }
        self.reliable.pause();
    }

    /// By the next connection: the caller hears again that it rings, or at once what was answered meanwhile.
    pub(crate) fn answer_again(&mut self, cx: &mut Cx) {
        if let Some(unacked) = &mut self.unacked {
            unacked.restart(cx.now);
            cx.transactions.repeat(unacked.server(), &mut cx.out);
        } else if !self.ring_again_reliably(cx) && self.phase.ringing().is_some_and(|ringing| ringing.is_paused()) {
            self.ring(cx);
        }
    }

    /// Nobody could be told any more that a ringing call was answered.
    pub(crate) fn end_ringing(&mut self, cx: &mut Cx) {
        if !self.outgoing && !self.has_ended() && !self.is_established() {
            if let Some(server) = self.server.take() {
                cx.transactions.abandon(server);
            }
            self.end_silently(Originator::System, Cause::ConnectionError, cx);
        }
    }
}
