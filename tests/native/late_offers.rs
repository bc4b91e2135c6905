//! An INVITE without an offer: ours goes in the 2xx, theirs is the answer in the ACK (RFC 3261 13.2.1, RFC 6337 2.2).

use crate::support::{CONTACT, SDP, Side, header, invite, request, tag};

/// The app held the call while WebRTC still took the answer that the ACK had brought: a second offer was made, which
/// WebRTC refuses with one open, and the same went for an offer of the far end.
#[test]
fn a_late_offer_stays_open_until_its_answer_is_applied() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", ""));
    b.answer();
    let ok = b.wire.pop_back().unwrap();
    let own = tag(header(&ok, "To").unwrap());
    b.wire.clear();
    b.hold_media = true;
    b.receive(&request("ACK", "bob", "2", &own, 1, "", SDP));
    let id = b.sessions[0];
    assert_eq!(b.agent.hold(b.instant(), id, true, Default::default()), Ok(false));
    b.receive(&request("INVITE", "bob", "3", &own, 2, CONTACT, SDP));
    b.expect("SIP/2.0 491");
    b.hold_media = false;
    b.release_media();
    assert_eq!(b.agent.hold(b.instant(), id, true, Default::default()), Ok(true));
}
