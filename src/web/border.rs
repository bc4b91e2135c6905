//! The border between Rust and TypeScript, written once: what the core tells, what it is asked, with which fields.
//!
//! Each table below becomes an enum here, with what writes or reads its fields, and `pkg/src/core/border.ts`, which
//! `cargo test` writes and which is tracked: const enums and tuples, so that both compilers hold both sides to it. Fields
//! cross by position, because names would cost bytes and time; nobody writes a position by hand.
//!
//! To add an event or a command: a row here, then follow the two compilers. It is one table: that is why it is long.

// Native tests only write the TypeScript: nothing crosses there.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, unused_imports))]

mod aliases;
#[cfg(target_arch = "wasm32")]
mod arguments;
mod crossing;
mod values;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod typescript;

pub(crate) use aliases::{
    Caller, Changed, Diagnosed, Either, Features, Findings, ParsedMessage, RegistrationState, Reply, RequestVerdict,
    SentRefer, SentRequest, ServerEntry,
};
#[cfg(target_arch = "wasm32")]
use arguments::{Arguments, put};
pub(crate) use crossing::{Foreign, Inward, Outward};
pub(crate) use values::{AnyLines, Fault, Lines, OneLine, Optional, Setting, Texts, Value};

use crate::auth::Question;
use crate::dialog::DialogId;
use crate::event::{MediaFault, Originator, SessionState};
use crate::message::{Draft, NameAddr, Request, Response};
use crate::sdp::{Feature, Finding};
use crate::uri::Uri;

/// One row of a table, for the TypeScript.
#[cfg(test)]
struct Row {
    group: &'static str,
    name: &'static str,
    doc: &'static [&'static str],
    /// Name and type of each field.
    fields: &'static [(&'static str, &'static str)],
    /// The verdict of a hook, the answer to a command.
    answer: Option<&'static str>,
}

/// Makes the enum of what is told.
macro_rules! told {
    ($lifetime:lifetime $( $group:ident { $(
        $(#[doc = $doc:literal])* $kind:ident ( $( $field:ident : $type:ty ),* $(,)? ) $( => $verdict:ty )? ;
    )* } )*) => {
        /// What is told, by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($( $(#[doc = $doc])* $kind, )*)* }

        /// What is told, with its fields.
        pub(crate) enum Told<$lifetime> {
            $($( $kind { $( $field: $type ),* }, )*)*
            /// No event: it gives the lifetime a use.
            #[allow(dead_code, reason = "no value of it can be made")]
            Never(std::convert::Infallible, std::marker::PhantomData<&$lifetime ()>),
        }

        impl<$lifetime> Told<$lifetime> {
            #[cfg(test)]
            const ROWS: &'static [Row] = &[$($( Row {
                group: stringify!($group),
                name: stringify!($kind),
                doc: &[$($doc),*],
                fields: &[$( (stringify!($field), <$type as Outward>::TYPE) ),*],
                answer: { let verdicts: &[&'static str] = &[$( <$verdict as Inward>::TYPE )?]; verdicts.first().copied() },
            }, )*)*];

            /// Its number, and behind it the fields.
            #[cfg(target_arch = "wasm32")]
            pub(crate) fn write(self, list: &js_sys::Array) -> Kind {
                match self {
                    $($( Self::$kind { $( $field ),* } => {
                        put(list, (Kind::$kind as u32).into());
                        $( put(list, $field.outward()); )*
                        Kind::$kind
                    } )*)*
                    Self::Never(never, _) => match never {},
                }
            }
        }
    };
}

