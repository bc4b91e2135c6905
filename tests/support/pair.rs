//! Two sides that are wired to each other.

use viasip::time::Instant;

use super::{Side, header};

/// Two agents on one wire: what one sends, the other receives.
pub struct Pair {
    pub a: Side,
    pub b: Side,
    pub ladder: Vec<String>,
}

impl Pair {
    pub fn new() -> Self {
        let mut pair = Self { a: Side::connected("alice"), b: Side::connected("bob"), ladder: Vec::new() };
        pair.a.events.clear();
        pair.b.events.clear();
        pair
    }

    /// Carries frames until both are silent.
    pub fn carry(&mut self) {
        while self.step() {}
    }

    /// Carries one frame of each side.
    pub fn step(&mut self) -> bool {
        let first = self.a.wire.pop_front();
        if let Some(frame) = &first {
            self.ladder.push(format!("A -> B  {}", start_line(frame)));
            self.b.receive(frame);
        }
        let second = self.b.wire.pop_front();
        if let Some(frame) = &second {
            self.ladder.push(format!("A <- B  {}", start_line(frame)));
            self.a.receive(frame);
        }
        first.is_some() || second.is_some()
    }

    /// Lets both clocks run to `ms`, carrying what is sent.
    pub fn at(&mut self, ms: u64) {
        loop {
            let due = [&self.a, &self.b].into_iter().filter_map(|s| s.agent.poll_timeout()).min();
            let Some(due) = due.map(Instant::millis).filter(|d| *d <= ms) else {
                break;
            };
            let due = due.max(self.a.now).max(self.b.now);
            self.a.at(due);
            self.b.at(due);
            self.carry();
        }
        self.a.at(ms);
        self.b.at(ms);
        self.carry();
    }

    /// A call that both ends have confirmed.
    pub fn in_call() -> Self {
        let mut pair = Self::new();
        pair.a.call("sip:bob@example.com");
        pair.carry();
        pair.b.answer();
        pair.carry();
        pair.a.events.clear();
        pair.b.events.clear();
        pair
    }
}

/// Method or status, without what changes from run to run.
fn start_line(frame: &str) -> String {
    let line = frame.lines().next().unwrap_or_default();
    match line.strip_prefix("SIP/2.0 ") {
        Some(status) => {
            let cseq = header(frame, "CSeq").unwrap_or_default();
            format!("{status} ({})", cseq.split(' ').nth(1).unwrap_or_default())
        }
        None => line.split(' ').next().unwrap_or_default().to_owned(),
    }
}
