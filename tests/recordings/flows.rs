//! The flows that are recorded, each written out as what the far end sends and what the app does.
//!
//! The file is long because each flow is a script of its own, which is read from its first line to its last.

use super::{Recorder, Recording};
use crate::support::{CONTACT, SDP, Side, from_far, header, invite, request, response, tag};
use viasip::command::{ReofferOptions, TerminateOptions};
use viasip::event::{RequestId, SessionId, SubscriptionId};
use viasip::message::Method;
use viasip::messaging::RequestOptions;
use viasip::subscription::{Command, NotifierOptions, SubscribeOptions};
use viasip::uri::Uri;

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"a1\", qop=\"auth,auth-int\", \
    opaque=\"o\", algorithm=SHA-256\r\n\
    WWW-Authenticate: Digest realm=\"example.com\", nonce=\"a2\", qop=\"auth\", algorithm=MD5\r\n";
const PROXY_CHALLENGE: &str = "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"p1\", qop=\"auth\"\r\n";
/// The way through two proxies.
const ROUTE: &str = "Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com:5080;transport=tcp;lr>\r\n";
/// A Contact that is not bob's.
const FAR: &str = "Contact: <sip:far@192.0.2.1;transport=ws>\r\n";

/// Every flow.
pub fn all() -> Vec<Recording> {
    vec![
        registration(),
        call_out(),
        call_in(),
        held_call(),
        late_offer(),
        cancelled_by_us(),
        cancelled_by_them(),
        forked_call(),
        rung_reliably(),
        ringing_reliably(),
        refused_calls(),
        transfer(),
        transferred(),
        replaced(),
        watching(),
        watched(),
        messages(),
    ]
}

fn last_call(side: &Side) -> SessionId {
    side.sessions.last().copied().unwrap_or(SessionId(0))
}

fn call(side: &mut Side) {
    side.call("sip:bob@example.com");
}

fn answer(side: &mut Side) {
    let _ = side.agent.answer(side.instant(), last_call(side), &Default::default());
    side.pump();
}

fn hang_up(side: &mut Side) {
    let _ = side.agent.terminate(side.instant(), last_call(side), &TerminateOptions::default());
    side.pump();
}

fn hold(side: &mut Side, on: bool, use_update: bool) {
    let options = ReofferOptions { use_update, ..Default::default() };
    let _ = side.agent.hold(side.instant(), last_call(side), on, options);
    side.pump();
}

fn subscription(side: &mut Side, command: Command) {
    let id = side.subscriptions.last().copied().unwrap_or(SubscriptionId(0));
    let _ = side.agent.subscription(side.instant(), id, command);
    side.pump();
}

/// A frame without a body, with this one.
fn with_body(frame: &str, kind: &str, body: &str) -> String {
    let length = format!("Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    frame.replace("Content-Length: 0\r\n\r\n", &length)
}

/// What a browser answers to an offer.
fn answer_sdp() -> String {
    SDP.replace("setup:actpass", "setup:active")
}

/// The far end takes alice's call, through two proxies.
fn connected(r: &mut Recorder) -> String {
    r.app(call);
    let invite = r.sent("INVITE");
    r.receive(&response(&invite, "100 Trying", "", "", ""));
    r.receive(&response(&invite, "180 Ringing", "far", &format!("{CONTACT}{ROUTE}"), ""));
    r.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}{ROUTE}Allow: INVITE,UPDATE\r\n"), &answer_sdp()));
    r.sent("ACK");
    invite
}

/// Alice takes a call of the far end; the tag of her side.
fn taken(r: &mut Recorder) -> String {
    r.receive(&invite("alice", "1", SDP).replace("Max-", &format!("{ROUTE}Max-")));
    r.app(answer);
    let own = tag(header(&r.sent("SIP/2.0 200"), "To").unwrap());
    r.receive(&request("ACK", "alice", "2", &own, 1, "", ""));
    own
}

