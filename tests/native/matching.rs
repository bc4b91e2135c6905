//! What belongs to what: which transaction a message is part of, and whether a request came before (RFC 3261 17.1.3,
//! 17.2.3, 8.2.2.2).

use crate::support::outside::to_bob;
use crate::support::{CONTACT, SDP, Side, calling, from_far, header, in_call, invite, request, response, tag};
use viasip::event::Input;
use viasip::message::Method;

/// A response with the right branch and another Call-ID made a dialog of that Call-ID, one with another CSeq number was
/// acknowledged under that number: the call was confirmed, and no request inside it ever found the far end.
#[test]
fn an_answer_copies_call_id_cseq_and_from_tag_or_is_none() {
    let (mut a, invite) = calling();
    let ok = response(&invite, "200 OK", "far", CONTACT, SDP);
    let call_id = header(&invite, "Call-ID").unwrap();
    let cseq = header(&invite, "CSeq").unwrap();
    let own = tag(header(&invite, "From").unwrap());
    for other in [
        ok.replace(call_id, "another"),
        ok.replace(call_id, &call_id.to_uppercase()),
        ok.replace(&format!("CSeq: {cseq}"), "CSeq: 77 INVITE"),
        ok.replace(&format!(";tag={own}"), ";tag=other"),
        ok.replace(&format!(";tag={own}"), ""),
    ] {
        assert_ne!(other, ok);
        a.receive(&other);
        a.expect_nothing();
        a.told(&[]);
        a.receive(&other.replace("200 OK", "486 Busy Here"));
        a.expect_nothing();
        a.told(&[]);
    }
    a.receive(&ok);
    let ack = a.expect("ACK");
    assert_eq!(header(&ack, "Call-ID"), Some(call_id));
    a.told(&["sdp remote answer", "accepted remote", "confirmed local"]);
    a.receive(&from_far(&invite, "BYE", 1, "", ""));
    a.expect("SIP/2.0 200");
    a.told(&["ended remote Terminated"]);
}

/// Two phones may use the same branch: who sent it is part of the transaction's name.
#[test]
fn a_branch_names_a_transaction_of_its_sender_only() {
    let mut b = Side::connected("bob");
    let first = invite("bob", "same", SDP);
    b.receive(&first);
    b.expect("SIP/2.0 180");
    b.receive(&first);
    b.expect("SIP/2.0 180");
    b.told(&["connected", "newRTCSession remote", "progress local"]);
    // A name of a host is the same in any case.
    b.receive(&first.replace("WS far.invalid", "WS FAR.invalid"));
    b.expect("SIP/2.0 180");
    b.told(&[]);
    let second = first.replace("WS far.invalid", "WS other.invalid").replace("far-call", "other-call");
    b.receive(&second);
    b.expect("SIP/2.0 180");
    b.told(&["newRTCSession remote", "progress local"]);
    // The CANCEL of one leaves the other alone.
    let cancel = second.replace("INVITE sip", "CANCEL sip").replace("1 INVITE", "1 CANCEL");
    b.receive(&cancel);
    b.expect("SIP/2.0 200");
    let gone = b.expect("SIP/2.0 487");
    assert_eq!(header(&gone, "Call-ID"), Some("other-call"));
    b.told(&["failed remote Canceled"]);
}

/// An INVITE that reached us by two ways rings once; the next one of its caller, which CSeq tells apart, rings.
#[test]
fn a_request_that_came_by_two_ways_is_482() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "one", SDP));
    b.expect("SIP/2.0 180");
    b.receive(&invite("bob", "two", SDP));
    b.expect("SIP/2.0 482");
    for (from, to) in [("CSeq: 1 ", "CSeq: 2 "), ("tag=far", "tag=further"), ("far-call", "further-call")] {
        b.events.clear();
        b.receive(&invite("bob", &format!("n{}", to.len()), SDP).replace(from, to));
        b.expect("SIP/2.0 180");
        b.told(&["newRTCSession remote", "progress local"]);
    }
    // Refused, and not acknowledged yet, it is known as well.
    b.listens = false;
    b.receive(&invite("bob", "three", SDP).replace("far-call", "refused"));
    b.expect("SIP/2.0 405");
    b.receive(&invite("bob", "four", SDP).replace("far-call", "refused"));
    b.expect("SIP/2.0 482");
}

/// RFC 3261 12.2.2: only a lower number is out of order.
#[test]
fn a_request_with_the_number_of_the_last_one_is_taken() {
    let (mut a, invite) = in_call();
    for (cseq, status) in [(7, "SIP/2.0 200"), (7, "SIP/2.0 200"), (6, "SIP/2.0 500"), (8, "SIP/2.0 200")] {
        let info = from_far(&invite, "INFO", cseq, "Content-Type: text/x\r\n", "");
        a.receive(&info.replace("z9hG4bKf", &format!("z9hG4bK{}", a.events.len())));
        a.expect(status);
        a.events.push("another branch".into());
    }
}

/// A SUBSCRIBE whose line broke was answered by the next one: nobody there knows it.
#[test]
fn what_came_by_a_line_that_is_gone_is_not_answered() {
    let mut b = Side::connected("bob");
    b.receive(&request("SUBSCRIBE", "bob", "1", "", 1, &format!("{CONTACT}Event: x\r\n"), ""));
    b.receive(
        &invite("bob", "2", SDP)
            .replace("far-call", "refused")
            .replace("bob@example.com SIP", "nobody@example.com SIP"),
    );
    b.expect("SIP/2.0 404");
    b.expect_nothing();
    b.close();
    b.at(30_000);
    b.expect_nothing();
    // But an INVITE that was refused waits for its ACK by any line.
    b.receive(&request("ACK", "bob", "2", "", 1, "", "").replace("far-call", "refused"));
    b.at(31_000);
    b.wire.clear();
    assert_eq!(b.agent.poll_timeout(), None);
}

fn message(side: &mut Side) -> String {
    side.ask(Method::Message, to_bob("hi"));
    side.events.clear();
    side.expect("MESSAGE")
}

/// A frame that the socket did not take fails its own request, and no other.
#[test]
fn a_frame_that_was_not_sent_fails_its_request() {
    let mut a = Side::connected("alice");
    let first = message(&mut a);
    let sent = a.sends;
    let second = message(&mut a);
    a.agent.handle_input(a.instant(), Input::NotSent(sent));
    a.pump();
    a.told(&["failed Connection Error"]);
    a.receive(&response(&first, "200 OK", "far", "", ""));
    a.told(&[]);
    a.receive(&response(&second, "200 OK", "far", "", ""));
    a.told(&["succeeded"]);
}

/// A server that says 100 to a MESSAGE and no more did not keep it open for ever (timer F, RFC 3261 17.1.2.2).
#[test]
fn a_provisional_answer_does_not_stop_timer_f() {
    let mut a = Side::connected("alice");
    let first = message(&mut a);
    a.receive(&response(&first, "100 Trying", "", "", ""));
    a.at(31_999).told(&[]);
    a.at(32_000).told(&["failed Request Timeout"]);
    a.receive(&response(&first, "200 OK", "far", "", ""));
    a.told(&[]);
}
