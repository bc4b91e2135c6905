//! One flat function for all that an app asks of an agent, its calls, requests and subscriptions.

use wasm_bindgen::prelude::*;

use super::arguments::{Arguments, type_error};
use super::exports::{driver, forget};
use super::fields::Fields;
use super::{agent_commands, js, session_commands, subscription_commands};
use crate::command::CommandError;
use crate::event::{RequestId, SessionId, SubscriptionId};

/// What `command` does, as `Command` of `pkg/src/wasm.ts` has it.
#[allow(missing_docs)]
pub mod what {
    pub const DROP: u32 = 0;
    pub const START: u32 = 1;
    pub const STOP: u32 = 2;
    pub const REGISTER: u32 = 3;
    pub const UNREGISTER: u32 = 4;
    pub const CONNECT: u32 = 5;
    pub const DISCONNECT: u32 = 6;
    pub const TRACE: u32 = 7;
    pub const CONFIGURE: u32 = 8;
    pub const REGISTRATION_EXTRA: u32 = 9;
    pub const REGISTRATION: u32 = 10;
    pub const CONTACT: u32 = 11;
    pub const RESERVE: u32 = 12;
    pub const SEND: u32 = 13;
    pub const CALL: u32 = 14;
    pub const ANSWER: u32 = 15;
    pub const ANSWER_IMPOSSIBLE: u32 = 16;
    pub const TERMINATE: u32 = 17;
    pub const HOLD: u32 = 18;
    pub const RENEGOTIATE: u32 = 19;
    pub const DTMF: u32 = 20;
    pub const INFO: u32 = 21;
    pub const REQUEST: u32 = 22;
    pub const REFER: u32 = 23;
    pub const REFER_NOTIFY: u32 = 24;
    pub const REPLACES_VALUE: u32 = 25;
    pub const REPLACE: u32 = 26;
    pub const DIAGNOSIS: u32 = 27;
    pub const OFFER_ONCE: u32 = 28;
    pub const MUTE: u32 = 29;
    pub const TONES: u32 = 30;
    pub const READY: u32 = 31;
    pub const SUBSCRIBE: u32 = 32;
    pub const SUBSCRIBE_AGAIN: u32 = 33;
    pub const REPLY: u32 = 34;
    pub const SERVE: u32 = 35;
    pub const ACTIVATE: u32 = 36;
    pub const NOTIFY: u32 = 37;
    pub const END_SUBSCRIPTION: u32 = 38;
}

/// Does `what` with the agent or with what has the number `handle` there. `list` is read before anything is borrowed.
#[wasm_bindgen]
pub fn command(agent: u32, handle: u32, what: u32, list: JsValue) -> Result<JsValue, JsValue> {
    let driver = driver(agent).ok_or(CommandError::NoSuchSession)?;
    let mut args = Arguments::read(&list);
    // Their own words for a bad line.
    if !matches!(what, what::TERMINATE | what::HOLD | what::RENEGOTIATE) {
        args.check_lines()?;
    }
    match what {
        what::DROP => forget(agent),
        what::START => driver.watch(true),
        what::STOP => driver.watch(false),
        what::TRACE => driver.trace.set(args.flag()),
        what::CONFIGURE | what::REGISTRATION_EXTRA => args.check_texts()?,
        _ => {}
    }
    if let (what::OFFER_ONCE..=what::READY, Some(peer)) = (what, driver.peer(handle)) {
        match what {
            what::OFFER_ONCE => peer.offer_once(js::get(&list, "0")),
            what::MUTE => peer.mute(args.flag(), args.flag()),
            what::TONES => peer.tones(&args.words(), args.number_or(100), args.number_or(500)),
            _ => peer.ready(),
        }
    }
    let date = js_sys::Date::now();
    driver.apply(&mut |agent, now| match what {
        what::SUBSCRIBE.. => subscription_commands::run(agent, now, SubscriptionId(handle), what, &mut args),
        what::CALL.. => session_commands::run(agent, now, SessionId(handle), what, &mut args),
        what::REGISTRATION => Ok(agent_commands::registration(agent, now, date)),
        _ => agent_commands::run(agent, now, RequestId(handle), what, &mut args),
    })
}

/// A refused command: the classes make JsSIP's errors of a status, of a text that says what is invalid, and of a text in
/// an array, which says what is not supported.
impl From<CommandError> for JsValue {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::InvalidState(status) => status.into(),
            CommandError::NoSuchSession => 8.into(),
            CommandError::Invalid(what) => type_error("Invalid ", what),
            CommandError::NotSupported(what) => {
                let fields = Fields::new();
                fields.text(what);
                fields.into()
            }
        }
    }
}
