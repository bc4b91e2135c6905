//! What one request has been challenged with, and has answered, through its repetitions.

use std::sync::Arc;

use super::{Account, Scheme};

/// One realm that a request carries credentials for.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    /// Whether a proxy asked.
    pub proxy: bool,
    /// The challenge.
    pub scheme: Scheme,
    /// With what.
    pub account: Arc<Account>,
    /// How often its nonce was old.
    pub stale: u8,
    /// How many accounts were tried.
    pub tries: u8,
    /// It was not asked for in this request: a refusal of it tells nothing of the account.
    pub ahead: bool,
    /// What it takes to check the server's own proof.
    pub proof: Option<Proof>,
}

impl Answered {
    /// Whether it is for that realm.
    pub(super) fn is_for(&self, proxy: bool, realm: &str) -> bool {
        self.proxy == proxy && self.scheme.realm() == realm
    }
}

/// What a digest was made with (RFC 7616 3.5).
#[derive(Clone)]
pub(super) struct Proof {
    pub ha1: String,
    pub nc: String,
    pub cnonce: String,
    pub uri: String,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof")
    }
}

/// The challenges that one request has met, through its repetitions.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    pub(super) answered: Vec<Answered>,
    /// The realms whose accounts it waits for.
    pub(super) waits: Vec<String>,
    /// Those that it has none for.
    given_up: Vec<String>,
}

impl Attempt {
    /// Whether it carries no credentials.
    pub fn is_empty(&self) -> bool {
        self.answered.is_empty()
    }

    /// The app has no account for that realm.
    pub fn give_up(&mut self, realm: &str) {
        if self.waits.iter().any(|waited| waited == realm) {
            self.given_up.push(realm.to_owned());
        }
    }

    pub(super) fn has_given_up(&self, realm: &str) -> bool {
        self.given_up.iter().any(|given_up| given_up == realm)
    }

    pub(super) fn find(&self, proxy: bool, realm: &str) -> Option<&Answered> {
        self.answered.iter().find(|answered| answered.is_for(proxy, realm))
    }

    /// The realms that a token went to: its field does not name them.
    pub fn token_realms(&self) -> Vec<String> {
        let bearer = |answered: &Answered| match &answered.scheme {
            Scheme::Bearer(bearer) => Some(bearer.realm.clone()),
            Scheme::Digest(_) => None,
        };
        self.answered.iter().filter_map(bearer).collect()
    }
}
