//! Re-offers as native phones make them, and what the browser is shown of them.

use crate::support::{CONTACT, SDP, Side, from_far, header, in_call, response};
use viasip::command::ReofferOptions;
use viasip::event::{MediaFault, MediaRequest};

/// The description of the far end that is in force, as a phone repeats it to hold: without names and group.
fn bare() -> String {
    SDP.replace("a=group:BUNDLE 0\r\n", "").replace("a=mid:0\r\n", "").replace("a=sendrecv", "a=sendonly")
}

/// The description that the browser was shown last.
fn shown(side: &Side) -> &str {
    let last = side.media.iter().rev().find_map(|request| match request {
        MediaRequest::RemoteOffer(sdp) | MediaRequest::RemoteAnswer { sdp, .. } => Some(sdp.as_str()),
        _ => None,
    });
    last.expect("a description")
}

/// linphone 5.1 answers with names and group, holds and resumes without them; Chromium refuses what leaves a BUNDLE
/// group, so that the call could not be held.
#[test]
fn a_reoffer_gets_the_names_and_the_group_back() {
    let (mut a, invite) = in_call();
    for (cseq, method, sdp) in
        [(7, "INVITE", bare()), (8, "INVITE", bare().replace("sendonly", "sendrecv")), (9, "UPDATE", bare())]
    {
        a.receive(&from_far(&invite, method, cseq, CONTACT, &sdp));
        a.expect("SIP/2.0 200");
        let shown = shown(&a);
        assert_eq!(
            (shown.matches("a=mid:0\r\n").count(), shown.matches("a=group:BUNDLE 0\r\n").count()),
            (1, 1),
            "{shown}"
        );
        a.receive(&from_far(&invite, "ACK", cseq, "", ""));
    }
}

/// The same in the answer to our own re-INVITE.
#[test]
fn an_answer_gets_them_back_too() {
    let (mut a, _) = in_call();
    let id = a.sessions[0];
    assert!(a.agent.hold(a.instant(), id, true, ReofferOptions::default()).unwrap());
    a.pump();
    let reinvite = a.expect("INVITE");
    a.receive(&response(&reinvite, "200 OK", "far", CONTACT, &bare().replace("sendonly", "recvonly")));
    a.expect("ACK");
    assert!(shown(&a).contains("a=mid:0\r\n") && shown(&a).contains("a=group:BUNDLE 0\r\n"), "{}", shown(&a));
}

/// An offer that was refused is not what is in force: names come from the one before it.
#[test]
fn a_refused_offer_gives_no_names() {
    let (mut a, invite) = in_call();
    a.fail_media = Some((|request| matches!(request, MediaRequest::RemoteOffer(_)), MediaFault::SetRemote));
    a.receive(&from_far(&invite, "INVITE", 7, CONTACT, &SDP.replace("BUNDLE 0", "BUNDLE x").replace("mid:0", "mid:x")));
    a.expect("SIP/2.0 488");
    a.fail_media = None;
    a.receive(&from_far(&invite, "INVITE", 8, CONTACT, &bare()));
    a.expect("SIP/2.0 200");
    assert!(shown(&a).contains("a=mid:0\r\n"), "{}", shown(&a));
}

/// The 488 to a first INVITE said why, that to a re-INVITE did not: the far end heard of a refused hold and nothing more.
#[test]
fn a_refused_reoffer_says_why() {
    for method in ["INVITE", "UPDATE"] {
        let (mut a, invite) = in_call();
        a.fail_media = Some((|request| matches!(request, MediaRequest::RemoteOffer(_)), MediaFault::SetRemote));
        let plain = SDP.replace("a=fingerprint", "a=f").replace("UDP/TLS/RTP/SAVPF", "RTP/AVP");
        a.receive(&from_far(&invite, method, 7, CONTACT, &plain));
        let refused = a.expect("SIP/2.0 488");
        let warning = header(&refused, "Warning").unwrap();
        assert!(warning.contains("DTLS fingerprint") && warning.contains("RTP/AVP"), "{warning}");
        // Where nothing can be seen in the description, nothing is said.
        a.receive(&from_far(&invite, method, 8, CONTACT, SDP));
        assert_eq!(header(&a.expect("SIP/2.0 488"), "Warning"), None);
    }
}
