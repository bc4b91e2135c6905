//! A call whose line or media was lost comes back.
//!
//! The file is long because its tests share one vocabulary: a line that goes, the next one, the offer by it.

use viasip::config::Config;
use viasip::event::Input;
use viasip::event::{MediaFault, MediaRequest};
use viasip::time::Instant;

use crate::support::{
    CONTACT, SDP, Side, config, from_far, header, in_call, in_call_of, invite, keep_alive, request, response, tag,
};

const RESTART: MediaRequest = MediaRequest::Offer { ice_restart: true, trickle: false };

#[derive(Clone, Copy)]
enum Ice {
    Up,
    Down,
    Failed,
}

fn ice(side: &mut Side, what: Ice) {
    let id = *side.sessions.last().unwrap();
    let input = match what {
        Ice::Up => Input::IceConnected(id),
        Ice::Down => Input::IceDisconnected(id),
        Ice::Failed => Input::IceFailed(id),
    };
    side.agent.handle_input(side.instant(), input);
    side.pump();
}

/// What was told, but for descriptions.
fn told(side: &mut Side, events: &[&str]) {
    side.events.retain(|event| !event.starts_with("sdp"));
    side.told(events);
}

/// Alice in a call, registered.
fn registered() -> (Side, String) {
    let mut a = Side::new("alice", Config { register: true, ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    grant(&mut a);
    in_call_of(a)
}

fn grant(a: &mut Side) {
    let register = a.expect("REGISTER");
    let contact = format!("Contact: {}\r\n", header(&register, "Contact").unwrap());
    a.receive(&response(&register, "200 OK", "r", &contact, ""));
}

/// The line goes: the next one brings a REGISTER, and then an offer with new ICE credentials and our Contact.
#[test]
fn a_call_goes_on_by_the_next_line() {
    let (mut a, _) = registered();
    ice(&mut a, Ice::Up);
    a.at(10_000).close();
    told(&mut a, &["disconnected", "recovering Connection Error", "unregistered"]);
    a.at(12_000);
    assert!(a.media.is_empty(), "it waits for the REGISTER: {:?}", a.media);
    grant(&mut a);
    a.at(12_000);
    assert_eq!(a.media, [RESTART]);
    let offer = a.expect("INVITE sip:bob@192.0.2.1");
    assert!(header(&offer, "Contact").unwrap().contains("alice-contact@"));
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    told(&mut a, &["connected", "registered", "recovered 2000"]);
    a.at(30_000).expect_nothing();
}

/// A registrar that is slow, or that refuses, holds no call up.
#[test]
fn a_call_does_not_wait_for_ever_for_its_registration() {
    for refused in [false, true] {
        let (mut a, _) = registered();
        a.at(10_000).close();
        let register = a.at(12_000).expect("REGISTER");
        if refused {
            a.receive(&response(&register, "403 Forbidden", "r", "", ""));
        } else {
            a.at(14_999).expect_nothing();
            a.at(15_000);
        }
        a.at(a.now).expect("INVITE");
    }
}

/// A connection that hangs keeps no call from the next one; each further one gets twice as long.
#[test]
fn a_connection_that_hangs_is_given_up_early_while_a_call_waits() {
    let (mut a, _) = in_call();
    a.at(10_000);
    a.auto_open = false;
    a.close();
    let mut given_up = Vec::new();
    for at in (10_000..30_000).step_by(100) {
        a.events.clear();
        a.at(at);
        given_up.extend(a.events.iter().filter(|event| *event == "disconnected").map(|_| at));
    }
    // 2 s between two of them.
    assert_eq!(given_up, [16_000, 26_000]);
}

/// ICE is disconnected for a moment: nothing is done. For long: new credentials, by a line that lives.
#[test]
fn media_that_stays_away_is_brought_back() {
    let (mut a, _) = in_call();
    ice(&mut a, Ice::Up);
    a.at(1_000);
    ice(&mut a, Ice::Down);
    a.at(3_900);
    ice(&mut a, Ice::Up);
    a.at(9_000);
    told(&mut a, &[]);
    a.expect_nothing();
    ice(&mut a, Ice::Down);
    a.at(11_999).expect_nothing();
    let offer = a.at(12_000).expect("INVITE");
    told(&mut a, &["recovering RTP Timeout"]);
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    told(&mut a, &[]);
    a.at(13_000);
    ice(&mut a, Ice::Up);
    told(&mut a, &["recovered 1000"]);
    // Failed: at once.
    a.at(20_000);
    ice(&mut a, Ice::Failed);
    a.at(20_000).expect("INVITE");
    told(&mut a, &["recovering RTP Timeout"]);
}

/// The far end has restarted ICE meanwhile: its new path gets the same patience. A hold of theirs restarts nothing.
#[test]
fn a_path_that_the_far_end_has_made_anew_is_waited_for() {
    for (ufrag, offered_at) in [("efgh", 10_900), ("abcd", 6_000)] {
        let (mut b, own) = answered();
        ice(&mut b, Ice::Up);
        b.at(1_000);
        ice(&mut b, Ice::Down);
        b.at(5_900);
        let offer = SDP.replace("a=ice-ufrag:abcd", &format!("a=ice-ufrag:{ufrag}"));
        b.receive(&request("INVITE", "bob", "3", &own, 2, CONTACT, &offer));
        b.expect("SIP/2.0 200");
        b.receive(&request("ACK", "bob", "4", &own, 2, "", ""));
        b.at(offered_at - 1).expect_nothing();
        b.at(offered_at).expect("INVITE");
    }
}

/// What never had a way has none to come back to; and as in JsSIP if the app wants that.
#[test]
fn a_call_that_never_had_media_ends_at_once() {
    let (mut a, _) = in_call();
    ice(&mut a, Ice::Failed);
    told(&mut a, &["ended local RTP Timeout"]);
    let (mut a, _) = in_call_of(Side::unrecovering("alice"));
    ice(&mut a, Ice::Up);
    ice(&mut a, Ice::Down);
    a.at(20_000);
    told(&mut a, &[]);
    ice(&mut a, Ice::Failed);
    told(&mut a, &["ended local RTP Timeout"]);
}

/// Without media a call ends once, 30 s after it began to come back; with media it goes on, however long the line is away.
#[test]
fn a_call_without_media_ends_in_time() {
    for line in [false, true] {
        let (mut a, _) = in_call();
        ice(&mut a, Ice::Up);
        a.at(1_000);
        ice(&mut a, Ice::Failed);
        if !line {
            a.auto_open = false;
            a.close();
        }
        a.at(30_999);
        assert!(!a.events.iter().any(|event| event.starts_with("ended")), "{:?}", a.events);
        a.at(31_000);
        let ends = a.events.iter().filter(|event| event.starts_with("ended local RTP Timeout")).count();
        assert_eq!(ends, 1, "{:?}", a.events);
    }
    let mut settings = config("alice");
    settings.session_timers = false;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    let (mut a, _) = in_call_of(a);
    ice(&mut a, Ice::Up);
    a.auto_open = false;
    a.close();
    a.at(600_000);
    assert!(!a.events.iter().any(|event| event.starts_with("ended")), "{:?}", a.events);
    // Its phone looks for a server as often as the app allows, because a call waits.
    let least = a.retry_in_ms;
    assert_eq!(least, Some(2_000));
}

/// The far end hung up while our line was broken.
#[test]
fn a_call_that_the_far_end_has_ended_ends() {
    let (mut a, _) = in_call();
    a.close();
    let offer = a.at(2_000).expect("INVITE");
    a.receive(&response(&offer, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.expect("ACK");
    a.events.retain(|event| event.starts_with("ended"));
    a.told(&["ended local Dialog Error"]);
}

/// The offer goes to the far end's old line, of which only its proxy does not know yet. It is made again.
#[test]
fn an_offer_that_is_lost_or_refused_for_now_is_made_again() {
    for refusal in ["408 Request Timeout", "480 Temporarily Unavailable", "430 Flow Failed", "500 Oops"] {
        let (mut a, _) = in_call();
        a.close();
        let offer = a.at(2_000).expect("INVITE");
        a.receive(&response(&offer, refusal, "", "", ""));
        a.expect("ACK");
        a.at(2_999).expect_nothing();
        let offer = a.at(3_000).expect("INVITE");
        a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
        a.expect("ACK");
        told(&mut a, &["disconnected", "recovering Connection Error", "connected", "recovered 3000"]);
    }
    let (mut a, _) = in_call();
    a.close();
    let lost = a.at(2_000).expect("INVITE");
    a.receive(&response(&lost, "100 Trying", "", "", ""));
    let cancel = a.at(6_000).expect("CANCEL");
    assert_eq!(header(&cancel, "CSeq").unwrap().split(' ').next(), header(&lost, "CSeq").unwrap().split(' ').next());
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    let offer = a.at(7_000).expect("INVITE");
    assert_ne!(header(&offer, "CSeq"), header(&lost, "CSeq"));
    a.receive(&response(&lost, "487 Request Terminated", "", "", ""));
    a.expect("ACK");
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    told(&mut a, &["disconnected", "recovering Connection Error", "connected", "recovered 7000"]);
    a.at(44_000).expect_nothing();
}

/// It was only slow: the far end goes by an offer that we have rolled back. Both agree anew.
#[test]
fn an_offer_that_is_taken_too_late_is_followed_by_another() {
    let (mut a, _) = in_call();
    a.close();
    let late = a.at(2_000).expect("INVITE");
    a.receive(&response(&late, "100 Trying", "", "", ""));
    a.at(6_000).expect("CANCEL");
    let offer = a.at(7_000).expect("INVITE");
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    a.receive(&response(&late, "200 OK", "", CONTACT, SDP));
    let ack = a.expect("ACK");
    assert_eq!(header(&ack, "CSeq").unwrap().split(' ').next(), header(&late, "CSeq").unwrap().split(' ').next());
    let again = a.at(7_000).expect("INVITE");
    // The same 2xx once more: the same ACK, and nothing else.
    a.receive(&response(&late, "200 OK", "", CONTACT, SDP));
    assert_eq!(a.expect("ACK"), ack);
    a.receive(&response(&again, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    a.events.retain(|event| event.starts_with("recovered") || event.starts_with("ended"));
    a.told(&["recovered 7000", "recovered 0"]);
    a.expect_nothing();
}

/// Both ends have agreed, and media stays away: the second offer follows soon, because a handshake may have been lost.
#[test]
fn media_that_stays_away_is_offered_again_soon_and_then_later() {
    let (mut a, _) = in_call();
    ice(&mut a, Ice::Up);
    a.close();
    ice(&mut a, Ice::Down);
    for (at, quiet_until) in [(2_000, 4_999), (5_000, 10_999), (11_000, 16_999)] {
        let offer = a.at(at).expect("INVITE");
        a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
        a.expect("ACK");
        a.at(quiet_until).expect_nothing();
    }
}

/// WebRTC takes no answer, as where a server put ICE aside: another offer follows, until one is answered well.
#[test]
fn an_answer_that_cannot_be_applied_is_followed_by_another_offer() {
    let (mut a, _) = in_call();
    a.close();
    a.fail_media = Some((|request| matches!(request, MediaRequest::RemoteAnswer { .. }), MediaFault::SetRemote));
    let offer = a.at(2_000).expect("INVITE");
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    assert_eq!(a.media.last(), Some(&MediaRequest::Rollback));
    a.at(2_999).expect_nothing();
    a.fail_media = None;
    let offer = a.at(3_000).expect("INVITE");
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    let fault = "mediafailed SetRemote";
    told(&mut a, &["disconnected", "recovering Connection Error", "connected", fault, "recovered 3000"]);
    a.at(40_000).expect_nothing();
}

/// If none is, the call ends once, when its time is over.
#[test]
fn a_call_whose_offers_are_all_answered_badly_ends_in_time() {
    let (mut a, _) = in_call();
    a.close();
    a.fail_media = Some((|request| matches!(request, MediaRequest::RemoteAnswer { .. }), MediaFault::SetRemote));
    let mut offers = 0;
    while a.now < 60_000 {
        let Some(due) = a.agent.poll_timeout() else { break };
        a.at(due.millis());
        for frame in std::mem::take(&mut a.wire) {
            if frame.starts_with("INVITE") {
                offers += 1;
                a.receive(&response(&frame, "200 OK", "", CONTACT, SDP));
            }
        }
    }
    assert!((3..12).contains(&offers), "{offers}");
    assert_eq!(a.events.iter().filter(|event| event.starts_with("ended")).count(), 1, "{:?}", a.events);
    a.expect_nothing();
}

/// The far end says no for good, and media flows: the call is none the worse.
#[test]
fn a_final_refusal_leaves_the_call_as_it_was() {
    let (mut a, _) = in_call();
    ice(&mut a, Ice::Up);
    a.close();
    let offer = a.at(2_000).expect("INVITE");
    a.receive(&response(&offer, "488 Not Acceptable Here", "", "", ""));
    a.expect("ACK");
    told(&mut a, &["disconnected", "recovering Connection Error", "connected", "recovered 2000"]);
    a.at(40_000).expect_nothing();
    assert_eq!(a.media.last(), Some(&MediaRequest::Rollback));
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap(), "it can be held");
}

/// A second loss in the middle: the REGISTER and the offer of the first are made again by the third line.
#[test]
fn a_second_loss_begins_anew() {
    let (mut a, _) = registered();
    a.at(10_000).close();
    a.at(12_000);
    grant(&mut a);
    a.at(12_000).expect("INVITE");
    a.close();
    a.at(a.now + 2_000);
    grant(&mut a);
    let offer = a.at(a.now).expect("INVITE");
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    let count = |a: &Side, start: &str| a.events.iter().filter(|event| event.starts_with(start)).count();
    assert_eq!((count(&a, "recovering"), count(&a, "recovered")), (1, 1), "{:?}", a.events);
    a.at(30_000).expect_nothing();
}

/// On hold it stays on hold.
#[test]
fn a_held_call_comes_back_held() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
    a.pump();
    let hold = a.expect("INVITE");
    a.receive(&response(&hold, "200 OK", "", CONTACT, &SDP.replace("sendrecv", "recvonly")));
    a.expect("ACK");
    a.events.clear();
    a.at(1_000).close();
    let offer = a.at(3_000).expect("INVITE");
    assert!(offer.contains("a=sendonly"), "{offer}");
    a.receive(&response(&offer, "200 OK", "", CONTACT, &SDP.replace("sendrecv", "recvonly")));
    a.expect("ACK");
    told(&mut a, &["disconnected", "recovering Connection Error", "connected", "recovered 2000"]);
}

/// Bob took a call; his tag.
fn answered() -> (Side, String) {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    b.expect("SIP/2.0 180");
    let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    b.events.clear();
    b.media.clear();
    (b, own)
}

/// Both ends have moved. The callee lets the caller's offer come first.
#[test]
fn the_callee_lets_the_caller_offer_first() {
    let (mut b, own) = answered();
    b.at(1_000).close();
    b.at(3_699).expect_nothing();
    b.receive(&request("INVITE", "bob", "3", &own, 2, CONTACT, SDP));
    b.expect("SIP/2.0 200");
    told(
        &mut b,
        &["disconnected", "recovering Connection Error", "connected", "reoffer", "answered", "recovered 2699"],
    );
    b.receive(&request("ACK", "bob", "4", &own, 2, "", ""));
    b.at(20_000).expect_nothing();
    // Nothing comes: it offers itself.
    let (mut b, _) = answered();
    b.at(1_000).close();
    b.at(3_700).expect("INVITE");
}

/// Their offer crosses ours: 491. It comes half a second after ours, which was lost then: theirs is taken.
#[test]
fn an_offer_of_theirs_takes_the_place_of_one_that_was_lost() {
    let (mut a, invite) = in_call();
    a.close();
    let lost = a.at(2_000).expect("INVITE");
    a.receive(&response(&lost, "100 Trying", "", "", ""));
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, SDP));
    a.expect("SIP/2.0 491");
    a.at(2_500);
    a.receive(&from_far(&invite, "INVITE", 8, CONTACT, SDP).replace("z9hG4bK", "z9hG4bKx"));
    a.expect("CANCEL");
    a.expect("SIP/2.0 200");
    told(
        &mut a,
        &["disconnected", "recovering Connection Error", "connected", "reoffer", "answered", "recovered 2500"],
    );
    // A hold of the app's is made again behind theirs.
    let (mut a, invite) = in_call();
    let id = a.sessions[0];
    a.close();
    assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
    a.pump();
    let hold = a.at(2_000).expect("INVITE");
    assert!(hold.contains("a=sendonly"));
    a.at(2_600);
    a.receive(&from_far(&invite, "INVITE", 8, CONTACT, SDP));
    let ok = a.expect("SIP/2.0 200");
    a.receive(&from_far(&invite, "ACK", 8, "", ""));
    assert!(ok.contains("a=sendonly"), "{ok}");
    a.at(5_000).expect("INVITE");
}

/// Glare by 491: after a pause by RFC 3261 14.1, whoever made the Call-ID.
#[test]
fn glare_is_waited_out() {
    let (mut a, invite) = in_call();
    a.close();
    let offer = a.at(2_000).expect("INVITE");
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, SDP));
    a.expect("SIP/2.0 491");
    a.receive(&response(&offer, "491 Request Pending", "", "", ""));
    a.expect("ACK");
    a.at(4_099).expect_nothing();
    a.at(6_000).expect("INVITE");
}

