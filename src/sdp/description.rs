//! Reading a session description (RFC 8866) as far as a user agent has to know it. Never fails: lines are kept.

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
    /// Its attributes, and those of the session that it inherits, without `a=`.
    attributes: Vec<String>,
    session: Vec<String>,
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
        let mut session = Vec::new();
        let mut connection = String::new();
        for line in text.lines() {
            let Some((kind, value)) = line.split_once('=') else {
                continue;
            };
            match (kind, description.media.last_mut()) {
                ("m", _) => {
                    let mut words = value.split_whitespace();
                    let kind = words.next().unwrap_or_default().to_owned();
                    let port = words.next().unwrap_or_default();
                    let port = port.split('/').next().and_then(|p| p.parse().ok()).unwrap_or(0);
                    let profile = words.next().unwrap_or_default().to_owned();
                    let formats = words.map(str::to_owned).collect();
                    let (session, connection) = (session.clone(), connection.clone());
                    let attributes = Vec::new();
                    description.media.push(Media { kind, port, profile, formats, attributes, session, connection });
                }
                ("a", None) => {
                    if let Some(mids) = value.strip_prefix("group:BUNDLE") {
                        description.bundle.extend(mids.split_whitespace().map(str::to_owned));
                    }
                    session.push(value.trim().to_owned());
                }
                ("a", Some(media)) => media.attributes.push(value.trim().to_owned()),
                ("c", None) => value.clone_into(&mut connection),
                ("c", Some(media)) => value.clone_into(&mut media.connection),
                _ => {}
            }
        }
        description
    }

    /// The audio and video sections that are not refused.
    pub fn active(&self) -> impl Iterator<Item = &Media> {
        self.media.iter().filter(|m| m.port != 0 && (m.kind == "audio" || m.kind == "video"))
    }

    /// The first active section of a kind.
    pub fn of_kind(&self, kind: &str) -> Option<&Media> {
        self.active().find(|m| m.kind == kind)
    }
}

impl Media {
    /// The value of an attribute, its own or the session's: `Some("")` for a property.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().chain(&self.session).find_map(|a| match a.split_once(':') {
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
            .chain(&self.session)
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
                (Some((_, name)), _) => name.split('/').next().unwrap_or_default(),
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

    /// Whether the profile is one of DTLS-SRTP with feedback.
    pub fn is_webrtc_profile(&self) -> bool {
        matches!(self.profile.as_str(), "UDP/TLS/RTP/SAVPF" | "TCP/TLS/RTP/SAVPF")
    }
}
