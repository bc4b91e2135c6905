//! Nonces that are used before anybody asks: fewer round trips, on the wire and nowhere else than where they were taken.

use crate::support::outside::{call_to, to_bob};
use crate::support::{CONTACT, SDP, Side, config, header, response};
use viasip::auth::{Account, Algorithm, Presented, Question, verify};
use viasip::message::Method;
use viasip::messaging::RequestOptions;
use viasip::time::Instant;
use viasip::uri::Uri;

/// Alice, who uses nonces ahead.
fn ahead() -> Side {
    let mut settings = config("alice");
    settings.credentials.ahead = true;
    started(settings)
}

fn started(settings: viasip::config::Config) -> Side {
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a
}

fn message(a: &mut Side) -> String {
    message_to(a, "sip:bob@example.com")
}

fn message_to(a: &mut Side, target: &str) -> String {
    a.ask(Method::Message, RequestOptions { target: Uri::parse(target).unwrap(), ..to_bob("hello") });
    a.expect("MESSAGE")
}

fn register(a: &mut Side) -> String {
    a.agent.register(a.instant());
    a.pump();
    a.expect("REGISTER")
}

/// A server that takes the password, with each nonce as often as it likes and no `nc` twice.
#[derive(Default)]
struct Server {
    proxy: bool,
    nonce: String,
    /// Counts that were used with it.
    used: Vec<u32>,
    round_trips: u32,
    lines: String,
}

impl Server {
    fn new(nonce: &str) -> Self {
        Self { nonce: nonce.into(), ..Self::default() }
    }

    /// Answers it, and again if it was only challenged, until it is taken.
    fn serve(&mut self, a: &mut Side, sent: String) -> String {
        let mut sent = sent;
        for _ in 0..5 {
            self.round_trips += 1;
            let (status, name, field) = match self.proxy {
                true => ("407 Proxy Authentication Required", "Proxy-Authenticate", "Proxy-Authorization"),
                false => ("401 Unauthorized", "WWW-Authenticate", "Authorization"),
            };
            let mut stale = "";
            if let Some(presented) = header(&sent, field).and_then(Presented::parse) {
                let method = sent.split(' ').next().unwrap();
                let body = sent.split("\r\n\r\n").nth(1).unwrap();
                assert!(verify(&presented, method, body.as_bytes(), "secret"), "{sent}");
                let nc = u32::from_str_radix(presented.value("nc"), 16).unwrap();
                if presented.value("nonce") == self.nonce {
                    assert!(self.used.iter().all(|used| *used < nc), "{nc} after {:?}", self.used);
                    self.used.push(nc);
                    let contact = header(&sent, "Contact").map(|contact| format!("Contact: {contact};expires=600\r\n"));
                    let lines = contact.unwrap_or_default() + &self.lines;
                    a.receive(&response(&sent, "200 OK", "x", &lines, if method == "INVITE" { SDP } else { "" }));
                    return sent;
                }
                stale = ", stale=true";
            }
            let challenge = format!("{name}: Digest realm=\"r\", nonce=\"{}\", qop=\"auth\"{stale}\r\n", self.nonce);
            a.receive(&response(&sent, status, "x", &challenge, ""));
            sent = a.wire.pop_front().unwrap();
            if sent.starts_with("ACK") {
                sent = a.wire.pop_front().unwrap();
            }
        }
        panic!("challenged without end");
    }

    fn renew(&mut self, nonce: &str) {
        self.nonce = nonce.into();
        self.used.clear();
    }
}

/// Ten requests are eleven round trips, and twenty without it.
#[test]
fn a_nonce_that_was_taken_saves_a_round_trip() {
    for (preemptive, round_trips) in [(true, 11), (false, 20)] {
        for proxy in [true, false] {
            let mut a = ahead();
            a.agent.config_mut().credentials.ahead = preemptive;
            let mut server = Server { proxy, ..Server::new("n") };
            for _ in 0..10 {
                let sent = message(&mut a);
                server.serve(&mut a, sent);
            }
            assert_eq!(server.round_trips, round_trips);
            assert_eq!(server.used, (1..=10).collect::<Vec<_>>());
        }
    }
}