/// Makes the enum of what is asked, and what reads it.
macro_rules! asked {
    ($(#[doc = $about:literal])* $table:ident $number:ident $answers:ident { $(
        $(#[doc = $doc:literal])* $name:ident ( $( $field:ident : $type:ty ),* $(,)? ) -> $answer:ty ;
    )* }) => {
        $(#[doc = $about])*
        pub(crate) enum $table { $( $name { $( $field: $type ),* } ),* }

        /// The same by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $number { $( $(#[doc = $doc])* $name, )* }

        /// Makes a value of JavaScript of the answer to each.
        #[cfg(target_arch = "wasm32")]
        #[allow(non_snake_case, dead_code, reason = "each bears the name of its row; some answer nothing")]
        pub(crate) mod $answers {
            use super::*;
            $( pub(crate) fn $name(answer: $answer) -> Foreign { answer.outward() } )*
        }

        impl $table {
            #[cfg(test)]
            const ROWS: &'static [Row] = &[$( Row {
                group: stringify!($table),
                name: stringify!($name),
                doc: &[$($doc),*],
                fields: &[$( (stringify!($field), <$type as Inward>::TYPE) ),*],
                answer: Some(<$answer as Outward>::TYPE),
            } ),*];

            /// Reads what was asked. The error says in words which argument is wrong.
            #[cfg(target_arch = "wasm32")]
            pub(crate) fn read(number: u32, list: &js_sys::Array) -> Result<Self, String> {
                $( if number == $number::$name as u32 {
                    #[allow(unused_mut, reason = "some have no argument")]
                    let mut arguments = Arguments::new(list, stringify!($name));
                    let read = Self::$name { $( $field: arguments.next(stringify!($field)), )* };
                    return arguments.end(read);
                } )*
                Err(format!("{}: there is none with the number {number}", stringify!($table)))
            }
        }
    };
}

