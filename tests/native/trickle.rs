//! Candidates by INFO: Trickle ICE (RFC 8838, 8840), half and full.
//!
//! The file is long because its tests share one vocabulary: who trickles, what was gathered, what an INFO told.

use crate::support::outside::call_to;
use crate::support::{CONTACT, Pair, SDP, Side, config, header, invite, request, response, tag};
use viasip::command::{AnswerOptions, CallOptions, ReofferOptions};
use viasip::config::{Config, TrickleIce};
use viasip::event::{Input, MediaRequest, SessionId};
use viasip::sdp::{Candidate, preferred};

/// What a far end that takes candidates says in INVITE and its answers.
const TAKES: &str = "Supported: trickle-ice\r\nRecv-Info: trickle-ice\r\n";
const HOST: &str = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
const RELAY: &str = "candidate:2 1 udp 1 192.0.2.2 9 typ relay";

/// A description without candidates, of this generation.
fn bare(ufrag: &str) -> String {
    let described = SDP.replace("ufrag:abcd", &format!("ufrag:{ufrag}"));
    described.replace("a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", "a=ice-options:trickle\r\n")
}

/// The same with one candidate.
fn full(ufrag: &str) -> String {
    format!("{}a={HOST} generation 0\r\n", bare(ufrag))
}

fn trickling(name: &'static str, trickle_ice: TrickleIce) -> Side {
    let mut side = Side::new(name, Config { trickle_ice, ..config(name) });
    side.description = bare("abcd");
    side.agent.start(side.instant());
    side.pump();
    side.events.clear();
    side
}

/// Alice calls without waiting; her INVITE is on the wire.
fn hasty() -> (Side, String) {
    let mut a = trickling("alice", TrickleIce::Full);
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    (a, invite)
}

/// Her browser has gathered this, or all.
fn gathers(side: &mut Side, ufrag: &str, line: &str) {
    let id = *side.sessions.last().unwrap();
    let candidate = Candidate { line: line.into(), mid: "0".into(), ufrag: ufrag.into() };
    side.agent.handle_input(side.instant(), Input::Candidate(id, candidate));
    side.pump();
}

fn body(frame: &str) -> &str {
    frame.split_once("\r\n\r\n").unwrap().1
}

fn fragment(ufrag: &str, lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| format!("a={line}\r\n")).collect::<String>();
    format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:0123456789abcdefghijkl\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n{lines}")
}

/// An INFO of the far end in the call that alice placed, or that bob took.
fn told(frame: &str, cseq: u32, far: &str, fragment: &str) -> String {
    let (to, from) = if frame.starts_with("INVITE") { ("From", "To") } else { ("To", "From") };
    let from = header(frame, from).unwrap();
    let tagged = if from.contains(";tag=") { from.to_owned() } else { format!("{from};tag={far}") };
    format!(
        "INFO sip:x@example.com SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bKi{cseq}{far}\r\nMax-Forwards: 70\r\n\
         To: {}\r\nFrom: {tagged}\r\nCall-ID: {}\r\nCSeq: {cseq} INFO\r\nInfo-Package: trickle-ice\r\n\
         Content-Disposition: Info-Package\r\nContent-Type: application/trickle-ice-sdpfrag\r\n\
         Content-Length: {}\r\n\r\n{fragment}",
        header(frame, to).unwrap(),
        header(frame, "Call-ID").unwrap(),
        fragment.len()
    )
    .replace("sip:x@example.com", if to == "From" { "sip:alice@example.com" } else { "sip:bob@example.com" })
}

/// What WebRTC was given of theirs.
fn given(side: &Side) -> Vec<String> {
    let mut lines = Vec::new();
    for request in &side.media {
        if let MediaRequest::AddCandidates(candidates) = request {
            lines.extend(candidates.iter().map(|c| format!("{} {} {}", c.mid, c.ufrag, c.line)));
        }
    }
    lines
}

fn waits(side: &Side) -> Vec<bool> {
    let described = |request: &MediaRequest| match request {
        MediaRequest::Offer { trickle, .. } | MediaRequest::Answer { trickle } => Some(!trickle),
        _ => None,
    };
    side.media.iter().filter_map(described).collect()
}

