//! The operators' methods as a caller meets them.

use jiff::SignedDuration;
use lienthong_core::access::ClientName;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;

use super::operators::Operators;
use crate::status::ServerError;
use crate::sync::operations::ground::{Ground, Mood, client, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];
const OPERATOR: &str = "CB-01";
const REASON: &str = "Đã sửa trường bị từ chối";

fn operators(ground: &Ground) -> Operators {
    Operators::new(ground.desk.clone(), vec![client("console")])
}

async fn refused(ground: &Ground, dossiers: u32) -> Vec<String> {
    ground.portal.be(Mood::Strict);
    let mut codes = Vec::new();
    for sequence in 1..=dossiers {
        codes.push(ground.record(sequence, &LIFE).await);
    }
    ground.settle().await;
    ground.portal.be(Mood::Up);
    codes
}

fn console() -> ClientName {
    client("console")
}

fn rejected() -> v1::DossierFilter {
    v1::DossierFilter {
        causes: vec![v1::Cause::FieldRejected.into()],
        ..v1::DossierFilter::default()
    }
}

fn operation_id(operation: Option<v1::Operation>) -> String {
    operation.unwrap().operation_id
}

#[tokio::test]
async fn only_systems_that_are_named_may_use_them() {
    let operators = operators(&Ground::new());
    assert_eq!(operators.admit(&client("console")), Ok(()));
    assert_eq!(
        operators.admit(&client("igate")),
        Err(ServerError::OperatorNotPermitted)
    );
}

#[tokio::test]
async fn dossiers_are_listed_page_by_page_each_once() {
    let ground = Ground::new();
    let codes = refused(&ground, 5).await;
    let operators = operators(&ground);
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListDossiersRequest {
            filter: Some(rejected()),
            page_size: 2,
            page_token,
        };
        let answer = operators.dossiers(&request).await.unwrap();
        assert!(answer.dossiers.len() <= 2);
        listed.extend(answer.dossiers);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let listed_codes: Vec<_> = listed.iter().map(|dossier| &dossier.dossier_code).collect();
    assert_eq!(listed_codes, codes.iter().collect::<Vec<_>>());
    assert!(listed.iter().all(|it| it.state() == v1::SyncState::Refused));
    assert!(listed.iter().all(|it| it.revision == 4));
}

#[tokio::test]
async fn failures_are_grouped_by_cause_with_advice_in_both_languages() {
    let ground = Ground::new();
    refused(&ground, 7).await;
    let request = v1::ListFailureCausesRequest { filter: None };
    let answer = operators(&ground).failures(&request).await.unwrap();
    let [group] = answer.groups.as_slice() else {
        unreachable!("one cause, one group");
    };
    assert_eq!(group.cause(), v1::Cause::FieldRejected);
    assert_eq!(
        (group.dossiers, group.events, group.blocked_events),
        (7, 7, 21)
    );
    assert_eq!(group.example_dossier_codes.len(), 5);
    assert_eq!(group.upstream_code, "-1");
    assert!(!group.retry_may_help);
    assert!(!group.advice_vi.is_empty() && !group.advice_en.is_empty());
}

