//! What is refused, and what is drawn without being kept.

use async_trait::async_trait;
use lienthong_core::observation::Window;

use super::*;
use crate::essential::Reached;

/// How far the observations are, as a test wants it.
struct Behind(Reached);

#[async_trait]
impl Following for Behind {
    async fn reached(&self, _window: &Window) -> Reached {
        self.0.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_while_not_all_is_looked_at_and_it_may_be_tried_again() {
    refused_while(Reached::nothing(), "OBSERVATION_LAG").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_while_the_observations_are_made_anew() {
    let anew = Reached {
        is_rebuilding: true,
        ..Reached::default()
    };
    refused_while(anew, "REBUILDING").await;
}

async fn refused_while(reached: Reached, warning: &str) {
    let ground = Ground::following(200, Some(Arc::new(Behind(reached)))).await;
    let request = late_units(v1::ReportFormat::Csv);
    let error = ground.export(&request).await.unwrap_err();
    assert_eq!(error.reason().name(), "OBSERVATIONS_INCOMPLETE");
    assert_eq!(error.code(), tonic::Code::Unavailable);
    assert!(error.retry_after().is_some());
    assert_eq!(ground.kept().await, []);
    // What nobody keeps is drawn.
    let (desk, archive) = (&ground.desk, &*ground.archive);
    let (description, _) = export(desk, archive, None, &request, WITHIN).await.unwrap();
    assert!(description.warnings.iter().any(|it| it.code == warning));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_is_not_over_is_drawn_and_not_kept() {
    let ground = Ground::new(200).await;
    let mut request = late_units(v1::ReportFormat::Html);
    for (first, last) in [("2026-11-01", "2026-11-03"), ("2026-10-02", "2026-10-31")] {
        request.window = Some(days(first, last));
        let (description, file) = ground.export(&request).await.unwrap();
        assert_eq!(description.report, None, "{first}");
        assert!(String::from_utf8(file).unwrap().contains("Bản xem trước"));
    }
    assert_eq!(ground.kept().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_is_told_at_once_and_nothing_is_kept() {
    let ground = Ground::new(200).await;
    let wrong = v1::ExportReportRequest {
        language: "fr".to_owned(),
        kind: v1::ReportKind::LateUnits.into(),
        numbers: vec![26],
        window: Some(days("2026-02-30", "2026-10-31")),
        unit_code: "?".to_owned(),
        ..v1::ExportReportRequest::default()
    };
    let error = ground.export(&wrong).await.unwrap_err();
    assert_eq!(
        fields(&error),
        [
            ("format", "REQUIRED"),
            ("language", "UNKNOWN_VALUE"),
            ("numbers", "MUST_BE_ABSENT"),
            ("numbers[0]", "SERVICE_NUMBER"),
            ("window.first_day", "DAY"),
            ("unit_code", "AGENCY_CODE"),
        ]
    );
    let beside = v1::ExportReportRequest {
        window: Some(days("2026-10-01", "2026-10-31")),
        section: "units".to_owned(),
        ..again("x", v1::ReportFormat::Html, "en")
    };
    let error = ground.export(&beside).await.unwrap_err();
    assert_eq!(
        fields(&error),
        [
            ("section", "MUST_BE_ABSENT"),
            ("window", "MUST_BE_ABSENT"),
            ("report_id", "REPORT_ID"),
        ]
    );
    let none = again("BC-000009", v1::ReportFormat::Html, "vi");
    let error = ground.export(&none).await.unwrap_err();
    assert_eq!(error.reason().name(), "REPORT_NOT_FOUND");
    let mut no_table = late_units(v1::ReportFormat::Csv);
    no_table.section = "no-such-table".to_owned();
    let error = ground.export(&no_table).await.unwrap_err();
    assert_eq!(fields(&error), [("section", "UNKNOWN_VALUE")]);
    assert_eq!(ground.kept().await, [], "a refused call leaves nothing");
    no_table.section = "units".to_owned();
    ground.export(&no_table).await.unwrap();
    assert_eq!(ground.kept().await.len(), 1, "the same call with a table");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_record_gets_a_preview_and_keeps_nothing() {
    let ground = Ground::new(0).await;
    let request = late_units(v1::ReportFormat::Html);
    let (desk, archive) = (&ground.desk, &*ground.archive);
    let (description, file) = export(desk, archive, None, &request, WITHIN).await.unwrap();
    assert_eq!(description.report, None);
    assert!(String::from_utf8(file).unwrap().contains("Bản xem trước"));
    assert_eq!(ground.kept().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_in_which_no_dossier_was_seen_is_not_kept() {
    let ground = Ground::new(200).await;
    let mut request = late_units(v1::ReportFormat::Csv);
    request.unit_code = "H60.999".to_owned();
    let error = ground.export(&request).await.unwrap_err();
    assert_eq!(error.reason().name(), "REPORT_NOTHING_SEEN");
    assert_eq!(ground.kept().await, []);
    // Whoever may not keep it gets the empty table.
    let (desk, archive) = (&ground.desk, &*ground.archive);
    export(desk, archive, None, &request, WITHIN).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_which_not_every_dossier_is_kept_any_more_is_refused() {
    let mut ground = Ground::new(200).await;
    let request = late_units(v1::ReportFormat::Csv);
    // It is the morning of 3 November: 34 days reach to 30 September, 33 do not.
    let days = |days: i64| jiff::SignedDuration::from_hours(24 * days);
    let desk = ground.desk.clone();
    ground.desk = desk.clone().keeping(days(33));
    let error = ground.export(&request).await.unwrap_err();
    assert_eq!(fields(&error), [("window.first_day", "NOT_KEPT_ANY_MORE")]);
    assert_eq!(ground.kept().await, []);
    ground.desk = desk.keeping(days(34));
    ground.export(&request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn days_before_the_list_was_decided_cannot_be_asked_about() {
    let ground = Ground::new(0).await;
    let mut request = late_units(v1::ReportFormat::Csv);
    request.window = Some(days("0001-01-01", "2021-12-31"));
    let error = ground.export(&request).await.unwrap_err();
    let early = ["window.first_day", "window.last_day"].map(|field| (field, "TOO_EARLY"));
    assert_eq!(fields(&error), early);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_whose_content_is_gone_says_so() {
    let ground = Ground::new(200).await;
    for _ in 0..2 {
        let question = ground.desk.usual_question();
        let inspected = ground.desk.inspect(&question, WITHIN).await.unwrap();
        let now = ground.desk.now();
        keep_board(inspected, &*ground.archive, now).await.unwrap();
        ground.clock.advance(jiff::SignedDuration::from_hours(24));
    }
    let archive = &*ground.archive;
    assert_eq!(archive.empty_boards(ground.desk.now(), 9).await, Ok(1));
    let gone = again("BC-000001", v1::ReportFormat::Html, "vi");
    let error = ground.export(&gone).await.unwrap_err();
    assert_eq!(error.reason().name(), "REPORT_CONTENT_GONE");
    let kept = again("BC-000002", v1::ReportFormat::Html, "vi");
    ground.export(&kept).await.unwrap();
}
