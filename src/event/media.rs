//! What a call asks of its RTCPeerConnection, and what it hears of it.

use crate::sdp::Candidate;

/// What a call asks of its RTCPeerConnection. One serial queue for each call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaRequest {
    /// Get the app's stream or capture one, and add its tracks. `offered` is audio and video: what the far end offers
    /// both ways, for an answer whose constraints the app left open. `None`: nothing is offered, for we offer
    /// ourselves, in an INVITE or in the 200 to one without a description. Then the app's constraints stand alone; in
    /// an answer audio is captured unless they refuse it, and video only if they ask for it. Answer: `Ready`.
    Acquire {
        /// Whether the far end offers audio, and video, both ways.
        offered: Option<(bool, bool)>,
    },
    /// createOffer, setLocalDescription, gather. With `trickle` only the first of them is waited for, and
    /// not long. Answer: `Description`.
    Offer {
        /// Whether it has new ICE credentials (RFC 8445 2.4).
        ice_restart: bool,
        /// Whether further candidates are told by INFO (RFC 8840).
        trickle: bool,
    },
    /// createAnswer, setLocalDescription, gather. With `trickle` only the first of them is waited for, and
    /// not long. Answer: `Description`.
    Answer {
        /// Whether further candidates are told by INFO (RFC 8840).
        trickle: bool,
    },
    /// setRemoteDescription of an offer. Answer: `Ready`.
    RemoteOffer(String),
    /// setRemoteDescription of an answer; with `fresh`, after a new local offer that is not sent (the final answer
    /// that follows an early one). Answer: `Ready`.
    RemoteAnswer {
        /// The answer.
        sdp: String,
        /// Whether it takes the place of another answer.
        fresh: bool,
    },
    /// setRemoteDescription of an offer, createAnswer and setLocalDescription, of which the far end hears nothing: it is
    /// what it knows of the call already. Answer: `Ready`.
    Prime(String),
    /// setLocalDescription or setRemoteDescription of type `rollback`. Answer: `Ready`.
    Rollback,
    /// addIceCandidate for each. Answer: `Ready`.
    AddCandidates(Vec<Candidate>),
    /// Whether anything may be sent at all: false while held by either side. Answer: `Ready`.
    Enable(bool),
    /// Close the connection and stop each track that the shell opened. Nothing is answered.
    Close,
}

/// What the shell answers to a `MediaRequest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaAnswer {
    /// It is done.
    Ready,
    /// The local description, with the candidates gathered.
    Description(String),
}

/// Which WebRTC operation failed; the JavaScript error itself stays with the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaFault {
    /// getUserMedia was refused or found no device.
    UserMedia,
    /// createOffer.
    CreateOffer,
    /// createAnswer.
    CreateAnswer,
    /// setLocalDescription.
    SetLocal,
    /// setRemoteDescription.
    SetRemote,
    /// addIceCandidate, of one candidate at least. No event.
    AddCandidate,
    /// Gathering: the app allows relayed addresses only, and no TURN server gave one. No JavaScript error, no event.
    NoRelay,
}

impl MediaFault {
    /// Those that an event tells of, by number.
    pub const TOLD: [Self; 5] =
        [Self::UserMedia, Self::CreateOffer, Self::CreateAnswer, Self::SetLocal, Self::SetRemote];
}
