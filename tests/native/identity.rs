//! Who the far end is (RFC 3325, RFC 4916): told when a proxy asserts it, or it says so itself, and whenever that changes.

use crate::support::outside::call_to;
use crate::support::{CONTACT, Pair, SDP, Side, config, from_far, header, request, response, tag};
use viasip::time::Instant;

/// A side that is connected, and whose app lets the far end name itself anew.
fn follower() -> Side {
    let mut settings = config("alice");
    settings.connected_identity = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    a
}

/// What it was told of identities since it was asked last.
fn identities(a: &mut Side) -> Vec<String> {
    let told = a.events.iter().filter_map(|event| event.strip_prefix("identity ").map(str::to_owned)).collect();
    a.events.clear();
    told
}

fn names(identity: &str) -> String {
    format!("{CONTACT}P-Asserted-Identity: {identity}\r\n")
}

/// A transfer at the PBX: the phone that rings, the one that answers, and who comes after are told once each.
#[test]
fn whom_the_proxy_asserts_is_told_with_each_change() {
    let mut a = Side::connected("alice");
    a.events.clear();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "180 Ringing", "far", &names("\"Bob\" <sip:bob@example.com>, <tel:+12>"), ""));
    assert_eq!(
        a.events.iter().position(|e| e.starts_with("identity")).unwrap() + 1,
        a.events.len() - 1,
        "before `progress`"
    );
    assert_eq!(identities(&mut a), ["asserted 'Bob' <sip:bob@example.com> and <tel:+12>"]);
    a.receive(&response(&invite, "180 Ringing", "far", &names("Bob <sip:bob@example.com>,tel:+12"), ""));
    a.receive(&from_far(&invite, "UPDATE", 1, &names("<sip:bob2@example.com>"), ""));
    a.expect("SIP/2.0 200");
    assert_eq!(identities(&mut a), ["asserted <sip:bob2@example.com>"]);
    a.receive(&response(&invite, "200 OK", "far", &names("<sip:carol@example.com>"), SDP));
    a.expect("ACK");
    assert_eq!(identities(&mut a), ["asserted <sip:carol@example.com>"]);
    a.receive(&from_far(&invite, "INVITE", 2, &names("<sip:dave@example.com>"), SDP));
    a.expect("SIP/2.0 100");
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&invite, "ACK", 2, "", ""));
    assert_eq!(identities(&mut a), ["asserted <sip:dave@example.com>"]);
    // The answer to our own.
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
    a.pump();
    let hold = a.expect("INVITE");
    a.receive(&response(&hold, "200 OK", "", &names("<sip:erin@example.com>"), SDP));
    a.expect("ACK");
    assert_eq!(identities(&mut a), ["asserted <sip:erin@example.com>"]);
    a.receive(&from_far(&invite, "UPDATE", 3, CONTACT, ""));
    assert!(identities(&mut a).is_empty(), "who says nothing takes nothing back");
}

/// A refused re-INVITE changed nothing, and neither does whom it names.
#[test]
fn a_refused_request_names_nobody() {
    let mut pair = Pair::in_call();
    pair.a.refuses =
        Some(viasip::event::AppReply { status: 603, reason: None, headers: Vec::new(), body: String::new() });
    let call = pair.b.sessions[0];
    let lines = ["P-Asserted-Identity: <sip:x@example.com>".to_owned()];
    let options = viasip::command::ReofferOptions { extra_headers: lines.to_vec(), ..Default::default() };
    pair.b.agent.renegotiate(pair.b.instant(), call, options.clone()).unwrap();
    pair.b.pump();
    pair.carry();
    assert!(identities(&mut pair.a).is_empty());
    pair.a.refuses = None;
    pair.b.agent.renegotiate(pair.b.instant(), call, options).unwrap();
    pair.b.pump();
    pair.carry();
    assert_eq!(identities(&mut pair.a), ["asserted <sip:x@example.com>"]);
}

/// Each phone that rings is named; who answers has been named when it rang, and the last that rang is not it.
#[test]
fn of_several_phones_the_one_that_answers_is_named() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.events.clear();
    for (tag, identity) in [("one", "<sip:one@example.com>"), ("two", "<sip:two@example.com>")] {
        a.receive(&response(&invite, "180 Ringing", tag, &names(identity), ""));
    }
    assert_eq!(identities(&mut a), ["asserted <sip:one@example.com>", "asserted <sip:two@example.com>"]);
    a.receive(&response(&invite, "200 OK", "one", CONTACT, SDP));
    assert_eq!(identities(&mut a), ["asserted <sip:one@example.com>"]);

    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "180 Ringing", "one", &names("<sip:one@example.com>"), ""));
    a.events.clear();
    a.receive(&response(&invite, "200 OK", "other", CONTACT, SDP));
    assert_eq!(identities(&mut a), ["asserted "], "of who answers nobody says who it is");
}

