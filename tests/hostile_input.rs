//! Whatever the line brings, into whatever is open: nothing panics, nothing stands still, nothing grows, and afterwards
//! a call goes through.
//!
//! The frames are those of recorded flows, damaged on their way. Each run damages others; `VIASIP_SEED=7 cargo test --test
//! hostile_input` begins with the walk of that seed, which a failure names.

#![cfg(not(target_arch = "wasm32"))]
// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod recordings;
mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cpu_time::ThreadTime;
use recordings::damage::damaged;
use recordings::{Recording, Replay, Step, reads_back};
use support::{CONTACT, SDP, Side, calling, from_far, in_call, invite, request, response};
use viasip::command::TerminateOptions;
use viasip::entropy::{Counter, Entropy};
use viasip::event::Input;
use viasip::subscription::Command;
use viasip::time::Instant;

/// Damaged frames of one run.
const DAMAGED: u64 = 100_000;
/// How long an agent may think about one frame: a plain one takes a thousandth of it.
const LONGEST: Duration = Duration::from_millis(250);
/// What an agent may hold at the end of a walk, written out as text, in which much stands several times.
const MOST: usize = 4_000_000;
/// How much more than before it may hold when all is over: nonces, and what the registrar said.
const LEFT: usize = 6_000;

/// A recording says what its agent does without any damage; so damage is all that a walk adds.
#[test]
fn a_recording_replays_to_the_letter() {
    for recording in &recordings::all() {
        let mut replay = Replay::new(recording);
        for step in &recording.steps {
            match step {
                Step::At(ms) => drop(replay.side.at(*ms)),
                Step::App(act) => act(&mut replay.side),
                Step::Frame(frame) => {
                    assert_eq!(&replay.translated(frame), frame, "{}", recording.name);
                    replay.side.receive(frame);
                }
            }
            replay.collect();
        }
        assert_eq!(replay.sent, recording.sent, "{}", recording.name);
        assert_eq!(replay.side.events, recording.told, "{}", recording.name);
    }
}

#[test]
fn damaged_dialogs_are_survived() {
    let first = match std::env::var("VIASIP_SEED") {
        Ok(text) => text.split('-').next().unwrap_or_default().parse().unwrap(),
        Err(_) => u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap(),
    };
    // Past the capture of the test harness: also a run that passes says where it began.
    let _ = writeln!(std::io::stderr(), "damaged dialogs: seeds from {first}");
    let recordings = recordings::all();
    let all: Vec<String> = recordings.iter().flat_map(Recording::frames).map(str::to_owned).collect();
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get().min(8)) as u64;
    let walk_on = |worker: u64| {
        let mut met = Met::default();
        let mut seed = first + worker;
        while met.damaged < DAMAGED / workers {
            met.add(&walked(&recordings, &all, seed)?);
            seed += workers;
        }
        Ok(met)
    };
    let mut met = Met::default();
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|worker| scope.spawn(move || walk_on(worker))).collect();
        for worker in running {
            let done: Result<Met, String> = worker.join().unwrap();
            met.add(&done.unwrap_or_else(|wrong| panic!("{wrong}")));
        }
    });
    println!("{met:?}");
    // The damage has to come this far, or it proves nothing.
    for (name, least) in
        [("dropped", 5_000), ("refused", 5_000), ("answered", 2_000), ("taken", 5_000), ("silence", 5_000)]
    {
        assert!(met.reactions.get(name).is_some_and(|n| *n > least), "{name}: {met:?}");
    }
    for told in [
        "registered",
        "confirmed",
        "ended",
        "failed",
        "hold",
        "newRTCSession",
        "referProgress",
        "refer",
        "replaces",
        "notify",
        "subscribe",
        "terminated",
        "succeeded",
        "newMESSAGE",
        "newDTMF",
        "renegotiated",
    ] {
        assert!(met.told.get(told).is_some_and(|n| *n > 20), "{told}: {met:?}");
    }
}

