//! What an app asks of an agent, its calls and its subscriptions: a flat function for each, on numeric handles.
//!
//! The arguments are read before anything is borrowed. Each throws a `Refused` of the border.

mod agent;
mod call;
mod subscription;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::border::{AgentCommand, CallCommand, MediaCommand, SubscriptionCommand};
use super::refusal::{gone, misuse, refused};
use super::registry;
use crate::event::{SessionId, SubscriptionId};

/// Does what has that number in the table of `AgentCommand`.
#[wasm_bindgen]
pub fn agent_command(agent: u32, number: u32, arguments: &Array) -> Result<JsValue, JsValue> {
    let command = AgentCommand::read(number, arguments).map_err(misuse)?;
    let driver = registry::driver(agent).ok_or_else(gone)?;
    match command {
        AgentCommand::Drop {} => registry::forget(agent),
        AgentCommand::Trace { on } => driver.trace.set(on),
        command => {
            match command {
                AgentCommand::Start {} => driver.listen(true),
                AgentCommand::Stop {} => driver.listen(false),
                _ => {}
            }
            return driver.apply(|agent, now| agent::run(agent, now, command)).map_err(refused);
        }
    }
    Ok(JsValue::UNDEFINED)
}

/// Does what has that number in the table of `CallCommand`, with the call that has that handle.
#[wasm_bindgen]
pub fn call_command(agent: u32, handle: u32, number: u32, arguments: &Array) -> Result<JsValue, JsValue> {
    let command = CallCommand::read(number, arguments).map_err(misuse)?;
    let driver = registry::driver(agent).ok_or_else(gone)?;
    driver.apply(|agent, now| call::run(agent, now, SessionId(handle), command)).map_err(refused)
}

/// Does what has that number in the table of `MediaCommand`; nothing without a connection.
#[wasm_bindgen]
pub fn media_command(agent: u32, handle: u32, number: u32, arguments: &Array) -> Result<(), JsValue> {
    let command = MediaCommand::read(number, arguments).map_err(misuse)?;
    let driver = registry::driver(agent).ok_or_else(gone)?;
    if let Some(peer) = driver.peer(handle) {
        match command {
            MediaCommand::OfferOnce { constraints } => peer.offer_once(constraints),
            MediaCommand::Mute { audio, video } => peer.mute(audio, video),
            MediaCommand::Tones { tones, duration, gap } => peer.tones(&tones, duration, gap),
            MediaCommand::Ready {} => peer.ready(),
            MediaCommand::Discard {} => driver.lose(handle),
        }
    }
    Ok(())
}

/// Does what has that number in the table of `SubscriptionCommand`, with the subscription that has that handle.
#[wasm_bindgen]
pub fn subscription_command(agent: u32, handle: u32, number: u32, arguments: &Array) -> Result<(), JsValue> {
    let command = SubscriptionCommand::read(number, arguments).map_err(misuse)?;
    let driver = registry::driver(agent).ok_or_else(gone)?;
    let id = SubscriptionId(handle);
    driver.apply(|agent, now| subscription::run(agent, now, id, command)).map_err(refused)
}
