//! The line breaks in each phase of a call, and comes back.

use crate::support::{CONTACT, SDP, Side, from_far, header, in_call, in_call_of, invite, request, response, tag};
use viasip::command::TerminateOptions;
use viasip::event::{Input, MediaRequest, Output};

/// A session refresh that fell due while the line was being made anew ended the call.
#[test]
fn a_refresh_without_a_line_waits_for_it() {
    for sent_before in [false, true] {
        let (mut a, _) = in_call_of(Side::unrecovering("alice"));
        a.at(44_000);
        if sent_before {
            a.at(45_000);
            a.expect("UPDATE");
        }
        a.auto_open = false;
        a.close();
        a.at(46_000);
        a.told(&["disconnected"]);
        a.auto_open = true;
        a.at(65_000);
        a.expect("UPDATE");
        assert!(!a.events.iter().any(|e| e.starts_with("ended")), "{:?}", a.events);
    }
}

/// Hold while the line was being made anew ended the call. Whether an offer that had left was taken nobody knows: it is
/// made again by the next line, so that both ends agree who holds.
#[test]
fn an_offer_that_meets_a_broken_line_is_made_by_the_next() {
    for sent_before in [false, true] {
        let (mut a, _) = in_call();
        let id = a.sessions[0];
        a.auto_open = false;
        if !sent_before {
            a.close();
        }
        assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
        a.pump();
        if sent_before {
            a.expect("INVITE");
            a.close();
        }
        a.auto_open = true;
        while a.flow.is_none() {
            a.at(a.now + 500);
        }
        let hold = a.expect("INVITE");
        assert!(hold.contains("a=sendonly"), "{hold}");
        a.receive(&response(&hold, "200 OK", "", CONTACT, SDP));
        a.expect("ACK");
        let told: Vec<_> = a.events.iter().filter(|e| !e.starts_with("sdp") && !e.ends_with("connected")).collect();
        let recovered = told.iter().position(|e| e.starts_with("recovered")).unwrap();
        assert_eq!(told[recovered - 1], "renegotiated");
        assert_eq!(told.iter().filter(|e| e.starts_with("hold")).count(), 1, "{told:?}");
        a.expect_nothing();
    }
}

/// Who hung up while the line was broken left the far end talking to nobody until its session timer.
#[test]
fn a_bye_that_meets_a_broken_line_leaves_by_the_next() {
    for sent_before in [false, true] {
        let (mut a, _) = in_call();
        if sent_before {
            a.terminate();
            a.expect("BYE");
            a.close();
        } else {
            a.close();
            a.terminate();
        }
        a.expect_nothing();
        a.at(10_000);
        let bye = a.expect("BYE sip:bob@192.0.2.1");
        assert!(header(&bye, "Via").unwrap().contains("branch=z9hG4bK"));
        a.receive(&response(&bye, "200 OK", "", "", ""));
        a.close();
        a.at(30_000).expect_nothing();
    }
    // Not for ever: past 64 * T1 nobody waits for it.
    let (mut a, _) = in_call();
    a.auto_open = false;
    a.close();
    a.terminate();
    a.at(60_000);
    a.auto_open = true;
    a.at(120_000);
    assert!(a.flow.is_some());
    a.expect_nothing();
}

/// A phone that answered too late, as another one had or after the caller had cancelled, talked to nobody if the line
/// broke under its BYE.
#[test]
fn the_bye_of_a_further_answer_leaves_by_the_next_line_too() {
    for cancelled in [false, true] {
        let mut a = Side::connected("alice");
        a.call("sip:bob@example.com");
        let invite = a.expect("INVITE");
        let ok = |tag: &str| response(&invite, "200 OK", tag, &format!("Contact: <sip:{tag}@192.0.2.1>\r\n"), SDP);
        if cancelled {
            a.receive(&response(&invite, "180 Ringing", "two", "", ""));
            a.terminate();
            a.expect("CANCEL");
        } else {
            a.receive(&ok("one"));
            a.expect("ACK sip:one@");
        }
        a.receive(&ok("two"));
        a.expect("ACK sip:two@");
        let first = a.expect("BYE sip:two@");
        a.close();
        a.at(10_000);
        a.wire.retain(|frame| !frame.starts_with("INVITE"));
        let bye = a.expect("BYE sip:two@");
        assert_eq!(header(&bye, "To"), header(&first, "To"));
        assert_ne!(header(&bye, "Via"), header(&first, "Via"));
        a.receive(&response(&bye, "200 OK", "", "", ""));
        a.close();
        a.at(30_000);
        assert!(!a.wire.iter().any(|frame| frame.starts_with("BYE")));
    }
}

