//! Challenges to our requests: met at once, or as soon as the app has given an account for each realm.
//!
//! ```text
//! 401, 407 --known account--> sent again
//!    '------asks the app----> held --given--> sent again
//!                              |---nothing, useless, too late--> the challenge is its final answer
//!                              |---the line is lost--> as any request on it
//!                              '---cancelled, the agent has stopped--> forgotten
//! ```

use std::sync::Arc;

use super::Agent;
use crate::auth::{Account, Answer, Challenged};
use crate::bounds::MAX_WAITING;
use crate::context::outgoing;
use crate::event::{Asker, Event, Flow, Ticket};
use crate::exchange::{Cancel, Owner};
use crate::message::{Method, Response};
use crate::transaction::{ClientId, Fate};

impl Agent {
    /// Repeats a challenged request with credentials (RFC 3261 22.2, RFC 7616), or holds it until the app has given them.
    /// False if it cannot be.
    pub(super) fn answer_challenge(&mut self, id: ClientId, response: &Arc<Response>) -> bool {
        let waiting = self.cx.exchanges.held().len();
        let outdated = match self.cx.exchanges.get_mut(id).map(|exchange| exchange.owner) {
            Some(Owner::Registration(named)) => !self.registration_of(named).is_latest(response.cseq),
            _ => false,
        };
        let cx = &mut self.cx;
        let Some(exchange) = cx.exchanges.get_mut(id) else {
            return false;
        };
        // A CANCEL cannot be sent again (RFC 3261 22.3), and a REGISTER not behind a later one. What asks only for a sign of
        // life has one, and an offer that was given up is not made again.
        let enough = outdated || matches!(exchange.owner, Owner::KeepAlive | Owner::Abandoned(_));
        if exchange.cancel != Cancel::No || exchange.draft.method == Method::Cancel || enough {
            return false;
        }
        let (mut www, mut proxy) = (Vec::new(), Vec::new());
        www.extend(response.headers.all("WWW-Authenticate"));
        proxy.extend(response.headers.all("Proxy-Authenticate"));
        let request = outgoing(&cx.config, cx.out.server_of(exchange.draft.flow).unwrap_or(cx.server), &exchange.draft);
        let challenged = Challenged { status: response.status, www: &www, proxy: &proxy, request };
        let credentials = &cx.config.credentials;
        let answer = cx.authenticator.answer(credentials, &challenged, &mut exchange.attempt, &mut cx.entropy);
        let questions = match answer {
            Ok(Answer::Fields(fields)) => return self.repeat(id, fields),
            Ok(Answer::Wait(questions)) => questions,
            Err(_) => {
                if challenged.offers_token_in_the_open(credentials) {
                    cx.out.event(Event::Dropped { why: "A token is not sent where others read it: wss: is needed" });
                }
                return false;
            }
        };
        if waiting >= MAX_WAITING {
            return false;
        }
        for question in questions {
            let ticket = cx.out.ticket(Asker::Account);
            if !cx.authenticator.ask(&question, &challenged, credentials, (ticket, cx.now)) {
                return false;
            }
            cx.out.event(Event::Challenged { ticket, question: Box::new(question) });
        }
        cx.exchanges.hold(id, Arc::clone(response));
        true
    }

    /// A request with credentials has its final answer.
    pub(super) fn credentials_taken(&mut self, id: ClientId, response: &Response) {
        let cx = &mut self.cx;
        let Some(exchange) = cx.exchanges.get_mut(id).filter(|exchange| !exchange.attempt.is_empty()) else {
            return;
        };
        let request = outgoing(&cx.config, cx.out.server_of(exchange.draft.flow).unwrap_or(cx.server), &exchange.draft);
        let info = ["Authentication-Info", "Proxy-Authentication-Info"].map(|name| response.headers.first(name));
        let answer = (response.status, &*response.body);
        if !cx.authenticator.taken(&cx.config.credentials, &request, answer, info, &exchange.attempt) {
            cx.event(Event::Dropped { why: "The server has not proved that it knows the password" });
        }
    }

    /// What the app gave for a realm.
    pub(super) fn account_given(&mut self, ticket: Ticket, account: Option<Account>) {
        let gave = account.is_some();
        let Some((realm, useful)) = self.cx.authenticator.given(ticket, account) else {
            return;
        };
        if gave && !useful {
            self.cx.event(Event::Dropped { why: "Credentials that do not fit the challenge, or were refused before" });
        }
        for id in self.cx.exchanges.held() {
            if let Some(exchange) = self.cx.exchanges.get_mut(id).filter(|_| !useful) {
                exchange.attempt.give_up(&realm);
            }
            self.challenge_again(id);
        }
    }

    /// The app has not answered in time.
    pub(super) fn accounts_overdue(&mut self) {
        for ticket in self.cx.authenticator.overdue(self.cx.now) {
            self.cx.event(Event::Dropped { why: "Credentials were not given in time" });
            self.account_given(ticket, None);
        }
    }

    /// What waited for an account on a line that is gone has no answer any more.
    pub(super) fn challenges_lost(&mut self, flow: Flow) {
        for id in self.cx.exchanges.held() {
            if self.cx.exchanges.get_mut(id).is_some_and(|exchange| exchange.draft.flow != Some(flow)) {
                continue;
            }
            if let Some(mut exchange) = self.cx.exchanges.remove(id) {
                // Nothing rings that a CANCEL would have to end.
                exchange.left = false;
                self.unanswered(&exchange, Fate::TransportError);
            }
        }
    }

    /// Looks at a held challenge anew. What cannot be met is the answer.
    fn challenge_again(&mut self, id: ClientId) {
        let Some(response) = self.cx.exchanges.release(id) else {
            return;
        };
        self.met(id, response);
        if self.cx.exchanges.get_mut(id).is_some_and(|exchange| exchange.held.is_none()) {
            self.cx.exchanges.remove(id);
        }
    }
}
