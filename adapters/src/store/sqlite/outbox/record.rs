//! Keeping an event.
//!
//! Event, work and the dossier's head row are written by one command, so they are
//! kept together or not at all. Commands of one group see each other's changes:
//! two equal requests in one group are one event and its repetition, and of two
//! systems that begin one dossier the first has it.

use jiff::Timestamp;
use lienthong_core::access::{ClientName, may_use_dossier};
use lienthong_core::dossier::event::{Event, EventBody};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::{EventKind, OutboxError, Receipt, RecordError};
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension, params};

use super::column::{Failure, TaskRow, kind_name, micros};
use crate::store::body::{HASH_LENGTH, Written};

/// An event made ready outside the writer's thread.
pub(super) struct Prepared {
    client: ClientName,
    event_id: String,
    dossier: DossierNumber,
    kind: EventKind,
    status: PortalStatus,
    occurred_at: Timestamp,
    written: Written,
}

impl Prepared {
    /// Puts `event` and its written form together.
    pub(super) fn new(event: &Event, written: Written) -> Self {
        let (kind, status) = match &event.body {
            EventBody::State(dossier) => (EventKind::State, dossier.status),
            EventBody::Step { step, .. } => (EventKind::Step, step.status),
        };
        Self {
            client: event.client.clone(),
            event_id: event.id.as_str().to_owned(),
            dossier: event.body.dossier().clone(),
            kind,
            status,
            occurred_at: event.occurred_at,
            written,
        }
    }
}

// The event of this name, by the unique index on (client, event_id), with the
// dossier that its receipt names.
const SAME_NAME: &str = "
    SELECT e.id, e.revision, e.accepted_at, e.content_hash
      FROM event e
     WHERE e.client = ?1 AND e.event_id = ?2";

// The head row of a dossier, and whether one of its events waits before the new one
// (by the partial unique index on heads).
const HEAD_ROW: &str = "
    SELECT d.id, d.client, d.revision, d.last_occurred_at,
           EXISTS (SELECT 1 FROM event h
                    WHERE h.dossier = d.id AND h.state NOT IN ('ACCEPTED', 'BLOCKED'))
      FROM dossier d
     WHERE d.code = ?1";

// A new dossier; its first event is a state, so revision and state_revision are 1.
const NEW_DOSSIER: &str = "
    INSERT INTO dossier (code, client, revision, state_revision, last_occurred_at)
    VALUES (?1, ?2, 1, 1, ?3)";

// One more event; only a state moves state_revision (?3 tells which).
const NEXT_REVISION: &str = "
    UPDATE dossier
       SET revision = ?2,
           state_revision = iif(?3, ?2, state_revision),
           last_occurred_at = ?4
     WHERE id = ?1";

