//! What is known of a dossier, and of the sync as a whole.
//!
//! These run on the reader's connection. They see every commit that was answered
//! before they began, and what they cost does not depend on how much is stored:
//! only a dossier's own timeline grows, with its own events.

use jiff::Timestamp;
use lienthong_core::dossier::Dossier;
use lienthong_core::dossier::event::{EventBody, EventId};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{ATTEMPTS_TOLD, AttemptRecord, DossierRecord, TimelineEntry};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::health::{OldestUnsent, SyncFacts};
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension, Row};

use super::column::{Failure, TaskRow};
use crate::store::body;
use crate::store::reference::reference;

// The row of a dossier with its newest state, by the unique index on
// (dossier, revision).
const DOSSIER: &str = "
    SELECT d.id, d.revision, d.last_accepted_at, e.id, e.body, d.client, d.known_at_portal,
           d.portal_number, d.portal_id
      FROM dossier d
      JOIN event e ON e.dossier = d.id AND e.revision = d.state_revision
     WHERE d.code = ?1";

// Its events, oldest first. While an event is sent, due_at is the end of a lease
// and no attempt.
const TIMELINE: &str = "
    SELECT id, event_id, revision, kind, occurred_at, accepted_at, state,
           iif(state = 'SENDING', NULL, due_at), status
      FROM event
     WHERE dossier = ?1
     ORDER BY revision";

// The newest attempts at one event, newest first, by the primary key.
const ATTEMPTS: &str = "
    SELECT number, started_at, ended_at, outcome, cause, upstream_code, upstream_text
      FROM attempt
     WHERE event = ?1
     ORDER BY number DESC
     LIMIT ?2";

const COUNTS: &str = "SELECT state, events FROM state_count WHERE events > 0";

// The first entry of a state in the partial index on heads.
pub(super) const OLDEST_UNSENT: &str = "
    SELECT d.unsent_at, d.code
      FROM dossier d
     WHERE d.head_state = ?1 AND d.unsent_at IS NOT NULL
     ORDER BY d.unsent_at
     LIMIT 1";

/// The states of a head that the gateway moves on by itself.
const GOES_ON: [SyncState; 4] = [
    SyncState::Pending,
    SyncState::Sending,
    SyncState::Unknown,
    SyncState::Waiting,
];

const MARKS: &str = "
    SELECT last_success_at, last_failure_at, last_failure_cause FROM sync_mark WHERE id = 1";

// The first entry of the partial index on due_at.
pub(super) const NEXT_DUE: &str = "
    SELECT id, due_at FROM event WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";

/// No task: the row at fault belongs to the whole store.
const STORE: TaskRow = TaskRow(0);

/// Everything known of one dossier.
pub(super) fn dossier(
    conn: &Connection,
    number: &DossierNumber,
) -> Result<Option<DossierRecord>, Failure> {
    let row = conn
        .prepare_cached(DOSSIER)?
        .query_row([number.as_str()], |row| {
            let accepted: Option<i64> = row.get(2)?;
            let body: Vec<u8> = row.get(4)?;
            Ok((
                row.get::<_, i64>(0)?,
                row.get(1)?,
                accepted,
                TaskRow(row.get(3)?),
                body,
                row.get::<_, String>(5)?,
                row.get::<_, bool>(6)?,
                reference(row.get(7)?, row.get(8)?),
            ))
        })
        .optional()?;
    let Some((id, revision, accepted, task, body, client, known_at_portal, reference)) = row else {
        return Ok(None);
    };
    let timeline = timeline(conn, id)?;
    Ok(Some(DossierRecord {
        number: number.clone(),
        recorded_by: task.client(&client)?,
        dossier: newest_state(task, body.as_slice())?,
        revision: task.count(revision)?,
        state: timeline
            .iter()
            .map(|entry| entry.state)
            .find(|state| *state != SyncState::Accepted)
            .unwrap_or(SyncState::Accepted),
        last_accepted_at: accepted.map(|at| task.moment(at)).transpose()?,
        known_at_portal,
        reference,
        timeline,
    }))
}

/// The newest state; none where retention has emptied the body.
fn newest_state(task: TaskRow, body: &[u8]) -> Result<Option<Dossier>, Failure> {
    if body.is_empty() {
        return Ok(None);
    }
    match body::read(body).map_err(|problem| task.corrupt(problem))? {
        EventBody::State(dossier) => Ok(Some(*dossier)),
        EventBody::Step { .. } => Err(task.corrupt("its body is a step, not a state")),
    }
}

