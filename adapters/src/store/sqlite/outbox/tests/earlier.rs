//! Files of earlier versions are opened, and everything in them goes on.

use lienthong_core::ports::ledger::{DossierFilter, Released};
use lienthong_core::ports::operations::OperationKind;
use lienthong_core::ports::outbox::{AskReason, Intent};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use rusqlite::Connection;
use rusqlite::ffi::SQLITE_CONSTRAINT_CHECK;

use super::Fresh;
use crate::store::conformance::ledger::{Bench, index_of};
use crate::store::conformance::operations::HELD;
use crate::store::conformance::outbox::{at, said};
use crate::store::samples::{event, number, state, step_body};
use crate::store::sqlite::backup::{Overwrite, backup, restore, verify};
use crate::store::sqlite::outbox::SCHEMA;

/// What each earlier version left behind, on top of the schema of its time.
const LEFT_BEHIND: [(usize, &str); 3] = [
    (1, include_str!("../earlier/version_1.sql")),
    (2, include_str!("../earlier/version_2.sql")),
    (
        3,
        concat!(
            include_str!("../earlier/version_2.sql"),
            include_str!("../earlier/version_3.sql")
        ),
    ),
];

fn lay_down(fresh: &Fresh, version: usize, rows: &str) {
    let conn = Connection::open(fresh.path()).unwrap();
    for migration in &SCHEMA.migrations[..version] {
        conn.execute_batch(migration).unwrap();
    }
    // Rows brought their own counts when they were added.
    conn.execute_batch(rows).unwrap();
    let found: u32 = conn
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(usize::try_from(found).unwrap(), version);
}

#[test]
fn every_earlier_version_is_kept_as_an_example() {
    let versions = LEFT_BEHIND.map(|(version, _)| version);
    assert!(versions.into_iter().eq(1..SCHEMA.migrations.len()));
}

#[tokio::test]
async fn a_file_of_an_earlier_version_keeps_all_that_was_in_it() {
    for (version, rows) in LEFT_BEHIND {
        let fresh = Fresh::new();
        lay_down(&fresh, version, rows);
        let before = verify(&fresh.path()).unwrap();
        assert!(before.is_sound(), "{before:?}");
        let bench = Bench::open(&fresh).await;
        let after = verify(&fresh.path()).unwrap();
        assert!(after.is_sound(), "{after:?}");
        assert_eq!((after.events, after.newest), (before.events, before.newest));
        let states = [
            SyncState::Accepted,
            SyncState::Refused,
            SyncState::Dead,
            SyncState::Waiting,
            SyncState::Unknown,
            SyncState::Pending,
            SyncState::Sending,
        ];
        for (index, state) in (1..).zip(states) {
            let record = bench.desk.dossier(index).await;
            assert_eq!(
                (record.state, record.revision),
                (state, 2),
                "dossier {index}"
            );
            let summary = record.dossier.unwrap().summary;
            assert_eq!(summary.as_str(), "A");
        }
        let facts = bench.store.facts().await.unwrap();
        assert_eq!(facts.last_success, Some(at(12)));
        assert_eq!(facts.oldest_unsent.unwrap().dossier, number(4));
    }
}

#[tokio::test]
async fn a_file_of_an_earlier_version_is_listed_like_a_new_one() {
    for (version, rows) in LEFT_BEHIND {
        let fresh = Fresh::new();
        lay_down(&fresh, version, rows);
        let bench = Bench::open(&fresh).await;
        let listed = bench.list(&DossierFilter::default()).await;
        let told: Vec<_> = listed
            .iter()
            .map(|it| {
                (
                    index_of(it.dossier.as_str()),
                    it.accepted_revision,
                    it.cause,
                )
            })
            .collect();
        let rejected = Some(Cause::FieldRejected);
        let gone = Some(Cause::UpstreamUnavailable);
        assert_eq!(
            told,
            [
                (2, 0, rejected),
                (3, 0, Some(Cause::UnknownText)),
                (4, 0, gone),
                (5, 0, Some(Cause::UpstreamTimeout)),
                (6, 0, None),
                (7, 0, None),
                (1, 2, None),
            ]
        );
        assert_eq!(listed[0].oldest_unsent_at, Some(at(2)));
        assert_eq!(listed[6].last_accepted_at, Some(at(12)));
        assert!(listed.iter().all(|it| it.procedure.as_str() == "1.001193"));
        let filter = DossierFilter {
            recorded_from: Some(at(6)),
            ..DossierFilter::default()
        };
        assert_eq!(bench.listed(&filter).await, [6, 7]);
        let groups = bench.groups(&DossierFilter::default()).await;
        let mut told: Vec<_> = groups
            .iter()
            .map(|it| {
                (
                    it.cause,
                    it.upstream_code.as_str(),
                    it.upstream_text.as_str(),
                )
            })
            .collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                (Cause::FieldRejected, "-1", "Lỗi dữ liệu"),
                (Cause::UpstreamTimeout, "", ""),
                (Cause::UpstreamUnavailable, "", ""),
                (Cause::UnknownText, "7", "Câu lạ"),
            ]
        );
    }
}

