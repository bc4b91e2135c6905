//! INVITE with Replaces (RFC 3891): which call it may take the place of, and what comes of both.

use crate::support::{CONTACT, SDP, Side, answered_by_bob, calling, header, invite, request, response, tag};
use viasip::bounds::MAX_ENDED;
use viasip::event::SessionId;

fn replacing(own: &str, extra: &str) -> String {
    let line = format!("Contact: <sip:new@192.0.2.9>\r\nReplaces: far-call;to-tag={own};from-tag=far{extra}\r\n");
    request("INVITE", "bob", "rep", "", 1, &line, SDP).replace("Call-ID: far-call", "Call-ID: new-call")
}

#[test]
fn an_invite_takes_the_place_of_a_call() {
    let (mut b, own) = answered_by_bob();
    b.receive(&replacing(&own, ""));
    b.expect("SIP/2.0 100");
    b.expect_nothing();
    b.told(&["replaces"]);
    let new = SessionId(b.agent.reserve());
    let ticket = b.replacement.unwrap();
    assert!(b.agent.replace(b.instant(), ticket, Some(new)));
    b.pump();
    b.told(&["newRTCSession remote", "progress local"]);
    b.expect("SIP/2.0 180");
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    b.expect_nothing();
    let own_new = tag(header(&ok, "To").unwrap());
    let ack = request("ACK", "bob", "a", &own_new, 1, "", "").replace("far-call", "new-call");
    b.receive(&ack);
    let bye = b.expect("BYE");
    assert_eq!(header(&bye, "Call-ID"), Some("far-call"));
    assert_eq!(b.events.split_off(4), ["confirmed remote", "ended local Terminated"]);
    assert!(!b.agent.replace(b.instant(), ticket, Some(new)), "only once");
}

/// The app that accepts it may hold the new call by what it hands in there, and listen for no others.
#[test]
fn a_call_that_the_app_lets_take_the_place_rings_without_a_listener_too() {
    let (mut b, own) = answered_by_bob();
    b.receive(&replacing(&own, ""));
    b.expect("SIP/2.0 100");
    b.listens = false;
    let new = SessionId(b.agent.reserve());
    assert!(b.agent.replace(b.instant(), b.replacement.unwrap(), Some(new)));
    b.pump();
    b.expect("SIP/2.0 180");
    b.answer();
    b.expect("SIP/2.0 200");
}

#[test]
fn an_invite_that_cannot_take_the_place_is_answered() {
    let (mut b, own) = answered_by_bob();
    b.receive(&replacing("nobody", ""));
    b.expect("SIP/2.0 481");
    b.receive(
        &replacing(&own, ";early-only")
            .replace("rep", "r2")
            .replace("From: <sip:far@example.com>;tag=far", "From: <sip:x@example.com>;tag=x2"),
    );
    b.expect("SIP/2.0 486");
    b.listens = false;
    b.receive(&replacing(&own, "").replace("bKrep", "bKr3").replace(";tag=far\r\nCall", ";tag=x3\r\nCall"));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 486");
    b.listens = true;
    b.receive(&replacing(&own, "").replace("bKrep", "bKr4").replace(";tag=far\r\nCall", ";tag=x4\r\nCall"));
    b.expect("SIP/2.0 100");
    b.agent.replace(b.instant(), b.replacement.unwrap(), None);
    b.pump();
    b.expect("SIP/2.0 486");
    b.receive(&replacing(&own, "").replace("bKrep", "bKr5").replace(";tag=far\r\nCall", ";tag=x5\r\nCall"));
    b.expect("SIP/2.0 100");
    let cancel = replacing(&own, "").replace("bKrep", "bKr5").replace(";tag=far\r\nCall", ";tag=x5\r\nCall");
    b.receive(&cancel.replace("INVITE", "CANCEL"));
    b.expect("SIP/2.0 200");
    b.expect("SIP/2.0 487");
    let new = SessionId(b.agent.reserve());
    assert!(!b.agent.replace(b.instant(), b.replacement.unwrap(), Some(new)));
    b.receive(&replacing(&own, "").replace("bKrep", "bKr6").replace(";tag=far\r\nCall", ";tag=x6\r\nCall"));
    b.expect("SIP/2.0 100");
    b.at(60_001);
    assert!(b.wire.iter().any(|frame| frame.starts_with("SIP/2.0 408")), "{:?}", b.wire);
}

