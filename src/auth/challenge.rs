//! Challenges as servers write them (RFC 7616 3.3), and what a client presents (3.4).

use super::algorithm::Algorithm;
use crate::bounds::MAX_CHALLENGE;
use crate::message::{single_line, unquote};

/// One `Digest` challenge that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The protection space.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// To be echoed.
    pub opaque: Option<String>,
    /// The credentials were right, the nonce was old.
    pub stale: bool,
    /// The hash.
    pub algorithm: Algorithm,
    /// `auth`, `auth-int`; empty for RFC 2069.
    pub qop: Vec<String>,
}

impl Challenge {
    /// Reads all challenges of one field value; other schemes and unknown algorithms are skipped.
    pub fn parse_all(text: &str) -> Vec<Self> {
        let digest = |scheme| if let Scheme::Digest(challenge) = scheme { Some(challenge) } else { None };
        Scheme::parse_all(text).into_iter().filter_map(digest).collect()
    }

    fn read(params: &[(String, String)]) -> Option<Self> {
        let value = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let qop = value("qop").unwrap_or_default();
        let qop: Vec<String> =
            qop.split(',').take(MAX_PARAMS).map(|q| q.trim().to_ascii_lowercase()).filter(|q| !q.is_empty()).collect();
        if !qop.is_empty() && !qop.iter().any(|q| q == "auth" || q == "auth-int") {
            return None;
        }
        Some(Self {
            realm: value("realm")?,
            nonce: value("nonce")?,
            opaque: value("opaque"),
            stale: value("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            algorithm: Algorithm::parse(&value("algorithm").unwrap_or_default())?,
            qop,
        })
    }
}

/// One `Bearer` challenge (RFC 8898 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearer {
    /// The protection space; empty if it has no name.
    pub realm: String,
    /// What the token has to allow.
    pub scope: Option<String>,
    /// Who gives tokens out: an `https:` URL.
    pub authz_server: Option<String>,
    /// Why the token that was sent is not taken, as `invalid_token`.
    pub error: Option<String>,
}

/// A challenge of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// To be answered with a digest of a password.
    Digest(Challenge),
    /// To be answered with a token.
    Bearer(Bearer),
}

impl Scheme {
    /// Reads all challenges of one field value that can be answered.
    pub fn parse_all(text: &str) -> Vec<Self> {
        schemes(text).into_iter().filter_map(|(scheme, params)| Self::read(&scheme, &params)).collect()
    }

    fn read(scheme: &str, params: &[(String, String)]) -> Option<Self> {
        let weight: usize = params.iter().map(|(_, value)| value.len()).sum();
        if weight > MAX_CHALLENGE || params.iter().any(|(_, value)| !single_line(value)) {
            return None;
        }
        if scheme.eq_ignore_ascii_case("Digest") {
            return Challenge::read(params).map(Self::Digest);
        }
        let value = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        scheme.eq_ignore_ascii_case("Bearer").then(|| {
            Self::Bearer(Bearer {
                realm: value("realm").unwrap_or_default(),
                scope: value("scope"),
                authz_server: value("authz_server"),
                error: value("error"),
            })
        })
    }

    /// The protection space.
    pub fn realm(&self) -> &str {
        match self {
            Self::Digest(challenge) => &challenge.realm,
            Self::Bearer(bearer) => &bearer.realm,
        }
    }
}

/// What a client presented in `Authorization`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The hash.
    pub algorithm: Algorithm,
    params: Vec<(String, String)>,
}

impl Presented {
    /// Reads the value; `None` unless it is `Digest` with a known algorithm.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, params) = schemes(text).into_iter().next()?;
        let name = params.iter().find(|(n, _)| n == "algorithm").map(|(_, v)| v.as_str()).unwrap_or_default();
        let algorithm = Algorithm::parse(name)?;
        scheme.eq_ignore_ascii_case("Digest").then_some(Self { algorithm, params })
    }

    /// One of its parameters, empty if absent.
    pub fn value(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
}

/// Challenges of one field, and parameters of one challenge, that are read; those behind them count as absent.
const MAX_CHALLENGES: usize = 16;
const MAX_PARAMS: usize = 32;

/// Splits `Digest a=1, b="2", Digest a=3` into schemes with their parameters.
fn schemes(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for piece in crate::message::split(text, ',') {
        let mut piece = piece.trim();
        // A piece `Digest realm="x"` opens a challenge: a token and a space before the first `=`.
        let head = piece.split(['=', '"']).next().unwrap_or_default().trim_end();
        if let Some((scheme, _)) = head.split_once(char::is_whitespace) {
            if found.len() == MAX_CHALLENGES {
                break;
            }
            found.push((scheme.to_owned(), Vec::new()));
            piece = piece.get(scheme.len()..).unwrap_or_default().trim_start();
        }
        if let (Some((name, value)), Some((_, params))) = (piece.split_once('='), found.last_mut())
            && params.len() < MAX_PARAMS
        {
            params.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
        }
    }
    found
}
