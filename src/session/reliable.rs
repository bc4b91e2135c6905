//! Provisional answers of ours that are acknowledged: RFC 3262 3, with the offers and answers of its 5 and of RFC 6337 2.
//!
//! ```text
//! idle --180, 183--> unacknowledged --PRACK of its RSeq--> idle
//!                     |  |  '-again after T1, 2 × T1, 4 × T1, ...
//!                     |  '--64 × T1: 504, and the call is over
//!                     '--another one: queued until then; a 2xx too, if this one has a description
//! ```
//!
//! They are sent so where the caller takes it: if it requires that, or supports it and the app wants it too. To an
//! INVITE without an offer only a 1xx with ours can be reliable (RFC 3261 13.2.1): a plain 180 is not sent reliably, and
//! not at all where that is required.
//!
//! The early answer, `progress()`:
//!
//! ```text
//! none --progress()--> Preparing --described--> Sent --answer(), PRACK--> 200
//!                          '--answer()--> 200 with the description
//! ```

use std::sync::Arc;

use super::{Phase, Session, Wait, keep};
use crate::cause::Cause;
use crate::command::{AnswerOptions, CommandError, check_lines};
use crate::context::Cx;
use crate::event::{Originator, SessionEvent, share};
use crate::message::{Method, RAck, Reply, Request, header_line};
use crate::sdp;
use crate::time::{Instant, earlier};
use crate::transaction::{GIVE_UP_MS, ServerId, T1_MS};

/// A 1xx of ours whose PRACK has not come yet.
#[derive(Debug)]
struct Unacknowledged {
    /// `None` while there is no line, and once the INVITE has its final answer.
    next: Option<Instant>,
    interval_ms: u64,
    gives_up: Option<Instant>,
    described: bool,
}

impl Unacknowledged {
    fn new(described: bool, now: Instant) -> Self {
        Self { next: Some(now.after(T1_MS)), interval_ms: T1_MS, gives_up: Some(now.after(GIVE_UP_MS)), described }
    }
}

/// What became of the description that goes before the 2xx.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Early {
    #[default]
    None,
    Preparing,
    Sent,
}

/// The provisional answers of a call that comes in.
#[derive(Debug, Default)]
pub(super) struct Reliable {
    /// Whether the caller takes reliable ones, and no others.
    on: bool,
    required: bool,
    /// The CSeq of the INVITE.
    cseq: u32,
    /// The number of the last one; 0 if there was none.
    rseq: u32,
    unacknowledged: Option<Unacknowledged>,
    /// The one behind it.
    queued: Option<Reply>,
    early: Early,
}

impl Reliable {
    /// What this INVITE of theirs wants.
    pub(super) fn invited(invite: &Request, cx: &Cx) -> Self {
        let required = invite.headers.has_token("Require", "100rel");
        let on = required || (cx.config.reliable_provisional && invite.headers.has_token("Supported", "100rel"));
        Self { on, required, cseq: invite.cseq, ..Self::default() }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.unacknowledged.as_ref().and_then(|waits| earlier(waits.next, waits.gives_up))
    }

    /// The INVITE has its final answer: a PRACK is still taken, and nothing repeated (RFC 3262 3).
    pub(super) fn answered(&mut self) {
        self.pause();
        self.queued = None;
    }

    /// The line is gone.
    pub(super) fn pause(&mut self) {
        if let Some(waits) = &mut self.unacknowledged {
            (waits.next, waits.gives_up) = (None, None);
        }
    }
}

impl Session {
    /// Sends a 180 or 183, reliably where that is wanted. False if the INVITE takes none any more.
    pub(super) fn send_provisional(&mut self, mut reply: Reply, cx: &mut Cx) -> bool {
        let Some(server) = self.server else {
            return false;
        };
        if !self.rings_reliably(&reply) {
            return self.reliable.required || cx.reply(server, reply);
        }
        let reliable = &mut self.reliable;
        if reliable.unacknowledged.is_some() {
            reliable.queued = Some(reply).filter(|reply| !reply.body.is_empty()).or(reliable.queued.take());
            return true;
        }
        // Below 2^31 there is room for each minute of a century.
        if reliable.rseq == 0 {
            reliable.rseq = u32::try_from(cx.entropy.below(0x7000_0000)).unwrap_or_default();
        }
        reliable.rseq += 1;
        let lines = [("Require".to_owned(), "100rel".to_owned()), ("RSeq".to_owned(), reliable.rseq.to_string())];
        // A type stays behind everything.
        reply.headers.splice(0..0, lines);
        reliable.unacknowledged = Some(Unacknowledged::new(!reply.body.is_empty(), cx.now));
        cx.reply(server, reply)
    }

    /// Whether such a 1xx is sent reliably.
    pub(super) fn rings_reliably(&self, reply: &Reply) -> bool {
        self.reliable.on && (self.remote_sdp.is_some() || !reply.body.is_empty())
    }

    pub(super) fn expire_reliable(&mut self, cx: &mut Cx) {
        let (Some(waits), Some(server)) = (&mut self.reliable.unacknowledged, self.server) else {
            return;
        };
        if waits.gives_up.is_some_and(|at| at <= cx.now) {
            self.refuse(504, Originator::Remote, Cause::NoAck, cx);
        } else if waits.next.is_some_and(|at| at <= cx.now) {
            waits.interval_ms *= 2;
            waits.next = Some(cx.now.after(waits.interval_ms));
            cx.transactions.repeat(server, &mut cx.out);
        }
    }

