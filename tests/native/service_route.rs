//! Path (RFC 3327) and Service-Route (RFC 3608): what a registrar says of the way to us and of the way of our requests.

use crate::support::outside::{presence, to_bob};
use crate::support::{CONTACT, SDP, Side, config, from_far, header, registering, response};
use viasip::config::Config;
use viasip::event::Event;
use viasip::message::Method;
use viasip::time::Instant;

const HOME: &str = "Service-Route: <sip:edge.example.com;lr>,\r\n <sip:a,b@home.example.com;lr>\r\n";

/// Answers the REGISTER that is on the wire, or the next.
fn grant(a: &mut Side, lines: &str) -> String {
    let register = match a.wire.pop_front() {
        Some(register) => register,
        None => {
            a.agent.register(a.instant());
            a.pump();
            a.expect("REGISTER")
        }
    };
    let contact = header(&register, "Contact").unwrap();
    a.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact}\r\n{lines}"), ""));
    register
}

fn registered(lines: &str) -> Side {
    let mut a = registering();
    grant(&mut a, lines);
    a.events.clear();
    a
}

fn routes(frame: &str) -> Vec<&str> {
    frame.lines().filter_map(|line| line.strip_prefix("Route: ")).collect()
}

const BOTH: [&str; 2] = ["<sip:edge.example.com;lr>", "<sip:a,b@home.example.com;lr>"];

#[test]
fn each_request_outside_a_dialog_goes_by_it() {
    let mut a = registered(HOME);
    assert_eq!(a.grant.service_route, BOTH);
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE sip:bob@example.com");
    assert_eq!(routes(&invite), BOTH);
    a.receive(&response(&invite, "486 Busy Here", "far", "", ""));
    let ack = a.expect("ACK");
    assert_eq!(routes(&ack), BOTH, "an ACK of a refusal goes as its INVITE");
    for method in [Method::Message, Method::Options] {
        a.ask(method.clone(), to_bob("hello"));
        assert_eq!(routes(&a.expect(method.as_str())), BOTH);
    }
    a.subscribe(presence(600));
    assert_eq!(routes(&a.expect("SUBSCRIBE")), BOTH);
    a.agent.register(a.instant());
    a.pump();
    assert!(routes(&a.expect("REGISTER")).is_empty(), "RFC 3608 6.1");
}

/// A CANCEL goes as its INVITE, what a dialog sends goes by its own route set.
#[test]
fn a_dialog_has_its_own_route_and_cancel_that_of_its_invite() {
    let mut a = registered(HOME);
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    a.terminate();
    assert_eq!(routes(&a.expect("CANCEL")), BOTH);

    let mut a = registered(HOME);
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    let lines = [CONTACT, "Record-Route: <sip:other.example.com;lr>\r\n"].concat();
    a.receive(&response(&invite, "200 OK", "far", &lines, SDP));
    assert_eq!(routes(&a.expect("ACK")), ["<sip:other.example.com;lr>"]);
    a.receive(&from_far(&invite, "BYE", 1, "", ""));
    a.expect("SIP/2.0 200");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    assert!(routes(&a.expect("ACK")).is_empty());
    a.terminate();
    assert!(routes(&a.expect("BYE")).is_empty());
}

#[test]
fn each_2xx_replaces_it_and_none_is_left_without_a_registration() {
    let next = |a: &mut Side| {
        a.ask(Method::Message, to_bob("hello"));
        let message = a.expect("MESSAGE");
        a.receive(&response(&message, "200 OK", "far", "", ""));
        routes(&message).len()
    };
    let mut a = registered(HOME);
    assert_eq!(next(&mut a), 2);
    grant(&mut a, "Service-Route: <sip:third.example.com;lr>\r\nPath: <sip:p1.example.com;lr>\r\n");
    assert_eq!(a.grant.path, ["<sip:p1.example.com;lr>"]);
    assert_eq!(next(&mut a), 1);
    grant(&mut a, "");
    assert_eq!((next(&mut a), a.grant.path.len()), (0, 0));

    for answer in ["200 OK", "500 Server Error"] {
        let mut a = registered(HOME);
        a.agent.unregister(a.instant(), false);
        a.pump();
        let farewell = a.expect("REGISTER");
        a.receive(&response(&farewell, answer, "r", "", ""));
        assert_eq!(next(&mut a), 0, "un-registered by {answer}");
    }
    let mut a = registered(HOME);
    a.agent.register(a.instant());
    a.pump();
    let refresh = a.expect("REGISTER");
    a.receive(&response(&refresh, "403 Forbidden", "r", "", ""));
    assert_eq!(next(&mut a), 0, "thrown out");
    let mut a = registered(HOME);
    a.close();
    a.at(2_000);
    let register = a.expect("REGISTER");
    assert_eq!(next(&mut a), 0, "by another line until that is registered");
    a.wire.push_back(register);
    grant(&mut a, HOME);
    assert_eq!(next(&mut a), 2);
}

