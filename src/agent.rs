//! The agent owns everything and routes: *one input or command, then `poll_output` until `None`, then sleep until
//! `poll_timeout`.*
//!
//! Each input first runs what fell due up to its moment, so that a page that slept for ten minutes wakes into a right
//! state. What leaves then has its time from that moment on: nothing is made up for, or given up before it was tried.

mod challenges;
mod commands;
mod connection;
mod due;
mod holdings;
mod hooks;
mod media;
mod requests;
mod responses;
mod settle;
mod spare;
mod subscriptions;

use crate::bounds::MAX_UNPOLLED;
use crate::config::Config;
use crate::context::Cx;
use crate::entropy::Entropy;
use crate::event::{Flow, Input, Output, SessionId, Ticket};
use crate::exchange::Owner;
use crate::message::{Draft, header_line, parse, parse_text, single_line};
use crate::messaging::Requests;
use crate::referral::Referrals;
use crate::registration::{Registration, RegistrationState};
use crate::sdp::{Codecs, dtls_failed};
use crate::session::Session;
use crate::subscription::Subscriptions;
use crate::table::Table;
use crate::time::Instant;
use crate::transport::Transport;

use spare::Spare;

pub use holdings::Holdings;

/// ms that `stop()` leaves for BYE and un-REGISTER to be answered (JsSIP).
const FAREWELL_MS: u64 = 2_000;

/// Whether the agent wants to be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Running {
    Stopped,
    Started,
    Stopping,
}

/// A BYE or CANCEL that met a broken line.
#[derive(Debug)]
struct Farewell {
    until: Instant,
    owner: Owner,
    request: Draft,
}

/// A SIP user agent.
#[derive(Debug)]
pub struct Agent {
    cx: Cx,
    transport: Transport,
    registration: Registration,
    /// The flow that stands by, where there are two.
    spare: Option<Box<Spare>>,
    /// The number of the last connection.
    last_flow: u32,
    requests: Requests,
    sessions: Table<SessionId, Session>,
    subscriptions: Subscriptions,
    referrals: Referrals,
    /// The app decides whether it refreshes the registration itself.
    expiring: Option<Ticket>,
    running: Running,
    /// When a stopping agent no longer waits for answers.
    close_by: Instant,
    /// What met a broken line and tells the far end that a call is over, until nobody waits for them any more.
    farewells: Vec<Farewell>,
    auto_register: bool,
    /// The server of the last open connection.
    served_by: usize,
    /// Until when what waits in the socket goes before what is overdue, because the page stood still.
    reads_until: Option<Instant>,
    next_id: u32,
    /// Bytes of frames taken in since the shell last polled all outputs.
    unpolled: usize,
}

impl Agent {
    /// An agent that is not connected yet.
    pub fn new(config: Config, mut entropy: Entropy) -> Self {
        let registration = Registration::new(1, entropy.token(22), config.register_expires_s);
        let spare = (config.flows > 1 && config.servers.len() > 1).then(|| Box::new(Spare::new(registration.second())));
        Self {
            auto_register: config.register,
            cx: Cx::new(config, entropy),
            transport: Transport::default(),
            registration,
            spare,
            last_flow: 0,
            requests: Requests::default(),
            sessions: Table::new(),
            subscriptions: Subscriptions::default(),
            referrals: Referrals::default(),
            expiring: None,
            running: Running::Stopped,
            close_by: Instant::default(),
            farewells: Vec::new(),
            served_by: 0,
            reads_until: None,
            next_id: 0,
            unpolled: 0,
        }
    }

