//! Digest authentication value by value: what is answered, with which hash, how often, and what is refused
//! (RFC 7616 3.3 to 3.5, RFC 8760 2).

use viasip::auth::{
    Algorithm, Answer, Attempt, AuthError, Authenticator, Challenge, Challenged, Credentials, Outgoing, Presented,
    challenge_header, verify,
};
use viasip::entropy::{Counter, Entropy};

const BODY: &[u8] = b"v=0\r\n";

/// A user agent that answers challenges to its INVITE.
struct Client {
    credentials: Credentials,
    authenticator: Authenticator,
    attempt: Attempt,
    entropy: Entropy,
}

impl Client {
    fn new() -> Self {
        let password = Some("secret".to_owned());
        Self {
            credentials: Credentials { username: "alice".into(), password, ..Default::default() },
            authenticator: Authenticator::new(),
            attempt: Attempt::default(),
            entropy: Entropy::new(Counter::new(1)),
        }
    }

    /// Name and value of each field of the repetition.
    fn meets(&mut self, status: u16, challenges: &[&str]) -> Result<Vec<(String, String)>, AuthError> {
        let uri = "sip:bob@example.com";
        let request = Outgoing { method: "INVITE", uri, body: BODY, inside: None, server: 0, secure: true };
        let (www, proxy) = if status == 401 { (challenges, &[][..]) } else { (&[][..], challenges) };
        let challenged = Challenged { status, www, proxy, request };
        match self.authenticator.answer(&self.credentials, &challenged, &mut self.attempt, &mut self.entropy)? {
            Answer::Fields(fields) => Ok(fields),
            Answer::Wait(_) => panic!("nobody is asked"),
        }
    }

    /// The one credential for one challenge by 401.
    fn answers(&mut self, challenge: &str) -> String {
        let mut fields = self.meets(401, &[challenge]).unwrap();
        assert_eq!(fields.len(), 1);
        let (name, value) = fields.remove(0);
        assert_eq!(name, "Authorization");
        value
    }

    /// The same for the next request.
    fn answers_anew(&mut self, challenge: &str) -> String {
        self.attempt = Attempt::default();
        self.answers(challenge)
    }
}

/// The value of a parameter.
fn value(credential: &str, name: &str) -> String {
    Presented::parse(credential).unwrap().value(name).to_owned()
}

