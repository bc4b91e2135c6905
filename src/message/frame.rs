//! Reading a frame: start line, header lines, body. Tolerant where a message can still be understood.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::headers::Headers;
use super::lines::{Lines, mended};
use super::name_addr::{NameAddr, Party, with_tag};
use super::readers::number;
use super::{Frame, MAX_FRAME, MAX_HEADERS, Method, Request, Response, Via};
use crate::uri::Uri;

/// A frame that is no message, and what to send back if it was meant as a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// In a few words.
    pub why: &'static str,
    /// A whole response, made without a transaction.
    pub reply: Option<Vec<u8>>,
}

impl Fault {
    fn dropped(why: &'static str) -> Self {
        Self { why, reply: None }
    }
}

/// Reads one frame (RFC 3261 7, RFC 7118 5).
pub fn parse(frame: &[u8]) -> Result<Frame, Fault> {
    read(frame, std::str::from_utf8(frame).ok().map(Arc::from).as_ref())
}

/// Reads one frame that is text: as it is, the message keeps it.
pub fn parse_text(frame: &Arc<str>) -> Result<Frame, Fault> {
    read(frame.as_bytes(), Some(frame))
}

/// Reads a frame, which is `text` if that is one.
fn read(frame: &[u8], text: Option<&Arc<str>>) -> Result<Frame, Fault> {
    match frame {
        b"\r\n\r\n" => return Ok(Frame::Ping),
        b"\r\n" => return Ok(Frame::Pong),
        _ => {}
    }
    let too_large = frame.len() > MAX_FRAME;
    let frame_read = frame.get(..frame.len().min(MAX_FRAME)).unwrap_or_default();
    // RFC 3261 7.5: empty lines before the start line are skipped.
    let lead = frame_read.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let bytes = frame_read.get(lead..).unwrap_or_default();
    let whole = text.filter(|text| text.len() == bytes.len());
    let raw = whole.map_or_else(|| String::from_utf8_lossy(bytes).into(), Arc::clone);
    let mut lines = Lines::of(&raw);
    let mut head = Head::read(&mut lines, Arc::clone(&raw));
    let mut body = bytes.get(lines.at..).unwrap_or_default();
    if text.is_none() || !lines.plain {
        let (mended, rest) = mended(bytes);
        let text: Arc<str> = mended.into();
        head = Head::read(&mut Lines::of(&text), Arc::clone(&text));
        body = rest;
    }
    let Head { start, mut headers, too_many } = head;
    if start.is_empty() {
        return Err(Fault::dropped("Empty frame"));
    }
    let text = headers.text();
    let start = text.get(start).unwrap_or_default();
    if has_sip_slash(start) {
        if too_large || too_many {
            return Err(Fault::dropped("Response too large"));
        }
        return response(start, headers, body, raw).map(|r| Frame::Response(Box::new(r))).map_err(Fault::dropped);
    }
    if too_large {
        return Err(refuse("Frame too large", 513, "Message Too Large", start, &headers));
    }
    match request(start, &mut headers, body, raw, too_many) {
        Ok(request) => Ok(Frame::Request(Box::new(request))),
        Err((why, status)) => Err(refuse(why, status, why, start, &headers)),
    }
}

fn request(
    start: &str,
    headers: &mut Headers,
    body: &[u8],
    raw: Arc<str>,
    too_many: bool,
) -> Result<Request, (&'static str, u16)> {
    let (method, uri) = request_line(start)?;
    if too_many {
        return Err(("Too Many Header Fields", 400));
    }
    // RFC 4475 3.3.8 and 3.3.9: with two values, each hop could believe another one.
    if headers.is_repeated() {
        return Err(("Repeated Header Field", 400));
    }
    let common = Common::read(headers).map_err(|why| (why, 400))?;
    if common.method != method {
        return Err(("CSeq Method Mismatch", 400));
    }
    if !are_vias(headers) {
        return Err(("Bad Via", 400));
    }
    if method == Method::Register && headers.values("Contact").iter().any(|v| *v != "*" && NameAddr::parse(v).is_none())
    {
        return Err(("Bad Contact", 400));
    }
    let body = cut_body(headers, body).ok_or(("Content-Length Mismatch", 400))?;
    Ok(Request {
        method,
        uri,
        headers: std::mem::take(headers),
        body,
        via: common.via,
        from: common.from,
        to: common.to,
        call_id: common.call_id,
        cseq: common.cseq,
        raw,
        flow: None,
    })
}

