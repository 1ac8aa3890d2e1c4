//! What the guard of an upstream knows, and what that says about its health.
//!
//! A guard that was never asked is healthy: it says what it saw, and it has seen no
//! harm. One failed call is not bad health either; the breaker decides when failures
//! become an outage.

use jiff::Timestamp;

use super::quota::QuotaStatus;
use crate::sync::health::Condition;

/// State of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// Calls are refused at once.
    Open {
        /// Until when, if nothing changes.
        until: Timestamp,
    },
    /// A few calls go through, or the next ones will, to see whether the upstream is
    /// back.
    HalfOpen,
}

impl BreakerState {
    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Open { .. } => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
        }
    }
}

/// What an operator must mend, because no waiting will; it stands until the upstream
/// answers again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GuardAlert {
    /// The gateway's address or account is not admitted (`IP_DISALLOWED`).
    AddressRefused,
    /// Credentials of the gateway or of one officer are refused.
    CredentialsRefused,
    /// The upstream's certificate does not hold.
    CertificateRejected,
}

impl GuardAlert {
    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AddressRefused => "ADDRESS_REFUSED",
            Self::CredentialsRefused => "CREDENTIALS_REFUSED",
            Self::CertificateRejected => "CERTIFICATE_REJECTED",
        }
    }
}

/// What the guard of one upstream knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardStatus {
    /// Its circuit breaker.
    pub breaker: BreakerState,
    /// The day's quota, where there is one.
    pub quota: Option<QuotaStatus>,
    /// End of the announced maintenance, while there is one.
    pub maintenance_until: Option<Timestamp>,
    /// When the upstream last answered.
    pub last_success: Option<Timestamp>,
    /// When it last failed, and the stable name of how.
    pub last_failure: Option<(Timestamp, &'static str)>,
    /// What an operator must mend.
    pub alert: Option<GuardAlert>,
}

/// Why an upstream is not healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardReason {
    /// Announced maintenance.
    Maintenance {
        /// Its end.
        until: Timestamp,
    },
    /// The upstream failed and is left alone for a pause.
    BreakerOpen {
        /// End of the pause.
        until: Timestamp,
        /// Stable name of the latest failure.
        failure: Option<&'static str>,
    },
    /// The upstream failed and is being tried.
    BreakerHalfOpen {
        /// Stable name of the latest failure.
        failure: Option<&'static str>,
    },
    /// The day's quota is spent.
    QuotaSpent {
        /// Requests in a day.
        limit: u64,
        /// When the next day begins.
        resets_at: Timestamp,
    },
    /// The day's quota will be spent soon.
    QuotaNearlySpent {
        /// Requests sent today.
        used: u64,
        /// Requests in a day.
        limit: u64,
        /// When the next day begins.
        resets_at: Timestamp,
    },
    /// The gateway's address or account is not admitted.
    AddressRefused,
    /// Credentials are refused.
    CredentialsRefused,
    /// The upstream's certificate does not hold.
    CertificateRejected,
}

impl GuardReason {
    /// Stable name of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Maintenance { .. } => "MAINTENANCE",
            Self::BreakerOpen { .. } => "BREAKER_OPEN",
            Self::BreakerHalfOpen { .. } => "BREAKER_HALF_OPEN",
            Self::QuotaSpent { .. } => "QUOTA_SPENT",
            Self::QuotaNearlySpent { .. } => "QUOTA_NEARLY_SPENT",
            Self::AddressRefused => GuardAlert::AddressRefused.name(),
            Self::CredentialsRefused => GuardAlert::CredentialsRefused.name(),
            Self::CertificateRejected => GuardAlert::CertificateRejected.name(),
        }
    }

    /// Whether no look-up gets through because of it.
    fn stops_everything(&self) -> bool {
        match self {
            Self::BreakerOpen { .. } | Self::QuotaSpent { .. } => true,
            // It was announced, and ends by itself.
            Self::Maintenance { .. }
            | Self::BreakerHalfOpen { .. }
            | Self::QuotaNearlySpent { .. }
            // Where it strikes everybody, the breaker opens.
            | Self::AddressRefused
            | Self::CredentialsRefused
            | Self::CertificateRejected => false,
        }
    }
}

