//! A description of the far end, as it is kept for the page that comes after this one.

/// The role in the DTLS handshake that a description names first (RFC 8842): `active`, `passive` or `actpass`.
pub fn setup(sdp: &str) -> Option<&str> {
    sdp.lines().filter_map(|line| line.strip_prefix("a=setup:")).find(|role| *role != "holdconn")
}

/// The description as an offer that holds no secret: its way and its ICE credentials are gone. `role` is the one of its end
/// in the next DTLS handshake, `active` or `passive`.
pub fn without_secrets(sdp: &str, role: &str) -> String {
    let setup = ["a=setup:", role].concat();
    let mut kept = String::new();
    for line in sdp.lines() {
        let name = line.split([':', ' ']).next().unwrap_or_default();
        let line = match name {
            "a=candidate" | "a=end-of-candidates" | "a=crypto" => continue,
            "a=ice-ufrag" => "a=ice-ufrag:gone",
            "a=ice-pwd" => "a=ice-pwd:gone-with-the-page-before",
            "a=setup" => &setup,
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

/// The offer of a page that follows another, to an end of which `theirs` is known.
///
/// By it the far end takes the controlling role of ICE (RFC 8445 6.1.1). As the controlled one, which whoever answers a
/// restart is to WebRTC, it would keep to the path of the page that is gone until that times out, for that is where the
/// last data came; in the other role it takes the newest path. Our own role fits: our first description on this connection
/// was an answer. Two ends that leave the checks to each other would make none.
///
/// With `keys` both ends keep their roles in the DTLS handshake, and no medium keeps what is said of all of them: that
/// nobody begins one for now (RFC 4145 4). Asterisk, which applies one after the other, makes a handshake only where the
/// second changes something, whatever the fingerprint is.
pub fn following(sdp: &str, theirs: &str, keys: bool) -> String {
    let role = match setup(theirs) {
        Some("active") => "passive",
        Some("passive") => "active",
        _ => "",
    };
    let mut offer = sdp.to_owned();
    if keys && !role.is_empty() {
        offer = offer.replace("a=setup:actpass", &["a=setup:", role].concat());
        offer = offer.replacen("\r\nm=", "\r\na=setup:holdconn\r\nm=", 1);
    }
    if is_lite(theirs) { offer } else { offer.replacen("\r\nm=", "\r\na=ice-lite\r\nm=", 1) }
}

/// Whether that end leaves the checks to the other one (RFC 8445 2.5).
fn is_lite(sdp: &str) -> bool {
    sdp.lines().any(|line| line == "a=ice-lite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_kept() {
        let sdp = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\na=setup:active\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n\
                   a=crypto:1 AES inline:key\r\na=end-of-candidates\r\na=mid:0\r\n";
        let kept = without_secrets(sdp, "passive");
        assert_eq!(
            kept,
            "v=0\r\na=ice-ufrag:gone\r\na=ice-pwd:gone-with-the-page-before\r\na=setup:passive\r\na=mid:0\r\n"
        );
        assert_eq!((setup(sdp), setup(&kept), setup("v=0")), (Some("active"), Some("passive"), None));
    }
}
