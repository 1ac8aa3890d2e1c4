use jiff::SignedDuration;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus as Status;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{
    FoundCounts, ItemResult, OperationId, OperationState, Operations as _,
};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::reconcile::Difference;
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::ground::{Ground, Mood, only, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];

async fn start(ground: &Ground, id: &str, filter: DossierFilter) -> OperationId {
    let started = ground
        .desk
        .start_reconciliation(order(id, 60), filter)
        .await
        .unwrap();
    started.started.id
}

async fn found(ground: &Ground, id: &OperationId) -> Vec<(String, Difference)> {
    let differences = ground.store.differences(id, 0, 100).await.unwrap();
    differences
        .into_iter()
        .map(|kept| (kept.dossier.as_str().to_owned(), kept.difference))
        .collect()
}

async fn settled(ground: &Ground, dossiers: u32) -> Vec<String> {
    let mut codes = Vec::new();
    for sequence in 1..=dossiers {
        codes.push(ground.record(sequence, &LIFE).await);
    }
    ground.settle().await;
    codes
}

#[tokio::test]
async fn what_differs_is_found_and_what_agrees_is_counted() {
    let ground = Ground::new();
    let codes = settled(&ground, 4).await;
    ground.portal.forget(&codes[1]);
    ground.portal.change(&codes[2], |held| {
        held.status = Status::Received;
    });
    ground.portal.change(&codes[3], |held| {
        held.steps.pop();
        held.status = Status::ResultReturned;
    });
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_secs(10)).await;

    assert_eq!(ground.operation(&id).await.state, OperationState::Finished);
    let behind = Difference::StatusBehind {
        ours: Status::Processing,
        theirs: Status::Received,
    };
    let ahead = Difference::StatusAhead {
        ours: Status::Processing,
        theirs: Status::ResultReturned,
    };
    let step = Difference::StepsMissing {
        steps: 1,
        first_revision: 4,
    };
    let mut found = found(&ground, &id).await;
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        (codes[1].clone(), Difference::MissingThere),
        (codes[2].clone(), behind),
        (codes[3].clone(), ahead),
        (codes[3].clone(), step),
    ];
    assert_eq!(found, expected);
    let counts = ground.store.counts(&id).await.unwrap();
    let expected = FoundCounts {
        equal: 1,
        different: 2,
        missing: 1,
        unanswered: 0,
        by_fields: 3,
    };
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn presence_alone_is_enough_to_find_what_is_missing() {
    let ground = Ground::with_presence_only();
    let codes = settled(&ground, 2).await;
    ground.portal.forget(&codes[0]);
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    let missing = [(codes[0].clone(), Difference::MissingThere)];
    assert_eq!(found(&ground, &id).await, missing);
    assert_eq!(ground.store.counts(&id).await.unwrap().by_fields, 0);
}

#[tokio::test]
async fn a_number_that_was_never_recorded_is_asked_about_when_it_is_given() {
    let ground = Ground::new();
    let code = settled(&ground, 1).await.remove(0);
    let [strange, nowhere] = ["000.00.00.H00-260701-0001", "000.00.00.H00-260701-0002"];
    ground.portal.hold(strange);
    let mut given = only(&code);
    let others = [strange, nowhere].map(|code| DossierNumber::parse(code).unwrap());
    given.dossiers.extend(others);
    let id = start(&ground, "c1", given).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    let missing = [(strange.to_owned(), Difference::MissingHere)];
    assert_eq!(found(&ground, &id).await, missing);
    let counts = ground.store.counts(&id).await.unwrap();
    assert_eq!((counts.equal, counts.different), (2, 1));
}

#[tokio::test]
async fn a_dossier_under_way_is_skipped_and_not_asked_about() {
    let ground = Ground::new();
    ground.portal.be(Mood::Down);
    ground.record(1, &LIFE).await;
    ground.worker.run_due().await.unwrap();
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.runner.run_due().await.unwrap();
    ground.runner.run_due().await.unwrap();
    assert_eq!(ground.items(&id).await[0].result, Some(ItemResult::Skipped));
    assert_eq!(ground.portal.questions(), 0);
}

#[tokio::test]
async fn a_silent_portal_is_waited_for() {
    let ground = Ground::new();
    settled(&ground, 3).await;
    ground.portal.be(Mood::Down);
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_secs(50)).await;
    assert!(ground.portal.questions() <= 5);
    ground.portal.be(Mood::Up);
    ground.pass(SignedDuration::from_mins(3)).await;
    let counts = ground.store.counts(&id).await.unwrap();
    assert_eq!((counts.equal, counts.unanswered), (3, 0));
}

#[tokio::test]
async fn a_dossier_that_is_never_answered_does_not_hold_up_the_rest() {
    let ground = Ground::new();
    settled(&ground, 1).await;
    ground.portal.be(Mood::Down);
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_mins(5)).await;
    let counts = ground.store.counts(&id).await.unwrap();
    assert_eq!(counts.unanswered, 1);
    let result = ground.items(&id).await[0].result;
    assert_eq!(result, Some(ItemResult::Failed(Cause::UpstreamUnavailable)));
}

#[tokio::test]
async fn a_portal_that_is_left_alone_is_not_held_against_a_dossier() {
    let ground = Ground::new();
    settled(&ground, 1).await;
    ground.portal.be(Mood::Parked);
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_mins(2)).await;
    ground.portal.be(Mood::Up);
    ground.pass(SignedDuration::from_secs(5)).await;
    let counts = ground.store.counts(&id).await.unwrap();
    assert_eq!((counts.equal, counts.unanswered), (1, 0));
}

#[tokio::test]
async fn a_profile_without_a_question_ends_it_with_a_reason() {
    let ground = Ground::new();
    settled(&ground, 2).await;
    ground.portal.be(Mood::Mute);
    let id = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_secs(5)).await;
    let operation = ground.operation(&id).await;
    assert_eq!(operation.state, OperationState::Failed);
    assert_eq!(operation.failure, "CANNOT_BE_ASKED");
}

#[tokio::test]
async fn questions_keep_to_their_rate() {
    let ground = Ground::new();
    settled(&ground, 12).await;
    let started = order("c1", 6);
    let everything = DossierFilter::default();
    ground
        .desk
        .start_reconciliation(started, everything)
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(59)).await;
    assert_eq!(ground.portal.questions(), 6);
}

#[tokio::test]
async fn a_difference_that_stays_keeps_its_age() {
    let ground = Ground::new();
    let code = settled(&ground, 1).await.remove(0);
    ground.portal.change(&code, |held| held.steps.clear());
    let first = start(&ground, "c1", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    ground.clock.advance(SignedDuration::from_hours(24));
    let second = start(&ground, "c2", DossierFilter::default()).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    let of = async |id: &OperationId| ground.store.differences(id, 0, 1).await.unwrap().remove(0);
    let (first, second) = (of(&first).await, of(&second).await);
    assert_eq!(second.known_since, first.found_at);
    assert!(second.found_at > first.found_at);
}
