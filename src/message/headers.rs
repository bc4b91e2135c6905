//! The header fields of a message in their order: where each stands in its text.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::{MAX_VALUES, is_token};

/// Names that are known by their place here, the frequent ones first, and the compact form of each (RFC 3261 7.3.3 and the
/// IANA registry).
const NAMES: [(&str, &str); 35] = [
    ("Via", "v"),
    ("To", "t"),
    ("From", "f"),
    ("Call-ID", "i"),
    ("CSeq", ""),
    ("Content-Length", "l"),
    ("Content-Type", "c"),
    ("Max-Forwards", ""),
    ("Contact", "m"),
    ("Record-Route", ""),
    ("Require", ""),
    ("Content-Encoding", "e"),
    ("Allow", ""),
    ("Supported", "k"),
    ("User-Agent", ""),
    ("Session-Expires", "x"),
    ("Event", "o"),
    ("Subscription-State", ""),
    ("Refer-To", "r"),
    ("Referred-By", "b"),
    ("Accept-Contact", "a"),
    ("Request-Disposition", "d"),
    ("Reject-Contact", "j"),
    ("Identity-Info", "n"),
    ("Subject", "s"),
    ("Allow-Events", "u"),
    ("Identity", "y"),
    ("WWW-Authenticate", ""),
    ("Proxy-Authenticate", ""),
    ("MIME-Version", ""),
    ("RSeq", ""),
    ("RAck", ""),
    ("SIP-ETag", ""),
    ("SIP-If-Match", ""),
    ("Expires", ""),
];

/// Those that a request has once: with two values, each hop could believe another one (RFC 4475 3.3.8, 3.3.9).
const ONCE: Range<usize> = 1..8;

/// The place of a name in `NAMES`, whatever its case and form.
fn known(name: &str) -> Option<usize> {
    // Nearly all are written as they are here.
    let usual = NAMES.iter().position(|(long, _)| *long == name);
    usual.or_else(|| NAMES.iter().position(|(long, compact)| same(long, name) || same(compact, name)))
}

/// Whether two names are the same. Most are told apart by their length.
fn same(one: &str, two: &str) -> bool {
    one.len() == two.len() && one.eq_ignore_ascii_case(two)
}

/// One field. Places in the text are bytes from its start.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    /// Its place in `NAMES`.
    known: Option<usize>,
    name: Range<u32>,
    value: Range<u32>,
}

/// Name and value of each field. Names are compared in any case, and compact ones count as long ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// The text of the message, or of its head if that had to be mended.
    text: Arc<str>,
    fields: Vec<Field>,
    /// Whether a line was left out that is no field.
    incomplete: bool,
    /// Whether a field came twice of those that a request has once.
    repeated: bool,
}

impl Headers {
    /// No field of that text yet.
    pub(super) fn of(text: Arc<str>) -> Self {
        Self { text, fields: Vec::with_capacity(16), incomplete: false, repeated: false }
    }

    /// A single field.
    pub(crate) fn one(name: &str, value: &str) -> Self {
        let text = [name, ":", value].concat();
        let (line, colon) = (0..text.len(), Some(name.len()));
        let mut headers = Self::of(text.into());
        headers.read(line, colon);
        headers
    }

    /// Reads a line of the text, in which the first colon stands there. RFC 3261 8.2.2: what is malformed and not needed is
    /// ignored. What is needed is missed where it is read.
    pub(super) fn read(&mut self, line: Range<usize>, colon: Option<usize>) {
        let Some(colon) = colon else {
            self.incomplete = true;
            return;
        };
        let name = self.trimmed(line.start..colon, false);
        let text = part(&self.text, &name);
        if is_token(text) {
            let known = known(text);
            self.repeated |= known.is_some_and(|place| ONCE.contains(&place) && self.has_known(place));
            let value = self.trimmed(colon + 1..line.end, true);
            self.fields.push(Field { known, name, value });
        } else {
            self.incomplete = true;
        }
    }

    /// The same part of the text without white space behind it, and in front of it.
    #[allow(clippy::cast_possible_truncation, reason = "a frame is no longer than MAX_FRAME")]
    fn trimmed(&self, part: Range<usize>, front: bool) -> Range<u32> {
        let bytes = self.text.as_bytes();
        let blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
        let Range { mut start, mut end } = part;
        while front && start < end && blank(start) {
            start += 1;
        }
        while start < end && blank(end - 1) {
            end -= 1;
        }
        start as u32..end as u32
    }

    fn has_known(&self, place: usize) -> bool {
        self.fields.iter().any(|field| field.known == Some(place))
    }

    /// The text in which they stand.
    pub(super) fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Whether a field came twice of those that a request has once.
    pub(super) fn is_repeated(&self) -> bool {
        self.repeated
    }

