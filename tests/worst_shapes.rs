//! No text of the far end takes more time than its length explains: each reader is fed the worst shapes at 64 KiB, and
//! the worst takes at most 20 times what a plain frame of that size takes.
//!
//! Both are timed in this run, and of several times the shortest counts, so that a busy machine fails nothing.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::time::{Duration, Instant};

use support::{CONTACT, SDP, Side, calling, config, from_far, header, in_call, request, response};
use viasip::message::mask_secrets;
use viasip::sdp::{Codecs, diagnose, features, holds_by_answer, is_held_by, offered, on_hold, refusal, with_names};

/// How much longer than a plain frame the worst may take.
const FACTOR: u32 = 20;
/// How often each is timed. A shape that has kept the bound once has kept it.
const TIMES: usize = 50;
/// Bytes of a frame that one shape fills; head and fields need the rest of the 64 KiB.
const ROOM: usize = 62_000;

const HEAD: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const TRANSPORT: &str = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\na=fingerprint:sha-256 00:11\r\n\
                         a=setup:actpass\r\na=rtcp-mux\r\n";

/// A side in the state that a frame wants, and the frame.
type Scene = Box<dyn Fn() -> (Side, String)>;

/// As much of `unit` as has room beside `rest` bytes.
fn filled(unit: &str, rest: usize) -> String {
    unit.repeat((ROOM - rest) / unit.len())
}

