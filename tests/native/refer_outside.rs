//! REFER outside a dialog (RFC 3515), without a subscription (RFC 4488), and who may name a call (RFC 4538).

use crate::support::{
    CONTACT, Pair, SDP, Side, answered_by_bob, config, from_far, header, in_call_of, request, response, tag,
};
use viasip::bounds::MAX_REFERRALS;
use viasip::command::CommandError;
use viasip::config::Config;
use viasip::event::RequestId;
use viasip::referral::ReferOptions;
use viasip::uri::Uri;

fn to_carol() -> ReferOptions {
    ReferOptions {
        target: Uri::parse("sip:bob@example.com").unwrap(),
        refer_to: "<sip:carol@example.com>".into(),
        extra_headers: Vec::new(),
        norefersub: false,
    }
}

fn refer_with(side: &mut Side, options: ReferOptions) -> Result<RequestId, CommandError> {
    let id = RequestId(side.agent.reserve());
    let sent = side.agent.refer_outside(side.instant(), id, options);
    side.pump();
    sent.map(|()| id)
}

fn refer(side: &mut Side) -> RequestId {
    refer_with(side, to_carol()).unwrap()
}

fn tell(side: &mut Side, status: u16) {
    let id = *side.referrals.last().unwrap();
    side.agent.notify_referral(side.instant(), id, status, "");
    side.pump();
}

/// A REFER for bob from the far end, `n` making it another one.
fn asked(n: usize, lines: &str) -> String {
    let text = request("REFER", "bob", &format!("r{n}"), "", 1, &format!("{CONTACT}{lines}"), "");
    text.replace("Call-ID: far-call", &format!("Call-ID: refer-{n}"))
}

const TO_CAROL: &str = "Refer-To: <sip:carol@example.com>\r\n";

/// A NOTIFY in the dialog of that REFER of ours.
fn notify(refer: &str, by: &str, cseq: u32, state: &str, line: &str) -> String {
    let fields = format!("{CONTACT}Event: refer\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag\r\n");
    let text = from_far(refer, "NOTIFY", cseq, &fields, "").replace(";tag=far", &format!(";tag={by}"));
    text.replace("Content-Length: 0\r\n\r\n", &format!("Content-Length: {}\r\n\r\n{line}", line.len()))
}

#[test]
fn a_refer_goes_outside_a_call_and_is_told_of() {
    let mut pair = Pair::new();
    refer(&mut pair.a);
    let sent = pair.a.wire[0].clone();
    assert_eq!(header(&sent, "Refer-To"), Some("<sip:carol@example.com>"));
    assert_eq!(header(&sent, "Referred-By"), Some("<sip:alice@example.com>"));
    assert_eq!((header(&sent, "To"), header(&sent, "Refer-Sub")), (Some("<sip:bob@example.com>"), None));
    pair.carry();
    pair.b.told(&["refer"]);
    pair.a.told(&["referred", "referProgress 100 Trying"]);
    for status in [180, 200] {
        tell(&mut pair.b, status);
        pair.carry();
    }
    pair.a.told(&["referProgress 180 Ringing", "referProgress 200 OK", "referral over"]);
    tell(&mut pair.b, 486);
    pair.carry();
    assert_eq!(
        pair.ladder,
        [
            "A -> B  REFER",
            "A <- B  202 Accepted (REFER)",
            "A <- B  NOTIFY",
            "A -> B  200 OK (NOTIFY)",
            "A <- B  NOTIFY",
            "A -> B  200 OK (NOTIFY)",
            "A <- B  NOTIFY",
            "A -> B  200 OK (NOTIFY)",
        ]
    );
    for side in [&mut pair.a, &mut pair.b] {
        assert_eq!(side.agent.holdings().referrals, 0);
        side.at(64_000);
        assert!(side.agent.poll_timeout().is_none());
    }
}

