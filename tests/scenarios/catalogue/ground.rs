//! A gateway that keeps the catalogue of the mock portal.

use lienthong::demo::messages::OFFICER;
use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_service_client::CatalogueServiceClient;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt as _;

/// Mocks and a gateway.
pub(super) struct Ground {
    pub(super) stage: Stage,
}

/// Settings under which the catalogue is fetched in a moment.
fn settings() -> Settings {
    Settings::default()
        .impatient()
        .with("sync.operators", "['igate']")
        .with("procedures.calls_per_second", "1000")
        .with("procedures.jitter", "0ms")
}

impl Ground {
    /// A gateway that holds the whole catalogue.
    pub(super) async fn start() -> Self {
        Self::holding(settings()).await
    }

    /// The same with another setting.
    pub(super) async fn with(key: &str, value: &str) -> Self {
        Self::holding(settings().with(key, value)).await
    }

    /// A gateway that keeps none.
    pub(super) async fn without_a_catalogue() -> Self {
        let stage = Stage::with(Settings::default()).await.unwrap();
        Self { stage }
    }

    async fn holding(settings: Settings) -> Self {
        let stage = Stage::with(settings).await.unwrap();
        let ground = Self { stage };
        eventually("a catalogue", async || {
            let listed = ground.try_list(v1::ListProceduresRequest::default()).await;
            Ok(listed.ok())
        })
        .await
        .unwrap();
        ground
    }

    pub(super) async fn client(&self) -> CatalogueServiceClient<Channel> {
        let address = self.stage.addresses().unwrap().plain.unwrap();
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let endpoint = endpoint.timeout(lienthong_tests::patience::LIMIT);
        CatalogueServiceClient::new(endpoint.connect().await.unwrap())
    }

    async fn try_list(
        &self,
        request: v1::ListProceduresRequest,
    ) -> Result<v1::ListProceduresResponse, Status> {
        let answer = self.client().await.list_procedures(request).await?;
        Ok(answer.into_inner())
    }

    pub(super) async fn list(
        &self,
        request: v1::ListProceduresRequest,
    ) -> v1::ListProceduresResponse {
        self.try_list(request).await.unwrap()
    }

    pub(super) async fn state(&self) -> v1::CatalogueState {
        let all = self.list(v1::ListProceduresRequest::default()).await;
        all.catalogue.unwrap()
    }

    pub(super) async fn try_get(&self, code: &str) -> Result<v1::Procedure, Status> {
        let request = v1::GetProcedureRequest {
            procedure_code: code.to_owned(),
        };
        let answer = self.client().await.get_procedure(request).await?;
        Ok(answer.into_inner().procedure.unwrap())
    }

    pub(super) async fn get(&self, code: &str) -> v1::Procedure {
        self.try_get(code).await.unwrap()
    }

    pub(super) async fn refresh(
        &self,
        accept_shrink: bool,
    ) -> Result<v1::RefreshCatalogueResponse, Status> {
        let request = v1::RefreshCatalogueRequest {
            operator_id: OFFICER.to_owned(),
            accept_shrink,
        };
        let answer = self.client().await.refresh_catalogue(request).await?;
        Ok(answer.into_inner())
    }

    pub(super) async fn changes(&self) -> Vec<v1::CatalogueChange> {
        let request = v1::ListCatalogueChangesRequest::default();
        let answer = self.client().await.list_catalogue_changes(request).await;
        answer.unwrap().into_inner().changes
    }
}

/// Why a call was refused, as programs read it.
pub(super) fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    details
        .error_info()
        .map(|it| it.reason.clone())
        .unwrap_or_default()
}
