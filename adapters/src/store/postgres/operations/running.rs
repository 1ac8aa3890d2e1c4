//! Operations as a whole: begun, taken by a worker, ended.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::ports::operations::{
    LONGEST_CHOICE, NewOperation, Operation, OperationId, OperationKind, OperationState,
};
use lienthong_core::text::Text;
use tokio_postgres::Row;

use crate::store::postgres::column::{STORE, micros, storable};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

/// Longest name of a worker, and longest failure, that is kept.
const SHORT: usize = 200;

const CREATE: &str = "
    INSERT INTO operation (name, kind, state, per_minute, operator, reason, started_at,
                           reconciliation, profile)
    VALUES ($1, $2, 'CHOOSING', $3, $4, $5, $6, $7, $8)
        ON CONFLICT (name) DO NOTHING";

const RUN: &str = "UPDATE operation SET state = 'RUNNING' WHERE name = $1 AND state = 'CHOOSING'";

const ONE: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure
      FROM operation
     WHERE name = $1";

const NEWEST: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure
      FROM operation
     WHERE kind = $1
     ORDER BY started_at DESC, id DESC
     LIMIT $2";

// Left behind while it was chosen.
const LEFT_BEHIND: &str = "
    UPDATE operation
       SET state = 'FAILED', failure = 'INTERRUPTED', ended_at = $1
     WHERE ended_at IS NULL AND state = 'CHOOSING' AND started_at <= $2";

// The worker's own first, then the one that waits longest and is held by nobody. What
// another gateway takes at this moment is passed over.
const TAKE: &str = "
    WITH free AS (
        SELECT id
          FROM operation
         WHERE ended_at IS NULL AND state = 'RUNNING'
           AND (worker = $1 OR worker IS NULL OR lease_until <= $2)
         ORDER BY (worker IS NOT DISTINCT FROM $1) DESC, started_at, id
         LIMIT 1
           FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE operation o
       SET worker = $1, lease_until = $3
      FROM free f
     WHERE o.id = f.id
    RETURNING o.name, o.kind, o.state, o.per_minute, o.operator, o.reason, o.started_at,
              o.reconciliation, o.profile, o.total, o.succeeded, o.failed, o.skipped,
              o.ended_at, o.failure";

const END: &str = "
    UPDATE operation
       SET state = $2, failure = $3, ended_at = $4, ended_by = $5,
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
                    &kind_name(new.kind),
                    &i64::from(new.per_minute.get()),
                    &OfficerId::expose(&new.operator),
                    &Text::as_str(&new.reason),
                    &micros(new.started_at),
                    &new.reconciliation.as_ref().map(OperationId::as_str),
                    &profile,
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
        let rows = session
            .query(NEWEST, &[&kind_name(self.kind), &most])
            .await?;
        rows.iter().map(read).collect()
    }
}

/// Takes, or takes over, one that runs.
pub(super) struct Take {
    pub(super) worker: String,
    pub(super) now: Timestamp,
    pub(super) lease: Duration,
}

impl Command for Take {
    type Answer = Option<Operation>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Option<Operation>, Failure> {
        let left = self
            .now
            .checked_sub(LONGEST_CHOICE)
            .unwrap_or(Timestamp::MIN);
        session
            .execute(LEFT_BEHIND, &[&micros(self.now), &micros(left)])
            .await?;
        let until = self.now.checked_add(self.lease).unwrap_or(Timestamp::MAX);
        let worker = storable(&self.worker, SHORT);
        let row = session
            .row(TAKE, &[&worker, &micros(self.now), &micros(until)])
            .await?;
        row.as_ref().map(read).transpose()
    }
}

/// Ends what has not ended. Whether it had not.
pub(super) struct End {
    pub(super) id: OperationId,
    pub(super) state: OperationState,
    pub(super) failure: String,
    pub(super) by: Option<OfficerId>,
    pub(super) at: Timestamp,
}

impl Command for End {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let ended = session
            .execute(
                END,
                &[
                    &self.id.as_str(),
                    &state_name(self.state),
                    &storable(&self.failure, SHORT),
                    &micros(self.at),
                    &self.by.as_ref().map(OfficerId::expose),
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
            kind: kind(row.try_get(1)?)?,
            per_minute: NonZeroU32::new(per_minute)
                .ok_or_else(|| STORE.corrupt("the rate of an operation"))?,
            operator: OfficerId::parse(row.try_get(4)?)
                .ok_or_else(|| STORE.corrupt("the operator of an operation"))?,
            reason: Text::parse(row.try_get(5)?)
                .map_err(|_| STORE.corrupt("the reason of an operation"))?,
            started_at: STORE.moment(row.try_get(6)?)?,
            reconciliation: reconciliation.map(id).transpose()?,
            profile: row.try_get(8)?,
        },
        state: state(row.try_get(2)?)?,
        total: STORE.count(row.try_get(9)?)?,
        succeeded: STORE.count(row.try_get(10)?)?,
        failed: STORE.count(row.try_get(11)?)?,
        skipped: STORE.count(row.try_get(12)?)?,
        ended_at: STORE.moment_if(row.try_get(13)?)?,
        failure: row.try_get(14)?,
    })
}

fn kind_name(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Retry => "RETRY",
        OperationKind::Reconciliation => "RECONCILIATION",
        OperationKind::Repair => "REPAIR",
    }
}

fn kind(name: &str) -> Result<OperationKind, Failure> {
    match name {
        "RETRY" => Ok(OperationKind::Retry),
        "RECONCILIATION" => Ok(OperationKind::Reconciliation),
        "REPAIR" => Ok(OperationKind::Repair),
        _ => Err(STORE.corrupt("the kind of an operation")),
    }
}

fn state_name(state: OperationState) -> &'static str {
    match state {
        OperationState::Choosing => "CHOOSING",
        OperationState::Running => "RUNNING",
        OperationState::Finished => "FINISHED",
        OperationState::Cancelled => "CANCELLED",
        OperationState::Failed => "FAILED",
    }
}

fn state(name: &str) -> Result<OperationState, Failure> {
    match name {
        "CHOOSING" => Ok(OperationState::Choosing),
        "RUNNING" => Ok(OperationState::Running),
        "FINISHED" => Ok(OperationState::Finished),
        "CANCELLED" => Ok(OperationState::Cancelled),
        "FAILED" => Ok(OperationState::Failed),
        _ => Err(STORE.corrupt("the state of an operation")),
    }
}
