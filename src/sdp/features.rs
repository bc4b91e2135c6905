//! The features that both ends must share, as a table: yours, theirs, verdict, what to change.

use serde::{Serialize, Serializer};

use super::{Description, Media};

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

type Read = fn(&Description) -> String;

/// The table for a local and a remote description; a missing one counts as unknown.
pub fn features(local: Option<&str>, remote: Option<&str>) -> Vec<Feature> {
    let rows: [(&'static str, Read, bool, &'static str); 9] = [
        ("Profile", profile, false, "Use UDP/TLS/RTP/SAVPF, or a media gateway."),
        ("DTLS", dtls, true, "Switch DTLS-SRTP on (a=fingerprint), or use a media gateway."),
        ("ICE", ice, true, "Switch ICE on (ice-ufrag, ice-pwd), or use a media gateway."),
        ("Candidates", candidates, false, "Allow UDP; give STUN and TURN servers."),
        ("rtcp-mux", rtcp_mux, true, "Switch rtcp-mux on."),
        ("BUNDLE", bundle, false, "Switch BUNDLE on for several media."),
        ("Audio codec", audio, true, "Allow Opus, PCMU or PCMA."),
        ("Video codec", video, true, "Allow VP8 or H264, or call without video."),
        ("RTCP feedback", feedback, false, "Allow nack, pli and ccm fir for video."),
    ];
    let (local, remote) = (local.map(Description::parse), remote.map(Description::parse));
    let row = |(feature, read, needed, hint): (&'static str, Read, bool, &'static str)| {
        let side = |d: &Option<Description>| d.as_ref().map_or_else(|| "not known".to_owned(), read);
        let (yours, theirs) = (side(&local), side(&remote));
        let shared = match feature {
            "Audio codec" | "Video codec" => share(&yours, &theirs),
            "Profile" => theirs == yours || theirs.ends_with("SAVPF"),
            _ => theirs != "none",
        };
        let verdict = match (&remote, yours == "none" && matches!(feature, "Video codec" | "BUNDLE" | "RTCP feedback"))
        {
            (None, _) => "unknown",
            (_, true) => "ok",
            _ if shared => "ok",
            _ if needed => "missing",
            _ => "warning",
        };
        Feature { feature, yours, theirs, verdict, hint: if verdict == "ok" { "" } else { hint } }
    };
    rows.map(row).into()
}

fn share(yours: &str, theirs: &str) -> bool {
    theirs
        .split(',')
        .any(|t| t != "none" && yours.split(',').any(|y| y.trim_start().eq_ignore_ascii_case(t.trim_start())))
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    or_none(seen.join(", "))
}

fn profile(d: &Description) -> String {
    joined(d.active().map(|m| m.profile.clone()))
}

fn dtls(d: &Description) -> String {
    joined(d.active().filter(|m| m.has_fingerprint()).map(|m| {
        let hash = m.attribute("fingerprint").and_then(|f| f.split(' ').next()).unwrap_or_default();
        format!("{hash}, setup {}", m.attribute("setup").unwrap_or("not said"))
    }))
}

fn ice(d: &Description) -> String {
    joined(d.active().filter(|m| m.has_ice()).map(|_| "yes".to_owned()))
}

fn candidates(d: &Description) -> String {
    joined(d.active().flat_map(Media::candidates).map(str::to_owned))
}

fn rtcp_mux(d: &Description) -> String {
    joined(d.active().filter(|m| m.has_rtcp_mux()).map(|_| "yes".to_owned()))
}

fn bundle(d: &Description) -> String {
    or_none(d.bundle.join(" "))
}

fn codecs(d: &Description, kind: &str) -> String {
    joined(d.active().filter(|m| m.kind == kind).flat_map(|m| m.codecs()).map(|c| c.name))
}

fn audio(d: &Description) -> String {
    codecs(d, "audio")
}

fn video(d: &Description) -> String {
    codecs(d, "video")
}

fn feedback(d: &Description) -> String {
    joined(
        d.active()
            .flat_map(|m| m.attributes("rtcp-fb"))
            .filter_map(|f| f.split_once(' ').map(|(_, kind)| kind.to_owned())),
    )
}
