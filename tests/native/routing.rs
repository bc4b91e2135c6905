//! Where a request inside a dialog goes: route set, loose and strict routers, remote target (RFC 3261 12.1, 12.2.1.1).

use crate::support::outside::{presence, to_bob};
use crate::support::{CONTACT, SDP, Side, calling, from_far, header, invite, request, response, tag};
use viasip::message::Method;
use viasip::messaging::RequestOptions;
use viasip::subscription::SubscribeOptions;
use viasip::uri::Uri;

/// Request-URI and Route values.
fn way(frame: &str) -> (String, Vec<String>) {
    let uri = frame.split(' ').nth(1).unwrap().to_owned();
    (uri, frame.lines().filter_map(|line| line.strip_prefix("Route: ")).map(str::to_owned).collect())
}

/// ACK, INFO, and BYE of a call of ours whose answer recorded this, as it wrote it.
fn caller(recorded: &str, contact: &str) -> Vec<(String, Vec<String>)> {
    let (mut a, invite) = calling();
    let lines = format!("Contact: {contact}\r\n{recorded}");
    a.receive(&response(&invite, "183 Session Progress", "far", &lines, ""));
    let early = ask(&mut a);
    a.receive(&response(&invite, "200 OK", "far", &lines, SDP));
    let ack = a.expect("ACK");
    let info = ask(&mut a);
    a.terminate();
    [early, ack, info, a.expect("BYE")].iter().map(|frame| way(frame)).collect()
}

/// INFO and BYE of a call of theirs whose INVITE recorded this.
fn callee(recorded: &str, contact: &str) -> Vec<(String, Vec<String>)> {
    let mut b = Side::connected("bob");
    let lines = format!("Contact: {contact}\r\n{recorded}");
    b.receive(&request("INVITE", "bob", "1", "", 1, &lines, SDP));
    b.answer();
    b.expect("SIP/2.0 180");
    let ok = b.expect("SIP/2.0 200");
    let copied: Vec<_> = ok.lines().filter(|line| line.starts_with("Record-Route")).collect();
    assert_eq!(copied, recorded.lines().collect::<Vec<_>>(), "RFC 3261 12.1.1");
    b.receive(&request("ACK", "bob", "2", &tag(header(&ok, "To").unwrap()), 1, "", ""));
    let info = ask(&mut b);
    b.terminate();
    [info, b.expect("BYE")].iter().map(|frame| way(frame)).collect()
}

fn ask(side: &mut Side) -> String {
    side.agent.send_inside(side.instant(), side.sessions[0], Method::Info, &[], "").unwrap();
    side.pump();
    side.expect("INFO")
}

#[track_caller]
fn each(ways: &[(String, Vec<String>)], uri: &str, routes: &[&str]) {
    for (to, along) in ways {
        assert_eq!((to.as_str(), along.iter().map(String::as_str).collect::<Vec<_>>()), (uri, routes.to_vec()));
    }
}

const TARGET: &str = "sip:far@192.0.2.1;transport=ws";

/// The caller goes through the proxies in the order opposite to how the answer lists them, the callee as the INVITE does.
#[test]
fn proxies_are_passed_in_order() {
    let ours = ["<sip:one.example.com;lr>", "<sip:two.example.com;lr>", "<sip:three.example.com;lr>"];
    let theirs = [ours[2], ours[1], ours[0]];
    let contact = format!("<{TARGET}>");
    for recorded in [
        format!("Record-Route: {}\r\nRecord-Route: {}\r\nRecord-Route: {}\r\n", theirs[0], theirs[1], theirs[2]),
        format!("Record-Route: {}, {}\r\nRecord-Route: {}\r\n", theirs[0], theirs[1], theirs[2]),
    ] {
        each(&caller(&recorded, &contact), TARGET, &ours);
    }
    let recorded: String = theirs.iter().map(|proxy| format!("Record-Route: {proxy}\r\n")).collect();
    each(&callee(&recorded, &contact), TARGET, &theirs);
}

