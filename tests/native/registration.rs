//! REGISTER: digest, refresh, 423, un-REGISTER, GRUU, and the line that comes and goes.

use crate::support::{Side, header, registering, response};
use viasip::time::Instant;

fn grant(register: &str, params: &str) -> String {
    let contact = header(register, "Contact").unwrap();
    response(register, "200 OK", "r", &format!("Contact: {contact}{params}\r\n"), "")
}

#[test]
fn it_registers_by_digest_and_refreshes_in_time() {
    let mut a = registering();
    let first = a.expect("REGISTER sip:example.com SIP/2.0");
    assert!(header(&first, "Contact").unwrap().contains(";reg-id=1;+sip.instance=\"<urn:uuid:"));
    assert_eq!(header(&first, "Expires"), Some("600"));
    let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\", algorithm=MD5\r\n\
                     WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n";
    a.receive(&response(&first, "401 Unauthorized", "r", challenge, ""));
    let second = a.expect("REGISTER");
    assert!(header(&second, "Authorization").unwrap().starts_with("Digest algorithm=SHA-256, username=\"alice\""));
    assert_eq!(header(&second, "CSeq"), Some("2 REGISTER"));
    assert_eq!(header(&second, "Call-ID"), header(&first, "Call-ID"));
    a.receive(&grant(&second, ""));
    a.told(&["registered"]);
    let due = a.agent.poll_timeout().unwrap().millis();
    assert!((300_000..=568_000).contains(&due), "{due}");
    a.at(due);
    let refresh = a.expect("REGISTER");
    assert_eq!(header(&refresh, "CSeq"), Some("3 REGISTER"));
    a.receive(&grant(&refresh, ""));
    a.told(&[]);
}

#[test]
fn a_wrong_password_ends_it_without_a_loop() {
    let mut a = registering();
    let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n";
    let first = a.expect("REGISTER");
    a.receive(&response(&first, "401 Unauthorized", "r", challenge, ""));
    let second = a.expect("REGISTER");
    a.receive(&response(&second, "401 Unauthorized", "r", challenge, ""));
    a.told(&["registrationFailed Authentication Error"]);
    a.at(600_000);
    a.expect_nothing();
}

#[test]
fn a_registrar_that_wants_more_time_gets_it() {
    let mut a = registering();
    let first = a.expect("REGISTER");
    a.receive(&response(&first, "423 Interval Too Brief", "r", "Min-Expires: 1800\r\n", ""));
    let second = a.expect("REGISTER");
    assert_eq!(header(&second, "Expires"), Some("1800"));
    a.receive(&grant(&second, ""));
    a.told(&["registered"]);
}

/// A server that restarts takes connections before its registrar answers: without asking again, the phone that came back
/// first would never be called again.
#[test]
fn a_registrar_that_does_not_answer_is_asked_again() {
    let mut a = registering();
    a.expect("REGISTER");
    a.at(32_000);
    a.told(&["registrationFailed Request Timeout"]);
    a.expect_nothing();
    let again = a.agent.poll_timeout().unwrap().millis();
    assert!((47_000..62_000).contains(&again), "{again}");
    a.at(again);
    let second = a.expect("REGISTER");
    a.receive(&grant(&second, ""));
    a.told(&["registered"]);
}

#[test]
fn a_registrar_that_is_busy_says_when_to_come_back() {
    let mut a = registering();
    let first = a.expect("REGISTER");
    a.receive(&response(&first, "503 Service Unavailable", "r", "Retry-After: 7 (restarting)\r\n", ""));
    a.told(&["registrationFailed SIP Failure Code"]);
    a.at(6_999);
    a.expect_nothing();
    a.at(7_000);
    let second = a.expect("REGISTER");
    a.receive(&response(&second, "403 Forbidden", "r", "", ""));
    a.told(&["registrationFailed Rejected"]);
    a.at(6_000_000);
    a.expect_nothing();
}

/// RFC 5626 11.5: it is an edge's to its registrar, that a flow has failed. Where it comes to us all the same, it passes.
#[test]
fn a_flow_that_failed_on_the_way_is_no_refusal() {
    let mut a = registering();
    let first = a.expect("REGISTER");
    a.receive(&response(&first, "430 Flow Failed", "edge", "", ""));
    a.told(&["registrationFailed Unavailable"]);
    a.at(a.agent.poll_timeout().unwrap().millis());
    let second = a.expect("REGISTER");
    a.receive(&grant(&second, ""));
    a.told(&["registered"]);
}

