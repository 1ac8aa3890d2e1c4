//! Where a check is asked for: one scan over the facts, for the verdicts and for the reports.
//!
//! What a reader would get wrong: a year of dossiers is never in memory at once. The store
//! tells them in pages, a thread of its own judges each page and forgets it, and whoever
//! hangs up ends the scan.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::agency::AgencyCode;
use lienthong_core::check::documented;
use lienthong_core::clock::Clock;
use lienthong_core::essential::EssentialService;
use lienthong_core::evidence::{Documented, Register};
use lienthong_core::ports::catalogue::CatalogueStore;
use lienthong_core::ports::evidence::EvidenceRegister;
use lienthong_core::ports::observations::{ObservationError, Observations, Wanted};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::wire_time::local_date;
use tokio::time::{Instant, timeout};

use super::catalogue::{presence_changes, unit_names};
use super::following::Following;
use super::inspected::Inspected;
use super::judging::{Judged, Judging};
use super::knowledge::Knowledge;
use super::mismatches::Mismatches;
use super::observing::Reached;
use super::place::{Place, Places, Whose};
use super::question::{Question, last_days};
use super::warning::{CheckWarning, Warnings};
use crate::status::EssentialFailure;

/// Dossiers read at once.
const PAGE: u32 = 2_000;

/// What a desk works with.
pub struct DeskParts {
    /// What the traffic showed.
    pub observations: Arc<dyn Observations>,
    /// What is documented.
    pub evidence: Arc<dyn EvidenceRegister>,
    /// What is known without either.
    pub knowledge: Arc<Knowledge>,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// What differs at the portal.
    pub mismatches: Arc<dyn Mismatches>,
    /// How far the observations are; `None` where nobody goes on observing.
    pub following: Option<Arc<dyn Following>>,
    /// Days that are looked at where nobody names any.
    pub window_days: u32,
}

/// A service, with how far its documents go.
#[derive(Debug, Clone)]
pub struct ListedService<'k> {
    /// The service.
    pub service: &'k EssentialService,
    /// How far its documents go.
    pub documented: Documented,
}

/// The register as a whole, with the version that it is.
type KeptRegister = (u64, Arc<Register>);

/// Where a check is asked for.
#[derive(Clone)]
pub struct EssentialDesk {
    parts: Arc<DeskParts>,
    places: Places,
    /// How long the facts of a dossier are kept; `None`: for ever.
    keep: Option<SignedDuration>,
    register: Arc<Mutex<Option<KeptRegister>>>,
    warnings: Arc<Warnings>,
    catalogue: Option<Arc<dyn CatalogueStore>>,
}

impl EssentialDesk {
    /// A desk that works with `parts`.
    #[must_use]
    pub fn new(parts: DeskParts) -> Self {
        Self {
            parts: Arc::new(parts),
            places: Places::default(),
            keep: None,
            register: Arc::default(),
            warnings: Arc::default(),
            catalogue: None,
        }
    }

    /// The same desk, which names agencies as this catalogue does.
    #[must_use]
    pub fn naming_by(self, catalogue: Arc<dyn CatalogueStore>) -> Self {
        Self {
            catalogue: Some(catalogue),
            ..self
        }
    }

    /// The same desk, whose facts are kept so long after a dossier's end.
    #[must_use]
    pub fn keeping(self, keep: SignedDuration) -> Self {
        Self {
            keep: Some(keep),
            ..self
        }
    }

    /// Since when no facts were removed because their time was over.
    #[must_use]
    pub fn kept_since(&self) -> Timestamp {
        self.keep
            .and_then(|keep| self.now().checked_sub(keep).ok())
            .unwrap_or(Timestamp::MIN)
    }

