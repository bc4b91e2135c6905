//! Messages meant to break a parser, after RFC 4475 and RFC 5118, judged by an agent.
//!
//! `torture/` holds one message of our own for each trait that those RFCs show. Their own 61 messages are judged too, from
//! `../shared/corpora` or the folder that `VIASIP_CORPORA` names (`rfc4475/*.dat` and `rfc5118/wire/*.sip`). That they are
//! missing is a failure; `VIASIP_CORPORA=none` says that one goes on without them.

mod judge;
mod table;

use self::judge::{answer, corpora, judge, ours, read_everything, response_for, theirs};
use self::table::{NAMED, TRAITS};
use crate::support::{Pair, Side, header};
use viasip::event::Input;
use viasip::message::{Frame, Method, Request, Response, parse};

#[test]
fn all_messages_of_the_rfcs_are_there() {
    let Some(folder) = corpora() else { return };
    let missing: Vec<_> = TRAITS.iter().filter(|(at, name, ..)| theirs(at, name).is_none()).map(|t| t.1).collect();
    assert!(
        missing.is_empty(),
        "{} lacks {missing:?}: the appendices of RFC 4475 and RFC 5118 hold them as archives, VIASIP_CORPORA names their \
         folder, and VIASIP_CORPORA=none goes on without them",
        folder.display()
    );
}

