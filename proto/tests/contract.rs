//! The descriptor set against the published contract: services, methods, and what may be printed.

use std::collections::BTreeSet;

use lienthong_proto::v1::{
    AccessContext, BirthDate, Citizen, Dossier, Identity, LookupCitizenResponse, Owner,
    OwnerIdentity, Relative, Step, VerifyCitizenRequest, birth_date, identity,
};
use prost::{DecodeError, Message};
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// Every method of the contract, with the number of requests and responses of one call.
const METHODS: &[&str] = &[
    "AuditService/ExportCitizenReport 1:n",
    "AuditService/ListAccesses 1:1",
    "AuditService/VerifyLog 1:1",
    "CatalogueService/GetProcedure 1:1",
    "CatalogueService/ListCatalogueChanges 1:1",
    "CatalogueService/ListCatalogueFields 1:1",
    "CatalogueService/ListCatalogueUnits 1:1",
    "CatalogueService/ListProcedures 1:1",
    "CatalogueService/RefreshCatalogue 1:1",
    "DossierService/GetDossier 1:1",
    "DossierService/RecordDossier 1:1",
    "DossierService/RecordEvents n:n",
    "DossierService/RecordProgress 1:1",
    "DossierService/WatchDossier 1:n",
    "EssentialServicesService/ApproveReport 1:1",
    "EssentialServicesService/CheckServices 1:1",
    "EssentialServicesService/ExportReport 1:n",
    "EssentialServicesService/GetService 1:1",
    "EssentialServicesService/ImportEvidence 1:1",
    "EssentialServicesService/ListEvidence 1:1",
    "EssentialServicesService/ListRebuilds 1:1",
    "EssentialServicesService/ListReports 1:1",
    "EssentialServicesService/ListServices 1:1",
    "EssentialServicesService/RebuildObservations 1:1",
    "EssentialServicesService/RecordEvidence 1:1",
    "EssentialServicesService/RecordPublication 1:1",
    "EssentialServicesService/WithdrawReport 1:1",
    "IntakeService/AcknowledgeIncoming 1:1",
    "IntakeService/StreamIncoming 1:n",
    "PopulationService/LookupCitizen 1:1",
    "PopulationService/LookupHousehold 1:1",
    "PopulationService/VerifyCitizen 1:1",
    "PopulationService/VerifyCitizens n:n",
    "SyncService/CancelOperation 1:1",
    "SyncService/CorrectDossier 1:1",
    "SyncService/GetOperation 1:1",
    "SyncService/GetReconciliation 1:1",
    "SyncService/GetSyncHealth 1:1",
    "SyncService/ListDifferences 1:1",
    "SyncService/ListDossiers 1:1",
    "SyncService/ListFailureCauses 1:1",
    "SyncService/PreviewRetry 1:1",
    "SyncService/RepairDifferences 1:1",
    "SyncService/ResolveUnknown 1:1",
    "SyncService/StartReconciliation 1:1",
    "SyncService/StartRetry 1:1",
    "SyncService/WatchSyncHealth 1:n",
];

/// Fields that always hold personal data.
const PERSONAL_FIELDS: &[&str] = &[
    "checked_by",
    "email",
    "full_name",
    "handler_name",
    "household_book_number",
    "officer_id",
    "old_id_card_number",
    "operator_id",
    "payer_identity",
    "payer_name",
    "personal_number",
    "phone",
    "signer",
    "started_by_operator",
    "stopped_by_operator",
];

fn files() -> Result<FileDescriptorSet, DecodeError> {
    FileDescriptorSet::decode(lienthong_proto::FILE_DESCRIPTOR_SET)
}

fn own_files() -> Result<Vec<FileDescriptorProto>, DecodeError> {
    let own = files()?
        .file
        .into_iter()
        .filter(|file| file.package() == "lienthong.v1");
    Ok(own.collect())
}

