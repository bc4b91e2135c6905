//! Session timers (RFC 4028).

use crate::support::outside::call_to;
use crate::support::{Pair, SDP, Side, answered, config, header, invite, request, response, tag};
use viasip::command::CallOptions;
use viasip::time::Instant;

const CONTACT: &str = "Contact: <sip:bob@192.0.2.1;transport=ws>\r\n";

/// Alice in a call whose 200 carried these lines.
fn called(lines: &str) -> (Side, String) {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}{lines}"), SDP));
    a.expect("ACK");
    a.events.clear();
    (a, invite)
}

#[test]
fn both_ends_keep_a_call_alive() {
    let mut pair = Pair::in_call();
    pair.ladder.clear();
    pair.at(46_000);
    assert_eq!(pair.ladder, ["A <- B  UPDATE", "A -> B  200 OK (UPDATE)"], "the callee refreshes, as JsSIP agrees");
    pair.at(600_000);
    assert!(pair.a.events.chunks(2).all(|told| told == ["reoffer", "answered"]), "{:?}", pair.a.events);
    pair.b.told(&[]);
    pair.a.terminate();
    pair.carry();
    pair.at(640_000);
    assert_eq!((pair.a.agent.poll_timeout(), pair.b.agent.poll_timeout()), (None, None), "nothing is left");
}

#[test]
fn the_interval_is_asked_for() {
    let (_, invite) = called("");
    assert_eq!(header(&invite, "Session-Expires"), Some("90"));
    assert!(header(&invite, "Supported").unwrap().starts_with("timer,"));
    let mut settings = config("alice");
    settings.force_refresher = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    assert_eq!(header(&a.expect("INVITE"), "Session-Expires"), Some("90;refresher=uac"));
    let mut settings = config("alice");
    settings.session_timers = false;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    assert_eq!(
        (header(&invite, "Session-Expires"), header(&invite, "Supported")),
        (None, Some("ice,replaces,outbound,trickle-ice"))
    );
}

#[test]
fn the_interval_of_the_answer_counts() {
    let (mut a, _) = called("Session-Expires: 120;refresher=uac\r\n");
    a.at(59_999).expect_nothing();
    let update = a.at(60_000).expect("UPDATE");
    assert_eq!(header(&update, "Session-Expires"), Some("120;refresher=uac"));
    assert_eq!(header(&update, "Supported"), Some("timer,ice,outbound"));
    assert!(header(&update, "Content-Type").is_none());
    a.receive(&response(&update, "200 OK", "", "Session-Expires: 200;refresher=uac\r\n", ""));
    a.at(159_999).expect_nothing();
    a.at(160_000).expect("UPDATE");
}

#[test]
fn who_does_not_refresh_hangs_up_when_nobody_does() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uas\r\n");
    a.at(109_999).expect_nothing();
    let bye = a.at(110_000).expect("BYE");
    assert_eq!(header(&bye, "Reason"), Some("SIP ;cause=408; text=\"Session Timer Expired\""));
    a.told(&["ended local Request Timeout"]);
}