#[test]
fn an_offer_to_a_stranger_waits_and_says_what_is_taken() {
    let mut a = trickling("alice", TrickleIce::Auto);
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    assert_eq!(waits(&a), [true]);
    assert!(header(&invite, "Supported").unwrap().ends_with(",trickle-ice"), "{invite}");
    assert_eq!(header(&invite, "Recv-Info"), Some("trickle-ice"));
    // All were waited for: nothing is left to tell.
    gathers(&mut a, "abcd", HOST);
    let (mut a, mut b) = (trickling("alice", TrickleIce::Auto), trickling("bob", TrickleIce::Auto));
    a.description = full("abcd");
    a.hold_media = true;
    a.call("sip:bob@example.com");
    a.release_media();
    gathers(&mut a, "abcd", HOST);
    gathers(&mut a, "abcd", "");
    a.release_media();
    let invite = a.expect("INVITE");
    b.receive(&invite);
    assert_eq!(header(&b.expect("SIP/2.0 180"), "Recv-Info"), Some("trickle-ice"));
    a.hold_media = false;
    a.receive(&response(&invite, "180 Ringing", "far", &[CONTACT, TAKES].concat(), ""));
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    a.expect_nothing();
}

/// Which candidates came after the description, because one server was silent, is told as soon as there is somebody who
/// takes them.
#[test]
fn what_half_trickle_did_not_wait_for_is_told() {
    let mut a = trickling("alice", TrickleIce::Auto);
    a.description = full("abcd");
    a.hold_media = true;
    a.call("sip:bob@example.com");
    a.release_media();
    gathers(&mut a, "abcd", HOST);
    a.release_media();
    a.hold_media = false;
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "180 Ringing", "far", &[CONTACT, TAKES].concat(), ""));
    a.expect_nothing();
    gathers(&mut a, "abcd", RELAY);
    assert_eq!(body(&a.expect("INFO")), fragment("abcd", &[HOST, RELAY]));
}

#[test]
fn a_full_trickle_tells_all_of_its_generation_in_each_info() {
    let (mut a, invite) = hasty();
    assert_eq!(waits(&a), [false]);
    gathers(&mut a, "abcd", HOST);
    // Nobody has a dialog with us yet.
    a.expect_nothing();
    a.receive(&response(&invite, "100 Trying", "", "", ""));
    a.expect_nothing();
    a.receive(&response(&invite, "180 Ringing", "far", &[CONTACT, TAKES].concat(), ""));
    let info = a.expect("INFO");
    assert_eq!(header(&info, "Info-Package"), Some("trickle-ice"));
    assert_eq!(header(&info, "Content-Disposition"), Some("Info-Package"));
    assert_eq!(header(&info, "Content-Type"), Some("application/trickle-ice-sdpfrag"));
    assert_eq!(body(&info), fragment("abcd", &[HOST]));
    // One at a time: what gathers meanwhile is told at once when it is answered.
    gathers(&mut a, "abcd", RELAY);
    gathers(&mut a, "abcd", RELAY);
    gathers(&mut a, "abcd", "");
    a.expect_nothing();
    a.receive(&response(&info, "200 OK", "", "", ""));
    let info = a.expect("INFO");
    assert_eq!(body(&info), fragment("abcd", &[HOST, RELAY, "end-of-candidates"]));
    a.receive(&response(&info, "200 OK", "", "", ""));
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    a.expect_nothing();
    // The app sees nothing of it.
    let events: Vec<_> = a.events.iter().filter(|e| e.contains("Info") || e.contains("request")).collect();
    assert!(events.is_empty(), "{events:?}");
}

