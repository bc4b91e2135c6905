//! Two phones, a network that delays and breaks, and apps that do what comes to their mind, by seed: whatever happens,
//! each call ends once, both ends agree when it is quiet, and nothing is left behind.
//!
//! `VIASIP_SEED=7 cargo test --test simulation` runs one seed, `VIASIP_SEED=0-9999` many; a seed that fails prints its
//! message ladder.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, available_parallelism};

use support::{SDP, config, header, response, tag};
use viasip::agent::{Agent, Holdings};
use viasip::command::{CallOptions, ReofferOptions, TerminateOptions};
use viasip::entropy::{Counter, Entropy};
use viasip::event::{
    Event, Flow, Input, MediaAnswer, MediaFault, MediaRequest, Output, Refusal, SessionEvent, SessionId, SessionState,
    Ticket, Verdict,
};
use viasip::time::Instant;
use viasip::uri::Uri;

/// Seeds of one run: about a second's worth.
const SEEDS: u64 = 80;
/// ms during which the apps act.
const BUSY_MS: u64 = 120_000;
/// ms of silence after which both ends agree: longer than a session interval and all transactions.
const QUIET_MS: u64 = 200_000;
const GIVE_UP_MS: u64 = 32_000;
/// ms after which the last of a call that was hung up is forgotten: a transfer is told of for five minutes.
const FAREWELL_MS: u64 = 400_000;

#[test]
fn two_phones_in_a_bad_network() {
    let (seeds, chosen) = match std::env::var("VIASIP_SEED").ok().as_deref().and_then(seeds) {
        Some(chosen) => (chosen, true),
        None => (0..SEEDS, false),
    };
    let workers = available_parallelism().map_or(1, usize::from).min(seeds.clone().count());
    let started = std::time::Instant::now();
    let count = seeds.end - seeds.start;
    let next = AtomicU64::new(seeds.start);
    let walks: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| walk(&next, seeds.end))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let mut met = BTreeMap::new();
    let mut failed: Option<(u64, String)> = None;
    for walk in walks {
        for (kind, times) in walk.met {
            *met.entry(kind).or_insert(0) += times;
        }
        failed = [failed, walk.failed].into_iter().flatten().min();
    }
    if let Some((seed, why)) = failed {
        panic!("seed {seed}: {why}\nAgain: VIASIP_SEED={seed} cargo test --test simulation");
    }
    println!("{count} seeds in {:.1} s", started.elapsed().as_secs_f64());
    if !chosen || count > SEEDS {
        // The walk has to come by all of this, or it proves nothing.
        for kind in ["confirmed", "ended", "failed", "hold", "renegotiated", "closed", "CANCEL", "UPDATE", "487", "491"]
        {
            assert!(met.get(kind).is_some_and(|n| *n > 10), "{kind}: {met:?}");
        }
    }
}

/// `7` or `0-9999`.
fn seeds(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..last.parse::<u64>().ok()? + 1)
}

/// What one thread came by.
#[derive(Default)]
struct Walk {
    met: BTreeMap<String, u64>,
    failed: Option<(u64, String)>,
}

/// Takes one seed after the other until there is none, or one fails anywhere.
fn walk(next: &AtomicU64, end: u64) -> Walk {
    let mut walk = Walk::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return walk;
        }
        let mut world = World::new(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| world.run())).unwrap_or_else(|_| Err("it panicked".into()));
        if let Err(why) = outcome {
            walk.failed = Some((seed, [&why, "\n", &world.ladder.join("\n")].concat()));
            next.store(end, Ordering::Relaxed);
            return walk;
        }
        for kind in world.ladder.iter().filter_map(|line| line.get(8..)).map(kind) {
            *walk.met.entry(kind).or_insert(0) += 1;
        }
    }
}

fn kind(line: &str) -> String {
    line.split(' ').nth(3).unwrap_or_default().to_owned()
}

