//! Methods: those of the RFCs, any other token as it came.

use std::fmt;

/// A SIP method (RFC 3261 7.1 and its extensions).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each bears the name of its RFC")]
pub enum Method {
    Ack,
    Bye,
    Cancel,
    Info,
    Invite,
    Message,
    Notify,
    Options,
    Prack,
    Publish,
    Refer,
    Register,
    Subscribe,
    Update,
    /// A token that no RFC known here defines. Methods are case-sensitive.
    Other(String),
}

const KNOWN: [(&str, Method); 14] = [
    ("ACK", Method::Ack),
    ("BYE", Method::Bye),
    ("CANCEL", Method::Cancel),
    ("INFO", Method::Info),
    ("INVITE", Method::Invite),
    ("MESSAGE", Method::Message),
    ("NOTIFY", Method::Notify),
    ("OPTIONS", Method::Options),
    ("PRACK", Method::Prack),
    ("PUBLISH", Method::Publish),
    ("REFER", Method::Refer),
    ("REGISTER", Method::Register),
    ("SUBSCRIBE", Method::Subscribe),
    ("UPDATE", Method::Update),
];

impl Method {
    /// Reads a method; `None` if the text is no token. (rsip's reader would take any case, and brings a table for it.)
    pub fn parse(text: &str) -> Option<Self> {
        if !super::is_token(text) {
            return None;
        }
        let known = KNOWN.iter().find(|(name, _)| *name == text);
        Some(known.map_or_else(|| Self::Other(text.to_owned()), |(_, method)| method.clone()))
    }

    /// The method as it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => KNOWN.iter().find(|(_, method)| method == known).map_or("", |(name, _)| name),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ones_and_any_token() {
        for name in [
            "ACK",
            "BYE",
            "CANCEL",
            "INFO",
            "INVITE",
            "MESSAGE",
            "NOTIFY",
            "OPTIONS",
            "PRACK",
            "PUBLISH",
            "REFER",
            "REGISTER",
            "SUBSCRIBE",
            "UPDATE",
        ] {
            let method = Method::parse(name).unwrap();
            assert!(!matches!(method, Method::Other(_)), "{name}");
            assert_eq!(method.to_string(), name);
        }
        assert_eq!(Method::parse("Invite"), Some(Method::Other("Invite".to_owned())));
        assert_eq!(Method::parse("x%`!"), Some(Method::Other("x%`!".to_owned())));
        assert_eq!((Method::parse(""), Method::parse("A B"), Method::parse("A/B")), (None, None, None));
    }
}
