//! Whatever the population database answers, the caller gets a typed failure that says what
//! the law leaves, and the next call works.

use std::collections::BTreeMap;

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{frame, json_of, metadata, reason};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

const VERIFY: &str = "/lienthong.v1.PopulationService/VerifyCitizen";

async fn stage() -> Stage {
    let settings = Settings::default()
        .with("population.limits.connect", "1s")
        .with("population.limits.read", "1s")
        .with("population.limits.total", "2s");
    Stage::with(settings).await.unwrap()
}

fn request(stage: &Stage) -> v1::VerifyCitizenRequest {
    messages::verify(&stage.citizen("plain").unwrap(), &stage.dossier_code(1))
}

fn script(stage: &Stage, operation: &str, times: u32, effect: FaultEffect) {
    let fault = Fault::new(effect).on(operation).times(times);
    stage.mocks().population().script(fault).unwrap();
}

fn status(code: u16) -> FaultEffect {
    FaultEffect::Status {
        code,
        body: "máy chủ bận".to_owned(),
        headers: BTreeMap::new(),
    }
}

/// HTTP 200 with this body.
fn body(content_type: &str, body: &str) -> FaultEffect {
    let headers = BTreeMap::from([("content-type".to_owned(), content_type.to_owned())]);
    FaultEffect::Status {
        code: 200,
        body: body.to_owned(),
        headers,
    }
}

/// The failure of a call that meets the scripted fault; the call after it works.
async fn failure(stage: &Stage, row: &str) -> Status {
    let mut vendor = stage.vendor().await.unwrap();
    let status = vendor
        .population
        .verify_citizen(request(stage))
        .await
        .expect_err(row);
    assert_eq!(
        stage.mocks().population().waiting_faults(),
        [],
        "{row}: not played"
    );
    let next = vendor.population.verify_citizen(request(stage)).await;
    let next = next.unwrap_or_else(|status| panic!("after {row}: {}", status.message()));
    assert_eq!(next.into_inner().verdict(), Verdict::Match, "after {row}");
    status
}

fn check(row: &str, status: &Status, expected: (Code, &str)) {
    assert_eq!(
        (status.code(), reason(status).as_str()),
        expected,
        "{row}: {}",
        status.message()
    );
    assert_eq!(
        metadata(status, "upstream").as_deref(),
        Some("population"),
        "{row}"
    );
    assert_eq!(
        metadata(status, "fallback").as_deref(),
        Some("paper,vneid,qr"),
        "{row}"
    );
    let can_try_again = matches!(expected.0, Code::Unavailable | Code::ResourceExhausted);
    assert_eq!(
        status.get_details_retry_info().is_some(),
        can_try_again,
        "{row}"
    );
    for theirs in ["Request Rejected", "máy chủ", "Thử", "000185000001", "html"] {
        assert!(
            !status.message().contains(theirs),
            "{row}: the upstream's own words"
        );
    }
}

/// What the database does instead of answering, and what the caller is told.
#[rustfmt::skip] // A row a line.
fn broken_answers() -> Vec<(&'static str, FaultEffect, (Code, &'static str))> {
    let (unavailable, nonsense, timeout) = (
        (Code::Unavailable, "UPSTREAM_UNAVAILABLE"),
        (Code::Unavailable, "UPSTREAM_NONSENSE"),
        (Code::Unavailable, "UPSTREAM_TIMEOUT"),
    );
    vec![
        ("a firewall's page", FaultEffect::Html, nonsense),
        ("garbage", FaultEffect::Garbage, nonsense),
        ("another namespace", FaultEffect::WrongNamespace, nonsense),
        ("two megabytes", FaultEffect::HugeBody { bytes: 2 << 20 }, nonsense),
        ("half an answer", FaultEffect::Truncate { bytes: 120 }, unavailable),
        ("no answer, not done", FaultEffect::DropBeforeEffect, unavailable),
        ("no answer, done", FaultEffect::DropAfterEffect, unavailable),
        ("500", status(500), unavailable),
        ("502", status(502), unavailable),
        ("503", status(503), unavailable),
        ("a redirect", status(302), nonsense),
        ("403", status(403), (Code::FailedPrecondition, "UPSTREAM_REFUSED_ADDRESS")),
        ("404", status(404), (Code::FailedPrecondition, "UPSTREAM_REJECTED")),
        ("429", status(429), (Code::ResourceExhausted, "UPSTREAM_THROTTLED")),
        ("silence", FaultEffect::Delay { ms: 2_500, before_effect: false }, timeout),
        ("a slow drip", FaultEffect::SlowDrip { bytes: 1, every_ms: 200 }, timeout),
    ]
}

