//! Addresses of upstreams, checked when they are read.
//!
//! A path is appended to the base address as it stands (portal.md 2: `adapter_url`
//! followed by the endpoint); it does not replace the base address's own path.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use thiserror::Error;

use super::SetupError;

/// Address of an upstream: `http` or `https`, host, port and perhaps a path.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is not the address of an upstream; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidBaseUrl {
    /// Not an absolute address.
    #[error("is not an absolute address such as https://lgsp.example.gov.vn")]
    Format,
    /// Neither `http` nor `https`.
    #[error("must begin with http:// or https://")]
    Scheme,
    /// A user name or password stands in it.
    #[error("must not hold a user name or password")]
    Credentials,
    /// A query or fragment stands in it.
    #[error("must not hold a query or fragment")]
    Query,
}

impl BaseUrl {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`] with the first rule that is broken.
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        let url = Url::parse(text).map_err(|_| InvalidBaseUrl::Format)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBaseUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl::Query);
        }
        Ok(Self(url))
    }

    /// Whether calls go over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address, for the operator.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address `url`, if it lies below this one: same scheme, host and port, and a path
    /// that begins with this one's.
    pub(crate) fn below(&self, url: &str) -> Option<Endpoint> {
        let url = Url::parse(url).ok()?;
        let same_host = url.scheme() == self.0.scheme()
            && url.host() == self.0.host()
            && url.port_or_known_default() == self.0.port_or_known_default();
        let base = self.0.path().trim_end_matches('/');
        let below = url
            .path()
            .strip_prefix(base)
            .is_some_and(|rest| rest.starts_with('/'));
        let no_user = url.username().is_empty() && url.password().is_none();
        (same_host && below && no_user).then_some(Endpoint(url))
    }

    /// The address of `path` there; `name` is the setting that holds the path.
    pub(crate) fn endpoint(&self, path: &str, name: &'static str) -> Result<Endpoint, SetupError> {
        let base = self.0.as_str().trim_end_matches('/');
        let path = path.trim_start_matches('/');
        let odd = path
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '#');
        match Url::parse(&format!("{base}/{path}")) {
            Ok(url) if !odd && url.host() == self.0.host() && url.port() == self.0.port() => {
                Ok(Endpoint(url))
            }
            Ok(_) | Err(_) => Err(SetupError::Path { name }),
        }
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

/// Full address of one operation of an upstream.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint(Url);

impl Endpoint {
    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, InvalidBaseUrl};

    #[test]
    fn a_path_is_appended_to_the_base_address() {
        for (base, path, whole) in [
            (
                "http://127.0.0.1:9102",
                "/mapi/login",
                "http://127.0.0.1:9102/mapi/login",
            ),
            (
                "https://lgsp.example/api/",
                "token",
                "https://lgsp.example/api/token",
            ),
            (
                "https://lgsp.example/api",
                "/a/b?x=1",
                "https://lgsp.example/api/a/b?x=1",
            ),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            assert_eq!(base.endpoint(path, "path").unwrap().url().as_str(), whole);
        }
    }

    #[test]
    fn only_an_address_below_another_is_taken_for_one() {
        let base = BaseUrl::parse("https://files.h22.example/f/").unwrap();
        for (url, taken) in [
            ("https://files.h22.example/f/0d0d", true),
            ("https://files.h22.example:443/f/0d0d?k=1", true),
            ("https://files.h22.example/f/", true),
            ("https://files.h22.example/f", false),
            ("https://files.h22.example/fg/0d0d", false),
            ("https://files.h22.example/f/../etc", false),
            ("https://files.h22.example/f/%2e%2e/etc", false),
            ("http://files.h22.example/f/0d0d", false),
            ("https://files.h22.example:8443/f/0d0d", false),
            ("https://a@files.h22.example/f/0d0d", false),
            ("https://files.h22.example@evil.example/f/0d0d", false),
            ("https://127.0.0.1/f/0d0d", false),
            ("", false),
        ] {
            assert_eq!(base.below(url).is_some(), taken, "{url}");
        }
    }

    #[test]
    fn an_address_that_would_leak_or_mislead_is_refused() {
        for (text, error) in [
            ("lgsp.example", InvalidBaseUrl::Format),
            ("", InvalidBaseUrl::Format),
            ("ftp://lgsp.example", InvalidBaseUrl::Scheme),
            (
                "https://user:secret@lgsp.example",
                InvalidBaseUrl::Credentials,
            ),
            ("https://lgsp.example/?key=1", InvalidBaseUrl::Query),
        ] {
            assert_eq!(BaseUrl::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_path_with_white_space_or_a_fragment_is_refused() {
        let base = BaseUrl::parse("https://lgsp.example").unwrap();
        assert!(base.endpoint("/a b", "path").is_err());
        assert!(base.endpoint("/a#b", "path").is_err());
    }
}
