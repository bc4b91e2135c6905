//! Provisional answers that are acknowledged (RFC 3262), in both roles, and the early dialogs that they are of.
//!
//! The file is long because its tests share one vocabulary: an answer with its number, and the PRACK for it.

use crate::support::{CONTACT, SDP, Side, config, from_far, header, invite, request, response, tag};
use viasip::config::Config;
use viasip::event::{MediaFault, MediaRequest};
use viasip::time::Instant;

pub(super) fn reliable(name: &'static str) -> Side {
    let mut side = Side::new(name, Config { reliable_provisional: true, ..config(name) });
    side.agent.start(Instant::from_millis(0));
    side.pump();
    side
}

/// Alice calls, and takes reliable answers; her INVITE is on the wire.
pub(super) fn calling() -> (Side, String) {
    calling_from(reliable("alice"))
}

pub(super) fn calling_from(mut a: Side) -> (Side, String) {
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.events.clear();
    a.media.clear();
    (a, invite)
}

/// A reliable 1xx of the phone `tag`.
pub(super) fn rings(invite: &str, status: &str, tag: &str, rseq: u64, sdp: &str) -> String {
    response(invite, status, tag, &format!("{CONTACT}Require: 100rel\r\nRSeq: {rseq}\r\n"), sdp)
}

/// SDP of another phone.
pub(super) fn other() -> String {
    SDP.replace("abcd", "efgh")
}

/// The descriptions of theirs that WebRTC was given as answers.
pub(super) fn applied(side: &Side) -> Vec<(String, bool)> {
    let answers = side.media.iter().filter_map(|request| match request {
        MediaRequest::RemoteAnswer { sdp, fresh } => Some((sdp.clone(), *fresh)),
        _ => None,
    });
    answers.collect()
}

/// Bob is called by somebody whose INVITE has these lines; what he rings with.
pub(super) fn called(mut b: Side, lines: &str) -> (Side, String) {
    b.receive(&invite("bob", "1", SDP).replace("Content-Type", &format!("{lines}Content-Type")));
    b.expect("SIP/2.0 100");
    let ringing = b.expect("SIP/2.0 180");
    b.events.clear();
    (b, ringing)
}

/// The PRACK of a 1xx of ours.
pub(super) fn prack(provisional: &str, cseq: u32, sdp: &str) -> String {
    let own = tag(header(provisional, "To").unwrap());
    let rack = format!("RAck: {} 1 INVITE\r\n", header(provisional, "RSeq").unwrap());
    request("PRACK", "bob", &format!("p{cseq}"), &own, cseq, &rack, sdp)
}

pub(super) fn ack(ok: &str) -> String {
    request("ACK", "bob", "ack", &tag(header(ok, "To").unwrap()), 1, "", "")
}

pub(super) fn number(frame: &str) -> u32 {
    header(frame, "RSeq").unwrap().parse().unwrap()
}

fn has(frame: &str, field: &str, token: &str) -> bool {
    header(frame, field).is_some_and(|value| value.split(',').any(|v| v.trim() == token))
}

pub(super) const SUPPORTED: &str = "Supported: 100rel\r\n";
pub(super) const REQUIRED: &str = "Require: 100rel\r\n";

#[test]
fn what_is_not_asked_for_is_not_offered() {
    let (a, invite) = crate::support::calling();
    assert!(!invite.contains("100rel") && !invite.contains("199") && !invite.contains("PRACK"));
    drop(a);
    let (_, invite) = calling();
    assert!(has(&invite, "Supported", "100rel") && has(&invite, "Supported", "199"), "{invite}");
    assert!(has(&invite, "Allow", "PRACK"), "{invite}");
    // A caller that supports it gets the usual 180 of a phone that does not.
    let (_, ringing) = called(Side::connected("bob"), SUPPORTED);
    assert!(!ringing.contains("100rel") && header(&ringing, "RSeq").is_none(), "{ringing}");
    // And a phone that does asks no caller for it that does not.
    let (_, ringing) = called(reliable("bob"), "");
    assert!(has(&ringing, "Supported", "100rel") && header(&ringing, "RSeq").is_none(), "{ringing}");
}

/// The option off, a 1xx that asks to be acknowledged is one like any other, as it is for JsSIP.
#[test]
fn a_reliable_1xx_that_was_not_asked_for_is_heard_and_no_more() {
    let (mut a, invite) = crate::support::calling();
    a.receive(&rings(&invite, "180 Ringing", "far", 1, ""));
    a.expect_nothing();
    a.told(&["progress remote"]);
}

