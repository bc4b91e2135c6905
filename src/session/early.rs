//! The early dialogs of a call of ours, one for each phone that rings (RFC 3261 12.1, 13.2.2.4), and what they say
//! reliably: RFC 3262 4, with the offers and answers of its 5 and of RFC 6337 2.
//!
//! ```text
//! 1xx of a new To tag --> early --Require: 100rel, RSeq: n--> PRACK of n, n + 1, n + 2, ...
//!                           |        n again: nothing, unless its PRACK came to nothing
//!                           |        any other: neither acknowledged nor told, it comes again behind what is missing
//!                           '--199--> over (RFC 6228), the others go on
//! ```
//!
//! An answer in such a 1xx is the phone's last word: what it describes later is left aside (RFC 3261 13.2.1), and a 2xx
//! needs none. From then on either side may offer anew, by UPDATE (RFC 3311 5.1).

use std::sync::Arc;

use super::answers::Answers;
use super::{Phase, Session};
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{SessionEvent, share};
use crate::exchange::Owner;
use crate::message::{Draft, Method, Response, rseq};

/// A phone that has answered reliably, and not for good.
#[derive(Debug)]
struct FarEnd {
    tag: String,
    /// The RSeq that was acknowledged last.
    rseq: u32,
    /// Whether the PRACK of that came to nothing.
    failed: bool,
    answer: Option<String>,
}

/// The phones of a call of ours that answer reliably.
#[derive(Debug, Default)]
pub(super) struct FarEnds {
    /// No more than there are early dialogs.
    reliable: Vec<FarEnd>,
    /// The tags of two at most with which both ends have agreed anew since: one of them is not the phone that is taken.
    agreed_anew: Vec<String>,
}

impl FarEnds {
    /// Both ends have agreed anew in the early dialog with this phone: of that the others know nothing.
    pub(super) fn agreed_anew(&mut self, tag: &str) {
        if self.agreed_anew.len() < 2 && !self.agreed_anew.iter().any(|known| known == tag) {
            self.agreed_anew.push(tag.to_owned());
        }
    }

    /// Whether that was so with another phone than this one.
    pub(super) fn differ_from(&self, tag: &str) -> bool {
        self.agreed_anew.iter().any(|known| known != tag)
    }

    fn with(&mut self, tag: &str) -> Option<&mut FarEnd> {
        self.reliable.iter_mut().find(|far_end| far_end.tag == tag)
    }

    /// The answer that this phone has given for good.
    pub(super) fn answer(&self, tag: &str) -> Option<&str> {
        self.reliable.iter().find(|far_end| far_end.tag == tag).and_then(|far_end| far_end.answer.as_deref())
    }

    /// About how many bytes it holds of what the far ends said.
    pub(super) fn weight(&self) -> usize {
        self.reliable.iter().map(|far_end| far_end.tag.len() + far_end.answer.as_ref().map_or(0, String::len)).sum()
    }
}

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
        if let Some(far_end) = far_ends.with(tag)
            && reliable
            && sdp.is_some()
        {
            far_end.answer.clone_from(&sdp);
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
        let again = match answers.far_ends.with(tag) {
            // RFC 3262 4: what comes again was acknowledged.
            Some(far_end) if far_end.rseq == rseq => {
                if !std::mem::take(&mut far_end.failed) {
                    return None;
                }
                true
            }
            Some(far_end) if far_end.rseq.checked_add(1) != Some(rseq) => return None,
            Some(far_end) => {
                (far_end.rseq, far_end.failed) = (rseq, false);
                false
            }
            None => {
                answers.far_ends.reliable.push(FarEnd { tag: tag.to_owned(), rseq, failed: false, answer: None });
                false
            }
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
    pub fn prack_failed(&mut self, tag: &str) {
        if let Some(far_end) = self.far_ends().and_then(|far_ends| far_ends.with(tag)) {
            far_end.failed = true;
        }
    }

    /// A phone has left, and the others still ring (RFC 6228 4).
    fn early_over(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let tag = response.to.tag().unwrap_or_default();
        if self.has_early(tag)
            && let Some(calling) = self.phase.calling()
        {
            calling.early.retain(|dialog| dialog.id.remote_tag != tag);
            calling.answers.far_ends.reliable.retain(|far_end| far_end.tag != tag);
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

    /// What waited for an offer inside an early dialog, or for a PRACK, goes on.
    pub fn go_on(&mut self, cx: &mut Cx) {
        if self.outgoing {
            self.next_answer(cx);
        } else {
            self.accept_early(cx);
        }
    }
}
