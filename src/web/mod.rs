//! The shell around the core in a page: what it uses of a browser, and flat functions on numeric handles.
//!
//! `driver` is the only place that touches the `Agent`. No borrow is held while JavaScript runs. `border` is known to
//! native tests too, because they write its TypeScript.

pub mod border;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
pub mod commands;
#[cfg(target_arch = "wasm32")]
mod driver;
#[cfg(target_arch = "wasm32")]
mod events;
#[cfg(target_arch = "wasm32")]
pub mod grammar;
#[cfg(target_arch = "wasm32")]
mod refusal;
#[cfg(target_arch = "wasm32")]
pub mod registry;

/// Runs when the module starts: a panic tells the browser's console where it was.
#[cfg(all(target_arch = "wasm32", feature = "panic-hook"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn report_panics() {
    console_error_panic_hook::set_once();
}
