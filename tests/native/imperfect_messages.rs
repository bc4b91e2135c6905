//! What servers and phones send that is not quite as the RFCs have it: what is not needed is left aside, and nobody
//! loses a call for it (RFC 3261 8.2.2).

use crate::support::{CONTACT, SDP, Side, calling, from_far, header, in_call, invite, request, response, tag};
use viasip::event::MediaRequest;
use viasip::message::{Frame, parse};

/// Lines that are no header fields.
const NONE: [&str; 4] = ["X-Account Name: ACME\r\n", "no colon here\r\n", ": nameless\r\n", "X@Y: z\r\n"];

/// What the log says of such a line.
const LEFT_OUT: &str = "dropped Line that is no header field";

/// An INVITE, ACK, BYE or CANCEL with one bad line was 400 or dropped: calls did not come, stayed, or rang on.
#[test]
fn a_line_that_is_no_header_field_costs_nothing() {
    for line in NONE {
        let lines = [CONTACT, line].concat();
        let mut b = Side::connected("bob");
        b.events.clear();
        b.receive(&request("INVITE", "bob", "1", "", 1, &lines, SDP));
        b.answer();
        let ok = loop {
            let frame = b.wire.pop_front().expect("a 200");
            if frame.starts_with("SIP/2.0 200") {
                break frame;
            }
        };
        b.told(&[
            LEFT_OUT,
            "newRTCSession remote",
            "progress local",
            "sdp remote offer",
            "connecting",
            "sdp local answer",
            "accepted local",
        ]);
        let to_tag = tag(header(&ok, "To").unwrap());
        b.receive(&request("ACK", "bob", "2", &to_tag, 1, line, ""));
        b.told(&[LEFT_OUT, "confirmed remote"]);
        b.receive(&request("BYE", "bob", "3", &to_tag, 2, line, ""));
        b.expect("SIP/2.0 200");
        b.told(&[LEFT_OUT, "ended remote Terminated"]);

        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", SDP));
        b.expect("SIP/2.0 180");
        b.receive(&request("CANCEL", "bob", "1", "", 1, line, ""));
        b.expect("SIP/2.0 200");
        b.expect("SIP/2.0 487");
    }
}

/// The same in responses: they were read even before.
#[test]
fn a_response_with_such_a_line_is_told_of_once() {
    let (mut a, invite) = calling();
    let lines = NONE.concat() + CONTACT;
    a.receive(&response(&invite, "200 OK", "far", &lines, SDP));
    a.expect("ACK");
    assert_eq!(a.events.iter().filter(|told| *told == LEFT_OUT).count(), 1);
}

/// What is needed has to be there all the same.
#[test]
fn a_needed_field_that_cannot_be_read_is_missed() {
    let plain = invite("bob", "1", SDP);
    for (good, bad) in [
        ("CSeq: 1", "CSeq 1"),
        ("CSeq: 1", "C Seq: 1"),
        ("Call-ID: ", "Call-ID "),
        ("Content-Length: ", "Content-Length: 1"),
        ("Via: SIP/2.0/WS far", "Via SIP/2.0/WS far"),
    ] {
        let mut b = Side::connected("bob");
        b.receive(&plain.replace(good, bad));
        if good.starts_with("Via") {
            b.expect_nothing();
        } else {
            b.expect("SIP/2.0 400");
        }
    }
}

/// Asterisk and FreeSWITCH write users with `;`, `@` and blanks in From: the call was refused with 400.
#[test]
fn an_address_that_is_needed_for_its_tag_only_need_not_be_perfect() {
    for address in [
        "<sip:1014@h;phone-context=+33@d>",
        "\"J D\" <sip:John Doe@pbx.local>",
        "<sip:@pbx.local>",
        "<sip:100%@pbx.local>",
        "<sip:a@h_\u{f6}st>",
        "<sip:>",
        "<1014>",
        "<>",
    ] {
        let from = format!("From: {address};tag=far");
        let odd = |frame: String| frame.replace("From: <sip:far@example.com>;tag=far", &from);
        let mut b = Side::connected("bob");
        b.events.clear();
        b.receive(&odd(invite("bob", "1", SDP)));
        assert_eq!(b.events.first().map(String::as_str), Some("newRTCSession remote"), "{address}");
        b.answer();
        b.expect("SIP/2.0 180");
        let ok = b.expect("SIP/2.0 200");
        assert_eq!(header(&ok, "From"), Some(format!("{address};tag=far").as_str()));
        let to_tag = tag(header(&ok, "To").unwrap());
        b.receive(&odd(request("ACK", "bob", "2", &to_tag, 1, "", "")));
        assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"), "{address}");
        b.terminate();
        let bye = b.expect("BYE");
        assert_eq!(header(&bye, "To"), Some(format!("{address};tag=far").as_str()));
        let answer = response(&bye, "200 OK", "", "", "");
        assert!(matches!(parse(answer.as_bytes()), Ok(Frame::Response(r)) if r.to.tag() == Some("far")), "{address}");
    }
}

