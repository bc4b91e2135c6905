//! The offers inside a call: RFC 3261 14, RFC 3311 5, RFC 3264 8. One at a time, whoever makes it; one of ours may wait
//! beside it to be made again.
//!
//! ```text
//! ours:   begin() -> being made --left()--> on its way --1xx--> at the far end's user --final answer--> over
//!                      ^                      |                    '--3 min: CANCEL
//!                      |                      '--491, no line: put_off()--> waits, the fourth time it is over
//!                      '--due, and nothing is open--------------------------'
//! theirs: receive() -> open --answered, refused--> over
//! ```

use std::sync::Arc;

use super::agreement::Agreed;
use crate::command::ReofferOptions;
use crate::event::Ticket;
use crate::message::Request;
use crate::time::{Instant, earlier};
use crate::transaction::ServerId;

/// ms that a re-INVITE of ours may go on without a final answer, from its first 1xx and from each later one but 100.
/// It is timer C (RFC 3261 16.6, 16.7): a far end that asks its user says so each minute (13.3.1.1), and a 100 only
/// says that some proxy is there.
const FINAL_ANSWER_MS: u64 = 180_000;
/// ms after which an offer was not crossed by theirs, but lost.
const LOST_MS: u64 = 500;
/// How often an offer is made again.
const MAX_RETRIES: u8 = 3;

/// An offer of ours, however far it is.
#[derive(Debug)]
struct Ours {
    options: ReofferOptions,
    agreed: Agreed,
    retries: u8,
    /// Whether it is no offer of the app's.
    recovers: bool,
    /// Whether one of theirs has come while it was open.
    crossed: bool,
}

/// An offer of theirs.
#[derive(Debug)]
pub(super) struct Theirs {
    /// Its transaction.
    pub(super) server: ServerId,
    /// The request that carries it, or asks for ours.
    pub(super) request: Arc<Request>,
    /// The ticket under which the app was told of it.
    pub(super) announced: Ticket,
    /// What both ends went by before.
    pub(super) agreed: Agreed,
}

#[derive(Debug)]
enum Open {
    /// `gives_up` is when a re-INVITE that has a 1xx is cancelled, and `sent_at` when it left.
    Ours {
        offer: Ours,
        gives_up: Option<Instant>,
        sent_at: Option<Instant>,
    },
    Theirs(Theirs),
}

/// One of ours that is made again then.
#[derive(Debug)]
struct Waiting {
    offer: Ours,
    at: Instant,
}

/// The offer that is open, and the one of ours that waits.
#[derive(Debug, Default)]
pub(super) struct Offers {
    open: Option<Open>,
    waiting: Option<Waiting>,
}

impl Offers {
    /// Whether none is open.
    pub(super) fn is_free(&self) -> bool {
        self.open.is_none()
    }

