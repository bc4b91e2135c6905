//! What a command throws: a `Refused` of the border.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::border::{Fault, Outward};
use crate::command::CommandError;

/// A wrong argument, in words.
pub(super) fn misuse(words: String) -> JsValue {
    Array::of2(&(Fault::Invalid as u32).into(), &words.into()).into()
}

/// Nothing has that number any more.
pub(super) fn gone() -> JsValue {
    refused(CommandError::NoSuchSession)
}

/// The core has refused it.
pub(super) fn refused(error: CommandError) -> JsValue {
    let (fault, detail) = match error {
        CommandError::InvalidState(status) => (Fault::InvalidState, u32::from(status).outward()),
        // JsSIP's STATUS_TERMINATED.
        CommandError::NoSuchSession => (Fault::InvalidState, 8_u32.outward()),
        CommandError::Invalid(what) => (Fault::Invalid, format!("Invalid {what}").outward()),
        CommandError::NotSupported(what) => (Fault::NotSupported, what.outward()),
    };
    Array::of2(&(fault as u32).into(), &detail).into()
}
