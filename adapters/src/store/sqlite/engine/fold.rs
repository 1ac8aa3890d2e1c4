//! Folding the log into the file beside the commits, on a thread of its own.
//!
//! What a reader would get wrong: folding here does not keep the log short by itself. The
//! log begins anew only when all of it is folded at the moment of a commit, and under load
//! there is always a commit more. So the writer still folds what is left when the log has
//! grown to its bound; that is little then, and soon done.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;

/// Changes of rows after which the length of the log is looked at again.
const CHANGES: u64 = 500;

/// Tells the thread that something was committed.
pub(super) struct Bell {
    to: SyncSender<()>,
    rung_at: u64,
}

impl Bell {
    /// Rings when enough was changed; never waits.
    pub(super) fn committed(&mut self, conn: &Connection) {
        let changes = conn.total_changes();
        if changes.wrapping_sub(self.rung_at) >= CHANGES {
            self.rung_at = changes;
            match self.to.try_send(()) {
                // A full bell is rung already, and without the thread the writer folds.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
    }
}

/// The thread.
pub(super) struct Folder {
    /// Keeps it awake when the bell is gone: of the connections that know the log it must be
    /// the last one, for only the last one folds what is left and removes the log. Two that
    /// close at once each take the other for the last.
    awake: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Folder {
    /// Ends the thread, after the writer. Blocks.
    pub(super) fn finish(self) {
        drop(self.awake);
        if self.thread.join().is_err() {
            tracing::error!("the folding thread of a store ended by a panic");
        }
    }
}

/// Starts the thread; it ends when the bell is gone and it is told to finish.
pub(super) fn start(name: String, conn: Connection, pages: u32) -> io::Result<(Bell, Folder)> {
    let (to, rung) = sync_channel(1);
    let thread = Builder::new()
        .name(name)
        .spawn(move || fold_when_rung(&conn, &rung, pages))?;
    let folder = Folder {
        awake: to.clone(),
        thread,
    };
    Ok((Bell { to, rung_at: 0 }, folder))
}

fn fold_when_rung(conn: &Connection, rung: &Receiver<()>, pages: u32) {
    while rung.recv().is_ok() {
        // What fails here is done by the writer at the bound, and heard there.
        if let Ok((log, folded)) = checkpoint(conn, "NOOP")
            && log.saturating_sub(folded) >= i64::from(pages)
        {
            drop(checkpoint(conn, "PASSIVE"));
        }
    }
}

/// Pages in the log, and how many of them are folded.
fn checkpoint(conn: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    conn.query_row(&sql, [], |row| Ok((row.get(1)?, row.get(2)?)))
}
