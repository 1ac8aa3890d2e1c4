//! Reports that are made for whoever asks, and boards to compare with.

use super::*;

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
    let (_, duplicate) = keep_board(inspected, &*ground.archive, ground.desk.now())
        .await
        .unwrap();
    assert!(!duplicate);
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
    assert_eq!(std::mem::take(&mut read.checks_sha256).len(), 64);
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
        online: SideFetch::Taken(0),
        units: SideFetch::Taken((1..400).map(unit).collect()),
        fields: SideFetch::Taken(Vec::new()),
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
    let first = keep_board(inspected.clone(), archive, ground.desk.now())
        .await
        .unwrap();
    let second = keep_board(inspected, archive, ground.desk.now())
        .await
        .unwrap();
    assert_eq!((first.1, second.1), (false, true));
    assert_eq!(first.0.report, second.0.report);
    assert_eq!(ground.kept().await.len(), 1);
}
