//! The roles of a DTLS connection that goes on through offers and answers.

/// Their next offer, as our WebRTC is to read it where we wait for their handshake: the connection that is there keeps its
/// roles (RFC 8842 5.3). Firefox, where it may choose and ICE restarts, would take the other one, which Chromium refuses.
/// With another certificate the connection is another one, and free to choose.
pub fn in_role(offer: &str, before: &str) -> String {
    let fingerprints = |sdp: &str| -> Vec<String> {
        let mut lines: Vec<_> =
            sdp.lines().filter(|l| l.starts_with("a=fingerprint:")).map(str::to_ascii_lowercase).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    };
    if fingerprints(offer) == fingerprints(before) {
        offer.replace("a=setup:actpass", "a=setup:active")
    } else {
        offer.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::in_role;

    #[test]
    fn the_role_stays_with_the_certificate() {
        let offer = "v=0\r\na=fingerprint:sha-256 AB:CD\r\na=setup:actpass\r\n";
        assert_eq!(
            in_role(offer, "a=setup:active\r\na=fingerprint:SHA-256 ab:cd\r\n"),
            offer.replace("actpass", "active")
        );
        assert_eq!(in_role(offer, "a=fingerprint:sha-256 AB:CE\r\n"), offer);
        let passive = offer.replace("actpass", "passive");
        assert_eq!(in_role(&passive, offer), passive);
    }
}
