//! Two flows to different servers (RFC 5626): who registers by which, what goes by which, and what happens when one dies.
//!
//! The file is long because its tests share one vocabulary: each frame is read with the server that it goes by.

use crate::support::{CONTACT, SDP, Side, config, from_far, header, invite, keep_alive, request, response, tag};
use viasip::config::{Config, Server};
use viasip::event::Input;
use viasip::message::Method;
use viasip::time::Instant;

const ROUTE: &str = "Record-Route: <sip:t1@edge0.example.com;lr;ob>, <sip:core.example.com;lr>\r\n";

fn settings(weights: &[i64]) -> Config {
    let server = |(at, weight): (usize, &i64)| Server {
        weight: *weight,
        secure: at > 0,
        via_transport: if at == 0 { "WS".into() } else { "WSS".into() },
        sip_uri: format!("sip:edge{at}.example.com;transport=ws"),
    };
    Config { servers: weights.iter().enumerate().map(server).collect(), flows: 2, register: true, ..config("alice") }
}

fn started(settings: Config) -> Side {
    let mut a = Side::new("alice", settings);
    a.numbered = true;
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a
}

/// Answers the next REGISTER, which goes by that server.
fn grant(a: &mut Side, server: usize, lines: &str) -> String {
    let register = a.expect(&format!("{server} REGISTER"));
    let contact = header(&register, "Contact").unwrap();
    let path = format!("Path: <sip:core.example.com;lr>, <sip:t@edge{server}.example.com;lr;ob>\r\n");
    a.receive_by(server, &response(&register, "200 OK", "r", &format!("{path}Contact: {contact}\r\n{lines}"), ""));
    register
}

/// Registered by both, the first being the server 0.
fn both() -> Side {
    both_of(settings(&[10, 5]))
}

fn both_of(settings: Config) -> Side {
    let mut a = started(settings);
    grant(&mut a, 0, "Require: outbound\r\n");
    grant(&mut a, 1, "Require: outbound\r\n");
    a.events.clear();
    a
}

#[test]
fn each_flow_registers_by_its_own_server() {
    let mut a = started(settings(&[10, 5]));
    let first = grant(&mut a, 0, "Require: outbound\r\n");
    let second = grant(&mut a, 1, "Require: outbound\r\n");
    assert!(header(&first, "Contact").unwrap().contains(";reg-id=1;"), "{first}");
    assert!(header(&second, "Contact").unwrap().contains(";reg-id=2;"), "{second}");
    assert!(header(&first, "Via").unwrap().starts_with("SIP/2.0/WS "));
    assert!(header(&second, "Via").unwrap().starts_with("SIP/2.0/WSS "));
    // Two Call-IDs would end the temporary GRUUs of each other (RFC 5627 3.2).
    assert_eq!(header(&first, "Call-ID"), header(&second, "Call-ID"));
    assert_eq!(header(&second, "CSeq"), Some("2 REGISTER"));
    a.told(&[
        "flow 1 0 connecting",
        "flow 2 1 connecting",
        "connected",
        "flow 1 0 connected first",
        "flow 2 1 connected",
        "registered",
        "flow 1 0 registered first",
        "flow 2 1 registered",
    ]);
    a.call("sip:bob@example.com");
    a.expect("0 INVITE");
}

/// A registrar that keeps one binding for each Contact would forget the first for the second: it stands by.
#[test]
fn without_outbound_the_spare_stands_by() {
    let mut a = started(settings(&[10, 5]));
    grant(&mut a, 0, "");
    a.expect_nothing();
    assert_eq!(a.events.last().unwrap(), "flow 1 0 registered first");
    a.events.clear();
    a.shut(0);
    // The app is none the wiser: its binding is renewed by the other flow at once.
    let register = grant(&mut a, 1, "");
    assert!(header(&register, "Contact").unwrap().contains(";reg-id=2;"));
    a.told(&["flow 2 1 registered first", "flow 1 0 disconnected"]);
    assert!(a.agent.registration().registered);
}

