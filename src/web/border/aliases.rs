//! The values that have a shape: messages, addresses, replies, what is answered. Each is a tuple of TypeScript with a name.

#[cfg(test)]
use super::crossing::Alias;
use super::crossing::{Foreign, Inward, Outward, inward, outward};
#[cfg(target_arch = "wasm32")]
use crate::auth::Algorithm;
use crate::auth::Question;
use crate::dialog::DialogId;
use crate::event::AppReply;
use crate::message::{Draft, Frame, NameAddr, Params, Request, Response};
use crate::sdp::{Feature, Finding};
use crate::uri::Uri;

#[cfg(target_arch = "wasm32")]
use {
    super::values::{is_nothing, lines, whole},
    crate::grammar::pieces,
    crate::message::{Info, Reason, Redirection, asserted, auto_answer, privacy, redirections, written},
    crate::web::browser::{plain, text_of},
    js_sys::Array,
    wasm_bindgen::JsCast,
};

/// Their definitions in TypeScript.
#[cfg(test)]
pub(super) const ALIASES: &[Alias] = &[
    Alias { name: "Originator", doc: "Who caused what an event tells.", definition: "'local' | 'remote' | 'system'" },
    Alias {
        name: "Draft",
        doc: "A request of ours before it leaves: start line and header lines as on the wire, and the body.",
        definition: "[head: string, body: string]",
    },
    Alias {
        name: "AnyRequest",
        doc: "A request of the far end as its text, one of ours as a draft, null for none.",
        definition: "string | Draft | null",
    },
    Alias {
        name: "Reply",
        doc: "A reply that an app asked for, null for none.",
        definition: "[status: number, reason: string | null | undefined, headers: readonly string[], body: string | null] | null",
    },
    Alias {
        name: "Changed",
        doc: "What an app made of a request of ours: its body, then name and value of each header. Nothing if nobody looked.",
        definition: "string[] | undefined",
    },
    Alias {
        name: "RequestVerdict",
        doc: "Of a request that came: whether anybody listened, and the reply.",
        definition: "boolean | [listened: boolean, reply: Reply] | Changed",
    },
    Alias {
        name: "Asked",
        doc: "Who challenges which request, and with what.",
        definition: "[schemes: string[], realm: string, proxy: boolean, status: number, algorithm: string | null, \
                     method: string, uri: string, stale: boolean, attempt: number, scope: string | null, \
                     authz_server: string | null, error: string | null]",
    },
    Alias {
        name: "DialogNames",
        doc: "What names a dialog.",
        definition: "[call_id: string, local_tag: string, remote_tag: string]",
    },
    Alias {
        name: "ParsedUri",
        doc: "Parameters and headers each as a name, its value, the next name...",
        definition: "[scheme: string, user: string | null, host: string, port: number | undefined, \
                     params: (string | null)[], headers: string[]]",
    },
    Alias {
        name: "ParsedNameAddr",
        doc: "An address with its display name and the field's own parameters.",
        definition: "[display_name: string | null, uri: ParsedUri, params: (string | null)[]]",
    },
    Alias {
        name: "ParsedMessage",
        doc: "Method and Request-URI of a request, status and phrase of a response; behind the fields of each name and \
              value of each header, addresses one by one.",
        definition: "[...([method: string, ruri: ParsedUri] | [status_code: number, reason_phrase: string]), \
                     body: string, call_id: string, cseq: number, cseq_method: string, from: ParsedNameAddr, \
                     to: ParsedNameAddr, from_tag: string | null, to_tag: string | null, via_branch: string | null, \
                     ...headers: string[]]",
    },
    Alias {
        name: "ReasonEntry",
        doc: "One value of Reason.",
        definition: "[protocol: string, cause: number | undefined, text: string | null]",
    },
    Alias {
        name: "Caller",
        doc: "Who calls and why, as a message says it; `auto_answer` in s.",
        definition: "[asserted: ParsedNameAddr[], privacy: string[], \
                     redirections: [address: ParsedNameAddr, reason: ReasonEntry | null, index: string | null, privacy: string | null][], \
                     auto_answer: number | undefined, alert_info: InfoEntry[], call_info: InfoEntry[], reasons: ReasonEntry[]]",
    },
    Alias {
        name: "InfoEntry",
        doc: "One value of Alert-Info or Call-Info.",
        definition: "[uri: string, params: (string | null)[]]",
    },
    Alias {
        name: "RegistrationState",
        doc: "s, ms of `Date.now()`, and the realm of the last challenge that was answered.",
        definition: "[expires: number | undefined, refreshAt: number | undefined, realm: string | null]",
    },
    Alias {
        name: "ServerEntry",
        doc: "One server.",
        definition: "[weight: number, via_transport: string, sip_uri: string, secure: boolean]",
    },
];

