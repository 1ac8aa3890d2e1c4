//! `[portal]`: the route to the National Public Service Portal.
//!
//! The leg from an application to the province's adapter is often plain HTTP
//! (portal.md 2). The password goes over it, so on a host that is not this machine
//! `http` is taken only where `allow_plain_text` says that this is wanted.

use std::path::PathBuf;
use std::time::Duration;

use lienthong_adapters::http::Limits;
use lienthong_core::agency::AgencyCode;
use reqwest::Url;
use secrecy::SecretString;

use super::description::Page;
use super::kinds::{agency_code, base_url, boolean, choice, duration, name_of, text, url_path};
use super::quantity::duration_text;
use super::reader::Read;
use super::secret::secret_or_file;
use super::section::Section;
use super::upstream::{ALLOW_PLAIN_TEXT, describe_limits, read_limits};

/// The route to the National Public Service Portal.
#[derive(Debug, Clone)]
pub struct Portal {
    /// How the portal is spoken to.
    pub profile: PortalProfile,
    /// Scheme, host and common start of all paths (`adapter_url`); `http` on this machine
    /// only, unless `allow_plain_text`.
    pub base_url: Url,
    /// Path of the login, from `base_url` on (`auth_endpoint`).
    pub login_path: String,
    /// Path of all dossier services, from `base_url` on (`integration_endpoint`).
    pub integration_path: String,
    /// Account of the connected system.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// Mã định danh of the connected system (`madonvi`).
    pub agency_code: AgencyCode,
    /// Destination code (header `dstcode`); not sent when there is none.
    pub dstcode: Option<String>,
    /// Authorities that the upstream's certificate must come from, PEM; always
    /// there when `base_url` is `https`.
    pub ca_file: Option<PathBuf>,
    /// How long a session is used before a new login.
    pub session_lifetime: Duration,
    /// Whether `base_url` may be `http` on a host that is not this machine.
    pub allow_plain_text: bool,
    /// Limits of one call.
    pub limits: Limits,
}

/// Profiles of the portal (portal.md 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalProfile {
    /// `p1`: session and service, the fields of 2019.
    P1,
    /// `p2`: the same with the fields of QĐ 766.
    P2,
}

const PROFILES: [(&str, PortalProfile); 2] = [("p1", PortalProfile::P1), ("p2", PortalProfile::P2)];

/// The life of a session at the client seen in portal.md 3; the portal's own is
/// unknown.
const SESSION_LIFETIME: Duration = Duration::from_mins(10);

impl Portal {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let profile = section.required("profile", choice(&PROFILES));
        let base_url = section.required("base_url", base_url);
        let login_path = section.required("login_path", url_path);
        let integration_path = section.required("integration_path", url_path);
        let username = section.required("username", text);
        let password = secret_or_file(section, "password", "password_file");
        let agency_code = section.required("agency_code", agency_code);
        let dstcode = section.optional("dstcode", text);
        let ca_file = section.optional_file("ca_file");
        let session_lifetime = section.or("session_lifetime", SESSION_LIFETIME, duration);
        let allow_plain_text = section.or(ALLOW_PLAIN_TEXT, false, boolean);
        let limits = section.section("limits", |limits| read_limits(limits, Limits::portal()));
        Ok(Self {
            profile: profile?,
            base_url: base_url?,
            login_path: login_path?,
            integration_path: integration_path?,
            username: username?,
            password: password?,
            agency_code: agency_code?,
            dstcode: dstcode?,
            ca_file: ca_file?,
            session_lifetime: session_lifetime?,
            allow_plain_text: allow_plain_text?,
            limits: limits?.unwrap_or_else(Limits::portal),
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("portal");
        page.set("profile", name_of(&PROFILES, &self.profile));
        page.set("base_url", self.base_url.as_str());
        page.set("login_path", self.login_path.as_str());
        page.set("integration_path", self.integration_path.as_str());
        page.set("username", self.username.as_str());
        page.hide("password");
        page.set("agency_code", self.agency_code.as_str());
        page.set_if_any("dstcode", self.dstcode.as_deref());
        page.set_if_any(
            "ca_file",
            self.ca_file.as_ref().map(|file| file.display().to_string()),
        );
        page.set(ALLOW_PLAIN_TEXT, self.allow_plain_text);
        page.set("session_lifetime", duration_text(self.session_lifetime));
        describe_limits(&self.limits, "portal.limits", page);
    }
}
