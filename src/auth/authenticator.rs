//! Answers challenges.

use super::Challenge;
use super::credentials::Credentials;
use super::digest::Inputs;
use crate::bounds::{MAX_NONCES, MAX_REALMS};
use crate::entropy::Entropy;
use crate::message::{quoted, single_line};

/// Most repetitions of one request for stale nonces.
const MAX_STALE: u8 = 3;

#[derive(Clone, Debug)]
struct Answered {
    proxy: bool,
    challenge: Challenge,
    stale: u8,
}

/// The challenges that one request has met, through its repetitions.
#[derive(Clone, Debug, Default)]
pub struct Attempt(Vec<Answered>);

/// A request of ours that was answered 401 or 407.
#[derive(Clone, Copy, Debug)]
pub struct Challenged<'a> {
    /// The status.
    pub status: u16,
    /// The values of `WWW-Authenticate` or `Proxy-Authenticate`.
    pub challenges: &'a [&'a str],
    /// The method of the request.
    pub method: &'a str,
    /// Its Request-URI.
    pub uri: &'a str,
    /// Its body.
    pub body: &'a [u8],
    /// For a request inside a dialog, the realms that challenged what made the dialog.
    pub inside: Option<&'a [String]>,
}

/// Why a challenge cannot be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthError {
    /// Nothing is configured.
    NoCredentials,
    /// No challenge that the credentials can and may answer.
    NoUsableChallenge,
    /// The server does not take them.
    Rejected,
}

/// Answers challenges, counts the uses of each nonce, and knows who challenges REGISTERs.
#[derive(Debug, Default)]
pub struct Authenticator {
    /// Nonces and how often they were used, the one that was used last at the end.
    counts: Vec<(String, u32)>,
    realm: Option<String>,
    registrars: Vec<String>,
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

    /// All credential fields for the repetition of a request that got 401 or 407.
    pub fn answer(
        &mut self,
        credentials: &Credentials,
        request: &Challenged<'_>,
        attempt: &mut Attempt,
        entropy: &mut Entropy,
    ) -> Result<Vec<(String, String)>, AuthError> {
        if credentials.password.is_none() && credentials.ha1.is_none() {
            return Err(AuthError::NoCredentials);
        }
        let best = self.strongest(credentials, request);
        let Some(first) = best.first() else {
            return Err(AuthError::NoUsableChallenge);
        };
        self.realm = Some(first.realm.clone());
        let proxy = request.status == 407;
        for challenge in best {
            if request.method == "REGISTER" {
                self.remember_registrar(&challenge.realm);
            }
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
            if let Some(value) = self.field(credentials, &answered.challenge, request, entropy) {
                fields.push((name.to_owned(), value));
            }
        }
        Ok(fields)
    }

    /// Of each realm that may have an answer, the strongest challenge that the credentials can answer.
    fn strongest(&self, credentials: &Credentials, request: &Challenged<'_>) -> Vec<Challenge> {
        let mut best: Vec<Challenge> = Vec::new();
        for challenge in request.challenges.iter().flat_map(|text| Challenge::parse_all(text)) {
            if !self.is_known(credentials, request, &challenge.realm) || credentials.ha1(&challenge).is_none() {
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
        best
    }

    /// Whether that realm is not one that the far end of a dialog has just thought of.
    fn is_known(&self, credentials: &Credentials, request: &Challenged<'_>, realm: &str) -> bool {
        let Some(realms) = request.inside else { return true };
        let mut met = realms.iter().chain(&self.registrars);
        credentials.name(realm) || met.any(|known| known == realm)
    }

    fn remember_registrar(&mut self, realm: &str) {
        if self.registrars.iter().any(|known| known == realm) {
            return;
        }
        if self.registrars.len() >= MAX_REALMS {
            self.registrars.remove(0);
        }
        self.registrars.push(realm.to_owned());
    }

    /// How often this nonce has been used, this time included (RFC 7616 3.4). Of too many the one that was not used for
    /// longest is forgotten.
    fn count(&mut self, nonce: &str) -> u32 {
        let known = self.counts.iter().position(|(used, _)| used == nonce);
        let (nonce, used) = match known {
            Some(at) => self.counts.remove(at),
            None => (nonce.to_owned(), 0),
        };
        if self.counts.len() >= MAX_NONCES {
            self.counts.remove(0);
        }
        let count = used.saturating_add(1);
        self.counts.push((nonce, count));
        count
    }

    fn field(
        &mut self,
        credentials: &Credentials,
        challenge: &Challenge,
        request: &Challenged<'_>,
        entropy: &mut Entropy,
    ) -> Option<String> {
        let ha1 = credentials.ha1(challenge)?;
        // `auth` before `auth-int`: proxies may change a body, and RFC 3261 bodies pass through them.
        let qop = ["auth", "auth-int"].into_iter().find(|q| challenge.qop.iter().any(|o| o == q));
        let cnonce = entropy.token(16);
        let nc = format!("{:08x}", self.count(&challenge.nonce));
        let Challenged { method, uri, body, .. } = *request;
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
        single_line(&text).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Algorithm, Presented, challenge_header, verify};
    use crate::entropy::Counter;

    const INVITE: Challenged<'_> =
        Challenged { status: 401, challenges: &[], method: "INVITE", uri: "sip:a@b", body: b"", inside: None };

    fn ask(status: u16, challenges: &[&str], attempt: &mut Attempt) -> Result<Vec<(String, String)>, AuthError> {
        let credentials =
            Credentials { username: "bob".into(), password: Some("zanzibar".into()), ..Default::default() };
        let mut entropy = Entropy::new(Counter::new(7));
        let request = Challenged { status, challenges, ..INVITE };
        Authenticator::new().answer(&credentials, &request, attempt, &mut entropy)
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
            let request = Challenged { challenges: &challenge, ..INVITE };
            let fields = authenticator.answer(&credentials, &request, &mut attempt, &mut entropy).unwrap();
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
            let request = Challenged { challenges: &[challenge], ..INVITE };
            Authenticator::new().answer(&credentials, &request, &mut attempt, &mut entropy)
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
