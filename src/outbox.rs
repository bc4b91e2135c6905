//! The one FIFO of outputs: sends, media requests and events leave in the order in which they happened.

use std::collections::VecDeque;

use crate::event::{Asker, Event, Flow, MediaRequest, Output, SendId, SessionId, Ticket};

/// Collects what an input or a command brings about, until the shell polls it.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Output>,
    /// The open connections and the server of each; requests go by the first.
    open: Vec<(Flow, usize)>,
    next_send: SendId,
    next_ticket: u32,
}

impl Outbox {
    /// The open connection that requests go by, if there is one.
    pub fn flow(&self) -> Option<Flow> {
        self.open.first().map(|(flow, _)| *flow)
    }

    /// The server at the end of this connection, while it is open.
    pub fn server_of(&self, flow: Option<Flow>) -> Option<usize> {
        self.open.iter().find(|(open, _)| Some(*open) == flow).map(|(_, server)| *server)
    }

    /// An open connection that is not this one.
    pub fn other(&self, flow: Flow) -> Option<Flow> {
        self.open.iter().find(|(open, _)| *open != flow).map(|(other, _)| *other)
    }

    /// This connection is open now, or goes before the others if it is `first`.
    pub fn opened(&mut self, flow: Flow, server: usize, first: bool) {
        self.closed(flow);
        let at = if first { 0 } else { self.open.len() };
        self.open.insert(at, (flow, server));
    }

    /// This connection is gone.
    pub fn closed(&mut self, flow: Flow) {
        self.open.retain(|(open, _)| *open != flow);
    }

    /// The connection for what wants to go by this one: that as long as it is open, else the first.
    pub fn pick(&self, wanted: Option<Flow>) -> Option<Flow> {
        wanted.filter(|_| self.server_of(wanted).is_some()).or(self.flow())
    }

    /// Sends by the first open connection. False if there is none.
    pub fn send(&mut self, bytes: Vec<u8>) -> bool {
        self.send_on(None, bytes)
    }

    /// Sends by this connection, or by the first open one once that is gone: an answer by the one that its request came
    /// by, what is inside a dialog by the dialog's. False if there is none.
    pub fn send_on(&mut self, wanted: Option<Flow>, bytes: Vec<u8>) -> bool {
        let Some(flow) = self.pick(wanted) else {
            return false;
        };
        self.next_send = self.next_send.wrapping_add(1);
        self.queue.push_back(Output::Send(self.next_send, flow, bytes));
        true
    }

    /// Names what was sent last.
    pub fn sent(&self) -> SendId {
        self.next_send
    }

    /// A ticket that no one else has.
    pub fn ticket(&mut self, asker: Asker) -> Ticket {
        self.next_ticket = self.next_ticket.wrapping_add(1);
        Ticket::new(asker, self.next_ticket)
    }

    /// Asks the shell to do something with a call's RTCPeerConnection.
    pub fn media(&mut self, id: SessionId, request: MediaRequest) -> Ticket {
        let ticket = self.ticket(Asker::Call(id));
        self.queue.push_back(Output::Media(id, request, ticket));
        ticket
    }

    /// Tells the app.
    pub fn event(&mut self, event: Event) {
        self.queue.push_back(Output::Event(event));
    }

    /// Anything else.
    pub fn push(&mut self, output: Output) {
        self.queue.push_back(output);
    }

    /// The next output.
    pub fn pop(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }
}
