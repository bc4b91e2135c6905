//! Flat functions on the handle of an agent. Each list of arguments is described in `pkg/src/wasm.ts`.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arguments::{Arguments, type_error};
use super::driver::Driver;
use super::fields::Fields;
use super::peer::Patience;
use super::{js, media};
use crate::agent::Agent;
use crate::auth::Credentials;
use crate::command::CommandError;
use crate::config::{Config, REGISTER_EXPIRES_S, Server};
use crate::entropy::{Entropy, Source};
use crate::event::RequestId;
use crate::request::RequestOptions;
use crate::table::Table;
use crate::time::Instant;

#[derive(Default)]
struct Registry {
    next: u32,
    drivers: Table<u32, Rc<Driver>>,
}

thread_local! {
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

pub(super) fn driver(agent: u32) -> Option<Rc<Driver>> {
    REGISTRY.with_borrow(|r| r.drivers.get(&agent).cloned())
}

/// Makes an agent from its configuration and from weight, transport and URI of each server.
/// `dispatch(target, kind, fields)` gets all events; target 0 is the UA.
/// Throws for a text that would break a message.
#[wasm_bindgen]
pub fn agent_new(config: JsValue, servers: JsValue, sockets: Array, dispatch: Function) -> Result<u32, JsValue> {
    let entropy = Entropy::new(Crypto::find()?);
    let mut config = Arguments::read(&config);
    config.check_texts()?;
    config.check_lines()?;
    let patience = Patience { after_first_ms: config.number_or(2_000), limit_ms: config.number_or(5_000) };
    let config = read_config(config, Arguments::read(&servers))?;
    let driver = Driver::new(Agent::new(config, entropy), sockets, dispatch, patience);
    Ok(REGISTRY.with_borrow_mut(|r| {
        r.next += 1;
        r.drivers.insert(r.next, driver);
        r.next
    }))
}

/// Forgets an agent.
#[wasm_bindgen]
pub fn agent_drop(agent: u32) {
    let driver = REGISTRY.with_borrow_mut(|r| r.drivers.remove(&agent));
    drop(driver);
}

/// What `agent_command` does, as `AgentCommand` of `pkg/src/wasm.ts` has it.
mod what {
    pub(super) const START: u32 = 0;
    pub(super) const STOP: u32 = 1;
    pub(super) const REGISTER: u32 = 2;
    pub(super) const UNREGISTER: u32 = 3;
    pub(super) const CONNECT: u32 = 4;
    pub(super) const DISCONNECT: u32 = 5;
    pub(super) const TRACE: u32 = 6;
    pub(super) const CONFIGURE: u32 = 7;
    pub(super) const REGISTRATION_EXTRA: u32 = 8;
    pub(super) const REGISTRATION: u32 = 9;
    pub(super) const CONTACT: u32 = 10;
    pub(super) const RESERVE: u32 = 11;
    pub(super) const SEND: u32 = 12;
}

/// Does `what` with the agent; `handle` is that of the MESSAGE or OPTIONS to be sent.
#[wasm_bindgen]
pub fn agent_command(agent: u32, handle: u32, what: u32, list: JsValue) -> Result<JsValue, JsValue> {
    let driver = driver(agent).ok_or(CommandError::NoSuchSession)?;
    let mut args = Arguments::read(&list);
    args.check_lines()?;
    match what {
        what::START => driver.watch(true),
        what::STOP => driver.watch(false),
        what::TRACE => driver.trace.set(args.flag()),
        what::CONFIGURE | what::REGISTRATION_EXTRA => args.check_texts()?,
        _ => {}
    }
    let date = js_sys::Date::now();
    driver.apply(&mut |a, now| {
        match what {
            what::START => a.start(now),
            what::STOP => a.stop(now),
            what::REGISTER => a.register(now),
            what::UNREGISTER => a.unregister(now, args.flag()),
            what::CONNECT => a.connect(now),
            what::DISCONNECT => a.disconnect(now),
            what::CONFIGURE => configure(a.config_mut(), &mut args),
            what::REGISTRATION_EXTRA => a.set_registration_headers(args.lines(), args.words()),
            what::REGISTRATION => return Ok(registration(a, now, date)),
            what::CONTACT => return Ok(a.contact_text(args.flag(), args.flag()).into()),
            what::RESERVE => return Ok(a.reserve().into()),
            what::SEND => {
                let method = args.method()?;
                let options = RequestOptions {
                    target: args.target()?,
                    body: args.words(),
                    content_type: args.words(),
                    extra_headers: args.lines(),
                    from_user: args.text(),
                    from_display_name: args.text(),
                };
                a.send_request(now, RequestId(handle), method, options)?;
            }
            _ => {}
        }
        Ok(JsValue::UNDEFINED)
    })
}

/// Changes one of the settings that may change: which one, as `WRITABLE` of `pkg/src/Config.ts` has them, and its value.
fn configure(config: &mut Config, args: &mut Arguments) {
    match args.number() {
        Some(0) => config.credentials.username = args.words(),
        Some(1) => config.credentials.password = args.text(),
        Some(2) => config.credentials.realm = args.text(),
        Some(3) => config.credentials.ha1 = args.text(),
        Some(4) => config.authorization_jwt = args.text(),
        Some(5) => config.display_name = args.text(),
        Some(6) => config.register = args.text().as_deref() == Some("true"),
        Some(7) => config.extra_headers = args.lines(),
        Some(8) => config.register_from_tag_trail = args.words(),
        _ => {}
    }
}

/// Expiry in s, ms of `Date.now()` at the next refresh, and who challenged last.
#[allow(clippy::cast_precision_loss)]
fn registration(agent: &Agent, now: Instant, date: f64) -> JsValue {
    let state = agent.registration();
    let fields = Fields::new();
    fields.value(state.expires_s.map_or(JsValue::NULL, JsValue::from));
    fields.value(state.refresh_at.map_or(JsValue::NULL, |at| (date + at.since(now) as f64).into()));
    fields.optional(agent.realm());
    fields.into()
}

struct Crypto(JsValue);

impl Crypto {
    fn find() -> Result<Self, JsValue> {
        let crypto = js::global("crypto");
        if !js::get(&crypto, "getRandomValues").is_function() {
            return Err(JsError::new("crypto.getRandomValues is missing").into());
        }
        Ok(Self(crypto))
    }
}

impl Source for Crypto {
    fn fill(&mut self, bytes: &mut [u8]) {
        // The constructor takes a length as well.
        let array = Uint8Array::new(&bytes.len().into());
        let arguments = Fields::new();
        arguments.value(array.clone().into());
        if js::call(&self.0, "getRandomValues", arguments).is_ok() {
            array.copy_to(bytes);
        }
    }
}

/// A refused command: the classes make JsSIP's errors of a status, of a text that says what is invalid, and of a text in
/// an array, which says what is not supported.
impl From<CommandError> for JsValue {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::InvalidState(status) => status.into(),
            CommandError::NoSuchSession => 8.into(),
            CommandError::Invalid(what) => type_error("Invalid ", what),
            CommandError::NotSupported(what) => {
                let fields = Fields::new();
                fields.text(what);
                fields.into()
            }
        }
    }
}

