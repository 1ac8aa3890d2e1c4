//! The upstreams as the configuration describes them.
//!
//! This is where a profile is chosen: a new one is a new file in `adapters` and one arm
//! of a `match`, here for the portal and in `population` for the database.

mod population;
#[cfg(test)]
pub(super) mod samples;

use std::path::PathBuf;
use std::sync::Arc;

use lienthong_adapters::http::{BaseUrl, CaBundle, InvalidBaseUrl, InvalidCaBundle, SetupError};
use lienthong_adapters::portal::{FieldSet, P1Paths, P1Portal, P1Settings};
use lienthong_core::clock::Clock;
use lienthong_core::ports::portal::Portal;
use thiserror::Error;

use crate::config::{self, PortalProfile};
pub(crate) use population::population;

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

const PORTAL: &str = "portal";

/// The portal of `settings`.
pub(crate) fn portal(
    settings: &config::Portal,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Portal>, UpstreamError> {
    let fields = match settings.profile {
        PortalProfile::P1 => FieldSet::P1,
        PortalProfile::P2 => FieldSet::P2,
    };
    let portal =
        P1Portal::new(p1(settings, fields)?, clock).map_err(|source| UpstreamError::Setup {
            upstream: PORTAL,
            source,
        })?;
    Ok(Arc::new(portal))
}

fn p1(settings: &config::Portal, fields: FieldSet) -> Result<P1Settings, UpstreamError> {
    Ok(P1Settings {
        base_url: base_url(PORTAL, settings.base_url.as_str())?,
        paths: P1Paths {
            login: settings.login_path.clone(),
            integration: settings.integration_path.clone(),
        },
        ca_bundle: ca_bundle(PORTAL, settings.ca_file.as_ref())?,
        limits: settings.limits,
        username: settings.username.clone(),
        password: settings.password.clone(),
        agency_code: settings.agency_code.as_str().to_owned(),
        dstcode: settings.dstcode.clone(),
        fields,
        session_lifetime: settings.session_lifetime,
        steps_per_call: 10,
    })
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
