//! The procedure catalogue of the portal, and what the control does to it.

use serde_json::{Value, json};

use crate::caller::{call, client, mocks, post, session};

const CALL: &str = "/mapi/g";

#[tokio::test]
async fn each_listed_procedure_has_its_details() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let ask = |service: &str, parameters: Value| call(&session, service, &parameters);
    let list = post(&mocks, CALL, &ask("LayDanhSachTTHC", json!({}))).await;
    let rows = list["result"].as_array().unwrap();
    assert_eq!(rows.len(), 122);
    let one = post(
        &mocks,
        CALL,
        &ask("LayThuTuc", json!({"maTTHC": "1.004222"})),
    )
    .await;
    assert_eq!(one["result"][0]["TENTTHC"], "Đăng ký thường trú");
    assert_eq!(one["result"][0]["CAPTHUCHIEN"][0]["CAPTHUCHIEN"], "3");
    let none = post(
        &mocks,
        CALL,
        &ask("LayThuTuc", json!({"maTTHC": "9.999999"})),
    )
    .await;
    assert_eq!(none["result"], json!([]));
    let online = post(&mocks, CALL, &ask("LayDVC", json!({}))).await;
    assert_eq!(online["result"]["data"][0]["MADVC"], "1.004222.01");
    for (service, member) in [
        ("LayDanhMucCoQuan", "MADONVI"),
        ("LayDanhMucLinhVuc", "MALINHVUC"),
    ] {
        let answer = post(&mocks, CALL, &ask(service, json!({}))).await;
        assert!(answer["result"][0][member].is_string(), "{answer}");
    }
    let journal = mocks.portal().journal();
    let details = journal
        .iter()
        .find(|it| it.operation == "LayThuTuc")
        .unwrap();
    assert_eq!(details.key(), Some("1.004222"));
}

#[tokio::test]
async fn the_control_changes_adds_withdraws_and_halves() {
    let mocks = mocks().await;
    let control = |path: &str| format!("http://{}/portal/{path}", mocks.control_addr());
    let client = client();
    let codes = async || -> Vec<String> {
        let answer = client.get(control("catalogue")).send().await.unwrap();
        answer.json().await.unwrap()
    };
    assert_eq!(codes().await.len(), 120);
    let put = |code: &str| client.put(control(&format!("catalogue/{code}")));
    let answer = put("1.004222").json(&json!({"YEUCAU": "mới"})).send().await;
    assert_eq!(answer.unwrap().status(), 204);
    let changed = mocks.portal().catalogue_procedure("1.004222").unwrap();
    assert_eq!(changed["YEUCAU"], "mới");
    put("2.999999")
        .json(&json!({"TENTTHC": "Mới"}))
        .send()
        .await
        .unwrap();
    assert_eq!(codes().await.len(), 121);
    let withdraw = || client.delete(control("catalogue/2.999999")).send();
    assert_eq!(withdraw().await.unwrap().status(), 204);
    assert_eq!(withdraw().await.unwrap().status(), 404);
    for (order, left) in [
        ("catalogue-grow?procedures=300&offers=34", 300),
        ("catalogue-reset", 120),
        ("catalogue-halve", 60),
        ("catalogue-clear", 0),
        ("catalogue-reset", 120),
    ] {
        let answer = client.post(control(order)).send().await.unwrap();
        assert_eq!(answer.status(), 204);
        assert_eq!(codes().await.len(), left, "{order}");
    }
    let much = "catalogue-grow?procedures=50001&offers=1";
    let refused = client.post(control(much)).send().await.unwrap();
    assert_eq!(refused.status(), 400);
}