fn registration() -> Recording {
    let mut r = Recorder::new("registration", true);
    let granted = |register: &str| {
        let contact = header(register, "Contact").unwrap();
        let gruu = "pub-gruu=\"sip:alice@example.com;gr=urn:uuid:1\";temp-gruu=\"sip:tmp1@example.com;gr\"";
        let lines = format!(
            "Contact: <sip:alice@198.51.100.9>;expires=30, {contact};expires=600;{gruu}\r\n\
             Service-Route: <sip:p1.example.com;lr>\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\n"
        );
        response(register, "200 OK", "r", &lines, "")
    };
    let first = r.sent("REGISTER");
    r.receive(&response(&first, "401 Unauthorized", "r", CHALLENGE, ""));
    let second = r.sent("REGISTER");
    r.receive(&response(&second, "423 Interval Too Brief", "r", "Min-Expires: 700\r\n", ""));
    let third = r.sent("REGISTER");
    r.receive(&granted(&third));
    let refresh = r.due("REGISTER");
    let stale = CHALLENGE.replace("a1", "b1").replace("opaque", "stale=true, opaque");
    r.receive(&response(&refresh, "401 Unauthorized", "r", &stale, ""));
    let again = r.sent("REGISTER");
    r.receive(&response(&again, "503 Service Unavailable", "r", "Retry-After: 5 (busy)\r\n", ""));
    let retried = r.due("REGISTER");
    r.receive(&granted(&retried));
    r.receive(&invite("alice", "1", SDP));
    r.app(hang_up);
    r.sent("SIP/2.0 480");
    r.app(|s| {
        s.agent.unregister(s.instant(), true);
        s.pump();
    });
    let last = r.sent("REGISTER");
    r.receive(&response(&last, "200 OK", "r", "", ""));
    r.done()
}

fn call_out() -> Recording {
    let mut r = Recorder::new("call out", false);
    r.app(call);
    let first = r.sent("INVITE");
    r.receive(&response(&first, "407 Proxy Authentication Required", "p", PROXY_CHALLENGE, ""));
    let invite = r.sent("INVITE");
    r.receive(&response(&invite, "100 Trying", "", "", ""));
    r.receive(&response(&invite, "183 Session Progress", "far", CONTACT, &answer_sdp()));
    r.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    let timer = format!("{CONTACT}Require: timer\r\nSession-Expires: 90;refresher=uac\r\nAllow: INVITE,UPDATE\r\n");
    r.receive(&response(&invite, "200 OK", "far", &timer, &answer_sdp()));
    r.sent("ACK");
    r.receive(&response(&invite, "200 OK", "far", &timer, &answer_sdp()));
    r.sent("ACK");
    let signal = "Signal=5\r\nDuration=160\r\n";
    r.receive(&with_body(&from_far(&invite, "INFO", 1, "", ""), "application/dtmf-relay", signal));
    r.app(|s| {
        let _ = s.agent.dtmf(s.instant(), last_call(s), "1,#", 100, 500, &[]);
        s.pump();
    });
    let info = r.sent("INFO");
    r.receive(&response(&info, "200 OK", "far", "", ""));
    let info = r.due("INFO");
    r.receive(&response(&info, "415 Unsupported Media Type", "far", "Accept: text/plain\r\n", ""));
    r.receive(&from_far(&invite, "OPTIONS", 2, "", ""));
    r.receive(&with_body(&from_far(&invite, "MESSAGE", 3, "", ""), "text/plain", "hello"));
    r.receive(&from_far(&invite, "UPDATE", 4, "Contact: <sip:bob@192.0.2.7;transport=ws>\r\n", ""));
    let refresh = r.due("UPDATE");
    r.receive(&response(&refresh, "200 OK", "far", &timer, ""));
    r.receive(&from_far(&invite, "INVITE", 5, CONTACT, &SDP.replace("1 2 IN", "1 3 IN")));
    r.sent("SIP/2.0 200");
    r.receive(&from_far(&invite, "ACK", 5, "", ""));
    r.receive(&from_far(&invite, "BYE", 6, "Reason: Q.850;cause=16;text=\"Normal\"\r\n", ""));
    r.done()
}

