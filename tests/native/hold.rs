//! Who holds, and how both ends know: RFC 3264 6.1 and 8.4, RFC 6337 5.1 and 5.3.

use crate::support::{CONTACT, Pair, SDP, Side, from_far, header, in_call, request, response};
use viasip::command::ReofferOptions;
use viasip::event::{Input, MediaAnswer, MediaFault, MediaRequest};

/// The browser's description, or the far end's, with this direction.
fn described(direction: &str) -> String {
    SDP.replace("a=sendrecv", &format!("a={direction}"))
}

fn hold(a: &mut Side, on: bool) -> String {
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, on, Default::default()).unwrap());
    a.pump();
    a.expect("INVITE")
}

/// Alice in a call that she holds.
fn held_here() -> (Side, String) {
    let (mut a, invite) = in_call();
    let offer = hold(&mut a, true);
    a.receive(&response(&offer, "200 OK", "", CONTACT, &described("recvonly")));
    a.expect("ACK");
    a.events.clear();
    a.media.clear();
    (a, invite)
}

/// Alice in a call that the far end holds.
fn held_by_far() -> (Side, String) {
    let (mut a, invite) = in_call();
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &described("sendonly")));
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&invite, "ACK", 7, "", ""));
    assert!(a.events.contains(&"hold remote".to_owned()));
    a.events.clear();
    a.media.clear();
    (a, invite)
}

fn renegotiate(a: &mut Side) -> String {
    let id = a.sessions[0];
    assert!(a.agent.renegotiate(a.instant(), id, ReofferOptions::default()).unwrap());
    a.pump();
    a.expect("INVITE")
}

/// Gives the far end this offer, and returns the answer of a browser that has nothing against it.
fn offered(a: &mut Side, invite: &str, method: &str, cseq: u32, direction: &str) -> String {
    a.hold_media = true;
    a.receive(&from_far(invite, method, cseq, CONTACT, &described(direction)));
    let free = match direction {
        "sendonly" => "recvonly",
        "recvonly" => "sendonly",
        same => same,
    };
    while let Some((ticket, request)) = a.held.pop() {
        let answer = match request {
            MediaRequest::Answer { .. } => MediaAnswer::Description(described(free)),
            _ => MediaAnswer::Ready,
        };
        a.agent.handle_input(a.instant(), Input::Media(ticket, Ok(answer)));
        a.pump();
    }
    a.hold_media = false;
    a.expect("SIP/2.0 200")
}

/// The far end refreshed its session, or changed a codec, while it was held here: our answer said `sendrecv`, its music
/// on hold stopped, and each side believed something else.
#[test]
fn who_holds_answers_so() {
    let answers =
        [("sendrecv", "sendonly"), ("recvonly", "sendonly"), ("sendonly", "inactive"), ("inactive", "inactive")];
    for method in ["INVITE", "UPDATE"] {
        for (offer, answer) in answers {
            let (mut a, invite) = held_here();
            let ok = offered(&mut a, &invite, method, 7, offer);
            assert!(ok.ends_with(&described(answer)), "{method} {offer}: {ok}");
        }
    }
    // Who does not hold answers as the browser does.
    let (mut a, invite) = in_call();
    assert!(offered(&mut a, &invite, "INVITE", 7, "sendrecv").ends_with(SDP));
}

/// Held by the far end, then taken back by a re-INVITE without a description: we offered `recvonly`, and stayed silent
/// for the rest of the call.
#[test]
fn a_call_is_taken_back_by_an_offer_of_ours() {
    let (mut a, invite) = held_by_far();
    a.receive(&from_far(&invite, "INVITE", 8, CONTACT, ""));
    let ok = a.expect("SIP/2.0 200");
    assert!(ok.ends_with(SDP), "whatever the far end wanted before (RFC 6337 5.1): {ok}");
    a.told(&["reoffer", "sdp local offer", "answered"]);
    a.receive(&from_far(&invite, "ACK", 8, "", SDP));
    a.told(&["sdp remote answer", "unhold remote"]);
    assert_eq!(a.media.last(), Some(&MediaRequest::Enable(true)));
    // It may go on holding.
    let (mut a, invite) = held_by_far();
    a.receive(&from_far(&invite, "INVITE", 8, CONTACT, ""));
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&invite, "ACK", 8, "", &described("sendonly")));
    a.told(&["reoffer", "sdp local offer", "answered", "sdp remote answer"]);
    assert!(!a.media.contains(&MediaRequest::Enable(true)));
    // And who holds here offers so.
    let (mut a, invite) = held_here();
    a.receive(&from_far(&invite, "INVITE", 8, CONTACT, ""));
    assert!(a.expect("SIP/2.0 200").ends_with(&described("sendonly")));
}

