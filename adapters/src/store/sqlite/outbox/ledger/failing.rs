//! Failures by cause and code.
//!
//! Only dossiers that failed are looked at, through their own index; how many are
//! accepted does not matter. Groups are counted there and not here, so that a portal that
//! puts a new code into every answer costs no memory.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{DossierFilter, FAILURE_GROUPS, FailureGroup};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::condition::Conditions;
use crate::store::sqlite::outbox::column::{Failure, TaskRow};

// Said as in the partial index on failures.
const HELD_UP: &str =
    "d.head_cause IS NOT NULL AND d.head_state IN ('REFUSED', 'DEAD', 'WAITING', 'UNKNOWN')";

const GROUPS: &str = "
    SELECT d.head_cause, d.head_code, count(*), sum(d.revision - d.accepted_revision - 1),
           min(d.head_failed_at), max(d.head_failed_at)
      FROM dossier d
     WHERE ";

const LARGEST: &str = "
     GROUP BY d.head_cause, d.head_code
     ORDER BY count(*) DESC, d.head_cause, d.head_code
     LIMIT ?";

// The dossiers of one group, from the ends of the index.
const OF_GROUP: &str = " AND d.head_cause = ? AND d.head_code = ?";
const FIRST: &str = " ORDER BY d.head_failed_at, d.code LIMIT ?";
const LATEST: &str = " ORDER BY d.head_failed_at DESC, d.code DESC LIMIT 1";

// The portal's text at the last failure of a dossier's head.
const TEXT: &str = "
    SELECT a.upstream_text
      FROM dossier d
      JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
      JOIN attempt a ON a.event = h.id
     WHERE d.id = ?1 AND a.cause IS NOT NULL
     ORDER BY a.number DESC
     LIMIT 1";

/// The row at fault belongs to a dossier.
const NO_TASK: TaskRow = TaskRow(0);

/// The largest groups of `filter`, the largest first.
pub(super) fn groups(
    conn: &Connection,
    filter: &DossierFilter,
) -> Result<Vec<FailureGroup>, Failure> {
    let mut conditions = Conditions::of(filter);
    if !filter.dossiers.is_empty() {
        let names: Vec<&str> = filter.dossiers.iter().map(DossierNumber::as_str).collect();
        // One value, so that there is no end to how many are named.
        let names = serde_json::to_string(&names).unwrap_or_default();
        conditions.add("d.code IN (SELECT value FROM json_each(?))", [names.into()]);
    }
    let text = counted(conditions.text());
    let mut values = conditions.values().to_vec();
    values.push(i64::try_from(FAILURE_GROUPS).unwrap_or(i64::MAX).into());
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        match group(conn, row, &conditions) {
            Ok(group) => groups.push(group),
            // One that cannot be read must not hide all others.
            Err(Failure::Corrupt { problem, .. }) => {
                tracing::error!(problem, "a group of failures is left out");
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
    }
    Ok(groups)
}

/// The statement that counts groups under `conditions`.
pub(in crate::store::sqlite::outbox) fn counted(conditions: &str) -> String {
    format!("{GROUPS}{HELD_UP}{conditions}{LARGEST}")
}

fn group(
    conn: &Connection,
    row: &Row<'_>,
    conditions: &Conditions,
) -> Result<FailureGroup, Failure> {
    let (cause, code): (String, Option<String>) = (row.get(0)?, row.get(1)?);
    let code = code.unwrap_or_default();
    Ok(FailureGroup {
        cause: NO_TASK.cause(&cause)?,
        dossiers: NO_TASK.count(row.get(2)?)?,
        blocked_events: NO_TASK.count(row.get(3)?)?,
        first_failed_at: NO_TASK.moment(row.get(4)?)?,
        last_failed_at: NO_TASK.moment(row.get(5)?)?,
        upstream_text: latest_text(conn, &cause, &code, conditions)?,
        examples: examples(conn, &cause, &code, conditions)?,
        upstream_code: code,
    })
}

/// The values of a statement about one group.
fn of_group(conditions: &Conditions, cause: &str, code: &str) -> Vec<Value> {
    let mut values = conditions.values().to_vec();
    values.extend([cause.to_owned().into(), code.to_owned().into()]);
    values
}

fn examples(
    conn: &Connection,
    cause: &str,
    code: &str,
    conditions: &Conditions,
) -> Result<Vec<DossierNumber>, Failure> {
    let text = format!(
        "SELECT d.code FROM dossier d WHERE {HELD_UP}{}{OF_GROUP}{FIRST}",
        conditions.text()
    );
    let mut values = of_group(conditions, cause, code);
    values.push(i64::try_from(FailureGroup::EXAMPLES).unwrap_or(0).into());
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut examples = Vec::new();
    while let Some(row) = rows.next()? {
        let code: String = row.get(0)?;
        examples.push(NO_TASK.dossier(&code)?);
    }
    Ok(examples)
}

fn latest_text(
    conn: &Connection,
    cause: &str,
    code: &str,
    conditions: &Conditions,
) -> Result<String, Failure> {
    let text = format!(
        "SELECT d.id FROM dossier d WHERE {HELD_UP}{}{OF_GROUP}{LATEST}",
        conditions.text()
    );
    let values = of_group(conditions, cause, code);
    let dossier: Option<i64> = conn
        .prepare_cached(&text)?
        .query_row(params_from_iter(values), |row| row.get(0))
        .optional()?;
    let Some(dossier) = dossier else {
        return Ok(String::new());
    };
    let text: Option<String> = conn
        .prepare_cached(TEXT)?
        .query_row([dossier], |row| row.get(0))
        .optional()?;
    Ok(text.unwrap_or_default())
}