/// An address that said so is called without waiting from then on, until somebody answers there who does not take it.
#[test]
fn an_address_that_took_candidates_is_remembered() {
    let mut a = trickling("alice", TrickleIce::Auto);
    for (said, waited) in [(TAKES, true), (TAKES, false), ("", false), ("", true), ("Supported: trickle-ice\r\n", true)]
    {
        a.media.clear();
        a.call("sip:bob@example.com;x=y");
        let invite = a.expect("INVITE");
        assert_eq!(waits(&a), [waited], "{said}");
        a.receive(&response(&invite, "200 OK", "far", &[CONTACT, said].concat(), &bare("efgh")));
        a.expect("ACK");
        a.terminate();
        a.wire.clear();
    }
    // So is one that called, but for one whose descriptions somebody else writes.
    for (sdp, waited) in [(SDP.to_owned(), true), (bare("efgh"), false)] {
        let mut b = trickling("bob", TrickleIce::Auto);
        b.receive(&invite("bob", "1", &sdp).replace("Content-Type", &format!("{TAKES}Content-Type")));
        b.expect("SIP/2.0 180");
        b.call("sip:far@example.com");
        assert_eq!(waits(&b), [waited]);
    }
    // What is remembered is bounded, the oldest goes first, and nobody makes it long.
    let mut b = trickling("bob", TrickleIce::Auto);
    let names: Vec<_> = (0..66).map(|n| if n == 65 { "x".repeat(300) } else { format!("u{n}") }).collect();
    for (n, name) in names.iter().enumerate() {
        let invite = invite("bob", &n.to_string(), &bare("efgh")).replace("sip:far@", &format!("sip:{name}@"));
        b.receive(&invite.replace("far-call", name).replace("Content-Type", &format!("{TAKES}Content-Type")));
        b.terminate();
    }
    for (name, waited) in [(&names[0], true), (&names[1], false), (&names[64], false), (&names[65], true)] {
        b.media.clear();
        b.call(&format!("sip:{name}@example.com"));
        assert_eq!(waits(&b), [waited], "{name}");
    }
}

/// Our offer left without candidates, and a phone answered that takes none later: it is told them by another offer.
#[test]
fn a_phone_that_takes_none_later_gets_them_by_a_further_offer() {
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "200 OK", "far", CONTACT, &bare("efgh")));
    a.expect("ACK");
    let again = a.expect("INVITE");
    assert!(header(&again, "To").unwrap().contains(";tag=far"));
    assert_eq!(waits(&a), [false, true]);
}

