//! Digest authentication: RFC 3261 22, RFC 7616, RFC 8760.
//!
//! Of the challenges for one realm the strongest that the credentials can answer is taken, never a weaker one
//! afterwards. A realm that challenges again without `stale=true` has rejected the credentials.
//!
//! Whoever is called may challenge what is sent inside the call, with a realm and a nonce of his choice, and try words
//! on the digest that he gets. So inside a dialog only realms are answered that are configured, or that challenged
//! before there was one: the request that made the dialog, or a REGISTER.
//!
//! An app that is asked (`Credentials::asks`) is asked only what these rules leave: `accounts` draws how.

mod account;
mod accounts;
mod algorithm;
mod attempt;
mod authenticator;
mod challenge;
mod challenged;
mod credentials;
mod digest;
mod offer;
mod spaces;

pub use account::Account;
pub use accounts::Question;
pub use algorithm::Algorithm;
pub use attempt::Attempt;
pub use authenticator::{Answer, AuthError, Authenticator};
pub use challenge::{Bearer, Challenge, Presented, Scheme};
pub use challenged::{Challenged, Outgoing};
pub use credentials::Credentials;
pub use digest::{challenge_header, verify};
