//! The registration: RFC 3261 10, RFC 5626 (reg-id, +sip.instance), RFC 5627 (GRUU); JsSIP `Registrator`. What a 2xx
//! grants beside is in `grant`. With two flows there are two, with reg-id 1 and 2, which are one to the app: it hears of
//! the one whose flow requests go by.
//!
//! ```text
//! Idle --REGISTER--> Registering --2xx--> Registered --refresh--> Registering ...
//!   ^--------------------| any other answer     |--Expires: 0--> Unregistering --any answer--> Idle
//!                        | none, 408, 430, 480, 5xx, 2xx for 0 s --> Waiting --later--> Registering
//! ```

mod binding;
pub mod grant;
mod granted;
pub mod push;

use std::sync::Arc;

use crate::back_off::back_off_ms;
use crate::cause::Cause;
use crate::command::line;
use crate::context::Cx;
use crate::event::{Event, Flow, share};
use crate::exchange::Owner;
use crate::message::{Method, Response, retry_after};
use crate::time::Instant;
use crate::transaction::Fate;
pub use grant::Grant;
pub use push::{PushGrant, PushTarget};

/// The least expiry that is believed, in s.
const LEAST_EXPIRES_S: u32 = 10;

/// The shortest time between two refreshes that a proxy can want, in ms.
const LEAST_REFRESH_MS: u64 = 5_000;

/// The longest wait before a registrar that failed is asked again, in s (RFC 5626 4.5).
const MOST_WAIT_S: u32 = 1800;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    Registering,
    Registered {
        refresh_at: Instant,
    },
    Unregistering,
    /// The registrar could not: it is asked again.
    Waiting {
        again_at: Instant,
    },
}

/// What an app may see of the registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationState {
    /// Whether the registrar holds our binding, as far as we know.
    pub registered: bool,
    /// The granted expiry in s.
    pub expires_s: Option<u32>,
    /// When it is refreshed, or asked for again.
    pub refresh_at: Option<Instant>,
}

/// The registration of an agent by one flow.
#[derive(Debug)]
pub struct Registration {
    /// Its name at the registrar (RFC 5626 4.2).
    pub id: u8,
    /// Whether another one is the app's: this one is kept without its hearing of it.
    pub spare: bool,
    /// The connection that it goes by.
    pub flow: Option<Flow>,
    /// Whether the first hop has outbound (RFC 5626): a 439 says that it has none.
    outbound: bool,
    state: State,
    registered: bool,
    call_id: String,
    cseq: u32,
    expires_asked_s: u32,
    expires_s: Option<u32>,
    /// When the last REGISTER was sent: what it is granted counts from then, however long the page slept over the answer.
    asked_at: Instant,
    extra_headers: Vec<String>,
    contact_params: String,
    /// What the app asked while another request was on its way.
    then: Option<Wish>,
    /// Whether a 423 has made it ask for longer.
    raised: bool,
    /// How often in a row the registrar could not.
    failures: u32,
    /// What the last 2xx granted beside, as long as we are registered.
    grant: Grant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Register,
    Unregister { all: bool },
}

impl Registration {
    /// Not registered yet; `call_id` serves for the agent's life (RFC 3261 10.2).
    pub fn new(id: u8, call_id: String, expires_s: u32) -> Self {
        Self {
            id,
            spare: id > 1,
            flow: None,
            outbound: true,
            state: State::Idle,
            registered: false,
            call_id,
            cseq: 0,
            expires_asked_s: expires_s,
            expires_s: None,
            asked_at: Instant::default(),
            extra_headers: Vec::new(),
            contact_params: String::new(),
            then: None,
            raised: false,
            failures: 0,
            grant: Grant::default(),
        }
    }

    /// The one by a second flow, of the same Call-ID.
    #[must_use]
    pub fn second(&self) -> Self {
        Self::new(2, self.call_id.clone(), self.expires_asked_s)
    }

    /// JsSIP `setExtraHeaders` and `setExtraContactParams`.
    pub fn set_extra(&mut self, headers: Vec<String>, contact_params: String) {
        self.extra_headers = headers;
        self.contact_params = contact_params;
    }

    /// What an app may see.
    pub fn state(&self) -> RegistrationState {
        let refresh_at = match self.state {
            State::Registered { refresh_at: at } | State::Waiting { again_at: at } => Some(at),
            _ => None,
        };
        RegistrationState { registered: self.registered, expires_s: self.expires_s, refresh_at }
    }

    /// When the registration has to be refreshed, or asked for again.
    pub fn deadline(&self) -> Option<Instant> {
        self.state().refresh_at
    }

