//! A phone: its agent, its line, its WebRTC, and what its app knows.

use std::collections::HashMap;

use viasip::agent::{Agent, Holdings};
use viasip::config::{Config, Server, TrickleIce};
use viasip::entropy::{Counter, Entropy};
use viasip::event::{Flow, MediaRequest, RequestId, SessionId, SessionState, SubscriptionId, Ticket};

use super::invariants::{Verified, Watch};
use super::message::direction;
use super::support::{config, keep_alive};

pub(crate) const NAMES: [&str; 3] = ["alice", "bob", "carol"];

/// A description that a browser would make, as short as one can be.
pub(crate) const SDP: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=ice-options:trickle\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\n\
a=fingerprint:sha-256 00:11\r\na=setup:actpass\r\na=sendrecv\r\na=rtcp-mux\r\n";

/// A connection of a phone, by the server that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Down,
    Opening(Flow),
    Up(Flow),
    /// Nothing comes or goes by it any more, and nobody has told the phone.
    Dead(Flow),
}

/// RTCPeerConnection.signalingState.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signalling {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

pub(crate) struct Call {
    pub(crate) id: SessionId,
    pub(crate) call_id: String,
    /// The user that it called, or that calls.
    pub(crate) peer: String,
    pub(crate) incoming: bool,
    pub(crate) state: SessionState,
    pub(crate) terminals: u32,
    pub(crate) gone: u32,
    pub(crate) media_open: bool,
    pub(crate) media_until: u64,
    pub(crate) signalling: Signalling,
    /// What their last offer leaves for our answer.
    pub(crate) answers: &'static str,
    /// Whether WebRTC has a description of theirs, without which it takes no candidate.
    pub(crate) described: bool,
    /// The transfer that it was made for: whose call, and the CSeq of its REFER.
    pub(crate) transfer: Option<(SessionId, u32)>,
}

pub(crate) struct Subscription {
    pub(crate) id: SubscriptionId,
    pub(crate) ours: bool,
    /// Name it as the other side does: Call-ID, and our tag and theirs. One that was forked has several.
    pub(crate) dialogs: Vec<(String, String, String)>,
    pub(crate) over: bool,
    /// A publication: what the app has said last, and until when the server keeps it.
    pub(crate) body: String,
    pub(crate) published_until: u64,
}

impl Subscription {
    pub(crate) fn new(id: SubscriptionId, ours: bool) -> Self {
        Self { id, ours, dialogs: Vec::new(), over: false, body: String::new(), published_until: 0 }
    }
}

pub(crate) struct Phone {
    pub(crate) name: &'static str,
    pub(crate) agent: Agent,
    /// What each page of it makes its agent with.
    settings: Config,
    /// To each of its servers.
    pub(crate) lines: [Line; 2],
    /// Whether it keeps both (RFC 5626).
    pub(crate) two_flows: bool,
    pub(crate) watch: Watch,
    /// Whether the app has heard of a connection and not of its end.
    pub(crate) heard_of_line: bool,
    pub(crate) registered: bool,
    /// Which of its two flows are registered, as the app is told, by reg-id.
    pub(crate) registered_flows: [bool; 2],
    pub(crate) calls: Vec<Call>,
    /// Transfers that the far end asked for: in which call, the CSeq of the REFER, and its Refer-To.
    pub(crate) referrals: Vec<(SessionId, u32, String)>,
    /// INVITEs that want to take a call's place.
    pub(crate) replacements: Vec<Ticket>,
    pub(crate) subscriptions: Vec<Subscription>,
    /// Whether each MESSAGE and OPTIONS of ours has its answer.
    pub(crate) requests: HashMap<RequestId, bool>,
    /// The page sleeps until then: nothing reaches the agent.
    pub(crate) asleep_until: u64,
    /// When the last frame for it arrives by each line: one connection keeps its order.
    pub(crate) last_arrival: [u64; 2],
    /// The line breaks when that many more frames have left or come.
    pub(crate) breaks_after: u32,
    /// This line breaks as soon as the agent has said all that it has to say now.
    pub(crate) breaks: Option<usize>,
    /// When the last connection broke. What fell due until then is still sent by it.
    pub(crate) broken: Option<(u64, Flow)>,
    /// When the agent wants to be woken.
    pub(crate) alarm: Option<u64>,
    /// How many times it was woken at one moment.
    pub(crate) alarms: (u64, u32),
    /// Whether it pings its server for ever.
    pub(crate) keeps_alive: bool,
    /// Whether its app is asked for its password each time that a realm wants one.
    pub(crate) asks: bool,
    fresh_size: usize,
}

