//! The three secrets of the route: application, access token, officer.
//!
//! Two of them are only base64, which hides nothing (population.md 9.3); all
//! three are marked sensitive so that no layer prints them.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lienthong_core::ports::population::PopulationError;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{LGSP_TOKEN, LgspCredential, OfficerCredential, accepted, failure, nonsense};
use crate::access::{FetchFailure, Fresh};
use crate::http::{Endpoint, SetupError, Upstream, secret_header};

impl FetchFailure for PopulationError {
    fn is_refusal(&self) -> bool {
        match self {
            Self::CredentialsRefused | Self::AddressRefused | Self::Rejected { .. } => true,
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

/// Lifetime of a token whose answer does not tell one.
const UNTOLD_LIFETIME: Duration = Duration::from_mins(10);

/// In the order in which the bus expects the keys.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LgspKey<'a> {
    access_key: &'a str,
    secret_key: &'a str,
    app_name: &'a str,
    partner_code: &'a str,
    partner_code_cus: &'a str,
}

/// The header `lgspaccesstoken`.
pub(super) fn lgsp_header(credential: &LgspCredential) -> Result<HeaderValue, SetupError> {
    let key = LgspKey {
        access_key: credential.access_key.expose_secret(),
        secret_key: credential.secret_key.expose_secret(),
        app_name: &credential.app_name,
        partner_code: &credential.partner_code,
        partner_code_cus: &credential.partner_code_cus,
    };
    let name = "the lgsp credential";
    let json = serde_json::to_vec(&key).map_err(|_| SetupError::HeaderValue { name })?;
    let encoded = Zeroizing::new(STANDARD.encode(Zeroizing::new(json).as_slice()));
    secret_header(&encoded).ok_or(SetupError::HeaderValue { name })
}

/// The header `AuthHash`.
pub(super) fn officer_header(credential: &OfficerCredential) -> Result<HeaderValue, SetupError> {
    let pair = [
        credential.key_name.expose_secret(),
        credential.key_pass.expose_secret(),
    ];
    let pair = Zeroizing::new(pair.join(":"));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    secret_header(&encoded).ok_or(SetupError::HeaderValue {
        name: "an officer's credential",
    })
}

/// Fetches access tokens, as ready values of the header `Authorization`.
pub(super) struct TokenSource {
    upstream: Arc<Upstream>,
    endpoint: Endpoint,
    lgsp: HeaderValue,
}

#[derive(Deserialize)]
struct TokenAnswer {
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

impl TokenSource {
    pub(super) fn new(upstream: Arc<Upstream>, endpoint: Endpoint, lgsp: HeaderValue) -> Self {
        Self {
            upstream,
            endpoint,
            lgsp,
        }
    }

    /// A fetch that is independent of whoever asked for it.
    pub(super) fn fetch(
        &self,
    ) -> impl Future<Output = Result<Fresh<HeaderValue>, PopulationError>> + Send + use<> {
        let (upstream, endpoint) = (Arc::clone(&self.upstream), self.endpoint.clone());
        let mut headers = HeaderMap::with_capacity(3);
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(LGSP_TOKEN, self.lgsp.clone());
        async move {
            let body = b"grant_type=client_credentials".to_vec();
            let answer = upstream
                .post(&endpoint, headers, body, upstream.total())
                .await;
            let answer = match answer.map_err(failure)? {
                // An OAuth server refuses a client with 400 as well (RFC 6749, 5.2).
                refused if refused.head.status == 400 => {
                    return Err(PopulationError::CredentialsRefused);
                }
                other => accepted(other)?,
            };
            read(&answer.body)
                .ok_or_else(|| nonsense(answer.head, "a token answer without a token"))
        }
    }
}

fn read(body: &[u8]) -> Option<Fresh<HeaderValue>> {
    let answer: TokenAnswer = serde_json::from_slice(body).ok()?;
    let token = Zeroizing::new(answer.access_token);
    if token.is_empty() {
        return None;
    }
    let bearer = Zeroizing::new(["Bearer ", token.as_str()].concat());
    let lifetime = match answer.expires_in {
        Some(Seconds::Number(seconds)) => Some(seconds),
        Some(Seconds::Text(digits)) => digits.trim().parse().ok(),
        None => None,
    };
    Some(Fresh {
        value: secret_header(&bearer)?,
        lifetime: lifetime.map_or(UNTOLD_LIFETIME, Duration::from_secs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_credential_is_the_published_vector() {
        let credential = LgspCredential {
            access_key: "demoAK".into(),
            secret_key: "demoSK".into(),
            app_name: "demoApp".to_owned(),
            partner_code: "000.00.00.H99".to_owned(),
            partner_code_cus: "000.00.00.H99".to_owned(),
        };
        let expected = concat!(
            "eyJBY2Nlc3NLZXkiOiJkZW1vQUsiLCJTZWNyZXRLZXkiOiJkZW1vU0siLCJBcHBOYW1lIjoiZGVtb0FwcCIs",
            "IlBhcnRuZXJDb2RlIjoiMDAwLjAwLjAwLkg5OSIsIlBhcnRuZXJDb2RlQ3VzIjoiMDAwLjAwLjAwLkg5OSJ9",
        );
        assert_eq!(lgsp_header(&credential).unwrap(), expected);
    }

    #[test]
    fn an_officer_credential_is_name_and_password_joined_by_a_colon() {
        let credential = OfficerCredential {
            key_name: "ten".into(),
            key_pass: "mật".into(),
        };
        assert_eq!(officer_header(&credential).unwrap(), "dGVuOm3huq10");
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
            let fresh = read(body.as_bytes()).unwrap();
            assert_eq!(fresh.value, "Bearer t", "{body}");
            assert_eq!(fresh.lifetime, Duration::from_secs(lifetime), "{body}");
        }
        for body in [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"access_token":""}"#,
            "{\"access_token\":\"a\\n\"}",
        ] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn no_secret_shows_in_debug() {
        let credential = OfficerCredential {
            key_name: "ten".into(),
            key_pass: "mat".into(),
        };
        let header = officer_header(&credential).unwrap();
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(!format!("{credential:?}").contains("mat"));
    }
}
