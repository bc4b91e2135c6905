//! Why a call or a registration ended, in JsSIP's words (`JsSIP.C.causes`).

/// Makes the enum of the causes: JsSIP's key, its text, and the final responses that stand for it
/// (`C.SIP_ERROR_CAUSES`).
macro_rules! causes {
    ($($name:ident $key:literal $text:literal [$($status:literal),*];)*) => {
        /// A cause as JsSIP's events carry it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each bears the name of JsSIP's")]
        pub enum Cause { $($name),* }

        impl Cause {
            /// All of them: JsSIP's key, the cause, and the statuses that stand for it.
            pub const ALL: &'static [(&'static str, Self, &'static [u16])] =
                &[$(($key, Self::$name, &[$($status),*])),*];

            /// The text that JsSIP's users compare with.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The cause that a final response stands for.
            pub fn of_status(status: u16) -> Self {
                match status {
                    $($($status => Self::$name,)*)*
                    _ => Self::SipFailureCode,
                }
            }
        }
    };
}

causes! {
    ConnectionError "CONNECTION_ERROR" "Connection Error" [];
    RequestTimeout "REQUEST_TIMEOUT" "Request Timeout" [];
    SipFailureCode "SIP_FAILURE_CODE" "SIP Failure Code" [];
    InternalError "INTERNAL_ERROR" "Internal Error" [];
    Busy "BUSY" "Busy" [486, 600];
    Rejected "REJECTED" "Rejected" [403, 603];
    Redirected "REDIRECTED" "Redirected" [300, 301, 302, 305, 380];
    Unavailable "UNAVAILABLE" "Unavailable" [480, 410, 408, 430];
    NotFound "NOT_FOUND" "Not Found" [404, 604];
    AddressIncomplete "ADDRESS_INCOMPLETE" "Address Incomplete" [484, 424];
    IncompatibleSdp "INCOMPATIBLE_SDP" "Incompatible SDP" [488, 606];
    MissingSdp "MISSING_SDP" "Missing SDP" [];
    AuthenticationError "AUTHENTICATION_ERROR" "Authentication Error" [401, 407];
    Bye "BYE" "Terminated" [];
    WebrtcError "WEBRTC_ERROR" "WebRTC Error" [];
    Canceled "CANCELED" "Canceled" [];
    NoAnswer "NO_ANSWER" "No Answer" [];
    Expires "EXPIRES" "Expires" [];
    NoAck "NO_ACK" "No ACK" [];
    DialogError "DIALOG_ERROR" "Dialog Error" [];
    UserDeniedMediaAccess "USER_DENIED_MEDIA_ACCESS" "User Denied Media Access" [];
    BadMediaDescription "BAD_MEDIA_DESCRIPTION" "Bad Media Description" [];
    RtpTimeout "RTP_TIMEOUT" "RTP Timeout" [];
}
