//! What a call asked of WebRTC and of the app's listeners, and how it goes on once that comes back.

use std::sync::Arc;

use super::Session;
use super::reoffer::Step;
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{Asker, MediaAnswer, MediaFault, MediaRequest, Originator, SessionEvent, Ticket, Verdict, share};
use crate::message::Request;

/// How a call goes on when a ticket comes back.
#[derive(Debug)]
pub(super) enum Wait {
    Announced,
    Acquired,
    OfferMade,
    OfferShown,
    InviteShown,
    AnswerShown,
    AnswerApplied,
    InAcquired,
    InOfferShown,
    InOfferApplied,
    InDescribed,
    InDescriptionShown,
    AckShown(Arc<Request>),
    AckApplied(Arc<Request>),
    Reoffer(Step),
}

impl Wait {
    /// About how many bytes it holds of what the far end said.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::AckShown(request) | Self::AckApplied(request) | Self::Reoffer(Step::UpdateShown(_, _, request)) => {
                request.weight()
            }
            Self::Reoffer(Step::AnswerShown(response) | Step::AnswerApplied(response)) => response.weight(),
            _ => 0,
        }
    }
}

impl Session {
    /// The answer to a media request.
    pub fn media(&mut self, ticket: Ticket, result: Result<MediaAnswer, MediaFault>, cx: &mut Cx) {
        let Some(wait) = self.take_wait(ticket) else {
            return;
        };
        match result {
            Ok(MediaAnswer::Ready) => self.media_done(&wait, cx),
            Ok(MediaAnswer::Description(sdp)) => self.media_described(&wait, sdp, cx),
            Err(fault) => self.media_fault(&wait, fault, cx),
        }
    }

    /// A description of ours is made: the app sees it first.
    pub(super) fn media_described(&mut self, wait: &Wait, sdp: String, cx: &mut Cx) {
        let (offer, next) = match wait {
            Wait::OfferMade => (true, Wait::OfferShown),
            Wait::InDescribed => (self.remote_sdp.is_none(), Wait::InDescriptionShown),
            Wait::Reoffer(Step::Made) => (true, Wait::Reoffer(Step::Shown)),
            Wait::Reoffer(Step::Described) => {
                let late = self.remote_request().is_some_and(|request| request.sdp().is_none());
                (late, Wait::Reoffer(Step::DescriptionShown))
            }
            _ => return self.media_done(wait, cx),
        };
        self.show_sdp(Originator::Local, offer, sdp, next, cx);
    }

    pub(super) fn media_done(&mut self, wait: &Wait, cx: &mut Cx) {
        match wait {
            Wait::Acquired => self.acquired(cx),
            Wait::AnswerApplied => self.answer_applied(cx),
            Wait::InAcquired => self.in_acquired(cx),
            Wait::InOfferApplied => self.describe(cx),
            Wait::AckApplied(ack) => self.ack_applied(ack, cx),
            Wait::Reoffer(step) => self.reoffer_done(step, cx),
            _ => {}
        }
    }

    pub(super) fn media_fault(&mut self, wait: &Wait, fault: MediaFault, cx: &mut Cx) {
        match wait {
            Wait::OfferMade | Wait::InDescribed if fault == MediaFault::NoRelay => self.unreachable(cx),
            Wait::Acquired => self.media_failed(fault, Cause::UserDeniedMediaAccess, cx),
            Wait::OfferMade => self.media_failed(fault, Cause::WebrtcError, cx),
            Wait::AnswerApplied => self.answer_refused(fault, cx),
            Wait::InAcquired => {
                self.reply_invite(480, None, cx);
                self.media_failed(fault, Cause::UserDeniedMediaAccess, cx);
            }
            Wait::InOfferApplied => self.in_offer_refused(fault, cx),
            Wait::InDescribed => {
                self.reply_invite(500, None, cx);
                self.tell_fault(fault, cx);
                self.over(Originator::System, Cause::InternalError, cx);
            }
            Wait::AckApplied(_) => self.answer_unusable(fault, cx),
            Wait::Reoffer(step) => self.reoffer_fault(step, fault, cx),
            _ => {}
        }
    }

    /// The far end believes in an answer that we cannot use. Nothing refuses an answer: what is left is BYE.
    pub(super) fn answer_unusable(&mut self, fault: MediaFault, cx: &mut Cx) {
        self.end_by_bye(488, "Not Acceptable Here", Cause::BadMediaDescription, cx);
        self.tell_fault(fault, cx);
    }

    /// The verdict of a hook.
    pub fn resume(&mut self, ticket: Ticket, verdict: Verdict, cx: &mut Cx) {
        let Some(wait) = self.take_wait(ticket) else {
            return;
        };
        match (verdict, &wait) {
            (Verdict::Listened(listened), Wait::Announced) => self.announced(listened, cx),
            (Verdict::Sdp(sdp), wait) => self.sdp_shown(wait, sdp, cx),
            (Verdict::Sending { headers, body }, Wait::InviteShown) => {
                self.invite_shown(headers, body, cx);
            }
            (Verdict::Reoffer(refused), Wait::Reoffer(step)) => self.reoffer_shown(step, refused.as_ref(), cx),
            _ => {}
        }
    }

    /// The description as the listeners left it.
    pub(super) fn sdp_shown(&mut self, wait: &Wait, sdp: String, cx: &mut Cx) {
        match wait {
            Wait::OfferShown => self.offer_shown(sdp, cx),
            Wait::AnswerShown => self.answer_shown(sdp, cx),
            Wait::InOfferShown => self.ask(MediaRequest::RemoteOffer(sdp), Wait::InOfferApplied, cx),
            Wait::InDescriptionShown => self.in_description_shown(sdp, cx),
            Wait::AckShown(ack) => {
                self.ask(MediaRequest::RemoteAnswer { sdp, fresh: false }, Wait::AckApplied(share(ack)), cx);
            }
            Wait::Reoffer(step) => self.reoffer_sdp_shown(step, sdp, cx),
            _ => {}
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
