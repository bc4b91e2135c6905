//! What we publish (RFC 3903): the life of its SIP-ETag, and what becomes of it when the server cannot or the line breaks.

use crate::support::outside::publish;
use crate::support::{Side, header, response};
use viasip::event::SubscriptionId;
use viasip::subscription::{Command, PublishOptions};

fn command(a: &mut Side, id: SubscriptionId, ends: bool, body: &str) {
    a.agent.subscription(a.instant(), id, Command::Again { ends, body: body.into() }).unwrap();
    a.pump();
}

fn body(frame: &str) -> &str {
    frame.split("\r\n\r\n").nth(1).unwrap()
}

fn grant(a: &mut Side, publish: &str, etag: &str) {
    a.receive(&response(publish, "200 OK", "srv", &format!("SIP-ETag: {etag}\r\nExpires: 1000\r\n"), ""));
}

/// What the server sees of a PUBLISH.
fn seen(frame: &str) -> (Option<&str>, Option<&str>, &str) {
    assert!(frame.starts_with("PUBLISH sip:alice@example.com SIP/2.0"), "{frame}");
    assert_eq!(header(frame, "Event"), Some("presence"));
    (header(frame, "SIP-If-Match"), header(frame, "Expires"), body(frame))
}

/// Published with the ETag `one` at 0 s.
fn published() -> (Side, SubscriptionId) {
    let mut a = Side::connected("alice");
    let id = a.publish(publish(1_000), "open");
    let first = a.expect("PUBLISH");
    assert_eq!(seen(&first), (None, Some("1000"), "open"));
    assert_eq!(header(&first, "Content-Type"), Some("application/pidf+xml"));
    grant(&mut a, &first, "one");
    a.told(&["connected", "published 1000"]);
    (a, id)
}

fn next(a: &mut Side) -> String {
    while a.wire.is_empty() {
        let due = a.agent.poll_timeout().expect("a further try").millis();
        a.at(due);
    }
    a.expect("PUBLISH")
}

#[test]
fn an_etag_lives_from_the_first_to_the_last() {
    let (mut a, id) = published();
    command(&mut a, id, false, "busy");
    let change = a.expect("PUBLISH");
    assert_eq!(seen(&change), (Some("one"), Some("1000"), "busy"));
    // What is said meanwhile goes with the next, and only the last word.
    command(&mut a, id, false, "away");
    command(&mut a, id, false, "gone");
    a.expect_nothing();
    grant(&mut a, &change, "two");
    let change = a.expect("PUBLISH");
    assert_eq!(seen(&change), (Some("two"), Some("1000"), "gone"));
    grant(&mut a, &change, "three");
    a.expect_nothing();
    let refresh = next(&mut a);
    assert!((500_000..=930_000).contains(&a.now), "{}", a.now);
    assert_eq!(seen(&refresh), (Some("three"), Some("1000"), ""));
    assert_eq!(header(&refresh, "Content-Type"), None);
    grant(&mut a, &refresh, "four");
    a.events.clear();
    command(&mut a, id, true, "");
    let last = a.expect("PUBLISH");
    assert_eq!(seen(&last), (Some("four"), Some("0"), ""));
    a.told(&[]);
    a.receive(&response(&last, "200 OK", "srv", "", ""));
    a.told(&["terminated 0"]);
    assert_eq!(a.agent.holdings().subscriptions, 0);
    let cseq = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!(cseq(&last) > cseq(&refresh) && header(&last, "Call-ID") == header(&refresh, "Call-ID"));
}

/// The server was restarted: it gets all of it anew, once.
#[test]
fn what_the_server_has_forgotten_is_published_anew() {
    let (mut a, id) = published();
    let refresh = next(&mut a);
    a.receive(&response(&refresh, "412 Conditional Request Failed", "srv", "", ""));
    let anew = a.expect("PUBLISH");
    assert_eq!(seen(&anew), (None, Some("1000"), "open"));
    a.receive(&response(&anew, "412 Conditional Request Failed", "srv", "", ""));
    a.told(&["failed SIP Failure Code", "terminated 0"]);
    a.expect_nothing();
    let _ = id;
    // A change is not lost by it either.
    let (mut a, id) = published();
    command(&mut a, id, false, "busy");
    let change = a.expect("PUBLISH");
    a.receive(&response(&change, "412 Conditional Request Failed", "srv", "", ""));
    assert_eq!(seen(&a.expect("PUBLISH")), (None, Some("1000"), "busy"));
}

