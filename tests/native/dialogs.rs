//! Requests inside a call in every order that a network and a hasty far end can bring (RFC 3261 12 to 15, RFC 3311).

use crate::support::{
    CONTACT, Pair, SDP, Side, calling, config, from_far, header, in_call, invite, request, response, tag,
};
use viasip::event::{MediaFault, MediaRequest};
use viasip::time::Instant;

/// Bob is called; with `answers` his 200 is sent and waits for its ACK. Returns his tag.
fn called(body: &str, answers: bool) -> (Side, String) {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", body));
    if answers {
        b.answer();
    }
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.wire.clear();
    b.events.clear();
    b.media.clear();
    (b, own)
}

fn renegotiate(a: &mut Side) -> String {
    let id = a.sessions[0];
    assert!(a.agent.renegotiate(a.instant(), id, Default::default()).unwrap());
    a.pump();
    a.expect("INVITE")
}

/// A second INVITE that overtook the first's answer got a 200 without a description, or 491 for an offer of theirs.
#[test]
fn an_invite_before_the_first_is_settled_waits() {
    for body in [SDP, ""] {
        let (mut b, own) = called(SDP, false);
        b.receive(&request("INVITE", "bob", "2", &own, 2, CONTACT, body));
        let reply = b.expect("SIP/2.0 500");
        let seconds: u32 = header(&reply, "Retry-After").unwrap().parse().unwrap();
        assert!((1..=10).contains(&seconds), "{seconds} (RFC 3261 14.2)");
        // Ours is not answered: RFC 3261 14.2 has 491.
        let (mut a, invite) = calling();
        a.hold_media = true;
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        a.receive(&from_far(&invite, "INVITE", 7, CONTACT, body));
        a.expect("SIP/2.0 491");
    }
}

/// An UPDATE in an early dialog: an offer has to wait, a refresh is answered with a Contact (RFC 3311 5.2).
#[test]
fn an_early_update_is_answered() {
    let (mut b, own) = called(SDP, false);
    b.receive(&request("UPDATE", "bob", "2", &own, 2, CONTACT, SDP));
    assert!(header(&b.expect("SIP/2.0 500"), "Retry-After").is_some());
    b.receive(&request("UPDATE", "bob", "3", &own, 3, CONTACT, ""));
    assert!(header(&b.expect("SIP/2.0 200"), "Contact").is_some());
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, SDP));
    a.receive(&from_far(&invite, "UPDATE", 7, CONTACT, SDP));
    a.expect("SIP/2.0 491");
}

/// An offer in an UPDATE had to wait for the ACK of an INVITE whose offer was answered long ago.
#[test]
fn an_update_before_the_ack_is_served() {
    let (mut b, own) = called(SDP, true);
    b.receive(&request("UPDATE", "bob", "2", &own, 2, CONTACT, &SDP.replace("sendrecv", "sendonly")));
    let reply = b.expect("SIP/2.0 200");
    assert!(reply.ends_with(SDP), "{reply}");
    b.receive(&request("ACK", "bob", "3", &own, 1, "", ""));
    b.told(&["reoffer", "sdp remote offer", "hold remote", "sdp local answer", "answered", "confirmed remote"]);
    b.at(10_000).expect_nothing();
    // With an offer of ours open in the 2xx it is glare.
    let (mut b, own) = called("", true);
    b.receive(&request("UPDATE", "bob", "2", &own, 2, CONTACT, SDP));
    b.expect("SIP/2.0 491");
}

/// The 2xx to our re-INVITE came again while WebRTC was still at its answer: the answer was applied twice, which
/// fails, and the call was ended.
#[test]
fn a_repeated_2xx_to_a_reinvite_is_applied_once() {
    let (mut a, _) = in_call();
    let again = renegotiate(&mut a);
    a.hold_media = true;
    a.media.clear();
    let ok = response(&again, "200 OK", "", CONTACT, SDP);
    for _ in 0..3 {
        a.receive(&ok);
    }
    assert_eq!(a.media.len(), 1, "{:?}", a.media);
    a.expect_nothing();
    a.release_media();
    a.expect("ACK");
    a.receive(&ok);
    a.expect("ACK");
    a.expect_nothing();
}

