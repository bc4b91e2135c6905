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
        let weak = Weak::clone(driver);
        let opened = listener(move |_, _, _| {
            if let Some(driver) = weak.upgrade() {
                driver.input(Input::Opened(flow));
            }
        });
        let weak = Weak::clone(driver);
        let closed = listener(move |error, code, reason| {
            if let Some(driver) = weak.upgrade() {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let code = code.as_f64().map(|c| c as u16);
                let reason = reason.as_string().unwrap_or_default();
                driver.input(Input::Closed { flow, error: error.is_truthy(), code, reason });
            }
        });
        let weak = Weak::clone(driver);
        let data = listener(move |data, _, _| {
            let Some(driver) = weak.upgrade() else { return };
            let bytes = match data.as_string() {
                Some(text) => text.into_bytes(),
                None if data.is_object() => Uint8Array::new(&data).to_vec(),
                None => return,
            };
            driver.input(Input::Frame(flow, &bytes));
        });
        let callbacks = [opened, closed, data];
        for (name, callback) in CALLBACKS.iter().zip(&callbacks) {
            js::set(&object, name, callback.as_ref());
        }
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
