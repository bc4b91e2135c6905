//! The proxies between the phones: each phone has an edge of its own, which stays in the route of its dialogs; one
//! edge may be a strict router of RFC 2543. They fork, cancel, challenge, give up, and offer late what was offered.
//!
//! The file is long because all of it works on one table: the legs of what was forked.

use std::collections::HashMap;

use viasip::entropy::Entropy;

use super::compositor::Compositor;
use super::invariants::Verified;
use super::message::{Message, WRONG, address, direction, forwarded, parts, response, returned, user, with_body};
use super::phone::{NAMES, SDP};
use super::registrar::Registrar;

/// ms after which a branch of an INVITE that nobody answers is cancelled (timer C), and then given up.
pub(crate) const TIMER_C_MS: u64 = 185_000;
/// ms that a phone has for the answer to a CANCEL, or to come back once its line broke.
pub(crate) const GIVE_UP_MS: u64 = 32_000;
const LOST_MS: u64 = 4_000;

/// A phone, and one of its lines.
pub(crate) type Place = (usize, usize);

/// What the proxies hand to the network.
pub(crate) struct Hop {
    pub(crate) to: usize,
    /// By which of its lines.
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// Wakes the proxies about branch `leg`.
pub(crate) struct Wake {
    pub(crate) at: u64,
    pub(crate) leg: usize,
}

/// An INVITE of a phone, and where it went.
#[derive(Debug)]
struct Fork {
    caller: Place,
    request: String,
    legs: Vec<usize>,
    final_sent: bool,
    best: Option<(u16, String)>,
}

/// A request on its way to one phone.
#[derive(Clone, Debug)]
struct Leg {
    caller: Place,
    to: Place,
    fork: Option<usize>,
    /// As it left for the phone.
    request: String,
    rings: bool,
    cancel: Cancel,
    done: bool,
    /// The line that it went by is gone.
    lost: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancel {
    No,
    Wanted,
    Sent,
}

/// All proxies of a world.
pub(crate) struct Proxy {
    /// The edge that wants to be addressed as strict routers do.
    strict: Option<usize>,
    /// Whether the two edges of a phone stand on one host.
    one_host: bool,
    /// The phones that keep two flows.
    two_flows: [bool; 3],
    /// Whether a third proxy stands between the edges.
    core: bool,
    /// Whether routes come in one field.
    in_one_line: bool,
    /// Whether each request needs credentials.
    guarded: bool,
    nonce: u32,
    least_interval_s: u32,
    pub(crate) registrar: Option<Registrar>,
    pub(crate) compositor: Compositor,
    forks: Vec<Fork>,
    by_branch: HashMap<String, usize>,
    legs: Vec<Leg>,
    /// Who has which tag.
    tags: HashMap<String, usize>,
    /// INVITEs whose offer was taken out: the ACK gets an answer.
    late: HashMap<(String, u32), ()>,
    /// Reliable 1xx with an offer that was taken for an answer: the PRACK gets one. Call-ID, To tag and RSeq.
    early: HashMap<(String, String, String), ()>,
    directions: HashMap<(String, usize), String>,
    pub(crate) hops: Vec<Hop>,
    pub(crate) wakes: Vec<Wake>,
    /// How many calls rang by another flow than before.
    pub(crate) rung_anew: u64,
}

impl Proxy {
    /// `two_flows`: which phones keep two; `registers`: whether they do.
    pub(crate) fn new(two_flows: [bool; 3], registers: bool, random: &mut Entropy) -> Self {
        let strict = random.below(4) as usize;
        Self {
            strict: (strict < 3 && !two_flows[strict]).then_some(strict),
            one_host: random.below(2) == 0,
            two_flows,
            core: random.below(2) == 0,
            in_one_line: random.below(2) == 0,
            guarded: random.below(5) < 2,
            nonce: 0,
            least_interval_s: if random.below(4) == 0 { 120 } else { 0 },
            registrar: registers.then(|| Registrar::new(random)),
            compositor: Compositor::new(random),
            forks: Vec::new(),
            by_branch: HashMap::new(),
            legs: Vec::new(),
            tags: HashMap::new(),
            late: HashMap::new(),
            early: HashMap::new(),
            directions: HashMap::new(),
            hops: Vec::new(),
            wakes: Vec::new(),
            rung_anew: 0,
        }
    }

