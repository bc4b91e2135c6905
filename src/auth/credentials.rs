//! What an app configures for challenges: the secret, and who may have a digest of it.

use std::fmt;

use super::{Algorithm, Challenge};

/// What challenges are answered with.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Option<String>,
    /// MD5(user:realm:password) instead of a password: answers MD5 only.
    pub ha1: Option<String>,
    /// The realm of `ha1`. With a password it limits nothing (JsSIP), but is one that is answered inside a dialog.
    pub realm: Option<String>,
    /// The realms that are answered, and no other ever; empty for no such limit.
    pub realms: Vec<String>,
    /// The weakest hash that is answered (RFC 8760 2.4: a server, or who plays it, may offer a broken one alone).
    pub weakest: Algorithm,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Credentials {
    /// HA1 of RFC 7616 3.4.2 without the session part, if that challenge can and may be answered.
    pub(super) fn ha1(&self, challenge: &Challenge) -> Option<String> {
        let allowed = self.realms.is_empty() || self.realms.contains(&challenge.realm);
        if !allowed || challenge.algorithm.strength() < self.weakest.strength() {
            return None;
        }
        if let Some(password) = &self.password {
            let text = format!("{}:{}:{password}", self.username, challenge.realm);
            return Some(challenge.algorithm.hex(text.as_bytes()));
        }
        let fits = challenge.algorithm.is_md5() && self.realm.as_deref().is_none_or(|r| r == challenge.realm);
        self.ha1.clone().filter(|_| fits)
    }

    /// Whether an app has named that realm.
    pub(super) fn name(&self, realm: &str) -> bool {
        self.realm.as_deref() == Some(realm) || self.realms.iter().any(|named| named == realm)
    }
}
