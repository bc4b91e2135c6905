//! What viasip uses of a browser. Each part says what it hears to a `Host`, and knows neither the driver nor the agent.

mod arrived;
mod capture;
mod clock;
mod crypto;
mod gathering;
mod js;
mod listener;
mod peer;
mod socket;
mod wakeups;
mod webrtc;

pub(super) use arrived::text_of;
pub(super) use capture::{Wanted, codecs, has_webrtc};
pub(super) use clock::Clock;
pub(super) use crypto::Crypto;
pub(super) use gathering::Patience;
pub(super) use js::{later, message_of, plain, rethrow_later, spawn};
pub(super) use listener::Listening;
pub(super) use peer::Peer;
pub(super) use socket::{AppSocket, Socket};
pub(super) use wakeups::wakeups;
pub(super) use webrtc::PeerConnection;

use wasm_bindgen::JsValue;

use crate::event::{Input, SessionId};

/// Who hears what the browser says: the driver.
pub(super) trait Host {
    /// Something for the core.
    fn input(&self, input: Input<'_>);

    /// The JavaScript error of a WebRTC operation, kept for the event that tells of it.
    fn remember(&self, session: SessionId, error: JsValue);

    /// A candidate that an offer or answer waits for (JsSIP `icecandidate`).
    fn candidate(&self, session: SessionId, candidate: JsValue);

    /// The stream that a call sends: `opened` by us, or the app's own.
    fn captured(&self, session: SessionId, stream: JsValue, opened: bool);
}
