//! A world: its clock, its network with its faults, and the order in which things happen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use viasip::auth::Account;
use viasip::entropy::{Counter, Entropy};
use viasip::event::{Flow, Input, MediaAnswer, MediaFault, MediaRequest, Output, SendId, SessionId, Ticket, Verdict};
use viasip::sdp::Candidate;
use viasip::time::Instant;

use super::invariants::Verified;
use super::message::Message;
use super::phone::{Line, NAMES, Phone, SDP};
use super::proxy::Proxy;

/// ms during which the apps act.
pub(crate) const BUSY_MS: u64 = 60_000;
/// ms of silence after which all agree: longer than a session interval, a subscription and all transactions.
const QUIET_MS: u64 = 260_000;
/// ms after which the last of a call that was hung up is forgotten: a transfer is told of for five minutes.
const FAREWELL_MS: u64 = 400_000;
/// What an agent may hold at most, in characters of its text: the largest of 10,000 seeds held 77,000.
const MOST: usize = 200_000;

/// What happens at a moment.
pub(crate) enum What {
    Frame { to: usize, flow: Flow, text: String },
    Media { at: usize, id: SessionId, ticket: Ticket, request: MediaRequest },
    Gathered { at: usize, id: SessionId, line: String },
    Ice { at: usize, id: SessionId, up: bool },
    Opened { at: usize, flow: Flow },
    NotSent { at: usize, send: SendId },
    Awake { at: usize },
    Account { at: usize, ticket: Ticket, account: Option<Account> },
    Leg(usize),
}

