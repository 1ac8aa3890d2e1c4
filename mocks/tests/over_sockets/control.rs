//! The control API as a script would use it.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::caller::{DOSSIER, client, create, dossier, mocks, post, session, try_post};

struct Control {
    client: Client,
    base: String,
}

impl Control {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

#[tokio::test]
async fn journals_dossiers_and_citizens_can_be_read() {
    let mocks = mocks().await;
    let control = Control {
        client: client(),
        base: mocks.control_url(),
    };
    let session = session(&mocks).await;
    post(&mocks, "/mapi/g", &create(&session, &dossier())).await;
    let journal = control.get("/portal/journal").await;
    assert_eq!(journal[1]["operation"], json!("DongBoHoSoMC"));
    assert_eq!(journal[1]["outcome"], json!({"kind": "created"}));
    assert_eq!(journal[1]["keys"], json!([DOSSIER]));
    assert!(!journal.to_string().contains(&session));
    assert_eq!(control.get("/population/journal").await, json!([]));
    let held = control.get(&format!("/portal/dossiers/{DOSSIER}")).await;
    assert_eq!(
        (&held["creates"], &held["fields"]["MaHoSo"]),
        (&json!(1), &json!(DOSSIER))
    );
    assert_eq!(control.get("/portal/dossiers").await, json!([held]));
    let missing = control
        .send(Method::GET, "/portal/dossiers/H22-250714-0001", None)
        .await;
    assert_eq!(missing.0, 404);
    let citizens = control.get("/population/citizens").await;
    assert_eq!(citizens[0]["personal_number"], json!("000185000001"));
    assert_eq!(citizens[0]["birth_date"], json!("1985-02-13"));
    let health = control.get("/health").await;
    assert_eq!(
        (&health["status"], &health["portal"]["dossiers"]),
        (&json!("ok"), &json!(1))
    );
}

#[tokio::test]
async fn faults_are_scripted_read_and_cleared() {
    let mocks = mocks().await;
    let control = Control {
        client: client(),
        base: mocks.control_url(),
    };
    let faults = json!([
        {"operation": "login", "effect": {"kind": "drop_before_effect"}},
        {"times": 3, "effect": {"kind": "delay", "ms": 5}},
    ]);
    let (status, _) = control
        .send(Method::POST, "/portal/faults", Some(faults))
        .await;
    assert_eq!(status, 204);
    assert_eq!(
        control
            .get("/portal/faults")
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let body = json!({"username": "h99_motcua", "password": "demo-only"});
    assert!(try_post(&mocks, "/mapi/login", &body).await.is_err());
    assert_eq!(control.get("/portal/faults").await[0]["times"], json!(3));
    assert_eq!(
        control.send(Method::DELETE, "/portal/faults", None).await.0,
        204
    );
    assert_eq!(control.get("/portal/faults").await, json!([]));
}

#[tokio::test]
async fn every_problem_of_a_wrong_script_is_told_and_nothing_is_scripted() {
    let mocks = mocks().await;
    let control = Control {
        client: client(),
        base: mocks.control_url(),
    };
    let faults = json!([
        {"operation": "037", "times": 0, "effect": {"kind": "html"}},
        {"effect": {"kind": "explode"}},
        {"effect": {"kind": "status", "code": 99}},
        {"effect": {"kind": "html"}},
    ]);
    let (status, body) = control
        .send(Method::POST, "/portal/faults", Some(faults))
        .await;
    assert_eq!(status, 400);
    assert_eq!(body["problems"].as_array().unwrap().len(), 4, "{body}");
    assert_eq!(control.get("/portal/faults").await, json!([]));
    let (status, body) = control
        .send(Method::POST, "/moon/faults", Some(json!([])))
        .await;
    assert_eq!(
        (status, body["problems"].as_array().unwrap().len()),
        (404, 1)
    );
}

#[tokio::test]
async fn an_upstream_is_paused_resumed_and_made_to_forget() {
    let mocks = mocks().await;
    let control = Control {
        client: client(),
        base: mocks.control_url(),
    };
    let body = create(&session(&mocks).await, &dossier());
    post(&mocks, "/mapi/g", &body).await;
    assert_eq!(
        control.send(Method::POST, "/portal/pause", None).await.0,
        204
    );
    assert!(try_post(&mocks, "/mapi/g", &body).await.is_err());
    assert_eq!(
        control.get("/health").await["portal"]["paused"],
        json!(true)
    );
    assert_eq!(
        control.send(Method::POST, "/portal/resume", None).await.0,
        204
    );
    assert_eq!(
        control.send(Method::POST, "/portal/forget", None).await.0,
        204
    );
    assert_eq!(control.get("/portal/dossiers").await, json!([]));
    let answer = post(&mocks, "/mapi/g", &body).await;
    assert!(answer["message"].as_str().unwrap().contains("session"));
}
