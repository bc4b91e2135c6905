//! Offers and answers before the call is answered: in provisional answers, in PRACK, and by UPDATE (RFC 3262 5, 3311, 6337).

use super::reliable_provisional::{
    REQUIRED, SUPPORTED, ack, applied, called, calling, calling_from, number, other, prack, reliable, rings,
};
use crate::support::{CONTACT, SDP, Side, from_far, header, invite, request, response, tag};
use viasip::command::{AnswerOptions, ReofferOptions};
use viasip::event::{MediaFault, MediaRequest};

fn progress(b: &mut Side) {
    let id = *b.sessions.last().unwrap();
    b.agent.progress(b.instant(), id, &AnswerOptions::default()).unwrap();
    b.pump();
}

/// Early media of the callee: its answer goes ahead in a 183, and the 200 waits until the caller has it.
#[test]
fn an_early_answer_goes_ahead_of_the_200() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    progress(&mut b);
    b.expect_nothing();
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
    let early = b.expect("SIP/2.0 183");
    assert!(early.contains("m=audio") && header(&early, "Content-Type") == Some("application/sdp"));
    assert_eq!((header(&early, "Require"), number(&early)), (Some("100rel"), number(&ringing) + 1));
    let described = ["sdp remote offer", "connecting", "sdp local answer", "progress local reliable"];
    b.told(&described);
    b.answer();
    b.expect_nothing();
    assert_eq!(b.at(500).expect("SIP/2.0 183"), early);
    b.receive(&prack(&early, 3, ""));
    b.expect("SIP/2.0 200");
    let ok = b.expect("SIP/2.0 200");
    assert!(header(&ok, "CSeq").unwrap().ends_with("INVITE") && !ok.contains("m=audio"), "{ok}");
    b.receive(&ack(&ok));
    b.told(&["accepted local", "confirmed remote"]);
    assert_eq!(b.media.iter().filter(|m| matches!(m, MediaRequest::Answer { .. })).count(), 1);
}

/// An early answer that nobody acknowledges keeps its 200 back, and in the end refuses the call.
#[test]
fn an_early_answer_that_is_never_acknowledged_ends_the_call() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.receive(&prack(&ringing, 2, ""));
    progress(&mut b);
    b.answer();
    b.at(31_999);
    assert!(!b.wire.iter().any(|frame| frame.starts_with("SIP/2.0 200") && frame.contains("INVITE")));
    b.wire.clear();
    b.at(32_000).expect("SIP/2.0 504");
    assert_eq!(b.events.last().map(String::as_str), Some("failed remote No ACK"));
}

/// The app answers before its early answer has left: the 200 has it.
#[test]
fn an_early_answer_that_did_not_leave_is_in_the_200() {
    // It waits for the PRACK of the 180.
    let (mut b, _) = called(reliable("bob"), SUPPORTED);
    progress(&mut b);
    b.answer();
    assert!(b.expect("SIP/2.0 200").contains("m=audio"));
    // It waits for WebRTC.
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
    b.hold_media = true;
    progress(&mut b);
    b.answer();
    b.hold_media = false;
    b.release_media();
    let ok = b.expect("SIP/2.0 200");
    assert!(ok.contains("m=audio"));
    b.receive(&ack(&ok));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
}

/// A caller that knows no PRACK gets the early answer all the same, and again in each later answer (RFC 3261 13.3.1.4).
#[test]
fn an_early_answer_without_prack_is_repeated_in_the_200() {
    let (mut b, _) = called(Side::connected("bob"), "");
    progress(&mut b);
    let early = b.expect("SIP/2.0 183");
    assert!(early.contains("m=audio") && header(&early, "RSeq").is_none());
    assert!(b.at(60_000 - 1).wire.is_empty());
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    assert!(ok.contains("m=audio"));
    b.receive(&ack(&ok));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
}

/// The early offer to an INVITE without one: the PRACK brings the answer (RFC 3262 5).
#[test]
fn an_early_offer_is_answered_by_the_prack() {
    let mut b = reliable("bob");
    b.receive(&invite("bob", "1", "").replace("Content-Length", &format!("{REQUIRED}Content-Length")));
    b.expect("SIP/2.0 100");
    progress(&mut b);
    let early = b.expect("SIP/2.0 183");
    assert!(early.contains("m=audio"));
    b.answer();
    b.expect_nothing();
    b.receive(&prack(&early, 2, &other()));
    b.expect("SIP/2.0 200");
    assert_eq!(applied(&b), [(other(), false)]);
    let ok = b.expect("SIP/2.0 200");
    assert!(!ok.contains("m=audio"));
    b.receive(&ack(&ok));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
    // Without one there is no call.
    let mut b = reliable("bob");
    b.receive(&invite("bob", "1", "").replace("Content-Length", &format!("{REQUIRED}Content-Length")));
    progress(&mut b);
    let early = b.expect("SIP/2.0 183");
    b.receive(&prack(&early, 2, ""));
    b.expect("SIP/2.0 200");
    b.expect("SIP/2.0 488");
    // Nor with one that WebRTC does not take.
    let mut b = reliable("bob");
    b.fail_media = Some((|request| matches!(request, MediaRequest::RemoteAnswer { .. }), MediaFault::SetRemote));
    b.receive(&invite("bob", "1", "").replace("Content-Length", &format!("{REQUIRED}Content-Length")));
    progress(&mut b);
    let early = b.expect("SIP/2.0 183");
    b.receive(&prack(&early, 2, &other()));
    b.expect("SIP/2.0 200");
    b.expect("SIP/2.0 488");
}

