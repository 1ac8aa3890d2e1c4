//! A thread with a queue, on which the database is used.
//!
//! A caller that stops waiting does not take its command back: what was queued is
//! done. Dropping a lane does everything queued, then waits for the thread.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use lienthong_core::ports::outbox::OutboxError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::column::Failure;

/// Commands that may wait; whoever comes then waits to queue.
const QUEUE: usize = 1024;

/// Something to do with the connection, and somebody who waits for it.
pub(super) trait Command: Send {
    /// Does it. Whether its changes are to be kept.
    fn run(&mut self, conn: &Connection) -> bool;

    /// Answers who waits: with what came of it, or with why that does not count.
    fn answer(self: Box<Self>, counts: Result<(), OutboxError>);
}

/// Commands as they are queued.
pub(super) type Queue = mpsc::Receiver<Box<dyn Command>>;

struct Order<T, F> {
    work: Option<F>,
    result: Option<Result<T, Failure>>,
    caller: oneshot::Sender<Result<T, OutboxError>>,
}

impl<T, F> Command for Order<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, Failure> + Send,
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

    fn answer(self: Box<Self>, counts: Result<(), OutboxError>) {
        let result = match (counts, self.result) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(result)) => result.map_err(OutboxError::from),
            // It panicked, or was never run.
            (Ok(()), None) => Err(unavailable("the command broke off")),
        };
        // Who no longer waits needs no answer.
        drop(self.caller.send(result));
    }
}

/// Runs `command`, surviving its panic: one broken command must not end the thread
/// that all others need. Whether its changes are to be kept.
pub(super) fn run_guarded(command: &mut dyn Command, conn: &Connection) -> bool {
    catch_unwind(AssertUnwindSafe(|| command.run(conn))).unwrap_or_else(|_| {
        tracing::error!("a command of the outbox panicked; its caller gets an error");
        false
    })
}

/// A thread with a queue.
pub(super) struct Lane {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Command>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Lane {
    /// Starts the thread; `serve` returns when the queue is closed and empty.
    pub(super) fn start(
        name: &str,
        conn: Connection,
        serve: fn(&Connection, &mut Queue),
    ) -> io::Result<Self> {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        let thread = Builder::new()
            .name(name.to_owned())
            .spawn(move || serve(&conn, &mut queue))?;
        Ok(Self {
            queue: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Does `work` on the thread and waits for it.
    pub(super) async fn call<T, F>(&self, work: F) -> Result<T, OutboxError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let order: Box<dyn Command> = Box::new(Order {
            work: Some(work),
            result: None,
            caller,
        });
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let closed = || unavailable("the outbox is closed");
        queue
            .ok_or_else(closed)?
            .send(order)
            .await
            .map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
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
            tracing::error!("a thread of the outbox ended by a panic");
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.finish();
    }
}

fn unavailable(reason: &str) -> OutboxError {
    OutboxError::Unavailable {
        reason: reason.to_owned(),
    }
}
