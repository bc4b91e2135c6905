//! Header fields that the layers above read: one small reader for each.

use super::Method;
use super::params::Params;

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
        Some(Self { seconds: number(seconds)?, refresher })
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
        let number = |name| params.value(name).and_then(self::number);
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

/// Min-SE (RFC 4028 5): the least session interval, in s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinSe(pub u32);

impl MinSe {
    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        leading_number(text).map(Self)
    }
}

/// Replaces (RFC 3891 6.1): the dialog whose place an INVITE takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// Its Call-ID.
    pub call_id: String,
    /// The tag of the side that is asked to replace it: ours.
    pub to_tag: String,
    /// The tag of its other side.
    pub from_tag: String,
    /// Only while the dialog is early.
    pub early_only: bool,
}

impl Replaces {
    /// Reads the value as it stands in a header field (in a Refer-To URI it is escaped: decode it first).
    pub fn parse(text: &str) -> Option<Self> {
        let (call_id, params) = text.split_once(';')?;
        let call_id = call_id.trim();
        let params = Params::parse(params);
        let tag = |name| params.value(name).filter(|t| !t.is_empty()).map(str::to_owned);
        let clean = !call_id.is_empty() && !call_id.contains(char::is_whitespace);
        clean.then_some(())?;
        Some(Self {
            call_id: call_id.to_owned(),
            to_tag: tag("to-tag")?,
            from_tag: tag("from-tag")?,
            early_only: params.has("early-only"),
        })
    }
}

/// RAck (RFC 3262 7.2): which provisional response a PRACK acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The RSeq of that response.
    pub rseq: u32,
    /// The CSeq number of its request.
    pub cseq: u32,
    /// The method of its request.
    pub method: Method,
}

impl RAck {
    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split_whitespace();
        let read = Self {
            rseq: number(pieces.next()?)?,
            cseq: number(pieces.next()?)?,
            method: Method::parse(pieces.next()?)?,
        };
        pieces.next().is_none().then_some(read)
    }
}

/// Retry-After in s, its comment and parameters left aside (RFC 3261 20.33).
pub fn retry_after(text: &str) -> Option<u32> {
    leading_number(text)
}

/// The digits that a value starts with, up to a parameter or a comment.
fn leading_number(text: &str) -> Option<u32> {
    number(text.split([';', '(']).next()?)
}

/// Digits and nothing else; `str::parse` alone would take a sign.
pub(super) fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