/// Each hash with each quality of protection, against values that another implementation computed (Python's hashlib)
/// for alice, secret, realm r, nonce n1, cnonce c1, nc 00000001, INVITE of sip:bob@example.com with the body `v=0`.
#[test]
fn responses_are_those_of_another_implementation() {
    for (algorithm, qop, response) in [
        ("MD5", "auth", "bffdf5b0c34484a53f4b3b2373e688ce"),
        ("MD5", "auth-int", "f505f3842e19c8c0ece9e98d2bcabeb1"),
        ("MD5", "", "3f312a00a3e1b5c6405001be65072fae"),
        ("MD5-sess", "auth", "87af555799afd89df22cf81e4d82af8b"),
        ("MD5-sess", "auth-int", "e7f3e1972dce3608384b878ecb6c2209"),
        ("MD5-sess", "", "bc1b30452f9324d0880428b6f48c7f21"),
        ("SHA-256", "auth", "2aae6a323c42c46c8263a50d927a373d277e36231c87fe5ba5033cedb827bbbf"),
        ("SHA-256", "auth-int", "cc831f7423bc7c6042a631436ee4b3a31cbd0570acd4fa615a69702c22a3a61b"),
        ("SHA-256", "", "f6f352959d2daa08cf43aeff9701a9821bd5b177b7886da18fe08f8ceb132dad"),
        ("SHA-256-sess", "auth", "814b5a5e358cc5b8e976aeef228ac8de5e91683372a10d22929097606f022fb8"),
        ("SHA-256-sess", "auth-int", "e0d27b404334ac4192f3bfd1163f43364058dfe9c07ba0ae462b9fad78628fb8"),
        ("SHA-256-sess", "", "b5c8f05974bb5b097b5739a26cc4da6ac190cfc6bf49ab7ec642c797fb92a641"),
        ("SHA-512-256", "auth", "41912ea65d31d3a53f847907c3e370df5e3a352b61e007cda5aa2391b1f3840c"),
        ("SHA-512-256", "auth-int", "3bb802c07ddf449308098d3cea4dbcb61df6306500c3be56b0a4ae8afd8949f0"),
        ("SHA-512-256", "", "13dd7bd487a810c077b4e1c4a75b14c7a87da1c17b7d00a07f234f3cc0f0ee1f"),
        ("SHA-512-256-sess", "auth", "880010611728f76adbf43388502cc8f4c5127b940c938b9a1383f0a9cc2c0a15"),
        ("SHA-512-256-sess", "auth-int", "cfc04a13f7d65b6f9091bde8aed1ec599891fbc9e18affa8cc200ffa3b86a3dc"),
        ("SHA-512-256-sess", "", "d2113a3a118e809e8b4f69245e4d408b0873308e540629191087d050d0d507f9"),
    ] {
        let protection = if qop.is_empty() { String::new() } else { format!(", qop={qop}") };
        let credential = format!(
            "Digest algorithm={algorithm}, username=\"alice\", realm=\"r\", nonce=\"n1\", cnonce=\"c1\", \
             nc=00000001, uri=\"sip:bob@example.com\"{protection}, response=\"{response}\""
        );
        let presented = Presented::parse(&credential).unwrap();
        assert!(verify(&presented, "INVITE", BODY, "secret"), "{algorithm} {qop}");
        assert_eq!(presented.algorithm.name(), algorithm);
        assert!(!verify(&presented, "INVITE", BODY, "Secret"), "{algorithm} {qop}");
        assert!(!verify(&presented, "BYE", BODY, "secret"), "{algorithm} {qop}");
        assert_eq!(verify(&presented, "INVITE", b"v=1\r\n", "secret"), qop != "auth-int", "{algorithm} {qop}");

        // What the client makes of such a challenge is what the server computes, and carries all that it needs for it.
        let offered = if qop.is_empty() { String::new() } else { format!(", qop=\"{qop}\"") };
        let challenge = format!("Digest realm=\"r\", nonce=\"n1\", algorithm={algorithm}{offered}");
        let credential = Client::new().answers(&challenge);
        assert!(verify(&Presented::parse(&credential).unwrap(), "INVITE", BODY, "secret"), "{credential}");
        assert!(credential.starts_with(&format!("Digest algorithm={algorithm}, username=\"alice\", realm=\"r\"")));
        assert_eq!(value(&credential, "qop"), qop);
        assert_eq!(value(&credential, "nc").is_empty(), qop.is_empty(), "{credential}");
        // Without its cnonce a session's HA1 cannot be computed; RFC 2069 knows none.
        let needs_cnonce = !qop.is_empty() || algorithm.ends_with("-sess");
        assert_eq!(value(&credential, "cnonce").len(), if needs_cnonce { 16 } else { 0 }, "{credential}");
    }
}

/// Proxies may change a body on its way: `auth-int` is for servers that take nothing else.
#[test]
fn auth_is_preferred_to_auth_int() {
    for (offered, taken) in [
        ("auth,auth-int", "auth"),
        ("auth-int,auth", "auth"),
        ("auth-int", "auth-int"),
        ("token, auth-int", "auth-int"),
    ] {
        let credential = Client::new().answers(&format!("Digest realm=\"r\", nonce=\"n\", qop=\"{offered}\""));
        assert_eq!(value(&credential, "qop"), taken, "{offered}");
    }
}