/// Whether each Via can be read. The topmost has been, unless the list begins with nothing.
fn are_vias(headers: &Headers) -> bool {
    let mut vias = headers.all("Via").flat_map(|line| super::split(line, ','));
    vias.next().is_some_and(|first| !first.trim_ascii().is_empty()) && vias.all(Via::is_one)
}

fn response(start: &str, headers: Headers, body: &[u8], raw: Arc<str>) -> Result<Response, &'static str> {
    let (version, rest) = start.split_once(' ').ok_or("Malformed status line")?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err("Unknown SIP version");
    }
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let status = code.parse::<u16>().ok().filter(|s| code.len() == 3 && (100..700).contains(s));
    let status = status.ok_or("Bad status code")?;
    let common = Common::read(&headers)?;
    let body = cut_body(&headers, body).ok_or("Body shorter than Content-Length")?;
    Ok(Response {
        status,
        reason: reason.to_owned(),
        body,
        via: common.via,
        from: common.from,
        to: common.to,
        call_id: common.call_id,
        cseq: common.cseq,
        method: common.method,
        headers,
        raw,
    })
}

struct Common {
    via: Via,
    from: Party,
    to: Party,
    call_id: String,
    cseq: u32,
    method: Method,
}

impl Common {
    fn read(headers: &Headers) -> Result<Self, &'static str> {
        let via = headers.value("Via").and_then(Via::parse).ok_or("Missing or Bad Via")?;
        let from = headers.first("From").and_then(Party::parse).ok_or("Missing or Bad From")?;
        let to = headers.first("To").and_then(Party::parse).ok_or("Missing or Bad To")?;
        let call_id = headers.first("Call-ID").filter(|c| !c.is_empty()).ok_or("Missing Call-ID")?.to_owned();
        let cseq = headers.first("CSeq").ok_or("Missing CSeq")?;
        let mut pieces = cseq.split_ascii_whitespace();
        // RFC 3261 8.1.1.5: less than 2^31.
        let number = pieces.next().and_then(number).filter(|n| *n < 1 << 31);
        let method = pieces.next().and_then(Method::parse);
        match (number, method, pieces.next()) {
            (Some(cseq), Some(method), None) => Ok(Self { via, from, to, call_id, cseq, method }),
            _ => Err("Bad CSeq"),
        }
    }
}

/// Reads the request line. White space inside the Request-URI, or brackets around it, make it bad (RFC 4475 3.1.2).
fn request_line(start: &str) -> Result<(Method, Uri), (&'static str, u16)> {
    let mut pieces = start.split(' ');
    let (method, uri, version) = (pieces.next(), pieces.next(), pieces.next());
    let method = method.and_then(Method::parse).ok_or(("Malformed Request Line", 400_u16))?;
    let last = start.rsplit(' ').next().unwrap_or_default();
    if has_sip_slash(last) && !last.eq_ignore_ascii_case("SIP/2.0") {
        return Err(("Version Not Supported", 505));
    }
    match (uri, version, pieces.next()) {
        (Some(uri), Some(version), None) if version.eq_ignore_ascii_case("SIP/2.0") && !uri.is_empty() => {
            let uri = Uri::parse(uri).ok_or(("Bad Request-URI", 400))?;
            if !uri.headers.is_empty() {
                // RFC 3261 19.1.1: no headers in a Request-URI.
                return Err(("Headers in Request-URI", 400));
            }
            Ok((method, uri))
        }
        _ => Err(("Malformed Request Line", 400)),
    }
}

/// The body by Content-Length, in bytes; over WebSocket the frame's end stands in for a missing one.
fn cut_body(headers: &Headers, body: &[u8]) -> Option<Vec<u8>> {
    match headers.first("Content-Length") {
        None => Some(body.to_vec()),
        Some(text) => {
            let length = usize::try_from(number(text)?).ok()?;
            body.get(..length).map(<[u8]>::to_vec)
        }
    }
}