impl Phone {
    pub(crate) fn new(at: usize, seed: u64, registers: bool, random: &mut Entropy) -> Self {
        let name = NAMES[at];
        let mut settings = config(name);
        settings.register = registers;
        settings.register_expires_s = if random.below(3) == 0 { 60 } else { 600 };
        settings.refresh_by_update = random.below(3) > 0;
        settings.instance_id = format!("00000000-0000-4000-8000-00000000000{at}");
        settings.credentials.realm = Some("example.com".to_owned());
        settings.trickle_ice = [TrickleIce::Off, TrickleIce::Auto, TrickleIce::Full][random.below(3) as usize];
        settings.keep_alive = keep_alive(if random.below(4) == 0 { 20_000 } else { 0 });
        settings.display_name = (random.below(4) == 0).then(|| "A \"quoted\" name".to_owned());
        settings.reliable_provisional = random.below(3) > 0;
        let asks = random.below(4) == 0;
        if asks {
            (settings.credentials.asks, settings.credentials.password) = (true, None);
        }
        let two_flows = random.below(3) == 0;
        if two_flows {
            settings.flows = 2;
            settings.servers = [10, if random.below(2) == 0 { 5 } else { 10 }]
                .map(|weight| Server { weight, ..settings.servers[0].clone() })
                .to_vec();
            if random.below(2) == 0 {
                settings.keep_alive = keep_alive(20_000);
            }
        }
        let keeps_alive = settings.keep_alive.interval_ms > 0;
        let agent = Agent::new(settings.clone(), Entropy::new(Counter::new(seed * 4 + at as u64 + (1 << 40))));
        let mut phone = Self {
            name,
            agent,
            settings,
            lines: [Line::Down; 2],
            two_flows,
            watch: Watch::default(),
            heard_of_line: false,
            registered: false,
            registered_flows: [false; 2],
            calls: Vec::new(),
            referrals: Vec::new(),
            replacements: Vec::new(),
            subscriptions: Vec::new(),
            requests: HashMap::new(),
            asleep_until: 0,
            last_arrival: [0; 2],
            breaks_after: u32::MAX,
            breaks: None,
            broken: None,
            alarm: None,
            alarms: (0, 0),
            keeps_alive,
            asks,
            fresh_size: 0,
        };
        phone.fresh_size = phone.size();
        phone
    }

    /// Another page takes the place of this one: it knows nothing but what it is told, and names nothing as the one before.
    pub(crate) fn load_anew(&mut self, seed: u64) {
        self.agent = Agent::new(self.settings.clone(), Entropy::new(Counter::new(seed)));
        self.watch.load_anew();
        self.lines = [Line::Down; 2];
        (self.heard_of_line, self.registered, self.registered_flows) = (false, false, [false; 2]);
        self.calls.clear();
        self.referrals.clear();
        self.replacements.clear();
        self.subscriptions.clear();
        self.requests.clear();
        (self.breaks, self.broken, self.alarm) = (None, None, None);
        self.fresh_size = self.size();
    }

    /// What the agent holds, as the length of its text: everything that grows shows in it.
    pub(crate) fn size(&self) -> usize {
        format!("{:?}", self.agent).len()
    }

    pub(crate) fn call(&mut self, id: SessionId) -> Result<&mut Call, String> {
        let name = self.name;
        self.calls.iter_mut().find(|c| c.id == id).ok_or_else(|| format!("{name}: no such call: {id:?}"))
    }

    pub(crate) fn subscription(&mut self, id: SubscriptionId) -> Result<&mut Subscription, String> {
        let name = self.name;
        self.subscriptions.iter_mut().find(|s| s.id == id).ok_or_else(|| format!("{name}: no such: {id:?}"))
    }

