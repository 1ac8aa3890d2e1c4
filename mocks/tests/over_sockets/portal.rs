//! Rules of the portal.

use std::time::Duration;

use lienthong_mocks::{LookupAnswer, Mocks, MocksConfig, Outcome, PortalGeneration};
use serde_json::{Value, json};

use crate::caller::{
    DOSSIER, call, client, create, dossier, dossier_with, mocks, post, progress, session, step,
    update,
};

const CALL: &str = "/mapi/g";

fn says(answer: &Value) -> (&str, &str) {
    (
        answer["error_code"].as_str().unwrap(),
        answer["message"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn a_dossier_is_created_updated_and_found_with_its_fields() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let answer = post(&mocks, CALL, &create(&session, &dossier())).await;
    assert_eq!(says(&answer), ("0", "Đồng bộ thành công"));
    let changed = dossier_with("TrangThaiHoSo", json!("4"));
    let answer = post(&mocks, CALL, &update(&session, &changed)).await;
    assert!(says(&answer).1.contains("thành công"), "{answer}");
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert_eq!(
        (held.creates, held.updates, held.status()),
        (1, 1, Some("4"))
    );
    let lookup = call(&session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    let answer = post(&mocks, CALL, &lookup).await;
    let mut shown = changed.clone();
    shown["DanhSachTienDo"] = json!([]);
    assert_eq!(answer["result"], json!([shown]));
    let outcomes: Vec<_> = mocks
        .portal()
        .journal()
        .into_iter()
        .map(|e| e.outcome)
        .collect();
    let expected = [
        Outcome::SessionIssued,
        Outcome::Created,
        Outcome::Updated,
        Outcome::Found,
    ];
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn a_second_create_is_a_duplicate_and_changes_nothing() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    post(&mocks, CALL, &create(&session, &dossier())).await;
    let again = dossier_with("TrangThaiHoSo", json!("9"));
    let answer = post(&mocks, CALL, &create(&session, &again)).await;
    let (code, message) = says(&answer);
    assert!(code == "-3" && message.contains("đã tồn tại"), "{answer}");
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert_eq!(
        (held.creates, held.updates, held.status()),
        (1, 0, Some("2"))
    );
}

#[tokio::test]
async fn an_update_or_a_step_before_the_dossier_is_refused() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    for body in [update(&session, &dossier()), progress(&session, &[step()])] {
        let answer = post(&mocks, CALL, &body).await;
        assert_eq!(says(&answer).0, "-1");
        assert!(!says(&answer).1.contains("đã tồn tại"), "{answer}");
    }
    assert!(mocks.portal().dossiers().is_empty());
    let absent = call(&session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    assert_eq!(post(&mocks, CALL, &absent).await["result"], json!([]));
}

#[tokio::test]
async fn steps_are_kept_in_order_and_at_most_ten_come_in_one_call() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    post(&mocks, CALL, &create(&session, &dossier())).await;
    let steps: Vec<Value> = (10..21)
        .map(|second| {
            let mut step = step();
            step["ThoiDiemXuLy"] = json!(format!("202507151015{second}"));
            step
        })
        .collect();
    let answer = post(&mocks, CALL, &progress(&session, &steps)).await;
    assert_eq!(says(&answer).0, "-1");
    assert!(mocks.portal().dossier(DOSSIER).unwrap().steps.is_empty());
    let answer = post(&mocks, CALL, &progress(&session, &steps[..10])).await;
    assert_eq!(says(&answer).0, "0");
    let held: Vec<Value> = mocks
        .portal()
        .dossier(DOSSIER)
        .unwrap()
        .steps
        .into_iter()
        .map(|step| step["ThoiDiemXuLy"].clone())
        .collect();
    let sent: Vec<Value> = steps[..10]
        .iter()
        .map(|step| step["ThoiDiemXuLy"].clone())
        .collect();
    assert_eq!(held, sent);
}

#[tokio::test]
async fn each_wrong_field_of_a_dossier_is_refused_by_name() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let wrong = [
        ("MaHoSo", json!("H22.12-250714-007")),
        ("TenTTHC", json!("")),
        ("MaLinhVuc", Value::Null),
        ("TrangThaiHoSo", json!("11")),
        ("TrangThaiHoSo", json!("0")),
        ("TrangThaiHoSo", json!(2)),
        ("NgayTiepNhan", json!("2025-07-14T09:30:00")),
        ("NgayHenTra", json!("20250732170000")),
        ("NgayTra", Value::Bool(false)),
        ("GhiChu", json!("x".repeat(2001))),
        ("TrichYeuHoSo", json!("x".repeat(1001))),
        ("KenhThucHien", Value::Null),
        ("DuocThanhToanTrucTuyen", json!("3")),
        ("DinhDanhCHS", json!([])),
        ("SoDinhDanh", Value::Null),
        ("DanhSachLePhi", json!("")),
        ("hồ sơ", json!("x")),
    ];
    for (field, value) in wrong {
        let body = match field {
            "SoDinhDanh" => dossier_with(
                "DinhDanhCHS",
                json!([{"LoaiDinhDanh": "2", "SoDinhDanh": "000199000001"}]),
            ),
            "hồ sơ" => dossier_with("NgayTiepNhanHoSo", value),
            _ => dossier_with(field, value),
        };
        let answer = post(&mocks, CALL, &create(&session, &body)).await;
        let (code, message) = says(&answer);
        assert!(code == "-1" && message.contains(field), "{field}: {answer}");
        assert!(
            !message.contains("session") && !message.contains("tồn tại"),
            "{answer}"
        );
    }
    assert!(mocks.portal().dossiers().is_empty());
}

#[tokio::test]
async fn each_wrong_field_of_a_step_is_refused_by_name() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    post(&mocks, CALL, &create(&session, &dossier())).await;
    for (field, value) in [
        ("NoiDungXuLy", json!("")),
        ("NguoiXuLy", json!("x".repeat(51))),
        ("ThoiDiemXuLy", json!("")),
        ("TrangThai", json!("12")),
        ("TrangThai", json!(4)),
    ] {
        let mut wrong = step();
        wrong[field] = value;
        let answer = post(&mocks, CALL, &progress(&session, &[step(), wrong])).await;
        assert!(
            says(&answer).0 == "-1" && says(&answer).1.contains(field),
            "{answer}"
        );
    }
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert!(held.steps.is_empty(), "a call is all or nothing");
}

