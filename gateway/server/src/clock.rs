//! The wall clock: the one place in the gateway that reads it.

use jiff::Timestamp;
use lienthong_core::clock::Clock;

/// The machine's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the port's one reader of the wall clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
