//! When a neighbour is asked, and when it is left alone: the rules that protect an
//! upstream from us, and our callers from an upstream that is away.
//!
//! No figure of the population database's quota, rate or latency is public
//! (population.md, Part D, 11), so every number here is a setting. Two kinds of time are
//! passed in: pauses and rates run on monotonic time, counted from a moment that the
//! caller chose once, because a clock that is set back must not keep a breaker open;
//! days and maintenance windows run on wall time.

pub mod breaker;
pub mod maintenance;
pub mod portal;
pub mod quota;
pub mod rate;
pub mod sign;
pub mod status;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::wire_time::viet_nam;

/// A share in percent, from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u8);

impl Percent {
    /// Nothing of it.
    pub const NONE: Self = Self(0);

    /// A tenth.
    pub const TENTH: Self = Self(10);

    /// Takes `share` when it is at most 100.
    #[must_use]
    pub const fn new(share: u8) -> Option<Self> {
        if share <= 100 {
            Some(Self(share))
        } else {
            None
        }
    }

    /// The share.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The moment at which clocks in Viet Nam show `local`; the end of time for a day that
/// lies past it.
fn viet_nam_moment(local: DateTime) -> Timestamp {
    viet_nam().to_timestamp(local).unwrap_or(Timestamp::MAX)
}
