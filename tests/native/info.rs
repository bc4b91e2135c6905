//! INFO inside a call (RFC 6086, 2976), and what the answer to a request of ours says of the call (RFC 5057).

use crate::support::outside::call_to;
use crate::support::{
    CONTACT, SDP, Side, calling, config, from_far, header, in_call, in_call_of, request, response, tag,
};
use viasip::command::{CallOptions, CommandError, ReofferOptions};
use viasip::config::Config;
use viasip::event::{AppReply, MediaFault, MediaRequest};
use viasip::message::Method;

/// An INFO with a body.
fn info(invite: &str, cseq: u32, lines: &str, body: &str) -> String {
    let text = from_far(invite, "INFO", cseq, lines, "");
    text.replace("Content-Length: 0\r\n\r\n", &format!("Content-Length: {}\r\n\r\n{body}", body.len()))
}

/// A PBX asks by INFO whether the call is alive, and hung up when it was refused for its missing body. Others say in
/// header fields alone what they want (`Record: on`), so the app is told.
#[test]
fn an_info_without_a_body_is_taken() {
    let (mut a, invite) = in_call();
    a.receive(&info(&invite, 7, "Record: on\r\n", ""));
    a.expect("SIP/2.0 200");
    a.told(&["newInfo remote"]);
    // A body of no type is still refused.
    a.receive(&info(&invite, 8, "", "x"));
    a.expect("SIP/2.0 415");
    a.told(&[]);
}

/// A package that nobody has asked for was answered 200, and so taken for understood (RFC 6086 4.2.2).
#[test]
fn an_unknown_info_package_is_refused() {
    let (mut a, invite) = in_call();
    a.receive(&info(&invite, 7, "Info-Package: conference\r\nContent-Type: text/plain\r\n", "x"));
    let reply = a.expect("SIP/2.0 469 Bad Info Package");
    assert_eq!(header(&reply, "Recv-Info"), Some("trickle-ice"));
    a.told(&[]);
}

/// An app that says in its own fields what it receives gets it.
#[test]
fn an_info_package_of_the_app_is_taken() {
    let mut a = Side::connected("alice");
    let extra_headers = vec!["Recv-Info: g.3gpp.ussd, x-mine;v=1".into()];
    a.call_with(CallOptions { extra_headers, ..call_to("sip:bob@example.com") });
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.events.clear();
    for (cseq, package, status) in
        [(7, "X-Mine ;a=b", "200"), (8, "g.3gpp.ussd", "200"), (9, "mine", "469"), (10, "x", "469")]
    {
        a.receive(&info(&invite, cseq, &format!("Info-Package: {package}\r\nContent-Type: text/plain\r\n"), "x"));
        let reply = a.expect(&format!("SIP/2.0 {status}"));
        let listed = (status == "469").then_some("g.3gpp.ussd, x-mine;v=1, trickle-ice");
        assert_eq!(header(&reply, "Recv-Info"), listed, "{reply}");
    }
    a.told(&["newInfo remote X-Mine", "newInfo remote g.3gpp.ussd"]);
    // And in the 200 of a call that it took.
    let mut b = Side::connected("bob");
    b.receive(&crate::support::invite("bob", "1", SDP));
    let options =
        viasip::command::AnswerOptions { extra_headers: vec!["recv-info: x-mine".into()], ..Default::default() };
    b.agent.answer(b.instant(), b.sessions[0], &options).unwrap();
    b.pump();
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.wire.clear();
    b.receive(&request("INFO", "bob", "2", &own, 2, "Info-Package: x-mine\r\n", ""));
    b.expect("SIP/2.0 200");
    b.receive(&request("INFO", "bob", "3", &own, 3, "Info-Package: other\r\n", ""));
    b.expect("SIP/2.0 469");
}

