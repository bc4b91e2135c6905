//! Bodies of several parts: where the session description is among them (RFC 5621, RFC 2046 5.1).

use crate::grammar::Params;

/// How deep parts may hold parts.
const MAX_DEPTH: u8 = 3;

/// The session description in a body of this Content-Type. Works on bytes: other parts need not be text.
pub(super) fn sdp(content_type: &str, body: &[u8], depth: u8) -> Option<String> {
    if kind_of(content_type) == "application/sdp" {
        return mended(std::str::from_utf8(body).ok()?);
    }
    parts_of(content_type, body, depth)?.into_iter().find_map(|part| {
        let part = Part::read(part)?;
        // SIP is 8-bit clean: nobody encodes a description, and what is encoded is none to us.
        let other = part.is_encoded || is_early(part.disposition.as_deref());
        if other { None } else { sdp(&part.content_type?, part.content, depth + 1) }
    })
}

/// Whether all of a body is read that its sender calls required (RFC 5621 8.3). Of alternatives one is enough.
pub(super) fn is_understood(content_type: &str, body: &[u8], depth: u8) -> bool {
    let kind = kind_of(content_type);
    if kind == "application/sdp" {
        return true;
    }
    let Some(parts) = parts_of(content_type, body, depth) else {
        return false;
    };
    let mut parts = parts.into_iter().filter_map(Part::read);
    let read =
        |part: &Part| part.content_type.as_deref().is_some_and(|kind| is_understood(kind, part.content, depth + 1));
    if kind == "multipart/alternative" {
        parts.any(|part| read(&part))
    } else {
        parts.all(|part| handling(part.disposition.as_deref()).as_deref() != Some("required") || read(&part))
    }
}

/// Whether it is the description of a session of its own, for early media alone (RFC 3959).
pub(super) fn is_early(disposition: Option<&str>) -> bool {
    let kind = disposition.and_then(|text| text.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("early-session")
}

/// What the sender wants done if nobody understands the body, in lower case (RFC 3261 20.11).
pub(super) fn handling(disposition: Option<&str>) -> Option<String> {
    let (_, params) = disposition?.split_once(';')?;
    Params::parse(params).value("handling").map(str::to_ascii_lowercase)
}

/// A description with the line ends that browsers insist on: CRLF behind each line, and no empty ones.
fn mended(text: &str) -> Option<String> {
    if is_sound(text) {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len() + 2);
    for line in text.split(['\r', '\n']).filter(|line| !line.trim().is_empty()) {
        out.push_str(line);
        out.push_str("\r\n");
    }
    (!out.is_empty()).then_some(out)
}

/// Whether each line of a description ends as it shall, and holds something.
fn is_sound(text: &str) -> bool {
    let (mut last, mut blank) = (b'\n', true);
    for byte in text.bytes() {
        if (last == b'\r') != (byte == b'\n') || (byte == b'\r' && blank) {
            return false;
        }
        blank = byte == b'\n' || (blank && byte.is_ascii_whitespace());
        last = byte;
    }
    last == b'\n' && !text.is_empty()
}

fn kind_of(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The parts of a multipart body, unless it is none or lies too deep.
fn parts_of<'a>(content_type: &str, body: &'a [u8], depth: u8) -> Option<Vec<&'a [u8]>> {
    let (_, params) = content_type.split_once(';')?;
    if depth >= MAX_DEPTH || !kind_of(content_type).starts_with("multipart/") {
        return None;
    }
    let params = Params::parse(params);
    let boundary = params.value("boundary").filter(|b| !b.is_empty() && b.len() <= 70)?;
    Some(split_parts(body, boundary.as_bytes()))
}

/// One part, and what its head says.
struct Part<'a> {
    content_type: Option<String>,
    disposition: Option<String>,
    is_encoded: bool,
    content: &'a [u8],
}

impl<'a> Part<'a> {
    fn read(part: &'a [u8]) -> Option<Self> {
        let (head, content) = split_part(part)?;
        let mut read = Part { content_type: None, disposition: None, is_encoded: false, content };
        for line in super::lines::unfold(&String::from_utf8_lossy(head)) {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" | "c" => read.content_type = Some(value.to_owned()),
                "content-disposition" => read.disposition = Some(value.to_owned()),
                "content-transfer-encoding" => read.is_encoded = value.eq_ignore_ascii_case("base64"),
                _ => {}
            }
        }
        Some(read)
    }
}

