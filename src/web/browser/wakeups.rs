//! The page's own signs that its network may be another one: it went or came, or the page was asleep.

use std::rc::Weak;

use wasm_bindgen::{JsCast, JsValue};

use super::listener::{Listening, listener};
use super::{Host, js};
use crate::event::Input;

/// Listens where there is a page to listen to, until dropped.
pub(in crate::web) fn wakeups(host: &Weak<dyn Host>) -> Vec<Listening> {
    let document = js::global("document");
    let window: JsValue = js_sys::global().into();
    let mut listening = Vec::new();
    if !document.is_object() {
        return listening;
    }
    let connection = js::get(&js::get(&window, "navigator"), "connection");
    let signs: [(JsValue, &'static [&'static str]); 3] =
        [(window, &["online", "offline"]), (connection, &["change"]), (document, &["visibilitychange", "resume"])];
    for (target, names) in signs {
        if target.is_object() && js::get(&target, "addEventListener").is_function() {
            let host = Weak::clone(host);
            let seen = listener(move |event, _, _| {
                let hides = js::text(&event, "type") == "visibilitychange"
                    && js::text(&js::global("document"), "visibilityState") == "hidden";
                if let Some(host) = host.upgrade().filter(|_| !hides) {
                    host.input(Input::Network);
                }
            });
            listening.push(Listening::new(target.unchecked_into(), names, seen));
        }
    }
    listening
}
