//! Transfers: REFER with its NOTIFY requests.

use crate::support::{CONTACT, Pair, SDP, Side, answered_by_bob, header, invite, request, response, tag};
use viasip::event::SessionId;
use viasip::message::Method;
use viasip::time::Instant;

const SIPFRAG: &str = "Content-Type: message/sipfrag;version=2.0\r\n";

fn notify(own: &str, cseq: u32, event: &str, state: &str, body: &str) -> String {
    let text = request(
        "NOTIFY",
        "bob",
        &format!("n{cseq}"),
        own,
        cseq,
        &format!("Event: {event}\r\nSubscription-State: {state}\r\n{SIPFRAG}"),
        "",
    );
    text.replace("Content-Length: 0\r\n\r\n", &format!("Content-Length: {}\r\n\r\n{body}", body.len()))
}

#[test]
fn a_blind_transfer_is_asked_for_and_told_of() {
    let mut pair = Pair::in_call();
    pair.ladder.clear();
    let id = pair.a.sessions[0];
    let sent = pair.a.agent.refer(pair.a.instant(), id, "<sip:carol@example.com>", &[], false).unwrap();
    assert!(sent.is_some());
    pair.a.pump();
    pair.carry();
    pair.b.told(&["refer"]);
    pair.a.told(&["requestDone", "referProgress 100 Trying"]);
    let (b, referral) = (pair.b.sessions[0], pair.b.referral);
    for status in [180, 200] {
        pair.b.agent.notify_refer(pair.b.instant(), b, referral, status, "");
        pair.b.pump();
    }
    pair.b.agent.notify_refer(pair.b.instant(), b, referral, 200, "");
    pair.b.pump();
    pair.carry();
    pair.a.told(&["referProgress 180 Ringing", "referProgress 200 OK"]);
    pair.a.terminate();
    pair.carry();
    assert_eq!(pair.ladder.join("\n") + "\n", include_str!("../ladders/transfer.txt"));
    pair.at(40_000);
    assert_eq!((pair.a.agent.poll_timeout(), pair.b.agent.poll_timeout()), (None, None), "nothing is left");
}

#[test]
fn a_refer_carries_who_asks_and_where_to() {
    let mut pair = Pair::in_call();
    let id = pair.a.sessions[0];
    pair.a.agent.refer(pair.a.instant(), id, "<sip:carol@example.com>", &["X-Why: sale".into()], false).unwrap();
    pair.a.pump();
    let refer = pair.a.expect("REFER");
    let order: Vec<&str> = refer.lines().filter_map(|l| l.split_once(": ")).map(|(n, _)| n).collect();
    let tail = ["X-Why", "Refer-To", "Referred-By", "Contact", "Allow", "Supported", "User-Agent", "Content-Length"];
    assert!(order.ends_with(&tail), "{order:?}");
    assert_eq!(header(&refer, "Referred-By"), Some("<sip:alice@example.com>"));
    pair.a.agent.refer(pair.a.instant(), id, "<sip:c@d>", &["referred-by: <sip:x@y>".into()], false).unwrap();
    pair.a.pump();
    let refer = pair.a.expect("REFER");
    assert!(refer.contains("\r\nreferred-by: <sip:x@y>\r\n") && !refer.contains("Referred-By"), "{refer}");
    assert!(pair.a.agent.refer(pair.a.instant(), id, "<sip:c@d>\r\nX: y", &[], false).is_err());
}

/// Phones hang up as soon as their REFER is accepted: what becomes of the transfer is still told (RFC 5057).
#[test]
fn the_progress_of_a_transfer_outlives_the_call() {
    let mut pair = Pair::in_call();
    let (a, b) = (pair.a.sessions[0], pair.b.sessions[0]);
    pair.a.agent.refer(pair.a.instant(), a, "<sip:carol@example.com>", &[], false).unwrap();
    pair.a.pump();
    pair.carry();
    pair.a.terminate();
    pair.carry();
    pair.a.told(&["requestDone", "referProgress 100 Trying", "ended local Terminated"]);
    pair.b.told(&["refer", "ended remote Terminated"]);
    let referral = pair.b.referral;
    pair.b.agent.notify_refer(pair.b.instant(), b, referral, 486, "Busy Here");
    pair.b.pump();
    pair.carry();
    pair.a.told(&["referProgress 486 Busy Here"]);
    pair.at(40_000);
    assert!(pair.a.agent.poll_timeout().is_none() && pair.b.agent.poll_timeout().is_none(), "nothing is left");
}

/// An app without a `refer` listener left the far end waiting at `100 Trying` for ever.
#[test]
fn without_a_listener_a_transfer_is_declined() {
    let mut pair = Pair::in_call();
    pair.b.listens = false;
    let a = pair.a.sessions[0];
    pair.a.agent.refer(pair.a.instant(), a, "<sip:carol@example.com>", &[], false).unwrap();
    pair.a.pump();
    pair.carry();
    pair.a.told(&["requestDone", "referProgress 100 Trying", "referProgress 603 Decline"]);
}