fn timeline(conn: &Connection, dossier: i64) -> Result<Vec<TimelineEntry>, Failure> {
    let mut events = conn.prepare_cached(TIMELINE)?;
    let mut rows = events.query([dossier])?;
    let mut timeline = Vec::new();
    while let Some(row) = rows.next()? {
        timeline.push(entry(conn, row)?);
    }
    Ok(timeline)
}

fn entry(conn: &Connection, row: &Row<'_>) -> Result<TimelineEntry, Failure> {
    let task = TaskRow(row.get(0)?);
    let event: String = row.get(1)?;
    let kind: String = row.get(3)?;
    let state: String = row.get(6)?;
    let next: Option<i64> = row.get(7)?;
    let mut statement = conn.prepare_cached(ATTEMPTS)?;
    let most = i64::try_from(ATTEMPTS_TOLD).unwrap_or(i64::MAX);
    let mut rows = statement.query([task.0, most])?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        attempts.push(attempt(task, row)?);
    }
    attempts.reverse();
    Ok(TimelineEntry {
        event: EventId::parse(&event).ok_or_else(|| task.corrupt("its event id does not parse"))?,
        revision: task.count(row.get(2)?)?,
        kind: task.kind(&kind)?,
        occurred_at: task.moment(row.get(4)?)?,
        accepted_at: task.moment(row.get(5)?)?,
        state: task.state(&state)?,
        status: task.status(row.get(8)?)?,
        next_attempt_at: next.map(|at| task.moment(at)).transpose()?,
        attempts,
    })
}

fn attempt(task: TaskRow, row: &Row<'_>) -> Result<AttemptRecord, Failure> {
    let ended: Option<i64> = row.get(2)?;
    let outcome: Option<String> = row.get(3)?;
    let cause: Option<String> = row.get(4)?;
    let outcome = outcome
        .map(|name| task.outcome(&name, cause.as_deref()))
        .transpose()?;
    Ok(AttemptRecord {
        number: task.count(row.get(0)?)?,
        started_at: task.moment(row.get(1)?)?,
        ended_at: ended.map(|at| task.moment(at)).transpose()?,
        outcome,
        cause: outcome.and_then(AttemptOutcome::cause),
        upstream_code: row.get(5)?,
        upstream_text: row.get(6)?,
    })
}

/// What sync health is judged by.
pub(super) fn facts(conn: &Connection) -> Result<SyncFacts, Failure> {
    let mut facts = SyncFacts {
        oldest_unsent: oldest_unsent(conn)?,
        ..SyncFacts::default()
    };
    let mut statement = conn.prepare_cached(COUNTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let state: String = row.get(0)?;
        facts
            .counts
            .insert(STORE.state(&state)?, STORE.count(row.get(1)?)?);
    }
    let (success, failure, cause): (Option<i64>, Option<i64>, Option<String>) = conn
        .prepare_cached(MARKS)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    facts.last_success = success.map(|at| STORE.moment(at)).transpose()?;
    if let (Some(at), Some(cause)) = (failure, cause) {
        let cause = Cause::from_name(&cause).ok_or_else(|| STORE.corrupt("a cause is unknown"))?;
        facts.last_failure = Some((STORE.moment(at)?, cause));
    }
    Ok(facts)
}

fn oldest_unsent(conn: &Connection) -> Result<Option<OldestUnsent>, Failure> {
    let mut oldest: Option<(i64, String)> = None;
    for state in GOES_ON {
        let first: Option<(i64, String)> = conn
            .prepare_cached(OLDEST_UNSENT)?
            .query_row([state.name()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        // The older moment wins, and of one moment the first number.
        oldest = [oldest, first].into_iter().flatten().min();
    }
    let Some((accepted_at, code)) = oldest else {
        return Ok(None);
    };
    match STORE.dossier(&code) {
        Ok(dossier) => Ok(Some(OldestUnsent {
            dossier,
            accepted_at: STORE.moment(accepted_at)?,
        })),
        // One that cannot be read must not hide how all others are.
        Err(Failure::Corrupt { problem, .. }) => {
            tracing::error!(problem, "the oldest dossier is not told");
            Ok(None)
        }
        Err(failure @ Failure::Database(_)) => Err(failure),
    }
}

/// When the next work falls due.
pub(super) fn next_due(conn: &Connection) -> Result<Option<Timestamp>, Failure> {
    let row: Option<(i64, i64)> = conn
        .prepare_cached(NEXT_DUE)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    row.map(|(id, due_at)| TaskRow(id).moment(due_at))
        .transpose()
}
