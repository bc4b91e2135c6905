//! What arrives as an answer, or does not, goes to whoever asked, but for what the agent meets of itself.

use std::sync::Arc;

use super::{Agent, Running};
use crate::bounds::MAX_ANSWERS;
use crate::context::outgoing;
use crate::event::{Event, SessionId};
use crate::exchange::{Cancel, Exchange, Owner};
use crate::message::{Method, MinSe, Response, SessionExpires};
use crate::session::end_unwanted;
use crate::transaction::{ClientId, Fate};

/// How often a 422 may make one request ask for a longer interval.
const MAX_WIDENED: u8 = 3;

impl Agent {
    pub(super) fn response(&mut self, response: Response) {
        if response.headers.values("Via").len() > 1 {
            // RFC 3261 8.1.3.3: not meant for us.
            self.cx.out.event(Event::Dropped { why: "Response with more than one Via" });
            return;
        }
        let Some(id) = self.cx.transactions.response(self.cx.now, &response, &mut self.cx.out) else {
            return;
        };
        self.learn_session_id(&response.call_id, response.to.tag().unwrap_or_default(), &response.headers);
        self.met(id, Arc::new(response));
    }

    /// A response to a request that its owner still waits for.
    pub(super) fn met(&mut self, id: ClientId, response: Arc<Response>) {
        let repeated = match response.status {
            401 | 407 => self.answer_challenge(id, &response),
            422 => self.widen_interval(id, &response),
            ..200 => false,
            _ => {
                self.credentials_taken(id, &response);
                false
            }
        };
        if repeated {
            return;
        }
        let Some(exchange) = self.cx.exchanges.get_mut(id) else {
            return;
        };
        let owner = exchange.owner;
        exchange.provisional = response.status < 200;
        self.cx.unwanted |= exchange.provisional;
        if let (Cancel::Wanted(reason), ..200) = (&exchange.cancel, response.status) {
            let reason = reason.clone();
            return self.cx.cancel_one(id, reason);
        }
        match owner {
            Owner::Invite(_) => self.invite_response(id, &response),
            Owner::Reoffer(session) => self.reoffer_response(id, session, &response),
            _ if response.status < 200 => {}
            Owner::Registration(id) => {
                let flow = exchange.draft.flow;
                self.registered(id, flow, &response);
            }
            Owner::Request(request) => self.requests.response(request, response, &mut self.cx),
            Owner::Referral(id) => self.referrals.response(id, response, &mut self.cx),
            Owner::Subscription(id) => {
                let draft = exchange.draft.clone();
                self.subscriptions.response(id, &response, &draft, &mut self.cx);
            }
            Owner::Refresh(session)
            | Owner::Inside(session, _)
            | Owner::Transfer(session, _)
            | Owner::Prack(session) => {
                if let Some(session) = self.sessions.get_mut(&session) {
                    match owner {
                        Owner::Transfer(_, refer) => session.notify_answered(refer, response.status),
                        Owner::Inside(_, handle) => session.request_response(handle, &response, &mut self.cx),
                        Owner::Prack(_) if response.status < 300 => {}
                        Owner::Prack(_) => session.prack_failed(response.to.tag().unwrap_or_default()),
                        _ => session.refresh_response(&response, &mut self.cx),
                    }
                }
            }
            Owner::Abandoned(session) => self.abandoned_response(id, session, &response),
            Owner::KeepAlive => {
                let flow = exchange.draft.flow;
                self.keep_alive(flow).options_answered();
            }
            Owner::Bye(_) | Owner::Nobody => {}
        }
    }

    /// Asks again for the interval that the far end insists on (RFC 4028 7.3). False if it named none.
    fn widen_interval(&mut self, id: ClientId, response: &Response) -> bool {
        let Some(exchange) = self.cx.exchanges.get_mut(id) else {
            return false;
        };
        let draft = &mut exchange.draft;
        let asked = draft.header("Session-Expires").and_then(SessionExpires::parse);
        let least = response.headers.first("Min-SE").and_then(MinSe::parse);
        let (Some(asked), Some(MinSe(least))) = (asked, least) else {
            return false;
        };
        if exchange.cancel != Cancel::No || exchange.widened >= MAX_WIDENED || least <= asked.seconds {
            return false;
        }
        exchange.widened += 1;
        let by = asked.refresher.map(|by| format!(";refresher={by}")).unwrap_or_default();
        draft.set("Session-Expires", format!("{least}{by}"));
        if let Owner::Invite(session) | Owner::Reoffer(session) | Owner::Refresh(session) = exchange.owner
            && let Some(session) = self.sessions.get_mut(&session)
        {
            session.lengthen_interval(least);
        }
        let request = outgoing(
            &self.cx.config,
            self.cx.out.server_of(exchange.draft.flow).unwrap_or(self.cx.server),
            &exchange.draft,
        );
        let mut fields = self.cx.authenticator.fields(&mut exchange.attempt, &request, &mut self.cx.entropy);
        fields.push(("Min-SE".to_owned(), least.to_string()));
        self.repeat(id, fields)
    }

