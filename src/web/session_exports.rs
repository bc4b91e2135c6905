//! Flat functions on the handle of a call. Each list of arguments is described in `pkg/src/wasm.ts`.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::arguments::Arguments;
use super::exports::driver;
use super::fields::Fields;
use super::js::plain;
use super::media::{self, Wanted};
use crate::command::{AnswerOptions, CallOptions, CommandError, ReofferOptions, TerminateOptions};
use crate::event::{SessionId, Ticket};

/// Session-Expires to ask for unless the app says, in s.
const SESSION_EXPIRES_S: u32 = 90;

/// What `session_command` does, as `SessionCommand` of `pkg/src/wasm.ts` has it.
mod what {
    pub(super) const CALL: u32 = 0;
    pub(super) const ANSWER: u32 = 1;
    pub(super) const ANSWER_IMPOSSIBLE: u32 = 2;
    pub(super) const TERMINATE: u32 = 3;
    pub(super) const HOLD: u32 = 4;
    pub(super) const RENEGOTIATE: u32 = 5;
    pub(super) const DTMF: u32 = 6;
    pub(super) const INFO: u32 = 7;
    pub(super) const REQUEST: u32 = 8;
    pub(super) const REFER: u32 = 9;
    pub(super) const REFER_NOTIFY: u32 = 10;
    pub(super) const REPLACES_VALUE: u32 = 11;
    pub(super) const REPLACE: u32 = 12;
    pub(super) const DIAGNOSIS: u32 = 13;
}

/// What `peer_command` does, as `PeerCommand` of `pkg/src/wasm.ts` has it.
mod peer {
    pub(super) const OFFER_ONCE: u32 = 0;
    pub(super) const MUTE: u32 = 1;
    pub(super) const TONES: u32 = 2;
    pub(super) const READY: u32 = 3;
}

/// Makes the call's RTCPeerConnection with the arguments of its constructor, whose errors it throws, and keeps what the
/// app wants captured and described.
#[wasm_bindgen]
pub fn peer_create(agent: u32, session: u32, arguments: Array, wanted: Array) -> Result<JsValue, JsValue> {
    let connection = media::connection(&arguments)?;
    if let Some(driver) = driver(agent) {
        driver.add_peer(SessionId(session), connection.clone(), Wanted::read(&wanted));
    }
    Ok(connection.into())
}

/// Does `what` with the call's RTCPeerConnection, nothing if there is none.
#[wasm_bindgen]
pub fn peer_command(agent: u32, session: u32, what: u32, list: Array) {
    let Some(peer) = driver(agent).and_then(|d| d.peer(session)) else { return };
    let mut args = Arguments::read(&list);
    match what {
        peer::OFFER_ONCE => peer.offer_once(list.get(0)),
        peer::MUTE => peer.mute(args.flag(), args.flag()),
        peer::TONES => peer.tones(&args.words(), args.number_or(100), args.number_or(500)),
        peer::READY => peer.ready(),
        _ => {}
    }
}

/// Does `what` with the call.
#[wasm_bindgen]
pub fn session_command(agent: u32, session: u32, what: u32, list: JsValue) -> Result<JsValue, JsValue> {
    let driver = driver(agent).ok_or(CommandError::NoSuchSession)?;
    let id = SessionId(session);
    let mut args = Arguments::read(&list);
    if !matches!(what, what::TERMINATE | what::HOLD | what::RENEGOTIATE) {
        args.check_lines()?;
    }
    driver.apply(&mut |a, now| {
        match what {
            what::CALL => {
                let call = CallOptions {
                    target: args.target()?,
                    extra_headers: args.lines(),
                    anonymous: args.flag(),
                    from_user: args.text(),
                    from_display_name: args.text(),
                    session_expires_s: args.number_or(SESSION_EXPIRES_S),
                };
                a.call(now, id, call)?;
            }
            what::ANSWER => {
                let (extra_headers, session_expires_s) = (args.lines(), args.number_or(SESSION_EXPIRES_S));
                a.answer(now, id, &AnswerOptions { extra_headers, session_expires_s })?;
            }
            what::ANSWER_IMPOSSIBLE => a.answer_impossible(now, id),
            what::TERMINATE => {
                #[allow(clippy::cast_possible_truncation)]
                let terminate = TerminateOptions {
                    cause: args.text(),
                    status: args.number().map(|status| status as u16),
                    reason: args.text(),
                    extra_headers: args.lines(),
                    body: args.words(),
                };
                a.terminate(now, id, &terminate)?;
            }
            what::HOLD => return Ok(a.hold(now, id, args.flag(), reoffer(&mut args))?.into()),
            what::RENEGOTIATE => return Ok(a.renegotiate(now, id, reoffer(&mut args))?.into()),
            what::DTMF => {
                let (tones, duration_ms, gap_ms) = (args.words(), args.number_or(100), args.number_or(500));
                a.dtmf(now, id, &tones, duration_ms, gap_ms, &args.lines())?;
            }
            what::INFO => return Ok(a.info(now, id, &args.words(), &args.words(), &args.lines())?.into()),
            what::REQUEST => {
                if let Some((handle, request)) = a.send_inside(now, id, args.method()?, &args.lines(), &args.words())? {
                    let fields = Fields::new();
                    fields.number(handle).draft(&request);
                    return Ok(fields.into());
                }
            }
            what::REFER => {
                if let Some((handle, cseq)) = a.refer(now, id, &args.words(), &args.lines())? {
                    let fields = Fields::new();
                    fields.number(handle).number(cseq);
                    return Ok(fields.into());
                }
            }
            what::REFER_NOTIFY => {
                #[allow(clippy::cast_possible_truncation)]
                let (referral, status) = (args.number_or(0), args.number_or(0) as u16);
                a.notify_refer(now, id, referral, status, &args.words());
            }
            what::REPLACES_VALUE => return Ok(a.replaces_value(id).into()),
            what::REPLACE => {
                let (ticket, new) = (Ticket(args.number_or(0)), args.number().map(SessionId));
                return Ok(a.replace(now, id, ticket, new).into());
            }
            what::DIAGNOSIS => {
                let (findings, features) = a.diagnosis(id);
                let fields = Fields::new();
                fields.value(plain(&findings)).value(plain(&features));
                return Ok(fields.into());
            }
            _ => {}
        }
        Ok(JsValue::UNDEFINED)
    })
}

fn reoffer(args: &mut Arguments) -> ReofferOptions {
    ReofferOptions { use_update: args.flag(), extra_headers: args.lines(), ice_restart: args.flag() }
}