/// Gateways number the tones as RFC 4733 does: 10 was taken for a 1, and 11 for another.
#[test]
fn tones_may_be_numbers() {
    let (mut a, invite) = in_call();
    let signals = ["0", "9", "10", "11", "12", "15", "16", "d", "#", "*", "17", "100", ""];
    for (cseq, signal) in (7..).zip(signals) {
        let body = format!("Signal= {signal}\r\nDuration= 160\r\n");
        a.receive(&info(&invite, cseq, "Content-Type: application/dtmf-relay\r\n", &body));
        a.expect("SIP/2.0 200");
    }
    let heard: String = a.events.drain(..).filter_map(|event| event.split(' ').nth(2)?.chars().next()).collect();
    assert_eq!(heard, "09*#ADRD#*");
}

/// Sends an INFO, a REFER, or a request of the app's, and returns it.
fn ask(a: &mut Side, method: &str) -> String {
    let (now, id) = (a.instant(), a.sessions[0]);
    match method {
        "INFO" => drop(a.agent.info(now, id, "text/plain", "x", None, &[]).unwrap()),
        "REFER" => drop(a.agent.refer(now, id, "<sip:carol@example.com>", &[], false).unwrap()),
        other => drop(a.agent.send_inside(now, id, Method::parse(other).unwrap(), &[], "").unwrap()),
    }
    a.pump();
    a.events.clear();
    a.expect(method)
}

/// The far end had restarted and knew nothing of the call: each request was told 481, and the phone showed a call that
/// nobody had (RFC 5057 5.1). A 408, another refusal or no line says nothing of the call.
#[test]
fn a_481_to_any_request_ends_the_call() {
    for method in ["INFO", "REFER", "MESSAGE", "OPTIONS"] {
        let (mut a, _) = in_call();
        let asked = ask(&mut a, method);
        a.receive(&response(&asked, "481 Call/Transaction Does Not Exist", "", "", ""));
        a.told(&["requestDone SIP Failure Code", "ended local Dialog Error"]);
        // RFC 3261 12.2.1.2.
        a.expect("BYE");
        for status in ["408 Request Timeout", "486 Busy Here", "603 Decline"] {
            let (mut a, _) = in_call();
            let asked = ask(&mut a, method);
            a.receive(&response(&asked, status, "", "", ""));
            a.expect_nothing();
            assert_eq!(a.events.len(), 1, "{:?}", a.events);
        }
        let (mut a, _) = in_call();
        ask(&mut a, method);
        a.at(33_000).expect_nothing();
        a.told(&["requestDone Request Timeout"]);
    }
}

