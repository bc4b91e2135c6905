//! Which server is talked to, when the next attempt is made, and whether the line is alive.

use crate::support::outside::to_bob;
use crate::support::{Side, config, from_far, in_call_of, keep_alive};
use viasip::config::{Config, Server};
use viasip::event::{Event, Flow, Input, Output};
use viasip::message::Method;
use viasip::time::Instant;

/// An agent that connects, and the server that it last tried.
struct Line {
    side: Side,
    server: usize,
    flow: Flow,
    attempts: Vec<u32>,
    /// How often it was told that the line is gone.
    lost: usize,
    closed: Vec<Flow>,
}

impl Line {
    fn new(config: Config) -> Self {
        let mut line = Self {
            side: Side::new("alice", config),
            server: 99,
            flow: Flow(0),
            attempts: Vec::new(),
            lost: 0,
            closed: Vec::new(),
        };
        line.side.agent.start(Instant::from_millis(0));
        line.take();
        line
    }

    /// Takes the outputs; true if there was an attempt to connect.
    fn take(&mut self) -> bool {
        let mut tried = false;
        while let Some(output) = self.side.agent.poll_output() {
            match output {
                Output::Connect { flow, server } => (self.flow, self.server, tried) = (flow, server, true),
                Output::Event(Event::Connecting { attempts, .. }) => self.attempts.push(attempts),
                Output::Event(Event::Disconnected { .. }) => self.lost += 1,
                Output::Close(flow) => self.closed.push(flow),
                _ => {}
            }
        }
        tried
    }

    fn input(&mut self, input: Input<'_>) -> bool {
        self.side.agent.handle_input(self.side.instant(), input);
        self.take()
    }

    fn open(&mut self) {
        self.input(Input::Opened(self.flow));
    }

    /// The line breaks; the ms until the next attempt, which is made.
    fn drop_and_wait(&mut self) -> u64 {
        let flow = self.flow;
        self.input(Input::Closed { flow, error: true, code: None, reason: String::new() });
        let due = self.side.agent.poll_timeout().unwrap().millis();
        let wait = due - self.side.now;
        self.side.now = due;
        assert!(self.input(Input::Alarm), "an attempt after {wait} ms");
        wait
    }
}

fn servers(weights: &[i64]) -> Config {
    let server = |weight: &i64| Server {
        weight: *weight,
        via_transport: "WS".into(),
        sip_uri: "sip:example.com;transport=ws".into(),
        secure: true,
    };
    Config { servers: weights.iter().map(server).collect(), ..config("alice") }
}

/// A server that took each connection and dropped it at once was asked for the next one every 2 s, for ever: that it
/// opens is no success (RFC 5626 4.5).
#[test]
fn a_server_that_opens_and_drops_is_left_in_peace() {
    let mut line = Line::new(config("alice"));
    let mut waits = Vec::new();
    for _ in 0..16 {
        line.open();
        waits.push(line.drop_and_wait());
    }
    assert_eq!(waits[0], 2_000);
    assert!(waits.iter().all(|wait| (2_000..=30_000).contains(wait)), "{waits:?}");
    assert!(waits[6..].iter().sum::<u64>() > 100_000, "{waits:?}");
    // What the app is told is JsSIP's count: attempts since the line was open.
    assert!(line.attempts.iter().skip(1).all(|&attempts| attempts == 1), "{:?}", line.attempts);
    // One that lives for two minutes is a success, one that lives shorter is none.
    for (lives, again) in [(119_999, false), (120_000, true)] {
        let mut waits = Vec::new();
        for _ in 0..8 {
            line.open();
            line.side.now += lives;
            line.input(Input::Alarm);
            waits.push(line.drop_and_wait());
        }
        assert_eq!(waits.iter().all(|wait| *wait == 2_000), again, "{lives} {waits:?}");
    }
}

/// JsSIP's `ua.transport.connect()` and `disconnect()`: it opens what is closed, and no attempt follows what the app closed.
#[test]
fn the_app_closes_and_opens_the_line() {
    let mut line = Line::new(config("alice"));
    let connect = |line: &mut Line| {
        line.side.agent.connect(line.side.instant());
        line.take()
    };
    assert!(!connect(&mut line), "it is being opened");
    line.open();
    assert!(!connect(&mut line), "it is open");
    let old = line.flow;
    line.side.agent.disconnect(line.side.instant());
    assert!(!line.take() && line.closed == [old] && line.lost == 1, "{:?} {}", line.closed, line.lost);
    line.side.now += 3_600_000;
    assert!(!line.input(Input::Alarm), "nobody asked for it");
    assert!(connect(&mut line) && line.flow != old);
    // The old connection ends late, or opens after all: neither is the line's end.
    line.input(Input::Closed { flow: old, error: true, code: Some(1006), reason: String::new() });
    assert_eq!(line.lost, 1);
    line.open();
    line.input(Input::Opened(old));
    assert!(line.lost == 1 && line.closed == [old, old], "{:?}", line.closed);
    // While an attempt is only planned, it is made at once.
    let flow = line.flow;
    line.input(Input::Closed { flow, error: true, code: None, reason: String::new() });
    assert!(line.lost == 2 && connect(&mut line));
}

