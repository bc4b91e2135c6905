//! Subscriptions of ours that last (RFC 6665 4.1.3): what ends one, when it is asked for anew, and how many at once.

use crate::support::outside::presence;
use crate::support::{CONTACT, Side, from_far, header, response};
use viasip::event::{Input, SubscriptionId};
use viasip::subscription::Command;

/// The longest wait for a turn if nobody else waits.
const TURN_MS: u64 = 60;

fn watch(a: &mut Side) -> SubscriptionId {
    let id = SubscriptionId(a.agent.reserve());
    a.agent.subscription(a.instant(), id, Command::Watch(Box::new(presence(1_000)))).unwrap();
    a.pump();
    id
}

fn command(a: &mut Side, id: SubscriptionId, ends: bool) {
    a.agent.subscription(a.instant(), id, Command::Again { ends, body: String::new() }).unwrap();
    a.pump();
}

fn accept(a: &mut Side, subscribe: &str) {
    a.receive(&response(subscribe, "200 OK", "far", &format!("{CONTACT}Expires: 1000\r\n"), ""));
}

fn notify(a: &mut Side, subscribe: &str, cseq: u32, state: &str, body: &str) {
    let lines = format!("{CONTACT}Event: presence\r\nSubscription-State: {state}\r\n");
    a.receive(&from_far(subscribe, "NOTIFY", cseq, &lines, body).replace("z9hG4bKf", &format!("z9hG4bKf{}", a.now)));
}

/// Watching at 0 s, active; the SUBSCRIBE.
fn active() -> (Side, SubscriptionId, String) {
    let mut a = Side::connected("alice");
    let id = watch(&mut a);
    let first = a.expect("SUBSCRIBE");
    accept(&mut a, &first);
    notify(&mut a, &first, 1, "active;expires=1000", "up");
    a.expect("SIP/2.0 200");
    a.told(&["connected", "state 4", "accepted", "active", "notify up"]);
    (a, id, first)
}

/// The SUBSCRIBE that comes next, and when.
fn next(a: &mut Side) -> (u64, String) {
    while a.wire.is_empty() {
        let due = a.agent.poll_timeout().expect("a further try").millis();
        a.at(due);
    }
    (a.now, a.expect("SUBSCRIBE"))
}

/// Whether two requests are of one subscription.
fn same(one: &str, other: &str) -> bool {
    header(one, "Call-ID") == header(other, "Call-ID")
}

#[test]
fn each_reason_is_taken_as_it_says() {
    for (state, least, most) in [
        ("terminated;reason=deactivated", 0, 0),
        ("terminated;reason=deactivated;retry-after=99", 0, 0),
        ("Terminated;Reason=Deactivated;retry-after=99", 0, 0),
        ("terminated;reason=timeout", 0, 0),
        ("terminated", 0, 0),
        ("terminated;reason=unheard-of", 0, 0),
        ("terminated;reason=unheard-of;retry-after=7", 7_000, 7_000),
        ("terminated;reason=probation;retry-after=40", 40_000, 40_000),
        ("terminated;reason=probation", 15_000, 30_000),
        ("terminated;reason=giveup", 15_000, 30_000),
        ("terminated;reason=giveup;retry-after=4000000000", 86_400_000, 86_400_000),
    ] {
        let (mut a, _, first) = active();
        a.at(100_000);
        notify(&mut a, &first, 2, state, "");
        a.expect("SIP/2.0 200");
        assert!(a.events.iter().all(|told| told.starts_with("waiting 6")), "{state}: {:?}", a.events);
        let (at, again) = next(&mut a);
        assert!((100_000 + least..=100_000 + most).contains(&at), "{state}: after {} ms", at - 100_000);
        assert!(!same(&first, &again) && !header(&again, "To").unwrap().contains("tag="), "{again}");
        a.events.clear();
        accept(&mut a, &again);
        notify(&mut a, &again, 1, "active", "back");
        a.told(&["active", "notify back"]);
    }
    // RFC 3261 7.3.1: whatever the case of its letters.
    for reason in ["rejected", "noresource", "invariant", "Rejected", "NoResource"] {
        let (mut a, _, first) = active();
        notify(&mut a, &first, 2, &format!("terminated;reason={reason};retry-after=5"), "");
        a.told(&[&format!("terminated 6 {reason} 5")]);
        assert_eq!(
            (a.agent.holdings().subscriptions, a.agent.poll_timeout().map(|at| at.millis() > 32_000)),
            (0, None)
        );
    }
}

