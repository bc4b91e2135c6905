//! The page's own signs: network up or down, page visible again.

use std::rc::Weak;

use wasm_bindgen::{JsCast, JsValue};

use super::listener::{Listening, listener};
use super::{Host, js};
use crate::event::{Input, Network};

/// Listens where there is a page to listen to, until dropped.
pub(in crate::web) fn wakeups(host: &Weak<dyn Host>) -> Vec<Listening> {
    let document = js::global("document");
    let window: JsValue = js_sys::global().into();
    let mut listening = Vec::new();
    if !document.is_object() {
        return listening;
    }
    let signs: [(JsValue, &'static [&'static str]); 2] =
        [(window, &["online", "offline"]), (document, &["visibilitychange"])];
    for (target, names) in signs {
        if js::get(&target, "addEventListener").is_function() {
            let host = Weak::clone(host);
            let seen = listener(move |event, _, _| {
                let network = match js::text(&event, "type").as_str() {
                    "online" => Network::Online,
                    "offline" => Network::Offline,
                    _ if js::text(&js::global("document"), "visibilityState") == "hidden" => return,
                    _ => Network::Resumed,
                };
                if let Some(host) = host.upgrade() {
                    host.input(Input::Network(network));
                }
            });
            listening.push(Listening::new(target.unchecked_into(), names, seen));
        }
    }
    listening
}
