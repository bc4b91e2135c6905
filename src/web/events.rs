//! Core events as JavaScript objects, and the verdicts of hooks read back.

use std::sync::Arc;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::driver::Driver;
use super::js::{self, object, optional, plain};
use crate::cause::Cause;
use crate::dialog::DialogId;
use crate::event::{
    Draft, Event, MediaFault, Message, Originator, Refusal, SessionEvent, SessionId, SessionState, SubscriptionEvent,
    SubscriptionId, Ticket, Verdict,
};
use crate::message::{Method, Request, Response};

/// Tells the app, and for a hook returns what its listeners decided.
#[allow(clippy::cast_precision_loss)]
pub(super) fn deliver(driver: &Driver, event: Event) -> Option<(Ticket, Verdict)> {
    let ua = |name: &str, payload: JsValue| driver.tell(0, name, &payload);
    match event {
        Event::Connecting { server, attempts } => {
            ua("connecting", object([("server", (server as f64).into()), ("attempts", attempts.into())]));
        }
        Event::Connected { server } => drop(ua("connected", object([("server", (server as f64).into())]))),
        Event::Disconnected { server, error, code, reason, retry_in_ms } => {
            let payload = object([
                ("server", (server as f64).into()),
                ("error", error.into()),
                ("retryIn", retry_in_ms.map_or(JsValue::NULL, |ms| (ms as f64 / 1000.0).into())),
            ]);
            if error || code.is_some() {
                js::set(&payload, "code", &code.map_or(JsValue::UNDEFINED, JsValue::from));
                js::set(&payload, "reason", &reason.into());
            }
            ua("disconnected", payload);
        }
        Event::Stopped => drop(ua("stopped", JsValue::NULL)),
        Event::Registered { response, expires_s } => {
            ua("registered", object([("response", raw(&response.raw)), ("expires", expires_s.into())]));
        }
        Event::Refreshed { expires_s, refresh_in_ms } => {
            let payload = [("expires", expires_s.into()), ("refreshIn", (refresh_in_ms as f64).into())];
            ua("refreshed", object(payload));
        }
        Event::Unregistered { response, cause, transport } => {
            let payload = object([
                ("response", response_of(response.as_ref())),
                ("cause", cause_of(cause)),
                ("transport", transport.into()),
            ]);
            ua("unregistered", payload);
        }
        Event::RegistrationFailed { response, cause } => {
            let payload = [("response", response_of(response.as_ref())), ("cause", cause.as_str().into())];
            ua("registrationFailed", object(payload));
        }
        Event::RegistrationExpiring(ticket) => {
            let listened = ua("registrationExpiring", object([])).is_truthy();
            return Some((ticket, Verdict::Listened(listened)));
        }
        Event::Gruu { public, temporary } => {
            let payload = [("pub_gruu", optional(public.as_deref())), ("temp_gruu", optional(temporary.as_deref()))];
            ua("gruu", object(payload));
        }
        Event::NewSession { id, ticket, originator, incoming, outgoing, call_id, from_tag } => {
            let payload = object([
                ("id", id.0.into()),
                ("originator", originator.as_str().into()),
                ("request", request_of(incoming.as_ref(), outgoing.as_ref())),
                ("call_id", call_id.into()),
                ("from_tag", from_tag.into()),
            ]);
            return Some((ticket, Verdict::Listened(ua("newRTCSession", payload).is_truthy())));
        }
        Event::NewRequest { id, ticket, method, incoming, outgoing } => {
            let originator = if incoming.is_some() { "remote" } else { "local" };
            let payload = object([
                ("id", id.0.into()),
                ("originator", originator.into()),
                ("request", request_of(incoming.as_ref(), outgoing.as_ref())),
            ]);
            let name = if method == Method::Message { "newMessage" } else { "newOptions" };
            let verdict = ua(name, payload);
            if let Some(request) = outgoing {
                return Some((ticket, sending(&verdict, request)));
            }
            let reply = refusal(&js::get(&verdict, "reply"));
            return Some((ticket, Verdict::Reply { listened: js::flag(&verdict, "listened"), reply }));
        }
        Event::RequestDone { id, response, failure } => {
            let payload = object([
                ("response", response_of(response.as_ref())),
                ("originator", failure.map_or(JsValue::NULL, |(o, _)| o.as_str().into())),
                ("cause", failure.map_or(JsValue::NULL, |(_, c)| c.as_str().into())),
            ]);
            driver.tell(id.0, "done", &payload);
            driver.tell(id.0, "gone", &object([]));
        }
        Event::UnsolicitedNotify { ticket, request } => {
            let verdict = ua("sipEvent", object([("request", raw(&request.raw))]));
            return Some((ticket, Verdict::Reply { listened: true, reply: refusal(&js::get(&verdict, "reply")) }));
        }
        Event::NewSubscribe { id, ticket, request } => {
            let listened = ua("newSubscribe", object([("id", id.0.into()), ("request", raw(&request.raw))]));
            return Some((ticket, Verdict::Listened(listened.is_truthy())));
        }
        Event::Subscription { id, state, dialog, kind } => return subscription(driver, id, state, dialog, kind),
        Event::Dropped { why } => drop(ua("dropped", object([("why", why.into())]))),
        Event::SessionGone(id) => drop(driver.tell(id.0, "gone", &object([]))),
        Event::Session { id, state, kind } => return session(driver, id, state, kind),
    }
    None
}

