//! What a call to the National Public Service Portal tells about it.
//!
//! A refusal of one dossier is a healthy portal: only what speaks of the portal, or of the
//! way to it, counts against it. What a reader would get wrong: a refused session counts
//! like an outage. It stops every dossier alike, and a login that is tried without end may
//! lock the account.

use std::time::Duration;

use super::breaker::BreakerRule;
use super::sign::Sign;
use crate::ports::portal::PortalError;

/// The sign in `error`, when the portal had `given` to answer.
///
/// The portal may ask us to wait, it may not rule us: of a longer time that it asks for,
/// twice the first pause of `rule` counts.
#[must_use]
pub fn sign_of(error: &PortalError, given: Duration, rule: &BreakerRule) -> Sign {
    match error {
        PortalError::TimedOut if given < rule.patience => Sign::Nothing,
        PortalError::Unreachable | PortalError::Interrupted => Sign::ConnectionLost,
        PortalError::TimedOut
        | PortalError::CertificateRejected
        | PortalError::SessionRefused { .. }
        | PortalError::OutOfService { .. }
        | PortalError::AccessDenied { .. }
        | PortalError::Failed { .. }
        | PortalError::Nonsense { .. } => Sign::Outage,
        PortalError::Throttled { retry_after, .. } => {
            let most = rule.pause.saturating_mul(2);
            Sign::Throttled(retry_after.map(|asked| asked.min(most)))
        }
        PortalError::Rejected { .. } => Sign::Answer,
        PortalError::MappingMissing { .. }
        | PortalError::FieldNotCarried { .. }
        | PortalError::FileUnreachable { .. }
        | PortalError::NotOffered { .. }
        | PortalError::BreakerOpen
        | PortalError::Busy => Sign::Nothing,
    }
}

/// Whether a failure says that the portal itself was away, so that nobody could bring
/// anything there. A portal that does not let us in, or that we do not trust, is there: it
/// serves citizens all the same.
#[must_use]
pub fn is_away(error: &PortalError) -> bool {
    match error {
        PortalError::Unreachable
        | PortalError::Interrupted
        | PortalError::TimedOut
        | PortalError::OutOfService { .. }
        | PortalError::Failed { .. }
        | PortalError::Nonsense { .. } => true,
        PortalError::CertificateRejected
        | PortalError::SessionRefused { .. }
        | PortalError::AccessDenied { .. }
        | PortalError::Throttled { .. }
        | PortalError::Rejected { .. }
        | PortalError::MappingMissing { .. }
        | PortalError::FieldNotCarried { .. }
        | PortalError::FileUnreachable { .. }
        | PortalError::NotOffered { .. }
        | PortalError::BreakerOpen
        | PortalError::Busy => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::CodeKind;

    fn sign(error: &PortalError) -> Sign {
        sign_of(error, Duration::from_mins(1), &BreakerRule::default())
    }

    #[test]
    fn what_is_wrong_with_one_dossier_says_nothing_against_the_portal() {
        let mapping = PortalError::MappingMissing {
            kind: CodeKind::Procedure,
            code: "1.000001".to_owned(),
        };
        let carried = PortalError::FieldNotCarried {
            field: "MaHoSo",
            problem: "too long",
        };
        for error in [
            mapping,
            carried,
            PortalError::BreakerOpen,
            PortalError::Busy,
        ] {
            assert_eq!(sign(&error), Sign::Nothing, "{error:?}");
        }
        let rejected = PortalError::Rejected { status: 400 };
        assert_eq!(sign(&rejected), Sign::Answer);
    }

    #[test]
    fn every_failure_of_an_outage_cause_counts_against_the_portal() {
        let said = None;
        for error in [
            PortalError::Unreachable,
            PortalError::Interrupted,
            PortalError::TimedOut,
            PortalError::CertificateRejected,
            PortalError::SessionRefused { said: said.clone() },
            PortalError::OutOfService { said: said.clone() },
            PortalError::AccessDenied { said: said.clone() },
            PortalError::Failed { status: 503 },
            PortalError::Nonsense {
                problem: "a page",
                said,
            },
        ] {
            assert!(error.cause().is_outage(), "{error:?}");
            let sign = sign(&error);
            assert!(
                matches!(sign, Sign::Outage | Sign::ConnectionLost),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_portal_that_asks_for_two_hours_is_left_alone_for_two_pauses() {
        let asked = |asked| PortalError::Throttled {
            retry_after: Some(asked),
            said: None,
        };
        let pause = BreakerRule::default().pause;
        let long = sign(&asked(Duration::from_hours(2)));
        assert_eq!(long, Sign::Throttled(Some(pause * 2)));
        let short = sign(&asked(Duration::from_secs(3)));
        assert_eq!(short, Sign::Throttled(Some(Duration::from_secs(3))));
    }

    #[test]
    fn a_portal_that_does_not_let_us_in_is_not_away() {
        for error in [
            PortalError::SessionRefused { said: None },
            PortalError::AccessDenied { said: None },
            PortalError::CertificateRejected,
        ] {
            assert_eq!(sign(&error), Sign::Outage, "{error:?}");
            assert!(!is_away(&error), "{error:?}");
        }
        for error in [
            PortalError::Unreachable,
            PortalError::Failed { status: 503 },
        ] {
            assert!(is_away(&error), "{error:?}");
        }
    }
}
