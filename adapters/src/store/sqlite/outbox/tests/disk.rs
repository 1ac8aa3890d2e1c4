//! A disk that is full or does not take anything, and a file that is gone for a while:
//! callers hear it, nothing acknowledged is lost, and it goes on by itself.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::ports::outbox::{Outbox, OutboxError, RecordError};
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use rusqlite::Connection;

use super::Fresh;
use crate::store::conformance::outbox::{Desk, at, request, said, settlement};
use crate::store::samples::{event, number, state, step_body};
use crate::store::sqlite::backup::verify;
use crate::store::sqlite::outbox::SqliteOutbox;
use crate::store::sqlite::outbox::column::Failure;

/// Does something to the writer's own connection.
async fn with_writer(
    outbox: &SqliteOutbox,
    work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
) {
    let done: Result<(), OutboxError> = outbox
        .engine
        .writer()
        .call(move |conn| work(conn).map_err(Failure::from))
        .await;
    done.unwrap();
}

/// Room for so many pages more than there are.
async fn room_for(outbox: &SqliteOutbox, more: u32) {
    with_writer(outbox, move |conn| {
        let pages: u32 = conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let sql = format!("PRAGMA max_page_count = {}", pages + more);
        conn.query_row(&sql, [], |_| Ok(()))
    })
    .await;
}

fn unavailable<T: std::fmt::Debug>(result: &Result<T, OutboxError>) -> bool {
    matches!(result, Err(OutboxError::Unavailable { .. }))
}

