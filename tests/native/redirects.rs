//! Answers of 3xx (RFC 3261 8.1.3.4): told with their contacts, and followed as far as the app lets them.

use crate::support::outside::call_to;
use crate::support::{CONTACT, SDP, Side, from_far, header, request, response, tag};
use viasip::bounds::MAX_TARGETS;
use viasip::command::CallOptions;

/// Alice calls with this limit; her INVITE is on the wire.
fn calling(limit: u32, target: &str) -> (Side, String) {
    let mut a = Side::connected("alice");
    a.call_with(CallOptions { redirect_limit: Some(limit), ..call_to(target) });
    let invite = a.expect("INVITE");
    a.events.clear();
    (a, invite)
}

fn moved(invite: &str, status: &str, contacts: &str) -> String {
    response(invite, status, "moved", &format!("Contact: {contacts}\r\n"), "")
}

/// The Request-URI.
fn target(frame: &str) -> &str {
    frame.split(' ').nth(1).unwrap()
}

/// Without a limit nothing changes but that the app learns of the contacts.
#[test]
fn a_3xx_is_told_and_ends_the_call() {
    for (status, cause) in [
        ("300 Multiple Choices", "Redirected"),
        ("302 Moved Temporarily", "Redirected"),
        ("305 Use Proxy", "Redirected"),
        ("380 Alternative Service", "Redirected"),
        ("399 Elsewhere", "SIP Failure Code"),
    ] {
        let (mut a, invite) = calling(0, "sip:bob@example.com");
        let contacts =
            "<sip:low@example.com>;q=0.1, \"Carol, C.\" <sip:carol@example.com>, <sip:mid@example.com>;q=0.5";
        a.receive(&moved(&invite, status, contacts));
        a.expect("ACK");
        a.expect_nothing();
        let told = "redirected sip:carol@example.com,sip:mid@example.com,sip:low@example.com false";
        a.told(&[told, &format!("failed remote {cause}")]);
        assert_eq!(a.agent.holdings().sessions, 0);
    }
}

#[test]
fn a_302_is_followed() {
    let (mut a, first) = calling(1, "sip:bob@example.com");
    a.receive(&response(&first, "180 Ringing", "early", CONTACT, ""));
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:carol@example.net;x=1>;expires=60"));
    a.expect("ACK");
    let second = a.expect("INVITE");
    a.expect_nothing();
    a.told(&["progress remote", "redirected sip:carol@example.net;x=1 true"]);
    assert_eq!(a.statuses.last(), Some(&1));
    assert_eq!(target(&second), "sip:carol@example.net;x=1");
    for name in ["Call-ID", "From", "To", "Contact", "Session-Expires"] {
        assert_eq!(header(&second, name), header(&first, name), "{name}");
    }
    assert_ne!(header(&second, "Via"), header(&first, "Via"));
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(number(&second), number(&first) + 1);
    assert!(second.ends_with(SDP));
    // The first phone's dialog is over, the second's is the call.
    a.receive(&response(&second, "200 OK", "far", CONTACT, SDP));
    let ack = a.expect("ACK");
    assert_eq!(number(&ack), number(&second));
    a.told(&["sdp remote answer", "accepted remote", "confirmed local"]);
    a.receive(&from_far(&second, "BYE", 7, "", ""));
    a.expect("SIP/2.0 200");
    a.told(&["ended remote Terminated"]);
}

/// As many 3xx as the app lets, and each of the contacts of one after the other; what was tried is not tried again.
#[test]
fn contacts_are_tried_in_turn() {
    let (mut a, first) = calling(2, "sip:bob@example.com");
    a.receive(&moved(&first, "300 Multiple Choices", "<sip:two@example.com>;q=0.2,<sip:one@example.com>;q=0.9"));
    a.expect("ACK");
    let one = a.expect("INVITE");
    assert_eq!(target(&one), "sip:one@example.com");
    a.receive(&response(&one, "486 Busy Here", "x", "", ""));
    a.expect("ACK");
    let two = a.expect("INVITE");
    assert_eq!(target(&two), "sip:two@example.com");
    // A loop, and somebody new.
    let contacts = "<sip:ONE@example.com>;q=0.1,<sip:one@example.com>,<sip:bob@EXAMPLE.com>,<sip:new@example.com>;q=0";
    a.receive(&moved(&two, "302 Moved Temporarily", contacts));
    a.expect("ACK");
    assert_eq!(target(&a.expect("INVITE")), "sip:ONE@example.com");
    a.events.clear();
    // Nobody answers: the next, and then the limit is reached.
    a.at(a.now + 32_000);
    let last = a.wire.iter().rfind(|frame| frame.starts_with("INVITE")).unwrap().clone();
    assert_eq!(target(&last), "sip:new@example.com");
    a.wire.clear();
    a.told(&[]);
    a.receive(&moved(&last, "302 Moved Temporarily", "<sip:more@example.com>"));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["redirected sip:more@example.com false", "failed remote Redirected"]);
}

