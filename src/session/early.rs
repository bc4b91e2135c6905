//! The early dialogs of a call of ours, one for each phone that rings (RFC 3261 12.1, 13.2.2.4). What the phones say
//! reliably is in `far_ends`.

use std::sync::Arc;

use super::answers::Answers;
use super::far_ends::{FarEnds, Heard};
use super::{Phase, Session};
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{SessionEvent, share};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Response, rseq};

impl Session {
    /// A 1xx but 100.
    pub(super) fn provisional(&mut self, response: &Arc<Response>, draft: &Draft, cx: &mut Cx) {
        let tag = response.to.tag().unwrap_or_default();
        if response.status != 199 || !cx.config.reliable_provisional {
            self.open_early(response, draft, cx);
        }
        let Some(reliable) = self.acknowledge_provisional(response, cx) else {
            return;
        };
        if response.status == 199 && cx.config.reliable_provisional {
            return self.early_over(response, cx);
        }
        self.meet_callee(response, cx);
        // What follows a last word is none.
        let Some(far_ends) = self.far_ends() else {
            return;
        };
        let sdp = if far_ends.answer(tag).is_some() { None } else { response.sdp() };
        if let Some(sdp) = sdp.as_ref().filter(|_| reliable) {
            far_ends.answered(tag, sdp);
        }
        self.enqueue(response, sdp, reliable, cx);
    }

    /// Sends the PRACK of a reliable 1xx. Whether it was one; `None` if it came before, or too early.
    fn acknowledge_provisional(&mut self, response: &Response, cx: &mut Cx) -> Option<bool> {
        let tag = response.to.tag().unwrap_or_default();
        let asked = cx.config.reliable_provisional && response.headers.has_token("Require", "100rel");
        let Some(rseq) = response.headers.first("RSeq").and_then(rseq).filter(|_| asked && self.has_early(tag)) else {
            return Some(false);
        };
        let answers = self.phase.answers_mut()?;
        if answers.is_full() || !cx.has_room(response.weight(), 0) {
            // Not acknowledged, it comes again.
            return None;
        }
        let again = match answers.far_ends.hears(tag, rseq) {
            Heard::New => false,
            Heard::Unacknowledged => true,
            Heard::Known | Heard::TooEarly => return None,
        };
        let via = cx.new_via();
        let dialog = self.phase.early_mut().iter_mut().find(|dialog| dialog.id.remote_tag == tag)?;
        let draft = dialog.request(Method::Prack, via);
        let draft = self.finish(draft, &[format!("RAck: {rseq} {} INVITE", response.cseq)], "outbound", cx);
        cx.exchanges.count(self.id, draft.cseq());
        cx.send(Owner::Prack(self.id), draft);
        (!again).then_some(true)
    }

    /// A PRACK to this phone came to nothing. If it misses that, it says the same again; else it ends the INVITE itself
    /// (RFC 3262 3).
    pub(crate) fn prack_failed(&mut self, tag: &str) {
        if let Some(far_ends) = self.far_ends() {
            far_ends.prack_failed(tag);
        }
    }

    /// A phone has left, and the others still ring (RFC 6228 4).
    fn early_over(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let tag = response.to.tag().unwrap_or_default();
        if self.has_early(tag)
            && let Some(calling) = self.phase.calling()
        {
            calling.early.retain(|dialog| dialog.id.remote_tag != tag);
            calling.answers.far_ends.left(tag);
            self.tell(SessionEvent::EarlyDialogEnded { dialog: tag.to_owned(), response: share(response) }, cx);
        }
    }

    /// The far end of the early dialog in which both ends have agreed on media, so that either may offer anew.
    pub(super) fn agreed_early(&self) -> Option<&str> {
        match &self.phase {
            Phase::Ringing(_) => self.dialog.as_ref().filter(|_| self.has_agreed()).map(|d| d.id.remote_tag.as_str()),
            Phase::Calling(calling) => {
                let tag = calling.answers.applied_tag()?;
                let agreed = calling.answers.is_empty() && calling.answers.far_ends.answer(tag).is_some();
                (calling.rings() && agreed && self.has_early(tag)).then_some(tag)
            }
            _ => None,
        }
    }

    pub(super) fn far_ends(&mut self) -> Option<&mut FarEnds> {
        self.phase.answers_mut().map(|answers| &mut answers.far_ends)
    }

    /// The phone with this tag is taken. If an offer of ours is on its way to another one, nobody waits for its answer.
    pub(super) fn withdraw_early_offer(&mut self, taken: &str, cx: &mut Cx) {
        let applied = self.phase.answers().and_then(Answers::applied_tag);
        let elsewhere = applied.is_some_and(|tag| tag != taken);
        if elsewhere && self.offers.is_out() {
            cx.abandon(self.id);
            self.roll_back(None, Cause::Canceled, cx);
        }
    }

    /// What waited for an offer, or for a PRACK, goes on.
    pub(crate) fn go_on(&mut self, cx: &mut Cx) {
        self.release_held_back(cx);
        if self.outgoing {
            self.next_answer(cx);
        } else {
            self.accept_early(cx);
        }
    }
}
