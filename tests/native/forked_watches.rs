//! A lasting subscription that a proxy forks (RFC 6665 4.1.2.4, 5.4.9): each phone tells in a dialog of its own, and all
//! are refreshed and ended together.

use crate::support::outside::presence;
use crate::support::{CONTACT, Side, from_far, header, response, tag};
use viasip::event::SubscriptionId;
use viasip::subscription::{Command, SubscribeOptions};

fn watch(a: &mut Side, event: &str) -> (SubscriptionId, String) {
    let id = SubscriptionId(a.agent.reserve());
    let options = SubscribeOptions { event: event.into(), ..presence(1_000) };
    a.agent.subscription(a.instant(), id, Command::Watch(Box::new(options))).unwrap();
    a.pump();
    (id, a.expect("SUBSCRIBE"))
}

fn again(a: &mut Side, id: SubscriptionId, ends: bool) {
    a.agent.subscription(a.instant(), id, Command::Again { ends, body: String::new() }).unwrap();
    a.pump();
}

/// The phone with this tag tells this.
fn notify(a: &mut Side, subscribe: &str, phone: &str, cseq: u32, state: &str, body: &str) {
    let event = header(subscribe, "Event").unwrap();
    let lines = format!("{CONTACT}Event: {event}\r\nSubscription-State: {state}\r\n");
    let frame = from_far(subscribe, "NOTIFY", cseq, &lines, body);
    a.receive(&frame.replace("tag=far", &format!("tag={phone}")).replace("z9hG4bKf", &format!("z9hG4bK{phone}{cseq}")));
}

fn accept(a: &mut Side, subscribe: &str, phone: &str) {
    a.receive(&response(subscribe, "200 OK", phone, &format!("{CONTACT}Expires: 1000\r\n"), ""));
}

/// Two phones that told something, of which the proxy let the answer of `one` through.
fn two() -> (Side, SubscriptionId, String) {
    let mut a = Side::connected("alice");
    let (id, first) = watch(&mut a, "dialog");
    notify(&mut a, &first, "two", 1, "active;expires=1000", "2");
    a.expect("SIP/2.0 200");
    accept(&mut a, &first, "one");
    notify(&mut a, &first, "one", 1, "active;expires=1000", "1");
    a.expect("SIP/2.0 200");
    a.told(&["connected", "state 4", "active", "notify 2", "accepted", "notify 1"]);
    (a, id, first)
}

/// The tags of the dialogs in which SUBSCRIBE is sent until `until`, each answered.
fn refreshed(a: &mut Side, until: u64) -> Vec<String> {
    a.at(until);
    let mut tags = Vec::new();
    for frame in std::mem::take(&mut a.wire) {
        assert!(frame.starts_with("SUBSCRIBE"), "{frame}");
        let phone = tag(header(&frame, "To").unwrap()).to_owned();
        accept(a, &frame, &phone);
        tags.push(phone);
    }
    tags.sort();
    tags
}

#[test]
fn each_phone_tells_in_its_own_dialog() {
    let (mut a, _, first) = two();
    for (phone, cseq) in [("one", 2), ("two", 2), ("one", 3)] {
        notify(&mut a, &first, phone, cseq, "active", phone);
        a.expect("SIP/2.0 200");
        a.told(&[&format!("notify {phone}")]);
    }
    // Each counts for itself, and is refreshed before it expires.
    notify(&mut a, &first, "two", 1, "active", "old");
    a.expect("SIP/2.0 500");
    let mut tags = Vec::new();
    for second in 1..=930 {
        tags.extend(refreshed(&mut a, second * 1000));
        // Timer N runs for the first.
        for phone in ["one", "two"] {
            notify(&mut a, &first, phone, 10 + second as u32, "active;expires=1000", "");
            a.expect("SIP/2.0 200");
        }
    }
    assert!(tags.contains(&"one".to_owned()) && tags.contains(&"two".to_owned()), "{tags:?}");
}

/// Whose 2xx came through says nothing, and is left at timer N.
#[test]
fn who_tells_counts_whoever_was_first_to_answer() {
    let mut a = Side::connected("alice");
    let (_, first) = watch(&mut a, "dialog");
    accept(&mut a, &first, "one");
    a.events.clear();
    notify(&mut a, &first, "two", 1, "active", "2");
    a.expect("SIP/2.0 200");
    a.told(&["notify 2", "active"]);
    a.at(32_000).told(&["fork ended"]);
    notify(&mut a, &first, "two", 2, "active", "still");
    a.expect("SIP/2.0 200");
    a.told(&["notify still"]);
    notify(&mut a, &first, "two", 3, "terminated;reason=noresource", "");
    a.told(&["terminated 6 noresource"]);
}

