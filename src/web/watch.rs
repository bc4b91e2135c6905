//! The page's own signs: network up or down, page visible again.

use std::rc::Weak;

use wasm_bindgen::{JsCast, JsValue};

use super::driver::Driver;
use super::js;
use super::listener::{Listening, listener};
use crate::event::{Input, Network};

/// Listens where there is a page to listen to, until dropped.
pub(super) fn watch(driver: &Weak<Driver>) -> Vec<Listening> {
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
            let driver = Weak::clone(driver);
            let seen = listener(move |event, _, _| {
                let network = match js::text(&event, "type").as_deref() {
                    Some("online") => Network::Online,
                    Some("offline") => Network::Offline,
                    _ if js::is(&js::global("document"), "visibilityState", "hidden") => return,
                    _ => Network::Resumed,
                };
                if let Some(driver) = driver.upgrade() {
                    driver.input(Input::Network(network));
                }
            });
            listening.push(Listening::new(target.unchecked_into(), names, seen));
        }
    }
    listening
}
