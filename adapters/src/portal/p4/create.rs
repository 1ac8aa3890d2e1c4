//! B4 and B6: a new dossier, and a change of its status.
//!
//! B4 has no field for the status, so a new dossier is two calls. What a reader would get
//! wrong: when the second goes wrong, the first is done all the same. The dossier is there
//! then, and what became of its state is the second call's own answer.

use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::Dossier;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{PortalAnswer, PortalError, PortalReference, Reading};
use tokio::time::Instant;

use super::files::Uploaded;
use super::reference::submitted;
use super::reply::Reply;
use super::{P4Portal, json, not_there, wire};
use crate::portal::exchange::values_of;

impl P4Portal {
    /// A dossier that is new to the portal: its files, itself, then its status.
    pub(super) async fn create(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        // Before any file is moved for nothing.
        wire::owner_kind(dossier.owner.kind)?;
        wire::results_find_room(dossier)?;
        let created = self.register(dossier, reference, deadline).await?;
        if created.reading != Reading::Accepted {
            return Ok(created);
        }
        let left_out = wire::left_out_of_create(dossier);
        // What B4 leaves a dossier in is this very status.
        if dossier.status == PortalStatus::Registered {
            return Ok(without(created, &left_out));
        }
        let reference = created.reference.unwrap_or_else(|| reference.clone());
        let brought = self.change_status(dossier, &reference, deadline).await;
        let answer = match brought {
            Ok(answer) => without(as_state(answer), &left_out),
            Err(failure) => PortalAnswer {
                code: failure.upstream_code(),
                text: failure.upstream_text(),
                reading: Reading::CreatedWithoutState {
                    failure: Box::new(failure),
                },
                reference: None,
            },
        };
        Ok(PortalAnswer {
            reference: Some(reference),
            ..answer
        })
    }

    /// The state of a dossier that is there: B6 carries what it can of it.
    pub(super) async fn update(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        let Some(reference) = self.identified(reference, deadline).await? else {
            return Ok(not_there());
        };
        let answer = self.change_status(dossier, &reference, deadline).await?;
        let left_out = wire::left_out_of_update(dossier);
        Ok(PortalAnswer {
            reference: Some(reference),
            ..without(answer, &left_out)
        })
    }

    /// B3 and B4. Files that were uploaded for an earlier attempt may not be there any more;
    /// a refusal left nothing, so the dossier goes once more with all of them anew.
    async fn register(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        let unit = self.unit_of(dossier)?;
        let number = &reference.number;
        let brought = self.bring(dossier, number, deadline).await?;
        let answer = self
            .send_new(dossier, reference, &unit, &brought.files, deadline)
            .await?;
        let refused = matches!(answer.reading, Reading::Refused { .. });
        if !(refused && brought.remembered) {
            return Ok(answer);
        }
        for document in wire::handed_in(dossier) {
            self.files.forget(number, document.url.as_str());
        }
        let brought = self.bring(dossier, number, deadline).await?;
        self.send_new(dossier, reference, &unit, &brought.files, deadline)
            .await
    }

    /// B4.
    async fn send_new(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        unit: &AgencyCode,
        files: &[Uploaded],
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        let hidden = values_of(dossier);
        let new = wire::NewDossier::of(dossier, &reference.number, unit, files)?;
        let body = json(&new)?;
        let answer = self.call(&self.endpoints.dossier, body, deadline).await?;
        let reply = Reply::read(&answer, &hidden)?;
        let answer = reply.of_write(&hidden)?;
        let told = submitted(reply.envelope.result(), reference);
        let reading = match (&told, answer.reading) {
            // An answer about another dossier is none to this one.
            (None, Reading::Accepted) => Reading::NotUnderstood,
            (_, reading) => reading,
        };
        Ok(PortalAnswer {
            reading,
            reference: Some(told.unwrap_or_else(|| reference.clone())),
            ..answer
        })
    }

    /// B6.
    async fn change_status(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        let hidden = values_of(dossier);
        let list = [wire::StatusChange::of(dossier, reference)];
        let body = json(&list)?;
        let answer = self.call(&self.endpoints.status, body, deadline).await?;
        Reply::read(&answer, &hidden)?.of_write(&hidden)
    }

    /// The unit that received the dossier; without one the agency in its number, which by
    /// law is that of the unit in whose order of receipt the dossier stands (portal.md 12.1).
    pub(super) fn unit_of(&self, dossier: &Dossier) -> Result<AgencyCode, PortalError> {
        let unit = dossier.receiving_unit.as_ref();
        self.codes
            .of_agency(unit.unwrap_or_else(|| dossier.number.agency()))
    }
}

/// The answer to B6 right behind a B4 that was accepted. "Already there" and "not there" make
/// no sense of a status.
fn as_state(answer: PortalAnswer) -> PortalAnswer {
    let reading = match answer.reading {
        reading @ (Reading::Accepted | Reading::Refused { .. }) => reading,
        Reading::AlreadyThere
        | Reading::NotThere
        | Reading::NotUnderstood
        | Reading::CreatedWithoutState { .. } => Reading::NotUnderstood,
    };
    PortalAnswer { reading, ..answer }
}

/// Says of a call that brought a state what it did not bring.
fn without(answer: PortalAnswer, left_out: &[&str]) -> PortalAnswer {
    if answer.reading == Reading::Accepted {
        answer.not_carrying(left_out)
    } else {
        answer
    }
}
