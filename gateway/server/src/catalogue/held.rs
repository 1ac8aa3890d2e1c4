//! The catalogue that is held, as everybody reads it, and what is wrong with it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::catalogue::{
    Directory, FetchPlan, Listings, Loss, NotTakenSide, SideList, SideState, UnlistedCode,
    codes_not_listed,
};
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueState, CatalogueStore, CatalogueStoreError, CatalogueUnit,
    FetchOutcome,
};
use lienthong_core::wire_time::local_date;

use super::keeper::Fetches;

/// The catalogue that is held.
#[derive(Debug)]
pub struct Held {
    /// Which one.
    pub state: CatalogueState,
    /// Its list.
    pub listings: Listings,
    /// The catalogue of units.
    pub units: Directory<CatalogueUnit>,
    /// The catalogue of fields.
    pub fields: Directory<CatalogueField>,
    /// How each list beside the procedures stands.
    pub sides: Vec<SideState>,
    /// Codes of essential services that it does not list, and on which day: worked out once a
    /// day, for every call asks for them.
    not_listed: Mutex<Option<(Date, Vec<UnlistedCode>)>>,
}

impl Held {
    fn not_listed(&self, services: &ServiceList, day: Date) -> Vec<UnlistedCode> {
        let mut known = self
            .not_listed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((of, codes)) if *of == day => codes.clone(),
            Some(_) | None => {
                let listed = self.listings.listed().map(|listing| &listing.code);
                let codes = codes_not_listed(listed, services, day);
                *known = Some((day, codes.clone()));
                codes
            }
        }
    }
}

/// Reads what is held.
pub(super) async fn read_held(
    store: &dyn CatalogueStore,
) -> Result<Option<Arc<Held>>, CatalogueStoreError> {
    let Some(state) = store.state().await? else {
        return Ok(None);
    };
    Ok(Some(Arc::new(Held {
        state,
        listings: Listings::new(store.listings().await?),
        units: Directory::new(store.units().await?),
        fields: Directory::new(store.fields().await?),
        sides: store.sides().await?,
        not_listed: Mutex::new(None),
    })))
}

/// A list beside the procedures that was not taken with the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSide {
    /// Which.
    pub list: SideList,
    /// Why.
    pub why: NotTakenSide,
    /// When what is held of it was fetched; `None` where nothing ever was, or nobody wrote
    /// down when.
    pub fetched_at: Option<Timestamp>,
    /// What is held is older than the bound.
    pub is_stale: bool,
}

/// Why somebody should look at the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// None was ever taken.
    Missing,
    /// It is older than the bound.
    Stale {
        /// When it was fetched.
        fetched_at: Timestamp,
    },
    /// One has lost too many procedures and was refused, and none was taken since.
    Shrunk(Loss),
    /// One listed nothing and was refused, and none was taken since.
    Empty,
    /// The last fetch failed.
    Failed {
        /// Why, in our words.
        reason: String,
    },
    /// A list beside the procedures was not taken with the catalogue.
    Side(KeptSide),
    /// Codes that count for an essential service are not listed.
    NotListed(Vec<UnlistedCode>),
}

/// Everything that is wrong at `now`, the worst first.
pub(super) fn troubles(
    held: Option<&Held>,
    fetches: &Fetches,
    plan: &FetchPlan,
    services: &ServiceList,
    now: Timestamp,
) -> Vec<Trouble> {
    let refused = fetches.refusals.iter().map(|it| &it.outcome);
    let failed = fetches.last.iter().map(|it| &it.outcome);
    let failed = failed.filter(|it| matches!(it, FetchOutcome::Failed { .. }));
    let not_taken = refused.chain(failed).filter_map(not_taken);
    let Some(held) = held else {
        return std::iter::once(Trouble::Missing).chain(not_taken).collect();
    };
    let fetched_at = held.state.fetched_at;
    let is_stale = plan.is_stale(fetched_at, now);
    let stale = is_stale.then_some(Trouble::Stale { fetched_at });
    let missing = held.not_listed(services, local_date(now));
    let not_listed = (!missing.is_empty()).then_some(Trouble::NotListed(missing));
    let kept = held.sides.iter().flat_map(|side| {
        let is_stale = side.is_stale(plan, now);
        side.kept.iter().map(move |why| {
            Trouble::Side(KeptSide {
                list: side.list,
                why: why.clone(),
                fetched_at: side.fetched_at,
                is_stale,
            })
        })
    });
    let all = not_taken.chain(stale).chain(kept);
    all.chain(not_listed).collect()
}

fn not_taken(outcome: &FetchOutcome) -> Option<Trouble> {
    match outcome {
        FetchOutcome::Taken { .. } => None,
        FetchOutcome::Shrunk(loss) => Some(Trouble::Shrunk(*loss)),
        FetchOutcome::Empty => Some(Trouble::Empty),
        FetchOutcome::Failed { reason } => Some(Trouble::Failed {
            reason: reason.clone(),
        }),
    }
}
