//! Access tokens, and the ways in which a caller fails to show who it is (population.md 9).
//!
//! What a reader would get wrong: a caller is told 401 and little else, as in life; the reason
//! stands only in the journal.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use thiserror::Error;

use crate::answer::{Answer, JSON};
use crate::guarded::Guarded;

/// Which credential is missing or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Unauthenticated {
    #[error("lgspaccesstoken is missing or wrong")]
    Application,
    #[error("the access token is missing, unknown or has ended")]
    Bearer,
    #[error("AuthHash is missing or of no known officer")]
    Officer,
    #[error("consumer key and secret are missing or wrong")]
    Consumer,
    #[error("the header Auth is missing or wrong")]
    StaticHeader,
    #[error("Timestamp is missing or no number")]
    NoTimestamp,
    #[error("Timestamp is too far from the clock; the unit may be another")]
    Skew,
    #[error("Authorization is not Basic with the account and the hash for this sv_url")]
    Signature,
    #[error("X-Road-Client is missing or wrong")]
    RoadClient,
    #[error("ApiKey is missing or wrong")]
    ApiKey,
}

impl Unauthenticated {
    /// A 401 with a code of the WSO2 kind. That form is unproven (population.md 11).
    pub(super) fn wso2(self) -> Answer {
        let code = match self {
            Self::Application | Self::Consumer => "900902",
            Self::Bearer
            | Self::Officer
            | Self::StaticHeader
            | Self::NoTimestamp
            | Self::Skew
            | Self::Signature
            | Self::RoadClient
            | Self::ApiKey => "900901",
        };
        let body = json!({"code": code, "message": self.to_string()}).to_string();
        Answer::new(StatusCode::UNAUTHORIZED, JSON, body)
    }
}

/// The tokens of one issuer, and when they end.
#[derive(Debug)]
pub(super) struct TokenBook {
    lifetime: Duration,
    tokens: Guarded<HashMap<String, Timestamp>>,
    issued: AtomicU64,
}

impl TokenBook {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            tokens: Guarded::default(),
            issued: AtomicU64::new(0),
        }
    }

    pub(super) const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// A new token and its end.
    pub(super) fn issue(&self, now: Timestamp) -> (String, Timestamp) {
        let token = uuid::Builder::from_random_bytes(rand::random())
            .into_uuid()
            .to_string();
        let life = SignedDuration::try_from(self.lifetime).unwrap_or(SignedDuration::MAX);
        let ends = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        self.tokens.lock().insert(token.clone(), ends);
        self.issued.fetch_add(1, Ordering::SeqCst);
        (token, ends)
    }

    /// Refuses a request whose Bearer is not one of these, or has ended.
    pub(super) fn check(&self, headers: &HeaderMap, now: Timestamp) -> Result<(), Unauthenticated> {
        let known = bearer(headers).and_then(|token| self.tokens.lock().get(token).copied());
        match known {
            Some(ends) if ends > now => Ok(()),
            Some(_) | None => Err(Unauthenticated::Bearer),
        }
    }

    /// Forgets the Bearer of this request.
    pub(super) fn forget(&self, headers: &HeaderMap) {
        if let Some(token) = bearer(headers) {
            self.tokens.lock().remove(token);
        }
    }

    pub(super) fn forget_all(&self) {
        self.tokens.lock().clear();
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued.load(Ordering::SeqCst)
    }
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    header(headers, "authorization").and_then(|value| value.strip_prefix("Bearer "))
}

/// User and password of `Authorization: Basic`.
pub(super) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = header(headers, "authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The media type without its parameters.
pub(super) fn content_type(headers: &HeaderMap) -> Option<&str> {
    header(headers, "content-type")
        .and_then(|value| value.split(';').next())
        .map(str::trim)
}

/// The media type of every token call.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