#[test]
fn a_loop_ends() {
    let (mut a, first) = calling(1000, "sip:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:bob@example.com>"));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["redirected sip:bob@example.com false", "failed remote Redirected"]);
}

/// Somebody who always names somebody else, or very many at once.
#[test]
fn redirections_are_bounded() {
    let (mut a, mut last) = calling(u32::MAX, "sip:bob@example.com");
    let mut sent = 1;
    loop {
        a.receive(&moved(&last, "302 Moved Temporarily", &format!("<sip:n{sent}@example.com>")));
        a.expect("ACK");
        let Some(next) = a.wire.pop_front() else { break };
        last = next;
        sent += 1;
    }
    assert_eq!(sent, MAX_TARGETS);
    assert_eq!(a.events.last().unwrap(), "failed remote Redirected");

    let (mut a, first) = calling(1, "sip:bob@example.com");
    let many = (0..3_000).map(|n| format!("<sip:n{n}@b>")).collect::<Vec<_>>().join(",");
    a.receive(&moved(&first, "300 Multiple Choices", &many));
    assert_eq!(a.events[0].matches("sip:").count(), MAX_TARGETS);
    for _ in 1..MAX_TARGETS {
        a.expect("ACK");
        let next = a.expect("INVITE");
        a.receive(&response(&next, "404 Not Found", "x", "", ""));
    }
    a.expect("ACK");
    a.expect_nothing();
    assert_eq!(a.events[1..], ["failed remote Not Found"]);
}

/// What a contact smuggles in is left out, and what is no address to call is not called.
#[test]
fn a_contact_is_an_address_and_nothing_more() {
    let (mut a, first) = calling(1, "sip:bob@example.com");
    let contacts = "*, garbage, <mailto:x@y>, <sip:1@1;method=REGISTER?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc&Body=x>, \
                    <tel:+1-201;ext=5>;q=0.5, <tel:+1201;EXT=5>;q=0.4, <http://evil.example.com/>;q=nan, <sip:2@example.com>;q=-3";
    a.receive(&moved(&first, "302 Moved Temporarily", contacts));
    a.expect("ACK");
    // A host that is a number is none, and nothing else on that list can be called.
    let second = a.expect("INVITE");
    // A number is called as one that the app gives, and once, however it is written (RFC 3966 4).
    assert_eq!(target(&second), "sip:+1201;ext=5@example.com;user=phone");
    assert!(!second.contains("Replaces:") && !second.contains("method="));
    a.receive(&response(&second, "404 Not Found", "x", "", ""));
    a.expect("ACK");
    assert_eq!(target(&a.expect("INVITE")), "sip:2@example.com");

    let (mut a, first) = calling(1, "sip:bob@example.com");
    let contact = "<sip:carol@example.com;method=BYE?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc&Subject=x>";
    a.receive(&moved(&first, "302 Moved Temporarily", contact));
    a.expect("ACK");
    let second = a.expect("INVITE");
    assert_eq!(target(&second), "sip:carol@example.com");
    assert!(!second.contains("\r\nReplaces:") && !second.contains("Subject"));
    // 305 and 380 name nobody to call; a 3xx without a usable contact neither.
    for (status, contact) in
        [("305 Use Proxy", "<sip:p@example.com>"), ("380 Alternative Service", "<sip:p@example.com>"), ("302 X", "*")]
    {
        let (mut a, first) = calling(1, "sip:bob@example.com");
        a.receive(&moved(&first, status, contact));
        a.expect("ACK");
        a.expect_nothing();
        assert!(a.events[1].starts_with("failed remote"), "{:?}", a.events);
    }
}

/// A call to a `sips:` address does not leave encrypted lines; one that goes to such an address is answered at one.
#[test]
fn sips_stays_sips() {
    let (mut a, first) = calling(1, "sips:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:plain@example.com>,<sips:safe@example.com>;q=0.1"));
    a.expect("ACK");
    assert_eq!(target(&a.expect("INVITE")), "sips:safe@example.com");
    let (mut a, first) = calling(1, "sips:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:plain@example.com>"));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["redirected sip:plain@example.com false", "failed remote Redirected"]);
    let (mut a, first) = calling(1, "sip:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sips:safe@example.com>"));
    a.expect("ACK");
    assert!(header(&first, "Contact").unwrap().starts_with("<sip:"));
    assert!(header(&a.expect("INVITE"), "Contact").unwrap().starts_with("<sips:"));
}

