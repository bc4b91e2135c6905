//! The core's own clock reading: milliseconds since an arbitrary start.
//!
//! `std::time::Instant::now()` traps on wasm32, and tests want to write times as literals.

use std::num::NonZeroU64;

/// A moment, in ms since a start that the shell chooses.
///
/// It is kept as one more than that: so an optional moment takes no more room than a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroU64);

impl Default for Instant {
    fn default() -> Self {
        Self::from_millis(0)
    }
}

impl Instant {
    /// The moment `ms` milliseconds after the start.
    pub const fn from_millis(ms: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(ms))
    }

    /// Milliseconds since the start.
    pub const fn millis(self) -> u64 {
        self.0.get() - 1
    }

    /// The moment `ms` milliseconds later; it stops at the end of time instead of wrapping.
    #[must_use]
    #[inline(never)]
    pub const fn after(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`, 0 if `earlier` is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.get().saturating_sub(earlier.0.get())
    }
}

/// The earlier one of two optional deadlines.
#[inline(never)]
pub fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => one.or(other),
    }
}
