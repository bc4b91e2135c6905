//! Live dialogs, recorded: what a far end sent to an agent and what its app did, step by step under virtual time.
//!
//! An agent that draws from the same counter chooses the same tags and branches again, so a recording can be replayed,
//! and frames of it damaged on their way, while its transactions, dialogs, subscriptions and its registration are open.
// Each test file, and each fuzz target, uses its own part of this one.
#![allow(dead_code, unreachable_pub, unused_imports)]
// All of it is test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod damage;
mod flows;
mod replay;

use crate::support::{Side, config};
use viasip::message::{Frame, MAX_FRAME, MAX_HEADERS, Method, parse};
use viasip::time::Instant;

pub use flows::all;
pub use replay::Replay;

/// What happened next to the agent of a recording.
#[derive(Clone)]
pub enum Step {
    /// Nothing but time, up to this ms.
    At(u64),
    /// A frame came.
    Frame(String),
    /// The app did something.
    App(fn(&mut Side)),
}

/// One recorded flow of alice's agent.
pub struct Recording {
    /// What flows.
    pub name: &'static str,
    /// Whether the agent registers as soon as it is connected.
    pub registers: bool,
    /// What came in, in order.
    pub steps: Vec<Step>,
    /// The frames that the agent sent, in order.
    pub sent: Vec<String>,
    /// What the app was told.
    pub told: Vec<String>,
    /// What it chose in each of the frames that it sent.
    choices: Vec<(String, Vec<String>)>,
}

impl Recording {
    /// The frames of the far end.
    pub fn frames(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Frame(frame) => Some(frame.as_str()),
            _ => None,
        })
    }
}

/// The agent of a recording, connected, before its first step.
pub fn agent(registers: bool) -> Side {
    let mut config = config("alice");
    config.register = registers;
    config.reliable_provisional = true;
    // The far ends of these flows challenge inside dialogs too.
    config.credentials.realm = Some("example.com".into());
    let mut side = Side::new("alice", config);
    side.agent.start(Instant::from_millis(0));
    side.pump();
    side
}

/// An agent in a flow that is written out, and what was recorded of it so far.
struct Recorder {
    recording: Recording,
    side: Side,
    /// How many of the sent frames the flow has looked at.
    seen: usize,
}

impl Recorder {
    fn new(name: &'static str, registers: bool) -> Self {
        let (steps, sent, told, choices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let recording = Recording { name, registers, steps, sent, told, choices };
        let mut recorder = Self { recording, side: agent(registers), seen: 0 };
        recorder.collect();
        recorder
    }

    fn collect(&mut self) {
        self.recording.sent.extend(self.side.wire.drain(..));
    }

    fn app(&mut self, act: fn(&mut Side)) {
        self.recording.steps.push(Step::App(act));
        act(&mut self.side);
        self.collect();
    }

    fn receive(&mut self, frame: &str) {
        self.recording.steps.push(Step::Frame(frame.to_owned()));
        self.side.receive(frame);
        self.collect();
    }

    fn at(&mut self, ms: u64) {
        self.recording.steps.push(Step::At(ms));
        self.side.at(ms);
        self.collect();
    }

    /// The next frame that starts so; what was sent before it is passed over.
    #[track_caller]
    fn sent(&mut self, start: &str) -> String {
        let name = self.recording.name;
        let found = self.recording.sent.iter().skip(self.seen).position(|frame| frame.starts_with(start));
        let found = found.unwrap_or_else(|| panic!("{name}: no {start} in {:#?}", &self.recording.sent[self.seen..]));
        self.seen += found + 1;
        self.recording.sent[self.seen - 1].clone()
    }

    /// The same, once its time has come.
    #[track_caller]
    fn due(&mut self, start: &str) -> String {
        while !self.recording.sent.iter().skip(self.seen).any(|frame| frame.starts_with(start)) {
            let due = self.side.agent.poll_timeout().expect("a deadline").millis();
            self.at(due);
        }
        self.sent(start)
    }

    fn done(mut self) -> Recording {
        self.recording.told = self.side.events;
        self.recording.choices = self.recording.sent.iter().map(|frame| replay::choices(frame)).collect();
        self.recording
    }
}

/// What the agent sends is a message, whatever it answers with it. Only an answer to what is none may lack fields.
pub fn reads_back(sent: &str, received: &[u8]) -> Result<(), String> {
    match parse(sent.as_bytes()) {
        // What came in one frame, and is sent back with a few words of ours, may be too much to be read as one.
        _ if sent.len() > MAX_FRAME || sent.lines().count() > MAX_HEADERS => {
            (sent.len() < 2 * MAX_FRAME).then_some(()).ok_or_else(|| format!("it sent {} bytes", sent.len()))
        }
        Ok(Frame::Request(request)) if sent.starts_with(&format!("{} {} SIP/2.0\r\n", request.method, request.uri)) => {
            Ok(())
        }
        // The start line says what an ACK is; another request whose CSeq says so is refused.
        Ok(Frame::Response(r)) if r.method == Method::Ack && received.trim_ascii_start().starts_with(b"ACK ") => {
            Err("an ACK was answered".into())
        }
        Ok(Frame::Response(response)) if sent.starts_with(&format!("SIP/2.0 {} ", response.status)) => Ok(()),
        Ok(Frame::Ping | Frame::Pong) => Ok(()),
        Err(_) if sent.starts_with("SIP/2.0 4") || sent.starts_with("SIP/2.0 5") => Ok(()),
        read => Err(format!("it sent {sent}, which reads as {read:?}")),
    }
}
