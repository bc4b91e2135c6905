//! Writing messages: requests in the field order of JsSIP, replies, and the ACK and CANCEL that copy an INVITE.

use crate::event::ids::Flow;

use super::{Method, Party, Request, Response, is_token, pass_by, phrase, routed, with_tag};
use crate::grammar::cut;
use crate::uri::Uri;

/// What `Allow` lists, with PRACK behind it.
const ALLOW: &str = "INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY,SUBSCRIBE,PRACK";

/// The methods that an agent handles, as `Allow` lists them; `reliable` one with PRACK.
pub fn allow(reliable: bool) -> &'static str {
    if reliable { ALLOW } else { ALLOW.strip_suffix(",PRACK").unwrap_or(ALLOW) }
}

/// The bodies that it takes, as `Accept` lists them.
pub const ACCEPT: &str = "application/sdp, application/dtmf-relay";

/// A request of ours as an app sees and may change it: header fields in the order of the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The method.
    pub method: Method,
    /// The Request-URI.
    pub uri: String,
    /// Name and value of each field, without those that are added on sending (Content-Length).
    pub headers: Vec<(String, String)>,
    /// The body, empty for none.
    pub body: String,
    /// For a request inside a dialog, the realms that challenged what made the dialog: nobody else may challenge it.
    pub inside: Option<Vec<String>>,
    /// The realms that got a token: nothing on the wire names them.
    pub token_realms: Vec<String>,
    /// The connection that it goes by, or went by; `None` for the first that is open.
    pub flow: Option<Flow>,
}

impl Draft {
    /// The first value of that field, its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Replaces the first field of that name in its place, or adds it at the end.
    pub fn set(&mut self, name: &str, value: String) {
        match self.headers.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, v)) => *v = value,
            None => self.headers.push((name.to_owned(), value)),
        }
    }

    /// Takes what an app made of it. Fields that would break the message are not taken, none of them.
    pub fn change(&mut self, headers: Vec<(String, String)>, body: String) {
        let clean = |(n, v): &(String, String)| header_line(&format!("{n}: {v}")).is_some() && single_line(v);
        if headers.iter().all(clean) && !headers.is_empty() {
            self.headers = headers;
        }
        self.body = body;
    }

    /// Leaves out the proxy at the start of its route, if it is this one.
    pub fn pass_by(&mut self, edge: Option<&Uri>) {
        let (routes, rest) = std::mem::take(&mut self.headers).into_iter().partition(|(n, _)| n == "Route");
        let routes: Vec<(String, String)> = routes;
        let mut route: Vec<String> = routes.into_iter().map(|(_, proxy)| proxy).collect();
        let before = route.len();
        pass_by(&mut route, edge);
        if route.len() < before {
            // What is first now may be a strict router.
            (self.uri, route) = routed(&self.uri, route);
        }
        self.headers = route.into_iter().map(|proxy| ("Route".to_owned(), proxy)).chain::<Vec<_>>(rest).collect();
    }

    /// The branch of our Via, empty if an app has spoiled it.
    pub fn branch(&self) -> &str {
        self.via_parts().map_or("", |(_, rest)| rest.split([';', ' ']).next().unwrap_or_default())
    }

    /// What stands before `;branch=` in our Via, and behind it.
    fn via_parts(&self) -> Option<(&str, &str)> {
        let (before, params) = self.header("Via")?.split_once(';')?;
        Some((before, params.strip_prefix("branch=")?))
    }

    /// The tag in To, empty outside a dialog.
    pub fn remote_tag(&self) -> String {
        let to = self.header("To").and_then(Party::parse);
        to.as_ref().and_then(Party::tag).unwrap_or_default().to_owned()
    }

    /// The number in CSeq.
    pub fn cseq(&self) -> u32 {
        self.header("CSeq").and_then(|v| v.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// The same request once more with credentials: new branch and CSeq (RFC 3261 22.2), the rest as it was.
    #[must_use]
    pub fn again(&self, branch: &str, cseq: u32, credentials: Vec<(String, String)>) -> Self {
        let mut draft = self.clone();
        draft.headers.retain(|(n, _)| !credentials.iter().any(|(c, _)| c.eq_ignore_ascii_case(n)));
        if let Some((before, _)) = self.via_parts() {
            draft.set("Via", format!("{before};branch={branch}"));
        }
        draft.set("CSeq", format!("{cseq} {}", self.method));
        draft.credit(credentials);
        draft
    }

    /// Takes digests out: each is for one sending.
    pub fn uncredit(&mut self) {
        let digest = |(name, value): &(String, String)| name.ends_with("Authorization") && value.starts_with("Digest ");
        self.headers.retain(|field| !digest(field));
    }

    /// Adds credentials where JsSIP has them.
    pub fn credit(&mut self, credentials: Vec<(String, String)>) {
        let after = self.headers.iter().position(|(n, _)| n == "CSeq").map_or(self.headers.len(), |at| at + 1);
        self.headers.splice(after..after, credentials);
    }

    /// Its start line and header lines, without those that are added on sending.
    pub fn head(&self) -> String {
        let mut text = String::with_capacity(1024 + self.body.len());
        for part in [self.method.as_str(), " ", &self.uri, " SIP/2.0\r\n"] {
            text.push_str(part);
        }
        write_fields(&mut text, &self.headers);
        text
    }

    /// The bytes for the wire.
    pub fn encode(&self) -> Vec<u8> {
        finished(self.head(), &self.body)
    }

    /// The CANCEL of this INVITE: its branch, route, From, To, Call-ID and CSeq number (RFC 3261 9.1).
    #[must_use]
    pub fn cancel(&self, reason: Option<&str>) -> Self {
        let mut draft = self.copied(Method::Cancel, self.header("To").unwrap_or_default());
        if let Some(reason) = reason {
            draft.headers.push(("Reason".to_owned(), reason.to_owned()));
        }
        draft.finish("outbound", allow(false), self.header("User-Agent"))
    }

    /// The ACK of a non-2xx answer to this INVITE: the same branch, the answer's To (RFC 3261 17.1.1.3).
    #[must_use]
    pub fn ack(&self, response: &Response) -> Self {
        let to = response.headers.first("To").unwrap_or_default();
        let mut draft = self.copied(Method::Ack, to);
        draft.headers.extend(self.credentials());
        draft.finish("outbound", allow(false), self.header("User-Agent"))
    }

    /// The fields that an ACK repeats, because it cannot be challenged (RFC 3261 22.1).
    pub fn credentials(&self) -> impl Iterator<Item = (String, String)> {
        let credential = |(name, _): &&(String, String)| {
            ["Authorization", "Proxy-Authorization"].iter().any(|c| name.eq_ignore_ascii_case(c))
        };
        self.headers.iter().filter(credential).cloned()
    }

    fn copied(&self, method: Method, to: &str) -> Self {
        let mut headers: Vec<_> =
            self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("Route")).cloned().collect();
        for name in ["Via", "Max-Forwards", "To", "From", "Call-ID"] {
            let value = if name == "To" { to } else { self.header(name).unwrap_or_default() };
            headers.push((name.to_owned(), value.to_owned()));
        }
        headers.push(("CSeq".to_owned(), format!("{} {method}", self.cseq())));
        // RFC 7989 6: each message of a session.
        headers.extend(self.header("Session-ID").map(|value| ("Session-ID".to_owned(), value.to_owned())));
        Self {
            method,
            uri: self.uri.clone(),
            headers,
            body: String::new(),
            inside: None,
            token_realms: Vec::new(),
            flow: self.flow,
        }
    }

    /// Adds what closes every request of ours: Allow, Supported and User-Agent.
    #[must_use]
    pub fn finish(mut self, supported: &str, allow: &str, user_agent: Option<&str>) -> Self {
        self.headers.push(("Allow".to_owned(), allow.to_owned()));
        self.headers.push(("Supported".to_owned(), supported.to_owned()));
        if let Some(agent) = user_agent {
            self.headers.push(("User-Agent".to_owned(), agent.to_owned()));
        }
        self
    }
}

