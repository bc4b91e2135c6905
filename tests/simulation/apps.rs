//! What the apps do out of the blue, by dice.

use viasip::command::{CallOptions, ReofferOptions, TerminateOptions};
use viasip::entropy::Entropy;
use viasip::event::{AppReply, Input, RequestId, SessionId, SessionState, SubscriptionId};
use viasip::message::Method;
use viasip::messaging::RequestOptions;
use viasip::subscription::{Command, NotifierOptions, SubscribeOptions};
use viasip::uri::Uri;

use super::invariants::Verified;
use super::message::user;
use super::phone::{Call, NAMES, Signalling, Subscription};
use super::support::outside::{presence, publish};
use super::world::World;

/// Calls of one phone at once.
const MAX_CALLS: usize = 3;

impl World {
    /// An app of phone `at` does something.
    pub(crate) fn act(&mut self, at: usize) -> Verified {
        if self.phones[at].asleep_until > self.now {
            return Ok(());
        }
        let now = self.instant();
        let dice = self.random.below(64);
        let live: Vec<usize> = {
            let calls = &self.phones[at].calls;
            (0..calls.len()).filter(|i| calls[*i].terminals == 0).collect()
        };
        let chosen = live.get(self.random.below(live.len() as u64) as usize).copied();
        let phone = &mut self.phones[at];
        let call = chosen.map(|i| &phone.calls[i]);
        let waits = call.is_some_and(|call| call.incoming && call.state.status == 4);
        match (dice, call) {
            (0..24, Some(call)) if waits && dice < 20 => {
                let _ = phone.agent.answer(now, call.id, &Default::default());
            }
            (20..22, Some(call)) if waits => {
                let described = phone.agent.progress(now, call.id, &Default::default()).is_ok();
                if described {
                    self.meet("early answer");
                }
            }
            (0..14, _) if live.len() < MAX_CALLS => self.place_call(at),
            (14..20, Some(call)) => {
                let (on, call_id) = (!call.state.local_hold, call.call_id.clone());
                let options = reoffer(&mut self.random);
                let _ = phone.agent.hold(now, call.id, on, options);
                self.meanwhile(at, &call_id, |far, id, random| {
                    let _ = far.hold(now, id, on, reoffer(random));
                })?;
            }
            (20..24, Some(call)) => {
                let options = reoffer(&mut self.random);
                let _ = phone.agent.renegotiate(now, call.id, options);
            }
            (24..26, Some(call)) => {
                let _ = phone.agent.dtmf(now, call.id, "12", 100, 500, &[]);
            }
            (26, Some(call)) => {
                let _ = phone.agent.info(now, call.id, "text/plain", "hello", None, &[]);
            }
            (27, Some(call)) => {
                let _ = phone.agent.send_inside(now, call.id, Method::Message, &[], "hello");
            }
            (28..34, Some(_)) => self.transfer(at, &live, chosen.unwrap_or_default()),
            (34..37, _) => self.help_transfers(at),
            (37..42, Some(call)) => {
                let (id, call_id) = (call.id, call.call_id.clone());
                let status = Some(486).filter(|_| waits);
                let _ = phone.agent.terminate(now, id, &TerminateOptions { status, ..Default::default() });
                self.meanwhile(at, &call_id, |far, id, _| {
                    let _ = far.terminate(now, id, &TerminateOptions::default());
                })?;
            }
            (42..44, _) => self.say(at),
            (44..47, _) => self.subscribe(at)?,
            (47..51, _) => self.tend_subscriptions(at)?,
            (51, _) if self.rough => phone.agent.stop(now),
            (52..54, _) => phone.agent.start(now),
            (54, _) if self.rough => self.break_line(at)?,
            (55, _) if self.rough => {
                let ms = self.random.below(240_000);
                self.sleep(at, ms);
            }
            (56, Some(call)) if self.rough => {
                phone.watch.comes_back = true;
                phone.agent.handle_input(now, Input::IceFailed(call.id));
            }
            (57, _) if self.proxy.registrar.is_some() => phone.agent.register(now),
            (58, _) if self.rough && self.proxy.registrar.is_some() => {
                phone.agent.unregister(now, self.random.below(2) == 0);
            }
            (59, _) => self.is_bounded(at)?,
            (60, _) if self.rough => self.reload(at)?,
            _ => {}
        }
        self.pump(at)
    }