fn session(driver: &Driver, id: SessionId, state: SessionState, kind: SessionEvent) -> Option<(Ticket, Verdict)> {
    let tell = |name: &str, payload: JsValue| {
        let state = object([
            ("status", state.status.into()),
            ("localHold", state.local_hold.into()),
            ("remoteHold", state.remote_hold.into()),
            ("readyToReoffer", state.ready_to_reoffer.into()),
        ]);
        js::set(&payload, "state", &state);
        driver.tell(id.0, name, &payload)
    };
    let by = |originator: Originator| ("originator", JsValue::from_str(originator.as_str()));
    match kind {
        SessionEvent::State => drop(tell("state", object([]))),
        SessionEvent::Connecting { incoming, outgoing } => {
            tell("connecting", object([("request", request_of(incoming.as_ref(), outgoing.as_ref()))]));
        }
        SessionEvent::Sending { ticket, request } => {
            let verdict = tell("sending", object([("request", draft(&request))]));
            return Some((ticket, sending(&verdict, request)));
        }
        SessionEvent::Progress { originator, response } => {
            tell("progress", object([by(originator), ("response", response_of(response.as_ref()))]));
        }
        SessionEvent::Accepted { originator, response } => {
            tell("accepted", object([by(originator), ("response", response_of(response.as_ref()))]));
        }
        SessionEvent::Confirmed { originator, ack } => {
            tell("confirmed", object([by(originator), ("ack", request_of(ack.as_ref(), None))]));
        }
        SessionEvent::Ended { originator, message, cause, cause_text, findings, features } => {
            let cause = cause_text.unwrap_or_else(|| cause.as_str().to_owned());
            let payload = object([
                by(originator),
                ("message", message_of(&message)),
                ("cause", cause.into()),
                ("diagnosis", plain(&findings)),
                ("features", plain(&features)),
            ]);
            tell("ended", payload);
        }
        SessionEvent::Failed { originator, message, cause, findings, features } => {
            let payload = object([
                by(originator),
                ("message", message_of(&message)),
                ("cause", cause.as_str().into()),
                ("diagnosis", plain(&findings)),
                ("features", plain(&features)),
            ]);
            tell("failed", payload);
        }
        SessionEvent::Sdp { ticket, originator, offer, sdp } => {
            let kind = if offer { "offer" } else { "answer" };
            let verdict = tell("sdp", object([by(originator), ("type", kind.into()), ("sdp", sdp.as_str().into())]));
            return Some((ticket, Verdict::Sdp(verdict.as_string().unwrap_or(sdp))));
        }
        SessionEvent::MediaFailed(fault) => {
            let payload = [("event", fault_event(fault).into()), ("error", driver.remembered(id))];
            tell("mediafailed", object(payload));
        }
        SessionEvent::Hold(originator) => drop(tell("hold", object([by(originator)]))),
        SessionEvent::Unhold(originator) => drop(tell("unhold", object([by(originator)]))),
        SessionEvent::Reinvite { ticket, request } => {
            let verdict = tell("reinvite", object([("request", raw(&request.raw)), ("ticket", ticket.0.into())]));
            return Some((ticket, Verdict::Reoffer(refusal(&verdict))));
        }
        SessionEvent::Update { ticket, request } => {
            let verdict = tell("update", object([("request", raw(&request.raw)), ("ticket", ticket.0.into())]));
            return Some((ticket, Verdict::Reoffer(refusal(&verdict))));
        }
        SessionEvent::Answered { ticket } => drop(tell("answered", object([("ticket", ticket.0.into())]))),
        SessionEvent::Renegotiated { succeeded } => {
            tell("renegotiated", object([("succeeded", succeeded.into())]));
        }
        SessionEvent::Dtmf { originator, tone, duration_ms, request, handle } => {
            let payload = object([
                by(originator),
                ("tone", tone.to_string().into()),
                ("duration", duration_ms.into()),
                ("request", request_of(request.as_ref(), None)),
                ("handle", handle.into()),
            ]);
            tell("newDTMF", payload);
        }
        SessionEvent::Info { originator, content_type, body, request, handle } => {
            let payload = object([
                by(originator),
                ("contentType", content_type.into()),
                ("body", body.into()),
                ("request", request_of(request.as_ref(), None)),
                ("handle", handle.into()),
            ]);
            tell("newInfo", payload);
        }
        SessionEvent::RequestDone { handle, response, failure } => {
            let payload = object([
                ("handle", handle.into()),
                ("response", response_of(response.as_ref())),
                ("cause", cause_of(failure)),
            ]);
            tell("requestDone", payload);
        }
        SessionEvent::Authenticated { handle, request } => {
            tell("authenticated", object([("handle", handle.into()), ("request", draft(&request))]));
        }
        SessionEvent::Refer { ticket, request } => {
            let payload = [("request", raw(&request.raw)), ("referral", request.cseq.into())];
            return Some((ticket, Verdict::Listened(tell("refer", object(payload)).is_truthy())));
        }
        SessionEvent::ReferProgress { handle, request, status, reason } => {
            let payload = object([
                ("handle", handle.into()),
                ("request", raw(&request.raw)),
                ("status", status.into()),
                ("reason", reason.into()),
            ]);
            tell("referProgress", payload);
        }
        SessionEvent::Replaces { ticket, request } => {
            let payload = object([("request", raw(&request.raw)), ("ticket", ticket.0.into())]);
            return Some((ticket, Verdict::Listened(tell("replaces", payload).is_truthy())));
        }
    }
    None
}

