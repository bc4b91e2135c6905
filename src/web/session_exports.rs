//! Flat functions on the handle of a call, a MESSAGE or an OPTIONS.

use wasm_bindgen::prelude::*;

use super::driver::Driver;
use super::exports::{check, check_lines, driver, refused};
use super::media::{self, Wanted};
use super::{events, js};
use crate::agent::Agent;
use crate::command::{AnswerOptions, CallOptions, CommandError, ReofferOptions, TerminateOptions};
use crate::event::{RequestId, SessionId, Ticket};
use crate::message::Method;
use crate::request::RequestOptions;
use crate::time::Instant;
use crate::uri::Uri;

/// A number for a call or request to come.
#[wasm_bindgen]
pub fn session_reserve(agent: u32) -> u32 {
    driver(agent).map(|d| d.apply(|a, _| a.reserve())).unwrap_or_default()
}

/// Makes the call's RTCPeerConnection. Throws what its constructor throws.
#[wasm_bindgen]
pub fn peer_create(agent: u32, session: u32, config: JsValue, constraints: JsValue) -> Result<JsValue, JsValue> {
    let connection = media::connection(&config, &constraints)?;
    if let Some(driver) = driver(agent) {
        driver.add_peer(SessionId(session), connection.clone());
    }
    Ok(connection.into())
}

/// The app answers, but RTCPeerConnection could not be made: 500 to the caller.
#[wasm_bindgen]
pub fn session_answer_impossible(agent: u32, session: u32) {
    if let Some(driver) = driver(agent) {
        driver.apply(|a, now| a.answer_impossible(now, SessionId(session)));
    }
}

/// Calls `options.target`.
#[wasm_bindgen]
pub fn session_call(agent: u32, session: u32, options: JsValue) -> Result<(), JsValue> {
    let target = js::text(&options, "target").as_deref().and_then(Uri::parse);
    let target = target.ok_or_else(|| js_sys::TypeError::new("Invalid target"))?;
    let call = CallOptions {
        target,
        extra_headers: js::texts(&options, "extraHeaders"),
        anonymous: js::flag(&options, "anonymous"),
        from_user: js::text(&options, "fromUserName"),
        from_display_name: js::text(&options, "fromDisplayName"),
        session_expires_s: seconds(&options),
    };
    check_lines(&call.extra_headers)?;
    let wanted = Wanted::read(&options);
    command(agent, |driver| {
        if let Some(peer) = driver.peer(session) {
            peer.want(wanted);
        }
        driver.apply(|a, now| a.call(now, SessionId(session), call))
    })
}

/// Takes a call.
#[wasm_bindgen]
pub fn session_answer(agent: u32, session: u32, options: JsValue) -> Result<(), JsValue> {
    let answer =
        AnswerOptions { extra_headers: js::texts(&options, "extraHeaders"), session_expires_s: seconds(&options) };
    check_lines(&answer.extra_headers)?;
    let wanted = Wanted::read(&options);
    command(agent, |driver| {
        if let Some(peer) = driver.peer(session) {
            peer.want(wanted);
        }
        driver.apply(|a, now| a.answer(now, SessionId(session), &answer))
    })
}

/// Hangs up, rejects or cancels.
#[wasm_bindgen]
pub fn session_terminate(agent: u32, session: u32, options: JsValue) -> Result<(), JsValue> {
    #[allow(clippy::cast_possible_truncation)]
    let status = js::number(&options, "status_code").map(|s| js::count(s) as u16);
    let terminate = TerminateOptions {
        cause: js::text(&options, "cause"),
        status,
        reason: js::text(&options, "reason_phrase"),
        extra_headers: js::texts(&options, "extraHeaders"),
        body: js::text(&options, "body").unwrap_or_default(),
    };
    on_session(agent, session, |a, now, id| a.terminate(now, id, &terminate))
}

/// Holds or takes back. False if it cannot be now.
#[wasm_bindgen]
pub fn session_hold(agent: u32, session: u32, on: bool, options: JsValue) -> Result<bool, JsValue> {
    let options = reoffer(&options);
    on_session(agent, session, |a, now, id| a.hold(now, id, on, options))
}

/// Makes a new offer. False if it cannot be now.
#[wasm_bindgen]
pub fn session_renegotiate(agent: u32, session: u32, options: JsValue) -> Result<bool, JsValue> {
    let constraints = js::get(&options, "rtcOfferConstraints");
    let started = on_session(agent, session, |a, now, id| a.renegotiate(now, id, reoffer(&options)))?;
    if let Some(peer) = driver(agent).and_then(|d| d.peer(session)).filter(|_| started) {
        peer.offer_once(constraints);
    }
    Ok(started)
}

/// Mutes or unmutes; a value that is no boolean leaves that medium as it is.
#[wasm_bindgen]
pub fn session_mute(agent: u32, session: u32, audio: JsValue, video: JsValue) {
    if let Some(peer) = driver(agent).and_then(|d| d.peer(session)) {
        peer.mute(audio.as_bool(), video.as_bool());
    }
}

/// Sends tones by INFO or RFC 4733.
#[wasm_bindgen]
pub fn session_dtmf(agent: u32, session: u32, tones: &str, options: JsValue) -> Result<(), JsValue> {
    let ms = |key: &str, default: u32| {
        js::number(&options, key).map_or(default, |n| u32::try_from(js::count(n)).unwrap_or(default))
    };
    let (duration, gap) = (ms("duration", 100), ms("interToneGap", 500));
    if js::text(&options, "transportType").as_deref() == Some("RFC2833") {
        if let Some(peer) = driver(agent).and_then(|d| d.peer(session)) {
            peer.tones(tones, duration, gap);
        }
        return Ok(());
    }
    let lines = js::texts(&options, "extraHeaders");
    check_lines(&lines)?;
    on_session(agent, session, |a, now, id| a.dtmf(now, id, tones, duration, gap, &lines))
}

