//! What a registrar says of our binding: which one is ours, how long it holds, and its GRUUs (RFC 3261 10.2, RFC 5627).

use crate::support::{SDP, Side, header, invite, registering, response};

/// Registers once more; the registrar answers with these Contact values, in which `US` is what we sent.
fn answer(a: &mut Side, contacts: &str) {
    let register = match a.wire.pop_front() {
        Some(register) => register,
        None => {
            a.agent.register(a.instant());
            a.pump();
            a.expect("REGISTER")
        }
    };
    let contacts = contacts.replace("US", header(&register, "Contact").unwrap());
    a.receive(&response(&register, "200 OK", "r", &contacts, ""));
}

fn grant(a: &mut Side, gruus: &str) {
    answer(a, &format!("Contact: US{gruus}\r\n"));
}

fn expires_s(a: &Side) -> Option<u32> {
    a.agent.registration().expires_s
}

fn rings(a: &mut Side, user: &str) -> bool {
    a.wire.clear();
    let n = a.sends;
    let text = invite("alice", &format!("u{n}"), SDP).replace("far-call", &format!("u{n}"));
    a.receive(&text.replace("INVITE sip:alice@", &format!("INVITE sip:{user}@")));
    let frames = std::mem::take(&mut a.wire);
    frames.iter().any(|frame| frame.starts_with("SIP/2.0 180"))
}

/// The Contact of a call that we place.
fn contact(a: &mut Side) -> String {
    a.call("sip:bob@example.com");
    header(&a.expect("INVITE"), "Contact").unwrap().to_owned()
}

/// The first binding with our user was taken for ours: another device's expiry, and its GRUUs.
#[test]
fn our_binding_is_known_by_its_instance_then_by_its_address() {
    let other = "<sip:alice-contact@alice.invalid;transport=ws>;reg-id=1;\
                 +sip.instance=\"<urn:uuid:00000000-0000-4000-8000-00000000beef>\";expires=11";
    let moved = "<sip:alice-contact@elsewhere.invalid;transport=ws>;expires=12";
    let tcp = "<sip:alice-contact@alice.invalid;transport=tcp>;expires=13";
    let ours = "<sip:%61lice-contact@ALICE.invalid;transport=WS;ob>;expires=300";
    let named = "<sip:x@192.0.2.1>;+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-000000000000>\";expires=400";
    let second = named.replace("expires=400", "reg-id=2;expires=500");
    for (contacts, expected) in [
        (format!("{other}, {moved}, {ours}"), Some(300)),
        (format!("{moved}, {ours}, {tcp}, {other}"), Some(300)),
        (format!("{ours}, {named}, {moved}"), Some(400)),
        (format!("{second}, {ours}, {tcp}"), Some(300)),
        // A registrar that writes the host as it saw us leaves the user.
        (format!("{other}, {moved}"), Some(12)),
        (other.to_owned(), None),
        (second.clone(), None),
        ("<sip:somebody@alice.invalid;transport=ws>;expires=500".to_owned(), None),
    ] {
        let mut a = registering();
        answer(&mut a, &format!("Contact: {contacts}\r\n"));
        assert_eq!(expires_s(&a), expected, "{contacts}");
        a.told(&[if expected.is_some() { "registered" } else { "registrationFailed SIP Failure Code" }]);
    }
}

/// The expiry is the binding's own, else the Expires field's, else what was asked (RFC 3261 10.3); less than 10 s is not
/// believed.
#[test]
fn the_expiry_is_what_the_registrar_says() {
    for (own, field, expected) in
        [(";expires=70", "80", 70), ("", "80", 80), (";expires=x", "80", 80), ("", "x", 600), (";expires=3", "80", 10)]
    {
        let mut a = registering();
        answer(
            &mut a,
            &format!("Contact: <sip:alice-contact@alice.invalid;transport=ws>{own}\r\nExpires: {field}\r\n"),
        );
        assert_eq!(expires_s(&a), Some(expected), "{own} {field}");
        let refresh = a.agent.poll_timeout().unwrap().millis();
        match u64::from(expected) * 1000 {
            long @ 65_000.. => assert!((long / 2..=long - 32_000).contains(&refresh), "{refresh}"),
            short => assert_eq!(refresh, short - 5_000),
        }
    }
}

