//! INVITEs of ours that get a 1xx and then nothing: none stays for the life of the page, and none blocks its call.

use crate::support::{CONTACT, SDP, Side, calling, config, from_far, header, in_call, response};
use viasip::agent::Holdings;
use viasip::event::Input;
use viasip::time::Instant;

/// Whether no transaction is open, and no call.
fn nothing_is_left(a: &Side) -> bool {
    a.agent.holdings() == Holdings::default()
}

/// Ends the call of a side in one of the ways there are, and answers the BYE.
fn end(a: &mut Side, invite: &str, way: &str) {
    match way {
        "hang up" => a.terminate(),
        "their BYE" => a.receive(&from_far(invite, "BYE", 50, "", "")),
        "ICE" => {
            let id = a.sessions[0];
            a.agent.handle_input(a.instant(), Input::IceFailed(id));
            a.pump();
        }
        _ => {
            // A refresh that the far end does not know the dialog of.
            let update = a.at(45_000).expect("UPDATE");
            a.receive(&response(&update, "481 Call/Transaction Does Not Exist", "", "", ""));
        }
    }
    for frame in std::mem::take(&mut a.wire) {
        if frame.starts_with("BYE") {
            a.receive(&response(&frame, "200 OK", "", "", ""));
        }
    }
}

fn hold(a: &mut Side) -> bool {
    let id = a.sessions[0];
    let started = a.agent.hold(a.instant(), id, true, Default::default()).unwrap();
    a.pump();
    started
}

/// A call was hung up while its re-INVITE had a 100 and no more: the transaction stayed for the life of the page, and
/// after some 500 of them each INVITE was answered 503.
#[test]
fn an_open_reinvite_of_ours_ends_with_the_call() {
    for way in ["hang up", "their BYE", "ICE", "481"] {
        for late in [false, true] {
            let (mut a, invite) = in_call();
            a.at(40_000);
            hold(&mut a);
            let reinvite = a.expect("INVITE");
            let trying = response(&reinvite, "100 Trying", "", "", "");
            if late {
                // The 100 comes when the call is over: it stops timer B all the same.
                end(&mut a, &invite, way);
                a.at(71_000).receive(&trying);
                a.at(72_000).receive(&trying);
            } else {
                a.receive(&trying);
                end(&mut a, &invite, way);
                // It goes on telling that it is at work.
                a.at(60_000).receive(&response(&reinvite, "183 Session Progress", "", "", ""));
            }
            a.at(104_000);
            assert!(nothing_is_left(&a), "{way}, {late}");
        }
    }
}

/// A cancelled INVITE whose CANCEL is answered and which never ends: 64 * T1 after the CANCEL it is over (RFC 3261 9.1).
#[test]
fn a_cancelled_invite_ends_in_bounded_time() {
    for way in ["hang up", "their BYE", "ICE"] {
        let (mut a, invite) = calling();
        a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
        end(&mut a, &invite, way);
        a.at(31_999);
        a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
        a.at(32_000);
        assert!(nothing_is_left(&a), "{way}");
    }
    // And one that was cancelled before its first 1xx.
    let (mut a, invite) = calling();
    a.terminate();
    a.expect_nothing();
    a.at(20_000).receive(&response(&invite, "100 Trying", "", "", ""));
    let cancel = a.expect("CANCEL");
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    a.at(51_999).receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    a.expect_nothing();
    a.at(52_000);
    assert!(nothing_is_left(&a));
}

/// ICE failed, or the far end hung up, while the answer of its 2xx was being applied: a CANCEL left for an INVITE that was
/// answered, or nothing, and the far end repeated its 2xx.
#[test]
fn a_call_that_ends_before_its_answer_is_applied_is_acknowledged() {
    for way in ["hang up", "their BYE", "ICE"] {
        let (mut a, invite) = calling();
        a.hold_media = true;
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        let id = a.sessions[0];
        match way {
            "hang up" => a.terminate(),
            "their BYE" => {
                a.receive(&from_far(&invite, "BYE", 50, "", ""));
                a.expect("SIP/2.0 200");
            }
            _ => {
                a.agent.handle_input(a.instant(), Input::IceFailed(id));
                a.pump();
            }
        }
        a.expect("ACK");
        if way != "their BYE" {
            let bye = a.expect("BYE");
            a.receive(&response(&bye, "200 OK", "", "", ""));
        }
        a.expect_nothing();
        a.at(32_000);
        assert!(nothing_is_left(&a), "{way}");
    }
}

