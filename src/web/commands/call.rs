//! What an app asks of a call.

use wasm_bindgen::JsValue;

use crate::agent::Agent;
use crate::command::{AnswerOptions, CallOptions, CommandError, ReofferOptions, TerminateOptions};
use crate::config::SESSION_EXPIRES_S;
use crate::config::TrickleIce;
use crate::event::{Asker, SessionId, Ticket};
use crate::message::Method;
use crate::time::Instant;
use crate::uri::Uri;
use crate::web::border::{CallCommand, Diagnosed, SentRefer, SentRequest, Texts, call_answer as answer};

pub(super) fn run(
    agent: &mut Agent,
    now: Instant,
    id: SessionId,
    command: CallCommand,
) -> Result<JsValue, CommandError> {
    match command {
        CallCommand::Call {
            target,
            headers,
            anonymous,
            from_user,
            from_display_name,
            session_expires,
            trickle_ice,
            redirect_limit,
            session_id,
        } => {
            let call = CallOptions {
                target: Uri::parse(&target).ok_or(CommandError::Invalid("target"))?,
                extra_headers: headers.0,
                anonymous,
                from_user,
                from_display_name,
                session_expires_s: interval(session_expires),
                trickle_ice: trickle(trickle_ice)?,
                redirect_limit,
                session_id,
            };
            agent.call(now, id, call)?;
        }
        CallCommand::Answer { headers, session_expires, trickle_ice } => {
            let options = AnswerOptions {
                extra_headers: headers.0,
                session_expires_s: interval(session_expires),
                trickle_ice: trickle(trickle_ice)?,
            };
            agent.answer(now, id, &options)?;
        }
        CallCommand::Progress { headers, session_expires, trickle_ice } => {
            let options = AnswerOptions {
                extra_headers: headers.0,
                session_expires_s: interval(session_expires),
                trickle_ice: trickle(trickle_ice)?,
            };
            agent.progress(now, id, &options)?;
        }
        CallCommand::Keep {} => return Ok(answer::Keep(agent.keep(now, id).map(Texts))),
        CallCommand::Resume { kept } => agent.resume_call(now, id, &kept.0)?,
        CallCommand::AnswerImpossible {} => agent.answer_impossible(now, id),
        CallCommand::Terminate { cause, status, reason, headers, body } => {
            let options = TerminateOptions {
                cause,
                status: status.map(code),
                reason,
                extra_headers: headers.0,
                body: body.unwrap_or_default(),
            };
            agent.terminate(now, id, &options)?;
        }
        CallCommand::Hold { on, by_update, headers } => {
            let options = ReofferOptions { use_update: by_update, extra_headers: headers.0, ice_restart: false };
            return Ok(answer::Hold(agent.hold(now, id, on, options)?));
        }
        CallCommand::Renegotiate { by_update, headers, ice_restart } => {
            let options = ReofferOptions { use_update: by_update, extra_headers: headers.0, ice_restart };
            return Ok(answer::Renegotiate(agent.renegotiate(now, id, options)?));
        }
        CallCommand::Dtmf { tones, duration, gap, headers } => {
            agent.dtmf(now, id, &tones, duration, gap, &headers.0)?;
        }
        CallCommand::Info { content_type, body, headers, info_package } => {
            let sent = agent.info(now, id, &content_type, &body, info_package.as_deref(), &headers.0)?;
            return Ok(answer::Info(sent));
        }
        CallCommand::Message { content_type, body, headers } => {
            return Ok(answer::Message(agent.message(now, id, &content_type, &body, &headers.0)?));
        }
        CallCommand::Request { method, headers, body } => {
            let method = Method::parse(&method).ok_or(CommandError::Invalid("method"))?;
            let sent = agent.send_inside(now, id, method, &headers.0, &body)?;
            return Ok(answer::Request(sent.map(|(handle, request)| SentRequest(handle, request))));
        }
        CallCommand::Refer { refer_to, headers, norefersub } => {
            let sent = agent.refer(now, id, &refer_to, &headers.0, norefersub)?;
            return Ok(answer::Refer(sent.map(|(handle, cseq)| SentRefer(handle, cseq))));
        }
        CallCommand::ReferNotify { cseq, status, reason } => agent.notify_refer(now, id, cseq, code(status), &reason),
        CallCommand::ReplacesValue {} => return Ok(answer::ReplacesValue(agent.replaces_value(id))),
        CallCommand::Replace { ticket, id: new } => {
            let ticket = Ticket::new(Asker::Replaces(id), ticket);
            return Ok(answer::Replace(agent.replace(now, ticket, new.map(SessionId))));
        }
        CallCommand::Diagnosis {} => {
            let (findings, features) = agent.diagnosis(id);
            return Ok(answer::Diagnosis(Diagnosed(findings, features)));
        }
    }
    Ok(JsValue::UNDEFINED)
}

/// s of Session-Expires.
fn interval(asked: Option<u32>) -> u32 {
    asked.filter(|seconds| *seconds < u32::MAX).unwrap_or(SESSION_EXPIRES_S)
}

/// What an app says of this call alone.
fn trickle(option: Option<String>) -> Result<Option<TrickleIce>, CommandError> {
    option.map(|text| TrickleIce::parse(&text).ok_or(CommandError::Invalid("trickle_ice"))).transpose()
}

/// A status code; one that is too large stays too large.
fn code(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
