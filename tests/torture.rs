//! Messages meant to break a parser, after RFC 4475 and RFC 5118.
//!
//! `torture/` holds one message of our own for each trait that those RFCs show. Their own messages are read too, from
//! the directory that `VIASIP_CORPORA` names (`rfc4475/*.dat` and `rfc5118/wire/*.sip`), if it is there.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use std::path::{Path, PathBuf};

use viasip::message::{Frame, Method, Request, Response, parse};

use Verdict::{Dropped, Refused, Req, Resp};

/// What shall come of a message before any transaction sees it.
#[derive(Clone, Copy, Debug)]
enum Verdict {
    /// It is a request of this method. Whether it is served is for the layers above.
    Req(&'static str),
    /// It is a response of this status.
    Resp(u16),
    /// It is refused with this status, without a transaction.
    Refused(u16),
    /// It is dropped: responses cannot be answered.
    Dropped,
}

/// Section of the RFC, the RFC's message, ours, and the verdict on both.
const TRAITS: [(&str, &str, &str, Verdict); 61] = [
    ("4475 3.1.1.1", "wsinv", "odd_spacing", Req("INVITE")),
    ("4475 3.1.1.2", "intmeth", "rare_characters", Req("")),
    ("4475 3.1.1.3", "esc01", "escaped_user", Req("INVITE")),
    ("4475 3.1.1.4", "escnull", "escaped_nul", Req("REGISTER")),
    ("4475 3.1.1.5", "esc02", "percent_method", Req("")),
    ("4475 3.1.1.6", "lwsdisp", "tight_display_name", Req("OPTIONS")),
    ("4475 3.1.1.7", "longreq", "long_values", Req("INVITE")),
    ("4475 3.1.1.8", "dblreq", "second_message_behind", Req("REGISTER")),
    ("4475 3.1.1.9", "semiuri", "semicolon_in_user", Req("OPTIONS")),
    ("4475 3.1.1.10", "transports", "many_transports", Req("OPTIONS")),
    ("4475 3.1.1.11", "mpart01", "multipart_body", Req("")),
    ("4475 3.1.1.12", "unreason", "reason_in_unicode", Resp(200)),
    ("4475 3.1.1.13", "noreason", "reason_absent", Resp(100)),
    ("4475 3.1.2.1", "badinv01", "empty_separators", Refused(400)),
    ("4475 3.1.2.2", "clerr", "length_too_large", Refused(400)),
    ("4475 3.1.2.3", "ncl", "length_negative", Refused(400)),
    ("4475 3.1.2.4", "scalar02", "numbers_too_large_request", Refused(400)),
    ("4475 3.1.2.5", "scalarlg", "numbers_too_large_response", Dropped),
    ("4475 3.1.2.6", "quotbal", "quote_left_open", Refused(400)),
    ("4475 3.1.2.7", "ltgtruri", "brackets_around_target", Refused(400)),
    ("4475 3.1.2.8", "lwsruri", "space_in_target", Refused(400)),
    ("4475 3.1.2.9", "lwsstart", "spaces_in_start_line", Refused(400)),
    ("4475 3.1.2.10", "trws", "space_after_start_line", Refused(400)),
    ("4475 3.1.2.11", "escruri", "headers_in_target", Refused(400)),
    // A bad Date may be ignored.
    ("4475 3.1.2.12", "baddate", "date_in_other_zone", Req("INVITE")),
    ("4475 3.1.2.13", "regbadct", "contact_unenclosed", Refused(400)),
    ("4475 3.1.2.14", "badaspec", "spaces_in_address", Refused(400)),
    // The quotes that are missing may be inferred.
    ("4475 3.1.2.15", "baddn", "display_name_unquoted", Req("OPTIONS")),
    ("4475 3.1.2.16", "badvers", "version_of_the_future", Refused(505)),
    ("4475 3.1.2.17", "mismatch01", "method_differs_known", Refused(400)),
    ("4475 3.1.2.18", "mismatch02", "method_differs_unknown", Refused(400)),
    ("4475 3.1.2.19", "bigcode", "status_too_large", Dropped),
    ("4475 3.2.1", "badbranch", "cookie_without_branch", Req("OPTIONS")),
    ("4475 3.3.1", "insuf", "mandatory_fields_missing", Refused(400)),
    ("4475 3.3.2", "unkscm", "target_scheme_unknown", Req("OPTIONS")),
    ("4475 3.3.3", "novelsc", "target_scheme_foreign", Req("OPTIONS")),
    ("4475 3.3.4", "unksm2", "address_schemes_foreign", Req("REGISTER")),
    ("4475 3.3.5", "bext01", "extensions_required", Req("OPTIONS")),
    ("4475 3.3.6", "invut", "body_type_unknown", Req("INVITE")),
    ("4475 3.3.7", "regaut01", "credentials_of_unknown_scheme", Req("REGISTER")),
    ("4475 3.3.8", "multi01", "single_fields_twice", Refused(400)),
    ("4475 3.3.9", "mcl01", "lengths_differ", Refused(400)),
    // Two Vias: the agent drops it, a proxy on this parser does not.
    ("4475 3.3.10", "bcast", "response_for_another", Resp(200)),
    ("4475 3.3.11", "zeromf", "no_hops_left", Req("OPTIONS")),
    ("4475 3.3.12", "cparam01", "contact_params_unknown", Req("REGISTER")),
    ("4475 3.3.13", "cparam02", "contact_uri_params_unknown", Req("REGISTER")),
    ("4475 3.3.14", "regescrt", "contact_header_escaped", Req("REGISTER")),
    ("4475 3.3.15", "sdp01", "answer_not_accepted", Req("INVITE")),
    ("4475 3.4.1", "inv2543", "peer_of_rfc2543", Req("INVITE")),
    ("5118 4.1", "ipv6-good", "v6_reference", Req("")),
    ("5118 4.2", "ipv6-bad", "v6_without_brackets", Refused(400)),
    ("5118 4.3", "port-ambiguous", "v6_port_swallowed", Req("")),
    ("5118 4.4", "port-unambiguous", "v6_port_outside", Req("")),
    ("5118 4.5", "via-received-param-with-delim", "v6_received_in_brackets", Req("")),
    ("5118 4.5", "via-received-param-no-delim", "v6_received_bare", Req("OPTIONS")),
    ("5118 4.6", "ipv6-in-sdp", "v6_in_description", Req("INVITE")),
    ("5118 4.7", "mult-ip-in-header", "v6_beside_v4_in_via", Req("")),
    ("5118 4.8", "mult-ip-in-sdp", "v6_beside_v4_in_description", Req("INVITE")),
    ("5118 4.9", "ipv4-mapped-ipv6", "v6_maps_v4", Req("INVITE")),
    // The grammar of RFC 3261 asked for three colons: both forms are understood.
    ("5118 4.10", "ipv6-bug-abnf-3-colons", "v6_three_colons", Req("OPTIONS")),
    ("5118 4.10", "ipv6-correct-abnf-2-colons", "v6_two_colons", Req("OPTIONS")),
];

#[test]
fn our_messages_get_the_verdicts_of_the_rfcs() {
    let wrong: Vec<_> = TRAITS
        .iter()
        .filter_map(|(at, _, own, verdict)| judge(&format!("{at} {own}"), &own_bytes(own), *verdict))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rfcs_messages_get_their_verdicts() {
    let Some(corpora) = corpora() else { return };
    let wrong: Vec<_> = TRAITS
        .iter()
        .filter_map(|(at, name, _, verdict)| {
            judge(&format!("{at} {name}"), &their_bytes(&corpora, at, name)?, *verdict)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_panics_when_cut_or_damaged() {
    let corpora = corpora();
    let theirs = TRAITS.iter().filter_map(|(at, name, ..)| their_bytes(corpora.as_deref()?, at, name));
    let mut count = 0;
    for bytes in TRAITS.iter().map(|(.., own, _)| own_bytes(own)).chain(theirs) {
        for end in (0..bytes.len()).step_by(16) {
            read_everything(&bytes[..end]);
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
}

/// `None` if the verdict is met.
fn judge(name: &str, bytes: &[u8], verdict: Verdict) -> Option<String> {
    let read = parse(bytes);
    let met = match (&read, verdict) {
        (Ok(Frame::Request(request)), Req(method)) => method.is_empty() || request.method.as_str() == method,
        (Ok(Frame::Response(response)), Resp(status)) => response.status == status,
        (Err(fault), Dropped) => fault.reply.is_none(),
        (Err(fault), Refused(status)) => fault.reply.as_deref().is_some_and(|reply| is_sound(reply, status)),
        _ => false,
    };
    (!met).then(|| format!("{name}: {verdict:?} expected, {read:?}"))
}

/// A reply that our own parser reads, or would if the request had had its mandatory fields.
fn is_sound(reply: &[u8], status: u16) -> bool {
    let text = std::str::from_utf8(reply).unwrap();
    let start = text.starts_with(&format!("SIP/2.0 {status} "));
    start && text.contains("\r\nVia:") && text.ends_with("\r\nContent-Length: 0\r\n\r\n")
}

/// Calls each reader, and writes back what was read.
fn read_everything(bytes: &[u8]) {
    match parse(bytes) {
        Ok(Frame::Request(request)) => {
            let _ =
                (request.contact(), request.content_type(), request.expires(), request.sdp(), request.max_forwards());
            let _ = (request.uri.aor(), request.uri.user_decoded(), request.uri.equivalent(&request.to.uri));
            let again = viasip::uri::Uri::parse(&request.uri.to_string());
            assert_eq!(again.as_ref(), Some(&request.uri));
            let _ = viasip::message::mask_secrets(&request.raw);
            let _ = viasip::message::Reply::new(200).encode(&request, "tag");
        }
        Ok(Frame::Response(response)) => {
            let _ = (response.contact(), response.content_type(), response.expires(), response.sdp());
        }
        Ok(Frame::Ping | Frame::Pong) => {}
        Err(fault) => assert!(fault.reply.is_none_or(|reply| reply.starts_with(b"SIP/2.0 "))),
    }
}

fn own_bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture").join(format!("{name}.sip"))).unwrap()
}

fn own_request(name: &str) -> Request {
    match parse(&own_bytes(name)) {
        Ok(Frame::Request(request)) => *request,
        other => panic!("{name}: {other:?}"),
    }
}

fn own_response(name: &str) -> Response {
    match parse(&own_bytes(name)) {
        Ok(Frame::Response(response)) => *response,
        other => panic!("{name}: {other:?}"),
    }
}

fn their_bytes(corpora: &Path, at: &str, name: &str) -> Option<Vec<u8>> {
    let rfc4475 = at.starts_with("4475");
    let path = if rfc4475 { format!("rfc4475/{name}.dat") } else { format!("rfc5118/wire/{name}.sip") };
    std::fs::read(corpora.join(path)).ok()
}

fn corpora() -> Option<PathBuf> {
    let named = std::env::var_os("VIASIP_CORPORA").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"));
    if path.is_dir() {
        return Some(path);
    }
    println!("the messages of RFC 4475 and RFC 5118 are absent: going on with our own");
    None
}

#[test]
fn odd_spacing_is_read_as_if_it_were_plain() {
    let request = own_request("odd_spacing");
    assert_eq!(request.to.tag(), Some("7fold"));
    assert_eq!(request.from.display_name.as_deref(), Some("Mira \"the \\ tide\" Pool"));
    assert_eq!((request.from_tag(), request.cseq, request.max_forwards()), ("3f", 7, Some(42)));
    assert_eq!((request.via.transport.as_str(), request.via.sent_by.as_str()), ("WSS", "tidepool.example.org:7443"));
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
    let request = own_request("rare_characters");
    assert_eq!(request.method, Method::Other("~Odd%_Verb.0*+`'-7!".to_owned()));
    assert_eq!(request.uri.user_decoded().as_deref(), Some("a.1-_!~*'():;=+$,&:%/?\""));
    assert_eq!(request.to.display_name.as_deref(), Some("bell \u{7} nul \0 del \u{7f}"));
    assert_eq!(request.from_tag(), "_~'`*!.%+-");
    assert_eq!(request.call_id, "%Z~<>()\":/[]?{}\\@'`+*_.!-w");
}

#[test]
fn escapes_are_resolved_only_where_they_may_be() {
    let request = own_request("escaped_user");
    assert_eq!(request.uri.user.as_deref(), Some("sips%3Aotto%40example.net"));
    assert_eq!(request.uri.user_decoded().as_deref(), Some("sips:otto@example.net"));
    assert_eq!(request.from.uri.user_decoded().as_deref(), Some("Míra"));
    assert_eq!(request.from_tag(), "%41%20x");
    assert_eq!(own_request("percent_method").method, Method::Other("SU%42SCRI%45E".to_owned()));
}

#[test]
fn a_frame_is_one_message() {
    assert!(own_request("second_message_behind").body.is_empty());
    let length_missing = own_request("peer_of_rfc2543");
    assert!(length_missing.sdp().is_some());
    assert_eq!((length_missing.from_tag(), length_missing.via.branch()), ("", None));
    assert_eq!(own_request("cookie_without_branch").via.branch(), None);
}

#[test]
fn bodies_give_their_description() {
    let sdp = own_request("multipart_body").sdp().unwrap();
    assert!(sdp.starts_with("v=0\r\no=mira") && sdp.ends_with("a=sendrecv\r\n"), "{sdp}");
    assert_eq!(own_request("body_type_unknown").sdp(), None);
    assert_eq!(own_response("reason_in_unicode").reason, "= 2**3 * 5**2 да ✓ はい");
    assert_eq!(own_response("reason_absent").reason, "");
}

#[test]
fn hosts_keep_their_brackets() {
    let request = own_request("v6_reference");
    assert_eq!((request.uri.host.as_str(), request.uri.port), ("[2001:db8:7::b]", None));
    assert_eq!(request.via.sent_by, "[2001:db8:7::a]:7443");
    assert_eq!(own_request("v6_port_swallowed").uri.port, None);
    assert_eq!(own_request("v6_port_outside").uri.port, Some(5070));
    assert_eq!(own_request("v6_received_bare").via.params.value("received"), Some("2001:db8:7::ff"));
    assert_eq!(own_request("v6_maps_v4").contact().unwrap().uri.host, "[::ffff:198.51.100.7]");
}

#[test]
fn a_refused_request_gets_all_it_needs_to_match() {
    let Err(fault) = parse(&own_bytes("length_too_large")) else { panic!() };
    let reply = fault.reply.unwrap();
    let Ok(Frame::Response(response)) = parse(&reply) else { panic!() };
    assert_eq!((response.status, response.reason.as_str()), (400, "Content-Length Mismatch"));
    assert_eq!(response.via.branch(), Some("z9hG4bK-length_too_large"));
    assert!(response.to.tag().is_some());
    assert_eq!(parse(&own_bytes("length_too_large")).unwrap_err().reply, Some(reply));
    // An ACK is never answered.
    let ack = String::from_utf8(own_bytes("length_too_large")).unwrap().replace("INVITE", "ACK");
    assert_eq!(parse(ack.as_bytes()).unwrap_err().reply, None);
}
