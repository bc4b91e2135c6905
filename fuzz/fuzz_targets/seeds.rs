//! Writes the seeds of all targets into the folder that the argument names.

#[path = "../../tests/recordings/mod.rs"]
mod recordings;
mod sequence;
#[path = "../../tests/support/mod.rs"]
mod support;

use recordings::{Recording, Step};
use sequence::SEPARATOR;
use std::fs;
use std::path::Path;
use support::Side;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    };
    let recordings = recordings::all();
    let acts = sequence::acts(&recordings);
    for (number, recording) in recordings.iter().enumerate() {
        write("dialog", recording.name, &written(number, recording, &acts));
        for (at, frame) in recording.frames().chain(recording.sent.iter().map(String::as_str)).enumerate() {
            write("frame", &format!("{number}-{at}"), frame.as_bytes());
        }
    }
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/torture")).unwrap().flatten() {
        if file.path().extension().is_some_and(|extension| extension == "sip") {
            write("frame", &file.file_name().to_string_lossy(), &fs::read(file.path()).unwrap());
        }
    }
    let plain =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\n";
    for (at, answer) in [support::SDP, plain, ""].into_iter().enumerate() {
        write("description", &format!("{at}"), format!("{}\u{1e}{answer}", support::SDP).as_bytes());
        write("description", &format!("plain-{at}"), format!("{plain}\u{1e}{answer}").as_bytes());
    }
    let address = "\"Bob \\\"B\\\"\" <sip:bob@example.com;transport=ws?Subject=x>;tag=1;q=0.5";
    for (at, target) in ["bob", "+49 (30) 1-2", "sip:b%20b@example.com:5070;lr?a=b", "tel:+1;ext=2"].iter().enumerate()
    {
        let pieces = [target, "example.com", "X-Mine: 1, \"two\"", "desk", "The \"Desk\", 1", address, "good day"];
        write("app", &format!("{at}"), pieces.join("\u{1e}").as_bytes());
    }
}

/// A recording as a sequence that `dialog` lives.
fn written(number: usize, recording: &Recording, acts: &[fn(&mut Side)]) -> Vec<u8> {
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
