//! An app that is asked for the account of each realm, and answers later, wrong, twice, or never.
//!
//! The file is long because its tests share one vocabulary: who is challenged, what the app is asked, what it gives.

use crate::support::outside::{presence, to_bob};
use crate::support::{CONTACT, SDP, Side, config, header, request, response, tag};
use viasip::agent::Holdings;
use viasip::auth::{Account, Algorithm, Question};
use viasip::event::{SessionId, Verdict};
use viasip::message::Method;
use viasip::subscription::Command;
use viasip::time::Instant;

fn account(password: &str) -> Account {
    Account { username: "alice".into(), password: Some(password.into()), ..Default::default() }
}

fn token(token: &str) -> Account {
    Account { token: Some(token.into()), ..Default::default() }
}

/// Alice, whose app is asked, and answers when the test says so.
fn asking() -> Side {
    let mut settings = config("alice");
    settings.credentials.asks = true;
    started(settings)
}

fn started(settings: viasip::config::Config) -> Side {
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    a
}

fn digest(realm: &str, nonce: &str) -> String {
    format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"\r\n")
}

fn refuse(a: &mut Side, sent: &str, lines: &str) {
    a.receive(&response(sent, "401 Unauthorized", "x", lines, ""));
    if sent.starts_with("INVITE") {
        a.expect("ACK");
    }
}

/// The app answers its oldest question.
fn give(a: &mut Side, account: Option<Account>) -> Question {
    let (ticket, question) = a.challenges.remove(0);
    a.agent.resume(a.instant(), ticket, Verdict::Account(account));
    a.pump();
    question
}

fn ok(a: &mut Side, sent: &str) {
    let contact = header(sent, "Contact").map(|contact| format!("Contact: {contact};expires=600\r\n"));
    a.receive(&response(sent, "200 OK", "x", &contact.unwrap_or_default(), ""));
}

fn message(a: &mut Side) -> String {
    a.ask(Method::Message, to_bob("hello"));
    a.expect("MESSAGE")
}

fn register(a: &mut Side) -> String {
    a.agent.register(a.instant());
    a.pump();
    a.expect("REGISTER")
}

fn call(a: &mut Side) -> String {
    a.call("sip:bob@example.com");
    a.expect("INVITE")
}

const KINDS: [fn(&mut Side) -> String; 3] = [register, call, message];

#[track_caller]
fn is_empty(a: &Side) {
    assert_eq!(a.agent.holdings(), Holdings::default());
}

#[test]
fn an_app_is_asked_who_wants_to_know_what() {
    let mut a = asking();
    let sent = message(&mut a);
    let lines = "WWW-Authenticate: Digest realm=\"a \\\"b\\\"\", nonce=\"n\", algorithm=MD5, \
                 Digest realm=\"a \\\"b\\\"\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"\r\n";
    refuse(&mut a, &sent, lines);
    a.expect_nothing();
    let question = give(&mut a, Some(account("right")));
    let expected = Question {
        schemes: vec!["Digest"],
        realm: "a \"b\"".into(),
        proxy: false,
        status: 401,
        algorithm: Some(Algorithm::Sha256),
        method: "MESSAGE".into(),
        uri: "sip:bob@example.com".into(),
        stale: false,
        attempt: 1,
        scope: None,
        authz_server: None,
        error: None,
    };
    assert_eq!(question, expected);
    let again = a.expect("MESSAGE");
    let value = header(&again, "Authorization").unwrap();
    assert!(value.contains("algorithm=SHA-256") && value.contains("username=\"alice\""), "{value}");
    ok(&mut a, &again);
    a.told(&["newMESSAGE local", "challenged a \"b\" 1", "succeeded"]);
    is_empty(&a);
}

/// A proxy that forks gathers the challenges of both: one realm is one question, however often it stands there.
#[test]
fn a_realm_that_challenges_twice_is_asked_for_once() {
    let mut a = asking();
    let sent = message(&mut a);
    let lines = digest("example.com", "n1") + &digest("example.com", "n2").replace("WWW", "Proxy");
    refuse(&mut a, &sent, &lines);
    assert_eq!(a.challenges.len(), 1);
    give(&mut a, Some(account("right")));
    let again = a.expect("MESSAGE");
    assert!(header(&again, "Authorization").is_some() && header(&again, "Proxy-Authorization").is_some(), "{again}");
    ok(&mut a, &again);
    a.told(&["newMESSAGE local", "challenged example.com 1", "succeeded"]);
    is_empty(&a);
}

