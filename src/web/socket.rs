//! An app's socket (JsSIP's duck-typed `Socket`): its callbacks are ours while it is the current line.

use std::rc::Weak;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use super::driver::Driver;
use super::js;
use super::listener::{Listener, listener};
use crate::event::{Flow, Input};

const CALLBACKS: [&str; 3] = ["onconnect", "ondisconnect", "ondata"];

/// A connection being tried or open. Dropped, it says nothing more.
pub(super) struct Socket {
    object: JsValue,
    _callbacks: [Listener; 3],
}

impl Socket {
    /// Takes the callbacks of `object`. Call `connect` once nothing is borrowed.
    pub(super) fn new(object: JsValue, flow: Flow, driver: &Weak<Driver>) -> Self {
        let callbacks = CALLBACKS.map(|name| {
            let driver = Weak::clone(driver);
            let callback = listener(move |first, code, reason| {
                if let Some(driver) = driver.upgrade() {
                    called(&driver, flow, name, &first, &code, &reason);
                }
            });
            js::set(&object, name, callback.as_ref());
            callback
        });
        Self { object, _callbacks: callbacks }
    }

    pub(super) fn object(&self) -> JsValue {
        self.object.clone()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A function that does nothing: a socket may call without looking.
        let nothing = js::get(&js::global("Function"), "prototype");
        for name in CALLBACKS {
            js::set(&self.object, name, &nothing);
        }
    }
}

/// `first` is the data, or whether the connection ended by an error.
fn called(driver: &Driver, flow: Flow, name: &str, first: &JsValue, code: &JsValue, reason: &JsValue) {
    let bytes;
    driver.input(match name {
        "onconnect" => Input::Opened(flow),
        "ondisconnect" => {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
            let code = code.as_f64().map(|c| c as u16);
            Input::Closed { flow, error: first.is_truthy(), code, reason: reason.as_string().unwrap_or_default() }
        }
        _ => {
            bytes = match first.as_string() {
                Some(text) => text.into_bytes(),
                None if first.is_object() => Uint8Array::new(first).to_vec(),
                None => return,
            };
            Input::Frame(flow, &bytes)
        }
    });
}
