//! A refresh of our subscription that comes to nothing (RFC 6665 4.1.2.2).

use crate::support::outside::presence;
use crate::support::{CONTACT, Side, from_far, header, response};
use viasip::event::SubscriptionId;
use viasip::subscription::Command;

/// Subscribed for 100 s at 0 s, and the SUBSCRIBE; its refresh is due at 95 s at the latest.
fn active(expires_s: u32) -> (Side, String) {
    let mut a = Side::connected("alice");
    a.subscribe(presence(expires_s));
    let first = a.expect("SUBSCRIBE");
    a.receive(&response(&first, "200 OK", "far", &format!("{CONTACT}Expires: {expires_s}\r\n"), ""));
    let state = format!("{CONTACT}Event: presence\r\nSubscription-State: active\r\n");
    a.receive(&from_far(&first, "NOTIFY", 1, &state, ""));
    a.expect("SIP/2.0 200");
    a.events.clear();
    (a, first)
}

fn refresh(a: &mut Side) -> String {
    while a.wire.is_empty() {
        let due = a.agent.poll_timeout().expect("a refresh").millis();
        a.at(due);
    }
    a.expect("SUBSCRIBE")
}

/// A server that was busy for a moment ended the subscription: the lamp of the colleague stayed dark until the page was
/// loaded again.
#[test]
fn a_subscription_outlives_a_server_that_is_busy() {
    let (mut a, first) = active(1_000);
    for status in ["503 Service Unavailable", "500 Server Error", "504 Server Time-out", "408 Request Timeout"] {
        let again = refresh(&mut a);
        a.receive(&response(&again, status, "", "", ""));
        a.told(&[]);
    }
    // And what is notified meanwhile is taken.
    let state = format!("{CONTACT}Event: presence\r\nSubscription-State: active\r\n");
    a.receive(&from_far(&first, "NOTIFY", 2, &state, "there"));
    a.expect("SIP/2.0 200");
    a.told(&["notify there"]);
    let again = refresh(&mut a);
    assert_eq!(header(&again, "Expires"), Some("1000"));
    a.receive(&response(&again, "200 OK", "", &format!("{CONTACT}Expires: 1000\r\n"), ""));
    a.told(&[]);
    assert!(a.agent.poll_timeout().unwrap().millis() > a.now + 400_000);
}

#[test]
fn it_is_tried_again_when_the_server_says() {
    let (mut a, _) = active(1_000);
    let again = refresh(&mut a);
    let now = a.now;
    a.receive(&response(&again, "503 Service Unavailable", "", "Retry-After: 17\r\n", ""));
    a.at(now + 16_999).expect_nothing();
    a.at(now + 17_000).expect("SUBSCRIBE");
    // No answer at all: the next try is 32 s later and more.
    a.at(now + 49_000).told(&[]);
    refresh(&mut a);
}

#[test]
fn it_ends_when_there_is_no_time_left_or_the_server_knows_it_no_more() {
    for (status, lines, told) in [
        ("503 Service Unavailable", "Retry-After: 3600\r\n", "terminated 2"),
        ("404 Not Found", "", "terminated 2"),
        ("481 Call/Transaction Does Not Exist", "", "terminated 2"),
        ("489 Bad Event", "", "terminated 2"),
        ("501 Not Implemented", "", "terminated 2"),
        ("604 Does Not Exist Anywhere", "", "terminated 2"),
    ] {
        let (mut a, _) = active(1_000);
        let again = refresh(&mut a);
        a.receive(&response(&again, status, "", lines, ""));
        a.told(&[told]);
    }
    // Busy until the end.
    let (mut a, _) = active(100);
    let mut tries = 0;
    while a.events.is_empty() {
        let again = refresh(&mut a);
        a.receive(&response(&again, "503 Service Unavailable", "", "", ""));
        tries += 1;
    }
    a.told(&["terminated 2"]);
    assert!(tries < 10 && a.now < 100_000, "{tries}");
    // An un-SUBSCRIBE, or the first one, has nothing to keep.
    let (mut a, _) = active(1_000);
    let id = SubscriptionId(1);
    a.agent.subscription(a.instant(), id, Command::Again { ends: true, body: String::new() }).unwrap();
    a.pump();
    let last = a.expect("SUBSCRIBE");
    a.receive(&response(&last, "503 Service Unavailable", "", "", ""));
    a.told(&["terminated 2"]);
}