/// Not again for what works: the next request, a nonce that is old, another kind of request.
#[test]
fn what_works_is_not_asked_for_again() {
    for second in KINDS {
        let mut a = asking();
        let sent = register(&mut a);
        refuse(&mut a, &sent, &digest("r", "1"));
        give(&mut a, Some(account("right")));
        let sent = a.expect("REGISTER");
        let stale = digest("r", "2").replace("qop", "stale=true, qop");
        refuse(&mut a, &sent, &stale);
        let sent = a.expect("REGISTER");
        ok(&mut a, &sent);
        let sent = second(&mut a);
        refuse(&mut a, &sent, &digest("r", "3"));
        let again = a.wire.pop_front().unwrap();
        assert!(header(&again, "Authorization").unwrap().contains("nonce=\"3\""));
        assert!(a.challenges.is_empty());
    }
}

/// A password that is changed in the middle: the app learns that the old one is refused.
#[test]
fn it_is_asked_again_when_what_it_gave_is_refused() {
    for send in KINDS {
        let mut a = asking();
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest("r", "1"));
        assert_eq!(give(&mut a, Some(account("old"))).attempt, 1);
        let sent = a.expect("MESSAGE");
        ok(&mut a, &sent);
        let sent = send(&mut a);
        let method = sent.split(' ').next().unwrap().to_owned();
        refuse(&mut a, &sent, &digest("r", "2"));
        let sent = a.expect(&method);
        refuse(&mut a, &sent, &digest("r", "3"));
        a.expect_nothing();
        assert_eq!(give(&mut a, Some(account("new"))).attempt, 2);
        let again = a.expect(&method);
        assert!(header(&again, "Authorization").unwrap().contains("nonce=\"3\""));
        ok(&mut a, &again);
        a.wire.clear();
        // From now on the new one.
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest("r", "4"));
        a.expect("MESSAGE");
        assert!(a.challenges.is_empty());
    }
}

/// Three accounts for one request, whatever the server writes; what was refused does not go out twice.
#[test]
fn refusals_without_end_are_given_up() {
    for send in KINDS {
        let mut a = asking();
        let mut sent = send(&mut a);
        let method = sent.split(' ').next().unwrap().to_owned();
        for attempt in 1..=3 {
            refuse(&mut a, &sent, &digest("r", &format!("n{attempt}")));
            assert_eq!(give(&mut a, Some(account(&attempt.to_string()))).attempt, attempt);
            sent = a.expect(&method);
        }
        refuse(&mut a, &sent, &digest("r", "n4"));
        a.expect_nothing();
        assert!(a.challenges.is_empty());
        assert!(a.events.last().unwrap().ends_with("Authentication Error"), "{:?}", a.events);
        // The next request begins anew.
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest("r", "n5"));
        assert_eq!(a.challenges[0].1.attempt, 1);
    }
    // The same again.
    let mut a = asking();
    let sent = message(&mut a);
    refuse(&mut a, &sent, &digest("r", "1"));
    give(&mut a, Some(account("wrong")));
    let sent = a.expect("MESSAGE");
    refuse(&mut a, &sent, &digest("r", "2"));
    a.events.clear();
    give(&mut a, Some(account("wrong")));
    a.expect_nothing();
    a.told(&[
        "dropped Credentials that do not fit the challenge, or were refused before",
        "failed Authentication Error",
    ]);
    is_empty(&a);
}

#[test]
fn without_an_account_the_challenge_is_the_answer() {
    for send in KINDS {
        for late in [false, true] {
            let mut a = asking();
            let sent = send(&mut a);
            refuse(&mut a, &sent, &digest("r", "1"));
            a.events.clear();
            if late {
                a.at(59_999);
                assert!(!a.challenges.is_empty() && a.events.is_empty());
                a.at(60_000);
                assert_eq!(a.events.remove(0), "dropped Credentials were not given in time");
            } else {
                give(&mut a, None);
            }
            a.expect_nothing();
            let told = a.events.remove(0);
            assert!(told.ends_with("Authentication Error") && a.events.is_empty(), "{told} {:?}", a.events);
            // What comes too late is nobody's.
            if late {
                give(&mut a, Some(account("right")));
                a.expect_nothing();
            }
            is_empty(&a);
        }
    }
}

