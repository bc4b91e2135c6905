//! What JsSIP 3.13.8 gets wrong on the wire and in its events, one story each, by the numbers of `docs/differences.md`.
//!
//! Those that only a browser shows (15, 18, 27, 30, 31) are in `tests/e2e/defects.spec.mjs`, subscriptions (5, 19) in
//! `tests/native/subscriptions.rs`.

use crate::support::{CONTACT, SDP, Side, calling, config, from_far, header, in_call, invite, request, response, tag};
use viasip::event::{MediaFault, MediaRequest};
use viasip::time::Instant;

/// 1: the ACK and the BYE for the second branch of a fork went to the first, and ended the good call.
#[test]
fn d01_a_second_forked_2xx_does_not_kill_the_call() {
    let (mut a, invite) = in_call();
    a.receive(&response(&invite, "200 OK", "other", "Contact: <sip:other@192.0.2.2>\r\n", SDP));
    for method in ["ACK", "BYE"] {
        let frame = a.expect(&format!("{method} sip:other@192.0.2.2 "));
        assert_eq!(tag(header(&frame, "To").unwrap()), "other");
    }
    a.expect_nothing();
    a.told(&[]);
}

/// 2: early media of two branches: the second 18x failed in setRemoteDescription and its `progress` was lost.
#[test]
fn d02_early_media_of_a_second_branch_is_told() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "one", CONTACT, SDP));
    a.receive(&response(&invite, "183 Session Progress", "two", CONTACT, &SDP.replace("abcd", "efgh")));
    a.told(&["sdp remote answer", "progress remote", "sdp remote answer", "progress remote"]);
    assert!(a.media.iter().any(|m| matches!(m, MediaRequest::RemoteAnswer { fresh: true, .. })), "{:?}", a.media);
}

/// 3: a proxy and a server that both want credentials, each for a realm of its own.
#[test]
fn d03_two_realms_on_one_request() {
    let (mut a, invite) = calling();
    let first = "WWW-Authenticate: Digest realm=\"server\", nonce=\"n\"\r\n";
    a.receive(&response(&invite, "401 Unauthorized", "x", first, ""));
    a.expect("ACK");
    let second = a.expect("INVITE");
    let challenge = "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"m\"\r\n";
    a.receive(&response(&second, "407 Proxy Authentication Required", "x", challenge, ""));
    a.expect("ACK");
    let third = a.expect("INVITE");
    assert!(header(&third, "Authorization").unwrap().contains("realm=\"server\""));
    assert!(header(&third, "Proxy-Authorization").unwrap().contains("realm=\"proxy\""));
}

/// 4: of several challenges only the last was looked at.
#[test]
fn d04_the_strongest_of_several_challenges_is_answered() {
    for order in [["MD5", "SHA-256"], ["SHA-256", "MD5"]] {
        let (mut a, invite) = calling();
        let lines: String = order
            .iter()
            .map(|o| format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm={o}\r\n"))
            .collect();
        a.receive(&response(&invite, "401 Unauthorized", "x", &lines, ""));
        a.expect("ACK");
        assert!(header(&a.expect("INVITE"), "Authorization").unwrap().contains("algorithm=SHA-256"), "{order:?}");
    }
}

/// 6: a re-INVITE that was answered 491 was processed all the same.
#[test]
fn d06_a_reinvite_answered_491_changes_nothing() {
    let (mut a, invite) = in_call();
    let id = a.sessions[0];
    a.agent.renegotiate(a.instant(), id, Default::default()).unwrap();
    a.pump();
    a.expect("INVITE");
    a.events.clear();
    a.media.clear();
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &SDP.replace("sendrecv", "sendonly")));
    a.expect("SIP/2.0 491");
    a.told(&[]);
    assert!(a.media.is_empty());
}

/// 7: the retry after 491 repeated the CSeq, after a fixed second.
#[test]
fn d07_the_retry_after_491_is_a_new_request() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    a.agent.renegotiate(a.instant(), id, Default::default()).unwrap();
    a.pump();
    let first = a.expect("INVITE");
    a.receive(&response(&first, "491 Request Pending", "", "", ""));
    a.expect("ACK");
    // RFC 3261 14.1: 2.1 to 4 s for who made the Call-ID.
    a.at(2_099).expect_nothing();
    let again = a.at(4_000).expect("INVITE");
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(number(&again), number(&first) + 1);
    a.receive(&response(&again, "488 Not Acceptable Here", "", "", ""));
    assert_eq!(number(&a.expect("ACK")), number(&again));
}

