//! The page stood still, for a moment or a night: what waits in the socket goes before what is overdue.

use crate::support::{CONTACT, SDP, Side, config, from_far, header, in_call, invite, keep_alive, registering, request};
use crate::support::{calling, outside, response, tag};
use viasip::config::Config;
use viasip::event::{Input, Output};
use viasip::message::Method;
use viasip::time::Instant;

/// The alarm rings late, as it does once a page goes on.
fn wake(side: &mut Side, at: u64) {
    side.now = at;
    side.agent.handle_input(side.instant(), Input::Alarm);
    side.pump();
}

/// INVITE, REGISTER, MESSAGE and the refresh of a session: answered in time, and read too late.
#[test]
fn answers_that_wait_in_the_socket_are_in_time() {
    let (mut a, invite) = calling();
    a.events.clear();
    wake(&mut a, 60_000);
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.at(61_000).expect("ACK");
    a.told(&["sdp remote answer", "accepted remote", "confirmed local"]);

    let mut a = registering();
    let register = a.expect("REGISTER");
    wake(&mut a, 60_000);
    let contact = format!("Contact: {}\r\n", header(&register, "Contact").unwrap());
    a.receive(&response(&register, "200 OK", "r", &contact, ""));
    a.at(61_000).told(&["registered"]);
    // The registrar counted from when it answered.
    let mut a = registering();
    let register = a.expect("REGISTER");
    wake(&mut a, 50_000);
    let contact = contact.replace("expires=600", "expires=60");
    a.receive(&response(&register, "200 OK", "r", &contact, ""));
    a.at(54_900).expect_nothing();
    a.at(55_100).expect("REGISTER");

    let mut a = Side::connected("alice");
    a.ask(Method::Message, outside::to_bob("1"));
    let message = a.expect("MESSAGE");
    a.events.clear();
    wake(&mut a, 60_000);
    a.receive(&response(&message, "200 OK", "r", "", ""));
    a.at(61_000).told(&["succeeded"]);

    let (mut a, _) = in_call();
    let refresh = a.at(45_000).expect("UPDATE");
    wake(&mut a, 100_000);
    a.receive(&response(&refresh, "200 OK", "", "Session-Expires: 90;refresher=uac\r\n", ""));
    a.at(101_000).told(&[]);
}

/// A BYE that waits ends the call before its own timers do, and a 200 to ours before it is given up.
#[test]
fn requests_that_wait_in_the_socket_go_first() {
    let (mut a, invite) = in_call();
    wake(&mut a, 600_000);
    a.receive(&from_far(&invite, "BYE", 7, "", ""));
    a.expect("SIP/2.0 200");
    a.at(601_000).told(&["ended remote Terminated"]);
    a.expect_nothing();

    let (mut a, invite) = in_call();
    a.at(40_000);
    // The frame itself is what wakes it.
    a.now = 600_000;
    a.receive(&from_far(&invite, "BYE", 7, "", ""));
    a.expect("SIP/2.0 200");
    a.at(601_000).told(&["ended remote Terminated"]);
}

/// A call whose far end said nothing meanwhile ends once, and no timer of it is left.
#[test]
fn what_ran_out_ends_once() {
    let (mut a, _) = in_call();
    wake(&mut a, 600_000);
    a.told(&[]);
    a.at(601_000).expect("BYE");
    a.told(&["ended local Request Timeout"]);

    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.wire.clear();
    b.events.clear();
    b.now = 600_000;
    b.receive(&request("OPTIONS", "bob", "9", "", 1, "", "").replace("far-call", "other"));
    b.expect("SIP/2.0 200");
    b.at(600_299).expect_nothing();
    b.at(600_300).expect("SIP/2.0 408");
}

/// A hidden page's timers come up to a second late: that is no sleep, and nothing waits for it.
#[test]
fn a_late_timer_is_no_sleep() {
    let (mut a, _) = calling();
    a.events.clear();
    wake(&mut a, 33_900);
    a.told(&["failed system Request Timeout"]);
}

/// A laptop was closed while its page tried to connect: on waking it made up for each attempt of the night at once.
#[test]
fn a_night_asleep_brings_one_attempt_and_one_question() {
    let mut a = Side::connected("alice");
    a.auto_open = false;
    a.close();
    a.events.clear();
    let mut connects = 0;
    for now in [36_000_000, 36_000_300] {
        a.now = now;
        a.agent.handle_input(a.instant(), Input::Alarm);
        while let Some(output) = a.agent.poll_output() {
            connects += usize::from(matches!(output, Output::Connect { .. }));
        }
    }
    assert_eq!(connects, 1);
    assert_eq!(a.agent.poll_timeout(), Some(Instant::from_millis(36_015_300)), "it has its time to open");
    // And with the line open: one question of the night's, and the line dead for want of its answer.
    let mut a = Side::new("alice", Config { keep_alive: keep_alive(25_000), ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.receive("\r\n");
    a.events.clear();
    wake(&mut a, 36_000_000);
    a.expect_nothing();
    a.at(36_000_300).expect("\r\n\r\n");
    a.expect_nothing();
    a.at(36_001_799).told(&[]);
    a.at(36_001_800).told(&["disconnected", "connected"]);
}

/// A page that slept past a refresh, but not past the interval, gave the refresh up before it had left.
#[test]
fn a_request_that_was_due_in_sleep_has_its_time_afterwards() {
    let (mut a, _) = in_call();
    wake(&mut a, 80_000);
    let refresh = a.at(80_300).expect("UPDATE");
    a.expect_nothing();
    a.receive(&response(&refresh, "200 OK", "", "", ""));
    a.at(100_000).told(&[]);
    assert!(tag(header(&refresh, "From").unwrap()).len() > 3);
}
