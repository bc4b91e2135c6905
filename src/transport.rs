//! Which server to talk to, and when to try again: policy only, no socket. Whether the line is alive `keep_alive` finds.
//!
//! RFC 7118, JsSIP `Transport` (weights, recovery).
//!
//! ```text
//! Idle --connect--> Connecting --opened--> Open --closed--> Waiting --due--> Connecting
//! ```

use crate::config::{Config, Server};
use crate::entropy::Entropy;
use crate::event::Flow;
use crate::keep_alive::{KeepAlive, KeepAliveDue, KeepAliveMethod};
use crate::time::{Instant, earlier};

/// ms after which a connection that does not open counts as failed.
pub(crate) const CONNECT_TIMEOUT_MS: u64 = 15_000;
/// The same while a call waits for it, and twice as long at each further attempt: one that hangs keeps the call from the
/// next one.
const URGENT_CONNECT_MS: u64 = 4_000;
/// ms that a connection which is being opened has left once the host's network is another one.
const HINTED_CONNECT_MS: u64 = 2_000;
/// ms after a hint in which an attempt that fails says little of the server: a network is told of before it has an address,
/// a route and names.
const SETTLES_MS: u64 = 5_000;
/// ms until the next attempt then, one after the other.
const SETTLING_MS: [u64; 3] = [250, 500, 1_000];
/// ms after which a server that the app prefers is tried again, and twice as long each time up to 16 times; a quarter of it
/// more at random, because all users of a server that was away would come back at once.
const RETURN_MS: u64 = 120_000;
/// ms until it is looked again whether the connection is needed.
const NEEDED_MS: u64 = 10_000;
/// ms that a connection has to live to count as a success: a server that takes each one, or even answers, and drops it
/// at once is as little use as one that takes none (RFC 5626 4.5, which has these two minutes).
pub(crate) const LIVED_MS: u64 = 120_000;

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    Connecting {
        flow: Flow,
        gives_up: Instant,
    },
    /// `return_at` is when a server that the app prefers is tried again.
    Open {
        flow: Flow,
        since: Instant,
        return_at: Option<Instant>,
    },
    Waiting {
        until: Instant,
    },
}

/// What fell due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Connect again.
    Connect,
    /// The connection did not open, or the line is dead.
    Dead(Flow, &'static str),
    /// Ask whether the line is alive.
    Ask(KeepAliveMethod),
    /// Go back to a server that the app prefers, if nothing needs this one.
    Return,
}

/// The line to the servers.
#[derive(Debug, Default)]
pub(crate) struct Transport {
    state: State,
    /// Attempts since a connection was open: what the app is told (JsSIP).
    attempts: u32,
    /// Connections in a row that did not open, or did not live: what the next wait grows with.
    failures: u32,
    failed: Vec<usize>,
    last_server: usize,
    /// Attempts in a row to go back to a server that the app prefers.
    returns: u32,
    /// Whether this is one.
    returning: bool,
    /// When the host's network was told to be another one, and how many attempts have failed since because it was not
    /// there yet.
    hinted: Option<(Instant, usize)>,
    /// Whether the open connection is alive.
    pub keep_alive: KeepAlive,
}

impl Transport {
    /// The open connection.
    pub(crate) fn flow(&self) -> Option<Flow> {
        match self.state {
            State::Open { flow, .. } => Some(flow),
            _ => None,
        }
    }

    /// The server that is connected, or was last.
    pub(crate) fn server(&self) -> usize {
        self.last_server
    }

    /// The server of the connection that is open or tried.
    pub(crate) fn in_use(&self) -> Option<usize> {
        matches!(self.state, State::Connecting { .. } | State::Open { .. }).then_some(self.last_server)
    }

    /// Whether no connection is open, tried or planned.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Whether no connection is open or tried.
    pub(crate) fn is_down(&self) -> bool {
        matches!(self.state, State::Idle | State::Waiting { .. })
    }

