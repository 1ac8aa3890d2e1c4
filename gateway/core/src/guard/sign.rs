//! What an answer or a failure says about the upstream, as against the question.
//!
//! A refusal for want of a licence is a healthy upstream, and a time-out may be the
//! caller's impatience: only what speaks of the upstream counts against it.

use std::time::Duration;

use super::status::GuardAlert;
use crate::ports::population::PopulationError;

/// What one call told about the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It answered, be it with a no.
    Answer,
    /// It failed, spoke nonsense or kept silent.
    Outage,
    /// No connection came about, or one was lost: as a rule that of many calls at once.
    ConnectionLost,
    /// It does not admit the gateway.
    AddressRefused,
    /// It refused the credentials of the gateway or of one officer, or forbade the look-up;
    /// it does not say whose fault it is.
    CredentialsRefused,
    /// It asked to wait.
    Throttled(Option<Duration>),
    /// Nothing: it was not asked, or not for long enough.
    Nothing,
}

impl Sign {
    /// The sign in `error`, when the upstream had `given` to answer. A time-out counts
    /// from `patience` on: a caller with a deadline of a few milliseconds must not shut
    /// everybody out.
    #[must_use]
    pub fn of_failure(error: &PopulationError, given: Duration, patience: Duration) -> Self {
        match error {
            PopulationError::TimedOut if given < patience => Self::Nothing,
            PopulationError::Unreachable | PopulationError::Interrupted => Self::ConnectionLost,
            PopulationError::TimedOut
            | PopulationError::CertificateRejected
            | PopulationError::Failed { .. }
            | PopulationError::Nonsense(_) => Self::Outage,
            PopulationError::AddressRefused => Self::AddressRefused,
            PopulationError::CredentialsRefused | PopulationError::Forbidden => {
                Self::CredentialsRefused
            }
            PopulationError::Throttled { retry_after } => Self::Throttled(*retry_after),
            PopulationError::ProcedureNotLicensed
            | PopulationError::OfficerNotLicensed
            | PopulationError::StepUpRequired
            | PopulationError::Rejected { .. } => Self::Answer,
            PopulationError::NotOffered
            | PopulationError::OfficerNotMapped
            | PopulationError::Maintenance { .. }
            | PopulationError::BreakerOpen { .. }
            | PopulationError::Busy
            | PopulationError::RateLimited { .. }
            | PopulationError::QuotaSpent { .. } => Self::Nothing,
        }
    }
}

/// What an operator must be told of at once, because no waiting will mend it.
#[must_use]
pub fn alert_in(error: &PopulationError) -> Option<GuardAlert> {
    match error {
        // As a rule a 403 is the address, and nobody but the operator can tell.
        PopulationError::AddressRefused | PopulationError::Forbidden => {
            Some(GuardAlert::AddressRefused)
        }
        PopulationError::CredentialsRefused => Some(GuardAlert::CredentialsRefused),
        PopulationError::CertificateRejected => Some(GuardAlert::CertificateRejected),
        PopulationError::NotOffered
        | PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed
        | PopulationError::StepUpRequired
        | PopulationError::Maintenance { .. }
        | PopulationError::BreakerOpen { .. }
        | PopulationError::Busy
        | PopulationError::RateLimited { .. }
        | PopulationError::QuotaSpent { .. }
        | PopulationError::Throttled { .. }
        | PopulationError::Failed { .. }
        | PopulationError::Rejected { .. }
        | PopulationError::Nonsense(_) => None,
    }
}