#[test]
fn a_refer_that_cannot_be_followed_is_refused() {
    let (mut b, own) = answered_by_bob();
    let asked = [
        ("", "400"),
        ("Refer-To: <mailto:carol@example.com>\r\n", "416"),
        ("Refer-To: <<\r\n", "400"),
        // What no app could decode.
        ("Refer-To: <sip:a@b?Replaces=%zz>\r\n", "400"),
        ("Refer-To: <sip:a@b?Replaces=%ff>\r\n", "400"),
        ("Refer-To: <sip:a@b?Replaces=x%0d%0aX-Mine:%20y>\r\n", "400"),
        ("Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", "400"),
    ];
    for (at, (line, status)) in asked.into_iter().enumerate() {
        let cseq = u32::try_from(at).unwrap() + 2;
        b.receive(&request("REFER", "bob", &format!("r{at}"), &own, cseq, line, ""));
        b.expect(&format!("SIP/2.0 {status}"));
    }
    b.told(&[]);
    b.listens = false;
    let lines = format!("{CONTACT}Refer-To: <sip:a@b>\r\n");
    b.receive(&request("REFER", "bob", "out", "", 1, &lines, "").replace("far-call", "other"));
    // RFC 3515 2.4.2: who is in no call with us may not make us call.
    b.expect("SIP/2.0 403");
}

/// `tel:` and `sips:` may stand wherever an address does: a telephone number was refused.
#[test]
fn a_refer_may_name_a_telephone_number() {
    let (mut b, own) = answered_by_bob();
    for (cseq, to) in [(2, "<tel:+1-201;ext=5>"), (3, "tel:+1201"), (4, "<sips:carol@example.com>")] {
        b.receive(&request("REFER", "bob", &format!("r{cseq}"), &own, cseq, &format!("Refer-To: {to}\r\n"), ""));
        b.expect("SIP/2.0 202");
        b.expect("NOTIFY");
        b.told(&["refer"]);
    }
}

#[test]
fn a_refused_refer_is_told() {
    let mut pair = Pair::in_call();
    let a = pair.a.sessions[0];
    pair.a.agent.refer(pair.a.instant(), a, "<sip:carol@example.com>", &[], false).unwrap();
    pair.a.pump();
    let refer = pair.a.expect("REFER");
    pair.a.receive(&response(&refer, "603 Decline", "", "", ""));
    pair.a.told(&["requestDone Rejected"]);
    pair.a.at(33_000);
    pair.a.told(&[]);
}

#[test]
fn a_challenged_refer_gets_its_new_number_as_id() {
    let (mut b, own) = answered_by_bob();
    b.agent.config_mut().credentials.realm = Some("r".into());
    let (_, first) = b.agent.refer(b.instant(), b.sessions[0], "<sip:carol@example.com>", &[], false).unwrap().unwrap();
    b.pump();
    let refer = b.expect("REFER");
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    b.receive(&response(&refer, "401 Unauthorized", "", challenge, ""));
    let again = b.expect("REFER");
    assert_eq!(header(&again, "CSeq"), Some(format!("{} REFER", first + 1).as_str()));
    b.receive(&response(&again, "202 Accepted", "", "", ""));
    b.told(&["authenticated", "requestDone"]);
    b.receive(&notify(&own, 2, &format!("refer;id={first}"), "active", "SIP/2.0 100 Trying"));
    b.expect("SIP/2.0 481");
    b.receive(&notify(&own, 3, &format!("refer;id={}", first + 1), "active", "SIP/2.0 100 Trying"));
    b.expect("SIP/2.0 200");
    b.told(&["referProgress 100 Trying"]);
}

#[test]
fn odd_notifies_are_answered_and_harm_nothing() {
    let (mut b, own) = answered_by_bob();
    b.receive(&notify(&own, 2, "refer", "active", "SIP/2.0 100 Trying"));
    b.expect("SIP/2.0 481");
    b.receive(&request("NOTIFY", "bob", "n3", &own, 3, "", ""));
    b.expect("SIP/2.0 400");
    b.receive(&notify(&own, 4, "presence", "active", ""));
    b.expect("SIP/2.0 489");
    b.agent.refer(b.instant(), b.sessions[0], "<sip:carol@example.com>", &[], false).unwrap();
    b.pump();
    let refer = b.expect("REFER");
    b.receive(&response(&refer, "202 Accepted", "", "", ""));
    b.told(&["requestDone"]);
    for (cseq, body) in [(5, ""), (6, "SIP/2.0"), (7, "SIP/2.0 99 Odd"), (8, "HTTP/1.1 200 OK"), (9, "SIP/2.0 1e2 x")] {
        b.receive(&notify(&own, cseq, "refer", "active;expires=60", body));
        b.expect("SIP/2.0 200");
    }
    b.told(&[]);
    b.receive(&notify(&own, 10, "refer", "terminated;reason=noresource", "\r\nSIP/2.0 503 \u{e9}\r\nWarning: x"));
    b.expect("SIP/2.0 200");
    b.told(&["referProgress 503 \u{e9}"]);
    b.receive(&notify(&own, 11, "refer", "active", "SIP/2.0 200 OK"));
    b.expect("SIP/2.0 481");
}

