use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use lienthong_core::clock::ManualClock;
use lienthong_core::ports::population::{LookupCall, PopulationRegistry, Unanswered};
use wiremock::matchers::{body_string, header, headers, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::super::*;
use crate::population::SoapSettings;
use crate::population::samples::{OFFICER, call, clock, lgsp_access, officer, port, query, route};

/// The vector of population.md 9.3.
const LGSP: &str = "eyJBY2Nlc3NLZXkiOiJkZW1vQUsiLCJTZWNyZXRLZXkiOiJkZW1vU0siLCJBcHBOYW1lIjoiZGVtb0FwcCIsIlBhcnRuZXJDb2RlIjoiMDAwLjAwLjAwLkg5OSIsIlBhcnRuZXJDb2RlQ3VzIjoiMDAwLjAwLjAwLkg5OSJ9";
/// base64 of `khoa:mat-khau`.
const AUTH_HASH: &str = "a2hvYTptYXQta2hhdQ==";
/// base64 of `demo_user:` and the vector of population.md 9.4.
const ESB: &str = "Basic ZGVtb191c2VyOjlkNTgzZmMxZDk2NThkOTk4NmNiZGMwMzNkNDUzY2NmNDkyMjg1MDdiODIxODZhNGY3YmM3OTFhM2FjMjE1Y2U=";

const TOKEN: &str = r#"{"access_token":"the-moi","expires_in":3600,"token_type":"Bearer"}"#;
const FORM: &str = "application/x-www-form-urlencoded";

const NOBODY: &str = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
    <CongdanCollection xmlns=\"http://www.mic.gov.vn/dancu/1.0\"/></e:Body></e:Envelope>";

fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json")
}

fn nobody_found() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(NOBODY, "text/xml")
}

/// An upstream that gives this token this often, and answers look-ups this often.
async fn upstream(token: ResponseTemplate, tokens: u64, look_ups: u64) -> MockServer {
    let server = MockServer::start().await;
    let calls = Mock::given(path("/token")).respond_with(token);
    calls.expect(tokens).mount(&server).await;
    let calls = Mock::given(path("/tracuu")).respond_with(nobody_found());
    calls.expect(look_ups).mount(&server).await;
    server
}

fn registry(
    server: &MockServer,
    access: AccessRecipe,
) -> (Arc<dyn PopulationRegistry>, Arc<ManualClock>) {
    let clock = clock();
    let settings = SoapSettings::lgsp(route(&server.uri(), access));
    (settings.registry(port(&clock)).unwrap(), clock)
}

async fn look_up(registry: &Arc<dyn PopulationRegistry>) {
    registry.look_up(&query(), &call()).await.unwrap();
}

async fn look_ups(server: &MockServer) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap();
    let look_ups = requests.into_iter().filter(|it| it.url.path() == "/tracuu");
    look_ups.collect()
}

/// Waits for the token calls that no look-up waits for.
async fn token_calls(server: &MockServer, expected: usize) {
    loop {
        let requests = server.received_requests().await.unwrap();
        let calls = requests.iter().filter(|it| it.url.path() == "/token");
        if calls.count() >= expected {
            return;
        }
        tokio::task::yield_now().await;
    }
}

fn lgsp() -> AccessRecipe {
    AccessRecipe::Lgsp(lgsp_access())
}

fn esb() -> EsbAccess {
    EsbAccess::new("demo_user", "demo_secret".into(), "/dancu/tracuu")
}

#[tokio::test]
async fn a_provincial_bus_gets_all_three_secrets() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header("lgspaccesstoken", LGSP))
        .and(header("content-type", FORM))
        .and(body_string("grant_type=client_credentials"))
        .respond_with(json(TOKEN))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/tracuu"))
        .and(header("lgspaccesstoken", LGSP))
        .and(header("authorization", "Bearer the-moi"))
        .and(header("authhash", AUTH_HASH))
        .and(header("content-type", "application/xml"))
        .and(header("accept", "*/*"))
        .respond_with(nobody_found())
        .expect(1)
        .mount(&server)
        .await;
    look_up(&registry(&server, lgsp()).0).await;
}

