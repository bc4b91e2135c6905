//! The registrar: it challenges, grants less than was asked, says 423 and 503, and gives GRUUs and a Service-Route.

use viasip::entropy::Entropy;

use super::message::{Message, address, param, response};
use super::phone::NAMES;

/// What a phone has registered.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) contact: String,
    pub(crate) until: u64,
    /// Its reg-id, and the line that it came by.
    pub(crate) id: usize,
    pub(crate) line: usize,
    call_id: String,
    cseq: u32,
}

/// The rules of one world, and its bindings, by phone.
#[derive(Debug)]
pub(crate) struct Registrar {
    gruu: bool,
    challenges: bool,
    least_s: u32,
    pub(crate) service_route: bool,
    /// Whether it keeps a binding for each flow (RFC 5626).
    outbound: bool,
    /// Whether it tells the way to the phone.
    paths: bool,
    /// Of each phone, by reg-id; without outbound the first place has the only one.
    pub(crate) bindings: [[Option<Binding>; 2]; 3],
    temporary: u32,
}

impl Registrar {
    pub(crate) fn new(random: &mut Entropy) -> Self {
        Self {
            gruu: random.below(2) == 0,
            challenges: random.below(2) == 0,
            least_s: if random.below(3) == 0 { 700 } else { 60 },
            service_route: random.below(3) == 0,
            outbound: random.below(4) > 0,
            paths: random.below(3) > 0,
            bindings: Default::default(),
            temporary: 0,
        }
    }

    /// Answers a REGISTER. In a rough world it is overloaded at times.
    pub(crate) fn register(
        &mut self,
        (at, line): (usize, usize),
        edge: &str,
        request: &Message,
        now: u64,
        rough: bool,
        random: &mut Entropy,
    ) -> Result<String, String> {
        let name = NAMES[at];
        let say = |status: &str, lines: &str| Ok(response(request.text, status, "registrar", lines));
        if rough && random.below(12) == 0 {
            let wait = if random.below(2) == 0 { "Retry-After: 5\r\n" } else { "" };
            return say("503 Service Unavailable", wait);
        }
        if self.challenges && request.credentials("Authorization").is_none() {
            let realm = "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"r\", qop=\"auth\"\r\n";
            return say("401 Unauthorized", realm);
        }
        let contact = request.field("Contact").ok_or("REGISTER without Contact")?;
        let asked = param(contact, "expires").parse().or(request.field("Expires").unwrap_or("600").parse());
        let asked: u32 = asked.map_err(|_| "no expiry")?;
        let id = contact.split_once(";reg-id=").map_or("1", |(_, rest)| rest.split(';').next().unwrap_or("1"));
        let id = id.parse::<usize>().map_err(|_| "reg-id")?;
        let place = if self.outbound { id - 1 } else { 0 };
        if let Some(known) = &self.bindings[at][place]
            && known.call_id == request.call_id
            && known.cseq >= request.cseq
        {
            return Err(format!("{name}: REGISTER {} behind {}", request.cseq, known.cseq));
        }
        if asked == 0 {
            let all = contact == "*";
            self.bindings[at].iter_mut().enumerate().filter(|(n, _)| all || *n == place).for_each(|(_, b)| *b = None);
            return say("200 OK", "");
        }
        if asked < self.least_s {
            return say("423 Interval Too Brief", &format!("Min-Expires: {}\r\n", self.least_s));
        }
        let granted = asked.min(300 + random.below(900) as u32);
        self.bindings[at][place] = Some(Binding {
            contact: address(contact).to_owned(),
            until: now + u64::from(granted) * 1000,
            id,
            line,
            call_id: request.call_id.to_owned(),
            cseq: request.cseq,
        });
        let instance = contact.split_once("+sip.instance=").map_or("", |(_, rest)| rest);
        let instance = instance.split(';').next().unwrap_or_default();
        let mut lines = String::new();
        if random.below(3) == 0 {
            // Another device of the same user.
            lines.push_str(&format!("Contact: <sip:{name}-contact@192.0.2.7>;expires=3000\r\n"));
        }
        lines.push_str(&format!(
            "Contact: <{}>;expires={granted};+sip.instance={instance};reg-id={id}",
            address(contact)
        ));
        if self.gruu && !instance.is_empty() {
            self.temporary += 1;
            lines.push_str(&format!(
                ";pub-gruu=\"sip:{name}@example.com;gr=urn:uuid:{name}\";temp-gruu=\"sip:t{}-{name}@example.com;gr\"",
                self.temporary
            ));
        }
        lines.push_str("\r\n");
        if self.outbound {
            lines.push_str("Require: outbound\r\n");
        }
        if self.paths {
            lines.push_str(&format!("Path: <sip:core.invalid;lr>, <{edge};ob>\r\n"));
        }
        if self.service_route {
            lines.push_str("Service-Route: <sip:home.example.com;lr>\r\n");
        }
        say("200 OK", &lines)
    }
}
