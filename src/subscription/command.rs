//! What an app asks of a subscription, and with what.

use super::PublishOptions;
use crate::event::AppReply;
use crate::uri::Uri;

/// What an app asks of a subscription.
#[derive(Debug)]
pub enum Command {
    /// The first SUBSCRIBE, with its body (JsSIP `subscriber.subscribe`).
    Subscribe(Box<SubscribeOptions>, String),
    /// A subscription that lasts until the app ends it or the notifier does not want it: it is asked for anew.
    Watch(Box<SubscribeOptions>),
    /// A state of ours that a server keeps, and its first body.
    Publish(Box<PublishOptions>, String),
    /// Another SUBSCRIBE or PUBLISH, with `ends` the last (JsSIP `subscriber.subscribe`, `terminate`).
    #[allow(missing_docs, reason = "the fields are those of SUBSCRIBE and NOTIFY")]
    Again { ends: bool, body: String },
    /// Answers a SUBSCRIBE without a subscription (JsSIP `request.reply`).
    Reply(AppReply),
    /// Accepts a SUBSCRIBE (JsSIP `notifier.start`).
    Start(NotifierOptions),
    /// From pending to active (JsSIP `notifier.setActiveState`).
    Activate,
    /// Sends a NOTIFY (JsSIP `notifier.notify`).
    Notify(String),
    /// Sends the final NOTIFY; `reason` may be empty (JsSIP `notifier.terminate`).
    #[allow(missing_docs, reason = "the fields are those of SUBSCRIBE and NOTIFY")]
    Terminate { body: String, reason: String, retry_after: Option<u32> },
}

/// What an app subscribes to.
#[derive(Clone, Debug)]
pub struct SubscribeOptions {
    /// Whose state.
    pub target: Uri,
    /// The package, `;id=` behind it if it is to have one.
    pub event: String,
    /// The types of body that are understood.
    pub accept: String,
    /// How long, in s.
    pub expires_s: u32,
    /// The type of the bodies of SUBSCRIBE.
    pub content_type: String,
    /// Allow-Events, empty for none.
    pub allow_events: String,
    /// Lines `Name: value`.
    pub extra_headers: Vec<String>,
    /// Another To, as name-addr, or empty.
    pub to: String,
    /// Another From, as name-addr without a tag, or empty.
    pub from: String,
    /// The first CSeq number.
    pub cseq: Option<u32>,
}

/// How an app serves a subscription.
#[derive(Clone, Debug, Default)]
pub struct NotifierOptions {
    /// The type of the bodies of NOTIFY.
    pub content_type: String,
    /// Lines `Name: value` for each NOTIFY.
    pub extra_headers: Vec<String>,
    /// Allow-Events, empty for none.
    pub allow_events: String,
    /// Not authorized yet.
    pub pending: bool,
    /// How long a subscription lasts that does not say it, in s.
    pub default_expires_s: u32,
}
