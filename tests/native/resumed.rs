//! A call outlives its page: what is kept of it, and how the next page goes on.

use viasip::config::Config;
use viasip::event::{Input, MediaFault, MediaRequest, SessionId};
use viasip::time::Instant;

use crate::support::{
    CONTACT, SDP, Side, answered_by_bob, calling, config, from_far, header, in_call, invite, request, response, tag,
};

fn keep(side: &mut Side) -> Vec<String> {
    let id = *side.sessions.last().unwrap();
    side.agent.keep(side.instant(), id).expect("a call that is up")
}

/// The page after that of alice's, which registers first.
fn next_page(kept: &[String]) -> Side {
    let mut a = Side::new("alice", Config { register: true, ..config("alice") });
    a.auto_open = false;
    a.agent.start(Instant::from_millis(0));
    a.pump();
    let id = SessionId(a.agent.reserve());
    a.agent.resume_call(a.instant(), id, kept).unwrap();
    a.auto_open = true;
    a.pump();
    a
}

fn open(a: &mut Side) {
    let flow = viasip::event::Flow(1);
    a.flow = Some(flow);
    a.agent.handle_input(a.instant(), Input::Opened(flow));
    a.pump();
}

fn grant(a: &mut Side) {
    let register = a.expect("REGISTER");
    let contact = format!("Contact: {}\r\n", header(&register, "Contact").unwrap());
    a.receive(&response(&register, "200 OK", "r", &contact, ""));
}

fn ice_up(a: &mut Side) {
    let id = *a.sessions.last().unwrap();
    a.agent.handle_input(a.instant(), Input::IceConnected(id));
    a.pump();
}

/// The dialog goes on by the next page: same names, higher numbers, the same way; behind the REGISTER, with new media.
#[test]
fn a_call_goes_on_in_the_next_page() {
    let (mut before, invite) = in_call();
    let kept = keep(&mut before);
    assert!(!kept.iter().any(|text| text.contains("ice-pwd:0123")), "no secret: {kept:?}");
    let mut a = next_page(&kept);
    a.told(&["newRTCSession local", "recovering Connection Error"]);
    let MediaRequest::Prime(sdp) = a.media[1].clone() else { panic!("{:?}", a.media) };
    assert!(!sdp.contains("a=candidate"), "{sdp}");
    // The far end's answer did not say that it is the active one.
    assert!(sdp.contains("a=setup:passive"), "{sdp}");
    a.expect_nothing();
    open(&mut a);
    grant(&mut a);
    let offer = a.at(0).expect("INVITE sip:bob@192.0.2.1");
    assert_eq!(header(&offer, "Call-ID"), header(&invite, "Call-ID"));
    assert_eq!(header(&offer, "From"), header(&invite, "From"));
    assert!(header(&offer, "To").unwrap().ends_with(";tag=far"));
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!(number(&offer) > number(&invite) + 5);
    assert_eq!(a.media.last(), Some(&MediaRequest::Offer { ice_restart: false, trickle: false }));
    // The far end takes the controlling role, and with it the newest path.
    assert!(offer.contains("\r\na=ice-lite\r\nm=audio"), "{offer}");
    // Asterisk makes another DTLS handshake only where its role changes, if only from the one that all media have.
    let (all, audio) = offer.split_once("\r\nm=audio").unwrap();
    assert!(all.contains("\r\na=setup:holdconn\r\n") && audio.contains("\r\na=setup:active\r\n"), "{offer}");
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    a.events.clear();
    a.at(1_000);
    ice_up(&mut a);
    a.told(&["confirmed local", "recovered 1000"]);
    a.terminate();
    a.expect("BYE sip:bob@192.0.2.1");
    a.told(&["ended local Terminated"]);
}

/// An end that does not take how the handshake is asked for, or makes none all the same, is left the choice at the next try.
#[test]
fn the_handshake_is_asked_for_in_two_ways() {
    let (mut before, _) = in_call();
    let kept = keep(&mut before);
    let mut a = next_page(&kept);
    open(&mut a);
    grant(&mut a);
    let first = a.at(0).expect("INVITE");
    assert!(first.contains("a=setup:holdconn"), "{first}");
    a.receive(&response(&first, "488 Not Acceptable Here", "", "", ""));
    a.expect("ACK");
    let second = a.at(1_000).expect("INVITE");
    assert!(!second.contains("a=setup:holdconn") && second.contains("a=setup:actpass"), "{second}");
    a.receive(&response(&second, "200 OK", "", CONTACT, &SDP.replace("actpass", "passive")));
    a.expect("ACK");
    a.at(6_900).expect_nothing();
    let third = a.at(7_000).expect("INVITE");
    assert!(third.contains("a=setup:holdconn"), "{third}");
    // What the far end has not taken, or has not come to, is not offered again.
    let restarts = |asked: &MediaRequest| match asked {
        MediaRequest::Offer { ice_restart, .. } => Some(*ice_restart),
        _ => None,
    };
    assert_eq!(a.media.iter().filter_map(restarts).collect::<Vec<_>>(), [false, true, true]);
}

