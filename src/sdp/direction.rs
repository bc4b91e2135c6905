//! Directions and hold (RFC 3264 8.4).

use super::Description;

/// What an offer asks to be captured for an answer that leaves it open (JsSIP `answer`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// An audio section that sends and receives.
    pub audio: bool,
    /// A video section that sends and receives.
    pub video: bool,
}

/// Reads which media an offer wants both ways.
pub fn offered(sdp: &str) -> Offered {
    let description = Description::parse(sdp);
    let both_ways = |kind| description.active().any(|m| m.kind == kind && m.direction() == "sendrecv");
    Offered { audio: both_ways("audio"), video: both_ways("video") }
}

/// Whether the far end holds the call: each of its audio and video sections sends at most.
pub fn is_held_by(sdp: &str) -> bool {
    let description = Description::parse(sdp);
    let mut any = false;
    let held = description.active().all(|m| {
        any = true;
        matches!(m.direction(), "sendonly" | "inactive") || m.is_blackholed()
    });
    any && held
}

/// What the answer to an offer of ours says of a hold by the far end; `None` if it leaves that open.
///
/// Who takes what we would send does not hold. Who takes none of it, though we would send and receive, holds. To an
/// offer that only sends, `inactive` may be mere obedience, and to one that sends nothing any answer is.
pub fn holds_by_answer(offer: &str, answer: &str) -> Option<bool> {
    let (offer, answer) = (Description::parse(offer), Description::parse(answer));
    let mut holds = None;
    for (ours, theirs) in offer.media.iter().zip(&answer.media) {
        let media = theirs.port != 0 && theirs.is_av();
        if !media || !matches!(ours.direction(), "sendrecv" | "sendonly") {
            continue;
        }
        if matches!(theirs.direction(), "sendrecv" | "recvonly") && !theirs.is_blackholed() {
            return Some(false);
        }
        if ours.direction() == "sendrecv" {
            holds = Some(true);
        }
    }
    holds
}

/// The description of one who holds, offer or answer: it receives nothing, and everything else is to the byte
/// (RFC 3264 8.4). What the far end wants is no concern of an offer (RFC 6337 5.1, 5.3), and in an answer is there already.
pub fn on_hold(sdp: &str) -> String {
    let change = |direction: &str| match direction {
        "sendrecv" | "sendonly" => "sendonly",
        _ => "inactive",
    };
    let mut out = String::with_capacity(sdp.len() + 64);
    let sections = sdp.split_inclusive('\n').fold(Vec::<String>::new(), |mut sections, line| {
        if line.starts_with("m=") || sections.is_empty() {
            sections.push(String::new());
        }
        if let Some(last) = sections.last_mut() {
            last.push_str(line);
        }
        sections
    });
    for section in sections {
        let media = section.starts_with("m=audio") || section.starts_with("m=video");
        if !media {
            out.push_str(&section);
            continue;
        }
        let mut written = false;
        for line in section.split_inclusive('\n') {
            let bare = line.trim_end();
            match bare.strip_prefix("a=").filter(|d| matches!(*d, "sendrecv" | "sendonly" | "recvonly" | "inactive")) {
                Some(direction) => {
                    written = true;
                    out.push_str("a=");
                    out.push_str(change(direction));
                    out.push_str(line.get(bare.len()..).unwrap_or_default());
                }
                None => out.push_str(line),
            }
        }
        if !written {
            if !out.ends_with('\n') {
                out.push_str("\r\n");
            }
            out.push_str("a=");
            out.push_str(change("sendrecv"));
            out.push_str("\r\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIO: &str = "v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 9 RTP/AVP 0\r\na=sendrecv\r\nm=video 9 RTP/AVP 96\r\n";

    #[test]
    fn hold_turns_what_sends_into_sendonly() {
        let held = on_hold(AUDIO);
        assert_eq!(held, AUDIO.replace("a=sendrecv", "a=sendonly") + "a=sendonly\r\n");
        assert_eq!(on_hold(&held), held);
        let received = AUDIO.replace("sendrecv", "recvonly");
        assert_eq!(on_hold(&received), AUDIO.replace("sendrecv", "inactive") + "a=sendonly\r\n");
        assert_eq!(on_hold("v=0\r\nm=application 9 x y\r\na=recvonly\r\n").find("inactive"), None);
    }

    #[test]
    fn a_last_line_without_its_end_stays_a_line() {
        let held = on_hold("v=0\r\nm=audio 9 RTP/AVP 0");
        assert_eq!(held, "v=0\r\nm=audio 9 RTP/AVP 0\r\na=sendonly\r\n");
        assert_eq!(on_hold(&held), held);
    }

    #[test]
    fn the_far_end_holds_when_nothing_is_received_there() {
        assert!(!is_held_by(AUDIO));
        assert!(is_held_by(&on_hold(AUDIO)));
        assert!(is_held_by(&AUDIO.replace("1.2.3.4", "0.0.0.0")));
        assert!(!is_held_by("v=0\r\n"));
    }

    #[test]
    fn one_section_that_is_received_is_no_hold() {
        let answer = AUDIO.replace("sendrecv", "sendonly");
        assert_eq!(holds_by_answer(AUDIO, &answer), Some(false), "the video is received");
        assert_eq!(holds_by_answer(AUDIO, &answer.replace("video 9", "video 0")), Some(true), "the video is refused");
        assert_eq!(holds_by_answer(AUDIO, &AUDIO.replace("1.2.3.4", "0.0.0.0")), Some(true), "the hold of RFC 2543");
        assert_eq!(holds_by_answer("v=0\r\n", AUDIO), None);
    }

    #[test]
    fn an_offer_says_what_to_capture() {
        assert_eq!(offered(AUDIO), Offered { audio: true, video: true });
        assert_eq!(offered(&AUDIO.replace("m=video 9", "m=video 0")), Offered { audio: true, video: false });
        assert_eq!(offered(&AUDIO.replace("sendrecv", "recvonly")), Offered { audio: false, video: true });
    }
}
