//! `"Name" <uri>;params`: From, To, Contact, Route, Refer-To and their like (RFC 3261 20.10, 25.1).

use std::fmt;

use super::MAX_VALUES;
use super::readers::number;
use crate::grammar::{Params, cut, quoted, unquote};
use crate::uri::Uri;

/// A display name, an address and the field's own parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// Without quotes and escapes.
    pub display_name: Option<String>,
    /// The address.
    pub uri: Uri,
    /// The parameters behind it.
    pub params: Params,
}

impl NameAddr {
    /// Reads one value. In a bare addr-spec, parameters belong to the field, not to the URI (RFC 3261 20).
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text, Params::parse)
    }

    /// Reads one value as the public class shows it: parameters keep their quotes.
    pub fn parse_written(text: &str) -> Option<Self> {
        Self::read(text, Params::parse_written)
    }

    fn read(text: &str, read_params: fn(&str) -> Params) -> Option<Self> {
        let (name, uri, params) = parts(text)?;
        // RFC 3261 20: an addr-spec with a question mark has to be enclosed.
        let bare_headers = name.is_none() && uri.contains('?');
        let quoted_badly = name.is_some_and(|name| name.starts_with('"') && (name.len() < 2 || !name.ends_with('"')));
        if bare_headers || quoted_badly {
            return None;
        }
        let uri = Uri::parse(if name.is_none() { uri.trim() } else { uri })?;
        Some(Self { display_name: display_name(name), uri, params: read_params(params) })
    }

    /// Reads From or To. Only its tag is needed, so that the address need not be perfect; it has to end where the
    /// tag begins.
    pub fn of_party(text: &str) -> Option<Self> {
        let (name, uri, params) = parts(text)?;
        let uri = Uri::parse(uri.trim()).unwrap_or_else(|| Uri::guess(uri));
        Some(Self { display_name: display_name(name), uri, params: Params::parse(params) })
    }

    /// Reads a comma-separated list; what cannot be read (and `*`) is left out.
    pub fn parse_list(text: &str) -> Vec<Self> {
        super::split(text, ',').take(MAX_VALUES).filter_map(Self::parse).collect()
    }

    /// About how many bytes it holds.
    pub fn weight(&self) -> usize {
        self.display_name.as_ref().map_or(0, String::len) + self.uri.weight() + self.params.weight()
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&str> {
        self.params.value("tag").filter(|t| !t.is_empty())
    }

    /// The `q` of a contact in thousandths, all of them unless it says (RFC 3261 20.10), none if it says what is no number.
    pub fn preference(&self) -> u32 {
        let Some(q) = self.params.value("q") else { return 1000 };
        let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
        match (number(whole), number(&format!("{fraction:0<3.3}"))) {
            (Some(0), Some(thousandths)) => thousandths,
            (Some(_), Some(_)) => 1000,
            _ => 0,
        }
    }
}

/// What each message needs of From or To. The address is read when somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    tag: Option<String>,
}

impl Party {
    /// Reads what `NameAddr::of_party` reads too.
    pub fn parse(text: &str) -> Option<Self> {
        let (_, _, params) = parts(text)?;
        Some(Self { tag: Params::one(params, "tag").filter(|tag| !tag.is_empty()) })
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// About how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        self.tag.as_ref().map_or(0, String::len)
    }
}