fn subscription(
    driver: &Driver,
    id: SubscriptionId,
    state: u8,
    dialog: Option<DialogId>,
    kind: SubscriptionEvent,
) -> Option<(Ticket, Verdict)> {
    let dialog = dialog.map_or(JsValue::NULL, |d| {
        object([("call_id", d.call_id.into()), ("local_tag", d.local_tag.into()), ("remote_tag", d.remote_tag.into())])
    });
    let payload = object([("state", state.into()), ("dialog", dialog)]);
    let mut ticket = None;
    let name = match kind {
        SubscriptionEvent::State => "state",
        SubscriptionEvent::Accepted => "accepted",
        SubscriptionEvent::Pending => "pending",
        SubscriptionEvent::Active => "active",
        SubscriptionEvent::Notify { is_final: ends, request } => {
            js::set(&payload, "ends", &ends.into());
            js::set(&payload, "request", &raw(&request.raw));
            "notify"
        }
        SubscriptionEvent::Subscribe { ticket: hook, ends, request } => {
            ticket = Some(hook);
            js::set(&payload, "ends", &ends.into());
            js::set(&payload, "request", &raw(&request.raw));
            "subscribe"
        }
        SubscriptionEvent::Expired { ticket: hook } => {
            ticket = Some(hook);
            "expired"
        }
        SubscriptionEvent::Terminated { code, reason, retry_after } => {
            js::set(&payload, "code", &code.into());
            js::set(&payload, "reason", &reason.map_or(JsValue::UNDEFINED, JsValue::from));
            js::set(&payload, "retryAfter", &retry_after.map_or(JsValue::UNDEFINED, JsValue::from));
            "terminated"
        }
    };
    driver.tell(id.0, name, &payload);
    if name == "terminated" {
        driver.tell(id.0, "gone", &JsValue::NULL);
    }
    ticket.map(|ticket| (ticket, Verdict::Listened(true)))
}