/// What a request subscribes to, and the phone of a fork that is gone, are not the call.
#[test]
fn a_481_to_another_usage_or_fork_keeps_the_call() {
    for method in ["SUBSCRIBE", "NOTIFY"] {
        let (mut a, _) = in_call();
        let asked = ask(&mut a, method);
        a.receive(&response(&asked, "481 Subscription does not exist", "", "", ""));
        a.expect_nothing();
        a.told(&["requestDone SIP Failure Code"]);
    }
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "one", CONTACT, ""));
    let asked = ask(&mut a, "OPTIONS");
    a.receive(&response(&asked, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.told(&["requestDone SIP Failure Code"]);
    a.receive(&response(&invite, "200 OK", "two", CONTACT, SDP));
    a.expect("ACK");
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
}

/// The packages of the configuration stand in the INVITE and in the answers to one, and are taken; the name is told.
#[test]
fn configured_packages_are_received() {
    let with = |name| Config { info_packages: vec!["conference".into(), "x-mine;v=1".into()], ..config(name) };
    let lists = |frame: &str| frame.contains("\r\nRecv-Info: conference, x-mine;v=1\r\n");
    let started = |name| {
        let mut side = Side::new(name, with(name));
        side.agent.start(side.instant());
        side.pump();
        side
    };
    let (mut a, invite) = in_call_of(started("alice"));
    assert!(lists(&invite));
    a.agent.register(a.instant());
    a.pump();
    assert!(lists(&a.expect("REGISTER")));
    a.receive(&request("OPTIONS", "alice", "5", "", 1, "", "").replace("Call-ID: far-call", "Call-ID: asks"));
    let reply = a.expect("SIP/2.0 200");
    assert!(lists(&reply));
    a.told(&["newOPTIONS remote"]);
    a.receive(&info(&invite, 7, "Info-Package: Conference;a=b\r\nContent-Type: text/plain\r\n", "x"));
    a.expect("SIP/2.0 200");
    a.told(&["newInfo remote Conference"]);
    a.receive(&info(&invite, 8, "Info-Package: other\r\nContent-Type: text/plain\r\n", "x"));
    let reply = a.expect("SIP/2.0 469");
    assert_eq!(header(&reply, "Recv-Info"), Some("conference, x-mine;v=1, trickle-ice"));
    a.told(&[]);
    a.agent.renegotiate(a.instant(), a.sessions[0], Default::default()).unwrap();
    a.pump();
    assert!(lists(&a.expect("INVITE")));

    let mut b = started("bob");
    b.receive(&crate::support::invite("bob", "1", SDP));
    assert!(lists(&b.expect("SIP/2.0 180")));
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    assert!(lists(&ok));
    b.receive(&request("INFO", "bob", "2", &tag(header(&ok, "To").unwrap()), 2, "Info-Package: x-mine\r\n", ""));
    b.expect("SIP/2.0 200");
    // Without the option nothing is said (RFC 6086: and nothing taken).
    let (_, plain) = in_call();
    assert!(!lists(&plain) && plain.matches("Recv-Info").count() == 1);
}

/// RFC 6086 5.2: a list takes the place of the one before. A hold listed what the configuration has, or candidates alone,
/// and so withdrew the package that the app had named for its call; UPDATE and its answer listed nothing.
#[test]
fn what_is_received_is_listed_whole_inside_a_call() {
    for configured in [vec![], vec!["conference".to_owned()]] {
        let mut a = Side::new("alice", Config { info_packages: configured.clone(), ..config("alice") });
        a.agent.start(a.instant());
        a.pump();
        let extra_headers = vec!["Recv-Info: x-mine".to_owned()];
        a.call_with(CallOptions { extra_headers, ..call_to("sip:bob@example.com") });
        let invite = a.expect("INVITE");
        a.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}Allow: INVITE,UPDATE\r\n"), SDP));
        a.expect("ACK");
        let all = [configured, vec!["x-mine".to_owned()]].concat().join(", ");
        let listed = |frame: &str| {
            assert_eq!(header(frame, "Recv-Info"), Some(all.as_str()), "{frame}");
            assert!(frame.contains("\r\nRecv-Info: trickle-ice\r\n"), "{frame}");
        };
        for use_update in [false, true] {
            let options = ReofferOptions { use_update, ..Default::default() };
            a.agent.renegotiate(a.instant(), a.sessions[0], options).unwrap();
            a.pump();
            let offer = a.expect(if use_update { "UPDATE" } else { "INVITE" });
            listed(&offer);
            a.receive(&response(&offer, "200 OK", "far", CONTACT, SDP));
            a.wire.clear();
        }
        for (method, cseq) in [("UPDATE", 20), ("INVITE", 21)] {
            a.receive(&from_far(&invite, method, cseq, CONTACT, SDP));
            listed(&a.expect("SIP/2.0 200"));
            a.receive(&from_far(&invite, "ACK", cseq, "", ""));
        }
        // A refresh of the session timer.
        a.at(45_000);
        listed(&a.expect("UPDATE"));
    }
}