/// Who is in no call with us may not make us call, unless the app says so. As before, that is 403.
#[test]
fn without_a_listener_it_is_refused() {
    let mut b = Side::connected("bob");
    b.listens = false;
    b.receive(&asked(1, TO_CAROL));
    b.expect("SIP/2.0 403");
    b.expect_nothing();
    // A listener that refuses in its turn answers the REFER itself; later it is told.
    b.listens = true;
    b.on_referred = Some(|side, _| tell(side, 603));
    b.receive(&asked(2, TO_CAROL));
    b.expect("SIP/2.0 603");
    b.expect_nothing();
    b.on_referred = None;
    b.receive(&asked(3, TO_CAROL));
    b.expect("SIP/2.0 202");
    b.expect("NOTIFY");
    tell(&mut b, 603);
    let last = b.expect("NOTIFY");
    assert!(last.ends_with("SIP/2.0 603 Decline") && last.contains("Subscription-State: terminated"));
    // One that calls at once answers before it tells.
    b.on_referred = Some(|side, _| tell(side, 180));
    b.receive(&asked(4, TO_CAROL));
    b.expect("SIP/2.0 202");
    assert!(b.expect("NOTIFY").ends_with("100 Trying"));
    assert!(b.expect("NOTIFY").ends_with("180 Ringing"));
    b.expect_nothing();
    // After stop() nobody listens.
    b.agent.stop(b.instant());
    b.pump();
    b.wire.clear();
}

#[test]
fn a_refer_that_cannot_be_done_is_refused() {
    let mut b = Side::connected("bob");
    for (n, (lines, status)) in [
        ("", "400"),
        ("Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", "400"),
        ("Refer-To: <sip:a@b>, <sip:c@d>\r\n", "400"),
        ("Refer-To: garbage\r\n", "400"),
        ("Refer-To: <http://example.com>\r\n", "416"),
        ("Refer-To: <sip:a@b>\r\nRequire: norefersub\r\n", "420"),
    ]
    .into_iter()
    .enumerate()
    {
        b.receive(&asked(n, lines));
        b.expect(&format!("SIP/2.0 {status}"));
    }
    b.receive(&asked(9, TO_CAROL).replace(CONTACT, ""));
    b.expect("SIP/2.0 400");
    b.told(&["connected", "refer"]);
    assert_eq!(b.agent.holdings().referrals, 0);
}

/// Thousands of them: so many are under way, each has an answer, and a call still comes through.
#[test]
fn only_so_many_are_under_way() {
    let mut b = Side::connected("bob");
    let mut refused = 0;
    for n in 0..2_000 {
        b.receive(&asked(n, TO_CAROL));
        let answer = b.wire.pop_front().unwrap();
        refused += usize::from(answer.starts_with("SIP/2.0 503"));
        while let Some(frame) = b.wire.pop_front() {
            if frame.starts_with("NOTIFY") {
                b.receive(&response(&frame, "200 OK", "", "", ""));
            }
        }
    }
    assert_eq!((b.agent.holdings().referrals, refused), (MAX_REFERRALS, 2_000 - MAX_REFERRALS));
    b.receive(&crate::support::invite("bob", "i", SDP));
    b.expect("SIP/2.0 180");
    b.terminate();
    // Nobody says how they go: after five minutes they are forgotten.
    b.at(299_999);
    assert_eq!(b.agent.holdings().referrals, MAX_REFERRALS);
    b.at(301_000);
    assert_eq!(b.agent.holdings().referrals, 0);
    let mut a = Side::connected("alice");
    for _ in 0..MAX_REFERRALS {
        refer(&mut a);
    }
    assert!(refer_with(&mut a, to_carol()).is_err());
}

