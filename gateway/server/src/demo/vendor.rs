//! A procedure system that calls the gateway, as a vendor's would.

use std::net::SocketAddr;
use std::time::Duration;

use lienthong_proto::v1;
use lienthong_proto::v1::audit_service_client::AuditServiceClient;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_proto::v1::essential_services_service_client::EssentialServicesServiceClient;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use lienthong_proto::v1::sync_service_client::SyncServiceClient;
use thiserror::Error;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

/// Why the procedure system cannot connect.
#[derive(Debug, Error)]
#[error("no connection to the gateway")]
pub struct VendorError(#[from] tonic::transport::Error);

/// Clients over one connection with mutual TLS.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// Look-ups.
    pub population: PopulationServiceClient<Channel>,
    /// Dossiers.
    pub dossiers: DossierServiceClient<Channel>,
    /// Sync health.
    pub sync: SyncServiceClient<Channel>,
    /// The record of look-ups.
    pub audit: AuditServiceClient<Channel>,
    /// The 25 essential services.
    pub services: EssentialServicesServiceClient<Channel>,
}

impl Vendor {
    /// Connects to `address` with PEM texts of the CA, the client's certificate and
    /// its key.
    ///
    /// # Errors
    /// [`VendorError`] when no connection comes about.
    pub async fn connect(
        address: SocketAddr,
        ca: &str,
        certificate: &str,
        key: &str,
    ) -> Result<Self, VendorError> {
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(ca))
            .identity(Identity::from_pem(certificate, key))
            .domain_name("localhost");
        let channel = Endpoint::from_shared(format!("https://{address}"))?
            .tls_config(tls)?
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .connect()
            .await?;
        Ok(Self {
            population: PopulationServiceClient::new(channel.clone()),
            dossiers: DossierServiceClient::new(channel.clone()),
            sync: SyncServiceClient::new(channel.clone()),
            audit: AuditServiceClient::new(channel.clone()),
            services: EssentialServicesServiceClient::new(channel),
        })
    }

    /// Records a dossier's state and returns its receipt.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn record_state(
        &mut self,
        request: v1::RecordDossierRequest,
    ) -> Result<v1::Receipt, tonic::Status> {
        let answer = self.dossiers.record_dossier(request).await?.into_inner();
        Ok(answer.receipt.unwrap_or_default())
    }

    /// Records a processing step and returns its receipt.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn record_step(
        &mut self,
        request: v1::RecordProgressRequest,
    ) -> Result<v1::Receipt, tonic::Status> {
        let answer = self.dossiers.record_progress(request).await?.into_inner();
        Ok(answer.receipt.unwrap_or_default())
    }

    /// What the gateway knows of a dossier.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn dossier(&mut self, code: &str) -> Result<v1::GetDossierResponse, tonic::Status> {
        let request = v1::GetDossierRequest {
            dossier_code: code.to_owned(),
        };
        Ok(self.dossiers.get_dossier(request).await?.into_inner())
    }

    /// The sync's health.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn health(&mut self) -> Result<v1::SyncHealth, tonic::Status> {
        let answer = self
            .sync
            .get_sync_health(v1::GetSyncHealthRequest {})
            .await?
            .into_inner();
        Ok(answer.health.unwrap_or_default())
    }
}
