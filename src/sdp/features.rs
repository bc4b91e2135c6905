//! The features that both ends must share, as a table: yours, theirs, verdict, what to change.

use serde::{Serialize, Serializer};

use super::Description;
use crate::message::excerpt;

/// What a row names at most of one end: it is for people to read.
const MAX_NAMED: usize = 32;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// What it is about.
    pub feature: &'static str,
    /// What this end has.
    pub yours: String,
    /// What the other end has.
    pub theirs: String,
    /// `ok`, `warning`, `missing` or `unknown`.
    pub verdict: &'static str,
    /// What to change on the server or phone, empty if nothing.
    pub hint: &'static str,
}

impl Serialize for Feature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([
            ("feature", self.feature),
            ("yours", &self.yours),
            ("theirs", &self.theirs),
            ("verdict", self.verdict),
            ("hint", self.hint),
        ])
    }
}

type Said = [Vec<String>; 9];

const ROWS: [(&str, bool, &str); 9] = [
    ("Profile", false, "Use UDP/TLS/RTP/SAVPF, or a media gateway."),
    ("DTLS", true, "Switch DTLS-SRTP on (a=fingerprint), or use a media gateway."),
    ("ICE", true, "Switch ICE on (ice-ufrag, ice-pwd), or use a media gateway."),
    ("Candidates", false, "Allow UDP; give STUN and TURN servers."),
    ("rtcp-mux", true, "Switch rtcp-mux on."),
    ("BUNDLE", false, "Switch BUNDLE on for several media."),
    ("Audio codec", true, "Allow Opus, PCMU or PCMA."),
    ("Video codec", true, "Allow VP8 or H264, or call without video."),
    ("RTCP feedback", false, "Allow nack, pli and ccm fir for video."),
];

/// The table for a local and a remote description; a missing one counts as unknown.
pub fn features(local: Option<&str>, remote: Option<&str>) -> Vec<Feature> {
    let (ours, known) = (said(local), local.is_some());
    let theirs = said(remote);
    let mut rows = Vec::with_capacity(ROWS.len());
    for ((&(feature, needed, hint), yours), theirs) in ROWS.iter().zip(&ours).zip(&theirs) {
        let shared = match feature {
            "Audio codec" | "Video codec" => theirs.iter().any(|t| yours.iter().any(|y| y.eq_ignore_ascii_case(t))),
            "Profile" => (known && theirs == yours) || theirs.last().is_some_and(|p| p.ends_with("SAVPF")),
            _ => !theirs.is_empty(),
        };
        let optional = matches!(feature, "Video codec" | "BUNDLE" | "RTCP feedback");
        let verdict = match remote {
            None => "unknown",
            _ if shared || (optional && known && yours.is_empty()) => "ok",
            _ if needed => "missing",
            _ => "warning",
        };
        let hint = if verdict == "ok" { "" } else { hint };
        let (yours, theirs) = (words(yours, known), words(theirs, remote.is_some()));
        rows.push(Feature { feature, yours, theirs, verdict, hint });
    }
    rows
}

fn words(list: &[String], known: bool) -> String {
    match list {
        _ if !known => "not known".to_owned(),
        [] => "none".to_owned(),
        list => list.join(", "),
    }
}

/// What a description says of each, in the order of the rows.
fn said(sdp: Option<&str>) -> Said {
    let mut said = Said::default();
    let Some(sdp) = sdp else { return said };
    let description = Description::parse(sdp);
    let [profile, dtls, ice, candidates, rtcp_mux, bundle, audio, video, feedback] = &mut said;
    if !description.bundle.is_empty() {
        let mids: Vec<&str> = description.bundle.iter().take(MAX_NAMED).map(|mid| excerpt(mid)).collect();
        bundle.push(mids.join(" "));
    }
    for media in description.active() {
        add(profile, media.profile);
        if let Some(fingerprint) = media.attribute("fingerprint") {
            let hash = excerpt(fingerprint.split(' ').next().unwrap_or_default());
            add(dtls, &[hash, ", setup ", media.attribute("setup").map_or("not said", excerpt)].concat());
        }
        if media.has_ice() {
            add(ice, "yes");
        }
        for kind in media.candidates() {
            add(candidates, kind);
        }
        if media.has_rtcp_mux() {
            add(rtcp_mux, "yes");
        }
        let list = if media.kind == "audio" { &mut *audio } else { &mut *video };
        for codec in media.codecs() {
            add(list, codec.name);
        }
        for value in media.own("rtcp-fb") {
            if let Some((_, kind)) = value.split_once(' ') {
                add(feedback, excerpt(kind));
            }
        }
    }
    said
}

fn add(list: &mut Vec<String>, item: &str) {
    if list.len() < MAX_NAMED && !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}
