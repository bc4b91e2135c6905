//! Answers that come by a ticket, of WebRTC and of the app's listeners: each counts once, for who asked, and only as an
//! answer to what was asked.

use crate::support::outside::call_to;
use crate::support::{CONTACT, SDP, Side, from_far, header, in_call, registering, request, response, tag};
use viasip::agent::Holdings;
use viasip::command::{ReofferOptions, TerminateOptions};
use viasip::event::{
    Asker, Event, Input, MediaAnswer, Output, RequestId, SessionEvent, SessionId, SubscriptionEvent, SubscriptionId,
    Ticket, Verdict,
};
use viasip::message::Method;
use viasip::messaging::RequestOptions;
use viasip::uri::Uri;

/// What an agent does next, in short; the ticket of the last hook or media request.
fn polled(side: &mut Side) -> (Vec<String>, Option<Ticket>) {
    let (mut done, mut last) = (Vec::new(), None);
    while let Some(output) = side.agent.poll_output() {
        let (what, ticket) = match output {
            Output::Media(_, request, ticket) => (format!("{request:?}"), Some(ticket)),
            Output::Send(_, _, bytes) => (String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned(), None),
            Output::Event(event) => told(event),
            other => (format!("{other:?}"), None),
        };
        done.push(what);
        last = ticket.or(last);
    }
    (done, last)
}

fn told(event: Event) -> (String, Option<Ticket>) {
    let variant = |debug: String| debug.split([' ', '(']).next().unwrap().to_owned();
    match event {
        Event::NewSession { ticket, .. } => ("newRTCSession".into(), Some(ticket)),
        Event::NewRequest { ticket, .. } => ("newRequest".into(), Some(ticket)),
        Event::NewSubscribe { ticket, .. } => ("newSubscribe".into(), Some(ticket)),
        Event::RegistrationExpiring(ticket) => ("registrationExpiring".into(), Some(ticket)),
        Event::Dropped { why } => (format!("dropped {why}"), None),
        Event::Session { kind: SessionEvent::Sdp { ticket, .. }, .. } => ("sdp".into(), Some(ticket)),
        Event::Session { kind: SessionEvent::Sending { ticket, .. }, .. } => ("sending".into(), Some(ticket)),
        Event::Session { kind: SessionEvent::Reinvite { ticket, .. }, .. } => ("reinvite".into(), Some(ticket)),
        Event::Session { kind: SessionEvent::Refer { ticket, .. }, .. } => ("refer".into(), Some(ticket)),
        Event::Session { kind: SessionEvent::Replaces { ticket, .. }, .. } => ("replaces".into(), Some(ticket)),
        Event::Subscription { kind: SubscriptionEvent::Subscribe { ticket, .. }, .. } => {
            ("subscribe".into(), Some(ticket))
        }
        Event::Session { kind, .. } => (variant(format!("{kind:?}")), None),
        other => (variant(format!("{other:?}")), None),
    }
}

/// An answer by ticket, of either kind.
#[derive(Clone)]
enum Answer {
    Media(MediaAnswer),
    Hook(Verdict),
}

fn give(side: &mut Side, ticket: Ticket, answer: Answer) {
    let now = side.instant();
    match answer {
        Answer::Media(answer) => side.agent.handle_input(now, Input::Media(ticket, Ok(answer))),
        Answer::Hook(verdict) => side.agent.resume(now, ticket, verdict),
    }
}

fn listened(listened: bool) -> Answer {
    Answer::Hook(Verdict::Listened(listened))
}

fn ready() -> Answer {
    Answer::Media(MediaAnswer::Ready)
}

fn sending() -> Answer {
    Answer::Hook(Verdict::Sending { headers: Vec::new(), body: String::new() })
}

fn reply() -> Answer {
    Answer::Hook(Verdict::Reply { listened: true, reply: None })
}

/// Tickets that the agent never gave out: of the same number and somebody else's, or his and of other numbers; each
/// with an answer that he would take.
fn forged(ticket: Ticket, right: &Answer) -> Vec<(Ticket, Answer)> {
    let mut forged = Vec::new();
    for (asker, answer) in [
        (Asker::Registration, listened(false)),
        (Asker::Reply, reply()),
        (Asker::Nobody, right.clone()),
        (Asker::Call(SessionId(99)), right.clone()),
    ] {
        forged.push((asker, answer));
    }
    for id in 0..9 {
        forged.push((Asker::Sending(RequestId(id)), sending()));
        forged.push((Asker::Notifier(SubscriptionId(id)), listened(false)));
        forged.push((Asker::Call(SessionId(id)), right.clone()));
        forged.push((Asker::Refer(SessionId(id)), listened(false)));
        forged.push((Asker::Replaces(SessionId(id)), listened(false)));
    }
    let number = ticket.number();
    let mut tickets = Vec::new();
    for (asker, answer) in forged {
        if asker == ticket.asker() {
            for other in [0, number - 1, number + 1, number + 100, u32::MAX] {
                tickets.push((Ticket::new(asker, other), answer.clone()));
            }
        } else {
            tickets.push((Ticket::new(asker, number), answer));
        }
    }
    tickets
}

