//! Push notifications that wake the page (RFC 8599): where they go stands in the Contact URI of REGISTER, and the 2xx says
//! whether a proxy sends them.

use crate::bounds::MAX_GRUU;
use crate::message::{Headers, Params};

/// Where the push service reaches us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushTarget {
    /// The service, as `pn-provider` names it: `webpush`, `fcm`, `apns`.
    pub provider: String,
    /// The page there: `pn-prid`.
    pub prid: String,
    /// What else the service needs, as `pn-param`; empty for nothing.
    pub param: String,
}

impl PushTarget {
    /// The parameters of the Contact URI, in which nothing of the app's stands for itself.
    pub fn params(&self) -> String {
        let all = [("provider", &self.provider), ("param", &self.param), ("prid", &self.prid)];
        all.into_iter().map(|(name, value)| param(name, value)).collect()
    }
}

/// A parameter of a Contact URI, or nothing without a value. What may not stand in `pvalue` (RFC 3261 25.1) is written as
/// its bytes.
fn param(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let mut text = [";pn-", name, "="].concat();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// What a proxy says of its push notifications in the 2xx (RFC 8599 8.2): `+sip.pns`, `+sip.pnsreg`, `+sip.pnspurr`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushGrant {
    /// The service that it uses.
    pub pns: Option<String>,
    /// How many s before the end of the registration it wants the refresh, or sends a push for it.
    pub pnsreg: Option<u32>,
    /// What names our binding in a request inside a dialog.
    pub pnspurr: Option<String>,
}

impl PushGrant {
    /// Reads that of a 2xx.
    pub fn read(headers: &Headers) -> Self {
        let mut grant = Self::default();
        for caps in headers.values("Feature-Caps") {
            let params = Params::parse(caps.trim_start_matches('*'));
            let value = |name: &str| params.value(name).filter(|value| value.len() <= MAX_GRUU).map(str::to_owned);
            grant.pns = grant.pns.or_else(|| value("+sip.pns"));
            grant.pnsreg = grant.pnsreg.or_else(|| value("+sip.pnsreg")?.parse().ok());
            grant.pnspurr = grant.pnspurr.or_else(|| value("+sip.pnspurr"));
        }
        grant
    }

    /// The parameter of our Contact in dialogs that lets the proxy wake us for a request inside one (RFC 8599 6).
    pub fn purr(&self) -> String {
        param("purr", self.pnspurr.as_deref().unwrap_or_default())
    }
}
