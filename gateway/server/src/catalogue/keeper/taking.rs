//! What becomes of a fetch: the catalogue is taken, or refused with a reason.
//!
//! What a reader would get wrong: a refusal is no failure. It stays in view until a catalogue
//! is taken, whatever fails in between, because a person has to decide.

use std::mem::discriminant;
use std::sync::PoisonError;

use lienthong_core::catalogue::{CatalogueChange, Change, VanishedCode, codes_that_vanished};
use lienthong_core::ports::catalogue::{FetchOutcome, FetchRecord, NextCatalogue};
use lienthong_core::procedure::ProcedureCode;

use super::super::fetching::{Brought, NotTaken};
use super::super::held::{Trouble, read_held};
use super::{Fetches, Keeper, Order, RefreshError, Refreshed};

impl Keeper {
    /// Puts what a fetch brought in the place of what is held.
    pub(super) async fn take(
        &self,
        brought: Brought,
        order: Order,
    ) -> Result<Refreshed, RefreshError> {
        let Brought {
            step,
            list,
            online,
            units,
            fields,
        } = brought;
        let counts = step.counts;
        let record = self.record(&order, FetchOutcome::Taken { counts });
        let next = NextCatalogue {
            profile: self.parts.source.profile().to_owned(),
            rows: step.rows,
            changes: step.changes,
            online,
            units,
            fields,
        };
        let vanished = self.vanished(&next.changes);
        let store = &self.parts.store;
        let state = match store.replace(next, record.clone()).await {
            Ok(state) => state,
            Err(error) => return Err(self.refuse(NotTaken::Store(error), order).await),
        };
        let held = read_held(store.as_ref()).await;
        self.remember_taken(record);
        match held {
            Ok(held) => {
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
            }
            // It was taken and cannot be shown: that is told, and tried again.
            Err(error) => return Err(self.refuse(NotTaken::Store(error), order).await),
        }
        tracing::info!(
            version = state.version,
            procedures = state.procedures,
            added = counts.added,
            changed = counts.changed,
            withdrawn = counts.withdrawn,
            restored = counts.restored,
            details_not_fetched = counts.not_fetched,
            "the procedure catalogue was taken"
        );
        warn_of_vanished(&vanished);
        self.warn_of_services();
        Ok(Refreshed {
            state,
            counts,
            left_out: list.unreadable,
            repeated: list.repeated,
            vanished,
        })
    }

    /// Records why nothing was taken, and says so loudly where a person must decide.
    pub(super) async fn refuse(&self, not_taken: NotTaken, order: Order) -> RefreshError {
        let outcome = match &not_taken {
            NotTaken::Shrunk(loss) => FetchOutcome::Shrunk(*loss),
            NotTaken::Empty => FetchOutcome::Empty,
            NotTaken::Source { .. }
            | NotTaken::Details { .. }
            | NotTaken::TooSlow { .. }
            | NotTaken::Broken
            | NotTaken::Store(_) => FetchOutcome::Failed {
                reason: not_taken.to_string(),
            },
        };
        match &not_taken {
            NotTaken::Shrunk(loss) => tracing::error!(
                held = loss.held,
                offered = loss.offered,
                lost = loss.lost,
                "the procedure catalogue has lost too many procedures and is refused; the one \
                 that is held stays until an operator takes it"
            ),
            NotTaken::Empty => tracing::error!(
                "the procedure catalogue lists nothing and is refused; the one that is held stays"
            ),
            NotTaken::Source { .. }
            | NotTaken::Details { .. }
            | NotTaken::TooSlow { .. }
            | NotTaken::Broken
            | NotTaken::Store(_) => {
                tracing::warn!(error = %not_taken, "the procedure catalogue was not fetched");
            }
        }
        let record = self.record(&order, outcome);
        // First here: a store that is out must not hide it, nor make the next fetch due at once.
        self.remember_not_taken(record.clone());
        if let Err(error) = self.parts.store.note(record).await {
            tracing::warn!(%error, "a fetch of the procedure catalogue is not recorded");
        }
        match not_taken {
            NotTaken::Shrunk(loss) => RefreshError::Shrunk(loss),
            NotTaken::Empty => RefreshError::Empty,
            NotTaken::Store(error) => RefreshError::Store(error),
            NotTaken::Source { .. }
            | NotTaken::Details { .. }
            | NotTaken::TooSlow { .. }
            | NotTaken::Broken => RefreshError::Failed {
                reason: not_taken.to_string(),
            },
        }
    }

    fn record(&self, order: &Order, outcome: FetchOutcome) -> FetchRecord {
        FetchRecord {
            at: self.now(),
            by: order.by.clone(),
            accept_shrink: order.accept_shrink,
            outcome,
        }
    }

    fn remember_taken(&self, record: FetchRecord) {
        let fetches = Fetches {
            last: Some(record),
            refusals: Vec::new(),
        };
        *self.fetches.write().unwrap_or_else(PoisonError::into_inner) = fetches;
    }

    /// Of each kind of refusal the newest stays, as in the store.
    fn remember_not_taken(&self, record: FetchRecord) {
        let mut fetches = self.fetches.write().unwrap_or_else(PoisonError::into_inner);
        let is_refusal = match &record.outcome {
            FetchOutcome::Shrunk(_) | FetchOutcome::Empty => true,
            FetchOutcome::Taken { .. } | FetchOutcome::Failed { .. } => false,
        };
        if is_refusal {
            let kind = discriminant(&record.outcome);
            let refusals = &mut fetches.refusals;
            refusals.retain(|it| discriminant(&it.outcome) != kind);
            refusals.insert(0, record.clone());
        }
        fetches.last = Some(record);
    }

    /// The codes of essential services that go with `changes`.
    fn vanished(&self, changes: &[Change]) -> Vec<VanishedCode> {
        let now = self.now();
        let changes = changes.iter().cloned().map(|change| CatalogueChange {
            code: change.code,
            name: change.name,
            kind: change.kind,
            fields: change.fields,
            seen_at: now,
            version: String::new(),
        });
        let changes: Vec<CatalogueChange> = changes.collect();
        codes_that_vanished(&changes, &self.parts.services)
    }

    fn warn_of_services(&self) {
        for trouble in self.troubles() {
            if let Trouble::NotListed(codes) = trouble {
                let codes: Vec<&str> = codes.iter().map(|it| it.code.as_str()).collect();
                tracing::warn!(
                    codes = codes.join(", "),
                    "codes of essential services are not listed in the procedure catalogue"
                );
            }
        }
    }
}

/// Says once, when it happens, which services a code is missing from.
fn warn_of_vanished(vanished: &[VanishedCode]) {
    for gone in vanished {
        let services = gone.services.iter().map(|(number, _)| number.to_string());
        let services: Vec<String> = services.collect();
        tracing::warn!(
            code = gone.code.as_str(),
            services = services.join(", "),
            replaced_by = gone.replaced_by.as_ref().map_or("-", ProcedureCode::as_str),
            "a code of essential services vanished from the procedure catalogue; look for the \
             document that repeals it"
        );
    }
}
