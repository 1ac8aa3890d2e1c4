//! What keeps a database in order over the years: its versions, a return to an earlier
//! moment, and a session on which a transaction did not begin.

use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::ledger::{DossierFilter, Ledger as _, Released};
use lienthong_core::ports::observations::{Observations as _, Source};
use lienthong_core::ports::operations::{OperationKind, Operations as _};
use lienthong_core::ports::outbox::{AskReason, Intent, Outbox as _, OutboxError};
use lienthong_core::ports::portal_history::PortalHistory as _;
use lienthong_core::ports::reports::{ReportArchive as _, ReportId};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres::error::SqlState;

use super::{Fresh, connect, server};
use crate::store::conformance::feed::{Followed, Follower};
use crate::store::conformance::ledger::{index_of, release};
use crate::store::conformance::operations::HELD;
use crate::store::conformance::outbox::{Desk, at, request, said};
use crate::store::postgres::{PostgresOpenError, PostgresOutbox, schema};
use crate::store::samples::{event, number, state, step_body};

const REFUSED: AttemptOutcome = AttemptOutcome::Refused(Cause::FieldRejected);

/// What each earlier version left behind, on top of the schema of its time.
const LEFT_BEHIND: [(usize, &str); 6] = [
    (1, include_str!("../earlier/version_1.sql")),
    (
        2,
        concat!(
            include_str!("../earlier/version_1.sql"),
            include_str!("../earlier/version_2.sql")
        ),
    ),
    (
        3,
        concat!(
            include_str!("../earlier/version_1.sql"),
            include_str!("../earlier/version_2.sql"),
            include_str!("../earlier/version_3.sql")
        ),
    ),
    (
        4,
        concat!(
            include_str!("../earlier/version_1.sql"),
            include_str!("../earlier/version_2.sql"),
            include_str!("../earlier/version_3.sql"),
            include_str!("../earlier/version_4.sql")
        ),
    ),
    (
        5,
        concat!(
            include_str!("../earlier/version_1.sql"),
            include_str!("../earlier/version_2.sql"),
            include_str!("../earlier/version_3.sql"),
            include_str!("../earlier/version_4.sql"),
            include_str!("../earlier/version_5.sql")
        ),
    ),
    (
        6,
        concat!(
            include_str!("../earlier/version_1.sql"),
            include_str!("../earlier/version_2.sql"),
            include_str!("../earlier/version_3.sql"),
            include_str!("../earlier/version_4.sql"),
            include_str!("../earlier/version_5.sql"),
            include_str!("../earlier/version_6.sql")
        ),
    ),
];

