//! Handing out due work.
//!
//! Only heads carry a due moment, so the work to hand out is a range of one index,
//! however much is blocked behind it. A claim whose lease is over may have reached
//! the portal: its attempt is closed as unknown, and it comes back as a question.

use jiff::Timestamp;
use lienthong_core::dossier::Step;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{AskReason, Claim, ClaimRequest, Intent, Work};
use lienthong_core::ports::portal::{PortalReference, StepMark};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::question::outcome_of_unreadable;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{Failure, TaskRow, micros};
use super::settle::note_failure;
use crate::store::body::{self, Problem};
use crate::store::reference::reference;

// Heads that are due, the longest due first; by the partial index on due_at, whose
// entries stand in the order (due_at, id). A state that was put right goes out with the
// content that puts it right.
pub(super) const DUE_HEADS: &str = "
    SELECT e.id, e.dossier, e.revision, e.state, e.due_at, e.fence, e.attempts, e.spent,
           e.claimed,
           ifnull((SELECT c.body FROM event c
                    WHERE c.dossier = e.dossier AND c.revision = e.corrected_by), e.body),
           d.code, d.known_at_portal, d.portal_number, d.portal_id,
           e.occurred_at
      FROM event e
      JOIN dossier d ON d.id = e.dossier
     WHERE e.due_at <= ?1
     ORDER BY e.due_at, e.id
     LIMIT ?2";

// Until when the file was put back from a backup.
const RESTORED: &str = "SELECT restored_at FROM sync_mark WHERE id = 1";

// The steps before an event; by the unique index on (dossier, revision).
const STEPS_BEFORE: &str = "
    SELECT body
      FROM event
     WHERE dossier = ?1 AND revision < ?2 AND kind = 'STEP'
     ORDER BY revision";

// The event behind, when it is a blocked step; by the unique index on
// (dossier, revision).
const STEP_BEHIND: &str = "
    SELECT id, body
      FROM event
     WHERE dossier = ?1 AND revision = ?2 AND kind = 'STEP' AND state = 'BLOCKED'";

// The open attempt of a claim whose lease is over.
const CLOSE_INTERRUPTED: &str = "
    UPDATE attempt
       SET ended_at = ?3, outcome = ?4, cause = ?5
     WHERE event = ?1 AND number = ?2 AND ended_at IS NULL";

// The claim: until due_at nobody else gets the task, and every older claim of it is
// known by its fence.
const HOLD: &str = "
    UPDATE event
       SET state = 'SENDING', due_at = ?2, fence = fence + 1, attempts = attempts + 1,
           spent = ?3, claimed = ?4
     WHERE id = ?1";

// A dossier shows the state of its head.
const SHOW: &str = "UPDATE dossier SET head_state = ?2 WHERE id = ?1";

// Every claim opens an attempt. One that is there already, against all order, must not hold
// up everybody else; it is closed in place of the new one.
const OPEN_ATTEMPT: &str = "
    INSERT INTO attempt (event, number, started_at, worker) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (event, number) DO NOTHING";

// A task that cannot be read is left to a person; it would otherwise be the first
// due one for ever, and hold up everybody behind it.
const SET_ASIDE: &str = "
    UPDATE event SET state = 'DEAD', due_at = NULL, attempts = attempts + 1 WHERE id = ?1";

// Nothing was sent; the attempt says why to whoever looks at the dossier.
const VAIN_ATTEMPT: &str = "
    INSERT OR IGNORE INTO attempt (event, number, started_at, ended_at, outcome, cause, worker)
    VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)";

/// What comes of an attempt whose lease is over.
const INTERRUPTED: AttemptOutcome = AttemptOutcome::Unknown(Cause::Interrupted);

/// What comes of a task that cannot be read.
const UNREADABLE: Cause = Cause::StoredUnreadable;

struct Head {
    task: TaskRow,
    dossier: i64,
    revision: i64,
    state: String,
    due_at: i64,
    fence: i64,
    attempts: i64,
    spent: i64,
    claimed: i64,
    body: Vec<u8>,
    code: String,
    known_at_portal: bool,
    reference: Option<PortalReference>,
    occurred_at: i64,
}

