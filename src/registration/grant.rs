//! What a 2xx to REGISTER grants beside the binding: the way to us (Path, RFC 3327) and the way of our requests
//! (Service-Route, RFC 3608).

use super::PushGrant;
use crate::bounds::{MAX_ROUTES, MAX_SERVICE_ROUTE};
use crate::context::Cx;
use crate::event::Event;
use crate::message::{Headers, NameAddr};

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
    /// Reads that of a 2xx. A route that cannot be used is left out as a whole, because a part of it leads elsewhere, and
    /// the app is told.
    pub fn read(headers: &Headers, cx: &mut Cx) -> Self {
        Self {
            path: route(headers, "Path", cx),
            service_route: route(headers, "Service-Route", cx),
            outbound: headers.has_token("Require", "outbound"),
            push: PushGrant::read(headers),
        }
    }
}

impl Grant {
    /// The host of the proxy at the other end of our flow, which stands last in the Path (RFC 3327 5.1).
    pub fn edge(&self) -> Option<String> {
        self.path.last().and_then(|proxy| NameAddr::parse(proxy)).map(|proxy| proxy.uri.host)
    }
}

/// The values of that field, each the address of a proxy.
fn route(headers: &Headers, name: &str, cx: &mut Cx) -> Vec<String> {
    let values = headers.values(name);
    let weight = values.iter().map(|value| value.len()).sum::<usize>();
    let usable = |value: &&str| value.ends_with('>') && NameAddr::parse(value).is_some_and(|proxy| proxy.uri.is_sip());
    if values.len() > MAX_ROUTES || weight > MAX_SERVICE_ROUTE || !values.iter().all(usable) {
        cx.event(Event::Dropped { why: "Path or Service-Route that cannot be used" });
        return Vec::new();
    }
    values.into_iter().map(str::to_owned).collect()
}
