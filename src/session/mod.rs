//! A call: RFC 3261 13 to 15, with offer and answer by RFC 3264 and 6337.
//!
//! ```text
//! outgoing: Calling, until somebody answers --2xx--> Accepted --applied--> Confirmed
//! incoming: Ringing, until the app answers --200--> WaitingForAck --ACK--> Confirmed
//! the page is another one: Resuming --media--> Confirmed
//! any: Ended
//! ```
//!
//! What it asks of WebRTC and of the app's listeners comes back by ticket; `Wait` says how it goes on then. A call
//! that ends drops its tickets, and with them whatever is still on its way.

mod agreement;
mod answers;
mod calling;
mod early;
mod end;
mod far_ends;
mod hearing;
mod held_back;
mod identity;
mod incoming;
mod info;
mod offers;
mod other_flow;
mod outgoing;
mod packages;
mod phase;
mod reachability;
mod recover;
mod recovery;
mod redirect;
mod refer;
mod refresh;
mod reliable;
mod remote_offer;
mod reoffer;
mod replacements;
mod replaces;
mod request;
mod resumed;
mod ringing;
mod step;
mod targets;
mod tickets;
mod timer;
mod tones;
mod transfers;
mod trickle;
mod unacked;

use std::sync::Arc;

use crate::command::line;
use crate::context::Cx;
use crate::dialog::{Dialog, Order};
use crate::event::{
    EndedBy, Event, MediaFault, MediaRequest, Originator, SessionEvent, SessionId, SessionState, Ticket, share,
};
use crate::message::{Draft, Request, Response};
use crate::reason::{Deadline, Reason};
use crate::sdp::{Feature, Finding, diagnose, features};
use crate::transaction::ServerId;

use calling::Step;
use end::reason_field;
use hearing::Hearing;
use held_back::HeldBack;
use identity::Identity;
use offers::Offers;
use packages::Packages;
use phase::Phase;
use recovery::Recovery;
use reliable::Reliable;
use replacements::Replacements;
use replaces::Replaced;
use tickets::Wait;
use timer::SessionTimer;
use tones::Tones;
use transfers::Transfers;
use trickle::Trickle;
use unacked::Unacked;

pub(crate) use outgoing::end_unwanted;
pub(crate) use refresh::refuse_interval;

/// One call.
#[derive(Debug)]
pub(crate) struct Session {
    /// Its name.
    pub id: SessionId,
    outgoing: bool,
    anonymous: bool,
    /// Whether it is to or from a `sips:` address.
    secure: bool,
    phase: Phase,
    call_id: String,
    local_tag: String,
    dialog: Option<Dialog>,
    waits: Vec<(Ticket, Wait)>,
    /// The transaction of their first INVITE.
    server: Option<ServerId>,
    reliable: Reliable,
    unacked: Option<Unacked>,
    local_sdp: Option<String>,
    remote_sdp: Option<String>,
    /// The STUN and TURN servers that gave no candidate.
    candidate_faults: Vec<Finding>,
    /// Whether the last offer is ours.
    we_offer: bool,
    local_hold: bool,
    remote_hold: bool,
    offers: Offers,
    held_back: HeldBack,
    tones: Tones,
    packages: Packages,
    media_open: bool,
    next_handle: u32,
    timer: SessionTimer,
    takes_update: bool,
    transfers: Transfers,
    replacements: Replacements,
    replaces: Option<Replaced>,
    recovery: Recovery,
    hearing: Hearing,
    trickle: Trickle,
    identity: Identity,
    forgotten: bool,
}

impl Session {
    #[inline(never)]
    fn new(id: SessionId, outgoing: bool, phase: Phase, call_id: String, local_tag: String, cx: &Cx) -> Self {
        Self {
            id,
            outgoing,
            anonymous: false,
            secure: false,
            phase,
            call_id,
            local_tag,
            dialog: None,
            waits: Vec::new(),
            server: None,
            reliable: Reliable::default(),
            unacked: None,
            local_sdp: None,
            remote_sdp: None,
            candidate_faults: Vec::new(),
            we_offer: outgoing,
            local_hold: false,
            remote_hold: false,
            offers: Offers::default(),
            held_back: HeldBack::default(),
            tones: Tones::default(),
            packages: Packages::new(cx.config.info_packages.clone()),
            media_open: false,
            next_handle: 0,
            timer: SessionTimer::new(),
            takes_update: true,
            transfers: Transfers::default(),
            replacements: Replacements::default(),
            replaces: None,
            recovery: Recovery::new(outgoing, cx.config.recovery_timeout_ms),
            hearing: Hearing::default(),
            trickle: Trickle::new(cx.config.trickle_ice),
            identity: Identity::default(),
            forgotten: false,
        }
    }

