//! When a registration is refreshed or asked for again, and when nobody asks any more (RFC 3261 10.2, RFC 5626 4.5).

use crate::support::{Side, config, header, keep_alive, registering, response};
use viasip::config::Config;
use viasip::time::Instant;

fn with(settings: Config) -> (Side, String) {
    let mut a = Side::new("alice", Config { register: true, ..settings });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    let register = a.expect("REGISTER");
    (a, register)
}

fn grant(a: &mut Side, register: &str, expires: u32) {
    let contact = header(register, "Contact").unwrap().replace(";expires=600", &format!(";expires={expires}"));
    a.receive(&response(register, "200 OK", "r", &format!("Contact: {contact}\r\n"), ""));
}

fn refresh_at(a: &Side) -> u64 {
    a.agent.registration().refresh_at.unwrap().millis()
}

/// Short ones 5 s before their end, long ones in the second half, and not all at one moment.
#[test]
fn the_refresh_comes_in_time_and_is_spread() {
    for (granted, least, most) in [(60, 55_000, 55_000), (64, 59_000, 59_000), (600, 300_000, 568_000)] {
        let (mut a, register) = with(config("alice"));
        grant(&mut a, &register, granted);
        assert!((least..=most).contains(&refresh_at(&a)), "{granted} s: {}", refresh_at(&a));
    }
    let mut due: Vec<u64> = ["a", "b", "c", "d", "e", "f", "g", "h"]
        .into_iter()
        .map(|name| {
            let mut a = Side::new(name, Config { register: true, ..config(name) });
            a.agent.start(Instant::from_millis(0));
            a.pump();
            let register = a.expect("REGISTER");
            grant(&mut a, &register, 600);
            refresh_at(&a)
        })
        .collect();
    due.sort_unstable();
    assert!(due[7] - due[0] > 60_000 && due[7] <= 568_000, "{due:?}");
}

/// Something else falls due long before it.
#[test]
fn no_other_deadline_brings_a_refresh_or_a_repetition_forward() {
    let keeping_alive = || with(Config { keep_alive: keep_alive(10_000), ..config("alice") });
    let (mut a, register) = keeping_alive();
    grant(&mut a, &register, 600);
    a.receive("\r\n");
    a.at(10_000);
    a.expect("\r\n\r\n");
    a.expect_nothing();
    let (mut a, register) = keeping_alive();
    a.receive(&response(&register, "503 Service Unavailable", "r", "Retry-After: 60\r\n", ""));
    a.receive("\r\n");
    a.at(10_000);
    a.expect("\r\n\r\n");
    a.expect_nothing();
}

/// What the app has wished for meanwhile leaves nothing to ask for.
#[test]
fn a_register_that_fails_behind_an_unregister_is_not_made_again() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.agent.unregister(a.instant(), false);
    a.receive(&response(&register, "503 Service Unavailable", "r", "Retry-After: 5\r\n", ""));
    a.told(&["registrationFailed SIP Failure Code"]);
    a.at(6_000_000).expect_nothing();
}

/// Nobody answers the farewell: it has no effect on what was wished for behind it.
#[test]
fn an_unanswered_farewell_lets_the_next_register_go() {
    for wishes in [false, true] {
        let (mut a, register) = with(config("alice"));
        grant(&mut a, &register, 6_000);
        a.agent.unregister(a.instant(), false);
        a.pump();
        a.expect("REGISTER");
        if wishes {
            a.agent.register(a.instant());
            a.pump();
        }
        a.wire.clear();
        a.at(32_000);
        a.told(&["registered", "unregistered Request Timeout"]);
        a.wire.retain(|frame| header(frame, "Expires") != Some("0"));
        assert_eq!(a.wire.len(), usize::from(wishes), "{:?}", a.wire);
    }
}

/// Without a line there is nothing to send: the next one brings the REGISTER, once.
#[test]
fn a_farewell_that_meets_a_broken_line_is_followed_on_the_next() {
    let (mut a, register) = with(config("alice"));
    grant(&mut a, &register, 6_000);
    a.agent.unregister(a.instant(), false);
    a.agent.register(a.instant());
    a.pump();
    a.wire.clear();
    a.close();
    assert!(a.wire.is_empty(), "{:?}", a.wire);
    a.at(2_000);
    assert_eq!(header(&a.expect("REGISTER"), "Expires"), Some("600"));
    a.expect_nothing();
}

#[test]
fn no_expiry_is_asked_for_where_the_app_wants_none() {
    let (_, register) = with(Config { register_expires_s: 0, ..config("alice") });
    assert_eq!(header(&register, "Expires"), None);
}
