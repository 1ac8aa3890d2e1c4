//! Closing an attempt and moving its task on.
//!
//! A settlement counts only with the fence of the latest claim: a worker that was
//! slow finds its claim taken over, and what it brings is not recorded. A lease
//! that is over but was taken over by nobody still counts.

use lienthong_core::ports::outbox::{Intent, PutBack, Settled, Settlement};
use lienthong_core::ports::portal::{PortalAnswer, PortalReference};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::NextStep;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension, params};

use super::column::{Failure, TaskRow, micros};

// The task, as long as this claim holds it.
const HELD: &str = "
    SELECT dossier, revision, attempts, claimed
      FROM event
     WHERE id = ?1 AND fence = ?2 AND state = 'SENDING'";

const CLOSE_ATTEMPT: &str = "
    UPDATE attempt
       SET ended_at = ?3, outcome = ?4, cause = ?5, upstream_code = ?6, upstream_text = ?7
     WHERE event = ?1 AND number = ?2";

// The head's next state, when it stays the head; due_at is NULL where a person must
// act.
const MOVE_ON: &str = "
    UPDATE event SET state = ?2, due_at = ?3, spent = spent + ?4 WHERE id = ?1";

// An attempt that was not begun after all …
const DROP_ATTEMPT: &str = "
    DELETE FROM attempt WHERE event = ?1 AND number = ?2 AND ended_at IS NULL";

// … and its task as it was before.
const PUT_BACK: &str = "
    UPDATE event SET state = ?2, due_at = ?3, attempts = attempts - 1 WHERE id = ?1";

// Whether the head of a dossier has failed before.
const HAS_FAILED: &str = "SELECT head_cause IS NOT NULL FROM dossier WHERE id = ?1";

// The events of the claim that are at the portal: ?2 is the head's revision, ?3 the
// first revision that is not there.
const ACCEPT: &str = "
    UPDATE event
       SET state = 'ACCEPTED', due_at = NULL
     WHERE dossier = ?1 AND revision >= ?2 AND revision < ?3";

// Events that went along (?2 to before ?3) count the attempt too …
const COUNT_FOLLOWERS: &str = "
    UPDATE event
       SET attempts = attempts + 1
     WHERE dossier = ?1 AND revision >= ?2 AND revision < ?3";

// … and get the head's attempt (?4, ?5) as theirs, so that the timeline of each
// event shows how it got to the portal.
const COPY_ATTEMPT: &str = "
    INSERT INTO attempt (event, number, started_at, ended_at, outcome, cause,
                         upstream_code, upstream_text, worker)
    SELECT e.id, e.attempts, a.started_at, a.ended_at, a.outcome, a.cause,
           a.upstream_code, a.upstream_text, a.worker
      FROM event e
      JOIN attempt a ON a.event = ?4 AND a.number = ?5
     WHERE e.dossier = ?1 AND e.revision >= ?2 AND e.revision < ?3";

// The next event becomes the head, due at once; as a question where the file was put
// back from a backup after the event had happened.
const PROMOTE: &str = "
    UPDATE event
       SET state = iif(occurred_at <= (SELECT restored_at FROM sync_mark WHERE id = 1),
                       'UNKNOWN', 'PENDING'),
           due_at = ?3
     WHERE dossier = ?1 AND revision = ?2 AND state = 'BLOCKED'
    RETURNING state, accepted_at";

// The dossier as lists show it, up to its new head (?4, ?5), which has not failed yet.
const DOSSIER_ACCEPTED: &str = "
    UPDATE dossier
       SET last_accepted_at = ?2, accepted_revision = ?3, head_state = ?4, unsent_at = ?5,
           head_cause = NULL, head_code = NULL, head_failed_at = NULL,
           touched_at = max(touched_at, ?2)
     WHERE id = ?1";

const DOSSIER_MOVED: &str = "UPDATE dossier SET head_state = ?2 WHERE id = ?1";

const DOSSIER_FAILED: &str = "
    UPDATE dossier SET head_cause = ?2, head_code = ?3, head_failed_at = ?4 WHERE id = ?1";

