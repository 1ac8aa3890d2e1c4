//! Handing out due work.
//!
//! Only heads carry a due moment, so the work to hand out is a range of one index,
//! however much is blocked behind it. A claim whose lease is over may have reached
//! the portal: its attempt is closed as unknown, and it comes back as a question.

use jiff::Timestamp;
use lienthong_core::dossier::Step;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{Claim, ClaimRequest, Intent, Work};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{Failure, TaskRow, micros, outcome_name, reference};
use super::settle::note_failure;
use crate::store::body;

// Heads that are due, the longest due first; by the partial index on due_at, whose
// entries stand in the order (due_at, id).
pub(super) const DUE_HEADS: &str = "
    SELECT e.id, e.dossier, e.revision, e.state, e.due_at, e.fence, e.attempts, e.spent,
           e.claimed, e.body, d.code, d.known_at_portal, d.portal_number, d.portal_id
      FROM event e
      JOIN dossier d ON d.id = e.dossier
     WHERE e.due_at <= ?1
     ORDER BY e.due_at, e.id
     LIMIT ?2";

// The event behind, when it is a blocked step; by the unique index on
// (dossier, revision).
const STEP_BEHIND: &str = "
    SELECT id, body
      FROM event
     WHERE dossier = ?1 AND revision = ?2 AND kind = 'STEP' AND state = 'BLOCKED'";

// The open attempt of a claim whose lease is over.
const CLOSE_INTERRUPTED: &str = "
    UPDATE attempt
       SET ended_at = ?3, outcome = ?4, cause = ?5
     WHERE event = ?1 AND number = ?2 AND ended_at IS NULL";

// The claim: until due_at nobody else gets the task, and every older claim of it is
// known by its fence.
const HOLD: &str = "
    UPDATE event
       SET state = 'SENDING', due_at = ?2, fence = fence + 1, attempts = attempts + 1,
           spent = ?3, claimed = ?4
     WHERE id = ?1";

// A dossier shows the state of its head.
const SHOW: &str = "UPDATE dossier SET head_state = ?2 WHERE id = ?1";

// Every claim opens an attempt.
const OPEN_ATTEMPT: &str = "
    INSERT INTO attempt (event, number, started_at, worker) VALUES (?1, ?2, ?3, ?4)";

// A task that cannot be read is left to a person; it would otherwise be the first
// due one for ever, and hold up everybody behind it.
const SET_ASIDE: &str = "UPDATE event SET state = 'DEAD', due_at = NULL WHERE id = ?1";

/// What comes of an attempt whose lease is over.
const INTERRUPTED: AttemptOutcome = AttemptOutcome::Unknown(Cause::Interrupted);

struct Head {
    task: TaskRow,
    dossier: i64,
    revision: i64,
    state: String,
    due_at: i64,
    fence: i64,
    attempts: i64,
    spent: i64,
    claimed: i64,
    body: Vec<u8>,
    code: String,
    known_at_portal: bool,
    reference: Option<PortalReference>,
}

impl Head {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            task: TaskRow(row.get(0)?),
            dossier: row.get(1)?,
            revision: row.get(2)?,
            state: row.get(3)?,
            due_at: row.get(4)?,
            fence: row.get(5)?,
            attempts: row.get(6)?,
            spent: row.get(7)?,
            claimed: row.get(8)?,
            body: row.get(9)?,
            code: row.get(10)?,
            known_at_portal: row.get(11)?,
            reference: reference(row.get(12)?, row.get(13)?),
        })
    }
}

