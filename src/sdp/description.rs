//! Reading a session description (RFC 8866) as far as a user agent has to know it. Never fails, and its work grows with
//! the text, never faster: each list that is compared with another one is bounded.

use std::net::IpAddr;

use crate::message::{cut, excerpt};

/// Sections, formats of a section, mids of the BUNDLE groups, and attributes of a section that are read. Browsers write
/// about 200 lines for a video, and payload types end at 127.
const MAX_MEDIA: usize = 64;
const MAX_FORMATS: usize = 128;
const MAX_ATTRIBUTES: usize = 1024;

/// What a section that does not say it has from the first of its BUNDLE group (RFC 9143 7.1.3, RFC 8859: category
/// TRANSPORT) or from the session.
const TRANSPORT: [&str; 5] = ["fingerprint", "setup", "ice-ufrag", "ice-pwd", "rtcp-mux"];

/// The directions of RFC 8866 6.7, which a session may have too.
const DIRECTIONS: [&str; 4] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/// Further attributes that are read of a section.
const OWN: [&str; 6] = ["mid", "bundle-only", "rtpmap", "rtcp-fb", "candidate", "crypto"];

/// One codec of a media section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codec<'a> {
    /// Payload type.
    pub payload: &'a str,
    /// Encoding name as written.
    pub name: &'a str,
}

/// Name and value; the value is empty for a property.
type Attribute<'a> = (&'a str, &'a str);

/// One `m=` section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media<'a> {
    /// `audio`, `video`, `application`...
    pub kind: &'a str,
    /// 0 for a refused section.
    pub port: u16,
    /// `UDP/TLS/RTP/SAVPF`, `RTP/AVP`...
    pub profile: &'a str,
    /// Payload types of the `m=` line.
    pub formats: Vec<&'a str>,
    /// Of its attributes those that are read.
    attributes: Vec<Attribute<'a>>,
    /// What it has from its BUNDLE group or the session: one of each name at most.
    inherited: Vec<Attribute<'a>>,
    connection: &'a str,
}

/// A whole description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description<'a> {
    /// The media sections.
    pub media: Vec<Media<'a>>,
    /// Mids of the BUNDLE groups.
    pub bundle: Vec<&'a str>,
}

impl<'a> Description<'a> {
    /// Reads what is there.
    pub fn parse(text: &'a str) -> Self {
        let mut description = Self::default();
        let mut session = Vec::new();
        let mut connection = "";
        let mut rest = text;
        while let Some((line, after)) = cut(rest, b'\n').or_else(|| (!rest.is_empty()).then_some((rest, ""))) {
            rest = after;
            let Some((kind, value)) = cut(line.strip_suffix('\r').unwrap_or(line), b'=') else {
                continue;
            };
            if kind == "m" && description.media.len() == MAX_MEDIA {
                break;
            }
            match (kind, description.media.last_mut()) {
                ("m", _) => {
                    let mut words = value.split_whitespace();
                    let kind = words.next().map_or("", excerpt);
                    let port = words.next().unwrap_or_default();
                    let port = port.split('/').next().and_then(|p| p.parse().ok()).unwrap_or(0);
                    let profile = words.next().map_or("", excerpt);
                    let formats = words.take(MAX_FORMATS).map(excerpt).collect();
                    let (attributes, inherited) = (Vec::new(), Vec::new());
                    description.media.push(Media { kind, port, profile, formats, attributes, inherited, connection });
                }
                ("a", None) => {
                    if let Some(mids) = value.strip_prefix("group:BUNDLE") {
                        let room = MAX_MEDIA - description.bundle.len();
                        description.bundle.extend(mids.split_whitespace().take(room));
                    }
                    inherit(&mut session, attribute(value));
                }
                ("a", Some(media)) => {
                    let read = attribute(value);
                    let known = [&TRANSPORT[..], &DIRECTIONS, &OWN].iter().any(|names| names.contains(&read.0));
                    if known && media.attributes.len() < MAX_ATTRIBUTES {
                        media.attributes.push(read);
                    }
                }
                ("c", None) => connection = value,
                ("c", Some(media)) => media.connection = value,
                _ => {}
            }
        }
        description.share(&session);
        description
    }

    /// Gives each section what the session says, and those of the BUNDLE group what their first one says for all.
    fn share(&mut self, session: &[Attribute<'a>]) {
        let first = self.bundle.first().and_then(|mid| self.media.iter().find(|m| m.mid() == Some(mid)));
        let mut shared = Vec::new();
        for read in first.iter().flat_map(|m| &m.attributes).filter(|(name, _)| TRANSPORT.contains(name)).chain(session)
        {
            inherit(&mut shared, *read);
        }
        for media in &mut self.media {
            let bundled = media.mid().is_some_and(|mid| self.bundle.contains(&mid));
            media.inherited = if bundled { shared.clone() } else { session.to_vec() };
        }
    }

    /// The sections that are not refused. Port 0 with `bundle-only` is none that is (RFC 9143 6).
    pub fn taken(&self) -> impl Iterator<Item = &Media<'a>> {
        self.media.iter().filter(|m| m.port != 0 || m.own("bundle-only").next().is_some())
    }

