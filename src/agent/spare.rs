//! The second flow (RFC 5626): a connection to another server with a binding of its own, which stands by.
//!
//! Requests go by the first flow. When that is lost, the second one takes its place at once, and the lost one comes back
//! as the second. Each flow keeps its reg-id, and a dialog the flow that it was made by, as long as that stands.
//!
//! ```text
//! first, spare --first lost--> spare is first --the lost one is back, with a higher weight--> first, spare
//! ```
//!
//! The spare registers where the registrar keeps a binding for each flow. Where it keeps one for each Contact, a second
//! REGISTER would take the place of the first: there the spare stands open, and registers when it is needed.

use std::sync::Arc;

use super::connection::REGISTER_MS;
use super::{Agent, Running};
use crate::cause::Cause;
use crate::event::{Event, Flow, FlowState, FlowStatus, Output};
use crate::exchange::Owner;
use crate::keep_alive::KeepAlive;
use crate::message::{Draft, Response};
use crate::registration::Registration;
use crate::transaction::Fate;
use crate::transport::{Due, Transport};

/// The flow that stands by.
#[derive(Debug)]
pub(super) struct Spare {
    pub(super) transport: Transport,
    pub(super) registration: Registration,
    /// What the app knows of each flow, by reg-id.
    told: [Option<FlowState>; 2],
}

impl Spare {
    pub(super) fn new(registration: Registration) -> Self {
        Self { transport: Transport::default(), registration, told: [None, None] }
    }
}

impl Agent {
    /// A number for a connection.
    pub(super) fn next_flow(&mut self) -> Flow {
        self.last_flow += 1;
        Flow(self.last_flow)
    }

    pub(super) fn is_spare(&self, flow: Flow) -> bool {
        self.spare.as_ref().is_some_and(|spare| spare.transport.is_current(flow))
    }

    /// Whether that connection is open, or tried.
    pub fn holds(&self, flow: Flow) -> bool {
        self.transport.is_current(flow) || self.is_spare(flow)
    }

    /// Who looks whether that connection lives.
    pub(super) fn keep_alive(&mut self, flow: Option<Flow>) -> &mut KeepAlive {
        match &mut self.spare {
            Some(spare) if flow.is_some() && spare.transport.flow() == flow => &mut spare.transport.keep_alive,
            _ => &mut self.transport.keep_alive,
        }
    }

    /// The registration with that reg-id.
    pub(super) fn registration_of(&mut self, id: u8) -> &mut Registration {
        match &mut self.spare {
            Some(spare) if spare.registration.id == id => &mut spare.registration,
            _ => &mut self.registration,
        }
    }

    /// Does something with the spare as if it were the line: what it sends names its server.
    fn with_spare<T>(&mut self, run: impl FnOnce(&mut Self, &mut Spare) -> T) -> Option<T> {
        let mut spare = self.spare.take()?;
        let first = std::mem::replace(&mut self.cx.server, spare.transport.server());
        let result = run(self, &mut spare);
        self.cx.server = first;
        self.spare = Some(spare);
        Some(result)
    }

    /// The CSeq of that registration's next REGISTER.
    pub(super) fn next_register(&mut self, id: u8) -> u32 {
        match &mut self.spare {
            Some(spare) if spare.registration.id == id => spare.registration.next_cseq(&mut self.cx),
            _ => self.registration.next_cseq(&mut self.cx),
        }
    }

    /// The final answer to a REGISTER of that registration, sent by that connection.
    pub(super) fn registered(&mut self, id: u8, flow: Option<Flow>, response: &Arc<Response>) {
        if let Some(seconds) = response.headers.first("Flow-Timer").and_then(|value| value.trim().parse().ok()) {
            let (now, spread) = (self.cx.now, self.cx.entropy.below(21));
            self.keep_alive(flow).flow_timer(now, seconds, spread);
        }
        // Those are asked for again, by whichever it was.
        if response.status >= 300 && ![423, 439].contains(&response.status) {
            self.stand_in(id);
        }
        if self.registration.id != id {
            self.with_spare(|agent, spare| spare.registration.response(response, &mut agent.cx));
            return self.prefer_spare();
        }
        self.registration.response(response, &mut self.cx);
        self.subscriptions.registered(&mut self.cx);
        self.bring_back(0);
        self.register_spare();
    }

    /// No answer to a REGISTER of that registration.
    pub(super) fn register_unanswered(&mut self, id: u8, fate: Fate) {
        self.stand_in(id);
        if self.registration.id == id {
            return self.registration.unanswered(fate, &mut self.cx);
        }
        self.with_spare(|agent, spare| spare.registration.unanswered(fate, &mut agent.cx));
    }

