//! Our Contact in dialogs: the address, or the GRUU that the registrar gave for it (RFC 5627).

use crate::bounds::MAX_EARLIER_GRUUS;
use crate::config::Config;
use crate::uri::{ANONYMOUS, Uri};

/// Our Contact in its forms (JsSIP `ua.contact`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// `pub-gruu` of the registration (RFC 5627).
    pub public_gruu: Option<String>,
    /// `temp-gruu`.
    pub temporary_gruu: Option<String>,
    /// Those before it: they name us as long as the registration lasts (RFC 5627 3.2).
    pub earlier_gruus: Vec<String>,
    /// By which a proxy knows whom to wake for a request inside a dialog: the parameter `pn-purr` (RFC 8599 6), written out.
    pub purr: String,
}

impl Contact {
    /// Whether somebody who asks for this user means us.
    pub fn has_user(&self, user: &str) -> bool {
        let gruus = self.public_gruu.iter().chain(&self.temporary_gruu).chain(&self.earlier_gruus);
        gruus.filter_map(|gruu| Uri::parse(gruu)).any(|gruu| gruu.user_decoded().as_deref() == Some(user))
    }

    /// Takes the GRUUs of a 2xx to REGISTER. Without one, none is left.
    pub fn renew(&mut self, public: Option<String>, temporary: Option<String>) {
        let none = public.is_none() && temporary.is_none();
        self.public_gruu = public;
        let before = std::mem::replace(&mut self.temporary_gruu, temporary);
        if none {
            self.earlier_gruus.clear();
        } else if before != self.temporary_gruu {
            self.earlier_gruus.extend(before);
            let surplus = self.earlier_gruus.len().saturating_sub(MAX_EARLIER_GRUUS);
            self.earlier_gruus.drain(..surplus);
        }
    }

    /// The field value for a dialog-forming request or answer: a GRUU if there is one, `;ob` (RFC 5626) if not. What
    /// goes to a `sips:` address, or came to one, is answered from one (RFC 3261 8.1.1.8, 12.1.1).
    pub fn text(&self, config: &Config, anonymous: bool, outbound: bool, secure: bool) -> String {
        let (gruu, plain) = if anonymous {
            (&self.temporary_gruu, [ANONYMOUS, ";transport=ws"].concat())
        } else {
            (&self.public_gruu, config.contact.to_string())
        };
        let mut uri = match gruu {
            Some(gruu) => gruu.clone(),
            None if outbound => [&plain, ";ob"].concat(),
            None => plain,
        };
        if !anonymous {
            uri.push_str(&self.purr);
        }
        match uri.strip_prefix("sip:") {
            Some(rest) if secure => ["<sips:", rest, ">"].concat(),
            _ => ["<", &uri, ">"].concat(),
        }
    }
}
