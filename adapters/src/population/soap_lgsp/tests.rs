mod failures;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::OfficerId;
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::name::FullName;
use lienthong_core::ports::population::{
    CitizenAnswer, LookupCall, Operation, PopulationError, PopulationRegistry as _, RequestNumber,
};
use lienthong_core::procedure::ProcedureCode;
use wiremock::matchers::{body_string, body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{LgspCredential, OfficerCredential, SoapLgsp, SoapLgspSettings, SoapPaths};
use crate::http::{BaseUrl, Limits};

/// The vector of population.md 9.3.
const LGSP: &str = "eyJBY2Nlc3NLZXkiOiJkZW1vQUsiLCJTZWNyZXRLZXkiOiJkZW1vU0siLCJBcHBOYW1lIjoiZGVtb0FwcCIsIlBhcnRuZXJDb2RlIjoiMDAwLjAwLjAwLkg5OSIsIlBhcnRuZXJDb2RlQ3VzIjoiMDAwLjAwLjAwLkg5OSJ9";

/// base64 of `khoa:mat-khau`.
const OFFICER: &str = "a2hvYTptYXQta2hhdQ==";

const TOKEN: &str = r#"{"access_token":"the-moi","expires_in":3600,"token_type":"Bearer"}"#;

const PERSON: &str = "<n:CongDan><n:SoDinhDanh>000185000001</n:SoDinhDanh>\
    <n:HoVaTen><n:Ho/><n:ChuDem/><n:Ten>TRẦN THỊ MẪU THỬ</n:Ten></n:HoVaTen></n:CongDan>";

fn found(people: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header/><e:Body>\
         <n:CongdanCollection xmlns:n=\"http://www.mic.gov.vn/dancu/1.0\">{people}\
         </n:CongdanCollection></e:Body></e:Envelope>"
    )
}

fn confirmed(value: bool) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
         <KetQuaXacThucResponse xmlns=\"http://dancuquocgia.bca\"><TonTai>{value}</TonTai>\
         </KetQuaXacThucResponse></e:Body></e:Envelope>"
    )
}

fn settings(url: &str) -> SoapLgspSettings {
    let paths = SoapPaths {
        token: "/token".to_owned(),
        lookup: "/tracuu".to_owned(),
        confirm: "/xacthuc".to_owned(),
    };
    let lgsp = LgspCredential {
        access_key: "demoAK".into(),
        secret_key: "demoSK".into(),
        app_name: "demoApp".to_owned(),
        partner_code: "000.00.00.H99".to_owned(),
        partner_code_cus: "000.00.00.H99".to_owned(),
    };
    let officer = OfficerCredential {
        key_name: "khoa".into(),
        key_pass: "mat-khau".into(),
    };
    SoapLgspSettings {
        limits: Limits {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            total: Duration::from_secs(10),
            max_body: 64 * 1024,
        },
        officers: HashMap::from([(OfficerId::parse("000180000009").unwrap(), officer)]),
        operations: BTreeSet::from([Operation::LookUp, Operation::Confirm]),
        ..SoapLgspSettings::new(BaseUrl::parse(url).unwrap(), paths, lgsp)
    }
}

fn registry(url: &str) -> (SoapLgsp, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let registry = SoapLgsp::new(settings(url), Arc::clone(&clock) as Arc<dyn Clock>);
    (registry.unwrap(), clock)
}

fn query() -> CitizenQuery {
    CitizenQuery {
        identity: PersonalNumber::parse("000185000001").unwrap().into(),
        name: FullName::parse("Trần Thị Mẫu Thử").unwrap(),
        birth: BirthDate::parse("1985-02-13").unwrap(),
    }
}

fn call() -> LookupCall {
    LookupCall {
        request_number: RequestNumber::new("H99-20261007-01J9ZK4Q3T").unwrap(),
        officer: OfficerId::parse("000180000009").unwrap(),
        officer_account: None,
        unit: AgencyCode::parse("H99.1").unwrap(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        budget: Duration::from_secs(10),
    }
}

fn xml(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "text/xml; charset=utf-8")
}

fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json")
}

/// A bus whose token call answers well, `tokens` times.
async fn bus(tokens: u64) -> MockServer {
    let server = MockServer::start().await;
    let token = Mock::given(path("/token")).respond_with(json(TOKEN));
    token.expect(tokens).mount(&server).await;
    server
}

async fn answers(server: &MockServer, at: &str, template: ResponseTemplate, times: u64) {
    Mock::given(path(at))
        .respond_with(template)
        .expect(times)
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_look_up_carries_every_header_of_the_route() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header("lgspaccesstoken", LGSP))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("grant_type=client_credentials"))
        .respond_with(json(TOKEN))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/tracuu"))
        .and(header("lgspaccesstoken", LGSP))
        .and(header("authorization", "Bearer the-moi"))
        .and(header("authhash", OFFICER))
        .and(header("content-type", "application/xml"))
        .and(header("accept", "*/*"))
        .and(body_string_contains(
            "<dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>",
        ))
        .and(body_string_contains("<dan:MaTichHop>037</dan:MaTichHop>"))
        .and(body_string_contains(
            "<dan:NgayThangNam>1985-02-13</dan:NgayThangNam>",
        ))
        .respond_with(xml(&found(PERSON)))
        .expect(1)
        .mount(&server)
        .await;
    let (registry, clock) = registry(&server.uri());
    clock.advance(SignedDuration::from_secs(5));
    let observed = registry.look_up(&query(), &call()).await.unwrap();
    let CitizenAnswer::One(citizen) = observed.answer else {
        panic!("{observed:?}")
    };
    assert_eq!(citizen.personal_number.unwrap().expose(), "000185000001");
    assert_eq!(observed.attempts, 1);
    assert_eq!(observed.observed_at, clock.now());
}

#[tokio::test]
async fn not_found_and_not_matching_are_an_answer() {
    let server = bus(1).await;
    answers(&server, "/tracuu", xml(&found("")), 1).await;
    let observed = registry(&server.uri())
        .0
        .look_up(&query(), &call())
        .await
        .unwrap();
    assert!(matches!(observed.answer, CitizenAnswer::NoMatch));
}

#[tokio::test]
async fn the_confirmation_says_yes_or_no() {
    for value in [true, false] {
        let server = bus(1).await;
        answers(&server, "/xacthuc", xml(&confirmed(value)), 1).await;
        let observed = registry(&server.uri())
            .0
            .confirm(&query(), &call())
            .await
            .unwrap();
        assert_eq!(observed.answer, value);
    }
}

#[tokio::test]
async fn an_officer_without_a_credential_sends_nothing() {
    let server = MockServer::start().await;
    answers(&server, "/token", json(TOKEN), 0).await;
    let call = LookupCall {
        officer: OfficerId::parse("canbo-2").unwrap(),
        ..call()
    };
    let error = registry(&server.uri())
        .0
        .look_up(&query(), &call)
        .await
        .unwrap_err()
        .error;
    assert_eq!(error, PopulationError::OfficerNotMapped);
}

#[tokio::test]
async fn a_shared_credential_counts_only_where_it_is_configured_and_after_the_own() {
    let server = bus(1).await;
    for (code, hash) in [("canbo-2", "Y2h1bmc6YmktbWF0"), ("000180000009", OFFICER)] {
        Mock::given(path("/tracuu"))
            .and(header("authhash", hash))
            .and(body_string_contains(format!(
                "<dan:MaCanBo>{code}</dan:MaCanBo>"
            )))
            .respond_with(xml(&found("")))
            .expect(1)
            .mount(&server)
            .await;
    }
    let shared = OfficerCredential {
        key_name: "chung".into(),
        key_pass: "bi-mat".into(),
    };
    let settings = SoapLgspSettings {
        shared_officer: Some(shared),
        ..settings(&server.uri())
    };
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let registry = SoapLgsp::new(settings, clock).unwrap();
    for officer in ["canbo-2", "000180000009"] {
        let call = LookupCall {
            officer: OfficerId::parse(officer).unwrap(),
            ..call()
        };
        registry.look_up(&query(), &call).await.unwrap();
    }
}