    /// Whether none is open, and none waits.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_free() && self.waiting.is_none()
    }

    /// Whether one of ours is being made, or on its way.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.open, Some(Open::Ours { .. }))
    }

    /// Whether one of ours has left, and has no final answer.
    pub(super) fn is_out(&self) -> bool {
        matches!(self.open, Some(Open::Ours { sent_at: Some(_), .. }))
    }

    /// Whether one of ours is open that takes no longer than the far end's own software. A 1xx but 100 says that a user is
    /// asked there, which takes minutes.
    pub(super) fn is_soon_over(&self) -> bool {
        match &self.open {
            Some(Open::Ours { gives_up, sent_at, .. }) => gives_up.is_none() || sent_at.is_some(),
            Some(Open::Theirs(_)) | None => false,
        }
    }

    /// Ours is being made. If it comes to nothing, both ends go on by what was agreed.
    pub(super) fn begin(&mut self, options: ReofferOptions, agreed: Agreed, recovers: bool) {
        let offer = Ours { options, agreed, retries: 0, recovers, crossed: false };
        self.open = Some(Open::Ours { offer, gives_up: None, sent_at: None });
    }

    /// What ours is made with.
    pub(super) fn options(&self) -> Option<&ReofferOptions> {
        match &self.open {
            Some(Open::Ours { offer, .. }) => Some(&offer.options),
            _ => None,
        }
    }

    /// Ours has left, and waits for so long at most if that is known.
    pub(super) fn left(&mut self, now: Instant, patience_ms: Option<u64>) {
        if let Some(Open::Ours { gives_up, sent_at, .. }) = &mut self.open {
            *gives_up = patience_ms.map(|ms| now.after(ms));
            *sent_at = Some(now);
        }
    }

    /// A 1xx has stopped timer B of our re-INVITE.
    pub(super) fn proceeding(&mut self, status: u16, now: Instant) {
        if let Some(Open::Ours { gives_up, sent_at, .. }) = &mut self.open
            && (gives_up.is_none() || status > 100)
        {
            *gives_up = Some(now.after(FINAL_ANSWER_MS));
            *sent_at = None;
        }
    }

    /// Ours is answered for good, or nobody waits for that any more. What both ends went by before it.
    pub(super) fn answered(&mut self) -> Option<&Agreed> {
        match &mut self.open {
            Some(Open::Ours { offer, gives_up, sent_at }) => {
                (*gives_up, *sent_at) = (None, None);
                Some(&offer.agreed)
            }
            _ => None,
        }
    }

    /// Whether ours was lost on the way: one that has crossed theirs is answered within a round trip.
    pub(super) fn is_lost(&self, now: Instant) -> bool {
        matches!(self.open, Some(Open::Ours { sent_at: Some(at), .. }) if now >= at.after(LOST_MS))
    }

    /// One of theirs has come, and is refused because ours is open.
    pub(super) fn cross(&mut self) {
        if let Some(Open::Ours { offer, .. }) = &mut self.open {
            offer.crossed = true;
        }
    }

    /// Whether ours, which brings the call back and was refused for one of theirs, has seen none of theirs: that one went to
    /// the line that we have lost. Only of the first time: should it be refused again, they do not give way.
    pub(super) fn met_a_lost_one(&self) -> bool {
        matches!(&self.open, Some(Open::Ours { offer, .. }) if offer.recovers && !offer.crossed && offer.retries == 0)
    }

    /// Whether ours was to bring the call back.
    pub(super) fn recovers(&self) -> bool {
        matches!(&self.open, Some(Open::Ours { offer, .. }) if offer.recovers)
    }

    /// The open one is over, whosever it is. What both ends went by before, if it is ours.
    pub(super) fn close(&mut self) -> Option<Agreed> {
        match self.open.take() {
            Some(Open::Ours { offer, .. }) => Some(offer.agreed),
            _ => None,
        }
    }

    /// Ours is made again then, and theirs come first meanwhile. What both ends go by until then; `None` if it was tried
    /// often enough.
    pub(super) fn put_off(&mut self, at: Instant) -> Option<Agreed> {
        match self.open.take() {
            Some(Open::Ours { mut offer, .. }) if offer.retries < MAX_RETRIES => {
                offer.retries += 1;
                let agreed = offer.agreed.clone();
                self.waiting = Some(Waiting { offer, at });
                Some(agreed)
            }
            open => {
                self.open = open;
                None
            }
        }
    }

    /// An offer of theirs was answered while ours waits: it is theirs that both ends go on with if ours comes to nothing.
    pub(super) fn agreed_meanwhile(&mut self, agreed: Agreed) {
        if let Some(waiting) = &mut self.waiting {
            waiting.offer.agreed = agreed;
        }
    }

    /// The one that waits is made at once, and restarts ICE. False if none waits.
    pub(super) fn hurry(&mut self, now: Instant) -> bool {
        if let Some(waiting) = &mut self.waiting {
            waiting.offer.options.ice_restart = true;
            waiting.at = now;
        }
        self.waiting.is_some()
    }

    /// Whether the one that waits is due.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.at <= now)
    }

    /// It cannot be made yet.
    pub(super) fn wait(&mut self, until: Instant) {
        if let Some(waiting) = &mut self.waiting {
            waiting.at = until;
        }
    }

    /// It is made: whether it restarts ICE.
    pub(super) fn retry(&mut self) -> Option<bool> {
        let Waiting { offer, .. } = self.waiting.take()?;
        let ice_restart = offer.options.ice_restart;
        self.open = Some(Open::Ours { offer, gives_up: None, sent_at: None });
        Some(ice_restart)
    }

    /// One of theirs has come.
    pub(super) fn receive(&mut self, theirs: Theirs) {
        self.open = Some(Open::Theirs(theirs));
    }

    /// Theirs, while it is open.
    pub(super) fn theirs(&self) -> Option<&Theirs> {
        match &self.open {
            Some(Open::Theirs(theirs)) => Some(theirs),
            _ => None,
        }
    }

    /// Theirs is answered or refused.
    pub(super) fn take_theirs(&mut self) -> Option<Theirs> {
        match self.open.take() {
            Some(Open::Theirs(theirs)) => Some(theirs),
            open => {
                self.open = open;
                None
            }
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let gives_up = match &self.open {
            Some(Open::Ours { gives_up, .. }) => *gives_up,
            _ => None,
        };
        earlier(gives_up, self.waiting.as_ref().map(|waiting| waiting.at))
    }

    /// Whether the far end has had its time with ours. True once.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        match &mut self.open {
            Some(Open::Ours { gives_up, .. }) => gives_up.take_if(|at| *at <= now).is_some(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn ours(recovers: bool) -> Offers {
        let mut offers = Offers::default();
        offers.begin(ReofferOptions::default(), Agreed::default(), recovers);
        offers
    }

    #[test]
    fn ours_waits_for_the_far_ends_user_from_each_word_of_its_own() {
        let mut offers = ours(false);
        assert_eq!((offers.is_ours(), offers.is_out(), offers.deadline()), (true, false, None));
        offers.left(at(0), None);
        assert_eq!((offers.is_out(), offers.deadline()), (true, None), "timer B gives it up");
        offers.proceeding(100, at(1_000));
        offers.proceeding(100, at(2_000));
        assert_eq!((offers.is_out(), offers.deadline()), (false, Some(at(181_000))));
        offers.proceeding(180, at(60_000));
        assert_eq!((offers.expire(at(239_999)), offers.expire(at(240_000))), (false, true));
        assert_eq!((offers.expire(at(240_000)), offers.deadline()), (false, None));
        offers.left(at(300_000), Some(4_000));
        assert_eq!(offers.deadline(), Some(at(304_000)));
        assert!(offers.answered().is_some());
        assert_eq!((offers.is_out(), offers.deadline()), (false, None));
    }

    #[test]
    fn ours_is_lost_if_theirs_comes_much_later() {
        let mut offers = ours(true);
        assert!(!offers.is_lost(at(9_000)), "it has not left");
        offers.left(at(1_000), None);
        assert_eq!((offers.is_lost(at(1_499)), offers.is_lost(at(1_500))), (false, true));
        assert!(offers.recovers() && offers.close().is_some() && offers.is_quiet());
    }

    #[test]
    fn theirs_that_ours_has_met_is_lost_if_it_has_not_come_here() {
        let mut offers = ours(true);
        offers.left(at(0), None);
        assert!(offers.met_a_lost_one() && !ours(false).met_a_lost_one());
        assert!(offers.put_off(at(700)).is_some() && offers.retry().is_some());
        assert!(!offers.met_a_lost_one(), "they do not give way");
        let mut offers = ours(true);
        offers.cross();
        assert!(!offers.met_a_lost_one());
    }

    #[test]
    fn ours_is_made_again_three_times() {
        let mut offers = ours(false);
        for retry in 1..=3 {
            assert!(offers.put_off(at(100 * retry)).is_some(), "{retry}");
            assert!(offers.is_free() && !offers.is_quiet());
            assert_eq!((offers.is_due(at(100 * retry - 1)), offers.is_due(at(100 * retry))), (false, true));
            assert_eq!((offers.retry(), offers.deadline(), offers.is_ours()), (Some(false), None, true));
        }
        assert!(offers.put_off(at(9_000)).is_none() && offers.is_ours(), "it is over");
        assert_eq!(offers.retry(), None);
    }

    #[test]
    fn what_waits_may_be_put_off_or_hurried() {
        let mut offers = ours(false);
        assert!(!offers.hurry(at(0)), "nothing waits");
        assert!(offers.put_off(at(2_000)).is_some());
        offers.wait(at(2_500));
        assert_eq!(offers.deadline(), Some(at(2_500)));
        assert!(offers.hurry(at(700)) && offers.is_due(at(700)));
        assert_eq!(offers.retry(), Some(true), "it restarts ICE");
    }
}
