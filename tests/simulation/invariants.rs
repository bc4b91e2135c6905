//! What has to hold on the wire of each phone, whatever happens.

use std::collections::HashMap;

use super::message::{Message, direction};
use super::proxy::GIVE_UP_MS;

pub(crate) type Verified = Result<(), String>;

/// A request that the phone sent.
#[derive(Debug)]
struct Sent {
    method: String,
    call_id: String,
    cseq: u32,
    target: String,
    routes: Vec<String>,
    to: String,
    provisional: bool,
    status: u16,
    /// When its final answer was read.
    read_at: u64,
    /// When nobody waits for an answer any more: timer B, or 64 * T1 after a CANCEL or the end of its call.
    gives_up: u64,
    /// Its call is over.
    unwanted: bool,
    /// The line that it went by.
    line: usize,
    /// That broke since then: an answer may find nobody.
    lost: bool,
}

/// A request that the phone got.
#[derive(Debug, Default)]
struct Asked {
    copies: u32,
    status: u16,
    to_tag: String,
    line: usize,
    lost: bool,
    /// It is an INVITE outside a dialog that no 2xx has answered.
    opens: bool,
}

/// A 2xx to an INVITE of ours.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Answer {
    call_id: String,
    cseq: u32,
    to_tag: String,
}

/// The last reliable 1xx of ours in a call.
#[derive(Debug)]
struct Reliable {
    rseq: u32,
    described: bool,
    acknowledged: bool,
}

/// An offer of ours inside a call.
#[derive(Debug)]
struct Offer {
    cseq: u32,
    at: u64,
    to_tag: String,
}

/// The wire of one phone.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The moment.
    pub(crate) now: u64,
    /// The line by which the frame that is looked at comes or goes.
    pub(crate) line: usize,
    /// The last CSeq number in each dialog.
    numbers: HashMap<String, u32>,
    /// By branch.
    sent: HashMap<String, Sent>,
    /// By branch and method.
    asked: HashMap<(String, String), Asked>,
    /// The highest CSeq number that came in each dialog.
    heard: HashMap<String, u32>,
    /// Calls that we took and whose ACK has not come: when we took them, by Call-ID and our tag.
    taken: HashMap<(String, String), u64>,
    /// By Call-ID and our tag.
    reliable: HashMap<(String, String), Reliable>,
    /// The RSeq of each reliable 1xx that came, and of those the last that we acknowledged, by Call-ID and their tag.
    numbered: HashMap<(String, String), (Vec<u32>, Option<u32>)>,
    /// The Call-IDs of the BYEs that were taken since the agent was last asked what it wants done.
    pub(crate) farewells: Vec<String>,
    /// Whether it was acknowledged, or nobody can ask that any more.
    answers: HashMap<Answer, bool>,
    /// Our offer inside each call that has no final answer yet, by Call-ID.
    offers: HashMap<String, Offer>,
    /// Whether a line or media was lost: from then on a call may come back, and gives up an offer that is not answered in time.
    pub(crate) comes_back: bool,
    /// Calls of which the far end may not know whether we hold: our last offer got lost with the line, or was refused
    /// and our answer had to obey.
    uncertain: Vec<String>,
}

impl Watch {
    /// A frame of the phone's. `held` says whether the app holds the call of that Call-ID.
    pub(crate) fn sends(&mut self, message: &Message, held: bool) -> Verified {
        if message.is_request() { self.sends_request(message) } else { self.sends_response(message, held) }
    }