const DOSSIER_KNOWN: &str = "UPDATE dossier SET known_at_portal = ?2 WHERE id = ?1";

const DOSSIER_NAMED: &str = "UPDATE dossier SET portal_number = ?2, portal_id = ?3 WHERE id = ?1";

const NOTE_SUCCESS: &str = "UPDATE sync_mark SET last_success_at = ?1 WHERE id = 1";

const NOTE_FAILURE: &str = "
    UPDATE sync_mark SET last_failure_at = ?1, last_failure_cause = ?2 WHERE id = 1";

/// The head of a claim that still holds.
struct Held {
    task: i64,
    dossier: i64,
    revision: i64,
    attempt: i64,
    claimed: i64,
}

/// Records how the attempt ended.
pub(super) fn settle(conn: &Connection, settlement: &Settlement) -> Result<Settled, Failure> {
    let Some(held) = held(conn, settlement.task, settlement.fence)? else {
        return Ok(Settled::LeaseLost);
    };
    close_attempt(conn, &held, settlement)?;
    if let Some(known) = settlement.known_at_portal {
        conn.prepare_cached(DOSSIER_KNOWN)?
            .execute(params![held.dossier, known])?;
    }
    if let Some(reference) = &settlement.reference {
        name(conn, &held, reference)?;
    }
    if let Some(cause) = settlement.outcome.cause() {
        let code = cut(&settlement.upstream_code);
        note_failure(
            conn,
            held.dossier,
            micros(settlement.ended_at),
            cause,
            &code,
        )?;
    }
    let ended_at = micros(settlement.ended_at);
    let (state, due_at) = match settlement.next {
        NextStep::Accepted { events: 0 } | NextStep::SendNow => {
            (SyncState::Pending, Some(ended_at))
        }
        NextStep::Accepted { events } => {
            accept(conn, &held, events, ended_at)?;
            return Ok(Settled::Recorded);
        }
        NextStep::SendAt(at) => (SyncState::Waiting, Some(micros(at))),
        NextStep::AskAt(at) => (SyncState::Unknown, Some(micros(at))),
        NextStep::Refuse => (SyncState::Refused, None),
        NextStep::GiveUp => (SyncState::Dead, None),
    };
    let spent = settlement.outcome.spends_patience();
    conn.prepare_cached(MOVE_ON)?
        .execute(params![held.task, state.name(), due_at, spent])?;
    conn.prepare_cached(DOSSIER_MOVED)?
        .execute(params![held.dossier, state.name()])?;
    Ok(Settled::Recorded)
}

/// Takes a claim back as if it had never been handed out.
pub(super) fn put_back(conn: &Connection, put_back: &PutBack) -> Result<Settled, Failure> {
    let Some(held) = held(conn, put_back.task, put_back.fence)? else {
        return Ok(Settled::LeaseLost);
    };
    let state = match put_back.intent {
        // One that has failed before goes on waiting for its next attempt.
        Intent::Send if has_failed(conn, held.dossier)? => SyncState::Waiting,
        Intent::Send => SyncState::Pending,
        Intent::Ask(_) => SyncState::Unknown,
    };
    conn.prepare_cached(DROP_ATTEMPT)?
        .execute([held.task, held.attempt])?;
    conn.prepare_cached(PUT_BACK)?.execute(params![
        held.task,
        state.name(),
        micros(put_back.due_at)
    ])?;
    conn.prepare_cached(DOSSIER_MOVED)?
        .execute(params![held.dossier, state.name()])?;
    Ok(Settled::Recorded)
}

fn has_failed(conn: &Connection, dossier: i64) -> Result<bool, Failure> {
    let failed = conn
        .prepare_cached(HAS_FAILED)?
        .query_row([dossier], |row| row.get(0))?;
    Ok(failed)
}

