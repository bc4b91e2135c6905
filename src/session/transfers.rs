//! The transfers of a call, both ways: the subscription that each REFER opens (RFC 3515 2.4.4).
//!
//! ```text
//! ours:   REFER --> Ours --NOTIFY--> told, to the last
//!                    '--refused, or granted without (RFC 4488)--> over
//! theirs: REFER --> Asked --the app decides--> Theirs --last NOTIFY, a refused one--> over
//! either: nothing is told for as long as it was granted --> over, and theirs are told so
//! ```
//!
//! Each is a dialog usage of its own (RFC 5057): it outlives the BYE that most phones send as soon as the transfer is
//! under way.

use crate::bounds::MAX_REFERS;
use crate::event::Ticket;
use crate::time::{Instant, earlier};

/// Transfers of one call, both ways. Those of either side have a bound.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    open: Vec<Transfer>,
    /// The number of the first that we asked for in this call, open or not.
    first: Option<u32>,
}

#[derive(Debug)]
struct Transfer {
    whose: Whose,
    /// Of its REFER, by which both ends name it.
    cseq: u32,
    expires_at: Instant,
    /// What we told of it last.
    status: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// We are told, under this number.
    Ours(u32),
    /// We tell; the app decides first.
    Asked(Ticket),
    /// We tell.
    Theirs,
}

/// Which transfer of ours a NOTIFY tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// That with this number.
    Of(u32),
    /// None of ours.
    Nothing,
    /// One of several: it has to say which (RFC 3515 2.4.6).
    Unclear,
}

impl Transfer {
    fn is_ours(&self) -> bool {
        matches!(self.whose, Whose::Ours(_))
    }
}

impl Transfers {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether another one of that side would be too many.
    pub(super) fn is_full(&self, ours: bool) -> bool {
        self.open.iter().filter(|transfer| transfer.is_ours() == ours).count() >= MAX_REFERS
    }

    /// A REFER of ours has left, whose answer will carry this number.
    pub(super) fn begin(&mut self, handle: u32, cseq: u32, expires_at: Instant) {
        self.first.get_or_insert(handle);
        self.open.push(Transfer { whose: Whose::Ours(handle), cseq, expires_at, status: 100 });
    }

    /// It has left again, under another CSeq.
    pub(super) fn renumber(&mut self, handle: u32, cseq: u32) {
        for transfer in self.open.iter_mut().filter(|transfer| transfer.whose == Whose::Ours(handle)) {
            transfer.cseq = cseq;
        }
    }

    /// Nobody tells how it goes any more.
    pub(super) fn end(&mut self, handle: u32) {
        self.drop_all(&|transfer| transfer.whose == Whose::Ours(handle));
    }

    /// Which of ours a NOTIFY with that event id tells of. That of the first REFER need not have one (RFC 3515 2.4.6).
    pub(super) fn told(&self, id: Option<&str>) -> Told {
        let mut told = Told::Nothing;
        for transfer in &self.open {
            let Whose::Ours(handle) = transfer.whose else { continue };
            let named = id.map_or(self.first == Some(handle), |id| transfer.cseq.to_string() == id);
            if named {
                return Told::Of(handle);
            }
            if id.is_none() {
                told = if told == Told::Nothing { Told::Of(handle) } else { Told::Unclear };
            }
        }
        told
    }

    /// One of ours is told of up to then.
    pub(super) fn extend(&mut self, handle: u32, expires_at: Instant) {
        for transfer in self.open.iter_mut().filter(|transfer| transfer.whose == Whose::Ours(handle)) {
            transfer.expires_at = expires_at;
        }
    }

    /// The far end has asked for one by a REFER with this CSeq: the app decides.
    pub(super) fn asked(&mut self, ticket: Ticket, cseq: u32, expires_at: Instant) {
        self.open.push(Transfer { whose: Whose::Asked(ticket), cseq, expires_at, status: 100 });
    }

    /// The app has decided. Returns the CSeq of the REFER, unless the transfer is over.
    pub(super) fn decided(&mut self, ticket: Ticket) -> Option<u32> {
        let transfer = self.open.iter_mut().find(|transfer| transfer.whose == Whose::Asked(ticket))?;
        transfer.whose = Whose::Theirs;
        Some(transfer.cseq)
    }

    /// The far end is told this of that which this REFER has asked for, and waits for more until then. False if it does not
    /// wait any more.
    pub(super) fn tell(&mut self, cseq: u32, status: u16, expires_at: Instant) -> bool {
        let awaited = self.open.iter_mut().find(|transfer| !transfer.is_ours() && transfer.cseq == cseq);
        if let Some(transfer) = awaited {
            (transfer.status, transfer.expires_at) = (status, expires_at);
            return true;
        }
        false
    }

    /// The REFER of theirs that an event id names, and what was told of it last. One alone need not be named.
    pub(super) fn theirs(&self, id: Option<&str>) -> Option<(u32, u16)> {
        let mut theirs = self.open.iter().filter(|transfer| !transfer.is_ours());
        let named = match id {
            Some(id) => theirs.find(|transfer| transfer.cseq.to_string() == id),
            None => theirs.next().filter(|_| theirs.next().is_none()),
        };
        named.map(|transfer| (transfer.cseq, transfer.status))
    }

