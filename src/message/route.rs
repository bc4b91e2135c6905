//! Routes: the proxies that a request passes, as Route, Path and Service-Route list them.

use super::NameAddr;
use crate::uri::Uri;

/// Request-URI and Route fields of a request to that address by that route: loose routing, or the strict router that
/// RFC 2543 knew (RFC 3261 12.2.1.1, 8.1.2).
pub(crate) fn routed(target: &str, mut route: Vec<String>) -> (String, Vec<String>) {
    let first = route.first().and_then(|first| NameAddr::parse(first));
    match first.filter(|router| router.uri.param("lr").is_none()) {
        None => (target.to_owned(), route),
        Some(router) => {
            let mut uri = router.uri;
            uri.headers.clear();
            route.remove(0);
            route.push(["<", target, ">"].concat());
            (uri.to_string(), route)
        }
    }
}

/// Leaves out the proxy at the start of a route, if it is this one. Two may stand on one host: ports and transports tell
/// them apart, where both addresses name them. A proxy that stands between two transports has recorded itself twice, which
/// `r2` says (Kamailio, OpenSIPS).
pub(crate) fn pass_by(route: &mut Vec<String>, edge: Option<&Uri>) {
    let proxy = |at: usize| route.get(at).and_then(|proxy| NameAddr::parse(proxy)).map(|proxy| proxy.uri);
    let (Some(first), Some(edge)) = (proxy(0), edge) else { return };
    if !is_same(&first, edge) {
        return;
    }
    let twice = |second: Uri| second.host == first.host && [&first, &second].iter().all(|half| half.params.has("r2"));
    let passed = if proxy(1).is_some_and(twice) { 2 } else { 1 };
    route.drain(..passed);
}

fn is_same(one: &Uri, other: &Uri) -> bool {
    let transports = (one.params.value("transport"), other.params.value("transport"));
    one.host == other.host
        && !matches!((one.port, other.port), (Some(one), Some(other)) if one != other)
        && !matches!(transports, (Some(one), Some(other)) if !one.eq_ignore_ascii_case(other))
}
