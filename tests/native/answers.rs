//! What the answers to our INVITE do: 1xx, those that wait their turn, and refusals.

use crate::support::{CONTACT, SDP, calling, header, response};
use viasip::bounds::MAX_PENDING;
use viasip::command::TerminateOptions;

/// A CANCEL waits for the first 1xx (RFC 3261 9.1): 100 is one.
#[test]
fn a_100_lets_the_cancel_go() {
    let (mut a, sent) = calling();
    a.terminate();
    a.expect_nothing();
    a.receive(&response(&sent, "100 Trying", "", "", ""));
    a.expect("CANCEL");
    let (mut a, sent) = calling();
    a.receive(&response(&sent, "100 Trying", "", "", ""));
    assert_eq!(a.statuses.last(), Some(&2), "JsSIP's STATUS_1XX_RECEIVED");
    a.terminate();
    a.expect("CANCEL");
}

/// WebRTC is slow: as many answers wait as have a bound, and the final one in any case.
#[test]
fn answers_wait_their_turn_up_to_a_bound() {
    let (mut a, sent) = calling();
    a.hold_media = true;
    a.events.clear();
    for n in 0..MAX_PENDING + 8 {
        a.receive(&response(&sent, "183 Session Progress", &format!("far{n}"), CONTACT, SDP));
    }
    a.receive(&response(&sent, "200 OK", "far1", CONTACT, SDP));
    a.expect_nothing();
    assert_eq!(a.events.iter().filter(|event| event.starts_with("progress")).count(), 0);
    a.hold_media = false;
    a.release_media();
    a.expect("ACK");
    let told = |start: &str| a.events.iter().filter(|event| event.starts_with(start)).count();
    assert_eq!((told("progress"), told("accepted"), told("confirmed")), (MAX_PENDING, 1, 1), "{:?}", a.events);
}

/// As with JsSIP an answered call is established and ends by BYE, also while WebRTC still applies the answer.
#[test]
fn who_hangs_up_before_the_answer_is_applied_ends_the_call() {
    let (mut a, sent) = calling();
    a.hold_media = true;
    a.receive(&response(&sent, "200 OK", "far", CONTACT, SDP));
    assert_eq!(a.statuses.last(), Some(&9), "JsSIP's STATUS_CONFIRMED");
    a.events.clear();
    let options = TerminateOptions {
        status: Some(486),
        extra_headers: vec!["X-Why: enough".into()],
        body: "bye".into(),
        ..Default::default()
    };
    a.terminate_with(&options);
    a.expect("ACK");
    let bye = a.expect("BYE");
    assert_eq!(header(&bye, "X-Why"), Some("enough"));
    assert_eq!(header(&bye, "Reason"), Some("SIP ;cause=486; text=\"Busy Here\""));
    assert!(bye.ends_with("\r\n\r\nbye"), "{bye}");
    a.told(&["ended local Terminated"]);
    a.hold_media = false;
    a.release_media();
    a.expect_nothing();
    a.told(&[]);
}

/// Only what refuses a description says something of it.
#[test]
fn a_refusal_of_the_description_is_explained() {
    for (status, explained) in [
        ("488 Not Acceptable Here", true),
        ("415 Unsupported Media Type", true),
        ("606 Not Acceptable", true),
        ("486 Busy Here", false),
        ("500 Server Error", false),
    ] {
        let (mut a, sent) = calling();
        a.receive(&response(&sent, status, "far", "", ""));
        assert_eq!(!a.diagnosis.is_empty(), explained, "{status}: {:?}", a.diagnosis);
        assert!(header(&a.expect("ACK"), "To").unwrap().ends_with(";tag=far"));
    }
}

/// A PBX that insists on PRACK or on session timers refuses each call of a phone without: in words what to switch on.
#[test]
fn a_refusal_for_want_of_an_extension_is_explained() {
    let (mut a, sent) = calling();
    a.receive(&response(&sent, "421 Extension Required", "far", "Require: 100rel, timer\r\n", ""));
    assert_eq!(a.diagnosis, ["extension-required"]);
    a.told(&["failed remote SIP Failure Code"]);
}
