//! What the listeners of a hook event have decided.

use crate::auth::Account;

/// What the listeners of a hook event decided.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Whether anybody listened.
    Listened(bool),
    /// The request as the app left it.
    Sending {
        /// Name and value of each field, in their order.
        headers: Vec<(String, String)>,
        /// The body, empty for none.
        body: String,
    },
    /// The description as the app left it.
    Sdp(String),
    /// A re-INVITE or UPDATE: accepted, or refused with this.
    Reoffer(Option<AppReply>),
    /// What answers a challenge; `None` gives up.
    Account(Option<Account>),
    /// The reply to a MESSAGE or OPTIONS; `None` is the default reply.
    Reply {
        /// Whether anybody listened.
        listened: bool,
        /// What it is answered.
        reply: Option<AppReply>,
    },
}

/// A reply that an app asked for.
#[derive(Clone, Debug)]
pub struct AppReply {
    /// Status code.
    pub status: u16,
    /// Reason phrase, or the usual one.
    pub reason: Option<String>,
    /// Lines `Name: value`.
    pub headers: Vec<String>,
    /// Body, empty for none.
    pub body: String,
}
