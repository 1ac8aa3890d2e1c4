//! What differs between the two sides is found and repaired.

use lienthong_proto::v1;
use lienthong_proto::v1::SyncState;
use lienthong_proto::v1::difference::Kind;
use lienthong_proto::v1::operation::State;
use lienthong_tests::bulk;
use lienthong_tests::lives::Life;
use lienthong_tests::operator::Operator;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};

async fn lives_at_portal(stage: &Stage) -> Vec<Life> {
    let lives: Vec<_> = (0..6)
        .map(|number| Life::new(number, 2, stage.now()))
        .collect();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let events: Vec<_> = lives.iter().flat_map(|life| life.events.clone()).collect();
    bulk::record_all(vendor.dossiers.clone(), events.into_iter())
        .await
        .unwrap();
    for life in &lives {
        dossier_in(&mut vendor, &life.code, SyncState::Accepted)
            .await
            .unwrap();
    }
    lives
}

async fn reconciled(operator: &mut Operator) -> (String, Vec<v1::Difference>) {
    let compared = operator.reconcile().await.unwrap();
    let id = compared.reconciliation_id;
    let found = operator.differences(&id).await.unwrap();
    (id, found)
}

#[tokio::test]
async fn a_dossier_that_the_portal_lost_and_one_that_is_behind_are_found_and_repaired() {
    let settings = Settings::default()
        .with("sync.operators", "['igate']")
        .with("sync.questions_per_minute", "6000")
        .with("sync.retry_per_minute", "6000");
    let stage = Stage::with(settings).await.unwrap();
    let lives = lives_at_portal(&stage).await;
    let portal = stage.mocks().portal();
    assert!(portal.forget_dossier(&lives[0].code));
    assert!(portal.overwrite(&lives[1].code, "TrangThaiHoSo", "4"));

    let mut operator = Operator::through(&stage.plain_vendor().await.unwrap().sync);
    let (id, differences) = reconciled(&mut operator).await;
    let mut found: Vec<_> = differences
        .iter()
        .map(|each| (each.dossier_code.clone(), each.kind()))
        .collect();
    found.sort();
    let wanted = [
        (lives[0].code.clone(), Kind::MissingOnPortal),
        (lives[1].code.clone(), Kind::StatusBehind),
    ];
    assert_eq!(found, wanted, "{differences:#?}");

    let repaired = operator.repair(&id).await.unwrap();
    assert_eq!(
        (repaired.state(), repaired.succeeded_items),
        (State::Finished, 2),
        "{repaired:?}"
    );
    eventually("both sides agree again", async || {
        let [lost, behind] = [0, 1].map(|at| portal.dossier(&lives[at].code));
        let agrees = |dossier: &lienthong_mocks::PortalDossier| {
            dossier.status() == Some("10") && dossier.steps.len() == 2
        };
        let whole = [lost, behind]
            .iter()
            .flatten()
            .filter(|each| agrees(each))
            .count();
        Ok((whole == 2).then_some(()))
    })
    .await
    .unwrap();
    eventually("nothing differs any more", async || {
        let (_, differences) = reconciled(&mut operator).await;
        Ok(differences.is_empty().then_some(()))
    })
    .await
    .unwrap();
}
