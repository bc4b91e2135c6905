//! Reading a session description (RFC 8866) as far as a user agent has to know it. Never fails: lines are kept.

use std::net::IpAddr;
use std::sync::Arc;

/// Sections, formats of a section, and attributes of a section or session that are read; a frame may hold so many that
/// comparing them would take minutes. Browsers write about 200 lines for a video, and payload types end at 127.
const MAX_MEDIA: usize = 64;
const MAX_FORMATS: usize = 128;
const MAX_ATTRIBUTES: usize = 1024;

/// What the sections of a BUNDLE group have from its first one (RFC 9143 7.1.3, RFC 8859: category TRANSPORT).
const TRANSPORT: [&str; 5] = ["fingerprint:", "setup:", "ice-ufrag:", "ice-pwd:", "rtcp-mux"];

/// One codec of a media section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codec {
    /// Payload type.
    pub payload: String,
    /// Encoding name as written.
    pub name: String,
}

/// One `m=` section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, `application`...
    pub kind: String,
    /// 0 for a refused section.
    pub port: u16,
    /// `UDP/TLS/RTP/SAVPF`, `RTP/AVP`...
    pub profile: String,
    /// Payload types of the `m=` line.
    pub formats: Vec<String>,
    /// Its attributes, and those that it has from its BUNDLE group or the session, without `a=`.
    attributes: Vec<String>,
    inherited: Arc<Vec<String>>,
    connection: String,
}

/// A whole description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The media sections.
    pub media: Vec<Media>,
    /// Mids of the BUNDLE groups.
    pub bundle: Vec<String>,
}

impl Description {
    /// Reads what is there.
    pub fn parse(text: &str) -> Self {
        let mut description = Self::default();
        let mut session = Arc::new(Vec::new());
        let mut connection = String::new();
        for line in text.lines() {
            let Some((kind, value)) = line.split_once('=') else {
                continue;
            };
            if kind == "m" && description.media.len() == MAX_MEDIA {
                break;
            }
            match (kind, description.media.last_mut()) {
                ("m", _) => {
                    let mut words = value.split_whitespace();
                    let kind = words.next().unwrap_or_default().to_owned();
                    let port = words.next().unwrap_or_default();
                    let port = port.split('/').next().and_then(|p| p.parse().ok()).unwrap_or(0);
                    let profile = words.next().unwrap_or_default().to_owned();
                    let formats = words.take(MAX_FORMATS).map(str::to_owned).collect();
                    let (inherited, connection) = (Arc::clone(&session), connection.clone());
                    let attributes = Vec::new();
                    description.media.push(Media { kind, port, profile, formats, attributes, inherited, connection });
                }
                ("a", None) => {
                    if let Some(mids) = value.strip_prefix("group:BUNDLE") {
                        description.bundle.extend(mids.split_whitespace().take(MAX_MEDIA).map(str::to_owned));
                    }
                    keep(Arc::make_mut(&mut session), value);
                }
                ("a", Some(media)) => keep(&mut media.attributes, value),
                ("c", None) => value.clone_into(&mut connection),
                ("c", Some(media)) => value.clone_into(&mut media.connection),
                _ => {}
            }
        }
        description.share(&session);
        description
    }

    /// Gives the sections of the BUNDLE group what their first one says for all.
    fn share(&mut self, session: &[String]) {
        let of = |m: &&Media, mid: &String| m.attribute("mid") == Some(mid);
        let Some(first) = self.bundle.first().and_then(|mid| self.media.iter().find(|m| of(m, mid))) else {
            return;
        };
        let shared = first.attributes.iter().filter(|a| TRANSPORT.iter().any(|t| a.starts_with(t)));
        let inherited: Arc<Vec<String>> = Arc::new(shared.chain(session).cloned().collect());
        for media in &mut self.media {
            if self.bundle.iter().any(|mid| of(&&*media, mid)) {
                media.inherited = Arc::clone(&inherited);
            }
        }
    }

    /// The audio and video sections that are not refused. Port 0 with `bundle-only` is none that is (RFC 9143 6).
    pub fn active(&self) -> impl Iterator<Item = &Media> {
        let taken = |m: &Media| m.port != 0 || m.attributes.iter().any(|a| a == "bundle-only");
        self.media.iter().filter(move |m| taken(m) && (m.kind == "audio" || m.kind == "video"))
    }

    /// The first active section of a kind.
    pub fn of_kind(&self, kind: &str) -> Option<&Media> {
        self.active().find(|m| m.kind == kind)
    }
}

