//! What the shell tells of the media of calls.

use super::Agent;
use crate::event::{Asker, MediaAnswer, MediaFault, SessionId, Ticket};
use crate::sdp::{self, Candidate, Finding};

impl Agent {
    /// The answer to a media request. One that no call waits for any more is dropped.
    pub(super) fn media_answered(&mut self, ticket: Ticket, result: Result<MediaAnswer, MediaFault>) {
        if let Asker::Call(id) = ticket.asker()
            && let Some(session) = self.sessions.get_mut(&id)
        {
            session.media(ticket, result, &mut self.cx);
        }
    }

    /// A candidate of ours was gathered, or all were.
    pub(super) fn gathered(&mut self, id: SessionId, candidate: Candidate) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.gathered(candidate, &mut self.cx);
        }
    }

    /// A STUN or TURN server gave no candidate.
    pub(super) fn candidate_failed(&mut self, id: SessionId, code: u16, url: &str) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.candidate_failed(sdp::candidate_error(code, url));
        }
    }

    /// ICE has a way.
    pub(super) fn path_up(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.path_up(&mut self.cx);
        }
    }

    /// ICE has lost its way. Media goes another way than the line, but what takes it away often takes both.
    pub(super) fn path_down(&mut self, id: SessionId, failed: bool) {
        self.hint();
        if let Some(session) = self.sessions.get_mut(&id)
            && !session.path_down(failed, &mut self.cx)
        {
            session.end_without_media(sdp::ice_failed(), &mut self.cx);
        }
    }

    /// So many packets of media have come in. Where no more come, the line may be gone as well.
    pub(super) fn packets_received(&mut self, id: SessionId, packets: u64) {
        let now = self.cx.now;
        if self.sessions.get_mut(&id).is_some_and(|session| session.falls_silent(packets, now)) {
            self.hint();
        }
    }

    /// There is no way for media, and will be none.
    pub(super) fn end_without_media(&mut self, id: SessionId, why: Finding) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.end_without_media(why, &mut self.cx);
        }
    }
}