/// Hands out what is due.
pub(super) fn claim(conn: &Connection, request: &ClaimRequest) -> Result<Vec<Claim>, Failure> {
    let limit = i64::try_from(request.limit.get()).unwrap_or(i64::MAX);
    let mut due = conn.prepare_cached(DUE_HEADS)?;
    // All rows are read before the first is changed: a claim moves its row in the
    // very index that is being walked.
    let heads: Vec<Head> = due
        .query_map(params![micros(request.now), limit], Head::read)?
        .collect::<rusqlite::Result<_>>()?;
    let mut claims = Vec::with_capacity(heads.len());
    for head in heads {
        let task = head.task;
        match take(conn, &head, request) {
            Ok(claim) => claims.push(claim),
            Err(Failure::Corrupt { problem, .. }) => {
                tracing::error!(task.id = task.0, problem, "a task is set aside as dead");
                if head.state == SyncState::Sending.name() {
                    close_interrupted(conn, &head)?;
                }
                conn.prepare_cached(SET_ASIDE)?.execute([task.0])?;
                show(conn, &head, SyncState::Dead)?;
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
    }
    Ok(claims)
}

/// Takes one head. Everything that may turn out corrupt is read before anything is
/// written.
fn take(conn: &Connection, head: &Head, request: &ClaimRequest) -> Result<Claim, Failure> {
    let task = head.task;
    let state = task.state(&head.state)?;
    let intent = match state {
        SyncState::Pending | SyncState::Waiting => Intent::Send,
        SyncState::Unknown | SyncState::Sending => Intent::Ask,
        SyncState::Accepted | SyncState::Refused | SyncState::Dead | SyncState::Blocked => {
            return Err(task.corrupt("its state does not go with being due"));
        }
    };
    let attempt: u32 = task.count(head.attempts + 1)?;
    let fence: u64 = task.count(head.fence + 1)?;
    let mut spent: u32 = task.count(head.spent)?;
    let (work, events) = work(conn, head, intent, request)?;
    let claim_id = task.id()?;

    if state == SyncState::Sending {
        close_interrupted(conn, head)?;
        spent += u32::from(INTERRUPTED.spends_patience());
    }
    let lease_end = request
        .now
        .checked_add(request.lease)
        .unwrap_or(Timestamp::MAX);
    conn.prepare_cached(HOLD)?
        .execute(params![task.0, micros(lease_end), spent, events])?;
    show(conn, head, SyncState::Sending)?;
    conn.prepare_cached(OPEN_ATTEMPT)?.execute(params![
        task.0,
        attempt,
        micros(request.now),
        request.worker
    ])?;
    Ok(Claim {
        task: claim_id,
        fence,
        attempt,
        spent,
        known_at_portal: head.known_at_portal,
        reference: head.reference.clone(),
        intent,
        work,
    })
}

fn show(conn: &Connection, head: &Head, state: SyncState) -> Result<(), Failure> {
    conn.prepare_cached(SHOW)?
        .execute(params![head.dossier, state.name()])?;
    Ok(())
}

/// The attempt ends where its lease did: what happened after that, nobody knows.
fn close_interrupted(conn: &Connection, head: &Head) -> Result<(), Failure> {
    let cause = INTERRUPTED.cause();
    conn.prepare_cached(CLOSE_INTERRUPTED)?.execute(params![
        head.task.0,
        head.attempts,
        head.due_at,
        outcome_name(INTERRUPTED),
        cause.map(Cause::name),
    ])?;
    if let Some(cause) = cause {
        note_failure(conn, head.dossier, head.due_at, cause, "")?;
    }
    Ok(())
}

/// What the head brings to the portal, and of how many events that consists.
fn work(
    conn: &Connection,
    head: &Head,
    intent: Intent,
    request: &ClaimRequest,
) -> Result<(Work, i64), Failure> {
    let task = head.task;
    let number = DossierNumber::parse(&head.code)
        .map_err(|_| task.corrupt("its dossier number does not parse"))?;
    let body = body::read(&head.body).map_err(|problem| task.corrupt(problem))?;
    if *body.dossier() != number {
        return Err(task.corrupt("its body is about another dossier"));
    }
    match body {
        EventBody::State(dossier) => Ok((Work::State(dossier), 1)),
        EventBody::Step { step, .. } => {
            let limit = i64::try_from(request.steps_per_call.get()).unwrap_or(i64::MAX);
            let limit = match intent {
                Intent::Send => limit,
                // The question is about everything that may have been sent, also
                // when fewer steps go into one call by now.
                Intent::Ask => limit.max(head.claimed),
            };
            let mut steps = vec![*step];
            let mut events = 1;
            while events < limit
                && let Some(step) = step_behind(conn, head.dossier, head.revision + events)?
            {
                steps.push(step);
                events += 1;
            }
            Ok((
                Work::Steps {
                    dossier: number,
                    steps,
                },
                events,
            ))
        }
    }
}

/// The step at `revision`, if it can go along. One that cannot be read does not: it
/// is set aside when its own turn comes.
fn step_behind(conn: &Connection, dossier: i64, revision: i64) -> Result<Option<Step>, Failure> {
    let body: Option<Vec<u8>> = conn
        .prepare_cached(STEP_BEHIND)?
        .query_row([dossier, revision], |row| row.get(1))
        .optional()?;
    Ok(body.and_then(|body| match body::read(&body) {
        Ok(EventBody::Step { step, .. }) => Some(*step),
        Ok(EventBody::State(_)) | Err(_) => None,
    }))
}
