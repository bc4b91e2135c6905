//! Core events as what the border tells, and the verdicts of hooks read back.

use std::mem::take;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use super::border::{Changed, Either, Inward, Optional, Reply, RequestVerdict, Texts, Told};
use crate::cause::Cause;
use crate::event::{
    Draft, EndedBy, Event, Originator, ReferralEvent, SessionEvent, SessionId, SessionState, SubscriptionEvent, Ticket,
    Verdict,
};
use crate::message::{Method, Request, Response};
use crate::registration::Grant;

/// What an event is on the border, and whom it is for (0 is the UA). `error_of` gives the JavaScript error behind a failed
/// call.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "places in short lists; ms of a call")]
pub(super) fn told<'a>(event: &'a Event, error_of: &dyn Fn(SessionId) -> JsValue) -> (u32, Told<'a>) {
    let told = match event {
        Event::Connecting { server, attempts } => Told::Connecting { server: *server as u32, attempts: *attempts },
        Event::Connected { server } => Told::Connected { server: *server as u32 },
        Event::Disconnected { server, error, code, reason, retry_in_ms } => Told::Disconnected {
            server: *server as u32,
            error: *error,
            retry_in: Optional(retry_in_ms.map(|ms| ms as f64 / 1000.0)),
            lost: *error || code.is_some(),
            code: Optional(code.map(f64::from)),
            reason,
        },
        Event::Stopped => Told::Stopped {},
        Event::Registered { response, expires_s } => Told::Registered { response, expires: *expires_s },
        Event::Refreshed { expires_s, refresh_in_ms } => {
            Told::Refreshed { expires: *expires_s, refresh_in: *refresh_in_ms as f64 }
        }
        Event::Unregistered { response, cause, transport } => {
            Told::Unregistered { response: response.as_deref(), cause: cause.map(Cause::as_str), lost: *transport }
        }
        Event::RegistrationFailed { response, cause } => {
            Told::RegistrationFailed { response: response.as_deref(), cause: cause.as_str() }
        }
        Event::RegistrationExpiring(_) => Told::RegistrationExpiring {},
        Event::Granted(Grant { path, service_route, outbound, push }) => Told::Granted {
            path,
            service_route,
            outbound: *outbound,
            pns: push.pns.as_deref(),
            pnsreg: Optional(push.pnsreg.map(f64::from)),
            pnspurr: push.pnspurr.as_deref(),
        },
        Event::Flow(flow) => Told::Flow {
            id: flow.id.into(),
            server: flow.server as u32,
            status: flow.status.as_str(),
            first: flow.first,
        },
        Event::Gruu { public, temporary } => {
            Told::Gruu { public_gruu: public.as_deref(), temporary_gruu: temporary.as_deref() }
        }
        Event::NewSession { id, originator, incoming, outgoing, call_id, from_tag, session_id, .. } => {
            Told::NewRtcSession {
                id: id.0,
                originator: *originator,
                request: either(incoming, outgoing),
                call_id,
                from_tag,
                session_id: session_id.as_deref().map(|(local, remote)| Texts(vec![local.clone(), remote.clone()])),
            }
        }
        Event::NewRequest { id, session, method, incoming, outgoing, .. } => {
            let id = id.0;
            let originator = if incoming.is_some() { Originator::Remote } else { Originator::Local };
            let request = either(incoming, outgoing);
            if *method == Method::Message {
                Told::NewMessage { id, originator, request, call: session.map_or(0, |session| session.0) }
            } else {
                Told::NewOptions { id, originator, request }
            }
        }
        Event::UnsolicitedNotify { request, .. } => Told::SipEvent { request },
        Event::NewSubscribe { id, request, .. } => Told::NewSubscribe { id: id.0, request },
        Event::Challenged { ticket, question } => Told::Challenged { ticket: ticket.number(), challenge: question },
        Event::NewRefer { id, session, request, .. } => {
            Told::NewRefer { id: id.0, request, call: session.map_or(0, |session| session.0) }
        }
        Event::Dropped { why } => Told::Dropped { why },
        Event::RequestDone { id, response, failure } => {
            let done = Told::Done {
                response: response.as_deref(),
                originator: failure.map(|(originator, _)| originator.as_str()),
                cause: failure.map(|(_, cause)| cause.as_str()),
            };
            return (id.0, done);
        }
        Event::Referral { id, kind } => return (id.0, referral(kind)),
        Event::SessionGone(id) => return (id.0, Told::Gone {}),
        Event::Session { id, state, kind } => return (id.0, call(*id, state, kind, error_of)),
        Event::Subscription { id, state, dialog, kind } => {
            return (id.0, subscription(u32::from(*state), dialog.as_ref(), kind));
        }
    };
    (0, told)
}

fn either<'a>(incoming: &'a Option<Arc<Request>>, outgoing: &'a Option<Draft>) -> Either<'a> {
    Either { incoming: incoming.as_deref(), outgoing: outgoing.as_ref() }
}

