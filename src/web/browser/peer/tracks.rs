//! The tracks that a call sends: captured or an app's, muted, held, and the tones on them.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::super::webrtc::{Stream, ToneSender, each};
use super::super::{capture, js};
use super::Peer;

impl Peer {
    /// The tracks that were asked for are there: they are sent.
    pub(super) fn captured(&self, stream: JsValue) -> Result<(), JsValue> {
        if !stream.is_object() {
            return Ok(());
        }
        let ours = !self.wanted.stream.is_object();
        let stream: Stream = stream.unchecked_into();
        if self.closed.get() {
            // Granted after the call had ended: nobody may keep the microphone.
            if ours {
                capture::stop(&stream);
            }
            return Ok(());
        }
        if ours {
            self.stream.replace(Some(stream.clone()));
        }
        // What an app passed for a stream may be none.
        let tracks: Array = stream.tracks()?.dyn_into()?;
        for at in 0..tracks.length() {
            let track = tracks.get(at);
            // One that the app has added itself is there, and of a connection that it closed the next step tells.
            if let Err(error) = self.connection.add_track(track.unchecked_ref(), &stream)
                && js::text(&error, "name") == "TypeError"
            {
                return Err(error);
            }
        }
        self.apply_enabled();
        if let Some(host) = self.host.upgrade() {
            host.captured(self.session, stream.into(), ours);
        }
        Ok(())
    }

    /// Mutes or unmutes.
    pub(in crate::web) fn mute(&self, audio: bool, video: bool) {
        self.muted.set((audio, video));
        self.apply_enabled();
    }

    /// Calls `run` with each sender, its track, and whether that is audio.
    pub(super) fn each_track(&self, run: &mut dyn FnMut(&JsValue, &JsValue, bool)) {
        if self.closed.get() {
            return;
        }
        each(self.connection.senders(), &mut |sender| {
            let track = js::get(&sender, "track");
            if track.is_object() {
                run(&sender, &track, js::text(&track, "kind") == "audio");
            }
        });
    }

    /// What is held or muted is not sent.
    pub(super) fn apply_enabled(&self) {
        let muted = self.muted.get();
        self.each_track(&mut |_, track, audio| {
            let muted = if audio { muted.0 } else { muted.1 };
            js::set(track, "enabled", &(self.enabled.get() && !muted).into());
        });
    }

    /// Appends tones to the first audio sender's that can send them (RFC 4733).
    pub(in crate::web) fn tones(&self, tones: &str, duration_ms: u32, gap_ms: u32) {
        let mut sent = false;
        self.each_track(&mut |sender, _, audio| {
            let dtmf = js::get(sender, "dtmf");
            if audio && !sent && dtmf.is_object() {
                sent = true;
                let tones = js::text(&dtmf, "toneBuffer") + tones;
                let _ = dtmf.unchecked_ref::<ToneSender>().insert(&tones, duration_ms, gap_ms);
            }
        });
    }
}
