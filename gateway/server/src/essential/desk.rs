//! Where a check is asked for: one scan over the facts, for the verdicts and for the reports.
//!
//! What a reader would get wrong: a year of dossiers is never in memory at once. The store
//! tells them in pages, a thread of its own judges each page and forgets it, and whoever
//! hangs up ends the scan.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::agency::AgencyCode;
use lienthong_core::check::documented;
use lienthong_core::clock::Clock;
use lienthong_core::essential::EssentialService;
use lienthong_core::evidence::{Documented, Register};
use lienthong_core::observation::DossierFacts;
use lienthong_core::ports::catalogue::CatalogueStore;
use lienthong_core::ports::evidence::EvidenceRegister;
use lienthong_core::ports::observations::{ObservationError, Observations, Wanted};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::wire_time::local_date;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::following::Following;
use super::inspected::Inspected;
use super::judging::{Judged, Judging};
use super::knowledge::Knowledge;
use super::mismatches::Mismatches;
use super::question::{Question, last_days};
use super::warning::{CheckWarning, Warnings};
use crate::status::EssentialFailure;

/// Dossiers read at once.
const PAGE: u32 = 2_000;

/// Checks at the same time: each keeps a core or two busy.
const AT_ONCE: usize = 2;

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
    places: Arc<Semaphore>,
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
            places: Arc::new(Semaphore::new(AT_ONCE)),
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
        let began = Instant::now();
        let place = timeout(within, self.places.acquire()).await;
        // The semaphore is never closed.
        let Ok(Ok(_place)) = place else {
            return Err(EssentialFailure::Busy);
        };
        let left = within.saturating_sub(began.elapsed());
        let mut inspected = timeout(left, self.look(question))
            .await
            .map_err(|_| EssentialFailure::TooSlow)??;
        inspected.took = began.elapsed();
        Ok(inspected)
    }

    async fn look(&self, question: &Question) -> Result<Inspected, EssentialFailure> {
        // Asked first: what comes meanwhile is not in it either.
        let is_behind = match &self.parts.following {
            Some(following) => !following.caught_up().await,
            None => false,
        };
        let register = self.register().await?;
        let compared = self
            .parts
            .mismatches
            .open()
            .await
            .map_err(|it| unreadable(&it))?;
        let knowledge = Arc::clone(&self.parts.knowledge);
        let nothing_compared = compared.is_none();
        let mismatched = compared.map(Arc::new);
        let judging = Judging::begin(
            question.clone(),
            Arc::clone(&knowledge),
            Arc::clone(&register),
            mismatched,
        );
        let judged = self.tell(question, judging).await?;
        let mut warnings = self.warnings.of_calendar(&knowledge, question);
        warnings.extend(CheckWarning::of_coverage(
            &knowledge,
            question,
            &judged.checks,
        ));
        if nothing_compared {
            warnings.push(CheckWarning::nothing_compared());
        }
        if is_behind {
            warnings.push(CheckWarning::behind());
        }
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
            unit_names: self.unit_names().await,
            knowledge,
            took: Duration::ZERO,
        })
    }

    /// Names of agencies: those of the catalogue, and above them what is known besides. A
    /// catalogue that cannot be read costs the names, and no check.
    async fn unit_names(&self) -> BTreeMap<AgencyCode, String> {
        let units = match &self.catalogue {
            Some(catalogue) => catalogue.units().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the names of agencies cannot be read");
                Vec::new()
            }),
            None => Vec::new(),
        };
        let named = units.into_iter().filter_map(|unit| {
            // The catalogue also has units that no dossier can be received by.
            let code = AgencyCode::parse(unit.code.trim()).ok()?;
            let name = unit.name.trim();
            (!name.is_empty()).then(|| (code, name.to_owned()))
        });
        let own = self.parts.knowledge.unit_names.clone();
        named.chain(own).collect()
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
        let mut after = None;
        loop {
            let page: Vec<DossierFacts> = self
                .parts
                .observations
                .page(&wanted, after.as_ref(), PAGE)
                .await?;
            let Some(last) = page.last() else {
                return Ok(judging.end().await);
            };
            after = Some(last.number.clone());
            if !judging.page(page).await {
                return Ok(judging.end().await);
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
