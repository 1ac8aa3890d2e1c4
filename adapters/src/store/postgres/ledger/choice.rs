//! Choosing dossiers in the order in which they began.
//!
//! What a reader would get wrong: the filter does not decide which rows are read. A part
//! reads a few thousand of them along one index and gives those that are meant, so that a
//! filter that fits one dossier in a million costs no part more than any other.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{ChoicePosition, ChosenPart, DossierFilter};
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::filter::{Condition, states};
use crate::store::choice::{ROWS_OF_A_PART, Walked, part};
use crate::store::postgres::column::{STORE, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

/// A part of a choice.
pub(super) struct Choose {
    pub(super) filter: DossierFilter,
    pub(super) after: Option<ChoicePosition>,
    pub(super) most: u32,
}

impl Command for Choose {
    type Answer = ChosenPart;

    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<ChosenPart, Failure> {
        let rows = self.read(session).await?;
        let is_end = !self.filter.dossiers.is_empty() || rows.len() < ROWS_OF_A_PART;
        Ok(part(rows, is_end, self.most, |row| {
            Ok::<_, Failure>(ChoicePosition {
                recorded_at: STORE.moment(row.recorded_at)?,
                dossier: STORE.number(&row.code)?,
            })
        }))
    }
}

impl Choose {
    async fn read(&self, session: &Session) -> Result<Vec<Walked>, Failure> {
        let filter = &self.filter;
        let (moment, code) = match (&self.after, filter.recorded_from) {
            (Some(after), _) => (micros(after.recorded_at), after.dossier.as_str()),
            // No number is empty: the first moment itself is in it.
            (None, Some(from)) => (micros(from), ""),
            (None, None) => (i64::MIN, ""),
        };
        let before = filter.recorded_before.map_or(i64::MAX, micros);
        let states: Vec<&str> = states(filter).into_iter().map(SyncState::name).collect();
        let named: Vec<&str> = filter.dossiers.iter().map(DossierNumber::as_str).collect();
        let rows = i64::try_from(ROWS_OF_A_PART).unwrap_or(i64::MAX);
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&moment, &code, &before, &states];
        // Named ones are found by their numbers, and there are few of them.
        let (which, limit) = if named.is_empty() {
            values.push(&rows);
            ("", " LIMIT $5")
        } else {
            values.push(&named);
            (" AND d.code = ANY ($5)", "")
        };
        let condition = Condition::of(filter, values.len() + 1);
        values.extend(condition.values());
        let sql = format!("{}{which}{ORDER}{limit}", walk(condition.sql()));
        let rows = session.query(&sql, &values).await?;
        rows.iter().map(walked).collect()
    }
}

/// Along the index on `(first_recorded_at, code)`: $1 and $2 are where it goes on, $3 its end,
/// $4 the states.
fn walk(condition: &str) -> String {
    format!(
        "SELECT d.first_recorded_at, d.code, (d.state = ANY ($4){condition})
           FROM dossier d
          WHERE (d.first_recorded_at, d.code) > ($1, $2) AND d.first_recorded_at < $3"
    )
}

const ORDER: &str = " ORDER BY d.first_recorded_at, d.code";

/// The statement of a choice without conditions.
#[cfg(test)]
pub(in crate::store::postgres) fn whole() -> String {
    format!("{}{ORDER} LIMIT $5", walk(""))
}

fn walked(row: &Row) -> Result<Walked, Failure> {
    Ok(Walked {
        recorded_at: row.try_get(0)?,
        code: row.try_get(1)?,
        // A comparison with what is missing is neither true nor false.
        is_meant: row.try_get::<_, Option<bool>>(2)?.unwrap_or(false),
    })
}
