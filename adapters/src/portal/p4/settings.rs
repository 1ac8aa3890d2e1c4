//! What a province or ministry configures for `NoiHoSo`.

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::mapping::MappingTable;
use secrecy::SecretString;

use crate::http::{BaseUrl, CaBundle, Limits};

/// Settings of [`P4Portal`](super::P4Portal). `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct P4Settings {
    /// Address of the adapter in front of the portal.
    pub base_url: BaseUrl,
    /// Paths below that address. The manual names operations and no paths (portal.md 9).
    pub paths: P4Paths,
    /// Authorities that vouch for an `https` address.
    pub ca_bundle: Option<CaBundle>,
    /// Limits of each exchange; the total holds a whole submission with all its files.
    pub limits: Limits,
    /// Account of the connected system.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// For what a number is fetched.
    pub number_by: NumberBy,
    /// Where files may be fetched from.
    pub files: FileSettings,
    /// Most steps in one call; 10 unless configured (portal.md 6).
    pub steps_per_call: usize,
    /// What the portal calls our codes; the same unless configured.
    pub mapping: Arc<MappingTable>,
}

/// Paths of the six steps, and of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P4Paths {
    /// B1, the token.
    pub token: String,
    /// B2, a dossier number.
    pub number: String,
    /// B3, a file.
    pub upload: String,
    /// B4, a dossier (`NoiHoSo`).
    pub dossier: String,
    /// B5, progress.
    pub steps: String,
    /// B6, status.
    pub status: String,
    /// Where a dossier is asked for. The manual has no such step; its form is an
    /// assumption of this project.
    pub find: Option<String>,
}

/// What stands for `code` when a number is fetched (portal.md 9, B2: an agency or a
/// procedure).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberBy {
    /// The unit that received the dossier.
    Unit,
    /// The procedure.
    Procedure,
}

/// Where files may be fetched from. A dossier's addresses come from the calling systems,
/// and without this list one of them could have the gateway fetch anything that it can
/// reach.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// Addresses below which a file may lie.
    pub sources: Vec<BaseUrl>,
    /// Authorities that vouch for the `https` ones.
    pub ca_bundle: Option<CaBundle>,
    /// Limits of fetching one file; `max_body` is the largest file.
    pub limits: Limits,
}

impl FileSettings {
    /// Files of up to 20 MiB below `sources`, each within 20 s.
    #[must_use]
    pub fn new(sources: Vec<BaseUrl>) -> Self {
        Self {
            sources,
            ca_bundle: None,
            limits: Limits {
                connect_timeout: Duration::from_secs(3),
                read_timeout: Duration::from_secs(10),
                total: Duration::from_secs(20),
                max_body: 20 << 20,
            },
        }
    }
}

impl P4Settings {
    /// The settings with numbers by unit.
    #[must_use]
    pub fn new(
        base_url: BaseUrl,
        paths: P4Paths,
        client_id: String,
        client_secret: SecretString,
        files: FileSettings,
    ) -> Self {
        Self {
            base_url,
            paths,
            ca_bundle: None,
            limits: Limits::portal(),
            client_id,
            client_secret,
            number_by: NumberBy::Unit,
            files,
            steps_per_call: 10,
            mapping: Arc::default(),
        }
    }
}
