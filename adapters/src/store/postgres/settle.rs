//! Closing an attempt and moving its dossier on.
//!
//! A settlement counts only with the fence of the latest claim: a worker that was slow
//! finds its claim taken over, and what it brings is not recorded. A lease that is over but
//! was taken over by nobody still counts.

use std::ops::RangeInclusive;

use lienthong_core::ports::outbox::{Intent, PutBack, Settled, Settlement};
use lienthong_core::ports::portal::{PortalAnswer, PortalReference};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::NextStep;
use lienthong_core::sync::state::SyncState;

use super::column::{TaskRow, micros, storable};
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session, Values};

// The dossier, as long as this claim holds it.
const HELD: &str = "
    SELECT code, accepted_revision + 1, attempts, claimed
      FROM dossier
     WHERE id = $1 AND fence = $2 AND state = 'SENDING'
       FOR NO KEY UPDATE";

const CLOSE_ATTEMPT: &str = "
    UPDATE attempt
       SET ended_at = $4, outcome = $5, cause = $6, upstream_code = $7, upstream_text = $8
     WHERE dossier = $1 AND revision = $2 AND number = $3";

// What the attempt taught, whatever comes next. The latest failure stays until the head is
// accepted.
const LEARN: &str = "
    UPDATE dossier
       SET known_at_portal = coalesce($2, known_at_portal),
           portal_number = coalesce($3, portal_number),
           portal_id = CASE WHEN $3::text IS NULL THEN portal_id ELSE $4 END,
           cause = coalesce($5, cause),
           upstream_code = CASE WHEN $5::text IS NULL THEN upstream_code ELSE $6 END,
           upstream_text = CASE WHEN $5::text IS NULL THEN upstream_text ELSE $7 END,
           failed_at = CASE WHEN $5::text IS NULL THEN failed_at ELSE $8 END
     WHERE id = $1";

// The head's next state, when it stays the head; due_at is NULL where a person must act.
const MOVE_ON: &str = "
    UPDATE dossier SET state = $2, due_at = $3, spent = spent + $4 WHERE id = $1";

// Events up to $2 are accepted. What is behind them becomes the head, due at once, as a
// question where it had happened before the database was put back; attempts at it go on
// counting where it was sent before (an operator had it sent again).
const ACCEPT: &str = "
    UPDATE dossier d
       SET accepted_revision = $2,
           state = CASE WHEN d.revision = $2 THEN 'ACCEPTED'
                        WHEN (SELECT e.occurred_at FROM event e
                               WHERE e.dossier = d.id AND e.revision = $2 + 1)
                             <= (SELECT m.restored_at FROM restore_mark m WHERE m.id = 1)
                        THEN 'UNKNOWN'
                        ELSE 'PENDING' END,
           due_at = CASE WHEN d.revision = $2 THEN NULL ELSE $3::bigint END,
           unsent_at = (SELECT e.accepted_at FROM event e
                         WHERE e.dossier = d.id AND e.revision = $2 + 1),
           attempts = coalesce((SELECT max(a.number) FROM attempt a
                                 WHERE a.dossier = d.id AND a.revision = $2 + 1), 0),
           spent = 0, claimed = 1,
           cause = NULL, upstream_code = '', upstream_text = '', failed_at = NULL,
           last_accepted_at = $3, touched_at = greatest(d.touched_at, $3)
     WHERE d.id = $1
    RETURNING state";

// Events that went along ($3 to $4) get the head's attempt ($5) as theirs, so that the
// timeline of each event shows how it got to the portal.
const COPY_ATTEMPT: &str = "
    INSERT INTO attempt (dossier, revision, number, started_at, ended_at, outcome, cause,
                         upstream_code, upstream_text, worker)
    SELECT a.dossier, f.revision,
           coalesce((SELECT max(n.number) FROM attempt n
                      WHERE n.dossier = a.dossier AND n.revision = f.revision), 0) + 1,
           a.started_at, a.ended_at, a.outcome, a.cause, a.upstream_code, a.upstream_text,
           a.worker
      FROM attempt a
     CROSS JOIN generate_series($3::bigint, $4::bigint) AS f (revision)
     WHERE a.dossier = $1 AND a.revision = $2 AND a.number = $5";

// An attempt that was not begun after all …
const DROP_ATTEMPT: &str = "
    DELETE FROM attempt
     WHERE dossier = $1 AND revision = $2 AND number = $3 AND ended_at IS NULL";

