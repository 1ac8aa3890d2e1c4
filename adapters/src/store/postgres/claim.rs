//! Handing out due work.
//!
//! A claim locks the dossier's row and passes over rows that others hold, so any number of
//! gateways share one queue without waiting for each other. The moment is the caller's, as
//! everywhere: leases end by the gateways' clocks. A claim whose lease is over may have
//! reached the portal: its attempt is closed as unknown, and it comes back as a question.

mod head;

use jiff::Timestamp;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{Claim, ClaimRequest, Intent, Work};
use lienthong_core::ports::portal::StepMark;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::question::outcome_of_unreadable;
use lienthong_core::sync::state::SyncState;

use super::column::{micros, storable};
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session};
use crate::store::body;
use head::{Head, Taken};

/// Longest name of a worker that is kept.
const WORKER_NAME: usize = 100;

// Dossiers that are due, the longest due first, by the partial index. Those that somebody
// holds at this moment (another claim, a settlement, a new event) are passed over.
pub(super) const DUE: &str = "
    SELECT id, code, accepted_revision + 1, revision, state, due_at, fence, attempts, spent,
           claimed, known_at_portal, portal_number, portal_id
      FROM dossier
     WHERE due_at <= $1
     ORDER BY due_at, id
     LIMIT $2
       FOR NO KEY UPDATE SKIP LOCKED";

// The heads (first), and behind a head that is a step what may go along with it (most is the
// number of events in all); of each, whether the database was put back to an earlier moment
// after it had happened. A state that was put right goes out with the content that puts it
// right.
const BODIES: &str = "
    SELECT w.dossier, e.revision,
           coalesce((SELECT c.body FROM event c
                      WHERE c.dossier = e.dossier AND c.revision = e.corrected_by), e.body),
           coalesce(e.occurred_at <= (SELECT restored_at FROM restore_mark WHERE id = 1), false)
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (dossier, first, most)
      JOIN event h ON h.dossier = w.dossier AND h.revision = w.first
      JOIN event e ON e.dossier = w.dossier
                  AND e.revision >= w.first
                  AND e.revision < w.first + CASE h.kind WHEN 'STEP' THEN w.most ELSE 1 END";

// The steps before the heads of questions.
const STEPS_BEFORE: &str = "
    SELECT w.dossier, e.body
      FROM unnest($1::bigint[], $2::bigint[]) AS w (dossier, first)
      JOIN event e ON e.dossier = w.dossier AND e.revision < w.first
     WHERE e.kind = 'STEP' AND e.body IS NOT NULL
     ORDER BY e.dossier, e.revision";

// The open attempts of claims whose leases are over end where the leases did.
const CLOSE_INTERRUPTED: &str = "
    UPDATE attempt a
       SET ended_at = i.ended_at, outcome = $5, cause = $6
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
           AS i (dossier, revision, number, ended_at)
     WHERE a.dossier = i.dossier AND a.revision = i.revision AND a.number = i.number
       AND a.ended_at IS NULL";

// The claims: until due_at nobody else gets the dossier, and every older claim of it is
// known by its fence. interrupted_at is given where a lease was over.
const HOLD: &str = "
    UPDATE dossier d
       SET state = 'SENDING', due_at = $5, fence = d.fence + 1, attempts = d.attempts + 1,
           spent = h.spent, claimed = h.claimed,
           cause = CASE WHEN h.interrupted_at IS NULL THEN d.cause ELSE $6 END,
           upstream_code = CASE WHEN h.interrupted_at IS NULL THEN d.upstream_code ELSE '' END,
           upstream_text = CASE WHEN h.interrupted_at IS NULL THEN d.upstream_text ELSE '' END,
           failed_at = CASE WHEN h.interrupted_at IS NULL THEN d.failed_at
                            ELSE h.interrupted_at END
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
           AS h (id, spent, claimed, interrupted_at)
     WHERE d.id = h.id";

// Every claim opens an attempt. One that is there already, against all order, must not hold
// up everybody else; it is closed in place of the new one.
const OPEN_ATTEMPTS: &str = "
    INSERT INTO attempt (dossier, revision, number, started_at, worker)
    SELECT o.dossier, o.revision, o.number, $4, $5
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS o (dossier, revision, number)
        ON CONFLICT (dossier, revision, number) DO NOTHING";