/// What is no address at all, or leaves it open where the tag is, is refused as before.
#[test]
fn an_address_without_an_end_is_refused() {
    for address in ["<sip:far@h;tag=far", "\"far <sip:far@h>;tag=far", "<sip:far@h> tag=far", ""] {
        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", SDP).replace("<sip:far@example.com>;tag=far", address));
        b.expect("SIP/2.0 400");
    }
}

/// RFC 3261 17: nobody answers an ACK. One with a bad CSeq, or too long, was answered all the same.
#[test]
fn an_ack_is_never_answered() {
    let ack = request("ACK", "bob", "1", "x", 1, "", "");
    for bad in [
        ack.replace("CSeq: 1 ACK\r\n", ""),
        ack.replace("CSeq: 1 ACK", "CSeq: 1 INVITE"),
        ack.replace("CSeq: 1 ACK", "CSeq: x"),
        ack.replace("From: ", "Fro: "),
        ack.replace("Content-Length: 0", "Content-Length: 5"),
        ack.replace("sip:bob@example.com SIP/2.0", "sip: SIP/2.0"),
        ack.replace("SIP/2.0\r\nVia", "SIP/9.0\r\nVia"),
        ack.replace("ACK sip", "ACK,sip"),
        ack.replace("Call-ID", "call-id: x\r\nCall-ID"),
        ack.clone() + &"x".repeat(70_000),
        ack.clone(),
    ] {
        let mut b = Side::connected("bob");
        b.receive(&bad);
        b.expect_nothing();
    }
    // The CSeq of an ACK makes no other request one.
    let mut b = Side::connected("bob");
    b.receive(&request("OPTIONS", "bob", "1", "", 1, "", "").replace("1 OPTIONS", "1 ACK"));
    b.expect("SIP/2.0 400");
}

/// `To: <..>;tag=` was answered `;tag=;tag=x`, and the caller matched nothing.
#[test]
fn an_empty_tag_is_replaced() {
    for empty in [";tag=", ";TAG", " ; tag = ", ";a=b;tag=;c"] {
        let fill =
            |frame: String| frame.replace("To: <sip:bob@example.com>", &format!("To: <sip:bob@example.com>{empty}"));
        let mut b = Side::connected("bob");
        b.receive(&fill(invite("bob", "1", SDP)));
        b.answer();
        b.expect("SIP/2.0 180");
        let ok = b.expect("SIP/2.0 200");
        let to = header(&ok, "To").unwrap();
        assert_eq!(to.to_ascii_lowercase().matches("tag").count(), 1, "{to}");
        b.receive(&request("ACK", "bob", "2", &tag(to), 1, "", ""));
        b.terminate();
        assert_eq!(header(&b.expect("BYE"), "From"), Some(to));
        // A refusal of the reader likewise.
        let mut b = Side::connected("bob");
        b.receive(&fill(invite("bob", "1", SDP)).replace("CSeq: 1 INVITE", "CSeq: x"));
        let refused = b.expect("SIP/2.0 400");
        assert_eq!(header(&refused, "To").unwrap().to_ascii_lowercase().matches("tag").count(), 1, "{refused}");
    }
}

/// The description that a browser is shown.
fn shown(side: &Side) -> Option<&str> {
    side.media.iter().find_map(|request| match request {
        MediaRequest::RemoteOffer(sdp) | MediaRequest::RemoteAnswer { sdp, .. } => Some(sdp.as_str()),
        _ => None,
    })
}

/// A description without its last line end, with bare line feeds, or with an empty line is refused by browsers.
#[test]
fn line_ends_of_a_description_are_mended() {
    for body in [
        SDP.trim_end().to_owned(),
        SDP.replace("\r\n", "\n"),
        SDP.replace("\r\n", "\r"),
        SDP.replace("\r\n", "\r\r\n"),
        format!("{SDP}\r\n"),
        format!("{SDP}\r\n \r\n\n"),
        format!("\r\n{}", SDP.replace("m=", "\r\nm=")),
    ] {
        let mut b = Side::connected("bob");
        b.receive(&request("INVITE", "bob", "1", "", 1, CONTACT, &body));
        b.answer();
        assert_eq!(shown(&b), Some(SDP), "{body:?}");
        let (mut a, call) = calling();
        a.receive(&response(&call, "200 OK", "far", CONTACT, &body));
        assert_eq!(shown(&a), Some(SDP), "{body:?}");
        a.media.clear();
        a.receive(&from_far(&call, "INVITE", 7, CONTACT, &body));
        assert_eq!(shown(&a), Some(SDP), "{body:?}");
        let parts = format!("--b\r\nContent-Type: application/sdp\r\n\r\n{body}\r\n--b--\r\n");
        let mut b = Side::connected("bob");
        let many = request("INVITE", "bob", "1", "", 1, CONTACT, &parts);
        b.receive(&many.replace("Type: application/sdp\r\nContent-L", "Type: multipart/mixed;boundary=b\r\nContent-L"));
        b.answer();
        assert_eq!(shown(&b), Some(SDP), "{body:?}");
    }
}

