//! The browser shell: WebSocket, one timer, RTCPeerConnection, getUserMedia, and flat functions on numeric handles.
//!
//! `driver` is the only place that touches the `Agent`. No borrow is held while JavaScript runs.

mod arguments;
mod clock;
mod driver;
mod events;
pub mod exports;
mod fields;
mod js;
mod listener;
mod media;
mod peer;
pub mod session_exports;
mod socket;
pub mod subscription_exports;
pub mod tools;
mod watch;
pub mod websocket;
