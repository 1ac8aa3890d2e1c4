//! A person's word for what stands at the portal.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{Found, Release, Resolved};
use lienthong_core::sync::question::may_be_resolved;
use rusqlite::{Connection, OptionalExtension, params};

use super::release::{keep, last_outcome};
use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};
use crate::store::sqlite::outbox::settle::accept_before;

// A dossier and its head; the head's columns are NULL where everything is accepted.
const HEAD: &str = "
    SELECT d.id, h.id, h.revision, h.state, h.claimed, length(h.body) > 0,
           h.occurred_at <= (SELECT restored_at FROM sync_mark WHERE id = 1)
      FROM dossier d
      LEFT JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
     WHERE d.code = ?1";

const SEND: &str = "
    UPDATE event SET state = 'PENDING', due_at = ?2, spent = 0 WHERE id = ?1";

const SHOW: &str = "
    UPDATE dossier
       SET head_state = 'PENDING', touched_at = max(touched_at, ?2)
     WHERE id = ?1";

const IS_THERE: &str = "UPDATE dossier SET known_at_portal = 1 WHERE id = ?1";

struct Head {
    task: TaskRow,
    dossier: i64,
    revision: i64,
    state: String,
    claimed: i64,
    holds_body: bool,
    before_restore: bool,
}

/// Settles the head of a dossier by what a person found.
pub(super) fn resolve(
    conn: &Connection,
    number: &DossierNumber,
    revision: u64,
    found: Found,
    release: &Release,
) -> Result<Resolved, Failure> {
    let head = match head(conn, number)? {
        Ok(head) => head,
        Err(nothing) => return Ok(nothing),
    };
    let task = head.task;
    let state = task.state(&head.state)?;
    let is_meant = task.count::<u64>(head.revision)? == revision;
    if !is_meant || !may_be_resolved(state, last_outcome(conn, task)?) {
        return Ok(Resolved::Untouched);
    }
    match found {
        Found::Arrived { through } => arrived(conn, &head, through, release),
        Found::Absent => absent(conn, &head, release),
    }
}

/// The head, or why there is nothing to settle.
fn head(conn: &Connection, number: &DossierNumber) -> Result<Result<Head, Resolved>, Failure> {
    let found = conn
        .prepare_cached(HEAD)?
        .query_row([number.as_str()], |row| {
            let dossier = row.get(0)?;
            let Some(task) = row.get(1)? else {
                return Ok(Err(Resolved::Untouched));
            };
            Ok(Ok(Head {
                task: TaskRow(task),
                dossier,
                revision: row.get(2)?,
                state: row.get(3)?,
                claimed: row.get(4)?,
                holds_body: row.get(5)?,
                before_restore: row.get::<_, Option<bool>>(6)?.unwrap_or(false),
            }))
        })
        .optional()?;
    Ok(found.unwrap_or(Err(Resolved::NotRecorded)))
}

fn arrived(
    conn: &Connection,
    head: &Head,
    through: Option<u64>,
    release: &Release,
) -> Result<Resolved, Failure> {
    let last: u64 = head.task.count(head.revision + head.claimed - 1)?;
    let first: u64 = head.task.count(head.revision)?;
    // After a restore the question was also about events that nobody is known to have sent.
    let unnamed = if head.before_restore { first } else { last };
    let through = through.unwrap_or(unnamed);
    if !(first..=last).contains(&through) {
        return Ok(Resolved::NotSentTogether {
            last_revision: last,
        });
    }
    let next = i64::try_from(through).unwrap_or(i64::MAX).saturating_add(1);
    let at = micros(release.at);
    accept_before(conn, head.dossier, head.revision, next, at)?;
    conn.prepare_cached(IS_THERE)?.execute([head.dossier])?;
    let name = Found::Arrived {
        through: Some(through),
    }
    .name();
    keep(conn, head.task, name, release)?;
    Ok(Resolved::Accepted {
        through_revision: through,
    })
}

fn absent(conn: &Connection, head: &Head, release: &Release) -> Result<Resolved, Failure> {
    if !head.holds_body {
        return Ok(Resolved::Expired);
    }
    let at = micros(release.at);
    conn.prepare_cached(SEND)?
        .execute(params![head.task.0, at])?;
    conn.prepare_cached(SHOW)?
        .execute(params![head.dossier, at])?;
    keep(conn, head.task, Found::Absent.name(), release)?;
    Ok(Resolved::Due {
        revision: head.task.count(head.revision)?,
    })
}