    /// Sends a request again in a new transaction, with these fields and the next CSeq.
    pub(super) fn repeat(&mut self, id: ClientId, fields: Vec<(String, String)>) -> bool {
        let Some(mut exchange) = self.cx.exchanges.remove(id) else { return false };
        let remote_tag = exchange.draft.remote_tag();
        let cseq = match exchange.owner {
            Owner::Registration(id) => Some(self.next_register(id)),
            Owner::Subscription(id) => {
                let cseq = self.subscriptions.next_cseq(id, &exchange.draft);
                // A subscription of ours that is over asks nothing more; the last NOTIFY to another still has to arrive.
                if cseq.is_none() && exchange.draft.method == Method::Subscribe {
                    return false;
                }
                cseq
            }
            Owner::Referral(id) => self.referrals.next_cseq(id),
            Owner::Bye(session) => self.sessions.get_mut(&session).and_then(|s| s.next_cseq(&remote_tag)),
            Owner::Reoffer(session)
            | Owner::Refresh(session)
            | Owner::Inside(session, _)
            | Owner::Transfer(session, _)
            | Owner::Prack(session) => {
                // A call that is over asks nothing more, but for what the app asks and how a transfer goes.
                let outlives = matches!(exchange.owner, Owner::Inside(..) | Owner::Transfer(..));
                let live = self.sessions.get_mut(&session).filter(|session| outlives || !session.has_ended());
                // Nor does one that another fork has answered.
                let Some(live) = live else { return false };
                let Some(cseq) = live.next_cseq(&remote_tag) else { return false };
                if matches!(exchange.owner, Owner::Reoffer(_)) {
                    live.offer_left(self.cx.now);
                }
                self.cx.exchanges.count(session, cseq);
                Some(cseq)
            }
            _ => None,
        };
        let cseq = cseq.unwrap_or_else(|| exchange.draft.cseq().max(exchange.counted).wrapping_add(1));
        if let Owner::Subscription(id) = exchange.owner {
            self.cx.exchanges.count_subscription(id, cseq);
        }
        let branch = self.cx.entropy.branch();
        exchange.draft = exchange.draft.again(&branch, cseq, fields);
        self.cx.identify(&mut exchange.draft);
        exchange.draft.token_realms = exchange.attempt.token_realms();
        exchange.provisional = false;
        self.cx.direct(&mut exchange.draft);
        let id = self.cx.transactions.request(self.cx.now, exchange.draft.clone(), &mut self.cx.out);
        let inside = match exchange.owner {
            Owner::Inside(session, handle) => Some((session, handle, exchange.draft.clone())),
            _ => None,
        };
        self.cx.exchanges.resume(id, exchange);
        if let Some((session, handle, draft)) = inside
            && let Some(session) = self.sessions.get_mut(&session)
        {
            session.request_renumbered(handle, draft, true, &mut self.cx);
        }
        true
    }

    fn invite_response(&mut self, id: ClientId, response: &Arc<Response>) {
        let cx = &mut self.cx;
        let Some(exchange) = cx.exchanges.get_mut(id) else {
            return;
        };
        let owner = exchange.owner;
        let Owner::Invite(session) = owner else {
            return;
        };
        let draft = exchange.draft.clone();
        if !(200..300).contains(&response.status) {
            if let Some(session) = self.sessions.get_mut(&session) {
                session.invite_response(response, &draft, cx);
            }
            return;
        }
        let tag = response.to.tag().unwrap_or_default();
        if let Some((flow, ack)) = exchange.ack_of(tag) {
            cx.out.send_on(flow, ack);
            return;
        }
        let full = exchange.acks.len() >= MAX_ANSWERS || !cx.has_room(response.weight(), 0);
        match self.sessions.get_mut(&session) {
            Some(session) if session.awaits_answer() => session.invite_response(response, &draft, cx),
            // Its own 2xx again, before the answer was applied: the ACK follows.
            Some(session) if session.is_answered_by(tag) && !session.has_ended() => {}
            _ if full => {}
            _ => end_unwanted(owner, &draft, response, cx),
        }
    }

