//! The packets of media that have come in, counted while there is a connection.

use std::rc::Rc;

use js_sys::{Promise, try_iter};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::super::js;
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
        let count = js::later(
            COUNT_MS,
            Box::new(move || {
                js::spawn(Box::pin(async move {
                    if let Some(peer) = weak.upgrade() {
                        peer.count().await;
                    }
                }));
            }),
        );
        self.next_count.set(Some(count));
    }

    /// Tells how many there are. Of a connection that cannot say so, an app's own for one, it is not asked again.
    async fn count(self: &Rc<Self>) {
        let Ok(promise) = self.connection.stats() else {
            return;
        };
        let Ok(report) = JsFuture::from(Promise::resolve(&promise)).await else {
            return;
        };
        let Some(host) = self.host.upgrade().filter(|_| !self.closed.get()) else {
            return;
        };
        host.input(Input::PacketsReceived { session: self.session, packets: received(&report) });
        if !self.closed.get() {
            self.count_later();
        }
    }
}

/// Of all media of a report.
fn received(report: &JsValue) -> u64 {
    let mut packets = 0.0;
    for entry in try_iter(report).ok().flatten().into_iter().flatten().flatten() {
        let statistics = js::get(&entry, "1");
        if js::text(&statistics, "type") == "inbound-rtp" {
            packets += js::get(&statistics, "packetsReceived").as_f64().unwrap_or_default();
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
    let packets = packets as u64;
    packets
}
