//! How an offer inside a call goes on, step by step: ours, which `reoffer` makes, and theirs, which `remote_offer` takes.
//!
//! ```text
//! ours:   Made -> Shown --re-INVITE, UPDATE--2xx--> AnswerShown -> AnswerApplied --> over
//!           '-fault--------------'--refused--> RolledBack --> over
//! theirs: Announced -> RemoteShown -> RemoteApplied -> Described -> DescriptionShown --200--> over
//!           |  '--they want our offer---------------------^  '-fault--> refused
//!           '--refused--> over
//! an UPDATE of theirs without an offer: UpdateShown --200--> over
//! ```
//!
//! Ours that met a 491 or lost the line is rolled back, and made again later. An answer to it that cannot be used ends
//! the call. Theirs is refused too if WebRTC does not take it, or if it is cancelled before our answer is being made;
//! WebRTC goes back then, and nobody waits for that (`Ignored`). The answer to what we offer in a 200 comes with the ACK:
//! `Wait::AckShown`.

use std::sync::Arc;

use super::{Session, Wait, keep};
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{MediaAnswer, MediaFault, MediaRequest, Originator, Ticket, Verdict};
use crate::message::{Request, Response};
use crate::transaction::ServerId;

/// What an offer inside a call waits for, and how it goes on when that comes back.
#[derive(Debug)]
pub(super) enum Step {
    /// For our offer: the app sees it.
    Made,
    /// For the listeners of `sdp`: it leaves in a re-INVITE or UPDATE.
    Shown,
    /// For the listeners of `sdp`: the answer in this 2xx is applied.
    AnswerShown(Arc<Response>),
    /// For WebRTC to take it: the 2xx is acknowledged, and ours is over.
    AnswerApplied(Arc<Response>),
    /// For WebRTC to go back, whether it can or not: ours is over, and nothing has changed.
    RolledBack(Option<Arc<Response>>, Cause),
    /// For nothing: what WebRTC was asked beside the offer comes to its end, and nobody waits for it.
    Ignored,
    /// For the listeners of `reinvite` or `update`: the app sees their offer, or ours is made if they want one.
    Announced,
    /// For the listeners of `sdp`: their offer is applied.
    RemoteShown,
    /// For WebRTC to take it: our answer is made.
    RemoteApplied,
    /// For our answer, or the offer that they want: the app sees it.
    Described,
    /// For the listeners of `sdp`: it leaves in the 200.
    DescriptionShown,
    /// For the listeners of `update`: an UPDATE without an offer is answered.
    UpdateShown(ServerId, Ticket, Arc<Request>),
}

impl Step {
    /// About how many bytes it holds of what the far end said.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::AnswerShown(response) | Self::AnswerApplied(response) => response.weight(),
            Self::RolledBack(response, _) => response.as_ref().map_or(0, |response| response.weight()),
            Self::UpdateShown(_, _, request) => request.weight(),
            Self::Made
            | Self::Shown
            | Self::Ignored
            | Self::Announced
            | Self::RemoteShown
            | Self::RemoteApplied
            | Self::Described
            | Self::DescriptionShown => 0,
        }
    }
}

