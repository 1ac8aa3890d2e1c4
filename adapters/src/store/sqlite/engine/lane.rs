//! A thread with a queue, on which the database is used.
//!
//! A caller that stops waiting does not take its command back: what was queued is
//! done. Dropping a lane does everything queued, then waits for the thread.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait; whoever comes then waits to queue.
const QUEUE: usize = 1024;

/// Why what a command did, or was to do, does not count.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub(in crate::store::sqlite) enum LaneError {
    /// The lane takes nothing more.
    #[error("the file is closed")]
    Closed,
    /// The command panicked, or was never run.
    #[error("the command broke off")]
    BrokeOff,
    /// A failure in the same group took everything back.
    #[error("the transaction was ended by a failure")]
    Ended,
    /// The file was removed, moved away, or replaced by another one.
    #[error("the file is not in its place any more; put it back, or restart the gateway")]
    Moved,
    /// The database failed.
    #[error("{reason}")]
    Database {
        /// SQLite's text for its result code.
        reason: String,
    },
}

impl LaneError {
    /// The error with SQLite's text for its result code. The message of the statement
    /// itself is left out, because it may quote a value.
    pub(in crate::store::sqlite) fn database(error: &rusqlite::Error) -> Self {
        let reason = error.sqlite_error().map_or_else(
            || "the database gave an unexpected answer".to_owned(),
            ToString::to_string,
        );
        Self::Database { reason }
    }

    /// The error in the words of a sentence about the store itself.
    pub(in crate::store::sqlite) fn reason(&self) -> String {
        match self {
            Self::Closed => "it is closed".to_owned(),
            Self::BrokeOff | Self::Ended | Self::Moved | Self::Database { .. } => self.to_string(),
        }
    }
}

/// Something to do with the connection, and somebody who waits for it.
pub(super) trait Command: Send {
    /// Does it. Whether its changes are to be kept.
    fn run(&mut self, conn: &Connection) -> bool;

    /// Answers who waits: with what came of it, or with why that does not count.
    fn answer(self: Box<Self>, counts: Result<(), LaneError>);
}

/// Commands as they are queued.
pub(super) type Queue = mpsc::Receiver<Box<dyn Command>>;

struct Order<T, X, F> {
    work: Option<F>,
    result: Option<Result<T, X>>,
    caller: oneshot::Sender<Result<Result<T, X>, LaneError>>,
}

impl<T, X, F> Command for Order<T, X, F>
where
    T: Send,
    X: Send,
    F: FnOnce(&Connection) -> Result<T, X> + Send,
{
    fn run(&mut self, conn: &Connection) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let result = work(conn);
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, counts: Result<(), LaneError>) {
        let Self { result, caller, .. } = *self;
        let answer = match (counts, result) {
            // Nothing of it is kept either way, and its own error says more.
            (Ok(()) | Err(LaneError::Ended), Some(Err(own))) => Ok(Err(own)),
            (Ok(()), Some(done)) => Ok(done),
            (Ok(()), None) => Err(LaneError::BrokeOff),
            (Err(error), _) => Err(error),
        };
        // Who no longer waits needs no answer.
        drop(caller.send(answer));
    }
}

/// Runs `command`, surviving its panic: one broken command must not end the thread
/// that all others need. Whether its changes are to be kept.
pub(super) fn run_guarded(command: &mut dyn Command, conn: &Connection) -> bool {
    catch_unwind(AssertUnwindSafe(|| command.run(conn))).unwrap_or_else(|_| {
        let current = std::thread::current();
        let thread = current.name().unwrap_or_default();
        tracing::error!(
            thread,
            "a command of a store panicked; its caller gets an error"
        );
        false
    })
}

/// A thread with a queue.
pub(in crate::store::sqlite) struct Lane {
    name: String,
    queue: Mutex<Option<mpsc::Sender<Box<dyn Command>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Lane {
    /// Starts the thread; `serve` returns when the queue is closed and empty.
    pub(super) fn start(
        name: String,
        conn: Connection,
        serve: impl FnOnce(&Connection, &mut Queue) + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        let thread = Builder::new()
            .name(name.clone())
            .spawn(move || serve(&conn, &mut queue))?;
        Ok(Self {
            name,
            queue: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Does `work` on the thread and waits for it. Its changes are kept when it gives
    /// `Ok`.
    pub(in crate::store::sqlite) async fn call<T, X, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        X: Send + 'static,
        E: From<X> + From<LaneError>,
        F: FnOnce(&Connection) -> Result<T, X> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let order: Box<dyn Command> = Box::new(Order {
            work: Some(work),
            result: None,
            caller,
        });
        let queue = self.queue().ok_or(LaneError::Closed)?;
        queue.send(order).await.map_err(|_| LaneError::Closed)?;
        let result = answer.await.map_err(|_| LaneError::Closed)??;
        Ok(result?)
    }

    fn queue(&self) -> Option<mpsc::Sender<Box<dyn Command>>> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes nothing more, does what is queued, and ends the thread. Blocks.
    pub(super) fn finish(&self) {
        drop(
            self.queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(thread = self.name, "a thread of a store ended by a panic");
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.finish();
    }
}