/// A request that came, or one of ours.
pub(crate) struct Either<'a> {
    /// The one that came.
    pub(crate) incoming: Option<&'a Request>,
    /// Ours.
    pub(crate) outgoing: Option<&'a Draft>,
}

/// A reply that an app asked for.
#[derive(Default)]
pub(crate) struct Reply(pub(crate) Option<AppReply>);

/// What an app made of a request of ours, nothing if nobody looked at it.
#[derive(Default)]
pub(crate) struct Changed(pub(crate) Option<(String, Vec<(String, String)>)>);

/// What the listeners of a MESSAGE, OPTIONS or NOTIFY decided.
#[derive(Default)]
pub(crate) struct RequestVerdict {
    /// Whether anybody listened.
    pub(crate) listened: bool,
    /// The reply, if the app gave one.
    pub(crate) reply: Option<AppReply>,
}

/// Weight, transport and URI of a server, and whether it may have a token.
#[derive(Default)]
pub(crate) struct ServerEntry(pub(crate) f64, pub(crate) String, pub(crate) String, pub(crate) bool);

/// Expiry in s, ms of `Date.now()` at the next refresh, and who challenged last.
pub(crate) struct RegistrationState(pub(crate) Option<f64>, pub(crate) Option<f64>, pub(crate) Option<String>);

/// The number of a request inside a call, and the request.
pub(crate) struct SentRequest(pub(crate) u32, pub(crate) Draft);

/// The number of a REFER, and its CSeq.
pub(crate) struct SentRefer(pub(crate) u32, pub(crate) u32);

/// What both ends of a call need and have.
pub(crate) struct Diagnosed(pub(crate) Vec<Finding>, pub(crate) Vec<Feature>);

/// Why two descriptions cannot meet.
pub(crate) struct Findings(pub(crate) Vec<Finding>);

/// What two ends must share.
pub(crate) struct Features(pub(crate) Vec<Feature>);

/// A message as it was read.
pub(crate) struct ParsedMessage(pub(crate) Frame);

/// A message of which it is asked who calls and why.
pub(crate) struct Caller(pub(crate) Frame);

/// Writes a tuple. (As a slice: as an iterator each length would be code of its own.)
#[cfg(target_arch = "wasm32")]
fn tuple(values: &[Foreign]) -> Foreign {
    let list = Array::new();
    for value in values {
        list.push(value);
    }
    list.into()
}

/// Writes a list.
#[cfg(target_arch = "wasm32")]
fn list(values: impl Iterator<Item = Foreign>) -> Foreign {
    values.collect::<Array>().into()
}

