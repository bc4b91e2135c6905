//! Messages for logs and traces: what would let a reader in is masked.

/// The message with the values of credential fields masked: their scheme, user and realm stay, the rest goes.
pub fn mask_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_secret = false;
    let (mut in_head, mut in_body) = (false, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\r', '\n']);
        // Empty lines before the start line end no head (RFC 3261 7.5).
        in_body |= in_head && bare.is_empty();
        in_head |= !bare.is_empty();
        if in_body {
            out.push_str(line);
            continue;
        }
        if bare.starts_with([' ', '\t']) && in_secret {
            // A folded continuation of a secret.
            continue;
        }
        let name = bare.split(':').next().unwrap_or_default().trim();
        in_secret = ["Authorization", "Proxy-Authorization", "Authentication-Info", "Proxy-Authentication-Info"]
            .iter()
            .any(|n| n.eq_ignore_ascii_case(name));
        if in_secret {
            let value = bare.split_once(':').map_or("", |(_, v)| v.trim());
            out.push_str(name);
            out.push_str(": ");
            out.push_str(&masked(value));
            out.push_str(line.get(bare.len()..).unwrap_or_default());
        } else {
            out.push_str(line);
        }
    }
    out
}

fn masked(value: &str) -> String {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("Digest") {
        // A scheme's name may be read; a token of its own (a JWT) is a secret as a whole.
        let named = !rest.is_empty() && super::is_token(scheme) && scheme.len() <= 16;
        return if named { format!("{scheme} ***") } else { "***".to_owned() };
    }
    let open = ["username", "realm", "uri", "algorithm", "qop"];
    let shown = super::split(rest, ',').map(str::trim).filter(|p| !p.is_empty()).map(|param| {
        let name = param.split('=').next().unwrap_or_default().trim();
        if open.iter().any(|o| o.eq_ignore_ascii_case(name)) { param.to_owned() } else { format!("{name}=***") }
    });
    format!("{scheme} {}", shown.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::mask_secrets;

    #[test]
    fn credentials_are_masked() {
        let text = "\r\nREGISTER sip:h.org SIP/2.0\r\nVia: SIP/2.0/WS x\r\nauthorization : Digest username=\"al, ice\", \
            realm=\"r\", nonce=\"n0nce\",\r\n cnonce=\"c\"\r\nProxy-Authorization: Bearer eyJhbGc.eyJz.c2ln\r\n\
            Authorization: eyJhbGc.eyJz.c2ln\r\nAuthentication-Info: rspauth=\"f00\"\r\nTo: <sip:a@h.org>\r\n\r\n\
            Authorization: body\r\n";
        assert_eq!(
            mask_secrets(text),
            "\r\nREGISTER sip:h.org SIP/2.0\r\nVia: SIP/2.0/WS x\r\nauthorization: Digest username=\"al, ice\", \
            realm=\"r\", nonce=***\r\nProxy-Authorization: Bearer ***\r\n\
            Authorization: ***\r\nAuthentication-Info: ***\r\nTo: <sip:a@h.org>\r\n\r\n\
            Authorization: body\r\n"
        );
    }

    #[test]
    fn the_rest_is_left_alone() {
        for text in ["", "\r\n\r\n", "INVITE sip:a SIP/2.0\nX: y\n\nbody", "no line end"] {
            assert_eq!(mask_secrets(text), text);
        }
    }
}
