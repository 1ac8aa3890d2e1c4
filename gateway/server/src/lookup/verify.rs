//! Whether a citizen's data belong together.
//!
//! What a reader would get wrong: operation 037 brings the whole record where only a yes
//! or no is wanted. It is judged and dropped before anybody else can see it, and what is
//! kept and shared is the verdict alone.

use std::sync::Arc;
use std::time::Duration;

use lienthong_adapters::cache::{CacheKey, Kept, KeptAnswer, Origin as KeptOrigin};
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Checked, CitizenQuery, Verdict, judge};
use lienthong_core::lookup::plan::{Means, may_be_bridged};
use lienthong_core::ports::population::{
    CitizenAnswer, LookupCall, Observed, PopulationError, Unanswered,
};
use tokio::time::Instant;

use super::Lookups;
use super::flown::Landing;
use super::inquiry::{Failure, Inquiry, Origin, Reached, Sent};
use crate::status::ServerError;

/// Shortest time between two tries to find room.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);

/// Answer to a verification.
#[derive(Debug)]
pub(crate) struct Verification {
    pub(crate) verdict: Verdict,
    /// What was compared.
    pub(crate) checked: &'static [Checked],
    /// Whether the officer may be offered another try with the year of birth alone. The
    /// gateway never makes it by itself: each try is an access (population.md part D 1).
    pub(crate) offer_year: bool,
}

/// Verifies.
pub(super) async fn run(inquiry: &Inquiry) -> Result<Reached<Verification>, Failure> {
    inquiry.rules.policy.permit(&inquiry.asked.context)?;
    let lookups = &inquiry.lookups;
    let means = Means::of(lookups.registry.as_ref());
    let call = inquiry.admit(means.operation()).await?;
    let key = inquiry.key(means.operation());
    let kept = || lookups.cache.verdict(&key, inquiry.asked.freshness);
    if let Some(kept) = kept() {
        return Ok(of_kept(inquiry, means, kept, None));
    }
    let ask = {
        let (lookups, query) = (Arc::clone(lookups), inquiry.asked.query.clone());
        move |call| ask(Arc::clone(&lookups), means, query.clone(), call, key)
    };
    match inquiry.fly(&lookups.verdicts, key, &call, kept, ask).await {
        Ok(Landing::Kept(kept)) => Ok(of_kept(inquiry, means, kept, None)),
        Ok(Landing::Live { live, attempts }) => {
            let origin = Origin::live(&live, attempts);
            Ok(reached(inquiry, means, live.observed.answer, origin))
        }
        Err(failure) => match bridge(inquiry, &failure.error, &key) {
            Some(kept) => Ok(of_kept(inquiry, means, kept, failure.sent)),
            None => Err(failure.of(means.operation())),
        },
    }
}

/// Verifies; where the way to the source is full, waits and tries again as long as there
/// is time. It is one look-up, recorded once, because nothing was sent before.
pub(super) async fn run_in_turn(inquiry: &Inquiry) -> Result<Reached<Verification>, Failure> {
    loop {
        let ended = run(inquiry).await;
        let Some(wait) = ended.as_ref().err().and_then(turned_away) else {
            return ended;
        };
        if inquiry.until.saturating_duration_since(Instant::now()) <= wait {
            return ended;
        }
        tokio::time::sleep(wait).await;
    }
}

/// After which time there may be room for what was turned away here.
fn turned_away(failure: &Failure) -> Option<Duration> {
    let full = matches!(
        failure.error,
        ServerError::Population(PopulationError::Busy | PopulationError::RateLimited { .. })
    );
    if !full || failure.sent.is_some() {
        return None;
    }
    Some(failure.error.retry_after()?.max(SHORTEST_WAIT))
}

/// Asks the source and keeps what it says.
async fn ask(
    lookups: Arc<Lookups>,
    means: Means,
    query: CitizenQuery,
    call: LookupCall,
    key: CacheKey,
) -> Result<Observed<Verdict>, Unanswered> {
    let registry = lookups.registry.as_ref();
    let observed = match means {
        Means::Confirmation => registry.confirm(&query, &call).await?.map(|yes| {
            if yes {
                Verdict::Match
            } else {
                Verdict::NoMatch
            }
        }),
        Means::Record => registry
            .look_up(&query, &call)
            .await?
            .map(|answer| match answer {
                CitizenAnswer::One(citizen) => judge(&query, &citizen).verdict,
                CitizenAnswer::NoMatch | CitizenAnswer::Several => Verdict::NoMatch,
            }),
    };
    let origin = KeptOrigin {
        observed_at: observed.observed_at,
        request_number: call.request_number,
    };
    match observed.answer {
        Verdict::Match => lookups.cache.put_verdict(&key, &origin),
        Verdict::NoMatch => lookups.cache.put_negative(&key, &origin),
    }
    Ok(observed)
}

/// A verdict past its time, when the source could not be asked and the province allows
/// it. Within the reserve there is still time for it when the caller's has run out.
fn bridge(inquiry: &Inquiry, error: &ServerError, key: &CacheKey) -> Option<Kept<()>> {
    let unasked = match error {
        ServerError::Population(error) => may_be_bridged(error),
        other => *other == ServerError::DeadlineExceeded,
    };
    unasked
        .then(|| {
            let freshness = inquiry.asked.freshness;
            inquiry.lookups.cache.stale_verdict(key, freshness)
        })
        .flatten()
}

fn of_kept(
    inquiry: &Inquiry,
    means: Means,
    kept: Kept<()>,
    sent: Option<Sent>,
) -> Reached<Verification> {
    let verdict = match kept.answer {
        KeptAnswer::Match(()) => Verdict::Match,
        KeptAnswer::NoMatch => Verdict::NoMatch,
    };
    let origin = Origin::kept(kept.origin, kept.source, kept.age, sent);
    reached(inquiry, means, verdict, origin)
}

fn reached(
    inquiry: &Inquiry,
    means: Means,
    verdict: Verdict,
    origin: Origin,
) -> Reached<Verification> {
    let checked = means.checked();
    Reached {
        answer: Verification {
            verdict,
            checked,
            offer_year: verdict == Verdict::NoMatch
                && means == Means::Record
                && matches!(inquiry.asked.query.birth, BirthDate::Date(_)),
        },
        verdict,
        operation: means.operation(),
        origin,
        returned: Vec::new(),
        withheld: Vec::new(),
    }
}