#[test]
fn each_answer_is_taken_as_it_says() {
    for (status, told, again) in [
        ("481 Gone", "waiting 2 481 in 0", Some(0)),
        ("480 Temporarily Unavailable", "waiting 2 480 in ", Some(15_000)),
        ("486 Busy Here", "waiting 2 486 in ", Some(15_000)),
        ("503 Service Unavailable", "waiting 2 503 in ", Some(15_000)),
        ("408 Request Timeout", "waiting 0 408 in ", Some(15_000)),
        ("403 Forbidden", "terminated 2", None),
        ("404 Not Found", "terminated 2", None),
        ("489 Bad Event", "terminated 2", None),
        ("501 Not Implemented", "terminated 2", None),
        ("603 Decline", "terminated 2", None),
        ("401 Unauthorized", "terminated 4", None),
    ] {
        let mut a = Side::connected("alice");
        watch(&mut a);
        let first = a.expect("SUBSCRIBE");
        a.events.clear();
        a.receive(&response(&first, status, "far", "", ""));
        assert!(a.events[0].starts_with(told) && a.events.len() == 1, "{status}: {:?}", a.events);
        match again {
            Some(least) => assert!((least..=2 * least + TURN_MS).contains(&next(&mut a).0), "{status}"),
            None => assert_eq!(a.agent.holdings().subscriptions, 0, "{status}"),
        }
    }
    // A dialog that leads nowhere any more is another matter than somebody who is not there.
    for (status, anew) in [("404 Not Found", true), ("482 Loop Detected", true), ("403 Forbidden", false)] {
        let (mut a, _, first) = active();
        let (now, refresh) = next(&mut a);
        assert!(same(&first, &refresh));
        a.receive(&response(&refresh, status, "", "", ""));
        assert_eq!(a.agent.holdings().subscriptions == 1, anew, "{status}");
        if anew {
            let (at, again) = next(&mut a);
            assert!(at <= now + TURN_MS && !same(&first, &again), "{status}");
            a.receive(&response(&again, status, "far", "", ""));
            assert_eq!(a.agent.holdings().subscriptions, 0, "{status}");
        }
    }
    // Once for longer, and with what the server says to wait.
    let mut a = Side::connected("alice");
    watch(&mut a);
    let first = a.expect("SUBSCRIBE");
    a.receive(&response(&first, "423 Interval Too Brief", "", "Min-Expires: 2000\r\n", ""));
    let longer = a.expect("SUBSCRIBE");
    assert_eq!(header(&longer, "Expires"), Some("2000"));
    a.receive(&response(&longer, "503 Service Unavailable", "", "Retry-After: 77\r\n", ""));
    assert_eq!(next(&mut a).0, 77_000);
}

/// A server that ends each subscription at once gets no storm of new ones.
#[test]
fn a_notifier_that_ends_it_again_and_again_is_asked_ever_more_seldom() {
    let (mut a, _, mut subscribe) = active();
    let mut times = Vec::new();
    for _ in 0..10 {
        let state = "terminated;reason=deactivated";
        notify(&mut a, &subscribe, 2, state, "");
        a.expect("SIP/2.0 200");
        let (at, again) = next(&mut a);
        times.push(at);
        accept(&mut a, &again);
        notify(&mut a, &again, 1, "active", "");
        a.expect("SIP/2.0 200");
        subscribe = again;
    }
    assert!(times[0] <= TURN_MS);
    for (n, pair) in times.windows(2).enumerate() {
        let wait = (30_000_u64 << (n + 1).min(6)).min(1_800_000);
        assert!((wait / 2..=wait + TURN_MS).contains(&(pair[1] - pair[0])), "{n}: {times:?}");
    }
    // One that has lasted is asked for at once.
    let now = a.now + 61_000;
    a.at(now);
    notify(&mut a, &subscribe, 2, "terminated;reason=deactivated", "");
    a.expect("SIP/2.0 200");
    assert_eq!(next(&mut a).0, now);
}

