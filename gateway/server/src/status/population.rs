//! What each failure of the population database means to a caller and to the operator.

use lienthong_core::ports::population::PopulationError;
use tonic::Code;

use super::Reason;
use super::concern::Concern;

/// The gRPC code (population.md 12).
pub(super) fn code(error: &PopulationError) -> Code {
    match error {
        PopulationError::NotOffered
        | PopulationError::AddressRefused
        | PopulationError::Forbidden
        | PopulationError::StepUpRequired
        | PopulationError::Rejected { .. } => Code::FailedPrecondition,
        // The credentials are the gateway's own: to the caller the upstream is not
        // available, and nothing in the caller's hands would change it.
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::CertificateRejected
        | PopulationError::CredentialsRefused
        | PopulationError::Maintenance { .. }
        | PopulationError::BreakerOpen { .. }
        | PopulationError::Failed { .. }
        | PopulationError::Nonsense(_) => Code::Unavailable,
        PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed => Code::PermissionDenied,
        PopulationError::Throttled { .. }
        | PopulationError::Busy
        | PopulationError::RateLimited { .. }
        | PopulationError::QuotaSpent { .. } => Code::ResourceExhausted,
    }
}

/// The reason on which callers may branch.
pub(super) fn reason(error: &PopulationError) -> Reason {
    match error {
        PopulationError::NotOffered => Reason::OperationNotOffered,
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::Failed { .. } => Reason::UpstreamUnavailable,
        PopulationError::TimedOut => Reason::UpstreamTimeout,
        PopulationError::CertificateRejected => Reason::UpstreamCertificate,
        PopulationError::CredentialsRefused => Reason::UpstreamRefusedCredentials,
        PopulationError::AddressRefused | PopulationError::Forbidden => {
            Reason::UpstreamRefusedAddress
        }
        PopulationError::OfficerNotMapped => Reason::OfficerNotMapped,
        PopulationError::ProcedureNotLicensed => Reason::ProcedureNotLicensed,
        PopulationError::OfficerNotLicensed => Reason::OfficerNotLicensed,
        PopulationError::StepUpRequired => Reason::StepUpRequired,
        PopulationError::Maintenance { .. } => Reason::UpstreamMaintenance,
        PopulationError::BreakerOpen { .. } => Reason::BreakerOpen,
        PopulationError::Busy => Reason::UpstreamBusy,
        PopulationError::RateLimited { .. } => Reason::RateLimited,
        PopulationError::QuotaSpent { .. } => Reason::QuotaSpent,
        PopulationError::Throttled { .. } => Reason::UpstreamThrottled,
        PopulationError::Rejected { .. } => Reason::UpstreamRejected,
        PopulationError::Nonsense(_) => Reason::UpstreamNonsense,
    }
}

/// Whose business it is.
pub(super) fn concern(error: &PopulationError) -> Concern {
    match error {
        PopulationError::NotOffered
        | PopulationError::CertificateRejected
        | PopulationError::Rejected { .. } => Concern::Operator,
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::Throttled { .. }
        | PopulationError::Failed { .. }
        | PopulationError::Nonsense(_) => Concern::Outage,
        // The guard tells the operator once when its state changes, and at its own
        // pace that it is refused; a line for each call would bury that.
        PopulationError::Maintenance { .. }
        | PopulationError::CredentialsRefused
        | PopulationError::AddressRefused
        | PopulationError::Forbidden
        | PopulationError::QuotaSpent { .. }
        | PopulationError::BreakerOpen { .. }
        | PopulationError::Busy
        | PopulationError::RateLimited { .. }
        | PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed
        | PopulationError::StepUpRequired => Concern::Caller,
    }
}
