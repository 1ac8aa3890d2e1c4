//! A provincial bus with the header `lgspaccesstoken` (population.md 9.3).
//!
//! Three secrets go with each look-up: of the application, of the session and of the
//! officer. Two of them are only base64, which hides nothing; all three are marked
//! sensitive so that no layer prints them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use zeroize::Zeroizing;

use super::oauth::{GRANT, MARGIN};
use super::token::{Token, TokenCall, read_oauth};
use crate::http::{BaseUrl, SetupError, Upstream, secret_header};

const LGSP_TOKEN: HeaderName = HeaderName::from_static("lgspaccesstoken");
const AUTH_HASH: HeaderName = HeaderName::from_static("authhash");

/// What the bus asks for.
#[derive(Debug, Clone)]
pub struct LgspAccess {
    /// Where the token is fetched, below the address of the route.
    pub token_path: String,
    /// Credential of the application (header `lgspaccesstoken`).
    pub credential: LgspCredential,
    /// Credentials of the officers (header `AuthHash`).
    pub officers: HashMap<OfficerId, OfficerCredential>,
    /// One credential for every officer without their own. Normally absent: an
    /// officer without a mapping is refused (population.md 14, rule 3).
    pub shared_officer: Option<OfficerCredential>,
}

impl LgspAccess {
    /// The application alone; no officer is mapped yet.
    #[must_use]
    pub fn new(token_path: impl Into<String>, credential: LgspCredential) -> Self {
        Self {
            token_path: token_path.into(),
            credential,
            officers: HashMap::new(),
            shared_officer: None,
        }
    }
}

/// The application's credential at the bus.
#[derive(Debug, Clone)]
pub struct LgspCredential {
    /// `AccessKey`.
    pub access_key: SecretString,
    /// `SecretKey`.
    pub secret_key: SecretString,
    /// `AppName`.
    pub app_name: String,
    /// `PartnerCode`.
    pub partner_code: String,
    /// `PartnerCodeCus`.
    pub partner_code_cus: String,
}

/// An officer's credential at the population database.
#[derive(Debug, Clone)]
pub struct OfficerCredential {
    /// `keyName`.
    pub key_name: SecretString,
    /// `keyPass`.
    pub key_pass: SecretString,
}

/// The recipe, set up.
pub(super) struct Lgsp {
    pub(super) token: Token,
    application: HeaderValue,
    officers: HashMap<OfficerId, HeaderValue>,
    shared_officer: Option<HeaderValue>,
}

impl Lgsp {
    pub(super) fn new(
        access: &LgspAccess,
        base: &BaseUrl,
        upstream: &Arc<Upstream>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let application = application_header(&access.credential)?;
        let call = TokenCall {
            endpoint: base.endpoint(&access.token_path, "token_path")?,
            headers: HeaderMap::from_iter([(LGSP_TOKEN, application.clone())]),
            form: GRANT.to_owned(),
            read: read_oauth,
            margin: MARGIN,
        };
        let officers = access.officers.iter();
        let officers = officers.map(|(officer, key)| Ok((officer.clone(), officer_header(key)?)));
        let shared = access.shared_officer.as_ref().map(officer_header);
        Ok(Self {
            token: Token::new(call, upstream, clock),
            application,
            officers: officers.collect::<Result<_, SetupError>>()?,
            shared_officer: shared.transpose()?,
        })
    }

    /// The credential of `officer`, or the shared one.
    pub(super) fn officer(&self, officer: &OfficerId) -> Option<&HeaderValue> {
        self.officers.get(officer).or(self.shared_officer.as_ref())
    }

    /// Writes the headers of a look-up.
    pub(super) fn write(&self, to: &mut HeaderMap, token: &HeaderValue, officer: &HeaderValue) {
        to.insert(AUTHORIZATION, token.clone());
        to.insert(LGSP_TOKEN, self.application.clone());
        to.insert(AUTH_HASH, officer.clone());
    }
}

impl fmt::Debug for Lgsp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lgsp").finish_non_exhaustive()
    }
}

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

fn application_header(credential: &LgspCredential) -> Result<HeaderValue, SetupError> {
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

fn officer_header(credential: &OfficerCredential) -> Result<HeaderValue, SetupError> {
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
        assert_eq!(application_header(&credential).unwrap(), expected);
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