/// The far end speaks for all: 6xx.
#[test]
fn a_6xx_ends_the_search() {
    let (mut a, first) = calling(1, "sip:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:one@example.com>,<sip:two@example.com>"));
    a.expect("ACK");
    let one = a.expect("INVITE");
    a.receive(&response(&one, "603 Decline", "x", "", ""));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["redirected sip:one@example.com,sip:two@example.com true", "failed remote Rejected"]);
}

/// The app hangs up on the way: the INVITE that is open is cancelled, and no other leaves.
#[test]
fn a_call_that_goes_elsewhere_is_cancelled() {
    let (mut a, first) = calling(5, "sip:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:one@example.com>,<sip:two@example.com>"));
    a.expect("ACK");
    let one = a.expect("INVITE");
    a.terminate();
    a.expect_nothing();
    a.receive(&response(&one, "180 Ringing", "far", CONTACT, ""));
    let cancel = a.expect("CANCEL");
    assert_eq!((target(&cancel), header(&cancel, "Via")), ("sip:one@example.com", header(&one, "Via")));
    a.receive(&response(&cancel, "200 OK", "far", "", ""));
    a.receive(&response(&one, "487 Request Terminated", "far", "", ""));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["redirected sip:one@example.com,sip:two@example.com true", "failed local Canceled"]);
    // And before the 3xx came.
    let (mut a, first) = calling(5, "sip:bob@example.com");
    a.terminate();
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:one@example.com>"));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["failed local Canceled"]);
}

/// Credentials belong to the address that they were made for: each INVITE is challenged anew.
#[test]
fn each_target_may_challenge() {
    let (mut a, first) = calling(1, "sip:bob@example.com");
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";
    a.receive(&response(&first, "407 Proxy Authentication Required", "x", challenge, ""));
    a.expect("ACK");
    let again = a.expect("INVITE");
    assert!(header(&again, "Proxy-Authorization").unwrap().contains("uri=\"sip:bob@example.com\""));
    a.receive(&moved(&again, "302 Moved Temporarily", "<sip:carol@example.com>"));
    a.expect("ACK");
    let second = a.expect("INVITE");
    assert_eq!(header(&second, "Proxy-Authorization"), None);
    a.receive(&response(&second, "407 Proxy Authentication Required", "y", challenge, ""));
    a.expect("ACK");
    let third = a.expect("INVITE");
    assert!(header(&third, "Proxy-Authorization").unwrap().contains("uri=\"sip:carol@example.com\""));
    assert_eq!(target(&third), "sip:carol@example.com");
}

/// A 3xx twice, and answers of the first phone after it: the call is where it is.
#[test]
fn what_comes_late_from_the_first_phone_is_no_matter() {
    let (mut a, first) = calling(3, "sip:bob@example.com");
    let answer = moved(&first, "302 Moved Temporarily", "<sip:one@example.com>");
    a.receive(&answer);
    a.expect("ACK");
    a.expect("INVITE");
    a.events.clear();
    a.receive(&answer);
    a.receive(&response(&first, "180 Ringing", "late", CONTACT, ""));
    a.receive(&response(&first, "200 OK", "late", CONTACT, SDP));
    a.told(&[]);
    a.expect_nothing();
    // The early dialog of the first phone is gone with it.
    let own = tag(header(&first, "From").unwrap());
    let mut far =
        request("UPDATE", "alice", "u", &own, 2, "", "").replace("far-call", header(&first, "Call-ID").unwrap());
    far = far.replace("tag=far", "tag=late");
    a.receive(&far);
    a.expect("SIP/2.0 481");
}

/// The line breaks: nobody else is called by it.
#[test]
fn a_broken_line_calls_nobody_else() {
    let (mut a, first) = calling(3, "sip:bob@example.com");
    a.receive(&moved(&first, "302 Moved Temporarily", "<sip:one@example.com>,<sip:two@example.com>"));
    a.wire.clear();
    a.events.clear();
    a.close();
    assert!(a.events.contains(&"failed system Connection Error".to_owned()), "{:?}", a.events);
    assert!(!a.wire.iter().any(|frame| frame.starts_with("INVITE")), "{:?}", a.wire);
}
