//! What only operators may do is refused to everybody else, over gRPC and as JSON.
//!
//! What a reader would get wrong: the methods are read from the contract. One that is added
//! there is an operator's until this page says otherwise.

use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{frame_bytes, post_json, reason};
use prost_reflect::DescriptorPool;
use tonic::Code;

const SERVICE: &str = "lienthong.v1.SyncService";

/// What every known system may call.
const FOR_EVERYBODY: [&str; 2] = ["GetSyncHealth", "WatchSyncHealth"];

/// The methods that are an operator's.
fn of_operators() -> Vec<String> {
    let pool = DescriptorPool::decode(lienthong_proto::FILE_DESCRIPTOR_SET).unwrap();
    let service = pool.get_service_by_name(SERVICE).unwrap();
    let names = service.methods().map(|method| method.name().to_owned());
    let (open, guarded): (Vec<_>, Vec<_>) =
        names.partition(|name| FOR_EVERYBODY.contains(&name.as_str()));
    assert_eq!(open.len(), FOR_EVERYBODY.len(), "{open:?}");
    guarded
}

/// Code and reason of an empty call of every such method, over gRPC and as JSON.
async fn answers(stage: &Stage) -> Vec<(String, [(Code, String); 2])> {
    let address = stage.addresses().unwrap().plain.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let mut answers = Vec::new();
    for method in of_operators() {
        let path = format!("/{SERVICE}/{method}");
        let over_grpc = wire.grpc(&path, &[], frame_bytes(&[])).await.unwrap();
        let as_json = post_json(address, &path, "{}").await.unwrap();
        let statuses = [
            over_grpc.status().unwrap(),
            as_json
                .connect_status()
                .unwrap_or_else(|_| tonic::Status::ok("")),
        ];
        let told = statuses.map(|status| (status.code(), reason(&status)));
        answers.push((method, told));
    }
    answers
}

#[tokio::test]
async fn every_method_of_operators_refuses_who_is_none() {
    let settings = Settings::default().with("sync.operators", "['archive']");
    let stage = Stage::with(settings).await.unwrap();
    let answers = answers(&stage).await;
    assert!(answers.len() >= 12, "{answers:#?}");
    let refused = (Code::PermissionDenied, "NOT_PERMITTED_OPERATOR".to_owned());
    for (method, told) in answers {
        assert_eq!(told, [refused.clone(), refused.clone()], "{method}");
    }
}

#[tokio::test]
async fn no_method_of_operators_refuses_an_operator_for_who_he_is() {
    let settings = Settings::default().with("sync.operators", "['igate']");
    let stage = Stage::with(settings).await.unwrap();
    for (method, told) in answers(&stage).await {
        for (code, reason) in told {
            assert_ne!(code, Code::PermissionDenied, "{method}: {reason}");
        }
    }
}
