//! Time in a page: it may sleep, and either of its clocks may stand still or jump.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::time::Instant;

#[wasm_bindgen]
extern "C" {
    /// `performance.now()`, in ms.
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    fn performance_now() -> Result<f64, JsValue>;
}

/// Adds up the larger of what `performance.now()` and `Date.now()` moved on; backward steps count nothing.
#[derive(Debug)]
pub(in crate::web) struct Clock {
    ms: Cell<f64>,
    last: Cell<(f64, f64)>,
}

impl Clock {
    pub(in crate::web) fn new() -> Self {
        Self { ms: Cell::new(0.0), last: Cell::new(readings()) }
    }

    pub(in crate::web) fn now(&self) -> Instant {
        let (performance, date) = readings();
        let (last_performance, last_date) = self.last.replace((performance, date));
        let delta = (performance - last_performance).max(date - last_date).max(0.0);
        self.ms.set(self.ms.get() + delta);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative; part of a ms")]
        Instant::from_millis(self.ms.get() as u64)
    }
}

fn readings() -> (f64, f64) {
    (performance_now().unwrap_or_default(), js_sys::Date::now())
}