impl Head {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            task: TaskRow(row.get(0)?),
            dossier: row.get(1)?,
            revision: row.get(2)?,
            state: row.get(3)?,
            due_at: row.get(4)?,
            fence: row.get(5)?,
            attempts: row.get(6)?,
            spent: row.get(7)?,
            claimed: row.get(8)?,
            body: row.get(9)?,
            code: row.get(10)?,
            known_at_portal: row.get(11)?,
            reference: reference(row.get(12)?, row.get(13)?),
            occurred_at: row.get(14)?,
        })
    }

    /// What a claim of it is for, in a file that was put back at `restored` or never.
    fn intent(&self, restored: Option<i64>) -> Result<Intent, Failure> {
        let ask = |why| {
            let before_restore = restored.is_some_and(|restored| self.occurred_at <= restored);
            Intent::Ask(if before_restore {
                AskReason::BeforeRestore
            } else {
                why
            })
        };
        match self.task.state(&self.state)? {
            SyncState::Pending | SyncState::Waiting => Ok(Intent::Send),
            SyncState::Unknown => Ok(ask(AskReason::LostAnswer)),
            SyncState::Sending => Ok(ask(AskReason::Interrupted)),
            SyncState::Accepted | SyncState::Refused | SyncState::Dead | SyncState::Blocked => {
                Err(self.task.corrupt("its state does not go with being due"))
            }
        }
    }

    fn is_interrupted(&self) -> bool {
        self.state == SyncState::Sending.name()
    }
}

