//! Our requests that wait for an answer: whose they are, what they said, and how often they were challenged.
//!
//! The exchange of an INVITE outlives its call: a CANCEL that has to wait for a 1xx, and the ACK and BYE of a 2xx
//! that comes too late or from another fork, are settled here.

use std::sync::Arc;

use crate::auth::Attempt;
use crate::event::ids::{Flow, RequestId, SessionId, SubscriptionId};
use crate::message::{Draft, Response};
use crate::table::Table;
use crate::transaction::ClientId;

/// Who gets the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The registration with that reg-id.
    Registration(u8),
    /// A call: its first INVITE.
    Invite(SessionId),
    /// A call: a re-INVITE or UPDATE that carries an offer.
    Reoffer(SessionId),
    /// A call: an offer of that kind that was given up unanswered.
    Abandoned(SessionId),
    /// A call: a refresh that carries no offer (RFC 4028).
    Refresh(SessionId),
    /// A call: a request whose answer is the app's business, by its number; 0 if nobody asks.
    Inside(SessionId, u32),
    /// A call: a PRACK.
    Prack(SessionId),
    /// A call: a NOTIFY of the transfer that this CSeq of a REFER has asked for.
    Transfer(SessionId, u32),
    /// A MESSAGE or OPTIONS outside a dialog.
    Request(RequestId),
    /// A REFER of ours outside a dialog, or a NOTIFY of one of theirs.
    Referral(RequestId),
    /// The keep-alive: an OPTIONS that any answer answers.
    KeepAlive,
    /// A subscription or publication: a SUBSCRIBE, NOTIFY or PUBLISH.
    Subscription(SubscriptionId),
    /// Nobody, but it counts in the dialog of this call: BYE.
    Bye(SessionId),
    /// Nobody: CANCEL, and the BYE of a dialog that no call took.
    Nobody,
}

/// Whether an INVITE of ours is to be cancelled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cancel {
    /// No.
    #[default]
    No,
    /// As soon as there is a 1xx (RFC 3261 9.1), with this Reason.
    Wanted(Option<String>),
    /// It was sent.
    Sent,
}

/// One request of ours on its way.
#[derive(Debug)]
pub struct Exchange {
    /// Who gets the answer.
    pub owner: Owner,
    /// What was sent last.
    pub draft: Draft,
    /// The challenges answered so far.
    pub attempt: Attempt,
    /// The challenge that waits for an account of the app. Its transaction is over.
    pub held: Option<Arc<Response>>,
    /// INVITE only.
    pub cancel: Cancel,
    /// Whether a 1xx came, and no final answer.
    pub provisional: bool,
    /// How often a 422 made it ask for a longer interval.
    pub widened: u8,
    /// INVITE only: the ACK of each 2xx by its To tag, repeated when the 2xx is (RFC 3261 13.2.2.4).
    pub acks: Vec<(String, Vec<u8>)>,
    /// INVITE, BYE and what subscriptions send: the last number used beside it in its dialog, to go on from when that
    /// is gone.
    pub counted: u32,
    /// Whether the far end may have it: there was a connection when it was sent, and the socket took it.
    pub left: bool,
}

impl Exchange {
    /// The ACK of the 2xx with this To tag, if it came before, and the connection that it goes by.
    pub fn ack_of(&self, tag: &str) -> Option<(Option<Flow>, Vec<u8>)> {
        for (of, ack) in &self.acks {
            if of == tag {
                return Some((self.draft.flow, ack.clone()));
            }
        }
        None
    }

    fn weight(&self) -> usize {
        self.acks.iter().map(weight_of).sum::<usize>() + self.held.as_ref().map_or(0, |held| held.weight())
    }
}

/// The ACK, and the BYE of a 2xx that nobody took, which goes the same way.
fn weight_of((tag, ack): &(String, Vec<u8>)) -> usize {
    tag.len() + 3 * ack.len()
}

/// All of them, by transaction.
#[derive(Debug, Default)]
pub struct Exchanges {
    open: Table<ClientId, Exchange>,
    /// What their ACKs and the held challenges weigh: an answered INVITE stays for 32 s, and there may be thousands.
    weight: usize,
}

impl Exchanges {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// A new request.
    pub fn insert(&mut self, id: ClientId, owner: Owner, draft: Draft, attempt: Attempt, left: bool) {
        let exchange = Exchange {
            owner,
            draft,
            attempt,
            held: None,
            cancel: Cancel::No,
            provisional: false,
            widened: 0,
            acks: Vec::new(),
            counted: 0,
            left,
        };
        self.open.insert(id, exchange);
    }

