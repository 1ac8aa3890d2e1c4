//! P4 with papers: fetched from the province's store, uploaded, and named with their hashes
//! (portal.md 9).
//!
//! What a reader would get wrong: the portal never sees an address. What it is told is the
//! number that it gave to the upload, and the hash of what it got.

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect, PortalDossier};
use lienthong_proto::v1;
use lienthong_proto::v1::{PortalStatus, SyncState};
use lienthong_tests::desk::plain;
use lienthong_tests::portal_profile::PortalProfile;
use lienthong_tests::stage::{Stage, dossier_in, outline};
use serde_json::Value;

/// A gateway on P4 that may fetch files from the stage's own file store.
async fn stage() -> Stage {
    let mut stage = Stage::through(PortalProfile::P4).await.unwrap();
    stage.stop_gateway().await;
    let sources = format!("['{}']", store(&stage));
    stage.set("portal.files.sources", &sources);
    stage.start_gateway().await.unwrap();
    stage
}

fn store(stage: &Stage) -> String {
    format!("{}/files", stage.mocks().control_url())
}

/// Handed in with two papers, worked on, and ended with a result.
fn life(stage: &Stage) -> Vec<v1::RecordDossierRequest> {
    let code = stage.dossier_code(1);
    let told = |status, seconds: i64| {
        let now = stage.now() - jiff::SignedDuration::from_secs(10 - seconds);
        let mut event = messages::state(&code, status, &plain(), now);
        let dossier = event.dossier.as_mut().unwrap();
        let mut second = dossier.documents[0].clone();
        "CT02.pdf".clone_into(&mut second.file_name);
        dossier.documents.push(second);
        for paper in &mut dossier.documents {
            paper.url = format!("{}/{}", store(stage), paper.file_name);
        }
        event
    };
    let received = told(PortalStatus::Received, 1);
    let mut processed = told(PortalStatus::Processed, 3);
    let dossier = processed.dossier.as_mut().unwrap();
    let earlier = received.dossier.as_ref().unwrap();
    (dossier.submitted_at, dossier.received_at) = (earlier.submitted_at, earlier.received_at);
    dossier.finished_at = processed.occurred_at;
    dossier.results.push(v1::ResultDocument {
        name: "Giấy xác nhận".to_owned(),
        url: format!("{}/{code}.pdf", store(stage)),
        result_code: "KQ.G01.000001".to_owned(),
        ..v1::ResultDocument::default()
    });
    vec![received, processed]
}

fn only(stage: &Stage) -> PortalDossier {
    let mut all = stage.mocks().portal().dossiers();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Uploads that the portal answered.
fn uploads(stage: &Stage) -> usize {
    let delivered = stage.delivered();
    delivered
        .iter()
        .filter(|entry| entry.operation == "upload")
        .count()
}

/// Name and hash of each paper that the dossier has there.
fn papers(dossier: &PortalDossier) -> Vec<(String, String)> {
    let components = dossier.fields["ThanhPhanHoSo"].as_array().unwrap();
    let papers = components
        .iter()
        .filter_map(|component| component["GiayToDinhKem"].as_array())
        .flatten();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    papers
        .map(|paper| {
            assert!(!text(&paper["IdGiayTo"]).is_empty());
            (text(&paper["TenGiayTo"]), text(&paper["HashTepTin"]))
        })
        .collect()
}

#[tokio::test]
async fn papers_are_uploaded_and_stand_at_the_portal_with_their_hashes_and_so_does_the_result() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = life(&stage);
    let code = stage.dossier_code(1);
    for state in &life {
        vendor.record_state(state.clone()).await.unwrap();
        let sync = dossier_in(&mut vendor, &code, SyncState::Accepted).await;
        let sync = sync.unwrap();
        assert!(!sync.portal_reference.is_empty(), "{:#?}", outline(&sync));
        assert_eq!(sync.portal_reference, only(&stage).code);
    }
    let dossier = only(&stage);
    let papers = papers(&dossier);
    let mut names: Vec<_> = papers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["CT01.pdf", "CT02.pdf"]);
    // The store gives each name a content of its own.
    assert!(papers[0].1 != papers[1].1 && papers.iter().all(|(_, hash)| hash.len() == 64));
    assert!(uploads(&stage) >= 2);
    let last = dossier.status_changes.last().unwrap();
    assert_eq!(last["TrangThai"], 9);
    let results = last["DanhSachGiayToKetQua"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{results:?}");
}

#[tokio::test]
async fn an_upload_that_fails_is_made_again_and_the_dossier_is_there_once() {
    let stage = stage().await;
    for effect in [FaultEffect::DropAfterEffect, FaultEffect::status(502)] {
        let fault = Fault::new(effect).on("upload");
        stage.mocks().portal().script(fault).unwrap();
    }
    let mut vendor = stage.plain_vendor().await.unwrap();
    let received = life(&stage).remove(0);
    vendor.record_state(received).await.unwrap();
    dossier_in(&mut vendor, &stage.dossier_code(1), SyncState::Accepted)
        .await
        .unwrap();
    assert_eq!(papers(&only(&stage)).len(), 2);
    assert_eq!(stage.mocks().portal().counts().created, 1);
}

#[tokio::test]
async fn a_paper_from_elsewhere_is_not_fetched_and_stops_its_dossier_visibly() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let mut received = life(&stage).remove(0);
    let dossier = received.dossier.as_mut().unwrap();
    dossier.documents[1].url = "http://127.0.0.1:9/files/CT02.pdf".to_owned();
    vendor.record_state(received).await.unwrap();
    let sync = dossier_in(&mut vendor, &stage.dossier_code(1), SyncState::Refused)
        .await
        .unwrap();
    let attempt = sync.timeline[0].attempts.last().unwrap();
    assert!(!attempt.advice_vi.is_empty() && !attempt.advice_en.is_empty());
    assert_eq!(stage.mocks().portal().dossier_count(), 0);
}
