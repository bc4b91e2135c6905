//! The keys of the far end: who it is in the DTLS handshake (RFC 8842).

fn fingerprint(sdp: &str) -> Option<&str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=fingerprint:"))
}

/// The description `before` as an offer that refuses all media, if `offer` comes from an end with other keys. A browser that
/// makes one handshake for each transport lets go of its transports by it, and makes new ones for `offer` (RFC 8829 5.2.2).
/// `None` too if there are data channels, which would end.
pub fn let_go(before: &str, offer: &str) -> Option<String> {
    let (old, new) = (fingerprint(before)?, fingerprint(offer)?);
    if old.eq_ignore_ascii_case(new) || before.contains("\nm=application") {
        return None;
    }
    let mut refusing = String::new();
    for line in before.lines() {
        let name = line.split([':', ' ']).next().unwrap_or_default();
        match name {
            "a=group" | "a=candidate" | "a=end-of-candidates" => continue,
            "a=setup" => refusing.push_str("a=setup:actpass"),
            _ if line.starts_with("m=") => {
                let (kind, rest) = line.split_once(' ').unwrap_or_default();
                let (_, rest) = rest.split_once(' ').unwrap_or_default();
                refusing.extend([kind, " 0 ", rest]);
            }
            _ => refusing.push_str(line),
        }
        refusing.push_str("\r\n");
    }
    Some(refusing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_end_takes_other_transports() {
        let before = "v=0\r\na=group:BUNDLE 0\r\na=fingerprint:sha-256 AA:BB\r\nm=audio 5000 UDP/TLS/RTP/SAVPF 111 0\r\n\
                      a=setup:active\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=mid:0\r\n";
        assert_eq!(let_go(before, &before.to_lowercase()), None);
        let other = before.replace("AA:BB", "CC:DD");
        assert_eq!(
            let_go(before, &other).unwrap(),
            "v=0\r\na=fingerprint:sha-256 AA:BB\r\nm=audio 0 UDP/TLS/RTP/SAVPF 111 0\r\na=setup:actpass\r\na=mid:0\r\n"
        );
        assert_eq!(let_go("v=0\r\n", &other), None);
        let data = [before, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"].concat();
        assert_eq!(let_go(&data, &other), None);
    }
}
