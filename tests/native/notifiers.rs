//! Who subscribed to us: which requests are theirs, what may be said before and after `start()`, and what they weigh.

use super::subscriptions::{CONTACT, end, incoming, notify, notify_first, start, subscribe};
use crate::support::{Side, header, request, response, tag};
use viasip::bounds::{MAX_HELD, RESERVED_HELD};
use viasip::command::CommandError;
use viasip::event::{AppReply, SubscriptionId};
use viasip::message::{Frame, parse};
use viasip::subscription::{Command, NotifierOptions};

fn subscribing(n: usize, event: &str) -> String {
    let lines = format!("Contact: <sip:far@192.0.2.1>\r\nEvent: {event}\r\nExpires: 600\r\n");
    request("SUBSCRIBE", "bob", &format!("s{n}"), "", 1, &lines, "").replace("far-call", &format!("call{n}"))
}

fn options() -> NotifierOptions {
    NotifierOptions { content_type: "text/plain".into(), default_expires_s: 600, ..Default::default() }
}

fn command(b: &mut Side, id: SubscriptionId, command: Command) -> Result<(), CommandError> {
    let result = b.agent.subscription(b.instant(), id, command);
    b.pump();
    result
}

/// Somebody subscribes and is accepted; the tag of ours.
fn accepted(b: &mut Side, n: usize, event: &str) -> String {
    b.receive(&subscribing(n, event));
    let id = *b.subscriptions.last().unwrap();
    command(b, id, Command::Start(options())).unwrap();
    tag(header(&b.expect("SIP/2.0 200"), "To").unwrap())
}