#[tokio::test]
async fn every_broken_answer_is_a_typed_failure_and_the_next_call_works() {
    let stage = stage().await;
    for (row, effect, expected) in broken_answers() {
        script(&stage, "037", 1, effect);
        check(row, &failure(&stage, row).await, expected);
    }
}

/// Bodies that an XML reader must survive.
fn hostile_bodies() -> Vec<(&'static str, String)> {
    let entities = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><a>&d;</a>";
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    let envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    let empty = format!("<s:Envelope xmlns:s=\"{envelope}\"><s:Body/></s:Envelope>");
    vec![
        ("nothing", String::new()),
        ("white space", " \n ".to_owned()),
        ("a sentence", "Không có dữ liệu".to_owned()),
        ("JSON", "{\"error\": \"timeout\"}".to_owned()),
        ("an envelope of nothing", empty),
        ("entities in entities", entities.to_owned()),
        ("a file by entity", file.to_owned()),
        ("100,000 levels", "<a>".repeat(100_000)),
        (
            "100,000 levels that end",
            "<a>".repeat(100_000) + &"</a>".repeat(100_000),
        ),
        ("elements crossed", "<a><b></a></b>".to_owned()),
        ("an endless name", format!("<{}/>", "a".repeat(500_000))),
        (
            "an endless attribute",
            format!("<a b=\"{}\"/>", "c".repeat(500_000)),
        ),
        (
            "100,000 attributes",
            format!("<a {}/>", "b='' ".repeat(100_000)),
        ),
        ("an unknown entity", "<a>&nbsp;</a>".to_owned()),
        ("a NUL by number", "<a>&#0;</a>".to_owned()),
        ("a comment without end", "<!-- ".to_owned()),
        ("a CDATA without end", "<a><![CDATA[".to_owned()),
    ]
}

#[tokio::test]
async fn hostile_xml_is_nonsense_and_nothing_worse() {
    let stage = stage().await;
    for (row, text) in hostile_bodies() {
        for content_type in ["text/xml; charset=utf-8", "application/soap+xml"] {
            script(&stage, "037", 1, body(content_type, &text));
            let expected = (Code::Unavailable, "UPSTREAM_NONSENSE");
            check(row, &failure(&stage, row).await, expected);
        }
    }
}

#[tokio::test]
async fn a_token_that_does_not_come_is_a_typed_failure_too() {
    let rows = [
        ("a firewall's page", FaultEffect::Html),
        ("garbage", FaultEffect::Garbage),
        ("cut", FaultEffect::DropBeforeEffect),
        ("500", status(500)),
        ("401", status(401)),
        ("no JSON of ours", body("application/json", "[]")),
        (
            "an empty token",
            body(
                "application/json",
                "{\"access_token\":\"\",\"expires_in\":3600}",
            ),
        ),
        (
            "half a header",
            body(
                "application/json",
                "{\"access_token\":\"a\\r\\nb\",\"expires_in\":1}",
            ),
        ),
    ];
    let stage = stage().await;
    for (row, effect) in rows {
        stage.mocks().population().forget_tokens();
        let mut vendor = stage.vendor().await.unwrap();
        // The old token is refused once, and the new one does not come.
        script(&stage, "token", 1, effect);
        let status = vendor
            .population
            .verify_citizen(request(&stage))
            .await
            .expect_err(row);
        assert_eq!(
            status.code(),
            Code::Unavailable,
            "{row}: {}",
            status.message()
        );
        assert!(
            reason(&status).starts_with("UPSTREAM_"),
            "{row}: {}",
            reason(&status)
        );
        // For a pause nobody asks again, so that a wrong password locks no account.
        let asked = tokens_asked_for(&stage);
        for _ in 0..5 {
            let again = vendor.population.verify_citizen(request(&stage)).await;
            assert_eq!(
                again.map(|_| ()).map_err(|status| status.code()),
                Err(Code::Unavailable)
            );
        }
        assert_eq!(tokens_asked_for(&stage), asked, "{row}");
        serves_again(&stage).await;
    }
}

