//! Who the far end is, as its proxy and it itself say while they talk: an asserted identity of an answer or a request
//! (RFC 3325), and another address in From (RFC 4916). Both are told whether or not the app trusts them; that is the
//! app's to say.

use super::Session;
use crate::bounds::{MAX_EARLY, MAX_IDENTITY};
use crate::context::Cx;
use crate::event::SessionEvent;
use crate::message::{Headers, NameAddr, Replaces, Request, asserted};
use crate::session_ids;

/// What was asserted of the far end.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// What the app knows.
    told: Vec<NameAddr>,
    /// What was said of each phone that rings, by its tag.
    early: Vec<(String, Vec<NameAddr>)>,
}

impl Identity {
    /// Of an INVITE: the app reads it in there.
    pub(super) fn of_invite(invite: &Request) -> Self {
        Self { told: bounded(asserted(&invite.headers, false)), early: Vec::new() }
    }

    /// About how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        weight_of(&self.told)
            + self.early.iter().map(|(tag, identities)| tag.len() + weight_of(identities)).sum::<usize>()
    }

    /// What the page that comes after this one goes on with: a text of one line.
    pub(super) fn keep(&self) -> String {
        self.told.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }

    /// That of which this was kept.
    pub(super) fn resumed(kept: &str) -> Self {
        Self { told: NameAddr::parse_list(kept), early: Vec::new() }
    }
}

impl Session {
    /// A message of the far end with that tag may name it anew. `settled`: nobody else rings any more.
    pub(super) fn learn_identity(&mut self, headers: &Headers, tag: &str, settled: bool, cx: &mut Cx) {
        let mut identities = bounded(asserted(headers, self.outgoing));
        let early = &mut self.identity.early;
        let rang = !early.is_empty();
        let known = early.iter_mut().find(|(of, _)| of == tag);
        if settled {
            // Who answers has perhaps been named when it rang, and another phone is named no more.
            if let Some((_, of_ringing)) = known.filter(|_| identities.is_empty()) {
                identities = std::mem::take(of_ringing);
            }
            early.clear();
            if identities.is_empty() && !rang {
                return;
            }
        } else if identities.is_empty() {
            return;
        } else if let Some((_, of_ringing)) = known {
            of_ringing.clone_from(&identities);
        } else if early.len() < MAX_EARLY && cx.has_room(MAX_IDENTITY, 0) {
            early.push((tag.to_owned(), identities.clone()));
        }
        if identities != self.identity.told {
            self.identity.told.clone_from(&identities);
            self.tell(SessionEvent::Identity { identities, asserted: true }, cx);
        }
    }

    /// We have taken a request of theirs inside the call: who they are may be another one now.
    pub(super) fn learn_party(&mut self, request: &Request, cx: &mut Cx) {
        let renames = cx.config.connected_identity;
        if renames && self.dialog_with(request.from_tag()).is_some_and(|dialog| dialog.rename(request)) {
            let identities = request.from_address().into_iter().collect();
            self.tell(SessionEvent::Identity { identities, asserted: false }, cx);
        }
        let settled = self.dialog.is_some();
        self.learn_identity(&request.headers, request.from_tag(), settled, cx);
    }

    /// The call gets a UUID of ours (RFC 7989): that of the call whose place it takes, or with which it goes on.
    pub(super) fn open_session_id(&self, kept: Option<&str>, invite: Option<&Request>, cx: &mut Cx) {
        if !cx.config.session_id {
            return;
        }
        let replaces = invite.and_then(|invite| Replaces::parse(invite.headers.first("Replaces")?));
        let replaced = replaces.and_then(|replaces| cx.session_ids.local(&replaces.call_id).map(str::to_owned));
        let local = replaced.or_else(|| kept.and_then(session_ids::parse));
        let local = local.unwrap_or_else(|| cx.entropy.uuid().replace('-', ""));
        cx.session_ids.open(self.id, &self.call_id, local);
        if let Some(invite) = invite {
            cx.session_ids.learn(&self.call_id, invite.from_tag(), &invite.headers);
        }
    }

    /// The UUIDs of the page before, ours first.
    pub(super) fn resume_session_id(&self, kept: &str, remote_tag: &str, cx: &mut Cx) {
        self.open_session_id(Some(kept), None, cx);
        let headers = Headers::one("Session-ID", kept.split_once("remote=").unwrap_or_default().1);
        cx.session_ids.learn(&self.call_id, remote_tag, &headers);
    }

    /// The far end with that tag has named its UUID. Of a phone that does not have the call nobody is told.
    pub(crate) fn tell_session_id(&self, tag: &str, cx: &mut Cx) {
        if self.dialog.as_ref().is_none_or(|dialog| dialog.id.remote_tag == tag)
            && let Some((local, remote)) = cx.session_ids.tell(self.id, tag)
        {
            self.tell(SessionEvent::SessionId { local, remote }, cx);
        }
    }

    /// The page is another one: its app knows only the INVITE.
    pub(super) fn tell_identity(&mut self, cx: &mut Cx) {
        let identities = self.identity.told.clone();
        if !identities.is_empty() {
            self.tell(SessionEvent::Identity { identities, asserted: true }, cx);
        }
    }
}

fn weight_of(identities: &[NameAddr]) -> usize {
    identities.iter().map(NameAddr::weight).sum()
}

/// What is too long to be held names nobody.
fn bounded(identities: Vec<NameAddr>) -> Vec<NameAddr> {
    if weight_of(&identities) > MAX_IDENTITY { Vec::new() } else { identities }
}