#[test]
fn when_the_first_dies_the_other_takes_its_place() {
    let mut a = both();
    a.shut(0);
    a.told(&["flow 2 1 registered first", "flow 1 0 disconnected"]);
    a.expect_nothing();
    a.call("sip:bob@example.com");
    let invite = a.expect("1 INVITE");
    assert!(header(&invite, "Via").unwrap().starts_with("SIP/2.0/WSS "));
    a.receive_by(1, &response(&invite, "486 Busy Here", "far", "", ""));
    a.expect("1 ACK");
    a.events.clear();
    // It comes back, and because it is preferred goes first again.
    a.shut.clear();
    a.at(2_000);
    grant(&mut a, 0, "Require: outbound\r\n");
    assert_eq!(a.events.first().unwrap(), "flow 1 0 connecting");
    assert_eq!(a.events[a.events.len() - 2..], ["flow 1 0 registered first", "flow 2 1 registered"]);
    a.call("sip:bob@example.com");
    a.expect("0 INVITE");
}

/// Equal servers: the one that stands stays the first.
#[test]
fn equals_do_not_change_places_again() {
    let mut a = started(settings(&[0, 0]));
    let first = a.wire.front().unwrap()[..1].parse::<usize>().unwrap();
    grant(&mut a, first, "Require: outbound\r\n");
    grant(&mut a, 1 - first, "Require: outbound\r\n");
    a.shut(first);
    a.shut.clear();
    a.at(2_000);
    grant(&mut a, first, "Require: outbound\r\n");
    a.call("sip:bob@example.com");
    a.expect(&format!("{} INVITE", 1 - first));
}

#[test]
fn a_call_goes_on_over_the_other_at_once() {
    let mut a = both();
    a.call("sip:bob@example.com");
    let invite = a.expect("0 INVITE");
    a.receive_by(0, &response(&invite, "200 OK", "far", &[CONTACT, ROUTE].concat(), SDP));
    let ack = a.expect("0 ACK");
    assert_eq!(header(&ack, "Route"), Some("<sip:core.example.com;lr>"));
    a.events.clear();
    a.shut(0);
    a.at(0);
    // Past the edge that is dead, by no further REGISTER, and with new ICE credentials.
    let again = a.expect("1 INVITE sip:bob@192.0.2.1");
    assert_eq!(header(&again, "Route"), Some("<sip:core.example.com;lr>"));
    a.receive_by(1, &response(&again, "200 OK", "far", CONTACT, SDP));
    a.expect("1 ACK");
    a.told(&[
        "recovering Connection Error",
        "flow 2 1 registered first",
        "flow 1 0 disconnected",
        "sdp local offer",
        "sdp local offer",
        "sdp remote answer",
        "recovered 0",
    ]);
    a.terminate();
    let bye = a.expect("1 BYE");
    assert_eq!(header(&bye, "Route"), Some("<sip:core.example.com;lr>"));
}

/// The proxy that recorded itself may stand at the end of both flows: then it stays in the route.
#[test]
fn a_proxy_that_is_not_the_edge_stays_in_the_route() {
    let mut a = both();
    a.call("sip:bob@example.com");
    let invite = a.expect("0 INVITE");
    let route = "Record-Route: <sip:pbx.example.com;lr>\r\n";
    a.receive_by(0, &response(&invite, "200 OK", "far", &[CONTACT, route].concat(), SDP));
    a.expect("0 ACK");
    a.shut(0);
    a.terminate();
    assert_eq!(header(&a.expect("1 BYE"), "Route"), Some("<sip:pbx.example.com;lr>"));
}

