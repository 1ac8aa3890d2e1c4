//! Profile json-wrap-xml: a JSON look-up whose answer holds the whole SOAP document as a text
//! (population.md 8, Thanh Hóa).
//!
//! What a reader would get wrong: success and failure are both HTTP 200, and on failure `message`
//! is no XML.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::access::{TokenBook, Unauthenticated, bearer};
use super::desk::{Desk, Profile, Voice, Writing, counter};
use super::json_request;
use super::question::{Operation, Question, WrongRequest};
use super::registry::Found;
use super::reply;
use crate::answer::{Answer, JSON, spoilt};
use crate::config::{JsonWrapSettings, WrapAccess};
use crate::fault::{ErrorCode, FaultEffect};

/// The profile's state.
pub(super) struct JsonWrap {
    settings: JsonWrapSettings,
    ngsp_tokens: Arc<TokenBook>,
}

impl JsonWrap {
    pub(super) const fn new(settings: JsonWrapSettings, ngsp_tokens: Arc<TokenBook>) -> Self {
        Self {
            settings,
            ngsp_tokens,
        }
    }

    /// The profile's one address.
    pub(super) fn router(self: &Arc<Self>, desk: &Arc<Desk>) -> Router {
        let path = &self.settings.lookup_path;
        Router::new().route(path, counter(desk, self, Operation::Lookup))
    }

    fn wrap(&self, code: i64, message: &str, fault: Option<&FaultEffect>) -> Answer {
        let integer = self.settings.integer_error_code
            || matches!(fault, Some(FaultEffect::IntegerErrorCode));
        let code = if integer {
            Value::from(code)
        } else {
            Value::from(code.to_string())
        };
        wrapped(&code, message)
    }
}

fn wrapped(code: &Value, message: &str) -> Answer {
    let body = json!({"error_code": code, "message": message});
    Answer::new(StatusCode::OK, JSON, body.to_string())
}

impl Voice for JsonWrap {
    fn name(&self) -> &'static str {
        "json-wrap-xml"
    }

    fn error_text(&self, code: &ErrorCode, message: &str) -> Answer {
        wrapped(&code.to_json(), message)
    }

    fn spoils(&self, fault: &FaultEffect) -> bool {
        matches!(
            fault,
            FaultEffect::TruncatedDocument { .. } | FaultEffect::EntityBomb
        )
    }
}

impl Profile for JsonWrap {
    const MEDIA_TYPE: &'static str = "application/json";

    fn admit(
        &self,
        _operation: Operation,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), Unauthenticated> {
        match &self.settings.access {
            WrapAccess::Open => Ok(()),
            WrapAccess::Bearer(token) => (bearer(headers) == Some(token.as_str()))
                .then_some(())
                .ok_or(Unauthenticated::Bearer),
            WrapAccess::NgspOauth => self.ngsp_tokens.check(headers, now),
        }
    }

    fn end_session(&self, headers: &HeaderMap) {
        self.ngsp_tokens.forget(headers);
    }

    fn read(
        &self,
        _operation: Operation,
        body: &[u8],
    ) -> (Option<String>, Result<Question, WrongRequest>) {
        match json_request::object(body) {
            Ok(fields) => (
                json_request::request_number(&fields, "MaYeuCau"),
                json_request::wrapped(&fields),
            ),
            Err(wrong) => (None, Err(wrong)),
        }
    }

    fn answer(&self, found: &Found<'_>, writing: &Writing<'_>) -> Answer {
        let document = reply::document(found, writing.shape, writing.at, writing.strange());
        let document = match writing.fault {
            Some(fault) if self.spoils(fault) => spoilt(document.into(), true, fault),
            Some(_) | None => document.into(),
        };
        self.wrap(0, &String::from_utf8_lossy(&document), writing.fault)
    }

    fn refuse(&self, wrong: &WrongRequest) -> Answer {
        self.wrap(-1, &wrong.to_string(), None)
    }
}