// … and its dossier as it was before: one that has failed before goes on waiting for its next
// attempt.
const PUT_BACK: &str = "
    UPDATE dossier
       SET state = CASE WHEN $2::text = 'PENDING' AND cause IS NOT NULL THEN 'WAITING'
                        ELSE $2::text END,
           due_at = $3, attempts = attempts - 1
     WHERE id = $1
    RETURNING state";

const KEEP_REFERENCE: &str = "
    UPDATE dossier
       SET portal_number = $3, portal_id = $4
     WHERE id = $1 AND fence = $2 AND state = 'SENDING'";

/// Records how an attempt ended.
pub(super) struct Settle(pub(super) Settlement);

/// A claim that still holds.
struct Held {
    task: TaskRow,
    first: i64,
    attempt: i64,
    claimed: i64,
}

impl Command for Settle {
    type Answer = Settled;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Settled, Failure> {
        let Some(held) = held(session, self.0.task, self.0.fence).await? else {
            return Ok(Settled::LeaseLost);
        };
        let ended_at = micros(self.0.ended_at);
        if let Some(cause) = self.0.outcome.cause() {
            session.count(|tally| tally.failed(ended_at, cause));
        }
        // What is copied to the events that went along is the attempt as it was closed.
        let in_order = [CLOSE_ATTEMPT, LEARN, MOVE_ON, COPY_ATTEMPT, ACCEPT];
        session.prepare(&in_order).await?;
        let (closed, learned, moved) = tokio::join!(biased;
            self.close_attempt(session, &held),
            self.learn(session, &held),
            self.move_on(session, &held, ended_at),
        );
        closed.and(learned).and(moved)?;
        Ok(Settled::Recorded)
    }
}

async fn held(session: &Session, task: u64, fence: u64) -> Result<Option<Held>, Failure> {
    // A task or fence that no column can hold was never handed out.
    let (Ok(task), Ok(fence)) = (i64::try_from(task), i64::try_from(fence)) else {
        return Ok(None);
    };
    let Some(row) = session.row(HELD, &[&task, &fence]).await? else {
        return Ok(None);
    };
    let task = TaskRow(task);
    session.changed(task.number(row.try_get(0)?)?);
    Ok(Some(Held {
        task,
        first: row.try_get(1)?,
        attempt: row.try_get(2)?,
        claimed: row.try_get(3)?,
    }))
}

impl Settle {
    async fn close_attempt(&self, session: &Session, held: &Held) -> Result<(), Failure> {
        let outcome = self.0.outcome;
        let closed = session
            .execute(
                CLOSE_ATTEMPT,
                &[
                    &held.task.0,
                    &held.first,
                    &held.attempt,
                    &micros(self.0.ended_at),
                    &outcome.name(),
                    &outcome.cause().map(Cause::name),
                    &self.upstream_code(),
                    &self.upstream_text(),
                ],
            )
            .await?;
        if closed == 1 {
            Ok(())
        } else {
            Err(held.task.corrupt("its claim has no attempt"))
        }
    }

    async fn learn(&self, session: &Session, held: &Held) -> Result<(), Failure> {
        let cause = self.0.outcome.cause().map(Cause::name);
        let reference = self.0.reference.as_ref();
        if cause.is_none() && reference.is_none() && self.0.known_at_portal.is_none() {
            return Ok(());
        }
        let (number, id) = reference.map_or((None, None), columns);
        session
            .execute(
                LEARN,
                &[
                    &held.task.0,
                    &self.0.known_at_portal,
                    &number,
                    &id,
                    &cause,
                    &self.upstream_code(),
                    &self.upstream_text(),
                    &micros(self.0.ended_at),
                ],
            )
            .await?;
        Ok(())
    }

    async fn move_on(&self, session: &Session, held: &Held, ended_at: i64) -> Result<(), Failure> {
        let (state, due_at) = match self.0.next {
            NextStep::Accepted { events: 0 } | NextStep::SendNow => {
                (SyncState::Pending, Some(ended_at))
            }
            NextStep::Accepted { events } => return accept(session, held, events, ended_at).await,
            NextStep::SendAt(at) => (SyncState::Waiting, Some(micros(at))),
            NextStep::AskAt(at) => (SyncState::Unknown, Some(micros(at))),
            NextStep::Refuse => (SyncState::Refused, None),
            NextStep::GiveUp => (SyncState::Dead, None),
        };
        session.count(|tally| {
            tally.take(SyncState::Sending, 1);
            tally.add(state, 1);
        });
        let spent = i64::from(self.0.outcome.spends_patience());
        session
            .execute(MOVE_ON, &[&held.task.0, &state.name(), &due_at, &spent])
            .await?;
        Ok(())
    }

