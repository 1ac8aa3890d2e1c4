//! A token that is fetched by a call of its own and shared by all look-ups.
//!
//! A failed fetch carries nothing of a citizen: the look-up behind it was never sent,
//! whatever happened to the connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::PopulationError;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::bearer;
use crate::access::{FetchFailure, Fresh, Issued, NoCredential, Renewal, SharedCredential};
use crate::http::{Endpoint, Upstream};
use crate::population::guarded::RETRY_PAUSE;
use crate::population::refusal;

/// Lifetime of a token whose answer does not tell one.
pub(super) const UNTOLD_LIFETIME: Duration = Duration::from_mins(10);

/// Reads the answer to a token call: the value of `Authorization` and how long it holds.
pub(super) type ReadToken = fn(&[u8], Timestamp) -> Option<Fresh<HeaderValue>>;

/// The call that fetches a token.
pub(super) struct TokenCall {
    pub(super) endpoint: Endpoint,
    /// All but content type and accepted type.
    pub(super) headers: HeaderMap,
    /// A form.
    pub(super) form: String,
    pub(super) read: ReadToken,
    /// How long before its end a token is not used any more.
    pub(super) margin: Duration,
}

/// Over before a look-up's second try begins, which would be told of the first one's
/// failure otherwise.
const OUTAGE_PAUSE: Duration = Duration::from_millis(RETRY_PAUSE.start * 4 / 5);

/// How long after a renewal the new token is not suspected. What is refused within this
/// time is refused for another reason, as a rule one officer's wrong credential, and
/// would be again with a third token.
const TRUSTED_FOR: SignedDuration = SignedDuration::from_secs(5);

/// The token of one route.
#[derive(Debug)]
pub(super) struct Token {
    shared: SharedCredential<HeaderValue, PopulationError>,
    clock: Arc<dyn Clock>,
    /// The last token that replaced a refused one.
    renewed: Mutex<Option<Renewed>>,
}

#[derive(Debug, Clone, Copy)]
struct Renewed {
    generation: u64,
    at: Timestamp,
}

impl Token {
    /// A token that `call` fetches. Nothing is fetched yet.
    pub(super) fn new(call: TokenCall, upstream: &Arc<Upstream>, clock: &Arc<dyn Clock>) -> Self {
        let renewal = Renewal {
            margin: call.margin,
            time_limit: upstream.total(),
            outage_pause: OUTAGE_PAUSE,
        };
        let (upstream, told) = (Arc::clone(upstream), Arc::clone(clock));
        let shared = SharedCredential::new(renewal, Arc::clone(clock), move || {
            call.fetch(Arc::clone(&upstream), Arc::clone(&told))
        });
        Self {
            shared,
            clock: Arc::clone(clock),
            renewed: Mutex::new(None),
        }
    }

    /// The token, or another than the one of generation `refused`; none, when that one has
    /// just replaced a refused one.
    pub(super) async fn other_than(
        &self,
        refused: Option<u64>,
        deadline: Instant,
    ) -> Result<Issued<HeaderValue>, PopulationError> {
        let token = async {
            match refused {
                Some(generation) => self.shared.renew(generation).await,
                None => self.shared.get().await,
            }
        };
        if refused.is_some_and(|refused| self.is_trusted(refused)) {
            return Err(PopulationError::CredentialsRefused);
        }
        match tokio::time::timeout_at(deadline, token).await {
            Ok(Ok(token)) => {
                if refused.is_some() {
                    self.note_renewal(token.generation);
                }
                Ok(token)
            }
            Ok(Err(NoCredential::Failed(error))) => Err(error),
            Ok(Err(NoCredential::Lost)) => Err(PopulationError::CredentialsRefused),
            Ok(Err(NoCredential::TimedOut)) | Err(_) => Err(PopulationError::TimedOut),
        }
    }
}

impl Token {
    fn is_trusted(&self, generation: u64) -> bool {
        let renewed = *self.lock();
        renewed.is_some_and(|renewed| {
            renewed.generation == generation
                && self.clock.now().duration_since(renewed.at) < TRUSTED_FOR
        })
    }