/// 8: `Contact: *` in a message threw out of the socket's callback.
#[test]
fn d08_a_star_for_contact_is_no_accident() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP).replace("Contact: <sip:far@192.0.2.1;transport=ws>", "Contact: *"));
    b.expect("SIP/2.0 400");
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "x", "Contact: *\r\n", ""));
    a.told(&["progress remote"]);
}

/// 9: a telephone number in From, To or Contact made the whole message vanish, unanswered.
#[test]
fn d09_telephone_numbers_in_from_and_to_ring() {
    let mut b = Side::connected("bob");
    let text = invite("bob", "1", SDP)
        .replace("From: <sip:far@example.com>", "From: <tel:+15551234>")
        .replace("To: <sip:bob@example.com>", "To: <tel:+15556789>");
    b.receive(&text);
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 180");
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP).replace("Contact: <sip:far@192.0.2.1;transport=ws>", "Contact: <tel:+1>"));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 400");
}

/// 10: an extension that the caller requires was ignored, and the phone rang.
#[test]
fn d10_required_extensions_are_refused_by_name() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP).replace("Contact:", "Require: bar, foo\r\nContact:"));
    let reply = b.expect("SIP/2.0 420");
    assert_eq!(header(&reply, "Unsupported"), Some("bar, foo"));
    b.told(&["connected"]);
}

/// 11: an INVITE with Replaces had no final answer where no app listened, a REFER no end (`tests/native/transfer.rs`).
#[test]
fn d11_replaces_without_a_listener_is_answered() {
    let (mut a, first) = in_call();
    a.listens = false;
    let own = tag(header(&first, "From").unwrap());
    let line = format!(
        "Contact: <sip:x@192.0.2.9>\r\nReplaces: {};to-tag={own};from-tag=far\r\n",
        header(&first, "Call-ID").unwrap()
    );
    a.receive(&request("INVITE", "alice", "r", "", 1, &line, SDP));
    a.expect("SIP/2.0 100");
    a.expect("SIP/2.0 486");
}

/// 12: requests went on to the address of the first Contact, wherever the far end had moved.
#[test]
fn d12_the_far_end_is_followed() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "far", "Contact: <sip:early@192.0.2.1>\r\n", ""));
    a.receive(&response(&invite, "200 OK", "far", "Contact: <sip:final@192.0.2.1>\r\n", SDP));
    a.expect("ACK sip:final@");
    a.receive(&from_far(&invite, "UPDATE", 7, "Contact: <sip:moved@192.0.2.1>\r\n", ""));
    a.expect("SIP/2.0 200");
    let id = a.sessions[0];
    a.agent.renegotiate(a.instant(), id, Default::default()).unwrap();
    a.pump();
    let again = a.expect("INVITE sip:moved@");
    a.receive(&response(&again, "200 OK", "", "Contact: <sip:again@192.0.2.1>\r\n", SDP));
    a.expect("ACK sip:again@");
    a.terminate();
    a.expect("BYE sip:again@");
}

/// 13: the tags of Replaces were swapped when the consultation call had come in.
#[test]
fn d13_replaces_names_an_incoming_consultation_rightly() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    let value = b.agent.replaces_value(b.sessions[0]).unwrap();
    assert_eq!(value, format!("far-call;to-tag=far;from-tag={own}"));
}

/// 14: a rejection with a body had `Content-Type: application/sdp` beside the app's own.
#[test]
fn d14_a_reply_has_one_content_type() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.wire.clear();
    b.terminate_with(&viasip::command::TerminateOptions {
        status: Some(480),
        extra_headers: vec!["Content-Type: text/plain".into()],
        body: "later".into(),
        ..Default::default()
    });
    let reply = b.expect("SIP/2.0 480");
    assert_eq!((reply.matches("Content-Type").count(), header(&reply, "Content-Type")), (1, Some("text/plain")));
}

