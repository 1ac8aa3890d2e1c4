//! What a person has sent again.
//!
//! What a reader would get wrong: nothing is sent here, and nothing that is under way is
//! touched. An event that is brought back becomes work like any other, in its order.

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{Release, Released, Replay};
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::retry::{comes_back_as, had_no_effect};
use lienthong_core::sync::state::SyncState;
use lienthong_core::text::Text;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

// A dossier and its head; the head's columns are NULL where everything is accepted.
const HEAD: &str = "
    SELECT d.id, d.revision, h.id, h.revision, h.state, length(h.body),
           h.occurred_at <= (SELECT restored_at FROM sync_mark WHERE id = 1),
           d.last_accepted_at, h.kind
      FROM dossier d
      LEFT JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
     WHERE d.code = ?1";

// How the last attempt that ended came out.
const LAST_ATTEMPT: &str = "
    SELECT outcome, cause
      FROM attempt
     WHERE event = ?1 AND outcome IS NOT NULL
     ORDER BY number DESC
     LIMIT 1";

const BRING_BACK: &str = "
    UPDATE event SET state = ?2, due_at = ?3, spent = 0 WHERE id = ?1";

// It goes out with its own content, whatever took its place before.
const OWN_CONTENT: &str = "UPDATE event SET corrected_by = NULL WHERE id = ?1";

// Whether the content of the newest state is still there, which waits behind the refused one;
// no row where there is none.
const NEWEST_KEPT: &str = "
    SELECT length(n.body) > 0
      FROM event h
      JOIN dossier d ON d.id = h.dossier
      JOIN event n ON n.dossier = d.id AND n.revision = d.state_revision
     WHERE h.id = ?1 AND h.kind = 'STATE' AND n.revision > h.revision";

// Its content takes the place of the refused one.
const PUT_RIGHT: &str = "
    UPDATE event
       SET corrected_by = d.state_revision
      FROM dossier d
     WHERE event.id = ?1 AND d.id = event.dossier";

const SHOW: &str = "
    UPDATE dossier SET head_state = ?2, touched_at = max(touched_at, ?3) WHERE id = ?1";

// A head that was given up gives its place to the one that is sent again: no dossier has two.
const STEP_BACK: &str = "
    UPDATE event SET state = 'BLOCKED' WHERE dossier = ?1 AND state = 'DEAD'";

// The events from ?2 on; the first is due, the others wait behind it.
const AGAIN: &str = "
    UPDATE event
       SET state = iif(revision = ?2, 'PENDING', 'BLOCKED'),
           due_at = iif(revision = ?2, ?3, NULL),
           spent = 0, claimed = 1
     WHERE dossier = ?1 AND revision >= ?2";

const SHOW_AGAIN: &str = "
    UPDATE dossier
       SET accepted_revision = ?2 - 1, head_state = 'PENDING', unsent_at = ?4,
           head_cause = NULL, head_code = NULL, head_failed_at = NULL,
           known_at_portal = ?5, touched_at = max(touched_at, ?3)
     WHERE id = ?1";

// The first event to be sent again, and whether every body behind it is still there.
const FIRST_AGAIN: &str = "
    SELECT e.id, e.accepted_at,
           NOT EXISTS (SELECT 1 FROM event x
                        WHERE x.dossier = ?1 AND x.revision >= ?2 AND length(x.body) = 0)
      FROM event e
     WHERE e.dossier = ?1 AND e.revision = ?2";

const KEEP: &str = "
    INSERT INTO release (event, kind, operator, reason, operation, at, system)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// A dossier and, where not everything is accepted, its head.
struct Found {
    dossier: i64,
    revision: i64,
    head: Option<Head>,
    last_accepted_at: Option<i64>,
}

struct Head {
    task: TaskRow,
    revision: i64,
    kind: String,
    state: String,
    holds_body: bool,
    before_restore: bool,
}

fn found(conn: &Connection, number: &DossierNumber) -> Result<Option<Found>, Failure> {
    let found = conn
        .prepare_cached(HEAD)?
        .query_row([number.as_str()], |row| {
            let head: Option<i64> = row.get(2)?;
            let head = head.map(|task| -> rusqlite::Result<Head> {
                Ok(Head {
                    task: TaskRow(task),
                    revision: row.get(3)?,
                    kind: row.get(8)?,
                    state: row.get(4)?,
                    holds_body: row.get::<_, i64>(5)? > 0,
                    before_restore: row.get::<_, Option<bool>>(6)?.unwrap_or(false),
                })
            });
            Ok(Found {
                dossier: row.get(0)?,
                revision: row.get(1)?,
                head: head.transpose()?,
                last_accepted_at: row.get(7)?,
            })
        })
        .optional()?;
    Ok(found)
}

/// With which content an event comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Own,
    OfNewestState,
}

