//! The check of every day, which nobody has to ask for.
//!
//! What a reader would get wrong: it is the days that make it due, and not the hour. A
//! gateway that was away at the hour makes it when it comes back; of several gateways on one
//! archive the first one makes it, and the others take over what it found.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::check::Verdict;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::reports::{ArchiveError, ReportArchive};
use lienthong_core::wire_time::viet_nam;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::board::{Board, Turned};
use super::desk::EssentialDesk;
use super::following::Following;
use crate::reports;
use crate::status::EssentialFailure;

/// How often it is looked whether the check is due.
const LOOKED_AT_EVERY: Duration = Duration::from_mins(1);

/// How long it waits for what is not looked at yet before that counts as a failure.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Time for the check: it is nobody's call.
const WITHIN: Duration = Duration::from_mins(30);

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
    Checked(Vec<Turned>),
}

/// Makes the check of every day.
pub(crate) struct Daily {
    pub(crate) desk: EssentialDesk,
    pub(crate) archive: Arc<dyn ReportArchive>,
    pub(crate) following: Arc<dyn Following>,
    pub(crate) board: Arc<Board>,
    /// When it is due, in the time of Việt Nam; `None`: never.
    pub(crate) at: Option<Time>,
}

impl Daily {
    /// Makes the check when it is due.
    pub(crate) async fn run_due(&self) -> Result<Looked, DailyError> {
        let now = self.desk.now();
        let Some(at) = self.at else {
            return Ok(Looked::NotDue);
        };
        // Before the first check of this process, what was found last is better than nothing.
        if self.board.window().is_none() {
            self.adopt(now).await?;
        }
        let question = self.desk.usual_question();
        let over = viet_nam().to_datetime(now).time() >= at;
        if !over || self.board.window() == Some(question.window) {
            return Ok(Looked::NotDue);
        }
        if self.adopt(now).await? && self.board.window() == Some(question.window) {
            return Ok(Looked::Adopted);
        }
        if !self.following.caught_up().await {
            let waited = now.duration_since(self.board.waits(now));
            return if waited < LONGEST_WAIT {
                Ok(Looked::Behind)
            } else {
                Err(DailyError::Behind)
            };
        }
        let inspected = self.desk.inspect(&question, WITHIN).await?;
        reports::keep_board(&inspected, &*self.archive, now).await?;
        let turned = self
            .board
            .take(&inspected.checks, question.window, now, inspected.took);
        tell(&turned, &inspected.rule_version());
        Ok(Looked::Checked(turned))
    }

    /// Takes over the last kept check of the province; whether there is one.
    async fn adopt(&self, now: Timestamp) -> Result<bool, DailyError> {
        let kept = reports::last_board(&*self.archive, None).await?;
        if let Some(kept) = &kept {
            // It was made within minutes of the days' end being looked at; what is shown is
            // its age, which counts from its days.
            self.board.adopt(kept, kept.as_of.min(now));
        }
        Ok(kept.is_some())
    }

    /// Looks again and again until `stop` is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                looked = self.run_due() => looked,
            };
            match looked {
                Ok(Looked::Checked(turned)) => {
                    tracing::info!(turned = turned.len(), "the essential services were checked");
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
fn tell(turned: &[Turned], rule_version: &str) {
    for Turned {
        service,
        criterion,
        before,
        examples,
    } in turned
    {
        let examples: Vec<&str> = examples.iter().map(DossierNumber::as_str).collect();
        tracing::warn!(
            service = service.get(),
            criterion = criterion.id(),
            before = before.map_or("-", Verdict::name),
            rule_version,
            examples = examples.join(" "),
            "documents and traffic of an essential service contradict each other"
        );
    }
}

#[cfg(test)]
mod tests;
