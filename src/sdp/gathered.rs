//! A description of ours with each candidate that WebRTC has told of.

use super::Candidate;

/// The description with those of `candidates` that belong to it and that it lacks. What is gathered between createOffer and
/// setLocalDescription, in a connection that goes on gathering meanwhile, Chromium tells of and writes into the description
/// that is replaced (seen in 156).
pub fn with_candidates(sdp: &str, candidates: &[Candidate]) -> String {
    let mut out = String::with_capacity(sdp.len());
    let mut added = false;
    for (at, section) in sdp.split("\r\nm=").enumerate() {
        if at > 0 {
            out.push_str("\r\nm=");
        }
        out.push_str(section);
        let has = |prefix: &str, value: &str| section.lines().any(|line| line.strip_prefix(prefix) == Some(value));
        for candidate in candidates.iter().filter(|_| at > 0) {
            let (mid, ufrag) = (has("a=mid:", &candidate.mid), has("a=ice-ufrag:", &candidate.ufrag));
            if mid && ufrag && !candidate.is_end() && !sdp.contains(candidate.path()) {
                let end = if out.ends_with("\r\n") { "" } else { "\r\n" };
                out.push_str(&[end, "a=", &candidate.line].concat());
                added = true;
            }
        }
    }
    if added && !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "candidate:1 1 udp 2122260223 192.0.2.1 4000 typ host";
    const SDP: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n\
                       a=mid:1\r\na=ice-ufrag:abcd\r\n";

    fn candidate(line: &str, mid: &str, ufrag: &str) -> Candidate {
        Candidate { line: line.to_owned(), mid: mid.to_owned(), ufrag: ufrag.to_owned() }
    }

    #[test]
    fn what_was_told_of_is_in() {
        let second = HOST.replace("4000", "4002");
        let candidates = [candidate(HOST, "0", "abcd"), candidate(&second, "1", "abcd"), candidate("", "", "abcd")];
        let whole = with_candidates(SDP, &candidates);
        let wanted = SDP.replacen("a=ice-ufrag:abcd\r\n", &format!("a=ice-ufrag:abcd\r\na={HOST}\r\n"), 1);
        assert_eq!(whole, format!("{wanted}a={second}\r\n"));
        // What it has it keeps once, whatever it says of it besides.
        let shorter = candidate(&HOST.replace("4000", "400"), "0", "abcd");
        assert!(with_candidates(&whole, &[shorter]).contains("192.0.2.1 400 typ"));
        let described = candidate(&format!("{HOST} generation 0 network-id 1"), "0", "abcd");
        assert_eq!(with_candidates(&whole, &[described]), whole);
    }

    #[test]
    fn what_belongs_to_another_description_is_not() {
        let others = [candidate(HOST, "0", "other"), candidate(HOST, "7", "abcd"), candidate("", "0", "abcd")];
        assert_eq!(with_candidates(SDP, &others), SDP);
        // An app's own connection may describe itself in its own way, or not at all.
        for text in ["", "v=0", "v=0\r\n"] {
            assert_eq!(with_candidates(text, &[candidate(HOST, "0", "abcd")]), text);
        }
    }
}
