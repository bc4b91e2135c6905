//! A recording, played to an agent anew.

use std::collections::BTreeMap;

use super::{Recording, agent};
use crate::support::{Side, header, tag};

/// An agent that lives through a recording once more, more or less.
pub struct Replay<'a> {
    recording: &'a Recording,
    /// The agent.
    pub side: Side,
    /// What the agent chose in the recording, and what stands for it now. They differ as soon as it was made to choose
    /// once more, or once less.
    chosen: BTreeMap<String, String>,
    /// How many frames it has sent of each kind.
    counts: BTreeMap<String, usize>,
    /// What it sent.
    pub sent: Vec<String>,
}

impl<'a> Replay<'a> {
    pub fn new(recording: &'a Recording) -> Self {
        let side = agent(recording.registers);
        let mut replay = Self { recording, side, chosen: BTreeMap::new(), counts: BTreeMap::new(), sent: Vec::new() };
        replay.collect();
        replay
    }

    /// Takes in what the agent has sent: each of its frames stands for the one of its kind in the recording.
    pub fn collect(&mut self) {
        while let Some(frame) = self.side.wire.pop_front() {
            let (kind, now) = choices(&frame);
            let count = self.counts.entry(kind.clone()).or_default();
            if let Some((_, then)) = self.recording.choices.iter().filter(|(k, _)| *k == kind).nth(*count) {
                for (then, now) in then.iter().zip(now) {
                    if *then != now && then.len() > 6 {
                        self.chosen.insert(then.clone(), now);
                    }
                }
            }
            *count += 1;
            self.sent.push(frame);
        }
    }

    /// A frame of the recording with the tags and branches that the agent has chosen now.
    pub fn translated(&self, frame: &str) -> String {
        let mut frame = frame.to_owned();
        for (then, now) in &self.chosen {
            if frame.contains(then) {
                frame = frame.replace(then, now);
            }
        }
        frame
    }
}

/// Method and status of a frame of the agent, and what it chose: branch, Call-ID, CSeq, tags.
pub(super) fn choices(frame: &str) -> (String, Vec<String>) {
    let start = frame.split(' ').next().unwrap_or_default();
    let status = if start == "SIP/2.0" { frame.get(8..11).unwrap_or_default() } else { "" };
    let cseq = header(frame, "CSeq").unwrap_or_default();
    let kind = format!("{status} {}", cseq.split(' ').nth(1).unwrap_or_default());
    let via = header(frame, "Via").unwrap_or_default();
    let branch = via.split("branch=").nth(1).unwrap_or_default().split(';').next().unwrap_or_default();
    let tags = ["From", "To"].map(|name| tag(header(frame, name).unwrap_or_default()));
    let call_id = header(frame, "Call-ID").unwrap_or_default().to_owned();
    (kind, [branch.to_owned(), call_id, format!("CSeq: {cseq}\r\n")].into_iter().chain(tags).collect())
}
