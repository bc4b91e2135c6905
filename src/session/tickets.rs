//! What a call asked of WebRTC and of the app's listeners, and how it goes on once that comes back.
//!
//! ```text
//! outgoing: Announced -> Acquired -> OfferMade -> OfferShown -> InviteShown --> INVITE
//!           each answer to it, early or final: AnswerShown -> AnswerApplied --> told, and a 2xx acknowledged
//! incoming: Announced --> 180
//!           answer(), or progress() with 183 at the end: InAcquired -> InOfferShown -> InOfferApplied -> InDescribed -> InDescriptionShown --> 200
//!                          '-----the INVITE brought no offer------------^
//!           the answer that an ACK brings to the offer in a 200 of ours: AckShown -> AckApplied
//! inside:   Reoffer, whose steps are drawn in `step`
//! ```
//!
//! What WebRTC refuses ends the call, but for an answer in a 1xx: the call goes on without early media.

use std::sync::Arc;

use super::Session;
use super::step::Step;
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{Asker, Event, MediaAnswer, MediaFault, MediaRequest, Originator, SessionEvent, Ticket, Verdict};
use crate::message::Request;

/// What a call waits for, and how it goes on when that comes back.
#[derive(Debug)]
pub(super) enum Wait {
    /// For the listeners of `newRTCSession`: our media is captured, or their INVITE rings.
    Announced,
    /// For the media of a call of ours: the offer is made.
    Acquired,
    /// For our offer: the app sees it.
    OfferMade,
    /// For the listeners of `sdp`: it goes into the INVITE, which the app sees as a whole.
    OfferShown,
    /// For the listeners of `sending`: the INVITE leaves.
    InviteShown,
    /// For the listeners of `sdp`: the far end's answer, early or final, is applied.
    AnswerShown,
    /// For WebRTC to take it: the app is told, and a 2xx acknowledged.
    AnswerApplied,
    /// For the media of a call of theirs that the app has answered: the app sees their offer, or ours is made.
    InAcquired,
    /// For the listeners of `sdp`: their offer is applied.
    InOfferShown,
    /// For WebRTC to take it: our answer is made.
    InOfferApplied,
    /// For our answer, or the offer that their INVITE lacks: the app sees it.
    InDescribed,
    /// For the listeners of `sdp`: it leaves in the 200.
    InDescriptionShown,
    /// For the listeners of `sdp`: the answer that this ACK brought is applied.
    AckShown(Arc<Request>),
    /// For WebRTC to take it: the call is confirmed, or what our offer in a 200 asked is agreed on.
    AckApplied(Arc<Request>),
    /// For a step of an offer inside the call.
    Reoffer(Step),
    /// For WebRTC to take candidates of theirs: nothing depends on it.
    Candidates,
    /// For the listeners of `newRTCSession` of a call that outlived its page: our media is captured.
    Resumed,
    /// For that: WebRTC is told what the far end knows.
    ResumeAcquired,
    /// For WebRTC to take that: the offer is made.
    ResumePrimed,
}

impl Wait {
    /// About how many bytes it holds of what the far end said.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::AckShown(request) | Self::AckApplied(request) => request.weight(),
            Self::Reoffer(step) => step.weight(),
            Self::Announced
            | Self::Acquired
            | Self::OfferMade
            | Self::OfferShown
            | Self::InviteShown
            | Self::AnswerShown
            | Self::AnswerApplied
            | Self::InAcquired
            | Self::InOfferShown
            | Self::InOfferApplied
            | Self::InDescribed
            | Self::InDescriptionShown
            | Self::Candidates
            | Self::Resumed
            | Self::ResumeAcquired
            | Self::ResumePrimed => 0,
        }
    }
}

impl Session {
    /// The answer to a media request.
    pub(crate) fn media(&mut self, ticket: Ticket, result: Result<MediaAnswer, MediaFault>, cx: &mut Cx) {
        use MediaAnswer::{Description, Ready};
        let Some(wait) = self.take_wait(ticket) else {
            return;
        };
        match (wait, result) {
            (Wait::Acquired, Ok(Ready)) => self.acquired(cx),
            (Wait::Acquired, Err(fault)) => self.media_failed(fault, Cause::UserDeniedMediaAccess, cx),
            (Wait::OfferMade, Ok(Description(sdp))) => {
                self.trickle.described(&sdp);
                self.show_sdp(Originator::Local, true, sdp, Wait::OfferShown, cx);
            }
            (Wait::OfferMade | Wait::InDescribed, Err(MediaFault::NoRelay)) => self.unreachable(cx),
            (Wait::OfferMade, Err(fault)) => self.media_failed(fault, Cause::WebrtcError, cx),
            (Wait::AnswerApplied, Ok(Ready)) => self.answer_applied(cx),
            (Wait::AnswerApplied, Err(fault)) => self.answer_refused(fault, cx),
            (Wait::InAcquired, Ok(Ready)) => self.in_acquired(cx),
            (Wait::InAcquired, Err(fault)) => {
                self.reply_invite(480, None, cx);
                self.media_failed(fault, Cause::UserDeniedMediaAccess, cx);
            }
            (Wait::InOfferApplied, Ok(Ready)) => {
                self.remote_applied(cx);
                self.describe(cx);
            }
            (Wait::InOfferApplied, Err(fault)) => self.in_offer_refused(fault, cx),
            (Wait::InDescribed, Ok(Description(sdp))) => {
                self.trickle.described(&sdp);
                let offer = self.remote_sdp.is_none();
                self.show_sdp(Originator::Local, offer, sdp, Wait::InDescriptionShown, cx);
            }
            (Wait::InDescribed, Err(fault)) => {
                self.reply_invite(500, None, cx);
                self.tell_fault(fault, cx);
                self.end_silently(Originator::System, Cause::InternalError, cx);
            }
            (Wait::AckApplied(ack), Ok(Ready)) => self.ack_applied(&ack, cx),
            (Wait::AckApplied(_), Err(fault)) => self.answer_unusable(fault, cx),
            (Wait::Reoffer(step), result) => self.reoffer_media(step, result, cx),
            (Wait::Candidates, Ok(Ready)) => {}
            (Wait::Candidates, Err(_)) => {
                cx.event(Event::Dropped { why: "Candidate that WebRTC does not take" });
            }
            (Wait::ResumeAcquired, Ok(Ready)) => self.resume_acquired(cx),
            (Wait::ResumeAcquired, Err(fault)) => {
                self.resume_failed(fault, Cause::UserDeniedMediaAccess, cx);
            }
            (Wait::ResumePrimed, Ok(Ready)) => self.resume_primed(cx),
            (Wait::ResumePrimed, Err(fault)) => self.resume_failed(fault, Cause::WebrtcError, cx),
            // A description where none is made, or none where one is.
            (
                Wait::Acquired
                | Wait::OfferMade
                | Wait::AnswerApplied
                | Wait::InAcquired
                | Wait::InOfferApplied
                | Wait::InDescribed
                | Wait::AckApplied(_)
                | Wait::Candidates
                | Wait::ResumeAcquired
                | Wait::ResumePrimed,
                Ok(_),
            ) => cx.misanswered(),
            // What the listeners are asked is not for WebRTC to say.
            (
                Wait::Announced
                | Wait::OfferShown
                | Wait::InviteShown
                | Wait::AnswerShown
                | Wait::InOfferShown
                | Wait::InDescriptionShown
                | Wait::AckShown(_)
                | Wait::Resumed,
                _,
            ) => cx.misanswered(),
        }
    }