/// REGISTERs among themselves, INVITE and what follows in its call, and the ACK that cannot be challenged.
#[test]
fn calls_and_registrations_use_it() {
    let mut a = ahead();
    let mut registrar = Server::new("reg");
    for round_trips in [2, 3, 4] {
        let sent = register(&mut a);
        registrar.serve(&mut a, sent);
        assert_eq!(registrar.round_trips, round_trips);
    }
    let mut server = Server { lines: CONTACT.into(), proxy: true, ..Server::new("call") };
    a.call("sip:bob@example.com");
    let sent = a.expect("INVITE");
    assert_eq!(header(&sent, "Authorization"), None);
    let invite = server.serve(&mut a, sent);
    assert_eq!(header(&a.expect("ACK"), "Proxy-Authorization"), header(&invite, "Proxy-Authorization"));
    let id = a.sessions[0];
    for method in ["INFO", "MESSAGE"] {
        a.agent.send_inside(a.instant(), id, Method::parse(method).unwrap(), &[], "").unwrap();
        a.pump();
        let sent = a.expect(method);
        server.serve(&mut a, sent);
    }
    a.terminate();
    let bye = a.expect("BYE");
    server.serve(&mut a, bye);
    // One for each, and the first challenge.
    assert_eq!(server.round_trips, 5);
    a.call("sip:bob@example.com");
    let sent = a.expect("INVITE");
    assert!(header(&sent, "Proxy-Authorization").is_some());
    a.receive(&response(&sent, "180 Ringing", "x", CONTACT, ""));
    a.terminate();
    assert_eq!(header(&a.expect("CANCEL"), "Proxy-Authorization"), None);
}

/// Not to another host, by another server, for another kind of request, or to a stranger in a dialog.
#[test]
fn a_nonce_goes_only_where_it_was_taken() {
    let mut a = ahead();
    a.agent.config_mut().servers.push(viasip::config::Server {
        weight: -1,
        via_transport: "WSS".into(),
        sip_uri: "sip:other.example.com;transport=ws".into(),
        secure: true,
    });
    let sent = message(&mut a);
    Server::new("n").serve(&mut a, sent);
    let carries = |frame: &str| header(frame, "Authorization").is_some();
    assert!(!carries(&message_to(&mut a, "sip:bob@elsewhere.example.com")));
    assert!(!carries(&register(&mut a)));
    assert!(carries(&message_to(&mut a, "sip:carol@EXAMPLE.com")));
    // A call that nobody has challenged: its far end is no such place.
    let (mut b, _) = crate::support::in_call_of(ahead());
    let sent = message(&mut b);
    Server::new("n").serve(&mut b, sent);
    b.agent.send_inside(b.instant(), b.sessions[0], Method::Info, &[], "").unwrap();
    b.pump();
    assert!(!carries(&b.expect("INFO")));
    // The other server.
    a.close();
    a.at(60_000);
    a.wire.clear();
    let sent = message(&mut a);
    assert!(sent.contains("SIP/2.0/WSS") && !carries(&sent), "{sent}");
}

/// Two requests on their way at once have two counts.
#[test]
fn no_count_is_used_twice() {
    let mut a = ahead();
    let mut server = Server::new("n");
    let sent = message(&mut a);
    server.serve(&mut a, sent);
    let on_their_way: Vec<_> = (0..5).map(|_| message(&mut a)).collect();
    for sent in on_their_way {
        server.serve(&mut a, sent);
    }
    assert_eq!((server.used.len(), server.round_trips), (6, 7));
}

/// A nonce whose time is over costs what it cost before, whether the server says `stale` or not, and the new one is used.
#[test]
fn a_refused_nonce_is_dropped() {
    for stale in [true, false] {
        let mut a = ahead();
        let mut server = Server::new("1");
        let sent = message(&mut a);
        server.serve(&mut a, sent);
        server.renew("2");
        let mut sent = message(&mut a);
        if !stale {
            let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", qop=\"auth\"\r\n";
            a.receive(&response(&sent, "401 Unauthorized", "x", challenge, ""));
            sent = a.expect("MESSAGE");
        }
        server.serve(&mut a, sent);
        let sent = message(&mut a);
        assert!(header(&sent, "Authorization").unwrap().contains("nonce=\"2\""));
        a.events.clear();
    }
    // A server that takes nothing: one answer for each request, and the next goes without.
    let mut a = ahead();
    let sent = message(&mut a);
    Server::new("1").serve(&mut a, sent);
    let mut sent = message(&mut a);
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", qop=\"auth\"\r\n";
    for _ in 0..2 {
        a.receive(&response(&sent, "401 Unauthorized", "x", challenge, ""));
        sent = a.wire.pop_front().unwrap_or_default();
    }
    assert_eq!(sent, "");
    assert_eq!(a.events.last().unwrap(), "failed Authentication Error");
    assert_eq!(header(&message(&mut a), "Authorization"), None);
}