impl Session {
    /// WebRTC has done what an offer asked of it, or has not.
    pub(super) fn reoffer_media(&mut self, step: Step, result: Result<MediaAnswer, MediaFault>, cx: &mut Cx) {
        use MediaAnswer::{Description, Ready};
        match (step, result) {
            (Step::Made, Ok(Description(sdp))) => {
                let sdp = self.preferred(sdp);
                self.trickle.described(&sdp);
                self.show_sdp(Originator::Local, true, sdp, Wait::Reoffer(Step::Shown), cx);
            }
            (Step::Made, Err(fault)) => {
                self.tell_fault(fault, cx);
                self.roll_back(None, Cause::WebrtcError, cx);
            }
            (Step::AnswerApplied(response), Ok(Ready)) => {
                self.acknowledge_reoffer(&response, cx);
                self.follow_answer(cx);
                self.reoffer_over(Some(response), None, cx);
                self.remote_applied(cx);
            }
            (Step::AnswerApplied(response), Err(fault)) => {
                self.acknowledge_reoffer(&response, cx);
                if self.offers.recovers() && self.recovery.has_time(cx.now) {
                    // Another offer may be answered better, as long as there is time to bring the call back.
                    self.tell_fault(fault, cx);
                    self.roll_back(Some(response), Cause::BadMediaDescription, cx);
                } else {
                    self.answer_unusable(fault, cx);
                }
            }
            (Step::RolledBack(response, cause), Ok(Ready) | Err(_)) => self.reoffer_over(response, Some(cause), cx),
            (Step::Ignored, _) => {}
            (Step::RemoteApplied, Ok(Ready)) => {
                self.follow_offer(cx);
                self.remote_applied(cx);
                let trickle = self.trickles();
                self.ask(MediaRequest::Answer { trickle }, Wait::Reoffer(Step::Described), cx);
            }
            (Step::Described, Ok(Description(sdp))) => {
                let sdp = self.preferred(sdp);
                self.trickle.described(&sdp);
                let late = self.remote_request().is_some_and(|request| request.sdp().is_none());
                self.show_sdp(Originator::Local, late, sdp, Wait::Reoffer(Step::DescriptionShown), cx);
            }
            (Step::RemoteApplied | Step::Described, Err(fault)) => {
                self.tell_fault(fault, cx);
                self.refuse_remote(488, cx);
            }
            // A description where none is made, or none where one is.
            (
                Step::Made | Step::AnswerApplied(_) | Step::RolledBack(..) | Step::RemoteApplied | Step::Described,
                Ok(_),
            ) => cx.misanswered(),
            // What the listeners are asked is not for WebRTC to say.
            (
                Step::Shown
                | Step::AnswerShown(_)
                | Step::Announced
                | Step::RemoteShown
                | Step::DescriptionShown
                | Step::UpdateShown(..),
                _,
            ) => cx.misanswered(),
        }
    }

    /// The listeners of `reinvite`, `update` or `sdp` have run.
    pub(super) fn reoffer_shown(&mut self, step: Step, verdict: Verdict, cx: &mut Cx) {
        match (step, verdict) {
            (Step::Shown, Verdict::Sdp(sdp)) => self.send_reoffer(sdp, cx),
            (Step::AnswerShown(response), Verdict::Sdp(sdp)) => {
                keep(&mut self.remote_sdp, &sdp);
                let request = MediaRequest::RemoteAnswer { sdp, fresh: false };
                self.ask(request, Wait::Reoffer(Step::AnswerApplied(response)), cx);
            }
            (Step::Announced, Verdict::Reoffer(refused)) => self.remote_announced(refused.as_ref(), cx),
            (Step::RemoteShown, Verdict::Sdp(sdp)) => {
                let offer = self.in_our_role(&sdp);
                keep(&mut self.remote_sdp, &sdp);
                self.we_offer = false;
                self.ask(MediaRequest::RemoteOffer(offer), Wait::Reoffer(Step::RemoteApplied), cx);
            }
            (Step::DescriptionShown, Verdict::Sdp(sdp)) => self.answer_remote(sdp, cx),
            (Step::UpdateShown(server, ticket, request), Verdict::Reoffer(refused)) => {
                self.update_shown(server, ticket, &request, refused.as_ref(), cx);
            }
            // A verdict on something else than was shown.
            (
                Step::Shown
                | Step::AnswerShown(_)
                | Step::Announced
                | Step::RemoteShown
                | Step::DescriptionShown
                | Step::UpdateShown(..),
                _,
            ) => cx.misanswered(),
            // What WebRTC is asked is not for the listeners to say.
            (
                Step::Made
                | Step::AnswerApplied(_)
                | Step::RolledBack(..)
                | Step::Ignored
                | Step::RemoteApplied
                | Step::Described,
                _,
            ) => cx.misanswered(),
        }
    }

    /// The call ends with a step open: what the far end still waits for, it gets.
    pub(super) fn leave_step(&mut self, step: &Step, cx: &mut Cx) {
        match step {
            // RFC 3261 15.1.2: what the far end still asks is answered.
            Step::UpdateShown(server, ..) => cx.reply_status(*server, 487),
            // RFC 3261 13.2.2.4: each 2xx gets its ACK, also this one, whose answer will not be applied any more.
            Step::AnswerShown(response) | Step::AnswerApplied(response) => self.acknowledge_reoffer(response, cx),
            // Nothing has left yet, or the offer itself is answered: see `offers`.
            Step::Made
            | Step::Shown
            | Step::RolledBack(..)
            | Step::Ignored
            | Step::Announced
            | Step::RemoteShown
            | Step::RemoteApplied
            | Step::Described
            | Step::DescriptionShown => {}
        }
    }
}
