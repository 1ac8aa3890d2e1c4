//! A stream of verifications: one answer for each question, in the order in which they
//! are ready.
//!
//! What a reader would get wrong: nothing is read ahead. The next question is taken from
//! the wire only when one of the places is free, and a place is free only when the caller
//! has taken the answer; so neither a fast sender nor a slow reader fills the memory.

use std::collections::HashSet;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use tokio_stream::Stream;
use tonic::Status;

use super::{Population, named_by};
use crate::convert::InvalidField;
use crate::convert::call_error::call_error;
use crate::door::RequestId;
use crate::services::TimeLimit;
use crate::status::{ServerError, Violation, of_incoming_stream};

/// Questions of one stream that are worked on at a time. One stream cannot take all the
/// places that the route has.
const IN_FLIGHT: usize = 32;

/// Longest correlation id, in characters.
const LONGEST_ID: usize = 64;

const FIELD: &str = "correlation_id";

/// The answers.
pub(super) type Verifications =
    Pin<Box<dyn Stream<Item = Result<v1::VerifyCitizensResponse, Status>> + Send>>;

/// What bounds a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Time of the stream.
    pub(super) stream: TimeLimit,
    /// Time of each question.
    pub(super) each: Duration,
    /// Most bytes of a question.
    pub(super) request_bytes: usize,
}

/// Answers `questions` of `client`. What breaks the stream of questions ends that of the
/// answers too, after the answers to what had been read.
pub(super) fn answer(
    population: Population,
    client: ClientName,
    call: Option<RequestId>,
    questions: impl Stream<Item = Result<v1::VerifyCitizensRequest, Status>> + Send + 'static,
    limits: Limits,
) -> Verifications {
    let broken: Arc<Mutex<Option<Status>>> = Arc::default();
    let breaks = Arc::clone(&broken);
    let open = OpenIds::default();
    let answers = questions
        .scan((), move |(), question| {
            ready(match question {
                Ok(question) => Some(question),
                Err(status) => {
                    let status = of_incoming_stream(status, limits.request_bytes);
                    *lock(&breaks) = Some(status);
                    None
                }
            })
        })
        .map(move |question| {
            let v1::VerifyCitizensRequest {
                correlation_id,
                request,
            } = question;
            // Here and not in the future: ids are taken in the order of the questions.
            let place = open.take(&correlation_id);
            let (population, client) = (population.clone(), client.clone());
            let call = call.clone();
            async move {
                let result = match place {
                    Ok(_place) => one(&population, client, request, limits).await,
                    Err(violation) => Err(ServerError::Invalid(vec![violation])),
                };
                let result = result.map_err(|error| named_by(error, call.as_ref()));
                item(&correlation_id, result)
            }
        })
        .buffer_unordered(IN_FLIGHT)
        .map(Ok);
    let end = stream::once(async move { lock(&broken).take() })
        .filter_map(|broken| ready(broken.map(Err)));
    Box::pin(answers.chain(end))
}

async fn one(
    population: &Population,
    client: ClientName,
    request: Option<v1::VerifyCitizenRequest>,
    limits: Limits,
) -> Result<v1::VerifyCitizenResponse, ServerError> {
    let Some(request) = request else {
        let missing = InvalidField::Missing.at("request");
        return Err(ServerError::Invalid(vec![missing]));
    };
    let left = limits.stream.left().min(limits.each);
    match population.verify_in_turn(request, client, left).await {
        Err(ServerError::Invalid(mut violations)) => {
            for violation in &mut violations {
                violation.field.insert_str(0, "request.");
            }
            Err(ServerError::Invalid(violations))
        }
        ended => ended,
    }
}

fn item(
    correlation_id: &str,
    result: Result<v1::VerifyCitizenResponse, ServerError>,
) -> v1::VerifyCitizensResponse {
    use v1::verify_citizens_response::Result as Outcome;
    let result = match result {
        Ok(answer) => Outcome::Answer(answer),
        Err(error) => Outcome::Error(call_error(&error)),
    };
    v1::VerifyCitizensResponse {
        // Of one that is too long, what the caller may recognise it by.
        correlation_id: correlation_id.chars().take(LONGEST_ID).collect(),
        result: Some(result),
    }
}

/// Correlation ids of one stream whose question is being worked on.
#[derive(Debug, Clone, Default)]
struct OpenIds(Arc<Mutex<HashSet<String>>>);

/// Holds an id until its question is answered.
#[derive(Debug)]
struct Place {
    id: String,
    open: OpenIds,
}

impl OpenIds {
    fn take(&self, id: &str) -> Result<Place, Violation> {
        if id.is_empty() {
            return Err(InvalidField::Missing.at(FIELD));
        }
        if id.chars().nth(LONGEST_ID).is_some() {
            return Err(InvalidField::CorrelationId.at(FIELD));
        }
        if !lock(&self.0).insert(id.to_owned()) {
            return Err(InvalidField::CorrelationIdInUse.at(FIELD));
        }
        Ok(Place {
            id: id.to_owned(),
            open: self.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.open.0).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
