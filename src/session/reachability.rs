//! Media that cannot come: a call is not begun without an address to be reached at, and ends once its way has failed.

use super::Session;
use crate::cause::Cause;
use crate::context::Cx;
use crate::event::{EndedBy, Originator};
use crate::sdp::{Finding, no_relay};

/// Servers without a candidate that a call remembers.
const MAX_CANDIDATE_FAULTS: usize = 8;

impl Session {
    /// A STUN or TURN server gave no candidate. Others may have: the call goes on, its diagnosis tells.
    pub(crate) fn candidate_failed(&mut self, finding: Finding) {
        if self.candidate_faults.len() < MAX_CANDIDATE_FAULTS && !self.candidate_faults.contains(&finding) {
            self.candidate_faults.push(finding);
        }
    }

    /// What both ends need, and which servers gave no candidate. Nothing of this is for the far end: it names servers of
    /// the app's.
    pub(super) fn with_candidate_faults(&self) -> Vec<Finding> {
        let mut findings = self.findings();
        findings.extend_from_slice(&self.candidate_faults);
        findings
    }

    /// ICE or DTLS has failed for good: there is no way for media (JsSIP `RTP Timeout`).
    pub(crate) fn end_without_media(&mut self, why: Finding, cx: &mut Cx) {
        if self.has_ended() {
            return;
        }
        let mut findings = self.with_candidate_faults();
        findings.push(why);
        self.end_there(408, "RTP Timeout", cx);
        self.end(Originator::Local, EndedBy::None, Cause::RtpTimeout, None, findings, cx);
    }

    /// Our first description has no address, and the app allows none but a relayed one: it does not leave. The caller
    /// gets 480 and not 488, which would blame the offer, and would keep a forking proxy from the callee's other phones.
    pub(super) fn unreachable(&mut self, cx: &mut Cx) {
        if let Some(server) = self.server {
            let warning = ["399 ", &cx.config.via_host, " \"No address for media\""].concat();
            cx.reply_with(server, 480, "Warning", &warning);
        }
        let mut findings = self.with_candidate_faults();
        if !findings.iter().any(|f| f.code.starts_with("turn-")) {
            findings.push(no_relay());
        }
        self.end(Originator::Local, EndedBy::None, Cause::WebrtcError, None, findings, cx);
    }
}
