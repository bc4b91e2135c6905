//! The dialogs of calls that were over lately. An INVITE that would take the place of one is declined (603), because there
//! was such a call; of one that there never was it is 481 (RFC 3891 3).

use std::collections::VecDeque;
use std::fmt;

use crate::bounds::{MAX_ENDED, MAX_ENDED_NAMES};
use crate::dialog::DialogId;
use crate::message::Replaces;

/// Their names, the newest at the end.
#[derive(Default)]
pub struct Ended(VecDeque<DialogId>);

/// How many they are: which they are says nothing of what is going on.
impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ended").field(&self.0.len()).finish()
    }
}

impl Ended {
    /// This one is over. Of too many the oldest is forgotten.
    pub fn note(&mut self, dialog: &DialogId) {
        if dialog.call_id.len() + dialog.local_tag.len() + dialog.remote_tag.len() > MAX_ENDED_NAMES {
            return;
        }
        if self.0.len() >= MAX_ENDED {
            self.0.pop_front();
        }
        self.0.push_back(dialog.clone());
    }

    /// Whether that names one of them.
    pub fn has(&self, replaces: &Replaces) -> bool {
        self.0.iter().any(|dialog| replaces.names(&dialog.call_id, &dialog.local_tag, &dialog.remote_tag))
    }
}
