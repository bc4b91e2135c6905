//! The page of a phone is loaded anew: what it knew is gone, but for what it leaves for the page that comes.

use viasip::event::{SessionId, SessionState};

use super::invariants::Verified;
use super::phone::{Call, Signalling};
use super::world::{What, World};

impl World {
    /// The next page goes on with the calls that were up; nobody hears of the others again.
    pub(crate) fn reload(&mut self, at: usize) -> Verified {
        let now = self.instant();
        let phone = &mut self.phones[at];
        let mut kept = Vec::new();
        for call in phone.calls.iter().filter(|call| call.terminals == 0) {
            kept.extend(
                phone
                    .agent
                    .keep(now, call.id)
                    .map(|text| (call.call_id.clone(), call.peer.clone(), call.incoming, call.state, text)),
            );
        }
        let seed = self.random.below(1 << 40);
        let phone = &mut self.phones[at];
        phone.load_anew(seed);
        for (call_id, ..) in &kept {
            // An offer of the page before may have been answered meanwhile.
            phone.watch.unsettled(call_id);
        }
        self.forget(at);
        for line in [0, 1] {
            self.proxy.line_lost(at, line, self.now);
        }
        self.tell(at, || format!("-- page anew, with {} calls", kept.len()));
        self.meet("page anew");
        self.carry()?;
        for (call_id, ..) in &kept {
            self.far_media_goes(at, call_id);
        }
        self.phones[at].agent.start(now);
        for (call_id, peer, incoming, state, text) in kept {
            let phone = &mut self.phones[at];
            let id = SessionId(phone.agent.reserve());
            phone.calls.push(Call {
                id,
                call_id,
                peer,
                incoming,
                state: SessionState { recovering: true, ready_to_reoffer: false, ..state },
                terminals: 0,
                gone: 0,
                media_open: true,
                media_until: 0,
                signalling: Signalling::Stable,
                answers: "sendrecv",
                described: false,
                transfer: None,
            });
            phone.agent.resume_call(now, id, &text).map_err(|error| format!("{}: {error:?}", phone.name))?;
        }
        self.pump(at)
    }

    /// The far end hears nothing any more.
    fn far_media_goes(&mut self, at: usize, call_id: &str) {
        for far in (0..3).filter(|far| *far != at) {
            let call = self.phones[far].calls.iter().find(|call| call.call_id == call_id && call.terminals == 0);
            if let Some(id) = call.map(|call| call.id) {
                let gone = self.now + self.random.below(3_000);
                self.plan(gone, What::Ice { at: far, id, up: false });
            }
        }
    }
}
