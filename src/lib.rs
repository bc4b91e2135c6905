//! **viasip**: a SIP user agent for the browser.
//!
//! ```text
//!  WebSocket frame                                                              JS listener
//!       |                                                                            ^
//!  web/socket -> web/driver -> Agent::handle_input -> message::parse            pkg/src classes (emit)
//!                                | (expire what is due)   |                          ^
//!                                |                   transaction                     |
//!                                |                        | returns a value          |
//!                                |             agent: who owns it?                   |
//!                                |   registration | session | subscription | request  |
//!                                |                        v                          |
//!                                |            one FIFO of outputs: Send | Media | Event
//!                                v                                                   |
//!                         Agent::poll_output  <- web/driver pumps -------------------+
//! ```
//!
//! The core (everything but `web`) knows no browser type, no clock and no callback. It takes one input or
//! command, then is polled for outputs until there are none, then sleeps until `Agent::poll_timeout`.

/// The standard library's allocator is four times the code.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

// Public is what the shell's wasm, the example's service, tests, benchmarks and fuzz targets use. The rest is the crate's own, so
// that the compiler tells what nobody uses.
pub mod agent;
pub mod auth;
mod back_off;
pub mod bounds;
mod cause;
pub mod command;
pub mod config;
mod context;
pub mod dialog;
mod ended;
pub mod entropy;
pub mod event;
mod exchange;
mod grammar;
pub mod keep_alive;
pub mod message;
pub mod messaging;
mod outbox;
pub mod reason;
mod refer;
pub mod referral;
pub mod registration;
pub mod sdp;
mod session;
pub mod session_ids;
pub mod subscription;
mod table;
pub mod time;
mod transaction;
mod transport;
pub mod uri;
#[cfg(any(target_arch = "wasm32", test))]
pub mod web;