    /// JsSIP's `RTCSession.C.STATUS_*`.
    pub(crate) fn status(&self) -> u8 {
        self.phase.status()
    }

    /// Whether it is over for the app; a callee may still wait for an ACK.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Leaving | Phase::Ended)
    }

    /// Whether it can be forgotten: no transfer is told of any more in its dialog.
    pub(crate) fn is_forgettable(&self) -> bool {
        matches!(self.phase, Phase::Ended) && self.transfers.is_empty()
    }

    /// Whether it is over, and kept for a transfer alone.
    pub(crate) fn is_transferred(&self) -> bool {
        matches!(self.phase, Phase::Ended) && !self.transfers.is_empty()
    }

    /// True once, when it is over: the shell may let go of it.
    pub(crate) fn is_newly_ended(&mut self) -> bool {
        self.has_ended() && self.transfers.is_empty() && !std::mem::replace(&mut self.forgotten, true)
    }

    /// Whether both ends have agreed to talk.
    fn is_established(&self) -> bool {
        matches!(self.phase, Phase::WaitingForAck | Phase::Resuming | Phase::Confirmed)
    }

    /// What JavaScript reads of it now.
    pub(crate) fn state(&self) -> SessionState {
        SessionState {
            status: self.status(),
            local_hold: self.local_hold,
            remote_hold: self.remote_hold,
            ready_to_reoffer: self.may_offer()
                && !matches!(self.phase, Phase::Resuming)
                && self.offers.is_quiet()
                && self.unacked.is_none()
                && !self.late_offer_open(),
            recovering: self.recovery.is_on(),
        }
    }

    /// Whether both ends have agreed on media, so that either may offer anew.
    fn may_offer(&self) -> bool {
        self.is_established() || self.agreed_early().is_some()
    }

    /// Whether our offer in a 2xx or 183 is still open: until its ACK or PRACK comes, and until WebRTC has taken the answer in it.
    fn late_offer_open(&self) -> bool {
        self.unacked.as_ref().is_some_and(Unacked::has_late_offer)
            || self.waits.iter().any(|(_, wait)| matches!(wait, Wait::AckShown(_) | Wait::AckApplied(_)))
    }

    /// Whether an in-dialog request with these names is for this call.
    pub(crate) fn owns(&self, call_id: &str, local_tag: &str, remote_tag: &str) -> bool {
        self.call_id == call_id
            && self.local_tag == local_tag
            && (self.is_answered_by(remote_tag) || self.has_early(remote_tag))
    }

    /// Whether this is the server transaction of its INVITE.
    pub(crate) fn is_invited_by(&self, server: ServerId) -> bool {
        self.server == Some(server)
    }

    /// The CSeq of the next request in that dialog of it, for a repetition with credentials. `None` if it is gone.
    pub(crate) fn next_cseq(&mut self, remote_tag: &str) -> Option<u32> {
        let early = self.phase.early_mut().iter_mut().find(|d| d.id.remote_tag == remote_tag);
        self.dialog.as_mut().filter(|d| d.id.remote_tag == remote_tag).or(early).map(Dialog::next_cseq)
    }

    /// What both ends need and have: for the diagnosis.
    pub(crate) fn diagnosis(&self) -> (Vec<Finding>, Vec<Feature>) {
        (self.with_candidate_faults(), features(self.local_sdp.as_deref(), self.remote_sdp.as_deref()))
    }

    fn findings(&self) -> Vec<Finding> {
        let (offer, answer) = self.offer_and_answer();
        diagnose(offer, answer)
    }

    fn offer_and_answer(&self) -> (Option<&str>, Option<&str>) {
        let (local, remote) = (self.local_sdp.as_deref(), self.remote_sdp.as_deref());
        if self.we_offer { (local, remote) } else { (remote, local) }
    }

    /// About how many bytes it holds of what the far end said.
    pub(crate) fn weight(&self) -> usize {
        let dialogs = self.dialog.as_ref().map_or(0, Dialog::weight);
        let waits = self.waits.iter().map(|(_, wait)| wait.weight()).sum::<usize>();
        let offer = self.remote_request().map_or(0, |request| request.weight());
        let candidates = self.trickle.weight() + self.identity.weight();
        dialogs
            + self.packages.weight()
            + self.remote_sdp.as_ref().map_or(0, String::len)
            + self.phase.weight()
            + waits
            + offer
            + candidates
    }

    /// The next moment at which something falls due, and what.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        let mut first = Deadline::earlier(None, self.phase.deadline(), Reason::Ringing);
        first = Deadline::earlier(first, self.tones.deadline(), Reason::Tone);
        first = Deadline::earlier(first, self.reliable.deadline(), Reason::Provisional);
        first = Deadline::earlier(first, self.unacked.as_ref().map(Unacked::deadline), Reason::Acknowledgement);
        first = Deadline::earlier(first, self.offers.deadline(), Reason::Offer);
        first = Deadline::earlier(first, self.timer.deadline(), Reason::SessionTimer);
        if self.is_established() {
            first = Deadline::earlier(first, self.recovery.deadline(), Reason::Recovery);
        }
        first = Deadline::earlier(first, self.replacements.deadline(), Reason::Replacement);
        Deadline::earlier(first, self.transfers.deadline(), Reason::Transfer)
    }

    /// Does what fell due.
    pub(crate) fn expire(&mut self, cx: &mut Cx) {
        self.expire_ringing(cx);
        self.expire_reliable(cx);
        self.expire_unacked(cx);
        self.expire_tones(cx);
        self.expire_reoffer(cx);
        self.expire_timer(cx);
        self.expire_recovery(cx);
        self.expire_transfers(cx);
        self.expire_replacements(cx);
    }

    /// Takes the number of an in-dialog request in (RFC 3261 12.2.2).
    pub(crate) fn order(&mut self, request: &Request) -> Order {
        self.dialog_with(request.from_tag()).map_or(Order::InOrder, |d| d.receive(request))
    }

    /// The dialog with this far end, confirmed or early.
    fn dialog_with(&mut self, remote_tag: &str) -> Option<&mut Dialog> {
        self.dialog.iter_mut().chain(self.phase.early_mut()).find(|dialog| dialog.id.remote_tag == remote_tag)
    }

    /// Tells of this call for the first time.
    fn announce(&mut self, incoming: Option<Arc<Request>>, outgoing: Option<Draft>, cx: &mut Cx) {
        let ticket = self.wait(Wait::Announced, cx);
        let (originator, from_tag) = match &incoming {
            Some(request) => (Originator::Remote, request.from_tag()),
            None => (Originator::Local, self.local_tag.as_str()),
        };
        let remote_tag = incoming.as_ref().map_or("", |request| request.from_tag());
        let session_id = cx.session_ids.tell(self.id, remote_tag).map(Box::new);
        cx.event(Event::NewSession {
            id: self.id,
            ticket,
            originator,
            call_id: self.call_id.clone(),
            from_tag: from_tag.to_owned(),
            session_id,
            incoming,
            outgoing,
        });
    }

    /// Our Contact in this call: `;ob` (RFC 5626) where we made the dialog (JsSIP).
    fn contact(&self, cx: &Cx) -> String {
        cx.contact.text(&cx.config, self.anonymous, self.outgoing, self.secure)
    }

    fn contact_line(&self, cx: &Cx) -> String {
        line("Contact", &self.contact(cx))
    }

    fn tell(&self, kind: SessionEvent, cx: &mut Cx) {
        if self.forgotten {
            return;
        }
        cx.event(Event::Session { id: self.id, state: self.state(), kind });
    }

    fn tell_fault(&self, fault: MediaFault, cx: &mut Cx) {
        if !matches!(fault, MediaFault::NoRelay | MediaFault::AddCandidate) {
            self.tell(SessionEvent::MediaFailed(fault), cx);
        }
    }

    fn announced(&mut self, listened: bool, cx: &mut Cx) {
        if let Some(calling) = self.phase.calling() {
            calling.step = Step::Preparing;
            self.ask(MediaRequest::Acquire { offered: None }, Wait::Acquired, cx);
        } else {
            self.alert(listened, cx);
        }
    }
}

fn message_of(response: &Arc<Response>) -> EndedBy {
    EndedBy::Response(share(response))
}

/// Keeps a description as the one in force.
fn keep(place: &mut Option<String>, sdp: &str) {
    *place = Some(sdp.to_owned());
}