    /// The app at the other end does the same at the same moment, at times.
    pub(crate) fn meanwhile(
        &mut self,
        at: usize,
        call_id: &str,
        does: impl Fn(&mut viasip::agent::Agent, SessionId, &mut Entropy),
    ) -> Verified {
        if self.random.below(3) > 0 {
            return Ok(());
        }
        for far in (0..3).filter(|far| *far != at) {
            let phone = &mut self.phones[far];
            let call = phone.calls.iter().find(|c| c.call_id == call_id && c.terminals == 0).map(|c| c.id);
            if let Some(id) = call
                && phone.asleep_until <= self.now
            {
                does(&mut phone.agent, id, &mut self.random);
                self.met.entry("both at once").and_modify(|n| *n += 1).or_insert(1);
                self.pump(far)?;
            }
        }
        Ok(())
    }

    fn place_call(&mut self, at: usize) {
        let other = NAMES[(at + 1 + self.random.below(2) as usize) % 3];
        let user = if self.random.below(5) == 0 { "team" } else { other };
        if user == "team" {
            self.meet("forked");
        }
        let anonymous = self.random.below(8) == 0;
        if anonymous {
            self.meet("anonymous");
        }
        self.call(at, Uri::new(Some(user), "example.com"), Vec::new(), anonymous, None);
    }

    pub(crate) fn call(
        &mut self,
        at: usize,
        target: Uri,
        extra_headers: Vec<String>,
        anonymous: bool,
        transfer: Option<(SessionId, u32)>,
    ) {
        let now = self.instant();
        let session_expires_s = if self.random.below(4) == 0 { 120 } else { 90 };
        let phone = &mut self.phones[at];
        let id = SessionId(phone.agent.reserve());
        phone.calls.push(Call {
            id,
            call_id: String::new(),
            peer: target.user.clone().unwrap_or_default(),
            incoming: false,
            state: SessionState {
                status: 0,
                local_hold: false,
                remote_hold: false,
                ready_to_reoffer: false,
                recovering: false,
            },
            terminals: 0,
            gone: 0,
            media_open: true,
            media_until: 0,
            signalling: Signalling::Stable,
            answers: "sendrecv",
            described: false,
            transfer,
        });
        let options = CallOptions {
            target,
            extra_headers,
            anonymous,
            from_user: None,
            from_display_name: None,
            session_expires_s,
            trickle_ice: None,
            redirect_limit: None,
            session_id: None,
        };
        phone.agent.call(now, id, options).unwrap();
    }

    /// Blind, or attended if there is another call: then it is told whose place to take.
    fn transfer(&mut self, at: usize, live: &[usize], chosen: usize) {
        let now = self.instant();
        let phone = &mut self.phones[at];
        let call = &phone.calls[chosen];
        let other = live.iter().map(|i| &phone.calls[*i]).find(|other| other.id != call.id);
        let replaces = other.and_then(|other| {
            let known = NAMES.contains(&other.peer.as_str()) && other.state.status == 9;
            known.then(|| phone.agent.replaces_value(other.id)).flatten().map(|value| (other.peer.clone(), value))
        });
        let to = match replaces {
            Some((peer, value)) => {
                let value = value.replace(';', "%3B").replace('=', "%3D");
                format!("<sip:{peer}@example.com?Replaces={value}>")
            }
            None => format!("<sip:{}@example.com>", NAMES[(at + 1 + self.random.below(2) as usize) % 3]),
        };
        let _ = phone.agent.refer(now, call.id, &to, &[], false);
    }

    /// Does what a transfer of the far end asks for, or lets a call be replaced.
    pub(crate) fn help_transfers(&mut self, at: usize) {
        let now = self.instant();
        if let Some(ticket) = self.phones[at].replacements.pop() {
            let phone = &mut self.phones[at];
            let new = (self.random.below(4) > 0).then(|| SessionId(phone.agent.reserve()));
            phone.agent.replace(now, ticket, new);
            return;
        }
        let Some((id, cseq, refer_to)) = self.phones[at].referrals.pop() else { return };
        let (target, headers) = refer_to.split_once('?').unwrap_or((&refer_to, ""));
        let replaces = headers.strip_prefix("Replaces=").map(|value| value.replace("%3B", ";").replace("%3D", "="));
        let called = user(target);
        if self.random.below(4) == 0 || called == NAMES[at] {
            let status = if self.random.below(2) == 0 { 200 } else { 486 };
            return self.phones[at].agent.notify_refer(now, id, cseq, status, "");
        }
        let lines = replaces.map(|value| ["Replaces: ", &value].concat()).into_iter().collect();
        self.call(at, Uri::new(Some(called), "example.com"), lines, false, Some((id, cseq)));
    }