#[test]
fn a_reliable_1xx_is_acknowledged_in_its_early_dialog() {
    let (mut a, invite) = calling();
    let route = "Record-Route: <sip:near.example.com;lr>\r\nRecord-Route: <sip:far.example.com;lr>\r\n";
    let ringing = rings(&invite, "180 Ringing", "far", 4_711, "").replace("Require", &format!("{route}Require"));
    a.receive(&ringing);
    let prack = a.expect("PRACK sip:bob@192.0.2.1;transport=ws SIP/2.0");
    assert_eq!(header(&prack, "RAck"), Some(&*format!("4711 {}", header(&invite, "CSeq").unwrap())));
    assert_eq!(tag(header(&prack, "To").unwrap()), "far");
    assert_eq!(header(&prack, "From"), header(&invite, "From"));
    let routes: Vec<_> = prack.lines().filter(|line| line.starts_with("Route")).collect();
    assert_eq!(routes, ["Route: <sip:far.example.com;lr>", "Route: <sip:near.example.com;lr>"]);
    a.told(&["progress remote reliable far"]);
    // What comes again was acknowledged, and is no news.
    a.receive(&ringing);
    a.expect_nothing();
    a.told(&[]);
    a.receive(&response(&prack, "200 OK", "", "", ""));
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.terminate();
    let next = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(next(&a.expect("BYE")), next(&prack) + 1, "the numbers of the dialog go on");
}

/// RFC 3262 4: what comes before the one that is missing is neither acknowledged nor processed.
#[test]
fn reliable_answers_are_taken_in_their_order() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "180 Ringing", "far", 7, ""));
    a.expect("PRACK");
    a.events.clear();
    a.receive(&rings(&invite, "183 Session Progress", "far", 9, SDP));
    a.receive(&rings(&invite, "183 Session Progress", "far", 6, SDP));
    a.expect_nothing();
    a.told(&[]);
    a.receive(&rings(&invite, "181 Call Is Being Forwarded", "far", 8, ""));
    assert!(header(&a.expect("PRACK"), "RAck").unwrap().starts_with("8 "));
    a.receive(&rings(&invite, "183 Session Progress", "far", 9, SDP));
    assert!(header(&a.expect("PRACK"), "RAck").unwrap().starts_with("9 "));
    a.told(&["progress remote reliable far", "sdp remote answer", "progress remote reliable far"]);
}

/// Two phones count each for itself.
#[test]
fn each_early_dialog_counts_by_itself() {
    let (mut a, invite) = calling();
    for (tag, rseq) in [("one", 100), ("two", 7), ("one", 101), ("two", 8)] {
        a.receive(&rings(&invite, "180 Ringing", tag, rseq, ""));
        let prack = a.expect("PRACK");
        assert_eq!(crate::support::tag(header(&prack, "To").unwrap()), tag);
        assert!(header(&prack, "RAck").unwrap().starts_with(&format!("{rseq} ")));
    }
    a.receive(&rings(&invite, "180 Ringing", "one", 9, ""));
    a.expect_nothing();
}

/// RFC 3261 13.2.1: what a phone describes behind its answer is left aside, in a 1xx and in the 2xx.
#[test]
fn an_answer_in_a_reliable_1xx_is_final() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "183 Session Progress", "far", 1, SDP));
    a.expect("PRACK");
    a.receive(&rings(&invite, "183 Session Progress", "far", 2, &other()));
    a.expect("PRACK");
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, &other()));
    a.receive(&response(&invite, "200 OK", "far", CONTACT, &other()));
    a.expect("ACK");
    assert_eq!(applied(&a), [(SDP.to_owned(), false)]);
    let early = ["sdp remote answer", "progress remote reliable far"];
    let late = ["progress remote reliable far", "progress remote", "accepted remote", "confirmed local"];
    a.told(&[early.as_slice(), &late].concat());
    // And a 2xx needs none.
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "183 Session Progress", "far", 1, SDP));
    a.expect("PRACK");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, ""));
    a.expect("ACK");
    a.expect_nothing();
}

