//! The core as an application and the line meet it: whole calls, registrations and subscriptions under virtual time.
//!
//! The suites are modules of one program, because linking one for each of them took longer than running them all. Those that
//! measure time or memory are programs of their own (`hostile_input`, `memory`, `worst_shapes`), and so is the simulation.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../recordings/mod.rs"]
mod recordings;
#[path = "../support/mod.rs"]
mod support;

mod answers;
mod bindings;
mod calls;
mod capabilities;
mod credentials;
mod credentials_ahead;
mod credentials_provider;
mod defects;
mod descriptions;
mod dialogs;
mod digest;
mod documents;
mod early_offers;
mod endings;
mod flows;
mod forked_watches;
mod forking;
mod held_back;
mod hold;
mod identity;
mod imperfect_messages;
mod info;
mod keep_alive;
mod late_offers;
mod line;
mod matching;
mod native_phones;
mod notifiers;
mod privacy;
mod publications;
mod push;
mod reachability;
mod realms;
mod recovery;
mod redirects;
mod refer_outside;
mod referrals;
mod refreshing;
mod registration;
mod reliable_provisional;
mod replaces;
mod resubscribe;
mod resumed;
mod retries;
mod routing;
mod service_route;
mod serving;
mod session_ids;
mod session_timers;
mod sleep;
mod subscription_numbers;
mod subscriptions;
mod target_refresh;
mod texts;
mod tickets;
mod timers;
mod tones;
mod torture;
mod transfer;
mod transport;
mod trickle;
mod unanswered;
mod watches;
mod weights;
mod written;
