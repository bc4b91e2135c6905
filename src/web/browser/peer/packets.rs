//! The packets of media that have come in, counted while there is a connection.

use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::super::js;
use super::super::webrtc::{each, entries};
use super::Peer;
use crate::event::Input;

/// ms between two counts.
const COUNT_MS: u32 = 500;

impl Peer {
    /// Counts them from now on, unless that is done already.
    pub(super) fn count_packets(self: &Rc<Self>) {
        if !self.counts.replace(true) {
            self.count_later();
        }
    }

    fn count_later(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let count = js::later(COUNT_MS, Box::new(move || js::spawn(Box::pin(count(weak)))));
        self.next_count.set(Some(count));
    }
}

/// Tells how many there are, and again later. Of a connection that cannot say so, an app's own for one, that is the end.
async fn count(peer: Weak<Peer>) {
    let Some(Ok(promise)) = peer.upgrade().map(|peer| peer.connection.stats()) else {
        return;
    };
    if let Ok(report) = JsFuture::from(Promise::resolve(&promise)).await
        && let Some(peer) = peer.upgrade()
        && let Some(host) = peer.host.upgrade().filter(|_| !peer.closed.get())
    {
        peer.count_later();
        host.input(Input::PacketsReceived { session: peer.session, packets: received(&report) });
    }
}

/// Of all media of a report.
fn received(report: &JsValue) -> u64 {
    let mut packets = 0.0;
    each(entries(report), &mut |entry| {
        let statistics = js::get(&entry, "1");
        if js::text(&statistics, "type") == "inbound-rtp" {
            packets += js::get(&statistics, "packetsReceived").as_f64().unwrap_or_default();
        }
    });
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
    let packets = packets as u64;
    packets
}
