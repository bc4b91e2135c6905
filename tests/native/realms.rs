//! Whose challenges get a digest of the password: inside a dialog the far end is not to choose (RFC 3261 22.1).

use crate::support::outside::{presence, to_bob};
use crate::support::{CONTACT, SDP, Side, calling, config, header, in_call, invite, request, response};
use viasip::auth::{Algorithm, Credentials};
use viasip::message::Method;
use viasip::subscription::{Command, NotifierOptions, SubscribeOptions};
use viasip::time::Instant;

/// A challenge as a callee may write it to take a password home: its own realm, no qop, and a nonce of its choice.
fn challenge(status: &str, realm: &str) -> (String, String) {
    let (phrase, name) = match status {
        "401" => ("401 Unauthorized", "WWW-Authenticate"),
        _ => ("407 Proxy Authentication Required", "Proxy-Authenticate"),
    };
    (phrase.to_owned(), format!("{name}: Digest realm=\"{realm}\", nonce=\"n\"\r\n"))
}

/// Answers our request with such a challenge, and gives the realms of the credentials that it is sent again with.
fn met(side: &mut Side, sent: &str, status: &str, realm: &str) -> Option<String> {
    let (phrase, line) = challenge(status, realm);
    side.receive(&response(sent, &phrase, "x", &line, ""));
    let method = sent.split(' ').next().unwrap();
    if method == "INVITE" {
        let ack = side.expect("ACK");
        assert!(!ack.contains(&format!("realm=\"{realm}\"")), "{ack}");
    }
    let again = side.wire.pop_front()?;
    assert!(again.starts_with(method), "{again}");
    let name = if status == "401" { "Authorization" } else { "Proxy-Authorization" };
    assert!(header(&again, name).unwrap().contains(&format!("realm=\"{realm}\"")), "{again}");
    Some(again)
}

/// Each kind of request that a call sends of itself or for the app, one at a time.
const INSIDE: [&str; 6] = ["INFO", "UPDATE", "MESSAGE", "REFER", "INVITE", "BYE"];

fn send_inside(side: &mut Side, method: &str) -> String {
    let (id, now) = (*side.sessions.last().unwrap(), side.instant());
    match method {
        "INVITE" => drop(side.agent.renegotiate(now, id, Default::default()).unwrap()),
        "BYE" => side.terminate(),
        "REFER" => drop(side.agent.refer(now, id, "<sip:carol@example.com>", &[], false).unwrap()),
        "INFO" => side.agent.dtmf(now, id, "1", 100, 500, &[]).unwrap(),
        _ => drop(side.agent.send_inside(now, id, Method::parse(method).unwrap(), &[], "").unwrap()),
    }
    side.pump();
    side.expect(method)
}

/// Bob was called, and answered.
fn called() -> Side {
    let mut b = Side::connected("bob");
    be_called(&mut b);
    b
}

fn be_called(b: &mut Side) {
    b.receive(&invite("bob", "1", SDP));
    b.expect("SIP/2.0 180");
    b.answer();
    let to = crate::support::tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &to, 1, "", ""));
}

/// The SIP digest leak: whoever is called answers the BYE with 401, realm and nonce of its choice, and takes home a
/// digest of the account's password to try words on.
#[test]
fn a_stranger_inside_a_call_gets_no_digest() {
    for method in INSIDE {
        for status in ["401", "407"] {
            let (mut a, _) = in_call();
            let sent = send_inside(&mut a, method);
            assert_eq!(met(&mut a, &sent, status, "evil"), None, "{method} {status}");
            a.expect_nothing();
            let mut b = called();
            let sent = send_inside(&mut b, method);
            assert_eq!(met(&mut b, &sent, status, "evil"), None, "{method} {status} as callee");
            b.expect_nothing();
        }
    }
}

/// The proxy that challenged the INVITE may challenge all that follows in its call, and only in its call.
#[test]
fn who_challenged_the_invite_is_answered_inside_its_call() {
    for (method, realm) in INSIDE.into_iter().flat_map(|method| [(method, "proxy"), (method, "pbx")]) {
        let (mut a, invite) = calling();
        let second = met(&mut a, &invite, "407", "proxy").unwrap();
        let third = met(&mut a, &second, "401", "pbx").unwrap();
        a.receive(&response(&third, "200 OK", "far", CONTACT, SDP));
        a.expect("ACK");
        let sent = send_inside(&mut a, method);
        let again = met(&mut a, &sent, "407", realm).expect(realm);
        assert_eq!(met(&mut a, &again, "401", "evil"), None, "{method}");
        // Another call knows nothing of it.
        a.call("sip:carol@example.com");
        let invite = a.wire.iter().find(|frame| frame.starts_with("INVITE sip:carol")).unwrap().clone();
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        a.wire.clear();
        let sent = send_inside(&mut a, method);
        assert_eq!(met(&mut a, &sent, "407", "proxy"), None, "{method}");
    }
}

