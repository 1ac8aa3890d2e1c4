//! A dossier at a glance, without its body, its timeline and its attempts.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::DossierGlance;
use rusqlite::{Connection, OptionalExtension};

use super::column::{Failure, TaskRow};

// The row of a dossier and that of its head, by the unique indexes.
const GLANCE: &str = "
    SELECT d.client, d.revision, d.accepted_revision, d.head_state, d.last_accepted_at,
           ifnull(h.attempts, 0), h.due_at, ifnull(h.id, 0)
      FROM dossier d
      LEFT JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
     WHERE d.code = ?1";

/// The dossier at a glance.
pub(super) fn glance(
    conn: &Connection,
    number: &DossierNumber,
) -> Result<Option<DossierGlance>, Failure> {
    let mut statement = conn.prepare_cached(GLANCE)?;
    let row = statement.query_row([number.as_str()], |row| {
        let client: String = row.get(0)?;
        let state: String = row.get(3)?;
        let (accepted, due): (Option<i64>, Option<i64>) = (row.get(4)?, row.get(6)?);
        let task = TaskRow(row.get(7)?);
        let numbers: (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(5)?);
        Ok((task, client, state, numbers, accepted, due))
    });
    let Some((task, client, state, numbers, accepted, due)) = row.optional()? else {
        return Ok(None);
    };
    let (revision, accepted_revision, attempts) = numbers;
    let moment = |at: Option<i64>| at.map(|at| task.moment(at)).transpose();
    Ok(Some(DossierGlance {
        recorded_by: task.client(&client)?,
        revision: task.count(revision)?,
        accepted_revision: task.count(accepted_revision)?,
        state: task.state(&state)?,
        attempts: task.count(attempts)?,
        due_at: moment(due)?,
        last_accepted_at: moment(accepted)?,
    }))
}
