//! Header fields that the layers above read: one small reader for each.

use super::headers::Headers;
use super::params::{Params, unquote};

/// Session-Expires (RFC 4028 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// The interval in s.
    pub seconds: u32,
    /// `uac` or `uas`.
    pub refresher: Option<String>,
}

impl SessionExpires {
    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        let (seconds, params) = text.split_once(';').unwrap_or((text, ""));
        let refresher = Params::parse(params).value("refresher").map(str::to_ascii_lowercase);
        Some(Self { seconds: seconds.trim().parse().ok()?, refresher })
    }
}

/// Event (RFC 6665 8.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventHeader {
    /// The package, in lower case.
    pub package: String,
    /// `id` and others.
    pub params: Params,
}

impl EventHeader {
    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        let (package, params) = text.split_once(';').unwrap_or((text, ""));
        let package = package.trim().to_ascii_lowercase();
        super::is_token(&package).then(|| Self { package, params: Params::parse(params) })
    }
}

/// Subscription-State (RFC 6665 8.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionState {
    /// `active`, `pending` or `terminated`, in lower case.
    pub state: String,
    /// s until it expires.
    pub expires: Option<u32>,
    /// Why it ended.
    pub reason: Option<String>,
    /// s after which to try again.
    pub retry_after: Option<u32>,
}

impl SubscriptionState {
    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        let (state, params) = text.split_once(';').unwrap_or((text, ""));
        let params = Params::parse(params);
        let number = |name| params.value(name).and_then(|v| v.parse().ok());
        let state = state.trim().to_ascii_lowercase();
        super::is_token(&state).then(|| Self {
            state,
            expires: number("expires"),
            reason: params.value("reason").map(str::to_owned),
            retry_after: number("retry-after"),
        })
    }
}

/// Reason (RFC 3326).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `SIP` or `Q.850`.
    pub protocol: String,
    /// The code.
    pub cause: Option<u16>,
    /// In words.
    pub text: Option<String>,
}

impl Reason {
    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        let (protocol, params) = text.split_once(';').unwrap_or((text, ""));
        let params = Params::parse(params);
        let protocol = protocol.trim().to_owned();
        (!protocol.is_empty()).then(|| Self {
            protocol,
            cause: params.value("cause").and_then(|v| v.parse().ok()),
            text: params.value("text").map(str::to_owned),
        })
    }
}

/// The session description of a body of type `content_type`, also as a part of a multipart body (RFC 5621, 2046 5.1).
pub(super) fn sdp(headers: &Headers, content_type: &str, body: &str) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    if content_type == "application/sdp" {
        return Some(body.to_owned());
    }
    if !content_type.starts_with("multipart/") {
        return None;
    }
    let (_, params) = headers.first("Content-Type")?.split_once(';')?;
    let params = Params::parse(params);
    let boundary = unquote(params.value("boundary")?);
    let delimiter = format!("--{boundary}");
    body.split(delimiter.as_str()).skip(1).find_map(|part| {
        let part = part.strip_prefix("\r\n").or_else(|| part.strip_prefix('\n'))?;
        let (head, text) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let is_sdp = head.lines().any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                let kind = value.split(';').next().unwrap_or_default().trim();
                let name = name.trim();
                (name.eq_ignore_ascii_case("Content-Type") || name.eq_ignore_ascii_case("c"))
                    && kind.eq_ignore_ascii_case("application/sdp")
            })
        });
        is_sdp.then(|| format!("{}\r\n", text.trim_end()))
    })
}
