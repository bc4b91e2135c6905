//! One INVITE, several phones: early dialogs, and which of them a 2xx confirms (RFC 3261 12.1, 13.2.2.4).

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use support::{CONTACT, SDP, Side, calling, from_far, header, response, tag};

fn cseq(frame: &str) -> u32 {
    header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse().unwrap()
}

fn tone(a: &mut Side) -> String {
    let id = a.sessions[0];
    a.agent.dtmf(a.instant(), id, "1", 100, 500, &[]).unwrap();
    a.pump();
    a.expect("INFO")
}

/// Tones in the early dialog raised its CSeq, and the answer made a dialog that counted from the INVITE again: the
/// far end refused the next request as out of order.
#[test]
fn a_2xx_confirms_its_early_dialog_and_counts_on() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, ""));
    let info = tone(&mut a);
    a.receive(&response(&info, "200 OK", "", "", ""));
    a.receive(&from_far(&invite, "INFO", 7, "Content-Type: text/plain\r\n", ""));
    a.expect("SIP/2.0 200");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.terminate();
    assert_eq!(cseq(&a.expect("BYE")), cseq(&info) + 1);
    // And so it is the other way: what came early was counted.
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, ""));
    a.receive(&from_far(&invite, "INFO", 7, "Content-Type: text/plain\r\n", ""));
    a.expect("SIP/2.0 200");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.receive(&from_far(&invite, "INFO", 6, "Content-Type: text/plain\r\n", ""));
    a.expect("SIP/2.0 500");
}

/// The repetition of a challenged request in an early dialog was not counted.
#[test]
fn a_challenge_in_an_early_dialog_is_counted() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, ""));
    let first = tone(&mut a);
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    a.receive(&response(&first, "407 Proxy Authentication Required", "", challenge, ""));
    let second = a.expect("INFO");
    a.receive(&response(&second, "200 OK", "", "", ""));
    a.at(2_000);
    let third = tone(&mut a);
    assert_eq!([cseq(&second), cseq(&third)], [cseq(&first) + 1, cseq(&first) + 2]);
}

/// A tone was sent early, the call cancelled, and a 200 crossed the CANCEL: its BYE repeated the number of the tone.
#[test]
fn the_bye_of_a_declined_answer_counts_on() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, ""));
    let info = tone(&mut a);
    a.receive(&response(&info, "200 OK", "", "", ""));
    a.terminate();
    a.expect("CANCEL");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    assert_eq!(cseq(&a.expect("BYE")), cseq(&info) + 1);
}

/// A phone that answers without a description was taken to have the early media of another.
#[test]
fn early_media_of_one_phone_is_no_answer_of_another() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "one", CONTACT, SDP));
    a.receive(&response(&invite, "200 OK", "two", CONTACT, ""));
    a.expect("ACK");
    let bye = a.expect("BYE");
    assert_eq!(tag(header(&bye, "To").unwrap()), "two");
    assert_eq!(a.events.last().map(String::as_str), Some("failed remote Bad Media Description"));
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "one", CONTACT, SDP));
    a.receive(&response(&invite, "200 OK", "one", CONTACT, ""));
    a.expect("ACK");
    a.expect_nothing();
}

/// A BYE in an early dialog ended the call, and nobody told the phones that still rang.
#[test]
fn a_bye_in_an_early_dialog_cancels_the_others() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    a.receive(&response(&invite, "180 Ringing", "other", "Contact: <sip:other@192.0.2.2>\r\n", ""));
    a.events.clear();
    a.receive(&from_far(&invite, "BYE", 7, "", ""));
    a.expect("SIP/2.0 200");
    let cancel = a.expect("CANCEL");
    a.told(&["ended remote Terminated"]);
    a.receive(&response(&cancel, "200 OK", "", "", ""));
    a.at(40_000);
    assert_eq!(a.agent.poll_timeout(), None, "nothing is left");
}

/// Each further 2xx is acknowledged and ended; a server that makes up phones without end grew a list.
#[test]
fn a_flood_of_answers_is_bounded() {
    let (mut a, invite) = calling();
    for n in 0..1_000 {
        a.receive(&response(&invite, "200 OK", &format!("t{n}"), CONTACT, SDP));
    }
    let byes = a.wire.iter().filter(|frame| frame.starts_with("BYE")).count();
    assert!((16..64).contains(&byes), "{byes}");
    a.wire.clear();
    a.receive(&response(&invite, "200 OK", "t0", CONTACT, SDP));
    a.expect("ACK");
}
