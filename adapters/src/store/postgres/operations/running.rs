//! Operations as a whole: begun, taken by a worker, ended.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::operations::{
    NewOperation, Operation, OperationId, OperationKind, OperationState, Stopped,
};
use lienthong_core::text::Text;
use tokio_postgres::Row;

use super::{WORKER_NAME, kinds};
use crate::store::postgres::column::{STORE, micros, storable};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

/// Longest name of a profile, and longest failure, that is kept.
const SHORT: usize = 200;

/// Place of the row's own number in the columns.
const ID: usize = 22;

const CREATE: &str = "
    INSERT INTO operation (name, kind, state, per_minute, operator, reason, started_at,
                           reconciliation, profile, system, touched_at)
    VALUES ($1, $2, 'CHOOSING', $3, $4, $5, $6, $7, $8, $9, $6)
        ON CONFLICT (name) DO NOTHING";

const RUN: &str = "UPDATE operation SET state = 'RUNNING' WHERE name = $1 AND state = 'CHOOSING'";

const ONE: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure, system, worker,
           lease_until, touched_at, ended_by, ended_by_system, expired, id
      FROM operation
     WHERE name = $1";

const NEWEST: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure, system, worker,
           lease_until, touched_at, ended_by, ended_by_system, expired, id
      FROM operation
     WHERE kind = $1
     ORDER BY started_at DESC, id DESC
     LIMIT $2";

const SCHEDULED: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure, system, worker,
           lease_until, touched_at, ended_by, ended_by_system, expired, id
      FROM operation
     WHERE kind = $1 AND system IS NULL
     ORDER BY started_at DESC, id DESC
     LIMIT $2";

const REPAIRS: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure, system, worker,
           lease_until, touched_at, ended_by, ended_by_system, expired, id
      FROM operation
     WHERE kind = 'REPAIR' AND reconciliation = $1
     ORDER BY started_at DESC, id DESC
     LIMIT $2";

const OPEN: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure, system, worker,
           lease_until, touched_at, ended_by, ended_by_system, expired, id
      FROM operation
     WHERE ended_at IS NULL
     ORDER BY started_at, id
     LIMIT $1";

// One whose row cannot be read is of no more use, and would be the first for ever.
const GIVE_UP: &str = "
    UPDATE operation
       SET state = 'FAILED', failure = 'STORED_CONTENT_UNREADABLE', ended_at = $2,
           worker = NULL, lease_until = NULL
     WHERE id = $1";

// The worker's own first, then the one that waits longest and is held by nobody, of the
// kinds that are wanted. What another gateway takes at this moment is passed over.
const TAKE: &str = "
    WITH free AS (
        SELECT id
          FROM operation
         WHERE ended_at IS NULL AND state = 'RUNNING'
           AND (worker = $1 OR worker IS NULL OR lease_until <= $2)
           AND kind = ANY ($4)
         ORDER BY (worker IS NOT DISTINCT FROM $1) DESC, started_at, id
         LIMIT 1
           FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE operation o
       SET worker = $1, lease_until = $3
      FROM free f
     WHERE o.id = f.id
    RETURNING o.name, o.kind, o.state, o.per_minute, o.operator, o.reason, o.started_at,
              o.reconciliation, o.profile, o.total, o.succeeded, o.failed, o.skipped,
              o.ended_at, o.failure, o.system, o.worker, o.lease_until, o.touched_at,
              o.ended_by, o.ended_by_system, o.expired, o.id";

const END: &str = "
    UPDATE operation
       SET state = $2, failure = $3, ended_at = $4, ended_by = $5, ended_by_system = $6,
           worker = NULL, lease_until = NULL
     WHERE name = $1 AND ended_at IS NULL";

/// Starts an operation. Whether its id was free.
pub(super) struct Create(pub(super) NewOperation);

impl Command for Create {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let new = &self.0;
        let profile = new.profile.as_deref().map(|name| storable(name, SHORT));
        let created = session
            .execute(
                CREATE,
                &[
                    &new.id.as_str(),
                    &new.kind.name(),
                    &i64::from(new.per_minute.get()),
                    &OfficerId::expose(&new.operator),
                    &Text::as_str(&new.reason),
                    &micros(new.started_at),
                    &new.reconciliation.as_ref().map(OperationId::as_str),
                    &profile,
                    &new.system.as_ref().map(ClientName::as_str),
                ],
            )
            .await?;
        Ok(created == 1)
    }
}

/// It is chosen wholly.
pub(super) struct Run(pub(super) OperationId);

impl Command for Run {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        session.execute(RUN, &[&self.0.as_str()]).await.map(drop)
    }
}

/// One operation.
pub(super) struct ReadOperation(pub(super) OperationId);

impl Command for ReadOperation {
    type Answer = Option<Operation>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Option<Operation>, Failure> {
        let row = session.row(ONE, &[&self.0.as_str()]).await?;
        row.as_ref().map(read).transpose()
    }
}

/// The newest of a kind.
pub(super) struct ReadNewest {
    pub(super) kind: OperationKind,
    pub(super) most: u32,
}

impl Command for ReadNewest {
    type Answer = Vec<Operation>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<Operation>, Failure> {
        let most = i64::from(self.most);
        let rows = session.query(NEWEST, &[&self.kind.name(), &most]).await?;
        readable(&rows)
    }
}

/// The newest of a kind that no calling system started.
pub(super) struct ReadScheduled {
    pub(super) kind: OperationKind,
    pub(super) most: u32,
}

impl Command for ReadScheduled {
    type Answer = Vec<Operation>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<Operation>, Failure> {
        let most = i64::from(self.most);
        let rows = session
            .query(SCHEDULED, &[&self.kind.name(), &most])
            .await?;
        readable(&rows)
    }
}