told! { 'a
    ua {
        /// A connection is being tried.
        Connecting(server: u32, attempts: u32);
        /// The connection is open.
        Connected(server: u32);
        /// The connection is gone; the next attempt is in `retry_in` s. Without `lost` it was closed on purpose.
        Disconnected(server: u32, error: bool, retry_in: Optional, lost: bool, code: Optional, reason: &'a str);
        /// `stop()` has done its work.
        Stopped();
        /// The first 2xx to REGISTER; `expires` in s.
        Registered(response: &'a Response, expires: u32);
        /// A 2xx to a refresh; `expires` in s, `refresh_in` in ms.
        Refreshed(expires: u32, refresh_in: f64);
        /// No longer registered; `lost` with its connection.
        Unregistered(response: Option<&'a Response>, cause: Option<&'a str>, lost: bool);
        /// REGISTER failed.
        RegistrationFailed(response: Option<&'a Response>, cause: &'a str);
        /// The registration is about to expire: true leaves the refresh to the app.
        RegistrationExpiring() => bool;
        /// The GRUUs of the registration.
        Gruu(public_gruu: Option<&'a str>, temporary_gruu: Option<&'a str>);
        /// A call comes or goes: whether anybody listened.
        NewRtcSession(id: u32, originator: Originator, request: Either<'a>, call_id: &'a str, from_tag: &'a str, session_id: Option<Texts>) => bool;
        /// A MESSAGE comes, inside that call unless it is 0, or goes.
        NewMessage(id: u32, originator: Originator, request: Either<'a>, call: u32) => RequestVerdict;
        /// An OPTIONS comes or goes.
        NewOptions(id: u32, originator: Originator, request: Either<'a>) => RequestVerdict;
        /// A NOTIFY outside any subscription.
        SipEvent(request: &'a Request) => RequestVerdict;
        /// A SUBSCRIBE outside a dialog: whether anybody listened.
        NewSubscribe(id: u32, request: &'a Request) => bool;
        /// A REFER outside a dialog, which says that it knows that call unless it is 0: whether anybody listened.
        NewRefer(id: u32, request: &'a Request, call: u32) => bool;
        /// A frame, a line of one, or an answer of the shell was dropped or refused, and why.
        Dropped(why: &'a str);
        /// A request waits for an account: `Account` gives it.
        Challenged(ticket: u32, challenge: &'a Question);
        /// A message on the wire, its credentials masked; `at` in ms of `Date.now()`.
        SipMessage(direction: &'a str, message: &'a str, at: f64);
        /// A timer of ours has run out, and why it was set: for the debug log.
        Due(why: &'a str);
        /// What the registration grants from now on beside its binding.
        Granted(path: &'a [String], service_route: &'a [String], outbound: bool, pns: Option<&'a str>, pnsreg: Optional, pnspurr: Option<&'a str>);
        /// One of two flows is another one than it was; `first` if requests go by it.
        Flow(id: u32, server: u32, status: &'a str, first: bool);
    }
    request {
        /// The answer to a MESSAGE or OPTIONS of ours; without a cause it succeeded.
        Done(response: Option<&'a Response>, originator: Option<&'a str>, cause: Option<&'a str>);
        /// The answer to a REFER of ours outside a dialog; without a cause it was accepted.
        ReferDone(response: Option<&'a Response>, cause: Option<&'a str>);
        /// How it goes.
        ReferProgress(request: &'a Request, status: u16, reason: &'a str);
        /// It is over and forgotten: a call, a request or a subscription.
        Gone();
    }
    call {
        /// Only the state changed.
        CallState(state: &'a SessionState);
        /// Media is ready.
        CallConnecting(state: &'a SessionState, request: Either<'a>);
        /// The INVITE as it will leave: what the app made of it, or nothing if nobody looked.
        CallSending(state: &'a SessionState, request: &'a Draft) => Changed;
        /// A provisional answer, whether it is acknowledged, and the tag of the far end of its early dialog.
        CallProgress(state: &'a SessionState, originator: Originator, response: Option<&'a Response>, reliable: bool, early_dialog: Option<&'a str>);
        /// The first 2xx.
        CallAccepted(state: &'a SessionState, originator: Originator, response: Option<&'a Response>);
        /// ACK.
        CallConfirmed(state: &'a SessionState, originator: Originator, ack: Option<&'a Request>);
        /// An established call is over.
        CallEnded(state: &'a SessionState, originator: Originator, request: Option<&'a Request>, response: Option<&'a Response>, cause: &'a str, diagnosis: &'a [Finding], features: &'a [Feature]);
        /// A call that was not established is over.
        CallFailed(state: &'a SessionState, originator: Originator, request: Option<&'a Request>, response: Option<&'a Response>, cause: &'a str, diagnosis: &'a [Finding], features: &'a [Feature]);
        /// A description about to be applied or sent: the app may change it.
        CallSdp(state: &'a SessionState, originator: Originator, offer: bool, sdp: &'a str) => Option<String>;
        /// An operation of WebRTC failed, with the error of the browser.
        CallMediaFailed(state: &'a SessionState, fault: MediaFault, error: Foreign);
        /// Somebody holds the call.
        CallHold(state: &'a SessionState, originator: Originator);
        /// Somebody has taken it back.
        CallUnhold(state: &'a SessionState, originator: Originator);
        /// A re-INVITE of the far end: accepted, or refused with this.
        CallReinvite(state: &'a SessionState, request: &'a Request, ticket: u32) => Reply;
        /// An UPDATE of the far end: accepted, or refused with this.
        CallUpdate(state: &'a SessionState, request: &'a Request, ticket: u32) => Reply;
        /// Their offer with that ticket is answered.
        CallAnswered(state: &'a SessionState, ticket: u32);
        /// Our offer came to an end; without a cause it was accepted.
        CallRenegotiated(state: &'a SessionState, response: Option<&'a Response>, cause: Option<&'a str>);
        /// A tone by INFO; `duration` in ms, `handle` names one of ours for its result.
        CallNewDtmf(state: &'a SessionState, originator: Originator, tone: char, duration: u32, request: Option<&'a Request>, handle: u32);
        /// An INFO.
        CallNewInfo(state: &'a SessionState, originator: Originator, content_type: &'a str, body: &'a str, request: Option<&'a Request>, handle: u32, info_package: Option<&'a str>);
        /// The answer to an INFO, REFER or other request of ours inside the call.
        CallRequestDone(state: &'a SessionState, handle: u32, response: Option<&'a Response>, cause: Option<&'a str>);
        /// Such a request has left as this, under another CSeq: again if it was challenged, else later than it was made.
        CallRenumbered(state: &'a SessionState, handle: u32, request: &'a Draft, challenged: bool);
        /// The far end asks for a transfer: whether anybody listened.
        CallRefer(state: &'a SessionState, request: &'a Request, cseq: u32) => bool;
        /// How a transfer of ours goes.
        CallReferProgress(state: &'a SessionState, handle: u32, request: &'a Request, status: u16, reason: &'a str);
        /// An INVITE wants to take the call's place: whether anybody listened.
        CallReplaces(state: &'a SessionState, request: &'a Request, ticket: u32) => bool;
        /// Its line or media was lost, and is being brought back.
        CallRecovering(state: &'a SessionState, cause: &'a str);
        /// Both are there again; `took` in ms.
        CallRecovered(state: &'a SessionState, cause: &'a str, took: f64);
        /// A MESSAGE of ours has left inside the call.
        CallMessage(state: &'a SessionState, request: &'a Draft, handle: u32);
        /// A 3xx named these, the likeliest first; `followed`: the call goes on to one of them.
        CallRedirected(state: &'a SessionState, contacts: &'a [NameAddr], followed: bool);
        /// The UUID of the far end is known, or is another one.
        CallSessionId(state: &'a SessionState, local: &'a str, remote: &'a str);
        /// Who the far end is has changed: as a proxy asserts it (nobody: it does not any more), or as its From says.
        CallIdentity(state: &'a SessionState, asserted: bool, identities: &'a [NameAddr]);
        /// One of the phones that ring has left.
        CallEarlyDialogEnded(state: &'a SessionState, early_dialog: &'a str, response: &'a Response);
    }
    media {
        /// A candidate was gathered while the description waits for more.
        IceCandidate(candidate: Foreign);
        /// The call sends this stream: viasip has opened it, or it is the app's own.
        Captured(stream: Foreign, opened: bool);
    }
    subscription {
        /// Only the state changed: one of JsSIP's `STATE_*`.
        SubscriptionState(state: u32, dialog: Option<&'a DialogId>);
        /// The first 2xx to our SUBSCRIBE.
        SubscriptionAccepted(state: u32, dialog: Option<&'a DialogId>);
        /// A NOTIFY said so for the first time.
        SubscriptionPending(state: u32, dialog: Option<&'a DialogId>);
        /// A NOTIFY said so for the first time.
        SubscriptionActive(state: u32, dialog: Option<&'a DialogId>);
        /// A NOTIFY with a body.
        SubscriptionNotify(state: u32, dialog: Option<&'a DialogId>, ends: bool, request: &'a Request);
        /// A SUBSCRIBE was answered 200.
        SubscriptionSubscribe(state: u32, dialog: Option<&'a DialogId>, ends: bool, request: &'a Request);
        /// The subscriber did not refresh.
        SubscriptionExpired(state: u32, dialog: Option<&'a DialogId>);
        /// It is over: one of JsSIP's `Subscriber.C` or `Notifier.C`; `retry_after` in s.
        SubscriptionTerminated(state: u32, dialog: Option<&'a DialogId>, code: u32, reason: Option<&'a str>, retry_after: Optional, status: Optional);
        /// A lasting one ended so, and is asked for anew in `retry_in` s, or with the next connection.
        SubscriptionWaiting(state: u32, dialog: Option<&'a DialogId>, code: u32, reason: Option<&'a str>, status: Optional, retry_in: Optional);
        /// The server keeps what is published; `expires` in s.
        Published(response: &'a Response, expires: u32);
        /// It does not: it is published again in `retry_in` s, or never.
        PublishFailed(response: Option<&'a Response>, cause: &'a str, retry_in: Optional);
        /// One dialog of a lasting one that was forked has ended; others go on.
        SubscriptionForkEnded(state: u32, dialog: Option<&'a DialogId>);
    }
}

asked! {
    /// What is asked of an agent.
    AgentCommand AgentNumber agent_answer {
        /// Forgets the agent.
        Drop() -> ();
        /// Connects, and registers if so configured.
        Start() -> ();
        /// Un-registers, ends every call, disconnects.
        Stop() -> ();
        /// Registers now and after each reconnect.
        Register() -> ();
        /// Un-registers, and stays so.
        Unregister(all: bool) -> ();
        /// Opens the connection if it is closed.
        Connect() -> ();
        /// Closes it without planning another attempt.
        Disconnect() -> ();
        /// Whether each message is told.
        Trace(on: bool) -> ();
        /// Changes a setting.
        Configure(setting: Setting, value: Value) -> ();
        /// Further fields and Contact parameters of REGISTER.
        RegistrationExtra(headers: Lines, contact_params: Option<OneLine>) -> ();
        /// What an app may see of the registration.
        Registration() -> RegistrationState;
        /// Our Contact.
        Contact(anonymous: bool, outbound: bool) -> String;
        /// A number for a call, request or subscription to come.
        Reserve() -> u32;
        /// Gives what a challenge asks for; nothing at all gives up. `ha1` is of MD5 by its length, or of `algorithm`.
        Account(ticket: u32, username: Option<OneLine>, password: Option<OneLine>, ha1: Option<OneLine>, algorithm: Option<OneLine>, token: Option<OneLine>) -> ();
        /// Sends a MESSAGE or OPTIONS.
        Send(id: u32, method: String, target: String, body: Option<String>, content_type: String, headers: Lines, from_user: Option<String>, from_display_name: Option<String>) -> ();
        /// Sends a REFER outside any call.
        ReferOutside(id: u32, target: String, refer_to: String, headers: Lines, norefersub: bool) -> ();
        /// Says how it goes what a REFER outside a dialog asked for.
        ReferOutsideNotify(id: u32, status: u32, reason: String) -> ();
        /// A push notification has woken the page: the binding is refreshed.
        Wake() -> ();
    }
}

asked! {
    /// What is asked of a call.
    CallCommand CallNumber call_answer {
        /// Calls; `session_expires` in s.
        Call(target: String, headers: Lines, anonymous: bool, from_user: Option<String>, from_display_name: Option<String>, session_expires: Option<u32>, trickle_ice: Option<String>, redirect_limit: Option<u32>, session_id: Option<String>) -> ();
        /// Takes a call; `session_expires` in s.
        Answer(headers: Lines, session_expires: Option<u32>, trickle_ice: Option<String>) -> ();
        /// RTCPeerConnection could not be made.
        AnswerImpossible() -> ();
        /// Hangs up, rejects or cancels.
        Terminate(cause: Option<String>, status: Option<u32>, reason: Option<String>, headers: AnyLines, body: Option<String>) -> ();
        /// Holds or takes back: whether it can be now.
        Hold(on: bool, by_update: bool, headers: AnyLines) -> bool;
        /// Makes a new offer: whether it can be now.
        Renegotiate(by_update: bool, headers: AnyLines, ice_restart: bool) -> bool;
        /// Tones by INFO; times in ms.
        Dtmf(tones: String, duration: u32, gap: u32, headers: Lines) -> ();
        /// Sends an INFO: the number of its `CallRequestDone`.
        Info(content_type: String, body: String, headers: Lines, info_package: Option<String>) -> u32;
        /// Sends a request: that number and the request; nothing without a dialog.
        Request(method: String, headers: Lines, body: String) -> Option<SentRequest>;
        /// Transfers: that number and the CSeq; nothing if it cannot be now.
        Refer(refer_to: String, headers: Lines, norefersub: bool) -> Option<SentRefer>;
        /// Tells the far end how the transfer goes that it asked for with the REFER of that CSeq.
        ReferNotify(cseq: u32, status: u32, reason: String) -> ();
        /// The Replaces value that names the call to its far end.
        ReplacesValue() -> Option<String>;
        /// Lets the INVITE of that ticket take the call's place as the call `id`, or refuses it: whether it was still there.
        Replace(ticket: u32, id: Option<u32>) -> bool;
        /// What both ends of the call need and have.
        Diagnosis() -> Diagnosed;
        /// What a page that comes after this one needs to go on with the call, unless it is not up.
        Keep() -> Option<Texts>;
        /// Goes on with a call of the page before.
        Resume(kept: Texts) -> ();
        /// Sends a text: the number of its `CallRequestDone`.
        Message(content_type: String, body: String, headers: Lines) -> u32;
        /// Describes our media before the call is answered.
        Progress(headers: Lines, session_expires: Option<u32>, trickle_ice: Option<String>) -> ();
    }
}

asked! {
    /// What is asked of the RTCPeerConnection of a call.
    MediaCommand MediaNumber media_answer {
        /// What the next offer is made with.
        OfferOnce(constraints: Foreign) -> ();
        /// What is muted from now on.
        Mute(audio: bool, video: bool) -> ();
        /// Tones by RFC 4733; times in ms.
        Tones(tones: String, duration: u32, gap: u32) -> ();
        /// Enough candidates.
        Ready() -> ();
        /// The call was refused before it began: no end of it will be told, with which this would close.
        Discard() -> ();
    }
}

asked! {
    /// What is asked of a subscription, ours or somebody else's.
    SubscriptionCommand SubscriptionNumber subscription_answer {
        /// The first SUBSCRIBE; `expires` in s.
        Subscribe(body: Option<String>, target: String, event: String, accept: String, expires: u32, content_type: Option<String>, allow_events: Option<String>, headers: Lines, to: Option<String>, from: Option<String>, cseq: Option<u32>) -> ();
        /// Another SUBSCRIBE or PUBLISH, with `ends` the last.
        SubscribeAgain(ends: bool, body: Option<String>) -> ();
        /// Answers a SUBSCRIBE without a subscription.
        Reply(reply: Reply) -> ();
        /// Accepts a SUBSCRIBE; `default_expires` in s.
        Serve(content_type: String, headers: Lines, allow_events: Option<String>, pending: bool, default_expires: u32) -> ();
        /// From pending to active.
        Activate() -> ();
        /// Sends a NOTIFY.
        Notify(body: Option<String>) -> ();
        /// Sends the final NOTIFY; `retry_after` in s.
        EndSubscription(body: Option<String>, reason: Option<String>, retry_after: Option<u32>) -> ();
        /// A subscription that lasts; `expires` in s.
        Watch(target: String, event: String, accept: String, expires: u32, headers: Lines) -> ();
        /// A state that a server keeps; `expires` in s.
        Publish(target: String, event: String, body: Option<String>, content_type: String, expires: u32, headers: Lines) -> ();
    }
}

asked! {
    /// What an agent is made with; times in ms but for `register_expires` and the bounds of the reconnection, in s.
    Making MakingNumber made {
        /// An agent: its number.
        Agent(
            ice_gathering_timeout: u32, ice_gathering_limit: u32, uri: OneLine, registrar_server: OneLine,
            contact_uri: OneLine, display_name: Option<OneLine>, authorization_user: OneLine, password: Option<OneLine>,
            ha1: Option<OneLine>, realm: Option<OneLine>, authorization_jwt: Option<OneLine>, via_host: OneLine,
            instance_id: OneLine, jssip_id: OneLine, user_agent: OneLine, register: bool, register_expires: u32,
            register_from_tag_trail: Option<OneLine>, no_answer_timeout: u32, connection_recovery_min_interval: u32,
            connection_recovery_max_interval: u32, session_timers: bool, refresh_by_update: bool, force_refresher: bool,
            use_preloaded_route: bool, extra_headers: Lines, keep_alive_interval: u32,
            auth_realms: Vec<OneLine>, auth_min_algorithm: OneLine, servers: Vec<ServerEntry>,
            keep_alive_timeout: u32, keep_alive_method: OneLine, recovery_timeout: u32,
            trickle_ice: OneLine, service_route: bool, redirect_limit: u32, info_packages: Vec<OneLine>, norefersub: bool,
            connected_identity: bool, session_id: bool,
            asks_credentials: bool, preemptive_auth: bool, reliable_provisional: bool, flows: u32, push: Vec<OneLine>,
        ) -> u32;
    }
}

asked! {
    /// The grammar and the diagnosis, of which no agent is needed.
    Tool ToolNumber finding {
        /// A SIP URI.
        Uri(text: String) -> Option<Uri>;
        /// An address with display name and parameters.
        NameAddr(text: String) -> Option<NameAddr>;
        /// A message as it came.
        Message(raw: String) -> Option<ParsedMessage>;
        /// What a user typed as a SIP URI.
        Target(target: String, domain: String) -> Option<String>;
        /// A user part with its escapes.
        EscapedUser(text: String) -> String;
        /// MD5 of UTF-8 text, in lower-case hex.
        Md5(text: String) -> String;
        /// Why two descriptions cannot meet.
        Diagnosis(offer: Option<String>, answer: Option<String>) -> Findings;
        /// What two ends must share.
        Features(local: Option<String>, remote: Option<String>) -> Features;
        /// Who calls and why, as a message of a call says it.
        Caller(raw: String) -> Option<Caller>;
        /// What stands between separators outside quotes and angle brackets (RFC 3261 25.1).
        Pieces(text: String, separator: String) -> Texts;
        /// A quoted-string without its quotes and escapes, anything else as it is.
        Unquoted(text: String) -> String;
    }
}