/// An INVITE of several parts: the description, and one of a type that nobody here reads.
fn with_part(disposition: &str) -> String {
    let parts = format!(
        "--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}--b\r\nContent-Type: application/x-strange\r\n{disposition}\r\nx\r\n--b--\r\n"
    );
    request("INVITE", "bob", "1", "", 1, CONTACT, &parts)
        .replace("Type: application/sdp\r\nContent-L", "Type: multipart/mixed;boundary=b\r\nContent-L")
}

/// RFC 5621 8.3: a part that the sender calls required and nobody understands refuses the request; it rang.
#[test]
fn a_part_that_is_required_and_not_understood_is_415() {
    for required in [
        "Content-Disposition: signal;handling=required\r\n",
        "content-disposition : x ; Handling = \"REQUIRED\"\r\n",
        "Content-Disposition: x;\r\n handling=required\r\n",
    ] {
        let mut b = Side::connected("bob");
        b.events.clear();
        b.receive(&with_part(required));
        let refused = b.expect("SIP/2.0 415");
        assert!(header(&refused, "Accept").is_some());
        b.told(&[]);
        let (mut a, call) = in_call();
        let inside = with_part(required);
        let body = inside.split_once("\r\n\r\n").unwrap().1;
        let reoffer = from_far(&call, "INVITE", 7, CONTACT, body);
        a.receive(&reoffer.replacen("application/sdp", "multipart/mixed;boundary=b", 1));
        a.expect("SIP/2.0 415");
    }
    for optional in ["", "Content-Disposition: signal;handling=optional\r\n", "Content-Disposition: render\r\n"] {
        let mut b = Side::connected("bob");
        b.receive(&with_part(optional));
        b.expect("SIP/2.0 180");
    }
    // Of alternatives one is enough (RFC 2046 5.1.4), and what holds the required part may be optional itself.
    let alternative = with_part("Content-Disposition: x;handling=required\r\n").replace("mixed", "alternative");
    let mut b = Side::connected("bob");
    b.receive(&alternative);
    b.expect("SIP/2.0 180");
}

/// A body that need not be understood is as if it were not there (RFC 3261 20.11): the call has a late offer.
#[test]
fn a_body_that_is_optional_is_left_aside() {
    let plain = request("INVITE", "bob", "1", "", 1, CONTACT, "hello");
    for (disposition, status) in [("x;handling=optional", "SIP/2.0 180"), ("x;handling=required", "SIP/2.0 415")] {
        let typed = format!("text/plain\r\nContent-Disposition: {disposition}");
        let mut b = Side::connected("bob");
        b.receive(&plain.replace("application/sdp", &typed));
        b.expect(status);
    }
}

/// What the far end wrote came back as long as it was: 60 kB of an extension's name, or of a profile, in each answer.
#[test]
fn words_of_theirs_are_cut_before_they_are_sent_back() {
    let long = "x".repeat(60_000);
    let many = "x,".repeat(30_000);
    for words in [&long, &many] {
        let mut b = Side::connected("bob");
        b.receive(&request("OPTIONS", "bob", "1", "", 1, &format!("Require: {words}\r\n"), ""));
        let refused = b.expect("SIP/2.0 420");
        assert!(
            header(&refused, "Unsupported").unwrap().starts_with('x') && refused.len() < 2_000,
            "{}",
            refused.len()
        );
    }
    let mut b = Side::connected("bob");
    b.receive(&request(
        "INVITE",
        "bob",
        "1",
        "",
        1,
        CONTACT,
        &SDP.replace("UDP/TLS/RTP/SAVPF", &long).replace("a=fing", "a=f"),
    ));
    let refused = b.expect("SIP/2.0 488");
    assert!(header(&refused, "Warning").unwrap().contains("xxx") && refused.len() < 2_000, "{}", refused.len());
}

/// Nor does anything come back that a peer could take for the end of a line.
#[test]
fn words_of_theirs_come_back_without_control_characters() {
    let clean = |frame: &str| !frame.replace("\r\n", "").contains(char::is_control);
    let mut b = Side::connected("bob");
    b.receive(&request("OPTIONS", "bob", "1", "", 1, "Require: a\0b, c\u{85}d, \u{1b}[2J\r\n", ""));
    let refused = b.expect("SIP/2.0 420");
    assert!(clean(&refused) && header(&refused, "Unsupported").unwrap().starts_with("a, c"), "{refused:?}");
    let mut b = Side::connected("bob");
    b.receive(&request("INVITE", "bob", "2", "", 1, CONTACT, &SDP.replace("UDP/TLS", "U\0P").replace("a=fing", "a=f")));
    let refused = b.expect("SIP/2.0 488");
    assert!(
        clean(&refused) && header(&refused, "Warning").unwrap().contains("uses the profile U instead"),
        "{refused:?}"
    );
}
