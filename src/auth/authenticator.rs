//! Answers challenges, and challenges to come. Its tests look at what it keeps, so they stand at its end: that is why it is
//! long.

use std::sync::Arc;

use super::accounts::{Accounts, Known, Question};
use super::attempt::{Answered, Attempt, MAX_STALE, Proof, quality};
use super::challenged::{Challenged, Outgoing};
use super::credentials::Credentials;
use super::digest::Inputs;
use super::offer::Offer;
use super::spaces::{AuthenticationInfo, Space, Spaces};
use super::{Account, Challenge, Scheme};
use crate::bounds::{MAX_CHALLENGE, MAX_NONCES, MAX_REALMS};
use crate::entropy::Entropy;
use crate::event::ticket::Ticket;
use crate::message::{quoted, single_line};
use crate::time::Instant;

/// Most accounts that one realm is given for one request.
const MAX_TRIES: u8 = 3;

/// How a challenged request goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is sent again with these fields.
    Fields(Vec<(String, String)>),
    /// The app has to be asked this, or was already by another request: it waits.
    Wait(Vec<Question>),
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

/// What a realm of a challenge gets.
enum Choice {
    Met(Scheme, Arc<Account>),
    Wait,
    Ask(u32),
    Nothing,
}

/// Answers challenges, counts the uses of each nonce, and knows who challenges REGISTERs.
#[derive(Debug, Default)]
pub struct Authenticator {
    /// Nonces and how often they were used, the one that was used last at the end.
    counts: Vec<(String, u32)>,
    realm: Option<String>,
    registrars: Vec<String>,
    accounts: Accounts,
    spaces: Spaces,
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

    /// All credential fields for the repetition of a request that got 401 or 407, or what has to be asked before. Asking
    /// again with the same response is what goes on once the app has answered.
    pub fn answer(
        &mut self,
        credentials: &Credentials,
        challenged: &Challenged<'_>,
        attempt: &mut Attempt,
        entropy: &mut Entropy,
    ) -> Result<Answer, AuthError> {
        if !credentials.asks && credentials.password.is_none() && credentials.ha1.is_none() {
            return Err(AuthError::NoCredentials);
        }
        let request = &challenged.request;
        let by_proxy = challenged.proxy.iter().map(|text| (true, *text));
        let all = challenged.www.iter().map(|text| (false, *text)).chain(by_proxy);
        let offers = Offer::read(all, credentials, request.secure, |realm| self.is_known(credentials, request, realm));
        let (mut met, mut questions) = (Vec::new(), Vec::new());
        attempt.waits.clear();
        for offer in &offers {
            self.spaces.drop_refused(request, offer.proxy, &offer.realm);
            match self.choose(credentials, offer, attempt) {
                Choice::Met(scheme, account) => met.push((offer.proxy, scheme, account)),
                Choice::Wait => attempt.waits.push(offer.realm.clone()),
                // Who is called and a proxy may ask for the same.
                Choice::Ask(_) if attempt.waits.contains(&offer.realm) => {}
                Choice::Ask(refusals) => {
                    attempt.waits.push(offer.realm.clone());
                    questions.push(question(offer, challenged, refusals));
                }
                Choice::Nothing => {}
            }
        }
        if !attempt.waits.is_empty() {
            return Ok(Answer::Wait(questions));
        }
        let Some((_, first, _)) = met.first() else {
            let refused = offers.iter().any(|offer| attempt.find(offer.proxy, &offer.realm).is_some());
            return Err(if refused { AuthError::Rejected } else { AuthError::NoUsableChallenge });
        };
        self.realm = Some(first.realm().to_owned());
        for (proxy, scheme, account) in met {
            if request.method == "REGISTER" {
                self.remember_registrar(scheme.realm());
            }
            attempt.take_in(proxy, scheme, account).ok_or(AuthError::Rejected)?;
        }
        Ok(Answer::Fields(self.fields(attempt, request, entropy)))
    }

