//! Who may ask what, and what is said about a question that makes no sense.

use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{json_of, post_json, reason, violated};
use serde_json::json;
use tonic::Code;

use super::ground::{RESIDENCE, evidence, received, seen, settings, stage};

#[tokio::test]
async fn who_may_read_may_not_record() {
    let settings = settings().with("services.recorders", "['archive']");
    let stage = Stage::with(settings).await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let request = v1::RecordEvidenceRequest {
        evidence: Some(evidence(&stage, Class::OptionDecision, &[])),
        operator_id: messages::OFFICER.to_owned(),
        event_id: "e1".to_owned(),
    };
    let services = &mut vendor.services;
    let rebuild = v1::RebuildObservationsRequest {
        operator_id: messages::OFFICER.to_owned(),
        reason: "Kiểm tra lại".to_owned(),
    };
    let refused = [
        services.record_evidence(request).await.unwrap_err(),
        services.rebuild_observations(rebuild).await.unwrap_err(),
        services
            .list_rebuilds(v1::ListRebuildsRequest {})
            .await
            .unwrap_err(),
    ];
    for refused in refused {
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(reason(&refused), "NOT_PERMITTED_RECORDER");
    }
    let read = services
        .list_services(v1::ListServicesRequest::default())
        .await;
    assert_eq!(read.unwrap().into_inner().services.len(), 25);
    // A month that is over, which is kept when a recorder asks for it.
    let monthly = v1::ExportReportRequest {
        format: v1::ReportFormat::Csv.into(),
        kind: v1::ReportKind::LateUnits.into(),
        window: Some(v1::ObservationWindow {
            first_day: "2025-03-01".to_owned(),
            last_day: "2025-03-31".to_owned(),
        }),
        ..v1::ExportReportRequest::default()
    };
    let mut file = services.export_report(monthly).await.unwrap().into_inner();
    while file.message().await.unwrap().is_some() {}
    let all = v1::ListReportsRequest::default();
    let kept = services.list_reports(all).await.unwrap().into_inner();
    assert_eq!(kept.reports, []);
}

#[tokio::test]
async fn every_mistake_of_a_question_is_told_at_once() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let request = v1::CheckServicesRequest {
        numbers: vec![3, 26, 0],
        window: Some(v1::ObservationWindow {
            first_day: "2026-02-30".to_owned(),
            last_day: "2999-01-01".to_owned(),
        }),
        unit_code: "đơn vị".to_owned(),
    };
    let refused = vendor.services.check_services(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let wrong = violated(&refused).join(" ");
    for field in [
        "numbers[1]",
        "numbers[2]",
        "window.first_day",
        "window.last_day",
        "unit_code",
    ] {
        assert!(wrong.contains(field), "{field} in {wrong}");
    }
    let one = v1::GetServiceRequest {
        number: 26,
        ..v1::GetServiceRequest::default()
    };
    let refused = vendor.services.get_service(one).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_year_without_calendar_is_told_loudly() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let request = v1::CheckServicesRequest {
        numbers: vec![RESIDENCE],
        window: Some(v1::ObservationWindow {
            first_day: "2023-03-01".to_owned(),
            last_day: "2023-03-31".to_owned(),
        }),
        ..v1::CheckServicesRequest::default()
    };
    let answer = vendor.services.check_services(request).await.unwrap();
    let warnings = answer.into_inner().warnings;
    let gap = warnings
        .iter()
        .find(|it| it.code == "CALENDAR_GAP")
        .unwrap();
    assert!(gap.text_vi.contains("2023"), "{}", gap.text_vi);
    assert!(gap.text_en.contains("2023"), "{}", gap.text_en);
}

#[tokio::test]
async fn the_same_is_answered_as_json() {
    let stage = stage().await;
    received(&stage, 1..3, 4).await;
    let over_grpc = seen(&stage, 2).await;
    let address = stage.addresses().unwrap().plain.unwrap();
    let path = |method| format!("/lienthong.v1.EssentialServicesService/{method}");
    let window = json_of(
        "lienthong.v1.ObservationWindow",
        &super::ground::month(&stage),
    );
    let body = json!({ "number": RESIDENCE, "window": window.unwrap() });
    let answer = post_json(address, &path("GetService"), body.to_string())
        .await
        .unwrap();
    let answer = answer.json().unwrap();
    assert_eq!(answer["check"]["dossiersSeen"], "2");
    assert_eq!(answer["check"]["service"]["name"], "Đăng ký thường trú");
    let findings = answer["check"]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), over_grpc.findings.len());
    let answer = post_json(address, &path("ListServices"), "{}".to_owned())
        .await
        .unwrap();
    let services = answer.json().unwrap()["services"].as_array().unwrap().len();
    assert_eq!(services, 25);
}
