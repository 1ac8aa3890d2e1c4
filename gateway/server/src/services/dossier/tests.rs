//! Two systems at one gateway: neither sees nor touches the dossiers of the other.

use std::sync::Arc;

use jiff::Timestamp;
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::ClientName;
use lienthong_core::clock::ManualClock;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use lienthong_proto::v1::dossier_service_server::DossierService as _;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use super::watching::States;
use super::{DossierParts, Dossiers};
use crate::demo::messages;
use crate::door::Caller;
use crate::services::watchers::WatcherPlaces;
use crate::status::Watching;
use crate::sync::announced::{AnnouncedOutbox, Announcer};
use crate::sync::changes::Changes;
use crate::sync::pace::PaceCounter;

pub(super) const CODE: &str = "000.00.00.H00-260701-0001";
const ABSENT: &str = "000.00.00.H00-260701-0002";

pub(super) fn now() -> Timestamp {
    "2026-07-01T01:00:00Z".parse().unwrap()
}

/// The service on a store of its own.
pub(super) struct Bench {
    pub(super) service: Dossiers,
    pub(super) store: Arc<SqliteOutbox>,
    pub(super) stopping: CancellationToken,
}

impl Bench {
    pub(super) const WATCHERS: usize = 3;
    pub(super) const WATCHERS_OF_ONE: usize = 2;

    pub(super) fn new(dir: &TempDir) -> Self {
        let store = Arc::new(SqliteOutbox::open(dir.path().join("outbox.db")).unwrap());
        let changes = Changes::new(Self::WATCHERS);
        let announcer = Announcer::new(Arc::clone(&changes), Arc::new(Notify::new()));
        let pace = Arc::new(PaceCounter::default());
        let outbox = AnnouncedOutbox::new(Arc::clone(&store) as _, announcer, pace);
        let stopping = CancellationToken::new();
        let service = Dossiers::new(DossierParts {
            outbox: Arc::new(outbox),
            clock: Arc::new(ManualClock::starting_at(now())),
            changes,
            watchers: WatcherPlaces::new(
                Watching::Dossiers,
                (Self::WATCHERS, Self::WATCHERS_OF_ONE),
            ),
            stopping: stopping.clone(),
            request_bytes: 1024 * 1024,
        });
        Self {
            service,
            store,
            stopping,
        }
    }

    pub(super) async fn record(
        &self,
        client: &str,
        request: v1::RecordDossierRequest,
    ) -> Result<(), Status> {
        let request = from(client, request);
        self.service.record_dossier(request).await.map(drop)
    }

    pub(super) async fn watch(&self, client: &str) -> Result<States, Status> {
        let dossier_code = CODE.to_owned();
        let request = from(client, v1::WatchDossierRequest { dossier_code });
        let watched = self.service.watch_dossier(request).await;
        watched.map(tonic::Response::into_inner)
    }

    pub(super) async fn get(
        &self,
        client: &str,
        code: &str,
    ) -> Result<v1::GetDossierResponse, Status> {
        get(&self.service, client, code).await
    }
}

fn service(dir: &TempDir) -> Dossiers {
    Bench::new(dir).service
}

fn from<T>(client: &str, message: T) -> Request<T> {
    let client = ClientName::parse(client).unwrap();
    let mut request = Request::new(message);
    request.extensions_mut().insert(Caller { client });
    request
}

pub(super) fn state(status: PortalStatus) -> v1::RecordDossierRequest {
    let owner = SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    };
    messages::state(CODE, status, &owner, now())
}

async fn get(
    service: &Dossiers,
    client: &str,
    code: &str,
) -> Result<v1::GetDossierResponse, Status> {
    let dossier_code = code.to_owned();
    let request = from(client, v1::GetDossierRequest { dossier_code });
    service
        .get_dossier(request)
        .await
        .map(tonic::Response::into_inner)
}

fn reason(status: &Status) -> String {
    status
        .get_error_details()
        .error_info()
        .unwrap()
        .reason
        .clone()
}

#[tokio::test]
async fn a_dossier_is_shown_to_the_system_that_recorded_it() {
    let dir = TempDir::new().unwrap();
    let service = service(&dir);
    let request = from("igate", state(PortalStatus::Received));
    service.record_dossier(request).await.unwrap();
    let shown = get(&service, "igate", CODE).await.unwrap();
    assert_eq!(shown.dossier.unwrap().dossier_code, CODE);
}

#[tokio::test]
async fn another_system_is_answered_as_if_the_dossier_did_not_exist() {
    let dir = TempDir::new().unwrap();
    let service = service(&dir);
    let request = from("igate", state(PortalStatus::Received));
    service.record_dossier(request).await.unwrap();
    let hidden = get(&service, "archive", CODE).await.unwrap_err();
    let absent = get(&service, "archive", ABSENT).await.unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound);
    assert_eq!(absent.code(), Code::NotFound);
    // Word for word, but for the number that was asked for.
    let words = |status: &Status| {
        let details = format!("{:?}", status.get_error_details());
        format!("{} {details}", status.message())
    };
    assert_eq!(words(&hidden).replace(CODE, ABSENT), words(&absent));
}

#[tokio::test]
async fn another_system_cannot_add_to_a_dossier() {
    let dir = TempDir::new().unwrap();
    let service = service(&dir);
    let request = from("igate", state(PortalStatus::Received));
    service.record_dossier(request).await.unwrap();
    let before = get(&service, "igate", CODE).await.unwrap();
    let other = from("archive", state(PortalStatus::Returned));
    let step = messages::step(CODE, PortalStatus::Processing, "Xử lý", now());
    let refused = [
        service.record_dossier(other).await.unwrap_err(),
        service
            .record_progress(from("archive", step))
            .await
            .unwrap_err(),
    ];
    for status in refused {
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(reason(&status), "NOT_PERMITTED_DOSSIER");
        assert!(!format!("{status:?}").contains("igate"));
    }
    assert_eq!(get(&service, "igate", CODE).await.unwrap(), before);
}
