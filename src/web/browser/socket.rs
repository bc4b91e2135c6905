//! An app's socket (JsSIP's duck-typed `Socket`): its callbacks are ours while it is the current line.

use std::rc::Weak;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::listener::{Listener, listener};
use super::{Host, arrived, js};
use crate::event::{Flow, Input};

#[wasm_bindgen]
extern "C" {
    /// An app's object.
    #[derive(Clone)]
    pub(in crate::web) type AppSocket;

    /// Opens it.
    #[wasm_bindgen(method, structural, catch)]
    pub(in crate::web) fn connect(this: &AppSocket) -> Result<JsValue, JsValue>;

    /// Sends a message: whatever it returns.
    #[wasm_bindgen(method, structural, catch)]
    pub(in crate::web) fn send(this: &AppSocket, frame: &str) -> Result<JsValue, JsValue>;

    /// Closes it.
    #[wasm_bindgen(method, structural, catch)]
    pub(in crate::web) fn disconnect(this: &AppSocket) -> Result<JsValue, JsValue>;
}

impl AppSocket {
    /// Whether some of what was sent has not left the page: `bufferedAmount`, where the object tells it.
    pub(in crate::web) fn holds_back(&self) -> bool {
        js::get(self, "bufferedAmount").as_f64().is_some_and(|bytes| bytes > 0.0)
    }
}

const CALLBACKS: [&str; 3] = ["onconnect", "ondisconnect", "ondata"];

/// A connection being tried or open. Dropped, it says nothing more.
pub(in crate::web) struct Socket {
    object: AppSocket,
    _callbacks: [Listener; 3],
}

impl Socket {
    /// Takes the callbacks of `object`. Call `connect` once nothing is borrowed.
    pub(in crate::web) fn new(object: AppSocket, flow: Flow, host: &Weak<dyn Host>) -> Self {
        let callbacks = CALLBACKS.map(|name| {
            let host = Weak::clone(host);
            let callback = listener(move |first, code, reason| {
                if let Some(host) = host.upgrade() {
                    called(&*host, flow, name, &first, &code, &reason);
                }
            });
            js::set(&object, name, callback.as_ref());
            callback
        });
        Self { object, _callbacks: callbacks }
    }

    pub(in crate::web) fn object(&self) -> AppSocket {
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
fn called(host: &dyn Host, flow: Flow, name: &str, first: &JsValue, code: &JsValue, reason: &JsValue) {
    match name {
        "onconnect" => host.input(Input::Opened(flow)),
        "ondisconnect" => {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
            let code = code.as_f64().map(|c| c as u16);
            let reason = reason.as_string().unwrap_or_default();
            host.input(Input::Closed { flow, error: first.is_truthy(), code, reason });
        }
        _ => match arrived::keep(first) {
            Some(text) => {
                host.input(Input::Text(flow, &text));
                arrived::forget();
            }
            None if first.is_object() => host.input(Input::Frame(flow, &Uint8Array::new(first).to_vec())),
            None => {}
        },
    }
}
