//! What a private call tells of its caller (RFC 3323, RFC 3325): to the proxy who asks, to nobody else anything.

use crate::support::outside::call_to;
use crate::support::{CONTACT, SDP, Side, config, from_far, header, response, tag};
use viasip::command::{CallOptions, TerminateOptions};
use viasip::message::Method;
use viasip::time::Instant;
use viasip::uri::Uri;

/// Alice, whose names stand nowhere but in her settings; with `gruu` her registrar gave her addresses.
fn alice(gruu: bool) -> Side {
    let mut settings = config("alice");
    settings.display_name = Some("Alice Liddell".into());
    settings.via_host = "r4nd0m.invalid".into();
    settings.contact = Uri::parse("sip:c0nt4ct@r4nd0m.invalid;transport=ws").unwrap();
    settings.call_id_prefix = "pr3f1x".into();
    settings.register = gruu;
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    if gruu {
        let register = a.expect("REGISTER");
        let contact = header(&register, "Contact").unwrap();
        let given = ";pub-gruu=\"sip:alice@example.com;gr=1\";temp-gruu=\"sip:t3mp@example.com;gr\"";
        a.receive(&response(&register, "200 OK", "r", &format!("Contact: {contact}{given}\r\n"), ""));
    }
    a.events.clear();
    a
}

/// She calls without saying who she is, whatever else the app asked for.
fn private_call(a: &mut Side, names: bool) -> String {
    a.call_with(CallOptions {
        anonymous: true,
        from_user: names.then(|| "alice.work".into()),
        from_display_name: names.then(|| "Alice at work".into()),
        ..call_to("sip:bob@example.com")
    });
    a.expect("INVITE")
}

/// Looks for the caller in a frame. The proxy that she asks for privacy may read her address in the INVITE.
#[track_caller]
fn names_nobody(frame: &str) {
    let first = frame.starts_with("INVITE") && !header(frame, "To").unwrap().contains(";tag=");
    for line in frame.lines() {
        let secret = ["Authorization: ", "Proxy-Authorization: "].iter().any(|name| line.starts_with(name));
        let asked = first && line.starts_with("P-Preferred-Identity: ");
        let plain = line.to_ascii_lowercase();
        let told = ["alice", "liddell", "c0nt4ct"].iter().any(|name| plain.contains(name));
        assert!(!told || secret || asked, "{line}\nin {frame}");
    }
    // A proxy that knows who it is would name her in each request (RFC 3325 7).
    let asks = ["ACK", "CANCEL", "SIP/2.0"].iter().any(|start| frame.starts_with(start));
    assert!(asks || header(frame, "Privacy") == Some("id"), "{frame}");
}

/// Checks and hands out what starts like this.
#[track_caller]
fn sent(a: &mut Side, start: &str) -> String {
    let frame = a.expect(start);
    names_nobody(&frame);
    frame
}

fn ask(a: &mut Side, invite: &str, method: &str, cseq: u32, lines: &str, body: &str, status: &str) -> String {
    // The far end knows her as nobody too.
    a.receive(&from_far(invite, method, cseq, lines, body).replace("sip:alice@example.com", "sip:t3mp@example.com"));
    sent(a, status)
}

