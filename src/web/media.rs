//! getUserMedia and the tracks of a call: those that viasip opened are stopped with it, an app's own never.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamTrack};

use super::js;

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

/// What was got: the stream, and whether its tracks are ours to stop.
pub(super) struct Captured {
    pub(super) stream: Option<MediaStream>,
    pub(super) ours: bool,
}

/// Gets the stream. For an answer, what the app left open follows the offer: `offered` is audio, video.
pub(super) async fn acquire(wanted: &Wanted, offered: Option<(bool, bool)>) -> Result<Captured, JsValue> {
    if let Some(stream) = &wanted.stream {
        // Not `stream.clone()`: that is JavaScript's, and makes another stream with other tracks.
        return Ok(Captured { stream: Some(Clone::clone(stream)), ours: false });
    }
    let choose = |key: &str, offered: Option<bool>| {
        let value = js::get(&wanted.constraints, key);
        match offered {
            Some(offered) if value.is_undefined() => JsValue::from_bool(offered),
            Some(false) => JsValue::FALSE,
            _ => value,
        }
    };
    let audio = choose("audio", offered.map(|o| o.0));
    let video = choose("video", offered.map(|o| o.1));
    if !audio.is_truthy() && !video.is_truthy() {
        return Ok(Captured { stream: None, ours: true });
    }
    if offered.is_some() {
        js::set(&wanted.constraints, "audio", &audio);
        js::set(&wanted.constraints, "video", &video);
    }
    let devices = js::get(&js::global("navigator"), "mediaDevices");
    let get_user_media = js::get(&devices, "getUserMedia").dyn_into::<Function>()?;
    let promise: Promise = get_user_media.call1(&devices, &wanted.constraints)?.dyn_into()?;
    let stream: MediaStream = JsFuture::from(promise).await?.unchecked_into();
    Ok(Captured { stream: Some(stream), ours: true })
}

/// Stops each track of a stream.
pub(super) fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}

/// The codecs of this browser, if it tells.
pub(super) fn codecs() -> crate::sdp::Codecs {
    let of = |kind: &str| -> Vec<String> {
        let receiver = js::global("RTCRtpReceiver");
        let Ok(function) = js::get(&receiver, "getCapabilities").dyn_into::<Function>() else {
            return Vec::new();
        };
        let list = function.call1(&receiver, &JsValue::from_str(kind)).map(|c| js::get(&c, "codecs"));
        let Some(list) = list.ok().and_then(|l| l.dyn_into::<Array>().ok()) else {
            return Vec::new();
        };
        let name = |codec: JsValue| js::text(&codec, "mimeType")?.split('/').nth(1).map(str::to_owned);
        list.iter().filter_map(name).collect()
    };
    let mut codecs = crate::sdp::Codecs::default();
    for (kind, list) in [("audio", &mut codecs.audio), ("video", &mut codecs.video)] {
        let told = of(kind);
        if !told.is_empty() {
            *list = told;
        }
    }
    codecs
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
