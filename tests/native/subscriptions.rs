//! Subscriptions between two agents, and of ours against a far end that is written out. Their refresh is in `resubscribe`,
//! what becomes of theirs in `notifiers`.
//!
//! The file is long because the ends of a subscription are many and share one vocabulary of fields and answers.

use crate::support::outside::presence;
use crate::support::{Pair, Side, header, request, response, tag};
use viasip::command::CommandError;
use viasip::event::{Input, SubscriptionId};
use viasip::subscription::{Command, NotifierOptions, SubscribeOptions};
use viasip::uri::Uri;

pub(crate) const CONTACT: &str = "Contact: <sip:desk@192.0.2.1;transport=ws>\r\n";

fn options(expires_s: u32) -> SubscribeOptions {
    SubscribeOptions {
        event: "Dialog;id=7".into(),
        accept: "application/dialog-info+xml".into(),
        extra_headers: vec!["X-Mine: 1".into()],
        cseq: Some(41),
        ..presence(expires_s)
    }
}

pub(crate) fn subscribe(side: &mut Side) -> SubscriptionId {
    side.subscribe(options(100))
}

fn again(side: &mut Side, id: SubscriptionId, ends: bool) {
    side.agent.subscription(side.instant(), id, Command::Again { ends, body: String::new() }).unwrap();
    side.pump();
}

fn start_as(side: &mut Side, id: SubscriptionId, pending: bool) {
    let options =
        NotifierOptions { content_type: "text/plain".into(), pending, default_expires_s: 900, ..Default::default() };
    side.agent.subscription(side.instant(), id, Command::Start(options)).unwrap();
    side.pump();
}

pub(crate) fn start(side: &mut Side, id: SubscriptionId) {
    start_as(side, id, false);
}

pub(crate) fn notify(side: &mut Side, id: SubscriptionId, body: &str) {
    side.agent.subscription(side.instant(), id, Command::Notify(body.into())).unwrap();
    side.pump();
}

/// Notifies the first that subscribed.
pub(crate) fn notify_first(side: &mut Side, body: &str) {
    let id = side.subscriptions[0];
    notify(side, id, body);
}

pub(crate) fn end(side: &mut Side, id: SubscriptionId, body: &str, reason: Option<&str>, retry_after: Option<u32>) {
    let reason = reason.unwrap_or_default().to_owned();
    let last = Command::Terminate { body: body.into(), reason, retry_after };
    side.agent.subscription(side.instant(), id, last).unwrap();
    side.pump();
}

/// Both ends of a subscription to a `sips:` address named a `sip:` one to come back to (RFC 3261 8.1.1.8, 12.1.1).
#[test]
fn a_subscription_to_a_sips_address_has_sips_contacts() {
    let mut pair = Pair::new();
    pair.a.subscribe(SubscribeOptions { target: Uri::parse("sips:bob@example.com").unwrap(), ..options(100) });
    let asked = pair.a.expect("SUBSCRIBE sips:bob@example.com");
    pair.b.receive(&asked);
    let id = pair.b.subscriptions[0];
    start(&mut pair.b, id);
    notify_first(&mut pair.b, "x");
    for frame in [asked, pair.b.expect("SIP/2.0 200"), pair.b.expect("NOTIFY sips:alice")] {
        assert!(header(&frame, "Contact").unwrap().starts_with("<sips:"), "{frame}");
    }
}