// A task that cannot be read is left to a person; it would otherwise be the first due one
// for ever, and hold up everybody behind it.
const SET_ASIDE: &str = "
    UPDATE dossier
       SET state = 'DEAD', due_at = NULL, attempts = attempts + 1, cause = $2,
           upstream_code = '', upstream_text = '', failed_at = $3
     WHERE id = ANY ($1)";

// Nothing was sent; the attempt says why to whoever looks at the dossier.
const VAIN_ATTEMPTS: &str = "
    INSERT INTO attempt (dossier, revision, number, started_at, ended_at, outcome, cause, worker)
    SELECT o.dossier, o.revision, o.number, $5, $5, o.outcome, $6, $7
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
           AS o (dossier, revision, number, outcome)
      JOIN event e ON e.dossier = o.dossier AND e.revision = o.revision
        ON CONFLICT DO NOTHING";

/// What comes of an attempt whose lease is over.
const INTERRUPTED: AttemptOutcome = AttemptOutcome::Unknown(Cause::Interrupted);

/// What comes of a task that cannot be read.
const UNREADABLE: Cause = Cause::StoredUnreadable;

/// Hands out what is due.
pub(super) struct TakeDue(pub(super) ClaimRequest);

impl Command for TakeDue {
    type Answer = Vec<Claim>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Vec<Claim>, Failure> {
        let request = &self.0;
        let limit = i64::try_from(request.limit.get()).unwrap_or(i64::MAX);
        let rows = session.query(DUE, &[&micros(request.now), &limit]).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut heads = rows.iter().map(Head::read).collect::<Result<Vec<_>, _>>()?;
        read_bodies(session, &mut heads, request).await?;
        let (mut taken, mut aside) = (Vec::new(), Vec::new());
        for head in &heads {
            match head.take() {
                Ok(take) => taken.push((head, take)),
                Err(Failure::Corrupt { task, problem }) => {
                    tracing::error!(
                        task.id = task,
                        dossier.code = head.code,
                        problem,
                        "a task is set aside as dead",
                    );
                    aside.push(head);
                }
                Err(failure) => return Err(failure),
            }
        }
        read_steps_before(session, &mut taken).await?;
        count(session, &taken, &aside, request);
        let (closed, held, opened, left) = tokio::join!(biased;
            close_interrupted(session, &heads),
            hold(session, &taken, request),
            open_attempts(session, &taken, request),
            set_aside(session, &aside, request),
        );
        closed.and(held).and(opened).and(left)?;
        Ok(taken.into_iter().map(|(_, taken)| taken.claim).collect())
    }
}

async fn read_bodies(
    session: &Session,
    heads: &mut [Head],
    request: &ClaimRequest,
) -> Result<(), Failure> {
    let ids: Vec<i64> = heads.iter().map(|head| head.task.0).collect();
    let firsts: Vec<i64> = heads.iter().map(|head| head.first).collect();
    let most: Vec<i64> = heads.iter().map(|head| head.most(request)).collect();
    for row in session.query(BODIES, &[&ids, &firsts, &most]).await? {
        let (id, revision): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if let Some(head) = heads.iter_mut().find(|head| head.task.0 == id) {
            head.bodies.push((revision, row.try_get(2)?));
            if revision == head.first {
                head.before_restore = row.try_get(3)?;
            }
        }
    }
    for head in heads {
        head.bodies.sort_unstable_by_key(|(revision, _)| *revision);
    }
    Ok(())
}

/// Gives questions about steps the marks of the steps before them, all of which are
/// accepted. What cannot be read is left out: it says nothing about the step in question.
async fn read_steps_before(session: &Session, taken: &mut [(&Head, Taken)]) -> Result<(), Failure> {
    let questions: Vec<&Head> = taken
        .iter()
        .filter(|(_, taken)| match (taken.claim.intent, &taken.claim.work) {
            (Intent::Ask(_), Work::Steps { .. }) => true,
            (Intent::Send, _) | (Intent::Ask(_), Work::State(_)) => false,
        })
        .map(|(head, _)| *head)
        .collect();
    if questions.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = questions.iter().map(|head| head.task.0).collect();
    let firsts: Vec<i64> = questions.iter().map(|head| head.first).collect();
    for row in session.query(STEPS_BEFORE, &[&ids, &firsts]).await? {
        let id: i64 = row.try_get(0)?;
        let found = taken.iter_mut().find(|(head, _)| head.task.0 == id);
        if let (Some((_, taken)), Ok(EventBody::Step { step, .. })) =
            (found, body::read(row.try_get(1)?))
        {
            taken.claim.earlier_steps.push(StepMark::of(&step));
        }
    }
    Ok(())
}

