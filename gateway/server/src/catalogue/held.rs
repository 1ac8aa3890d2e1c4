//! The catalogue that is held, as everybody reads it, and what is wrong with it.

use jiff::Timestamp;
use lienthong_core::catalogue::{Listings, Loss, UnlistedCode, codes_not_listed};
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{CatalogueState, FetchOutcome, FetchRecord};
use lienthong_core::wire_time::local_date;

use super::keeper::FetchRules;
use super::sides::KeptSide;

/// The catalogue that is held.
#[derive(Debug)]
pub struct Held {
    /// Which one.
    pub state: CatalogueState,
    /// Its list.
    pub listings: Listings,
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
    /// The last one has lost too many procedures and was refused.
    Shrunk(Loss),
    /// The last one listed nothing and was refused.
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
    last: Option<&FetchRecord>,
    kept: &[KeptSide],
    rules: &FetchRules,
    services: &ServiceList,
    now: Timestamp,
) -> Vec<Trouble> {
    let refused = last.and_then(|last| match &last.outcome {
        FetchOutcome::Taken { .. } => None,
        FetchOutcome::Shrunk(loss) => Some(Trouble::Shrunk(*loss)),
        FetchOutcome::Empty => Some(Trouble::Empty),
        FetchOutcome::Failed { reason } => Some(Trouble::Failed {
            reason: reason.clone(),
        }),
    });
    let Some(held) = held else {
        return std::iter::once(Trouble::Missing).chain(refused).collect();
    };
    let fetched_at = held.state.fetched_at;
    let is_stale = rules.plan.is_stale(fetched_at, now);
    let stale = is_stale.then_some(Trouble::Stale { fetched_at });
    let codes = held.listings.listed().map(|listing| &listing.code);
    let missing = codes_not_listed(codes, services, local_date(now));
    let not_listed = (!missing.is_empty()).then_some(Trouble::NotListed(missing));
    let kept = kept.iter().cloned().map(Trouble::Side);
    let all = refused.into_iter().chain(stale).chain(kept);
    all.chain(not_listed).collect()
}
