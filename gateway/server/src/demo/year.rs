//! The invented year of a demonstration's folder.
//!
//! What a reader would get wrong: in a folder that is kept the year stays the one that it
//! began with. Its dossiers stand there already, and another year's documents would not be
//! about them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use lienthong_adapters::store::{OpenError, SqliteObservations, SqliteOutbox, SqliteRegister};
use lienthong_core::calendar::WorkCalendar;
use lienthong_core::observation::ObservationRules;
use thiserror::Error;

use super::province::{
    DOSSIERS, Grounds, InventError, Province, SEED, SeedError, Stores, calendar_file, compare, seed,
};
use crate::essential::Knowledge;

/// Where the day is kept on which the year was made.
const DAY: &str = "invented-year";

/// Files that the operator of the invented province hands the gateway.
pub const FILES: [&str; 4] = [
    "invented-list.toml",
    "invented-calendar.toml",
    "invented-agencies.toml",
    "invented-totals.toml",
];

/// Why there is no invented year.
#[derive(Debug, Error)]
pub enum YearError {
    /// What is shipped cannot be read; a test reads it.
    #[error("the shipped data cannot be read: {0}")]
    Shipped(String),
    /// Something invented is not valid.
    #[error(transparent)]
    Invent(#[from] InventError),
    /// A store refuses it.
    #[error("the invented year cannot be kept")]
    Seed(#[from] SeedError),
    /// A store cannot be opened.
    #[error("the invented year has no store")]
    Open(#[from] OpenError),
    /// A file cannot be read or written.
    #[error("{path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A year of an invented province, as it looks back from one day.
pub struct InventedYear {
    calendar: WorkCalendar,
    announced: String,
    today: Date,
}

impl InventedYear {
    /// The year before `today`.
    ///
    /// # Errors
    /// [`YearError::Shipped`].
    pub fn before(today: Date) -> Result<Self, YearError> {
        let shipped = Knowledge::shipped();
        let shipped = shipped.map_err(|problems| YearError::Shipped(format!("{problems:?}")))?;
        let announced = calendar_file(&shipped.calendar, today);
        let calendar = shipped.calendar.extended(&announced);
        let calendar = calendar.map_err(|problems| YearError::Shipped(format!("{problems:?}")))?;
        Ok(Self {
            calendar,
            announced,
            today,
        })
    }

    /// The year that stands in `dir`, or the one before `today`.
    ///
    /// # Errors
    /// [`YearError`] when the folder cannot be used.
    pub fn kept_in(dir: &Path, today: Date) -> Result<Self, YearError> {
        let path = dir.join(DAY);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                write(&path, &today.to_string())?;
                return Self::before(today);
            }
            Err(source) => return Err(YearError::File { path, source }),
        };
        Self::before(text.trim().parse().unwrap_or(today))
    }

    /// The province.
    ///
    /// # Errors
    /// [`InventError`] when the year lies outside of what a calendar can hold.
    pub fn province(&self) -> Result<Province<'_>, InventError> {
        Province::invent(&Grounds {
            today: self.today,
            calendar: &self.calendar,
            seed: SEED,
            dossiers: DOSSIERS,
        })
    }

    /// Writes the operator's [`FILES`] into a folder.
    ///
    /// # Errors
    /// [`YearError`].
    pub fn write_files(&self, dir: &Path) -> Result<(), YearError> {
        let province = self.province()?;
        let texts = [
            province.list_file(),
            self.announced.clone(),
            province.agencies_file(),
            province.totals_file()?,
        ];
        for (name, text) in FILES.iter().zip(texts) {
            write(&dir.join(name), &text)?;
        }
        Ok(())
    }

    /// Puts the year into the stores in a folder, of a gateway that is not running.
    ///
    /// # Errors
    /// [`YearError`].
    pub async fn seed(&self, dir: &Path) -> Result<(), YearError> {
        let rules = ObservationRules::shipped();
        let rules = rules.map_err(|problems| YearError::Shipped(format!("{problems:?}")))?;
        let observations = dir.join("observations.sqlite");
        let observations = Arc::new(SqliteObservations::open(&observations, Arc::new(rules))?);
        let evidence = Arc::new(SqliteRegister::open(dir.join("register.sqlite"))?);
        let stores = Stores {
            observations: Arc::clone(&observations) as _,
            evidence: Arc::clone(&evidence) as _,
        };
        let outbox = SqliteOutbox::open(dir.join("outbox.sqlite"))?;
        let province = self.province()?;
        let seeded = match seed(&province, &stores).await {
            Ok(()) => compare(&province, &outbox).await,
            Err(error) => Err(error),
        };
        observations.close().await;
        evidence.close().await;
        outbox.close().await;
        Ok(seeded?)
    }
}

fn write(path: &Path, text: &str) -> Result<(), YearError> {
    std::fs::write(path, text).map_err(|source| YearError::File {
        path: path.to_owned(),
        source,
    })
}
