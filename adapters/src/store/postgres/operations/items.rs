//! The items of an operation.

use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, OperationId};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::sync::cause::Cause;
use tokio_postgres::Row;

use super::{WORKER_NAME, column, mismatch};
use crate::store::postgres::column::{STORE, micros, storable};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const CHOOSING: &str = "
    SELECT id, total FROM operation WHERE name = $1 AND state = 'CHOOSING' FOR NO KEY UPDATE";

// Numbers follow the order in which the dossiers are given, those that are there already
// left out.
const ADD: &str = "
    INSERT INTO item (operation, number, dossier)
    SELECT $1, $2 + row_number() OVER (ORDER BY n.place), n.dossier
      FROM unnest($3::text[]) WITH ORDINALITY AS n (dossier, place)
     WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.operation = $1 AND i.dossier = n.dossier)";

const TOTAL: &str = "
    UPDATE operation SET total = $2, touched_at = greatest(touched_at, $3) WHERE id = $1";

const ALL: &str = "
    SELECT i.number, i.dossier, i.revision, i.result, i.cause, i.ended_at
      FROM operation o
      JOIN item i ON i.operation = o.id
     WHERE o.name = $1 AND i.number > $2
     ORDER BY i.number
     LIMIT $3";

const OPEN: &str = "
    SELECT i.number, i.dossier, i.revision, i.result, i.cause, i.ended_at
      FROM operation o
      JOIN item i ON i.operation = o.id
     WHERE o.name = $1 AND i.result IS NULL AND i.begun = $2
     ORDER BY i.number
     LIMIT $3";

const BEGIN: &str = "
    UPDATE item
       SET begun = TRUE, revision = coalesce($3, revision)
     WHERE operation = $1 AND number = $2";

const END: &str = "
    UPDATE item
       SET result = $3, cause = $4, ended_at = $5
     WHERE operation = $1 AND number = $2 AND result IS NULL";

// The operation, as long as this worker holds it.
const HELD: &str = "
    SELECT id FROM operation WHERE name = $1 AND worker = $2 FOR NO KEY UPDATE";

const COUNT: &str = "
    UPDATE operation
       SET succeeded = succeeded + ($2 = 'SUCCEEDED')::int,
           failed = failed + ($2 = 'FAILED')::int,
           skipped = skipped + ($2 = 'SKIPPED')::int
     WHERE id = $1";

/// Adds dossiers to what is being chosen.
pub(super) struct AddItems {
    pub(super) id: OperationId,
    pub(super) dossiers: Vec<DossierNumber>,
    pub(super) at: Timestamp,
}

impl Command for AddItems {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let Some(row) = session.row(CHOOSING, &[&self.id.as_str()]).await? else {
            return Ok(());
        };
        let (operation, total): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let mut seen = std::collections::HashSet::new();
        let codes: Vec<&str> = self
            .dossiers
            .iter()
            .map(DossierNumber::as_str)
            .filter(|code| seen.insert(*code))
            .collect();
        let added = session.execute(ADD, &[&operation, &total, &codes]).await?;
        let total = total + i64::try_from(added).unwrap_or(0);
        session
            .execute(TOTAL, &[&operation, &total, &micros(self.at)])
            .await?;
        Ok(())
    }
}

/// Reads items by number.
pub(super) struct ReadItems {
    pub(super) id: OperationId,
    pub(super) wanted: ItemsWanted,
    pub(super) most: u32,
}

impl Command for ReadItems {
    type Answer = Vec<Item>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<Item>, Failure> {
        let (name, most) = (self.id.as_str(), i64::from(self.most));
        let rows = match self.wanted {
            ItemsWanted::All { after } => {
                session.query(ALL, &[&name, &column(after), &most]).await?
            }
            ItemsWanted::Untouched => session.query(OPEN, &[&name, &false, &most]).await?,
            ItemsWanted::UnderWay => session.query(OPEN, &[&name, &true, &most]).await?,
        };
        rows.iter().map(item).collect()
    }
}

/// An item is begun.
pub(super) struct BeginItem {
    pub(super) id: OperationId,
    pub(super) worker: String,
    pub(super) number: u64,
    pub(super) revision: Option<u64>,
}

impl Command for BeginItem {
    type Answer = Settled;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Settled, Failure> {
        let Some(operation) = held(session, &self.id, &self.worker).await? else {
            return Ok(Settled::LeaseLost);
        };
        let (number, revision) = (column(self.number), self.revision.map(column));
        session
            .execute(BEGIN, &[&operation, &number, &revision])
            .await?;
        Ok(Settled::Recorded)
    }
}

/// An item has its result.
pub(super) struct EndItem {
    pub(super) id: OperationId,
    pub(super) worker: String,
    pub(super) number: u64,
    pub(super) result: ItemResult,
    pub(super) at: Timestamp,
}

impl Command for EndItem {
    type Answer = Settled;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Settled, Failure> {
        let Some(operation) = held(session, &self.id, &self.worker).await? else {
            return Ok(Settled::LeaseLost);
        };
        let ended = end(session, operation, self.number, self.result, self.at).await?;
        if ended && self.result == ItemResult::Succeeded {
            mismatch::repaired(session, operation, column(self.number), self.at).await?;
        }
        Ok(Settled::Recorded)
    }
}

/// The operation, as long as `worker` holds it; nobody takes it over before this
/// transaction ends.
pub(super) async fn held(
    session: &Session,
    id: &OperationId,
    worker: &str,
) -> Result<Option<i64>, Failure> {
    let worker = storable(worker, WORKER_NAME);
    let row = session.row(HELD, &[&id.as_str(), &worker]).await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// Gives an item of an operation that is held its result. Whether it had none before.
pub(super) async fn end(
    session: &Session,
    operation: i64,
    number: u64,
    result: ItemResult,
    at: Timestamp,
) -> Result<bool, Failure> {
    let (name, cause) = (result.name(), result.cause().map(Cause::name));
    let ended = session
        .execute(
            END,
            &[&operation, &column(number), &name, &cause, &micros(at)],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    session.execute(COUNT, &[&operation, &name]).await?;
    Ok(true)
}

fn item(row: &Row) -> Result<Item, Failure> {
    let result: Option<&str> = row.try_get(3)?;
    let cause: Option<&str> = row.try_get(4)?;
    let revision: Option<i64> = row.try_get(2)?;
    Ok(Item {
        number: STORE.count(row.try_get(0)?)?,
        dossier: STORE.number(row.try_get(1)?)?,
        revision: revision.map(|it| STORE.count(it)).transpose()?,
        result: result
            .map(|name| read_result(name, cause.map(|name| STORE.cause(name)).transpose()?))
            .transpose()?,
        ended_at: STORE.moment_if(row.try_get(5)?)?,
    })
}

fn read_result(name: &str, cause: Option<Cause>) -> Result<ItemResult, Failure> {
    ItemResult::from_name(name, cause).ok_or_else(|| STORE.corrupt("the result of an item"))
}