/// stop() while the line was being made anew connected once more, and left timers behind.
#[test]
fn stop_without_a_line_is_done_at_once() {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP));
    b.answer();
    b.wire.clear();
    b.auto_open = false;
    b.close();
    b.agent.stop(b.instant());
    b.pump();
    assert!(b.agent.is_idle());
    assert_eq!(b.agent.poll_timeout(), None);
    // The line breaks after stop(), and takes the last transaction along or not.
    for age in [1_000, 40_000] {
        let (mut a, _) = in_call();
        a.at(age);
        a.agent.stop(a.instant());
        a.pump();
        a.wire.clear();
        a.close();
        assert!(a.agent.is_idle());
        a.told(&["ended local Terminated", "disconnected"]);
    }
}

/// The line breaks in each phase: what was told stays told once, WebRTC is closed, and the agent calls again.
#[test]
fn in_each_phase_a_broken_line_leaves_a_right_state() {
    // Outgoing, before and after a 1xx, and with its 2xx being applied.
    for (phase, left) in [("preparing", false), ("calling", false), ("ringing", false), ("applying", true)] {
        let mut a = Side::connected("alice");
        a.hold_media = phase == "preparing";
        a.call("sip:bob@example.com");
        if phase != "preparing" {
            let invite = a.expect("INVITE");
            a.hold_media = true;
            if phase == "ringing" {
                a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
            }
            if phase == "applying" {
                a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
            }
        }
        a.close();
        a.hold_media = false;
        a.release_media();
        let ended = a.events.iter().filter(|e| e.starts_with("failed") || e.starts_with("ended")).count();
        assert_eq!(ended, usize::from(!left), "{phase} {:?}", a.events);
        assert_eq!(a.media.last() == Some(&MediaRequest::Close), !left, "{phase}");
        a.at(10_000);
        // The phones that may ring are told.
        if phase == "calling" || phase == "ringing" {
            a.expect("CANCEL sip:bob@");
        }
        a.wire.clear();
        a.call("sip:carol@example.com");
        a.expect("INVITE sip:carol@");
    }
    // Incoming, ringing, answering and waiting for the ACK.
    for phase in ["ringing", "answering", "waiting"] {
        let mut b = Side::unrecovering("bob");
        b.receive(&invite("bob", "1", SDP));
        b.hold_media = phase == "answering";
        if phase != "ringing" {
            b.answer();
        }
        b.close();
        b.hold_media = false;
        b.release_media();
        let failed = b.events.contains(&"failed system Connection Error".to_owned());
        assert_eq!(failed, phase != "waiting", "{phase} {:?}", b.events);
        b.wire.clear();
        b.at(10_000);
        if phase == "waiting" {
            // The 200 finds the new line, and its ACK us.
            let own = tag(header(&b.expect("SIP/2.0 200"), "To").unwrap());
            b.wire.clear();
            b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
            assert_eq!(b.events.last().map(String::as_str), Some("confirmed remote"));
            b.receive(&request("BYE", "bob", "3", &own, 2, "", ""));
            b.expect("SIP/2.0 200");
        }
        b.at(60_000);
        assert_eq!(b.agent.poll_timeout(), None, "{phase}");
    }
    // With an offer of the far end open.
    let (mut a, invite) = in_call();
    a.hold_media = true;
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, SDP));
    a.close();
    a.hold_media = false;
    a.at(10_000);
    a.receive(&from_far(&invite, "BYE", 8, "", ""));
    a.expect("SIP/2.0 200");
    a.expect("SIP/2.0 487");
}

/// A BYE that the socket did not take, while the line stayed, was kept for the next line for ever.
#[test]
fn a_bye_waits_for_the_next_line_as_long_as_anybody_waits_for_it() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    a.agent.terminate(a.instant(), id, &TerminateOptions::default()).unwrap();
    while let Some(output) = a.agent.poll_output() {
        if let Output::Send(send, ..) = output {
            a.agent.handle_input(a.instant(), Input::NotSent(send));
        }
    }
    assert_eq!(a.agent.holdings().farewells, 1);
    a.at(40_000);
    assert_eq!(a.agent.holdings(), Default::default());
}
