//! Challenges and credentials as servers and attackers make them (RFC 3261 22, RFC 7616, RFC 8760).

use crate::support::{CONTACT, SDP, Side, calling, config, header, request, response};
use viasip::time::Instant;

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";

/// RFC 3261 13.2.2.4 and 22.1: the ACK carries the credentials of its INVITE, for it cannot be challenged.
#[test]
fn an_ack_carries_the_credentials_of_its_invite() {
    let (mut a, first) = calling();
    a.receive(&response(&first, "401 Unauthorized", "x", CHALLENGE, ""));
    assert_eq!(header(&a.expect("ACK"), "Authorization"), None);
    let second = a.expect("INVITE");
    let proxy = "Proxy-Authenticate: Digest realm=\"p\", nonce=\"m\"\r\n";
    a.receive(&response(&second, "407 Proxy Authentication Required", "x", proxy, ""));
    let ack = a.expect("ACK");
    assert_eq!(header(&ack, "Authorization"), header(&second, "Authorization"));
    let third = a.expect("INVITE");
    a.receive(&response(&third, "200 OK", "far", CONTACT, SDP));
    let ack = a.expect("ACK");
    for name in ["Authorization", "Proxy-Authorization"] {
        assert!(header(&third, name).is_some());
        assert_eq!((header(&ack, name), ack.matches(&format!("\n{name}: ")).count()), (header(&third, name), 1));
    }
    // Of a second phone too, and of a re-INVITE.
    a.receive(&response(&third, "200 OK", "other", "Contact: <sip:other@192.0.2.2>\r\n", SDP));
    assert_eq!(header(&a.expect("ACK"), "Authorization"), header(&third, "Authorization"));
    a.expect("BYE");
    let id = a.sessions[0];
    a.agent.renegotiate(a.instant(), id, Default::default()).unwrap();
    a.pump();
    let again = a.expect("INVITE");
    a.receive(&response(&again, "401 Unauthorized", "", CHALLENGE, ""));
    a.expect("ACK");
    let again = a.expect("INVITE");
    a.receive(&response(&again, "200 OK", "", CONTACT, SDP));
    assert_eq!(header(&a.expect("ACK"), "Authorization"), header(&again, "Authorization"));
}

/// RFC 3261 22.3: a CANCEL cannot be sent again, so a challenge to it is not answered.
#[test]
fn a_challenged_cancel_is_not_repeated() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "180 Ringing", "x", CONTACT, ""));
    a.terminate();
    let cancel = a.expect("CANCEL");
    a.receive(&response(&cancel, "401 Unauthorized", "x", CHALLENGE, ""));
    a.expect_nothing();
}

/// What no app and no server may do: begin a line of their own in a message of ours.
#[test]
fn nobody_smuggles_a_line_in() {
    let mut settings = config("alice");
    settings.display_name = Some("A\r\nEvil: 1".into());
    settings.authorization_jwt = Some("Bearer x\r\nEvil: 2".into());
    settings.user_agent = "v\nEvil: 3".into();
    settings.register_from_tag_trail = "\r\nEvil: 4".into();
    settings.call_id_prefix = "c\rEvil: 5".into();
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.agent.register(a.instant());
    a.pump();
    a.call("sip:bob@example.com");
    assert!(!a.wire.is_empty());
    for frame in &a.wire {
        let broken = frame.split("\r\n").any(|line| line.contains(['\r', '\n']) || line.starts_with("Evil"));
        assert!(!broken, "{frame}");
    }
    // A challenge with a carriage return or a line end in its quotes.
    for realm in ["r\rEvil: 6", "r\0Evil: 7", "r\r\n Evil: 8"] {
        let (mut a, invite) = calling();
        let challenge = format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"n\"\r\n");
        a.receive(&response(&invite, "401 Unauthorized", "x", &challenge, ""));
        for frame in a.wire.iter().filter(|f| f.starts_with("INVITE")) {
            let head = frame.split("\r\n\r\n").next().unwrap();
            assert!(head.split("\r\n").all(|l| !l.contains(['\r', '\n', '\0']) && !l.starts_with("Evil")), "{frame}");
        }
    }
}

