//! The facts of dossiers in the database that gateways share.
//!
//! What a reader would get wrong: whoever folds holds one row for the whole database, so two
//! gateways fold one after the other. That is what makes a look-up count once: rows of
//! dossiers that are new have nothing else to lock.

mod anew;
mod fold;
mod followers;
mod names;
mod page;
mod sources;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, ObservationRules};
use lienthong_core::ports::observations::{
    FactsPage, Follower, FollowerId, ObservationError, Observations, Portion, Rebuild,
    RebuildCause, Source, Standing, Wanted,
};
use lienthong_core::ports::outbox::OutboxError;

#[cfg(test)]
pub(super) use fold::OVER;

use super::PostgresOutbox;
use super::failure::Failure;
use super::link::{Command, Link};
use crate::store::observations::{Scope, UNREADABLE};

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
        OutboxError::Corrupt { problem, .. } => format!("{UNREADABLE}: {problem}"),
    };
    ObservationError::Unavailable { reason }
}

#[async_trait]
impl Observations for PostgresObservations {
    async fn standings(&self) -> Result<Vec<Standing>, ObservationError> {
        self.run(sources::ReadStandings).await
    }

    async fn position(&self, source: &Source) -> Result<u64, ObservationError> {
        self.run(sources::ReadPosition(source.clone())).await
    }

    async fn follow(
        &self,
        source: &Source,
        follower: &Follower,
        instead_of: Option<&FollowerId>,
    ) -> Result<bool, ObservationError> {
        self.run(followers::Follow {
            source: source.clone(),
            follower: follower.clone(),
            instead_of: instead_of.cloned(),
        })
        .await
    }

    async fn note_rival(&self, source: &Source, rival: &Follower) -> Result<(), ObservationError> {
        let (source, rival) = (source.clone(), rival.clone());
        self.run(followers::NoteRival { source, rival }).await
    }

    async fn observe(&self, source: &Source, portion: Portion) -> Result<bool, ObservationError> {
        self.run(fold::Fold {
            source: source.clone(),
            batch: portion.into(),
            rules: Arc::clone(&self.rules),
        })
        .await
    }

    async fn complete(
        &self,
        source: &Source,
        position: u64,
        until: Timestamp,
    ) -> Result<(), ObservationError> {
        self.run(sources::Complete {
            source: source.clone(),
            position,
            until,
        })
        .await
    }

    async fn begin_anew(
        &self,
        at: Timestamp,
        cause: &RebuildCause,
    ) -> Result<Option<u64>, ObservationError> {
        let cause = cause.clone();
        self.run(sources::BeginAnew { at, cause }).await
    }

    async fn observe_anew(
        &self,
        source: &Source,
        portion: Portion,
    ) -> Result<bool, ObservationError> {
        self.run(anew::FoldAnew {
            source: source.clone(),
            batch: portion.into(),
            rules: Arc::clone(&self.rules),
        })
        .await
    }

    async fn told_anew(&self, source: &Source, position: u64) -> Result<bool, ObservationError> {
        let source = source.clone();
        self.run(sources::ToldAnew { source, position }).await
    }

    async fn take_anew(&self, source: &Source, most: u32) -> Result<bool, ObservationError> {
        let source = source.clone();
        self.run(anew::TakeAnew { source, most }).await
    }

    async fn give_up_anew(&self, source: &Source) -> Result<(), ObservationError> {
        self.run(sources::GiveUp(source.clone())).await
    }

    async fn rebuilds(&self, most: u32) -> Result<Vec<Rebuild>, ObservationError> {
        self.run(sources::ReadRebuilds(most)).await
    }

    async fn dossier(
        &self,
        number: &DossierNumber,
    ) -> Result<Option<DossierFacts>, ObservationError> {
        let found = self.run(page::ReadDossier(number.clone())).await?;
        page::one(&found).map_err(told)
    }

    async fn page(
        &self,
        wanted: &Wanted,
        after: Option<&DossierNumber>,
        most: u32,
    ) -> Result<FactsPage, ObservationError> {
        let after = after.map_or("", DossierNumber::as_str).to_owned();
        let scope = Scope::of(wanted);
        let found = self.run(page::ReadPage { scope, after, most }).await?;
        page::decoded(found, most).await.map_err(told)
    }

    async fn forget_ended(&self, before: Timestamp, most: u32) -> Result<u32, ObservationError> {
        let before = before.as_microsecond();
        self.run(fold::ForgetEnded { before, most }).await
    }

    async fn forget_names(&self, most: u32) -> Result<bool, ObservationError> {
        self.run(names::Forget(most)).await
    }
}
