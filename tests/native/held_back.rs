//! What an app asks inside a call while an offer is open that brings the call back: a phone that has answered that, and
//! has no ACK yet, refuses a REFER or NOTIFY (JsSIP: 403 Wrong Status).

use viasip::command::ReofferOptions;
use viasip::event::Input;
use viasip::message::Method;

use crate::support::{CONTACT, SDP, Side, from_far, header, in_call, response};

/// Alice in a call whose ICE has failed: the offer that brings it back is on the wire.
fn recovering() -> (Side, String, String) {
    let (mut a, invite) = in_call();
    let id = a.sessions[0];
    a.agent.handle_input(a.instant(), Input::IceConnected(id));
    a.agent.handle_input(a.instant(), Input::IceFailed(id));
    let now = a.now;
    let offer = a.at(now).expect("INVITE");
    a.events.clear();
    (a, invite, offer)
}

fn refer(a: &mut Side) -> u32 {
    let sent = a.agent.refer(a.instant(), a.sessions[0], "<sip:carol@example.com>", &[], false).unwrap();
    a.pump();
    sent.unwrap().1
}

fn message(a: &mut Side, text: &str) {
    a.agent.message(a.instant(), a.sessions[0], "text/plain", text, &[]).unwrap();
    a.pump();
}

fn cseq(frame: &str) -> u32 {
    header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse().unwrap()
}

/// A REFER right after the network had changed met 403, and the transfer came to nothing.
#[test]
fn what_an_app_asks_leaves_behind_our_ack() {
    let (mut a, _, offer) = recovering();
    let number = refer(&mut a);
    message(&mut a, "one");
    a.agent.info(a.instant(), a.sessions[0], "text/plain", "two", None, &[]).unwrap();
    a.pump();
    a.expect_nothing();
    a.at(1_000).expect_nothing();
    let moved = "Contact: <sip:bob@192.0.2.9;transport=ws>\r\n";
    a.receive(&response(&offer, "200 OK", "", moved, SDP));
    a.expect("ACK sip:bob@192.0.2.9");
    let frames = [a.expect("REFER sip:bob@192.0.2.9"), a.expect("MESSAGE"), a.expect("INFO")];
    let numbers: Vec<u32> = frames.iter().map(|frame| cseq(frame)).collect();
    assert_eq!(numbers, [cseq(&offer) + 1, cseq(&offer) + 2, cseq(&offer) + 3]);
    assert_eq!(number, numbers[0]);
    for frame in &frames {
        a.receive(&response(frame, "200 OK", "", "", ""));
    }
    assert_eq!(a.events.iter().filter(|told| *told == "requestDone").count(), 3, "{:?}", a.events);
}

/// The far end tells how the transfer goes by the number that its REFER left under.
#[test]
fn it_has_the_next_number_when_it_leaves() {
    let (mut a, invite, offer) = recovering();
    refer(&mut a);
    // The far end wants a longer interval: the offer leaves once more, under the number that the REFER was to have.
    a.receive(&response(&offer, "422 Session Interval Too Small", "", "Min-SE: 2000\r\n", ""));
    a.expect("ACK");
    let offer = a.expect("INVITE");
    a.expect_nothing();
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    a.expect("ACK");
    let refer = a.expect("REFER");
    assert_eq!(cseq(&refer), cseq(&offer) + 1);
    // Nobody has asked for a password, though the app was told so.
    assert!(a.events.contains(&"renumbered".to_owned()) && !a.events.contains(&"authenticated".to_owned()));
    a.receive(&response(&refer, "202 Accepted", "", "", ""));
    let lines = format!("Event: refer;id={}\r\nSubscription-State: active\r\n", cseq(&refer));
    let notify = from_far(&invite, "NOTIFY", 50, &lines, "SIP/2.0 180 Ringing");
    a.receive(&notify.replace("application/sdp", "message/sipfrag"));
    a.expect("SIP/2.0 200");
    assert_eq!(a.events.last().unwrap(), "referProgress 180 Ringing");
}