    /// Puts back one that goes on in a new transaction.
    pub fn resume(&mut self, id: ClientId, exchange: Box<Exchange>) {
        self.weight += exchange.weight();
        self.open.insert_box(id, exchange);
    }

    /// Looks one up.
    pub fn get_mut(&mut self, id: ClientId) -> Option<&mut Exchange> {
        self.open.get_mut(&id)
    }

    /// Takes one out.
    pub fn remove(&mut self, id: ClientId) -> Option<Box<Exchange>> {
        let exchange = self.open.remove(&id)?;
        self.weight -= exchange.weight();
        Some(exchange)
    }

    /// The newest request of that owner, while its transaction lives.
    pub fn latest(&mut self, owner: Owner) -> Option<(ClientId, &mut Exchange)> {
        let mut latest = None;
        for (&id, exchange) in self.open.iter_mut() {
            if exchange.owner == owner {
                latest = Some((id, exchange));
            }
        }
        latest
    }

    /// The INVITEs that a 1xx keeps alive, and whose they are.
    pub fn proceeding(&self) -> impl Iterator<Item = (ClientId, SessionId)> {
        self.open.iter().filter_map(|(&id, exchange)| match exchange.owner {
            Owner::Invite(session) | Owner::Reoffer(session) if exchange.provisional => Some((id, session)),
            _ => None,
        })
    }

    /// A request with that number has left in a dialog of this call.
    pub fn count(&mut self, session: SessionId, cseq: u32) {
        for exchange in self.open.values_mut() {
            if matches!(exchange.owner, Owner::Invite(id) | Owner::Bye(id) if id == session) {
                // Forks of one INVITE have a dialog each, and each counts on from the same number.
                exchange.counted = exchange.counted.max(cseq);
            }
        }
    }

    /// A request with that number has left in the dialog of this subscription.
    pub fn count_subscription(&mut self, subscription: SubscriptionId, cseq: u32) {
        for exchange in self.open.values_mut() {
            if exchange.owner == Owner::Subscription(subscription) {
                exchange.counted = exchange.counted.max(cseq);
            }
        }
    }

    /// The request of that owner with that number.
    pub fn find(&mut self, owner: Owner, cseq: u32) -> Option<(ClientId, &mut Exchange)> {
        let mut found = None;
        for (&id, exchange) in self.open.iter_mut() {
            if exchange.owner == owner && exchange.draft.cseq() == cseq {
                found = Some((id, exchange));
                break;
            }
        }
        found
    }

    /// Forgets those whose transactions have ended, but for those that go on in another one.
    pub fn drop_ended(&mut self, ended: Vec<ClientId>) {
        for id in ended {
            if self.get_mut(id).is_some_and(|exchange| exchange.held.is_none()) {
                self.remove(id);
            }
        }
    }

    /// Keeps the challenge to a request until its account is there.
    pub fn hold(&mut self, id: ClientId, challenge: Arc<Response>) {
        if let Some(exchange) = self.open.get_mut(&id) {
            self.weight += challenge.weight();
            exchange.provisional = false;
            exchange.held = Some(challenge);
        }
    }

    /// Takes the challenge back.
    pub fn release(&mut self, id: ClientId) -> Option<Arc<Response>> {
        let challenge = self.open.get_mut(&id)?.held.take()?;
        self.weight -= challenge.weight();
        Some(challenge)
    }

    /// Those that wait for an account, in the order in which they were sent.
    pub fn held(&self) -> Vec<ClientId> {
        self.open.iter().filter(|(_, exchange)| exchange.held.is_some()).map(|(&id, _)| id).collect()
    }

    /// About how many bytes they hold of what the network sent.
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// Keeps the ACK of the 2xx with this To tag.
    pub fn keep_ack(&mut self, id: ClientId, tag: &str, ack: Vec<u8>) {
        if let Some(exchange) = self.open.get_mut(&id) {
            exchange.acks.push((tag.to_owned(), ack));
            self.weight += exchange.acks.last().map_or(0, weight_of);
        }
    }

    /// Whether somebody waits for this.
    pub fn any(&self, owner: Owner) -> bool {
        self.open.values().any(|e| e.owner == owner)
    }
}
