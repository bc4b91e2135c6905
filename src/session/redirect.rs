//! A call that is sent elsewhere: answers of 3xx, and whom it goes to then (RFC 3261 8.1.3.4).
//!
//! ```text
//! INVITE --3xx--> the contacts that it was not sent to yet stand first, by their q --> INVITE to the first of them
//!        --4xx, 5xx, no answer---------------------------------------------------------> INVITE to the next
//!        --6xx, nobody is left--> failed
//! ```
//!
//! The INVITE stays the same but for its Request-URI, branch and CSeq, so that servers see one call. What a contact's
//! URI would put into it by headers of its own is left out: a call is sent elsewhere, not made another one.

use std::sync::Arc;

use super::Session;
use super::calling::Step;
use super::far_ends::FarEnds;
use crate::bounds::MAX_TARGETS;
use crate::context::Cx;
use crate::event::SessionEvent;
use crate::exchange::Owner;
use crate::message::{Draft, NameAddr, Response};
use crate::uri::{Uri, normalize_target};

impl Session {
    /// An answer refuses the INVITE that is `draft`: whether the call goes on to somebody else.
    pub(super) fn redirected(&mut self, response: &Arc<Response>, draft: &Draft, cx: &mut Cx) -> bool {
        if !(300..400).contains(&response.status) {
            // RFC 3261 21.6: a 6xx speaks for all of them.
            return response.status < 600 && self.next_target(draft, cx);
        }
        let contacts = contacts(response);
        let callable = contacts.iter().filter_map(|contact| callable(contact, &cx.config.uri)).collect::<Vec<_>>();
        let secure = self.secure;
        let followed =
            self.phase.calling().is_some_and(|calling| calling.targets.follow(response.status, &callable, secure));
        let goes_on = self.next_target(draft, cx);
        self.tell(SessionEvent::Redirected { contacts, followed }, cx);
        goes_on
    }

    /// Sends the INVITE to the next of those that the call may go to.
    pub(super) fn next_target(&mut self, draft: &Draft, cx: &mut Cx) -> bool {
        let Some(calling) = self.phase.calling().filter(|calling| calling.awaits_answer()) else {
            return false;
        };
        let Some((target, invite)) = calling.targets.next() else {
            return false;
        };
        let mut invite = invite.again(&cx.entropy.branch(), draft.cseq().wrapping_add(1), Vec::new());
        invite.uri = target.to_string();
        calling.early = Vec::new();
        calling.answers.far_ends = FarEnds::default();
        calling.step = Step::Sent;
        let before = self.contact(cx);
        self.secure |= target.is_secure();
        // RFC 3261 8.1.1.8, unless the app gave one of its own.
        if invite.header("Contact") == Some(&before) {
            invite.set("Contact", self.contact(cx));
        }
        self.trickle.goes_to(&target.aor());
        cx.send(Owner::Invite(self.id), invite);
        true
    }
}

/// A contact as it is called: a telephone number like one that the app gives (RFC 3261 19.1.6), as an address where our
/// own is. `None` if that is none.
fn callable(contact: &NameAddr, own: &Uri) -> Option<NameAddr> {
    let mut contact = contact.clone();
    if contact.uri.is_tel() {
        let domain = [own.host_port(), own.params.to_string()].concat();
        contact.uri = normalize_target(&contact.uri.to_string(), &domain)?;
    }
    Some(contact)
}

/// Whom a 3xx names, the likeliest first.
fn contacts(response: &Response) -> Vec<NameAddr> {
    let mut contacts: Vec<NameAddr> = Vec::new();
    for value in response.headers.values("Contact").into_iter().take(MAX_TARGETS) {
        let Some(contact) = NameAddr::parse(value) else { continue };
        // Equals stay in their order.
        let behind = contacts.iter().rposition(|other| other.preference() >= contact.preference());
        contacts.insert(behind.map_or(0, |at| at + 1), contact);
    }
    contacts
}
