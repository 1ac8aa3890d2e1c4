//! Several gateways on one database.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::ports::outbox::{AskReason, Claim, Intent, Outbox, Settled, Work};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;

use super::Fresh;
use crate::store::conformance::outbox::{Desk, LEASE, at, request, said, settlement};
use crate::store::postgres::claim::DUE;
use crate::store::postgres::ledger::whole_choice;
use crate::store::postgres::read::{NEXT_DUE, OLDEST_UNSENT};
use crate::store::postgres::{DossierChange, PostgresOpenError, PostgresOutbox, schema};
use crate::store::samples::{event, number, state, step_body};

/// Longest wait for something that comes by itself.
const LONG: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn two_gateways_share_the_work_in_order_and_bring_nothing_twice() {
    const DOSSIERS: u32 = 60;
    const STEPS: u32 = 15;
    let fresh = Fresh::new();
    let stores = [
        Arc::new(fresh.outbox().await),
        Arc::new(fresh.outbox().await),
    ];
    let mut events = Vec::new();
    for index in 1..=DOSSIERS {
        events.push(event(&format!("d{index}"), at(0), state(index, "0")));
        for step in 1..=STEPS {
            let body = step_body(index, &step.to_string());
            events.push(event(&format!("d{index}-{step}"), at(0), body));
        }
    }
    for kept in stores[0].record_all(events, at(0)).await {
        kept.unwrap();
    }
    let portal: Arc<Mutex<HashMap<String, Vec<String>>>> = Arc::default();
    let mut claimers = JoinSet::new();
    for n in 0..8 {
        let (store, portal) = (stores[n % 2].clone(), portal.clone());
        claimers.spawn(async move {
            let mut second = 1;
            while store.facts().await.unwrap().counts.len() > 1 {
                for claim in store.claim(request(second, 3, 4)).await.unwrap() {
                    bring(&store, &portal, claim, second).await;
                }
                second += 1;
            }
        });
    }
    claimers.join_all().await;
    let portal = portal.lock().await;
    assert_eq!(portal.len(), DOSSIERS as usize);
    let whole: Vec<String> = (0..=STEPS).map(|n| n.to_string()).collect();
    for (dossier, arrived) in &*portal {
        assert_eq!(*arrived, whole, "{dossier}");
    }
    let facts = stores[1].facts().await.unwrap();
    let all = u64::from(DOSSIERS * (STEPS + 1));
    assert_eq!(facts.counts, [(SyncState::Accepted, all)].into());
    assert_eq!(facts.oldest_unsent, None);
}

