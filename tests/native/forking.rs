//! One INVITE, several phones: early dialogs, and which of them a 2xx confirms (RFC 3261 12.1, 13.2.2.4).

use crate::support::{CONTACT, SDP, Side, calling, config, from_far, header, response, tag};
use viasip::event::MediaRequest;
use viasip::message::Method;
use viasip::time::Instant;

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
    a.agent.config_mut().credentials.realm = Some("r".into());
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

/// What was sent in the dialog of the phone that was taken set back the number that the early dialog of another one had
/// come to: its BYE repeated the number of a tone, and the far end refused it as out of order.
#[test]
fn the_bye_of_a_declined_answer_counts_on_beside_a_busy_call() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "other", CONTACT, ""));
    let tones = [tone_after(&mut a, 0), tone_after(&mut a, 1_000)];
    for info in &tones {
        a.receive(&response(info, "200 OK", "", "", ""));
    }
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    let late = tone_after(&mut a, 3_000);
    assert!(cseq(&late) < cseq(&tones[1]), "the dialog that was taken counts by itself");
    a.receive(&response(&invite, "200 OK", "other", CONTACT, SDP));
    a.expect("ACK");
    assert!(cseq(&a.expect("BYE")) > cseq(&tones[1]));
}

fn tone_after(a: &mut Side, ms: u64) -> String {
    a.at(ms);
    tone(a)
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

/// A proxy may ring back without having a phone yet: 180 and 183 without a To tag were not told, and their early media
/// was not heard. They make no dialog (RFC 3261 12.1).
#[test]
fn a_1xx_without_a_tag_is_heard() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "", "", ""));
    a.told(&["progress remote"]);
    a.receive(&response(&invite, "183 Session Progress", "", CONTACT, SDP));
    a.told(&["sdp remote answer", "progress remote"]);
    assert!(a.media.iter().any(|m| matches!(m, MediaRequest::RemoteAnswer { .. })), "{:?}", a.media);
    let id = a.sessions[0];
    assert!(a.agent.send_inside(a.instant(), id, Method::Info, &[], "").unwrap().is_none(), "no dialog");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    assert_eq!(a.events.last().map(String::as_str), Some("confirmed local"));
}

/// A phone of RFC 2543 answers without a tag: its tag is the empty one (RFC 3261 12.1.2).
#[test]
fn a_2xx_without_a_tag_makes_a_call() {
    let (mut a, invite) = calling();
    let ok = response(&invite, "200 OK", "", CONTACT, SDP);
    a.receive(&ok);
    assert_eq!(header(&a.expect("ACK"), "To"), Some("<sip:bob@example.com>"));
    a.receive(&ok);
    a.expect("ACK");
    a.receive(&from_far(&invite, "BYE", 7, "", "").replace(";tag=far", ""));
    a.expect("SIP/2.0 200");
    assert_eq!(a.events.last().map(String::as_str), Some("ended remote Terminated"));
}

/// A 2xx without a Contact that can be used got neither ACK nor BYE: the far end repeated it for 32 s, and believed in
/// the call. Both go where the INVITE went, along the route that the 2xx recorded.
#[test]
fn a_2xx_without_a_contact_is_acknowledged_and_ended() {
    let route = "Record-Route: <sip:two.example.com;lr>, <sip:one.example.com;lr>\r\n";
    for contact in ["", "Contact: <tel:+1>\r\n", "Contact: *\r\n", "Contact: <<\r\n"] {
        // The first answer, another one, and one that crossed the CANCEL.
        for case in 0..3 {
            let (mut a, invite) = calling();
            a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
            if case == 1 {
                a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
                a.expect("ACK");
            } else if case == 2 {
                a.terminate();
                a.expect("CANCEL");
            }
            a.events.clear();
            let ok = response(&invite, "200 OK", "bad", &format!("{contact}{route}"), SDP);
            a.receive(&ok);
            for method in ["ACK", "BYE"] {
                let frame = a.expect(&format!("{method} sip:bob@example.com SIP/2.0"));
                let routes: Vec<_> = frame.lines().filter_map(|line| line.strip_prefix("Route: ")).collect();
                assert_eq!(routes, ["<sip:one.example.com;lr>", "<sip:two.example.com;lr>"], "{frame}");
                assert_eq!(tag(header(&frame, "To").unwrap()), "bad");
            }
            a.told(if case == 0 { &["failed remote Internal Error"] } else { &[] });
            a.receive(&ok);
            a.expect("ACK");
            a.expect_nothing();
        }
    }
}

/// The proxy that the INVITE was sent through is on the way of its ACK too, unless the answer knows a better one.
#[test]
fn a_2xx_without_contact_and_route_goes_as_the_invite_went() {
    let mut settings = config("alice");
    settings.use_preloaded_route = true;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", "", SDP));
    for method in ["ACK", "BYE"] {
        let frame = a.expect(method);
        assert_eq!(header(&frame, "Route"), header(&invite, "Route"), "{frame}");
    }
}

/// A challenge to a request in the early dialog of one phone came after another phone had answered: the repetition went
/// into the first one's dialog with a number of the second's.
#[test]
fn a_challenge_of_a_fork_that_lost_is_not_answered() {
    let (mut a, invite) = calling();
    a.agent.config_mut().credentials.realm = Some("r".into());
    a.receive(&response(&invite, "183 Session Progress", "one", CONTACT, ""));
    let first = tone(&mut a);
    a.receive(&response(&invite, "200 OK", "two", CONTACT, SDP));
    a.expect("ACK");
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    a.receive(&response(&first, "407 Proxy Authentication Required", "", challenge, ""));
    a.expect_nothing();
}
