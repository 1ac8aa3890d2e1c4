//! The check of every day, which nobody has to ask for.
//!
//! What a reader would get wrong: it is the days that make it due, and not the hour. A
//! gateway that was away at the hour makes it when it comes back; of several gateways on one
//! archive the first one makes it, and the others take over what it found. What turned is
//! read off the kept boards and told once for each board, also where whoever kept it is gone.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{ArchiveError, ReportArchive};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::board::{Adopted, Board, Untold};
use super::desk::EssentialDesk;
use super::following::Following;
use super::schedule::Schedule;
use super::turning::{Turned, Turns};
use crate::reports::{self, KeptBoard};
use crate::status::EssentialFailure;

/// How often it is looked whether the check is due.
const LOOKED_AT_EVERY: Duration = Duration::from_mins(1);

/// How long it waits for what is not looked at yet before that counts as a failure.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Time for the check: it is nobody's call.
const WITHIN: Duration = Duration::from_mins(30);

/// Time for whoever kept a board to tell what turned in it. Telling takes it a moment; after
/// this it is gone, and another one tells.
const TELLING: SignedDuration = SignedDuration::from_mins(5);

/// Boards that lose their content in one transaction.
const EMPTIED_AT_ONCE: u32 = 32;

/// Why the daily check was not made. It is tried again.
#[derive(Debug, Error)]
pub(crate) enum DailyError {
    /// It could not be made.
    #[error("the dossiers could not be looked at")]
    Inspect(#[from] EssentialFailure),
    /// What is to be looked at first is not, for too long. A check without it could accuse
    /// somebody wrongly, so none is made.
    #[error("not all that is kept of dossiers is looked at, for an hour or more")]
    Behind,
    /// It could not be kept, or an earlier one not be read.
    #[error("the archive of reports cannot be used")]
    Archive(#[from] ArchiveError),
}

/// What a look brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looked {
    /// It is not the hour, or the check of these days is made.
    NotDue,
    /// Not all that is kept is looked at yet: the check waits for it.
    Behind,
    /// Another gateway, or an earlier run of this one, had made it.
    Adopted,
    /// It was made; what turned to a contradiction.
    Checked(Turns),
}

/// Makes the check of every day.
pub(crate) struct Daily {
    pub(crate) desk: EssentialDesk,
    pub(crate) archive: Arc<dyn ReportArchive>,
    pub(crate) following: Arc<dyn Following>,
    pub(crate) board: Arc<Board>,
    /// When it is due; `None`: never.
    pub(crate) schedule: Option<Schedule>,
    /// How long every board keeps its content; of older ones the last of each month does.
    pub(crate) keep_boards: SignedDuration,
}

impl Daily {
    /// Makes the check when it is due.
    pub(crate) async fn run_due(&self) -> Result<Looked, DailyError> {
        let looked = self.look().await?;
        if looked != Looked::Behind {
            self.board.recovered();
        }
        Ok(looked)
    }

    async fn look(&self) -> Result<Looked, DailyError> {
        let now = self.desk.now();
        let Some(schedule) = self.schedule else {
            return Ok(Looked::NotDue);
        };
        let question = self.desk.usual_question();
        // Before the first check of this process, what was found last is better than nothing.
        if self.board.report().is_none() {
            self.adopt_last(question.window, now).await?;
        }
        self.tell(now).await;
        let is_made = || self.board.window() == Some(question.window);
        if !schedule.is_past(now) || is_made() {
            return Ok(Looked::NotDue);
        }
        if self.adopt_of(question.window).await? {
            return Ok(Looked::Adopted);
        }
        let reached = self.following.reached(&question.window).await;
        // Asked before the scan, for one to no end would burden the store every minute.
        if !reached.is_whole() || reached.is_rebuilding {
            return self.wait(now);
        }
        let inspected = self.desk.inspect_daily(&question, WITHIN).await?;
        if inspected.is_behind() {
            return self.wait(now);
        }
        // Another gateway may have made it meanwhile.
        if self.adopt_of(question.window).await? {
            return Ok(Looked::Adopted);
        }
        self.board.took(inspected.took);
        let (kept, duplicate) = reports::keep_board(inspected, &*self.archive, now).await?;
        self.adopt(&kept, !duplicate).await?;
        self.make_room(now).await;
        let turns = self.tell(now).await;
        Ok(Looked::Checked(turns.unwrap_or_default()))
    }

    fn wait(&self, now: Timestamp) -> Result<Looked, DailyError> {
        let waited = now.duration_since(self.board.waits(now));
        if waited < LONGEST_WAIT {
            Ok(Looked::Behind)
        } else {
            Err(DailyError::Behind)
        }
    }

