//! The facts of dossiers in the database that gateways share.
//!
//! What a reader would get wrong: whoever folds holds one row for the whole database, so two
//! gateways fold one after the other. That is what makes a look-up count once: rows of
//! dossiers that are new have nothing else to lock.

mod fold;
mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, ObservationRules};
use lienthong_core::ports::observations::{
    Observation, ObservationError, Observations, Source, Wanted,
};
use lienthong_core::ports::outbox::OutboxError;

use super::PostgresOutbox;
use super::failure::Failure;
use super::link::{Command, Link};
use crate::store::observations::{Scope, source_name};

/// [`Observations`] in the database of an outbox.
pub struct PostgresObservations {
    link: Arc<Link>,
    rules: Arc<ObservationRules>,
}

impl PostgresOutbox {
    /// The facts of dossiers in the same database. They are closed with the outbox.
    #[must_use]
    pub fn observations(&self, rules: Arc<ObservationRules>) -> PostgresObservations {
        PostgresObservations {
            link: Arc::clone(&self.link),
            rules,
        }
    }
}

impl PostgresObservations {
    async fn run<C: Command>(&self, command: C) -> Result<C::Answer, ObservationError> {
        self.link.run(command).await.map_err(told)
    }
}

fn told(failure: Failure) -> ObservationError {
    let reason = match failure.into() {
        OutboxError::Unavailable { reason } => reason,
        OutboxError::Corrupt { problem, .. } => {
            format!("a dossier cannot be read back, fold everything in anew: {problem}")
        }
    };
    ObservationError::Unavailable { reason }
}

#[async_trait]
impl Observations for PostgresObservations {
    async fn position(&self, source: &Source) -> Result<u64, ObservationError> {
        self.run(fold::ReadPosition(source_name(source))).await
    }

    async fn observe(
        &self,
        source: &Source,
        before: u64,
        after: u64,
        happened: Vec<(DossierNumber, Observation)>,
    ) -> Result<bool, ObservationError> {
        let mut dossiers: BTreeMap<DossierNumber, Vec<Observation>> = BTreeMap::new();
        for (number, one) in happened {
            dossiers.entry(number).or_default().push(one);
        }
        self.run(fold::Fold {
            source: source_name(source),
            before,
            after,
            happened: Arc::new(dossiers),
            rules: Arc::clone(&self.rules),
        })
        .await
    }

    async fn dossier(
        &self,
        number: &DossierNumber,
    ) -> Result<Option<DossierFacts>, ObservationError> {
        let found = self.run(page::ReadDossier(number.clone())).await?;
        let mut facts = page::decoded(found).await.map_err(told)?;
        Ok(facts.pop())
    }

    async fn page(
        &self,
        wanted: &Wanted,
        after: Option<&DossierNumber>,
        most: u32,
    ) -> Result<Vec<DossierFacts>, ObservationError> {
        let after = after.map_or("", DossierNumber::as_str).to_owned();
        let scope = Scope::of(wanted);
        let found = self.run(page::ReadPage { scope, after, most }).await?;
        page::decoded(found).await.map_err(told)
    }

    async fn begin_anew(&self) -> Result<(), ObservationError> {
        self.run(fold::BeginAnew).await
    }

    async fn forget_ended(&self, before: Timestamp, most: u32) -> Result<u32, ObservationError> {
        let before = before.as_microsecond();
        self.run(fold::ForgetEnded { before, most }).await
    }
}