/// 16: a call that nobody answered, or whose line broke, was reported as cancelled by the app.
#[test]
fn d16_no_answer_and_a_lost_line_have_their_own_causes() {
    let (mut a, _) = calling();
    a.at(32_001);
    a.told(&["failed system Request Timeout"]);
    let (mut a, _) = calling();
    a.close();
    a.told(&["failed system Connection Error", "disconnected"]);
}

/// 17: the line broke while a call rang: nothing was told, and a later `answer()` hung for ever.
#[test]
fn d17_a_ringing_call_ends_with_its_line() {
    let mut b = Side::unrecovering("bob");
    b.receive(&invite("bob", "1", SDP));
    b.events.clear();
    b.close();
    b.told(&["failed system Connection Error", "disconnected"]);
    assert!(b.agent.answer(b.instant(), b.sessions[0], &Default::default()).is_err());
}

/// 20: bodies were cut by UTF-16 units, and branches came from 10^7 values.
#[test]
fn d20_content_length_counts_bytes_and_branches_do_not_repeat() {
    let mut b = Side::connected("bob");
    let body = "gr\u{fc}\u{df}e \u{1f600}";
    let text = request("MESSAGE", "bob", "1", "", 1, "", body).replace("application/sdp", "text/plain");
    b.receive(&text);
    b.expect("SIP/2.0 200");
    b.told(&["connected", "newMESSAGE remote"]);
    b.receive(&request("MESSAGE", "bob", "2", "", 2, "", body).replace("Content-Length: 12", "Content-Length: 13"));
    b.expect("SIP/2.0 400");
    let (_, invite) = calling();
    let branch = header(&invite, "Via").unwrap().split("branch=").nth(1).unwrap();
    assert!(branch.len() >= "z9hG4bK".len() + 16, "{branch}");
}

/// 21: a refused hold ended the call. A refused tone does neither; a 481 to one does (`info.rs`).
#[test]
fn d21_a_refused_hold_or_tone_keeps_the_call() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    a.agent.hold(a.instant(), id, true, Default::default()).unwrap();
    a.pump();
    let hold = a.expect("INVITE");
    a.receive(&response(&hold, "403 Forbidden", "", "", ""));
    a.expect("ACK");
    a.told(&["hold local", "sdp local offer", "sdp local offer", "unhold local", "refused Rejected 403"]);
    a.agent.dtmf(a.instant(), id, "1", 100, 500, &[]).unwrap();
    a.pump();
    let info = a.expect("INFO");
    a.receive(&response(&info, "403 Forbidden", "", "", ""));
    a.expect_nothing();
    a.told(&["newDTMF local 1 100", "requestDone Rejected"]);
    a.terminate();
    a.expect("BYE");
}

/// 22: after `stop()` even the BYE and the un-REGISTER were reported as failed by the transport.
#[test]
fn d22_stop_says_goodbye_without_errors() {
    let (mut a, _) = in_call();
    a.agent.stop(a.instant());
    a.pump();
    let bye = a.expect("BYE");
    a.told(&["ended local Terminated"]);
    a.receive(&response(&bye, "200 OK", "", "", ""));
    a.at(2_000);
    a.told(&["disconnected"]);
}

/// 23: a caller whose re-INVITE, UPDATE or REFER overtook its ACK was told 403.
#[test]
fn d23_requests_before_the_ack_are_served() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.wire.clear();
    b.receive(&request("UPDATE", "bob", "u", &own, 2, CONTACT, ""));
    b.expect("SIP/2.0 200");
    b.receive(&request("INVITE", "bob", "i", &own, 3, CONTACT, SDP));
    let reply = b.expect("SIP/2.0 500");
    assert!(header(&reply, "Retry-After").is_some(), "an offer has to wait for the ACK (RFC 3261 14.2)");
    b.receive(&request("REFER", "bob", "r", &own, 4, "Refer-To: <sip:c@d>\r\n", ""));
    b.expect("SIP/2.0 202");
}

/// 24: what was addressed to our temporary GRUU got 404.
#[test]
fn d24_the_temporary_gruu_is_ours() {
    let mut config = config("bob");
    config.register = true;
    let mut b = Side::new("bob", config);
    b.agent.start(Instant::from_millis(0));
    b.pump();
    let register = b.expect("REGISTER");
    let contact = header(&register, "Contact").unwrap();
    let gruus = ";pub-gruu=\"sip:bob@example.com;gr=x\";temp-gruu=\"sip:tgruu.7hs@example.com;gr\"";
    b.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact}{gruus}\r\n"), ""));
    b.receive(&invite("bob", "1", SDP).replace("INVITE sip:bob@example.com", "INVITE sip:tgruu.7hs@example.com;gr"));
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 180");
}

