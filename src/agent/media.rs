//! What the shell tells of the media of calls.

use super::Agent;
use crate::event::{Input, SessionId};
use crate::sdp::{self, Finding};

impl Agent {
    /// An answer to a media request, or something that happened to a call's connection.
    pub(super) fn media(&mut self, input: Input<'_>) {
        match input {
            Input::Media(ticket, result) => {
                if let Some(session) = self.sessions.values_mut().find(|s| s.waits_for(ticket)) {
                    session.media(ticket, result, &mut self.cx);
                }
            }
            Input::IceFailed(id) => self.media_lost(id, sdp::ice_failed()),
            Input::DtlsFailed(id) => self.media_lost(id, sdp::dtls_failed()),
            Input::CandidateError { session, code, url } => {
                if let Some(session) = self.sessions.get_mut(&session) {
                    session.candidate_failed(sdp::candidate_error(code, &url));
                }
            }
            _ => {}
        }
    }

    fn media_lost(&mut self, id: SessionId, why: Finding) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.media_lost(why, &mut self.cx);
        }
    }
}