/// One question for all that wait for it, each of which is then sent again.
#[test]
fn requests_that_are_challenged_at_once_share_one_question() {
    for given in [Some(account("right")), None] {
        let mut a = asking();
        let sent: Vec<_> = KINDS.iter().map(|send| send(&mut a)).collect();
        for sent in &sent {
            refuse(&mut a, sent, &digest("r", "1"));
        }
        assert_eq!(a.challenges.len(), 1);
        give(&mut a, given.clone());
        let again: Vec<_> = a.wire.drain(..).map(|frame| frame.split(' ').next().unwrap().to_owned()).collect();
        let methods = if given.is_some() { vec!["REGISTER", "INVITE", "MESSAGE"] } else { vec![] };
        assert_eq!(again, methods);
        let failed = a.events.iter().filter(|told| told.ends_with("Authentication Error")).count();
        assert_eq!(failed, if given.is_some() { 0 } else { 3 });
        assert!(a.challenges.is_empty());
    }
}

/// Two requests went with the same wrong password: the second refusal joins the question of the first, and what was given
/// meanwhile is tried without a question.
#[test]
fn a_second_refusal_of_the_same_account_asks_nothing_more() {
    for answered_between in [false, true] {
        let mut a = asking();
        let (first, second) = (message(&mut a), message(&mut a));
        refuse(&mut a, &first, &digest("r", "1"));
        refuse(&mut a, &second, &digest("r", "1"));
        give(&mut a, Some(account("wrong")));
        let (first, second) = (a.expect("MESSAGE"), a.expect("MESSAGE"));
        refuse(&mut a, &first, &digest("r", "2"));
        if answered_between {
            give(&mut a, Some(account("right")));
            refuse(&mut a, &second, &digest("r", "2"));
        } else {
            refuse(&mut a, &second, &digest("r", "2"));
            assert_eq!(a.challenges.len(), 1);
            give(&mut a, Some(account("right")));
        }
        for _ in 0..2 {
            let sent = a.expect("MESSAGE");
            ok(&mut a, &sent);
        }
        assert!(a.challenges.is_empty());
        is_empty(&a);
    }
}

/// Each realm has its account: a proxy and the registrar behind it, and both in one response of a proxy that forks.
#[test]
fn each_realm_is_asked_for() {
    for order in [[0, 0], [1, 0]] {
        let mut a = asking();
        let sent = call(&mut a);
        let lines = digest("home", "1") + "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"2\"\r\n";
        refuse(&mut a, &sent, &lines);
        assert_eq!(a.challenges.len(), 2);
        for (left, at) in order.into_iter().enumerate() {
            a.expect_nothing();
            let (ticket, question) = a.challenges.remove(at);
            assert_eq!(question.proxy, question.realm == "proxy");
            let given = Account { username: question.realm.clone(), ..account("x") };
            a.agent.resume(a.instant(), ticket, Verdict::Account(Some(given)));
            a.pump();
            assert_eq!(a.challenges.len(), 1 - left);
        }
        let again = a.expect("INVITE");
        assert!(header(&again, "Authorization").unwrap().contains("username=\"home\", realm=\"home\""));
        assert!(header(&again, "Proxy-Authorization").unwrap().contains("username=\"proxy\", realm=\"proxy\""));
    }
    // One of them is enough where the app has no other.
    let mut a = asking();
    let sent = message(&mut a);
    refuse(&mut a, &sent, &(digest("one", "1") + &digest("two", "2")));
    give(&mut a, None);
    a.expect_nothing();
    give(&mut a, Some(account("x")));
    let again = a.expect("MESSAGE");
    assert_eq!(again.matches("\nAuthorization").count(), 1);
    // Nor is it asked for the first again when that still wants something.
    refuse(&mut a, &again, &digest("one", "3"));
    assert!(a.challenges.is_empty());
    assert_eq!(a.events.last().unwrap(), "failed Authentication Error");
}

