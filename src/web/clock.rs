//! Time in a page: it may sleep, and either of its clocks may stand still or jump.

use std::cell::Cell;

use wasm_bindgen::{JsCast, JsValue};

use super::js;
use crate::time::Instant;

/// Adds up the larger of what `performance.now()` and `Date.now()` moved on; backward steps count nothing.
#[derive(Debug)]
pub(super) struct Clock {
    ms: Cell<f64>,
    last: Cell<(f64, f64)>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { ms: Cell::new(0.0), last: Cell::new(readings()) }
    }

    pub(super) fn now(&self) -> Instant {
        let (performance, date) = readings();
        let (last_performance, last_date) = self.last.replace((performance, date));
        let delta = (performance - last_performance).max(date - last_date).max(0.0);
        self.ms.set(self.ms.get() + delta);
        Instant::from_millis(js::count(self.ms.get()))
    }
}

fn readings() -> (f64, f64) {
    let performance = js::global("performance");
    let now = js::get(&performance, "now").dyn_into::<js_sys::Function>().ok();
    let ms = now.and_then(|f| f.call0(&performance).ok()).and_then(|v: JsValue| v.as_f64());
    (ms.unwrap_or(0.0), js_sys::Date::now())
}
