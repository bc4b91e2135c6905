//! One flat function on the handle of a subscription, ours or somebody else's. `pkg/src/wasm.ts` describes its arguments.

use wasm_bindgen::prelude::*;

use super::arguments::{Arguments, type_error};
use super::exports::driver;
use crate::command::CommandError;
use crate::event::SubscriptionId;
use crate::subscription::{Command, NotifierOptions, SubscribeOptions};

/// What `subscription_command` does, as `SubscriptionCommand` of `pkg/src/wasm.ts` has it.
mod what {
    pub(super) const SUBSCRIBE: u32 = 0;
    pub(super) const AGAIN: u32 = 1;
    pub(super) const REPLY: u32 = 2;
    pub(super) const START: u32 = 3;
    pub(super) const ACTIVATE: u32 = 4;
    pub(super) const NOTIFY: u32 = 5;
    pub(super) const TERMINATE: u32 = 6;
}

/// Does `what` with the subscription.
#[wasm_bindgen]
pub fn subscription_command(agent: u32, subscription: u32, what: u32, list: JsValue) -> Result<JsValue, JsValue> {
    let driver = driver(agent).ok_or(CommandError::NoSuchSession)?;
    let mut args = Arguments::read(&list);
    args.check_lines()?;
    driver.apply(&mut |a, now| {
        let command = command(what, &mut args)?;
        a.subscription(now, SubscriptionId(subscription), command)?;
        Ok(JsValue::UNDEFINED)
    })
}

fn command(what: u32, args: &mut Arguments) -> Result<Command, JsValue> {
    Ok(match what {
        what::SUBSCRIBE => {
            let body = args.words();
            let subscribe = SubscribeOptions {
                target: args.target()?,
                event: args.words(),
                accept: args.words(),
                expires_s: args.number().unwrap_or_default(),
                content_type: args.words(),
                allow_events: args.words(),
                extra_headers: args.lines(),
                to: args.words(),
                from: args.words(),
                cseq: args.number(),
            };
            Command::Subscribe(Box::new(subscribe), body)
        }
        what::AGAIN => Command::Again { ends: args.flag(), body: args.words() },
        what::REPLY => Command::Reply(args.refusal().ok_or_else(|| type_error("Invalid ", "target"))?),
        what::START => Command::Start(NotifierOptions {
            content_type: args.words(),
            extra_headers: args.lines(),
            allow_events: args.words(),
            pending: args.flag(),
            default_expires_s: args.number().unwrap_or_default(),
        }),
        what::ACTIVATE => Command::Activate,
        what::NOTIFY => Command::Notify(args.words()),
        what::TERMINATE => Command::Terminate { body: args.words(), reason: args.words(), retry_after: args.number() },
        _ => return Err(type_error("Invalid ", "command")),
    })
}
