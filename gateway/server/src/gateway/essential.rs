//! The essential services as the configuration describes them: what is observed, what is
//! documented, who checks.
//!
//! What a reader would get wrong: where the outbox is in `PostgreSQL`, so are observations
//! and register, and several gateways share them. Otherwise they are two files of their own
//! beside it: an import of evidence never waits for a dossier.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_adapters::store::{
    OpenError, PostgresOutbox, SqliteAudit, SqliteObservations, SqliteRegister,
};
use lienthong_core::clock::Clock;
use lienthong_core::ports::catalogue::CatalogueStore;
use lienthong_core::ports::evidence::EvidenceRegister;
use lienthong_core::ports::observations::{EventFeed, Observations};
use lienthong_core::ports::reports::ReportArchive;
use prometheus_client::registry::Registry;
use thiserror::Error;

use super::parts::Parts;
use crate::config::ServicesSettings;
use crate::essential::{
    Board, Daily, DeskParts, EssentialDesk, EssentialFigures, EssentialStock, Mismatches, Observer,
    ObserverSettings, Roles, Schedule,
};
use crate::services::essential::{EssentialParts, EssentialServices};

/// File of the evidence register in the folder of `[services]`.
pub(crate) const REGISTER: &str = "register.sqlite";

/// Time to end a batch, or a check, when the gateway stops.
const PATIENCE: Duration = Duration::from_secs(10);

/// Observations folded in at once.
const BATCH: NonZeroU32 = NonZeroU32::new(2_000).unwrap();

/// Why the essential services cannot be served.
#[derive(Debug, Error)]
pub enum EssentialStartError {
    /// A file cannot be used.
    #[error("the file {path} of the essential services cannot be opened")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: OpenError,
    },
}

/// Where events come from, and the database that is shared, if one is.
pub(super) struct Ground {
    pub(super) events: Arc<dyn EventFeed>,
    pub(super) shared: Option<Arc<PostgresOutbox>>,
    pub(super) lookups: Arc<SqliteAudit>,
    pub(super) mismatches: Arc<dyn Mismatches>,
    /// Who names agencies.
    pub(super) names: Option<Arc<dyn CatalogueStore>>,
}

/// Everything about the essential services.
pub(super) struct EssentialSide {
    desk: EssentialDesk,
    board: Arc<Board>,
    observer: Arc<Observer>,
    archive: Arc<dyn ReportArchive>,
    daily: Daily,
    files: EssentialFiles,
    roles: Roles,
    schedule: Option<Schedule>,
}

/// The stores.
struct Opened {
    observations: Arc<dyn Observations>,
    evidence: Arc<dyn EvidenceRegister>,
    archive: Arc<dyn ReportArchive>,
    files: EssentialFiles,
}

/// What is closed in the end.
#[derive(Default)]
pub(super) struct EssentialFiles {
    observations: Option<Arc<SqliteObservations>>,
    register: Option<Arc<SqliteRegister>>,
}

impl EssentialFiles {
    /// What was taken is kept; nothing more is taken.
    pub(super) async fn close(self) {
        if let Some(observations) = self.observations {
            observations.close().await;
        }
        if let Some(register) = self.register {
            register.close().await;
        }
    }
}

impl EssentialSide {
    /// Opens the stores; nothing is observed yet.
    pub(super) fn start(
        settings: &ServicesSettings,
        ground: Ground,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, EssentialStartError> {
        let opened = open(settings, ground.shared)?;
        let observer = Arc::new(Observer::new(
            ground.events,
            ground.lookups,
            Arc::clone(&opened.observations),
            Arc::clone(clock),
            ObserverSettings {
                every: settings.observe_every,
                batch: BATCH,
                keep: settings.keep_observations,
                retire_after: settings.wait_for_gateways,
            },
        ));
        let desk = EssentialDesk::new(DeskParts {
            observations: opened.observations,
            evidence: opened.evidence,
            knowledge: Arc::clone(&settings.knowledge),
            clock: Arc::clone(clock),
            mismatches: ground.mismatches,
            following: Some(Arc::clone(&observer) as _),
            window_days: settings.window_days,
        });
        let keep = settings.keep_observations.try_into();
        let desk = desk.keeping(keep.unwrap_or(SignedDuration::MAX));
        let desk = match ground.names {
            Some(catalogue) => desk.naming_by(catalogue),
            None => desk,
        };
        let board = Arc::new(Board::default());
        let since = clock.now();
        let schedule = settings.check_at.map(|at| Schedule { at, since });
        let daily = Daily {
            desk: desk.clone(),
            archive: Arc::clone(&opened.archive),
            following: Arc::clone(&observer) as _,
            board: Arc::clone(&board),
            schedule,
            keep_boards: settings
                .keep_boards
                .try_into()
                .unwrap_or(SignedDuration::MAX),
        };
        Ok(Self {
            desk,
            board,
            observer,
            archive: opened.archive,
            daily,
            files: opened.files,
            roles: settings.roles.clone(),
            schedule,
        })
    }

    /// What callers ask.
    pub(super) fn service(&self) -> EssentialServices {
        EssentialServices::new(EssentialParts {
            desk: self.desk.clone(),
            archive: Arc::clone(&self.archive),
            observer: Arc::clone(&self.observer),
            roles: self.roles.clone(),
        })
    }

    /// Figures of all this, read from `registry`.
    pub(super) fn stock(&self, registry: &mut Registry) -> EssentialStock {
        EssentialStock {
            figures: EssentialFigures::register(registry),
            board: Arc::clone(&self.board),
            observer: Arc::clone(&self.observer),
            desk: self.desk.clone(),
            schedule: self.schedule,
        }
    }

    /// Begins to observe and to check, as parts of the gateway. What closes the files in
    /// the end.
    pub(super) fn work(self, parts: Parts) -> (Parts, EssentialFiles) {
        let (observing, checking) = (parts.stop.clone(), parts.stop.clone());
        let (observer, daily) = (self.observer, self.daily);
        let parts = parts
            .with("observer", PATIENCE, async move {
                observer.run(observing).await;
            })
            .with("daily check", PATIENCE, daily.run(checking));
        (parts, self.files)
    }
}

fn open(
    settings: &ServicesSettings,
    shared: Option<Arc<PostgresOutbox>>,
) -> Result<Opened, EssentialStartError> {
    let rules = Arc::clone(&settings.knowledge.observation_rules);
    if let Some(shared) = shared {
        return Ok(Opened {
            observations: Arc::new(shared.observations(rules)),
            evidence: Arc::clone(&shared) as _,
            archive: shared,
            files: EssentialFiles::default(),
        });
    }
    let path = settings.folder.join(&settings.observations);
    let observations = SqliteObservations::open(&path, rules).map_err(|it| failed(&path, it))?;
    let path = settings.folder.join(REGISTER);
    let register = SqliteRegister::open(&path).map_err(|it| failed(&path, it))?;
    let (observations, register) = (Arc::new(observations), Arc::new(register));
    Ok(Opened {
        observations: Arc::clone(&observations) as _,
        evidence: Arc::clone(&register) as _,
        archive: Arc::clone(&register) as _,
        files: EssentialFiles {
            observations: Some(observations),
            register: Some(register),
        },
    })
}

fn failed(path: &Path, source: OpenError) -> EssentialStartError {
    EssentialStartError::File {
        path: path.display().to_string(),
        source,
    }
}
