//! What the wrappers of a province need: paths, and perhaps headers (portal.md 10).
//!
//! That a wrapper recognises its callers by headers that stay the same is an assumption
//! of this project; only names such as `AppName` and `AccessKey` have been seen.

use lienthong_adapters::portal::FieldSet;
use lienthong_core::agency::AgencyCode;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName};
use secrecy::SecretString;

use super::profile::PortalProfile;
use crate::config::description::Page;
use crate::config::kinds::{agency_code, choice, name_of, raw_text, url_path};
use crate::config::reader::{Complaint, Read};
use crate::config::secret::secret_or_file;
use crate::config::section::Section;
use crate::config::source::Node;

/// A wrapper of the province.
#[derive(Debug, Clone)]
pub struct WrapperRoute {
    /// How a new dossier is told from a changed one.
    pub form: WrapperForm,
    /// Where progress is sent, from `base_url` on.
    pub steps_path: String,
    /// Where a dossier is asked for; without it the wrapper cannot be asked.
    pub find_path: Option<String>,
    /// Which fields a dossier carries.
    pub fields: FieldSet,
    /// Headers that go with every call.
    pub headers: Vec<Header>,
}

/// How a wrapper tells a new dossier from a changed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrapperForm {
    /// `p3_is_updating`.
    IsUpdating {
        /// Where a dossier is sent.
        dossier_path: String,
        /// Mã định danh of the connected system (`MaDinhDanhDV`).
        agency_code: AgencyCode,
    },
    /// `p3_three_urls`.
    ThreeUrls {
        /// Where a new dossier is sent.
        create_path: String,
        /// Where a changed one is.
        update_path: String,
    },
}

/// A header that goes with every call. `Debug` hides its value.
#[derive(Debug, Clone)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: SecretString,
}

const FIELDS: [(&str, FieldSet); 2] = [("p1", FieldSet::P1), ("p2", FieldSet::P2)];

impl WrapperRoute {
    pub(super) fn read(section: &mut Section<'_>, profile: PortalProfile) -> Read<Self> {
        let form = match profile {
            PortalProfile::P3ThreeUrls => read_three_urls(section),
            PortalProfile::P3IsUpdating
            | PortalProfile::P1
            | PortalProfile::P2
            | PortalProfile::P4 => read_is_updating(section),
        };
        let steps_path = section.required("steps_path", url_path);
        let find_path = section.optional("find_path", url_path);
        let fields = section.or("fields", FieldSet::P2, choice(&FIELDS));
        let headers = section.sections("headers", Header::read);
        Ok(Self {
            form: form?,
            steps_path: steps_path?,
            find_path: find_path?,
            fields: fields?,
            headers: headers?,
        })
    }

    pub(super) fn profile(&self) -> PortalProfile {
        match self.form {
            WrapperForm::IsUpdating { .. } => PortalProfile::P3IsUpdating,
            WrapperForm::ThreeUrls { .. } => PortalProfile::P3ThreeUrls,
        }
    }

    pub(super) fn describe(&self, page: &mut Page) {
        match &self.form {
            WrapperForm::IsUpdating {
                dossier_path,
                agency_code,
            } => {
                page.set("agency_code", agency_code.as_str());
                page.set("dossier_path", dossier_path.as_str());
            }
            WrapperForm::ThreeUrls {
                create_path,
                update_path,
            } => {
                page.set("create_path", create_path.as_str());
                page.set("update_path", update_path.as_str());
            }
        }
        page.set("steps_path", self.steps_path.as_str());
        page.set_if_any("find_path", self.find_path.as_deref());
        page.set("fields", name_of(&FIELDS, &self.fields));
        for header in &self.headers {
            page.element("portal.headers");
            page.set("name", header.name.as_str());
            page.hide("value");
        }
    }
}

fn read_is_updating(section: &mut Section<'_>) -> Read<WrapperForm> {
    let agency_code = section.required("agency_code", agency_code);
    let dossier_path = section.required("dossier_path", url_path);
    Ok(WrapperForm::IsUpdating {
        dossier_path: dossier_path?,
        agency_code: agency_code?,
    })
}

fn read_three_urls(section: &mut Section<'_>) -> Read<WrapperForm> {
    let create_path = section.required("create_path", url_path);
    let update_path = section.required("update_path", url_path);
    Ok(WrapperForm::ThreeUrls {
        create_path: create_path?,
        update_path: update_path?,
    })
}

impl Header {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let name = section.required("name", header_name);
        let value = secret_or_file(section, "value", "value_file");
        Ok(Self {
            name: name?,
            value: value?,
        })
    }
}

/// The name of a header that the gateway does not set itself.
fn header_name(node: &Node) -> Result<String, Complaint> {
    let text = raw_text(node)?;
    let name = HeaderName::from_bytes(text.as_bytes())
        .map_err(|_| Complaint::new("is not the name of a header").help("such as \"AppName\""))?;
    if [ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST].contains(&name) {
        return Err(Complaint::new("is a header that the gateway sets itself"));
    }
    Ok(text.to_owned())
}
