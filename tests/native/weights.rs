//! What a dialog and a call hold is weighed: `tests/memory.rs` looks at the heap, this at the sums.

use crate::support::{SDP, Side, header, invite, request, tag};
use viasip::bounds::{MAX_DIALOG, MAX_HELD, RESERVED_HELD};
use viasip::dialog::Dialog;
use viasip::message::{Frame, NameAddr, Request, parse};

fn read(frame: &str) -> Request {
    let Ok(Frame::Request(request)) = parse(frame.as_bytes()) else { panic!("{frame}") };
    *request
}

/// A description of this many bytes.
fn long(bytes: usize) -> String {
    format!("{SDP}{}", "a=x-filling:0123456789\r\n".repeat((bytes - SDP.len()) / 24))
}

/// Each text of a dialog once, and what a route costs beside its text.
#[test]
fn a_dialog_weighs_its_texts() {
    let routes = ["<sip:p1.example.net;lr>", "<sip:p22.example.net;lr>"];
    let lines = format!("Record-Route: {}\r\nRecord-Route: {}\r\n", routes[0], routes[1]);
    let invite = read(&invite("bob", "1", SDP).replace("Contact:", &format!("{lines}Contact:")));
    let dialog = Dialog::as_callee(&invite, "own-tag", 0).unwrap();
    let contact = invite.contact().unwrap().uri.to_string();
    let (from, to) = (invite.headers.first("From").unwrap(), invite.headers.first("To").unwrap());
    let texts =
        [&invite.call_id, "own-tag", invite.from_tag(), from, to, ";tag=own-tag", &contact, routes[0], routes[1]];
    assert_eq!(dialog.weight(), texts.iter().map(|text| text.len()).sum::<usize>() + 2 * 32);
}

/// A new target may be as long as leaves the dialog within its bound, the old one not counted.
#[test]
fn a_target_is_weighed_in_place_of_the_one_before() {
    let of_length = |length: usize| {
        let host = "h.example.net";
        let uri = format!("sip:{}@{host}", "x".repeat(length - host.len() - 5));
        assert_eq!(uri.len(), length);
        NameAddr::parse(&format!("<{uri}>")).unwrap()
    };
    let first = read(&invite("bob", "1", SDP));
    let mut dialog = Dialog::as_callee(&first, "own", 0).unwrap();
    let others = dialog.weight() - first.contact().unwrap().uri.to_string().len();
    for (length, taken) in [(MAX_DIALOG - others + 1, false), (MAX_DIALOG - others, true), (100, true)] {
        dialog.refresh_target(Some(of_length(length)));
        assert_eq!(dialog.weight() == others + length, taken, "{length}");
    }
}

/// How many calls of a kind there are before one more gets 503.
fn calls_until_full(mut one: impl FnMut(&mut Side, usize) -> String) -> usize {
    let mut b = Side::connected("bob");
    (0..64)
        .find(|n| {
            let invite = one(&mut b, *n);
            b.receive(&invite);
            b.wire.iter().any(|frame| frame.starts_with("SIP/2.0 503"))
        })
        .unwrap_or(64)
}

fn fresh(n: usize, body: &str) -> String {
    invite("bob", &format!("f{n}"), body).replace("far-call", &format!("call{n}"))
}

/// The INVITE of a call that rings is there for its transaction, and its offer for the connection. Heavy ones share half
/// of what may be held.
#[test]
fn a_call_that_rings_weighs_its_invite_and_its_offer() {
    let offer = long(20_000);
    let invite = read(&fresh(0, &offer)).weight();
    let rings = calls_until_full(|b, n| {
        b.wire.clear();
        fresh(n, &offer)
    });
    let room = MAX_HELD / 2 - RESERVED_HELD - invite;
    let (least, most) = (room / (invite + offer.len() + 2_000), room / (invite + offer.len()) + 1);
    assert!((least..=most).contains(&rings), "{rings} calls of {invite} and {}", offer.len());
}

/// A call that is up keeps the far end's description; its INVITE was confirmed.
#[test]
fn a_call_that_is_up_weighs_what_the_far_end_described() {
    let offer = long(20_000);
    let up = calls_until_full(|b, n| {
        if n > 0 {
            b.wire.clear();
            b.answer();
            let ok = b.expect("SIP/2.0 200");
            let own = tag(header(&ok, "To").unwrap());
            let call = format!("call{}", n - 1);
            b.receive(&request("ACK", "bob", &format!("a{n}"), &own, 1, "", "").replace("far-call", &call));
            b.at(b.now + 40_000);
        }
        b.wire.clear();
        fresh(n, &offer)
    });
    assert_eq!(up, 64, "{up} calls: one that is up weighs {} only", offer.len());
}
