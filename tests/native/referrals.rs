//! How long a transfer is told of, how many there may be, and which of them an answer or a NOTIFY is for (RFC 3515 2.4).

use crate::support::{CONTACT, Side, answered_by_bob, from_far, header, in_call, request, response};
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

/// One that was told to its end is told no more; of several each NOTIFY has to say which, but that of the first REFER
/// in the dialog, which need not (RFC 3515 2.4.6).
#[test]
fn each_notify_is_for_one_transfer() {
    let (mut a, sent) = in_call();
    let ids = [refer(&mut a).unwrap(), refer(&mut a).unwrap()];
    a.wire.clear();
    a.events.clear();
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

/// Phones that name no transfer name the first: what they told of it was refused as long as another one was open.
#[test]
fn a_notify_that_names_none_is_for_the_first_transfer() {
    let (mut a, sent) = in_call();
    let ids = [refer(&mut a).unwrap(), refer(&mut a).unwrap(), refer(&mut a).unwrap()];
    a.wire.clear();
    a.events.clear();
    let unnamed =
        |cseq: u32, line: &str| notify(&sent, cseq, ids[0], "active", line).replace(&format!(";id={}", ids[0]), "");
    a.receive(&unnamed(2, "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 200");
    a.receive(&notify(&sent, 3, ids[1], "active", "SIP/2.0 181 Forwarded"));
    a.expect("SIP/2.0 200");
    a.receive(&unnamed(4, "SIP/2.0 486 Busy Here"));
    a.expect("SIP/2.0 200");
    a.told(&["referProgress 180 Ringing", "referProgress 181 Forwarded", "referProgress 486 Busy Here"]);
    // The first is over, and of the others none is meant for certain.
    a.receive(&unnamed(5, "SIP/2.0 180 Ringing"));
    a.expect("SIP/2.0 400 Missing event id parameter");
    a.receive(&notify(&sent, 6, ids[1], "active", "SIP/2.0 200 OK"));
    a.expect("SIP/2.0 200");
    a.receive(&unnamed(7, "SIP/2.0 183 Session Progress"));
    a.expect("SIP/2.0 200");
    a.told(&["referProgress 200 OK", "referProgress 183 Session Progress"]);
}

/// A NOTIFY of another package names the one that would have fitted (RFC 6665 8.3.2), inside a call as outside.
#[test]
fn a_notify_of_another_package_is_refused_with_the_one_that_fits() {
    let (mut a, sent) = in_call();
    refer(&mut a);
    a.expect("REFER");
    a.receive(&notify(&sent, 2, 1, "active", "").replace("Event: refer", "Event: dialog"));
    assert_eq!(header(&a.expect("SIP/2.0 489"), "Allow-Events"), Some("refer"));
}

/// A REFER for bob inside his call.
fn refer_to_bob(b: &mut Side, own: &str, cseq: u32) {
    b.receive(&request("REFER", "bob", &format!("r{cseq}"), own, cseq, "Refer-To: <sip:a@b>\r\n", ""));
    b.expect("SIP/2.0 202");
    let notify = b.expect("NOTIFY");
    b.receive(&response(&notify, "200 OK", "", "", ""));
}

/// Each word of ours says that the transfer is told of for five minutes more, so it is: one that rang for longer than
/// five minutes in all was told of no more.
#[test]
fn a_transfer_of_theirs_is_told_of_as_long_as_we_said() {
    let (mut b, own) = answered_by_bob();
    refer_to_bob(&mut b, &own, 2);
    // Most phones leave the call as soon as the transfer is under way.
    b.receive(&request("BYE", "bob", "b", &own, 3, "", ""));
    b.expect("SIP/2.0 200");
    let told = |b: &mut Side, status| {
        b.agent.notify_refer(b.instant(), b.sessions[0], 2, status, "");
        b.pump();
    };
    let answer = |b: &mut Side| {
        let notify = b.expect("NOTIFY");
        b.receive(&response(&notify, "200 OK", "", "", ""));
        notify
    };
    b.at(250_000);
    told(&mut b, 180);
    assert_eq!(header(&answer(&mut b), "Subscription-State"), Some("active;expires=300"));
    b.at(500_000);
    told(&mut b, 200);
    let last = answer(&mut b);
    assert_eq!(header(&last, "Subscription-State"), Some("terminated;reason=noresource"));
    b.expect_nothing();
}

/// RFC 6665 4.2.2: whoever asked hears that the time is over, with what was said of the transfer last. Nothing was sent.
#[test]
fn a_transfer_of_theirs_whose_time_is_over_is_told_so() {
    for hung_up in [false, true] {
        let (mut b, own) = answered_by_bob();
        for cseq in [2, 3] {
            refer_to_bob(&mut b, &own, cseq);
        }
        b.agent.notify_refer(b.instant(), b.sessions[0], 3, 180, "");
        b.pump();
        let ringing = b.expect("NOTIFY");
        b.receive(&response(&ringing, "200 OK", "", "", ""));
        let left_ms = if hung_up { 300_000 } else { 20_000 };
        if hung_up {
            b.receive(&request("BYE", "bob", "b", &own, 4, "", ""));
            b.expect("SIP/2.0 200");
        } else {
            for (cseq, id) in [(4, 2), (5, 3)] {
                let lines = format!("{CONTACT}Event: refer;id={id}\r\nExpires: 20\r\n");
                b.receive(&request("SUBSCRIBE", "bob", &format!("s{cseq}"), &own, cseq, &lines, ""));
                b.expect("SIP/2.0 200");
                let now = b.expect("NOTIFY");
                b.receive(&response(&now, "200 OK", "", "", ""));
            }
        }
        b.at(left_ms - 1).expect_nothing();
        b.at(left_ms);
        for (id, line) in [(2, "SIP/2.0 100 Trying"), (3, "SIP/2.0 180 Ringing")] {
            let last = b.expect("NOTIFY");
            assert_eq!(header(&last, "Event"), Some(format!("refer;id={id}").as_str()));
            assert_eq!(header(&last, "Subscription-State"), Some("terminated;reason=timeout"));
            assert!(last.ends_with(line), "{last}");
            b.receive(&response(&last, "200 OK", "", "", ""));
            // It was the last.
            b.agent.notify_refer(b.instant(), b.sessions[0], id, 200, "");
            b.pump();
        }
        b.expect_nothing();
        assert_eq!(b.agent.holdings().sessions, usize::from(!hung_up));
    }
}

/// Who asked for a transfer may want to hear for longer, or has heard enough (RFC 3515 2.4.4): inside a call that was 405.
#[test]
fn a_transfer_of_theirs_may_be_refreshed_and_left() {
    let (mut b, own) = answered_by_bob();
    for cseq in [2, 3] {
        refer_to_bob(&mut b, &own, cseq);
    }
    b.agent.notify_refer(b.instant(), b.sessions[0], 2, 183, "");
    b.pump();
    b.wire.clear();
    let subscribe = |b: &mut Side, cseq: u32, lines: &str| {
        b.receive(&request("SUBSCRIBE", "bob", &format!("s{cseq}"), &own, cseq, &format!("{CONTACT}{lines}"), ""));
    };
    subscribe(&mut b, 4, "Event: refer;id=2\r\nExpires: 1000\r\n");
    let ok = b.expect("SIP/2.0 200");
    assert_eq!(header(&ok, "Expires"), Some("300"));
    assert!(header(&ok, "Contact").is_some());
    // RFC 6665 4.2.1.2: what is so now follows each.
    let now = b.expect("NOTIFY");
    assert_eq!(header(&now, "Event"), Some("refer;id=2"));
    assert!(now.ends_with("\r\n\r\nSIP/2.0 183 Session Progress"), "{now}");
    assert_eq!(header(&now, "Subscription-State"), Some("active;expires=300"));
    for (cseq, lines, status) in [
        (5, "Event: refer;id=9\r\n", "481"),
        (6, "Event: refer\r\n", "481"),
        (7, "Event: presence;id=2\r\n", "405"),
        (8, "", "405"),
    ] {
        subscribe(&mut b, cseq, lines);
        b.expect(&format!("SIP/2.0 {status}"));
        b.expect_nothing();
    }
    subscribe(&mut b, 9, "Event: refer;id=2\r\nExpires: 0\r\n");
    b.expect("SIP/2.0 200");
    let last = b.expect("NOTIFY");
    assert_eq!(header(&last, "Subscription-State"), Some("terminated;reason=timeout"));
    b.agent.notify_refer(b.instant(), b.sessions[0], 2, 200, "");
    b.pump();
    b.expect_nothing();
    // Of one alone it need not be said, and the BYE is no end of it.
    b.receive(&request("BYE", "bob", "b", &own, 10, "", ""));
    b.expect("SIP/2.0 200");
    subscribe(&mut b, 11, "Event: refer\r\nExpires: 60\r\n");
    assert_eq!(header(&b.expect("SIP/2.0 200"), "Expires"), Some("60"));
    assert_eq!(header(&b.expect("NOTIFY"), "Subscription-State"), Some("active;expires=60"));
    b.agent.notify_refer(b.instant(), b.sessions[0], 3, 200, "");
    b.pump();
    assert!(b.expect("NOTIFY").ends_with("SIP/2.0 200 OK"));
    subscribe(&mut b, 12, "Event: refer;id=3\r\n");
    b.expect("SIP/2.0 481");
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
