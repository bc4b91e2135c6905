//! An agent that a message is for, and what it makes of it.

use std::path::{Path, PathBuf};

use crate::support::{SDP, Side, calling, config, header, response};
use viasip::event::Input;
use viasip::message::{Frame, Reply, parse};
use viasip::time::Instant;
use viasip::uri::Uri;

/// What an agent does at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is a call. With an offer that a browser can take it rings; with the one that is there it may be refused for
    /// that alone.
    Rings,
    /// It is answered with this status, and that is all.
    Answered(u16),
    /// Nothing is sent, and the app is told nothing.
    Silence,
}

use Verdict::{Answered, Rings, Silence};

/// The message of ours with this trait.
pub(crate) fn ours(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture").join(format!("{name}.sip"))).unwrap()
}

/// Where the RFCs' messages are: beside the project, or where `VIASIP_CORPORA` says. `None` if it says `none`.
pub(crate) fn corpora() -> Option<PathBuf> {
    match std::env::var_os("VIASIP_CORPORA") {
        Some(folder) if folder == "none" => None,
        Some(folder) => Some(folder.into()),
        None => Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora")),
    }
}

/// The RFC's message, if it is there.
pub(crate) fn theirs(section: &str, name: &str) -> Option<Vec<u8>> {
    let rfc4475 = section.starts_with("4475");
    let file = if rfc4475 { format!("rfc4475/{name}.dat") } else { format!("rfc5118/wire/{name}.sip") };
    std::fs::read(corpora()?.join(file)).ok()
}

/// The agent that a request addresses: its address of record is the Request-URI; without a user it is its Contact that
/// has none.
fn addressed(message: &[u8]) -> Side {
    let text = String::from_utf8_lossy(message);
    let target = text.lines().next().and_then(|line| line.split(' ').nth(1)).and_then(Uri::parse);
    let mut settings = config("otto");
    if let Some(target) = target.filter(Uri::is_sip) {
        match &target.user {
            Some(_) => settings.uri = target,
            None => settings.contact = Uri::new(None, "otto.invalid"),
        }
    }
    let mut side = Side::new("otto", settings);
    side.agent.start(Instant::from_millis(0));
    side.pump();
    side.events.clear();
    side
}

/// The frames that an agent sends at a message, but for 100, and what the app hears.
fn met(message: &[u8]) -> (Vec<String>, Vec<String>) {
    let mut side = addressed(message);
    let flow = side.flow.unwrap();
    side.agent.handle_input(side.instant(), Input::Frame(flow, message));
    side.pump();
    side.wire.retain(|frame| !frame.starts_with("SIP/2.0 100 "));
    (side.wire.into(), side.events)
}

/// What is wrong with how an agent meets the message.
pub(crate) fn judge(name: &str, message: &[u8], verdict: Verdict) -> Option<String> {
    let (sent, told) = met(message);
    let wrong = |what: &str| Some(format!("{name}: {what}, wanted {verdict:?}: sent {sent:#?}, told {told:?}"));
    if verdict == Silence {
        let quiet = told.iter().all(|event| event.starts_with("dropped"));
        return if sent.is_empty() && quiet { None } else { wrong("not silent") };
    }
    let [reply] = sent.as_slice() else { return wrong("not one answer") };
    if let Err(why) = answers(message, reply) {
        return wrong(&why);
    }
    let starts = |text: &str, status: u16| text.starts_with(&format!("SIP/2.0 {status} "));
    match verdict {
        Silence => None,
        Answered(status) => (!starts(reply, status)).then(|| wrong("another status")).flatten(),
        Rings if !starts(reply, 180) && !starts(reply, 488) => wrong("refused"),
        Rings => {
            let (sent, told) = met(&with_offer(message));
            let rings = sent.len() == 1 && starts(&sent[0], 180) && told.iter().any(|e| e == "newRTCSession remote");
            (!rings).then(|| format!("{name}: does not ring with a browser's offer: {sent:#?}"))
        }
    }
}

/// The message with the offer of a browser in place of its body.
fn with_offer(message: &[u8]) -> Vec<u8> {
    let end = message.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let mut head = String::from_utf8(message[..end].to_vec()).unwrap();
    // A field that is folded goes with its further lines.
    for name in ["content-length", "l", "content-type", "c"] {
        let mut kept: Vec<&str> = Vec::new();
        let mut within = false;
        for line in head.split("\r\n") {
            within = if line.starts_with([' ', '\t']) {
                within
            } else {
                line.split(':').next().unwrap_or_default().trim().eq_ignore_ascii_case(name)
            };
            if !within {
                kept.push(line);
            }
        }
        head = kept.join("\r\n");
    }
    format!("{head}\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{SDP}", SDP.len()).into_bytes()
}