/// The far end misses the media as well, and its offer went to our old line: ours met that one, whose time is over soon.
#[test]
fn an_offer_that_meets_a_lost_one_is_made_again_soon() {
    let (mut a, _) = in_call();
    a.close();
    let offer = a.at(2_000).expect("INVITE");
    a.receive(&response(&offer, "491 Request Pending", "", "", ""));
    a.expect("ACK");
    a.at(2_699).expect_nothing();
    let offer = a.at(3_000).expect("INVITE");
    // One that does not give way is no such end.
    a.receive(&response(&offer, "491 Request Pending", "", "", ""));
    a.expect("ACK");
    a.at(5_000).expect_nothing();
    a.at(7_000).expect("INVITE");
}

/// The phone that we called rings: it is told by the next line that nobody waits.
#[test]
fn a_phone_that_rings_in_vain_is_cancelled_by_the_next_line() {
    for rings in [false, true] {
        let mut a = Side::connected("alice");
        a.call("sip:bob@example.com");
        let invite = a.expect("INVITE");
        if rings {
            a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
        }
        a.events.clear();
        a.close();
        told(&mut a, &["failed system Connection Error", "disconnected"]);
        let cancel = a.at(2_000).expect("CANCEL sip:bob@example.com");
        assert_eq!(header(&cancel, "Via"), header(&invite, "Via"));
        a.receive(&response(&cancel, "200 OK", "", "", ""));
        a.at(60_000).expect_nothing();
    }
    // What never left rings nowhere.
    let mut a = Side::connected("alice");
    a.close();
    a.call("sip:bob@example.com");
    a.at(10_000).expect_nothing();
}

