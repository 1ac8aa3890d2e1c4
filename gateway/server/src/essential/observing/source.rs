//! The two sorts of sources, as one follower hears them.

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::observations::{
    EventFeed, Fingerprint, LookupFeed, Observation, Portion,
};

use super::ObserveError;

/// What a source tells behind a place.
pub(super) struct Batch {
    /// Where the follower stands after it.
    pub(super) reached: u64,
    /// Rows that were told.
    pub(super) count: u64,
    /// Rows that could not be read.
    pub(super) unreadable: u64,
    /// Of what stands at `reached`.
    pub(super) fingerprint: Option<Fingerprint>,
    /// What happened, each at its place.
    pub(super) happened: Vec<(u64, DossierNumber, Observation)>,
    /// Dossiers of which an event stands there that is not told.
    pub(super) silent: Vec<DossierNumber>,
}

impl Batch {
    /// What is told of it, behind `before`.
    pub(super) fn portion(self, before: u64) -> Portion {
        let happened = self.happened.into_iter();
        Portion {
            before,
            after: self.reached,
            fingerprint: self.fingerprint,
            unreadable: self.unreadable,
            happened: happened.map(|(_, number, one)| (number, one)).collect(),
            silent: Vec::new(),
        }
    }

    /// The same, and of which dossiers something is not told.
    pub(super) fn portion_of_all(mut self, before: u64) -> Portion {
        let silent = std::mem::take(&mut self.silent);
        Portion {
            silent,
            ..self.portion(before)
        }
    }

    /// The same, but not beyond `goal`, where `stands` stands.
    pub(super) fn portion_up_to(
        mut self,
        before: u64,
        goal: u64,
        stands: Option<Fingerprint>,
    ) -> Portion {
        if self.reached > goal {
            self.happened.retain(|(position, ..)| *position <= goal);
            self.reached = goal;
            self.fingerprint = stands;
        }
        self.portion(before)
    }
}

/// A source that can be followed.
#[async_trait]
pub(super) trait Told: Send + Sync {
    /// Where it ends.
    async fn newest(&self) -> Result<u64, ObserveError>;

    /// What is behind a place, at most so many.
    async fn after(&self, position: u64, most: u32) -> Result<Batch, ObserveError>;

    /// What stands at a place.
    async fn stands(&self, position: u64) -> Result<Option<Fingerprint>, ObserveError>;
}

/// The events.
pub(super) struct Events<'a>(pub(super) &'a dyn EventFeed);

/// The look-ups of one log.
pub(super) struct Lookups<'a>(pub(super) &'a dyn LookupFeed);

#[async_trait]
impl Told for Events<'_> {
    async fn newest(&self) -> Result<u64, ObserveError> {
        let newest = self.0.newest_position().await;
        newest.map_err(ObserveError::Events)
    }

    async fn after(&self, position: u64, most: u32) -> Result<Batch, ObserveError> {
        let heard = self.0.events_after(position, most).await;
        let heard = heard.map_err(ObserveError::Events)?;
        let count = heard.told.len() as u64;
        let (mut happened, mut silent) = (Vec::new(), Vec::new());
        for event in heard.told {
            let Some(body) = event.body else {
                silent.push(event.dossier);
                continue;
            };
            let observation = Observation::Event {
                revision: event.revision,
                occurred_at: event.occurred_at,
                body,
            };
            happened.push((event.position, event.dossier, observation));
        }
        Ok(Batch {
            reached: heard.reached,
            count,
            unreadable: heard.unreadable,
            fingerprint: heard.fingerprint,
            happened,
            silent,
        })
    }

    async fn stands(&self, position: u64) -> Result<Option<Fingerprint>, ObserveError> {
        let stands = self.0.fingerprint(position).await;
        stands.map_err(ObserveError::Events)
    }
}

#[async_trait]
impl Told for Lookups<'_> {
    async fn newest(&self) -> Result<u64, ObserveError> {
        let newest = self.0.newest_position().await;
        newest.map_err(ObserveError::Lookups)
    }

    async fn after(&self, position: u64, most: u32) -> Result<Batch, ObserveError> {
        let heard = self.0.lookups_after(position, most).await;
        let heard = heard.map_err(ObserveError::Lookups)?;
        Ok(Batch {
            reached: heard.reached,
            count: heard.told.len() as u64,
            unreadable: heard.unreadable,
            fingerprint: heard.fingerprint,
            happened: heard
                .told
                .into_iter()
                .map(|lookup| {
                    let dossier = lookup.seen.dossier.clone();
                    (lookup.position, dossier, Observation::Lookup(lookup.seen))
                })
                .collect(),
            silent: Vec::new(),
        })
    }

    async fn stands(&self, position: u64) -> Result<Option<Fingerprint>, ObserveError> {
        let stands = self.0.fingerprint(position).await;
        stands.map_err(ObserveError::Lookups)
    }
}
