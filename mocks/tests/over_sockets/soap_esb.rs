//! Profile soap-esb: every call is signed, and the clock matters.

use std::fmt::Write as _;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use lienthong_mocks::{EsbSettings, Mocks, MocksConfig, Outcome, TimestampUnit, UnitElement};
use reqwest::Response;

use crate::caller::{client, envelope, lookup, mocks, plain_lookup};

const LOOKUP: &str = "/esb/dancu/tracuu";

/// The time of a mock that was started with the settings of a test and asked nothing yet. The
/// journal of a refused call tells it.
async fn mock_time(mocks: &Mocks) -> Timestamp {
    let url = format!("{}{LOOKUP}", mocks.population_url());
    client().post(url).send().await.unwrap();
    mocks.population().journal().pop().unwrap().at
}

fn hash(sv_url: &str, user: &str, timestamp: &str, secret: &str) -> String {
    let text = format!("{sv_url}{user}{timestamp}{secret}");
    digest(&SHA256, text.as_bytes())
        .as_ref()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
}

/// A call signed for `sv_url` with this timestamp, and more headers if wanted.
async fn signed(
    mocks: &Mocks,
    path: &str,
    sv_url: &str,
    timestamp: &str,
    more: &[(&str, &str)],
    operation: &str,
) -> Response {
    let password = hash(sv_url, "demo_user", timestamp, "demo_secret");
    let mut request = client()
        .post(format!("{}{path}", mocks.population_url()))
        .header("Timestamp", timestamp)
        .header(
            "Authorization",
            format!("Basic {}", STANDARD.encode(format!("demo_user:{password}"))),
        )
        .header("Content-Type", "application/xml");
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    request.body(envelope(operation)).send().await.unwrap()
}

async fn asked(mocks: &Mocks, operation: &str) -> (u16, String) {
    let timestamp = mock_time(mocks).await.as_millisecond().to_string();
    let answer = signed(mocks, LOOKUP, "/dancu/tracuu", &timestamp, &[], operation).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn compact() -> String {
    plain_lookup().replace("1985-02-13", "19850213")
}

fn reason(mocks: &Mocks) -> String {
    match mocks.population().journal().pop().unwrap().outcome {
        Outcome::Unauthenticated(reason) => reason,
        other => panic!("{other:?}"),
    }
}

async fn with(settings: EsbSettings) -> Mocks {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.esb = settings;
    Mocks::start(config).await.unwrap()
}

#[tokio::test]
async fn a_signed_call_is_answered_and_wants_the_compact_date() {
    let mocks = mocks().await;
    let (status, body) = asked(&mocks, &compact()).await;
    assert_eq!(status, 200);
    assert!(
        body.contains("<ns1:Ten>TRẦN THỊ MẪU THỬ</ns1:Ten>"),
        "{body}"
    );
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (entry.profile, entry.operation.as_str(), entry.key()),
        (Some("soap-esb"), "037", Some("H99-1"))
    );
    assert!(entry.headers.iter().any(|name| name == "timestamp"));
    let (status, body) = asked(&mocks, &plain_lookup()).await;
    assert!(
        status == 500 && body.contains("NgayThangNamSinh"),
        "{status} {body}"
    );
}

#[tokio::test]
async fn a_hash_over_the_called_path_instead_of_the_agreed_name_is_a_plain_401() {
    let mocks = mocks().await;
    let timestamp = mock_time(&mocks).await.as_millisecond().to_string();
    let answer = signed(&mocks, LOOKUP, LOOKUP, &timestamp, &[], &compact()).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.text().await.unwrap(), "");
    assert!(reason(&mocks).contains("hash"), "{}", reason(&mocks));
}

#[tokio::test]
async fn each_operation_is_hashed_under_its_own_name() {
    let mocks = mocks().await;
    let timestamp = mock_time(&mocks).await.as_millisecond().to_string();
    for name in ["tracuu", "xacthuc", "hogiadinh", "nhanthan"] {
        let (path, sv_url) = (format!("/esb/dancu/{name}"), format!("/dancu/{name}"));
        let own = signed(&mocks, &path, &sv_url, &timestamp, &[], "<x/>").await;
        assert_eq!(
            own.status(),
            500,
            "{name} is read, and refused as a request"
        );
        let other = signed(&mocks, &path, "/dancu/khac", &timestamp, &[], "<x/>").await;
        assert_eq!(other.status(), 401, "{name}");
    }
}

