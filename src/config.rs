//! The settings of an agent, already validated: the shell reads an app's options, the core trusts these.

use crate::auth::Credentials;
use crate::keep_alive::KeepAliveSettings;
use crate::registration::push::PushTarget;
use crate::sdp::Codecs;
use crate::uri::Uri;

/// Seconds before an incoming call is answered 408 (JsSIP `no_answer_timeout`).
pub const NO_ANSWER_S: u64 = 60;
/// Seconds asked for in a REGISTER (JsSIP `register_expires`).
pub const REGISTER_EXPIRES_S: u32 = 600;
/// The session interval that a call asks for unless its app asks otherwise, in s (JsSIP).
pub const SESSION_EXPIRES_S: u32 = 90;

/// Settings of one agent. Mutable at run time are only those that JsSIP's `ua.set()` names.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address of record.
    pub uri: Uri,
    /// Display name in From.
    pub display_name: Option<String>,
    /// What digest challenges are answered with.
    pub credentials: Credentials,
    /// A whole `Authorization` value that goes with each request (JsSIP `authorization_jwt`).
    pub authorization_jwt: Option<String>,
    /// The registrar's Request-URI.
    pub registrar: Uri,
    /// The Contact URI; a random user at `via_host` unless the app gave one.
    pub contact: Uri,
    /// `sent-by` of each Via (RFC 7118 5.2.1: a name under `.invalid` for clients that have none).
    pub via_host: String,
    /// UUID of this instance, without `urn:uuid:` (RFC 5626 4.1).
    pub instance_id: String,
    /// Prefix of our Call-IDs; a request that carries it and has no To tag has looped (482).
    pub call_id_prefix: String,
    /// `User-Agent` value.
    pub user_agent: String,
    /// Whether to REGISTER as soon as there is a connection.
    pub register: bool,
    /// Expiry asked for, in s; 0 leaves it to the registrar.
    pub register_expires_s: u32,
    /// Appended to the From tag of REGISTER.
    pub register_from_tag_trail: String,
    /// ms before an incoming call is answered 408.
    pub no_answer_ms: u64,
    /// Bounds of the reconnection back-off, in s.
    pub recovery_s: (u64, u64),
    /// Session timers (RFC 4028).
    pub session_timers: bool,
    /// Whether refreshes go as UPDATE (else re-INVITE).
    pub refresh_by_update: bool,
    /// Adds `;refresher=uac` to our INVITE.
    pub force_refresher: bool,
    /// Sends requests outside a dialog through `<sip_uri;lr>` of the connected server.
    pub use_preloaded_route: bool,
    /// Sends requests outside a dialog by the route that the registrar gives (RFC 3608).
    pub service_route: bool,
    /// Where push notifications reach us (RFC 8599).
    pub push: Option<PushTarget>,
    /// How many flows to different servers are kept: 1 or 2 (RFC 5626).
    pub flows: u32,
    /// Lines `Name: value` that go with each request and response.
    pub extra_headers: Vec<String>,
    /// The codecs of this browser, for the comparison of descriptions.
    pub codecs: Codecs,
    /// Whether there is WebRTC at all; without it an INVITE is answered 488.
    pub webrtc: bool,
    /// How an open connection is asked whether it lives (RFC 5626 4.4.1).
    pub keep_alive: KeepAliveSettings,
    /// ms that a call may take to get its sound or its line back, 0 to end it as JsSIP does.
    pub recovery_timeout_ms: u64,
    /// Whether calls exchange candidates by INFO.
    pub trickle_ice: TrickleIce,
    /// How many 3xx a call follows (RFC 3261 8.1.3.4).
    pub redirect_limit: u32,
    /// The packages of INFO that are received, as `Recv-Info` lists them (RFC 6086).
    pub info_packages: Vec<String>,
    /// Whether a REFER may go without a subscription, ours and theirs (RFC 4488).
    pub norefersub: bool,
    /// Whether calls have Session-IDs (RFC 7989).
    pub session_id: bool,
    /// Whether the far end may name itself anew in the From of its requests (RFC 4916).
    pub connected_identity: bool,
    /// Whether provisional answers are reliable where both ends take that (RFC 3262), and 199 ends an early dialog
    /// (RFC 6228).
    pub reliable_provisional: bool,
    /// The servers, in the order in which the shell holds their sockets.
    pub servers: Vec<Server>,
}

impl Config {
    /// The value of `Recv-Info` in what says which packages of INFO are received (RFC 6086 9.1), if any are.
    pub fn recv_info(&self) -> Option<String> {
        (!self.info_packages.is_empty()).then(|| self.info_packages.join(", "))
    }
}

/// Whether candidates are exchanged while they are gathered (RFC 8838, 8840).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrickleIce {
    /// Never, and it is not offered.
    Off,
    /// Offered; a first offer waits for its candidates unless its address is known to take them later.
    #[default]
    Auto,
    /// A first offer never waits.
    Full,
}

impl TrickleIce {
    /// Reads the option as its text: `false`, `auto` or `full`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "false" => Some(Self::Off),
            "auto" => Some(Self::Auto),
            "full" => Some(Self::Full),
            _ => None,
        }
    }
}

/// One server that the agent may connect to.
#[derive(Clone, Debug)]
pub struct Server {
    /// JsSIP's `weight`: the highest is tried first, equals at random.
    pub weight: i64,
    /// `WS` or `WSS`, as it stands in Via.
    pub via_transport: String,
    /// `sip:host:port;transport=ws`, for the preloaded route.
    pub sip_uri: String,
    /// Whether nobody reads what is sent to it: only there a token goes (RFC 8898 5).
    pub secure: bool,
}
