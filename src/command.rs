//! What an app asks of an agent, and how a command is refused.

use crate::config::TrickleIce;
use crate::message::header_line;
use crate::uri::Uri;

/// Options of `Agent::call` (JsSIP `ua.call`).
#[derive(Clone, Debug)]
pub struct CallOptions {
    /// Whom to call.
    pub target: Uri,
    /// Lines `Name: value` for the INVITE.
    pub extra_headers: Vec<String>,
    /// Hides our identity (RFC 3323): anonymous From and Contact, `Privacy: id`.
    pub anonymous: bool,
    /// Another user in From.
    pub from_user: Option<String>,
    /// Another display name in From.
    pub from_display_name: Option<String>,
    /// Session-Expires to ask for, in s.
    pub session_expires_s: u32,
    /// Another `Config::trickle_ice` for this call.
    pub trickle_ice: Option<TrickleIce>,
    /// Another `Config::redirect_limit` for this call.
    pub redirect_limit: Option<u32>,
    /// The UUID of ours that the call goes on with, if calls have some: that of the call whose far end asked for it.
    pub session_id: Option<String>,
}

/// Options of `Agent::answer`.
#[derive(Clone, Debug, Default)]
pub struct AnswerOptions {
    /// Lines `Name: value` for the 200.
    pub extra_headers: Vec<String>,
    /// Session-Expires to ask for, in s.
    pub session_expires_s: u32,
    /// Another `Config::trickle_ice` for this call.
    pub trickle_ice: Option<TrickleIce>,
}

/// Options of `Agent::terminate`.
#[derive(Clone, Debug, Default)]
pub struct TerminateOptions {
    /// The cause that `ended` reports instead of `Terminated`.
    pub cause: Option<String>,
    /// Status of the rejection, or of the Reason field of CANCEL and BYE.
    pub status: Option<u16>,
    /// Its phrase.
    pub reason: Option<String>,
    /// Lines `Name: value`.
    pub extra_headers: Vec<String>,
    /// Body of the rejection or BYE.
    pub body: String,
}

/// Options of `Agent::hold` and `Agent::renegotiate`.
#[derive(Clone, Debug, Default)]
pub struct ReofferOptions {
    /// UPDATE instead of re-INVITE.
    pub use_update: bool,
    /// Lines `Name: value`.
    pub extra_headers: Vec<String>,
    /// New ICE credentials and candidates.
    pub ice_restart: bool,
}

/// Why a command was refused. It changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// Not in this state: JsSIP's `RTCSession.C.STATUS_*`.
    InvalidState(u8),
    /// Never for this kind of call.
    NotSupported(&'static str),
    /// A bad argument: which one.
    Invalid(&'static str),
    /// The call is over and forgotten.
    NoSuchSession,
}

/// Checks an app's lines `Name: value`.
pub(crate) fn check_lines(lines: &[String]) -> Result<(), CommandError> {
    for line in lines {
        if header_line(line).is_none() {
            return Err(CommandError::Invalid("extraHeaders"));
        }
    }
    Ok(())
}

/// Whether a line `Name: value` is of that field.
pub(crate) fn names(line: &str, name: &str) -> bool {
    line.split(':').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(name))
}

/// A line `Name: value` of our own.
pub(crate) fn line(name: &str, value: &str) -> String {
    [name, ": ", value].concat()
}
