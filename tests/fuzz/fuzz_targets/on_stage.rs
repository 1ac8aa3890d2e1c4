//! One gateway with its mocks for all inputs of a fuzz target.
//!
//! What a reader would get wrong: a panic in a call is caught by the gateway and answered
//! with `INTERNAL`, so that answer is the find here.
#![expect(dead_code, reason = "each target uses its part")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{Received, Wire, frame};
use tokio::runtime::Runtime;

const METHODS: [&str; 4] = [
    "/lienthong.v1.PopulationService/LookupCitizen",
    "/lienthong.v1.DossierService/RecordDossier",
    "/lienthong.v1.DossierService/RecordProgress",
    "/lienthong.v1.DossierService/GetDossier",
];

struct OnStage {
    runtime: Runtime,
    stage: Stage,
    wire: Wire,
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
        stage,
        wire,
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

/// Looks a citizen up while the database answers with this body.
pub fn answer_a_look_up_with(body: &str) {
    let headers = BTreeMap::from([("content-type".to_owned(), "text/xml".to_owned())]);
    let effect = FaultEffect::Status {
        code: 200,
        body: body.to_owned(),
        headers,
    };
    let stage = &ON_STAGE.stage;
    stage
        .mocks()
        .population()
        .script(Fault::new(effect).on("037"))
        .unwrap();
    let citizen = stage.citizen("plain").unwrap();
    let request = frame(&messages::look_up(&citizen, &stage.dossier_code(1)));
    let mut wire = ON_STAGE.wire.clone();
    let answer = ON_STAGE
        .runtime
        .block_on(wire.grpc(METHODS[0], &[], request));
    no_fault(&answer.unwrap());
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
