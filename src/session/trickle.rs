//! Candidates that come after their description: Trickle ICE (RFC 8838) by INFO (RFC 8840, package of RFC 6086).
//!
//! ```text
//! ours:   gathered --> in a description of ours: told with it
//!                  '-> later: by INFO, to each far end that takes it and is known to have the dialog
//! theirs: INFO --> heard --their description is applied--> given to WebRTC
//! ```
//!
//! A caller knows that the far end has the dialog by its 1xx or 2xx, a callee by the INFO, PRACK or ACK of its
//! caller (RFC 8840 4.3). One INFO at a time; each has all of its generation, so that what gathers
//! meanwhile is one further INFO. What is sent and heard belongs to a generation, by its username fragment: one that
//! nobody goes by yet waits, one that nobody goes by any more is forgotten.

use std::sync::Arc;

use super::packages::{TRICKLE_ICE as PACKAGE, is_trickle_ice};
use super::{Phase, Session, Wait};
use crate::bounds::MAX_CANDIDATES;
use crate::command::ReofferOptions;
use crate::config::TrickleIce;
use crate::context::{Cx, TRICKLE_ICE};
use crate::dialog::Dialog;
use crate::event::{Event, MediaRequest};
use crate::exchange::Owner;
use crate::message::{Headers, Method, Reply, Request, Response};
use crate::sdp::{self, Candidate};
use crate::transaction::ServerId;

/// The type of its body (RFC 8840 9).
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// What a call knows of the candidates of both sides.
#[derive(Debug, Default)]
pub(super) struct Trickle {
    mode: TrickleIce,
    /// The address of record of the far end.
    address: String,
    /// Whether our first description leaves without waiting, and the rest of its candidates is still to be told.
    hasty: bool,
    /// Ours in their order, and whether a description that has left, or is about to, has it.
    gathered: Vec<(Candidate, bool)>,
    /// Theirs, and whether WebRTC has it.
    heard: Vec<(Candidate, bool)>,
    /// The generations of their description that WebRTC goes by.
    generations: Vec<String>,
    far_ends: Vec<FarEnd>,
    /// How many candidates our last description had as WebRTC made it.
    made: usize,
    /// Whether the app took some out before it left: then none of them goes by INFO.
    filtered: bool,
}

/// A far end that takes candidates by INFO.
#[derive(Debug, Default)]
struct FarEnd {
    tag: String,
    /// Whether it is known to have the dialog.
    reached: bool,
    /// Whether it repeats its answer until an INFO comes (RFC 8840 4.3.1.2).
    waits: bool,
    refused: bool,
    /// How many of our generation it was told by INFO.
    told: usize,
    /// The number of the INFO that waits for its answer.
    asked: Option<u32>,
    /// That of the last one.
    last: u32,
}

impl Trickle {
    pub(super) fn new(mode: TrickleIce) -> Self {
        Self { mode, ..Self::default() }
    }

    /// The call goes to this address.
    pub(super) fn calls(&mut self, address: &str, mode: Option<TrickleIce>, cx: &Cx) {
        self.choose(mode);
        self.hasty = self.mode == TrickleIce::Full || (self.mode == TrickleIce::Auto && cx.is_trickler(address));
        address.clone_into(&mut self.address);
    }

    /// The call goes to this address instead.
    pub(super) fn goes_to(&mut self, address: &str) {
        address.clone_into(&mut self.address);
        self.far_ends = Vec::new();
    }

    /// This INVITE of theirs, the first or one inside the call, says whether they take candidates.
    pub(super) fn invited(&mut self, invite: &Request, cx: &mut Cx) {
        if self.meet(invite.from_tag(), &invite.headers, invite.sdp().as_deref())
            && let Some(from) = invite.from_address()
        {
            cx.note_trickler(&from.uri.aor(), true);
        }
    }

    /// The far end of a call that goes on in this page takes them.
    pub(super) fn resumes(&mut self, tag: &str) {
        self.far_ends.push(FarEnd { tag: tag.to_owned(), reached: true, ..FarEnd::default() });
    }