#[tokio::test]
async fn a_clock_that_is_off_by_more_than_five_minutes_is_refused_either_way() {
    let mocks = mocks().await;
    let now = mock_time(&mocks).await.as_millisecond();
    for (off_seconds, status) in [(-280, 200), (-302, 401), (295, 200), (330, 401)] {
        let timestamp = (now + off_seconds * 1000).to_string();
        let answer = signed(&mocks, LOOKUP, "/dancu/tracuu", &timestamp, &[], &compact()).await;
        assert_eq!(answer.status(), status, "{off_seconds} s");
    }
    assert!(reason(&mocks).contains("clock"), "{}", reason(&mocks));
    mocks.advance(Duration::from_mins(6));
    let timestamp = now.to_string();
    let late = signed(&mocks, LOOKUP, "/dancu/tracuu", &timestamp, &[], &compact()).await;
    assert_eq!(late.status(), 401, "the government's clock judges");
}

#[tokio::test]
async fn seconds_are_refused_where_milliseconds_are_agreed_and_the_other_way_round() {
    for (unit, agreed, other) in [
        (TimestampUnit::Milliseconds, 1, 1000),
        (TimestampUnit::Seconds, 1000, 1),
    ] {
        let mocks = with(EsbSettings {
            timestamp_unit: unit,
            ..EsbSettings::default()
        })
        .await;
        let now = mock_time(&mocks).await.as_millisecond();
        for (divisor, status) in [(agreed, 200), (other, 401)] {
            let timestamp = (now / divisor).to_string();
            let answer = signed(&mocks, LOOKUP, "/dancu/tracuu", &timestamp, &[], &compact()).await;
            assert_eq!(answer.status(), status, "{unit:?} / {divisor}");
        }
    }
}

#[tokio::test]
async fn the_road_client_and_the_api_key_are_asked_for_when_they_are_agreed() {
    let mocks = with(EsbSettings {
        x_road_client: Some("VN/GOV/H99/motcua".to_owned()),
        api_key: Some("demo-key".to_owned()),
        ..EsbSettings::default()
    })
    .await;
    let timestamp = mock_time(&mocks).await.as_millisecond().to_string();
    let client = ("X-Road-Client", "VN/GOV/H99/motcua");
    let key = ("ApiKey", "demo-key");
    let cases: [(&[(&str, &str)], u16); 4] = [
        (&[client, key], 200),
        (&[client], 401),
        (&[key], 401),
        (&[client, ("ApiKey", "other")], 401),
    ];
    for (headers, status) in cases {
        let answer = signed(
            &mocks,
            LOOKUP,
            "/dancu/tracuu",
            &timestamp,
            headers,
            &compact(),
        )
        .await;
        assert_eq!(answer.status(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn the_agency_stands_where_the_bus_wants_it() {
    let unit = "<dan:MaDonVi>H99.1</dan:MaDonVi>";
    let absent = compact();
    let before = compact().replace("<dan:MaCanBo>", &format!("{unit}<dan:MaCanBo>"));
    let after = compact().replace("<dan:SoDinhDanh>", &format!("{unit}<dan:SoDinhDanh>"));
    for (rule, taken) in [
        (UnitElement::Anywhere, [true, true, true]),
        (UnitElement::MayStandBefore, [true, true, false]),
        (UnitElement::Absent, [true, false, false]),
        (UnitElement::Before, [false, true, false]),
        (UnitElement::After, [false, false, true]),
    ] {
        let mocks = with(EsbSettings {
            unit: rule,
            ..EsbSettings::default()
        })
        .await;
        for (operation, taken) in [&absent, &before, &after].into_iter().zip(taken) {
            let (status, body) = asked(&mocks, operation).await;
            assert_eq!(status == 200, taken, "{rule:?}: {body}");
        }
    }
}

#[tokio::test]
async fn the_court_systems_account_fields_may_follow_the_officer() {
    let mocks = mocks().await;
    let fields = "<dan:TaiKhoan>canbo01</dan:TaiKhoan><dan:SoDienThoai>0</dan:SoDienThoai>";
    let with_account = compact().replace("<dan:SoDinhDanh>", &format!("{fields}<dan:SoDinhDanh>"));
    assert_eq!(asked(&mocks, &with_account).await.0, 200);
}

#[tokio::test]
async fn a_lone_year_and_an_old_card_are_taken() {
    let mocks = mocks().await;
    let year = lookup(
        ("SoDinhDanh", "000145000004"),
        "PHAMTHINAM",
        ("Nam", "1945"),
    );
    let card = lookup(("SoCMND", "000100013"), "HOANGVANCU", ("Nam", "1958"));
    for operation in [year, card] {
        let (status, body) = asked(&mocks, &operation).await;
        assert!(status == 200 && body.contains("<ns1:CongDan>"), "{body}");
    }
}
