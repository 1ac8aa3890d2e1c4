//! The last verdicts of the province, and which of them turned.
//!
//! What a reader would get wrong: only kept boards of the daily check come in here, about all
//! services and the whole province. What callers ask about other days or agencies changes
//! nothing, and neither does a check that was not kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::check::{Criterion, Verdict};
use lienthong_core::essential::ServiceNumber;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{ArchiveSize, ReportId};
use lienthong_core::report::PreviousReport;

use super::turning::Turns;

/// Verdict by service and criterion.
pub(crate) type Verdicts = BTreeMap<(ServiceNumber, Criterion), Verdict>;

/// How the province stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// The board that this is; `None` before the first.
    pub(crate) report: Option<ReportId>,
    /// Days that it is about.
    pub(crate) window: Option<Window>,
    /// What it found.
    pub(crate) verdicts: Verdicts,
    /// When it was kept.
    pub(crate) checked_at: Option<Timestamp>,
    /// How long the last daily check of this gateway took; zero before the first.
    pub(crate) took: Duration,
    /// What turned in it.
    pub(crate) turns: Turns,
    /// Verdicts whose turning this gateway has told since it started.
    pub(crate) turned_told: u64,
    /// Contradictions that this gateway told as found for the first time since it started.
    pub(crate) first_told: u64,
    /// The last daily check could not be made.
    pub(crate) failing: bool,
    /// The archive could not be asked or told about what turned.
    pub(crate) telling_fails: bool,
    /// Since when the daily check waits for what is not looked at yet.
    pub(crate) waiting_since: Option<Timestamp>,
    /// How much the archive held when it was last measured.
    pub(crate) archive: ArchiveSize,
}

/// A board of which it is not known that what turned in it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Untold {
    pub(crate) report: ReportId,
    /// When it was kept.
    pub(crate) kept_at: Timestamp,
    /// Whether this gateway kept it: whoever does tells it at once.
    pub(crate) is_own: bool,
    pub(crate) turns: Turns,
    /// Versions of what was judged by.
    pub(crate) rule_version: String,
    /// It stands in the log of this gateway; only the record of that is missing.
    pub(crate) is_logged: bool,
}

/// A kept board, and what turned in it.
#[derive(Debug)]
pub(crate) struct Adopted<'a> {
    pub(crate) report: ReportId,
    pub(crate) kept_at: Timestamp,
    pub(crate) said: &'a PreviousReport,
    pub(crate) turns: Turns,
    pub(crate) rule_version: String,
    /// Whether this gateway kept it just now.
    pub(crate) is_own: bool,
}

/// The last verdicts.
#[derive(Debug, Default)]
pub(crate) struct Board {
    standing: Mutex<Standing>,
    untold: Mutex<Option<Untold>>,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_untold(&self) -> MutexGuard<'_, Option<Untold>> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the province stands.
    pub(crate) fn standing(&self) -> Standing {
        self.lock().clone()
    }

    /// The board that is shown.
    pub(crate) fn report(&self) -> Option<ReportId> {
        self.lock().report
    }

    /// Days that the last check was about.
    pub(crate) fn window(&self) -> Option<Window> {
        self.lock().window
    }

    /// Takes over a kept board.
    pub(crate) fn adopt(&self, adopted: Adopted<'_>) {
        let Adopted {
            report,
            kept_at,
            said,
            turns,
            rule_version,
            is_own,
        } = adopted;
        *self.lock_untold() = Some(Untold {
            report,
            kept_at,
            is_own,
            turns: turns.clone(),
            rule_version,
            is_logged: false,
        });
        self.lock().telling_fails = false;
        let mut standing = self.lock();
        standing.report = Some(report);
        standing.window = Some(said.window);
        standing.checked_at = Some(kept_at);
        standing.turns = turns;
        standing.failing = false;
        standing.waiting_since = None;
        standing.verdicts = said
            .services
            .iter()
            .flat_map(|(number, service)| {
                let verdicts = service.verdicts.iter();
                verdicts.map(|(criterion, verdict)| ((*number, *criterion), *verdict))
            })
            .collect();
    }

    /// The board of which it is not known that it was told.
    pub(crate) fn untold(&self) -> Option<Untold> {
        self.lock_untold().clone()
    }

    /// It stands in the log of this gateway.
    pub(crate) fn logged(&self) {
        if let Some(untold) = self.lock_untold().as_mut() {
            untold.is_logged = true;
        }
    }

    /// It was told, here or by another gateway, and that is recorded.
    pub(crate) fn told(&self) {
        *self.lock_untold() = None;
        self.lock().telling_fails = false;
    }

    /// The archive could not be asked or told about it; whether that is new.
    pub(crate) fn telling_failed(&self) -> bool {
        !std::mem::replace(&mut self.lock().telling_fails, true)
    }

    /// Counts what this gateway told.
    pub(crate) fn count(&self, turns: &Turns) {
        let mut standing = self.lock();
        standing.turned_told = standing.turned_told.saturating_add(turns.count());
        standing.first_told = standing.first_told.saturating_add(turns.first_found);
    }

    /// How long a check of this gateway took.
    pub(crate) fn took(&self, took: Duration) {
        self.lock().took = took;
    }

    /// How much the archive holds.
    pub(crate) fn measured(&self, size: ArchiveSize) {
        self.lock().archive = size;
    }

    /// The daily check waits; since when.
    pub(crate) fn waits(&self, now: Timestamp) -> Timestamp {
        *self.lock().waiting_since.get_or_insert(now)
    }

    /// A look at whether the check is due ended well.
    pub(crate) fn recovered(&self) {
        self.lock().failing = false;
    }

    /// The daily check could not be made; whether that is new.
    pub(crate) fn failed(&self) -> bool {
        !std::mem::replace(&mut self.lock().failing, true)
    }
}
