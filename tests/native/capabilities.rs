//! What we say that we take, and what is answered to a request that we do not take (RFC 3261 8.2.1, 11.2, 12.2.2,
//! 13.3.1.4).

use crate::support::outside::presence;
use crate::support::{CONTACT, SDP, Side, config, from_far, header, in_call, invite, request, response, tag};
use viasip::subscription::SubscribeOptions;

const ALLOW: &str = "INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY,SUBSCRIBE";

fn allowed(answer: &str) -> Vec<&str> {
    answer.lines().filter_map(|line| line.strip_prefix("Allow: ")).flat_map(|value| value.split(',')).collect()
}

/// What belongs into a dialog was answered 405 outside, with an Allow that listed it.
#[test]
fn outside_a_dialog_what_belongs_into_one_is_481() {
    let mut b = Side::connected("bob");
    for (method, status) in [
        ("BYE", "481"),
        ("INFO", "481"),
        ("PRACK", "481"),
        ("UPDATE", "481"),
        ("PUBLISH", "405"),
        ("REGISTER", "405"),
        ("DANCE", "501"),
    ] {
        b.receive(&request(method, "bob", method, "", 1, CONTACT, ""));
        let answer = b.expect(&format!("SIP/2.0 {status}"));
        assert!(!allowed(&answer).contains(&method), "{answer}");
        assert_eq!(allowed(&answer).len(), if status > "404" && status < "502" && status != "481" { 11 } else { 0 });
    }
    b.told(&["connected"]);
}

#[test]
fn a_405_does_not_list_what_it_refuses() {
    let mut b = Side::connected("bob");
    b.listens = false;
    for method in ["INVITE", "MESSAGE", "SUBSCRIBE"] {
        let lines = format!("{CONTACT}Event: presence\r\n");
        b.receive(&request(method, "bob", method, "", 1, &lines, if method == "INVITE" { SDP } else { "" }));
        let answer = b.expect("SIP/2.0 405");
        let others: Vec<_> = ALLOW.split(',').filter(|name| *name != method).collect();
        assert_eq!(allowed(&answer), others, "{method}");
    }
    // Inside a call.
    let (mut a, first) = in_call();
    for (cseq, method) in [(7, "SUBSCRIBE"), (8, "PRACK"), (9, "PUBLISH")] {
        a.receive(&from_far(&first, method, cseq, &format!("{CONTACT}Event: presence\r\n"), ""));
        let answer = a.expect("SIP/2.0 405");
        assert!(!allowed(&answer).contains(&method) && allowed(&answer).contains(&"UPDATE"), "{answer}");
    }
}

/// A caller that was not told what we allow sent no UPDATE: it refreshed the call by re-INVITE, or not at all.
#[test]
fn an_answer_says_what_the_call_may_be_asked() {
    let mut settings = config("bob");
    settings.extra_headers = vec!["X-Ours: 1".into()];
    let mut b = Side::new("bob", settings);
    b.agent.start(b.instant());
    b.pump();
    b.receive(&invite("bob", "1", SDP));
    assert_eq!(header(&b.expect("SIP/2.0 180"), "Allow"), None);
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    b.receive(&request("INVITE", "bob", "3", &own, 2, CONTACT, SDP));
    let again = b.expect("SIP/2.0 200");
    for answer in [ok, again] {
        assert_eq!(allowed(&answer).join(","), ALLOW);
        assert_eq!(header(&answer, "Supported"), Some("timer,ice,replaces,outbound,trickle-ice"));
        assert!(answer.contains("X-Ours: 1\r\n"));
    }
    b.receive(&request("UPDATE", "bob", "4", &own, 3, CONTACT, ""));
    assert_eq!(header(&b.expect("SIP/2.0 200"), "Allow"), None);
}

/// OPTIONS was answered with `Supported: outbound`: no session timers, no Replaces (RFC 3261 11.2: what an INVITE of the
/// same moment would be told).
#[test]
fn options_says_all_that_there_is() {
    for (timers, expected) in
        [(true, "timer,ice,replaces,outbound,trickle-ice"), (false, "ice,replaces,outbound,trickle-ice")]
    {
        for listens in [true, false] {
            let mut settings = config("bob");
            settings.session_timers = timers;
            let mut b = Side::new("bob", settings);
            b.agent.start(b.instant());
            b.pump();
            b.listens = listens;
            b.receive(&request("OPTIONS", "bob", "1", "", 1, "", ""));
            let ok = b.expect("SIP/2.0 200");
            assert_eq!(header(&ok, "Supported"), Some(expected));
            assert_eq!(allowed(&ok).join(","), ALLOW);
            assert_eq!(header(&ok, "Accept"), Some("application/sdp, application/dtmf-relay"));
        }
    }
}

/// An app gave a Contact of its own with SUBSCRIBE, and each NOTIFY to it was 404: what matches a dialog is not judged
/// by its Request-URI.
#[test]
fn a_notify_finds_its_subscription_by_its_dialog() {
    let mut a = Side::connected("alice");
    let contact = vec!["Contact: <sip:desk@elsewhere.invalid>".into()];
    a.subscribe(SubscribeOptions { extra_headers: contact, ..presence(600) });
    let subscribe = a.expect("SUBSCRIBE");
    assert_eq!(header(&subscribe, "Contact"), Some("<sip:desk@elsewhere.invalid>"));
    assert_eq!(subscribe.matches("Contact:").count(), 1, "{subscribe}");
    let state = format!("{CONTACT}Event: presence\r\nSubscription-State: active\r\n");
    let to_desk = |text: String| text.replace("sip:alice@example.com SIP", "sip:desk@elsewhere.invalid SIP");
    for (cseq, answered) in [(1, false), (2, true)] {
        if answered {
            a.receive(&response(&subscribe, "200 OK", "far", CONTACT, ""));
        }
        a.receive(&to_desk(from_far(&subscribe, "NOTIFY", cseq, &state, "")));
        a.expect("SIP/2.0 200");
    }
    // Only what is in its dialog.
    a.receive(&to_desk(from_far(&subscribe, "NOTIFY", 3, &state, "")).replace("Call-ID: ", "Call-ID: another"));
    a.expect("SIP/2.0 404");
    a.receive(&to_desk(from_far(&subscribe, "NOTIFY", 4, &state, "")).replace(";tag=far", ";tag=other"));
    a.expect("SIP/2.0 404");
}

/// `from-change` was offered, and refused where it was required.
#[test]
fn what_is_supported_may_be_required() {
    for on in [false, true] {
        let mut settings = config("bob");
        (settings.reliable_provisional, settings.norefersub, settings.connected_identity) = (on, on, on);
        let mut b = Side::new("bob", settings);
        b.agent.start(b.instant());
        b.pump();
        b.receive(&request("OPTIONS", "bob", "o", "", 1, "", ""));
        let ok = b.expect("SIP/2.0 200");
        let mut offered: Vec<_> = header(&ok, "Supported").unwrap().split(',').collect();
        assert_eq!(offered.contains(&"from-change"), on, "{offered:?}");
        if !on {
            offered.clear();
        }
        for (n, tag) in offered.into_iter().enumerate() {
            b.receive(
                &request("OPTIONS", "bob", tag, "", 2, &format!("Require: {tag}\r\n"), "")
                    .replace("far-call", &n.to_string()),
            );
            b.expect("SIP/2.0 200");
        }
        b.receive(&request("OPTIONS", "bob", "f", "", 3, "Require: from-change\r\n", "").replace("far-call", "last"));
        b.expect(if on { "SIP/2.0 200" } else { "SIP/2.0 420" });
    }
}
