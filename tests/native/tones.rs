//! Tones of ours by INFO: which, when, and what becomes of those behind one that was refused.

use crate::support::{Side, in_call, response};
use viasip::command::CommandError;

fn dial(a: &mut Side, tones: &str) -> Result<(), CommandError> {
    let result = a.agent.dtmf(a.instant(), a.sessions[0], tones, 100, 500, &[]);
    a.pump();
    result
}

/// The tone of each INFO that was sent since.
fn dialled(a: &mut Side) -> String {
    let tones = a.wire.drain(..).filter_map(|frame| frame.split("Signal=").nth(1)?.chars().next());
    tones.collect()
}

#[test]
fn only_what_info_can_carry_is_a_tone() {
    let (mut a, _) = in_call();
    for tones in ["", "x", "1x", "1 2", "E"] {
        assert_eq!(dial(&mut a, tones), Err(CommandError::Invalid("tones")), "{tones:?}");
    }
    let all = "0189ABCDRabcdr#*";
    dial(&mut a, all).unwrap();
    a.at(60_000);
    assert_eq!(dialled(&mut a), all.to_uppercase());
}

/// A duration and a gap from one to the next, two seconds for a comma, also for those that come later.
#[test]
fn tones_keep_their_distance() {
    let (mut a, _) = in_call();
    let start = a.now;
    dial(&mut a, "1,2").unwrap();
    assert_eq!(dialled(&mut a), "1");
    dial(&mut a, "3").unwrap();
    for (ms, expected) in [(599, ""), (600, ""), (2_599, ""), (2_600, "2"), (3_199, ""), (3_200, "3"), (9_000, "")] {
        a.at(start + ms);
        assert_eq!(dialled(&mut a), expected, "after {ms} ms");
    }
}

/// What is refused is told, and those behind it are not sent; what the app sent beside them is none of their business.
#[test]
fn a_refused_tone_ends_those_behind_it() {
    for refuses_the_tone in [true, false] {
        let (mut a, _) = in_call();
        let start = a.now;
        dial(&mut a, "12").unwrap();
        let tone = a.wire.pop_back().unwrap();
        a.agent.info(a.instant(), a.sessions[0], "text/plain", "hello", None, &[]).unwrap();
        a.pump();
        let info = a.wire.pop_back().unwrap();
        let (refused, taken) = if refuses_the_tone { (tone, info) } else { (info, tone) };
        a.receive(&response(&refused, "415 Unsupported Media Type", "", "", ""));
        a.receive(&response(&taken, "200 OK", "", "", ""));
        a.at(start + 5_000);
        assert_eq!(dialled(&mut a), if refuses_the_tone { "" } else { "2" });
        // The next ones begin anew.
        dial(&mut a, "3").unwrap();
        assert_eq!(dialled(&mut a), "3");
    }
}

/// Each breaks a header field, or is none.
#[test]
fn an_info_that_would_break_the_message_is_refused() {
    let (mut a, _) = in_call();
    let (now, id) = (a.instant(), a.sessions[0]);
    assert!(a.agent.info(now, id, "text/plain\r\nX-Mine: 1", "x", None, &[]).is_err());
    assert!(a.agent.info(now, id, "text/plain", "x", None, &["no field".into()]).is_err());
    a.pump();
    a.expect_nothing();
}
