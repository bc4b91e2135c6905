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
        let mut text = String::new();
        for (name, value) in [("provider", &self.provider), ("param", &self.param), ("prid", &self.prid)] {
            if !value.is_empty() {
                text.push_str(&[";pn-", name, "="].concat());
                escape(value, &mut text);
            }
        }
        text
    }
}

/// `pvalue` of RFC 3261 25.1: what may not stand there is written as its bytes.
fn escape(value: &str, text: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
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
}
