//! An invented province: a year of dossiers, look-ups and documents of the 25 services.
//!
//! What a reader would get wrong: everything in it is known beforehand. Its [`Plan`] names
//! each contradiction between documents and traffic, so that a check can be checked. It is
//! made from a seed and a day alone, dossier by dossier, whatever their number.

mod chance;
mod comparing;
mod days;
mod documents;
mod files;
mod kinds;
mod life;
mod look_ups;
mod moments;
mod offices;
mod plan;
mod planting;
mod portal_side;
mod seeding;
mod telling;

pub use comparing::compare;
#[cfg(test)]
pub(crate) use comparing::keep;
pub use files::calendar_file;
pub use kinds::DOSSIERS;
pub use life::Life;
pub use offices::PROVINCE;
pub use plan::{Plan, Spot};
pub use portal_side::Comparison;
pub use seeding::{SeedError, Stores, evidence, observed, seed};
pub use telling::CLIENT;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use lienthong_core::agency::InvalidAgencyCode;
use lienthong_core::calendar::WorkCalendar;
use lienthong_core::dossier_number::InvalidDossierNumber;
use lienthong_core::evidence::EvidenceDraft;
use lienthong_core::identity::InvalidPersonalNumber;
use lienthong_core::observation::Window;
use lienthong_core::procedure::InvalidCode;
use thiserror::Error;

use chance::Chance;
use days::Days;
use kinds::{KINDS, Kind};
use life::Birth;
use moments::Moments;
use planting::{Sown, forced_day, sow};

/// Days of the invented year.
const YEAR: i64 = 365;

/// The seed of the province that demonstrations and tests show.
pub const SEED: u64 = 2026;

/// Why the province could not be made: something invented is not what it should be.
#[derive(Debug, Error)]
pub enum InventError {
    /// The year lies outside of what a calendar can hold.
    #[error("the invented year has no such day")]
    NoDay,
    /// A value that is no such value.
    #[error("an invented value is not valid: {0}")]
    Value(&'static str),
    /// A code.
    #[error("an invented code is not valid")]
    Code(#[from] InvalidCode),
    /// An agency.
    #[error("an invented agency is not valid")]
    Agency(#[from] InvalidAgencyCode),
    /// A dossier number.
    #[error("an invented dossier number is not valid")]
    Number(#[from] InvalidDossierNumber),
    /// A person's number.
    #[error("an invented person's number is not valid")]
    Person(#[from] InvalidPersonalNumber),
}

/// From what the province is made.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'c> {
    /// The day after the invented year.
    pub today: Date,
    /// Days on which the invented offices work.
    pub calendar: &'c WorkCalendar,
    /// Another seed makes another province.
    pub seed: u64,
    /// How many dossiers it has. The plan holds for [`DOSSIERS`].
    pub dossiers: u32,
}

/// The invented province.
pub struct Province<'c> {
    today: Date,
    window: Window,
    days: Days<'c>,
    moments: Moments,
    seed: u64,
    dossiers: u32,
}

impl<'c> Province<'c> {
    /// The province of these grounds.
    ///
    /// # Errors
    /// [`InventError`] when the year lies outside of the calendar's reach.
    pub fn invent(grounds: &Grounds<'c>) -> Result<Self, InventError> {
        let today = grounds.today;
        let back = |days: i64| today.checked_sub(days.days());
        let (first, last) = (back(YEAR), back(1));
        let window = first.ok().zip(last.ok());
        let window = window.and_then(|(first, last)| Window::new(first, last).ok());
        let window = window.ok_or(InventError::NoDay)?;
        let days = Days::of(window, grounds.calendar);
        Ok(Self {
            today,
            window,
            moments: Moments::of(window, &days)?,
            days,
            seed: grounds.seed,
            dossiers: grounds.dossiers,
        })
    }

    /// The invented year.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// The moment after which nothing has happened yet.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.moments.until
    }

    /// Its dossiers, one after another; each is made when it is asked for.
    pub fn lives(&self) -> impl Iterator<Item = Result<Life, InventError>> {
        self.sown().map(|sown| Ok(sown?.life))
    }

    /// What a check has to find.
    ///
    /// # Errors
    /// [`InventError`] when something invented is not valid.
    pub fn plan(&self) -> Result<Plan, InventError> {
        let mut plan = Plan::default();
        for sown in self.sown() {
            plan.note(&sown?);
        }
        Ok(plan)
    }

    /// Its documents, as somebody would hand them in.
    #[must_use]
    pub fn drafts(&self) -> Vec<EvidenceDraft> {
        documents::drafts(self.today, &self.moments)
    }

    fn sown(&self) -> impl Iterator<Item = Result<Sown, InventError>> {
        let starts = KINDS.iter().scan(0, |next, kind| {
            let start = *next;
            *next += self.count(kind);
            Some((kind, start))
        });
        starts.flat_map(move |(kind, start)| {
            (0..self.count(kind)).map(move |turn| self.one(kind, start + turn, turn))
        })
    }

    fn count(&self, kind: &Kind) -> u32 {
        let count = u64::from(kind.dossiers) * u64::from(self.dossiers) / u64::from(DOSSIERS);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn one(&self, kind: &'static Kind, place: u32, turn: u32) -> Result<Sown, InventError> {
        let mut chance = Chance::of(self.seed, place);
        let birth = Birth {
            days: &self.days,
            kind,
            place,
            turn,
            of: self.count(kind),
            forced: forced_day(kind, turn, &self.moments),
            moments: &self.moments,
        };
        sow(birth.life(&mut chance)?, &self.moments, &self.days)
    }
}

#[cfg(test)]
mod tests;
