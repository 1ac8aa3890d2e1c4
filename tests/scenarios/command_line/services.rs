//! `lienthong services`: what an office sees of the 25 services.

use jiff::{SignedDuration, ToSpan as _};
use lienthong::demo::messages;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1::PortalStatus;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

use super::caller::{OPERATOR, REASON, json, said};

async fn stage() -> Stage {
    let settings = Settings::default()
        .with("services.recorders", "['igate']")
        .with("services.observe_every", "50ms")
        .with("services.check_at", "off");
    Stage::with(settings).await.unwrap()
}

/// Today and the day before, as arguments.
fn days(stage: &Stage) -> [String; 4] {
    let today = local_date(stage.now());
    let first = today.saturating_sub(1.day()).to_string();
    ["--from".into(), first, "--to".into(), today.to_string()]
}

/// Records a dossier that was sent back twice, and waits until it is observed.
async fn contradiction(stage: &Stage) -> String {
    let mut vendor = stage.plain_vendor().await.unwrap();
    let owner = stage.citizen("plain").unwrap();
    let code = stage.dossier_code(1);
    let began = stage.now() - SignedDuration::from_mins(10);
    let statuses = [
        PortalStatus::Received,
        PortalStatus::SupplementRequested,
        PortalStatus::Processing,
        PortalStatus::SupplementRequested,
    ];
    for (minutes, status) in (0_i64..).zip(statuses) {
        let mut event = messages::state(&code, status, &owner, began);
        event.event_id = format!("{code}/state/{minutes}");
        let at = began + SignedDuration::from_mins(minutes);
        event.occurred_at = Some(messages::timestamp(at));
        vendor.record_state(event).await.unwrap();
    }
    let days = days(stage);
    let arguments: Vec<&str> = ["services", "check", "--numbers", "3"]
        .into_iter()
        .chain(days.iter().map(String::as_str))
        .collect();
    let seen = eventually("the dossier is observed", async || {
        let answer = json(stage, &arguments).await;
        let findings = answer["checks"][0]["findings"].as_array().cloned();
        let contradicted = findings
            .unwrap_or_default()
            .into_iter()
            .any(|it| it["criterionId"] == "C7" && it["verdict"] == "CONTRADICTED");
        Ok(contradicted.then_some(()))
    });
    seen.await.unwrap();
    code
}

#[tokio::test]
async fn the_list_and_one_service_are_shown_for_people_and_for_programs() {
    let stage = stage().await;
    let list = said(&stage, &["services", "list"]).await;
    assert_eq!(list.code, Some(0), "{}", list.err);
    for word in ["Đăng ký khai sinh", "1.001193", "Bộ Tư pháp", "unknown"] {
        assert!(list.out.contains(word), "no {word}:\n{}", list.out);
    }
    let longest = list.out.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(110), "{longest:?}:\n{}", list.out);
    let services = json(&stage, &["services", "list"]).await;
    assert_eq!(services["services"].as_array().unwrap().len(), 25);
    let show = said(&stage, &["services", "show", "15"]).await;
    assert_eq!(show.code, Some(0), "{}", show.err);
    for word in [
        "15. Liên thông",
        "3.000722",
        "2.002621",
        "C15",
        "Rule versions",
    ] {
        assert!(show.out.contains(word), "no {word}:\n{}", show.out);
    }
    let none = said(&stage, &["services", "show", "26"]).await;
    assert_eq!(none.code, Some(2), "{}", none.err);
    assert!(none.err.contains("number"), "{}", none.err);
}

#[tokio::test]
async fn a_contradiction_is_a_result_and_a_failure_only_for_whoever_wants_that() {
    let stage = stage().await;
    let code = contradiction(&stage).await;
    let days = days(&stage);
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let check = [["services", "check", "--numbers", "3,9"].as_slice(), &days].concat();
    let checked = said(&stage, &check).await;
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    for word in ["CONTRADICTED", "C7", code.as_str(), "none is official"] {
        assert!(checked.out.contains(word), "no {word}:\n{}", checked.out);
    }
    let strict = [check.as_slice(), &["--fail-on-contradiction"]].concat();
    assert_eq!(said(&stage, &strict).await.code, Some(1));
    let clean = [
        "services",
        "check",
        "--numbers",
        "9",
        "--fail-on-contradiction",
    ];
    let clean = [clean.as_slice(), &days].concat();
    assert_eq!(said(&stage, &clean).await.code, Some(0));
    let backwards = [
        "services",
        "check",
        "--from",
        "2026-02-02",
        "--to",
        "2026-02-01",
    ];
    assert_eq!(said(&stage, &backwards).await.code, Some(2));
    let half = said(&stage, &["services", "check", "--from", "2026-02-02"]).await;
    assert_eq!(half.code, Some(2), "{}", half.err);
}

#[tokio::test]
async fn the_observations_are_made_anew_by_the_running_gateway() {
    let stage = stage().await;
    let arguments = [
        "services",
        "rebuild",
        "--operator",
        OPERATOR,
        "--reason",
        REASON,
    ];
    let rebuilt = said(&stage, &arguments).await;
    assert_eq!(rebuilt.code, Some(0), "{}", rebuilt.err);
    let hasty = [
        "services",
        "rebuild",
        "--operator",
        OPERATOR,
        "--reason",
        "x",
    ];
    assert_eq!(said(&stage, &hasty).await.code, Some(2));
}
