//! What the apps hear, and do inside an event.

use viasip::auth::Account;
use viasip::command::{ReofferOptions, TerminateOptions};
use viasip::event::{
    Event, FlowStatus, SessionEvent, SessionId, SessionState, SubscriptionEvent, SubscriptionId, Ticket, Verdict,
};
use viasip::subscription::Command;
use viasip::time::Instant;

use super::apps::{notifier, refusal};
use super::invariants::Verified;
use super::message::{WRONG, address};
use super::phone::{Call, NAMES, Signalling, Subscription};
use super::world::{What, World};

impl World {
    /// The app hears of something.
    pub(crate) fn event(&mut self, at: usize, event: Event) -> Verified {
        let now = self.instant();
        let nested = self.busy && self.random.below(40) == 0;
        let name = NAMES[at];
        let phone = &mut self.phones[at];
        match event {
            Event::NewSession { id, ticket, incoming, call_id, .. } => {
                if let Some(request) = incoming {
                    phone.calls.push(Call {
                        id,
                        call_id: call_id.clone(),
                        peer: request.from_address().and_then(|from| from.uri.user).unwrap_or_default(),
                        incoming: true,
                        state: SessionState {
                            status: 4,
                            local_hold: false,
                            remote_hold: false,
                            ready_to_reoffer: false,
                            recovering: false,
                        },
                        terminals: 0,
                        gone: 0,
                        media_open: false,
                        media_until: 0,
                        signalling: Signalling::Stable,
                        answers: "sendrecv",
                        described: false,
                        transfer: None,
                    });
                    if request.sdp().is_none() {
                        self.meet("late");
                    }
                } else {
                    phone.call(id)?.call_id.clone_from(&call_id);
                }
                self.nested(at, id, nested, now);
                self.phones[at].agent.resume(now, ticket, Verdict::Listened(true));
            }
            Event::SessionGone(id) => {
                let call = phone.call(id)?;
                call.gone += 1;
                if call.gone != 1 || call.terminals != 1 {
                    return Err(format!("{name}: gone at the wrong time"));
                }
            }
            Event::Connecting { .. } | Event::Disconnected { .. } => {
                let opens = matches!(event, Event::Connecting { .. });
                let told = std::mem::replace(&mut phone.heard_of_line, opens);
                // As in JsSIP, leaving while it waits for the next attempt is told too.
                let leaves = matches!(event, Event::Disconnected { error: false, .. });
                // Of two flows the other one may open first: then that is the line.
                let other = opens && phone.two_flows;
                if told == opens && !leaves && !other {
                    return Err(format!("{name}: {event:?} twice"));
                }
            }
            Event::Registered { .. } => {
                if std::mem::replace(&mut phone.registered, true) {
                    return Err(format!("{name}: registered twice"));
                }
                self.meet("registered");
            }
            Event::Unregistered { .. } => phone.registered = false,
            Event::Flow(state) => {
                phone.registered_flows[usize::from(state.id) - 1] = state.status == FlowStatus::Registered;
                if state.first && state.server > 0 {
                    self.meet("second first");
                }
            }
            Event::RegistrationExpiring(ticket) => phone.agent.resume(now, ticket, Verdict::Listened(false)),
            Event::NewRequest { ticket, outgoing: Some(draft), .. } => {
                let verdict = Verdict::Sending { headers: draft.headers, body: draft.body };
                phone.agent.resume(now, ticket, verdict);
            }
            Event::NewRequest { ticket, .. } => {
                let verdict = Verdict::Reply { listened: self.random.below(10) > 0, reply: None };
                self.phones[at].agent.resume(now, ticket, verdict);
            }
            Event::RequestDone { id, .. } => match phone.requests.insert(id, true) {
                Some(false) => {}
                other => return Err(format!("{name}: {id:?} is done, and was {other:?}")),
            },
            Event::UnsolicitedNotify { ticket, .. } => {
                phone.agent.resume(now, ticket, Verdict::Reply { listened: true, reply: None });
            }
            Event::NewSubscribe { id, ticket, .. } => {
                phone.subscriptions.push(Subscription::new(id, false));
                let command = match self.random.below(10) {
                    0 => None,
                    1 => {
                        // A reply without a subscription is told by nobody.
                        self.phones[at].subscription(id)?.over = true;
                        Some(Command::Reply(refusal(403)))
                    }
                    _ => Some(Command::Start(notifier(&mut self.random))),
                };
                let phone = &mut self.phones[at];
                if let Some(command) = command {
                    let _ = phone.agent.subscription(now, id, command);
                }
                phone.agent.resume(now, ticket, Verdict::Listened(true));
            }
            Event::Subscription { id, kind, dialog, .. } => {
                let subscription = phone.subscription(id)?;
                if subscription.over {
                    return Err(format!("{name}: {kind:?} after the end"));
                }
                if let Some(dialog) = dialog {
                    let named = (dialog.call_id, dialog.local_tag, dialog.remote_tag);
                    let ended = matches!(kind, SubscriptionEvent::ForkEnded);
                    subscription.dialogs.retain(|known| known.0 == named.0 && *known != named);
                    subscription.dialogs.extend((!ended).then_some(named));
                }
                self.subscription(at, id, kind)?;
            }
            Event::Session { id, state, kind } => self.session(at, id, state, kind, nested)?,
            Event::Challenged { ticket, .. } => self.gives(at, ticket),
            // What it gave too late, or was refused before.
            Event::Dropped { why } if phone.asks && why.starts_with("Credentials") => self.meet("useless account"),
            Event::Dropped { why } => return Err(format!("{name}: drops a frame: {why}")),
            _ => {}
        }
        Ok(())
    }