    /// What the app says of this call.
    pub(super) fn choose(&mut self, mode: Option<TrickleIce>) {
        self.mode = mode.unwrap_or(self.mode);
    }

    pub(super) fn is_on(&self) -> bool {
        self.mode != TrickleIce::Off
    }

    pub(super) fn is_hasty(&self) -> bool {
        self.hasty
    }

    /// Our first description is an answer, and does not wait if `hasty`.
    pub(super) fn answers(&mut self, hasty: bool) {
        self.hasty = hasty;
    }

    /// What `Supported` says of it.
    pub(super) fn supported(&self) -> &'static str {
        if self.is_on() { TRICKLE_ICE } else { "" }
    }

    /// The line of an INVITE that says what INFO is taken.
    pub(super) fn recv_info(&self) -> Option<String> {
        self.is_on().then(|| ["Recv-Info: ", PACKAGE].concat())
    }

    /// Says both in an answer to an INVITE.
    pub(super) fn mark(&self, reply: &mut Reply) {
        reply.supports = self.supported();
        if self.is_on() {
            reply.headers.push(("Recv-Info".to_owned(), PACKAGE.to_owned()));
        }
    }

    /// A description of ours was made: what it has of those that were gathered is told.
    pub(super) fn described(&mut self, sdp: &str) {
        self.made = count(sdp);
        for (candidate, told) in &mut self.gathered {
            *told |= sdp.contains(candidate.path());
        }
    }

    /// A description of ours leaves: of other generations nobody asks any more.
    pub(super) fn left(&mut self, sdp: Option<&str>) {
        let sdp = sdp.unwrap_or_default();
        self.filtered |= count(sdp) < self.made;
        let before = self.gathered.len();
        let current = if before > 0 { sdp::generations(sdp) } else { Vec::new() };
        self.gathered.retain(|(candidate, _)| current.contains(&candidate.ufrag));
        if self.gathered.len() < before {
            for far_end in &mut self.far_ends {
                far_end.told = 0;
            }
        }
    }

    /// WebRTC goes by this description of theirs.
    pub(super) fn applied(&mut self, sdp: Option<&str>) {
        self.generations = sdp::generations(sdp.unwrap_or_default());
    }

    /// Whether that is the number of an INFO of ours.
    pub(super) fn sent(&self, handle: u32) -> bool {
        handle != 0 && self.far_ends.iter().any(|far_end| far_end.last == handle)
    }

    /// Whether that far end takes candidates.
    fn takes(&self, tag: &str) -> bool {
        self.is_on() && self.far_ends.iter().any(|far_end| far_end.tag == tag && !far_end.refused)
    }

    /// Keeps a far end if it says in a message with this description, or with none yet, that it takes candidates.
    fn meet(&mut self, tag: &str, headers: &Headers, sdp: Option<&str>) -> bool {
        let receives = headers.values("Recv-Info").iter().any(|package| is_trickle_ice(package));
        // A server between that makes descriptions of its own may hand the fields through.
        let takes = receives && headers.has_token("Supported", PACKAGE) && sdp.is_none_or(sdp::trickles);
        let known = self.far_ends.iter().any(|far_end| far_end.tag == tag);
        if takes && !known {
            self.far_ends.push(FarEnd { tag: tag.to_owned(), ..FarEnd::default() });
        }
        takes
    }

    fn far_end(&mut self, tag: &str) -> Option<&mut FarEnd> {
        self.far_ends.iter_mut().find(|far_end| far_end.tag == tag)
    }

    /// The call is over.
    pub(super) fn forget(&mut self) {
        self.gathered = Vec::new();
        self.heard = Vec::new();
    }

    /// About how many bytes it holds of what the far end said.
    pub(super) fn weight(&self) -> usize {
        self.heard.iter().map(|(candidate, _)| candidate.weight()).sum()
    }
}

impl Session {
    /// Whether the far end of the dialog takes candidates later, so that a description need not wait for them.
    pub(super) fn trickles(&self) -> bool {
        let takes = |dialog: &Dialog| self.trickle.takes(&dialog.id.remote_tag);
        !self.trickle.filtered && self.dialog.as_ref().is_some_and(takes)
    }

