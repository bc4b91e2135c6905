//! Calls between two agents, and against a far end that is written out.
//!
//! The file is long because it holds the ordinary course of a call, from dialling to the end; what has a rule of its own has a
//! file of its own.

use crate::support::{Pair, SDP, Side, config, header, in_call, invite, request, response, tag};
use viasip::command::TerminateOptions;
use viasip::event::MediaRequest;
use viasip::time::Instant;

#[test]
fn a_call_from_dial_to_hang_up() {
    let mut pair = Pair::new();
    pair.a.call("sip:bob@example.com");
    pair.a.told(&["newRTCSession local", "connecting", "sdp local offer", "sending"]);
    pair.carry();
    pair.a.told(&["progress remote"]);
    pair.b.told(&["newRTCSession remote", "progress local"]);
    pair.b.answer();
    pair.b.told(&["sdp remote offer", "connecting", "sdp local answer", "accepted local"]);
    pair.carry();
    pair.a.told(&["sdp remote answer", "accepted remote", "confirmed local"]);
    pair.b.told(&["confirmed remote"]);
    pair.a.terminate();
    pair.carry();
    pair.a.told(&["ended local Terminated"]);
    pair.b.told(&["ended remote Terminated"]);
    let ladder = pair.ladder.join("\n") + "\n";
    assert_eq!(ladder, include_str!("../ladders/call.txt"));
    pair.at(40_000);
    assert_eq!(pair.a.agent.poll_timeout(), None, "nothing is left");
    assert_eq!(pair.b.agent.poll_timeout(), None, "nothing is left");
}

/// `RTCSession.C`: 0 before it is sent, 1 sent, 2 after a 1xx, 4 waits for the app, 5 answered, 6 waits for the ACK,
/// 9 confirmed, 8 over.
#[test]
fn the_status_is_that_of_jssip_at_each_step() {
    let mut pair = Pair::new();
    pair.a.call("sip:bob@example.com");
    pair.carry();
    pair.b.answer();
    pair.carry();
    pair.a.terminate();
    pair.carry();
    assert_eq!(pair.a.statuses, [0, 1, 2, 9, 8]);
    assert_eq!(pair.b.statuses, [4, 5, 6, 9, 8]);
}

/// What both ends said is told with each call that failed, and with one that ended for a reason of the media.
#[test]
fn a_call_that_failed_is_told_with_the_features_of_both_ends() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "486 Busy Here", "far", "", ""));
    a.expect("ACK");
    assert_eq!((a.diagnosis.len(), a.features > 0), (0, true));
    let mut pair = Pair::in_call();
    pair.a.terminate();
    assert_eq!((pair.a.diagnosis.len(), pair.a.features), (0, 0));
}

/// RFC 3261 9.2: it comes too late, and the call goes on.
#[test]
fn a_cancel_that_crosses_the_answer_changes_nothing() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    b.wire.clear();
    b.events.clear();
    b.receive(&request("CANCEL", "bob", "1", "", 1, "", ""));
    let ok = b.expect("SIP/2.0 200");
    assert_eq!(header(&ok, "CSeq"), Some("1 CANCEL"));
    b.receive(&request("ACK", "bob", "2", &tag(header(&ok, "To").unwrap()), 1, "", ""));
    b.told(&["confirmed remote"]);
}

#[test]
fn the_callee_rejects() {
    let mut pair = Pair::new();
    pair.a.call("sip:bob@example.com");
    pair.carry();
    pair.b.events.clear();
    pair.a.events.clear();
    pair.b.terminate_with(&TerminateOptions { status: Some(486), ..Default::default() });
    pair.carry();
    pair.b.told(&["failed local Rejected"]);
    pair.a.told(&["failed remote Busy"]);
}

#[test]
fn the_caller_cancels() {
    let mut pair = Pair::new();
    pair.a.call("sip:bob@example.com");
    pair.carry();
    pair.a.events.clear();
    pair.b.events.clear();
    pair.a.terminate();
    pair.a.told(&["failed local Canceled"]);
    pair.carry();
    pair.b.told(&["failed remote Canceled"]);
    assert_eq!(pair.ladder.join("\n") + "\n", include_str!("../ladders/cancel.txt"));
}

