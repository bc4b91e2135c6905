//! Makes agents and peer connections, and keeps the agents by number.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::border::{Making, MakingNumber, OneLine, ServerEntry};
use super::browser::{self, Crypto, Patience, PeerConnection, Wanted};
use super::driver::Driver;
use super::refusal::{gone, misuse};

use crate::agent::Agent;
use crate::auth::{Algorithm, Credentials};
use crate::config::{Config, Server, TrickleIce};
use crate::entropy::Entropy;
use crate::event::SessionId;
use crate::keep_alive::{KeepAliveMethod, KeepAliveSettings};
use crate::registration::PushTarget;
use crate::sdp::Codecs;
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

/// Forgets an agent.
pub(super) fn forget(agent: u32) {
    let driver = REGISTRY.with_borrow_mut(|r| r.drivers.remove(&agent));
    drop(driver);
}

/// Makes an agent as the table of `Making` has it; `sockets` are those of its servers. `dispatch(target, told)` gets all
/// events; target 0 is the UA. Throws a `Refused` of the border for what cannot be used.
#[wasm_bindgen]
pub fn agent_new(arguments: &Array, sockets: Array, dispatch: Function) -> Result<u32, JsValue> {
    let making = Making::read(MakingNumber::Agent as u32, arguments).map_err(misuse)?;
    let entropy = Entropy::new(Crypto::find()?);
    let (config, patience) = configuration(making).map_err(|name| misuse(format!("Invalid {name}")))?;
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
    let driver = driver(agent).ok_or_else(gone)?;
    let connection = PeerConnection::new(&arguments)?;
    driver.add_peer(SessionId(session), connection.clone(), Wanted::read(&wanted));
    Ok(connection.into())
}

/// The settings of the core, and how long gathering may take. The error names what is wrong.
fn configuration(making: Making) -> Result<(Config, Patience), &'static str> {
    let Making::Agent {
        ice_gathering_timeout,
        ice_gathering_limit,
        uri,
        registrar_server,
        contact_uri,
        display_name,
        authorization_user,
        password,
        ha1,
        realm,
        authorization_jwt,
        via_host,
        instance_id,
        jssip_id,
        user_agent,
        register,
        register_expires,
        register_from_tag_trail,
        no_answer_timeout,
        connection_recovery_min_interval,
        connection_recovery_max_interval,
        session_timers,
        refresh_by_update,
        force_refresher,
        use_preloaded_route,
        extra_headers,
        keep_alive_interval,
        auth_realms,
        auth_min_algorithm,
        servers,
        keep_alive_timeout,
        keep_alive_method,
        recovery_timeout,
        trickle_ice,
        service_route,
        redirect_limit,
        info_packages,
        norefersub,
        connected_identity,
        session_id,
        asks_credentials,
        preemptive_auth,
        reliable_provisional,
        flows,
        push,
    } = making;
    let read = |text: OneLine, name| Uri::parse(&text.0).ok_or(name);
    let text = |line: Option<OneLine>| line.map(|line| line.0);
    let mut push = push.into_iter().map(|text| text.0);
    let push = push.next().map(|provider| PushTarget {
        provider,
        prid: push.next().unwrap_or_default(),
        param: push.next().unwrap_or_default(),
    });
    let config = Config {
        uri: read(uri, "uri")?,
        registrar: read(registrar_server, "registrar_server")?,
        contact: read(contact_uri, "contact_uri")?,
        display_name: text(display_name),
        credentials: Credentials {
            username: authorization_user.0,
            password: text(password),
            ha1: text(ha1),
            realm: text(realm),
            realms: auth_realms.into_iter().map(|realm| realm.0).collect(),
            weakest: Algorithm::parse(&auth_min_algorithm.0).ok_or("auth_min_algorithm")?,
            asks: asks_credentials,
            ahead: preemptive_auth,
        },
        authorization_jwt: text(authorization_jwt),
        via_host: via_host.0,
        instance_id: instance_id.0,
        call_id_prefix: jssip_id.0,
        user_agent: user_agent.0,
        register,
        register_expires_s: register_expires,
        register_from_tag_trail: text(register_from_tag_trail).unwrap_or_default(),
        no_answer_ms: no_answer_timeout.into(),
        recovery_s: (connection_recovery_min_interval.into(), connection_recovery_max_interval.into()),
        session_timers,
        refresh_by_update,
        force_refresher,
        use_preloaded_route,
        service_route,
        push,
        flows,
        extra_headers: extra_headers.0,
        // The driver asks for them.
        codecs: Codecs::default(),
        webrtc: browser::has_webrtc(),
        keep_alive: KeepAliveSettings {
            interval_ms: keep_alive_interval.into(),
            timeout_ms: keep_alive_timeout.into(),
            method: KeepAliveMethod::parse(&keep_alive_method.0),
        },
        recovery_timeout_ms: recovery_timeout.into(),
        trickle_ice: TrickleIce::parse(&trickle_ice.0).ok_or("trickle_ice")?,
        redirect_limit,
        info_packages: info_packages.into_iter().map(|package| package.0).collect(),
        norefersub,
        connected_identity,
        reliable_provisional,
        session_id,
        servers: servers.into_iter().map(server).collect(),
    };
    Ok((config, Patience { after_first_ms: ice_gathering_timeout, limit_ms: ice_gathering_limit }))
}

#[allow(clippy::cast_possible_truncation, reason = "it stops at the ends")]
fn server(ServerEntry(weight, via_transport, sip_uri, secure): ServerEntry) -> Server {
    Server { weight: weight as i64, via_transport, sip_uri, secure }
}
