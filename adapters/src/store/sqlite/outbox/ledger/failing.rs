//! Failures by cause and code.
//!
//! Only dossiers that failed are looked at, through their own index; how many are
//! accepted does not matter.

use std::cmp::Reverse;
use std::collections::HashMap;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{DossierFilter, FailureGroup};
use lienthong_core::sync::cause::Cause;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::condition::Conditions;
use crate::store::sqlite::outbox::column::{Failure, TaskRow};

// The dossiers of one cause that are held up, by the index on causes: the longest first,
// so that the first ones are the examples.
const HELD_UP: &str = "
    SELECT d.id, d.code, d.head_code, d.head_failed_at, d.revision - d.accepted_revision - 1
      FROM dossier d
     WHERE d.head_cause = ? AND d.unsent_at IS NOT NULL
       AND d.head_state IN ('REFUSED', 'DEAD', 'WAITING', 'UNKNOWN')";

// The portal's text at the last failure of a dossier's head.
const TEXT: &str = "
    SELECT a.upstream_text
      FROM dossier d
      JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
      JOIN attempt a ON a.event = h.id
     WHERE d.id = ?1 AND a.cause IS NOT NULL
     ORDER BY a.number DESC
     LIMIT 1";

/// Most examples of a group.
const EXAMPLES: usize = 5;

/// The row at fault belongs to a dossier.
const NO_TASK: TaskRow = TaskRow(0);

struct Group {
    dossiers: u64,
    blocked: i64,
    first: i64,
    /// The latest failure, and the dossier that it befell.
    last: (i64, i64),
    examples: Vec<DossierNumber>,
}

/// The groups of `filter`, the largest first.
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
    let causes = Cause::ALL.into_iter();
    let causes = causes.filter(|it| filter.causes.is_empty() || filter.causes.contains(it));
    let mut groups = Vec::new();
    for cause in causes {
        for (code, group) in of_cause(conn, cause, &conditions)? {
            groups.push(told(conn, cause, code, group)?);
        }
    }
    groups.sort_by_key(|it| {
        let name = (it.cause, it.upstream_code.clone());
        (Reverse(it.dossiers), name)
    });
    Ok(groups)
}

fn of_cause(
    conn: &Connection,
    cause: Cause,
    conditions: &Conditions,
) -> Result<HashMap<String, Group>, Failure> {
    let text = format!(
        "{HELD_UP}{} ORDER BY d.unsent_at, d.code",
        conditions.text()
    );
    let mut values = vec![Value::from(cause.name().to_owned())];
    values.extend_from_slice(conditions.values());
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut groups = HashMap::new();
    while let Some(row) = rows.next()? {
        add(&mut groups, row)?;
    }
    Ok(groups)
}

fn add(groups: &mut HashMap<String, Group>, row: &Row<'_>) -> Result<(), Failure> {
    let (id, failed_at): (i64, i64) = (row.get(0)?, row.get(3)?);
    let code: Option<String> = row.get(2)?;
    let group = groups.entry(code.unwrap_or_default()).or_insert(Group {
        dossiers: 0,
        blocked: 0,
        first: failed_at,
        last: (failed_at, id),
        examples: Vec::new(),
    });
    group.dossiers += 1;
    group.blocked += row.get::<_, i64>(4)?;
    group.first = group.first.min(failed_at);
    group.last = group.last.max((failed_at, id));
    if group.examples.len() < EXAMPLES {
        let code: String = row.get(1)?;
        group.examples.push(NO_TASK.dossier(&code)?);
    }
    Ok(())
}

fn told(
    conn: &Connection,
    cause: Cause,
    upstream_code: String,
    group: Group,
) -> Result<FailureGroup, Failure> {
    let (last, dossier) = group.last;
    let text: Option<String> = conn
        .prepare_cached(TEXT)?
        .query_row([dossier], |row| row.get(0))
        .optional()?;
    Ok(FailureGroup {
        cause,
        upstream_code,
        upstream_text: text.unwrap_or_default(),
        dossiers: group.dossiers,
        blocked_events: NO_TASK.count(group.blocked)?,
        first_failed_at: NO_TASK.moment(group.first)?,
        last_failed_at: NO_TASK.moment(last)?,
        examples: group.examples,
    })
}