/// In an early dialog, too, and in that of a fork that answers too late: its BYE belongs to the same INVITE.
#[test]
fn forks_of_an_invite_share_its_realms() {
    for (realm, answered) in [("proxy", true), ("evil", false)] {
        let (mut a, invite) = calling();
        let second = met(&mut a, &invite, "407", "proxy").unwrap();
        a.receive(&response(&second, "183 Session Progress", "early", CONTACT, ""));
        let info = send_inside(&mut a, "INFO");
        assert_eq!(met(&mut a, &info, "407", realm).is_some(), answered);
        a.receive(&response(&second, "200 OK", "far", CONTACT, SDP));
        a.expect("ACK");
        a.receive(&response(&second, "200 OK", "other", CONTACT, SDP));
        a.expect("ACK");
        let bye = a.expect("BYE");
        assert_eq!(met(&mut a, &bye, "407", realm).is_some(), answered);
    }
}

fn registered(realm: &str) -> Side {
    let mut b = Side::connected("bob");
    b.agent.register(b.instant());
    b.pump();
    let register = b.expect("REGISTER");
    met(&mut b, &register, "401", realm).unwrap();
    b
}

/// The registrar's realm is the account's: requests of calls that came in are challenged by it.
#[test]
fn who_challenged_a_register_is_answered_in_every_call() {
    for method in INSIDE {
        for (realm, answered) in [("home", true), ("evil", false)] {
            let mut b = registered("home");
            be_called(&mut b);
            let sent = send_inside(&mut b, method);
            assert_eq!(met(&mut b, &sent, "401", realm).is_some(), answered, "{method} {realm}");
        }
    }
}

/// Registrars that a page registers with one after the other: the last eight are remembered, each once.
#[test]
fn the_realms_of_registrars_are_bounded() {
    let mut b = Side::connected("bob");
    for realm in ["0", "1", "2", "2", "3", "4", "5", "6", "7", "8"] {
        let sent = register(&mut b);
        let again = met(&mut b, &sent, "401", realm).unwrap();
        let contact = format!("Contact: {}\r\n", header(&again, "Contact").unwrap());
        b.receive(&response(&again, "200 OK", "x", &contact, ""));
    }
    be_called(&mut b);
    for (realm, answered) in [("0", false), ("1", true), ("8", true)] {
        let sent = send_inside(&mut b, "MESSAGE");
        assert_eq!(met(&mut b, &sent, "401", realm).is_some(), answered, "{realm}");
    }
}

/// Where nothing was challenged before, the option `realm` or `auth_realms` says who may.
#[test]
fn configured_realms_are_answered_inside_a_call() {
    for method in INSIDE {
        for strict in [false, true] {
            let credentials = |side: &mut Side| match strict {
                true => side.agent.config_mut().credentials.realms = vec!["pbx".into()],
                false => side.agent.config_mut().credentials.realm = Some("pbx".into()),
            };
            let mut b = called();
            credentials(&mut b);
            let sent = send_inside(&mut b, method);
            let again = met(&mut b, &sent, "401", "pbx").unwrap();
            // Of several challenges only the known one is met.
            assert!(!again.contains("evil"));
            let mut b = called();
            credentials(&mut b);
            let sent = send_inside(&mut b, method);
            let both = format!("{}{}", challenge("401", "evil").1, challenge("401", "pbx").1);
            b.receive(&response(&sent, "401 Unauthorized", "x", &both, ""));
            let again = b.wire.pop_back().unwrap();
            assert!(again.starts_with(method) && again.contains("realm=\"pbx\"") && !again.contains("evil"), "{again}");
        }
    }
}

fn message(side: &mut Side) -> String {
    side.ask(Method::Message, to_bob("hello"));
    side.expect("MESSAGE")
}

fn register(side: &mut Side) -> String {
    side.agent.register(side.instant());
    side.pump();
    side.expect("REGISTER")
}

