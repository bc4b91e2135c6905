//! What happens to a live agent, as bytes: the number of a recording, then pieces behind a separator, each a kind and what
//! belongs to it. `seeds` writes them, `dialog` lives them.

use crate::recordings::{Recording, Step};
use crate::support::Side;

/// ASCII's record separator: no text of SIP has it.
pub const SEPARATOR: u8 = 0x1e;

/// All that the apps of the recordings do.
pub fn acts(recordings: &[Recording]) -> Vec<fn(&mut Side)> {
    let steps = recordings.iter().flat_map(|recording| &recording.steps);
    steps.filter_map(|step| if let Step::App(act) = step { Some(*act) } else { None }).collect()
}
