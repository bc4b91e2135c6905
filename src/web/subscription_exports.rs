//! One flat function on the handle of a subscription, ours or somebody else's.

use wasm_bindgen::prelude::*;

use super::exports::check_lines;
use super::session_exports::command;
use super::{events, js};
use crate::event::SubscriptionId;
use crate::subscription::{Command, NotifierOptions, SubscribeOptions};
use crate::uri::Uri;

/// Does what `options` says: `subscribe`, `again`, `reply`, `start`, `activate`, `notify` or `terminate`.
#[wasm_bindgen]
pub fn subscription_command(agent: u32, subscription: u32, what: &str, options: JsValue) -> Result<(), JsValue> {
    let text = |key: &str| js::text(&options, key).unwrap_or_default();
    let number = |key: &str| js::number(&options, key).map(|n| u32::try_from(js::count(n)).unwrap_or(u32::MAX));
    let extra_headers = js::texts(&options, "extraHeaders");
    check_lines(&extra_headers)?;
    let body = text("body");
    let wanted = match what {
        "subscribe" => Uri::parse(&text("target")).map(|target| {
            let subscribe = SubscribeOptions {
                target,
                event: text("event"),
                accept: text("accept"),
                expires_s: number("expires").unwrap_or_default(),
                content_type: text("contentType"),
                allow_events: text("allowEvents"),
                extra_headers,
                to: text("to"),
                from: text("from"),
                cseq: number("cseq"),
            };
            Command::Subscribe(Box::new(subscribe), body)
        }),
        "again" => Some(Command::Again { ends: js::flag(&options, "ends"), body }),
        "reply" => events::refusal(&options).map(|mut reply| {
            reply.headers = extra_headers;
            Command::Reply(reply)
        }),
        "start" => Some(Command::Start(NotifierOptions {
            content_type: text("contentType"),
            extra_headers,
            allow_events: text("allowEvents"),
            pending: js::flag(&options, "pending"),
            default_expires_s: number("defaultExpires").unwrap_or_default(),
        })),
        "activate" => Some(Command::Activate),
        "notify" => Some(Command::Notify(body)),
        _ => Some(Command::Terminate { body, reason: text("reason"), retry_after: number("retryAfter") }),
    };
    let wanted = wanted.ok_or_else(|| js_sys::TypeError::new("Invalid target"))?;
    command(agent, |d| d.apply(|a, now| a.subscription(now, SubscriptionId(subscription), wanted)))
}
