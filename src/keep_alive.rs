//! Whether the open connection is alive: the server is asked at intervals and on hints, and has a time to answer.
//! RFC 5626 4.4.1 (CRLF), RFC 3261 11 (OPTIONS).
//!
//! ```text
//! Quiet --due, hint--> Asked --anything comes--> Quiet
//!                        '--time is over--> dead
//! ```
//!
//! A socket says nothing of a line whose other end is gone: TCP goes on trying for minutes. Not each server answers
//! CRLF, and not each knows OPTIONS, so the first question goes both ways, and what the server answers is asked from
//! then on. One that has spoken SIP and answers neither is taken for gone once, and the next connection to it is asked
//! at once; if it is as silent, it is asked on and no longer judged by that.

use crate::time::{Instant, earlier};

/// ms that a server has to answer in after a hint that the network is another one. The answer comes within one round
/// trip, and a call waits for it.
const HINTED_TIMEOUT_MS: u64 = 1_500;

/// How the server is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepAliveMethod {
    /// By what it is known to answer, else by both.
    #[default]
    Auto,
    /// By CRLF CRLF, whose answer is CRLF (RFC 5626 4.4.1).
    Crlf,
    /// By an OPTIONS to the registrar, which any final answer answers.
    Options,
}

impl KeepAliveMethod {
    /// From its name: `auto`, `crlf` or `options`.
    pub fn parse(name: &str) -> Self {
        match name {
            "crlf" => Self::Crlf,
            "options" => Self::Options,
            _ => Self::Auto,
        }
    }

    /// Whether CRLF is sent.
    pub fn has_crlf(self) -> bool {
        self != Self::Options
    }

    /// Whether OPTIONS is sent.
    pub fn has_options(self) -> bool {
        self != Self::Crlf
    }
}

/// How, and how often, a server is asked.
#[derive(Clone, Copy, Debug)]
pub struct KeepAliveSettings {
    /// ms between two questions, 0 for none.
    pub interval_ms: u64,
    /// ms that the server has to answer in.
    pub timeout_ms: u64,
    /// How it is asked.
    pub method: KeepAliveMethod,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAliveDue {
    /// Ask in this way.
    Ask(KeepAliveMethod),
    /// No answer came.
    Dead,
}

/// The questions to the server of the open connection.
#[derive(Debug, Default)]
pub struct KeepAlive {
    ask_at: Option<Instant>,
    /// Whether a hint is why it is asked next.
    hinted: bool,
    answer_by: Option<Instant>,
    /// ms between two questions if the server has named them (RFC 5626 `Flow-Timer`).
    flow_timer_ms: Option<u64>,
    /// What follows is known of the server, whatever connection there is to it.
    server: usize,
    /// What it answers.
    answers: Option<KeepAliveMethod>,
    /// Whether it has sent anything on this connection.
    spoke: bool,
    /// Whether the connection was found dead.
    dead: bool,
    /// Whether it was taken for gone before it had answered any question.
    doubted: bool,
}

impl KeepAlive {
    /// A connection to that server is open.
    pub fn opened(&mut self, now: Instant, server: usize, settings: KeepAliveSettings) {
        let known = if self.server == server { std::mem::take(self) } else { Self::default() };
        // One that was doubted has to be known before this connection may die in its turn.
        let ask_in_ms = if known.doubted && known.answers.is_none() { 0 } else { settings.interval_ms };
        let ask_at = (settings.interval_ms > 0).then(|| now.after(ask_in_ms));
        *self = Self { ask_at, server, answers: known.answers, doubted: known.doubted, ..Self::default() };
    }

    /// The server keeps the flow only if it hears of us within that time, in s (RFC 5626 4.4.1): asked at 80 to 100 % of
    /// it, as `spread` says in per cent beyond 80.
    pub fn flow_timer(&mut self, now: Instant, seconds: u32, spread: u64) {
        if let Some(ask_at) = &mut self.ask_at {
            let interval_ms = u64::from(seconds.max(5)) * (800 + 10 * spread);
            self.flow_timer_ms = Some(interval_ms);
            *ask_at = (*ask_at).min(now.after(interval_ms));
        }
    }

    /// Something came.
    pub fn heard(&mut self, pong: bool) {
        self.answer_by = None;
        self.spoke = true;
        if pong {
            self.answers = Some(KeepAliveMethod::Crlf);
        }
    }

    /// An OPTIONS of ours was answered. CRLF is asked for less, and goes first if it is answered too.
    pub fn options_answered(&mut self) {
        self.answers.get_or_insert(KeepAliveMethod::Options);
    }

    /// The line may be dead: it is asked at once, and has less time to answer. Nothing if questions are turned off.
    pub fn hint(&mut self, now: Instant) {
        if let Some(ask_at) = &mut self.ask_at {
            match &mut self.answer_by {
                Some(by) => *by = (*by).min(now.after(HINTED_TIMEOUT_MS)),
                None => (*ask_at, self.hinted) = (now, true),
            }
        }
    }

    /// Whether the connection was found dead.
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// The next moment at which something falls due.
    pub fn deadline(&self) -> Option<Instant> {
        earlier(self.ask_at, self.answer_by)
    }

    /// What is due at `now`.
    pub fn expire(&mut self, now: Instant, settings: KeepAliveSettings) -> Option<KeepAliveDue> {
        if self.answer_by.is_some_and(|by| by <= now) {
            (self.answer_by, self.dead) = (None, true);
            self.doubted = self.answers.is_none();
            return Some(KeepAliveDue::Dead);
        }
        self.ask_at.filter(|at| *at <= now)?;
        let interval_ms = self.flow_timer_ms.map_or(settings.interval_ms, |ms| ms.min(settings.interval_ms));
        self.ask_at = Some(now.after(interval_ms));
        let hinted = std::mem::take(&mut self.hinted);
        let timeout_ms = if hinted { settings.timeout_ms.min(HINTED_TIMEOUT_MS) } else { settings.timeout_ms };
        let method = match (settings.method, self.answers) {
            (KeepAliveMethod::Auto, Some(known)) => known,
            (method, _) => method,
        };
        let judged = match self.answers {
            Some(known) => known == method,
            // Asked by CRLF alone, silence says nothing: not each server knows it.
            None => self.spoke && !self.doubted && method.has_options(),
        };
        if judged && self.answer_by.is_none() {
            self.answer_by = Some(now.after(timeout_ms));
        }
        Some(KeepAliveDue::Ask(method))
    }
}
