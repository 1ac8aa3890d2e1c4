//! Cases 9 and 12: some officers and procedures are licensed and others not yet; and a
//! refusal of our own credentials is a matter for the operator, not for the officer.

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::desk::failure;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::metadata;
use tonic::Code;

fn asked_by(stage: &Stage, officer: &str, sequence: u32) -> v1::VerifyCitizenRequest {
    let plain = stage.citizen("plain").unwrap();
    let mut question = messages::verify(&plain, &stage.dossier_code(sequence));
    question.context.as_mut().unwrap().officer_id = officer.to_owned();
    question
}

#[tokio::test]
async fn case_9_an_officer_who_is_not_mapped_is_refused_here_and_others_work() {
    let named = "[{ officer = '000180000009', code = 'CB-09' }]";
    let rows = [
        // One officer is named, and there is no shared account.
        (Profile::SoapLgsp, Settings::default()),
        (
            Profile::SoapEsb,
            Settings::for_profile(Profile::SoapEsb).with("population.officers", named),
        ),
        (
            Profile::JsonFlat,
            Settings::for_profile(Profile::JsonFlat).with("population.officers", named),
        ),
    ];
    for (profile, settings) in rows {
        let row = profile.name();
        let stage = Stage::with(settings).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let refused = desk.ask(asked_by(&stage, "000180000077", 1)).await;
        let expected = (Code::PermissionDenied, "OFFICER_NOT_MAPPED".to_owned());
        assert_eq!(failure(&refused), Some(expected), "{row}");
        assert_eq!(stage.asked(), [], "{row}");
        let answer = desk
            .ask(asked_by(&stage, messages::OFFICER, 1))
            .await
            .expect(row);
        assert_eq!(answer.verdict(), Verdict::Match, "{row}");
    }
}

#[tokio::test]
async fn case_9_what_is_not_licensed_yet_stops_nothing_else() {
    for profile in Profile::ALL {
        let row = profile.name();
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let body = |code: &str| format!("{{\"message\":\"Error\",\"errorCode\":\"{code}\"}}");
        let codes = [
            ("004", "PROCEDURE_NOT_LICENSED"),
            ("005", "OFFICER_NOT_LICENSED"),
        ];
        // More often than the breaker would take from an upstream that fails.
        for (sequence, (code, reason)) in (1..=12).zip(codes.into_iter().cycle()) {
            let effect = FaultEffect::Status {
                code: 400,
                body: body(code),
                headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
            };
            let fault = Fault::new(effect).on("037");
            stage.mocks().population().script(fault).unwrap();
            let refused = desk
                .ask(asked_by(&stage, messages::OFFICER, sequence))
                .await;
            let expected = (Code::PermissionDenied, reason.to_owned());
            assert_eq!(failure(&refused), Some(expected), "{row}");
        }
        let answer = desk
            .ask(asked_by(&stage, messages::OFFICER, 20))
            .await
            .expect(row);
        assert_eq!(answer.verdict(), Verdict::Match, "{row}");
    }
}

#[tokio::test]
async fn case_12_a_wrong_hash_reaches_the_operator_and_leaves_the_officer_the_lawful_ways() {
    let settings =
        Settings::for_profile(Profile::SoapEsb).with("population.esb.timestamp_unit", "seconds");
    let stage = Stage::with(settings).await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let refused = desk.ask(asked_by(&stage, messages::OFFICER, 1)).await;
    let expected = (Code::Unavailable, "UPSTREAM_REFUSED_CREDENTIALS".to_owned());
    assert_eq!(failure(&refused), Some(expected));
    let fallback = metadata(&refused.unwrap_err(), "fallback");
    assert_eq!(fallback.as_deref(), Some("paper,vneid,qr"));
    assert_eq!(stage.asked_under("037").len(), 1, "not tried again");
    let health = vendor.health().await.unwrap();
    let upstream = health
        .upstreams
        .iter()
        .find(|it| it.name == "population")
        .unwrap();
    let reasons: Vec<_> = upstream
        .reasons
        .iter()
        .map(|reason| reason.code.as_str())
        .collect();
    assert!(reasons.contains(&"CREDENTIALS_REFUSED"), "{reasons:?}");
}