/// Two edges on one host: a call whose far end stands at the other one lost both from its route, and reached nobody.
#[test]
fn edges_on_one_host_are_told_apart() {
    let routes = [
        // By port, by transport, and where the proxy says nothing more than its host.
        (
            "sip:t@pbx.example.com:8081",
            "<sip:t@pbx.example.com:8081;lr>, <sip:u@pbx.example.com:8082;lr>",
            "<sip:u@pbx.example.com:8082;lr>",
        ),
        (
            "sip:t@pbx.example.com;transport=wss",
            "<sip:pbx.example.com;transport=WSS;lr>, <sip:pbx.example.com;transport=tcp;lr>",
            "<sip:pbx.example.com;transport=tcp;lr>",
        ),
        (
            "sip:t@pbx.example.com",
            "<sip:t1@pbx.example.com;lr>, <sip:u1@pbx.example.com;lr>",
            "<sip:u1@pbx.example.com;lr>",
        ),
        (
            "sip:pbx.example.com",
            "<sip:pbx.example.com:8081;transport=ws;lr>, <sip:core.example.com;lr>",
            "<sip:core.example.com;lr>",
        ),
        (
            "sip:pbx.example.com:8081",
            "<sip:pbx.example.com:8082;lr>, <sip:core.example.com;lr>",
            "<sip:pbx.example.com:8082;lr>",
        ),
        // One proxy between two transports, which records both of its sides.
        (
            "sip:t@pbx.example.com:8081;transport=ws",
            "<sip:pbx.example.com:8081;transport=ws;r2=on;lr>, <sip:pbx.example.com:5060;r2=on;lr>, <sip:pbx.example.com:5060;lr>",
            "<sip:pbx.example.com:5060;lr>",
        ),
    ];
    for (edge, recorded, left) in routes {
        let mut a = started(settings(&[10, 5]));
        for server in [0, 1] {
            let register = a.expect(&format!("{server} REGISTER"));
            let contact = header(&register, "Contact").unwrap();
            let lines = format!("Require: outbound\r\nPath: <{edge};lr;ob>\r\nContact: {contact}\r\n");
            a.receive_by(server, &response(&register, "200 OK", "r", &lines, ""));
        }
        a.call("sip:bob@example.com");
        let invite = a.expect("0 INVITE");
        let recorded: Vec<_> = recorded.rsplit(", ").collect();
        let lines = format!("{CONTACT}Record-Route: {}\r\n", recorded.join(", "));
        a.receive_by(0, &response(&invite, "200 OK", "far", &lines, SDP));
        a.expect("0 ACK");
        a.shut(0);
        a.terminate();
        assert_eq!(header(&a.expect("1 BYE"), "Route"), Some(left), "{edge}");
    }
}

