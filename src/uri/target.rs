//! From what a user typed to a URI, and the escapes on the way (RFC 3261 25.1 `escaped`).

use super::Uri;

/// Whether each `%` is followed by two hexadecimal digits.
pub(super) fn well_escaped(text: &str) -> bool {
    !text.contains('%')
        || text.split('%').skip(1).all(|e| e.get(..2).is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit())))
}

/// Whether what is escaped so can stand in a field: its escapes are right, and make a text of one line.
pub fn is_field_value(text: &str) -> bool {
    let plain = decode_strict(text).filter(|_| well_escaped(text));
    plain.is_some_and(|plain| !plain.contains(['\r', '\n', '\0']))
}

/// Resolves `%XX`; a text that is no UTF-8 afterwards stays escaped.
pub fn decode(text: &str) -> String {
    decode_strict(text).unwrap_or_else(|| text.to_owned())
}

fn decode_strict(text: &str) -> Option<String> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (first, tail)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            bytes.push(high << 4 | low);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Escapes a user part; what is escaped already stays so (JsSIP `Utils.escapeUser`: `:`, `+`, `?` and `/` stay).
pub fn escape_user(user: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'():+?/".contains(&b);
    let Some(decoded) = decode_strict(user) else {
        // Octets that are no text: they are kept as they are, `%` being the only other sign.
        return user.chars().filter(|c| *c == '%' || u8::try_from(*c).is_ok_and(plain)).collect();
    };
    let mut out = String::with_capacity(user.len());
    for byte in decoded.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What a user typed, as a SIP or SIPS URI (JsSIP `Utils.normalizeTarget`): a name, a number, an address or a URI. A missing
/// domain is `domain`; separators of a telephone number are dropped. `None` if nothing valid comes out, and for line
/// breaks, escaped or not, which some peer might resolve.
pub fn normalize_target(target: &str, domain: &str) -> Option<Uri> {
    let target = target.trim();
    let (user, domain) = target.rsplit_once('@').unwrap_or((target, domain));
    let bare = ["sips:", "sip:", "tel:"].iter().find_map(|scheme| {
        let (start, rest) = user.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some((*scheme, rest))
    });
    let (scheme, user) = bare.unwrap_or(("sip:", user));
    // What may only go by encrypted lines goes by no others.
    let scheme = if scheme == "sips:" { scheme } else { "sip:" };
    // RFC 3261 19.1.6: the parameters of a telephone number stay with it, and say that it is one.
    let (user, options) =
        user.split_once(';').filter(|_| bare.is_some_and(|(scheme, _)| scheme == "tel:")).unwrap_or((user, ""));
    let options = ordered(options);
    let mut user = user.to_owned();
    let number = user.trim_start_matches(['-', '.', '(', ')']);
    let number = number.strip_prefix('+').unwrap_or(number);
    if number.bytes().all(|b| b.is_ascii_digit() || b"-.()".contains(&b)) {
        user.retain(|c| !is_separator(c));
    }
    if user.is_empty() || !is_field_value(&user) || !is_field_value(&options) {
        return None;
    }
    let [before, behind] = if options.is_empty() { ["", ""] } else { [";", ";user=phone"] };
    Uri::parse(&[scheme, &escape_user(&user), before, &options, "@", domain, behind].concat())
}

/// A telephone number in the one form in which it is compared: without what separates its digits, its parameters in their
/// order, all in lower case (RFC 3966 4).
pub(super) fn number(text: &str) -> String {
    let (digits, options) = text.split_once(';').unwrap_or((text, ""));
    let mut out = digits.replace(is_separator, "").to_ascii_lowercase();
    for option in ordered(options).split(';').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        // A name of a domain has its dots and hyphens.
        let digits = name == "ext" || value.starts_with('+');
        let value = if digits { value.replace(is_separator, "") } else { value.to_ascii_lowercase() };
        out.extend([";", name, "=", &value]);
    }
    out
}

/// What may stand between the digits of a telephone number.
fn is_separator(c: char) -> bool {
    "-.()".contains(c)
}

/// The parameters of a telephone number in the order of RFC 3966 3, so that whoever compares them as text finds the same
/// (RFC 3261 19.1.6).
fn ordered(options: &str) -> String {
    let mut sorted: Vec<(u8, String)> = Vec::new();
    for option in options.split(';').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let (name, context) = (name.to_ascii_lowercase(), name.eq_ignore_ascii_case("phone-context"));
        let value = if context { value.to_ascii_lowercase() } else { value.to_owned() };
        let place = match name.as_str() {
            "isub" => 0,
            "ext" => 1,
            "phone-context" => 2,
            _ => 3,
        };
        let equals = if option.contains('=') { "=" } else { "" };
        sorted.push((place, [&name, equals, &value].concat()));
    }
    sorted.sort();
    sorted.into_iter().map(|(_, option)| option).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_become_uris() {
        for (target, expected) in [
            ("bob", Some("sip:bob@d.com")),
            (" bob@h.org;x=1 ", Some("sip:bob@h.org;x=1")),
            ("tel:+1-2", Some("sip:+12@d.com")),
            // RFC 3966 3: extension, context, the others by their names.
            (
                "TEL:7-042;b=2;Phone-Context=+49.30;a=1;ext=5",
                Some("sip:7042;ext=5;phone-context=+49.30;a=1;b=2@d.com;user=phone"),
            ),
            (
                "tel:7;phone-context=Example.COM;isub=aB",
                Some("sip:7;isub=aB;phone-context=example.com@d.com;user=phone"),
            ),
            ("tel:1;x=%0a", None),
            ("tel:1;x=\r\ny", None),
            ("SIPS:(0)30/1@h.org", Some("sips:(0)30/1@h.org")),
            ("sips:bob", Some("sips:bob@d.com")),
            ("(030) 1", Some("sip:(030)%201@d.com")),
            ("030-1.2", Some("sip:03012@d.com")),
            ("1+2-3", Some("sip:1+2-3@d.com")),
            ("a@b@c.d", Some("sip:a%40b@c.d")),
            ("sip:h.com", Some("sip:h.com@d.com")),
            ("a%20\u{e9}", Some("sip:a%20%C3%A9@d.com")),
            ("", None),
            ("---", None),
            ("@h.org", None),
            ("bob@", None),
            ("a%zz", None),
            ("a%+1", None),
            ("a%ff", None),
            ("a\r\nb", None),
            ("a%0d%0ab", None),
            ("a%00", None),
            ("bob@h.org\r\nX: y", None),
            ("bob@a b", None),
        ] {
            assert_eq!(normalize_target(target, "d.com").map(|u| u.to_string()).as_deref(), expected, "{target}");
        }
        assert_eq!(normalize_target("bob", ""), None);
    }

    #[test]
    fn escapes_survive() {
        assert_eq!(escape_user("a b%20c@:+?/%"), "a%20b%20c%40:+?/%25");
        assert_eq!(escape_user("%ff"), "%ff");
        assert_eq!((decode("%41%+1%").as_str(), decode("%ff").as_str()), ("A%+1%", "%ff"));
    }
}
