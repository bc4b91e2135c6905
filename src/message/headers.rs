//! The header fields of a message, in their order, under their long names.

use super::MAX_VALUES;

/// Name and value of each field. Names are compared in any case; compact ones are spelt out when read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<(String, String)>,
    /// Whether a line was left out that is no field.
    incomplete: bool,
}

impl Headers {
    /// No field yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.fields.push((name.into(), value.into()));
    }

    /// Notes that a line of the message is no field, and left out.
    pub(super) fn leave_out_a_line(&mut self) {
        self.incomplete = true;
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
        self.fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
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
        self.all(name).flat_map(|line| super::split(line, ',')).map(str::trim).filter(|v| !v.is_empty())
    }

    /// Whether there is one.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Whether a comma-separated list of tokens contains this one.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.values(name).iter().any(|v| v.eq_ignore_ascii_case(token))
    }

    /// Replaces all fields of that name by one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.push(name, value);
    }

    /// Takes all fields of that name out.
    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Each field in its order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// The usual spelling of a field name; compact names (RFC 3261 7.3.3 and the IANA registry) are spelt out.
pub fn canonical(name: &str) -> String {
    let long = match name.to_ascii_lowercase().as_str() {
        "a" => "Accept-Contact",
        "b" => "Referred-By",
        "c" | "content-type" => "Content-Type",
        "d" => "Request-Disposition",
        "e" | "content-encoding" => "Content-Encoding",
        "f" | "from" => "From",
        "i" | "call-id" => "Call-ID",
        "j" => "Reject-Contact",
        "k" | "supported" => "Supported",
        "l" | "content-length" => "Content-Length",
        "m" | "contact" => "Contact",
        "n" => "Identity-Info",
        "o" | "event" => "Event",
        "r" | "refer-to" => "Refer-To",
        "s" | "subject" => "Subject",
        "t" | "to" => "To",
        "u" | "allow-events" => "Allow-Events",
        "v" | "via" => "Via",
        "x" | "session-expires" => "Session-Expires",
        "y" => "Identity",
        "cseq" => "CSeq",
        "www-authenticate" => "WWW-Authenticate",
        "mime-version" => "MIME-Version",
        "rseq" => "RSeq",
        "rack" => "RAck",
        "sip-etag" => "SIP-ETag",
        "sip-if-match" => "SIP-If-Match",
        _ => "",
    };
    if !long.is_empty() {
        return long.to_owned();
    }
    let mut upper = true;
    name.chars()
        .map(|c| {
            let c = if upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            upper = c == '-';
            c
        })
        .collect()
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
            ("", ""),
        ] {
            assert_eq!(canonical(name), expected, "{name}");
        }
        let mut headers = Headers::new();
        headers.push("Contact", "<sip:a@h.org>");
        headers.push("Allow", "INVITE");
        assert_eq!(
            (headers.first("CONTACT"), headers.has("allow"), headers.first("To")),
            (Some("<sip:a@h.org>"), true, None)
        );
        headers.set("contact", "*");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("Allow", "INVITE"), ("contact", "*")]);
        headers.remove("ALLOW");
        assert_eq!((headers.len(), headers.is_empty()), (1, false));
    }

    #[test]
    fn lists_are_split_outside_quotes_and_brackets() {
        let mut headers = Headers::new();
        headers.push("Contact", "\"a, \\\" b\" <sip:a,b@h.org>;x=\"1,2\" , , <sip:c@h.org>");
        headers.push("Contact", "sip:d@h.org");
        assert_eq!(
            headers.values("Contact"),
            ["\"a, \\\" b\" <sip:a,b@h.org>;x=\"1,2\"", "<sip:c@h.org>", "sip:d@h.org"]
        );
        headers.push("Supported", "timer,  100REL");
        assert!(headers.has_token("supported", "100rel") && !headers.has_token("Supported", "rel"));
        assert_eq!(headers.all("Contact").count(), 2);
    }
}
