//! Functions of ours that JavaScript calls: one kind for all, so that the module has one way in.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::EventTarget;

/// Takes up to three arguments, `undefined` where fewer are passed.
pub(super) type Listener = Closure<dyn Fn(JsValue, JsValue, JsValue)>;

pub(super) fn listener(run: impl Fn(JsValue, JsValue, JsValue) + 'static) -> Listener {
    Closure::new(run)
}

/// A listener of some events of an object, taken back when dropped.
pub(in crate::web) struct Listening {
    target: EventTarget,
    names: &'static [&'static str],
    listener: Listener,
}

impl Listening {
    /// Listens beside whoever uses the object's `on…` properties.
    pub(super) fn new(target: EventTarget, names: &'static [&'static str], listener: Listener) -> Self {
        for name in names {
            let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        Self { target, names, listener }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for name in self.names {
            let _ = self.target.remove_event_listener_with_callback(name, self.listener.as_ref().unchecked_ref());
        }
    }
}
