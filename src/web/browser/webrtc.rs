//! The methods of WebRTC as imports with types; its properties are read by key (`js`).
//!
//! Whatever is called here may throw: an app may put an object of its own in the place of a connection, a stream or a track,
//! and a closed connection refuses. For the same reason what comes back is looked at before it is used.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    /// The connection of a call.
    #[wasm_bindgen(js_name = RTCPeerConnection, extends = EventTarget)]
    #[derive(Clone)]
    pub(in crate::web) type PeerConnection;

    /// With whatever the app passes to the constructor.
    #[wasm_bindgen(constructor, variadic, catch, js_class = RTCPeerConnection)]
    pub(in crate::web) fn new(arguments: &Array) -> Result<PeerConnection, JsValue>;

    /// A promise of a description; `undefined` for options stands for the browser's own.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = createOffer)]
    pub(super) fn create_offer(this: &PeerConnection, options: &JsValue) -> Result<JsValue, JsValue>;

    /// A promise of a description.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = createAnswer)]
    pub(super) fn create_answer(this: &PeerConnection, options: &JsValue) -> Result<JsValue, JsValue>;

    /// A promise of nothing.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = setLocalDescription)]
    pub(super) fn set_local_description(this: &PeerConnection, description: &JsValue) -> Result<JsValue, JsValue>;

    /// A promise of nothing.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = setRemoteDescription)]
    pub(super) fn set_remote_description(this: &PeerConnection, description: &JsValue) -> Result<JsValue, JsValue>;

    /// A promise of nothing; for a candidate of theirs.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = addIceCandidate)]
    pub(super) fn add_ice_candidate(this: &PeerConnection, candidate: &JsValue) -> Result<JsValue, JsValue>;

    /// Adds a track of a stream.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = addTrack)]
    pub(super) fn add_track(this: &PeerConnection, track: &Track, stream: &Stream) -> Result<JsValue, JsValue>;

    /// An array of `Sender`.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = getSenders)]
    pub(super) fn senders(this: &PeerConnection) -> Result<JsValue, JsValue>;

    /// A promise of a map of statistics.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = getStats)]
    pub(super) fn stats(this: &PeerConnection) -> Result<JsValue, JsValue>;

    /// The configuration that is in force.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection, js_name = getConfiguration)]
    pub(super) fn configuration(this: &PeerConnection) -> Result<JsValue, JsValue>;

    /// Ends it.
    #[wasm_bindgen(method, structural, catch, js_class = RTCPeerConnection)]
    pub(super) fn close(this: &PeerConnection) -> Result<(), JsValue>;

    /// A stream of tracks.
    #[wasm_bindgen(js_name = MediaStream)]
    #[derive(Clone)]
    pub(super) type Stream;

    /// Of an array of `Track`.
    #[wasm_bindgen(constructor, catch, js_class = MediaStream)]
    pub(super) fn new(tracks: &Array) -> Result<Stream, JsValue>;

    /// An array of `Track`.
    #[wasm_bindgen(method, structural, catch, js_class = MediaStream, js_name = getTracks)]
    pub(super) fn tracks(this: &Stream) -> Result<JsValue, JsValue>;

    /// A microphone, a camera, or what stands for them.
    #[wasm_bindgen(js_name = MediaStreamTrack)]
    pub(super) type Track;

    /// Lets go of the device.
    #[wasm_bindgen(method, structural, catch, js_class = MediaStreamTrack)]
    pub(super) fn stop(this: &Track) -> Result<(), JsValue>;

    /// Tones of RFC 4733.
    #[wasm_bindgen(js_name = RTCDTMFSender)]
    pub(super) type ToneSender;

    /// Sends these in place of those that are still to come; both times are in ms.
    #[wasm_bindgen(method, structural, catch, js_class = RTCDTMFSender, js_name = insertDTMF)]
    pub(super) fn insert(this: &ToneSender, tones: &str, duration_ms: u32, gap_ms: u32) -> Result<(), JsValue>;

    /// A promise of a `Stream`.
    #[wasm_bindgen(js_namespace = ["navigator", "mediaDevices"], js_name = getUserMedia, catch)]
    pub(super) fn get_user_media(constraints: &JsValue) -> Result<JsValue, JsValue>;

    /// An array with the entries of a map, each an array of key and value.
    #[wasm_bindgen(js_namespace = Array, js_name = from, catch)]
    pub(super) fn entries(map: &JsValue) -> Result<JsValue, JsValue>;

    /// What this browser receives of `audio` or `video`.
    #[wasm_bindgen(js_namespace = RTCRtpReceiver, js_name = getCapabilities, catch)]
    pub(super) fn capabilities(kind: &str) -> Result<JsValue, JsValue>;
}

/// Calls `run` with each value of an array that was asked for; with none if it is something else.
pub(super) fn each(read: Result<JsValue, JsValue>, run: &mut dyn FnMut(JsValue)) {
    let list: Array = read.and_then(JsCast::dyn_into).unwrap_or_default();
    for at in 0..list.length() {
        run(list.get(at));
    }
}
