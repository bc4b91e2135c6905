//! The timers of RFC 3261 17 and RFC 6026 over a reliable transport.

use viasip::reason::Reason;
use viasip::time::Instant;

use crate::support::{Pair, SDP, Side, header, invite, request, response, tag};

#[test]
fn timer_b_gives_an_unanswered_invite_up_at_32_s() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    a.expect("INVITE");
    a.events.clear();
    a.at(31_999).told(&[]);
    a.expect_nothing();
    a.at(32_000).told(&["failed system Request Timeout"]);
    a.expect_nothing();
}

#[test]
fn a_provisional_answer_stops_timer_b() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "100 Trying", "", "", ""));
    a.events.clear();
    a.at(600_000).told(&[]);
}

#[test]
fn timer_f_gives_an_unanswered_request_up_at_32_s() {
    let mut a = Side::connected("alice");
    a.agent.register(a.instant());
    a.pump();
    let register = a.expect("REGISTER");
    a.events.clear();
    a.at(10_000);
    a.receive(&response(&register, "100 Trying", "", "", ""));
    a.at(31_999).told(&[]);
    a.at(32_000).told(&["registrationFailed Request Timeout"]);
}

#[test]
fn timer_h_forgets_a_refusal_without_ack_at_32_s() {
    let mut b = Side::connected("bob");
    b.listens = false;
    let text = invite("bob", "1", SDP);
    b.receive(&text);
    b.wire.clear();
    b.at(31_999);
    b.receive(&text);
    b.expect("SIP/2.0 405");
    assert!(b.agent.poll_timeout().is_some());
    b.at(32_000);
    assert_eq!(b.agent.poll_timeout(), None);
}

#[test]
fn timer_i_is_zero_so_an_ack_ends_a_refusal() {
    let mut b = Side::connected("bob");
    b.listens = false;
    b.receive(&invite("bob", "1", SDP));
    b.wire.clear();
    b.receive(&request("ACK", "bob", "1", "", 1, "", ""));
    assert_eq!(b.agent.poll_timeout(), None);
}

#[test]
fn timer_l_keeps_an_accepted_invite_for_32_s() {
    let mut b = Side::connected("bob");
    let text = invite("bob", "1", SDP);
    b.receive(&text);
    b.answer();
    let ok = b.wire.pop_back().unwrap();
    b.wire.clear();
    let to = tag(header(&ok, "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &to, 1, "", ""));
    b.at(31_999);
    b.events.clear();
    b.receive(&text);
    b.expect_nothing();
    b.told(&[]);
    b.at(32_000);
    let refresh = Some(Instant::from_millis(45_000));
    assert_eq!(b.agent.poll_timeout(), refresh, "the call itself waits only for its refresh");
}

#[test]
fn timer_m_lets_forked_answers_in_for_32_s() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    let ok = |tag: &str| response(&invite, "200 OK", tag, &format!("Contact: <sip:{tag}@192.0.2.1>\r\n"), SDP);
    a.receive(&ok("one"));
    a.expect("ACK");
    a.at(31_999);
    a.receive(&ok("two"));
    a.expect("ACK sip:two@");
    let bye = a.expect("BYE sip:two@");
    a.receive(&response(&bye, "200 OK", "", "", ""));
    a.at(32_000);
    a.receive(&ok("three"));
    a.expect_nothing();
}

#[test]
fn timers_d_and_k_are_zero_so_an_answer_ends_our_request() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    let busy = response(&invite, "486 Busy Here", "x", "", "");
    a.receive(&busy);
    a.expect("ACK");
    assert_eq!(a.agent.poll_timeout(), None);
    a.receive(&busy);
    a.expect_nothing();
    a.agent.register(a.instant());
    a.pump();
    let register = a.expect("REGISTER");
    let contact = header(&register, "Contact").unwrap();
    a.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact}\r\n"), ""));
    a.events.clear();
    a.receive(&response(&register, "403 Forbidden", "r", "", ""));
    a.told(&[]);
}

#[test]
fn timer_j_is_zero_so_our_answer_ends_their_request() {
    let mut b = Side::connected("bob");
    b.receive(&request("OPTIONS", "bob", "1", "", 1, "", ""));
    b.expect("SIP/2.0 200");
    assert_eq!(b.agent.poll_timeout(), None);
}

#[test]
fn each_alarm_has_its_reason() {
    let reason = |side: &Side| side.agent.deadline().map(|due| (due.at.millis() - side.now, due.reason));
    let mut a = Side::connected("alice");
    assert_eq!(reason(&a), None);
    a.call("sip:bob@example.com");
    assert_eq!(reason(&a), Some((32_000, Reason::Transaction)));
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    assert_eq!(reason(&b), Some((60_000, Reason::Ringing)), "it is told of each minute");
    b.answer();
    assert_eq!(reason(&b), Some((500, Reason::Acknowledgement)), "the 2xx is repeated");
    let mut pair = Pair::in_call();
    pair.at(33_000);
    assert_eq!(reason(&pair.b).map(|due| due.1), Some(Reason::SessionTimer));
    pair.a.agent.dtmf(pair.a.instant(), pair.a.sessions[0], "12", 100, 500, &[]).unwrap();
    assert_eq!(reason(&pair.a), Some((600, Reason::Tone)));
    pair.a.pump();
    pair.a.at(pair.a.now + 1_300);
    pair.a.agent.stop(pair.a.instant());
    assert_eq!(reason(&pair.a), Some((2_000, Reason::Stop)));
}
