//! The government side and a gateway in this process, on free ports.
//!
//! What a reader would get wrong: when a test panics, its stage prints what the government
//! side received, because the gateway's answer alone rarely tells which side was wrong.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use lienthong::clock::SystemClock;
use lienthong::config;
use lienthong::demo::messages;
use lienthong::demo::vendor::Vendor;
use lienthong::gateway::{Addresses, Gateway};
use lienthong::pki::{PkiFiles, PkiNames, write_development_pki};
use lienthong_core::clock::Clock;
use lienthong_mocks::{Entry, Mocks, MocksConfig, PopulationSettings, SampleCitizen, TlsFiles};
use lienthong_proto::v1;
use lienthong_proto::v1::audit_service_client::AuditServiceClient;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_proto::v1::essential_services_service_client::EssentialServicesServiceClient;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use lienthong_proto::v1::sync_service_client::SyncServiceClient;
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use crate::auditor::Auditor;
use crate::desk::Desk;
use crate::patience::eventually;
use crate::portal_profile::PortalProfile;
use crate::settings::Settings;
use crate::wire::Wire;

/// Mocks and gateway.
pub struct Stage {
    dir: TempDir,
    pki: PkiFiles,
    mocks: Mocks,
    gateway: Option<Gateway>,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl Stage {
    /// Starts everything with the usual settings.
    ///
    /// # Errors
    /// What did not start.
    pub async fn start() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    /// Starts everything with `settings`.
    ///
    /// # Errors
    /// What did not start.
    pub async fn with(settings: Settings) -> Result<Self> {
        Self::against(PopulationSettings::default(), settings).await
    }

    /// Starts everything with `settings`, against a population database that is agreed so.
    /// Where `population.base_url` is set, the gateway asks there instead.
    ///
    /// # Errors
    /// What did not start.
    pub async fn against(agreed: PopulationSettings, settings: Settings) -> Result<Self> {
        let free = MocksConfig::on_free_ports();
        let agreed = MocksConfig {
            population_settings: agreed,
            ..free
        };
        Box::pin(Self::build(agreed, settings, Arc::new(SystemClock))).await
    }

    /// Starts everything with the usual settings and this profile between gateway and
    /// portal.
    ///
    /// # Errors
    /// What did not start.
    pub async fn through(profile: PortalProfile) -> Result<Self> {
        let mut agreed = MocksConfig::on_free_ports();
        agreed.portal_settings = profile.agreed();
        Box::pin(Self::build(
            agreed,
            Settings::for_portal(profile),
            Arc::new(SystemClock),
        ))
        .await
    }

    /// Starts everything with `settings`; the gateway goes by `clock`, the government side
    /// by its own.
    ///
    /// # Errors
    /// What did not start.
    pub async fn by_clock(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self> {
        Box::pin(Self::build(MocksConfig::on_free_ports(), settings, clock)).await
    }

    async fn build(agreed: MocksConfig, settings: Settings, clock: Arc<dyn Clock>) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let names = PkiNames::default();
        let pki = write_development_pki(&dir.path().join("pki"), &names, clock.now())?;
        let tls = TlsFiles {
            certificate_chain: read(&pki.mocks_chain)?,
            private_key: read(&pki.mocks_key)?,
        };
        let mocks = Mocks::start(MocksConfig {
            tls: Some(tls),
            ..agreed
        })
        .await?;
        Settings::write_file(dir.path())?;
        let settings = settings
            .or("population.base_url", mocks.population_url())
            .with("portal.base_url", mocks.portal_url());
        let mut stage = Self {
            dir,
            pki,
            mocks,
            gateway: None,
            clock,
            settings,
        };
        stage.start_gateway().await?;
        Ok(stage)
    }

    /// Starts the gateway, which must be stopped.
    ///
    /// # Errors
    /// What is wrong with the configuration, or what did not start.
    pub async fn start_gateway(&mut self) -> Result<()> {
        let file = self.dir.path().join(crate::settings::FILE);
        let config = config::load(&file, self.settings.variables())
            .map_err(|problems| anyhow!("{problems}"))?;
        self.gateway = Some(Gateway::start(config, Arc::clone(&self.clock)).await?);
        Ok(())
    }

    /// Stops the gateway in an orderly way; the government side goes on.
    pub async fn stop_gateway(&mut self) {
        if let Some(gateway) = self.gateway.take() {
            gateway.stop().await;
        }
    }

    /// Changes one setting for the next start of the gateway.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings = self.settings.clone().with(key, value);
    }

    /// The government side.
    #[must_use]
    pub fn mocks(&self) -> &Mocks {
        &self.mocks
    }

    /// Where the gateway is reached.
    ///
    /// # Errors
    /// While it is stopped.
    pub fn addresses(&self) -> Result<Addresses> {
        Ok(self
            .gateway
            .as_ref()
            .context("the gateway is stopped")?
            .addresses())
    }

    /// The files of the development PKI.
    #[must_use]
    pub fn pki(&self) -> &PkiFiles {
        &self.pki
    }