    /// Attempts since a connection was open.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// A call waits for the connection that is being opened.
    pub(crate) fn hurry(&mut self, now: Instant) {
        if let State::Connecting { gives_up, .. } = &mut self.state {
            let patience = URGENT_CONNECT_MS.saturating_mul(1 << self.attempts.saturating_sub(1).min(4));
            *gives_up = (*gives_up).min(now.after(patience));
        }
    }

    /// Whether this connection is the current one, open or opening.
    pub(crate) fn is_current(&self, flow: Flow) -> bool {
        match self.state {
            State::Connecting { flow: f, .. } | State::Open { flow: f, .. } => f == flow,
            _ => false,
        }
    }

    /// Starts the connection `flow`: the highest weight among servers that have not failed, at random among equals. The
    /// other flow has the server that is `taken`.
    pub(crate) fn connect(
        &mut self,
        now: Instant,
        flow: Flow,
        taken: Option<usize>,
        config: &Config,
        entropy: &mut Entropy,
    ) -> Option<usize> {
        let free = |at: &usize| Some(*at) != taken;
        if (0..config.servers.len()).filter(free).all(|at| self.has_failed(at)) {
            self.failed.clear();
        }
        let mut best = None;
        let mut ties = Vec::new();
        for (at, server) in config.servers.iter().enumerate() {
            if !free(&at) || self.has_failed(at) || best.is_some_and(|best| server.weight < best) {
                continue;
            }
            if best != Some(server.weight) {
                best = Some(server.weight);
                ties.clear();
            }
            ties.push(at);
        }
        let pick = usize::try_from(entropy.below(ties.len() as u64)).unwrap_or_default();
        let server = *ties.get(pick)?;
        self.last_server = server;
        self.state = State::Connecting { flow, gives_up: now.after(CONNECT_TIMEOUT_MS) };
        Some(server)
    }

    /// The connection is open. False if it is none of ours any more. The other flow has the server that is `taken`.
    pub(crate) fn opened(
        &mut self,
        now: Instant,
        flow: Flow,
        taken: Option<usize>,
        config: &Config,
        entropy: &mut Entropy,
    ) -> bool {
        match self.state {
            State::Connecting { flow: f, .. } if f == flow => {
                self.attempts = 0;
                self.returning = false;
                self.keep_alive.opened(now, self.last_server, config.keep_alive);
                let weight = |server: &Server| server.weight;
                let free = config.servers.iter().enumerate().filter(|(at, _)| Some(*at) != taken);
                let best = free.map(|(_, server)| server.weight).max();
                let is_best = config.servers.get(self.last_server).map(weight) == best;
                let return_at = if is_best {
                    self.returns = 0;
                    None
                } else {
                    Some(now.after((RETURN_MS << self.returns.min(4)) + entropy.below(RETURN_MS / 4)))
                };
                self.state = State::Open { flow, since: now, return_at };
                true
            }
            _ => false,
        }
    }

    /// The connection is gone: the ms until the next attempt (JsSIP's `connection_recovery_*`). `urgent`: a call waits
    /// for it, as often as the app allows.
    pub(crate) fn closed(&mut self, now: Instant, urgent: bool, config: &Config, entropy: &mut Entropy) -> u64 {
        if !self.has_failed(self.last_server) {
            self.failed.push(self.last_server);
        }
        let lived = if let State::Open { since, .. } = self.state { now.since(since) } else { 0 };
        if lived >= LIVED_MS {
            self.failures = 0;
        }
        self.attempts = self.attempts.saturating_add(1);
        if let Some(wait_ms) = self.settling(now) {
            self.state = State::Waiting { until: now.after(wait_ms) };
            return wait_ms;
        }
        let (least, most) = config.recovery_s;
        let spread = 1_u64 << self.failures.min(16);
        let seconds = (entropy.below(spread) + 1).max(least).min(if urgent { least } else { most.max(least) });
        self.failures = self.failures.saturating_add(1);
        // What is found dead is no server that went: another connection, to whatever server, may be there at once.
        let died = self.flow().is_some() && self.keep_alive.is_dead();
        // Who only looked for a better server goes back to the one that he had.
        let looked = std::mem::take(&mut self.returning);
        let wait_ms = if died || looked { 0 } else { seconds * 1000 };
        self.state = State::Waiting { until: now.after(wait_ms) };
        wait_ms
    }