/// Call-ID and both tags make a dialog (RFC 3261 12): one that is like it in two of them is another.
#[test]
fn a_refresh_has_to_name_its_dialog_wholly() {
    let mut b = Side::connected("bob");
    let own = accepted(&mut b, 1, "presence");
    let lines = "Contact: <sip:far@192.0.2.1>\r\nEvent: presence\r\nExpires: 600\r\n";
    let refresh = request("SUBSCRIBE", "bob", "r", &own, 2, lines, "").replace("far-call", "call1");
    for (from, to, status) in [
        ("Call-ID: call1", "Call-ID: other", "481"),
        (own.as_str(), "other", "481"),
        (";tag=far", ";tag=other", "481"),
        ("CSeq", "CSeq", "200"),
    ] {
        b.wire.clear();
        let branch = format!("z9hG4bK{}", to.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
        b.receive(&refresh.replace(from, to).replace("z9hG4bKr", &branch));
        b.expect(&format!("SIP/2.0 {status}"));
    }
}

/// A provisional answer leaves the decision open, a final one does not.
#[test]
fn the_app_answers_once() {
    for (status, open) in [(180, true), (403, false)] {
        let mut b = Side::connected("bob");
        b.receive(&subscribing(1, "presence"));
        let id = b.subscriptions[0];
        let reply = AppReply { status, reason: None, headers: Vec::new(), body: String::new() };
        command(&mut b, id, Command::Reply(reply)).unwrap();
        b.expect(&format!("SIP/2.0 {status}"));
        assert_eq!(command(&mut b, id, Command::Start(options())).is_ok(), open, "{status}");
        if open {
            b.expect("SIP/2.0 200");
        }
    }
}

/// Neither may begin a line of its own.
#[test]
fn what_a_notify_will_say_of_itself_is_one_line() {
    for (content_type, allow_events) in [("text/plain\r\nX: 1", "presence"), ("text/plain", "presence\r\nX: 1")] {
        let mut b = Side::connected("bob");
        b.receive(&subscribing(1, "presence"));
        let id = b.subscriptions[0];
        let options =
            NotifierOptions { content_type: content_type.into(), allow_events: allow_events.into(), ..options() };
        assert_eq!(command(&mut b, id, Command::Start(options)), Err(CommandError::Invalid("options")));
        b.expect_nothing();
    }
}

/// Its Event, read and as it was written, and its dialog.
#[test]
fn a_subscription_weighs_what_it_was_asked() {
    let event = format!("presence;x={}", "y".repeat(40_000));
    let Ok(Frame::Request(one)) = parse(subscribing(1, &event).as_bytes()) else { panic!() };
    let mut b = Side::connected("bob");
    let mut accepted = 0;
    for n in 0..192 {
        b.wire.clear();
        b.receive(&subscribing(n, &event));
        if b.wire.iter().any(|frame| frame.starts_with("SIP/2.0 503")) {
            break;
        }
        let id = *b.subscriptions.last().unwrap();
        command(&mut b, id, Command::Start(options())).unwrap();
        accepted += 1;
    }
    let room = MAX_HELD / 2 - RESERVED_HELD - one.weight();
    assert!((room / (2 * event.len() + 1_000)..=room / (2 * event.len()) + 1).contains(&accepted), "{accepted}");
}

#[test]
fn a_notifier_answers_and_says_how_long() {
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.on_subscribe = Some(|side, id, _| notify(side, id, "open"));
    b.receive(&incoming("Expires: 60\r\nRecord-Route: <sip:p@192.0.2.9;lr>\r\n", 1, ""));
    let answer = b.expect("SIP/2.0 200");
    assert_eq!(
        (header(&answer, "Expires"), header(&answer, "Record-Route")),
        (Some("60"), Some("<sip:p@192.0.2.9;lr>"))
    );
    assert_eq!(header(&answer, "Contact"), Some("<sip:bob-contact@bob.invalid;transport=ws>"));
    let told = b.expect("NOTIFY sip:desk@192.0.2.1;transport=ws SIP/2.0");
    assert_eq!(header(&told, "Event"), Some("presence"));
    assert_eq!(header(&told, "Subscription-State"), Some("active;expires=60"));
    assert_eq!(
        (header(&told, "Content-Type"), header(&told, "Route")),
        (Some("text/plain"), Some("<sip:p@192.0.2.9;lr>"))
    );
    assert!(told.ends_with("\r\n\r\nopen"));
    let to = tag(header(&answer, "To").unwrap());
    assert_eq!(tag(header(&told, "From").unwrap()), to);
    b.receive(&response(&told, "200 OK", "", "", ""));
    // A refresh, 20 s later: what is left counts from there.
    b.at(20_000).receive(&incoming("Expires: 40\r\n", 2, &to));
    b.expect("SIP/2.0 200");
    let told = b.expect("NOTIFY");
    b.receive(&response(&told, "200 OK", "", "", ""));
    b.at(29_500);
    notify_first(&mut b, "");
    let later = b.expect("NOTIFY");
    b.receive(&response(&later, "200 OK", "", "", ""));
    assert_eq!(header(&later, "Subscription-State"), Some("active;expires=31"));
    assert_eq!(header(&later, "Content-Type"), None);
    b.events.clear();
    b.at(59_999).told(&[]);
    b.at(60_000).told(&["expired", "terminated 6"]);
    assert_eq!(header(&b.expect("NOTIFY"), "Subscription-State"), Some("terminated;reason=timeout"));
    b.receive(&incoming("", 3, &to));
    b.expect("SIP/2.0 481");
}

#[test]
fn a_fetch_is_answered_with_the_state_and_the_end() {
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.on_subscribe = Some(|side, id, _| notify(side, id, "open"));
    b.receive(&incoming("Expires: 0\r\n", 1, ""));
    assert_eq!(header(&b.expect("SIP/2.0 200"), "Expires"), Some("0"));
    let told = b.expect("NOTIFY");
    assert_eq!(header(&told, "Subscription-State"), Some("terminated;reason=timeout"));
    b.expect_nothing();
    assert!(b.events.ends_with(&["unsubscribe".into(), "terminated 5".into()]));
    // An app that says nothing: the subscriber still gets its last word.
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.receive(&incoming("Expires: 0\r\n", 1, ""));
    b.expect("SIP/2.0 200");
    b.expect("NOTIFY");
    assert!(b.events.ends_with(&["unsubscribe".into(), "terminated 5".into()]));
}

#[test]
fn an_app_refuses_a_subscribe_or_forgets_it() {
    let mut b = Side::connected("bob");
    b.on_offered = Some(|side, id| {
        let headers = vec!["Allow-Events: dialog".into()];
        let refusal = AppReply { status: 489, reason: None, headers, body: String::new() };
        side.agent.subscription(side.instant(), id, Command::Reply(refusal)).unwrap();
    });
    b.receive(&incoming("", 1, ""));
    assert_eq!(header(&b.expect("SIP/2.0 489 Bad Event"), "Allow-Events"), Some("dialog"));
    b.on_offered = None;
    b.receive(&incoming("", 2, ""));
    b.expect_nothing();
    let id = b.subscriptions[1];
    let early = b.agent.subscription(b.instant(), id, Command::Notify(String::new()));
    assert!(matches!(early, Err(CommandError::Invalid(_))), "start() comes first");
    b.at(30_000);
    b.expect("SIP/2.0 480");
    let late = b.agent.subscription(b.instant(), id, Command::Start(NotifierOptions::default()));
    assert_eq!(late, Err(CommandError::InvalidState(2)));
    b.listens = false;
    b.receive(&incoming("", 3, ""));
    assert!(!header(&b.expect("SIP/2.0 405"), "Allow").unwrap().contains("SUBSCRIBE"));
    assert_eq!(b.agent.poll_timeout(), None);
}

#[test]
fn a_subscribe_that_cannot_be_served_never_reaches_the_app() {
    let mut b = Side::connected("bob");
    b.events.clear();
    for (cseq, lines) in [
        (1, CONTACT.to_owned()),
        (2, "Event: presence\r\n".to_owned()),
        (3, format!("{CONTACT}Event: presence\r\nExpires: -1\r\n")),
    ] {
        b.receive(&request("SUBSCRIBE", "bob", &format!("x{cseq}"), "", cseq, &lines, ""));
        b.expect("SIP/2.0 405");
    }
    b.told(&[]);
    for n in 0..=viasip::bounds::MAX_FOREIGN_SUBSCRIPTIONS {
        b.receive(
            &incoming("", 1, "").replace("z9hG4bK", &format!("z9hG4bKm{n}")).replace("far-call", &format!("f{n}")),
        );
    }
    b.expect("SIP/2.0 503");
    b.expect_nothing();
    // They took the app's own places too.
    subscribe(&mut b);
    b.expect("SUBSCRIBE");
}

#[test]
fn a_refresh_for_another_package_or_out_of_order_is_refused() {
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.receive(&incoming("Expires: 4294967295\r\n", 5, ""));
    let answer = b.expect("SIP/2.0 200");
    assert_eq!(header(&answer, "Expires"), Some("86400"), "a day at most");
    let to = tag(header(&answer, "To").unwrap());
    b.receive(&incoming("", 4, &to));
    b.expect("SIP/2.0 500");
    b.receive(&incoming("", 6, &to).replace("presence", "dialog"));
    assert_eq!(header(&b.expect("SIP/2.0 489"), "Allow-Events"), Some("presence"));
    b.receive(&incoming("", 7, &to).replace("Event: presence\r\n", ""));
    b.expect("SIP/2.0 400");
    b.receive(&incoming("", 8, &to).replace("SUBSCRIBE", "INFO"));
    b.expect("SIP/2.0 405");
}

#[test]
fn a_failed_notify_ends_it() {
    for (status, code) in [
        (Some("481 Call/Transaction Does Not Exist"), "terminated 2"),
        (Some("407 Proxy Authentication Required"), "terminated 3"),
        (Some("408 Request Timeout"), "terminated 0"),
        (None, "terminated 0"),
    ] {
        let mut b = Side::connected("bob");
        b.on_offered = Some(start);
        b.receive(&incoming("", 1, ""));
        b.wire.clear();
        notify_first(&mut b, "open");
        let told = b.expect("NOTIFY");
        b.events.clear();
        match status {
            Some(status) => b.receive(&response(&told, status, "", "", "")),
            None => drop(b.at(32_000)),
        }
        b.told(&[code]);
        assert_eq!(b.agent.poll_timeout(), None);
    }
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.receive(&incoming("", 1, ""));
    notify_first(&mut b, "open");
    b.events.clear();
    b.close();
    b.told(&["terminated 1", "disconnected"]);
}

#[test]
fn the_last_word_carries_reason_and_retry() {
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.receive(&incoming("", 1, ""));
    b.wire.clear();
    let id = b.subscriptions[0];
    let last = Command::Terminate { body: String::new(), reason: "a\r\nX: y".into(), retry_after: None };
    let smuggled = b.agent.subscription(b.instant(), id, last);
    assert_eq!(smuggled, Err(CommandError::Invalid("reason")));
    end(&mut b, id, "closed", Some("deactivated"), Some(60));
    let last = b.expect("NOTIFY");
    assert_eq!(header(&last, "Subscription-State"), Some("terminated;reason=deactivated;retry-after=60"));
    b.events.clear();
    b.receive(&response(&last, "500 Server Internal Error", "", "", ""));
    b.told(&[]);
}