    /// The next CSeq, for a repetition with credentials. The registrations of an agent share their Call-ID, or one would
    /// end the temporary GRUUs of the other (RFC 5627 3.2), and so their numbers.
    pub fn next_cseq(&mut self, cx: &mut Cx) -> u32 {
        cx.register_cseq += 1;
        self.cseq = cx.register_cseq;
        self.cseq
    }

    /// Whether this is the number of our last request.
    pub fn is_latest(&self, cseq: u32) -> bool {
        self.cseq == cseq
    }

    /// Sends REGISTER unless one is on its way; after an un-REGISTER that is, it follows.
    pub fn register(&mut self, cx: &mut Cx) {
        match self.state {
            State::Registering => return self.then = None,
            State::Unregistering => return self.then = Some(Wish::Register),
            State::Idle | State::Registered { .. } | State::Waiting { .. } => {}
        }
        let contact = self.binding(cx);
        let mut tag = cx.entropy.tag();
        tag.push_str(&cx.config.register_from_tag_trail);
        let expires = (self.expires_asked_s > 0).then_some(self.expires_asked_s);
        self.state = State::Registering;
        self.send(cx, contact, expires, &tag);
    }

    /// Removes our binding, or with `all` every binding of the address of record. Nothing unless registered; after a
    /// REGISTER that is on its way it follows.
    pub fn unregister(&mut self, all: bool, cx: &mut Cx) {
        self.then = matches!(self.state, State::Registering).then_some(Wish::Unregister { all });
        if !self.registered {
            if matches!(self.state, State::Waiting { .. }) {
                self.state = State::Idle;
            }
            return;
        }
        self.then = None;
        self.registered = false;
        let tag = cx.entropy.tag();
        self.state = State::Unregistering;
        if all {
            // RFC 3261 10.2.2: alone, without parameters.
            self.submit(cx, "*".to_owned(), Some(0), &tag);
        } else {
            let contact = self.binding(cx);
            self.send(cx, contact, Some(0), &tag);
        }
    }

    fn binding(&self, cx: &Cx) -> String {
        let push = cx.config.push.as_ref().map(PushTarget::params).unwrap_or_default();
        let contact = [&cx.config.contact.to_string(), push.as_str()].concat();
        let id = if self.outbound { [";reg-id=", &self.id.to_string()].concat() } else { String::new() };
        let instance = &cx.config.instance_id;
        // RFC 8599 4.1.3: a page that lives needs no push to refresh.
        let refreshes = if cx.config.push.is_some() { ";+sip.pnsreg" } else { "" };
        ["<", &contact, ">;+sip.ice", refreshes, &id, ";+sip.instance=\"<urn:uuid:", instance, ">\""].concat()
    }

    fn send(&mut self, cx: &mut Cx, mut contact: String, expires: Option<u32>, tag: &str) {
        if let Some(seconds) = expires {
            contact.push_str(";expires=");
            contact.push_str(&seconds.to_string());
        }
        contact.push_str(&self.contact_params);
        self.submit(cx, contact, expires, tag);
    }

    fn submit(&mut self, cx: &mut Cx, contact: String, expires: Option<u32>, tag: &str) {
        self.asked_at = cx.now;
        let cseq = self.next_cseq(cx);
        let to = format!("<{}>", cx.config.uri.aor());
        let from = format!("{};tag={tag}", cx.own_address());
        let registrar = cx.config.registrar.to_string();
        let mut draft = cx.draft(Method::Register, &registrar, &to, &from, &self.call_id, cseq);
        let mut lines = self.extra_headers.clone();
        if let Some(packages) = cx.config.recv_info() {
            lines.push(line("Recv-Info", &packages));
        }
        lines.push(line("Contact", &contact));
        if let Some(seconds) = expires {
            // JsSIP puts it before Contact to register, and behind it to un-register.
            let at = lines.len() - usize::from(seconds > 0);
            lines.insert(at, line("Expires", &seconds.to_string()));
        }
        draft = cx.finish(draft, &lines, if self.outbound { "path,gruu,outbound" } else { "path,gruu" });
        draft.flow = self.flow;
        cx.send(Owner::Registration(self.id), draft);
    }

