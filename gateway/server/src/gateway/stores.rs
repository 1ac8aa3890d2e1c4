//! The outbox as the configuration describes it, and everything that hears of it.
//!
//! What a reader would get wrong: whoever works with the store works with the wrapped
//! one. Only through it does the worker hear of new work and a watcher of its dossier.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use lienthong_adapters::store::{
    DossierChange, OpenError, PostgresOpenError, PostgresOutbox, PostgresSettings, SqliteOutbox,
};
use lienthong_core::clock::Clock;
use lienthong_core::ports::ledger::Ledger;
use lienthong_core::ports::observations::EventFeed;
use lienthong_core::ports::operations::Operations;
use lienthong_core::ports::outbox::Outbox;
use lienthong_core::ports::portal_history::PortalHistory;
use thiserror::Error;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::config::{PostgresqlSettings, StoreSettings};
use crate::sync::announced::{AnnouncedLedger, AnnouncedOutbox, Announcer};
use crate::sync::changes::Changes;
use crate::sync::pace::PaceCounter;
use crate::sync::watched::Watched;

/// Why the outbox cannot be opened.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Its file cannot be used.
    #[error("the outbox {path} cannot be opened")]
    Sqlite {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// Its database cannot be used.
    #[error("the outbox in PostgreSQL cannot be opened")]
    Postgresql(#[source] PostgresOpenError),
}

/// The outbox from each side that is worked on, and who hears of it.
pub(super) struct Stores {
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) operations: Arc<dyn Operations>,
    pub(super) history: Arc<dyn PortalHistory>,
    pub(super) changes: Arc<Changes>,
    /// Notified when there is work.
    pub(super) work: Arc<Notify>,
    pub(super) pace: Arc<PaceCounter>,
    opened: Opened,
}

/// The store itself.
#[derive(Clone)]
enum Opened {
    Sqlite(Arc<SqliteOutbox>),
    Postgresql(Arc<PostgresOutbox>),
}

impl Stores {
    /// Opens the store of `settings`, of whose dossiers at most `watchers` callers hear.
    pub(super) async fn open(
        settings: &StoreSettings,
        clock: Arc<dyn Clock>,
        watchers: usize,
    ) -> Result<Self, StoreError> {
        let changes = Changes::new(watchers);
        let work = Arc::new(Notify::new());
        let pace = Arc::new(PaceCounter::default());
        let opened = Opened::open(settings).await?;
        opened.wake(&work);
        let announcer = Announcer::new(Arc::clone(&changes), Arc::clone(&work));
        let watched = Arc::new(Watched::new(opened.outbox(), clock));
        let outbox = AnnouncedOutbox::new(watched, announcer.clone(), Arc::clone(&pace));
        Ok(Self {
            outbox: Arc::new(outbox),
            ledger: Arc::new(AnnouncedLedger::new(opened.ledger(), announcer)),
            operations: opened.operations(),
            history: opened.history(),
            changes,
            work,
            pace,
            opened,
        })
    }

    /// Events in the order in which they were kept.
    pub(super) fn feed(&self) -> Arc<dyn EventFeed> {
        match &self.opened {
            Opened::Sqlite(store) => Arc::clone(store) as _,
            Opened::Postgresql(store) => Arc::clone(store) as _,
        }
    }

    /// The database that several gateways share, where there is one.
    pub(super) fn shared(&self) -> Option<Arc<PostgresOutbox>> {
        match &self.opened {
            Opened::Sqlite(_) => None,
            Opened::Postgresql(store) => Some(Arc::clone(store)),
        }
    }

    /// What closes the store when everything else has ended.
    pub(super) fn closing(&self) -> Closing {
        Closing {
            opened: self.opened.clone(),
            changes: Arc::clone(&self.changes),
        }
    }
}

/// Closes the store.
pub(super) struct Closing {
    opened: Opened,
    changes: Arc<Changes>,
}

/// Passes other nodes' changes on, until it is stopped.
pub(super) type Listening = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Closing {
    /// Nothing more is taken; what was taken is kept.
    pub(super) async fn close(self) {
        match self.opened {
            Opened::Sqlite(store) => store.close().await,
            Opened::Postgresql(store) => store.close().await,
        }
    }

    /// Passes on which dossiers other gateways change, where the store tells.
    pub(super) fn listen(&self, stop: CancellationToken) -> Option<Listening> {
        match &self.opened {
            Opened::Sqlite(_) => None,
            Opened::Postgresql(store) => {
                let (told, changes) = (store.changes(), Arc::clone(&self.changes));
                Some(Box::pin(pass_on(told, changes, stop)))
            }
        }
    }
}

async fn pass_on(
    mut told: broadcast::Receiver<DossierChange>,
    changes: Arc<Changes>,
    stop: CancellationToken,
) {
    loop {
        let change = tokio::select! {
            () = stop.cancelled() => return,
            change = told.recv() => change,
        };
        match change {
            Ok(DossierChange::Dossier(number)) => changes.tell(&number),
            Ok(DossierChange::Many) | Err(broadcast::error::RecvError::Lagged(_)) => {
                changes.tell_all();
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

impl Opened {
    async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        match settings {
            StoreSettings::Sqlite { database } => SqliteOutbox::open(database)
                .map(|store| Self::Sqlite(Arc::new(store)))
                .map_err(|source| StoreError::Sqlite {
                    path: database.display().to_string(),
                    source,
                }),
            StoreSettings::Postgresql(settings) => PostgresOutbox::open(postgres(settings))
                .await
                .map(|store| Self::Postgresql(Arc::new(store)))
                .map_err(StoreError::Postgresql),
        }
    }

    fn outbox(&self) -> Arc<dyn Outbox> {
        match self {
            Self::Sqlite(store) => Arc::clone(store) as _,
            Self::Postgresql(store) => Arc::clone(store) as _,
        }
    }

    fn ledger(&self) -> Arc<dyn Ledger> {
        match self {
            Self::Sqlite(store) => Arc::clone(store) as _,
            Self::Postgresql(store) => Arc::clone(store) as _,
        }
    }

    fn operations(&self) -> Arc<dyn Operations> {
        match self {
            Self::Sqlite(store) => Arc::clone(store) as _,
            Self::Postgresql(store) => Arc::clone(store) as _,
        }
    }

    fn history(&self) -> Arc<dyn PortalHistory> {
        match self {
            Self::Sqlite(store) => Arc::clone(store) as _,
            Self::Postgresql(store) => Arc::clone(store) as _,
        }
    }

    /// Has `work` notified when another gateway recorded something.
    fn wake(&self, work: &Arc<Notify>) {
        match self {
            Self::Sqlite(_) => {}
            Self::Postgresql(store) => store.wake(Arc::clone(work)),
        }
    }
}

/// How `PostgreSQL` is reached, in the words of its store.
pub(crate) fn postgres(settings: &PostgresqlSettings) -> PostgresSettings {
    PostgresSettings {
        ca_file: settings.ca_file.clone(),
        connections: settings.connections,
        ..PostgresSettings::new(settings.url.clone())
    }
}