    fn sends_response(&mut self, message: &Message, held: bool) -> Verified {
        let key = (message.branch.to_owned(), message.method.to_owned());
        let Some(asked) = self.asked.get_mut(&key) else {
            return Err(format!("answers what nobody asked: {}", message.summary()));
        };
        if message.status > 100 {
            if message.to_tag.is_empty() {
                return Err(format!("{} without a To tag", message.status));
            }
            if asked.copies == 1 && !asked.to_tag.is_empty() && asked.to_tag != message.to_tag {
                return Err(format!("two To tags in one transaction: {}", message.summary()));
            }
            message.to_tag.clone_into(&mut asked.to_tag);
        }
        if message.status >= 200 {
            if asked.copies == 1 && asked.status != 0 && asked.status != message.status {
                return Err(format!("{} after {}", message.status, asked.status));
            }
            // A copy of an offer that came once the first was refused is an offer of its own: what its sender knows of is
            // the refusal.
            if asked.status >= 300 && message.status < 300 {
                self.uncertain.push(message.call_id.to_owned());
            }
            asked.status = message.status;
        } else if asked.copies == 1 && asked.status != 0 {
            return Err(format!("{} after {}", message.status, asked.status));
        }
        if message.status == 500 && !asked.opens && message.field("Retry-After").is_none() {
            let newest = self.heard.get(&dialog_of(message)).copied().unwrap_or_default();
            if message.cseq >= newest {
                return Err(format!("finds the newest out of order: {}", message.summary()));
            }
        }
        if message.status == 469 {
            return Err(format!("is told candidates, and takes none: {}", message.summary()));
        }
        let call = (message.call_id.to_owned(), message.to_tag.to_owned());
        if let Some(rseq) = number(message, "RSeq") {
            let before = self.reliable.get(&call);
            if before.is_some_and(|before| rseq != before.rseq && (rseq != before.rseq + 1 || !before.acknowledged)) {
                return Err(format!("rings as {rseq} behind {before:?}"));
            }
            if before.is_none_or(|before| rseq != before.rseq) {
                self.reliable.insert(call, Reliable { rseq, described: message.has_sdp(), acknowledged: false });
            }
        } else if message.status == 200
            && message.method == "INVITE"
            && self.reliable.get(&call).is_some_and(|last| last.described && !last.acknowledged)
        {
            return Err("takes a call whose early description may be lost".into());
        }
        if message.status == 200 && message.method == "INVITE" && asked.opens {
            let call = (message.call_id.to_owned(), message.to_tag.to_owned());
            self.taken.entry(call).or_insert(self.now);
            asked.opens = false;
        }
        if message.status == 200 && message.method == "BYE" {
            self.farewells.push(message.call_id.to_owned());
        }
        let answers =
            message.status == 200 && message.has_sdp() && ["INVITE", "UPDATE", "PRACK"].contains(&message.method);
        let open_for = if self.comes_back { 500 } else { GIVE_UP_MS };
        let crossed = |offer: &Offer| self.now < offer.at + open_for;
        if answers && self.offers.get(message.call_id).is_some_and(crossed) {
            return Err("answers while its own offer is open".into());
        }
        // RFC 3264 8.4: whoever holds goes on holding, whatever the other one offers.
        if answers && held && !["sendonly", "inactive"].contains(&direction(message.body)) {
            return Err(format!("holds, and answers {}", direction(message.body)));
        }
        if answers && held {
            match direction(message.body) {
                // To one who holds too it says nothing: only an offer of our own will.
                "inactive" => self.uncertain.push(message.call_id.to_owned()),
                _ => self.settled(message.call_id),
            }
        }
        Ok(())
    }

