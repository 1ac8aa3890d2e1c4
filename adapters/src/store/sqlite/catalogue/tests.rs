use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::{
    Change, ChangeKind, DetailStanding, Loss, NamedCode, NextRow, Procedure, StepCounts,
};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueStore as _, CatalogueStoreError, CatalogueUnit, ChangeFilter,
    FetchOutcome, FetchRecord, NextCatalogue,
};
use lienthong_core::procedure::ProcedureCode;
use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteCatalogue;
use crate::store::{OpenError, SqliteAudit};

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
        units: None,
        fields: None,
    }
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
async fn units_and_fields_are_replaced_as_a_whole_or_stay() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let unit = |code: &str| CatalogueUnit {
        code: code.to_owned(),
        name: "Đơn vị".to_owned(),
        level: "1".to_owned(),
    };
    let field = CatalogueField {
        field: NamedCode {
            code: "G15-TP07".to_owned(),
            name: "Hộ tịch".to_owned(),
        },
        sector: "G15".to_owned(),
    };
    let with = |units, fields| NextCatalogue {
        units,
        fields,
        ..next(vec![row("1.004222", 0)], Vec::new())
    };
    let units = Some(vec![unit("H60"), unit("G01")]);
    let first = with(units, Some(vec![field.clone()]));
    store.replace(first, taken(0)).await.unwrap();
    store.replace(with(None, None), taken(1)).await.unwrap();
    let codes =
        |units: Vec<CatalogueUnit>| -> Vec<_> { units.into_iter().map(|it| it.code).collect() };
    assert_eq!(codes(store.units().await.unwrap()), ["G01", "H60"]);
    assert_eq!(store.fields().await.unwrap(), [field]);
    let later = with(Some(vec![unit("H99")]), Some(Vec::new()));
    store.replace(later, taken(2)).await.unwrap();
    assert_eq!(codes(store.units().await.unwrap()), ["H99"]);
    assert!(store.fields().await.unwrap().is_empty());
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