/// A strict router as the next hop is what RFC 2543 knew: it gets the Request-URI, and the target comes last.
#[test]
fn a_strict_router_gets_the_request_uri() {
    let contact = format!("<{TARGET}>");
    let (strict, loose) = ("<sip:strict.example.com;transport=ws?X-Y=z>", "<sip:loose.example.com;lr>");
    let both = |first: &str, second: &str| format!("Record-Route: {first}\r\nRecord-Route: {second}\r\n");
    let uri = "sip:strict.example.com;transport=ws";
    let last = format!("<{TARGET}>");
    each(&caller(&both(loose, strict), &contact), uri, &[loose, &last]);
    each(&callee(&both(strict, loose), &contact), uri, &[loose, &last]);
    // Behind a loose one it is that one's business.
    each(&caller(&both(strict, loose), &contact), TARGET, &[loose, strict]);
    each(&callee(&both(loose, strict), &contact), TARGET, &[loose, strict]);
    // `lr` may have a value.
    let on = "<sip:loose.example.com;lr=on>";
    each(&caller(&both(strict, on), &contact), TARGET, &[on, strict]);
}

/// What an address would have in its own headers is no part of a Request-URI (RFC 3261 19.1.5), wherever it came from.
#[test]
fn the_headers_of_a_contact_are_left_out() {
    let contact = format!("\"Far\" <{TARGET}?Subject=x&Route=%3Csip:evil%3E>;q=0.5");
    each(&caller("", &contact), TARGET, &[]);
    each(&callee("", &contact), TARGET, &[]);
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.receive(&from_far(&invite, "UPDATE", 7, "Contact: <sip:moved@192.0.2.9?Subject=x>\r\n", ""));
    a.expect("SIP/2.0 200");
    assert_eq!(way(&ask(&mut a)).0, "sip:moved@192.0.2.9");
    a.receive(&from_far(&invite, "UPDATE", 8, "Contact: <tel:+1>\r\n", ""));
    a.expect("SIP/2.0 200");
    assert_eq!(way(&ask(&mut a)).0, "sip:moved@192.0.2.9");
}

/// Only a smaller number is out of order (RFC 3261 12.2.2).
#[test]
fn a_request_with_the_same_number_is_taken() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    for (method, cseq, status) in [("INFO", 7, 200), ("OPTIONS", 7, 200), ("INFO", 6, 500), ("BYE", 7, 200)] {
        a.receive(&from_far(&invite, method, cseq, "Content-Type: text/plain\r\n", ""));
        a.expect(&format!("SIP/2.0 {status}"));
    }
}

/// The same INVITE by two ways is one call (RFC 3261 8.2.2.2); one with the next number is another try.
#[test]
fn a_merged_request_has_the_same_number() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.expect("SIP/2.0 180");
    b.receive(&invite("bob", "2", SDP));
    b.expect("SIP/2.0 482");
    b.terminate();
    b.expect("SIP/2.0 480");
    b.receive(&invite("bob", "3", SDP).replace("CSeq: 1 ", "CSeq: 2 "));
    b.expect("SIP/2.0 180");
}

/// A call that was given up answers no challenge, and a CANCEL names the INVITE that is on its way.
#[test]
fn a_challenge_and_a_cancel_meet() {
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    let challenged = |invite: &str| response(invite, "407 Proxy Authentication Required", "p", challenge, "");
    for rings in [false, true] {
        let (mut a, invite) = calling();
        if rings {
            a.receive(&response(&invite, "180 Ringing", "p", CONTACT, ""));
        }
        a.terminate();
        if rings {
            a.expect("CANCEL");
        }
        a.receive(&challenged(&invite));
        a.expect("ACK");
        a.expect_nothing();
    }
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "100 Trying", "", "", ""));
    a.receive(&challenged(&invite));
    a.expect("ACK");
    let again = a.expect("INVITE");
    a.terminate();
    // RFC 3261 9.1: no 1xx has come for this one.
    a.expect_nothing();
    a.receive(&response(&again, "100 Trying", "", "", ""));
    let cancel = a.expect("CANCEL");
    assert_eq!(header(&cancel, "Via"), header(&again, "Via"));
    assert_eq!(header(&cancel, "CSeq").unwrap().split(' ').next(), header(&again, "CSeq").unwrap().split(' ').next());
}

