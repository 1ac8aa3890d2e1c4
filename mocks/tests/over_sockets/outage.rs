//! An upstream that is gone, and comes back at the same address.

use lienthong_mocks::{Fault, FaultEffect, Mocks, MocksConfig, MocksError};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::caller::{client, create, dossier, mocks, session, try_post};

#[tokio::test]
async fn a_paused_portal_answers_nobody_and_a_resumed_one_remembers() {
    let mocks = mocks().await;
    let body = create(&session(&mocks).await, &dossier());
    mocks.portal().pause();
    assert!(mocks.portal().is_paused());
    assert!(try_post(&mocks, "/mapi/g", &body).await.is_err());
    assert_eq!(
        mocks.portal().journal().len(),
        1,
        "only the login reached it"
    );
    mocks.portal().resume();
    let answer = try_post(&mocks, "/mapi/g", &body).await.unwrap();
    assert_eq!(
        answer.json::<serde_json::Value>().await.unwrap()["error_code"],
        json!("0")
    );
}

#[tokio::test]
async fn a_pause_cuts_connections_that_are_open_and_idle() {
    let mocks = mocks().await;
    let mut idle = TcpStream::connect(mocks.population_addr()).await.unwrap();
    let client = client();
    let url = format!("{}/nowhere", mocks.population_url());
    assert_eq!(client.get(&url).send().await.unwrap().status(), 404);
    mocks.population().pause();
    let mut nothing = [0; 1];
    assert!(matches!(idle.read(&mut nothing).await, Ok(0) | Err(_)));
    assert!(client.get(&url).send().await.is_err());
    assert!(
        !mocks.portal().is_paused(),
        "the other upstream is not concerned"
    );
}

#[tokio::test]
async fn a_pause_cuts_a_request_that_waits_for_its_answer() {
    let mocks = mocks().await;
    let body = json!({"username": "h99_motcua", "password": "demo-only"});
    let late = FaultEffect::Delay {
        ms: 600_000,
        before_effect: false,
    };
    mocks.portal().script(Fault::new(late).on("login")).unwrap();
    let url = format!("{}/mapi/login", mocks.portal_url());
    let waiting = tokio::spawn(client().post(url).json(&body).send());
    while mocks.portal().sessions_issued() == 0 {
        tokio::task::yield_now().await;
    }
    mocks.portal().pause();
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn after_a_shutdown_the_addresses_are_free() {
    let mocks = mocks().await;
    let (population, portal, control) = (
        mocks.population_addr(),
        mocks.portal_addr(),
        mocks.control_addr(),
    );
    let mut open = TcpStream::connect(portal).await.unwrap();
    mocks.shutdown().await;
    let mut nothing = [0; 1];
    assert!(matches!(open.read(&mut nothing).await, Ok(0) | Err(_)));
    let config = MocksConfig {
        population,
        portal,
        control,
        ..MocksConfig::default()
    };
    let again = Mocks::start(config).await.unwrap();
    assert_eq!(again.portal_addr(), portal);
}

#[tokio::test]
async fn an_address_in_use_and_a_contradictory_configuration_are_told_apart() {
    let mocks = mocks().await;
    let taken = MocksConfig {
        portal: mocks.portal_addr(),
        ..MocksConfig::on_free_ports()
    };
    let error = Mocks::start(taken).await.unwrap_err();
    assert!(
        matches!(
            error,
            MocksError::Listen {
                server: "portal",
                ..
            }
        ),
        "{error}"
    );
    let mut wrong = MocksConfig {
        citizens: 1_000_000,
        ..MocksConfig::on_free_ports()
    };
    wrong.population_settings.verify_path = "/tracuu".to_owned();
    wrong.portal_settings.login_path = "login".to_owned();
    let MocksError::Config { problems } = Mocks::start(wrong).await.unwrap_err() else {
        panic!("another error")
    };
    assert_eq!(problems.len(), 3, "{problems:?}");
}