/// Alice calls and it rings; somebody's INVITE names that call.
fn ringing(extra: &str) -> (Side, String, String) {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    a.events.clear();
    let (call, own) = (header(&invite, "Call-ID").unwrap(), tag(header(&invite, "From").unwrap()));
    let lines = format!("{CONTACT}Replaces: {call};to-tag={own};from-tag=far{extra}\r\n");
    let replacing = request("INVITE", "alice", "rep", "", 1, &lines, SDP);
    (a, invite, replacing)
}

/// The app takes the INVITE that it was last told of.
fn take(side: &mut Side) -> bool {
    let new = SessionId(side.agent.reserve());
    let taken = side.agent.replace(side.instant(), side.replacement.unwrap(), Some(new));
    side.pump();
    taken
}

/// Acknowledges the 200 of the call that came last.
fn confirm(side: &mut Side) {
    side.answer();
    let own = tag(header(&side.expect("SIP/2.0 200"), "To").unwrap());
    side.receive(&request("ACK", "alice", "ack", &own, 1, "", ""));
}

/// A call that rings out could not be replaced: 403.
#[test]
fn an_invite_takes_the_place_of_a_call_that_rings_out() {
    for extra in ["", ";early-only"] {
        let (mut a, invite, replacing) = ringing(extra);
        a.receive(&replacing);
        a.told(&["replaces"]);
        assert!(take(&mut a));
        a.expect("SIP/2.0 180");
        a.expect_nothing();
        confirm(&mut a);
        let cancel = a.expect("CANCEL");
        assert_eq!(header(&cancel, "Call-ID"), header(&invite, "Call-ID"));
        assert_eq!(a.events.split_off(a.events.len() - 2), ["confirmed remote", "failed local Canceled"]);
        a.events.clear();
        a.receive(&response(&cancel, "200 OK", "far", "", ""));
        a.receive(&response(&invite, "487 Request Terminated", "far", "", ""));
        a.expect("ACK");
        a.told(&[]);
    }
}

/// The call that rings out is answered while the app decides, or while the new one rings: `early-only` forbids to end
/// what two people have begun to say, without it the answered call gives way.
#[test]
fn a_call_that_was_answered_meanwhile_is_replaced_unless_early_only() {
    for taken_before in [false, true] {
        let (mut a, invite, replacing) = ringing("");
        a.receive(&replacing);
        if taken_before {
            assert!(take(&mut a));
        }
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        if !taken_before {
            assert!(take(&mut a));
        }
        a.wire.clear();
        confirm(&mut a);
        assert_eq!(header(&a.expect("BYE"), "Call-ID"), header(&invite, "Call-ID"));

        let (mut a, invite, replacing) = ringing(";early-only");
        a.receive(&replacing);
        if taken_before {
            assert!(take(&mut a));
            a.expect("SIP/2.0 180");
        }
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        let (mut acks, mut refusals) = (0, 0);
        for frame in a.wire.drain(..) {
            acks += usize::from(frame.starts_with("ACK"));
            refusals += usize::from(frame.starts_with("SIP/2.0 486"));
        }
        assert_eq!((acks, refusals), (1, 1));
        assert!(!take(&mut a), "too late");
        let failed = a.events.iter().any(|event| event == "failed system Busy");
        assert_eq!(failed, taken_before, "{:?}", a.events);
    }
}

/// The call that rings out ends by itself while the app decides: the INVITE was left without an answer.
#[test]
fn an_invite_whose_call_ends_meanwhile_is_declined() {
    let (mut a, invite, replacing) = ringing("");
    a.receive(&replacing);
    a.receive(&response(&invite, "486 Busy Here", "far", "", ""));
    a.expect("ACK");
    a.expect("SIP/2.0 603");
    assert!(!take(&mut a));
    // And so it is with a call that is up.
    let (mut b, own) = answered_by_bob();
    b.receive(&replacing_of(&own));
    b.expect("SIP/2.0 100");
    b.receive(&request("BYE", "bob", "b", &own, 2, "", ""));
    b.expect("SIP/2.0 200");
    b.expect("SIP/2.0 603");
    b.receive(&replacing_of(&own).replace("INVITE", "ACK"));
    b.at(40_000);
    assert_eq!(b.agent.poll_timeout(), None, "nothing is left");
}