#[test]
fn each_early_dialog_is_told_by_itself_and_those_that_lost_no_more() {
    let (mut a, invite) = hasty();
    gathers(&mut a, "abcd", HOST);
    a.receive(&response(&invite, "180 Ringing", "one", &[CONTACT, TAKES].concat(), ""));
    a.receive(&response(&invite, "180 Ringing", "two", &[CONTACT, TAKES].concat(), ""));
    a.receive(&response(&invite, "180 Ringing", "three", CONTACT, ""));
    let infos = [a.expect("INFO"), a.expect("INFO")];
    assert_eq!(infos.each_ref().map(|info| tag(header(info, "To").unwrap())), ["one", "two"]);
    a.expect_nothing();
    a.receive(&response(&infos[1], "200 OK", "", "", ""));
    a.receive(&response(&invite, "200 OK", "two", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    gathers(&mut a, "abcd", RELAY);
    assert_eq!(tag(header(&a.expect("INFO"), "To").unwrap()), "two");
    // What the other one still answers is no reason to tell it more, least of all in the dialog of the one that stays.
    a.receive(&response(&infos[0], "200 OK", "", "", ""));
    a.expect_nothing();
    assert!(!a.events.iter().any(|event| event.starts_with("ended")), "{:?}", a.events);
}

/// A callee answers at once, and tells once it knows that the caller has the dialog: by its ACK, or by an INFO before.
#[test]
fn a_callee_answers_at_once_and_tells_when_the_caller_is_there() {
    for early in [false, true] {
        let mut b = trickling("bob", TrickleIce::Auto);
        b.receive(&invite("bob", "1", &bare("efgh")).replace("Content-Type", &format!("{TAKES}Content-Type")));
        let ringing = b.expect("SIP/2.0 180");
        if early {
            b.receive(&told(&ringing, 2, "far", &fragment("efgh", &[HOST])));
            b.expect("SIP/2.0 200");
            assert_eq!(given(&b).len(), 0, "nobody has answered");
        }
        b.answer();
        assert_eq!(waits(&b), [false]);
        let ok = b.expect("SIP/2.0 200");
        assert_eq!(header(&ok, "Recv-Info"), Some("trickle-ice"));
        assert_eq!(given(&b), if early { vec![format!("0 efgh {HOST}")] } else { Vec::new() });
        gathers(&mut b, "abcd", HOST);
        if !early {
            b.expect_nothing();
            b.receive(&request("ACK", "bob", "2", &tag(header(&ok, "To").unwrap()), 1, "", ""));
        }
        assert_eq!(body(&b.expect("INFO")), fragment("abcd", &[HOST]));
    }
    // To one who takes none later the answer waits.
    let mut b = trickling("bob", TrickleIce::Auto);
    b.receive(&invite("bob", "1", &bare("efgh")));
    b.answer();
    assert_eq!(waits(&b), [true]);
}

/// Two of ours: each has the candidates of the other, whoever is faster.
#[test]
fn two_ends_exchange_their_candidates() {
    let mut pair = Pair::new();
    for side in [&mut pair.a, &mut pair.b] {
        *side = trickling(side.name, TrickleIce::Full);
    }
    pair.b.description = bare("efgh");
    pair.a.call("sip:bob@example.com");
    gathers(&mut pair.a, "abcd", HOST);
    pair.carry();
    pair.b.answer();
    gathers(&mut pair.b, "efgh", RELAY);
    pair.carry();
    for side in [(&mut pair.a, "abcd"), (&mut pair.b, "efgh")] {
        gathers(side.0, side.1, "");
    }
    pair.carry();
    assert_eq!(given(&pair.a), [format!("0 efgh {RELAY}"), "0 efgh ".to_owned()]);
    assert_eq!(given(&pair.b), [format!("0 abcd {HOST}"), "0 abcd ".to_owned()]);
    assert_eq!(pair.ladder.join("\n") + "\n", include_str!("../ladders/trickle.txt"));
}

/// Candidates of a generation that nobody goes by are not given to WebRTC: those of the next one wait for its
/// description, those of the last one are forgotten.
#[test]
fn candidates_belong_to_their_generation() {
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "180 Ringing", "far", &[CONTACT, TAKES].concat(), ""));
    a.receive(&told(&invite, 7, "far", &fragment("efgh", &[HOST])));
    a.expect("SIP/2.0 200");
    assert_eq!(given(&a).len(), 0);
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    a.receive(&told(&invite, 8, "far", &fragment("efgh", &[HOST, RELAY])));
    a.receive(&told(&invite, 9, "far", &fragment("old1", &[HOST])));
    a.receive(&told(&invite, 10, "far", &fragment("new1", &[HOST])));
    assert_eq!(given(&a), [format!("0 efgh {HOST}"), format!("0 efgh {RELAY}")]);
    a.wire.clear();
    // ICE starts anew: our offer need not wait, and what we tell is of its generation alone.
    gathers(&mut a, "abcd", HOST);
    let info = a.expect("INFO");
    a.receive(&response(&info, "200 OK", "", "", ""));
    a.media.clear();
    a.description = bare("next");
    let id = a.sessions[0];
    let restart = ReofferOptions { ice_restart: true, ..ReofferOptions::default() };
    a.agent.renegotiate(a.instant(), id, restart).unwrap();
    a.pump();
    let offer = a.expect("INVITE");
    assert_eq!(header(&offer, "Recv-Info"), Some("trickle-ice"));
    assert!(a.media.contains(&MediaRequest::Offer { ice_restart: true, trickle: true }), "{:?}", a.media);
    gathers(&mut a, "next", RELAY);
    // Behind the offer, or a proxy might let it overtake.
    a.expect_nothing();
    a.receive(&response(&offer, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("new1")));
    a.expect("ACK");
    assert_eq!(body(&a.expect("INFO")), fragment("next", &[RELAY]));
    assert_eq!(given(&a), [format!("0 new1 {HOST}")]);
    a.receive(&told(&invite, 11, "far", &fragment("efgh", &[HOST, RELAY])));
    assert_eq!(given(&a), [format!("0 new1 {HOST}")]);
}

