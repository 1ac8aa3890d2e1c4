//! Profile json-flat: a JSON look-up behind a token with an expiry date (population.md 8 and 9.2,
//! Đồng Tháp).
//!
//! What a reader would get wrong: the real answer is not public. Its shape here is the assumption
//! of population.md 8, and a refusal puts free text where a code should stand (population.md 11).

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::access::{FORM, TokenBook, Unauthenticated, content_type, header};
use super::desk::{Desk, Profile, Voice, Writing, counter, token_counter};
use super::json_request;
use super::question::{Operation, Question, WrongRequest};
use super::record;
use super::registry::Found;
use crate::answer::{Answer, JSON};
use crate::config::JsonFlatSettings;
use crate::fault::ErrorCode;
use crate::journal::Outcome;

/// The profile's state.
pub(super) struct JsonFlat {
    settings: JsonFlatSettings,
    tokens: TokenBook,
}

impl JsonFlat {
    pub(super) const fn new(settings: JsonFlatSettings, tokens: TokenBook) -> Self {
        Self { settings, tokens }
    }

    pub(super) const fn tokens(&self) -> &TokenBook {
        &self.tokens
    }

    /// The profile's addresses.
    pub(super) fn router(self: &Arc<Self>, desk: &Arc<Desk>) -> Router {
        Router::new()
            .route(
                &self.settings.token_path,
                token_counter(desk, self, Self::issue_token),
            )
            .route(
                &self.settings.lookup_path,
                counter(desk, self, Operation::Lookup),
            )
    }

    fn issue_token(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> (Outcome, Answer) {
        if header(headers, "auth") != Some(self.settings.auth.as_str()) {
            let reason = Unauthenticated::StaticHeader;
            let outcome = Outcome::Unauthenticated(reason.to_string());
            return (outcome, self.unauthenticated(reason));
        }
        if content_type(headers) != Some(FORM) || !body.is_empty() {
            let reason = "not an empty form";
            let answer = refused(&Value::from(reason), "Error");
            return (Outcome::Refused(reason.to_owned()), answer);
        }
        let (token, ends) = self.tokens.issue(now);
        let refresh = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
        let answer = json!({
            "token": token,
            "refreshToken": refresh.to_string(),
            "expiryDate": ends.to_string(),
        });
        (
            Outcome::TokenIssued,
            Answer::new(StatusCode::OK, JSON, answer.to_string()),
        )
    }
}

fn refused(code: &Value, message: &str) -> Answer {
    let body = json!({"message": message, "errorCode": code});
    Answer::new(StatusCode::BAD_REQUEST, JSON, body.to_string())
}

impl Voice for JsonFlat {
    fn name(&self) -> &'static str {
        "json-flat"
    }

    fn error_text(&self, code: &ErrorCode, message: &str) -> Answer {
        refused(&code.to_json(), message)
    }
}

impl Profile for JsonFlat {
    const MEDIA_TYPE: &'static str = "application/json";

    fn admit(
        &self,
        _operation: Operation,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), Unauthenticated> {
        self.tokens.check(headers, now)
    }

    fn end_session(&self, headers: &HeaderMap) {
        self.tokens.forget(headers);
    }

    fn read(
        &self,
        _operation: Operation,
        body: &[u8],
    ) -> (Option<String>, Result<Question, WrongRequest>) {
        match json_request::object(body) {
            Ok(fields) => (
                json_request::request_number(&fields, "maYeuCau"),
                json_request::flat(&fields, self.settings.user_name_service.as_deref()),
            ),
            Err(wrong) => (None, Err(wrong)),
        }
    }

    fn answer(&self, found: &Found<'_>, writing: &Writing<'_>) -> Answer {
        let mut tree = record::tree(found, writing.shape, writing.at);
        if writing.strange() {
            tree = tree.renamed("CitizenCollection");
        }
        let record = tree.to_json();
        let body = if self.settings.under_body {
            json!({"Body": record})
        } else {
            record
        };
        Answer::new(StatusCode::OK, JSON, body.to_string())
    }

    fn refuse(&self, wrong: &WrongRequest) -> Answer {
        refused(&Value::from(wrong.to_string()), "Error")
    }

    fn unauthenticated(&self, _reason: Unauthenticated) -> Answer {
        let body = json!({"message": "Unauthorized"}).to_string();
        Answer::new(StatusCode::UNAUTHORIZED, JSON, body)
    }
}
