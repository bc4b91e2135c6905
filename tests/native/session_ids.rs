//! Session-ID (RFC 7989): each message of a call carries the UUIDs of both ends, where the app asks for it.

use crate::support::outside::call_to;
use crate::support::{CONTACT, SDP, Side, config, from_far, header, request, response, tag};
use viasip::command::CallOptions;
use viasip::event::SessionId;
use viasip::session_ids::NULL;
use viasip::time::Instant;

const FAR: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

fn alice() -> Side {
    let mut settings = config("alice");
    settings.session_id = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    a
}

fn of(uuid: &str) -> String {
    format!("{CONTACT}Session-ID: {uuid};remote={NULL}\r\n")
}

/// Our UUID and theirs in a frame of ours.
#[track_caller]
fn ids(frame: &str) -> (String, String) {
    assert_eq!(frame.matches("Session-ID: ").count(), 1, "{frame}");
    let (local, remote) = header(frame, "Session-ID").expect(frame).split_once(";remote=").unwrap();
    assert!(local.len() == 32 && local.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{local}");
    (local.to_owned(), remote.to_owned())
}

#[test]
fn each_message_of_a_call_says_both_uuids() {
    let mut a = alice();
    a.call("sip:bob@example.com");
    let first = a.expect("INVITE");
    let (local, remote) = ids(&first);
    assert_eq!(remote, NULL);
    let both = |frame: String| assert_eq!(ids(&frame), (local.clone(), FAR.to_owned()), "{frame}");
    let challenge = "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"n\"\r\n";
    a.receive(&response(&first, "407 Proxy Authentication Required", "p", challenge, ""));
    assert_eq!(ids(&a.expect("ACK")).0, local);
    let invite = a.expect("INVITE");
    assert_eq!(ids(&invite), (local.clone(), NULL.to_owned()), "retried, it is the same session");
    a.receive(&response(&invite, "200 OK", "far", &of(FAR), SDP));
    both(a.expect("ACK"));
    assert!(a.events.contains(&format!("session id {local} {FAR}")), "{:?}", a.events);
    a.events.clear();
    // Its 2xx again: so is the ACK.
    a.receive(&response(&invite, "200 OK", "far", &of(FAR), SDP));
    both(a.expect("ACK"));
    let id = a.sessions[0];
    a.agent.hold(a.instant(), id, true, Default::default()).unwrap();
    a.pump();
    let hold = a.expect("INVITE");
    both(hold.clone());
    a.receive(&response(&hold, "200 OK", "", CONTACT, SDP));
    both(a.expect("ACK"));
    a.receive(&from_far(&invite, "OPTIONS", 1, "", ""));
    both(a.expect("SIP/2.0 200"));
    assert!(!a.events.iter().any(|event| event.starts_with("session id")), "nothing has changed");
    // A transfer behind our proxy: the dialog is the same, and at its other end is somebody else.
    a.receive(&from_far(&invite, "UPDATE", 2, &of(OTHER), ""));
    assert_eq!(ids(&a.expect("SIP/2.0 200")), (local.clone(), OTHER.to_owned()));
    assert!(a.events.contains(&format!("session id {local} {OTHER}")));
    a.terminate();
    assert_eq!(ids(&a.expect("BYE")), (local.clone(), OTHER.to_owned()));
}

#[test]
fn a_callee_answers_with_both() {
    let mut a = alice();
    a.receive(&request("INVITE", "alice", "1", "", 1, &of(&FAR.to_uppercase()), SDP));
    a.expect("SIP/2.0 100");
    let (local, remote) = ids(&a.expect("SIP/2.0 180"));
    assert_eq!(remote, FAR);
    a.answer();
    let answer = a.expect("SIP/2.0 200");
    assert_eq!(ids(&answer), (local.clone(), FAR.to_owned()));
    // A PBX puts another in its place: the call keeps our UUID.
    let to = tag(header(&answer, "To").unwrap());
    a.receive(&request("ACK", "alice", "2", &to, 1, "", ""));
    let replaces = format!("{}Replaces: far-call;from-tag=far;to-tag={to}\r\n", of(OTHER));
    let next =
        request("INVITE", "alice", "3", "", 1, &replaces, SDP).replace("Call-ID: far-call", "Call-ID: next-call");
    a.receive(&next);
    let new = SessionId(a.agent.reserve());
    assert!(a.agent.replace(a.instant(), a.replacement.unwrap(), Some(new)));
    a.pump();
    a.expect("SIP/2.0 100");
    let ours = |frame: &&String| header(frame, "Call-ID") == Some("next-call") && frame.starts_with("SIP/2.0");
    let answered = a.wire.iter().find(ours).cloned().unwrap();
    assert_eq!(ids(&answered), (local, OTHER.to_owned()));
}

/// Each phone has its own; what is cancelled, or hung up because another has answered, bears the right one.
#[test]
fn each_fork_has_its_own() {
    let mut a = alice();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    let (local, _) = ids(&invite);
    a.receive(&response(&invite, "180 Ringing", "one", &of(FAR), ""));
    a.receive(&response(&invite, "180 Ringing", "two", &of(OTHER), ""));
    a.receive(&response(&invite, "200 OK", "one", CONTACT, SDP));
    assert_eq!(ids(&a.expect("ACK")).1, FAR);
    a.events.clear();
    a.receive(&response(&invite, "200 OK", "two", &of(OTHER), SDP));
    assert_eq!(ids(&a.expect("ACK")).1, OTHER);
    assert_eq!(ids(&a.expect("BYE")), (local, OTHER.to_owned()));
    assert!(!a.events.iter().any(|event| event.starts_with("session id")), "{:?}", a.events);

    let mut a = alice();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "180 Ringing", "one", &of(FAR), ""));
    a.terminate();
    assert_eq!(ids(&a.expect("CANCEL")).0, ids(&invite).0);
}

