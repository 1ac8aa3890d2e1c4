//! The outbox as operators see it, on PostgreSQL.
//!
//! Lists go state by state: each is a walk along one index, so a page of what is refused
//! costs the same beside five million events that are accepted or waiting.

mod choice;
mod expire;
mod failures;
mod filter;
mod kept;
mod list;
mod release;
mod resolve;
mod steps;

#[cfg(test)]
pub(super) use choice::whole as whole_choice;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    ChoicePosition, ChosenPart, DossierFilter, DossierSummary, FailureGroup, Found, Ledger,
    ListPosition, RecordedStep, Release, Released, Replay, Resolved,
};
use lienthong_core::ports::outbox::OutboxError;

use super::PostgresOutbox;
use choice::Choose;
use expire::{Ended, Expire};
use failures::ReadFailures;
use list::ReadList;
use release::{Bring, BringBack};
use resolve::Resolve;
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

    async fn choose(
        &self,
        filter: &DossierFilter,
        after: Option<&ChoicePosition>,
        most: u32,
    ) -> Result<ChosenPart, OutboxError> {
        let choose = Choose {
            filter: filter.clone(),
            after: after.cloned(),
            most,
        };
        self.link.answer(choose).await
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

    async fn correct(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let bring = Bring {
            dossier: dossier.clone(),
            release: release.clone(),
            what: BringBack::Corrected,
        };
        self.link.answer(bring).await
    }

    async fn replay(
        &self,
        dossier: &DossierNumber,
        replay: &Replay,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let bring = Bring {
            dossier: dossier.clone(),
            release: release.clone(),
            what: BringBack::Accepted(*replay),
        };
        self.link.answer(bring).await
    }

    async fn resolve(
        &self,
        dossier: &DossierNumber,
        revision: u64,
        found: Found,
        release: &Release,
    ) -> Result<Resolved, OutboxError> {
        let resolve = Resolve {
            dossier: dossier.clone(),
            revision,
            found,
            release: release.clone(),
        };
        self.link.answer(resolve).await
    }

    async fn recorded_steps(
        &self,
        dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        self.link.answer(ReadSteps(dossier.clone())).await
    }

    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        let which = Ended::Finished;
        self.link
            .answer(Expire {
                which,
                before,
                most,
            })
            .await
    }

    async fn expire_unfinished(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        let which = Ended::Unfinished;
        self.link
            .answer(Expire {
                which,
                before,
                most,
            })
            .await
    }
}