/// A NOTIFY in the dialog of `subscribe`, from the fork with this tag.
fn notify_of(subscribe: &str, tag_of_far: &str, cseq: u32, lines: &str, body: &str) -> String {
    let (from, call_id) = (header(subscribe, "From").unwrap(), header(subscribe, "Call-ID").unwrap());
    let user = header(subscribe, "Contact").unwrap().trim_start_matches('<').split('>').next().unwrap();
    format!(
        "NOTIFY {user} SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK{tag_of_far}{cseq}\r\nMax-Forwards: 70\r\n\
         To: {from}\r\nFrom: <sip:bob@example.com>;tag={tag_of_far}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} NOTIFY\r\n\
         {CONTACT}{lines}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn state(state: &str) -> String {
    format!("Event: dialog;id=7\r\nSubscription-State: {state}\r\n")
}

fn ok(subscribe: &str, lines: &str) -> String {
    response(subscribe, "200 OK", "far", &format!("{CONTACT}{lines}"), "")
}

/// Subscribed for 100 s at 0 s, active; the SUBSCRIBE.
fn active() -> (Side, SubscriptionId, String) {
    let mut a = Side::connected("alice");
    let id = subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    a.receive(&ok(&first, "Expires: 100\r\n"));
    a.receive(&notify_of(&first, "far", 1, &state("active;expires=100"), ""));
    a.expect("SIP/2.0 200");
    a.events.clear();
    (a, id, first)
}

pub(crate) fn incoming(expires: &str, cseq: u32, to_tag: &str) -> String {
    let lines = format!("{CONTACT}Event: presence\r\n{expires}");
    request("SUBSCRIBE", "bob", &format!("s{cseq}"), to_tag, cseq, &lines, "")
}

#[test]
fn from_subscribe_to_the_final_notify() {
    let mut pair = Pair::new();
    pair.b.on_offered = Some(|side, id| start_as(side, id, true));
    pair.b.on_subscribe =
        Some(|side, id, ends| if ends { end(side, id, "gone", None, None) } else { notify(side, id, "") });
    let id = subscribe(&mut pair.a);
    pair.a.told(&["state 4"]);
    pair.carry();
    pair.b.told(&["newSubscribe", "subscribe"]);
    pair.a.told(&["accepted", "pending"]);
    let theirs = pair.b.subscriptions[0];
    pair.b.agent.subscription(pair.b.instant(), theirs, Command::Activate).unwrap();
    notify(&mut pair.b, theirs, "confirmed");
    pair.carry();
    pair.b.told(&["state 1"]);
    pair.a.told(&["active", "notify confirmed"]);
    assert_eq!((pair.a.agent.holdings().subscriptions, pair.b.agent.holdings().subscriptions), (1, 1));
    pair.at(95_000);
    pair.b.told(&["subscribe"]);
    pair.a.told(&[]);
    again(&mut pair.a, id, true);
    pair.carry();
    pair.b.told(&["unsubscribe", "terminated 4"]);
    pair.a.told(&["notify gone final", "terminated 6"]);
    assert_eq!(pair.ladder.join("\n") + "\n", include_str!("../ladders/subscribe.txt"));
    pair.at(1_000_000);
    assert_eq!(pair.a.agent.holdings(), Default::default(), "nothing is left");
    assert_eq!(pair.a.agent.poll_timeout(), None, "nothing is left");
    assert_eq!(pair.b.agent.poll_timeout(), None, "nothing is left");
}

#[test]
fn a_subscribe_says_what_jssip_says_in_its_order() {
    let mut a = Side::connected("alice");
    let mut asked = options(100);
    asked.allow_events = "dialog".into();
    asked.from = "\"Desk\" <sip:desk@example.com>".into();
    a.subscribe(asked);
    let sent = a.expect("SUBSCRIBE sip:bob@example.com SIP/2.0");
    assert_eq!(tag(header(&sent, "From").unwrap()).len(), 10);
    assert!(header(&sent, "From").unwrap().starts_with("\"Desk\" <sip:desk@example.com>;tag="));
    assert_eq!(header(&sent, "CSeq"), Some("41 SUBSCRIBE"));
    let names: Vec<_> = sent.lines().skip(7).map_while(|l| l.split_once(": ")).collect();
    assert_eq!(names[0], ("X-Mine", "1"));
    assert_eq!(names[1], ("Event", "dialog;id=7"));
    assert_eq!(names[2], ("Expires", "100"));
    assert_eq!(names[3], ("Accept", "application/dialog-info+xml"));
    assert_eq!(names[4], ("Contact", "<sip:alice-contact@alice.invalid;transport=ws>"));
    assert_eq!(names[5], ("Allow-Events", "dialog"));
    assert!(names[6].1.ends_with("NOTIFY,SUBSCRIBE"));
    assert_eq!(names[7], ("Supported", "outbound"));
}

/// The line breaks while the agent says farewell: nobody waits for an answer any more.
#[test]
fn the_app_hears_the_end_of_what_stop_could_not_end() {
    let mut a = Side::connected("alice");
    subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    a.receive(&ok(&first, "Expires: 100\r\n"));
    a.agent.stop(a.instant());
    a.pump();
    a.events.clear();
    a.close();
    assert!(a.events.iter().any(|event| event.starts_with("terminated")), "{:?}", a.events);
    assert!(a.agent.is_idle());
}

#[test]
fn a_notify_may_come_before_the_2xx() {
    // A notifier, or a proxy, may send its first NOTIFY before the 200: JsSIP answers it 481 and loses the state.
    let mut a = Side::connected("alice");
    let id = subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    let early =
        notify_of(&first, "far", 1, &(state("active;expires=100") + "Record-Route: <sip:p@192.0.2.9;lr>\r\n"), "up");
    a.events.clear();
    a.receive(&early);
    a.expect("SIP/2.0 200");
    a.told(&["active", "notify up"]);
    a.receive(&ok(&first, "Expires: 100\r\n"));
    a.told(&["accepted"]);
    again(&mut a, id, false);
    let next = a.expect("SUBSCRIBE sip:desk@192.0.2.1;transport=ws");
    assert_eq!(header(&next, "Route"), Some("<sip:p@192.0.2.9;lr>"));
    assert_eq!(
        (header(&next, "CSeq"), header(&next, "To")),
        (Some("42 SUBSCRIBE"), Some("<sip:bob@example.com>;tag=far"))
    );
}

#[test]
fn of_several_forks_the_first_stays() {
    let mut a = Side::connected("alice");
    let id = subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    a.receive(&notify_of(&first, "one", 1, &state("active"), "1"));
    a.expect("SIP/2.0 200");
    a.events.clear();
    a.receive(&notify_of(&first, "two", 1, &state("active"), "2"));
    a.expect("SIP/2.0 481 Subscription does not exist");
    a.receive(&response(&first, "200 OK", "two", &format!("{CONTACT}Expires: 100\r\n"), ""));
    a.told(&["accepted"]);
    again(&mut a, id, false);
    assert_eq!(tag(header(&a.expect("SUBSCRIBE"), "To").unwrap()), "one");
}

#[test]
fn the_expiry_is_never_longer_than_asked_and_never_a_busy_loop() {
    for (granted, due) in
        [("Expires: 4294967295\r\n", 95_000), ("", 95_000), ("Expires: 20\r\n", 15_000), ("Expires: 1\r\n", 5_000)]
    {
        let mut a = Side::connected("alice");
        subscribe(&mut a);
        let first = a.expect("SUBSCRIBE");
        a.receive(&ok(&first, granted));
        a.at(due - 1).expect_nothing();
        a.at(due);
        a.expect("SUBSCRIBE");
        a.expect_nothing();
    }
}

#[test]
fn a_notify_that_shortens_the_subscription_brings_the_refresh_forward() {
    let (mut a, _, first) = active();
    a.receive(&notify_of(&first, "far", 2, &state("active;expires=99"), ""));
    a.receive(&notify_of(&first, "far", 3, &state("active;expires=30"), ""));
    a.wire.clear();
    a.at(24_999).expect_nothing();
    a.at(25_000);
    a.expect("SUBSCRIBE");
}

#[test]
fn an_interval_too_brief_is_asked_again_once() {
    let mut a = Side::connected("alice");
    subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    a.events.clear();
    a.receive(&response(&first, "423 Interval Too Brief", "x", "Min-Expires: 300\r\n", ""));
    let second = a.expect("SUBSCRIBE");
    assert_eq!((header(&second, "Expires"), header(&second, "CSeq")), (Some("300"), Some("42 SUBSCRIBE")));
    assert_eq!(header(&second, "Call-ID"), header(&first, "Call-ID"));
    a.receive(&response(&second, "423 Interval Too Brief", "x", "Min-Expires: 400\r\n", ""));
    a.expect_nothing();
    a.told(&["terminated 2"]);
}

#[test]
fn what_ends_it_has_its_code() {
    for (status, lines, code) in [
        ("403 Forbidden", "", "terminated 2"),
        ("489 Bad Event", "", "terminated 2"),
        ("423 Interval Too Brief", "", "terminated 2"),
        ("401 Unauthorized", "", "terminated 4"),
        ("408 Request Timeout", "", "terminated 0"),
        ("200 OK", "Expires: 100\r\n", "terminated 3"),
    ] {
        let mut a = Side::connected("alice");
        subscribe(&mut a);
        let first = a.expect("SUBSCRIBE");
        a.events.clear();
        a.receive(&response(&first, status, "far", lines, ""));
        a.told(&[code]);
        assert_eq!(a.agent.poll_timeout(), None, "{status}");
    }
    let mut a = Side::connected("alice");
    subscribe(&mut a);
    a.events.clear();
    a.at(31_999).told(&[]);
    a.at(32_000).told(&["terminated 0"]);
    let mut a = Side::connected("alice");
    a.close();
    a.events.clear();
    subscribe(&mut a);
    a.told(&["state 4", "terminated 1"]);
    let (mut a, _, _) = active();
    a.at(95_000);
    let refresh = a.expect("SUBSCRIBE");
    a.receive(&response(&refresh, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.told(&["terminated 2"]);
}

#[test]
fn a_challenge_is_answered() {
    let mut a = Side::connected("alice");
    let id = subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5, qop=\"auth\"\r\n";
    a.receive(&response(&first, "401 Unauthorized", "x", challenge, ""));
    let second = a.expect("SUBSCRIBE");
    assert!(header(&second, "Authorization").unwrap().starts_with("Digest"));
    assert_eq!(header(&second, "CSeq"), Some("42 SUBSCRIBE"));
    // The NOTIFY comes first: the dialog has to count on from the repeated request.
    a.receive(&notify_of(&second, "far", 1, &state("active"), ""));
    a.receive(&ok(&second, "Expires: 100\r\n"));
    a.wire.clear();
    again(&mut a, id, false);
    assert_eq!(header(&a.expect("SUBSCRIBE"), "CSeq"), Some("43 SUBSCRIBE"));
}

#[test]
fn an_unsubscribe_plans_no_refresh_and_waits_for_the_last_word() {
    // JsSIP reads `Expires: 0` in the 2xx as missing, takes 900 s for it and subscribes again.
    let (mut a, id, first) = active();
    again(&mut a, id, true);
    let last = a.expect("SUBSCRIBE");
    assert_eq!(header(&last, "Expires"), Some("0"));
    a.receive(&ok(&last, "Expires: 0\r\n"));
    a.told(&[]);
    again(&mut a, id, true);
    again(&mut a, id, false);
    a.expect_nothing();
    a.receive(&notify_of(&first, "far", 2, &state("terminated;reason=timeout;retry-after=30"), "bye"));
    a.expect("SIP/2.0 200");
    a.told(&["notify bye final", "terminated 6 timeout 30"]);
    a.at(2_000_000).expect_nothing();
    // And if that never comes.
    let (mut a, id, _) = active();
    again(&mut a, id, true);
    let last = a.expect("SUBSCRIBE");
    a.receive(&ok(&last, "Expires: 0\r\n"));
    a.at(31_999).told(&[]);
    a.at(32_000).told(&["terminated 5"]);
}

#[test]
fn what_is_asked_before_the_first_2xx_waits_for_it() {
    let mut a = Side::connected("alice");
    let id = subscribe(&mut a);
    let first = a.expect("SUBSCRIBE");
    again(&mut a, id, false);
    again(&mut a, id, true);
    again(&mut a, id, false);
    a.expect_nothing();
    a.receive(&ok(&first, "Expires: 100\r\n"));
    assert_eq!(header(&a.expect("SUBSCRIBE"), "Expires"), Some("100"));
    assert_eq!(header(&a.expect("SUBSCRIBE"), "Expires"), Some("0"));
    a.expect_nothing();
    let mut b = Side::connected("bob");
    let id = subscribe(&mut b);
    let now = b.instant();
    let refused =
        (0..20).find_map(|_| b.agent.subscription(now, id, Command::Again { ends: false, body: String::new() }).err());
    assert_eq!(refused, Some(CommandError::NotSupported("Too many requests waiting")));
}

#[test]
fn a_bad_notify_is_refused_and_ends_it() {
    for (lines, status) in [
        ("Subscription-State: active\r\n", "SIP/2.0 400"),
        ("Event: dialog;id=7\r\n", "SIP/2.0 400"),
        ("Event: dialog;id=7\r\nSubscription-State: asleep\r\n", "SIP/2.0 400"),
        ("Event: dialog\r\nSubscription-State: active\r\n", "SIP/2.0 489"),
        ("Event: presence;id=7\r\nSubscription-State: active\r\n", "SIP/2.0 489"),
    ] {
        let (mut a, _, first) = active();
        a.receive(&notify_of(&first, "far", 2, lines, "x"));
        let refusal = a.expect(status);
        assert_eq!(header(&refusal, "Allow-Events"), status.contains("489").then_some("dialog"), "{lines}");
        a.told(&["terminated 7"]);
        assert_eq!(a.agent.poll_timeout(), None);
    }
    let (mut a, _, first) = active();
    a.receive(&notify_of(&first, "far", 2, "", "").replace("NOTIFY", "INFO"));
    a.expect("SIP/2.0 405");
    a.receive(&notify_of(&first, "far", 9, &state("active"), ""));
    a.expect("SIP/2.0 200");
    a.receive(&notify_of(&first, "far", 5, &state("terminated"), ""));
    a.expect("SIP/2.0 500");
    a.told(&[]);
    a.receive(&notify_of(&first, "far", 10, "Event: dialog;id=7\r\nSubscription-State: terminated\r\n", ""));
    a.told(&["terminated 6"]);
}

#[test]
fn a_lost_line_is_waited_out_and_the_state_asked_for_again() {
    // JsSIP ends the subscription if the refresh falls into the outage, and misses what happened if it does not.
    let (mut a, _, _) = active();
    a.at(94_900).close();
    a.at(96_000).expect_nothing();
    a.told(&["disconnected"]);
    a.at(99_000).told(&["connected"]);
    a.expect("SUBSCRIBE");
    let refresh = a.wire.pop_back().unwrap_or_default();
    assert_eq!(refresh, "", "once");
    // A notifier that knows it no more is subscribed to anew.
    let (mut a, id, first) = active();
    a.at(10_000).close();
    a.at(13_000).told(&["disconnected", "connected"]);
    let refresh = a.expect("SUBSCRIBE sip:desk@");
    a.receive(&response(&refresh, "481 Call/Transaction Does Not Exist", "", "", ""));
    let anew = a.expect("SUBSCRIBE sip:bob@");
    assert_ne!(header(&anew, "Call-ID"), header(&first, "Call-ID"));
    a.receive(&ok(&anew, "Expires: 100\r\n"));
    a.receive(&notify_of(&anew, "far", 1, &state("active"), "missed"));
    a.expect("SIP/2.0 200");
    a.told(&["notify missed"]);
    again(&mut a, id, false);
    let next = a.expect("SUBSCRIBE sip:desk@");
    a.receive(&response(&next, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.told(&["terminated 2"]);
    // Longer than the notifier keeps it.
    let (mut a, _, _) = active();
    a.auto_open = false;
    a.at(94_000).close();
    a.told(&["disconnected"]);
    a.at(99_999).told(&[]);
    a.at(100_000).told(&["terminated 1"]);
    // In the middle of a refresh.
    let (mut a, _, _) = active();
    a.at(95_000);
    a.expect("SUBSCRIBE");
    a.close();
    a.told(&["disconnected"]);
    a.at(99_000);
    a.expect("SUBSCRIBE");
}

#[test]
fn stop_leaves_nothing_behind() {
    let (mut a, _, first) = active();
    a.agent.stop(a.instant());
    a.pump();
    let last = a.expect("SUBSCRIBE");
    assert_eq!(header(&last, "Expires"), Some("0"));
    a.receive(&ok(&last, "Expires: 0\r\n"));
    a.told(&[]);
    a.receive(&notify_of(&first, "far", 2, &state("terminated"), ""));
    a.told(&["terminated 6", "disconnected"]);
    assert!(a.agent.is_idle());
    // Nobody answers: 2 s, no longer.
    let (mut a, _, _) = active();
    a.agent.stop(a.instant());
    a.pump();
    a.at(1_999).told(&[]);
    a.at(2_000).told(&["terminated 1", "disconnected"]);
    assert!(a.agent.is_idle());
    let mut b = Side::connected("bob");
    b.on_offered = Some(start);
    b.receive(&incoming("", 1, ""));
    b.wire.clear();
    b.events.clear();
    b.agent.stop(b.instant());
    b.pump();
    let farewell = b.expect("NOTIFY");
    assert_eq!(header(&farewell, "Subscription-State"), Some("terminated;reason=probation"));
    b.receive(&response(&farewell, "200 OK", "", "", ""));
    b.told(&["terminated 4", "disconnected"]);
    assert!(b.agent.is_idle());
}

#[test]
fn texts_that_would_break_a_message_are_refused() {
    let mut a = Side::connected("alice");
    let mut refused = |change: fn(&mut SubscribeOptions)| {
        let mut asked = options(100);
        change(&mut asked);
        let id = SubscriptionId(a.agent.reserve());
        let refusal = a.agent.subscription(a.instant(), id, Command::Subscribe(Box::new(asked), String::new()));
        assert!(matches!(refusal, Err(CommandError::Invalid(_))));
        a.expect_nothing();
    };
    refused(|o| o.event = "a b".into());
    refused(|o| o.event = "dialog;id=\"x\r\ny\"".into());
    refused(|o| o.accept = "x\r\ny".into());
    refused(|o| o.to = "<sip:a@b>\r\nx".into());
    refused(|o| o.from = "nobody".into());
}

#[test]
fn no_spoilt_notify_or_subscribe_panics_and_none_leaves_anything_behind() {
    let far_notifies = || {
        let (a, _, first) = active();
        (a, notify_of(&first, "far", 2, &state("active;expires=20;retry-after=x"), "body"))
    };
    let far_subscribes = || {
        let mut b = Side::connected("bob");
        b.on_offered = Some(start);
        b.on_subscribe = Some(|side, id, _| notify(side, id, "open"));
        (b, incoming("Expires: 60\r\n", 1, ""))
    };
    for make in [&far_notifies as &dyn Fn() -> (Side, String), &far_subscribes] {
        for at in 0..make().1.len() {
            let (mut side, frame) = make();
            let flow = side.flow.unwrap();
            let mut spoilt = frame.clone().into_bytes();
            for byte in [b'\0', b';', b'=', 0xff, b'9'] {
                spoilt[at] = byte;
                side.agent.handle_input(side.instant(), Input::Frame(flow, &spoilt));
                side.pump();
            }
            side.receive(frame.get(..at).unwrap_or_default());
            side.agent.stop(side.instant());
            side.pump();
            side.at(200_000);
            assert!(side.agent.is_idle() && side.agent.poll_timeout().is_none(), "{at}: {:?}", side.events);
        }
    }
}