/// What we offer says what we want, and the answer whether the far end still holds (RFC 6337 5.3).
#[test]
fn an_offer_to_one_who_holds_is_our_own() {
    let (mut a, _) = held_by_far();
    let offer = renegotiate(&mut a);
    assert!(offer.ends_with(SDP), "{offer}");
    a.events.clear();
    a.receive(&response(&offer, "200 OK", "", CONTACT, &described("sendonly")));
    a.expect("ACK");
    a.told(&["sdp remote answer", "renegotiated"]);
    let offer = renegotiate(&mut a);
    a.events.clear();
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.told(&["sdp remote answer", "unhold remote", "renegotiated"]);
    assert_eq!(a.media.last(), Some(&MediaRequest::Enable(true)));
    let (mut a, _) = held_by_far();
    assert!(hold(&mut a, true).ends_with(&described("sendonly")));
}

/// An answer that takes nothing where we offer everything is a hold; one that takes nothing of a hold of ours, or of an
/// offer that sends nothing, need not be.
#[test]
fn an_answer_may_hold() {
    for (ours, theirs, holds) in [
        ("sendrecv", "sendonly", true),
        ("sendrecv", "inactive", true),
        ("sendrecv", "recvonly", false),
        ("sendonly", "inactive", false),
        ("sendonly", "recvonly", false),
        ("recvonly", "sendonly", false),
        ("inactive", "inactive", false),
    ] {
        let (mut a, _) = in_call();
        a.hold_media = true;
        a.agent.renegotiate(a.instant(), a.sessions[0], Default::default()).unwrap();
        a.pump();
        let (ticket, _) = a.held.pop().unwrap();
        let made = MediaAnswer::Description(described(ours));
        a.agent.handle_input(a.instant(), Input::Media(ticket, Ok(made)));
        a.pump();
        a.hold_media = false;
        let offer = a.expect("INVITE");
        a.receive(&response(&offer, "200 OK", "", CONTACT, &described(theirs)));
        assert_eq!(a.events.contains(&"hold remote".to_owned()), holds, "{ours} {theirs}: {:?}", a.events);
        assert_eq!(a.media.contains(&MediaRequest::Enable(false)), holds, "{ours} {theirs}");
    }
}

/// Both ends hold and take back in each order: each knows of both at each step, and at the end they talk.
#[test]
fn both_ends_hold_and_take_back() {
    for order in [[0, 1, 0, 1], [0, 1, 1, 0]] {
        let mut pair = Pair::in_call();
        let mut holds = [false, false];
        for who in order {
            holds[who] = !holds[who];
            let side = if who == 0 { &mut pair.a } else { &mut pair.b };
            let id = side.sessions[0];
            assert!(side.agent.hold(side.instant(), id, holds[who], Default::default()).unwrap());
            side.pump();
            pair.carry();
            for (side, other) in [(&pair.a, 1), (&pair.b, 0)] {
                let last = side.events.iter().rev().find(|told| told.ends_with("hold remote")).map(String::as_str);
                let expected = if holds[other] { "hold remote" } else { "unhold remote" };
                assert!(last.is_none_or(|last| last == expected), "{order:?} {holds:?} {}: {last:?}", side.name);
                assert_eq!(last.is_some(), holds[other] || side.events.contains(&"unhold remote".to_owned()));
            }
        }
        for side in [&pair.a, &pair.b] {
            let enabled = side.media.iter().rev().find(|m| matches!(m, MediaRequest::Enable(_)));
            assert_eq!(enabled, Some(&MediaRequest::Enable(true)), "{order:?} {}", side.name);
        }
    }
}

