//! What the line brings may hold a bounded number of bytes, whatever comes: WebAssembly's memory never shrinks again.
//!
//! Each flood runs at one moment, so that no timer helps, and counts what the agent holds when it is over.

#![cfg(not(target_arch = "wasm32"))]
// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap::Cap;
use support::outside::{presence, to_bob};
use support::{CONTACT, SDP, Side, config, from_far, header, in_call, invite, request, response, tag};
use viasip::event::{Event, Input, Output, SessionEvent, SubscriptionId, Verdict};
use viasip::message::Method;
use viasip::subscription::{Command, NotifierOptions};
use viasip::time::Instant;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// One flood at a time, because they all count on the same heap.
static ALONE: Mutex<()> = Mutex::new(());

/// What an agent may hold, in bytes.
const BOUND: usize = 8 << 20;
/// A long text: with the rest of its message it fits into a frame.
const LONG: usize = 60_000;

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The heap before an agent.
struct Heap(usize);

impl Heap {
    fn before() -> Self {
        Self(HEAP.allocated())
    }

    #[track_caller]
    fn within_bounds(&self, flood: &str) {
        let held = HEAP.allocated().saturating_sub(self.0);
        assert!(held <= BOUND, "{flood}: {} kB held", held / 1024);
    }
}

fn long() -> String {
    "x".repeat(LONG)
}

/// A text of 60 kB that is a list of many parameters.
fn many_params() -> String {
    ";a".repeat(LONG / 2)
}

/// Forgets what the test itself keeps of a side.
fn forget(side: &mut Side) {
    (side.wire, side.events, side.media) = Default::default();
    (side.sessions, side.subscriptions) = Default::default();
}

fn flood(side: &mut Side, frames: impl Iterator<Item = String>) {
    for frame in frames {
        side.receive(&frame);
        forget(side);
    }
}

/// A request of the far end in a dialog or transaction of its own.
fn fresh(method: &str, n: usize, lines: &str, body: &str) -> String {
    request(method, "bob", &format!("f{n}"), "", 1, lines, body).replace("far-call", &format!("call{n}"))
}

const FAR: &str = "Contact: <sip:far@192.0.2.1;transport=ws>\r\n";

/// Somebody calls bob, and bob answers.
#[track_caller]
fn an_ordinary_call_goes_through(b: &mut Side) {
    forget(b);
    b.listens = true;
    b.receive(&invite("bob", "ordinary", SDP).replace("far-call", "ordinary"));
    b.expect("SIP/2.0 180");
    b.answer();
    let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
    b.receive(&request("ACK", "bob", "ordinary2", &own, 1, "", "").replace("far-call", "ordinary"));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
    b.terminate();
    let bye = b.expect("BYE");
    b.receive(&response(&bye, "200 OK", "", "", ""));
}

/// 448 INVITEs of 60 kB that were refused and never acknowledged held 55 MB for 32 s.
#[test]
fn refused_invites() {
    let _alone = alone();
    let head = format!("{FAR}X-Long: {}\r\n", long());
    let body = format!("{SDP}a=x:{}\r\n", "y".repeat(LONG - SDP.len()));
    let routes = format!("{FAR}Via: SIP/2.0/WS {}\r\n", long());
    for (name, lines, body) in [("head", head.as_str(), SDP), ("body", FAR, body.as_str()), ("via", &routes, SDP)] {
        let heap = Heap::before();
        let mut b = Side::connected("bob");
        b.listens = false;
        flood(&mut b, (0..500).map(|n| fresh("INVITE", n, lines, body)));
        heap.within_bounds(name);
        // Their number, not their weight, keeps further calls out until then.
        b.at(32_000);
        an_ordinary_call_goes_through(&mut b);
    }
    // Names and parameters are held beside the text.
    let heap = Heap::before();
    let mut b = Side::connected("bob");
    b.listens = false;
    flood(&mut b, (0..500).map(|n| fresh("INVITE", n, FAR, SDP).replace(";tag=far", &format!(";tag=far{}", long()))));
    heap.within_bounds("tag");
    flood(
        &mut b,
        (0..500).map(|n| fresh("INVITE", n, FAR, SDP).replace(";tag=far", &format!(";tag=v{}", many_params()))),
    );
    heap.within_bounds("parameters");
    an_ordinary_call_goes_through(&mut b);
}