/// Judges `status`: stalled when nothing gets through that was not announced, lagging
/// for anything else that somebody should know of. The first reason weighs most.
#[must_use]
pub fn assess(status: &GuardStatus) -> (Condition, Vec<GuardReason>) {
    let failure = status.last_failure.map(|(_, name)| name);
    let alert = status.alert.map(|alert| match alert {
        GuardAlert::AddressRefused => GuardReason::AddressRefused,
        GuardAlert::CredentialsRefused => GuardReason::CredentialsRefused,
        GuardAlert::CertificateRejected => GuardReason::CertificateRejected,
    });
    let maintenance = status
        .maintenance_until
        .map(|until| GuardReason::Maintenance { until });
    let breaker = match status.breaker {
        BreakerState::Closed => None,
        BreakerState::Open { until } => Some(GuardReason::BreakerOpen { until, failure }),
        BreakerState::HalfOpen => Some(GuardReason::BreakerHalfOpen { failure }),
    };
    let quota = status.quota.and_then(|quota| {
        let (limit, used, resets_at) = (quota.limit, quota.used, quota.resets_at);
        if used >= limit {
            Some(GuardReason::QuotaSpent { limit, resets_at })
        } else {
            quota.warned.then_some(GuardReason::QuotaNearlySpent {
                used,
                limit,
                resets_at,
            })
        }
    });
    let reasons: Vec<GuardReason> = [maintenance, alert, breaker, quota]
        .into_iter()
        .flatten()
        .collect();
    let condition = if reasons.is_empty() {
        Condition::Healthy
    } else if reasons.iter().any(GuardReason::stops_everything) {
        Condition::Stalled
    } else {
        Condition::Lagging
    };
    (condition, reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::UNIX_EPOCH;

    fn status() -> GuardStatus {
        GuardStatus {
            breaker: BreakerState::Closed,
            quota: None,
            maintenance_until: None,
            last_success: None,
            last_failure: None,
            alert: None,
        }
    }

    fn judged(status: &GuardStatus) -> (Condition, Vec<&'static str>) {
        let (condition, reasons) = assess(status);
        (condition, reasons.iter().map(GuardReason::code).collect())
    }

    fn used(used: u64) -> GuardStatus {
        GuardStatus {
            quota: Some(QuotaStatus {
                limit: 100,
                used,
                warned: used >= 80,
                resets_at: NOON,
            }),
            ..status()
        }
    }

    #[test]
    fn an_upstream_that_was_never_asked_is_healthy() {
        assert_eq!(judged(&status()), (Condition::Healthy, vec![]));
    }

    #[test]
    fn one_failed_call_is_not_bad_health() {
        let failed = GuardStatus {
            last_failure: Some((NOON, "TIMED_OUT")),
            ..status()
        };
        assert_eq!(judged(&failed), (Condition::Healthy, vec![]));
    }

    #[test]
    fn an_open_breaker_is_a_stall_and_names_the_failure() {
        let open = GuardStatus {
            breaker: BreakerState::Open { until: NOON },
            last_failure: Some((NOON, "UNREACHABLE")),
            ..status()
        };
        let reason = GuardReason::BreakerOpen {
            until: NOON,
            failure: Some("UNREACHABLE"),
        };
        assert_eq!(assess(&open), (Condition::Stalled, vec![reason]));
        let trying = GuardStatus {
            breaker: BreakerState::HalfOpen,
            ..open
        };
        assert_eq!(
            judged(&trying),
            (Condition::Lagging, vec!["BREAKER_HALF_OPEN"])
        );
    }

    #[test]
    fn a_quota_is_told_before_it_is_spent() {
        assert_eq!(judged(&used(79)), (Condition::Healthy, vec![]));
        assert_eq!(
            judged(&used(80)),
            (Condition::Lagging, vec!["QUOTA_NEARLY_SPENT"])
        );
        assert_eq!(
            judged(&used(100)),
            (Condition::Stalled, vec!["QUOTA_SPENT"])
        );
    }

    #[test]
    fn announced_maintenance_is_no_stall() {
        let closed = GuardStatus {
            maintenance_until: Some(NOON),
            ..status()
        };
        assert_eq!(judged(&closed), (Condition::Lagging, vec!["MAINTENANCE"]));
    }

    #[test]
    fn an_alert_stands_before_the_breaker_that_it_opened() {
        let refused = GuardStatus {
            breaker: BreakerState::Open { until: NOON },
            alert: Some(GuardAlert::AddressRefused),
            ..status()
        };
        assert_eq!(
            judged(&refused),
            (Condition::Stalled, vec!["ADDRESS_REFUSED", "BREAKER_OPEN"])
        );
    }
}
