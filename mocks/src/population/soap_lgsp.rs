//! Profile soap-lgsp: raw SOAP behind an LGSP that asks for `lgspaccesstoken` (population.md 9.3).
//!
//! What a reader would get wrong: three credentials are checked one after the other, of the
//! application, of the session and of the officer, and each wrong one is a plain 401.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use axum::{Router, body::Bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::registry::Registry;
use super::reply::{self, Operation};
use super::request::{self, Question, WrongRequest};
use crate::answer::{Answer, Prelude, prelude, prevents, send};
use crate::backstage::Backstage;
use crate::config::{LgspApplication, PopulationSettings};
use crate::fault::FaultEffect;
use crate::guarded::Guarded;
use crate::journal::{Outcome, Received, watched};
use crate::listener::Connection;

/// Largest request; a real one is below 2 KiB.
const LARGEST_REQUEST: usize = 64 * 1024;
const XML: &str = "application/xml; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// The profile's state.
pub(super) struct SoapLgsp {
    settings: PopulationSettings,
    registry: Arc<Registry>,
    backstage: Arc<Backstage>,
    /// Access tokens and when they end.
    tokens: Guarded<HashMap<String, Timestamp>>,
    issued: AtomicU64,
}

/// The profile's three addresses.
pub(super) fn router(profile: &Arc<SoapLgsp>) -> Router {
    let settings = &profile.settings;
    Router::new()
        .route(&settings.token_path, post(token))
        .route(&settings.lookup_path, post(lookup))
        .route(&settings.verify_path, post(verify))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(Arc::clone(profile))
}

type Shared = State<Arc<SoapLgsp>>;

async fn token(
    State(profile): Shared,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = received("token", &uri, &headers, Vec::new());
    profile
        .play(received, &connection, |_| {
            profile.issue_token(&headers, &body)
        })
        .await
}

async fn lookup(
    State(profile): Shared,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    profile
        .serve(Operation::Lookup, &connection, &uri, &headers, &body)
        .await
}

async fn verify(
    State(profile): Shared,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    profile
        .serve(Operation::Verify, &connection, &uri, &headers, &body)
        .await
}

fn received(operation: &str, uri: &Uri, headers: &HeaderMap, keys: Vec<String>) -> Received {
    Received {
        operation: operation.to_owned(),
        path: uri.path().to_owned(),
        keys,
        headers: watched(headers),
    }
}

impl SoapLgsp {
    pub(super) fn new(
        settings: PopulationSettings,
        registry: Arc<Registry>,
        backstage: Arc<Backstage>,
    ) -> Self {
        let tokens = Guarded::default();
        Self {
            settings,
            registry,
            backstage,
            tokens,
            issued: AtomicU64::new(0),
        }
    }

    pub(super) fn tokens_issued(&self) -> u64 {
        self.issued.load(Ordering::SeqCst)
    }

    pub(super) fn forget_tokens(&self) {
        self.tokens.lock().clear();
    }

