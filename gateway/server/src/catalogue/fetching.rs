//! One fetch: the list, whether it may be taken, and the details of each procedure.
//!
//! What a reader would get wrong: the source does not tell what changed, so every procedure
//! is asked for each time. A few whose details do not come keep those that they had; when more
//! fail than a few, the source itself is out and nothing is taken.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream;
use lienthong_core::catalogue::{
    Acceptance, Detail, Loss, SideFetch, SourceList, Step, advance, judge,
};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueSource, CatalogueStore, CatalogueStoreError, CatalogueUnit,
};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::procedure::ProcedureCode;
use thiserror::Error;
use tokio::time::Instant;

use super::keeper::FetchRules;
use super::sides::{OnlineServices, counted};

/// Most procedures of a list: the national catalogue has about 6,300, and details of a list of
/// any length are not gathered.
const MOST_PROCEDURES: usize = 50_000;

/// Why a fetch brought no catalogue.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// The source failed.
    #[error("{what}: {error}")]
    Source {
        /// What was asked for.
        what: &'static str,
        /// Why.
        error: PortalError,
    },
    /// Too many procedures' details did not come.
    #[error("the details of {failed} of {listed} procedures did not come; the last: {error}")]
    Details {
        /// How many.
        failed: usize,
        /// Of how many.
        listed: usize,
        /// Why the last one did not come.
        error: PortalError,
    },
    /// The time for the whole fetch ran out.
    #[error("the details of {left} of {listed} procedures were not asked for in time")]
    TooSlow {
        /// How many.
        left: usize,
        /// Of how many.
        listed: usize,
    },
    /// The list has lost too many procedures.
    #[error("the catalogue has lost {} of {} procedures", .0.lost, .0.held)]
    Shrunk(Loss),
    /// The list is empty.
    #[error("the catalogue lists nothing")]
    Empty,
    /// The gateway itself went wrong while it fetched; the log tells where.
    #[error("the gateway itself failed while it fetched the catalogue")]
    Broken,
    /// What is held cannot be read or replaced.
    #[error(transparent)]
    Store(#[from] CatalogueStoreError),
}

/// What a fetch brought.
pub(super) struct Brought {
    pub(super) step: Step,
    pub(super) list: SourceList,
    /// How many online services came.
    pub(super) online: SideFetch<u64>,
    pub(super) units: SideFetch<Vec<CatalogueUnit>>,
    pub(super) fields: SideFetch<Vec<CatalogueField>>,
}

/// What a fetch works with.
pub(super) struct Fetch<'k> {
    pub(super) source: &'k dyn CatalogueSource,
    pub(super) store: &'k dyn CatalogueStore,
    pub(super) rules: &'k FetchRules,
    pub(super) accept_shrink: bool,
    pub(super) now: jiff::Timestamp,
}

/// Details that came, and what stood in the way of the others.
#[derive(Default)]
struct Gathered {
    details: BTreeMap<ProcedureCode, Detail>,
    failed: Vec<ProcedureCode>,
    last: Option<PortalError>,
}