#[test]
fn what_came_by_the_spare_is_answered_and_goes_on_by_it() {
    let mut a = both();
    a.receive_by(1, &invite("alice", "1", SDP));
    a.expect("1 SIP/2.0 180");
    a.answer();
    let ok = a.expect("1 SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    a.receive_by(1, &crate::support::request("ACK", "alice", "2", &own, 1, "", ""));
    a.terminate();
    let bye = a.expect("1 BYE");
    assert!(header(&bye, "Via").unwrap().starts_with("SIP/2.0/WSS "));
    a.receive_by(1, &response(&bye, "200 OK", "far", "", ""));
    // A new call goes by the first again.
    a.call("sip:bob@example.com");
    a.expect("0 INVITE");
}

#[test]
fn when_the_spare_dies_its_call_goes_on_by_the_first() {
    let mut a = both();
    a.receive_by(1, &invite("alice", "1", SDP));
    a.answer();
    a.expect("1 SIP/2.0 180");
    let ok = a.expect("1 SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    a.receive_by(1, &crate::support::request("ACK", "alice", "2", &own, 1, "", ""));
    a.events.clear();
    a.shut(1);
    a.told(&["recovering Connection Error", "flow 2 1 disconnected"]);
    a.at(700);
    a.expect("0 INVITE");
    assert!(a.agent.registration().registered);
}

/// The far end would ring on, or talk to nobody: a BYE and a CANCEL that met the broken flow leave by the other at once.
#[test]
fn farewells_leave_by_the_other_flow() {
    let mut a = both();
    a.call("sip:bob@example.com");
    let invite = a.expect("0 INVITE");
    a.receive_by(0, &response(&invite, "200 OK", "far", &[CONTACT, ROUTE].concat(), SDP));
    a.expect("0 ACK");
    a.terminate();
    a.expect("0 BYE");
    a.shut(0);
    let bye = a.expect("1 BYE");
    assert_eq!(header(&bye, "Route"), Some("<sip:core.example.com;lr>"));

    let mut a = both();
    a.call("sip:bob@example.com");
    let invite = a.expect("0 INVITE");
    a.receive_by(0, &response(&invite, "180 Ringing", "far", CONTACT, ""));
    a.shut(0);
    a.expect("1 CANCEL");
}

/// The socket did not take a BYE, and its end is not told yet, which may take minutes: the BYE waited for that, though the
/// other flow stood. If that does not take it either, it waits.
#[test]
fn a_farewell_that_one_socket_does_not_take_leaves_by_the_other() {
    for by_spare in [false, true] {
        let (met, other) = if by_spare { (1, 0) } else { (0, 1) };
        let mut a = both();
        let route = ROUTE.replace("edge0", &format!("edge{met}"));
        a.receive_by(met, &invite("alice", "1", SDP).replace("Contact:", &format!("{route}Contact:")));
        a.answer();
        let (trying, ok) = (format!("{met} SIP/2.0 180"), format!("{met} SIP/2.0 200"));
        a.expect(&trying);
        let own = tag(header(&a.expect(&ok), "To").unwrap());
        a.receive_by(met, &request("ACK", "alice", "2", &own, 1, "", ""));
        a.terminate();
        a.expect(&format!("{met} BYE"));
        let send = a.sends;
        a.agent.handle_input(a.instant(), Input::NotSent(send));
        a.pump();
        let bye = a.expect(&format!("{other} BYE"));
        assert_eq!(header(&bye, "Route"), Some("<sip:core.example.com;lr>"));
        assert_eq!(a.agent.holdings().farewells, 0);
        let send = a.sends;
        a.agent.handle_input(a.instant(), Input::NotSent(send));
        a.pump();
        a.expect_nothing();
        assert_eq!(a.agent.holdings().farewells, 1);
        a.shut(met);
        a.expect(&format!("{other} BYE"));
    }
}

/// An INVITE that the socket did not take is nobody's to cancel: a CANCEL of it left by whichever flow was opened or lost next.
#[test]
fn what_has_not_left_is_not_cancelled() {
    let mut a = both();
    a.call("sip:bob@example.com");
    a.expect("0 INVITE");
    a.agent.handle_input(a.instant(), Input::NotSent(a.sends));
    a.pump();
    assert_eq!(a.events.last().unwrap(), "failed system Connection Error");
    a.at(1_000).shut(0);
    assert!(a.wire.iter().all(|frame| !frame.contains("CANCEL")), "{:?}", a.wire);
    assert_eq!(a.agent.holdings().farewells, 0);
}

/// What comes first in the route once the edge is left out may be a strict router (RFC 3261 12.2.1.1).
#[test]
fn a_farewell_by_the_other_flow_knows_strict_routers() {
    let mut a = both();
    a.call("sip:bob@example.com");
    let invite = a.expect("0 INVITE");
    let route = "Record-Route: <sip:old.example.com>, <sip:t1@edge0.example.com;lr;ob>\r\n";
    a.receive_by(0, &response(&invite, "200 OK", "far", &[CONTACT, route].concat(), SDP));
    a.expect("0 ACK");
    a.terminate();
    a.expect("0 BYE sip:bob@192.0.2.1");
    a.shut(0);
    let bye = a.expect("1 BYE sip:old.example.com");
    assert!(header(&bye, "Route").unwrap().starts_with("<sip:bob@192.0.2.1"), "{bye}");
}

/// RFC 5626 5.3: proxies try the other flow when they take one for lost, perhaps before we know it. The caller would have
/// been refused with the copy, and have heard the first one ring for nobody.
#[test]
fn a_call_that_comes_again_by_the_other_flow_rings_on() {
    let mut a = both();
    a.receive_by(0, &invite("alice", "1", SDP));
    let first = a.expect("0 SIP/2.0 180");
    a.told(&["newRTCSession remote", "progress local"]);
    a.agent.send_inside(a.instant(), a.sessions[0], Method::Message, &[], "x").unwrap();
    a.pump();
    let counted = a.expect("0 MESSAGE");
    a.events.clear();
    a.receive_by(
        1,
        &invite("alice", "9", SDP).replace("Content-Type", "Record-Route: <sip:e1.example.com;lr>\r\nContent-Type"),
    );
    a.expect("0 SIP/2.0 482");
    let again = a.expect("1 SIP/2.0 180");
    assert_eq!(header(&again, "To"), header(&first, "To"), "one dialog");
    a.told(&[]);
    a.shut(0);
    a.answer();
    let ok = a.expect("1 SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    a.receive_by(1, &crate::support::request("ACK", "alice", "2", &own, 1, "", ""));
    a.terminate();
    let bye = a.expect("1 BYE");
    assert_eq!(header(&bye, "Route"), Some("<sip:e1.example.com;lr>"));
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!(number(&bye) > number(&counted), "our requests are counted on: {bye}");
}

/// A proxy that knows no outbound forks to both flows: one of them rings. By one flow a copy is a copy.
#[test]
fn a_copy_is_refused() {
    let mut a = both();
    a.receive_by(0, &invite("alice", "1", SDP));
    a.expect("0 SIP/2.0 180");
    a.receive_by(0, &invite("alice", "9", SDP));
    a.expect("0 SIP/2.0 482");
    a.receive_by(1, &invite("alice", "8", SDP).replace("CSeq: 1 ", "CSeq: 2 "));
    a.expect("1 SIP/2.0 180");
    assert_eq!(a.sessions.len(), 2, "a further one of the same caller");
    a.terminate();
    a.expect("1 SIP/2.0 480");
    // What is answered already is not asked again.
    let mut a = both();
    a.receive_by(0, &invite("alice", "1", SDP));
    a.answer();
    a.expect("0 SIP/2.0 180");
    a.expect("0 SIP/2.0 200");
    a.receive_by(1, &invite("alice", "9", SDP));
    a.expect("1 SIP/2.0 482");
}

/// What rings by a flow that dies is over: its proxy asks the other flow, and it rings anew.
#[test]
fn what_rings_by_a_dead_flow_rings_anew() {
    let mut a = both();
    a.receive_by(0, &invite("alice", "1", SDP));
    a.expect("0 SIP/2.0 180");
    a.shut(0);
    assert!(a.events.iter().any(|told| told == "failed system Connection Error"), "{:?}", a.events);
    a.receive_by(1, &invite("alice", "8", SDP));
    a.expect("1 SIP/2.0 180");
    assert_eq!(a.sessions.len(), 2);
}

#[test]
fn the_app_hears_of_a_lost_line_when_both_are() {
    let mut a = both();
    a.shut(0);
    a.events.clear();
    a.shut(1);
    a.told(&["disconnected", "unregistered", "flow 2 1 disconnected"]);
    // Whichever opens first is the app's.
    a.shut = vec![0];
    while a.wire.is_empty() {
        let due = a.agent.poll_timeout().unwrap().millis();
        a.at(due);
    }
    assert!(a.events.iter().any(|told| told == "connected"), "{:?}", a.events);
    let register = grant(&mut a, 1, "Require: outbound\r\n");
    assert!(header(&register, "Contact").unwrap().contains(";reg-id="));
    assert!(a.events.iter().any(|told| told == "registered"));
}

/// The first server does not open: the other one is the line, and the first comes when it can.
#[test]
fn the_one_that_opens_is_the_line() {
    let mut a = Side::new("alice", settings(&[10, 5]));
    (a.numbered, a.shut) = (true, vec![0]);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    grant(&mut a, 1, "Require: outbound\r\n");
    a.told(&[
        "flow 1 0 connecting",
        "flow 2 1 connecting",
        "connected",
        "flow 2 1 connected first",
        "registered",
        "flow 2 1 registered first",
    ]);
    a.shut.clear();
    a.at(30_000);
    grant(&mut a, 0, "Require: outbound\r\n");
    assert_eq!(a.events[a.events.len() - 2..], ["flow 1 0 registered first", "flow 2 1 registered"]);
}

/// RFC 5626 4.5: a flow that stays lost is tried less and less, by itself, and with the other's server never.
#[test]
fn a_lost_flow_comes_back_with_back_off() {
    let mut a = both();
    a.shut(0);
    let mut waits = Vec::new();
    for _ in 0..10 {
        let tried = |a: &Side| a.events.iter().filter(|told| told.as_str() == "flow 1 0 connecting").count();
        let (before, start) = (tried(&a), a.now);
        while tried(&a) == before {
            a.wire.retain(|frame| !frame.contains("REGISTER"));
            let due = a.agent.poll_timeout().unwrap().millis();
            a.at(due);
            assert!(a.now < start + 60_000);
        }
        waits.push(a.now - start);
    }
    assert!(waits.iter().all(|wait| *wait <= 30_000 + 15_000), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > 20_000), "{waits:?}");
    assert!(!a.events.iter().any(|told| told.starts_with("flow 1 1")), "{:?}", a.events);
}

#[test]
fn each_flow_is_asked_whether_it_lives() {
    let mut a = both_of(Config { keep_alive: keep_alive(25_000), ..settings(&[10, 5]) });
    a.at(25_000);
    let mut asked: Vec<String> = a.wire.drain(..).map(|frame| frame.replace("\r\n", "|")).collect();
    asked.sort();
    assert_eq!(asked.iter().filter(|frame| frame.as_str() == "0 ||||").count(), 0);
    assert_eq!(
        asked.iter().filter(|frame| frame.as_str() == "0 ||").count()
            + asked.iter().filter(|frame| frame.starts_with("0 OPTIONS")).count(),
        2,
        "{asked:?}"
    );
    assert_eq!(
        asked.iter().filter(|frame| frame.as_str() == "1 ||").count()
            + asked.iter().filter(|frame| frame.starts_with("1 OPTIONS")).count(),
        2,
        "{asked:?}"
    );
    // Only the first one answers: the second is dead, and nothing else.
    a.receive_by(0, "\r\n");
    a.events.clear();
    a.at(30_000);
    assert!(
        a.events.contains(&"flow 2 1 connecting".to_owned()) || a.events.contains(&"flow 2 1 disconnected".to_owned()),
        "{:?}",
        a.events
    );
    assert!(!a.events.iter().any(|told| told == "disconnected"), "{:?}", a.events);
    assert_eq!(a.lines.iter().filter(|(server, _)| *server == 0).count(), 1);
}

/// RFC 5626 4.4.1: the interval that a server names is that of its own flow.
#[test]
fn a_flow_timer_is_of_its_flow() {
    let mut a = started(Config { keep_alive: keep_alive(60_000), ..settings(&[10, 5]) });
    grant(&mut a, 0, "Require: outbound\r\n");
    grant(&mut a, 1, "Require: outbound\r\nFlow-Timer: 10\r\n");
    a.at(10_000);
    assert!(a.wire.iter().any(|frame| frame.starts_with("1 \r\n")), "{:?}", a.wire);
    assert!(!a.wire.iter().any(|frame| frame.starts_with("0 ")), "{:?}", a.wire);
}

/// RFC 5626 11.6, with one flow too: a first hop without outbound gets a REGISTER without, and the app is told.
#[test]
fn a_first_hop_without_outbound_is_registered_by_without() {
    for flows in [1, 2] {
        let mut a = started(Config { flows, ..settings(&[10, 5]) });
        let register = a.expect("0 REGISTER");
        a.receive_by(0, &response(&register, "439 First Hop Lacks Outbound Support", "r", "", ""));
        let again = a.expect("0 REGISTER");
        assert!(!header(&again, "Contact").unwrap().contains("reg-id"), "{again}");
        assert_eq!(header(&again, "Supported"), Some("path,gruu"));
        let contact = header(&again, "Contact").unwrap();
        a.receive_by(0, &response(&again, "200 OK", "r", &format!("Contact: {contact}\r\n"), ""));
        assert!(a.agent.registration().registered);
        assert!(!a.grant.outbound);
        a.expect_nothing();
    }
    // Not for ever.
    let mut a = started(settings(&[10, 5]));
    for _ in 0..2 {
        let register = a.expect("0 REGISTER");
        a.receive_by(0, &response(&register, "439 First Hop Lacks Outbound Support", "r", "", ""));
    }
    a.expect_nothing();
}

#[test]
fn leaving_takes_both_back() {
    for stops in [false, true] {
        let mut a = both();
        if stops {
            a.agent.stop(a.instant());
        } else {
            a.agent.unregister(a.instant(), false);
        }
        a.pump();
        for (server, id) in [(0, 1), (1, 2)] {
            let register = a.expect(&format!("{server} REGISTER"));
            assert_eq!(header(&register, "Expires"), Some("0"));
            assert!(header(&register, "Contact").unwrap().contains(&format!(";reg-id={id};")));
            a.receive_by(server, &response(&register, "200 OK", "r", "", ""));
        }
        assert_eq!(a.events.iter().filter(|told| *told == "unregistered").count(), 1);
        if stops {
            assert!(a.agent.is_idle());
            assert_eq!(a.agent.poll_timeout(), None);
        } else {
            a.at(1_000_000).expect_nothing();
            assert_eq!(a.lines.len(), 2);
        }
    }
}

/// `Contact: *` is for all.
#[test]
fn leaving_with_all_goes_once() {
    let mut a = both();
    a.agent.unregister(a.instant(), true);
    a.pump();
    let register = a.expect("0 REGISTER");
    assert_eq!(header(&register, "Contact"), Some("*"));
    a.expect_nothing();
    a.receive_by(0, &response(&register, "200 OK", "r", "", ""));
    a.at(1_000_000).expect_nothing();
    a.agent.register(a.instant());
    a.pump();
    grant(&mut a, 0, "Require: outbound\r\n");
    grant(&mut a, 1, "Require: outbound\r\n");
}

/// A REGISTER of the second flow that is on its way may come after the `*` of the first: it is taken back when it is answered,
/// also when the first flow is lost meanwhile. The phone took itself for registered, and the registrar had no binding.
#[test]
fn leaving_with_all_waits_for_what_is_on_its_way() {
    for lost in [false, true] {
        let mut a = started(settings(&[10, 5]));
        grant(&mut a, 0, "Require: outbound\r\n");
        let late = a.expect("1 REGISTER");
        a.agent.unregister(a.instant(), true);
        a.pump();
        let all = a.expect("0 REGISTER");
        a.receive_by(0, &response(&all, "200 OK", "r", "", ""));
        if lost {
            a.shut(0);
        }
        let contact = header(&late, "Contact").unwrap();
        a.receive_by(1, &response(&late, "200 OK", "r", &format!("Contact: {contact}\r\nRequire: outbound\r\n"), ""));
        let again = a.expect("1 REGISTER");
        assert_eq!(header(&again, "Expires"), Some("0"), "{again}");
        a.receive_by(1, &response(&again, "200 OK", "r", "", ""));
        assert!(!a.agent.registration().registered);
    }
}

/// The registrar refuses, or is silent to, the second flow: the app's registration is none the worse.
#[test]
fn what_the_registrar_says_to_the_spare_is_not_the_apps() {
    for answer in
        ["403 Forbidden", "503 Service Unavailable", "439 First Hop Lacks Outbound Support", "401 Unauthorized"]
    {
        let mut a = started(settings(&[10, 5]));
        grant(&mut a, 0, "Require: outbound\r\n");
        let register = a.expect("1 REGISTER");
        a.events.clear();
        a.receive_by(1, &response(&register, answer, "r", "", ""));
        a.told(&[]);
        assert!(a.agent.registration().registered);
        a.expect_nothing();
    }
}

/// The registrar fails the flow that requests go by, and keeps the other: the phone is still registered, and the app was
/// told that it is not. Leaving with all then left the binding of the other flow.
#[test]
fn a_phone_is_registered_as_long_as_one_flow_is() {
    for answer in ["503 Service Unavailable", "403 Forbidden", ""] {
        let mut a = both();
        while !a.wire.iter().any(|frame| frame.starts_with("0 REGISTER")) {
            let due = a.agent.poll_timeout().unwrap().millis();
            a.at(due);
            if a.wire.iter().any(|frame| frame.starts_with("1 REGISTER")) {
                grant(&mut a, 1, "Require: outbound\r\n");
            }
        }
        a.events.clear();
        let register = a.expect("0 REGISTER");
        if answer.is_empty() {
            // Nothing comes back.
            let asked = a.now;
            a.at(asked + 32_000);
        } else {
            a.receive_by(0, &response(&register, answer, "r", "", ""));
        }
        assert!(a.agent.registration().registered, "{answer}");
        assert!(
            !a.events.iter().any(|told| told.contains("egistr") && told != "flow 2 1 registered first"),
            "{:?}",
            a.events
        );
        a.call("sip:bob@example.com");
        a.expect("1 INVITE");
        a.wire.clear();
        a.agent.unregister(a.instant(), true);
        a.pump();
        assert_eq!(header(&a.expect("1 REGISTER"), "Contact"), Some("*"), "{answer}");
    }
}

/// An app that un-registers while the line dies still hears of it.
#[test]
fn a_farewell_that_meets_the_end_of_the_flow_is_told() {
    let mut a = started(settings(&[10, 5]));
    grant(&mut a, 0, "");
    a.agent.unregister(a.instant(), false);
    a.pump();
    a.expect("0 REGISTER");
    a.events.clear();
    a.shut(0);
    assert!(a.events.iter().any(|told| told.starts_with("unregistered")), "{:?}", a.events);
    a.at(600_000).expect_nothing();
    assert!(!a.agent.registration().registered);
}

/// One server, or one that is asked for: as without the option.
#[test]
fn one_server_is_one_flow() {
    let mut a = started(settings(&[0]));
    grant(&mut a, 0, "Require: outbound\r\n");
    a.told(&["connected", "registered"]);
    a.shut(0);
    a.told(&["disconnected", "unregistered"]);
}

/// Frames of a connection that is gone count as nothing.
#[test]
fn what_a_dead_flow_says_is_nobodys() {
    let mut a = both();
    let flow = a.line(1);
    a.shut(1);
    let text = invite("alice", "1", SDP);
    a.agent.handle_input(a.instant(), viasip::event::Input::Frame(flow, text.as_bytes()));
    a.pump();
    a.expect_nothing();
    assert!(a.sessions.is_empty());
    // A far end that hangs up by the other flow is heard.
    a.call("sip:bob@example.com");
    let invite = a.expect("0 INVITE");
    a.receive_by(0, &response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("0 ACK");
    a.shut.clear();
    a.at(2_000);
    a.wire.clear();
    a.receive_by(1, &from_far(&invite, "BYE", 1, "", ""));
    a.expect("1 SIP/2.0 200");
}

/// A call may go by either: what takes its media away may have taken both.
#[test]
fn media_that_goes_asks_both_flows() {
    let mut a = both_of(Config { keep_alive: keep_alive(25_000), ..settings(&[10, 5]) });
    a.receive_by(0, "\r\n");
    a.receive_by(1, "\r\n");
    a.call("sip:bob@example.com");
    a.wire.clear();
    let session = a.sessions[0];
    a.agent.handle_input(a.instant(), Input::IceDisconnected(session));
    a.pump();
    a.at(a.now);
    for server in [0, 1] {
        assert!(a.wire.contains(&format!("{server} \r\n\r\n")), "{:?}", a.wire);
    }
}