    /// A MESSAGE or OPTIONS.
    fn say(&mut self, at: usize) {
        let now = self.instant();
        let other = NAMES[(at + 1 + self.random.below(2) as usize) % 3];
        let method = if self.random.below(2) == 0 { Method::Message } else { Method::Options };
        let phone = &mut self.phones[at];
        let id = RequestId(phone.agent.reserve());
        phone.requests.insert(id, false);
        let options = RequestOptions {
            target: Uri::new(Some(other), "example.com"),
            body: "hello".into(),
            content_type: "text/plain".into(),
            extra_headers: Vec::new(),
            from_user: None,
            from_display_name: None,
        };
        phone.agent.send_request(now, id, method, options).unwrap();
    }

    pub(crate) fn subscribe(&mut self, at: usize) -> Verified {
        let now = self.instant();
        if self.phones[at].subscriptions.iter().filter(|s| !s.over).count() > 3 {
            return Ok(());
        }
        let other = NAMES[(at + 1 + self.random.below(2) as usize) % 3];
        let expires_s = 30 + self.random.below(90) as u32;
        let phone = &mut self.phones[at];
        let id = SubscriptionId(phone.agent.reserve());
        phone.subscriptions.push(Subscription::new(id, true));
        let options = SubscribeOptions {
            target: Uri::new(Some(other), "example.com"),
            accept: "application/pidf+xml".into(),
            ..presence(expires_s)
        };
        let command = match self.random.below(4) {
            0 => Command::Watch(Box::new(options)),
            1 => {
                phone.subscription(id)?.body = "<first/>".into();
                Command::Publish(Box::new(publish(expires_s)), "<first/>".into())
            }
            _ => Command::Subscribe(Box::new(options), String::new()),
        };
        let asked = phone.agent.subscription(now, id, command);
        asked.map_err(|error| format!("{}: {error:?}", NAMES[at]))
    }

    fn tend_subscriptions(&mut self, at: usize) -> Verified {
        let now = self.instant();
        let dice = self.random.below(8);
        let phone = &mut self.phones[at];
        let live: Vec<usize> = (0..phone.subscriptions.len()).filter(|i| !phone.subscriptions[*i].over).collect();
        let Some(&chosen) = live.get(self.random.below(live.len() as u64) as usize) else { return Ok(()) };
        let (id, ours) = (phone.subscriptions[chosen].id, phone.subscriptions[chosen].ours);
        if ours && dice >= 3 && !phone.subscriptions[chosen].body.is_empty() {
            let body = format!("<at{}/>", self.now);
            phone.subscriptions[chosen].body.clone_from(&body);
            phone.subscriptions[chosen].published_until = 0;
            let _ = phone.agent.subscription(now, id, Command::Again { ends: false, body });
            return Ok(());
        }
        let command = match (ours, dice) {
            (true, _) => Command::Again { ends: dice < 3, body: String::new() },
            (false, 0) => Command::Activate,
            (false, 1) => Command::Terminate { body: String::new(), reason: "noresource".into(), retry_after: None },
            (false, 2) => Command::Start(notifier(&mut self.random)),
            (false, _) => Command::Notify("<state/>".into()),
        };
        let _ = self.phones[at].agent.subscription(now, id, command);
        Ok(())
    }

    /// Hangs up, ends each subscription, and leaves the registrar.
    pub(crate) fn leave(&mut self, at: usize) -> Verified {
        let now = self.instant();
        let phone = &mut self.phones[at];
        for call in phone.calls.iter().filter(|c| c.terminals == 0) {
            let _ = phone.agent.terminate(now, call.id, &TerminateOptions::default());
        }
        for subscription in phone.subscriptions.iter().filter(|s| !s.over) {
            let command = match subscription.ours {
                true => Command::Again { ends: true, body: String::new() },
                false => Command::Terminate { body: String::new(), reason: String::new(), retry_after: None },
            };
            let _ = phone.agent.subscription(now, subscription.id, command);
        }
        phone.agent.unregister(now, at == 1);
        self.pump(at)
    }
}

pub(crate) fn reoffer(random: &mut Entropy) -> ReofferOptions {
    ReofferOptions { use_update: random.below(2) == 0, ice_restart: random.below(4) == 0, ..Default::default() }
}

pub(crate) fn notifier(random: &mut Entropy) -> NotifierOptions {
    NotifierOptions {
        content_type: "application/pidf+xml".into(),
        pending: random.below(4) == 0,
        default_expires_s: 110,
        ..Default::default()
    }
}

pub(crate) fn refusal(status: u16) -> AppReply {
    AppReply { status, reason: None, headers: Vec::new(), body: String::new() }
}