fn call_in() -> Recording {
    let mut r = Recorder::new("call in", false);
    let own = taken(&mut r);
    r.app(|s| {
        let _ = s.agent.info(s.instant(), last_call(s), "text/plain", "ping", None, &["X-Mine: 1".into()]);
        s.pump();
    });
    let info = r.sent("INFO");
    r.receive(&response(&info, "401 Unauthorized", "far", CHALLENGE, ""));
    r.receive(&request("INVITE", "alice", "3", &own, 2, FAR, &SDP.replace("sendrecv", "sendonly")));
    r.sent("SIP/2.0 200");
    r.receive(&request("ACK", "alice", "4", &own, 2, "", ""));
    r.receive(&request("UPDATE", "alice", "5", &own, 3, FAR, SDP));
    r.receive(&request("INFO", "alice", "6", &own, 4, "", ""));
    r.app(|s| {
        let _ = s.agent.send_inside(s.instant(), last_call(s), Method::Options, &[], "");
        s.pump();
    });
    let options = r.sent("OPTIONS");
    r.receive(&response(&options, "200 OK", "far", "Allow: INVITE\r\n", ""));
    r.app(hang_up);
    let bye = r.sent("BYE");
    r.receive(&response(&bye, "200 OK", "far", "", ""));
    r.done()
}

fn held_call() -> Recording {
    let mut r = Recorder::new("held call", false);
    let invite = connected(&mut r);
    r.app(|s| hold(s, true, false));
    let first = r.sent("INVITE");
    r.receive(&response(&first, "491 Request Pending", "far", "", ""));
    r.sent("ACK");
    let again = r.due("INVITE");
    r.receive(&response(&again, "100 Trying", "", "", ""));
    r.receive(&response(&again, "200 OK", "far", CONTACT, &answer_sdp().replace("sendrecv", "recvonly")));
    r.sent("ACK");
    r.receive(&from_far(&invite, "INVITE", 1, CONTACT, &SDP.replace("sendrecv", "sendonly")));
    r.sent("SIP/2.0 200");
    r.receive(&from_far(&invite, "ACK", 1, "", ""));
    r.app(|s| hold(s, false, true));
    let update = r.sent("UPDATE");
    r.receive(&response(&update, "200 OK", "far", CONTACT, &answer_sdp()));
    r.app(|s| {
        let options = ReofferOptions { ice_restart: true, ..Default::default() };
        let _ = s.agent.renegotiate(s.instant(), last_call(s), options);
        s.pump();
    });
    let offer = r.sent("INVITE");
    r.receive(&response(&offer, "488 Not Acceptable Here", "far", "Warning: 304 far \"no\"\r\n", ""));
    r.sent("ACK");
    r.app(hang_up);
    let bye = r.sent("BYE");
    r.receive(&response(&bye, "407 Proxy Authentication Required", "far", PROXY_CHALLENGE, ""));
    r.done()
}

fn late_offer() -> Recording {
    let mut r = Recorder::new("late offer", false);
    r.receive(&invite("alice", "1", ""));
    r.app(answer);
    let own = tag(header(&r.sent("SIP/2.0 200"), "To").unwrap());
    r.receive(&request("ACK", "alice", "2", &own, 1, "", &answer_sdp()));
    r.receive(&request("INVITE", "alice", "3", &own, 2, FAR, ""));
    r.sent("SIP/2.0 200");
    r.receive(&request("ACK", "alice", "4", &own, 2, "", &answer_sdp()));
    r.receive(&request("BYE", "alice", "5", &own, 3, "", ""));
    r.done()
}

fn cancelled_by_us() -> Recording {
    let mut r = Recorder::new("cancelled by us", false);
    r.app(call);
    let invite = r.sent("INVITE");
    r.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    r.receive(&from_far(&invite, "UPDATE", 1, CONTACT, ""));
    r.app(|s| {
        let options = TerminateOptions { status: Some(480), reason: Some("\"too\" late".into()), ..Default::default() };
        let _ = s.agent.terminate(s.instant(), last_call(s), &options);
        s.pump();
    });
    let cancel = r.sent("CANCEL");
    r.receive(&response(&cancel, "200 OK", "far", "", ""));
    r.receive(&response(&invite, "487 Request Terminated", "far", "", ""));
    r.sent("ACK");
    r.receive(&response(&invite, "487 Request Terminated", "far", "", ""));
    // This one is answered before the CANCEL comes there.
    r.app(call);
    let invite = r.sent("INVITE");
    r.receive(&response(&invite, "180 Ringing", "far", CONTACT, ""));
    r.app(hang_up);
    r.sent("CANCEL");
    r.receive(&response(&invite, "200 OK", "far", CONTACT, &answer_sdp()));
    r.sent("ACK");
    let bye = r.sent("BYE");
    r.receive(&response(&bye, "200 OK", "far", "", ""));
    r.done()
}

