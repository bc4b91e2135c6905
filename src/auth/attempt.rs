//! What one request has been challenged with, and has answered, through its repetitions.

use std::sync::Arc;

use super::digest::Inputs;
use super::spaces::AuthenticationInfo;
use super::{Account, Challenge, Scheme};
use crate::bounds::MAX_REALMS;

/// Most repetitions of one request for stale nonces.
pub(super) const MAX_STALE: u8 = 3;

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

impl Proof {
    /// Whether the server, if it says so, knows the password too. Its quality of protection is its own choice.
    pub(super) fn is_met_by(&self, said: &AuthenticationInfo, challenge: &Challenge, body: &[u8]) -> bool {
        let Some(rspauth) = &said.rspauth else { return true };
        let qop = match said.qop.as_deref() {
            Some(chosen) => QUALITIES.into_iter().find(|known| *known == chosen),
            None => quality(challenge),
        };
        let Self { ha1, nc, cnonce, uri } = self;
        let inputs = Inputs { nonce: &challenge.nonce, nc, cnonce, qop, method: "", uri, body };
        inputs.response(challenge.algorithm, ha1).eq_ignore_ascii_case(rspauth)
    }
}

/// Proxies may change a body, and RFC 3261 bodies pass through them: `auth-int` comes last.
const QUALITIES: [&str; 2] = ["auth", "auth-int"];

/// The quality of protection that is taken of those that are offered.
pub(super) fn quality(challenge: &Challenge) -> Option<&'static str> {
    QUALITIES.into_iter().find(|quality| challenge.qop.iter().any(|offered| offered == quality))
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

    /// Takes in how a realm is answered from now on. `None` if it is not: it has refused that account, wants a weaker hash
    /// than before, or is one too many.
    pub(super) fn take_in(&mut self, proxy: bool, scheme: Scheme, account: Arc<Account>) -> Option<()> {
        let fresh = Answered { proxy, scheme, account, stale: 0, tries: 1, ahead: false, proof: None };
        let room = self.answered.len() < MAX_REALMS;
        let Some(before) = self.answered.iter_mut().find(|before| before.is_for(proxy, fresh.scheme.realm())) else {
            self.answered.push(fresh);
            return room.then_some(());
        };
        if before.ahead {
            *before = fresh;
            return Some(());
        }
        let (mut stale, mut tries) = (0, before.tries.saturating_add(1));
        if let (Scheme::Digest(before), Scheme::Digest(now)) = (&before.scheme, &fresh.scheme)
            && now.algorithm.strength() < before.algorithm.strength()
        {
            return None;
        }
        if before.account == fresh.account {
            let is_stale = matches!(&fresh.scheme, Scheme::Digest(challenge) if challenge.stale);
            if !is_stale || before.stale >= MAX_STALE {
                return None;
            }
            (stale, tries) = (before.stale + 1, before.tries);
        }
        *before = Answered { stale, tries, ..fresh };
        Some(())
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