/// What stands between the delimiter lines. A last part without its closing delimiter counts too.
fn split_parts<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let (mut at, mut start) = (0, None);
    for line in body.split_inclusive(|b| *b == b'\n') {
        let delimiter = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary));
        if let Some(rest) = delimiter.map(<[u8]>::trim_ascii_end).filter(|r| r.is_empty() || *r == b"--") {
            parts.extend(start.and_then(|start| body.get(start..at)));
            if !rest.is_empty() {
                return parts;
            }
            start = Some(at + line.len());
        }
        at += line.len();
    }
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}

/// Head and content of a part; a part without any head starts with its empty line.
fn split_part(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    for line in part.split_inclusive(|b| *b == b'\n') {
        if matches!(line, b"\r\n" | b"\n") {
            return Some((part.get(..at)?, part.get(at + line.len()..)?));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{is_understood, sdp};

    #[test]
    fn the_description_of_early_media_is_not_that_of_the_session() {
        let part = |disposition: &str, sdp: &str| {
            format!("--b\r\nContent-Type: application/sdp\r\n{disposition}\r\n{sdp}\r\n")
        };
        let early = part("Content-Disposition: Early-Session;handling=optional\r\n", "v=0\r\ns=early");
        let session = part("Content-Disposition: session\r\n", "v=0\r\ns=session");
        let found = |body: &str| sdp("multipart/mixed;boundary=b", body.as_bytes(), 0);
        assert_eq!(found(&format!("{early}{session}--b--\r\n")).as_deref(), Some("v=0\r\ns=session\r\n"));
        assert_eq!(found(&format!("{early}--b--\r\n")), None);
    }

    #[test]
    fn finds_the_description_among_parts() {
        let body = b"preamble\r\n--x y\r\nContent-Type: application/octet-stream\r\n\r\n\xff\xfe--x y\r\n--x y\r\n\
            Content-Type: multipart/alternative;\r\n boundary=in\r\n\r\n--in\r\nC: Application/SDP;charset=utf-8\r\n\r\n\
            v=0\r\ns=--in\r\n--in--\r\n--x y--\r\nContent-Type: application/sdp\r\n\r\nv=1\r\n";
        let found = sdp("Multipart/Mixed ; boundary=\"x y\"", body, 0);
        assert_eq!(found.as_deref(), Some("v=0\r\ns=--in\r\n"));
    }

    #[test]
    fn what_is_required_has_to_be_understood() {
        let of = |kind: &str, parts: &str| is_understood(kind, parts.replace('|', "\r\n").as_bytes(), 0);
        let sdp = "--b|C: application/sdp|Content-Disposition: session;handling=required||v=0|";
        let other = "--b|C: x/y|Content-Disposition: z;handling=Required||v|";
        let nested = "--b|C: multipart/mixed;boundary=c|Content-Disposition: z;handling=required||--c|C: x/y||v|--c--|";
        let mixed = "multipart/mixed;boundary=b";
        assert!(of("application/sdp", "") && !of("x/y", "") && !of("multipart/mixed", sdp));
        assert!(of(mixed, sdp) && !of(mixed, &[sdp, other].concat()) && of(mixed, &[sdp, nested].concat()));
        assert!(!of(mixed, &nested.replace("C: x/y|", "C: x/y|Content-Disposition: z;handling=required|")));
        assert!(of("multipart/alternative;boundary=b", &[other, sdp].concat()));
        assert!(!of("multipart/alternative;boundary=b", other));
    }

    #[test]
    fn takes_what_is_cut_off() {
        let body = b"--b\nContent-Type: application/sdp\n\nv=0\n";
        assert_eq!(sdp("multipart/mixed;boundary=b", body, 0).as_deref(), Some("v=0\r\n"));
    }

    #[test]
    fn gives_nothing_for_other_bodies() {
        assert_eq!(sdp("application/sdp", b"\r\n", 0), None);
        assert_eq!(sdp("text/plain", b"v=0\r\n", 0), None);
        assert_eq!(sdp("multipart/mixed", b"--b\r\n\r\nv=0\r\n--b--", 0), None);
        let encoded = b"--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: BASE64\r\n\r\ndj0w\r\n--b--";
        assert_eq!(sdp("multipart/mixed;boundary=b", encoded, 0), None);
        let mut kind = "multipart/mixed;boundary=b".to_owned();
        kind.push('"');
        assert_eq!(sdp(&kind, &b"--b\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n".repeat(500), 0), None);
    }
}
