//! What a person has sent again.
//!
//! What a reader would get wrong: nothing is sent here, and nothing that is under way is
//! touched. An event that is brought back becomes work like any other, in its order.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{Release, Released, Replay};
use lienthong_core::ports::outbox::EventKind;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::retry::{comes_back_as, had_no_effect};
use lienthong_core::sync::state::SyncState;

use super::kept::keep;
use crate::store::postgres::column::{TaskRow, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const DOSSIER: &str = "
    SELECT id, revision, accepted_revision, state, last_accepted_at
      FROM dossier
     WHERE code = $1
       FOR NO KEY UPDATE";

// Whether every body from revision $2 to $3 is still there.
const WHOLE: &str = "
    SELECT NOT EXISTS (SELECT 1 FROM event
                        WHERE dossier = $1 AND revision BETWEEN $2 AND $3 AND body IS NULL)";

// How the last attempt that ended came out.
const LAST_ATTEMPT: &str = "
    SELECT outcome, cause
      FROM attempt
     WHERE dossier = $1 AND revision = $2 AND outcome IS NOT NULL
     ORDER BY number DESC
     LIMIT 1";

const KIND: &str = "SELECT kind FROM event WHERE dossier = $1 AND revision = $2";

// Whether it had happened before the database was put back to an earlier moment.
const BEFORE_RESTORE: &str = "
    SELECT e.occurred_at <= m.restored_at
      FROM event e, restore_mark m
     WHERE e.dossier = $1 AND e.revision = $2";

const BRING_BACK: &str = "
    UPDATE dossier
       SET state = $2, due_at = $3, spent = 0, touched_at = greatest(touched_at, $3)
     WHERE id = $1";

// The newest state behind the refused one, and whether its content is still there; no row
// where there is none.
const NEWEST: &str = "
    SELECT n.revision, n.body IS NOT NULL
      FROM event e
      JOIN event n ON n.dossier = e.dossier AND n.revision > e.revision AND n.kind = 'STATE'
     WHERE e.dossier = $1 AND e.revision = $2 AND e.kind = 'STATE'
     ORDER BY n.revision DESC
     LIMIT 1";

// Whose content goes out; NULL is its own, whatever took its place before.
const WITH_CONTENT: &str = "
    UPDATE event
       SET corrected_by = $3
     WHERE dossier = $1 AND revision = $2 AND corrected_by IS DISTINCT FROM $3";

// The event at $2 becomes the head again. Attempts at it go on counting.
const AGAIN: &str = "
    UPDATE dossier d
       SET accepted_revision = $2::bigint - 1, state = 'PENDING', due_at = $3,
           unsent_at = (SELECT e.accepted_at FROM event e
                         WHERE e.dossier = d.id AND e.revision = $2),
           attempts = coalesce((SELECT max(a.number) FROM attempt a
                                 WHERE a.dossier = d.id AND a.revision = $2), 0),
           spent = 0, claimed = 1, known_at_portal = $4,
           cause = NULL, upstream_code = '', upstream_text = '', failed_at = NULL,
           touched_at = greatest(d.touched_at, $3)
     WHERE d.id = $1";

/// What is brought back.
pub(super) enum BringBack {
    /// The refused or dead head.
    Head,
    /// The same, a state, with the content of the newest one.
    Corrected,
    /// Accepted events, from one of them on.
    Accepted(Replay),
}

/// Brings something back.
pub(super) struct Bring {
    pub(super) dossier: DossierNumber,
    pub(super) release: Release,
    pub(super) what: BringBack,
}

struct Found {
    task: TaskRow,
    revision: i64,
    accepted: i64,
    state: SyncState,
    last_accepted_at: Option<i64>,
}

impl Command for Bring {
    type Answer = Released;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Released, Failure> {
        let code = self.dossier.as_str();
        let Some(row) = session.row(DOSSIER, &[&code]).await? else {
            return Ok(Released::NotRecorded);
        };
        let task = TaskRow(row.try_get(0)?);
        let found = Found {
            task,
            revision: row.try_get(1)?,
            accepted: row.try_get(2)?,
            state: task.state(row.try_get(3)?)?,
            last_accepted_at: row.try_get(4)?,
        };
        match &self.what {
            BringBack::Head => self.head(session, &found, false).await,
            BringBack::Corrected => self.head(session, &found, true).await,
            BringBack::Accepted(replay) => self.accepted(session, &found, replay).await,
        }
    }
}

impl Bring {
    async fn head(
        &self,
        session: &Session,
        found: &Found,
        corrected: bool,
    ) -> Result<Released, Failure> {
        match found.state {
            SyncState::Refused | SyncState::Dead => {}
            SyncState::Pending
            | SyncState::Sending
            | SyncState::Accepted
            | SyncState::Unknown
            | SyncState::Waiting
            | SyncState::Blocked => return Ok(Released::Untouched),
        }
        let head = found.accepted + 1;
        let last = last_outcome(session, found.task, head).await?;
        let kind = kind(session, found.task, head).await?;
        let restored = before_restore(session, found.task, head).await?;
        let Some(state) = comes_back_as(kind, last, restored) else {
            return Ok(Released::Untouched);
        };
        let (content, kept) = if corrected {
            let may_change = state == SyncState::Pending && had_no_effect(last);
            match session.row(NEWEST, &[&found.task.0, &head]).await? {
                Some(row) if may_change => (Some(row.try_get::<_, i64>(0)?), row.try_get(1)?),
                Some(_) | None => return Ok(Released::Untouched),
            }
        } else {
            (None, whole(session, found.task, head, head).await?)
        };
        if !kept {
            return Ok(Released::Expired);
        }
        session
            .execute(WITH_CONTENT, &[&found.task.0, &head, &content])
            .await?;
        let at = micros(self.release.at);
        session
            .execute(BRING_BACK, &[&found.task.0, &state.name(), &at])
            .await?;
        session.count(|tally| {
            tally.take(found.state, 1);
            tally.add(state, 1);
        });
        let kind = if corrected { "CORRECT" } else { "RELEASE" };
        self.keep(session, found.task, head, kind).await
    }

    async fn accepted(
        &self,
        session: &Session,
        found: &Found,
        replay: &Replay,
    ) -> Result<Released, Failure> {
        let revision = i64::try_from(replay.from_revision.max(1)).unwrap_or(i64::MAX);
        let newest = i64::try_from(replay.newest_revision).unwrap_or(i64::MAX);
        let as_decided = found.revision == newest
            && found.last_accepted_at == replay.last_accepted_at.map(micros);
        // One that was given up without effect goes along behind what is sent again.
        let goes_along = found.state == SyncState::Accepted
            || (found.state == SyncState::Dead
                && revision <= found.accepted
                && had_no_effect(last_outcome(session, found.task, found.accepted + 1).await?));
        if !goes_along || revision > found.revision || !as_decided {
            return Ok(Released::Untouched);
        }
        if !whole(session, found.task, revision, found.revision).await? {
            return Ok(Released::Expired);
        }
        let at = micros(self.release.at);
        session
            .execute(
                AGAIN,
                &[&found.task.0, &revision, &at, &replay.known_at_portal],
            )
            .await?;
        session.count(|tally| {
            tally.take(SyncState::Accepted, found.accepted - revision + 1);
            if found.accepted < found.revision {
                tally.take(found.state, 1);
                tally.take(SyncState::Blocked, found.revision - found.accepted - 1);
            }
            tally.add(SyncState::Pending, 1);
            tally.add(SyncState::Blocked, found.revision - revision);
        });
        self.keep(session, found.task, revision, "REPLAY").await
    }

    /// Who did it, and why.
    async fn keep(
        &self,
        session: &Session,
        task: TaskRow,
        revision: i64,
        kind: &str,
    ) -> Result<Released, Failure> {
        keep(session, task, revision, kind, &self.release).await?;
        session.changed(self.dossier.clone());
        Ok(Released::Due {
            revision: task.count(revision)?,
        })
    }
}

/// Whether the content of every event from one to another is still kept.
pub(super) async fn whole(
    session: &Session,
    task: TaskRow,
    from: i64,
    to: i64,
) -> Result<bool, Failure> {
    let row = session.row(WHOLE, &[&task.0, &from, &to]).await?;
    row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

async fn kind(session: &Session, task: TaskRow, revision: i64) -> Result<EventKind, Failure> {
    match session.row(KIND, &[&task.0, &revision]).await? {
        Some(row) => task.kind(row.try_get(0)?),
        None => Err(task.corrupt("its event is gone")),
    }
}

/// Whether an event had happened before the database was put back to an earlier moment.
pub(super) async fn before_restore(
    session: &Session,
    task: TaskRow,
    revision: i64,
) -> Result<bool, Failure> {
    match session.row(BEFORE_RESTORE, &[&task.0, &revision]).await? {
        Some(row) => Ok(row.try_get::<_, Option<bool>>(0)?.unwrap_or(false)),
        None => Ok(false),
    }
}

/// How the last attempt at an event that ended came out.
pub(super) async fn last_outcome(
    session: &Session,
    task: TaskRow,
    revision: i64,
) -> Result<Option<AttemptOutcome>, Failure> {
    let Some(row) = session.row(LAST_ATTEMPT, &[&task.0, &revision]).await? else {
        return Ok(None);
    };
    task.outcome(row.try_get(0)?, row.try_get(1)?).map(Some)
}