/// A second 2xx to a re-INVITE, under another tag, was applied too: in WebRTC that fails, and the call was ended.
#[test]
fn a_reinvite_has_one_answer() {
    let (mut a, _) = in_call();
    let again = renegotiate(&mut a);
    a.media.clear();
    a.receive(&response(&again, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    a.receive(&response(&again, "200 OK", "", CONTACT, SDP).replace(";tag=far", ";tag=another"));
    a.expect_nothing();
    assert_eq!(a.media.len(), 1, "{:?}", a.media);
}

/// A call that ended while an offer of the far end was open left that INVITE unanswered, and its transaction for ever.
#[test]
fn an_open_offer_of_theirs_ends_with_the_call() {
    for (method, by_far) in [("INVITE", false), ("INVITE", true), ("UPDATE", false), ("UPDATE", true)] {
        let (mut a, invite) = in_call();
        a.hold_media = true;
        a.receive(&from_far(&invite, method, 7, CONTACT, SDP));
        if by_far {
            a.receive(&from_far(&invite, "BYE", 8, "", ""));
            a.expect("SIP/2.0 200");
        } else {
            a.terminate();
            let bye = a.expect("BYE");
            a.receive(&response(&bye, "200 OK", "", "", ""));
        }
        a.expect("SIP/2.0 487");
        a.at(40_000);
        assert_eq!(a.agent.poll_timeout(), None, "nothing is left");
        assert!(a.agent.is_idle() || a.flow.is_some());
    }
}

/// A CANCEL of a re-INVITE was answered, and the re-INVITE went on.
#[test]
fn a_cancelled_reinvite_is_given_up() {
    let (mut a, invite) = in_call();
    a.hold_media = true;
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, SDP));
    a.receive(&from_far(&invite, "CANCEL", 7, "", "").replace("7CANCEL", "7INVITE"));
    a.expect("SIP/2.0 200");
    a.expect("SIP/2.0 487");
    a.hold_media = false;
    a.release_media();
    a.expect_nothing();
    assert_eq!(a.media.last(), Some(&MediaRequest::Rollback));
    renegotiate(&mut a);
}

/// A transfer is under way when the call ends, and an answer of ours still waits for its ACK: 32 s later the call
/// ended once more.
#[test]
fn a_call_that_is_told_of_a_transfer_ends_once() {
    let (mut a, invite) = in_call();
    let id = a.sessions[0];
    a.agent.refer(a.instant(), id, "<sip:carol@example.com>", &[], false).unwrap();
    a.pump();
    let refer = a.expect("REFER");
    a.receive(&response(&refer, "202 Accepted", "", "", ""));
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, SDP));
    a.expect("SIP/2.0 200");
    a.events.clear();
    a.terminate();
    let bye = a.expect("BYE");
    a.receive(&response(&bye, "200 OK", "", "", ""));
    a.at(60_000).expect_nothing();
    a.told(&["ended local Terminated"]);
}

/// The far end's BYE crossed ours, which waited for the ACK: ours was sent into a dialog that was gone.
#[test]
fn a_bye_that_waits_for_the_ack_is_not_sent_after_theirs() {
    let (mut b, own) = called(SDP, true);
    b.terminate();
    b.receive(&request("BYE", "bob", "2", &own, 2, "", ""));
    b.expect("SIP/2.0 200");
    b.at(40_000).expect_nothing();
    assert_eq!(b.agent.poll_timeout(), None);
}

/// While the BYE waited for the ACK a transfer went on in its dialog: the BYE left with an older number.
#[test]
fn a_bye_that_waits_for_the_ack_is_the_newest_when_it_leaves() {
    let (mut b, own) = called(SDP, true);
    b.receive(&request("REFER", "bob", "2", &own, 2, "Refer-To: <sip:c@d>\r\n", ""));
    b.expect("SIP/2.0 202");
    b.expect("NOTIFY");
    b.terminate();
    b.agent.notify_refer(b.instant(), b.sessions[0], 2, 200, "");
    b.pump();
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    let notify = b.expect("NOTIFY");
    b.receive(&request("ACK", "bob", "3", &own, 1, "", ""));
    assert!(number(&b.expect("BYE")) > number(&notify));
}

/// No number is left out where nothing else was sent.
#[test]
fn a_bye_that_waits_for_the_ack_keeps_its_number() {
    let (mut b, own) = called(SDP, true);
    b.receive(&request("REFER", "bob", "2", &own, 2, "Refer-To: <sip:c@d>\r\n", ""));
    b.expect("SIP/2.0 202");
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    let notify = b.expect("NOTIFY");
    b.terminate();
    b.receive(&request("ACK", "bob", "3", &own, 1, "", ""));
    assert_eq!(number(&b.expect("BYE")), number(&notify) + 1);
}

