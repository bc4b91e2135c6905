//! A request of ours that was challenged, as far as its credentials depend on it.

use super::Scheme;
use super::credentials::Credentials;

/// A request of ours, as far as its credentials depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its Request-URI.
    pub uri: &'a str,
    /// Its body.
    pub body: &'a [u8],
    /// For a request inside a dialog, the realms that challenged what made the dialog.
    pub inside: Option<&'a [String]>,
    /// The server that it goes to: an index into `Config::servers`.
    pub server: usize,
    /// Whether nobody reads a token on the way there.
    pub secure: bool,
}

/// A request of ours that was answered 401 or 407.
#[derive(Clone, Copy, Debug)]
pub struct Challenged<'a> {
    /// The status.
    pub status: u16,
    /// The values of `WWW-Authenticate`.
    pub www: &'a [&'a str],
    /// The values of `Proxy-Authenticate`: a proxy that forks gathers both (RFC 3261 16.7).
    pub proxy: &'a [&'a str],
    /// The request.
    pub request: Outgoing<'a>,
}

impl Challenged<'_> {
    /// Whether a token is asked for, and the line is the reason why none goes.
    pub fn offers_token_in_the_open(&self, credentials: &Credentials) -> bool {
        let mut all = self.www.iter().chain(self.proxy).flat_map(|text| Scheme::parse_all(text));
        credentials.asks && !self.request.secure && all.any(|scheme| matches!(scheme, Scheme::Bearer(_)))
    }
}
