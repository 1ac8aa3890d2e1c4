//! What a person has sent again.
//!
//! What a reader would get wrong: nothing is sent here, and nothing that is under way is
//! touched. An event that is brought back becomes work like any other, in its order.

use lienthong_core::access::OfficerId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{Release, Released};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use lienthong_core::text::Text;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

// A dossier and its head; the head's columns are NULL where everything is accepted.
const HEAD: &str = "
    SELECT d.id, d.revision, h.id, h.revision, h.state, length(h.body),
           h.occurred_at <= (SELECT restored_at FROM sync_mark WHERE id = 1)
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

const SHOW: &str = "
    UPDATE dossier SET head_state = ?2, touched_at = max(touched_at, ?3) WHERE id = ?1";

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
    INSERT INTO release (event, kind, operator, reason, operation, at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// A dossier and, where not everything is accepted, its head.
struct Found {
    dossier: i64,
    revision: i64,
    head: Option<Head>,
}

struct Head {
    task: TaskRow,
    revision: i64,
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
                    state: row.get(4)?,
                    holds_body: row.get::<_, i64>(5)? > 0,
                    before_restore: row.get::<_, Option<bool>>(6)?.unwrap_or(false),
                })
            });
            Ok(Found {
                dossier: row.get(0)?,
                revision: row.get(1)?,
                head: head.transpose()?,
            })
        })
        .optional()?;
    Ok(found)
}

/// Brings the refused or dead head of a dossier back.
pub(super) fn release(
    conn: &Connection,
    number: &DossierNumber,
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
    if !head.holds_body {
        return Ok(Released::Expired);
    }
    let state = comes_back_as(conn, &head)?;
    let at = micros(release.at);
    conn.prepare_cached(BRING_BACK)?
        .execute(params![head.task.0, state.name(), at])?;
    conn.prepare_cached(SHOW)?
        .execute(params![dossier, state.name(), at])?;
    keep(conn, head.task, "RELEASE", release)?;
    Ok(Released::Due {
        revision: head.task.count(head.revision)?,
    })
}

/// Whether the portal is asked first.
fn comes_back_as(conn: &Connection, head: &Head) -> Result<SyncState, Failure> {
    let last: Option<(String, Option<String>)> = conn
        .prepare_cached(LAST_ATTEMPT)?
        .query_row([head.task.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (outcome, cause) = last.unwrap_or_default();
    // The person has looked: asking would end where it ended before.
    if cause.as_deref() == Some(Cause::CannotBeAsked.name()) {
        return Ok(SyncState::Pending);
    }
    if outcome == "UNKNOWN" || head.before_restore {
        return Ok(SyncState::Unknown);
    }
    Ok(SyncState::Pending)
}

/// Has the accepted events of a dossier from `from_revision` on sent again.
pub(super) fn replay(
    conn: &Connection,
    number: &DossierNumber,
    from_revision: u64,
    known_at_portal: bool,
    release: &Release,
) -> Result<Released, Failure> {
    let Some(Found {
        dossier,
        revision,
        head,
    }) = found(conn, number)?
    else {
        return Ok(Released::NotRecorded);
    };
    let from = i64::try_from(from_revision.max(1)).unwrap_or(i64::MAX);
    if head.is_some() || from > revision {
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
    conn.prepare_cached(AGAIN)?.execute([dossier, from, at])?;
    conn.prepare_cached(SHOW_AGAIN)?.execute(params![
        dossier,
        from,
        at,
        recorded_at,
        known_at_portal
    ])?;
    let task = TaskRow(first);
    keep(conn, task, "REPLAY", release)?;
    Ok(Released::Due {
        revision: task.count(from)?,
    })
}

/// Who did it, and why.
fn keep(conn: &Connection, task: TaskRow, kind: &str, release: &Release) -> Result<(), Failure> {
    conn.prepare_cached(KEEP)?.execute(params![
        task.0,
        kind,
        OfficerId::expose(&release.operator),
        Text::as_str(&release.reason),
        release.operation,
        micros(release.at),
    ])?;
    Ok(())
}
