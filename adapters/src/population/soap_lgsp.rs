//! The profile `soap-lgsp`: raw SOAP through a provincial bus (LGSP) with the
//! headers `lgspaccesstoken` and `AuthHash` (population.md 8, 9.3).
//!
//! A refused token is renewed once and the request sent once more under the same
//! request number; every other failure goes back to the caller, because each
//! request that arrives is a logged access to a citizen's record.

mod credential;
mod settings;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::access::OfficerId;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::{
    AnswerStructure, CitizenAnswer, HouseholdAnswer, LookupCall, Observed, Operation,
    PopulationError, PopulationRegistry, Unanswered,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

pub use settings::{
    LgspCredential, OfficerCredential, SoapLgspSettings, SoapPaths, UnitElement, WireDateFormat,
};

use self::credential::TokenSource;
use super::soap::citizen::{read_confirmation, read_look_up};
use super::soap::read::Flaw;
use super::soap::write::RequestForm;
use crate::access::{Issued, NoCredential, Renewal, SharedCredential};
use crate::http::{Answer, AnswerHead, Endpoint, ExchangeError, SetupError, Upstream};

const LGSP_TOKEN: HeaderName = HeaderName::from_static("lgspaccesstoken");
const AUTH_HASH: HeaderName = HeaderName::from_static("authhash");

/// How long before its end a token is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_mins(1);

/// The population database through a provincial bus.
#[derive(Debug)]
pub struct SoapLgsp {
    upstream: Arc<Upstream>,
    lookup: Endpoint,
    confirm: Endpoint,
    token: SharedCredential<HeaderValue, PopulationError>,
    lgsp: HeaderValue,
    officers: HashMap<OfficerId, HeaderValue>,
    shared_officer: Option<HeaderValue>,
    form: RequestForm,
    operations: BTreeSet<Operation>,
    clock: Arc<dyn Clock>,
}

impl SoapLgsp {
    /// Sets the profile up. No connection is made.
    ///
    /// # Errors
    /// [`SetupError`] for an address, path or credential that cannot be used.
    pub fn new(settings: SoapLgspSettings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let base = &settings.base_url;
        let upstream = Arc::new(Upstream::new(
            base,
            settings.ca_bundle.as_ref(),
            settings.limits,
            Arc::clone(&clock),
        )?);
        let lgsp = credential::lgsp_header(&settings.lgsp)?;
        let source = TokenSource::new(
            Arc::clone(&upstream),
            base.endpoint(&settings.paths.token, "paths.token")?,
            lgsp.clone(),
        );
        let renewal = Renewal {
            margin: TOKEN_MARGIN,
            time_limit: upstream.total(),
        };
        let token = SharedCredential::new(renewal, Arc::clone(&clock), move || source.fetch());
        let officers = settings
            .officers
            .iter()
            .map(|(officer, key)| Ok((officer.clone(), credential::officer_header(key)?)))
            .collect::<Result<_, SetupError>>()?;
        Ok(Self {
            lookup: base.endpoint(&settings.paths.lookup, "paths.lookup")?,
            confirm: base.endpoint(&settings.paths.confirm, "paths.confirm")?,
            upstream,
            token,
            lgsp,
            officers,
            shared_officer: settings
                .shared_officer
                .as_ref()
                .map(credential::officer_header)
                .transpose()?,
            form: RequestForm {
                lookup_service_code: settings.lookup_service_code,
                confirm_service_code: settings.confirm_service_code,
                date_format: settings.date_format,
                unit_element: settings.unit_element,
                name_key_rule: settings.name_key_rule,
            },
            operations: settings.operations,
            clock,
        })
    }

    /// Whether the operation is offered and the officer known: what can be said
    /// without sending anything. Gives the officer's header.
    fn admitted(
        &self,
        operation: Operation,
        call: &LookupCall,
    ) -> Result<HeaderValue, PopulationError> {
        if !self.offers(operation) {
            return Err(PopulationError::NotOffered);
        }
        let own = self.officers.get(&call.officer);
        own.or(self.shared_officer.as_ref())
            .cloned()
            .ok_or(PopulationError::OfficerNotMapped)
    }