/// The phone that answers is not the one whose early media was heard last: its own answer is in force again.
#[test]
fn the_answer_of_the_phone_that_is_taken_counts() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "183 Session Progress", "one", 1, SDP));
    a.receive(&rings(&invite, "183 Session Progress", "two", 1, &other()));
    a.receive(&response(&invite, "200 OK", "one", CONTACT, ""));
    a.expect("PRACK");
    a.expect("PRACK");
    a.expect("ACK");
    a.expect_nothing();
    assert_eq!(applied(&a), [(SDP.to_owned(), false), (other(), true), (SDP.to_owned(), true)]);
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
}

/// An early answer that WebRTC does not take: the call goes on, perhaps with another phone, and ends where its phone is
/// the one that is taken.
#[test]
fn a_final_answer_that_cannot_be_used_ends_the_call_with_its_phone() {
    let (mut a, invite) = calling();
    a.fail_media = Some((|request| matches!(request, MediaRequest::RemoteAnswer { .. }), MediaFault::SetRemote));
    a.receive(&rings(&invite, "183 Session Progress", "far", 1, SDP));
    a.expect("PRACK");
    a.expect_nothing();
    a.receive(&response(&invite, "200 OK", "far", CONTACT, ""));
    a.expect("ACK");
    assert!(header(&a.expect("BYE"), "Reason").unwrap().contains("488"));
}

/// A PRACK that met an error, or no answer at all: if the phone misses it, it says the same again, and gets another.
#[test]
fn a_prack_that_came_to_nothing_is_sent_again_when_it_is_missed() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "180 Ringing", "far", 1, ""));
    let prack = a.expect("PRACK");
    a.receive(&response(&prack, "503 Service Unavailable", "", "", ""));
    a.expect_nothing();
    a.receive(&rings(&invite, "180 Ringing", "far", 1, ""));
    a.expect("PRACK");
    a.at(33_000).expect_nothing();
    a.receive(&rings(&invite, "180 Ringing", "far", 1, ""));
    let prack = a.expect("PRACK");
    // The phone knows nothing of it, which ends no call: its answer does.
    a.receive(&response(&prack, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.told(&["progress remote reliable far"]);
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
}

/// A proxy challenges each request.
#[test]
fn a_prack_is_challenged_like_any_other_request() {
    let (mut a, invite) = calling();
    a.agent.config_mut().credentials.realm = Some("r".into());
    a.receive(&rings(&invite, "180 Ringing", "far", 1, ""));
    let first = a.expect("PRACK");
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    a.receive(&response(&first, "407 Proxy Authentication Required", "", challenge, ""));
    let second = a.expect("PRACK");
    assert_eq!(header(&second, "RAck"), header(&first, "RAck"));
    assert!(header(&second, "Proxy-Authorization").is_some());
    assert_ne!(header(&second, "CSeq"), header(&first, "CSeq"));
}

/// A call that was cancelled acknowledges nothing more, and a phone without an address cannot be told.
#[test]
fn nobody_is_acknowledged_out_of_a_dialog() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "180 Ringing", "far", 1, "").replace(CONTACT, ""));
    a.expect_nothing();
    a.told(&["progress remote"]);
    a.receive(&rings(&invite, "180 Ringing", "", 1, ""));
    a.expect_nothing();
    // RFC 3262 4: a 100 is never acknowledged.
    a.receive(&rings(&invite, "100 Trying", "far", 1, ""));
    a.expect_nothing();
    a.terminate();
    a.expect("CANCEL");
    a.receive(&rings(&invite, "180 Ringing", "far", 1, ""));
    a.expect_nothing();
}

/// RFC 6228: one phone of several has left.
#[test]
fn a_199_ends_one_early_dialog() {
    let (mut a, invite) = calling();
    a.receive(&rings(&invite, "180 Ringing", "one", 1, ""));
    a.receive(&rings(&invite, "180 Ringing", "two", 1, ""));
    a.expect("PRACK");
    a.expect("PRACK");
    a.events.clear();
    a.receive(&response(&invite, "199 Early Dialog Terminated", "far", "", ""));
    a.told(&[]);
    a.receive(&response(&invite, "199 Early Dialog Terminated", "two", "Reason: SIP;cause=486\r\n", ""));
    a.told(&["earlydialogended two"]);
    a.expect_nothing();
    a.receive(&from_far(&invite, "INFO", 7, "Content-Type: text/plain\r\n", "").replace("tag=far", "tag=two"));
    a.expect("SIP/2.0 481");
    a.receive(&from_far(&invite, "INFO", 8, "Content-Type: text/plain\r\n", "").replace("tag=far", "tag=one"));
    a.expect("SIP/2.0 200");
    a.receive(&response(&invite, "200 OK", "one", CONTACT, SDP));
    a.expect("ACK");
    a.expect_nothing();
}