fn cancelled_by_them() -> Recording {
    let mut r = Recorder::new("cancelled by them", false);
    r.receive(&invite("alice", "1", SDP));
    r.sent("SIP/2.0 180");
    r.receive(&invite("alice", "1", SDP));
    r.receive(&request("CANCEL", "alice", "1", "", 1, "Reason: SIP;cause=200;text=\"elsewhere\"\r\n", ""));
    let gone = r.sent("SIP/2.0 487");
    let own = tag(header(&gone, "To").unwrap());
    r.receive(&request("ACK", "alice", "1", &own, 1, "", ""));
    r.receive(&invite("alice", "2", SDP).replace("far-call", "second"));
    r.at(70_000);
    r.sent("SIP/2.0 408");
    r.done()
}

fn forked_call() -> Recording {
    let mut r = Recorder::new("forked call", false);
    r.app(call);
    let invite = r.sent("INVITE");
    r.receive(&response(&invite, "180 Ringing", "one", CONTACT, ""));
    r.receive(&response(&invite, "183 Session Progress", "two", &format!("{FAR}{ROUTE}"), &answer_sdp()));
    r.receive(&response(&invite, "199 Early Dialog Terminated", "one", CONTACT, ""));
    r.receive(&response(&invite, "200 OK", "two", &format!("{FAR}{ROUTE}"), &answer_sdp()));
    r.sent("ACK");
    r.receive(&response(&invite, "200 OK", "three", CONTACT, &answer_sdp()));
    r.sent("ACK");
    let bye = r.sent("BYE");
    r.receive(&response(&bye, "200 OK", "three", "", ""));
    r.receive(&response(&invite, "200 OK", "three", CONTACT, &answer_sdp()));
    r.receive(&from_far(&invite, "BYE", 1, "", "").replace("tag=far", "tag=two"));
    r.done()
}

fn rung_reliably() -> Recording {
    let mut r = Recorder::new("rung reliably", false);
    let reliable = |rseq: u32| format!("{CONTACT}{ROUTE}Require: 100rel\r\nRSeq: {rseq}\r\n");
    r.app(call);
    let invite = r.sent("INVITE");
    r.receive(&response(&invite, "180 Ringing", "other", &reliable(7), ""));
    let prack = r.sent("PRACK");
    r.receive(&response(&prack, "200 OK", "", "", ""));
    r.receive(&response(&invite, "183 Session Progress", "far", &reliable(100), &answer_sdp()));
    let prack = r.sent("PRACK");
    r.receive(&response(&prack, "401 Unauthorized", "", CHALLENGE, ""));
    let prack = r.sent("PRACK");
    r.receive(&response(&prack, "503 Service Unavailable", "", "", ""));
    r.receive(&response(&invite, "183 Session Progress", "far", &reliable(100), &answer_sdp()));
    r.sent("PRACK");
    r.receive(&response(&invite, "199 Early Dialog Terminated", "other", "Reason: SIP;cause=486\r\n", ""));
    r.receive(&from_far(&invite, "UPDATE", 1, CONTACT, &SDP.replace("1 2 IN", "1 3 IN")));
    r.sent("SIP/2.0 200");
    r.app(|s| hold(s, true, false));
    let update = r.sent("UPDATE");
    r.receive(&response(&update, "200 OK", "", CONTACT, &answer_sdp()));
    r.receive(&response(&invite, "200 OK", "far", &format!("{CONTACT}{ROUTE}"), ""));
    r.sent("ACK");
    r.app(hang_up);
    let bye = r.sent("BYE");
    r.receive(&response(&bye, "200 OK", "", "", ""));
    r.done()
}

