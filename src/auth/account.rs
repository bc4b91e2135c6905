//! What an app gives for one challenge: a user, and the secret that proves it.

use std::fmt;

use super::{Algorithm, Challenge};

/// User and secret of one realm.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Option<String>,
    /// H(user:realm:password) instead of a password, and which hash that is.
    pub ha1: Option<(Algorithm, String)>,
    /// What a `Bearer` challenge is answered with (RFC 8898).
    pub token: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Account {
    /// HA1 of RFC 7616 3.4.2 without the session part, if that challenge can be answered.
    pub(super) fn ha1(&self, challenge: &Challenge) -> Option<String> {
        if let Some(password) = &self.password {
            let text = format!("{}:{}:{password}", self.username, challenge.realm);
            return Some(challenge.algorithm.hex(text.as_bytes()));
        }
        let (hash, ha1) = self.ha1.as_ref()?;
        (hash.strength() == challenge.algorithm.strength()).then(|| ha1.clone())
    }
}
