//! What the user agent needs to know of a session description, and why two of them cannot meet.

mod description;
mod diagnosis;
mod direction;
mod features;
mod fragment;
mod gathered;
mod kept;
mod keys;
mod names;
mod priority;
mod reachability;
mod role;

pub use description::{Codec, Description, Media};
pub use diagnosis::{Codecs, Finding, Severity, diagnose, refusal, refused, required, warning_header};
pub use direction::{Offered, holds_by_answer, is_held_by, offered, on_hold};
pub use features::{Feature, features};
pub use fragment::{Candidate, candidates, fragment, generations, trickles};
pub use gathered::with_candidates;
pub use kept::{following, is_kept, setup, without_secrets};
pub use keys::let_go;
pub use names::with_names;
pub use priority::preferred;
pub use reachability::{candidate_error, dtls_failed, ice_failed, no_relay};
pub use role::in_role;