#[test]
fn a_refresh_of_the_far_end_counts() {
    let (mut b, ok, own) = answered("Session-Expires: 120;refresher=uac\r\nSupported: timer\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("120;refresher=uac"));
    b.at(100_000).expect_nothing();
    b.receive(&request("UPDATE", "bob", "u", &own, 2, "Session-Expires: 120;refresher=uac\r\n", ""));
    let ok = b.expect("SIP/2.0 200");
    assert_eq!(header(&ok, "Session-Expires"), Some("120;refresher=uac"));
    assert_eq!(header(&ok, "Supported"), Some("timer,replaces,outbound"));
    b.at(231_999).expect_nothing();
    b.at(232_000).expect("BYE");
}

/// An interval of 30 s was answered by one of 90, which no callee may make longer: it is 422, with the least that would do
/// (RFC 4028 9), before anything rings and inside the call.
#[test]
fn too_short_an_interval_is_refused() {
    let short = "Session-Expires: 30;refresher=uac\r\nSupported: timer\r\n";
    let mut b = Side::connected("bob");
    b.events.clear();
    b.receive(&invite("bob", "1", SDP).replace("Content-Type", &format!("{short}Content-Type")));
    assert_eq!(header(&b.expect("SIP/2.0 422"), "Min-SE"), Some("90"));
    b.told(&[]);
    let (mut b, _, own) = answered("");
    b.wire.clear();
    for (at, (method, body)) in
        [("UPDATE", ""), ("UPDATE", SDP), ("INVITE", SDP), ("INVITE", "")].into_iter().enumerate()
    {
        let cseq = u32::try_from(at).unwrap() + 2;
        b.receive(&request(method, "bob", &format!("s{at}"), &own, cseq, &format!("{CONTACT}{short}"), body));
        assert_eq!(header(&b.expect("SIP/2.0 422"), "Min-SE"), Some("90"), "{method}");
    }
    b.told(&[]);
    // While it rings.
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.wire.clear();
    b.receive(&request("UPDATE", "bob", "2", &own, 2, &format!("{CONTACT}{short}"), ""));
    b.expect("SIP/2.0 422");
    // As short as JsSIP's least is taken as it is.
    let (_, ok, _) = answered("Session-Expires: 60;refresher=uac\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("60;refresher=uac"));
    // Without session timers here it is nobody's concern.
    let mut settings = config("bob");
    settings.session_timers = false;
    let mut b = Side::new("bob", settings);
    b.agent.start(Instant::from_millis(0));
    b.pump();
    b.receive(&invite("bob", "1", SDP).replace("Content-Type", &format!("{short}Content-Type")));
    b.expect("SIP/2.0 180");
    // And in an answer of theirs it is not followed.
    let (mut a, _) = called("Session-Expires: 5;refresher=uas\r\n");
    a.at(44_999).expect_nothing();
    a.at(45_000).expect("UPDATE");
}

/// A Min-SE of 1800 was answered by an interval of 90 (RFC 4028 9), and forgotten (7.4).
#[test]
fn no_interval_is_shorter_than_their_least() {
    let (mut b, ok, _) = answered("Min-SE: 1800\r\nSupported: timer\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("1800;refresher=uas"));
    let refresh = b.at(900_000).expect("UPDATE");
    assert_eq!(header(&refresh, "Session-Expires"), Some("1800;refresher=uac"));
    assert_eq!(header(&refresh, "Min-SE"), Some("1800"));
    let (_, ok, _) = answered("Session-Expires: 3600\r\nMin-SE: 1800\r\nSupported: timer\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("3600;refresher=uas"));
}

/// The least that the far end may name is 90 s (RFC 4028 5): what we say after it is no less.
#[test]
fn no_least_interval_is_less_than_the_rfcs() {
    let (mut b, ok, _) = answered("Session-Expires: 100\r\nMin-SE: 30\r\nSupported: timer\r\n");
    assert_eq!(header(&ok, "Session-Expires"), Some("100;refresher=uas"));
    assert_eq!(header(&b.at(50_000).expect("UPDATE"), "Min-SE"), Some("90"));
}

/// What is shorter than the shortest that is kept becomes the usual one (JsSIP).
#[test]
fn an_app_asks_for_an_interval() {
    for (asked, said) in [(59, "90"), (60, "60"), (1_800, "1800")] {
        let mut a = Side::connected("alice");
        a.call_with(CallOptions { session_expires_s: asked, ..call_to("sip:bob@example.com") });
        assert_eq!(header(&a.expect("INVITE"), "Session-Expires"), Some(said));
    }
}

#[test]
fn a_refused_refresh_is_made_again_when_the_far_end_says() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let refresh = a.at(50_000).expect("UPDATE");
    a.receive(&response(&refresh, "503 Service Unavailable", "", "Retry-After: 12\r\n", ""));
    a.at(61_999).expect_nothing();
    a.at(62_000).expect("UPDATE");
}

/// The 2xx said who refreshes, and not that he has to (RFC 4028 9).
#[test]
fn the_answer_requires_what_it_relies_on() {
    for (lines, expires, require) in [
        ("Session-Expires: 120;refresher=uac\r\nSupported: timer\r\n", "120;refresher=uac", Some("timer")),
        ("Session-Expires: 120;refresher=uas\r\nSupported: timer\r\n", "120;refresher=uas", Some("timer")),
        ("Session-Expires: 120\r\nSupported: timer\r\n", "120;refresher=uas", Some("timer")),
        ("Session-Expires: 120;refresher=uac\r\n", "120;refresher=uac", Some("timer")),
        // A proxy has put it in for a caller who knows nothing of it.
        ("Session-Expires: 120\r\n", "120;refresher=uas", None),
        ("", "90;refresher=uas", None),
        ("Session-Expires: 120;refresher=me\r\nSupported: timer\r\n", "120;refresher=uas", Some("timer")),
    ] {
        let (_, ok, _) = answered(lines);
        assert_eq!((header(&ok, "Session-Expires"), header(&ok, "Require")), (Some(expires), require), "{lines}");
    }
}

/// The 2xx to a refresh said nothing of the interval: it fell back to what the INVITE had asked for, and the next refresh
/// came too late for a far end that goes by what it had granted.
#[test]
fn the_interval_that_was_agreed_stays() {
    let (mut a, _) = called("Session-Expires: 600;refresher=uac\r\n");
    let refresh = a.at(300_000).expect("UPDATE");
    a.receive(&response(&refresh, "200 OK", "", CONTACT, ""));
    a.at(599_999).expect_nothing();
    let refresh = a.at(600_000).expect("UPDATE");
    assert_eq!(header(&refresh, "Session-Expires"), Some("600;refresher=uac"));
    // The same where the far end asks without one.
    let (mut b, _, own) = answered("Session-Expires: 600;refresher=uas\r\nSupported: timer\r\n");
    b.receive(&request("UPDATE", "bob", "u", &own, 2, CONTACT, ""));
    assert_eq!(header(&b.expect("SIP/2.0 200"), "Session-Expires"), Some("600;refresher=uas"));
}

/// After a 422 each refresh names the least interval again, or whoever wants it refuses the next one too (RFC 4028 7.4).
#[test]
fn a_422_counts_for_the_whole_call() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "422 Session Interval Too Small", "x", "Min-SE: 1800\r\n", ""));
    a.expect("ACK");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    for at in [900_000, 1_800_000] {
        let refresh = a.at(at).expect("UPDATE");
        assert_eq!(header(&refresh, "Session-Expires"), Some("1800;refresher=uac"));
        assert_eq!(header(&refresh, "Min-SE"), Some("1800"));
        a.receive(&response(&refresh, "200 OK", "", CONTACT, ""));
    }
    a.agent.renegotiate(a.instant(), a.sessions[0], Default::default()).unwrap();
    a.pump();
    assert_eq!(header(&a.expect("INVITE"), "Min-SE"), Some("1800"));
    // And one that meets only a refresh, and is refused otherwise then.
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let refresh = a.at(50_000).expect("UPDATE");
    a.receive(&response(&refresh, "422 Session Interval Too Small", "", "Min-SE: 200\r\n", ""));
    let again = a.expect("UPDATE");
    assert_eq!(header(&again, "Min-SE"), Some("200"));
    a.receive(&response(&again, "500 Server Internal Error", "", "", ""));
    let third = a.at(55_000).expect("UPDATE");
    assert_eq!((header(&third, "Session-Expires"), header(&third, "Min-SE")), (Some("200;refresher=uac"), Some("200")));
}

