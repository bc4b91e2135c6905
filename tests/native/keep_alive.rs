//! Whether the open line is alive: who is asked how, when, and what silence means.

use crate::support::{Side, config, header, keep_alive, request, response};
use viasip::config::Config;
use viasip::event::{Flow, Input};
use viasip::keep_alive::{KeepAliveMethod, KeepAliveSettings};
use viasip::time::Instant;

const PING: &str = "\r\n\r\n";
const PONG: &str = "\r\n";

/// Asks each 25 s, and waits for 5.
fn asking(method: KeepAliveMethod) -> Side {
    let settings = KeepAliveSettings { interval_ms: 25_000, timeout_ms: 5_000, method };
    let mut a = Side::new("alice", Config { keep_alive: settings, ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    a
}

fn hint(a: &mut Side) {
    a.agent.handle_input(a.instant(), Input::Network);
    a.pump();
    a.at(a.now);
}

/// A server that has answered CRLF is asked so; silence closes the line in 5 s, and the next is tried at once.
#[test]
fn crlf_is_asked_where_it_is_answered() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    for at in [25_000, 50_000] {
        a.at(at).expect(PING);
        a.expect_nothing();
        a.receive(PONG);
    }
    a.at(75_000).expect(PING);
    a.at(79_999).told(&[]);
    let old = a.flow;
    a.at(80_000).told(&["disconnected", "connected"]);
    assert!(a.flow.is_some() && a.flow != old);
    assert_eq!(a.retry_in_ms, Some(0));
}

/// Asterisk answers no CRLF: a half-open line to it was never found.
#[test]
fn options_are_asked_where_crlf_is_not_answered() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(&request("OPTIONS", "alice", "1", "", 1, "", ""));
    a.expect("SIP/2.0 200");
    a.events.clear();
    // The first time both.
    a.at(25_000).expect(PING);
    let ask = a.expect("OPTIONS sip:example.com SIP/2.0");
    assert_eq!(header(&ask, "To"), Some("<sip:example.com>"));
    a.receive(&response(&ask, "404 Not Found", "r", "", ""));
    a.at(30_000).told(&[]);
    // From then on one.
    let ask = a.at(50_000).expect("OPTIONS");
    a.expect_nothing();
    // A challenge is a sign of life, and no credentials are spent on it.
    a.receive(&response(&ask, "401 Unauthorized", "r", "WWW-Authenticate: Digest realm=\"x\",nonce=\"1\"\r\n", ""));
    a.expect_nothing();
    a.at(75_000).expect("OPTIONS");
    a.at(79_999).told(&[]);
    a.at(80_000).told(&["disconnected", "connected"]);
}

/// The line died before the server had answered any question.
#[test]
fn a_line_that_dies_before_the_first_question_is_found() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(&request("OPTIONS", "alice", "1", "", 1, "", ""));
    a.wire.clear();
    a.events.clear();
    a.at(29_999).told(&[]);
    a.at(30_000).told(&["disconnected", "connected"]);
}

/// A server that knows neither CRLF nor OPTIONS is suspected once, and then left in peace: it is asked on, and believed
/// as soon as it answers.
#[test]
fn a_server_that_answers_no_question_is_suspected_once() {
    let mut a = asking(KeepAliveMethod::Auto);
    let speak = |a: &mut Side| {
        a.receive(&request("OPTIONS", "alice", "1", "", 1, "", ""));
        a.events.clear();
    };
    speak(&mut a);
    a.at(30_000).told(&["disconnected", "connected"]);
    speak(&mut a);
    a.at(600_000).told(&[]);
    // One that has said nothing at all is not even that.
    let mut a = asking(KeepAliveMethod::Auto);
    a.at(600_000).told(&[]);
    a.receive(PONG);
    a.wire.clear();
    a.at(625_000).expect(PING);
    a.at(630_000).told(&["disconnected", "connected"]);
}

/// A phone that changed its network twice within 25 s was silent for good: the first connection had answered no question
/// yet, so that the second was not judged by its silence.
#[test]
fn the_second_line_may_die_as_soon_as_the_first() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(&request("OPTIONS", "alice", "1", "", 1, "", ""));
    a.at(1_000).events.clear();
    a.wire.clear();
    hint(&mut a);
    a.expect(PING);
    a.expect("OPTIONS");
    a.at(2_500).told(&["disconnected", "connected"]);
    // What the server answers is found out at once.
    a.at(2_501).expect(PING);
    let ask = a.expect("OPTIONS");
    a.receive(&response(&ask, "200 OK", "r", "", ""));
    a.at(3_000);
    hint(&mut a);
    a.expect("OPTIONS");
    a.expect_nothing();
    a.at(4_500).told(&["disconnected", "connected"]);
}