#[test]
fn our_messages_get_the_verdicts_of_the_rfcs() {
    let wrong: Vec<_> = TRAITS
        .iter()
        .filter_map(|(at, .., own, verdict)| judge(&format!("{at} {own}"), &ours(own), *verdict))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rfcs_messages_get_their_verdicts() {
    let wrong: Vec<_> = TRAITS
        .iter()
        .filter_map(|(at, name, verdict, ..)| judge(&format!("{at} {name}"), &theirs(at, name)?, *verdict))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn answers_name_what_they_have_to() {
    for (name, field, value) in NAMED {
        let Some(message) = bytes_of(name) else { continue };
        assert_eq!(header(&answer(&message), field), Some(value), "{name}");
    }
}

/// A response that is silently dropped because nobody waits for it shows little: here an INVITE waits for it.
#[test]
fn responses_to_an_open_invite_are_taken_or_dropped() {
    for name in ["unreason", "reason_in_unicode"] {
        let Some((sent, told)) = bytes_of(name).map(|message| response_for(&message)) else { continue };
        assert!(sent.len() == 1 && sent[0].starts_with("ACK "), "{name}: {sent:?}");
        assert!(told.contains(&"confirmed local".to_owned()), "{name}: {told:?}");
    }
    for name in ["noreason", "reason_absent"] {
        let met = bytes_of(name).map(|message| response_for(&message));
        assert!(met.is_none_or(|(sent, told)| sent.is_empty() && told.is_empty()), "{name}");
    }
    for name in
        ["scalarlg", "numbers_too_large_response", "bigcode", "status_too_large", "bcast", "response_for_another"]
    {
        let Some((sent, told)) = bytes_of(name).map(|message| response_for(&message)) else { continue };
        assert!(sent.is_empty() && told.len() == 1 && told[0].starts_with("dropped"), "{name}: {sent:?} {told:?}");
    }
}

#[test]
fn nothing_panics_when_cut_or_damaged() {
    let mut count = 0;
    let mut bob = Side::connected("bob");
    for bytes in TRAITS.iter().flat_map(|(at, name, _, own, _)| [Some(ours(own)), theirs(at, name)]).flatten() {
        for end in (0..bytes.len()).step_by(16).chain([bytes.len()]) {
            read_everything(&bytes[..end]);
            let flow = bob.flow.unwrap();
            bob.agent.handle_input(bob.instant(), Input::Frame(flow, &bytes[..end]));
            bob.pump();
            count += 1;
        }
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() {
            damaged[at] = *b"\0\"<>;,:%\\\r\n \xff".get(at % 13).unwrap();
            read_everything(&damaged);
            damaged[at] = bytes[at];
            count += 1;
        }
    }
    println!("{count} messages read");
    // Whoever lived through all of them is still there for a call.
    bob.at(200_000);
    bob.wire.clear();
    bob.events.clear();
    let mut pair = Pair::new();
    pair.b = bob;
    pair.a.call("sip:bob@example.com");
    pair.carry();
    pair.b.answer();
    pair.carry();
    assert_eq!(pair.b.events.last().map(String::as_str), Some("confirmed remote"));
}

/// A message by its name, whether the RFCs' or ours.
fn bytes_of(name: &str) -> Option<Vec<u8>> {
    let of_rfc = TRAITS.iter().find(|(_, theirs, ..)| *theirs == name);
    of_rfc.map_or_else(|| Some(ours(name)), |(at, ..)| theirs(at, name))
}

fn request_of(name: &str) -> Request {
    match parse(&bytes_of(name).unwrap()) {
        Ok(Frame::Request(request)) => *request,
        other => panic!("{name}: {other:?}"),
    }
}

fn response_of(name: &str) -> Response {
    match parse(&bytes_of(name).unwrap()) {
        Ok(Frame::Response(response)) => *response,
        other => panic!("{name}: {other:?}"),
    }
}

/// The values that RFC 4475 names in the text beside its messages.
#[test]
fn the_values_that_rfc_4475_names_are_read() {
    if bytes_of("wsinv").is_none() {
        return;
    }
    let wsinv = request_of("wsinv");
    assert_eq!((wsinv.to.tag(), wsinv.from_tag(), wsinv.cseq), (Some("1918181833n"), "98asjd8", 9));
    assert_eq!((wsinv.max_forwards(), wsinv.headers.values("Via").len()), (Some(68), 3));
    assert_eq!(wsinv.from_address().unwrap().display_name.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(wsinv.via.branch(), Some("390skdjuw"));
    assert_eq!(wsinv.headers.first("NewFangledHeader"), Some("newfangled value continued newfangled value"));
    let contact = wsinv.contact().unwrap();
    assert_eq!((contact.params.value("newparam"), contact.params.value("q")), (Some("newvalue"), Some("0.33")));
    let esc01 = request_of("esc01");
    assert_eq!(esc01.uri.user_decoded().as_deref(), Some("sips:user@example.com"));
    assert_eq!(esc01.to_address().unwrap().uri.user_decoded().as_deref(), Some("user"));
    assert_eq!(esc01.from_address().unwrap().uri.user_decoded().as_deref(), Some("I have spaces"));
    let escnull = request_of("escnull");
    assert_eq!(escnull.contact().unwrap().uri.user_decoded().as_deref(), Some("\0"));
    assert_eq!(request_of("esc02").method, Method::Other("RE%47IST%45R".to_owned()));
    assert_eq!(request_of("esc02").headers.values("Contact").len(), 2, "C%6Fntact is another field");
    assert_eq!(request_of("lwsdisp").from_address().unwrap().display_name.as_deref(), Some("caller"));
    let longreq = request_of("longreq");
    assert_eq!((longreq.to_address().unwrap().uri.port, longreq.headers.values("Via").len()), (Some(6000), 34));
    assert_eq!(request_of("dblreq").body, b"");
    let semiuri = request_of("semiuri");
    assert_eq!(semiuri.uri.user_decoded().as_deref(), Some("user;par=u@example.net"));
    assert_eq!(request_of("transports").headers.values("Via").len(), 5);
    let mpart01 = request_of("mpart01");
    assert_eq!((mpart01.body.len(), mpart01.sdp()), (553, None));
    assert!(response_of("unreason").reason.starts_with("= 2**3 * 5**2 "));
    assert_eq!(response_of("noreason").reason, "");
    assert_eq!(request_of("badbranch").via.branch(), None);
    assert_eq!(request_of("zeromf").max_forwards(), Some(0));
    let old = request_of("inv2543");
    assert_eq!((old.from_tag(), old.via.branch(), old.sdp().is_some()), ("", None, true));
    assert_eq!(old.from_address().unwrap().uri.param("user"), Some(Some("phone")));
    // Without brackets a parameter is the field's, with them the URI's.
    let contacts = ["cparam01", "cparam02"].map(|name| request_of(name).contact().unwrap());
    assert_eq!(contacts.each_ref().map(|c| c.params.has("unknownparam")), [true, false]);
    assert_eq!(contacts.each_ref().map(|c| c.uri.param("unknownparam").is_some()), [false, true]);
    let regescrt = request_of("regescrt").contact().unwrap().uri;
    assert_eq!(regescrt.headers, [("Route".to_owned(), "%3Csip:sip.example.com%3E".to_owned())]);
}

/// And those of RFC 5118.
#[test]
fn the_values_that_rfc_5118_names_are_read() {
    if bytes_of("ipv6-good").is_none() {
        return;
    }
    let port = |name: &str| {
        let uri = request_of(name).uri;
        (uri.host, uri.port)
    };
    assert_eq!(port("ipv6-good"), ("[2001:db8::10]".to_owned(), None));
    assert_eq!(port("port-ambiguous"), ("[2001:db8::10:5070]".to_owned(), None));
    assert_eq!(port("port-unambiguous"), ("[2001:db8::10]".to_owned(), Some(5070)));
    let via = |name: &str| request_of(name).headers.value("Via").unwrap().to_owned();
    assert!(via("via-received-param-with-delim").contains(";received=[2001:db8::9:255]"));
    assert!(via("via-received-param-no-delim").contains(";received=2001:db8::9:255"));
    assert_eq!(request_of("mult-ip-in-header").headers.values("Via").len(), 3);
    assert!(request_of("mult-ip-in-sdp").sdp().unwrap().contains("\r\nc=IN IP6 2001:db8::1\r\n"));
    assert_eq!(request_of("ipv4-mapped-ipv6").contact().unwrap().uri.host, "[::ffff:192.0.2.2]");
    let colons = ["ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons"].map(|name| request_of(name).uri.host);
    assert_eq!(colons, ["[2001:db8:::192.0.2.1]", "[2001:db8::192.0.2.1]"]);
}

#[test]
fn odd_spacing_is_read_as_if_it_were_plain() {
    let request = request_of("odd_spacing");
    assert_eq!(request.to.tag(), Some("7fold"));
    assert_eq!(request.from_address().unwrap().display_name.as_deref(), Some("Mira \"the \\ tide\" Pool"));
    assert_eq!((request.from_tag(), request.cseq, request.max_forwards()), ("3f", 7, Some(42)));
    assert_eq!(request.via.sent_by, "tidepool.example.org:7443");
    assert_eq!(request.via.branch(), Some("z9hG4bKodd1"));
    assert_eq!(request.headers.values("Via").len(), 3);
    assert_eq!(request.headers.first("Subject"), Some(""));
    assert_eq!(request.headers.first("something-new"), Some("its value goes on here"));
    let contact = request.contact().unwrap();
    assert_eq!(contact.display_name.as_deref(), Some("Quoted \"\""));
    assert_eq!((contact.params.value("fresh"), contact.params.value("q")), (Some("fruit"), Some("0.5")));
    assert!(request.sdp().unwrap().ends_with("a=sendrecv\r\n"));
}

#[test]
fn rare_characters_are_kept() {
    let request = request_of("rare_characters");
    assert_eq!(request.method, Method::Other("~Odd%_Verb.0*+`'-7!".to_owned()));
    assert_eq!(request.uri.user_decoded().as_deref(), Some("a.1-_!~*'():;=+$,&:%/?\""));
    assert_eq!(request.to_address().unwrap().display_name.as_deref(), Some("bell \u{7} nul \0 del \u{7f}"));
    assert_eq!(request.from_tag(), "_~'`*!.%+-");
    assert_eq!(request.call_id, "%Z~<>()\":/[]?{}\\@'`+*_.!-w");
}

#[test]
fn escapes_are_resolved_only_where_they_may_be() {
    let request = request_of("escaped_user");
    assert_eq!(request.uri.user.as_deref(), Some("sips%3Aotto%40example.net"));
    assert_eq!(request.uri.user_decoded().as_deref(), Some("sips:otto@example.net"));
    assert_eq!(request.from_address().unwrap().uri.user_decoded().as_deref(), Some("Míra"));
    assert_eq!(request.from_tag(), "%41%20x");
    assert_eq!(request_of("percent_method").method, Method::Other("SU%42SCRI%45E".to_owned()));
}

#[test]
fn a_frame_is_one_message() {
    assert!(request_of("second_message_behind").body.is_empty());
    let length_missing = request_of("peer_of_rfc2543");
    assert!(length_missing.sdp().is_some());
    assert_eq!((length_missing.from_tag(), length_missing.via.branch()), ("", None));
    assert_eq!(request_of("cookie_without_branch").via.branch(), None);
}

#[test]
fn bodies_give_their_description() {
    let sdp = request_of("multipart_body").sdp().unwrap();
    assert!(sdp.starts_with("v=0\r\no=mira") && sdp.ends_with("a=sendrecv\r\n"), "{sdp}");
    assert_eq!(request_of("body_type_unknown").sdp(), None);
    assert_eq!(response_of("reason_in_unicode").reason, "= 2**3 * 5**2 да ✓ はい");
    assert_eq!(response_of("reason_absent").reason, "");
}

#[test]
fn hosts_keep_their_brackets() {
    let request = request_of("v6_reference");
    assert_eq!((request.uri.host.as_str(), request.uri.port), ("[2001:db8:7::b]", None));
    assert_eq!(request.via.sent_by, "[2001:db8:7::a]:7443");
    assert_eq!(request_of("v6_port_swallowed").uri.port, None);
    assert_eq!(request_of("v6_port_outside").uri.port, Some(5070));
    assert!(request_of("v6_received_bare").headers.value("Via").unwrap().contains("received=2001:db8:7::ff"));
    assert_eq!(request_of("v6_maps_v4").contact().unwrap().uri.host, "[::ffff:198.51.100.7]");
}

#[test]
fn a_refused_request_gets_all_it_needs_to_match() {
    let Err(fault) = parse(&ours("length_too_large")) else { panic!() };
    let reply = fault.reply.unwrap();
    let Ok(Frame::Response(response)) = parse(&reply) else { panic!() };
    assert_eq!((response.status, response.reason.as_str()), (400, "Content-Length Mismatch"));
    assert_eq!(response.via.branch(), Some("z9hG4bK-length_too_large"));
    assert!(response.to.tag().is_some());
    assert_eq!(parse(&ours("length_too_large")).unwrap_err().reply, Some(reply));
    // An ACK is never answered.
    let ack = String::from_utf8(ours("length_too_large")).unwrap().replace("INVITE", "ACK");
    assert_eq!(parse(ack.as_bytes()).unwrap_err().reply, None);
}
