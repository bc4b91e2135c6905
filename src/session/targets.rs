//! Whom a call of ours goes to, one after the other (RFC 3261 8.1.3.4).
//!
//! ```text
//! tried: it went there | those of 3xx, in their order --next--> tried
//! ```

use crate::bounds::MAX_TARGETS;
use crate::message::{Draft, NameAddr};
use crate::uri::Uri;

/// Whom a call of ours goes to.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// How many further 3xx are followed.
    limit: u32,
    /// Those that it went to, and behind them those that it may go to.
    targets: Vec<Uri>,
    tried: usize,
    /// The INVITE as it left at first.
    invite: Option<Draft>,
}

impl Targets {
    /// Of a call to that address.
    pub(super) fn new(limit: u32, target: Uri) -> Self {
        Self { limit, targets: vec![target], tried: 1, invite: None }
    }

    /// The INVITE leaves.
    pub(super) fn left(&mut self, invite: &Draft) {
        self.invite = (self.limit > 0).then(|| invite.clone());
    }

    /// Takes in whom a 3xx names: whether there is somebody new among them. A call to a `sips:` address does not leave
    /// for one that is none (RFC 3261 26.2.2).
    pub(super) fn follow(&mut self, status: u16, contacts: &[NameAddr], secure: bool) -> bool {
        // 305 names a proxy and 380 another service: neither is an address to call.
        if self.limit == 0 || matches!(status, 305 | 380) {
            return false;
        }
        let mut at = self.tried;
        for contact in contacts {
            let target = contact.uri.without_link();
            let callable = target.is_secure() || (!secure && target.is_sip());
            if callable && self.targets.len() < MAX_TARGETS && !self.targets.iter().any(|t| t.equivalent(&target)) {
                self.targets.insert(at, target);
                at += 1;
            }
        }
        let followed = at > self.tried;
        self.limit -= u32::from(followed);
        followed
    }

    /// The next one that it goes to, and the INVITE as it left at first.
    pub(super) fn next(&mut self) -> Option<(Uri, &Draft)> {
        let (target, invite) = (self.targets.get(self.tried)?, self.invite.as_ref()?);
        self.tried += 1;
        Some((target.clone(), invite))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    fn contacts(uris: &[&str]) -> Vec<NameAddr> {
        uris.iter().map(|uri| NameAddr::parse(uri).unwrap()).collect()
    }

    fn targets(limit: u32) -> Targets {
        let mut targets = Targets::new(limit, Uri::parse("sip:a@x.test").unwrap());
        targets.left(&Draft {
            method: Method::Invite,
            uri: String::new(),
            headers: Vec::new(),
            body: String::new(),
            inside: None,
            token_realms: Vec::new(),
            flow: None,
        });
        targets
    }

    fn next(targets: &mut Targets) -> Option<String> {
        targets.next().map(|(uri, _)| uri.to_string())
    }

    #[test]
    fn those_of_a_later_3xx_stand_before_those_of_an_earlier_one() {
        let mut targets = targets(2);
        assert!(targets.follow(302, &contacts(&["<sip:b@x.test>", "<sip:a@x.test>", "<sip:c@x.test>"]), false));
        assert_eq!(next(&mut targets).as_deref(), Some("sip:b@x.test"));
        assert!(targets.follow(300, &contacts(&["<sip:d@x.test>", "<sip:b@x.test>"]), false));
        assert_eq!(next(&mut targets).as_deref(), Some("sip:d@x.test"));
        assert!(!targets.follow(302, &contacts(&["<sip:e@x.test>"]), false), "the limit");
        assert_eq!(next(&mut targets).as_deref(), Some("sip:c@x.test"));
        assert_eq!(next(&mut targets), None);
    }

    #[test]
    fn neither_a_proxy_nor_another_service_is_called_and_sips_is_not_left() {
        let mut targets = targets(9);
        assert!(!targets.follow(305, &contacts(&["<sip:b@x.test>"]), false));
        assert!(!targets.follow(380, &contacts(&["<sip:b@x.test>"]), false));
        assert!(!targets.follow(302, &contacts(&["<mailto:b@x.test>"]), false));
        assert!(!targets.follow(302, &contacts(&["<sip:b@x.test>", "<tel:1>"]), true));
        assert!(targets.follow(302, &contacts(&["<sip:b@x.test>", "<sips:c@x.test>"]), true));
        assert_eq!((next(&mut targets).as_deref(), next(&mut targets)), (Some("sips:c@x.test"), None));
    }

    #[test]
    fn a_call_that_follows_no_3xx_keeps_no_invite() {
        let mut targets = targets(0);
        assert!(!targets.follow(302, &contacts(&["<sip:b@x.test>"]), false));
        assert!(targets.invite.is_none() && next(&mut targets).is_none());
    }
}