    async fn serve(
        &self,
        operation: Operation,
        connection: &Connection,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Response {
        let element = std::str::from_utf8(body)
            .map_err(|_| WrongRequest::NotSoap)
            .and_then(request::operation);
        let key = element.as_ref().ok().and_then(request::request_number);
        let received = received(operation.code(), uri, headers, key.into_iter().collect());
        self.play(received, connection, |fault| {
            if matches!(fault, Some(FaultEffect::ExpireSession)) {
                self.forget_bearer(headers);
            }
            if let Err(refusal) = self.authenticate(headers) {
                return refusal.answer();
            }
            if content_type(headers) != Some("application/xml") {
                let outcome = Outcome::Refused("Content-Type is not application/xml".to_owned());
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return (outcome, Answer::new(status, JSON, "{}"));
            }
            let question = element.and_then(|element| match operation {
                Operation::Lookup => request::lookup(&element, self.settings.date_format),
                Operation::Verify => request::verify(&element),
            });
            let strange = matches!(fault, Some(FaultEffect::WrongNamespace));
            self.answer(operation, question, strange)
        })
        .await
    }

    /// Plays the scripted fault around an effect and writes the journal.
    async fn play(
        &self,
        received: Received,
        connection: &Connection,
        effect: impl FnOnce(Option<&FaultEffect>) -> (Outcome, Answer) + Send,
    ) -> Response {
        let fault = self.backstage.fault_for(&received);
        let fault = fault.as_ref();
        if prevents(fault) {
            self.backstage
                .note(received.clone(), Outcome::NotApplied, fault);
        }
        let refusal = |code: &crate::fault::ErrorCode, message: &str| {
            soap(
                StatusCode::INTERNAL_SERVER_ERROR,
                reply::fault(&code.to_text(), message),
            )
        };
        match prelude(fault, connection, refusal).await {
            Prelude::Instead(response) => response,
            Prelude::GoOn => {
                let (outcome, answer) = effect(fault);
                self.backstage.note(received, outcome, fault);
                send(answer, fault, connection).await
            }
        }
    }

    fn answer(
        &self,
        operation: Operation,
        question: Result<Question, WrongRequest>,
        strange: bool,
    ) -> (Outcome, Answer) {
        let question = match question {
            Ok(question) => question,
            Err(wrong) => {
                let reason = wrong.to_string();
                let body = reply::fault("soapenv:Client", &reason);
                return (
                    Outcome::Refused(reason),
                    soap(StatusCode::INTERNAL_SERVER_ERROR, body),
                );
            }
        };
        let person = self
            .registry
            .find(&question.number, &question.name, question.birth);
        let namespace = reply::namespace_of(operation, strange);
        let body = match operation {
            Operation::Lookup => reply::collection(person, namespace),
            Operation::Verify => reply::verdict(person.is_some(), namespace),
        };
        let outcome = if person.is_some() {
            Outcome::Matched
        } else {
            Outcome::NotMatched
        };
        (outcome, soap(StatusCode::OK, body))
    }

    fn issue_token(&self, headers: &HeaderMap, body: &[u8]) -> (Outcome, Answer) {
        if let Err(refusal) = self.check_application(headers) {
            return refusal.answer();
        }
        if content_type(headers) != Some("application/x-www-form-urlencoded")
            || body != b"grant_type=client_credentials"
        {
            let outcome =
                Outcome::Refused("not a form with grant_type=client_credentials".to_owned());
            let error = json!({"error": "unsupported_grant_type"});
            return (
                outcome,
                Answer::new(StatusCode::BAD_REQUEST, JSON, error.to_string()),
            );
        }
        let token = uuid::Builder::from_random_bytes(rand::random())
            .into_uuid()
            .to_string();
        let lifetime = self.settings.token_lifetime;
        let life = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        let ends = self
            .backstage
            .clock
            .now()
            .saturating_add(life)
            .unwrap_or(Timestamp::MAX);
        self.tokens.lock().insert(token.clone(), ends);
        self.issued.fetch_add(1, Ordering::SeqCst);
        let answer = json!({
            "access_token": token,
            "scope": "am_application_scope default",
            "token_type": "Bearer",
            "expires_in": lifetime.as_secs(),
        });
        (
            Outcome::TokenIssued,
            Answer::new(StatusCode::OK, JSON, answer.to_string()),
        )
    }

    fn authenticate(&self, headers: &HeaderMap) -> Result<(), Unauthenticated> {
        self.check_application(headers)?;
        let bearer = bearer(headers).ok_or(Unauthenticated::Bearer)?;
        let now = self.backstage.clock.now();
        if self
            .tokens
            .lock()
            .get(bearer)
            .is_none_or(|ends| *ends <= now)
        {
            return Err(Unauthenticated::Bearer);
        }
        let hash = header(headers, "authhash").ok_or(Unauthenticated::Officer)?;
        let known = self.settings.officers.iter().any(|officer| {
            STANDARD.encode(format!("{}:{}", officer.key_name, officer.key_pass)) == hash
        });
        known.then_some(()).ok_or(Unauthenticated::Officer)
    }

    fn check_application(&self, headers: &HeaderMap) -> Result<(), Unauthenticated> {
        let given = header(headers, "lgspaccesstoken")
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok());
        if given == Some(expected(&self.settings.application)) {
            Ok(())
        } else {
            Err(Unauthenticated::Application)
        }
    }

    fn forget_bearer(&self, headers: &HeaderMap) {
        if let Some(bearer) = bearer(headers) {
            self.tokens.lock().remove(bearer);
        }
    }
}

/// Exactly these five members, whatever their order.
fn expected(application: &LgspApplication) -> serde_json::Value {
    json!({
        "AccessKey": application.access_key,
        "SecretKey": application.secret_key,
        "AppName": application.app_name,
        "PartnerCode": application.partner_code,
        "PartnerCodeCus": application.partner_code_cus,
    })
}

/// Which credential is missing or wrong.
#[derive(Debug, Clone, Copy)]
enum Unauthenticated {
    Application,
    Bearer,
    Officer,
}

impl Unauthenticated {
    /// A 401 with a code of the WSO2 kind. That form is unproven (population.md 11).
    fn answer(self) -> (Outcome, Answer) {
        let (reason, code) = match self {
            Self::Application => ("lgspaccesstoken is missing or wrong", "900902"),
            Self::Bearer => (
                "the access token is missing, unknown or has ended",
                "900901",
            ),
            Self::Officer => ("AuthHash is missing or of no known officer", "900901"),
        };
        let body = json!({"code": code, "message": reason}).to_string();
        let answer = Answer::new(StatusCode::UNAUTHORIZED, JSON, body);
        (Outcome::Unauthenticated(reason.to_owned()), answer)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    header(headers, "authorization").and_then(|value| value.strip_prefix("Bearer "))
}

/// The media type without its parameters.
fn content_type(headers: &HeaderMap) -> Option<&str> {
    header(headers, "content-type")
        .and_then(|value| value.split(';').next())
        .map(str::trim)
}

/// Writing to memory does not fail; if it did, the caller would see an empty 500.
fn soap(status: StatusCode, body: io::Result<Vec<u8>>) -> Answer {
    match body {
        Ok(body) => Answer::new(status, XML, body),
        Err(_) => Answer::new(StatusCode::INTERNAL_SERVER_ERROR, XML, ""),
    }
}