    /// The connection to that server, if it is open.
    pub(crate) fn flow(&self, line: usize) -> Option<Flow> {
        match self.lines[line] {
            Line::Up(flow) => Some(flow),
            _ => None,
        }
    }

    /// Which line that connection is.
    pub(crate) fn line_of(&self, flow: Flow) -> Option<usize> {
        self.lines.iter().position(|line| matches!(line, Line::Opening(f) | Line::Up(f) | Line::Dead(f) if *f == flow))
    }

    /// Which of its lines are open.
    pub(crate) fn up(&self) -> [bool; 2] {
        [0, 1].map(|line| self.flow(line).is_some())
    }

    /// Whether the app holds that call.
    pub(crate) fn holds(&self, call_id: &str) -> bool {
        self.calls.iter().any(|c| c.call_id == call_id && c.terminals == 0 && c.state.local_hold)
    }

    pub(crate) fn line_lost(&mut self, line: usize) {
        self.lines[line] = Line::Down;
        self.watch.line_lost(line);
    }

    /// WebRTC takes each request in the state in which it comes.
    pub(crate) fn signal(&mut self, id: SessionId, request: &MediaRequest) -> Verified {
        use Signalling::{HaveLocalOffer, HaveRemoteOffer, Stable};
        let call = self.call(id)?;
        let next = match (request, call.signalling) {
            (MediaRequest::Offer { .. }, Stable) => HaveLocalOffer,
            (MediaRequest::RemoteAnswer { fresh: false, .. }, HaveLocalOffer) => Stable,
            (MediaRequest::RemoteAnswer { fresh: true, .. }, Stable) => Stable,
            (MediaRequest::RemoteOffer(_), Stable) => HaveRemoteOffer,
            (MediaRequest::Answer { .. }, HaveRemoteOffer) => Stable,
            (MediaRequest::Prime(_), Stable) if !call.described => Stable,
            (MediaRequest::Rollback, _) => Stable,
            (MediaRequest::Acquire { .. } | MediaRequest::Enable(_), state) => state,
            (MediaRequest::AddCandidates(_), state) if call.described => state,
            (request, state) => return Err(format!("{request:?} in {state:?} of {}", call.call_id)),
        };
        call.signalling = next;
        call.described |= matches!(
            request,
            MediaRequest::RemoteOffer(_) | MediaRequest::RemoteAnswer { .. } | MediaRequest::Prime(_)
        );
        if let MediaRequest::RemoteOffer(sdp) = request {
            call.answers = match direction(sdp) {
                "sendonly" => "recvonly",
                "recvonly" => "sendonly",
                "inactive" => "inactive",
                _ => "sendrecv",
            };
        }
        Ok(())
    }

    /// Everything is over: no table has an entry, no timer runs, and the agent is no larger than a fresh one.
    pub(crate) fn holds_nothing(&self) -> Verified {
        let name = self.name;
        let mut holdings = self.agent.holdings();
        if self.keeps_alive {
            // The OPTIONS that asks whether the line lives may be on its way, and the one before it.
            let asked = if self.two_flows { 4 } else { 2 };
            holdings.transactions = holdings.transactions.saturating_sub(asked);
            holdings.exchanges = holdings.exchanges.saturating_sub(asked);
        }
        if holdings != Holdings::default() {
            return Err(format!("{name}: {holdings:?} is left"));
        }
        if let Some(at) = self.agent.poll_timeout()
            && !self.keeps_alive
        {
            return Err(format!("{name}: a timer is left, for {}", at.millis()));
        }
        if self.size() > self.fresh_size + if self.keeps_alive { 8_000 } else { 1_500 } {
            return Err(format!("{name}: {} more is left: {:?}", self.size() - self.fresh_size, self.agent));
        }
        for call in &self.calls {
            let left = (call.terminals, call.gone, call.media_open);
            if left != (1, 1, false) {
                return Err(format!("{name}: {} is left {left:?}", call.call_id));
            }
        }
        if self.subscriptions.iter().any(|s| !s.over) {
            return Err(format!("{name}: a subscription is left"));
        }
        if self.requests.values().any(|done| !done) {
            return Err(format!("{name}: a MESSAGE or OPTIONS never ended"));
        }
        self.watch.is_quiet().map_err(|why| format!("{name}: {why}"))
    }
}
