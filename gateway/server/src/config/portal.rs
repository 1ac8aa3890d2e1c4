//! `[portal]`: the route to the National Public Service Portal.
//!
//! The leg from an application to the province's adapter is often plain HTTP
//! (portal.md 2). The password goes over it, so on a host that is not this machine
//! `http` is taken only where `allow_plain_text` says that this is wanted.

mod mapping;
mod noi_ho_so;
mod profile;
mod session;
mod wrapper;

use std::path::PathBuf;
use std::sync::Arc;

use lienthong_adapters::http::Limits;
use lienthong_core::mapping::MappingTable;
use reqwest::Url;

use super::description::Page;
use super::kinds::{base_url, boolean, choice};
use super::reader::{Read, Reading, Reported};
use super::section::Section;
use super::upstream::{ALLOW_PLAIN_TEXT, describe_limits, read_limits};
use profile::{PROFILES, read_for_mistakes, refuse_others};

pub use noi_ho_so::{Files, NoiHoSoRoute};
pub use profile::PortalProfile;
pub use session::SessionRoute;
pub use wrapper::{Header, WrapperForm, WrapperRoute};

/// The route to the National Public Service Portal.
#[derive(Debug, Clone)]
pub struct Portal {
    /// Scheme, host and common start of all paths (`adapter_url`); `http` on this machine
    /// only, unless `allow_plain_text`.
    pub base_url: Url,
    /// Authorities that the upstream's certificate must come from, PEM; always
    /// there when `base_url` is `https`.
    pub ca_file: Option<PathBuf>,
    /// Whether `base_url` may be `http` on a host that is not this machine.
    pub allow_plain_text: bool,
    /// Limits of one call.
    pub limits: Limits,
    /// Where the mapping table stands, if there is one.
    pub mapping_file: Option<PathBuf>,
    /// What the portal calls our codes; changes nothing without a file.
    pub mapping: Arc<MappingTable>,
    /// What the profile needs besides.
    pub route: PortalRoute,
}

/// What each family of profiles needs.
#[derive(Debug, Clone)]
pub enum PortalRoute {
    /// `p1` and `p2`.
    Session(SessionRoute),
    /// `p3_is_updating` and `p3_three_urls`.
    Wrapper(WrapperRoute),
    /// `p4`.
    NoiHoSo(NoiHoSoRoute),
}

impl Portal {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let profile = section.required("profile", choice(&PROFILES));
        let base_url = section.required("base_url", base_url);
        let ca_file = section.optional_file("ca_file");
        let allow_plain_text = section.or(ALLOW_PLAIN_TEXT, false, boolean);
        let mapping = mapping::read(section);
        let route = PortalRoute::read(section, profile);
        let limits = section.section("limits", |limits| read_limits(limits, Limits::portal()));
        let (mapping_file, mapping) = mapping?;
        Ok(Self {
            base_url: base_url?,
            ca_file: ca_file?,
            allow_plain_text: allow_plain_text?,
            limits: limits?.unwrap_or_else(Limits::portal),
            mapping_file,
            mapping,
            route: route?,
        })
    }

    /// The profile that the portal is spoken to by.
    #[must_use]
    pub fn profile(&self) -> PortalProfile {
        match &self.route {
            PortalRoute::Session(session) => session.profile(),
            PortalRoute::Wrapper(wrapper) => wrapper.profile(),
            PortalRoute::NoiHoSo(_) => PortalProfile::P4,
        }
    }

    /// Whether there is a way to ask for a dossier.
    pub(super) fn can_be_asked(&self) -> bool {
        match &self.route {
            PortalRoute::Session(_) => true,
            PortalRoute::Wrapper(wrapper) => wrapper.find_path.is_some(),
            PortalRoute::NoiHoSo(route) => route.paths.find.is_some(),
        }
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("portal");
        page.set("profile", self.profile().name());
        page.set("base_url", self.base_url.as_str());
        let shown = |file: &Option<PathBuf>| file.as_ref().map(|it| it.display().to_string());
        page.set_if_any("ca_file", shown(&self.ca_file));
        page.set(ALLOW_PLAIN_TEXT, self.allow_plain_text);
        page.set_if_any("mapping_file", shown(&self.mapping_file));
        match &self.route {
            PortalRoute::Session(session) => session.describe(page),
            PortalRoute::Wrapper(wrapper) => wrapper.describe(page),
            PortalRoute::NoiHoSo(route) => route.describe(page),
        }
        describe_limits(&self.limits, "portal.limits", page);
    }

    /// Reports what its settings demand of each other.
    pub(super) fn check(&self, reading: &Reading) {
        match &self.route {
            PortalRoute::Session(_) | PortalRoute::Wrapper(_) => {}
            PortalRoute::NoiHoSo(route) => route.check(self.allow_plain_text, reading),
        }
    }
}

impl PortalRoute {
    /// Reads what `profile` needs and refuses what it has no use for. Without a profile
    /// nothing is judged by it.
    fn read(section: &mut Section<'_>, profile: Read<PortalProfile>) -> Read<Self> {
        let Ok(profile) = profile else {
            read_for_mistakes(section);
            return Err(Reported);
        };
        let others = refuse_others(section, profile);
        let route = match profile {
            PortalProfile::P1 | PortalProfile::P2 => {
                SessionRoute::read(section, profile).map(Self::Session)
            }
            PortalProfile::P3IsUpdating | PortalProfile::P3ThreeUrls => {
                WrapperRoute::read(section, profile).map(Self::Wrapper)
            }
            PortalProfile::P4 => NoiHoSoRoute::read(section).map(Self::NoiHoSo),
        };
        others?;
        route
    }
}
