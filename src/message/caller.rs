//! Who calls and why, as the header fields of a message say: identities that a proxy asserts (RFC 3325), whom the call
//! was for before (RFC 7044, RFC 5806), and whether it shall be answered by itself (RFC 5373).
//!
//! Nothing of it is checked here, and nothing follows from it: whether to believe it is for the app to decide.

use super::readers::{self, Reason};
use super::{Headers, NameAddr, Params, Request};
use crate::bounds::{MAX_IDENTITIES, MAX_REDIRECTIONS};
use crate::uri::decode;

/// The far end as its proxy names it: P-Asserted-Identity (RFC 3325 9.1, often a `sip:` and a `tel:` address), else
/// Remote-Party-ID, which tells of both parties. `outgoing`: we are the caller.
pub fn asserted(headers: &Headers, outgoing: bool) -> Vec<NameAddr> {
    let read = |name| headers.values(name).into_iter().filter_map(NameAddr::parse);
    let asserted: Vec<_> = read("P-Asserted-Identity").take(MAX_IDENTITIES).collect();
    if !asserted.is_empty() {
        return asserted;
    }
    let ours = if outgoing { "calling" } else { "called" };
    let is_ours = |party: &NameAddr| party.params.value("party").is_some_and(|party| party.eq_ignore_ascii_case(ours));
    read("Remote-Party-ID").filter(|party| !is_ours(party)).take(MAX_IDENTITIES).collect()
}

/// What the far end asks to be hidden (RFC 3323 4.2): `id`, `header`, `user`, `session`, `history`, `critical`, `none`.
pub fn privacy(headers: &Headers) -> Vec<String> {
    let listed = headers.values("Privacy").into_iter().flat_map(|value| value.split(';'));
    listed
        .map(|word| word.trim().to_ascii_lowercase())
        .filter(|word| super::is_token(word))
        .take(MAX_IDENTITIES)
        .collect()
}

/// One address that a call was for, on its way to where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// The address, without what was embedded in it.
    pub address: NameAddr,
    /// Why the call went on from there.
    pub reason: Option<Reason>,
    /// Its place in the tree of a History-Info (RFC 7044 5.1).
    pub index: Option<String>,
    /// Whether it shall be shown: `history`, `none` (RFC 7044 5.1), or the `privacy` of a Diversion (RFC 5806).
    pub privacy: Option<String>,
}

/// Where a call has been, the first address first: History-Info in the order of its indexes, then what only Diversion
/// has, whose newest entry stands at the top.
pub fn redirections(headers: &Headers) -> Vec<Redirection> {
    let mut list = history(headers);
    let known: Vec<_> = list.iter().map(|one| one.address.uri.aor()).collect();
    let diverted = headers.values("Diversion").into_iter().rev().filter_map(NameAddr::parse).map(diverted);
    list.extend(diverted.filter(|one| !known.contains(&one.address.uri.aor())).take(MAX_REDIRECTIONS - known.len()));
    list
}

fn history(headers: &Headers) -> Vec<Redirection> {
    let values = headers.values("History-Info").into_iter().filter_map(NameAddr::parse);
    let mut entries: Vec<_> = values.take(MAX_REDIRECTIONS).map(|address| (place(&address), address)).collect();
    // One without an index cannot be put in order: the proxies have added at the end.
    if entries.iter().all(|(place, _)| place.is_some()) {
        entries.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
    }
    let mut list: Vec<Redirection> = Vec::new();
    for (_, mut address) in entries {
        // RFC 4458, RFC 7544: the address that a call was sent on to says why.
        if let (Some(cause), Some(before)) = (address.uri.params.value("cause"), list.last_mut())
            && before.reason.is_none()
        {
            let cause = cause.parse().ok();
            before.reason = Some(Reason { protocol: "SIP".to_owned(), cause, text: None });
        }
        let embedded = |name: &str| {
            let mut fields = address.uri.headers.iter().filter(|(known, _)| decode(known).eq_ignore_ascii_case(name));
            fields.next().map(|(_, value)| decode(value))
        };
        let (reason, privacy) = (embedded("Reason"), embedded("Privacy"));
        address.uri.headers.clear();
        let index = address.params.value("index").map(str::to_owned);
        list.push(Redirection { address, reason: reason.as_deref().and_then(Reason::parse), index, privacy });
    }
    list
}