    /// The app is asked for its password: it gives it at once or late, a wrong one, none, or does not answer. When the
    /// apps have done with playing, each answers soon.
    fn gives(&mut self, at: usize, ticket: Ticket) {
        let (dice, mut account) = (if self.busy { self.random.below(12) } else { 11 }, Account::default());
        (account.username, account.password) = (NAMES[at].into(), Some("secret".into()));
        let (account, most, kind) = match dice {
            0 => return self.meet("unanswered"),
            1 => (None, 2_000, "no account"),
            2 => (Some(Account { username: WRONG.into(), ..account }), 2_000, "wrong account"),
            3 => (Some(account), 90_000, "late account"),
            _ => (Some(account), 2_000, "account"),
        };
        self.meet(kind);
        self.tell(at, || format!(": {kind}"));
        let given = self.now + self.random.below(most);
        self.plan(given, What::Account { at, ticket, account });
    }

    /// Something that an app does inside an event of this call.
    fn nested(&mut self, at: usize, id: SessionId, nested: bool, now: Instant) {
        if !nested {
            return;
        }
        let dice = self.random.below(4);
        let agent = &mut self.phones[at].agent;
        match dice {
            0 => drop(agent.hold(now, id, true, ReofferOptions::default())),
            1 => drop(agent.dtmf(now, id, "1", 100, 500, &[])),
            _ => drop(agent.terminate(now, id, &TerminateOptions::default())),
        }
    }

    fn subscription(&mut self, at: usize, id: SubscriptionId, kind: SubscriptionEvent) -> Verified {
        let now = self.instant();
        let phone = &mut self.phones[at];
        match kind {
            SubscriptionEvent::Terminated { .. } => phone.subscription(id)?.over = true,
            SubscriptionEvent::Subscribe { ticket, .. } => {
                let _ = phone.agent.subscription(now, id, Command::Notify("<state/>".into()));
                phone.agent.resume(now, ticket, Verdict::Listened(true));
            }
            SubscriptionEvent::Expired { ticket } => phone.agent.resume(now, ticket, Verdict::Listened(true)),
            SubscriptionEvent::Active => self.meet("subscribed"),
            SubscriptionEvent::Waiting { retry_in_ms, .. } => {
                phone.subscription(id)?.dialogs.clear();
                self.meet(if retry_in_ms.is_some() { "watched anew" } else { "watched" });
            }
            SubscriptionEvent::Published { expires_s, .. } => {
                let until = self.now + u64::from(expires_s) * 1000;
                self.phones[at].subscription(id)?.published_until = until;
                self.meet("published");
            }
            SubscriptionEvent::PublishFailed { .. } => phone.subscription(id)?.published_until = 0,
            _ => {}
        }
        Ok(())
    }

