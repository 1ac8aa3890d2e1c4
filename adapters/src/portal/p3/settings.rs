//! What a province configures for a wrapper.

use std::sync::Arc;

use lienthong_core::agency::AgencyCode;
use lienthong_core::mapping::MappingTable;
use secrecy::SecretString;

use crate::http::{BaseUrl, CaBundle, Limits};
use crate::portal::entry::FieldSet;

/// Settings of [`P3Portal`](super::P3Portal). `Debug` shows no value of a header.
#[derive(Debug, Clone)]
pub struct P3Settings {
    /// Address of the wrapper.
    pub base_url: BaseUrl,
    /// How the wrapper is called.
    pub form: P3Form,
    /// Where progress is sent, below that address.
    pub steps_path: String,
    /// Where a dossier is asked for. No public source shows that a wrapper can be asked;
    /// that it answers like `TraCuuHoSo` is an assumption of this project.
    pub find_path: Option<String>,
    /// Authorities that vouch for an `https` address.
    pub ca_bundle: Option<CaBundle>,
    /// Limits of each exchange.
    pub limits: Limits,
    /// Headers that go with every call, such as `AppName` and `AccessKey` of an LGSP. Only
    /// their names have been seen (portal.md 10): that they are headers, and that they
    /// stay the same, is an assumption of this project.
    pub headers: Vec<(String, SecretString)>,
    /// Which fields a dossier carries; P2 unless configured.
    pub fields: FieldSet,
    /// Most steps in one call; 10 unless configured (portal.md 6).
    pub steps_per_call: usize,
    /// What the portal calls our codes; the same unless configured.
    pub mapping: Arc<MappingTable>,
}

/// How a wrapper tells a new dossier from a changed one (portal.md 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum P3Form {
    /// One address, and `MaDinhDanhDV` and `isUpdating` in its query, as in Hà Giang.
    IsUpdating {
        /// Where a dossier is sent.
        dossier_path: String,
        /// Code of the connected system (`MaDinhDanhDV`).
        agency_code: AgencyCode,
    },
    /// An address for each, as in Thanh Hóa.
    ThreeUrls {
        /// Where a new dossier is sent (`URLThemMoi`).
        create_path: String,
        /// Where a changed one is (`URLCapNhat`).
        update_path: String,
    },
}

impl P3Settings {
    /// The settings of a wrapper that wants no authorisation and cannot be asked.
    #[must_use]
    pub fn new(base_url: BaseUrl, form: P3Form, steps_path: String) -> Self {
        Self {
            base_url,
            form,
            steps_path,
            find_path: None,
            ca_bundle: None,
            limits: Limits::portal(),
            headers: Vec::new(),
            fields: FieldSet::P2,
            steps_per_call: 10,
            mapping: Arc::default(),
        }
    }
}
