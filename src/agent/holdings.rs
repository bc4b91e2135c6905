//! What an agent keeps beside its settings, its connection and its registration: for whoever looks for leaks.

use super::Agent;

/// How many entries each table of an agent has. All are 0 once nothing goes on any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Calls, those included that only wait for the end of a transfer.
    pub sessions: usize,
    /// Subscriptions, ours and those of others.
    pub subscriptions: usize,
    /// REFERs outside a dialog, ours and those of others.
    pub referrals: usize,
    /// Transactions, of both kinds.
    pub transactions: usize,
    /// Our requests that wait for their answer.
    pub exchanges: usize,
    /// Realms that the app is asked for an account of.
    pub questions: usize,
    /// Requests outside a dialog whose listeners have not decided yet.
    pub undecided: usize,
    /// BYEs that wait for the next connection.
    pub farewells: usize,
}

impl Agent {
    /// How many entries each table has now.
    pub fn holdings(&self) -> Holdings {
        Holdings {
            sessions: self.sessions.len(),
            subscriptions: self.subscriptions.len(),
            referrals: self.referrals.len(),
            transactions: self.cx.transactions.len(),
            exchanges: self.cx.exchanges.len(),
            questions: self.cx.authenticator.questions(),
            undecided: self.requests.len(),
            farewells: self.farewells.len(),
        }
    }
}
