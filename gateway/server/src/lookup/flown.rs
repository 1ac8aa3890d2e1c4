//! One question on its way to the source, for everybody who asks the same meanwhile.
//!
//! What a reader would get wrong: a question is the same only if the same would be sent.
//! Another officer's licence or credential is not lent out, so officer, log-in name,
//! unit and procedure belong to the key, also where the cache is shared more widely.

use std::future::Future;
use std::sync::Arc;

use lienthong_adapters::cache::CacheKey;
use lienthong_core::access::{AccessContext, OfficerAccount, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::citizen::Verdict;
use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, LookupCall, Observed, PopulationError, RequestNumber, TimeLeft,
    Unanswered,
};
use lienthong_core::procedure::ProcedureCode;
use tokio::time::Instant;

use super::flights::{Flights, Joined, Latest, Part};
use super::inquiry::{Failure, Inquiry, Sent};
use crate::status::ServerError;

/// What makes two questions one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FlightKey {
    question: CacheKey,
    officer: OfficerId,
    officer_account: Option<OfficerAccount>,
    unit: AgencyCode,
    procedure: ProcedureCode,
}

impl FlightKey {
    fn new(question: CacheKey, context: &AccessContext) -> Self {
        Self {
            question,
            officer: context.officer.clone(),
            officer_account: context.officer_account.clone(),
            unit: context.unit.clone(),
            procedure: context.procedure.clone(),
        }
    }
}

/// What the source said, and under which number it had been asked.
#[derive(Debug)]
pub(super) struct Live<A> {
    pub(super) request: RequestNumber,
    pub(super) observed: Observed<A>,
}

/// That the source did not answer.
#[derive(Debug)]
pub(super) struct Silence {
    request: RequestNumber,
    unanswered: Unanswered,
}

type Outcome<A> = Result<Arc<Live<A>>, Arc<Silence>>;
type Questions<A> = Flights<FlightKey, Outcome<A>>;

/// Verifications under way: the verdict alone, never the record.
pub(super) type VerdictFlights = Questions<Verdict>;
/// Records under way.
pub(super) type CitizenFlights = Questions<CitizenAnswer>;
/// Households under way.
pub(super) type HouseholdFlights = Questions<HouseholdAnswer>;

/// How a question ended well.
#[derive(Debug)]
pub(super) enum Landing<A, K> {
    /// An answer had been kept in the meantime.
    Kept(K),
    /// The source answered.
    Live {
        /// What it said.
        live: Arc<Live<A>>,
        /// Requests that this caller sent itself.
        attempts: u32,
    },
}

impl Inquiry {
    /// Asks the source, together with everybody who asks the same. `ask` must put what it
    /// brings into the cache, where `kept` finds it.
    pub(super) async fn fly<A, K, F>(
        &self,
        flights: &Questions<A>,
        question: CacheKey,
        call: &LookupCall,
        kept: impl FnOnce() -> Option<K>,
        ask: impl FnOnce(LookupCall) -> F + Send + 'static,
    ) -> Result<Landing<A, K>, Failure>
    where
        A: Send + Sync + 'static,
        F: Future<Output = Result<Observed<A>, Unanswered>> + Send + 'static,
    {
        let key = FlightKey::new(question, &self.asked.context);
        let sent = call.clone();
        let start = move |latest| send(ask, sent, latest);
        let joined = flights.join(key, self.until, kept, start).await;
        let (part, answer) = match joined {
            Joined::Kept(kept) => return Ok(Landing::Kept(kept)),
            Joined::Landed { part, answer } => (part, answer),
            Joined::TimedOut { part } => {
                let error = ServerError::DeadlineExceeded;
                return Err(Failure::new(error).after(cut_off(part, call)));
            }
            Joined::Lost { part } => {
                tracing::error!(request = call.request_number.as_str(), "a look-up was lost");
                let request_id = call.request_number.as_str().to_owned();
                let error = ServerError::Internal { request_id };
                return Err(Failure::new(error).after(cut_off(part, call)));
            }
        };
        match answer {
            Ok(live) => {
                let attempts = match part {
                    Part::Led => live.observed.attempts,
                    Part::Joined => 0,
                };
                Ok(Landing::Live { live, attempts })
            }
            Err(silence) => Err(self.unanswered(&silence, part)),
        }
    }

    fn unanswered(&self, silence: &Silence, part: Part) -> Failure {
        let error = match &silence.unanswered.error {
            // A source that was given no more time than the caller had did not fail.
            PopulationError::TimedOut if !self.has_time() => ServerError::DeadlineExceeded,
            error => error.clone().into(),
        };
        let sent = silence.unanswered.attempts;
        let failure = Failure::new(error);
        if sent == 0 {
            return failure;
        }
        failure.after(Some(Sent {
            request: silence.request.clone(),
            attempts: match part {
                Part::Led => sent,
                Part::Joined => 0,
            },
        }))
    }

    fn has_time(&self) -> bool {
        Instant::now() < self.until
    }
}

/// What a question has sent whose end is not known.
fn cut_off(part: Part, call: &LookupCall) -> Option<Sent> {
    match part {
        Part::Led => match call.sent.so_far() {
            0 => None,
            attempts => Some(Sent {
                request: call.request_number.clone(),
                attempts,
            }),
        },
        Part::Joined => None,
    }
}

async fn send<A, F>(
    ask: impl FnOnce(LookupCall) -> F,
    mut call: LookupCall,
    latest: Latest,
) -> Outcome<A>
where
    F: Future<Output = Result<Observed<A>, Unanswered>>,
{
    // With the first caller's time it would end for all the others too.
    call.budget = TimeLeft::told_by(move || latest.at().saturating_duration_since(Instant::now()));
    let request = call.request_number.clone();
    match ask(call).await {
        Ok(observed) => Ok(Arc::new(Live { request, observed })),
        Err(unanswered) => Err(Arc::new(Silence {
            request,
            unanswered,
        })),
    }
}
