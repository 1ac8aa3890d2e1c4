//! What an upstream says besides an answer: codes that are known, codes that are none, and
//! wrappers that hold something else (population.md 11).

use lienthong_mocks::FaultEffect;
use lienthong_tests::profile::Profile;
use tonic::Code;

use super::ground::{
    Ground, NONSENSE, NOT_ADMITTED, REFUSED, REJECTED, THROTTLED, Told, UNAVAILABLE, answer, check,
};

const JSON: &str = "application/json";
const NOT_LICENSED: Told = (Code::PermissionDenied, "PROCEDURE_NOT_LICENSED");
const OFFICER: Told = (Code::PermissionDenied, "OFFICER_NOT_LICENSED");
const STEP_UP: Told = (Code::FailedPrecondition, "STEP_UP_REQUIRED");

/// Codes that a platform in front of the database says, whatever the profile.
#[rustfmt::skip] // A row a line.
fn codes() -> Vec<(&'static str, FaultEffect, Told)> {
    vec![
        ("004", answer(400, JSON, r#"{"message":"Error","errorCode":"004"}"#), NOT_LICENSED),
        ("005", answer(400, JSON, r#"{"message":"Error","errorCode":"005"}"#), OFFICER),
        ("004 with 200", answer(200, JSON, r#"{"message":"Error","errorCode":"004"}"#), NOT_LICENSED),
        ("001", answer(400, JSON, r#"{"message":"Error","errorCode":"001"}"#), REJECTED),
        ("a password is wanted", FaultEffect::otp_needed(), STEP_UP),
        ("a password was wrong", FaultEffect::otp_wrong(), STEP_UP),
        ("IP_DISALLOWED", FaultEffect::ip_disallowed(), NOT_ADMITTED),
        (
            "IP_DISALLOWED with 200",
            answer(200, JSON, r#"{"status":0,"error_code":101,"message":"IP_DISALLOWED"}"#), NOT_ADMITTED,
        ),
        ("AUTHEN_ERROR", answer(200, JSON, r#"{"status":0,"error_code":"100"}"#), REFUSED),
        ("throttled by WSO2", answer(200, JSON, r#"{"fault":{"code":900800}}"#), THROTTLED),
        ("an X-Road failure", FaultEffect::x_road("Server.ServerProxy.NetworkError"), UNAVAILABLE),
        ("an X-Road denial", FaultEffect::x_road("Server.ServerProxy.AccessDenied"), NOT_ADMITTED),
        (
            "an exception in errorCode",
            answer(400, JSON, r#"{"errorCode":"java.lang.IllegalStateException: Trần Thị Mẫu Thử"}"#),
            REJECTED,
        ),
        (
            "an exception in errorCode, with 200",
            answer(200, JSON, r#"{"errorCode":"java.sql.SQLException: 000185000001 004"}"#),
            NONSENSE,
        ),
        ("a code inside a sentence", answer(500, JSON, r#"{"errorCode":"Lỗi 004 máy chủ"}"#), UNAVAILABLE),
    ]
}

#[tokio::test]
async fn a_known_code_is_understood_and_any_other_text_is_neither_believed_nor_repeated() {
    for profile in Profile::ALL {
        let ground = Ground::of(profile).await;
        for (row, effect, expected) in codes() {
            let row = format!("{}: {row}", profile.name());
            ground.script("037", 1, effect);
            let failure = ground.fails_once(&row).await;
            check(&row, &failure.status, expected);
            assert_eq!(failure.sent, 1, "{row}");
        }
    }
}

/// A wrapper in the upstream's own form, with something else in it than an answer.
#[rustfmt::skip] // A row a line.
fn wrapped() -> Vec<(&'static str, FaultEffect, Told)> {
    let (soap, nothing) = (r"<a>Trần Thị Mẫu Thử</a>", "");
    vec![
        ("failed, in words", FaultEffect::error_text("-1", "Không có dữ liệu Trần Thị Mẫu Thử"), NONSENSE),
        ("succeeded, in words", FaultEffect::error_text("0", "Thành công"), NONSENSE),
        ("succeeded, with nothing", FaultEffect::error_text("0", nothing), NONSENSE),
        ("succeeded, with other XML", FaultEffect::error_text("0", soap), NONSENSE),
        ("a code that is a number", FaultEffect::error_text(-1, "máy chủ bận"), NONSENSE),
        ("not licensed", FaultEffect::procedure_not_licensed(), NOT_LICENSED),
        ("an officer who is not licensed", FaultEffect::officer_not_licensed(), OFFICER),
        ("no wrapper", answer(200, JSON, "[]"), NONSENSE),
        ("a wrapper of nothing", answer(200, JSON, r#"{"error_code":"0"}"#), NONSENSE),
        ("a wrapper of null", answer(200, JSON, r#"{"error_code":"0","message":null}"#), NONSENSE),
    ]
}

#[tokio::test]
async fn a_wrapper_whose_message_is_not_the_answer_is_never_a_citizen() {
    let ground = Ground::of(Profile::JsonWrapXml).await;
    for (row, effect, expected) in wrapped() {
        ground.script("037", 1, effect);
        let failure = ground.fails_once(row).await;
        check(row, &failure.status, expected);
    }
}

#[tokio::test]
async fn a_soap_fault_is_a_failure_of_the_database_and_its_words_are_not_repeated() {
    for profile in Profile::ALL.into_iter().filter(|it| it.is_soap()) {
        let ground = Ground::of(profile).await;
        for code in [
            "soapenv:Server",
            "soapenv:Client",
            "java.lang.IllegalStateException",
        ] {
            let row = format!("{}: {code}", profile.name());
            let effect = FaultEffect::error_text(code, "máy chủ bận: Trần Thị Mẫu Thử");
            ground.script("037", 1, effect);
            let failure = ground.fails_once(&row).await;
            check(&row, &failure.status, UNAVAILABLE);
            assert_eq!(failure.sent, 1, "{row}");
        }
    }
}

/// JSON that is not the record, or not quite.
#[rustfmt::skip] // A row a line.
fn other_json() -> Vec<(&'static str, &'static str)> {
    vec![
        ("nothing", ""),
        ("null", "null"),
        ("a list", "[]"),
        ("an empty object", "{}"),
        ("a text in place of the collection", r#"{"CongdanCollection":"Trần Thị Mẫu Thử"}"#),
        ("a number in place of a citizen", r#"{"CongdanCollection":{"CongDan":1}}"#),
        ("a citizen without a name", r#"{"CongdanCollection":{"CongDan":{"SoDinhDanh":"000185000001"}}}"#),
        ("two collections", r#"{"CongdanCollection":{},"CongdanCollection":{}}"#),
        ("a broken text", "{\"CongdanCollection\":{\"CongDan\":{\"SoDinhDanh\":\"\\ud800\"}}}"),
    ]
}

#[tokio::test]
async fn json_that_is_not_the_record_is_nonsense() {
    let ground = Ground::of(Profile::JsonFlat).await;
    for (row, text) in other_json() {
        ground.script("037", 1, answer(200, JSON, text));
        let failure = ground.fails_once(row).await;
        check(row, &failure.status, NONSENSE);
    }
    for (code, message, expected) in [
        ("004", "Trần Thị Mẫu Thử", NOT_LICENSED),
        ("005", "Trần Thị Mẫu Thử", OFFICER),
        (
            "java.lang.NullPointerException",
            "Trần Thị Mẫu Thử",
            REJECTED,
        ),
    ] {
        ground.script("037", 1, FaultEffect::error_text(code, message));
        check(code, &ground.fails_once(code).await.status, expected);
    }
}