/// The consultation leg may have been placed by either side: the tags in Replaces are named from the target's side.
#[test]
fn the_replaces_value_names_the_dialog_from_the_far_end() {
    let pair = Pair::in_call();
    let a = pair.a.agent.replaces_value(pair.a.sessions[0]).unwrap();
    let b = pair.b.agent.replaces_value(pair.b.sessions[0]).unwrap();
    let parts = |value: &str| {
        let field = viasip::message::Replaces::parse(value).unwrap();
        (field.call_id, field.to_tag, field.from_tag)
    };
    let ((call, to, from), (other, back_to, back_from)) = (parts(&a), parts(&b));
    assert_eq!((call, to, from), (other, back_from, back_to));
    assert_eq!(pair.a.agent.replaces_value(SessionId(99)), None);
}

#[test]
fn an_app_sends_its_own_requests_in_a_call() {
    let mut pair = Pair::in_call();
    let (id, now) = (pair.a.sessions[0], Instant::from_millis(0));
    let lines = ["Content-Type: text/plain".to_owned()];
    let sent = pair.a.agent.send_inside(now, id, Method::Message, &lines, "hello").unwrap();
    assert!(sent.is_some());
    for method in [Method::Invite, Method::Ack, Method::Cancel] {
        assert!(pair.a.agent.send_inside(now, id, method, &[], "").is_err());
    }
    assert!(pair.a.agent.send_inside(now, id, Method::Info, &["X: a\r\nY: b".into()], "").is_err());
    pair.a.pump();
    pair.carry();
    pair.b.told(&["newMESSAGE remote in call 1"]);
    pair.a.told(&["requestDone"]);
}

/// Bob is asked for a transfer, twice; the NOTIFY of the first failed, and the second got no word any more.
#[test]
fn a_failed_notify_ends_its_own_transfer_only() {
    for fails in ["481 Subscription does not exist", "500 Server Internal Error", ""] {
        let (mut b, own) = answered_by_bob();
        let id = b.sessions[0];
        let mut notifies = Vec::new();
        for cseq in [2, 3] {
            b.receive(&request("REFER", "bob", &format!("r{cseq}"), &own, cseq, "Refer-To: <sip:a@b>\r\n", ""));
            b.expect("SIP/2.0 202");
            notifies.push(b.expect("NOTIFY"));
        }
        // RFC 6665 8.2.2: NOTIFY refreshes the target.
        assert_eq!(header(&notifies[0], "Contact"), Some("<sip:bob-contact@bob.invalid;transport=ws>"));
        b.receive(&response(&notifies[1], "200 OK", "", "", ""));
        if fails.is_empty() {
            b.at(33_000);
        } else {
            b.receive(&response(&notifies[0], fails, "", "", ""));
        }
        for cseq in [2, 3] {
            b.agent.notify_refer(b.instant(), id, cseq, 200, "");
        }
        b.pump();
        let last = b.expect("NOTIFY");
        assert_eq!(header(&last, "Event"), Some("refer;id=3"), "{fails}");
        b.expect_nothing();
        assert_eq!(b.events.iter().filter(|event| event.starts_with("ended")).count(), 0, "{:?}", b.events);
    }
}

/// Calls `n`: placed by far, answered, a transfer asked for whose end is never told, and hung up.
fn transferred(b: &mut Side, n: u32) {
    let named =
        |frame: String| frame.replace("far-call", &format!("call-{n}")).replace("z9hG4bK", &format!("z9hG4bK{n}-"));
    b.receive(&named(invite("bob", "1", SDP)));
    b.answer();
    b.expect("SIP/2.0 180");
    let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
    b.receive(&named(request("ACK", "bob", "2", &own, 1, "", "")));
    b.receive(&named(request("REFER", "bob", "3", &own, 2, "Refer-To: <sip:a@b>\r\n", "")));
    b.expect("SIP/2.0 202");
    let notify = b.expect("NOTIFY");
    b.receive(&response(&notify, "200 OK", "", "", ""));
    b.receive(&named(request("BYE", "bob", "4", &own, 3, "", "")));
    b.expect("SIP/2.0 200");
}

/// 64 transfers that nobody told the end of, and each call was busy though nobody talked. They have a bound of their
/// own, beyond which the oldest is given up.
#[test]
fn a_call_that_waits_for_a_transfer_takes_no_place_of_a_call() {
    let mut b = Side::connected("bob");
    for n in 0..100 {
        transferred(&mut b, n);
    }
    b.receive(&invite("bob", "last", SDP));
    b.expect("SIP/2.0 180");
    let mut told = Vec::new();
    for (at, id) in b.sessions.clone().into_iter().enumerate() {
        b.agent.notify_refer(b.instant(), id, 2, 200, "");
        b.pump();
        if b.wire.pop_front().is_some() {
            told.push(at);
        }
    }
    assert_eq!(told, (100 - 64..100).collect::<Vec<_>>());
}