outward! {
    &Request, "string", |value| text_of(&value.raw);
    Option<&Request>, "string | null", |value| value.map_or(Foreign::NULL, Outward::outward);
    &Response, "string", |value| text_of(&value.raw);
    Option<&Response>, "string | null", |value| value.map_or(Foreign::NULL, Outward::outward);
    Either<'_>, "AnyRequest", |value| match (value.incoming, value.outgoing) {
        (None, Some(draft)) => draft.outward(),
        (incoming, _) => incoming.outward(),
    };
    &Draft, "Draft", |draft| Array::of2(&draft.head().into(), &Foreign::from_str(&draft.body)).into();
    Option<&DialogId>, "DialogNames | null", |value| value.map_or(Foreign::NULL, |id| {
        tuple(&[&id.call_id, &id.local_tag, &id.remote_tag].map(|name| Foreign::from_str(name)))
    });
    &Question, "Asked", |asked| {
        let schemes = list(asked.schemes.iter().map(|scheme| Foreign::from_str(scheme)));
        tuple(&[
            schemes,
            asked.realm.as_str().outward(),
            asked.proxy.outward(),
            asked.status.outward(),
            asked.algorithm.map(Algorithm::name).outward(),
            asked.method.as_str().outward(),
            asked.uri.as_str().outward(),
            asked.stale.outward(),
            asked.attempt.outward(),
            asked.scope.as_deref().outward(),
            asked.authz_server.as_deref().outward(),
            asked.error.as_deref().outward(),
        ])
    };
    &[Finding], "Diagnosis[]", |value| plain(&value);
    &[Feature], "Feature[]", |value| plain(&value);
    Findings, "Diagnosis[]", |value| value.0.as_slice().outward();
    Features, "Feature[]", |value| value.0.as_slice().outward();
    Diagnosed, "[findings: Diagnosis[], features: Feature[]]", |value| {
        tuple(&[value.0.as_slice().outward(), value.1.as_slice().outward()])
    };
    RegistrationState, "RegistrationState", |value| {
        let number = |number: Option<f64>| number.map_or(Foreign::UNDEFINED, Foreign::from);
        tuple(&[number(value.0), number(value.1), value.2.outward()])
    };
    Option<SentRequest>, "[handle: number, request: Draft] | undefined", |value| {
        value.map_or(Foreign::UNDEFINED, |sent| tuple(&[sent.0.outward(), (&sent.1).outward()]))
    };
    Option<SentRefer>, "[handle: number, cseq: number] | undefined", |value| {
        value.map_or(Foreign::UNDEFINED, |sent| tuple(&[sent.0.outward(), sent.1.outward()]))
    };
    Option<Uri>, "ParsedUri | null", |value| value.as_ref().map_or(Foreign::NULL, uri);
    Option<NameAddr>, "ParsedNameAddr | null", |value| {
        // Read as it is written, quotes and all.
        value.as_ref().map_or(Foreign::NULL, |read| name_addr(read, str::to_owned))
    };
    &[NameAddr], "ParsedNameAddr[]", |value| list(value.iter().map(identity));
    Option<Caller>, "Caller | null", |value| value.and_then(|read| caller(&read.0)).unwrap_or(Foreign::NULL);
    Option<ParsedMessage>, "ParsedMessage | null", |value| value.and_then(|read| message(&read.0)).unwrap_or(Foreign::NULL);
}

inward! {
    Reply, "Reply", "a reply: status, reason, header lines, body", |value| {
        if is_nothing(value) {
            return Some(Self(None));
        }
        let list = value.dyn_ref::<Array>()?;
        Some(Self(Some(AppReply {
            // A status that is too large stays too large.
            status: u16::try_from(whole(&list.get(0))?).unwrap_or(u16::MAX),
            reason: list.get(1).as_string(),
            headers: lines(&list.get(2))?,
            body: list.get(3).as_string().unwrap_or_default(),
        })))
    };
    Vec<ServerEntry>, "readonly ServerEntry[]", "a list of servers", |value| {
        value.dyn_ref::<Array>()?.iter().map(|entry| ServerEntry::inward(&entry)).collect()
    };
    Changed, "Changed", "body, then name and value of each header", |value| {
        let Some(list) = value.dyn_ref::<Array>().filter(|list| list.length() > 0) else { return Some(Self(None)) };
        let mut texts = list.iter().map(|text| text.as_string().unwrap_or_default());
        let body = texts.next().unwrap_or_default();
        let mut headers = Vec::new();
        while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
            headers.push((name, value));
        }
        Some(Self(Some((body, headers))))
    };
    RequestVerdict, "RequestVerdict", "whether anybody listened, and a reply", |value| {
        if let Some(listened) = value.as_bool() {
            return Some(Self { listened, reply: None });
        }
        let list = value.dyn_ref::<Array>()?;
        Some(Self { listened: bool::inward(&list.get(0))?, reply: Reply::inward(&list.get(1))?.0 })
    };
    ServerEntry, "ServerEntry", "weight, transport and URI of a server", |value| {
        let list = value.dyn_ref::<Array>()?;
        Some(Self(list.get(0).as_f64()?, list.get(1).as_string()?, list.get(2).as_string()?, list.get(3).as_bool()?))
    };
}