#[test]
fn one_that_ends_leaves_and_the_last_ends_it() {
    for (leaves, stays) in [("one", "two"), ("two", "one")] {
        let (mut a, _, first) = two();
        notify(&mut a, &first, leaves, 2, "terminated;reason=noresource", "");
        a.expect("SIP/2.0 200");
        a.told(&["fork ended"]);
        notify(&mut a, &first, leaves, 3, "active", "late");
        let late = a.wire.pop_front().unwrap();
        assert!(late.starts_with(if a.now > 32_000 { "SIP/2.0 481" } else { "SIP/2.0 200" }), "{late}");
        a.events.clear();
        notify(&mut a, &first, stays, 2, "active", "there");
        a.expect("SIP/2.0 200");
        a.told(&["notify there"]);
    }
    // Whoever is last.
    for order in [["one", "two"], ["two", "one"]] {
        let (mut a, _, first) = two();
        a.at(40_000);
        for phone in order {
            notify(&mut a, &first, phone, 2, "terminated;reason=noresource", "");
            a.expect("SIP/2.0 200");
        }
        a.told(&["fork ended", "terminated 6 noresource"]);
        assert_eq!((a.agent.holdings().subscriptions, a.agent.poll_timeout().is_none()), (0, true));
    }
    // A refresh that finds nobody, and a reason to ask anew: by the last.
    let (mut a, id, first) = two();
    a.at(40_000);
    again(&mut a, id, false);
    a.at(41_000);
    for frame in std::mem::take(&mut a.wire) {
        let phone = tag(header(&frame, "To").unwrap()).to_owned();
        match phone.as_str() {
            "one" => a.receive(&response(&frame, "481 Gone", "", "", "")),
            _ => accept(&mut a, &frame, &phone),
        }
    }
    a.told(&["fork ended"]);
    notify(&mut a, &first, "two", 2, "terminated;reason=deactivated", "");
    a.expect("SIP/2.0 200");
    a.told(&["waiting 6 deactivated in 0"]);
    a.at(42_000);
    let anew = a.expect("SUBSCRIBE");
    assert_ne!(header(&anew, "Call-ID"), header(&first, "Call-ID"));
}

#[test]
fn all_are_refreshed_and_ended_together() {
    let (mut a, id, first) = two();
    again(&mut a, id, false);
    assert_eq!(refreshed(&mut a, 1_000), ["one", "two"]);
    a.close();
    a.at(10_000);
    assert_eq!(refreshed(&mut a, 11_000), ["one", "two"], "on a new connection");
    for phone in ["one", "two"] {
        notify(&mut a, &first, phone, 2, "active", "");
        a.expect("SIP/2.0 200");
    }
    a.events.clear();
    again(&mut a, id, true);
    for last in std::mem::take(&mut a.wire) {
        assert!(last.starts_with("SUBSCRIBE"), "{last}");
        assert_eq!(header(&last, "Expires"), Some("0"));
        let phone = tag(header(&last, "To").unwrap()).to_owned();
        accept(&mut a, &last, &phone);
        notify(&mut a, &first, &phone, 3, "terminated;reason=timeout", "");
        a.expect("SIP/2.0 200");
    }
    a.expect_nothing();
    a.told(&["fork ended", "terminated 6 timeout"]);
    assert_eq!((a.agent.holdings().subscriptions, a.agent.poll_timeout().is_none()), (0, true));
    // Who challenged the first request may challenge each.
    let challenge = |nonce: &str| format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"{nonce}\", algorithm=MD5\r\n");
    let mut a = Side::connected("alice");
    let (id, first) = watch(&mut a, "dialog");
    a.receive(&response(&first, "401 Unauthorized", "", &challenge("1"), ""));
    let first = a.expect("SUBSCRIBE");
    notify(&mut a, &first, "two", 1, "active", "2");
    notify(&mut a, &first, "one", 1, "active", "1");
    accept(&mut a, &first, "one");
    again(&mut a, id, false);
    a.wire.clear();
    a.at(1_000);
    assert_eq!(a.wire.len(), 2);
    for frame in std::mem::take(&mut a.wire) {
        let cseq: u32 = header(&frame, "CSeq").unwrap().split(' ').next().unwrap().parse().unwrap();
        a.receive(&response(&frame, "401 Unauthorized", "", &challenge("2"), ""));
        let repeated = a.expect("SUBSCRIBE");
        assert_eq!(tag(header(&repeated, "To").unwrap()), tag(header(&frame, "To").unwrap()));
        assert_eq!(header(&repeated, "CSeq"), Some(format!("{} SUBSCRIBE", cseq + 1).as_str()));
    }
    // And with the agent.
    let (mut a, _, _) = two();
    a.agent.stop(a.instant());
    a.pump();
    assert_eq!(a.wire.iter().filter(|frame| frame.starts_with("SUBSCRIBE")).count(), 2);
    a.at(a.now + 2_000);
    assert!(a.agent.is_idle() && a.agent.poll_timeout().is_none());
}

#[test]
fn who_comes_late_or_is_too_many_is_refused() {
    let (mut a, _, first) = two();
    for n in 3..=9 {
        notify(&mut a, &first, &format!("more{n}"), 1, "active", "x");
        a.expect("SIP/2.0 200");
    }
    notify(&mut a, &first, "toomany", 1, "active", "x");
    a.expect("SIP/2.0 481");
    let (mut a, _, first) = two();
    // No NOTIFY, no dialog.
    a.receive(&from_far(&first, "INFO", 1, "", "").replace("tag=far", "tag=three"));
    a.expect("SIP/2.0 481");
    a.at(31_999);
    notify(&mut a, &first, "three", 1, "active", "3");
    a.expect("SIP/2.0 200");
    a.at(32_000);
    a.events.clear();
    notify(&mut a, &first, "four", 1, "active", "4");
    a.expect("SIP/2.0 481");
    a.told(&[]);
    // One that tells only that it ends is none.
    let (mut a, _, first) = two();
    notify(&mut a, &first, "three", 1, "terminated;reason=noresource", "");
    a.expect("SIP/2.0 200");
    notify(&mut a, &first, "one", 2, "active", "still");
    a.expect("SIP/2.0 200");
    assert_eq!(a.events.last().map(String::as_str), Some("notify still"));
}

/// RFC 3680 and RFC 4575 allow one dialog.
#[test]
fn registrations_and_conferences_have_one() {
    for event in ["reg", "conference"] {
        let mut a = Side::connected("alice");
        let (_, first) = watch(&mut a, event);
        accept(&mut a, &first, "one");
        notify(&mut a, &first, "one", 1, "active", "1");
        a.expect("SIP/2.0 200");
        a.events.clear();
        notify(&mut a, &first, "two", 1, "active", "2");
        a.expect("SIP/2.0 481");
        a.told(&[]);
    }
}
