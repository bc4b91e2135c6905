//! What an app passes: a target, header lines, names, bodies. None of it becomes a line or a message of its own.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use support::Side;
use viasip::command::CallOptions;
use viasip::event::{RequestId, SessionId};
use viasip::message::{Frame, Method, NameAddr, Params, header_line, parse, single_line};
use viasip::messaging::RequestOptions;
use viasip::uri::{Uri, decode, escape_user, normalize_target};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut pieces = text.split('\u{1e}');
    let mut next = || pieces.next().unwrap_or_default();
    let [target, domain, line, user, name, address, body] = [next(), next(), next(), next(), next(), next(), next()];
    let escaped = escape_user(user);
    assert!(!decode(user).is_empty() || user.is_empty());
    assert!(escaped.is_ascii());
    let parsed = NameAddr::parse(address);
    if let Some(parsed) = &parsed {
        let written = parsed.to_string();
        let again = NameAddr::parse(&written).unwrap_or_else(|| panic!("{written} is not read"));
        assert_eq!((&again.uri, &again.display_name), (&parsed.uri, &parsed.display_name));
    }
    let params = Params::parse(address);
    if params.0.iter().all(|(name, _)| header_line(&format!("{name}: x")).is_some_and(|(field, _)| field == *name)) {
        assert_eq!(Params::parse(&params.to_string()).0, params.0);
    }
    for uri in [Uri::parse(target), normalize_target(target, domain)].into_iter().flatten() {
        let written = uri.to_string();
        assert!(single_line(&written) && !written.contains([' ', '<', '>']), "{written}");
        assert_eq!(Uri::parse(&written).as_ref(), Some(&uri));
        assert!(uri.equivalent(&uri));
        called(&uri, line, user, name, body);
    }
});

/// A call and a MESSAGE with these options either are refused, or say what was asked.
fn called(target: &Uri, line: &str, user: &str, name: &str, body: &str) {
    let mut side = Side::connected("alice");
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let options = CallOptions {
        target: target.clone(),
        extra_headers: text(line).into_iter().collect(),
        anonymous: false,
        from_user: text(user),
        from_display_name: text(name),
        session_expires_s: 90,
        trickle_ice: None,
        redirect_limit: None,
        session_id: None,
    };
    let id = SessionId(side.agent.reserve());
    let called = side.agent.call(side.instant(), id, options);
    side.pump();
    let id = RequestId(side.agent.reserve());
    let options = RequestOptions {
        target: target.clone(),
        body: body.to_owned(),
        content_type: text(name).unwrap_or_else(|| "text/plain".into()),
        extra_headers: text(line).into_iter().collect(),
        from_user: text(user),
        from_display_name: text(name),
    };
    let sent = side.agent.send_request(side.instant(), id, Method::Message, options);
    side.pump();
    let field = header_line(line);
    assert!(line.is_empty() || field.is_some() || (called.is_err() && sent.is_err()), "{line} is taken");
    assert_eq!(side.wire.len(), usize::from(called.is_ok()) + usize::from(sent.is_ok()), "{:?}", side.wire);
    for frame in &side.wire {
        let Ok(Frame::Request(request)) = parse(frame.as_bytes()) else {
            // What an app adds may be a second To, or too long.
            assert!(field.is_some() || user.len() > 20_000 || !user.is_ascii() || !escaped_alike(user), "{frame}");
            continue;
        };
        assert_eq!(request.uri, target.without_link());
        let (head, sent_body) = frame.split_once("\r\n\r\n").unwrap();
        assert_eq!(request.headers.len() + 1, head.split("\r\n").count(), "{head}");
        assert_eq!(request.body, sent_body.as_bytes());
        if let Some((field, value)) = &field {
            assert!(head.split("\r\n").any(|sent| sent == format!("{field}: {value}")), "{field}: {value}\n{head}");
        }
    }
}

/// Whether a user part reads as what it was written from.
fn escaped_alike(user: &str) -> bool {
    Uri::parse(&format!("sip:{user}@example.com")).is_some_and(|uri| uri.user.as_deref() == Some(user))
}