struct Call {
    id: SessionId,
    call_id: String,
    incoming: bool,
    state: SessionState,
    terminals: u32,
    gone: u32,
    media_open: bool,
    signalling: Signalling,
}

/// RTCPeerConnection.signalingState.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signalling {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

enum Line {
    Down,
    Opening(u64, Flow),
    Up(Flow),
}

struct Phone {
    name: &'static str,
    agent: Agent,
    line: Line,
    /// Whether the app has heard of a connection and not of its end.
    heard_of_line: bool,
    media: VecDeque<(u64, SessionId, Ticket, MediaRequest)>,
    calls: Vec<Call>,
    referrals: Vec<(SessionId, u32)>,
    /// The last CSeq number of ours in each dialog.
    numbers: BTreeMap<String, u32>,
    /// Our offer inside each call that has no final answer yet.
    offers: BTreeMap<String, String>,
    /// Calls whose last offer of ours got lost with the line: whether it was taken nobody knows.
    uncertain: Vec<String>,
    /// What the other phone sent, and when it arrives.
    inbox: VecDeque<(u64, String)>,
}

struct World {
    now: u64,
    random: Entropy,
    phones: [Phone; 2],
    ladder: Vec<String>,
    /// Whether lines break in this world, frames get lost or come twice, and WebRTC fails.
    rough: bool,
    /// Whether a proxy between them wants credentials with each request.
    guarded: bool,
}

type Verified = Result<(), String>;

