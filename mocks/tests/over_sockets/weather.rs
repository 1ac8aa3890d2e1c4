//! Faults by chance, a portal that takes only so much, and a line that is half open.

use std::time::Duration;

use lienthong_mocks::{Fault, FaultEffect, Outcome, Pace, ScriptProblem, Storm, StormRule};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{DOSSIER, call, client, create, dossier, mocks, post, session, try_post};

const CALL: &str = "/mapi/g";

#[tokio::test]
async fn a_storm_hits_its_share_until_it_ends() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let rules = vec![StormRule::new(0.5, FaultEffect::DropBeforeEffect).on("find")];
    let storm = Storm { seed: 3, rules };
    mocks.portal().begin_storm(storm).unwrap();
    let question = call(&session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    let mut lost = 0_u64;
    for _ in 0..40 {
        lost += u64::from(try_post(&mocks, CALL, &question).await.is_err());
    }
    let played = mocks.portal().storm_played()["drop_before_effect"];
    assert_eq!(lost, played);
    assert!((8..33).contains(&lost), "{lost} of 40");
    mocks.portal().end_storm();
    for _ in 0..5 {
        post(&mocks, CALL, &question).await;
    }
}

#[tokio::test]
async fn a_storm_that_cannot_be_played_is_refused_with_every_reason() {
    let mocks = mocks().await;
    let rules = vec![StormRule::new(1.5, FaultEffect::Html).on("037")];
    let problems = mocks.portal().begin_storm(Storm { seed: 1, rules });
    let upstream = "portal";
    assert_eq!(
        problems.unwrap_err(),
        [
            ScriptProblem::UnknownOperation { upstream },
            ScriptProblem::Share
        ]
    );
    let scripted = Fault::new(FaultEffect::ApplyTwice);
    assert!(mocks.population().script(scripted).is_err());
}

#[tokio::test]
async fn a_call_too_many_gets_429_and_takes_no_effect() {
    let mocks = mocks().await;
    let body = create(&session(&mocks).await, &dossier());
    mocks
        .portal()
        .set_pace(Some(Pace::refuse(1, Some(7))))
        .unwrap();
    assert_eq!(post(&mocks, CALL, &body).await["error_code"], "0");
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "7");
    let last = mocks.portal().journal().pop().unwrap();
    assert_eq!(last.outcome, Outcome::Throttled);
    mocks.portal().set_pace(None).unwrap();
    let duplicate = post(&mocks, CALL, &body).await;
    assert_eq!(duplicate["error_code"], "-3");
    assert_eq!(mocks.portal().counts().refused_duplicates, 1);
}

#[tokio::test]
async fn a_queue_answers_everybody_in_the_end() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let question = call(&session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    mocks.portal().set_pace(Some(Pace::queue(1, 2))).unwrap();
    let asked = || post(&mocks, CALL, &question);
    let answers = tokio::join!(asked(), asked(), asked(), asked());
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer["result"], json!([]));
    }
}

#[tokio::test]
async fn a_half_open_line_accepts_and_never_answers() {
    let mocks = mocks().await;
    let body = create(&session(&mocks).await, &dossier());
    mocks.portal().stall();
    assert!(
        tokio::net::TcpStream::connect(mocks.portal_addr())
            .await
            .is_ok()
    );
    let impatient = client()
        .post(format!("{}{CALL}", mocks.portal_url()))
        .timeout(Duration::from_millis(200))
        .json(&body)
        .send()
        .await;
    assert!(impatient.unwrap_err().is_timeout());
    assert_eq!(
        mocks.portal().journal().len(),
        1,
        "only the login was heard"
    );
    mocks.portal().resume();
    assert_eq!(post(&mocks, CALL, &body).await["error_code"], "0");
}

async fn control(mocks: &lienthong_mocks::Mocks, method: Method, path: &str, body: Value) -> Value {
    let url = format!("{}{path}", mocks.control_url());
    let request = client().request(method, url).json(&body);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.unwrap_or(Value::Null)
}

#[tokio::test]
async fn effects_pace_and_storm_are_steered_through_the_control_api() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    post(&mocks, CALL, &create(&session, &dossier())).await;
    let first = "/portal/effects?after=0&limit=5";
    let told = control(&mocks, Method::GET, first, Value::Null).await;
    assert_eq!(told["effects"][0]["kind"], "created");
    assert_eq!(
        (&told["last"], &told["counts"]["created"]),
        (&json!(1), &json!(1))
    );
    let path = format!("/portal/dossiers/{DOSSIER}/effects");
    let own = control(&mocks, Method::GET, &path, Value::Null).await;
    assert_eq!(own, told["effects"]);

    let pace = json!({"at_once": 2, "service_ms": 1, "over": {"refuse": {"retry_after": 3}}});
    control(&mocks, Method::PUT, "/portal/pace", pace.clone()).await;
    let set = control(&mocks, Method::GET, "/portal/pace", Value::Null).await;
    assert_eq!(set["over"], pace["over"]);
    control(&mocks, Method::DELETE, "/portal/pace", Value::Null).await;
    assert_eq!(mocks.portal().pace(), None);

    let storm = json!({"seed": 1, "rules": [{"share": 1.0, "effect": {"kind": "html"}}]});
    control(&mocks, Method::PUT, "/portal/storm", storm).await;
    let question = call(&session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    let strange = try_post(&mocks, CALL, &question).await.unwrap();
    assert!(strange.json::<Value>().await.is_err());
    let storm = control(&mocks, Method::GET, "/portal/storm", Value::Null).await;
    assert_eq!(storm["played"], json!({"html": 1}));
    control(&mocks, Method::DELETE, "/portal/storm", Value::Null).await;
    post(&mocks, CALL, &question).await;
}

#[tokio::test]
async fn memory_and_look_ups_are_steered_through_the_control_api() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    post(&mocks, CALL, &create(&session, &dossier())).await;
    let code_only = json!({"answer": "code_only"});
    control(&mocks, Method::PUT, "/portal/lookup", code_only.clone()).await;
    let shown = control(&mocks, Method::GET, "/portal/lookup", Value::Null).await;
    assert_eq!(shown, code_only);
    let question = call(&session, "TraCuuHoSo", &json!({"mahoso": DOSSIER}));
    let found = post(&mocks, CALL, &question).await;
    assert_eq!(found["result"], json!([{"MaHoSo": DOSSIER}]));
    let field = format!("/portal/dossiers/{DOSSIER}/fields/TrangThaiHoSo");
    control(&mocks, Method::PUT, &field, json!(7)).await;
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert_eq!(
        held.status(),
        Some("7"),
        "the body is the text as it stands"
    );

    let restart = "/portal/restart?memory=true";
    control(&mocks, Method::POST, restart, Value::Null).await;
    let ended = post(&mocks, CALL, &question).await;
    assert!(ended["message"].as_str().unwrap().contains("session"));
    assert_eq!(mocks.portal().dossier_count(), 1);
    let path = format!("/portal/dossiers/{DOSSIER}");
    control(&mocks, Method::DELETE, &path, Value::Null).await;
    assert_eq!(mocks.portal().dossier_count(), 0);
    control(&mocks, Method::POST, "/portal/stall", Value::Null).await;
    control(&mocks, Method::POST, "/portal/resume", Value::Null).await;
    control(&mocks, Method::POST, "/portal/forget-sessions", Value::Null).await;
    let file = client()
        .get(format!("{}/files/a.pdf", mocks.control_url()))
        .send()
        .await
        .unwrap();
    assert!(file.bytes().await.unwrap().starts_with(b"%PDF"));
}
