//! An operator sees failures by cause, has them tried again, and has sent what was put right.

use lienthong::demo::messages;
use lienthong_mocks::{EffectKind, Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::operation::State;
use lienthong_proto::v1::sync_service_client::SyncServiceClient;
use lienthong_proto::v1::{Cause, PortalStatus, SyncState};
use lienthong_tests::bulk;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in, outline};
use lienthong_tests::wire::reason;
use tonic::Code;
use tonic::transport::Channel;

use super::arrived;

const OFFICER: &str = "000180000009";

fn settings() -> Settings {
    Settings::default().with("sync.operators", "['igate']")
}

/// Lives of which the first `refused` are refused at their creation.
async fn refused(stage: &Stage, count: u32, refused: u32) -> Vec<Life> {
    let lives: Vec<_> = (0..count)
        .map(|number| Life::new(number, 1, stage.now()))
        .collect();
    for life in lives.iter().take(refused as usize) {
        let says = FaultEffect::ErrorText {
            code: "-1".into(),
            message: "Trường ChuHoSo không hợp lệ".to_owned(),
        };
        let fault = Fault::new(says).on("DongBoHoSoMC").for_key(&life.code);
        stage.mocks().portal().script(fault).unwrap();
    }
    let mut vendor = stage.plain_vendor().await.unwrap();
    let events: Vec<_> = lives.iter().flat_map(|life| life.events.clone()).collect();
    bulk::record_all(vendor.dossiers.clone(), events.into_iter())
        .await
        .unwrap();
    for (index, life) in lives.iter().enumerate() {
        let expected = if index < refused as usize {
            SyncState::Refused
        } else {
            SyncState::Accepted
        };
        dossier_in(&mut vendor, &life.code, expected).await.unwrap();
    }
    lives
}

async fn previewed(
    sync: &mut SyncServiceClient<Channel>,
    events_per_minute: i32,
) -> v1::PreviewRetryResponse {
    let request = v1::PreviewRetryRequest {
        filter: Some(v1::DossierFilter {
            states: vec![SyncState::Refused.into()],
            ..v1::DossierFilter::default()
        }),
        events_per_minute,
    };
    sync.preview_retry(request).await.unwrap().into_inner()
}

async fn started(sync: &mut SyncServiceClient<Channel>, token: &str) -> v1::Operation {
    let request = v1::StartRetryRequest {
        preview_token: token.to_owned(),
        reason: "Đã sửa danh mục".to_owned(),
        operator_id: OFFICER.to_owned(),
    };
    let answer = sync.start_retry(request).await.unwrap().into_inner();
    answer.operation.unwrap()
}

