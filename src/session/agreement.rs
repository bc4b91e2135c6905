//! What both ends go by, and who of them holds: RFC 3264 6.1 and 8.4, RFC 6337 5.3.
//!
//! Each end says in each description, offer or answer, whether it holds, whatever the other one does. So either learns
//! of the other's hold by any description that comes.

use super::step::Step;
use super::{Session, Wait};
use crate::context::Cx;
use crate::event::{MediaRequest, Originator, SessionEvent};
use crate::sdp;

/// What both ends go by while a new offer is on its way, and go on with if it comes to nothing (RFC 6141).
#[derive(Clone, Debug, Default)]
pub(super) struct Agreed {
    /// Whether the side that makes the new offer holds.
    held: bool,
    local_sdp: Option<String>,
    remote_sdp: Option<String>,
    we_offered: bool,
}

impl Agreed {
    /// Whether a description of the far end restarts ICE (RFC 8839 4.4.1.1.1).
    pub(super) fn is_restarted_by(&self, remote: Option<&str>) -> bool {
        let generations = |sdp: Option<&str>| sdp.map(sdp::generations);
        generations(self.remote_sdp.as_deref()) != generations(remote)
    }
}

impl Session {
    pub(super) fn agreed(&self, held: bool) -> Agreed {
        Agreed {
            held,
            local_sdp: self.local_sdp.clone(),
            remote_sdp: self.remote_sdp.clone(),
            we_offered: self.we_offer,
        }
    }

    /// Goes back to the descriptions of before an offer, and returns whether its maker held then.
    pub(super) fn fall_back(&mut self, agreed: Agreed) -> bool {
        self.local_sdp = agreed.local_sdp;
        self.remote_sdp = agreed.remote_sdp;
        self.we_offer = agreed.we_offered;
        self.trickle.applied(self.remote_sdp.as_deref());
        agreed.held
    }

    /// An offer of theirs was answered while one of ours waits to be made again: it is theirs that both ends go on with
    /// if ours comes to nothing.
    pub(super) fn agreed_meanwhile(&mut self) {
        let now = self.agreed(self.local_hold);
        self.offers.agreed_meanwhile(now);
    }

    /// A description of ours as it leaves.
    pub(super) fn directed(&self, text: String) -> String {
        if self.local_hold { sdp::on_hold(&text) } else { text }
    }

    /// An offer of theirs inside the call as our WebRTC is to read it.
    pub(super) fn in_our_role(&self, offer: &str) -> String {
        match (self.offer_and_answer().1.and_then(sdp::setup), self.we_offer, &self.remote_sdp) {
            // The handshake was theirs to begin.
            (Some("active"), true, Some(before)) | (Some("passive"), false, Some(before)) => {
                sdp::in_role(offer, before)
            }
            _ => offer.to_owned(),
        }
    }

    /// Tells whether the far end holds, as its offer says.
    pub(super) fn follow_offer(&mut self, cx: &mut Cx) {
        let offer = self.remote_request().and_then(|request| request.sdp());
        self.hold_by_remote(offer.is_some_and(|sdp| sdp::is_held_by(&sdp)), cx);
    }

    /// Tells whether the far end holds, as far as its answer says.
    pub(super) fn follow_answer(&mut self, cx: &mut Cx) {
        if let (Some(offer), Some(answer)) = (&self.local_sdp, &self.remote_sdp)
            && let Some(held) = sdp::holds_by_answer(offer, answer)
        {
            self.hold_by_remote(held, cx);
        }
    }

    pub(super) fn hold_by_remote(&mut self, held: bool, cx: &mut Cx) {
        if held != self.remote_hold {
            self.remote_hold = held;
            self.tell_hold(Originator::Remote, held, cx);
        }
    }

    /// One side holds the call, or has taken it back.
    pub(super) fn tell_hold(&mut self, by: Originator, held: bool, cx: &mut Cx) {
        self.tell(if held { SessionEvent::Hold(by) } else { SessionEvent::Unhold(by) }, cx);
        let sending = !self.local_hold && !self.remote_hold;
        self.ask(MediaRequest::Enable(sending), Wait::Reoffer(Step::Ignored), cx);
    }
}