    /// Notes the moment of a renewal once, for the first who heard of it.
    fn note_renewal(&self, generation: u64) {
        let mut renewed = self.lock();
        if renewed.is_none_or(|renewed| renewed.generation < generation) {
            let at = self.clock.now();
            *renewed = Some(Renewed { generation, at });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Renewed>> {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenCall {
    /// A fetch that is independent of whoever asked for it.
    fn fetch(
        &self,
        upstream: Arc<Upstream>,
        clock: Arc<dyn Clock>,
    ) -> impl Future<Output = Result<Fresh<HeaderValue>, PopulationError>> + Send + use<> {
        let (endpoint, read) = (self.endpoint.clone(), self.read);
        let mut headers = self.headers.clone();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let body = self.form.clone().into_bytes();
        async move {
            let answer = upstream
                .post(&endpoint, headers, body, upstream.total())
                .await
                .map_err(refusal::of_exchange)?;
            match answer.head.status {
                200 => read(&answer.body, clock.now()).ok_or_else(|| {
                    refusal::nonsense(answer.head, "a token answer without a token")
                }),
                // An OAuth server refuses a client with 400 as well (RFC 6749, 5.2).
                400 => Err(refusal::spoken(&answer).unwrap_or(PopulationError::CredentialsRefused)),
                _ => Err(refusal::of_answer(answer)),
            }
        }
    }
}

impl FetchFailure for PopulationError {
    fn is_refusal(&self) -> bool {
        match self {
            Self::CredentialsRefused
            | Self::AddressRefused
            | Self::Forbidden
            | Self::Rejected { .. } => true,
            Self::NotOffered
            | Self::Unreachable
            | Self::Interrupted
            | Self::TimedOut
            | Self::CertificateRejected
            | Self::OfficerNotMapped
            | Self::ProcedureNotLicensed
            | Self::OfficerNotLicensed
            | Self::StepUpRequired
            | Self::Maintenance { .. }
            | Self::BreakerOpen { .. }
            | Self::Busy
            | Self::RateLimited { .. }
            | Self::QuotaSpent { .. }
            | Self::Throttled { .. }
            | Self::Failed { .. }
            | Self::Nonsense(_) => false,
        }
    }
}

/// The answer of an OAuth token call (population.md 9.1, 9.3).
#[derive(Deserialize)]
struct OAuthAnswer {
    access_token: String,
    expires_in: Option<Seconds>,
}

/// A number, or digits in a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

/// Reads `access_token` and `expires_in`.
pub(super) fn read_oauth(body: &[u8], _now: Timestamp) -> Option<Fresh<HeaderValue>> {
    let answer: OAuthAnswer = serde_json::from_slice(body).ok()?;
    let token = Zeroizing::new(answer.access_token);
    let lifetime = match answer.expires_in {
        Some(Seconds::Number(seconds)) => Some(seconds),
        Some(Seconds::Text(digits)) => digits.trim().parse().ok(),
        None => None,
    };
    Some(Fresh {
        value: bearer(&token)?,
        lifetime: lifetime.map_or(UNTOLD_LIFETIME, Duration::from_secs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Fresh<HeaderValue>> {
        read_oauth(body.as_bytes(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_token_answer_is_read_in_the_forms_that_buses_give() {
        for (body, lifetime) in [
            (
                r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#,
                3600,
            ),
            (
                r#"{"access_token":"t","expires_in":"1800","scope":"x y"}"#,
                1800,
            ),
            (r#"{"access_token":"t"}"#, 600),
            (r#"{"access_token":"t","expires_in":null}"#, 600),
        ] {
            let fresh = read(body).unwrap();
            assert_eq!(fresh.value, "Bearer t", "{body}");
            assert_eq!(fresh.lifetime, Duration::from_secs(lifetime), "{body}");
        }
    }

    #[test]
    fn what_holds_no_token_is_none() {
        for body in [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"access_token":""}"#,
            "{\"access_token\":\"a\\n\"}",
        ] {
            assert!(read(body).is_none(), "{body}");
        }
    }
}
