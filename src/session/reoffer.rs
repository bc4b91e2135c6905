//! Offers of ours inside a call: hold and renegotiation (RFC 3261 14, RFC 3311, RFC 3264, RFC 6337).
//! Those of the far end are in `remote_offer`.
//!
//! Ours that fails is rolled back and leaves the call as it was (RFC 6141). How far it is `offers` knows.

use std::sync::Arc;

use super::recovery::ANSWER_MS;
use super::step::Step;
use super::{Phase, Session, Wait};
use crate::cause::Cause;
use crate::command::{CommandError, ReofferOptions, check_lines};
use crate::context::Cx;
use crate::event::{Asker, MediaRequest, Originator, SessionEvent, Ticket, share};
use crate::exchange::Owner;
use crate::message::{Method, Response};
use crate::sdp;
use crate::time::Instant;
use crate::transaction::{Fate, T1_MS};

/// ms between looks for a line, for an offer that waits for one.
const AWAIT_LINE_MS: u64 = 2_000;
/// ms, and up to 300 more at random, until one that brings the call back is made again which met one of theirs that is
/// lost: the far end gives way to ours once its own is out for 500 ms without an answer (`give_way`).
const GIVEN_WAY_MS: u64 = 700;

impl Session {
    /// Holds or takes back (JsSIP `hold`, `unhold`). False if it is so already or another offer is on its way.
    pub(crate) fn hold(&mut self, on: bool, options: ReofferOptions, cx: &mut Cx) -> Result<bool, CommandError> {
        if self.local_hold == on || !self.state().ready_to_reoffer {
            return Ok(false);
        }
        let was_held = self.local_hold;
        self.local_hold = on;
        let started = self.start_reoffer(options, was_held, cx)?;
        self.tell_hold(Originator::Local, on, cx);
        Ok(started)
    }

    /// Makes a new offer with the call's present media (JsSIP `renegotiate`).
    pub(crate) fn renegotiate(&mut self, options: ReofferOptions, cx: &mut Cx) -> Result<bool, CommandError> {
        if !self.state().ready_to_reoffer {
            return Ok(false);
        }
        let held = self.local_hold;
        self.start_reoffer(options, held, cx)
    }

    fn start_reoffer(&mut self, options: ReofferOptions, was_held: bool, cx: &mut Cx) -> Result<bool, CommandError> {
        if let Err(error) = check_lines(&options.extra_headers) {
            self.local_hold = was_held;
            return Err(error);
        }
        self.make_offer(options, was_held, false, cx);
        Ok(true)
    }

    /// Makes an offer that brings the call back.
    pub(super) fn recover_by_offer(&mut self, cx: &mut Cx) {
        // The connection of a new page has credentials that the far end does not know: what it gathers so far may stay, until
        // an offer of them has come to nothing.
        let ice_restart = !matches!(self.phase, Phase::Resuming) || self.recovery.restarts() > 0;
        let options = ReofferOptions { ice_restart, ..ReofferOptions::default() };
        self.recovery.restart();
        self.make_offer(options, self.local_hold, true, cx);
    }

    pub(super) fn make_offer(&mut self, options: ReofferOptions, was_held: bool, recovers: bool, cx: &mut Cx) {
        let offer = MediaRequest::Offer { ice_restart: options.ice_restart, trickle: self.trickles() };
        let agreed = self.agreed(was_held);
        self.offers.begin(options, agreed, recovers);
        self.ask(offer, Wait::Reoffer(Step::Made), cx);
    }

    pub(super) fn expire_reoffer(&mut self, cx: &mut Cx) {
        if self.offers.expire(cx.now) {
            if self.recovery.is_on() {
                // It was lost on the way: the next one need not wait until the proxies know that.
                cx.abandon(self.id);
                self.roll_back(None, Cause::RequestTimeout, cx);
            } else {
                // What comes of it is seen by its final answer: a 487, or a 2xx that crossed and counts.
                cx.cancel(Owner::Reoffer(self.id), None);
            }
        }
        self.expire_retry(cx);
    }

    /// Makes the offer at once that waits to be made again, and lets it bring the call back. False if none waits.
    pub(super) fn hurry_retry(&mut self, cx: &mut Cx) -> bool {
        let waits = self.offers.hurry(cx.now);
        if waits {
            self.recovery.restart();
            self.expire_retry(cx);
        }
        waits
    }

