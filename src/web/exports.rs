//! Makes agents and peer connections. `pkg/src/wasm.ts` describes what is passed.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arguments::Arguments;
use super::driver::Driver;
use super::fields::Fields;
use super::gathering::Patience;
use super::js;
use super::media::{self, Wanted};
use crate::agent::Agent;
use crate::auth::{Algorithm, Credentials};
use crate::command::CommandError;
use crate::config::{Config, REGISTER_EXPIRES_S, Server};
use crate::entropy::{Entropy, Source};
use crate::event::SessionId;
use crate::table::Table;

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

/// Forgets an agent.
pub(super) fn forget(agent: u32) {
    let driver = REGISTRY.with_borrow_mut(|r| r.drivers.remove(&agent));
    drop(driver);
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

/// Makes the call's RTCPeerConnection with the arguments of its constructor, whose errors it throws, and keeps what the
/// app wants captured and described.
#[wasm_bindgen]
pub fn peer_create(agent: u32, session: u32, arguments: Array, wanted: Array) -> Result<JsValue, JsValue> {
    let driver = driver(agent).ok_or(CommandError::NoSuchSession)?;
    let connection = media::connection(&arguments)?;
    driver.add_peer(SessionId(session), connection.clone(), Wanted::read(&wanted));
    Ok(connection.into())
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
            ..Credentials::default()
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
    config.credentials.weakest = Algorithm::parse(&args.words()).unwrap_or_default();
    for _ in 0..args.count() {
        config.credentials.realms.push(args.words());
    }
    while let Some(weight) = servers.float() {
        #[allow(clippy::cast_possible_truncation, reason = "it stops at the ends")]
        config.servers.push(Server { weight: weight as i64, via_transport: servers.words(), sip_uri: servers.words() });
    }
    Ok(config)
}
