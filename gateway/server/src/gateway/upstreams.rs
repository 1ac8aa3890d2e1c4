//! The upstreams as the configuration describes them.
//!
//! This is where a profile is chosen: a new one is a new file in `adapters` and one
//! arm here.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use lienthong_adapters::http::{BaseUrl, CaBundle, InvalidBaseUrl, InvalidCaBundle, SetupError};
use lienthong_adapters::population::{
    LgspCredential, OfficerCredential, SoapLgsp, SoapLgspSettings, SoapPaths, UnitElement,
    WireDateFormat,
};
use lienthong_adapters::portal::{FieldSet, P1Paths, P1Portal, P1Settings};
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::{Operation, PopulationRegistry};
use lienthong_core::ports::portal::Portal;
use thiserror::Error;

use crate::config::{self, PopulationProfile, PortalProfile};

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

const POPULATION: &str = "population";
const PORTAL: &str = "portal";

/// The population database of `settings`.
pub(crate) fn population(
    settings: &config::Population,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn PopulationRegistry>, UpstreamError> {
    match settings.profile {
        PopulationProfile::SoapLgsp => {
            let registry = SoapLgsp::new(soap_lgsp(settings)?, clock).map_err(|source| {
                UpstreamError::Setup {
                    upstream: POPULATION,
                    source,
                }
            })?;
            Ok(Arc::new(registry))
        }
    }
}

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

fn soap_lgsp(settings: &config::Population) -> Result<SoapLgspSettings, UpstreamError> {
    let path = |operation: &Option<config::OfferedOperation>| {
        operation
            .as_ref()
            .map(|operation| operation.path.clone())
            .unwrap_or_default()
    };
    let paths = SoapPaths {
        token: settings.token_path.clone(),
        lookup: path(&settings.look_up),
        confirm: path(&settings.confirm),
    };
    let credential = &settings.credential;
    let lgsp = LgspCredential {
        access_key: credential.access_key.clone(),
        secret_key: credential.secret_key.clone(),
        app_name: credential.app_name.clone(),
        partner_code: credential.partner_code.clone(),
        partner_code_cus: credential.partner_code_cus.clone(),
    };
    let mut soap = SoapLgspSettings::new(
        base_url(POPULATION, settings.base_url.as_str())?,
        paths,
        lgsp,
    );
    soap.ca_bundle = ca_bundle(POPULATION, settings.ca_file.as_ref())?;
    soap.limits = settings.limits;
    soap.officers = officers(settings);
    soap.shared_officer = settings
        .shared_officer
        .as_ref()
        .map(|shared| OfficerCredential {
            key_name: shared.key_name.clone(),
            key_pass: shared.key_pass.clone(),
        });
    soap.operations = BTreeSet::new();
    if let Some(operation) = &settings.look_up {
        soap.operations.insert(Operation::LookUp);
        soap.lookup_service_code.clone_from(&operation.code);
    }
    if let Some(operation) = &settings.confirm {
        soap.operations.insert(Operation::Confirm);
        soap.confirm_service_code.clone_from(&operation.code);
    }
    soap.date_format = match settings.date_format {
        config::DateFormat::Dashed => WireDateFormat::Hyphens,
        config::DateFormat::Compact => WireDateFormat::Compact,
    };
    soap.unit_element = match settings.unit_element {
        config::UnitElement::Absent => UnitElement::Absent,
        config::UnitElement::BeforeOfficer => UnitElement::BeforeOfficer,
        config::UnitElement::AfterOfficer => UnitElement::AfterOfficer,
    };
    soap.name_key_rule = settings.name_key;
    Ok(soap)
}

fn officers(
    settings: &config::Population,
) -> HashMap<lienthong_core::access::OfficerId, OfficerCredential> {
    settings
        .officers
        .iter()
        .map(|officer| {
            let credential = OfficerCredential {
                key_name: officer.key_name.clone(),
                key_pass: officer.key_pass.clone(),
            };
            (officer.officer.clone(), credential)
        })
        .collect()
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
