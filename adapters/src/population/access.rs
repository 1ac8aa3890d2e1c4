//! How a route lets the gateway in (population.md 9): one recipe a file.
//!
//! Only a token can be renewed. A fixed credential, or a hash made for one request, that
//! was refused would be refused again, so a 401 ends there at once.

mod auth_header;
mod esb;
mod lgsp;
mod oauth;
mod token;

use std::fmt;
use std::sync::Arc;

use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::{Operation, PopulationError};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use zeroize::Zeroizing;

pub use auth_header::AuthHeaderAccess;
pub use esb::{EsbAccess, TimestampUnit};
pub use lgsp::{LgspAccess, LgspCredential, OfficerCredential};
pub use oauth::{ClientSecretPlace, OAuthAccess};

use esb::Esb;
use lgsp::Lgsp;
use token::Token;

use crate::http::{BaseUrl, SetupError, Upstream, secret_header};

/// How a route lets the gateway in. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub enum AccessRecipe {
    /// Not at all: the network is trusted, as in Thanh Hóa (population.md 8).
    None,
    /// `Authorization: Bearer` with a token that never changes.
    StaticBearer(SecretString),
    /// `lgspaccesstoken`, `Bearer` and `AuthHash` (population.md 9.3).
    Lgsp(LgspAccess),
    /// Time stamp and SHA-256 hash (population.md 9.4).
    Esb(EsbAccess),
    /// OAuth client credentials (population.md 9.1).
    OAuth(OAuthAccess),
    /// A token for the static header `Auth` (population.md 9.2).
    AuthHeader(AuthHeaderAccess),
}

/// A recipe that is set up. `Debug` shows its name only.
pub(super) struct Access(Kind);

enum Kind {
    Open,
    Fixed(HeaderValue),
    Bearer(Token),
    Lgsp(Box<Lgsp>),
    Esb(Box<Esb>),
}

/// For which request access is asked.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The operation.
    pub(super) operation: Operation,
    /// The officer, by the code of the calling system.
    pub(super) officer: &'a OfficerId,
}

/// What lets one request in.
pub(super) struct Ticket {
    /// Headers of the request.
    pub(super) headers: HeaderMap,
    /// Which token they hold; `None` where nothing can be renewed.
    pub(super) generation: Option<u64>,
}

impl Access {
    /// Sets a recipe up. No connection is made.
    pub(super) fn new(
        recipe: &AccessRecipe,
        base: &BaseUrl,
        upstream: &Arc<Upstream>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let kind = match recipe {
            AccessRecipe::None => Kind::Open,
            AccessRecipe::StaticBearer(token) => Kind::Fixed(bearer(token.expose_secret()).ok_or(
                SetupError::HeaderValue {
                    name: "the static token",
                },
            )?),
            AccessRecipe::Lgsp(access) => {
                Kind::Lgsp(Box::new(Lgsp::new(access, base, upstream, clock)?))
            }
            AccessRecipe::Esb(access) => Kind::Esb(Box::new(Esb::new(access, clock)?)),
            AccessRecipe::OAuth(access) => {
                Kind::Bearer(oauth::token(access, base, upstream, clock)?)
            }
            AccessRecipe::AuthHeader(access) => {
                Kind::Bearer(auth_header::token(access, base, upstream, clock)?)
            }
        };
        Ok(Self(kind))
    }

    /// Whether the officer has the credential that the route asks for.
    pub(super) fn admits(&self, officer: &OfficerId) -> bool {
        match &self.0 {
            Kind::Lgsp(lgsp) => lgsp.officer(officer).is_some(),
            Kind::Open | Kind::Fixed(_) | Kind::Bearer(_) | Kind::Esb(_) => true,
        }
    }

    /// What lets a request in, with another token than the one of generation `refused`.
    pub(super) async fn ticket(
        &self,
        entry: Entry<'_>,
        refused: Option<u64>,
        deadline: Instant,
    ) -> Result<Ticket, PopulationError> {
        let mut headers = HeaderMap::with_capacity(12);
        let generation = match &self.0 {
            Kind::Open => None,
            Kind::Fixed(authorization) => {
                headers.insert(AUTHORIZATION, authorization.clone());
                None
            }
            Kind::Bearer(token) => {
                let token = token.other_than(refused, deadline).await?;
                headers.insert(AUTHORIZATION, HeaderValue::clone(&token.value));
                Some(token.generation)
            }
            Kind::Lgsp(lgsp) => {
                let officer = lgsp
                    .officer(entry.officer)
                    .ok_or(PopulationError::OfficerNotMapped)?;
                let token = lgsp.token.other_than(refused, deadline).await?;
                lgsp.write(&mut headers, &token.value, officer);
                Some(token.generation)
            }
            Kind::Esb(esb) => {
                esb.write(&mut headers, entry.operation)
                    .ok_or(PopulationError::CredentialsRefused)?;
                None
            }
        };
        Ok(Ticket {
            headers,
            generation,
        })
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::Open => "Open",
            Kind::Fixed(_) => "Fixed",
            Kind::Bearer(_) => "Bearer",
            Kind::Lgsp(_) => "Lgsp",
            Kind::Esb(_) => "Esb",
        })
    }
}

/// `Bearer <token>`; `None` for an empty token, or one that no header can hold.
fn bearer(token: &str) -> Option<HeaderValue> {
    if token.is_empty() {
        return None;
    }
    secret_header(&Zeroizing::new(["Bearer ", token].concat()))
}

#[cfg(test)]
mod tests;
