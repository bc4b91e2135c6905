//! An app's socket (JsSIP's duck-typed `Socket`): its callbacks are ours while it is the current line.

use std::rc::Weak;

use js_sys::{Function, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::driver::Driver;
use super::js;
use crate::event::{Flow, Input};

/// A connection being tried or open. Dropped, it says nothing more.
pub(super) struct Socket {
    object: JsValue,
    _opened: Closure<dyn Fn()>,
    _closed: Closure<dyn Fn(JsValue, JsValue, JsValue)>,
    _data: Closure<dyn Fn(JsValue)>,
}

impl Socket {
    /// Takes the callbacks of `object`. Call `connect` once nothing is borrowed.
    pub(super) fn new(object: JsValue, flow: Flow, driver: &Weak<Driver>) -> Self {
        let weak = Weak::clone(driver);
        let opened = Closure::<dyn Fn()>::new(move || {
            if let Some(driver) = weak.upgrade() {
                driver.input(Input::Opened(flow));
            }
        });
        let weak = Weak::clone(driver);
        let closed =
            Closure::<dyn Fn(JsValue, JsValue, JsValue)>::new(move |error: JsValue, code: JsValue, reason: JsValue| {
                if let Some(driver) = weak.upgrade() {
                    #[allow(clippy::cast_possible_truncation)]
                    let code = code.as_f64().map(|c| js::count(c) as u16);
                    let reason = reason.as_string().unwrap_or_default();
                    driver.input(Input::Closed { flow, error: error.is_truthy(), code, reason });
                }
            });
        let weak = Weak::clone(driver);
        let data = Closure::<dyn Fn(JsValue)>::new(move |data: JsValue| {
            let Some(driver) = weak.upgrade() else { return };
            let bytes = match data.as_string() {
                Some(text) => text.into_bytes(),
                None if data.is_object() => Uint8Array::new(&data).to_vec(),
                None => return,
            };
            driver.input(Input::Frame(flow, &bytes));
        });
        js::set(&object, "onconnect", opened.as_ref());
        js::set(&object, "ondisconnect", closed.as_ref());
        js::set(&object, "ondata", data.as_ref());
        Self { object, _opened: opened, _closed: closed, _data: data }
    }

    pub(super) fn object(&self) -> JsValue {
        self.object.clone()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A function that does nothing: a socket may call without looking.
        let nothing = js::get(&js::global("Function"), "prototype");
        for name in ["onconnect", "ondisconnect", "ondata"] {
            js::set(&self.object, name, &nothing);
        }
    }
}

/// Calls a method of a socket; an exception counts as failure.
pub(super) fn call(object: &JsValue, method: &str, argument: Option<&JsValue>) -> Result<JsValue, JsValue> {
    let function: Function = js::get(object, method).dyn_into()?;
    match argument {
        Some(argument) => function.call1(object, argument),
        None => function.call0(object),
    }
}