#[test]
fn too_brief_is_asked_for_longer_once() {
    let mut a = Side::connected("alice");
    a.publish(publish(60), "open");
    let first = a.expect("PUBLISH");
    a.receive(&response(&first, "423 Interval Too Brief", "srv", "Min-Expires: 300\r\n", ""));
    let longer = a.expect("PUBLISH");
    assert_eq!(seen(&longer), (None, Some("300"), "open"));
    a.receive(&response(&longer, "423 Interval Too Brief", "srv", "Min-Expires: 900\r\n", ""));
    a.told(&["connected", "failed SIP Failure Code", "terminated 0"]);
}

#[test]
fn a_challenge_is_answered_with_the_next_number() {
    let mut a = Side::connected("alice");
    let id = a.publish(publish(1_000), "open");
    let first = a.expect("PUBLISH");
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    a.receive(&response(&first, "401 Unauthorized", "srv", challenge, ""));
    let again = a.expect("PUBLISH");
    assert_eq!(seen(&again), (None, Some("1000"), "open"));
    assert!(header(&again, "Authorization").unwrap().contains("username=\"alice\""));
    grant(&mut a, &again, "one");
    command(&mut a, id, false, "busy");
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    let numbers = [number(&first), number(&again), number(&a.expect("PUBLISH"))];
    assert!(numbers[0] < numbers[1] && numbers[1] < numbers[2], "{numbers:?}");
}

#[test]
fn it_is_tried_again_while_the_server_may_come_back() {
    for status in ["503 Service Unavailable", "480 Temporarily Unavailable", "408 Request Timeout"] {
        let (mut a, id) = published();
        command(&mut a, id, false, "busy");
        let change = a.expect("PUBLISH");
        a.receive(&response(&change, status, "srv", "", ""));
        assert!(a.events.len() == 1 && a.events[0].starts_with("failed "), "{:?}", a.events);
        // What is said meanwhile goes along, and not before.
        command(&mut a, id, false, "gone");
        a.expect_nothing();
        let again = next(&mut a);
        assert!((15_000..=30_000).contains(&a.now), "{status}: {}", a.now);
        assert_eq!(seen(&again), (Some("one"), Some("1000"), "gone"));
    }
    let (mut a, id) = published();
    command(&mut a, id, false, "busy");
    let change = a.expect("PUBLISH");
    a.receive(&response(&change, "503 Service Unavailable", "srv", "Retry-After: 2000\r\n", ""));
    // By then the server has forgotten it.
    let again = next(&mut a);
    assert_eq!((a.now, seen(&again)), (2_000_000, (None, Some("1000"), "busy")));
    // No answer at all.
    a.events.clear();
    a.at(2_032_000);
    a.wire.clear();
    assert!(a.events.len() == 1 && a.events[0].starts_with("failed Request Timeout in "), "{:?}", a.events);
    next(&mut a);
    for status in ["403 Forbidden", "489 Bad Event", "404 Not Found", "603 Decline", "415 Unsupported Media Type"] {
        let mut a = Side::connected("alice");
        a.publish(publish(1_000), "open");
        let first = a.expect("PUBLISH");
        a.events.clear();
        a.receive(&response(&first, status, "srv", "", ""));
        assert!(a.events.len() == 2 && a.events[1] == "terminated 0", "{status}: {:?}", a.events);
        assert_eq!(a.agent.holdings().subscriptions, 0);
    }
}

#[test]
fn it_goes_on_with_the_next_connection() {
    let (mut a, id) = published();
    a.auto_open = false;
    a.close();
    a.events.clear();
    // Said without a connection, and lost on its way.
    command(&mut a, id, false, "busy");
    a.expect_nothing();
    a.auto_open = true;
    let change = next(&mut a);
    assert_eq!(seen(&change), (Some("one"), Some("1000"), "busy"));
    a.close();
    let change = next(&mut a);
    assert_eq!(seen(&change), (Some("one"), Some("1000"), "busy"));
    grant(&mut a, &change, "two");
    assert_eq!(a.events, ["connected", "disconnected", "connected", "published 1000"]);
    // A server that comes back with the line may have forgotten it.
    a.close();
    assert_eq!(seen(&next(&mut a)), (Some("two"), Some("1000"), ""));
    // Before there is any.
    let mut a = Side::new("alice", crate::support::config("alice"));
    a.publish(publish(1_000), "open");
    a.expect_nothing();
    a.agent.start(a.instant());
    a.pump();
    assert_eq!(seen(&next(&mut a)), (None, Some("1000"), "open"));
}