#[test]
fn ringing_invites() {
    let _alone = alone();
    let body = format!("{SDP}a=x:{}\r\n", "y".repeat(LONG - SDP.len()));
    let heap = Heap::before();
    let mut b = Side::connected("bob");
    flood(&mut b, (0..100).map(|n| fresh("INVITE", n, FAR, &body)));
    heap.within_bounds("ringing");
    an_ordinary_call_goes_through(&mut b);
}

/// An app that takes each call, and the far ends' words stay in the calls.
#[test]
fn calls_that_are_up() {
    let _alone = alone();
    let body = format!("{SDP}a=x:{}\r\n", "y".repeat(LONG / 2));
    let lines = format!("{FAR}Record-Route: <sip:r@h.org;lr;x={}>\r\n", "z".repeat(LONG / 3));
    let heap = Heap::before();
    let mut b = Side::connected("bob");
    for n in 0..100 {
        b.receive(&fresh("INVITE", n, &lines, &body));
        if !b.sessions.is_empty() {
            b.answer();
            let ok = b.wire.pop_back().unwrap();
            let own = tag(header(&ok, "To").unwrap());
            b.receive(
                &fresh("ACK", n, "", "")
                    .replace("To: <sip:bob@example.com>", &format!("To: <sip:bob@example.com>;tag={own}")),
            );
        }
        forget(&mut b);
    }
    heap.within_bounds("calls");
}

#[test]
fn offers_inside_a_call() {
    let _alone = alone();
    for hold_media in [false, true] {
        let heap = Heap::before();
        let (mut a, first) = in_call();
        a.hold_media = hold_media;
        let body = format!("{SDP}a=x:{}\r\n", "y".repeat(LONG - SDP.len()));
        for cseq in 7..700 {
            a.receive(&from_far(&first, "INVITE", cseq, CONTACT, &body));
            a.receive(&from_far(&first, "ACK", cseq, "", ""));
            a.held = Vec::new();
            forget(&mut a);
        }
        // Late offers, and each 200 carries back what they said of their way.
        let lines = format!("{CONTACT}Via: SIP/2.0/WS {}\r\n", long());
        for cseq in 700..1400 {
            a.receive(&from_far(&first, "INVITE", cseq, &lines, ""));
            a.receive(&from_far(&first, "ACK", cseq, "", SDP));
            a.held = Vec::new();
            forget(&mut a);
        }
        heap.within_bounds("offers");
        a.receive(&from_far(&first, "BYE", 2000, "", ""));
        a.expect("SIP/2.0 200");
    }
}

/// 256 SUBSCRIBEs of 60 kB, started or left alone.
#[test]
fn foreign_subscriptions() {
    let _alone = alone();
    let start: fn(&mut Side, SubscriptionId) = |side, id| {
        let now = side.instant();
        let _ = side.agent.subscription(now, id, Command::Start(NotifierOptions::default()));
    };
    let event = format!("{FAR}Event: presence\r\nExpires: 600\r\n");
    let mut kinds = Vec::new();
    kinds.push(format!("{event}X-Long: {}\r\n", long()));
    kinds.push(format!("{event}Record-Route: <sip:h.org;lr;x={}>\r\n", long()));
    kinds.push(format!("{FAR}Expires: 600\r\nEvent: presence;x={}\r\n", long()));
    for (at, lines) in kinds.iter().enumerate() {
        for started in [false, true] {
            let heap = Heap::before();
            let mut b = Side::connected("bob");
            b.on_offered = started.then_some(start);
            flood(&mut b, (0..300).map(|n| fresh("SUBSCRIBE", n, lines, "")));
            heap.within_bounds(&format!("subscriptions {at} {started}"));
            an_ordinary_call_goes_through(&mut b);
        }
    }
}