fn tokens_asked_for(stage: &Stage) -> usize {
    let asked = stage.asked();
    asked
        .iter()
        .filter(|entry| entry.operation == "token")
        .count()
}

/// Waits until a look-up works.
async fn serves_again(stage: &Stage) {
    let mut vendor = stage.vendor().await.unwrap();
    eventually("a look-up that works", async || {
        let answer = vendor.population.verify_citizen(request(stage)).await;
        Ok(answer
            .ok()
            .filter(|answer| answer.get_ref().verdict() == Verdict::Match))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_once_and_the_caller_sees_two_attempts() {
    let stage = stage().await;
    let mut vendor = stage.vendor().await.unwrap();
    vendor
        .population
        .verify_citizen(request(&stage))
        .await
        .unwrap();
    script(&stage, "037", 1, FaultEffect::ExpireSession);
    let answer = vendor
        .population
        .verify_citizen(request(&stage))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.verdict(), Verdict::Match);
    assert_eq!(answer.provenance.unwrap().attempts, 2);
    assert_eq!(stage.mocks().population().tokens_issued(), 2);

    script(&stage, "037", 2, status(401));
    let row = "401 twice";
    let expected = (Code::Unavailable, "UPSTREAM_REFUSED_CREDENTIALS");
    check(row, &failure(&stage, row).await, expected);
}

#[tokio::test]
async fn the_wait_that_the_database_asks_for_is_handed_on() {
    let stage = stage().await;
    let headers = BTreeMap::from([("retry-after".to_owned(), "7".to_owned())]);
    script(
        &stage,
        "037",
        1,
        FaultEffect::Status {
            code: 429,
            body: String::new(),
            headers,
        },
    );
    let status = failure(&stage, "429 with Retry-After").await;
    let wait = status
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap();
    assert_eq!(wait.as_secs(), 7);
}

#[tokio::test]
async fn an_outage_is_told_at_once_over_json_too_and_ends_with_it() {
    let stage = stage().await;
    stage.mocks().population().pause();
    let mut wire = stage.wire().await.unwrap();
    let json = json_of("lienthong.v1.VerifyCitizenRequest", &request(&stage))
        .unwrap()
        .to_string();
    let answer = wire.json(VERIFY, json.clone()).await.unwrap();
    assert_eq!(answer.http, 503);
    let expected = (Code::Unavailable, "UPSTREAM_UNAVAILABLE");
    check("an outage", &answer.connect_status().unwrap(), expected);
    stage.mocks().population().resume();
    serves_again(&stage).await;
    assert_eq!(wire.json(VERIFY, json).await.unwrap().http, 200);
}

#[tokio::test]
async fn the_callers_deadline_counts_where_it_is_shorter() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let (late, body) = (
        FaultEffect::Delay {
            ms: 3_000,
            before_effect: false,
        },
        request(&stage),
    );
    script(&stage, "037", 2, late);
    let short = [("grpc-timeout", "300m")];
    let answer = wire.grpc(VERIFY, &short, frame(&body)).await.unwrap();
    let status = answer.status().unwrap();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    let json = json_of("lienthong.v1.VerifyCitizenRequest", &body)
        .unwrap()
        .to_string();
    let headers = [
        ("content-type", "application/json"),
        ("connect-timeout-ms", "300"),
    ];
    let answer = wire.post(VERIFY, &headers, json).await.unwrap();
    assert_eq!(answer.http, 504);
    assert_eq!(answer.json().unwrap()["code"], "deadline_exceeded");
    let answer = wire.grpc(VERIFY, &[], frame(&body)).await.unwrap();
    let answer: v1::VerifyCitizenResponse = answer.message().unwrap();
    assert_eq!(answer.verdict(), Verdict::Match);
}
