//! A sequence of frames, time and an app's wishes against a live agent.
#![no_main]

#[path = "../../tests/recordings/mod.rs"]
mod recordings;
mod sequence;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use recordings::{Recording, Replay, reads_back};
use sequence::SEPARATOR;
use support::{SDP, Side, from_far, response};
use viasip::event::Input;

/// Pieces of one sequence.
const MOST: usize = 96;

type Act = fn(&mut Side);

static RECORDED: LazyLock<(Vec<Recording>, Vec<Act>)> = LazyLock::new(|| {
    let recordings = recordings::all();
    let acts = sequence::acts(&recordings);
    (recordings, acts)
});

fuzz_target!(|bytes: &[u8]| {
    let (recordings, acts) = &*RECORDED;
    lived(bytes, recordings, acts);
});

/// Lets an agent live through a sequence; what it sends is a message each time, and afterwards a call goes through.
fn lived(bytes: &[u8], recordings: &[Recording], acts: &[fn(&mut Side)]) {
    let Some((number, pieces)) = bytes.split_first() else { return };
    let mut replay = Replay::new(&recordings[usize::from(*number) % recordings.len()]);
    for piece in pieces.split(|byte| *byte == SEPARATOR).take(MOST) {
        let Some((kind, rest)) = piece.split_first() else { continue };
        let side = &mut replay.side;
        let now = side.instant();
        match kind {
            b'F' => {
                let frame = replay.translated(&String::from_utf8_lossy(rest));
                let side = &mut replay.side;
                if let Some(flow) = side.flow {
                    // What is no UTF-8 comes as it is.
                    let frame = std::str::from_utf8(rest).map_or(rest, |_| frame.as_bytes());
                    side.agent.handle_input(now, Input::Frame(flow, frame));
                    side.pump();
                }
            }
            b'T' => {
                let ms: u64 = std::str::from_utf8(rest).ok().and_then(|ms| ms.parse().ok()).unwrap_or(1_000);
                side.at(side.now + ms.min(1_000_000));
            }
            b'A' => acts[usize::from(rest.first().copied().unwrap_or_default()) % acts.len()](side),
            b'H' => side.hold_media = true,
            b'R' => {
                side.hold_media = false;
                side.release_media();
            }
            b'C' if side.flow.is_some() => side.close(),
            b'N' => {
                side.agent.handle_input(now, Input::Network);
                side.pump();
            }
            _ => {}
        }
        for sent in &replay.side.wire {
            reads_back(sent, rest).unwrap_or_else(|wrong| panic!("{wrong}"));
        }
        replay.side.events.clear();
        replay.side.media.clear();
        replay.collect();
    }
    still_calls(&mut replay.side);
}

fn still_calls(side: &mut Side) {
    side.hold_media = false;
    side.release_media();
    if side.flow.is_none() {
        side.agent.connect(side.instant());
        side.pump();
    }
    side.wire.clear();
    side.events.clear();
    side.call("sip:carol@example.com");
    let invite = side.wire.iter().find(|frame| frame.starts_with("INVITE sip:carol@")).expect("an INVITE").clone();
    let contact = "Contact: <sip:carol@192.0.2.1;transport=ws>\r\n";
    side.receive(&response(&invite, "200 OK", "fresh", contact, SDP));
    assert!(side.events.iter().any(|event| event == "confirmed local"), "{:?}", side.events);
    side.receive(&from_far(&invite, "BYE", 1, "", "").replace("tag=far", "tag=fresh"));
    assert_eq!(side.events.last().map(String::as_str), Some("ended remote Terminated"));
}