/// The second half of a long one and 70 s before its end, because a hidden tab's timers may be late; 5 s before the end of a
/// short one, half of a very short one.
#[test]
fn the_refresh_comes_in_time() {
    for (expires_s, least, most) in [
        (1, 1_000, 1_000),
        (9, 4_500, 4_500),
        (10, 5_000, 5_000),
        (100, 95_000, 95_000),
        (139, 134_000, 134_000),
        (600, 300_000, 530_000),
        (1_000, 500_000, 930_000),
    ] {
        let (mut a, _) = active(expires_s);
        refresh(&mut a);
        assert!((least..=most).contains(&a.now), "{expires_s} s: after {} ms", a.now);
    }
    let when = |name: &'static str| {
        let mut a = Side::connected(name);
        a.subscribe(presence(1_000));
        let first = a.expect("SUBSCRIBE");
        a.receive(&response(&first, "200 OK", "far", &format!("{CONTACT}Expires: 1000\r\n"), ""));
        refresh(&mut a);
        a.now
    };
    let mut all = ["a", "b", "c", "d", "e", "f", "g", "h"].map(when);
    all.sort_unstable();
    assert!(all[7] - all[0] > 60_000, "they are spread: {all:?}");
}

/// RFC 6665 4.1.2.4: what a NOTIFY says of the time that is left counts, if it is shorter by more than a delay explains.
#[test]
fn a_notify_may_shorten_it() {
    for (says, least, most) in [(200, 100_000, 130_000), (995, 500_000, 930_000), (2_000, 500_000, 930_000)] {
        let (mut a, first) = active(1_000);
        let state = format!("{CONTACT}Event: presence\r\nSubscription-State: active;expires={says}\r\n");
        a.receive(&from_far(&first, "NOTIFY", 2, &state, ""));
        a.expect("SIP/2.0 200");
        refresh(&mut a);
        assert!((least..=most).contains(&a.now), "{says} s: after {} ms", a.now);
    }
}

/// Only the notifier that we have a dialog with says where it is from now on.
#[test]
fn a_2xx_of_another_fork_moves_nobody() {
    for (tag, moved) in [("far", true), ("other", false)] {
        let (mut a, _) = active(100);
        let again = refresh(&mut a);
        let there = format!("Contact: <sip:moved@192.0.2.9>\r\n{}Expires: 100\r\n", "");
        let answer = response(&again, "200 OK", tag, &there, "").replace(";tag=far;tag=", ";tag=");
        let answer = if moved { answer } else { answer.replace(";tag=far", ";tag=other") };
        a.receive(&answer);
        let next = refresh(&mut a);
        assert_eq!(next.starts_with("SUBSCRIBE sip:moved@192.0.2.9"), moved, "{tag}: {next}");
    }
}

/// A farewell is over, whatever the notifier would grant.
#[test]
fn a_farewell_that_is_too_brief_is_not_repeated() {
    let (mut a, _) = active(100);
    let id = SubscriptionId(1);
    a.agent.subscription(a.instant(), id, Command::Again { ends: true, body: String::new() }).unwrap();
    a.pump();
    let last = a.expect("SUBSCRIBE");
    assert_eq!(header(&last, "Expires"), Some("0"));
    a.receive(&response(&last, "423 Interval Too Brief", "", "Min-Expires: 600\r\n", ""));
    a.expect_nothing();
    assert!(a.events.last().unwrap().starts_with("terminated"), "{:?}", a.events);
}
