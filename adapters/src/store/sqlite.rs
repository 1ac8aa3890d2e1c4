//! The outbox in one SQLite file.
//!
//! One thread writes, one reads. Writes that come together share one transaction
//! and one fsync, and none of them is answered before the commit; so a slow disk
//! makes groups larger, not answers earlier. Two programs may open one file, but
//! they wait for each other's commits.

mod claim;
mod column;
mod group;
mod lane;
mod open;
mod read;
mod record;
mod schema;
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
    Claim, ClaimRequest, DossierRecord, Outbox, OutboxError, Receipt, RecordError, Settled,
    Settlement,
};
use lienthong_core::sync::health::SyncFacts;

use group::{serve_reads, serve_writes};
use lane::Lane;
pub use open::OpenError;
use record::Prepared;

use super::body;

/// [`Outbox`] in a SQLite file.
///
/// Moments are kept to the microsecond. Dropping it does everything that was
/// queued and waits for its threads; [`SqliteOutbox::close`] does the same without
/// blocking the runtime.
pub struct SqliteOutbox {
    writer: Arc<Lane>,
    reader: Arc<Lane>,
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
        let connections = open::open(path.as_ref())?;
        let start = |name, conn, serve| {
            Lane::start(name, conn, serve)
                .map(Arc::new)
                .map_err(OpenError::Thread)
        };
        Ok(Self {
            writer: start("outbox-writer", connections.writer, serve_writes)?,
            reader: start("outbox-reader", connections.reader, serve_reads)?,
        })
    }

    /// Takes nothing more, does everything that was queued, and closes the file.
    /// Calls that come later are answered with [`OutboxError::Unavailable`].
    pub async fn close(&self) {
        for lane in [Arc::clone(&self.writer), Arc::clone(&self.reader)] {
            if tokio::task::spawn_blocking(move || lane.finish())
                .await
                .is_err()
            {
                tracing::error!("a thread of the outbox could not be waited for");
            }
        }
    }
}

#[async_trait]
impl Outbox for SqliteOutbox {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        // Written here and not on the writer's thread, which everybody waits for.
        let written = body::write(&event).map_err(|_| OutboxError::Unavailable {
            reason: "the event cannot be written as JSON".to_owned(),
        })?;
        let prepared = Prepared::new(&event, written);
        self.writer
            .call(move |conn| record::record(conn, prepared, now))
            .await?
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        self.writer
            .call(move |conn| claim::claim(conn, &request))
            .await
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        self.writer
            .call(move |conn| settle::settle(conn, &settlement))
            .await
    }

    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        let number = number.clone();
        self.reader
            .call(move |conn| read::dossier(conn, &number))
            .await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.reader.call(read::facts).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.reader.call(read::next_due).await
    }
}