#[tokio::test]
async fn an_officer_without_a_credential_sends_nothing() {
    let server = upstream(json(TOKEN), 0, 0).await;
    let (registry, _) = registry(&server, lgsp());
    let call = LookupCall {
        officer: officer("canbo-2"),
        ..call()
    };
    let unmapped = PopulationError::OfficerNotMapped;
    assert_eq!(
        registry.admit(Operation::LookUp, &call),
        Err(unmapped.clone())
    );
    let unanswered = registry.look_up(&query(), &call).await.unwrap_err();
    assert_eq!(unanswered, unmapped.into());
}

#[tokio::test]
async fn a_shared_credential_counts_only_where_it_is_configured_and_after_the_own() {
    let server = upstream(json(TOKEN), 1, 2).await;
    let mut access = lgsp_access();
    access.shared_officer = Some(OfficerCredential {
        key_name: "chung".into(),
        key_pass: "bi-mat".into(),
    });
    let (registry, _) = registry(&server, AccessRecipe::Lgsp(access));
    for code in ["canbo-2", OFFICER] {
        let call = LookupCall {
            officer: officer(code),
            ..call()
        };
        registry.look_up(&query(), &call).await.unwrap();
    }
    let sent = look_ups(&server).await;
    let hashes: Vec<_> = sent.iter().map(|it| &it.headers["authhash"]).collect();
    assert_eq!(hashes, ["Y2h1bmc6YmktbWF0", AUTH_HASH]);
}

/// Part D 11: a new token for each look-up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_look_ups_at_once_fetch_one_token() {
    let slow = json(TOKEN).set_delay(Duration::from_millis(100));
    let server = upstream(slow, 1, 50).await;
    let registry = registry(&server, lgsp()).0;
    join_all((0..50).map(|_| look_up(&registry))).await;
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_ends() {
    let server = upstream(json(TOKEN), 2, 3).await;
    let (registry, clock) = registry(&server, lgsp());
    look_up(&registry).await;
    clock.advance(SignedDuration::from_secs(3539));
    look_up(&registry).await;
    clock.advance(SignedDuration::from_secs(1));
    look_up(&registry).await;
    token_calls(&server, 2).await;
}

#[tokio::test]
async fn client_credentials_stand_in_the_header_or_in_the_body() {
    for (secret_place, basic, form) in [
        (
            ClientSecretPlace::BasicHeader,
            Some("Basic a2hvYTptYXQ="),
            "grant_type=client_credentials",
        ),
        (
            ClientSecretPlace::Body,
            None,
            "grant_type=client_credentials&client_id=khoa&client_secret=mat",
        ),
    ] {
        let server = upstream(json(TOKEN), 1, 1).await;
        let access = OAuthAccess {
            secret_place,
            ..OAuthAccess::new("/token", "khoa", "mat".into())
        };
        look_up(&registry(&server, AccessRecipe::OAuth(access)).0).await;
        let requests = server.received_requests().await.unwrap();
        let authorization = requests[0].headers.get("authorization");
        assert_eq!(authorization.map(|it| it.to_str().unwrap()), basic);
        assert_eq!(requests[0].headers["content-type"], FORM);
        assert_eq!(requests[0].body, form.as_bytes());
        assert_eq!(requests[1].headers["authorization"], "Bearer the-moi");
        assert!(!requests[1].headers.contains_key("authhash"));
    }
}

#[tokio::test]
async fn a_token_for_the_header_auth_is_renewed_when_less_than_five_minutes_remain() {
    // The clock stands at 2025-10-09T15:53:20+07:00.
    let answer = r#"{"token":"the-dt","refreshToken":"r","expiryDate":"2025-10-09T16:53:20"}"#;
    let server = upstream(json(answer), 2, 3).await;
    let access = AuthHeaderAccess {
        token_path: "/token".to_owned(),
        auth: "tieu-de".into(),
    };
    let (registry, clock) = registry(&server, AccessRecipe::AuthHeader(access));
    look_up(&registry).await;
    clock.advance(SignedDuration::from_mins(55) - SignedDuration::from_secs(1));
    look_up(&registry).await;
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["auth"], "tieu-de");
    assert!(requests[0].body.is_empty());
    assert_eq!(requests[1].headers["authorization"], "Bearer the-dt");
    assert!(!requests[1].headers.contains_key("auth"));
    clock.advance(SignedDuration::from_secs(1));
    look_up(&registry).await;
    token_calls(&server, 2).await;
}

