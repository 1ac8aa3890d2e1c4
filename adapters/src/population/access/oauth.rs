//! OAuth client credentials, as at the ministry platform NGSP/NDXP (population.md 9.1).
//!
//! Older clients send the secret in the body instead of the header; a server takes one
//! of the two, so it is a setting and never tried out.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lienthong_core::clock::Clock;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::token::{Token, TokenCall, read_oauth};
use crate::http::{BaseUrl, SetupError, Upstream, secret_header};

/// The body of a token call whose secret stands in a header.
pub(super) const GRANT: &str = "grant_type=client_credentials";

/// How long before its end a token is not used any more.
pub(super) const MARGIN: Duration = Duration::from_mins(1);

/// What OAuth client credentials need.
#[derive(Debug, Clone)]
pub struct OAuthAccess {
    /// Where the token is fetched, below the address of the route.
    pub token_path: String,
    /// `consumerKey`.
    pub client_id: String,
    /// `consumerSecret`.
    pub client_secret: SecretString,
    /// Where the two stand; in the header unless configured.
    pub secret_place: ClientSecretPlace,
}

impl OAuthAccess {
    /// Client credentials in the header.
    #[must_use]
    pub fn new(
        token_path: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: SecretString,
    ) -> Self {
        Self {
            token_path: token_path.into(),
            client_id: client_id.into(),
            client_secret,
            secret_place: ClientSecretPlace::BasicHeader,
        }
    }
}

/// Where key and secret stand in the token call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientSecretPlace {
    /// `Authorization: Basic`.
    BasicHeader,
    /// `client_id` and `client_secret` in the form, as older clients send them.
    Body,
}

/// The token of `access`.
pub(super) fn token(
    access: &OAuthAccess,
    base: &BaseUrl,
    upstream: &Arc<Upstream>,
    clock: &Arc<dyn Clock>,
) -> Result<Token, SetupError> {
    let name = "the OAuth credential";
    let mut headers = HeaderMap::new();
    let secret = access.client_secret.expose_secret();
    let form = match access.secret_place {
        ClientSecretPlace::BasicHeader => {
            let pair = Zeroizing::new([access.client_id.as_str(), secret].join(":"));
            let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
            let basic = Zeroizing::new(["Basic ", encoded.as_str()].concat());
            let basic = secret_header(&basic).ok_or(SetupError::HeaderValue { name })?;
            headers.insert(AUTHORIZATION, basic);
            GRANT.to_owned()
        }
        ClientSecretPlace::Body => form_of(&access.client_id, secret),
    };
    let call = TokenCall {
        endpoint: base.endpoint(&access.token_path, "token_path")?,
        headers,
        form,
        read: read_oauth,
        margin: MARGIN,
    };
    Ok(Token::new(call, upstream, clock))
}

/// A form is what a query is; the library for addresses writes both.
fn form_of(client_id: &str, client_secret: &str) -> String {
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", client_secret),
    ];
    Url::parse_with_params("http://form", pairs)
        .ok()
        .and_then(|url| url.query().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_form_is_encoded_like_any_field() {
        assert_eq!(
            form_of("khoa", "bí&mật=+ 1"),
            "grant_type=client_credentials&client_id=khoa&client_secret=b%C3%AD%26m%E1%BA%ADt%3D%2B+1"
        );
    }
}
