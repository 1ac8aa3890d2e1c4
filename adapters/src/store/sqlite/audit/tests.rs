//! The conformance suite on SQLite, and what only a file in SQLite promises.

mod following;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::access::OfficerId;
use lienthong_core::ports::audit::{AccessFilter, AuditError, AuditLog};
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

use super::read::{ATTEMPTS_SINCE, Wanted};
use super::{Failure, SqliteAudit};
use crate::store::conformance::audit::{Ground, access, at, conformance, numbers, person};
use crate::store::samples::number;
use crate::store::{OpenError, SqliteOutbox};

struct Fresh(TempDir);

impl Fresh {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("audit.db")
    }

    fn log(&self) -> SqliteAudit {
        SqliteAudit::open(self.path()).unwrap()
    }

    /// A second connection, as another program would have it.
    fn second(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

#[async_trait]
impl Ground for Fresh {
    async fn open(&self) -> Arc<dyn AuditLog> {
        Arc::new(self.log())
    }

    async fn break_it(&self) {
        let broken = "
            CREATE TRIGGER no_access BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, ''); END;
            CREATE TRIGGER no_trial BEFORE INSERT ON trial BEGIN SELECT RAISE(ABORT, ''); END;";
        self.second().execute_batch(broken).unwrap();
    }

    async fn mend_it(&self) {
        let mended = "DROP TRIGGER no_access; DROP TRIGGER no_trial;";
        self.second().execute_batch(mended).unwrap();
    }

    async fn readings(&self) -> Vec<String> {
        let conn = self.second();
        let sql = "SELECT concat_ws(' ', reader, reason, conditions, shown) FROM reading";
        let mut statement = conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

conformance!(Fresh::new());

/// What the planner means to do, line by line.
fn plan(conn: &Connection, wanted: &Wanted) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", wanted.sql);
    let mut statement = conn.prepare(&sql).unwrap();
    let values = params_from_iter(wanted.values.clone());
    let rows = statement.query_map(values, |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A log with enough records for the planner to have an opinion.
async fn filled(fresh: &Fresh) -> SqliteAudit {
    let log = fresh.log();
    for index in 1..=300 {
        log.record(access(index, i64::from(index))).await.unwrap();
    }
    log
}

#[tokio::test]
async fn records_of_a_dossier_a_person_an_officer_and_a_time_are_found_by_an_index() {
    let fresh = Fresh::new();
    let log = filled(&fresh).await;
    let any = AccessFilter::default();
    let of_dossier = AccessFilter {
        dossier: Some(number(1)),
        ..any.clone()
    };
    let of_person = AccessFilter {
        person: Some(person("k1", 1)),
        ..any.clone()
    };
    let of_officer = AccessFilter {
        officer: OfficerId::parse("canbo.01"),
        ..any.clone()
    };
    let of_time = AccessFilter {
        from: Some(at(10)),
        until: Some(at(20)),
        ..any.clone()
    };
    let conn = fresh.second();
    for before in [None, Some(100)] {
        for (filter, index) in [
            (
                &of_dossier,
                "SEARCH access USING INDEX access_dossier (dossier=?",
            ),
            (
                &of_person,
                "SEARCH access USING INDEX access_person (person_hash=?",
            ),
            (
                &of_officer,
                "SEARCH access USING INDEX access_officer (officer=?",
            ),
        ] {
            let plan = plan(&conn, &Wanted::new(filter, before, 50));
            assert!(plan[0].starts_with(index), "{plan:?}");
            assert_eq!(plan.len(), 1, "no sort: {plan:?}");
        }
        let plan = plan(&conn, &Wanted::new(&of_time, before, 50));
        assert!(
            plan[0].starts_with("SEARCH access USING INDEX access_time (asked_at>? AND asked_at<?"),
            "{plan:?}"
        );
    }
    drop(log);
}

#[tokio::test]
async fn the_requests_of_a_day_are_summed_from_the_index_alone() {
    let fresh = Fresh::new();
    let log = filled(&fresh).await;
    let wanted = Wanted {
        sql: ATTEMPTS_SINCE.to_owned(),
        values: vec![1.into(), "soap-lgsp".to_owned().into()],
    };
    let plan = plan(&fresh.second(), &wanted);
    assert!(
        plan[0].starts_with("SEARCH access USING COVERING INDEX access_time (asked_at>?"),
        "{plan:?}"
    );
    drop(log);
}

#[tokio::test]
async fn the_file_itself_refuses_to_change_drop_replace_or_skip_a_record() {
    let fresh = Fresh::new();
    let log = fresh.log();
    for index in 1..=2 {
        log.record(access(index, 0)).await.unwrap();
    }
    let columns = "asked_at, client, officer, unit, procedure, dossier, purpose, question, \
                   requested, returned, withheld, outcome, reason, attempts, profile, latency, \
                   person_key, person_hash";
    let copy = |insert, number| {
        format!("{insert} INTO access (sequence, {columns}) SELECT {number}, {columns} FROM access")
    };
    let conn = fresh.second();
    for (sql, why) in [
        (
            "UPDATE access SET outcome = 'DENIED'".to_owned(),
            "never changed",
        ),
        (
            "DELETE FROM access WHERE sequence = 2".to_owned(),
            "never deleted",
        ),
        (copy("INSERT OR REPLACE", 1), "never replaced"),
        (copy("INSERT", 9), "left out"),
        (copy("INSERT", 0), "CHECK"),
    ] {
        let refused = conn.execute(&sql, []).unwrap_err().to_string();
        assert!(refused.contains(why), "{sql}: {refused}");
    }
    assert_eq!(numbers(&log, &AccessFilter::default()).await, [2, 1]);
}

#[tokio::test]
async fn a_copy_taken_right_after_the_answer_holds_the_record() {
    let fresh = Fresh::new();
    let log = fresh.log();
    log.record(access(1, 0)).await.unwrap();
    // What a crash would leave behind: file and log as they are at this moment.
    let after = Fresh::new();
    for name in ["audit.db", "audit.db-wal"] {
        std::fs::copy(fresh.0.path().join(name), after.0.path().join(name)).unwrap();
    }
    let survivor = after.log();
    assert_eq!(numbers(&survivor, &AccessFilter::default()).await, [1]);
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_log_goes_on_where_it_stopped() {
    let fresh = Fresh::new();
    let log = fresh.log();
    log.ready().await.unwrap();
    let most_pages = async |more: u32| {
        let limit = move |conn: &Connection| {
            let pages: u32 = conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let sql = format!("PRAGMA max_page_count = {}", pages + more);
            conn.query_row(&sql, [], |_| Ok::<(), rusqlite::Error>(()))
                .map_err(Failure::from)
        };
        let limited: Result<(), AuditError> = log.engine.writer().call(limit).await;
        limited.unwrap();
    };
    most_pages(0).await;
    let mut kept = 0;
    let full = loop {
        match log.record(access(1, 0)).await {
            Ok(number) => kept = number,
            Err(error) => break error,
        }
    };
    assert!(
        full.to_string().ends_with("database or disk is full"),
        "{full}"
    );
    assert!(kept > 0);
    let not_ready = log.ready().await;
    assert!(matches!(not_ready, Err(AuditError::Unavailable { .. })));
    most_pages(100).await;
    log.ready().await.unwrap();
    assert_eq!(log.record(access(1, 0)).await, Ok(kept + 1));
}

#[tokio::test]
async fn a_group_that_fails_takes_its_numbers_back() {
    let fresh = Fresh::new();
    let log = Arc::new(fresh.log());
    log.record(access(1, 0)).await.unwrap();
    let (hold, released) = std::sync::mpsc::channel::<()>();
    let (busy, is_busy) = tokio::sync::oneshot::channel();
    let holding = Arc::clone(&log);
    let holding = tokio::spawn(async move {
        let wait = move |_: &Connection| {
            busy.send(()).unwrap();
            released.recv().unwrap();
            Ok(())
        };
        holding.write(wait).await
    });
    is_busy.await.unwrap();
    // Queued one after the other behind the held thread, so they become one group.
    let end = |conn: &Connection| Ok(conn.execute_batch("ROLLBACK; SELECT no_such_column")?);
    let let_go = async || hold.send(()).unwrap();
    let (first, ended, last, ()) = tokio::join!(
        biased;
        log.record(access(2, 0)),
        log.write(end),
        log.record(access(3, 0)),
        let_go(),
    );
    holding.await.unwrap().unwrap();
    let reason = "the transaction was ended by a failure".to_owned();
    let failed = AuditError::Unavailable { reason };
    assert_eq!(first, Err(failed.clone()));
    assert_eq!(last, Err(failed));
    assert!(ended.is_err());
    assert_eq!(log.record(access(4, 0)).await, Ok(2));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named_by_its_part_and_never_quoted() {
    let fresh = Fresh::new();
    let log = fresh.log();
    log.record(access(1, 0)).await.unwrap();
    let spoil = "DROP TRIGGER access_unchanged; UPDATE access SET officer = 'LY THI THU'";
    fresh.second().execute_batch(spoil).unwrap();
    let error = log.accesses(&AccessFilter::default(), None, 9).await;
    let error = error.unwrap_err();
    assert_eq!(error, AuditError::Corrupt { what: "an officer" });
    assert!(!format!("{error} {error:?}").contains("LY THI"));
}

#[tokio::test]
async fn the_files_of_two_stores_are_not_mistaken_for_each_other() {
    let fresh = Fresh::new();
    let outbox = fresh.0.path().join("outbox.db");
    drop((fresh.log(), SqliteOutbox::open(&outbox).unwrap()));
    let expected = |error: Option<OpenError>| match error.unwrap() {
        OpenError::OtherFile { expected } => expected,
        other => panic!("{other:?}"),
    };
    assert_eq!(expected(SqliteAudit::open(outbox).err()), "audit");
    assert_eq!(expected(SqliteOutbox::open(fresh.path()).err()), "outbox");
}

#[tokio::test]
async fn a_closed_log_says_so_and_leaves_one_whole_file() {
    let fresh = Fresh::new();
    let log = fresh.log();
    log.record(access(1, 0)).await.unwrap();
    log.close().await;
    let reason = "it is closed".to_owned();
    let closed = AuditError::Unavailable { reason };
    assert_eq!(log.record(access(2, 0)).await, Err(closed.clone()));
    assert_eq!(log.ready().await, Err(closed));
    let files: Vec<_> = std::fs::read_dir(fresh.0.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "the log is folded into the file");
}