/// Sends a request inside the call: `{handle, request}`, or null without a dialog.
#[wasm_bindgen]
pub fn session_request(
    agent: u32,
    session: u32,
    method: &str,
    extra_headers: JsValue,
    body: &str,
) -> Result<JsValue, JsValue> {
    let method = Method::parse(method).ok_or_else(|| js_sys::TypeError::new("Invalid method"))?;
    let lines = js::strings(&extra_headers);
    check_lines(&lines)?;
    let sent = on_session(agent, session, |a, now, id| a.send_inside(now, id, method, &lines, body))?;
    Ok(sent.map_or(JsValue::NULL, |(handle, request)| {
        js::object([("handle", handle.into()), ("request", events::draft(&request))])
    }))
}

/// Transfers the call: `[handle, cseq]`, or null if it cannot be now.
#[wasm_bindgen]
pub fn session_refer(agent: u32, session: u32, refer_to: &str, extra_headers: JsValue) -> Result<JsValue, JsValue> {
    let lines = js::strings(&extra_headers);
    check_lines(&lines)?;
    let sent = on_session(agent, session, |a, now, id| a.refer(now, id, refer_to, &lines))?;
    Ok(sent.map_or(JsValue::NULL, |(handle, cseq)| js_sys::Array::of2(&handle.into(), &cseq.into()).into()))
}

/// Tells the far end how the transfer that it asked for goes.
#[wasm_bindgen]
pub fn session_refer_notify(agent: u32, session: u32, referral: u32, status: u16, reason: &str) {
    if let Some(driver) = driver(agent) {
        driver.apply(|a, now| a.notify_refer(now, SessionId(session), referral, status, reason));
    }
}

/// The Replaces value that names the call to its far end.
#[wasm_bindgen]
pub fn session_replaces_value(agent: u32, session: u32) -> Option<String> {
    driver(agent)?.read(|a| a.replaces_value(SessionId(session)))
}

/// Lets the INVITE of that ticket take the call's place as session `new`; 0 refuses it. False if it is gone.
#[wasm_bindgen]
pub fn session_replace(agent: u32, session: u32, ticket: u32, new: u32) -> bool {
    let new = (new != 0).then_some(SessionId(new));
    driver(agent).is_some_and(|d| d.apply(|a, now| a.replace(now, SessionId(session), Ticket(ticket), new)))
}

/// Sends an INFO; its number comes back in `requestDone`.
#[wasm_bindgen]
pub fn session_info(
    agent: u32,
    session: u32,
    content_type: &str,
    body: &str,
    extra_headers: JsValue,
) -> Result<u32, JsValue> {
    let lines = js::strings(&extra_headers);
    check_lines(&lines)?;
    on_session(agent, session, |a, now, id| a.info(now, id, content_type, body, &lines))
}

/// `{findings, features}` of a call.
#[wasm_bindgen]
pub fn session_diagnosis(agent: u32, session: u32) -> JsValue {
    let found = driver(agent).map(|d| d.read(|a| a.diagnosis(SessionId(session)))).unwrap_or_default();
    js::object([("findings", js::plain(&found.0)), ("features", js::plain(&found.1))])
}

/// Enough candidates: the description leaves now.
#[wasm_bindgen]
pub fn session_ready_candidates(agent: u32, session: u32) {
    if let Some(peer) = driver(agent).and_then(|d| d.peer(session)) {
        peer.ready();
    }
}

/// Sends a MESSAGE or OPTIONS outside a dialog.
#[wasm_bindgen]
pub fn request_send(agent: u32, request: u32, method: &str, options: JsValue) -> Result<(), JsValue> {
    let target = js::text(&options, "target").as_deref().and_then(Uri::parse);
    let target = target.ok_or_else(|| js_sys::TypeError::new("Invalid target"))?;
    let method = Method::parse(method).ok_or_else(|| js_sys::TypeError::new("Invalid method"))?;
    let request_options = RequestOptions {
        target,
        body: js::text(&options, "body").unwrap_or_default(),
        content_type: js::text(&options, "contentType").unwrap_or_default(),
        extra_headers: js::texts(&options, "extraHeaders"),
        from_user: js::text(&options, "fromUserName"),
        from_display_name: js::text(&options, "fromDisplayName"),
    };
    check_lines(&request_options.extra_headers)?;
    check([request_options.content_type.as_str()])?;
    command(agent, |d| d.apply(|a, now| a.send_request(now, RequestId(request), method, request_options)))
}

fn seconds(options: &JsValue) -> u32 {
    js::number(options, "sessionTimersExpires").map_or(90, |n| u32::try_from(js::count(n)).unwrap_or(90))
}

fn reoffer(options: &JsValue) -> ReofferOptions {
    ReofferOptions {
        use_update: js::flag(options, "useUpdate"),
        extra_headers: js::texts(options, "extraHeaders"),
        ice_restart: js::flag(options, "iceRestart"),
    }
}

pub(super) fn command<T>(agent: u32, run: impl FnOnce(&Driver) -> Result<T, CommandError>) -> Result<T, JsValue> {
    let driver = driver(agent).ok_or_else(|| refused(CommandError::NoSuchSession))?;
    run(&driver).map_err(refused)
}

fn on_session<T>(
    agent: u32,
    session: u32,
    run: impl FnOnce(&mut Agent, Instant, SessionId) -> Result<T, CommandError>,
) -> Result<T, JsValue> {
    command(agent, |d| d.apply(|a, now| run(a, now, SessionId(session))))
}