/// Alice holds in a call without session timers; the far end's proxy says 100, and nothing more comes.
fn holding() -> (Side, String, String) {
    let mut settings = config("alice");
    settings.session_timers = false;
    settings.recovery_timeout_ms = 0;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.at(1_000);
    assert!(hold(&mut a));
    let reinvite = a.expect("INVITE");
    a.events.clear();
    a.receive(&response(&reinvite, "100 Trying", "", "", ""));
    (a, invite, reinvite)
}

/// A re-INVITE that got a 100 and no final answer blocked hold, unhold and each further offer for the rest of the call.
#[test]
fn a_reinvite_without_a_final_answer_is_given_up_after_three_minutes() {
    let (mut a, _, reinvite) = holding();
    a.at(100_000).receive(&response(&reinvite, "100 Trying", "", "", ""));
    a.at(180_999).expect_nothing();
    let cancel = a.at(181_000).expect("CANCEL");
    assert_eq!(header(&cancel, "Via"), header(&reinvite, "Via"));
    a.told(&[]);
    assert!(!hold(&mut a), "what becomes of the offer is not known yet");
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    a.receive(&response(&reinvite, "487 Request Terminated", "", "", ""));
    a.expect("ACK");
    a.told(&["unhold local", "refused SIP Failure Code 487"]);
    assert!(hold(&mut a));
    a.expect("INVITE");
}

/// A far end that asks its user says so each minute (RFC 3261 13.3.1.1), and has as long as it does.
#[test]
fn a_reinvite_that_the_far_end_works_at_is_waited_for() {
    let (mut a, _, reinvite) = holding();
    for minute in 1..20 {
        a.at(minute * 60_000).receive(&response(&reinvite, "180 Ringing", "", "", ""));
    }
    a.at(1_319_999).expect_nothing();
    a.at(1_320_000).expect("CANCEL");
}

/// Not even the CANCEL of a re-INVITE brought an answer: it is over all the same, and the call goes on.
#[test]
fn a_cancelled_reinvite_without_an_answer_is_rolled_back() {
    let (mut a, _, reinvite) = holding();
    let cancel = a.at(181_000).expect("CANCEL");
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    a.at(200_000).receive(&response(&reinvite, "183 Session Progress", "", "", ""));
    a.at(212_999).told(&[]);
    a.at(213_000).told(&["unhold local", "refused Request Timeout"]);
    a.expect_nothing();
    a.terminate();
    let bye = a.expect("BYE");
    a.receive(&response(&bye, "200 OK", "", "", ""));
    assert!(nothing_is_left(&a));
}

/// A 2xx crosses the CANCEL of a re-INVITE: the far end goes by the new description, and so do we (RFC 3261 9.1).
#[test]
fn a_2xx_that_crosses_the_cancel_of_a_reinvite_counts() {
    let (mut a, invite, reinvite) = holding();
    let cancel = a.at(181_000).expect("CANCEL");
    a.receive(&response(&reinvite, "200 OK", "", CONTACT, &SDP.replace("sendrecv", "recvonly")));
    a.expect("ACK");
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    a.told(&["sdp remote answer", "renegotiated"]);
    // The call goes on, and its ways too.
    a.receive(&from_far(&invite, "UPDATE", 7, CONTACT, ""));
    a.expect("SIP/2.0 200");
    a.at(400_000).expect_nothing();
}

/// The line breaks while a re-INVITE has a 1xx: the offer waits for the next line, however long that takes.
#[test]
fn an_offer_that_lost_its_line_is_not_cancelled() {
    let (mut a, _, _) = holding();
    a.auto_open = false;
    a.at(2_000).close();
    a.at(600_000);
    a.auto_open = true;
    a.at(640_000).expect("INVITE");
    a.expect_nothing();
    assert_eq!(a.events.first().map(String::as_str), Some("disconnected"));
}
