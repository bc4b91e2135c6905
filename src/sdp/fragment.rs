//! Fragments of a description that carry candidates alone (RFC 8840 9), as INFO exchanges them.
//!
//! ```text
//! a=ice-ufrag:…  a=ice-pwd:…          the generation, as the description in force names it
//! m=audio 9 RTP/AVP 0                 stands for a section; only its name counts
//! a=mid:0  a=candidate:…  a=end-of-candidates
//! ```

use super::Description;
use crate::bounds::MAX_CANDIDATES;
use crate::message::single_line;

/// Longest line of a candidate, name of a section and of a generation, in bytes; RFC 8839 5.4 gives names 256.
const MAX_LINE: usize = 512;
const MAX_NAME: usize = 256;

/// A candidate of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// `candidate:` and what follows (RFC 8839 5.1), or nothing: the end of the candidates (W3C WebRTC 4.8.1).
    pub line: String,
    /// The section that it is for, empty for all of them (an end).
    pub mid: String,
    /// The generation that it belongs to: its ICE username fragment.
    pub ufrag: String,
}

impl Candidate {
    /// Whether it can be sent, kept and handed on.
    pub fn is_sound(&self) -> bool {
        let line = self.line.is_empty() || (self.line.starts_with("candidate:") && self.line.len() <= MAX_LINE);
        let name = |name: &str| name.len() <= MAX_NAME && single_line(name);
        line && single_line(&self.line) && name(&self.mid) && name(&self.ufrag) && !self.ufrag.is_empty()
    }

    /// Whether it says that there are no more.
    pub fn is_end(&self) -> bool {
        self.line.is_empty()
    }

    /// What tells it from others, in a description as well: up to its port and the space behind. Behind its type each has
    /// attributes of its own.
    pub fn path(&self) -> &str {
        self.line.find(" typ ").and_then(|at| self.line.get(..=at)).unwrap_or(&self.line)
    }

    /// About how many bytes it holds.
    pub fn weight(&self) -> usize {
        self.line.len() + self.mid.len() + self.ufrag.len() + 96
    }
}

/// The generations of a description: the username fragments of its sections.
pub fn generations(sdp: &str) -> Vec<String> {
    let description = Description::parse(sdp);
    description.taken().filter_map(|media| media.attribute("ice-ufrag")).map(str::to_owned).collect()
}

/// Whether who wrote this description takes candidates that come later (RFC 8839 5.6, RFC 8840 4.1.1).
pub fn trickles(sdp: &str) -> bool {
    sdp.lines().any(|line| line.starts_with("a=ice-options:") && line.contains("trickle"))
}

/// These candidates, as far as they belong to our description.
pub fn fragment(sdp: &str, candidates: &[&Candidate]) -> String {
    let description = Description::parse(sdp);
    let credentials = |media: &super::Media| {
        let ufrag = media.attribute("ice-ufrag").unwrap_or_default();
        let pwd = media.attribute("ice-pwd").unwrap_or_default();
        ["a=ice-ufrag:", ufrag, "\r\na=ice-pwd:", pwd, "\r\n"].concat()
    };
    let shared = description.taken().find(|media| media.has_ice()).map(credentials).unwrap_or_default();
    let mut out = shared.clone();
    for media in description.taken() {
        let Some((mid, ufrag)) = media.mid().zip(media.attribute("ice-ufrag")) else {
            continue;
        };
        let mut ours = candidates.iter().filter(|c| c.is_end() || (c.ufrag == ufrag && c.mid == mid)).peekable();
        if ours.peek().is_none() {
            continue;
        }
        out.push_str(&["m=", media.kind, " 9 RTP/AVP 0\r\na=mid:", mid, "\r\n"].concat());
        let own = credentials(media);
        if own != shared {
            out.push_str(&own);
        }
        for candidate in ours {
            let line = if candidate.is_end() { "end-of-candidates" } else { &candidate.line };
            out.push_str(&["a=", line, "\r\n"].concat());
        }
    }
    out
}

/// Reads the candidates of a fragment. False if one was left out, because it is malformed or more than anybody needs.
pub fn candidates(text: &str) -> (Vec<Candidate>, bool) {
    let mut read = Vec::new();
    let mut whole = true;
    let mut session: Option<Section> = None;
    let mut section = Section::default();
    for line in text.lines() {
        let line = line.trim_end();
        if line.starts_with("m=") {
            let done = std::mem::take(&mut section);
            match &session {
                None => session = Some(done),
                Some(session) => whole &= done.finish(session, &mut read),
            }
        } else if let Some(mid) = line.strip_prefix("a=mid:") {
            section.mid = mid;
        } else if let Some(ufrag) = line.strip_prefix("a=ice-ufrag:") {
            section.ufrag = ufrag;
        } else if line == "a=end-of-candidates" {
            section.ends = true;
        } else if let Some(candidate) = line.strip_prefix("a=").filter(|line| line.starts_with("candidate:")) {
            section.lines.push(candidate);
        }
    }
    whole &= section.finish(&session.unwrap_or_default(), &mut read);
    (read, whole)
}

#[derive(Default)]
struct Section<'a> {
    mid: &'a str,
    ufrag: &'a str,
    lines: Vec<&'a str>,
    ends: bool,
}

impl Section<'_> {
    /// Adds its candidates, and the end that the session may tell for all sections. False if one was left out.
    fn finish(&self, session: &Self, read: &mut Vec<Candidate>) -> bool {
        let ufrag = if self.ufrag.is_empty() { session.ufrag } else { self.ufrag };
        let end = (self.ends || session.ends).then_some("");
        let mut whole = true;
        for line in self.lines.iter().copied().chain(end) {
            if read.len() == MAX_CANDIDATES {
                return false;
            }
            let candidate = Candidate { line: line.to_owned(), mid: self.mid.to_owned(), ufrag: ufrag.to_owned() };
            // A candidate of no section would be everybody's.
            if candidate.is_sound() && (candidate.is_end() || !self.mid.is_empty()) {
                read.push(candidate);
            } else {
                whole = false;
            }
        }
        whole
    }
}
