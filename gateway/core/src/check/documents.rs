//! How far the documents of a service go, whatever its codes.

use jiff::civil::Date;

use crate::agency::AgencyCode;
use crate::essential::{CodeRole, EssentialService, ServiceCode};
use crate::evidence::{Documented, DocumentedState, EvidenceRules, Register, Subject};

/// What is documented of a service on a day: of several main codes the one whose documents go
/// least far, as a state is only as high as its weakest evidence (administration.md 3.5). One
/// that is suspended, replaced or repealed goes least far of all.
#[must_use]
pub fn documented(
    service: &EssentialService,
    register: &Register,
    rules: &EvidenceRules,
    unit: Option<&AgencyCode>,
    on: Date,
) -> Documented {
    let of = |code: Option<&ServiceCode>| {
        let code = code.map(|it| &it.code);
        let subject = Subject {
            service,
            code,
            unit,
        };
        register.documented(&subject, on, rules)
    };
    let main = service
        .codes_on(on)
        .filter(|code| code.role == CodeRole::Main);
    let weakest = main
        .map(|code| of(Some(code)))
        .min_by_key(|it| (!is_beside(it.state), it.state));
    weakest.unwrap_or_else(|| of(service.codes_on(on).next()))
}

/// Whether a state lies beside the way of the work, and not on it.
fn is_beside(state: DocumentedState) -> bool {
    match state {
        DocumentedState::Suspended
        | DocumentedState::Superseded
        | DocumentedState::Repealed
        | DocumentedState::NotApplicable => true,
        DocumentedState::NotReviewed
        | DocumentedState::Reviewed
        | DocumentedState::OptionDrafted
        | DocumentedState::OptionApproved
        | DocumentedState::Published
        | DocumentedState::ProcessApproved
        | DocumentedState::Configured
        | DocumentedState::Tested
        | DocumentedState::InOperation
        | DocumentedState::Evaluated => false,
    }
}