#[test]
fn a_cancel_before_any_answer_waits_for_the_first_provisional() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.terminate();
    a.expect_nothing();
    a.receive(&response(&invite, "100 Trying", "", "", ""));
    let cancel = a.expect("CANCEL");
    assert_eq!(header(&cancel, "Via"), header(&invite, "Via"));
    a.receive(&response(&invite, "487 Request Terminated", "x", "", ""));
    a.expect("ACK");
}

#[test]
fn a_200_that_crosses_the_cancel_is_acknowledged_and_ended() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "180 Ringing", "x", "", ""));
    a.terminate();
    a.expect("CANCEL");
    let ok = response(&invite, "200 OK", "x", "Contact: <sip:bob@192.0.2.1>\r\n", SDP);
    a.receive(&ok);
    let ack = a.expect("ACK");
    a.expect("BYE");
    a.receive(&ok);
    assert_eq!(a.expect("ACK"), ack, "a repeated 2xx gets the same ACK");
    a.expect_nothing();
}

#[test]
fn of_forked_answers_the_first_stays() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    let ok = |tag: &str| response(&invite, "200 OK", tag, &format!("Contact: <sip:{tag}@192.0.2.1>\r\n"), SDP);
    a.receive(&ok("one"));
    assert_eq!(tag(header(&a.expect("ACK sip:one@"), "To").unwrap()), "one");
    a.receive(&ok("two"));
    a.expect("ACK sip:two@");
    let bye = a.expect("BYE sip:two@");
    assert_eq!(tag(header(&bye, "To").unwrap()), "two");
    a.events.clear();
    a.receive(&ok("one"));
    a.expect("ACK sip:one@");
    a.told(&[]);
    a.terminate();
    a.expect("BYE sip:one@");
}

#[test]
fn early_media_is_applied_and_the_same_answer_is_not_applied_again() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.events.clear();
    let contact = "Contact: <sip:bob@192.0.2.1>\r\n";
    a.receive(&response(&invite, "183 Session Progress", "x", contact, SDP));
    a.told(&["sdp remote answer", "progress remote"]);
    let applied = a.media.len();
    a.receive(&response(&invite, "200 OK", "x", contact, SDP));
    a.told(&["sdp remote answer", "accepted remote", "confirmed local"]);
    assert_eq!(a.media.len(), applied);
}

/// JsSIP: the event of WebRTC comes before `failed`, but for the user's refusal of a microphone, which comes behind it.
#[test]
fn what_webrtc_refuses_is_told_in_jssips_order() {
    use viasip::event::{MediaFault, MediaRequest};
    let acquires = |request: &MediaRequest| matches!(request, MediaRequest::Acquire { .. });
    let offers = |request: &MediaRequest| matches!(request, MediaRequest::Offer { .. });
    for (fails, expected) in [
        (
            (acquires as fn(&MediaRequest) -> bool, MediaFault::UserMedia),
            ["failed local User Denied Media Access", "mediafailed UserMedia"],
        ),
        ((offers, MediaFault::CreateOffer), ["mediafailed CreateOffer", "failed local WebRTC Error"]),
    ] {
        let mut a = Side::connected("alice");
        a.fail_media = Some(fails);
        a.call("sip:bob@example.com");
        a.expect_nothing();
        let last = a.events.split_off(a.events.len() - 2);
        assert_eq!(last, expected);
    }
}

#[test]
fn a_plain_phone_is_explained() {
    let mut a = Side::connected("alice");
    a.fail_media =
        Some((|r| matches!(r, viasip::event::MediaRequest::RemoteAnswer { .. }), viasip::event::MediaFault::SetRemote));
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.events.clear();
    let plain = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";
    a.receive(&response(&invite, "200 OK", "x", "Contact: <sip:bob@192.0.2.1>\r\n", plain));
    a.expect("ACK");
    assert!(header(&a.expect("BYE"), "Reason").unwrap().contains("488"));
    a.told(&["sdp remote answer", "failed remote Bad Media Description", "mediafailed SetRemote"]);
    for code in ["plain-rtp", "rtp-profile", "no-dtls", "no-ice", "no-rtcp-mux"] {
        assert!(a.diagnosis.contains(&code), "{code} in {:?}", a.diagnosis);
    }
}

