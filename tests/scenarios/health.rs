//! Health is told per service, and a portal that is out takes no look-up out of rotation.

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::{Condition, SyncState, Verdict};
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};
use lienthong_tests::wire::{frame, http1};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

const SYNC: &str = "lienthong.v1.SyncService";
const OTHERS: [&str; 3] = [
    "",
    "lienthong.v1.PopulationService",
    "lienthong.v1.DossierService",
];

async fn status(stage: &Stage, service: &str) -> ServingStatus {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    let mut wire = stage.wire().await.unwrap();
    let answer = wire
        .grpc("/grpc.health.v1.Health/Check", &[], frame(&request))
        .await
        .unwrap();
    answer.message::<HealthCheckResponse>().unwrap().status()
}

fn state(stage: &Stage, code: &str) -> v1::RecordDossierRequest {
    let owner = stage.citizen("plain").unwrap();
    messages::state(code, v1::PortalStatus::Received, &owner, stage.now())
}

async fn console(stage: &Stage, path: &str) -> (u16, String) {
    let address = stage.addresses().unwrap().console;
    let answer = http1(address, http::Method::GET, path, &[], "")
        .await
        .unwrap();
    (
        answer.http.as_u16(),
        String::from_utf8(answer.body.to_vec()).unwrap(),
    )
}

fn portal(health: &v1::SyncHealth) -> v1::UpstreamHealth {
    let mut upstreams = health.upstreams.iter();
    let portal = upstreams.find(|upstream| upstream.name == "portal");
    portal.unwrap_or_else(|| panic!("{health:?}")).clone()
}

fn count(health: &v1::SyncHealth, state: SyncState) -> i64 {
    let counts = portal(health).counts;
    counts
        .iter()
        .find(|each| each.state() == state)
        .map_or(0, |each| each.count)
}

fn reasons(health: &v1::SyncHealth) -> Vec<String> {
    portal(health)
        .reasons
        .into_iter()
        .map(|reason| reason.code)
        .collect()
}

#[tokio::test]
async fn every_service_serves_while_all_is_well() {
    let stage = Stage::start().await.unwrap();
    for service in OTHERS.into_iter().chain([SYNC]) {
        assert_eq!(
            status(&stage, service).await,
            ServingStatus::Serving,
            "{service:?}"
        );
    }
    let request = HealthCheckRequest {
        service: "no.such.Service".to_owned(),
    };
    let mut wire = stage.wire().await.unwrap();
    let answer = wire
        .grpc("/grpc.health.v1.Health/Check", &[], frame(&request))
        .await
        .unwrap();
    assert_eq!(answer.status().unwrap().code(), tonic::Code::NotFound);
    let health = stage.vendor().await.unwrap().health().await.unwrap();
    assert_eq!(health.condition(), Condition::Healthy);
    assert_eq!(
        (
            portal(&health).name.as_str(),
            portal(&health).profile.as_str()
        ),
        ("portal", "p2")
    );
    assert_eq!(reasons(&health), [""; 0]);
    assert_eq!(console(&stage, "/health/live").await.0, 200);
    assert_eq!(
        console(&stage, "/health/ready").await,
        (200, "ready, sync healthy\n".to_owned())
    );
}

fn tells_why_it_is_stalled(health: &v1::SyncHealth, code: &str) {
    assert_eq!(health.condition(), Condition::Stalled);
    for reason in ["OLDEST_UNSENT", "FAILING", "NO_SUCCESS"] {
        assert!(
            reasons(health).iter().any(|each| each == reason),
            "{:?}",
            reasons(health)
        );
    }
    assert_eq!(portal(health).oldest_unsent_dossier, code);
    assert!(portal(health).oldest_unsent_age.is_some());
    let said = portal(health).reasons;
    assert!(
        said.iter()
            .all(|reason| !reason.message_vi.is_empty() && !reason.message_en.is_empty())
    );
}

