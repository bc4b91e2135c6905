//! In words why two ends cannot meet: what WebRTC needs of a description, and which of it is missing.
//!
//! What a browser refuses outright is an error: no DTLS fingerprint, no ICE credentials, no rtcp-mux, no common codec
//! (RFC 8827, RFC 8834). What it accepts but may suffer from is a warning: profile, candidates, BUNDLE, feedback.

use serde::{Serialize, Serializer};

use super::{Description, Media};
use crate::message::excerpt;

/// The codecs that a sentence names at most.
const MAX_NAMED: usize = 8;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The call cannot work.
    Error,
    /// It may not work everywhere.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The word of its own name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that keeps two ends apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// For programs: `no-dtls`, `rtp-profile`...
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to change.
    pub hint: String,
}

// As maps of texts: what serde derives for a struct brings a table of names into the wasm.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let severity = self.severity.as_str();
        serializer.collect_map([
            ("code", self.code),
            ("severity", severity),
            ("message", &self.message),
            ("hint", &self.hint),
        ])
    }
}

/// The codecs that this end can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codecs {
    /// For audio.
    pub audio: Vec<String>,
    /// For video.
    pub video: Vec<String>,
}

impl Default for Codecs {
    /// Those of today's browsers.
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Self { audio: list(&["opus", "G722", "PCMU", "PCMA"]), video: list(&["VP8", "VP9", "H264", "AV1", "H265"]) }
    }
}

const GATEWAY: &str = "Put a media gateway between (rtpengine, an Asterisk endpoint with webrtc=yes, or FreeSWITCH), \
                       or switch DTLS-SRTP, ICE and rtcp-mux on at the other end.";

pub(super) fn finding(code: &'static str, severity: Severity, message: impl Into<String>, hint: &str) -> Finding {
    Finding { code, severity, message: message.into(), hint: hint.to_owned() }
}

/// Compares an offer and its answer with what WebRTC needs of both. Either may be missing.
pub fn diagnose(offer: Option<&str>, answer: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (offer, answer) = (offer.map(Description::parse), answer.map(Description::parse));
    for (who, description) in [("The offer", &offer), ("The answer", &answer)] {
        if let Some(description) = description {
            needs(who, description, &mut findings);
        }
    }
    if let (Some(offer), Some(answer)) = (&offer, &answer) {
        together(offer, answer, &mut findings);
    }
    findings
}