/// A call rings here while the line is made anew: the caller hears that it still rings, and the answer.
#[test]
fn a_call_that_rings_here_is_answered_by_the_next_line() {
    for answered_before in [false, true] {
        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", SDP));
        b.expect("SIP/2.0 180");
        b.events.clear();
        b.close();
        told(&mut b, &["disconnected"]);
        if answered_before {
            b.answer();
            b.at(2_000);
        } else {
            b.at(2_000).expect("SIP/2.0 180");
            b.answer();
        }
        let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
        b.wire.clear();
        b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
        assert!(b.events.iter().any(|event| event == "confirmed remote"), "{:?}", b.events);
    }
    // The caller has gone meanwhile.
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.close();
    b.at(2_000);
    b.receive(&request("CANCEL", "bob", "1", "", 1, "", ""));
    assert_eq!(b.events.last().map(String::as_str), Some("failed remote Canceled"));
    // Nobody comes back: it ends once, as a call that nobody answers.
    let mut b = Side::connected("bob");
    b.auto_open = false;
    b.receive(&invite("bob", "1", SDP));
    b.events.clear();
    b.close();
    b.at(120_000);
    b.events.retain(|event| event.starts_with("failed"));
    b.told(&["failed local No Answer"]);
}

/// Another server knows nothing of the call that rings.
#[test]
fn a_call_that_rings_ends_with_its_server() {
    let mut settings = config("bob");
    let server = settings.servers[0].clone();
    settings.servers.push(server);
    let mut b = Side::new("bob", settings);
    b.agent.start(Instant::from_millis(0));
    b.pump();
    b.receive(&invite("bob", "1", SDP));
    b.events.clear();
    b.close();
    b.at(2_000);
    b.events.retain(|event| event.starts_with("failed"));
    b.told(&["failed system Connection Error"]);
}