    /// Takes one input in.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        self.catch_up(now);
        match input {
            Input::Opened(flow) => self.opened(flow),
            Input::Frame(flow, bytes) => {
                if self.takes_in(flow, bytes.len()) {
                    self.frame(flow, parse(bytes));
                }
            }
            Input::Text(flow, text) => {
                if self.takes_in(flow, text.len()) {
                    self.frame(flow, parse_text(text));
                }
            }
            Input::Closed { flow, error, code, reason } => self.closed(flow, error, code, reason),
            Input::NotSent(send) => self.cx.not_sent(send),
            Input::Alarm => {}
            Input::Media(ticket, result) => self.media_answered(ticket, result),
            Input::Candidate(id, candidate) => self.gathered(id, candidate),
            Input::IceConnected(id) => self.path_up(id),
            Input::IceDisconnected(id) => self.path_down(id, false),
            Input::IceFailed(id) => self.path_down(id, true),
            Input::PacketsReceived { session, packets } => self.packets_received(session, packets),
            Input::DtlsFailed(id) => self.end_without_media(id, dtls_failed()),
            Input::CandidateError { session, code, url } => self.candidate_failed(session, code, &url),
            Input::Network => self.hint(),
        }
        self.settle();
    }

    /// Whether a frame of so many bytes is read, which are counted then.
    fn takes_in(&mut self, flow: Flow, length: usize) -> bool {
        let taken = self.cx.out.server_of(Some(flow)).is_some() && self.unpolled + length <= MAX_UNPOLLED;
        if taken {
            self.unpolled += length;
            self.weigh(length);
        }
        taken
    }

    /// The next thing for the shell to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.cx.out.pop();
        if output.is_none() {
            self.unpolled = 0;
        }
        output
    }

    /// Connects, and registers if so configured (JsSIP `ua.start`).
    pub fn start(&mut self, now: Instant) {
        self.catch_up(now);
        if self.running == Running::Stopping {
            self.stopped();
        }
        self.auto_register = self.cx.config.register;
        self.running = Running::Started;
        if self.transport.is_idle() {
            self.connect_now();
            if self.spare.is_some() {
                self.connect_spare();
            }
        }
        self.settle();
    }

    /// Un-registers, ends every call, and disconnects (JsSIP `ua.stop`).
    pub fn stop(&mut self, now: Instant) {
        self.catch_up(now);
        if self.running == Running::Stopping {
            return;
        }
        self.auto_register = false;
        self.registration.unregister(false, &mut self.cx);
        self.unregister_spare(false);
        let cx = &mut self.cx;
        for session in self.sessions.values_mut() {
            session.end_anyway(cx);
        }
        self.subscriptions.leave(cx);
        self.running = Running::Stopping;
        self.close_by = self.cx.now.after(FAREWELL_MS);
        self.settle();
    }

    /// Registers now and after each reconnect (JsSIP `ua.register`).
    pub fn register(&mut self, now: Instant) {
        self.catch_up(now);
        self.auto_register = true;
        self.registration.register(&mut self.cx);
        self.settle();
    }

    /// A push notification has woken the page (RFC 8599 4.1.3): the line is looked at, and the binding refreshed by it or by
    /// the next.
    pub fn wake(&mut self, now: Instant) {
        self.catch_up(now);
        self.hint();
        if self.transport.flow().is_some() {
            self.auto_register = true;
            self.registration.register(&mut self.cx);
        }
        self.settle();
    }

    /// Un-registers, and stays so (JsSIP `ua.unregister`).
    pub fn unregister(&mut self, now: Instant, all: bool) {
        self.catch_up(now);
        self.auto_register = false;
        self.registration.unregister(all, &mut self.cx);
        self.unregister_spare(all);
        self.settle();
    }

    /// Opens the line if it is closed (JsSIP `ua.transport.connect`).
    pub fn connect(&mut self, now: Instant) {
        self.catch_up(now);
        if self.transport.is_down() {
            self.running = Running::Started;
            self.connect_now();
            if self.spare.as_ref().is_some_and(|spare| spare.transport.is_idle()) {
                self.connect_spare();
            }
        }
        self.settle();
    }

    /// Closes the line without planning another attempt (JsSIP `ua.transport.disconnect`).
    pub fn disconnect(&mut self, now: Instant) {
        self.catch_up(now);
        self.disconnect_now();
        self.settle();
    }

    /// The settings that may change while it runs: credentials, display name, extra headers.
    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.cx.config
    }

    /// The codecs of this browser, where they were not known when the agent was made.
    pub fn set_codecs(&mut self, codecs: Codecs) {
        self.cx.config.codecs = codecs;
    }

    /// Further fields and Contact parameters of REGISTER.
    pub fn set_registration_headers(&mut self, headers: Vec<String>, contact_params: String) {
        let clean = headers.iter().all(|h| header_line(h).is_some()) && single_line(&contact_params);
        if clean {
            if let Some(spare) = &mut self.spare {
                spare.registration.set_extra(headers.clone(), contact_params.clone());
            }
            self.registration.set_extra(headers, contact_params);
        }
    }

    /// What an app may see of the registration.
    pub fn registration(&self) -> RegistrationState {
        self.registration.state()
    }

    /// The realm of the last challenge that was answered.
    pub fn realm(&self) -> Option<&str> {
        self.cx.authenticator.realm()
    }

    /// Our Contact as text (JsSIP `ua.contact.toString`).
    pub fn contact_text(&self, anonymous: bool, outbound: bool) -> String {
        self.cx.contact.text(&self.cx.config, anonymous, outbound, false)
    }

    /// Public and temporary GRUU (RFC 5627).
    pub fn gruu(&self) -> (Option<String>, Option<String>) {
        (self.cx.contact.public_gruu.clone(), self.cx.contact.temporary_gruu.clone())
    }

    /// A number for a call or request to come, so that the shell can bind its object first.
    pub fn reserve(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// Whether nothing is open: no call, no transaction, no connection.
    pub fn is_idle(&self) -> bool {
        self.sessions.is_empty()
            && self.subscriptions.is_empty()
            && self.referrals.is_empty()
            && self.cx.transactions.is_empty()
            && self.cx.exchanges.is_empty()
            && self.transport.is_idle()
            && self.spare.as_ref().is_none_or(|spare| spare.transport.is_idle())
    }

    /// About how many bytes all tables hold of what the network said.
    fn weight(&self) -> usize {
        let sessions = self.sessions.values().map(Session::weight).sum::<usize>();
        self.cx.transactions.weight()
            + self.cx.exchanges.weight()
            + sessions
            + self.subscriptions.weight()
            + self.referrals.weight()
    }

    /// The host's network may be another one.
    fn hint(&mut self) {
        self.transport.hint(self.cx.now);
        if let Some(spare) = &mut self.spare {
            spare.transport.hint(self.cx.now);
        }
    }
}