    /// Whether each line of the message was a field.
    pub fn is_complete(&self) -> bool {
        !self.incomplete
    }

    /// The first field of that name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All fields of that name, one a line.
    pub fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        let known = known(name);
        let is_named = move |field: &&Field| match known {
            Some(place) => field.known == Some(place),
            None => field.known.is_none() && same(part(&self.text, &field.name), name),
        };
        self.fields.iter().filter(is_named).map(|field| part(&self.text, &field.value))
    }

    /// The values of that name: lines are split at commas outside quotes and angle brackets (RFC 3261 7.3.1).
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.each_value(name).take(MAX_VALUES).collect()
    }

    /// The first value of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.each_value(name).next()
    }

    fn each_value<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        self.all(name).flat_map(|line| super::split(line, ',')).map(str::trim_ascii).filter(|v| !v.is_empty())
    }

    /// Whether there is one.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Whether a comma-separated list of tokens contains this one.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.values(name).iter().any(|v| v.eq_ignore_ascii_case(token))
    }

    /// Each field in its order, its name in the usual spelling.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'static, str>, &str)> {
        self.fields.iter().map(|field| {
            let known = field.known.and_then(|place| NAMES.get(place));
            let name = known.map_or_else(|| spelt(part(&self.text, &field.name)).into(), |(long, _)| (*long).into());
            (name, part(&self.text, &field.value))
        })
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// About how many bytes they hold beside the text of the message, which is `raw`.
    pub(super) fn weight(&self, raw: &Arc<str>) -> usize {
        let mended = if Arc::ptr_eq(&self.text, raw) { 0 } else { self.text.len() };
        mended + size_of::<Field>() * self.fields.capacity()
    }
}

/// A part of a text.
fn part<'a>(text: &'a str, at: &Range<u32>) -> &'a str {
    text.get(at.start as usize..at.end as usize).unwrap_or_default()
}

/// The usual spelling of a name that is not in `NAMES`.
fn spelt(name: &str) -> String {
    let mut name = name.to_ascii_lowercase();
    let mut first = 0;
    while let Some(word) = name.get_mut(first..).filter(|word| !word.is_empty()) {
        let end = word.find('-').map_or(word.len(), |at| at + 1);
        if let Some(letter) = word.get_mut(..1) {
            letter.make_ascii_uppercase();
        }
        first += end;
    }
    name
}

#[cfg(test)]
impl Headers {
    /// Those of a text, each line one.
    pub(super) fn parse(text: &str) -> Self {
        let mut headers = Self::of(text.into());
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            headers.read(start..start + line.trim_end().len(), line.find(':').map(|at| start + at));
            start += line.len();
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_any_case_and_written_in_one() {
        for (name, expected) in [
            ("call-id", "Call-ID"),
            ("I", "Call-ID"),
            ("CSEQ", "CSeq"),
            ("www-authenticate", "WWW-Authenticate"),
            ("x", "Session-Expires"),
            ("b", "Referred-By"),
            ("o", "Event"),
            ("u", "Allow-Events"),
            ("k", "Supported"),
            ("v", "Via"),
            ("m", "Contact"),
            ("l", "Content-Length"),
            ("x-my_HEADER", "X-My_header"),
            ("z", "Z"),
            ("-a--b-", "-A--B-"),
        ] {
            let read = Headers::parse(&format!("{name} \t: 1"));
            assert_eq!(read.iter().collect::<Vec<_>>(), [(expected.into(), "1")], "{name}");
            assert_eq!((read.first(expected), read.first(&name.to_uppercase())), (Some("1"), Some("1")), "{name}");
        }
        let read = Headers::parse("Contact: <sip:a@h.org>\r\nallow:\tINVITE \r\nno name: 2\r\nno colon\r\n");
        assert_eq!((read.first("CONTACT"), read.has("Allow"), read.first("To")), (Some("<sip:a@h.org>"), true, None));
        assert_eq!((read.len(), read.is_empty(), read.is_complete()), (2, false, false));
    }

    #[test]
    fn lists_are_split_outside_quotes_and_brackets() {
        let headers = Headers::parse(
            "Contact: \"a, \\\" b\" <sip:a,b@h.org>;x=\"1,2\" , , <sip:c@h.org>\r\nm: sip:d@h.org\r\n\
             Supported: timer,  100REL",
        );
        assert_eq!(
            headers.values("Contact"),
            ["\"a, \\\" b\" <sip:a,b@h.org>;x=\"1,2\"", "<sip:c@h.org>", "sip:d@h.org"]
        );
        assert!(headers.has_token("supported", "100rel") && !headers.has_token("Supported", "rel"));
        assert_eq!(headers.all("Contact").count(), 2);
    }
}
