//! Agents under virtual time: a pair that is wired to each other, or one whose far end is written out by the test.
//!
//! The file is long because each test reads as a script over one vocabulary: what a side does, receives and is told.
// Each test file uses its own part of this one.
#![allow(dead_code, unused_imports, unreachable_pub)]
// All of it is test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::type_complexity)]

mod frames;
pub mod outside;
mod pair;

use std::collections::VecDeque;

use viasip::agent::Agent;
use viasip::auth::{Account, Credentials, Question};
use viasip::command::{AnswerOptions, TerminateOptions};
use viasip::config::{Config, Server, TrickleIce};
use viasip::entropy::{Counter, Entropy};
use viasip::event::{
    AppReply, Event, Flow, Input, MediaAnswer, MediaFault, MediaRequest, Output, ReferralEvent, RequestId, SendId,
    SessionEvent, SessionId, SubscriptionEvent, SubscriptionId, Ticket, Verdict,
};
use viasip::keep_alive::{KeepAliveMethod, KeepAliveSettings};
use viasip::registration::Grant;
use viasip::sdp::Codecs;
use viasip::time::Instant;
use viasip::uri::Uri;

pub use frames::{from_far, header, invite, request, response, tag};
pub use pair::Pair;

/// A description that a browser would make.
pub const SDP: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.1\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\n\
a=fingerprint:sha-256 00:11\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n\
a=rtpmap:111 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n";

pub fn config(user: &str) -> Config {
    let uri = Uri::parse(&format!("sip:{user}@example.com")).unwrap();
    Config {
        registrar: Uri::new(None, "example.com"),
        contact: Uri::parse(&format!("sip:{user}-contact@{user}.invalid;transport=ws")).unwrap(),
        uri,
        display_name: None,
        credentials: Credentials { username: user.into(), password: Some("secret".into()), ..Default::default() },
        authorization_jwt: None,
        via_host: format!("{user}.invalid"),
        instance_id: "00000000-0000-4000-8000-000000000000".into(),
        call_id_prefix: format!("{user}x"),
        user_agent: "viasip/test".into(),
        register: false,
        register_expires_s: 600,
        register_from_tag_trail: String::new(),
        no_answer_ms: 60_000,
        recovery_s: (2, 30),
        session_timers: true,
        refresh_by_update: true,
        force_refresher: false,
        use_preloaded_route: false,
        service_route: true,
        flows: 1,
        push: None,
        extra_headers: Vec::new(),
        codecs: Codecs::default(),
        webrtc: true,
        keep_alive: keep_alive(0),
        recovery_timeout_ms: 30_000,
        trickle_ice: TrickleIce::Auto,
        redirect_limit: 0,
        info_packages: Vec::new(),
        norefersub: false,
        connected_identity: false,
        reliable_provisional: false,
        session_id: false,
        servers: vec![Server {
            weight: 0,
            via_transport: "WS".into(),
            sip_uri: "sip:example.com;transport=ws".into(),
            secure: true,
        }],
    }
}

/// Asks a line each `interval_ms`, by whatever the server answers.
pub fn keep_alive(interval_ms: u64) -> KeepAliveSettings {
    KeepAliveSettings { interval_ms, timeout_ms: 5_000, method: KeepAliveMethod::Auto }
}

