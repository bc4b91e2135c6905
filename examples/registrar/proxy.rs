//! Registrar (RFC 3261 10.3) and a stateless proxy (16.11) that keeps itself out of the way: no Record-Route, requests
//! inside a dialog find their user by the Contact that the user registered or called with.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::Sender;
use viasip::auth::{Algorithm, Presented, challenge_header, verify};
use viasip::message::{Headers, Method, NameAddr, Reply, Request, Response};

/// What everybody's password is.
const PASSWORD: &str = "viasip";
/// Longest and usual expiry, in s.
const EXPIRES_S: u32 = 600;
/// Bindings of one user.
const MAX_BINDINGS: usize = 10;
/// How long a nonce is good for.
const NONCE_LIFE: Duration = Duration::from_secs(300);

struct Binding {
    contact: NameAddr,
    connection: u64,
    until: SystemTime,
}

/// All that is known.
pub(crate) struct Proxy {
    connections: BTreeMap<u64, Sender<Vec<u8>>>,
    bindings: BTreeMap<String, Vec<Binding>>,
    /// Contact host and user of callers, so that requests inside their dialogs find them.
    contacts: BTreeMap<String, u64>,
    nonces: BTreeMap<String, SystemTime>,
    count: u64,
}

impl Proxy {
    pub(crate) fn new() -> Self {
        let (connections, bindings) = (BTreeMap::new(), BTreeMap::new());
        Self { connections, bindings, contacts: BTreeMap::new(), nonces: BTreeMap::new(), count: 0 }
    }

    pub(crate) fn connected(&mut self, id: u64, sender: Sender<Vec<u8>>) {
        self.connections.insert(id, sender);
    }

    pub(crate) fn disconnected(&mut self, id: u64) {
        self.connections.remove(&id);
        self.contacts.retain(|_, c| *c != id);
        for bindings in self.bindings.values_mut() {
            bindings.retain(|b| b.connection != id);
        }
        self.bindings.retain(|_, b| !b.is_empty());
    }

    pub(crate) fn request(&mut self, from: u64, request: &Request) {
        if let Some(contact) = request.contact() {
            self.contacts.insert(key(&contact), from);
        }
        if request.method == Method::Register {
            let reply = self.register(from, request);
            self.send(from, reply.encode(request, &format!("reg{from}")));
            return;
        }
        let forwards = request.headers.first("Max-Forwards").and_then(|v| v.trim().parse::<u32>().ok());
        if forwards == Some(0) {
            return self.refuse(from, request, 483);
        }
        if !request.uri.is_sip() {
            return self.refuse(from, request, 416);
        }
        let user = request.uri.user_decoded().unwrap_or_default();
        // RFC 3261 11: who asks the service itself, not somebody behind it, asks what it can do.
        if request.method == Method::Options && user.is_empty() {
            let reply = Reply::new(200).with("Allow", "REGISTER, OPTIONS");
            return self.send(from, reply.encode(request, &format!("opt{from}")));
        }
        let exact = format!("{}@{}", request.uri.user.clone().unwrap_or_default(), request.uri.host);
        let (target, uri) = match self.contacts.get(&exact).filter(|c| self.connections.contains_key(c)) {
            Some(&connection) => (connection, request.uri.to_string()),
            None => match self.bindings.get(&user).and_then(|b| b.last()) {
                Some(binding) => (binding.connection, binding.contact.uri.to_string()),
                None => return self.refuse(from, request, 404),
            },
        };
        self.count += 1;
        let branch = format!("z9hG4bKp{from}x{}", request.via.branch().unwrap_or_default());
        let mut text =
            format!("{} {uri} SIP/2.0\r\nVia: SIP/2.0/WS registrar.invalid;branch={branch}\r\n", request.method);
        let left = forwards.unwrap_or(70).saturating_sub(1);
        for (name, value) in request.headers.iter() {
            match &*name {
                "Max-Forwards" => text.push_str(&format!("Max-Forwards: {left}\r\n")),
                "Content-Length" | "Route" => {}
                _ => text.push_str(&format!("{name}: {value}\r\n")),
            }
        }
        self.send(target, finish(text, &request.body));
    }

