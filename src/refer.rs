//! What a REFER says, and what a NOTIFY says of it: inside a call and outside (RFC 3515, 3892, 4488).

use crate::command::{line, names};
use crate::context::Cx;
use crate::message::{Headers, NameAddr, Request, SubscriptionState, phrase, single_line};
use crate::uri::is_field_value;

/// Seconds that a transfer may take (JsSIP's `expires`).
pub(crate) const EXPIRES_S: u64 = 300;

/// The fields of a REFER of ours beside those of its dialog. A private one does not name us (RFC 3323 4.1).
pub(crate) fn refer_lines(refer_to: &str, extra: Vec<String>, private: bool, norefersub: bool, cx: &Cx) -> Vec<String> {
    // RFC 3892 2.1 leaves it to us.
    let own = (!private && !extra.iter().any(|line| names(line, "Referred-By")))
        .then(|| format!("Referred-By: <{}>", cx.config.uri.aor()));
    let mut lines = extra;
    lines.push(line("Refer-To", refer_to));
    lines.extend(own);
    if norefersub {
        lines.push("Refer-Sub: false".to_owned());
    }
    lines
}

/// What is wrong with a REFER: the status that it is answered.
pub(crate) fn refer_fault(request: &Request) -> Option<u16> {
    match request.headers.values("Refer-To").as_slice() {
        [one] => match NameAddr::parse(one) {
            // What shall stand in the INVITE is written into it (RFC 3261 19.1.5).
            Some(to) if to.uri.headers.iter().any(|(_, value)| !is_field_value(value)) => Some(400),
            Some(to) if to.uri.is_sip() || to.uri.is_tel() => None,
            Some(_) => Some(416),
            None => Some(400),
        },
        _ => Some(400),
    }
}

/// Whether an answer to a REFER says that a subscription was made (RFC 4488 4).
pub(crate) fn subscribes(headers: &Headers) -> bool {
    !headers.first("Refer-Sub").is_some_and(is_false)
}

/// Whether their REFER asks for none, and ours to give is that.
pub(crate) fn wants_silence(request: &Request, cx: &Cx) -> bool {
    cx.config.norefersub && !subscribes(&request.headers)
}

fn is_false(value: &str) -> bool {
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("false")
}

/// The s for which it goes on to be told of, if that is asked for so long (RFC 3515 2.4.4).
pub(crate) fn granted_s(subscribe: &Request) -> u64 {
    subscribe.expires().map_or(EXPIRES_S, u64::from).min(EXPIRES_S)
}

/// The state of the subscription to a transfer: `left` in s, none once it is left, unless it is done.
fn state_of(status: u16, left: u64) -> String {
    match (status, left) {
        (200.., _) => "terminated;reason=noresource".to_owned(),
        (_, 0) => "terminated;reason=timeout".to_owned(),
        _ => format!("active;expires={left}"),
    }
}

/// The fields of a NOTIFY that tells of a transfer (RFC 3515 2.4.5), for another `left` s.
pub(crate) fn notify_lines(event: &str, status: u16, left: u64, contact: String) -> [String; 4] {
    [
        line("Event", event),
        line("Subscription-State", &state_of(status, left)),
        // NOTIFY refreshes the target (RFC 6665 8.2.2).
        contact,
        "Content-Type: message/sipfrag;version=2.0".to_owned(),
    ]
}

/// Its body.
pub(crate) fn status_line_of(status: u16, reason: &str) -> String {
    let reason = if reason.is_empty() || !single_line(reason) { phrase(status) } else { reason };
    format!("SIP/2.0 {status} {reason}")
}

/// What a NOTIFY says of a transfer.
#[derive(Debug)]
pub(crate) struct Report {
    /// The status line of its body.
    pub line: Option<(u16, String)>,
    /// Whether there will be no other.
    pub last: bool,
    /// For how long it goes on, in s.
    pub expires_s: Option<u32>,
}

impl Report {
    /// Reads it.
    pub(crate) fn read(request: &Request) -> Self {
        let state = request.headers.first("Subscription-State").and_then(SubscriptionState::parse);
        let line = request.body_text().and_then(status_line);
        let expires_s = state.as_ref().and_then(|state| state.expires);
        let last = state.is_some_and(|s| s.state == "terminated") || line.as_ref().is_some_and(|(s, _)| *s >= 200);
        Self { line, last, expires_s }
    }
}

/// The status line at the start of a `message/sipfrag` body (RFC 3420).
fn status_line(body: &str) -> Option<(u16, String)> {
    let line = body.trim_start().lines().next()?;
    let (version, rest) = line.trim_end().split_once(' ')?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return None;
    }
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let status: u16 = status.parse().ok()?;
    (100..700).contains(&status).then(|| (status, reason.to_owned()))
}

/// The call that a Target-Dialog field names, its tags from either side: who can name them is in that call, or knows
/// who is (RFC 4538 3).
pub(crate) fn target_dialog(request: &Request) -> Option<(String, String, String)> {
    let (call_id, params) = request.headers.first("Target-Dialog")?.split_once(';')?;
    let params = crate::message::Params::parse(params);
    let tag = |name| params.value(name).map(str::to_owned);
    Some((call_id.trim().to_owned(), tag("local-tag")?, tag("remote-tag")?))
}