#[tokio::test]
async fn a_retry_is_previewed_started_and_told_item_by_item() {
    let ground = Ground::new();
    refused(&ground, 3).await;
    let operators = operators(&ground);
    let request = v1::PreviewRetryRequest {
        filter: Some(rejected()),
        events_per_minute: 0,
    };
    let preview = operators.preview_retry(&request).await.unwrap();
    assert_eq!((preview.dossiers, preview.events_per_minute), (3, 600));
    let start = v1::StartRetryRequest {
        preview_token: preview.preview_token,
        reason: REASON.to_owned(),
        operator_id: OPERATOR.to_owned(),
    };
    let started = operators.start_retry(&start, &console()).await.unwrap();
    let again = operators.start_retry(&start, &console()).await.unwrap();
    let id = operation_id(started.operation);
    assert_eq!(operation_id(again.operation), id);
    ground.pass(SignedDuration::from_secs(10)).await;

    let mut get = v1::GetOperationRequest {
        operation_id: id,
        page_size: 2,
        page_token: String::new(),
    };
    let first = operators.operation(&get).await.unwrap();
    get.page_token.clone_from(&first.next_page_token);
    let second = operators.operation(&get).await.unwrap();
    assert_eq!((first.items.len(), second.items.len()), (2, 1));
    assert_eq!(second.next_page_token, "");
    let operation = second.operation.unwrap();
    assert_eq!(operation.state(), v1::operation::State::Finished);
    assert_eq!((operation.done_items, operation.succeeded_items), (3, 3));
    assert_eq!(operation.reason, REASON);
    let by = (operation.started_by_system, operation.started_by_operator);
    assert_eq!(by, ("console".to_owned(), OPERATOR.to_owned()));
    assert_eq!(operation.stopped_by_operator, "");
}

#[tokio::test]
async fn an_operation_that_is_not_there_is_not_found() {
    let ground = Ground::new();
    let operators = operators(&ground);
    let get = v1::GetOperationRequest {
        operation_id: "nothing".to_owned(),
        ..v1::GetOperationRequest::default()
    };
    let found = operators.operation(&get).await.unwrap_err();
    assert_eq!(found, ServerError::OperationNotFound);
    let cancel = v1::CancelOperationRequest {
        operation_id: "nothing".to_owned(),
        operator_id: OPERATOR.to_owned(),
    };
    let cancelled = operators.cancel(&cancel, &console()).await.unwrap_err();
    assert_eq!(cancelled, ServerError::OperationNotFound);
    let newest = v1::GetReconciliationRequest::default();
    let newest = operators.reconciliation(&newest).await.unwrap_err();
    assert_eq!(newest, ServerError::OperationNotFound);
}

#[tokio::test]
async fn a_reconciliation_is_followed_listed_and_repaired() {
    let ground = Ground::new();
    let code = ground.record(1, &LIFE).await;
    ground.record(2, &LIFE).await;
    ground.settle().await;
    ground.portal.forget(&code);
    let operators = operators(&ground);
    let start = v1::StartReconciliationRequest {
        operator_id: OPERATOR.to_owned(),
        ..v1::StartReconciliationRequest::default()
    };
    let started = operators
        .start_reconciliation(&start, &console())
        .await
        .unwrap();
    let id = started.reconciliation.unwrap().reconciliation_id;
    ground.pass(SignedDuration::from_secs(5)).await;

    let newest = v1::GetReconciliationRequest::default();
    let found = operators.reconciliation(&newest).await.unwrap();
    let found = found.reconciliation.unwrap();
    assert_eq!(found.reconciliation_id, id);
    assert_eq!((found.equal_dossiers, found.missing_dossiers), (1, 1));
    assert_eq!(found.depth(), v1::reconciliation::Depth::Fields);
    assert_eq!(found.profile, "model");

    let list = v1::ListDifferencesRequest::default();
    let listed = operators.differences(&list).await.unwrap();
    let [difference] = listed.differences.as_slice() else {
        unreachable!("one dossier is missing");
    };
    assert_eq!(difference.dossier_code, code);
    assert_eq!(difference.kind(), v1::difference::Kind::MissingOnPortal);
    assert!(difference.repairable);

    let mut repair = v1::RepairDifferencesRequest {
        reconciliation_id: id,
        difference_ids: vec!["2".to_owned()],
        reason: REASON.to_owned(),
        operator_id: OPERATOR.to_owned(),
        request_id: String::new(),
    };
    let unknown = operators.repair(&repair, &console()).await.unwrap_err();
    assert!(matches!(unknown, ServerError::Invalid(_)));
    repair.difference_ids = vec![difference.difference_id.clone()];
    let repaired = operators.repair(&repair, &console()).await.unwrap();
    ground.pass(SignedDuration::from_secs(10)).await;
    let get = v1::GetOperationRequest {
        operation_id: operation_id(repaired.operation),
        ..v1::GetOperationRequest::default()
    };
    let operation = operators.operation(&get).await.unwrap().operation.unwrap();
    assert_eq!(operation.kind(), v1::operation::Kind::Repair);
    assert_eq!(operation.succeeded_items, 1);
    assert!(ground.portal.held(&code).is_some());
}

