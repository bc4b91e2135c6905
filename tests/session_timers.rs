//! Session timers (RFC 4028).

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use support::{Pair, SDP, Side, config, header, invite, request, response, tag};
use viasip::time::Instant;

const CONTACT: &str = "Contact: <sip:bob@192.0.2.1;transport=ws>\r\n";

/// Alice in a call whose 200 carried these lines.
fn called(lines: &str) -> (Side, String) {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}{lines}"), SDP));
    a.expect("ACK");
    a.events.clear();
    (a, invite)
}

/// Bob called with these lines; his 200 and his tag.
fn answered(lines: &str) -> (Side, String, String) {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP).replace("Content-Type", &format!("{lines}Content-Type")));
    b.answer();
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 180");
    let ok = b.expect("SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    b.events.clear();
    (b, ok, own)
}

#[test]
fn both_ends_keep_a_call_alive() {
    let mut pair = Pair::in_call();
    pair.ladder.clear();
    pair.at(46_000);
    assert_eq!(pair.ladder, ["A <- B  UPDATE", "A -> B  200 OK (UPDATE)"], "the callee refreshes, as JsSIP agrees");
    pair.at(600_000);
    assert!(pair.a.events.chunks(2).all(|told| told == ["reoffer", "answered"]), "{:?}", pair.a.events);
    pair.b.told(&[]);
    pair.a.terminate();
    pair.carry();
    pair.at(640_000);
    assert_eq!((pair.a.agent.poll_timeout(), pair.b.agent.poll_timeout()), (None, None), "nothing is left");
}

#[test]
fn the_interval_is_asked_for() {
    let (_, invite) = called("");
    assert_eq!(header(&invite, "Session-Expires"), Some("90"));
    assert!(header(&invite, "Supported").unwrap().starts_with("timer,"));
    let mut settings = config("alice");
    settings.force_refresher = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    assert_eq!(header(&a.expect("INVITE"), "Session-Expires"), Some("90;refresher=uac"));
    let mut settings = config("alice");
    settings.session_timers = false;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    assert_eq!(
        (header(&invite, "Session-Expires"), header(&invite, "Supported")),
        (None, Some("ice,replaces,outbound"))
    );
}

#[test]
fn the_interval_of_the_answer_counts() {
    let (mut a, _) = called("Session-Expires: 120;refresher=uac\r\n");
    a.at(59_999).expect_nothing();
    let update = a.at(60_000).expect("UPDATE");
    assert_eq!(header(&update, "Session-Expires"), Some("120;refresher=uac"));
    assert_eq!(header(&update, "Supported"), Some("timer,ice,outbound"));
    assert!(header(&update, "Content-Type").is_none());
    a.receive(&response(&update, "200 OK", "", "Session-Expires: 200;refresher=uac\r\n", ""));
    a.at(159_999).expect_nothing();
    a.at(160_000).expect("UPDATE");
}

#[test]
fn who_does_not_refresh_hangs_up_when_nobody_does() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uas\r\n");
    a.at(109_999).expect_nothing();
    let bye = a.at(110_000).expect("BYE");
    assert_eq!(header(&bye, "Reason"), Some("SIP ;cause=408; text=\"Session Timer Expired\""));
    a.told(&["ended local Request Timeout"]);
}

#[test]
fn a_refresh_of_the_far_end_counts() {
    let (mut b, ok, own) = answered("Session-Expires: 120;refresher=uac\r\nSupported: timer\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("120;refresher=uac"));
    b.at(100_000).expect_nothing();
    b.receive(&request("UPDATE", "bob", "u", &own, 2, "Session-Expires: 120;refresher=uac\r\n", ""));
    let ok = b.expect("SIP/2.0 200");
    assert_eq!(header(&ok, "Session-Expires"), Some("120;refresher=uac"));
    assert_eq!(header(&ok, "Supported"), Some("timer,replaces,outbound"));
    b.at(231_999).expect_nothing();
    b.at(232_000).expect("BYE");
}

#[test]
fn too_short_an_interval_is_not_followed() {
    let (_, ok, _) = answered("Session-Expires: 30;refresher=uac\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("90;refresher=uas"));
    let (mut a, _) = called("Session-Expires: 5;refresher=uas\r\n");
    a.at(44_999).expect_nothing();
    a.at(45_000).expect("UPDATE");
}

/// JsSIP gave up a call that was answered 422, though the answer says which interval would do.
#[test]
fn a_422_makes_it_ask_for_longer() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let mut invite = a.expect("INVITE");
    for least in ["120", "1800", "3600"] {
        a.receive(&response(&invite, "422 Session Interval Too Small", "x", &format!("Min-SE: {least}\r\n"), ""));
        a.expect("ACK");
        let again = a.expect("INVITE");
        assert_eq!((header(&again, "Session-Expires"), header(&again, "Min-SE")), (Some(least), Some(least)));
        assert_eq!(header(&again, "Call-ID"), header(&invite, "Call-ID"));
        assert_ne!(header(&again, "CSeq"), header(&invite, "CSeq"));
        invite = again;
    }
    a.events.clear();
    a.receive(&response(&invite, "422 Session Interval Too Small", "x", "Min-SE: 7200\r\n", ""));
    a.expect("ACK");
    a.told(&["failed remote SIP Failure Code"]);
}

#[test]
fn a_refused_refresh_is_made_again_until_the_interval_is_over() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let mut count = 0;
    for ms in 1..100 {
        a.at(ms * 1_000);
        while let Some(frame) = a.wire.pop_front() {
            assert!(frame.starts_with("UPDATE"), "{frame}");
            count += 1;
            a.receive(&response(&frame, "500 Server Internal Error", "", "", ""));
        }
    }
    assert_eq!(count, 10, "from 50 s on, every 5 s");
    a.at(100_000).expect("BYE");
    a.told(&["ended local Request Timeout"]);
}

#[test]
fn a_far_end_without_update_is_refreshed_by_reinvite() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\nAllow: INVITE, ACK, BYE\r\n");
    let again = a.at(50_000).expect("INVITE");
    assert_eq!(header(&again, "Session-Expires"), Some("100;refresher=uac"));
    a.receive(&response(&again, "200 OK", "", &format!("{CONTACT}Session-Expires: 100;refresher=uac\r\n"), SDP));
    a.expect("ACK");
    a.at(99_999).expect_nothing();
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let update = a.at(50_000).expect("UPDATE");
    a.receive(&response(&update, "501 Not Implemented", "", "", ""));
    a.expect("INVITE");
}

#[test]
fn an_unanswered_refresh_ends_the_call() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let update = a.at(50_000).expect("UPDATE");
    a.receive(&response(&update, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.expect("BYE");
    a.told(&["ended local Dialog Error"]);
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    a.at(50_000).expect("UPDATE");
    a.at(82_001).expect("BYE");
    a.told(&["ended local Request Timeout"]);
}

#[test]
fn a_refresh_that_meets_another_offer_waits_for_it() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\nAllow: INVITE\r\n");
    a.at(49_000);
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
    a.pump();
    let hold = a.expect("INVITE");
    a.at(52_000).expect_nothing();
    a.receive(&response(&hold, "488 Not Acceptable Here", "", "", ""));
    a.expect("ACK");
    a.at(53_000).expect("INVITE");
}
