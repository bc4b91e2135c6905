//! Why a call or a registration ended, in JsSIP's words (`JsSIP.C.causes`).

/// A cause as JsSIP's events carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each bears the name of JsSIP's")]
pub enum Cause {
    ConnectionError,
    RequestTimeout,
    SipFailureCode,
    InternalError,
    Busy,
    Rejected,
    Redirected,
    Unavailable,
    NotFound,
    AddressIncomplete,
    IncompatibleSdp,
    MissingSdp,
    AuthenticationError,
    Bye,
    WebrtcError,
    Canceled,
    NoAnswer,
    Expires,
    NoAck,
    DialogError,
    UserDeniedMediaAccess,
    BadMediaDescription,
    RtpTimeout,
}

impl Cause {
    /// The text that JsSIP's users compare with.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionError => "Connection Error",
            Self::RequestTimeout => "Request Timeout",
            Self::SipFailureCode => "SIP Failure Code",
            Self::InternalError => "Internal Error",
            Self::Busy => "Busy",
            Self::Rejected => "Rejected",
            Self::Redirected => "Redirected",
            Self::Unavailable => "Unavailable",
            Self::NotFound => "Not Found",
            Self::AddressIncomplete => "Address Incomplete",
            Self::IncompatibleSdp => "Incompatible SDP",
            Self::MissingSdp => "Missing SDP",
            Self::AuthenticationError => "Authentication Error",
            Self::Bye => "Terminated",
            Self::WebrtcError => "WebRTC Error",
            Self::Canceled => "Canceled",
            Self::NoAnswer => "No Answer",
            Self::Expires => "Expires",
            Self::NoAck => "No ACK",
            Self::DialogError => "Dialog Error",
            Self::UserDeniedMediaAccess => "User Denied Media Access",
            Self::BadMediaDescription => "Bad Media Description",
            Self::RtpTimeout => "RTP Timeout",
        }
    }

    /// The cause that a final response stands for (JsSIP `C.SIP_ERROR_CAUSES`).
    pub fn of_status(status: u16) -> Self {
        match status {
            300 | 301 | 302 | 305 | 380 => Self::Redirected,
            401 | 407 => Self::AuthenticationError,
            403 | 603 => Self::Rejected,
            404 | 604 => Self::NotFound,
            408 | 410 | 430 | 480 => Self::Unavailable,
            424 | 484 => Self::AddressIncomplete,
            486 | 600 => Self::Busy,
            488 | 606 => Self::IncompatibleSdp,
            _ => Self::SipFailureCode,
        }
    }
}
