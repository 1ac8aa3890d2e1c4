//! The conformance suite on SQLite, and what only a file in SQLite promises.

mod disk;
mod earlier;
mod plans;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::ports::outbox::{Outbox, OutboxError, RecordError};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{OpenError, SqliteOutbox};
use crate::store::conformance;
use crate::store::conformance::feed::{Followed, feed_conformance};
use crate::store::conformance::ledger::{Store, ledger_conformance};
use crate::store::conformance::operations::operations_conformance;
use crate::store::conformance::outbox::{Broken, Desk, Ground, LEASE, at, conformance, said};
use crate::store::samples::{event, event_of, number, state, step_body};

struct Fresh(TempDir);

impl Fresh {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("outbox.db")
    }

    /// A second connection, as another program would have it.
    fn second(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

#[async_trait]
impl Ground for Fresh {
    async fn open(&self) -> Arc<dyn Outbox> {
        Arc::new(SqliteOutbox::open(self.path()).unwrap())
    }

    async fn refuse(&self, event_id: &str, broken: Broken) {
        // Whatever the reason, a command is undone whole.
        let reason = match broken {
            Broken::Disk => "the disk is gone",
            Broken::Row => "the row does not fit",
        };
        let sql = format!(
            "CREATE TRIGGER refused BEFORE INSERT ON event WHEN new.event_id = '{event_id}'
             BEGIN SELECT RAISE(ABORT, '{reason}'); END"
        );
        self.second().execute_batch(&sql).unwrap();
    }

    async fn mend(&self) {
        self.second().execute_batch("DROP TRIGGER refused").unwrap();
    }

    async fn mark_restored(&self, second: i64) {
        let mark = "UPDATE sync_mark SET restored_at = ?1 WHERE id = 1";
        let at = conformance::outbox::at(second).as_microsecond();
        assert_eq!(self.second().execute(mark, [at]).unwrap(), 1);
    }

    async fn spoil(&self, index: u32) {
        let code = number(index);
        let spoilt = "UPDATE dossier SET code = 'no number' WHERE code = ?1";
        self.second().execute(spoilt, [code.as_str()]).unwrap();
    }

    async fn spoil_content(&self, event_id: &str) {
        let spoilt = "UPDATE event SET body = x'00' WHERE event_id = ?1";
        self.second().execute(spoilt, [event_id]).unwrap();
    }

    async fn double_attempt(&self, index: u32) {
        let code = number(index);
        let double = "
            INSERT INTO attempt (event, number, started_at, ended_at, outcome, worker)
            SELECT h.id, h.attempts + 1, 0, 0, 'ACCEPTED', 'nobody'
              FROM dossier d
              JOIN event h ON h.dossier = d.id AND h.revision = d.accepted_revision + 1
             WHERE d.code = ?1";
        self.second().execute(double, [code.as_str()]).unwrap();
    }

    async fn spoil_operation(&self, name: &str) {
        let spoilt = "UPDATE operation SET reason = '' WHERE name = ?1";
        self.second().execute(spoilt, [name]).unwrap();
    }

    async fn operators_kept(&self) -> u64 {
        let kept = "SELECT count(*) FROM release WHERE operator <> '' OR reason <> ''";
        let kept: u32 = self.second().query_row(kept, [], |row| row.get(0)).unwrap();
        kept.into()
    }

    async fn spoil_cause(&self, index: u32) {
        let code = number(index);
        let spoilt = "UPDATE dossier SET head_cause = 'BAD_WEATHER' WHERE code = ?1";
        self.second().execute(spoilt, [code.as_str()]).unwrap();
    }
}

#[async_trait]
impl conformance::ledger::Ground for Fresh {
    fn outbox(&self) -> &dyn Ground {
        self
    }

    async fn open_store(&self) -> Arc<dyn Store> {
        Arc::new(SqliteOutbox::open(self.path()).unwrap())
    }
}

#[async_trait]
impl conformance::feed::Ground for Fresh {
    fn outbox(&self) -> &dyn Ground {
        self
    }

    async fn open_followed(&self) -> Arc<dyn Followed> {
        Arc::new(SqliteOutbox::open(self.path()).unwrap())
    }
}

conformance!(Fresh::new());
feed_conformance!(Fresh::new());
ledger_conformance!(Fresh::new());
operations_conformance!(Fresh::new());

#[tokio::test]
async fn an_event_is_in_the_file_when_its_receipt_is_given() {
    let fresh = Fresh::new();
    let outbox = SqliteOutbox::open(fresh.path()).unwrap();
    for n in 1..=20 {
        let body = state(n, "A");
        outbox
            .record(event(&format!("e{n}"), at(0), body), at(0))
            .await
            .unwrap();
        let kept: u32 = fresh
            .second()
            .query_row(
                "SELECT count(*) FROM event WHERE state = 'PENDING'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(kept, n);
    }
}

#[tokio::test]
async fn of_two_systems_in_one_group_the_first_has_the_dossier() {
    let fresh = Fresh::new();
    let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
    let (hold, released) = std::sync::mpsc::channel::<()>();
    let (busy, is_busy) = tokio::sync::oneshot::channel();
    let writer = Arc::clone(outbox.engine.writer());
    let holding = tokio::spawn(async move {
        let wait = move |_: &Connection| {
            busy.send(()).unwrap();
            released.recv().unwrap();
            Ok::<(), OutboxError>(())
        };
        writer.call::<_, _, OutboxError, _>(wait).await
    });
    is_busy.await.unwrap();
    // Queued one after the other behind the held thread, so they become one group.
    let record = async |client| {
        let event = event_of(client, "e1", at(0), state(1, client));
        outbox.record(event, at(0)).await
    };
    let let_go = async || hold.send(()).unwrap();
    let (first, second, ()) = tokio::join!(biased; record("igate"), record("other"), let_go());
    holding.await.unwrap().unwrap();
    assert_eq!(first.unwrap().revision, 1);
    let refused = RecordError::OtherSystem { dossier: number(1) };
    assert_eq!(second, Err(refused));
    let kept = "SELECT group_concat(client) FROM event";
    let kept: String = fresh
        .second()
        .query_row(kept, [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, "igate");
}

#[tokio::test]
async fn a_copy_taken_right_after_the_receipt_holds_the_event() {
    let fresh = Fresh::new();
    let desk = Desk::open(&fresh).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    // What a crash would leave behind: file and log as they are at this moment.
    let after = TempDir::new().unwrap();
    for name in ["outbox.db", "outbox.db-wal"] {
        std::fs::copy(fresh.0.path().join(name), after.path().join(name)).unwrap();
    }
    let survivor = Desk(Arc::new(
        SqliteOutbox::open(after.path().join("outbox.db")).unwrap(),
    ));
    assert_eq!(said(&survivor.claim_one(1).await), ["A"]);
}

#[tokio::test]
async fn a_task_that_cannot_be_read_is_set_aside_and_holds_up_nobody() {
    let fresh = Fresh::new();
    let desk = Desk::open(&fresh).await;
    for index in 1..=2 {
        desk.record(&format!("e{index}"), 0, state(index, "A"))
            .await
            .unwrap();
    }
    let spoilt = br#"{"v":1,"LY THI THU":"000185000001"}"#;
    fresh
        .second()
        .execute("UPDATE event SET body = ?1 WHERE id = 1", [spoilt])
        .unwrap();
    let claim = desk.claim_one(1).await;
    assert_eq!(*claim.work.dossier(), number(2));
    assert!(desk.claim(1).await.is_empty());
    let facts = desk.0.facts().await.unwrap();
    assert_eq!(facts.counts[&SyncState::Dead], 1);
    assert_eq!(facts.last_failure, Some((at(1), Cause::StoredUnreadable)));
    let error = desk.0.dossier(&number(1)).await.unwrap_err();
    assert!(matches!(error, OutboxError::Corrupt { task: 1, .. }));
    assert!(!format!("{error} {error:?}").contains("000185"));
}

#[tokio::test]
async fn a_step_that_cannot_be_read_is_left_out_of_the_claim_before_it() {
    let fresh = Fresh::new();
    let desk = Desk::open(&fresh).await;
    let bodies = vec![
        state(1, "A"),
        step_body(1, "B"),
        step_body(1, "C"),
        step_body(1, "D"),
    ];
    desk.record_all("e", 0, bodies).await;
    fresh
        .second()
        .execute("UPDATE event SET body = x'00' WHERE event_id = 'e3'", [])
        .unwrap();
    for expected in ["A", "B"] {
        let claim = desk.claim_one(1).await;
        assert_eq!(said(&claim), [expected]);
        desk.accept(&claim, 1, 1).await;
    }
    assert!(desk.claim(1).await.is_empty());
    let states = [
        SyncState::Accepted,
        SyncState::Accepted,
        SyncState::Dead,
        SyncState::Blocked,
    ];
    assert_eq!(desk.states(1).await, states);
}

#[tokio::test]
async fn a_claim_that_cannot_be_read_again_is_closed_and_set_aside() {
    let fresh = Fresh::new();
    let desk = Desk::open(&fresh).await;
    desk.record_all("e", 0, vec![state(1, "A"), state(1, "B")])
        .await;
    desk.claim_one(0).await;
    fresh
        .second()
        .execute("UPDATE event SET body = x'00' WHERE event_id = 'e1'", [])
        .unwrap();
    assert!(desk.claim(LEASE.as_secs()).await.is_empty());
    let first = desk.timeline(1).await.remove(0);
    let causes: Vec<_> = first
        .attempts
        .iter()
        .map(|it| it.outcome.unwrap())
        .collect();
    let told = [Cause::Interrupted, Cause::StoredUnreadable].map(AttemptOutcome::Unknown);
    assert_eq!((first.state, &causes[..]), (SyncState::Dead, &told[..]));
}

#[tokio::test]
async fn a_dropped_outbox_leaves_one_whole_file() {
    let fresh = Fresh::new();
    let desk = Desk::open(&fresh).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    desk.0.facts().await.unwrap();
    drop(desk);
    let files: Vec<_> = std::fs::read_dir(fresh.0.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "the log is folded into the file");
}

#[tokio::test]
async fn the_file_itself_refuses_two_heads_of_one_dossier() {
    let fresh = Fresh::new();
    let desk = Desk::open(&fresh).await;
    desk.record_all("e", 0, vec![state(1, "A"), state(1, "B")])
        .await;
    let conn = fresh.second();
    let promote = "UPDATE event SET state = 'PENDING', due_at = 0 WHERE event_id = 'e2'";
    let refused = conn.execute(promote, []).unwrap_err();
    assert!(refused.to_string().contains("UNIQUE"), "{refused}");
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused() {
    let fresh = Fresh::new();
    drop(Desk::open(&fresh).await);
    fresh
        .second()
        .execute_batch("PRAGMA user_version = 7")
        .unwrap();
    let refused = SqliteOutbox::open(fresh.path()).err().unwrap();
    assert!(matches!(refused, OpenError::NewerSchema { found: 7, .. }));
    let as_port_error = OutboxError::from(refused).to_string();
    assert!(as_port_error.contains("schema 7"), "{as_port_error}");
}

#[tokio::test]
async fn a_closed_outbox_says_so_and_leaves_one_whole_file() {
    let fresh = Fresh::new();
    let outbox = SqliteOutbox::open(fresh.path()).unwrap();
    outbox
        .record(event("e1", at(0), state(1, "A")), at(0))
        .await
        .unwrap();
    outbox.close().await;
    outbox.close().await;
    let closed = OutboxError::Unavailable {
        reason: "the outbox is closed".to_owned(),
    };
    assert_eq!(outbox.facts().await, Err(closed.clone()));
    let refused = outbox
        .record(event("e2", at(0), state(2, "A")), at(0))
        .await;
    assert_eq!(refused, Err(closed.into()));
    let files: Vec<_> = std::fs::read_dir(fresh.0.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "the log is folded into the file");
}
