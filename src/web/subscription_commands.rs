//! What an app asks of a subscription, ours or somebody else's.

use wasm_bindgen::JsValue;

use super::arguments::{Arguments, type_error};
use super::what;
use crate::agent::Agent;
use crate::event::SubscriptionId;
use crate::subscription::{Command, NotifierOptions, SubscribeOptions};
use crate::time::Instant;

pub(super) fn run(
    agent: &mut Agent,
    now: Instant,
    id: SubscriptionId,
    what: u32,
    args: &mut Arguments,
) -> Result<JsValue, JsValue> {
    let command = command(what, args)?;
    agent.subscription(now, id, command)?;
    Ok(JsValue::UNDEFINED)
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
        what::SUBSCRIBE_AGAIN => Command::Again { ends: args.flag(), body: args.words() },
        what::REPLY => Command::Reply(args.refusal().ok_or_else(|| type_error("Invalid ", "target"))?),
        what::SERVE => Command::Start(NotifierOptions {
            content_type: args.words(),
            extra_headers: args.lines(),
            allow_events: args.words(),
            pending: args.flag(),
            default_expires_s: args.number().unwrap_or_default(),
        }),
        what::ACTIVATE => Command::Activate,
        what::NOTIFY => Command::Notify(args.words()),
        what::END_SUBSCRIPTION => {
            Command::Terminate { body: args.words(), reason: args.words(), retry_after: args.number() }
        }
        _ => return Err(type_error("Invalid ", "command")),
    })
}
