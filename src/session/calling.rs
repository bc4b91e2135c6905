//! What only a call of ours needs that has no 2xx yet: RFC 3261 13.2.
//!
//! ```text
//! Announced --newRTCSession--> Preparing --offer--> Sent --1xx--> Rings --2xx--> the call is accepted
//!                                                     ^--3xx, a further contact--'
//! ```

use super::answers::Answers;
use super::targets::Targets;
use crate::dialog::Dialog;
use crate::message::Draft;

/// How far a call of ours has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The app is told of it.
    Announced,
    /// Our media is captured, and our offer made.
    Preparing,
    /// The app has seen the INVITE, or it was sent.
    Sent,
    /// There is a 1xx.
    Rings,
}

/// A call of ours that nobody has answered.
#[derive(Debug)]
pub(super) struct Calling {
    pub(super) step: Step,
    /// The INVITE, before it is sent.
    pub(super) draft: Option<Draft>,
    /// The dialogs of the phones that ring.
    pub(super) early: Vec<Dialog>,
    pub(super) answers: Answers,
    pub(super) targets: Targets,
}

impl Calling {
    /// Of a call that is not announced yet.
    pub(super) fn new(targets: Targets) -> Self {
        Self { step: Step::Announced, draft: None, early: Vec::new(), answers: Answers::default(), targets }
    }

    /// Whether the INVITE has left, or is about to.
    pub(super) fn awaits_answer(&self) -> bool {
        matches!(self.step, Step::Sent | Step::Rings)
    }

    /// Whether there is a 1xx.
    pub(super) fn rings(&self) -> bool {
        self.step == Step::Rings
    }
}
