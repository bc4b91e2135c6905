//! getUserMedia and the tracks of a call: those that viasip opened are stopped with it, an app's own never.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcPeerConnection;

use super::fields::Fields;
use super::js;
use crate::sdp::Codecs;

/// What an app wants captured.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The app's own stream, `undefined` for none.
    pub(super) stream: JsValue,
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
        Self { stream: list.get(0), constraints: list.get(1), offer: list.get(2), answer: list.get(3) }
    }

    /// The stream of a call, a promise of it, or `undefined` for none. For an answer, what the app left open follows the
    /// offer: `offered` is audio, video.
    pub(super) fn stream(&self, offered: Option<(bool, bool)>) -> Result<JsValue, JsValue> {
        if self.stream.is_object() {
            return Ok(self.stream.clone());
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

/// The tracks of a stream; what an app passed for one may be none.
pub(super) fn tracks(stream: &JsValue) -> Result<Array, JsValue> {
    js::call(stream, "getTracks", Fields::new())?.dyn_into()
}

/// Stops each track of a stream.
pub(super) fn stop(stream: &JsValue) {
    let tracks = tracks(stream).unwrap_or_default();
    for at in 0..tracks.length() {
        let _ = js::call(&tracks.get(at), "stop", Fields::new());
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
pub(super) fn connection(arguments: &Array) -> Result<RtcPeerConnection, JsValue> {
    let constructor: Function = js::global("RTCPeerConnection").dyn_into()?;
    Ok(Reflect::construct(&constructor, arguments)?.unchecked_into())
}
