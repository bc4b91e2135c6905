//! The line to the server: opened, lost, closed for good, and what that means for what is on its way.

use super::{Agent, Farewell, Running};
use crate::bounds::MAX_SESSIONS;
use crate::event::{Event, Flow, Output};
use crate::exchange::{Exchanges, Owner};
use crate::message::Draft;

use crate::transaction::GIVE_UP_MS;

impl Agent {
    pub(super) fn connect_now(&mut self) {
        let attempts = self.transport.attempts();
        if let Some((flow, server)) = self.transport.connect(self.cx.now, &self.cx.config, &mut self.cx.entropy) {
            self.cx.server = server;
            self.cx.out.event(Event::Connecting { server, attempts });
            self.cx.out.push(Output::Connect { flow, server });
        }
    }

    pub(super) fn opened(&mut self, flow: Flow) {
        if !self.transport.opened(self.cx.now, flow, self.cx.config.keep_alive_ms) {
            self.cx.out.push(Output::Close(flow));
            return;
        }
        self.cx.out.set_flow(Some(flow));
        self.cx.out.event(Event::Connected { server: self.cx.server });
        if self.auto_register {
            self.registration.register(&mut self.cx);
        }
        self.subscriptions.line_open(&mut self.cx);
        for Farewell { until, owner, bye } in std::mem::take(&mut self.farewells) {
            if until > self.cx.now {
                let branch = self.cx.entropy.branch();
                // A transfer may have counted on in its dialog; numbers may be skipped (RFC 3261 12.2.2).
                let cseq = match owner {
                    Owner::Bye(id) => self.sessions.get_mut(&id).and_then(|s| s.next_cseq(&bye.remote_tag())),
                    _ => None,
                };
                let bye = bye.again(&branch, cseq.unwrap_or(bye.cseq() + 100), Vec::new());
                self.cx.send(owner, bye);
            }
        }
    }

    pub(super) fn closed(&mut self, flow: Flow, error: bool, code: Option<u16>, reason: String) {
        if !self.transport.is_current(flow) {
            return;
        }
        self.line_lost(flow);
        let retry_in_ms = if self.running == Running::Started {
            Some(self.transport.closed(self.cx.now, &self.cx.config, &mut self.cx.entropy))
        } else {
            self.transport.stop();
            None
        };
        self.disconnected(error, code, reason, retry_in_ms);
    }

    fn disconnected(&mut self, error: bool, code: Option<u16>, reason: String, retry_in_ms: Option<u64>) {
        let server = self.cx.server;
        self.cx.event(Event::Disconnected { server, error, code, reason, retry_in_ms });
        self.registration.transport_closed(&mut self.cx);
    }

    pub(super) fn disconnect_now(&mut self) {
        let told = self.transport.is_idle();
        if let Some(flow) = self.transport.stop() {
            self.cx.out.push(Output::Close(flow));
            self.line_lost(flow);
        }
        for session in self.sessions.values_mut() {
            if session.is_over() {
                session.forget_refers();
            }
        }
        if self.running != Running::Started {
            // Nothing can be sent or come any more: no timer keeps a stopped agent, or its process, awake.
            self.settle_sessions();
            self.cx.transactions.clear();
            self.cx.exchanges = Exchanges::default();
            self.farewells.clear();
            self.sessions.drop_all(&mut |_, session| session.is_over());
        }
        if told {
            self.registration.transport_closed(&mut self.cx);
        } else {
            self.disconnected(false, None, String::new(), None);
        }
    }

    /// Keeps a BYE that met a broken line for the next: without it the far end would talk to nobody.
    pub(super) fn farewell(&mut self, owner: Owner, bye: Draft) {
        if self.running == Running::Started && self.farewells.len() < MAX_SESSIONS {
            self.farewells.push(Farewell { until: self.cx.now.after(GIVE_UP_MS), owner, bye });
        }
    }

    /// Fails what cannot go on without this connection. Confirmed calls go on: their media does not use it.
    fn line_lost(&mut self, flow: Flow) {
        self.cx.out.set_flow(None);
        self.cx.transactions.closed(flow);
        self.settle_tables();
        let cx = &mut self.cx;
        for session in self.sessions.values_mut() {
            session.ringing_line_lost(cx);
        }
    }
}