/// The callee's side, held, behind proxies.
#[test]
fn a_held_call_of_theirs_goes_on_held() {
    let mut b = Side::connected("bob");
    let routed = invite("bob", "1", SDP).replace("Call-ID", "Record-Route: <sip:edge.invalid;lr>\r\nCall-ID");
    b.receive(&routed);
    b.answer();
    b.expect("SIP/2.0 180");
    let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    let id = b.sessions[0];
    assert!(b.agent.hold(b.instant(), id, true, Default::default()).unwrap());
    b.pump();
    let hold = b.expect("INVITE");
    let held = SDP.replace("sendrecv", "recvonly").replace("setup:actpass", "setup:active");
    b.receive(&response(&hold, "200 OK", "", CONTACT, &held));
    b.expect("ACK");
    let kept = keep(&mut b);
    let mut b = next_page(&kept);
    b.told(&["newRTCSession remote", "recovering Connection Error"]);
    assert!(
        b.media.iter().any(|asked| matches!(asked, MediaRequest::Prime(sdp) if sdp.contains("a=setup:active"))),
        "{:?}",
        b.media
    );
    assert!(b.media.contains(&MediaRequest::Enable(false)));
    open(&mut b);
    grant(&mut b);
    let offer = b.at(0).expect("INVITE");
    assert!(offer.contains("a=sendonly"), "{offer}");
    assert_eq!(header(&offer, "Route"), Some("<sip:edge.invalid;lr>"));
    assert!(header(&offer, "From").unwrap().contains(&own));
}

