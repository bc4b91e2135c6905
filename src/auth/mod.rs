//! Digest authentication: RFC 3261 22, RFC 7616, RFC 8760.
//!
//! Of the challenges for one realm the strongest that the credentials can answer is taken, never a weaker one
//! afterwards. A realm that challenges again without `stale=true` has rejected the credentials.

mod algorithm;
mod challenge;

use std::fmt;

pub use algorithm::Algorithm;
pub use challenge::{Challenge, Presented};

use crate::entropy::Entropy;
use crate::message::quoted;

/// Most realms that one request may be challenged by.
const MAX_REALMS: usize = 8;
/// Most repetitions of one request for stale nonces.
const MAX_STALE: u8 = 3;
/// Most nonces that are remembered for their counts.
const MAX_NONCES: usize = 64;

/// What challenges are answered with.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Option<String>,
    /// MD5(user:realm:password) instead of a password: answers MD5 only.
    pub ha1: Option<String>,
    /// The realm of `ha1`.
    pub realm: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Credentials {
    /// HA1 of RFC 7616 3.4.2 without the session part, if these credentials can answer that challenge.
    fn ha1(&self, challenge: &Challenge) -> Option<String> {
        if let Some(password) = &self.password {
            let text = format!("{}:{}:{password}", self.username, challenge.realm);
            return Some(challenge.algorithm.hex(text.as_bytes()));
        }
        let fits = challenge.algorithm.is_md5() && self.realm.as_deref().is_none_or(|r| r == challenge.realm);
        self.ha1.clone().filter(|_| fits)
    }
}

#[derive(Clone, Debug)]
struct Answered {
    proxy: bool,
    challenge: Challenge,
    stale: u8,
}

/// The challenges that one request has met, through its repetitions.
#[derive(Clone, Debug, Default)]
pub struct Attempt(Vec<Answered>);

/// Why a challenge cannot be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthError {
    /// Nothing is configured.
    NoCredentials,
    /// No challenge that the credentials can answer.
    NoUsableChallenge,
    /// The server does not take them.
    Rejected,
}

/// Answers challenges, and counts the uses of each nonce.
#[derive(Debug, Default)]
pub struct Authenticator {
    counts: Vec<(String, u32)>,
    realm: Option<String>,
}

impl Authenticator {
    /// Knows no nonce yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The realm of the last challenge that was answered.
    pub fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// All credential fields for the repetition of a request that got 401 or 407 with these challenges.
    #[allow(clippy::too_many_arguments, reason = "what a digest is made of")]
    pub fn answer(
        &mut self,
        credentials: &Credentials,
        status: u16,
        challenges: &[&str],
        method: &str,
        uri: &str,
        body: &[u8],
        attempt: &mut Attempt,
        entropy: &mut Entropy,
    ) -> Result<Vec<(String, String)>, AuthError> {
        if credentials.password.is_none() && credentials.ha1.is_none() {
            return Err(AuthError::NoCredentials);
        }
        let proxy = status == 407;
        let mut best: Vec<Challenge> = Vec::new();
        let mut any = false;
        for challenge in challenges.iter().flat_map(|text| Challenge::parse_all(text)) {
            any = true;
            if credentials.ha1(&challenge).is_none() {
                continue;
            }
            let room = best.len() < MAX_REALMS;
            match best.iter_mut().find(|b| b.realm == challenge.realm) {
                Some(b) if challenge.algorithm.strength() > b.algorithm.strength() => *b = challenge,
                Some(_) => {}
                None if room => best.push(challenge),
                None => {}
            }
        }
        if best.is_empty() {
            return Err(if any { AuthError::NoCredentials } else { AuthError::NoUsableChallenge });
        }
        self.realm = best.first().map(|c| c.realm.clone());
        for challenge in best {
            let room = attempt.0.len() < MAX_REALMS;
            match attempt.0.iter_mut().find(|a| a.proxy == proxy && a.challenge.realm == challenge.realm) {
                Some(answered) => {
                    let weaker = challenge.algorithm.strength() < answered.challenge.algorithm.strength();
                    if !challenge.stale || answered.stale >= MAX_STALE || weaker {
                        return Err(AuthError::Rejected);
                    }
                    answered.stale += 1;
                    answered.challenge = challenge;
                }
                None if room => {
                    attempt.0.push(Answered { proxy, challenge, stale: 0 });
                }
                None => return Err(AuthError::Rejected),
            }
        }
        let mut fields = Vec::new();
        for answered in &attempt.0 {
            let name = if answered.proxy { "Proxy-Authorization" } else { "Authorization" };
            if let Some(value) = self.credentials(credentials, &answered.challenge, method, uri, body, entropy) {
                fields.push((name.to_owned(), value));
            }
        }
        Ok(fields)
    }

