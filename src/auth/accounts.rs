//! The accounts that an app gives when it is asked, one for each realm: asked once for all requests that wait for it,
//! kept as long as the realm takes it, asked for again when it does not.
//!
//! ```text
//!            challenge                given
//! (nothing) ----------> Asked ----------------> Given --refused--> (asked again, as the next attempt)
//!                         '--null, too late, useless, the same as was refused--> (nothing)
//! ```

use std::sync::Arc;

use super::offer::Offer;
use super::{Account, Algorithm};
use crate::bounds::MAX_ACCOUNTS;
use crate::event::ticket::Ticket;
use crate::time::{Instant, earlier};

/// ms that an app has to give what it is asked for: somebody may have to type it.
const PATIENCE_MS: u64 = 60_000;

/// What an app is asked: who challenges which request, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `Digest`, `Bearer` or both, in the order of the server.
    pub schemes: Vec<&'static str>,
    /// The protection space.
    pub realm: String,
    /// Whether a proxy asks, or who is called.
    pub proxy: bool,
    /// 401 or 407.
    pub status: u16,
    /// The strongest hash that is offered and allowed.
    pub algorithm: Option<Algorithm>,
    /// The method of the request.
    pub method: String,
    /// Its Request-URI.
    pub uri: String,
    /// The server says that only its nonce was old.
    pub stale: bool,
    /// 1, and one more each time when what was given has been refused.
    pub attempt: u32,
    /// `Bearer`: what the token has to allow.
    pub scope: Option<String>,
    /// `Bearer`: who gives tokens out.
    pub authz_server: Option<String>,
    /// `Bearer`: why the last token was refused.
    pub error: Option<String>,
}

#[derive(Debug)]
enum State {
    /// The app is asked; this is what it has to be good for.
    Asked { ticket: Ticket, until: Instant, offer: Offer },
    /// It is used.
    Given(Arc<Account>),
    /// It was refused, and nobody has asked again yet.
    Refused,
}

#[derive(Debug)]
struct Entry {
    realm: String,
    refusals: u32,
    /// What was refused last.
    refused: Option<Arc<Account>>,
    state: State,
}

/// What is known of a realm's account.
#[derive(Debug)]
pub(super) enum Known {
    /// It was given.
    Given(Arc<Account>),
    /// The app is being asked.
    Asked,
    /// Nothing; that many were refused.
    Nothing(u32),
}

/// The accounts of all realms, the one that was asked for last at the end.
#[derive(Debug, Default)]
pub(super) struct Accounts(Vec<Entry>);

impl Accounts {
    fn entry(&mut self, realm: &str) -> Option<&mut Entry> {
        self.0.iter_mut().find(|entry| entry.realm == realm)
    }

    pub(super) fn known(&self, realm: &str) -> Known {
        match self.0.iter().find(|entry| entry.realm == realm) {
            Some(Entry { state: State::Given(account), .. }) => Known::Given(Arc::clone(account)),
            Some(Entry { state: State::Asked { .. }, .. }) => Known::Asked,
            Some(entry) => Known::Nothing(entry.refusals),
            None => Known::Nothing(0),
        }
    }

    /// Remembers that the app is asked. False if it is asked for too many already.
    pub(super) fn ask(&mut self, offer: Offer, ticket: Ticket, now: Instant) -> bool {
        let at = self.0.iter().position(|entry| entry.realm == offer.realm);
        let mut entry = match at {
            Some(at) => self.0.remove(at),
            None => Entry { realm: offer.realm.clone(), refusals: 0, refused: None, state: State::Refused },
        };
        if self.0.len() >= MAX_ACCOUNTS {
            let Some(at) = self.0.iter().position(|entry| !matches!(entry.state, State::Asked { .. })) else {
                return false;
            };
            self.0.remove(at);
        }
        entry.state = State::Asked { ticket, until: now.after(PATIENCE_MS), offer };
        self.0.push(entry);
        true
    }

    /// What the app gave. The realm if it was still waited for, and whether it can be used.
    pub(super) fn given(&mut self, ticket: Ticket, account: Option<Account>) -> Option<(String, bool)> {
        let asked = |entry: &Entry| matches!(&entry.state, State::Asked { ticket: asked, .. } if *asked == ticket);
        let at = self.0.iter().position(asked)?;
        let entry = self.0.get_mut(at)?;
        let realm = entry.realm.clone();
        let State::Asked { offer, .. } = &entry.state else { return None };
        let useful = |account: &Account| {
            offer.met_by(account).is_some() && entry.refused.as_deref().is_none_or(|refused| refused != account)
        };
        match account.filter(useful) {
            Some(account) => entry.state = State::Given(Arc::new(account)),
            None => {
                self.0.remove(at);
                return Some((realm, false));
            }
        }
        Some((realm, true))
    }

    /// The tickets of the questions whose time is over.
    pub(super) fn overdue(&self, now: Instant) -> Vec<Ticket> {
        let overdue = |entry: &Entry| match entry.state {
            State::Asked { ticket, until, .. } if until <= now => Some(ticket),
            _ => None,
        };
        self.0.iter().filter_map(overdue).collect()
    }

    /// When the first question is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.iter().fold(None, |first, entry| match entry.state {
            State::Asked { until, .. } => earlier(first, Some(until)),
            _ => first,
        })
    }

    /// How many questions are open.
    pub(super) fn open(&self) -> usize {
        self.0.iter().filter(|entry| matches!(entry.state, State::Asked { .. })).count()
    }

    /// Nobody waits for an answer any more.
    pub(super) fn forget_questions(&mut self) {
        self.0.retain(|entry| !matches!(entry.state, State::Asked { .. }));
    }

    /// The realm has refused that account: another one is asked for, unless there is one already.
    pub(super) fn refused(&mut self, realm: &str, account: &Arc<Account>) {
        if let Some(entry) = self.entry(realm)
            && matches!(&entry.state, State::Given(given) if given == account)
        {
            entry.refusals = entry.refusals.saturating_add(1);
            entry.refused = Some(Arc::clone(account));
            entry.state = State::Refused;
        }
    }

    /// The realm has taken what was given.
    pub(super) fn worked(&mut self, realm: &str) {
        if let Some(entry) = self.entry(realm) {
            (entry.refusals, entry.refused) = (0, None);
        }
    }

    /// Whatever was given is not used any more, and it is asked for anew.
    pub(super) fn forget(&mut self, realm: &str) {
        self.0.retain(|entry| entry.realm != realm || matches!(entry.state, State::Asked { .. }));
    }
}
