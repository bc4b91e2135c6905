//! Via: which way a message came, and the branch of its transaction (RFC 3261 20.42).

use super::params::Params;

/// The topmost Via of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `WS`, `UDP`...
    pub transport: String,
    /// Host and port of the sender.
    pub sent_by: String,
    /// branch, received, rport...
    pub params: Params,
}

impl Via {
    /// Reads one value. Separators with nothing between them make it bad (RFC 4475 3.1.2.1).
    pub fn parse(text: &str) -> Option<Self> {
        let (transport, sent_by, params) = parts(text)?;
        let sent_by = sent_by.split_whitespace().collect();
        Some(Self { transport: transport.to_owned(), sent_by, params: Params::parse(params.unwrap_or_default()) })
    }

    /// Whether a text could be read: what the Vias below the topmost one are looked at for.
    pub fn is_one(text: &str) -> bool {
        parts(text).is_some()
    }

    /// The transaction's branch. The magic cookie alone names none (RFC 4475 3.2.1).
    pub fn branch(&self) -> Option<&str> {
        self.params.value("branch").filter(|b| !b.is_empty() && *b != "z9hG4bK")
    }
}

/// Transport, sender and parameters.
fn parts(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let (head, params) = text.split_once(';').map_or((text, None), |(head, params)| (head, Some(params)));
    if params.is_some_and(|p| super::split(p, ';').any(|piece| piece.trim().is_empty())) {
        return None;
    }
    let mut pieces = head.splitn(3, '/');
    let name = pieces.next()?.trim();
    let version = pieces.next()?.trim();
    if !name.eq_ignore_ascii_case("SIP") || version != "2.0" {
        return None;
    }
    let (transport, sent_by) = pieces.next()?.trim_start().split_once(char::is_whitespace)?;
    (super::is_token(transport) && !sent_by.trim().is_empty()).then_some((transport, sent_by, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_value() {
        let via = Via::parse("SIP / 2.0/ws  h.org : 80 ;branch = z9hG4bKa;rport;received=[::1]").unwrap();
        assert_eq!((via.transport.as_str(), via.sent_by.as_str(), via.branch()), ("ws", "h.org:80", Some("z9hG4bKa")));
        assert_eq!((via.params.get("rport"), via.params.value("received")), (Some(None), Some("[::1]")));
        assert_eq!(Via::parse("SIP/2.0/UDP h.org").unwrap().branch(), None);
        assert_eq!(Via::parse("SIP/2.0/UDP h.org;branch=z9hG4bK").unwrap().branch(), None);
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "",
            "SIP/2.0",
            "SIP/2.0/WS",
            "SIP/2.0/WS ",
            "SIP/3.0/WS h",
            "HTTP/2.0/WS h",
            "SIP/2.0/W@S h",
            "SIP/2.0/WS h;",
        ] {
            assert_eq!(Via::parse(text), None, "{text}");
        }
    }
}