#[test]
fn nobody_is_asked_again_after_unregister() {
    let mut a = registering();
    let first = a.expect("REGISTER");
    a.receive(&response(&first, "500 Server Error", "r", "", ""));
    let now = a.now;
    a.agent.unregister(Instant::from_millis(now), false);
    a.at(600_000);
    a.expect_nothing();
}

#[test]
fn gruus_are_kept_and_used_in_contact() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ";pub-gruu=\"sip:alice@example.com;gr=1\";temp-gruu=\"sip:t@example.com;gr\""));
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    assert_eq!(header(&invite, "Contact"), Some("<sip:alice@example.com;gr=1>"));
    assert_eq!(header(&invite, "Supported"), Some("timer,gruu,ice,replaces,outbound,trickle-ice"));
}

#[test]
fn unregistering_says_goodbye_and_stays() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ""));
    a.events.clear();
    a.agent.unregister(a.instant(), false);
    a.pump();
    let bye = a.expect("REGISTER");
    assert_eq!(header(&bye, "Expires"), Some("0"));
    assert!(header(&bye, "Contact").unwrap().ends_with(";expires=0"));
    a.receive(&response(&bye, "200 OK", "r", "", ""));
    a.told(&["unregistered"]);
    a.at(1_000_000);
    a.expect_nothing();
}

#[test]
fn a_lost_line_is_tried_again_and_registered_again() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ""));
    a.events.clear();
    a.close();
    a.told(&["disconnected", "unregistered"]);
    a.at(1_999).told(&[]);
    a.at(2_000).told(&["connected"]);
    let again = a.expect("REGISTER");
    assert_eq!(header(&again, "Call-ID"), header(&register, "Call-ID"));
}

#[test]
fn attempts_back_off_up_to_their_bound() {
    let mut a = registering();
    a.close();
    a.auto_open = false;
    let mut waits = Vec::new();
    for _ in 0..12 {
        let due = a.agent.poll_timeout().unwrap().millis();
        waits.push(due - a.now);
        assert_eq!(a.retry_in_ms, waits.last().copied(), "what the app is told");
        a.at(due);
        // The attempt itself fails after the connect timeout.
        let timeout = a.agent.poll_timeout().unwrap().millis();
        a.at(timeout);
    }
    assert!(waits.iter().all(|w| (2_000..=30_000).contains(w)), "{waits:?}");
    assert!(waits.iter().any(|w| *w > 8_000), "{waits:?}");
}

#[test]
fn their_ping_is_answered() {
    let mut a = Side::connected("alice");
    a.receive("\r\n\r\n");
    assert_eq!(a.expect("\r\n"), "\r\n");
}

#[test]
fn stop_unregisters_hangs_up_and_leaves_nothing() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ""));
    a.agent.stop(a.instant());
    a.pump();
    let bye = a.expect("REGISTER");
    a.receive(&response(&bye, "200 OK", "r", "", ""));
    assert_eq!(a.events.last().unwrap(), "disconnected");
    assert_eq!(a.agent.poll_timeout(), None);
    assert!(a.agent.is_idle());
}

/// A refresh was challenged after the app had un-registered: its repetition registered again, behind the farewell.
#[test]
fn a_challenged_refresh_does_not_undo_the_farewell() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ""));
    a.events.clear();
    a.agent.register(a.instant());
    a.pump();
    let refresh = a.expect("REGISTER");
    a.agent.unregister(a.instant(), false);
    a.pump();
    let bye = a.expect("REGISTER");
    let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n";
    a.receive(&response(&refresh, "401 Unauthorized", "r", challenge, ""));
    a.expect_nothing();
    a.receive(&response(&bye, "200 OK", "r", "", ""));
    a.told(&["unregistered"]);
    assert!(!a.agent.registration().registered);
}

