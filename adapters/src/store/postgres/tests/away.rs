//! A database that goes away and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lienthong_core::ports::outbox::{Outbox, OutboxError, RecordError};
use secrecy::SecretString;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::{Fresh, connect, server};
use crate::store::conformance::outbox::{Desk, at, request, settlement};
use crate::store::postgres::{PostgresOpenError, PostgresOutbox, PostgresSettings};
use crate::store::samples::{event, state, step_body};
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;

/// Ends every connection of the stores of this schema.
const CUT: &str = "
    SELECT count(pg_terminate_backend(a.pid))
      FROM pg_stat_activity a
     WHERE a.pid <> pg_backend_pid() AND a.application_name = $1";

/// A store whose connections can be told from those of other tests.
async fn named(fresh: &Fresh) -> PostgresOutbox {
    let mut settings = fresh.settings();
    settings.application_name.clone_from(&fresh.schema);
    PostgresOutbox::open(settings).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn connections_that_are_cut_between_calls_are_not_noticed() {
    let fresh = Fresh::new();
    let store = named(&fresh).await;
    let admin = connect().await;
    for n in 1..=10 {
        let event = event(&format!("e{n}"), at(0), state(n, "A"));
        store.record(event, at(0)).await.unwrap();
        admin.query_one(CUT, &[&fresh.schema]).await.unwrap();
    }
    let counts = store.facts().await.unwrap().counts;
    assert_eq!(counts, [(SyncState::Pending, 10)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn nothing_acknowledged_is_lost_while_connections_are_cut_under_load() {
    let fresh = Fresh::new();
    let store = Arc::new(named(&fresh).await);
    let done = Arc::new(AtomicU64::new(0));
    let mut recorders = tokio::task::JoinSet::new();
    for recorder in 1..=6 {
        recorders.spawn(insist(store.clone(), done.clone(), recorder));
    }
    let cutting = {
        let (done, schema) = (done.clone(), fresh.schema.clone());
        tokio::spawn(async move {
            let admin = connect().await;
            let (mut cut, mut next) = (0, 30);
            // In the middle of what the others do, once for every thirty events kept.
            while next < 720 {
                if done.load(Ordering::Relaxed) >= next {
                    let row = admin.query_one(CUT, &[&schema]).await.unwrap();
                    cut += row.get::<_, i64>(0);
                    next += 30;
                }
                tokio::task::yield_now().await;
            }
            cut
        })
    };
    recorders.join_all().await;
    assert!(cutting.await.unwrap() > 20, "connections were cut at work");
    assert_eq!(done.load(Ordering::Relaxed), 720);
    let desk = Desk(store.clone());
    for recorder in 1..=6 {
        assert_eq!(desk.dossier(recorder).await.revision, 120);
    }
    let counts = store.facts().await.unwrap().counts;
    let expected = [(SyncState::Pending, 6), (SyncState::Blocked, 714)];
    assert_eq!(
        counts,
        expected.into(),
        "the counts are as true as the rows"
    );
}

/// Records 120 events of one dossier. Whoever was not answered asks again, and is told the
/// same.
async fn insist(store: Arc<PostgresOutbox>, done: Arc<AtomicU64>, recorder: u32) {
    for n in 0..120_u32 {
        let body = if n == 0 {
            state(recorder, "A")
        } else {
            step_body(recorder, &n.to_string())
        };
        let event = event(&format!("r{recorder}-{n}"), at(0), body);
        loop {
            match store.record(event.clone(), at(0)).await {
                Ok(receipt) => {
                    assert_eq!(receipt.revision, u64::from(n) + 1);
                    done.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                Err(RecordError::Store(OutboxError::Unavailable { .. })) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A way to the server that can be closed.
struct Gate {
    address: String,
    open: watch::Sender<bool>,
    _directory: tempfile::TempDir,
}

/// What the way leads through.
enum Way {
    Unix(UnixStream),
    Tcp(TcpStream),
}

async fn dial(host: &Host, port: u16) -> std::io::Result<Way> {
    match host {
        Host::Tcp(name) => Ok(Way::Tcp(TcpStream::connect((name.as_str(), port)).await?)),
        Host::Unix(path) => {
            let socket = path.join(format!(".s.PGSQL.{port}"));
            Ok(Way::Unix(UnixStream::connect(socket).await?))
        }
    }
}

impl Gate {
    fn new() -> Self {
        let config: Config = server().parse().unwrap();
        let host = config.get_hosts()[0].clone();
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).unwrap();
        let (open, is_open) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (host, mut is_open) = (host.clone(), is_open.clone());
                tokio::spawn(async move {
                    if !*is_open.borrow_and_update() {
                        return;
                    }
                    let far = dial(&host, port).await.unwrap();
                    let closed = is_open.wait_for(|open| !open);
                    let carried = async {
                        match far {
                            Way::Unix(mut far) => copy_bidirectional(&mut near, &mut far).await,
                            Way::Tcp(mut far) => copy_bidirectional(&mut near, &mut far).await,
                        }
                    };
                    tokio::select! {
                        _ = closed => {}
                        _ = carried => {}
                    }
                });
            }
        });
        let user = config.get_user().unwrap_or("postgres");
        let password = config
            .get_password()
            .map(|it| format!("&password={}", String::from_utf8_lossy(it)))
            .unwrap_or_default();
        let database = config.get_dbname().unwrap_or("postgres");
        let at = directory.path().display();
        Self {
            address: format!("postgresql:///{database}?host={at}&user={user}{password}"),
            open,
            _directory: directory,
        }
    }

    fn set(&self, open: bool) {
        self.open.send_replace(open);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_database_that_is_away_is_unavailable_and_found_again() {
    let (fresh, gate) = (Fresh::new(), Gate::new());
    let mut settings = fresh.settings();
    settings.url = SecretString::from(gate.address.clone());
    let store = PostgresOutbox::open(settings).await.unwrap();
    let record = async |n: u32| {
        let event = event(&format!("e{n}"), at(0), state(n, "A"));
        store.record(event, at(0)).await
    };
    record(1).await.unwrap();
    let claim = store.claim(request(1, 1, 1)).await.unwrap().remove(0);
    let mut told = store.changes();
    gate.set(false);
    let unavailable = |error: &OutboxError| matches!(error, OutboxError::Unavailable { .. });
    // The first may find a connection that is not cut yet; nothing is kept in that time.
    loop {
        match record(2).await {
            Ok(_) => {}
            Err(RecordError::Store(error)) => {
                assert!(unavailable(&error));
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(unavailable(&store.facts().await.unwrap_err()));
    assert!(unavailable(
        &store.claim(request(1, 1, 1)).await.unwrap_err()
    ));
    let done = NextStep::Accepted { events: 1 };
    let settled = settlement(&claim, 2, AttemptOutcome::Accepted, done);
    assert!(unavailable(
        &store.settle(settled.clone()).await.unwrap_err()
    ));
    gate.set(true);
    store.settle(settled).await.unwrap();
    record(2).await.unwrap();
    let counts = store.facts().await.unwrap().counts;
    let expected = [(SyncState::Accepted, 1), (SyncState::Pending, 1)];
    assert_eq!(counts, expected.into());
    // The listener is back too, and says that it heard nothing for a while.
    let long = Duration::from_secs(30);
    tokio::time::timeout(long, told.recv())
        .await
        .unwrap()
        .unwrap();
    store.close().await;
    assert!(unavailable(&store.facts().await.unwrap_err()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn a_caller_that_stops_waiting_leaves_no_half_transaction() {
    let fresh = Fresh::new();
    let mut settings = fresh.settings();
    settings.connections = std::num::NonZeroUsize::MIN;
    let store = Arc::new(PostgresOutbox::open(settings).await.unwrap());
    for n in 1..=40 {
        let event = event(&format!("e{n}"), at(0), state(n, "A"));
        let patience = Duration::from_micros(u64::from(n) * 150);
        let recording = store.record(event, at(0));
        drop(tokio::time::timeout(patience, recording).await);
    }
    // The one connection is of use, and what was begun was done whole.
    let counts = store.facts().await.unwrap().counts;
    assert!(counts.keys().all(|state| *state == SyncState::Pending));
    store.close().await;
    let again = fresh.outbox().await;
    let counts = again.facts().await.unwrap().counts;
    let rows = "SELECT count(*) FROM event";
    let rows: i64 = fresh
        .second()
        .await
        .query_one(rows, &[])
        .await
        .unwrap()
        .get(0);
    let counted = counts.get(&SyncState::Pending).copied().unwrap_or(0);
    assert_eq!(i64::try_from(counted).unwrap(), rows);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_without_its_password() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().display();
    let url = format!("postgresql:///d?host={at}&user=u&password=s3cret");
    let settings = PostgresSettings::new(SecretString::from(url));
    let error = PostgresOutbox::open(settings).await.map(drop).unwrap_err();
    assert!(matches!(error, PostgresOpenError::Unreachable { .. }));
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}
