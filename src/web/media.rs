//! getUserMedia and the tracks of a call: those that viasip opened are stopped with it, an app's own never.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, MediaStreamTrack};

use super::fields::Fields;
use super::js;
use crate::sdp::Codecs;

/// What an app wants captured.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The app's own stream.
    pub(super) stream: Option<MediaStream>,
    /// The argument of getUserMedia.
    pub(super) constraints: JsValue,
    /// createOffer's argument.
    pub(super) offer: JsValue,
    /// createAnswer's argument.
    pub(super) answer: JsValue,
}

impl Wanted {
    /// From the app's stream, its constraints, and its arguments of createOffer and createAnswer.
    pub(super) fn read(list: &Array) -> Self {
        let stream = list.get(0);
        Self {
            stream: stream.is_object().then(|| stream.unchecked_into()),
            constraints: list.get(1),
            offer: list.get(2),
            answer: list.get(3),
        }
    }
}

impl Wanted {
    /// The stream of a call, a promise of it, or `undefined` for none. For an answer, what the app left open follows the
    /// offer: `offered` is audio, video.
    pub(super) fn stream(&self, offered: Option<(bool, bool)>) -> Result<JsValue, JsValue> {
        if let Some(stream) = &self.stream {
            return Ok(stream.into());
        }
        let choose = |key: &str, offered: Option<bool>| {
            let value = js::get(&self.constraints, key);
            match offered {
                Some(offered) if value.is_undefined() => JsValue::from_bool(offered),
                Some(false) => JsValue::FALSE,
                _ => value,
            }
        };
        let audio = choose("audio", offered.map(|o| o.0));
        let video = choose("video", offered.map(|o| o.1));
        if !audio.is_truthy() && !video.is_truthy() {
            return Ok(JsValue::UNDEFINED);
        }
        if offered.is_some() {
            js::set(&self.constraints, "audio", &audio);
            js::set(&self.constraints, "video", &video);
        }
        let arguments = Fields::new();
        arguments.value(self.constraints.clone());
        js::call(&js::get(&js::global("navigator"), "mediaDevices"), "getUserMedia", arguments)
    }
}

/// Stops each track of a stream.
pub(super) fn stop(stream: &MediaStream) {
    let tracks = stream.get_tracks();
    for at in 0..tracks.length() {
        tracks.get(at).unchecked_into::<MediaStreamTrack>().stop();
    }
}

/// The codecs of this browser, if it tells.
pub(super) fn codecs() -> Codecs {
    let mut codecs = Codecs::default();
    for (kind, list) in [("audio", &mut codecs.audio), ("video", &mut codecs.video)] {
        let told = told(kind);
        if !told.is_empty() {
            *list = told;
        }
    }
    codecs
}

fn told(kind: &str) -> Vec<String> {
    let mut names = Vec::new();
    let arguments = Fields::new();
    arguments.text(kind);
    let capabilities = js::call(&js::global("RTCRtpReceiver"), "getCapabilities", arguments);
    if let Ok(list) = capabilities.and_then(|told| js::get(&told, "codecs").dyn_into::<Array>()) {
        for at in 0..list.length() {
            if let Some(mime) = js::text(&list.get(at), "mimeType") {
                names.extend(mime.split('/').nth(1).map(str::to_owned));
            }
        }
    }
    names
}

/// Whether there is WebRTC here.
pub(super) fn has_webrtc() -> bool {
    js::global("RTCPeerConnection").is_function()
}

/// `new RTCPeerConnection(...)`: throws what it throws.
pub(super) fn connection(arguments: &Array) -> Result<web_sys::RtcPeerConnection, JsValue> {
    let constructor: Function = js::global("RTCPeerConnection").dyn_into()?;
    Ok(Reflect::construct(&constructor, arguments)?.unchecked_into())
}
