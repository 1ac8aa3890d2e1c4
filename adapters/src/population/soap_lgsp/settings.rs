//! What a province configures for the profile `soap-lgsp`.
//!
//! The paths of the operations are not public (population.md 1.2) and therefore
//! have no default.

use std::collections::{BTreeSet, HashMap};

use lienthong_core::access::OfficerId;
use lienthong_core::name::KeyRule;
use lienthong_core::ports::population::Operation;
use secrecy::SecretString;

use crate::http::{BaseUrl, CaBundle, Limits};

/// Settings of [`SoapLgsp`](super::SoapLgsp). `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct SoapLgspSettings {
    /// Address of the provincial bus (LGSP).
    pub base_url: BaseUrl,
    /// Paths below that address.
    pub paths: SoapPaths,
    /// Authorities that vouch for an `https` address.
    pub ca_bundle: Option<CaBundle>,
    /// Limits of each exchange.
    pub limits: Limits,
    /// Credential of the application (header `lgspaccesstoken`).
    pub lgsp: LgspCredential,
    /// Credentials of the officers (header `AuthHash`).
    pub officers: HashMap<OfficerId, OfficerCredential>,
    /// One credential for every officer without their own. Normally absent: an
    /// officer without a mapping is refused (population.md 14, rule 3).
    pub shared_officer: Option<OfficerCredential>,
    /// `MaTichHop` of the look-up; `037` unless configured.
    pub lookup_service_code: String,
    /// `MaDichVu` of the confirmation; `033` unless configured.
    pub confirm_service_code: String,
    /// Form of a full birth date in the request; `yyyy-MM-dd` unless configured.
    pub date_format: WireDateFormat,
    /// Where `MaDonVi` stands in the look-up; absent unless configured.
    pub unit_element: UnitElement,
    /// How names become keys.
    pub name_key_rule: KeyRule,
    /// Operations that the province is licensed for; the look-up alone unless
    /// configured.
    pub operations: BTreeSet<Operation>,
}

impl SoapLgspSettings {
    /// The settings of the route as OpenCPS v2 uses it (population.md 8), with no
    /// officer mapped yet.
    #[must_use]
    pub fn new(base_url: BaseUrl, paths: SoapPaths, lgsp: LgspCredential) -> Self {
        Self {
            base_url,
            paths,
            ca_bundle: None,
            limits: Limits::population(),
            lgsp,
            officers: HashMap::new(),
            shared_officer: None,
            lookup_service_code: "037".to_owned(),
            confirm_service_code: "033".to_owned(),
            date_format: WireDateFormat::Hyphens,
            unit_element: UnitElement::Absent,
            name_key_rule: KeyRule::LettersAndDigits,
            operations: BTreeSet::from([Operation::LookUp]),
        }
    }
}

/// Paths below the address of the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoapPaths {
    /// Where the access token is fetched.
    pub token: String,
    /// Look-up (`TraCuuThongTinCongDan`).
    pub lookup: String,
    /// Confirmation (`XacThucThongTinCongDan`).
    pub confirm: String,
}

/// The application's credential at the bus (population.md 9.3).
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

/// An officer's credential at the population database (population.md 9.3).
#[derive(Debug, Clone)]
pub struct OfficerCredential {
    /// `keyName`.
    pub key_name: SecretString,
    /// `keyPass`.
    pub key_pass: SecretString,
}

/// Form of a full birth date in a request (population.md 2.1: it differs by route).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireDateFormat {
    /// `yyyy-MM-dd`.
    Hyphens,
    /// `yyyyMMdd`.
    Compact,
}

/// Where `MaDonVi` stands. Servers check the order (population.md 2.1), and the
/// orders seen conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitElement {
    /// Nowhere, as OpenCPS v2 sends it.
    Absent,
    /// Before `MaCanBo`, as the NDXP description has it.
    BeforeOfficer,
    /// After `MaCanBo`, as the court system sends it.
    AfterOfficer,
}