fn needs<'a>(who: &str, description: &Description<'a>, findings: &mut Vec<Finding>) {
    let Some(first) = description.active().next() else {
        if description.taken().next().is_some() {
            // Data channels, or a fax: nothing of what follows is for them.
            return;
        }
        let message = format!("{who} has no audio or video that is not refused.");
        let hint = "Check the codecs and media that the other end allows for this call.";
        findings.push(finding("no-media", Severity::Error, message, hint));
        return;
    };
    let all = |test: fn(&Media<'a>) -> bool| description.active().all(test);
    let plain = !description.active().any(|m| m.has_fingerprint() || m.has_ice() || m.is_webrtc_profile());
    if plain {
        let profile = &first.profile;
        // Who has switched encryption on is not to read that it is off.
        let keyed = description.active().any(|m| m.own("crypto").next().is_some());
        let phone = if keyed { "phone that encrypts by SDES" } else { "plain RTP phone" };
        findings.push(finding(
            "plain-rtp",
            Severity::Error,
            format!(
                "{who} comes from a {phone} ({profile}, no DTLS fingerprint, no ICE): a browser talks \
                 UDP/TLS/RTP/SAVPF with DTLS and ICE only."
            ),
            GATEWAY,
        ));
    }
    if !all(Media::is_webrtc_profile) {
        let found = &first.profile;
        let message = format!("{who} uses the profile {found} instead of UDP/TLS/RTP/SAVPF.");
        let (severity, hint) = if plain {
            (Severity::Error, GATEWAY)
        } else {
            (Severity::Warning, "Browsers take it where DTLS and ICE are there.")
        };
        findings.push(finding("rtp-profile", severity, message, hint));
    }
    if !all(Media::has_fingerprint) {
        let message =
            format!("{who} has no DTLS fingerprint: the media could not be encrypted the way browsers demand.");
        findings.push(finding("no-dtls", Severity::Error, message, GATEWAY));
    } else if description.active().any(|m| m.attribute("setup").is_none()) {
        let message = format!("{who} does not say who opens DTLS (a=setup).");
        findings.push(finding("setup-role", Severity::Warning, message, "Send a=setup:actpass, active or passive."));
    }
    if all(Media::has_ice) {
        candidates(who, description, findings);
    } else {
        let message = format!("{who} has no ICE credentials (ice-ufrag, ice-pwd).");
        findings.push(finding("no-ice", Severity::Error, message, GATEWAY));
    }
    if !all(Media::has_rtcp_mux) {
        let message = format!("{who} does not put RTCP on the port of RTP (a=rtcp-mux), which browsers require.");
        findings.push(finding("no-rtcp-mux", Severity::Error, message, "Switch rtcp-mux on at the other end."));
    }
    if description.active().count() > 1 && description.bundle.is_empty() {
        let message = format!("{who} does not bundle its media (a=group:BUNDLE).");
        let hint = "Each medium needs its own path then; switch BUNDLE on if media gets lost.";
        findings.push(finding("no-bundle", Severity::Warning, message, hint));
    }
    if description.of_kind("video").is_some_and(|m| m.attribute("rtcp-fb").is_none()) {
        let message = format!("{who} has no RTCP feedback for video (a=rtcp-fb).");
        let hint = "Lost pictures cannot be asked for again; allow nack, pli and ccm fir.";
        findings.push(finding("no-rtcp-feedback", Severity::Warning, message, hint));
    }
}

fn candidates(who: &str, description: &Description, findings: &mut Vec<Finding>) {
    // With BUNDLE only the first section has to carry them.
    let kinds: Vec<&str> = description.active().flat_map(Media::candidates).collect();
    let relay = "Give a STUN server in pcConfig.iceServers, and a TURN server for networks that block UDP.";
    if kinds.is_empty() {
        let message = format!("{who} has no ICE candidates: no address to send media to.");
        let hint = "Check that UDP is allowed and that gathering had time to end.";
        findings.push(finding("no-candidates", Severity::Warning, message, hint));
    } else if kinds.iter().all(|k| *k == "mdns") {
        let message =
            format!("{who} has only addresses hidden behind .local names, which other networks cannot resolve.");
        findings.push(finding("mdns-candidates-only", Severity::Warning, message, relay));
    } else if kinds.iter().all(|k| matches!(*k, "host" | "mdns"))
        && !description.active().any(Media::has_public_candidate)
    {
        let message =
            format!("{who} has only local addresses (host candidates): it is reached in its own network only.");
        findings.push(finding("host-candidates-only", Severity::Info, message, relay));
    }
}

fn together(offer: &Description, answer: &Description, findings: &mut Vec<Finding>) {
    for (offered, answered) in offer.media.iter().zip(&answer.media) {
        let (ours, theirs) = (offered.attribute("setup"), answered.attribute("setup"));
        let waits = matches!((ours, theirs), (Some("active" | "passive"), _) if ours == theirs);
        if answered.port != 0 && (waits || theirs == Some("actpass")) {
            // RFC 5763 5: the offer leaves it open (actpass), the answer decides.
            let message = format!(
                "Both ends take the same part in DTLS (a=setup:{} and {}): it never starts.",
                ours.map_or("", excerpt),
                theirs.map_or("", excerpt)
            );
            let hint = "Offer a=setup:actpass, and answer active or passive.";
            findings.push(finding("setup-conflict", Severity::Error, message, hint));
            break;
        }
    }
    for (kind, code) in [("audio", "no-common-audio-codec"), ("video", "no-common-video-codec")] {
        let Some(offered) = offer.of_kind(kind) else {
            continue;
        };
        match answer.of_kind(kind) {
            Some(answered) => {
                let (ours, theirs) = (names(offered), names(answered));
                if !theirs.iter().any(|t| ours.iter().any(|o| o.eq_ignore_ascii_case(t))) {
                    let message =
                        format!("No common {kind} codec: offered {}, answered {}.", listed(&ours), listed(&theirs));
                    findings.push(finding(
                        code,
                        Severity::Error,
                        message,
                        "Allow one codec of the offer at the other end.",
                    ));
                }
            }
            None if answer.active().next().is_some() => {
                let message = format!("The answer refuses {kind}.");
                findings.push(finding(
                    "media-refused",
                    Severity::Info,
                    message,
                    "Allow this medium at the other end if you want it.",
                ));
            }
            None => {}
        }
    }
}

fn names<'a>(media: &Media<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for codec in media.codecs() {
        if names.last() != Some(&codec.name) {
            names.push(codec.name);
        }
    }
    names
}