/// A server that took SHA-256 once does not get MD5 for the asking, not even with the right password and a new nonce.
#[test]
fn a_stale_nonce_is_no_way_to_a_weaker_hash() {
    let challenge = |algorithm: &str, stale: &str| {
        format!("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm={algorithm}{stale}")
    };
    for (first, second, answered) in [
        ("SHA-256", "MD5", false),
        ("SHA-256", "MD5-sess", false),
        ("SHA-512-256", "SHA-256", false),
        ("SHA-256", "SHA-256-sess", true),
        ("SHA-256", "SHA-256", true),
        ("MD5", "SHA-256", true),
    ] {
        let mut client = Client::new();
        client.answers(&challenge(first, ""));
        let again = client.meets(401, &[&challenge(second, ", stale=true")]);
        assert_eq!(again.is_ok(), answered, "{first} {second}");
        if !answered {
            assert_eq!(again, Err(AuthError::Rejected));
        }
    }
}

/// A proxy and the registrar behind it may bear one name: each is answered for itself, and keeps its answer.
#[test]
fn a_401_and_a_407_of_one_realm_are_two() {
    let mut client = Client::new();
    let first = client.meets(407, &["Digest realm=\"r\", nonce=\"p\", qop=\"auth\""]).unwrap();
    assert_eq!(first.len(), 1);
    let both = client.meets(401, &["Digest realm=\"r\", nonce=\"u\", qop=\"auth\""]).unwrap();
    let said: Vec<_> = both.iter().map(|(name, credential)| (name.as_str(), value(credential, "nonce"))).collect();
    assert_eq!(said, [("Proxy-Authorization", "p".into()), ("Authorization", "u".into())]);
    // The proxy's nonce went out a second time.
    let counts: Vec<_> = both.iter().map(|(_, credential)| value(credential, "nc")).collect();
    assert_eq!(counts, ["00000002", "00000001"]);
    // And each has refused on its own.
    assert_eq!(client.meets(407, &["Digest realm=\"r\", nonce=\"p2\""]), Err(AuthError::Rejected));
}

/// RFC 7616 3.4: `nc` counts the requests with a nonce. 64 nonces are remembered, those that were used last.
#[test]
fn the_nonces_that_are_counted_are_bounded() {
    let challenge = |nonce: usize| format!("Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\"");
    let mut client = Client::new();
    for nonce in 0..64 {
        assert_eq!(value(&client.answers_anew(&challenge(nonce)), "nc"), "00000001");
    }
    // All are remembered; the first becomes the last.
    assert_eq!(value(&client.answers_anew(&challenge(0)), "nc"), "00000002");
    assert_eq!(value(&client.answers_anew(&challenge(64)), "nc"), "00000001");
    // The second had to go, the first and the third are there.
    assert_eq!(value(&client.answers_anew(&challenge(0)), "nc"), "00000003");
    assert_eq!(value(&client.answers_anew(&challenge(2)), "nc"), "00000002");
    assert_eq!(value(&client.answers_anew(&challenge(1)), "nc"), "00000001");
}

/// The count is one of eight hexadecimal digits.
#[test]
fn the_count_is_hexadecimal() {
    let mut client = Client::new();
    let counts: Vec<_> =
        (0..17).map(|_| value(&client.answers_anew("Digest realm=\"r\", nonce=\"n\", qop=auth"), "nc")).collect();
    assert_eq!((counts[9].as_str(), counts[16].as_str()), ("0000000a", "00000011"));
}

