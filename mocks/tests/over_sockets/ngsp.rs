//! The ministry platform's token call, and what its Bearer opens.

use std::time::Duration;

use lienthong_mocks::{LgspAccess, Mocks, MocksConfig, WrapAccess};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::caller::{client, envelope, mocks, plain_lookup};

fn token_call(mocks: &Mocks) -> RequestBuilder {
    client().post(format!("{}/ngsp/token", mocks.population_url()))
}

async fn token(mocks: &Mocks) -> String {
    let answer = token_call(mocks)
        .basic_auth("demo-consumer", Some("demo-consumer-secret"))
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        (&answer["expires_in"], &answer["scope"]),
        (&json!(3600), &json!("am_application_scope default"))
    );
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_consumer_shows_itself_in_the_header_or_in_the_form() {
    let mocks = mocks().await;
    token(&mocks).await;
    let grant = ("grant_type", "client_credentials");
    let id = ("client_id", "demo-consumer");
    let secret = ("client_secret", "demo-consumer-secret");
    assert_eq!(
        status(token_call(&mocks).form(&[grant, id, secret])).await,
        200
    );
    let wrong = ("client_secret", "other");
    assert_eq!(
        status(token_call(&mocks).form(&[grant, id, wrong])).await,
        401
    );
    assert_eq!(status(token_call(&mocks).form(&[grant])).await, 401);
    let password = ("grant_type", "password");
    assert_eq!(
        status(token_call(&mocks).form(&[password, id, secret])).await,
        400
    );
    assert_eq!(mocks.population().tokens_issued(), 2);
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (entry.profile, entry.operation.as_str()),
        (Some("ngsp"), "token")
    );
}

#[tokio::test]
async fn its_bearer_alone_opens_the_paths_that_are_told_so() {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.lgsp_access = LgspAccess::NgspBearer;
    config.population_settings.json_wrap.access = WrapAccess::NgspOauth;
    let mocks = Mocks::start(config).await.unwrap();
    let soap = |bearer: &str| {
        client()
            .post(format!("{}/tracuu", mocks.population_url()))
            .bearer_auth(bearer)
            .header("Content-Type", "application/xml")
            .body(envelope(&plain_lookup()))
    };
    let wrap = |bearer: &str| {
        let path = "/apiCSDLDanCu/ChiaSeThongTinCongDan";
        client()
            .post(format!("{}{path}", mocks.population_url()))
            .bearer_auth(bearer)
            .json(&json!({}))
    };
    let bearer = token(&mocks).await;
    for call in [soap("other"), wrap("other")] {
        assert_eq!(status(call).await, 401);
    }
    for call in [soap(&bearer), wrap(&bearer)] {
        assert_eq!(status(call).await, 200);
    }
    mocks.advance(Duration::from_hours(1));
    for call in [soap(&bearer), wrap(&bearer)] {
        assert_eq!(status(call).await, 401);
    }
    let bearer = token(&mocks).await;
    mocks.population().forget_tokens();
    assert_eq!(status(soap(&bearer)).await, 401);
}
