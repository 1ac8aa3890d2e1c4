//! The household of a citizen, limited to what the caller may see.
//!
//! Unlike a record it names other people, so it has a permission of its own, and a
//! system without any field of it may not even ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use lienthong_adapters::cache::{CacheKey, Kept, KeptAnswer, Origin as KeptOrigin, View};
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{CitizenQuery, Verdict};
use lienthong_core::household::{Household, HouseholdField};
use lienthong_core::ports::population::{
    HouseholdAnswer, LookupCall, Observed, Operation, Unanswered,
};

use super::Lookups;
use super::flown::Landing;
use super::inquiry::{Failure, Inquiry, Origin, Reached};

/// Answer to a look-up of a household.
#[derive(Debug)]
pub(crate) struct FoundHousehold {
    pub(crate) verdict: Verdict,
    pub(crate) household: Option<Household>,
    /// Names of the fields that may not be seen.
    pub(crate) withheld: Vec<&'static str>,
    /// Whether the officer may be offered another try with the year of birth alone.
    pub(crate) offer_year: bool,
}

const OPERATION: Operation = Operation::Household;

/// Looks the household up.
pub(super) async fn run(inquiry: &Inquiry) -> Result<Reached<FoundHousehold>, Failure> {
    let policy = &inquiry.rules.policy;
    let allowed = policy.permit_household(&inquiry.asked.context)?;
    let lookups = &inquiry.lookups;
    let call = inquiry.admit(OPERATION).await?;
    let key = inquiry.key(OPERATION);
    let view = View {
        wanted: &allowed,
        allowed: &allowed,
    };
    let freshness = inquiry.asked.freshness;
    let kept = || lookups.cache.household(&key, view, freshness);
    if let Some(kept) = kept() {
        return Ok(of_kept(inquiry, kept, &allowed));
    }
    let ask = {
        let fields = Arc::new(allowed.clone());
        let (lookups, query) = (Arc::clone(lookups), inquiry.asked.query.clone());
        move |call| {
            let fields = Arc::clone(&fields);
            ask(Arc::clone(&lookups), query.clone(), call, key, fields)
        }
    };
    let landing = inquiry
        .fly(&lookups.households, key, &call, kept, ask)
        .await;
    match landing.map_err(|failure| failure.of(OPERATION))? {
        Landing::Kept(kept) => Ok(of_kept(inquiry, kept, &allowed)),
        Landing::Live { live, attempts } => {
            let origin = Origin::live(&live, attempts);
            let found = of_the_person(&inquiry.asked.query, &live.observed.answer);
            let household = found.map(|found| found.clone().limited_to(&allowed));
            Ok(reached(inquiry, household, &allowed, origin))
        }
    }
}

/// Names of every field of a household: a caller asks for all of them.
pub(super) fn names() -> Vec<&'static str> {
    HouseholdField::ALL
        .iter()
        .map(|field| field.path())
        .collect()
}

/// Asks the source and keeps what it says.
async fn ask(
    lookups: Arc<Lookups>,
    query: CitizenQuery,
    call: LookupCall,
    key: CacheKey,
    fields: Arc<BTreeSet<HouseholdField>>,
) -> Result<Observed<HouseholdAnswer>, Unanswered> {
    let observed = lookups.registry.household(&query, &call).await?;
    let origin = KeptOrigin {
        observed_at: observed.observed_at,
        request_number: call.request_number,
    };
    match of_the_person(&query, &observed.answer) {
        Some(found) => lookups.cache.put_household(&key, found, &fields, &origin),
        None => lookups.cache.put_negative(&key, &origin),
    }
    Ok(observed)
}

/// The household, if it is that of the person asked about.
fn of_the_person<'a>(query: &CitizenQuery, answer: &'a HouseholdAnswer) -> Option<&'a Household> {
    match answer {
        HouseholdAnswer::One(found) => Some(found.as_ref()).filter(|found| found.concerns(query)),
        HouseholdAnswer::NoMatch => None,
    }
}

fn of_kept(
    inquiry: &Inquiry,
    kept: Kept<Household>,
    allowed: &BTreeSet<HouseholdField>,
) -> Reached<FoundHousehold> {
    let origin = Origin::kept(kept.origin, kept.source, kept.age, None);
    let household = match kept.answer {
        KeptAnswer::Match(household) => Some(household),
        KeptAnswer::NoMatch => None,
    };
    reached(inquiry, household, allowed, origin)
}

fn reached(
    inquiry: &Inquiry,
    household: Option<Household>,
    allowed: &BTreeSet<HouseholdField>,
    origin: Origin,
) -> Reached<FoundHousehold> {
    let (verdict, withheld) = if household.is_some() {
        let hidden = HouseholdField::ALL
            .iter()
            .filter(|field| !allowed.contains(field));
        (Verdict::Match, hidden.map(|field| field.path()).collect())
    } else {
        (Verdict::NoMatch, Vec::new())
    };
    let filled = household
        .as_ref()
        .map(Household::filled)
        .unwrap_or_default();
    Reached {
        verdict,
        operation: OPERATION,
        origin,
        returned: filled.iter().map(|field| field.path()).collect(),
        withheld: withheld.clone(),
        answer: FoundHousehold {
            verdict,
            household,
            withheld,
            offer_year: verdict == Verdict::NoMatch
                && matches!(inquiry.asked.query.birth, BirthDate::Date(_)),
        },
    }
}