    /// The far end is told no more of it.
    pub(super) fn end_theirs(&mut self, cseq: u32) {
        self.drop_all(&|transfer| !transfer.is_ours() && transfer.cseq == cseq);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let mut first = None;
        for transfer in &self.open {
            first = earlier(first, Some(transfer.expires_at));
        }
        first
    }

    /// Drops those of ours, and those that the app has not decided, whose time is over. Returns one of theirs, if there is such
    /// a one: the CSeq of its REFER and what was told of it last.
    pub(super) fn expire(&mut self, now: Instant) -> Option<(u32, u16)> {
        self.drop_all(&|transfer| transfer.whose != Whose::Theirs && transfer.expires_at <= now);
        let over = self.open.iter().find(|transfer| transfer.expires_at <= now);
        over.map(|transfer| (transfer.cseq, transfer.status))
    }

    fn drop_all(&mut self, fits: &dyn Fn(&Transfer) -> bool) {
        while let Some(at) = self.open.iter().position(fits) {
            self.open.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Asker, SessionId};

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn ticket(number: u32) -> Ticket {
        Ticket::new(Asker::Refer(SessionId(1)), number)
    }

    #[test]
    fn a_notify_names_its_transfer_where_there_are_several() {
        let mut transfers = Transfers::default();
        assert_eq!((transfers.told(None), transfers.told(Some("7"))), (Told::Nothing, Told::Nothing));
        transfers.begin(1, 7, at(1_000));
        transfers.asked(ticket(1), 8, at(1_000));
        assert_eq!((transfers.told(None), transfers.told(Some("7"))), (Told::Of(1), Told::Of(1)));
        assert_eq!(transfers.told(Some("8")), Told::Nothing);
        transfers.begin(2, 9, at(1_000));
        assert_eq!((transfers.told(None), transfers.told(Some("9"))), (Told::Of(1), Told::Of(2)));
        // It was challenged.
        transfers.renumber(2, 10);
        assert_eq!((transfers.told(Some("9")), transfers.told(Some("10"))), (Told::Nothing, Told::Of(2)));
        transfers.end(1);
        assert_eq!(transfers.told(None), Told::Of(2));
        // Of two of which none is the first it is not clear.
        transfers.begin(3, 11, at(1_000));
        assert_eq!(transfers.told(None), Told::Unclear);
    }

    #[test]
    fn the_app_decides_once_and_the_far_end_is_told_until_it_is_over() {
        let mut transfers = Transfers::default();
        transfers.asked(ticket(1), 7, at(1_000));
        assert_eq!((transfers.decided(ticket(2)), transfers.theirs(Some("7"))), (None, Some((7, 100))));
        assert_eq!((transfers.decided(ticket(1)), transfers.decided(ticket(1))), (Some(7), None));
        // Ours may have the same number.
        transfers.begin(1, 7, at(2_000));
        assert!(transfers.tell(7, 180, at(3_000)) && !transfers.tell(8, 180, at(3_000)));
        assert_eq!((transfers.theirs(None), transfers.deadline()), (Some((7, 180)), Some(at(2_000))));
        transfers.asked(ticket(2), 9, at(1_000));
        assert_eq!((transfers.theirs(None), transfers.theirs(Some("9"))), (None, Some((9, 100))));
        transfers.end_theirs(7);
        assert_eq!((transfers.theirs(Some("7")), transfers.told(Some("7"))), (None, Told::Of(1)));
    }

    #[test]
    fn each_side_has_its_bound_and_each_transfer_its_time() {
        let mut transfers = Transfers::default();
        for number in 0..MAX_REFERS {
            assert!(!transfers.is_full(true));
            transfers.begin(number as u32, number as u32, at(1_000));
        }
        assert_eq!((transfers.is_full(true), transfers.is_full(false)), (true, false));
        transfers.extend(0, at(2_000));
        assert_eq!((transfers.expire(at(999)), transfers.is_full(true)), (None, true));
        assert_eq!((transfers.expire(at(1_000)), transfers.deadline()), (None, Some(at(2_000))));
        assert_eq!(transfers.told(None), Told::Of(0));
        // Of theirs the far end is told first.
        transfers.asked(ticket(1), 90, at(2_000));
        assert_eq!(transfers.decided(ticket(1)), Some(90));
        assert!(transfers.tell(90, 180, at(1_500)));
        // Of what the app has not decided nothing was said yet.
        transfers.asked(ticket(2), 91, at(1_200));
        assert_eq!((transfers.expire(at(1_499)), transfers.expire(at(1_500))), (None, Some((90, 180))));
        assert_eq!(transfers.theirs(Some("91")), None);
        transfers.end_theirs(90);
        assert_eq!((transfers.expire(at(2_000)), transfers.is_empty()), (None, true));
    }
}
