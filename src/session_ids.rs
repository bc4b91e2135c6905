//! Session-ID (RFC 7989): a UUID of each end, the same on both sides of every server between them, by which a call is
//! found in all logs. Requests and answers get theirs by their Call-ID as they leave.

use crate::bounds::{MAX_EARLY, MAX_TAG};
use crate::event::ids::SessionId;
use crate::message::Headers;

/// Of an end that is not known yet (RFC 7989 5).
pub const NULL: &str = "00000000000000000000000000000000";

/// Those of the calls that are held.
#[derive(Debug, Default)]
pub struct SessionIds {
    calls: Vec<Named>,
}

#[derive(Debug)]
struct Named {
    session: SessionId,
    call_id: String,
    local: String,
    /// The far end's by its tag: each phone that rings has its own.
    remote: Vec<(String, String)>,
    /// The one that the app knows.
    told: String,
}

impl SessionIds {
    /// A call of that name begins. It keeps the UUID that we had, if it goes on with another call.
    pub fn open(&mut self, session: SessionId, call_id: &str, local: String) {
        let (call_id, told) = (call_id.to_owned(), NULL.to_owned());
        self.calls.push(Named { session, call_id, local, remote: Vec::new(), told });
    }

    /// Forgets the calls that are none any more.
    pub fn retain(&mut self, lives: impl Fn(SessionId) -> bool) {
        self.calls.retain(|call| lives(call.session));
    }

    /// Our UUID in that call.
    pub fn local(&self, call_id: &str) -> Option<&str> {
        self.find(call_id).map(|call| call.local.as_str())
    }

    /// What a message to the far end with that tag carries, empty outside calls.
    pub fn value(&self, call_id: &str, tag: &str) -> Option<String> {
        let call = self.find(call_id)?;
        Some([&call.local, ";remote=", call.remote_of(tag)].concat())
    }

    /// A message of the far end with that tag: the call whose far end has another UUID now than the app knows.
    pub fn learn(&mut self, call_id: &str, tag: &str, headers: &Headers) -> Option<SessionId> {
        let call = self.calls.iter_mut().find(|call| call.call_id == call_id)?;
        let uuid = parse(headers.first("Session-ID")?).filter(|uuid| uuid != NULL)?;
        let room = call.remote.len() < MAX_EARLY && tag.len() <= MAX_TAG;
        match call.remote.iter_mut().find(|(of, _)| of == tag) {
            Some((_, known)) => known.clone_from(&uuid),
            None if room => call.remote.push((tag.to_owned(), uuid.clone())),
            None => return None,
        }
        (call.told != uuid).then_some(call.session)
    }

    /// Both UUIDs of a call as the app is told of them now, the far end being the one with that tag.
    pub fn tell(&mut self, session: SessionId, tag: &str) -> Option<(String, String)> {
        let call = self.calls.iter_mut().find(|call| call.session == session)?;
        call.told = call.remote_of(tag).to_owned();
        Some((call.local.clone(), call.told.clone()))
    }

    fn find(&self, call_id: &str) -> Option<&Named> {
        self.calls.iter().find(|call| call.call_id == call_id)
    }
}

impl Named {
    fn remote_of(&self, tag: &str) -> &str {
        self.remote.iter().find(|(of, _)| of == tag).map_or(NULL, |(_, uuid)| uuid)
    }
}

/// The UUID of its sender.
pub fn parse(value: &str) -> Option<String> {
    let uuid = value.split(';').next()?.trim().to_ascii_lowercase();
    (uuid.len() == NULL.len() && uuid.bytes().all(|b| b.is_ascii_hexdigit())).then_some(uuid)
}
