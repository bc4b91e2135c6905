//! The event state compositor (RFC 3903 6): it challenges, grants less than was asked, says 423 and 503, and forgets.

use std::collections::HashMap;

use viasip::entropy::Entropy;

use super::message::{Message, response};

/// What one publication has told it last.
#[derive(Debug)]
pub(crate) struct Published {
    etag: String,
    pub(crate) until: u64,
    cseq: u32,
    pub(crate) body: String,
}

/// The rules of one world, and what is published, by Call-ID.
#[derive(Debug)]
pub(crate) struct Compositor {
    challenges: bool,
    least_s: u32,
    etags: u32,
    pub(crate) states: HashMap<String, Published>,
}

impl Compositor {
    pub(crate) fn new(random: &mut Entropy) -> Self {
        Self {
            challenges: random.below(2) == 0,
            least_s: if random.below(3) == 0 { 90 } else { 10 },
            etags: 0,
            states: HashMap::new(),
        }
    }

    /// Answers a PUBLISH. In a rough world it is overloaded at times, or has lost what it had.
    pub(crate) fn publish(
        &mut self,
        name: &str,
        request: &Message,
        now: u64,
        rough: bool,
        random: &mut Entropy,
    ) -> Result<String, String> {
        let say = |status: &str, lines: &str| Ok(response(request.text, status, "compositor", lines));
        let body = request.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let matched = request.field("SIP-If-Match");
        let expires: u32 = request.field("Expires").and_then(|v| v.parse().ok()).ok_or("PUBLISH without Expires")?;
        if matched.is_none() && body.is_empty() {
            return Err(format!("{name}: a first PUBLISH without a body"));
        }
        if expires == 0 && (matched.is_none() || !body.is_empty()) {
            return Err(format!("{name}: a last PUBLISH that names nothing, or has a body"));
        }
        if rough && random.below(12) == 0 {
            let wait = if random.below(2) == 0 { "Retry-After: 5\r\n" } else { "" };
            return say("503 Service Unavailable", wait);
        }
        if self.challenges && request.credentials("Authorization").is_none() {
            let realm = "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"p\", qop=\"auth\"\r\n";
            return say("401 Unauthorized", realm);
        }
        if rough && random.below(20) == 0 {
            self.states.remove(request.call_id);
        }
        let known = self.states.get(request.call_id).filter(|known| known.until > now);
        if known.is_some_and(|known| known.cseq >= request.cseq) {
            return Err(format!("{name}: PUBLISH {} again", request.cseq));
        }
        if matched.is_some() && matched != known.map(|known| known.etag.as_str()) {
            return say("412 Conditional Request Failed", "");
        }
        if expires == 0 {
            self.states.remove(request.call_id);
            return say("200 OK", "");
        }
        if expires < self.least_s {
            return say("423 Interval Too Brief", &format!("Min-Expires: {}\r\n", self.least_s));
        }
        let granted = (expires / 2).max(5) + random.below(u64::from(expires / 2) + 1) as u32;
        self.etags += 1;
        let etag = format!("e{}", self.etags);
        let lines = format!("SIP-ETag: {etag}\r\nExpires: {granted}\r\n");
        let body =
            if body.is_empty() { known.map(|known| known.body.clone()).unwrap_or_default() } else { body.to_owned() };
        let until = now + u64::from(granted) * 1000;
        self.states.insert(request.call_id.to_owned(), Published { etag, until, cseq: request.cseq, body });
        say("200 OK", &lines)
    }
}