#[tokio::test]
async fn the_older_generation_does_without_the_newer_fields() {
    let mut config = MocksConfig::on_free_ports();
    config.portal_settings.generation = PortalGeneration::P1;
    let mocks = Mocks::start(config).await.unwrap();
    let session = session(&mocks).await;
    let mut old = dossier();
    for field in ["KenhThucHien", "NoiNopHoSo", "NgayNopHoSo", "DinhDanhCHS"] {
        old.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(
        says(&post(&mocks, CALL, &create(&session, &old)).await).0,
        "0"
    );
}

#[tokio::test]
async fn an_unknown_and_an_ended_session_get_exactly_the_documented_answer() {
    let mocks = mocks().await;
    let expected = json!({
        "error_code": "-1",
        "message": "Phiên làm việc (session) không hợp lệ hoặc đã hết hạn",
    });
    assert_eq!(
        post(&mocks, CALL, &create("unknown", &dossier())).await,
        expected
    );
    let session = session(&mocks).await;
    mocks.advance(Duration::from_mins(15));
    assert_eq!(
        post(&mocks, CALL, &create(&session, &dossier())).await,
        expected
    );
    assert_eq!(mocks.portal().sessions_issued(), 1);
    assert!(mocks.portal().dossiers().is_empty());
}

#[tokio::test]
async fn a_wrong_login_opens_no_session_and_is_not_taken_for_an_ended_one() {
    let mocks = mocks().await;
    let body = json!({"username": "h99_motcua", "password": "wrong"});
    let answer = post(&mocks, "/mapi/login", &body).await;
    assert_eq!(says(&answer).0, "-1");
    assert!(!says(&answer).1.to_lowercase().contains("session"));
    assert_eq!(mocks.portal().sessions_issued(), 0);
}

#[tokio::test]
async fn other_services_and_other_agencies_are_refused() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let other = call(&session, "DongBoHoiDap", &json!({"data": []}));
    assert_eq!(says(&post(&mocks, CALL, &other).await).0, "-1");
    let mut agency = create(&session, &dossier());
    agency["madonvi"] = json!("000.00.00.H98");
    assert!(
        says(&post(&mocks, CALL, &agency).await)
            .1
            .contains("madonvi")
    );
    let mut lower = create(&session, &dossier());
    lower["isUpdating"] = json!("false");
    assert!(
        says(&post(&mocks, CALL, &lower).await)
            .1
            .contains("isUpdating")
    );
    let journal = mocks.portal().journal();
    assert_eq!(journal[1].operation, "unknown");
}

