//! What the shell tells of the media of calls.

use super::Agent;
use crate::event::{Asker, Input, SessionId};
use crate::sdp::{self, Finding};

impl Agent {
    /// An answer to a media request, or something that happened to a call's connection.
    pub(super) fn media(&mut self, input: Input<'_>) {
        match input {
            Input::Media(ticket, result) => {
                if let Asker::Call(id) = ticket.asker()
                    && let Some(session) = self.sessions.get_mut(&id)
                {
                    session.media(ticket, result, &mut self.cx);
                }
            }
            Input::Candidate(id, candidate) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.gathered(candidate, &mut self.cx);
                }
            }
            Input::IceConnected(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.path_up(&mut self.cx);
                }
            }
            Input::IceDisconnected(id) => self.path_down(id, false),
            Input::IceFailed(id) => self.path_down(id, true),
            Input::DtlsFailed(id) => self.media_lost(id, sdp::dtls_failed()),
            Input::CandidateError { session, code, url } => {
                if let Some(session) = self.sessions.get_mut(&session) {
                    session.candidate_failed(sdp::candidate_error(code, &url));
                }
            }
            _ => {}
        }
    }

    /// Media goes another way than the line, but what takes it away often takes both.
    fn path_down(&mut self, id: SessionId, failed: bool) {
        self.transport.hint(self.cx.now);
        if let Some(session) = self.sessions.get_mut(&id)
            && !session.path_down(failed, &mut self.cx)
        {
            session.media_lost(sdp::ice_failed(), &mut self.cx);
        }
    }

    fn media_lost(&mut self, id: SessionId, why: Finding) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.media_lost(why, &mut self.cx);
        }
    }
}
