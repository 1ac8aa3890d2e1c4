//! One look-up from the question to the record.
//!
//! What a reader would get wrong: the source must have answered a reserve before the
//! caller's deadline, because the record is made within it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_adapters::cache::{self, CacheKey};
use lienthong_core::access::AccessDenied;
use lienthong_core::citizen::Verdict;
use lienthong_core::identity::{Identity, StructuralWarning, structural_warnings};
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{AuditError, Question};
use lienthong_core::ports::population::{
    LookupCall, Operation, RequestNumber, SentCount, TimeLeft,
};
use lienthong_core::wire_time::local_date;
use tokio::time::Instant;
use uuid::Uuid;

use super::flown::Live;
use super::{Asked, LookupRules, Lookups};
use crate::status::ServerError;

/// A look-up under way.
pub(super) struct Inquiry {
    pub(super) lookups: Arc<Lookups>,
    /// The rules by which it began.
    pub(super) rules: Arc<LookupRules>,
    pub(super) question: Question,
    pub(super) asked: Asked,
    pub(super) asked_at: Timestamp,
    pub(super) started: Instant,
    /// By when the source must have answered.
    pub(super) until: Instant,
}

/// Where an answer came from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) source: AnswerSource,
    pub(crate) observed_at: Timestamp,
    /// How old it is; zero for a live one.
    pub(crate) age: Duration,
    /// Number of the request that brought it, whoever sent that.
    pub(crate) request: RequestNumber,
    /// Requests that this look-up itself sent.
    pub(crate) attempts: u32,
    /// Number of the request that this look-up sent in vain before.
    pub(crate) in_vain: Option<RequestNumber>,
}

/// An answer, before it is recorded.
#[derive(Debug)]
pub(super) struct Reached<T> {
    pub(super) answer: T,
    pub(super) verdict: Verdict,
    pub(super) operation: Operation,
    pub(super) origin: Origin,
    /// Names of the fields that are handed on.
    pub(super) returned: Vec<&'static str>,
    /// Names of the fields that were asked for and are withheld.
    pub(super) withheld: Vec<&'static str>,
}

/// An answer that is recorded and may leave.
#[derive(Debug)]
pub(crate) struct Answered<T> {
    pub(crate) answer: T,
    pub(crate) warnings: Vec<StructuralWarning>,
    pub(crate) origin: Origin,
}

/// What one look-up sent to the source.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) request: RequestNumber,
    /// Requests that this look-up itself sent.
    pub(super) attempts: u32,
}

/// No answer, before that is recorded.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: ServerError,
    pub(super) operation: Option<Operation>,
    pub(super) sent: Option<Sent>,
}

impl Failure {
    pub(super) fn new(error: impl Into<ServerError>) -> Self {
        Self {
            error: error.into(),
            operation: None,
            sent: None,
        }
    }

    /// The same, after `sent` went out.
    pub(super) fn after(self, sent: Option<Sent>) -> Self {
        Self { sent, ..self }
    }

    /// The same, when `operation` was to answer.
    pub(super) fn of(self, operation: Operation) -> Self {
        Self {
            operation: Some(operation),
            ..self
        }
    }
}

impl From<AccessDenied> for Failure {
    fn from(denied: AccessDenied) -> Self {
        Self::new(denied)
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        Self::new(error)
    }
}

impl Inquiry {
    /// A look-up that is to end within `left` from now.
    pub(super) fn begin(
        lookups: Arc<Lookups>,
        question: Question,
        asked: Asked,
        left: Duration,
    ) -> Self {
        let started = Instant::now();
        let reserve = lookups.reserve;
        let time = left.saturating_sub(reserve);
        Self {
            rules: lookups.rules(),
            question,
            asked,
            asked_at: lookups.clock.now(),
            started,
            until: started.checked_add(time).unwrap_or(started),
            lookups,
        }
    }

    /// Refuses what can be refused before anything is sent or given: an operation that is
    /// not offered, an officer without a credential, and everybody while look-ups cannot
    /// be recorded. A caller without time may still be given what is kept.
    pub(super) async fn admit(&self, operation: Operation) -> Result<LookupCall, Failure> {
        let call = self.call();
        self.lookups
            .registry
            .admit(operation, &call)
            .map_err(|error| Failure::new(error).of(operation))?;
        self.lookups.audit.ready().await?;
        Ok(call)
    }

    /// Key of this question in the cache and among the questions under way.
    pub(super) fn key(&self, operation: Operation) -> CacheKey {
        let rule = self.lookups.name_key;
        let Asked { context, query, .. } = &self.asked;
        self.lookups.cache.key(context, operation, query, rule)
    }

    /// What to tell an officer about the question.
    pub(super) fn warnings(&self) -> Vec<StructuralWarning> {
        let query = &self.asked.query;
        match &query.identity {
            Identity::PersonalNumber(number) => {
                let year = local_date(self.asked_at).year();
                let places = &self.lookups.places;
                structural_warnings(number, Some(&query.birth), None, places, Some(year))
            }
            Identity::OldIdCard(_) => Vec::new(),
        }
    }

    fn call(&self) -> LookupCall {
        let context = &self.asked.context;
        LookupCall {
            request_number: fresh_request_number(),
            officer: context.officer.clone(),
            officer_account: context.officer_account.clone(),
            unit: context.unit.clone(),
            procedure: context.procedure.clone(),
            budget: TimeLeft::fixed(self.until.saturating_duration_since(Instant::now())),
            sent: SentCount::default(),
        }
    }
}

impl Origin {
    /// Of an answer that was kept, for a look-up that had sent `sent` before.
    pub(super) fn kept(
        origin: cache::Origin,
        source: AnswerSource,
        age: Duration,
        sent: Option<Sent>,
    ) -> Self {
        let sent = sent.filter(|sent| sent.attempts > 0);
        Self {
            source,
            observed_at: origin.observed_at,
            age,
            request: origin.request_number,
            attempts: sent.as_ref().map_or(0, |sent| sent.attempts),
            in_vain: sent.map(|sent| sent.request),
        }
    }

    /// Of an answer that the source has just given.
    pub(super) fn live<A>(live: &Live<A>, attempts: u32) -> Self {
        Self {
            source: AnswerSource::Live,
            observed_at: live.observed.observed_at,
            age: Duration::ZERO,
            request: live.request.clone(),
            attempts,
            in_vain: None,
        }
    }
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