/// Numbers beyond all bounds, and phones without end.
#[test]
fn forged_numbers_and_a_flood_of_phones_are_bounded() {
    let (mut a, invite) = calling();
    for rseq in ["", "x", "-1", "1 2", "4294967296", "99999999999999999999"] {
        a.receive(&rings(&invite, "180 Ringing", "far", 1, "").replace("RSeq: 1", &format!("RSeq: {rseq}")));
    }
    a.expect_nothing();
    a.receive(&rings(&invite, "180 Ringing", "far", u64::from(u32::MAX), ""));
    a.expect("PRACK");
    a.receive(&rings(&invite, "180 Ringing", "far", 0, ""));
    a.expect_nothing();
    let held = format!("{:?}", a.agent).len();
    for n in 0..5_000 {
        a.receive(&rings(&invite, "183 Session Progress", &format!("t{n}"), n, &other()));
    }
    let pracks = a.wire.iter().filter(|frame| frame.starts_with("PRACK")).count();
    assert!((8..=16).contains(&pracks), "{pracks}");
    assert!(format!("{:?}", a.agent).len() < held + 200_000);
    a.wire.clear();
    a.receive(&response(&invite, "200 OK", "t0", CONTACT, ""));
    a.expect("ACK");
}

/// While an answer waits for WebRTC there is only so much room: what is left out is not acknowledged, and comes again.
#[test]
fn what_there_is_no_room_for_is_not_acknowledged() {
    let (mut a, invite) = calling();
    a.hold_media = true;
    for rseq in 1..=40 {
        a.receive(&rings(&invite, "183 Session Progress", "far", rseq, SDP));
    }
    let pracks = a.wire.iter().filter(|frame| frame.starts_with("PRACK")).count();
    assert_eq!(pracks, 32);
    a.wire.clear();
    a.hold_media = false;
    a.release_media();
    a.receive(&rings(&invite, "183 Session Progress", "far", 33, SDP));
    a.expect("PRACK");
}

#[test]
fn it_rings_reliably_until_the_prack_comes() {
    let mut b = reliable("bob");
    b.agent.config_mut().no_answer_ms = 180_000;
    let (mut b, ringing) = called(b, SUPPORTED);
    assert_eq!(header(&ringing, "Require"), Some("100rel"));
    assert!((1..1 << 31).contains(&number(&ringing)), "{ringing}");
    for ms in [500, 1_500, 3_500, 7_500, 15_500, 31_500] {
        b.at(ms - 1).expect_nothing();
        assert_eq!(b.at(ms).expect("SIP/2.0 180"), ringing);
    }
    b.at(31_900).receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
    b.at(59_000).expect_nothing();
    // It rings on: the next one has the next number.
    let again = b.at(60_000).expect("SIP/2.0 180");
    assert_eq!(number(&again), number(&ringing) + 1);
    // Each is acknowledged once.
    b.receive(&prack(&ringing, 3, ""));
    b.expect("SIP/2.0 481");
    b.receive(&prack(&again, 4, ""));
    b.expect("SIP/2.0 200");
}

#[test]
fn the_app_is_told_that_it_rings_reliably() {
    let mut b = reliable("bob");
    b.receive(&invite("bob", "1", SDP).replace("Content-Type", &format!("{SUPPORTED}Content-Type")));
    b.told(&["connected", "newRTCSession remote", "progress local reliable"]);
}

/// Who requires it gets it, whatever the app says: what cannot be refused without losing the call is done.
#[test]
fn what_a_caller_requires_is_done_without_the_option() {
    let (mut b, ringing) = called(Side::connected("bob"), REQUIRED);
    assert_eq!(header(&ringing, "Require"), Some("100rel"));
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    b.receive(&ack(&ok));
    assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
}

/// RFC 3262 3: without a PRACK for 64 × T1 the INVITE is refused.
#[test]
fn a_180_that_is_never_acknowledged_ends_the_call() {
    let (mut b, _) = called(reliable("bob"), SUPPORTED);
    b.at(31_999);
    assert_eq!(b.wire.len(), 6);
    b.wire.clear();
    b.at(32_000).expect("SIP/2.0 504");
    b.told(&["failed remote No ACK"]);
}