fn ringing_reliably() -> Recording {
    let mut r = Recorder::new("ringing reliably", false);
    r.receive(&invite("alice", "1", SDP).replace("Max-", &format!("{ROUTE}Require: 100rel\r\nMax-")));
    let ringing = r.sent("SIP/2.0 180");
    let own = tag(header(&ringing, "To").unwrap());
    let rack = |frame: &str| format!("RAck: {} 1 INVITE\r\n", header(frame, "RSeq").unwrap());
    r.due("SIP/2.0 180");
    r.app(|s| {
        let _ = s.agent.progress(s.instant(), last_call(s), &Default::default());
        s.pump();
    });
    r.receive(&request("PRACK", "alice", "2", &own, 2, &rack(&ringing), ""));
    let early = r.sent("SIP/2.0 183");
    r.receive(&request("PRACK", "alice", "3", &own, 3, &rack(&ringing), ""));
    r.sent("SIP/2.0 481");
    r.app(answer);
    r.receive(&request("PRACK", "alice", "4", &own, 4, &rack(&early), &SDP.replace("1 2 IN", "1 3 IN")));
    r.sent("SIP/2.0 200");
    r.sent("SIP/2.0 200");
    r.receive(&request("ACK", "alice", "5", &own, 1, "", ""));
    r.receive(&request("BYE", "alice", "6", &own, 5, "", ""));
    r.done()
}

fn refused_calls() -> Recording {
    let mut r = Recorder::new("refused calls", false);
    for (status, lines) in [
        ("486 Busy Here", ""),
        ("302 Moved Temporarily", "Contact: <sip:carol@example.com>;q=0.5, <tel:+1>\r\n"),
        ("488 Not Acceptable Here", "Warning: 305 far.example \"Incompatible media format: RTP/AVP\"\r\n"),
        ("401 Unauthorized", CHALLENGE),
    ] {
        r.app(call);
        let invite = r.sent("INVITE");
        r.receive(&response(&invite, "422 Session Interval Too Small", "m", "Min-SE: 1800\r\n", ""));
        let invite = r.sent("INVITE");
        r.receive(&response(&invite, status, "far", lines, ""));
    }
    r.sent("INVITE");
    let plain = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n";
    r.receive(&invite("alice", "1", plain));
    r.sent("SIP/2.0 488");
    r.done()
}

fn transfer() -> Recording {
    let mut r = Recorder::new("transfer", false);
    let invite = connected(&mut r);
    r.app(|s| {
        let _ = s.agent.refer(s.instant(), last_call(s), "<sip:carol@example.com?Replaces=a%3Bto-tag%3Db>", &[], false);
        s.pump();
    });
    let refer = r.sent("REFER");
    let id = header(&refer, "CSeq").unwrap().split(' ').next().unwrap().to_owned();
    r.receive(&response(&refer, "202 Accepted", "far", CONTACT, ""));
    for (cseq, state, body) in [
        (1, "active;expires=60", "SIP/2.0 100 Trying\r\n"),
        (2, "active;expires=60", "SIP/2.0 180 Ringing\r\n"),
        (3, "terminated;reason=noresource", "SIP/2.0 200 OK\r\n"),
    ] {
        let lines = format!("{CONTACT}Event: refer;id={id}\r\nSubscription-State: {state}\r\n");
        let notify = from_far(&invite, "NOTIFY", cseq, &lines, "");
        r.receive(&with_body(&notify, "message/sipfrag;version=2.0", body));
    }
    r.app(hang_up);
    let bye = r.sent("BYE");
    r.receive(&response(&bye, "200 OK", "far", "", ""));
    r.done()
}