/// Refused, or lost on the way, the offer is made again later: nothing waits for that.
#[test]
fn an_offer_that_comes_to_nothing_holds_nothing_back() {
    for answer in ["500 Server Internal Error", "488 Not Acceptable Here", "491 Request Pending", ""] {
        let (mut a, _, offer) = recovering();
        message(&mut a, "one");
        if answer.is_empty() {
            a.at(3_999).expect_nothing();
            a.at(4_000);
        } else {
            a.receive(&response(&offer, answer, "", "", ""));
            a.expect("ACK");
        }
        a.expect("MESSAGE");
    }
}

/// Somebody is asked there, who may take minutes, and until then the phone takes a REFER; no more of them from its 2xx on.
#[test]
fn a_user_who_is_asked_holds_nothing_back() {
    let (mut a, _, offer) = recovering();
    message(&mut a, "one");
    a.receive(&response(&offer, "100 Trying", "", "", ""));
    a.expect_nothing();
    a.receive(&response(&offer, "180 Ringing", "", "", ""));
    a.expect("MESSAGE");
    message(&mut a, "two");
    a.expect("MESSAGE");
    a.hold_media = true;
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    message(&mut a, "three");
    a.expect_nothing();
    a.release_media();
    a.expect("ACK");
    a.expect("MESSAGE");
}

/// What is still held fails with the call, before the call is told to be over.
#[test]
fn it_fails_with_the_call() {
    for ours in [true, false] {
        let (mut a, invite, _) = recovering();
        refer(&mut a);
        message(&mut a, "one");
        a.events.clear();
        if ours {
            a.terminate();
        } else {
            a.receive(&from_far(&invite, "BYE", 50, "", ""));
        }
        a.events.truncate(2);
        a.told(&["requestDone Dialog Error", "requestDone Dialog Error"]);
        assert!(
            a.wire.iter().all(|frame| !frame.starts_with("REFER") && !frame.starts_with("MESSAGE")),
            "{:?}",
            a.wire
        );
        a.at(200_000);
        assert_eq!(a.agent.holdings(), Default::default());
    }
}

/// How a transfer of theirs goes is told behind our ACK too, and outlives the call.
#[test]
fn what_is_told_of_a_transfer_waits_too() {
    for ends in [false, true] {
        let (mut a, invite, offer) = recovering();
        a.listens = true;
        a.receive(&from_far(
            &invite,
            "REFER",
            50,
            "Refer-To: <sip:carol@example.com>\r\nContact: <sip:b@192.0.2.1>\r\n",
            "",
        ));
        a.expect("SIP/2.0 202");
        a.expect_nothing();
        let id = a.sessions[0];
        a.agent.notify_refer(a.instant(), id, 50, 200, "");
        a.pump();
        a.expect_nothing();
        if ends {
            a.terminate();
            a.expect("BYE");
        } else {
            a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
            a.expect("ACK");
        }
        assert!(a.expect("NOTIFY").contains("SIP/2.0 100"));
        assert!(a.expect("NOTIFY").contains("SIP/2.0 200"));
    }
}

/// An app's own offer holds nothing back, as in JsSIP; nor does a queue that is full.
#[test]
fn the_rest_leaves_at_once() {
    let (mut a, _) = in_call();
    assert!(a.agent.renegotiate(a.instant(), a.sessions[0], ReofferOptions::default()).unwrap());
    a.pump();
    a.expect("INVITE");
    refer(&mut a);
    a.expect("REFER");

    let (mut a, _, offer) = recovering();
    let mut held = 0;
    while a.wire.is_empty() {
        message(&mut a, "one");
        held += 1;
        assert!(held < 1_000, "without bound");
    }
    a.receive(&response(&offer, "200 OK", "", CONTACT, SDP));
    assert_eq!(a.wire.iter().filter(|frame| frame.starts_with(Method::Message.as_str())).count(), held);
}
