//! The only place that touches the `Agent`.
//!
//! Invariant: *borrow, run, release, then pump; each pop is a borrow of its own.* Nothing is borrowed while a
//! dispatch, a socket, a getter or WebRTC runs, so a listener may call any method, and re-entry just drains further.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};

use super::border::Told;
use super::browser::{
    AppSocket, Clock, Host, Listening, Patience, Peer, PeerConnection, Socket, Wanted, codecs, later, message_of,
    rethrow_later, spawn, wakeups,
};
use super::events;
use crate::agent::Agent;
use crate::event::{Event, Flow, Input, MediaRequest, Output, SessionId, Ticket, Verdict};
use crate::message::mask_secrets;
use crate::table::Table;
use crate::time::Instant;

/// Longest delay that `setTimeout` keeps, in ms.
const LONGEST_TIMEOUT_MS: u64 = 0x7fff_ffff;

/// ms in which a frame has left the page where the line is well.
const DRAINS_MS: u64 = 500;

/// What the shell has of a call: its connection, and the JavaScript error for the event that tells of it.
#[derive(Default)]
struct Call {
    peer: Option<Rc<Peer>>,
    error: JsValue,
}

/// One agent with what surrounds it.
pub(super) struct Driver {
    agent: RefCell<Agent>,
    clock: Clock,
    dispatch: Function,
    sockets: Array,
    /// The connections that are open or tried.
    lines: RefCell<Vec<(Flow, Socket)>>,
    /// When the last frame was sent.
    sent_at: Cell<Instant>,
    calls: RefCell<Table<u32, Call>>,
    alarm: RefCell<Option<(Instant, Timeout)>>,
    wakeups: RefCell<Vec<Listening>>,
    pub(super) trace: Cell<bool>,
    pub(super) patience: Patience,
    this: Weak<Driver>,
}