    /// WebRTC has a candidate of ours, or all of them.
    pub(crate) fn gathered(&mut self, mut candidate: Candidate, cx: &mut Cx) {
        candidate.line = self.preferred(candidate.line);
        let known = self.trickle.gathered.iter().any(|(known, _)| *known == candidate);
        let room = self.trickle.gathered.len() < MAX_CANDIDATES;
        if self.trickle.is_on() && !self.has_ended() && !known && room && candidate.is_sound() {
            self.trickle.gathered.push((candidate, false));
            self.send_candidates(cx);
        }
    }

    /// An answer to an INVITE of ours, the first or one inside the call, says whether they take candidates.
    pub(super) fn meet_callee(&mut self, response: &Response, cx: &mut Cx) {
        let tag = response.to.tag().unwrap_or_default();
        if self.dialog_with(tag).is_none() {
            return;
        }
        self.packages.meet(&response.headers);
        let sdp = response.sdp();
        let takes = self.trickle.meet(tag, &response.headers, sdp.as_deref());
        if (takes || response.status >= 200) && !self.trickle.address.is_empty() {
            cx.note_trickler(&self.trickle.address, takes);
        }
        let waits = sdp.is_some() && response.status < 200 && !response.headers.has("RSeq");
        if let Some(far_end) = self.trickle.far_end(tag) {
            far_end.waits |= waits && takes;
        }
        self.reached(tag, cx);
    }

    /// A far end is known to have the dialog.
    pub(super) fn reached(&mut self, tag: &str, cx: &mut Cx) {
        if let Some(far_end) = self.trickle.far_end(tag) {
            far_end.reached = true;
        }
        self.send_candidates(cx);
    }

    /// The call is confirmed: what other phones were told is no matter any more.
    pub(super) fn trickle_on(&mut self, cx: &mut Cx) {
        let tag = self.dialog.as_ref().map(|dialog| dialog.id.remote_tag.clone()).unwrap_or_default();
        self.trickle.far_ends.retain(|far_end| far_end.tag == tag || far_end.asked.is_some());
        for far_end in self.trickle.far_ends.iter_mut().filter(|far_end| far_end.tag != tag) {
            far_end.refused = true;
        }
        self.offer_the_rest(cx);
        self.send_candidates(cx);
    }

    /// A far end that takes no candidates by INFO gets those that our description did not wait for by another offer.
    fn offer_the_rest(&mut self, cx: &mut Cx) {
        if self.trickle.hasty && self.is_established() && !self.trickles() {
            self.trickle.hasty = false;
            let _ = self.renegotiate(ReofferOptions::default(), cx);
        }
    }

    /// Tells each far end what it does not know yet.
    pub(super) fn send_candidates(&mut self, cx: &mut Cx) {
        let open = match &self.phase {
            Phase::Calling(calling) => calling.rings(),
            Phase::Ringing(_) => self.has_described(),
            Phase::WaitingForAck | Phase::Confirmed | Phase::Resuming => true,
            Phase::Accepted(_) | Phase::Leaving | Phase::Ended => false,
        };
        // Behind an offer of ours it waits for the answer: a proxy may let the later request overtake the earlier.
        let told = self.trickle.is_on() && !self.trickle.filtered;
        let asks = |far_end: &FarEnd| far_end.reached && !far_end.refused && far_end.asked.is_none();
        let heeded = self.trickle.far_ends.iter().any(asks);
        if !open || !told || !heeded || !self.offers.is_free() || cx.out.flow().is_none() {
            return;
        }
        let Some(sdp) = &self.local_sdp else {
            return;
        };
        let current = sdp::generations(sdp);
        let (mut ours, mut news) = (Vec::new(), 0);
        for (candidate, told) in &self.trickle.gathered {
            if current.contains(&candidate.ufrag) {
                ours.push(candidate);
                news = if *told { news } else { ours.len() };
            }
        }
        let (count, body) = (ours.len(), sdp::fragment(sdp, &ours));
        for at in 0..self.trickle.far_ends.len() {
            let handle = self.next_handle + 1;
            let Some(far_end) = self.trickle.far_ends.get_mut(at) else {
                return;
            };
            let untold = news > far_end.told;
            if !asks(far_end) || !(untold || far_end.waits) {
                continue;
            }
            far_end.waits = false;
            far_end.told = count;
            far_end.asked = Some(handle);
            far_end.last = handle;
            let tag = far_end.tag.clone();
            self.next_handle = handle;
            self.send_fragment(&tag, handle, &body, cx);
        }
    }