/// What is sent back unchanged: `opaque` also if it is empty, and quotes and backslashes as they came.
#[test]
fn what_is_echoed_is_unchanged() {
    let challenge = r#"Digest realm="a \"b\" \\c", nonce="n=/+\\", opaque="o\"p", qop="auth""#;
    let mut client = Client::new();
    client.credentials.username = r#"al"ice\"#.into();
    let credential = client.answers(challenge);
    assert!(credential.contains(r#"username="al\"ice\\", realm="a \"b\" \\c", nonce="n=/+\\","#), "{credential}");
    assert!(credential.contains(r#", opaque="o\"p", qop=auth, cnonce=""#), "{credential}");
    assert!(verify(&Presented::parse(&credential).unwrap(), "INVITE", BODY, "secret"));
    assert!(client.answers_anew("Digest realm=\"r\", nonce=\"n\", opaque=\"\"").contains(", opaque=\"\""));
    assert!(!client.answers_anew("Digest realm=\"r\", nonce=\"n\"").contains("opaque"));
}

/// Of equally strong challenges of a realm the first is taken, of several realms each.
#[test]
fn each_realm_gets_the_strongest_that_it_offers() {
    let mut client = Client::new();
    let fields = client
        .meets(
            407,
            &[
                "Digest realm=\"a\", nonce=\"1\", algorithm=MD5, Digest realm=\"b\", nonce=\"2\", algorithm=SHA-256",
                "Digest realm=\"a\", nonce=\"3\", algorithm=SHA-512-256",
                "Digest realm=\"a\", nonce=\"4\", algorithm=SHA-512-256-sess",
                "Digest realm=\"b\", nonce=\"5\", algorithm=SHA-256, Digest realm=\"b\", nonce=\"6\", algorithm=MD5",
            ],
        )
        .unwrap();
    let nonces: Vec<_> = fields.iter().map(|(_, credential)| value(credential, "nonce")).collect();
    assert_eq!(nonces, ["3", "2"]);
    assert!(fields.iter().all(|(name, _)| name == "Proxy-Authorization"));
    assert_eq!(client.authenticator.realm(), Some("a"));
    // HA1 is MD5: the stronger one cannot be answered with it.
    let mut client = Client::new();
    client.credentials = Credentials { username: "alice".into(), ha1: Some("0a".repeat(16)), ..Default::default() };
    let both =
        "Digest realm=\"r\", nonce=\"1\", algorithm=SHA-256, Digest realm=\"r\", nonce=\"2\", algorithm=MD5-sess";
    assert_eq!(value(&client.answers(both), "nonce"), "2");
}

/// One request is not answered for more than eight realms, at once or one after the other.
#[test]
fn the_realms_of_a_request_are_bounded() {
    let challenges: Vec<_> = (0..20).map(|n| format!("Digest realm=\"{n}\", nonce=\"n\"")).collect();
    let challenges: Vec<_> = challenges.iter().map(String::as_str).collect();
    assert_eq!(Client::new().meets(401, &challenges).unwrap().len(), 8);
    let mut client = Client::new();
    for (n, challenge) in challenges.iter().enumerate().take(8) {
        assert_eq!(client.meets(401, &[challenge]).unwrap().len(), n + 1);
    }
    assert_eq!(client.meets(401, &[challenges[8]]), Err(AuthError::Rejected));
}

/// A challenge is remembered and sent back: one that is longer than any server's is none.
#[test]
fn a_challenge_that_is_too_long_is_none() {
    // One byte is for the other value.
    for (length, answered) in [(4095, true), (4096, false)] {
        let long = "x".repeat(length);
        for challenge in [
            format!("Digest realm=\"{long}\", nonce=\"n\""),
            format!("Digest realm=\"r\", nonce=\"{long}\""),
            format!("Digest realm=\"r\", nonce=\"\", opaque=\"{long}\""),
        ] {
            assert_eq!(Client::new().meets(401, &[&challenge]).is_ok(), answered, "{length}");
        }
    }
    // Nor is one that would break the line of the credentials.
    for spoilt in ["a\rb", "a\nb", "a\0b"] {
        assert_eq!(Challenge::parse_all(&format!("Digest realm=\"{spoilt}\", nonce=\"n\"")), []);
    }
}

/// Why nothing is answered.
#[test]
fn a_refusal_has_its_reason() {
    let mut client = Client::new();
    for challenges in [&[][..], &["Basic realm=\"r\""], &["Digest realm=\"r\", nonce=\"n\", algorithm=MD4"]] {
        assert_eq!(client.meets(401, challenges), Err(AuthError::NoUsableChallenge));
    }
    client.credentials.realms = vec!["home".into()];
    assert_eq!(client.meets(401, &["Digest realm=\"r\", nonce=\"n\""]), Err(AuthError::NoUsableChallenge));
    assert_eq!(client.authenticator.realm(), None);
    client.credentials.password = None;
    assert_eq!(client.meets(401, &["Digest realm=\"home\", nonce=\"n\""]), Err(AuthError::NoCredentials));
}

/// Lists of challenges in one field, with whatever stands between them.
#[test]
fn lists_of_challenges_are_taken_apart() {
    let read = |text: &str| {
        let all = Challenge::parse_all(text);
        all.into_iter().map(|c| (c.realm, c.nonce, c.stale, c.algorithm.name(), c.qop.join("+"))).collect::<Vec<_>>()
    };
    let r = |realm: &str, stale: bool, algorithm: &'static str, qop: &str| {
        (realm.to_owned(), "n".to_owned(), stale, algorithm, qop.to_owned())
    };
    assert_eq!(read("Digest realm=\"r\", nonce=\"n\""), [r("r", false, "MD5", "")]);
    assert_eq!(
        read(
            "Basic realm=\"b\", DIGEST Realm=r , NONCE = n,STALE=TRUE,qop=\" Auth , x,\",Digest nonce=\"n\",realm=\"s\""
        ),
        [r("r", true, "MD5", "auth+x"), r("s", false, "MD5", "")]
    );
    assert_eq!(read("Digest realm=\"r, Digest x=y\", nonce=n, stale=false"), [r("r, Digest x=y", false, "MD5", "")]);
    // The first of two of a name counts; what has no name is passed over.
    assert_eq!(read("Digest realm=r, realm=s, =x, flag, nonce=n"), [r("r", false, "MD5", "")]);
    assert_eq!(read("realm=r, nonce=n"), []);
    assert_eq!(read("Digest nonce=n"), []);
    assert_eq!(read("Digest realm=r"), []);
    assert_eq!(read("Digest realm=r, nonce=n, qop=token"), []);
}

/// What a server built on this crate asks, its own client answers.
#[test]
fn a_server_of_this_crate_is_understood() {
    for algorithm in [
        Algorithm::Md5,
        Algorithm::Md5Sess,
        Algorithm::Sha256,
        Algorithm::Sha256Sess,
        Algorithm::Sha512_256,
        Algorithm::Sha512_256Sess,
    ] {
        for stale in [false, true] {
            let header = challenge_header("a \"b\"", "n", algorithm, stale);
            let read = Challenge::parse_all(&header).remove(0);
            let said = (read.realm.as_str(), read.nonce.as_str(), read.algorithm, read.stale, read.qop.concat());
            assert_eq!(said, ("a \"b\"", "n", algorithm, stale, "auth".to_owned()));
        }
        assert_eq!(Algorithm::parse(&algorithm.name().to_lowercase()), Some(algorithm));
        assert_eq!(algorithm.is_session(), algorithm.name().ends_with("-sess"));
    }
    assert_eq!((Algorithm::parse(""), Algorithm::parse("SHA-1")), (Some(Algorithm::Md5), None));
}

/// What a client may present to such a server.
#[test]
fn what_is_no_digest_is_not_presented() {
    for text in ["", "Bearer abc", "Basic realm=\"r\"", "Digest username=\"a\", algorithm=SHA-1", "username=\"a\""] {
        assert_eq!(Presented::parse(text), None, "{text}");
    }
    let presented = Presented::parse("digest Username=\"a\"").unwrap();
    assert_eq!((presented.algorithm, presented.value("username"), presented.value("realm")), (Algorithm::Md5, "a", ""));
    // The case of the hexadecimal digits does not count.
    let mut credential = Client::new().answers("Digest realm=\"r\", nonce=\"n\"");
    let response = value(&credential, "response");
    credential = credential.replace(&response, &response.to_uppercase());
    assert!(verify(&Presented::parse(&credential).unwrap(), "INVITE", BODY, "secret"));
}

/// A password never reaches a log.
#[test]
fn a_password_is_not_shown() {
    let mut client = Client::new();
    client.credentials.ha1 = Some("0123456789abcdef".into());
    let shown = format!("{:?}", client.credentials);
    assert!(shown.contains("alice") && !shown.contains("secret") && !shown.contains("0123456789abcdef"), "{shown}");
}