/// Hands out what is due.
pub(super) fn claim(conn: &Connection, request: &ClaimRequest) -> Result<Vec<Claim>, Failure> {
    let limit = i64::try_from(request.limit.get()).unwrap_or(i64::MAX);
    let mut due = conn.prepare_cached(DUE_HEADS)?;
    // All rows are read before the first is changed: a claim moves its row in the
    // very index that is being walked.
    let heads: Vec<Head> = due
        .query_map(params![micros(request.now), limit], Head::read)?
        .collect::<rusqlite::Result<_>>()?;
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let restored: Option<i64> = conn
        .prepare_cached(RESTORED)?
        .query_row([], |row| row.get(0))?;
    let mut claims = Vec::with_capacity(heads.len());
    for head in heads {
        match take(conn, &head, restored, request) {
            Ok(claim) => claims.push(claim),
            Err(Failure::Corrupt { problem, .. }) => set_aside(conn, &head, problem, request)?,
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
    }
    Ok(claims)
}

/// Takes one head. Everything that may turn out corrupt is read before anything is
/// written.
fn take(
    conn: &Connection,
    head: &Head,
    restored: Option<i64>,
    request: &ClaimRequest,
) -> Result<Claim, Failure> {
    let task = head.task;
    let intent = head.intent(restored)?;
    let attempt: u32 = task.count(head.attempts + 1)?;
    let fence: u64 = task.count(head.fence + 1)?;
    let mut spent: u32 = task.count(head.spent)?;
    let (work, events) = work(conn, head, intent, request)?;
    let earlier_steps = match (intent, &work) {
        (Intent::Ask(_), Work::Steps { .. }) => steps_before(conn, head)?,
        (Intent::Send, _) | (Intent::Ask(_), Work::State(_)) => Vec::new(),
    };
    let claim_id = task.id()?;

    if head.is_interrupted() {
        close_interrupted(conn, head)?;
        spent += u32::from(INTERRUPTED.spends_patience());
    }
    let lease_end = request
        .now
        .checked_add(request.lease)
        .unwrap_or(Timestamp::MAX);
    conn.prepare_cached(HOLD)?
        .execute(params![task.0, micros(lease_end), spent, events])?;
    show(conn, head, SyncState::Sending)?;
    conn.prepare_cached(OPEN_ATTEMPT)?.execute(params![
        task.0,
        attempt,
        micros(request.now),
        request.worker
    ])?;
    Ok(Claim {
        task: claim_id,
        fence,
        attempt,
        spent,
        known_at_portal: head.known_at_portal,
        reference: head.reference.clone(),
        intent,
        work,
        earlier_steps,
    })
}

/// Leaves a task that cannot be read to a person.
fn set_aside(
    conn: &Connection,
    head: &Head,
    problem: Problem,
    request: &ClaimRequest,
) -> Result<(), Failure> {
    tracing::error!(
        task.id = head.task.0,
        dossier.code = head.code,
        problem,
        "a task is set aside as dead",
    );
    if head.is_interrupted() {
        close_interrupted(conn, head)?;
    }
    let outcome = outcome_of_unreadable(SyncState::from_name(&head.state));
    conn.prepare_cached(SET_ASIDE)?.execute([head.task.0])?;
    let now = micros(request.now);
    conn.prepare_cached(VAIN_ATTEMPT)?.execute(params![
        head.task.0,
        head.attempts + 1,
        now,
        outcome.name(),
        UNREADABLE.name(),
        request.worker
    ])?;
    note_failure(conn, head.dossier, now, UNREADABLE, "")?;
    show(conn, head, SyncState::Dead)
}

/// The marks of the steps before the head, all of which are accepted. What is not kept any
/// more or cannot be read is left out: it says nothing about the step in question.
fn steps_before(conn: &Connection, head: &Head) -> Result<Vec<StepMark>, Failure> {
    let mut statement = conn.prepare_cached(STEPS_BEFORE)?;
    let mut rows = statement.query([head.dossier, head.revision])?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next()? {
        let kept: Vec<u8> = row.get(0)?;
        if let Ok(EventBody::Step { step, .. }) = body::read(&kept) {
            marks.push(StepMark::of(&step));
        }
    }
    Ok(marks)
}

fn show(conn: &Connection, head: &Head, state: SyncState) -> Result<(), Failure> {
    conn.prepare_cached(SHOW)?
        .execute(params![head.dossier, state.name()])?;
    Ok(())
}

/// The attempt ends where its lease did: what happened after that, nobody knows.
fn close_interrupted(conn: &Connection, head: &Head) -> Result<(), Failure> {
    let cause = INTERRUPTED.cause();
    conn.prepare_cached(CLOSE_INTERRUPTED)?.execute(params![
        head.task.0,
        head.attempts,
        head.due_at,
        INTERRUPTED.name(),
        cause.map(Cause::name),
    ])?;
    if let Some(cause) = cause {
        note_failure(conn, head.dossier, head.due_at, cause, "")?;
    }
    Ok(())
}

/// What the head brings to the portal, and of how many events that consists.
fn work(
    conn: &Connection,
    head: &Head,
    intent: Intent,
    request: &ClaimRequest,
) -> Result<(Work, i64), Failure> {
    let task = head.task;
    let number = DossierNumber::parse(&head.code)
        .map_err(|_| task.corrupt("its dossier number does not parse"))?;
    let body = body::read(&head.body).map_err(|problem| task.corrupt(problem))?;
    if *body.dossier() != number {
        return Err(task.corrupt("its body is about another dossier"));
    }
    match body {
        EventBody::State(dossier) => Ok((Work::State(dossier), 1)),
        EventBody::Step { step, .. } => {
            let limit = i64::try_from(request.steps_per_call.get()).unwrap_or(i64::MAX);
            let limit = match intent {
                Intent::Send => limit,
                // The question is about everything that may have been sent and nothing
                // else, however many steps go into one call by now.
                Intent::Ask(AskReason::LostAnswer | AskReason::Interrupted) => head.claimed,
                // Which attempts were lost with the disk, nobody knows.
                Intent::Ask(AskReason::BeforeRestore) => limit.max(head.claimed),
            };
            let mut steps = vec![*step];
            let mut events = 1;
            while events < limit
                && let Some(step) = step_behind(conn, head.dossier, head.revision + events)?
            {
                steps.push(step);
                events += 1;
            }
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

/// The step at `revision`, if it can go along.
fn step_behind(conn: &Connection, dossier: i64, revision: i64) -> Result<Option<Step>, Failure> {
    let body: Option<Vec<u8>> = conn
        .prepare_cached(STEP_BEHIND)?
        .query_row([dossier, revision], |row| row.get(1))
        .optional()?;
    Ok(body.and_then(|body| body::read_along(&body)))
}
