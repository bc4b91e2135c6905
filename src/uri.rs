//! URIs: SIP and SIPS as RFC 3261 19.1 has them; any other scheme is kept as it came.

mod compare;
mod target;

use std::fmt;

pub use target::{decode, escape_user, is_field_value, normalize_target};

use self::target::well_escaped;
use crate::bounds::MAX_VALUES;
use crate::grammar::{Params, cut};

/// The address of nobody (RFC 3323 4.1.1.3).
pub const ANONYMOUS: &str = "sip:anonymous@anonymous.invalid";

/// An address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uri {
    /// In lower case.
    pub scheme: String,
    /// As it stands on the wire, escapes and `:password` included.
    pub user: Option<String>,
    /// In lower case; an IPv6 address with its brackets. Empty for other schemes.
    pub host: String,
    /// The port.
    pub port: Option<u16>,
    /// The URI's own parameters.
    pub params: Params,
    /// Header fields to put into a request.
    pub headers: Vec<(String, String)>,
    /// What follows the scheme, if it is not `sip` or `sips`.
    pub opaque: Option<String>,
}

impl Uri {
    /// `sip:user@host`, the user escaped already.
    pub fn new(user: Option<&str>, host: &str) -> Self {
        Self {
            scheme: "sip".to_owned(),
            user: user.map(str::to_owned),
            host: host.to_ascii_lowercase(),
            ..Self::default()
        }
    }

    /// Whether it may only be reached by encrypted lines (RFC 3261 19.1).
    pub fn is_secure(&self) -> bool {
        self.scheme == "sips"
    }

    /// Reads a URI; `None` if it is none, or has characters that no URI may have.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = cut(text, b':')?;
        let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !valid || rest.is_empty() || !rest.chars().all(may_stand_in_a_uri) {
            return None;
        }
        let mut uri = Self { scheme: scheme.to_ascii_lowercase(), ..Self::default() };
        if !is_sip_scheme(scheme) {
            uri.opaque = Some(rest.to_owned());
            return Some(uri);
        }
        // The user part may hold `;` and `?` (RFC 4475 3.1.1.9): it is split off first.
        let host_part = match rest.bytes().rposition(|byte| byte == b'@').and_then(|at| rest.split_at_checked(at)) {
            Some((user, host_part)) => {
                if user.is_empty() || !well_escaped(user) || user.bytes().any(|byte| b"@[]".contains(&byte)) {
                    return None;
                }
                uri.user = Some(user.to_owned());
                host_part.get(1..)?
            }
            None => rest,
        };
        let (host_part, headers) = cut(host_part, b'?').unwrap_or((host_part, ""));
        let (host_port, params) = cut(host_part, b';').unwrap_or((host_part, ""));
        (uri.host, uri.port) = host_and_port(host_port)?;
        uri.params = Params::parse(params);
        for (name, value) in &mut uri.params.0 {
            if name == "transport"
                && let Some(value) = value
            {
                value.make_ascii_lowercase();
            }
        }
        for pair in headers.split('&').filter(|p| !p.is_empty()).take(MAX_VALUES) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            uri.headers.push((name.to_owned(), value.to_owned()));
        }
        Some(uri)
    }

    /// The likeliest reading of an address that is none, for showing it: what stands before the last `@` is the user. A
    /// host that is none becomes that of RFC 3323.
    pub fn guess(text: &str) -> Self {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').filter(|(s, _)| is_sip_scheme(s)).unwrap_or(("sip", text));
        let (user, host) = rest.rsplit_once('@').unwrap_or(("", rest));
        let known = host_and_port(host.split([';', '?']).next().unwrap_or_default().trim());
        let user = if known.is_none() && user.is_empty() { host } else { user };
        let (host, port) = known.unwrap_or_else(|| ("anonymous.invalid".to_owned(), None));
        let mut uri = Self::new(Some(user).filter(|user| !user.is_empty()), &host);
        uri.scheme = scheme.to_ascii_lowercase();
        uri.port = port;
        uri
    }

    /// About how many bytes it holds.
    pub fn weight(&self) -> usize {
        let texts = [self.user.as_ref(), self.opaque.as_ref()].into_iter().flatten().map(String::len).sum::<usize>();
        let headers = self.headers.iter().map(|(name, value)| 96 + name.len() + value.len()).sum::<usize>();
        texts + self.host.len() + self.params.weight() + headers
    }

    /// Whether it is a SIP or SIPS URI.
    pub fn is_sip(&self) -> bool {
        self.opaque.is_none()
    }

    /// As a Request-URI, or the address in To: without what only a link may carry (RFC 3261 19.1.1, table 1).
    #[must_use]
    pub fn without_link(&self) -> Self {
        let mut bare = self.clone();
        bare.headers.clear();
        bare.params.remove("method");
        bare
    }

    /// The user with its escapes resolved.
    pub fn user_decoded(&self) -> Option<String> {
        self.user.as_deref().map(decode)
    }

    /// Host and port.
    pub fn host_port(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The address of record: scheme, user and host (JsSIP `toAor`).
    pub fn aor(&self) -> String {
        match (&self.opaque, &self.user) {
            (Some(rest), _) => format!("{}:{rest}", self.scheme),
            (None, Some(user)) => format!("{}:{user}@{}", self.scheme, self.host),
            (None, None) => format!("{}:{}", self.scheme, self.host),
        }
    }

    /// The URI parameter: `Some(None)` if it has no value.
    pub fn param(&self, name: &str) -> Option<Option<&str>> {
        self.params.get(name)
    }

    /// Whether it is a telephone number (RFC 3966).
    pub fn is_tel(&self) -> bool {
        self.scheme == "tel"
    }
}