    fn credentials(
        &mut self,
        credentials: &Credentials,
        challenge: &Challenge,
        method: &str,
        uri: &str,
        body: &[u8],
        entropy: &mut Entropy,
    ) -> Option<String> {
        let ha1 = credentials.ha1(challenge)?;
        // `auth` before `auth-int`: proxies may change a body, and RFC 3261 bodies pass through them.
        let qop = ["auth", "auth-int"].into_iter().find(|q| challenge.qop.iter().any(|o| o == q));
        let cnonce = entropy.token(16);
        if self.counts.len() >= MAX_NONCES {
            self.counts.clear();
        }
        let mut count = 1_u32;
        match self.counts.iter_mut().find(|(nonce, _)| *nonce == challenge.nonce) {
            Some((_, used)) => {
                count = used.saturating_add(1);
                *used = count;
            }
            None => self.counts.push((challenge.nonce.clone(), count)),
        }
        let nc = format!("{count:08x}");
        let inputs = Inputs { nonce: &challenge.nonce, nc: &nc, cnonce: &cnonce, qop, method, uri, body };
        let response = inputs.response(challenge.algorithm, &ha1);
        let mut text = format!(
            "Digest algorithm={}, username={}, realm={}, nonce={}, uri=\"{uri}\", response=\"{response}\"",
            challenge.algorithm.name(),
            quoted(&credentials.username),
            quoted(&challenge.realm),
            quoted(&challenge.nonce),
        );
        if let Some(opaque) = &challenge.opaque {
            text.push_str(&format!(", opaque={}", quoted(opaque)));
        }
        match qop {
            Some(qop) => text.push_str(&format!(", qop={qop}, cnonce=\"{cnonce}\", nc={nc}")),
            None if challenge.algorithm.is_session() => text.push_str(&format!(", cnonce=\"{cnonce}\"")),
            None => {}
        }
        crate::message::single_line(&text).then_some(text)
    }
}

/// What a digest response is made of (RFC 7616 3.4.1).
struct Inputs<'a> {
    nonce: &'a str,
    nc: &'a str,
    cnonce: &'a str,
    qop: Option<&'a str>,
    method: &'a str,
    uri: &'a str,
    body: &'a [u8],
}