impl World {
    fn new(seed: u64) -> Self {
        let phone = |name: &'static str, salt: u64| {
            let mut settings = config(name);
            settings.register = false;
            settings.refresh_by_update = !seed.is_multiple_of(3);
            Phone {
                name,
                agent: Agent::new(settings, Entropy::new(Counter::new(seed * 2 + salt))),
                line: Line::Down,
                heard_of_line: false,
                media: VecDeque::new(),
                calls: Vec::new(),
                referrals: Vec::new(),
                numbers: BTreeMap::new(),
                offers: BTreeMap::new(),
                uncertain: Vec::new(),
                inbox: VecDeque::new(),
            }
        };
        Self {
            now: 0,
            random: Entropy::new(Counter::new(seed ^ 0x5eed)),
            phones: [phone("alice", 1_000_000), phone("bob", 2_000_000)],
            ladder: Vec::new(),
            rough: seed % 2 == 1,
            guarded: seed % 5 < 2,
        }
    }

    fn run(&mut self) -> Verified {
        for at in 0..2 {
            self.phones[at].agent.start(Instant::from_millis(0));
            self.pump(at)?;
        }
        let mut next = 0;
        while next < BUSY_MS {
            self.advance(next)?;
            let at = self.random.below(2) as usize;
            self.command(at)?;
            next += self.random.below(1_500);
        }
        // Whoever stopped comes back, or its calls could only be forgotten.
        for at in 0..2 {
            self.phones[at].agent.start(Instant::from_millis(self.now));
            self.pump(at)?;
        }
        self.rough = false;
        self.advance(BUSY_MS + QUIET_MS)?;
        self.agree()?;
        for at in 0..2 {
            self.hang_up(at)?;
        }
        self.advance(self.now + FAREWELL_MS)?;
        // Before stop(), which clears every table.
        for phone in &self.phones {
            phone.holds_nothing()?;
        }
        for at in 0..2 {
            self.phones[at].agent.stop(Instant::from_millis(self.now));
            self.pump(at)?;
        }
        self.advance(self.now + 2 * GIVE_UP_MS)?;
        self.is_empty()
    }

    /// Ends each call of this phone.
    fn hang_up(&mut self, at: usize) -> Verified {
        let phone = &mut self.phones[at];
        for call in phone.calls.iter().filter(|c| c.terminals == 0) {
            let _ = phone.agent.terminate(Instant::from_millis(self.now), call.id, &TerminateOptions::default());
        }
        self.pump(at)
    }

    /// Lets the time run to `until`, each thing at its moment.
    fn advance(&mut self, until: u64) -> Verified {
        loop {
            let mut due: Option<(u64, usize, u8)> = None;
            for (at, phone) in self.phones.iter().enumerate() {
                let opening = match phone.line {
                    Line::Opening(moment, _) => Some(moment),
                    _ => None,
                };
                let moments = [
                    phone.agent.poll_timeout().map(Instant::millis),
                    phone.inbox.front().map(|(moment, _)| *moment),
                    phone.media.front().map(|(moment, ..)| *moment),
                    opening,
                ];
                for (what, moment) in moments.into_iter().enumerate() {
                    if let Some(moment) = moment.map(|m| m.max(self.now))
                        && due.is_none_or(|(first, ..)| moment < first)
                    {
                        due = Some((moment, at, what as u8));
                    }
                }
            }
            let Some((moment, at, what)) = due.filter(|(moment, ..)| *moment <= until) else {
                self.now = until.max(self.now);
                return Ok(());
            };
            self.now = moment;
            let now = Instant::from_millis(moment);
            let faults = self.rough && self.random.below(12) == 0;
            let phone = &mut self.phones[at];
            match what {
                0 => phone.agent.handle_input(now, Input::Alarm),
                1 => {
                    let (_, frame) = phone.inbox.pop_front().unwrap();
                    if let Line::Up(flow) = phone.line {
                        phone.arrived(&frame);
                        phone.agent.handle_input(now, Input::Frame(flow, frame.as_bytes()));
                    }
                }
                2 => {
                    let (_, id, ticket, request) = phone.media.pop_front().unwrap();
                    let fault = faults && !matches!(request, MediaRequest::Answer | MediaRequest::Rollback);
                    if !fault {
                        phone.signal(id, &request)?;
                    }
                    let result = match request {
                        MediaRequest::Acquire { .. } if faults => Err(MediaFault::UserMedia),
                        MediaRequest::Offer { .. } if faults => Err(MediaFault::CreateOffer),
                        MediaRequest::RemoteOffer(_) | MediaRequest::RemoteAnswer { .. } if faults => {
                            Err(MediaFault::SetRemote)
                        }
                        MediaRequest::Offer { .. } | MediaRequest::Answer => Ok(MediaAnswer::Description(SDP.into())),
                        _ => Ok(MediaAnswer::Ready),
                    };
                    phone.agent.handle_input(now, Input::Media(ticket, result));
                }
                _ => {
                    if let Line::Opening(_, flow) = phone.line {
                        phone.line = Line::Up(flow);
                        phone.agent.handle_input(now, Input::Opened(flow));
                    }
                }
            }
            self.pump(at)?;
        }
    }

    fn command(&mut self, at: usize) -> Verified {
        let now = Instant::from_millis(self.now);
        let dice = self.random.below(40);
        let rough = self.rough;
        let other = self.phones[1 - at].name;
        let random = &mut self.random;
        let phone = &mut self.phones[at];
        let live: Vec<usize> = (0..phone.calls.len()).filter(|i| phone.calls[*i].terminals == 0).collect();
        let chosen = live.get(random.below(live.len() as u64) as usize).map(|i| &phone.calls[*i]);
        let options = |random: &mut Entropy| ReofferOptions { use_update: random.below(2) == 0, ..Default::default() };
        match (dice, chosen) {
            (0..8, _) if live.len() < 3 => {
                let id = SessionId(phone.agent.reserve());
                let options = CallOptions {
                    target: Uri::new(Some(other), "example.com"),
                    extra_headers: Vec::new(),
                    anonymous: false,
                    from_user: None,
                    from_display_name: None,
                    session_expires_s: 90,
                };
                phone.agent.call(now, id, options).unwrap();
            }
            (8..20, Some(call)) if call.incoming && call.state.status == 4 => {
                let _ = phone.agent.answer(now, call.id, &Default::default());
            }
            (8..12, Some(call)) => {
                let options = options(random);
                let _ = phone.agent.hold(now, call.id, !call.state.local_hold, options);
            }
            (12..16, Some(call)) => {
                let options = options(random);
                let _ = phone.agent.renegotiate(now, call.id, options);
            }
            (16..18, Some(call)) => {
                let _ = phone.agent.dtmf(now, call.id, "12", 100, 500, &[]);
            }
            (18..20, Some(call)) => {
                let _ = phone.agent.refer(now, call.id, "<sip:carol@example.com>", &[]);
            }
            (20..24, _) if !phone.referrals.is_empty() => {
                let (id, cseq) = phone.referrals.swap_remove(random.below(phone.referrals.len() as u64) as usize);
                phone.agent.notify_refer(now, id, cseq, if random.below(2) == 0 { 200 } else { 486 }, "");
            }
            (24..27, Some(call)) => {
                let status = Some(486).filter(|_| call.incoming && call.state.status == 4);
                let _ = phone.agent.terminate(now, call.id, &TerminateOptions { status, ..Default::default() });
            }
            (27, _) if rough => phone.agent.stop(now),
            (28..32, _) => phone.agent.start(now),
            (32, _) if rough => {
                if let Line::Up(flow) = std::mem::replace(&mut phone.line, Line::Down) {
                    phone.disconnected();
                    self.ladder.push(format!("{:>8} {} -- closed", self.now, phone.name));
                    let closed = Input::Closed { flow, error: true, code: Some(1006), reason: String::new() };
                    self.phones[at].agent.handle_input(now, closed);
                }
            }
            (33, Some(call)) if rough => phone.agent.handle_input(now, Input::IceFailed(call.id)),
            _ => {}
        }
        self.pump(at)
    }

    fn pump(&mut self, at: usize) -> Verified {
        let now = Instant::from_millis(self.now);
        while let Some(output) = self.phones[at].agent.poll_output() {
            let delay = match self.random.below(30) {
                0 => 2_500,
                _ => 5 + self.random.below(300),
            };
            let phone = &mut self.phones[at];
            match output {
                Output::Connect { flow, .. } => phone.line = Line::Opening(self.now + delay, flow),
                Output::Close(_) => {
                    phone.line = Line::Down;
                    phone.disconnected();
                }
                Output::Send(_, flow, bytes) => {
                    let frame = String::from_utf8(bytes).map_err(|e| e.to_string())?;
                    let start =
                        frame.lines().next().unwrap_or_default().replace("SIP/2.0 ", "").replace(" SIP/2.0", "");
                    let cseq = header(&frame, "CSeq").unwrap_or_default();
                    let call = header(&frame, "Call-ID").unwrap_or_default();
                    self.ladder.push(format!("{:>8} {} > {start} ({cseq}) {call}", self.now, phone.name));
                    if !matches!(phone.line, Line::Up(up) if up == flow) {
                        return Err("sent by a line that is not open".into());
                    }
                    phone.sends(&frame)?;
                    self.carry(at, frame, self.now + delay);
                }
                Output::Media(id, request, ticket) => {
                    let call = phone.call(id)?;
                    if request == MediaRequest::Close {
                        if !std::mem::take(&mut call.media_open) {
                            return Err("media closed twice".into());
                        }
                        phone.media.retain(|(_, of, ..)| *of != id);
                    } else {
                        if call.terminals > 0 {
                            return Err(format!("{request:?} after the end"));
                        }
                        call.media_open = true;
                        let last = phone.media.back().map_or(0, |(moment, ..)| *moment);
                        phone.media.push_back((last.max(self.now + delay), id, ticket, request));
                    }
                }
                Output::Event(event) => {
                    let nested = self.now < BUSY_MS && self.random.below(40) == 0;
                    self.event(at, event, nested, now)?;
                }
            }
        }
        Ok(())
    }

    /// What the network does with a frame. One connection keeps its order.
    fn carry(&mut self, from: usize, frame: String, arrives: u64) {
        let is_response = frame.starts_with("SIP/2.0");
        let free = is_response || frame.starts_with("ACK") || frame.starts_with("CANCEL");
        let mut deliver = |to: usize, frame: String| {
            let inbox = &mut self.phones[to].inbox;
            let arrives = inbox.back().map_or(0, |(last, _)| *last).max(arrives);
            inbox.push_back((arrives, frame));
        };
        if self.guarded && !free && header(&frame, "Proxy-Authorization").is_none() {
            let challenge = "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n\", qop=\"auth\"\r\n";
            return deliver(from, response(&frame, "407 Proxy Authentication Required", "proxy", challenge, ""));
        }
        match self.random.below(100) {
            0 if self.rough => {}
            1..4 if self.rough && is_response => {
                deliver(1 - from, frame.clone());
                deliver(1 - from, frame);
            }
            // Another phone answers too.
            4..8 if self.rough && frame.starts_with("SIP/2.0 2") && frame.contains(" INVITE\r\n") => {
                let own = tag(header(&frame, "To").unwrap_or_default());
                deliver(1 - from, frame.clone());
                deliver(1 - from, frame.replacen(&own, "another", 1));
            }
            // A gateway that wants to hear the other's offer first.
            8..10 if self.rough && frame.starts_with("INVITE") => {
                let (head, body) = frame.split_once("\r\n\r\n").unwrap_or((&frame, ""));
                let length = ["Content-Length: ", &body.len().to_string()].concat();
                let head = head.replace(&length, "Content-Length: 0").replace("Content-Type: application/sdp\r\n", "");
                deliver(1 - from, [&head, "\r\n\r\n"].concat());
            }
            _ => deliver(1 - from, frame),
        }
    }

    fn event(&mut self, at: usize, event: Event, nested: bool, now: Instant) -> Verified {
        let phone = &mut self.phones[at];
        let (id, state, kind) = match event {
            Event::NewSession { id, ticket, incoming, call_id, .. } => {
                let incoming = incoming.is_some();
                let state = SessionState {
                    status: if incoming { 4 } else { 0 },
                    local_hold: false,
                    remote_hold: false,
                    ready_to_reoffer: false,
                };
                let call = Call {
                    id,
                    call_id,
                    incoming,
                    state,
                    terminals: 0,
                    gone: 0,
                    media_open: !incoming,
                    signalling: Signalling::Stable,
                };
                phone.calls.push(call);
                if nested {
                    let _ = phone.agent.terminate(now, id, &TerminateOptions::default());
                }
                phone.agent.resume(now, ticket, Verdict::Listened(true));
                return Ok(());
            }
            Event::SessionGone(id) => {
                let call = phone.call(id)?;
                call.gone += 1;
                return if call.gone == 1 && call.terminals == 1 {
                    Ok(())
                } else {
                    Err("gone at the wrong time".into())
                };
            }
            Event::Connecting { .. } | Event::Disconnected { .. } => {
                let opens = matches!(event, Event::Connecting { .. });
                let told = std::mem::replace(&mut phone.heard_of_line, opens);
                // As in JsSIP, leaving while it waits for the next attempt is told too.
                let leaves = matches!(event, Event::Disconnected { error: false, .. });
                return if told == opens && !leaves { Err(format!("{}: {event:?} twice", phone.name)) } else { Ok(()) };
            }
            Event::Session { id, state, kind } => (id, state, kind),
            _ => return Ok(()),
        };
        let name = phone.name;
        if let SessionEvent::Renegotiated { succeeded: true } = kind {
            let of = phone.call(id)?.call_id.clone();
            phone.uncertain.retain(|call| *call != of);
        }
        let call = phone.call(id)?;
        call.state = state;
        if call.gone > 0 {
            return Err(format!("{name}: {kind:?} after SessionGone"));
        }
        let transfer = matches!(
            kind,
            SessionEvent::ReferProgress { .. }
                | SessionEvent::RequestDone { .. }
                | SessionEvent::Authenticated { .. }
                | SessionEvent::MediaFailed(_)
        );
        if call.terminals > 0 && !transfer {
            return Err(format!("{name}: {kind:?} after the end"));
        }
        let call_id = call.call_id.clone();
        let told = match &kind {
            SessionEvent::Ended { .. } | SessionEvent::Failed { .. } => {
                call.terminals += 1;
                if call.media_open && !call.incoming {
                    return Err(format!("{name}: media is open after the end"));
                }
                if matches!(kind, SessionEvent::Ended { .. }) { "ended" } else { "failed" }
            }
            SessionEvent::Confirmed { .. } => "confirmed",
            SessionEvent::Hold(_) => "hold",
            SessionEvent::Unhold(_) => "unhold",
            SessionEvent::Renegotiated { succeeded: true } => "renegotiated",
            SessionEvent::Renegotiated { .. } => "refused",
            _ => "",
        };
        if !told.is_empty() {
            self.ladder.push(format!("{:>8} {name} : {told} {call_id}", self.now));
        }
        match kind {
            SessionEvent::Sending { ticket, request } => {
                if nested {
                    let _ = phone.agent.terminate(now, id, &TerminateOptions::default());
                }
                let verdict = Verdict::Sending { headers: request.headers, body: request.body };
                phone.agent.resume(now, ticket, verdict);
            }
            SessionEvent::Sdp { ticket, sdp, .. } => {
                if nested {
                    let _ = phone.agent.terminate(now, id, &TerminateOptions::default());
                }
                phone.agent.resume(now, ticket, Verdict::Sdp(sdp));
            }
            SessionEvent::Reinvite { ticket, .. } | SessionEvent::Update { ticket, .. } => {
                if nested {
                    let _ = phone.agent.terminate(now, id, &TerminateOptions::default());
                }
                let refused = (self.now < BUSY_MS && self.random.below(20) == 0).then(|| Refusal {
                    status: 403,
                    reason: None,
                    headers: Vec::new(),
                    body: String::new(),
                });
                phone.agent.resume(now, ticket, Verdict::Reoffer(refused));
            }
            SessionEvent::Refer { ticket, request } => {
                phone.referrals.push((id, request.cseq));
                phone.agent.resume(now, ticket, Verdict::Listened(!nested));
            }
            SessionEvent::Replaces { ticket, .. } => phone.agent.resume(now, ticket, Verdict::Listened(false)),
            _ => {}
        }
        Ok(())
    }

    /// What one end takes for a call the other takes for one too, and both know who holds.
    fn agree(&self) -> Verified {
        for (at, phone) in self.phones.iter().enumerate() {
            for call in phone.calls.iter().filter(|c| c.terminals == 0) {
                if !call.incoming && call.state.status < 3 {
                    // It rings without a bound, where a broken line took the answer away.
                    continue;
                }
                let far = self.phones[1 - at].calls.iter().find(|c| c.call_id == call.call_id);
                let far = far.ok_or_else(|| format!("{}: nobody there in {}", phone.name, call.call_id))?;
                if (call.state.status, far.state.status, far.terminals) != (9, 9, 0) {
                    let statuses = (call.state.status, far.state.status);
                    return Err(format!("{}: {statuses:?} in {}", phone.name, call.call_id));
                }
                // Lost once and refused the second time: nobody can know.
                let certain = !phone.uncertain.contains(&call.call_id);
                if certain && call.state.local_hold != far.state.remote_hold {
                    return Err(format!("{}: who holds {}?", phone.name, call.call_id));
                }
            }
        }
        Ok(())
    }

    fn is_empty(&self) -> Verified {
        for phone in &self.phones {
            if !phone.agent.is_idle() || phone.agent.poll_timeout().is_some() {
                return Err(format!("{}: something is left", phone.name));
            }
            for call in &phone.calls {
                if (call.terminals, call.gone, call.media_open) != (1, 1, false) {
                    let left = (call.terminals, call.gone, call.media_open);
                    return Err(format!("{}: {} is left {left:?}", phone.name, call.call_id));
                }
            }
        }
        Ok(())
    }
}

