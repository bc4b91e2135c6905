//! Methods: rsip's for those it knows, any other token as it came.

use std::fmt;

/// A SIP method (RFC 3261 7.1 and its extensions).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
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

impl Method {
    /// Reads a method; `None` if the text is no token.
    pub fn parse(text: &str) -> Option<Self> {
        use rsip::Method as Known;
        if !super::is_token(text) {
            return None;
        }
        let known = text.parse::<Known>().ok().filter(|m| m.to_string() == text);
        Some(match known {
            Some(Known::Ack) => Self::Ack,
            Some(Known::Bye) => Self::Bye,
            Some(Known::Cancel) => Self::Cancel,
            Some(Known::Info) => Self::Info,
            Some(Known::Invite) => Self::Invite,
            Some(Known::Message) => Self::Message,
            Some(Known::Notify) => Self::Notify,
            Some(Known::Options) => Self::Options,
            Some(Known::PRack) => Self::Prack,
            Some(Known::Publish) => Self::Publish,
            Some(Known::Refer) => Self::Refer,
            Some(Known::Register) => Self::Register,
            Some(Known::Subscribe) => Self::Subscribe,
            Some(Known::Update) => Self::Update,
            None => Self::Other(text.to_owned()),
        })
    }

    /// The method as it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Info => "INFO",
            Self::Invite => "INVITE",
            Self::Message => "MESSAGE",
            Self::Notify => "NOTIFY",
            Self::Options => "OPTIONS",
            Self::Prack => "PRACK",
            Self::Publish => "PUBLISH",
            Self::Refer => "REFER",
            Self::Register => "REGISTER",
            Self::Subscribe => "SUBSCRIBE",
            Self::Update => "UPDATE",
            Self::Other(name) => name,
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
