//! What a call does to come back whose line or media was lost: offers, and what the app is told. When, says `recovery`.

use super::recovery::{Down, Due};
use super::{Phase, Session};
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::SessionEvent;
use crate::sdp::{self, ice_failed};
use crate::time::Instant;

impl Session {
    /// Whether it is on its way back.
    pub(crate) fn is_recovering(&self) -> bool {
        self.recovery.is_on()
    }

    /// What WebRTC gathers for a way that takes the place of another is told so that the far end takes it at once.
    pub(super) fn preferred(&self, text: String) -> String {
        match self.recovery.restarts() {
            0 => text,
            restarts => sdp::preferred(&text, restarts),
        }
    }

    pub(super) fn expire_recovery(&mut self, cx: &mut Cx) {
        if !self.is_established() {
            return;
        }
        match self.recovery.expire(cx.now) {
            Some(Due::End { agreed: false }) if matches!(self.phase, Phase::Resuming) => {
                self.end_because(Cause::ConnectionError, cx);
            }
            Some(Due::End { .. }) => self.end_without_media(ice_failed(), cx),
            Some(Due::Begin) => self.recover(Cause::RtpTimeout, cx),
            Some(Due::Offer) => self.offer_to_recover(cx),
            None => {}
        }
    }

    fn offer_to_recover(&mut self, cx: &mut Cx) {
        if cx.out.flow().is_none() || self.hurry_retry(cx) {
            return;
        }
        let free = self.offers.is_free() && self.unacked.is_none();
        let resumes = free && matches!(self.phase, Phase::Resuming) && !self.is_being_primed();
        if resumes || (self.state().ready_to_reoffer && matches!(self.phase, Phase::Confirmed)) {
            self.recover_by_offer(cx);
        } else {
            self.recovery.put_off(now_by_line(cx));
        }
    }

    /// The line is gone: an established call goes on by the next.
    pub(crate) fn line_lost(&mut self, cx: &mut Cx) {
        if self.recovery.is_on() {
            self.recovery.line_lost();
        } else if self.is_established() && self.recovery.is_wanted() {
            self.recover(Cause::ConnectionError, cx);
        }
    }

    /// There is a line again: within `wait_ms` our binding is renewed, or will not be.
    pub(crate) fn line_back(&mut self, wait_ms: u64, cx: &mut Cx) {
        // What an open offer of ours comes to is seen first.
        if !self.offers.is_ours() {
            self.recovery.line_back(wait_ms, now_by_line(cx));
        }
    }

    /// ICE has a way for the media, for the first time or again.
    pub(crate) fn path_up(&mut self, cx: &mut Cx) {
        self.recovery.path_up();
        self.tell_recovered(cx);
    }

    /// ICE has lost its way: for now, or for good if it `failed`. False if it will not be brought back.
    pub(crate) fn path_down(&mut self, failed: bool, cx: &mut Cx) -> bool {
        match self.recovery.path_down(failed, self.is_established(), now_by_line(cx), cx.now) {
            Down::Begin => {
                self.recover(Cause::RtpTimeout, cx);
                true
            }
            Down::Wait => true,
            Down::End => false,
        }
    }

    /// So many packets have come in. True if it is whole but hears nothing any more.
    pub(crate) fn falls_silent(&mut self, packets: u64, now: Instant) -> bool {
        self.is_established()
            && self.recovery.is_wanted()
            && !self.recovery.is_on()
            && self.hearing.falls_silent(packets, now)
    }

    fn recover(&mut self, cause: Cause, cx: &mut Cx) {
        self.recovery.begin(cause, cx.now, now_by_line(cx));
        self.tell(SessionEvent::Recovering { cause }, cx);
    }

    /// The far end has taken an offer that we had given up: it goes by what we do not.
    pub(crate) fn taken_too_late(&mut self, cx: &mut Cx) {
        if !matches!(self.phase, Phase::Confirmed) {
            return;
        }
        if self.recovery.is_on() {
            self.recovery.offer_in(0, now_by_line(cx));
        } else {
            // Until they have agreed anew it is not whole, whatever ICE says.
            self.recover(Cause::ConnectionError, cx);
        }
    }

    /// An offer of ours is over.
    pub(super) fn recovery_offered(&mut self, succeeded: bool, cx: &mut Cx) {
        if succeeded {
            self.recovery_answered(cx);
        } else {
            self.recovery.failed(now_by_line(cx));
        }
    }

    /// The far end refuses such an offer: where that is its last word, and media flows, the call is told to be back.
    pub(super) fn recovery_refused(&mut self, status: u16, cx: &mut Cx) {
        self.recovery.refused(status);
        self.tell_recovered(cx);
    }

    /// Both ends have agreed anew, by an offer of ours or theirs.
    pub(super) fn recovery_answered(&mut self, cx: &mut Cx) {
        self.recovery.agreed(now_by_line(cx));
        self.tell_recovered(cx);
    }

    /// Tells that the call is back, once it is.
    fn tell_recovered(&mut self, cx: &mut Cx) {
        if let Some((cause, began)) = self.recovery.finish() {
            self.resume_done(cx);
            self.tell(SessionEvent::Recovered { cause, took_ms: cx.now.since(began) }, cx);
        }
    }
}

/// Now, if there is a line.
pub(super) fn now_by_line(cx: &Cx) -> Option<Instant> {
    cx.out.flow().map(|_| cx.now)
}
