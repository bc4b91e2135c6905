//! What the network does with what the phones and the proxies send: it delays, breaks and loses.

use viasip::event::{Flow, Input, SendId};
use viasip::time::Instant;

use super::invariants::Verified;
use super::message::Message;
use super::phone::{Line, NAMES};
use super::world::{BUSY_MS, What, World, method};

impl World {
    /// The connection of this phone breaks.
    pub(crate) fn break_line(&mut self, at: usize) -> Verified {
        let phone = &mut self.phones[at];
        let chosen = phone.breaks.take();
        phone.breaks_after =
            if self.rough && self.random.below(2) == 0 { 1 + self.random.below(40) as u32 } else { u32::MAX };
        let line = chosen.unwrap_or(if self.phones[at].two_flows { self.random.below(2) as usize } else { 0 });
        let up = self.phones[at].flow(line);
        if up.is_some() && self.rough && self.random.below(2) == 0 {
            self.media_goes(at)?;
        }
        let phone = &mut self.phones[at];
        if let Some(flow) = up {
            // Only a phone that asks will ever find that.
            if phone.keeps_alive && self.random.below(2) == 0 {
                phone.line_lost(line);
                phone.lines[line] = Line::Dead(flow);
                let other = phone.flow(1 - line).is_some();
                self.proxy.line_lost(at, line, self.now);
                self.tell(at, || format!("-- line {line} dies in silence"));
                self.meet(if other { "silent flow" } else { "silent line" });
                return self.carry();
            }
            phone.broken = Some((self.now, flow));
            phone.line_lost(line);
            let other = phone.flow(1 - line).is_some();
            self.proxy.line_lost(at, line, self.now);
            self.tell(at, || format!("-- line {line} broken"));
            self.meet(if other { "flow broken" } else { "line broken" });
            let closed = Input::Closed { flow, error: true, code: Some(1006), reason: String::new() };
            self.phones[at].agent.handle_input(Instant::from_millis(self.now), closed);
            self.carry()?;
            self.pump(at)?;
        }
        Ok(())
    }

    /// What takes the line of this phone takes the media of its calls too; and perhaps the far end moves as well.
    fn media_goes(&mut self, at: usize) -> Verified {
        let live = |call: &&super::phone::Call| call.terminals == 0;
        let lost: Vec<String> = self.phones[at].calls.iter().filter(live).map(|call| call.call_id.clone()).collect();
        for of in 0..3 {
            let ids: Vec<_> =
                self.phones[of].calls.iter().filter(live).filter(|c| lost.contains(&c.call_id)).map(|c| c.id).collect();
            for id in ids {
                let gone = self.now + self.random.below(3_000);
                self.plan(gone, What::Ice { at: of, id, up: false });
                self.meet("media gone");
            }
        }
        if !lost.is_empty() && self.random.below(4) == 0 {
            let other = (at + 1 + self.random.below(2) as usize) % 3;
            self.phones[other].breaks_after = 1;
        }
        Ok(())
    }

    /// The page of this phone sleeps.
    pub(crate) fn sleep(&mut self, at: usize, ms: u64) {
        let ms = ms.min(BUSY_MS - self.now);
        self.phones[at].asleep_until = self.now + ms;
        self.phones[at].watch.sleeps();
        self.tell(at, || format!("-- sleeps for {ms} ms"));
        self.meet("clock jump");
        if self.random.below(2) == 0 {
            self.plan(self.now + ms, What::Awake { at });
        }
    }

    pub(crate) fn sends(&mut self, at: usize, send: SendId, flow: Flow, frame: &str) -> Verified {
        let name = NAMES[at];
        let gone = self.phones[at].broken == Some((self.now, flow));
        let line = self.phones[at].line_of(flow);
        let broken = gone || line.is_some_and(|line| matches!(self.phones[at].lines[line], Line::Dead(_)));
        if !broken && line.is_none_or(|line| self.phones[at].flow(line).is_none()) {
            return Err(format!("{name}: sends by a line that is not open"));
        }
        // What is sent by one that broke at this moment goes nowhere.
        let line = line.unwrap_or_default();
        if frame == "\r\n\r\n" {
            if !(broken || self.rough && self.random.below(10) == 0) {
                self.proxy.hops.push(super::proxy::Hop { to: at, line, text: "\r\n".into() });
            }
            return self.carry();
        }
        let message = Message::read(frame)?;
        self.tell(at, || format!("> {}", message.summary()));
        if message.status > 0 {
            *self.statuses.entry(message.status).or_default() += 1;
        } else {
            self.meet(method(message.method));
        }
        let held = self.phones[at].holds(message.call_id);
        (self.phones[at].watch.now, self.phones[at].watch.line) = (self.now, line);
        self.phones[at].watch.sends(&message, held).map_err(|why| format!("{name}: {why}"))?;
        if broken {
            self.phones[at].watch.never_left(&message);
            return Ok(());
        }
        if self.rough && self.random.below(300) == 0 {
            self.phones[at].watch.never_left(&message);
            self.plan(self.now, What::NotSent { at, send });
            return Ok(());
        }
        let phone = &mut self.phones[at];
        phone.breaks_after = phone.breaks_after.saturating_sub(1);
        if phone.breaks == Some(line) {
            return Ok(());
        }
        if phone.breaks_after == 0 && phone.breaks.is_none() {
            phone.breaks = Some(line);
            if self.random.below(2) == 0 {
                // The frame never left.
                return Ok(());
            }
        }
        let up = [0, 1, 2].map(|at| self.phones[at].up());
        self.proxy.take((at, line), frame, self.now, self.rough, up, &mut self.random)?;
        self.carry()
    }

    /// What the network does with what the proxies send. One connection keeps its order, mostly.
    pub(crate) fn carry(&mut self) -> Verified {
        for wake in std::mem::take(&mut self.proxy.wakes) {
            self.plan(wake.at, What::Leg(wake.leg));
        }
        for hop in std::mem::take(&mut self.proxy.hops) {
            let Some(flow) = self.phones[hop.to].flow(hop.line) else { continue };
            let dice = if self.rough { self.random.below(100) } else { 100 };
            if dice == 0 {
                self.tell(hop.to, || format!("x {}", hop.text.lines().next().unwrap_or_default()));
                continue;
            }
            let delay = self.delay(20_000);
            let last = &mut self.phones[hop.to].last_arrival[hop.line];
            let mut arrives = self.now + delay;
            if (1..4).contains(&dice) {
                self.meet("overtaken");
            } else {
                arrives = arrives.max(*last);
                *last = arrives;
            }
            if (4..8).contains(&dice) {
                self.plan(arrives, What::Frame { to: hop.to, flow, text: hop.text.clone() });
                self.meet("doubled");
            }
            if self.ladder.is_some() && hop.text.len() > 4 {
                let summary = Message::read(&hop.text)?.summary();
                self.tell(hop.to, || format!("     < at {arrives} {summary}"));
            }
            if hop.text.starts_with("SIP/2.0 ") {
                let status = hop.text.get(8..11).and_then(|s| s.parse().ok()).unwrap_or_default();
                *self.statuses.entry(status).or_default() += 1;
            }
            self.plan(arrives, What::Frame { to: hop.to, flow, text: hop.text });
        }
        Ok(())
    }
}