/// A request of a call that is over was sent again with credentials, in the dialog that its BYE had ended.
#[test]
fn a_challenge_after_the_end_is_not_answered() {
    let (mut a, _) = in_call();
    a.agent.config_mut().credentials.realm = Some("r".into());
    let again = renegotiate(&mut a);
    a.terminate();
    let bye = a.expect("BYE");
    a.receive(&response(&bye, "200 OK", "", "", ""));
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    a.receive(&response(&again, "401 Unauthorized", "", challenge, ""));
    a.expect("ACK");
    a.expect_nothing();
}

/// The ACK of a 2xx that came after the BYE left out the route of the dialog.
#[test]
fn a_late_2xx_to_a_reinvite_is_acknowledged_along_the_route() {
    let (mut a, invite) = calling();
    let route = "Record-Route: <sip:proxy.example.com;lr>\r\n";
    a.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}{route}"), SDP));
    a.expect("ACK");
    let again = renegotiate(&mut a);
    assert_eq!(header(&again, "Route"), Some("<sip:proxy.example.com;lr>"));
    a.terminate();
    a.expect("BYE");
    a.receive(&response(&again, "200 OK", "", CONTACT, SDP));
    let ack = a.expect("ACK");
    assert_eq!(header(&ack, "Route"), Some("<sip:proxy.example.com;lr>"));
}

/// The far end hung up while the answer in its 2xx to our re-INVITE was still being applied: the 2xx got no ACK.
#[test]
fn a_2xx_whose_answer_is_not_applied_any_more_is_acknowledged() {
    let (mut a, invite) = in_call();
    let again = renegotiate(&mut a);
    a.hold_media = true;
    a.receive(&response(&again, "200 OK", "", CONTACT, SDP));
    a.expect_nothing();
    a.receive(&from_far(&invite, "BYE", 7, "", ""));
    a.expect("SIP/2.0 200");
    let ack = a.expect("ACK");
    assert_eq!(header(&ack, "CSeq").unwrap().split(' ').next(), header(&again, "CSeq").unwrap().split(' ').next());
}

/// Nothing is told of a call after its end, though a callee still waits for the ACK.
#[test]
fn a_call_that_waits_for_its_ack_tells_nothing_more() {
    let (mut b, _) = called(SDP, true);
    let id = b.sessions[0];
    b.agent.info(b.instant(), id, "text/plain", "x", None, &[]).unwrap();
    b.pump();
    let info = b.expect("INFO");
    b.terminate();
    b.events.clear();
    b.receive(&response(&info, "200 OK", "", "", ""));
    b.told(&[]);
}

/// A request inside a call is known by its dialog, whatever the address by which it found us.
#[test]
fn a_request_inside_a_call_may_come_to_an_old_address() {
    let mut settings = config("alice");
    settings.register = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    let grant = |register: &str, user: &str| {
        let contact = header(register, "Contact").unwrap();
        let gruus = format!(";pub-gruu=\"sip:alice@example.com;gr\";temp-gruu=\"sip:{user}@example.com;gr\"");
        response(register, "200 OK", "r", &format!("Contact: {contact}{gruus}\r\n"), "")
    };
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, "first"));
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.agent.register(a.instant());
    a.pump();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, "second"));
    a.receive(&from_far(&invite, "BYE", 7, "", "").replace("BYE sip:alice@", "BYE sip:first@"));
    a.expect("SIP/2.0 200");
}

/// An app's `contact_uri` may have no user: what came to it was 404.
#[test]
fn a_request_may_come_to_a_contact_without_a_user() {
    let mut settings = config("bob");
    settings.contact = viasip::uri::Uri::parse("sip:bob.invalid;transport=ws").unwrap();
    let mut b = Side::new("bob", settings);
    b.agent.start(Instant::from_millis(0));
    b.pump();
    let to = |uri: &str| invite("bob", "1", SDP).replace("INVITE sip:bob@example.com", &format!("INVITE {uri}"));
    b.receive(&to("sip:bob.invalid;transport=ws"));
    b.expect("SIP/2.0 180");
    b.receive(&to("sip:other@bob.invalid").replace("bK1", "bK2").replace("far-call", "second"));
    b.expect("SIP/2.0 404");
}

