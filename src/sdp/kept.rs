//! A description of the far end, as it is kept for the page that comes after this one.

/// The role in the DTLS handshake that a description names first (RFC 8842): `active`, `passive` or `actpass`.
pub fn setup(sdp: &str) -> Option<&str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=setup:"))
}

/// The description as an offer that holds no secret: its way and its ICE credentials are gone, and whoever takes it may
/// be either side of the DTLS handshake.
pub fn without_secrets(sdp: &str) -> String {
    let mut kept = String::new();
    for line in sdp.lines() {
        let name = line.split([':', ' ']).next().unwrap_or_default();
        let line = match name {
            "a=candidate" | "a=end-of-candidates" | "a=crypto" => continue,
            "a=ice-ufrag" => "a=ice-ufrag:gone",
            "a=ice-pwd" => "a=ice-pwd:gone-with-the-page-before",
            "a=setup" => "a=setup:actpass",
            _ => line,
        };
        kept.push_str(line);
        kept.push_str("\r\n");
    }
    kept
}

/// Whether that is all that is known of the far end.
pub fn is_kept(sdp: &str) -> bool {
    sdp.contains("a=ice-pwd:gone-with-the-page-before")
}

/// The offer of a page that follows another, by which the far end takes the controlling role of ICE (RFC 8445 6.1.1). As
/// the controlled one, which whoever answers a restart is to WebRTC, it would keep to the path of the page that is gone
/// until that times out, for that is where the last data came; in the other role it takes the newest path. Our own role
/// fits: our first description on this connection was an answer.
pub fn following(sdp: &str) -> String {
    sdp.replacen("\r\nm=", "\r\na=ice-lite\r\nm=", 1)
}

/// Whether that end leaves the checks to the other one (RFC 8445 2.5). Two of them make none.
pub fn is_lite(sdp: &str) -> bool {
    sdp.lines().any(|line| line == "a=ice-lite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_kept() {
        let sdp = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\na=setup:active\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n\
                   a=crypto:1 AES inline:key\r\na=end-of-candidates\r\na=mid:0\r\n";
        let kept = without_secrets(sdp);
        assert_eq!(
            kept,
            "v=0\r\na=ice-ufrag:gone\r\na=ice-pwd:gone-with-the-page-before\r\na=setup:actpass\r\na=mid:0\r\n"
        );
        assert_eq!((setup(sdp), setup(&kept), setup("v=0")), (Some("active"), Some("actpass"), None));
    }
}