    /// What is known without any traffic.
    #[must_use]
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        &self.parts.knowledge
    }

    /// The evidence register as it is kept.
    #[must_use]
    pub fn evidence(&self) -> &Arc<dyn EvidenceRegister> {
        &self.parts.evidence
    }

    /// What the traffic showed.
    #[must_use]
    pub fn observations(&self) -> &Arc<dyn Observations> {
        &self.parts.observations
    }

    /// Wall time.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Today in Việt Nam.
    #[must_use]
    pub fn today(&self) -> Date {
        local_date(self.now())
    }

    /// Days that are looked at where nobody names any.
    #[must_use]
    pub fn window_days(&self) -> u32 {
        self.parts.window_days
    }

    /// All services on the days that are looked at where nobody names any.
    #[must_use]
    pub fn usual_question(&self) -> Question {
        let now = self.now();
        Question::about(last_days(now, self.parts.window_days), now)
    }

    /// The register as a whole, as it is now.
    ///
    /// # Errors
    /// [`EssentialFailure::Evidence`] when it cannot be read.
    pub async fn register(&self) -> Result<Arc<Register>, EssentialFailure> {
        // Asked first: what is recorded meanwhile is seen the next time.
        let version = self.parts.evidence.version().await?;
        let kept = self.kept_register(version);
        if let Some(register) = kept {
            return Ok(register);
        }
        let pieces = self.parts.evidence.all().await?;
        let closed = self.parts.knowledge.agencies.closed_by_last_day();
        let register = Arc::new(Register::new(pieces, closed));
        *self.register.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((version, Arc::clone(&register)));
        Ok(register)
    }

    fn kept_register(&self, version: u64) -> Option<Arc<Register>> {
        let kept = self.register.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, register) = kept.as_ref()?;
        (*of == version).then(|| Arc::clone(register))
    }

    /// Every service, with how far its documents go on a day.
    #[must_use]
    pub fn listed(
        &self,
        register: &Register,
        on: Date,
        unit: Option<&AgencyCode>,
    ) -> Vec<ListedService<'_>> {
        let rules = &self.parts.knowledge.evidence_rules;
        let services = self.parts.knowledge.services.services().iter();
        services
            .map(|service| ListedService {
                service,
                documented: documented(service, register, rules, unit, on),
            })
            .collect()
    }

    /// Looks at every dossier that the question is about, within this time. Dropping the
    /// answer's future ends the scan.
    ///
    /// # Errors
    /// [`EssentialFailure`]: a store that cannot be read, no place, or no time left.
    pub async fn inspect(
        &self,
        question: &Question,
        within: Duration,
    ) -> Result<Inspected, EssentialFailure> {
        self.inspect_for(Whose::Call, question, within).await
    }

    /// The same for the daily check, which no caller holds up.
    ///
    /// # Errors
    /// As [`EssentialDesk::inspect`].
    pub async fn inspect_daily(
        &self,
        question: &Question,
        within: Duration,
    ) -> Result<Inspected, EssentialFailure> {
        self.inspect_for(Whose::Daily, question, within).await
    }

    /// A place for other work that keeps a core busy.
    ///
    /// # Errors
    /// [`EssentialFailure::Busy`].
    pub async fn place(&self, within: Duration) -> Result<Place, EssentialFailure> {
        self.places.take(Whose::Call, within).await
    }

    async fn inspect_for(
        &self,
        whose: Whose,
        question: &Question,
        within: Duration,
    ) -> Result<Inspected, EssentialFailure> {
        let began = Instant::now();
        let place = self.places.take(whose, within).await?;
        let left = within.saturating_sub(began.elapsed());
        let mut inspected = timeout(left, self.look(question, place))
            .await
            .map_err(|_| EssentialFailure::TooSlow)??;
        inspected.took = began.elapsed();
        Ok(inspected)
    }

    async fn look(&self, question: &Question, place: Place) -> Result<Inspected, EssentialFailure> {
        // Asked first: what comes meanwhile is not in it either.
        let reached = match &self.parts.following {
            Some(following) => following.reached(&question.window).await,
            None => Reached::default(),
        };
        let register = self.register().await?;
        let portal = self.parts.mismatches.known(question.as_of);
        let portal = portal.await.map_err(|it| unreadable(&it))?;
        let knowledge = Arc::clone(&self.parts.knowledge);
        let nothing_compared = !portal.saw_statuses(question.window.begins());
        let judging = Judging::begin(
            question.clone(),
            Arc::clone(&knowledge),
            Arc::clone(&register),
            portal,
            place.clone(),
        );
        let judged = self.tell(question, judging).await?;
        let mut warnings = self.warnings.of_calendar(&knowledge, question);
        warnings.extend(CheckWarning::of_coverage(
            &knowledge,
            question,
            &judged.checks,
        ));
        warnings.extend(CheckWarning::of_totals(
            &knowledge,
            question,
            &judged.checks,
        ));
        if nothing_compared {
            warnings.push(CheckWarning::nothing_compared());
        }
        warnings.extend(CheckWarning::of_sources(&reached, judged.unreadable));
        let catalogue = self.catalogue.as_deref();
        let unit_names = unit_names(catalogue, &knowledge.unit_names).await;
        let seen = judged.dossiers;
        let of_unit = CheckWarning::of_unit(&knowledge, question, &unit_names, seen);
        warnings.extend(of_unit);
        Ok(Inspected {
            question: question.clone(),
            checks: judged.checks,
            gathering: judged.gathering,
            dossiers: judged.dossiers,
            register,
            notices: warnings
                .iter()
                .filter(|warning| !warning.is_passing())
                .map(CheckWarning::notice)
                .collect(),
            warnings,
            unit_names,
            catalogue_changes: presence_changes(catalogue, &knowledge.services, question.as_of)
                .await,
            knowledge,
            took: Duration::ZERO,
            place,
        })
    }

    /// Tells whoever judges every dossier, page by page.
    async fn tell(
        &self,
        question: &Question,
        judging: Judging,
    ) -> Result<Judged, EssentialFailure> {
        // Not only the codes that were asked about: a result counts as reused wherever it
        // is, and late units are late in all their procedures.
        let wanted = Wanted {
            window: question.window,
            unit: question.unit.clone(),
            procedures: Vec::new(),
        };
        let (mut after, mut unreadable) = (None, 0);
        loop {
            let page = self
                .parts
                .observations
                .page(&wanted, after.as_ref(), PAGE)
                .await?;
            unreadable += page.unreadable;
            after = page.next;
            if !judging.page(page.facts).await || after.is_none() {
                let judged = judging.end().await;
                return Ok(Judged {
                    unreadable,
                    ..judged
                });
            }
        }
    }
}

/// What the reconciliation found is read for the observations' sake.
fn unreadable(error: &OutboxError) -> EssentialFailure {
    EssentialFailure::Observations(ObservationError::Unavailable {
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests;