/// RFC 3608 has loose routers only; one without `lr` is a router of RFC 2543, which gets the Request-URI.
#[test]
fn a_router_without_lr_gets_the_request_uri() {
    let mut a = registered("Service-Route: <sip:old.example.com>, <sip:home.example.com;lr>\r\n");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE sip:old.example.com SIP/2.0");
    assert_eq!(routes(&invite), ["<sip:home.example.com;lr>", "<sip:bob@example.com>"]);
    assert_eq!(header(&invite, "To"), Some("<sip:bob@example.com>"));
}

/// The server that we are connected to may be named by the preloaded route and by the Service-Route.
#[test]
fn behind_the_preloaded_route_it_follows() {
    for (first, expected) in
        [("<sip:edge.example.com;lr>", 3), ("<sip:example.com:5060;lr>", 3), ("<sip:EXAMPLE.com;lr>", 2)]
    {
        let settings = Config { use_preloaded_route: true, register: true, ..config("alice") };
        let mut a = Side::new("alice", settings);
        a.agent.start(Instant::from_millis(0));
        a.pump();
        grant(&mut a, &format!("Service-Route: {first}, <sip:home.example.com;lr>\r\n"));
        a.call("sip:bob@example.com");
        let invite = a.expect("INVITE");
        assert_eq!(routes(&invite).len(), expected, "{invite}");
        assert_eq!(routes(&invite)[0], "<sip:example.com;transport=ws;lr>");
        assert_eq!(*routes(&invite).last().unwrap(), "<sip:home.example.com;lr>");
    }
}

#[test]
fn an_app_may_do_without() {
    let mut a = Side::new("alice", Config { service_route: false, register: true, ..config("alice") });
    a.agent.start(Instant::from_millis(0));
    a.pump();
    grant(&mut a, HOME);
    a.call("sip:bob@example.com");
    assert!(routes(&a.expect("INVITE")).is_empty());
    assert_eq!(a.grant.service_route, BOTH, "it is told all the same");
}

/// A part of a route leads elsewhere: what is too long or cannot be read counts as none.
#[test]
fn a_route_that_cannot_be_used_is_none() {
    let many = |count: usize| vec!["<sip:p.example.com;lr>"; count].join(",");
    for (value, used) in [
        (many(70), 70),
        (many(71), 0),
        (many(5_000), 0),
        (format!("<sip:{}.example.com;lr>", "a".repeat(4_000)), 1),
        (format!("<sip:{}.example.com;lr>", "a".repeat(5_000)), 0),
        ("<sip:good.example.com;lr>, <tel:123>".to_owned(), 0),
        ("<sip:good.example.com;lr>, <sip:bad".to_owned(), 0),
        ("sip:bare.example.com;lr".to_owned(), 0),
        ("<sip:good.example.com;lr>, garbage".to_owned(), 0),
        ("*".to_owned(), 0),
        (String::new(), 0),
        ("<".repeat(30_000), 0),
        ("\"".repeat(30_001), 0),
    ] {
        let mut a = registered(&format!("Service-Route: {value}\r\nPath: {value}\r\n"));
        a.call("sip:bob@example.com");
        let invite = a.expect("INVITE sip:bob@example.com SIP/2.0");
        let shown = value.get(..60).unwrap_or(&value).to_owned();
        assert_eq!((routes(&invite).len(), a.grant.path.len()), (used, used), "{shown}");
    }
}

/// What holds until something else is said is told when it changes, and before the app hears of the registration.
#[test]
fn the_app_is_told_when_it_changes() {
    let mut a = registering();
    let register = a.expect("REGISTER");
    assert!(header(&register, "Supported").unwrap().split(',').any(|tag| tag == "path"));
    let contact = header(&register, "Contact").unwrap();
    let ok = response(&register, "200 OK", "r", &format!("Contact: {contact}\r\n{HOME}"), "");
    let flow = a.flow.unwrap();
    a.agent.handle_input(a.instant(), viasip::event::Input::Frame(flow, ok.as_bytes()));
    let mut told = Vec::new();
    while let Some(output) = a.agent.poll_output() {
        if let viasip::event::Output::Event(event) = output {
            told.push(match event {
                Event::Granted(_) => "granted",
                Event::Registered { .. } => "registered",
                _ => "another",
            });
        }
    }
    assert_eq!(told, ["granted", "registered"]);
}
