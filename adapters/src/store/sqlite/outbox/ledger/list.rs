//! The list of dossiers.
//!
//! A list is put together from parts that each lie in one index in the order of the list:
//! the dossiers of one state of the head, or of one cause, and those that are wholly
//! accepted. Of each part no more is read than a page. So a page of failures costs the
//! same with ten dossiers accepted and with ten million.

use lienthong_core::ports::ledger::{DossierFilter, DossierSummary, ListPosition};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::state::SyncState;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::condition::Conditions;
use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

// While an event is sent, due_at is the end of a lease and no attempt.
const COLUMNS: &str = "
    SELECT d.code, d.procedure, d.head_state, d.head_cause, d.revision, d.accepted_revision,
           d.unsent_at, d.last_accepted_at, iif(h.state = 'SENDING', NULL, h.due_at),
           ifnull(h.attempts, 0), d.newest_status, d.portal_number
      FROM dossier d
      LEFT JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
     WHERE ";

/// A part in the order of the index on heads.
pub(in crate::store::sqlite::outbox) const STATE_ORDER: &str =
    "d.head_state = ? AND d.unsent_at IS NOT NULL";

/// A part in the order of the index on causes.
pub(in crate::store::sqlite::outbox) const CAUSE_ORDER: &str =
    "d.head_cause = ? AND d.unsent_at IS NOT NULL";

/// The part of dossiers that are wholly accepted, in the order of numbers.
pub(in crate::store::sqlite::outbox) const ACCEPTED_ORDER: &str = "d.unsent_at IS NULL";

/// The row at fault belongs to a dossier.
const NO_TASK: TaskRow = TaskRow(0);

/// A query for a part with all its columns.
pub(in crate::store::sqlite::outbox) fn columns(part: &str, conditions: &str) -> String {
    format!("{COLUMNS}{part}{conditions}")
}

/// Dossiers of `filter` behind `after`, in the order of [`ListPosition`].
pub(super) fn dossiers(
    conn: &Connection,
    filter: &DossierFilter,
    after: Option<&ListPosition>,
    most: u32,
) -> Result<Vec<DossierSummary>, Failure> {
    let conditions = Conditions::of(filter);
    let mut found = if filter.dossiers.is_empty() {
        let mut found = unsent(conn, filter, &conditions, after, most)?;
        let room = usize::try_from(most).unwrap_or(usize::MAX);
        if found.len() < room {
            found.extend(accepted(conn, filter, &conditions, after, most)?);
        }
        found
    } else {
        named(conn, filter, &conditions)?
    };
    found.sort_by(|one, other| position(one).cmp(&position(other)));
    found.dedup_by(|one, other| one.dossier == other.dossier);
    if let Some(after) = after {
        let begin = order(after.oldest_unsent_at.map(micros), after.dossier.as_str());
        found.retain(|it| position(it) > begin);
    }
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found)
}

/// Where a dossier stands in a list: what is unsent first, by its moment and its number.
type Order<'a> = (bool, i64, &'a str);

fn order(unsent_at: Option<i64>, code: &str) -> Order<'_> {
    (unsent_at.is_none(), unsent_at.unwrap_or(0), code)
}

fn position(summary: &DossierSummary) -> Order<'_> {
    order(
        summary.oldest_unsent_at.map(micros),
        summary.dossier.as_str(),
    )
}

fn unsent(
    conn: &Connection,
    filter: &DossierFilter,
    conditions: &Conditions,
    after: Option<&ListPosition>,
    most: u32,
) -> Result<Vec<DossierSummary>, Failure> {
    let begin = match after {
        // Behind all that is unsent.
        Some(ListPosition {
            oldest_unsent_at: None,
            ..
        }) => return Ok(Vec::new()),
        Some(ListPosition {
            oldest_unsent_at: Some(at),
            dossier,
        }) => Some([micros(*at).into(), dossier.as_str().to_owned().into()]),
        None => None,
    };
    let (part, keys) = parts(filter);
    let behind = match begin {
        Some(_) => " AND (d.unsent_at, d.code) > (?, ?)",
        None => "",
    };
    let text = columns(part, behind);
    let text = format!(
        "{text}{} ORDER BY d.unsent_at, d.code LIMIT ?",
        conditions.text()
    );
    let mut found = Vec::new();
    for key in keys {
        let mut values = vec![Value::from(key.to_owned())];
        values.extend(begin.iter().flatten().cloned());
        values.extend_from_slice(conditions.values());
        values.push(i64::from(most).into());
        read(conn, &text, values, &mut found)?;
    }
    Ok(found)
}