/// Method and Request-URI or status and phrase, what requests and responses share, then name and value of each field.
#[cfg(target_arch = "wasm32")]
fn message(frame: &Frame) -> Option<Foreign> {
    macro_rules! shared {
        ($m:expr) => {
            (&$m.headers, &$m.body, $m.from_address()?, $m.to_address()?, &$m.call_id, $m.cseq, &$m.method, &$m.via)
        };
    }
    let (start, shared) = match frame {
        Frame::Request(r) => ([r.method.as_str().outward(), uri(&r.uri)], shared!(r)),
        Frame::Response(r) => ([r.status.outward(), r.reason.as_str().outward()], shared!(r)),
        _ => return None,
    };
    let (headers, body, from, to, call_id, cseq, method, via) = shared;
    let body = String::from_utf8_lossy(body);
    let named = [(&*body).outward(), call_id.as_str().outward(), cseq.outward(), method.as_str().outward()];
    let parties = [identity(&from), identity(&to), from.tag().outward(), to.tag().outward(), via.branch().outward()];
    let mut fields = Vec::new();
    for (name, value) in headers.iter() {
        // Lists of addresses, one entry each.
        let listed = ["Contact", "Record-Route"].iter().any(|list| list.eq_ignore_ascii_case(&name));
        let entries: &mut dyn Iterator<Item = &str> =
            if listed { &mut pieces(value, ',') } else { &mut std::iter::once(value) };
        for entry in entries {
            fields.extend([(*name).outward(), entry.outward()]);
        }
    }
    Some(list(start.into_iter().chain(named).chain(parties).chain(fields)))
}

/// Who calls and why. What a request says is the caller's, what an answer says the callee's.
#[cfg(target_arch = "wasm32")]
fn caller(frame: &Frame) -> Option<Foreign> {
    let (headers, invite) = match frame {
        Frame::Request(request) => (&request.headers, Some(request)),
        Frame::Response(response) => (&response.headers, None),
        _ => return None,
    };
    let optional = |number: Option<u32>| number.map_or(Foreign::UNDEFINED, Foreign::from);
    let reason = |reason: Reason| {
        tuple(&[reason.protocol.outward(), optional(reason.cause.map(u32::from)), reason.text.outward()])
    };
    let redirection = |one: Redirection| {
        let why = one.reason.map_or(Foreign::NULL, reason);
        tuple(&[identity(&one.address), why, one.index.outward(), one.privacy.outward()])
    };
    let infos = |name| {
        let infos = Info::list(headers, name).into_iter();
        list(infos.map(|info| tuple(&[info.uri.outward(), params(&info.params, str::to_owned)])))
    };
    Some(tuple(&[
        asserted(headers, invite.is_none()).as_slice().outward(),
        list(privacy(headers).into_iter().map(Foreign::from)),
        list(redirections(headers).into_iter().map(redirection)),
        optional(invite.and_then(|invite| auto_answer(invite))),
        infos("Alert-Info"),
        infos("Call-Info"),
        list(Reason::list(headers).into_iter().map(reason)),
    ]))
}

/// An address that was read without its quotes.
#[cfg(target_arch = "wasm32")]
fn identity(address: &NameAddr) -> Foreign {
    name_addr(address, |value| written(value).into_owned())
}

#[cfg(target_arch = "wasm32")]
fn name_addr(address: &NameAddr, write: fn(&str) -> String) -> Foreign {
    tuple(&[address.display_name.as_deref().outward(), uri(&address.uri), params(&address.params, write)])
}

#[cfg(target_arch = "wasm32")]
fn params(params: &Params, write: fn(&str) -> String) -> Foreign {
    list(params.0.iter().flat_map(|(name, value)| [name.as_str().outward(), value.as_deref().map(write).outward()]))
}

#[cfg(target_arch = "wasm32")]
fn uri(uri: &Uri) -> Foreign {
    let port = uri.port.map_or(Foreign::UNDEFINED, Foreign::from);
    let rest = uri.opaque.as_deref();
    if let Some((number, options)) =
        rest.filter(|_| uri.scheme == "tel").map(|rest| rest.split_once(';').unwrap_or((rest, "")))
    {
        // RFC 3966: what is dialled stands where others have their user.
        let options = params(&Params::parse(options), str::to_owned);
        return tuple(&["tel".outward(), number.outward(), "".outward(), port, options, tuple(&[])]);
    }
    let host = rest.unwrap_or(&uri.host);
    let headers = uri.headers.iter().flat_map(|(name, value)| [name.as_str().outward(), value.as_str().outward()]);
    tuple(&[
        uri.scheme.as_str().outward(),
        uri.user_decoded().outward(),
        host.outward(),
        port,
        params(&uri.params, str::to_owned),
        list(headers),
    ])
}
