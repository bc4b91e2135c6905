//! What is asked inside a call while an offer of ours is open that brings the call back: it leaves behind our ACK.
//!
//! ```text
//! asked --such an offer is open--> held --it is over, or somebody is asked there--> leaves, in the order of asking
//!   '--------none is------------.    '-----the call ends--> fails
//!                               '--> leaves
//! ```
//!
//! Many phones are between two states from their 2xx to the ACK, and refuse a REFER or NOTIFY there (JsSIP: 403). The app
//! does not know of this offer, and so cannot wait for it; its own offers hold nothing back, as in JsSIP.

use std::collections::VecDeque;

use super::Session;
use crate::bounds::MAX_HELD_BACK;
use crate::cause::Cause;
use crate::context::Cx;
use crate::exchange::Owner;
use crate::message::{Draft, Method};

/// A request that waits.
#[derive(Debug)]
struct HeldRequest {
    owner: Owner,
    method: Method,
    lines: Vec<String>,
    body: String,
    /// The number that it was to leave with.
    cseq: u32,
}

/// Those of one call, at most `MAX_HELD_BACK`: what is asked beyond them leaves at once.
#[derive(Debug, Default)]
pub(super) struct HeldBack(VecDeque<HeldRequest>);

impl Session {
    /// Whether a request of that owner waits.
    pub(super) fn holds_back(&self, owner: Owner) -> bool {
        matches!(owner, Owner::Inside(..) | Owner::Transfer(..))
            && self.held_back.0.len() < MAX_HELD_BACK
            && self.awaits_recovery_offer()
    }

    fn awaits_recovery_offer(&self) -> bool {
        self.offers.is_soon_over() && (self.offers.recovers() || self.recovery.is_on())
    }

    /// Keeps a request. Returns what it would be now; address and number are the dialog's when it leaves.
    pub(super) fn hold_back(
        &mut self,
        owner: Owner,
        method: Method,
        lines: &[String],
        body: &str,
        cx: &mut Cx,
    ) -> Option<Draft> {
        let dialog = self.dialog.clone();
        let draft = self.compose(method.clone(), lines, body, cx)?;
        self.dialog = dialog;
        let (lines, body, cseq) = (lines.to_vec(), body.to_owned(), draft.cseq());
        self.held_back.0.push_back(HeldRequest { owner, method, lines, body, cseq });
        Some(draft)
    }

    /// Lets go what waited, once nothing holds it back.
    pub(super) fn release_held_back(&mut self, cx: &mut Cx) {
        if self.held_back.0.is_empty() || self.awaits_recovery_offer() {
            return;
        }
        for HeldRequest { owner, method, lines, body, cseq } in std::mem::take(&mut self.held_back.0) {
            let sent = self.send_inside(owner, method, &lines, &body, cx);
            if let (Owner::Inside(_, handle), Some(draft)) = (owner, sent)
                && draft.cseq() != cseq
            {
                self.request_renumbered(handle, draft, false, cx);
            }
        }
    }

    /// The call ends: what the app has asked in it fails. How a transfer of theirs goes is still told.
    pub(super) fn fail_held_back(&mut self, cx: &mut Cx) {
        for request in std::mem::take(&mut self.held_back.0) {
            match request.owner {
                Owner::Inside(_, handle) => self.request_done(handle, None, Some(Cause::DialogError), cx),
                _ => self.held_back.0.push_back(request),
            }
        }
    }
}