/// A subscription ends with the first NOTIFY that fails (RFC 6665 4.2.2), and by the word of who asked.
#[test]
fn who_asked_may_leave() {
    for answer in [Some("481 Gone"), Some("500 X"), None] {
        let mut b = Side::connected("bob");
        b.receive(&asked(1, TO_CAROL));
        b.expect("SIP/2.0 202");
        let notify = b.expect("NOTIFY");
        match answer {
            Some(status) => b.receive(&response(&notify, status, "", "", "")),
            None => drop(b.at(40_000)),
        }
        tell(&mut b, 200);
        b.expect_nothing();
        assert_eq!(b.agent.holdings().referrals, 0);
    }
    let mut b = Side::connected("bob");
    b.receive(&asked(1, TO_CAROL));
    let own = tag(header(&b.expect("SIP/2.0 202"), "To").unwrap());
    b.wire.clear();
    let subscribe = |cseq: u32, lines: &str| {
        let text = request("SUBSCRIBE", "bob", &format!("s{cseq}"), &own, cseq, &format!("{CONTACT}{lines}"), "");
        text.replace("far-call", "refer-1")
    };
    b.receive(&subscribe(2, "Event: refer\r\nExpires: 1000\r\n"));
    assert_eq!(header(&b.expect("SIP/2.0 200"), "Expires"), Some("300"));
    // RFC 6665 4.2.1.2: what is so now follows each SUBSCRIBE.
    let now = b.expect("NOTIFY");
    assert!(now.ends_with("SIP/2.0 100 Trying"), "{now}");
    assert_eq!(header(&now, "Subscription-State"), Some("active;expires=300"));
    b.receive(&subscribe(3, "Event: presence\r\n"));
    b.expect("SIP/2.0 489");
    b.receive(&subscribe(4, ""));
    b.expect("SIP/2.0 400");
    b.receive(&subscribe(2, "Event: refer\r\n").replace("s2", "s9"));
    b.expect("SIP/2.0 500");
    tell(&mut b, 183);
    b.expect("NOTIFY");
    b.receive(&subscribe(5, "Event: refer\r\nExpires: 0\r\n"));
    b.expect("SIP/2.0 200");
    let last = b.expect("NOTIFY");
    assert!(last.ends_with("SIP/2.0 183 Session Progress"), "{last}");
    assert_eq!(header(&last, "Subscription-State"), Some("terminated;reason=timeout"));
    assert_eq!(b.agent.holdings().referrals, 0);
    b.at(1);
    tell(&mut b, 200);
    b.expect_nothing();
}

/// Each word of ours says that it is told of for five minutes more, so it is.
#[test]
fn a_refer_is_told_of_as_long_as_we_said() {
    let mut b = Side::connected("bob");
    b.receive(&asked(1, TO_CAROL));
    b.expect("SIP/2.0 202");
    for (at, status) in [(0, 0), (200_000, 180), (450_000, 200)] {
        b.at(at);
        if status > 0 {
            tell(&mut b, status);
        }
        let notify = b.expect("NOTIFY");
        b.receive(&response(&notify, "200 OK", "", "", ""));
    }
    assert_eq!(b.agent.holdings().referrals, 0);
}

/// RFC 6665 4.2.2: whoever asked hears that the time is over; of a REFER of ours nothing is sent. Nothing was sent at all.
#[test]
fn a_refer_whose_time_is_over_is_told_so() {
    let mut b = Side::connected("bob");
    refer(&mut b);
    b.wire.clear();
    b.receive(&asked(1, TO_CAROL));
    b.expect("SIP/2.0 202");
    let first = b.expect("NOTIFY");
    b.receive(&response(&first, "200 OK", "", "", ""));
    b.at(299_999).expect_nothing();
    b.at(300_000);
    let last = b.expect("NOTIFY");
    assert_eq!(header(&last, "Subscription-State"), Some("terminated;reason=timeout"));
    assert!(last.ends_with("SIP/2.0 100 Trying"), "{last}");
    b.expect_nothing();
    tell(&mut b, 200);
    b.expect_nothing();
    b.receive(&response(&last, "200 OK", "", "", ""));
    assert_eq!(b.agent.holdings().referrals, 0);
}

