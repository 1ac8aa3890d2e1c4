//! The log-in (portal.md 3).
//!
//! It carries nothing of a dossier. Its failures are therefore never "may have
//! been applied", whatever happened to the connection.

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::ports::portal::PortalError;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::access::Fresh;
use crate::http::{Endpoint, Upstream};
use crate::portal::answers::{Envelope, Hidden};
use crate::portal::exchange::{REFUSED, failure_without_effect};

/// What a log-in needs.
pub(super) struct LogIn {
    pub(super) upstream: Arc<Upstream>,
    pub(super) endpoint: Endpoint,
    pub(super) headers: HeaderMap,
    pub(super) username: String,
    pub(super) password: SecretString,
    pub(super) lifetime: Duration,
}

#[derive(Serialize)]
struct Account<'a> {
    username: &'a str,
    password: &'a str,
}

impl LogIn {
    /// A log-in that is independent of whoever asked for it.
    pub(super) fn fetch(
        &self,
    ) -> impl Future<Output = Result<Fresh<SecretString>, PortalError>> + Send + use<> {
        let account = Account {
            username: &self.username,
            password: self.password.expose_secret(),
        };
        let body = serde_json::to_vec(&account);
        let (upstream, endpoint) = (Arc::clone(&self.upstream), self.endpoint.clone());
        let (headers, lifetime) = (self.headers.clone(), self.lifetime);
        let username = self.username.clone();
        async move {
            let body = body.map_err(|_| REFUSED)?;
            let sent = upstream
                .post(&endpoint, headers, body, upstream.total())
                .await;
            let answer = sent.map_err(|error| failure_without_effect(&error))?;
            match answer.head.status {
                200 => {}
                429 => {
                    return Err(PortalError::Throttled {
                        retry_after: answer.head.retry_after,
                        said: None,
                    });
                }
                500.. => return Err(PortalError::Unreachable),
                _ => return Err(REFUSED),
            }
            // A page in place of an answer is an outage, no word about the account.
            let answer = Envelope::read(&answer.body).map_err(|_| PortalError::Unreachable)?;
            if answer.is_out_of_service() {
                return Err(PortalError::Unreachable);
            }
            let said = answer.said(&Hidden::Values(vec![&username]));
            match answer.into_session() {
                Some(value) => Ok(Fresh { value, lifetime }),
                None => Err(PortalError::SessionRefused { said: Some(said) }),
            }
        }
    }
}