fn listed(names: &[&str]) -> String {
    names.iter().take(MAX_NAMED).copied().collect::<Vec<_>>().join(", ")
}

/// Why a browser would refuse this offer whatever the app asks of its connection, if it would: there is audio or video,
/// but no section with fingerprint, ICE credentials and a codec of ours. Worth a 488 before anybody's phone rings.
/// (Without rtcp-mux it depends on the `rtcpMuxPolicy` that the app answers with.)
pub fn refusal(offer: &str, codecs: &Codecs) -> Option<Vec<Finding>> {
    let description = Description::parse(offer);
    let known = |media: &Media| {
        let ours = match media.kind {
            "audio" => &codecs.audio,
            "video" => &codecs.video,
            _ => return true,
        };
        names(media).iter().any(|n| ours.iter().any(|o| o.eq_ignore_ascii_case(n)))
    };
    let usable = |m: &Media| m.has_fingerprint() && m.has_ice() && known(m);
    if description.active().next().is_none() || description.taken().any(usable) {
        return None;
    }
    let mut findings = Vec::new();
    needs("The offer", &description, &mut findings);
    findings.retain(is_named);
    if !description.active().any(known) {
        let message = "No codec of the offer is known to this browser.";
        let hint = "Offer Opus, PCMU or PCMA for audio, VP8 or H264 for video.";
        findings.push(finding("no-common-codec", Severity::Error, message, hint));
    }
    if findings.is_empty() {
        let message = "No media section of the offer has all that a browser needs.";
        findings.push(finding("no-media", Severity::Error, message, GATEWAY));
    }
    Some(findings)
}

/// What a refusal names: each error, and the profile, which servers have a setting for.
fn is_named(finding: &Finding) -> bool {
    finding.severity == Severity::Error || finding.code == "rtp-profile"
}

/// The value of Warning for a 488 (RFC 3261 20.43): in words what is missing. Empty if that is nothing.
pub fn warning_header(findings: &[Finding], host: &str) -> String {
    let code = |f: &Finding| match f.code {
        "rtp-profile" | "plain-rtp" => 301,
        "no-common-codec" | "no-common-audio-codec" | "no-common-video-codec" => 305,
        "no-media" => 304,
        _ => 399,
    };
    let named = findings.iter().filter(|f| is_named(f));
    named.map(|f| format!("{} {host} {}", code(f), crate::message::quoted(&f.message))).collect::<Vec<_>>().join(", ")
}

/// The far end takes no call without these extensions (RFC 3261 21.4.15): `required` is its Require.
pub fn required(required: &[&str]) -> Finding {
    finding(
        "extension-required",
        Severity::Error,
        format!("The other end takes no call without {}.", listed(required)),
        "100rel is the option `reliable_provisional`, timer is `session_timers`.",
    )
}

/// The far end refused our offer without a description of its own: what was asked for, and what such phones lack.
pub fn refused(status: u16, warning: Option<&str>, phrase: &str, offer: Option<&str>) -> Vec<Finding> {
    let mut asked = Vec::new();
    if let Some(offer) = offer {
        let description = Description::parse(offer);
        for media in description.active() {
            asked.push(format!("{} with {} ({})", media.kind, listed(&names(media)), media.profile));
        }
    }
    let said = warning.map(|w| format!(" It says: {w}.")).unwrap_or_default();
    let mut findings = vec![finding(
        "refused-without-sdp",
        Severity::Error,
        format!("The other end refused the call ({status} {phrase}) and did not say what it can do.{said}"),
        GATEWAY,
    )];
    if !asked.is_empty() {
        let message = format!(
            "Asked for: {}, each with DTLS-SRTP, ICE and rtcp-mux. Phones that refuse this usually lack DTLS, ICE or \
             the profile UDP/TLS/RTP/SAVPF, or share no codec.",
            asked.join("; ")
        );
        findings.push(finding(
            "asked-for",
            Severity::Info,
            message,
            "Compare this with the codecs and the profile of the other end.",
        ));
    }
    findings
}
