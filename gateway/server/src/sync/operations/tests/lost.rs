//! An operation whose beginning the store kept without saying so.

use std::sync::Arc;

use jiff::SignedDuration;
use lienthong_core::access::ClientName;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{Operation, OperationState};
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::ground::{Ground, LostAnswer, client, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];

/// Begins one in a store whose answer is lost.
async fn start(ground: &Ground, instead: Option<ClientName>) -> Operation {
    let store = Arc::clone(&ground.store);
    let desk = ground.desk_on(Arc::new(LostAnswer { store, instead }));
    let everything = DossierFilter::default();
    let started = desk.start_reconciliation(order("c1", 60), everything).await;
    started.unwrap()
}

#[tokio::test]
async fn one_that_was_kept_without_an_answer_is_chosen_for() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    let started = start(&ground, None).await;
    assert_eq!((started.state, started.total), (OperationState::Running, 1));
    ground.pass(SignedDuration::from_secs(5)).await;
    let id = started.started.id;
    assert_eq!(ground.operation(&id).await.state, OperationState::Finished);
}

#[tokio::test]
async fn one_that_somebody_else_begins_meanwhile_is_left_to_them() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    let started = start(&ground, Some(client("other"))).await;
    assert_eq!(started.state, OperationState::Choosing);
    let kept = ground.operation(&started.started.id).await;
    assert_eq!((kept.state, kept.total), (OperationState::Choosing, 0));
}
