//! Where credentials go before anybody asks: the nonces that servers have taken, or named for the next request, each
//! only for requests like the one that it was for (RFC 7616 3.4, 3.5 and 3.6; RFC 3261 22.1).

use std::sync::Arc;

use super::{Account, Outgoing, Scheme};
use crate::bounds::MAX_SPACES;
use crate::message::{single_line, split, unquote};
use crate::uri::Uri;

/// One nonce or token, and for what it is good.
#[derive(Clone, Debug)]
pub(super) struct Space {
    server: usize,
    register: bool,
    host: String,
    pub proxy: bool,
    pub scheme: Scheme,
    pub account: Arc<Account>,
    /// For one request only: the server has named it, and the app has not asked for more.
    pub once: bool,
}

impl Space {
    /// Good for requests like this one.
    pub(super) fn of(request: &Outgoing<'_>, proxy: bool, scheme: Scheme, account: Arc<Account>, once: bool) -> Self {
        let (server, register) = (request.server, request.method == "REGISTER");
        Self { server, register, host: host_of(request.uri), proxy, scheme, account, once }
    }

    /// Whether that request goes to the same server, and to the same host or inside a dialog that the realm is known in.
    pub(super) fn covers(&self, request: &Outgoing<'_>) -> bool {
        let inside = request.inside.is_some_and(|realms| realms.iter().any(|realm| realm == self.scheme.realm()));
        self.server == request.server
            && self.register == (request.method == "REGISTER")
            && (inside || self.host == host_of(request.uri))
    }

    /// Whether it is the same place.
    fn is_beside(&self, other: &Self) -> bool {
        (self.server, self.register, self.proxy) == (other.server, other.register, other.proxy)
            && self.host == other.host
            && self.scheme.realm() == other.scheme.realm()
    }
}

fn host_of(uri: &str) -> String {
    Uri::parse(uri).map(|uri| uri.host.to_ascii_lowercase()).unwrap_or_default()
}

/// All of them, the newest at the end.
#[derive(Debug, Default)]
pub(super) struct Spaces(pub Vec<Space>);

impl Spaces {
    /// Keeps it instead of the one that was there; of too many the oldest goes.
    pub(super) fn keep(&mut self, space: Space) {
        self.0.retain(|known| !known.is_beside(&space));
        if self.0.len() >= MAX_SPACES {
            self.0.remove(0);
        }
        self.0.push(space);
    }

    /// Whoever asks does not take what was used ahead for that.
    pub(super) fn drop_refused(&mut self, request: &Outgoing<'_>, proxy: bool, realm: &str) {
        self.0.retain(|space| !(space.proxy == proxy && space.scheme.realm() == realm && space.covers(request)));
    }
}

/// `Authentication-Info` or `Proxy-Authentication-Info` (RFC 7615).
#[derive(Debug, Default)]
pub(super) struct AuthenticationInfo {
    pub nextnonce: Option<String>,
    pub qop: Option<String>,
    pub rspauth: Option<String>,
}

impl AuthenticationInfo {
    /// Reads the value.
    pub(super) fn parse(text: &str) -> Self {
        let mut info = Self::default();
        for piece in split(text, ',').take(32) {
            let Some((name, value)) = piece.split_once('=') else { continue };
            let value = Some(unquote(value.trim())).filter(|value| single_line(value));
            match name.trim().to_ascii_lowercase().as_str() {
                "nextnonce" => info.nextnonce = value,
                "qop" => info.qop = value,
                "rspauth" => info.rspauth = value,
                _ => {}
            }
        }
        info
    }
}
