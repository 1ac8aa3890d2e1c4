//! The upstreams as the configuration describes them.
//!
//! This is where a profile is chosen: a new one is a new file in `adapters` and one arm
//! of a `match`, in `portal` or in `population`.

mod population;
mod portal;
#[cfg(test)]
pub(super) mod samples;

use std::path::PathBuf;

use lienthong_adapters::http::{BaseUrl, CaBundle, InvalidBaseUrl, InvalidCaBundle, SetupError};
use thiserror::Error;

pub(crate) use population::population;
pub(crate) use portal::{PortalSides, portal, sides};

/// Why an upstream cannot be set up.
#[derive(Debug, Error)]
pub enum UpstreamError {
    /// Its address cannot be used.
    #[error("[{upstream}] base_url cannot be used")]
    BaseUrl {
        /// Section of the configuration.
        upstream: &'static str,
        /// Why.
        #[source]
        source: InvalidBaseUrl,
    },
    /// Its CA bundle cannot be read.
    #[error("[{upstream}] ca_file {path} cannot be read")]
    CaFile {
        /// Section of the configuration.
        upstream: &'static str,
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Its CA bundle holds no usable certificate.
    #[error("[{upstream}] ca_file holds no usable certificate")]
    CaBundle {
        /// Section of the configuration.
        upstream: &'static str,
        /// Why.
        #[source]
        source: InvalidCaBundle,
    },
    /// The adapter refuses its settings.
    #[error("[{upstream}] cannot be set up")]
    Setup {
        /// Section of the configuration.
        upstream: &'static str,
        /// Why.
        #[source]
        source: SetupError,
    },
}

fn base_url(upstream: &'static str, text: &str) -> Result<BaseUrl, UpstreamError> {
    BaseUrl::parse(text).map_err(|source| UpstreamError::BaseUrl { upstream, source })
}

fn ca_bundle(
    upstream: &'static str,
    path: Option<&PathBuf>,
) -> Result<Option<CaBundle>, UpstreamError> {
    let Some(path) = path else {
        return Ok(None);
    };
    let pem = std::fs::read(path).map_err(|source| UpstreamError::CaFile {
        upstream,
        path: path.display().to_string(),
        source,
    })?;
    CaBundle::from_pem(&pem)
        .map(Some)
        .map_err(|source| UpstreamError::CaBundle { upstream, source })
}
