//! Time in a page: it may sleep, and either of its clocks may stand still or jump.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use super::js;
use crate::time::Instant;

#[wasm_bindgen]
extern "C" {
    /// `performance.now()`, in ms.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Adds up the larger of what `performance.now()` and `Date.now()` moved on; backward steps count nothing.
#[derive(Debug)]
pub(in crate::web) struct Clock {
    /// Whether the page has a `performance`, so that reading it needs no net.
    performs: bool,
    ms: Cell<f64>,
    last: Cell<(f64, f64)>,
}

impl Clock {
    pub(in crate::web) fn new() -> Self {
        let performs = js::global("performance").is_object();
        Self { performs, ms: Cell::new(0.0), last: Cell::new(readings(performs)) }
    }

    pub(in crate::web) fn now(&self) -> Instant {
        let (performance, date) = readings(self.performs);
        let (last_performance, last_date) = self.last.replace((performance, date));
        let delta = (performance - last_performance).max(date - last_date).max(0.0);
        self.ms.set(self.ms.get() + delta);
        self.recent()
    }

    /// What `now()` gave last, for what follows the same input: to ask the browser takes a µs.
    pub(in crate::web) fn recent(&self) -> Instant {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative; part of a ms")]
        Instant::from_millis(self.ms.get() as u64)
    }
}

fn readings(performs: bool) -> (f64, f64) {
    (if performs { performance_now() } else { 0.0 }, js_sys::Date::now())
}
