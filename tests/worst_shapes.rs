//! No text of the far end takes more time than its length explains: each reader is fed the worst shapes at 64 KiB, and
//! the worst takes at most 20 times what a plain frame of that size takes.
//!
//! Both are timed in this run by the processor's time of this thread, and of several times the shortest counts, so that a
//! busy machine fails nothing.

#![cfg(not(target_arch = "wasm32"))]
// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod shapes;
mod support;

use std::time::Duration;

use cpu_time::ThreadTime;
use shapes::{ROOM, challenges, descriptions, filled, lines, multiparts, numbered};
use support::{CONTACT, SDP, Side, calling, config, from_far, header, in_call, request, response};
use viasip::message::mask_secrets;
use viasip::sdp::{Codecs, diagnose, features, holds_by_answer, is_held_by, offered, on_hold, refusal, with_names};

/// How much longer than a plain frame the worst may take.
const FACTOR: u32 = 20;
/// How often each is timed. A shape that has kept the bound once has kept it.
const TIMES: usize = 50;
/// A side in the state that a frame wants, and the frame.
type Scene = Box<dyn Fn() -> (Side, String)>;

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
    for (name, body) in [
        ("sections", filled("m=\r\na=end-of-candidates\r\n", 700)),
        ("ends, then sections", format!("{}{}", "a=end-of-candidates\r\n".repeat(1_300), "m=\r\n".repeat(8_000))),
        ("candidates", numbered(|n| format!("a=candidate:{n}\r\n"), ROOM - 700)),
        ("one candidate again", filled("m=\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=candidate:1\r\n", 700)),
        ("long candidates", filled(&format!("a=candidate:{}\r\n", "x".repeat(480)), 700)),
    ] {
        let body = format!("a=ice-ufrag:abcd\r\n{body}");
        add(
            format!("a fragment of {name}"),
            Box::new(move || {
                let (a, invite) = in_call();
                let info = from_far(&invite, "INFO", 7, "Info-Package: trickle-ice\r\n", &body);
                (a, info.replacen("application/sdp", "application/trickle-ice-sdpfrag", 1))
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
    let start = ThreadTime::now();
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
