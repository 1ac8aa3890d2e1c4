//! The outbox in one SQLite file.
//!
//! Claims, settlements and new events share the writer's groups, so each of them may
//! see what another one in its group has just done, and none is answered before all of
//! it is on the disk.

mod claim;
mod column;
mod feed;
mod glance;
mod ledger;
mod operations;
mod portal_side;
mod read;
mod record;
mod settle;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierGlance, DossierRecord, Outbox, OutboxError, PutBack, Receipt,
    RecordError, Settled, Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::SyncFacts;

use record::Prepared;

use super::engine::{Engine, Lane, OpenError, Schema};

/// The file of an outbox, marked as `LThg` in ASCII.
pub(super) const SCHEMA: Schema = Schema {
    name: "outbox",
    application_id: 0x4C54_6867,
    migrations: &[
        include_str!("outbox/0001_outbox.sql"),
        include_str!("outbox/0002_sync.sql"),
        include_str!("outbox/0003_upkeep.sql"),
        include_str!("outbox/0004_portal_side.sql"),
    ],
    // The callers' names of events are spread over a whole index, so that a load changes
    // the same pages again and again: the longer the log, the fewer of them are written
    // to the file (5,400 events a second with 1,000 pages, 20,000 with 16,000 or more).
    // 64 MB; folding that would be felt by everybody who records meanwhile, so another
    // thread does it.
    log_pages: 16_000,
    // 256 MB: by then most of it is folded, and the commit that does the rest is soon done.
    log_bound: Some(64_000),
};

/// Most events that one command keeps: enough that a commit is worth its fsync, few
/// enough that the commands behind it do not wait long.
const IN_ONE_COMMAND: usize = 1000;

/// [`Outbox`] in a SQLite file.
///
/// Moments are kept to the microsecond. Dropping it does everything that was
/// queued and waits for its threads; [`SqliteOutbox::close`] does the same without
/// blocking the runtime.
pub struct SqliteOutbox {
    engine: Engine,
    /// Where operators' lists are read, which may take a while.
    lists: Arc<Lane>,
}

impl SqliteOutbox {
    /// Opens the outbox at `path`, in a directory that exists; makes the file, with
    /// mode 0600, when there is none, and brings an older schema to the newest.
    ///
    /// Blocks while it reads and writes the file.
    ///
    /// # Errors
    /// [`OpenError`]; a file that is refused is left as it was, but for its mode and,
    /// where only the log is refused, its schema.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let mut engine = Engine::open(path.as_ref(), &SCHEMA)?;
        let lists = engine.one_more_reader("lists")?;
        Ok(Self { engine, lists })
    }

    /// Takes nothing more, does everything that was queued, and closes the file.
    /// Calls that come later are answered with [`OutboxError::Unavailable`].
    pub async fn close(&self) {
        self.engine.close().await;
    }
}

#[async_trait]
impl Outbox for SqliteOutbox {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        // Written here and not on the writer's thread, which everybody waits for.
        let prepared = Prepared::new(&event)?;
        let recorded: Result<_, OutboxError> = self
            .engine
            .writer()
            .call(move |conn| record::record(conn, &prepared, now))
            .await;
        recorded?
    }

    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>> {
        let mut answers = Vec::with_capacity(events.len());
        let mut failed: Option<OutboxError> = None;
        // One after the other: an event must not be kept when the one before it is not.
        for part in events.chunks(IN_ONE_COMMAND) {
            if let Some(error) = &failed {
                answers.extend(part.iter().map(|_| Err(error.clone().into())));
                continue;
            }
            let prepared: Vec<_> = part.iter().map(Prepared::new).collect();
            let recorded: Result<Vec<_>, OutboxError> = self
                .engine
                .writer()
                .call(move |conn| record::record_all(conn, prepared, now))
                .await;
            match recorded {
                Ok(receipts) => answers.extend(receipts),
                Err(error) => {
                    answers.extend(part.iter().map(|_| Err(error.clone().into())));
                    failed = Some(error);
                }
            }
        }
        answers
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        self.engine
            .writer()
            .call(move |conn| claim::claim(conn, &request))
            .await
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        self.engine
            .writer()
            .call(move |conn| settle::settle(conn, &settlement))
            .await
    }

    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError> {
        self.engine
            .writer()
            .call(move |conn| settle::put_back(conn, &put_back))
            .await
    }

    async fn keep_reference(
        &self,
        task: u64,
        fence: u64,
        reference: &PortalReference,
    ) -> Result<Settled, OutboxError> {
        let reference = reference.clone();
        self.engine
            .writer()
            .call(move |conn| settle::keep_reference(conn, task, fence, &reference))
            .await
    }

    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        let number = number.clone();
        self.engine
            .reader()
            .call(move |conn| read::dossier(conn, &number))
            .await
    }

    async fn glance(&self, number: &DossierNumber) -> Result<Option<DossierGlance>, OutboxError> {
        let number = number.clone();
        self.engine
            .reader()
            .call(move |conn| glance::glance(conn, &number))
            .await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.engine.reader().call(read::facts).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.engine.reader().call(read::next_due).await
    }
}
