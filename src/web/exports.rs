//! Flat functions on the handle of an agent. A stale handle does nothing.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;

use super::driver::Driver;
use super::peer::Patience;
use super::{js, media};
use crate::agent::Agent;
use crate::auth::Credentials;
use crate::command::CommandError;
use crate::config::{Config, NO_ANSWER_S, REGISTER_EXPIRES_S, Server};
use crate::entropy::{Entropy, Source};
use crate::event::Network;
use crate::message::{header_line, single_line};
use crate::table::Table;
use crate::uri::Uri;

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

/// Makes an agent. `dispatch(target, name, payload)` gets all events; target 0 is the UA.
/// Throws an `Error` for a text that would break a message.
#[wasm_bindgen]
pub fn agent_new(config: JsValue, sockets: Array, dispatch: Function) -> Result<u32, JsValue> {
    let entropy = Entropy::new(Crypto::find()?);
    let patience = Patience {
        after_first_ms: milliseconds(&config, "ice_gathering_timeout", 2_000),
        limit_ms: milliseconds(&config, "ice_gathering_limit", 5_000),
    };
    let config = read_config(&config)?;
    let driver = Driver::new(Agent::new(config, entropy), sockets.iter().collect(), dispatch, patience);
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

/// Connects, and registers if so configured.
#[wasm_bindgen]
pub fn agent_start(agent: u32) {
    if let Some(driver) = driver(agent) {
        driver.watch(true);
        driver.apply(|a, now| a.start(now));
    }
}

/// Un-registers, ends every call and disconnects.
#[wasm_bindgen]
pub fn agent_stop(agent: u32) {
    if let Some(driver) = driver(agent) {
        driver.watch(false);
        driver.apply(|a, now| a.stop(now));
    }
}

/// Registers now and after each reconnect.
#[wasm_bindgen]
pub fn agent_register(agent: u32) {
    if let Some(driver) = driver(agent) {
        driver.apply(|a, now| a.register(now));
    }
}

/// Un-registers; with `all` every binding of the address.
#[wasm_bindgen]
pub fn agent_unregister(agent: u32, all: bool) {
    if let Some(driver) = driver(agent) {
        driver.apply(|a, now| a.unregister(now, all));
    }
}

/// Changes one of the settings that may change: JsSIP's `ua.set` keys, `register` and the trail.
#[wasm_bindgen]
pub fn agent_configure(agent: u32, key: &str, value: JsValue) -> Result<(), JsValue> {
    let text = value.as_string();
    let lines = js::strings(&value);
    check(text.iter().map(String::as_str))?;
    check_lines(&lines)?;
    let Some(driver) = driver(agent) else {
        return Ok(());
    };
    driver.apply(|a, _| {
        let config = a.config_mut();
        match key {
            "authorization_user" => config.credentials.username = text.unwrap_or_default(),
            "password" => config.credentials.password = text,
            "realm" => config.credentials.realm = text,
            "ha1" => config.credentials.ha1 = text,
            "authorization_jwt" => config.authorization_jwt = text,
            "display_name" => config.display_name = text,
            "extra_headers" => config.extra_headers = lines,
            "register_from_tag_trail" => config.register_from_tag_trail = text.unwrap_or_default(),
            "register" => config.register = text.as_deref() == Some("true"),
            _ => {}
        }
    });
    Ok(())
}

/// Further fields and Contact parameters (`;k=v;flag`) of REGISTER.
#[wasm_bindgen]
pub fn agent_registrator(agent: u32, extra_headers: JsValue, contact_params: &str) -> Result<(), JsValue> {
    let lines = js::strings(&extra_headers);
    check([contact_params])?;
    check_lines(&lines)?;
    if let Some(driver) = driver(agent) {
        driver.apply(|a, _| a.set_registration_headers(lines, contact_params.to_owned()));
    }
    Ok(())
}

/// `{registered, expires, refreshAt, realm}`: s, ms of `Date.now()`, and who challenged last.
#[wasm_bindgen]
pub fn agent_registration_state(agent: u32) -> JsValue {
    let Some(driver) = driver(agent) else {
        return JsValue::NULL;
    };
    let state = driver.read(Agent::registration);
    let refresh_at = state.refresh_at.map_or(JsValue::NULL, |at| driver.epoch_ms(at).into());
    js::object([
        ("registered", state.registered.into()),
        ("expires", state.expires_s.map_or(JsValue::NULL, JsValue::from)),
        ("refreshAt", refresh_at),
        ("realm", driver.read(|a| js::optional(a.realm()))),
    ])
}

/// `connect` or `disconnect` the line.
#[wasm_bindgen]
pub fn agent_transport(agent: u32, action: &str) {
    if let Some(driver) = driver(agent) {
        driver.apply(|a, now| if action == "connect" { a.connect(now) } else { a.disconnect(now) });
    }
}

/// What the page knows of its network: `online`, `offline`, `resumed`.
#[wasm_bindgen]
pub fn agent_network(agent: u32, state: &str) {
    let network = match state {
        "online" => Network::Online,
        "offline" => Network::Offline,
        _ => Network::Resumed,
    };
    if let Some(driver) = driver(agent) {
        driver.network(network);
    }
}

/// Switches `sipMessage` events on or off.
#[wasm_bindgen]
pub fn agent_trace(agent: u32, on: bool) {
    if let Some(driver) = driver(agent) {
        driver.trace.set(on);
    }
}

/// Our Contact as text.
#[wasm_bindgen]
pub fn agent_contact(agent: u32, anonymous: bool, outbound: bool) -> String {
    driver(agent).map(|d| d.read(|a| a.contact_text(anonymous, outbound))).unwrap_or_default()
}

struct Crypto {
    object: JsValue,
    fill: Function,
}

impl Crypto {
    fn find() -> Result<Self, JsValue> {
        let object = js::global("crypto");
        let fill = js::get(&object, "getRandomValues").dyn_into::<Function>();
        let fill = fill.map_err(|_| js_sys::Error::new("crypto.getRandomValues is missing"))?;
        Ok(Self { object, fill })
    }
}

impl Source for Crypto {
    fn fill(&mut self, bytes: &mut [u8]) {
        #[allow(clippy::cast_possible_truncation)]
        let array = Uint8Array::new_with_length(bytes.len() as u32);
        if self.fill.call1(&self.object, &array).is_ok() {
            array.copy_to(bytes);
        }
    }
}

fn milliseconds(config: &JsValue, key: &str, default: u32) -> u32 {
    js::number(config, key).map_or(default, |n| u32::try_from(js::count(n)).unwrap_or(default))
}

pub(super) fn check<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<(), JsValue> {
    if texts.into_iter().all(single_line) {
        return Ok(());
    }
    Err(js_sys::TypeError::new("Line breaks are not allowed").into())
}

pub(super) fn check_lines(lines: &[String]) -> Result<(), JsValue> {
    match lines.iter().find(|line| header_line(line).is_none()) {
        None => Ok(()),
        Some(line) => Err(js_sys::TypeError::new(&["Invalid header field: ", line].concat()).into()),
    }
}

/// A refused command as JavaScript's error, which the classes turn into JsSIP's.
pub(super) fn refused(error: CommandError) -> JsValue {
    let (name, code, message) = match &error {
        CommandError::InvalidState(status) => ("INVALID_STATE_ERROR", 2, format!("Invalid status: {status}")),
        CommandError::NotSupported(what) => ("NOT_SUPPORTED_ERROR", 3, (*what).to_owned()),
        CommandError::Invalid(what) => ("TypeError", 0, format!("Invalid {what}")),
        CommandError::NoSuchSession => ("INVALID_STATE_ERROR", 2, "Invalid status: 8".to_owned()),
    };
    let js = js_sys::Error::new(&message);
    js.set_name(name);
    js::set(&js, "code", &code.into());
    let status = match error {
        CommandError::InvalidState(status) => status,
        _ => 8,
    };
    js::set(&js, "status", &status.into());
    js.into()
}

fn read_config(object: &JsValue) -> Result<Config, JsValue> {
    let keys = [
        "uri",
        "display_name",
        "authorization_user",
        "password",
        "ha1",
        "realm",
        "authorization_jwt",
        "registrar_server",
        "contact_uri",
        "via_host",
        "instance_id",
        "jssip_id",
        "user_agent",
        "register_from_tag_trail",
    ];
    let values: Vec<String> = keys.iter().filter_map(|k| js::text(object, k)).collect();
    check(values.iter().map(String::as_str))?;
    let extra_headers = js::texts(object, "extra_headers");
    check_lines(&extra_headers)?;
    let text = |key: &str| js::text(object, key);
    let uri = |key: &str| {
        let bad = || JsValue::from(js_sys::TypeError::new(&format!("Invalid {key}")));
        text(key).as_deref().and_then(Uri::parse).ok_or_else(bad)
    };
    let number = |key: &str, default: u64| js::number(object, key).map_or(default, js::count);
    let servers = js::get(object, "servers").dyn_into::<Array>().unwrap_or_default();
    let server = |entry: JsValue| Server {
        #[allow(clippy::cast_possible_truncation)]
        weight: js::number(&entry, "weight").unwrap_or(0.0) as i64,
        via_transport: js::text(&entry, "via_transport").unwrap_or_default(),
        sip_uri: js::text(&entry, "sip_uri").unwrap_or_default(),
    };
    Ok(Config {
        uri: uri("uri")?,
        registrar: uri("registrar_server")?,
        contact: uri("contact_uri")?,
        display_name: text("display_name"),
        credentials: Credentials {
            username: text("authorization_user").unwrap_or_default(),
            password: text("password"),
            ha1: text("ha1"),
            realm: text("realm"),
        },
        authorization_jwt: text("authorization_jwt"),
        via_host: text("via_host").unwrap_or_default(),
        instance_id: text("instance_id").unwrap_or_default(),
        call_id_prefix: text("jssip_id").unwrap_or_default(),
        user_agent: text("user_agent").unwrap_or_default(),
        register: js::flag(object, "register"),
        register_expires_s: u32::try_from(number("register_expires", u64::from(REGISTER_EXPIRES_S)))
            .unwrap_or(REGISTER_EXPIRES_S),
        register_from_tag_trail: text("register_from_tag_trail").unwrap_or_default(),
        no_answer_ms: number("no_answer_timeout", NO_ANSWER_S * 1000),
        recovery_s: (number("connection_recovery_min_interval", 2), number("connection_recovery_max_interval", 30)),
        session_timers: js::flag(object, "session_timers"),
        refresh_by_update: text("session_timers_refresh_method").as_deref() != Some("INVITE"),
        force_refresher: js::flag(object, "session_timers_force_refresher"),
        use_preloaded_route: js::flag(object, "use_preloaded_route"),
        extra_headers,
        codecs: media::codecs(),
        webrtc: media::has_webrtc(),
        keep_alive_ms: number("keep_alive", 0),
        servers: servers.iter().map(server).collect(),
    })
}
