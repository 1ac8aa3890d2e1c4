//! Who may be given an answer that somebody else asked for.

use super::*;

/// A gateway whose plain text caller is `clinic`: another system, with one procedure, one
/// purpose and one field.
async fn two_systems(settings: Settings) -> (Stage, Desk, Desk) {
    let stage = Stage::with(settings.with("listen.plain_client", "clinic"))
        .await
        .unwrap();
    let igate = stage.desk(1).await.unwrap();
    let clinic = stage.plain_vendor().await.unwrap().population;
    let clinic = Desk::new(clinic, igate.dossier().to_owned());
    (stage, igate, clinic)
}

fn province() -> Settings {
    Settings::default()
        .with("cache.scope", "province")
        .with("cache.legal_basis", "QĐ 01/2026/QĐ-UBND, Điều 3")
}

/// What both systems may ask.
fn allowed_to_both(citizen: &SampleCitizen, dossier: &str) -> v1::LookupCitizenRequest {
    let mut request = messages::look_up(citizen, dossier);
    let context = request.context.as_mut().unwrap();
    context.procedure_code = "1.001193".to_owned();
    context.purpose = v1::Purpose::ResultDelivery.into();
    request
}

fn verification(request: v1::LookupCitizenRequest) -> v1::VerifyCitizenRequest {
    v1::VerifyCitizenRequest {
        context: request.context,
        identity: request.identity,
        full_name: request.full_name,
        birth: request.birth,
        freshness: request.freshness,
    }
}

#[tokio::test]
async fn another_dossier_is_another_question() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let other = desk.at(stage.dossier_code(2)).verify(&plain).await.unwrap();
    assert_eq!(source(&other), Source::Live);
    assert_eq!(asked(&stage), 2);
}

#[tokio::test]
async fn another_system_asks_for_itself() {
    let (stage, igate, clinic) = two_systems(Settings::default()).await;
    let question = allowed_to_both(&stage.citizen("plain").unwrap(), igate.dossier());
    for (desk, expected) in [
        (&igate, Source::Live),
        (&clinic, Source::Live),
        (&igate, Source::Cache),
    ] {
        let answer = desk.ask(verification(question.clone())).await.unwrap();
        assert_eq!(source(&answer), expected);
    }
    assert_eq!(asked(&stage), 2);
}

#[tokio::test]
async fn with_a_legal_basis_one_procedure_may_share_answers() {
    let settings = Settings::default()
        .with("cache.scope", "procedure")
        .with("cache.legal_basis", "QĐ 01/2026/QĐ-UBND, Điều 3");
    let stage = Stage::with(settings).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let elsewhere = desk.at(stage.dossier_code(2));
    assert_eq!(
        source(&elsewhere.verify(&plain).await.unwrap()),
        Source::Cache
    );
    let mut request = messages::verify(&plain, elsewhere.dossier());
    request.context.as_mut().unwrap().procedure_code = "1.001193".to_owned();
    let other = elsewhere.ask(request).await.unwrap();
    assert_eq!(source(&other), Source::Live, "another procedure");
}

#[tokio::test]
async fn without_a_legal_basis_nobody_may_share() {
    for (key, value) in [("cache.scope", "province"), ("cache.verdict.stale", "1h")] {
        let refused = Stage::with(Settings::default().with(key, value)).await;
        let problems = refused.err().expect(key).to_string();
        assert!(problems.contains("cache.legal_basis"), "{problems}");
    }
}

#[tokio::test]
async fn a_system_that_may_see_less_is_not_served_from_what_another_saw() {
    let (stage, igate, clinic) = two_systems(province()).await;
    let plain = stage.citizen("plain").unwrap();
    let question = allowed_to_both(&plain, igate.dossier());
    let wide = igate.ask_for_record(question.clone()).await.unwrap();
    let narrow = clinic.ask_for_record(question.clone()).await.unwrap();
    assert_eq!(
        (record_source(&wide), record_source(&narrow)),
        (Source::Live, Source::Live)
    );
    let record = narrow.citizen.unwrap();
    let only = v1::Citizen {
        full_name: record.full_name.clone(),
        ..v1::Citizen::default()
    };
    assert!(
        !only.full_name.is_empty() && record == only,
        "more than the grant shows"
    );

    // What the narrow system brought serves the wide one for that field, and no further.
    let name = v1::LookupCitizenRequest {
        fields: Some(prost_types::FieldMask {
            paths: vec!["full_name".to_owned()],
        }),
        ..question.clone()
    };
    let name = igate.ask_for_record(name).await.unwrap();
    assert_eq!(record_source(&name), Source::Cache);
    let whole = igate.ask_for_record(question.clone()).await.unwrap();
    assert!(whole.citizen == wide.citizen, "fields are missing");
    // A verdict shows no field, so anybody who may verify shares it.
    let verdict = clinic.ask(verification(question)).await.unwrap();
    assert_eq!(source(&verdict), Source::Cache);
}

#[tokio::test]
async fn a_shared_answer_still_needs_permission() {
    let (stage, igate, clinic) = two_systems(province()).await;
    let plain = stage.citizen("plain").unwrap();
    igate.verify(&plain).await.unwrap();
    let refused = clinic.verify(&plain).await;
    let expected = (Code::PermissionDenied, "NOT_PERMITTED_PROCEDURE".to_owned());
    assert_eq!(failure(&refused), Some(expected));
}