    fn session(&mut self, at: usize, id: SessionId, state: SessionState, kind: SessionEvent, nested: bool) -> Verified {
        let now = self.instant();
        let name = NAMES[at];
        let phone = &mut self.phones[at];
        if let SessionEvent::Renegotiated { failure: None, .. } = kind {
            let of = phone.call(id)?.call_id.clone();
            phone.watch.settled(&of);
        }
        let early = phone.call(id)?.state.status < 6 && state.status < 6;
        if early && matches!(kind, SessionEvent::Renegotiated { .. } | SessionEvent::Answered { .. }) {
            self.meet("early offer");
        }
        let phone = &mut self.phones[at];
        let call = phone.call(id)?;
        let came_back = std::mem::replace(&mut call.state, state).recovering;
        if call.gone > 0 {
            return Err(format!("{name}: {kind:?} after SessionGone"));
        }
        let transfer = matches!(
            kind,
            SessionEvent::ReferProgress { .. }
                | SessionEvent::RequestDone { .. }
                | SessionEvent::Renumbered { .. }
                | SessionEvent::MediaFailed(_)
        );
        if call.terminals > 0 && !transfer {
            return Err(format!("{name}: {kind:?} after the end"));
        }
        let (call_id, asked_by) = (call.call_id.clone(), call.transfer);
        let told = match &kind {
            SessionEvent::Ended { .. } | SessionEvent::Failed { .. } => {
                call.terminals += 1;
                if call.media_open && !call.incoming {
                    return Err(format!("{name}: media is open after the end"));
                }
                if matches!(kind, SessionEvent::Ended { .. }) { "ended" } else { "failed" }
            }
            SessionEvent::Confirmed { .. } if came_back => "resumed",
            SessionEvent::Confirmed { .. } => "confirmed",
            SessionEvent::Hold(_) => "hold",
            SessionEvent::Unhold(_) => "unhold",
            SessionEvent::Renegotiated { failure: None, .. } => "renegotiated",
            SessionEvent::Renegotiated { .. } => "refused",
            SessionEvent::Refer { .. } => "refer",
            SessionEvent::Replaces { .. } => "replaces",
            SessionEvent::Progress { reliable: true, .. } => "reliable",
            SessionEvent::Recovering { .. } => "recovering",
            SessionEvent::Recovered { .. } => "recovered",
            SessionEvent::SessionId { .. } => "session id",
            SessionEvent::Identity { .. } => "identity",
            SessionEvent::ReferProgress { status: 200.., .. } => "transferred",
            _ => "",
        };
        if !told.is_empty() {
            self.tell(at, || format!(": {told} {call_id}"));
            self.meet(told);
        }
        let phone = &mut self.phones[at];
        if matches!(kind, SessionEvent::Ended { .. } | SessionEvent::Failed { .. }) {
            phone.watch.now = self.now;
            phone.watch.over(&call_id);
        }
        if let Some((old, cseq)) = asked_by {
            let status = match told {
                "confirmed" => 200,
                "failed" => 486,
                _ => 0,
            };
            if status > 0 {
                phone.agent.notify_refer(now, old, cseq, status, "");
            }
        }
        match kind {
            SessionEvent::Sending { ticket, request } => {
                self.nested(at, id, nested, now);
                let verdict = Verdict::Sending { headers: request.headers, body: request.body };
                self.phones[at].agent.resume(now, ticket, verdict);
            }
            SessionEvent::Sdp { ticket, sdp, .. } => {
                self.nested(at, id, nested, now);
                self.phones[at].agent.resume(now, ticket, Verdict::Sdp(sdp));
            }
            SessionEvent::Reinvite { ticket, .. } | SessionEvent::Update { ticket, .. } => {
                self.nested(at, id, nested, now);
                let refused = (self.busy && self.random.below(20) == 0).then(|| refusal(403));
                self.phones[at].agent.resume(now, ticket, Verdict::Reoffer(refused));
            }
            SessionEvent::Refer { ticket, request } => {
                let to = request.headers.first("Refer-To").map(address).unwrap_or_default().to_owned();
                phone.referrals.push((id, request.cseq, to));
                phone.agent.resume(now, ticket, Verdict::Listened(!nested));
                if !nested && self.random.below(2) == 0 {
                    self.help_transfers(at);
                }
            }
            SessionEvent::Replaces { ticket, .. } => {
                phone.agent.resume(now, ticket, Verdict::Listened(!nested));
                if !nested {
                    phone.replacements.push(ticket);
                }
                if !nested && self.random.below(2) == 0 {
                    self.help_transfers(at);
                }
            }
            SessionEvent::Progress { .. } | SessionEvent::Accepted { .. } | SessionEvent::Confirmed { .. } => {
                self.nested(at, id, nested, now);
            }
            _ => {}
        }
        Ok(())
    }
}
