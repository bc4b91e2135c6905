//! The line to the server: opened, lost, closed for good, and what that means for what is on its way.

use super::{Agent, Farewell, Running};
use crate::bounds::MAX_SESSIONS;
use crate::event::{Event, Flow, Output};
use crate::exchange::{Exchanges, Owner};
use crate::keep_alive::KeepAliveMethod;
use crate::message::{Draft, Method};
use crate::session::Session;

use crate::transaction::GIVE_UP_MS;
use crate::uri::Uri;

/// ms that a REGISTER by a new line may take before calls, watches and publications go on without it: proxies route by the
/// new binding.
pub(super) const REGISTER_MS: u64 = 3_000;

impl Agent {
    pub(super) fn connect_now(&mut self) {
        let attempts = self.transport.attempts();
        let (flow, taken) = (self.next_flow(), self.spare.as_ref().and_then(|spare| spare.transport.in_use()));
        let (config, entropy) = (&self.cx.config, &mut self.cx.entropy);
        if let Some(server) = self.transport.connect(self.cx.now, flow, taken, config, entropy) {
            self.cx.server = server;
            if self.sessions.values().any(Session::is_recovering) {
                self.transport.hurry(self.cx.now);
            }
            self.cx.out.event(Event::Connecting { server, attempts });
            self.cx.out.push(Output::Connect { flow, server });
        }
    }

    pub(super) fn opened(&mut self, flow: Flow) {
        if self.is_spare(flow) {
            if self.transport.flow().is_some() {
                return self.spare_opened(flow);
            }
            // It opens before the other one: what stands is the app's line.
            self.swap_flows();
            let attempts = self.transport.attempts();
            self.cx.out.event(Event::Connecting { server: self.cx.server, attempts });
        }
        let taken = self.spare.as_ref().and_then(|spare| spare.transport.in_use());
        if !self.transport.opened(self.cx.now, flow, taken, &self.cx.config, &mut self.cx.entropy) {
            self.cx.out.push(Output::Close(flow));
            return;
        }
        self.cx.out.opened(flow, self.cx.server, true);
        self.registration.line_open(flow);
        self.cx.out.event(Event::Connected { server: self.cx.server });
        if self.auto_register {
            self.registration.register(&mut self.cx);
        }
        let wait_ms = if self.auto_register { REGISTER_MS } else { 0 };
        self.subscriptions.line_open(wait_ms, &mut self.cx);
        let moved = std::mem::replace(&mut self.served_by, self.cx.server) != self.cx.server;
        for session in self.sessions.values_mut() {
            if moved {
                session.end_ringing(&mut self.cx);
            }
            session.answer_again(&mut self.cx);
        }
        self.bring_back(wait_ms);
        self.say_farewells(None);
    }

    /// Sends again what ended a call and met a broken line, past the proxy at `edge`.
    pub(super) fn say_farewells(&mut self, edge: Option<&Uri>) {
        for Farewell { until, owner, request: mut bye } in std::mem::take(&mut self.farewells) {
            if until <= self.cx.now {
                continue;
            }
            bye.pass_by(edge);
            if bye.method == Method::Cancel {
                // By its branch the proxy finds the INVITE (RFC 3261 9.2).
                self.cx.send(owner, bye);
            } else {
                let bye = self.bye_again(owner, &bye);
                self.cx.send(owner, bye);
            }
        }
    }

    /// That BYE as a request of its own.
    pub(super) fn bye_again(&mut self, owner: Owner, bye: &Draft) -> Draft {
        let branch = self.cx.entropy.branch();
        // A transfer may have counted on in its dialog; numbers may be skipped (RFC 3261 12.2.2).
        let cseq = match owner {
            Owner::Bye(id) => self.sessions.get_mut(&id).and_then(|s| s.next_cseq(&bye.remote_tag())),
            _ => None,
        };
        let mut bye = bye.again(&branch, cseq.unwrap_or(bye.cseq() + 100), Vec::new());
        bye.uncredit();
        bye
    }