    /// The far end believes in an answer that we cannot use. Nothing refuses an answer: what is left is BYE.
    pub(super) fn answer_unusable(&mut self, fault: MediaFault, cx: &mut Cx) {
        if self.is_established() {
            self.end_by_bye(488, "Not Acceptable Here", Cause::BadMediaDescription, cx);
        } else {
            self.end_there(488, "Not Acceptable Here", cx);
            self.end_silently(Originator::Local, Cause::BadMediaDescription, cx);
        }
        self.tell_fault(fault, cx);
    }

    /// The verdict of a hook.
    pub(crate) fn resume(&mut self, ticket: Ticket, verdict: Verdict, cx: &mut Cx) {
        let Some(wait) = self.take_wait(ticket) else {
            return;
        };
        match (wait, verdict) {
            (Wait::Announced, Verdict::Listened(listened)) => self.announced(listened, cx),
            (Wait::Resumed, Verdict::Listened(listened)) => self.resume_announced(listened, cx),
            (Wait::OfferShown, Verdict::Sdp(sdp)) => self.offer_shown(sdp, cx),
            (Wait::InviteShown, Verdict::Sending { headers, body }) => self.invite_shown(headers, body, cx),
            (Wait::AnswerShown, Verdict::Sdp(sdp)) => self.answer_shown(sdp, cx),
            (Wait::InOfferShown, Verdict::Sdp(sdp)) => {
                self.ask(MediaRequest::RemoteOffer(sdp), Wait::InOfferApplied, cx);
            }
            (Wait::InDescriptionShown, Verdict::Sdp(sdp)) => self.in_description_shown(sdp, cx),
            (Wait::AckShown(ack), Verdict::Sdp(sdp)) => {
                self.ask(MediaRequest::RemoteAnswer { sdp, fresh: false }, Wait::AckApplied(ack), cx);
            }
            (Wait::Reoffer(step), verdict) => self.reoffer_shown(step, verdict, cx),
            // A verdict on something else than was shown.
            (
                Wait::Announced
                | Wait::OfferShown
                | Wait::InviteShown
                | Wait::AnswerShown
                | Wait::InOfferShown
                | Wait::InDescriptionShown
                | Wait::AckShown(_)
                | Wait::Resumed,
                _,
            ) => cx.misanswered(),
            // What WebRTC is asked is not for the listeners to say.
            (
                Wait::Acquired
                | Wait::OfferMade
                | Wait::AnswerApplied
                | Wait::InAcquired
                | Wait::InOfferApplied
                | Wait::InDescribed
                | Wait::AckApplied(_)
                | Wait::Candidates
                | Wait::ResumeAcquired
                | Wait::ResumePrimed,
                _,
            ) => cx.misanswered(),
        }
    }

    pub(super) fn wait(&mut self, wait: Wait, cx: &mut Cx) -> Ticket {
        let ticket = cx.out.ticket(Asker::Call(self.id));
        self.waits.push((ticket, wait));
        ticket
    }

    pub(super) fn ask(&mut self, request: MediaRequest, wait: Wait, cx: &mut Cx) {
        self.media_open = true;
        let ticket = cx.out.media(self.id, request);
        self.waits.push((ticket, wait));
    }

    pub(super) fn show_sdp(&mut self, originator: Originator, offer: bool, sdp: String, wait: Wait, cx: &mut Cx) {
        let ticket = self.wait(wait, cx);
        self.tell(SessionEvent::Sdp { ticket, originator, offer, sdp }, cx);
    }

    fn take_wait(&mut self, ticket: Ticket) -> Option<Wait> {
        let at = self.waits.iter().position(|(t, _)| *t == ticket)?;
        Some(self.waits.swap_remove(at).1)
    }
}
