//! The worst shapes of what a far end may write, each as long as a frame may be.
// Each test file uses its own part of this one.
#![allow(dead_code, unreachable_pub)]

/// Bytes of a frame that one shape fills; head and fields need the rest of the 64 KiB.
pub const ROOM: usize = 62_000;

const HEAD: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const TRANSPORT: &str = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\na=fingerprint:sha-256 00:11\r\n\
                         a=setup:actpass\r\na=rtcp-mux\r\n";

/// As much of `unit` as has room beside `rest` bytes.
pub fn filled(unit: &str, rest: usize) -> String {
    unit.repeat((ROOM - rest) / unit.len())
}

/// Units that differ by a number.
pub fn numbered(unit: impl Fn(usize) -> String, room: usize) -> String {
    let mut text = String::new();
    for at in 0.. {
        let next = unit(at);
        if text.len() + next.len() > room {
            break;
        }
        text.push_str(&next);
    }
    text
}

/// Descriptions that fill a frame, by name.
pub fn descriptions() -> Vec<(&'static str, String)> {
    let mids = format!("a=group:BUNDLE{}\r\n", " y".repeat(64)).repeat(380);
    let sections = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(63);
    let first = format!("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n{TRANSPORT}a=mid:y\r\n");
    let formats: String = (0..128).map(|n| format!(" {n}")).collect();
    let maps = numbered(|n| format!("a=rtpmap:{} x/8\r\n", 200 + n), 14_000);
    let many = numbered(|n| format!("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:m{n}\r\n"), 3_000);
    let long = "y".repeat(470);
    vec![
        // Each mid was looked for in all attributes of the session, once a section.
        ("mids of many groups", format!("{HEAD}{mids}{}{first}{sections}", "a=b\r\n".repeat(700))),
        ("one mid that nobody has", format!("{HEAD}{}{many}", filled("a=group:BUNDLE z z z z z z z\r\n", 4_000))),
        (
            "long mids",
            format!(
                "{HEAD}a=group:BUNDLE {}\r\n{}",
                format!("{long}x ").repeat(64),
                format!("m=audio 9 a 0\r\na=mid:{long}\r\n").repeat(64)
            ),
        ),
        ("attributes of the session", format!("{HEAD}{}{first}{sections}", filled("a=b\r\n", 5_000))),
        (
            "long attributes of the session",
            format!("{HEAD}{}{sections}", format!("a={}\r\n", "b".repeat(900)).repeat(62)),
        ),
        (
            "a long fingerprint",
            format!("{HEAD}a=fingerprint:{}\r\na=setup:{}\r\n{sections}", "f".repeat(28_000), "s".repeat(28_000)),
        ),
        ("formats and names", format!("{HEAD}{}", format!("m=audio 9 UDP/TLS/RTP/SAVPF{formats}\r\n{maps}").repeat(4))),
        (
            "two long names in turn",
            format!(
                "{HEAD}m=audio 9 UDP/TLS/RTP/SAVPF{}\r\na=rtpmap:0 {}\r\na=rtpmap:1 {}\r\n",
                " 0 1".repeat(64),
                "x".repeat(30_000),
                "y".repeat(30_000)
            ),
        ),
        (
            "codecs that differ",
            format!(
                "{HEAD}{}",
                numbered(
                    |n| {
                        let payloads: String = (0..100).map(|p| format!(" {p}")).collect();
                        let names: String = (0..100).map(|p| format!("a=rtpmap:{p} n{}\r\n", n * 100 + p)).collect();
                        format!("m=audio 9 UDP/TLS/RTP/SAVPF{payloads}\r\n{names}")
                    },
                    ROOM - 200
                )
            ),
        ),
        (
            "feedback that differs",
            format!(
                "{HEAD}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n{}",
                numbered(|n| format!("a=rtcp-fb:* k{n}\r\n"), 1024 * 16)
            )
            .repeat(3),
        ),
        (
            "profiles that differ",
            format!("{HEAD}{}", numbered(|n| format!("m=audio 9 {n}{} 0\r\n", "p".repeat(900)), ROOM - 200)),
        ),
        ("candidates of many words", format!("{HEAD}m=audio 9 x 0\r\na=candidate:{}", filled("t ", 200))),
        ("sections", format!("{HEAD}{}", filled("m=audio 9\n", 200))),
        ("empty lines", format!("{HEAD}{}{first}", filled("\n", 600))),
        ("carriage returns", format!("{HEAD}{}{first}", filled("\r", 600))),
        ("no line end", format!("{HEAD}a={}", filled("=", 200))),
        ("connections", format!("{HEAD}{first}{}", filled("c=IN IP4 0.0.0.0\n", 600))),
    ]
}