/// RFC 6665 4.1.2.4: a notifier that accepts and says nothing is given up after 64 × T1.
#[test]
fn timer_n_ends_what_nothing_is_told_of() {
    let mut a = Side::connected("alice");
    watch(&mut a);
    let first = a.expect("SUBSCRIBE");
    accept(&mut a, &first);
    a.events.clear();
    a.at(31_999).told(&[]);
    a.at(32_000);
    assert!(a.events[0].starts_with("waiting 0 in "), "{:?}", a.events);
    let (at, again) = next(&mut a);
    assert!((47_000..=62_000).contains(&at) && !same(&first, &again), "{at}");
    // A NOTIFY of the one that was given up is nobody's.
    notify(&mut a, &first, 1, "active", "late");
    a.expect("SIP/2.0 481");
    // A refresh is confirmed by a NOTIFY, too.
    accept(&mut a, &again);
    notify(&mut a, &again, 1, "active", "");
    a.expect("SIP/2.0 200");
    let (at, refresh) = next(&mut a);
    assert!(same(&again, &refresh));
    accept(&mut a, &refresh);
    a.at(at + 31_999).expect_nothing();
    a.events.clear();
    a.at(at + 32_000);
    assert!(a.events[0].starts_with("waiting 0 in "), "{:?}", a.events);
}

/// No answer at all, and the answer to a SUBSCRIBE of a subscription that has ended meanwhile.
#[test]
fn what_comes_of_an_earlier_one_is_nobodys() {
    let mut a = Side::connected("alice");
    watch(&mut a);
    a.expect("SUBSCRIBE");
    a.events.clear();
    a.at(32_000);
    a.wire.clear();
    assert!(a.events.len() == 1 && a.events[0].starts_with("waiting 0 in "), "{:?}", a.events);
    // The NOTIFY is faster than the 2xx, and is the last.
    let (mut a, _, first) = active();
    let (_, refresh) = next(&mut a);
    notify(&mut a, &first, 2, "terminated;reason=timeout", "");
    a.expect("SIP/2.0 200");
    let (now, again) = next(&mut a);
    a.events.clear();
    for answer in ["401 Unauthorized", "481 Gone"] {
        let lines = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
        a.receive(&response(&refresh, answer, "", lines, ""));
        a.expect_nothing();
        a.told(&[]);
    }
    accept(&mut a, &again);
    notify(&mut a, &again, 1, "active", "there");
    a.told(&["active", "notify there"]);
    assert_eq!(a.now, now);
}

/// Asterisk requires it of its lists (RFC 4662 4.5), and got 420.
#[test]
fn a_notify_may_require_that_lists_are_taken() {
    let (mut a, _, first) = active();
    for (required, status) in [("eventlist", "SIP/2.0 200"), ("EventList, foo", "SIP/2.0 420")] {
        let lines = format!("{CONTACT}Event: presence\r\nSubscription-State: active\r\nRequire: {required}\r\n");
        let told = from_far(&first, "NOTIFY", 5, &lines, "list");
        a.receive(&told.replace("z9hG4bKf", &format!("z9hG4bK{}", required.len())));
        let answer = a.expect(status);
        assert_eq!(header(&answer, "Unsupported"), status.ends_with("420").then_some("foo"));
    }
    a.told(&["notify list"]);
}

#[test]
fn it_waits_for_a_connection_and_goes_on_with_the_next() {
    // Before there is one.
    let mut a = Side::new("alice", crate::support::config("alice"));
    a.auto_open = false;
    watch(&mut a);
    a.told(&["state 4"]);
    a.auto_open = true;
    a.agent.start(a.instant());
    a.pump();
    let first = a.expect("SUBSCRIBE");
    // Lost before there was an answer, and then with a subscription that is up.
    a.events.clear();
    a.close();
    a.told(&["waiting 1", "disconnected"]);
    let (_, second) = next(&mut a);
    assert!(!same(&first, &second));
    accept(&mut a, &second);
    notify(&mut a, &second, 1, "active", "");
    a.expect("SIP/2.0 200");
    a.close();
    a.events.clear();
    let (at, refresh) = next(&mut a);
    assert!(same(&second, &refresh));
    a.receive(&response(&refresh, "481 Gone", "", "", ""));
    a.told(&["connected", "waiting 2 481 in 0"]);
    let (again, third) = next(&mut a);
    assert!(!same(&second, &third));
    assert!(again <= at + TURN_MS);
    // Too long without one: the notifier has forgotten it.
    accept(&mut a, &third);
    notify(&mut a, &third, 1, "active;expires=1000", "");
    a.expect("SIP/2.0 200");
    a.auto_open = false;
    a.close();
    a.events.clear();
    let now = a.now;
    a.at(now + 1_001_000);
    assert!(a.events.contains(&"waiting 1".to_owned()), "{:?}", a.events);
    a.auto_open = true;
    let (_, fourth) = next(&mut a);
    assert!(!same(&third, &fourth));
}

