//! Looking a citizen up: who may, with which operation, and what of the answer is
//! handed on.
//!
//! A record that comes back for a verification is judged and dropped at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::{AccessContext, AccessPolicy};
use lienthong_core::citizen::{
    Checked, Citizen, CitizenField, CitizenQuery, Judgement, Verdict, judge,
};
use lienthong_core::clock::Clock;
use lienthong_core::identity::{Identity, StructuralWarning, structural_warnings};
use lienthong_core::name::NameComparison;
use lienthong_core::places::PlaceCatalogue;
use lienthong_core::ports::population::{
    CitizenAnswer, LookupCall, Observed, Operation, PopulationError, PopulationRegistry,
    RequestNumber,
};
use lienthong_core::wire_time::local_date;
use uuid::Uuid;

use crate::status::ServerError;

/// Looks citizens up on behalf of the calling systems.
pub struct Lookups {
    /// The population database.
    pub registry: Arc<dyn PopulationRegistry>,
    /// Who may see what.
    pub policy: AccessPolicy,
    /// Place codes of personal numbers.
    pub places: PlaceCatalogue,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
}

/// Answer to a verification.
pub(crate) struct Verification {
    pub(crate) verdict: Verdict,
    pub(crate) checked: &'static [Checked],
    pub(crate) warnings: Vec<StructuralWarning>,
    pub(crate) request: RequestNumber,
    pub(crate) observed: Observed<()>,
}

/// Answer to a look-up.
pub(crate) struct Found {
    pub(crate) verdict: Verdict,
    pub(crate) citizen: Option<Citizen>,
    pub(crate) name: Option<NameComparison>,
    pub(crate) allowed: BTreeSet<CitizenField>,
    pub(crate) warnings: Vec<StructuralWarning>,
    pub(crate) request: RequestNumber,
    pub(crate) observed: Observed<()>,
}

const BY_RECORD: &[Checked] = &[Checked::Number, Checked::Name, Checked::Birth];
const BY_CONFIRMATION: &[Checked] = &[Checked::Number, Checked::Name];

impl Lookups {
    /// Whether the citizen's data belong together: by operation 037, which compares
    /// the birth date too, or by 033 where only that is licensed.
    pub(crate) async fn verify(
        &self,
        context: &AccessContext,
        query: &CitizenQuery,
        budget: Duration,
    ) -> Result<Verification, ServerError> {
        self.policy.permit(context)?;
        let call = call(context, budget)?;
        let (observed, verdict, checked) = if self.registry.offers(Operation::LookUp) {
            let observed = self
                .registry
                .look_up(query, &call)
                .await
                .map_err(|no| no.error)?;
            let verdict = match &observed.answer {
                CitizenAnswer::One(citizen) => judge(query, citizen).verdict,
                CitizenAnswer::NoMatch | CitizenAnswer::Several => Verdict::NoMatch,
            };
            (without_answer(&observed), verdict, BY_RECORD)
        } else {
            let observed = self
                .registry
                .confirm(query, &call)
                .await
                .map_err(|no| no.error)?;
            let verdict = if observed.answer {
                Verdict::Match
            } else {
                Verdict::NoMatch
            };
            (without_answer(&observed), verdict, BY_CONFIRMATION)
        };
        let warnings = self.warnings(query);
        Ok(Verification {
            verdict,
            checked,
            warnings,
            request: call.request_number,
            observed,
        })
    }

    /// The citizen's record, limited to what the caller asked for and may see.
    pub(crate) async fn look_up(
        &self,
        context: &AccessContext,
        query: &CitizenQuery,
        asked: Option<&BTreeSet<CitizenField>>,
        budget: Duration,
    ) -> Result<Found, ServerError> {
        let allowed = self.policy.permit(context)?.fields;
        if !self.registry.offers(Operation::LookUp) {
            return Err(PopulationError::NotOffered.into());
        }
        let call = call(context, budget)?;
        let observed = self
            .registry
            .look_up(query, &call)
            .await
            .map_err(|no| no.error)?;
        let without = without_answer(&observed);
        let (judgement, citizen) = match observed.answer {
            CitizenAnswer::One(citizen) => (judge(query, &citizen), Some(*citizen)),
            CitizenAnswer::NoMatch | CitizenAnswer::Several => (
                Judgement {
                    verdict: Verdict::NoMatch,
                    name: None,
                },
                None,
            ),
        };
        // A record that does not answer the question is about somebody else.
        let (citizen, name) = match judgement.verdict {
            Verdict::Match => (citizen, judgement.name),
            Verdict::NoMatch => (None, None),
        };
        let shown: BTreeSet<CitizenField> = allowed
            .iter()
            .copied()
            .filter(|field| asked.is_none_or(|asked| asked.contains(field)))
            .collect();
        Ok(Found {
            verdict: judgement.verdict,
            citizen: citizen.map(|citizen| citizen.limited_to(&shown)),
            name,
            allowed,
            warnings: self.warnings(query),
            request: call.request_number,
            observed: without,
        })
    }

    /// Name of the profile that answers.
    pub(crate) fn profile(&self) -> &str {
        self.registry.profile()
    }

    fn warnings(&self, query: &CitizenQuery) -> Vec<StructuralWarning> {
        match &query.identity {
            Identity::PersonalNumber(number) => {
                let year = local_date(self.clock.now()).year();
                structural_warnings(number, Some(&query.birth), None, &self.places, Some(year))
            }
            Identity::OldIdCard(_) => Vec::new(),
        }
    }
}

fn call(context: &AccessContext, budget: Duration) -> Result<LookupCall, ServerError> {
    if budget.is_zero() {
        return Err(ServerError::DeadlineExceeded);
    }
    Ok(LookupCall {
        request_number: fresh_request_number(),
        officer: context.officer.clone(),
        officer_account: context.officer_account.clone(),
        unit: context.unit.clone(),
        procedure: context.procedure.clone(),
        budget,
    })
}

/// 35 characters; the random part of a version 7 UUID keeps it unique across nodes
/// and restarts (population.md part D 10).
fn fresh_request_number() -> RequestNumber {
    let mut text = String::from("LT-");
    text.push_str(&Uuid::now_v7().simple().to_string());
    match RequestNumber::new(text) {
        Some(number) => number,
        None => unreachable!("3 + 32 letters, digits and a hyphen fit in 40"),
    }
}

fn without_answer<T>(observed: &Observed<T>) -> Observed<()> {
    Observed {
        answer: (),
        observed_at: observed.observed_at,
        attempts: observed.attempts,
    }
}