#[test]
fn an_offer_that_a_browser_would_refuse_rings_nowhere() {
    let mut b = Side::connected("bob");
    b.events.clear();
    let plain = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";
    b.receive(&invite("bob", "1", plain));
    let refusal = b.expect("SIP/2.0 488");
    assert!(header(&refusal, "Warning").unwrap().contains("plain RTP phone"));
    b.told(&[]);
    // A wrong profile with all the rest in place is a matter of taste.
    b.receive(&invite("bob", "2", &SDP.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF")).replace("far-call", "other"));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 180");
}

#[test]
fn a_2xx_is_repeated_until_its_ack_and_then_given_up() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    b.wire.clear();
    b.events.clear();
    for at in [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500] {
        b.at(at - 1);
        b.expect_nothing();
        b.at(at);
        b.expect("SIP/2.0 200");
    }
    b.at(31_999);
    b.told(&[]);
    b.at(32_000);
    b.expect("BYE");
    b.told(&["ended remote No ACK"]);
}

#[test]
fn a_callee_that_hangs_up_before_the_ack_says_bye_after_it() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    let ok = b.wire.pop_back().unwrap();
    b.wire.clear();
    b.events.clear();
    b.terminate();
    b.told(&["ended local Terminated"]);
    b.expect_nothing();
    let to = tag(header(&ok, "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &to, 1, "", ""));
    b.expect("BYE");
    b.expect_nothing();
    b.at(40_000);
    b.expect_nothing();
}

#[test]
fn nobody_answers() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.wire.clear();
    b.events.clear();
    b.at(59_999).told(&[]);
    b.at(60_000).told(&["failed local No Answer"]);
    b.expect("SIP/2.0 408");
}

#[test]
fn an_invite_that_expires_is_over() {
    let mut b = Side::connected("bob");
    let text = invite("bob", "1", SDP).replace("Max-Forwards", "Expires: 10\r\nMax-Forwards");
    b.receive(&text);
    b.wire.clear();
    b.events.clear();
    b.at(9_999).told(&[]);
    b.at(10_000).told(&["failed system Expires"]);
    b.expect("SIP/2.0 487");
}

#[test]
fn terminate_in_new_rtc_session_sends_nothing() {
    let mut a = Side::connected("alice");
    a.events.clear();
    a.on_new = Some(|side, id| {
        side.agent.terminate(side.instant(), id, &TerminateOptions::default()).unwrap();
    });
    a.call("sip:bob@example.com");
    a.expect_nothing();
    a.told(&["newRTCSession local", "failed local Canceled"]);
}

#[test]
fn terminate_in_sending_sends_nothing() {
    let mut a = Side::connected("alice");
    a.on_sending = Some(|side, id| {
        side.agent.terminate(side.instant(), id, &TerminateOptions::default()).unwrap();
    });
    a.call("sip:bob@example.com");
    a.expect_nothing();
}

#[test]
fn reject_in_new_rtc_session_does_not_ring() {
    let mut b = Side::connected("bob");
    b.on_new = Some(|side, id| {
        let options = TerminateOptions { status: Some(603), ..Default::default() };
        side.agent.terminate(side.instant(), id, &options).unwrap();
    });
    b.receive(&invite("bob", "1", SDP));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 603");
    b.expect_nothing();
}

#[test]
fn without_a_listener_an_invite_is_405() {
    let mut b = Side::connected("bob");
    b.listens = false;
    b.receive(&invite("bob", "1", SDP));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 405");
}

#[test]
fn hold_goes_by_reinvite_and_comes_back() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    let now = pair.a.instant();
    assert!(pair.a.agent.hold(now, id, true, Default::default()).unwrap());
    assert!(!pair.a.agent.hold(now, id, true, Default::default()).unwrap(), "held already");
    pair.a.pump();
    pair.carry();
    pair.a.told(&["hold local", "sdp local offer", "sdp local offer", "sdp remote answer", "renegotiated"]);
    pair.b.told(&["reoffer", "sdp remote offer", "hold remote", "sdp local answer", "answered"]);
    let now = pair.a.instant();
    assert!(pair.a.agent.hold(now, id, false, Default::default()).unwrap());
    pair.a.pump();
    pair.carry();
    assert!(pair.b.events.contains(&"unhold remote".to_owned()));
}

#[test]
fn a_refused_hold_is_rolled_back_and_keeps_the_call() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    let now = pair.a.instant();
    pair.a.agent.hold(now, id, true, Default::default()).unwrap();
    pair.a.pump();
    let reinvite = pair.a.expect("INVITE");
    pair.a.receive(&response(&reinvite, "488 Not Acceptable Here", "", "", ""));
    pair.a.expect("ACK");
    pair.a.told(&["hold local", "sdp local offer", "sdp local offer", "unhold local", "refused Incompatible SDP 488"]);
    pair.a.terminate();
    pair.carry();
    pair.b.told(&["ended remote Terminated"]);
}

