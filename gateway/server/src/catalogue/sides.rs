//! The lists beside the procedures: the online services, the units and the fields.
//!
//! What a reader would get wrong: an answer that came is no answer to be believed. A source
//! that names a member otherwise, or has "found nothing", gives an empty list without an
//! error; in the place of what is held it would take the online services from every procedure,
//! and the history of changes cannot be rewritten. So each list is judged as the procedures
//! are: an empty one is never taken, one that has lost much only when an operator says so.

use std::collections::{BTreeMap, BTreeSet};

use lienthong_core::catalogue::{
    Acceptance, Loss, NotTakenSide, OnlineService, SideFetch, SideList, SourceList, judge,
};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueStoreError, CatalogueUnit};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::procedure::ProcedureCode;

use super::fetching::Fetch;

/// The online services of each procedure.
pub(super) type OnlineServices = BTreeMap<ProcedureCode, Vec<OnlineService>>;

/// An online service by its procedure and its own code.
type ServiceKey = (ProcedureCode, String);

/// `answer`, unless it did not come or is not to be taken in the place of what is held.
fn taken<T>(
    list: SideList,
    answer: Result<T, PortalError>,
    why_not: impl FnOnce(&T) -> Option<NotTakenSide>,
) -> SideFetch<T> {
    let why = match answer {
        Ok(answer) => match why_not(&answer) {
            None => return SideFetch::Taken(answer),
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
    SideFetch::Kept(why)
}

/// How many online services came.
pub(super) fn counted(online: SideFetch<OnlineServices>) -> SideFetch<u64> {
    match online {
        SideFetch::Taken(online) => SideFetch::Taken(services(&online).len() as u64),
        SideFetch::Kept(why) => SideFetch::Kept(why),
    }
}

impl Fetch<'_> {
    /// The online services, where they may be taken for the procedures of `list`.
    pub(super) async fn online(
        &self,
        list: &SourceList,
    ) -> Result<SideFetch<OnlineServices>, CatalogueStoreError> {
        let accepts = self.accepts(SideList::OnlineServices).await?;
        let answer = self.source.online_services(self.rules.list_budget).await;
        let mut held = OnlineServices::new();
        if answer.is_ok() {
            held = self.held_online(list).await?;
        }
        let taken = taken(SideList::OnlineServices, answer, |offered| {
            let services_lost = self.why_not(&services(&held), &services(offered), accepts);
            // One that names every service and no level any more is none to be believed either.
            services_lost.or_else(|| self.levels_lost(&held, offered, accepts))
        });
        Ok(taken)
    }

    /// The catalogue of units, where it may be taken.
    pub(super) async fn units(&self) -> Result<SideFetch<Vec<CatalogueUnit>>, CatalogueStoreError> {
        let held = self.store.units().await?;
        let accepts = self.accepts(SideList::Units).await?;
        let answer = self.source.units(self.rules.list_budget).await;
        Ok(taken(SideList::Units, answer, |offered| {
            self.why_not(&units(&held), &units(offered), accepts)
        }))
    }

    /// The catalogue of fields, where it may be taken.
    pub(super) async fn fields(
        &self,
    ) -> Result<SideFetch<Vec<CatalogueField>>, CatalogueStoreError> {
        let held = self.store.fields().await?;
        let accepts = self.accepts(SideList::Fields).await?;
        let answer = self.source.fields(self.rules.list_budget).await;
        Ok(taken(SideList::Fields, answer, |offered| {
            self.why_not(&fields(&held), &fields(offered), accepts)
        }))
    }

    /// Whether the operator's word holds for this list: only where a cut one stands refused
    /// already. Nobody takes a loss that nobody has seen.
    async fn accepts(&self, list: SideList) -> Result<bool, CatalogueStoreError> {
        if !self.accept_shrink {
            return Ok(false);
        }
        let sides = self.store.sides().await?;
        let mut kept = sides
            .iter()
            .filter(|side| side.list == list)
            .flat_map(|side| &side.kept);
        Ok(kept.any(|why| matches!(why, NotTakenSide::Shrunk(_))))
    }

    fn why_not<T: Ord>(
        &self,
        held: &BTreeSet<T>,
        offered: &BTreeSet<T>,
        accepts: bool,
    ) -> Option<NotTakenSide> {
        match judge(held, offered, self.rules.most_lost) {
            Acceptance::Accepted => None,
            Acceptance::Empty => Some(NotTakenSide::Empty),
            Acceptance::Shrunk(_) if accepts => None,
            Acceptance::Shrunk(loss) => Some(NotTakenSide::Shrunk(loss)),
        }
    }

    /// Whether too many services have lost their level. That none has one any more is a loss
    /// too, and no empty list: an operator may take it.
    fn levels_lost(
        &self,
        held: &OnlineServices,
        offered: &OnlineServices,
        accepts: bool,
    ) -> Option<NotTakenSide> {
        let (held, offered) = (with_level(held), with_level(offered));
        if held.is_empty() {
            return None;
        }
        if offered.is_empty() {
            let held = held.len() as u64;
            let (offered, lost) = (0, held);
            return (!accepts).then_some(NotTakenSide::Shrunk(Loss {
                held,
                offered,
                lost,
            }));
        }
        self.why_not(&held, &offered, accepts)
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
