//! The grammar for the public value classes, and the diagnosis for apps.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::js::{self, object, optional, plain};
use crate::message::{self, Frame, Headers, NameAddr, Params, written};
use crate::sdp;
use crate::uri::Uri;

/// `{scheme, user, host, port, params, headers}`, null if it is no URI of SIP.
#[wasm_bindgen]
pub fn parse_uri(text: &str) -> JsValue {
    Uri::parse(text).filter(Uri::is_sip).map_or(JsValue::NULL, |u| uri(&u))
}

/// `{display_name, uri, params}`, null if it is none.
#[wasm_bindgen]
pub fn parse_name_addr(text: &str) -> JsValue {
    NameAddr::parse(text).map_or(JsValue::NULL, |a| name_addr(&a))
}

/// What a user typed as a SIP URI, null if nothing valid comes out.
#[wasm_bindgen]
pub fn normalize_target(target: &str, domain: &str) -> JsValue {
    crate::uri::normalize_target(target, domain).map_or(JsValue::NULL, |u| u.to_string().into())
}

/// Escapes a user part.
#[wasm_bindgen]
pub fn escape_user(text: &str) -> String {
    crate::uri::escape_user(text)
}

/// MD5 of UTF-8 text, in lower-case hex (JsSIP `Utils.calculateMD5`).
#[wasm_bindgen]
pub fn md5(text: &str) -> String {
    crate::auth::Algorithm::Md5.hex(text.as_bytes())
}

/// The fields of a message, null if it cannot be read.
#[wasm_bindgen]
pub fn parse_message(raw: &str) -> JsValue {
    let read = message::parse(raw.as_bytes());
    let (head, headers, body, rest) = match &read {
        Ok(Frame::Request(r)) => (
            [("method", r.method.as_str().into()), ("ruri", uri(&r.uri))],
            &r.headers,
            &r.body,
            (&r.from, &r.to, &r.call_id, r.cseq, &r.method, &r.via),
        ),
        Ok(Frame::Response(r)) => (
            [("status_code", r.status.into()), ("reason_phrase", r.reason.as_str().into())],
            &r.headers,
            &r.body,
            (&r.from, &r.to, &r.call_id, r.cseq, &r.method, &r.via),
        ),
        _ => return JsValue::NULL,
    };
    let (from, to, call_id, cseq, method, via) = rest;
    let out = object(head);
    js::set(&out, "headers", &fields(headers));
    js::set(&out, "body", &String::from_utf8_lossy(body).as_ref().into());
    js::set(&out, "call_id", &call_id.into());
    js::set(&out, "cseq", &cseq.into());
    js::set(&out, "cseq_method", &method.as_str().into());
    js::set(&out, "from", &name_addr(from));
    js::set(&out, "to", &name_addr(to));
    js::set(&out, "from_tag", &optional(from.tag()));
    js::set(&out, "to_tag", &optional(to.tag()));
    js::set(&out, "via_branch", &optional(via.branch()));
    out
}

/// A message for a log: credentials masked.
#[wasm_bindgen]
pub fn mask_secrets(text: &str) -> String {
    message::mask_secrets(text)
}

/// Why two descriptions cannot meet: `[{code, severity, message, hint}]`.
#[wasm_bindgen]
pub fn diagnose(offer: Option<String>, answer: Option<String>) -> JsValue {
    plain(&sdp::diagnose(offer.as_deref(), answer.as_deref()))
}

/// What both ends must share: `[{feature, yours, theirs, verdict, hint}]`.
#[wasm_bindgen]
pub fn features(local: Option<String>, remote: Option<String>) -> JsValue {
    plain(&sdp::features(local.as_deref(), remote.as_deref()))
}

/// The version of the package.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

fn fields(headers: &Headers) -> JsValue {
    headers.iter().map(|(n, v)| Array::of2(&n.into(), &v.into())).collect::<Array>().into()
}

fn name_addr(address: &NameAddr) -> JsValue {
    object([
        ("display_name", optional(address.display_name.as_deref())),
        ("uri", uri(&address.uri)),
        ("params", params(&address.params, |value| written(value).into_owned())),
    ])
}

fn params(params: &Params, write: fn(&str) -> String) -> JsValue {
    let out = Object::new();
    for (name, value) in &params.0 {
        js::set(&out, name, &optional(value.as_deref().map(write).as_deref()));
    }
    out.into()
}

/// As JsSIP writes the names of URI headers: compact forms mean nothing there.
fn capitalized(name: &str) -> String {
    let mut upper = true;
    let letter = |c: char| {
        let written = if upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        upper = c == '-';
        written
    };
    name.chars().map(letter).collect()
}

fn uri(uri: &Uri) -> JsValue {
    let headers = Object::new();
    for (name, value) in &uri.headers {
        let name = capitalized(name);
        let list = js::get(&headers, &name).dyn_into::<Array>().unwrap_or_default();
        list.push(&value.into());
        js::set(&headers, &name, &list);
    }
    object([
        ("scheme", uri.scheme.as_str().into()),
        ("user", optional(uri.user_decoded().as_deref())),
        ("host", uri.opaque.as_deref().unwrap_or(&uri.host).into()),
        ("port", uri.port.map_or(JsValue::NULL, JsValue::from)),
        ("params", params(&uri.params, str::to_owned)),
        ("headers", headers.into()),
    ])
}
