//! How many dossiers a reconciliation left different.

use jiff::SignedDuration;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{ItemResult, OperationId};
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::ground::{Ground, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];

async fn reconcile(ground: &Ground, id: &str) -> OperationId {
    let everything = DossierFilter::default();
    let order = order(id, 600);
    let started = ground.desk.start_reconciliation(order, everything).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    started.unwrap().started.id
}

async fn repair(ground: &Ground, id: &str, reconciliation: &OperationId) -> OperationId {
    let order = order(id, 600);
    let started = ground
        .desk
        .start_repair(order, reconciliation.clone(), Vec::new())
        .await;
    ground.pass(SignedDuration::from_secs(10)).await;
    started.unwrap().started.id
}

async fn left(ground: &Ground) -> u64 {
    ground.runner.run_due().await.unwrap();
    ground.desk.board().standing().comparison.left
}

#[tokio::test]
async fn a_second_repair_does_not_count_what_the_first_one_mended() {
    let ground = Ground::new();
    let mut codes = Vec::new();
    for sequence in 1..=3 {
        codes.push(ground.record(sequence, &LIFE).await);
    }
    ground.settle().await;
    ground.portal.forget(&codes[0]);
    ground.portal.forget(&codes[1]);
    // To send this one again would double its steps.
    ground.portal.change(&codes[2], |held| held.due = None);
    let found_by = reconcile(&ground, "c1").await;
    assert_eq!(left(&ground).await, 3);
    for id in ["p1", "p2"] {
        let id = repair(&ground, id, &found_by).await;
        assert_eq!(ground.operation(&id).await.succeeded, 2);
        assert_eq!(left(&ground).await, 1);
    }
    let told = ground.desk.board().standing().comparison.reconciliation;
    assert_eq!(told, Some(found_by));
}

#[tokio::test]
async fn a_dossier_of_which_a_part_needs_a_person_is_not_mended() {
    let ground = Ground::new();
    let code = ground.record(1, &LIFE[..1]).await;
    ground.record_step(&code, PortalStatus::Processing).await;
    ground.settle().await;
    // The second step can be sent again; the date cannot without the first step.
    ground.portal.change(&code, |held| {
        held.steps.pop();
        held.due = None;
    });
    let found_by = reconcile(&ground, "c1").await;
    let id = repair(&ground, "p1", &found_by).await;
    let item = ground.items(&id).await.remove(0);
    assert_eq!(item.result, Some(ItemResult::Succeeded));
    let held = ground.portal.held(&code).unwrap();
    assert_eq!((held.steps.len(), held.due), (2, None));
    assert_eq!(left(&ground).await, 1);
}
