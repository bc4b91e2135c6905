//! The frame that is being taken in, in JavaScript's own text: who tells of its message hands that back and makes no copy.

use std::cell::RefCell;
use std::sync::Arc;

use wasm_bindgen::JsValue;

thread_local! {
    static ARRIVED: RefCell<Option<(Arc<str>, JsValue)>> = const { RefCell::new(None) };
}

/// Keeps the frame `text`, which is `value` there.
pub(super) fn keep(text: &Arc<str>, value: &JsValue) {
    ARRIVED.set(Some((Arc::clone(text), value.clone())));
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