fn call<'a>(
    id: SessionId,
    state: &'a SessionState,
    event: &'a SessionEvent,
    error_of: &dyn Fn(SessionId) -> JsValue,
) -> Told<'a> {
    match event {
        SessionEvent::State => Told::CallState { state },
        SessionEvent::Connecting { incoming, outgoing } => {
            Told::CallConnecting { state, request: either(incoming, outgoing) }
        }
        SessionEvent::Sending { request, .. } => Told::CallSending { state, request },
        SessionEvent::Progress { originator, response, reliable, dialog } => {
            let (originator, early_dialog) = (*originator, dialog.as_deref());
            Told::CallProgress { state, originator, response: response.as_deref(), reliable: *reliable, early_dialog }
        }
        SessionEvent::EarlyDialogEnded { dialog, response } => {
            Told::CallEarlyDialogEnded { state, early_dialog: dialog, response }
        }
        SessionEvent::Accepted { originator, response } => {
            Told::CallAccepted { state, originator: *originator, response: response.as_deref() }
        }
        SessionEvent::Confirmed { originator, ack } => {
            Told::CallConfirmed { state, originator: *originator, ack: ack.as_deref() }
        }
        SessionEvent::Ended { originator, message, cause, cause_text, findings, features } => {
            let (request, response) = parts(message);
            let cause = cause_text.as_deref().unwrap_or(cause.as_str());
            Told::CallEnded { state, originator: *originator, request, response, cause, diagnosis: findings, features }
        }
        SessionEvent::Failed { originator, message, cause, findings, features } => {
            let (request, response) = parts(message);
            let cause = cause.as_str();
            Told::CallFailed { state, originator: *originator, request, response, cause, diagnosis: findings, features }
        }
        SessionEvent::Sdp { originator, offer, sdp, .. } => {
            Told::CallSdp { state, originator: *originator, offer: *offer, sdp }
        }
        SessionEvent::MediaFailed(fault) => Told::CallMediaFailed { state, fault: *fault, error: error_of(id) },
        SessionEvent::Hold(originator) => Told::CallHold { state, originator: *originator },
        SessionEvent::Unhold(originator) => Told::CallUnhold { state, originator: *originator },
        SessionEvent::Reinvite { ticket, request } => Told::CallReinvite { state, request, ticket: ticket.number() },
        SessionEvent::Update { ticket, request } => Told::CallUpdate { state, request, ticket: ticket.number() },
        SessionEvent::Answered { ticket } => Told::CallAnswered { state, ticket: ticket.number() },
        SessionEvent::Renegotiated { response, failure } => {
            Told::CallRenegotiated { state, response: response.as_deref(), cause: failure.map(Cause::as_str) }
        }
        SessionEvent::Dtmf { originator, tone, duration_ms, request, handle } => Told::CallNewDtmf {
            state,
            originator: *originator,
            tone: *tone,
            duration: *duration_ms,
            request: request.as_deref(),
            handle: *handle,
        },
        SessionEvent::Info { originator, content_type, body, package, request, handle } => Told::CallNewInfo {
            state,
            originator: *originator,
            content_type,
            body,
            request: request.as_deref(),
            handle: *handle,
            info_package: package.as_deref(),
        },
        SessionEvent::RequestDone { handle, response, failure } => Told::CallRequestDone {
            state,
            handle: *handle,
            response: response.as_deref(),
            cause: failure.map(Cause::as_str),
        },
        SessionEvent::Renumbered { handle, request, challenged } => {
            Told::CallRenumbered { state, handle: *handle, request, challenged: *challenged }
        }
        SessionEvent::Refer { request, .. } => Told::CallRefer { state, request, cseq: request.cseq },
        SessionEvent::ReferProgress { handle, request, status, reason } => {
            Told::CallReferProgress { state, handle: *handle, request, status: *status, reason }
        }
        SessionEvent::Recovering { cause } => Told::CallRecovering { state, cause: cause.as_str() },
        #[allow(clippy::cast_precision_loss, reason = "ms of a call")]
        SessionEvent::Recovered { cause, took_ms } => {
            Told::CallRecovered { state, cause: cause.as_str(), took: *took_ms as f64 }
        }
        SessionEvent::Message { request, handle } => Told::CallMessage { state, request, handle: *handle },
        SessionEvent::Redirected { contacts, followed } => {
            Told::CallRedirected { state, contacts, followed: *followed }
        }
        SessionEvent::SessionId { local, remote } => Told::CallSessionId { state, local, remote },
        SessionEvent::Identity { identities, asserted } => {
            Told::CallIdentity { state, asserted: *asserted, identities }
        }
        SessionEvent::Replaces { ticket, request } => Told::CallReplaces { state, request, ticket: ticket.number() },
    }
}

