//! An offer inside a call that met another, or that is none: when it is made again (RFC 3261 14.1, 14.2).

use crate::support::{CONTACT, SDP, Side, config, from_far, header, in_call, invite, request, response, tag};

/// A call that alice, with this seed, has placed or was placed to her; a request of the far end is made with the second.
fn in_call_as(name: &'static str, outgoing: bool) -> Side {
    let mut a = Side::new(name, config("alice"));
    a.agent.start(a.instant());
    a.pump();
    if outgoing {
        a.call("sip:bob@example.com");
        let sent = a.expect("INVITE");
        a.receive(&response(&sent, "200 OK", "far", CONTACT, SDP));
        a.expect("ACK");
    } else {
        a.receive(&invite("alice", "1", SDP));
        a.answer();
        let own = tag(header(a.wire.back().unwrap(), "To").unwrap());
        a.receive(&request("ACK", "alice", "2", &own, 1, "", ""));
        a.wire.clear();
    }
    a
}

/// Whoever made the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of 10 ms, so that they do not meet again.
#[test]
fn the_two_ends_wait_differently_after_glare() {
    for (outgoing, least, most) in [(true, 2_100, 4_000), (false, 0, 2_000)] {
        let mut waits = Vec::new();
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let mut a = in_call_as(name, outgoing);
            let before = a.now;
            a.agent.renegotiate(a.instant(), a.sessions[0], Default::default()).unwrap();
            a.pump();
            let sent = a.expect("INVITE");
            a.receive(&response(&sent, "491 Request Pending", "", "", ""));
            a.expect("ACK");
            let sent = (0..=4_000).find(|ms| {
                a.at(before + ms);
                a.wire.iter().any(|frame| frame.starts_with("INVITE"))
            });
            waits.push(sent.unwrap());
        }
        assert!(waits.iter().all(|wait| (least..=most).contains(wait) && wait % 10 == 0), "{outgoing}: {waits:?}");
        let (first, last) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
        assert!(last - first > 500, "they are spread: {waits:?}");
    }
}

/// Theirs came first meanwhile, and waits for its ACK: ours comes behind it.
#[test]
fn a_retry_waits_for_the_ack_of_theirs() {
    let (mut a, sent) = in_call();
    a.agent.renegotiate(a.instant(), a.sessions[0], Default::default()).unwrap();
    a.pump();
    let ours = a.expect("INVITE");
    a.receive(&response(&ours, "491 Request Pending", "", "", ""));
    a.expect("ACK");
    a.receive(&from_far(&sent, "INVITE", 2, CONTACT, SDP));
    a.expect("SIP/2.0 100");
    a.expect("SIP/2.0 200");
    a.at(a.now + 6_000);
    assert!(!a.wire.iter().any(|frame| frame.starts_with("INVITE")), "{:?}", a.wire);
    a.receive(&from_far(&sent, "ACK", 2, "", ""));
    a.wire.clear();
    a.at(a.now + 1_000);
    a.expect("INVITE");
}

#[test]
fn what_is_as_it_shall_be_is_not_offered() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    assert_eq!(a.agent.hold(a.instant(), id, false, Default::default()), Ok(false));
    a.pump();
    a.expect_nothing();
    assert_eq!(a.agent.hold(a.instant(), id, true, Default::default()), Ok(true));
    assert_eq!(a.agent.hold(a.instant(), id, false, Default::default()), Ok(false), "the first is on its way");
    // A call that nobody has answered.
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    a.expect("INVITE");
    assert_eq!(a.agent.hold(a.instant(), a.sessions[0], true, Default::default()), Ok(false));
}
