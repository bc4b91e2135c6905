//! JavaScript values: plain objects read and written by key, timers, tasks, and errors that are nobody's.

use std::future::poll_fn;
use std::mem::replace;
use std::pin::Pin;
use std::task::Poll;

use gloo_timers::callback::Timeout;
use js_sys::{JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Tells `window.onerror`; older browsers and Node have none.
    #[wasm_bindgen(js_name = reportError, catch)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;

    /// The browser's.
    type TextEncoder;

    /// One for UTF-8.
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;

    /// Writes a text as UTF-8, as far as there is room.
    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, text: &JsString, bytes: &mut [u8]) -> Written;

    /// How far it came.
    type Written;

    /// In units of the text.
    #[wasm_bindgen(method, getter)]
    fn read(this: &Written) -> u32;
}

thread_local! {
    static ENCODER: TextEncoder = TextEncoder::new();
}

/// A text that may be long, `None` for anything else. By `JsValue::as_string` the glue would walk it character by character,
/// and need for 10 kB longer than it takes to read a message of that length.
pub(super) fn long_text(value: &JsValue) -> Option<String> {
    let text: &JsString = value.dyn_ref()?;
    let mut bytes = vec![0; text.length() as usize];
    let written = ENCODER.with(|encoder| encoder.encode_into(text, &mut bytes));
    // There is room for all of it if each unit is one byte: ASCII, as nearly all messages are.
    if written.read() as usize == bytes.len() { String::from_utf8(bytes).ok() } else { text.as_string() }
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

/// Lets the task go on from the next microtask on. (To wait for a promise makes two closures, of which the browser's collector
/// is told.)
pub(super) async fn next_turn() {
    let mut waited = false;
    poll_fn(|context| {
        if replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Lets an app's error reach `window.onerror` without disturbing anybody else.
pub(in crate::web) fn rethrow_later(error: JsValue) {
    spawn(Box::pin(async move {
        if report_error(&error).is_err() {
            web_sys::console::error_1(&error);
        }
    }));
}
