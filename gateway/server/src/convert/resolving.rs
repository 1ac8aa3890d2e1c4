//! The word of a person who looked at the portal, in the words of the contract.

use lienthong_core::access::OfficerId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::Found;
use lienthong_core::ports::outbox::DossierGlance;
use lienthong_core::sync::state::SyncState;
use lienthong_core::text::Text;
use lienthong_proto::v1;
use lienthong_proto::v1::resolve_unknown_request::Found as Said;

use super::operations::{read_operator, read_reason};
use super::sync::state;
use super::{InvalidField, Reader, whole};
use crate::status::ServerError;

/// A checked word of a person.
#[derive(Debug)]
pub(crate) struct ResolveAsked {
    /// Mã hồ sơ.
    pub(crate) dossier: DossierNumber,
    /// Revision of the event that was looked for.
    pub(crate) revision: u64,
    /// What stands at the portal.
    pub(crate) found: Found,
    /// Mã cán bộ.
    pub(crate) operator: OfficerId,
    /// Lý do.
    pub(crate) reason: Text<500>,
}

impl ResolveAsked {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(message: &v1::ResolveUnknownRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let code = &message.dossier_code;
        let dossier = reader.required("dossier_code", code, DossierNumber::parse);
        let revision = read_revision(&mut reader, message.revision);
        let found = read_found(&mut reader, message, revision);
        let reason = read_reason(&mut reader, &message.reason);
        let operator = read_operator(&mut reader, &message.operator_id);
        let asked = (|| {
            Some(Self {
                dossier: dossier?,
                revision: revision?,
                found: found?,
                operator: operator?,
                reason: reason?,
            })
        })();
        reader.finish(asked)
    }

    /// What to answer where only events up to `end` were sent together with the one that
    /// was looked for.
    pub(crate) fn beyond(&self, end: u64) -> ServerError {
        let (least, most) = (whole(self.revision), whole(end));
        ServerError::Invalid(vec![
            InvalidField::OutOfRange { least, most }.at("through_revision"),
        ])
    }
}

fn read_revision(reader: &mut Reader, raw: i64) -> Option<u64> {
    let revision = u64::try_from(raw).ok().filter(|revision| *revision > 0);
    reader.take("revision", revision.ok_or(InvalidField::Revision))
}

fn read_found(
    reader: &mut Reader,
    message: &v1::ResolveUnknownRequest,
    revision: Option<u64>,
) -> Option<Found> {
    const THROUGH: &str = "through_revision";
    let through = match u64::try_from(message.through_revision) {
        Ok(0) => None,
        Ok(through) if revision.is_none_or(|revision| through >= revision) => Some(through),
        Ok(_) | Err(_) => {
            reader.refuse(THROUGH, InvalidField::Revision);
            None
        }
    };
    match Said::try_from(message.found) {
        Ok(Said::Arrived) => Some(Found::Arrived { through }),
        Ok(Said::Absent) => {
            if through.is_some() {
                reader.refuse(THROUGH, InvalidField::Absent);
            }
            Some(Found::Absent)
        }
        Ok(Said::Unspecified) => {
            reader.refuse("found", InvalidField::Missing);
            None
        }
        Err(_) => {
            reader.refuse("found", InvalidField::UnknownValue);
            None
        }
    }
}

/// How the dossier stands after it.
pub(crate) fn resolved(glance: &DossierGlance) -> v1::ResolveUnknownResponse {
    let head = match glance.state {
        SyncState::Accepted => 0,
        SyncState::Pending
        | SyncState::Sending
        | SyncState::Unknown
        | SyncState::Waiting
        | SyncState::Refused
        | SyncState::Dead
        | SyncState::Blocked => glance.accepted_revision.saturating_add(1),
    };
    v1::ResolveUnknownResponse {
        state: state(glance.state).into(),
        revision: whole(head),
        accepted_revision: whole(glance.accepted_revision),
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::ports::ledger::Found;
    use lienthong_proto::v1;

    use super::{ResolveAsked, Said};
    use crate::status::ServerError;

    fn request() -> v1::ResolveUnknownRequest {
        v1::ResolveUnknownRequest {
            dossier_code: "000.00.00.H00-260701-0001".to_owned(),
            revision: 3,
            found: Said::Arrived.into(),
            through_revision: 5,
            reason: "Đã xem trên cổng".to_owned(),
            operator_id: "CB-01".to_owned(),
        }
    }

    fn violations(message: &v1::ResolveUnknownRequest) -> Vec<(String, &'static str)> {
        let Err(ServerError::Invalid(violations)) = ResolveAsked::read(message) else {
            unreachable!("the request is wrong");
        };
        let pair = |it: crate::status::Violation| (it.field, it.reason);
        violations.into_iter().map(pair).collect()
    }

    #[test]
    fn what_was_seen_is_read() {
        let asked = ResolveAsked::read(&request()).unwrap();
        assert_eq!(asked.found, Found::Arrived { through: Some(5) });
        assert_eq!(asked.revision, 3);
        let all = v1::ResolveUnknownRequest {
            through_revision: 0,
            ..request()
        };
        let asked = ResolveAsked::read(&all).unwrap();
        assert_eq!(asked.found, Found::Arrived { through: None });
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let expected = |all: &[(&str, &'static str)]| -> Vec<_> {
            let pair = |(field, rule): &(&str, _)| ((*field).to_owned(), *rule);
            all.iter().map(pair).collect()
        };
        assert_eq!(
            violations(&v1::ResolveUnknownRequest::default()),
            expected(&[
                ("dossier_code", "REQUIRED"),
                ("revision", "REVISION"),
                ("found", "REQUIRED"),
                ("reason", "REQUIRED"),
                ("operator_id", "REQUIRED"),
            ])
        );
        let backwards = v1::ResolveUnknownRequest {
            through_revision: 2,
            ..request()
        };
        let rule = expected(&[("through_revision", "REVISION")]);
        assert_eq!(violations(&backwards), rule);
        let nothing_there = v1::ResolveUnknownRequest {
            found: Said::Absent.into(),
            ..request()
        };
        let rule = expected(&[("through_revision", "MUST_BE_ABSENT")]);
        assert_eq!(violations(&nothing_there), rule);
    }
}
