//! Core events as values for JavaScript, and the verdicts of hooks read back.

use std::mem::take;

use wasm_bindgen::JsValue;

use super::arguments::Arguments;
use super::driver::Driver;
use super::fields::Fields;
use super::js::plain;
use crate::cause::Cause;
use crate::event::{
    Draft, Event, Message, Originator, SessionEvent, SessionId, SessionState, SubscriptionEvent, Ticket, Verdict,
};
use crate::message::Method;

/// What is told. `pkg/src/kinds.ts` has the same in the same order, with the names of the event and of its fields.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Connecting,
    Connected,
    Disconnected,
    Stopped,
    Registered,
    Refreshed,
    Unregistered,
    RegistrationFailed,
    RegistrationExpiring,
    Gruu,
    NewRtcSession,
    NewMessage,
    NewOptions,
    SipEvent,
    NewSubscribe,
    Dropped,
    SipMessage,
    Done,
    Gone,
    CallState,
    CallConnecting,
    CallSending,
    CallProgress,
    CallAccepted,
    CallConfirmed,
    CallEnded,
    CallFailed,
    CallSdp,
    CallMediaFailed,
    CallHold,
    CallUnhold,
    CallReinvite,
    CallUpdate,
    CallAnswered,
    CallRenegotiated,
    CallNewDtmf,
    CallNewInfo,
    CallRequestDone,
    CallAuthenticated,
    CallRefer,
    CallReferProgress,
    CallReplaces,
    CallIceCandidate,
    SubscriptionState,
    SubscriptionAccepted,
    SubscriptionPending,
    SubscriptionActive,
    SubscriptionNotify,
    SubscriptionSubscribe,
    SubscriptionExpired,
    SubscriptionTerminated,
}

/// Tells the app, and for a hook returns what its listeners decided.
pub(super) fn deliver(driver: &Driver, mut event: Event) -> Option<(Ticket, Verdict)> {
    let fields = Fields::new();
    let (target, kind) = write(driver, &event, &fields);
    let verdict = driver.tell(target, kind, fields);
    if matches!(kind, Kind::Done | Kind::SubscriptionTerminated) {
        driver.tell(target, Kind::Gone, Fields::new());
    }
    decide(&mut event, &verdict)
}

/// Writes the fields of an event; returns whom it is for (0 is the UA) and what it is.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "places in short lists; ms of a call")]
fn write(driver: &Driver, event: &Event, fields: &Fields) -> (u32, Kind) {
    let kind = match event {
        Event::Connecting { server, attempts } => {
            fields.number(*server as u32).number(*attempts);
            Kind::Connecting
        }
        Event::Connected { server } => {
            fields.number(*server as u32);
            Kind::Connected
        }
        Event::Disconnected { server, error, code, reason, retry_in_ms } => {
            fields.number(*server as u32).flag(*error).maybe(retry_in_ms.map(|ms| ms as f64 / 1000.0));
            if *error || code.is_some() {
                fields.maybe(code.map(f64::from)).text(reason);
            }
            Kind::Disconnected
        }
        Event::Stopped => Kind::Stopped,
        Event::Registered { response, expires_s } => {
            fields.text(&response.raw).number(*expires_s);
            Kind::Registered
        }
        Event::Refreshed { expires_s, refresh_in_ms } => {
            fields.number(*expires_s).value((*refresh_in_ms as f64).into());
            Kind::Refreshed
        }
        Event::Unregistered { response, cause, transport } => {
            fields.response(response.as_ref()).optional(cause.map(Cause::as_str)).flag(*transport);
            Kind::Unregistered
        }
        Event::RegistrationFailed { response, cause } => {
            fields.response(response.as_ref()).text(cause.as_str());
            Kind::RegistrationFailed
        }
        Event::RegistrationExpiring(_) => Kind::RegistrationExpiring,
        Event::Gruu { public, temporary } => {
            fields.optional(public.as_deref()).optional(temporary.as_deref());
            Kind::Gruu
        }
        Event::NewSession { id, originator, incoming, outgoing, call_id, from_tag, .. } => {
            fields.number(id.0).text(originator.as_str()).either(incoming.as_ref(), outgoing.as_ref());
            fields.text(call_id).text(from_tag);
            Kind::NewRtcSession
        }
        Event::NewRequest { id, method, incoming, outgoing, .. } => {
            let originator = if incoming.is_some() { Originator::Remote } else { Originator::Local };
            fields.number(id.0).text(originator.as_str()).either(incoming.as_ref(), outgoing.as_ref());
            if *method == Method::Message { Kind::NewMessage } else { Kind::NewOptions }
        }
        Event::UnsolicitedNotify { request, .. } => {
            fields.request(request);
            Kind::SipEvent
        }
        Event::NewSubscribe { id, request, .. } => {
            fields.number(id.0).request(request);
            Kind::NewSubscribe
        }
        Event::Dropped { why } => {
            fields.text(why);
            Kind::Dropped
        }
        Event::RequestDone { id, response, failure } => {
            fields.response(response.as_ref()).optional(failure.map(|(o, _)| o.as_str()));
            fields.optional(failure.map(|(_, c)| c.as_str()));
            return (id.0, Kind::Done);
        }
        Event::SessionGone(id) => return (id.0, Kind::Gone),
        Event::Session { id, state, kind } => {
            fields.number(packed(state));
            return (id.0, session(driver, *id, kind, fields));
        }
        Event::Subscription { id, state, dialog, kind } => {
            fields.number(u32::from(*state));
            match dialog {
                Some(dialog) => {
                    let ids = Fields::new();
                    ids.text(&dialog.call_id).text(&dialog.local_tag).text(&dialog.remote_tag);
                    fields.value(ids.into());
                }
                None => drop(fields.optional(None)),
            }
            return (id.0, subscription(kind, fields));
        }
    };
    (0, kind)
}

