//! What an app configures for challenges: the secret, and who may have a digest of it.

use std::fmt;

use super::{Account, Algorithm, Challenge};

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
    /// The app is asked for each realm, instead of `password` and `ha1`.
    pub asks: bool,
    /// A nonce that a server has taken is used ahead, before the next challenge.
    pub ahead: bool,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Whether that challenge may be answered.
    pub(super) fn allow(&self, challenge: &Challenge) -> bool {
        self.allow_realm(&challenge.realm) && challenge.algorithm.strength() >= self.weakest.strength()
    }

    /// Whether any challenge of that realm may be answered.
    pub(super) fn allow_realm(&self, realm: &str) -> bool {
        self.realms.is_empty() || self.realms.iter().any(|allowed| allowed == realm)
    }

    /// The configured account, as far as it is one of that realm.
    pub(super) fn account(&self, realm: &str) -> Account {
        let ha1 = self.ha1.clone().filter(|_| self.realm.as_deref().is_none_or(|of| of == realm));
        Account {
            username: self.username.clone(),
            password: self.password.clone(),
            ha1: ha1.map(|ha1| (Algorithm::Md5, ha1)),
            token: None,
        }
    }

    /// Whether an app has named that realm.
    pub(super) fn name(&self, realm: &str) -> bool {
        self.realm.as_deref() == Some(realm) || self.realms.iter().any(|named| named == realm)
    }
}
