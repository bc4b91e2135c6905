//! The one FIFO of outputs: sends, media requests and events leave in the order in which they happened.

use std::collections::VecDeque;

use crate::event::{Asker, Event, Flow, MediaRequest, Output, SendId, SessionId, Ticket};

/// Collects what an input or a command brings about, until the shell polls it.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Output>,
    flow: Option<Flow>,
    next_send: SendId,
    next_ticket: u32,
}

impl Outbox {
    /// The open connection, if there is one.
    pub fn flow(&self) -> Option<Flow> {
        self.flow
    }

    /// From now on requests leave by this connection.
    pub fn set_flow(&mut self, flow: Option<Flow>) {
        self.flow = flow;
    }

    /// Sends by the open connection. False if there is none.
    pub fn send(&mut self, bytes: Vec<u8>) -> bool {
        let Some(flow) = self.flow else {
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

    /// Replies by the connection that the request came by, or by the open one once that is gone.
    pub fn send_on(&mut self, _came_by: Flow, bytes: Vec<u8>) {
        // There is one connection at a time; RFC 7118 5.2.1 leaves a UA no other way back.
        self.send(bytes);
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