    fn upstream_code(&self) -> String {
        storable(&self.0.upstream_code, PortalAnswer::TEXT_LIMIT)
    }

    fn upstream_text(&self) -> String {
        storable(&self.0.upstream_text, PortalAnswer::TEXT_LIMIT)
    }
}

async fn accept(
    session: &Session,
    held: &Held,
    events: usize,
    ended_at: i64,
) -> Result<(), Failure> {
    // Never more than the claim held: what was not in it was not sent.
    let events = i64::try_from(events)
        .unwrap_or(held.claimed)
        .min(held.claimed);
    let last = held.first + events - 1;
    session.count(|tally| tally.succeeded(ended_at));
    let copying = async {
        if events == 1 {
            return Ok(());
        }
        let next = held.first + 1;
        session
            .execute(
                COPY_ATTEMPT,
                &[&held.task.0, &held.first, &next, &last, &held.attempt],
            )
            .await
            .map(drop)
    };
    // The copies first: the attempts of the next head are counted behind them.
    let (copied, accepted) = tokio::join!(biased;
        copying,
        accept_through(session, held.task, SyncState::Sending, held.first..=last, ended_at),
    );
    copied.and(accepted)
}

/// Has these events of a dossier accepted, whose head is in `state`; what is behind them
/// becomes the head.
pub(super) async fn accept_through(
    session: &Session,
    task: TaskRow,
    state: SyncState,
    events: RangeInclusive<i64>,
    at: i64,
) -> Result<(), Failure> {
    let (first, last) = events.into_inner();
    let values: Values<'_> = &[&task.0, &last, &at];
    let Some(row) = session.row(ACCEPT, values).await? else {
        return Err(task.corrupt("its dossier is gone"));
    };
    let now = task.state(row.try_get(0)?)?;
    session.count(|tally| {
        tally.take(state, 1);
        tally.take(SyncState::Blocked, last - first);
        tally.add(SyncState::Accepted, last - first + 1);
        if now != SyncState::Accepted {
            tally.take(SyncState::Blocked, 1);
            tally.add(now, 1);
        }
    });
    Ok(())
}

/// Takes a claim back as if it had never been handed out.
pub(super) struct GiveBack(pub(super) PutBack);

impl Command for GiveBack {
    type Answer = Settled;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Settled, Failure> {
        let PutBack {
            task,
            fence,
            intent,
            due_at,
            ..
        } = &self.0;
        let Some(held) = held(session, *task, *fence).await? else {
            return Ok(Settled::LeaseLost);
        };
        let state = match intent {
            Intent::Send => SyncState::Pending,
            Intent::Ask(_) => SyncState::Unknown,
        };
        session
            .execute(DROP_ATTEMPT, &[&held.task.0, &held.first, &held.attempt])
            .await?;
        let values: Values<'_> = &[&held.task.0, &state.name(), &micros(*due_at)];
        let Some(row) = session.row(PUT_BACK, values).await? else {
            return Err(held.task.corrupt("its dossier is gone"));
        };
        let state = held.task.state(row.try_get(0)?)?;
        session.count(|tally| {
            tally.take(SyncState::Sending, 1);
            tally.add(state, 1);
        });
        Ok(Settled::Recorded)
    }
}

/// Keeps how the portal names the dossier of a claim.
pub(super) struct KeepReference {
    pub(super) task: u64,
    pub(super) fence: u64,
    pub(super) reference: PortalReference,
}

impl Command for KeepReference {
    type Answer = Settled;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Settled, Failure> {
        let (Ok(task), Ok(fence)) = (i64::try_from(self.task), i64::try_from(self.fence)) else {
            return Ok(Settled::LeaseLost);
        };
        let (number, id) = columns(&self.reference);
        let kept = session
            .execute(KEEP_REFERENCE, &[&task, &fence, &number, &id])
            .await?;
        Ok(if kept == 1 {
            Settled::Recorded
        } else {
            Settled::LeaseLost
        })
    }
}

/// An identifier is kept letter for letter or not at all: one that was cut names another
/// dossier.
fn columns(reference: &PortalReference) -> (Option<String>, Option<String>) {
    (Some(reference.number.clone()), reference.id.clone())
}
