//! One gateway with its mocks for all inputs of a fuzz target.
//!
//! What a reader would get wrong: a panic in a call is caught by the gateway and answered
//! with `INTERNAL`, so that answer is the find here.

use std::sync::LazyLock;

use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{Received, Wire};
use tokio::runtime::Runtime;

const METHODS: [&str; 6] = [
    "/lienthong.v1.PopulationService/LookupCitizen",
    "/lienthong.v1.PopulationService/LookupHousehold",
    "/lienthong.v1.AuditService/ListAccesses",
    "/lienthong.v1.DossierService/RecordDossier",
    "/lienthong.v1.DossierService/RecordProgress",
    "/lienthong.v1.DossierService/GetDossier",
];

struct OnStage {
    runtime: Runtime,
    wire: Wire,
    _stage: Stage,
}

static ON_STAGE: LazyLock<OnStage> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let (stage, wire) = runtime.block_on(async {
        let stage = Stage::start().await.unwrap();
        let wire = stage.wire().await.unwrap();
        (stage, wire)
    });
    OnStage {
        runtime,
        wire,
        _stage: stage,
    }
});

/// Posts a body to every method.
pub fn post(content_type: &str, body: bytes::Bytes) {
    for path in METHODS {
        let headers = [("content-type", content_type), ("te", "trailers")];
        let mut wire = ON_STAGE.wire.clone();
        let answer = ON_STAGE
            .runtime
            .block_on(wire.post(path, &headers, body.clone()));
        no_fault(&answer.unwrap());
    }
}

fn no_fault(answer: &Received) {
    assert_ne!(answer.http, 500);
    if let Ok(status) = answer.status() {
        assert!(
            ![13, 2].contains(&i32::from(status.code())),
            "{:?}",
            status.code()
        );
    }
}