#[tokio::test]
async fn an_officer_who_is_refused_again_and_again_does_not_renew_the_token_each_time() {
    let server = MockServer::start().await;
    let tokens = Mock::given(path("/token")).respond_with(json(TOKEN));
    tokens.mount(&server).await;
    let refuses = Mock::given(path("/tracuu")).respond_with(ResponseTemplate::new(401));
    refuses.mount(&server).await;
    let (registry, clock) = registry(&server, lgsp());
    let mut sent = Vec::new();
    for _ in 0..4 {
        let unanswered = registry.look_up(&query(), &call()).await.unwrap_err();
        assert_eq!(unanswered.error, PopulationError::CredentialsRefused);
        sent.push(unanswered.attempts);
    }
    assert_eq!(sent, [2, 1, 1, 1]);
    token_calls(&server, 2).await;
    // Later it may be the token's end again.
    clock.advance(SignedDuration::from_secs(5));
    let unanswered = registry.look_up(&query(), &call()).await.unwrap_err();
    assert_eq!(unanswered.attempts, 2);
    token_calls(&server, 3).await;
}

#[tokio::test]
async fn every_request_to_the_esb_carries_the_hash_of_its_own_moment() {
    let server = upstream(json(TOKEN), 0, 2).await;
    let (registry, clock) = registry(&server, AccessRecipe::Esb(esb()));
    look_up(&registry).await;
    clock.advance(SignedDuration::from_mins(10));
    look_up(&registry).await;
    let sent = look_ups(&server).await;
    assert_eq!(sent[0].headers["timestamp"], "1760000000000");
    assert_eq!(sent[0].headers["authorization"], ESB);
    assert_eq!(sent[0].headers["soapaction"], "\"\"");
    assert_eq!(sent[1].headers["timestamp"], "1760000600000");
    assert_ne!(sent[1].headers["authorization"], ESB);
}

/// Part D 12.
#[tokio::test]
async fn a_wrong_clock_or_hash_is_a_401_that_is_not_tried_again() {
    let server = MockServer::start().await;
    Mock::given(headers("timestamp", vec!["1760000000000"]))
        .respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&server)
        .await;
    let (registry, _) = registry(&server, AccessRecipe::Esb(esb()));
    let unanswered = registry.look_up(&query(), &call()).await.unwrap_err();
    let refused = Unanswered {
        error: PopulationError::CredentialsRefused,
        attempts: 1,
    };
    assert_eq!(unanswered, refused);
}

#[tokio::test]
async fn a_static_token_and_a_trusted_network_fetch_nothing() {
    for (access, expected) in [
        (
            AccessRecipe::StaticBearer("the-tinh".into()),
            Some("Bearer the-tinh"),
        ),
        (AccessRecipe::None, None),
    ] {
        let server = upstream(json(TOKEN), 0, 1).await;
        look_up(&registry(&server, access).0).await;
        let sent = look_ups(&server).await;
        let authorization = sent[0].headers.get("authorization");
        assert_eq!(authorization.map(|it| it.to_str().unwrap()), expected);
    }
}

#[tokio::test]
async fn a_token_call_that_speaks_of_the_address_says_so() {
    let body = r#"{"status":0,"errorCode":101,"message":"IP_DISALLOWED"}"#;
    let refused = ResponseTemplate::new(400).set_body_raw(body, "application/json");
    let server = upstream(refused, 1, 0).await;
    let (registry, _) = registry(&server, lgsp());
    let unanswered = registry.look_up(&query(), &call()).await.unwrap_err();
    assert_eq!(unanswered, PopulationError::AddressRefused.into());
}
