//! What a reconciliation found.

use jiff::Timestamp;
use lienthong_core::ports::operations::{FoundCounts, ItemResult, KeptDifference, OperationId};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::sync::reconcile::{Difference, Finding};
use tokio_postgres::Row;

use super::{column, items, mismatch};
use crate::store::difference::{self, FoundAs};
use crate::store::postgres::column::{STORE, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const ITEM: &str = "
    SELECT i.dossier, o.differences
      FROM operation o
      JOIN item i ON i.operation = o.id AND i.number = $2
     WHERE o.id = $1";

// The differences that the latest answer about the dossier had shown, in another
// reconciliation, and since when they are known.
const KNOWN: &str = "
    SELECT d.aspect, min(d.known_since)
      FROM (SELECT i.operation
              FROM item i
             WHERE i.dossier = $2 AND i.found IN ('EQUAL', 'DIFFERENT', 'MISSING')
               AND i.operation <> $1
             ORDER BY i.ended_at DESC, i.operation DESC
             LIMIT 1) AS b
      JOIN difference d ON d.operation = b.operation AND d.dossier = $2
     GROUP BY d.aspect";

const KEEP: &str = "
    INSERT INTO difference (operation, number, dossier, aspect, body, found_at, known_since)
    SELECT $1, $2 + n.place, $3, n.aspect, n.body, $4, n.known_since
      FROM unnest($5::text[], $6::text[], $7::bigint[])
           WITH ORDINALITY AS n (aspect, body, known_since, place)";

const FOUND: &str = "UPDATE item SET found = $3 WHERE operation = $1 AND number = $2";

const COUNT: &str = "
    UPDATE operation
       SET found_equal = found_equal + ($2 = 'EQUAL')::int,
           found_different = found_different + ($2 = 'DIFFERENT')::int,
           found_missing = found_missing + ($2 = 'MISSING')::int,
           found_unanswered = found_unanswered + ($2 = 'UNANSWERED')::int,
           found_by_fields = found_by_fields + $3::boolean::int,
           differences = differences + $4
     WHERE id = $1";

const COUNTS: &str = "
    SELECT found_equal, found_different, found_missing, found_unanswered, found_by_fields
      FROM operation
     WHERE name = $1";

const DIFFERENCES: &str = "
    SELECT d.number, d.dossier, d.body, d.found_at, d.known_since
      FROM operation o
      JOIN difference d ON d.operation = o.id
     WHERE o.name = $1 AND d.number > $2
     ORDER BY d.number
     LIMIT $3";

/// Keeps what was found of an item that has no result yet.
pub(super) struct KeepFinding {
    pub(super) id: OperationId,
    pub(super) worker: String,
    pub(super) number: u64,
    pub(super) finding: Finding,
    pub(super) at: Timestamp,
}

impl Command for KeepFinding {
    type Answer = Settled;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Settled, Failure> {
        let Some(operation) = items::held(session, &self.id, &self.worker).await? else {
            return Ok(Settled::LeaseLost);
        };
        let (result, by_fields, differences): (_, _, &[Difference]) = match &self.finding {
            Finding::Unanswered(cause) => (ItemResult::Failed(*cause), false, &[]),
            Finding::Answered {
                by_fields,
                differences,
            } => (ItemResult::Succeeded, *by_fields, differences),
        };
        if !items::end(session, operation, self.number, result, self.at).await? {
            return Ok(Settled::Recorded);
        }
        match &self.finding {
            Finding::Answered { .. } => {
                self.keep(session, operation, differences, by_fields)
                    .await?;
            }
            Finding::Unanswered(_) => {}
        }
        let number = column(self.number);
        let counted = FoundAs::of(&self.finding).name();
        session
            .execute(FOUND, &[&operation, &number, &counted])
            .await?;
        let more = i64::try_from(differences.len()).unwrap_or(i64::MAX);
        session
            .execute(COUNT, &[&operation, &counted, &by_fields, &more])
            .await?;
        Ok(Settled::Recorded)
    }
}

impl KeepFinding {
    async fn keep(
        &self,
        session: &Session,
        operation: i64,
        differences: &[Difference],
        by_fields: bool,
    ) -> Result<(), Failure> {
        let number = column(self.number);
        let item = session.row(ITEM, &[&operation, &number]).await?;
        let item = item.ok_or_else(|| STORE.corrupt("an item is gone"))?;
        let (dossier, last): (String, i64) = (item.try_get(0)?, item.try_get(1)?);
        if differences.is_empty() {
            return mismatch::answered(session, &dossier, &[], by_fields, self.at).await;
        }
        let mut known = std::collections::HashMap::new();
        for row in session.query(KNOWN, &[&operation, &dossier]).await? {
            known.insert(row.try_get::<_, String>(0)?, row.try_get::<_, i64>(1)?);
        }
        let found_at = micros(self.at);
        let (mut aspects, mut bodies, mut since) = (Vec::new(), Vec::new(), Vec::new());
        for difference in differences {
            let written = difference::write(difference)
                .map_err(|_| STORE.corrupt("a difference cannot be written"))?;
            since.push(known.get(&written.aspect).copied().unwrap_or(found_at));
            aspects.push(written.aspect);
            bodies.push(written.body);
        }
        session
            .execute(
                KEEP,
                &[
                    &operation, &last, &dossier, &found_at, &aspects, &bodies, &since,
                ],
            )
            .await?;
        mismatch::answered(session, &dossier, &aspects, by_fields, self.at).await
    }
}

/// Counts of a reconciliation; none at all for one that there is not.
pub(super) struct ReadCounts(pub(super) OperationId);

impl Command for ReadCounts {
    type Answer = FoundCounts;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<FoundCounts, Failure> {
        let Some(row) = session.row(COUNTS, &[&self.0.as_str()]).await? else {
            return Ok(FoundCounts::default());
        };
        Ok(FoundCounts {
            equal: STORE.count(row.try_get(0)?)?,
            different: STORE.count(row.try_get(1)?)?,
            missing: STORE.count(row.try_get(2)?)?,
            unanswered: STORE.count(row.try_get(3)?)?,
            by_fields: STORE.count(row.try_get(4)?)?,
        })
    }
}

/// Differences behind a number.
pub(super) struct ReadDifferences {
    pub(super) id: OperationId,
    pub(super) after: u64,
    pub(super) most: u32,
}

impl Command for ReadDifferences {
    type Answer = Vec<KeptDifference>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<KeptDifference>, Failure> {
        let (name, after) = (self.id.as_str(), column(self.after));
        let most = i64::from(self.most);
        let rows = session.query(DIFFERENCES, &[&name, &after, &most]).await?;
        rows.iter().map(kept).collect()
    }
}

fn kept(row: &Row) -> Result<KeptDifference, Failure> {
    let difference = difference::read(row.try_get(2)?);
    Ok(KeptDifference {
        number: STORE.count(row.try_get(0)?)?,
        dossier: STORE.number(row.try_get(1)?)?,
        difference: difference.map_err(|problem| STORE.corrupt(problem))?,
        found_at: STORE.moment(row.try_get(3)?)?,
        known_since: STORE.moment(row.try_get(4)?)?,
    })
}