/// Walks by this seed; what goes wrong is told with it and with the frame.
fn walked(recordings: &[Recording], all: &[String], seed: u64) -> Result<Met, String> {
    let mut slowest = Duration::MAX;
    // A host that swaps is slow once, a loop of ours each time.
    for _ in 0..4 {
        let mut walk = Walk::new(recordings, all, seed);
        let run = catch_unwind(AssertUnwindSafe(|| walk.run()));
        if let Err(wrong) = run.unwrap_or_else(|_| Err("it panicked".into())) {
            let frame = String::from_utf8_lossy(&walk.last_frame);
            return Err(format!("VIASIP_SEED={seed} ({}): {wrong}\nat this frame:\n{frame}", walk.recording.name));
        }
        slowest = slowest.min(walk.slowest);
        if slowest <= LONGEST {
            return Ok(walk.met);
        }
    }
    Err(format!("VIASIP_SEED={seed}: a frame took {slowest:?}"))
}

/// What came of the frames of a run.
#[derive(Debug, Default)]
struct Met {
    damaged: u64,
    /// How the agent met a damaged frame.
    reactions: BTreeMap<&'static str, u64>,
    /// What an app was told at a damaged frame.
    told: BTreeMap<String, u64>,
}

impl Met {
    fn add(&mut self, other: &Self) {
        self.damaged += other.damaged;
        for (name, count) in &other.reactions {
            *self.reactions.entry(name).or_default() += count;
        }
        for (name, count) in &other.told {
            *self.told.entry(name.clone()).or_default() += count;
        }
    }
}

/// One recording with damage from some step on.
struct Walk<'a> {
    random: Entropy,
    recording: &'a Recording,
    /// Frames of all recordings.
    all: &'a [String],
    replay: Replay<'a>,
    last_frame: Vec<u8>,
    slowest: Duration,
    met: Met,
}

impl<'a> Walk<'a> {
    fn new(recordings: &'a [Recording], all: &'a [String], seed: u64) -> Self {
        let mut random = Entropy::new(Counter::new(seed));
        let recording = &recordings[random.below(recordings.len() as u64) as usize];
        Self {
            random,
            recording,
            all,
            replay: Replay::new(recording),
            last_frame: Vec::new(),
            slowest: Duration::ZERO,
            met: Met::default(),
        }
    }

    fn run(&mut self) -> Result<(), String> {
        let weight = self.weight();
        let recording = self.recording;
        let own: Vec<String> = recording.frames().map(str::to_owned).collect();
        let starts = self.random.below(recording.steps.len() as u64) as usize;
        let most = 1 + self.random.below(8);
        for (at, step) in recording.steps.iter().enumerate() {
            match step {
                Step::At(ms) => drop(self.replay.side.at(*ms)),
                Step::App(act) => act(&mut self.replay.side),
                Step::Frame(frame) if at < starts => {
                    let frame = self.replay.translated(frame);
                    self.feed(frame.as_bytes(), false)?;
                }
                Step::Frame(frame) => {
                    for _ in 0..self.random.below(most) {
                        let (mine, theirs) = (self.pick(&own), self.pick(self.all));
                        let (original, lenders) = match self.random.below(16) {
                            0..11 => (frame, &own[..]),
                            11..15 => (mine, self.all),
                            _ => (theirs, self.all),
                        };
                        let original = self.replay.translated(original);
                        let frame = damaged(&original, lenders, &mut self.random);
                        self.feed(&frame, true)?;
                    }
                    // It comes itself too, twice, or never.
                    for _ in 0..[1, 1, 1, 1, 1, 2, 0][self.random.below(7) as usize] {
                        let frame = self.replay.translated(frame);
                        self.feed(frame.as_bytes(), false)?;
                    }
                }
            }
            self.replay.collect();
        }
        let held = self.weight();
        if held > MOST {
            return Err(format!("it holds {held} bytes"));
        }
        self.finish()?;
        let left = self.weight();
        if left > weight + LEFT {
            return Err(format!("of {weight} bytes became {left}: {:?}", self.replay.side.agent));
        }
        Ok(())
    }

