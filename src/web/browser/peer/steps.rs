//! What the browser is called for, one step after the other.

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;

use super::{Peer, transports};
use crate::event::{MediaFault, MediaRequest};
use crate::sdp::{self, Candidate};
use crate::web::browser::js;

impl Peer {
    /// What the browser is called for, each step named by how it fails. What the creating ones bring, SetLocal sets.
    pub(super) fn steps(&self, request: &MediaRequest) -> &'static [MediaFault] {
        match request {
            MediaRequest::Acquire { .. } => &[MediaFault::UserMedia],
            MediaRequest::Offer { .. } => &[MediaFault::CreateOffer, MediaFault::SetLocal],
            MediaRequest::Answer { .. } => &[MediaFault::CreateAnswer, MediaFault::SetLocal],
            MediaRequest::Prime(_) => &[MediaFault::SetRemote, MediaFault::CreateAnswer, MediaFault::SetLocal],
            MediaRequest::RemoteAnswer { fresh: true, .. } => {
                &[MediaFault::CreateOffer, MediaFault::SetLocal, MediaFault::SetRemote]
            }
            MediaRequest::RemoteOffer(_) | MediaRequest::RemoteAnswer { .. } => &[MediaFault::SetRemote],
            MediaRequest::AddCandidates(_) => &[MediaFault::AddCandidate],
            MediaRequest::Rollback => match js::text(&self.connection, "signalingState").as_str() {
                "have-local-offer" => &[MediaFault::SetLocal],
                "have-remote-offer" => &[MediaFault::SetRemote],
                _ => &[],
            },
            MediaRequest::Enable(_) | MediaRequest::Close => &[],
        }
    }

    /// Begins a step; what it returns may be a promise.
    pub(super) fn start(
        &self,
        step: MediaFault,
        request: &MediaRequest,
        local: &JsValue,
        remote: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let connection = &self.connection;
        match (step, request) {
            (MediaFault::UserMedia, MediaRequest::Acquire { offered }) => self.wanted.stream(*offered),
            (MediaFault::CreateOffer, _) => connection.create_offer(&self.offer_options(request)),
            (MediaFault::CreateAnswer, _) => connection.create_answer(&self.wanted.answer),
            (MediaFault::SetLocal, _) => {
                self.gathering.begin();
                connection.set_local_description(local)
            }
            (MediaFault::SetRemote, _) => connection.set_remote_description(remote),
            (MediaFault::AddCandidate, MediaRequest::AddCandidates(candidates)) => self.add(candidates),
            // No step of its own.
            (MediaFault::UserMedia | MediaFault::AddCandidate | MediaFault::NoRelay, _) => Ok(JsValue::UNDEFINED),
        }
    }

    fn offer_options(&self, request: &MediaRequest) -> JsValue {
        let MediaRequest::Offer { ice_restart, .. } = request else { return JsValue::UNDEFINED };
        let mut options = self.once.take();
        if !options.is_object() {
            options = self.wanted.offer.clone();
        }
        // Firefox takes other credentials of the far end only where our offer restarts ICE. Chromium takes them anyway, and
        // would take the other role of ICE with the restart.
        let ice_restart = *ice_restart || (sdp::is_kept(&self.sdp("remoteDescription")) && transports::is_firefox());
        if ice_restart && !js::get(&options, "iceRestart").is_truthy() {
            options = js::object("iceRestart", &JsValue::TRUE);
        }
        options
    }

    /// Gives the browser candidates of theirs. What it returns is a promise of all.
    fn add(&self, candidates: &[Candidate]) -> Result<JsValue, JsValue> {
        let added = Array::new();
        for candidate in candidates {
            let init = js::object("candidate", &candidate.line.as_str().into());
            let mid = if candidate.mid.is_empty() { JsValue::NULL } else { candidate.mid.as_str().into() };
            js::set(&init, "sdpMid", &mid);
            js::set(&init, "usernameFragment", &candidate.ufrag.as_str().into());
            added.push(&self.connection.add_ice_candidate(&init)?);
        }
        Ok(Promise::all(&added).into())
    }
}
