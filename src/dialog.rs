//! A dialog: RFC 3261 12. Its identity, route set, CSeq numbers and remote target, and the requests inside it.

use crate::auth::Presented;
use crate::bounds::{MAX_DIALOG, MAX_ROUTES};
use crate::event::ids::Flow;
use crate::message::{Draft, Method, NameAddr, Request, Response, pass_by, routed, single_line, with_tag};
use crate::uri::Uri;

/// Names a dialog as its requests do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DialogId {
    /// Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// The far end's tag, empty for a peer of RFC 2543.
    pub remote_tag: String,
}

/// How a request that arrived stands to those before it (RFC 3261 12.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It is newer.
    InOrder,
    /// It is older: 500.
    TooOld,
}

/// What both ends agreed on for as long as they talk.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// Its name.
    pub id: DialogId,
    /// From of our requests, with our tag.
    local: String,
    /// To of our requests, with the far end's tag.
    remote: String,
    /// CSeq number of our last request.
    local_cseq: u32,
    remote_cseq: Option<u32>,
    remote_target: String,
    /// The number of their request that it comes from, 0 if from an answer.
    target_cseq: u32,
    route_set: Vec<String>,
    /// Who challenged the request that made it.
    realms: Vec<String>,
    /// The connection that the request went or came by which made it: its proxy is in the route.
    flow: Option<Flow>,
}

impl Dialog {
    /// The caller's side, made by a 1xx or 2xx with a tag (RFC 3261 12.1.2). `None` without a usable Contact, or if
    /// it were heavier or went further than a dialog may.
    pub fn as_caller(draft: &Draft, response: &Response) -> Option<Self> {
        Some(Self::of_answer(draft, response, target(response.contact())?)).filter(Self::is_bounded)
    }

    /// The same for a 2xx that is acknowledged and ended at once: without a usable Contact it goes the way that the
    /// INVITE went.
    pub fn of_unwanted(draft: &Draft, response: &Response) -> Self {
        let known = target(response.contact());
        let lost = known.is_none();
        let mut dialog = Self::of_answer(draft, response, known.unwrap_or_else(|| draft.uri.clone()));
        let boundless = !dialog.is_bounded();
        if boundless {
            draft.uri.clone_into(&mut dialog.remote_target);
        }
        if boundless || (lost && dialog.route_set.is_empty()) {
            let routes = draft.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Route"));
            dialog.route_set = routes.map(|(_, value)| value.clone()).collect();
        }
        dialog
    }

    fn of_answer(draft: &Draft, response: &Response, remote_target: String) -> Self {
        let mut route_set: Vec<_> = routes(response.headers.values("Record-Route"));
        route_set.reverse();
        // Its name is what the request said, not what comes back (RFC 3261 12.1.2).
        let local_tag = draft.header("From").and_then(NameAddr::parse).and_then(|from| from.tag().map(str::to_owned));
        Self {
            id: DialogId {
                call_id: draft.header("Call-ID").unwrap_or_default().to_owned(),
                local_tag: local_tag.unwrap_or_default(),
                remote_tag: response.to.tag().unwrap_or_default().to_owned(),
            },
            local: draft.header("From").unwrap_or_default().to_owned(),
            remote: response.headers.first("To").unwrap_or_default().to_owned(),
            local_cseq: draft.cseq(),
            remote_cseq: None,
            remote_target,
            target_cseq: 0,
            route_set,
            realms: realms(draft),
            flow: draft.flow,
        }
    }

    /// The callee's side (RFC 3261 12.1.1), or that of a subscriber whose NOTIFY came before the 2xx (RFC 6665 4.4.1).
    /// `None` without a usable Contact, or if it were heavier or went further than a dialog may. Our requests are
    /// counted on from `first_cseq`.
    pub fn as_callee(request: &Request, local_tag: &str, first_cseq: u32) -> Option<Self> {
        let to = request.headers.first("To").unwrap_or_default();
        let local = if request.to_tag().is_none() { with_tag(to, local_tag) } else { to.to_owned() };
        let dialog = Self {
            id: DialogId {
                call_id: request.call_id.clone(),
                local_tag: local_tag.to_owned(),
                remote_tag: request.from_tag().to_owned(),
            },
            local,
            remote: request.headers.first("From").unwrap_or_default().to_owned(),
            local_cseq: first_cseq,
            remote_cseq: Some(request.cseq),
            remote_target: target(request.contact())?,
            target_cseq: request.cseq,
            route_set: routes(request.headers.values("Record-Route")),
            realms: Vec::new(),
            flow: request.flow,
        };
        dialog.is_bounded().then_some(dialog)
    }