/// A server that challenges again and again is given up after its second challenge, or its third stale one.
#[test]
fn challenges_without_end_are_given_up() {
    for (stale, most) in [("", 2), (", stale=true", 5)] {
        let (mut a, mut invite) = calling();
        let mut invites = 1;
        for n in 0..20 {
            let challenge = format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"n{n}\"{stale}\r\n");
            a.receive(&response(&invite, "401 Unauthorized", "x", &challenge, ""));
            a.expect("ACK");
            match a.wire.pop_front() {
                Some(frame) => invite = frame,
                None => break,
            }
            invites += 1;
        }
        assert_eq!(invites, most, "{stale}");
        a.told(&["failed remote Authentication Error"]);
    }
    // A new realm each time.
    let (mut a, mut invite) = calling();
    for n in 0..20 {
        let challenge = format!("WWW-Authenticate: Digest realm=\"r{n}\", nonce=\"n\"\r\n");
        a.receive(&response(&invite, "401 Unauthorized", "x", &challenge, ""));
        a.expect("ACK");
        match a.wire.pop_front() {
            Some(frame) => invite = frame,
            None => break,
        }
    }
    a.told(&["failed remote Authentication Error"]);
}

/// What cannot be answered ends the request: no realm, no nonce, an unknown algorithm, qop or scheme.
#[test]
fn a_challenge_that_cannot_be_answered_fails_at_once() {
    for challenge in [
        "",
        "WWW-Authenticate: Digest nonce=\"n\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"token\"\r\n",
        "WWW-Authenticate: Bearer realm=\"r\"\r\n",
        "WWW-Authenticate: ,,=,\"\r\n",
    ] {
        let (mut a, invite) = calling();
        a.receive(&response(&invite, "401 Unauthorized", "x", challenge, ""));
        a.expect("ACK");
        a.expect_nothing();
        a.told(&["failed remote Authentication Error"]);
    }
}

/// Servers write the same challenge in many ways.
#[test]
fn a_challenge_is_read_however_it_is_written() {
    for challenge in [
        "WWW-Authenticate: digest REALM=\"r\",Nonce=\"n\",QOP=auth,Algorithm=\"sha-256\"\r\n",
        "WWW-Authenticate: Digest qop=\"auth-int , AUTH\",\r\n algorithm = SHA-256 ,realm=r, nonce=n, userhash=true\r\n",
        "www-authenticate:Digest algorithm=SHA-256-sess,qop=\"auth\",nonce=\"n\",realm=\"r\",domain=\"sip:x\",x=\"a,b\"\r\n",
        "WWW-Authenticate: Basic realm=\"b\", Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, opaque=\"\"\r\n",
    ] {
        let (mut a, invite) = calling();
        a.receive(&response(&invite, "401 Unauthorized", "x", challenge, ""));
        a.expect("ACK");
        let again = a.expect("INVITE");
        let value = header(&again, "Authorization").unwrap();
        assert!(value.contains("algorithm=SHA-256") && value.contains("realm=\"r\""), "{challenge} {value}");
    }
}

/// A token went with requests outside a dialog only.
#[test]
fn a_token_goes_with_each_request() {
    let mut settings = config("alice");
    settings.authorization_jwt = Some("Bearer abc".into());
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    let ack = a.expect("ACK");
    a.terminate();
    for frame in [invite, ack, a.expect("BYE")] {
        assert_eq!(
            (header(&frame, "Authorization"), frame.matches("Bearer").count()),
            (Some("Bearer abc"), 1),
            "{frame}"
        );
    }
}

/// A field that came with a NUL goes back as it came: without its Via an answer finds no way.
#[test]
fn an_answer_repeats_odd_fields() {
    let mut b = Side::connected("bob");
    b.receive(&request("OPTIONS", "bob", "1", "", 1, "", "").replace("invalid;branch", "invalid;x=\"a\0b\";branch"));
    assert!(header(&b.expect("SIP/2.0 200"), "Via").unwrap().contains("a\0b"));
}
