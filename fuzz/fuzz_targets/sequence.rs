//! What happens to a live agent, as bytes: the number of a recording, then pieces behind a separator, each a kind and what
//! belongs to it.

use crate::recordings::{Recording, Replay, Step, reads_back};
use crate::support::{SDP, Side, from_far, response};
use viasip::event::Input;

/// ASCII's record separator: no text of SIP has it.
const SEPARATOR: u8 = 0x1e;
/// Pieces of one sequence.
const MOST: usize = 96;

/// A recording as such a sequence.
pub fn written(number: usize, recording: &Recording, acts: &[fn(&mut Side)]) -> Vec<u8> {
    let mut bytes = vec![number as u8];
    let mut now = 0;
    for step in &recording.steps {
        bytes.push(SEPARATOR);
        match step {
            Step::Frame(frame) => {
                bytes.push(b'F');
                bytes.extend_from_slice(frame.as_bytes());
            }
            Step::At(ms) => {
                bytes.extend_from_slice(format!("T{}", ms - now).as_bytes());
                now = *ms;
            }
            Step::App(act) => {
                let at = acts.iter().position(|other| std::ptr::fn_addr_eq(*other, *act)).unwrap_or_default();
                bytes.extend_from_slice(&[b'A', at as u8]);
            }
        }
    }
    bytes
}

/// All that the apps of the recordings do.
pub fn acts(recordings: &[Recording]) -> Vec<fn(&mut Side)> {
    let steps = recordings.iter().flat_map(|recording| &recording.steps);
    steps.filter_map(|step| if let Step::App(act) = step { Some(*act) } else { None }).collect()
}

/// Lets an agent live through a sequence; what it sends is a message each time, and afterwards a call goes through.
pub fn lived(bytes: &[u8], recordings: &[Recording], acts: &[fn(&mut Side)]) {
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
