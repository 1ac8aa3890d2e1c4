//! The monthly list: from draft to publication, and as it is kept.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_monthly_list_goes_from_draft_to_publication_and_shows_it() {
    let ground = Ground::new(600).await;
    let (description, file) = ground
        .export(&late_units(v1::ReportFormat::Html))
        .await
        .unwrap();
    let draft = description.report.unwrap();
    assert_eq!(
        (draft.report_id.as_str(), draft.stage()),
        ("BC-000001", Stage::Draft)
    );
    assert_eq!(draft.content_sha256, description.content_sha256);
    assert!(String::from_utf8(file).unwrap().contains("Dự thảo"));

    let (desk, archive) = (&ground.desk, &*ground.archive);
    let asked = approval(&draft, "e1");
    let approved = approve(desk, archive, client(), &asked).await.unwrap();
    assert_eq!(approved.report.unwrap().stage(), Stage::Approved);
    let repeated = approve(desk, archive, client(), &asked).await.unwrap();
    assert!(repeated.duplicate);
    let publication = v1::RecordPublicationRequest {
        report_id: "1".to_owned(),
        place: v1::record_publication_request::Place::Website.into(),
        address: "https://example.gov.vn/tre-han-10-2026".to_owned(),
        published_on: "2026-11-03".to_owned(),
        operator_id: "CB-01".to_owned(),
        event_id: "e2".to_owned(),
    };
    let published = publish(desk, archive, client(), &publication)
        .await
        .unwrap();
    assert_eq!(published.report.unwrap().stage(), Stage::PublishedOnWebsite);

    let (description, file) = ground
        .export(&again("BC-000001", v1::ReportFormat::Html, "vi"))
        .await
        .unwrap();
    assert_eq!(
        description.content_sha256, draft.content_sha256,
        "the content stays"
    );
    let page = String::from_utf8(file).unwrap();
    assert!(page.contains("mã cán bộ CB-01"));
    assert!(page.contains("https://example.gov.vn/tre-han-10-2026, ngày 03/11/2026"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_list_is_withdrawn_and_the_corrected_one_names_it() {
    let ground = Ground::new(200).await;
    let (desk, archive) = (&ground.desk, &*ground.archive);
    let html = late_units(v1::ReportFormat::Html);
    let draft = ground.export(&html).await.unwrap().0.report.unwrap();
    approve(desk, archive, client(), &approval(&draft, "e1"))
        .await
        .unwrap();
    let withdrawal = v1::WithdrawReportRequest {
        report_id: draft.report_id.clone(),
        reason: "sai kỳ số liệu".to_owned(),
        operator_id: "CB-01".to_owned(),
        event_id: "e2".to_owned(),
    };
    let withdrawn = withdraw(desk, archive, client(), &withdrawal)
        .await
        .unwrap();
    assert_eq!(withdrawn.report.unwrap().stage(), Stage::Withdrawn);
    let (description, file) = ground.export(&html).await.unwrap();
    let corrected = description.report.unwrap();
    assert_eq!(corrected.report_id, "BC-000002");
    let page = String::from_utf8(file).unwrap();
    assert!(
        page.contains("BC-000001: sai kỳ số liệu"),
        "what it stands in place of"
    );
    let old = again("BC-000001", v1::ReportFormat::Html, "vi");
    let (_, file) = ground.export(&old).await.unwrap();
    assert!(String::from_utf8(file).unwrap().contains("Đã thu hồi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_twice_it_is_one_kept_report_and_the_same_bytes() {
    let ground = Ground::new(600).await;
    for format in [
        v1::ReportFormat::Csv,
        v1::ReportFormat::Xlsx,
        v1::ReportFormat::Html,
        v1::ReportFormat::Json,
    ] {
        for language in ["vi", "en"] {
            let mut request = late_units(format);
            language.clone_into(&mut request.language);
            let (first, once) = ground.export(&request).await.unwrap();
            // What is made on another day is the same.
            ground.clock.advance(jiff::SignedDuration::from_hours(30));
            let (second, twice) = ground.export(&request).await.unwrap();
            assert!(once == twice, "{format:?} {language}");
            assert_eq!(first, second);
            let kept = again("BC-000001", format, language);
            assert!(ground.export(&kept).await.unwrap().1 == once);
        }
    }
    assert_eq!(ground.kept().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_read_is_not_approved_and_what_is_wrong_is_told_at_once() {
    let ground = Ground::new(200).await;
    let (desk, archive) = (&ground.desk, &*ground.archive);
    let draft = ground
        .export(&late_units(v1::ReportFormat::Csv))
        .await
        .unwrap()
        .0;
    let draft = draft.report.unwrap();
    let mut other = approval(&draft, "e1");
    other.content_sha256 = "0".repeat(64);
    let error = approve(desk, archive, client(), &other).await.unwrap_err();
    assert_eq!(error.reason().name(), "REPORT_STATE");
    let error = approve(
        desk,
        archive,
        client(),
        &v1::ApproveReportRequest::default(),
    )
    .await;
    assert_eq!(
        fields(&error.unwrap_err()),
        [
            ("content_sha256", "REQUIRED"),
            ("report_id", "REQUIRED"),
            ("operator_id", "REQUIRED"),
            ("event_id", "REQUIRED"),
        ]
    );
    let form = v1::ExportReportRequest {
        kind: v1::ReportKind::Project06Month.into(),
        ..late_units(v1::ReportFormat::Csv)
    };
    let form = ground.export(&form).await.unwrap().0.report.unwrap();
    assert_eq!(form.stage(), Stage::Kept, "kept as well");
    let error = approve(desk, archive, client(), &approval(&form, "e2")).await;
    assert_eq!(error.unwrap_err().reason().name(), "REPORT_STATE");
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_reports_are_listed_page_by_page() {
    let ground = Ground::new(200).await;
    for month in ["07", "08", "09"] {
        let mut request = late_units(v1::ReportFormat::Csv);
        let last = if month == "09" { "30" } else { "31" };
        request.window = Some(days(
            &format!("2026-{month}-01"),
            &format!("2026-{month}-{last}"),
        ));
        ground.export(&request).await.unwrap();
    }
    let mut request = v1::ListReportsRequest {
        kind: v1::ReportKind::LateUnits.into(),
        page_size: 2,
        ..v1::ListReportsRequest::default()
    };
    let first = list(&*ground.archive, &request).await.unwrap();
    let ids = |page: &v1::ListReportsResponse| -> Vec<String> {
        page.reports.iter().map(|it| it.report_id.clone()).collect()
    };
    assert_eq!(ids(&first), ["BC-000003", "BC-000002"]);
    request.page_token.clone_from(&first.next_page_token);
    let second = list(&*ground.archive, &request).await.unwrap();
    assert_eq!(ids(&second), ["BC-000001"]);
    assert_eq!(second.next_page_token, "");
    request.kind = v1::ReportKind::Board.into();
    let error = list(&*ground.archive, &request).await.unwrap_err();
    assert_eq!(fields(&error), [("page_token", "PAGE_TOKEN")]);
}
