//! `ResolveUnknown`: an operator says what stands at the portal.
//!
//! What a reader would get wrong: nothing is sent here and nobody is asked. The word is
//! kept with who gave it and why, and the worker goes on from there.

use lienthong_core::access::ClientName;
use lienthong_core::ports::ledger::{Release, Resolved};
use lienthong_proto::v1;

use crate::convert::resolving::{ResolveAsked, resolved};
use crate::status::{ServerError, Unsettled};
use crate::sync::operations::Desk;

/// Takes the word of an operator that came through `system`.
pub(super) async fn resolve(
    desk: &Desk,
    message: &v1::ResolveUnknownRequest,
    system: ClientName,
) -> Result<v1::ResolveUnknownResponse, ServerError> {
    let asked = ResolveAsked::read(message)?;
    let release = Release {
        operator: asked.operator.clone(),
        reason: asked.reason.clone(),
        system: Some(system.clone()),
        operation: None,
        at: desk.now(),
    };
    let dossier = &asked.dossier;
    let resolving = desk
        .ledger()
        .resolve(dossier, asked.revision, asked.found, &release);
    let unsettled = |why| ServerError::Unsettled {
        dossier: dossier.clone(),
        why,
    };
    match resolving.await? {
        Resolved::Accepted { .. } | Resolved::Due { .. } => tracing::info!(
            dossier.code = dossier.as_str(),
            revision = asked.revision,
            found = asked.found.name(),
            client = system.as_str(),
            "a person said what stands at the portal"
        ),
        Resolved::NotSentTogether { last_revision } => return Err(asked.beyond(last_revision)),
        Resolved::Untouched => return Err(unsettled(Unsettled::NotUnknown)),
        Resolved::Expired => return Err(unsettled(Unsettled::Expired)),
        Resolved::NotRecorded => return Err(unsettled(Unsettled::NotRecorded)),
    }
    let glance = desk.outbox().glance(dossier).await?;
    let glance = glance.ok_or_else(|| unsettled(Unsettled::NotRecorded))?;
    Ok(resolved(&glance))
}

#[cfg(test)]
mod tests;
