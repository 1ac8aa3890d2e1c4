//! What every store in a SQLite file is built on: the file, its two threads, and group
//! commit.
//!
//! One thread writes, one reads. Writes that come together share one transaction
//! and one fsync, and none of them is answered before the commit; so a slow disk
//! makes groups larger, not answers earlier. Two programs may open one file, but
//! they wait for each other's commits.

mod fold;
mod group;
mod lane;
mod open;
mod place;
pub(super) mod row;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use fold::Folder;
use group::{Watch, serve_reads, serve_writes};
use lane::Queue;
pub(super) use lane::{Lane, LaneError};
pub use open::OpenError;
use place::Place;
pub(super) use schema::{Schema, migrate};

/// An open file and its threads.
///
/// Dropping it does everything that was queued and waits for the threads;
/// [`Engine::close`] does the same without blocking the runtime.
pub(super) struct Engine {
    path: PathBuf,
    name: &'static str,
    writer: Arc<Lane>,
    reader: Arc<Lane>,
    /// Readers beside the first.
    others: Vec<Arc<Lane>>,
    folder: Arc<Mutex<Option<Folder>>>,
}

impl Engine {
    /// Opens the file at `path`, in a directory that exists; makes it, with mode 0600,
    /// when there is none, and brings an older schema to the newest. Blocks.
    pub(super) fn open(path: &Path, schema: &Schema) -> Result<Self, OpenError> {
        let connections = open::open(path, schema)?;
        let (bell, folder) = if schema.log_bound.is_some() {
            let name = format!("{}-folder", schema.name);
            let (bell, folder) = fold::start(name, open::folder(path)?, schema.log_pages)
                .map_err(OpenError::Thread)?;
            (Some(bell), Some(folder))
        } else {
            (None, None)
        };
        let mut watch = Watch {
            place: Place::of(path),
            bell,
        };
        let serve = move |conn: &Connection, queue: &mut Queue| {
            serve_writes(conn, queue, &mut watch);
        };
        Ok(Self {
            path: path.to_owned(),
            name: schema.name,
            folder: Arc::new(Mutex::new(folder)),
            writer: start(schema.name, "writer", connections.writer, serve)?,
            reader: start(schema.name, "reader", connections.reader, serve_reads)?,
            others: Vec::new(),
        })
    }

    /// One more thread that reads, for what may take a while.
    pub(super) fn one_more_reader(&mut self, role: &str) -> Result<Arc<Lane>, OpenError> {
        let conn = open::reader(&self.path)?;
        let lane = start(self.name, role, conn, serve_reads)?;
        self.others.push(Arc::clone(&lane));
        Ok(lane)
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
        let ending = self.ending();
        if tokio::task::spawn_blocking(ending).await.is_err() {
            tracing::error!("the threads of a store could not be waited for");
        }
    }

    /// Ends one thread after the other, the writer first. Blocks.
    fn ending(&self) -> impl FnOnce() + Send + 'static {
        let writer = Arc::clone(&self.writer);
        let readers: Vec<_> = [&self.reader]
            .into_iter()
            .chain(&self.others)
            .cloned()
            .collect();
        let folder = Arc::clone(&self.folder);
        move || {
            writer.finish();
            let folder = folder.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(folder) = folder {
                folder.finish();
            }
            for reader in readers {
                reader.finish();
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.ending()();
    }
}

fn start(
    name: &str,
    role: &str,
    conn: Connection,
    serve: impl FnOnce(&Connection, &mut Queue) + Send + 'static,
) -> Result<Arc<Lane>, OpenError> {
    Lane::start(format!("{name}-{role}"), conn, serve)
        .map(Arc::new)
        .map_err(OpenError::Thread)
}