/// One agent with a shell that answers at once, and what its app was told.
pub struct Side {
    pub name: &'static str,
    pub agent: Agent,
    pub flow: Option<Flow>,
    /// The open connections, each with its server.
    pub lines: Vec<(usize, Flow)>,
    /// Servers that take no connection.
    pub shut: Vec<usize>,
    /// Whether the number of the server stands before each frame on the wire.
    pub numbered: bool,
    pub wire: VecDeque<String>,
    /// The number of the last frame that was handed over.
    pub sends: SendId,
    pub events: Vec<String>,
    pub sessions: Vec<SessionId>,
    /// Each `status` of the last call as it changed.
    pub statuses: Vec<u8>,
    pub media: Vec<MediaRequest>,
    /// What its browser describes itself with.
    pub description: String,
    pub fail_media: Option<(fn(&MediaRequest) -> bool, MediaFault)>,
    pub hold_media: bool,
    pub held: Vec<(Ticket, MediaRequest)>,
    pub listens: bool,
    /// What its app makes of their re-INVITE or UPDATE: it takes it, refuses it so, or has not decided yet.
    pub refuses: Option<AppReply>,
    pub undecided: bool,
    pub referral: u32,
    pub replacement: Option<Ticket>,
    pub on_new: Option<fn(&mut Side, SessionId)>,
    pub on_sending: Option<fn(&mut Side, SessionId)>,
    /// What the app makes of the INVITE's fields inside `sending`.
    pub rewrite: Option<fn(&mut Vec<(String, String)>)>,
    /// What the app makes of a description inside `sdp`.
    pub edit: Option<fn(String) -> String>,
    pub referrals: Vec<RequestId>,
    /// What the app does inside `refer` of a REFER outside a dialog.
    pub on_referred: Option<fn(&mut Side, RequestId)>,
    pub subscriptions: Vec<SubscriptionId>,
    /// What the app does when it hears of a SUBSCRIBE, and inside `subscribe` (true: the last one) and `expired`.
    pub on_offered: Option<fn(&mut Side, SubscriptionId)>,
    pub on_subscribe: Option<fn(&mut Side, SubscriptionId, bool)>,
    pub diagnosis: Vec<&'static str>,
    /// What it is asked for an account of, and what it gives (nothing: it has not answered yet).
    pub challenges: Vec<(Ticket, Question)>,
    pub gives: Option<fn(&Question) -> Option<Account>>,
    /// How many features of both ends the last end of a call was told with.
    pub features: usize,
    /// How many calls it was told to forget.
    pub gone: usize,
    /// How often it was told of other GRUUs.
    pub gruus: usize,
    /// What its registration grants.
    pub grant: Grant,
    /// When the next attempt follows on the last broken line, in ms.
    pub retry_in_ms: Option<u64>,
    pub auto_open: bool,
    pub now: u64,
}

impl Side {
    pub fn new(name: &'static str, config: Config) -> Self {
        let seed = name.bytes().map(u64::from).sum();
        Self {
            name,
            agent: Agent::new(config, Entropy::new(Counter::new(seed))),
            flow: None,
            lines: Vec::new(),
            shut: Vec::new(),
            numbered: false,
            wire: VecDeque::new(),
            sends: 0,
            events: Vec::new(),
            sessions: Vec::new(),
            statuses: Vec::new(),
            media: Vec::new(),
            description: SDP.into(),
            fail_media: None,
            hold_media: false,
            held: Vec::new(),
            listens: true,
            refuses: None,
            undecided: false,
            referral: 0,
            replacement: None,
            on_new: None,
            on_sending: None,
            rewrite: None,
            edit: None,
            referrals: Vec::new(),
            on_referred: None,
            subscriptions: Vec::new(),
            on_offered: None,
            on_subscribe: None,
            diagnosis: Vec::new(),
            challenges: Vec::new(),
            gives: None,
            features: 0,
            gone: 0,
            gruus: 0,
            grant: Grant::default(),
            retry_in_ms: None,
            auto_open: true,
            now: 0,
        }
    }

    pub fn connected(name: &'static str) -> Self {
        let mut side = Self::new(name, config(name));
        side.agent.start(Instant::from_millis(0));
        side.pump();
        side
    }

    /// One that brings no call back, as JsSIP.
    pub fn unrecovering(name: &'static str) -> Self {
        let mut side = Self::new(name, Config { recovery_timeout_ms: 0, ..config(name) });
        side.agent.start(Instant::from_millis(0));
        side.pump();
        side
    }