/// Nothing follows on a ticket that looks like this one.
#[track_caller]
fn is_not_forged(side: &mut Side, ticket: Ticket, answer: &Answer) {
    for (forged, answer) in forged(ticket, answer) {
        give(side, forged, answer);
        assert_eq!(polled(side).0, [""; 0], "{forged:?} for {ticket:?}");
    }
}

/// Only this answer brings about what follows, and only once. The next ticket.
#[track_caller]
fn counts_once(side: &mut Side, ticket: Ticket, answer: Answer, follows: &[&str]) -> Option<Ticket> {
    is_not_forged(side, ticket, &answer);
    give(side, ticket, answer.clone());
    let (done, next) = polled(side);
    assert_eq!(done, follows, "{ticket:?}");
    give(side, ticket, answer);
    assert_eq!(polled(side).0, [""; 0], "{ticket:?} twice");
    next
}

fn hear(side: &mut Side, frame: &str) -> (Vec<String>, Option<Ticket>) {
    let flow = side.flow.unwrap();
    side.agent.handle_input(side.instant(), Input::Frame(flow, frame.as_bytes()));
    polled(side)
}

/// Alice calls: the ticket of `newRTCSession`.
fn called(a: &mut Side) -> (SessionId, Ticket) {
    let id = SessionId(a.agent.reserve());
    a.agent.call(a.instant(), id, call_to("sip:bob@example.com")).unwrap();
    (id, polled(a).1.unwrap())
}

#[test]
fn an_answer_counts_once_and_for_who_asked() {
    // A call, up to its INVITE.
    let mut a = Side::connected("alice");
    let (_, ticket) = called(&mut a);
    let ticket = counts_once(&mut a, ticket, listened(true), &["Acquire { offered: None }"]).unwrap();
    let ticket =
        counts_once(&mut a, ticket, ready(), &["Connecting", "Offer { ice_restart: false, trickle: false }"]).unwrap();
    let made = Answer::Media(MediaAnswer::Description(SDP.into()));
    let ticket = counts_once(&mut a, ticket, made, &["sdp"]).unwrap();
    let ticket = counts_once(&mut a, ticket, Answer::Hook(Verdict::Sdp(SDP.into())), &["sending"]).unwrap();
    counts_once(&mut a, ticket, sending(), &["INVITE sip:bob@example.com SIP/2.0"]);

    // Requests outside a dialog, ours and theirs.
    let mut a = Side::connected("alice");
    let options = RequestOptions {
        target: Uri::parse("sip:bob@example.com").unwrap(),
        body: "hello".into(),
        content_type: "text/plain".into(),
        extra_headers: Vec::new(),
        from_user: None,
        from_display_name: None,
    };
    let id = RequestId(a.agent.reserve());
    a.agent.send_request(a.instant(), id, Method::Message, options).unwrap();
    let ticket = polled(&mut a).1.unwrap();
    counts_once(&mut a, ticket, sending(), &["MESSAGE sip:bob@example.com SIP/2.0"]);
    let ticket = hear(&mut a, &request("MESSAGE", "alice", "m", "", 1, "", "")).1.unwrap();
    counts_once(&mut a, ticket, reply(), &["SIP/2.0 200 OK"]);

    // Somebody's subscription.
    let subscribe = request("SUBSCRIBE", "alice", "s", "", 1, &format!("Event: presence\r\n{CONTACT}"), "");
    let ticket = hear(&mut a, &subscribe).1.unwrap();
    counts_once(&mut a, ticket, listened(false), &["SIP/2.0 405 Method Not Allowed"]);

    // What the far end asks inside a call.
    let (mut a, invite) = in_call();
    let lines = format!("{CONTACT}Refer-To: <sip:carol@example.com>\r\n");
    let ticket = hear(&mut a, &from_far(&invite, "REFER", 7, &lines, "")).1.unwrap();
    counts_once(&mut a, ticket, listened(false), &["NOTIFY sip:bob@192.0.2.1;transport=ws SIP/2.0"]);
    let (call, own) = (header(&invite, "Call-ID").unwrap(), tag(header(&invite, "From").unwrap()));
    let lines = format!("{CONTACT}Replaces: {call};to-tag={own};from-tag=far\r\n");
    let ticket = hear(&mut a, &request("INVITE", "alice", "rep", "", 1, &lines, SDP)).1.unwrap();
    for other in [Ticket::new(ticket.asker(), ticket.number() + 1), Ticket::new(Asker::Nobody, ticket.number())] {
        assert!(!a.agent.replace(a.instant(), other, Some(SessionId(50))));
    }
    counts_once(&mut a, ticket, listened(false), &["SIP/2.0 486 Busy Here"]);
    assert!(!a.agent.replace(a.instant(), ticket, Some(SessionId(50))), "it is refused already");

    // The registration.
    let mut a = registering();
    let register = a.expect("REGISTER");
    let granted = format!("Contact: {};expires=600\r\n", header(&register, "Contact").unwrap());
    a.receive(&response(&register, "200 OK", "r", &granted, ""));
    a.now = a.agent.poll_timeout().unwrap().millis();
    a.agent.handle_input(a.instant(), Input::Alarm);
    let (told, ticket) = polled(&mut a);
    assert_eq!(told, ["registrationExpiring"]);
    let ticket = ticket.unwrap();
    is_not_forged(&mut a, ticket, &listened(false));
    give(&mut a, ticket, listened(false));
    a.pump();
    let register = a.expect("REGISTER");
    a.receive(&response(&register, "200 OK", "r", &granted, ""));
    give(&mut a, ticket, listened(false));
    assert_eq!(polled(&mut a).0, [""; 0], "{ticket:?} twice");
}