/// Somebody hangs up while the app looks for a password.
#[test]
fn a_call_that_is_given_up_meanwhile_is_not_made() {
    let mut a = asking();
    let sent = call(&mut a);
    refuse(&mut a, &sent, &digest("r", "1"));
    a.events.clear();
    a.terminate();
    a.told(&["failed local Canceled"]);
    a.expect_nothing();
    give(&mut a, Some(account("right")));
    a.expect_nothing();
    is_empty(&a);
    // But what it gave is known.
    let sent = message(&mut a);
    refuse(&mut a, &sent, &digest("r", "2"));
    a.expect("MESSAGE");
}

#[test]
fn a_lost_line_ends_the_wait() {
    for send in KINDS {
        let mut a = asking();
        a.agent.config_mut().recovery_s = (2, 2);
        let sent = send(&mut a);
        refuse(&mut a, &sent, &digest("r", "1"));
        a.events.clear();
        a.auto_open = false;
        a.close();
        assert!(a.events.iter().any(|told| told.ends_with("Connection Error")), "{:?}", a.events);
        a.auto_open = true;
        a.at(10_000);
        a.wire.clear();
        give(&mut a, Some(account("right")));
        a.expect_nothing();
        assert_eq!(a.agent.holdings().questions, 0);
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest("r", "2"));
        a.expect("MESSAGE");
    }
}

/// `stop()` leaves 2 s for the un-REGISTER, and so for its account.
#[test]
fn a_stopping_agent_waits_as_long_as_for_an_answer() {
    for in_time in [true, false] {
        let mut a = asking();
        let sent = register(&mut a);
        refuse(&mut a, &sent, &digest("r", "1"));
        give(&mut a, Some(account("old")));
        let sent = a.expect("REGISTER");
        ok(&mut a, &sent);
        a.agent.stop(a.instant());
        a.pump();
        let sent = a.expect("REGISTER");
        refuse(&mut a, &sent, &digest("r", "2"));
        let sent = a.expect("REGISTER");
        refuse(&mut a, &sent, &digest("r", "3"));
        assert!(a.flow.is_some());
        if in_time {
            give(&mut a, Some(account("new")));
            let sent = a.expect("REGISTER");
            ok(&mut a, &sent);
        } else {
            a.at(2_000);
        }
        assert!(a.flow.is_none());
        assert_eq!(a.agent.poll_timeout(), None);
        is_empty(&a);
        if !in_time {
            give(&mut a, Some(account("new")));
            a.expect_nothing();
            is_empty(&a);
        }
    }
}

fn send_inside(side: &mut Side, method: &str) -> String {
    let (id, now) = (*side.sessions.last().unwrap(), side.instant());
    match method {
        "INVITE" => drop(side.agent.renegotiate(now, id, Default::default()).unwrap()),
        "BYE" => side.terminate(),
        "REFER" => drop(side.agent.refer(now, id, "<sip:carol@example.com>", &[], false).unwrap()),
        "INFO" => side.agent.dtmf(now, id, "1", 100, 500, &[]).unwrap(),
        _ => drop(side.agent.send_inside(now, id, Method::parse(method).unwrap(), &[], "").unwrap()),
    }
    side.pump();
    side.expect(method)
}

/// In a call whose INVITE the realm `pbx` has challenged.
fn in_call() -> (Side, SessionId, String) {
    let mut a = asking();
    let sent = call(&mut a);
    refuse(&mut a, &sent, &digest("pbx", "1"));
    give(&mut a, Some(account("old")));
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    let ack = a.expect("ACK");
    assert_eq!(header(&ack, "Authorization"), header(&invite, "Authorization"));
    a.events.clear();
    let id = a.sessions[0];
    (a, id, invite)
}

const INSIDE: [&str; 6] = ["INFO", "UPDATE", "MESSAGE", "REFER", "INVITE", "BYE"];