/// The far end may hold the path that has gone for the better one: what an offer brings that restarts ICE stands above it, and
/// above all offers before.
#[test]
fn the_new_path_is_preferred() {
    let priority = |offer: &str| -> u32 {
        let line = offer.lines().find(|line| line.starts_with("a=candidate:")).unwrap();
        line.split(' ').nth(3).unwrap().parse().unwrap()
    };
    let (mut a, invite) = in_call();
    ice(&mut a, Ice::Up);
    let mut highest = 126 << 24 | 0x00ff_ffff;
    assert_eq!(priority(&invite), 1, "a call's first offer is WebRTC's own");
    for _ in 0..3 {
        ice(&mut a, Ice::Down);
        let offer = a.at(a.now + 3_000).expect("INVITE");
        assert!(priority(&offer) > highest, "{offer}");
        highest = priority(&offer);
        a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
        a.expect("ACK");
        ice(&mut a, Ice::Up);
    }
}

/// Who waited for the far end's handshake goes on waiting: their offer leaves the choice, and Firefox would take the other role.
#[test]
fn an_offer_inside_the_call_keeps_the_roles_of_dtls() {
    let active = SDP.replace("actpass", "active");
    for (fingerprint, role) in [("00:11", "a=setup:active"), ("22:33", "a=setup:actpass")] {
        let mut a = Side::connected("alice");
        a.call("sip:bob@example.com");
        let call = a.expect("INVITE");
        a.receive(&response(&call, "200 OK", "far", CONTACT, &active));
        a.expect("ACK");
        a.media.clear();
        let offer = SDP.replace("00:11", fingerprint);
        a.receive(&from_far(&call, "INVITE", 7, CONTACT, &offer));
        let taken = a.media.iter().find_map(|request| match request {
            MediaRequest::RemoteOffer(sdp) => Some(sdp.clone()),
            _ => None,
        });
        assert!(taken.unwrap().contains(role), "{role}");
    }
}