impl Driver {
    pub(super) fn new(agent: Agent, sockets: Array, dispatch: Function, patience: Patience) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            agent: RefCell::new(agent),
            clock: Clock::new(),
            dispatch,
            sockets,
            lines: RefCell::default(),
            sent_at: Cell::default(),
            calls: RefCell::default(),
            alarm: RefCell::default(),
            wakeups: RefCell::default(),
            trace: Cell::new(false),
            patience,
            this: Weak::clone(this),
        })
    }

    /// Borrow, run, release, pump. A command runs no JavaScript: what it was passed has been read before.
    pub(super) fn apply<T>(&self, command: impl FnOnce(&mut Agent, Instant) -> T) -> T {
        let now = self.clock.now();
        let result = command(&mut self.agent.borrow_mut(), now);
        self.pump();
        result
    }

    /// Listens to the page while the agent runs.
    pub(super) fn listen(&self, on: bool) {
        let wakeups = if on { wakeups(&self.host()) } else { Vec::new() };
        let old = self.wakeups.replace(wakeups);
        drop(old);
    }

    /// What the parts of the browser know it as.
    fn host(&self) -> Weak<dyn Host> {
        let this: Weak<Self> = Weak::clone(&self.this);
        this
    }

    fn remembered(&self, session: SessionId) -> JsValue {
        self.calls.borrow().get(&session.0).map(|call| call.error.clone()).unwrap_or_default()
    }

    pub(super) fn add_peer(&self, session: SessionId, connection: PeerConnection, wanted: Wanted) {
        let peer = Some(Peer::new(session, connection, wanted, self.patience, &self.host()));
        let old = self.calls.borrow_mut().insert(session.0, Call { peer, error: JsValue::UNDEFINED });
        drop(old);
    }

    /// Forgets a call, whose connection closes with it.
    pub(super) fn lose(&self, session: u32) {
        let call = self.calls.borrow_mut().remove(&session);
        drop(call);
    }

    pub(super) fn peer(&self, session: u32) -> Option<Rc<Peer>> {
        self.calls.borrow().get(&session)?.peer.clone()
    }

    /// Calls the agent's one JavaScript function. An exception is told to the page, not to the core.
    pub(super) fn tell(&self, target: u32, told: Told<'_>) -> JsValue {
        let list = Array::new();
        told.write(&list);
        match self.dispatch.call2(&JsValue::NULL, &target.into(), &list) {
            Ok(verdict) => verdict,
            Err(error) => {
                rethrow_later(error);
                JsValue::UNDEFINED
            }
        }
    }

    fn pump(&self) {
        loop {
            let output = self.agent.borrow_mut().poll_output();
            let Some(output) = output else { break };
            self.deliver(output);
        }
        self.arm();
    }

    // Not in the loop of `pump`, where all its addresses would be worked out before.
    #[inline(never)]
    fn deliver(&self, output: Output) {
        match output {
            Output::Connect { flow, server } => self.connect(flow, server),
            Output::Close(flow) => self.close(flow),
            Output::Send(send, flow, bytes) => {
                let object = self.lines.borrow().iter().find(|(f, _)| *f == flow).map(|(_, s)| s.object());
                // What the core writes is text.
                let text = std::str::from_utf8(&bytes).unwrap_or_default();
                if self.trace.get() {
                    self.traced("out", text);
                }
                let now = self.clock.recent();
                let long_ago = now.since(self.sent_at.replace(now)) >= DRAINS_MS;
                // Earlier frames have still not left: the line may be dead.
                let stuck = long_ago && object.as_ref().is_some_and(AppSocket::holds_back);
                let sent = object.is_some_and(|object| {
                    let sent = object.send(text);
                    sent.is_ok_and(|sent| sent.is_truthy() || sent.is_undefined())
                });
                if !sent {
                    self.agent.borrow_mut().handle_input(now, Input::NotSent(send));
                } else if stuck {
                    self.agent.borrow_mut().handle_input(now, Input::Network);
                }
            }
            Output::Media(session, request, ticket) => self.media(session, request, ticket),
            Output::Event(event) => {
                if let Event::SessionGone(session) = &event {
                    self.lose(session.0);
                }
                if let Some((ticket, verdict)) = self.announce(event) {
                    let now = self.clock.now();
                    self.agent.borrow_mut().resume(now, ticket, verdict);
                }
            }
        }
    }

    fn media(&self, session: SessionId, request: MediaRequest, ticket: Ticket) {
        let Some(peer) = self.peer(session.0) else { return };
        if matches!(request, MediaRequest::Close) {
            peer.close();
        } else {
            peer.ask(request, ticket);
        }
    }

    fn connect(&self, flow: Flow, server: usize) {
        #[allow(clippy::cast_possible_truncation, reason = "the place in a short list")]
        let object: AppSocket = self.sockets.get(server as u32).unchecked_into();
        // First the old ones let go of the object: it may be the same, and the new one's handlers have to stay.
        let (held, old) = self.lines.take().into_iter().partition(|(f, _)| self.agent.borrow().holds(*f));
        self.lines.replace(held);
        drop::<Vec<_>>(old);
        let socket = Socket::new(object.clone(), flow, &self.host());
        self.lines.borrow_mut().push((flow, socket));
        // A failing constructor (mixed content, a page's security policy) is a failed attempt, not an exception.
        if let Err(error) = object.connect() {
            let reason = message_of(&error);
            let driver = Weak::clone(&self.this);
            spawn(Box::pin(async move {
                if let Some(driver) = driver.upgrade() {
                    driver.input(Input::Closed { flow, error: true, code: None, reason });
                }
            }));
        }
        // To ask a browser for its codecs takes it some ms: it does so while the connection opens.
        let codecs = codecs();
        self.agent.borrow_mut().set_codecs(codecs);
    }

    fn close(&self, flow: Flow) {
        let at = self.lines.borrow().iter().position(|(f, _)| *f == flow);
        if let Some(at) = at {
            let (_, socket) = self.lines.borrow_mut().swap_remove(at);
            let object = socket.object();
            drop(socket);
            let _ = object.disconnect();
        }
    }

    /// Tells the app, and for a hook returns what its listeners decided.
    fn announce(&self, mut event: Event) -> Option<(Ticket, Verdict)> {
        let (target, told) = events::told(&event, &|session| self.remembered(session));
        let last = matches!(told, Told::Done { .. } | Told::SubscriptionTerminated { .. });
        let verdict = self.tell(target, told);
        if last {
            self.tell(target, Told::Gone {});
        }
        events::decide(&mut event, &verdict)
    }

    fn traced(&self, direction: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let message = mask_secrets(text);
        self.tell(0, Told::SipMessage { direction, message: &message, at: js_sys::Date::now() });
    }

    /// The one timer: armed for the core's next deadline.
    fn arm(&self) {
        let due = self.agent.borrow().poll_timeout();
        if self.alarm.borrow().as_ref().map(|(at, _)| *at) == due {
            return;
        }
        let alarm = due.map(|at| {
            let wait = at.since(self.clock.now()).clamp(1, LONGEST_TIMEOUT_MS);
            let driver = Weak::clone(&self.this);
            let ring = move || {
                if let Some(driver) = driver.upgrade() {
                    let spent = driver.alarm.take();
                    driver.input(Input::Alarm);
                    drop(spent);
                }
            };
            (at, later(u32::try_from(wait).unwrap_or(u32::MAX >> 1), Box::new(ring)))
        });
        let old = self.alarm.replace(alarm);
        drop(old);
    }
}

impl Host for Driver {
    fn input(&self, input: Input<'_>) {
        if self.trace.get() {
            match input {
                Input::Frame(_, bytes) => self.traced("in", &String::from_utf8_lossy(bytes)),
                Input::Text(_, text) => self.traced("in", text),
                _ => {}
            }
        }
        let due = if matches!(input, Input::Alarm) { self.agent.borrow().deadline() } else { None };
        if let Some(due) = due {
            self.tell(0, Told::Due { why: due.reason.as_str() });
        }
        let now = self.clock.now();
        self.agent.borrow_mut().handle_input(now, input);
        self.pump();
    }

    fn remember(&self, session: SessionId, error: JsValue) {
        if let Some(call) = self.calls.borrow_mut().get_mut(&session.0) {
            call.error = error;
        }
    }

    fn candidate(&self, session: SessionId, candidate: JsValue) {
        self.tell(session.0, Told::IceCandidate { candidate });
    }

    fn captured(&self, session: SessionId, stream: JsValue, opened: bool) {
        self.tell(session.0, Told::Captured { stream, opened });
    }
}