/// Brings the refused or dead head of a dossier back.
pub(super) fn release(
    conn: &Connection,
    number: &DossierNumber,
    content: Content,
    release: &Release,
) -> Result<Released, Failure> {
    let Some(Found { dossier, head, .. }) = found(conn, number)? else {
        return Ok(Released::NotRecorded);
    };
    let Some(head) = head else {
        return Ok(Released::Untouched);
    };
    match head.task.state(&head.state)? {
        SyncState::Refused | SyncState::Dead => {}
        SyncState::Pending
        | SyncState::Sending
        | SyncState::Accepted
        | SyncState::Unknown
        | SyncState::Waiting
        | SyncState::Blocked => return Ok(Released::Untouched),
    }
    let last = last_outcome(conn, head.task)?;
    let kind = head.task.kind(&head.kind)?;
    let Some(state) = comes_back_as(kind, last, head.before_restore) else {
        return Ok(Released::Untouched);
    };
    let holds_content = match content {
        Content::Own => head.holds_body,
        Content::OfNewestState => {
            let may_change = state == SyncState::Pending && had_no_effect(last);
            match newest_kept(conn, head.task)? {
                Some(kept) if may_change => kept,
                Some(_) | None => return Ok(Released::Untouched),
            }
        }
    };
    if !holds_content {
        return Ok(Released::Expired);
    }
    let (name, change) = match content {
        Content::Own => ("RELEASE", OWN_CONTENT),
        Content::OfNewestState => ("CORRECT", PUT_RIGHT),
    };
    let at = micros(release.at);
    conn.prepare_cached(change)?.execute([head.task.0])?;
    conn.prepare_cached(BRING_BACK)?
        .execute(params![head.task.0, state.name(), at])?;
    conn.prepare_cached(SHOW)?
        .execute(params![dossier, state.name(), at])?;
    keep(conn, head.task, name, release)?;
    Ok(Released::Due {
        revision: head.task.count(head.revision)?,
    })
}

fn newest_kept(conn: &Connection, task: TaskRow) -> Result<Option<bool>, Failure> {
    let kept = conn
        .prepare_cached(NEWEST_KEPT)?
        .query_row([task.0], |row| row.get(0))
        .optional()?;
    Ok(kept)
}

/// How the last attempt at an event that ended came out.
pub(super) fn last_outcome(
    conn: &Connection,
    task: TaskRow,
) -> Result<Option<AttemptOutcome>, Failure> {
    let last: Option<(String, Option<String>)> = conn
        .prepare_cached(LAST_ATTEMPT)?
        .query_row([task.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    last.map(|(outcome, cause)| task.outcome(&outcome, cause.as_deref()))
        .transpose()
}

/// Has the accepted events of a dossier sent again, from one of them on.
pub(super) fn replay(
    conn: &Connection,
    number: &DossierNumber,
    replay: &Replay,
    release: &Release,
) -> Result<Released, Failure> {
    let Some(Found {
        dossier,
        revision,
        head,
        last_accepted_at,
    }) = found(conn, number)?
    else {
        return Ok(Released::NotRecorded);
    };
    let from = i64::try_from(replay.from_revision.max(1)).unwrap_or(i64::MAX);
    let newest = i64::try_from(replay.newest_revision).unwrap_or(i64::MAX);
    let as_decided = revision == newest && last_accepted_at == replay.last_accepted_at.map(micros);
    // One that was given up without effect goes along behind what is sent again.
    let goes_along = match &head {
        None => true,
        Some(head) => {
            head.task.state(&head.state)? == SyncState::Dead
                && from < head.revision
                && had_no_effect(last_outcome(conn, head.task)?)
        }
    };
    if !goes_along || from > revision || !as_decided {
        return Ok(Released::Untouched);
    }
    let (first, recorded_at, whole): (i64, i64, bool) = conn
        .prepare_cached(FIRST_AGAIN)?
        .query_row([dossier, from], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if !whole {
        return Ok(Released::Expired);
    }
    let at = micros(release.at);
    conn.prepare_cached(STEP_BACK)?.execute([dossier])?;
    conn.prepare_cached(AGAIN)?.execute([dossier, from, at])?;
    conn.prepare_cached(SHOW_AGAIN)?.execute(params![
        dossier,
        from,
        at,
        recorded_at,
        replay.known_at_portal
    ])?;
    let task = TaskRow(first);
    keep(conn, task, "REPLAY", release)?;
    Ok(Released::Due {
        revision: task.count(from)?,
    })
}

/// Who did it, and why.
pub(super) fn keep(
    conn: &Connection,
    task: TaskRow,
    kind: &str,
    release: &Release,
) -> Result<(), Failure> {
    conn.prepare_cached(KEEP)?.execute(params![
        task.0,
        kind,
        OfficerId::expose(&release.operator),
        Text::as_str(&release.reason),
        release.operation,
        micros(release.at),
        release.system.as_ref().map(ClientName::as_str),
    ])?;
    Ok(())
}