/// Who un-registered each of his bindings after `setExtraContactParams()` sent `Contact: *;q=0.5`, which no registrar
/// takes (RFC 3261 10.2.2).
#[test]
fn the_star_stands_alone() {
    let mut a = registering();
    a.agent.set_registration_headers(vec!["X-Mine: 1".into()], ";q=0.5".into());
    grant(&mut a, "");
    a.agent.unregister(a.instant(), true);
    a.pump();
    let last = a.expect("REGISTER");
    assert_eq!((header(&last, "Contact"), header(&last, "Expires")), (Some("*"), Some("0")));
    assert_eq!(header(&last, "X-Mine"), Some("1"));
    a.receive(&response(&last, "200 OK", "r", "", ""));
    a.agent.register(a.instant());
    a.pump();
    grant(&mut a, "");
    a.agent.unregister(a.instant(), false);
    a.pump();
    assert!(header(&a.expect("REGISTER"), "Contact").unwrap().ends_with(";expires=0;q=0.5"));
}

/// A registrar that lists us twice says first what counts.
#[test]
fn of_two_that_are_ours_the_first_counts() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    let ours = header(&register, "Contact").unwrap().replace(";expires=600", "");
    let both = format!("Contact: {ours};expires=1000, {ours};expires=2000\r\n");
    a.receive(&response(&register, "200 OK", "r", &both, ""));
    assert_eq!(a.agent.registration().expires_s, Some(1000));
}

/// Once for each change, and not for a refresh that says the same.
#[test]
fn the_app_is_told_of_other_gruus_only() {
    let mut a = registering();
    grant(&mut a, &gruus(1));
    assert_eq!(a.gruus, 1);
    a.agent.register(a.instant());
    a.pump();
    grant(&mut a, &gruus(1));
    assert_eq!(a.gruus, 1);
    a.agent.register(a.instant());
    a.pump();
    grant(&mut a, &gruus(2));
    assert_eq!(a.gruus, 2);
}

fn gruus(n: u32) -> String {
    format!(";pub-gruu=\"sip:alice@example.com;gr=1\";temp-gruu=\"sip:t{n}@example.com;gr\"")
}

/// Each refresh brings another temporary GRUU, and whoever had the one before got 404 (RFC 5627 3.2: all stay valid).
#[test]
fn earlier_temporary_gruus_still_name_us() {
    let mut a = registering();
    for n in 0..40 {
        grant(&mut a, &gruus(n));
    }
    for (user, known) in [("t39", true), ("t38", true), ("t23", true), ("t22", false), ("t40", false), ("alice", true)]
    {
        assert_eq!(rings(&mut a, user), known, "{user}");
    }
    // The line breaks, and the next REGISTER, which has the same Call-ID, finds all of them.
    a.close();
    a.at(2_000);
    assert!(rings(&mut a, "t38"));
}

/// The server changed for one without GRUUs, and calls went on to offer one that nobody knew there.
#[test]
fn a_gruu_ends_with_its_registration() {
    for end in ["2xx without", "un-REGISTER", "403", "no answer"] {
        let mut a = registering();
        grant(&mut a, &gruus(1));
        grant(&mut a, &gruus(2));
        assert_eq!(contact(&mut a), "<sip:alice@example.com;gr=1>");
        assert!(rings(&mut a, "t1") && rings(&mut a, "t2"));
        let stays = match end {
            "2xx without" => {
                answer(&mut a, "Contact: <sip:alice-contact@alice.invalid;transport=ws>;expires=600\r\n");
                false
            }
            "un-REGISTER" => {
                a.agent.unregister(a.instant(), false);
                a.pump();
                let last = a.expect("REGISTER");
                a.receive(&response(&last, "200 OK", "r", "", ""));
                false
            }
            "403" => {
                a.agent.register(a.instant());
                a.pump();
                let refresh = a.expect("REGISTER");
                a.receive(&response(&refresh, "403 Forbidden", "r", "", ""));
                false
            }
            _ => {
                // It is asked again, and until then the binding is there as far as we know.
                a.agent.register(a.instant());
                a.pump();
                a.at(32_000);
                true
            }
        };
        a.wire.clear();
        assert_eq!(contact(&mut a) == "<sip:alice@example.com;gr=1>", stays, "{end}");
        assert_eq!(a.agent.gruu().0.is_some(), stays, "{end}");
        assert_eq!((rings(&mut a, "t1"), rings(&mut a, "t2")), (stays, stays), "{end}");
    }
}

/// What cannot stand in a Contact is no GRUU.
#[test]
fn a_gruu_that_cannot_be_used_is_none() {
    for gruu in ["", "tel:1", "nothing", "sip:a@b>x", &format!("sip:{}@h", "x".repeat(2_000))] {
        let mut a = registering();
        grant(&mut a, &format!(";pub-gruu=\"{gruu}\""));
        assert_eq!(contact(&mut a), "<sip:alice-contact@alice.invalid;transport=ws;ob>", "{gruu}");
    }
}
