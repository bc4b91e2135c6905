//! How calls end that end otherwise than by a plain BYE, and when they are forgotten.

use crate::support::outside::call_to;
use crate::support::{CONTACT, SDP, Side, config, from_far, header, in_call, invite, request, response, tag};
use viasip::command::{CommandError, TerminateOptions};
use viasip::config::Config;
use viasip::event::{MediaFault, MediaRequest};
use viasip::message::Method;

/// bob is called with this body, and answers: with our offer, if it is empty.
fn answered(body: &str) -> (Side, String) {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", body));
    b.answer();
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    (b.wire, b.events) = Default::default();
    (b, own)
}

/// A caller that hangs up an early dialog: the INVITE is answered too (RFC 3261 15.1.2).
#[test]
fn a_bye_while_it_rings_ends_the_invite() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    (b.wire, b.events) = Default::default();
    b.receive(&request("BYE", "bob", "2", &own, 2, "", ""));
    let mut statuses: Vec<_> = b.wire.drain(..).map(|frame| frame.lines().next().unwrap().to_owned()).collect();
    statuses.sort();
    assert_eq!(statuses, ["SIP/2.0 200 OK", "SIP/2.0 487 BYE Received"]);
    assert_eq!(b.events.last().map(String::as_str), Some("ended remote Terminated"));
}

/// Only the BYE of a call whose first 2xx is not acknowledged waits for the ACK, not that of one whose re-INVITE is not.
#[test]
fn a_bye_does_not_wait_for_the_ack_of_a_reinvite() {
    let (mut b, own) = answered(SDP);
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    b.receive(&request("INVITE", "bob", "3", &own, 2, CONTACT, SDP));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 200");
    b.terminate();
    b.expect("BYE");
}

/// The reason tells a far end that did not answer from one that knows nothing of the call.
#[test]
fn a_call_that_is_lost_says_why() {
    let answers = [(None, "408"), (Some("408 Request Timeout"), "408"), (Some("481 Call Does Not Exist"), "500")];
    for (answer, cause) in answers {
        let (mut a, _) = in_call();
        let now = a.now;
        a.agent.hold(a.instant(), a.sessions[0], true, Default::default()).unwrap();
        a.pump();
        let again = a.expect("INVITE");
        match answer {
            Some(status) => a.receive(&response(&again, status, "", "", "")),
            None => drop(a.at(now + 32_000)),
        }
        a.wire.retain(|frame| frame.starts_with("BYE"));
        let reason = header(a.wire.front().unwrap(), "Reason").unwrap_or_default().to_owned();
        assert!(reason.contains(&format!("cause={cause}")), "{answer:?}: {reason}");
    }
}

/// The app could not make its RTCPeerConnection.
#[test]
fn a_call_that_cannot_be_answered_is_500() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    (b.wire, b.events) = Default::default();
    b.agent.answer_impossible(b.instant(), b.sessions[0]);
    b.pump();
    b.expect("SIP/2.0 500");
    b.told(&["failed local WebRTC Error"]);
}

/// Our offer went in the 200, and the ACK brought no answer.
#[test]
fn an_ack_without_the_answer_that_is_owed_ends_the_call() {
    let (mut b, own) = answered("");
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    assert!(header(&b.expect("BYE"), "Reason").unwrap().contains("cause=400"));
    b.told(&["ended local Missing SDP"]);
}

/// WebRTC cannot take the answer that the ACK brought.
#[test]
fn an_answer_that_cannot_be_used_ends_the_call() {
    let (mut b, own) = answered("");
    b.fail_media = Some((|request| matches!(request, MediaRequest::RemoteAnswer { .. }), MediaFault::SetRemote));
    b.receive(&request("ACK", "bob", "2", &own, 1, "", SDP));
    assert!(header(&b.expect("BYE"), "Reason").unwrap().contains("cause=488"));
    b.told(&["sdp remote answer", "ended local Bad Media Description", "mediafailed SetRemote"]);
}

#[test]
fn what_is_over_cannot_be_ended_again() {
    let (mut a, _) = in_call();
    a.terminate();
    let id = a.sessions[0];
    assert_eq!(a.agent.terminate(a.instant(), id, &TerminateOptions::default()), Err(CommandError::NoSuchSession));
    // A call that was cancelled and waits for its 487.
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let sent = a.expect("INVITE");
    a.receive(&response(&sent, "180 Ringing", "far", CONTACT, ""));
    a.terminate();
    a.expect("CANCEL");
    let again = a.agent.terminate(a.instant(), a.sessions[0], &TerminateOptions::default());
    assert_eq!(again, Err(CommandError::NoSuchSession));
    a.pump();
    a.expect_nothing();
}

/// Once, and not before a transfer has been told of in its dialog.
#[test]
fn a_call_is_forgotten_once() {
    let (mut a, sent) = in_call();
    a.terminate();
    let bye = a.expect("BYE");
    assert_eq!(a.gone, 1);
    a.receive(&response(&bye, "200 OK", "", "", ""));
    a.at(a.now + 60_000);
    assert_eq!(a.gone, 1);
    let _ = sent;
    let (mut a, sent) = in_call();
    a.agent.refer(a.instant(), a.sessions[0], "<sip:carol@example.com>", &[], false).unwrap();
    a.pump();
    let refer = a.expect("REFER");
    a.receive(&response(&refer, "202 Accepted", "", "", ""));
    a.receive(&from_far(&sent, "BYE", 1, "", ""));
    a.expect("SIP/2.0 200");
    assert_eq!((a.gone, a.agent.holdings().sessions), (0, 1), "the transfer is still told of");
    let state = "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\nContent-Type: message/sipfrag\r\n";
    let empty = from_far(&sent, "NOTIFY", 2, state, "");
    a.receive(&empty.replace("Content-Length: 0\r\n\r\n", "Content-Length: 14\r\n\r\nSIP/2.0 200 OK"));
    a.expect("SIP/2.0 200");
    assert_eq!((a.gone, a.agent.holdings().sessions), (1, 0));
}

/// What an UPDATE of the app's says that it supports follows what the agent does.
#[test]
fn an_update_of_the_app_says_whether_there_are_session_timers() {
    for (session_timers, supported) in [(true, "timer,ice,outbound"), (false, "ice,outbound")] {
        let mut a = Side::new("alice", Config { session_timers, ..config("alice") });
        a.agent.start(a.instant());
        a.pump();
        a.call_with(call_to("sip:bob@example.com"));
        let sent = a.expect("INVITE");
        a.receive(&response(&sent, "200 OK", "far", CONTACT, SDP));
        a.expect("ACK");
        a.agent.send_inside(a.instant(), a.sessions[0], Method::parse("UPDATE").unwrap(), &[], "").unwrap();
        a.pump();
        assert_eq!(header(&a.expect("UPDATE"), "Supported"), Some(supported));
    }
}
