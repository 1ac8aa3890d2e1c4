//! The national population database (Cơ sở dữ liệu quốc gia về dân cư) behind the buses of the
//! provinces: profiles soap-lgsp, soap-esb, json-wrap-xml and json-flat, all on one address.
//!
//! What a reader would get wrong: "no such person" and "the data differ" are one answer here, as
//! they are in life (population.md 11). Only the journal's owner knows that the request arrived.

mod access;
mod desk;
mod element;
mod json_flat;
mod json_request;
mod json_wrap;
mod ngsp;
mod question;
mod record;
mod registry;
mod reply;
mod request;
mod shape;
mod soap;
mod soap_esb;
mod soap_lgsp;
mod tree;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use serde::{Deserialize, Serialize};

use crate::backstage::Backstage;
use crate::clock::Clock;
use crate::config::PopulationSettings;
use crate::fault::{Fault, ScriptProblem, Stage};
use crate::journal::Entry;
use crate::people::{self, SampleCitizen};
use access::TokenBook;
use desk::Desk;
use json_flat::JsonFlat;
use json_wrap::JsonWrap;
use ngsp::Ngsp;
use registry::Registry;
use soap_esb::SoapEsb;
use soap_lgsp::SoapLgsp;

pub use shape::{AddressLayout, AnswerShape, CodeLayout, NameLayout, NotFoundForm, UnusablePrefix};

const STAGE: Stage = Stage {
    upstream: "population",
    operations: &["token", "037", "033", "household", "relatives"],
    profiles: &[
        "soap-lgsp",
        "soap-esb",
        "json-wrap-xml",
        "json-flat",
        "ngsp",
    ],
    forbidden: &["other_words", "apply_twice", "late_effect"],
};

/// Largest request; a real one is below 2 KiB.
const LARGEST_REQUEST: usize = 64 * 1024;

/// How a birth date is written; it differs by route (population.md 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    desk: Arc<Desk>,
    soap_lgsp: Arc<SoapLgsp>,
    soap_esb: Arc<SoapEsb>,
    json_wrap: Arc<JsonWrap>,
    json_flat: Arc<JsonFlat>,
    ngsp: Arc<Ngsp>,
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
        let ngsp_tokens = Arc::new(TokenBook::new(settings.token_lifetime));
        let flat_tokens = TokenBook::new(settings.token_lifetime);
        let soap_lgsp = SoapLgsp::new(&settings, Arc::clone(&ngsp_tokens));
        let desk = Desk::new(
            Registry::new(people::population(seed, citizens)),
            Arc::clone(&backstage),
            settings.answer_shape,
            settings.calls_per_minute,
            settings.calls_per_day,
        );
        Self {
            backstage,
            desk: Arc::new(desk),
            soap_lgsp: Arc::new(soap_lgsp),
            soap_esb: Arc::new(SoapEsb::new(settings.esb)),
            json_wrap: Arc::new(JsonWrap::new(settings.json_wrap, Arc::clone(&ngsp_tokens))),
            json_flat: Arc::new(JsonFlat::new(settings.json_flat, flat_tokens)),
            ngsp: Arc::new(Ngsp::new(settings.ngsp, ngsp_tokens)),
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.soap_lgsp
            .router(&self.desk)
            .merge(self.soap_esb.router(&self.desk))
            .merge(self.json_wrap.router(&self.desk))
            .merge(self.json_flat.router(&self.desk))
            .merge(self.ngsp.router(&self.desk))
            .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
    }

    pub(crate) fn backstage(&self) -> Arc<Backstage> {
        Arc::clone(&self.backstage)
    }

    /// The people who can be asked about and whose true data are answered with a record that
    /// agrees: the fixed awkward ones first.
    #[must_use]
    pub fn citizens(&self) -> Vec<SampleCitizen> {
        self.desk
            .registry
            .people(false)
            .map(SampleCitizen::from)
            .collect()
    }

    /// The people whose answer is a trap for its reader: another's number, two people, or a
    /// record with parts missing. None of them is among [`PopulationMock::citizens`].
    #[must_use]
    pub fn traps(&self) -> Vec<SampleCitizen> {
        self.desk
            .registry
            .people(true)
            .map(SampleCitizen::from)
            .collect()
    }

    /// How answers are laid out now.
    #[must_use]
    pub fn answer_shape(&self) -> AnswerShape {
        self.desk.shape.lock().clone()
    }

    /// Lays the answers out so from the next request on, in every profile.
    ///
    /// # Errors
    /// [`UnusablePrefix`] when the answers would not be XML; the shape stays as it was.
    pub fn shape_answers(&self, shape: AnswerShape) -> Result<(), UnusablePrefix> {
        shape.check()?;
        *self.desk.shape.lock() = shape;
        Ok(())
    }

    /// Access tokens issued since the start, by all token calls together.
    #[must_use]
    pub fn tokens_issued(&self) -> u64 {
        self.token_books().into_iter().map(TokenBook::issued).sum()
    }

    /// Forgets every access token, so that the next call with one is refused with 401.
    pub fn forget_tokens(&self) {
        for book in self.token_books() {
            book.forget_all();
        }
    }

    fn token_books(&self) -> [&TokenBook; 3] {
        [
            self.soap_lgsp.tokens(),
            self.json_flat.tokens(),
            self.ngsp.tokens(),
        ]
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