    /// The same credentials for another repetition of the request, which no challenge has asked for.
    pub fn fields(
        &mut self,
        attempt: &mut Attempt,
        request: &Outgoing<'_>,
        entropy: &mut Entropy,
    ) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for answered in &mut attempt.answered {
            let name = if answered.proxy { "Proxy-Authorization" } else { "Authorization" };
            if let Some(value) = self.field(answered, request, entropy) {
                fields.push((name.to_owned(), value));
            }
        }
        fields
    }

    /// The credentials that a request carries before anybody asks: those that the same place has taken before, or named
    /// a nonce for.
    pub fn ahead(
        &mut self,
        credentials: &Credentials,
        request: &Outgoing<'_>,
        entropy: &mut Entropy,
    ) -> (Vec<(String, String)>, Attempt) {
        let mut attempt = Attempt::default();
        for space in self.spaces.0.iter().rev().filter(|space| space.covers(request)) {
            let realm = space.scheme.realm();
            let allowed = match &space.scheme {
                Scheme::Digest(challenge) => credentials.allow(challenge),
                Scheme::Bearer(_) => request.secure && credentials.allow_realm(realm),
            };
            let current = match self.accounts.known(realm) {
                Known::Given(account) => account == space.account,
                Known::Asked | Known::Nothing(_) => !credentials.asks && credentials.account(realm) == *space.account,
            };
            if allowed && current && attempt.find(space.proxy, realm).is_none() {
                attempt.answered.push(Answered {
                    proxy: space.proxy,
                    scheme: space.scheme.clone(),
                    account: Arc::clone(&space.account),
                    stale: 0,
                    tries: 0,
                    ahead: true,
                    proof: None,
                });
            }
        }
        self.spaces.0.retain(|space| !(space.once && space.covers(request)));
        (self.fields(&mut attempt, request, entropy), attempt)
    }

    /// A request with credentials has its final answer, and it is no challenge. `info` are the values of
    /// `Authentication-Info` and `Proxy-Authentication-Info`. False if the server claims to know the password too, and
    /// does not (RFC 7616 3.5).
    pub fn taken(
        &mut self,
        credentials: &Credentials,
        request: &Outgoing<'_>,
        (status, body): (u16, &[u8]),
        info: [Option<&str>; 2],
        attempt: &Attempt,
    ) -> bool {
        let mut proved = true;
        for answered in &attempt.answered {
            let realm = answered.scheme.realm();
            if status == 403 {
                // Many servers say so to a wrong password, though 403 asks for no other one.
                self.accounts.forget(realm);
                self.spaces.drop_refused(request, answered.proxy, realm);
                continue;
            }
            self.accounts.worked(realm);
            let mut scheme = answered.scheme.clone();
            let [www, by_proxy] = info;
            let alone = attempt.answered.iter().filter(|other| other.proxy == answered.proxy).count() == 1;
            let said = if answered.proxy { by_proxy } else { www }.filter(|_| alone);
            let said = said.map(AuthenticationInfo::parse).unwrap_or_default();
            let mut named = false;
            if let Scheme::Digest(challenge) = &mut scheme {
                if answered.proof.as_ref().is_some_and(|proof| !proof.is_met_by(&said, challenge, body)) {
                    proved = false;
                    self.spaces.drop_refused(request, answered.proxy, realm);
                    continue;
                }
                if let Some(nonce) = said.nextnonce.filter(|nonce| nonce.len() <= MAX_CHALLENGE) {
                    named = true;
                    challenge.nonce = nonce;
                }
            }
            if named || credentials.ahead {
                let once = !credentials.ahead;
                let account = Arc::clone(&answered.account);
                self.spaces.keep(Space::of(request, answered.proxy, scheme, account, once));
            }
        }
        proved
    }

    /// The app is asked this by that ticket. False if it is asked for too many realms already.
    pub fn ask(
        &mut self,
        question: &Question,
        challenged: &Challenged<'_>,
        credentials: &Credentials,
        by: (Ticket, Instant),
    ) -> bool {
        let values = if question.proxy { challenged.proxy } else { challenged.www };
        let all = values.iter().map(|text| (question.proxy, *text));
        let offers = Offer::read(all, credentials, challenged.request.secure, |realm| realm == question.realm);
        let (ticket, now) = by;
        offers.into_iter().next().is_some_and(|offer| self.accounts.ask(offer, ticket, now))
    }

    /// What the app gave for that ticket, nothing to give up. The realm if it was still waited for, and whether it is of
    /// use.
    pub fn given(&mut self, ticket: Ticket, account: Option<Account>) -> Option<(String, bool)> {
        self.accounts.given(ticket, account)
    }

    /// The questions that the app has not answered in time.
    pub fn overdue(&self, now: Instant) -> Vec<Ticket> {
        self.accounts.overdue(now)
    }

    /// When the first question is overdue.
    pub fn deadline(&self) -> Option<Instant> {
        self.accounts.deadline()
    }

    /// How many questions are open.
    pub fn questions(&self) -> usize {
        self.accounts.open()
    }

    /// Nobody waits for an answer any more.
    pub fn forget_questions(&mut self) {
        self.accounts.forget_questions();
    }

    fn choose(&mut self, credentials: &Credentials, offer: &Offer, attempt: &Attempt) -> Choice {
        let met = |account: Arc<Account>| match offer.met_by(&account) {
            Some(scheme) => Choice::Met(scheme, account),
            None => Choice::Nothing,
        };
        if !credentials.asks {
            return met(Arc::new(credentials.account(&offer.realm)));
        }
        if attempt.has_given_up(&offer.realm) {
            return Choice::Nothing;
        }
        if let Some(answered) = attempt.find(offer.proxy, &offer.realm).filter(|answered| !answered.ahead) {
            let again = offer.met_by(&answered.account);
            if let Some(Scheme::Digest(Challenge { stale: true, .. })) = again
                && answered.stale < MAX_STALE
            {
                return met(Arc::clone(&answered.account));
            }
            self.accounts.refused(&offer.realm, &answered.account);
            if answered.tries >= MAX_TRIES {
                self.accounts.forget(&offer.realm);
                return Choice::Nothing;
            }
        }
        match self.accounts.known(&offer.realm) {
            Known::Given(account) if offer.met_by(&account).is_some() => met(account),
            Known::Given(_) => Choice::Ask(0),
            Known::Asked => Choice::Wait,
            Known::Nothing(refusals) => Choice::Ask(refusals),
        }
    }

    /// Whether that realm is not one that the far end of a dialog has just thought of.
    fn is_known(&self, credentials: &Credentials, request: &Outgoing<'_>, realm: &str) -> bool {
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

    fn field(&mut self, answered: &mut Answered, request: &Outgoing<'_>, entropy: &mut Entropy) -> Option<String> {
        let challenge = match &answered.scheme {
            Scheme::Digest(challenge) => challenge,
            Scheme::Bearer(_) => return answered.account.token.as_ref().map(|token| ["Bearer ", token].concat()),
        };
        let ha1 = answered.account.ha1(challenge)?;
        let qop = quality(challenge);
        let cnonce = entropy.token(16);
        let nc = format!("{:08x}", self.count(&challenge.nonce));
        let Outgoing { method, uri, body, .. } = *request;
        let inputs = Inputs { nonce: &challenge.nonce, nc: &nc, cnonce: &cnonce, qop, method, uri, body };
        let response = inputs.response(challenge.algorithm, &ha1);
        let mut text = format!(
            "Digest algorithm={}, username={}, realm={}, nonce={}, uri=\"{uri}\", response=\"{response}\"",
            challenge.algorithm.name(),
            quoted(&answered.account.username),
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
        answered.proof = Some(Proof { ha1, nc, cnonce, uri: uri.to_owned() });
        single_line(&text).then_some(text)
    }
}

fn question(offer: &Offer, challenged: &Challenged<'_>, refusals: u32) -> Question {
    let bearer = offer.bearer.clone().unwrap_or_default();
    Question {
        schemes: offer.schemes.clone(),
        realm: offer.realm.clone(),
        proxy: offer.proxy,
        status: challenged.status,
        algorithm: offer.strongest().map(|challenge| challenge.algorithm),
        method: challenged.request.method.to_owned(),
        uri: challenged.request.uri.to_owned(),
        stale: offer.strongest().is_some_and(|challenge| challenge.stale),
        attempt: refusals.saturating_add(1),
        scope: bearer.scope,
        authz_server: bearer.authz_server,
        error: bearer.error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Algorithm, Presented, challenge_header, verify};
    use crate::entropy::Counter;

    const INVITE: Outgoing<'_> =
        Outgoing { method: "INVITE", uri: "sip:a@b", body: b"", inside: None, server: 0, secure: true };

    fn met(answer: Result<Answer, AuthError>) -> Result<Vec<(String, String)>, AuthError> {
        match answer? {
            Answer::Fields(fields) => Ok(fields),
            Answer::Wait(_) => panic!("asked"),
        }
    }

    fn ask(status: u16, challenges: &[&str], attempt: &mut Attempt) -> Result<Vec<(String, String)>, AuthError> {
        let credentials =
            Credentials { username: "bob".into(), password: Some("zanzibar".into()), ..Default::default() };
        let mut entropy = Entropy::new(Counter::new(7));
        let (www, proxy) = if status == 401 { (challenges, &[][..]) } else { (&[][..], challenges) };
        let request = Challenged { status, www, proxy, request: INVITE };
        met(Authenticator::new().answer(&credentials, &request, attempt, &mut entropy))
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
            let request = Challenged { status: 401, www: &challenge, proxy: &[], request: INVITE };
            let fields = met(authenticator.answer(&credentials, &request, &mut attempt, &mut entropy)).unwrap();
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
            let request = Challenged { status: 401, www: &[challenge], proxy: &[], request: INVITE };
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