#[test]
fn every_earlier_version_is_kept_as_an_example() {
    let versions = LEFT_BEHIND.map(|(version, _)| version);
    assert!(versions.into_iter().eq(1..schema::MIGRATIONS.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_schema_of_an_earlier_version_keeps_all_that_was_in_it() {
    for (version, rows) in LEFT_BEHIND {
        let fresh = Fresh::new();
        let admin = connect().await;
        let mut laid = format!("CREATE SCHEMA {0}; SET search_path = {0};", fresh.schema);
        for migration in &schema::MIGRATIONS[..version] {
            laid.push_str(migration);
        }
        laid.push_str(schema::VERSION_TABLE);
        admin.batch_execute(&laid).await.unwrap();
        let rows =
            format!("INSERT INTO schema_version VALUES ('lienthong outbox', {version}); {rows}");
        admin.batch_execute(&rows).await.unwrap();
        let store = Arc::new(fresh.outbox().await);
        let listed = store.dossiers(&DossierFilter::default(), None, 9).await;
        let listed: Vec<_> = listed
            .unwrap()
            .iter()
            .map(|it| (index_of(it.dossier.as_str()), it.state, it.cause))
            .collect();
        let rejected = Some(Cause::FieldRejected);
        let expected = [
            (2, SyncState::Refused, rejected),
            (3, SyncState::Pending, None),
            (1, SyncState::Accepted, None),
        ];
        assert_eq!(listed, expected, "from version {version}");
        let kept = store.newest(OperationKind::Reconciliation, 9).await;
        let kept = kept.unwrap().remove(0);
        assert_eq!((kept.started.id.as_str(), kept.total), ("r-1", 1));
        assert_eq!(kept.touched_at, kept.started.started_at);
        let differences = store.differences(&kept.started.id, 0, 9).await;
        assert_eq!(differences.unwrap().len(), 1);
        // What the last answer had found stands, since it was found.
        let side = store.side(at(1000)).await.unwrap();
        let compared = side.compared(at(0)).map(|it| it.at);
        assert_eq!(compared, Some(at(12)), "from version {version}");
        assert_eq!(side.differing, [(number(1), at(12))].into());
        let taken = store.take("w1", &[], at(100), HELD).await.unwrap();
        assert_eq!(taken.unwrap().started.id.as_str(), "op-1");
        // Whoever follows the events finds those that were there, in their order.
        let mut follower = Follower::new(&(Arc::clone(&store) as Arc<dyn Followed>));
        follower.hear_all(9).await;
        let heard = follower.heard.iter();
        let places: Vec<_> = heard.map(|it| (it.position, it.revision)).collect();
        assert_eq!(places, [(1, 1), (2, 1), (3, 1)], "from version {version}");
        let rules = Arc::new(ObservationRules::shipped().unwrap());
        let observed = store.observations(rules).position(&Source::Events).await;
        assert_eq!(observed, Ok(if version < 3 { 0 } else { 3 }));
        // Of the boards that were there it was told what turned in them.
        if version >= 5 {
            assert_eq!(store.is_told(ReportId(1)).await, Ok(true));
            assert_eq!(store.is_told(ReportId(3)).await, Ok(false));
        }
        // And it goes on.
        let released = store.release(&number(2), &release(100)).await;
        assert_eq!(released.unwrap(), Released::Due { revision: 1 });
        let claims = store.claim(request(100, 9, 3)).await.unwrap();
        assert_eq!(claims.len(), 2);
        assert!(claims.iter().all(|claim| claim.intent == Intent::Send));
        assert_eq!(said(&claims[0]), ["A"]);
        let later = event("later", at(50), step_body(1, "C"));
        assert_eq!(store.record(later, at(101)).await.unwrap().revision, 2);
    }
}

/// A schema as `version` made it, without a row.
async fn laid(fresh: &Fresh, version: usize) {
    let mut laid = format!("CREATE SCHEMA {0}; SET search_path = {0};", fresh.schema);
    for migration in &schema::MIGRATIONS[..version] {
        laid.push_str(migration);
    }
    laid.push_str(schema::VERSION_TABLE);
    let admin = connect().await;
    admin.batch_execute(&laid).await.unwrap();
    let row = format!("INSERT INTO schema_version VALUES ('lienthong outbox', {version})");
    admin.batch_execute(&row).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn an_upgrade_waits_for_nobody_for_long_and_then_changes_nothing() {
    let fresh = Fresh::new();
    laid(&fresh, 2).await;
    let mut hasty = fresh.settings();
    hasty.statement_timeout = Duration::from_millis(200);
    // A dump that reads the events, or a gateway that writes them …
    let dump = fresh.second().await;
    let reading = "BEGIN; SELECT count(*) FROM event";
    dump.batch_execute(reading).await.unwrap();
    let refused = PostgresOutbox::open(hasty.clone()).await.map(drop);
    assert!(
        matches!(refused, Err(PostgresOpenError::TablesInUse)),
        "{refused:?}"
    );
    let version = dump.query_one("SELECT version FROM schema_version", &[]);
    assert_eq!(version.await.unwrap().get::<_, i32>(0), 2);
    dump.batch_execute("ROLLBACK").await.unwrap();
    // … and another gateway that is at it.
    let other = format!("BEGIN; {}", schema::LOCK);
    dump.batch_execute(&other).await.unwrap();
    let refused = PostgresOutbox::open(hasty).await.map(drop);
    assert!(
        matches!(refused, Err(PostgresOpenError::UpgradeUnderWay)),
        "{refused:?}"
    );
    dump.batch_execute("ROLLBACK").await.unwrap();
    drop(fresh.outbox().await);
    let version = dump.query_one("SELECT version FROM schema_version", &[]);
    let version = usize::try_from(version.await.unwrap().get::<_, i32>(0));
    assert_eq!(version, Ok(schema::MIGRATIONS.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn an_upgrade_takes_no_table_that_a_gateway_needs_which_holds_it_up() {
    let fresh = Fresh::new();
    laid(&fresh, 6).await;
    let folding = fresh.second().await;
    let begin = "BEGIN; SELECT 1 FROM observed_state FOR UPDATE";
    folding.batch_execute(begin).await.unwrap();
    let settings = fresh.settings();
    let upgrade = tokio::spawn(async move { PostgresOutbox::open(settings).await.map(drop) });
    let waits =
        "SELECT EXISTS (SELECT 1 FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
                                 WHERE NOT l.granted AND l.mode = 'AccessExclusiveLock'
                                   AND c.relnamespace = current_schema()::regnamespace)";
    let other = fresh.second().await;
    while !other.query_one(waits, &[]).await.unwrap().get::<_, bool>(0) {
        tokio::task::yield_now().await;
    }
    // It goes on with its transaction, and then the upgrade does.
    let reads = "SELECT 1 FROM observed_source; SELECT 1 FROM observed_dossier; COMMIT";
    folding.batch_execute(reads).await.unwrap();
    assert!(matches!(upgrade.await.unwrap(), Ok(())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn logs_that_were_followed_before_an_upgrade_are_waited_for() {
    let fresh = Fresh::new();
    laid(&fresh, 6).await;
    let logs = "INSERT INTO observed_source (name, position)
                VALUES ('events', 5), ('lookups:a', 3), ('lookups:never', 0)";
    let second = fresh.second().await;
    second.batch_execute(logs).await.unwrap();
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let store = fresh.outbox().await.observations(rules);
    let standings = store.standings().await.unwrap();
    let followed = standings.iter().filter(|it| it.follower.is_some());
    let followed: Vec<_> = followed.map(|it| it.source.clone()).collect();
    assert_eq!(followed, [Source::Lookups("a".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn after_a_return_to_an_earlier_moment_everything_is_asked_about_first() {
    let fresh = Fresh::new();
    let store = Arc::new(fresh.outbox().await);
    let desk = Desk(store.clone());
    desk.record_all("a", 0, vec![state(1, "A"), step_body(1, "B")])
        .await;
    for index in 2..=4 {
        let body = state(index, "A");
        desk.record(&format!("d{index}"), 0, body).await.unwrap();
    }
    let claims = desk.claim(1).await;
    let waits = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    desk.settle(&claims[1], 2, waits, NextStep::SendAt(at(900)))
        .await;
    desk.settle(&claims[2], 2, REFUSED, NextStep::Refuse).await;
    desk.accept(&claims[3], 2, 1).await;
    desk.settle(&claims[0], 2, waits, NextStep::SendNow).await;
    store.close().await;
    drop((desk, store));

    let marked = PostgresOutbox::mark_restored(&fresh.settings(), at(1000)).await;
    assert_eq!(marked.unwrap().questions, 2);
    let store = Arc::new(fresh.outbox().await);
    let desk = Desk(store.clone());
    let counts = store.facts().await.unwrap().counts;
    let expected = [
        (SyncState::Unknown, 2),
        (SyncState::Blocked, 1),
        (SyncState::Refused, 1),
        (SyncState::Accepted, 1),
    ];
    assert_eq!(counts, expected.into());
    let before = Intent::Ask(AskReason::BeforeRestore);
    let claims = desk.claim(1000).await;
    assert!(claims.iter().all(|claim| claim.intent == before));
    let asked: Vec<_> = claims.iter().map(|it| it.work.dossier().clone()).collect();
    assert_eq!(asked, [number(1), number(2)]);
    // What comes behind is asked about as well, and what an operator releases.
    desk.accept(&claims[0], 1001, 1).await;
    let next = desk.claim_one(1001).await;
    assert_eq!((said(&next), next.intent), (vec!["B".to_owned()], before));
    store.release(&number(3), &release(1002)).await.unwrap();
    assert_eq!(desk.dossier(3).await.state, SyncState::Unknown);
    // So is what a caller sends again of that time, as a new dossier and as the next event
    // of an old one.
    let lost = event("lost", at(900), state(5, "A"));
    store.record(lost, at(1003)).await.unwrap();
    let lost = event("lost-too", at(900), step_body(4, "B"));
    store.record(lost, at(1003)).await.unwrap();
    for index in [4, 5] {
        assert_eq!(
            desk.dossier(index).await.state,
            SyncState::Unknown,
            "{index}"
        );
    }
    let counts = store.facts().await.unwrap().counts;
    assert_eq!(counts[&SyncState::Unknown], 3);
    // What happens from now on is nobody's question.
    desk.record("fresh", 1005, state(6, "A")).await.unwrap();
    assert_eq!(desk.dossier(6).await.state, SyncState::Pending);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_statement_whose_transaction_did_not_begin_changes_nothing() {
    let fresh = Fresh::new();
    let store = fresh.outbox().await;
    store
        .record(event("e1", at(0), state(1, "A")), at(0))
        .await
        .unwrap();
    let connection = store.link.bare().await;
    let alone = "UPDATE dossier SET state = 'DEAD', due_at = NULL";
    let refused = connection.execute(alone, &[]).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::READ_ONLY_SQL_TRANSACTION));
    drop(connection);
    let claims = store.claim(request(1, 1, 1)).await.unwrap();
    assert_eq!(claims.len(), 1, "and a transaction that begins may write");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_receipt_is_durable_whatever_the_server_is_set_to() {
    let fresh = Fresh::new();
    drop(fresh.outbox().await);
    for (given, expected) in [
        ("off", "on"),
        ("local", "on"),
        ("remote_apply", "remote_apply"),
    ] {
        let mut settings = fresh.settings();
        let url = format!("{}&options=-csynchronous_commit%3D{given}", server());
        settings.url = SecretString::from(url);
        let store = PostgresOutbox::open(settings).await.unwrap();
        let connection = store.link.bare().await;
        let row = connection.query_one("SHOW synchronous_commit", &[]).await;
        assert_eq!(row.unwrap().get::<_, &str>(0), expected, "{given}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn of_several_servers_the_one_in_charge_must_wait_for_another() {
    let fresh = Fresh::new();
    let config: Config = server().parse().unwrap();
    let host = match &config.get_hosts()[0] {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().unwrap_or("postgres");
    let mut settings = fresh.settings();
    // Twice the same one, which has no standby.
    let url = format!("postgresql:///postgres?host={host}&host={host}&port={port}&user={user}");
    settings.url = SecretString::from(url);
    let refused = PostgresOutbox::open(settings).await.map(drop);
    assert!(
        matches!(refused, Err(PostgresOpenError::NotSynchronous)),
        "{refused:?}"
    );
    let made = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
    let made = connect().await.query_one(made, &[&fresh.schema]).await;
    assert_eq!(made.unwrap().get::<_, i64>(0), 0, "nothing was made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn only_a_race_for_a_dossier_or_a_name_is_run_again() {
    let fresh = Fresh::new();
    let store = fresh.outbox().await;
    let admin = fresh.second().await;
    // The sequence counts what is taken back too.
    admin
        .batch_execute(
            "CREATE SEQUENCE tries;
             CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 PERFORM nextval('tries');
                 RAISE EXCEPTION 'twice' USING ERRCODE = '23505', TABLE = TG_TABLE_NAME;
             END $$;
             CREATE TRIGGER refused BEFORE INSERT ON release FOR EACH ROW
                 EXECUTE FUNCTION refuse();
             CREATE TRIGGER refused BEFORE INSERT ON event FOR EACH ROW
                 WHEN (NEW.event_id = 'raced') EXECUTE FUNCTION refuse()",
        )
        .await
        .unwrap();
    let tries = async || -> i64 {
        let row = admin.query_one("SELECT last_value FROM tries", &[]).await;
        row.unwrap().get(0)
    };
    let desk = Desk(Arc::new(fresh.outbox().await));
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let claim = desk.claim_one(1).await;
    desk.settle(&claim, 2, REFUSED, NextStep::Refuse).await;
    let released = store.release(&number(1), &release(3)).await;
    assert!(matches!(released, Err(OutboxError::Unavailable { .. })));
    assert_eq!(
        tries().await,
        1,
        "it stays as it is, however often it is tried"
    );
    let raced = event("raced", at(9), state(2, "A"));
    assert!(store.record(raced, at(9)).await.is_err());
    assert!(tries().await > 10, "somebody else may have been first");
}