impl Fetch<'_> {
    /// Fetches everything.
    pub(super) async fn run(&self) -> Result<Brought, NotTaken> {
        let deadline = Instant::now() + self.rules.total;
        let held = self.store.listings().await?;
        let list = self.source.list(self.rules.list_budget).await;
        let list = list.and_then(|list| {
            let is_bounded = list.procedures.len() <= MOST_PROCEDURES;
            is_bounded.then_some(list).ok_or(TOO_MANY)
        });
        let mut list = list.map_err(|error| NotTaken::Source {
            what: "the list of procedures did not come",
            error,
        })?;
        let listed = held.iter().filter(|it| it.withdrawn_at.is_none());
        let listed = listed.map(|it| &it.code).collect();
        let offered = list.procedures.keys().collect();
        match judge(&listed, &offered, self.rules.most_lost) {
            Acceptance::Accepted => {}
            Acceptance::Empty => return Err(NotTaken::Empty),
            Acceptance::Shrunk(_) if self.accept_shrink => {}
            Acceptance::Shrunk(loss) => return Err(NotTaken::Shrunk(loss)),
        }
        let online = self.online(&list).await?;
        let services = match &online {
            SideFetch::Taken(services) => Some(services),
            SideFetch::Kept(_) => None,
        };
        let details = self.details(&mut list, services, deadline).await?;
        let units = self.units().await?;
        let fields = self.fields().await?;
        let step = advance(&held, &list, details, self.now);
        Ok(Brought {
            step,
            list,
            online: counted(online),
            units,
            fields,
        })
    }

    /// The details of every procedure; those that did not come are asked for once more.
    async fn details(
        &self,
        list: &mut SourceList,
        online: Option<&OnlineServices>,
        deadline: Instant,
    ) -> Result<BTreeMap<ProcedureCode, Detail>, NotTaken> {
        let listed = list.procedures.len();
        let few = self.few(listed);
        let mut gathered = Gathered::default();
        let mut wanted: Vec<ProcedureCode> = list.procedures.keys().cloned().collect();
        for _attempt in 0..2 {
            gathered.failed.clear();
            self.gather(&mut gathered, list, wanted, online, deadline)
                .await?;
            if gathered.failed.is_empty() {
                break;
            }
            wanted = gathered.failed.clone();
        }
        let failed = gathered.failed.len();
        match gathered.last {
            Some(error) if failed > few => Err(NotTaken::Details {
                failed,
                listed,
                error,
            }),
            Some(_) | None => Ok(gathered.details),
        }
    }

    async fn gather(
        &self,
        gathered: &mut Gathered,
        list: &mut SourceList,
        wanted: Vec<ProcedureCode>,
        online: Option<&OnlineServices>,
        deadline: Instant,
    ) -> Result<(), NotTaken> {
        let (listed, few) = (list.procedures.len(), self.few(list.procedures.len()));
        let mut left = wanted.len();
        let names = &list.procedures;
        // Each question is made when its turn comes, so that no more of them are held than
        // are asked at once.
        let asked = stream::iter(wanted).map(|code| {
            let name = names.get(&code).cloned().unwrap_or_default();
            self.detail(code, name, online)
        });
        let mut answers = asked.buffer_unordered(self.rules.parallel.get());
        let mut told_by_details = BTreeMap::new();
        while let Some(answer) = answers.next().await {
            left -= 1;
            match answer? {
                (code, name, Ok(detail)) => {
                    if names.get(&code) != Some(&name) {
                        told_by_details.insert(code.clone(), name);
                    }
                    gathered.details.insert(code, detail);
                }
                (code, _, Err(error)) => {
                    tracing::debug!(procedure = code.as_str(), %error, "details did not come");
                    gathered.failed.push(code);
                    gathered.last = Some(error.clone());
                    let failed = gathered.failed.len();
                    if failed > few {
                        return Err(NotTaken::Details {
                            failed,
                            listed,
                            error,
                        });
                    }
                }
            }
            if left > 0 && Instant::now() >= deadline {
                return Err(NotTaken::TooSlow { left, listed });
            }
        }
        drop(answers);
        list.procedures.extend(told_by_details);
        Ok(())
    }

    /// One procedure's details next to what is held, and its name: that of the list, or where
    /// the list has none, that of the details.
    async fn detail(
        &self,
        code: ProcedureCode,
        name: String,
        online: Option<&OnlineServices>,
    ) -> Result<(ProcedureCode, String, Result<Detail, PortalError>), CatalogueStoreError> {
        let budget = self.rules.call_budget;
        let fetched = match self.source.procedure(&code, budget).await {
            Ok(Some(fetched)) => fetched,
            Ok(None) => return Ok((code, name, Err(NOT_THERE))),
            Err(error) => return Ok((code, name, Err(error))),
        };
        let held = self.store.procedure(&code).await?;
        let held = held.and_then(|kept| kept.content);
        let mut fetched = fetched;
        if !name.is_empty() {
            fetched.name = name;
        }
        fetched.online = match (online, &held) {
            (Some(all), _) => all.get(&code).cloned().unwrap_or_default(),
            (None, Some(held)) => held.online.clone(),
            (None, None) => Vec::new(),
        };
        let name = fetched.name.clone();
        let detail = Detail::of(held.as_ref(), fetched);
        Ok((code, name, Ok(detail)))
    }

    /// How many procedures may go without their details.
    fn few(&self, listed: usize) -> usize {
        let share = usize::from(self.rules.most_missing);
        (listed * share / 100).max(FEW)
    }
}

/// Of a short list so many may go without their details, whatever the share.
const FEW: usize = 2;

/// The source lists a procedure and has no details of it.
const NOT_THERE: PortalError = PortalError::Nonsense {
    problem: "no details of a procedure that is listed",
    said: None,
};

/// More procedures than any catalogue has.
const TOO_MANY: PortalError = PortalError::Nonsense {
    problem: "more procedures than a catalogue has",
    said: None,
};