/// 200 of them: one SUBSCRIBE each, spread over some seconds, whatever brings them about.
#[test]
fn two_hundred_are_spread() {
    let mut a = Side::connected("alice");
    for _ in 0..200 {
        watch(&mut a);
    }
    assert_eq!(a.wire.len(), 1, "the first leaves at once");
    let mut all = Vec::new();
    let take = |a: &mut Side, subscribes: &mut Vec<String>| {
        let mut most = 0;
        let end = a.now + 12_500;
        while a.now < end {
            let now = a.now + 100;
            a.at(now);
            most = most.max(a.wire.len());
            subscribes.extend(a.wire.drain(..));
        }
        most
    };
    assert!(take(&mut a, &mut all) <= 6);
    assert_eq!(all.len(), 200);
    for subscribe in &all {
        accept(&mut a, subscribe);
        notify(&mut a, subscribe, 1, "active", "");
    }
    a.wire.clear();
    // A connection that flaps does not make them wait for each other for ever.
    for _ in 0..5 {
        a.close();
        while a.flow.is_none() {
            let due = a.agent.poll_timeout().unwrap().millis();
            a.at(due);
        }
    }
    a.wire.clear();
    let mut again = Vec::new();
    assert!(take(&mut a, &mut again) <= 6);
    assert!(again.len() >= 199 && again.iter().all(|frame| frame.starts_with("SUBSCRIBE")), "{}", again.len());
    for subscribe in &again {
        accept(&mut a, subscribe);
    }
    // A server that goes ends all of them.
    for (n, subscribe) in all.iter().enumerate() {
        let state = format!("{CONTACT}Event: presence\r\nSubscription-State: terminated;reason=deactivated\r\n");
        a.receive(&from_far(subscribe, "NOTIFY", 9, &state, "").replace("z9hG4bKf", &format!("z9hG4bKe{n}")));
    }
    assert!(a.wire.iter().filter(|frame| frame.starts_with("SUBSCRIBE")).count() <= 1);
    a.wire.clear();
    assert!(take(&mut a, &mut Vec::new()) <= 6);
    assert_eq!(a.agent.holdings().subscriptions, 200);
}

/// A server that finds us by our registration told the first ones on a connection that was gone.
#[test]
fn on_a_new_connection_they_wait_for_the_registration() {
    let mut a = crate::support::registering();
    let register = a.expect("REGISTER");
    for _ in 0..3 {
        watch(&mut a);
    }
    a.at(500).expect_nothing();
    let contact = format!("Contact: {}\r\n", header(&register, "Contact").unwrap());
    a.receive(&response(&register, "200 OK", "reg", &contact, ""));
    a.at(1_000);
    assert_eq!(a.wire.len(), 3);
    a.wire.clear();
    for answered in [true, false] {
        a.close();
        let due = a.agent.poll_timeout().unwrap().millis();
        a.at(due);
        let register = a.expect("REGISTER");
        a.at(due + 2_900).expect_nothing();
        if answered {
            a.receive(&response(&register, "200 OK", "reg", &contact, ""));
        }
        // Without an answer they go on after 3 s.
        a.at(due + 3_200);
        let asked = a.wire.iter().filter(|frame| frame.starts_with("SUBSCRIBE")).count();
        assert_eq!(asked, 3, "answered: {answered}: {:?}", a.wire);
        a.wire.clear();
    }
}

