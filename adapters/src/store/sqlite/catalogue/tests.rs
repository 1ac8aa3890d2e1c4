mod sides;

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::{
    Change, ChangeKind, DetailStanding, Loss, NamedCode, NextRow, NotTakenSide, Procedure,
    SideFetch, StepCounts,
};
use lienthong_core::ports::catalogue::{
    CatalogueStore as _, CatalogueStoreError, ChangeFilter, FetchOutcome, FetchRecord,
    NextCatalogue,
};
use lienthong_core::procedure::ProcedureCode;
use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteCatalogue;
use crate::store::{OpenError, Overwrite, SqliteAudit, StoreKind, backup, restore, verify};

struct Fresh(TempDir);

impl Fresh {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("catalogue.sqlite")
    }

    fn open(&self) -> SqliteCatalogue {
        SqliteCatalogue::open(self.path()).unwrap()
    }

    fn second(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

fn at(hour: i64) -> Timestamp {
    let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hour)
}

fn code(text: &str) -> ProcedureCode {
    ProcedureCode::parse(text).unwrap()
}

fn procedure(text: &str) -> Procedure {
    Procedure {
        fields: vec![NamedCode {
            code: "G01-CA05".to_owned(),
            name: "Cư trú".to_owned(),
        }],
        ..Procedure::named(code(text), format!("Thủ tục {text}"))
    }
}

fn row(text: &str, hour: i64) -> NextRow {
    NextRow {
        code: code(text),
        name: format!("Thủ tục {text}"),
        content: Some(Box::new(procedure(text))),
        detail: DetailStanding::Fresh,
        withdrawn_at: None,
        changed_at: at(hour),
    }
}

fn next(rows: Vec<NextRow>, changes: Vec<Change>) -> NextCatalogue {
    NextCatalogue {
        profile: "p2".to_owned(),
        rows,
        changes,
        online: kept(),
        units: kept(),
        fields: kept(),
    }
}

/// A list that did not come.
fn kept<T>() -> SideFetch<T> {
    let reason = "no answer came in time".to_owned();
    SideFetch::Kept(NotTakenSide::Failed { reason })
}

fn change(text: &str, kind: ChangeKind) -> Change {
    Change {
        code: code(text),
        name: format!("Thủ tục {text}"),
        kind,
        fields: vec!["methods[0].fees".to_owned()],
    }
}

fn taken(hour: i64) -> FetchRecord {
    FetchRecord {
        at: at(hour),
        by: OfficerId::parse("CB-01").unwrap(),
        accept_shrink: false,
        outcome: FetchOutcome::Taken {
            counts: StepCounts {
                added: 2,
                ..StepCounts::default()
            },
        },
    }
}

#[tokio::test]
async fn what_was_taken_is_there_after_a_restart() {
    let fresh = Fresh::new();
    let store = fresh.open();
    assert_eq!(store.state().await.unwrap(), None);
    let rows = vec![row("1.004222", 0), row("1.004194", 0)];
    let state = store.replace(next(rows, Vec::new()), taken(0)).await;
    let state = state.unwrap();
    store.close().await;
    let again = fresh.open();
    assert_eq!(again.state().await.unwrap(), Some(state));
    let listings = again.listings().await.unwrap();
    let codes: Vec<_> = listings.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["1.004194", "1.004222"]);
    let kept = again.procedure(&code("1.004222")).await.unwrap().unwrap();
    assert_eq!(kept.content, Some(procedure("1.004222")));
    assert_eq!(kept.detail_fetched_at, Some(at(0)));
    assert_eq!(again.last_fetch().await.unwrap(), Some(taken(0)));
    assert_eq!(again.procedure(&code("1.999999")).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_content_has_the_same_version_whatever_the_hour() {
    let (one, other) = (Fresh::new(), Fresh::new());
    let version = async |fresh: &Fresh, rows: Vec<NextRow>, hour| {
        let store = fresh.open();
        let state = store.replace(next(rows, Vec::new()), taken(hour)).await;
        state.unwrap().version
    };
    let rows = |hour| vec![row("1.004222", hour), row("1.004194", hour)];
    let first = version(&one, rows(0), 0).await;
    let mut turned = rows(9);
    turned.reverse();
    assert_eq!(version(&other, turned, 9).await, first);
    assert_eq!(first.len(), 32);
    let mut renamed = rows(0);
    renamed[0].name = "Khác".to_owned();
    assert_ne!(version(&other, renamed, 9).await, first);
}

#[tokio::test]
async fn details_that_did_not_come_stay_with_their_own_age() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let rows = vec![row("1.004222", 0)];
    let first = store.replace(next(rows, Vec::new()), taken(0)).await;
    let older = NextRow {
        content: None,
        detail: DetailStanding::Older,
        ..row("1.004222", 0)
    };
    let second = store
        .replace(next(vec![older], Vec::new()), taken(24))
        .await;
    assert_eq!(second.unwrap().version, first.unwrap().version);
    let kept = store.procedure(&code("1.004222")).await.unwrap().unwrap();
    assert_eq!(kept.listing.detail, DetailStanding::Older);
    assert_eq!(kept.detail_fetched_at, Some(at(0)));
    assert_eq!(kept.content, Some(procedure("1.004222")));
    let same = NextRow {
        content: None,
        ..row("1.004222", 0)
    };
    let third = store.replace(next(vec![same], Vec::new()), taken(48)).await;
    third.unwrap();
    let kept = store.procedure(&code("1.004222")).await.unwrap().unwrap();
    assert_eq!(kept.detail_fetched_at, Some(at(48)));
    assert_eq!(kept.listing.fields[0].code, "G01-CA05");
}

