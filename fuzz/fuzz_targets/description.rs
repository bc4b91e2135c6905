//! Two session descriptions, of which either may be anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use viasip::sdp::{
    Candidate, Codecs, Description, candidates, diagnose, features, fragment, generations, holds_by_answer, is_held_by, offered, on_hold, refusal, refused,
    trickles, warning_header,
};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (offer, answer) = text.split_once('\u{1e}').unwrap_or((&text, ""));
    for sdp in [offer, answer] {
        let read = Description::parse(sdp);
        for media in read.active() {
            let _ = (media.codecs(), media.candidates(), media.direction(), media.has_ice(), media.has_rtcp_mux());
            let _ = (media.has_fingerprint(), media.has_public_candidate(), media.is_webrtc_profile());
        }
        let _ = (offered(sdp), is_held_by(sdp), trickles(sdp), generations(sdp));
        let (read, _) = candidates(sdp);
        assert!(read.len() <= 128 && read.iter().all(Candidate::is_sound));
        let written = fragment(answer, &read.iter().collect::<Vec<_>>());
        assert!(candidates(&written).0.len() <= 128);
        let held = on_hold(sdp);
        assert!(held.len() <= 2 * sdp.len() + 4_096, "it grows: {held}");
        assert_eq!(on_hold(&held), held);
        if let Some(findings) = refusal(sdp, &Codecs::default()) {
            says_one_line(&warning_header(&findings, "host.invalid"));
        }
    }
    let _ = holds_by_answer(offer, answer);
    let findings = diagnose(Some(offer), Some(answer));
    says_one_line(&warning_header(&findings, "host.invalid"));
    let _ = (diagnose(Some(offer), None), diagnose(None, Some(answer)), features(Some(offer), Some(answer)));
    let _ = refused(488, Some(answer), "Not Acceptable Here", Some(offer));
});

fn says_one_line(warning: &str) {
    assert!(!warning.contains(['\r', '\n', '\0']) && warning.len() < 8_192, "{warning}");
}
