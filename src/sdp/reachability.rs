//! In words why no media comes although both descriptions fit: ICE, DTLS, and the servers that gave no candidate.

use super::diagnosis::{Finding, Severity, finding};

/// No pair of candidates worked.
pub fn ice_failed() -> Finding {
    let message = "The two ends found no way for media to each other: every ICE candidate pair failed.";
    let hint =
        "Give STUN and TURN servers in pcConfig.iceServers, and check that UDP passes the firewalls on both sides.";
    finding("ice-failed", Severity::Error, message, hint)
}

/// A pair of candidates works, but there are no keys for the media (RFC 5764).
pub fn dtls_failed() -> Finding {
    let message = "ICE found a way, but the DTLS handshake on it failed: there are no keys for the media.";
    let hint = "Check at the other end, or at the gateway between, that its certificate is the one of a=fingerprint, and \
                which DTLS versions and ciphers it takes.";
    finding("dtls-failed", Severity::Error, message, hint)
}

/// A STUN or TURN server gave no candidate: a STUN error code (RFC 8489 14.8), or 701 if it could not be reached.
pub fn candidate_error(code: u16, url: &str) -> Finding {
    match (url.starts_with("turn"), code) {
        (true, ..700) => finding(
            "turn-refused",
            Severity::Error,
            format!("The TURN server {url} refused to relay ({code})."),
            "Check username and credential in pcConfig.iceServers (those of limited lifetime may have run out), and the \
             quota of the server.",
        ),
        (true, _) => no_answer("turn-silent", Severity::Warning, &format!("The TURN server {url}"), code),
        _ => no_answer("stun-silent", Severity::Info, &format!("The STUN server {url}"), code),
    }
}

/// No TURN server gave an address, where the app allows no other, and none said why.
pub fn no_relay() -> Finding {
    let message = "Only relayed addresses are allowed (iceTransportPolicy), and no TURN server gave one in time.";
    finding("turn-silent", Severity::Error, message, REACH)
}

const REACH: &str = "Check the address of the server in pcConfig.iceServers; for networks that block UDP give one with \
                     ?transport=tcp or turns:.";

fn no_answer(code: &'static str, severity: Severity, server: &str, status: u16) -> Finding {
    let message = format!("{server} did not answer on at least one network of this machine ({status}).");
    finding(code, severity, message, REACH)
}