/// A hold met an offer of the far end (491), whose answer told of it meanwhile; then the hold was refused, and taken
/// back here, while the far end knew itself held.
#[test]
fn a_hold_that_an_answer_has_told_stays() {
    let (mut a, invite) = in_call();
    let first = hold(&mut a, true);
    a.receive(&response(&first, "491 Request Pending", "", "", ""));
    a.expect("ACK");
    a.events.clear();
    assert!(offered(&mut a, &invite, "INVITE", 7, "sendrecv").ends_with(&described("sendonly")));
    a.receive(&from_far(&invite, "ACK", 7, "", ""));
    let again = a.at(5_000).expect("INVITE");
    assert!(again.ends_with(&described("sendonly")));
    a.receive(&response(&again, "488 Not Acceptable Here", "", "", ""));
    a.expect("ACK");
    assert!(!a.events.contains(&"unhold local".to_owned()), "{:?}", a.events);
    assert_eq!(a.events.last().map(String::as_str), Some("refused Incompatible SDP 488"));
    assert!(hold(&mut a, false).ends_with(SDP));
}

/// `done` was told of each failure in the same words, without the answer that said what the far end has against it.
#[test]
fn a_refusal_is_told_with_its_answer() {
    for (answer, told) in [
        ("488 Not Acceptable Here", "refused Incompatible SDP 488"),
        ("603 Decline", "refused Rejected 603"),
        ("500 Server Internal Error", "refused SIP Failure Code 500"),
        ("200 OK", "refused Missing SDP 200"),
    ] {
        let (mut a, _) = in_call();
        let offer = renegotiate(&mut a);
        a.events.clear();
        a.receive(&response(&offer, answer, "", CONTACT, ""));
        a.expect("ACK");
        a.told(&[told]);
        renegotiate(&mut a);
    }
}

/// An offer that came to nothing, ours or theirs, was shown as the description in force, by `diagnosis`.
#[test]
fn a_refused_offer_is_not_in_force() {
    let plain = SDP.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVP");
    let profiles = |a: &Side| {
        let (_, features) = a.agent.diagnosis(a.sessions[0]);
        (features[0].yours.clone(), features[0].theirs.clone())
    };
    let (mut a, invite) = in_call();
    let before = profiles(&a);
    a.fail_media = Some((|m| matches!(m, MediaRequest::RemoteOffer(_)), MediaFault::SetRemote));
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &plain));
    a.expect("SIP/2.0 488");
    assert_eq!(profiles(&a), before);
    for status in ["488 Not Acceptable Here", "491 Request Pending"] {
        a.hold_media = true;
        a.agent.renegotiate(a.instant(), a.sessions[0], Default::default()).unwrap();
        a.pump();
        let (ticket, _) = a.held.pop().unwrap();
        a.agent.handle_input(a.instant(), Input::Media(ticket, Ok(MediaAnswer::Description(plain.clone()))));
        a.pump();
        a.hold_media = false;
        let offer = a.expect("INVITE");
        assert_ne!(profiles(&a), before);
        a.receive(&response(&offer, status, "", "", ""));
        a.expect("ACK");
        assert_eq!(profiles(&a), before, "{status}");
        a.release_media();
    }
}

/// Whose description lacks what is told by who has offered: the callee of an INVITE without one, or of a re-INVITE, has
/// it the other way round.
#[test]
fn a_finding_names_the_offer_and_the_answer() {
    let plain = SDP.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF");
    let profile = |side: &Side| {
        let (findings, _) = side.agent.diagnosis(side.sessions[0]);
        findings.iter().find(|finding| finding.code == "rtp-profile").unwrap().message.clone()
    };
    let mut b = Side::connected("bob");
    b.receive(&crate::support::invite("bob", "1", &plain));
    assert!(profile(&b).starts_with("The offer"), "{}", profile(&b));
    // Late: theirs is the answer.
    let mut b = Side::connected("bob");
    b.receive(&crate::support::invite("bob", "1", ""));
    b.answer();
    let own = crate::support::tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", &plain));
    assert!(profile(&b).starts_with("The answer"), "{}", profile(&b));
    // Alice called, and the far end offers anew.
    let (mut a, invite) = in_call();
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &plain));
    assert!(profile(&a).starts_with("The offer"), "{}", profile(&a));
    a.receive(&from_far(&invite, "ACK", 7, "", ""));
    a.wire.clear();
    let offer = renegotiate(&mut a);
    a.receive(&response(&offer, "200 OK", "", CONTACT, &plain));
    assert!(profile(&a).starts_with("The answer"), "{}", profile(&a));
}
