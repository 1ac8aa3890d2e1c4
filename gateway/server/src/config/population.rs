//! `[population]`: the route to the national population database.
//!
//! The request's shape differs by province (population.md 8), so nearly all of
//! it is configuration. Officers' credentials name people: neither they nor the
//! officers' codes are ever shown.

use std::path::PathBuf;

use lienthong_adapters::http::Limits;
use lienthong_core::access::OfficerId;
use lienthong_core::name::KeyRule;
use lienthong_core::ports::population::Operation;
use reqwest::Url;
use secrecy::SecretString;

use super::description::Page;
use super::kinds::{base_url, boolean, choice, name_of, officer, service_code, text, url_path};
use super::reader::Read;
use super::secret::{secret, secret_or_file};
use super::section::Section;
use super::upstream::{ALLOW_PLAIN_TEXT, describe_limits, read_limits};

/// The route to the national population database.
#[derive(Debug, Clone)]
pub struct Population {
    /// How the database is spoken to.
    pub profile: PopulationProfile,
    /// Scheme, host and common start of all paths; `http` on this machine only, unless
    /// `allow_plain_text`.
    pub base_url: Url,
    /// Path of the token call, from `base_url` on; starts with `/`.
    pub token_path: String,
    /// Operation 037; `None` where it is not offered.
    pub look_up: Option<OfferedOperation>,
    /// Operation 033; `None` where it is not offered.
    pub confirm: Option<OfferedOperation>,
    /// Authorities that the upstream's certificate must come from, PEM; always
    /// there when `base_url` is `https`.
    pub ca_file: Option<PathBuf>,
    /// How a birth date is written.
    pub date_format: DateFormat,
    /// Where the unit stands in a look-up.
    pub unit_element: UnitElement,
    /// How a name becomes the key that is compared.
    pub name_key: KeyRule,
    /// The credential of the application.
    pub credential: LgspCredential,
    /// Credentials of single officers.
    pub officers: Vec<OfficerCredential>,
    /// Credential for every officer who has none of their own.
    pub shared_officer: Option<SharedOfficerCredential>,
    /// Whether `base_url` may be `http` on a host that is not this machine.
    pub allow_plain_text: bool,
    /// Limits of one call.
    pub limits: Limits,
}

/// An operation that the route offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedOperation {
    /// Path, from the base URL on; starts with `/`.
    pub path: String,
    /// Service code that goes into the request (`MaTichHop`, `MaDichVu`).
    pub code: String,
}

/// Profiles of the population database (population.md 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopulationProfile {
    /// `soap-lgsp`: raw SOAP through a provincial platform with the header
    /// `lgspaccesstoken`.
    SoapLgsp,
}

/// How a birth date is written in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// `yyyy-MM-dd`.
    Dashed,
    /// `yyyyMMdd`.
    Compact,
}

/// Where `MaDonVi` stands in a look-up (population.md 2.1: the sources conflict).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitElement {
    /// Not sent.
    Absent,
    /// Before `MaCanBo`.
    BeforeOfficer,
    /// After `MaCanBo`.
    AfterOfficer,
}

/// The application's credential for the provincial platform (population.md 9.3).
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

/// An officer's own credential (`AuthHash`, population.md 9.3).
#[derive(Debug, Clone)]
pub struct OfficerCredential {
    /// Mã cán bộ. In the newest style it is a personal number.
    pub officer: OfficerId,
    /// `keyName`.
    pub key_name: SecretString,
    /// `keyPass`.
    pub key_pass: SecretString,
}

/// A credential that officers share.
#[derive(Debug, Clone)]
pub struct SharedOfficerCredential {
    /// `keyName`.
    pub key_name: SecretString,
    /// `keyPass`.
    pub key_pass: SecretString,
}

const PROFILES: [(&str, PopulationProfile); 1] = [("soap-lgsp", PopulationProfile::SoapLgsp)];

const OPERATIONS: [(&str, Operation); 2] = [
    ("look-up", Operation::LookUp),
    ("confirm", Operation::Confirm),
];

const DATE_FORMATS: [(&str, DateFormat); 2] = [
    ("yyyy-MM-dd", DateFormat::Dashed),
    ("yyyyMMdd", DateFormat::Compact),
];

const UNIT_ELEMENTS: [(&str, UnitElement); 3] = [
    ("absent", UnitElement::Absent),
    ("before-officer", UnitElement::BeforeOfficer),
    ("after-officer", UnitElement::AfterOfficer),
];

const NAME_KEYS: [(&str, KeyRule); 2] = [
    ("letters-and-digits", KeyRule::LettersAndDigits),
    ("keep-apostrophe", KeyRule::KeepApostrophe),
];

/// Keys of one operation, and its service code where the file names none.
struct OperationKeys {
    operation: Operation,
    path: &'static str,
    code: &'static str,
    default_code: &'static str,
}

const LOOK_UP: OperationKeys = OperationKeys {
    operation: Operation::LookUp,
    path: "lookup_path",
    code: "lookup_code",
    default_code: "037",
};

const CONFIRM: OperationKeys = OperationKeys {
    operation: Operation::Confirm,
    path: "confirm_path",
    code: "confirm_code",
    default_code: "033",
};