    /// What the page that comes after this one needs to go on with it: texts of one line.
    pub fn keep(&self) -> Vec<String> {
        let DialogId { call_id, local_tag, remote_tag } = &self.id;
        let numbers = [self.local_cseq, self.remote_cseq.unwrap_or_default(), self.target_cseq];
        let names = [call_id, local_tag, remote_tag, &self.local, &self.remote, &self.remote_target];
        let mut kept: Vec<_> = names.into_iter().cloned().collect();
        kept.extend(numbers.map(|number| number.to_string()));
        kept.push(self.realms.len().to_string());
        kept.extend(self.realms.iter().chain(&self.route_set).cloned());
        kept
    }

    /// The dialog of which that was kept. `skipped` numbers may have been used since. `None` if it cannot be read.
    pub fn resumed(kept: &[String], skipped: u32) -> Option<Self> {
        let [
            call_id,
            local_tag,
            remote_tag,
            local,
            remote,
            remote_target,
            local_cseq,
            remote_cseq,
            target_cseq,
            realms,
            rest @ ..,
        ] = kept
        else {
            return None;
        };
        let (realms, route_set) = rest.split_at_checked(realms.parse().ok()?)?;
        let number = |text: &String| text.parse::<u32>().ok();
        let dialog = Self {
            id: DialogId { call_id: call_id.clone(), local_tag: local_tag.clone(), remote_tag: remote_tag.clone() },
            local: local.clone(),
            remote: remote.clone(),
            local_cseq: number(local_cseq)?.wrapping_add(skipped) & 0x7fff_ffff,
            remote_cseq: number(remote_cseq).filter(|number| *number > 0),
            remote_target: Uri::parse(remote_target).filter(Uri::is_sip)?.to_string(),
            target_cseq: number(target_cseq)?,
            route_set: route_set.to_vec(),
            realms: realms.to_vec(),
            flow: None,
        };
        (kept.iter().all(|text| single_line(text)) && dialog.is_bounded()).then_some(dialog)
    }

    /// How many bytes it holds of what the far end said.
    pub fn weight(&self) -> usize {
        let routes = self.route_set.iter().map(|route| route.len() + 32).sum::<usize>();
        let names = self.id.call_id.len() + self.id.local_tag.len() + self.id.remote_tag.len();
        names + self.local.len() + self.remote.len() + self.remote_target.len() + routes
    }

    /// Whether its requests are no longer than a far end reads, and get there.
    fn is_bounded(&self) -> bool {
        self.weight() <= MAX_DIALOG && self.route_set.len() <= MAX_ROUTES
    }

    /// Takes the number of a request of the far end in. ACK and CANCEL are not numbered on their own.
    pub fn receive(&mut self, request: &Request) -> Order {
        match self.remote_cseq {
            Some(last) if request.cseq < last => Order::TooOld,
            _ => {
                self.remote_cseq = Some(request.cseq);
                Order::InOrder
            }
        }
    }

    /// Follows the far end to where a target refresh request of its says that we have taken (RFC 6141 4). One that was
    /// answered after a later one says what was before.
    pub fn follow(&mut self, request: &Request) {
        if request.cseq >= self.target_cseq {
            self.target_cseq = request.cseq;
            self.refresh_target(request.contact());
        }
    }

    /// Follows the far end to where its target refresh request or answer says (RFC 3261 12.2, RFC 3311 5).
    pub fn refresh_target(&mut self, contact: Option<NameAddr>) {
        if let Some(target) = target(contact)
            && self.weight() - self.remote_target.len() + target.len() <= MAX_DIALOG
        {
            self.remote_target = target;
        }
    }