#[tokio::test]
async fn an_operation_that_is_not_offered_sends_nothing() {
    let server = MockServer::start().await;
    answers(&server, "/token", json(TOKEN), 0).await;
    let settings = SoapLgspSettings {
        operations: BTreeSet::from([Operation::LookUp]),
        ..settings(&server.uri())
    };
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let registry = SoapLgsp::new(settings, clock).unwrap();
    assert!(registry.offers(Operation::LookUp) && !registry.offers(Operation::Confirm));
    let error = registry.confirm(&query(), &call()).await.unwrap_err().error;
    assert_eq!(error, PopulationError::NotOffered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_look_ups_at_once_fetch_one_token() {
    let server = MockServer::start().await;
    let slow = json(TOKEN).set_delay(Duration::from_millis(100));
    answers(&server, "/token", slow, 1).await;
    answers(&server, "/tracuu", xml(&found(PERSON)), 50).await;
    let registry = registry(&server.uri()).0;
    let (query, call) = (query(), call());
    let all = join_all((0..50).map(|_| registry.look_up(&query, &call))).await;
    assert!(all.into_iter().all(|observed| observed.is_ok()));
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_ends() {
    let server = bus(2).await;
    answers(&server, "/tracuu", xml(&found("")), 3).await;
    let (registry, clock) = registry(&server.uri());
    registry.look_up(&query(), &call()).await.unwrap();
    clock.advance(SignedDuration::from_secs(3539));
    registry.look_up(&query(), &call()).await.unwrap();
    clock.advance(SignedDuration::from_secs(1));
    registry.look_up(&query(), &call()).await.unwrap();
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_same_request_sent_again() {
    let server = MockServer::start().await;
    let old = json(r#"{"access_token":"the-cu"}"#);
    Mock::given(path("/token"))
        .respond_with(old)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/token"))
        .respond_with(json(TOKEN))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/tracuu"))
        .and(header("authorization", "Bearer the-cu"))
        .respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/tracuu"))
        .and(header("authorization", "Bearer the-moi"))
        .respond_with(xml(&found(PERSON)))
        .expect(1)
        .mount(&server)
        .await;
    let observed = registry(&server.uri())
        .0
        .look_up(&query(), &call())
        .await
        .unwrap();
    assert_eq!(observed.attempts, 2);
    let requests = server.received_requests().await.unwrap();
    let sent: Vec<_> = requests
        .iter()
        .filter(|it| it.url.path() == "/tracuu")
        .collect();
    assert_eq!(sent[0].body, sent[1].body);
}

#[tokio::test]
async fn credentials_refused_twice_are_refused() {
    let server = bus(2).await;
    answers(&server, "/tracuu", ResponseTemplate::new(401), 2).await;
    let error = registry(&server.uri())
        .0
        .look_up(&query(), &call())
        .await
        .unwrap_err()
        .error;
    assert_eq!(error, PopulationError::CredentialsRefused);
}

#[tokio::test]
async fn no_secret_and_no_person_shows_in_debug() {
    let server = bus(1).await;
    answers(&server, "/tracuu", xml(&found(PERSON)), 1).await;
    let settings = settings(&server.uri());
    let (registry, _) = registry(&server.uri());
    let observed = registry.look_up(&query(), &call()).await.unwrap();
    let text = format!(
        "{settings:?} {registry:?} {observed:?} {:?} {:?}",
        query(),
        call()
    );
    for secret in [
        "demoAK", "demoSK", LGSP, "khoa", "mat-khau", OFFICER, "the-moi", "00018", "MẪU", "Mẫu",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