/// Ended in each of its states: what the server has is taken back, and nothing else is sent.
#[test]
fn it_ends_from_each_state() {
    // On its way: with the answer.
    let mut a = Side::connected("alice");
    let id = a.publish(publish(1_000), "open");
    let first = a.expect("PUBLISH");
    command(&mut a, id, true, "");
    command(&mut a, id, false, "late");
    a.expect_nothing();
    grant(&mut a, &first, "one");
    let last = a.expect("PUBLISH");
    assert_eq!(seen(&last), (Some("one"), Some("0"), ""));
    a.receive(&response(&last, "412 Conditional Request Failed", "srv", "", ""));
    a.told(&["connected", "published 1000", "terminated 0"]);
    a.expect_nothing();
    // Waiting for a server that has nothing yet.
    let mut a = Side::connected("alice");
    let id = a.publish(publish(1_000), "open");
    let first = a.expect("PUBLISH");
    a.receive(&response(&first, "503 Service Unavailable", "srv", "", ""));
    a.events.clear();
    command(&mut a, id, true, "");
    a.told(&["terminated 0"]);
    a.expect_nothing();
    // With the agent.
    let (mut a, _) = published();
    a.agent.stop(a.instant());
    a.pump();
    assert_eq!(seen(&a.expect("PUBLISH")), (Some("one"), Some("0"), ""));
    a.at(2_000);
    a.told(&["terminated 0", "disconnected"]);
    assert!(a.agent.is_idle() && a.agent.poll_timeout().is_none());
}

/// Names that cannot stand in SIP-If-Match, or would never end, are not kept.
#[test]
fn hostile_etags_are_not_used() {
    for etag in ["a b", "", "a,b", &"x".repeat(300)] {
        let mut a = Side::connected("alice");
        a.publish(publish(1_000), "open");
        let first = a.expect("PUBLISH");
        grant(&mut a, &first, etag);
        assert_eq!(seen(&next(&mut a)), (None, Some("1000"), "open"), "{etag}");
    }
    for options in [
        PublishOptions { event: "a b".into(), ..publish(60) },
        PublishOptions { event: String::new(), ..publish(60) },
        PublishOptions { content_type: "text/plain\r\nX: 1".into(), ..publish(60) },
        PublishOptions { event: "presence;a=\r\nX: 1".into(), ..publish(60) },
    ] {
        let mut a = Side::connected("alice");
        let id = SubscriptionId(a.agent.reserve());
        assert!(a.agent.subscription(a.instant(), id, Command::Publish(Box::new(options), String::new())).is_err());
        assert_eq!(a.agent.holdings().subscriptions, 0);
    }
}

/// A server that grants nothing keeps nothing: it was published again each second, without end.
#[test]
fn what_is_granted_no_time_is_published_later_each_time() {
    let mut a = Side::connected("alice");
    a.publish(publish(1_000), "open");
    let mut waits = Vec::new();
    for _ in 0..4 {
        let before = a.now;
        let sent = next(&mut a);
        assert_eq!(seen(&sent), (None, Some("1000"), "open"));
        waits.push(a.now - before);
        a.receive(&response(&sent, "200 OK", "srv", "SIP-ETag: one\r\nExpires: 0\r\n", ""));
    }
    assert!(waits[1] >= 15_000 && waits[2] >= 30_000 && waits[3] >= 60_000, "{waits:?}");
    let told = a.events.drain(..).filter(|told| told.starts_with("failed SIP Failure Code in ")).count();
    assert_eq!(told, 4);
    // Once it grants some time, it is published.
    let sent = next(&mut a);
    grant(&mut a, &sent, "two");
    a.told(&["published 1000"]);
}

/// Whatever a server says, it is not asked more than once in so many s.
#[test]
fn no_answer_lets_a_state_be_published_in_a_loop() {
    for (status, lines, least) in [
        ("200 OK", "SIP-ETag: one\r\nExpires: 1\r\n", 5_000),
        ("200 OK", "Expires: 1\r\n", 5_000),
        ("503 Service Unavailable", "Retry-After: 0\r\n", 1_000),
        ("503 Service Unavailable", "Retry-After: 1\r\n", 1_000),
        ("423 Interval Too Brief", "Min-Expires: 4294967295\r\n", 1_000_000),
    ] {
        let mut a = Side::connected("alice");
        a.publish(publish(1_000), "open");
        let mut sent = Vec::new();
        a.until(60_000, |a, frame| {
            sent.push(a.now);
            a.receive(&response(frame, status, "srv", lines, ""));
        });
        let shortest = sent.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(u64::MAX);
        assert!(shortest >= least && sent.len() <= 13, "{status} {lines}: {sent:?}");
    }
}