#[test]
fn an_answer_for_what_is_over_is_dropped() {
    let mut a = Side::connected("alice");
    let (id, ticket) = called(&mut a);
    give(&mut a, ticket, listened(true));
    let media = polled(&mut a).1.unwrap();
    a.agent.terminate(a.instant(), id, &TerminateOptions::default()).unwrap();
    polled(&mut a);
    for ticket in [ticket, media] {
        give(&mut a, ticket, ready());
        give(&mut a, ticket, listened(true));
        assert_eq!(polled(&mut a).0, [""; 0]);
    }
    // Its sender has given up.
    let ticket = hear(&mut a, &request("MESSAGE", "alice", "m", "", 1, "", "")).1.unwrap();
    a.at(60_000);
    give(&mut a, ticket, reply());
    assert_eq!(polled(&mut a).0, [""; 0]);
    assert_eq!(a.agent.holdings(), Holdings::default());
}

#[test]
fn an_answer_of_another_kind_is_dropped_and_told_of() {
    let sdp = || Answer::Hook(Verdict::Sdp(SDP.into()));
    let made = || Answer::Media(MediaAnswer::Description(SDP.into()));
    // The steps of a call up to its INVITE, each with its right answer and some wrong ones.
    let steps = [
        (listened(true), vec![sdp(), sending(), ready()]),
        (ready(), vec![made(), listened(true)]),
        (made(), vec![ready(), sdp()]),
        (sdp(), vec![made(), listened(true), sending()]),
        (sending(), vec![ready(), sdp()]),
    ];
    for (at, (_, wrong)) in steps.iter().enumerate() {
        for wrong in wrong {
            let mut a = Side::connected("alice");
            let (_, mut ticket) = called(&mut a);
            for (right, _) in &steps[..at] {
                give(&mut a, ticket, right.clone());
                ticket = polled(&mut a).1.unwrap();
            }
            give(&mut a, ticket, wrong.clone());
            assert_eq!(polled(&mut a).0, ["dropped Answer to another question than was asked"]);
        }
    }
    // An offer inside a call, ours and theirs.
    for (wrong, theirs) in [(ready(), false), (sdp(), false), (made(), true), (listened(true), true), (sdp(), true)] {
        let (mut a, invite) = in_call();
        let ticket = if theirs {
            hear(&mut a, &from_far(&invite, "INVITE", 7, CONTACT, SDP)).1.unwrap()
        } else {
            let id = a.sessions[0];
            assert!(a.agent.renegotiate(a.instant(), id, ReofferOptions::default()).unwrap());
            polled(&mut a).1.unwrap()
        };
        give(&mut a, ticket, wrong);
        assert_eq!(polled(&mut a).0, ["dropped Answer to another question than was asked"]);
    }
    // A request outside one: it still waits for its answer.
    let mut a = Side::connected("alice");
    let ticket = hear(&mut a, &request("MESSAGE", "alice", "m", "", 1, "", "")).1.unwrap();
    give(&mut a, ticket, sdp());
    assert_eq!(polled(&mut a).0, ["dropped Answer to another question than was asked"]);
    give(&mut a, ticket, reply());
    assert_eq!(polled(&mut a).0, ["SIP/2.0 200 OK"]);
}