impl Media {
    /// The value of an attribute, its own or the session's: `Some("")` for a property.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().chain(&*self.inherited).find_map(|a| match a.split_once(':') {
            Some((n, value)) if n == name => Some(value),
            None if a == name => Some(""),
            _ => None,
        })
    }

    /// All of its own attributes of that name.
    pub fn attributes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().filter_map(move |a| a.split_once(':').filter(|(n, _)| *n == name).map(|(_, v)| v))
    }

    /// `sendrecv`, `sendonly`, `recvonly` or `inactive` (RFC 8866 6.7).
    pub fn direction(&self) -> &'static str {
        let found = self
            .attributes
            .iter()
            .chain(&*self.inherited)
            .find_map(|a| ["sendrecv", "sendonly", "recvonly", "inactive"].into_iter().find(|d| d == a));
        found.unwrap_or("sendrecv")
    }

    /// Whether the direction is written out.
    pub fn says_direction(&self) -> bool {
        self.attributes.iter().any(|a| matches!(a.as_str(), "sendrecv" | "sendonly" | "recvonly" | "inactive"))
    }

    /// Whether it names a DTLS certificate (RFC 8122).
    pub fn has_fingerprint(&self) -> bool {
        self.attribute("fingerprint").is_some()
    }

    /// Whether it has ICE credentials (RFC 8839).
    pub fn has_ice(&self) -> bool {
        self.attribute("ice-ufrag").is_some() && self.attribute("ice-pwd").is_some()
    }

    /// Whether RTP and RTCP may share a port (RFC 5761).
    pub fn has_rtcp_mux(&self) -> bool {
        self.attribute("rtcp-mux").is_some()
    }

    /// Whether it is held in the way of RFC 2543. With ICE the address says nothing: browsers write zeros there before
    /// they know one, and in place of one that they hide.
    pub fn is_blackholed(&self) -> bool {
        self.connection.trim_end().ends_with(" 0.0.0.0") && !self.has_ice()
    }

    /// The codecs that carry media; events, comfort noise, redundancy and retransmission are none.
    pub fn codecs(&self) -> Vec<Codec> {
        let named = |payload: &String| {
            let map = self.attributes("rtpmap").find_map(|m| m.split_once(' ').filter(|(p, _)| p == payload));
            let name = match (map, payload.as_str()) {
                (Some((_, name)), _) => name.split('/').next().unwrap_or_default().trim(),
                (None, "0") => "PCMU",
                (None, "8") => "PCMA",
                (None, "9") => "G722",
                (None, "18") => "G729",
                (None, "3") => "GSM",
                (None, _) => return None,
            };
            Some(Codec { payload: payload.clone(), name: name.to_owned() })
        };
        let helper = |c: &Codec| {
            ["telephone-event", "cn", "red", "rtx", "ulpfec", "flexfec-03"]
                .iter()
                .any(|h| h.eq_ignore_ascii_case(&c.name))
        };
        self.formats.iter().filter_map(named).filter(|c| !helper(c)).collect()
    }

    /// The types of its candidates: `host`, `srflx`, `relay`; `mdns` for a host hidden behind a `.local` name.
    pub fn candidates(&self) -> Vec<&str> {
        let kind = |candidate: &'_ str| -> Option<&'static str> {
            let words: Vec<&str> = candidate.split_whitespace().collect();
            let at = words.iter().position(|w| *w == "typ")?;
            let mdns = words.get(4).is_some_and(|a| a.ends_with(".local"));
            match *words.get(at + 1)? {
                "host" if mdns => Some("mdns"),
                "host" => Some("host"),
                "srflx" => Some("srflx"),
                "prflx" => Some("prflx"),
                "relay" => Some("relay"),
                _ => None,
            }
        };
        self.attributes("candidate").filter_map(kind).collect()
    }

    /// Whether a candidate is an address that other networks reach by itself: a server, or a host without NAT.
    pub fn has_public_candidate(&self) -> bool {
        self.attributes("candidate").filter_map(|c| c.split_whitespace().nth(4)).any(is_public)
    }

    /// Whether the profile is one of DTLS-SRTP with feedback.
    pub fn is_webrtc_profile(&self) -> bool {
        matches!(self.profile.as_str(), "UDP/TLS/RTP/SAVPF" | "TCP/TLS/RTP/SAVPF")
    }
}

fn keep(attributes: &mut Vec<String>, value: &str) {
    if attributes.len() < MAX_ATTRIBUTES {
        attributes.push(value.trim().to_owned());
    }
}

fn is_public(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(v4)) => {
            // RFC 6598: 100.64.0.0/10 is behind a carrier's NAT.
            let shared = matches!(v4.octets(), [100, 64..128, ..]);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || shared)
        }
        // RFC 4291 2.4: global unicast.
        Ok(IpAddr::V6(v6)) => matches!(v6.octets(), [0x20..0x40, ..]),
        Err(_) => false,
    }
}
