//! Rules of P3: the hub with `isUpdating` in the query, and the one with three addresses.

use lienthong_mocks::{Fault, FaultEffect, Mocks, MocksConfig};
use serde_json::{Value, json};

use crate::caller::{DOSSIER, client, dossier, dossier_with, mocks, post, step, try_post};

const UNIT: &str = "MaDinhDanhDV=000.00.00.H99";

fn hub(service: &str, rest: &str) -> String {
    format!("/api/SynsTTHCC/{service}?{UNIT}{rest}")
}

async fn text(mocks: &Mocks, path: &str, body: &Value) -> String {
    let answer = try_post(mocks, path, body).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_hub_with_a_query_takes_bare_lists_over_the_same_ledger() {
    let mocks = mocks().await;
    let creating = hub("DongBoHoSoMC", "&isUpdating=False");
    let answer = post(&mocks, &creating, &json!([dossier()])).await;
    assert_eq!(
        answer,
        json!({"error_code": "0", "message": "Đồng bộ thành công", "session": null})
    );
    let again = post(&mocks, &creating, &json!([dossier()])).await;
    assert!(again["message"].as_str().unwrap().contains("đã tồn tại"));
    let changed = dossier_with("TrangThaiHoSo", json!("4"));
    let updating = hub("DongBoHoSoMC", "&isUpdating=True");
    let answer = post(&mocks, &updating, &json!([changed])).await;
    assert_eq!(answer["error_code"], "0");
    let answer = post(&mocks, &hub("CapNhatTienDoHoSoMC", ""), &json!([step()])).await;
    assert_eq!(answer["error_code"], "0");
    let asked = hub("TraCuuHoSo", "");
    let found = post(&mocks, &asked, &json!({"mahoso": DOSSIER})).await;
    assert_eq!(found["result"][0]["TrangThaiHoSo"], "4");
    assert_eq!(found["result"][0]["DanhSachTienDo"], json!([step()]));
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert_eq!((held.profile, held.updates), ("p3_is_updating", 1));
    assert!(
        mocks
            .portal()
            .journal()
            .iter()
            .all(|entry| entry.profile == Some("p3_is_updating"))
    );
}

#[tokio::test]
async fn the_hub_refuses_another_unit_a_small_word_and_an_object_around_the_list() {
    let mocks = mocks().await;
    let other = "/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=000.00.00.H98&isUpdating=False";
    let wrong = [
        (other.to_owned(), json!([dossier()]), "MaDinhDanhDV"),
        (
            hub("DongBoHoSoMC", "&isUpdating=true"),
            json!([dossier()]),
            "isUpdating",
        ),
        (
            hub("DongBoHoSoMC", "&isUpdating=False"),
            json!({"data": [dossier()]}),
            "danh sách",
        ),
        (
            hub("DongBoHoSoMC", "&isUpdating=True"),
            json!([dossier()]),
            "chưa có",
        ),
        (hub("CapNhatTienDoHoSoMC", ""), json!([step()]), "chưa có"),
    ];
    for (path, body, word) in wrong {
        let answer = post(&mocks, &path, &body).await;
        assert_eq!(answer["error_code"], "-1");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(word), "{word}: {answer}");
    }
    assert_eq!(mocks.portal().dossier_count(), 0);
}

#[tokio::test]
async fn three_addresses_answer_steps_in_plain_text() {
    let mocks = mocks().await;
    let early = text(&mocks, "/motcua/tientrinh", &json!([step()])).await;
    assert!(early.contains("chưa có") && !early.contains("thành công"));
    let answer = post(&mocks, "/motcua/themmoi", &json!([dossier()])).await;
    assert_eq!(
        answer,
        json!({"error_code": "0", "message": "Đồng bộ thành công"})
    );
    let changed = dossier_with("TrangThaiHoSo", json!("9"));
    let answer = post(&mocks, "/motcua/capnhat", &json!([changed])).await;
    assert_eq!(answer["error_code"], "0");
    let done = text(&mocks, "/motcua/tientrinh", &json!([step()])).await;
    assert_eq!(done, "Cập nhật tiến độ thành công");
    let mut empty = step();
    empty["NoiDungXuLy"] = json!("");
    let refused = text(&mocks, "/motcua/tientrinh", &json!([empty])).await;
    assert!(refused.contains("NoiDungXuLy"), "{refused}");
    let found = post(&mocks, "/motcua/tracuu", &json!({"mahoso": DOSSIER})).await;
    assert_eq!(found["result"][0]["TrangThaiHoSo"], "9");
}

#[tokio::test]
async fn a_hub_can_answer_everything_in_text_and_demand_headers() {
    let mut config = MocksConfig::on_free_ports();
    config.portal_settings.wrapper.text_answers = true;
    let key = ("AppName".to_owned(), "motcua".to_owned());
    config.portal_settings.wrapper.headers = vec![key];
    let mocks = Mocks::start(config).await.unwrap();
    let refused = try_post(&mocks, "/motcua/themmoi", &json!([dossier()])).await;
    assert_eq!(refused.unwrap().status(), 401);
    let answer = client()
        .post(format!("{}/motcua/themmoi", mocks.portal_url()))
        .header("AppName", "motcua")
        .json(&json!([dossier()]))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.text().await.unwrap(), "Đồng bộ thành công");
}

#[tokio::test]
async fn a_fault_finds_its_profile_and_its_role() {
    let mocks = mocks().await;
    let other_words = FaultEffect::OtherWords {
        code: "0".into(),
        message: "Đã ghi nhận".to_owned(),
    };
    let fault = Fault::new(other_words).on("steps").through("p3_three_urls");
    mocks.portal().script(fault).unwrap();
    let creating = hub("DongBoHoSoMC", "&isUpdating=False");
    post(&mocks, &creating, &json!([dossier()])).await;
    post(&mocks, &hub("CapNhatTienDoHoSoMC", ""), &json!([step()])).await;
    assert_eq!(mocks.portal().waiting_faults().len(), 1);
    let mut next = step();
    next["ThoiDiemXuLy"] = json!("20250716101500");
    let answer = text(&mocks, "/motcua/tientrinh", &json!([next])).await;
    assert_eq!(answer, "Đã ghi nhận");
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert_eq!(held.steps.len(), 2, "the words differ, the effect does not");
}