/// What is no NOTIFY of this REFER says nothing of it: a stranger's, one too old, one of another event.
#[test]
fn forged_notifies_are_refused() {
    let mut a = Side::connected("alice");
    refer(&mut a);
    let sent = a.expect("REFER");
    a.events.clear();
    // The first NOTIFY may come before the 202 (RFC 6665 4.4.1), and names the dialog.
    a.receive(&notify(&sent, "far", 5, "active;expires=60", "SIP/2.0 100 Trying"));
    a.expect("SIP/2.0 200");
    a.receive(&notify(&sent, "evil", 6, "terminated", "SIP/2.0 200 OK"));
    a.expect("SIP/2.0 481");
    a.receive(&notify(&sent, "far", 4, "terminated", "SIP/2.0 200 OK"));
    a.expect("SIP/2.0 500");
    a.receive(&notify(&sent, "far", 7, "terminated", "SIP/2.0 200 OK").replace("Event: refer", "Event: dialog"));
    a.expect("SIP/2.0 489");
    a.receive(&notify(&sent, "far", 8, "active", "SIP/2.0 200 OK").replace("Event: refer\r\n", ""));
    a.expect("SIP/2.0 400");
    a.receive(&from_far(&sent, "BYE", 9, "", ""));
    a.expect("SIP/2.0 405");
    for (cseq, body) in [(10, ""), (11, "SIP/2.0 999 X"), (12, "HTTP/1.1 200 OK"), (13, "\r\n\r\n")] {
        a.receive(&notify(&sent, "far", cseq, "active", body));
        a.expect("SIP/2.0 200");
    }
    a.told(&["referProgress 100 Trying"]);
    a.receive(&response(&sent, "202 Accepted", "far", CONTACT, ""));
    a.told(&["referred"]);
    // The last NOTIFY said for how long.
    a.at(59_999);
    a.told(&[]);
    a.at(60_000);
    a.told(&["referral over"]);
    a.receive(&notify(&sent, "far", 14, "terminated", "SIP/2.0 200 OK"));
    a.expect("SIP/2.0 481");
}

#[test]
fn a_refused_refer_is_over() {
    for (status, told) in [
        (Some("603 Decline"), "not referred Rejected"),
        (Some("481 X"), "not referred SIP Failure Code"),
        (None, "not referred Request Timeout"),
    ] {
        let mut a = Side::connected("alice");
        refer(&mut a);
        let sent = a.expect("REFER");
        a.events.clear();
        match status {
            Some(status) => a.receive(&response(&sent, status, "far", "", "")),
            None => drop(a.at(33_000)),
        }
        a.told(&[told, "referral over"]);
        a.receive(&notify(&sent, "far", 1, "active", "SIP/2.0 200 OK"));
        a.expect("SIP/2.0 481");
    }
    let mut a = Side::connected("alice");
    a.auto_open = false;
    a.close();
    a.events.clear();
    refer(&mut a);
    a.told(&["not referred Connection Error", "referral over"]);
    for bad in ["<sip:a@b>\r\nX: y", "<sip:a@b>\n"] {
        let sent = refer_with(&mut a, ReferOptions { refer_to: bad.into(), ..to_carol() });
        assert_eq!(sent.unwrap_err(), CommandError::Invalid("refer_to"));
    }
}

/// Challenged as anything else; the NOTIFYs too.
#[test]
fn a_refer_is_challenged() {
    let challenge = "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n\", qop=\"auth\"\r\n";
    let mut a = Side::connected("alice");
    refer(&mut a);
    let first = a.expect("REFER");
    a.receive(&response(&first, "401 Unauthorized", "x", challenge, ""));
    let second = a.expect("REFER");
    assert!(header(&second, "Authorization").is_some());
    assert_eq!(header(&second, "Refer-To"), header(&first, "Refer-To"));
    a.receive(&response(&second, "202 Accepted", "far", CONTACT, ""));
    a.receive(&notify(&second, "far", 1, "terminated", "SIP/2.0 200 OK"));
    a.expect("SIP/2.0 200");
    a.told(&["connected", "referred", "referProgress 200 OK", "referral over"]);
}

fn silent(name: &'static str) -> Side {
    let mut side = Side::new(name, Config { norefersub: true, ..config(name) });
    side.agent.start(side.instant());
    side.pump();
    side.events.clear();
    side
}