#[test]
fn two_offers_at_once_are_untangled() {
    let mut pair = Pair::in_call();
    let now = pair.a.instant();
    for side in [&mut pair.a, &mut pair.b] {
        let id = side.sessions[0];
        side.agent.renegotiate(now, id, Default::default()).unwrap();
        side.pump();
    }
    pair.carry();
    pair.at(10_000);
    assert!(pair.a.events.contains(&"renegotiated".to_owned()), "{:?}", pair.a.events);
    assert!(pair.b.events.contains(&"renegotiated".to_owned()), "{:?}", pair.b.events);
    assert!(pair.ladder.iter().any(|l| l.contains("491")));
}

/// 256 may wait; one more is refused, and those that wait are sent.
#[test]
fn only_so_many_tones_wait() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    let now = a.instant();
    assert!(a.agent.dtmf(now, id, &"1".repeat(257), 100, 500, &[]).is_err());
    a.agent.dtmf(now, id, &"1".repeat(256), 100, 500, &[]).unwrap();
    a.pump();
    a.expect("INFO");
    assert!(a.agent.dtmf(a.instant(), id, "23", 100, 500, &[]).is_err());
}

#[test]
fn tones_go_by_info() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    pair.a.agent.dtmf(pair.a.instant(), id, "1#", 100, 500, &[]).unwrap();
    pair.a.pump();
    pair.carry();
    pair.at(600);
    pair.a.told(&["newDTMF local 1 100", "requestDone", "newDTMF local # 100", "requestDone"]);
    pair.b.told(&["newDTMF remote 1 100", "newDTMF remote # 100"]);
}

/// An INVITE without a description was answered as one that offers no media: nothing was captured, whatever the app
/// asked for, and the 200 offered nothing.
#[test]
fn a_late_offer_is_made_in_the_200() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", ""));
    b.events.clear();
    b.answer();
    assert_eq!(b.media.first(), Some(&MediaRequest::Acquire { offered: None }), "nothing is offered: the app says");
    b.told(&["connecting", "sdp local offer", "accepted local"]);
    let ok = b.wire.pop_back().unwrap();
    assert!(ok.contains("m=audio"));
    let to = tag(header(&ok, "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &to, 1, "", SDP));
    b.told(&["sdp remote answer", "confirmed remote"]);
}

#[test]
fn a_lost_line_ends_what_rings_and_keeps_what_talks() {
    let mut b = Side::unrecovering("bob");
    b.receive(&invite("bob", "1", SDP));
    b.events.clear();
    b.close();
    b.told(&["failed system Connection Error", "disconnected"]);
    let mut pair = Pair::in_call();
    pair.a.at(40_000);
    pair.a.close();
    pair.a.told(&["disconnected", "recovering Connection Error"]);
    pair.a.at(80_000);
    assert_eq!(pair.a.events[0], "connected");
    pair.a.wire.clear();
    pair.a.terminate();
    pair.a.expect("BYE");
}

/// A proxy gives up a call of which it hears nothing for three minutes (RFC 3261 13.3.1.1 and 16.8, timer C).
#[test]
fn a_call_that_rings_on_says_so_each_minute() {
    let mut settings = config("bob");
    settings.no_answer_ms = 150_000;
    let mut b = Side::new("bob", settings);
    b.agent.start(Instant::from_millis(0));
    b.pump();
    b.receive(&invite("bob", "1", SDP));
    b.expect("SIP/2.0 180");
    b.at(59_999).expect_nothing();
    b.at(60_000).expect("SIP/2.0 180");
    // The app has answered, and the user has not allowed the microphone yet.
    b.hold_media = true;
    b.answer();
    b.at(120_000).expect("SIP/2.0 180");
    b.hold_media = false;
    b.release_media();
    b.expect("SIP/2.0 200");
    b.wire.clear();
    b.at(170_000);
    assert!(b.wire.iter().all(|frame| !frame.starts_with("SIP/2.0 1")), "{:?}", b.wire);
    let rings = b.events.iter().filter(|e| *e == "progress local").count();
    assert_eq!(rings, 1);
}