impl Phone {
    fn call(&mut self, id: SessionId) -> Result<&mut Call, String> {
        self.calls.iter_mut().find(|c| c.id == id).ok_or_else(|| format!("no such call: {id:?}"))
    }

    /// All calls are over, and with them everything that they asked.
    fn holds_nothing(&self) -> Verified {
        let holdings = self.agent.holdings();
        if holdings != Holdings::default() {
            return Err(format!("{}: {holdings:?} is left", self.name));
        }
        match self.agent.poll_timeout() {
            Some(at) => Err(format!("{}: a timer is left, for {}", self.name, at.millis())),
            None => Ok(()),
        }
    }

    fn disconnected(&mut self) {
        self.uncertain.extend(std::mem::take(&mut self.offers).into_keys());
        self.inbox.clear();
    }

    /// WebRTC takes each request in the state in which it comes.
    fn signal(&mut self, id: SessionId, request: &MediaRequest) -> Verified {
        use Signalling::{HaveLocalOffer, HaveRemoteOffer, Stable};
        let call = self.call(id)?;
        let next = match (request, call.signalling) {
            (MediaRequest::Offer { .. }, Stable) => HaveLocalOffer,
            (MediaRequest::RemoteAnswer { fresh: false, .. }, HaveLocalOffer) => Stable,
            (MediaRequest::RemoteAnswer { fresh: true, .. }, Stable) => Stable,
            (MediaRequest::RemoteOffer(_), Stable) => HaveRemoteOffer,
            (MediaRequest::Answer, HaveRemoteOffer) => Stable,
            (MediaRequest::Rollback, _) => Stable,
            (MediaRequest::Acquire { .. } | MediaRequest::Enable(_), state) => state,
            (request, state) => return Err(format!("{request:?} in {state:?} of {}", call.call_id)),
        };
        call.signalling = next;
        Ok(())
    }

