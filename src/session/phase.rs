//! Where a call stands, and what only that phase needs.
//!
//! ```text
//! ours:   Calling --2xx--> Accepted --its answer is applied--> Confirmed
//! theirs: Ringing --200--> WaitingForAck --ACK--> Confirmed
//! the page is another one: Resuming --media--> Confirmed
//! any: Ended; from WaitingForAck Leaving --ACK, or none for 32 s--> Ended
//! ```
//!
//! A phase is left by putting the next one in its place: what the old one held is dropped, its deadlines with it.

use super::answers::Answers;
use super::calling::{Calling, Step};
use super::ringing::Ringing;
use crate::dialog::Dialog;
use crate::time::Instant;

#[derive(Debug)]
pub(super) enum Phase {
    /// Ours, and nobody has answered.
    Calling(Box<Calling>),
    /// Ours: somebody has answered, and WebRTC does not go by that yet.
    Accepted(Answers),
    /// Theirs, without a final answer of ours.
    Ringing(Box<Ringing>),
    /// Theirs: our 2xx has left.
    WaitingForAck,
    /// The page is another one: the call is on its way back.
    Resuming,
    Confirmed,
    /// We hung up before the ACK: the BYE waits for it (RFC 3261 15).
    Leaving,
    Ended,
}

impl Phase {
    /// JsSIP's `RTCSession.C.STATUS_*`.
    pub(super) fn status(&self) -> u8 {
        match self {
            Self::Calling(calling) => match calling.step {
                Step::Announced | Step::Preparing => 0,
                Step::Sent => 1,
                Step::Rings => 2,
            },
            Self::Ringing(ringing) => 4 + u8::from(ringing.is_answered()),
            Self::WaitingForAck => 6,
            // JsSIP: established while the answer is still being applied.
            Self::Accepted(_) | Self::Resuming | Self::Confirmed => 9,
            Self::Leaving | Self::Ended => 8,
        }
    }

    pub(super) fn calling(&mut self) -> Option<&mut Calling> {
        match self {
            Self::Calling(calling) => Some(calling),
            _ => None,
        }
    }

    pub(super) fn ringing(&mut self) -> Option<&mut Ringing> {
        match self {
            Self::Ringing(ringing) => Some(ringing),
            _ => None,
        }
    }

    /// What the phones that a call of ours rings have answered.
    pub(super) fn answers(&self) -> Option<&Answers> {
        match self {
            Self::Calling(calling) => Some(&calling.answers),
            Self::Accepted(answers) => Some(answers),
            _ => None,
        }
    }

    pub(super) fn answers_mut(&mut self) -> Option<&mut Answers> {
        match self {
            Self::Calling(calling) => Some(&mut calling.answers),
            Self::Accepted(answers) => Some(answers),
            _ => None,
        }
    }

    /// The dialogs of the phones that ring.
    pub(super) fn early(&self) -> &[Dialog] {
        match self {
            Self::Calling(calling) => &calling.early,
            _ => &[],
        }
    }

    pub(super) fn early_mut(&mut self) -> &mut [Dialog] {
        match self {
            Self::Calling(calling) => &mut calling.early,
            _ => &mut [],
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Ringing(ringing) => ringing.deadline(),
            _ => None,
        }
    }

    /// About how many bytes it holds of what the far end said.
    pub(super) fn weight(&self) -> usize {
        let answers = self.answers().map_or(0, Answers::weight);
        answers + self.early().iter().map(Dialog::weight).sum::<usize>()
    }
}