    /// An offer of theirs comes while ours is on its way. If ours was lost, and was to bring the call back, theirs is
    /// taken. False if it is not.
    pub(super) fn give_way(&mut self, cx: &mut Cx) -> bool {
        if !self.recovery.is_on() || !self.offers.is_lost(cx.now) {
            return false;
        }
        cx.abandon(self.id);
        if !self.offers.recovers() {
            self.offer_again(AWAIT_LINE_MS, None, Cause::RequestTimeout, cx);
        } else if let Some(agreed) = self.offers.close() {
            self.fall_back(agreed);
            self.ask(MediaRequest::Rollback, Wait::Reoffer(Step::Ignored), cx);
        }
        self.offers.is_free()
    }

    fn expire_retry(&mut self, cx: &mut Cx) {
        if !self.offers.is_due(cx.now) {
            return;
        }
        let busy = !self.offers.is_free() || self.unacked.is_some() || !self.may_offer();
        if busy || cx.out.flow().is_none() {
            return self.offers.wait(cx.now.after(if busy { T1_MS } else { AWAIT_LINE_MS }));
        }
        if let Some(ice_restart) = self.offers.retry() {
            let trickle = self.trickles();
            self.ask(MediaRequest::Offer { ice_restart, trickle }, Wait::Reoffer(Step::Made), cx);
        }
    }

    /// Ours is over.
    pub(super) fn reoffer_over(&mut self, response: Option<Arc<Response>>, failure: Option<Cause>, cx: &mut Cx) {
        let recovers = self.offers.recovers();
        self.offers.close();
        if let Some(response) = &response
            && failure.is_none()
            && let Some(far_ends) = self.far_ends()
        {
            far_ends.agreed_anew(response.to.tag().unwrap_or_default());
        }
        if !recovers {
            self.tell(SessionEvent::Renegotiated { response, failure }, cx);
        }
        self.recovery_offered(failure.is_none(), cx);
    }

    /// The listeners have seen our offer: it leaves.
    pub(super) fn send_reoffer(&mut self, text: String, cx: &mut Cx) {
        let Some(options) = self.offers.options() else {
            return;
        };
        // RFC 3261 14.1: no re-INVITE before the call is up.
        let by_update = options.use_update || !self.is_established();
        let method = if by_update { Method::Update } else { Method::Invite };
        let mut body = self.directed(text);
        if matches!(self.phase, Phase::Resuming) {
            let theirs = self.remote_sdp.as_deref().unwrap_or_default();
            body = sdp::following(&body, theirs, self.recovery.insists_on_keys());
        }
        let mut lines = options.extra_headers.clone();
        lines.push(self.contact_line(cx));
        lines.push("Content-Type: application/sdp".to_owned());
        // JsSIP puts it before the type in UPDATE, and behind it in INVITE.
        let at = lines.len() - usize::from(by_update);
        lines.splice(at..at, self.timer.lines());
        lines.extend(self.listed(by_update));
        // JsSIP tells of a local re-offer twice; what is done to the second is not heeded.
        let ticket = cx.out.ticket(Asker::Nobody);
        self.tell(SessionEvent::Sdp { ticket, originator: Originator::Local, offer: true, sdp: body.clone() }, cx);
        self.send_inside(Owner::Reoffer(self.id), method, &lines, &body, cx);
        self.local_sdp = Some(body);
        self.trickle.left(self.local_sdp.as_deref());
        self.we_offer = true;
        self.offer_left(cx.now);
    }

    /// Our offer has left, for the first time or with credentials.
    pub(crate) fn offer_left(&mut self, now: Instant) {
        self.offers.left(now, self.recovery.is_on().then_some(ANSWER_MS));
    }