fn session(driver: &Driver, id: SessionId, event: &SessionEvent, fields: &Fields) -> Kind {
    match event {
        SessionEvent::State => Kind::CallState,
        SessionEvent::Connecting { incoming, outgoing } => {
            fields.either(incoming.as_ref(), outgoing.as_ref());
            Kind::CallConnecting
        }
        SessionEvent::Sending { request, .. } => {
            fields.draft(request);
            Kind::CallSending
        }
        SessionEvent::Progress { originator, response } => {
            fields.text(originator.as_str()).response(response.as_ref());
            Kind::CallProgress
        }
        SessionEvent::Accepted { originator, response } => {
            fields.text(originator.as_str()).response(response.as_ref());
            Kind::CallAccepted
        }
        SessionEvent::Confirmed { originator, ack } => {
            fields.text(originator.as_str()).either(ack.as_ref(), None);
            Kind::CallConfirmed
        }
        SessionEvent::Ended { originator, message, cause, cause_text, findings, features } => {
            over(fields, *originator, message, cause_text.as_deref().unwrap_or(cause.as_str()));
            fields.value(plain(findings)).value(plain(features));
            Kind::CallEnded
        }
        SessionEvent::Failed { originator, message, cause, findings, features } => {
            over(fields, *originator, message, cause.as_str());
            fields.value(plain(findings)).value(plain(features));
            Kind::CallFailed
        }
        SessionEvent::Sdp { originator, offer, sdp, .. } => {
            fields.text(originator.as_str()).text(if *offer { "offer" } else { "answer" }).text(sdp);
            Kind::CallSdp
        }
        SessionEvent::MediaFailed(fault) => {
            fields.number(*fault as u32).value(driver.remembered(id));
            Kind::CallMediaFailed
        }
        SessionEvent::Hold(originator) => {
            fields.text(originator.as_str());
            Kind::CallHold
        }
        SessionEvent::Unhold(originator) => {
            fields.text(originator.as_str());
            Kind::CallUnhold
        }
        SessionEvent::Reinvite { ticket, request } => {
            fields.request(request).number(ticket.0);
            Kind::CallReinvite
        }
        SessionEvent::Update { ticket, request } => {
            fields.request(request).number(ticket.0);
            Kind::CallUpdate
        }
        SessionEvent::Answered { ticket } => {
            fields.number(ticket.0);
            Kind::CallAnswered
        }
        SessionEvent::Renegotiated { succeeded } => {
            fields.flag(*succeeded);
            Kind::CallRenegotiated
        }
        SessionEvent::Dtmf { originator, tone, duration_ms, request, handle } => {
            fields.text(originator.as_str()).text(tone.encode_utf8(&mut [0; 4])).number(*duration_ms);
            fields.either(request.as_ref(), None).number(*handle);
            Kind::CallNewDtmf
        }
        SessionEvent::Info { originator, content_type, body, request, handle } => {
            fields.text(originator.as_str()).text(content_type).text(body);
            fields.either(request.as_ref(), None).number(*handle);
            Kind::CallNewInfo
        }
        SessionEvent::RequestDone { handle, response, failure } => {
            fields.number(*handle).response(response.as_ref()).optional(failure.map(Cause::as_str));
            Kind::CallRequestDone
        }
        SessionEvent::Authenticated { handle, request } => {
            fields.number(*handle).draft(request);
            Kind::CallAuthenticated
        }
        SessionEvent::Refer { request, .. } => {
            fields.request(request).number(request.cseq);
            Kind::CallRefer
        }
        SessionEvent::ReferProgress { handle, request, status, reason } => {
            fields.number(*handle).request(request).number(u32::from(*status)).text(reason);
            Kind::CallReferProgress
        }
        SessionEvent::Replaces { ticket, request } => {
            fields.request(request).number(ticket.0);
            Kind::CallReplaces
        }
    }
}