/// Units that differ by a number.
fn numbered(unit: impl Fn(usize) -> String, room: usize) -> String {
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
fn descriptions() -> Vec<(&'static str, String)> {
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
fn multiparts() -> Vec<(&'static str, String)> {
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
fn lines() -> Vec<(&'static str, String)> {
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
fn challenges() -> Vec<(&'static str, String)> {
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

fn registering() -> (Side, String) {
    let mut config = config("alice");
    config.register = true;
    let mut a = Side::new("alice", config);
    a.agent.start(viasip::time::Instant::from_millis(0));
    a.pump();
    let register = a.expect("REGISTER");
    (a, register)
}

/// Each way by which such a text comes in, and the shape that it has.
fn scenes() -> Vec<(String, Scene)> {
    let mut scenes: Vec<(String, Scene)> = Vec::new();
    let mut add = |name: String, scene: Scene| scenes.push((name, scene));
    for (name, sdp) in descriptions() {
        for method in ["INVITE", "UPDATE"] {
            let sdp = sdp.clone();
            add(
                format!("re-{method} with {name}"),
                Box::new(move || {
                    let (a, invite) = in_call();
                    (a, from_far(&invite, method, 7, CONTACT, &sdp))
                }),
            );
        }
        for status in ["183 Session Progress", "200 OK", "488 Not Acceptable Here"] {
            let sdp = sdp.clone();
            add(
                format!("{status} with {name}"),
                Box::new(move || {
                    let (a, invite) = calling();
                    (a, response(&invite, status, "far", CONTACT, &sdp))
                }),
            );
        }
        add(
            format!("INVITE with {name}"),
            Box::new(move || (Side::connected("bob"), request("INVITE", "bob", "1", "", 1, CONTACT, &sdp))),
        );
    }
    for (name, body) in multiparts() {
        for method in ["INVITE", "MESSAGE", "re-INVITE"] {
            let body = body.clone();
            add(
                format!("{method} of {name}"),
                Box::new(move || {
                    let typed = "Content-Type: multipart/mixed;boundary=b\r\n";
                    let retyped = |frame: String| frame.replacen("Content-Type: application/sdp\r\n", typed, 1);
                    if method != "re-INVITE" {
                        return (Side::connected("bob"), retyped(request(method, "bob", "1", "", 1, CONTACT, &body)));
                    }
                    let (a, invite) = in_call();
                    (a, retyped(from_far(&invite, "INVITE", 7, CONTACT, &body)))
                }),
            );
        }
    }
    for (name, lines) in lines() {
        for method in ["INVITE", "REGISTER", "MESSAGE", "OPTIONS", "SUBSCRIBE", "NOTIFY", "BYE", "ACK", "CANCEL"] {
            let lines = lines.clone();
            add(
                format!("{method} with {name}"),
                Box::new(move || {
                    // Such a field stands before the usual one, so that it is the one that counts.
                    let lines = [&lines, "Event: dialog\r\nContact: <sip:far@192.0.2.1>\r\n"].concat();
                    (Side::connected("bob"), request(method, "bob", "1", "", 1, &lines, ""))
                }),
            );
        }
        for method in ["INVITE", "UPDATE", "INFO", "REFER", "NOTIFY", "BYE"] {
            let lines = lines.clone();
            add(
                format!("{method} in a call with {name}"),
                Box::new(move || {
                    let (a, invite) = in_call();
                    (a, from_far(&invite, method, 7, &lines, ""))
                }),
            );
        }
        for status in ["180 Ringing", "200 OK", "302 Moved", "480 Gone"] {
            let lines = lines.clone();
            add(
                format!("{status} with {name}"),
                Box::new(move || {
                    let (a, invite) = calling();
                    (a, response(&invite, status, "far", &lines, SDP))
                }),
            );
        }
        add(
            format!("REGISTER answered with {name}"),
            Box::new(move || {
                let (a, register) = registering();
                (a, response(&register, "200 OK", "r", &lines, ""))
            }),
        );
    }
    for (name, challenges) in challenges() {
        let again = challenges.clone();
        add(
            format!("INVITE met by {name}"),
            Box::new(move || {
                let (a, invite) = calling();
                (a, response(&invite, "401 Unauthorized", "p", &challenges, ""))
            }),
        );
        add(
            format!("REGISTER met by {name}"),
            Box::new(move || {
                let (a, register) = registering();
                (a, response(&register, "401 Unauthorized", "r", &again, ""))
            }),
        );
    }
    for field in ["To", "From", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type"] {
        for (name, value) in [
            ("parameters", format!("<sip:bob@example.com>{}", filled(";a", 500))),
            ("tags", format!("<sip:bob@example.com>{}", filled(";tag=", 500))),
            ("parameters of a URI", format!("<sip:bob@example.com{}>;tag=1", filled(";a", 500))),
            ("at signs", format!("<sip:{}example.com>;tag=1", filled("a@", 500))),
            ("quotes", format!("\"{}\" <sip:bob@example.com>", filled("\\\"", 500))),
            ("blanks", filled(" ", 500)),
            ("digits", filled("1", 500)),
        ] {
            add(
                format!("{field} of {name}"),
                Box::new(move || {
                    let plain = request("OPTIONS", "bob", "1", "", 1, "Content-Type: a/b\r\n", "");
                    let old = format!("{field}: {}\r\n", header(&plain, field).unwrap());
                    (Side::connected("bob"), plain.replacen(&old, &format!("{field}: {value}\r\n"), 1))
                }),
            );
        }
    }
    for (name, uri) in [
        ("parameters", format!("sip:bob@example.com{}", filled(";a=b", 500))),
        ("escapes", format!("sip:{}@example.com", filled("%62", 500))),
        ("headers", format!("sip:bob@example.com?{}", filled("a=b&", 500))),
        ("dots", format!("sip:bob@{}org", filled("a.", 500))),
        ("blanks", filled(" ", 500)),
    ] {
        add(
            format!("a target of {name}"),
            Box::new(move || {
                let plain = request("INVITE", "bob", "1", "", 1, CONTACT, "");
                (Side::connected("bob"), plain.replacen("sip:bob@example.com", &uri, 1))
            }),
        );
    }
    for (name, body) in
        [("lines", filled("a=b\n", 500)), ("signals", filled("Signal=1\n", 500)), ("one line", filled("=", 500))]
    {
        add(
            format!("tones of {name}"),
            Box::new(move || {
                let (a, invite) = in_call();
                let info = from_far(&invite, "INFO", 7, "", &body);
                (a, info.replacen("application/sdp", "application/dtmf-relay", 1))
            }),
        );
    }
    scenes
}

/// The shortest of several times, or the first within `bound`. What has taken seconds in all is not waited for again.
fn shortest(bound: Duration, mut run: impl FnMut() -> Duration) -> Duration {
    let (mut shortest, mut spent) = (Duration::MAX, Duration::ZERO);
    for _ in 0..TIMES {
        let took = run();
        shortest = shortest.min(took);
        spent += took;
        if shortest <= bound || spent > Duration::from_secs(5) {
            break;
        }
    }
    shortest
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What a plain INVITE of that size takes: a description with many candidates.
fn plain() -> (Side, String) {
    let candidates = numbered(|n| format!("a=candidate:{n} 1 udp 1 127.0.0.1 9 typ host\r\n"), ROOM - SDP.len());
    (Side::connected("bob"), request("INVITE", "bob", "1", "", 1, CONTACT, &format!("{SDP}{candidates}")))
}

fn take((mut side, frame): (Side, String)) -> Duration {
    assert!(frame.len() <= 65_536, "{} bytes", frame.len());
    timed(|| side.receive(&frame))
}

/// An INVITE with 380 lines of 64 mids kept a page busy for 38 to 87 seconds before anything rang.
#[test]
fn the_worst_takes_what_its_length_explains() {
    let bound = shortest(Duration::ZERO, || take(plain())) * FACTOR;
    let mut slow = Vec::new();
    let mut worst = (Duration::ZERO, String::new());
    for (name, scene) in scenes() {
        let took = shortest(bound, || take(scene()));
        if took > worst.0 {
            worst = (took, name.clone());
        }
        if took > bound {
            slow.push(format!("{name}: {took:?}"));
        }
    }
    println!("at most {bound:?}; the worst took {worst:?}");
    assert!(slow.is_empty(), "more than {bound:?}:\n{}", slow.join("\n"));
}

/// What apps ask about descriptions, and logs about messages.
#[test]
fn what_apps_ask_takes_what_its_length_explains() {
    let ask = |text: &str| {
        timed(|| {
            drop(diagnose(Some(text), Some(SDP)));
            drop(diagnose(Some(SDP), Some(text)));
            drop(features(Some(text), Some(text)));
            drop(refusal(text, &Codecs::default()));
            let _ = (offered(text), is_held_by(text), holds_by_answer(text, text), on_hold(text));
            drop((mask_secrets(text), with_names(text, Some(SDP)), with_names(text, Some(text))));
        })
    };
    let (_, plain) = plain();
    let plain = plain.split_once("\r\n\r\n").unwrap().1;
    let bound = shortest(Duration::ZERO, || ask(plain)) * FACTOR;
    let mut slow = Vec::new();
    for (name, text) in descriptions().into_iter().chain(lines()).chain(multiparts()) {
        let took = shortest(bound, || ask(&text));
        if took > bound {
            slow.push(format!("{name}: {took:?}"));
        }
    }
    assert!(slow.is_empty(), "more than {bound:?}:\n{}", slow.join("\n"));
}
