//! Which server to talk to, when to try again, and whether the line is alive: policy only, no socket.
//!
//! RFC 7118, RFC 5626 4.4.1 (keep-alive), JsSIP `Transport` (weights, recovery).
//!
//! ```text
//! Idle --connect--> Connecting --opened--> Open --closed--> Waiting --due--> Connecting
//! ```

use crate::config::Config;
use crate::entropy::Entropy;
use crate::event::Flow;
use crate::time::{Instant, earlier};

/// ms after which a connection that does not open counts as failed.
pub const CONNECT_TIMEOUT_MS: u64 = 15_000;
/// ms within which a ping has to be answered (RFC 5626 4.4.1), where a pong was ever seen.
pub const PONG_TIMEOUT_MS: u64 = 10_000;
/// ms that a connection has to live to count as a success: a server that takes each one, or even answers, and drops it
/// at once is as little use as one that takes none (RFC 5626 4.5, which has these two minutes).
pub const LIVED_MS: u64 = 120_000;

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    Connecting {
        flow: Flow,
        gives_up: Instant,
    },
    Open {
        flow: Flow,
        since: Instant,
        ping_at: Option<Instant>,
        pong_by: Option<Instant>,
    },
    Waiting {
        until: Instant,
    },
}

/// What fell due.
#[derive(Debug, PartialEq, Eq)]
pub enum Due {
    /// Connect again.
    Connect,
    /// The connection did not open, or the line is dead.
    Dead(Flow, &'static str),
    /// Send a keep-alive ping.
    Ping,
}

/// The line to the servers.
#[derive(Debug, Default)]
pub struct Transport {
    state: State,
    /// Attempts since a connection was open: what the app is told (JsSIP).
    attempts: u32,
    /// Connections in a row that did not open, or did not live: what the next wait grows with.
    failures: u32,
    next_flow: u32,
    failed: Vec<usize>,
    answers_pings: bool,
    last_server: usize,
}

impl Transport {
    /// The open connection.
    pub fn flow(&self) -> Option<Flow> {
        match self.state {
            State::Open { flow, .. } => Some(flow),
            _ => None,
        }
    }

    /// Whether no connection is open, tried or planned.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Whether no connection is open or tried.
    pub fn is_down(&self) -> bool {
        matches!(self.state, State::Idle | State::Waiting { .. })
    }

    /// Attempts since a connection was open.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether this connection is the current one, open or opening.
    pub fn is_current(&self, flow: Flow) -> bool {
        match self.state {
            State::Connecting { flow: f, .. } | State::Open { flow: f, .. } => f == flow,
            _ => false,
        }
    }

    /// Starts a connection: the highest weight among servers that have not failed, at random among equals.
    pub fn connect(&mut self, now: Instant, config: &Config, entropy: &mut Entropy) -> Option<(Flow, usize)> {
        if self.failed.len() >= config.servers.len() {
            self.failed.clear();
        }
        let mut best = None;
        let mut ties = Vec::new();
        for (at, server) in config.servers.iter().enumerate() {
            if self.has_failed(at) || best.is_some_and(|best| server.weight < best) {
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
        self.next_flow += 1;
        let flow = Flow(self.next_flow);
        self.last_server = server;
        self.state = State::Connecting { flow, gives_up: now.after(CONNECT_TIMEOUT_MS) };
        Some((flow, server))
    }

    /// The connection is open. False if it is none of ours any more.
    pub fn opened(&mut self, now: Instant, flow: Flow, keep_alive_ms: u64) -> bool {
        match self.state {
            State::Connecting { flow: f, .. } if f == flow => {
                self.attempts = 0;
                self.answers_pings = false;
                let ping_at = (keep_alive_ms > 0).then(|| now.after(keep_alive_ms));
                self.state = State::Open { flow, since: now, ping_at, pong_by: None };
                true
            }
            _ => false,
        }
    }

    /// The connection is gone: the ms until the next attempt (JsSIP's `connection_recovery_*`).
    pub fn closed(&mut self, now: Instant, config: &Config, entropy: &mut Entropy) -> u64 {
        if !self.has_failed(self.last_server) {
            self.failed.push(self.last_server);
        }
        if matches!(self.state, State::Open { since, .. } if now >= since.after(LIVED_MS)) {
            self.failures = 0;
        }
        let (least, most) = config.recovery_s;
        let spread = 1_u64 << self.failures.min(16);
        let seconds = (entropy.below(spread) + 1).max(least).min(most.max(least));
        self.attempts = self.attempts.saturating_add(1);
        self.failures = self.failures.saturating_add(1);
        self.state = State::Waiting { until: now.after(seconds * 1000) };
        seconds * 1000
    }

    fn has_failed(&self, server: usize) -> bool {
        self.failed.contains(&server)
    }

    /// No connection is wanted any more: the one to close.
    pub fn stop(&mut self) -> Option<Flow> {
        let flow = match self.state {
            State::Connecting { flow, .. } | State::Open { flow, .. } => Some(flow),
            _ => None,
        };
        self.state = State::Idle;
        (self.attempts, self.failures) = (0, 0);
        flow
    }

    /// Tries at once instead of waiting: the host's network is back.
    pub fn hurry(&mut self, now: Instant) {
        if let State::Waiting { until } = &mut self.state {
            *until = now;
        }
    }

    /// Asks the line for a sign of life soon: the host woke up.
    pub fn probe(&mut self, now: Instant) {
        if let State::Open { ping_at: Some(at), pong_by: None, .. } = &mut self.state {
            *at = now;
        }
    }

    /// Anything came by the line: it lives.
    pub fn heard(&mut self, pong: bool) {
        self.answers_pings |= pong;
        if let State::Open { pong_by, .. } = &mut self.state {
            *pong_by = None;
        }
    }

    /// The next moment at which something falls due.
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Connecting { gives_up, .. } => Some(gives_up),
            State::Open { ping_at, pong_by, .. } => earlier(ping_at, pong_by),
            State::Waiting { until } => Some(until),
        }
    }

    /// What is due at `now`, one thing at a time.
    pub fn expire(&mut self, now: Instant, keep_alive_ms: u64) -> Option<Due> {
        match &mut self.state {
            State::Connecting { flow, gives_up, .. } if *gives_up <= now => Some(Due::Dead(*flow, "Connect timeout")),
            State::Open { flow, pong_by: Some(by), .. } if *by <= now => {
                Some(Due::Dead(*flow, "No answer to keep-alive"))
            }
            State::Open { ping_at: Some(at), pong_by, .. } if *at <= now => {
                *at = now.after(keep_alive_ms);
                if self.answers_pings && pong_by.is_none() {
                    *pong_by = Some(now.after(PONG_TIMEOUT_MS));
                }
                Some(Due::Ping)
            }
            State::Waiting { until } if *until <= now => Some(Due::Connect),
            _ => None,
        }
    }
}