#[tokio::test]
async fn an_operator_stops_what_he_started() {
    let ground = Ground::new();
    refused(&ground, 1).await;
    let operators = operators(&ground);
    let start = v1::StartReconciliationRequest {
        operator_id: OPERATOR.to_owned(),
        ..v1::StartReconciliationRequest::default()
    };
    let started = operators
        .start_reconciliation(&start, &console())
        .await
        .unwrap();
    let cancel = v1::CancelOperationRequest {
        operation_id: operation_id(started.reconciliation.unwrap().operation),
        operator_id: OPERATOR.to_owned(),
    };
    let cancelled = operators.cancel(&cancel, &console()).await.unwrap();
    let cancelled = cancelled.operation.unwrap();
    assert_eq!(cancelled.state(), v1::operation::State::Cancelled);
    let by = (cancelled.stopped_by_system, cancelled.stopped_by_operator);
    assert_eq!(by, ("console".to_owned(), OPERATOR.to_owned()));
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(ground.portal.questions(), 0);
}

#[tokio::test]
async fn a_wish_that_is_repeated_starts_one_operation() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    let operators = operators(&ground);
    let start = async |operator: &str, request_id: &str, system: &str| {
        let start = v1::StartReconciliationRequest {
            operator_id: operator.to_owned(),
            request_id: request_id.to_owned(),
            ..v1::StartReconciliationRequest::default()
        };
        let started = operators
            .start_reconciliation(&start, &client(system))
            .await;
        started.unwrap().reconciliation.unwrap().reconciliation_id
    };
    let first = start(OPERATOR, "", "console").await;
    assert_eq!(start(OPERATOR, "", "console").await, first);
    assert_ne!(start("CB-02", "", "console").await, first);
    let named = start(OPERATOR, "night-2026-10-07", "console").await;
    assert_ne!(start(OPERATOR, "night-2026-10-07", "other").await, named);
    ground.pass(SignedDuration::from_secs(20)).await;
    // Without a name it is a new wish once the first has ended; with one it never is.
    assert_ne!(start(OPERATOR, "", "console").await, first);
    assert_eq!(start(OPERATOR, "night-2026-10-07", "console").await, named);
}

#[tokio::test]
async fn a_name_of_a_wish_that_is_too_short_is_refused() {
    let ground = Ground::new();
    let start = v1::StartReconciliationRequest {
        operator_id: OPERATOR.to_owned(),
        request_id: "night".to_owned(),
        ..v1::StartReconciliationRequest::default()
    };
    let refused = operators(&ground)
        .start_reconciliation(&start, &console())
        .await;
    let Err(ServerError::Invalid(violations)) = refused else {
        unreachable!("it must be refused");
    };
    assert_eq!(violations[0].field, "request_id");
}

#[tokio::test]
async fn what_a_running_reconciliation_found_is_not_repaired_yet() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    let started = ground
        .desk
        .start_reconciliation(order("c1", 60), DossierFilter::default())
        .await
        .unwrap();
    let repair = v1::RepairDifferencesRequest {
        reconciliation_id: started.started.id.as_str().to_owned(),
        reason: REASON.to_owned(),
        operator_id: OPERATOR.to_owned(),
        ..v1::RepairDifferencesRequest::default()
    };
    let operators = operators(&ground);
    let refused = operators.repair(&repair, &console()).await.unwrap_err();
    assert_eq!(refused, ServerError::ReconciliationRunning);
    ground.pass(SignedDuration::from_secs(5)).await;
    assert!(operators.repair(&repair, &console()).await.is_ok());
}