/// In the order of `forCore` in `pkg/src/Config.ts`.
fn read_config(mut args: Arguments, mut servers: Arguments) -> Result<Config, JsValue> {
    let mut config = Config {
        uri: args.uri("uri")?,
        registrar: args.uri("registrar_server")?,
        contact: args.uri("contact_uri")?,
        display_name: args.text(),
        credentials: Credentials {
            username: args.words(),
            password: args.text(),
            ha1: args.text(),
            realm: args.text(),
        },
        authorization_jwt: args.text(),
        via_host: args.words(),
        instance_id: args.words(),
        call_id_prefix: args.words(),
        user_agent: args.words(),
        register: args.flag(),
        register_expires_s: args.number_or(REGISTER_EXPIRES_S),
        register_from_tag_trail: args.words(),
        no_answer_ms: args.count(),
        recovery_s: (args.count(), args.count()),
        session_timers: args.flag(),
        refresh_by_update: args.flag(),
        force_refresher: args.flag(),
        use_preloaded_route: args.flag(),
        extra_headers: args.lines(),
        codecs: media::codecs(),
        webrtc: media::has_webrtc(),
        keep_alive_ms: args.count(),
        servers: Vec::new(),
    };
    while let Some(weight) = servers.signed() {
        config.servers.push(Server { weight, via_transport: servers.words(), sip_uri: servers.words() });
    }
    Ok(config)
}