#[test]
fn an_early_answer_is_asked_for_once_and_by_the_callee() {
    let (mut a, _) = calling();
    let now = a.instant();
    let id = a.sessions[0];
    assert!(a.agent.progress(now, id, &AnswerOptions::default()).is_err());
    let (mut b, _) = called(reliable("bob"), SUPPORTED);
    progress(&mut b);
    let id = b.sessions[0];
    assert!(b.agent.progress(now, id, &AnswerOptions::default()).is_err());
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", ""));
    let id = b.sessions[0];
    assert!(b.agent.progress(now, id, &AnswerOptions::default()).is_err(), "an early offer needs a PRACK");
    b.answer();
    assert!(b.agent.progress(now, id, &AnswerOptions::default()).is_err());
}

/// Bob's early answer has reached the caller.
fn early() -> (Side, String) {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
    progress(&mut b);
    let early = b.expect("SIP/2.0 183");
    b.events.clear();
    (b, early)
}

/// An offer of theirs in the PRACK is answered in its 200, and the 200 of the INVITE waits for that (RFC 3262 5).
#[test]
fn an_offer_in_a_prack_is_answered_in_its_200() {
    let (mut b, early) = early();
    b.hold_media = true;
    b.receive(&prack(&early, 3, &other()));
    b.answer();
    b.expect_nothing();
    b.hold_media = false;
    b.release_media();
    let taken = b.expect("SIP/2.0 200");
    assert!(header(&taken, "CSeq").unwrap().ends_with("PRACK") && taken.contains("m=audio"), "{taken}");
    assert!(header(&taken, "Session-Expires").is_none());
    let ok = b.expect("SIP/2.0 200");
    assert!(header(&ok, "CSeq").unwrap().ends_with("INVITE") && !ok.contains("m=audio"), "{ok}");
    b.receive(&ack(&ok));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
}

/// Before our answer there is an offer open already: a PRACK acknowledges, and may not offer.
#[test]
fn an_offer_in_a_prack_before_the_answer_is_refused() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.receive(&prack(&ringing, 2, &other()));
    b.expect("SIP/2.0 500");
    b.at(31_000).expect_nothing();
}

/// RFC 3311 5.1: once both have agreed either may offer anew, while it still rings.
#[test]
fn an_update_is_served_while_it_rings_here() {
    let (mut b, early) = early();
    b.receive(&prack(&early, 3, ""));
    b.expect("SIP/2.0 200");
    let own = tag(header(&early, "To").unwrap());
    let held = other().replace("sendrecv", "sendonly");
    b.receive(&request("UPDATE", "bob", "u", &own, 4, CONTACT, &held));
    let ok = b.expect("SIP/2.0 200");
    assert!(ok.contains("m=audio"));
    b.told(&["reoffer", "sdp remote offer", "hold remote", "sdp local answer", "answered"]);
    // And ours goes by UPDATE too.
    let id = b.sessions[0];
    assert!(b.agent.renegotiate(b.instant(), id, ReofferOptions::default()).unwrap());
    b.pump();
    let update = b.expect("UPDATE");
    b.answer();
    b.expect_nothing();
    b.receive(&response(&update, "200 OK", "", "", SDP));
    let ok = b.expect("SIP/2.0 200");
    assert!(!ok.contains("m=audio"));
    b.receive(&ack(&ok));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
}