#[tokio::test]
async fn a_file_of_an_earlier_version_goes_on_to_the_end() {
    for (version, rows) in LEFT_BEHIND {
        let fresh = Fresh::new();
        lay_down(&fresh, version, rows);
        let bench = Bench::open(&fresh).await;
        // A repeated event is known, and a new one goes behind.
        let body = state(1, "A");
        let again = bench.store.record(event("d1-1", at(1), body), at(50)).await;
        let again = again.unwrap();
        assert_eq!((again.revision, again.duplicate), (1, true));
        bench.step(60, 1, "C").await;
        for index in [2, 3] {
            assert_eq!(
                bench.release(index, 70).await,
                Released::Due { revision: 1 }
            );
        }
        let mut sent = vec![Vec::new(); 8];
        loop {
            let claims = bench.desk.claim(1000).await;
            if claims.is_empty() {
                break;
            }
            for claim in claims {
                let index = index_of(claim.work.dossier().as_str());
                // The portal answers that everything asked about has arrived.
                let told = (claim.intent != Intent::Send, said(&claim));
                sent[usize::try_from(index).unwrap()].push(told);
                bench.desk.accept(&claim, 1000, 100).await;
            }
        }
        let one = |ask, text: &str| (ask, vec![text.to_owned()]);
        assert_eq!(sent[1], [one(false, "C")]);
        for (index, asked) in [
            (2, false),
            (3, false),
            (4, false),
            (5, true),
            (6, false),
            (7, true),
        ] {
            assert_eq!(
                sent[index],
                [one(asked, "A"), one(false, "B")],
                "dossier {index}"
            );
        }
        assert_eq!(
            bench.replay(1, 1, 2000).await,
            Released::Due { revision: 1 }
        );
        assert!(verify(&fresh.path()).unwrap().is_sound());
        let late = event("late", at(70), step_body(7, "Z"));
        assert_eq!(
            bench.store.record(late, at(2001)).await.unwrap().revision,
            3
        );
    }
}

#[tokio::test]
async fn operations_and_releases_of_an_earlier_version_are_kept() {
    let fresh = Fresh::new();
    lay_down(&fresh, 2, LEFT_BEHIND[1].1);
    let bench = Bench::open(&fresh).await;
    let kept = bench.store.newest(OperationKind::Reconciliation, 9).await;
    let kept = kept.unwrap().remove(0);
    assert_eq!((kept.started.id.as_str(), kept.total), ("r-1", 1));
    assert_eq!(
        (kept.touched_at, kept.expired),
        (kept.started.started_at, false)
    );
    let differences = bench.store.differences(&kept.started.id, 0, 9).await;
    assert_eq!(differences.unwrap().len(), 1);
    // What the last answer had found stands, since it was found.
    let side = bench.store.side(at(1000)).await.unwrap();
    assert_eq!(side.compared(at(0)).map(|it| it.at), Some(at(12)));
    assert_eq!(side.differing, [(number(1), at(12))].into());
    // What was mended before that is not known, so nothing is told of days before.
    let later = "UPDATE mismatch_begin SET at = at + 1000000";
    assert_eq!(fresh.second().execute(later, []).unwrap(), 1);
    for (second, known) in [(12, None), (13, Some(at(12)))] {
        let side = bench.store.side(at(second)).await.unwrap();
        assert_eq!(side.compared(at(0)).map(|it| it.at), known, "at {second}");
    }
    let taken = bench.store.take("w1", &[], at(100), HELD).await.unwrap();
    let taken = taken.unwrap();
    assert_eq!(
        (taken.started.id.as_str(), taken.held_by.as_str()),
        ("op-1", "w1")
    );
    let releases = "SELECT count(*) FROM release WHERE operator = 'CB-01' AND system IS NULL";
    let releases: u32 = fresh
        .second()
        .query_row(releases, [], |row| row.get(0))
        .unwrap();
    assert_eq!(releases, 1);
}

#[tokio::test]
async fn a_backup_of_an_earlier_version_is_put_back_as_the_newest() {
    for (version, rows) in LEFT_BEHIND {
        let fresh = Fresh::new();
        lay_down(&fresh, version, rows);
        let copy = fresh.0.path().join("copy.db");
        let taken = backup(&fresh.path(), &copy).unwrap();
        assert_eq!(usize::try_from(taken.schema).unwrap(), version);
        let put = restore(&copy, &fresh.path(), Overwrite::Replace, at(500)).unwrap();
        assert_eq!(
            usize::try_from(put.schema).unwrap(),
            SCHEMA.migrations.len()
        );
        assert_eq!((put.newest, put.questions), (taken.newest, 8));
        let bench = Bench::open(&fresh).await;
        let claims = bench.desk.claim(1000).await;
        assert_eq!(claims.len(), 4, "all but what is whole, refused and dead");
        assert!(
            claims
                .iter()
                .all(|claim| claim.intent == Intent::Ask(AskReason::BeforeRestore))
        );
    }
}

#[tokio::test]
async fn the_checks_of_an_earlier_version_are_said_anew_and_still_hold() {
    for (version, rows) in LEFT_BEHIND {
        let fresh = Fresh::new();
        lay_down(&fresh, version, rows);
        drop(Bench::open(&fresh).await);
        let conn = fresh.second();
        for table in ["event", "attempt"] {
            let sql = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
            let sql: String = conn.query_row(sql, [table], |row| row.get(0)).unwrap();
            assert!(sql.contains("CHECK"), "{sql}");
            for list in ["state IN", "outcome IN"] {
                assert!(!sql.contains(list), "version {version}: {sql}");
            }
        }
        for bad in [
            "UPDATE event SET state = 'SOMEWHERE' WHERE state = 'DEAD'",
            "UPDATE event SET due_at = 1 WHERE state = 'DEAD'",
            "UPDATE event SET due_at = NULL WHERE state = 'WAITING'",
            "UPDATE attempt SET outcome = 'SOMEHOW' WHERE outcome = 'REFUSED'",
            "UPDATE attempt SET cause = 'FIELD_REJECTED' WHERE outcome = 'ACCEPTED'",
            "UPDATE attempt SET cause = NULL WHERE outcome = 'REFUSED'",
        ] {
            let refused = conn.execute(bad, []).unwrap_err();
            let code = refused.sqlite_error().unwrap().extended_code;
            assert_eq!(code, SQLITE_CONSTRAINT_CHECK, "version {version}: {bad}");
        }
    }
}
