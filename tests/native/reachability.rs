//! Media that cannot come: the app is told why, and what cannot work does not leave.

use crate::support::{Pair, SDP, Side, config, header, invite};
use viasip::command::ReofferOptions;
use viasip::event::{Input, MediaFault, MediaRequest, SessionId};

const TURN: &str = "turn:relay.example.net:3478?transport=udp";

fn candidate_error(side: &mut Side, session: SessionId, code: u16, url: &str) {
    side.agent.handle_input(side.instant(), Input::CandidateError { session, code, url: url.into() });
    side.pump();
}

fn no_relay(side: &mut Side) {
    let described =
        |request: &MediaRequest| matches!(request, MediaRequest::Offer { .. } | MediaRequest::Answer { .. });
    side.fail_media = Some((described, MediaFault::NoRelay));
}

/// What the diagnosis says of servers.
fn codes(side: &Side, session: SessionId) -> Vec<&'static str> {
    let of_server = |code: &&str| ["turn", "stun"].contains(&code.split('-').next().unwrap());
    side.agent.diagnosis(session).0.iter().map(|f| f.code).filter(of_server).collect()
}

/// Wrong keys leave ICE "connected": the call stayed, silent, and the app heard nothing.
#[test]
fn a_failed_dtls_handshake_ends_the_call_and_is_named() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    pair.a.agent.handle_input(pair.a.instant(), Input::DtlsFailed(id));
    pair.a.pump();
    let bye = pair.a.expect("BYE");
    assert_eq!(header(&bye, "Reason"), Some("SIP ;cause=408; text=\"RTP Timeout\""));
    pair.a.told(&["ended local RTP Timeout"]);
    assert_eq!(pair.a.diagnosis.last(), Some(&"dtls-failed"));
    assert_eq!(pair.a.media.last(), Some(&MediaRequest::Close));
    // It may be told again, as ICE or DTLS.
    pair.a.agent.handle_input(pair.a.instant(), Input::IceFailed(id));
    pair.a.pump();
    pair.a.expect_nothing();
    pair.a.told(&[]);
}

/// ICE fails, and whoever reads the diagnosis wants to know which server did not help.
#[test]
fn what_gave_no_candidate_stands_beside_the_failure_of_ice() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    for (code, url) in [(401, TURN), (401, TURN), (701, "turns:relay.example.net"), (701, "stun:stun.example.net")] {
        candidate_error(&mut pair.a, id, code, url);
    }
    assert_eq!(codes(&pair.a, id), ["turn-refused", "turn-silent", "stun-silent"], "once each, during the call too");
    let refused = pair.a.agent.diagnosis(id).0.into_iter().find(|f| f.code == "turn-refused").unwrap();
    assert!(refused.message.contains(TURN) && refused.message.contains("401"), "{}", refused.message);
    pair.a.expect_nothing();
    pair.a.agent.handle_input(pair.a.instant(), Input::IceFailed(id));
    pair.a.pump();
    pair.a.told(&["ended local RTP Timeout"]);
    assert!(pair.a.diagnosis.ends_with(&["turn-refused", "turn-silent", "stun-silent", "ice-failed"]));
}

/// A browser tells of each network and server, again and again: that may not pile up.
#[test]
fn a_call_remembers_few_servers() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    for n in 0..100 {
        candidate_error(&mut pair.a, id, 701, &format!("turn:{n}.example.net"));
    }
    assert_eq!(codes(&pair.a, id).len(), 8);
}

/// TURN with a wrong password and relay only: the INVITE left without a candidate, and `confirmed` came.
#[test]
fn an_offer_without_the_relayed_address_that_it_needs_does_not_leave() {
    for (told, wanted) in [(Some(401), "turn-refused"), (Some(701), "turn-silent"), (None, "turn-silent")] {
        let mut a = Side::connected("alice");
        a.events.clear();
        no_relay(&mut a);
        a.hold_media = true;
        let id = a.call("sip:bob@example.com");
        a.hold_media = false;
        if let Some(code) = told {
            candidate_error(&mut a, id, code, TURN);
        }
        a.release_media();
        a.expect_nothing();
        a.told(&["newRTCSession local", "connecting", "failed local WebRTC Error"]);
        assert_eq!(a.diagnosis, [wanted]);
        assert_eq!(a.media.last(), Some(&MediaRequest::Close));
        assert_eq!(a.agent.poll_timeout(), None, "nothing is left");
    }
}

/// As callee it is this phone that is not to be had: 488 would blame the offer. The far end learns of no server of ours.
#[test]
fn an_answer_without_the_relayed_address_that_it_needs_does_not_leave() {
    for offer in [SDP, ""] {
        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", offer));
        b.expect("SIP/2.0 180");
        b.events.clear();
        no_relay(&mut b);
        let id = b.sessions[0];
        candidate_error(&mut b, id, 403, TURN);
        b.answer();
        let refusal = b.expect("SIP/2.0 480");
        assert_eq!(header(&refusal, "Warning"), Some("399 bob.invalid \"No address for media\""));
        assert_eq!(b.events.last().map(String::as_str), Some("failed local WebRTC Error"));
        assert!(b.diagnosis.contains(&"turn-refused"));
        b.expect_nothing();
    }
}

/// Inside a call the offer is taken back, and the call stays as it is.
#[test]
fn a_reoffer_without_a_relayed_address_is_rolled_back() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    no_relay(&mut pair.a);
    let options = ReofferOptions { ice_restart: true, ..ReofferOptions::default() };
    assert_eq!(pair.a.agent.renegotiate(pair.a.instant(), id, options), Ok(true));
    pair.a.pump();
    pair.a.expect_nothing();
    pair.a.told(&["refused WebRTC Error"]);
    assert_eq!(pair.a.media.last(), Some(&MediaRequest::Rollback));
    pair.a.terminate();
    pair.a.expect("BYE");
}

/// Without WebRTC (Node) an INVITE was 488 before anybody looked whether an app listens, whatever it brought.
#[test]
fn without_webrtc_an_invite_is_405_or_488() {
    for body in [SDP, "", "v=0\r\nm=audio 1 RTP/AVP 0\r\n"] {
        for (listens, status) in [(false, "405"), (true, "488")] {
            let mut config = config("bob");
            config.webrtc = false;
            let mut b = Side::new("bob", config);
            b.listens = listens;
            b.agent.start(b.instant());
            b.pump();
            b.events.clear();
            b.receive(&invite("bob", "1", body));
            let refusal = b.expect(&format!("SIP/2.0 {status}"));
            assert_eq!(header(&refusal, "Allow").is_some(), !listens);
            assert_eq!(b.events.iter().filter(|e| e.starts_with("progress")).count(), 0);
            b.expect_nothing();
        }
    }
}