    /// A procedure system over mutual TLS, known as `igate`.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn vendor(&self) -> Result<Vendor> {
        let address = self.addresses()?.tls.context("no TLS listener")?;
        let (ca, certificate) = (read(&self.pki.ca)?, read(&self.pki.client_chain)?);
        Ok(Vendor::connect(address, &ca, &certificate, &read(&self.pki.client_key)?).await?)
    }

    /// A procedure system in plain text, known as `listen.plain_client` says.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn plain_vendor(&self) -> Result<Vendor> {
        let address = self.addresses()?.plain.context("no plain listener")?;
        plain_vendor(&address.to_string()).await
    }

    /// The desk of an officer of `igate`, over mutual TLS, at the dossier of today with this
    /// number.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn desk(&self, sequence: u32) -> Result<Desk> {
        let vendor = self.vendor().await?;
        Ok(Desk::new(vendor.population, self.dossier_code(sequence)))
    }

    /// A reader of the record of look-ups, in plain text; reads only if
    /// `listen.plain_client` is one of `audit.readers`.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn auditor(&self) -> Result<Auditor> {
        Auditor::at(self.addresses()?.plain.context("no plain listener")?).await
    }

    /// The value of a figure of the gateway; see [`crate::figures::figure`].
    ///
    /// # Errors
    /// When the console does not answer.
    pub async fn figure(&self, series: &str) -> Result<u64> {
        crate::figures::figure(self.addresses()?.console, series).await
    }

    /// The folder of keys, configuration and stores.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A connection for hand-made frames, in plain text.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn wire(&self) -> Result<Wire> {
        Wire::plain(self.addresses()?.plain.context("no plain listener")?).await
    }

    /// The first invented citizen of a kind (`plain`, `year-only` and so on).
    ///
    /// # Errors
    /// When there is none.
    pub fn citizen(&self, kind: &str) -> Result<SampleCitizen> {
        let mut people = self.mocks.population().citizens().into_iter();
        people
            .find(|citizen| citizen.kind == kind)
            .with_context(|| format!("no citizen: {kind}"))
    }

    /// The invented person whose answer is a trap of this kind (`several` and so on).
    ///
    /// # Errors
    /// When there is none.
    pub fn trap(&self, kind: &str) -> Result<SampleCitizen> {
        let mut people = self.mocks.population().traps().into_iter();
        people
            .find(|citizen| citizen.kind == kind)
            .with_context(|| format!("no trap: {kind}"))
    }

    /// A dossier number of today.
    #[must_use]
    pub fn dossier_code(&self, sequence: u32) -> String {
        messages::dossier_code(self.clock.now(), sequence)
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// What the population database received so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Entry> {
        self.mocks.population().journal()
    }

    /// `MaYeuCau` of what the population database received of one operation, in order.
    #[must_use]
    pub fn asked_under(&self, operation: &str) -> Vec<String> {
        let asked = self.asked().into_iter();
        asked
            .filter(|entry| entry.operation == operation)
            .flat_map(|entry| entry.keys)
            .collect()
    }

    /// What the portal received so far.
    #[must_use]
    pub fn delivered(&self) -> Vec<Entry> {
        self.mocks.portal().journal()
    }
}

impl Drop for Stage {
    #[expect(
        clippy::print_stderr,
        reason = "this is what a failing test has to tell"
    )]
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for (upstream, entries) in [("population", self.asked()), ("portal", self.delivered())] {
            eprintln!("-- the {upstream} mock received {} requests", entries.len());
            for entry in entries.iter().rev().take(40).rev() {
                eprintln!(
                    "   {:>4} {} {:?} {:?} {:?}",
                    entry.sequence, entry.operation, entry.keys, entry.outcome, entry.fault,
                );
            }
        }
    }
}

/// A procedure system in plain text at `address`.
///
/// # Errors
/// When no connection comes about.
pub async fn plain_vendor(address: &str) -> Result<Vendor> {
    let channel: Channel = Endpoint::from_shared(format!("http://{address}"))?
        .timeout(crate::patience::LIMIT)
        .connect()
        .await?;
    Ok(Vendor {
        population: PopulationServiceClient::new(channel.clone()),
        dossiers: DossierServiceClient::new(channel.clone()),
        sync: SyncServiceClient::new(channel.clone()),
        audit: AuditServiceClient::new(channel.clone()),
        services: EssentialServicesServiceClient::new(channel),
    })
}

/// Waits until the gateway says that a dossier's sync is in `state`.
///
/// # Errors
/// When that takes too long, with the timeline that was seen last.
pub async fn dossier_in(
    vendor: &mut Vendor,
    code: &str,
    state: v1::SyncState,
) -> Result<v1::DossierSync> {
    let mut last = v1::DossierSync::default();
    let reached = eventually(&format!("{code} in {}", state.as_str_name()), async || {
        last = vendor.dossier(code).await?.sync.unwrap_or_default();
        Ok((last.state() == state).then(|| last.clone()))
    })
    .await;
    reached.with_context(|| format!("the timeline is {:#?}", outline(&last)))
}

/// A timeline in short: event, state, and each attempt's outcome and cause.
#[must_use]
pub fn outline(sync: &v1::DossierSync) -> Vec<String> {
    let attempts = |entry: &v1::TimelineEntry| -> Vec<String> {
        let name = |attempt: &v1::Attempt| {
            format!(
                "{} {}",
                attempt.outcome().as_str_name(),
                attempt.cause().as_str_name()
            )
        };
        entry.attempts.iter().map(name).collect()
    };
    let line = |entry: &v1::TimelineEntry| {
        format!(
            "{} {} {:?}",
            entry.event_id,
            entry.state().as_str_name(),
            attempts(entry)
        )
    };
    sync.timeline.iter().map(line).collect()
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}