fn count(session: &Session, taken: &[(&Head, Taken)], aside: &[&Head], request: &ClaimRequest) {
    session.count(|tally| {
        let went = taken.iter().map(|(head, _)| (*head, SyncState::Sending));
        let left = aside.iter().map(|head| (*head, SyncState::Dead));
        for (head, to) in went.chain(left) {
            if let Some(from) = SyncState::from_name(&head.state) {
                tally.take(from, 1);
            }
            tally.add(to, 1);
            if head.is_interrupted()
                && let Some(cause) = INTERRUPTED.cause()
            {
                tally.failed(head.due_at, cause);
            }
        }
        if !aside.is_empty() {
            tally.failed(micros(request.now), UNREADABLE);
        }
    });
    for head in taken.iter().map(|(head, _)| head).chain(aside) {
        if let Ok(number) = DossierNumber::parse(&head.code) {
            session.changed(number);
        }
    }
}

async fn close_interrupted(session: &Session, heads: &[Head]) -> Result<(), Failure> {
    let over: Vec<&Head> = heads.iter().filter(|head| head.is_interrupted()).collect();
    if over.is_empty() {
        return Ok(());
    }
    let number =
        |part: fn(&Head) -> i64| -> Vec<i64> { over.iter().map(|head| part(head)).collect() };
    session
        .execute(
            CLOSE_INTERRUPTED,
            &[
                &number(|head| head.task.0),
                &number(|head| head.first),
                &number(|head| head.attempts),
                &number(|head| head.due_at),
                &INTERRUPTED.name(),
                &INTERRUPTED.cause().map(Cause::name),
            ],
        )
        .await?;
    Ok(())
}

async fn hold(
    session: &Session,
    taken: &[(&Head, Taken)],
    request: &ClaimRequest,
) -> Result<(), Failure> {
    let lease_end = request
        .now
        .checked_add(request.lease)
        .unwrap_or(Timestamp::MAX);
    let ids: Vec<i64> = taken.iter().map(|(head, _)| head.task.0).collect();
    let spent: Vec<i64> = taken
        .iter()
        .map(|(_, taken)| i64::from(taken.claim.spent))
        .collect();
    let claimed: Vec<i64> = taken.iter().map(|(_, taken)| taken.events).collect();
    let interrupted: Vec<Option<i64>> = taken
        .iter()
        .map(|(_, taken)| taken.interrupted_at)
        .collect();
    session
        .execute(
            HOLD,
            &[
                &ids,
                &spent,
                &claimed,
                &interrupted,
                &micros(lease_end),
                &INTERRUPTED.cause().map(Cause::name),
            ],
        )
        .await?;
    Ok(())
}

async fn open_attempts(
    session: &Session,
    taken: &[(&Head, Taken)],
    request: &ClaimRequest,
) -> Result<(), Failure> {
    let ids: Vec<i64> = taken.iter().map(|(head, _)| head.task.0).collect();
    let revisions: Vec<i64> = taken.iter().map(|(head, _)| head.first).collect();
    let numbers: Vec<i64> = taken.iter().map(|(head, _)| head.attempts + 1).collect();
    let worker = storable(&request.worker, WORKER_NAME);
    let started_at = micros(request.now);
    session
        .execute(
            OPEN_ATTEMPTS,
            &[&ids, &revisions, &numbers, &started_at, &worker],
        )
        .await?;
    Ok(())
}

async fn set_aside(
    session: &Session,
    aside: &[&Head],
    request: &ClaimRequest,
) -> Result<(), Failure> {
    if aside.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = aside.iter().map(|head| head.task.0).collect();
    let firsts: Vec<i64> = aside.iter().map(|head| head.first).collect();
    let numbers: Vec<i64> = aside.iter().map(|head| head.attempts + 1).collect();
    let outcomes: Vec<&str> = aside
        .iter()
        .map(|head| outcome_of_unreadable(SyncState::from_name(&head.state)).name())
        .collect();
    let now = micros(request.now);
    let cause = UNREADABLE.name();
    session.execute(SET_ASIDE, &[&ids, &cause, &now]).await?;
    session
        .execute(
            VAIN_ATTEMPTS,
            &[
                &ids,
                &firsts,
                &numbers,
                &outcomes,
                &now,
                &cause,
                &storable(&request.worker, WORKER_NAME),
            ],
        )
        .await?;
    Ok(())
}
