//! The conformance suite on SQLite, and what only a file in SQLite promises.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::ports::evidence::{EvidenceError, EvidenceRegister};
use lienthong_core::ports::reports::{ReportArchive as _, ReportId};
use lienthong_core::report::ReportKind;
use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteRegister;
use crate::store::conformance::register::{Ground, Store, new, piece, register_conformance};
use crate::store::{OpenError, Overwrite, SqliteAudit, StoreKind, backup, restore, verify};

struct Fresh(TempDir);

impl Fresh {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("register.sqlite")
    }

    fn register(&self) -> SqliteRegister {
        SqliteRegister::open(self.path()).unwrap()
    }
}

#[async_trait]
impl Ground for Fresh {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.register())
    }

    async fn run(&self, sql: &str) -> bool {
        let conn = Connection::open(self.path()).unwrap();
        conn.execute_batch(sql).is_ok()
    }
}

register_conformance!(Fresh::new());

#[tokio::test]
async fn replacing_a_row_is_refused_too() {
    let fresh = Fresh::new();
    let store = fresh.register();
    store
        .record(vec![new(piece(1), "igate", "e1", 1)])
        .await
        .unwrap();
    for columns in ["1, 'other', 'e9'", "2, 'igate', 'e1'"] {
        let replace = format!(
            "REPLACE INTO evidence (sequence, client, event_id, operator, recorded_at, body)
             VALUES ({columns}, 'CB-07', 0, '{{}}')"
        );
        assert!(!fresh.run(&replace).await, "{columns}");
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_without_its_values() {
    let fresh = Fresh::new();
    drop(fresh.register());
    let spoilt = "INSERT INTO evidence (client, event_id, operator, recorded_at, body)
                  VALUES ('igate', 'e1', 'CB-07', 0, '{\"secret\": 1}')";
    assert!(fresh.run(spoilt).await);
    let Err(EvidenceError::Unavailable { reason }) = fresh.register().history().await else {
        panic!("the row says nothing");
    };
    assert_eq!(
        reason,
        "the body of a piece of evidence cannot be read back"
    );
}

#[tokio::test]
async fn a_closed_register_says_so() {
    let fresh = Fresh::new();
    let store = fresh.register();
    store.close().await;
    let reason = "it is closed".to_owned();
    assert_eq!(
        store.version().await,
        Err(EvidenceError::Unavailable { reason })
    );
}

#[test]
fn the_file_of_another_store_is_refused() {
    let fresh = Fresh::new();
    drop(SqliteAudit::open(fresh.path()).unwrap());
    let refused = SqliteRegister::open(fresh.path()).err().unwrap();
    assert!(matches!(
        refused,
        OpenError::OtherFile {
            expected: "register"
        }
    ));
}

#[tokio::test]
async fn a_register_is_copied_checked_and_put_back_with_all_that_it_holds() {
    let fresh = Fresh::new();
    let store = fresh.register();
    let pieces = vec![
        new(piece(1), "igate", "e1", 1),
        new(piece(2), "igate", "e2", 9),
    ];
    store.record(pieces).await.unwrap();
    let held = store.history().await.unwrap();
    let copy = fresh.0.path().join("copy.sqlite");
    let made = backup(&fresh.path(), &copy).unwrap();
    assert_eq!(made.kind, StoreKind::Register);
    assert_eq!(made.newest, Some(held[1].recorded_at));
    let later = vec![new(piece(3), "igate", "e3", 20)];
    store.record(later).await.unwrap();
    store.close().await;
    assert!(verify(&copy).unwrap().is_sound());
    let now = held[1].recorded_at;
    let back = restore(&copy, &fresh.path(), Overwrite::Replace, now).unwrap();
    assert_eq!((back.kind, back.questions), (StoreKind::Register, 0));
    assert_eq!(fresh.register().history().await.unwrap(), held);
}

#[tokio::test]
async fn a_register_with_a_row_missing_or_unreadable_is_not_sound() {
    let fresh = Fresh::new();
    let store = fresh.register();
    for index in 1..=3 {
        let event = format!("e{index}");
        let piece = new(piece(index), "igate", &event, 1);
        store.record(vec![piece]).await.unwrap();
    }
    store.close().await;
    let tampered = "DROP TRIGGER evidence_kept; DELETE FROM evidence WHERE sequence = 2;
                    DROP TRIGGER evidence_unchanged;
                    UPDATE evidence SET body = '{}' WHERE sequence = 3;";
    assert!(fresh.run(tampered).await);
    assert_eq!(
        verify(&fresh.path()).unwrap().problems,
        [
            "1 pieces of evidence are missing",
            "the body of a piece of evidence cannot be read back",
        ]
    );
}

#[tokio::test]
async fn boards_of_a_file_of_the_first_version_count_as_told() {
    let fresh = Fresh::new();
    let conn = Connection::open(fresh.path()).unwrap();
    conn.execute_batch(&format!(
        "{}; PRAGMA application_id = {}; PRAGMA user_version = 1;
         INSERT INTO report (sequence, kind, unit, first_day, last_day, as_of, kept_at, client,
                             sha256, vietnamese, english, checks)
         VALUES (1, 'board', '', '2025-06-14', '2025-07-13', 1, 2, 'lienthong', zeroblob(32),
                 '{{}}', '{{}}', '{{}}')",
        super::SCHEMA.migrations[0],
        super::SCHEMA.application_id
    ))
    .unwrap();
    drop(conn);
    let store = fresh.register();
    assert_eq!(store.is_told(ReportId(1)).await, Ok(true));
    let last = store
        .last_before(ReportKind::Board, None, Timestamp::MAX)
        .await;
    assert_eq!(last.unwrap().unwrap().id, ReportId(1));
}