/// Theirs starts ICE anew: our answer need not wait either.
#[test]
fn an_offer_of_theirs_is_answered_at_once() {
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    a.media.clear();
    a.description = bare("next");
    a.receive(&crate::support::from_far(&invite, "INVITE", 7, CONTACT, &bare("new1")));
    assert_eq!(waits(&a), [false]);
    a.expect("SIP/2.0 200");
    gathers(&mut a, "next", HOST);
    assert_eq!(body(&a.expect("INFO")), fragment("next", &[HOST]));
}

/// A far end that refuses an INFO gets no other, and the call goes on, also after 481. One that met a broken line is
/// sent again.
#[test]
fn a_refused_info_ends_the_trickling_and_not_the_call() {
    for status in ["469 Bad Info Package", "481 Call/Transaction Does Not Exist", "415 Unsupported Media Type"] {
        let (mut a, invite) = hasty();
        a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
        a.expect("ACK");
        gathers(&mut a, "abcd", HOST);
        let info = a.expect("INFO");
        a.events.clear();
        a.receive(&response(&info, status, "", "", ""));
        // The rest goes by an offer that waits for it.
        let offer = a.expect("INVITE");
        assert_eq!(waits(&a), [false, true]);
        gathers(&mut a, "abcd", RELAY);
        a.receive(&response(&offer, "200 OK", "far", CONTACT, &bare("efgh")));
        a.expect("ACK");
        gathers(&mut a, "abcd", "");
        a.expect_nothing();
        assert!(!a.events.iter().any(|event| event.contains("Info") || event.contains("request")), "{:?}", a.events);
    }
    // Nor does silence: what got lost is told again with what is new.
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    gathers(&mut a, "abcd", HOST);
    a.expect("INFO");
    a.events.clear();
    a.at(40_000);
    a.expect_nothing();
    gathers(&mut a, "abcd", RELAY);
    let info = a.expect("INFO");
    assert_eq!(body(&info), fragment("abcd", &[HOST, RELAY]));
    a.receive(&response(&info, "480 Temporarily Unavailable", "", "", ""));
    a.expect_nothing();
    gathers(&mut a, "abcd", "");
    a.expect("INFO");
    a.told(&[]);
}

#[test]
fn a_call_may_end_while_an_info_is_out() {
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    gathers(&mut a, "abcd", HOST);
    let info = a.expect("INFO");
    a.terminate();
    a.expect("BYE");
    a.events.clear();
    a.receive(&response(&info, "200 OK", "", "", ""));
    gathers(&mut a, "abcd", RELAY);
    a.receive(&told(&invite, 7, "far", &fragment("efgh", &[HOST])));
    a.expect("SIP/2.0 481");
    a.expect_nothing();
    a.told(&[]);
}

/// Who sends an answer in a 1xx that nobody acknowledges repeats it until an INFO comes (RFC 8840 4.3.1.2).
#[test]
fn an_answer_in_a_1xx_is_acknowledged_by_an_info() {
    for (reliable, acknowledged) in [("", true), ("RSeq: 1\r\nRequire: 100rel\r\n", false)] {
        let mut a = trickling("alice", TrickleIce::Auto);
        a.description = full("abcd");
        a.hold_media = true;
        a.call("sip:bob@example.com");
        a.release_media();
        gathers(&mut a, "abcd", HOST);
        a.release_media();
        let invite = a.expect("INVITE");
        a.receive(&response(&invite, "183 Progress", "far", &[CONTACT, TAKES, reliable].concat(), &bare("efgh")));
        assert_eq!(
            a.wire.pop_front().map(|info| body(&info) == fragment("abcd", &[HOST])),
            acknowledged.then_some(true)
        );
    }
}

