//! The grammar for the public value classes, and the diagnosis for apps.

use wasm_bindgen::prelude::*;

use super::fields::Fields;
use super::js::plain;
use crate::message::{self, Frame, NameAddr, Params, written};
use crate::sdp;
use crate::uri::Uri;

/// What `tool` answers, as `Tool` of `pkg/src/wasm.ts` has it.
pub mod what {
    /// A SIP URI: scheme, user, host, port, parameters, headers.
    pub const URI: u32 = 0;
    /// Display name, URI, parameters.
    pub const NAME_ADDR: u32 = 1;
    /// The fields of a message.
    pub const MESSAGE: u32 = 2;
    /// What a user typed as a SIP URI, `more` being the domain.
    pub const TARGET: u32 = 3;
    /// An escaped user part.
    pub const ESCAPED_USER: u32 = 4;
    /// MD5 of UTF-8 text, in lower-case hex.
    pub const MD5: u32 = 5;
    /// Why two descriptions cannot meet.
    pub const DIAGNOSIS: u32 = 6;
    /// What both ends must share.
    pub const FEATURES: u32 = 7;
}

/// Answers about a text, null if it is not what it should be.
#[wasm_bindgen]
pub fn tool(what: u32, text: JsValue, more: JsValue) -> JsValue {
    let (text, more) = (text.as_string(), more.as_string());
    match what {
        what::DIAGNOSIS => return plain(&sdp::diagnose(text.as_deref(), more.as_deref())),
        what::FEATURES => return plain(&sdp::features(text.as_deref(), more.as_deref())),
        _ => {}
    }
    let text = text.unwrap_or_default();
    let answer = match what {
        what::URI => Uri::parse(&text).filter(Uri::is_sip).map(|u| uri(&u).into()),
        what::NAME_ADDR => NameAddr::parse(&text).map(|a| name_addr(&a).into()),
        what::MESSAGE => parsed(&text),
        what::TARGET => crate::uri::normalize_target(&text, &more.unwrap_or_default()).map(|u| u.to_string().into()),
        what::ESCAPED_USER => Some(crate::uri::escape_user(&text).into()),
        _ => Some(crate::auth::Algorithm::Md5.hex(text.as_bytes()).into()),
    };
    answer.unwrap_or(JsValue::NULL)
}

/// Method or status, Request-URI or phrase, what requests and responses share, then name and value of each field.
fn parsed(raw: &str) -> Option<JsValue> {
    let fields = Fields::new();
    let read = message::parse(raw.as_bytes()).ok()?;
    let (headers, body, from, to, call_id, cseq, method, via) = match &read {
        Frame::Request(r) => {
            fields.text(r.method.as_str()).value(uri(&r.uri).into());
            (&r.headers, &r.body, &r.from, &r.to, &r.call_id, r.cseq, &r.method, &r.via)
        }
        Frame::Response(r) => {
            fields.number(u32::from(r.status)).text(&r.reason);
            (&r.headers, &r.body, &r.from, &r.to, &r.call_id, r.cseq, &r.method, &r.via)
        }
        _ => return None,
    };
    fields.text(&String::from_utf8_lossy(body)).text(call_id).number(cseq).text(method.as_str());
    fields.value(name_addr(from).into()).value(name_addr(to).into());
    fields.optional(from.tag()).optional(to.tag()).optional(via.branch());
    for (name, value) in headers.iter() {
        fields.text(name).text(value);
    }
    Some(fields.into())
}

fn name_addr(address: &NameAddr) -> Fields {
    let fields = Fields::new();
    fields.optional(address.display_name.as_deref()).value(uri(&address.uri).into());
    fields.value(params(&address.params, |value| written(value).into_owned()).into());
    fields
}

fn params(params: &Params, write: fn(&str) -> String) -> Fields {
    let fields = Fields::new();
    for (name, value) in &params.0 {
        fields.text(name).optional(value.as_deref().map(write).as_deref());
    }
    fields
}

fn uri(uri: &Uri) -> Fields {
    let fields = Fields::new();
    fields.text(&uri.scheme).optional(uri.user_decoded().as_deref());
    fields.text(uri.opaque.as_deref().unwrap_or(&uri.host)).maybe(uri.port.map(f64::from));
    let headers = Fields::new();
    for (name, value) in &uri.headers {
        headers.text(name).text(value);
    }
    fields.value(params(&uri.params, str::to_owned).into()).value(headers.into());
    fields
}