/// The far end has gone meanwhile, or nothing comes back: it fails once.
#[test]
fn a_call_that_does_not_come_back_fails_once() {
    let (mut before, _) = in_call();
    let kept = keep(&mut before);
    let mut a = next_page(&kept);
    open(&mut a);
    grant(&mut a);
    let offer = a.at(0).expect("INVITE");
    a.receive(&response(&offer, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.expect("ACK");
    a.events.retain(|event| event.starts_with("failed") || event.starts_with("ended"));
    a.told(&["failed local Dialog Error"]);
    // No line in 30 s.
    let mut a = next_page(&kept);
    a.auto_open = false;
    a.at(60_000);
    a.events.retain(|event| event.starts_with("failed") || event.starts_with("ended"));
    a.told(&["failed local Connection Error"]);
    // No microphone: the far end is told.
    let mut a = Side::connected("alice");
    a.fail_media = Some((|asked| matches!(asked, MediaRequest::Acquire { .. }), MediaFault::UserMedia));
    let id = SessionId(a.agent.reserve());
    a.agent.resume_call(a.instant(), id, &kept).unwrap();
    a.pump();
    a.expect("BYE");
    a.events.retain(|event| event.starts_with("failed") || event.starts_with("ended"));
    a.told(&["failed local User Denied Media Access"]);
    // Nobody listens for calls: it is ended.
    let mut a = Side::connected("alice");
    a.listens = false;
    let id = SessionId(a.agent.reserve());
    a.agent.resume_call(a.instant(), id, &kept).unwrap();
    a.pump();
    a.expect("BYE");
}

/// What the far end asks before WebRTC is ready has to wait; a BYE has not.
#[test]
fn the_far_end_may_be_first() {
    let (mut before, first) = in_call();
    let kept = keep(&mut before);
    let mut a = Side::connected("alice");
    a.hold_media = true;
    let id = SessionId(a.agent.reserve());
    a.agent.resume_call(a.instant(), id, &kept).unwrap();
    a.pump();
    a.receive(&from_far(&first, "INVITE", 7, CONTACT, SDP));
    a.expect("SIP/2.0 491");
    a.events.clear();
    a.receive(&from_far(&first, "BYE", 8, "", "").replace("z9hG4bK", "z9hG4bKbye"));
    a.expect("SIP/2.0 200");
    a.told(&["ended remote Terminated"]);
}

/// Whom a proxy had asserted after a transfer was nobody any more in the next page.
#[test]
fn who_the_far_end_is_goes_along() {
    let (mut before, invite) = in_call();
    let identity = "P-Asserted-Identity: \"Carol, C.\" <sip:carol@example.com>;x=\"1;2\", <tel:+12>\r\n";
    before.receive(&from_far(&invite, "UPDATE", 1, &format!("{CONTACT}{identity}"), ""));
    let mut a = next_page(&keep(&mut before));
    a.told(&[
        "newRTCSession local",
        "identity asserted 'Carol, C.' <sip:carol@example.com>;x='1;2' and <tel:+12>",
        "recovering Connection Error",
    ]);
}

/// A page that is left while it brings a call back leaves that to the next one, at whatever step. It was lost.
#[test]
fn a_page_that_brings_a_call_back_may_be_left_too() {
    for outgoing in [true, false] {
        let (mut before, role) = if outgoing { (in_call().0, "passive") } else { (answered_by_bob().0, "active") };
        let kept = keep(&mut before);
        assert!(kept.iter().any(|text| text.contains(&format!("a=setup:{role}"))), "{kept:?}");
        let same = |again: &[String]| {
            let alike = kept.iter().zip(again).filter(|(one, other)| one == other).count();
            assert!(again.len() == kept.len() && alike + 1 >= kept.len(), "but for the number: {kept:?} {again:?}");
        };
        // Its WebRTC is primed, and there is no line.
        let mut a = next_page(&kept);
        same(&keep(&mut a));
        // Its offer is on its way.
        let mut a = next_page(&keep(&mut a));
        open(&mut a);
        grant(&mut a);
        let first = a.at(0).expect("INVITE");
        same(&keep(&mut a));
        let mut a = next_page(&keep(&mut a));
        open(&mut a);
        grant(&mut a);
        let offer = a.at(0).expect("INVITE");
        let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
        assert!(number(&offer) > number(&first), "{first} {offer}");
        assert_eq!(header(&offer, "Call-ID"), header(&first, "Call-ID"));
        // Both have agreed, and media is not there yet.
        a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
        a.expect("ACK");
        let mut a = next_page(&keep(&mut a));
        open(&mut a);
        grant(&mut a);
        let offer = a.at(0).expect("INVITE");
        a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
        a.expect("ACK");
        a.events.clear();
        ice_up(&mut a);
        assert_eq!(a.events[0], "confirmed local");
    }
}

/// Only a call that is up is kept, and only what was kept is read.
#[test]
fn what_is_kept_is_checked() {
    let mut a = Side::connected("alice");
    let id = a.call("sip:bob@example.com");
    assert_eq!(a.agent.keep(a.instant(), id), None);
    let (mut before, _) = in_call();
    let kept = keep(&mut before);
    let mut a = Side::connected("alice");
    let mut resume = |kept: &[String]| {
        let id = SessionId(a.agent.reserve());
        a.agent.resume_call(a.instant(), id, kept).is_ok()
    };
    assert!(!resume(&[]));
    for at in 0..kept.len() {
        assert!(!resume(&kept[..at]), "cut at {at}");
    }
    let with = |at: usize, text: &str| {
        let mut kept = kept.clone();
        kept[at] = text.to_owned();
        kept
    };
    assert!(!resume(&with(0, "0")), "of another version");
    assert!(!resume(&with(12, "call\r\nX: y")), "a line break in a header");
    assert!(!resume(&with(17, "javascript:alert")), "no SIP address");
    assert!(!resume(&with(17, "many")), "no number");
    assert!(!resume(&with(21, "4000000")), "more realms than there are");
    assert!(resume(&kept));
}

/// Two ends that leave the checks to each other would make none.
#[test]
fn a_lite_far_end_is_offered_no_lite_one() {
    let (mut before, invite) = calling();
    before.receive(&response(&invite, "200 OK", "far", CONTACT, &SDP.replacen("m=", "a=ice-lite\r\nm=", 1)));
    before.expect("ACK");
    let kept = keep(&mut before);
    let mut a = next_page(&kept);
    open(&mut a);
    grant(&mut a);
    let offer = a.at(0).expect("INVITE");
    assert!(!offer.contains("a=ice-lite"), "{offer}");
}
