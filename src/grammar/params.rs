//! `;name=value` parameters of URIs and header fields (RFC 3261 7.3.1, 19.1.1).

use std::borrow::Cow;
use std::fmt;

use super::{cut, split};
use crate::bounds::MAX_VALUES;

/// Parameters in their order; names in lower case, values without their quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, Option<String>)>);

impl Params {
    /// Reads `a;b=c;d="e;f"`, a leading `;` being optional. Empty pieces are skipped.
    pub fn parse(text: &str) -> Self {
        Self::read(text, unquote)
    }

    /// Reads the same, values with their quotes and escapes.
    pub fn parse_written(text: &str) -> Self {
        Self::read(text, str::to_owned)
    }

    fn read(text: &str, read_value: fn(&str) -> String) -> Self {
        let mut params = Vec::new();
        for (name, value) in pieces(text) {
            params.push((name.to_ascii_lowercase(), value.map(read_value)));
        }
        Self(params)
    }

    /// The value of the first parameter of that name, without reading the others.
    pub(crate) fn one(text: &str, name: &str) -> Option<String> {
        let mut pieces = pieces(text);
        let (_, value) = pieces.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        value.map(unquote)
    }

    /// The parameter, its name in any case: `Some(None)` if it has no value.
    pub fn get(&self, name: &str) -> Option<Option<&str>> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_deref())
    }

    /// Its value, if it has one.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).flatten()
    }

    /// Whether it is there.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// About how many bytes they hold.
    pub fn weight(&self) -> usize {
        self.0.iter().map(|(name, value)| 96 + name.len() + value.as_ref().map_or(0, String::len)).sum()
    }

    /// Sets it, in its place if it is there.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_ascii_lowercase(), value)),
        }
    }

    /// Takes it out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }
}

/// Name and value of each parameter as they are written.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    split(text, ';').take(MAX_VALUES).map(named).filter(|(name, _)| !name.is_empty())
}

fn named(piece: &str) -> (&str, Option<&str>) {
    match cut(piece, b'=') {
        Some((name, value)) => (name.trim_ascii(), Some(value.trim_ascii())),
        None => (piece.trim_ascii(), None),
    }
}

/// Takes the quotes off a quoted-string and resolves its escapes; anything else stays as it is.
pub fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// A text as a quoted-string (RFC 3261 25.1).
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A value as a parameter of a field has it: quoted unless it is a token or a host.
pub fn written(value: &str) -> Cow<'_, str> {
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~[]:/&$".contains(&b));
    if plain && !value.is_empty() { value.into() } else { quoted(value).into() }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            write!(f, ";{name}")?;
            if let Some(value) = value {
                write!(f, "={}", written(value))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let mut params = Params::parse(" ; A = b ;flag;; q=\"x;\\\"y\" ;e=");
        assert_eq!((params.value("a"), params.get("FLAG"), params.get("none")), (Some("b"), Some(None), None));
        assert_eq!((params.value("q"), params.value("e")), (Some("x;\"y"), Some("")));
        assert_eq!(params.to_string(), ";a=b;flag;q=\"x;\\\"y\";e=\"\"");
        params.set("A", None);
        params.set("New", Some("<urn:x>"));
        params.remove("Q");
        params.remove("e");
        assert_eq!(params.to_string(), ";a;flag;new=\"<urn:x>\"");
        assert!(params.has("new") && !params.has("q"));
        assert_eq!(Params::parse(&params.to_string()), params);
    }

    #[test]
    fn quotes_come_and_go() {
        assert_eq!(unquote("\"a\\\\b\\\"\""), "a\\b\"");
        assert_eq!(
            (unquote("plain").as_str(), unquote("\"").as_str(), unquote("\"\\\"").as_str()),
            ("plain", "\"", "")
        );
        assert_eq!(unquote(&quoted("\\ \" é")), "\\ \" é");
    }
}