/// Takes outputs without an answer to any hook.
fn ignore_outputs(side: &mut Side) {
    while side.agent.poll_output().is_some() {}
}

/// Listeners that never come back.
#[test]
fn requests_that_nobody_answers() {
    let _alone = alone();
    for method in ["MESSAGE", "NOTIFY", "OPTIONS"] {
        let heap = Heap::before();
        let mut b = Side::connected("bob");
        let flow = b.flow.unwrap();
        for n in 0..600 {
            let frame = fresh(method, n, "Event: x\r\n", &long());
            b.agent.handle_input(b.instant(), Input::Frame(flow, frame.as_bytes()));
            ignore_outputs(&mut b);
        }
        heap.within_bounds(method);
        an_ordinary_call_goes_through(&mut b);
        // Who asked has given up by then, and nothing is left of it.
        b.at(40_000);
        assert_eq!(b.agent.poll_timeout(), None, "{method}");
        b.agent.stop(b.instant());
        b.pump();
        assert!(b.agent.is_idle());
    }
}

/// A shell that does not take what is to be sent.
#[test]
fn outputs_that_nobody_takes() {
    let _alone = alone();
    let heap = Heap::before();
    let mut b = Side::connected("bob");
    let flow = b.flow.unwrap();
    for n in 0..2_000 {
        let frame = fresh("OPTIONS", n, "", &long());
        b.agent.handle_input(b.instant(), Input::Frame(flow, frame.as_bytes()));
    }
    heap.within_bounds("outputs");
    b.pump();
    an_ordinary_call_goes_through(&mut b);
}

fn call(side: &mut Side) -> String {
    side.call("sip:bob@example.com");
    side.expect("INVITE")
}

#[test]
fn answers_of_many_forks() {
    let _alone = alone();
    for (status, body, route) in [
        ("183 Session Progress", SDP, 14_000),
        ("183 Session Progress", SDP, LONG - 2_000),
        ("180 Ringing", "", 14_000),
        ("200 OK", SDP, 14_000),
    ] {
        let routes = format!("{CONTACT}Record-Route: <sip:r@h.org;lr;x={}>\r\n", "z".repeat(route));
        for hold_media in [false, true] {
            let heap = Heap::before();
            let mut a = Side::connected("alice");
            let mut invites = Vec::new();
            for _ in 0..20 {
                invites.push(call(&mut a));
                forget(&mut a);
            }
            a.hold_media = hold_media;
            for fork in 0..40 {
                for invite in &invites {
                    a.receive(&response(invite, status, &format!("fork{fork}"), &routes, body));
                    a.held = Vec::new();
                    forget(&mut a);
                }
            }
            invites = Vec::new();
            drop(invites);
            heap.within_bounds(&format!("forks {status} {hold_media}"));
        }
    }
}

#[test]
fn notifies_of_our_subscriptions() {
    let _alone = alone();
    let heap = Heap::before();
    let mut a = Side::connected("alice");
    for n in 0..200 {
        a.subscribe(presence(600));
        let subscribe = a.expect("SUBSCRIBE");
        if n % 2 == 0 {
            let lines = format!("{CONTACT}Expires: 600\r\nRecord-Route: <sip:h.org;lr;x={}>\r\n", long());
            a.receive(&response(&subscribe, "200 OK", "far", &lines, ""));
        }
        for cseq in 1..20 {
            let target = format!("Contact: <sip:bob@192.0.2.1;x={}>\r\n", "t".repeat(LONG / 2));
            let state = format!("{target}Event: presence\r\nSubscription-State: active;expires=600\r\n");
            let text = from_far(&subscribe, "NOTIFY", cseq, &state, &"b".repeat(LONG / 3));
            a.receive(&text.replace(&format!("z9hG4bKf{cseq}"), &format!("z9hG4bK{n}-{cseq}")));
            forget(&mut a);
        }
    }
    heap.within_bounds("notifies");
}