impl Population {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let profile = section.required("profile", choice(&PROFILES));
        let base_url = section.required("base_url", base_url);
        let token_path = section.required("token_path", url_path);
        let operations = read_operations(section);
        let offered = operations.as_deref().unwrap_or_default();
        let look_up = OfferedOperation::read(section, offered, &LOOK_UP);
        let confirm = OfferedOperation::read(section, offered, &CONFIRM);
        let ca_file = section.optional_file("ca_file");
        let date_format = section.or("date_format", DateFormat::Dashed, choice(&DATE_FORMATS));
        let unit_element = section.or("unit_element", UnitElement::Absent, choice(&UNIT_ELEMENTS));
        let name_key = section.or("name_key", KeyRule::default(), choice(&NAME_KEYS));
        let credential = section.required_section("credential", LgspCredential::read);
        let officers = section.sections("officers", OfficerCredential::read);
        let shared_officer = section.section("shared_officer", SharedOfficerCredential::read);
        let allow_plain_text = section.or(ALLOW_PLAIN_TEXT, false, boolean);
        let limits = section.section("limits", |limits| read_limits(limits, Limits::population()));
        operations?;
        Ok(Self {
            profile: profile?,
            base_url: base_url?,
            token_path: token_path?,
            look_up: look_up?,
            confirm: confirm?,
            ca_file: ca_file?,
            date_format: date_format?,
            unit_element: unit_element?,
            name_key: name_key?,
            credential: credential?,
            officers: officers?,
            shared_officer: shared_officer?,
            allow_plain_text: allow_plain_text?,
            limits: limits?.unwrap_or_else(Limits::population),
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("population");
        page.set("profile", name_of(&PROFILES, &self.profile));
        page.set("base_url", self.base_url.as_str());
        page.set("token_path", self.token_path.as_str());
        let offered = [(&LOOK_UP, &self.look_up), (&CONFIRM, &self.confirm)];
        let names = offered.iter().filter(|(_, offered)| offered.is_some());
        page.list(
            "operations",
            names.map(|(keys, _)| name_of(&OPERATIONS, &keys.operation)),
        );
        for (keys, operation) in offered {
            page.set_if_any(
                keys.path,
                operation.as_ref().map(|offered| offered.path.as_str()),
            );
            page.set_if_any(
                keys.code,
                operation.as_ref().map(|offered| offered.code.as_str()),
            );
        }
        page.set_if_any(
            "ca_file",
            self.ca_file.as_ref().map(|file| file.display().to_string()),
        );
        page.set(ALLOW_PLAIN_TEXT, self.allow_plain_text);
        page.set("date_format", name_of(&DATE_FORMATS, &self.date_format));
        page.set("unit_element", name_of(&UNIT_ELEMENTS, &self.unit_element));
        page.set("name_key", name_of(&NAME_KEYS, &self.name_key));
        self.credential.describe(page);
        for _hidden in &self.officers {
            page.element("population.officers");
            page.hide("officer");
            page.hide("key_name");
            page.hide("key_pass");
        }
        if self.shared_officer.is_some() {
            page.section("population.shared_officer");
            page.hide("key_name");
            page.hide("key_pass");
        }
        describe_limits(&self.limits, "population.limits", page);
    }
}

fn read_operations(section: &mut Section<'_>) -> Read<Vec<Operation>> {
    let operations = section.required_list("operations", choice(&OPERATIONS))?;
    if operations.is_empty() {
        let message = "must name at least one operation";
        return Err(section.wrong(
            "operations",
            message,
            "known are \"look-up\" and \"confirm\"",
        ));
    }
    Ok(operations)
}

impl OfferedOperation {
    fn read(
        section: &mut Section<'_>,
        offered: &[Operation],
        keys: &OperationKeys,
    ) -> Read<Option<Self>> {
        let path = section.optional(keys.path, url_path);
        let code = section.or(keys.code, keys.default_code.to_owned(), service_code);
        let (path, code) = (path?, code?);
        if !offered.contains(&keys.operation) {
            return Ok(None);
        }
        let Some(path) = path else {
            let operation = name_of(&OPERATIONS, &keys.operation);
            let help = format!("`operations` names \"{operation}\", which needs a path");
            return Err(section.missing(keys.path, Some(help)));
        };
        Ok(Some(Self { path, code }))
    }
}

impl LgspCredential {
    fn read(section: &mut Section<'_>) -> Read<Self> {
        let access_key = section.required("access_key", secret);
        let secret_key = secret_or_file(section, "secret_key", "secret_key_file");
        let app_name = section.required("app_name", text);
        let partner_code = section.required("partner_code", text);
        let partner_code_cus = section.required("partner_code_cus", text);
        Ok(Self {
            access_key: access_key?,
            secret_key: secret_key?,
            app_name: app_name?,
            partner_code: partner_code?,
            partner_code_cus: partner_code_cus?,
        })
    }

    fn describe(&self, page: &mut Page) {
        page.section("population.credential");
        page.hide("access_key");
        page.hide("secret_key");
        page.set("app_name", self.app_name.as_str());
        page.set("partner_code", self.partner_code.as_str());
        page.set("partner_code_cus", self.partner_code_cus.as_str());
    }
}

impl OfficerCredential {
    fn read(section: &mut Section<'_>) -> Read<Self> {
        let officer = section.required("officer", officer);
        let key_name = section.required("key_name", secret);
        let key_pass = secret_or_file(section, "key_pass", "key_pass_file");
        Ok(Self {
            officer: officer?,
            key_name: key_name?,
            key_pass: key_pass?,
        })
    }
}

impl SharedOfficerCredential {
    fn read(section: &mut Section<'_>) -> Read<Self> {
        let key_name = section.required("key_name", secret);
        let key_pass = secret_or_file(section, "key_pass", "key_pass_file");
        Ok(Self {
            key_name: key_name?,
            key_pass: key_pass?,
        })
    }
}