/// The app says how.
#[test]
fn the_app_chooses_the_question() {
    let mut a = asking(KeepAliveMethod::Crlf);
    a.at(25_000).expect(PING);
    a.expect_nothing();
    a.at(49_000).told(&[]);
    a.receive(PONG);
    a.at(50_000).expect(PING);
    a.at(55_000).told(&["disconnected", "connected"]);
    let mut a = asking(KeepAliveMethod::Options);
    a.receive(PONG);
    a.at(25_000).expect("OPTIONS");
    a.expect_nothing();
}

/// A call's requests came and went, and the line was closed for want of a pong.
#[test]
fn whatever_comes_is_a_sign_of_life() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    a.at(25_000).expect(PING);
    a.at(28_000).receive(&request("OPTIONS", "alice", "1", "", 1, "", ""));
    a.expect("SIP/2.0 200");
    a.at(49_999).told(&["newOPTIONS remote"]);
    a.at(50_000).expect(PING);
    a.at(54_999).told(&[]);
    a.at(55_000).told(&["disconnected", "connected"]);
}

/// What says that the network is another one asks at once, and waits for a round trip instead of 5 s.
#[test]
fn a_hint_asks_at_once_and_waits_for_less() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    a.at(5_000);
    hint(&mut a);
    a.expect(PING);
    a.expect_nothing();
    // Once more while the answer is out: not asked again, and not given more time.
    a.at(6_000);
    hint(&mut a);
    a.expect_nothing();
    a.at(6_499).told(&[]);
    a.at(6_500).told(&["disconnected", "connected"]);
    // While a regular question is out, its time is cut.
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    a.at(26_000);
    hint(&mut a);
    a.at(27_499).told(&[]);
    a.at(27_500).told(&["disconnected", "connected"]);
    // The line lives: nothing happens.
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    a.at(5_000);
    hint(&mut a);
    a.expect(PING);
    a.receive(PONG);
    a.at(24_000).told(&[]);
}

/// Turned off, nothing is asked, whatever hints there are.
#[test]
fn no_interval_asks_nothing() {
    let mut a = Side::new("alice", Config { keep_alive: keep_alive(0), ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.receive(PONG);
    hint(&mut a);
    a.at(600_000).expect_nothing();
}

/// A connection that was being opened by the network that is gone took 15 s to fail.
#[test]
fn a_hint_shortens_an_attempt_to_connect() {
    let mut a = Side::new("alice", config("alice"));
    a.auto_open = false;
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.at(1_000);
    hint(&mut a);
    a.at(2_999).told(&[]);
    a.at(3_000).told(&["disconnected"]);
}

/// RFC 5626 4.4.1: a server that keeps a flow for so long is asked within 80 to 100 % of it.
#[test]
fn the_server_names_the_interval() {
    let settings = Config { register: true, keep_alive: keep_alive(60_000), ..config("alice") };
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    let register = a.expect("REGISTER");
    let contact = header(&register, "Contact").unwrap();
    a.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact}\r\nFlow-Timer: 20\r\n"), ""));
    a.receive(PONG);
    for _ in 0..3 {
        let before = a.now;
        a.at(before + 15_999).expect_nothing();
        while a.wire.is_empty() && a.now < before + 20_000 {
            a.at(a.now + 100);
        }
        a.expect(PING);
        a.receive(PONG);
    }
}

/// There was no network: the attempt that follows a dead line at once fails at once, and the next one, and the next.
#[test]
fn only_the_first_attempt_after_a_dead_line_is_at_once() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    a.auto_open = false;
    a.at(25_000).expect(PING);
    a.at(30_000);
    assert_eq!(a.retry_in_ms, Some(0));
    for flow in 2..6 {
        let input = Input::Closed { flow: Flow(flow), error: true, code: None, reason: String::new() };
        a.agent.handle_input(a.instant(), input);
        a.pump();
        assert!(a.retry_in_ms >= Some(2_000), "{:?}", a.retry_in_ms);
        a.at(a.now + a.retry_in_ms.unwrap());
    }
}

/// A network is told of before it has an address and a route: the attempt that is made at once fails at once, and the next
/// one came 2 s later.
#[test]
fn attempts_to_connect_follow_soon_while_the_network_settles() {
    let mut a = asking(KeepAliveMethod::Auto);
    a.receive(PONG);
    a.auto_open = false;
    a.close();
    let fail = |a: &mut Side, flow: u32| {
        let input = Input::Closed { flow: Flow(flow), error: true, code: None, reason: String::new() };
        a.agent.handle_input(a.instant(), input);
        a.pump();
        a.retry_in_ms.unwrap()
    };
    a.at(a.now + a.retry_in_ms.unwrap());
    assert!(fail(&mut a, 2) >= 2_000, "nothing is said of the network");
    hint(&mut a);
    for (flow, wait_ms) in [(3, 250), (4, 500), (5, 1_000)] {
        assert_eq!(fail(&mut a, flow), wait_ms);
        a.at(a.now + wait_ms);
    }
    assert!(fail(&mut a, 6) >= 2_000);
    // What fails long after it says something of the server.
    hint(&mut a);
    a.at(a.now + 5_000);
    assert!(fail(&mut a, 7) >= 2_000);
}
