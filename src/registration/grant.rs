//! What a 2xx to REGISTER grants beside the binding: the way to us (Path, RFC 3327) and the way of our requests
//! (Service-Route, RFC 3608).

use super::push::PushGrant;
use crate::bounds::{MAX_ROUTES, MAX_SERVICE_ROUTE};
use crate::message::{Headers, NameAddr};
use crate::uri::Uri;

/// What holds as long as the registration, and is replaced by its next 2xx.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The proxies that a request to us passes, the registrar's first.
    pub path: Vec<String>,
    /// The proxies that a request of ours outside a dialog passes, ours first.
    pub service_route: Vec<String>,
    /// Whether the registrar keeps a binding for each of our flows (RFC 5626 6: `Require: outbound`).
    pub outbound: bool,
    /// What is said of push notifications (RFC 8599).
    pub push: PushGrant,
}

impl Grant {
    /// Reads that of a 2xx, and whether all of it can be used. A route that cannot is left out as a whole, because a part
    /// of it leads elsewhere.
    pub fn read(headers: &Headers) -> (Self, bool) {
        let [path, service_route] = ["Path", "Service-Route"].map(|name| route(headers, name));
        let complete = path.is_some() && service_route.is_some();
        let grant = Self {
            path: path.unwrap_or_default(),
            service_route: service_route.unwrap_or_default(),
            outbound: headers.has_token("Require", "outbound"),
            push: PushGrant::read(headers),
        };
        (grant, complete)
    }

    /// The proxy at the other end of our flow, which stands last in the Path (RFC 3327 5.1).
    pub fn edge(&self) -> Option<Uri> {
        self.path.last().and_then(|proxy| NameAddr::parse(proxy)).map(|proxy| proxy.uri)
    }
}

/// The values of that field, each the address of a proxy.
fn route(headers: &Headers, name: &str) -> Option<Vec<String>> {
    let values = headers.values(name);
    let weight = values.iter().map(|value| value.len()).sum::<usize>();
    let usable = |value: &&str| value.ends_with('>') && NameAddr::parse(value).is_some_and(|proxy| proxy.uri.is_sip());
    let all = values.len() <= MAX_ROUTES && weight <= MAX_SERVICE_ROUTE && values.iter().all(usable);
    all.then(|| values.into_iter().map(str::to_owned).collect())
}