struct Due {
    at: u64,
    order: u64,
    what: What,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) random: Entropy,
    pub(crate) phones: [Phone; 3],
    pub(crate) proxy: Proxy,
    queue: BinaryHeap<Reverse<Due>>,
    order: u64,
    /// Whether lines break in this world, frames get lost, double or overtake, pages sleep, and WebRTC fails.
    pub(crate) rough: bool,
    /// Whether the apps still act.
    pub(crate) busy: bool,
    /// How often the walk came by what.
    pub(crate) met: BTreeMap<&'static str, u64>,
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// What happened, if anybody wants to read it.
    pub(crate) ladder: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new(seed: u64, told: bool) -> Self {
        let mut random = Entropy::new(Counter::new(seed.wrapping_mul(0x9e37_79b9) ^ 0x5eed_0000_0000));
        let registers = random.below(2) == 0;
        let mut phones = [0, 1, 2].map(|at| Phone::new(at, seed, registers, &mut random));
        let proxy = Proxy::new([0, 1, 2].map(|at| phones[at].two_flows), registers, &mut random);
        // In one world of eight a line breaks at one frame, each in its turn, and nothing else goes wrong.
        let breaks = seed % 8 == 7;
        if breaks {
            phones[(seed / 8 % 3) as usize].breaks_after = 1 + (seed / 24 % 64) as u32;
        }
        Self {
            now: 0,
            rough: !breaks && random.below(2) == 0,
            random,
            phones,
            proxy,
            queue: BinaryHeap::new(),
            order: 0,
            busy: true,
            met: BTreeMap::new(),
            statuses: BTreeMap::new(),
            ladder: told.then(Vec::new),
        }
    }

    pub(crate) fn run(&mut self) -> Verified {
        for at in 0..3 {
            self.phones[at].agent.start(Instant::from_millis(0));
            self.pump(at)?;
        }
        let mut next = 0;
        while next < BUSY_MS {
            self.advance(next)?;
            let at = self.random.below(3) as usize;
            self.act(at)?;
            next += self.random.below(3_000);
        }
        self.advance(BUSY_MS)?;
        (self.busy, self.rough) = (false, false);
        // Whoever stopped comes back, or its calls could only be forgotten.
        for at in 0..3 {
            self.phones[at].breaks_after = u32::MAX;
            self.phones[at].agent.start(self.instant());
            self.pump(at)?;
        }
        self.advance(self.now + QUIET_MS)?;
        // What is on its way arrives before anybody is asked what he knows.
        while let Some(last) =
            self.phones.iter().flat_map(|phone| phone.last_arrival).max().filter(|last| *last > self.now)
        {
            self.advance(last)?;
        }
        self.agree()?;
        // Who has not found yet that his line is dead takes leave of nobody.
        let registered = [0, 1, 2].map(|at| {
            let phone = &self.phones[at];
            let knows = !phone.lines.iter().any(|line| matches!(line, Line::Dead(_))) && phone.up().contains(&true);
            // By reg-id. With one flow the first is all that there is.
            let flows = if phone.two_flows { phone.registered_flows } else { [phone.registered, false] };
            flows.map(|registered| registered && knows)
        });
        for at in 0..3 {
            self.leave(at)?;
        }
        self.advance(self.now + FAREWELL_MS)?;
        // Before stop(), which clears every table.
        for (at, was_registered) in registered.into_iter().enumerate() {
            let phone = &self.phones[at];
            phone.holds_nothing()?;
            let Some(registrar) = &self.proxy.registrar else { continue };
            let left =
                |binding: &&super::registrar::Binding| binding.until > self.now && was_registered[binding.id - 1];
            if let Some(binding) = registrar.bindings[at].iter().flatten().find(left) {
                return Err(format!("{}: its binding is left: {binding:?}", phone.name));
            }
        }
        for at in 0..3 {
            self.phones[at].agent.stop(self.instant());
            self.pump(at)?;
        }
        self.advance(self.now + 60_000)?;
        for phone in &self.phones {
            if !phone.agent.is_idle() || phone.agent.poll_timeout().is_some() {
                return Err(format!("{}: something is left after stop()", phone.name));
            }
        }
        Ok(())
    }

    pub(crate) fn instant(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    pub(crate) fn tell(&mut self, at: usize, what: impl FnOnce() -> String) {
        if let Some(ladder) = &mut self.ladder {
            ladder.push(format!("{:>8} {} {}", self.now, NAMES[at], what()));
        }
    }

    pub(crate) fn meet(&mut self, kind: &'static str) {
        *self.met.entry(kind).or_default() += 1;
    }

    pub(crate) fn plan(&mut self, at: u64, what: What) {
        self.order += 1;
        self.queue.push(Reverse(Due { at, order: self.order, what }));
    }

    /// What was on its way to the page of this phone finds nobody.
    pub(crate) fn forget(&mut self, phone: usize) {
        self.queue.retain(|Reverse(due)| match due.what {
            What::Frame { to: at, .. }
            | What::Media { at, .. }
            | What::Gathered { at, .. }
            | What::Opened { at, .. }
            | What::NotSent { at, .. }
            | What::Ice { at, .. }
            | What::Account { at, .. }
            | What::Awake { at } => at != phone,
            What::Leg(_) => true,
        });
    }

    /// Lets the time run to `until`, each thing at its moment.
    pub(crate) fn advance(&mut self, until: u64) -> Verified {
        loop {
            let alarms = self.phones.iter().enumerate().filter_map(|(at, phone)| {
                let alarm = phone.alarm?.max(phone.asleep_until).max(self.now);
                Some((alarm, at))
            });
            let alarm = alarms.min();
            let planned = self.queue.peek().map(|Reverse(due)| due.at.max(self.now));
            let first = [alarm.map(|(at, _)| at), planned].into_iter().flatten().min();
            let Some(first) = first.filter(|first| *first <= until) else {
                self.now = until.max(self.now);
                return Ok(());
            };
            self.now = first;
            match alarm {
                Some((moment, at)) if planned.is_none_or(|planned| moment < planned) => self.alarm(at)?,
                _ => {
                    if let Some(Reverse(due)) = self.queue.pop() {
                        self.happens(due)?;
                    }
                }
            }
        }
    }

    fn alarm(&mut self, at: usize) -> Verified {
        let now = self.now;
        let phone = &mut self.phones[at];
        phone.alarms = if phone.alarms.0 == now { (now, phone.alarms.1 + 1) } else { (now, 1) };
        if phone.alarms.1 > 50 {
            return Err(format!("{}: wants to be woken at {:?} for ever", phone.name, phone.alarm));
        }
        if let Some(due) = phone.agent.deadline() {
            self.tell(at, || format!("-- due: {}", due.reason.as_str()));
        }
        self.phones[at].agent.handle_input(Instant::from_millis(now), Input::Alarm);
        self.pump(at)
    }

    fn happens(&mut self, due: Due) -> Verified {
        let sleeper = match due.what {
            What::Frame { to: at, .. }
            | What::Media { at, .. }
            | What::Gathered { at, .. }
            | What::Opened { at, .. }
            | What::NotSent { at, .. }
            | What::Ice { at, .. }
            | What::Account { at, .. }
            | What::Awake { at } => self.phones[at].asleep_until,
            What::Leg(_) => 0,
        };
        if sleeper > self.now {
            self.queue.push(Reverse(Due { at: sleeper, ..due }));
            return Ok(());
        }
        let now = self.instant();
        let at = match due.what {
            What::Frame { to, flow, text } => {
                let phone = &mut self.phones[to];
                let line = phone.line_of(flow).filter(|line| phone.flow(*line) == Some(flow));
                let Some(line) = line else { return Ok(()) };
                if text.len() > 4 {
                    (phone.watch.now, phone.watch.line) = (self.now, line);
                    phone.watch.arrives(&Message::read(&text)?);
                    phone.breaks_after = phone.breaks_after.saturating_sub(1);
                }
                phone.agent.handle_input(now, Input::Frame(flow, text.as_bytes()));
                if self.phones[to].breaks_after == 0 {
                    self.phones[to].breaks.get_or_insert(line);
                }
                to
            }
            What::Media { at, id, ticket, request } => {
                self.media(at, id, ticket, request)?;
                at
            }
            What::Gathered { at, id, line } => {
                let candidate = Candidate { line, mid: "0".to_owned(), ufrag: "abcd".to_owned() };
                self.phones[at].agent.handle_input(now, Input::Candidate(id, candidate));
                at
            }
            What::Ice { at, id, up } => {
                if !self.phones[at].call(id)?.media_open {
                    return Ok(());
                }
                let input = if up {
                    Input::IceConnected(id)
                } else {
                    self.tell(at, || format!("-- media of {id:?} gone"));
                    self.phones[at].watch.comes_back = true;
                    Input::IceDisconnected(id)
                };
                self.phones[at].agent.handle_input(now, input);
                at
            }
            What::Opened { at, flow } => {
                let lines = &mut self.phones[at].lines;
                let Some(line) = lines.iter_mut().find(|line| **line == Line::Opening(flow)) else { return Ok(()) };
                *line = Line::Up(flow);
                self.phones[at].agent.handle_input(now, Input::Opened(flow));
                at
            }
            What::NotSent { at, send } => {
                self.phones[at].agent.handle_input(now, Input::NotSent(send));
                at
            }
            What::Awake { at } => {
                self.phones[at].agent.handle_input(now, Input::Network);
                at
            }
            What::Account { at, ticket, account } => {
                self.phones[at].agent.resume(now, ticket, Verdict::Account(account));
                at
            }
            What::Leg(leg) => {
                let up = [0, 1, 2].map(|at| self.phones[at].up());
                self.proxy.wake(leg, self.now, up)?;
                return self.carry();
            }
        };
        self.pump(at)
    }

    fn media(&mut self, at: usize, id: SessionId, ticket: Ticket, request: MediaRequest) -> Verified {
        let faults = self.rough && self.random.below(14) == 0;
        let phone = &mut self.phones[at];
        if !phone.call(id)?.media_open {
            return Ok(());
        }
        let fault = faults && !matches!(request, MediaRequest::Answer { .. } | MediaRequest::Rollback);
        if !fault {
            phone.signal(id, &request)?;
        }
        if let MediaRequest::Offer { trickle: true, .. } | MediaRequest::Answer { trickle: true } = request {
            self.meet("trickled");
            let mut gathered = self.now;
            for line in ["candidate:1 1 udp 1 192.0.2.1 9 typ host", "candidate:2 1 udp 1 192.0.2.2 9 typ host", ""] {
                gathered += self.random.below(5_000);
                self.plan(gathered, What::Gathered { at, id, line: line.to_owned() });
            }
        }
        let agreed = matches!(request, MediaRequest::RemoteAnswer { .. } | MediaRequest::Answer { .. });
        let phone = &mut self.phones[at];
        let result = match request {
            MediaRequest::Acquire { .. } if faults => Err(MediaFault::UserMedia),
            MediaRequest::Offer { .. } if faults => Err(MediaFault::CreateOffer),
            MediaRequest::RemoteOffer(_) | MediaRequest::RemoteAnswer { .. } | MediaRequest::Prime(_) if faults => {
                Err(MediaFault::SetRemote)
            }
            MediaRequest::Offer { .. } => Ok(MediaAnswer::Description(SDP.into())),
            MediaRequest::Answer { .. } => {
                Ok(MediaAnswer::Description(SDP.replace("sendrecv", phone.call(id)?.answers)))
            }
            _ => Ok(MediaAnswer::Ready),
        };
        phone.agent.handle_input(Instant::from_millis(self.now), Input::Media(ticket, result));
        if agreed && !faults {
            let found = self.now + self.random.below(400);
            self.plan(found, What::Ice { at, id, up: true });
        }
        if faults {
            self.meet("media fault");
        }
        Ok(())
    }

    pub(crate) fn delay(&mut self, slow: u64) -> u64 {
        match self.random.below(30) {
            0 => 2_500,
            1 if self.rough => slow,
            _ => 5 + self.random.below(300),
        }
    }

    /// Does what the agent wants done.
    pub(crate) fn pump(&mut self, at: usize) -> Verified {
        while let Some(output) = self.phones[at].agent.poll_output() {
            match output {
                Output::Connect { flow, server } => {
                    let line = &mut self.phones[at].lines[server];
                    if *line != Line::Down {
                        return Err(format!("{}: connects to {server}, which is {line:?}", NAMES[at]));
                    }
                    *line = Line::Opening(flow);
                    let opens = self.now + self.delay(20_000);
                    self.plan(opens, What::Opened { at, flow });
                }
                Output::Close(flow) => {
                    let Some(line) = self.phones[at].line_of(flow) else { continue };
                    self.phones[at].line_lost(line);
                    self.proxy.line_lost(at, line, self.now);
                    self.carry()?;
                }
                Output::Send(send, flow, bytes) => {
                    let frame = String::from_utf8(bytes).map_err(|e| e.to_string())?;
                    self.sends(at, send, flow, &frame)?;
                }
                Output::Media(id, request, ticket) => self.asks_media(at, id, request, ticket)?,
                Output::Event(event) => self.event(at, event)?,
            }
        }
        // Session timers would end a call that goes on after its BYE, and hide it.
        for call_id in std::mem::take(&mut self.phones[at].watch.farewells) {
            if self.phones[at].calls.iter().any(|call| call.call_id == call_id && call.terminals == 0) {
                return Err(format!("{}: takes a BYE, and goes on with {call_id}", NAMES[at]));
            }
        }
        self.phones[at].alarm = self.phones[at].agent.poll_timeout().map(Instant::millis);
        if self.phones[at].breaks.is_some() { self.break_line(at) } else { Ok(()) }
    }

    fn asks_media(&mut self, at: usize, id: SessionId, request: MediaRequest, ticket: Ticket) -> Verified {
        // Three in a row stay below 32 s, or what is asked is answered too late.
        let answered = self.now + self.delay(9_000);
        let call = self.phones[at].call(id)?;
        if request == MediaRequest::Close {
            if !std::mem::take(&mut call.media_open) {
                return Err("media closed twice".into());
            }
            return Ok(());
        }
        if call.terminals > 0 {
            return Err(format!("{request:?} after the end"));
        }
        call.media_open = true;
        // One serial queue for each call.
        call.media_until = call.media_until.max(answered);
        let answered = call.media_until;
        self.plan(answered, What::Media { at, id, ticket, request });
        Ok(())
    }

    /// No agent grows without a bound.
    pub(crate) fn is_bounded(&self, at: usize) -> Verified {
        let size = self.phones[at].size();
        if size > MOST { Err(format!("{}: {size} characters", NAMES[at])) } else { Ok(()) }
    }

    /// What one end takes for a call, or a subscription, the other takes for one too, and both know who holds.
    fn agree(&self) -> Verified {
        for (at, phone) in self.phones.iter().enumerate() {
            let name = phone.name;
            let others = || (0..3).filter(move |other| *other != at).map(|other| &self.phones[other]);
            for call in phone.calls.iter().filter(|c| c.terminals == 0) {
                if !call.incoming && call.state.status < 3 {
                    // It rings without a bound, where a broken line took the answer away.
                    continue;
                }
                let live = |c: &&super::phone::Call| c.call_id == call.call_id && c.terminals == 0;
                let far: Vec<_> = others().flat_map(|other| other.calls.iter().filter(live)).collect();
                let [far] = far.as_slice() else {
                    return Err(format!("{name}: {} others in {}", far.len(), call.call_id));
                };
                if (call.state.status, far.state.status) != (9, 9) {
                    let statuses = (call.state.status, far.state.status);
                    return Err(format!("{name}: {statuses:?} in {}", call.call_id));
                }
                // Lost once and refused the second time: nobody can know.
                let certain = self.phones.iter().all(|phone| phone.watch.is_certain(&call.call_id));
                if certain && call.state.local_hold != far.state.remote_hold {
                    return Err(format!("{name}: who holds {}?", call.call_id));
                }
            }
            for subscription in phone.subscriptions.iter().filter(|s| !s.over) {
                for (call_id, local, remote) in &subscription.dialogs {
                    let mirrored = (call_id.clone(), remote.clone(), local.clone());
                    let fits = |s: &super::phone::Subscription| !s.over && s.dialogs.contains(&mirrored);
                    if !others().any(|other| other.subscriptions.iter().any(fits)) {
                        return Err(format!("{name}: nobody at the other end of {:?}", subscription.id));
                    }
                }
            }
            for publication in phone.subscriptions.iter().filter(|s| !s.over && s.published_until > self.now) {
                let kept = |kept: &super::compositor::Published| kept.until > self.now && kept.body == publication.body;
                if !self.proxy.compositor.states.values().any(kept) {
                    return Err(format!("{name}: nobody keeps {}", publication.body));
                }
            }
            if let Some(registrar) = &self.proxy.registrar
                && phone.registered
                && !registrar.bindings[at].iter().flatten().any(|binding| binding.until > self.now)
            {
                let at = &registrar.bindings[at];
                return Err(format!("{name}: takes itself for registered: {:?}, {at:?}", phone.agent.registration()));
            }
        }
        Ok(())
    }
}

pub(crate) fn method(name: &str) -> &'static str {
    let known = [
        "INVITE",
        "ACK",
        "CANCEL",
        "BYE",
        "UPDATE",
        "INFO",
        "PRACK",
        "REFER",
        "NOTIFY",
        "SUBSCRIBE",
        "MESSAGE",
        "OPTIONS",
        "REGISTER",
        "PUBLISH",
    ];
    known.into_iter().find(|known| *known == name).unwrap_or("other")
}
