//! Backups of a file that is written meanwhile, and what comes of one that is put back.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lienthong_core::ports::ledger::Ledger;
use lienthong_core::ports::outbox::{AskReason, Intent};
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{BackupError, Overwrite, StoreKind, backup, restore, verify};
use crate::store::conformance::ledger::{REFUSED, release};
use crate::store::conformance::outbox::{Desk, at, said};
use crate::store::samples::{event, number, state, step_body};
use crate::store::{SqliteAudit, SqliteOutbox};

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    fn outbox(&self, name: &str) -> Desk {
        Desk(Arc::new(SqliteOutbox::open(self.path(name)).unwrap()))
    }
}

/// Dossiers 1 to 4, each with a state and a step: 1 has its state accepted, 2 is refused,
/// 3 is being sent, 4 is pending.
async fn filled(place: &Place) -> Desk {
    let desk = place.outbox("live.db");
    for index in 1..=3 {
        let bodies = vec![state(index, "A"), step_body(index, "B")];
        desk.record_all(&format!("d{index}-"), 0, bodies).await;
    }
    let claims = desk.claim(1).await;
    desk.accept(&claims[0], 2, 1).await;
    desk.settle(&claims[1], 2, REFUSED, NextStep::Refuse).await;
    let bodies = vec![state(4, "A"), step_body(4, "B")];
    desk.record_all("d4-", 3, bodies).await;
    desk
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_backup_of_an_open_file_is_whole_and_for_its_owner_only() {
    let place = Place::new();
    let desk = filled(&place).await;
    let (live, copy) = (place.path("live.db"), place.path("copy.db"));
    let report = backup(&live, &copy).unwrap();
    assert_eq!(
        (report.kind, report.newest),
        (StoreKind::Outbox, Some(at(3)))
    );
    assert_eq!(report.events, desk.0.facts().await.unwrap().counts);
    assert_eq!(
        (mode(&copy), report.bytes),
        (0o600, copy.metadata().unwrap().len())
    );
    let verified = verify(&copy).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!(
        (verified.events, verified.newest),
        (report.events, report.newest)
    );
    assert_eq!(verified.schema, report.schema);
    let names = ["copy.db", "live.db", "live.db-shm", "live.db-wal"];
    assert_eq!(place.names(), BTreeSet::from(names.map(str::to_owned)));
    // It is one file, which can be read where nothing can be written.
    std::fs::set_permissions(&copy, Permissions::from_mode(0o400)).unwrap();
    verify(&copy).unwrap();
    // The live file is checked as well as a copy.
    assert!(verify(&live).unwrap().is_sound());
    desk.record("later", 9, state(9, "A")).await.unwrap();
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_behind_when_it_fails() {
    let place = Place::new();
    drop(filled(&place).await);
    let live = place.path("live.db");
    let before = std::fs::read(&live).unwrap();
    assert!(matches!(
        backup(&live, &live),
        Err(BackupError::Exists { .. })
    ));
    let gone = place.path("gone.db");
    assert!(matches!(
        backup(&gone, &place.path("c.db")),
        Err(BackupError::NotFound { .. })
    ));
    let text = place.path("text");
    std::fs::write(
        &text,
        b"not a database, but long enough to be one".repeat(30),
    )
    .unwrap();
    assert!(matches!(
        backup(&text, &place.path("c.db")),
        Err(BackupError::NotOurs { .. })
    ));
    let other = place.path("other.db");
    let conn = Connection::open(&other).unwrap();
    conn.execute_batch("CREATE TABLE t (n)").unwrap();
    drop(conn);
    assert!(matches!(
        backup(&other, &place.path("c.db")),
        Err(BackupError::NotOurs { .. })
    ));
    let nowhere = place.path("absent").join("c.db");
    assert!(matches!(
        backup(&live, &nowhere),
        Err(BackupError::File { .. })
    ));
    let conn = Connection::open(&live).unwrap();
    conn.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(conn);
    let newer = backup(&live, &place.path("c.db"));
    assert!(matches!(
        newer,
        Err(BackupError::NewerSchema { found: 99, .. })
    ));
    assert_eq!(std::fs::read(&live).unwrap().len(), before.len());
    let copies = |name: &String| name.contains("c.db") || name.contains("partial");
    assert!(!place.names().iter().any(copies), "{:?}", place.names());
}

#[tokio::test]
async fn a_spoilt_file_is_found_and_not_put_back() {
    let place = Place::new();
    drop(filled(&place).await);
    let live = place.path("live.db");
    let conn = Connection::open(&live).unwrap();
    conn.execute_batch(
        "UPDATE dossier SET head_state = 'ACCEPTED' WHERE id = 4;
         UPDATE state_count SET events = events + 1 WHERE state = 'DEAD';",
    )
    .unwrap();
    drop(conn);
    let report = verify(&live).unwrap();
    assert!(!report.is_sound());
    let problems = [
        "1 states whose count is wrong",
        "1 dossiers that show another head than they have",
    ];
    assert_eq!(report.problems, problems);
    let refused = restore(&live, &place.path("new.db"), Overwrite::Never, at(9));
    assert!(matches!(refused, Err(BackupError::Unsound { .. })));
    assert!(!place.names().contains("new.db"));
    // Pages that were overwritten.
    let mut bytes = std::fs::read(&live).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xAA);
    std::fs::write(&live, bytes).unwrap();
    assert!(verify(&live).map_or(true, |report| !report.is_sound()));
}

#[tokio::test]
async fn what_is_put_back_is_asked_about_before_it_is_sent() {
    let place = Place::new();
    let desk = filled(&place).await;
    backup(&place.path("live.db"), &place.path("copy.db")).unwrap();
    drop(desk);
    let report = restore(
        &place.path("copy.db"),
        &place.path("new.db"),
        Overwrite::Never,
        at(1000),
    );
    let report = report.unwrap();
    // The refused event, and what is behind it, wait for a person.
    assert_eq!((report.newest, report.questions), (Some(at(3)), 5));
    assert_eq!(report.kept_old, None);
    assert_eq!(mode(&place.path("new.db")), 0o600);
    let desk = place.outbox("new.db");
    let claims = desk.claim(1000).await;
    let told = |index: usize| (claims[index].intent, said(&claims[index])[0].clone());
    assert_eq!(claims.len(), 3, "all but the refused one");
    for (claim, text) in [(0, "A"), (1, "B"), (2, "A")] {
        assert_eq!(
            told(claim),
            (Intent::Ask(AskReason::BeforeRestore), text.to_owned())
        );
    }
    // The answer decides; what comes behind is asked about as well.
    let found = AttemptOutcome::FoundAbsent;
    desk.settle(&claims[2], 1001, found, NextStep::SendNow)
        .await;
    let sent = desk.claim_one(1001).await;
    assert_eq!(sent.intent, Intent::Send);
    desk.accept(&sent, 1002, 1).await;
    assert_eq!(
        desk.claim_one(1002).await.intent,
        Intent::Ask(AskReason::BeforeRestore)
    );
    // So is what an operator releases, and what a caller sends again of that time.
    let released = SqliteOutbox::open(place.path("new.db")).unwrap();
    released.release(&number(2), &release(1003)).await.unwrap();
    drop(released);
    assert_eq!(desk.dossier(2).await.state, SyncState::Unknown);
    desk.0
        .record(event("lost", at(900), state(5, "A")), at(1004))
        .await
        .unwrap();
    assert_eq!(desk.dossier(5).await.state, SyncState::Unknown);
    // What happens from now on is nobody's question.
    desk.record("fresh", 1005, state(6, "A")).await.unwrap();
    assert_eq!(desk.dossier(6).await.state, SyncState::Pending);
    assert!(verify(&place.path("new.db")).unwrap().is_sound());
}

#[tokio::test]
async fn an_open_file_is_not_replaced_and_an_old_one_is_kept() {
    let place = Place::new();
    let desk = filled(&place).await;
    let (live, copy) = (place.path("live.db"), place.path("copy.db"));
    backup(&live, &copy).unwrap();
    desk.record("later", 9, state(9, "A")).await.unwrap();
    let put = |overwrite| restore(&copy, &live, overwrite, at(100));
    assert!(matches!(
        put(Overwrite::Never),
        Err(BackupError::Exists { .. })
    ));
    assert!(matches!(
        put(Overwrite::Replace),
        Err(BackupError::InUse { .. })
    ));
    assert_eq!(desk.dossier(9).await.revision, 1);
    drop(desk);
    assert!(matches!(
        put(Overwrite::Never),
        Err(BackupError::Exists { .. })
    ));
    let kept = put(Overwrite::Replace).unwrap().kept_old.unwrap();
    let (old, new) = (verify(&kept).unwrap(), verify(&live).unwrap());
    assert_eq!((old.newest, new.newest), (Some(at(9)), Some(at(3))));
    let again = put(Overwrite::Replace).unwrap().kept_old.unwrap();
    assert_ne!(again, kept, "nothing that was kept is overwritten");
    // A place that holds no database any more, with a log of another file beside it.
    std::fs::write(&live, b"rubbish".repeat(100)).unwrap();
    std::fs::write(place.path("live.db-wal"), b"rubbish").unwrap();
    put(Overwrite::Replace).unwrap();
    assert!(!place.names().contains("live.db-wal"));
    assert!(
        place
            .outbox("live.db")
            .0
            .dossier(&number(1))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn the_record_of_look_ups_is_copied_and_put_back_too() {
    let place = Place::new();
    let audit = SqliteAudit::open(place.path("audit.db")).unwrap();
    let report = backup(&place.path("audit.db"), &place.path("copy.db")).unwrap();
    assert_eq!((report.kind, report.newest), (StoreKind::Audit, None));
    drop(audit);
    let put = restore(
        &place.path("copy.db"),
        &place.path("new.db"),
        Overwrite::Never,
        at(0),
    );
    assert_eq!(put.unwrap().questions, 0);
    SqliteAudit::open(place.path("new.db")).unwrap();
}

/// The drill: written under load, copied meanwhile, put back elsewhere, opened, drained.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_under_load_drains_to_the_portal_whole_and_in_order() {
    const AT_LEAST: u64 = 300;
    let place = Place::new();
    let desk = place.outbox("live.db");
    let enough = Arc::new(AtomicBool::new(false));
    let (outbox, stop) = (desk.0.clone(), Arc::clone(&enough));
    let (many, are_many) = tokio::sync::oneshot::channel();
    let writing = tokio::spawn(async move {
        let mut many = Some(many);
        let mut n = 0_u32;
        while !stop.load(Ordering::Relaxed) {
            let events = (0..50).map(|k| {
                let index = k + 1;
                let body = match n {
                    0 => state(index, "0"),
                    _ => step_body(index, &n.to_string()),
                };
                event(&format!("{index}/{n}"), at(0), body)
            });
            for answer in outbox.record_all(events.collect(), at(0)).await {
                answer.unwrap();
            }
            n += 1;
            if u64::from(n) * 50 >= AT_LEAST
                && let Some(many) = many.take()
            {
                many.send(()).unwrap();
            }
        }
        n
    });
    are_many.await.unwrap();
    let (live, copy) = (place.path("live.db"), place.path("copy.db"));
    let report = tokio::task::spawn_blocking(move || backup(&live, &copy)).await;
    let report = report.unwrap().unwrap();
    enough.store(true, Ordering::Relaxed);
    let rounds = u64::from(writing.await.unwrap());
    let all: u64 = report.events.values().sum();
    assert!((AT_LEAST..=rounds * 50).contains(&all), "{all} of {rounds}");
    assert_eq!(all % 50, 0, "a command is in it wholly or not at all");
    drop(desk);
    let (copy, new) = (place.path("copy.db"), place.path("new.db"));
    let restored = restore(&copy, &new, Overwrite::Never, at(10)).unwrap();
    assert_eq!(restored.questions, all);
    let desk = place.outbox("new.db");
    drain(&desk).await;
    let counts = desk.0.facts().await.unwrap().counts;
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [(SyncState::Accepted, all)]
    );
    assert!(verify(&new).unwrap().is_sound());
}

/// Brings everything to a portal that holds nothing yet; asserts that each dossier's
/// events come in order.
async fn drain(desk: &Desk) {
    let mut next = vec![0_usize; 51];
    loop {
        let claims = desk.claim(20).await;
        if claims.is_empty() {
            return;
        }
        for claim in claims {
            if claim.intent != Intent::Send {
                let absent = AttemptOutcome::FoundAbsent;
                desk.settle(&claim, 20, absent, NextStep::SendNow).await;
                continue;
            }
            let dossier = claim.work.dossier().as_str();
            let index: usize = dossier.rsplit('-').next().unwrap().parse().unwrap();
            for text in said(&claim) {
                assert_eq!(text, next[index].to_string(), "{dossier}");
                next[index] += 1;
            }
            desk.accept(&claim, 20, 100).await;
        }
    }
}
