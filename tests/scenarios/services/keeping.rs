//! What was seen and recorded is there after a restart, once, and can be made anew.

use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;

use super::ground::{ago, check, evidence, received, record, seen, sent_back_twice, share, stage};

#[tokio::test]
async fn a_restart_keeps_what_was_seen_and_counts_nothing_twice() {
    let mut stage = stage().await;
    received(&stage, 1..4, 5).await;
    let citizen = stage.citizen("plain").unwrap();
    let desk = stage.desk(1).await.unwrap();
    let code = messages::dossier_code(ago(&stage, 5), 1);
    desk.at(code).verify(&citizen).await.unwrap();
    let id = record(&stage, "e1", evidence(&stage, Class::OptionDecision, &[])).await;
    let before = seen(&stage, 3).await;
    drop(desk);
    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let after = seen(&stage, 3).await;
    assert_eq!(before.figures, after.figures);
    assert_eq!(before.findings, after.findings);
    assert_eq!(share(&after, "LOOKUP_SHARE"), (1, 3));
    let mut vendor = stage.plain_vendor().await.unwrap();
    let list = v1::ListEvidenceRequest {
        include_invalid: true,
        ..v1::ListEvidenceRequest::default()
    };
    let listed = vendor
        .services
        .list_evidence(list)
        .await
        .unwrap()
        .into_inner();
    let ids: Vec<_> = listed
        .evidence
        .iter()
        .filter_map(|it| it.evidence.as_ref())
        .collect();
    assert_eq!(
        ids.iter().map(|it| &it.evidence_id).collect::<Vec<_>>(),
        [&id]
    );
}

#[tokio::test]
async fn what_was_seen_can_be_made_anew_and_is_the_same() {
    let stage = stage().await;
    received(&stage, 1..6, 5).await;
    sent_back_twice(&stage, 7, 5).await;
    let before = seen(&stage, 6).await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let request = v1::RebuildObservationsRequest {
        operator_id: messages::OFFICER.to_owned(),
        reason: "Kiểm tra lại số liệu".to_owned(),
    };
    vendor.services.rebuild_observations(request).await.unwrap();
    let asked = v1::ListRebuildsRequest {};
    let listed = vendor.services.list_rebuilds(asked).await.unwrap();
    let listed = listed.into_inner();
    assert_eq!(listed.sources.len(), 2, "the events and one log");
    let [rebuild] = &listed.rebuilds[..] else {
        panic!("{} rebuilds", listed.rebuilds.len());
    };
    assert_eq!(rebuild.operator_id, messages::OFFICER);
    assert_eq!(rebuild.reason, "Kiểm tra lại số liệu");
    let debugged = format!("{listed:?}");
    assert!(!debugged.contains(messages::OFFICER) && !debugged.contains("Kiểm tra"));
    let after = seen(&stage, 6).await;
    assert_eq!(before.figures, after.figures);
    assert_eq!(before.findings, after.findings);
}

#[tokio::test]
async fn days_that_are_over_are_told_the_same_however_often_they_are_asked_about() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let request = v1::CheckServicesRequest::default();
    received(&stage, 1..3, 30).await;
    received(&stage, 3..5, 1).await;
    // Only those of yesterday and before are in it; wait until all are seen.
    let all = check(&stage).await.unwrap();
    assert_eq!(all.checks.len(), 1);
    seen(&stage, 4).await;
    let first = vendor.services.check_services(request.clone()).await;
    let first = first.unwrap().into_inner();
    let second = vendor.services.check_services(request).await.unwrap();
    assert_eq!(first, second.into_inner());
    assert_eq!(first.checks.len(), 25);
}