/// Of two offers that meet, in each combination of re-INVITE and UPDATE, both come through in the end.
#[test]
fn glare_is_untangled_in_each_combination() {
    for (one, two) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut pair = Pair::in_call();
        for (side, use_update) in [(&mut pair.a, one), (&mut pair.b, two)] {
            let options = viasip::command::ReofferOptions { use_update, ..Default::default() };
            let id = side.sessions[0];
            assert!(side.agent.renegotiate(side.instant(), id, options).unwrap());
            side.pump();
        }
        pair.carry();
        let from = pair.a.now.max(pair.b.now);
        pair.at(from + 10_000);
        for side in [&pair.a, &pair.b] {
            assert!(side.events.contains(&"renegotiated".to_owned()), "{one} {two} {:?}", pair.ladder);
        }
    }
}

/// A browser that knows no address yet, or hides it, writes 0.0.0.0 beside its ICE credentials: that is no hold.
#[test]
fn an_address_of_zeros_is_a_hold_only_without_ice() {
    let (mut a, invite) = in_call();
    let trickled = SDP.replace("0.0.0.1", "0.0.0.0");
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &trickled));
    a.expect("SIP/2.0 200");
    assert!(!a.events.contains(&"hold remote".to_owned()), "{:?}", a.events);
}

/// A re-INVITE that WebRTC refuses leaves the call, its directions and its next offer as they were.
#[test]
fn a_refused_offer_of_theirs_changes_nothing() {
    let (mut a, invite) = in_call();
    a.fail_media = Some((|m| matches!(m, MediaRequest::Answer { .. }), MediaFault::CreateAnswer));
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &SDP.replace("sendrecv", "sendonly")));
    a.expect("SIP/2.0 488");
    a.fail_media = None;
    assert_eq!(a.events.iter().filter(|e| e.contains("hold")).count() % 2, 0, "{:?}", a.events);
    renegotiate(&mut a);
}

/// An offer that is answered 491 each time is given up after the third repetition, and leaves the call ready.
#[test]
fn an_offer_that_always_meets_another_is_given_up() {
    let (mut a, _) = in_call();
    let mut offer = renegotiate(&mut a);
    a.events.clear();
    for repetition in 0..4 {
        a.receive(&response(&offer, "491 Request Pending", "", "", ""));
        a.expect("ACK");
        if repetition < 3 {
            assert!(!a.events.iter().any(|e| e.starts_with("refused")), "{repetition}");
            let at = a.now + 4_000;
            offer = a.at(at).expect("INVITE");
        }
    }
    assert_eq!(a.events.last().map(String::as_str), Some("refused SIP Failure Code 491"));
    let at = a.now + 4_000;
    a.at(at).expect_nothing();
    renegotiate(&mut a);
}

/// An ACK of some other INVITE confirms nothing: the 2xx is repeated until its own comes (RFC 3261 13.2.2.4).
#[test]
fn an_ack_has_the_number_of_its_invite() {
    let (mut b, own) = called(SDP, true);
    for cseq in [0, 2, 7] {
        b.receive(&request("ACK", "bob", &format!("a{cseq}"), &own, cseq, "", ""));
    }
    b.told(&[]);
    b.at(500).expect("SIP/2.0 200");
    b.receive(&request("ACK", "bob", "right", &own, 1, "", ""));
    b.told(&["confirmed remote"]);
    b.at(10_000).expect_nothing();
}

/// Somebody wants to take the place of a call, the app has not decided, and the call ends: his INVITE is answered.
#[test]
fn an_invite_that_would_replace_a_call_ends_with_it() {
    for by_far in [false, true] {
        let (mut a, first) = in_call();
        let own = tag(header(&first, "From").unwrap());
        let call = header(&first, "Call-ID").unwrap();
        let lines = format!("Contact: <sip:x@192.0.2.9>\r\nReplaces: {call};to-tag={own};from-tag=far\r\n");
        a.receive(&request("INVITE", "alice", "r", "", 1, &lines, SDP));
        a.expect("SIP/2.0 100");
        a.told(&["replaces"]);
        if by_far {
            a.receive(&from_far(&first, "BYE", 8, "", ""));
            a.expect("SIP/2.0 200");
        } else {
            a.terminate();
        }
        let refused = a.wire.iter().any(|frame| frame.starts_with("SIP/2.0 603") && frame.contains("CSeq: 1 INVITE"));
        assert!(refused, "{by_far}: {:?}", a.wire);
    }
}