/// JsSIP gave up a call that was answered 422, though the answer says which interval would do.
#[test]
fn a_422_makes_it_ask_for_longer() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let mut invite = a.expect("INVITE");
    for least in ["120", "1800", "3600"] {
        a.receive(&response(&invite, "422 Session Interval Too Small", "x", &format!("Min-SE: {least}\r\n"), ""));
        a.expect("ACK");
        let again = a.expect("INVITE");
        assert_eq!((header(&again, "Session-Expires"), header(&again, "Min-SE")), (Some(least), Some(least)));
        assert_eq!(header(&again, "Call-ID"), header(&invite, "Call-ID"));
        assert_ne!(header(&again, "CSeq"), header(&invite, "CSeq"));
        invite = again;
    }
    a.events.clear();
    a.receive(&response(&invite, "422 Session Interval Too Small", "x", "Min-SE: 7200\r\n", ""));
    a.expect("ACK");
    a.told(&["failed remote SIP Failure Code"]);
}

#[test]
fn a_refused_refresh_is_made_again_until_the_interval_is_over() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let mut count = 0;
    for ms in 1..100 {
        a.at(ms * 1_000);
        while let Some(frame) = a.wire.pop_front() {
            assert!(frame.starts_with("UPDATE"), "{frame}");
            count += 1;
            a.receive(&response(&frame, "500 Server Internal Error", "", "", ""));
        }
    }
    assert_eq!(count, 4, "after 50, 55, 65 and 85 s: who refuses is not asked on and on (RFC 4028 10)");
    a.at(100_000).expect("BYE");
    a.told(&["ended local Request Timeout"]);
}

#[test]
fn a_far_end_without_update_is_refreshed_by_reinvite() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\nAllow: INVITE, ACK, BYE\r\n");
    let again = a.at(50_000).expect("INVITE");
    assert_eq!(header(&again, "Session-Expires"), Some("100;refresher=uac"));
    a.receive(&response(&again, "200 OK", "", &format!("{CONTACT}Session-Expires: 100;refresher=uac\r\n"), SDP));
    a.expect("ACK");
    a.at(99_999).expect_nothing();
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let update = a.at(50_000).expect("UPDATE");
    a.receive(&response(&update, "501 Not Implemented", "", "", ""));
    a.expect("INVITE");
}

#[test]
fn an_unanswered_refresh_ends_the_call() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    let update = a.at(50_000).expect("UPDATE");
    a.receive(&response(&update, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.expect("BYE");
    a.told(&["ended local Dialog Error"]);
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\n");
    a.at(50_000).expect("UPDATE");
    a.at(82_001).expect("BYE");
    a.told(&["ended local Request Timeout"]);
}

#[test]
fn a_refresh_that_meets_another_offer_waits_for_it() {
    let (mut a, _) = called("Session-Expires: 100;refresher=uac\r\nAllow: INVITE\r\n");
    a.at(49_000);
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
    a.pump();
    let hold = a.expect("INVITE");
    a.at(52_000).expect_nothing();
    a.receive(&response(&hold, "488 Not Acceptable Here", "", "", ""));
    a.expect("ACK");
    a.at(53_000).expect("INVITE");
}
