//! Whether two URIs mean the same: RFC 3261 19.1.4, RFC 3966 4.

use super::Uri;
use super::target::{decode, number};

impl Uri {
    /// Whether both have the same user and the same host; scheme, port and the rest may differ.
    pub fn same_user_host(&self, other: &Self) -> bool {
        let same_number = || self.is_tel() && other.is_tel() && self.number() == other.number();
        (self.opaque == other.opaque || same_number())
            && self.host == other.host
            && same_text(self.user.as_deref(), other.user.as_deref())
    }

    /// Whether both mean the same (RFC 3261 19.1.4).
    pub fn equivalent(&self, other: &Self) -> bool {
        // A parameter that only one of them has counts if it is one of these.
        let decisive = |name: &str| matches!(name, "user" | "ttl" | "method" | "maddr" | "transport");
        let params = |one: &Self, two: &Self| {
            // The first counts where a name stands twice.
            one.params.0.iter().all(|(name, _)| match (one.params.get(name).flatten(), two.params.get(name)) {
                (_, None) => !decisive(name),
                (Some(ours), Some(Some(theirs))) => decode(ours).eq_ignore_ascii_case(&decode(theirs)),
                (ours, Some(theirs)) => ours.is_none() == theirs.is_none(),
            })
        };
        let headers = |one: &Self, two: &Self| {
            one.headers.iter().all(|(name, value)| {
                two.headers.iter().any(|(n, v)| n.eq_ignore_ascii_case(name) && decode(v) == decode(value))
            })
        };
        self.scheme == other.scheme
            && self.port == other.port
            && self.same_user_host(other)
            && params(self, other)
            && params(other, self)
            && self.headers.len() == other.headers.len()
            && headers(self, other)
            && headers(other, self)
    }

    /// A telephone number in the one form in which it is compared.
    fn number(&self) -> String {
        number(self.opaque.as_deref().unwrap_or_default())
    }
}

/// Compares with escapes resolved, the case of letters counting.
fn same_text(one: Option<&str>, two: Option<&str>) -> bool {
    one.map(decode) == two.map(decode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        Uri::parse(text).unwrap()
    }

    #[test]
    fn equivalence_is_that_of_the_rfc() {
        for (one, two) in [
            ("sip:%62ob@Example.com;transport=WS", "sip:bob@example.COM;Transport=ws"),
            ("sip:bob@example.com", "sip:bob@example.com;extra=5"),
            ("sip:bob@example.com;one=1", "sip:bob@example.com;two=2"),
            (
                "sip:example.com;method=REGISTER;transport=ws?to=a&x=b",
                "sip:example.com;transport=ws;method=REGISTER?x=b&to=a",
            ),
            ("sip:bob@example.com;x=1;x=2", "sip:bob@example.com;x=1;x=2"),
            // RFC 3966 4.
            ("tel:+1-201.555(01)23", "TEL:+12015550123"),
            ("tel:7042;phone-context=Example.COM;ext=1-2", "tel:70-42;EXT=12;phone-context=example.com"),
            ("tel:7042;phone-context=+1-201", "tel:7042;phone-context=+1201"),
        ] {
            assert!(uri(one).equivalent(&uri(two)) && uri(two).equivalent(&uri(one)), "{one} {two}");
        }
        for (one, two) in [
            ("sip:BOB@example.com", "sip:bob@example.com"),
            ("sips:bob@example.com", "sip:bob@example.com"),
            ("sip:bob@example.com", "sip:bob@example.com:5060"),
            ("sip:bob@example.com", "sip:bob@example.com;transport=ws"),
            ("sip:bob@example.com;maddr=192.0.2.1", "sip:bob@example.com"),
            ("sip:bob@example.com;extra=on", "sip:bob@example.com;extra=off"),
            ("sip:bob@example.com;lr", "sip:bob@example.com;lr=on"),
            ("sip:bob@example.com", "sip:bob@example.com?Subject=x"),
            ("sip:bob@example.com?a=1&a=2", "sip:bob@example.com?a=1&b=2"),
            ("sip:bob@example.com", "sip:bob@example.net"),
            ("tel:+1201", "tel:1201"),
            ("tel:7042;phone-context=example.com", "tel:7042;phone-context=example.net"),
            ("tel:7042;phone-context=a-b.com", "tel:7042;phone-context=ab.com"),
            ("tel:+1201;isub=1", "tel:+1201"),
            ("urn:x-a", "urn:xa"),
        ] {
            assert!(!uri(one).equivalent(&uri(two)) && !uri(two).equivalent(&uri(one)), "{one} {two}");
        }
    }

    #[test]
    fn compares_as_rfc_3261_19_1_4_shows() {
        for (one, two) in [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
        ] {
            assert!(uri(one).equivalent(&uri(two)) && uri(two).equivalent(&uri(one)), "{one} {two}");
        }
        for (one, two) in [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on"),
            ("sip:a@h.org", "sips:a@h.org"),
        ] {
            assert!(!uri(one).equivalent(&uri(two)) && !uri(two).equivalent(&uri(one)), "{one} {two}");
        }
        assert!(uri("sip:a@h.org:1;x").same_user_host(&uri("sips:%61@H.org")));
    }
}
