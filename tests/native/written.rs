//! Each message that the agent writes is read by another reader, rsip, and says the same to it.

use crate::support::outside::call_to;
use crate::support::{CONTACT, SDP, Side, config, from_far, invite, response};
use rsip::headers::{ToTypedHeader, UntypedHeader};
use rsip::message::HeadersExt;
use viasip::command::CallOptions;
use viasip::message::{Frame, Headers, NameAddr, Via, parse};
use viasip::time::Instant;
use viasip::uri::Uri;

/// An address that rsip is not asked to read.
const V6: &str = "[2001:db8::1]";

/// Where rsip 0.4 is wrong, as met on these frames: it takes no quoted parameter in Contact, no IPv6 reference,
/// no colon in a URI parameter, and reads `*` as a host. (It also writes `transport=ws` in capitals, and has a reason phrase of its own for each status.)
fn as_rsip_takes_it(frame: &str) -> String {
    let mut frame = frame.replace(V6, "v6.example.com").replace("Contact: *", "Contact: <sip:every@example.com>");
    frame = frame.replace("gr=urn:uuid:", "gr=urn-uuid-");
    for name in [";+sip.instance=\"", ";pub-gruu=\"", ";temp-gruu=\""] {
        while let Some((before, rest)) = frame.split_once(name) {
            frame = format!("{before}{}", rest.split_once('"').map_or("", |(_, after)| after));
        }
    }
    frame
}

#[test]
fn rsip_reads_what_was_written() {
    let mut frames: Vec<String> = crate::recordings::all().into_iter().flat_map(|recording| recording.sent).collect();
    frames.extend(with_every_setting());
    let mut wrong = Vec::new();
    for frame in &frames {
        if let Err(why) = says_the_same(frame) {
            wrong.push(format!("{why}\n{frame}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), frames.len(), wrong.join("\n"));
    // All kinds of messages have to be among them, or this proves little.
    for start in [
        "INVITE",
        "ACK",
        "CANCEL",
        "BYE",
        "REGISTER",
        "UPDATE",
        "INFO",
        "REFER",
        "NOTIFY",
        "SUBSCRIBE",
        "MESSAGE",
        "OPTIONS",
        "SIP/2.0 100",
        "SIP/2.0 180",
        "SIP/2.0 200",
        "SIP/2.0 202",
        "SIP/2.0 487",
        "SIP/2.0 488",
    ] {
        assert!(frames.iter().any(|frame| frame.starts_with(start)), "{start} was never written");
    }
}

/// What an agent writes whose app has set all that it can.
fn with_every_setting() -> Vec<String> {
    let mut settings = config("alice");
    settings.display_name = Some("Alice \"A\" \\ Ä".into());
    settings.use_preloaded_route = true;
    settings.force_refresher = true;
    settings.extra_headers = vec!["X-All: yes".into()];
    settings.authorization_jwt = Some("Bearer a.b.c".into());
    settings.register = true;
    let mut side = Side::new("alice", settings);
    side.agent.start(Instant::from_millis(0));
    side.pump();
    for anonymous in [false, true] {
        let id = side.call_with(CallOptions {
            extra_headers: vec!["X-One: a, \"b;c\"".into()],
            anonymous,
            from_user: Some("desk".into()),
            from_display_name: Some("The Desk".into()),
            ..call_to(&format!("sip:b%20b@{V6}:5070;transport=tcp"))
        });
        let invite = side.wire.back().unwrap().clone();
        side.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
        side.agent.refer(side.instant(), id, "\"C\" <sip:carol@example.com>", &[], false).unwrap();
        side.pump();
        side.receive(&from_far(&invite, "BYE", 1, "", ""));
    }
    side.receive(&invite("alice", "1", SDP));
    side.answer();
    side.terminate();
    side.wire.into()
}

/// What a message says, in the words of either reader.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    start: String,
    branch: String,
    sent_by: String,
    from: (String, String),
    to: (String, String),
    call_id: String,
    cseq: (u32, String),
    contact: String,
    body: Vec<u8>,
}

fn says_the_same(frame: &str) -> Result<(), String> {
    let frame = &as_rsip_takes_it(frame);
    let ours = match parse(frame.as_bytes()) {
        Ok(Frame::Ping | Frame::Pong) => return Ok(()),
        Ok(Frame::Request(r)) => {
            let start = format!("{} {}", r.method, r.uri);
            said(
                start,
                &r.headers,
                &r.via,
                &r.from_address().unwrap(),
                &r.to_address().unwrap(),
                (r.cseq, r.method.to_string()),
                r.body,
            )
        }
        Ok(Frame::Response(r)) => {
            let start = r.status.to_string();
            said(
                start,
                &r.headers,
                &r.via,
                &r.from_address().unwrap(),
                &r.to_address().unwrap(),
                (r.cseq, r.method.to_string()),
                r.body,
            )
        }
        other => return Err(format!("we cannot read {other:?}")),
    };
    let theirs = rsip::SipMessage::try_from(frame.as_str()).map_err(|error| format!("rsip: {error}"))?;
    let theirs = read_by_rsip(theirs).map_err(|error| format!("rsip: {error}"))?;
    if ours == theirs { Ok(()) } else { Err(format!("{ours:?}\n{theirs:?}")) }
}

fn said(
    start: String,
    headers: &Headers,
    via: &Via,
    from: &NameAddr,
    to: &NameAddr,
    cseq: (u32, String),
    body: Vec<u8>,
) -> Said {
    let address = |address: &NameAddr| (address.uri.to_string(), address.tag().unwrap_or_default().to_owned());
    let contact = headers.values("Contact").first().copied().and_then(NameAddr::parse);
    Said {
        start,
        branch: via.branch().unwrap_or_default().to_owned(),
        sent_by: via.sent_by.clone(),
        from: address(from),
        to: address(to),
        call_id: headers.first("Call-ID").unwrap_or_default().to_owned(),
        cseq,
        contact: contact.map(|contact| contact.uri.to_string()).unwrap_or_default(),
        body,
    }
}

fn read_by_rsip(message: rsip::SipMessage) -> Result<Said, rsip::Error> {
    let start = match &message {
        rsip::SipMessage::Request(request) => format!("{} {}", request.method, plain(&request.uri)),
        rsip::SipMessage::Response(response) => u16::from(response.status_code.clone()).to_string(),
    };
    let via = message.via_header()?.typed()?;
    let (from, to) = (message.from_header()?.typed()?, message.to_header()?.typed()?);
    let tag = |tag: Option<&rsip::param::Tag>| tag.map(|tag| tag.value().to_owned()).unwrap_or_default();
    let cseq = message.cseq_header()?.typed()?;
    let contact = match message.contact_header() {
        Ok(contact) => plain(&contact.typed()?.uri),
        Err(_) => String::new(),
    };
    Ok(Said {
        start,
        branch: via.branch().map(|branch| branch.value().to_owned()).unwrap_or_default(),
        sent_by: via.sent_by().host_with_port.to_string(),
        from: (plain(&from.uri), tag(from.tag())),
        to: (plain(&to.uri), tag(to.tag())),
        call_id: message.call_id_header()?.value().to_owned(),
        cseq: (cseq.seq, cseq.method.to_string()),
        contact,
        body: message.body().clone(),
    })
}

/// An address as rsip writes it, with the transport in small letters.
fn plain(uri: &rsip::Uri) -> String {
    Uri::parse(&uri.to_string()).map_or_else(|| uri.to_string(), |uri| uri.to_string())
}
