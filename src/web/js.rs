//! Plain JavaScript objects, read and written by key.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// An object with these keys.
pub(super) fn object<const N: usize>(pairs: [(&str, JsValue); N]) -> JsValue {
    filled(&pairs)
}

fn filled(pairs: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in pairs {
        set(&object, key, value);
    }
    object.into()
}

/// Sets a key; an object that refuses it is left as it is.
pub(super) fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}

/// A property, `undefined` if it cannot be read.
pub(super) fn get(object: &JsValue, key: &str) -> JsValue {
    if !object.is_object() && !object.is_function() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A property of the global object.
pub(super) fn global(key: &str) -> JsValue {
    get(&js_sys::global(), key)
}

pub(super) fn text(object: &JsValue, key: &str) -> Option<String> {
    get(object, key).as_string()
}

pub(super) fn flag(object: &JsValue, key: &str) -> bool {
    get(object, key).is_truthy()
}

pub(super) fn strings(list: &Array) -> Vec<String> {
    let mut strings = Vec::new();
    for at in 0..list.length() {
        strings.extend(list.get(at).as_string());
    }
    strings
}

/// Anything that serialises, as a plain object.
pub(super) fn plain<T: serde::Serialize>(value: &T) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// Milliseconds and other counts, as Rust has them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn count(value: f64) -> u64 {
    if value.is_finite() && value > 0.0 { value as u64 } else { 0 }
}