/// What else falls due meanwhile, here a MESSAGE that nobody answers, is no ping and no end of a line.
#[test]
fn no_other_deadline_pings_or_ends_the_line() {
    let pings = |a: &Side| a.wire.iter().filter(|frame| frame.as_str() == "\r\n\r\n").count();
    let mut settings = config("alice");
    settings.keep_alive = keep_alive(100_000);
    let mut a = Side::new("alice", settings);
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.ask(Method::Message, to_bob("1"));
    a.at(32_000);
    assert_eq!((a.events.last().map(String::as_str), pings(&a)), (Some("failed Request Timeout"), 0));
    // A ping that is answered, and one whose answer is waited for while another request ends.
    a.at(100_000);
    a.receive("\r\n");
    a.at(169_000);
    a.ask(Method::Message, to_bob("2"));
    a.at(200_000);
    assert_eq!(pings(&a), 2);
    a.events.clear();
    a.at(201_000).told(&["failed Request Timeout"]);
    a.at(205_000);
    assert_eq!(a.events.first().map(String::as_str), Some("disconnected"));
}

/// The app is told which attempt it is.
#[test]
fn attempts_are_counted_until_the_line_is_open() {
    let mut line = Line::new(config("alice"));
    for _ in 0..3 {
        line.drop_and_wait();
    }
    line.open();
    line.drop_and_wait();
    assert_eq!(line.attempts, [0, 1, 2, 3, 1]);
}

/// The same server again and again, while another one waited.
#[test]
fn a_server_that_drops_gives_way_to_the_next() {
    let mut line = Line::new(servers(&[1, 5, 5]));
    let mut tried = Vec::new();
    for _ in 0..6 {
        tried.push(line.server);
        line.open();
        line.drop_and_wait();
    }
    for round in tried.chunks(3) {
        assert_eq!(round[2], 0, "the lightest comes last: {tried:?}");
        assert_ne!(round[0], round[1], "{tried:?}");
    }
}

/// The server that the app prefers was away for a moment, and never asked again.
#[test]
fn the_preferred_server_is_returned_to_between_calls() {
    let mut line = Line::new(servers(&[1, 5]));
    assert_eq!(line.server, 1);
    line.drop_and_wait();
    assert_eq!(line.server, 0);
    line.open();
    let due = |line: &Line| line.side.agent.poll_timeout().unwrap().millis() - line.side.now;
    let wait = due(&line);
    assert!((120_000..=150_000).contains(&wait), "{wait}");
    // It is away still: back to the other one at once, and later again.
    let other = line.flow;
    line.side.now += wait;
    line.input(Input::Alarm);
    assert!(line.input(Input::Alarm) || line.server == 1);
    assert_eq!((line.server, line.closed.last(), line.lost), (1, Some(&other), 2));
    assert_eq!(line.drop_and_wait(), 0);
    assert_eq!(line.server, 0);
    line.open();
    let wait = due(&line);
    assert!((240_000..=270_000).contains(&wait), "{wait}");
    // It is back: it stays.
    line.side.now += wait;
    line.input(Input::Alarm);
    line.input(Input::Alarm);
    assert_eq!(line.server, 1);
    line.open();
    assert_eq!(line.side.agent.poll_timeout(), None);
}

/// A call, or a request that is on its way, needs the line that there is.
#[test]
fn a_call_keeps_the_server_that_it_has() {
    let mut a = Side::new("alice", Config { session_timers: false, ..servers(&[1, 5]) });
    a.auto_open = false;
    a.agent.start(Instant::from_millis(0));
    a.pump();
    a.agent.handle_input(a.instant(), Input::Closed { flow: Flow(1), error: true, code: None, reason: String::new() });
    a.pump();
    a.auto_open = true;
    a.at(2_000);
    let (mut a, invite) = in_call_of(a);
    a.events.clear();
    a.at(450_000);
    assert!(!a.events.iter().any(|event| event == "disconnected"), "{:?}", a.events);
    a.receive(&from_far(&invite, "BYE", 7, "", ""));
    a.at(a.now + 60_000);
    assert_eq!(a.events.iter().filter(|event| *event == "disconnected").count(), 1, "{:?}", a.events);
}

/// Equals are taken at random, so that the users of a cluster spread.
#[test]
fn equal_servers_share_the_users() {
    let mut first = [0; 3];
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
        let mut side = Side::new(name, servers(&[3, 3, 2]));
        side.agent.start(Instant::from_millis(0));
        while let Some(output) = side.agent.poll_output() {
            if let Output::Connect { server, .. } = output {
                first[server] += 1;
            }
        }
    }
    assert!(first[0] > 0 && first[1] > 0 && first[2] == 0, "{first:?}");
}

#[test]
fn the_network_that_is_back_is_used_at_once() {
    let mut line = Line::new(config("alice"));
    line.open();
    let flow = line.flow;
    assert!(!line.input(Input::Closed { flow, error: true, code: None, reason: String::new() }));
    assert!(line.input(Input::Network) || line.input(Input::Alarm));
}

#[test]
fn a_connection_that_does_not_open_is_given_up_after_15_s() {
    let mut line = Line::new(config("alice"));
    line.side.now = 14_999;
    assert!(!line.input(Input::Alarm));
    assert_eq!(line.side.agent.poll_timeout(), Some(Instant::from_millis(15_000)));
    line.side.now = 15_000;
    line.input(Input::Alarm);
    let late = line.flow;
    line.side.now = 17_000;
    assert!(line.input(Input::Alarm));
    assert_ne!(line.flow, late);
    // It opens after all: nobody wants it any more.
    line.side.agent.handle_input(line.side.instant(), Input::Opened(late));
    assert!(matches!(line.side.agent.poll_output(), Some(Output::Close(flow)) if flow == late));
}