    /// How long an attempt waits that follows one which failed because the network was not there yet.
    fn settling(&mut self, now: Instant) -> Option<u64> {
        let (at, failed) = self.hinted.as_mut()?;
        if !matches!(self.state, State::Connecting { .. }) || self.returning || now.since(*at) >= SETTLES_MS {
            return None;
        }
        let wait_ms = SETTLING_MS.get(*failed).copied();
        *failed += 1;
        wait_ms
    }

    /// Leaves the open connection for a server that the app prefers: the one to close. Later if it is `needed` now.
    pub(crate) fn leave(&mut self, now: Instant, needed: bool) -> Option<Flow> {
        let State::Open { flow, return_at, .. } = &mut self.state else {
            return None;
        };
        if needed {
            *return_at = Some(now.after(NEEDED_MS));
            return None;
        }
        let flow = *flow;
        self.failed.clear();
        self.returns += 1;
        self.returning = true;
        self.state = State::Waiting { until: now };
        Some(flow)
    }

    /// The other flow has the only server: it is looked again later.
    pub(crate) fn wait(&mut self, now: Instant) {
        self.state = State::Waiting { until: now.after(NEEDED_MS) };
    }

    /// Goes back to no other server by itself.
    pub(crate) fn stay(&mut self) {
        if let State::Open { return_at, .. } = &mut self.state {
            *return_at = None;
        }
    }

    fn has_failed(&self, server: usize) -> bool {
        self.failed.contains(&server)
    }

    /// No connection is wanted any more: the one to close.
    pub(crate) fn stop(&mut self) -> Option<Flow> {
        let flow = match self.state {
            State::Connecting { flow, .. } | State::Open { flow, .. } => Some(flow),
            _ => None,
        };
        self.state = State::Idle;
        (self.attempts, self.failures) = (0, 0);
        flow
    }

    /// The host's network is another one, or may be: what is planned is done at once, what is being opened may be on its
    /// way by a network that is gone, and what is open is asked whether it lives.
    pub(crate) fn hint(&mut self, now: Instant) {
        self.hinted = Some((now, 0));
        match &mut self.state {
            State::Idle => {}
            State::Connecting { gives_up, .. } => *gives_up = (*gives_up).min(now.after(HINTED_CONNECT_MS)),
            State::Open { .. } => self.keep_alive.hint(now),
            State::Waiting { until } => *until = now,
        }
    }

    /// The next moment at which something falls due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Connecting { gives_up, .. } => Some(gives_up),
            State::Open { return_at, .. } => earlier(return_at, self.keep_alive.deadline()),
            State::Waiting { until } => Some(until),
        }
    }

    /// What is due at `now`, one thing at a time.
    pub(crate) fn expire(&mut self, now: Instant, config: &Config) -> Option<Due> {
        match self.state {
            State::Connecting { flow, gives_up, .. } if gives_up <= now => Some(Due::Dead(flow, "Connect timeout")),
            State::Open { return_at: Some(at), .. } if at <= now => Some(Due::Return),
            State::Open { flow, .. } => self.keep_alive.expire(now, config.keep_alive).map(|due| match due {
                KeepAliveDue::Ask(method) => Due::Ask(method),
                KeepAliveDue::Dead => Due::Dead(flow, "No answer to keep-alive"),
            }),
            State::Waiting { until } if until <= now => Some(Due::Connect),
            _ => None,
        }
    }
}
