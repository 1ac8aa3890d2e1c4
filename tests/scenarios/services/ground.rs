//! A gateway whose callers may record evidence, and what comes in at it.

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use lienthong::demo::messages;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

/// Đăng ký thường trú, to which the invented dossiers belong.
pub(super) const RESIDENCE: i32 = 3;

/// The paper that every invented dossier carries.
pub(super) const PAPER: &str = "000.00.00.G01-KQ000001";

/// Plain callers may record evidence; nothing is checked by itself.
pub(super) fn settings() -> Settings {
    Settings::default()
        .with("services.recorders", "['igate']")
        .with("services.observe_every", "50ms")
        .with("services.check_at", "off")
}

pub(super) async fn stage() -> Stage {
    Stage::with(settings()).await.unwrap()
}

/// So many hours ago.
pub(super) fn ago(stage: &Stage, hours: i64) -> Timestamp {
    stage.now() - SignedDuration::from_hours(hours)
}

/// The last month, today included.
pub(super) fn month(stage: &Stage) -> v1::ObservationWindow {
    let today = local_date(stage.now());
    v1::ObservationWindow {
        first_day: today.saturating_sub(30.days()).to_string(),
        last_day: today.to_string(),
    }
}

/// Records dossiers with these numbers as received so many hours ago, without any look-up.
pub(super) async fn received(stage: &Stage, numbers: std::ops::Range<u32>, hours: i64) {
    let mut vendor = stage.plain_vendor().await.unwrap();
    let owner = stage.citizen("plain").unwrap();
    let at = ago(stage, hours);
    for number in numbers {
        let code = messages::dossier_code(at, number);
        let event = messages::state(&code, PortalStatus::Received, &owner, at);
        vendor.record_state(event).await.unwrap();
    }
}

/// Records a dossier that was sent back twice for more papers, which no dossier may be
/// (criterion C7); its number.
pub(super) async fn sent_back_twice(stage: &Stage, number: u32, hours: i64) -> String {
    let mut vendor = stage.plain_vendor().await.unwrap();
    let owner = stage.citizen("plain").unwrap();
    let began = ago(stage, hours);
    let code = messages::dossier_code(began, number);
    let statuses = [
        PortalStatus::Received,
        PortalStatus::SupplementRequested,
        PortalStatus::Processing,
        PortalStatus::SupplementRequested,
        PortalStatus::Processing,
    ];
    for (minutes, status) in (0_i64..).zip(statuses) {
        let mut event = messages::state(&code, status, &owner, began);
        let at = began + SignedDuration::from_mins(minutes);
        event.event_id = format!("{code}/state/{minutes}");
        event.occurred_at = Some(messages::timestamp(at));
        vendor.record_state(event).await.unwrap();
    }
    code
}

/// Checks the service of the invented dossiers.
pub(super) async fn check(stage: &Stage) -> Result<v1::CheckServicesResponse> {
    let request = v1::CheckServicesRequest {
        numbers: vec![RESIDENCE],
        window: Some(month(stage)),
        ..v1::CheckServicesRequest::default()
    };
    let mut vendor = stage.plain_vendor().await?;
    Ok(vendor.services.check_services(request).await?.into_inner())
}

/// The check of the service of the invented dossiers, once so many of them are seen and
/// nothing waits to be looked at.
pub(super) async fn seen(stage: &Stage, dossiers: i64) -> v1::ServiceCheck {
    let what = format!("{dossiers} dossiers are observed");
    let looked = eventually(&what, async || {
        let answer = check(stage).await?;
        let behind = answer
            .warnings
            .iter()
            .any(|it| it.code == "OBSERVATION_LAG");
        let check = answer.checks.into_iter().next().context("no check")?;
        Ok((check.dossiers_seen == dossiers && !behind).then_some(check))
    });
    looked.await.unwrap()
}

/// The finding of a criterion.
pub(super) fn finding<'a>(check: &'a v1::ServiceCheck, id: &str) -> &'a v1::CriterionFinding {
    let mut findings = check.findings.iter();
    findings.find(|it| it.criterion_id == id).unwrap()
}

/// A share, as how many of how many.
pub(super) fn share(check: &v1::ServiceCheck, code: &str) -> (i64, i64) {
    let mut figures = check.figures.iter();
    let figure = figures.find(|it| it.code == code).unwrap();
    (figure.numerator, figure.denominator)
}

/// A piece of evidence of ten days ago about the service of the invented dossiers.
pub(super) fn evidence(
    stage: &Stage,
    class: v1::evidence::Class,
    statements: &[(&str, &str)],
) -> v1::Evidence {
    let issued_on = local_date(stage.now()).saturating_sub(10.days());
    let statement = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    v1::Evidence {
        class: class.into(),
        service_numbers: vec![RESIDENCE],
        title: "Phương án tái cấu trúc quy trình đăng ký thường trú".to_owned(),
        issuer: "Trung tâm Phục vụ hành chính công".to_owned(),
        issued_on: issued_on.to_string(),
        sha256: "ab".repeat(32),
        statements: statements.iter().map(statement).collect(),
        ..v1::Evidence::default()
    }
}

/// Records a piece of evidence; its id.
pub(super) async fn record(stage: &Stage, event: &str, evidence: v1::Evidence) -> String {
    let request = v1::RecordEvidenceRequest {
        evidence: Some(evidence),
        operator_id: messages::OFFICER.to_owned(),
        event_id: event.to_owned(),
    };
    let mut vendor = stage.plain_vendor().await.unwrap();
    let answer = vendor.services.record_evidence(request).await.unwrap();
    answer.into_inner().evidence.unwrap().evidence_id
}