/// By what the unsent ones are parted: by cause where the filter asks for failures, which
/// are fewer, and by state otherwise.
pub(super) fn parts(filter: &DossierFilter) -> (&'static str, Vec<&'static str>) {
    if !filter.causes.is_empty() {
        let causes = filter.causes.iter().map(|cause| cause.name());
        return (CAUSE_ORDER, causes.collect());
    }
    if filter.upstream_code.is_some() {
        let causes = lienthong_core::sync::cause::Cause::ALL;
        return (CAUSE_ORDER, causes.iter().map(|it| it.name()).collect());
    }
    let states = SyncState::ALL.into_iter().filter(|state| {
        let asked = filter.states.is_empty() || filter.states.contains(state);
        // A head is neither.
        asked && !matches!(state, SyncState::Accepted | SyncState::Blocked)
    });
    (STATE_ORDER, states.map(SyncState::name).collect())
}

fn accepted(
    conn: &Connection,
    filter: &DossierFilter,
    conditions: &Conditions,
    after: Option<&ListPosition>,
    most: u32,
) -> Result<Vec<DossierSummary>, Failure> {
    let asked = filter.states.is_empty() || filter.states.contains(&SyncState::Accepted);
    if !asked || filter.is_about_unsent() {
        return Ok(Vec::new());
    }
    let begin = match after {
        Some(ListPosition {
            oldest_unsent_at: None,
            dossier,
        }) => dossier.as_str(),
        Some(_) | None => "",
    };
    let text = columns(ACCEPTED_ORDER, " AND d.code > ?");
    let text = format!("{text}{} ORDER BY d.code LIMIT ?", conditions.text());
    let mut values = vec![Value::from(begin.to_owned())];
    values.extend_from_slice(conditions.values());
    values.push(i64::from(most).into());
    let mut found = Vec::new();
    read(conn, &text, values, &mut found)?;
    Ok(found)
}

/// The named dossiers, each by its number.
fn named(
    conn: &Connection,
    filter: &DossierFilter,
    conditions: &Conditions,
) -> Result<Vec<DossierSummary>, Failure> {
    let text = columns("d.code = ?", conditions.text());
    let mut found = Vec::new();
    for dossier in &filter.dossiers {
        let mut values = vec![Value::from(dossier.as_str().to_owned())];
        values.extend_from_slice(conditions.values());
        read(conn, &text, values, &mut found)?;
    }
    Ok(found)
}

fn read(
    conn: &Connection,
    text: &str,
    values: Vec<Value>,
    found: &mut Vec<DossierSummary>,
) -> Result<(), Failure> {
    let mut statement = conn.prepare_cached(text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        match summary(row) {
            Ok(summary) => found.push(summary),
            // One that cannot be read must not hide all others.
            Err(Failure::Corrupt { problem, .. }) => {
                tracing::error!(problem, "a dossier is left out of a list");
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
    }
    Ok(())
}

fn summary(row: &Row<'_>) -> Result<DossierSummary, Failure> {
    let text = |column| row.get::<_, String>(column);
    let moment = |column| -> Result<_, Failure> {
        let at: Option<i64> = row.get(column)?;
        at.map(|at| NO_TASK.moment(at)).transpose()
    };
    let cause: Option<String> = row.get(3)?;
    Ok(DossierSummary {
        dossier: NO_TASK.dossier(&text(0)?)?,
        procedure: ProcedureCode::parse(&text(1)?)
            .map_err(|_| NO_TASK.corrupt("its procedure code does not parse"))?,
        state: NO_TASK.state(&text(2)?)?,
        cause: cause.map(|name| NO_TASK.cause(&name)).transpose()?,
        revision: NO_TASK.count(row.get(4)?)?,
        accepted_revision: NO_TASK.count(row.get(5)?)?,
        oldest_unsent_at: moment(6)?,
        last_accepted_at: moment(7)?,
        next_attempt_at: moment(8)?,
        attempts: NO_TASK.count(row.get(9)?)?,
        status: NO_TASK.status(row.get(10)?)?,
        portal_number: row.get(11)?,
    })
}