/// Where only `auth-int` is taken, the digest ahead is of the body of its own request.
#[test]
fn the_body_is_protected_ahead_too() {
    let mut a = ahead();
    let sent = message(&mut a);
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\", algorithm=SHA-256\r\n";
    a.receive(&response(&sent, "401 Unauthorized", "x", challenge, ""));
    let sent = a.expect("MESSAGE");
    a.receive(&response(&sent, "200 OK", "x", "", ""));
    a.ask(Method::Message, to_bob("another"));
    let sent = a.expect("MESSAGE");
    let presented = Presented::parse(header(&sent, "Authorization").unwrap()).unwrap();
    assert_eq!((presented.value("qop"), presented.value("nc")), ("auth-int", "00000002"));
    assert!(verify(&presented, "MESSAGE", b"another", "secret"));
    assert!(!verify(&presented, "MESSAGE", b"hello", "secret"));
}

fn hash(text: &str) -> String {
    Algorithm::Md5.hex(text.as_bytes())
}

/// What a server that knows the password writes into `rspauth`.
fn rspauth(sent: &str, password: &str) -> String {
    let presented = Presented::parse(header(sent, "Authorization").unwrap()).unwrap();
    let ha1 = hash(&format!("alice:r:{password}"));
    let value = |name| presented.value(name);
    let ha2 = hash(&format!(":{}", value("uri")));
    hash(&format!("{ha1}:{}:{}:{}:auth:{ha2}", value("nonce"), value("nc"), value("cnonce")))
}

/// RFC 7616 3.5: a server may name the nonce of the next request, whether or not the app wants more.
#[test]
fn the_next_nonce_is_taken() {
    for preemptive in [false, true] {
        let mut a = ahead();
        a.agent.config_mut().credentials.ahead = preemptive;
        let mut server = Server::new("1");
        server.lines = "Authentication-Info: nextnonce=\"2\"\r\n".into();
        let sent = message(&mut a);
        server.serve(&mut a, sent);
        server.renew("2");
        server.lines.clear();
        let (first, second) = (message(&mut a), message(&mut a));
        // Once, unless it is used as long as it works.
        assert_eq!(header(&second, "Authorization").is_some(), preemptive);
        server.serve(&mut a, first);
        server.serve(&mut a, second);
        assert_eq!(server.round_trips, if preemptive { 4 } else { 5 });
        // Without another one it is over.
        let third = message(&mut a);
        assert_eq!(header(&third, "Authorization").is_some(), preemptive);
    }
}

#[test]
fn a_server_that_does_not_know_the_password_is_told_of() {
    let unproved = "dropped The server has not proved that it knows the password";
    for (password, proved) in [("secret", true), ("guess", false)] {
        let mut a = ahead();
        let sent = message(&mut a);
        let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";
        a.receive(&response(&sent, "401 Unauthorized", "x", challenge, ""));
        let sent = a.expect("MESSAGE");
        a.events.clear();
        let info = format!(
            "Authentication-Info: qop=auth, rspauth=\"{}\", nextnonce=\"m\", cnonce=\"x\"\r\n",
            rspauth(&sent, password)
        );
        a.receive(&response(&sent, "200 OK", "x", &info, ""));
        let told = if proved { vec!["succeeded"] } else { vec![unproved, "succeeded"] };
        a.told(&told);
        // Nothing of such a server is used.
        assert_eq!(header(&message(&mut a), "Authorization").is_some(), proved);
    }
    // Of what nobody asked for nothing is made.
    let mut a = ahead();
    let sent = message(&mut a);
    a.receive(&response(&sent, "200 OK", "x", "Authentication-Info: nextnonce=\"m\", rspauth=\"0\"\r\n", ""));
    assert_eq!(header(&message(&mut a), "Authorization"), None);
}

#[test]
fn hostile_next_nonces_are_not_taken() {
    for nonce in ["x".repeat(5_000), "a\0b".to_owned()] {
        let mut a = started(config("alice"));
        let sent = message(&mut a);
        let mut server = Server::new("1");
        server.lines = format!("Authentication-Info: nextnonce=\"{nonce}\"\r\n");
        server.serve(&mut a, sent);
        assert_eq!(header(&message(&mut a), "Authorization"), None);
    }
    // Each place keeps one, and there are so many.
    let mut a = ahead();
    for n in 0..100 {
        let sent = message_to(&mut a, &format!("sip:bob@h{n}.example.com"));
        Server::new("n").serve(&mut a, sent);
    }
    let mut kept = 0;
    for n in 0..100 {
        let sent = message_to(&mut a, &format!("sip:bob@h{n}.example.com"));
        kept += usize::from(header(&sent, "Authorization").is_some());
    }
    assert_eq!(kept, 32);
}

