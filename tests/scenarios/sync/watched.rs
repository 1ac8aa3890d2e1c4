//! A procedure system watches a dossier on its way, and nobody else's.

use lienthong::demo::vendor::Vendor;
use lienthong::pki::{PkiNames, write_development_pki};
use lienthong_proto::v1::{DossierSync, SyncState, WatchDossierRequest, WatchDossierResponse};
use lienthong_tests::callers::record;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::LIMIT;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};
use tokio::time::timeout;
use tonic::{Code, Streaming};

/// Begins to watch: it does when the headers of the answer are here.
async fn watch(vendor: &Vendor, life: &Life) -> Streaming<WatchDossierResponse> {
    let request = WatchDossierRequest {
        dossier_code: life.code.clone(),
    };
    let mut client = vendor.dossiers.clone();
    client.watch_dossier(request).await.unwrap().into_inner()
}

async fn next(watching: &mut Streaming<WatchDossierResponse>) -> DossierSync {
    let next = timeout(LIMIT, watching.message()).await.unwrap().unwrap();
    next.unwrap().sync.unwrap()
}

/// What a watcher is told at once of a dossier that is not recorded.
fn is_nothing(sync: &DossierSync, life: &Life) -> bool {
    let nothing = DossierSync {
        dossier_code: life.code.clone(),
        ..DossierSync::default()
    };
    *sync == nothing
}

#[tokio::test]
async fn a_watcher_sees_the_dossier_from_its_first_event_to_the_last_acceptance() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 2, stage.now());
    let mut watching = watch(&vendor, &life).await;
    let first = next(&mut watching).await;
    assert!(is_nothing(&first, &life), "{first:?}");
    // Nothing is accepted before the watcher has seen that something waits.
    stage.mocks().portal().pause();
    let mut seen = Vec::new();
    for event in &life.events {
        record(&mut vendor, event).await.unwrap();
    }
    while seen
        .last()
        .is_none_or(|(_, events)| *events < life.events.len())
    {
        let sync = next(&mut watching).await;
        assert_ne!(sync.state(), SyncState::Accepted, "{sync:?}");
        seen.push((sync.state(), sync.timeline.len()));
    }
    stage.mocks().portal().resume();
    while seen.last() != Some(&(SyncState::Accepted, life.events.len())) {
        let sync = next(&mut watching).await;
        seen.push((sync.state(), sync.timeline.len()));
    }
    assert!(seen.is_sorted_by_key(|(_, events)| *events), "{seen:?}");
}

/// A gateway that two systems call, each with a certificate of its own.
async fn two_systems() -> (Stage, Vendor, Vendor) {
    let mut stage = Stage::with(Settings::default().without("listen.plain_client"))
        .await
        .unwrap();
    let names = PkiNames {
        client: "clinic".to_owned(),
        ..PkiNames::default()
    };
    let dir = stage.dir().join("other-pki");
    let other = write_development_pki(&dir, &names, stage.now()).unwrap();
    let own = std::fs::read_to_string(&stage.pki().ca).unwrap();
    let both = own + &std::fs::read_to_string(&other.ca).unwrap();
    let authorities = stage.dir().join("authorities.pem");
    std::fs::write(&authorities, both).unwrap();
    stage.stop_gateway().await;
    let path = authorities.display().to_string();
    stage.set("listen.certificate.client_ca_file", &path);
    stage.start_gateway().await.unwrap();
    let igate = stage.vendor().await.unwrap();
    let address = stage.addresses().unwrap().tls.unwrap();
    let [ca, chain, key] = [&stage.pki().ca, &other.client_chain, &other.client_key]
        .map(|file| std::fs::read_to_string(file).unwrap());
    let clinic = Vendor::connect(address, &ca, &chain, &key).await.unwrap();
    (stage, igate, clinic)
}

#[tokio::test]
async fn another_systems_dossier_can_neither_be_read_nor_watched_nor_written_to() {
    let (stage, mut igate, mut clinic) = two_systems().await;
    let life = Life::new(1, 2, stage.now());
    record(&mut igate, &life.events[0]).await.unwrap();
    dossier_in(&mut igate, &life.code, SyncState::Accepted)
        .await
        .unwrap();

    let read = clinic.dossier(&life.code).await.unwrap_err();
    let unrecorded = Life::new(2, 0, stage.now());
    let nobodys = clinic.dossier(&unrecorded.code).await.unwrap_err();
    assert_eq!(
        (read.code(), nobodys.code()),
        (Code::NotFound, Code::NotFound)
    );
    let written = record(&mut clinic, &life.events[1]).await.unwrap_err();
    assert_eq!(written.code(), Code::PermissionDenied);

    let mut watching = watch(&clinic, &life).await;
    let mut own = watch(&igate, &life).await;
    let first = next(&mut watching).await;
    assert!(is_nothing(&first, &life), "{first:?}");
    assert_eq!(next(&mut own).await.timeline.len(), 1);
    for event in &life.events[1..] {
        record(&mut igate, event).await.unwrap();
    }
    // Whoever may watch has seen all of it by then.
    while next(&mut own).await.timeline.len() < life.events.len() {}
    dossier_in(&mut igate, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    // The gateway ends the stream when it stops; what it had to tell came before.
    drop(own);
    let mut stage = stage;
    stage.stop_gateway().await;
    let rest = timeout(LIMIT, watching.message()).await.unwrap();
    assert!(!matches!(rest, Ok(Some(_))), "{rest:?}");
}