    fn sends_request(&mut self, message: &Message) -> Verified {
        let routes: Vec<String> = message.values("Route").into_iter().map(str::to_owned).collect();
        let to = message.field("To").unwrap_or_default();
        let earlier = self.sent.get(message.branch);
        match (message.method, earlier) {
            ("ACK", None) => return self.acknowledges(message),
            ("ACK" | "CANCEL", Some(invite)) => {
                let alike = invite.method == "INVITE"
                    && (invite.cseq, invite.target.as_str(), &invite.routes) == (message.cseq, message.target, &routes);
                if !alike {
                    return Err(format!("{} is unlike its INVITE", message.method));
                }
                let timely = if message.method == "ACK" {
                    invite.status >= 300
                } else {
                    // The 1xx may have been lost with the line.
                    // One that is due when the final answer is read crosses it.
                    let waits = invite.status == 0 || invite.read_at == self.now;
                    (invite.provisional || invite.lost) && waits && invite.to == to
                };
                if !timely {
                    return Err(format!("{} after {}", message.method, invite.status));
                }
                if message.method == "CANCEL"
                    && let Some(invite) = self.sent.get_mut(message.branch)
                {
                    invite.gives_up = self.now + GIVE_UP_MS;
                    // An offer that is given up stands in the way of no other.
                    if self.offers.get(message.call_id).is_some_and(|offer| offer.cseq == message.cseq) {
                        self.offers.remove(message.call_id);
                    }
                }
                return Ok(());
            }
            ("CANCEL", None) => return Err("CANCEL of nothing".into()),
            (_, Some(_)) => return Err(format!("the branch of a {} again", message.method)),
            (_, None) => {}
        }
        self.counts(message)?;
        if let Some(rseq) = number(message, "RAck") {
            let known = self.numbered.get_mut(&(message.call_id.to_owned(), message.to_tag.to_owned()));
            let Some((came, last)) = known.filter(|(came, _)| came.contains(&rseq)) else {
                return Err(format!("acknowledges {rseq}, which never came"));
            };
            if last.is_some_and(|last| rseq != last && rseq != last + 1) {
                return Err(format!("acknowledges {rseq} of {came:?} behind {last:?}"));
            }
            *last = Some(rseq);
        }
        // RFC 3261 15: whoever took a call waits for the ACK.
        let taken = self.taken.get(&(message.call_id.to_owned(), message.from_tag.to_owned()));
        if message.method == "BYE" && taken.is_some_and(|at| self.now < at + GIVE_UP_MS) {
            return Err(format!("BYE before the ACK: {}", message.summary()));
        }
        // A proxy answers one without credentials at once; what counts is the one with them.
        let offers = message.has_sdp() && !message.to_tag.is_empty();
        if offers {
            let offer = Offer { cseq: message.cseq, at: self.now, to_tag: message.to_tag.to_owned() };
            let before = self.offers.insert(message.call_id.to_owned(), offer);
            // One that nobody has answered in the time of its transaction has failed, and one to a phone that was not taken
            // is waited for by nobody.
            let open_for = if self.comes_back { 1_000 } else { GIVE_UP_MS };
            let same_phone = |offer: &Offer| offer.to_tag == message.to_tag;
            if before.as_ref().is_some_and(|offer| same_phone(offer) && self.now < offer.at + open_for) {
                return Err("two offers at once".into());
            }
        }
        let sent = Sent {
            method: message.method.to_owned(),
            call_id: message.call_id.to_owned(),
            cseq: message.cseq,
            target: message.target.to_owned(),
            routes,
            to: to.to_owned(),
            provisional: false,
            status: 0,
            read_at: 0,
            gives_up: self.now + GIVE_UP_MS,
            unwanted: false,
            line: self.line,
            lost: false,
        };
        self.sent.insert(message.branch.to_owned(), sent);
        Ok(())
    }

    fn acknowledges(&mut self, message: &Message) -> Verified {
        match self.answers.get_mut(&answer(message)) {
            Some(acknowledged) => *acknowledged = true,
            None => return Err(format!("ACK of nothing: {}", message.summary())),
        }
        Ok(())
    }

    /// CSeq grows in each dialog, and goes on from the number of the request that made it.
    fn counts(&mut self, message: &Message) -> Verified {
        let dialog = |to_tag: &str| match message.method {
            "REGISTER" => message.call_id.to_owned(),
            _ => [message.call_id, message.from_tag, to_tag].join(" "),
        };
        let first = self.numbers.get(&dialog("")).copied();
        let last = self.numbers.insert(dialog(message.to_tag), message.cseq);
        if last.or(first).is_some_and(|last| last >= message.cseq) {
            return Err(format!("CSeq {} behind {last:?} {first:?}: {}", message.cseq, message.summary()));
        }
        Ok(())
    }

    /// A frame that arrives at the phone.
    pub(crate) fn arrives(&mut self, message: &Message) {
        if message.is_request() {
            if message.method != "ACK" {
                let key = (message.branch.to_owned(), message.method.to_owned());
                let asked = self.asked.entry(key).or_default();
                asked.copies += 1;
                asked.line = self.line;
                asked.opens = message.method == "INVITE" && message.to_tag.is_empty() && asked.status == 0;
                let newest = self.heard.entry(dialog_of(message)).or_default();
                *newest = message.cseq.max(*newest);
                let call = (message.call_id.to_owned(), message.to_tag.to_owned());
                if let (Some(rseq), Some(last)) = (number(message, "RAck"), self.reliable.get_mut(&call)) {
                    last.acknowledged |= rseq == last.rseq;
                }
            } else {
                self.taken.remove(&(message.call_id.to_owned(), message.to_tag.to_owned()));
            }
            return;
        }
        if let Some(rseq) = number(message, "RSeq") {
            let dialog = (message.call_id.to_owned(), message.to_tag.to_owned());
            self.numbered.entry(dialog).or_default().0.push(rseq);
        }
        if message.status >= 200 && self.offers.get(message.call_id).is_some_and(|o| o.cseq == message.cseq) {
            self.offers.remove(message.call_id);
        }
        let Some(sent) = self.sent.get_mut(message.branch).filter(|sent| sent.method == message.method) else { return };
        // Nobody waits any more, also where a page slept over it: for an answer, or for the 2xx of a further fork
        // (RFC 3261 13.2.2.4).
        sent.lost |= self.now >= sent.gives_up;
        if message.status < 200 && sent.status == 0 && !sent.lost && !std::mem::replace(&mut sent.provisional, true) {
            sent.gives_up = if sent.unwanted { self.now + GIVE_UP_MS } else { u64::MAX };
        }
        if (200..300).contains(&message.status) && message.method == "INVITE" {
            self.answers.entry(answer(message)).or_insert(sent.lost || sent.status >= 300);
        }
        if message.status >= 200 && sent.status == 0 {
            (sent.status, sent.read_at) = (message.status, self.now);
            sent.gives_up = self.now + GIVE_UP_MS;
        }
    }