/// A quoted text without the line breaks that stood in it: a fold is one space (RFC 3261 7.3.1).
fn unfolded(text: &str) -> String {
    if !text.contains(['\r', '\n']) {
        return text.to_owned();
    }
    text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// From or To with this tag in place of an empty one, or behind the rest.
pub(crate) fn with_tag(value: &str, tag: &str) -> String {
    let value = value.trim();
    // What looks like a tag in front of the brackets belongs to the name.
    let params = parts(value).map_or("", |(_, _, params)| params);
    let mut out = value.strip_suffix(params).unwrap_or(value).trim_end().to_owned();
    for (at, piece) in super::split(params, ';').enumerate() {
        let name = piece.split('=').next().unwrap_or_default();
        if !name.trim().eq_ignore_ascii_case("tag") {
            out.push_str(if at == 0 { "" } else { ";" });
            out.push_str(piece);
        }
    }
    out.truncate(out.trim_end().len());
    out.push_str(";tag=");
    out.push_str(tag);
    out
}

/// What stands before the brackets, `None` if there are none, the address, and the parameters behind it.
fn parts(text: &str) -> Option<(Option<&str>, &str, &str)> {
    let text = text.trim();
    let Some(open) = find_open(text)? else {
        let uri = super::split(text, ';').next()?;
        return (!uri.is_empty()).then_some((None, uri, text.get(uri.len()..)?));
    };
    let name = text.get(..open)?.trim();
    let (uri, after) = cut(text.get(open + 1..)?, b'>')?;
    let after = after.trim();
    (after.is_empty() || after.starts_with(';')).then_some((Some(name), uri, after))
}

fn display_name(name: Option<&str>) -> Option<String> {
    let name = name.filter(|name| !name.is_empty())?;
    Some(if name.starts_with('"') {
        unfolded(&unquote(name))
    } else {
        // RFC 3261 25.1: white space between tokens is a separator, however long.
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

/// Where `<` opens outside quotes; the outer `None` is for quotes that never close.
fn find_open(text: &str) -> Option<Option<usize>> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => return Some(Some(at)),
            _ => {}
        }
    }
    (!quoted).then_some(None)
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.display_name {
            write!(f, "{} ", quoted(name))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_says_how_likely_it_is() {
        for (q, expected) in [
            ("", 1000),
            (";q=0.7", 700),
            (";q=0.05", 50),
            (";q=.5", 0),
            (";q=1.", 1000),
            (";q=0.12345", 123),
            (";q=1.9", 1000),
            (";q=99999999999", 0),
            (";q=-3", 0),
            (";q=nan", 0),
            (";q=0.x", 0),
            (";q", 1000),
        ] {
            let contact = NameAddr::parse(&format!("<sip:a@h.org>{q}")).unwrap();
            assert_eq!(contact.preference(), expected, "{q}");
        }
    }

    #[test]
    fn a_tag_behind_a_quoted_semicolon_is_found_without_brackets_too() {
        let party = NameAddr::of_party("\"Desk; 1\" 42 example.com>;tag=far").unwrap();
        assert_eq!(party.tag(), Some("far"));
        assert_eq!(NameAddr::of_party(&with_tag("\"a;b\" c", "mine")).unwrap().tag(), Some("mine"));
    }

    #[test]
    fn a_tag_in_front_of_the_brackets_is_no_tag() {
        assert_eq!(with_tag("Al;tag=<sip:a@h.org>;tag=;x", "mine"), "Al;tag=<sip:a@h.org>;x;tag=mine");
    }

    #[test]
    fn brackets_say_whose_the_parameters_are() {
        let bare = NameAddr::parse("sip:a@h.org;tag=1 ; x").unwrap();
        assert_eq!((bare.tag(), bare.uri.to_string().as_str()), (Some("1"), "sip:a@h.org"));
        let full = NameAddr::parse("A  B<sip:a@h.org;lr?X=y>;tag=\"\"").unwrap();
        assert_eq!((full.display_name.as_deref(), full.tag()), (Some("A B"), None));
        assert_eq!(full.uri.to_string(), "sip:a@h.org;lr?X=y");
        let tel = NameAddr::parse("<tel:+1201;ext=5>;tag=2").unwrap();
        assert_eq!((tel.uri.is_sip(), tel.tag()), (false, Some("2")));
    }

    #[test]
    fn display_names_are_quoted_when_written() {
        let text = "\"J. \\\"Q\\\" <x>, \\\\\" <sip:a@h.org>;expires=60;+sip.instance=\"<urn:uuid:1>\"";
        let read = NameAddr::parse(text).unwrap();
        assert_eq!(read.display_name.as_deref(), Some("J. \"Q\" <x>, \\"));
        assert_eq!(read.to_string(), text);
        assert_eq!(NameAddr::parse("Bob <sip:b@h.org>").unwrap().to_string(), "\"Bob\" <sip:b@h.org>");
        assert_eq!(NameAddr::parse("\"\" <sip:b@h.org>").unwrap().display_name.as_deref(), Some(""));
    }

    /// A name that was folded on its way broke the message that it was written into.
    #[test]
    fn white_space_in_names_is_folded() {
        let name = |text: &str| NameAddr::parse(text).unwrap().display_name.unwrap();
        assert_eq!(name("A \t B\r\n C <sip:a@h.org>"), "A B C");
        assert_eq!(name("\"A  B\" <sip:a@h.org>"), "A  B");
        assert_eq!(name("\"A \r\n\t B\r\n\" <sip:a@h.org>"), "A B");
    }

    #[test]
    fn what_is_shown_keeps_its_quotes() {
        let params = |text: &str| NameAddr::parse_written(text).unwrap().params.0;
        let quoted = vec![("x".to_owned(), Some("\"t;\\\"\"".to_owned())), ("y".to_owned(), Some("\"t\"".to_owned()))];
        assert_eq!(params("<sip:a@h.org>;x=\"t;\\\"\";Y=\"t\""), quoted);
        assert_eq!(params("sip:a@h.org;x=t"), [("x".to_owned(), Some("t".to_owned()))]);
    }

    #[test]
    fn lists_leave_out_what_cannot_be_read() {
        let list = NameAddr::parse_list("<sip:a@h.org>;q=1, \"x, y\" <sip:b@h.org>,*,nonsense, <sip:c@h.org");
        assert_eq!(list.iter().map(|a| a.uri.aor()).collect::<Vec<_>>(), ["sip:a@h.org", "sip:b@h.org"]);
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "",
            "*",
            "<>",
            "\"a <sip:a@h.org>",
            "<sip:a@h.org",
            "<sip:a@h.org> x",
            "\"a\" b <sip:a@h.org>",
            "sip:a@h.org?X=y",
            "< sip:a@h.org >",
            "\"<sip:a@h.org>",
        ] {
            assert_eq!(NameAddr::parse(text), None, "{text}");
        }
    }
}