/// Stable name of a failure, for logs and for the state of the guard.
#[must_use]
pub fn failure_name(error: &PopulationError) -> &'static str {
    match error {
        PopulationError::NotOffered => "NOT_OFFERED",
        PopulationError::Unreachable => "UNREACHABLE",
        PopulationError::Interrupted => "INTERRUPTED",
        PopulationError::TimedOut => "TIMED_OUT",
        PopulationError::CertificateRejected => "CERTIFICATE_REJECTED",
        PopulationError::CredentialsRefused => "CREDENTIALS_REFUSED",
        PopulationError::AddressRefused => "ADDRESS_REFUSED",
        PopulationError::Forbidden => "FORBIDDEN",
        PopulationError::OfficerNotMapped => "OFFICER_NOT_MAPPED",
        PopulationError::ProcedureNotLicensed => "PROCEDURE_NOT_LICENSED",
        PopulationError::OfficerNotLicensed => "OFFICER_NOT_LICENSED",
        PopulationError::StepUpRequired => "STEP_UP_REQUIRED",
        PopulationError::Maintenance { .. } => "MAINTENANCE",
        PopulationError::BreakerOpen { .. } => "BREAKER_OPEN",
        PopulationError::Busy => "BUSY",
        PopulationError::RateLimited { .. } => "RATE_LIMITED",
        PopulationError::QuotaSpent { .. } => "QUOTA_SPENT",
        PopulationError::Throttled { .. } => "THROTTLED",
        PopulationError::Failed { .. } => "FAILED",
        PopulationError::Rejected { .. } => "REJECTED",
        PopulationError::Nonsense(_) => "NONSENSE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::population::AnswerStructure;

    const SECOND: Duration = Duration::from_secs(1);

    fn sign(error: &PopulationError) -> Sign {
        Sign::of_failure(error, SECOND, SECOND)
    }

    #[test]
    fn what_speaks_of_the_upstream_counts_against_it() {
        for error in [PopulationError::Unreachable, PopulationError::Interrupted] {
            assert_eq!(sign(&error), Sign::ConnectionLost, "{error:?}");
        }
        for error in [
            PopulationError::TimedOut,
            PopulationError::CertificateRejected,
            PopulationError::Failed { status: 503 },
            PopulationError::Nonsense(AnswerStructure::default()),
        ] {
            assert_eq!(sign(&error), Sign::Outage, "{error:?}");
        }
    }

    #[test]
    fn a_refusal_of_the_question_is_an_answer() {
        for error in [
            PopulationError::ProcedureNotLicensed,
            PopulationError::OfficerNotLicensed,
            PopulationError::StepUpRequired,
            PopulationError::Rejected { status: 400 },
        ] {
            assert_eq!(sign(&error), Sign::Answer, "{error:?}");
        }
    }

    #[test]
    fn what_was_never_sent_says_nothing_of_the_upstream() {
        let retry_after = SECOND;
        for error in [
            PopulationError::NotOffered,
            PopulationError::OfficerNotMapped,
            PopulationError::Busy,
            PopulationError::BreakerOpen { retry_after },
            PopulationError::RateLimited { retry_after },
        ] {
            assert_eq!(sign(&error), Sign::Nothing, "{error:?}");
        }
    }

    #[test]
    fn an_impatient_caller_does_not_count_against_the_upstream() {
        let hurried = Duration::from_millis(999);
        let error = PopulationError::TimedOut;
        assert_eq!(Sign::of_failure(&error, hurried, SECOND), Sign::Nothing);
        assert_eq!(Sign::of_failure(&error, SECOND, SECOND), Sign::Outage);
        // Other failures need no patience to be believed.
        let error = PopulationError::Failed { status: 503 };
        assert_eq!(Sign::of_failure(&error, hurried, SECOND), Sign::Outage);
    }

    /// One officer without a licence must not shut a province out by asking again.
    #[test]
    fn a_403_without_a_word_may_be_one_officers() {
        assert_eq!(sign(&PopulationError::Forbidden), Sign::CredentialsRefused);
        assert_eq!(sign(&PopulationError::AddressRefused), Sign::AddressRefused);
    }

    #[test]
    fn the_operator_hears_of_what_waiting_does_not_mend() {
        assert_eq!(
            alert_in(&PopulationError::AddressRefused),
            Some(GuardAlert::AddressRefused)
        );
        assert_eq!(
            alert_in(&PopulationError::CredentialsRefused),
            Some(GuardAlert::CredentialsRefused)
        );
        assert_eq!(
            alert_in(&PopulationError::Forbidden),
            Some(GuardAlert::AddressRefused)
        );
        assert_eq!(alert_in(&PopulationError::Unreachable), None);
    }
}