    fn reoffer_response(&mut self, id: ClientId, session: SessionId, response: &Arc<Response>) {
        let cx = &mut self.cx;
        let tag = response.to.tag().unwrap_or_default();
        if let Some((flow, ack)) = cx.exchanges.get_mut(id).and_then(|exchange| exchange.ack_of(tag)) {
            cx.out.send_on(flow, ack);
            return;
        }
        match self.sessions.get_mut(&session) {
            Some(session) if !session.has_ended() => session.reoffer_response(response, cx),
            _ => self.acknowledge_alone(id, response),
        }
    }

    /// What became of an offer that was given up: if the far end took it after all, both ends go by different ones.
    fn abandoned_response(&mut self, id: ClientId, session: SessionId, response: &Arc<Response>) {
        if !(200..300).contains(&response.status) {
            return;
        }
        let tag = response.to.tag().unwrap_or_default();
        if let Some((flow, ack)) = self.cx.exchanges.get_mut(id).and_then(|exchange| exchange.ack_of(tag)) {
            self.cx.out.send_on(flow, ack);
            return;
        }
        self.acknowledge_alone(id, response);
        if let Some(session) = self.sessions.get_mut(&session) {
            session.taken_too_late(&mut self.cx);
        }
    }

    /// Acknowledges a 2xx whose call is over, or goes by another offer: the INVITE still knows the way.
    fn acknowledge_alone(&mut self, id: ClientId, response: &Response) {
        let cx = &mut self.cx;
        if response.method != Method::Invite || !(200..300).contains(&response.status) {
            return;
        }
        let branch = cx.entropy.branch();
        if let Some(exchange) = cx.exchanges.get_mut(id).filter(|e| e.acks.len() < MAX_ANSWERS) {
            let flow = exchange.draft.flow;
            let ack = exchange.draft.ack(response).again(&branch, response.cseq, Vec::new()).encode();
            cx.exchanges.keep_ack(id, response.to.tag().unwrap_or_default(), ack.clone());
            cx.out.send_on(flow, ack);
        }
    }

    /// No answer came to a request of ours.
    pub(super) fn unanswered(&mut self, exchange: &Exchange, fate: Fate) {
        if self.running == Running::Started
            && fate == Fate::TransportError
            && matches!(exchange.owner, Owner::Invite(_))
            && exchange.left
        {
            self.farewell(Owner::Nobody, exchange.draft.cancel(None));
        }
        let cx = &mut self.cx;
        match exchange.owner {
            Owner::Registration(id) => self.register_unanswered(id, fate),
            Owner::Request(id) => self.requests.unanswered(id, fate, cx),
            Owner::Subscription(id) => self.subscriptions.unanswered(id, fate, &exchange.draft, cx),
            Owner::Referral(id) => self.referrals.unanswered(id, fate, cx),
            Owner::KeepAlive | Owner::Abandoned(_) => {}
            Owner::Bye(_) | Owner::Nobody => {
                let (owner, draft) = (exchange.owner, &exchange.draft);
                if draft.method != Method::Bye || fate != Fate::TransportError {
                    return;
                }
                let refused = !exchange.left && matches!(owner, Owner::Bye(_));
                if !refused || !self.leave_by_other(owner, draft) {
                    self.farewell(owner, draft.clone());
                }
            }
            Owner::Invite(id)
            | Owner::Reoffer(id)
            | Owner::Refresh(id)
            | Owner::Inside(id, _)
            | Owner::Transfer(id, _)
            | Owner::Prack(id) => {
                let Some(session) = self.sessions.get_mut(&id) else {
                    return;
                };
                match exchange.owner {
                    Owner::Invite(_) => session.invite_unanswered(fate, &exchange.draft, cx),
                    Owner::Refresh(_) => session.refresh_unanswered(fate, cx),
                    Owner::Transfer(_, refer) => session.drop_transfer(refer),
                    Owner::Inside(_, handle) => session.request_unanswered(handle, fate, cx),
                    Owner::Prack(_) => session.prack_failed(&exchange.draft.remote_tag()),
                    _ => session.reoffer_unanswered(fate, exchange.cancel != Cancel::No, cx),
                }
            }
        }
    }
}