    /// An answer to our re-INVITE or UPDATE.
    pub(crate) fn reoffer_response(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        // Its 2xx again, before the answer was applied: the ACK follows.
        let taken = |(_, w): &(Ticket, Wait)| matches!(w, Wait::Reoffer(Step::AnswerShown(_) | Step::AnswerApplied(_)));
        if self.has_ended() || self.waits.iter().any(taken) {
            return;
        }
        if response.status < 200 {
            // Timer F of an UPDATE goes on (RFC 3261 17.1.2.2).
            if matches!(response.method, Method::Invite) {
                self.offers.proceeding(response.status, cx.now);
            }
            return;
        }
        self.offers.answered();
        // An INVITE inside a dialog has one answer; what comes under another tag is nobody's.
        let tag = response.to.tag().unwrap_or_default();
        if response.status < 300 && !self.is_answered_by(tag) && !self.has_early(tag) {
            return;
        }
        match response.status {
            200..300 => {
                if let Some(dialog) = self.dialog_with(tag) {
                    dialog.refresh_target(response.contact());
                }
                if response.headers.has("Recv-Info") {
                    self.packages.meet(&response.headers);
                }
                self.learn_identity(&response.headers, "", true, cx);
                if self.is_established() {
                    self.timer_of_response(response, cx);
                }
                if matches!(response.method, Method::Invite) {
                    self.meet_callee(response, cx);
                }
                match response.sdp() {
                    Some(sdp) => {
                        let sdp = sdp::with_names(&sdp, self.remote_sdp.as_deref());
                        let wait = Wait::Reoffer(Step::AnswerShown(share(response)));
                        self.show_sdp(Originator::Remote, false, sdp, wait, cx);
                    }
                    None => {
                        self.acknowledge_reoffer(response, cx);
                        self.roll_back(Some(share(response)), Cause::MissingSdp, cx);
                    }
                }
            }
            // RFC 3261 12.2.1.2: the dialog is gone on the other side.
            481 if self.is_established() => self.end_because(Cause::DialogError, cx),
            408 if self.is_established() && !self.is_recovering() => self.end_because(Cause::RequestTimeout, cx),
            491 => self.glare(response, cx),
            status => {
                self.recovery_refused(status, cx);
                self.roll_back(Some(share(response)), Cause::of_status(status), cx);
            }
        }
    }

    /// RFC 3261 14.1: after 491 wait 2.1 to 4 s if the Call-ID is ours, 0 to 2 s if not, in steps of 10 ms. There is no
    /// glare where theirs went to a line of ours that is gone.
    fn glare(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let delay = match (self.outgoing, self.recovery.is_on() && self.offers.met_a_lost_one()) {
            (_, true) => GIVEN_WAY_MS + 10 * cx.entropy.below(31),
            (true, false) => 2_100 + 10 * cx.entropy.below(191),
            (false, false) => 10 * cx.entropy.below(201),
        };
        self.offer_again(delay, Some(share(response)), Cause::of_status(response.status), cx);
    }

    /// Later, and not without end: the last refusal, or lost line, counts.
    fn offer_again(&mut self, delay: u64, response: Option<Arc<Response>>, cause: Cause, cx: &mut Cx) {
        match self.offers.put_off(cx.now.after(delay)) {
            Some(agreed) => {
                self.fall_back(agreed);
                self.ask(MediaRequest::Rollback, Wait::Reoffer(Step::Ignored), cx);
            }
            None => self.roll_back(response, cause, cx),
        }
    }

    /// No answer to our re-INVITE or UPDATE; `cancelled` if that was asked for meanwhile.
    pub(crate) fn reoffer_unanswered(&mut self, fate: Fate, cancelled: bool, cx: &mut Cx) {
        match fate {
            // RFC 3261 9.1: as if it had been answered 487.
            Fate::Timeout if (cancelled || self.is_recovering() || !self.is_established()) && !self.has_ended() => {
                self.roll_back(None, Cause::RequestTimeout, cx);
            }
            Fate::Timeout => self.end_because(Cause::RequestTimeout, cx),
            // Whether the far end took it nobody knows: it is offered again by the next line.
            Fate::TransportError if !self.has_ended() => {
                self.offer_again(AWAIT_LINE_MS, None, Cause::ConnectionError, cx);
            }
            Fate::TransportError => {}
        }
    }

    /// Our offer came to nothing: everything is as it was before.
    pub(super) fn roll_back(&mut self, response: Option<Arc<Response>>, cause: Cause, cx: &mut Cx) {
        // Until WebRTC has gone back it stands in the way of theirs.
        if let Some(agreed) = self.offers.answered().cloned() {
            let was_held = self.fall_back(agreed);
            if was_held != self.local_hold {
                self.local_hold = was_held;
                self.tell_hold(Originator::Local, was_held, cx);
            }
        }
        self.timer.refused(None, cx.now);
        self.ask(MediaRequest::Rollback, Wait::Reoffer(Step::RolledBack(response, cause)), cx);
    }

    pub(super) fn acknowledge_reoffer(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        if !matches!(response.method, Method::Invite) {
            return;
        }
        if let Some(dialog) = &self.dialog {
            cx.acknowledge(Owner::Reoffer(self.id), dialog, response);
        }
    }
}