/// Outside a dialog whoever challenges is answered (JsSIP), unless `auth_realms` says who: then nobody else is, ever.
#[test]
fn with_auth_realms_nobody_else_is_answered() {
    let kinds: [fn(&mut Side) -> String; 3] = [message, register, |a| {
        a.call("sip:bob@example.com");
        a.expect("INVITE")
    }];
    for send in kinds {
        for (realms, realm, answered) in
            [(vec![], "any", true), (vec!["home".to_owned()], "any", false), (vec!["home".to_owned()], "home", true)]
        {
            let mut a = Side::connected("alice");
            a.agent.config_mut().credentials.realms = realms;
            let sent = send(&mut a);
            assert_eq!(met(&mut a, &sent, "401", realm).is_some(), answered, "{realm} {sent}");
        }
    }
    // Not even who challenged the INVITE before the option was set.
    let (mut a, invite) = calling();
    let second = met(&mut a, &invite, "407", "proxy").unwrap();
    a.receive(&response(&second, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.agent.config_mut().credentials.realms = vec!["home".into()];
    let bye = send_inside(&mut a, "BYE");
    assert_eq!(met(&mut a, &bye, "407", "proxy"), None);
}

/// RFC 8760: a hash that is weaker than `auth_min_algorithm` is not answered, whatever stands beside it.
#[test]
fn nothing_weaker_than_the_minimum_is_answered() {
    let hashes = [Algorithm::Md5, Algorithm::Sha256, Algorithm::Sha512_256];
    for (least, weakest) in hashes.into_iter().enumerate() {
        for (offered, names) in [["MD5", "MD5-sess"], ["SHA-256", "SHA-256-sess"], ["SHA-512-256", "SHA-512-256-sess"]]
            .into_iter()
            .enumerate()
        {
            for name in names {
                let (mut a, invite) = calling();
                a.agent.config_mut().credentials.weakest = weakest;
                let line = format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm={name}\r\n");
                a.receive(&response(&invite, "401 Unauthorized", "x", &line, ""));
                a.expect("ACK");
                assert_eq!(a.wire.pop_front().is_some(), offered >= least, "{weakest:?} {name}");
            }
        }
    }
    // No algorithm is MD5, and MD5 is all that an HA1 can do.
    let mut settings = config("alice");
    settings.credentials = Credentials {
        username: "alice".into(),
        ha1: Some("0123456789abcdef0123456789abcdef".into()),
        weakest: Algorithm::Sha256,
        ..Default::default()
    };
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    let sent = message(&mut a);
    assert_eq!(met(&mut a, &sent, "401", "r"), None);
}

/// A subscription is a dialog like a call: who challenged its first SUBSCRIBE may challenge the next, though a NOTIFY
/// that came before the 2xx has made the dialog.
#[test]
fn who_challenged_the_first_subscribe_is_answered_in_its_dialog() {
    for notify_first in [false, true] {
        for (realm, answered) in [("pbx", true), ("evil", false)] {
            let mut a = Side::connected("alice");
            let id = a.subscribe(SubscribeOptions { content_type: String::new(), ..presence(600) });
            let first = a.expect("SUBSCRIBE");
            let second = met(&mut a, &first, "401", "pbx").unwrap();
            if notify_first {
                let lines = format!("{CONTACT}Event: presence\r\nSubscription-State: active;expires=600\r\n");
                let notify = request("NOTIFY", "alice", "n1", "", 1, &lines, "")
                    .replace("To: <sip:alice@example.com>", &format!("To: {}", header(&second, "From").unwrap()))
                    .replace("far-call", header(&second, "Call-ID").unwrap());
                a.receive(&notify);
                a.expect("SIP/2.0 200");
            }
            a.receive(&response(&second, "200 OK", "far", &format!("{CONTACT}Expires: 600\r\n"), ""));
            a.agent.subscription(a.instant(), id, Command::Again { ends: false, body: String::new() }).unwrap();
            a.pump();
            let refresh = a.expect("SUBSCRIBE");
            assert_eq!(met(&mut a, &refresh, "401", realm).is_some(), answered, "{notify_first} {realm}");
        }
    }
}

/// Who subscribed to us gets NOTIFYs, and no digest for a 401 to one.
#[test]
fn a_subscriber_gets_no_digest() {
    for (realm, answered) in [("home", true), ("evil", false)] {
        let mut b = registered("home");
        b.wire.clear();
        let lines = format!("{CONTACT}Event: presence\r\nExpires: 600\r\n");
        b.receive(&request("SUBSCRIBE", "bob", "s1", "", 1, &lines, ""));
        let id = b.subscriptions[0];
        let options =
            NotifierOptions { content_type: "text/plain".into(), default_expires_s: 900, ..Default::default() };
        b.agent.subscription(b.instant(), id, Command::Start(options)).unwrap();
        b.agent.subscription(b.instant(), id, Command::Notify("open".into())).unwrap();
        b.pump();
        b.wire.retain(|frame| frame.starts_with("NOTIFY"));
        let notify = b.expect("NOTIFY");
        b.wire.clear();
        assert_eq!(met(&mut b, &notify, "401", realm).is_some(), answered, "{realm}");
    }
}