/// The numbers of an index.
fn place(address: &NameAddr) -> Option<Vec<u32>> {
    address.params.value("index")?.split('.').map(readers::number).collect()
}

/// One entry of a Diversion, its reason as the cause that RFC 7544 gives it, and as it came.
fn diverted(address: NameAddr) -> Redirection {
    let reason = address.params.value("reason").map(|word| {
        let cause = match word.to_ascii_lowercase().as_str() {
            "unconditional" => Some(302),
            "user-busy" => Some(486),
            "no-answer" => Some(408),
            "deflection" => Some(480),
            "unavailable" => Some(503),
            _ => None,
        };
        Reason { protocol: "SIP".to_owned(), cause, text: Some(word.to_owned()) }
    });
    let privacy = address.params.value("privacy").map(str::to_owned);
    Redirection { address, reason, index: None, privacy }
}

/// One value of Alert-Info or Call-Info (RFC 3261 20.4, 20.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// What stands in the brackets, or in front of the parameters where there are none: `Ring Answer`. Often empty.
    pub uri: String,
    /// `info`, `answer-after`, `purpose` and others.
    pub params: Params,
}

impl Info {
    /// The values of that name.
    pub fn list(headers: &Headers, name: &str) -> Vec<Self> {
        headers.values(name).into_iter().map(Self::read).collect()
    }

    fn read(text: &str) -> Self {
        let bracketed = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let (uri, params) = bracketed.unwrap_or_else(|| {
            let head = text.split(';').next().unwrap_or_default();
            // `info=alert-autoanswer` alone is a parameter; a URI may have a `=` behind its scheme.
            let bare = head.split('=').next().is_some_and(|name| name.len() < head.len() && !name.contains(':'));
            text.split_at(if bare { 0 } else { head.len() })
        });
        Self { uri: uri.trim().to_owned(), params: Params::parse(params) }
    }

    /// s after which the call shall be answered: `answer-after` (Asterisk, Snom, BroadSoft), or in words (`Auto Answer`
    /// of Polycom, `Ring Answer`, `info=alert-autoanswer;delay=0` of Mitel, Yealink, Unify, `Intercom` of Panasonic).
    fn answers_after(&self) -> Option<u32> {
        let seconds = |name| self.params.value(name).and_then(readers::number);
        let says = |text: &str| {
            let letters = text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
            let word: String = letters.collect();
            !text.contains(':') && ["autoanswer", "ringanswer", "intercom"].iter().any(|known| word.contains(known))
        };
        seconds("answer-after").or_else(|| {
            let said = says(&self.uri) || self.params.value("info").is_some_and(says);
            said.then(|| seconds("delay").unwrap_or(0))
        })
    }
}

