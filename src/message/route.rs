//! Routes: the proxies that a request passes, as Route, Path and Service-Route list them.

use super::NameAddr;
use crate::uri::Uri;

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