#[test]
fn requests_inside_a_call_wait_as_others_do() {
    for method in INSIDE {
        let (mut a, ..) = in_call();
        let sent = send_inside(&mut a, method);
        refuse(&mut a, &sent, &digest("pbx", "2"));
        let sent = a.expect(method);
        refuse(&mut a, &sent, &digest("pbx", "3"));
        let question = give(&mut a, Some(account("new")));
        assert_eq!((question.method.as_str(), question.attempt), (method, 2));
        let again = a.expect(method);
        assert!(header(&again, "Authorization").unwrap().contains("nonce=\"3\""), "{again}");
        let cseq = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
        assert_eq!(cseq(&again), cseq(&sent) + 1);
    }
}

/// The far end of a call chooses neither who is asked nor what for.
#[test]
fn the_app_is_not_asked_for_a_stranger_inside_a_call() {
    for method in INSIDE {
        let (mut a, ..) = in_call();
        let sent = send_inside(&mut a, method);
        refuse(&mut a, &sent, &(digest("evil", "2") + "WWW-Authenticate: Bearer realm=\"evil\"\r\n"));
        assert!(a.challenges.is_empty(), "{method}");
        a.expect_nothing();
    }
    for (realms, weakest, realm, asked) in [
        (vec!["home".to_owned()], Algorithm::Md5, "home", true),
        (vec!["home".to_owned()], Algorithm::Md5, "evil", false),
        (vec![], Algorithm::Sha256, "home", false),
    ] {
        let mut a = asking();
        a.agent.config_mut().credentials.realms = realms;
        a.agent.config_mut().credentials.weakest = weakest;
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest(realm, "1"));
        assert_eq!(!a.challenges.is_empty(), asked);
    }
}

/// What a call still had to say when it ended.
#[test]
fn a_call_that_is_over_says_goodbye_and_nothing_else() {
    for method in ["INVITE", "UPDATE", "INFO"] {
        let (mut a, id, invite) = in_call();
        let sent = send_inside(&mut a, method);
        refuse(&mut a, &sent, &digest("pbx", "2"));
        let sent = a.expect(method);
        refuse(&mut a, &sent, &digest("pbx", "3"));
        a.agent.terminate(a.instant(), id, &Default::default()).unwrap();
        a.pump();
        let bye = a.expect("BYE");
        refuse(&mut a, &bye, &digest("pbx", "4"));
        a.expect_nothing();
        assert_eq!(a.challenges.len(), 1);
        give(&mut a, Some(account("new")));
        a.wire.retain(|frame| !frame.starts_with(method));
        let bye = a.expect("BYE");
        ok(&mut a, &bye);
        drop(invite);
        a.wire.clear();
        a.at(70_000);
        is_empty(&a);
    }
    // The far end hangs up first.
    let (mut a, _, invite) = in_call();
    let sent = send_inside(&mut a, "INVITE");
    refuse(&mut a, &sent, &digest("pbx", "2"));
    let sent = a.expect("INVITE");
    refuse(&mut a, &sent, &digest("pbx", "3"));
    let own = tag(header(&invite, "From").unwrap());
    let call_id = header(&invite, "Call-ID").unwrap();
    let bye =
        request("BYE", "alice", "b", &own, 2, "", "").replace("far-call", call_id).replace(";tag=far-tag", ";tag=far");
    a.receive(&bye);
    a.wire.clear();
    give(&mut a, Some(account("new")));
    a.expect_nothing();
}

#[test]
fn a_subscription_waits_too() {
    let mut a = asking();
    let id = a.subscribe(presence(600));
    let sent = a.expect("SUBSCRIBE");
    refuse(&mut a, &sent, &digest("r", "1"));
    give(&mut a, Some(account("old")));
    let sent = a.expect("SUBSCRIBE");
    a.receive(&response(&sent, "200 OK", "far", &format!("{CONTACT}Expires: 600\r\n"), ""));
    a.agent.subscription(a.instant(), id, Command::Again { ends: false, body: String::new() }).unwrap();
    a.pump();
    let sent = a.expect("SUBSCRIBE");
    refuse(&mut a, &sent, &digest("r", "2"));
    let sent = a.expect("SUBSCRIBE");
    refuse(&mut a, &sent, &digest("r", "3"));
    assert_eq!(give(&mut a, Some(account("new"))).attempt, 2);
    let sent = a.expect("SUBSCRIBE");
    assert!(header(&sent, "Authorization").unwrap().contains("nonce=\"3\""));
}