#[tokio::test]
async fn the_destination_is_checked_on_every_call_but_the_login_when_it_is_configured() {
    let mut config = MocksConfig::on_free_ports();
    config.portal_settings.destination_code = Some("VN:GOV:000.00.00.G22".to_owned());
    let mocks = Mocks::start(config).await.unwrap();
    let body = create(&session(&mocks).await, &dossier());
    assert!(says(&post(&mocks, CALL, &body).await).1.contains("dstcode"));
    let answer = client()
        .post(format!("{}{CALL}", mocks.portal_url()))
        .header("dstcode", "VN:GOV:000.00.00.G22")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.json::<Value>().await.unwrap()["error_code"],
        json!("0")
    );
}

#[tokio::test]
async fn a_batch_with_one_wrong_dossier_stores_none() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let other = dossier_with("MaHoSo", json!("H22.12-250714-0008"));
    let wrong = dossier_with("DonViXuLy", json!(""));
    let batch = |data: Value| {
        call(
            &session,
            "DongBoHoSoMC",
            &json!({"isUpdating": "False", "data": data}),
        )
    };
    assert_eq!(
        says(&post(&mocks, CALL, &batch(json!([other, wrong]))).await).0,
        "-1"
    );
    assert_eq!(
        says(&post(&mocks, CALL, &batch(json!([other, other]))).await).0,
        "-3"
    );
    assert!(mocks.portal().dossiers().is_empty());
    assert_eq!(
        says(&post(&mocks, CALL, &batch(json!([other, dossier()]))).await).0,
        "0"
    );
    assert_eq!(
        mocks.portal().journal().pop().unwrap().keys,
        ["H22.12-250714-0008", DOSSIER]
    );
}

#[tokio::test]
async fn a_portal_that_forgets_knows_neither_dossiers_nor_sessions() {
    let mocks = mocks().await;
    let first = session(&mocks).await;
    post(&mocks, CALL, &create(&first, &dossier())).await;
    assert!(mocks.portal().overwrite(DOSSIER, "TrangThaiHoSo", "10"));
    assert_eq!(
        mocks.portal().dossier(DOSSIER).unwrap().status(),
        Some("10")
    );
    mocks.portal().forget();
    assert_eq!(mocks.portal().dossier(DOSSIER), None);
    let again = create(&first, &dossier());
    assert!(
        says(&post(&mocks, CALL, &again).await)
            .1
            .contains("session")
    );
    let second = session(&mocks).await;
    assert_eq!(
        says(&post(&mocks, CALL, &create(&second, &dossier())).await).0,
        "0"
    );
    assert!(mocks.portal().forget_dossier(DOSSIER));
    assert!(!mocks.portal().forget_dossier(DOSSIER));
}

#[tokio::test]
async fn codes_come_as_numbers_and_look_ups_without_fields_when_so_configured() {
    let mut config = MocksConfig::on_free_ports();
    config.portal_settings.integer_error_codes = true;
    config.portal_settings.lookup_answer = LookupAnswer::CodeOnly;
    let mocks = Mocks::start(config).await.unwrap();
    let body = json!({"username": "h99_motcua", "password": "demo-only"});
    let login = post(&mocks, "/mapi/login", &body).await;
    assert_eq!(login["error_code"], json!(0));
    let session = login["session"].as_str().unwrap();
    post(&mocks, CALL, &create(session, &dossier())).await;
    assert_eq!(
        post(&mocks, CALL, &create(session, &dossier())).await["error_code"],
        json!(-3)
    );
    let lookup = call(session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    assert_eq!(
        post(&mocks, CALL, &lookup).await["result"],
        json!([{"MaHoSo": DOSSIER}])
    );
}