    fn pick<'b>(&mut self, frames: &'b [String]) -> &'b String {
        &frames[self.random.below(frames.len() as u64) as usize]
    }

    /// All that the agent holds, as text: each message, nonce and description in each place where it is kept. What the
    /// registrar gave as our address may be as long as it likes.
    fn weight(&self) -> usize {
        let agent = &self.replay.side.agent;
        let (public, temporary) = agent.gruu();
        format!("{agent:?}").len() - public.map_or(0, |gruu| gruu.len()) - temporary.map_or(0, |gruu| gruu.len())
    }

    fn feed(&mut self, frame: &[u8], is_damaged: bool) -> Result<(), String> {
        self.last_frame.clear();
        self.last_frame.extend_from_slice(frame);
        let side = &mut self.replay.side;
        let Some(flow) = side.flow else { return Err("the line is closed".into()) };
        let told = side.events.len();
        let begin = ThreadTime::now();
        side.agent.handle_input(side.instant(), Input::Frame(flow, frame));
        side.pump();
        self.slowest = self.slowest.max(begin.elapsed());
        let told = &side.events[told..];
        let status = side.wire.iter().find_map(|sent| sent.strip_prefix("SIP/2.0 ")?.get(..3));
        let reaction = match status {
            Some(status) if status < "300" => "answered",
            Some(_) => "refused",
            None if told.iter().any(|event| event.starts_with("dropped")) => "dropped",
            None if !told.is_empty() || !side.wire.is_empty() => "taken",
            None => "silence",
        };
        if is_damaged {
            self.met.damaged += 1;
            *self.met.reactions.entry(reaction).or_default() += 1;
            for event in told {
                *self.met.told.entry(event.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
            }
        }
        for sent in &side.wire {
            reads_back(sent, frame)?;
        }
        side.events.clear();
        side.media.clear();
        self.replay.collect();
        Ok(())
    }

    /// A call goes through as if nothing had been; then all is ended, and its time passes.
    fn finish(&mut self) -> Result<(), String> {
        let side = &mut self.replay.side;
        side.wire.clear();
        side.events.clear();
        side.call("sip:carol@example.com");
        // By a damaged Service-Route the call may leave as to a strict router, with her address behind.
        let to_her = |frame: &&String| frame.starts_with("INVITE ") && frame.contains("sip:carol@example.com");
        let Some(invite) = side.wire.iter().find(to_her).cloned() else {
            return Err(format!("no INVITE: {:?}", side.wire));
        };
        side.receive(&response(&invite, "200 OK", "fresh", CONTACT, SDP));
        if !side.events.iter().any(|event| event == "confirmed local") {
            return Err(format!("the call did not go through: {:?}", side.events));
        }
        side.receive(&from_far(&invite, "BYE", 1, "", "").replace("tag=far", "tag=fresh"));
        if side.events.last().map(String::as_str) != Some("ended remote Terminated") {
            return Err(format!("the call did not end: {:?}", side.events));
        }
        for id in side.sessions.clone() {
            let _ = side.agent.terminate(side.instant(), id, &TerminateOptions::default());
            side.pump();
        }
        for id in side.subscriptions.clone() {
            for last in [
                Command::Again { ends: true, body: String::new() },
                Command::Terminate { body: String::new(), reason: String::new(), retry_after: None },
            ] {
                let _ = side.agent.subscription(side.instant(), id, last);
                side.pump();
            }
        }
        side.agent.unregister(side.instant(), false);
        side.at(side.now + 400_000);
        side.wire.clear();
        Ok(())
    }
}

#[test]
fn a_frame_that_is_too_long_is_refused() {
    let mut bob = Side::connected("bob");
    bob.receive(&invite("bob", "1", &format!("{SDP}{}", "a".repeat(70_000))));
    bob.expect("SIP/2.0 513");
    bob.agent.handle_input(Instant::from_millis(1), Input::Alarm);
}