impl Inputs<'_> {
    fn response(&self, algorithm: Algorithm, ha1: &str) -> String {
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
    use crate::entropy::Counter;

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

    fn ask(status: u16, challenges: &[&str], attempt: &mut Attempt) -> Result<Vec<(String, String)>, AuthError> {
        let credentials =
            Credentials { username: "bob".into(), password: Some("zanzibar".into()), ..Default::default() };
        let mut entropy = Entropy::new(Counter::new(7));
        Authenticator::new().answer(&credentials, status, challenges, "INVITE", "sip:a@b", b"", attempt, &mut entropy)
    }

    #[test]
    fn the_strongest_challenge_is_answered_in_any_order() {
        let (md5, sha) = (
            r#"Digest realm="x", nonce="n1", algorithm=MD5, qop="auth""#,
            r#"Digest realm="x", nonce="n2", algorithm=SHA-256, qop="auth""#,
        );
        for order in [[md5, sha], [sha, md5]] {
            let fields = ask(401, &order, &mut Attempt::default()).unwrap();
            assert_eq!(fields.len(), 1);
            assert!(fields[0].1.contains("algorithm=SHA-256"), "{}", fields[0].1);
        }
        let both = format!("{md5}, {sha}");
        assert!(ask(401, &[&both], &mut Attempt::default()).unwrap()[0].1.contains("SHA-256"));
    }

    #[test]
    fn a_401_and_a_407_are_answered_on_one_request() {
        let mut attempt = Attempt::default();
        let first = ask(407, &[r#"Digest realm="proxy", nonce="p""#], &mut attempt).unwrap();
        assert_eq!(first[0].0, "Proxy-Authorization");
        let second = ask(401, &[r#"Digest realm="far", nonce="f""#], &mut attempt).unwrap();
        let names: Vec<_> = second.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["Proxy-Authorization", "Authorization"]);
    }

    #[test]
    fn a_wrong_password_is_not_tried_twice_and_a_stale_nonce_is() {
        let mut attempt = Attempt::default();
        let challenge = r#"Digest realm="x", nonce="n1", qop="auth""#;
        ask(401, &[challenge], &mut attempt).unwrap();
        assert_eq!(ask(401, &[challenge], &mut attempt), Err(AuthError::Rejected));
        let mut attempt = Attempt::default();
        ask(401, &[challenge], &mut attempt).unwrap();
        let stale = r#"Digest realm="x", nonce="n2", qop="auth", stale=true"#;
        assert!(ask(401, &[stale], &mut attempt).unwrap()[0].1.contains("n2"));
        for _ in 0..2 {
            ask(401, &[stale], &mut attempt).unwrap();
        }
        assert_eq!(ask(401, &[stale], &mut attempt), Err(AuthError::Rejected));
    }

    #[test]
    fn the_count_rises_on_a_nonce_that_is_used_again() {
        let credentials = Credentials { username: "bob".into(), password: Some("x".into()), ..Default::default() };
        let mut entropy = Entropy::new(Counter::new(7));
        let mut authenticator = Authenticator::new();
        for nc in ["nc=00000001", "nc=00000002"] {
            let challenge = [r#"Digest realm="x", nonce="n1", qop="auth""#];
            let mut attempt = Attempt::default();
            let fields = authenticator
                .answer(&credentials, 401, &challenge, "BYE", "sip:a@b", b"", &mut attempt, &mut entropy)
                .unwrap();
            assert!(fields[0].1.ends_with(nc));
        }
    }

    #[test]
    fn an_ha1_answers_md5_of_its_realm_only() {
        let credentials = Credentials {
            username: "bob".into(),
            ha1: Some("0123".into()),
            realm: Some("x".into()),
            ..Default::default()
        };
        let mut entropy = Entropy::new(Counter::new(7));
        let mut answer = |challenge: &str| {
            let mut attempt = Attempt::default();
            Authenticator::new().answer(
                &credentials,
                401,
                &[challenge],
                "BYE",
                "sip:a",
                b"",
                &mut attempt,
                &mut entropy,
            )
        };
        assert!(answer(r#"Digest realm="x", nonce="n""#).is_ok());
        assert!(answer(r#"Digest realm="y", nonce="n""#).is_err());
        assert!(answer(r#"Digest realm="x", nonce="n", algorithm=SHA-256"#).is_err());
    }

    #[test]
    fn what_is_presented_is_verified() {
        let challenge = challenge_header("x", "n", Algorithm::Sha256, false);
        let fields = ask(401, &[&challenge], &mut Attempt::default()).unwrap();
        let presented = Presented::parse(&fields[0].1).unwrap();
        assert!(verify(&presented, "INVITE", b"", "zanzibar"));
        assert!(!verify(&presented, "INVITE", b"", "wrong"));
    }
}
