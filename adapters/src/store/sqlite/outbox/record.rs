//! Keeping an event.
//!
//! Event, work and the dossier's head row are written by one command, so they are
//! kept together or not at all. Commands of one group see each other's changes:
//! two equal requests in one group are one event and its repetition, and of two
//! systems that begin one dossier the first has it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lienthong_core::access::{ClientName, may_use_dossier};
use lienthong_core::dossier::event::{Event, EventBody};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::{EventKind, OutboxError, Receipt, RecordError};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension, params};

use super::column::{Failure, TaskRow, micros};
use crate::store::body::{self, HASH_LENGTH, Written};

/// An event made ready outside the writer's thread.
pub(super) struct Prepared {
    client: ClientName,
    event_id: String,
    dossier: DossierNumber,
    kind: EventKind,
    status: PortalStatus,
    /// Of a state.
    procedure: Option<ProcedureCode>,
    occurred_at: Timestamp,
    written: Written,
}

impl Prepared {
    /// Writes `event`.
    pub(super) fn new(event: &Event) -> Result<Self, OutboxError> {
        let written = body::write(event).map_err(|_| OutboxError::Unavailable {
            reason: "the event cannot be written as JSON".to_owned(),
        })?;
        let (kind, status, procedure) = match &event.body {
            EventBody::State(dossier) => {
                let procedure = Some(dossier.procedure.clone());
                (EventKind::State, dossier.status, procedure)
            }
            EventBody::Step { step, .. } => (EventKind::Step, step.status, None),
        };
        Ok(Self {
            client: event.client.clone(),
            event_id: event.id.as_str().to_owned(),
            dossier: event.body.dossier().clone(),
            kind,
            status,
            procedure,
            occurred_at: event.occurred_at,
            written,
        })
    }
}

// The event of this name, by the unique index on (client, event_id), with the
// dossier that its receipt names.
const SAME_NAME: &str = "
    SELECT e.id, e.revision, e.accepted_at, e.content_hash
      FROM event e
     WHERE e.client = ?1 AND e.event_id = ?2";

// The head row of a dossier, and whether one of its events waits before the new one.
const HEAD_ROW: &str = "
    SELECT d.id, d.client, d.revision, d.last_occurred_at, d.unsent_at IS NOT NULL,
           d.holds_bodies
      FROM dossier d
     WHERE d.code = ?1";

// A new dossier; its first event is a state, so revision and state_revision are 1, and
// it is the head.
const NEW_DOSSIER: &str = "
    INSERT INTO dossier (code, client, revision, state_revision, last_occurred_at,
                         head_state, unsent_at, procedure, newest_status, recorded_at,
                         touched_at)
    VALUES (?1, ?2, 1, 1, ?3, ?4, ?5, ?6, ?7, ?5, ?5)";

// One more event; only a state moves state_revision and brings a procedure (?4).
const NEXT_REVISION: &str = "
    UPDATE dossier
       SET revision = ?2,
           state_revision = iif(?4 IS NULL, state_revision, ?2),
           procedure = ifnull(?4, procedure),
           last_occurred_at = ?3,
           newest_status = ?5,
           touched_at = max(touched_at, ?6)
     WHERE id = ?1";

// Only where retention has emptied it before: an index stands on it.
const HOLDS_AGAIN: &str = "UPDATE dossier SET holds_bodies = 1 WHERE id = ?1";

// Where nothing waits before it, it is the head.
const NEW_HEAD: &str = "UPDATE dossier SET head_state = ?2, unsent_at = ?3 WHERE id = ?1";

// The event; due_at is NULL where it is blocked. No row where its name was used before: the
// index that says so is looked at anyway, so nothing is looked up before.
const NEW_EVENT: &str = "
    INSERT INTO event (client, event_id, dossier, revision, kind, status, occurred_at,
                       accepted_at, content_hash, body, state, due_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (client, event_id) DO NOTHING";

const COUNT: &str = "UPDATE state_count SET events = events + ?2 WHERE state = ?1";

// What had happened by this moment is asked about before it is sent.
const RESTORED_AT: &str = "SELECT restored_at FROM sync_mark WHERE id = 1";

/// The row at fault is the dossier's.
const NO_TASK: TaskRow = TaskRow(0);

/// What is known of a dossier before its next event.
struct HeadRow {
    id: i64,
    recorded_by: ClientName,
    revision: i64,
    newest: i64,
    blocked: bool,
    holds_bodies: bool,
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
        holds_bodies: row.get(5)?,
    }))
}

/// Keeps one event, or says why not; a refusal has changed nothing.
pub(super) fn record(
    conn: &Connection,
    event: &Prepared,
    now: Timestamp,
) -> Result<Result<Receipt, RecordError>, Failure> {
    let mut round = Round::new(conn, now)?;
    let recorded = round.record(event)?;
    round.finish()?;
    Ok(recorded)
}

/// Keeps many events, each as [`record`] does. A failure of the database is everybody's.
pub(super) fn record_all(
    conn: &Connection,
    events: Vec<Result<Prepared, OutboxError>>,
    now: Timestamp,
) -> Result<Vec<Result<Receipt, RecordError>>, Failure> {
    let mut round = Round::new(conn, now)?;
    let mut answers = Vec::with_capacity(events.len());
    for event in events {
        answers.push(match event.map(|event| round.record(&event)) {
            Ok(Ok(answer)) => answer,
            // What cannot be read back is read before anything is written.
            Ok(Err(failure @ Failure::Corrupt { .. })) => Err(OutboxError::from(failure).into()),
            Ok(Err(failure @ Failure::Database(_))) => return Err(failure),
            Err(error) => Err(error.into()),
        });
    }
    round.finish()?;
    Ok(answers)
}

