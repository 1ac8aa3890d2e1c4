//! The record of a citizen, limited to what the caller asked for and may see.
//!
//! What a reader would get wrong: callers who ask the same at the same time share the
//! record that comes back, and each judges and limits it by its own spelling of the name
//! and its own permissions.

use std::collections::BTreeSet;
use std::sync::Arc;

use lienthong_adapters::cache::{
    CacheKey, Kept, KeptAnswer, KeptRecord, Origin as KeptOrigin, View,
};
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Citizen, CitizenField, CitizenQuery, Judgement, Verdict, judge};
use lienthong_core::lookup::plan;
use lienthong_core::name::NameComparison;
use lienthong_core::ports::population::{
    CitizenAnswer, LookupCall, Observed, Operation, PopulationRegistry, Unanswered,
};

use super::Lookups;
use super::flown::Landing;
use super::inquiry::{Failure, Inquiry, Origin, Reached};

/// Answer to a look-up.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) verdict: Verdict,
    pub(crate) citizen: Option<Citizen>,
    /// How the name asked about compares with the one on record.
    pub(crate) name: Option<NameComparison>,
    /// Names of the fields that were asked for and may not be seen.
    pub(crate) withheld: Vec<&'static str>,
    /// Whether the officer may be offered another try with the year of birth alone.
    pub(crate) offer_year: bool,
}

/// What of the record goes to this caller.
struct Limits {
    operation: Operation,
    /// What the caller may see.
    allowed: BTreeSet<CitizenField>,
    /// What of it the caller asked for.
    shown: BTreeSet<CitizenField>,
    /// What it asked for and may not see.
    withheld: Vec<&'static str>,
}

/// Looks up the `asked` fields.
pub(super) async fn run(
    inquiry: &Inquiry,
    asked: &BTreeSet<CitizenField>,
) -> Result<Reached<Found>, Failure> {
    let allowed = inquiry.rules.policy.permit(&inquiry.asked.context)?.fields;
    let lookups = &inquiry.lookups;
    let limits = Limits::new(lookups.registry.as_ref(), asked, allowed);
    let call = inquiry.admit(limits.operation).await?;
    let key = inquiry.key(limits.operation);
    let view = View {
        wanted: &limits.shown,
        allowed: &limits.allowed,
    };
    let (name, freshness) = (&inquiry.asked.query.name, inquiry.asked.freshness);
    let kept = || lookups.cache.record(&key, name, view, freshness);
    if let Some(kept) = kept() {
        return Ok(limits.of_kept(inquiry, kept));
    }
    let ask = {
        let kept_fields = Arc::new(plan::brought(limits.operation, &limits.allowed));
        let (lookups, query) = (Arc::clone(lookups), inquiry.asked.query.clone());
        let operation = limits.operation;
        move |call| {
            let fields = Arc::clone(&kept_fields);
            ask(
                Arc::clone(&lookups),
                operation,
                query.clone(),
                call,
                key,
                fields,
            )
        }
    };
    let landing = inquiry.fly(&lookups.citizens, key, &call, kept, ask).await;
    match landing.map_err(|failure| failure.of(limits.operation))? {
        Landing::Kept(kept) => Ok(limits.of_kept(inquiry, kept)),
        Landing::Live { live, attempts } => {
            let origin = Origin::live(&live, attempts);
            let (judgement, citizen) = judged(&inquiry.asked.query, &live.observed.answer);
            let citizen = citizen.map(|citizen| citizen.clone().limited_to(&limits.shown));
            Ok(limits.reached(inquiry, judgement, citizen, origin))
        }
    }
}

/// Names of `fields`.
pub(super) fn names(fields: &BTreeSet<CitizenField>) -> Vec<&'static str> {
    fields.iter().map(|field| field.path()).collect()
}

/// Asks the source and keeps what it says.
async fn ask(
    lookups: Arc<Lookups>,
    operation: Operation,
    query: CitizenQuery,
    call: LookupCall,
    key: CacheKey,
    fields: Arc<BTreeSet<CitizenField>>,
) -> Result<Observed<CitizenAnswer>, Unanswered> {
    let registry = lookups.registry.as_ref();
    let observed = if operation == Operation::Relatives {
        registry.relatives(&query, &call).await?
    } else {
        registry.look_up(&query, &call).await?
    };
    let origin = KeptOrigin {
        observed_at: observed.observed_at,
        request_number: call.request_number,
    };
    match judged(&query, &observed.answer) {
        (judgement, Some(citizen)) => {
            let cache = &lookups.cache;
            cache.put_record(&key, &query.name, judgement.name, citizen, &fields, &origin);
            cache.put_verdict(&key, &origin);
        }
        (_, None) => lookups.cache.put_negative(&key, &origin),
    }
    Ok(observed)
}

/// The judgement, and the record if it answers the question: one that does not is about
/// somebody else.
fn judged<'a>(query: &CitizenQuery, answer: &'a CitizenAnswer) -> (Judgement, Option<&'a Citizen>) {
    const NOBODY: Judgement = Judgement {
        verdict: Verdict::NoMatch,
        name: None,
    };
    match answer {
        CitizenAnswer::One(citizen) => {
            let judgement = judge(query, citizen);
            match judgement.verdict {
                Verdict::Match => (judgement, Some(citizen)),
                Verdict::NoMatch => (NOBODY, None),
            }
        }
        CitizenAnswer::NoMatch | CitizenAnswer::Several => (NOBODY, None),
    }
}

impl Limits {
    fn new(
        registry: &dyn PopulationRegistry,
        asked: &BTreeSet<CitizenField>,
        allowed: BTreeSet<CitizenField>,
    ) -> Self {
        let shown: BTreeSet<CitizenField> = asked.intersection(&allowed).copied().collect();
        let withheld = asked.difference(&allowed).map(|field| field.path());
        Self {
            operation: plan::record(registry, &shown),
            withheld: withheld.collect(),
            shown,
            allowed,
        }
    }

    fn of_kept(&self, inquiry: &Inquiry, kept: Kept<KeptRecord>) -> Reached<Found> {
        let origin = Origin::kept(kept.origin, kept.source, kept.age, None);
        let (verdict, name, citizen) = match kept.answer {
            KeptAnswer::Match(record) => (Verdict::Match, record.name, Some(record.citizen)),
            KeptAnswer::NoMatch => (Verdict::NoMatch, None, None),
        };
        self.reached(inquiry, Judgement { verdict, name }, citizen, origin)
    }

    fn reached(
        &self,
        inquiry: &Inquiry,
        judgement: Judgement,
        citizen: Option<Citizen>,
        origin: Origin,
    ) -> Reached<Found> {
        let Judgement { verdict, name } = judgement;
        let withheld = match verdict {
            Verdict::Match => self.withheld.clone(),
            Verdict::NoMatch => Vec::new(),
        };
        let returned = citizen.as_ref().map(|citizen| names(&citizen.filled()));
        Reached {
            verdict,
            operation: self.operation,
            origin,
            returned: returned.unwrap_or_default(),
            withheld: withheld.clone(),
            answer: Found {
                verdict,
                citizen,
                name,
                withheld,
                offer_year: verdict == Verdict::NoMatch
                    && matches!(inquiry.asked.query.birth, BirthDate::Date(_)),
            },
        }
    }
}
