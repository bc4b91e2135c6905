//! Who subscribed to us: which requests are theirs, what may be said before and after `start()`, and what they weigh.

use crate::support::{Side, header, request, tag};
use viasip::bounds::{MAX_HELD, RESERVED_HELD};
use viasip::command::CommandError;
use viasip::event::{Refusal, SubscriptionId};
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
        let reply = Refusal { status, reason: None, headers: Vec::new(), body: String::new() };
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
    let event = format!("presence;x={}", "y".repeat(20_000));
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