    /// The proxy at the end of a line.
    fn edge(&self, (at, line): Place) -> String {
        match self.strict == Some(at) {
            true => format!("sip:edge{at}.invalid"),
            false if self.one_host => format!("sip:edge{at}.invalid:{};lr", 8081 + line),
            false => format!("sip:edge{at}{}.invalid;lr", ["", "b"][line]),
        }
    }

    /// The addresses of the proxies from one phone to another.
    fn path(&self, from: Place, to: Place) -> Vec<String> {
        let mut path = vec![self.edge(from)];
        if self.core {
            path.push("sip:core.invalid;lr".to_owned());
        }
        path.push(self.edge(to));
        path
    }

    /// Whether a request inside a dialog may go by that route, and to which line of the other phone it leads. Who has two
    /// flows may have left the edge behind by which it made the dialog.
    fn leads(&self, from: usize, to: usize, given: &[&str]) -> Option<usize> {
        let line = (0..2).find(|line| given.last().is_some_and(|last| *last == self.edge((to, *line))))?;
        let mut ways: Vec<Vec<String>> = [0, 1].map(|by| self.path((from, by), (to, line))).to_vec();
        match self.two_flows[from] {
            true => ways.push(ways[0][1..].to_vec()),
            false => ways.truncate(1),
        }
        ways.iter().any(|way| given == way).then_some(line)
    }

    /// A frame that a phone sent. `up`: whose lines are open.
    pub(crate) fn take(
        &mut self,
        from: Place,
        text: &str,
        now: u64,
        rough: bool,
        up: [[bool; 2]; 3],
        random: &mut Entropy,
    ) -> Verified {
        let message = Message::read(text)?;
        if !message.from_tag.is_empty() && message.is_request() {
            self.tags.insert(message.from_tag.to_owned(), from.0);
        }
        if !message.is_request() {
            return self.response(from, &message, now);
        }
        match message.method {
            "REGISTER" => {
                let edge = self.edge(from);
                let Some(registrar) = &mut self.registrar else { return Err("REGISTER to nobody".into()) };
                let text = registrar.register(from, &edge, &message, now, rough, random)?;
                self.back(from, text);
                Ok(())
            }
            "PUBLISH" => {
                let text = self.compositor.publish(NAMES[from.0], &message, now, rough, random)?;
                self.back(from, text);
                Ok(())
            }
            "CANCEL" => {
                self.cancel(from, &message);
                Ok(())
            }
            "ACK" if self.by_branch.contains_key(message.branch) => Ok(()),
            _ => self.request(from, &message, now, rough, up, random),
        }
    }

    fn back(&mut self, (to, line): Place, text: String) {
        self.hops.push(Hop { to, line, text });
    }

