//! The bare SQLite writer, beside the outbox without the gateway around it.
//!
//! What a reader would get wrong: the writer does not look anything up. It puts the rows that
//! the outbox has put into the same tables, with the same indexes and as many to a commit,
//! and knows neither repetitions nor order.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use lienthong::clock::SystemClock;
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::clock::Clock as _;
use lienthong_core::ports::outbox::Outbox as _;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::pace;
use crate::backlog::filling;

/// Events of a command: as many as the gateway takes of a stream.
const GROUP: usize = 512;

/// Columns of an event and of its dossier, as they are written.
const EVENT: &str = "e.client, e.event_id, e.dossier, e.revision, e.kind, e.status, e.occurred_at,
    e.accepted_at, e.content_hash, e.body, e.state, e.due_at";
const DOSSIER: &str = "d.code, d.head_state, d.procedure";
const OF_EVENT: usize = 12;

const PUT_DOSSIER: &str = "
    INSERT INTO dossier (id, code, client, revision, state_revision, last_occurred_at, head_state,
                         unsent_at, procedure, newest_status, recorded_at, touched_at)
    VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?7, ?7)
        ON CONFLICT (id) DO UPDATE
       SET revision = excluded.revision, last_occurred_at = excluded.last_occurred_at,
           newest_status = excluded.newest_status, touched_at = excluded.touched_at";

const PUT_EVENT: &str = "
    INSERT INTO event (client, event_id, dossier, revision, kind, status, occurred_at,
                       accepted_at, content_hash, body, state, due_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

/// Events a second that an outbox without gRPC keeps in the file `at`; `callers` record at
/// once, as the streams do.
pub(super) async fn outbox(at: &Path, count: u32, callers: u32) -> Result<f64> {
    let outbox = Arc::new(SqliteOutbox::open(at)?);
    let mut recording = JoinSet::new();
    let mut groups = Vec::new();
    for caller in 0..callers {
        let events = filling::events(caller * (count / callers), count / callers)?;
        let events: Vec<_> = events.chunks(GROUP).map(<[_]>::to_vec).collect();
        groups.push(events);
    }
    let begun = Instant::now();
    for groups in groups {
        let outbox = Arc::clone(&outbox);
        recording.spawn(async move {
            for group in groups {
                for receipt in outbox.record_all(group, SystemClock.now()).await {
                    receipt?;
                }
            }
            anyhow::Ok(())
        });
    }
    while let Some(recorded) = recording.join_next().await {
        recorded??;
    }
    let pace = pace(usize::try_from(count)?, begun.elapsed());
    outbox.close().await;
    Ok(pace)
}

/// Events a second of the bare writer, which copies what stands in `from` into `to`. A commit
/// takes the most that `callers` may share.
pub(super) fn writer(from: &Path, to: &Path, callers: usize) -> Result<f64> {
    let rows = rows(from)?;
    ensure!(!rows.is_empty(), "nothing to copy");
    // Makes the tables.
    drop(SqliteOutbox::open(to)?);
    let mut rival = Connection::open(to)?;
    rival.pragma_update(None, "synchronous", "FULL")?;
    let begun = Instant::now();
    for group in rows.chunks(GROUP * callers) {
        let transaction = rival.transaction()?;
        {
            let mut dossier = transaction.prepare_cached(PUT_DOSSIER)?;
            let mut event = transaction.prepare_cached(PUT_EVENT)?;
            for row in group {
                dossier.execute(params_from_iter(dossier_of(row)))?;
                event.execute(params_from_iter(&row[..OF_EVENT]))?;
            }
        }
        transaction.commit()?;
    }
    Ok(pace(rows.len(), begun.elapsed()))
}

/// Parameters of [`PUT_DOSSIER`].
fn dossier_of(row: &[Value]) -> [&Value; 9] {
    let [client, id, revision] = [&row[0], &row[2], &row[3]];
    let [status, occurred_at, accepted_at] = [&row[5], &row[6], &row[7]];
    let [code, head, procedure] = [&row[OF_EVENT], &row[OF_EVENT + 1], &row[OF_EVENT + 2]];
    [
        id,
        code,
        client,
        revision,
        occurred_at,
        head,
        accepted_at,
        procedure,
        status,
    ]
}

fn rows(file: &Path) -> Result<Vec<Vec<Value>>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let outbox = Connection::open_with_flags(file, flags).context("the outbox's file")?;
    let mut rows = outbox.prepare(&format!(
        "SELECT {EVENT}, {DOSSIER} FROM event e JOIN dossier d ON d.id = e.dossier ORDER BY e.id"
    ))?;
    let columns = rows.column_count();
    let rows = rows.query_map([], |row| {
        (0..columns)
            .map(|column| row.get::<_, Value>(column))
            .collect()
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