/// A PRACK of something else is none: another number, another request, another method, none that can be read.
#[test]
fn a_prack_has_to_match() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    let own = tag(header(&ringing, "To").unwrap());
    let rseq = number(&ringing);
    let wrong = [
        (format!("{} 1 INVITE", rseq + 1), "481"),
        (format!("{rseq} 2 INVITE"), "481"),
        (format!("{rseq} 1 UPDATE"), "481"),
        (format!("{rseq}0000000000 1 INVITE"), "400"),
        (format!("{rseq} 1"), "400"),
        (format!("{rseq} 1 INVITE x"), "400"),
        (format!("-{rseq} 1 INVITE"), "400"),
        (String::new(), "400"),
    ];
    for (n, (rack, status)) in wrong.iter().enumerate() {
        let n = n as u32 + 2;
        b.receive(&request("PRACK", "bob", &format!("w{n}"), &own, n, &format!("RAck: {rack}\r\n"), ""));
        b.expect(&format!("SIP/2.0 {status}"));
    }
    b.receive(&request("PRACK", "bob", "none", &own, 20, "", ""));
    b.expect("SIP/2.0 400");
    b.receive(&prack(&ringing, 19, ""));
    b.expect("SIP/2.0 500");
    // Outside a dialog there is nothing to acknowledge.
    b.receive(&request("PRACK", "bob", "out", "", 21, &format!("RAck: {rseq} 1 INVITE\r\n"), ""));
    b.expect("SIP/2.0 481");
    b.receive(&prack(&ringing, 22, ""));
    b.expect("SIP/2.0 200");
}

/// RFC 3262 3: a final answer need not wait for a 180, which is not repeated any more, and its PRACK is still answered.
#[test]
fn a_200_overtakes_the_prack_of_a_180() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    assert!(ok.contains("m=audio"));
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
    b.receive(&ack(&ok));
    b.at(31_000).expect_nothing();
    assert!(b.events.contains(&"confirmed remote".to_owned()));
}

#[test]
fn a_call_that_is_over_acknowledges_nothing() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.receive(&request("CANCEL", "bob", "1", "", 1, "", ""));
    b.expect("SIP/2.0 200");
    b.expect("SIP/2.0 487");
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 481");
    b.at(31_000).expect_nothing();
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.terminate();
    b.expect("SIP/2.0 480");
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 481");
    b.at(31_000).expect_nothing();
}

/// The line was lost before the PRACK came: by the next the caller hears it again, and has its time from then on.
#[test]
fn a_180_outlives_its_line() {
    let (mut b, ringing) = called(reliable("bob"), SUPPORTED);
    b.auto_open = false;
    b.at(100).close();
    b.at(30_000);
    b.wire.clear();
    b.auto_open = true;
    b.agent.disconnect(b.instant());
    b.agent.connect(b.instant());
    b.pump();
    assert_eq!(b.expect("SIP/2.0 180"), ringing);
    assert_eq!(b.at(30_500).expect("SIP/2.0 180"), ringing);
    b.at(40_000);
    b.wire.clear();
    b.receive(&prack(&ringing, 2, ""));
    b.expect("SIP/2.0 200");
}

/// A call that was answered is not ended for want of a PRACK, even if its line was lost and came back.
#[test]
fn an_answered_call_waits_for_no_prack_by_the_next_line() {
    let (mut b, _) = called(reliable("bob"), SUPPORTED);
    b.answer();
    let ok = b.expect("SIP/2.0 200");
    b.receive(&ack(&ok));
    b.agent.disconnect(b.instant());
    b.agent.connect(b.instant());
    b.pump();
    b.at(40_000);
    assert!(b.events.contains(&"confirmed remote".to_owned()));
    assert!(!b.events.iter().any(|event| event.starts_with("ended") || event.starts_with("failed")), "{:?}", b.events);
}

/// RFC 3261 13.2.1: to an INVITE without an offer the first reliable answer has ours, which nobody has been asked for yet.
#[test]
fn without_an_offer_nothing_rings_reliably() {
    let mut b = reliable("bob");
    b.receive(&invite("bob", "1", "").replace("Content-Length", &format!("{SUPPORTED}Content-Length")));
    let ringing = b.expect("SIP/2.0 180");
    assert!(header(&ringing, "RSeq").is_none());
    let mut b = reliable("bob");
    b.receive(&invite("bob", "1", "").replace("Content-Length", &format!("{REQUIRED}Content-Length")));
    b.expect("SIP/2.0 100");
    b.expect_nothing();
    b.answer();
    b.expect("SIP/2.0 200");
}