    /// Follows the far end to another name or address of its in From (RFC 4916 4.4). False if it is the same, or too long.
    pub fn rename(&mut self, request: &Request) -> bool {
        let from = request.headers.first("From").unwrap_or_default();
        let known = NameAddr::of_party(&self.remote).zip(request.from_address());
        let same = known.is_some_and(|(old, new)| old.uri == new.uri && old.display_name == new.display_name);
        let fits = self.weight() - self.remote.len() + from.len() <= MAX_DIALOG;
        if !same && fits {
            from.clone_into(&mut self.remote);
        }
        !same && fits
    }

    /// Another dialog that the same request of ours began: who may challenge there may challenge here.
    pub fn trust_as(&mut self, other: &Self) {
        self.realms.clone_from(&other.realms);
    }

    /// A request of ours that led to it was answered: who challenged that one may challenge what follows.
    pub fn trust_realms_of(&mut self, draft: &Draft) {
        for realm in realms(draft) {
            if !self.realms.contains(&realm) {
                self.realms.push(realm);
            }
        }
    }

    /// This connection is gone: from now on it goes by the first that is open, past the proxy at `edge`, which stood at
    /// the other end. False if it did not go by it.
    pub fn leave(&mut self, flow: Flow, edge: Option<&Uri>) -> bool {
        let left = self.flow.take_if(|gone| *gone == flow).is_some();
        if left {
            pass_by(&mut self.route_set, edge);
        }
        left
    }

    /// The next CSeq number of ours.
    pub fn next_cseq(&mut self) -> u32 {
        self.local_cseq = self.local_cseq.wrapping_add(1) & 0x7fff_ffff;
        self.local_cseq
    }

    /// Goes on with the numbers of the early dialog that this one confirms (RFC 3261 13.2.2.4).
    pub fn count_on(&mut self, early: &Self) {
        self.count_from(early.local_cseq);
        self.remote_cseq = early.remote_cseq;
    }

    /// Makes our requests go on counting from this number.
    pub fn count_from(&mut self, cseq: u32) {
        self.local_cseq = self.local_cseq.max(cseq);
    }

    /// Gives a request that waited a new number if others have left meanwhile.
    pub fn renumber(&mut self, draft: &mut Draft) {
        if draft.cseq() < self.local_cseq {
            let cseq = self.next_cseq();
            draft.set("CSeq", [&cseq.to_string(), " ", draft.method.as_str()].concat());
        }
    }

    /// A request inside this dialog (RFC 3261 12.2.1.1), `via` being the whole value. The caller finishes it.
    pub fn request(&mut self, method: Method, via: String) -> Draft {
        let cseq = self.next_cseq();
        self.numbered(method, via, cseq)
    }

    /// The ACK of a 2xx: the number of its INVITE (RFC 3261 13.2.2.4).
    pub fn ack(&self, via: String, cseq: u32) -> Draft {
        self.numbered(Method::Ack, via, cseq)
    }

    fn numbered(&self, method: Method, via: String, cseq: u32) -> Draft {
        let (uri, route) = routed(&self.remote_target, self.route_set.clone());
        let mut headers: Vec<(String, String)> = route.into_iter().map(|r| ("Route".to_owned(), r)).collect();
        for (name, value) in [
            ("Via", via),
            ("Max-Forwards", "69".to_owned()),
            ("To", self.remote.clone()),
            ("From", self.local.clone()),
            ("Call-ID", self.id.call_id.clone()),
            ("CSeq", format!("{cseq} {method}")),
        ] {
            headers.push((name.to_owned(), value));
        }
        Draft {
            method,
            uri,
            headers,
            body: String::new(),
            inside: Some(self.realms.clone()),
            token_realms: Vec::new(),
            flow: self.flow,
        }
    }
}

fn routes(values: Vec<&str>) -> Vec<String> {
    values.into_iter().map(str::to_owned).collect()
}

/// The realms of the credentials that a request of ours carries.
fn realms(draft: &Draft) -> Vec<String> {
    let mut realms = draft.token_realms.clone();
    for (_, value) in draft.credentials() {
        realms.extend(Presented::parse(&value).map(|presented| presented.value("realm").to_owned()));
    }
    realms
}

fn target(contact: Option<NameAddr>) -> Option<String> {
    let uri = contact?.uri;
    uri.is_sip().then(|| uri.without_link().to_string())
}