    /// Takes our Via off and sends the rest back the way that the branch names.
    pub(crate) fn response(&mut self, response: &Response) {
        let branch = response.via.branch().unwrap_or_default();
        let Some(to) = branch.strip_prefix("z9hG4bKp").and_then(|b| b.split('x').next()?.parse::<u64>().ok()) else {
            return;
        };
        let raw = response.raw.as_bytes();
        let Some((start, vias)) = without_top_via(&response.headers, &String::from_utf8_lossy(raw)) else {
            return;
        };
        if let Some(contact) = response.contact()
            && let Some(connection) = self.connection_of(response)
        {
            self.contacts.insert(key(&contact), connection);
        }
        self.send(to, finish(start + &vias, &response.body));
    }

    fn connection_of(&self, response: &Response) -> Option<u64> {
        let contact = response.contact()?;
        let user = response.to_address()?.uri.user_decoded()?;
        let bound = self.bindings.get(&user)?.iter().find(|b| b.contact.uri.user == contact.uri.user)?;
        Some(bound.connection)
    }

    fn refuse(&mut self, to: u64, request: &Request, status: u16) {
        if request.method != Method::Ack {
            self.send(to, Reply::new(status).encode(request, "proxy"));
        }
    }

    fn register(&mut self, from: u64, request: &Request) -> Reply {
        let realm = request.uri.host.clone();
        let user = request.to_address().and_then(|to| to.uri.user_decoded()).unwrap_or_default();
        let presented = request.headers.first("Authorization").and_then(Presented::parse);
        let now = SystemTime::now();
        self.nonces.retain(|_, until| *until > now);
        let (known, proven) = match &presented {
            Some(p) => {
                let known = self.nonces.contains_key(p.value("nonce"));
                let own = p.value("username") == user && p.value("realm") == realm;
                (known, own && verify(p, "REGISTER", &request.body, PASSWORD))
            }
            None => (false, false),
        };
        if presented.is_some() && !proven && known {
            return Reply::new(403);
        }
        if !known || !proven {
            self.count += 1;
            let nonce = Algorithm::Sha256.hex(format!("{now:?}{}", self.count).as_bytes());
            self.nonces.insert(nonce.clone(), now + NONCE_LIFE);
            let stale = proven && !known;
            let mut reply = Reply::new(401);
            for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
                reply = reply.with("WWW-Authenticate", challenge_header(&realm, &nonce, algorithm, stale));
            }
            return reply;
        }
        let bindings = self.bindings.entry(user).or_default();
        bindings.retain(|b| b.until > now);
        for value in request.headers.values("Contact") {
            if value == "*" {
                bindings.clear();
                continue;
            }
            let Some(contact) = NameAddr::parse(value) else {
                continue;
            };
            let asked = contact.params.value("expires").and_then(|v| v.parse().ok());
            let seconds = asked.or_else(|| request.expires()).unwrap_or(EXPIRES_S).min(EXPIRES_S);
            let instance = contact.params.value("+sip.instance").map(str::to_owned);
            bindings.retain(|b| {
                let same = instance.is_some() && b.contact.params.value("+sip.instance") == instance.as_deref();
                b.contact.uri != contact.uri && !same
            });
            if seconds > 0 && bindings.len() < MAX_BINDINGS {
                let until = now + Duration::from_secs(u64::from(seconds));
                bindings.push(Binding { contact, connection: from, until });
            }
        }
        let mut reply = Reply::new(200);
        for binding in bindings.iter() {
            let left = binding.until.duration_since(now).unwrap_or_default().as_secs();
            let mut contact = binding.contact.clone();
            contact.params.set("expires", Some(&left.to_string()));
            reply = reply.with("Contact", contact.to_string());
        }
        reply
    }

    fn send(&mut self, to: u64, bytes: Vec<u8>) {
        if let Some(sender) = self.connections.get(&to) {
            let _ = sender.try_send(bytes);
        }
    }
}

fn key(contact: &NameAddr) -> String {
    format!("{}@{}", contact.uri.user.clone().unwrap_or_default(), contact.uri.host)
}

fn finish(mut text: String, body: &[u8]) -> Vec<u8> {
    text.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Status line, and all fields but the topmost Via and Content-Length.
fn without_top_via(headers: &Headers, raw: &str) -> Option<(String, String)> {
    let start = format!("{}\r\n", raw.lines().next()?);
    let mut text = String::new();
    let mut top = true;
    for (name, value) in headers.iter() {
        if name == "Via" && std::mem::take(&mut top) {
            // Several values may share a line.
            if let Some((_, rest)) = value.split_once(',') {
                text.push_str(&format!("Via: {}\r\n", rest.trim()));
            }
            continue;
        }
        if name != "Content-Length" {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    Some((start, text))
}