/// RFC 2617 HA1 values of the hash that was asked for, and no other.
#[test]
fn an_ha1_is_of_one_hash() {
    for (given, offered, answered) in [
        (Algorithm::Md5, "MD5", true),
        (Algorithm::Md5, "SHA-256", false),
        (Algorithm::Sha256, "SHA-256-sess", true),
        (Algorithm::Sha256, "SHA-512-256", false),
    ] {
        let mut a = asking();
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest("r", "1").replace("qop", &format!("algorithm={offered}, qop")));
        let account = Account { username: "alice".into(), ha1: Some((given, "0a".repeat(16))), ..Default::default() };
        give(&mut a, Some(account));
        assert_eq!(a.wire.pop_front().is_some(), answered, "{given:?} {offered}");
    }
}

const BEARER: &str = "WWW-Authenticate: Bearer realm=\"r\", scope=\"sip\", authz_server=\"https://as.example.com\"\r\n";

/// RFC 8898: a token, and a newer one once it is no longer valid.
#[test]
fn a_token_is_given_and_renewed() {
    for send in KINDS {
        let mut a = asking();
        let sent = send(&mut a);
        let method = sent.split(' ').next().unwrap().to_owned();
        refuse(&mut a, &sent, BEARER);
        let question = give(&mut a, Some(token("one")));
        assert_eq!(question.schemes, ["Bearer"]);
        assert_eq!(question.scope.as_deref(), Some("sip"));
        assert_eq!(question.authz_server.as_deref(), Some("https://as.example.com"));
        let sent = a.expect(&method);
        assert_eq!(header(&sent, "Authorization"), Some("Bearer one"));
        refuse(&mut a, &sent, &BEARER.replace("scope", "error=\"invalid_token\", scope"));
        let question = give(&mut a, Some(token("two")));
        assert_eq!((question.error.as_deref(), question.attempt), (Some("invalid_token"), 2));
        let sent = a.expect(&method);
        assert_eq!(header(&sent, "Authorization"), Some("Bearer two"));
    }
}

/// In the dialog that the token has made the realm is known, and no other.
#[test]
fn a_token_goes_to_its_realm_inside_a_call() {
    for (realm, answered) in [("r", true), ("evil", false)] {
        let mut a = asking();
        let sent = call(&mut a);
        refuse(&mut a, &sent, BEARER);
        give(&mut a, Some(token("one")));
        let invite = a.expect("INVITE");
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        assert_eq!(header(&a.expect("ACK"), "Authorization"), Some("Bearer one"));
        let bye = send_inside(&mut a, "BYE");
        refuse(&mut a, &bye, &BEARER.replace("realm=\"r\"", &format!("realm=\"{realm}\"")));
        assert!(a.challenges.is_empty());
        assert_eq!(
            a.wire.pop_front().map(|frame| header(&frame, "Authorization").map(str::to_owned)),
            answered.then(|| Some("Bearer one".into()))
        );
    }
}

/// Whoever reads a token may use it: none goes where the line is in the open.
#[test]
fn no_token_goes_by_an_open_line() {
    let mut settings = config("alice");
    settings.credentials.asks = true;
    settings.servers[0].secure = false;
    let mut a = started(settings);
    let sent = message(&mut a);
    refuse(&mut a, &sent, BEARER);
    a.expect_nothing();
    assert!(a.challenges.is_empty());
    a.told(&[
        "newMESSAGE local",
        "dropped A token is not sent where others read it: wss: is needed",
        "failed Authentication Error",
    ]);
    // A digest beside it does.
    let sent = message(&mut a);
    refuse(&mut a, &sent, &format!("{BEARER}{}", digest("r", "1")));
    assert_eq!(give(&mut a, Some(Account { token: Some("t".into()), ..account("x") })).schemes, ["Digest"]);
    assert!(header(&a.expect("MESSAGE"), "Authorization").unwrap().starts_with("Digest "));
}