/// Start line and header lines of a text.
struct Head {
    start: Range<usize>,
    headers: Headers,
    too_many: bool,
}

impl Head {
    fn read(lines: &mut Lines<'_>, text: Arc<str>) -> Self {
        let start = lines.next().map(|(line, _)| line).unwrap_or_default();
        let mut headers = Headers::of(text);
        for (line, colon) in lines.by_ref().take(MAX_HEADERS) {
            headers.read(line, colon);
        }
        let mut too_many = false;
        for _ in lines {
            too_many = true;
        }
        Self { start, headers, too_many }
    }
}

fn has_sip_slash(text: &str) -> bool {
    text.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("SIP/"))
}

/// A response without a transaction, from what fields there are. An ACK is never answered, whatever is wrong with it.
fn refuse(why: &'static str, status: u16, phrase: &str, start: &str, headers: &Headers) -> Fault {
    // The start line says what a request is; CSeq only where that one names no method at all.
    let named = start.split_whitespace().next().and_then(Method::parse);
    let numbered = || headers.first("CSeq")?.split_whitespace().nth(1).and_then(Method::parse);
    let ack = named.or_else(numbered) == Some(Method::Ack);
    if !headers.has("Via") || ack {
        return Fault::dropped(why);
    }
    let mut text = format!("SIP/2.0 {status} {phrase}\r\n");
    for name in ["Via", "To", "From", "Call-ID", "CSeq"] {
        for value in headers.all(name).take(if name == "Via" { 64 } else { 1 }) {
            let mut value = Cow::Borrowed(value);
            if name == "To" && status > 100 && Party::parse(&value).is_some_and(|to| to.tag().is_none()) {
                // RFC 3261 8.2.6.2, 8.2.7: a tag in every answer, the same one when the request comes again.
                let seed = ["Via", "From", "Call-ID", "CSeq"].map(|n| headers.first(n).unwrap_or_default());
                value = with_tag(&value, &format!("{:08x}", hash(&seed))).into();
            }
            for part in [name, ": ", &value, "\r\n"] {
                text.push_str(part);
            }
        }
    }
    text.push_str("Content-Length: 0\r\n\r\n");
    Fault { why, reply: Some(text.into_bytes()) }
}

