//! An officer's desk at a one-stop shop (bộ phận một cửa): questions for one dossier.

use anyhow::Result;
use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use prost_types::FieldMask;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::process::Process;
use crate::stage::plain_vendor;
use crate::wire::reason;

/// A desk. Clones share the connection.
#[derive(Debug, Clone)]
pub struct Desk {
    client: PopulationServiceClient<Channel>,
    dossier: String,
}

impl Desk {
    /// A desk that asks for `dossier`.
    #[must_use]
    pub fn new(client: PopulationServiceClient<Channel>, dossier: String) -> Self {
        Self { client, dossier }
    }

    /// A desk that asks a gateway in a process of its own, in plain text.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn of(gateway: &Process, dossier: impl Into<String>) -> Result<Self> {
        let address = gateway.address("grpc_plain")?.to_string();
        let vendor = plain_vendor(&address).await?;
        Ok(Self::new(vendor.population, dossier.into()))
    }

    /// The same desk at another dossier.
    #[must_use]
    pub fn at(&self, dossier: impl Into<String>) -> Self {
        Self::new(self.client.clone(), dossier.into())
    }

    /// Its dossier.
    #[must_use]
    pub fn dossier(&self) -> &str {
        &self.dossier
    }

    /// Verifies `citizen`.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn verify(
        &self,
        citizen: &SampleCitizen,
    ) -> Result<v1::VerifyCitizenResponse, Status> {
        self.ask(messages::verify(citizen, &self.dossier)).await
    }

    /// Verifies as `request` says.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn ask(
        &self,
        request: v1::VerifyCitizenRequest,
    ) -> Result<v1::VerifyCitizenResponse, Status> {
        let mut client = self.client.clone();
        Ok(client.verify_citizen(request).await?.into_inner())
    }

    /// Looks up `fields` of `citizen`; all that may be seen without any.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn look_up(
        &self,
        citizen: &SampleCitizen,
        fields: &[&str],
    ) -> Result<v1::LookupCitizenResponse, Status> {
        let paths: Vec<_> = fields.iter().map(|path| (*path).to_owned()).collect();
        let request = v1::LookupCitizenRequest {
            fields: (!paths.is_empty()).then_some(FieldMask { paths }),
            ..messages::look_up(citizen, &self.dossier)
        };
        self.ask_for_record(request).await
    }

    /// Looks up as `request` says.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn ask_for_record(
        &self,
        request: v1::LookupCitizenRequest,
    ) -> Result<v1::LookupCitizenResponse, Status> {
        let mut client = self.client.clone();
        Ok(client.lookup_citizen(request).await?.into_inner())
    }

    /// The client, for what a desk does not do by itself.
    #[must_use]
    pub fn client(&self) -> PopulationServiceClient<Channel> {
        self.client.clone()
    }
}

/// The citizen `plain` of the mocks (population.md 2.5), where these run in a process of
/// their own.
#[must_use]
pub fn plain() -> SampleCitizen {
    SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    }
}

/// Code and reason of a failure, to be compared at once.
#[must_use]
pub fn failure<T>(result: &Result<T, Status>) -> Option<(Code, String)> {
    let status = result.as_ref().err()?;
    Some((status.code(), reason(status)))
}