/// With the password the nonces go: nobody gets a digest of an old one, and a new `auth_realms` counts at once.
#[test]
fn what_is_configured_anew_counts_at_once() {
    let changes: [fn(&mut Side); 3] = [
        |a| a.agent.config_mut().credentials.password = Some("other".into()),
        |a| a.agent.config_mut().credentials.realms = vec!["home".into()],
        |a| a.agent.config_mut().credentials.weakest = Algorithm::Sha256,
    ];
    for change in changes {
        let mut a = ahead();
        let sent = message(&mut a);
        Server::new("n").serve(&mut a, sent);
        change(&mut a);
        assert_eq!(header(&message(&mut a), "Authorization"), None);
    }
}

/// What the app gave when it was asked is used ahead too, until it is refused.
#[test]
fn given_accounts_are_used_ahead() {
    fn password(_: &Question) -> Option<Account> {
        Some(Account { username: "alice".into(), password: Some("secret".into()), ..Default::default() })
    }
    fn token(_: &Question) -> Option<Account> {
        Some(Account { token: Some("t".into()), ..Default::default() })
    }
    let mut settings = config("alice");
    settings.credentials.ahead = true;
    settings.credentials.asks = true;
    settings.credentials.password = None;
    let mut a = started(settings.clone());
    a.gives = Some(password);
    let mut server = Server::new("n");
    for _ in 0..3 {
        let sent = message(&mut a);
        server.serve(&mut a, sent);
    }
    assert_eq!((server.round_trips, a.challenges.len()), (4, 1));
    // A token, which no challenge has to ask for either.
    let mut a = started(settings);
    a.gives = Some(token);
    let sent = message(&mut a);
    a.receive(&response(&sent, "401 Unauthorized", "x", "WWW-Authenticate: Bearer realm=\"r\"\r\n", ""));
    let sent = a.expect("MESSAGE");
    a.receive(&response(&sent, "200 OK", "x", "", ""));
    assert_eq!(header(&message(&mut a), "Authorization"), Some("Bearer t"));
    assert_eq!(a.challenges.len(), 1);
}

/// A repetition that no challenge asks for has a count of its own.
#[test]
fn a_longer_interval_is_asked_for_with_a_new_count() {
    let mut a = started(config("alice"));
    a.call_with(call_to("sip:bob@example.com"));
    let sent = a.expect("INVITE");
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";
    a.receive(&response(&sent, "401 Unauthorized", "x", challenge, ""));
    a.expect("ACK");
    let sent = a.expect("INVITE");
    a.receive(&response(&sent, "422 Session Interval Too Small", "x", "Min-SE: 900\r\n", ""));
    a.expect("ACK");
    let sent = a.expect("INVITE");
    assert_eq!(sent.matches("\nAuthorization").count(), 1);
    let presented = Presented::parse(header(&sent, "Authorization").unwrap()).unwrap();
    assert_eq!(presented.value("nc"), "00000002");
    assert_eq!(header(&sent, "Min-SE"), Some("900"));
}

/// A BYE that met a broken line may have arrived: on the next one its digest would be one that was used.
#[test]
fn a_farewell_has_a_digest_of_its_own() {
    for preemptive in [true, false] {
        let mut a = ahead();
        a.agent.config_mut().credentials.ahead = preemptive;
        let mut server = Server { lines: CONTACT.into(), ..Server::new("n") };
        a.call("sip:bob@example.com");
        let sent = a.expect("INVITE");
        server.serve(&mut a, sent);
        a.expect("ACK");
        a.terminate();
        let bye = a.expect("BYE");
        if !preemptive {
            let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";
            a.receive(&response(&bye, "401 Unauthorized", "x", challenge, ""));
            a.expect("BYE");
        }
        a.close();
        a.at(10_000);
        let bye = a.wire.iter().find(|frame| frame.starts_with("BYE")).unwrap().clone();
        assert_eq!(header(&bye, "Authorization").is_some(), preemptive, "{bye}");
        server.serve(&mut a, bye);
    }
}