fn subscription(event: &SubscriptionEvent, fields: &Fields) -> Kind {
    match event {
        SubscriptionEvent::State => Kind::SubscriptionState,
        SubscriptionEvent::Accepted => Kind::SubscriptionAccepted,
        SubscriptionEvent::Pending => Kind::SubscriptionPending,
        SubscriptionEvent::Active => Kind::SubscriptionActive,
        SubscriptionEvent::Notify { is_final: ends, request } => {
            fields.flag(*ends).request(request);
            Kind::SubscriptionNotify
        }
        SubscriptionEvent::Subscribe { ends, request, .. } => {
            fields.flag(*ends).request(request);
            Kind::SubscriptionSubscribe
        }
        SubscriptionEvent::Expired { .. } => Kind::SubscriptionExpired,
        SubscriptionEvent::Terminated { code, reason, retry_after } => {
            fields.number(u32::from(*code)).value(reason.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str));
            fields.maybe(retry_after.map(f64::from));
            Kind::SubscriptionTerminated
        }
    }
}

fn over(fields: &Fields, originator: Originator, message: &Message, cause: &str) {
    fields.text(originator.as_str());
    match message {
        Message::None => fields.optional(None).optional(None),
        Message::Request(request) => fields.request(request).optional(None),
        Message::Response(response) => fields.optional(None).text(&response.raw),
    };
    fields.text(cause);
}

/// The state of a call in one number: its status, then a bit for each of the rest.
fn packed(state: &SessionState) -> u32 {
    u32::from(state.status)
        | u32::from(state.local_hold) << 4
        | u32::from(state.remote_hold) << 5
        | u32::from(state.ready_to_reoffer) << 6
}

/// What the listeners of a hook decided.
fn decide(event: &mut Event, verdict: &JsValue) -> Option<(Ticket, Verdict)> {
    let mut args = Arguments::read(verdict);
    Some(match event {
        Event::RegistrationExpiring(ticket)
        | Event::NewSession { ticket, .. }
        | Event::NewSubscribe { ticket, .. }
        | Event::Session { kind: SessionEvent::Refer { ticket, .. } | SessionEvent::Replaces { ticket, .. }, .. } => {
            (*ticket, Verdict::Listened(verdict.is_truthy()))
        }
        Event::Subscription {
            kind: SubscriptionEvent::Subscribe { ticket, .. } | SubscriptionEvent::Expired { ticket },
            ..
        } => (*ticket, Verdict::Listened(true)),
        Event::NewRequest { ticket, outgoing: Some(request), .. }
        | Event::Session { kind: SessionEvent::Sending { ticket, request }, .. } => {
            change(request, &mut args);
            let (headers, body) = (take(&mut request.headers), take(&mut request.body));
            (*ticket, Verdict::Sending { headers, body })
        }
        Event::NewRequest { ticket, .. } | Event::UnsolicitedNotify { ticket, .. } => {
            (*ticket, Verdict::Reply { listened: args.flag(), reply: args.refusal() })
        }
        Event::Session { kind: SessionEvent::Sdp { ticket, sdp, .. }, .. } => {
            (*ticket, Verdict::Sdp(verdict.as_string().unwrap_or_else(|| take(sdp))))
        }
        Event::Session {
            kind: SessionEvent::Reinvite { ticket, .. } | SessionEvent::Update { ticket, .. }, ..
        } => (*ticket, Verdict::Reoffer(args.refusal())),
        _ => return None,
    })
}

/// Takes what the app made of a request: its body, then name and value of each field.
fn change(request: &mut Draft, verdict: &mut Arguments) {
    if verdict.is_empty() {
        return;
    }
    if let Some(body) = verdict.text() {
        request.body = body;
    }
    request.headers.clear();
    while !verdict.is_empty() {
        if let (Some(name), Some(value)) = (verdict.text(), verdict.text()) {
            request.headers.push((name, value));
        }
    }
}