/// FNV-1a.
fn hash(pieces: &[&str]) -> u32 {
    pieces.iter().flat_map(|p| p.bytes()).fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Via: SIP/2.0/WS a.org;branch=z9hG4bK1\r\nFrom: <sip:a@a.org>;tag=1\r\nTo: <sip:b@b.org>\r\n\
        Call-ID: c\r\nCSeq: 2 INFO\r\n";

    fn info(more: &str) -> Result<Request, Fault> {
        match parse(format!("INFO sip:b@b.org SIP/2.0\r\n{HEAD}{more}").as_bytes()) {
            Ok(Frame::Request(request)) => Ok(*request),
            Ok(other) => panic!("{other:?}"),
            Err(fault) => Err(fault),
        }
    }

    fn refusal(more: &str) -> String {
        String::from_utf8(info(more).unwrap_err().reply.unwrap()).unwrap().lines().next().unwrap().to_owned()
    }

    #[test]
    fn keep_alives() {
        assert_eq!(parse(b"\r\n\r\n"), Ok(Frame::Ping));
        assert_eq!(parse(b"\r\n"), Ok(Frame::Pong));
        for junk in ["", "\n\r\n\r\n\r\n", "x", "\0", "\r", "SIP/2.0", "SIP/2.0 200 OK\r\n\r\n"] {
            assert_eq!(parse(junk.as_bytes()).unwrap_err().reply, None, "{junk:?}");
        }
    }

    /// A text is kept as it is, the message's own; what has to be mended is mended alike.
    #[test]
    fn a_frame_is_read_alike_as_text_and_as_bytes() {
        for more in ["Content-Length: 2\r\n\r\né", "X: a\r\n b\r\n\r\n", "X: a\rb\r\n", "\nCall-ID: d\r\n", "no colon"]
        {
            for lead in ["", "\r\n"] {
                let text: Arc<str> = format!("{lead}INFO sip:b@b.org SIP/2.0\r\n{HEAD}{more}").into();
                let read = parse_text(&text);
                assert_eq!(read, parse(text.as_bytes()), "{more:?}");
                let Ok(Frame::Request(request)) = read else { panic!("{more:?}: {read:?}") };
                assert_eq!(Arc::ptr_eq(&request.raw, &text), lead.is_empty(), "{more:?}");
            }
        }
        assert_eq!(info("X: a\r\n\tb\rc\r\n").unwrap().headers.first("x"), Some("a b c"));
    }

    /// A body that is no text is cut by its own length, and what stands before it is read all the same.
    #[test]
    fn bytes_that_are_no_text_are_kept_in_the_body() {
        let frame = [format!("INFO sip:b@b.org SIP/2.0\r\n{HEAD}l: 3\r\n\r\n").as_bytes(), b"\xff\xfe\xfdx"].concat();
        let Ok(Frame::Request(request)) = parse(&frame) else { panic!() };
        assert_eq!(
            (request.body.as_slice(), request.headers.first("Content-Length")),
            (&b"\xff\xfe\xfd"[..], Some("3"))
        );
    }

    #[test]
    fn lengths_count_bytes() {
        assert_eq!(info("Content-Length: 3\r\n\r\né\nmore").unwrap().body, "é\n".as_bytes());
        assert_eq!(info("\r\nall of it").unwrap().body_text(), Some("all of it"));
        assert_eq!(info("").unwrap().body, b"");
        for length in ["4", "-1", "+2", "2 x", "", "99999999999999999999999"] {
            assert_eq!(refusal(&format!("l: {length}\r\n\r\nab\n")), "SIP/2.0 400 Content-Length Mismatch", "{length}");
        }
    }

    #[test]
    fn lone_line_feeds_and_carriage_returns() {
        let text = format!("\r\nINFO sip:b@b.org sip/2.0\r\n{HEAD}X-A: 1\r2\r\n\r\nbody").replace("\r\n", "\n");
        let Ok(Frame::Request(request)) = parse(text.as_bytes()) else { panic!() };
        assert_eq!((request.headers.first("x-a"), request.body.as_slice()), (Some("1 2"), &b"body"[..]));
        assert!(request.raw.starts_with("INFO"));
    }

    #[test]
    fn bounds() {
        let many = "X: y\r\n".repeat(MAX_HEADERS - 5);
        assert_eq!(info(&many).unwrap().headers.len(), MAX_HEADERS);
        assert_eq!(refusal(&format!("{many}X: y\r\n")), "SIP/2.0 400 Too Many Header Fields");
        assert_eq!(refusal(&format!("\r\n{}", "x".repeat(MAX_FRAME))), "SIP/2.0 513 Message Too Large");
        let response = format!("SIP/2.0 200 OK\r\n{HEAD}\r\n{}", "x".repeat(MAX_FRAME));
        assert_eq!(parse(response.as_bytes()).unwrap_err().reply, None);
    }

    #[test]
    fn a_bad_field_that_nobody_needs_costs_nothing() {
        let request =
            info("Contact: <<>>\r\nExpires: soon\r\nMax-Forwards: x\r\nEvent: ;;\r\nContent-Type: ;\r\n\r\n").unwrap();
        assert_eq!((request.contact(), request.expires(), request.content_type()), (None, None, None));
        assert_eq!(info("Contact: *\r\n").unwrap().contact(), None);
        let request = info("no colon here\r\nno token: x\r\n").unwrap();
        assert_eq!((request.headers.len(), request.headers.is_complete()), (5, false));
    }

    #[test]
    fn responses_need_three_digits() {
        for (line, status) in [
            ("SIP/2.0 200 OK", Some(200)),
            ("sip/2.0 699", Some(699)),
            ("SIP/2.0 099 x", None),
            ("SIP/2.0 700 x", None),
            ("SIP/2.0 +99 x", None),
            ("SIP/2.0 2000 x", None),
            ("SIP/3.0 200 OK", None),
            ("SIP/2.0  200 OK", None),
        ] {
            let read = match parse(format!("{line}\r\n{HEAD}\r\n").as_bytes()) {
                Ok(Frame::Response(response)) => Some((response.status, response.method)),
                _ => None,
            };
            assert_eq!(read, status.map(|s| (s, Method::Info)), "{line}");
        }
    }
}
