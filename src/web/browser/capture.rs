//! getUserMedia and the tracks of a call: those that viasip opened are stopped with it, an app's own never.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::js;
use super::webrtc::{Stream, Track, capabilities, each, get_user_media};
use crate::sdp::Codecs;

/// What an app wants captured.
#[derive(Debug)]
pub(in crate::web) struct Wanted {
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
    pub(in crate::web) fn read(list: &Array) -> Self {
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
        get_user_media(&self.constraints)
    }
}

/// Stops each track of a stream.
pub(super) fn stop(stream: &Stream) {
    each(stream.tracks(), &mut |track| {
        let _ = track.unchecked_ref::<Track>().stop();
    });
}

/// The codecs of this browser, if it tells.
pub(in crate::web) fn codecs() -> Codecs {
    let mut codecs = Codecs::default();
    for (kind, list) in [("audio", &mut codecs.audio), ("video", &mut codecs.video)] {
        let told = told(kind);
        if !told.is_empty() {
            *list = told;
        }
    }
    codecs
}

/// Each name once: a browser lists H264 and its retransmission for every profile.
fn told(kind: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let told = capabilities(kind).map(|told| js::get(&told, "codecs"));
    each(told, &mut |codec| {
        let mime = js::text(&codec, "mimeType");
        if let Some(name) = mime.split('/').nth(1).filter(|name| names.iter().all(|known| known != name)) {
            names.push(name.to_owned());
        }
    });
    names
}

/// Whether there is WebRTC here.
pub(in crate::web) fn has_webrtc() -> bool {
    js::global("RTCPeerConnection").is_function()
}
