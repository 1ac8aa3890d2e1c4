//! `[population]`: the route to the national population database.
//!
//! The request's shape and the way in differ by province (population.md 8), so nearly all
//! of it is configuration, with the profile's defaults where the profile has any.

mod access;
mod form;
mod officers;
mod operations;
mod profile;
mod protection;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lienthong_adapters::http::Limits;
use lienthong_adapters::population::{AccessRecipe, OfferedOperation};
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::ports::population::Operation;
use reqwest::Url;

use super::description::Page;
use super::kinds::{base_url, boolean, choice};
use super::reader::{Read, Reading};
use super::section::Section;
use super::upstream::{ALLOW_PLAIN_TEXT, describe_limits, read_limits};
use access::AccessKind;
use profile::PROFILES;

pub use form::{RequestForm, SoapForm};
pub use officers::{Officer, OfficerKey, SharedOfficer};
pub use profile::PopulationProfile;
pub use protection::{Maintenance, Protection};

/// The route to the national population database.
#[derive(Debug, Clone)]
pub struct Population {
    /// How the database is spoken to.
    pub profile: PopulationProfile,
    /// Scheme, host and common start of all paths; `http` on this machine only, unless
    /// `allow_plain_text`.
    pub base_url: Url,
    /// Whether `base_url` may be `http` on a host that is not this machine.
    pub allow_plain_text: bool,
    /// Authorities that the upstream's certificate must come from, PEM; always
    /// there when `base_url` is `https`.
    pub ca_file: Option<PathBuf>,
    /// Operations that are offered, at least one.
    pub operations: BTreeMap<Operation, OfferedOperation>,
    /// How a request is written.
    pub form: RequestForm,
    /// How the gateway shows who it is, without what stands in `officers`.
    pub access: AccessRecipe,
    /// Officers who are known by name.
    pub officers: Vec<Officer>,
    /// What stands for every other officer.
    pub shared_officer: Option<SharedOfficer>,
    /// Limits of one call.
    pub limits: Limits,
    /// How much is asked of it.
    pub protection: Protection,
    /// When it is left alone after failures.
    pub breaker: BreakerRule,
    /// When it is announced to be away.
    pub maintenance: Vec<Maintenance>,
}

impl Population {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let profile = section.required("profile", choice(&PROFILES));
        let base_url = section.required("base_url", base_url);
        let allow_plain_text = section.or(ALLOW_PLAIN_TEXT, false, boolean);
        let ca_file = section.optional_file("ca_file");
        let operations = operations::read_operations(section, profile.ok());
        let form = RequestForm::read(section, profile.ok());
        let kind = AccessKind::read(section, profile.ok());
        let access = access::read_access(section, kind);
        let officers = section.sections("officers", |officer| Officer::read(officer, kind));
        let shared_officer =
            section.section("shared_officer", |shared| SharedOfficer::read(shared, kind));
        let limits = section.section("limits", |limits| read_limits(limits, Limits::population()));
        let protection = section.section_or_empty("protection", Protection::read);
        let breaker = section.section_or_empty("breaker", protection::read_breaker);
        let maintenance = section.sections("maintenance", Maintenance::read);
        Ok(Self {
            profile: profile?,
            base_url: base_url?,
            allow_plain_text: allow_plain_text?,
            ca_file: ca_file?,
            operations: operations?,
            form: form?,
            access: access?,
            officers: officers?,
            shared_officer: shared_officer?,
            limits: limits?.unwrap_or_else(Limits::population),
            protection: protection?,
            breaker: breaker?,
            maintenance: maintenance?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("population");
        page.set("profile", self.profile.name());
        page.set("base_url", self.base_url.as_str());
        page.set(ALLOW_PLAIN_TEXT, self.allow_plain_text);
        page.set_if_any(
            "ca_file",
            self.ca_file.as_ref().map(|file| file.display().to_string()),
        );
        operations::describe_operations(&self.operations, page);
        self.form.describe(page);
        access::describe_access(&self.access, page);
        for officer in &self.officers {
            officer.describe(page);
        }
        if let Some(shared) = &self.shared_officer {
            shared.describe(page);
        }
        describe_limits(&self.limits, "population.limits", page);
        self.protection.describe(page);
        protection::describe_breaker(&self.breaker, page);
        for window in &self.maintenance {
            window.describe(page);
        }
    }

    /// Reports what its settings demand of each other.
    pub(super) fn check(&self, reading: &Reading) {
        officers::check_officers(
            &self.officers,
            self.shared_officer.as_ref(),
            access::kind_of(&self.access),
            reading,
        );
        protection::check_breaker(&self.breaker, reading);
    }
}