/// The host went from one network straight to another, of which the browser tells nothing: the media falls silent, and the
/// line is asked whether it lives. It took the five seconds in which ICE finds that out.
#[test]
fn media_that_falls_silent_asks_whether_the_line_lives() {
    for (recovery_timeout_ms, lives) in [(30_000, true), (30_000, false), (0, true)] {
        let settings = Config { keep_alive: keep_alive(25_000), recovery_timeout_ms, ..config("alice") };
        let mut a = Side::new("alice", settings);
        a.agent.start(Instant::from_millis(0));
        a.pump();
        let (mut a, _) = in_call_of(a);
        a.receive("\r\n");
        a.events.clear();
        let session = a.sessions[0];
        let counted = |a: &mut Side, at: u64, packets: u64| {
            a.at(at);
            a.agent.handle_input(a.instant(), Input::PacketsReceived { session, packets });
            a.pump();
            a.at(at);
        };
        for (at, packets) in [(500, 20), (1_000, 45), (1_500, 70), (2_000, 70)] {
            counted(&mut a, at, packets);
        }
        a.expect_nothing();
        counted(&mut a, 2_500, 70);
        if recovery_timeout_ms == 0 {
            a.expect_nothing();
            continue;
        }
        a.expect("\r\n\r\n");
        if lives {
            a.receive("\r\n");
            counted(&mut a, 3_000, 70);
            a.at(20_000).expect_nothing();
            told(&mut a, &[]);
        } else {
            a.at(3_999);
            told(&mut a, &[]);
            a.at(4_000);
            told(&mut a, &["disconnected", "recovering Connection Error", "connected"]);
        }
    }
}
