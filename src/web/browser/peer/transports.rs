//! A far end with other keys, to a browser that makes one DTLS handshake for each transport.
//!
//! Firefox keeps to the keys of the first handshake, whatever a later description says, and is silent (seen in 153). So its
//! media are refused and taken anew between its own two descriptions: it makes new transports, and the far end sees none
//! of it. To the app there are new transceivers, and a `track` event for each.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::super::js;
use super::super::webrtc::{PeerConnection, Stream};
use super::{Peer, description};
use crate::sdp;

/// Whether this is Firefox.
pub(super) fn is_firefox() -> bool {
    js::get(&js::global("navigator"), "mozGetUserMedia").is_function()
}

impl Peer {
    /// Before an offer is applied: if it comes from an end with other keys, the transports are let go.
    pub(super) async fn meet_keys(&self, offer: &str) -> Result<(), JsValue> {
        let Some(refusing) = sdp::let_go(&self.sdp("remoteDescription"), offer).filter(|_| is_firefox()) else {
            return Ok(());
        };
        let connection: &PeerConnection = &self.connection;
        let sent = Array::new();
        self.each_track(&mut |_, track, _| {
            sent.push(track);
        });
        done(connection.set_remote_description(&description("offer", &refusing))?).await?;
        let answer = done(connection.create_answer(&JsValue::UNDEFINED)?).await?;
        done(connection.set_local_description(&answer)?).await?;
        // What it says of its path it says of another transport.
        self.path.take();
        let stream = Stream::new(&sent)?;
        for at in 0..sent.length() {
            connection.add_track(sent.get(at).unchecked_ref(), &stream)?;
        }
        Ok(())
    }
}

async fn done(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await
}
