//! What the challenges of one response offer, realm by realm.

use super::{Account, Bearer, Challenge, Credentials, Scheme};
use crate::bounds::MAX_REALMS;

/// The challenges of one realm, by 401 or by 407.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Whether a proxy asks (407), or who is called (401).
    pub proxy: bool,
    /// The protection space.
    pub realm: String,
    /// Of each strength of hash the first.
    pub digests: Vec<Challenge>,
    /// A token may be given instead.
    pub bearer: Option<Bearer>,
    /// The schemes in the order of the server.
    pub schemes: Vec<&'static str>,
}

impl Offer {
    /// The offers of all those challenges that may be answered; a token only where the line keeps it secret.
    pub(super) fn read<'a>(
        challenges: impl Iterator<Item = (bool, &'a str)>,
        credentials: &Credentials,
        secure: bool,
        is_known: impl Fn(&str) -> bool,
    ) -> Vec<Self> {
        let mut offers: Vec<Self> = Vec::new();
        for (proxy, text) in challenges {
            for scheme in Scheme::parse_all(text) {
                let allowed = match &scheme {
                    Scheme::Digest(challenge) => credentials.allow(challenge),
                    Scheme::Bearer(bearer) => credentials.asks && secure && credentials.allow_realm(&bearer.realm),
                };
                if !allowed || !is_known(scheme.realm()) {
                    continue;
                }
                let room = offers.len() < MAX_REALMS;
                match offers.iter_mut().find(|offer| offer.proxy == proxy && offer.realm == scheme.realm()) {
                    Some(offer) => offer.add(scheme),
                    None if room => offers.push(Self::new(proxy, scheme)),
                    None => {}
                }
            }
        }
        offers
    }

    fn new(proxy: bool, scheme: Scheme) -> Self {
        let realm = scheme.realm().to_owned();
        let mut offer = Self { proxy, realm, digests: Vec::new(), bearer: None, schemes: Vec::new() };
        offer.add(scheme);
        offer
    }

    fn add(&mut self, scheme: Scheme) {
        let name = match scheme {
            Scheme::Digest(challenge) => {
                let strength = challenge.algorithm.strength();
                if !self.digests.iter().any(|known| known.algorithm.strength() == strength) {
                    self.digests.push(challenge);
                }
                "Digest"
            }
            Scheme::Bearer(bearer) => {
                self.bearer.get_or_insert(bearer);
                "Bearer"
            }
        };
        if !self.schemes.contains(&name) {
            self.schemes.push(name);
        }
    }

    /// The strongest of the digests.
    pub(super) fn strongest(&self) -> Option<&Challenge> {
        self.digests.iter().max_by_key(|challenge| challenge.algorithm.strength())
    }

    /// How that account answers it: with its token, else the strongest digest that it can make.
    pub(super) fn met_by(&self, account: &Account) -> Option<Scheme> {
        if let (Some(bearer), Some(_)) = (&self.bearer, &account.token) {
            return Some(Scheme::Bearer(bearer.clone()));
        }
        let can = self.digests.iter().filter(|challenge| account.ha1(challenge).is_some());
        can.max_by_key(|challenge| challenge.algorithm.strength()).cloned().map(Scheme::Digest)
    }
}
