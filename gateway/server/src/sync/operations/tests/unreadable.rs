use jiff::SignedDuration;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{ItemResult, OperationState, Operations as _};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::reconcile::{ByHand, Repair};
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::ground::{Ground, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];
const UNREADABLE: Option<ItemResult> = Some(ItemResult::Failed(Cause::StoredUnreadable));

async fn settled(ground: &Ground, dossiers: u32) -> Vec<String> {
    let mut codes = Vec::new();
    for sequence in 1..=dossiers {
        codes.push(ground.record(sequence, &LIFE).await);
    }
    ground.settle().await;
    codes
}

#[tokio::test]
async fn a_reconciliation_goes_on_without_a_dossier_that_cannot_be_read_back() {
    let ground = Ground::new();
    let codes = settled(&ground, 6).await;
    ground.spoil(&codes[0]);
    let started = ground
        .desk
        .start_reconciliation(order("c1", 600), DossierFilter::default())
        .await
        .unwrap();
    let id = started.started.id;
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!(ground.operation(&id).await.state, OperationState::Finished);
    let counts = ground.store.counts(&id).await.unwrap();
    assert_eq!((counts.equal, counts.unanswered), (5, 1));
    let items = ground.items(&id).await;
    let spoilt = items.iter().find(|it| it.dossier.as_str() == codes[0]);
    assert_eq!(spoilt.unwrap().result, UNREADABLE);
    // Each of the others was asked about once.
    assert_eq!(ground.portal.questions(), 5);
}

#[tokio::test]
async fn differences_of_others_are_listed_and_repaired_beside_an_unreadable_dossier() {
    let ground = Ground::new();
    let codes = settled(&ground, 3).await;
    for code in &codes {
        ground.portal.forget(code);
    }
    let started = ground
        .desk
        .start_reconciliation(order("c1", 600), DossierFilter::default())
        .await
        .unwrap();
    let found_by = started.started.id;
    ground.pass(SignedDuration::from_secs(10)).await;
    ground.spoil(&codes[1]);
    let listed = ground.desk.differences(&found_by, 0, 10).await.unwrap();
    let by_hand: Vec<_> = listed
        .iter()
        .map(|found| found.repair == Repair::ByHand(ByHand::Unreadable))
        .collect();
    assert_eq!(by_hand, [false, true, false]);

    let named = vec![1, 2, 3];
    let started = ground
        .desk
        .start_repair(order("p1", 600), found_by, named)
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(20)).await;
    let operation = ground.operation(&started.started.id).await;
    assert_eq!(operation.state, OperationState::Finished);
    assert_eq!((operation.succeeded, operation.failed), (2, 1));
    assert_eq!(
        ground.items(&started.started.id).await[1].result,
        UNREADABLE
    );
    for code in [&codes[0], &codes[2]] {
        assert_eq!(ground.portal.held(code).unwrap().steps.len(), 2);
    }
}