/// Keeps how the portal names the dossier of a claim.
pub(super) fn keep_reference(
    conn: &Connection,
    task: u64,
    fence: u64,
    reference: &PortalReference,
) -> Result<Settled, Failure> {
    let Some(held) = held(conn, task, fence)? else {
        return Ok(Settled::LeaseLost);
    };
    name(conn, &held, reference)?;
    Ok(Settled::Recorded)
}

fn name(conn: &Connection, held: &Held, reference: &PortalReference) -> Result<(), Failure> {
    conn.prepare_cached(DOSSIER_NAMED)?.execute(params![
        held.dossier,
        reference.number,
        reference.id
    ])?;
    Ok(())
}

/// Remembers the latest failure, of all and of the dossier.
pub(super) fn note_failure(
    conn: &Connection,
    dossier: i64,
    at: i64,
    cause: Cause,
    code: &str,
) -> Result<(), Failure> {
    conn.prepare_cached(NOTE_FAILURE)?
        .execute(params![at, cause.name()])?;
    conn.prepare_cached(DOSSIER_FAILED)?
        .execute(params![dossier, cause.name(), code, at])?;
    Ok(())
}

fn cut(text: &str) -> String {
    text.chars().take(PortalAnswer::TEXT_LIMIT).collect()
}

fn held(conn: &Connection, task: u64, fence: u64) -> Result<Option<Held>, Failure> {
    // A task or fence that no column can hold was never handed out.
    let (Ok(task), Ok(fence)) = (i64::try_from(task), i64::try_from(fence)) else {
        return Ok(None);
    };
    let held = conn
        .prepare_cached(HELD)?
        .query_row([task, fence], |row| {
            Ok(Held {
                task,
                dossier: row.get(0)?,
                revision: row.get(1)?,
                attempt: row.get(2)?,
                claimed: row.get(3)?,
            })
        })
        .optional()?;
    Ok(held)
}

fn close_attempt(conn: &Connection, held: &Held, settlement: &Settlement) -> Result<(), Failure> {
    let closed = conn.prepare_cached(CLOSE_ATTEMPT)?.execute(params![
        held.task,
        held.attempt,
        micros(settlement.ended_at),
        settlement.outcome.name(),
        settlement.outcome.cause().map(Cause::name),
        cut(&settlement.upstream_code),
        cut(&settlement.upstream_text),
    ])?;
    if closed == 1 {
        Ok(())
    } else {
        Err(TaskRow(held.task).corrupt("its claim has no attempt"))
    }
}

fn accept(conn: &Connection, held: &Held, events: usize, ended_at: i64) -> Result<(), Failure> {
    let Held {
        task,
        dossier,
        revision,
        attempt,
        claimed,
    } = *held;
    // Never more than the claim held: what was not in it was not sent.
    let events = i64::try_from(events).unwrap_or(claimed).min(claimed);
    let next = revision + events;
    if events > 1 {
        conn.prepare_cached(COUNT_FOLLOWERS)?
            .execute([dossier, revision + 1, next])?;
        conn.prepare_cached(COPY_ATTEMPT)?
            .execute([dossier, revision + 1, next, task, attempt])?;
    }
    accept_before(conn, dossier, revision, next, ended_at)?;
    conn.prepare_cached(NOTE_SUCCESS)?.execute([ended_at])?;
    Ok(())
}

/// Has the events from revision `first` on accepted, up to the one before `next`, which
/// becomes the head.
pub(super) fn accept_before(
    conn: &Connection,
    dossier: i64,
    first: i64,
    next: i64,
    at: i64,
) -> Result<(), Failure> {
    conn.prepare_cached(ACCEPT)?
        .execute([dossier, first, next])?;
    let promoted: Option<(String, i64)> = conn
        .prepare_cached(PROMOTE)?
        .query_row([dossier, next, at], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (state, unsent_at) = promoted.map_or_else(
        || (SyncState::Accepted.name().to_owned(), None),
        |(state, at)| (state, Some(at)),
    );
    conn.prepare_cached(DOSSIER_ACCEPTED)?.execute(params![
        dossier,
        at,
        next - 1,
        state,
        unsent_at
    ])?;
    Ok(())
}