/// A realm of 60 kB came back in each request, twice as long for its quotes, and was kept for the life of the page.
#[test]
fn a_challenge_as_long_as_a_frame_is_not_answered() {
    let (mut a, invite) = calling();
    let challenge = format!("Proxy-Authenticate: Digest realm=\"{}\", nonce=\"n\"\r\n", "\\\"".repeat(30_000));
    a.receive(&response(&invite, "407 Proxy Authentication Required", "p", &challenge, ""));
    a.expect("ACK");
    a.expect_nothing();
    a.told(&["failed remote Authentication Error"]);
    assert_eq!(a.agent.realm(), None);
}

#[test]
fn what_is_not_understood_is_answered_as_it_should_be() {
    let mut bob = Side::connected("bob");
    let ok = request("OPTIONS", "bob", "a", "", 1, "", "");
    let cases: [(&str, String); 12] = [
        ("SIP/2.0 505", ok.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia")),
        ("SIP/2.0 400", ok.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE")),
        ("SIP/2.0 400", ok.replace("Content-Length: 0", "Content-Length: 99")),
        ("SIP/2.0 400", ok.replace("From: ", "Fro: ")),
        ("SIP/2.0 416", ok.replace("OPTIONS sip:bob@example.com", "OPTIONS nobody:bob@example.com")),
        ("SIP/2.0 404", ok.replace("OPTIONS sip:bob@", "OPTIONS sip:other@")),
        ("SIP/2.0 420", ok.replace("CSeq", "Require: 100rel, foo\r\nCSeq")),
        ("SIP/2.0 482", ok.replace("far-call", "bobx-looped")),
        ("SIP/2.0 501", ok.replace("OPTIONS", "DANCE")),
        ("SIP/2.0 405", request("SUBSCRIBE", "bob", "b", "", 1, "Event: x\r\n", "")),
        ("SIP/2.0 481", request("BYE", "bob", "c", "gone", 1, "", "")),
        (
            "SIP/2.0 415",
            request("INVITE", "bob", "d", "", 1, "Contact: <sip:x@y>\r\nContent-Type: text/plain\r\n", "x")
                .replace("Content-Type: application/sdp\r\n", ""),
        ),
    ];
    for (at, (status, text)) in cases.into_iter().enumerate() {
        bob.receive(&text.replace("z9hG4bK", &format!("z9hG4bK{at}")));
        bob.expect(status);
        bob.wire.clear();
    }
    let accept = "Contact: <sip:x@y>\r\nAccept: text/plain\r\n";
    bob.receive(&request("INVITE", "bob", "e", "", 1, accept, SDP).replace("far-call", "another"));
    bob.expect("SIP/2.0 406");
}

/// A flood of INVITEs that are refused and never acknowledged fills the table for 32 s each: calls that are up still
/// hear what their far ends want, and whoever floods grows nothing without end.
#[test]
fn a_flood_does_not_reach_calls_that_are_up() {
    let (mut a, call) = in_call();
    for n in 0..2_000 {
        let tag = if n % 2 == 0 { "" } else { "nobody" };
        a.receive(&request("INVITE", "alice", &format!("f{n}"), tag, 1, "", SDP).replace("far-call", &format!("c{n}")));
    }
    assert!(a.wire.iter().any(|frame| frame.starts_with("SIP/2.0 503")));
    a.wire.clear();
    a.receive(&from_far(&call, "UPDATE", 7, CONTACT, ""));
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&call, "BYE", 8, "", ""));
    a.expect("SIP/2.0 200");
    assert_eq!(a.events.last().map(String::as_str), Some("ended remote Terminated"));
    a.wire.clear();
    a.at(40_000);
    a.receive(&invite("alice", "after", SDP));
    a.expect("SIP/2.0 180");
}
