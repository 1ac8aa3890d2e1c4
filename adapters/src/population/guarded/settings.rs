//! How much is asked of the upstream, and when it is left alone.
//!
//! Nothing here is known of any real route (population.md, Part D, 11): the defaults
//! protect both sides without a quota or a rate, which a province sets as it has agreed.

use std::num::NonZeroU32;
use std::time::Duration;

use lienthong_core::guard::Percent;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::guard::maintenance::Window;
use lienthong_core::guard::quota::QuotaRule;
use lienthong_core::guard::rate::RateRule;

/// How one upstream is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardSettings {
    /// Look-ups at work at the same time.
    pub parallel: NonZeroU32,
    /// How long a look-up may wait for a place among them; its own budget bounds it too.
    pub wait: Duration,
    /// Look-ups per second; `None`: no limit. The second request of one whose token was
    /// renewed is not counted here, but it is in the quota.
    pub rate: Option<RateRule>,
    /// Requests per day of Viet Nam; `None`: no limit.
    pub quota: Option<QuotaRule>,
    /// The circuit breaker.
    pub breaker: BreakerRule,
    /// Announced maintenance.
    pub maintenance: Vec<Window>,
    /// When a look-up that was not sent is tried once more.
    pub retry: RetryRule,
}

impl Default for GuardSettings {
    /// 64 at work, 1 second for a place, neither rate nor quota nor maintenance.
    fn default() -> Self {
        Self {
            parallel: NonZeroU32::MIN.saturating_add(63),
            wait: Duration::from_secs(1),
            rate: None,
            quota: None,
            breaker: BreakerRule::default(),
            maintenance: Vec::new(),
            retry: RetryRule::default(),
        }
    }
}

/// How many second tries are allowed, so that they cannot become a storm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryRule {
    /// Share of the look-ups that may be tried a second time.
    pub percent: Percent,
    /// Second tries per second that are allowed beside the share, for quiet hours; zero
    /// for both allows none.
    pub floor: u32,
}

impl Default for RetryRule {
    /// 10 %, and one per second.
    fn default() -> Self {
        Self {
            percent: Percent::TENTH,
            floor: 1,
        }
    }
}
