//! Puts the comparisons of the invented year into the outbox of a gateway that is not running.
//!
//! What a reader would get wrong: they go in as reconciliations do, so that what a check
//! reads of them is what the store makes of them, and not what the plan says.

use std::num::NonZeroU32;
use std::time::Duration;

use lienthong_core::access::OfficerId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::operations::{
    NewOperation, OperationId, OperationKind, OperationState, Operations,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal_history::PortalHistory;
use lienthong_core::sync::reconcile::{Difference, Finding};
use lienthong_core::text::Text;

use super::portal_side::Comparison;
use super::{InventError, Province, SeedError};

/// Who asked the invented portal.
const WORKER: &str = "invented-year";

/// Longer than it takes.
const LEASE: Duration = Duration::from_hours(1);

/// Puts them there, as far as they do not stand there from an earlier demonstration.
///
/// # Errors
/// [`SeedError`].
pub async fn compare<Store>(province: &Province<'_>, store: &Store) -> Result<(), SeedError>
where
    Store: Operations + PortalHistory,
{
    if let Some(outage) = province.portal_outage() {
        store.keep_outage(outage).await?;
    }
    for (number, comparison) in (1..).zip(province.comparisons()?) {
        let id = OperationId::parse(&format!("{WORKER}-{number}"));
        let id = id.ok_or(InventError::Value("operation"))?;
        keep(store, id, comparison).await?;
    }
    Ok(())
}

/// Puts one comparison there.
pub(crate) async fn keep(
    store: &dyn Operations,
    id: OperationId,
    comparison: Comparison,
) -> Result<(), SeedError> {
    let Comparison { at, answers } = comparison;
    match store.operation(&id).await? {
        Some(known) if known.ended_at.is_some() => return Ok(()),
        Some(_) => {}
        None => {
            let new = NewOperation {
                id: id.clone(),
                kind: OperationKind::Reconciliation,
                per_minute: NonZeroU32::MIN,
                operator: OfficerId::gateway(),
                system: None,
                reason: Text::parse("Giả lập: đối soát của một năm giả lập")
                    .map_err(|_| InventError::Value("text"))?,
                started_at: at,
                reconciliation: None,
                profile: None,
            };
            store.create(new).await?;
        }
    }
    let dossiers: Vec<DossierNumber> = answers.iter().map(|(dossier, _)| dossier.clone()).collect();
    store.add_items(&id, dossiers, at).await?;
    store.run(&id).await?;
    let kinds = [OperationKind::Reconciliation];
    let taken = store.take(WORKER, &kinds, at, LEASE).await?;
    if taken.is_none_or(|taken| taken.started.id != id) {
        return Err(SeedError::Compared(OutboxError::Unavailable {
            reason: "another reconciliation runs".to_owned(),
        }));
    }
    for (item, (_, differs)) in (1..).zip(answers) {
        let finding = Finding::Answered {
            by_fields: true,
            differences: differs.then_some(BEHIND).into_iter().collect(),
        };
        store.found(&id, WORKER, item, finding, at).await?;
    }
    store.end(&id, OperationState::Finished, "", at).await?;
    Ok(())
}

/// What the invented portal shows of a dossier that has come to its end.
const BEHIND: Difference = Difference::StatusBehind {
    ours: PortalStatus::Processed,
    theirs: PortalStatus::Processing,
};
