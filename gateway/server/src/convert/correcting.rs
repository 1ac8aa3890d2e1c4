//! An operator's order to send a corrected state, in the words of the contract.

use lienthong_core::access::OfficerId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::DossierGlance;
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::operations::{read_operator, read_reason};
use super::sync::state;
use super::{Reader, whole};
use crate::status::ServerError;

/// A checked order.
#[derive(Debug)]
pub(crate) struct CorrectionAsked {
    /// Mã hồ sơ.
    pub(crate) dossier: DossierNumber,
    /// Mã cán bộ.
    pub(crate) operator: OfficerId,
    /// Lý do.
    pub(crate) reason: Text<500>,
}

impl CorrectionAsked {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(message: &v1::CorrectDossierRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let code = &message.dossier_code;
        let dossier = reader.required("dossier_code", code, DossierNumber::parse);
        let reason = read_reason(&mut reader, &message.reason);
        let operator = read_operator(&mut reader, &message.operator_id);
        let asked = (|| {
            Some(Self {
                dossier: dossier?,
                operator: operator?,
                reason: reason?,
            })
        })();
        reader.finish(asked)
    }
}

/// How the dossier stands after it.
pub(crate) fn corrected(glance: &DossierGlance, revision: u64) -> v1::CorrectDossierResponse {
    v1::CorrectDossierResponse {
        state: state(glance.state).into(),
        revision: whole(revision),
    }
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::CorrectionAsked;
    use crate::status::ServerError;

    #[test]
    fn every_violation_is_told_at_once() {
        let empty = v1::CorrectDossierRequest::default();
        let Err(ServerError::Invalid(violations)) = CorrectionAsked::read(&empty) else {
            unreachable!("the request is empty");
        };
        let fields: Vec<&str> = violations.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["dossier_code", "reason", "operator_id"]);
    }
}