    /// A frame of ours: its number is new in its dialog, and there is one offer at a time.
    fn sends(&mut self, frame: &str) -> Verified {
        let field = |name| header(frame, name).unwrap_or_default().to_owned();
        let (number, method) = field("CSeq").split_once(' ').map(|(n, m)| (n.to_owned(), m.to_owned())).unwrap();
        let call_id = field("Call-ID");
        let offers = frame.ends_with("\r\n") && frame.contains("\r\nv=0") && (method == "INVITE" || method == "UPDATE");
        if frame.starts_with("SIP/2.0") {
            if offers && frame.starts_with("SIP/2.0 200") && self.offers.contains_key(&call_id) {
                return Err(format!("{}: answers while its own offer is open", self.name));
            }
            return Ok(());
        }
        if method == "ACK" || method == "CANCEL" {
            return Ok(());
        }
        let number: u32 = number.parse().map_err(|_| "CSeq".to_owned())?;
        let dialog = [call_id.clone(), field("From"), field("To")].join(" ");
        if self.numbers.insert(dialog, number).is_some_and(|last| last >= number) {
            return Err(format!("{}: CSeq {number} {method} again", self.name));
        }
        // A proxy answers one without credentials at once; what counts is the one with them.
        let inside = field("To").contains(";tag=");
        if offers && inside && self.offers.insert(call_id, field("CSeq")).is_some() {
            return Err(format!("{}: two offers at once", self.name));
        }
        Ok(())
    }

    /// A frame for us: a final answer settles our offer.
    fn arrived(&mut self, frame: &str) {
        let call_id = header(frame, "Call-ID").unwrap_or_default();
        let is_final = frame.starts_with("SIP/2.0") && !frame.starts_with("SIP/2.0 1");
        if is_final && self.offers.get(call_id).map(String::as_str) == header(frame, "CSeq") {
            self.offers.remove(call_id);
        }
    }
}
