//! Flat functions on the handle of a subscription, ours or somebody else's.

use wasm_bindgen::prelude::*;

use super::exports::check_lines;
use super::session_exports::command;
use super::{events, js};
use crate::agent::Agent;
use crate::command::CommandError;
use crate::event::SubscriptionId;
use crate::subscription::{NotifierOptions, SubscribeOptions};
use crate::time::Instant;
use crate::uri::Uri;

/// The first SUBSCRIBE: to the state of `options.target`.
#[wasm_bindgen]
pub fn subscription_open(agent: u32, subscription: u32, options: JsValue, body: String) -> Result<(), JsValue> {
    let target = js::text(&options, "target").as_deref().and_then(Uri::parse);
    let subscribe = SubscribeOptions {
        target: target.ok_or_else(|| js_sys::TypeError::new("Invalid target"))?,
        event: js::text(&options, "event").unwrap_or_default(),
        accept: js::text(&options, "accept").unwrap_or_default(),
        expires_s: number(&options, "expires").unwrap_or_default(),
        content_type: js::text(&options, "contentType"),
        allow_events: js::text(&options, "allowEvents"),
        extra_headers: js::texts(&options, "extraHeaders"),
        to: js::text(&options, "to"),
        from: js::text(&options, "from"),
        cseq: number(&options, "cseq"),
    };
    check_lines(&subscribe.extra_headers)?;
    on(agent, subscription, |a, now, id| a.subscribe(now, id, subscribe, body))
}

/// Another SUBSCRIBE; with `ends` the last one.
#[wasm_bindgen]
pub fn subscription_again(agent: u32, subscription: u32, ends: bool, body: String) -> Result<(), JsValue> {
    on(agent, subscription, |a, now, id| a.resubscribe(now, id, ends, body))
}

/// Answers a SUBSCRIBE with `{status, reason, headers, body}`.
#[wasm_bindgen]
pub fn subscription_reply(agent: u32, subscription: u32, reply: JsValue) -> Result<(), JsValue> {
    let reply = events::refusal(&reply).ok_or_else(|| js_sys::TypeError::new("Invalid status_code"))?;
    check_lines(&reply.headers)?;
    on(agent, subscription, |a, now, id| a.reply_subscribe(now, id, reply))
}

/// Accepts a SUBSCRIBE.
#[wasm_bindgen]
pub fn notifier_start(agent: u32, subscription: u32, options: JsValue) -> Result<(), JsValue> {
    let notifier = NotifierOptions {
        content_type: js::text(&options, "contentType").unwrap_or_default(),
        extra_headers: js::texts(&options, "extraHeaders"),
        allow_events: js::text(&options, "allowEvents"),
        pending: js::flag(&options, "pending"),
        default_expires_s: number(&options, "defaultExpires").unwrap_or_default(),
    };
    check_lines(&notifier.extra_headers)?;
    on(agent, subscription, |a, now, id| a.start_notifier(now, id, notifier))
}

/// From pending to active.
#[wasm_bindgen]
pub fn notifier_activate(agent: u32, subscription: u32) -> Result<(), JsValue> {
    on(agent, subscription, Agent::activate_notifier)
}

/// Sends a NOTIFY; with `{reason, retryAfter}` the last one.
#[wasm_bindgen]
pub fn notifier_notify(agent: u32, subscription: u32, body: String, ends: JsValue) -> Result<(), JsValue> {
    if !ends.is_object() {
        return on(agent, subscription, |a, now, id| a.notify(now, id, body));
    }
    let (reason, retry_after) = (js::text(&ends, "reason"), number(&ends, "retryAfter"));
    on(agent, subscription, |a, now, id| a.terminate_notifier(now, id, body, reason.as_deref(), retry_after))
}

fn number(object: &JsValue, key: &str) -> Option<u32> {
    js::number(object, key).map(|n| u32::try_from(js::count(n)).unwrap_or(u32::MAX))
}

fn on(
    agent: u32,
    subscription: u32,
    run: impl FnOnce(&mut Agent, Instant, SubscriptionId) -> Result<(), CommandError>,
) -> Result<(), JsValue> {
    command(agent, |d| d.apply(|a, now| run(a, now, SubscriptionId(subscription))))
}
