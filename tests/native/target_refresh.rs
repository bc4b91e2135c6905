//! Where the next request inside a call goes: RFC 3261 12.2, RFC 3311 5.2, RFC 6141 4. A target refresh request moves the
//! far end's address, its own by its 2xx and theirs by ours; a refused one moves nothing.

use crate::support::{CONTACT, SDP, Side, calling, from_far, header, in_call, invite, request, response, tag};
use viasip::event::{AppReply, MediaFault, MediaRequest};
use viasip::message::Method;

const MOVED: &str = "Contact: <sip:moved@192.0.2.1>\r\n";

/// Bob is called, and it rings. Returns his tag.
fn ringing() -> (Side, String) {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    let own = tag(header(b.wire.back().unwrap(), "To").unwrap());
    b.wire.clear();
    b.events.clear();
    (b, own)
}

/// An UPDATE moved the caller while it rang: what came after the answer went to where he no longer was. It was answered
/// without the session timer that it asked for, and the app heard nothing.
#[test]
fn an_early_update_moves_the_caller() {
    let (mut b, own) = ringing();
    b.receive(&request("UPDATE", "bob", "2", &own, 2, &format!("{MOVED}Session-Expires: 300;refresher=uac\r\n"), ""));
    let ok = b.expect("SIP/2.0 200");
    assert!(header(&ok, "Contact").is_some(), "RFC 3311 5.2");
    assert_eq!(header(&ok, "Session-Expires"), Some("300;refresher=uac"));
    b.told(&["reoffer", "answered"]);
    b.answer();
    b.expect("SIP/2.0 200");
    b.receive(&request("ACK", "bob", "3", &own, 1, "", ""));
    b.terminate();
    b.expect("BYE sip:moved@192.0.2.1 ");
    // Nothing of the timer runs while it rings.
    let (mut b, own) = ringing();
    b.receive(&request("UPDATE", "bob", "2", &own, 2, "Session-Expires: 60;refresher=uac\r\n", ""));
    b.wire.clear();
    b.at(59_999).expect_nothing();
}

/// The same for the callee, in the one of its early dialogs that the UPDATE came in.
#[test]
fn an_early_update_moves_the_callee() {
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "other", "Contact: <sip:other@192.0.2.2>\r\n", ""));
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, ""));
    a.receive(&from_far(&invite, "UPDATE", 7, MOVED, ""));
    a.expect("SIP/2.0 200");
    let id = a.sessions[0];
    a.agent.send_inside(a.instant(), id, Method::Info, &[], "").unwrap();
    a.pump();
    a.expect("INFO sip:other@192.0.2.2 ");
    let (mut a, invite) = calling();
    a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, ""));
    a.receive(&from_far(&invite, "UPDATE", 7, MOVED, ""));
    a.expect("SIP/2.0 200");
    let id = a.sessions[0];
    a.agent.send_inside(a.instant(), id, Method::Info, &[], "").unwrap();
    a.pump();
    a.expect("INFO sip:moved@192.0.2.1 ");
}

/// A call is cancelled while the app decides about an early UPDATE: that is answered too.
#[test]
fn an_early_update_ends_with_its_call() {
    let (mut b, own) = ringing();
    b.undecided = true;
    b.receive(&request("UPDATE", "bob", "2", &own, 2, CONTACT, ""));
    b.expect_nothing();
    b.receive(&request("CANCEL", "bob", "1", "", 1, "", ""));
    b.expect("SIP/2.0 200");
    b.expect("SIP/2.0 487");
    b.expect("SIP/2.0 487");
    assert_eq!(b.agent.holdings().sessions, 0);
}

/// A re-INVITE or UPDATE that we refused sent the rest of the call to the address that it had named (RFC 6141 4).
#[test]
fn a_refused_offer_moves_nobody() {
    for method in ["INVITE", "UPDATE"] {
        for why in ["WebRTC", "app", "cancelled", "another offer"] {
            let (mut a, invite) = in_call();
            let cancelled = why == "cancelled" && method == "INVITE";
            match why {
                "WebRTC" => a.fail_media = Some((|m| matches!(m, MediaRequest::RemoteOffer(_)), MediaFault::SetRemote)),
                "app" => {
                    a.refuses = Some(AppReply { status: 403, reason: None, headers: Vec::new(), body: String::new() });
                }
                "cancelled" => a.hold_media = cancelled,
                _ => {
                    let id = a.sessions[0];
                    a.agent.renegotiate(a.instant(), id, Default::default()).unwrap();
                    a.pump();
                    a.expect("INVITE");
                }
            }
            a.receive(&from_far(&invite, method, 7, MOVED, SDP));
            if cancelled {
                a.receive(&from_far(&invite, "CANCEL", 7, "", "").replace("7CANCEL", "7INVITE"));
                a.expect("SIP/2.0 200");
            } else if why == "cancelled" {
                continue;
            }
            a.expect("SIP/2.0 4");
            a.terminate();
            a.expect("BYE sip:bob@192.0.2.1;");
        }
    }
}

/// What moves the far end is our 2xx, and theirs to a refresh of ours.
#[test]
fn a_2xx_moves_the_far_end() {
    for (method, body) in [("INVITE", SDP), ("INVITE", ""), ("UPDATE", SDP), ("UPDATE", "")] {
        let (mut a, invite) = in_call();
        a.receive(&from_far(&invite, method, 7, MOVED, body));
        a.expect("SIP/2.0 200");
        a.terminate();
        a.expect("BYE sip:moved@192.0.2.1 ");
    }
    // A refresh without an offer, an offer by UPDATE, and an UPDATE of the app's.
    for way in ["refresh", "offer", "app"] {
        let (mut a, _) = in_call();
        let id = a.sessions[0];
        match way {
            "refresh" => drop(a.at(45_000)),
            "offer" => {
                let options = viasip::command::ReofferOptions { use_update: true, ..Default::default() };
                a.agent.renegotiate(a.instant(), id, options).unwrap();
            }
            _ => drop(a.agent.send_inside(a.instant(), id, Method::Update, &[], "").unwrap()),
        }
        a.pump();
        let update = a.expect("UPDATE");
        let body = if way == "offer" { SDP } else { "" };
        a.receive(&response(&update, "200 OK", "", MOVED, body));
        a.terminate();
        a.expect("BYE sip:moved@192.0.2.1 ");
    }
}

/// The far end moved again, by an UPDATE, while its re-INVITE was being answered: the 200 of that one is the later one,
/// and its address the older.
#[test]
fn the_newest_address_stays() {
    let (mut a, invite) = in_call();
    a.hold_media = true;
    a.receive(&from_far(&invite, "INVITE", 7, "Contact: <sip:older@192.0.2.1>\r\n", SDP));
    a.receive(&from_far(&invite, "UPDATE", 8, MOVED, ""));
    a.expect("SIP/2.0 200");
    a.hold_media = false;
    a.release_media();
    a.expect("SIP/2.0 200");
    a.terminate();
    a.expect("BYE sip:moved@192.0.2.1 ");
}
