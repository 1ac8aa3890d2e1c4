//! Who may look up what is decided by the caller's certificate and the policy, before anybody
//! is asked.

use lienthong::demo::messages;
use lienthong::pki::{PkiNames, write_development_pki};
use lienthong_proto::v1;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{Wire, connect_name, frame, json_of, post_json, reason};
use tonic::{Code, Status};

const VERIFY: &str = "/lienthong.v1.PopulationService/VerifyCitizen";

async fn stage_for(client: &str) -> Stage {
    Stage::with(Settings::default().with("listen.plain_client", client))
        .await
        .unwrap()
}

fn request(stage: &Stage) -> v1::VerifyCitizenRequest {
    messages::verify(&stage.citizen("plain").unwrap(), &stage.dossier_code(1))
}

/// The refusal of a look-up, which must be the same over JSON.
async fn refused(stage: &Stage, request: v1::VerifyCitizenRequest) -> Status {
    let json = json_of("lienthong.v1.VerifyCitizenRequest", &request)
        .unwrap()
        .to_string();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let status = vendor.population.verify_citizen(request).await.unwrap_err();
    let address = stage.addresses().unwrap().plain.unwrap();
    let answer = post_json(address, VERIFY, json).await.unwrap();
    assert_eq!(answer.json().unwrap()["code"], connect_name(status.code()));
    assert_eq!(reason(&answer.connect_status().unwrap()), reason(&status));
    assert_eq!(stage.asked(), [], "nobody was asked");
    status
}

#[tokio::test]
async fn a_caller_whom_nobody_knows_is_turned_away_everywhere() {
    let stage = Stage::with(Settings::default().without("listen.plain_client"))
        .await
        .unwrap();
    let status = refused(&stage, request(&stage)).await;
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::Unauthenticated, "UNKNOWN_CALLER")
    );
    let mut vendor = stage.plain_vendor().await.unwrap();
    let code = stage.dossier_code(1);
    let owner = stage.citizen("plain").unwrap();
    let event = messages::state(&code, v1::PortalStatus::Received, &owner, stage.now());
    let everywhere = [
        vendor.record_state(event).await.unwrap_err(),
        vendor.dossier(&code).await.unwrap_err(),
        vendor.health().await.unwrap_err(),
    ];
    for status in everywhere {
        assert_eq!(status.code(), Code::Unauthenticated);
    }
    // Over mutual TLS the same gateway knows its caller, and nothing was recorded.
    let unknown = stage
        .vendor()
        .await
        .unwrap()
        .dossier(&code)
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn a_known_system_without_a_grant_is_denied() {
    let stage = stage_for("archive").await;
    let status = refused(&stage, request(&stage)).await;
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason(&status), "NOT_PERMITTED_CLIENT");
}

#[tokio::test]
async fn a_grant_covers_its_procedures_and_purposes_and_no_others() {
    let stage = stage_for("clinic").await;
    let mut other_procedure = request(&stage);
    other_procedure.context.as_mut().unwrap().purpose = v1::Purpose::ResultDelivery.into();
    let status = refused(&stage, other_procedure).await;
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason(&status), "NOT_PERMITTED_PROCEDURE");
    let mut other_purpose = request(&stage);
    other_purpose.context.as_mut().unwrap().procedure_code = "1.001193".to_owned();
    let status = refused(&stage, other_purpose).await;
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason(&status), "NOT_PERMITTED_PURPOSE");

    let mut covered = request(&stage).context.unwrap();
    covered.procedure_code = "1.001193".to_owned();
    covered.purpose = v1::Purpose::ResultDelivery.into();
    let citizen = stage.citizen("plain").unwrap();
    let mut covered_look_up = messages::look_up(&citizen, &stage.dossier_code(1));
    covered_look_up.context = Some(covered);
    let mut vendor = stage.plain_vendor().await.unwrap();
    let answer = vendor
        .population
        .lookup_citizen(covered_look_up)
        .await
        .unwrap()
        .into_inner();
    let record = answer.citizen.unwrap();
    let only = v1::Citizen {
        full_name: record.full_name.clone(),
        ..v1::Citizen::default()
    };
    assert!(
        !record.full_name.is_empty() && record == only,
        "more than the grant shows"
    );
}

#[tokio::test]
async fn an_officer_without_a_credential_is_denied_before_anybody_is_asked() {
    let stage = Stage::start().await.unwrap();
    let mut unmapped = request(&stage);
    unmapped.context.as_mut().unwrap().officer_id = "000180000077".to_owned();
    let status = refused(&stage, unmapped).await;
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::PermissionDenied, "OFFICER_NOT_MAPPED")
    );
}

#[tokio::test]
async fn the_certificate_names_the_caller_for_grpc_and_json_alike() {
    let stage = Stage::with(Settings::default().without("listen.plain_client"))
        .await
        .unwrap();
    let (address, pki) = (stage.addresses().unwrap().tls.unwrap(), stage.pki());
    let identity = Some((pki.client_chain.as_path(), pki.client_key.as_path()));
    let mut wire = Wire::secured(address, &pki.ca, identity).await.unwrap();
    let answer = wire
        .grpc(VERIFY, &[], frame(&request(&stage)))
        .await
        .unwrap();
    answer.message::<v1::VerifyCitizenResponse>().unwrap();
    let json = json_of("lienthong.v1.VerifyCitizenRequest", &request(&stage)).unwrap();
    assert_eq!(wire.json(VERIFY, json.to_string()).await.unwrap().http, 200);
}

#[tokio::test]
async fn a_certificate_that_no_client_is_configured_for_is_turned_away() {
    let renamed = Settings::default()
        .without("listen.plain_client")
        .with("clients.0.common_name", "another-system");
    let stage = Stage::with(renamed).await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let status = vendor
        .population
        .verify_citizen(request(&stage))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(reason(&status), "UNKNOWN_CALLER");
    assert_eq!(stage.asked(), []);
}

#[tokio::test]
async fn without_a_certificate_of_the_right_authority_nobody_gets_in() {
    let stage = Stage::start().await.unwrap();
    let (address, pki) = (stage.addresses().unwrap().tls.unwrap(), stage.pki());
    let dir = tempfile::tempdir().unwrap();
    let other = write_development_pki(dir.path(), &PkiNames::default(), stage.now()).unwrap();
    let strangers = [
        None,
        Some((other.client_chain.as_path(), other.client_key.as_path())),
    ];
    for identity in strangers {
        let answer = match Wire::secured(address, &pki.ca, identity).await {
            Ok(mut wire) => wire
                .grpc(VERIFY, &[], frame(&request(&stage)))
                .await
                .map(|_| ()),
            Err(refused) => Err(refused),
        };
        assert!(answer.is_err());
    }
    assert_eq!(stage.asked(), []);
    assert!(stage.vendor().await.is_ok(), "others still get in");
}
