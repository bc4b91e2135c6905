//! What the phones that a call of ours rings have answered to its INVITE, early and for good: RFC 3261 13.2.2.4.
//!
//! ```text
//! 1xx, 2xx --> waits its turn --> runs: the app sees its answer, WebRTC takes it --> taken, told
//! ```
//!
//! Each waits its turn, so that events keep the order of the wire. WebRTC goes by one answer at a time: that of another
//! phone replaces it, the same of the same phone again is nothing new.

use std::sync::Arc;

use super::far_ends::FarEnds;
use crate::bounds::MAX_PENDING;
use crate::message::Response;

/// The answers to an INVITE of ours.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// In the order of the wire; the first one may run.
    waiting: Vec<Answer>,
    running: bool,
    /// The answer that WebRTC goes by, and the tag of its phone.
    applied: Option<(String, String)>,
    /// What the phones said reliably.
    pub(super) far_ends: FarEnds,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Arc<Response>,
    /// Its description, as far as it is to be applied.
    pub(super) sdp: Option<String>,
    pub(super) reliable: bool,
}

impl Answer {
    pub(super) fn is_final(&self) -> bool {
        self.response.status >= 200
    }

    fn tag(&self) -> &str {
        self.response.to.tag().unwrap_or_default()
    }
}

impl Answers {
    /// Whether none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= MAX_PENDING
    }

    /// Takes one in, behind the others.
    pub(super) fn push(&mut self, answer: Answer) {
        self.waiting.push(answer);
    }

    /// The first one, if its turn begins now.
    pub(super) fn begin(&mut self) -> Option<&Answer> {
        if std::mem::replace(&mut self.running, !self.waiting.is_empty()) {
            return None;
        }
        let front = self.waiting.first_mut()?;
        // A last word that came in a reliable 1xx: early media of another phone may have come meanwhile.
        if let Some(last_word) = self.far_ends.answer(front.tag()).filter(|_| front.is_final()) {
            let is_applied = self.applied.as_ref().is_some_and(|(_, tag)| tag == front.tag());
            front.sdp = Some(last_word.to_owned()).filter(|_| !is_applied);
        }
        Some(front)
    }

    /// The app has seen the description of the one that runs. Whether that takes the place of another, or `None` if
    /// WebRTC goes by it already.
    pub(super) fn shown(&mut self, sdp: &str) -> Option<bool> {
        if self.applied.as_ref().is_some_and(|(applied, _)| applied == sdp) {
            return None;
        }
        if let Some(front) = self.waiting.first_mut() {
            front.sdp = Some(sdp.to_owned());
        }
        Some(self.applied.is_some())
    }

    /// The turn of the one that runs is over.
    pub(super) fn take(&mut self) -> Option<Answer> {
        self.running = false;
        if self.waiting.is_empty() { None } else { Some(self.waiting.remove(0)) }
    }

    /// WebRTC goes by this one.
    pub(super) fn apply(&mut self, answer: &Answer) {
        self.applied = answer.sdp.clone().map(|sdp| (sdp, answer.tag().to_owned()));
    }

    /// The tag of the phone whose answer WebRTC goes by.
    pub(super) fn applied_tag(&self) -> Option<&str> {
        self.applied.as_ref().map(|(_, tag)| tag.as_str())
    }

    /// The 2xx that waits.
    pub(super) fn accepted(&self) -> Option<&Arc<Response>> {
        self.waiting.iter().find(|answer| answer.is_final()).map(|answer| &answer.response)
    }

    /// About how many bytes it holds of what the far ends said.
    pub(super) fn weight(&self) -> usize {
        let waiting = self.waiting.iter();
        waiting.map(|answer| answer.response.weight() + answer.sdp.as_ref().map_or(0, String::len)).sum::<usize>()
            + self.applied.as_ref().map_or(0, |(sdp, _)| sdp.len())
            + self.far_ends.weight()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Frame, parse};

    fn answer(status: u16, tag: &str, sdp: Option<&str>) -> Answer {
        let text = format!(
            "SIP/2.0 {status} X\r\nVia: SIP/2.0/WS a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag={tag}\r\n\
             Call-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
        );
        let Ok(Frame::Response(response)) = parse(text.as_bytes()) else { panic!("{text}") };
        Answer { response: Arc::new(*response), sdp: sdp.map(str::to_owned), reliable: false }
    }

    /// The status of the one whose turn begins.
    fn begun(answers: &mut Answers) -> Option<u16> {
        answers.begin().map(|answer| answer.response.status)
    }

    #[test]
    fn each_waits_its_turn() {
        let mut answers = Answers::default();
        assert_eq!((begun(&mut answers), answers.take().is_none()), (None, true));
        answers.push(answer(183, "x", Some("early")));
        answers.push(answer(200, "x", Some("final")));
        assert_eq!((begun(&mut answers), begun(&mut answers)), (Some(183), None));
        assert_eq!(answers.accepted().map(|response| response.status), Some(200));
        assert!(answers.take().is_some_and(|answer| !answer.is_final()));
        assert_eq!((begun(&mut answers), answers.is_empty()), (Some(200), false));
        assert!(answers.take().is_some_and(|answer| answer.is_final()));
        assert!(answers.is_empty() && answers.accepted().is_none() && begun(&mut answers).is_none());
    }

    #[test]
    fn an_answer_takes_the_place_of_another_and_the_same_is_nothing_new() {
        let mut answers = Answers::default();
        answers.push(answer(183, "x", Some("early")));
        assert_eq!((begun(&mut answers), answers.shown("seen")), (Some(183), Some(false)));
        let early = answers.take().unwrap();
        assert_eq!(early.sdp.as_deref(), Some("seen"));
        answers.apply(&early);
        assert_eq!(answers.applied_tag(), Some("x"));
        assert_eq!(answers.shown("seen"), None);
        answers.push(answer(200, "y", Some("final")));
        assert_eq!((begun(&mut answers), answers.shown("final")), (Some(200), Some(true)));
    }
}
