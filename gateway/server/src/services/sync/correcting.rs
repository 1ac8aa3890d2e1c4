//! `CorrectDossier`: an operator has a corrected state sent.
//!
//! What a reader would get wrong: a release sends the same content again. A field that the
//! portal refuses is put right by the procedure system, which records the state anew; that
//! one waits behind the refused one until somebody says that it takes its place.

use lienthong_core::access::ClientName;
use lienthong_core::ports::ledger::{Release, Released};
use lienthong_proto::v1;

use crate::convert::correcting::{CorrectionAsked, corrected};
use crate::status::{ServerError, Unsettled};
use crate::sync::operations::Desk;

/// Takes the order of an operator that came through `system`.
pub(super) async fn correct(
    desk: &Desk,
    message: &v1::CorrectDossierRequest,
    system: ClientName,
) -> Result<v1::CorrectDossierResponse, ServerError> {
    let CorrectionAsked {
        dossier,
        operator,
        reason,
    } = CorrectionAsked::read(message)?;
    let release = Release {
        operator,
        reason,
        system: Some(system.clone()),
        operation: None,
        at: desk.now(),
    };
    let unsettled = |why| ServerError::Unsettled {
        dossier: dossier.clone(),
        why,
    };
    let revision = match desk.ledger().correct(&dossier, &release).await? {
        Released::Due { revision } => revision,
        Released::Untouched => return Err(unsettled(Unsettled::NothingToCorrect)),
        Released::Expired => return Err(unsettled(Unsettled::Expired)),
        Released::NotRecorded => return Err(unsettled(Unsettled::NotRecorded)),
    };
    tracing::info!(
        dossier.code = dossier.as_str(),
        revision,
        client = system.as_str(),
        "a person has a corrected state sent"
    );
    let glance = desk.outbox().glance(&dossier).await?;
    let glance = glance.ok_or_else(|| unsettled(Unsettled::NotRecorded))?;
    Ok(corrected(&glance, revision))
}

#[cfg(test)]
mod tests;