    pub fn at(&mut self, ms: u64) -> &mut Self {
        assert!(ms >= self.now, "time goes on");
        while let Some(due) = self.agent.poll_timeout().map(Instant::millis).filter(|d| *d <= ms) {
            self.now = due.max(self.now);
            self.agent.handle_input(Instant::from_millis(self.now), Input::Alarm);
            self.pump();
        }
        self.now = ms;
        self.agent.handle_input(Instant::from_millis(ms), Input::Alarm);
        self.pump();
        self
    }

    /// Lets so many ms go by, and the far end do this with each frame. Who sends without end fails.
    #[track_caller]
    pub fn until(&mut self, ms: u64, mut answer: impl FnMut(&mut Self, &str)) {
        let (end, mut frames) = (self.now + ms, 0);
        loop {
            while let Some(frame) = self.wire.pop_front() {
                frames += 1;
                assert!(frames < 200, "{}: sends on and on: {frame}", self.name);
                answer(self, &frame);
            }
            match self.agent.poll_timeout().map(Instant::millis) {
                Some(due) if due <= end => self.at(due.max(self.now)),
                _ => break,
            };
        }
        self.at(end);
    }

    pub fn instant(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    pub fn receive(&mut self, frame: &str) {
        let flow = self.flow.expect("connected");
        self.agent.handle_input(self.instant(), Input::Text(flow, &frame.into()));
        self.pump();
    }

    /// The next frame on the wire; it has to start with `start`. The 100 that each INVITE gets at once counts only if
    /// it is what is wanted.
    #[track_caller]
    pub fn expect(&mut self, start: &str) -> String {
        let skipped = if self.numbered { 2 } else { 0 };
        let trying = |frame: &String| frame.get(skipped..).is_some_and(|frame| frame.starts_with("SIP/2.0 100"));
        while !start.ends_with("SIP/2.0 100") && self.wire.front().is_some_and(trying) {
            self.wire.pop_front();
        }
        let frame = self.wire.pop_front().unwrap_or_else(|| panic!("{}: nothing sent, wanted {start}", self.name));
        assert!(frame.starts_with(start), "{}: wanted {start}, sent {frame}", self.name);
        frame
    }

    #[track_caller]
    pub fn expect_nothing(&self) {
        assert!(self.wire.is_empty(), "{}: sent {:?}", self.name, self.wire);
    }

    #[track_caller]
    pub fn told(&mut self, events: &[&str]) {
        let told = std::mem::take(&mut self.events);
        assert_eq!(told, events, "{}", self.name);
    }

    pub fn call(&mut self, target: &str) -> SessionId {
        self.call_with(outside::call_to(target))
    }

    pub fn answer(&mut self) {
        let id = *self.sessions.last().expect("a call");
        self.agent.answer(self.instant(), id, &AnswerOptions::default()).unwrap();
        self.pump();
    }

    pub fn terminate(&mut self) {
        self.terminate_with(&TerminateOptions::default());
    }

    pub fn terminate_with(&mut self, options: &TerminateOptions) {
        let id = *self.sessions.last().expect("a call");
        self.agent.terminate(self.instant(), id, options).unwrap();
        self.pump();
    }

    pub fn close(&mut self) {
        let flow = self.flow.take().expect("connected");
        let input = Input::Closed { flow, error: true, code: Some(1006), reason: String::new() };
        self.agent.handle_input(self.instant(), input);
        self.pump();
    }

    /// A frame of that server.
    pub fn receive_by(&mut self, server: usize, frame: &str) {
        let flow = self.line(server);
        self.agent.handle_input(self.instant(), Input::Frame(flow, frame.as_bytes()));
        self.pump();
    }

    /// The open connection to that server.
    #[track_caller]
    pub fn line(&self, server: usize) -> Flow {
        self.lines.iter().find(|(at, _)| *at == server).expect("a connection to it").1
    }

    /// That server closes the connection, and takes no other one.
    pub fn shut(&mut self, server: usize) {
        let flow = self.line(server);
        self.lines.retain(|(at, _)| *at != server);
        self.shut.push(server);
        let input = Input::Closed { flow, error: true, code: Some(1006), reason: String::new() };
        self.agent.handle_input(self.instant(), input);
        self.pump();
    }

    pub fn pump(&mut self) {
        while let Some(output) = self.agent.poll_output() {
            match output {
                Output::Connect { flow, server } => {
                    if self.auto_open && !self.shut.contains(&server) {
                        self.flow = Some(flow);
                        self.lines.push((server, flow));
                        self.agent.handle_input(self.instant(), Input::Opened(flow));
                    }
                }
                Output::Close(flow) => {
                    self.flow = None;
                    self.lines.retain(|(_, line)| *line != flow);
                }
                Output::Send(id, flow, bytes) => {
                    self.sends = id;
                    let frame = String::from_utf8(bytes).unwrap();
                    let server = self.lines.iter().find(|(_, line)| *line == flow).map(|(server, _)| *server);
                    self.wire.push_back(match server {
                        Some(server) if self.numbered => format!("{server} {frame}"),
                        _ => frame,
                    });
                }
                Output::Media(_, request, ticket) => self.media(request, ticket),
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn media(&mut self, request: MediaRequest, ticket: Ticket) {
        self.media.push(request.clone());
        if request == MediaRequest::Close {
            return;
        }
        if self.hold_media {
            self.held.push((ticket, request));
        } else {
            self.answer_media(ticket, &request);
        }
    }

    pub fn answer_media(&mut self, ticket: Ticket, request: &MediaRequest) {
        let result = match (self.fail_media, request) {
            (Some((fails, fault)), request) if fails(request) => Err(fault),
            (_, MediaRequest::Offer { .. } | MediaRequest::Answer { .. }) => {
                Ok(MediaAnswer::Description(self.description.clone()))
            }
            _ => Ok(MediaAnswer::Ready),
        };
        self.agent.handle_input(self.instant(), Input::Media(ticket, result));
        self.pump();
    }

    pub fn release_media(&mut self) {
        for (ticket, request) in std::mem::take(&mut self.held) {
            self.answer_media(ticket, &request);
        }
    }

    fn event(&mut self, event: Event) {
        let now = self.instant();
        let told = match event {
            Event::NewSession { id, ticket, originator, .. } => {
                self.sessions.push(id);
                self.events.push(format!("newRTCSession {}", originator.as_str()));
                if let Some(handler) = self.on_new {
                    handler(self, id);
                }
                let listens = self.listens;
                self.agent.resume(now, ticket, Verdict::Listened(listens));
                return self.pump();
            }
            Event::NewRequest { ticket, session, method, outgoing, .. } => {
                let way = if outgoing.is_some() { "local" } else { "remote" };
                let inside = session.map_or_else(String::new, |session| format!(" in call {}", session.0));
                self.events.push(format!("new{method} {way}{inside}"));
                let verdict = match outgoing {
                    Some(request) => Verdict::Sending { headers: request.headers, body: request.body },
                    None => Verdict::Reply { listened: self.listens, reply: None },
                };
                self.agent.resume(now, ticket, verdict);
                return self.pump();
            }
            Event::RegistrationExpiring(ticket) => {
                self.agent.resume(now, ticket, Verdict::Listened(false));
                return self.pump();
            }
            Event::Challenged { ticket, question } => {
                self.events.push(format!("challenged {} {}", question.realm, question.attempt));
                let gives = self.gives.map(|gives| gives(&question));
                self.challenges.push((ticket, *question));
                if let Some(account) = gives {
                    self.agent.resume(now, ticket, Verdict::Account(account));
                }
                return self.pump();
            }
            Event::UnsolicitedNotify { ticket, .. } => {
                self.events.push("sipEvent".into());
                self.agent.resume(now, ticket, Verdict::Reply { listened: true, reply: None });
                return self.pump();
            }
            Event::NewSubscribe { id, ticket, .. } => {
                self.subscriptions.push(id);
                self.events.push("newSubscribe".into());
                if let Some(handler) = self.on_offered {
                    handler(self, id);
                }
                let listens = self.listens;
                self.agent.resume(now, ticket, Verdict::Listened(listens));
                return self.pump();
            }
            Event::NewRefer { id, ticket, session, .. } => {
                let of = session.map_or_else(String::new, |session| format!(" of call {}", session.0));
                self.events.push(format!("refer{of}"));
                self.referrals.push(id);
                if let Some(handler) = self.on_referred {
                    handler(self, id);
                }
                let listens = self.listens;
                self.agent.resume(now, ticket, Verdict::Listened(listens));
                return self.pump();
            }
            Event::Referral { kind, .. } => match kind {
                ReferralEvent::Answered { failure: None, .. } => "referred".to_owned(),
                ReferralEvent::Answered { failure: Some(cause), .. } => format!("not referred {}", cause.as_str()),
                ReferralEvent::Progress { status, reason, .. } => format!("referProgress {status} {reason}"),
                ReferralEvent::Over => "referral over".to_owned(),
            },
            Event::Subscription { id, state, kind, .. } => return self.subscription(id, state, kind),
            Event::Session { id, state, kind, .. } => {
                if self.statuses.last() != Some(&state.status) {
                    self.statuses.push(state.status);
                }
                return self.session(id, kind);
            }
            Event::Gruu { .. } => {
                self.gruus += 1;
                return;
            }
            Event::Flow(flow) => {
                let first = if flow.first { " first" } else { "" };
                self.events.push(format!("flow {} {} {}{first}", flow.id, flow.server, flow.status.as_str()));
                return;
            }
            Event::Granted(grant) => {
                self.grant = grant;
                return;
            }
            Event::SessionGone(_) => {
                self.gone += 1;
                return;
            }
            Event::Refreshed { .. } | Event::Connecting { .. } | Event::Stopped => return,
            Event::Connected { .. } => "connected".to_owned(),
            Event::Disconnected { retry_in_ms, .. } => {
                self.retry_in_ms = retry_in_ms;
                "disconnected".to_owned()
            }
            Event::Registered { .. } => "registered".to_owned(),
            Event::Unregistered { cause, .. } => match cause {
                Some(cause) => format!("unregistered {}", cause.as_str()),
                None => "unregistered".to_owned(),
            },
            Event::RegistrationFailed { cause, .. } => {
                format!("registrationFailed {}", cause.as_str())
            }
            Event::RequestDone { failure, .. } => match failure {
                Some((_, cause)) => format!("failed {}", cause.as_str()),
                None => "succeeded".to_owned(),
            },
            Event::Dropped { why } => format!("dropped {why}"),
        };
        self.events.push(told);
    }

    fn subscription(&mut self, id: SubscriptionId, state: u8, kind: SubscriptionEvent) {
        let now = self.instant();
        let told = match kind {
            SubscriptionEvent::State => format!("state {state}"),
            SubscriptionEvent::Accepted => "accepted".to_owned(),
            SubscriptionEvent::Pending => "pending".to_owned(),
            SubscriptionEvent::Active => "active".to_owned(),
            SubscriptionEvent::Notify { is_final, request } => {
                format!("notify {}{}", String::from_utf8_lossy(&request.body), if is_final { " final" } else { "" })
            }
            SubscriptionEvent::Subscribe { ticket, ends, .. } => {
                self.events.push(if ends { "unsubscribe" } else { "subscribe" }.into());
                if let Some(handler) = self.on_subscribe {
                    handler(self, id, ends);
                }
                self.agent.resume(now, ticket, Verdict::Listened(true));
                return self.pump();
            }
            SubscriptionEvent::Expired { ticket } => {
                self.events.push("expired".into());
                self.agent.resume(now, ticket, Verdict::Listened(true));
                return self.pump();
            }
            SubscriptionEvent::ForkEnded => "fork ended".to_owned(),
            SubscriptionEvent::Published { expires_s, .. } => format!("published {expires_s}"),
            SubscriptionEvent::PublishFailed { cause, retry_in_ms, .. } => {
                let retry = retry_in_ms.map(|ms| format!(" in {ms}")).unwrap_or_default();
                format!("failed {}{retry}", cause.as_str())
            }
            SubscriptionEvent::Waiting { code, reason, status, retry_in_ms } => {
                let status = status.map(|status| format!(" {status}")).unwrap_or_default();
                let reason = reason.map(|r| format!(" {r}")).unwrap_or_default();
                let retry = retry_in_ms.map(|ms| format!(" in {ms}")).unwrap_or_default();
                format!("waiting {code}{status}{reason}{retry}")
            }
            SubscriptionEvent::Terminated { code, reason, retry_after, .. } => {
                let reason = reason.map(|r| format!(" {r}")).unwrap_or_default();
                let retry = retry_after.map(|s| format!(" {s}")).unwrap_or_default();
                format!("terminated {code}{reason}{retry}")
            }
        };
        self.events.push(told);
    }

    fn session(&mut self, id: SessionId, kind: SessionEvent) {
        let now = self.instant();
        let told = match kind {
            SessionEvent::State => return,
            SessionEvent::Connecting { .. } => "connecting".to_owned(),
            SessionEvent::Sending { ticket, mut request } => {
                self.events.push("sending".into());
                if let Some(rewrite) = self.rewrite {
                    rewrite(&mut request.headers);
                }
                if let Some(handler) = self.on_sending {
                    handler(self, id);
                }
                let verdict = Verdict::Sending { headers: request.headers, body: request.body };
                self.agent.resume(now, ticket, verdict);
                return self.pump();
            }
            SessionEvent::Sdp { ticket, originator, offer, sdp } => {
                let kind = if offer { "offer" } else { "answer" };
                self.events.push(format!("sdp {} {kind}", originator.as_str()));
                let sdp = self.edit.map_or_else(|| sdp.clone(), |edit| edit(sdp.clone()));
                self.agent.resume(now, ticket, Verdict::Sdp(sdp));
                return self.pump();
            }
            SessionEvent::Reinvite { ticket, .. } | SessionEvent::Update { ticket, .. } => {
                self.events.push("reoffer".into());
                if !self.undecided {
                    self.agent.resume(now, ticket, Verdict::Reoffer(self.refuses.clone()));
                }
                return self.pump();
            }
            SessionEvent::Progress { originator, reliable, dialog, .. } => {
                let dialog = dialog.filter(|_| reliable).map(|dialog| format!(" {dialog}")).unwrap_or_default();
                format!("progress {}{}{dialog}", originator.as_str(), if reliable { " reliable" } else { "" })
            }
            SessionEvent::EarlyDialogEnded { dialog, .. } => format!("earlydialogended {dialog}"),
            SessionEvent::Accepted { originator, .. } => {
                format!("accepted {}", originator.as_str())
            }
            SessionEvent::Confirmed { originator, .. } => {
                format!("confirmed {}", originator.as_str())
            }
            SessionEvent::Ended { originator, cause, findings, features, .. } => {
                self.features = features.len();
                self.diagnosis = findings.iter().map(|f| f.code).collect();
                format!("ended {} {}", originator.as_str(), cause.as_str())
            }
            SessionEvent::Failed { originator, cause, findings, features, .. } => {
                self.features = features.len();
                self.diagnosis = findings.iter().map(|f| f.code).collect();
                format!("failed {} {}", originator.as_str(), cause.as_str())
            }
            SessionEvent::MediaFailed(fault) => format!("mediafailed {fault:?}"),
            SessionEvent::Hold(by) => format!("hold {}", by.as_str()),
            SessionEvent::Unhold(by) => format!("unhold {}", by.as_str()),
            SessionEvent::Answered { .. } => "answered".to_owned(),
            SessionEvent::Renegotiated { response, failure } => match failure {
                Some(cause) => {
                    let answer = response.map(|response| format!(" {}", response.status)).unwrap_or_default();
                    format!("refused {}{answer}", cause.as_str())
                }
                None => "renegotiated".to_owned(),
            },
            SessionEvent::Dtmf { originator, tone, duration_ms, .. } => {
                format!("newDTMF {} {tone} {duration_ms}", originator.as_str())
            }
            SessionEvent::Info { originator, package, .. } => {
                let package = package.map_or_else(String::new, |package| format!(" {package}"));
                format!("newInfo {}{package}", originator.as_str())
            }
            SessionEvent::RequestDone { failure, .. } => match failure {
                Some(cause) => format!("requestDone {}", cause.as_str()),
                None => "requestDone".to_owned(),
            },
            SessionEvent::Renumbered { challenged, .. } => {
                if challenged { "authenticated" } else { "renumbered" }.to_owned()
            }
            SessionEvent::ReferProgress { status, reason, .. } => format!("referProgress {status} {reason}"),
            SessionEvent::Refer { ticket, request } => {
                self.events.push("refer".into());
                self.referral = request.cseq;
                let listens = self.listens;
                self.agent.resume(now, ticket, Verdict::Listened(listens));
                return self.pump();
            }
            SessionEvent::Recovering { cause } => format!("recovering {}", cause.as_str()),
            SessionEvent::Recovered { took_ms, .. } => format!("recovered {took_ms}"),
            SessionEvent::Message { .. } => "newMessage local".to_owned(),
            SessionEvent::Redirected { contacts, followed } => {
                let uris = contacts.iter().map(|contact| contact.uri.to_string()).collect::<Vec<_>>();
                format!("redirected {} {followed}", uris.join(","))
            }
            SessionEvent::SessionId { local, remote } => format!("session id {local} {remote}"),
            SessionEvent::Identity { identities, asserted } => {
                let names: Vec<_> = identities.iter().map(|one| one.to_string().replace('"', "'")).collect();
                format!("identity {}{}", if asserted { "asserted " } else { "" }, names.join(" and "))
            }
            SessionEvent::Replaces { ticket, .. } => {
                self.events.push("replaces".into());
                self.replacement = Some(ticket);
                let listens = self.listens;
                self.agent.resume(now, ticket, Verdict::Listened(listens));
                return self.pump();
            }
        };
        self.events.push(told);
    }
}

/// The Contact of the far end.
pub const CONTACT: &str = "Contact: <sip:bob@192.0.2.1;transport=ws>\r\n";

/// Alice calls; her INVITE is on the wire.
pub fn calling() -> (Side, String) {
    let mut a = Side::connected("alice");
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.events.clear();
    (a, invite)
}

/// Alice called, and the far end answered.
pub fn in_call() -> (Side, String) {
    in_call_of(Side::connected("alice"))
}

/// The same with that phone.
pub fn in_call_of(mut a: Side) -> (Side, String) {
    a.call("sip:bob@example.com");
    let invite = a.expect("INVITE");
    a.receive(&response(&invite, "200 OK", "far", CONTACT, SDP));
    a.expect("ACK");
    a.events.clear();
    a.media.clear();
    (a, invite)
}

/// Alice, whose REGISTER is on the wire.
pub fn registering() -> Side {
    let mut config = config("alice");
    config.register = true;
    let mut a = Side::new("alice", config);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.events.clear();
    a
}

/// Bob in a call whose INVITE had these lines; his 200 and his tag.
pub fn answered(lines: &str) -> (Side, String, String) {
    let mut b = Side::connected("bob");
    b.receive(&invite("bob", "1", SDP).replace("Content-Type", &format!("{lines}Content-Type")));
    b.answer();
    b.expect("SIP/2.0 100");
    b.expect("SIP/2.0 180");
    let ok = b.expect("SIP/2.0 200");
    let own = tag(header(&ok, "To").unwrap());
    b.receive(&request("ACK", "bob", "2", &own, 1, "", ""));
    b.events.clear();
    (b, ok, own)
}

/// The same without further lines; the tag of his side.
pub fn answered_by_bob() -> (Side, String) {
    let (b, _, own) = answered("");
    (b, own)
}