/// 25: the last message was kept for all user agents of a page.
#[test]
fn d25_two_agents_share_nothing() {
    let (mut one, mut two) = (Side::connected("bob"), Side::connected("bob"));
    let text = invite("bob", "1", SDP);
    for side in [&mut one, &mut two] {
        side.receive(&text);
        side.expect("SIP/2.0 100");
        side.expect("SIP/2.0 180");
    }
}

/// 26: a 200 that crossed our CANCEL got neither ACK nor BYE, and the far end kept talking.
#[test]
fn d26_a_200_that_crosses_the_cancel_is_ended() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "x", CONTACT, ""));
    a.terminate();
    let cancel = a.expect("CANCEL");
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    a.receive(&response(&invite, "200 OK", "x", CONTACT, SDP));
    a.expect("ACK");
    a.expect("BYE");
    a.told(&["progress remote", "failed local Canceled"]);
}

/// 28: after a 2xx without a description the RTCPeerConnection stayed open and the call in the user agent.
#[test]
fn d28_a_2xx_without_sdp_leaves_nothing() {
    for (body, lines, fails) in [("", "400", false), (SDP, "488", true)] {
        let (mut a, invite) = calling();
        if fails {
            a.fail_media = Some((|m| matches!(m, MediaRequest::RemoteAnswer { .. }), MediaFault::SetRemote));
        }
        a.receive(&response(&invite, "200 OK", "x", CONTACT, body));
        a.expect("ACK");
        let bye = a.expect("BYE");
        assert!(header(&bye, "Reason").unwrap().contains(&format!("cause={lines}")), "{bye}");
        assert_eq!(a.media.last(), Some(&MediaRequest::Close));
        a.receive(&response(&bye, "200 OK", "", "", ""));
        a.at(40_000);
        assert_eq!(a.agent.poll_timeout(), None, "nothing is left");
    }
}

/// 29: a callee that hung up before the ACK said BYE twice.
#[test]
fn d29_one_bye_is_enough() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.wire.clear();
    b.terminate();
    b.expect_nothing();
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    let bye = b.expect("BYE");
    b.receive(&response(&bye, "200 OK", "", "", ""));
    b.at(40_000).expect_nothing();
}

/// 32: a NOTIFY without Event, and a response with a bad CSeq, threw out of the socket's callback.
#[test]
fn d32_broken_fields_are_answered_or_dropped() {
    let (mut a, invite) = in_call();
    a.receive(&from_far(&invite, "NOTIFY", 7, "", ""));
    a.expect("SIP/2.0 400");
    a.receive(&response(&invite, "200 OK", "x", "", "").replace("CSeq: ", "CSeq: x"));
    a.expect_nothing();
    a.terminate();
    a.expect("BYE");
}

/// 33: MD5 was wrong for what lies beyond U+FFFF.
#[test]
fn d33_a_password_may_hold_any_character() {
    let mut settings = config("alice");
    settings.credentials.password = Some("p\u{1f511}w".into());
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "401 Unauthorized", "x", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", ""));
    a.expect("ACK");
    let answer = a.expect("INVITE");
    // md5(md5("alice:r:p🔑w") ":n:" md5("INVITE:sip:bob@example.com")), by another implementation.
    assert!(
        header(&answer, "Authorization").unwrap().contains("response=\"97d6b62cf4686e5ed02fcce3089edd1a\""),
        "{answer}"
    );
}

/// 34: after a createOffer that failed no offer could be made any more.
#[test]
fn d34_a_failed_offer_leaves_the_call_ready() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    a.fail_media = Some((|m| matches!(m, MediaRequest::Offer { .. }), MediaFault::CreateOffer));
    assert!(a.agent.renegotiate(a.instant(), id, Default::default()).unwrap());
    a.pump();
    a.told(&["mediafailed CreateOffer", "refused WebRTC Error"]);
    a.fail_media = None;
    assert!(a.agent.renegotiate(a.instant(), id, Default::default()).unwrap());
    a.pump();
    a.expect("INVITE");
}
