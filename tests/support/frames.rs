//! What a far end writes, and what is read of a frame.

use super::{CONTACT, SDP};

/// A field of a frame.
pub fn header<'a>(frame: &'a str, name: &str) -> Option<&'a str> {
    frame.lines().take_while(|l| !l.is_empty()).find_map(|l| l.strip_prefix(name)?.strip_prefix(": "))
}

/// A response to `request`, with a To tag and further lines.
pub fn response(request: &str, status: &str, tag: &str, lines: &str, body: &str) -> String {
    let mut out = format!("SIP/2.0 {status}\r\n");
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        let value = header(request, name).unwrap_or_default();
        let tagged = name == "To" && !value.contains(";tag=") && !tag.is_empty();
        let tag = if tagged { format!(";tag={tag}") } else { String::new() };
        out.push_str(&format!("{name}: {value}{tag}\r\n"));
    }
    let typed = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    out + lines + typed + &format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// An INVITE from the far end.
pub fn invite(user: &str, branch: &str, body: &str) -> String {
    request("INVITE", user, branch, "", 1, "Contact: <sip:far@192.0.2.1;transport=ws>\r\n", body)
}

/// A request from the far end in the call `far-call`; `to_tag` for one inside the dialog.
pub fn request(method: &str, user: &str, branch: &str, to_tag: &str, cseq: u32, lines: &str, body: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    let typed = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{method} sip:{user}@example.com SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK{branch}\r\n\
         Max-Forwards: 70\r\nTo: <sip:{user}@example.com>{tag}\r\nFrom: <sip:far@example.com>;tag=far\r\n\
         Call-ID: far-call\r\nCSeq: {cseq} {method}\r\n{lines}{typed}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The tag of a To or From value.
pub fn tag(value: &str) -> String {
    value.split(";tag=").nth(1).unwrap_or_default().split(';').next().unwrap_or_default().to_owned()
}

/// A request of the far end inside the call that alice placed.
pub fn from_far(invite: &str, method: &str, cseq: u32, lines: &str, body: &str) -> String {
    let typed = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{method} sip:alice@example.com SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bKf{cseq}{method}\r\n\
         Max-Forwards: 70\r\nTo: {}\r\nFrom: <sip:bob@example.com>;tag=far\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\n\
         {lines}{typed}Content-Length: {}\r\n\r\n{body}",
        header(invite, "From").unwrap(),
        header(invite, "Call-ID").unwrap(),
        body.len()
    )
}
