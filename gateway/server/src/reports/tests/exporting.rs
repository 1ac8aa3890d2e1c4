//! Reports on request, over real stores.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use lienthong_adapters::store::{SqliteCatalogue, SqliteObservations, SqliteRegister};
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::catalogue::StepCounts;
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::ports::catalogue::{
    CatalogueStore as _, CatalogueUnit, FetchOutcome, FetchRecord, NextCatalogue,
};
use lienthong_core::ports::reports::ReportArchive;
use lienthong_proto::v1;
use tempfile::TempDir;
use v1::kept_report::Stage;

use super::super::{approve, export, keep_board, list, publish, withdraw};
use crate::client::json;
use crate::convert::essential::check_response;
use crate::demo::province::{Grounds, Province, SEED, Stores, seed};
use crate::essential::{DeskParts, EssentialDesk, Knowledge, NothingCompared};
use crate::status::ServerError;

const WITHIN: Duration = Duration::from_mins(5);

struct Ground {
    desk: EssentialDesk,
    archive: Arc<SqliteRegister>,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl Ground {
    /// A gateway with an invented year, on the morning of 3/11/2026.
    async fn new(dossiers: u32) -> Self {
        let knowledge = Arc::new(Knowledge::shipped().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let rules = Arc::clone(&knowledge.observation_rules);
        let path = folder.path().join("observations.sqlite");
        let observations = Arc::new(SqliteObservations::open(path, rules).unwrap());
        let archive = SqliteRegister::open(folder.path().join("register.sqlite"));
        let archive = Arc::new(archive.unwrap());
        let grounds = Grounds {
            today: date(2026, 11, 3),
            calendar: &knowledge.calendar,
            seed: SEED,
            dossiers,
        };
        let province = Province::invent(&grounds).unwrap();
        let stores = Stores {
            observations: Arc::clone(&observations) as _,
            evidence: Arc::clone(&archive) as _,
        };
        seed(&province, &stores).await.unwrap();
        let clock = Arc::new(ManualClock::starting_at(at("2026-11-03T01:00:00Z")));
        let desk = EssentialDesk::new(DeskParts {
            observations,
            evidence: Arc::clone(&archive) as _,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            knowledge,
            mismatches: Arc::new(NothingCompared),
            following: None,
            window_days: 30,
        });
        Self {
            desk,
            archive,
            clock,
            folder,
        }
    }

    async fn export(
        &self,
        request: &v1::ExportReportRequest,
    ) -> Result<(v1::ReportDescription, Vec<u8>), ServerError> {
        export(&self.desk, &*self.archive, Some(client()), request, WITHIN).await
    }

    async fn kept(&self) -> Vec<v1::KeptReport> {
        let all = v1::ListReportsRequest::default();
        list(&*self.archive, &all).await.unwrap().reports
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn client() -> ClientName {
    ClientName::parse("igate").unwrap()
}

fn days(first: &str, last: &str) -> v1::ObservationWindow {
    v1::ObservationWindow {
        first_day: first.to_owned(),
        last_day: last.to_owned(),
    }
}

fn late_units(format: v1::ReportFormat) -> v1::ExportReportRequest {
    v1::ExportReportRequest {
        format: format.into(),
        kind: v1::ReportKind::LateUnits.into(),
        window: Some(days("2026-10-01", "2026-10-31")),
        ..v1::ExportReportRequest::default()
    }
}

fn again(id: &str, format: v1::ReportFormat, language: &str) -> v1::ExportReportRequest {
    v1::ExportReportRequest {
        format: format.into(),
        language: language.to_owned(),
        report_id: id.to_owned(),
        ..v1::ExportReportRequest::default()
    }
}

fn approval(report: &v1::KeptReport, event: &str) -> v1::ApproveReportRequest {
    v1::ApproveReportRequest {
        report_id: report.report_id.clone(),
        content_sha256: report.content_sha256.clone(),
        operator_id: "CB-01".to_owned(),
        event_id: event.to_owned(),
    }
}

fn fields(error: &ServerError) -> Vec<(&str, &str)> {
    match error {
        ServerError::Invalid(violations) => violations
            .iter()
            .map(|it| (it.field.as_str(), it.reason))
            .collect(),
        other => panic!("{other:?}"),
    }
}

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
async fn changes_are_those_since_the_last_kept_board() {
    let ground = Ground::new(200).await;
    let request = v1::ExportReportRequest {
        format: v1::ReportFormat::Json.into(),
        kind: v1::ReportKind::Changes.into(),
        ..v1::ExportReportRequest::default()
    };
    let (nothing_before, _) = ground.export(&request).await.unwrap();
    let question = ground.desk.usual_question();
    let inspected = ground.desk.inspect(&question, WITHIN).await.unwrap();
    let kept = keep_board(&inspected, &*ground.archive, ground.desk.now())
        .await
        .unwrap();
    assert!(!kept.duplicate);
    let (same_moment, _) = ground.export(&request).await.unwrap();
    assert_eq!(
        same_moment.content_sha256, nothing_before.content_sha256,
        "a board of the same moment is none before"
    );
    ground.clock.advance(jiff::SignedDuration::from_hours(24));
    let (a_day_later, file) = ground.export(&request).await.unwrap();
    assert_ne!(a_day_later.content_sha256, nothing_before.content_sha256);
    let json: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(json["content"]["kind"], "changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_of_the_board_is_what_a_check_answers() {
    let ground = Ground::new(200).await;
    let request = v1::ExportReportRequest {
        format: v1::ReportFormat::Json.into(),
        numbers: vec![3, 9],
        ..v1::ExportReportRequest::default()
    };
    let (description, file) = ground.export(&request).await.unwrap();
    let mut read: v1::CheckServicesResponse = json::read("CheckServicesResponse", &file).unwrap();
    assert_eq!(
        std::mem::take(&mut read.content_sha256),
        description.content_sha256
    );
    let mut question = ground.desk.usual_question();
    question.numbers = [3, 9]
        .into_iter()
        .filter_map(lienthong_core::essential::ServiceNumber::new)
        .collect();
    let inspected = ground.desk.inspect(&question, WITHIN).await.unwrap();
    assert_eq!(read, check_response(&inspected));
    assert_eq!(read.checks.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_for_publication_has_no_checks_and_no_dossier() {
    let ground = Ground::new(200).await;
    let mut request = v1::ExportReportRequest {
        format: v1::ReportFormat::Json.into(),
        ..v1::ExportReportRequest::default()
    };
    let told = |file: Vec<u8>| String::from_utf8(file).unwrap();
    let (inside, file) = ground.export(&request).await.unwrap();
    assert!(told(file).contains("reasonVi"));
    request.public = true;
    let (public, file) = ground.export(&request).await.unwrap();
    assert_ne!(public.content_sha256, inside.content_sha256);
    let file = told(file);
    assert!(file.contains("(bản công khai)") && !file.contains("reasonVi"));
    assert!(!file.contains("\"findings\""));
    let kept = v1::ExportReportRequest {
        public: true,
        ..again("BC-000001", v1::ReportFormat::Json, "vi")
    };
    let error = ground.export(&kept).await.unwrap_err();
    assert_eq!(fields(&error), [("public", "MUST_BE_ABSENT")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_is_told_at_once_and_nothing_is_kept() {
    let ground = Ground::new(0).await;
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
async fn what_was_not_read_is_not_approved_and_what_is_wrong_is_told_at_once() {
    let ground = Ground::new(0).await;
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
    let ground = Ground::new(0).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn units_have_the_names_of_the_catalogue() {
    let mut ground = Ground::new(2_000).await;
    let unit = |number: u32| CatalogueUnit {
        code: format!("H60.{number}"),
        name: format!("UBND xã Thử {number}"),
        level: "3".to_owned(),
    };
    let next = NextCatalogue {
        profile: "p2".to_owned(),
        rows: Vec::new(),
        changes: Vec::new(),
        units: Some((1..400).map(unit).collect()),
        fields: None,
    };
    let fetch = FetchRecord {
        at: ground.desk.now(),
        by: OfficerId::gateway(),
        accept_shrink: false,
        outcome: FetchOutcome::Taken {
            counts: StepCounts::default(),
        },
    };
    let catalogue = SqliteCatalogue::open(ground.folder.path().join("catalogue.sqlite")).unwrap();
    catalogue.replace(next, fetch).await.unwrap();
    let mut request = late_units(v1::ReportFormat::Csv);
    request.section = "units".to_owned();
    request.window = Some(days("2026-01-01", "2026-10-31"));
    let told = |file: Vec<u8>| String::from_utf8(file).unwrap();
    let (desk, archive) = (ground.desk.clone(), Arc::clone(&ground.archive));
    let (_, file) = export(&desk, &*archive, None, &request, WITHIN)
        .await
        .unwrap();
    let file = told(file);
    assert!(
        file.contains("H60.") && !file.contains("UBND xã Thử"),
        "{file}"
    );
    ground.desk = desk.naming_by(Arc::new(catalogue));
    let (_, file) = ground.export(&request).await.unwrap();
    let file = told(file);
    let named = |line: &str| {
        let (code, rest) = line.split_once(',')?;
        let number = code.strip_prefix("H60.")?;
        Some(rest.starts_with(&format!("UBND xã Thử {number},")))
    };
    let named: Vec<bool> = file.lines().filter_map(named).collect();
    assert!(!named.is_empty() && !named.contains(&false), "{file}");
}

/// Kept under its trait, as the gateway does.
#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_kept_once_for_one_check() {
    let ground = Ground::new(200).await;
    let archive: &dyn ReportArchive = &*ground.archive;
    let question = ground.desk.usual_question();
    let inspected = ground.desk.inspect(&question, WITHIN).await.unwrap();
    let first = keep_board(&inspected, archive, ground.desk.now())
        .await
        .unwrap();
    let second = keep_board(&inspected, archive, ground.desk.now())
        .await
        .unwrap();
    assert!(!first.duplicate && second.duplicate);
    assert_eq!(first.report, second.report);
    assert_eq!(ground.kept().await.len(), 1);
}