/// Brings a claim to the portal, which every seventh time does not take it.
async fn bring(
    store: &PostgresOutbox,
    portal: &Mutex<HashMap<String, Vec<String>>>,
    claim: Claim,
    second: i64,
) {
    assert_eq!(claim.intent, Intent::Send);
    let (outcome, next) = if (claim.task + u64::from(claim.attempt)).is_multiple_of(7) {
        let away = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
        (away, NextStep::SendAt(at(second)))
    } else {
        let mut portal = portal.lock().await;
        let dossier = claim.work.dossier().to_string();
        portal.entry(dossier).or_default().extend(said(&claim));
        let events = match &claim.work {
            Work::State(_) => 1,
            Work::Steps { steps, .. } => steps.len(),
        };
        (AttemptOutcome::Accepted, NextStep::Accepted { events })
    };
    let settled = store
        .settle(settlement(&claim, second, outcome, next))
        .await;
    assert_eq!(settled.unwrap(), Settled::Recorded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_gateway_that_dies_in_a_claim_costs_a_lease_and_nothing_else() {
    let fresh = Fresh::new();
    let dying = Desk(Arc::new(fresh.outbox().await));
    let living = Desk(Arc::new(fresh.outbox().await));
    dying
        .record_all("a", 0, vec![state(1, "A"), state(1, "B")])
        .await;
    dying.record_all("b", 0, vec![state(2, "C")]).await;
    let lost = dying.0.claim(request(1, 1, 3)).await.unwrap().remove(0);
    drop(dying);
    // The other dossier is not held up, and the lost one not handed out before its time.
    let other = living.claim_one(1).await;
    assert_eq!(said(&other), ["C"]);
    living.accept(&other, 2, 1).await;
    assert!(living.claim(LEASE.as_secs()).await.is_empty());
    let again = living.claim_one(1 + LEASE.as_secs()).await;
    assert_eq!(
        (said(&again), again.intent),
        (said(&lost), Intent::Ask(AskReason::Interrupted))
    );
    assert_ne!(again.fence, lost.fence);
    living.accept(&again, 70, 1).await;
    assert_eq!(said(&living.claim_one(70).await), ["B"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_claim_that_breaks_off_in_the_middle_leaves_nothing() {
    let fresh = Fresh::new();
    let desk = Desk(Arc::new(fresh.outbox().await));
    desk.record_all("a", 0, vec![state(1, "A")]).await;
    let before = (desk.timeline(1).await, desk.0.facts().await.unwrap());
    // Another gateway holds the row, and its connection is cut before it commits.
    let mut other = fresh.second().await;
    let half = other.transaction().await.unwrap();
    let now = at(1).as_microsecond();
    let held = half.query(DUE, &[&now, &10_i64]).await.unwrap();
    assert_eq!(held.len(), 1);
    half.batch_execute("UPDATE dossier SET state = 'SENDING', fence = fence + 1")
        .await
        .unwrap();
    assert!(
        desk.claim(1).await.is_empty(),
        "it is passed over, not waited for"
    );
    drop(half);
    drop(other);
    let claim = loop {
        if let Some(claim) = desk.claim(1).await.pop() {
            break claim;
        }
    };
    assert_eq!((said(&claim), claim.attempt), (vec!["A".to_owned()], 1));
    desk.accept(&claim, 2, 1).await;
    assert_eq!(before.0[0].attempts, []);
    assert_eq!(before.1.counts, [(SyncState::Pending, 1)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn equal_batches_at_two_gateways_are_kept_once() {
    let fresh = Fresh::new();
    let stores = [
        Arc::new(fresh.outbox().await),
        Arc::new(fresh.outbox().await),
    ];
    let batch = || -> Vec<_> {
        (1..=40)
            .flat_map(|index| {
                [
                    event(&format!("a{index}"), at(0), state(index, "A")),
                    event(&format!("b{index}"), at(0), step_body(index, "B")),
                ]
            })
            .collect()
    };
    let mut recorders = JoinSet::new();
    for n in 0..8 {
        let store = stores[n % 2].clone();
        let mut events = batch();
        // Not in the order of the numbers, and not all in the same: locks are taken in one.
        let turn = (n * 14) % events.len();
        events.rotate_left(turn - turn % 2);
        recorders.spawn(async move { store.record_all(events, at(0)).await });
    }
    let receipts: Vec<_> = recorders.join_all().await.into_iter().flatten().collect();
    let first = receipts
        .iter()
        .filter(|kept| !kept.as_ref().unwrap().duplicate)
        .count();
    assert_eq!(first, 80);
    let counts = stores[0].facts().await.unwrap().counts;
    let expected = [(SyncState::Pending, 40), (SyncState::Blocked, 40)];
    assert_eq!(counts, expected.into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn one_name_used_at_once_for_two_dossiers_is_kept_once() {
    let fresh = Fresh::new();
    let store = Arc::new(fresh.outbox().await);
    for round in 0..10 {
        let mut recorders = JoinSet::new();
        for index in 1..=6 {
            let store = store.clone();
            let body = state(round * 10 + index, "A");
            let event = event(&format!("e{round}"), at(0), body);
            recorders.spawn(async move { store.record(event, at(0)).await });
        }
        let answers = recorders.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    }
    let counts = store.facts().await.unwrap().counts;
    assert_eq!(counts, [(SyncState::Pending, 10)].into());
    let rows = "SELECT count(*) FROM dossier";
    let rows = fresh.second().await.query_one(rows, &[]).await.unwrap();
    assert_eq!(rows.get::<_, i64>(0), 10, "the others left no trace");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn what_the_portal_says_is_kept_whatever_is_in_it() {
    let fresh = Fresh::new();
    let desk = Desk(Arc::new(fresh.outbox().await));
    desk.record_all("a", 0, vec![state(1, "A")]).await;
    let claim = desk.claim_one(1).await;
    let refused = AttemptOutcome::Refused(Cause::FieldRejected);
    let mut settled = settlement(&claim, 2, refused, NextStep::Refuse);
    // PostgreSQL cannot hold a NUL in a text.
    settled.upstream_code = "-1\0".to_owned();
    settled.upstream_text = "Lỗi\0 hệ thống".to_owned();
    assert_eq!(desk.0.settle(settled).await.unwrap(), Settled::Recorded);
    let attempt = desk.timeline(1).await.remove(0).attempts.remove(0);
    assert_eq!(attempt.upstream_code, "-1");
    assert_eq!(attempt.upstream_text, "Lỗi hệ thống");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn what_one_gateway_records_wakes_the_other() {
    let fresh = Fresh::new();
    let (here, there) = (fresh.outbox().await, fresh.outbox().await);
    let woken = Arc::new(Notify::new());
    there.wake(woken.clone());
    let (mut own, mut heard) = (here.changes(), there.changes());
    let next = async |changes: &mut tokio::sync::broadcast::Receiver<DossierChange>| {
        tokio::time::timeout(LONG, changes.recv())
            .await
            .unwrap()
            .unwrap()
    };
    // Both have to listen before there is something to hear.
    let mut told = 0;
    loop {
        told += 1;
        let event = event(&format!("e{told}"), at(0), state(told, "A"));
        here.record(event, at(0)).await.unwrap();
        let heard = tokio::time::timeout(Duration::from_millis(200), async {
            while next(&mut heard).await != DossierChange::Dossier(number(told)) {}
        });
        if heard.await.is_ok() {
            break;
        }
    }
    tokio::time::timeout(LONG, woken.notified()).await.unwrap();
    let claim = there.claim(request(1, 1, 1)).await.unwrap().remove(0);
    let done = NextStep::Accepted { events: 1 };
    let settled = settlement(&claim, 2, AttemptOutcome::Accepted, done);
    there.settle(settled).await.unwrap();
    let own = loop {
        match next(&mut own).await {
            DossierChange::Many => {}
            DossierChange::Dossier(dossier) => break dossier,
        }
    };
    // The first that it hears: of what it recorded itself it was told nothing.
    assert_eq!(own, *claim.work.dossier());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn gateways_that_start_at_once_make_the_schema_once() {
    let fresh = Fresh::new();
    let mut opening = JoinSet::new();
    for _ in 0..6 {
        let settings = fresh.settings();
        opening.spawn(async move { PostgresOutbox::open(settings).await.map(drop) });
    }
    for opened in opening.join_all().await {
        opened.unwrap();
    }
    let version = "SELECT version FROM schema_version";
    let row = fresh.second().await.query_one(version, &[]).await.unwrap();
    let known = i32::try_from(schema::MIGRATIONS.len()).unwrap();
    assert_eq!(row.get::<_, i32>(0), known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_newer_schema_and_one_of_something_else_are_refused_and_left() {
    let fresh = Fresh::new();
    drop(fresh.outbox().await);
    let second = fresh.second().await;
    second
        .batch_execute("UPDATE schema_version SET version = 99")
        .await
        .unwrap();
    let refused = PostgresOutbox::open(fresh.settings()).await.map(drop);
    let known = schema::MIGRATIONS.len();
    assert!(matches!(
        refused,
        Err(PostgresOpenError::NewerSchema { found: 99, known: k }) if k == known
    ));
    let other = Fresh::new();
    let make = format!(
        "CREATE SCHEMA {0}; CREATE TABLE {0}.payroll ()",
        other.schema
    );
    second.batch_execute(&make).await.unwrap();
    let refused = PostgresOutbox::open(other.settings()).await.map(drop);
    assert!(matches!(refused, Err(PostgresOpenError::OtherSchema)));
    let left = "SELECT count(*) FROM pg_tables WHERE schemaname = $1";
    let left = second.query_one(left, &[&other.schema]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 1);
}

/// What the planner means to do, in the session that the store works in.
pub(super) async fn plan(fresh: &Fresh, sql: &str, values: &str) -> String {
    let (config, _) = fresh.settings().resolve().unwrap();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(&format!(
            "SET plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}"
        ))
        .await
        .unwrap();
    let rows = client
        .query(&format!("EXPLAIN EXECUTE asked{values}"), &[])
        .await
        .unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn claiming_and_watching_cost_the_same_with_any_backlog() {
    let fresh = Fresh::new();
    let store = fresh.outbox().await;
    let events = (1..=300).map(|n| event(&format!("e{n}"), at(0), state(n, "A")));
    store.record_all(events.collect(), at(0)).await;
    // With and without statistics on the tables.
    for analyse in ["", "ANALYZE dossier, event"] {
        fresh.second().await.batch_execute(analyse).await.unwrap();
        for (sql, values, index) in [
            (DUE, "(1, 1)", "Index Scan using dossier_due"),
            (OLDEST_UNSENT, "", "Index Scan using dossier_listed"),
            (NEXT_DUE, "", "Scan using dossier_due"),
            (
                whole_choice().as_str(),
                "(0, '', 9, '{PENDING}', 10)",
                "using dossier_recorded",
            ),
        ] {
            let plan = plan(&fresh, sql, values).await;
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("Seq Scan"), "{plan}");
            // Of the oldest of four states the oldest is found by a sort of four rows.
            assert!(sql == OLDEST_UNSENT || !plan.contains("Sort"), "{plan}");
        }
    }
}