#[tokio::test]
async fn a_withdrawn_procedure_is_kept_and_not_listed() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let gone = NextRow {
        withdrawn_at: Some(at(1)),
        ..row("2.002621", 0)
    };
    let rows = vec![row("1.004222", 0), gone];
    let state = store.replace(next(rows, Vec::new()), taken(1)).await;
    assert_eq!(state.unwrap().procedures, 1);
    let kept = store.procedure(&code("2.002621")).await.unwrap().unwrap();
    assert_eq!(kept.listing.withdrawn_at, Some(at(1)));
}

#[tokio::test]
async fn a_catalogue_that_cannot_be_written_leaves_the_old_one_whole() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let rows = vec![row("1.004222", 0)];
    let old = store.replace(next(rows, Vec::new()), taken(0)).await;
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON change BEGIN SELECT RAISE(ABORT, ''); END";
    fresh.second().execute_batch(broken).unwrap();
    let rows = vec![row("1.004222", 9), row("1.004194", 9)];
    let changes = vec![change("1.004194", ChangeKind::Added)];
    let refused = store.replace(next(rows, changes), taken(24)).await;
    assert!(matches!(
        refused,
        Err(CatalogueStoreError::Unavailable { .. })
    ));
    assert_eq!(store.state().await.unwrap(), Some(old.unwrap()));
    assert_eq!(store.listings().await.unwrap().len(), 1);
    assert_eq!(store.last_fetch().await.unwrap(), Some(taken(0)));
}

#[tokio::test]
async fn changes_are_told_newest_first_and_page_by_page() {
    let fresh = Fresh::new();
    let store = fresh.open();
    for (hour, kind) in [
        (0, ChangeKind::Added),
        (24, ChangeKind::Changed),
        (48, ChangeKind::Withdrawn),
    ] {
        let changes = vec![change("1.004222", kind), change("1.004194", kind)];
        let rows = vec![row("1.004222", hour)];
        store
            .replace(next(rows, changes), taken(hour))
            .await
            .unwrap();
    }
    let all = ChangeFilter::default();
    let first = store.changes(&all, None, 4).await.unwrap();
    let seen: Vec<_> = first.iter().map(|(_, it)| (it.seen_at, it.kind)).collect();
    assert_eq!(seen[0], (at(48), ChangeKind::Withdrawn));
    assert_eq!(seen[3], (at(24), ChangeKind::Changed));
    let rest = store.changes(&all, Some(first[3].0), 4).await.unwrap();
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[0].1.fields, ["methods[0].fees"]);
    let narrow = ChangeFilter {
        since: Some(at(0)),
        until: Some(at(48)),
        code: Some(code("1.004194")),
        presence: false,
    };
    let found = store.changes(&narrow, None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1.kind, ChangeKind::Changed);
    assert_eq!(
        found[0].1.version,
        store.state().await.unwrap().unwrap().version
    );
}