/// Turned off, nothing says that there is such a thing, and an INFO with candidates is as any unknown package.
#[test]
fn turned_off_there_is_no_such_thing() {
    let answer = |trickle_ice| AnswerOptions { trickle_ice: Some(trickle_ice), ..AnswerOptions::default() };
    let offer = invite("bob", "1", &bare("efgh")).replace("Content-Type", &format!("{TAKES}Content-Type"));
    for (ua, call) in [(TrickleIce::Off, None), (TrickleIce::Full, Some(TrickleIce::Off))] {
        let mut a = trickling("alice", ua);
        a.call_with(CallOptions { trickle_ice: call, ..call_to("sip:bob@example.com") });
        let invite = a.expect("INVITE");
        assert!(!invite.contains("trickle-ice") && !invite.contains("Recv-Info"), "{invite}");
        a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
        a.expect("ACK");
        gathers(&mut a, "abcd", HOST);
        a.expect_nothing();
        a.receive(&told(&invite, 7, "far", &fragment("efgh", &[HOST])));
        assert_eq!(header(&a.expect("SIP/2.0 469"), "Recv-Info").map(str::trim), Some(""));
        assert_eq!((given(&a).len(), waits(&a)), (0, vec![true]));

        let mut b = trickling("bob", ua);
        b.receive(&offer);
        let ringing = b.expect("SIP/2.0 180");
        assert_eq!(ringing.contains("trickle-ice"), call.is_some());
        b.agent.answer(b.instant(), b.sessions[0], &answer(TrickleIce::Off)).unwrap();
        b.pump();
        let ok = b.expect("SIP/2.0 200");
        assert!(!ok.contains("trickle-ice") && !ok.contains("Recv-Info"), "{ok}");
        assert_eq!(waits(&b), [true]);
    }
    let mut b = trickling("bob", TrickleIce::Off);
    b.receive(&offer.replace("Supported: ", "Require: "));
    assert_eq!(header(&b.expect("SIP/2.0 420"), "Unsupported"), Some("trickle-ice"));
    // And on for a call where it is off for the rest.
    let mut b = trickling("bob", TrickleIce::Off);
    b.receive(&offer);
    b.expect("SIP/2.0 180");
    b.agent.answer(b.instant(), b.sessions[0], &answer(TrickleIce::Auto)).unwrap();
    b.pump();
    assert_eq!(header(&b.expect("SIP/2.0 200"), "Recv-Info"), Some("trickle-ice"));
}

/// What is malformed costs itself alone, and what is too much is left out: WebRTC gets what is sound, once.
#[test]
fn hostile_fragments_are_read_as_far_as_they_are_sound() {
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    a.events.clear();
    let long = format!("candidate:{}", "x".repeat(600));
    let own = "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n";
    let broken = [
        String::new(),
        "\0\r\n\r\n=\r\na\r\nm=\r\na=mid\r\na=ice-ufrag\r\n".to_owned(),
        format!("a=ice-ufrag:efgh\r\na={HOST}\r\n"),
        format!("{own}a={HOST}\r\n"),
        fragment("efgh", &[&long]),
        fragment("efgh", &["candidate:1 \0", "candidatex"]),
        fragment("efgh", &["candidate:1\0 1 udp 1 192.0.2.1 9 typ host"]),
        fragment(&"f".repeat(300), &[HOST]),
    ];
    for (cseq, fragment) in (7..).zip(&broken) {
        a.receive(&told(&invite, cseq, "far", fragment));
        a.expect("SIP/2.0 200");
    }
    assert_eq!(given(&a).len(), 0, "{:?}", a.media);
    assert!(a.events.iter().all(|event| event == "dropped Candidate that cannot be used"), "{:?}", a.events);
    // Beside it the rest counts.
    a.receive(&told(&invite, 19, "far", &fragment("efgh", &["candidate:\0", HOST])));
    a.expect("SIP/2.0 200");
    assert_eq!(given(&a), [format!("0 efgh {HOST}")]);
    // A thousand of them in one frame, and then once more.
    let many: Vec<_> = (0..1_000).map(|n| format!("candidate:{n} 1 udp 1 h 9 typ host")).collect();
    let many = fragment("efgh", &many.iter().map(String::as_str).collect::<Vec<_>>());
    for cseq in [20, 21] {
        a.receive(&told(&invite, cseq, "far", &many));
        a.expect("SIP/2.0 200");
    }
    assert_eq!(given(&a).len(), 128);
    // Another body in that package.
    let other = told(&invite, 22, "far", "x").replace("application/trickle-ice-sdpfrag", "text/plain");
    a.receive(&other);
    assert_eq!(header(&a.expect("SIP/2.0 415"), "Accept"), Some("application/trickle-ice-sdpfrag"));
}

