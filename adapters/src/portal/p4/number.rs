//! B2: the number that the portal issues.
//!
//! What a reader would get wrong: each call uses up a number, so an answer that is a success
//! and holds none that can be kept is no outage. Asking again would burn one number after
//! the other.

use lienthong_core::dossier::Dossier;
use lienthong_core::mapping::CodeKind;
use lienthong_core::ports::portal::{PortalError, PortalReference, Reading};
use lienthong_core::sync::cause::Cause;
use tokio::time::Instant;

use super::reference::number_in;
use super::reply::{Reply, without_effect};
use super::{NumberBy, P4Portal, json, wire};
use crate::portal::answers::Hidden;

impl P4Portal {
    /// A number for a dossier.
    pub(super) async fn issue_number(
        &self,
        dossier: &Dossier,
        deadline: Instant,
    ) -> Result<PortalReference, PortalError> {
        // What cannot be sent in the end needs no number.
        wire::owner_kind(dossier.owner.kind)?;
        wire::results_find_room(dossier)?;
        let translated = self.codes.of_dossier(dossier)?;
        let unit = self.unit_of(dossier)?;
        let (kind, code) = match self.number_by {
            NumberBy::Unit => (CodeKind::Agency, unit.as_str()),
            NumberBy::Procedure => (CodeKind::Procedure, translated.procedure.as_str()),
        };
        Ok(PortalReference {
            number: self.number(kind, code, deadline).await?,
            id: None,
        })
    }

    /// `kind` says of what `code` is.
    async fn number(
        &self,
        kind: CodeKind,
        code: &str,
        deadline: Instant,
    ) -> Result<String, PortalError> {
        let body = json(&wire::NumberFor { code })?;
        let sent = self.call(&self.endpoints.number, body, deadline).await;
        let answer = sent.map_err(without_effect)?;
        if answer.head.status == 200
            && let Some(number) = number_in(&answer.body)
        {
            return Ok(number);
        }
        let reply = Reply::read(&answer, &Hidden::NOTHING).map_err(without_effect)?;
        let told = reply.of_write(&Hidden::NOTHING).map_err(without_effect)?;
        let status = answer.head.status;
        Err(match told.reading {
            Reading::Refused {
                cause: Cause::MappingMissing,
            } => PortalError::MappingMissing {
                kind,
                code: code.to_owned(),
            },
            Reading::Accepted | Reading::AlreadyThere => PortalError::FieldNotCarried {
                field: "MaHoSo",
                problem: "the portal issued no number that can be kept",
            },
            Reading::Refused { .. }
            | Reading::NotThere
            | Reading::NotUnderstood
            | Reading::CreatedWithoutState { .. } => PortalError::Rejected { status },
        })
    }
}
