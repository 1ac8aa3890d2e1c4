//! The lists beside the procedures: the online services, the units and the fields.
//!
//! What a reader would get wrong: an answer that came is no answer to be believed. A source
//! that names a member otherwise, or has "found nothing", gives an empty list without an
//! error; in the place of what is held it would take the online services from every procedure,
//! and the history of changes cannot be rewritten. So each list is judged as the procedures
//! are: an empty one is never taken, one that has lost much only when an operator says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use lienthong_core::catalogue::{Acceptance, Loss, OnlineService, SourceList, judge};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueStoreError, CatalogueUnit};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::procedure::ProcedureCode;

use super::fetching::Fetch;

/// A list beside the procedures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideList {
    /// Dịch vụ công trực tuyến of the procedures (`LayDVC`).
    OnlineServices,
    /// The catalogue of units (`LayDanhMucCoQuan`).
    Units,
    /// The catalogue of fields (`LayDanhMucLinhVuc`).
    Fields,
}

impl fmt::Display for SideList {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::OnlineServices => "the online services",
            Self::Units => "the catalogue of units",
            Self::Fields => "the catalogue of fields",
        })
    }
}

/// Why a list was not taken with the catalogue; what is held of it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTakenSide {
    /// It did not come.
    Failed {
        /// Why, in our words.
        reason: String,
    },
    /// It names nothing that can be read.
    Empty,
    /// It has lost too much of what is held.
    Shrunk(Loss),
}

/// A list that stays as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSide {
    /// Which.
    pub list: SideList,
    /// Why.
    pub why: NotTakenSide,
}

/// The online services of each procedure.
pub(super) type OnlineServices = BTreeMap<ProcedureCode, Vec<OnlineService>>;

/// An online service by its procedure and its own code.
type ServiceKey = (ProcedureCode, String);

/// The lists that are not taken.
#[derive(Default)]
pub(super) struct Sides {
    pub(super) kept: Vec<KeptSide>,
}

impl Sides {
    /// `answer`, unless it did not come or is not to be taken in the place of what is held.
    fn taken<T>(
        &mut self,
        list: SideList,
        answer: Result<T, PortalError>,
        why_not: impl FnOnce(&T) -> Option<NotTakenSide>,
    ) -> Option<T> {
        let why = match answer {
            Ok(answer) => match why_not(&answer) {
                None => return Some(answer),
                Some(why) => why,
            },
            Err(error) => NotTakenSide::Failed {
                reason: error.to_string(),
            },
        };
        match &why {
            NotTakenSide::Failed { reason } => {
                tracing::warn!(error = reason, "{list} did not come; what is held stays");
            }
            NotTakenSide::Empty => {
                tracing::error!("{list} came empty; what is held stays");
            }
            NotTakenSide::Shrunk(loss) => tracing::error!(
                held = loss.held,
                offered = loss.offered,
                lost = loss.lost,
                "{list} came with too much lost; what is held stays until an operator takes it"
            ),
        }
        self.kept.push(KeptSide { list, why });
        None
    }
}

impl Fetch<'_> {
    /// The online services, where they may be taken for the procedures of `list`.
    pub(super) async fn online(
        &self,
        sides: &mut Sides,
        list: &SourceList,
    ) -> Result<Option<OnlineServices>, CatalogueStoreError> {
        let answer = self.source.online_services(self.rules.call_budget).await;
        let mut held = OnlineServices::new();
        if answer.is_ok() {
            held = self.held_online(list).await?;
        }
        let taken = sides.taken(SideList::OnlineServices, answer, |offered| {
            let services_lost = self.why_not(&services(&held), &services(offered));
            // One that names every service and no level any more is no list either.
            let levels = with_level(&held);
            services_lost.or_else(|| {
                let is_judged = !levels.is_empty();
                is_judged.then(|| self.why_not(&levels, &with_level(offered)))?
            })
        });
        Ok(taken)
    }

    /// The catalogue of units, where it may be taken.
    pub(super) async fn units(
        &self,
        sides: &mut Sides,
    ) -> Result<Option<Vec<CatalogueUnit>>, CatalogueStoreError> {
        let held = self.store.units().await?;
        let answer = self.source.units(self.rules.call_budget).await;
        Ok(sides.taken(SideList::Units, answer, |offered| {
            self.why_not(&units(&held), &units(offered))
        }))
    }

    /// The catalogue of fields, where it may be taken.
    pub(super) async fn fields(
        &self,
        sides: &mut Sides,
    ) -> Result<Option<Vec<CatalogueField>>, CatalogueStoreError> {
        let held = self.store.fields().await?;
        let answer = self.source.fields(self.rules.call_budget).await;
        Ok(sides.taken(SideList::Fields, answer, |offered| {
            self.why_not(&fields(&held), &fields(offered))
        }))
    }

    fn why_not<T: Ord>(&self, held: &BTreeSet<T>, offered: &BTreeSet<T>) -> Option<NotTakenSide> {
        match judge(held, offered, self.rules.most_lost) {
            Acceptance::Accepted => None,
            Acceptance::Empty => Some(NotTakenSide::Empty),
            Acceptance::Shrunk(_) if self.accept_shrink => None,
            Acceptance::Shrunk(loss) => Some(NotTakenSide::Shrunk(loss)),
        }
    }

    /// The online services that are held of the procedures of `list`: those of a procedure
    /// that is withdrawn go with it.
    async fn held_online(&self, list: &SourceList) -> Result<OnlineServices, CatalogueStoreError> {
        let mut held = OnlineServices::new();
        for code in list.procedures.keys() {
            let kept = self.store.procedure(code).await?;
            let content = kept.and_then(|kept| kept.content);
            if let Some(content) = content.filter(|it| !it.online.is_empty()) {
                held.insert(code.clone(), content.online);
            }
        }
        Ok(held)
    }
}

fn services(online: &OnlineServices) -> BTreeSet<ServiceKey> {
    keys(online, |_| true)
}

fn with_level(online: &OnlineServices) -> BTreeSet<ServiceKey> {
    keys(online, |service| !service.level.is_empty())
}

fn keys(online: &OnlineServices, wanted: fn(&OnlineService) -> bool) -> BTreeSet<ServiceKey> {
    let all = online.iter().flat_map(|(procedure, services)| {
        let services = services.iter().filter(|it| wanted(it));
        services.map(|it| (procedure.clone(), it.code.clone()))
    });
    all.collect()
}

/// The codes of the units with a name: one without says nothing.
fn units(units: &[CatalogueUnit]) -> BTreeSet<&str> {
    let named = units.iter().filter(|it| !it.name.is_empty());
    named.map(|it| it.code.as_str()).collect()
}

/// The codes of the fields with a name.
fn fields(fields: &[CatalogueField]) -> BTreeSet<&str> {
    let fields = fields.iter().map(|it| &it.field);
    let named = fields.filter(|it| !it.name.is_empty());
    named.map(|it| it.code.as_str()).collect()
}
