//! `;name=value` parameters of URIs and header fields.

use std::fmt;

/// Parameters in their order; names in lower case, values without their quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, Option<String>)>);

impl Params {
    /// Reads `a;b=c;d="e;f"`, a leading `;` being optional. Empty pieces are skipped.
    pub fn parse(text: &str) -> Self {
        let mut params = Vec::new();
        for piece in super::split(text, ';') {
            let (name, value) = match piece.split_once('=') {
                Some((name, value)) => (name.trim(), Some(unquote(value.trim()))),
                None => (piece.trim(), None),
            };
            if !name.is_empty() {
                params.push((name.to_ascii_lowercase(), value));
            }
        }
        Self(params)
    }

    /// The parameter: `Some(None)` if it has no value.
    pub fn get(&self, name: &str) -> Option<Option<&str>> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_deref())
    }

    /// Its value, if it has one.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).flatten()
    }

    /// Whether it is there.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets it.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.remove(name);
        self.0.push((name.to_ascii_lowercase(), value.map(str::to_owned)));
    }

    /// Takes it out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| n != name);
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

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            write!(f, ";{name}")?;
            if let Some(value) = value {
                let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~[]:/&$".contains(&b));
                if plain && !value.is_empty() {
                    write!(f, "={value}")?;
                } else {
                    write!(f, "={}", crate::context::quoted(value))?;
                }
            }
        }
        Ok(())
    }
}
