//! Profile soap-lgsp: raw SOAP behind an LGSP that asks for `lgspaccesstoken` (population.md 9.3).
//!
//! What a reader would get wrong: three credentials are checked one after the other, of the
//! application, of the session and of the officer, and each wrong one is a plain 401. A deployment
//! that sits on the ministry platform asks for that platform's Bearer alone.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::json;

use super::access::{FORM, TokenBook, Unauthenticated, content_type, header};
use super::desk::{Desk, Profile, Voice, Writing, counter, token_counter};
use super::question::{Operation, Question, WrongRequest};
use super::registry::Found;
use super::request::SoapRules;
use super::soap;
use crate::answer::{Answer, JSON};
use crate::config::{LgspAccess, LgspApplication, PopulationSettings};
use crate::fault::ErrorCode;
use crate::journal::Outcome;

/// The profile's state.
pub(super) struct SoapLgsp {
    settings: PopulationSettings,
    tokens: TokenBook,
    ngsp_tokens: Arc<TokenBook>,
}

impl SoapLgsp {
    pub(super) fn new(settings: &PopulationSettings, ngsp_tokens: Arc<TokenBook>) -> Self {
        Self {
            settings: settings.clone(),
            tokens: TokenBook::new(settings.token_lifetime),
            ngsp_tokens,
        }
    }

    pub(super) const fn tokens(&self) -> &TokenBook {
        &self.tokens
    }

    /// The profile's addresses.
    pub(super) fn router(self: &Arc<Self>, desk: &Arc<Desk>) -> Router {
        let settings = &self.settings;
        let at = |operation| counter(desk, self, operation);
        Router::new()
            .route(
                &settings.token_path,
                token_counter(desk, self, Self::issue_token),
            )
            .route(&settings.lookup_path, at(Operation::Lookup))
            .route(&settings.verify_path, at(Operation::Verify))
            .route(&settings.household_path, at(Operation::Household))
            .route(&settings.relatives_path, at(Operation::Relatives))
    }

    fn issue_token(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> (Outcome, Answer) {
        if let Err(reason) = self.check_application(headers) {
            return (Outcome::Unauthenticated(reason.to_string()), reason.wso2());
        }
        if content_type(headers) != Some(FORM) || body != b"grant_type=client_credentials" {
            return wrong_grant();
        }
        bearer_token(&self.tokens, now)
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

    fn check_officer(&self, headers: &HeaderMap) -> Result<(), Unauthenticated> {
        let hash = header(headers, "authhash").ok_or(Unauthenticated::Officer)?;
        let known = self.settings.officers.iter().any(|officer| {
            STANDARD.encode(format!("{}:{}", officer.key_name, officer.key_pass)) == hash
        });
        known.then_some(()).ok_or(Unauthenticated::Officer)
    }
}

impl Voice for SoapLgsp {
    fn name(&self) -> &'static str {
        "soap-lgsp"
    }

    fn error_text(&self, code: &ErrorCode, message: &str) -> Answer {
        soap::error_text(code, message)
    }
}

impl Profile for SoapLgsp {
    const MEDIA_TYPE: &'static str = soap::MEDIA_TYPE;

    fn admit(
        &self,
        _operation: Operation,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), Unauthenticated> {
        match self.settings.lgsp_access {
            LgspAccess::NgspBearer => self.ngsp_tokens.check(headers, now),
            LgspAccess::Application => {
                self.check_application(headers)?;
                self.tokens.check(headers, now)?;
                self.check_officer(headers)
            }
        }
    }

    fn end_session(&self, headers: &HeaderMap) {
        self.tokens.forget(headers);
        self.ngsp_tokens.forget(headers);
    }

    fn read(
        &self,
        operation: Operation,
        body: &[u8],
    ) -> (Option<String>, Result<Question, WrongRequest>) {
        let rules = SoapRules {
            date_format: self.settings.date_format,
            unit: self.settings.unit,
            account_fields: false,
        };
        soap::read(operation, body, rules)
    }

    fn answer(&self, found: &Found<'_>, writing: &Writing<'_>) -> Answer {
        soap::answer(found, writing)
    }

    fn refuse(&self, wrong: &WrongRequest) -> Answer {
        soap::refuse(wrong)
    }
}

/// A token in the words of OAuth, as NGSP and the LGSPs that copy it answer (population.md 9.1).
pub(super) fn bearer_token(tokens: &TokenBook, now: Timestamp) -> (Outcome, Answer) {
    let (token, _ends) = tokens.issue(now);
    let answer = json!({
        "access_token": token,
        "scope": "am_application_scope default",
        "token_type": "Bearer",
        "expires_in": tokens.lifetime().as_secs(),
    });
    (
        Outcome::TokenIssued,
        Answer::new(StatusCode::OK, JSON, answer.to_string()),
    )
}

/// The token call is not a form with the one grant that is served.
pub(super) fn wrong_grant() -> (Outcome, Answer) {
    let outcome = Outcome::Refused("not a form with grant_type=client_credentials".to_owned());
    let error = json!({"error": "unsupported_grant_type"}).to_string();
    (outcome, Answer::new(StatusCode::BAD_REQUEST, JSON, error))
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
