//! Handing out due work.
//!
//! A claim locks the dossier's row and passes over rows that others hold, so any number of
//! gateways share one queue without waiting for each other. The moment is the caller's, as
//! everywhere: leases end by the gateways' clocks. A claim whose lease is over may have
//! reached the portal: its attempt is closed as unknown, and it comes back as a question.

use jiff::Timestamp;
use lienthong_core::dossier::Step;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{Claim, ClaimRequest, Intent, Work};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;

use super::column::{TaskRow, micros, outcome_name, reference, storable};
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session};
use crate::store::body;

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
// number of events in all).
const BODIES: &str = "
    SELECT w.dossier, e.revision, e.body
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (dossier, first, most)
      JOIN event h ON h.dossier = w.dossier AND h.revision = w.first
      JOIN event e ON e.dossier = w.dossier
                  AND e.revision >= w.first
                  AND e.revision < w.first + CASE h.kind WHEN 'STEP' THEN w.most ELSE 1 END";

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

// Every claim opens an attempt.
const OPEN_ATTEMPTS: &str = "
    INSERT INTO attempt (dossier, revision, number, started_at, worker)
    SELECT o.dossier, o.revision, o.number, $4, $5
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS o (dossier, revision, number)";

// A task that cannot be read is left to a person; it would otherwise be the first due one
// for ever, and hold up everybody behind it.
const SET_ASIDE: &str = "UPDATE dossier SET state = 'DEAD', due_at = NULL WHERE id = ANY ($1)";

/// What comes of an attempt whose lease is over.
const INTERRUPTED: AttemptOutcome = AttemptOutcome::Unknown(Cause::Interrupted);

/// Hands out what is due.
pub(super) struct TakeDue(pub(super) ClaimRequest);

struct Head {
    task: TaskRow,
    code: String,
    first: i64,
    revision: i64,
    state: String,
    due_at: i64,
    fence: i64,
    attempts: i64,
    spent: i64,
    claimed: i64,
    known_at_portal: bool,
    reference: Option<PortalReference>,
    /// The head and what is behind it, oldest first; `None` is a body that retention took.
    bodies: Vec<(i64, Option<Vec<u8>>)>,
}

/// A head that is handed out.
struct Taken {
    claim: Claim,
    events: i64,
    interrupted_at: Option<i64>,
}

impl Head {
    fn read(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            task: TaskRow(row.try_get(0)?),
            code: row.try_get(1)?,
            first: row.try_get(2)?,
            revision: row.try_get(3)?,
            state: row.try_get(4)?,
            due_at: row.try_get(5)?,
            fence: row.try_get(6)?,
            attempts: row.try_get(7)?,
            spent: row.try_get(8)?,
            claimed: row.try_get(9)?,
            known_at_portal: row.try_get(10)?,
            reference: reference(row.try_get(11)?, row.try_get(12)?),
            bodies: Vec::new(),
        })
    }

    /// Most events that a claim of it may hold.
    fn most(&self, request: &ClaimRequest) -> i64 {
        let limit = i64::try_from(request.steps_per_call.get()).unwrap_or(i64::MAX);
        let limit = match self.intent() {
            Ok(Intent::Send) | Err(_) => limit,
            // The question is about everything that may have been sent, also when fewer
            // steps go into one call by now.
            Ok(Intent::Ask) => limit.max(self.claimed),
        };
        limit.min(self.revision - self.first + 1)
    }

    fn intent(&self) -> Result<Intent, Failure> {
        match self.task.state(&self.state)? {
            SyncState::Pending | SyncState::Waiting => Ok(Intent::Send),
            SyncState::Unknown | SyncState::Sending => Ok(Intent::Ask),
            SyncState::Accepted | SyncState::Refused | SyncState::Dead | SyncState::Blocked => {
                Err(self.task.corrupt("its state does not go with being due"))
            }
        }
    }

    fn is_interrupted(&self) -> bool {
        self.state == SyncState::Sending.name()
    }

    fn take(&self) -> Result<Taken, Failure> {
        let task = self.task;
        let intent = self.intent()?;
        let (work, events) = self.work()?;
        let interrupted = self.is_interrupted();
        let spent = self.spent + i64::from(interrupted && INTERRUPTED.spends_patience());
        Ok(Taken {
            claim: Claim {
                task: task.id()?,
                fence: task.count(self.fence + 1)?,
                attempt: task.count(self.attempts + 1)?,
                spent: task.count(spent)?,
                known_at_portal: self.known_at_portal,
                reference: self.reference.clone(),
                intent,
                work,
            },
            events,
            interrupted_at: interrupted.then_some(self.due_at),
        })
    }

    /// What the head brings to the portal, and of how many events that consists.
    fn work(&self) -> Result<(Work, i64), Failure> {
        let task = self.task;
        let number = task.number(&self.code)?;
        let head = match self.bodies.first() {
            Some((revision, Some(body))) if *revision == self.first => body,
            Some(_) | None => return Err(task.corrupt("its body is missing")),
        };
        let body = body::read(head).map_err(|problem| task.corrupt(problem))?;
        if *body.dossier() != number {
            return Err(task.corrupt("its body is about another dossier"));
        }
        match body {
            EventBody::State(dossier) => Ok((Work::State(dossier), 1)),
            EventBody::Step { step, .. } => {
                let mut steps = vec![*step];
                steps.extend(self.steps_behind());
                let events = i64::try_from(steps.len()).unwrap_or(i64::MAX);
                Ok((
                    Work::Steps {
                        dossier: number,
                        steps,
                    },
                    events,
                ))
            }
        }
    }

    /// The steps that go along. One that cannot be read does not, nor what is behind it: it
    /// is set aside when its own turn comes.
    fn steps_behind(&self) -> impl Iterator<Item = Step> {
        self.bodies[1..].iter().map_while(|(_, body)| {
            let body = body.as_ref()?;
            match body::read(body) {
                Ok(EventBody::Step { step, .. }) => Some(*step),
                Ok(EventBody::State(_)) | Err(_) => None,
            }
        })
    }
}

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
                    tracing::error!(task.id = task, problem, "a task is set aside as dead");
                    aside.push(head);
                }
                Err(failure) => return Err(failure),
            }
        }
        count(session, &taken, &aside);
        let (closed, held, opened, left) = tokio::join!(biased;
            close_interrupted(session, &heads),
            hold(session, &taken, request),
            open_attempts(session, &taken, request),
            set_aside(session, &aside),
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
        let id: i64 = row.try_get(0)?;
        let body = (row.try_get(1)?, row.try_get(2)?);
        if let Some(head) = heads.iter_mut().find(|head| head.task.0 == id) {
            head.bodies.push(body);
        }
    }
    for head in heads {
        head.bodies.sort_unstable_by_key(|(revision, _)| *revision);
    }
    Ok(())
}

fn count(session: &Session, taken: &[(&Head, Taken)], aside: &[&Head]) {
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
    });
    for (head, _) in taken {
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
                &outcome_name(INTERRUPTED),
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

async fn set_aside(session: &Session, aside: &[&Head]) -> Result<(), Failure> {
    if aside.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = aside.iter().map(|head| head.task.0).collect();
    session.execute(SET_ASIDE, &[&ids]).await?;
    Ok(())
}
