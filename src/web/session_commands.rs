//! What an app asks of a call.

use wasm_bindgen::JsValue;

use super::arguments::Arguments;
use super::fields::Fields;
use super::js::plain;
use super::what;
use crate::agent::Agent;
use crate::command::{AnswerOptions, CallOptions, ReofferOptions, TerminateOptions};
use crate::event::{SessionId, Ticket};
use crate::session::SESSION_EXPIRES_S;
use crate::time::Instant;

pub(super) fn run(
    a: &mut Agent,
    now: Instant,
    id: SessionId,
    what: u32,
    args: &mut Arguments,
) -> Result<JsValue, JsValue> {
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
            let terminate = TerminateOptions {
                cause: args.text(),
                status: args.status(),
                reason: args.text(),
                extra_headers: args.lines(),
                body: args.words(),
            };
            a.terminate(now, id, &terminate)?;
        }
        what::HOLD => return Ok(a.hold(now, id, args.flag(), reoffer(args))?.into()),
        what::RENEGOTIATE => return Ok(a.renegotiate(now, id, reoffer(args))?.into()),
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
            let (referral, status) = (args.number_or(0), args.status().unwrap_or_default());
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
}

fn reoffer(args: &mut Arguments) -> ReofferOptions {
    ReofferOptions { use_update: args.flag(), extra_headers: args.lines(), ice_restart: args.flag() }
}
