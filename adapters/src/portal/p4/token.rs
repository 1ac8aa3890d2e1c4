//! B1, the token (portal.md 9).
//!
//! It carries nothing of a dossier, so its failures are never "may have been applied".

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::ports::portal::PortalError;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::access::Fresh;
use crate::http::{Endpoint, Upstream};
use crate::portal::answers::{Envelope, Hidden};
use crate::portal::exchange::{REFUSED, failure_without_effect, of_status};

/// Life of a token that does not tell its own.
const UNTOLD_LIFETIME: Duration = Duration::from_mins(10);

/// Longest life that is believed.
const LONGEST_LIFETIME: Duration = Duration::from_hours(24);

/// What fetching a token needs.
pub(super) struct TokenCall {
    pub(super) upstream: Arc<Upstream>,
    pub(super) endpoint: Endpoint,
    pub(super) headers: HeaderMap,
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

#[derive(Serialize)]
struct Account<'a> {
    client_id: &'a str,
    client_secret: &'a str,
}

/// A token, below `data` or, as OAuth has it, at the top.
#[derive(Deserialize)]
struct Told {
    data: Option<Token>,
    #[serde(flatten)]
    top: Token,
}

#[derive(Deserialize)]
struct Token {
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl TokenCall {
    /// A fetch that is independent of whoever asked for it.
    pub(super) fn fetch(
        &self,
    ) -> impl Future<Output = Result<Fresh<SecretString>, PortalError>> + Send + use<> {
        let account = Account {
            client_id: &self.client_id,
            client_secret: self.client_secret.expose_secret(),
        };
        let body = serde_json::to_vec(&account);
        let (upstream, endpoint) = (Arc::clone(&self.upstream), self.endpoint.clone());
        let headers = self.headers.clone();
        let client_id = self.client_id.clone();
        async move {
            let body = body.map_err(|_| REFUSED)?;
            let total = upstream.total();
            let sent = upstream.post(&endpoint, headers, body, total).await;
            let answer = sent.map_err(|error| failure_without_effect(&error))?;
            match answer.head.status {
                200 => {}
                429 => return Err(of_status(&answer.head)),
                500.. => return Err(PortalError::Unreachable),
                _ => {
                    let envelope = Envelope::read_typed(&answer.body, false);
                    let said = envelope
                        .ok()
                        .map(|answer| answer.said(&Hidden::Values(vec![&client_id])));
                    return Err(PortalError::SessionRefused { said });
                }
            }
            read(&answer.body, &client_id)
        }
    }
}

fn read(body: &Zeroizing<Vec<u8>>, client_id: &str) -> Result<Fresh<SecretString>, PortalError> {
    // A page in place of an answer is an outage, no word about the account.
    let told: Told = serde_json::from_slice(body).map_err(|_| PortalError::Unreachable)?;
    let token = told.data.unwrap_or(told.top);
    let lifetime = token
        .expires_in
        .map_or(UNTOLD_LIFETIME, Duration::from_secs);
    match token.access_token {
        Some(value) if !value.is_empty() => Ok(Fresh {
            value: SecretString::from(value),
            lifetime: lifetime.min(LONGEST_LIFETIME),
        }),
        Some(_) | None => {
            let envelope = Envelope::read_typed(body, true);
            let said = envelope
                .ok()
                .map(|answer| answer.said(&Hidden::Values(vec![client_id])));
            Err(PortalError::SessionRefused { said })
        }
    }
}
