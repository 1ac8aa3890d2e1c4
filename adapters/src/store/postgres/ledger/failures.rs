//! Failures by cause and code.

use lienthong_core::ports::ledger::{DossierFilter, FAILURE_GROUPS, FailureGroup};
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::filter::{Condition, states};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

/// States in which a failure holds a dossier up.
const HELD_UP: [SyncState; 4] = [
    SyncState::Refused,
    SyncState::Dead,
    SyncState::Waiting,
    SyncState::Unknown,
];

/// Failures by cause and code.
pub(super) struct ReadFailures(pub(super) DossierFilter);

/// The statement, where `condition` is that of the filter; $1 are the states, $2 the most
/// groups, $3 the most examples of each. Groups are counted first; the examples and the
/// latest text of the largest are then read from the ends of the partial index.
fn statement(condition: &str) -> String {
    // Said as in the index, which is used for nothing else.
    let failing = "d.cause IS NOT NULL AND d.state IN ('REFUSED', 'DEAD', 'WAITING', 'UNKNOWN')
                   AND d.state = ANY ($1)";
    format!(
        "WITH failed AS (
             SELECT d.cause, d.upstream_code, count(*) AS dossiers,
                    sum(d.revision - d.accepted_revision - 1)::bigint AS blocked,
                    min(d.failed_at) AS first_at, max(d.failed_at) AS last_at
               FROM dossier d
              WHERE {failing}{condition}
              GROUP BY d.cause, d.upstream_code
              ORDER BY count(*) DESC, d.cause COLLATE \"C\", d.upstream_code COLLATE \"C\"
              LIMIT $2)
         SELECT f.cause, f.upstream_code, f.dossiers, f.blocked, f.first_at, f.last_at,
                t.upstream_text, e.codes
           FROM failed f
          CROSS JOIN LATERAL (
                SELECT d.upstream_text
                  FROM dossier d
                 WHERE d.cause = f.cause AND d.upstream_code = f.upstream_code
                   AND {failing}{condition}
                 ORDER BY d.failed_at DESC, d.code DESC
                 LIMIT 1) AS t
          CROSS JOIN LATERAL (
                SELECT array_agg(x.code ORDER BY x.failed_at, x.code) AS codes
                  FROM (SELECT d.code, d.failed_at
                          FROM dossier d
                         WHERE d.cause = f.cause AND d.upstream_code = f.upstream_code
                           AND {failing}{condition}
                         ORDER BY d.failed_at, d.code
                         LIMIT $3) AS x) AS e
          ORDER BY f.dossiers DESC, f.cause COLLATE \"C\", f.upstream_code COLLATE \"C\""
    )
}

impl Command for ReadFailures {
    type Answer = Vec<FailureGroup>;

    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<Vec<FailureGroup>, Failure> {
        let wanted = states(&self.0);
        let names: Vec<&str> = HELD_UP
            .into_iter()
            .filter(|state| wanted.contains(state))
            .map(SyncState::name)
            .collect();
        let condition = Condition::of(&self.0, 4);
        let groups = i64::try_from(FAILURE_GROUPS).unwrap_or(i64::MAX);
        let examples = i64::try_from(FailureGroup::EXAMPLES).unwrap_or(0);
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&names, &groups, &examples];
        values.extend(condition.values());
        let rows = session.query(&statement(condition.sql()), &values).await?;
        let mut groups = Vec::with_capacity(rows.len());
        for row in &rows {
            match group(row) {
                Ok(group) => groups.push(group),
                // One that cannot be read must not hide all others.
                Err(Failure::Corrupt { problem, .. }) => {
                    tracing::error!(problem, "a group of failures is left out");
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(groups)
    }
}

fn group(row: &Row) -> Result<FailureGroup, Failure> {
    let codes: Vec<&str> = row.try_get(7)?;
    Ok(FailureGroup {
        cause: STORE.cause(row.try_get(0)?)?,
        upstream_code: row.try_get(1)?,
        upstream_text: row.try_get(6)?,
        dossiers: STORE.count(row.try_get(2)?)?,
        blocked_events: STORE.count(row.try_get(3)?)?,
        first_failed_at: STORE.moment(row.try_get(4)?)?,
        last_failed_at: STORE.moment(row.try_get(5)?)?,
        examples: codes
            .into_iter()
            .map(|code| STORE.number(code))
            .collect::<Result<_, _>>()?,
    })
}