/// RFC 7989 6: who is sent elsewhere by REFER keeps its UUID, and knows nothing of whom it calls then.
#[test]
fn a_call_that_was_asked_for_keeps_our_uuid() {
    let mut a = alice();
    a.call_with(CallOptions { session_id: Some(OTHER.into()), ..call_to("sip:carol@example.com") });
    assert_eq!(ids(&a.expect("INVITE")), (OTHER.to_owned(), NULL.to_owned()));
    a.call_with(CallOptions { session_id: Some("x\r\nY: z".into()), ..call_to("sip:carol@example.com") });
    ids(&a.expect("INVITE"));
}

#[test]
fn what_is_no_uuid_names_nobody() {
    for bad in [
        "",
        "x",
        NULL,
        "0123456789abcdef0123456789abcdeg",
        &FAR[1..],
        &"a".repeat(60_000),
        "01234567-89ab-cdef-0123-456789abcdef",
    ] {
        let mut a = alice();
        a.call("sip:bob@example.com");
        let invite = a.expect("INVITE");
        a.receive(&response(&invite, "200 OK", "far", &of(bad), SDP));
        assert_eq!(ids(&a.expect("ACK")).1, NULL, "{bad:.40}");
    }
    // Invented phones, and tags without end.
    let mut a = alice();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    for phone in 0..1_000 {
        a.receive(&response(&invite, "180 Ringing", &format!("{phone}{}", "t".repeat(phone)), &of(FAR), ""));
    }
    a.receive(&response(&invite, "200 OK", "late", &of(FAR), SDP));
    assert_eq!(ids(&a.expect("ACK")).1, NULL);
}

#[test]
fn none_is_sent_where_none_is_wanted() {
    let mut a = Side::connected("alice");
    a.call_with(CallOptions { session_id: Some(OTHER.into()), ..call_to("sip:bob@example.com") });
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", &of(FAR), SDP));
    let ack = a.expect("ACK");
    assert!(!(invite + &ack).contains("Session-ID"));
}