/// The same on the caller's side: the 200 waits until the offer has come to its end.
#[test]
fn an_update_is_served_while_it_rings_there() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "180 Ringing", "other", 1, "").replace("bob@192.0.2.1", "other@192.0.2.2"));
    a.receive(&rings(&invite, "183 Session Progress", "far", 1, SDP));
    a.expect("PRACK");
    a.expect("PRACK");
    a.events.clear();
    // With the phone that has not answered nothing is agreed.
    let stray = from_far(&invite, "UPDATE", 3, CONTACT, &other()).replace("tag=far", "tag=other");
    a.receive(&stray.replace("z9hG4bK", "z9hG4bKstray"));
    a.expect("SIP/2.0 491");
    a.hold_media = true;
    a.receive(&from_far(&invite, "UPDATE", 4, CONTACT, &other()));
    a.receive(&response(&invite, "200 OK", "far", CONTACT, ""));
    a.expect_nothing();
    a.hold_media = false;
    a.release_media();
    assert!(a.expect("SIP/2.0 200").contains("m=audio"));
    a.expect("ACK");
    a.told(&["reoffer", "sdp remote offer", "sdp local answer", "answered", "accepted remote", "confirmed local"]);
    a.expect_nothing();
}

#[test]
fn the_caller_offers_anew_while_it_rings() {
    let (mut a, invite) = calling();
    let id = a.sessions[0];
    let offers = |a: &mut Side| {
        let done = a.agent.renegotiate(a.instant(), id, ReofferOptions::default()).unwrap();
        a.pump();
        done
    };
    a.receive(&rings(&invite, "180 Ringing", "other", 1, ""));
    assert!(!offers(&mut a), "nothing is agreed");
    a.receive(&rings(&invite, "183 Session Progress", "far", 1, SDP).replace("bob@192", "far@192"));
    a.expect("PRACK");
    a.expect("PRACK");
    assert!(offers(&mut a));
    let update = a.expect("UPDATE sip:far@192.0.2.1");
    assert_eq!(tag(header(&update, "To").unwrap()), "far");
    // Early media of the other phone waits: one answer at a time.
    a.receive(&rings(&invite, "183 Session Progress", "other", 2, &other()));
    a.expect("PRACK");
    a.events.clear();
    a.receive(&response(&update, "200 OK", "", "", SDP));
    a.told(&["sdp remote answer", "renegotiated", "sdp remote answer", "progress remote reliable other"]);
    // A refusal leaves the call as it was.
    a.receive(&response(&invite, "200 OK", "far", CONTACT, ""));
    a.expect("ACK");
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "183 Session Progress", "far", 1, SDP));
    a.expect("PRACK");
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, ReofferOptions::default()).unwrap());
    a.pump();
    let update = a.expect("UPDATE");
    assert!(update.contains("a=sendonly"));
    a.receive(&response(&update, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.expect_nothing();
    a.receive(&response(&invite, "200 OK", "far", CONTACT, ""));
    a.expect("ACK");
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
}

/// Nobody waits for the answer of a phone that was not taken: the ACK of the one that was came 32 s later.
#[test]
fn an_offer_to_a_phone_that_is_not_taken_holds_nothing_up() {
    let mut alice = reliable("alice");
    alice.agent.config_mut().credentials.realm = Some("example.com".into());
    let (mut a, invite) = calling_from(alice);
    a.receive(&rings(&invite, "183 Session Progress", "one", 1, SDP));
    a.expect("PRACK");
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, ReofferOptions::default()).unwrap());
    a.pump();
    let update = a.expect("UPDATE");
    a.receive(&response(&update, "100 Trying", "", "", ""));
    a.events.clear();
    a.receive(&response(&invite, "200 OK", "two", CONTACT, &other()));
    a.expect("ACK");
    // What is no INVITE is not cancelled (RFC 3261 9.1).
    a.expect_nothing();
    assert!(a.events.iter().any(|event| event == "unhold local"), "{:?}", a.events);
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
    // It is not sent again, whoever asks for credentials.
    let challenge = "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"n\", qop=\"auth\"\r\n";
    a.receive(&response(&update, "407 Proxy Authentication Required", "", challenge, ""));
    a.expect_nothing();
}

/// A hold was agreed on with a phone that left: the one that took the call knew nothing of it.
#[test]
fn the_phone_that_is_taken_hears_of_a_hold_that_another_one_knows() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "183 Session Progress", "one", 1, SDP));
    a.expect("PRACK");
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, ReofferOptions::default()).unwrap());
    a.pump();
    let update = a.expect("UPDATE");
    a.receive(&response(&update, "200 OK", "", "", &SDP.replace("sendrecv", "recvonly")));
    a.receive(&response(&invite, "200 OK", "two", CONTACT, &other()));
    a.expect("ACK");
    let reinvite = a.expect("INVITE");
    assert_eq!(tag(header(&reinvite, "To").unwrap()), "two");
    assert!(reinvite.contains("a=sendonly"));
    // If that phone refuses, it is not held.
    a.events.clear();
    a.receive(&response(&reinvite, "488 Not Acceptable Here", "", "", ""));
    a.told(&["unhold local", "refused Incompatible SDP 488"]);
}
