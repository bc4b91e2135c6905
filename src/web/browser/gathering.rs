//! Gathering with an end: the browser has all candidates, or it took long enough.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use gloo_timers::callback::Timeout;

use super::js;

/// How long gathering may take, in ms.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Patience {
    /// After the first candidate.
    pub(in crate::web) after_first_ms: u32,
    /// After setLocalDescription.
    pub(in crate::web) limit_ms: u32,
}

/// ms that candidates of the host itself have to go with a description that those of servers may follow.
const EARLY_MS: u32 = 50;

/// Which candidates a description waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Enough {
    /// All, as long as there is patience.
    All,
    /// One at least: there may never be any.
    One,
    /// The first, if it comes early: the others follow, but most calls need no more.
    Early,
}

/// What is known of the candidates of the last local description.
pub(super) struct Gathering {
    patience: Patience,
    saw_candidate: Cell<bool>,
    /// How long those who wait go on after the first.
    after_first_ms: Cell<u32>,
    /// Whether all are there.
    ended: Cell<bool>,
    /// Whether it follows another one on the same connection, whose end may be told late.
    follows: Cell<bool>,
    /// Whether they are waited for, and who is woken when there are enough.
    waits: Cell<bool>,
    waker: Cell<Option<Waker>>,
    timers: RefCell<Vec<Timeout>>,
    this: Weak<Gathering>,
}

impl Gathering {
    pub(super) fn new(patience: Patience) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            patience,
            saw_candidate: Cell::new(false),
            after_first_ms: Cell::new(0),
            ended: Cell::new(false),
            follows: Cell::new(false),
            waits: Cell::new(false),
            waker: Cell::default(),
            timers: RefCell::default(),
            this: Weak::clone(this),
        })
    }

    /// setLocalDescription is about to be called: what comes from now on belongs to its description.
    pub(super) fn begin(&self) {
        self.saw_candidate.set(false);
        self.ended.set(false);
        self.follows.set(false);
    }

    /// Its description has taken the place of another, and has no candidate yet: an end that was told is the other one's.
    pub(super) fn follow(&self) {
        self.ended.set(false);
        self.follows.set(true);
    }

    /// Whether an end without any candidate is that of the one before.
    pub(super) fn follows(&self) -> bool {
        self.follows.get()
    }

    /// A candidate came. Whether it was waited for.
    pub(super) fn candidate(&self) -> bool {
        if !self.saw_candidate.replace(true) {
            self.later(self.after_first_ms.get());
        }
        self.waits.get()
    }

    /// The browser says that it has all. Whether it says so for the first time.
    pub(super) fn end(&self) -> bool {
        self.ready();
        !self.ended.replace(true)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// Enough of them (JsSIP `icecandidate.ready()`).
    pub(super) fn ready(&self) {
        self.waits.set(false);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Waits until there are enough.
    pub(super) async fn enough(&self, wanted: Enough) {
        let Patience { after_first_ms, limit_ms } = self.patience;
        let (after_first_ms, limit_ms) = match wanted {
            Enough::All => (after_first_ms, limit_ms),
            Enough::One => (0, limit_ms),
            Enough::Early => (0, limit_ms.min(EARLY_MS)),
        };
        self.waits.set(true);
        self.after_first_ms.set(after_first_ms);
        self.later(limit_ms);
        if self.saw_candidate.get() {
            self.later(self.after_first_ms.get());
        }
        poll_fn(|context| {
            if !self.waits.get() {
                return Poll::Ready(());
            }
            self.waker.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
        self.timers.take();
    }

    /// Enough of them after that time.
    fn later(&self, ms: u32) {
        if !self.waits.get() {
            return;
        }
        let this = Weak::clone(&self.this);
        let enough = move || {
            if let Some(gathering) = this.upgrade() {
                gathering.ready();
            }
        };
        self.timers.borrow_mut().push(js::later(ms, Box::new(enough)));
    }

    /// Nobody waits any more.
    pub(super) fn stop(&self) {
        self.timers.take();
        self.ready();
    }
}

const CREDENTIALS: &str = "a=ice-ufrag:";

/// The generation of a description: what its first section is called by (RFC 8839 5.4).
pub(super) fn generation(sdp: &str) -> &str {
    sdp.lines().find_map(|line| line.strip_prefix(CREDENTIALS)).unwrap_or_default()
}

/// Whether a description has anything to gather for.
pub(super) fn has_ice(sdp: &str) -> bool {
    sdp.contains(CREDENTIALS)
}

/// Whether a description has a candidate.
pub(super) fn has_candidate(sdp: &str) -> bool {
    sdp.contains("a=candidate:")
}

/// Whether the local description `now` has candidates to come that the one `before` had not: it is the first, ICE was
/// restarted, or a medium came to a call whose far end does not bundle, so that it has a transport of its own.
pub(super) fn is_anew(before: &str, now: &str, remote: &str) -> bool {
    let count = |sdp: &str| sdp.matches(CREDENTIALS).count();
    let restarted = now.lines().any(|line| line.starts_with(CREDENTIALS) && !before.contains(line));
    restarted || (count(now) > count(before) && !remote.contains("a=group:BUNDLE"))
}