    /// A call is over: nobody waits for ever for an answer to its offer.
    pub(crate) fn over(&mut self, call_id: &str) {
        for sent in self.sent.values_mut().filter(|sent| sent.call_id == call_id && sent.status == 0) {
            sent.unwanted = true;
            sent.gives_up = sent.gives_up.min(self.now + GIVE_UP_MS);
        }
    }

    /// The page sleeps: what waits for an answer may wait too long.
    pub(crate) fn sleeps(&mut self) {
        self.asked.values_mut().for_each(|asked| asked.lost = true);
    }

    /// The line broke, or was closed: what was on its way is lost.
    pub(crate) fn line_lost(&mut self, line: usize) {
        self.comes_back = true;
        self.uncertain.extend(std::mem::take(&mut self.offers).into_keys());
        self.asked.values_mut().filter(|asked| asked.line == line).for_each(|asked| asked.lost = true);
        self.sent.values_mut().filter(|sent| sent.line == line).for_each(|sent| sent.lost = true);
        self.answers.values_mut().for_each(|acknowledged| *acknowledged = true);
    }

    /// Another page knows the numbers of its dialogs, and nothing else of what was on its way.
    pub(crate) fn load_anew(&mut self) {
        [0, 1].into_iter().for_each(|line| self.line_lost(line));
        let numbers = std::mem::take(&mut self.numbers);
        let heard = std::mem::take(&mut self.heard);
        let uncertain = std::mem::take(&mut self.uncertain);
        *self = Self { numbers, heard, uncertain, now: self.now, comes_back: true, ..Self::default() };
    }

    /// The far end of this call may not know whether we hold.
    pub(crate) fn unsettled(&mut self, call_id: &str) {
        self.uncertain.push(call_id.to_owned());
    }

    /// The shell could not hand this frame to the socket.
    pub(crate) fn never_left(&mut self, message: &Message) {
        if self.offers.get(message.call_id).is_some_and(|offer| offer.cseq == message.cseq) {
            self.offers.remove(message.call_id);
        }
        if !message.is_request() {
            self.asked.values_mut().for_each(|asked| asked.lost = true);
        } else if let Some(sent) = self.sent.get_mut(message.branch) {
            sent.lost = true;
        }
    }

    /// An offer of ours was taken: both know again.
    pub(crate) fn settled(&mut self, call_id: &str) {
        self.uncertain.retain(|call| call != call_id);
    }

    /// Whether both can know who holds this call.
    pub(crate) fn is_certain(&self, call_id: &str) -> bool {
        !self.uncertain.iter().any(|call| call == call_id)
    }

    /// It is quiet: each request got its answer, each 2xx its ACK.
    pub(crate) fn is_quiet(&self) -> Verified {
        for ((branch, method), asked) in &self.asked {
            if asked.status == 0 && !asked.lost {
                return Err(format!("never answers the {method} of {branch}"));
            }
        }
        match self.answers.iter().find(|(_, acknowledged)| !**acknowledged) {
            Some((answer, _)) => Err(format!("never acknowledges {answer:?}")),
            None => Ok(()),
        }
    }
}

/// The number that a field starts with.
fn number(message: &Message, field: &'static str) -> Option<u32> {
    message.field(field)?.split(' ').next()?.parse().ok()
}

/// The dialog of a request that came, and of our answer to it.
fn dialog_of(message: &Message) -> String {
    [message.call_id, message.from_tag].join(" ")
}

fn answer(message: &Message) -> Answer {
    Answer { call_id: message.call_id.to_owned(), cseq: message.cseq, to_tag: message.to_tag.to_owned() }
}
