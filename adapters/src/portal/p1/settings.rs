//! What a province configures for the profiles P1 and P2.

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::mapping::MappingTable;
use secrecy::SecretString;

use crate::http::{BaseUrl, CaBundle, Limits};
use crate::portal::entry::FieldSet;

/// Settings of [`P1Portal`](super::P1Portal). `Debug` shows no password.
#[derive(Debug, Clone)]
pub struct P1Settings {
    /// Address of the adapter in front of the portal (`adapter_url`).
    pub base_url: BaseUrl,
    /// Paths below that address.
    pub paths: P1Paths,
    /// Path of the catalogues (`share_endpoint`); that of dossiers unless configured.
    pub share_path: Option<String>,
    /// Authorities that vouch for an `https` address.
    pub ca_bundle: Option<CaBundle>,
    /// Limits of each exchange.
    pub limits: Limits,
    /// Limits of an exchange for a whole list of the catalogue: the online services name an
    /// agency for each offer, which takes megabytes and, at the portal, time.
    pub list_limits: Limits,
    /// Account of the province's system.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// Code that the portal gave to the connected system (`madonvi`).
    pub agency_code: String,
    /// Destination code (header `dstcode`); must be absent on the portal's test
    /// system (portal.md, part D 26).
    pub dstcode: Option<String>,
    /// Which fields a dossier carries; P2 unless configured.
    pub fields: FieldSet,
    /// For how long a session is used; 10 minutes unless configured. The portal's
    /// own limit is unknown (portal.md 3).
    pub session_lifetime: Duration,
    /// Most steps in one call; 10 unless configured (portal.md 6).
    pub steps_per_call: usize,
    /// What the portal calls our codes; the same unless configured.
    pub mapping: Arc<MappingTable>,
}

impl P1Settings {
    /// The settings as connected systems use them (portal.md 2, 3 and 6).
    #[must_use]
    pub fn new(
        base_url: BaseUrl,
        paths: P1Paths,
        username: String,
        password: SecretString,
        agency_code: String,
    ) -> Self {
        Self {
            base_url,
            paths,
            share_path: None,
            ca_bundle: None,
            limits: Limits::portal(),
            list_limits: Limits::portal_lists(),
            username,
            password,
            agency_code,
            dstcode: None,
            fields: FieldSet::P2,
            session_lifetime: Duration::from_mins(10),
            steps_per_call: 10,
            mapping: Arc::default(),
        }
    }
}

/// Paths below the adapter's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P1Paths {
    /// Log-in (`auth_endpoint`).
    pub login: String,
    /// Dossiers, steps and questions (`integration_endpoint`).
    pub integration: String,
}
