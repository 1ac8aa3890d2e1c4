//! The profiles of the population database, and what each takes for granted.
//!
//! A new profile is one variant here with its name and its defaults.

use lienthong_adapters::population::WireDateFormat;
use lienthong_core::ports::population::Operation;

use super::access::AccessKind;
use crate::config::kinds::name_of;

/// Profiles of the population database (population.md 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopulationProfile {
    /// `soap-lgsp`: raw SOAP through a provincial platform with the header
    /// `lgspaccesstoken`.
    SoapLgsp,
    /// `soap-esb`: raw SOAP at the bus of the Ministry of Public Security or the national
    /// exchange axis, which are built on X-Road.
    SoapEsb,
    /// `json-wrap-xml`: JSON in, JSON with the whole SOAP text in one value out.
    JsonWrapXml,
    /// `json-flat`: JSON in, the record as JSON out.
    JsonFlat,
}

/// What a profile takes for granted where the file says nothing.
pub(super) struct Defaults {
    pub(super) access: AccessKind,
    /// Operations that the profile can be told to offer.
    pub(super) operations: &'static [Operation],
    pub(super) date_format: WireDateFormat,
    /// Sent as `MaDVC` instead of the procedure's own code.
    pub(super) general_procedure: Option<&'static str>,
    /// Whether its requests are SOAP, with an order of elements.
    pub(super) soap: bool,
    /// Whether its requests name an account of the province (`userNameService`).
    pub(super) service_user: bool,
}

pub(super) const PROFILES: [(&str, PopulationProfile); 4] = [
    ("soap-lgsp", PopulationProfile::SoapLgsp),
    ("soap-esb", PopulationProfile::SoapEsb),
    ("json-wrap-xml", PopulationProfile::JsonWrapXml),
    ("json-flat", PopulationProfile::JsonFlat),
];

impl PopulationProfile {
    /// Name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        name_of(&PROFILES, &self)
    }

    /// What it takes for granted (population.md 8; for the JSON profiles only the
    /// look-up has been seen).
    pub(super) fn defaults(self) -> Defaults {
        match self {
            Self::SoapLgsp => Defaults {
                access: AccessKind::Lgsp,
                operations: Operation::ALL,
                date_format: WireDateFormat::Hyphens,
                general_procedure: None,
                soap: true,
                service_user: false,
            },
            Self::SoapEsb => Defaults {
                access: AccessKind::Esb,
                operations: Operation::ALL,
                date_format: WireDateFormat::Compact,
                general_procedure: None,
                soap: true,
                service_user: false,
            },
            Self::JsonWrapXml => Defaults {
                access: AccessKind::None,
                operations: &[Operation::LookUp],
                date_format: WireDateFormat::Compact,
                general_procedure: Some("VPCP"),
                soap: false,
                service_user: false,
            },
            Self::JsonFlat => Defaults {
                access: AccessKind::AuthHeader,
                operations: &[Operation::LookUp],
                date_format: WireDateFormat::Hyphens,
                general_procedure: None,
                soap: false,
                service_user: true,
            },
        }
    }
}
