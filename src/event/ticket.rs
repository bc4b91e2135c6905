//! Tickets: each ties an answer that comes later to its question.
//!
//! ```text
//! who asks --Ticket--> Output::Media, or the event of a hook --> the shell
//!    ^---one match and a look-up by id---  Input::Media, Agent::resume <--'
//! ```
//!
//! A ticket names who asked, as `exchange::Owner` does for a request of ours, so that nobody has to be asked whether it
//! is his. Its number says which of his questions it was, and only he knows whether he still waits for that answer: what
//! comes too late, twice or out of nowhere is nobody's. So nothing is kept for a ticket but in the state of who asked,
//! and it goes with him.

use super::ids::{RequestId, SessionId, SubscriptionId};

/// Ties an asynchronous answer to its question. An answer whose ticket is no longer waited for is dropped.
// The number comes first: tables are kept in the order in which the questions were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    number: u32,
    asker: Asker,
}

/// Who asked, and gets the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asker {
    /// The registration: may it refresh itself?
    Registration,
    /// A MESSAGE or OPTIONS of ours outside a dialog: how does it leave?
    Sending(RequestId),
    /// A request of theirs outside a dialog: what is it answered?
    Reply,
    /// A subscription of somebody else's: is it wanted, and has its app said its last word?
    Notifier(SubscriptionId),
    /// A call: a step of it or of an offer inside it, which WebRTC or the app's listeners take.
    Call(SessionId),
    /// A call: does the app do the transfer that the far end asks for?
    Refer(SessionId),
    /// A REFER outside a dialog: does the app do it?
    Referral(RequestId),
    /// A call: may this INVITE take its place?
    Replaces(SessionId),
    /// The authenticator: which account does a realm get?
    Account,
    /// Nobody: it is told as any hook is, and nothing depends on it.
    Nobody,
}

impl Ticket {
    /// The ticket of that number, if it is that asker's: on the border to JavaScript a ticket is its number alone. One
    /// that was never given out is as good as one that is spent.
    pub fn new(asker: Asker, number: u32) -> Self {
        Self { number, asker }
    }

    /// Who asked.
    pub fn asker(self) -> Asker {
        self.asker
    }

    /// Its number: no other ticket of the agent has it.
    pub fn number(self) -> u32 {
        self.number
    }
}