/// A call to or from a `sips:` address named a `sip:` one to come back to, by which the rest of it would have gone in
/// the clear (RFC 3261 8.1.1.8, 12.1.1).
#[test]
fn a_sips_address_gets_a_sips_contact() {
    let sips = |frame: &str| {
        let contact = header(frame, "Contact").unwrap();
        assert!(contact.starts_with("<sips:"), "{frame}");
    };
    let mut a = Side::connected("alice");
    let id = a.call("sips:bob@example.com");
    let invite = a.expect("INVITE sips:bob@example.com");
    sips(&invite);
    a.receive(&response(&invite, "200 OK", "far", "Contact: <sips:bob@192.0.2.1>\r\n", SDP));
    a.expect("ACK");
    a.agent.refer(a.instant(), id, "<sip:carol@example.com>", &[], false).unwrap();
    a.pump();
    sips(&a.expect("REFER"));
    a.at(45_000);
    sips(&a.expect("UPDATE"));

    let recorded = "Record-Route: <sips:one.example.com;lr>\r\nRecord-Route: <sip:two.example.com;lr>\r\n";
    for (uri, contact, route, secure) in [
        ("sips:bob@example.com", "sips:far@192.0.2.1", "", true),
        ("sip:bob@example.com", "sips:far@192.0.2.1", "", true),
        ("sip:bob@example.com", "sip:far@192.0.2.1", recorded, true),
        ("sip:bob@example.com", "sips:far@192.0.2.1", "Record-Route: <sip:two.example.com;lr>\r\n", false),
        ("sip:bob@example.com", "sip:far@192.0.2.1", "", false),
    ] {
        let mut b = Side::connected("bob");
        let lines = format!("Contact: <{contact}>\r\n{route}");
        b.receive(&request("INVITE", "bob", "1", "", 1, &lines, SDP).replacen("sip:bob@example.com", uri, 1));
        b.answer();
        for status in ["180", "200"] {
            let reply = b.expect(&format!("SIP/2.0 {status}"));
            assert_eq!(header(&reply, "Contact").unwrap().starts_with("<sips:"), secure, "{uri} {contact} {route}");
        }
    }
}

/// A list of so many proxies that recorded the way.
fn recorded_by(count: usize) -> String {
    let proxies: Vec<_> = (0..count).map(|at| format!("<sip:p{at}.h.org;lr>")).collect();
    format!("{CONTACT}Record-Route: {}\r\n", proxies.join(", "))
}

/// No request lives through more hops than Max-Forwards allows, and one with hundreds of Route fields is no message that
/// a far end reads.
#[test]
fn a_way_longer_than_max_forwards_is_none() {
    for (count, status) in [(71, "400"), (70, "180")] {
        let mut b = Side::connected("bob");
        b.receive(&request("INVITE", "bob", "1", "", 1, &recorded_by(count), SDP));
        b.expect(&format!("SIP/2.0 {status}"));
    }

    let (mut a, invite) = calling();
    a.receive(&response(&invite, "200 OK", "far", &recorded_by(71), SDP));
    for method in ["ACK", "BYE"] {
        let frame = a.expect(method);
        assert_eq!(way(&frame), ("sip:bob@example.com".to_owned(), Vec::new()), "{frame}");
    }
}

/// What only a link may carry was sent in the Request-URI and in To (RFC 3261 19.1.1, table 1), which a strict far end
/// answers 400.
#[test]
fn a_link_leaves_its_fields_behind() {
    let link = "sip:bob@example.com;user=phone;method=SUBSCRIBE?Subject=x&Route=%3Csip:evil.example%3E";
    let bare = |frame: &str, method: &str| {
        assert!(frame.starts_with(&format!("{method} sip:bob@example.com;user=phone SIP/2.0\r\n")), "{frame}");
        assert_eq!(header(frame, "To"), Some("<sip:bob@example.com;user=phone>"), "{frame}");
        assert!(!frame.contains("evil") && header(frame, "Subject").is_none(), "{frame}");
    };
    let mut a = Side::connected("alice");
    a.call(link);
    bare(&a.expect("INVITE"), "INVITE");
    let target = Uri::parse(link).unwrap();
    a.ask(Method::Options, RequestOptions { target: target.clone(), ..to_bob("") });
    bare(&a.expect("OPTIONS"), "OPTIONS");
    a.subscribe(SubscribeOptions { target, ..presence(100) });
    bare(&a.expect("SUBSCRIBE"), "SUBSCRIBE");
}
