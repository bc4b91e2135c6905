//! The 2xx to a REGISTER: when our binding is refreshed, and what its grant and its GRUUs (RFC 5627) change.

use std::sync::Arc;

use super::binding::Binding;
use super::grant::Grant;
use super::{LEAST_EXPIRES_S, LEAST_REFRESH_MS, Registration, State, Wish};
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{Event, share};
use crate::message::Response;

impl Registration {
    /// The 2xx to our REGISTER: until when it holds, and what holds with it.
    pub(super) fn granted(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let Some(Binding { expires_s, public_gruu, temporary_gruu }) = Binding::ours(&response.headers, self.id, cx)
        else {
            // A 2xx that does not list us: keep what we know, ask again before the asked expiry ends.
            let seconds = self.expires_asked_s.max(60);
            self.state = State::Registered { refresh_at: self.asked_at.after(refresh_delay_ms(seconds, cx)) };
            if !self.registered {
                self.state = State::Idle;
                self.failed(Some(response), Cause::SipFailureCode, cx);
            }
            return;
        };
        let granted = expires_s.or_else(|| response.expires());
        if granted == Some(0) {
            return self.granted_nothing(response, cx);
        }
        let granted = granted.unwrap_or(self.expires_asked_s).max(LEAST_EXPIRES_S);
        self.renew_gruus(public_gruu, temporary_gruu, cx);
        let (grant, complete) = Grant::read(&response.headers);
        let mut refresh_ms = refresh_delay_ms(granted, cx);
        if let (Some(early), Some(_)) = (grant.push.pnsreg, &cx.config.push) {
            // RFC 8599 4.1.3: or it comes too late to spare the push.
            let latest = u64::from(granted.saturating_sub(early)) * 1000;
            refresh_ms = refresh_ms.min(latest.max(LEAST_REFRESH_MS));
        }
        let refresh_at = self.asked_at.after(refresh_ms);
        self.raised = false;
        self.expires_s = Some(granted);
        self.failures = 0;
        self.state = State::Registered { refresh_at };
        if !complete {
            cx.event(Event::Dropped { why: "Path or Service-Route that cannot be used" });
        }
        self.take_grant(grant, cx);
        if self.registered {
            self.tell(Event::Refreshed { expires_s: granted, refresh_in_ms: refresh_at.since(cx.now) }, cx);
        } else {
            self.registered = true;
            self.tell(Event::Registered { response: share(response), expires_s: granted }, cx);
        }
        if let Some(Wish::Unregister { all }) = self.then.take() {
            self.unregister(all, cx);
        }
    }

    /// It keeps our binding for no time, which is not at all (RFC 3261 10.2.2), whatever the status. It is asked again later.
    fn granted_nothing(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        let again = self.then.is_none();
        self.state = State::Idle;
        self.renew_gruus(None, None, cx);
        self.failed(Some(response), Cause::SipFailureCode, cx);
        if again {
            self.state = self.waiting(Some(response), cx);
        }
    }

    /// From now on this holds.
    pub(super) fn take_grant(&mut self, grant: Grant, cx: &mut Cx) {
        if grant != self.grant {
            self.grant = grant;
            self.show_grant(cx);
        }
    }

    /// Tells what holds, and lets requests go by its route.
    pub fn show_grant(&self, cx: &mut Cx) {
        if !self.spare {
            cx.service_route.clone_from(&self.grant.service_route);
            cx.contact.purr = cx.config.push.as_ref().map(|_| self.grant.push.purr()).unwrap_or_default();
            cx.event(Event::Granted(self.grant.clone()));
        }
    }

    /// What the last 2xx granted, as long as we are registered.
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// From now on our Contact is one of these, or the plain one. Without a connection the last ones stay: the next
    /// REGISTER, which has the same Call-ID, makes them true again or says otherwise. That none are left only the app's
    /// registration can say.
    pub(super) fn renew_gruus(&self, public: Option<String>, temporary: Option<String>, cx: &mut Cx) {
        if self.spare && public.is_none() && temporary.is_none() {
            return;
        }
        let before = cx.contact.clone();
        cx.contact.renew(public, temporary);
        let (public, temporary) = (cx.contact.public_gruu.clone(), cx.contact.temporary_gruu.clone());
        if (&before.public_gruu, &before.temporary_gruu) != (&public, &temporary) {
            cx.event(Event::Gruu { public, temporary });
        }
    }
}

/// ms until the refresh: somewhere in the second half for long registrations, so that a restarted server is not
/// asked by all of its users at once (RFC 5626 4.4.1 spreads the same way), 5 s early for short ones.
fn refresh_delay_ms(expires_s: u32, cx: &mut Cx) -> u64 {
    let expires = u64::from(expires_s) * 1000;
    if expires_s > 64 { expires / 2 + cx.entropy.below(expires / 2 - 32_000) } else { expires - 5_000 }
}