/// A far end that invents phones, or names of 20 kB, is not followed without end; who answers is told all the same.
#[test]
fn invented_phones_are_bounded() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    for phone in 0..2_000 {
        let identity = format!("<sip:{phone}@example.org>");
        a.receive(&response(&invite, "180 Ringing", &format!("tag{phone}"), &names(&identity), ""));
    }
    a.events.clear();
    let long = format!("<sip:{}@example.org>", "x".repeat(20_000));
    a.receive(&response(&invite, "180 Ringing", "tag1", &names(&long), ""));
    assert!(identities(&mut a).is_empty());
    // Of this one nothing was kept.
    a.receive(&response(&invite, "200 OK", "tag1000", CONTACT, SDP));
    assert_eq!(identities(&mut a), ["asserted "]);
}

/// Of Remote-Party-ID that party counts which is not us.
#[test]
fn the_party_that_is_not_us_is_told() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.events.clear();
    let lines = format!(
        "{CONTACT}Remote-Party-ID: <sip:alice@example.com>;party=calling\r\n\
         Remote-Party-ID: \"Bob\" <sip:bob@example.com>;party=called;screen=yes;privacy=off\r\n"
    );
    a.receive(&response(&invite, "180 Ringing", "far", &lines, ""));
    assert_eq!(identities(&mut a), ["asserted 'Bob' <sip:bob@example.com>;party=called;screen=yes;privacy=off"]);
}

/// The INVITE itself is in the hands of the app: what it asserts is no change.
#[test]
fn what_the_invite_asserts_is_no_change() {
    let mut a = Side::connected("alice");
    let lines = names("<sip:bob@example.com>");
    a.receive(&request("INVITE", "alice", "1", "", 1, &lines, SDP));
    a.answer();
    a.expect("SIP/2.0 100");
    a.expect("SIP/2.0 180");
    let to = tag(header(&a.expect("SIP/2.0 200"), "To").unwrap());
    a.receive(&request("ACK", "alice", "2", &to, 1, "", ""));
    a.receive(&request("UPDATE", "alice", "3", &to, 2, &lines, ""));
    assert!(identities(&mut a).is_empty());
    a.receive(&request("UPDATE", "alice", "4", &to, 3, &names("<sip:carol@example.com>"), ""));
    assert_eq!(identities(&mut a), ["asserted <sip:carol@example.com>"]);
}

/// RFC 4916: the callee was not who was called, and says so; our requests go to who it is.
#[test]
fn a_changed_from_is_followed_where_it_is_wanted() {
    let mut a = follower();
    a.call_with(call_to("sip:bob@example.com"));
    let invite = a.expect("INVITE");
    assert!(header(&invite, "Supported").unwrap().split(',').any(|tag| tag == "from-change"), "{invite}");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.events.clear();
    let to = "<sip:bob@example.com>";
    let update = from_far(&invite, "UPDATE", 1, CONTACT, "");
    assert!(update.contains(to), "{update}");
    a.receive(&update.replace(to, "\"Carol\" <sip:carol@example.com>"));
    a.expect("SIP/2.0 200");
    assert_eq!(identities(&mut a), ["'Carol' <sip:carol@example.com>;tag=far"]);
    a.receive(&from_far(&invite, "UPDATE", 2, CONTACT, "").replace(to, "Carol <sip:carol@example.com>"));
    a.expect("SIP/2.0 200");
    assert!(identities(&mut a).is_empty(), "it is the same");
    // Too long to be repeated in each request of ours.
    let long = format!("<sip:{}@example.com>", "x".repeat(20_000));
    a.receive(&from_far(&invite, "UPDATE", 3, CONTACT, "").replace(to, &long));
    a.expect("SIP/2.0 200");
    assert!(identities(&mut a).is_empty());
    a.terminate();
    assert_eq!(header(&a.expect("BYE"), "To"), Some("\"Carol\" <sip:carol@example.com>;tag=far"));
}

/// JsSIP's wire and events where the app does not ask for it.
#[test]
fn a_changed_from_is_nothing_where_it_is_not_wanted() {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    assert!(!invite.contains("from-change"));
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.events.clear();
    a.receive(&from_far(&invite, "UPDATE", 1, CONTACT, "").replace("<sip:bob@example.com>", "<sip:carol@example.com>"));
    a.expect("SIP/2.0 200");
    assert!(identities(&mut a).is_empty());
    a.terminate();
    assert!(header(&a.expect("BYE"), "To").unwrap().starts_with("<sip:bob@example.com>"));
}
