//! Dossiers in a list.

use futures_util::future::try_join_all;
use lienthong_core::ports::ledger::{DossierFilter, DossierSummary, ListPosition};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::filter::{Condition, states};
use crate::store::postgres::column::{TaskRow, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const COLUMNS: &str = "
    SELECT d.id, d.code, d.procedure, d.state, d.cause, d.revision, d.accepted_revision,
           d.unsent_at, d.last_accepted_at, d.due_at, d.attempts, d.status,
           d.portal_number
      FROM dossier d
     WHERE d.state = $1";

/// A page of a list.
pub(super) struct ReadList {
    pub(super) filter: DossierFilter,
    pub(super) after: Option<ListPosition>,
    pub(super) most: i64,
}

impl Command for ReadList {
    type Answer = Vec<DossierSummary>;

    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<Vec<DossierSummary>, Failure> {
        let states = states(&self.filter);
        let unsent = states.iter().filter(|state| **state != SyncState::Accepted);
        let pages = unsent.map(|state| self.page(session, *state, self.most));
        let mut listed: Vec<DossierSummary> =
            try_join_all(pages).await?.into_iter().flatten().collect();
        listed.sort_by(|a, b| {
            (a.oldest_unsent_at, a.dossier.as_str()).cmp(&(b.oldest_unsent_at, b.dossier.as_str()))
        });
        listed.truncate(usize::try_from(self.most).unwrap_or(usize::MAX));
        // Those without an unsent event are last.
        let left = self.most - i64::try_from(listed.len()).unwrap_or(i64::MAX);
        if left > 0 && states.contains(&SyncState::Accepted) {
            listed.extend(self.page(session, SyncState::Accepted, left).await?);
        }
        Ok(listed)
    }
}

impl ReadList {
    /// The first `most` of one state, behind where the list goes on.
    async fn page(
        &self,
        session: &Session,
        state: SyncState,
        most: i64,
    ) -> Result<Vec<DossierSummary>, Failure> {
        let name = state.name();
        let (moment, code) = match &self.after {
            Some(after) => (
                after.oldest_unsent_at.map(micros),
                Some(after.dossier.as_str()),
            ),
            None => (None, None),
        };
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&name, &most];
        let behind = match (&moment, &code, state == SyncState::Accepted) {
            (_, None, _) | (Some(_), Some(_), true) => "",
            // Behind one that has nothing unsent there is no other that has.
            (None, Some(_), false) => return Ok(Vec::new()),
            (Some(moment), Some(code), false) => {
                values.push(moment);
                values.push(code);
                " AND (d.unsent_at, d.code) > ($3, $4)"
            }
            (None, Some(code), true) => {
                values.push(code);
                " AND d.code > $3"
            }
        };
        let order = if state == SyncState::Accepted {
            // All alike in the first column of the order; said, so that the index is used.
            "AND d.unsent_at IS NULL ORDER BY d.code"
        } else {
            "ORDER BY d.unsent_at, d.code"
        };
        let condition = Condition::of(&self.filter, values.len() + 1);
        values.extend(condition.values());
        let sql = format!("{COLUMNS}{behind}{} {order} LIMIT $2", condition.sql());
        let rows = session.query(&sql, &values).await?;
        let mut listed = Vec::with_capacity(rows.len());
        for row in &rows {
            match summary(row) {
                Ok(summary) => listed.push(summary),
                // One that cannot be read must not hide all others.
                Err(Failure::Corrupt { task, problem }) => {
                    tracing::error!(task.id = task, problem, "a dossier is left out of a list");
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(listed)
    }
}

fn summary(row: &Row) -> Result<DossierSummary, Failure> {
    let task = TaskRow(row.try_get(0)?);
    let state = task.state(row.try_get(3)?)?;
    let cause: Option<&str> = row.try_get(4)?;
    let due_at = task.moment_if(row.try_get(9)?)?;
    Ok(DossierSummary {
        dossier: task.number(row.try_get(1)?)?,
        procedure: ProcedureCode::parse(row.try_get(2)?)
            .map_err(|_| task.corrupt("its procedure does not parse"))?,
        state,
        cause: cause.map(|name| task.cause(name)).transpose()?,
        revision: task.count(row.try_get(5)?)?,
        accepted_revision: task.count(row.try_get(6)?)?,
        oldest_unsent_at: task.moment_if(row.try_get(7)?)?,
        last_accepted_at: task.moment_if(row.try_get(8)?)?,
        // While it is being sent, the due moment is the end of a lease and no attempt.
        next_attempt_at: due_at.filter(|_| state != SyncState::Sending),
        attempts: task.count(row.try_get(10)?)?,
        status: task.status(row.try_get(11)?)?,
        portal_number: row.try_get(12)?,
    })
}