    fn send_fragment(&mut self, tag: &str, handle: u32, body: &str, cx: &mut Cx) {
        let via = cx.new_via();
        let Some(dialog) = self.dialog_with(tag) else {
            return;
        };
        let draft = dialog.request(Method::Info, via);
        let lines = [
            ["Info-Package: ", PACKAGE].concat(),
            "Content-Disposition: Info-Package".to_owned(),
            ["Content-Type: ", FRAGMENT].concat(),
        ];
        let mut draft = self.finish(draft, &lines, &cx.supported(&Method::Info, true), cx);
        body.clone_into(&mut draft.body);
        cx.exchanges.count(self.id, draft.cseq());
        cx.send(Owner::Inside(self.id, handle), draft);
    }

    /// An INFO of ours was answered, or not (`None`). Who refuses one gets no other, and the call goes on with what both
    /// ends know. One that got lost, perhaps with a line of theirs, goes again with what is new.
    pub(super) fn candidates_answered(&mut self, handle: u32, status: Option<u16>, cx: &mut Cx) {
        let lost = matches!(status, None | Some(404 | 408 | 410 | 430 | 477 | 478 | 480 | 491 | 500 | 502..505));
        for far_end in self.trickle.far_ends.iter_mut().filter(|far_end| far_end.asked == Some(handle)) {
            far_end.asked = None;
            far_end.refused |= !lost && status.is_none_or(|status| status >= 300);
            far_end.told = if lost { 0 } else { far_end.told };
        }
        if !lost {
            self.offer_the_rest(cx);
            self.send_candidates(cx);
        }
    }

    /// An INFO of theirs: answered, and its candidates given to WebRTC or kept until it can take them.
    pub(super) fn receive_candidates(&mut self, server: ServerId, request: &Arc<Request>, cx: &mut Cx) {
        if !request.body.is_empty() && request.content_type().as_deref() != Some(FRAGMENT) {
            return cx.reply_with(server, 415, "Accept", FRAGMENT);
        }
        cx.reply_status(server, 200);
        let (candidates, mut whole) = sdp::candidates(request.body_text().unwrap_or_default());
        for candidate in candidates {
            let heard = &mut self.trickle.heard;
            if heard.iter().any(|(known, _)| *known == candidate) {
                continue;
            }
            if heard.len() < MAX_CANDIDATES {
                heard.push((candidate, false));
            } else {
                whole = false;
            }
        }
        if !whole {
            cx.event(Event::Dropped { why: "Candidate that cannot be used" });
        }
        self.give_candidates(cx);
        self.reached(request.from_tag(), cx);
    }

    /// WebRTC has taken a description of theirs.
    pub(super) fn remote_applied(&mut self, cx: &mut Cx) {
        self.trickle.applied(self.remote_sdp.as_deref());
        if self.is_established() {
            let Trickle { heard, generations, .. } = &mut self.trickle;
            heard.retain(|(candidate, _)| generations.contains(&candidate.ufrag));
        }
        self.give_candidates(cx);
        self.send_candidates(cx);
    }

    fn give_candidates(&mut self, cx: &mut Cx) {
        let mut ready = Vec::new();
        for (candidate, given) in &mut self.trickle.heard {
            if !*given && self.trickle.generations.contains(&candidate.ufrag) {
                *given = true;
                ready.push(candidate.clone());
            }
        }
        if !ready.is_empty() && !self.has_ended() {
            self.ask(MediaRequest::AddCandidates(ready), Wait::Candidates, cx);
        }
    }
}

/// How many candidates a description has.
fn count(sdp: &str) -> usize {
    sdp.matches("a=candidate:").count()
}
