//! Counting events by state without a row that everybody waits for.
//!
//! A transaction gathers what it changed and writes it with its last statement, into the
//! row of its own connection: the row is locked for a commit's time, and never while
//! another lock is waited for, so it is part of no deadlock.

use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::health::SyncFacts;
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;

use super::column::STORE;
use super::failure::Failure;

/// Adds to the row of this connection; $9 to $11 are a success and a failure, if any.
pub(super) const ADD: &str = "
    UPDATE tally
       SET pending = pending + $1, sending = sending + $2, accepted = accepted + $3,
           unknown = unknown + $4, waiting = waiting + $5, refused = refused + $6,
           dead = dead + $7, blocked = blocked + $8,
           last_success_at = greatest(last_success_at, $9),
           last_failure_cause = CASE WHEN $10::bigint >= coalesce(last_failure_at, $10)
                                     THEN $11 ELSE last_failure_cause END,
           last_failure_at = greatest(last_failure_at, $10)
     WHERE shard = pg_backend_pid() % 64";

/// The sum of all rows, and the latest success and failure among them.
pub(super) const SUM: &str = "
    SELECT sum(pending)::bigint, sum(sending)::bigint, sum(accepted)::bigint,
           sum(unknown)::bigint, sum(waiting)::bigint, sum(refused)::bigint,
           sum(dead)::bigint, sum(blocked)::bigint, max(last_success_at),
           max(last_failure_at),
           (array_agg(last_failure_cause ORDER BY last_failure_at DESC NULLS LAST))[1]
      FROM tally";

/// What one transaction changes.
#[derive(Debug, Default)]
pub(super) struct Tally {
    moved: [i64; 8],
    success: Option<i64>,
    failure: Option<(i64, Cause)>,
}

impl Tally {
    /// `events` more are in `state`.
    pub(super) fn add(&mut self, state: SyncState, events: i64) {
        self.moved[column(state)] += events;
    }

    /// `events` fewer are in `state`.
    pub(super) fn take(&mut self, state: SyncState, events: i64) {
        self.add(state, -events);
    }

    /// The portal accepted something at `at`.
    pub(super) fn succeeded(&mut self, at: i64) {
        self.success = self.success.max(Some(at));
    }

    /// An attempt failed at `at`.
    pub(super) fn failed(&mut self, at: i64, cause: Cause) {
        if self.failure.is_none_or(|(earlier, _)| earlier <= at) {
            self.failure = Some((at, cause));
        }
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.moved == [0; 8] && self.success.is_none() && self.failure.is_none()
    }

    /// The counts in the order of [`ADD`].
    pub(super) fn moved(&self) -> &[i64; 8] {
        &self.moved
    }

    /// Moment of a success.
    pub(super) fn success(&self) -> Option<i64> {
        self.success
    }

    /// Moment and cause of a failure.
    pub(super) fn failure(&self) -> (Option<i64>, Option<&'static str>) {
        self.failure
            .map_or((None, None), |(at, cause)| (Some(at), Some(cause.name())))
    }
}

/// Reads the row of [`SUM`] into `facts`.
pub(super) fn read(row: &Row, facts: &mut SyncFacts) -> Result<(), Failure> {
    for state in SyncState::ALL {
        let events: i64 = row.try_get(column(state))?;
        if events != 0 {
            facts.counts.insert(state, STORE.count(events)?);
        }
    }
    facts.last_success = STORE.moment_if(row.try_get(8)?)?;
    let cause: Option<&str> = row.try_get(10)?;
    if let (Some(at), Some(cause)) = (STORE.moment_if(row.try_get(9)?)?, cause) {
        facts.last_failure = Some((at, STORE.cause(cause)?));
    }
    Ok(())
}

fn column(state: SyncState) -> usize {
    match state {
        SyncState::Pending => 0,
        SyncState::Sending => 1,
        SyncState::Accepted => 2,
        SyncState::Unknown => 3,
        SyncState::Waiting => 4,
        SyncState::Refused => 5,
        SyncState::Dead => 6,
        SyncState::Blocked => 7,
    }
}
