//! JavaScript values: plain objects read and written by key, methods called by name, timers and tasks.

use std::pin::Pin;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::fields::Fields;

/// Sets a key; an object that refuses it is left as it is.
pub(super) fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}

/// A property, `undefined` if it cannot be read.
pub(super) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A property of the global object.
pub(super) fn global(key: &str) -> JsValue {
    get(&js_sys::global(), key)
}

pub(super) fn text(object: &JsValue, key: &str) -> Option<String> {
    get(object, key).as_string()
}

/// Whether a property is this text.
pub(super) fn is(object: &JsValue, key: &str, value: &str) -> bool {
    text(object, key).as_deref() == Some(value)
}

/// An object with one key.
pub(super) fn object(key: &str, value: &JsValue) -> JsValue {
    let object = Object::new().into();
    set(&object, key, value);
    object
}

/// Calls a method; what is none is an error too.
pub(super) fn call(object: &JsValue, method: &str, arguments: Fields) -> Result<JsValue, JsValue> {
    let function: Function = get(object, method).dyn_into()?;
    function.apply(object, &arguments.into())
}

/// Anything that serialises, as a plain object.
pub(super) fn plain<T: serde::Serialize>(value: &T) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// Runs it after that many ms, unless it is dropped before.
pub(super) fn later(ms: u32, run: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(ms, run)
}

/// Runs it from the next microtask on.
pub(super) fn spawn(task: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(task);
}