/// A candidate that an app's own RTCPeerConnection makes up breaks no line.
#[test]
fn candidates_of_ours_break_no_line() {
    let (mut a, invite) = hasty();
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    gathers(&mut a, "abcd", "candidate:1\r\na=mid:1");
    gathers(&mut a, "abcd", "x");
    gathers(&mut a, "abcd\r\n", HOST);
    a.expect_nothing();
    for n in 0..200 {
        gathers(&mut a, "abcd", &format!("candidate:{n} 1 udp 1 192.0.2.1 9 typ host"));
    }
    let info = a.expect("INFO");
    a.receive(&response(&info, "200 OK", "", "", ""));
    assert_eq!(body(&a.expect("INFO")).matches("a=candidate").count(), 128);
}

/// An app took the addresses of its host out of each description, and they went by INFO.
#[test]
fn what_an_app_takes_out_of_a_description_goes_by_no_info() {
    let mut a = trickling("alice", TrickleIce::Full);
    a.description = full("abcd");
    a.edit = Some(|sdp| sdp.replace(&format!("a={HOST} generation 0\r\n"), ""));
    a.call("sip:bob@example.com");
    gathers(&mut a, "abcd", HOST);
    let invite = a.expect("INVITE");
    assert!(!invite.contains(HOST));
    a.receive(&response(&invite, "180 Ringing", "far", &[CONTACT, TAKES].concat(), ""));
    gathers(&mut a, "abcd", RELAY);
    a.receive(&response(&invite, "200 OK", "far", &[CONTACT, TAKES].concat(), &bare("efgh")));
    a.expect("ACK");
    // So it is by an offer that the rest goes, which waits for all of it.
    a.expect("INVITE");
    a.expect_nothing();
    assert_eq!(waits(&a), [false, true]);
    // And so it is where ours is the answer.
    let mut b = trickling("bob", TrickleIce::Auto);
    b.description = full("abcd");
    b.edit = Some(|sdp| sdp.replace(&format!("a={HOST} generation 0\r\n"), ""));
    b.receive(
        &crate::support::invite("bob", "1", &bare("efgh")).replace("Content-Type", &format!("{TAKES}Content-Type")),
    );
    b.answer();
    b.expect("SIP/2.0 180");
    let ok = b.expect("SIP/2.0 200");
    gathers(&mut b, "abcd", RELAY);
    b.receive(&request("ACK", "bob", "2", &tag(header(&ok, "To").unwrap()), 1, "", ""));
    b.expect("INVITE");
    b.expect_nothing();
    assert_eq!(waits(&b), [false, true]);
}

/// A page that goes on with a call knows that the far end takes candidates, or learns it by the answer to its first offer
/// of a far end that did not say so before.
#[test]
fn the_next_page_of_a_call_trickles_too() {
    for (before, again, waited) in [(TAKES, TAKES, false), ("", TAKES, true)] {
        let mut a = trickling("alice", TrickleIce::Auto);
        a.call("sip:bob@example.com");
        let invite = a.expect("INVITE");
        a.receive(&response(&invite, "200 OK", "far", &[CONTACT, before].concat(), &bare("efgh")));
        let kept = a.agent.keep(a.instant(), a.sessions[0]).unwrap();
        let mut a = trickling("alice", TrickleIce::Auto);
        let id = SessionId(a.agent.reserve());
        a.agent.resume_call(a.instant(), id, &kept).unwrap();
        a.pump();
        let offer = a.at(1_000).expect("INVITE");
        assert_eq!(waits(&a), [waited]);
        a.receive(&response(&offer, "200 OK", "far", &[CONTACT, again].concat(), &bare("new1")));
        a.expect("ACK");
        gathers(&mut a, "abcd", HOST);
        assert_eq!(body(&a.expect("INFO")), fragment("abcd", &[&preferred(HOST, 1)]));
    }
}

/// An unknown call has no candidates.
#[test]
fn a_candidate_of_no_call_is_nothing() {
    let mut a = trickling("alice", TrickleIce::Auto);
    let candidate = Candidate { line: HOST.into(), mid: "0".into(), ufrag: "abcd".into() };
    a.agent.handle_input(a.instant(), Input::Candidate(SessionId(99), candidate));
    a.pump();
    a.expect_nothing();
}
