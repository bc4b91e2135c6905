//! No input panics, and after all of it the agent still completes a call.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::path::PathBuf;

use support::{CONTACT, Pair, SDP, Side, from_far, in_call, invite, request};
use viasip::entropy::{Counter, Entropy};
use viasip::event::Input;
use viasip::time::Instant;

/// The conformance messages, if they are beside the project or where `VIASIP_CORPORA` says.
fn corpora() -> Vec<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let folder = std::env::var_os("VIASIP_CORPORA").map_or(beside, PathBuf::from);
    let mut messages = Vec::new();
    for part in ["rfc4475", "rfc5118", "rfc5118/wire"] {
        let Ok(entries) = std::fs::read_dir(folder.join(part)) else {
            println!("no messages in {}: going on with our own", folder.join(part).display());
            continue;
        };
        let mut files: Vec<_> = entries.flatten().map(|e| e.path()).filter(|p| p.is_file()).collect();
        files.sort();
        let readme = |p: &PathBuf| p.extension().is_some_and(|e| e == "md");
        messages.extend(files.into_iter().filter(|p| !readme(p)).filter_map(|p| std::fs::read(p).ok()));
    }
    messages
}

fn own() -> Vec<Vec<u8>> {
    let lines = "Contact: *\r\nAuthorization: Digest username=\"a\r\n b\"\r\n";
    [
        invite("bob", "1", SDP),
        invite("bob", "2", ""),
        request("BYE", "bob", "3", "x", 2, "", ""),
        request("NOTIFY", "bob", "4", "", 1, "Event: x;id=1\r\n", "body"),
        request("REGISTER", "bob", "5", "", 1, lines, ""),
        request("MESSAGE", "bob", "6", "", 1, "", "hello"),
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/WS x;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <tel:+1>;tag=2\r\n\
         Call-ID: x\r\nCSeq: 1 INVITE\r\nContact: *\r\nContent-Length: 0\r\n\r\n"
            .to_owned(),
    ]
    .map(String::into_bytes)
    .into()
}

fn feed(side: &mut Side, bytes: &[u8]) {
    let flow = side.flow.expect("the line stays open");
    side.agent.handle_input(side.instant(), Input::Frame(flow, bytes));
    side.pump();
    side.wire.clear();
    side.events.clear();
    side.media.clear();
    side.sessions.clear();
}

fn still_calls(side: Side) {
    let mut pair = Pair::new();
    pair.b = side;
    pair.a.call("sip:bob@example.com");
    pair.carry();
    assert_eq!(pair.b.events.first().map(String::as_str), Some("newRTCSession remote"));
    pair.b.answer();
    pair.carry();
    assert!(pair.b.events.contains(&"confirmed remote".to_owned()), "{:?}", pair.b.events);
}

#[test]
fn every_message_and_every_beginning_of_it_is_survived() {
    let mut bob = Side::connected("bob");
    for message in corpora().into_iter().chain(own()) {
        for end in (0..message.len()).step_by(16).chain([message.len()]) {
            feed(&mut bob, &message[..end]);
        }
    }
    bob.at(200_000);
    bob.wire.clear();
    bob.events.clear();
    still_calls(bob);
}

#[test]
fn a_hundred_thousand_mutations_are_survived() {
    let seeds: Vec<Vec<u8>> = corpora().into_iter().chain(own()).collect();
    let mut random = Entropy::new(Counter::new(4475));
    let mut bob = Side::connected("bob");
    for round in 0..100_000_u64 {
        let pick = random.below(seeds.len() as u64) as usize;
        let mut message = seeds[pick].clone();
        for _ in 0..=random.below(4) {
            let at = random.below(message.len() as u64 + 1) as usize;
            match random.below(4) {
                0 if at < message.len() => message[at] = random.below(256) as u8,
                1 if at < message.len() => drop(message.remove(at)),
                2 => message.insert(at, b"\r\n;,<>\"@:=%\0*"[random.below(13) as usize]),
                _ => {
                    let other = &seeds[random.below(seeds.len() as u64) as usize];
                    let from = random.below(other.len() as u64) as usize;
                    let upto = (from + random.below(40) as usize).min(other.len());
                    message.splice(at..at, other[from..upto].iter().copied());
                }
            }
        }
        feed(&mut bob, &message);
        if round % 1_000 == 0 {
            bob.at(bob.now + 70_000);
            bob.wire.clear();
            bob.events.clear();
        }
    }
    bob.at(bob.now + 200_000);
    bob.wire.clear();
    bob.events.clear();
    still_calls(bob);
}

