//! What the phones that a call of ours rings say reliably (RFC 3262 4), with the offers and answers of its 5 and of
//! RFC 6337 2.
//!
//! ```text
//! 1xx of a new To tag --Require: 100rel, RSeq: n--> PRACK of n, n + 1, n + 2, ...
//!                       |        n again: nothing, unless its PRACK came to nothing
//!                       |        any other: neither acknowledged nor told, it comes again behind what is missing
//!                       '--199--> over (RFC 6228), the others go on
//! ```
//!
//! An answer in such a 1xx is the phone's last word: what it describes later is left aside (RFC 3261 13.2.1), and a 2xx
//! needs none. From then on either side may offer anew, by UPDATE (RFC 3311 5.1).

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

/// What a reliable 1xx is to what its phone has said before (RFC 3262 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The next one: it is acknowledged, and told.
    New,
    /// The last one again, whose PRACK came to nothing: it is acknowledged once more.
    Unacknowledged,
    /// The last one again, which was acknowledged.
    Known,
    /// Another one is missing before it, or it is older than the last.
    TooEarly,
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
    /// This phone says something with this RSeq, which is acknowledged if it is new or was not heard to be.
    pub(super) fn hears(&mut self, tag: &str, rseq: u32) -> Heard {
        match self.with(tag) {
            Some(far_end) if far_end.rseq == rseq => {
                if std::mem::take(&mut far_end.failed) {
                    Heard::Unacknowledged
                } else {
                    Heard::Known
                }
            }
            Some(far_end) if far_end.rseq.checked_add(1) != Some(rseq) => Heard::TooEarly,
            Some(far_end) => {
                (far_end.rseq, far_end.failed) = (rseq, false);
                Heard::New
            }
            None => {
                self.reliable.push(FarEnd { tag: tag.to_owned(), rseq, failed: false, answer: None });
                Heard::New
            }
        }
    }

    /// A PRACK to this phone came to nothing.
    pub(super) fn prack_failed(&mut self, tag: &str) {
        if let Some(far_end) = self.with(tag) {
            far_end.failed = true;
        }
    }

    /// This phone has answered for good, if it is one that answers reliably.
    pub(super) fn answered(&mut self, tag: &str, sdp: &str) {
        if let Some(far_end) = self.with(tag) {
            far_end.answer = Some(sdp.to_owned());
        }
    }

    /// The answer that this phone has given for good.
    pub(super) fn answer(&self, tag: &str) -> Option<&str> {
        self.reliable.iter().find(|far_end| far_end.tag == tag).and_then(|far_end| far_end.answer.as_deref())
    }

    /// This phone rings no more.
    pub(super) fn left(&mut self, tag: &str) {
        self.reliable.retain(|far_end| far_end.tag != tag);
    }

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

    /// About how many bytes it holds of what the far ends said.
    pub(super) fn weight(&self) -> usize {
        self.reliable.iter().map(|far_end| far_end.tag.len() + far_end.answer.as_ref().map_or(0, String::len)).sum()
    }

    fn with(&mut self, tag: &str) -> Option<&mut FarEnd> {
        self.reliable.iter_mut().find(|far_end| far_end.tag == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_phone_says_is_acknowledged_in_its_order() {
        let mut far_ends = FarEnds::default();
        assert_eq!(far_ends.hears("x", 7), Heard::New);
        assert_eq!(far_ends.hears("x", 7), Heard::Known);
        assert_eq!((far_ends.hears("x", 9), far_ends.hears("x", 6)), (Heard::TooEarly, Heard::TooEarly));
        assert_eq!((far_ends.hears("y", 1), far_ends.hears("x", 8)), (Heard::New, Heard::New));
        far_ends.prack_failed("x");
        assert_eq!((far_ends.hears("x", 8), far_ends.hears("x", 8)), (Heard::Unacknowledged, Heard::Known));
        far_ends.prack_failed("x");
        assert_eq!((far_ends.hears("x", 9), far_ends.hears("x", 9)), (Heard::New, Heard::Known));
    }

    #[test]
    fn a_number_past_the_last_one_is_not_the_next() {
        let mut far_ends = FarEnds::default();
        assert_eq!(far_ends.hears("x", u32::MAX), Heard::New);
        assert_eq!(far_ends.hears("x", 0), Heard::TooEarly);
    }

    #[test]
    fn an_answer_is_kept_of_those_alone_that_answer_reliably() {
        let mut far_ends = FarEnds::default();
        far_ends.answered("x", "sdp");
        assert_eq!(far_ends.answer("x"), None);
        far_ends.hears("x", 1);
        far_ends.answered("x", "sdp");
        assert_eq!((far_ends.answer("x"), far_ends.answer("y"), far_ends.weight()), (Some("sdp"), None, 4));
        far_ends.left("x");
        assert_eq!((far_ends.answer("x"), far_ends.weight()), (None, 0));
    }

    #[test]
    fn two_phones_that_have_agreed_anew_differ() {
        let mut far_ends = FarEnds::default();
        assert!(!far_ends.differ_from("x"));
        far_ends.agreed_anew("x");
        far_ends.agreed_anew("x");
        assert!(!far_ends.differ_from("x") && far_ends.differ_from("y"));
        far_ends.agreed_anew("y");
        far_ends.agreed_anew("z");
        assert!(far_ends.differ_from("x") && far_ends.agreed_anew.len() == 2);
    }
}
