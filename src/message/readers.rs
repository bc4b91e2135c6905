//! Header fields that the layers above read: one small reader for each.

use super::{Headers, Method};
use crate::grammar::Params;

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
    /// Those of a message, in their order: a gateway gives that of the telephone network beside SIP's (RFC 6432).
    pub fn list(headers: &Headers) -> Vec<Self> {
        headers.values("Reason").into_iter().filter_map(Self::parse).collect()
    }

    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        let (protocol, params) = text.split_once(';').unwrap_or((text, ""));
        let params = Params::parse(params);
        let protocol = protocol.trim().to_owned();
        (!protocol.is_empty()).then(|| Self {
            protocol,
            cause: params.value("cause").and_then(number).and_then(|cause| cause.try_into().ok()),
            text: params.value("text").map(str::to_owned),
        })
    }
}

/// Min-SE: the least session interval, in s, and never less than the 90 of RFC 4028 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinSe(pub u32);

impl MinSe {
    /// The least that may be named, in s.
    pub const LEAST_S: u32 = 90;

    /// Reads the value.
    pub fn parse(text: &str) -> Option<Self> {
        leading_number(text).map(|seconds| Self(seconds.max(Self::LEAST_S)))
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

    /// Whether this is the dialog, its tags from our side. A far end of RFC 2543 has none, which is written `0`
    /// (RFC 3891 3).
    pub fn names(&self, call_id: &str, local_tag: &str, remote_tag: &str) -> bool {
        let remote = if remote_tag.is_empty() { "0" } else { remote_tag };
        self.call_id == call_id && self.to_tag == local_tag && self.from_tag == remote
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

/// The number of a reliable provisional response (RFC 3262 7.1).
pub fn rseq(text: &str) -> Option<u32> {
    number(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_timers() {
        let read = SessionExpires::parse("1800 ;Refresher=UAC;x").unwrap();
        assert_eq!((read.seconds, read.refresher.as_deref()), (1800, Some("uac")));
        assert_eq!((SessionExpires::parse("+90"), SessionExpires::parse(";refresher=uac")), (None, None));
        assert_eq!((MinSe::parse(" 91;x=y"), MinSe::parse("ninety")), (Some(MinSe(91)), None));
        assert_eq!(MinSe::parse("30"), Some(MinSe(90)));
    }

    #[test]
    fn subscriptions() {
        let event = EventHeader::parse("Presence.WinInfo;id=4").unwrap();
        assert_eq!((event.package.as_str(), event.params.value("id")), ("presence.wininfo", Some("4")));
        assert_eq!((EventHeader::parse(""), EventHeader::parse("a b")), (None, None));
        let state = SubscriptionState::parse("Terminated;reason=timeout;retry-after=30;expires=many").unwrap();
        assert_eq!((state.state.as_str(), state.reason.as_deref()), ("terminated", Some("timeout")));
        assert_eq!((state.retry_after, state.expires), (Some(30), None));
    }

    #[test]
    fn replaces_needs_both_tags() {
        let read = Replaces::parse(" a@b ;from-tag=1; To-Tag=2;early-only").unwrap();
        assert_eq!((read.call_id.as_str(), read.from_tag.as_str(), read.to_tag.as_str()), ("a@b", "1", "2"));
        assert!(read.early_only && !Replaces::parse("a;from-tag=1;to-tag=2").unwrap().early_only);
        assert_eq!((Replaces::parse("a;from-tag=1"), Replaces::parse(";from-tag=1;to-tag=2")), (None, None));
    }

    #[test]
    fn reasons() {
        let read = Reason::parse("SIP ;cause=200 ;text=\"Call completed, elsewhere\"").unwrap();
        assert_eq!((read.protocol.as_str(), read.cause), ("SIP", Some(200)));
        assert_eq!(read.text.as_deref(), Some("Call completed, elsewhere"));
        assert_eq!(Reason::parse("Q.850;cause=x").unwrap().cause, None);
        assert_eq!(Reason::parse(";cause=1"), None);
        assert_eq!(Reason::parse("SIP;cause=+200").unwrap().cause, None);
    }

    /// Two in one field and a third in its own, with what no RFC knows, and all that separates inside quotes.
    #[test]
    fn reasons_are_listed_in_their_order() {
        let headers = Headers::parse(
            "Reason: SIP;cause=600;text=\"Busy, \\\"all\\\"; really <now>\";x=\"a,b\", Q.850 ;Cause=17;location=LN\r\n\
             Call-ID: 1\r\nreason: preemption;text=UA,,;cause=1",
        );
        let list =
            Reason::list(&headers).into_iter().map(|one| (one.protocol, one.cause, one.text)).collect::<Vec<_>>();
        let reason = |protocol: &str, cause, text: Option<&str>| (protocol.to_owned(), cause, text.map(str::to_owned));
        let expected = [
            reason("SIP", Some(600), Some("Busy, \"all\"; really <now>")),
            reason("Q.850", Some(17), None),
            reason("preemption", None, Some("UA")),
        ];
        assert_eq!(list, expected);
    }

    #[test]
    fn provisional_acknowledgements() {
        assert_eq!(RAck::parse("776656  1 INVITE"), Some(RAck { rseq: 776_656, cseq: 1, method: Method::Invite }));
        assert_eq!(
            (RAck::parse("1 INVITE"), RAck::parse("1 2 INVITE x"), RAck::parse("-1 2 INVITE")),
            (None, None, None)
        );
    }

    #[test]
    fn delays() {
        assert_eq!(retry_after("120 (I'm in a meeting);duration=60"), Some(120));
        assert_eq!(
            (retry_after("18000;duration=3600"), retry_after("soon"), retry_after("")),
            (Some(18000), None, None)
        );
    }
}
