//! What the listeners of hook events decided, on its way back to who asked.

use super::Agent;
use crate::event::{Asker, Ticket, Verdict};
use crate::time::Instant;

impl Agent {
    /// Hands back what the listeners of a hook event decided. Void once the call has ended.
    pub fn resume(&mut self, now: Instant, ticket: Ticket, verdict: Verdict) {
        self.catch_up(now);
        let cx = &mut self.cx;
        match (ticket.asker(), verdict) {
            (Asker::Registration, Verdict::Listened(listened)) => {
                let asked = self.expiring.take_if(|expiring| *expiring == ticket).is_some();
                // Not if the app has left meanwhile.
                if asked && !listened && self.auto_register {
                    self.registration.register(cx);
                }
            }
            (Asker::Sending(id), Verdict::Sending { headers, body }) => {
                self.requests.resume(ticket, id, headers, body, cx);
            }
            (Asker::Reply, Verdict::Reply { listened, reply }) => self.requests.decided(ticket, listened, reply, cx),
            (Asker::Notifier(id), Verdict::Listened(listened)) => self.subscriptions.resume(id, ticket, listened, cx),
            (Asker::Call(id), verdict) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.resume(ticket, verdict, cx);
                }
            }
            (Asker::Refer(id), Verdict::Listened(listened)) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.refer_shown(ticket, listened, cx);
                }
            }
            (Asker::Referral(id), Verdict::Listened(listened)) => self.referrals.resume(id, ticket, listened, cx),
            (Asker::Replaces(id), Verdict::Listened(listened)) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.replaces_shown(ticket, listened, cx);
                }
            }
            (Asker::Account, Verdict::Account(account)) => self.account_given(ticket, account),
            (Asker::Nobody, _) => {}
            (
                Asker::Registration
                | Asker::Account
                | Asker::Sending(_)
                | Asker::Reply
                | Asker::Notifier(_)
                | Asker::Refer(_)
                | Asker::Referral(_)
                | Asker::Replaces(_),
                _,
            ) => cx.misanswered(),
        }
        self.settle();
    }
}