/// `register()` while the farewell was on its way was forgotten.
#[test]
fn registering_during_the_farewell_follows_it() {
    for answer in ["200 OK", "500 Server Error"] {
        let mut a = registering();
        let register = a.expect("REGISTER");
        a.receive(&grant(&register, ""));
        a.agent.unregister(a.instant(), false);
        a.pump();
        let bye = a.expect("REGISTER");
        a.agent.register(a.instant());
        a.pump();
        a.expect_nothing();
        a.receive(&response(&bye, answer, "r", "", ""));
        let again = a.expect("REGISTER");
        assert_eq!(header(&again, "Expires"), Some("600"));
        a.receive(&grant(&again, ""));
        assert!(a.agent.registration().registered);
    }
}

/// `unregister()`, or `stop()`, while the first REGISTER was on its way left the binding at the registrar.
#[test]
fn unregistering_before_the_answer_follows_it() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.agent.unregister(a.instant(), false);
    a.pump();
    a.expect_nothing();
    a.receive(&grant(&register, ""));
    let bye = a.expect("REGISTER");
    assert_eq!(header(&bye, "Expires"), Some("0"));
    a.receive(&response(&bye, "200 OK", "r", "", ""));
    a.told(&["registered", "unregistered"]);
    a.at(1_000_000).expect_nothing();
    // Changed its mind once more.
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.agent.unregister(a.instant(), false);
    a.agent.register(a.instant());
    a.pump();
    a.receive(&grant(&register, ""));
    a.expect_nothing();
    a.told(&["registered"]);
}

/// `stop()` and at once `start()` again: the line is still open, but nobody registered.
#[test]
fn start_after_stop_registers_again() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ""));
    a.agent.stop(a.instant());
    a.pump();
    let bye = a.expect("REGISTER");
    a.agent.start(a.instant());
    a.pump();
    a.receive(&response(&bye, "200 OK", "r", "", ""));
    let again = a.expect("REGISTER");
    assert_eq!(header(&again, "Expires"), Some("600"));
    // A second start() changes nothing.
    a.receive(&grant(&again, ""));
    a.agent.start(a.instant());
    a.pump();
    a.expect_nothing();
}

/// A registrar that asks for more each time kept us registering for ever.
#[test]
fn a_registrar_that_never_has_enough_is_given_up() {
    let mut a = registering();
    for seconds in 1..100 {
        let Some(register) = a.wire.pop_front() else { break };
        let least = format!("Min-Expires: {}\r\n", 600 + seconds * 10);
        a.receive(&response(&register, "423 Interval Too Brief", "r", &least, ""));
    }
    a.expect_nothing();
    a.told(&["registrationFailed SIP Failure Code"]);
}

/// The page slept beyond the refresh, and the first thing that the app did was to leave.
#[test]
fn a_refresh_that_is_due_when_the_app_leaves_is_not_made() {
    for stops in [false, true] {
        let mut a = registering();
        let register = a.expect("REGISTER");
        a.receive(&grant(&register, ""));
        a.now = 599_000;
        if stops {
            a.agent.stop(a.instant());
        } else {
            a.agent.unregister(a.instant(), false);
        }
        a.pump();
        let bye = a.expect("REGISTER");
        assert_eq!(header(&bye, "Expires"), Some("0"));
        a.receive(&response(&bye, "200 OK", "r", "", ""));
        a.at(700_000).expect_nothing();
    }
}

/// Twice as long each time, up to half an hour, and never before half of it is over (RFC 5626 4.5).
#[test]
fn a_registrar_that_stays_busy_is_asked_less_and_less() {
    let mut a = registering();
    for wait_s in [30, 60, 120, 240, 480, 960, 1_800, 1_800] {
        let register = a.expect("REGISTER");
        a.receive(&response(&register, "503 Service Unavailable", "r", "", ""));
        let delay = a.agent.poll_timeout().unwrap().millis() - a.now;
        assert!((wait_s * 500..wait_s * 1_000).contains(&delay), "{delay} of {wait_s} s");
        a.at(a.now + delay);
    }
    let register = a.expect("REGISTER");
    a.receive(&grant(&register, ""));
    a.agent.register(a.instant());
    a.pump();
    let register = a.expect("REGISTER");
    a.receive(&response(&register, "503 Service Unavailable", "r", "", ""));
    let delay = a.agent.poll_timeout().unwrap().millis() - a.now;
    assert!(delay < 30_000, "{delay}: success begins anew");
}

