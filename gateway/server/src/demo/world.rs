//! The parts of a demonstration and how they are started.

use std::io::{ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lienthong_core::clock::Clock;
use lienthong_core::wire_time::local_date;
use lienthong_mocks::{Mocks, MocksConfig, MocksError, SampleCitizen, TlsFiles};
use serde_json::{Value, json};
use thiserror::Error;

use super::messages;
use super::province::{InventError, Province};
use super::vendor::{Vendor, VendorError};
use super::year::{InventedYear, YearError};
use crate::config::ConfigProblems;
use crate::gateway::{Addresses, Gateway, StartError};
use crate::pki::{
    ClientFiles, PkiError, PkiFiles, PkiNames, write_development_client, write_development_pki,
};

/// Which ports a demonstration takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The documented ones.
    Default,
    /// Free ones.
    Free,
}

/// Why a demonstration did not start.
#[derive(Debug, Error)]
pub enum WorldError {
    /// A file cannot be written or read.
    #[error("{path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The system gave no randomness for the key of the record of look-ups.
    #[error("the key of the record of look-ups cannot be made")]
    HashKey,
    /// The keys cannot be made.
    #[error("the keys cannot be made")]
    Pki(#[from] PkiError),
    /// The government side did not start.
    #[error("the government side did not start")]
    Mocks(#[from] MocksError),
    /// The written configuration is refused.
    #[error("the written configuration is refused:\n{0}")]
    Config(ConfigProblems),
    /// The invented year cannot be made or kept.
    #[error("the invented year cannot be put into the gateway's stores")]
    Year(#[from] YearError),
    /// The gateway did not start.
    #[error("the gateway did not start")]
    Gateway(#[from] StartError),
    /// The gateway is stopped at present.
    #[error("the gateway is stopped at present")]
    Stopped,
    /// A sample message cannot be made.
    #[error("a sample message cannot be made")]
    Sample,
    /// The procedure system cannot call.
    #[error("the procedure system cannot call")]
    Vendor(#[from] VendorError),
}

/// A running demonstration.
pub struct World {
    dir: PathBuf,
    pki: PkiFiles,
    office: ClientFiles,
    mocks: Mocks,
    gateway: Option<Gateway>,
    clock: Arc<dyn Clock>,
    year: InventedYear,
}

const CONFIG: &str = "lienthong.toml";

/// The second calling system: it approves what the first one makes.
const OFFICE: &str = "van-phong";

/// Where the key is by which the record of look-ups stands for people.
const HASH_KEY: &str = "audit-hash-key";

impl World {
    /// Starts everything with keys and data in `dir`, which must exist.
    ///
    /// # Errors
    /// [`WorldError`], naming what did not start.
    pub async fn start(
        dir: &Path,
        ports: Ports,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WorldError> {
        let pki = write_development_pki(&dir.join("pki"), &PkiNames::default(), clock.now())?;
        let office = write_development_client(&pki, OFFICE, clock.now())?;
        let base = match ports {
            Ports::Default => MocksConfig::default(),
            Ports::Free => MocksConfig::on_free_ports(),
        };
        let tls = TlsFiles {
            certificate_chain: read(&pki.mocks_chain)?,
            private_key: read(&pki.mocks_key)?,
        };
        let mocks = Mocks::start(MocksConfig {
            tls: Some(tls),
            ..base
        })
        .await?;
        keep_hash_key(&dir.join(HASH_KEY))?;
        let year = InventedYear::kept_in(dir, local_date(clock.now()))?;
        year.write_files(dir)?;
        year.seed(dir).await?;
        let config = dir.join(CONFIG);
        std::fs::write(&config, config_text(&mocks, ports)).map_err(|source| WorldError::File {
            path: config,
            source,
        })?;
        let mut world = Self {
            dir: dir.to_owned(),
            pki,
            office,
            mocks,
            gateway: None,
            clock,
            year,
        };
        world.start_gateway().await?;
        Ok(world)
    }

    /// Starts the gateway from its configuration file.
    ///
    /// # Errors
    /// [`WorldError`] when the configuration is refused or a part does not start.
    pub async fn start_gateway(&mut self) -> Result<(), WorldError> {
        let config =
            crate::config::load(&self.dir.join(CONFIG), Vec::new()).map_err(WorldError::Config)?;
        self.gateway = Some(Gateway::start(config, Arc::clone(&self.clock)).await?);
        Ok(())
    }

    /// Stops the gateway; the government side goes on.
    pub async fn stop_gateway(&mut self) {
        if let Some(gateway) = self.gateway.take() {
            gateway.stop().await;
        }
    }

    /// Stops everything.
    pub async fn stop(mut self) {
        self.stop_gateway().await;
        self.mocks.shutdown().await;
    }

    /// Ends when a part of the gateway has ended in a panic; never while it is stopped.
    pub async fn broken(&self) {
        match &self.gateway {
            Some(gateway) => gateway.broken().await,
            None => std::future::pending().await,
        }
    }

    /// A procedure system that is connected over mutual TLS.
    ///
    /// # Errors
    /// [`WorldError`] when the gateway is stopped or the connection fails.
    pub async fn vendor(&self) -> Result<Vendor, WorldError> {
        self.connected(&self.pki.client_chain, &self.pki.client_key)
            .await
    }

    /// The office that approves the monthly list, connected over mutual TLS.
    ///
    /// # Errors
    /// [`WorldError`] when the gateway is stopped or the connection fails.
    pub async fn office(&self) -> Result<Vendor, WorldError> {
        self.connected(&self.office.chain, &self.office.key).await
    }

    async fn connected(&self, certificate: &Path, key: &Path) -> Result<Vendor, WorldError> {
        let address = self.addresses()?.tls.ok_or(WorldError::Stopped)?;
        let ca = read(&self.pki.ca)?;
        let (certificate, key) = (read(certificate)?, read(key)?);
        Ok(Vendor::connect(address, &ca, &certificate, &key).await?)
    }

    /// Where the gateway is reached.
    ///
    /// # Errors
    /// [`WorldError::Stopped`] while it is stopped.
    pub fn addresses(&self) -> Result<Addresses, WorldError> {
        self.gateway
            .as_ref()
            .map(Gateway::addresses)
            .ok_or(WorldError::Stopped)
    }

    /// The province of the invented year.
    ///
    /// # Errors
    /// [`WorldError::Year`].
    pub fn province(&self) -> Result<Province<'_>, WorldError> {
        let province = self.year.province();
        province.map_err(|error: InventError| WorldError::Year(error.into()))
    }

    /// The folder with keys and data.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The government side.
    #[must_use]
    pub fn mocks(&self) -> &Mocks {
        &self.mocks
    }

    /// The clock that everything reads.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The invented people.
    #[must_use]
    pub fn citizens(&self) -> Vec<SampleCitizen> {
        self.mocks.population().citizens()
    }

    /// The ready file (contract.md 3).
    ///
    /// # Errors
    /// [`WorldError::Stopped`] while the gateway is stopped.
    pub fn ready(&self) -> Result<Value, WorldError> {
        let addresses = self.addresses()?;
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(json!({
            "grpc_plain": addresses.plain.map(|address| address.to_string()),
            "grpc_tls": addresses.tls.map(|address| address.to_string()),
            "console": addresses.console.to_string(),
            "mock_population": self.mocks.population_addr().to_string(),
            "mock_portal": self.mocks.portal_addr().to_string(),
            "mock_control": self.mocks.control_addr().to_string(),
            "ca_cert": absolute(&self.pki.ca),
            "client_cert": absolute(&self.pki.client_chain),
            "client_key": absolute(&self.pki.client_key),
            "office_cert": absolute(&self.office.chain),
            "office_key": absolute(&self.office.key),
            "citizens": self.citizens().iter().take(12).map(citizen).collect::<Vec<_>>(),
            "context": messages::context_json(self.clock.now()),
            "pid": std::process::id(),
        }))
    }
}

fn citizen(citizen: &SampleCitizen) -> Value {
    let birth = citizen
        .birth_date
        .clone()
        .unwrap_or_else(|| format!("{:04}", citizen.birth_year));
    json!({
        "personal_number": citizen.personal_number,
        "old_id_card_number": citizen.old_id_card_number,
        "full_name": citizen.full_name,
        "birth_date": birth,
        "kind": citizen.kind,
    })
}

/// Makes the key, unless an earlier demonstration left one: the records that it made
/// could not be found by person any more under another.
fn keep_hash_key(path: &Path) -> Result<(), WorldError> {
    let unusable = |source| WorldError::File {
        path: path.to_owned(),
        source,
    };
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| WorldError::HashKey)?;
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        Err(source) => return Err(unusable(source)),
    };
    file.write_all(STANDARD.encode(key).as_bytes())
        .map_err(unusable)
}

fn read(path: &Path) -> Result<String, WorldError> {
    std::fs::read_to_string(path).map_err(|source| WorldError::File {
        path: path.to_owned(),
        source,
    })
}

/// The gateway's configuration file; its paths are relative to its own folder.
fn config_text(mocks: &Mocks, ports: Ports) -> String {
    let port = |wanted: u16| match ports {
        Ports::Default => SocketAddr::from((Ipv4Addr::LOCALHOST, wanted)),
        Ports::Free => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
    };
    format!(
        include_str!("lienthong.toml.txt"),
        tls = port(50_443),
        plain = port(50_051),
        console = port(8080),
        population = mocks.population_url(),
        hash_key = HASH_KEY,
        portal = mocks.portal_url(),
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_of_the_record_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(HASH_KEY);
        keep_hash_key(&path).unwrap();
        let first = read(&path).unwrap();
        assert_eq!(first.len(), 44);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        keep_hash_key(&path).unwrap();
        assert_eq!(read(&path).unwrap(), first);
    }
}
