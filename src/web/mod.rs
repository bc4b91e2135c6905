//! The browser shell: one timer, RTCPeerConnection, getUserMedia, and flat functions on numeric handles.
//!
//! `driver` is the only place that touches the `Agent`. No borrow is held while JavaScript runs.

mod agent_commands;
mod arguments;
mod clock;
pub mod commands;
mod driver;
mod events;
pub mod exports;
mod fields;
mod gathering;
mod js;
mod listener;
mod media;
mod peer;
mod session_commands;
mod socket;
mod subscription_commands;
pub mod tools;
mod watch;
pub mod what;

/// Runs when the module starts: a panic tells the browser's console where it was.
#[cfg(feature = "panic-hook")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn report_panics() {
    console_error_panic_hook::set_once();
}
