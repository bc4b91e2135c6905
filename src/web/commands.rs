//! One flat function for all that an app asks of an agent, its calls, requests and subscriptions.

use wasm_bindgen::prelude::*;

use super::arguments::{Arguments, type_error};
use super::driver::Driver;
use super::exports::{driver, forget};
use super::fields::Fields;
use super::{agent_commands, js, session_commands, subscription_commands, what};
use crate::command::CommandError;
use crate::event::{RequestId, SessionId, SubscriptionId};

/// Does `what` with the agent or with what has the number `handle` there. `list` is read before anything is borrowed.
#[wasm_bindgen]
pub fn command(agent: u32, handle: u32, what: u32, list: JsValue) -> Result<JsValue, JsValue> {
    let driver = driver(agent).ok_or(CommandError::NoSuchSession)?;
    let result = run(&driver, agent, handle, what, &list);
    if result.is_err() && matches!(what, what::CALL | what::ANSWER) {
        // No end of this call will be told, with which its connection would be closed.
        driver.lose(handle);
    }
    result
}

fn run(driver: &Driver, agent: u32, handle: u32, what: u32, list: &JsValue) -> Result<JsValue, JsValue> {
    let mut args = Arguments::read(list);
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
            what::OFFER_ONCE => peer.offer_once(js::get(list, "0")),
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