/// What the events of one command share.
struct Round<'a> {
    conn: &'a Connection,
    accepted_at: i64,
    restored_at: Option<i64>,
    /// New events by state.
    counts: BTreeMap<SyncState, i64>,
}

impl<'a> Round<'a> {
    fn new(conn: &'a Connection, now: Timestamp) -> Result<Self, Failure> {
        let restored_at = conn
            .prepare_cached(RESTORED_AT)?
            .query_row([], |row| row.get(0))?;
        Ok(Self {
            conn,
            accepted_at: micros(now),
            restored_at,
            counts: BTreeMap::new(),
        })
    }

    fn finish(self) -> Result<(), Failure> {
        for (state, events) in self.counts {
            self.conn
                .prepare_cached(COUNT)?
                .execute(params![state.name(), events])?;
        }
        Ok(())
    }

    fn record(&mut self, event: &Prepared) -> Result<Result<Receipt, RecordError>, Failure> {
        let head_row = head_row(self.conn, &event.dossier)?;
        if let Some(row) = &head_row
            && may_use_dossier(&event.client, &row.recorded_by)
            && micros(event.occurred_at) >= row.newest
            && let Some(receipt) = self.go_on(event, row)?
        {
            return Ok(Ok(receipt));
        }
        if let Some(answer) = repetition(self.conn, event)? {
            return Ok(answer);
        }
        let dossier = event.dossier.clone();
        match (head_row, &event.procedure) {
            (None, None) => Ok(Err(RecordError::DossierNotRecorded { dossier })),
            (None, Some(procedure)) => self.begin(event, procedure).map(Ok),
            // Before all else: whose dossier it is not, learns nothing of how far it has come.
            (Some(row), _) if !may_use_dossier(&event.client, &row.recorded_by) => {
                Ok(Err(RecordError::OtherSystem { dossier }))
            }
            (Some(row), _) => {
                let recorded = NO_TASK.moment(row.newest)?;
                Ok(Err(RecordError::Stale { dossier, recorded }))
            }
        }
    }

    /// State of an event that nothing waits before.
    fn as_head(&self, event: &Prepared) -> SyncState {
        let occurred_at = micros(event.occurred_at);
        if self.restored_at.is_some_and(|at| occurred_at <= at) {
            SyncState::Unknown
        } else {
            SyncState::Pending
        }
    }

    /// The first event of a dossier.
    fn begin(&mut self, event: &Prepared, procedure: &ProcedureCode) -> Result<Receipt, Failure> {
        let state = self.as_head(event);
        let dossier = self.conn.prepare_cached(NEW_DOSSIER)?.insert(params![
            event.dossier.as_str(),
            event.client.as_str(),
            micros(event.occurred_at),
            state.name(),
            self.accepted_at,
            procedure.as_str(),
            event.status.code(),
        ])?;
        match self.insert(event, dossier, 1, state)? {
            Some(receipt) => Ok(receipt),
            // Its name was looked up in this very transaction.
            None => Err(rusqlite::Error::StatementChangedRows(0).into()),
        }
    }

    /// One more event of a dossier; `None`, and nothing changed, where its name was used
    /// before.
    fn go_on(&mut self, event: &Prepared, row: &HeadRow) -> Result<Option<Receipt>, Failure> {
        let as_head = self.as_head(event);
        let blocked = SyncState::Blocked;
        let state = if row.blocked { blocked } else { as_head };
        let Some(receipt) = self.insert(event, row.id, row.revision + 1, state)? else {
            return Ok(None);
        };
        self.conn.prepare_cached(NEXT_REVISION)?.execute(params![
            row.id,
            row.revision + 1,
            micros(event.occurred_at),
            event.procedure.as_ref().map(ProcedureCode::as_str),
            event.status.code(),
            self.accepted_at,
        ])?;
        if !row.holds_bodies {
            self.conn.prepare_cached(HOLDS_AGAIN)?.execute([row.id])?;
        }
        if !row.blocked {
            let head = params![row.id, as_head.name(), self.accepted_at];
            self.conn.prepare_cached(NEW_HEAD)?.execute(head)?;
        }
        Ok(Some(receipt))
    }

    fn insert(
        &mut self,
        event: &Prepared,
        dossier: i64,
        revision: i64,
        state: SyncState,
    ) -> Result<Option<Receipt>, Failure> {
        let inserted = self.conn.prepare_cached(NEW_EVENT)?.execute(params![
            event.client.as_str(),
            event.event_id,
            dossier,
            revision,
            event.kind.name(),
            event.status.code(),
            micros(event.occurred_at),
            self.accepted_at,
            event.written.hash,
            event.written.body,
            state.name(),
            (state != SyncState::Blocked).then_some(self.accepted_at),
        ])?;
        if inserted == 0 {
            return Ok(None);
        }
        *self.counts.entry(state).or_default() += 1;
        let task = TaskRow(self.conn.last_insert_rowid());
        let dossier = event.dossier.clone();
        receipt(task, dossier, revision, self.accepted_at, false).map(Some)
    }
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