/// What the app asks in each state.
#[test]
fn it_is_asked_for_its_state_and_ended() {
    let (mut a, id, first) = active();
    // However often the app asks, one request is on its way.
    for _ in 0..5 {
        command(&mut a, id, false);
    }
    let (_, refresh) = next(&mut a);
    assert!(same(&first, &refresh));
    a.at(a.now + 1_000).expect_nothing();
    command(&mut a, id, false);
    a.at(a.now + 1_000).expect_nothing();
    accept(&mut a, &refresh);
    notify(&mut a, &first, 2, "active", "");
    a.expect("SIP/2.0 200");
    command(&mut a, id, true);
    let last = a.expect("SUBSCRIBE");
    assert_eq!(header(&last, "Expires"), Some("0"));
    accept(&mut a, &last);
    a.events.clear();
    notify(&mut a, &first, 3, "terminated;reason=timeout", "");
    a.told(&["terminated 6 timeout"]);
    // While it waits: nothing is on the wire.
    let (mut a, id, first) = active();
    notify(&mut a, &first, 2, "terminated;reason=probation", "");
    a.expect("SIP/2.0 200");
    a.events.clear();
    command(&mut a, id, false);
    command(&mut a, id, true);
    a.told(&["terminated 5"]);
    a.expect_nothing();
    assert_eq!(a.agent.holdings().subscriptions, 0);
    // Before the answer: it is taken back with it.
    let mut a = Side::connected("alice");
    let id = watch(&mut a);
    let first = a.expect("SUBSCRIBE");
    command(&mut a, id, true);
    accept(&mut a, &first);
    let last = a.expect("SUBSCRIBE");
    assert_eq!(header(&last, "Expires"), Some("0"));
    a.receive(&response(&last, "481 Gone", "", "", ""));
    assert_eq!(a.events.last().map(String::as_str), Some("terminated 2"));
    assert_eq!(a.agent.holdings().subscriptions, 0);
}

#[test]
fn it_ends_with_the_agent() {
    let (mut a, _, first) = active();
    let waiting = watch(&mut a);
    let second = next(&mut a).1;
    a.receive(&response(&second, "503 Service Unavailable", "", "", ""));
    a.events.clear();
    a.agent.stop(a.instant());
    a.pump();
    let last = a.expect("SUBSCRIBE");
    assert!(same(&first, &last));
    assert_eq!(header(&last, "Expires"), Some("0"));
    a.told(&["terminated 5"]);
    let _ = waiting;
    a.at(a.now + 2_000);
    assert!(a.agent.is_idle() && a.agent.poll_timeout().is_none());
    a.agent.handle_input(a.instant(), Input::Alarm);
}

/// Whatever a notifier says, it is not asked more than once in so many s: a NOTIFY that left 0 s brought a refresh each
/// second.
#[test]
fn no_answer_lets_it_subscribe_in_a_loop() {
    for (status, lines, state) in [
        ("200 OK", "Expires: 0\r\n", ""),
        ("200 OK", "Expires: 1\r\n", "active;expires=1"),
        ("200 OK", "Expires: 1000\r\n", "active;expires=0"),
        ("200 OK", "Expires: 0\r\n", "active;expires=0"),
        ("200 OK", "Expires: 0\r\n", "terminated;reason=timeout"),
        ("200 OK", "Expires: 1000\r\n", "terminated;reason=probation;retry-after=0"),
        ("200 OK", "Expires: 1000\r\n", "terminated;reason=deactivated;retry-after=0"),
        ("503 Service Unavailable", "Retry-After: 0\r\n", ""),
        ("423 Interval Too Brief", "Min-Expires: 4294967295\r\n", ""),
        ("423 Interval Too Brief", "Min-Expires: 86400\r\n", ""),
        ("481 Subscription Does Not Exist", "", ""),
    ] {
        let mut a = Side::connected("alice");
        watch(&mut a);
        let (mut sent, mut cseq) = (Vec::new(), 0);
        a.until(60_000, |a, frame| {
            if frame.starts_with("SUBSCRIBE") {
                sent.push(a.now);
                a.receive(&response(frame, status, "far", &format!("{CONTACT}{lines}"), ""));
                if !state.is_empty() {
                    cseq += 1;
                    notify(a, frame, cseq, state, "");
                }
            }
        });
        assert!(sent.len() <= 13, "{status} {lines} {state}: {sent:?}");
    }
}
