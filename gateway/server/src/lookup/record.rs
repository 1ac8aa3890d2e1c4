//! The record of a look-up, made before anything leaves.
//!
//! It names fields and never holds what stood in them.

use lienthong_core::citizen::Verdict;
use lienthong_core::ports::audit::{AccessOutcome, AccessRecord};
use tokio::time::Instant;

use super::inquiry::{Answered, Failure, Inquiry, Reached};
use crate::status::ServerError;

impl Inquiry {
    /// Records how it ended; only then the answer, or the refusal, may leave.
    pub(super) async fn close<T>(
        self,
        requested: Vec<&'static str>,
        ended: Result<Reached<T>, Failure>,
    ) -> Result<Answered<T>, ServerError> {
        // What cannot be recorded now cannot be recorded here either.
        if let Err(Failure {
            error: error @ ServerError::Audit(_),
            ..
        }) = ended
        {
            self.lookups.figures.unrecorded(self.question);
            return Err(error);
        }
        let record = match &ended {
            Ok(reached) => self.of_answer(requested, reached),
            Err(failure) => self.of_failure(requested, failure),
        };
        let (outcome, source) = (record.outcome, record.source);
        if let Err(error) = self.lookups.audit.record(record).await {
            self.lookups.figures.unrecorded(self.question);
            return Err(error.into());
        }
        self.lookups.figures.ended(self.question, outcome, source);
        match ended {
            Ok(reached) => Ok(Answered {
                answer: reached.answer,
                warnings: self.warnings(),
                origin: reached.origin,
            }),
            Err(failure) => Err(failure.error),
        }
    }

    fn of_answer<T>(&self, requested: Vec<&'static str>, reached: &Reached<T>) -> AccessRecord {
        AccessRecord {
            operation: Some(reached.operation),
            returned: owned(reached.returned.clone()),
            withheld: owned(reached.withheld.clone()),
            source: Some(reached.origin.source),
            observed_at: Some(reached.origin.observed_at),
            request_number: Some(reached.origin.request.clone()),
            attempts: reached.origin.attempts,
            ..self.record(
                requested,
                match reached.verdict {
                    Verdict::Match => AccessOutcome::Matched,
                    Verdict::NoMatch => AccessOutcome::NotMatched,
                },
            )
        }
    }

    fn of_failure(&self, requested: Vec<&'static str>, failure: &Failure) -> AccessRecord {
        let outcome = if matches!(failure.error, ServerError::Denied(_)) {
            AccessOutcome::Denied
        } else {
            AccessOutcome::NotAnswered
        };
        AccessRecord {
            operation: failure.operation,
            reason: failure.error.reason().name().to_owned(),
            request_number: failure.sent.as_ref().map(|sent| sent.request.clone()),
            attempts: failure.sent.as_ref().map_or(0, |sent| sent.attempts),
            ..self.record(requested, outcome)
        }
    }

    /// What is the same of every record.
    fn record(&self, requested: Vec<&'static str>, outcome: AccessOutcome) -> AccessRecord {
        AccessRecord {
            asked_at: self.asked_at,
            context: self.asked.context.clone(),
            question: self.question,
            operation: None,
            requested: owned(requested),
            returned: Vec::new(),
            withheld: Vec::new(),
            outcome,
            reason: String::new(),
            source: None,
            observed_at: None,
            request_number: None,
            attempts: 0,
            profile: self.lookups.registry.profile().to_owned(),
            latency: Instant::now().duration_since(self.started),
            person: self.rules.hash.person(&self.asked.query.identity),
        }
    }
}

fn owned(names: Vec<&'static str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}
