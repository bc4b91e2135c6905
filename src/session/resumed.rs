//! A call that outlives its page: what is kept of it, and how the page that comes after goes on with it.
//!
//! ```text
//! Announced -> Acquired -> Primed --line, REGISTER--> re-INVITE --2xx--> media --> Confirmed
//! ```
//!
//! What is kept names the dialog, and holds no secret: no password, no ICE credentials, no keys. The far end's last
//! description is applied once to the new RTCPeerConnection, so that what it offers then has the sections, names and
//! payload types of the session that the far end knows (RFC 3264 8, RFC 8829 5.2.2); its way and its keys are new.

use super::identity::Identity;
use super::recover::now_by_line;
use super::recovery::Recovery;
use super::step::Step;
use super::tickets::Wait;
use super::{Phase, Session};
use crate::cause::Cause;
use crate::context::Cx;
use crate::dialog::Dialog;
use crate::event::{Event, MediaFault, MediaRequest, Originator, SessionEvent, SessionId, Ticket};
use crate::sdp;

/// How what is kept is written. What another version wrote is not read.
const VERSION: &str = "3";
/// ms that a call may take to come back where the app brings no other back.
const TIMEOUT_MS: u64 = 30_000;
/// Our numbers go on so far behind the last one that is known: a request may have left since.
const SKIPPED: u32 = 10;

impl Session {
    /// What a page that comes after this one needs to go on with the call. `None` unless both ends talk, or this page still
    /// brings the call back.
    pub(crate) fn keep(&self, cx: &Cx) -> Option<Vec<String>> {
        let (Phase::Confirmed | Phase::Resuming, Some(dialog), Some(remote)) =
            (&self.phase, &self.dialog, &self.remote_sdp)
        else {
            return None;
        };
        let flag = |set: bool| if set { "1" } else { "" }.to_owned();
        let role = self.offer_and_answer().1.and_then(sdp::setup);
        // Who answered says which side it is; the other one is the other.
        let mut active = (role == Some("active")) != self.we_offer;
        if self.local_sdp.is_none() {
            // Nothing was offered by this page yet: what was kept for it says so.
            active = sdp::setup(remote) == Some("passive");
        }
        let mut kept = vec![
            VERSION.to_owned(),
            flag(self.outgoing),
            flag(self.anonymous),
            flag(self.secure),
            flag(self.local_hold),
            flag(self.remote_hold),
            flag(self.takes_update),
            flag(self.trickles()),
            self.timer.asked_s().to_string(),
            self.identity.keep(),
            cx.session_ids.value(&self.call_id, &dialog.id.remote_tag).unwrap_or_default(),
            sdp::without_secrets(remote, if active { "passive" } else { "active" }),
        ];
        kept.extend(dialog.keep());
        Some(kept)
    }

    /// The call of which this was kept. `None` if it cannot be read.
    pub(crate) fn resumed(id: SessionId, kept: &[String], cx: &mut Cx) -> Option<Self> {
        let [
            version,
            outgoing,
            anonymous,
            secure,
            local_hold,
            remote_hold,
            takes_update,
            trickles,
            interval,
            identity,
            uuids,
            sdp,
            dialog @ ..,
        ] = kept
        else {
            return None;
        };
        let dialog = Dialog::resumed(dialog, SKIPPED).filter(|_| version == VERSION)?;
        let is = |flag: &String| flag == "1";
        let names = dialog.id.clone();
        let mut session =
            Self::new(id, is(outgoing), Phase::Resuming, names.call_id.clone(), names.local_tag.clone(), cx);
        session.anonymous = is(anonymous);
        session.secure = is(secure);
        session.local_hold = is(local_hold);
        session.remote_hold = is(remote_hold);
        session.takes_update = is(takes_update);
        session.timer.ask(interval.parse().unwrap_or_default());
        session.identity = Identity::resumed(identity);
        session.resume_session_id(uuids, &names.remote_tag, cx);
        session.remote_sdp = Some(sdp.clone());
        if is(trickles) {
            session.trickle.resumes(&names.remote_tag);
        }
        session.dialog = Some(dialog);
        session.media_open = true;
        let timeout_ms = match cx.config.recovery_timeout_ms {
            0 => TIMEOUT_MS,
            timeout_ms => timeout_ms,
        };
        session.recovery = Recovery::resumed(session.outgoing, timeout_ms, cx.now);
        let ticket = session.wait(Wait::Resumed, cx);
        let remote_tag = names.remote_tag.clone();
        let (originator, from_tag) = if session.outgoing {
            (Originator::Local, names.local_tag)
        } else {
            (Originator::Remote, names.remote_tag)
        };
        let call_id = names.call_id;
        let session_id = cx.session_ids.tell(id, &remote_tag).map(Box::new);
        cx.event(Event::NewSession {
            id,
            ticket,
            originator,
            call_id,
            from_tag,
            session_id,
            incoming: None,
            outgoing: None,
        });
        Some(session)
    }

    /// The listeners of `newRTCSession` have run: our media is captured anew.
    pub(super) fn resume_announced(&mut self, listened: bool, cx: &mut Cx) {
        if listened {
            self.tell_identity(cx);
            self.tell(SessionEvent::Recovering { cause: Cause::ConnectionError }, cx);
            self.ask(MediaRequest::Acquire { offered: None }, Wait::ResumeAcquired, cx);
        } else {
            self.end_anyway(cx);
        }
    }

    /// Our media is there: WebRTC is told what the far end knows.
    pub(super) fn resume_acquired(&mut self, cx: &mut Cx) {
        let sdp = self.remote_sdp.clone().unwrap_or_default();
        self.ask(MediaRequest::Prime(sdp), Wait::ResumePrimed, cx);
    }

    /// WebRTC knows it: the offer is made as soon as there is a line.
    pub(super) fn resume_primed(&mut self, cx: &mut Cx) {
        if self.local_hold || self.remote_hold {
            self.ask(MediaRequest::Enable(false), Wait::Reoffer(Step::Ignored), cx);
        }
        self.recovery.offer_in(0, now_by_line(cx));
    }

    pub(super) fn resume_failed(&mut self, fault: MediaFault, cause: Cause, cx: &mut Cx) {
        self.end_there(480, cause.as_str(), cx);
        self.media_failed(fault, cause, cx);
    }

    /// Whether WebRTC is not ready yet to go on with the call of the page before.
    pub(super) fn is_being_primed(&self) -> bool {
        let primes =
            |(_, wait): &(Ticket, Wait)| matches!(wait, Wait::Resumed | Wait::ResumeAcquired | Wait::ResumePrimed);
        matches!(self.phase, Phase::Resuming) && self.waits.iter().any(primes)
    }

    /// Sound flows again: to the app of the new page the call is confirmed.
    pub(super) fn resume_done(&mut self, cx: &mut Cx) {
        if matches!(self.phase, Phase::Resuming) {
            self.phase = Phase::Confirmed;
            self.tell(SessionEvent::Confirmed { originator: Originator::Local, ack: None }, cx);
        }
    }
}
