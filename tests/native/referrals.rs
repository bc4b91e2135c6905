//! How long a transfer is told of, how many there may be, and which of them an answer or a NOTIFY is for (RFC 3515 2.4).

use crate::support::{Side, answered_by_bob, from_far, header, in_call, request, response};
use viasip::bounds::MAX_REFERS;

fn refer(a: &mut Side) -> Option<u32> {
    let sent = a.agent.refer(a.instant(), a.sessions[0], "<sip:carol@example.com>", &[], false).unwrap();
    a.pump();
    sent.map(|(_, cseq)| cseq)
}

/// A NOTIFY of the far end with this state and status line.
fn notify(invite: &str, cseq: u32, id: u32, state: &str, line: &str) -> String {
    let fields = format!("Event: refer;id={id}\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag\r\n");
    let length = format!("Content-Length: {}\r\n\r\n{line}", line.len());
    from_far(invite, "NOTIFY", cseq, &fields, "").replace("Content-Length: 0\r\n\r\n", &length)
}

/// Five minutes, or as long as the far end's NOTIFY says; then nothing is left of a call that is over.
#[test]
fn a_transfer_is_told_of_for_a_time() {
    for (state, seconds) in [(None, 300), (Some("active;expires=60"), 60), (Some("active;expires=6000"), 300)] {
        let (mut a, sent) = in_call();
        let start = a.now;
        let id = refer(&mut a).unwrap();
        let asked = a.expect("REFER");
        a.receive(&response(&asked, "202 Accepted", "", "", ""));
        if let Some(state) = state {
            a.receive(&notify(&sent, 2, id, state, "SIP/2.0 100 Trying"));
        }
        a.receive(&from_far(&sent, "BYE", 3, "", ""));
        a.at(start + seconds * 1000 - 1);
        assert_eq!(a.agent.holdings().sessions, 1, "{state:?}");
        a.at(start + seconds * 1000);
        assert_eq!((a.agent.holdings().sessions, a.gone), (0, 1), "{state:?}");
        assert_eq!(a.agent.poll_timeout(), None);
    }
}

/// One that was told to its end is told no more; of several each NOTIFY has to say which.
#[test]
fn each_notify_is_for_one_transfer() {
    let (mut a, sent) = in_call();
    let ids = [refer(&mut a).unwrap(), refer(&mut a).unwrap()];
    a.wire.clear();
    a.events.clear();
    let without = notify(&sent, 2, ids[0], "active", "SIP/2.0 180 Ringing").replace(&format!(";id={}", ids[0]), "");
    a.receive(&without);
    a.expect("SIP/2.0 400 Missing event id parameter");
    a.receive(&notify(&sent, 3, ids[1], "active", "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 200");
    for (cseq, state, line) in [(4, "active", "SIP/2.0 200 OK"), (5, "active", "SIP/2.0 180 Ringing")] {
        a.receive(&notify(&sent, cseq, ids[1], state, line));
        a.expect(if cseq == 4 { "SIP/2.0 200" } else { "SIP/2.0 481" });
    }
    a.receive(&notify(&sent, 6, ids[0], "terminated;reason=noresource", "SIP/2.0 100 Trying"));
    a.expect("SIP/2.0 200");
    a.receive(&notify(&sent, 7, ids[0], "active", "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 481");
    a.told(&["referProgress 180 Ringing", "referProgress 200 OK", "referProgress 100 Trying"]);
}

/// The REFER itself was refused: nobody will be told of it.
#[test]
fn a_refused_refer_is_told_of_no_more() {
    let (mut a, sent) = in_call();
    let ids = [refer(&mut a).unwrap(), refer(&mut a).unwrap()];
    let asked = a.expect("REFER");
    a.receive(&response(&asked, "603 Decline", "", "", ""));
    a.wire.clear();
    a.receive(&notify(&sent, 2, ids[0], "active", "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 481");
    a.receive(&notify(&sent, 3, ids[1], "active", "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 200");
}

/// Each way has a bound of its own.
#[test]
fn only_so_many_transfers_are_open() {
    let (mut b, own) = answered_by_bob();
    let ask = |b: &mut Side, cseq: u32| {
        b.receive(&request("REFER", "bob", &format!("r{cseq}"), &own, cseq, "Refer-To: <sip:a@b>\r\n", ""));
        let status = b.wire.front().unwrap()[8..11].to_owned();
        b.wire.clear();
        status
    };
    for n in 0..MAX_REFERS {
        assert_eq!(ask(&mut b, 2 + u32::try_from(n).unwrap()), "202", "{n}");
    }
    assert_eq!(ask(&mut b, 90), "480");
    for n in 0..MAX_REFERS {
        assert!(refer(&mut b).is_some(), "{n}");
    }
    assert_eq!(refer(&mut b), None);
    // One of theirs that has ended makes room for one of theirs.
    b.wire.clear();
    b.agent.notify_refer(b.instant(), b.sessions[0], 2, 200, "");
    b.pump();
    assert!(header(&b.expect("NOTIFY"), "Subscription-State").unwrap().starts_with("terminated"));
    assert_eq!((ask(&mut b, 91), ask(&mut b, 92)), ("202".to_owned(), "480".to_owned()));
    assert_eq!(refer(&mut b), None);
}