#[tokio::test]
async fn what_is_not_kept_any_more_is_not_repaired() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    // The newest one is always kept.
    for id in ["c1", "c2"] {
        let everything = DossierFilter::default();
        let started = ground
            .desk
            .start_reconciliation(order(id, 60), everything)
            .await;
        assert!(started.is_ok());
        ground.pass(SignedDuration::from_secs(5)).await;
    }
    let now = lienthong_core::clock::Clock::now(&*ground.clock);
    let forgotten = ground.desk.operations().forget(now, 100).await.unwrap();
    assert!(forgotten > 0);
    let repair = async |id: &str| {
        let repair = v1::RepairDifferencesRequest {
            reconciliation_id: id.to_owned(),
            reason: REASON.to_owned(),
            operator_id: OPERATOR.to_owned(),
            ..v1::RepairDifferencesRequest::default()
        };
        operators(&ground).repair(&repair, &console()).await
    };
    let refused = repair("c1").await.unwrap_err();
    assert_eq!(refused, ServerError::ReconciliationExpired);
    assert!(repair("c2").await.is_ok());
}

#[tokio::test]
async fn a_list_of_differences_goes_on_in_the_reconciliation_it_began_in() {
    let ground = Ground::new();
    let codes = [ground.record(1, &LIFE).await, ground.record(2, &LIFE).await];
    ground.settle().await;
    for code in &codes {
        ground.portal.forget(code);
    }
    let reconcile = async |id: &str| {
        let everything = DossierFilter::default();
        let started = ground.desk.start_reconciliation(order(id, 600), everything);
        started.await.unwrap();
        ground.pass(SignedDuration::from_secs(5)).await;
    };
    reconcile("c1").await;
    let operators = operators(&ground);
    let mut list = v1::ListDifferencesRequest {
        page_size: 1,
        ..v1::ListDifferencesRequest::default()
    };
    let first = operators.differences(&list).await.unwrap();
    assert_eq!(first.reconciliation_id, "c1");
    // A newer one begins between the two pages.
    reconcile("c2").await;
    list.page_token = first.next_page_token;
    let second = operators.differences(&list).await.unwrap();
    assert_eq!(second.reconciliation_id, "c1");
    assert_eq!(second.differences[0].difference_id, "2");
    list.reconciliation_id = "c2".to_owned();
    let of_another = operators.differences(&list).await;
    assert!(matches!(of_another, Err(ServerError::Invalid(_))));
}

#[tokio::test]
async fn an_operation_and_its_items_that_failed_say_what_to_do() {
    let ground = Ground::new();
    let codes = refused(&ground, 1).await;
    ground.record(9, &LIFE).await;
    ground.settle().await;
    ground.portal.be(Mood::Strict);
    let now = lienthong_core::clock::Clock::now(&*ground.clock);
    let retried = ground
        .desk
        .start_retry(order("r1", 600), &DossierFilter::default(), now)
        .await;
    assert!(retried.is_ok());
    ground.pass(SignedDuration::from_secs(10)).await;
    let operators = operators(&ground);
    let get = async |id: &str| {
        let get = v1::GetOperationRequest {
            operation_id: id.to_owned(),
            page_size: 10,
            page_token: String::new(),
        };
        operators.operation(&get).await.unwrap()
    };
    let item = get("r1").await.items.remove(0);
    assert_eq!(item.dossier_code, codes[0]);
    assert_eq!(item.cause(), v1::Cause::FieldRejected);
    assert!(!item.advice_vi.is_empty() && !item.advice_en.is_empty());
    ground.portal.be(Mood::Mute);
    let compared = ground
        .desk
        .start_reconciliation(order("c2", 60), DossierFilter::default())
        .await;
    assert!(compared.is_ok());
    ground.pass(SignedDuration::from_secs(10)).await;
    let operation = get("c2").await.operation.unwrap();
    assert_eq!(operation.failure_reason, "CANNOT_BE_ASKED");
    assert!(!operation.failure_advice_vi.is_empty());
    assert!(!operation.failure_advice_en.is_empty());
}
