//! The page's own signs: network up or down, page visible again. Taken back when dropped.

use std::rc::Weak;

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::EventTarget;

use super::driver::Driver;
use super::js;
use crate::event::{Input, Network};

type Listener = (EventTarget, &'static str, Closure<dyn Fn()>);

/// The registered listeners.
pub(super) struct Watch(Vec<Listener>);

impl Watch {
    /// Listens where there is a page to listen to.
    pub(super) fn new(driver: &Weak<Driver>) -> Self {
        let mut listeners = Vec::new();
        let mut listen = |target: JsValue, name: &'static str, network: Network| {
            if js::get(&target, "addEventListener").is_function() {
                let driver = Weak::clone(driver);
                let closure = Closure::<dyn Fn()>::new(move || {
                    let hidden = js::text(&js::global("document"), "visibilityState").is_some_and(|v| v == "hidden");
                    if let Some(driver) = driver.upgrade().filter(|_| !(hidden && network == Network::Resumed)) {
                        driver.input(Input::Network(network));
                    }
                });
                let target: EventTarget = target.unchecked_into();
                let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
                listeners.push((target, name, closure));
            }
        };
        if js::global("document").is_object() {
            let window: JsValue = js_sys::global().into();
            listen(window.clone(), "online", Network::Online);
            listen(window, "offline", Network::Offline);
            listen(js::global("document"), "visibilitychange", Network::Resumed);
        }
        Self(listeners)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for (target, name, closure) in &self.0 {
            let _ = target.remove_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        }
    }
}