/// s after which the caller, or what he went through, wants this call answered by itself; `None` if nobody does. It is
/// a hint: anybody may write it.
pub fn auto_answer(invite: &Request) -> Option<u32> {
    for name in ["Answer-Mode", "Priv-Answer-Mode"] {
        let mode = invite.headers.first(name).and_then(|value| value.split(';').next()).map(str::trim);
        match mode {
            Some(mode) if mode.eq_ignore_ascii_case("auto") => return Some(0),
            Some(mode) if mode.eq_ignore_ascii_case("manual") => return None,
            _ => {}
        }
    }
    let listed = ["Call-Info", "Alert-Info"].iter().flat_map(|name| Info::list(&invite.headers, name));
    // FreePBX puts it into the address.
    let intercom = || invite.uri.params.value("intercom").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    listed.filter_map(|info| info.answers_after()).next().or_else(|| intercom().then_some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        let lines = lines.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat());
        Headers::parse(&lines.collect::<String>())
    }

    fn invite(line: &str) -> Request {
        let text = format!(
            "INVITE sip:bob@example.com{} SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\nMax-Forwards: 9\r\n\
             From: <sip:a@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:a@a.invalid>\r\n{line}Content-Length: 0\r\n\r\n",
            if line.is_empty() { ";intercom=true" } else { "" }
        );
        match crate::message::parse(text.as_bytes()) {
            Ok(crate::message::Frame::Request(request)) => *request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_proxy_names_the_far_end_in_one_value_or_two() {
        let names = |headers: &Headers, outgoing| {
            asserted(headers, outgoing).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let both = [
            ("P-Asserted-Identity", "\"Cullen, J.\" <sip:fluffy@example.com>, tel:+14085264000"),
            ("P-Asserted-Identity", "nonsense"),
            ("Remote-Party-ID", "<sip:other@example.com>;party=calling"),
        ];
        assert_eq!(names(&headers(&both), false), ["\"Cullen, J.\" <sip:fluffy@example.com>", "<tel:+14085264000>"]);
        let parties = [
            ("Remote-Party-ID", "\"Us\" <sip:us@example.com>;party=called;privacy=off"),
            ("Remote-Party-ID", "\"Them\" <sip:them@example.com>;Party=Calling;screen=yes;privacy=full"),
        ];
        let theirs = names(&headers(&parties), false);
        assert_eq!(theirs, ["\"Them\" <sip:them@example.com>;party=Calling;screen=yes;privacy=full"]);
        assert_eq!(names(&headers(&parties), true), ["\"Us\" <sip:us@example.com>;party=called;privacy=off"]);
        // What cannot be read asserts nobody.
        let bad = [("P-Asserted-Identity", "\"open <sip:a@example.com>"), parties[1]];
        assert_eq!(names(&headers(&bad), false), theirs);
        let many = "<sip:a@example.com>,".repeat(10_000);
        assert_eq!(asserted(&headers(&[("P-Asserted-Identity", &many)]), false).len(), MAX_IDENTITIES);
    }

    #[test]
    fn what_shall_be_hidden_is_listed() {
        assert_eq!(
            privacy(&headers(&[("Privacy", "ID; user ;;critical"), ("Privacy", "a b, none")])),
            ["id", "user", "critical", "none"]
        );
    }

    fn told(lines: &[(&str, &str)]) -> Vec<String> {
        let tell = |one: Redirection| {
            let reason = one.reason.map(|r| format!("{} {:?} {:?}", r.protocol, r.cause, r.text)).unwrap_or_default();
            let [index, privacy] = [one.index, one.privacy].map(Option::unwrap_or_default);
            format!("{index} {} {reason} {privacy}", one.address.uri).trim().to_owned()
        };
        redirections(&headers(lines)).into_iter().map(tell).collect()
    }

    #[test]
    fn a_history_is_told_by_its_indexes() {
        let list = told(&[
            ("History-Info", "<sip:office@example.com;cause=302>;index=1.2;mp=1.1, <sip:bob@example.com>;index=1"),
            (
                "History-Info",
                "<sip:bob@desk.invalid?Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%2C%20here%22&Privacy=history>;index=1.1",
            ),
            ("History-Info", "<sip:v@example.com?reason=Q.850%3Bcause%3D19>;index=1.10"),
            ("History-Info", "<sips:w@example.com;cause=480>;index=1.11"),
            ("History-Info", "tel:+1201;index=1.12"),
        ]);
        assert_eq!(
            list,
            [
                "1 sip:bob@example.com",
                "1.1 sip:bob@desk.invalid SIP Some(486) Some(\"Busy, here\") history",
                "1.2 sip:office@example.com;cause=302",
                "1.10 sip:v@example.com Q.850 Some(19) None",
                "1.11 sips:w@example.com;cause=480",
                "1.12 tel:+1201",
            ]
        );
        // The cause in an address tells of the one before it.
        let list = told(&[("History-Info", "<sip:a@h.org>;index=1,<sip:b@h.org;cause=408>;index=1.1")]);
        assert_eq!(list, ["1 sip:a@h.org SIP Some(408) None", "1.1 sip:b@h.org;cause=408"]);
    }

    #[test]
    fn a_diversion_is_told_from_its_end() {
        let list = told(&[
            ("Diversion", "\"B\" <sip:b@h.org>;reason=user-busy;privacy=full;counter=1, <tel:+1>;reason=Time-of-Day"),
            ("Diversion", "<sip:a@h.org>;reason=unconditional"),
        ]);
        assert_eq!(
            list,
            [
                "sip:a@h.org SIP Some(302) Some(\"unconditional\")",
                "tel:+1 SIP None Some(\"Time-of-Day\")",
                "sip:b@h.org SIP Some(486) Some(\"user-busy\") full",
            ]
        );
        // A gateway says it in both.
        let list = told(&[
            ("Diversion", "<sip:a@h.org;user=phone>;reason=deflection,<sip:c@h.org>;reason=no-answer"),
            ("History-Info", "<sip:a@h.org>;index=1"),
        ]);
        assert_eq!(list, ["1 sip:a@h.org", "sip:c@h.org SIP Some(408) Some(\"no-answer\")"]);
    }

    #[test]
    fn hostile_histories_are_bounded_and_never_out_of_order() {
        let many = "<sip:a@h.org?Reason=%22>;index=1,".repeat(10_000);
        assert_eq!(told(&[("History-Info", &many), ("Diversion", &many)]).len(), MAX_REDIRECTIONS);
        let kept = told(&[(
            "History-Info",
            "<sip:b@h.org?Reason=SIP%3Bcause%3D%3D&Reason=x>;index=2,<sip:a@h.org?=&%=%>;index=1.x,\"open <sip:z@h.org>",
        )]);
        assert_eq!(kept, ["2 sip:b@h.org SIP None None", "1.x sip:a@h.org"]);
        assert_eq!(told(&[("History-Info", "<sip:a@h.org>;index=99999999999,<sip:b@h.org>;index=1")]).len(), 2);
    }

    #[test]
    fn auto_answer_is_asked_for_in_many_forms() {
        for (line, after) in [
            ("", Some(0)),
            ("Answer-Mode: Auto;require\r\n", Some(0)),
            ("Priv-Answer-Mode: auto\r\n", Some(0)),
            ("Answer-Mode: Manual\r\nCall-Info: <sip:h.org>;answer-after=0\r\n", None),
            ("Call-Info: <sip:broadworks.net>; answer-after=1\r\n", Some(1)),
            ("Call-Info: sip:127.0.0.1;answer-after=0\r\n", Some(0)),
            ("Call-Info: <http://h.org/face.png>;purpose=icon, ;answer-after=2\r\n", Some(2)),
            ("Call-Info: <uri>;info=alert-autoanswer;delay=3\r\n", Some(3)),
            ("Alert-Info: info=alert-autoanswer;delay=0\r\n", Some(0)),
            ("Alert-Info: <http://www.notused.com>;info=alert-autoanswer\r\n", Some(0)),
            ("Alert-Info: <http://example.com>;info=\"Auto Answer\"\r\n", Some(0)),
            ("Alert-Info: info=Auto Answer\r\n", Some(0)),
            ("Alert-Info: Auto Answer\r\n", Some(0)),
            ("Alert-Info: <Auto Answer>\r\n", Some(0)),
            ("Alert-Info: Ring Answer\r\n", Some(0)),
            ("Alert-Info: ring-answer\r\n", Some(0)),
            ("Alert-Info: Direct-Intercom\r\n", Some(0)),
            ("Alert-Info: answer-after = 4\r\n", Some(4)),
            ("Alert-Info: <http://h.org/intercom.wav>\r\n", None),
            ("Alert-Info: <urn:alert:source:internal>\r\n", None),
            ("Alert-Info: info=external\r\n", None),
            ("Call-Info: <sip:h.org>;answer-after=-1\r\n", None),
            ("Call-Info: <sip:h.org>;answer-after=99999999999\r\n", None),
            ("Call-Info: \"<;answer-after\r\n", None),
            ("Answer-Mode: Perhaps\r\n", None),
        ] {
            assert_eq!(auto_answer(&invite(line)), after, "{line}");
        }
    }

    #[test]
    fn alerts_are_read_however_they_are_written() {
        let read = |text: &str| {
            let info = Info::read(text);
            (info.uri, info.params.0.len())
        };
        assert_eq!(read("<http://h.org/a;b?c=d>;info=x; y"), ("http://h.org/a;b?c=d".to_owned(), 2));
        assert_eq!(read("http://h.org/?a=b;info=x"), ("http://h.org/?a=b".to_owned(), 1));
        assert_eq!(read(";info=x"), (String::new(), 1));
        assert_eq!(read("<open"), ("<open".to_owned(), 0));
    }
}
