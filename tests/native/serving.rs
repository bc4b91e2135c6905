//! What is served of the far end: repetitions, and how much of it at once (RFC 3261 17.2, RFC 6026).

use crate::support::{SDP, Side, invite, request};
use viasip::bounds::{MAX_TRANSACTIONS, RESERVED_TRANSACTIONS};

fn fresh(method: &str, n: usize, lines: &str) -> String {
    request(method, "bob", &format!("f{n}"), "", 1, lines, "").replace("far-call", &format!("call{n}"))
}

fn is_full(b: &mut Side) -> bool {
    b.wire.drain(..).any(|frame| frame.starts_with("SIP/2.0 503"))
}

/// RFC 6026 7.1: the 2xx is repeated by its own clock, not because its INVITE comes again; anything else is.
#[test]
fn a_repeated_invite_is_answered_again_until_it_was_accepted() {
    let mut b = Side::connected("bob");
    let first = invite("bob", "1", SDP);
    b.receive(&first);
    b.wire.clear();
    b.receive(&first);
    b.expect("SIP/2.0 180");
    b.expect_nothing();
    b.answer();
    b.wire.clear();
    b.receive(&first);
    b.expect_nothing();
    b.at(b.now + 500);
    b.expect("SIP/2.0 200");
}

/// A flood of INVITEs that are refused and never acknowledged leaves room for what ends a call.
#[test]
fn invites_leave_places_for_other_requests() {
    let mut b = Side::connected("bob");
    b.listens = false;
    let invites = (0..MAX_TRANSACTIONS).find(|n| {
        b.receive(&fresh("INVITE", *n, "Contact: <sip:far@192.0.2.1>\r\n"));
        is_full(&mut b)
    });
    assert_eq!(invites, Some(MAX_TRANSACTIONS - RESERVED_TRANSACTIONS));
    // Nobody decides on these, so that they stay.
    b.listens = true;
    let lines = "Contact: <sip:far@192.0.2.1>\r\nEvent: presence\r\n";
    let others = (1_000..2_000).position(|n| {
        b.receive(&fresh("SUBSCRIBE", n, lines));
        is_full(&mut b)
    });
    assert_eq!(others, Some(RESERVED_TRANSACTIONS));
}
