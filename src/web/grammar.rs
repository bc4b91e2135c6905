//! The grammar for the public value classes, and the diagnosis for apps.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::border::{Caller, Features, Findings, ParsedMessage, Texts, Tool, finding as answer};
use super::refusal::misuse;
use crate::auth::Algorithm;
use crate::grammar::{self, pieces};
use crate::message::{self, NameAddr};
use crate::sdp;
use crate::uri::{self, Uri};

/// Answers about a text what has that number in the table of `Tool`; null if it is not what it should be.
#[wasm_bindgen]
pub fn tool(number: u32, arguments: &Array) -> Result<JsValue, JsValue> {
    Ok(match Tool::read(number, arguments).map_err(misuse)? {
        Tool::Uri { text } => answer::Uri(Uri::parse(&text).filter(Uri::is_sip)),
        Tool::NameAddr { text } => answer::NameAddr(NameAddr::parse_written(&text)),
        Tool::Message { raw } => answer::Message(message::parse(raw.as_bytes()).ok().map(ParsedMessage)),
        Tool::Target { target, domain } => {
            answer::Target(uri::normalize_target(&target, &domain).map(|target| target.to_string()))
        }
        Tool::EscapedUser { text } => answer::EscapedUser(uri::escape_user(&text)),
        Tool::Md5 { text } => answer::Md5(Algorithm::Md5.hex(text.as_bytes())),
        Tool::Diagnosis { offer, answer } => {
            answer::Diagnosis(Findings(sdp::diagnose(offer.as_deref(), answer.as_deref())))
        }
        Tool::Features { local, remote } => {
            answer::Features(Features(sdp::features(local.as_deref(), remote.as_deref())))
        }
        Tool::Caller { raw } => answer::Caller(message::parse(raw.as_bytes()).ok().map(Caller)),
        Tool::Pieces { text, separator } => {
            answer::Pieces(Texts(pieces(&text, separator.chars().next().unwrap_or(',')).map(str::to_owned).collect()))
        }
        Tool::Unquoted { text } => answer::Unquoted(grammar::unquote(&text)),
    })
}