    /// The registrar fails one flow and keeps the other: that goes first, for the phone is registered as long as one is.
    fn stand_in(&mut self, failed: u8) {
        let stands = self.spare.as_ref().is_some_and(|spare| spare.registration.state().registered);
        if stands && self.registration.id == failed && !self.registration.is_leaving() {
            self.swap_flows();
        }
    }

    /// Registers by the spare where the registrar keeps a binding for each flow.
    fn register_spare(&mut self) {
        let wanted = self.auto_register && self.registration.grant().outbound;
        self.with_spare(|agent, spare| {
            if wanted && spare.transport.flow().is_some() && spare.registration.is_idle() {
                spare.registration.register(&mut agent.cx);
            }
        });
    }

    /// Takes back what the spare has registered. With `all` the other registration does so for both, if it holds; but a
    /// REGISTER that is on its way may come after that, and is taken back when it is answered.
    pub(super) fn unregister_spare(&mut self, all: bool) {
        let both = all && self.registration.is_leaving();
        self.with_spare(|agent, spare| {
            let flow = spare.registration.flow;
            if both && !spare.registration.is_asking() {
                spare.registration.transport_closed(&mut agent.cx);
                spare.registration.flow = flow;
            } else {
                spare.registration.unregister(all, &mut agent.cx);
            }
        });
    }

    /// Tries to open the spare.
    pub(super) fn connect_spare(&mut self) {
        let (flow, taken) = (self.next_flow(), self.transport.in_use());
        let Some(spare) = &mut self.spare else { return };
        let (config, entropy) = (&self.cx.config, &mut self.cx.entropy);
        match spare.transport.connect(self.cx.now, flow, taken, config, entropy) {
            Some(server) => self.cx.out.push(Output::Connect { flow, server }),
            None => spare.transport.wait(self.cx.now),
        }
    }

    pub(super) fn spare_opened(&mut self, flow: Flow) {
        let taken = self.transport.in_use();
        if let Some(spare) = &mut self.spare {
            spare.transport.opened(self.cx.now, flow, taken, &self.cx.config, &mut self.cx.entropy);
            spare.registration.line_open(flow);
            self.cx.out.opened(flow, spare.transport.server(), false);
        }
        self.register_spare();
    }

    /// The spare takes the place of the line that is lost. False if it does not stand.
    pub(super) fn fail_over(&mut self, lost: Flow) -> bool {
        let stands = self.spare.as_ref().is_some_and(|spare| spare.transport.flow().is_some());
        if !stands || self.running != Running::Started {
            return false;
        }
        let (was_registered, was_leaving) = (self.registration.state().registered, self.registration.is_leaving());
        self.swap_flows();
        let ready = self.registration.state().registered;
        self.registration.take_over(was_registered);
        self.spare_lost(lost);
        if was_leaving && !self.registration.is_leaving() {
            let cause = Some(Cause::ConnectionError);
            self.cx.event(Event::Unregistered { response: None, cause, transport: false });
        }
        // The proxies know the binding by this flow, or learn of it first.
        if self.auto_register && !(ready && was_registered) {
            self.registration.register(&mut self.cx);
            self.bring_back(REGISTER_MS);
        } else {
            self.bring_back(0);
        }
        true
    }

    /// The connection of the spare is gone: what went by it goes on by the other.
    pub(super) fn spare_lost(&mut self, flow: Flow) {
        let Some(spare) = &mut self.spare else { return };
        let was_open = spare.transport.flow().is_some();
        if self.running == Running::Started {
            spare.transport.closed(self.cx.now, false, &self.cx.config, &mut self.cx.entropy);
        } else {
            spare.transport.stop();
        }
        if was_open {
            self.spare_left(flow);
        }
    }

    fn spare_left(&mut self, flow: Flow) {
        let Some(spare) = &mut self.spare else { return };
        let edge = spare.registration.grant().edge();
        spare.registration.transport_closed(&mut self.cx);
        self.cx.out.closed(flow);
        self.cx.transactions.closed(flow);
        self.challenges_lost(flow);
        self.settle_tables();
        let (cx, edge) = (&mut self.cx, edge.as_ref());
        for session in self.sessions.values_mut() {
            session.flow_lost(flow, edge, cx);
        }
        self.subscriptions.flow_lost(flow, edge, cx);
        self.say_farewells(edge);
        self.bring_back(0);
    }