#[allow(clippy::cast_precision_loss, reason = "ms of a wait")]
fn subscription<'a>(state: u32, dialog: Option<&'a crate::dialog::DialogId>, event: &'a SubscriptionEvent) -> Told<'a> {
    match event {
        SubscriptionEvent::State => Told::SubscriptionState { state, dialog },
        SubscriptionEvent::Accepted => Told::SubscriptionAccepted { state, dialog },
        SubscriptionEvent::Pending => Told::SubscriptionPending { state, dialog },
        SubscriptionEvent::Active => Told::SubscriptionActive { state, dialog },
        SubscriptionEvent::Notify { is_final, request } => {
            Told::SubscriptionNotify { state, dialog, ends: *is_final, request }
        }
        SubscriptionEvent::Subscribe { ends, request, .. } => {
            Told::SubscriptionSubscribe { state, dialog, ends: *ends, request }
        }
        SubscriptionEvent::Expired { .. } => Told::SubscriptionExpired { state, dialog },
        SubscriptionEvent::Terminated { code, reason, retry_after, status } => Told::SubscriptionTerminated {
            state,
            dialog,
            code: u32::from(*code),
            reason: reason.as_deref(),
            retry_after: Optional(retry_after.map(f64::from)),
            status: Optional(status.map(f64::from)),
        },
        SubscriptionEvent::Waiting { code, reason, status, retry_in_ms } => Told::SubscriptionWaiting {
            state,
            dialog,
            code: u32::from(*code),
            reason: reason.as_deref(),
            status: Optional(status.map(f64::from)),
            retry_in: Optional(retry_in_ms.map(|ms| ms as f64 / 1000.0)),
        },
        SubscriptionEvent::ForkEnded => Told::SubscriptionForkEnded { state, dialog },
        SubscriptionEvent::Published { response, expires_s } => Told::Published { response, expires: *expires_s },
        SubscriptionEvent::PublishFailed { response, cause, retry_in_ms } => Told::PublishFailed {
            response: response.as_deref(),
            cause: cause.as_str(),
            retry_in: Optional(retry_in_ms.map(|ms| ms as f64 / 1000.0)),
        },
    }
}

fn referral(event: &ReferralEvent) -> Told<'_> {
    match event {
        ReferralEvent::Answered { response, failure } => {
            Told::ReferDone { response: response.as_deref(), cause: failure.map(Cause::as_str) }
        }
        ReferralEvent::Progress { request, status, reason } => Told::ReferProgress { request, status: *status, reason },
        ReferralEvent::Over => Told::Gone {},
    }
}

/// The message that ended a call, as a request or as a response.
fn parts(message: &EndedBy) -> (Option<&Request>, Option<&Response>) {
    match message {
        EndedBy::None => (None, None),
        EndedBy::Request(request) => (Some(request), None),
        EndedBy::Response(response) => (None, Some(response)),
    }
}

/// What the listeners of a hook decided. A listener that threw, or nobody, has decided nothing.
pub(super) fn decide(event: &mut Event, verdict: &JsValue) -> Option<(Ticket, Verdict)> {
    Some(match event {
        Event::RegistrationExpiring(ticket)
        | Event::NewSession { ticket, .. }
        | Event::NewSubscribe { ticket, .. }
        | Event::NewRefer { ticket, .. }
        | Event::Session { kind: SessionEvent::Refer { ticket, .. } | SessionEvent::Replaces { ticket, .. }, .. } => {
            (*ticket, Verdict::Listened(bool::inward(verdict).unwrap_or(false)))
        }
        Event::Subscription {
            kind: SubscriptionEvent::Subscribe { ticket, .. } | SubscriptionEvent::Expired { ticket },
            ..
        } => (*ticket, Verdict::Listened(true)),
        Event::NewRequest { ticket, outgoing: Some(request), .. }
        | Event::Session { kind: SessionEvent::Sending { ticket, request }, .. } => {
            let unchanged = (take(&mut request.body), take(&mut request.headers));
            let (body, headers) = Changed::inward(verdict).and_then(|changed| changed.0).unwrap_or(unchanged);
            (*ticket, Verdict::Sending { headers, body })
        }
        Event::NewRequest { ticket, .. } | Event::UnsolicitedNotify { ticket, .. } => {
            let RequestVerdict { listened, reply } = RequestVerdict::inward(verdict).unwrap_or_default();
            (*ticket, Verdict::Reply { listened, reply })
        }
        Event::Session { kind: SessionEvent::Sdp { ticket, sdp, .. }, .. } => {
            (*ticket, Verdict::Sdp(verdict.as_string().unwrap_or_else(|| take(sdp))))
        }
        Event::Session {
            kind: SessionEvent::Reinvite { ticket, .. } | SessionEvent::Update { ticket, .. }, ..
        } => (*ticket, Verdict::Reoffer(Reply::inward(verdict).and_then(|reply| reply.0))),
        _ => return None,
    })
}
