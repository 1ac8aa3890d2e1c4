//! What `p1` and `p2` need: an account, and two paths (portal.md 2 and 3).

use std::time::Duration;

use lienthong_adapters::portal::FieldSet;
use lienthong_core::agency::AgencyCode;
use secrecy::SecretString;

use super::profile::PortalProfile;
use crate::config::description::Page;
use crate::config::kinds::{agency_code, duration, text, url_path};
use crate::config::quantity::duration_text;
use crate::config::reader::Read;
use crate::config::secret::secret_or_file;
use crate::config::section::Section;

/// Session and service.
#[derive(Debug, Clone)]
pub struct SessionRoute {
    /// Which fields a dossier carries: `p1` or `p2`.
    pub fields: FieldSet,
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
    /// How long a session is used before a new login.
    pub session_lifetime: Duration,
}

/// The life of a session at the client seen in portal.md 3; the portal's own is
/// unknown.
const SESSION_LIFETIME: Duration = Duration::from_mins(10);

impl SessionRoute {
    pub(super) fn read(section: &mut Section<'_>, profile: PortalProfile) -> Read<Self> {
        let login_path = section.required("login_path", url_path);
        let integration_path = section.required("integration_path", url_path);
        let username = section.required("username", text);
        let password = secret_or_file(section, "password", "password_file");
        let agency_code = section.required("agency_code", agency_code);
        let dstcode = section.optional("dstcode", text);
        let session_lifetime = section.or("session_lifetime", SESSION_LIFETIME, duration);
        Ok(Self {
            fields: match profile {
                PortalProfile::P1 => FieldSet::P1,
                PortalProfile::P2
                | PortalProfile::P3IsUpdating
                | PortalProfile::P3ThreeUrls
                | PortalProfile::P4 => FieldSet::P2,
            },
            login_path: login_path?,
            integration_path: integration_path?,
            username: username?,
            password: password?,
            agency_code: agency_code?,
            dstcode: dstcode?,
            session_lifetime: session_lifetime?,
        })
    }

    pub(super) fn profile(&self) -> PortalProfile {
        match self.fields {
            FieldSet::P1 => PortalProfile::P1,
            FieldSet::P2 => PortalProfile::P2,
        }
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.set("login_path", self.login_path.as_str());
        page.set("integration_path", self.integration_path.as_str());
        page.set("username", self.username.as_str());
        page.hide("password");
        page.set("agency_code", self.agency_code.as_str());
        page.set_if_any("dstcode", self.dstcode.as_deref());
        page.set("session_lifetime", duration_text(self.session_lifetime));
    }
}
