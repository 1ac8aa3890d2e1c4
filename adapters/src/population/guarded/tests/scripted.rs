//! A database that does as it is told and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::Mutex;

use lienthong_core::access::OfficerId;
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::identity::PersonalNumber;
use lienthong_core::name::FullName;
use lienthong_core::ports::population::{RequestNumber, SentCount, TimeLeft};
use lienthong_core::procedure::ProcedureCode;

use super::*;

/// What it does with one call; with none left it answers.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Answer {
        attempts: u32,
    },
    Fail(PopulationError, u32),
    /// Answers after this time.
    Slow(Duration),
    /// Sends so many requests and never answers.
    Hang(u32),
}

#[derive(Debug, Default)]
pub(super) struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    calls: Mutex<Vec<(LookupCall, Duration)>>,
    not_offered: bool,
}

impl Scripted {
    pub(super) fn without_licence() -> Self {
        Self {
            not_offered: true,
            ..Self::default()
        }
    }

    pub(super) fn then(&self, steps: impl IntoIterator<Item = Step>) {
        self.steps.lock().unwrap().extend(steps);
    }

    pub(super) fn fails(&self, times: usize, error: &PopulationError) {
        self.then(std::iter::repeat_n(Step::Fail(error.clone(), 1), times));
    }

    /// What it was asked, each with the time that was left then.
    pub(super) fn calls(&self) -> Vec<(LookupCall, Duration)> {
        self.calls.lock().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    async fn act<T>(&self, call: &LookupCall, answer: T) -> Result<Observed<T>, Unanswered> {
        self.calls
            .lock()
            .unwrap()
            .push((call.clone(), call.budget.left()));
        let step = self.steps.lock().unwrap().pop_front();
        let attempts = match step.unwrap_or(Step::Answer { attempts: 1 }) {
            Step::Answer { attempts } => attempts,
            Step::Fail(error, attempts) => return Err(Unanswered { error, attempts }),
            Step::Slow(time) => {
                sleep(time).await;
                1
            }
            Step::Hang(sent) => {
                (0..sent).for_each(|_| call.sent.begin());
                std::future::pending().await
            }
        };
        Ok(Observed {
            answer,
            observed_at: jiff::Timestamp::UNIX_EPOCH,
            attempts,
        })
    }
}

#[async_trait]
impl PopulationRegistry for Scripted {
    fn profile(&self) -> &'static str {
        "scripted"
    }

    fn offers(&self, _: Operation) -> bool {
        !self.not_offered
    }

    fn admit(&self, operation: Operation, _: &LookupCall) -> Result<(), PopulationError> {
        if self.offers(operation) {
            Ok(())
        } else {
            Err(PopulationError::NotOffered)
        }
    }

    async fn confirm(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<bool>, Unanswered> {
        self.act(call, true).await
    }

    async fn look_up(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.act(call, CitizenAnswer::NoMatch).await
    }

    async fn household(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<HouseholdAnswer>, Unanswered> {
        self.act(call, HouseholdAnswer::NoMatch).await
    }

    async fn relatives(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.act(call, CitizenAnswer::NoMatch).await
    }
}

pub(super) fn query() -> CitizenQuery {
    CitizenQuery {
        identity: PersonalNumber::parse("000185000001").unwrap().into(),
        name: FullName::parse("Trần Thị Mẫu Thử").unwrap(),
        birth: BirthDate::parse("1985-02-13").unwrap(),
    }
}

/// So much time from now on.
pub(super) fn counting_down(time: Duration) -> TimeLeft {
    let until = Instant::now() + time;
    TimeLeft::told_by(move || until.saturating_duration_since(Instant::now()))
}

pub(super) fn call() -> LookupCall {
    LookupCall {
        request_number: RequestNumber::new("LT-0001").unwrap(),
        officer: OfficerId::parse("000180000009").unwrap(),
        officer_account: None,
        unit: AgencyCode::parse("H99.1").unwrap(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        budget: counting_down(Duration::from_secs(10)),
        sent: SentCount::default(),
    }
}