#[tokio::test]
async fn every_outcome_of_a_fetch_is_read_back() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let loss = Loss {
        held: 120,
        offered: 60,
        lost: 60,
    };
    let outcomes = [
        FetchOutcome::Shrunk(loss),
        FetchOutcome::Empty,
        FetchOutcome::Failed {
            reason: "the portal cannot be reached".to_owned(),
        },
    ];
    for (hour, outcome) in (0..).zip(outcomes) {
        let record = FetchRecord {
            accept_shrink: true,
            outcome,
            ..taken(hour)
        };
        store.note(record.clone()).await.unwrap();
        assert_eq!(store.last_fetch().await.unwrap(), Some(record));
    }
    assert_eq!(store.state().await.unwrap(), None);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_back_is_told_and_not_guessed() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let rows = vec![row("1.004222", 0)];
    store
        .replace(next(rows, Vec::new()), taken(0))
        .await
        .unwrap();
    let spoilt = "UPDATE procedure SET content = '{'";
    fresh.second().execute_batch(spoilt).unwrap();
    let read = store.procedure(&code("1.004222")).await;
    let what = "the details of a procedure";
    assert_eq!(read, Err(CatalogueStoreError::Corrupt { what }));
}

#[test]
fn a_damaged_file_and_that_of_another_store_are_refused() {
    let fresh = Fresh::new();
    std::fs::write(fresh.path(), "this is no database, whatever its name says").unwrap();
    let damaged = SqliteCatalogue::open(fresh.path());
    assert!(matches!(damaged, Err(OpenError::Database(_))));
    let other = fresh.0.path().join("audit.sqlite");
    drop(SqliteAudit::open(&other).unwrap());
    let refused = SqliteCatalogue::open(&other);
    let expected = "catalogue";
    assert!(matches!(refused, Err(OpenError::OtherFile { expected: name }) if name == expected));
}

#[tokio::test]
async fn the_history_is_only_ever_added_to() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let changes = vec![change("1.004222", ChangeKind::Added)];
    let rows = vec![row("1.004222", 0)];
    store.replace(next(rows, changes), taken(0)).await.unwrap();
    for sql in [
        "UPDATE change SET name = ''",
        "DELETE FROM change",
        "REPLACE INTO change VALUES (1, 'c', 'n', 'NEW', '[]', 0, 'v')",
        "UPDATE fetch SET operator = 'CB-99'",
        "DELETE FROM fetch",
        "REPLACE INTO fetch (number, at, operator, accept_shrink, outcome)
         VALUES (1, 0, 'CB-99', 0, 'EMPTY')",
    ] {
        assert!(fresh.second().execute_batch(sql).is_err(), "{sql}");
    }
    assert_eq!(store.last_fetch().await.unwrap(), Some(taken(0)));
}

#[tokio::test]
async fn a_catalogue_is_copied_checked_and_put_back_with_its_history() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let changes = vec![change("1.004222", ChangeKind::Added)];
    let rows = vec![row("1.004222", 0)];
    store.replace(next(rows, changes), taken(0)).await.unwrap();
    let held = store.state().await.unwrap();
    let copy = fresh.0.path().join("copy.sqlite");
    let made = backup(&fresh.path(), &copy).unwrap();
    assert_eq!(
        (made.kind, made.newest),
        (StoreKind::Catalogue, Some(at(0)))
    );
    let later = next(vec![row("1.004194", 9)], Vec::new());
    store.replace(later, taken(9)).await.unwrap();
    store.close().await;
    assert!(verify(&copy).unwrap().is_sound());
    restore(&copy, &fresh.path(), Overwrite::Replace, at(10)).unwrap();
    let store = fresh.open();
    assert_eq!(store.state().await.unwrap(), held);
    assert_eq!(store.last_fetch().await.unwrap(), Some(taken(0)));
    let kept = store.changes(&ChangeFilter::default(), None, 9).await;
    assert_eq!(kept.unwrap().len(), 1);
}

#[tokio::test]
async fn a_catalogue_with_a_row_missing_or_altered_is_not_sound() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let changes = ["1.004222", "1.004194"].map(|code| change(code, ChangeKind::Added));
    let rows = vec![row("1.004222", 0), row("1.004194", 0)];
    let first = next(rows, changes.into());
    store.replace(first, taken(0)).await.unwrap();
    store.close().await;
    assert!(verify(&fresh.path()).unwrap().is_sound());
    let tampered = "DROP TRIGGER change_kept; DELETE FROM change WHERE number = 1;
                    UPDATE procedure SET content = '{}' WHERE code = '1.004222';
                    UPDATE procedure SET withdrawn_at = 0 WHERE code = '1.004194';";
    fresh.second().execute_batch(tampered).unwrap();
    assert_eq!(
        verify(&fresh.path()).unwrap().problems,
        [
            "1 changes are missing",
            "1 procedures are listed that do not stand there, or the other way round",
            "1 procedures are not what was fetched of them",
        ]
    );
}
