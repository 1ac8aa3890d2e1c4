//! The profiles of the portal, and which keys each has a use for.

use super::{Files, Header};
use crate::config::kinds::{agency_code, duration, name_of, text, url_path};
use crate::config::reader::Read;
use crate::config::secret::optional_secret_or_file;
use crate::config::section::Section;

/// Profiles of the portal (portal.md 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalProfile {
    /// `p1`: session and service, the fields of 2019.
    P1,
    /// `p2`: the same with the fields of QĐ 766.
    P2,
    /// `p3_is_updating`: a wrapper of the province with `isUpdating` in the query.
    P3IsUpdating,
    /// `p3_three_urls`: a wrapper of the province with an address for each operation.
    P3ThreeUrls,
    /// `p4`: `NoiHoSo` of the ministry portal.
    P4,
}

pub(super) const PROFILES: [(&str, PortalProfile); 5] = [
    ("p1", PortalProfile::P1),
    ("p2", PortalProfile::P2),
    ("p3_is_updating", PortalProfile::P3IsUpdating),
    ("p3_three_urls", PortalProfile::P3ThreeUrls),
    ("p4", PortalProfile::P4),
];

/// Keys of `p1` and `p2`.
const SESSION: &[&str] = &[
    "login_path",
    "integration_path",
    "username",
    "password",
    "password_file",
    "agency_code",
    "dstcode",
    "session_lifetime",
];

const IS_UPDATING: &[&str] = &[
    "agency_code",
    "dossier_path",
    "steps_path",
    "find_path",
    "fields",
    "headers",
];

const THREE_URLS: &[&str] = &[
    "create_path",
    "update_path",
    "steps_path",
    "find_path",
    "fields",
    "headers",
];

const NOI_HO_SO: &[&str] = &[
    "token_path",
    "number_path",
    "upload_path",
    "dossier_path",
    "steps_path",
    "status_path",
    "find_path",
    "client_id",
    "client_secret",
    "client_secret_file",
    "number_by",
    "files",
];

impl PortalProfile {
    /// Name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        name_of(&PROFILES, &self)
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::P1 | Self::P2 => SESSION,
            Self::P3IsUpdating => IS_UPDATING,
            Self::P3ThreeUrls => THREE_URLS,
            Self::P4 => NOI_HO_SO,
        }
    }
}

fn all_keys() -> impl Iterator<Item = &'static str> {
    let lists = [SESSION, IS_UPDATING, THREE_URLS, NOI_HO_SO];
    let mut keys: Vec<&'static str> = lists.into_iter().flatten().copied().collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
}

/// Reports each key of another profile, which would look as if it were in use.
pub(super) fn refuse_others(section: &mut Section<'_>, profile: PortalProfile) -> Read<()> {
    let message = format!("is of no use with the profile {}", profile.name());
    let mut refused = Ok(());
    for key in all_keys().filter(|key| !profile.keys().contains(key)) {
        refused = section.refuse(key, &message, "take it out").and(refused);
    }
    refused
}

/// Reads whatever is there for the mistakes that are in it, whatever it will be used for,
/// while the profile is not known.
pub(super) fn read_for_mistakes(section: &mut Section<'_>) {
    for key in all_keys().filter(|key| key.ends_with("_path")) {
        let _ = section.optional(key, url_path);
    }
    for key in ["username", "dstcode", "client_id"] {
        let _ = section.optional(key, text);
    }
    let _ = optional_secret_or_file(section, "password", "password_file");
    let _ = optional_secret_or_file(section, "client_secret", "client_secret_file");
    let _ = section.optional("agency_code", agency_code);
    let _ = section.optional("session_lifetime", duration);
    let _ = section.sections("headers", Header::read);
    let _ = section.section("files", Files::read);
    for key in ["fields", "number_by"] {
        section.take(key);
    }
}