fn transferred() -> Recording {
    let mut r = Recorder::new("transferred", false);
    let own = taken(&mut r);
    let lines = format!("{FAR}Refer-To: <sip:carol@example.com>\r\nReferred-By: <sip:far@example.com>\r\n");
    r.receive(&request("REFER", "alice", "3", &own, 2, &lines, ""));
    r.sent("SIP/2.0 202");
    let trying = r.sent("NOTIFY");
    r.receive(&response(&trying, "200 OK", "far", "", ""));
    r.app(|s| {
        let (id, cseq) = (last_call(s), s.referral);
        s.agent.notify_refer(s.instant(), id, cseq, 180, "");
        s.agent.notify_refer(s.instant(), id, cseq, 200, "");
        s.pump();
    });
    let ringing = r.sent("NOTIFY");
    r.receive(&response(&ringing, "200 OK", "far", "", ""));
    let last = r.sent("NOTIFY");
    r.receive(&response(&last, "481 Call/Transaction Does Not Exist", "far", "", ""));
    r.receive(&request("BYE", "alice", "4", &own, 3, "", ""));
    r.done()
}

fn replaced() -> Recording {
    let mut r = Recorder::new("replaced", false);
    let invite = connected(&mut r);
    let (call_id, own) = (header(&invite, "Call-ID").unwrap(), tag(header(&invite, "From").unwrap()));
    let lines = format!("{FAR}Require: replaces\r\nReplaces: {call_id};to-tag={own};from-tag=far\r\n");
    r.receive(&request("INVITE", "alice", "1", "", 1, &lines, SDP));
    r.app(|s| {
        let Some(ticket) = s.replacement.take() else { return };
        let new = SessionId(s.agent.reserve());
        if s.agent.replace(s.instant(), ticket, Some(new)) {
            s.pump();
            let _ = s.agent.answer(s.instant(), new, &Default::default());
        }
        s.pump();
    });
    let ok = r.sent("SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    r.receive(&request("ACK", "alice", "2", &own, 1, "", ""));
    let bye = r.due("BYE");
    r.receive(&response(&bye, "200 OK", "far", "", ""));
    r.receive(&request("BYE", "alice", "3", &own, 2, "", ""));
    r.done()
}

/// A NOTIFY for a SUBSCRIBE of alice.
fn notify_of(subscribe: &str, cseq: u32, state: &str, body: &str) -> String {
    let lines = format!("{CONTACT}{ROUTE}Event: dialog;id=7\r\nSubscription-State: {state}\r\n");
    with_body(&from_far(subscribe, "NOTIFY", cseq, &lines, ""), "application/dialog-info+xml", body)
}

fn watching() -> Recording {
    let mut r = Recorder::new("watching", false);
    r.app(|s| {
        let id = SubscriptionId(s.agent.reserve());
        s.subscriptions.push(id);
        let options = SubscribeOptions {
            target: Uri::parse("sip:bob@example.com").unwrap(),
            event: "dialog;id=7".into(),
            accept: "application/dialog-info+xml".into(),
            expires_s: 100,
            content_type: "text/plain".into(),
            allow_events: "dialog".into(),
            extra_headers: vec!["X-Mine: 1".into()],
            to: String::new(),
            from: "\"Desk; 1\" <sip:desk@example.com>".into(),
            cseq: Some(41),
        };
        subscription(s, Command::Subscribe(Box::new(options), "a filter".into()));
    });
    let first = r.sent("SUBSCRIBE");
    r.receive(&response(&first, "401 Unauthorized", "s", CHALLENGE, ""));
    let subscribe = r.sent("SUBSCRIBE");
    r.receive(&notify_of(&subscribe, 1, "pending;expires=100", ""));
    r.receive(&response(&subscribe, "202 Accepted", "far", &format!("{CONTACT}{ROUTE}Expires: 100\r\n"), ""));
    r.receive(&notify_of(&subscribe, 2, "active;expires=90", "<dialog-info/>"));
    let refresh = r.due("SUBSCRIBE");
    r.receive(&response(&refresh, "423 Interval Too Brief", "far", "Min-Expires: 200\r\n", ""));
    let longer = r.sent("SUBSCRIBE");
    r.receive(&response(&longer, "200 OK", "far", &format!("{CONTACT}Expires: 200\r\n"), ""));
    r.receive(&notify_of(&subscribe, 3, "active", "<dialog-info state=\"full\"/>"));
    r.app(|s| subscription(s, Command::Again { ends: true, body: String::new() }));
    let last = r.sent("SUBSCRIBE");
    r.receive(&response(&last, "200 OK", "far", &format!("{CONTACT}Expires: 0\r\n"), ""));
    r.receive(&notify_of(&subscribe, 4, "terminated;reason=timeout;retry-after=60", ""));
    r.done()
}

fn watched() -> Recording {
    let mut r = Recorder::new("watched", false);
    let lines = format!("{FAR}{ROUTE}Event: presence;id=3\r\nAccept: application/pidf+xml\r\n");
    r.receive(&request("SUBSCRIBE", "alice", "1", "", 1, &format!("{lines}Expires: 600\r\n"), ""));
    r.app(|s| {
        let content_type = "application/pidf+xml".to_owned();
        let options =
            NotifierOptions { content_type, pending: true, default_expires_s: 900, ..NotifierOptions::default() };
        subscription(s, Command::Start(options));
    });
    let own = tag(header(&r.sent("SIP/2.0 200"), "To").unwrap());
    r.app(|s| {
        subscription(s, Command::Activate);
        subscription(s, Command::Notify("<presence/>".into()));
    });
    let notify = r.sent("NOTIFY");
    r.receive(&response(&notify, "407 Proxy Authentication Required", "far", PROXY_CHALLENGE, ""));
    let again = r.due("NOTIFY");
    r.receive(&response(&again, "200 OK", "far", "", ""));
    r.receive(&request("SUBSCRIBE", "alice", "2", &own, 2, &format!("{lines}Expires: 300\r\n"), ""));
    r.app(|s| subscription(s, Command::Notify("<presence>here</presence>".into())));
    let notify = r.sent("NOTIFY");
    r.receive(&response(&notify, "200 OK", "far", "", ""));
    r.receive(&request("SUBSCRIBE", "alice", "3", &own, 3, &format!("{lines}Expires: 0\r\n"), ""));
    r.app(|s| {
        let reason = "noresource".to_owned();
        subscription(s, Command::Terminate { body: "<presence/>".into(), reason, retry_after: Some(60) });
    });
    let last = r.sent("NOTIFY");
    r.receive(&response(&last, "200 OK", "far", "", ""));
    r.done()
}

fn messages() -> Recording {
    let mut r = Recorder::new("messages", false);
    r.receive(&with_body(&request("MESSAGE", "alice", "1", "", 1, "", ""), "text/plain", "hello"));
    r.receive(
        &request("OPTIONS", "alice", "2", "", 1, "Accept: application/sdp\r\n", "").replace("far-call", "second"),
    );
    let lines = "Event: message-summary\r\nSubscription-State: active\r\n";
    let notify = request("NOTIFY", "alice", "3", "", 1, lines, "").replace("far-call", "third");
    r.receive(&with_body(&notify, "application/simple-message-summary", "Messages-Waiting: yes\r\n"));
    r.app(|s| {
        for method in [Method::Message, Method::Options] {
            let id = RequestId(s.agent.reserve());
            let options = RequestOptions {
                target: Uri::parse("sip:bob@example.com;transport=tcp").unwrap(),
                body: "good day, \u{e9}".into(),
                content_type: "text/plain".into(),
                extra_headers: vec!["Subject: a \"word\"".into()],
                from_user: Some("desk".into()),
                from_display_name: Some("The \"Desk\", 1".into()),
            };
            let _ = s.agent.send_request(s.instant(), id, method, options);
            s.pump();
        }
    });
    let message = r.sent("MESSAGE");
    r.receive(&response(&message, "407 Proxy Authentication Required", "far", PROXY_CHALLENGE, ""));
    let message = r.sent("MESSAGE");
    r.receive(&response(&message, "202 Accepted", "far", "", ""));
    let mut options = r.recording.sent.iter().filter(|frame| frame.starts_with("OPTIONS"));
    let answer = response(options.next().unwrap(), "200 OK", "far", "Allow: INVITE\r\nAccept: text/plain\r\n", "");
    r.receive(&answer);
    r.receive("\r\n\r\n");
    r.done()
}