fn may_stand_in_a_uri(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"')
    } else {
        !c.is_control() && !c.is_whitespace()
    }
}

fn is_sip_scheme(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips")
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme)?;
        if let Some(rest) = &self.opaque {
            return f.write_str(rest);
        }
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        for (name, value) in &self.params.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        for (at, (name, value)) in self.headers.iter().enumerate() {
            write!(f, "{}{name}={value}", if at == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// rsip says whether what ends in a number is an address; names, and IPv6 references, which it has none of, are read here.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    if let Some(reference) = text.strip_prefix('[') {
        let (address, rest) = reference.split_once(']')?;
        // RFC 5118 4.10: the old grammar let a mapped address have three colons.
        let mut digits = address.to_owned();
        if let Some(at) = address.as_bytes().windows(3).position(|colons| colons == b":::") {
            digits.remove(at);
        }
        digits.parse::<std::net::Ipv6Addr>().ok()?;
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(read_port(port)?),
            None if rest.is_empty() => None,
            None => return None,
        };
        return Some((format!("[{}]", address.to_ascii_lowercase()), port));
    }
    let (name, port) = cut(text, b':').map_or((text, None), |(name, port)| (name, Some(port)));
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        return None;
    }
    // RFC 3261 25.1: what ends in a number is an address or nothing.
    let mut labels = name.bytes().rev().skip_while(|&b| b == b'.').take_while(|&b| b != b'.').peekable();
    labels.peek()?;
    if labels.all(|b| b.is_ascii_digit()) {
        rsip::HostWithPort::try_from(name).ok().filter(|read| matches!(read.host, rsip::Host::IpAddr(_)))?;
    }
    let port = match port {
        Some(port) => Some(read_port(port)?),
        None => None,
    };
    Some((name.to_ascii_lowercase(), port))
}

fn read_port(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        Uri::parse(text).unwrap()
    }

    #[test]
    fn reads_and_writes() {
        let full = uri("SIPS:al%20ice:pw@Example.COM:5061;Transport=TCP;lr;x=%41?Subject=a%20b&q=");
        assert_eq!((full.scheme.as_str(), full.user.as_deref()), ("sips", Some("al%20ice:pw")));
        assert_eq!((full.host.as_str(), full.port), ("example.com", Some(5061)));
        assert_eq!((full.param("transport"), full.param("LR")), (Some(Some("tcp")), Some(None)));
        assert_eq!(full.to_string(), "sips:al%20ice:pw@example.com:5061;transport=tcp;lr;x=%41?Subject=a%20b&q=");
        assert_eq!(
            (full.aor().as_str(), full.host_port().as_str()),
            ("sips:al%20ice:pw@example.com", "example.com:5061")
        );
        assert_eq!(uri("sip:[2001:DB8::1]:5070").to_string(), "sip:[2001:db8::1]:5070");
        let tel = uri("tel:+1-201;phone-context=x");
        assert_eq!((tel.is_sip(), tel.aor().as_str()), (false, "tel:+1-201;phone-context=x"));
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "",
            "sip",
            "sip:",
            ":a",
            "sip:@h.org",
            "sip:a@",
            "sip:a b@h.org",
            "sip:a@h.org\r\n",
            "sip:a%4@h.org",
            "sip:a@b@h.org",
            "sip:a@h.org:",
            "sip:a@h.org:+80",
            "sip:a@h.org:65536",
            "sip:a@::1",
            "sip:a@[::1",
            "sip:a@[::1]x",
            "sip:a@[zz]",
            "sip:a@300.1.1.1",
            "sip:a@h..5",
            "sip:a@h\u{f6}.org",
            "<sip:a@h.org>",
            "1x:y",
        ] {
            assert_eq!(Uri::parse(text), None, "{text}");
        }
    }
}