/// A reply to a request: status, the fields beyond those that are copied, and a body.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Status code, 100 to 699.
    pub status: u16,
    /// Reason phrase; the usual one if `None`.
    pub reason: Option<String>,
    /// Further fields in order.
    pub headers: Vec<(String, String)>,
    /// The body, empty for none; its Content-Type is the last of `headers`.
    pub body: String,
    /// Whether it carries nothing of the agent's own: what never reached a user agent's core (JsSIP).
    pub stateless: bool,
    /// What stands in `Supported` behind what the agent supports in all its calls.
    pub supports: &'static str,
}

impl Reply {
    /// A reply with the usual phrase and nothing more.
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The same with a reason phrase.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// The same without what the agent adds.
    #[must_use]
    pub fn stateless(mut self) -> Self {
        self.stateless = true;
        self
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The bytes of this reply to `request` (RFC 3261 8.2.6); `to_tag` is added above 100 unless To has one.
    pub fn encode(&self, request: &Request, to_tag: &str) -> Vec<u8> {
        let reason = self.reason.as_deref().unwrap_or_else(|| phrase(self.status));
        let mut text = String::with_capacity(1024 + self.body.len());
        for part in ["SIP/2.0 ", &self.status.to_string(), " ", reason, "\r\n"] {
            text.push_str(part);
        }
        let copy = |text: &mut String, name: &str| {
            for value in request.headers.all(name) {
                write_field(text, name, value);
            }
        };
        // RFC 3261 12.1.1: whatever may make a dialog carries the route that the request recorded.
        let makes_dialog = matches!(request.method, Method::Invite | Method::Subscribe | Method::Refer);
        if makes_dialog && (101..300).contains(&self.status) {
            copy(&mut text, "Record-Route");
        }
        copy(&mut text, "Via");
        let to = request.headers.first("To").unwrap_or_default();
        if self.status > 100 && request.to_tag().is_none() {
            write_field(&mut text, "To", &with_tag(to, to_tag));
        } else {
            write_field(&mut text, "To", to);
        }
        copy(&mut text, "From");
        copy(&mut text, "Call-ID");
        copy(&mut text, "CSeq");
        write_fields(&mut text, &self.headers);
        finished(text, &self.body)
    }
}

/// Writes a field. Whatever the way by which a value came here, it begins no line of its own.
fn write_field(text: &mut String, name: &str, value: &str) {
    if value.bytes().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return;
    }
    for part in [name, ": ", value, "\r\n"] {
        text.push_str(part);
    }
}

fn write_fields(text: &mut String, headers: &[(String, String)]) {
    for (name, value) in headers {
        write_field(text, name, value);
    }
}

/// The message of this head and this body.
fn finished(mut text: String, body: &str) -> Vec<u8> {
    for part in ["Content-Length: ", &body.len().to_string(), "\r\n\r\n", body] {
        text.push_str(part);
    }
    text.into_bytes()
}

/// Splits an app's `Name: value` line. `None` when it is no header field or would smuggle in a line of its own.
pub fn header_line(line: &str) -> Option<(String, String)> {
    let (name, value) = cut(line, b':')?;
    let name = name.trim();
    (is_token(name) && single_line(value)).then(|| (name.to_owned(), value.trim().to_owned()))
}

/// Whether a text may stand in a header field: no CR, LF or NUL.
pub fn single_line(text: &str) -> bool {
    text.bytes().all(|byte| !matches!(byte, b'\r' | b'\n' | b'\0'))
}
