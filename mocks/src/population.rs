//! The national population database (Cơ sở dữ liệu quốc gia về dân cư) behind a provincial LGSP.
//!
//! What a reader would get wrong: "no such person" and "the data differ" are one answer here, as
//! they are in life (population.md 11). Only the journal's owner knows that the request arrived.

mod element;
mod registry;
mod reply;
mod request;
mod soap_lgsp;

use std::fmt;
use std::sync::Arc;

use axum::Router;

use crate::backstage::Backstage;
use crate::clock::Clock;
use crate::config::PopulationSettings;
use crate::fault::{Fault, ScriptProblem, Stage};
use crate::journal::Entry;
use crate::people::{self, SampleCitizen};
use registry::Registry;
use soap_lgsp::SoapLgsp;

const STAGE: Stage = Stage {
    upstream: "population",
    operations: &["token", "037", "033"],
    forbidden: &["integer_error_code"],
};

/// How a birth date is written in a request; it differs by route (population.md 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// `yyyy-MM-dd`.
    Dashed,
    /// `yyyyMMdd`.
    Compact,
}

/// The population database's backstage. Clones see the same database.
#[derive(Clone)]
pub struct PopulationMock {
    backstage: Arc<Backstage>,
    registry: Arc<Registry>,
    profile: Arc<SoapLgsp>,
}

impl fmt::Debug for PopulationMock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PopulationMock")
            .field("paused", &self.is_paused())
            .finish_non_exhaustive()
    }
}

impl PopulationMock {
    pub(crate) fn new(
        settings: PopulationSettings,
        seed: u64,
        citizens: usize,
        clock: Arc<Clock>,
    ) -> Self {
        let backstage = Arc::new(Backstage::new(STAGE, clock));
        let registry = Arc::new(Registry::new(people::population(seed, citizens)));
        let profile = Arc::new(SoapLgsp::new(
            settings,
            Arc::clone(&registry),
            Arc::clone(&backstage),
        ));
        Self {
            backstage,
            registry,
            profile,
        }
    }

    pub(crate) fn router(&self) -> Router {
        soap_lgsp::router(&self.profile)
    }

    pub(crate) fn backstage(&self) -> Arc<Backstage> {
        Arc::clone(&self.backstage)
    }

    /// The people who can be asked about: the fixed awkward ones first.
    #[must_use]
    pub fn citizens(&self) -> Vec<SampleCitizen> {
        self.registry
            .people()
            .iter()
            .map(SampleCitizen::from)
            .collect()
    }

    /// Access tokens issued since the start.
    #[must_use]
    pub fn tokens_issued(&self) -> u64 {
        self.profile.tokens_issued()
    }

    /// Forgets every access token, so that the next call with one is refused with 401.
    pub fn forget_tokens(&self) {
        self.profile.forget_tokens();
    }

    /// What was received, oldest first; the last 10 000 requests.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.backstage.journal()
    }

    /// Adds a fault behind those that wait.
    ///
    /// # Errors
    /// Every reason why this upstream cannot play it.
    pub fn script(&self, fault: Fault) -> Result<(), Vec<ScriptProblem>> {
        self.backstage.script(fault)
    }

    /// Faults that still wait, with the times that are left.
    #[must_use]
    pub fn waiting_faults(&self) -> Vec<Fault> {
        self.backstage.waiting_faults()
    }

    /// Forgets the faults that still wait.
    pub fn clear_faults(&self) {
        self.backstage.clear_faults();
    }

    /// Begins an outage: open connections are cut, new ones are reset.
    pub fn pause(&self) {
        self.backstage.gate.pause();
    }

    /// Ends the outage.
    pub fn resume(&self) {
        self.backstage.gate.resume();
    }

    /// Whether there is an outage.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.backstage.gate.is_paused()
    }
}
