//! A gateway that is told to stop lets open calls end and takes no new ones.

use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong_core::clock::Clock as _;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::patience::eventually;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::plain_vendor;
use serde_json::json;
use tokio::net::TcpStream;

fn request() -> v1::VerifyCitizenRequest {
    let citizen = SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    };
    messages::verify(&citizen, &messages::dossier_code(SystemClock.now(), 1))
}

/// Begins a look-up that the population database answers late, and returns once it is there.
async fn open_call(
    processes: &Processes,
    gateway: &Process,
    ms: u64,
) -> tokio::task::JoinHandle<Result<Verdict, tonic::Status>> {
    let control = processes.control().unwrap();
    let effect = json!({"kind": "delay", "ms": ms});
    control
        .script("population", &json!({"operation": "037", "effect": effect}))
        .await
        .unwrap();
    let plain = gateway.address("grpc_plain").unwrap().to_string();
    let mut vendor = plain_vendor(&plain).await.unwrap();
    let call = tokio::spawn(async move {
        let answer = vendor.population.verify_citizen(request()).await?;
        Ok(answer.into_inner().verdict())
    });
    eventually("the look-up at the database", async || {
        let journal = control
            .get("/population/journal")
            .await?
            .unwrap_or_default();
        let entries = journal.as_array().cloned().unwrap_or_default();
        Ok(entries
            .iter()
            .any(|entry| entry["operation"] == "037")
            .then_some(()))
    })
    .await
    .unwrap();
    call
}

#[tokio::test]
async fn an_open_call_ends_well_new_connections_are_refused_and_the_exit_code_is_0() {
    let settings = Settings::default()
        .with("population.limits.read", "30s")
        .with("population.limits.total", "30s");
    let processes = Processes::start(settings).await.unwrap();
    let mut gateway = processes.serve().await.unwrap();
    let address = gateway.address("grpc_plain").unwrap();
    let call = open_call(&processes, &gateway, 5_000).await;
    gateway.terminate().await.unwrap();
    eventually("new connections refused", async || {
        Ok(TcpStream::connect(address).await.is_err().then_some(()))
    })
    .await
    .unwrap();
    assert!(
        !call.is_finished(),
        "the call ended before the connections were refused"
    );
    assert_eq!(call.await.unwrap().unwrap(), Verdict::Match);
    assert_eq!(
        gateway.ended().await.unwrap().code(),
        Some(0),
        "{}",
        gateway.log().unwrap()
    );
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut_when_the_drain_time_is_over() {
    let settings = Settings::default()
        .with("listen.limits.drain", "300ms")
        .with("population.limits.read", "30s")
        .with("population.limits.total", "30s");
    let processes = Processes::start(settings).await.unwrap();
    let mut gateway = processes.serve().await.unwrap();
    let call = open_call(&processes, &gateway, 20_000).await;
    gateway.terminate().await.unwrap();
    assert_eq!(
        gateway.ended().await.unwrap().code(),
        Some(0),
        "{}",
        gateway.log().unwrap()
    );
    call.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn idle_connections_do_not_keep_the_gateway_from_stopping() {
    let settings = Settings::default().with("listen.limits.drain", "10m");
    let processes = Processes::start(settings).await.unwrap();
    let mut gateway = processes.serve().await.unwrap();
    let address = gateway.address("grpc_plain").unwrap();
    let silent = TcpStream::connect(address).await.unwrap();
    let mut vendor = plain_vendor(&address.to_string()).await.unwrap();
    vendor.population.verify_citizen(request()).await.unwrap();
    gateway.terminate().await.unwrap();
    // It would wait for ten minutes.
    assert_eq!(gateway.ended().await.unwrap().code(), Some(0));
    drop(silent);
}
