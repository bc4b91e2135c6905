//! The arguments of a function of the browser, one after the other.

use js_sys::Array;
use wasm_bindgen::JsValue;

/// Values in their order.
pub(super) struct Fields(Array);

impl Fields {
    pub(super) fn new() -> Self {
        Self(Array::new())
    }

    pub(super) fn value(&self, value: JsValue) -> &Self {
        self.0.push(&value);
        self
    }

    pub(super) fn text(&self, text: &str) -> &Self {
        self.value(JsValue::from_str(text))
    }

    pub(super) fn number(&self, number: u32) -> &Self {
        self.value(number.into())
    }
}

impl From<Fields> for Array {
    fn from(fields: Fields) -> Self {
        fields.0
    }
}
