//! Digest authentication: RFC 3261 22, RFC 7616, RFC 8760.
//!
//! Of the challenges for one realm the strongest that the credentials can answer is taken, never a weaker one
//! afterwards. A realm that challenges again without `stale=true` has rejected the credentials.
//!
//! Whoever is called may challenge what is sent inside the call, with a realm and a nonce of his choice, and try words
//! on the digest that he gets. So inside a dialog only realms are answered that are configured, or that challenged
//! before there was one: the request that made the dialog, or a REGISTER.

mod algorithm;
mod authenticator;
mod challenge;
mod credentials;
mod digest;

pub use algorithm::Algorithm;
pub use authenticator::{Attempt, AuthError, Authenticator, Challenged};
pub use challenge::{Challenge, Presented};
pub use credentials::Credentials;
pub use digest::{challenge_header, verify};
