//! A sequence of frames, time and an app's wishes against a live agent.
#![no_main]

#[path = "../../tests/recordings/mod.rs"]
mod recordings;
mod sequence;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use recordings::Recording;
use support::Side;

type Act = fn(&mut Side);

static RECORDED: LazyLock<(Vec<Recording>, Vec<Act>)> = LazyLock::new(|| {
    let recordings = recordings::all();
    let acts = sequence::acts(&recordings);
    (recordings, acts)
});

fuzz_target!(|bytes: &[u8]| {
    let (recordings, acts) = &*RECORDED;
    sequence::lived(bytes, recordings, acts);
});
