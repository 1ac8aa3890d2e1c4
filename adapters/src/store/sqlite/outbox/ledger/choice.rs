//! Choosing dossiers in the order in which they began.
//!
//! What a reader would get wrong: the filter does not decide which rows are read. A part
//! reads a few thousand of them along one index and gives those that are meant, so that a
//! filter that fits one dossier in a million costs no part more than any other.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{ChoicePosition, ChosenPart, DossierFilter};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::condition::Conditions;
use crate::store::choice::{ROWS_OF_A_PART, Walked, part};
use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

// Along the index on (recorded_at, code).
pub(in crate::store::sqlite::outbox) const ORDER: &str = "
      FROM dossier d
     WHERE (d.recorded_at, d.code) > (?, ?) AND d.recorded_at < ?
     ORDER BY d.recorded_at, d.code
     LIMIT ?";

/// The row at fault belongs to a dossier.
const NO_TASK: TaskRow = TaskRow(0);

/// A part of the dossiers of `filter` behind `after`.
pub(super) fn choose(
    conn: &Connection,
    filter: &DossierFilter,
    after: Option<&ChoicePosition>,
    most: u32,
) -> Result<ChosenPart, Failure> {
    let conditions = Conditions::of(filter);
    let begin = match (after, filter.recorded_from) {
        (Some(after), _) => (micros(after.recorded_at), after.dossier.as_str()),
        // No number is empty: the first moment itself is in it.
        (None, Some(from)) => (micros(from), ""),
        (None, None) => (i64::MIN, ""),
    };
    let (rows, is_end) = if filter.dossiers.is_empty() {
        let rows = walked(conn, filter, &conditions, begin)?;
        let is_end = rows.len() < ROWS_OF_A_PART;
        (rows, is_end)
    } else {
        let mut rows = named(conn, filter, &conditions)?;
        rows.retain(|row| (row.recorded_at, row.code.as_str()) > begin);
        (rows, true)
    };
    Ok(part(rows, is_end, most, |row| {
        Ok::<_, Failure>(ChoicePosition {
            recorded_at: NO_TASK.moment(row.recorded_at)?,
            dossier: NO_TASK.dossier(&row.code)?,
        })
    }))
}

fn walked(
    conn: &Connection,
    filter: &DossierFilter,
    conditions: &Conditions,
    (moment, code): (i64, &str),
) -> Result<Vec<Walked>, Failure> {
    let text = format!(
        "SELECT d.recorded_at, d.code, (1{}){ORDER}",
        conditions.text()
    );
    let before = filter.recorded_before.map_or(i64::MAX, micros);
    let mut values = conditions.values().to_vec();
    values.extend([
        moment.into(),
        code.to_owned().into(),
        before.into(),
        i64::try_from(ROWS_OF_A_PART).unwrap_or(i64::MAX).into(),
    ]);
    read(conn, &text, values)
}

/// The named dossiers, each by its number, in the order of a choice.
fn named(
    conn: &Connection,
    filter: &DossierFilter,
    conditions: &Conditions,
) -> Result<Vec<Walked>, Failure> {
    let text = format!(
        "SELECT d.recorded_at, d.code, (1{}) FROM dossier d WHERE d.code = ?",
        conditions.text()
    );
    let mut rows = Vec::new();
    for dossier in &filter.dossiers {
        let mut values = conditions.values().to_vec();
        values.push(DossierNumber::as_str(dossier).to_owned().into());
        rows.extend(read(conn, &text, values)?);
    }
    rows.sort_by(|a, b| (a.recorded_at, &a.code).cmp(&(b.recorded_at, &b.code)));
    rows.dedup_by(|a, b| a.code == b.code);
    Ok(rows)
}

fn read(conn: &Connection, text: &str, values: Vec<Value>) -> Result<Vec<Walked>, Failure> {
    let mut statement = conn.prepare_cached(text)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        Ok(Walked {
            recorded_at: row.get(0)?,
            code: row.get(1)?,
            // A comparison with what is missing is neither true nor false.
            is_meant: row.get::<_, Option<bool>>(2)?.unwrap_or(false),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