#[test]
fn a_frame_that_is_too_long_is_refused() {
    let mut bob = Side::connected("bob");
    bob.receive(&invite("bob", "1", &format!("{SDP}{}", "a".repeat(70_000))));
    bob.expect("SIP/2.0 513");
    bob.agent.handle_input(Instant::from_millis(1), Input::Alarm);
}

#[test]
fn what_is_not_understood_is_answered_as_it_should_be() {
    let mut bob = Side::connected("bob");
    let ok = request("OPTIONS", "bob", "a", "", 1, "", "");
    let cases: [(&str, String); 12] = [
        ("SIP/2.0 505", ok.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia")),
        ("SIP/2.0 400", ok.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE")),
        ("SIP/2.0 400", ok.replace("Content-Length: 0", "Content-Length: 99")),
        ("SIP/2.0 400", ok.replace("From: ", "Fro: ")),
        ("SIP/2.0 416", ok.replace("OPTIONS sip:bob@example.com", "OPTIONS nobody:bob@example.com")),
        ("SIP/2.0 404", ok.replace("OPTIONS sip:bob@", "OPTIONS sip:other@")),
        ("SIP/2.0 420", ok.replace("CSeq", "Require: 100rel, foo\r\nCSeq")),
        ("SIP/2.0 482", ok.replace("far-call", "bobx-looped")),
        ("SIP/2.0 501", ok.replace("OPTIONS", "DANCE")),
        ("SIP/2.0 405", request("SUBSCRIBE", "bob", "b", "", 1, "Event: x\r\n", "")),
        ("SIP/2.0 481", request("BYE", "bob", "c", "gone", 1, "", "")),
        (
            "SIP/2.0 415",
            request("INVITE", "bob", "d", "", 1, "Contact: <sip:x@y>\r\nContent-Type: text/plain\r\n", "x")
                .replace("Content-Type: application/sdp\r\n", ""),
        ),
    ];
    for (at, (status, text)) in cases.into_iter().enumerate() {
        bob.receive(&text.replace("z9hG4bK", &format!("z9hG4bK{at}")));
        bob.expect(status);
        bob.wire.clear();
    }
    let accept = "Contact: <sip:x@y>\r\nAccept: text/plain\r\n";
    bob.receive(&request("INVITE", "bob", "e", "", 1, accept, SDP).replace("far-call", "another"));
    bob.expect("SIP/2.0 406");
}

/// A flood of INVITEs that are refused and never acknowledged fills the table for 32 s each: calls that are up still
/// hear what their far ends want, and whoever floods grows nothing without end.
#[test]
fn a_flood_does_not_reach_calls_that_are_up() {
    let (mut a, call) = in_call();
    for n in 0..2_000 {
        let tag = if n % 2 == 0 { "" } else { "nobody" };
        a.receive(&request("INVITE", "alice", &format!("f{n}"), tag, 1, "", SDP).replace("far-call", &format!("c{n}")));
    }
    assert!(a.wire.iter().any(|frame| frame.starts_with("SIP/2.0 503")));
    a.wire.clear();
    a.receive(&from_far(&call, "UPDATE", 7, CONTACT, ""));
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&call, "BYE", 8, "", ""));
    a.expect("SIP/2.0 200");
    assert_eq!(a.events.last().map(String::as_str), Some("ended remote Terminated"));
    a.wire.clear();
    a.at(40_000);
    a.receive(&invite("alice", "after", SDP));
    a.expect("SIP/2.0 180");
}
