//! Nothing personal and no secret reaches the log or the figures, however much is logged and
//! whatever goes wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong_core::clock::Clock as _;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_tests::control::Control;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{dossier_in, plain_vendor};
use lienthong_tests::wire::{Wire, frame, http1, json_of};
use serde_json::{Value, json};

const VERIFY: &str = "/lienthong.v1.PopulationService/VerifyCitizen";

fn citizens() -> [SampleCitizen; 3] {
    let citizen = |number: &str, name: &str, date: &str, kind| SampleCitizen {
        personal_number: Some(number.to_owned()),
        old_id_card_number: None,
        full_name: name.to_owned(),
        birth_date: Some(date.to_owned()),
        birth_year: date[..4].parse().unwrap(),
        sex: "female",
        kind,
    };
    [
        citizen("000185000001", "Trần Thị Mẫu Thử", "1985-02-13", "plain"),
        citizen("000190000005", "H'Hen Niê", "1990-10-05", "apostrophe"),
        // Nobody.
        citizen("000191234567", "Quách Thị Vô Danh", "1991-07-23", "nobody"),
    ]
}

/// Everything that must not be seen, with what it is.
fn forbidden() -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("officer's number", messages::OFFICER.to_owned()),
        ("phone", "0900000001".to_owned()),
        ("e-mail", "thu.nghiem@example.com".to_owned()),
        ("account", "00000000-1111-4222-8333-444444444444".to_owned()),
        ("household head or relative", "000080000002".to_owned()),
        ("address", "THÔN MẪU".to_owned()),
        ("secret key", "demoSK".to_owned()),
        ("password", "demo-only".to_owned()),
        ("AuthHash", STANDARD.encode("canbo_demo:demo-only")),
        (
            "lgspaccesstoken",
            STANDARD.encode("{\"AccessKey\":\"demoAK\"")[..20].to_owned(),
        ),
        ("bearer token", "Bearer ".to_owned()),
        ("private key", "PRIVATE KEY".to_owned()),
    ];
    for citizen in citizens() {
        let date = citizen.birth_date.unwrap();
        let upper = citizen.full_name.to_uppercase();
        let key: String = match citizen.kind {
            "plain" => "TRANTHIMAUTHU",
            "apostrophe" => "HHENNIE",
            _ => "QUACHTHIVODANH",
        }
        .to_owned();
        // As a byte string shows it, and as an address would carry it.
        let escaped = citizen.full_name.as_bytes().escape_ascii().to_string();
        let per_cent = escaped.replace("\\x", "%").replace(' ', "%20");
        all.extend([("name", escaped), ("name", per_cent)]);
        all.extend([
            ("personal number", citizen.personal_number.unwrap()),
            ("name", citizen.full_name),
            ("name", upper),
            ("name key", key),
            ("birth date", date.replace('-', "")),
            ("birth date", date),
        ]);
    }
    all
}

async fn script(control: &Control, upstream: &str, operation: &str, effect: Value) {
    let fault = json!({"operation": operation, "effect": effect});
    control.script(upstream, &fault).await.unwrap();
}

/// Look-ups that match, do not match, are refused, and meet every kind of failure.
pub(crate) async fn look_everybody_up(control: &Control, gateway: &Process) {
    let address = gateway.address("grpc_plain").unwrap();
    let mut wire = Wire::plain(address).await.unwrap();
    let code = messages::dossier_code(SystemClock.now(), 1);
    let personal = "<a>000185000001 Trần Thị Mẫu Thử 1985-02-13</a>";
    let effects = [
        Value::Null,
        json!({"kind": "html"}),
        json!({"kind": "garbage"}),
        json!({"kind": "wrong_namespace"}),
        json!({"kind": "truncate", "bytes": 700}),
        json!({"kind": "drop_after_effect"}),
        json!({"kind": "huge_body", "bytes": 3 << 20}),
        json!({"kind": "expire_session"}),
        json!({"kind": "status", "code": 200, "body": personal}),
        json!({"kind": "status", "code": 500, "body": personal}),
        json!({"kind": "error_text", "code": "005", "message": personal}),
    ];
    for effect in effects {
        for citizen in citizens() {
            if !effect.is_null() {
                script(control, "population", "037", effect.clone()).await;
            }
            let verify = messages::verify(&citizen, &code);
            let spoiled = v1::VerifyCitizenRequest {
                full_name: format!("{}\u{0}", citizen.full_name),
                ..verify.clone()
            };
            let json = json_of("lienthong.v1.VerifyCitizenRequest", &verify)
                .unwrap()
                .to_string();
            for body in [frame(&verify), frame(&spoiled)] {
                wire.grpc(VERIFY, &[], body).await.unwrap();
            }
            wire.json(VERIFY, json.clone()).await.unwrap();
            wire.json(VERIFY, json.replace("\"fullName\"", "\"hoTen\""))
                .await
                .unwrap();
            wire.json(VERIFY, json[..json.len() - 30].to_owned())
                .await
                .unwrap();
            let look_up = frame(&messages::look_up(&citizen, &code));
            wire.grpc(
                "/lienthong.v1.PopulationService/LookupCitizen",
                &[],
                look_up,
            )
            .await
            .unwrap();
        }
    }
}