    pub(super) fn closed(&mut self, flow: Flow, error: bool, code: Option<u16>, reason: String) {
        if self.is_spare(flow) {
            return self.spare_lost(flow);
        }
        if !self.transport.is_current(flow) || self.fail_over(flow) {
            return;
        }
        self.line_lost(flow);
        let retry_in_ms = if self.running == Running::Started {
            let urgent = self.sessions.values().any(Session::is_recovering);
            Some(self.transport.closed(self.cx.now, urgent, &self.cx.config, &mut self.cx.entropy))
        } else {
            self.transport.stop();
            None
        };
        self.disconnected(error, code, reason, retry_in_ms);
    }

    fn disconnected(&mut self, error: bool, code: Option<u16>, reason: String, retry_in_ms: Option<u64>) {
        let server = self.cx.server;
        self.cx.event(Event::Disconnected { server, error, code, reason, retry_in_ms });
        for session in self.sessions.values_mut() {
            session.line_lost(&mut self.cx);
        }
        self.registration.transport_closed(&mut self.cx);
    }

    /// Goes back to a server that the app prefers, between calls.
    pub(super) fn return_to_preferred(&mut self) {
        if self.spare.is_some() {
            // The other flow finds back, and then goes first.
            return self.transport.stay();
        }
        let needed = self.running != Running::Started
            || !self.sessions.is_empty()
            || !self.cx.transactions.is_empty()
            || !self.cx.exchanges.is_empty();
        if let Some(flow) = self.transport.leave(self.cx.now, needed) {
            self.cx.out.push(Output::Close(flow));
            self.line_lost(flow);
            self.disconnected(false, None, String::new(), Some(0));
        }
    }

    pub(super) fn disconnect_now(&mut self) {
        self.disconnect_spare();
        let told = self.transport.is_idle();
        if let Some(flow) = self.transport.stop() {
            self.cx.out.push(Output::Close(flow));
            self.line_lost(flow);
        }
        for session in self.sessions.values_mut() {
            if session.has_ended() {
                session.forget_transfers();
            }
        }
        if self.running != Running::Started {
            // Nothing can be sent or come any more: no timer keeps a stopped agent, or its process, awake.
            self.settle_sessions();
            self.cx.transactions.clear();
            self.cx.exchanges = Exchanges::default();
            self.cx.authenticator.forget_questions();
            self.farewells.clear();
            self.sessions.drop_all(&mut |_, session| session.has_ended());
        }
        if told {
            self.registration.transport_closed(&mut self.cx);
        } else {
            self.disconnected(false, None, String::new(), None);
        }
    }

    /// Keeps a BYE or CANCEL that met a broken line for the next: without it the far end would talk to nobody, or ring.
    pub(super) fn farewell(&mut self, owner: Owner, request: Draft) {
        if self.running == Running::Started && self.farewells.len() < MAX_SESSIONS {
            self.farewells.push(Farewell { until: self.cx.now.after(GIVE_UP_MS), owner, request });
        }
    }

    /// Lets calls go on by the new line, within so many ms.
    pub(super) fn bring_back(&mut self, wait_ms: u64) {
        let cx = &mut self.cx;
        for session in self.sessions.values_mut() {
            session.line_back(wait_ms, cx);
        }
    }

    /// Asks the server for a sign of life.
    pub(super) fn ask_line(&mut self, flow: Option<Flow>, method: KeepAliveMethod) {
        if method.has_crlf() {
            self.cx.out.send_on(flow, b"\r\n\r\n".to_vec());
        }
        if method.has_options() && self.running == Running::Started {
            let cx = &mut self.cx;
            let registrar = cx.config.registrar.to_string();
            let from = format!("{};tag={}", cx.own_address(), cx.entropy.tag());
            let (to, call_id, cseq) = (format!("<{registrar}>"), cx.new_call_id(), cx.entropy.cseq());
            let draft = cx.draft(Method::Options, &registrar, &to, &from, &call_id, cseq);
            let mut draft = cx.finish(draft, &[], "outbound");
            draft.flow = flow;
            cx.send(Owner::KeepAlive, draft);
        }
    }

    /// Fails what cannot go on without this connection. Calls go on: the media of established ones does not use it.
    fn line_lost(&mut self, flow: Flow) {
        self.cx.out.closed(flow);
        self.cx.transactions.closed(flow);
        self.challenges_lost(flow);
        self.settle_tables();
        let cx = &mut self.cx;
        self.subscriptions.line_lost(cx);
        for session in self.sessions.values_mut() {
            session.ringing_line_lost(cx);
        }
    }
}