async fn operation(sync: &mut SyncServiceClient<Channel>, id: &str) -> v1::GetOperationResponse {
    let request = v1::GetOperationRequest {
        operation_id: id.to_owned(),
        page_size: 100,
        page_token: String::new(),
    };
    sync.get_operation(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn failures_are_grouped_by_cause_and_a_retry_brings_all_of_them_to_the_portal() {
    let stage = Stage::with(settings()).await.unwrap();
    let lives = refused(&stage, 8, 5).await;
    let mut sync = stage.plain_vendor().await.unwrap().sync;
    let groups = sync
        .list_failure_causes(v1::ListFailureCausesRequest::default())
        .await
        .unwrap()
        .into_inner()
        .groups;
    let [group] = groups.as_slice() else {
        panic!("{groups:#?}")
    };
    assert_eq!(
        (group.cause(), group.upstream_code.as_str()),
        (Cause::FieldRejected, "-1")
    );
    assert_eq!((group.dossiers, group.blocked_events), (5, 10));
    assert!(!group.advice_vi.is_empty() && !group.advice_en.is_empty());
    assert_eq!(group.example_dossier_codes.len(), 5);

    let preview = previewed(&mut sync, 0).await;
    assert_eq!(preview.dossiers, 5, "{preview:#?}");
    let started = started(&mut sync, &preview.preview_token).await;
    let ended = eventually("the retry ends", async || {
        let seen = operation(&mut sync, &started.operation_id).await;
        let running = seen
            .operation
            .as_ref()
            .is_some_and(|each| each.state() == State::Running);
        Ok((!running).then_some(seen))
    })
    .await
    .unwrap();
    let told = ended.operation.unwrap();
    assert_eq!((told.state(), told.succeeded_items), (State::Finished, 5));
    assert_eq!(ended.items.len(), 5);
    arrived(&stage, &lives).await.unwrap();
}

#[tokio::test]
async fn a_retry_that_is_cancelled_stops_and_leaves_the_rest_as_it_was() {
    let stage = Stage::with(settings()).await.unwrap();
    let lives = refused(&stage, 6, 6).await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    // One a minute: there is time to stop it.
    let preview = previewed(&mut vendor.sync, 1).await;
    let started = started(&mut vendor.sync, &preview.preview_token).await;
    let request = v1::CancelOperationRequest {
        operation_id: started.operation_id.clone(),
        operator_id: OFFICER.to_owned(),
    };
    vendor.sync.cancel_operation(request).await.unwrap();
    let seen = operation(&mut vendor.sync, &started.operation_id).await;
    assert_eq!(seen.operation.unwrap().state(), State::Cancelled);
    let mut left = 0;
    for life in &lives {
        let sync = vendor.dossier(&life.code).await.unwrap().sync.unwrap();
        left += u32::from(sync.state() == SyncState::Refused);
    }
    assert!(left >= 5, "{left} of 6 are left");
}

/// Full states of one dossier, told apart by their note.
fn state(stage: &Stage, code: &str, note: &str) -> v1::RecordDossierRequest {
    let owner = stage.citizen("plain").unwrap();
    let mut event = messages::state(code, PortalStatus::Received, &owner, stage.now());
    event.event_id = format!("{code}/{note}");
    note.clone_into(&mut event.dossier.as_mut().unwrap().note);
    event
}

async fn corrected(
    sync: &mut SyncServiceClient<Channel>,
    code: &str,
) -> Result<v1::CorrectDossierResponse, tonic::Status> {
    let request = v1::CorrectDossierRequest {
        dossier_code: code.to_owned(),
        reason: "Đã sửa chủ hồ sơ".to_owned(),
        operator_id: OFFICER.to_owned(),
    };
    Ok(sync.correct_dossier(request).await?.into_inner())
}

#[tokio::test]
async fn a_refused_field_that_was_put_right_goes_out_in_the_place_of_the_refused_state() {
    let stage = Stage::with(settings()).await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let code = stage.dossier_code(1);
    let says = FaultEffect::ErrorText {
        code: "-1".into(),
        message: "Trường ChuHoSo không hợp lệ".to_owned(),
    };
    // Refused as often as it comes, until the field is another.
    let fault = Fault::new(says).on("DongBoHoSoMC").for_key(&code);
    let portal = stage.mocks().portal();
    portal.script(fault.times(1_000)).unwrap();
    vendor
        .record_state(state(&stage, &code, "sai"))
        .await
        .unwrap();
    let step = messages::step(&code, PortalStatus::Processing, "Bước 1", stage.now());
    vendor.record_step(step).await.unwrap();
    dossier_in(&mut vendor, &code, SyncState::Refused)
        .await
        .unwrap();
    let nothing = corrected(&mut vendor.sync, &code).await.unwrap_err();
    assert_eq!(
        (nothing.code(), reason(&nothing).as_str()),
        (Code::FailedPrecondition, "NOTHING_TO_CORRECT")
    );

    vendor
        .record_state(state(&stage, &code, "dung"))
        .await
        .unwrap();
    // It waits behind the refused one until somebody says that it takes its place.
    let sync = dossier_in(&mut vendor, &code, SyncState::Refused).await;
    assert_eq!(sync.unwrap().revision, 3);
    assert_eq!(portal.waiting_faults()[0].times, 999);
    portal.clear_faults();
    let answer = corrected(&mut vendor.sync, &code).await.unwrap();
    assert_eq!(answer.revision, 1, "{answer:?}");
    let sync = dossier_in(&mut vendor, &code, SyncState::Accepted)
        .await
        .unwrap();
    assert_eq!(sync.timeline.len(), 3, "{:#?}", outline(&sync));
    let effects = portal.effects_of(&code);
    let seen: Vec<_> = effects
        .iter()
        .map(|effect| (effect.kind, effect.content.as_deref().unwrap_or_default()))
        .collect();
    let wanted = [
        (EffectKind::Created, "dung"),
        (EffectKind::Step, "Bước 1"),
        (EffectKind::Updated, "dung"),
    ];
    assert_eq!(seen, wanted);
}