#[tokio::test]
async fn a_stalled_sync_marks_its_own_service_and_look_ups_go_on() {
    let settings = Settings::default()
        .impatient()
        .with("sync.lagging_after", "200ms")
        .with("sync.stalled_after", "400ms");
    let stage = Stage::with(settings).await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    stage.mocks().portal().pause();
    vendor.record_state(state(&stage, &code)).await.unwrap();
    eventually("the sync service not serving", async || {
        Ok((status(&stage, SYNC).await == ServingStatus::NotServing).then_some(()))
    })
    .await
    .unwrap();
    for service in OTHERS {
        assert_eq!(
            status(&stage, service).await,
            ServingStatus::Serving,
            "{service:?}"
        );
    }
    let verify = messages::verify(&stage.citizen("plain").unwrap(), &code);
    let answer = vendor
        .population
        .verify_citizen(verify)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.verdict(), Verdict::Match);
    tells_why_it_is_stalled(&vendor.health().await.unwrap(), &code);
    assert_eq!(
        console(&stage, "/health/ready").await,
        (200, "ready, sync stalled\n".to_owned())
    );

    stage.mocks().portal().resume();
    dossier_in(&mut vendor, &code, SyncState::Accepted)
        .await
        .unwrap();
    assert_eq!(
        vendor.health().await.unwrap().condition(),
        Condition::Healthy
    );
    eventually("the sync service serving", async || {
        Ok((status(&stage, SYNC).await == ServingStatus::Serving).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_waits_for_a_person_is_counted_and_makes_the_sync_lag() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let codes: Vec<_> = (1..=4)
        .map(|sequence| stage.dossier_code(sequence))
        .collect();
    let message = "Trường MaTTHC không hợp lệ".to_owned();
    let refusal = FaultEffect::ErrorText {
        code: "-1".into(),
        message,
    };
    stage
        .mocks()
        .portal()
        .script(Fault::new(refusal).on("DongBoHoSoMC").for_key(&codes[0]))
        .unwrap();
    for code in &codes {
        vendor.record_state(state(&stage, code)).await.unwrap();
    }
    let follower = messages::step(
        &codes[0],
        v1::PortalStatus::Received,
        "Tiếp nhận",
        stage.now(),
    );
    vendor.record_step(follower).await.unwrap();
    for code in &codes[1..] {
        dossier_in(&mut vendor, code, SyncState::Accepted)
            .await
            .unwrap();
    }
    dossier_in(&mut vendor, &codes[0], SyncState::Refused)
        .await
        .unwrap();
    let health = vendor.health().await.unwrap();
    assert_eq!(health.condition(), Condition::Lagging);
    assert_eq!(reasons(&health), ["REFUSED"]);
    let counted = [
        SyncState::Accepted,
        SyncState::Refused,
        SyncState::Blocked,
        SyncState::Pending,
    ];
    assert_eq!(counted.map(|state| count(&health, state)), [3, 1, 1, 0]);
    assert!(portal(&health).last_success.is_some());

    let (code, figures) = console(&stage, "/metrics").await;
    assert_eq!(code, 200);
    assert!(
        figures.contains("lienthong_sync_events{state=\"ACCEPTED\"} 3"),
        "{figures}"
    );
    assert!(
        figures.contains("lienthong_sync_events{state=\"REFUSED\"} 1"),
        "{figures}"
    );
    assert!(figures.contains("lienthong_sync_condition 1"), "{figures}");
}

/// Reads a scrape the way a collector does: each line is a comment or a sample of a family
/// that was declared before.
fn check_scrape(text: &str) -> usize {
    let mut families = Vec::new();
    let mut samples = 0;
    assert!(text.ends_with("# EOF\n"), "no end");
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(comment) = line.strip_prefix("# ") {
            let words: Vec<_> = comment.splitn(3, ' ').collect();
            assert!(["HELP", "TYPE", "UNIT"].contains(&words[0]), "{line}");
            families.push(words[1].to_owned());
            continue;
        }
        let (series, value) = line.rsplit_once(' ').expect("a sample has a value");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let name = series.split('{').next().unwrap();
        assert!(
            families
                .iter()
                .any(|family| name.starts_with(family.as_str())),
            "{line}"
        );
        if let Some((_, labels)) = series.split_once('{') {
            assert!(
                labels.ends_with('}') && labels.matches('"').count() % 2 == 0,
                "{line}"
            );
        }
        samples += 1;
    }
    samples
}

#[tokio::test]
async fn the_figures_can_be_scraped_and_name_nobody() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    vendor.record_state(state(&stage, &code)).await.unwrap();
    let verify = messages::verify(&stage.citizen("plain").unwrap(), &code);
    vendor.population.verify_citizen(verify).await.unwrap();
    dossier_in(&mut vendor, &code, SyncState::Accepted)
        .await
        .unwrap();
    let (http, figures) = console(&stage, "/metrics").await;
    assert_eq!(http, 200);
    assert!(check_scrape(&figures) >= 10, "{figures}");
    for method in ["VerifyCitizen", "RecordDossier", "GetDossier"] {
        assert!(
            figures.contains(method),
            "{method} is not counted: {figures}"
        );
    }
    for personal in ["000185000001", "000180000009", code.as_str(), "Thử"] {
        assert!(!figures.contains(personal), "{personal}");
    }
}
