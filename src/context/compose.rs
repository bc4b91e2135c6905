//! What each request of ours is composed of: its start, our names, and what we support and allow.

use super::Cx;
use crate::message::{Draft, Method, NameAddr, allow, header_line, quoted, routed};
use crate::uri::ANONYMOUS;

impl Cx {
    /// The Via value of a new request with this branch.
    pub fn via(&self, branch: &str) -> String {
        let transport = self.config.servers.get(self.server).map_or("WS", |s| s.via_transport.as_str());
        format!("SIP/2.0/{transport} {};branch={branch}", self.config.via_host)
    }

    /// A Via value with a branch of its own.
    pub fn new_via(&mut self) -> String {
        let branch = self.entropy.branch();
        self.via(&branch)
    }

    /// A Call-ID of ours.
    pub fn new_call_id(&mut self) -> String {
        [&self.config.call_id_prefix, self.entropy.token(15).as_str()].concat()
    }

    /// The start of a request outside a dialog, up to CSeq (RFC 3261 8.1.1).
    pub fn draft(&mut self, method: Method, uri: &str, to: &str, from: &str, call_id: &str, cseq: u32) -> Draft {
        let mut route = Vec::new();
        if self.config.use_preloaded_route
            && let Some(server) = self.config.servers.get(self.server)
        {
            route.push(format!("<{};lr>", server.sip_uri));
        }
        // RFC 3608 6.1: a REGISTER goes its own way.
        if self.config.service_route && method != Method::Register {
            let mut behind = self.service_route.as_slice();
            // RFC 3608 5: the server that we are connected to may be named by both.
            if let (Some(first), Some((named, rest))) = (route.first(), behind.split_first())
                && is_same_proxy(first, named)
            {
                behind = rest;
            }
            route.extend_from_slice(behind);
        }
        let (uri, route) = routed(uri, route);
        let mut headers: Vec<_> = route.into_iter().map(|proxy| ("Route".to_owned(), proxy)).collect();
        for (name, value) in [
            ("Via", self.new_via()),
            ("Max-Forwards", "69".to_owned()),
            ("To", to.to_owned()),
            ("From", from.to_owned()),
            ("Call-ID", call_id.to_owned()),
            ("CSeq", format!("{cseq} {method}")),
        ] {
            headers.push((name.to_owned(), value));
        }
        Draft { method, uri, headers, body: String::new(), inside: None, token_realms: Vec::new(), flow: None }
    }

    /// Adds an app's lines, then the agent's own, and what closes each request.
    pub fn finish(&self, mut draft: Draft, lines: &[String], supported: &str) -> Draft {
        // JsSIP: our requests carry our name, also in a dialog that the far end made; but not beside no address.
        let bare = |value: &str| value.starts_with('<') && !value.contains(ANONYMOUS);
        if let Some(name) = &self.config.display_name
            && let Some((_, from)) = draft.headers.iter_mut().find(|(n, v)| n == "From" && bare(v))
        {
            *from = [&quoted(name), " ", from].concat();
        }
        // JsSIP: a token goes with each request; the ACK of a 2xx has it from its INVITE.
        if let (Some(token), None) = (&self.config.authorization_jwt, draft.header("Authorization"))
            && let Some(at) = draft.headers.iter().position(|(n, _)| n == "CSeq")
        {
            draft.headers.insert(at + 1, ("Authorization".to_owned(), token.clone()));
        }
        draft.headers.extend(lines.iter().chain(&self.config.extra_headers).filter_map(|line| header_line(line)));
        draft.finish(supported, self.allow(), Some(&self.config.user_agent))
    }

    /// `Supported` of an INVITE and of answers, by the method (JsSIP).
    pub fn supported(&self, method: &Method, with_sdp: bool) -> String {
        let timer = if self.config.session_timers { "timer," } else { "" };
        let gruu = if self.contact.public_gruu.is_some() { "gruu," } else { "" };
        let ice = if with_sdp { "ice," } else { "" };
        let from = if self.config.connected_identity { ",from-change" } else { "" };
        let norefersub = if self.config.norefersub { ",norefersub" } else { "" };
        match method {
            Method::Invite => [timer, gruu, "ice,replaces,outbound", from, norefersub].concat(),
            Method::Update => [timer, ice, "replaces,outbound", from, norefersub].concat(),
            _ => ["outbound", norefersub].concat(),
        }
    }

    /// `Allow` of our requests and answers.
    pub fn allow(&self) -> &'static str {
        allow(self.config.reliable_provisional)
    }

    /// What `Supported` of an INVITE, its answers and those to OPTIONS says of reliable provisional answers.
    pub fn reliable(&self) -> &'static str {
        if self.config.reliable_provisional { ",100rel" } else { "" }
    }

    /// From or To of ours: display name and address of record.
    pub fn own_address(&self) -> String {
        match &self.config.display_name {
            Some(name) => format!("{} <{}>", quoted(name), self.config.uri.aor()),
            None => format!("<{}>", self.config.uri.aor()),
        }
    }
}

/// Whether both name a proxy at the same host and port.
fn is_same_proxy(one: &str, other: &str) -> bool {
    let place = |value: &str| NameAddr::parse(value).map(|proxy| (proxy.uri.host, proxy.uri.port));
    place(one) == place(other)
}
