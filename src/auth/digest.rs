//! The digest itself (RFC 7616 3.4), and the server's side of it.

use super::{Algorithm, Presented};
use crate::message::quoted;

/// What a digest response is made of (RFC 7616 3.4.1).
pub(super) struct Inputs<'a> {
    pub nonce: &'a str,
    pub nc: &'a str,
    pub cnonce: &'a str,
    pub qop: Option<&'a str>,
    pub method: &'a str,
    pub uri: &'a str,
    pub body: &'a [u8],
}

impl Inputs<'_> {
    pub(super) fn response(&self, algorithm: Algorithm, ha1: &str) -> String {
        let ha1 = if algorithm.is_session() {
            algorithm.hex(format!("{ha1}:{}:{}", self.nonce, self.cnonce).as_bytes())
        } else {
            ha1.to_owned()
        };
        let a2 = match self.qop {
            Some("auth-int") => {
                format!("{}:{}:{}", self.method, self.uri, algorithm.hex(self.body))
            }
            _ => format!("{}:{}", self.method, self.uri),
        };
        let ha2 = algorithm.hex(a2.as_bytes());
        let text = match self.qop {
            Some(qop) => format!("{ha1}:{}:{}:{}:{qop}:{ha2}", self.nonce, self.nc, self.cnonce),
            None => format!("{ha1}:{}:{ha2}", self.nonce),
        };
        algorithm.hex(text.as_bytes())
    }
}

/// The value of `WWW-Authenticate` for a server built on this crate.
pub fn challenge_header(realm: &str, nonce: &str, algorithm: Algorithm, stale: bool) -> String {
    let stale = if stale { ", stale=true" } else { "" };
    format!(
        "Digest realm={}, nonce={}, algorithm={}, qop=\"auth\"{stale}",
        quoted(realm),
        quoted(nonce),
        algorithm.name()
    )
}

/// Whether what a client presented proves that it knows the password (RFC 7616 3.4.1).
pub fn verify(presented: &Presented, method: &str, body: &[u8], password: &str) -> bool {
    let algorithm = presented.algorithm;
    let a1 = format!("{}:{}:{password}", presented.value("username"), presented.value("realm"));
    let inputs = Inputs {
        nonce: presented.value("nonce"),
        nc: presented.value("nc"),
        cnonce: presented.value("cnonce"),
        qop: Some(presented.value("qop")).filter(|q| !q.is_empty()),
        method,
        uri: presented.value("uri"),
        body,
    };
    let expected = inputs.response(algorithm, &algorithm.hex(a1.as_bytes()));
    expected.eq_ignore_ascii_case(presented.value("response"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs<'a>(nonce: &'a str, cnonce: &'a str) -> Inputs<'a> {
        Inputs { nonce, nc: "00000001", cnonce, qop: Some("auth"), method: "GET", uri: "/dir/index.html", body: b"" }
    }

    #[test]
    fn responses_are_those_of_rfc_7616_and_2617() {
        let rfc7616 =
            inputs("7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        let response = |algorithm: Algorithm| {
            let ha1 = algorithm.hex(b"Mufasa:http-auth@example.org:Circle of Life");
            rfc7616.response(algorithm, &ha1)
        };
        assert_eq!(response(Algorithm::Md5), "8ca523f5e9506fed4657c9700eebdbec");
        let sha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert_eq!(response(Algorithm::Sha256), sha256);
        let rfc2617 = inputs("dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b");
        let ha1 = Algorithm::Md5.hex(b"Mufasa:testrealm@host.com:Circle Of Life");
        assert_eq!(rfc2617.response(Algorithm::Md5, &ha1), "6629fae49393a05397450978507c4ef1");
    }

    #[test]
    fn sha_512_256_is_that_of_fips_180_4() {
        // RFC 7616 3.9.2 prints other values; servers compute these.
        let example = Inputs {
            nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            nc: "00000001",
            cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm",
            qop: Some("auth"),
            method: "GET",
            uri: "/doe.json",
            body: b"",
        };
        let ha1 = Algorithm::Sha512_256.hex("J\u{e4}s\u{f8}n Doe:api@example.org:Secret, or not?".as_bytes());
        let expected = "7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c";
        assert_eq!(example.response(Algorithm::Sha512_256, &ha1), expected);
    }
}
