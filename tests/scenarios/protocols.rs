//! One contract, whatever protocol a caller speaks: gRPC with reflection, JSON in the shape of
//! Connect, gRPC-Web.

use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{connect_name, frame, http1, json_of, post_json, reason};
use prost::Message as _;
use prost_types::FileDescriptorProto;
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_reflection::pb::{v1 as reflection, v1alpha as old_reflection};

const VERIFY: &str = "/lienthong.v1.PopulationService/VerifyCitizen";

/// What works, and so is registered.
const SERVICES: [&str; 9] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "lienthong.v1.AuditService",
    "lienthong.v1.CatalogueService",
    "lienthong.v1.DossierService",
    "lienthong.v1.EssentialServicesService",
    "lienthong.v1.PopulationService",
    "lienthong.v1.SyncService",
];

fn verify(stage: &Stage) -> v1::VerifyCitizenRequest {
    messages::verify(&stage.citizen("plain").unwrap(), &stage.dossier_code(1))
}

async fn channel(stage: &Stage) -> tonic::transport::Channel {
    let address = stage.addresses().unwrap().plain.unwrap();
    Endpoint::from_shared(format!("http://{address}"))
        .unwrap()
        .connect()
        .await
        .unwrap()
}

/// The services that a list names; the reflection services may or may not list themselves.
fn ours(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| !name.starts_with("grpc.reflection."));
    names.sort();
    names
}

fn expected() -> Vec<String> {
    ours(SERVICES.map(str::to_owned).to_vec())
}

#[tokio::test]
async fn reflection_lists_what_is_registered_and_describes_it() {
    use reflection::server_reflection_client::ServerReflectionClient;
    use reflection::server_reflection_request::MessageRequest;
    use reflection::server_reflection_response::MessageResponse;
    let stage = Stage::start().await.unwrap();
    let mut client = ServerReflectionClient::new(channel(&stage).await);
    let ask = |question| reflection::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    };
    let questions = [
        MessageRequest::ListServices(String::new()),
        MessageRequest::FileContainingSymbol("lienthong.v1.PopulationService".to_owned()),
        MessageRequest::FileContainingSymbol("no.such.Service".to_owned()),
    ];
    let requests = tokio_stream::iter(questions.map(ask));
    let mut answers = client
        .server_reflection_info(requests)
        .await
        .unwrap()
        .into_inner();
    let mut next = async || {
        answers
            .next()
            .await
            .unwrap()
            .unwrap()
            .message_response
            .unwrap()
    };
    let MessageResponse::ListServicesResponse(list) = next().await else {
        panic!("no list")
    };
    assert_eq!(
        ours(list.service.into_iter().map(|each| each.name).collect()),
        expected()
    );
    let MessageResponse::FileDescriptorResponse(found) = next().await else {
        panic!("no file")
    };
    let files = found.file_descriptor_proto;
    let files: Vec<_> = files
        .iter()
        .map(|file| FileDescriptorProto::decode(file.as_slice()).unwrap())
        .collect();
    assert!(
        files
            .iter()
            .any(|file| file.name() == "lienthong/v1/population.proto")
    );
}

#[tokio::test]
async fn the_older_reflection_lists_the_same() {
    use old_reflection::server_reflection_client::ServerReflectionClient;
    use old_reflection::server_reflection_request::MessageRequest;
    use old_reflection::server_reflection_response::MessageResponse;
    let stage = Stage::start().await.unwrap();
    let mut client = ServerReflectionClient::new(channel(&stage).await);
    let request = old_reflection::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = client
        .server_reflection_info(tokio_stream::once(request))
        .await
        .unwrap();
    let answer = answers
        .into_inner()
        .next()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap();
    let MessageResponse::ListServicesResponse(list) = answer else {
        panic!("no list")
    };
    assert_eq!(
        ours(list.service.into_iter().map(|each| each.name).collect()),
        expected()
    );
}