/// Of both schemes the app takes the one that it has something for.
#[test]
fn what_is_given_decides_the_scheme() {
    for (given, scheme) in [
        (token("t"), "Bearer t"),
        (account("x"), "Digest "),
        (Account { token: Some("t".into()), ..account("x") }, "Bearer t"),
    ] {
        let mut a = asking();
        let sent = message(&mut a);
        refuse(&mut a, &sent, &format!("{}{BEARER}", digest("r", "1")));
        assert_eq!(give(&mut a, Some(given)).schemes, ["Digest", "Bearer"]);
        assert!(header(&a.expect("MESSAGE"), "Authorization").unwrap().starts_with(scheme));
    }
    // What does not fit is as good as nothing.
    for (given, lines) in
        [(token("t"), digest("r", "1")), (account("x"), BEARER.to_owned()), (Account::default(), digest("r", "1"))]
    {
        let mut a = asking();
        let sent = message(&mut a);
        refuse(&mut a, &sent, &lines);
        give(&mut a, Some(given));
        a.expect_nothing();
        assert_eq!(a.events.last().unwrap(), "failed Authentication Error");
    }
}

/// A server that says 403 to a wrong password: the next challenge asks.
#[test]
fn a_forbidden_account_is_forgotten() {
    let mut a = asking();
    let sent = register(&mut a);
    refuse(&mut a, &sent, &digest("r", "1"));
    give(&mut a, Some(account("wrong")));
    let sent = a.expect("REGISTER");
    a.receive(&response(&sent, "403 Forbidden", "x", "", ""));
    let sent = register(&mut a);
    refuse(&mut a, &sent, &digest("r", "2"));
    assert_eq!(a.challenges.len(), 1);
}

/// A thousand challenges in one response, and one realm after the other for ever.
#[test]
fn hostile_challenges_are_bounded() {
    let mut a = asking();
    let sent = message(&mut a);
    let lines: String = (0..200)
        .map(|n| {
            digest(&n.to_string(), "n").replace(
                "\r\n",
                &format!(
                    ", Digest realm=\"{n}b\", nonce=\"n\", Bearer realm=\"{n}\", Bearer, Digest realm=\"{n}\"\r\n"
                ),
            )
        })
        .collect();
    refuse(&mut a, &sent, &lines);
    assert_eq!(a.challenges.len(), 8);
    while !a.challenges.is_empty() {
        give(&mut a, Some(account("x")));
    }
    assert_eq!(a.expect("MESSAGE").matches("\nAuthorization").count(), 8);

    // Another realm each time.
    let mut a = asking();
    let mut sent = message(&mut a);
    let mut asked = 0;
    for n in 0..50 {
        refuse(&mut a, &sent, &digest(&n.to_string(), "n"));
        if a.challenges.is_empty() {
            break;
        }
        asked += 1;
        give(&mut a, Some(account("x")));
        match a.wire.pop_front() {
            Some(frame) => sent = frame,
            None => break,
        }
    }
    assert_eq!(asked, 9);
    assert_eq!(a.events.last().unwrap(), "failed Authentication Error");
    is_empty(&a);

    // More requests than may wait, each with a realm of its own.
    let mut a = asking();
    for n in 0..100 {
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest(&n.to_string(), "n"));
    }
    assert_eq!(a.challenges.len(), 32);
    a.at(60_000);
    is_empty(&a);
    // And of one realm.
    for _ in 0..100 {
        let sent = message(&mut a);
        refuse(&mut a, &sent, &digest("r", "n"));
    }
    assert_eq!(a.agent.holdings().exchanges, 64);
    a.challenges.drain(..32);
    give(&mut a, Some(account("x")));
    assert_eq!(a.wire.len(), 64);
}

/// Nothing that is shown of it has the secret in it.
#[test]
fn an_account_is_not_shown() {
    let account = Account { token: Some("tok".into()), ha1: Some((Algorithm::Md5, "ha1".into())), ..account("secret") };
    let shown = format!("{account:?} {:?}", Verdict::Account(Some(account.clone())));
    assert!(
        shown.contains("alice") && !["secret", "tok", "ha1"].iter().any(|secret| shown.contains(secret)),
        "{shown}"
    );
    let mut a = asking();
    let sent = message(&mut a);
    refuse(&mut a, &sent, &digest("r", "1"));
    give(&mut a, Some(account));
    assert!(!format!("{:?}", a.agent).contains("\"secret\""));
}
