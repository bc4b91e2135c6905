//! What happens to a subscription, a publication, or a REFER outside a dialog, as its app is told.

use std::sync::Arc;

use super::Ticket;
use crate::cause::Cause;
use crate::message::{Request, Response};

/// What happens to a subscription.
#[derive(Debug)]
pub enum SubscriptionEvent {
    /// Only the state changed.
    State,
    /// The first 2xx to our SUBSCRIBE.
    Accepted,
    /// A NOTIFY said so for the first time.
    Pending,
    /// A NOTIFY said so for the first time.
    Active,
    /// A NOTIFY with a body.
    Notify {
        /// Whether it is the last one.
        is_final: bool,
        /// It.
        request: Arc<Request>,
    },
    /// A SUBSCRIBE was answered 200. Hook `Verdict::Listened` if it `ends` the subscription.
    Subscribe {
        /// Of the question whether the app has said its last word.
        ticket: Ticket,
        /// Whether it ends the subscription (Expires: 0).
        ends: bool,
        /// It.
        request: Arc<Request>,
    },
    /// Hook `Verdict::Listened`: the subscriber did not refresh.
    Expired {
        /// Of the question whether the app has said its last word.
        ticket: Ticket,
    },
    /// It is over and forgotten.
    Terminated {
        /// Why, by JsSIP's `Subscriber.C` or `Notifier.C`.
        code: u8,
        /// Why, as the last NOTIFY says (RFC 6665 4.1.3).
        reason: Option<String>,
        /// s after which it may be asked for anew, as the far end says.
        retry_after: Option<u32>,
        /// The status of the answer that ended it.
        status: Option<u16>,
    },
    /// The server keeps what we publish (RFC 3903).
    Published {
        /// Its 2xx.
        response: Arc<Response>,
        /// s that it keeps it.
        expires_s: u32,
    },
    /// It does not.
    PublishFailed {
        /// Its refusal; `None`: nobody answered.
        response: Option<Arc<Response>>,
        /// Why.
        cause: Cause,
        /// ms after which it is published again; `None`: never, it is over.
        retry_in_ms: Option<u64>,
    },
    /// A lasting one ended so, and is asked for anew.
    Waiting {
        /// Why, by JsSIP's `Subscriber.C`.
        code: u8,
        /// Why, as the last NOTIFY says.
        reason: Option<String>,
        /// The status of the answer that ended it.
        status: Option<u16>,
        /// ms until that; `None`: with the next connection.
        retry_in_ms: Option<u64>,
    },
    /// One dialog of a lasting one that was forked has ended; others go on.
    ForkEnded,
}

/// What happens to a REFER of ours outside a dialog.
#[derive(Debug)]
pub enum ReferralEvent {
    /// The answer to it, or none.
    Answered {
        /// The answer.
        response: Option<Arc<Response>>,
        /// Why it came to nothing.
        failure: Option<Cause>,
    },
    /// A NOTIFY tells how it goes, with the status line of its body.
    Progress {
        /// The NOTIFY.
        request: Arc<Request>,
        /// The status that the referred request has come to (RFC 3515 2.4.5).
        status: u16,
        /// Its reason phrase.
        reason: String,
    },
    /// It is over and forgotten.
    Over,
}