fn raw(text: &Arc<str>) -> JsValue {
    JsValue::from_str(text)
}

fn response_of(response: Option<&Arc<Response>>) -> JsValue {
    response.map_or(JsValue::NULL, |r| raw(&r.raw))
}

fn cause_of(cause: Option<Cause>) -> JsValue {
    cause.map_or(JsValue::NULL, |c| c.as_str().into())
}

fn request_of(incoming: Option<&Arc<Request>>, outgoing: Option<&Draft>) -> JsValue {
    match (incoming, outgoing) {
        (Some(request), _) => raw(&request.raw),
        (None, Some(request)) => draft(request),
        (None, None) => JsValue::NULL,
    }
}

pub(super) fn draft(request: &Draft) -> JsValue {
    let headers: Array = request.headers.iter().map(|(n, v)| Array::of2(&n.into(), &v.into())).collect();
    object([
        ("method", request.method.as_str().into()),
        ("uri", request.uri.as_str().into()),
        ("headers", headers.into()),
        ("body", request.body.as_str().into()),
    ])
}

fn message_of(message: &Message) -> JsValue {
    match message {
        Message::None => JsValue::NULL,
        Message::Request(request) => object([("request", raw(&request.raw))]),
        Message::Response(response) => object([("response", raw(&response.raw))]),
    }
}

fn sending(verdict: &JsValue, request: Draft) -> Verdict {
    let Ok(list) = js::get(verdict, "headers").dyn_into::<Array>() else {
        return Verdict::Sending { headers: request.headers, body: request.body };
    };
    let pair = |entry: JsValue| {
        let entry = entry.dyn_into::<Array>().ok()?;
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    };
    let body = js::text(verdict, "body").unwrap_or(request.body);
    Verdict::Sending { headers: list.iter().filter_map(pair).collect(), body }
}

/// A reply that an app asked for: `{status, reason, headers, body}`.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn refusal(value: &JsValue) -> Option<Refusal> {
    let status = js::count(js::number(value, "status")?) as u16;
    Some(Refusal {
        status,
        reason: js::text(value, "reason"),
        headers: js::texts(value, "headers"),
        body: js::text(value, "body").unwrap_or_default(),
    })
}

fn fault_event(fault: MediaFault) -> &'static str {
    match fault {
        MediaFault::UserMedia => "getusermediafailed",
        MediaFault::CreateOffer => "peerconnection:createofferfailed",
        MediaFault::CreateAnswer => "peerconnection:createanswerfailed",
        MediaFault::SetLocal => "peerconnection:setlocaldescriptionfailed",
        MediaFault::SetRemote => "peerconnection:setremotedescriptionfailed",
    }
}