    /// The audio and video sections that are not refused.
    pub fn active(&self) -> impl Iterator<Item = &Media<'a>> {
        self.taken().filter(|m| m.is_av())
    }

    /// The first active section of a kind.
    pub fn of_kind(&self, kind: &str) -> Option<&Media<'a>> {
        self.active().find(|m| m.kind == kind)
    }
}

impl<'a> Media<'a> {
    /// Whether it is audio or video.
    pub fn is_av(&self) -> bool {
        self.kind == "audio" || self.kind == "video"
    }

    /// The value of an attribute, its own or the session's: `Some("")` for a property.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().chain(&self.inherited).find(|(n, _)| *n == name).map(|(_, value)| *value)
    }

    /// All of its own attributes of that name.
    pub fn own(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().filter(move |(n, _)| *n == name).map(|(_, value)| *value)
    }

    /// How its BUNDLE group calls it (RFC 5888 4).
    pub fn mid(&self) -> Option<&'a str> {
        self.own("mid").next()
    }

    /// `sendrecv`, `sendonly`, `recvonly` or `inactive` (RFC 8866 6.7).
    pub fn direction(&self) -> &'a str {
        let mut said = self.attributes.iter().chain(&self.inherited);
        said.find(|(name, _)| DIRECTIONS.contains(name)).map_or("sendrecv", |(name, _)| *name)
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
    pub fn codecs(&self) -> Vec<Codec<'a>> {
        let mut names: [Option<&'a str>; MAX_FORMATS] = [None; MAX_FORMATS];
        for (payload, name) in self.own("rtpmap").filter_map(|map| map.split_once(' ')) {
            let name = excerpt(name.split('/').next().unwrap_or_default().trim());
            if let Some(place) = payload.parse().ok().and_then(|payload: usize| names.get_mut(payload)) {
                place.get_or_insert(name);
            }
        }
        let named = |payload: &&'a str| {
            let name = payload.parse().ok().and_then(|payload: usize| names.get(payload).copied().flatten());
            let name = match (name, *payload) {
                (Some(name), _) => name,
                (None, "0") => "PCMU",
                (None, "8") => "PCMA",
                (None, "9") => "G722",
                (None, "18") => "G729",
                (None, "3") => "GSM",
                (None, _) => return None,
            };
            Some(Codec { payload, name })
        };
        let helper = |c: &Codec| {
            ["telephone-event", "cn", "red", "rtx", "ulpfec", "flexfec-03"]
                .iter()
                .any(|h| h.eq_ignore_ascii_case(c.name))
        };
        self.formats.iter().filter_map(named).filter(|c| !helper(c)).collect()
    }

    /// The types of its candidates: `host`, `srflx`, `relay`; `mdns` for a host hidden behind a `.local` name.
    pub fn candidates(&self) -> Vec<&'static str> {
        let kind = |candidate: &str| -> Option<&'static str> {
            let mut words = candidate.split_whitespace();
            let mdns = words.clone().nth(4).is_some_and(|a| a.ends_with(".local"));
            words.find(|w| *w == "typ")?;
            match words.next()? {
                "host" if mdns => Some("mdns"),
                "host" => Some("host"),
                "srflx" => Some("srflx"),
                "prflx" => Some("prflx"),
                "relay" => Some("relay"),
                _ => None,
            }
        };
        self.own("candidate").filter_map(kind).collect()
    }

    /// Whether a candidate is an address that other networks reach by itself: a server, or a host without NAT.
    pub fn has_public_candidate(&self) -> bool {
        self.own("candidate").filter_map(|c| c.split_whitespace().nth(4)).any(is_public)
    }

    /// Whether the profile is one of DTLS-SRTP with feedback.
    pub fn is_webrtc_profile(&self) -> bool {
        matches!(self.profile, "UDP/TLS/RTP/SAVPF" | "TCP/TLS/RTP/SAVPF")
    }
}

/// Name and value of an `a=` line.
fn attribute(line: &str) -> Attribute<'_> {
    let line = line.trim();
    line.split_once(':').unwrap_or((line, ""))
}

/// Keeps what a section may have from elsewhere; of two with one name the first counts.
fn inherit<'a>(inherited: &mut Vec<Attribute<'a>>, (name, value): Attribute<'a>) {
    let wanted = TRANSPORT.contains(&name) || DIRECTIONS.contains(&name);
    if wanted && !inherited.iter().any(|(known, _)| *known == name) {
        inherited.push((name, value));
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
