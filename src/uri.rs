//! URIs: SIP and SIPS as RFC 3261 19.1 has them, read by rsip; any other scheme is kept as it came.

use std::fmt;

use crate::message::Params;

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
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
            port: None,
            params: Params::default(),
            headers: Vec::new(),
            opaque: None,
        }
    }

    /// Reads a URI; `None` if it is none, or has characters that no URI may have.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        let valid = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        let clean = |c: char| !c.is_control() && !c.is_whitespace() && !"<>\"".contains(c);
        if !valid || rest.is_empty() || !rest.chars().all(clean) {
            return None;
        }
        let mut uri = Self::new(None, "");
        if scheme != "sip" && scheme != "sips" {
            uri.scheme = scheme;
            uri.opaque = Some(rest.to_owned());
            return Some(uri);
        }
        uri.scheme = scheme;
        // The user part may hold `;`, `?` and even `@` unescaped (RFC 4475 semiuri): it ends at the last `@` before
        // the headers that belong to the host.
        let (user, host_part) = match rest.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, rest),
        };
        if let Some(user) = user {
            let escapes =
                user.split('%').skip(1).all(|e| e.get(..2).is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit())));
            if user.is_empty() || !escapes || user.contains(['@', '[', ']']) {
                return None;
            }
            uri.user = Some(user.to_owned());
        }
        let (host_part, headers) = host_part.split_once('?').unwrap_or((host_part, ""));
        let (host_port, params) = host_part.split_once(';').unwrap_or((host_part, ""));
        (uri.host, uri.port) = host_and_port(host_port)?;
        uri.params = Params::parse(params);
        for (name, value) in &mut uri.params.0 {
            if name == "transport"
                && let Some(value) = value
            {
                value.make_ascii_lowercase();
            }
        }
        for pair in headers.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            uri.headers.push((name.to_owned(), value.to_owned()));
        }
        Some(uri)
    }

    /// Whether it is a SIP or SIPS URI.
    pub fn is_sip(&self) -> bool {
        self.opaque.is_none()
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

/// rsip reads host and port: names, IPv4 and IPv6 references.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let shaped = if let Some(v6) = text.strip_prefix('[') {
        let (address, rest) = v6.split_once(']')?;
        address.parse::<std::net::Ipv6Addr>().ok()?;
        rest.is_empty() || rest.starts_with(':')
    } else {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b)) && text.matches(':').count() < 2
    };
    if !shaped || text.is_empty() {
        return None;
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse::<u16>().ok()?)),
        _ => (text, None),
    };
    let read = rsip::HostWithPort::try_from(text.to_owned()).ok();
    if host.is_empty() || (read.is_none() && !host.starts_with('[')) {
        return None;
    }
    Some((host.to_ascii_lowercase(), port))
}

/// Resolves `%XX`; what is no UTF-8 afterwards stays escaped.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            (first, _) => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Escapes a user part; what is escaped already stays so (JsSIP `Utils.escapeUser`: `:`, `+`, `?` and `/` stay).
pub fn escape_user(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for byte in decode(user).bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'():+?/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What a user typed, as a SIP URI (JsSIP `Utils.normalizeTarget`): a name, a number, an address or a URI. A missing
/// domain is `domain`; separators of a telephone number are dropped. `None` if nothing valid comes out.
pub fn normalize_target(target: &str, domain: &str) -> Option<Uri> {
    let target = target.trim();
    if target.is_empty() || target.contains(['\r', '\n', '\0']) {
        return None;
    }
    let (user, domain) = target.rsplit_once('@').unwrap_or((target, domain));
    let schemes = ["sips:", "sip:", "tel:"];
    let bare = schemes
        .iter()
        .find_map(|s| user.get(..s.len()).filter(|p| p.eq_ignore_ascii_case(s)).and_then(|_| user.get(s.len()..)));
    let mut user = bare.unwrap_or(user).to_owned();
    let telephone = |c: char| c.is_ascii_digit() || "-.()+".contains(c);
    if !user.is_empty() && user.chars().all(telephone) {
        user.retain(|c| !"-.()".contains(c));
    }
    if user.is_empty() || user.split('%').skip(1).any(|e| e.get(..2).is_none_or(|h| u8::from_str_radix(h, 16).is_err()))
    {
        return None;
    }
    Uri::parse(&format!("sip:{}@{domain}", escape_user(&user)))
}