    /// Takes over the board of the province about these days, or else the last one that is
    /// not of days to come: a clock that ran ahead may have kept one.
    async fn adopt_last(&self, window: Window, now: Timestamp) -> Result<(), DailyError> {
        if self.adopt_of(window).await? {
            return Ok(());
        }
        let after = now.checked_add(SignedDuration::from_micros(1));
        let after = after.unwrap_or(Timestamp::MAX);
        if let Some(last) = reports::board_before(&*self.archive, None, after).await? {
            self.adopt(&last, false).await?;
            self.measure().await;
        }
        Ok(())
    }

    /// Takes over the board of the province about these days; whether there is one.
    async fn adopt_of(&self, window: Window) -> Result<bool, DailyError> {
        let Some(board) = reports::board_of(&*self.archive, window).await? else {
            return Ok(false);
        };
        self.adopt(&board, false).await?;
        self.measure().await;
        Ok(true)
    }

    async fn adopt(&self, kept: &KeptBoard, is_own: bool) -> Result<(), DailyError> {
        let older = reports::board_to_compare(&*self.archive, kept).await?;
        self.board.adopt(Adopted {
            report: kept.report.id,
            kept_at: kept.report.kept_at,
            said: kept.said(),
            turns: kept.turns_since(older.as_ref()),
            rule_version: kept.rule_version().to_owned(),
            is_own,
        });
        Ok(())
    }

    /// Tells what turned in the board that is shown, unless that was told; what this call
    /// told. Where the archive fails, the check is made all the same, and this is tried again.
    async fn tell(&self, now: Timestamp) -> Option<Turns> {
        match self.tell_once(now).await {
            Ok(told) => told,
            Err(error) => {
                if self.board.telling_failed() {
                    tracing::warn!(%error, "that the last check was told cannot be recorded");
                }
                None
            }
        }
    }

    /// A crash between the word in the log and its record has it told twice, and never not at
    /// all; where only the record fails, it is tried again without another word.
    async fn tell_once(&self, now: Timestamp) -> Result<Option<Turns>, ArchiveError> {
        let Some(untold) = self.board.untold() else {
            return Ok(None);
        };
        if !untold.is_logged {
            if self.archive.is_told(untold.report).await? {
                self.board.told();
                return Ok(None);
            }
            if !untold.is_own && now.duration_since(untold.kept_at) < TELLING {
                return Ok(None);
            }
            log(&untold);
            self.board.count(&untold.turns);
            self.board.logged();
        }
        self.archive.tell(untold.report, now).await?;
        self.board.told();
        Ok((!untold.is_logged).then_some(untold.turns))
    }

    /// Takes the content of old boards away, and measures what is left. Where that fails it is
    /// done the next day.
    async fn make_room(&self, now: Timestamp) {
        let before = now.checked_sub(self.keep_boards).unwrap_or(Timestamp::MIN);
        loop {
            match self.archive.empty_boards(before, EMPTIED_AT_ONCE).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "old boards still have their content");
                    break;
                }
            }
        }
        self.measure().await;
    }

    async fn measure(&self) {
        match self.archive.size().await {
            Ok(size) => self.board.measured(size),
            Err(error) => tracing::warn!(%error, "how much the archive holds is not known"),
        }
    }

    /// Looks again and again until `stop` is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                looked = self.run_due() => looked,
            };
            match looked {
                Ok(Looked::Checked(turns)) => {
                    let (turned, first_found) = (turns.count(), turns.first_found);
                    tracing::info!(turned, first_found, "the essential services were checked");
                }
                Ok(Looked::NotDue | Looked::Behind | Looked::Adopted) => {}
                Err(error) => {
                    if self.board.failed() {
                        let source = std::error::Error::source(&error).map(ToString::to_string);
                        tracing::warn!(%error, source, "the daily check of the services could not be made");
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOKED_AT_EVERY) => {}
            }
        }
    }
}

/// Says in the log what turned to a contradiction. Numbers of dossiers name no person.
fn log(untold: &Untold) {
    let rule_version = untold.rule_version.as_str();
    for Turned {
        service,
        criterion,
        before,
        examples,
    } in &untold.turns.turned
    {
        let examples: Vec<&str> = examples.iter().map(DossierNumber::as_str).collect();
        tracing::warn!(
            report = %untold.report,
            service = service.get(),
            criterion = criterion.id(),
            before = before.name(),
            rule_version,
            examples = examples.join(" "),
            "documents and traffic of an essential service contradict each other"
        );
    }
    let first_found = untold.turns.first_found;
    if first_found > 0 {
        tracing::warn!(
            report = %untold.report,
            first_found,
            rule_version,
            "contradictions were found where nothing was judged before"
        );
    }
}

#[cfg(test)]
mod tests;