/// Records until the disk is full; the events that were acknowledged.
async fn fill(outbox: &SqliteOutbox, index: u32) -> Vec<String> {
    let mut kept = Vec::new();
    for n in 1_i64.. {
        let id = format!("{index}-{n}");
        match outbox
            .record(event(&id, at(n), state(index, &id)), at(n))
            .await
        {
            Ok(_) => kept.push(id),
            Err(RecordError::Store(OutboxError::Unavailable { reason })) => {
                assert!(reason.contains("full"), "{reason}");
                break;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    kept
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_acknowledged_is_lost() {
    let fresh = Fresh::new();
    let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
    let desk = Desk(outbox.clone());
    desk.record("0", 0, state(2, "A")).await.unwrap();
    let claim = desk.claim_one(0).await;
    room_for(&outbox, 12).await;
    let mut kept = fill(&outbox, 1).await;
    assert!(!kept.is_empty());
    // A load that does not fit is answered event by event, and none of it is kept.
    let load = (0..200).map(|n| event(&format!("l{n}"), at(900), state(3, "A")));
    for answer in outbox.record_all(load.collect(), at(900)).await {
        assert!(matches!(answer, Err(RecordError::Store(_))), "{answer:?}");
    }
    assert!(desk.0.dossier(&number(3)).await.unwrap().is_none());
    // What is kept is still told.
    assert_eq!(desk.timeline(1).await.len(), kept.len());
    // A settlement that finds no room is not half recorded.
    let long = "Lỗi ".repeat(75);
    let mut settled = settlement(&claim, 1, AttemptOutcome::Accepted, NextStep::SendNow);
    settled.upstream_text = long;
    let answer = outbox.settle(settled).await;
    let state_then = desk.dossier(2).await.state;
    let recorded = answer.is_ok();
    assert_eq!(state_then == SyncState::Pending, recorded, "{answer:?}");
    // Room again: it goes on without a restart.
    room_for(&outbox, 10_000).await;
    let next = format!("1-{}", kept.len() + 1);
    let body = state(1, &next);
    let moment = at(i64::try_from(kept.len()).unwrap() + 1);
    let receipt = outbox
        .record(event(&next, moment, body), moment)
        .await
        .unwrap();
    kept.push(next);
    assert_eq!(receipt.revision, u64::try_from(kept.len()).unwrap());
    let told = desk.timeline(1).await;
    let told: Vec<_> = told.iter().map(|it| it.event.as_str().to_owned()).collect();
    assert_eq!(told, kept);
    drop((desk, outbox));
    assert!(verify(&fresh.path()).unwrap().is_sound());
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_told_until_it_lets_go() {
    let fresh = Fresh::new();
    let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
    let desk = Desk(outbox.clone());
    desk.record_all("e", 0, vec![state(1, "A"), step_body(1, "B")])
        .await;
    // Without the patience that it has otherwise.
    with_writer(&outbox, |conn| conn.busy_timeout(Duration::ZERO)).await;
    let second = fresh.second();
    second.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = desk.record("e3", 1, step_body(1, "C")).await;
    assert!(matches!(refused, Err(RecordError::Store(_))), "{refused:?}");
    let claimed = outbox.claim(request(1, 5, 3)).await;
    assert!(unavailable(&claimed.map(|it| it.len())));
    assert_eq!(desk.dossier(1).await.revision, 2, "reading goes on");
    second.execute_batch("ROLLBACK").unwrap();
    desk.record("e3", 1, step_body(1, "C")).await.unwrap();
    assert_eq!(said(&desk.claim_one(2).await), ["A"]);
}

#[tokio::test]
#[ignore = "needs the right to make files immutable"]
async fn a_file_that_became_read_only_is_told_until_it_can_be_written_again() {
    let fresh = Fresh::new();
    let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
    let desk = Desk(outbox.clone());
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let immutable = |sign: &str| {
        for name in ["outbox.db", "outbox.db-wal"] {
            let file = fresh.0.path().join(name);
            let set = Command::new("chattr").arg(sign).arg(file).status();
            assert!(set.unwrap().success());
        }
    };
    immutable("+i");
    let refused = desk.record("e2", 1, state(1, "B")).await;
    let claimed = outbox.claim(request(1, 5, 3)).await;
    immutable("-i");
    assert!(matches!(refused, Err(RecordError::Store(_))), "{refused:?}");
    assert!(unavailable(&claimed.map(|it| it.len())));
    assert_eq!(
        desk.record("e2", 1, state(1, "B")).await.unwrap().revision,
        2
    );
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_has_lost_its_name() {
    for suffix in ["", "-wal"] {
        let fresh = Fresh::new();
        let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
        let desk = Desk(outbox.clone());
        desk.record("e1", 0, state(1, "A")).await.unwrap();
        let file = fresh.0.path().join(format!("outbox.db{suffix}"));
        let away = fresh.0.path().join("away");
        std::fs::rename(&file, &away).unwrap();
        for _ in 0..2 {
            let refused = desk.record("e2", 1, state(1, "B")).await.unwrap_err();
            let RecordError::Store(OutboxError::Unavailable { reason }) = &refused else {
                panic!("{refused:?}");
            };
            assert!(reason.contains("not in its place"), "{reason}");
        }
        assert!(unavailable(
            &outbox.claim(request(1, 5, 3)).await.map(|it| it.len())
        ));
        // Another file in its place is not taken for it.
        std::fs::write(&file, b"").unwrap();
        assert!(desk.record("e2", 1, state(1, "B")).await.is_err());
        std::fs::rename(&away, &file).unwrap();
        let receipt = desk.record("e2", 1, state(1, "B")).await.unwrap();
        assert_eq!(receipt.revision, 2, "after {suffix:?}");
        drop((desk, outbox));
        let desk = Desk::open(&fresh).await;
        assert_eq!(desk.dossier(1).await.revision, 2);
    }
}

#[tokio::test]
#[ignore = "needs the right to mount a small file system"]
async fn a_disk_that_is_really_full_is_told_and_recovered_from() {
    let fresh = Fresh::new();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs"])
        .arg(fresh.0.path())
        .status();
    assert!(mount.unwrap().success());
    let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
    let desk = Desk(outbox.clone());
    let filling = fresh.0.path().join("filling");
    std::fs::write(&filling, vec![0; 400 * 1024]).unwrap();
    let mut kept = 0;
    let refused = loop {
        let id = format!("e{kept}");
        match desk.record(&id, kept, state(1, &id)).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(
        refused,
        RecordError::Store(OutboxError::Unavailable { .. })
    ));
    assert!(kept > 0);
    let claim = outbox.claim(request(kept, 1, 1)).await;
    assert!(claim.is_ok() || unavailable(&claim.map(|it| it.len())));
    std::fs::remove_file(&filling).unwrap();
    let id = format!("e{kept}");
    let receipt = desk.record(&id, kept, state(1, &id)).await.unwrap();
    assert_eq!(receipt.revision, u64::try_from(kept).unwrap() + 1);
    assert_eq!(
        desk.timeline(1).await.len(),
        usize::try_from(kept).unwrap() + 1
    );
    drop((desk, outbox));
    assert!(verify(&fresh.path()).unwrap().is_sound());
    let unmount = Command::new("umount").arg(fresh.0.path()).status();
    assert!(unmount.unwrap().success());
}

#[tokio::test]
async fn a_log_that_can_grow_no_further_begins_anew_in_its_room() {
    let fresh = Fresh::new();
    let outbox = Arc::new(SqliteOutbox::open(fresh.path()).unwrap());
    let desk = Desk(outbox.clone());
    for n in 1..=20 {
        desk.record(&format!("e{n}"), n, state(1, "A"))
            .await
            .unwrap();
    }
    let log = fresh.0.path().join("outbox.db-wal");
    let length = || log.metadata().unwrap().len();
    let before = length();
    // A group that fails, as on a full disk.
    with_writer(&outbox, |conn| conn.busy_timeout(Duration::ZERO)).await;
    let second = fresh.second();
    second.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.record("e21", 21, state(1, "A")).await.unwrap_err();
    second.execute_batch("ROLLBACK").unwrap();
    for n in 21..=30 {
        desk.record(&format!("e{n}"), n, state(1, "A"))
            .await
            .unwrap();
    }
    assert_eq!(length(), before, "overwritten in place");
    assert_eq!(desk.dossier(1).await.revision, 30);
}
