//! JavaScript values: plain objects read and written by key, timers, tasks, and errors that are nobody's.

use std::pin::Pin;

use gloo_timers::callback::Timeout;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Tells `window.onerror`; older browsers and Node have none.
    #[wasm_bindgen(js_name = reportError, catch)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;
}

/// Sets a key; an object that refuses it is left as it is.
pub(super) fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}

/// A property, `undefined` if it cannot be read.
pub(super) fn get(object: &JsValue, key: &str) -> JsValue {
    // Nothing has none: to catch what JavaScript throws then takes 25 us.
    if object.is_null() || object.is_undefined() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A property of the global object.
pub(super) fn global(key: &str) -> JsValue {
    get(&js_sys::global(), key)
}

/// A property that is a text, empty for any other.
pub(super) fn text(object: &JsValue, key: &str) -> String {
    get(object, key).as_string().unwrap_or_default()
}

/// What an error says of itself.
pub(in crate::web) fn message_of(error: &JsValue) -> String {
    text(error, "message")
}

/// An object with one key.
pub(super) fn object(key: &str, value: &JsValue) -> JsValue {
    let object = Object::new().into();
    set(&object, key, value);
    object
}

/// Anything that serialises, as a plain object.
pub(in crate::web) fn plain<T: serde::Serialize>(value: &T) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// Runs it after that many ms, unless it is dropped before.
pub(in crate::web) fn later(ms: u32, run: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(ms, run)
}

/// Runs it from the next microtask on.
pub(in crate::web) fn spawn(task: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Lets an app's error reach `window.onerror` without disturbing anybody else.
pub(in crate::web) fn rethrow_later(error: JsValue) {
    spawn(Box::pin(async move {
        if report_error(&error).is_err() {
            web_sys::console::error_1(&error);
        }
    }));
}
