//! Which dossiers an operation is about, chosen once, when it is started.
//!
//! What a reader would get wrong: choosing is done page by page, and each page is a sign of
//! life, also one that adds nothing. An operation without such a sign was left behind.

use std::collections::BTreeSet;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{OperationId, OperationState};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::reconcile::Repair;
use lienthong_core::sync::state::SyncState;

use super::desk::{Desk, PAGE, position};

/// Dossiers besides those of a filter that are added at once.
const BESIDES: usize = 500;

/// What is to be chosen.
#[derive(Debug)]
pub(super) enum Choice {
    /// What matches; `None` matches nothing.
    Matching {
        /// The conditions.
        filter: Option<Box<DossierFilter>>,
        /// Whether numbers that are given one by one are chosen also where nothing was
        /// recorded under them.
        also_unknown: bool,
        /// Dossiers that are chosen besides.
        besides: Vec<DossierNumber>,
    },
    /// Every dossier in which this reconciliation found what can be repaired safely.
    Repairable(OperationId),
    /// The dossiers of some differences.
    Differing {
        /// The reconciliation that found them.
        reconciliation: OperationId,
        /// Their numbers.
        differences: Vec<u64>,
    },
}

impl Choice {
    /// Adds the dossiers to the operation and lets it run.
    pub(super) async fn choose(self, desk: &Desk, id: &OperationId) -> Result<(), OutboxError> {
        match self {
            Self::Matching { filter: None, .. } => {}
            Self::Matching {
                filter: Some(filter),
                also_unknown,
                besides,
            } => {
                matching(desk, id, &filter).await?;
                if also_unknown {
                    add(desk, id, unknown(desk, &filter).await?).await?;
                }
                // Last: what was touched since is heard of first, however much differs.
                for page in besides.chunks(BESIDES) {
                    if !add(desk, id, page.to_vec()).await? {
                        break;
                    }
                }
            }
            Self::Repairable(reconciliation) => repairable(desk, id, &reconciliation).await?,
            Self::Differing {
                reconciliation,
                differences,
            } => differing(desk, id, &reconciliation, differences).await?,
        }
        desk.operations().run(id).await
    }
}

/// Adds a page; whether more may be added, which is not so any more once it is cancelled.
async fn add(
    desk: &Desk,
    id: &OperationId,
    dossiers: Vec<DossierNumber>,
) -> Result<bool, OutboxError> {
    let operations = desk.operations();
    operations.add_items(id, dossiers, desk.now()).await?;
    let operation = operations.operation(id).await?;
    Ok(operation.is_some_and(|operation| operation.state == OperationState::Choosing))
}

async fn matching(
    desk: &Desk,
    id: &OperationId,
    filter: &DossierFilter,
) -> Result<(), OutboxError> {
    if is_of_unsent(filter) {
        return listed(desk, id, filter).await;
    }
    let mut after = None;
    loop {
        let part = desk.ledger().choose(filter, after.as_ref(), PAGE).await?;
        let goes_on = add(desk, id, part.dossiers).await?;
        after = part.next;
        if after.is_none() || !goes_on {
            return Ok(());
        }
    }
}

/// Whether no dossier is meant that is wholly accepted. There are few others, and a list
/// finds them at once, where a walk would pass by the millions that are.
fn is_of_unsent(filter: &DossierFilter) -> bool {
    !filter.states.is_empty() && !filter.states.contains(&SyncState::Accepted)
}

async fn listed(desk: &Desk, id: &OperationId, filter: &DossierFilter) -> Result<(), OutboxError> {
    let mut after = None;
    loop {
        let page = desk.ledger().dossiers(filter, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(position(last));
        let dossiers = page.into_iter().map(|dossier| dossier.dossier).collect();
        if !add(desk, id, dossiers).await? {
            return Ok(());
        }
    }
}

/// The numbers among those given one by one under which nothing was recorded.
async fn unknown(desk: &Desk, filter: &DossierFilter) -> Result<Vec<DossierNumber>, OutboxError> {
    if filter.dossiers.is_empty() {
        return Ok(Vec::new());
    }
    let named = DossierFilter {
        dossiers: filter.dossiers.clone(),
        ..DossierFilter::default()
    };
    let mut recorded = BTreeSet::new();
    let mut after = None;
    loop {
        let part = desk.ledger().choose(&named, after.as_ref(), PAGE).await?;
        recorded.extend(part.dossiers);
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    let given = filter.dossiers.iter();
    Ok(given
        .filter(|dossier| !recorded.contains(*dossier))
        .cloned()
        .collect())
}

async fn repairable(
    desk: &Desk,
    id: &OperationId,
    reconciliation: &OperationId,
) -> Result<(), OutboxError> {
    let mut after = 0;
    loop {
        let page = desk.differences(reconciliation, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.kept.number;
        let safe = page.into_iter().filter_map(|found| match found.repair {
            Repair::Replay { .. } => Some(found.kept.dossier),
            Repair::ByHand(_) => None,
        });
        if !add(desk, id, safe.collect()).await? {
            return Ok(());
        }
    }
}

async fn differing(
    desk: &Desk,
    id: &OperationId,
    reconciliation: &OperationId,
    mut differences: Vec<u64>,
) -> Result<(), OutboxError> {
    differences.sort_unstable();
    let mut left = differences.as_slice();
    while let Some(first) = left.first() {
        let behind = first.saturating_sub(1);
        let page = desk
            .operations()
            .differences(reconciliation, behind, PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        let (here, beyond) = left.split_at(left.partition_point(|number| *number <= last.number));
        let chosen = page
            .iter()
            .filter(|kept| here.binary_search(&kept.number).is_ok());
        let dossiers = chosen.map(|kept| kept.dossier.clone()).collect();
        left = beyond;
        if !add(desk, id, dossiers).await? {
            return Ok(());
        }
    }
    Ok(())
}
