//! The frame that is being taken in, in JavaScript's own text: who tells of its message hands that back and makes no copy.

use std::cell::RefCell;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use super::js;

thread_local! {
    static ARRIVED: RefCell<Option<(Arc<str>, JsValue)>> = const { RefCell::new(None) };
}

/// Takes in a frame if it is a text, and keeps it.
pub(super) fn keep(value: &JsValue) -> Option<Arc<str>> {
    let text: Arc<str> = js::long_text(value)?.into();
    ARRIVED.set(Some((Arc::clone(&text), value.clone())));
    Some(text)
}

/// Its message has been told of.
pub(super) fn forget() {
    ARRIVED.set(None);
}

/// The text of a message as JavaScript has it.
pub(in crate::web) fn text_of(message: &Arc<str>) -> JsValue {
    ARRIVED.with_borrow(|arrived| match arrived {
        Some((text, value)) if Arc::ptr_eq(text, message) => value.clone(),
        _ => JsValue::from_str(message),
    })
}
