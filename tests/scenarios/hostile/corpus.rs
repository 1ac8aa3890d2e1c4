//! The files under `tests/fuzz/corpus`, one folder a fuzz target.

use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use lienthong::demo::messages;
use lienthong_tests::control::Control;
use lienthong_tests::parsers::read_as_everything;
use lienthong_tests::stage::plain_vendor;
use serde_json::json;
use tonic::Code;

use super::inputs::citizen;

/// The inputs of one target.
pub(super) fn files(target: &str) -> Vec<Bytes> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files: Vec<_> = entries
        .map(|path| Bytes::from(std::fs::read(path).unwrap()))
        .collect();
    assert!(!files.is_empty(), "{} is empty", dir.display());
    files
}

/// Everything that the pure parsers were fuzzed with.
pub(super) fn values() {
    for file in files("values") {
        read_as_everything(&String::from_utf8_lossy(&file));
    }
}

/// Everything that was found for the population database's answers, as its answers.
pub(super) async fn soap_answers(control: &Control, gateway: SocketAddr) {
    let mut vendor = plain_vendor(&gateway.to_string()).await.unwrap();
    for file in files("soap_answer") {
        let body = String::from_utf8_lossy(&file);
        let headers = json!({"content-type": "text/xml; charset=utf-8"});
        let effect = json!({"kind": "status", "code": 200, "body": body, "headers": headers});
        let fault = json!({"operation": "037", "effect": effect});
        control.script("population", &fault).await.unwrap();
        let request = messages::verify(&citizen(), "H99.12-250714-0007");
        let status = vendor.population.verify_citizen(request).await.unwrap_err();
        let typed = [
            Code::Unavailable,
            Code::FailedPrecondition,
            Code::PermissionDenied,
        ];
        assert!(
            typed.contains(&status.code()),
            "{body}: {:?}",
            status.code()
        );
    }
}
