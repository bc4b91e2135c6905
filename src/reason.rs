//! Why an agent wants to be woken: for the debug log, and for whoever reads the ladder of a walk.

use crate::time::Instant;

/// The next moment at which something falls due, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The moment.
    pub at: Instant,
    /// What falls due then.
    pub reason: Reason,
}

/// What may fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A transaction gives up, or tells that nothing could be sent (RFC 3261 17).
    Transaction,
    /// A connection is tried, given up, or asked whether it lives.
    Connection,
    /// The registration is refreshed, or asked for again.
    Registration,
    /// A subscription or publication, ours or another's, is refreshed, asked for again or over.
    Subscription,
    /// Nothing is told of a REFER outside a dialog any more.
    Referral,
    /// An account was asked for, and not given.
    Account,
    /// A BYE or CANCEL that waits for a connection is given up.
    Farewell,
    /// `stop()` waits no longer.
    Stop,
    /// The page stood still: what waited in its socket has been read.
    Standstill,
    /// A call that rings is told of again, or has rung for long enough.
    Ringing,
    /// A reliable 1xx waits for its PRACK (RFC 3262).
    Provisional,
    /// A 2xx waits for its ACK.
    Acknowledgement,
    /// A tone leaves.
    Tone,
    /// An offer of ours is given up, or made again.
    Offer,
    /// A call is refreshed, or was not (RFC 4028).
    SessionTimer,
    /// A call is brought back, or given up.
    Recovery,
    /// An INVITE was to take a call's place, and the app has not decided (RFC 3891).
    Replacement,
    /// Nothing is told of a transfer any more.
    Transfer,
}

impl Deadline {
    /// The earlier one of a deadline and of `at`, if there are any; the first where both are the same moment.
    #[must_use]
    #[inline(never)]
    pub fn earlier(first: Option<Self>, at: Option<Instant>, reason: Reason) -> Option<Self> {
        match (first, at) {
            (Some(first), Some(at)) if at < first.at => Some(Self { at, reason }),
            (None, Some(at)) => Some(Self { at, reason }),
            (first, _) => first,
        }
    }
}

impl Reason {
    /// Its word for the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Connection => "connection",
            Self::Registration => "registration",
            Self::Subscription => "subscription",
            Self::Referral => "referral",
            Self::Account => "account",
            Self::Farewell => "farewell",
            Self::Stop => "stop",
            Self::Standstill => "standstill",
            Self::Ringing => "ringing",
            Self::Provisional => "provisional answer",
            Self::Acknowledgement => "acknowledgement",
            Self::Tone => "tone",
            Self::Offer => "offer",
            Self::SessionTimer => "session timer",
            Self::Recovery => "recovery",
            Self::Replacement => "replacement",
            Self::Transfer => "transfer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_one_says_why() {
        let at = |ms| Some(Instant::from_millis(ms));
        let first = Deadline::earlier(None, at(5), Reason::Stop);
        assert_eq!(first.map(|due| due.reason), Some(Reason::Stop));
        for (ms, reason) in [(at(5), Reason::Stop), (at(6), Reason::Stop), (None, Reason::Stop), (at(4), Reason::Tone)]
        {
            assert_eq!(Deadline::earlier(first, ms, Reason::Tone).map(|due| due.reason), Some(reason), "{ms:?}");
        }
        assert_eq!(Deadline::earlier(None, None, Reason::Tone), None);
    }
}