/// Her REFER said `Referred-By: <sip:alice@example.com>` to the callee; a display name given beside `anonymous` went
/// out in From. Every frame of a call is looked at, with a GRUU and without.
#[test]
fn a_private_call_names_nobody() {
    for (gruu, names) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut a = alice(gruu);
        let first = private_call(&mut a, names);
        names_nobody(&first);
        assert_eq!(header(&first, "P-Preferred-Identity"), Some("sip:alice@example.com"));
        // RFC 5627 3.2: where the registrar gives an address that names nobody, it is where we are found.
        let contact =
            if gruu { "<sip:t3mp@example.com;gr>" } else { "<sip:anonymous@anonymous.invalid;transport=ws;ob>" };
        assert_eq!(header(&first, "Contact"), Some(contact));
        let from = header(&first, "From").unwrap().split(";tag").next().unwrap().to_owned();
        assert_eq!(from, "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
        let id = a.sessions[0];

        a.receive(&response(&first, "422 Session Interval Too Small", "p", "Min-SE: 200\r\n", ""));
        sent(&mut a, "ACK");
        let second = sent(&mut a, "INVITE");
        let challenge = "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"n\"\r\n";
        a.receive(&response(&second, "407 Proxy Authentication Required", "p", challenge, ""));
        sent(&mut a, "ACK");
        let invite = sent(&mut a, "INVITE");

        a.receive(&response(&invite, "183 Session Progress", "far", CONTACT, SDP));
        a.agent.dtmf(a.instant(), id, "1", 100, 500, &[]).unwrap();
        a.pump();
        let info = sent(&mut a, "INFO");
        a.receive(&response(&info, "200 OK", "", "", ""));
        ask(&mut a, &invite, "UPDATE", 2, CONTACT, "", "SIP/2.0 200");
        a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        sent(&mut a, "ACK");
        // A second phone answers.
        a.receive(&response(&invite, "200 OK", "late", CONTACT, SDP));
        sent(&mut a, "ACK");
        let bye = sent(&mut a, "BYE");
        assert_eq!(tag(header(&bye, "To").unwrap()), "late");

        assert!(a.agent.hold(a.instant(), id, true, Default::default()).unwrap());
        a.pump();
        let hold = sent(&mut a, "INVITE");
        a.receive(&response(&hold, "200 OK", "", CONTACT, SDP));
        sent(&mut a, "ACK");
        a.agent.info(a.instant(), id, "text/plain", "x", None, &[]).unwrap();
        a.agent.send_inside(a.instant(), id, Method::Message, &[], "x").unwrap();
        let refer = a.agent.refer(a.instant(), id, "<sip:carol@example.com>", &[], false).unwrap();
        assert!(refer.is_some());
        a.pump();
        for method in ["INFO", "MESSAGE", "REFER"] {
            let request = sent(&mut a, method);
            a.receive(&response(&request, "200 OK", "", "", ""));
        }

        ask(&mut a, &invite, "INVITE", 3, CONTACT, SDP, "SIP/2.0 200");
        a.receive(&from_far(&invite, "ACK", 3, "", ""));
        ask(&mut a, &invite, "UPDATE", 4, CONTACT, "", "SIP/2.0 200");
        ask(&mut a, &invite, "OPTIONS", 5, "", "", "SIP/2.0 200");
        ask(&mut a, &invite, "INFO", 6, "Content-Type: text/plain\r\n", "", "SIP/2.0 200");
        ask(&mut a, &invite, "REFER", 7, "Refer-To: <sip:carol@example.com>\r\n", "", "SIP/2.0 202");
        sent(&mut a, "NOTIFY");
        a.agent.notify_refer(a.instant(), id, 7, 200, "");
        a.pump();
        sent(&mut a, "NOTIFY");
        for at in [60, 120] {
            a.at(at * 1_000);
            while let Some(frame) = a.wire.front().cloned() {
                if frame.starts_with("REGISTER") {
                    a.wire.pop_front();
                    continue;
                }
                let frame = sent(&mut a, frame.split(' ').next().unwrap());
                a.receive(&response(&frame, "200 OK", "", CONTACT, ""));
            }
        }
        a.terminate();
        sent(&mut a, "BYE");
    }
}

/// The refresh of a private call, and its end before it began.
#[test]
fn a_private_call_is_refreshed_and_cancelled_without_a_name() {
    let mut a = alice(false);
    let invite = private_call(&mut a, false);
    a.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}Session-Expires: 90;refresher=uac\r\n"), SDP));
    sent(&mut a, "ACK");
    a.at(45_000);
    sent(&mut a, "UPDATE");
    let mut a = alice(false);
    let invite = private_call(&mut a, false);
    a.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    a.terminate();
    sent(&mut a, "CANCEL");
}

/// An app that makes its call anonymous by itself, in `sending`, got the display name back in the BYE.
#[test]
fn an_anonymous_from_of_the_app_stays_so() {
    let mut settings = config("alice");
    settings.display_name = Some("Alice Liddell".into());
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.rewrite = Some(|headers| {
        for (name, value) in headers.iter_mut().filter(|(name, _)| name == "From") {
            *value = format!("<sip:anonymous@anonymous.invalid>;tag={}", tag(value));
            assert_eq!(name, "From");
        }
    });
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.terminate();
    let bye = a.expect("BYE");
    assert!(header(&bye, "From").unwrap().starts_with("<sip:anonymous@anonymous.invalid>"), "{bye}");
}

/// What an app asks for beside went out in a second field, though all of it belongs into one (RFC 3323 4.2).
#[test]
fn an_app_may_ask_for_more_privacy() {
    let mut a = alice(false);
    let more = vec!["privacy: user;header;id;critical".to_owned()];
    a.call_with(CallOptions { anonymous: true, extra_headers: more.clone(), ..call_to("sip:bob@example.com") });
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.terminate_with(&TerminateOptions { extra_headers: more, ..Default::default() });
    let bye = a.expect("BYE");
    for frame in [invite, bye] {
        let asked: Vec<_> = frame.lines().filter(|line| line.to_lowercase().starts_with("privacy:")).collect();
        assert_eq!(asked, ["privacy: user;header;id;critical"], "{frame}");
    }
}