    async fn ask<T>(
        &self,
        endpoint: &Endpoint,
        officer: HeaderValue,
        body: Vec<u8>,
        budget: Duration,
        read: fn(&[u8]) -> Result<T, Flaw>,
    ) -> Result<Observed<T>, Unanswered> {
        if budget.is_zero() {
            return Err(PopulationError::TimedOut.into());
        }
        let deadline = Instant::now() + budget.min(self.upstream.total());
        let token = self.token(self.token.get(), deadline).await?;
        let mut attempts = 1;
        let sent = |error, attempts| Unanswered { error, attempts };
        let mut answer = self
            .send(endpoint, &token, &officer, body.clone(), deadline)
            .await
            .map_err(|error| sent(error, 1))?;
        if answer.head.status == 401 {
            let token = self
                .token(self.token.renew(token.generation), deadline)
                .await
                .map_err(|error| sent(error, 1))?;
            attempts = 2;
            answer = self
                .send(endpoint, &token, &officer, body, deadline)
                .await
                .map_err(|error| sent(error, 2))?;
        }
        let Answer { head, body } = accepted(answer).map_err(|error| sent(error, attempts))?;
        match read(&body) {
            Ok(answer) => Ok(Observed {
                answer,
                observed_at: self.clock.now(),
                attempts,
            }),
            Err(problem) => Err(sent(nonsense(head, problem), attempts)),
        }
    }

    async fn token(
        &self,
        token: impl Future<Output = Result<Issued<HeaderValue>, NoCredential<PopulationError>>>,
        deadline: Instant,
    ) -> Result<Issued<HeaderValue>, PopulationError> {
        match tokio::time::timeout_at(deadline, token).await {
            Ok(Ok(token)) => Ok(token),
            Ok(Err(NoCredential::Failed(error))) => Err(error),
            Ok(Err(NoCredential::Lost)) => Err(PopulationError::CredentialsRefused),
            Ok(Err(NoCredential::TimedOut)) | Err(_) => Err(PopulationError::TimedOut),
        }
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        token: &Issued<HeaderValue>,
        officer: &HeaderValue,
        body: Vec<u8>,
        deadline: Instant,
    ) -> Result<Answer, PopulationError> {
        let mut headers = HeaderMap::with_capacity(5);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(AUTHORIZATION, HeaderValue::clone(&token.value));
        headers.insert(LGSP_TOKEN, self.lgsp.clone());
        headers.insert(AUTH_HASH, officer.clone());
        let left = deadline.saturating_duration_since(Instant::now());
        self.upstream
            .post(endpoint, headers, body, left)
            .await
            .map_err(failure)
    }
}

#[async_trait]
impl PopulationRegistry for SoapLgsp {
    fn profile(&self) -> &'static str {
        "soap-lgsp"
    }

    fn offers(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    fn admit(&self, operation: Operation, call: &LookupCall) -> Result<(), PopulationError> {
        self.admitted(operation, call).map(drop)
    }

    async fn confirm(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<bool>, Unanswered> {
        let officer = self.admitted(Operation::Confirm, call)?;
        let body = self
            .form
            .confirm(query, call)
            .map_err(|_| PopulationError::Unreachable)?;
        self.ask(&self.confirm, officer, body, call.budget, read_confirmation)
            .await
    }

    async fn look_up(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        let officer = self.admitted(Operation::LookUp, call)?;
        let body = self
            .form
            .look_up(query, call)
            .map_err(|_| PopulationError::Unreachable)?;
        self.ask(&self.lookup, officer, body, call.budget, read_look_up)
            .await
    }

    async fn household(
        &self,
        _query: &CitizenQuery,
        _call: &LookupCall,
    ) -> Result<Observed<HouseholdAnswer>, Unanswered> {
        Err(PopulationError::NotOffered.into())
    }

    async fn relatives(
        &self,
        _query: &CitizenQuery,
        _call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        Err(PopulationError::NotOffered.into())
    }
}

/// The answer, if its status says that there is one.
fn accepted(answer: Answer) -> Result<Answer, PopulationError> {
    let status = answer.head.status;
    match status {
        200 => Ok(answer),
        401 => Err(PopulationError::CredentialsRefused),
        403 => Err(PopulationError::AddressRefused),
        429 => Err(PopulationError::Throttled {
            retry_after: answer.head.retry_after,
        }),
        400..=499 => Err(PopulationError::Rejected { status }),
        500.. => Err(PopulationError::Failed { status }),
        _ => Err(nonsense(answer.head, "a status without an answer")),
    }
}

fn failure(error: ExchangeError) -> PopulationError {
    match error {
        ExchangeError::Unreachable => PopulationError::Unreachable,
        ExchangeError::CertificateRejected => PopulationError::CertificateRejected,
        ExchangeError::NoTimeLeft | ExchangeError::TimedOut => PopulationError::TimedOut,
        ExchangeError::Interrupted => PopulationError::Interrupted,
        ExchangeError::BodyTooLarge(head) => nonsense(head, "longer than allowed"),
        ExchangeError::Unreadable(head) => nonsense(head, "a broken content coding"),
    }
}

fn nonsense(head: AnswerHead, problem: &'static str) -> PopulationError {
    let AnswerHead {
        status,
        media_type,
        length,
        retry_after: _,
    } = head;
    PopulationError::Nonsense(AnswerStructure {
        status,
        media_type,
        length,
        problem,
        ..AnswerStructure::default()
    })
}

#[cfg(test)]
mod tests;