#[test]
fn the_descriptor_set_lists_exactly_the_methods_of_the_contract() {
    let mut found = BTreeSet::new();
    for service in own_files().unwrap().iter().flat_map(|file| &file.service) {
        for method in &service.method {
            let requests = if method.client_streaming() { "n" } else { "1" };
            let responses = if method.server_streaming() { "n" } else { "1" };
            found.insert(format!(
                "{}/{} {requests}:{responses}",
                service.name(),
                method.name()
            ));
        }
    }
    let expected: BTreeSet<String> = METHODS.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_descriptor_set_holds_every_file_that_it_imports() {
    let set = files().unwrap();
    let present: BTreeSet<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
    for file in &set.file {
        for import in &file.dependency {
            assert!(
                present.contains(import.as_str()),
                "{} imports {import}",
                file.name()
            );
        }
    }
}

#[test]
fn every_message_with_personal_data_has_a_masked_debug() {
    let masked: BTreeSet<&str> = include_str!("../masked_messages.txt").lines().collect();
    let mut personal = BTreeSet::new();
    for message in own_files()
        .unwrap()
        .iter()
        .flat_map(|file| &file.message_type)
    {
        collect_personal("lienthong.v1", message, &mut personal);
    }
    assert!(personal.len() > 10, "the walk finds messages");
    let open: Vec<_> = personal
        .iter()
        .filter(|name| !masked.contains(name.as_str()))
        .collect();
    assert!(open.is_empty(), "not in masked_messages.txt: {open:?}");
}

fn collect_personal(scope: &str, message: &DescriptorProto, found: &mut BTreeSet<String>) {
    let name = format!("{scope}.{}", message.name());
    if message
        .field
        .iter()
        .any(|field| PERSONAL_FIELDS.contains(&field.name()) && field.r#type() == Type::String)
    {
        found.insert(name.clone());
    }
    for nested in &message.nested_type {
        collect_personal(&name, nested, found);
    }
}

#[test]
fn debug_of_a_question_and_its_answer_shows_no_person() {
    let question = VerifyCitizenRequest {
        context: Some(AccessContext {
            officer_id: "000180000009".into(),
            officer_account: "tran.thi.can.bo".into(),
            dossier_code: "H22.12-250714-0007".into(),
            ..AccessContext::default()
        }),
        identity: Some(Identity {
            number: Some(identity::Number::PersonalNumber("000185000001".into())),
        }),
        full_name: "Trần Thị Mẫu Thử".into(),
        birth: Some(BirthDate {
            value: Some(birth_date::Value::Date("1985-02-13".into())),
        }),
        freshness: None,
    };
    let answer = LookupCitizenResponse {
        citizen: Some(Citizen {
            personal_number: "000185000001".into(),
            full_name: "TRẦN THỊ MẪU THỬ".into(),
            mother: Some(Relative {
                full_name: "LÊ THỊ VÍ DỤ".into(),
                ..Relative::default()
            }),
            ..Citizen::default()
        }),
        ..LookupCitizenResponse::default()
    };
    let parts = (
        &question.identity.as_ref().unwrap().number,
        &question.birth.as_ref().unwrap().value,
    );
    let printed = format!("{question:?} {answer:?} {parts:?}");

    for secret in [
        "000185000001",
        "000180000009",
        "tran.thi",
        "Mẫu",
        "MẪU",
        "LÊ",
        "1985",
    ] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(printed.contains("H22.12-250714-0007"), "{printed}");
}

#[test]
fn debug_of_a_dossier_and_a_step_shows_no_person() {
    let dossier = Dossier {
        dossier_code: "H22.12-250714-0007".into(),
        summary: "Đăng ký thường trú cho Lý Thị Thử".into(),
        owner: Some(Owner {
            full_name: "Lý Thị Thử Nghiệm".into(),
            phone: "0900000001".into(),
            identities: vec![OwnerIdentity {
                number: "000199000001".into(),
                ..OwnerIdentity::default()
            }],
            ..Owner::default()
        }),
        ..Dossier::default()
    };
    let step = Step {
        handler_name: "Trần Văn Mẫu".into(),
        content: "Gặp Lý Thị Thử".into(),
        ..Step::default()
    };
    let printed = format!("{dossier:?} {:?} {step:?}", dossier.owner);

    for secret in ["Lý", "Mẫu", "000199000001", "0900000001"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(printed.contains("H22.12-250714-0007"), "{printed}");
}

#[cfg(feature = "interop")]
#[test]
fn the_interop_descriptor_set_has_the_official_test_service() {
    let set = FileDescriptorSet::decode(lienthong_proto::INTEROP_FILE_DESCRIPTOR_SET).unwrap();
    let services = set.file.iter().flat_map(|file| &file.service);
    let names: Vec<_> = services
        .map(|service| (service.name(), service.method.len()))
        .collect();
    assert_eq!(names, [("TestService", 8), ("UnimplementedService", 1)]);
}
