//! A frame as the network and the invariants look at it, read once, and the edits that proxies make.

/// A user whom no server knows.
pub(crate) const WRONG: &str = "stranger";

/// What stands in a frame. A response has a status and no target; `method` is that of CSeq.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) text: &'a str,
    pub(crate) status: u16,
    pub(crate) target: &'a str,
    pub(crate) method: &'a str,
    pub(crate) branch: &'a str,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
    pub(crate) from_tag: &'a str,
    pub(crate) to_tag: &'a str,
    pub(crate) body: &'a str,
}

impl<'a> Message<'a> {
    /// The credentials in that field, unless an app gave wrong ones.
    pub(crate) fn credentials(&self, name: &'a str) -> Option<&'a str> {
        self.field(name).filter(|given| !given.contains(WRONG))
    }

    /// Reads a frame that holds a message.
    pub(crate) fn read(text: &'a str) -> Result<Self, String> {
        let (head, body) = parts(text);
        let mut lines = head.lines();
        let start = lines.next().ok_or("no message")?;
        let mut message = Message {
            text,
            status: 0,
            target: "",
            method: "",
            branch: "",
            call_id: "",
            cseq: 0,
            from_tag: "",
            to_tag: "",
            body,
        };
        match start.strip_prefix("SIP/2.0 ") {
            Some(status) => message.status = status.get(..3).and_then(|s| s.parse().ok()).ok_or("no status")?,
            None => message.target = start.split(' ').nth(1).unwrap_or_default(),
        }
        for line in lines {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name {
                "Via" if message.branch.is_empty() => message.branch = param(value, "branch"),
                "Call-ID" => message.call_id = value,
                "From" => message.from_tag = param(value, "tag"),
                "To" => message.to_tag = param(value, "tag"),
                "CSeq" => {
                    let (number, method) = value.split_once(' ').ok_or("CSeq")?;
                    message.cseq = number.parse().map_err(|_| "CSeq")?;
                    message.method = method;
                }
                _ => {}
            }
        }
        Ok(message)
    }

    pub(crate) fn is_request(&self) -> bool {
        self.status == 0
    }

    /// Whether it carries a description.
    pub(crate) fn has_sdp(&self) -> bool {
        self.body.starts_with("v=0")
    }

    pub(crate) fn field(&self, name: &'a str) -> Option<&'a str> {
        fields(self.text, name).next()
    }

    /// The values of a field, each line's list taken apart.
    pub(crate) fn values(&self, name: &'a str) -> Vec<&'a str> {
        fields(self.text, name).flat_map(|line| line.split(", ")).collect()
    }

    /// For the ladder.
    pub(crate) fn summary(&self) -> String {
        let start = self.text.lines().next().unwrap_or_default().replace("SIP/2.0 ", "").replace(" SIP/2.0", "");
        let sdp = if self.has_sdp() { direction(self.body) } else { "" };
        let tags = [self.from_tag, self.to_tag].map(|tag| tag.get(..3).unwrap_or_default()).join("-");
        format!("{start} ({} {}) {} {tags} {sdp}", self.cseq, self.method, self.call_id)
    }
}

/// What stands before and behind the empty line.
pub(crate) fn parts(text: &str) -> (&str, &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line == "\r\n" {
            return (&text[..at], &text[at + 2..]);
        }
        at += line.len();
    }
    (text, "")
}

/// The direction of the first section of a description.
pub(crate) fn direction(sdp: &str) -> &str {
    let mut words = sdp.lines().filter_map(|line| line.strip_prefix("a="));
    words.rfind(|word| ["sendrecv", "sendonly", "recvonly", "inactive"].contains(word)).unwrap_or("sendrecv")
}

fn fields<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    parts(text).0.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// A parameter behind the address of a field.
pub(crate) fn param<'a>(value: &'a str, name: &str) -> &'a str {
    let params = value.rsplit_once('>').map_or(value, |(_, params)| params);
    let found = params.split(';').find_map(|p| p.trim().strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or_default()
}

/// The address between the brackets of a field.
pub(crate) fn address(value: &str) -> &str {
    value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(value, |(uri, _)| uri)
}

/// The user of a SIP URI.
pub(crate) fn user(uri: &str) -> &str {
    uri.strip_prefix("sip:").and_then(|rest| rest.split_once('@')).map_or("", |(user, _)| user)
}

/// A request as a proxy hands it on: to `target`, with further lines at its head and other routes.
pub(crate) fn forwarded(text: &str, target: &str, added: &str) -> String {
    let (head, body) = parts(text);
    let mut lines = head.lines();
    let method = lines.next().unwrap_or_default().split(' ').next().unwrap_or_default();
    let mut out = String::with_capacity(text.len() + added.len() + 64);
    for part in [method, " ", target, " SIP/2.0\r\n", added] {
        out.push_str(part);
    }
    for line in lines.filter(|line| !line.starts_with("Route: ")) {
        out.push_str(line);
        out.push_str("\r\n");
    }
    out.push_str("\r\n");
    out.push_str(body);
    out
}

/// A response without the Via of the proxy that hands it on.
pub(crate) fn returned(text: &str) -> String {
    match text.find("\r\nVia: ") {
        Some(at) => {
            let end = text[at + 2..].find("\r\n").map_or(text.len(), |length| at + 2 + length);
            [&text[..at], &text[end..]].concat()
        }
        None => text.to_owned(),
    }
}

/// The same message with another body of the same kind, or none.
pub(crate) fn with_body(text: &str, body: &str) -> String {
    let head = parts(text).0;
    let kept = |line: &&str| !line.starts_with("Content-Length: ") && !line.starts_with("Content-Type: ");
    let mut out = head.lines().filter(kept).collect::<Vec<_>>().join("\r\n");
    if !body.is_empty() {
        out.push_str("\r\nContent-Type: application/sdp");
    }
    out + &format!("\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// A response that the network makes itself.
pub(crate) fn response(request: &str, status: &str, tag: &str, lines: &str) -> String {
    let mut out = ["SIP/2.0 ", status, "\r\n"].concat();
    for line in parts(request).0.lines() {
        let copied = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "].iter().any(|name| line.starts_with(name));
        if copied {
            out.push_str(line);
            if line.starts_with("To: ") && !line.contains(";tag=") && !tag.is_empty() {
                out.push_str(";tag=");
                out.push_str(tag);
            }
            out.push_str("\r\n");
        }
    }
    out.push_str(lines);
    out.push_str("Content-Length: 0\r\n\r\n");
    out
}
