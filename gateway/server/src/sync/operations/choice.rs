//! Which dossiers an operation is about, chosen once, when it is started.

use std::collections::BTreeSet;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{OperationId, OperationState};
use lienthong_core::ports::outbox::OutboxError;

use super::desk::{Desk, PAGE, position};

/// What is to be chosen.
#[derive(Debug)]
pub(super) enum Choice {
    /// What matches; `None` matches nothing.
    Matching {
        /// The conditions.
        filter: Option<DossierFilter>,
        /// Whether numbers that are given one by one are chosen also where nothing was
        /// recorded under them.
        also_unknown: bool,
    },
    /// These.
    These(Vec<DossierNumber>),
}

impl Choice {
    /// Adds the dossiers to the operation and lets it run.
    pub(super) async fn choose(self, desk: &Desk, id: &OperationId) -> Result<(), OutboxError> {
        match self {
            Self::Matching { filter: None, .. } => {}
            Self::Matching {
                filter: Some(filter),
                also_unknown,
            } => {
                matching(desk, id, &filter).await?;
                if also_unknown {
                    let unknown = unknown(desk, &filter).await?;
                    if !unknown.is_empty() {
                        desk.operations().add_items(id, unknown).await?;
                    }
                }
            }
            Self::These(dossiers) => {
                let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
                for dossiers in dossiers.chunks(page) {
                    desk.operations().add_items(id, dossiers.to_vec()).await?;
                }
            }
        }
        desk.operations().run(id).await
    }
}

async fn matching(
    desk: &Desk,
    id: &OperationId,
    filter: &DossierFilter,
) -> Result<(), OutboxError> {
    let mut after = None;
    loop {
        let page = desk.ledger().dossiers(filter, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(position(last));
        let dossiers = page.into_iter().map(|dossier| dossier.dossier).collect();
        desk.operations().add_items(id, dossiers).await?;
        let operation = desk.operations().operation(id).await?;
        // Cancelled meanwhile: the rest need not be looked for.
        if operation.is_none_or(|operation| operation.state != OperationState::Choosing) {
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
        let page = desk.ledger().dossiers(&named, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(position(last));
        recorded.extend(page.into_iter().map(|dossier| dossier.dossier));
    }
    let given = filter.dossiers.iter();
    Ok(given
        .filter(|dossier| !recorded.contains(*dossier))
        .cloned()
        .collect())
}
