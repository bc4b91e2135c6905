//! Via: which way a message came, and the branch of its transaction (RFC 3261 20.42).

use crate::grammar::{cut, unquote};

/// What is needed of the topmost Via of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// Host and port of the sender.
    pub sent_by: String,
    branch: Option<String>,
}

impl Via {
    /// Reads one value. Separators with nothing between them make it bad (RFC 4475 3.1.2.1).
    pub fn parse(text: &str) -> Option<Self> {
        let (sent_by, branch) = parts(text)?;
        let branch = branch.map(unquote).filter(|b| !b.is_empty() && b != "z9hG4bK");
        Some(Self { sent_by: sent_by.split_ascii_whitespace().collect(), branch })
    }

    /// Whether a text could be read: what the Vias below the topmost one are looked at for.
    pub fn is_one(text: &str) -> bool {
        parts(text).is_some()
    }

    /// The transaction's branch. The magic cookie alone names none (RFC 4475 3.2.1).
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref()
    }

    /// About how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        self.sent_by.len() + self.branch.as_ref().map_or(0, String::len)
    }
}

/// Sender, and the value of the first branch.
fn parts(text: &str) -> Option<(&str, Option<&str>)> {
    let (head, params) = cut(text, b';').map_or((text, None), |(head, params)| (head, Some(params)));
    let mut branch = None;
    for piece in params.into_iter().flat_map(|params| super::split(params, ';')) {
        let (name, value) = cut(piece, b'=').map_or((piece, None), |(name, value)| (name, Some(value)));
        let name = name.trim_ascii();
        if name.is_empty() && value.is_none() {
            return None;
        }
        if branch.is_none() && name.eq_ignore_ascii_case("branch") {
            branch = Some(value.map(str::trim_ascii));
        }
    }
    let (name, rest) = cut(head, b'/')?;
    let (version, rest) = cut(rest, b'/')?;
    if !name.trim_ascii().eq_ignore_ascii_case("SIP") || version.trim_ascii() != "2.0" {
        return None;
    }
    let rest = rest.trim_ascii_start();
    let (transport, sent_by) = rest.split_at_checked(rest.bytes().position(|byte| byte.is_ascii_whitespace())?)?;
    (super::is_token(transport) && !sent_by.trim_ascii().is_empty()).then_some((sent_by, branch.flatten()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_value() {
        let via = Via::parse("SIP / 2.0/ws  h.org : 80 ;branch = z9hG4bKa;rport;received=[::1]").unwrap();
        assert_eq!((via.sent_by.as_str(), via.branch()), ("h.org:80", Some("z9hG4bKa")));
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
