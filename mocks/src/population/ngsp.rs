//! The token call of the ministry platform, NGSP/NDXP (population.md 9.1).
//!
//! What a reader would get wrong: it serves no data of its own. Its Bearer opens another profile's
//! paths where that profile is told so.

use std::sync::Arc;

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri};
use jiff::Timestamp;
use serde_json::json;

use super::access::{FORM, TokenBook, Unauthenticated, basic, content_type};
use super::desk::{Desk, Voice, token_counter};
use super::soap_lgsp::{bearer_token, wrong_grant};
use crate::answer::{Answer, JSON};
use crate::config::NgspSettings;
use crate::fault::ErrorCode;
use crate::journal::Outcome;

/// The platform's state.
pub(super) struct Ngsp {
    settings: NgspSettings,
    tokens: Arc<TokenBook>,
}

impl Ngsp {
    pub(super) const fn new(settings: NgspSettings, tokens: Arc<TokenBook>) -> Self {
        Self { settings, tokens }
    }

    pub(super) fn tokens(&self) -> &TokenBook {
        &self.tokens
    }

    /// The platform's one address.
    pub(super) fn router(self: &Arc<Self>, desk: &Arc<Desk>) -> Router {
        Router::new().route(
            &self.settings.token_path,
            token_counter(desk, self, Self::issue_token),
        )
    }

    fn issue_token(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> (Outcome, Answer) {
        let form = form(headers, body);
        let field = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let in_body = field("client_id").zip(field("client_secret"));
        let agreed = (
            self.settings.consumer_key.clone(),
            self.settings.consumer_secret.clone(),
        );
        if basic(headers).or(in_body) != Some(agreed) {
            let reason = Unauthenticated::Consumer;
            let outcome = Outcome::Unauthenticated(reason.to_string());
            return (outcome, reason.wso2());
        }
        if field("grant_type").as_deref() != Some("client_credentials") {
            return wrong_grant();
        }
        bearer_token(&self.tokens, now)
    }
}

/// The pairs of a form; none when the body is no form. A form is written like a query.
fn form(headers: &HeaderMap, body: &[u8]) -> Vec<(String, String)> {
    if content_type(headers) != Some(FORM) {
        return Vec::new();
    }
    std::str::from_utf8(body)
        .ok()
        .and_then(|body| format!("/?{body}").parse::<Uri>().ok())
        .and_then(|uri| Query::try_from_uri(&uri).ok())
        .map(|Query(pairs)| pairs)
        .unwrap_or_default()
}

impl Voice for Ngsp {
    fn name(&self) -> &'static str {
        "ngsp"
    }

    fn error_text(&self, code: &ErrorCode, message: &str) -> Answer {
        let body = json!({"error": code.to_json(), "error_description": message});
        Answer::new(StatusCode::BAD_REQUEST, JSON, body.to_string())
    }
}
