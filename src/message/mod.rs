//! From a frame to a message and back: the only gate to the grammar.
//!
//! Over WebSocket one frame is one message (RFC 7118 5). What is not needed to route and answer a message is kept as
//! text and read when somebody asks, so that one odd field never costs the whole message.

mod build;
mod caller;
mod frame;
mod headers;
mod lines;
mod method;
mod multipart;
mod name_addr;
mod phrase;
mod readers;
mod route;
mod secrets;
mod via;

use std::sync::Arc;

pub use crate::grammar::{Params, quoted, unquote, written};
pub(crate) use crate::grammar::{cut, excerpt, is_token, split};
pub use build::{ACCEPT, Draft, Reply, allow, header_line, single_line};
pub use caller::{Info, Redirection, asserted, auto_answer, privacy, redirections};
pub use frame::{Fault, parse, parse_text};
pub use headers::Headers;
pub use method::Method;
pub(crate) use name_addr::with_tag;
pub use name_addr::{NameAddr, Party};
pub use phrase::{PHRASES, phrase};
pub use readers::{EventHeader, MinSe, RAck, Reason, Replaces, SessionExpires, SubscriptionState, retry_after, rseq};
pub(crate) use route::{pass_by, routed};
pub use secrets::mask_secrets;
pub use via::Via;

pub use crate::bounds::{MAX_FRAME, MAX_HEADERS, MAX_VALUES};
use crate::event::ids::Flow;
use crate::uri::Uri;

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// CRLF CRLF: to be answered (RFC 5626 4.4.1).
    Ping,
    /// CRLF: the answer to a ping.
    Pong,
    /// A request.
    Request(Box<Request>),
    /// A response.
    Response(Box<Response>),
}

/// A request that has all that RFC 3261 8.1.1 demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI.
    pub uri: Uri,
    /// All header fields.
    pub headers: Headers,
    /// The body, cut to Content-Length.
    pub body: Vec<u8>,
    /// The topmost Via.
    pub via: Via,
    /// From.
    pub from: Party,
    /// To.
    pub to: Party,
    /// Call-ID.
    pub call_id: String,
    /// The number of CSeq.
    pub cseq: u32,
    /// The whole frame as text.
    pub raw: Arc<str>,
    /// The connection that it came by.
    pub flow: Option<Flow>,
}

/// A response that has what is needed to match it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Status code, 100 to 699.
    pub status: u16,
    /// Reason phrase as it came.
    pub reason: String,
    /// All header fields.
    pub headers: Headers,
    /// The body, cut to Content-Length.
    pub body: Vec<u8>,
    /// The topmost Via: ours.
    pub via: Via,
    /// From.
    pub from: Party,
    /// To.
    pub to: Party,
    /// Call-ID.
    pub call_id: String,
    /// The number of CSeq.
    pub cseq: u32,
    /// The method of CSeq.
    pub method: Method,
    /// The whole frame as text.
    pub raw: Arc<str>,
}

macro_rules! readers {
    ($kind:ty) => {
        impl $kind {
            /// The first Contact; `None` for `*` and for what cannot be read.
            pub fn contact(&self) -> Option<NameAddr> {
                NameAddr::parse(self.headers.value("Contact")?)
            }

            /// The type of the body in lower case, without parameters.
            pub fn content_type(&self) -> Option<String> {
                let value = self.headers.first("Content-Type")?.split(';').next()?.trim();
                (!value.is_empty()).then(|| value.to_ascii_lowercase())
            }

            /// The body if it is UTF-8.
            pub fn body_text(&self) -> Option<&str> {
                std::str::from_utf8(&self.body).ok()
            }

            /// The address in From.
            pub fn from_address(&self) -> Option<NameAddr> {
                NameAddr::of_party(self.headers.first("From")?)
            }

            /// The address in To.
            pub fn to_address(&self) -> Option<NameAddr> {
                NameAddr::of_party(self.headers.first("To")?)
            }

            /// About how many bytes it holds: its text, where its fields are, its body, and what was read into pieces.
            pub fn weight(&self) -> usize {
                let read = self.via.weight() + self.from.weight() + self.to.weight() + self.call_id.len();
                self.raw.len() + self.headers.weight(&self.raw) + self.body.len() + read
            }

            /// Expires in s; what cannot be read counts as missing (RFC 3261 20.19).
            pub fn expires(&self) -> Option<u32> {
                readers::number(self.headers.first("Expires")?)
            }

            /// The session description: the body, or its part in a multipart body (RFC 5621), its line ends mended.
            pub fn sdp(&self) -> Option<String> {
                let early = multipart::is_early(self.headers.first("Content-Disposition"));
                if early { None } else { multipart::sdp(self.headers.first("Content-Type")?, &self.body, 0) }
            }
        }
    };
}
readers!(Request);
readers!(Response);

impl Request {
    /// Whether the body may be left aside by who does not understand it (RFC 3261 20.11).
    pub fn has_optional_body(&self) -> bool {
        multipart::handling(self.headers.first("Content-Disposition")).as_deref() == Some("optional")
    }

    /// Whether a description is understood with all that its sender calls required beside it (RFC 5621 8.3).
    pub fn is_understood(&self) -> bool {
        let kind = self.headers.first("Content-Type").unwrap_or_default();
        multipart::is_understood(kind, &self.body, 0)
    }

    /// The caller's tag, empty for a peer of RFC 2543.
    pub fn from_tag(&self) -> &str {
        self.from.tag().unwrap_or_default()
    }

    /// Our tag, if the request is inside a dialog.
    pub fn to_tag(&self) -> Option<&str> {
        self.to.tag()
    }

    /// Whether what it begins shall go by encrypted lines alone (RFC 3261 12.1.1).
    pub fn is_secure(&self) -> bool {
        let next = NameAddr::parse(self.headers.values("Record-Route").first().copied().unwrap_or_default());
        self.uri.is_secure() || next.or_else(|| self.contact()).is_some_and(|next| next.uri.is_secure())
    }

    /// How many more hops it may take; `None` if the field is missing or out of range, which RFC 4475 3.1.2.4 lets
    /// stand as if it were missing.
    pub fn max_forwards(&self) -> Option<u8> {
        self.headers.first("Max-Forwards")?.parse().ok()
    }
}