// The event; due_at is NULL where it is blocked.
const NEW_EVENT: &str = "
    INSERT INTO event (client, event_id, dossier, revision, kind, status, occurred_at,
                       accepted_at, content_hash, body, state, due_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

/// The row at fault is the dossier's.
const NO_TASK: TaskRow = TaskRow(0);

/// What is known of a dossier before its next event.
struct HeadRow {
    id: i64,
    recorded_by: ClientName,
    revision: i64,
    newest: i64,
    blocked: bool,
}

fn head_row(conn: &Connection, dossier: &DossierNumber) -> Result<Option<HeadRow>, Failure> {
    let mut statement = conn.prepare_cached(HEAD_ROW)?;
    let mut rows = statement.query([dossier.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let client: String = row.get(1)?;
    Ok(Some(HeadRow {
        id: row.get(0)?,
        recorded_by: NO_TASK.client(&client)?,
        revision: row.get(2)?,
        newest: row.get(3)?,
        blocked: row.get(4)?,
    }))
}

/// Keeps the event, or says why not; a refusal has changed nothing.
pub(super) fn record(
    conn: &Connection,
    event: Prepared,
    now: Timestamp,
) -> Result<Result<Receipt, RecordError>, Failure> {
    if let Some(answer) = repetition(conn, &event)? {
        return Ok(answer);
    }
    let occurred_at = micros(event.occurred_at);
    let head_row = head_row(conn, &event.dossier)?;
    // First of all: whose dossier it is not, learns nothing of how far it has come.
    if let Some(row) = &head_row
        && !may_use_dossier(&event.client, &row.recorded_by)
    {
        return Ok(Err(RecordError::OtherSystem {
            dossier: event.dossier,
        }));
    }
    let (dossier, revision, blocked) = match (head_row, event.kind) {
        (None, EventKind::Step) => {
            return Ok(Err(RecordError::DossierNotRecorded {
                dossier: event.dossier,
            }));
        }
        (None, EventKind::State) => {
            conn.prepare_cached(NEW_DOSSIER)?.execute(params![
                event.dossier.as_str(),
                event.client.as_str(),
                occurred_at
            ])?;
            (conn.last_insert_rowid(), 1, false)
        }
        (Some(row), _) if occurred_at < row.newest => {
            let recorded = NO_TASK.moment(row.newest)?;
            return Ok(Err(RecordError::Stale {
                dossier: event.dossier,
                recorded,
            }));
        }
        (Some(row), kind) => {
            let is_state = kind == EventKind::State;
            let revision = row.revision + 1;
            conn.prepare_cached(NEXT_REVISION)?.execute(params![
                row.id,
                revision,
                is_state,
                occurred_at
            ])?;
            (row.id, revision, row.blocked)
        }
    };
    insert(conn, event, dossier, revision, blocked, now).map(Ok)
}

/// Keeps many events, each as [`record`] does. A failure of the database is everybody's.
pub(super) fn record_all(
    conn: &Connection,
    events: Vec<Result<Prepared, OutboxError>>,
    now: Timestamp,
) -> Result<Vec<Result<Receipt, RecordError>>, Failure> {
    events
        .into_iter()
        .map(|event| match event {
            Ok(event) => record(conn, event, now),
            Err(error) => Ok(Err(error.into())),
        })
        .collect()
}

fn insert(
    conn: &Connection,
    event: Prepared,
    dossier: i64,
    revision: i64,
    blocked: bool,
    now: Timestamp,
) -> Result<Receipt, Failure> {
    let accepted_at = micros(now);
    let state = if blocked {
        SyncState::Blocked
    } else {
        SyncState::Pending
    };
    conn.prepare_cached(NEW_EVENT)?.execute(params![
        event.client.as_str(),
        event.event_id,
        dossier,
        revision,
        kind_name(event.kind),
        event.status.code(),
        micros(event.occurred_at),
        accepted_at,
        event.written.hash,
        event.written.body,
        state.name(),
        (!blocked).then_some(accepted_at),
    ])?;
    receipt(
        TaskRow(conn.last_insert_rowid()),
        event.dossier,
        revision,
        accepted_at,
        false,
    )
}

/// The answer for an event whose name was used before.
fn repetition(
    conn: &Connection,
    event: &Prepared,
) -> Result<Option<Result<Receipt, RecordError>>, Failure> {
    let earlier = conn
        .prepare_cached(SAME_NAME)?
        .query_row([event.client.as_str(), &event.event_id], |row| {
            let hash: [u8; HASH_LENGTH] = row.get(3)?;
            Ok((TaskRow(row.get(0)?), row.get(1)?, row.get(2)?, hash))
        })
        .optional()?;
    let Some((task, revision, accepted_at, hash)) = earlier else {
        return Ok(None);
    };
    if hash != event.written.hash {
        return Ok(Some(Err(RecordError::OtherContent)));
    }
    // The same content names the same dossier.
    receipt(task, event.dossier.clone(), revision, accepted_at, true)
        .map(|receipt| Some(Ok(receipt)))
}

fn receipt(
    task: TaskRow,
    dossier: DossierNumber,
    revision: i64,
    accepted_at: i64,
    duplicate: bool,
) -> Result<Receipt, Failure> {
    Ok(Receipt {
        dossier,
        revision: task.count(revision)?,
        // Read from the column, so that both receipts tell the same microsecond.
        accepted_at: task.moment(accepted_at)?,
        duplicate,
    })
}
