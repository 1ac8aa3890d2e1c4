//! Evidence that is recorded turns verdicts, and only then.

use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_proto::v1::criterion_finding::Verdict;
use lienthong_proto::v1::evidence::Class;

use super::ground::{PAPER, RESIDENCE, check, evidence, finding, received, record, seen, stage};

#[tokio::test]
async fn without_a_document_nothing_is_contradicted_and_with_one_it_is() {
    let stage = stage().await;
    received(&stage, 1..41, 3).await;
    let before = seen(&stage, 40).await;
    for id in ["C1", "C2"] {
        let verdict = finding(&before, id).verdict();
        assert_ne!(verdict, Verdict::Contradicted, "{id} without a document");
    }
    let mapping = evidence(
        &stage,
        Class::DataMapping,
        &[("fields_from_population", "full_name; birth")],
    );
    let id = record(&stage, "mapping-1", mapping).await;
    let papers = evidence(&stage, Class::PapersSheet, &[("papers_cut", PAPER)]);
    record(&stage, "papers-1", papers).await;
    let after = seen(&stage, 40).await;
    let data = finding(&after, "C2");
    assert_eq!(data.verdict(), Verdict::Contradicted, "{}", data.reason_en);
    assert_eq!(data.evidence_ids, [id]);
    assert_eq!(data.example_dossier_codes.len(), 5);
    let papers = finding(&after, "C1");
    assert_eq!(
        papers.verdict(),
        Verdict::Contradicted,
        "{}",
        papers.reason_en
    );
}

#[tokio::test]
async fn one_event_id_records_once_and_the_list_tells_what_is_documented() {
    let stage = stage().await;
    let piece = evidence(&stage, Class::OptionDecision, &[]);
    let piece = v1::Evidence {
        symbol: "1811/QĐ-TTPVHCC".to_owned(),
        ..piece
    };
    let request = v1::RecordEvidenceRequest {
        evidence: Some(piece),
        operator_id: messages::OFFICER.to_owned(),
        event_id: "option-1".to_owned(),
    };
    let mut vendor = stage.plain_vendor().await.unwrap();
    let first = vendor.services.record_evidence(request.clone()).await;
    let first = first.unwrap().into_inner();
    assert!(!first.duplicate);
    let again = vendor.services.record_evidence(request).await.unwrap();
    let again = again.into_inner();
    assert!(again.duplicate);
    assert_eq!(first.evidence, again.evidence);
    let list = v1::ListEvidenceRequest {
        service_number: RESIDENCE,
        ..v1::ListEvidenceRequest::default()
    };
    let listed = vendor
        .services
        .list_evidence(list)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.evidence.len(), 1);
    assert!(listed.evidence[0].valid);
    let list = v1::ListServicesRequest::default();
    let services = vendor
        .services
        .list_services(list)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(services.services.len(), 25);
    let residence = &services.services[2];
    assert_eq!(residence.service.as_ref().unwrap().number, RESIDENCE);
    let reason = &residence.documented.as_ref().unwrap().reason_vi;
    assert!(
        !reason.is_empty(),
        "why the documents go no further is told"
    );
}

#[tokio::test]
async fn evidence_with_mistakes_is_refused_with_all_of_them_and_changes_nothing() {
    let stage = stage().await;
    let piece = evidence(&stage, Class::ProcessDecision, &[]);
    let unreadable = v1::Evidence {
        issued_on: "2026-02-30".to_owned(),
        sha256: "none".to_owned(),
        ..piece.clone()
    };
    let impossible = v1::Evidence {
        service_numbers: vec![99],
        statements: [("lookup_target".to_owned(), "120%".to_owned())].into(),
        ..piece
    };
    let mut vendor = stage.plain_vendor().await.unwrap();
    let expected = [
        (unreadable, ["evidence.issued_on", "evidence.sha256"]),
        (
            impossible,
            ["evidence.service_numbers", "evidence.statements"],
        ),
    ];
    for (piece, fields) in expected {
        let request = v1::RecordEvidenceRequest {
            evidence: Some(piece),
            operator_id: messages::OFFICER.to_owned(),
            event_id: "wrong-1".to_owned(),
        };
        let refused = vendor.services.record_evidence(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        let wrong = lienthong_tests::wire::violated(&refused);
        for field in fields {
            let told = wrong.iter().any(|it| it.starts_with(field));
            assert!(told, "{field} in {wrong:?}");
        }
    }
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
    assert!(listed.evidence.is_empty());
    assert!(check(&stage).await.is_ok());
}
