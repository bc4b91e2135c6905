//! Bodies of several parts: where the session description is among them (RFC 5621, RFC 2046 5.1).

use super::params::Params;

/// How deep parts may hold parts.
const MAX_DEPTH: u8 = 3;

/// The session description in a body of this Content-Type. Works on bytes: other parts need not be text.
pub(super) fn sdp(content_type: &str, body: &[u8], depth: u8) -> Option<String> {
    let (kind, params) = content_type.split_once(';').unwrap_or((content_type, ""));
    let kind = kind.trim().to_ascii_lowercase();
    if kind == "application/sdp" {
        let text = std::str::from_utf8(body).ok()?;
        return (!text.trim().is_empty()).then(|| text.to_owned());
    }
    if !kind.starts_with("multipart/") || depth >= MAX_DEPTH {
        return None;
    }
    let params = Params::parse(params);
    let boundary = params.value("boundary").filter(|b| !b.is_empty() && b.len() <= 70)?;
    parts(body, boundary.as_bytes()).into_iter().find_map(|part| {
        let (head, content) = split_part(part)?;
        let mut kind = None;
        for line in super::frame::unfold(&String::from_utf8_lossy(head)) {
            let Some((name, value)) = line.split_once(':') else { continue };
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" | "c" => kind = Some(value.trim().to_owned()),
                // SIP is 8-bit clean: nobody encodes a description, and what is encoded is none to us.
                "content-transfer-encoding" if value.trim().eq_ignore_ascii_case("base64") => return None,
                _ => {}
            }
        }
        let text = sdp(kind?.as_str(), content, depth + 1)?;
        // The line end before a delimiter belongs to it, but some write none of their own: one is left either way.
        Some(format!("{}\r\n", text.trim_end_matches(['\r', '\n'])))
    })
}

/// What stands between the delimiter lines. A last part without its closing delimiter counts too.
fn parts<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
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
    use super::sdp;

    #[test]
    fn finds_the_description_among_parts() {
        let body = b"preamble\r\n--x y\r\nContent-Type: application/octet-stream\r\n\r\n\xff\xfe--x y\r\n--x y\r\n\
            Content-Type: multipart/alternative;\r\n boundary=in\r\n\r\n--in\r\nC: Application/SDP;charset=utf-8\r\n\r\n\
            v=0\r\ns=--in\r\n--in--\r\n--x y--\r\nContent-Type: application/sdp\r\n\r\nv=1\r\n";
        let found = sdp("Multipart/Mixed ; boundary=\"x y\"", body, 0);
        assert_eq!(found.as_deref(), Some("v=0\r\ns=--in\r\n"));
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