    fn request(
        &mut self,
        from: Place,
        message: &Message,
        now: u64,
        rough: bool,
        up: [[bool; 2]; 3],
        random: &mut Entropy,
    ) -> Verified {
        let name = NAMES[from.0];
        let invite = message.method == "INVITE";
        let ack = message.method == "ACK";
        if self.guarded && !ack {
            // The nonce grows old at times.
            self.nonce += u32::from(rough && random.below(20) == 0);
            let nonce = format!("nonce=\"n{}\"", self.nonce);
            let stale = match message.field("Proxy-Authorization") {
                Some(given) if given.contains(&nonce) && !given.contains(WRONG) => None,
                // What somebody else's name stands in is no older than before.
                given => Some(given.is_some() && message.credentials("Proxy-Authorization").is_some()),
            };
            if let Some(stale) = stale {
                let stale = if stale { ", stale=true" } else { "" };
                let line =
                    format!("Proxy-Authenticate: Digest realm=\"example.com\", {nonce}, qop=\"auth\"{stale}\r\n");
                return self.refuse(from, message, "407 Proxy Authentication Required", &line);
            }
        }
        let asked = message.field("Session-Expires").and_then(|v| v.split(';').next()?.parse::<u32>().ok());
        if invite && message.to_tag.is_empty() && asked.is_some_and(|asked| asked < self.least_interval_s) {
            let line = format!("Min-SE: {}\r\n", self.least_interval_s);
            return self.refuse(from, message, "422 Session Interval Too Small", &line);
        }
        let routes = message.values("Route");
        // What the far end is called by in the end, and what the route set in between has to be.
        let (contact, given) = match routes.split_last() {
            Some((last, rest)) if message.target.starts_with("sip:edge") => {
                let mut given = vec![message.target];
                given.extend(rest.iter().map(|route| address(route)));
                (address(last), given)
            }
            _ => (message.target, routes.iter().map(|route| address(route)).collect()),
        };
        if !message.to_tag.is_empty() {
            let far = self.tags.get(message.to_tag).copied();
            let Some(to) = far else { return Err(format!("{name}: {} to a tag that nobody has", message.method)) };
            let Some(line) = self.leads(from.0, to, &given) else {
                return Err(format!("{name}: {} goes by {given:?}", message.method));
            };
            let strict = message.target.starts_with("sip:edge");
            if strict != given.first().is_some_and(|first| !first.ends_with(";lr")) {
                return Err(format!("{name}: {} addresses a router as {}", message.method, message.target));
            }
            if !is_contact_of(to, contact) {
                return Err(format!("{name}: {} is addressed to {contact}", message.method));
            }
            return self.send(from, &[(to, line)], contact, message, now, rough, up, random);
        }
        // What the registrar wants, as long as the phone takes itself for registered.
        let gives_route = self.registrar.as_ref().is_some_and(|registrar| registrar.service_route);
        if !(given.is_empty() || gives_route && given == ["sip:home.example.com;lr"]) {
            return Err(format!("{name}: {} outside a dialog goes by {given:?}", message.method));
        }
        let callee = user(contact);
        let found: Vec<usize> = (0..3).filter(|at| NAMES[*at] == callee || is_contact_of(*at, contact)).collect();
        let targets: Vec<usize> = if callee == "team" { (0..3).filter(|at| *at != from.0).collect() } else { found };
        let targets: Vec<Place> =
            targets.into_iter().filter_map(|at| Some((at, self.reached_by(at, now, up)?))).collect();
        if targets.is_empty() {
            return self.refuse(from, message, "404 Not Found", "");
        }
        // One target of a request that cannot be forked.
        let targets = if invite { &targets[..] } else { &targets[..1] };
        self.send(from, targets, contact, message, now, rough, up, random)
    }

    /// By which line that phone is reached: its bindings one after the other, an open one first (RFC 5626 5.3).
    fn reached_by(&self, at: usize, now: u64, up: [[bool; 2]; 3]) -> Option<usize> {
        let lines: Vec<usize> = match &self.registrar {
            Some(registrar) => {
                let bound = registrar.bindings[at].iter().flatten().filter(|binding| binding.until > now);
                bound.map(|binding| binding.line).collect()
            }
            None => vec![0, 1],
        };
        lines.iter().find(|line| up[at][**line]).or(lines.first()).copied()
    }

