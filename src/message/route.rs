//! Routes: the proxies that a request passes, as Route, Path and Service-Route list them.

use super::NameAddr;

/// Leaves out the proxies at the start of a route that stand on this host.
pub(crate) fn pass_by(route: &mut Vec<String>, edge: Option<&str>) {
    let stands_at = |proxy: &&String| {
        NameAddr::parse(proxy).is_some_and(|proxy| edge.is_some_and(|edge| proxy.uri.host.eq_ignore_ascii_case(edge)))
    };
    let passed = route.iter().take_while(stands_at).count();
    route.drain(..passed);
}
