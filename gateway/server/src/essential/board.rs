//! The last verdicts of the province, and which of them turned.
//!
//! What a reader would get wrong: only the daily check writes here, about all services and
//! the whole province. What callers ask about other days or agencies changes nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::check::{Criterion, ServiceCheck, Verdict};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::observation::Window;
use lienthong_core::report::PreviousReport;

/// Verdict by service and criterion.
pub(crate) type Verdicts = BTreeMap<(ServiceNumber, Criterion), Verdict>;

/// How the province stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// Days that the last check was about; `None` before the first.
    pub(crate) window: Option<Window>,
    /// What it found.
    pub(crate) verdicts: Verdicts,
    /// When it was made.
    pub(crate) checked_at: Option<Timestamp>,
    /// How long it took; zero for one that another gateway made.
    pub(crate) took: Duration,
    /// Verdicts that turned to a contradiction since this gateway started.
    pub(crate) turned: u64,
    /// The last daily check could not be made.
    pub(crate) failing: bool,
    /// Since when the daily check waits for what is not looked at yet.
    pub(crate) waiting_since: Option<Timestamp>,
}

/// A verdict that turned to a contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turned {
    /// Of which service.
    pub(crate) service: ServiceNumber,
    /// By which criterion.
    pub(crate) criterion: Criterion,
    /// What it was before; `None` where nothing was judged.
    pub(crate) before: Option<Verdict>,
    /// Dossiers that show it.
    pub(crate) examples: Vec<DossierNumber>,
}

/// The last verdicts.
#[derive(Debug, Default)]
pub(crate) struct Board {
    standing: Mutex<Standing>,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the province stands.
    pub(crate) fn standing(&self) -> Standing {
        self.lock().clone()
    }

    /// Days that the last check was about.
    pub(crate) fn window(&self) -> Option<Window> {
        self.lock().window
    }

    /// Takes over what was kept of an earlier check: nothing turns by that.
    pub(crate) fn adopt(&self, kept: &PreviousReport, made_at: Timestamp) {
        let mut standing = self.lock();
        standing.window = Some(kept.window);
        standing.checked_at = Some(made_at);
        standing.took = Duration::ZERO;
        standing.failing = false;
        standing.waiting_since = None;
        standing.verdicts = kept
            .services
            .iter()
            .flat_map(|(number, service)| {
                let verdicts = service.verdicts.iter();
                verdicts.map(|(criterion, verdict)| ((*number, *criterion), *verdict))
            })
            .collect();
    }

    /// Takes over a check; what turned to a contradiction, in the order of the list.
    pub(crate) fn take(
        &self,
        checks: &[ServiceCheck],
        window: Window,
        at: Timestamp,
        took: Duration,
    ) -> Vec<Turned> {
        let mut standing = self.lock();
        let found = || {
            checks.iter().flat_map(|check| {
                let findings = check.findings.iter();
                findings.map(|finding| ((check.service, finding.criterion), finding))
            })
        };
        let turned: Vec<Turned> = found()
            .filter(|(_, finding)| finding.verdict == Verdict::Contradicted)
            .filter_map(|(place, finding)| {
                let before = standing.verdicts.get(&place).copied();
                (before != Some(Verdict::Contradicted)).then(|| Turned {
                    service: place.0,
                    criterion: place.1,
                    before,
                    examples: finding.examples.clone(),
                })
            })
            .collect();
        standing.verdicts = found()
            .map(|(place, finding)| (place, finding.verdict))
            .collect();
        standing.window = Some(window);
        standing.checked_at = Some(at);
        standing.took = took;
        standing.failing = false;
        standing.waiting_since = None;
        let more = u64::try_from(turned.len()).unwrap_or(u64::MAX);
        standing.turned = standing.turned.saturating_add(more);
        turned
    }

    /// The daily check waits; since when.
    pub(crate) fn waits(&self, now: Timestamp) -> Timestamp {
        *self.lock().waiting_since.get_or_insert(now)
    }

    /// The daily check could not be made; whether that is new.
    pub(crate) fn failed(&self) -> bool {
        !std::mem::replace(&mut self.lock().failing, true)
    }
}