    /// A BYE that its socket did not take, though the end of that flow is not told yet: it leaves by the other flow at once,
    /// past the proxy at the end of the first (RFC 5626). False if there is no other.
    pub(super) fn leave_by_other(&mut self, owner: Owner, bye: &Draft) -> bool {
        let Some((met, other)) = self.cx.out.pick(bye.flow).and_then(|met| Some((met, self.cx.out.other(met)?))) else {
            return false;
        };
        let spare = self.spare.as_ref().map(|spare| &spare.registration);
        let registration = spare.filter(|registration| registration.flow == Some(met)).unwrap_or(&self.registration);
        let edge = registration.grant().edge();
        let mut bye = self.bye_again(owner, bye);
        bye.pass_by(edge.as_ref());
        bye.flow = Some(other);
        // Nobody's: if this flow does not take it either, it waits for the next.
        self.cx.send(Owner::Nobody, bye);
        true
    }

    /// A server that the app prefers goes first as soon as requests may go by it.
    fn prefer_spare(&mut self) {
        let weight = |server: usize| self.cx.config.servers.get(server).map(|server| server.weight);
        let preferred = self.spare.as_ref().is_some_and(|spare| {
            spare.registration.state().registered && weight(spare.transport.server()) > weight(self.cx.server)
        });
        if preferred && self.registration.state().registered {
            self.swap_flows();
        }
    }

    /// The two change places.
    pub(super) fn swap_flows(&mut self) {
        let Some(spare) = &mut self.spare else { return };
        let route = self.registration.grant().clone();
        std::mem::swap(&mut self.transport, &mut spare.transport);
        std::mem::swap(&mut self.registration, &mut spare.registration);
        (self.registration.spare, spare.registration.spare) = (false, true);
        self.cx.server = self.transport.server();
        if let Some(flow) = self.transport.flow() {
            self.cx.out.opened(flow, self.cx.server, true);
            self.served_by = self.cx.server;
        }
        if *self.registration.grant() != route {
            self.registration.show_grant(&mut self.cx);
        }
    }

    pub(super) fn disconnect_spare(&mut self) {
        let Some(spare) = &mut self.spare else { return };
        let open = spare.transport.flow();
        let Some(flow) = spare.transport.stop() else { return };
        self.cx.out.push(Output::Close(flow));
        if open.is_some() {
            spare.registration.transport_closed(&mut self.cx);
            self.cx.out.closed(flow);
            self.cx.transactions.closed(flow);
        }
    }

    /// Does what fell due of the spare.
    pub(super) fn expire_spare(&mut self) {
        let Some(spare) = &mut self.spare else { return };
        match spare.transport.expire(self.cx.now, &self.cx.config) {
            Some(Due::Connect) => self.connect_spare(),
            Some(Due::Dead(flow, _)) => {
                self.cx.out.push(Output::Close(flow));
                self.spare_lost(flow);
            }
            Some(Due::Ask(method)) => {
                let flow = spare.transport.flow();
                self.with_spare(|agent, _| agent.ask_line(flow, method));
            }
            Some(Due::Return) => {
                // Nobody needs it: it may look for a better server at any time.
                if let Some(flow) = spare.transport.leave(self.cx.now, false) {
                    self.cx.out.push(Output::Close(flow));
                    self.spare_left(flow);
                }
            }
            None => {}
        }
        self.with_spare(|agent, spare| {
            if spare.registration.expire(&mut agent.cx) {
                spare.registration.register(&mut agent.cx);
            }
        });
    }

    /// Tells what has become of each flow since it was last told.
    pub(super) fn tell_flows(&mut self) {
        let Some(spare) = &mut self.spare else { return };
        for (transport, registration, first) in
            [(&self.transport, &self.registration, true), (&spare.transport, &spare.registration, false)]
        {
            let status = match (transport.flow(), transport.in_use()) {
                (Some(_), _) if registration.state().registered => FlowStatus::Registered,
                (Some(_), _) => FlowStatus::Connected,
                (None, Some(_)) => FlowStatus::Connecting,
                (None, None) => FlowStatus::Disconnected,
            };
            let (id, server) = (registration.id, transport.server());
            let state = FlowState { id, server, status, first: first && transport.flow().is_some() };
            let Some(told) = spare.told.get_mut(usize::from(id).wrapping_sub(1)) else { continue };
            if told.as_ref() != Some(&state) && (told.is_some() || status != FlowStatus::Disconnected) {
                *told = Some(state.clone());
                self.cx.out.event(Event::Flow(state));
            }
        }
    }
}