/// Who wants no more than was asked for will not be content with it either.
#[test]
fn a_423_that_wants_what_was_asked_for_is_final() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    a.receive(&response(&register, "423 Interval Too Brief", "r", "Min-Expires: 600\r\n", ""));
    a.expect_nothing();
    a.told(&["registrationFailed SIP Failure Code"]);
}

/// The order of JsSIP.
#[test]
fn expires_stands_before_contact_and_behind_it_in_a_farewell() {
    let at = |frame: &str, name: &str| frame.find(name).unwrap();
    let mut a = registering();
    let register = a.expect("REGISTER");
    assert!(at(&register, "Expires: 600") < at(&register, "Contact: "));
    a.receive(&grant(&register, ""));
    a.agent.unregister(a.instant(), false);
    a.pump();
    let farewell = a.expect("REGISTER");
    assert!(at(&farewell, "\r\nExpires: 0") > at(&farewell, "Contact: "));
}

/// A registrar that keeps our binding for 0 s does not keep it: the app was told that it is registered, for 10 s, again and
/// again.
#[test]
fn who_is_granted_no_time_is_not_registered() {
    for lines in ["Contact: <{}>;expires=0\r\n", "Contact: <{}>\r\nExpires: 0\r\n"] {
        let mut a = Side::connected("alice");
        a.agent.register(a.instant());
        a.pump();
        let contact = "sip:alice-contact@alice.invalid;transport=ws";
        let nothing = lines.replace("{}", contact);
        let first = a.expect("REGISTER");
        a.receive(&response(&first, "200 OK", "srv", &nothing, ""));
        a.told(&["connected", "registrationFailed SIP Failure Code"]);
        assert!(!a.agent.registration().registered);
        // It is asked again later, and less and less often.
        let (mut asked, mut waits) = (a.now, Vec::new());
        a.until(400_000, |a, frame| {
            waits.push(a.now - asked);
            asked = a.now;
            a.receive(&response(frame, "200 OK", "srv", &nothing, ""));
        });
        assert!(waits[0] >= 15_000 && waits[1] >= 30_000 && waits[2] >= 60_000, "{waits:?}");
        // One that was kept, and is no more.
        a.agent.register(a.instant());
        a.pump();
        let again = a.expect("REGISTER");
        a.receive(&grant(&again, ";expires=600"));
        a.events.clear();
        a.until(600_000, |a, frame| a.receive(&response(frame, "200 OK", "srv", &nothing, "")));
        assert_eq!(a.events[..2], ["registrationFailed SIP Failure Code", "unregistered SIP Failure Code"]);
    }
}

/// Whatever a registrar says, it is not asked more than once in so many s.
#[test]
fn no_answer_lets_it_register_in_a_loop() {
    for (status, lines, least) in [
        ("200 OK", "Contact: <sip:alice-contact@alice.invalid;transport=ws>;expires=1\r\n", 5_000),
        ("200 OK", "", 60_000),
        ("200 OK", "Contact: <sip:alice-contact@alice.invalid;transport=ws>;expires=600\r\nFlow-Timer: 0\r\n", 300_000),
        ("503 Service Unavailable", "Retry-After: 0\r\n", 2_000),
        ("500 Server Internal Error", "Retry-After: 1\r\n", 2_000),
        ("423 Interval Too Brief", "Min-Expires: 4294967295\r\n", 60_000),
        ("423 Interval Too Brief", "Min-Expires: 0\r\n", 60_000),
        ("439 First Hop Lacks Outbound Support", "", 60_000),
        ("555 Push Notification Service Not Supported", "", 60_000),
    ] {
        let mut a = Side::connected("alice");
        a.agent.register(a.instant());
        a.pump();
        let mut sent = Vec::new();
        a.until(60_000, |a, frame| {
            if frame.starts_with("REGISTER") {
                sent.push(a.now);
            }
            a.receive(&response(frame, status, "srv", lines, ""));
        });
        // One more at once, with another wish.
        let shortest = sent.windows(2).skip(1).map(|pair| pair[1] - pair[0]).min().unwrap_or(u64::MAX);
        assert!(shortest >= least && sent.len() <= 13, "{status} {lines}: {sent:?}");
    }
}