/// The newest repairs of a reconciliation.
pub(super) struct ReadRepairs {
    pub(super) reconciliation: OperationId,
    pub(super) most: u32,
}

impl Command for ReadRepairs {
    type Answer = Vec<Operation>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<Operation>, Failure> {
        let most = i64::from(self.most);
        let id = self.reconciliation.as_str();
        let rows = session.query(REPAIRS, &[&id, &most]).await?;
        readable(&rows)
    }
}

/// What has not ended, the oldest first; at most so many.
pub(super) struct ReadOpen(pub(super) u32);

impl Command for ReadOpen {
    type Answer = Vec<Operation>;

    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<Vec<Operation>, Failure> {
        let rows = session.query(OPEN, &[&i64::from(self.0)]).await?;
        readable(&rows)
    }
}

/// The operations that can be read; one that cannot must not hide the others.
fn readable(rows: &[Row]) -> Result<Vec<Operation>, Failure> {
    let mut operations = Vec::with_capacity(rows.len());
    for row in rows {
        match read(row) {
            Ok(operation) => operations.push(operation),
            Err(Failure::Corrupt { problem, .. }) => {
                let row: i64 = row.try_get(ID)?;
                tracing::error!(operation.row = row, problem, "an operation is left out");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(operations)
}

/// Takes, or takes over, one that runs.
pub(super) struct Take {
    pub(super) worker: String,
    pub(super) kinds: Vec<OperationKind>,
    pub(super) now: Timestamp,
    pub(super) lease: Duration,
}

impl Command for Take {
    type Answer = Option<Operation>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Option<Operation>, Failure> {
        let until = self.now.checked_add(self.lease).unwrap_or(Timestamp::MAX);
        let (worker, kinds) = (storable(&self.worker, WORKER_NAME), kinds(&self.kinds));
        let (now, until) = (micros(self.now), micros(until));
        loop {
            let row = session.row(TAKE, &[&worker, &now, &until, &kinds]).await?;
            match row.as_ref().map(read).transpose() {
                Err(Failure::Corrupt { problem, .. }) => {
                    let id: i64 = match &row {
                        Some(row) => row.try_get(ID)?,
                        None => return Ok(None),
                    };
                    tracing::error!(operation.row = id, problem, "an operation is given up");
                    session.execute(GIVE_UP, &[&id, &now]).await?;
                }
                taken => return taken,
            }
        }
    }
}

/// Ends what has not ended. Whether it had not.
pub(super) struct End {
    pub(super) id: OperationId,
    pub(super) state: OperationState,
    pub(super) failure: String,
    pub(super) by: Option<Stopped>,
    pub(super) at: Timestamp,
}

impl Command for End {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let system = self.by.as_ref().and_then(|by| by.system.as_ref());
        let ended = session
            .execute(
                END,
                &[
                    &self.id.as_str(),
                    &self.state.name(),
                    &storable(&self.failure, SHORT),
                    &micros(self.at),
                    &self.by.as_ref().map(|by| OfficerId::expose(&by.operator)),
                    &system.map(ClientName::as_str),
                ],
            )
            .await?;
        Ok(ended == 1)
    }
}

fn read(row: &Row) -> Result<Operation, Failure> {
    let id = |text: &str| {
        OperationId::parse(text).ok_or_else(|| STORE.corrupt("the id of an operation"))
    };
    let per_minute: u32 = STORE.count(row.try_get(3)?)?;
    let reconciliation: Option<&str> = row.try_get(7)?;
    Ok(Operation {
        started: NewOperation {
            id: id(row.try_get(0)?)?,
            kind: OperationKind::from_name(row.try_get(1)?)
                .ok_or_else(|| STORE.corrupt("the kind of an operation"))?,
            per_minute: NonZeroU32::new(per_minute)
                .ok_or_else(|| STORE.corrupt("the rate of an operation"))?,
            operator: officer(row.try_get(4)?)?,
            system: system(row.try_get(15)?)?,
            reason: Text::parse(row.try_get(5)?)
                .map_err(|_| STORE.corrupt("the reason of an operation"))?,
            started_at: STORE.moment(row.try_get(6)?)?,
            reconciliation: reconciliation.map(id).transpose()?,
            profile: row.try_get(8)?,
        },
        state: OperationState::from_name(row.try_get(2)?)
            .ok_or_else(|| STORE.corrupt("the state of an operation"))?,
        total: STORE.count(row.try_get(9)?)?,
        succeeded: STORE.count(row.try_get(10)?)?,
        failed: STORE.count(row.try_get(11)?)?,
        skipped: STORE.count(row.try_get(12)?)?,
        ended_at: STORE.moment_if(row.try_get(13)?)?,
        failure: row.try_get(14)?,
        held_by: row.try_get::<_, Option<String>>(16)?.unwrap_or_default(),
        held_until: STORE.moment_if(row.try_get(17)?)?,
        touched_at: STORE.moment(row.try_get(18)?)?,
        stopped_by: stopped_by(row)?,
        expired: row.try_get::<_, i16>(21)? > 0,
    })
}

fn stopped_by(row: &Row) -> Result<Option<Stopped>, Failure> {
    let by: Option<&str> = row.try_get(19)?;
    by.map(|by| {
        Ok(Stopped {
            operator: officer(by)?,
            system: system(row.try_get(20)?)?,
        })
    })
    .transpose()
}

fn officer(id: &str) -> Result<OfficerId, Failure> {
    OfficerId::parse(id).ok_or_else(|| STORE.corrupt("the operator of an operation"))
}

fn system(name: Option<&str>) -> Result<Option<ClientName>, Failure> {
    name.map(|name| STORE.client(name)).transpose()
}