/// RFC 6086 4.2.1: a package goes only to who has said that it receives it.
#[test]
fn a_package_goes_to_who_receives_it() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    let lines = format!("{CONTACT}Recv-Info: conference;v=2, Other\r\nRecv-Info: third\r\n");
    a.receive(&response(&invite, "200 OK", "far", &lines, SDP));
    a.expect("ACK");
    a.events.clear();
    let send = |a: &mut Side, package: &str| {
        let sent = a.agent.info(a.instant(), a.sessions[0], "text/plain", "x", Some(package), &[]);
        a.pump();
        sent
    };
    for package in ["Conference", "other;a=b", "third"] {
        send(&mut a, package).unwrap();
        let sent = a.expect("INFO");
        assert_eq!(header(&sent, "Info-Package"), Some(package));
        assert_eq!(header(&sent, "Content-Disposition"), Some("Info-Package"));
        a.receive(&response(&sent, "200 OK", "", "", ""));
    }
    assert!(matches!(send(&mut a, "mine"), Err(CommandError::NotSupported(_))));
    for bad in ["", "a b", "x;\r\nY: z"] {
        assert_eq!(send(&mut a, bad), Err(CommandError::Invalid("package")), "{bad}");
    }
    a.expect_nothing();
    // A later offer changes it, one that says nothing does not.
    a.events.clear();
    a.receive(&from_far(&invite, "INVITE", 9, &format!("{CONTACT}Recv-Info: mine\r\n"), SDP));
    a.receive(&from_far(&invite, "ACK", 9, "", ""));
    a.wire.clear();
    send(&mut a, "mine").unwrap();
    a.expect("INFO");
    assert!(send(&mut a, "third").is_err());
    a.receive(&from_far(&invite, "UPDATE", 10, &format!("{CONTACT}Recv-Info: theirs\r\n"), ""));
    a.wire.clear();
    assert!(send(&mut a, "mine").is_err());
    send(&mut a, "theirs").unwrap();
    a.expect("INFO");
    a.agent.renegotiate(a.instant(), a.sessions[0], ReofferOptions { use_update: true, ..Default::default() }).unwrap();
    a.pump();
    let update = a.expect("UPDATE");
    a.receive(&response(&update, "200 OK", "far", &format!("{CONTACT}Recv-Info: last\r\n"), SDP));
    assert!(send(&mut a, "theirs").is_err());
    send(&mut a, "last").unwrap();
    // To who has not said anything none goes.
    let (mut a, _) = in_call();
    assert!(send(&mut a, "conference").is_err());
    a.expect_nothing();
}

/// RFC 6086 5.2.1: with a refused request the list that it brought is void, and the one before holds.
#[test]
fn a_refused_offer_changes_nothing_of_what_the_far_end_receives() {
    let refusal = |status| AppReply { status, reason: None, headers: Vec::new(), body: String::new() };
    for (method, status, refused) in [
        ("INVITE", "488", "by the app"),
        ("UPDATE", "488", "by the app"),
        ("INVITE", "488", "by WebRTC"),
        ("INVITE", "491", "ours is open"),
        ("INVITE", "422", "too short"),
        ("INVITE", "415", "unread"),
        ("INVITE", "487", "cancelled"),
    ] {
        let (mut a, invite) = in_call();
        a.receive(&from_far(&invite, "UPDATE", 8, &format!("{CONTACT}Recv-Info: first\r\n"), ""));
        a.expect("SIP/2.0 200");
        let (mut lines, mut body) = (format!("{CONTACT}Recv-Info: second\r\n"), SDP);
        match refused {
            "by the app" => a.refuses = Some(refusal(488)),
            "by WebRTC" => {
                a.fail_media = Some((|asked| matches!(asked, MediaRequest::RemoteOffer(_)), MediaFault::SetRemote));
            }
            "ours is open" => {
                a.agent.renegotiate(a.instant(), a.sessions[0], ReofferOptions::default()).unwrap();
                a.pump();
                a.expect("INVITE");
            }
            "too short" => lines.push_str("Supported: timer\r\nSession-Expires: 20\r\n"),
            "unread" => (lines, body) = (format!("{lines}Content-Encoding: gzip\r\nContent-Type: text/plain\r\n"), ""),
            _ => a.undecided = true,
        }
        let mut offer = from_far(&invite, method, 9, &lines, body);
        if refused == "unread" {
            offer = offer.replace("Content-Length: 0\r\n\r\n", "Content-Length: 1\r\n\r\nx");
        }
        a.receive(&offer);
        if refused == "cancelled" {
            a.receive(&from_far(&invite, "CANCEL", 9, "", "").replace("z9hG4bKf9CANCEL", "z9hG4bKf9INVITE"));
            a.expect("SIP/2.0 200");
        }
        a.expect(&format!("SIP/2.0 {status}"));
        let taken = ["first", "second"]
            .map(|package| a.agent.info(a.instant(), a.sessions[0], "text/plain", "x", Some(package), &[]).is_ok());
        assert_eq!(taken, [true, false], "{method} refused {refused}");
    }
}