/// Bodies of several parts, with the boundary `b`.
pub fn multiparts() -> Vec<(&'static str, String)> {
    let nested = "--b\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n";
    vec![
        ("nested boundaries", filled(nested, 0)),
        ("delimiters", filled("--b\r\n", 0)),
        ("almost delimiters", filled("--bb\n", 0)),
        ("empty parts", filled("--b\r\n\r\n", 0)),
        ("parts of an unknown type", filled("--b\r\nContent-Type: x/y\r\n\r\n\r\n", 0)),
        ("required parts", filled("--b\r\nContent-Type: x/y\r\nContent-Disposition: z;handling=optional\r\n\r\n", 0)),
        ("fields of a part", format!("--b\r\n{}", filled("c:a\r\n", 100))),
        ("folds of a part", format!("--b\r\nContent-Type: x{}", filled("\r\n x", 100))),
        ("parameters of a part", format!("--b\r\nContent-Type: multipart/mixed{}\r\n\r\n", filled(";a", 100))),
    ]
}

/// Header lines that fill a frame; some of them stand beside the mandatory ones.
pub fn lines() -> Vec<(&'static str, String)> {
    let value = |name: &str, value: String| format!("{name}: {value}\r\n");
    vec![
        ("fields", filled("A:b\r\n", 500)),
        ("lines that are no fields", filled("a\r\n", 500)),
        ("names that are none", filled("a b:c\r\n", 500)),
        ("colons", filled(":\r\n", 500)),
        ("folds", format!("Subject: a{}\r\n", filled("\r\n b", 500))),
        ("a fold of blanks", format!("Subject: a\r\n {}b\r\n", filled(" ", 500))),
        ("carriage returns", format!("Subject: {}\r\n", filled("\r", 500))),
        ("a long name", format!("{}: b\r\n", filled("a-", 500))),
        ("long names of one length", format!("{}: b\r\n", "a".repeat(240)).repeat(255)),
        ("Vias", value("Via", filled("SIP/2.0/W x,", 500) + "SIP/2.0/W x")),
        ("Via lines", filled("v:SIP/2.0/W x\n", 500)),
        ("a Via of parameters", value("Via", format!("SIP/2.0/W x{}", filled(";a", 500)))),
        ("a Via of quotes", value("Via", format!("SIP/2.0/W x;a=\"{}\"", filled("\\\"", 500)))),
        ("Contacts", value("Contact", filled("<sip:a@b>,", 500))),
        ("a Contact of parameters", value("Contact", format!("<sip:a@b>{}", filled(";a", 500)))),
        ("a Contact whose URI has parameters", value("Contact", format!("<sip:a@b{}>", filled(";a", 500)))),
        ("a Contact whose URI has headers", value("Contact", format!("<sip:a@b?{}>", filled("a&", 500)))),
        ("a Contact of escapes", value("Contact", format!("<sip:{}@b>", filled("%41", 500)))),
        ("a Contact of at signs", value("Contact", format!("<sip:{}b>", filled("a@", 500)))),
        ("a Contact of digits", value("Contact", format!("<sip:a@{}>", filled("1.", 500)))),
        ("a Contact of colons", value("Contact", format!("<sip:a@[{}]>", filled(":", 500)))),
        ("a Contact of quotes", value("Contact", format!("\"{}\" <sip:a@b>", filled("\\\"", 500)))),
        ("a Contact of brackets", value("Contact", filled("<", 500))),
        ("routes", value("Record-Route", filled("<sip:a;lr>,", 500))),
        ("extensions", value("Require", filled("a,", 500))),
        ("a long extension", value("Require", filled("a", 500))),
        ("encodings", value("Content-Encoding", filled("identity,", 500))),
        ("types", value("Accept", filled("a/b,", 500))),
        ("an Event of parameters", value("Event", format!("refer{}", filled(";a", 500)))),
        ("Replaces", value("Replaces", format!("a{}", filled(";to-tag=b", 500)))),
        ("Refer-To", value("Refer-To", format!("<sip:a@b?{}>", filled("Replaces=%41&", 500)))),
        ("quotes in quotes", value("Subject", filled("\"\\\"", 500))),
        ("secrets", value("Authorization", format!("Digest {}", filled("a=b,", 500)))),
        ("folded secrets", format!("Authorization: Digest{}\r\n", filled("\r\n a=b", 500))),
    ]
}

/// Challenges that fill a frame.
pub fn challenges() -> Vec<(&'static str, String)> {
    let field = |value: String| format!("WWW-Authenticate: {value}\r\n");
    vec![
        ("challenges", field(filled("Digest realm=a,nonce=b,", 500))),
        ("challenges of many realms", field(numbered(|n| format!("Digest realm=r{n},nonce=b,"), ROOM - 500))),
        (
            "challenges of SHA-512",
            field(numbered(|n| format!("Digest realm=r{n},nonce=b,algorithm=SHA-512-256,"), ROOM - 500)),
        ),
        ("challenge lines", "WWW-Authenticate: Digest realm=a,nonce=b,algorithm=SHA-256\r\n".repeat(245)),
        ("a challenge of parameters", field(format!("Digest {}", filled("a=b,", 500)))),
        ("a challenge of schemes", field(filled("a b,", 500))),
        ("a challenge of qops", field(format!("Digest realm=a,nonce=b,qop=\"{}\"", filled("q,", 600)))),
        ("a challenge of quotes", field(format!("Digest realm=\"{}\"", filled("\\\"", 500)))),
        ("a long realm", field(format!("Digest realm=\"{}\",nonce=b", filled("r", 600)))),
    ]
}