/// RFC 4488: neither side keeps anything, in a call or outside one.
#[test]
fn a_refer_may_go_without_a_subscription() {
    let mut pair = Pair::new();
    (pair.a, pair.b) = (silent("alice"), silent("bob"));
    refer_with(&mut pair.a, ReferOptions { norefersub: true, ..to_carol() }).unwrap();
    let sent = pair.a.wire[0].clone();
    assert_eq!(header(&sent, "Refer-Sub"), Some("false"));
    assert!(header(&sent, "Supported").unwrap().contains("norefersub"));
    pair.carry();
    pair.a.told(&["referred", "referral over"]);
    pair.b.told(&["refer"]);
    tell(&mut pair.b, 200);
    pair.carry();
    assert_eq!(pair.ladder, ["A -> B  REFER", "A <- B  202 Accepted (REFER)"]);
    // A far end that makes one all the same says so, and is listened to.
    let mut a = silent("alice");
    refer_with(&mut a, ReferOptions { norefersub: true, ..to_carol() }).unwrap();
    let sent = a.expect("REFER");
    a.receive(&response(&sent, "202 Accepted", "far", &format!("{CONTACT}Refer-Sub: true\r\n"), ""));
    a.receive(&notify(&sent, "far", 1, "terminated", "SIP/2.0 200 OK"));
    a.expect("SIP/2.0 200");
    a.told(&["referred", "referProgress 200 OK", "referral over"]);
    // Who does not have it tells as ever.
    let mut b = Side::connected("bob");
    b.receive(&asked(1, &format!("{TO_CAROL}Refer-Sub: false\r\n")));
    assert_eq!(header(&b.expect("SIP/2.0 202"), "Refer-Sub"), None);
    b.expect("NOTIFY");
    // Who has it takes it as required too.
    let mut b = silent("bob");
    b.receive(&asked(2, &format!("{TO_CAROL}Refer-Sub: False;x=y\r\nRequire: norefersub\r\n")));
    assert_eq!(header(&b.expect("SIP/2.0 202"), "Refer-Sub"), Some("false"));
    b.expect_nothing();
}

#[test]
fn a_refer_in_a_call_may_go_without_a_subscription() {
    let (mut a, invite) = in_call_of(silent("alice"));
    a.agent.refer(a.instant(), a.sessions[0], "<sip:carol@example.com>", &[], true).unwrap();
    a.pump();
    let sent = a.expect("REFER");
    assert_eq!(header(&sent, "Refer-Sub"), Some("false"));
    a.receive(&response(&sent, "202 Accepted", "", "Refer-Sub: false\r\n", ""));
    a.told(&["requestDone"]);
    a.receive(&from_far(&invite, "BYE", 3, "", ""));
    a.expect("SIP/2.0 200");
    assert_eq!(a.agent.holdings().sessions, 0, "nothing is waited for");
    let (mut a, invite) = in_call_of(silent("alice"));
    a.receive(&from_far(&invite, "REFER", 3, &format!("{TO_CAROL}Refer-Sub: false\r\n"), ""));
    assert_eq!(header(&a.expect("SIP/2.0 202"), "Refer-Sub"), Some("false"));
    a.told(&["refer"]);
    a.agent.notify_refer(a.instant(), a.sessions[0], 3, 200, "");
    a.pump();
    a.expect_nothing();
}

/// Two at once, each in its dialog.
#[test]
fn each_refer_has_its_own_subscription() {
    let mut a = Side::connected("alice");
    refer(&mut a);
    refer(&mut a);
    let (one, two) = (a.expect("REFER"), a.expect("REFER"));
    assert_ne!(header(&one, "Call-ID"), header(&two, "Call-ID"));
    for sent in [&one, &two] {
        a.receive(&response(sent, "202 Accepted", "far", CONTACT, ""));
    }
    a.receive(&notify(&two, "far", 1, "terminated", "SIP/2.0 486 Busy Here"));
    a.expect("SIP/2.0 200");
    a.receive(&notify(&one, "far", 1, "active", "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 200");
    assert_eq!(a.agent.holdings().referrals, 1);
    a.told(&[
        "connected",
        "referred",
        "referred",
        "referProgress 486 Busy Here",
        "referral over",
        "referProgress 180 Ringing",
    ]);
}

/// Who names a call of ours, from either side, is known to know it.
#[test]
fn a_call_may_be_named() {
    let (mut b, own) = answered_by_bob();
    for (n, (value, told)) in [
        (format!("far-call;local-tag={own};remote-tag=far"), "refer of call 1"),
        (format!("far-call;remote-tag={own};local-tag=far"), "refer of call 1"),
        (format!("far-call;local-tag={own};remote-tag=other"), "refer"),
        (format!("other;local-tag={own};remote-tag=far"), "refer"),
        ("far-call".to_owned(), "refer"),
    ]
    .into_iter()
    .enumerate()
    {
        b.receive(&asked(n, &format!("{TO_CAROL}Require: tdialog\r\nTarget-Dialog: {value}\r\n")));
        b.expect("SIP/2.0 202");
        b.wire.clear();
        b.told(&[told]);
    }
}
