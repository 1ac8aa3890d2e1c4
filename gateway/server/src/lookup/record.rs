//! The record of a look-up, made before anything leaves.
//!
//! It names fields and never holds what stood in them.

use lienthong_core::citizen::Verdict;
use lienthong_core::ports::audit::{AccessOutcome, AccessRecord};
use lienthong_core::ports::population::PopulationError;
use tokio::time::Instant;

use super::Ended;
use super::inquiry::{Answered, Failure, Inquiry, Reached};
use crate::status::ServerError;

impl Inquiry {
    /// Records how it ended; only then the answer, or the refusal, may leave. A panic
    /// goes on when it is recorded.
    pub(super) async fn close<T>(
        self,
        requested: Vec<&'static str>,
        ended: Ended<T>,
    ) -> Result<Answered<T>, ServerError> {
        match ended {
            Ok(ended) => self.record_and_tell(requested, ended).await,
            Err(panic) => {
                // The door answers for panics, with the request's id.
                let request_id = String::new();
                let failure = Failure::new(ServerError::Internal { request_id });
                let recorded = self.record_and_tell::<T>(requested, Err(failure)).await;
                drop(recorded);
                std::panic::resume_unwind(panic)
            }
        }
    }

    async fn record_and_tell<T>(
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
            Err(failure) => Err(with_a_way_out(failure.error)),
        }
    }

    fn of_answer<T>(&self, requested: Vec<&'static str>, reached: &Reached<T>) -> AccessRecord {
        AccessRecord {
            operation: Some(reached.operation),
            returned: owned(reached.returned.clone()),
            withheld: owned(reached.withheld.clone()),
            source: Some(reached.origin.source),
            observed_at: Some(reached.origin.observed_at),
            // What was sent in vain for this look-up stands in the source's log, and is
            // found there by this number only.
            request_number: Some(
                reached
                    .origin
                    .in_vain
                    .as_ref()
                    .unwrap_or(&reached.origin.request)
                    .clone(),
            ),
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
        let outcome = if is_refusal(&failure.error) {
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

/// Whether the gateway itself said no: by the access policy, because the officer has no
/// credential, or because the province has no licence for the operation.
fn is_refusal(error: &ServerError) -> bool {
    matches!(
        error,
        ServerError::Denied(_)
            | ServerError::Population(
                PopulationError::OfficerNotMapped | PopulationError::NotOffered
            )
    )
}

/// Out of time like any other call, but told what the law leaves without an answer.
fn with_a_way_out(error: ServerError) -> ServerError {
    if error == ServerError::DeadlineExceeded {
        ServerError::LookupTimedOut
    } else {
        error
    }
}

fn owned(names: Vec<&'static str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}