/// Whether the reply carries what RFC 3261 8.2.6.2 wants of the request, and what its status has to name.
fn answers(message: &[u8], reply: &str) -> Result<(), String> {
    let names = |name: &str| match header(reply, name) {
        Some(_) => Ok(()),
        None => Err(format!("no {name}")),
    };
    match reply.get(8..11).unwrap_or_default() {
        "405" | "501" => names("Allow")?,
        "415" => names("Accept")?,
        "420" => names("Unsupported")?,
        "488" => names("Warning")?,
        _ => {}
    }
    let Ok(Frame::Request(request)) = parse(message) else {
        // What is no request lacks fields, and so does its answer; what is there is enough to find its way.
        let sound = reply.contains("\r\nVia: ") && reply.ends_with("\r\nContent-Length: 0\r\n\r\n");
        return if sound { Ok(()) } else { Err("no sound refusal".into()) };
    };
    let Ok(Frame::Response(response)) = parse(reply.as_bytes()) else {
        return Err("the answer cannot be read".into());
    };
    for name in ["Via", "From", "Call-ID", "CSeq"] {
        if !request.headers.all(name).eq(response.headers.all(name)) {
            return Err(format!("another {name}"));
        }
    }
    let (asked, answered) = (request.headers.first("To").unwrap(), response.headers.first("To").unwrap());
    let tagged = response.to.tag().is_some() && (request.to_tag().is_none() || asked == answered);
    if tagged && answered.starts_with(asked) { Ok(()) } else { Err(format!("To: {answered}")) }
}

/// The answer to a message, for what it names.
pub(crate) fn answer(message: &[u8]) -> String {
    met(message).0.remove(0)
}

/// What alice sends and hears if this response is for the INVITE that she has just sent: its Via, From, To, Call-ID
/// and, unless it is no number, CSeq are hers. Whatever it is, she is still in order: the next answer reaches her.
pub(crate) fn response_for(message: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut side, invite) = calling();
    let own = |name: &str| header(&invite, name).unwrap().to_owned();
    let text = String::from_utf8(message.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut via = Some(own("Via"));
    let lines = head.split("\r\n").map(|line| {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        let number = value.split(' ').next().unwrap_or_default();
        match name {
            "Via" => format!("Via: {}", via.take().unwrap_or_else(|| value.to_owned())),
            "CSeq" if number.parse::<u32>().is_err() => format!("CSeq: {number} INVITE"),
            "From" | "Call-ID" | "CSeq" => format!("{name}: {}", own(name)),
            "To" => format!("To: {};tag=far", own("To")),
            _ => line.to_owned(),
        }
    });
    let grafted = format!("{}\r\n\r\n{body}", lines.collect::<Vec<_>>().join("\r\n"));
    side.receive(&grafted);
    let (sent, told) = (side.wire.drain(..).collect(), std::mem::take(&mut side.events));
    side.receive(&response(&invite, "486 Busy Here", "other", "", ""));
    let still = told_of_end(&side.events) || told.iter().any(|event| event.starts_with("confirmed"));
    assert!(still, "{grafted}: {:?}", side.events);
    (sent, told)
}

fn told_of_end(events: &[String]) -> bool {
    events.iter().any(|event| event == "failed remote Busy")
}

/// Calls each reader, and writes back what was read.
pub(crate) fn read_everything(bytes: &[u8]) {
    match parse(bytes) {
        Ok(Frame::Request(request)) => {
            let _ =
                (request.contact(), request.content_type(), request.expires(), request.sdp(), request.max_forwards());
            let _ = (
                request.uri.aor(),
                request.uri.user_decoded(),
                request.uri.equivalent(&request.to_address().unwrap().uri),
            );
            let again = Uri::parse(&request.uri.to_string());
            assert_eq!(again.as_ref(), Some(&request.uri));
            let _ = viasip::message::mask_secrets(&request.raw);
            let _ = Reply::new(200).encode(&request, "tag");
        }
        Ok(Frame::Response(response)) => {
            let _ = (response.contact(), response.content_type(), response.expires(), response.sdp());
        }
        Ok(Frame::Ping | Frame::Pong) => {}
        Err(fault) => assert!(fault.reply.is_none_or(|reply| reply.starts_with(b"SIP/2.0 "))),
    }
}
