//! A frame: whatever it is, it is read without a panic, and what is written of it reads back and says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use viasip::message::{
    EventHeader, Frame, Headers, MinSe, NameAddr, RAck, Reason, Replaces, Reply, Request, SessionExpires,
    SubscriptionState, mask_secrets, parse, retry_after,
};
use viasip::uri::Uri;

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Ok(Frame::Request(request)) => {
            let _ = (request.contact(), request.content_type(), request.expires(), request.body_text());
            let _ = (request.sdp(), request.max_forwards(), request.from_tag(), mask_secrets(&request.raw));
            read_fields(&request.headers);
            reads_back(&request.uri);
            reply_reads_back(&request);
        }
        Ok(Frame::Response(response)) => {
            let _ = (response.contact(), response.content_type(), response.expires(), response.sdp());
            read_fields(&response.headers);
        }
        Ok(Frame::Ping | Frame::Pong) => {}
        Err(fault) => assert!(fault.reply.is_none_or(|reply| reply.starts_with(b"SIP/2.0 "))),
    }
});

fn read_fields(headers: &Headers) {
    let first = |name| headers.first(name).unwrap_or_default();
    let _ = (EventHeader::parse(first("Event")), SubscriptionState::parse(first("Subscription-State")));
    let _ = (Replaces::parse(first("Replaces")), Reason::parse(first("Reason")), RAck::parse(first("RAck")));
    let _ = (SessionExpires::parse(first("Session-Expires")), MinSe::parse(first("Min-SE")));
    let _ = retry_after(first("Retry-After"));
    for name in ["From", "To", "Contact", "Route", "Record-Route", "Refer-To"] {
        for address in headers.all(name).flat_map(NameAddr::parse_list) {
            reads_back(&address.uri);
            let again = NameAddr::parse(&address.to_string()).unwrap_or_else(|| panic!("{address} is not read"));
            assert_eq!(again.uri, address.uri);
            assert_eq!(again.display_name, address.display_name);
            // What opens in a name closes nowhere that both would find.
            let open = address.params.0.iter().any(|(name, _)| name.contains(['"', '<']));
            assert!(open || again.params.value("tag") == address.params.value("tag"), "{address}");
        }
    }
}

fn reads_back(uri: &Uri) {
    assert_eq!(Uri::parse(&uri.to_string()).as_ref(), Some(uri));
    assert!(uri.equivalent(uri));
    let _ = (uri.aor(), uri.user_decoded(), uri.host_port());
}

fn reply_reads_back(request: &Request) {
    let bytes = Reply::new(486).because("Busy").with("X-Mine", "1").encode(request, "mine");
    // A few words of ours may make what came too long, or too many fields.
    let Ok(Frame::Response(response)) = parse(&bytes) else {
        assert!(bytes.len() > 60_000 || request.headers.len() > 240, "{}", String::from_utf8_lossy(&bytes));
        return;
    };
    assert_eq!((response.status, response.reason.as_str(), response.headers.first("X-Mine")), (486, "Busy", Some("1")));
    for name in ["Via", "From", "Call-ID", "CSeq"] {
        assert!(request.headers.all(name).eq(response.headers.all(name)), "{name}");
    }
    // Behind a quote or a bracket that never closes nothing is read, neither their tag nor ours.
    let probe = request.headers.first("To").and_then(|to| NameAddr::of_party(&format!("{to};x-probe=1")));
    let open = probe.is_none_or(|to| !to.params.has("x-probe"));
    assert!(open || response.to.tag() == Some(request.to_tag().unwrap_or("mine")), "{:?}", response.to);
    let to = |to: Option<NameAddr>| to.unwrap().uri;
    assert_eq!(to(response.to_address()), to(request.to_address()));
    assert_eq!((&response.via, &response.from, response.cseq), (&request.via, &request.from, request.cseq));
}