/// Dossiers that arrive, are refused, and meet an outage.
async fn deliver_dossiers(control: &Control, gateway: &Process) {
    let mut vendor = plain_vendor(&gateway.address("grpc_plain").unwrap().to_string())
        .await
        .unwrap();
    let now = SystemClock.now();
    let personal = "Họ tên Trần Thị Mẫu Thử, số 000185000001 không hợp lệ";
    let effects = [
        (
            v1::SyncState::Accepted,
            json!({"kind": "drop_after_effect"}),
        ),
        (v1::SyncState::Accepted, json!({"kind": "garbage"})),
        (v1::SyncState::Accepted, json!({"kind": "html"})),
        (v1::SyncState::Accepted, json!({"kind": "expire_session"})),
        (
            v1::SyncState::Refused,
            json!({"kind": "error_text", "code": "-1", "message": personal}),
        ),
    ];
    for (sequence, (state, effect)) in (1..).zip(effects) {
        script(control, "portal", "DongBoHoSoMC", effect).await;
        let code = messages::dossier_code(now, sequence);
        let [owner, ..] = citizens();
        let event = messages::state(&code, v1::PortalStatus::Received, &owner, now);
        vendor.record_state(event.clone()).await.unwrap();
        let mut changed = event.clone();
        changed
            .dossier
            .as_mut()
            .unwrap()
            .owner
            .as_mut()
            .unwrap()
            .phone = "0900000002".to_owned();
        vendor.record_state(changed).await.unwrap_err();
        let step = messages::step(&code, v1::PortalStatus::Received, "Tiếp nhận", now);
        vendor.record_step(step).await.unwrap();
        dossier_in(&mut vendor, &code, state).await.unwrap();
    }
}

pub(crate) fn search(place: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (what, value) in forbidden() {
        // The line itself would show it once more.
        let lines = text.lines().filter(|line| line.contains(&value));
        found.extend(lines.map(|line| {
            let shown = line.replace(&value, &format!("‹{what}›"));
            format!("{place}: {}", shown.chars().take(400).collect::<String>())
        }));
    }
    found.truncate(20);
    found
}

async fn shows_nothing_personal(filter: &str, least_lines: usize) {
    let settings = Settings::default().impatient().with("log.filter", filter);
    let processes = Processes::start(settings).await.unwrap();
    let control = processes.control().unwrap();
    let mut gateway = processes.serve().await.unwrap();
    look_everybody_up(&control, &gateway).await;
    deliver_dossiers(&control, &gateway).await;
    let console = gateway.address("console").unwrap();
    let figures = http1(console, http::Method::GET, "/metrics", &[], "")
        .await
        .unwrap();
    let figures = String::from_utf8(figures.body.to_vec()).unwrap();
    assert!(figures.contains("lienthong_"), "{figures}");
    gateway.terminate().await.unwrap();
    assert!(gateway.ended().await.unwrap().success());
    let log = gateway.log().unwrap();
    assert!(
        log.lines().count() >= least_lines,
        "hardly anything was logged:\n{log}"
    );
    // What may be named is named, so that the search below reads what was really logged.
    assert!(log.contains(&messages::dossier_code(SystemClock.now(), 5)));
    let found = [search("figures", &figures), search("log", &log)].concat();
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn the_log_shows_nothing_personal_with_the_usual_filter() {
    shows_nothing_personal("info", 3).await;
}

#[tokio::test]
async fn the_log_shows_nothing_personal_with_everything_of_ours_in_it() {
    shows_nothing_personal(
        "warn,lienthong=trace,lienthong_adapters=trace,lienthong_core=trace",
        50,
    )
    .await;
}

#[tokio::test]
async fn the_log_shows_nothing_personal_with_everything_in_it() {
    shows_nothing_personal("trace", 1_000).await;
}