#[tokio::test]
async fn json_takes_both_spellings_of_a_field_and_answers_in_the_canonical_one() {
    let stage = Stage::start().await.unwrap();
    let address = stage.addresses().unwrap().plain.unwrap();
    let request = verify(&stage);
    let canonical = json_of("lienthong.v1.VerifyCitizenRequest", &request).unwrap();
    let citizen = stage.citizen("plain").unwrap();
    let mut context = messages::context_json(stage.now());
    context["purpose"] = json!(1);
    let as_written = json!({
        "context": context,
        "identity": {"personal_number": citizen.personal_number},
        "full_name": citizen.full_name,
        "birth": {"date": citizen.birth_date},
        "freshness": {"refresh": true},
    });
    for body in [canonical, as_written] {
        let answer = post_json(address, VERIFY, body.to_string()).await.unwrap();
        assert_eq!(answer.http, 200);
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(answer.headers.contains_key("x-request-id"));
        let answer = answer.json().unwrap();
        assert_eq!(answer["verdict"], "MATCH");
        assert_eq!(answer["checked"], json!(["NUMBER", "NAME", "BIRTH"]));
        assert_eq!(answer["provenance"]["source"], "LIVE");
        assert!(
            answer["provenance"]["observedAt"]
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
    }
}

/// A call with JSON that ends with this HTTP status and code.
type Row = (u16, Code, &'static str, Value);

/// Calls to be made in this order; the later ones meet what the earlier ones recorded.
fn calls_by_code(stage: &Stage) -> Vec<Row> {
    let code = stage.dossier_code(1);
    let owner = stage.citizen("plain").unwrap();
    let event = |status| messages::state(&code, status, &owner, stage.now());
    let first = event(v1::PortalStatus::Received);
    let mut changed = first.clone();
    changed.dossier.as_mut().unwrap().summary.push('!');
    let mut outdated = event(v1::PortalStatus::Processing);
    outdated.occurred_at.as_mut().unwrap().seconds -= 60;
    let mut denied = verify(stage);
    denied.context.as_mut().unwrap().purpose = v1::Purpose::Inspection.into();
    let step = messages::step(&code, v1::PortalStatus::Received, "Tiếp nhận", stage.now());
    let recorded = |event| json_of("lienthong.v1.RecordDossierRequest", event).unwrap();
    let step = json_of("lienthong.v1.RecordProgressRequest", &step).unwrap();
    let denied = json_of("lienthong.v1.VerifyCitizenRequest", &denied).unwrap();
    let (get, record) = ("DossierService/GetDossier", "DossierService/RecordDossier");
    let look_up = "PopulationService/VerifyCitizen";
    vec![
        (404, Code::NotFound, get, json!({"dossier_code": code})),
        (
            400,
            Code::FailedPrecondition,
            "DossierService/RecordProgress",
            step,
        ),
        (200, Code::Ok, record, recorded(&first)),
        (409, Code::AlreadyExists, record, recorded(&changed)),
        (409, Code::Aborted, record, recorded(&outdated)),
        (403, Code::PermissionDenied, look_up, denied),
        (400, Code::InvalidArgument, look_up, json!({})),
        (
            501,
            Code::Unimplemented,
            "AuditService/VerifyLog",
            json!({}),
        ),
        (
            501,
            Code::Unimplemented,
            "IntakeService/AcknowledgeIncoming",
            json!({}),
        ),
    ]
}

#[tokio::test]
async fn each_code_has_its_http_status_and_the_reason_of_grpc() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    for (http, code, method, body) in calls_by_code(&stage) {
        let path = format!("/lienthong.v1.{method}");
        let answer = wire.json(&path, body.to_string()).await.unwrap();
        assert_eq!(answer.http, http, "{method}: {:?}", answer.body);
        if code == Code::Ok {
            continue;
        }
        let error = answer.json().unwrap();
        assert_eq!(error["code"], connect_name(code), "{method}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{method}");
        assert!(
            !reason(&answer.connect_status().unwrap()).is_empty(),
            "{method}: no reason"
        );
    }
}

#[tokio::test]
async fn a_request_id_comes_back_and_one_is_given_where_none_was_sent() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let given = [("x-request-id", "phieu-0001")];
    let answer = wire
        .grpc(VERIFY, &given, frame(&verify(&stage)))
        .await
        .unwrap();
    assert_eq!(answer.headers["x-request-id"], "phieu-0001");
    let answer = wire
        .grpc(VERIFY, &[], frame(&verify(&stage)))
        .await
        .unwrap();
    assert!(!answer.headers["x-request-id"].is_empty());
}

#[tokio::test]
async fn grpc_web_works_over_http_1() {
    let stage = Stage::start().await.unwrap();
    let address = stage.addresses().unwrap().plain.unwrap();
    let headers = [
        ("content-type", "application/grpc-web+proto"),
        ("x-grpc-web", "1"),
    ];
    let post = http::Method::POST;
    let body = frame(&verify(&stage));
    let answer = http1(address, post.clone(), VERIFY, &headers, body)
        .await
        .unwrap();
    assert_eq!(answer.http, 200);
    let (length, rest) = answer.body[1..].split_at(4);
    let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
    let message = v1::VerifyCitizenResponse::decode(&rest[..length]).unwrap();
    assert_eq!(message.verdict(), Verdict::Match);
    let trailers = &rest[length..];
    assert_eq!(trailers[0], 0x80);
    assert!(String::from_utf8_lossy(&trailers[5..]).contains("grpc-status:0"));

    let bad = frame(&v1::VerifyCitizenRequest::default());
    let answer = http1(address, post, VERIFY, &headers, bad).await.unwrap();
    let said = format!(
        "{:?}{}",
        answer.headers,
        String::from_utf8_lossy(&answer.body)
    );
    assert!(
        said.contains("grpc-status\": \"3\"") || said.contains("grpc-status:3"),
        "{said}"
    );
}