    /// The final answer to a REGISTER.
    pub fn response(&mut self, response: &Arc<Response>, cx: &mut Cx) {
        if response.cseq != self.cseq {
            return;
        }
        if matches!(self.state, State::Unregistering) {
            self.state = State::Idle;
            self.expires_s = None;
            self.renew_gruus(None, None, cx);
            self.take_grant(Grant::default(), cx);
            let cause = (response.status >= 300).then(|| Cause::of_status(response.status));
            self.tell(Event::Unregistered { response: Some(share(response)), cause, transport: false }, cx);
            if self.then.take() == Some(Wish::Register) {
                self.register(cx);
            }
            return;
        }
        match response.status {
            200..300 => self.granted(response, cx),
            423 => {
                // RFC 3261 10.2.8: ask again for what the registrar will grant.
                let least = response.headers.first("Min-Expires").and_then(|v| v.trim().parse::<u32>().ok());
                self.state = State::Idle;
                match least {
                    Some(seconds) if seconds > self.expires_asked_s && !self.raised => {
                        self.raised = true;
                        self.expires_asked_s = seconds.max(LEAST_EXPIRES_S);
                        self.register(cx);
                    }
                    _ => self.failed(Some(response), Cause::SipFailureCode, cx),
                }
            }
            // RFC 8599 4.1.1: another time it is no other service.
            555 => {
                cx.event(Event::Dropped { why: "The registrar does not support this push notification service" });
                self.failed(Some(response), Cause::SipFailureCode, cx);
            }
            // RFC 5626 11.6: without outbound then, which leaves one flow.
            439 if self.outbound && !self.spare => {
                self.outbound = false;
                self.state = State::Idle;
                self.register(cx);
            }
            status => self.failed(Some(response), Cause::of_status(status), cx),
        }
    }

    /// A connection is open: it goes by that.
    pub fn line_open(&mut self, flow: Flow) {
        self.flow = Some(flow);
        self.outbound = true;
    }

    /// Whether nothing is under way and nothing holds.
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle && !self.registered
    }

    /// Whether a REGISTER is on its way.
    pub fn is_asking(&self) -> bool {
        matches!(self.state, State::Registering)
    }

    /// Whether our farewell is on its way.
    pub fn is_leaving(&self) -> bool {
        self.state == State::Unregistering
    }

    /// It is the app's from now on, which takes itself for registered or not.
    pub fn take_over(&mut self, registered: bool) {
        (self.spare, self.registered) = (false, registered);
    }

    fn tell(&self, event: Event, cx: &mut Cx) {
        if !self.spare {
            cx.event(event);
        }
    }

    /// No answer to a REGISTER.
    pub fn unanswered(&mut self, fate: Fate, cx: &mut Cx) {
        let cause = fate.cause();
        match self.state {
            State::Unregistering => {
                self.state = State::Idle;
                self.renew_gruus(None, None, cx);
                self.take_grant(Grant::default(), cx);
                self.tell(Event::Unregistered { response: None, cause: Some(cause), transport: false }, cx);
                // Without a line the next one brings a REGISTER.
                if self.then.take() == Some(Wish::Register) && fate == Fate::Timeout {
                    self.register(cx);
                }
            }
            State::Registering => self.failed(None, cause, cx),
            State::Idle | State::Registered { .. } | State::Waiting { .. } => {}
        }
    }

    fn failed(&mut self, response: Option<&Arc<Response>>, cause: Cause, cx: &mut Cx) {
        self.state = match response.map(|r| r.status) {
            // What the app wants now, or a connection that is gone, leaves nothing to ask for.
            _ if self.then.is_some() || cause == Cause::ConnectionError => State::Idle,
            None | Some(408 | 430 | 480 | 500..=554 | 556..600) => self.waiting(response, cx),
            Some(_) => {
                self.renew_gruus(None, None, cx);
                State::Idle
            }
        };
        self.expires_s = None;
        (self.then, self.raised) = (None, false);
        let was_registered = std::mem::take(&mut self.registered);
        self.tell(Event::RegistrationFailed { response: response.map(share), cause }, cx);
        self.take_grant(Grant::default(), cx);
        if was_registered {
            self.tell(Event::Unregistered { response: response.map(share), cause: Some(cause), transport: false }, cx);
        }
    }

    /// Until it is asked again.
    fn waiting(&mut self, response: Option<&Arc<Response>>, cx: &mut Cx) -> State {
        let named = response.and_then(|r| r.headers.first("Retry-After")).and_then(retry_after);
        let delay_ms = back_off_ms(named, MOST_WAIT_S, self.failures, &mut cx.entropy);
        self.failures += 1;
        State::Waiting { again_at: cx.now.after(delay_ms) }
    }

    /// The refresh is due: true once, then the owner registers or leaves it to the app. Asking again needs nobody.
    pub fn expire(&mut self, cx: &mut Cx) -> bool {
        match self.state {
            State::Registered { refresh_at } if refresh_at <= cx.now => {
                self.state = State::Idle;
                true
            }
            State::Waiting { again_at } if again_at <= cx.now => {
                self.register(cx);
                false
            }
            _ => false,
        }
    }

    /// The connection is gone, and our Contact with it.
    pub fn transport_closed(&mut self, cx: &mut Cx) {
        self.state = State::Idle;
        self.flow = None;
        self.expires_s = None;
        self.then = None;
        self.take_grant(Grant::default(), cx);
        if std::mem::take(&mut self.registered) {
            self.tell(Event::Unregistered { response: None, cause: None, transport: true }, cx);
        }
    }
}