    /// By the next connection: what may not have left at all is said again, and the caller has its time from now on.
    /// False if nothing waits.
    pub(super) fn ring_again_reliably(&mut self, cx: &mut Cx) -> bool {
        let (Some(waits), Some(server), Phase::Ringing(_)) =
            (&mut self.reliable.unacknowledged, self.server, &self.phase)
        else {
            return false;
        };
        *waits = Unacknowledged::new(waits.described, cx.now);
        cx.transactions.repeat(server, &mut cx.out)
    }

    /// Whether a PRACK means something to this call.
    pub(crate) fn takes_prack(&self, cx: &Cx) -> bool {
        self.reliable.on || cx.config.reliable_provisional
    }

    /// A PRACK in order.
    pub(crate) fn receive_prack(&mut self, server: ServerId, prack: &Arc<Request>, cx: &mut Cx) {
        let Some(acknowledges) = prack.headers.first("RAck").and_then(RAck::parse) else {
            return cx.reply_because(server, 400, "Bad RAck");
        };
        let RAck { rseq, cseq, method } = acknowledges;
        let reliable = &mut self.reliable;
        let known = reliable.unacknowledged.is_some() && (rseq, cseq) == (reliable.rseq, reliable.cseq);
        if !known || method != Method::Invite {
            return cx.reply_status(server, 481);
        }
        let described = reliable.unacknowledged.take().is_some_and(|waits| waits.described);
        let offers = described && self.we_offer && self.remote_sdp.is_none();
        self.reached(prack.from_tag(), cx);
        match prack.sdp() {
            Some(sdp) if offers => {
                cx.reply_status(server, 200);
                let sdp = sdp::with_names(&sdp, None);
                keep(&mut self.remote_sdp, &sdp);
                self.show_sdp(Originator::Remote, false, sdp, Wait::AckShown(share(prack)), cx);
            }
            None if offers => {
                cx.reply_status(server, 200);
                return self.refuse(488, Originator::Remote, Cause::MissingSdp, cx);
            }
            // Theirs, behind an answer of ours (RFC 3262 5).
            Some(_) => self.receive_reoffer(server, prack, cx),
            None => cx.reply_status(server, 200),
        }
        if let Some(reply) = self.reliable.queued.take() {
            self.send_provisional(reply, cx);
        }
        // Either may offer anew now.
        self.tell(SessionEvent::State, cx);
    }

    /// Whether our early answer has reached the caller, or the caller's to our early offer has come.
    pub(super) fn has_agreed(&self) -> bool {
        let reliable = &self.reliable;
        let sent = reliable.on && reliable.early == Early::Sent && reliable.queued.is_none();
        sent && reliable.unacknowledged.as_ref().is_none_or(|waits| !waits.described) && !self.late_offer_open()
    }

    /// Describes our media to the caller before the call is answered, in a 183: both hear each other while it rings. What
    /// it is made with is what the call goes on with.
    pub(crate) fn progress(&mut self, options: &AnswerOptions, cx: &mut Cx) -> Result<(), CommandError> {
        if self.outgoing {
            return Err(CommandError::NotSupported("\"progress\" not supported for outgoing RTCSession"));
        }
        let status = self.status();
        let Some(ringing) = self.phase.ringing().filter(|ringing| !ringing.is_answered()) else {
            return Err(CommandError::InvalidState(status));
        };
        if self.reliable.early != Early::None {
            return Err(CommandError::InvalidState(status));
        }
        if self.remote_sdp.is_none() && !self.reliable.on {
            return Err(CommandError::NotSupported("the caller takes no early offer (100rel)"));
        }
        check_lines(&options.extra_headers)?;
        self.reliable.early = Early::Preparing;
        ringing.lines = options.extra_headers.clone();
        self.trickle.choose(options.trickle_ice);
        self.acquire(cx);
        Ok(())
    }

    /// Whether `progress()` has begun what `answer()` would begin.
    pub(super) fn is_progressing(&self) -> bool {
        self.reliable.early != Early::None
    }

    /// Whether the caller was sent our early description.
    pub(super) fn has_described(&self) -> bool {
        self.reliable.early == Early::Sent
    }

    /// Our description is made before the call is answered: it leaves in a 183.
    pub(super) fn send_early(&mut self, sdp: String, cx: &mut Cx) {
        self.reliable.early = Early::Sent;
        let lines = self.phase.ringing().map(|ringing| std::mem::take(&mut ringing.lines)).unwrap_or_default();
        let mut reply = self.ringing(cx);
        reply.headers.extend(lines.iter().filter_map(|line| header_line(line)));
        reply.headers.push(("Content-Type".to_owned(), "application/sdp".to_owned()));
        reply.body = sdp;
        let reliable = self.rings_reliably(&reply);
        self.send_provisional(reply, cx);
        self.tell(SessionEvent::Progress { originator: Originator::Local, response: None, reliable, dialog: None }, cx);
        self.send_candidates(cx);
    }

    /// What our 1xx are: once there is early media a 180 would make the caller's phone ring over it.
    pub(super) fn ringing(&self, cx: &Cx) -> Reply {
        let status = if self.reliable.early == Early::Sent { 183 } else { 180 };
        let mut reply = Reply::new(status).with("Contact", self.contact(cx));
        self.mark(&mut reply, cx.config.recv_info());
        reply
    }

    /// The call was answered behind its early media: the 2xx leaves once nothing is open any more (RFC 3262 3). What the
    /// caller has for certain it need not repeat.
    pub(super) fn accept_early(&mut self, cx: &mut Cx) {
        let answered = self.phase.ringing().is_some_and(|ringing| ringing.is_answered());
        if !answered || self.reliable.early != Early::Sent || !self.offers.is_free() {
            return;
        }
        if self.has_agreed() {
            self.accept_call(None, cx);
        } else if !self.reliable.on || self.reliable.queued.is_some() {
            let sdp = self.local_sdp.clone();
            self.accept_call(sdp, cx);
        }
    }
}