    /// A final answer of the proxies' own.
    fn refuse(&mut self, from: Place, message: &Message, status: &str, lines: &str) -> Verified {
        if message.method == "INVITE" {
            // Its ACK ends here.
            let fork = Fork { caller: from, request: String::new(), legs: Vec::new(), final_sent: true, best: None };
            self.by_branch.insert(message.branch.to_owned(), self.forks.len());
            self.forks.push(fork);
            if message.cseq.is_multiple_of(2) {
                self.back(from, response(message.text, "100 Trying", "", ""));
            }
        }
        if message.method != "ACK" {
            self.back(from, response(message.text, status, "proxy", lines));
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn send(
        &mut self,
        from: Place,
        targets: &[Place],
        contact: &str,
        message: &Message,
        now: u64,
        rough: bool,
        up: [[bool; 2]; 3],
        random: &mut Entropy,
    ) -> Verified {
        let invite = message.method == "INVITE";
        let mut text = message.text.to_owned();
        if invite && rough && message.has_sdp() && random.below(8) == 0 && self.may_be_late(from.0, message) {
            self.late.insert((message.call_id.to_owned(), message.cseq), ());
            text = with_body(&text, "");
        }
        if message.has_sdp() {
            let direction = direction(message.body).to_owned();
            self.directions.insert((message.call_id.to_owned(), from.0), direction);
        }
        if message.method == "ACK" && self.late.contains_key(&(message.call_id.to_owned(), message.cseq)) {
            // The answer that nobody made; at times it is missing.
            let answer = if random.below(6) == 0 { "" } else { SDP };
            text = with_body(&text, answer);
        }
        let acknowledged = message.field("RAck").and_then(|rack| rack.split(' ').next()).unwrap_or_default();
        let early = (message.call_id.to_owned(), message.to_tag.to_owned(), acknowledged.to_owned());
        if self.early.contains_key(&early) {
            let answer = if random.below(6) == 0 { "" } else { SDP };
            text = with_body(&text, answer);
        }
        let fork = invite.then_some(self.forks.len());
        if invite {
            self.by_branch.insert(message.branch.to_owned(), self.forks.len());
            self.forks.push(Fork {
                caller: from,
                request: message.text.to_owned(),
                legs: Vec::new(),
                final_sent: false,
                best: None,
            });
            self.back(from, response(message.text, "100 Trying", "", ""));
        }
        let mut failed = Vec::new();
        for &to in targets {
            let leg = self.legs.len();
            let request = self.onward(leg, from, to, &text, contact)?;
            self.legs.push(Leg {
                caller: from,
                to,
                fork,
                request: request.clone(),
                rings: false,
                cancel: Cancel::No,
                done: false,
                lost: false,
            });
            if let Some(fork) = fork {
                self.forks[fork].legs.push(leg);
                self.wakes.push(Wake { at: now + TIMER_C_MS, leg });
            }
            if up[to.0][to.1] {
                self.back(to, request);
            } else if message.method != "ACK" && (fork.is_some() || random.below(4) > 0) {
                failed.push(leg);
            }
        }
        for leg in failed {
            let status =
                if self.two_flows[self.legs[leg].to.0] { "430 Flow Failed" } else { "480 Temporarily Unavailable" };
            self.leg_failed(leg, status)?;
        }
        Ok(())
    }

    /// A request as it leaves for that phone.
    fn onward(&self, leg: usize, from: Place, to: Place, text: &str, contact: &str) -> Result<String, String> {
        let message = Message::read(text)?;
        let mut added = format!("Via: SIP/2.0/WS proxy.invalid;branch=z9hG4bKp{leg}\r\n");
        // RFC 6665 4.4.1: the first NOTIFY may make the dialog.
        let makes_dialog = ["INVITE", "SUBSCRIBE"].contains(&message.method) && message.to_tag.is_empty();
        if makes_dialog || message.method == "NOTIFY" {
            // The last proxy stands first.
            let path: Vec<_> = self.path(from, to).iter().rev().map(|uri| format!("<{uri}>")).collect();
            if self.in_one_line {
                added.push_str(&format!("Record-Route: {}\r\n", path.join(", ")));
            } else {
                path.iter().for_each(|route| added.push_str(&format!("Record-Route: {route}\r\n")));
            }
        }
        Ok(forwarded(text, &self.target_of(to.0, contact), &added))
    }

    /// An address of record becomes what the phone registered; anything else is its own Contact.
    fn target_of(&self, to: usize, contact: &str) -> String {
        let of_record = !contact.contains("-contact@") && !contact.contains(";gr");
        let binding = self.registrar.as_ref().and_then(|registrar| registrar.bindings[to].iter().flatten().next());
        match binding {
            Some(binding) if of_record || contact.contains(";gr") && user(contact).starts_with("nobody") => {
                binding.contact.clone()
            }
            _ if of_record => format!("sip:{0}-contact@{0}.invalid;transport=ws", NAMES[to]),
            _ => contact.to_owned(),
        }
    }

    /// A hold must not get lost, or nobody could know who holds.
    fn may_be_late(&self, from: usize, message: &Message) -> bool {
        let before = self.directions.get(&(message.call_id.to_owned(), from));
        before.is_none_or(|before| before == "sendrecv") && direction(message.body) == "sendrecv"
    }

    fn cancel(&mut self, from: Place, message: &Message) {
        let fork = self.by_branch.get(message.branch).copied().filter(|fork| !self.forks[*fork].legs.is_empty());
        let Some(fork) = fork else {
            return self.back(from, response(message.text, "481 Call/Transaction Does Not Exist", "proxy", ""));
        };
        self.back(from, response(message.text, "200 OK", "proxy", ""));
        self.cancel_legs(fork);
    }

    fn cancel_legs(&mut self, fork: usize) {
        for leg in self.forks[fork].legs.clone() {
            self.cancel_leg(leg);
        }
    }

    /// RFC 3261 9.1: not before a 1xx.
    fn cancel_leg(&mut self, leg: usize) {
        let it = &mut self.legs[leg];
        if it.done || it.cancel == Cancel::Sent {
            return;
        }
        if !it.rings {
            it.cancel = Cancel::Wanted;
            return;
        }
        it.cancel = Cancel::Sent;
        let to = it.to;
        let text = self.of_leg(leg, "CANCEL", "");
        self.back(to, text);
    }

    /// CANCEL or the ACK of a refusal, as a proxy makes them of the INVITE that it sent.
    fn of_leg(&self, leg: usize, method: &str, to: &str) -> String {
        let request = &self.legs[leg].request;
        let head = parts(request).0;
        let target = Message::read(request).map_or("", |message| message.target);
        let mut out = format!("{method} {target} SIP/2.0\r\nVia: SIP/2.0/WS proxy.invalid;branch=z9hG4bKp{leg}\r\n");
        for line in head.lines() {
            if line.starts_with("To: ") && !to.is_empty() {
                out.push_str(&format!("To: {to}\r\n"));
            } else if let Some(cseq) = line.strip_prefix("CSeq: ") {
                out.push_str(&format!("CSeq: {}\r\n", cseq.replace("INVITE", method)));
            } else if ["From: ", "To: ", "Call-ID: ", "Max-Forwards: "].iter().any(|name| line.starts_with(name)) {
                out.push_str(line);
                out.push_str("\r\n");
            }
        }
        out + "Content-Length: 0\r\n\r\n"
    }

    fn response(&mut self, from: Place, message: &Message, now: u64) -> Verified {
        let name = NAMES[from.0];
        let leg = message.branch.strip_prefix("z9hG4bKp").and_then(|n| n.parse::<usize>().ok());
        let Some(leg) = leg.filter(|leg| *leg < self.legs.len()) else {
            return Err(format!("{name}: an answer to nobody: {}", message.summary()));
        };
        if message.method == "CANCEL" {
            return Ok(());
        }
        if self.legs[leg].to.0 != from.0 {
            return Err(format!("{name}: answers what another one was asked"));
        }
        if !message.to_tag.is_empty() {
            self.tags.insert(message.to_tag.to_owned(), from.0);
        }
        let asked = Message::read(&self.legs[leg].request)?;
        let makes_dialog = ["INVITE", "SUBSCRIBE"].contains(&asked.method) && asked.to_tag.is_empty();
        if makes_dialog
            && (101..300).contains(&message.status)
            && asked.values("Record-Route") != message.values("Record-Route")
        {
            return Err(format!("{name}: {} without the recorded route", message.status));
        }
        if makes_dialog && (200..300).contains(&message.status) && message.has_sdp() {
            let direction = direction(message.body).to_owned();
            self.directions.insert((message.call_id.to_owned(), from.0), direction);
        }
        let late = self.late.contains_key(&(message.call_id.to_owned(), message.cseq));
        if let Some(rseq) = message.field("RSeq").filter(|_| late && message.has_sdp()) {
            let early = (message.call_id.to_owned(), message.to_tag.to_owned(), rseq.to_owned());
            self.early.insert(early, ());
        }
        let text = returned(message.text);
        let Some(fork) = self.legs[leg].fork else {
            let caller = self.legs[leg].caller;
            if !std::mem::replace(&mut self.legs[leg].done, message.status >= 200) {
                self.back(caller, text);
            }
            return Ok(());
        };
        let caller = self.forks[fork].caller;
        match message.status {
            ..200 => {
                self.legs[leg].rings = true;
                if self.legs[leg].cancel == Cancel::Wanted {
                    self.cancel_leg(leg);
                    self.wakes.push(Wake { at: now + GIVE_UP_MS, leg });
                }
                if message.status > 100 && !self.forks[fork].final_sent && !self.legs[leg].done {
                    self.back(caller, text);
                }
            }
            200..300 => {
                self.legs[leg].done = true;
                self.forks[fork].final_sent = true;
                self.back(caller, text);
                self.cancel_legs(fork);
            }
            status => {
                let to = message.field("To").unwrap_or_default();
                let ack = self.of_leg(leg, "ACK", to);
                self.back(from, ack);
                self.leg_refused(leg, status, text);
            }
        }
        Ok(())
    }

    /// Of several refusals the lowest counts (RFC 3261 16.7).
    fn leg_refused(&mut self, leg: usize, status: u16, text: String) {
        if std::mem::replace(&mut self.legs[leg].done, true) {
            return;
        }
        let Some(at) = self.legs[leg].fork else {
            return self.back(self.legs[leg].caller, text);
        };
        let fork = &mut self.forks[at];
        if fork.best.as_ref().is_none_or(|(best, _)| status < *best) {
            fork.best = Some((status, text));
        }
        let open = fork.legs.iter().any(|leg| !self.legs[*leg].done);
        if !open && !std::mem::replace(&mut fork.final_sent, true) {
            let (caller, best) = (fork.caller, fork.best.take());
            if let Some((_, text)) = best {
                self.back(caller, text);
            }
        }
    }

    fn leg_failed(&mut self, leg: usize, status: &str) -> Verified {
        let caller = self.legs[leg].fork.map(|fork| self.forks[fork].request.clone());
        let request = caller.unwrap_or_else(|| returned(&self.legs[leg].request));
        let code = status.get(..3).and_then(|s| s.parse().ok()).ok_or("status")?;
        self.leg_refused(leg, code, response(&request, status, "proxy", ""));
        Ok(())
    }

    /// Nobody has answered for long: CANCEL, and then an answer of our own.
    pub(crate) fn wake(&mut self, leg: usize, now: u64, up: [[bool; 2]; 3]) -> Verified {
        if self.legs[leg].done {
            return Ok(());
        }
        if self.by_other_flow(leg, now, up)? {
            return Ok(());
        }
        if self.legs[leg].rings && self.legs[leg].cancel != Cancel::Sent {
            self.cancel_leg(leg);
            self.wakes.push(Wake { at: now + GIVE_UP_MS, leg });
            return Ok(());
        }
        self.leg_failed(leg, "408 Request Timeout")
    }

    /// What rang by a line that is gone rings by the other one, if that is open (RFC 5626 5.3).
    fn by_other_flow(&mut self, leg: usize, now: u64, up: [[bool; 2]; 3]) -> Result<bool, String> {
        let it = self.legs[leg].clone();
        let invite = Message::read(&it.request)?;
        let line = self.reached_by(it.to.0, now, up).filter(|line| *line != it.to.1 && up[it.to.0][*line]);
        let Some(line) = line.filter(|_| it.lost && it.cancel == Cancel::No && invite.to_tag.is_empty()) else {
            return Ok(false);
        };
        let text = returned(&it.request);
        let text: Vec<_> = text.split_inclusive('\n').filter(|line| !line.starts_with("Record-Route: ")).collect();
        let (to, next) = ((it.to.0, line), self.legs.len());
        let request = self.onward(next, it.caller, to, &text.concat(), invite.target)?;
        self.legs[leg].done = true;
        self.legs.push(Leg { to, request: request.clone(), rings: false, lost: false, ..it });
        self.forks[it.fork.unwrap_or_default()].legs.push(next);
        self.wakes.push(Wake { at: now + TIMER_C_MS, leg: next });
        self.rung_anew += 1;
        self.back(to, request);
        Ok(true)
    }

    /// The line of a phone broke: what rings there rings no more.
    pub(crate) fn line_lost(&mut self, of: usize, line: usize, now: u64) {
        for (leg, it) in self.legs.iter_mut().enumerate() {
            if it.to == (of, line) && !it.done && it.fork.is_some() {
                it.lost = true;
                self.wakes.push(Wake { at: now + LOST_MS, leg });
            }
        }
    }
}

/// Whether a request to this address reaches that phone: its Contact, a GRUU, or nobody's name for it.
fn is_contact_of(at: usize, uri: &str) -> bool {
    let (name, user) = (NAMES[at], user(uri));
    user == format!("{name}-contact")
        || uri.contains(";gr=") && user == name
        || uri.contains(";gr") && user.strip_prefix('t').is_some_and(|rest| rest.ends_with(&format!("-{name}")))
        || user == "anonymous"
}