/// 64 nonces of 60 kB were remembered for their counts, and each challenge of eight realms with its request.
#[test]
fn challenges_with_long_nonces() {
    let _alone = alone();
    let heap = Heap::before();
    let mut a = Side::connected("alice");
    for n in 0..100 {
        a.ask(Method::Message, to_bob(""));
        for realm in 0..7 {
            let Some(sent) = a.wire.pop_back() else { break };
            let lines = format!(
                "WWW-Authenticate: Digest realm=\"r{realm}\", nonce=\"{n}x{realm}{}\"\r\n",
                "n".repeat(LONG - 3_000)
            );
            a.receive(&response(&sent, "401 Unauthorized", "far", &lines, ""));
        }
        forget(&mut a);
    }
    heap.within_bounds("challenges");
}

#[test]
fn answers_to_register() {
    let _alone = alone();
    let heap = Heap::before();
    let mut settings = config("alice");
    settings.register = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    for n in 0..600 {
        let register = a.expect("REGISTER");
        let contact = header(&register, "Contact").unwrap();
        let long = "g".repeat(LONG / 3);
        let gruus = format!("pub-gruu=\"sip:p{n}@h.org;gr={long}\";temp-gruu=\"sip:t{n}{long}@h.org;gr\"");
        a.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact};{gruus}\r\n"), ""));
        a.agent.register(a.instant());
        a.pump();
        (a.events, a.media) = Default::default();
    }
    heap.within_bounds("registrations");
}

/// Calls whose BYE meets a broken line, each with a long way back.
#[test]
fn farewells_of_long_routes() {
    let _alone = alone();
    let heap = Heap::before();
    let mut a = Side::connected("alice");
    let routes = format!("{CONTACT}Record-Route: <sip:r@h.org;lr;x={}>\r\n", "z".repeat(14_000));
    for _ in 0..150 {
        let invite = call(&mut a);
        a.receive(&response(&invite, "200 OK", "far", &routes, SDP));
        a.terminate();
        forget(&mut a);
    }
    a.close();
    forget(&mut a);
    heap.within_bounds("farewells");
}

/// All of it comes to one agent at one moment; a minute later it serves an ordinary call, and holds nothing of it.
#[test]
fn everything_at_once() {
    let _alone = alone();
    let heap = Heap::before();
    let mut b = Side::connected("bob");
    let flow = b.flow.unwrap();
    let long = long();
    let lines = format!("{FAR}Event: presence\r\nX-Long: {long}\r\n");
    let small = format!("{FAR}Event: presence\r\nX-Long: {}\r\n", &long[..6_000]);
    for lines in [&lines, &small] {
        for n in 0..200 {
            for method in ["SUBSCRIBE", "INVITE", "MESSAGE", "NOTIFY"] {
                let kind = format!("{method}{}", lines.len());
                let frame = fresh(method, n, lines, if method == "INVITE" { SDP } else { "" });
                let frame = frame.replace(&format!("bKf{n}"), &format!("bK{kind}{n}")).replace("call", &kind);
                b.agent.handle_input(b.instant(), Input::Frame(flow, frame.as_bytes()));
                while let Some(output) = b.agent.poll_output() {
                    match output {
                        // Half of the calls are refused at once, half ring.
                        Output::Event(Event::NewSession { ticket, .. }) => {
                            b.agent.resume(b.instant(), ticket, Verdict::Listened(n % 2 == 0));
                        }
                        Output::Event(Event::Session { kind: SessionEvent::Sdp { .. }, .. }) => {}
                        _ => {}
                    }
                }
            }
        }
    }
    heap.within_bounds("everything");
    b.at(100_000);
    an_ordinary_call_goes_through(&mut b);
    b.at(200_000);
    forget(&mut b);
    let held = HEAP.allocated() - heap.0;
    assert!(held < BOUND / 20, "{held} bytes are left");
}
