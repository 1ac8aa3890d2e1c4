//! What every store in a SQLite file is built on: the file, its two threads, and group
//! commit.
//!
//! One thread writes, one reads. Writes that come together share one transaction
//! and one fsync, and none of them is answered before the commit; so a slow disk
//! makes groups larger, not answers earlier. Two programs may open one file, but
//! they wait for each other's commits.

mod group;
mod lane;
mod open;
mod schema;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use group::{serve_reads, serve_writes};
pub(super) use lane::LaneError;
use lane::{Lane, Queue};
pub use open::OpenError;
pub(super) use schema::Schema;

/// An open file and its threads.
///
/// Dropping it does everything that was queued and waits for the threads;
/// [`Engine::close`] does the same without blocking the runtime.
pub(super) struct Engine {
    writer: Arc<Lane>,
    reader: Arc<Lane>,
}

impl Engine {
    /// Opens the file at `path`, in a directory that exists; makes it, with mode 0600,
    /// when there is none, and brings an older schema to the newest. Blocks.
    pub(super) fn open(path: &Path, schema: &Schema) -> Result<Self, OpenError> {
        let connections = open::open(path, schema)?;
        let start = |role, conn, serve: fn(&Connection, &mut Queue)| {
            Lane::start(format!("{}-{role}", schema.name), conn, serve)
                .map(Arc::new)
                .map_err(OpenError::Thread)
        };
        Ok(Self {
            writer: start("writer", connections.writer, serve_writes)?,
            reader: start("reader", connections.reader, serve_reads)?,
        })
    }

    /// Where everything is done that changes the file.
    pub(super) fn writer(&self) -> &Arc<Lane> {
        &self.writer
    }

    /// Where everything is done that only reads.
    pub(super) fn reader(&self) -> &Arc<Lane> {
        &self.reader
    }

    /// Takes nothing more, does everything that was queued, and closes the file.
    /// Calls that come later are answered with [`LaneError::Closed`].
    pub(super) async fn close(&self) {
        for lane in [Arc::clone(&self.writer), Arc::clone(&self.reader)] {
            if tokio::task::spawn_blocking(move || lane.finish())
                .await
                .is_err()
            {
                tracing::error!("a thread of a store could not be waited for");
            }
        }
    }
}
