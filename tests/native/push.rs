//! Push notifications (RFC 8599): where they go, what the registrar says of them, and how one wakes us.

use crate::support::outside::call_to;
use crate::support::{Side, config, header, response};
use viasip::command::CallOptions;
use viasip::config::Config;
use viasip::registration::{PushGrant, PushTarget};
use viasip::time::Instant;

fn target(prid: &str) -> PushTarget {
    PushTarget { provider: "webpush".into(), prid: prid.into(), param: String::new() }
}

fn started(push: PushTarget) -> Side {
    let mut a = Side::new("alice", Config { push: Some(push), register: true, ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    a
}

fn grant(a: &mut Side, lines: &str) -> String {
    let register = a.expect("REGISTER");
    let contact = header(&register, "Contact").unwrap();
    a.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact}\r\n{lines}"), ""));
    register
}

#[test]
fn where_it_goes_stands_in_the_contact_of_register() {
    let mut a =
        started(PushTarget { param: "00fa.5f:x".into(), ..target("https://push.example.com/a?b=c;d=\"é\">,\r\n") });
    let register = grant(&mut a, "");
    let contact = header(&register, "Contact").unwrap();
    assert!(
        contact.starts_with(
            "<sip:alice-contact@alice.invalid;transport=ws;pn-provider=webpush;pn-param=00fa.5f:x;\
             pn-prid=https://push.example.com/a%3Fb%3Dc%3Bd%3D%22%C3%A9%22%3E%2C%0D%0A>;"
        ),
        "{contact}"
    );
    a.told(&["registered"]);
    // It names this page to its registrar and to nobody else.
    a.call("sip:bob@example.com");
    assert_eq!(header(&a.expect("INVITE"), "Contact"), Some("<sip:alice-contact@alice.invalid;transport=ws;ob>"));
    a.agent.unregister(a.instant(), false);
    a.pump();
    assert!(header(&a.expect("REGISTER"), "Contact").unwrap().contains(";pn-prid="));
}

#[test]
fn what_the_registrar_says_of_it_is_told() {
    for (caps, pns, pnsreg, pnspurr) in [
        (
            "*;+sip.pns=\"webpush\";+sip.pnsreg=\"121\";+sip.pnspurr=\"a;b,c\"",
            Some("webpush"),
            Some(121),
            Some("a;b,c"),
        ),
        ("*;+sip.instance, *;+sip.pns=\"webpush\"", Some("webpush"), None, None),
        ("*;+sip.pnsreg=\"soon\"", None, None, None),
        ("", None, None, None),
        (";;;\"", None, None, None),
    ] {
        let mut a = started(target("x"));
        grant(&mut a, &format!("Feature-Caps: {caps}\r\n"));
        let text = |value: Option<&str>| value.map(str::to_owned);
        assert_eq!(a.grant.push, PushGrant { pns: text(pns), pnsreg, pnspurr: text(pnspurr) }, "{caps}");
        assert!(a.agent.registration().registered);
    }
}

/// RFC 8599 6: a proxy finds whom to wake for a request inside a dialog. A private call is named by nothing.
#[test]
fn a_dialog_names_what_wakes_us() {
    let mut a = started(target("x"));
    let register = grant(&mut a, "Feature-Caps: *;+sip.pns=\"webpush\";+sip.pnspurr=\"a;b>,c\"\r\n");
    assert!(!header(&register, "Contact").unwrap().contains("purr"));
    let purr = "pn-purr=a%3Bb%3E%2Cc";
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    assert_eq!(
        header(&invite, "Contact").unwrap(),
        format!("<sip:alice-contact@alice.invalid;transport=ws;ob;{purr}>")
    );
    a.receive(&response(&invite, "486 Busy Here", "far", "", ""));
    a.expect("ACK");
    a.receive(&crate::support::invite("alice", "1", crate::support::SDP));
    let ringing = a.expect("SIP/2.0 180");
    assert_eq!(header(&ringing, "Contact").unwrap(), format!("<sip:alice-contact@alice.invalid;transport=ws;{purr}>"));
    a.answer();
    assert!(header(&a.expect("SIP/2.0 200"), "Contact").unwrap().contains(purr));
    // REGISTER is no dialog, and without the option nothing is said of it.
    a.agent.unregister(a.instant(), false);
    a.pump();
    assert!(!header(&a.expect("REGISTER"), "Contact").unwrap().contains("purr"));
    let mut a = Side::new("alice", Config { register: true, ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    let register = grant(&mut a, "Feature-Caps: *;+sip.pnspurr=\"a\"\r\n");
    assert!(!header(&register, "Contact").unwrap().contains("pns"), "{register}");
    a.call("sip:bob@example.com");
    assert!(!header(&a.expect("INVITE"), "Contact").unwrap().contains("purr"));
}

#[test]
fn a_private_call_is_woken_by_nobody() {
    let mut a = started(target("x"));
    grant(&mut a, "Feature-Caps: *;+sip.pnspurr=\"a\"\r\n");
    a.call_with(CallOptions { anonymous: true, ..call_to("sip:bob@example.com") });
    let invite = a.expect("INVITE");
    assert!(!header(&invite, "Contact").unwrap().contains("pn-"), "{invite}");
}

/// RFC 8599 4.1.3: whoever can refresh without a push says so, and does so in time.
#[test]
fn a_refresh_comes_before_the_push() {
    for (pnsreg, earliest, latest) in
        [("200", 300_000, 400_000), ("590", 10_000, 10_000), ("600", 5_000, 5_000), ("4294967295", 5_000, 5_000)]
    {
        let mut a = started(target("x"));
        let register = grant(&mut a, &format!("Expires: 600\r\nFeature-Caps: *;+sip.pnsreg=\"{pnsreg}\"\r\n"));
        assert!(header(&register, "Contact").unwrap().contains(";+sip.pnsreg;"), "{register}");
        let refresh_at = a.agent.registration().refresh_at.unwrap().millis();
        assert!((earliest..=latest).contains(&refresh_at), "{pnsreg}: {refresh_at}");
    }
}

/// RFC 8599 9: asked again it would not support it either.
#[test]
fn a_service_that_is_not_supported_is_told_in_words() {
    let mut a = started(target("x"));
    let register = a.expect("REGISTER");
    a.receive(&response(&register, "555 Push Notification Service Not Supported", "r", "", ""));
    a.told(&[
        "dropped The registrar does not support this push notification service",
        "registrationFailed SIP Failure Code",
    ]);
    a.at(6_000_000).expect_nothing();
}

/// A page that is woken by a push may have a line that is dead, or none: it registers by what there is.
#[test]
fn a_push_refreshes_the_registration() {
    let mut a = started(target("x"));
    grant(&mut a, "");
    a.events.clear();
    a.agent.wake(a.instant());
    a.pump();
    grant(&mut a, "");
    a.told(&[]);
    a.close();
    a.agent.wake(a.instant());
    a.pump();
    a.at(a.now);
    a.expect("REGISTER");
    a.expect_nothing();
    assert!(a.events.iter().any(|told| told == "connected"), "{:?}", a.events);
    // Nobody is registered who is not started.
    let mut a = Side::new("alice", config("alice"));
    a.agent.wake(Instant::from_millis(0));
    a.pump();
    a.expect_nothing();
}