fn replacing_of(own: &str) -> String {
    replacing(own, "").replace(";tag=far\r\nCall", ";tag=x9\r\nCall")
}

/// RFC 3891 3: an early dialog that this phone did not begin, and one that is over.
#[test]
fn what_rings_here_is_not_replaced() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    let own = tag(header(&b.expect("SIP/2.0 180"), "To").unwrap());
    for (at, extra) in ["", ";early-only"].into_iter().enumerate() {
        let by = format!(";tag=x{at}\r\nCall");
        b.receive(&replacing(&own, extra).replace("rep", &format!("r{at}")).replace(";tag=far\r\nCall", &by));
        b.expect("SIP/2.0 481");
    }
    b.answer();
    b.expect("SIP/2.0 200");
    b.terminate();
    b.receive(&replacing_of(&own));
    b.expect("SIP/2.0 603");
}

/// The app never decides: it is answered as a call that nobody takes, and the one that it was to replace goes on.
#[test]
fn an_undecided_replacement_is_given_up() {
    let (mut b, own) = answered_by_bob();
    let start = b.now;
    b.receive(&replacing(&own, ""));
    b.expect("SIP/2.0 100");
    let answered = |b: &Side| b.wire.iter().filter(|frame| frame.starts_with("SIP/2.0 408")).count();
    b.at(start + 59_999);
    assert_eq!(answered(&b), 0);
    b.at(start + 60_000);
    assert_eq!(answered(&b), 1);
    let new = SessionId(b.agent.reserve());
    assert!(!b.agent.replace(b.instant(), b.replacement.unwrap(), Some(new)), "too late");
}

/// RFC 3891 3: an INVITE has one. In other requests it says nothing, as with JsSIP: a BYE ends the call all the same.
#[test]
fn an_invite_names_one_call_and_other_requests_none() {
    let (mut b, own) = answered_by_bob();
    b.receive(&replacing_of(&own).replace("Replaces:", "Replaces: x;to-tag=1;from-tag=2\r\nReplaces:"));
    b.expect("SIP/2.0 400");
    b.told(&[]);
    let line = format!("Replaces: far-call;to-tag={own};from-tag=far\r\n");
    b.receive(&request("BYE", "bob", "b", &own, 2, &line, ""));
    b.expect("SIP/2.0 200");
    b.told(&["ended remote Terminated"]);
}

/// A call that is over is no call that there never was: 603, not 481 (RFC 3891 3).
#[test]
fn what_is_over_is_declined() {
    let (mut b, own) = answered_by_bob();
    b.receive(&request("BYE", "bob", "b", &own, 2, "", ""));
    b.expect("SIP/2.0 200");
    b.receive(&replacing_of(&own));
    b.expect("SIP/2.0 603");
    b.receive(&replacing_of("other").replace("bKrep", "bKr2").replace("=x9\r", "=x8\r"));
    b.expect("SIP/2.0 481");
    // The one that picks up came after the caller had given up.
    let (mut a, _, replacing) = ringing("");
    a.terminate();
    a.expect("CANCEL");
    a.receive(&replacing);
    a.expect("SIP/2.0 603");
    // So many are remembered, and no more.
    let (mut b, first) = answered_by_bob();
    b.receive(&request("BYE", "bob", "b", &first, 2, "", ""));
    for n in 0..MAX_ENDED {
        b.receive(&invite("bob", &format!("i{n}"), SDP).replace("far-call", &format!("call-{n}")));
        b.terminate();
    }
    b.wire.clear();
    b.receive(&replacing_of(&first));
    b.expect("SIP/2.0 481");
}

/// A far end of RFC 2543 has no tag: `0` names it (RFC 3891 3).
#[test]
fn a_far_end_without_a_tag_is_named_by_0() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP).replace(";tag=far\r", "\r"));
    b.answer();
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 180");
    let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", "").replace(";tag=far\r", "\r"));
    b.events.clear();
    let value = b.agent.replaces_value(b.sessions[0]).unwrap();
    assert_eq!(value, format!("far-call;to-tag=0;from-tag={own}"));
    b.receive(&replacing_of(&own).replace("from-tag=far", "from-tag=0"));
    b.expect("SIP/2.0 100");
    b.told(&["replaces"]);
}
