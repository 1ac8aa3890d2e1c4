//! The outbox as operators see it, on PostgreSQL.
//!
//! Lists go state by state: each is a walk along one index, so a page of what is refused
//! costs the same beside five million events that are accepted or waiting.

mod expire;
mod failures;
mod filter;
mod list;
mod release;
mod steps;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    DossierFilter, DossierSummary, FailureGroup, Ledger, ListPosition, RecordedStep, Release,
    Released,
};
use lienthong_core::ports::outbox::OutboxError;

use super::PostgresOutbox;
use expire::Expire;
use failures::ReadFailures;
use list::ReadList;
use release::{Bring, BringBack};
use steps::ReadSteps;

#[async_trait]
impl Ledger for PostgresOutbox {
    async fn dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&ListPosition>,
        most: u32,
    ) -> Result<Vec<DossierSummary>, OutboxError> {
        let list = ReadList {
            filter: filter.clone(),
            after: after.cloned(),
            most: i64::from(most),
        };
        self.link.answer(list).await
    }

    async fn failures(&self, filter: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError> {
        self.link.answer(ReadFailures(filter.clone())).await
    }

    async fn release(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let bring = Bring {
            dossier: dossier.clone(),
            release: release.clone(),
            what: BringBack::Head,
        };
        self.link.answer(bring).await
    }

    async fn replay(
        &self,
        dossier: &DossierNumber,
        from_revision: u64,
        known_at_portal: bool,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let bring = Bring {
            dossier: dossier.clone(),
            release: release.clone(),
            what: BringBack::From {
                revision: i64::try_from(from_revision.max(1)).unwrap_or(i64::MAX),
                known_at_portal,
            },
        };
        self.link.answer(bring).await
    }

    async fn recorded_steps(
        &self,
        dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        self.link.answer(ReadSteps(dossier.clone())).await
    }

    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.link.answer(Expire { before, most }).await
    }
}
